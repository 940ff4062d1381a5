"""One replication: the parts of the world put together, run to their end, and counted."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sim.model.airfield import Airfield
from sim.model.boarding import Boarding
from sim.model.crowd import Crowd
from sim.model.decisions import Facts, holds
from sim.model.gate import Gates
from sim.model.given import GivenOrders, give, leave_before, name_of
from sim.model.hub import Hubs
from sim.model.incidents import Closures
from sim.model.kernel import END, Call, Clock, key
from sim.model.lift import Lift
from sim.model.mission import Chalk, Cohort, Mission, Rider
from sim.model.modes import Ticket
from sim.model.names import STATE
from sim.model.outer import OuterLayer
from sim.model.plan import Fixed, Plan, When, fixed_in
from sim.model.reactions import Reactions
from sim.model.road import Road
from sim.model.security import Security
from sim.model.shuttle import Shuttles
from sim.model.threat import Threat
from sim.scenario.types import Condition, DailyHours

INF = math.inf
_ROAD = STATE["doing_road"]
JUST_BEFORE = 1e-6
"""Hours before an end of a daily span from which on the time of day itself is asked: it is rounded to 1e-9 h."""


class World:
    """Everything that changes in one replication."""

    def __init__(self, plan: Plan, seed: int, replication: int, orders: GivenOrders | None = None) -> None:
        """*orders*: those that are given, whatever the scenario's own triggers say."""
        self.plan = plan
        self.orders = orders
        self.given: list[tuple[int, int]] = []
        """Orders as they are given: the priority of the event that leads to it, and the cohort."""
        self.clock = Clock()
        self.streams = plan.streams.draw(seed, replication)
        clock = plan.scenario.clock
        self.horizon = self.get(plan.horizon)
        self.daylight = clock.daylight
        self.start_hour = clock.start.when.hour + clock.start.when.minute / 60
        self._spans: dict[int, tuple[float, bool]] = {}
        """Daily span -> until when the answer of :meth:`within` holds, and the answer."""
        self.chalks: list[Chalk] = []
        self.segments: list[tuple[int, int, int, float, float, int]] = []
        """(group, people, cause, from, to, within): waits whose cause is known when they end; ``within`` is the activity that
        they interrupt, or -1."""
        self.notes: list[tuple[float, str, str]] = []
        self.happenings: dict[str, float] = {}
        self._listeners: dict[str, list[Callable[[Any], None]]] = defaultdict(list)
        self._pending: dict[int, tuple[tuple[Condition, ...], Callable[[Any], None]]] = {}
        """Who waits for a condition, in the order in which they came."""
        self._asked = 0
        self._settled: tuple[Any, ...] = ()
        """What conditions may name when none of those pending held."""
        self.n_gone = 0
        """Missions that have gone."""
        self.started = False
        self.n_out = 0
        self.n_gave_up = 0

        self.threat = Threat(self, plan.parts["threat"])
        self.security = Security(self, plan.parts["security"])
        self.closures = Closures(self, plan.parts["incidents"])
        self.crowd = Crowd(self, plan.parts["crowd"])
        self.gates = Gates(self, plan)
        self.road = Road(self, plan)
        self.outer = OuterLayer(self)
        self.hubs = Hubs(self, plan)
        self.shuttles = Shuttles(self, plan)
        self.airfield = Airfield(self, plan)
        self.boarding = Boarding(self, plan)
        self.lift = Lift(self, plan)
        self.reactions = Reactions(self, plan.parts["reactions"] if orders is None else None)
        self.holding_capacity = int(min(self.gates.capacity, 1e9))
        self._people()

    def _people(self) -> None:
        self.missions = [Mission(self, m) for m in self.plan.missions]
        self.cohorts = [Cohort(self, c, self.missions[c.mission]) for c in self.plan.cohorts]
        for c in self.cohorts:
            c.mission.cohorts.append(c)
        for m in self.missions:
            m.settle()
        self.staff = sum(c.staff for c in self.cohorts)
        may_fall = self.threat.plan.fallen is not None
        self.reactions.choose()
        asked = self.reactions.may_go
        if self.orders is not None:
            asked = {m.index for m in self.missions if m.plan.name in self.orders.asked | self.orders.out_before}
        named: set[tuple[str, str]] = set() if self.orders is None else self.orders.named
        self.movers = sum(
            c.movers
            for c in self.cohorts
            if may_fall or c.plan.order is not None or c.mission.index in asked or name_of(c) in named
        )
        """People who must be out before the run may end early; those who give up are struck off."""

    # -- numbers and time --------------------------------------------------------------------------------------------

    def get(self, number: Fixed) -> float:
        """A number that is fixed in this replication."""
        return number if type(number) is float else fixed_in(number, self.streams)

    def hour_of_day(self) -> float:
        """Local time of day, in hours."""
        minute = (self.start_hour + self.clock.now) % 24 * 60
        whole = round(minute)
        if abs(minute - whole) < 6e-8:  # at an end of a daily span exactly that, and not what rounding makes of it
            return whole % 1440 // 60 + whole % 60 / 60
        return minute / 60

    def within(self, hours: DailyHours) -> bool:
        """Whether it is now one of these *hours* of the day: asked at every event, worked out at their ends."""
        known = self._spans.get(id(hours))
        if known is not None and self.clock.now < known[0]:
            return known[1]
        hour = self.hour_of_day()
        inside = hours.contains(hour)
        ahead = min((hours.first - hour) % 24, (hours.last - hour) % 24)
        self._spans[id(hours)] = (self.clock.now + ahead - JUST_BEFORE, inside)
        return inside

    def moment(self, when: When) -> float:
        """The time of a moment, if what it waits for has happened; else infinite."""
        base = 0.0 if when.after == "start" else self.happenings.get(when.after, INF)
        return base + self.get(when.delay)

    def when(self, when: When, priority: int, callback: Callable[[Any], None], arg: Any = None) -> None:
        """Call *callback(arg)* at the moment (at once if it has passed)."""

        def run(call: Call) -> None:
            callback(arg)

        def schedule(at: float) -> None:
            self.clock.at(at + self.get(when.delay), priority, run)

        if when.after == "start":
            if self.get(when.delay) <= 0 and not self.clock.now:
                callback(arg)
            else:
                schedule(0.0)
        else:
            self.on_happening(when.after, schedule)

    def on_happening(self, name: str, callback: Callable[[float], None]) -> None:
        """Call back with the time when *name* (a threat level, or ``ordered``) first happens."""
        if name in self.happenings:
            callback(self.happenings[name])
        else:
            self._listeners[name].append(callback)

    def happened(self, name: str, at: float) -> None:
        """Something that others may wait for has happened for the first time."""
        if name not in self.happenings:
            self.happenings[name] = at
            for callback in self._listeners.pop(name, ()):
                callback(at)

    # -- conditions --------------------------------------------------------------------------------------------------

    def trigger(self, conditions: tuple[Condition, ...], at: When | None, priority: int, callback: Callable[[Any], None]) -> None:
        """Call back once: at the moment, or as soon as one of the conditions holds, whichever comes first."""
        done = False

        def once(arg: Any) -> None:
            nonlocal done
            if not done:
                done = True
                callback(arg)

        if at is not None:
            self.when(at, priority, once)
        if conditions:
            if self.started and any(self.holds(c) for c in conditions):
                once(None)
            else:
                self._asked += 1
                self._pending[self._asked] = (conditions, once)

    def holds(self, c: Condition) -> bool:
        """Whether a condition holds now."""
        facts = Facts(self.threat.level, self.security.absent, self.security.leaving, [m.gone for m in self.missions])
        return holds(c, self.plan, facts)

    def check_conditions(self) -> None:
        """Something that a condition may name has changed."""
        if not self.started or self._nameable() == self._settled:
            return
        again = True
        while again:
            again = False
            held: dict[int, bool] = {}  # equal conditions are one object, which most missions share
            for number, (conditions, callback) in list(self._pending.items()):
                if number not in self._pending:
                    continue  # what another callback led to has called it
                holds = held.get(id(conditions))
                if holds is None:
                    holds = held[id(conditions)] = any(self.holds(c) for c in conditions)
                if holds:
                    del self._pending[number]
                    callback(None)
                    again = True
                    held.clear()
        self._settled = self._nameable()

    def _nameable(self) -> tuple[Any, ...]:
        """All that :meth:`holds` may depend on, and how many have asked."""
        return self.threat.level, self.security.absent, self.security.leaving, self.n_gone, self._asked

    def ordered(self, cohort: Cohort) -> None:
        """A cohort has been ordered out."""
        self.happened("ordered", self.clock.now)
        self.boarding.ordered(cohort)

    # -- the run -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Set everything going at time zero."""
        self.clock.after(self.horizon, key(END), lambda _: self.finish("horizon"))
        self.threat.start()
        self.hubs.start()
        self.security.start()
        self.reactions.start()
        if self.orders is not None:
            leave_before(self, self.orders)
        self.closures.start()
        self.road.start()
        self.airfield.start()
        self.crowd.start()
        self.gates.start()
        self.shuttles.start()
        self.lift.start()
        self.boarding.start()
        for m in self.missions:
            m.start()
        self.started = True
        if self.orders is not None:
            give(self, self.orders)
        self.check_conditions()
        self._maybe_done()

    def run(self) -> None:
        """Run to the end."""
        self.start()
        self.clock.run_to_end()

    def finish(self, reason: str) -> None:
        """The replication is over: ``out``, ``gave_up`` (all who did not are out), ``lost`` or ``horizon``."""
        self.clock.stop(reason)

    def left(self, chalk: Chalk) -> None:
        """A whole group is out, in a scenario without lift."""
        self.n_out += chalk.n
        self.gates.release(chalk.n)
        if self.n_out >= self.movers:
            self._maybe_done()

    def out(self, people: int) -> None:
        """The people of a flight are out."""
        self.n_out += people
        if self.n_out >= self.movers:
            self._maybe_done()

    def gave_up(self, chalk: Chalk) -> None:
        """A group comes no more."""
        self.n_gave_up += chalk.n
        self.movers -= chalk.n
        chalk.cohort.gives_up(chalk.n)
        self.boarding.needs_no_seat(chalk.cohort, chalk.n)
        self._maybe_done()

    def _maybe_done(self) -> None:
        if self.n_out >= self.movers:
            self.finish("gave_up" if self.n_gave_up else "out")

    def dissolve(self) -> None:
        """Cut the references between the parts, so that a finished world is freed at once and not by the collector."""
        for part in (*self.cohorts, *self.missions, *self.lift.fleets, *self.closures.incidents, *self.hubs.by_name.values()):
            part.__dict__.clear()
        parts = "threat security reactions closures crowd road outer shuttles gates hubs airfield boarding lift clock"
        for name in parts.split():
            getattr(self, name).__dict__.clear()
        self.__dict__.clear()

    # -- records -----------------------------------------------------------------------------------------------------

    def waits(self, chalk: Rider, cause: int) -> None:
        """A group waits for transport for *cause* from now on (-1: it waits no more)."""
        waited = chalk.waits
        if waited != cause:
            if isinstance(chalk, Ticket):
                chalk.waits = cause
                if chalk.open:
                    self.waits(chalk.chalk, chalk.choice.cause())
                return
            now = self.clock.now
            if waited >= 0 and now > chalk.since:
                within = -1 if chalk.depart == INF else _ROAD  # turned back on its way
                self.segments.append((chalk.seq, chalk.n, waited, chalk.since, now, within))
            chalk.waits, chalk.since = cause, now

    def log_segment(self, chalk: Chalk, cause: int, start: float, end: float, within: int) -> None:
        """A group has waited from *start* to *end* for *cause*, within an activity."""
        self.segments.append((chalk.seq, chalk.n, cause, start, end, within))

    def note(self, who: str, what: str) -> None:
        """Something for the event log."""
        self.notes.append((self.clock.now, who, what))

    def census(self) -> dict[str, int]:
        """People by where they are now, counted from the containers themselves; the sum is the staff."""
        home = sum(c.movers if c.ordered == INF else 0 for c in self.cohorts)
        return {
            "staying": sum(c.residual for c in self.cohorts),
            "mission": home,
            "readying": sum(c.unready for c in self.cohorts),
            "transport and road": sum(c.n for c in self.chalks if c.arrive == INF and c.gave_up == INF),
            "gave up": sum(c.n for c in self.chalks if c.gave_up < INF),
            "lines": self.gates.waiting(),
            "in service": sum(
                c.n for c in self.chalks if (c.search < INF and c.searched == INF) or (c.consular < INF and c.inside == INF)
            ),
            "holding": self.boarding.holding.level,
            "aboard": self.lift.aboard,
            "out": self.n_out,
        }

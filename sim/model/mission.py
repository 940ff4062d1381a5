"""Missions and cohorts: orders, readiness, groups (chalks), the rear party, and when a mission has gone."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Literal, NamedTuple

from sim.model.compiled.numbers import INF, When
from sim.model.compiled.people import CompiledCohort, CompiledMission, CompiledWay
from sim.model.conditions import Conditions
from sim.model.decisions import decision_hours
from sim.model.draws import Stream
from sim.model.names import STATE
from sim.model.ranks import GROUP_READY, MISSION_CLOSES, ORDER_GIVEN, ORDER_TRIGGERED, REAR_PARTY_READY, ranked
from sim.model.run import Run
from sim.scenario.rules import entrant
from sim.scenario.types import Condition

_ROAD = STATE["doing_road"]

Cause = Condition | When | Literal["reaction"] | None
"""What leads to an order: a condition, a moment, its mission's reaction to an airport that nobody secures; None: given from
outside."""
Kind = tuple[int, str, str | None, str | None]
"""Who may drive together: mission, order, pool of vehicles, escort."""


class Way:
    """One mode of a cohort: what its groups draw who go by it, and with whom they may go."""

    def __init__(self, plan: CompiledCohort, mode: CompiledWay) -> None:
        self.mode = mode
        self.alone = mode.spec.alone
        """Whether its groups come by themselves, by no convoy and under nobody's agreement."""
        self.entrant = entrant(mode.spec)
        """As whom its groups come to the gates."""
        self.by_air = mode.spec.shuttle is not None
        self.by = mode.spec.vehicles or mode.spec.shuttle or ("alone" if self.alone else None)
        """What it is called in the event log."""
        order = plan.order.name if plan.order is not None else ""
        self.kind: Kind = (plan.mission, order, mode.spec.vehicles, mode.spec.escort)
        self.drive: array[float] = array("d")
        """Hours, or km, by group."""


class Group:
    """A group that travels together (a vehicle load) and the moments of its way; infinite until they come."""

    __slots__ = (
        "arrive", "cohort", "consular", "depart", "direct", "gate", "gave_up", "inside", "joined", "key", "left",
        "number", "people", "ready", "search", "searched", "serial", "tries", "waiting_since", "waits", "way",
    )  # fmt: skip

    def __init__(self, cohort: Cohort, number: int, serial: int, people: int, ready: float) -> None:
        self.cohort = cohort
        self.number = number
        """Its number in the cohort: the occasion of its draws."""
        self.serial = serial
        """Its place in the world's list of groups."""
        self.people = self.left = people
        """``left``: those of it who have no seat yet."""
        self.key: int = cohort.rank + number
        self.ready = self.waiting_since = ready
        self.depart = self.arrive = self.joined = self.search = self.searched = self.consular = self.inside = INF
        self.gave_up = INF
        """``joined``: when it joined the line of its present gate, if it left another one before."""
        self.gate = -1
        """Index of the gate whose line it joined."""
        self.waits = -1
        """Cause for which it waits for transport, or -1; ``waiting_since`` says since when."""
        self.tries = 0
        """Times it was turned back; after so many of them it gives up (``gave_up``) and stays at home."""
        self.way = cohort.ways[0]
        """How it goes, or went."""
        self.direct = False
        """Whether a helicopter brought it out."""

    def commit(self) -> Group:
        """It is served: of its one mode there is nothing to choose."""
        return self

    def wait_for(self, cause: int) -> None:
        """It waits for transport for *cause* from now on (-1: it waits no more)."""
        waited = self.waits
        if waited != cause:
            now = self.cohort.clock.now
            if waited >= 0 and now > self.waiting_since:
                self.waited(waited, self.waiting_since, now, -1 if self.depart == INF else _ROAD)  # turned back on its way
            self.waits, self.waiting_since = cause, now

    def waited(self, cause: int, start: float, end: float, within: int) -> None:
        """It has waited from *start* to *end* for *cause*, within an activity (-1: within none)."""
        self.cohort.run.segments.append((self.serial, self.people, cause, start, end, within))


class Outside(NamedTuple):
    """What cohorts and missions act on, beyond themselves."""

    conditions: Conditions
    ordered: list[Callable[[Mission, int], None]]
    """Told how many people of a mission have been ordered out who need a seat; 0: its order alone may bring a fleet."""
    makes: Callable[[CompiledCohort], type[Group]]
    largest: int
    """People of the largest group that fits inside."""


class Cohort:
    """A cohort in one replication."""

    __slots__ = (
        "cause", "clock", "closes", "consular_factor", "destroyed", "from_home", "gap", "home", "index", "main", "makes",
        "mission", "needs_seat", "ordered", "out_before", "outside", "plan", "priority", "rank", "ready_key", "rear",
        "residual", "run", "search", "search_factor", "set_off", "shuttles", "size", "staff", "triggered", "unasked", "unready",
        "ways", "weighing",
    )  # fmt: skip  # see tests/model/test_run.py: with over 30 attributes in a dictionary all its methods are slower

    def __init__(self, run: Run, plan: CompiledCohort, mission: Mission, outside: Outside) -> None:
        self.run = run
        self.clock = run.clock
        self.outside = outside
        self.plan = plan
        self.mission = mission
        self.index = plan.index
        self.priority = plan.spec.priority
        self.rank = plan.index << 28
        self.ready_key = ranked(GROUP_READY, self.index)
        self.staff = int(run.get(plan.people))
        self.residual = int(min(self.staff, run.get(plan.residual)))
        self.triggered = self.ordered = INF
        """When somebody began to decide on its order, and when it was given."""
        self.cause: Cause = None
        """What has led to its order."""
        self.weighing = INF
        """Since when its mission makes up its mind because nobody secures the airport, while nothing else asks it to go."""
        self.out_before = False
        """Whether its people were out before the start: they have nothing more to do with anything."""
        self.unasked = 0
        """People who stay only because their mission closes, beyond those who stay on purpose."""
        self.destroyed = INF
        """When its rear party had destroyed what must not be left."""
        self.unready = 0
        """People ordered, not ready yet."""
        self.rear = 0
        """Of those at the compound, the rear party."""
        self.home = 0
        """People ordered out who have not left the compound."""
        self.closes = False
        """Whether the mission has closed once its people, and those of others like it, have left."""
        self.from_home = plan.spec.starts == "mission"
        self.shuttles = {p.spec.shuttle for p in plan.ways if p.spec.shuttle is not None} if self.from_home else set()
        """Names of the shuttles that may take it."""
        self.ways = [Way(plan, mode) for mode in plan.ways]
        """Its modes, at least one."""
        self.makes = outside.makes(plan)
        self.set_off: list[Callable[[Group], None]] = run.link()
        """The one thing that a group does once it is ready; it is known when all parts are made."""
        self.needs_seat = True
        """Whether anybody of it may need a seat of an aircraft."""
        self.gap: array[float]
        self.search: list[tuple[array[float], array[float] | None]]
        """Draws by group; search times at each gate: (of the group, of a person)."""
        self.search_factor = run.get(plan.search_factor)
        self.consular_factor = run.get(plan.consular_factor)

    @property
    def movers(self) -> int:
        """Those who are to be moved once ordered."""
        return self.staff - self.residual

    @property
    def never_ordered(self) -> int:
        """People to be moved whom nobody has ordered out; of a mission that had closed by the start, nobody."""
        if self.ordered < INF:
            return 0
        return self.movers + (self.unasked if self.mission.closes_later else 0)

    def start(self) -> None:
        """Wait for the order."""
        order = self.plan.order
        if not self.run.orders_given and order is not None and self.movers > 0 and not self.out_before:
            self.outside.conditions.trigger(order.when, order.at, ranked(ORDER_TRIGGERED, self.index), self._decide)

    def _decide(self, _: object) -> None:
        if self.ordered < INF:
            return
        order = self.plan.order
        assert order is not None
        self.triggered, self.cause = self.clock.now, self.outside.conditions.cause
        delay = decision_hours(order, self.run.streams)
        if delay > 0:
            self.clock.after(delay, ranked(ORDER_GIVEN, self.index), self._order)
        else:
            self.order_now()

    @property
    def deciding_since(self) -> float:
        """When somebody began to decide on its order; infinite while nobody has."""
        return self.triggered if self.triggered < INF else self.weighing

    def react(self) -> None:
        """Its mission has decided to leave since nobody secures the airport."""
        if self.ordered == INF:
            self.triggered, self.cause = min(self.triggered, self.weighing), "reaction"
            self.order_now()

    def leave_before(self) -> None:
        """Its people were out before the start."""
        self.out_before = True
        self.triggered = self.ordered = 0.0
        self.run.n_out += self.movers

    def _order(self, _: None) -> None:
        self.order_now()

    def order_now(self) -> None:
        """The order is given, whoever decided."""
        if self.ordered < INF:  # its mission had already decided
            return
        run, n = self.run, self.movers
        self.ordered = run.clock.now
        run.given.append((run.clock.priority, self.index))
        self.mission.ordered = min(self.mission.ordered, self.ordered)
        self.unready = self.home = n
        self.rear = min(n, int(run.get(self.plan.rear_people)))
        run.note_order(self, mission=self.mission.plan.name, cohort=self.plan.name, people=n)
        run.happened("ordered", self.ordered)
        for tell in self.outside.ordered:
            tell(self.mission, n if self.needs_seat else 0)
        self._form(n - self.rear)
        if self.rear:
            destruction = run.streams[self.plan.rear_destruction].at(0)
            run.clock.after(destruction, ranked(REAR_PARTY_READY, self.index), self._destroyed)

    def _form(self, n: int) -> None:
        """Form the groups of the main body, each after its own delay or one after another."""
        self.size = max(1, min(int(min(self.run.get(self.plan.group), 1e9)), self.outside.largest))
        self.main = n
        run, groups = self.run, -(-n // self.size)
        run.claim(groups + -(-self.rear // self.size))
        self._draw(groups + -(-self.rear // self.size))
        if n <= 0:
            return
        ready = run.streams[self.plan.ready].first(groups if self.plan.gap is None else 1)
        if self.plan.gap is None:
            for i in range(groups):
                self.clock.wake(ready[i], self.ready_key + i, self._ready, i)
        else:
            self.gap = run.streams[self.plan.gap].first(groups)
            self.clock.wake(ready[0] + self.gap[0], self.ready_key, self._next, 0)

    def _draw(self, groups: int) -> None:
        streams = self.run.streams
        for way in self.ways:
            if self.from_home and not way.by_air:
                way.drive = streams[way.mode.drive].first(groups)
        search = (self.plan.search[name] for name in sorted(self.plan.search))  # gates have the order of their names
        self.search = [(streams[group].first(groups), _unless_zero(streams[person], groups)) for group, person in search]

    def _next(self, i: int) -> None:
        """Group *i* of a cohort whose groups get ready one after another."""
        size = self.size
        left = self.main - i * size
        if left > size:
            after = i + 1
            self.clock.wake(self.gap[after], self.ready_key + after, self._next, after)
            left = size
        self._emit(i, left)

    def _ready(self, i: int) -> None:
        self._emit(i, min(self.size, self.main - i * self.size))

    def _emit(self, i: int, n: int) -> None:
        groups = self.run.groups
        group = self.makes(self, i, len(groups), n, self.clock.now)
        self.unready -= n
        groups.append(group)
        self.set_off[0](group)

    def departs(self, n: int) -> None:
        """*n* people have left the compound."""
        self.home -= n
        mission = self.mission
        if self.closes:
            mission.core_home -= n
            if not mission.core_home:
                mission.closes()
        if mission.rear_ready:
            mission.check_rear()

    def gives_up(self, n: int) -> None:
        """*n* people stay at the compound for good: nobody waits for them, and with core staff among them it never closes."""
        self.home -= n
        if self.mission.rear_ready:
            self.mission.check_rear()

    def _destroyed(self, _: None) -> None:
        self.destroyed = self.clock.now
        self.mission.rear_ready.append(self)
        self.mission.check_rear()

    def send_rear(self) -> None:
        """The rear party goes, in groups of the usual size."""
        n, self.rear = self.rear, 0
        first = -(-self.main // self.size)
        for k in range(-(-n // self.size)):
            self._emit(first + k, min(self.size, n - k * self.size))


class Mission:
    """A mission in one replication."""

    def __init__(self, run: Run, plan: CompiledMission, outside: Outside) -> None:
        self.run = run
        self.outside = outside
        self.plan = plan
        self.index = plan.index
        self.ordered = INF
        self.core_home = 0
        """Core staff to be moved who have not left the compound, ordered out or not."""
        self.to_board = 0
        """People ordered out who have no seat yet; counted only where fleets serve missions of their own, as the next."""
        self.out_before = False
        self.rear_ready: list[Cohort] = []
        self.cohorts: list[Cohort] = run.link()

    def settle(self) -> None:
        """Apply the mission's residual presence and closure to its cohorts; a closed mission has nobody to move."""
        if self.plan.residual is None:
            for c in self.cohorts:
                c.residual = c.staff
        else:
            left = int(self.run.get(self.plan.residual))
            for c in sorted(self.cohorts, key=lambda c: (-c.priority, c.plan.name)):
                take = min(left, c.movers)
                c.residual += take
                left -= take
        if self.plan.closed is not None:
            for c in self.cohorts:
                c.unasked, c.residual = c.movers, c.staff
        moving = [c for c in self.cohorts if c.movers]
        for c in [c for c in moving if c.plan.core] or moving:  # where all core staff stay: once only they are left
            c.closes = True
            self.core_home += c.movers

    @property
    def gone(self) -> bool:
        """Whether it has gone."""
        return self.outside.conditions.gone[self.index]

    @property
    def closes_later(self) -> bool:
        """Whether the mission closes only after the start, if at all: its people are there then, and nobody asks them to go."""
        return self.plan.closed is not None and self.run.time_of(self.plan.closed) > 0

    def start(self) -> None:
        """Begin: closed missions count as gone from their date."""
        if self.plan.closed is not None:
            self.run.when(self.plan.closed, MISSION_CLOSES + self.index, self._closed)
        if self.out_before:
            self.run.happened("ordered", 0.0)
            for tell in self.outside.ordered:
                tell(self, 0)  # a fleet that comes so long after its order may have others to fetch
        for c in self.cohorts:
            c.start()

    def leave_before(self) -> None:
        """All whom it moves were out before the start, so that it has closed by then; of one with nobody to move, nothing."""
        moving = [c for c in self.cohorts if c.movers]
        if not moving:
            return
        for c in moving:
            c.leave_before()
        self.ordered, self.core_home, self.out_before = 0.0, 0, True
        self.run.note("out before the start", mission=self.plan.name, people=sum(c.movers for c in moving))
        self.outside.conditions.goes(self.index)

    def _closed(self, _: object) -> None:
        self._goes()

    def _goes(self) -> None:
        self.outside.conditions.goes(self.index)
        self.outside.conditions.check()

    def closes(self) -> None:
        """Its core staff have left, rear party included: others may follow it, while its local staff and families go on."""
        self.run.note("gone", mission=self.plan.name)
        self._goes()

    def check_rear(self) -> None:
        """Send the rear parties for whom nobody is left to wait: neither core staff ordered out nor the rest of their cohort."""
        if any(c.home > c.rear for c in self.cohorts if c.closes):
            return
        ready = [c for c in self.rear_ready if c.home <= c.rear]
        if ready:
            self.rear_ready = [c for c in self.rear_ready if c not in ready]
            for c in sorted(ready, key=lambda c: c.index):
                c.send_rear()


def _unless_zero(stream: Stream, n: int) -> array[float] | None:
    quantity = stream.spec[2]
    zero = quantity.is_constant and quantity.value == 0
    return None if zero else stream.first(n)

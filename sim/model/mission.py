"""Missions and cohorts: orders, readiness, groups (chalks), the rear party, and when a mission has gone."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from sim.model.decisions import decision_hours
from sim.model.draws import Stream
from sim.model.kernel import ORDER, READY, Call, key
from sim.model.modes import Choice, Kind, Ticket, Way
from sim.model.plan import CohortPlan, MissionPlan

if TYPE_CHECKING:
    from sim.model.passage import Permit
    from sim.model.world import World

INF = float("inf")


class Chalk:
    """A group that travels together (a vehicle load) and the moments of its way; infinite until they come."""

    __slots__ = (
        "arrive", "choice", "cohort", "consular", "depart", "direct", "gate", "gave_up", "i", "inside", "joined", "key", "left",
        "n", "ready", "search", "searched", "seq", "since", "tries", "waits", "way",
    )  # fmt: skip

    def __init__(self, cohort: Cohort, i: int, seq: int, n: int, ready: float) -> None:
        self.cohort = cohort
        self.i = i
        """Its number in the cohort: the occasion of its draws."""
        self.seq = seq
        """Its place in the world's list of groups."""
        self.n = n
        self.left = n
        """People of it who have no seat yet."""
        self.key: int = cohort.rank + i
        self.ready = self.since = ready
        self.depart = self.arrive = self.joined = self.search = self.searched = self.consular = self.inside = INF
        self.gave_up = INF
        """``joined``: when it joined the line of its present gate, if it left another one before."""
        self.gate = -1
        """Index of the gate whose line it joined."""
        self.waits = -1
        """Cause for which it waits for transport, or -1; ``since`` says since when."""
        self.tries = 0
        """Times it was turned back; after so many of them it gives up (``gave_up``) and stays at home."""
        self.way: Cohort | Way = cohort
        """How it goes, or went: the cohort itself where that has one mode."""
        self.choice: Choice | None = None
        """Its tickets, where the cohort has several."""
        self.direct = False
        """Whether a helicopter brought it out."""

    def commit(self) -> Chalk:
        """It is served: of its one mode there is nothing to choose."""
        return self


Rider = Chalk | Ticket
"""What stands in the queue of a mode."""


class Cohort:
    """A cohort in one replication."""

    def __init__(self, w: World, plan: CohortPlan, mission: Mission) -> None:
        self.w = w
        self.clock = w.clock
        self.plan = plan
        self.mission = mission
        self.index = plan.index
        self.priority = plan.spec.priority
        self.rank = plan.index << 28
        self.ready_key = key(READY, self.index)
        self.staff = int(w.get(plan.people))
        self.residual = int(min(self.staff, w.get(plan.residual)))
        self.triggered = self.ordered = INF
        """When somebody began to decide on its order, and when it was given."""
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
        from_home = plan.spec.starts == "mission"
        self.shuttles = {p.spec.shuttle for p in plan.ways if p.spec.shuttle is not None} if from_home else set()
        """Names of the shuttles that may take it."""
        self.by_road = from_home and not plan.modes and not self.shuttles
        self.set_off = self._start_at_airport
        """What a group does once it is ready."""
        if plan.modes and from_home:
            self.set_off = self._choose
        elif from_home:
            self.set_off = w.road.request if self.by_road else w.shuttles.request
        routes = [w.shuttles.by_name[n] for n in self.shuttles]
        self.needs_seat = not routes or len(plan.ways) > len(routes) or not all(r.out for r in routes)
        """Whether anybody of it may need a seat of an aircraft: not all its modes bring it out."""
        self.gates = w.gates.allowed[plan.index]
        """Where it may enter."""
        self.gate = w.gates.plain(self.gates)
        """The only one, if an arrival there needs no more than a place in line."""
        self.lines = w.boarding.holding.lines(self)
        """The lines of the holding area in which its groups stand."""
        order = plan.order.name if plan.order is not None else ""
        self.alone = plan.spec.alone
        """Whether its groups come by themselves, by no convoy and under nobody's agreement."""
        self.kind: Kind = (mission.index, order, plan.spec.vehicles, plan.spec.escort)
        """Who may drive together."""
        self.ways = [Way(self, p, k) for k, p in enumerate(plan.modes)]
        """Its modes, where there are several."""
        self.permits: dict[str, Permit] = {}
        """Its permission to drive, by who holds the outer layer."""
        self.gap: array[float]
        self.drive: array[float]
        self.search: list[tuple[array[float], array[float] | None]]
        """Draws by group; search times at each gate: (of the group, of a person)."""
        self.search_factor = w.get(plan.search_factor)
        self.consular_factor = w.get(plan.consular_factor)

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
        if self.w.orders is None and order is not None and self.movers > 0 and not self.out_before:
            self.w.trigger(order.when, order.at, key(ORDER, self.index), self._decide)

    def _decide(self, _: object) -> None:
        if self.ordered < INF:
            return
        order = self.plan.order
        assert order is not None
        self.triggered = self.w.clock.now
        delay = decision_hours(order, self.w.streams)
        if delay > 0:
            self.w.clock.after(delay, key(ORDER, self.index, 1), self._order)
        else:
            self._order(None)

    @property
    def asked(self) -> float:
        """When somebody began to decide on its order; infinite while nobody has."""
        return self.triggered if self.triggered < INF else self.weighing

    def order_now(self) -> None:
        """The order is given, whoever decided."""
        self._order(None)

    def react(self) -> None:
        """Its mission has decided to leave since nobody secures the airport."""
        if self.ordered == INF:
            self.triggered = min(self.triggered, self.weighing)
            self.order_now()

    def leave_before(self) -> None:
        """Its people were out before the start."""
        self.out_before = True
        self.triggered = self.ordered = 0.0
        self.w.n_out += self.movers

    def _order(self, _: Call | None) -> None:
        if self.ordered < INF:  # its mission had already decided
            return
        w, n = self.w, self.movers
        self.ordered = w.clock.now
        w.given.append((w.clock.priority, self.index))
        self.mission.ordered = min(self.mission.ordered, self.ordered)
        self.unready = self.home = n
        self.rear = min(n, int(w.get(self.plan.rear_people)))
        w.note(f"{self.mission.plan.name}/{self.plan.name}", f"ordered out, {n} people")
        w.ordered(self)
        self._form(n - self.rear)
        if self.rear:
            destruction = w.streams[self.plan.rear_destruction].at(0)
            w.clock.after(destruction, key(READY, self.index, 1 << 20), self._destroyed)

    def _form(self, n: int) -> None:
        """Form the groups of the main body, each after its own delay or one after another."""
        self.size = max(1, min(int(min(self.w.get(self.plan.group), 1e9)), self.w.holding_capacity))
        self.main = n
        w, groups = self.w, -(-n // self.size)
        self._draw(groups + -(-self.rear // self.size))
        if n <= 0:
            return
        ready = w.streams[self.plan.ready].first(groups if self.plan.gap is None else 1)
        if self.plan.gap is None:
            for i in range(groups):
                w.clock.wake(ready[i], self.ready_key + i, self._ready, i)
        else:
            self.gap = w.streams[self.plan.gap].first(groups)
            self.on_next = self._next
            w.clock.wake(ready[0] + self.gap[0], self.ready_key, self.on_next, 0)

    def _draw(self, groups: int) -> None:
        streams = self.w.streams
        if self.by_road:
            self.drive = streams[self.plan.drive].first(groups)
        for way in self.ways:
            if not way.by_air:
                way.drive = streams[way.plan.drive].first(groups)
        search = (self.plan.search[g.name] for g in self.w.gates.gates)
        self.search = [(streams[group].first(groups), _unless_zero(streams[person], groups)) for group, person in search]

    def _next(self, i: int) -> None:
        """Group *i* of a cohort whose groups get ready one after another."""
        size = self.size
        left = self.main - i * size
        if left > size:
            after = i + 1
            self.clock.wake(self.gap[after], self.ready_key + after, self.on_next, after)
            left = size
        self._emit(i, left)

    def _ready(self, i: int) -> None:
        self._emit(i, min(self.size, self.main - i * self.size))

    def _emit(self, i: int, n: int) -> None:
        chalks = self.w.chalks
        chalk = Chalk(self, i, len(chalks), n, self.clock.now)
        self.unready -= n
        chalks.append(chalk)
        self.set_off(chalk)

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

    def _choose(self, chalk: Chalk) -> None:
        """It stands in the queues of several modes."""
        chalk.choice = Choice(self.w, chalk, list(self.ways))
        chalk.choice.begin()

    def _start_at_airport(self, chalk: Chalk) -> None:
        if self.plan.spec.starts == "gate" and self.w.threat.lets_through < 1:
            self.w.outer.passes(chalk)
            return
        chalk.depart = chalk.arrive = chalk.ready
        self.departs(chalk.n)
        if self.plan.spec.starts == "gate":
            self.w.gates.arrive(chalk)
        else:
            self.w.gates.enter_inside(chalk)

    def _destroyed(self, _: Call) -> None:
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

    def __init__(self, w: World, plan: MissionPlan) -> None:
        self.w = w
        self.plan = plan
        self.index = plan.index
        self.ordered = INF
        self.core_home = 0
        """Core staff to be moved who have not left the compound, ordered out or not."""
        self.to_board = 0
        """People ordered out who have no seat yet; counted only where fleets serve missions of their own, as the next."""
        self.gone = self.out_before = False
        self.rear_ready: list[Cohort] = []
        self.cohorts: list[Cohort] = []

    def settle(self) -> None:
        """Apply the mission's residual presence and closure to its cohorts; a closed mission has nobody to move."""
        if self.plan.residual is None:
            for c in self.cohorts:
                c.residual = c.staff
        else:
            left = int(self.w.get(self.plan.residual))
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
    def closes_later(self) -> bool:
        """Whether the mission closes only after the start, if at all: its people are there then, and nobody asks them to go."""
        return self.plan.closed is not None and self.w.moment(self.plan.closed) > 0

    def start(self) -> None:
        """Begin: closed missions count as gone from their date."""
        if self.plan.closed is not None:
            self.w.when(self.plan.closed, key(ORDER, 1 << 20, self.index), self._closed)
        if self.out_before:
            self.w.happened("ordered", 0.0)
            self.w.lift.ordered(self)  # a fleet that comes so long after its order may have others to fetch
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
        self.w.note(self.plan.name, f"out before the start, {sum(c.movers for c in moving)} people")
        if not self.gone:
            self.gone = True
            self.w.n_gone += 1

    def _closed(self, _: object) -> None:
        self._goes()

    def _goes(self) -> None:
        if not self.gone:
            self.gone = True
            self.w.n_gone += 1
        self.w.check_conditions()

    def closes(self) -> None:
        """Its core staff have left, rear party included: others may follow it, while its local staff and families go on."""
        self.w.note(self.plan.name, "gone")
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
    zero = stream.spec[2].family == "constant" and stream.spec[2].params[0] == 0
    return None if zero else stream.first(n)

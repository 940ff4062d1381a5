"""The groups of every cohort with the shortest time that each can take at each place, before anything is shared.

Sizes and draws of a group are known before a run begins: its number in its cohort is the occasion of its draws.  Where a run
decides which draw is used (a convoy drives at the pace of its first group) or which factor holds, the smallest is taken.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields, replace

import numpy as np

from sim.analysis.bounds.arguments import F64, I64, INF, Mask
from sim.analysis.bounds.triggers import BoundTriggers, People
from sim.model.compiled.numbers import Draws, Number
from sim.model.compiled.people import CompiledCohort, CompiledWay
from sim.model.compiled.scenario import CompiledScenario
from sim.scenario.rules import entrant
from sim.scenario.schema import Entrant, Scenario, Shuttle
from sim.scenario.types import DailyHours

Drives = dict[tuple[object, ...], tuple[float, float]]
SLACK = 1e-6
"""Hours by which a time of day may be off by rounding."""


@dataclass
class Groups:
    """All groups, arrays of shape (groups,); times in hours from the start, durations in hours, each the least possible."""

    cohort: I64
    mission: I64
    people: F64
    ready: F64
    depart: F64
    """When it can leave its compound, if a vehicle is there."""
    empty: F64
    """Drive of an empty vehicle to it (pools based at the airport) or flight of the helicopter."""
    way: F64
    """From leaving to the airport."""
    back: F64
    """Until its vehicle is free again after that."""
    turn: F64
    """On the landing spot (shuttles)."""
    arrive: F64
    """At the airport, without any wait for a vehicle."""
    search: F64
    gated: Mask
    """Whether it has to pass a gate."""
    consular: F64
    inside: F64
    """Through all of that, without any queue."""
    direct: Mask
    """Whether a helicopter may bring it out, so that it needs no seat."""


def next_within(hours: DailyHours, clock_hour: float, at: F64) -> F64:
    """The first moment at or after each of *at* (hours from the start, which is *clock_hour*) in a daily span."""
    if hours.always:
        return at
    if hours.first == hours.last:
        return np.full_like(at, INF)
    finite = np.isfinite(at)
    day = np.where(finite, (clock_hour + np.where(finite, at, 0.0)) % 24, 0.0)
    first, last = hours.first, hours.last
    after, before = day >= first - SLACK, day < last + SLACK
    within = after & before if first <= last else after | before
    within |= day > 24 - SLACK if first == 0 else False
    return np.where(within | ~finite, at, at + (first - day) % 24)


GUARD_FLIGHTS = 1_000
"""More flights with guards than there ever are."""


def tops_up(s: Scenario, shuttle: Shuttle) -> bool:
    """Whether a helicopter of a shuttle may take a group for which it wasn't sent."""
    place = s.places[shuttle.place] if shuttle.place is not None else None
    return shuttle.fills or (place is not None and place.guards is not None)


class GroupBuilder:
    """Makes the groups of one compiled scenario with one set of draws."""

    def __init__(self, plan: CompiledScenario, draws: Draws, triggers: type[BoundTriggers] = BoundTriggers) -> None:
        """*triggers*: how the threat, conditions and decisions are told: apart from the model, or by its own code."""
        self.plan, self.draws, self.s = plan, draws, plan.scenario
        self.clock_hour = self.s.clock.start.when.hour + self.s.clock.start.when.minute / 60
        self.road = plan.road.numbers.in_(draws)
        truces = [window.numbers.in_(draws) for window in plan.road.windows]
        self.truce = {n: min([1.0, *(getattr(truce, n) for truce in truces)]) for n in ("road", "checkpoint")}
        """The best that windows do to drives and to delays at checkpoints."""
        self.host = plan.security.host.in_(draws)
        self.effects = [numbers.in_(draws) for numbers in plan.threat.effects]
        self.holding = self.get(plan.gates.holding)
        self.capacity = int(min(self.holding, 1e9))
        consular = plan.gates.consular
        self.officers, team = consular.numbers.in_(draws) if consular is not None else (INF, 1.0)
        """The most that there ever are."""
        self.team = max(1.0, team)
        if consular is not None:
            providers = [plan.security.providers[phase.provider] for phase in plan.security.phases]
            more = [later.officers for later in consular.build_up]
            more += [p.officers for p in providers if p.officers is not None and p.spec.force is not None]
            self.officers = max([self.officers, *map(self.get, more)])
        self.convoy = max(1, int(min(self.road.convoy.vehicles, 1e6)))
        self.triggers = triggers(plan, draws)
        self.people = self.triggers.people
        self.sizes = [self._size(c) for c in plan.cohorts]
        self.offsets = [self._readiness(k, p) for k, p in enumerate(self.people)]
        for p, offsets in zip(self.people, self.offsets, strict=True):
            p.ready = float(offsets.max()) if len(offsets) else 0.0
        self.triggers.settle()

    def first(self, stream: int, count: int) -> F64:
        """The first *count* draws of a stream, which are those of the first groups of a cohort."""
        return np.array(self.draws[stream].first(count)[:count])

    def get(self, number: Number) -> float:
        """A number that is fixed in the replication."""
        return number.in_(self.draws)

    def factor(self, name: str, hours: F64) -> F64:
        """The smallest factor of the threat levels to come, at each of *hours*."""
        return self.triggers.path.best_after([getattr(effect, name) for effect in self.effects], hours)

    # -- sizes and readiness -------------------------------------------------------------------------------------------

    def _size(self, c: CompiledCohort) -> int:
        return max(1, min(int(min(self.get(c.group), 1e9)), self.capacity))

    def _counts(self, k: int, p: People) -> tuple[int, int]:
        """Groups of the main body, and of the rear party."""
        return -(-(p.movers - p.rear) // self.sizes[k]), -(-p.rear // self.sizes[k])

    def _readiness(self, k: int, p: People) -> F64:
        """Hours from the order until each group is ready; the rear party after the others of its cohort."""
        main, rear = self._counts(k, p)
        c = p.plan
        offsets = self.first(c.ready, main) if c.gap is None else self.draws[c.ready].at(0) + np.cumsum(self.first(c.gap, main))
        if not rear:
            return offsets
        last = max(self.draws[c.rear_destruction].at(0), offsets.max(initial=0.0))
        return np.concatenate((offsets, np.full(rear, last)))

    def _sizes_of(self, k: int, p: People) -> F64:
        main, rear = self._counts(k, p)
        sizes = np.full(main + rear, float(self.sizes[k]))
        for count, total, last in ((main, p.movers - p.rear, main - 1), (rear, p.rear, main + rear - 1)):
            if count:
                sizes[last] = total - (count - 1) * self.sizes[k]
        return sizes

    # -- the way --------------------------------------------------------------------------------------------------------

    def _permission(self) -> dict[tuple[int, str, str], float]:
        """When the first permission can be there, by mission, order and escort."""
        asks: dict[tuple[int, str, str], list[tuple[float, float]]] = defaultdict(list)
        for k, p in enumerate(self.people):
            for c in p.plan.ways:
                if p.movers > 0 and c.spec.starts == "mission" and c.spec.shuttle is None and not c.spec.alone:
                    takes = min(self.draws[c.negotiation[r]].at(0) for r in ("host", "after"))
                    first = self.triggers.orders[k] + float(self.offsets[k].min())
                    asks[self._asker(k, c)].append((first, takes))
        return {key: min(a for a, _ in all_) + min(t for _, t in all_) for key, all_ in asks.items()}

    def _asker(self, k: int, c: CompiledWay) -> tuple[int, str, str]:
        cohort = self.plan.cohorts[k]
        return cohort.mission, cohort.order.name if cohort.order else "", c.spec.escort or ""

    def _drives(self) -> Drives:
        """Where groups share convoys: the shortest drive and delay of those who may, by mission, order, escort and pool."""
        least: Drives = defaultdict(lambda: (INF, INF))
        for k, p in enumerate(self.people):
            for c in p.plan.ways:
                if len(self.offsets[k]) and c.spec.starts == "mission" and not c.spec.shuttle and not c.spec.alone:
                    key = (*self._asker(k, c), c.spec.vehicles)
                    drive, delay = least[key]
                    least[key] = min(drive, float(self._drive(k, c).min())), min(delay, float(self._checkpoints(k, c).min()))
        return least

    def _drive(self, k: int, c: CompiledWay) -> F64:
        n = len(self.offsets[k])
        drive = self.first(c.drive, n)
        if c.speed is not None:
            speed = self.first(c.speed, n)
            with np.errstate(divide="ignore", invalid="ignore"):
                drive = np.where(speed > 0, drive / speed, INF)
        return drive

    def _checkpoints(self, k: int, c: CompiledWay) -> F64:
        """Hours at checkpoints under the better of the two regimes of the outer layer."""
        n = len(self.offsets[k])
        points = self.road.checkpoints
        delays = points * self.first(c.checkpoint, n)
        if self.s.security.host is not None:
            fewer = self.host.after.checkpoints
            after = (points if fewer is None else fewer) * self.first(c.passage_checkpoint, n)
            delays = np.minimum(delays, after)
        return delays

    def make(self) -> Groups:
        """All groups, cohort by cohort."""
        permits, drives = self._permission(), self._drives()
        whole, none, no = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_)
        empty = Groups(whole, whole, none, none, none, none, none, none, none, none, none, no, none, none, no)
        parts = [empty, *(self._cohort(k, p, permits, drives) for k, p in enumerate(self.people))]
        return Groups(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Groups)})

    def _cohort(self, k: int, p: People, permits: dict[tuple[int, str, str], float], drives: Drives) -> Groups:
        ways = [self._by(k, c, permits, drives) for c in p.plan.ways]
        if len(ways) == 1:
            return ways[0]
        # whichever mode: of each moment and each time the least, and no vehicle of which it is sure
        zero, combine = np.zeros(len(self.offsets[k])), {"gated": np.logical_and, "direct": np.logical_or}
        best = {
            name: combine.get(name, np.minimum).reduce([getattr(way, name) for way in ways])
            for name in ("arrive", "search", "consular", "inside", "gated", "direct")
        }
        return replace(ways[0], depart=ways[0].ready, empty=zero, way=zero, back=zero, turn=zero, **best)

    def _by(self, k: int, c: CompiledWay, permits: dict[tuple[int, str, str], float], drives: Drives) -> Groups:
        """The groups of a cohort by one of its modes."""
        n, cohort = len(self.offsets[k]), self.plan.cohorts[k]
        ready, zero = self.triggers.orders[k] + self.offsets[k], np.zeros(n)
        sets_out = ready + (self.first(c.after, n) if cohort.chooses else zero)
        depart, empty, way, back, turn = sets_out, zero, zero, zero, zero
        shuttle = self.s.shuttles[c.spec.shuttle] if c.spec.shuttle is not None and c.spec.starts == "mission" else None
        if shuttle is not None and tops_up(self.s, shuttle):
            # the helicopter may be on its way when the group gets ready, at the pace of another's draws
            turn, way = (np.full(n, self._least_leg(c, leg)) for leg in ("turn", "flight"))
        elif shuttle is not None:
            empty, turn, way = (self.first(c.flight[leg], n) for leg in ("empty", "turn", "flight"))
            if not shuttle.night:
                depart = next_within(self.s.clock.daylight, self.clock_hour, sets_out)
        elif c.spec.starts == "mission" and n:
            depart, empty, way, back = self._by_road(k, c, sets_out, permits, drives)
        arrive = depart + empty + turn + way
        out = shuttle is not None and shuttle.enters == "out"
        inside = c.spec.starts == "holding" or (shuttle is not None and shuttle.enters != "gate")
        search, gated, begin = self._search(k, entrant(c.spec), arrive, inside)
        searched = begin + search
        consular = zero if out else self._consular(k, searched)
        return Groups(
            np.full(n, k), np.full(n, cohort.mission), self._sizes_of(k, self.people[k]), ready, depart, empty, way, back, turn,
            arrive, search, gated, consular, searched + consular, np.full(n, out),
        )  # fmt: skip

    def _least_leg(self, c: CompiledWay, leg: str) -> float:
        """The least time of a leg of a shuttle over all whose draws a helicopter may use: any group's, or those of guards."""
        assert c.spec.shuttle is not None
        users = [(way, len(self.offsets[k])) for k, p in enumerate(self.people) for way in p.plan.ways]
        legs = [
            self.first(way.flight[leg], n)
            for way, n in users
            if n and way.spec.shuttle == c.spec.shuttle and way.spec.starts == "mission"
        ]
        route = self.plan.shuttles.routes[c.spec.shuttle]
        place = self.s.places[route.spec.place] if route.spec.place is not None else None
        if place is not None and place.guards is not None:
            legs.append(self.first(route.legs[leg], GUARD_FLIGHTS))
        return min((float(times.min()) for times in legs), default=INF)

    def _by_road(
        self, k: int, c: CompiledWay, ready: F64, permits: dict[tuple[int, str, str], float], drives: Drives
    ) -> tuple[F64, F64, F64, F64]:
        """(depart, empty, way, back); the moment of leaving does not hold the empty drive."""
        own = self._drive(k, c)
        drive, delay = own, self._checkpoints(k, c)
        if self.convoy > 1 and not c.spec.alone:  # its convoy moves at the pace of its first group
            drive, delay = (np.full(len(own), x) for x in drives[*self._asker(k, c), c.spec.vehicles])
        best = self.factor("road", ready) * min(1.0, self.host.after.road) * self.truce["road"]
        escort = self.s.road.escorts[c.spec.escort] if c.spec.escort is not None else None
        numbers = self.road.escorts[c.spec.escort] if c.spec.escort is not None else None
        pace, slow = (numbers.road, numbers.delay) if numbers is not None else (1.0, 1.0)
        pool = self.s.vehicles[c.spec.vehicles] if c.spec.vehicles is not None else None
        at_airport = pool is not None and pool.based == "airport"
        empty = _times(own, best) if at_airport else np.zeros(len(own))
        depart = ready + empty
        if not c.spec.alone:
            depart = np.maximum(depart, permits[self._asker(k, c)])
        if (curfew := self.s.road.curfew) is not None and escort is None:
            free = DailyHours(curfew.last, curfew.first)
            if curfew.always:
                depart = np.full_like(depart, INF)
            elif curfew.first != curfew.last:
                depart = next_within(free, self.clock_hour, depart)
        there = _times(drive, best * pace)
        way = there + _times(delay, self.factor("checkpoint", ready) * slow * self.truce["checkpoint"])
        back = there if pool is not None and not at_airport else np.zeros(len(own))
        return depart - empty, empty, way, back

    # -- inside ------------------------------------------------------------------------------------------------------

    def _search(self, k: int, e: Entrant, arrive: F64, inside: bool) -> tuple[F64, Mask, F64]:
        """(search time, whether it passes a gate, when its search can begin) at the best of its gates."""
        n = len(arrive)
        c = self.plan.cohorts[k]
        name = self.plan.missions[c.mission].name
        table = self.s.airport.gates
        gates = [g for g in c.search if not c.gates or g in c.gates]
        if inside or not gates:
            return np.zeros(n), np.zeros(n, np.bool_), arrive
        gates = [g for g in gates if e in table[g].admits and (not table[g].missions or name in table[g].missions)]
        if not gates:  # none of them ever lets such people in
            return np.full(n, INF), np.ones(n, np.bool_), arrive
        people = self._sizes_of(k, self.people[k])
        factor = self.factor("search", arrive) * self.get(c.search_factor)
        best, begin = np.full(n, INF), np.full(n, INF)
        for g in gates:
            group, person = c.search[g]
            time = self.first(group, n) + self.first(person, n) * people
            best = np.minimum(best, time)
            begin = np.minimum(
                begin, next_within(table[g].hours, self.clock_hour, arrive) if e in table[g].hours_stop else arrive
            )
        return _times(best, factor), np.ones(n, np.bool_), begin

    def _consular(self, k: int, searched: F64) -> F64:
        c, n = self.plan.cohorts[k], len(searched)
        own = self.get(c.consular_factor)
        if c.consular is None or own == 0 or not n:
            return np.zeros(n)
        group, person = (self.first(i, n) for i in c.consular)
        time = group + person * self._sizes_of(k, self.people[k]) / self.team
        return _times(time, self.factor("consular", searched) * own)


def _times(time: F64, factor: F64) -> F64:
    """Their product, where nothing times endless is nothing."""
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(time * factor, nan=0.0, posinf=INF)

"""When things happen at the earliest: the threat as drawn, orders, departures of missions, what provider and host do.

The threat moves by its own draws alone, so its course is exact.  An order may wait for other missions to have gone or for the
provider to leave, which depends on what a run does; each of these is given the earliest time that it can have.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.model.compiled.builder import Ordering
from sim.model.compiled.numbers import Draws, When
from sim.model.compiled.people import CompiledCohort
from sim.model.compiled.scenario import CompiledScenario
from sim.model.compiled.threat import CompiledThreat
from sim.model.draws import UNIT, Stream, StreamSpec
from sim.model.reactions import going, out_before, unsecured_at_start
from sim.scenario.quantity import Quantity, constant
from sim.scenario.types import Condition

F64 = NDArray[np.float64]
INF = math.inf
MOST_MOVES = 100_000


def median(quantity: Quantity) -> float:
    """The middle of a distribution, in its base unit; a bare uniform draw gives 1/2."""
    from sim.model.draws import inverse

    return float(inverse(quantity, np.array([0.5]))[0])


def median_draws(plan: CompiledScenario) -> list[Stream]:
    """Streams of which every draw is the median of its distribution."""
    streams = []
    for purpose, name, quantity, _ in plan.streams.specs:
        value = 0.5 if quantity == UNIT else median(quantity)
        spec = StreamSpec(purpose, name, constant(value), 1)
        streams.append(Stream(array("d", [value]), spec, (0, 0)))
    return streams


@dataclass
class Course:
    """The threat over time: level from each time on (both of shape (changes + 1,)), and when each level was first reached."""

    times: F64
    levels: NDArray[np.int64]
    reached: list[float]
    """By level: first time at this or a worse one, hours."""
    fall: float

    def first(self, level: int) -> float:
        """When the level is first *level* or worse, hours."""
        at = np.flatnonzero(self.levels >= level)
        return float(self.times[at[0]]) if len(at) else INF

    def best_after(self, values: Sequence[float], hours: F64) -> F64:
        """The smallest of the levels' *values* at or after each of *hours*; same shape as *hours*."""
        if not len(hours):
            return hours
        by_segment = np.array([values[k] for k in self.levels])
        suffix = np.minimum.accumulate(by_segment[::-1])[::-1]
        # at the very moment of a change either level may hold
        segment = np.searchsorted(self.times, hours - 1e-9, side="right") - 1
        result: F64 = suffix[np.maximum(segment, 0)]
        return result


def course(plan: CompiledScenario, draws: Draws, end: float) -> Course:
    """Follow the threat up to *end* hours, with no part of a simulation."""
    p = plan.threat
    level, log = _start(p, plan, draws)
    dated = sorted((m.delay.in_(draws), i, to) for i, (m, to) in enumerate(p.timeline) if m.after == "start")
    if p.timeline:
        for at, _, to in dated:
            if 0 < at <= end and to != level:
                level = to
                log.append((at, to))
    elif len(p.levels) > 1:
        visits = [0] * len(p.levels)
        now = 0.0
        for _ in range(MOST_MOVES):
            stay = p.stay[level]
            if stay is None:
                break
            now += draws[stay].at(visits[level])
            up = draws[p.move[level]].at(visits[level]) < p.up[level].in_(draws)
            visits[level] += 1
            level += 1 if up else -1
            if now > end:
                break
            log.append((now, level))
    times, levels = np.array([t for t, _ in log]), np.array([k for _, k in log], np.int64)
    found = Course(times, levels, [], INF)
    found.reached = [found.first(k) for k in range(len(p.levels))]
    found.fall = found.first(p.fallen) if p.fallen is not None else INF
    return found


def _start(p: CompiledThreat, plan: CompiledScenario, draws: Draws) -> tuple[int, list[tuple[float, int]]]:
    level = p.start
    past = sorted((m.delay.in_(draws), i, to) for i, (m, to) in enumerate(p.timeline) if m.after == "start")
    for at, _, to in past:
        if at <= 0:
            level = to
    return level, [(0.0, level)]


@dataclass
class People:
    """A cohort's numbers in a replication."""

    plan: CompiledCohort
    movers: int
    rear: int
    out_before: bool = False
    """Whether those who would be movers were out before the start."""
    ready: float = 0.0
    """From the order until the last of it can leave, at the least, hours."""


@dataclass
class Happenings:
    """Earliest times, hours from the start; infinite where something can't happen."""

    course: Course
    orders: list[float]
    """By cohort."""
    certain: list[bool]
    """By cohort: whether an order by the end is certain, or else the capital's fall, which counts everybody."""
    first_order: float
    levels: dict[str, float] = field(default_factory=dict)
    holds: Callable[[Condition], float] = lambda _: 0.0
    """The earliest time at which a condition holds."""

    def moment(self, when: When, draws: Draws) -> float:
        """The earliest time of a moment."""
        base = 0.0 if when.after == "start" else self.first_order if when.after == "ordered" else self.levels[when.after]
        return base + when.delay.in_(draws)


class _Cascade:
    """Orders, gone missions and leaving providers, each as early as the others allow."""

    def __init__(self, plan: CompiledScenario, draws: Draws, path: Course, people: list[People]) -> None:
        self.plan, self.draws, self.path, self.people = plan, draws, path, people
        self.security = plan.security
        self.leaving = self.absent = INF
        self.absent_from_start = False
        self.gone = [INF] * len(plan.missions)
        self.found = Happenings(path, [INF] * len(people), [False] * len(people), INF)
        self.found.levels = dict(zip(plan.threat.levels, path.reached, strict=True))
        self.reacts = _reacting(plan, draws)
        for k, p in enumerate(people):
            if p.out_before:
                self.found.orders[k] = 0.0

    def settle(self) -> Happenings:
        """Lower every time until nothing changes."""
        for _ in range(4 * len(self.people) + 8):
            before = (list(self.found.orders), self.leaving, self.absent, list(self.gone))
            self.found.first_order = min(self.found.orders, default=INF)
            self._provider()
            for k, p in enumerate(self.people):
                if p.movers > 0:
                    self.found.orders[k] = min(self._order(p.plan.order), self._reaction(p.plan.mission))
            self._missions()
            if before == (self.found.orders, self.leaving, self.absent, self.gone):
                break
        return self.found

    def _missions(self) -> None:
        for m in self.plan.missions:
            if m.closed is not None:
                self.gone[m.index] = max(0.0, self.found.moment(m.closed, self.draws))
                continue
            moving = [k for k in m.cohorts if self.people[k].movers > 0]
            moving = [k for k in moving if self.plan.cohorts[k].core] or moving
            if any(self.people[k].out_before for k in m.cohorts):
                self.gone[m.index] = 0.0
            elif moving:
                self.gone[m.index] = max(self.found.orders[k] + self.people[k].ready for k in moving)

    def _provider(self) -> None:
        s = self.security
        if not s.phases:
            return
        moments = [self.found.moment(when, self.draws) for when, _, _ in s.phases]
        earliest = min(moments[1:], default=INF)
        for begins, name in ((b, s.providers[n]) for b, (_, n, _) in zip(moments, s.phases, strict=True)):
            leaves = name.force_leaves
            if name.spec.force is None or leaves is None:
                continue
            arrives = max(0.0, begins + name.arrival.in_(self.draws))
            at = self.found.moment(leaves.begins, self.draws) if leaves.begins is not None else INF
            at = min([at, *(self.holds(c) for c in leaves.when)])
            earliest = min(earliest, max(arrives, at))
        self.leaving = max(0.0, earliest)
        first = s.providers[s.phases[0].provider]
        there = moments[0] <= 0 and first.spec.force is not None and first.arrival.in_(self.draws) <= 0
        self.absent = self.leaving if there else 0.0
        self.absent_from_start = _unsecured(self.plan, self.draws)

    def holds(self, c: Condition) -> float:
        """The earliest time at which a condition holds."""
        match c.kind:
            case "threat":
                return self.path.first(self.plan.threat.levels.index(c.name))
            case "absent":
                return self.absent
            case "leaving":
                return self.leaving
            case "gone":
                return self.gone[self.plan.mission_index[c.name]]
        need = math.ceil(c.share * len(self.gone) - 1e-9)
        return 0.0 if need <= 0 else sorted(self.gone)[need - 1]

    def _order(self, order: Ordering | None) -> float:
        if order is None:
            return INF
        return _decided(order, self.found, self.draws, [self.holds(c) for c in order.when])

    def _reaction(self, mission: int) -> float:
        """When a mission is ordered out at the earliest because nobody secures the airport."""
        reaction = self.plan.reactions
        decides = self.reacts.get(mission)
        if reaction is None or decides is None:
            return INF
        known = -reaction.known.in_(self.draws) if _unsecured(self.plan, self.draws) else self.absent
        return max(0.0, known + decides)

    def _reacts_surely(self, mission: int) -> float:
        """The same where nothing can keep it from that: nobody there at the start, and no force comes before; else infinite."""
        if mission not in self.reacts or not _unsecured(self.plan, self.draws):
            return INF
        decided = self._reaction(mission)
        forces = [(when, self.security.providers[n]) for when, n, _ in self.security.phases]
        comes = [self.found.moment(w, self.draws) + p.arrival.in_(self.draws) for w, p in forces if p.spec.force is not None]
        return decided if min(comes, default=INF) > decided else INF

    def certain(self, end: float) -> list[bool]:
        """Cohorts that are ordered by *end* whatever a run does, or that a fall of the capital counts."""
        if self.path.fall <= end:
            return [True] * len(self.people)
        known = []
        for p in self.people:
            order = p.plan.order
            if p.movers > 0 and self._reacts_surely(p.plan.mission) <= end:
                known.append(True)
                continue
            if order is None or p.movers <= 0:
                known.append(False)
                continue
            sure = [self.holds(c) for c in order.when if c.kind == "threat" or (c.kind == "absent" and self.absent_from_start)]
            if order.at is not None and order.at.after == "ordered":
                order = Ordering(None, order.when, order.delay, order.name)
            known.append(_decided(order, self.found, self.draws, sure) <= end)
        return known


def _decided(order: Ordering, found: Happenings, draws: Draws, holds: list[float]) -> float:
    """When an order is given, at the earliest, that waits for its moment or for conditions that hold at these times."""
    at = found.moment(order.at, draws) if order.at is not None else INF
    trigger = max(0.0, min([at, *holds]))
    delay = order.delay.in_(draws)
    if order.at is not None and order.at.after == "start":
        delay += min(0.0, at)
    return trigger + max(0.0, delay)


def _unsecured(plan: CompiledScenario, draws: Draws) -> bool:
    """Whether no foreign force is there at the start."""
    threat = plan.threat
    level, _ = _start(threat, plan, draws)
    reached = threat.levels[: level + 1]

    def moment(when: When) -> float:
        return when.delay.in_(draws) if when.after == "start" or when.after in reached else INF

    return unsecured_at_start(plan.security, moment, draws)


def _reacting(plan: CompiledScenario, draws: Draws) -> dict[int, float]:
    """Missions that leave once nobody secures the airport, and how long they take to decide, hours."""
    reactions = plan.reactions
    return {} if reactions is None else {p.mission: draws[p.decides].at(0) for p in going(reactions, draws)}


def _gone_before(plan: CompiledScenario, draws: Draws) -> set[int]:
    """Missions that were out before the start."""
    reactions = plan.reactions
    return set(out_before(reactions, draws)) if reactions is not None and _unsecured(plan, draws) else set()


def head_counts(plan: CompiledScenario, draws: Draws) -> list[People]:
    """Who is to be moved, by cohort: staff less those who stay or were out before the start, and the rear parties."""
    staff = [int(c.people.in_(draws)) for c in plan.cohorts]
    stay = [int(min(n, c.residual.in_(draws))) for n, c in zip(staff, plan.cohorts, strict=True)]
    for m in plan.missions:
        if m.residual is None or m.closed is not None:
            for k in m.cohorts:
                stay[k] = staff[k]
            continue
        left = int(m.residual.in_(draws))
        for k in sorted(m.cohorts, key=lambda k: (-plan.cohorts[k].spec.priority, plan.cohorts[k].name)):
            take = min(left, staff[k] - stay[k])
            stay[k] += take
            left -= take
    people = []
    before = _gone_before(plan, draws)
    for k, c in enumerate(plan.cohorts):
        movers = staff[k] - stay[k]
        if movers and c.mission in before:
            people.append(People(c, 0, 0, out_before=True))
            continue
        people.append(People(c, movers, min(movers, int(c.rear_people.in_(draws)))))
    return people


def happenings(plan: CompiledScenario, draws: Draws, people: list[People]) -> Happenings:
    """Earliest times of all that the people wait for; *people* with their shortest times of readiness."""
    end = plan.horizon.in_(draws)
    cascade = _Cascade(plan, draws, course(plan, draws, end), people)
    found = cascade.settle()
    found.holds = cascade.holds
    found.certain = cascade.certain(end)
    return found

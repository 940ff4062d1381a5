"""When things happen at the earliest: the threat as drawn, orders, departures of missions, what provider and host do.

The threat moves by its own draws alone, so its path is exact.  An order may wait for other missions to have gone or for the
provider to leave, which depends on what a run does; each of these is given the earliest time that it can have.

:class:`BoundTriggers` is written from the description of the model and not with its code, since the strict bound, which verifies
the model by it, would else share its faults.  :class:`CompiledTriggers`, for the planning bound, asks the model.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np

from sim.analysis.bounds.arguments import F64, INF
from sim.model import decisions, threat
from sim.model.compiled.builder import Ordering
from sim.model.compiled.numbers import Draws, When
from sim.model.compiled.people import CompiledCohort
from sim.model.compiled.scenario import CompiledScenario
from sim.model.draws import UNIT, Stream, inverse
from sim.model.reactions import going, out_before, unsecured_at_start
from sim.scenario.quantity import Quantity, constant
from sim.scenario.types import Condition

MOST_MOVES = 100_000
"""Random moves of the threat that are followed: more than any horizon holds, so that stays of no length end."""


def median(quantity: Quantity) -> float:
    """The middle of a distribution, in its base unit; a bare uniform draw gives 1/2."""
    return float(inverse(quantity, np.array([0.5]))[0])


def median_draws(plan: CompiledScenario) -> list[Stream]:
    """Streams of which every draw is the median of its distribution."""
    streams = []
    for purpose, name, quantity, _ in plan.streams.specs:
        value = 0.5 if quantity == UNIT else median(quantity)
        spec = purpose, name, constant(value), 1
        streams.append(Stream(array("d", [value]), spec, None))
    return streams


class ThreatPath:
    """The threat over time, up to the end of the clock."""

    def __init__(self, log: Sequence[tuple[float, int]], levels: int, fallen: int | None) -> None:
        """*log*: (hours, level) of each change, the first at 0; *levels*: how many there are; *fallen*: the capital's fall."""
        self.times = np.array([at for at, _ in log])
        """When each level begins, hours, shape (changes + 1,)."""
        self.levels = np.array([level for _, level in log], np.int64)
        """Index of each, the mildest first; same shape."""
        self.reached = [self.first(level) for level in range(levels)]
        """By level: first time at this or a worse one, hours; infinite if never."""
        self.fall = self.reached[fallen] if fallen is not None else INF

    def first(self, level: int) -> float:
        """When the level is first *level* or worse, hours."""
        return float(self.times[self.levels >= level].min(initial=INF))

    def best_after(self, values: Sequence[float], hours: F64) -> F64:
        """The smallest of the levels' *values* at or after each of *hours*; same shape as *hours*."""
        if not len(hours):
            return hours
        by_segment = np.array([values[level] for level in self.levels])
        suffix = np.minimum.accumulate(by_segment[::-1])[::-1]
        # at the very moment of a change either level may hold
        segment = np.searchsorted(self.times, hours - 1e-9, side="right") - 1
        return np.asarray(suffix[np.maximum(segment, 0)])


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


class BoundTriggers:
    """Earliest times of all that people wait for, hours from the start; infinite where something can't happen."""

    def __init__(self, plan: CompiledScenario, draws: Draws) -> None:
        self.plan, self.draws = plan, draws
        self.security = plan.security
        self.end = plan.horizon.in_(draws)
        compiled = plan.threat
        self.path = ThreatPath(self.threat_log(), len(compiled.levels), compiled.fallen)
        self.levels = dict(zip(compiled.levels, self.path.reached, strict=True))
        self.unsecured = unsecured_at_start(self.security, self._time_at_start, draws)
        """Whether no foreign force is there at the start."""
        self.people = self._head_counts()
        """By cohort."""
        self.orders = [0.0 if p.out_before else INF for p in self.people]
        """By cohort."""
        self.first_order = self.leaving = self.absent = INF
        self.gone = [INF] * len(plan.missions)
        reactions = plan.reactions
        self.decides = {} if reactions is None else {p.mission: draws[p.decides].at(0) for p in going(reactions, draws)}
        """Missions that leave once nobody secures the airport, and how long they take to decide, hours."""
        self.certain: list[bool] = []
        """By cohort: whether an order by the end is certain, or else the capital's fall, which counts everybody."""

    def settle(self) -> None:
        """Lower every time until nothing changes, once the people's shortest times of readiness are known."""
        for _ in range(4 * len(self.people) + 8):
            before = (list(self.orders), self.leaving, self.absent, list(self.gone))
            self.first_order = min(self.orders, default=INF)
            self._provider()
            for k, p in enumerate(self.people):
                if p.movers > 0:
                    order = p.plan.order
                    decided = INF if order is None else self._decided(order, [self.holds(c) for c in order.when])
                    self.orders[k] = min(decided, self._reaction(p.plan.mission))
            self._missions()
            if before == (self.orders, self.leaving, self.absent, self.gone):
                break
        self.certain = self._certain()

    def time_of(self, when: When) -> float:
        """The earliest time of a moment."""
        base = 0.0 if when.after == "start" else self.first_order if when.after == "ordered" else self.levels[when.after]
        return base + when.delay.in_(self.draws)

    def _time_at_start(self, when: When) -> float:
        """The time of a moment as far as it is known when the clock starts."""
        at_start = int(self.path.levels[0])
        known = when.after == "start" or when.after in self.plan.threat.levels[: at_start + 1]
        return when.delay.in_(self.draws) if known else INF

    # -- what the model has, too ---------------------------------------------------------------------------------------

    def threat_log(self) -> list[tuple[float, int]]:
        """(hours, level) of each change of the threat up to the end, the first at 0, without any part of a simulation."""
        compiled, draws = self.plan.threat, self.draws
        moments = [(when.delay.in_(draws), to) for when, to in compiled.timeline if when.after == "start"]
        dated = sorted(moments, key=lambda change: change[0])
        level = [compiled.start, *(to for at, to in dated if at <= 0)][-1]
        log = [(0.0, level)]
        if compiled.timeline:
            log += [(at, to) for at, to in dated if 0 < at <= self.end]
            return [log[0], *(after for before, after in pairwise(log) if after[1] != before[1])]
        visits = [0] * len(compiled.levels)
        now = 0.0
        while len(log) <= MOST_MOVES and len(compiled.levels) > 1 and (stay := compiled.stay[level]) is not None:
            now += draws[stay].at(visits[level])
            up = draws[compiled.move[level]].at(visits[level]) < compiled.up[level].in_(draws)
            visits[level] += 1
            level += 1 if up else -1
            if now > self.end:
                break
            log.append((now, level))
        return log

    def holds(self, condition: Condition) -> float:
        """The earliest time at which a condition holds."""
        match condition.kind:
            case "threat":
                return self.levels[condition.name]
            case "absent":
                return self.absent
            case "leaving":
                return self.leaving
            case "gone":
                return self.gone[self.plan.mission_index[condition.name]]
        need = math.ceil(condition.share * len(self.gone) - 1e-9)
        return 0.0 if need <= 0 else sorted(self.gone)[need - 1]

    def decision_hours(self, order: Ordering) -> float:
        """Hours from what triggers an order until it is given."""
        delay = order.delay.in_(self.draws)
        if order.at is not None and order.at.after == "start":  # a decision that began before it is on its way
            delay += min(0.0, self.time_of(order.at))
        return max(0.0, delay)

    # -- orders and departures -----------------------------------------------------------------------------------------

    def _decided(self, order: Ordering, holds: list[float], dated: bool = True) -> float:
        """When an order is given that waits for its date (if *dated*) or for conditions that hold at *holds*, at the earliest."""
        at = self.time_of(order.at) if dated and order.at is not None else INF
        return max(0.0, min([at, *holds])) + self.decision_hours(order)

    def _missions(self) -> None:
        for mission in self.plan.missions:
            if mission.closed is not None:
                self.gone[mission.index] = max(0.0, self.time_of(mission.closed))
                continue
            moving = [k for k in mission.cohorts if self.people[k].movers > 0]
            moving = [k for k in moving if self.plan.cohorts[k].core] or moving
            if any(self.people[k].out_before for k in mission.cohorts):
                self.gone[mission.index] = 0.0
            elif moving:
                self.gone[mission.index] = max(self.orders[k] + self.people[k].ready for k in moving)

    def _provider(self) -> None:
        """When some force begins to leave, and when nobody is there, at the earliest."""
        phases = [(self.time_of(when), self.security.providers[name]) for when, name, _ in self.security.phases]
        if not phases:
            return
        earliest = min((begins for begins, _ in phases[1:]), default=INF)
        for begins, provider in phases:
            leaves = provider.force_leaves
            if provider.spec.force is None or leaves is None:
                continue
            arrives = max(0.0, begins + provider.arrival.in_(self.draws))
            at = self.time_of(leaves.begins) if leaves.begins is not None else INF
            earliest = min(earliest, max(arrives, min([at, *map(self.holds, leaves.when)])))
        self.leaving = max(0.0, earliest)
        begins, first = phases[0]
        there = begins <= 0 and first.spec.force is not None and first.arrival.in_(self.draws) <= 0
        self.absent = self.leaving if there else 0.0

    def _reaction(self, mission: int) -> float:
        """When a mission is ordered out at the earliest because nobody secures the airport."""
        reactions = self.plan.reactions
        if reactions is None or mission not in self.decides:
            return INF
        known = -reactions.known.in_(self.draws) if self.unsecured else self.absent
        return max(0.0, known + self.decides[mission])

    def _reacts_surely(self, mission: int) -> float:
        """The same where nothing can keep it from that: nobody there at the start, and no force comes before; else infinite."""
        if mission not in self.decides or not self.unsecured:
            return INF
        decided = self._reaction(mission)
        forces = [(when, self.security.providers[name]) for when, name, _ in self.security.phases]
        comes = [self.time_of(when) + p.arrival.in_(self.draws) for when, p in forces if p.spec.force is not None]
        return decided if min(comes, default=INF) > decided else INF

    def _certain(self) -> list[bool]:
        """Cohorts that are ordered by the end whatever a run does, or that a fall of the capital counts."""
        fallen = self.path.fall <= self.end
        return [fallen or (p.movers > 0 and self._ordered_surely(p.plan) <= self.end) for p in self.people]

    def _ordered_surely(self, cohort: CompiledCohort) -> float:
        """When a cohort is ordered by what no run can change; infinite where there is nothing of that kind."""
        reacts, order = self._reacts_surely(cohort.mission), cohort.order
        if reacts <= self.end or order is None:
            return reacts
        absent = bool(self.security.phases) and self.unsecured
        sure = [self.holds(c) for c in order.when if c.kind == "threat" or (c.kind == "absent" and absent)]
        return self._decided(order, sure, dated=order.at is not None and order.at.after != "ordered")

    # -- people --------------------------------------------------------------------------------------------------------

    def _head_counts(self) -> list[People]:
        """Who is to be moved, by cohort: staff less those who stay or were out before the start, and the rear parties."""
        plan, draws = self.plan, self.draws
        staff = [int(c.people.in_(draws)) for c in plan.cohorts]
        stay = [int(min(many, c.residual.in_(draws))) for many, c in zip(staff, plan.cohorts, strict=True)]
        for mission in plan.missions:
            if mission.residual is None or mission.closed is not None:
                for k in mission.cohorts:
                    stay[k] = staff[k]
                continue
            left = int(mission.residual.in_(draws))
            for k in sorted(mission.cohorts, key=lambda k: (-plan.cohorts[k].spec.priority, plan.cohorts[k].name)):
                take = min(left, staff[k] - stay[k])
                stay[k] += take
                left -= take
        reactions = plan.reactions
        before = set(out_before(reactions, draws)) if reactions is not None and self.unsecured else set()
        return [
            People(cohort, 0, 0, out_before=True)
            if many > stays and cohort.mission in before
            else People(cohort, many - stays, min(many - stays, int(cohort.rear_people.in_(draws))))
            for cohort, many, stays in zip(plan.cohorts, staff, stay, strict=True)
        ]


class CompiledTriggers(BoundTriggers):
    """The same with the model's own threat, conditions and decisions, taken from the compiled scenario."""

    def threat_log(self) -> list[tuple[float, int]]:
        """As the model moves it."""
        compiled, draws = self.plan.threat, self.draws
        level, now = threat.level_at_start(compiled, draws), 0.0
        log = [(now, level)]
        changes = [(at, to) for at, _, to in threat.dated(compiled, draws) if 0 < at <= self.end]
        for stay, to in islice(threat.moves(compiled, draws, level), MOST_MOVES):
            now += stay
            if now > self.end:
                break
            changes.append((now, to))
        return [log[0], *(after for before, after in pairwise(log + changes) if after[1] != before[1])]

    def holds(self, condition: Condition) -> float:
        """The first moment at which it does for the model, were everything as early as it can be."""
        moments = sorted({0.0, *self.path.times.tolist(), self.absent, self.leaving, *self.gone} - {INF})
        return next((at for at in moments if decisions.holds(condition, self.plan, self._facts(at))), INF)

    def _facts(self, at: float) -> decisions.Facts:
        """What holds at a moment; at that of a change of the threat, the worse level."""
        levels = self.path.levels
        last = int(np.searchsorted(self.path.times, at, side="right"))
        first = int(np.searchsorted(self.path.times, at, side="left"))
        level = int(levels[min(first, last - 1) : last].max())
        return decisions.Facts(level, self.absent <= at, self.leaving <= at, [gone <= at for gone in self.gone])

    def decision_hours(self, order: Ordering) -> float:
        """As the model takes them."""
        return decisions.decision_hours(order, self.draws)

"""What one more of each capacity is worth: paired differences from the scenario as it is, under common random numbers.

A difference is *with one more* minus *as it is*, replication by replication (Law, *Simulation Modeling and Analysis*, 5th ed.,
11.2): negative people left behind or hours are a gain.  Only finite measures are taken, so that nothing infinite is subtracted.
Negative values are legal: in a network of queues more of one thing can make somebody later.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.measure import KINDS, TOTAL, Measure, MeasureError, Reading, Samples
from sim.analysis.outcomes import Outcomes, Stored, of_missions
from sim.analysis.statistics import LEVEL, Estimate, correlation
from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.analysis.summary import missions_with, never_ordered, number
from sim.analysis.waiting import Hourly, Waiting, hourly, waiting
from sim.studies.as_json import Interval
from sim.studies.bottleneck.capacities import Capacity
from sim.studies.bottleneck.found import (
    BaseValue,
    CapacityEffect,
    CapacityValue,
    MissionEffect,
    MissionEffects,
    NeverOrdered,
    PointFailure,
    ScenarioValues,
    Verdict,
)
from sim.studies.paired import change

SHARE = "p_all_out"
NAMED = 3
"""Missions that are named beside a capacity, at most, for those who gain and for those who lose."""


class Case(NamedTuple):
    """A scenario and its capacities."""

    number: int
    name: str
    title: str
    capacities: tuple[Capacity, ...]


@dataclass(frozen=True, repr=False)
class Base:
    """What the scenario as it is came to."""

    result: Stored
    waiting: Waiting
    hourly: Hourly
    samples: dict[str, Samples]
    """By address of the measure."""
    missions: dict[str, Samples]
    """People left behind, by mission."""
    values: dict[str, BaseValue]
    horizon_h: float
    sets: int
    """Sets of inputs that its replications have."""
    never_ordered: NeverOrdered
    """None of them is among the all that are out."""


class Change(NamedTuple):
    """What a point says of its capacity: those fields of :class:`CapacityValue`."""

    error: str | None
    failed: int
    effects: Mapping[str, CapacityEffect] = {}
    missions: MissionEffects = MissionEffects()


@dataclass(frozen=True)
class Marginal:
    """The numbers, and the results of the scenarios as they are, for pictures."""

    results: list[ScenarioValues]
    bases: dict[int, Base]
    failures: list[PointFailure] = field(default_factory=list)


def check(measures: Sequence[Measure]) -> None:
    """Raises MeasureError for a measure whose values cannot be subtracted."""
    for measure in measures:
        if not measure.kind.finite:
            finite = ", ".join(f"{measure.scope}.{kind.name}" for kind in KINDS.values() if kind.finite)
            raise MeasureError(f"{measure.text}: may be infinite, and infinities have no difference; there are {finite}")


def study(cases: Sequence[Case], measures: Sequence[Measure], n: int) -> Study[Marginal]:
    """Every scenario as it is, then with one step of each of its capacities."""
    failures: list[PointFailure] = []
    base_read = partial(_base, measures=measures, cases={case.number: case for case in cases}, failures=failures)
    as_it_is = yield Batch([Proposal((), n, case.number) for case in cases], base_read, "as it is")
    bases = {case.number: base for case, base in zip(cases, as_it_is, strict=True) if base is not None}
    asked = [(case, capacity) for case in cases if case.number in bases for capacity in case.capacities]
    rows: dict[int, list[CapacityValue]] = {case.number: [] for case in cases}
    if asked:
        many = f"one step more of each: {len(asked):,} point{'s' if len(asked) != 1 else ''}"
        tries = {case.number: len(case.capacities) for case in cases}
        read = partial(_change, bases=bases, measures=measures, tries=tries)
        changes = yield Batch([Proposal(c.settings, n, case.number) for case, c in asked], read, many)
        for (case, capacity), change in zip(asked, changes, strict=True):
            if change.error or change.failed:
                error = change.error or f"{change.failed:,} replications failed"
                failures.append(PointFailure(case.name, capacity.label, error))
            rows[case.number].append(replace(about_capacity(capacity), **change._asdict()))
    results = [_result(case, bases.get(case.number), rank(rows[case.number], measures), n) for case in cases]
    return Marginal(results, bases, failures)


def about_capacity(capacity: Capacity) -> CapacityValue:
    """A capacity of which nothing is known yet."""
    return CapacityValue(
        path=capacity.path,
        kind=capacity.kind,
        label=capacity.label,
        phrase=capacity.phrase,
        now=capacity.now or None,
        step=capacity.step,
        step_text=capacity.step_text,
        settings=tuple(map(str, capacity.settings)),
    )


def _result(case: Case, base: Base | None, rows: Sequence[CapacityValue], n: int) -> ScenarioValues:
    if base is None:
        return ScenarioValues(scenario=case.name, title=case.title, replications=n, final=False, failed=n, capacities=tuple(rows))
    return ScenarioValues(
        scenario=case.name,
        title=case.title,
        replications=n,
        final=True,
        folder=f"{base.result.folder.parent.name}/{base.result.folder.name}",
        horizon_h=number(base.horizon_h),
        failed=len(base.result.failed),
        sets=base.sets,
        waiting=base.waiting,
        base=base.values,
        never_ordered=base.never_ordered,
        capacities=tuple(rows),
    )


# -- reading points ---------------------------------------------------------------------------------------------------


def _base(outcome: Outcome, measures: Sequence[Measure], cases: dict[int, Case], failures: list[PointFailure]) -> Base | None:
    name = cases[outcome.proposal.scenario].name
    if outcome.failed or outcome.result is None:
        error = outcome.error or f"{outcome.failed:,} of {outcome.proposal.n:,} replications failed"
        failures.append(PointFailure(name, None, error))
    if outcome.result is None:
        return None
    reading, missions = Reading(outcome.result), _left(outcome.result)
    there = [m for m in measures if m.scope == TOTAL or m.scope in missions]
    values = {m.text: reading.value(m) for m in there}
    return Base(
        outcome.result,
        waiting(outcome.result),
        hourly(outcome.result),
        {m.text: reading.samples(m) for m in there},
        missions,
        {text: BaseValue(number(v.value), number(v.low), number(v.high)) for text, v in values.items()},
        reading.horizon_h,
        reading.outcomes(TOTAL).unit.count,
        _never_ordered(reading.outcomes(TOTAL), of_missions(outcome.result)),
    )


def _never_ordered(everybody: Outcomes, missions: Mapping[str, Outcomes]) -> NeverOrdered:
    some, each = never_ordered(everybody), {name: never_ordered(o).people for name, o in missions.items()}
    return NeverOrdered(people=some.people, share=some.share, missions=tuple(missions_with(each)))


def _left(result: Stored) -> dict[str, Samples]:
    reading = Reading(result)
    return {mission: reading.samples(Measure(mission, KINDS["left_behind"])) for mission in of_missions(result)}


def _change(outcome: Outcome, bases: dict[int, Base], measures: Sequence[Measure], tries: dict[int, int]) -> Change:
    """The differences of one point from its scenario."""
    if outcome.result is None:
        return Change(outcome.error, outcome.failed)
    base, reading, many = bases[outcome.proposal.scenario], Reading(outcome.result), tries[outcome.proposal.scenario]
    there = [m for m in measures if m.text in base.samples]
    effects = {m.text: effect(base.samples[m.text], reading.samples(m), m, many) for m in there}
    return Change(outcome.error, outcome.failed, effects, by_mission(base.missions, _left(outcome.result)))


def effect(base: Samples, other: Samples, measure: Measure, tries: int) -> CapacityEffect:
    """The mean paired difference with its interval, whether it can be told from none, and the replications that might tell.

    ``holds``: at 1 − 0.05 / *tries* too (Bonferroni), so that it is no chance find among so many tries.
    """
    between, strict = (change(measure, base, other, level) for level in (LEVEL, 1 - (1 - LEVEL) / max(tries, 1)))
    b, o = between.pairs.base, between.pairs.other
    worse, seen = (between.estimate.value > 0) == measure.kind.worse_high, Interval.of(between.estimate)
    return CapacityEffect(
        difference=seen.estimate,
        low=seen.low,
        high=seen.high,
        pairs=int(b.size),
        differ=int(np.count_nonzero(o - b)),
        correlation=number(correlation(b, o)),
        distinct=between.distinct,
        holds=between.distinct and strict.estimate.excludes_zero,
        worse=bool(between.distinct and worse),
        rarely_differs=between.few,
        needed=None if between.distinct or between.few else needed(between.estimate, int(b.size)),
    )


def needed(change: Estimate, pairs: int) -> int | None:
    """Roughly how many replications would tell the difference from none if it stays as it is: intervals shrink with √n."""
    if not change.value or not math.isfinite(change.value) or change.low is None or change.high is None:
        return None
    toward = change.value - change.low if change.value > 0 else change.high - change.value
    many = pairs * (toward / change.value) ** 2
    return math.ceil(many) if math.isfinite(many) else None


def by_mission(base: dict[str, Samples], other: dict[str, Samples]) -> MissionEffects:
    """Missions with fewer and with more people left behind, told from none at 0.05 / their number each, the most first."""
    changed: list[tuple[float, str, MissionEffect]] = []
    missions = sorted(set(base) & set(other))
    level = 1 - (1 - LEVEL) / max(len(missions), 1)
    for mission in missions:
        between = change(Measure(mission, KINDS["left_behind"]), base[mission], other[mission], level)
        if between.distinct:
            seen = Interval.of(between.estimate)
            changed.append((between.estimate.value, mission, MissionEffect(mission, seen.estimate or 0.0, seen.low, seen.high)))
    better = [entry for value, _, entry in sorted(changed, key=lambda c: c[:2]) if value < 0]
    worse = [entry for value, _, entry in sorted(changed, key=lambda c: (-c[0], c[1])) if value > 0]
    return MissionEffects(tuple(better[:NAMED]), tuple(worse[:NAMED]), len(better), len(worse), round(level, 6))


# -- ranking ----------------------------------------------------------------------------------------------------------


def rank(rows: Sequence[CapacityValue], measures: Sequence[Measure]) -> list[CapacityValue]:
    """By worth: people first, then hours, then the chance; what can't be told from none after that, what makes it worse last.

    ``verdict`` of a row: *better*, *worse*, *mixed*, *none* (can't be told) or *failed*; ``unchanged`` if no pair differs at all.
    """
    order = sorted(measures, key=lambda m: ("people", "h", "").index(m.kind.unit))
    return [replace(row, rank=k) for k, row in enumerate(sorted(map(_judged, rows), key=partial(_key, measures=order)), start=1)]


def _judged(row: CapacityValue) -> CapacityValue:
    told = [effect for effect in row.effects.values() if effect.distinct]
    worse = [effect.worse for effect in told]
    verdict: Verdict = "none" if row.effects else "failed"
    if told:
        verdict = "worse" if all(worse) else "mixed" if any(worse) else "better"
    unchanged = bool(row.effects) and not any(e.differ for e in row.effects.values())
    return replace(row, verdict=verdict, distinct=bool(told), holds=any(e.holds for e in told), unchanged=unchanged)


TIERS = ("better", "mixed", "none", "worse", "failed")


def _key(row: CapacityValue, measures: Sequence[Measure]) -> tuple[Any, ...]:
    effects = [row.effects.get(measure.text) for measure in measures]
    signs = [1 if measure.kind.worse_high else -1 for measure in measures]  # the most telling gain sorts first
    losses = [0.0 if e is None else sign * (e.difference or 0.0) for sign, e in zip(signs, effects, strict=True)]
    told = [loss if e is not None and e.distinct else 0.0 for loss, e in zip(losses, effects, strict=True)]
    return TIERS.index(row.verdict), *told, *losses, row.path

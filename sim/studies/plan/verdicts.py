"""The least of one or two levers with which everybody is out in time, decided by intervals.

Every combination of the levers' values is simulated under the same draws; none is skipped because a smaller one was enough or a
larger one was not, since "more is never later" does not hold in networks of queues.  A combination is **met** if the lower end
of the interval of its chance, over sets of inputs, reaches the confidence, **not** met if the upper end stays below it, else
**open**: more sets would tell.  A replication whose end the horizon hides counts on both sides of the interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from sim.analysis.measure import Reading
from sim.analysis.mission_words import with_zone
from sim.analysis.naming import NO_TITLES, Titles, named, values_phrase
from sim.analysis.outcomes import BEYOND, Outcomes
from sim.analysis.power import POWER, sets_to_decide
from sim.analysis.sets import quantile_ends
from sim.analysis.statistics import Estimate, Floats, least_sample, order_statistic
from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.analysis.summary import number, reason
from sim.analysis.words import duration, not_among_all, share
from sim.scenario.settings import Setting
from sim.studies.applying import applying
from sim.studies.as_json import Interval
from sim.studies.plan.effects import Each, Effect, effect
from sim.studies.plan.found import Plan, PlanLever, PlanPoint, Verdict
from sim.studies.plan.words import more, plan_headline
from sim.studies.works import Works, chance, too_few

MOST_REPLICATIONS = 1_000_000


@dataclass(frozen=True)
class PlanGoal:
    """Everybody of a scope out by a moment, with a confidence."""

    scope: str
    limit_h: float
    """Hours after the first order of the scope, or after the start of the clock."""
    by_clock: bool
    confidence: float


class Combination(NamedTuple):
    """A point of the plan: the rank of each lever's value, least first, and the settings that make it."""

    ranks: tuple[int, ...]
    settings: tuple[Setting, ...]


class PlanResult(NamedTuple):
    """What came of a combination."""

    chance: Estimate
    time: tuple[float, float | None, float | None]
    """The time within which everybody is out as often as wanted, and its interval (``BEYOND`` and inf sort last)."""
    n: int
    undecided: int
    failed: int = 0
    error: str | None = None
    not_among_all: float = 0.0
    """People whom nobody ordered out, on average over the replications in which the goal is met."""
    ordered_h: float = math.nan
    """Median moment of the order, from the start, where there is one."""
    out_h: float = math.nan
    """As ``time``, but on the calendar: from the start of the clock."""
    each: Each | None = None
    """What came of every replication; None where none was completed."""

    @property
    def works(self) -> Works:
        """In how many sets of inputs the goal is met."""
        return Works(self.n, 0, 0) if self.each is None else Works.of(self.each.met, self.each.sets)


def plan_study(combinations: Sequence[Combination], n: int, goal: PlanGoal) -> Study[list[PlanResult]]:
    """Proposes every combination once."""
    results: list[PlanResult] = yield Batch([Proposal(c.settings, n) for c in combinations], reader(goal))
    return results


def reader(goal: PlanGoal) -> Callable[[Outcome], PlanResult]:
    """Reads of a simulated point whether the goal is met."""

    def read(outcome: Outcome) -> PlanResult:
        if outcome.result is None:
            nothing = Estimate(math.nan, None, None)
            return PlanResult(nothing, (math.nan, None, None), 0, 0, outcome.failed, outcome.error or "no result")
        reading = Reading(outcome.result)
        return verdict_on(reading.outcomes(goal.scope), reading.horizon_h, goal, outcome.failed)

    return read


def verdict_on(o: Outcomes, horizon_h: float, goal: PlanGoal, failed: int = 0) -> PlanResult:
    """Whether the goal is met in each replication, as a share, and the time that is met as often as wanted.

    A replication with nobody to move meets it.  One that ends at the horizon before the limit has come, nobody stranded, is
    undecided.
    """
    idle = o.to_move == 0
    times = o.t100_h if goal.by_clock else np.full(o.t100_h.shape, np.inf)
    if not goal.by_clock:
        given = np.isfinite(o.ordered_h)
        times[given] = o.t100_h[given] - o.ordered_h[given]
    met = idle | (times <= goal.limit_h + 1e-9)
    last_seen = horizon_h if goal.by_clock else horizon_h - o.ordered_h  # -inf without an order
    undecided = ~met & (o.stranded == 0) & (last_seen < goal.limit_h - 1e-9)
    each = Each(o.replication, o.unit, met, met | undecided, times)
    ordered = order_statistic(o.ordered_h[np.isfinite(o.ordered_h)], 0.5)
    by_calendar = order_statistic(_ranked(o, o.t100_h, idle), goal.confidence)
    ranked = _ranked(o, times, idle)
    ends = quantile_ends(ranked, o.unit.where(~idle), goal.confidence) or (None, None)
    time = (order_statistic(ranked, goal.confidence), *ends)
    share = chance(met, each.perhaps, o.unit)
    return PlanResult(share, time, met.size, int(undecided.sum()), failed, None, o.not_among(met), ordered, by_calendar, each)


def _ranked(o: Outcomes, times: Floats, idle: Any) -> Floats:
    return np.asarray(np.where(np.isinf(times) & (o.stranded == 0), BEYOND, times)[~idle])


def verdict(one: PlanResult, confidence: float) -> Verdict:
    """Whether a combination meets the goal, as far as its interval tells."""
    if one.error or one.chance.low is None or one.chance.high is None:
        return "failed"
    if one.chance.low >= confidence:
        return "met"
    return "not" if one.chance.high < confidence else "open"


class Needed(NamedTuple):
    """What would decide an open combination, about."""

    sets: int
    replications: int


def needed(one: PlanResult, confidence: float) -> Needed | None:
    """How many sets of inputs, and replications, would decide an open combination; None if no number that is sensible.

    With as many the interval decides in a share :data:`POWER` of repetitions, if the sets stay as those that were seen.
    """
    if one.each is None:
        return None
    own = one.each.sets
    per_set = int(own.size.max())
    sure, perhaps = (own.means(truths) for truths in (one.each.met, one.each.perhaps))
    sets = sets_to_decide(sure, perhaps, confidence, MOST_REPLICATIONS // per_set, single=own.single)
    return None if sets is None else Needed(sets, sets * per_set)


class Lever(NamedTuple):
    """What is varied."""

    path: str
    values: tuple[str, ...]
    """From the least to the most."""
    amounts: tuple[float, ...] | None
    """The values as numbers in the unit of the first, for an axis; None where they are not all numbers."""
    unit: str


def least_of(points: Mapping[tuple[int, ...], Verdict]) -> list[tuple[int, ...]]:
    """Combinations that meet the goal and have less of one lever than any other that meets it with no more of the others."""
    met = [ranks for ranks, v in points.items() if v == "met"]
    return sorted(r for r in met if not any(q != r and all(a <= b for a, b in zip(q, r, strict=True)) for q in met))


def summarise_plan(
    title: str, name: str, levers: Sequence[Lever], combinations: Sequence[Combination], results: Sequence[PlanResult],
    goal: PlanGoal, start: str, seed: int, titles: Titles = NO_TITLES, utc_offset_h: float | None = None,
) -> Plan:  # fmt: skip
    """What was found: a point per combination, and the least that meets the goal.

    *titles*: of missions; *utc_offset_h*: hours by which local time is ahead of UTC, where that is known.
    """
    verdicts = {c.ranks: verdict(f, goal.confidence) for c, f in zip(combinations, results, strict=True)}
    points = [_point(c, f, verdicts[c.ranks], levers, goal, titles) for c, f in zip(combinations, results, strict=True)]
    by_rank = {point.ranks: point for point in points}
    failed = sum(f.failed for f in results) + sum(1 for f in results if f.error)
    states = set(verdicts.values())
    each = {c.ranks: f.each for c, f in zip(combinations, results, strict=True) if f.each is not None}
    plan = Plan(
        scenario=name,
        title=title,
        start=start,
        utc_offset_h=number(utc_offset_h),
        scope=goal.scope,
        scope_title=titles.get(goal.scope),
        finish_by_h=round(goal.limit_h, 6),
        finish_by=_moment(start, goal.limit_h) if goal.by_clock else None,
        counted_from="start" if goal.by_clock else "order",
        confidence=goal.confidence,
        levers=tuple(_about(v, None if failed else effect(each, k), titles) for k, v in enumerate(levers)),
        answer="failed" if failed else "met" if "met" in states else "open" if "open" in states else "not reachable",
        least=tuple(by_rank[r].values for r in least_of(verdicts)),
        points=tuple(points),
        replications=max((f.n + f.failed for f in results), default=0),
        sets=max((f.works.sets for f in results), default=0),
        power=POWER,
        seed=seed,
        final=not failed,
    )
    plan = replace(plan, warnings=tuple(_warnings(plan, results)))
    return replace(plan, headline=with_zone(plan_headline(plan), utc_offset_h))


def _about(lever: Lever, does: Effect | None, titles: Titles) -> PlanLever:
    called = named(lever.path, titles)
    return PlanLever(
        lever.path, called.label, called.phrase, called.subject, lever.values, lever.amounts or None, lever.unit, does
    )


def _moment(start: str, hours: float) -> str:
    return (datetime.fromisoformat(start) + timedelta(hours=hours)).isoformat(" ", "minutes")


def _point(c: Combination, f: PlanResult, state: Verdict, levers: Sequence[Lever], goal: PlanGoal, titles: Titles) -> PlanPoint:
    values = {lever.path: lever.values[rank] for lever, rank in zip(levers, c.ranks, strict=True)}
    more_sets = needed(f, goal.confidence) if state == "open" else None
    return PlanPoint(
        values=values,
        words=values_phrase(values, titles),
        ranks=c.ranks,
        verdict=state,
        chance=Interval.of(f.chance),
        undecided=f.undecided,
        n=f.n,
        in_sets=f.works,
        time_h=number(f.time[0]),
        time_interval_h=None if f.time[1] is None else tuple(number(x) for x in f.time[1:]),
        never=None if math.isnan(f.time[0]) else reason(f.time[0]),
        interval_never=None if f.time[1] is None else tuple(None if x is None else reason(x) for x in f.time[1:]),
        ordered_h=number(f.ordered_h),
        out_h=number(f.out_h),
        replications_needed=more_sets and more_sets.replications,
        sets_needed=more_sets and more_sets.sets,
        failed=f.failed,
        error=f.error,
        not_among_all=number(f.not_among_all),
    )


def _warnings(plan: Plan, results: Sequence[PlanResult]) -> list[str]:
    errors = [f"{point.words}: {point.error}" for point in plan.points if point.error][:5]
    met = [point.ranks for point in plan.points if point.verdict == "met"]
    worse = [point.words for point in plan.points if point.verdict == "not" and any(more(point.ranks, q) for q in met)]
    named = "; ".join(worse[:3])
    unasked = max((f.not_among_all for f in results), default=0.0)
    confidence, need = share(plan.confidence), least_sample(plan.confidence)
    have, n = min(((f.works.sets, f.n) for f in results if f.n), default=(need, need))
    unknown = max((f.undecided / f.n for f in results if f.n), default=0.0)
    return [
        *errors,
        *applying(
            (worse, f"more is not always enough: not met with {named}, though less was; queues upstream and downstream interact"),
            (unasked, not_among_all(unasked)),
            (have < need, too_few(have, need, n, f"to show {confidence}")),
        ),
        *_moved_orders(plan),
        *applying(
            (unknown > 0.01, f"up to {share(unknown)} of the replications are undecided at the horizon; lengthen clock.horizon")
        ),
    ]


def _moved_orders(plan: Plan) -> list[str]:
    """A time from the order is met the sooner the later the order comes: where the levers move it that is said."""
    at = [point.ordered_h for point in plan.points if point.ordered_h is not None]
    if plan.counted_from != "order" or not at or max(at) - min(at) < SAME_H:
        return []
    return [
        f"the first order comes {duration(min(at))} to {duration(max(at))} after the start with these, which a time from the "
        "order does not show; give --finish-by a date to compare on the calendar"
    ]


SAME_H = 1 / 3600
"""Moments no farther apart than a second are the same."""


def plan_table(plan: Plan) -> pl.DataFrame:
    """A row per combination; an infinite time is null where ``never`` says why."""
    return pl.DataFrame([_table_row(point) for point in plan.points], infer_schema_length=None)


COLUMNS = (
    "undecided", "n", "time_h", "never", "ordered_h", "out_h", "replications_needed", "sets_needed", "failed", "error",
    "not_among_all",
)  # fmt: skip


def _table_row(point: PlanPoint) -> dict[str, Any]:
    low, high = point.time_interval_h or (None, None)
    chance, sets = point.chance, point.in_sets
    rest = {key: getattr(point, key) for key in COLUMNS} | {"time_low_h": low, "time_high_h": high}
    return {
        **point.values, "verdict": point.verdict, "chance": chance.estimate, "chance_low": chance.low, "chance_high": chance.high,
        "sets": sets.sets, "sets_met": sets.works, "sets_in_part": sets.in_part, **rest,
    }  # fmt: skip

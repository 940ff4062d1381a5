"""Paired differences between two scenarios under the same seed: replication k of one against replication k of the other.

A difference is *other* minus *base*.  Infinite times are never subtracted: see
``docs/reference/measures.md``, "Differences".  What is
compared is when people are out on the calendar; the time from the order stands beside it (:mod:`sim.analysis.clocks`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.clocks import clocks, ordered_at
from sim.analysis.found import Interval, between
from sim.analysis.joint import marks, sets_better
from sim.analysis.looks import Look, level_of, quantile_difference
from sim.analysis.outcomes import (
    BoolArray,
    Outcomes,
    Stored,
    of_all,
    of_cohorts,
    of_missions,
    orders_apart,
    shared_sets,
    titles,
    wall,
)
from sim.analysis.paired import (
    SIDES,
    Differences,
    FewerLeftBehind,
    Joint,
    MissionSides,
    Paired,
    PairedEntry,
    PairedMedians,
)
from sim.analysis.sets import Sets, quantile_change, share_difference, untested
from sim.analysis.sets import mean as mean_over
from sim.analysis.statistics import Estimate, Floats, correlation, least_sample, order_statistic, rarely_differs
from sim.analysis.summary import always, mean, missions_with, number, reason
from sim.analysis.words import sides

TOGETHER = ("left_behind", "p_all_out", "hours_within_horizon")
"""What is tested together, of everybody and of each mission."""


def differences(
    base: Stored, other: Stored, look: Look | None = None, by: Literal["mission", "cohort"] = "mission"
) -> Differences:
    """All paired differences of *other* against *base*, in total and by mission, over the replications that both completed.

    *look*: that of ``--until`` at which the number of replications was settled; intervals hold at whichever it is.  *by*
    ``cohort``: of each cohort that both have, too; cohorts are none of what is tested together, for which each is one more.

    Raises ValueError where the two were not run with the same seed.
    """
    if base.seed != other.seed:
        raise ValueError(f"{base.name} was run with seed {base.seed} and {other.name} with seed {other.seed}: not the same draws")
    horizon = min(wall(base).horizon_h, wall(other).horizon_h)
    here, there = of_missions(base), of_missions(other)
    titled = titles(other) | titles(base)
    total = _pair(of_all(base), of_all(other), horizon, look)
    missions = {m: _pair(here[m], there[m], horizon, look, titled.get(m)) for m in sorted(set(here) & set(there))}
    joint, (everybody, *tested) = _joint([total, *missions.values()])
    found = dict(zip(missions, tested, strict=True))
    unasked, gone = (_missions_of(what, found) for what in ("never_ordered", "out_before"))
    difference = Differences(
        base=base.name,
        other=other.name,
        base_title=base.title,
        other_title=other.title,
        seed=base.seed,
        pairs=everybody.pairs,
        final=not base.failed and not other.failed and everybody.pairs > 0,
        horizon_h=round(horizon, 6),
        orders_apart=number(orders_apart(base, other)),
        total=everybody,
        missions=found,
        never_ordered_missions=unasked,
        out_before_missions=gone,
        only_base=tuple(sorted(set(here) - set(there))),
        only_other=tuple(sorted(set(there) - set(here))),
        sequential=None if look is None else look.found(),
        joint=joint,
        cohorts=_cohorts(base, other, horizon, look) if by == "cohort" else None,
        told_apart=any(measure.distinct for measure, _ in _compared(everybody)),
        warnings=(),
    )
    return replace(difference, warnings=tuple(_warnings(base, other, difference, look)))


def _missions_of(what: str, missions: Mapping[str, PairedEntry]) -> MissionSides:
    """Missions with people never ordered out, or out before the start, on either side."""
    pairs = [(name, paired) for name, entry in missions.items() if (paired := entry.measure(what)) is not None]
    base, other = (tuple(missions_with({name: paired.side(side) for name, paired in pairs})) for side in SIDES)
    return MissionSides(base=base, other=other)


def _cohorts(base: Stored, other: Stored, horizon: float, look: Look | None) -> dict[str, dict[str, PairedEntry]]:
    """Mission -> cohort -> its differences, of those that both sides have."""
    here, there = of_cohorts(base), of_cohorts(other)
    return {
        mission: {
            name: _pair(here[mission][name], there[mission][name], horizon, look).entry
            for name in here[mission]
            if name in there[mission]
        }
        for mission in sorted(set(here) & set(there))
    }


class _Pair(NamedTuple):
    """An entry, and what is tested together of it."""

    entry: PairedEntry
    sets: NDArray[np.int64]
    """Numbers of the sets, shape (sets,)."""
    by_set: dict[str, Floats]
    """Differences of the set means, shape (sets,) each."""


def _pair(base: Outcomes, other: Outcomes, horizon: float, look: Look | None, title: str | None = None) -> _Pair:
    common = np.intersect1d(base.replication, other.replication)
    b, o = base.at(common), other.at(common)
    unit, level = shared_sets(b, o), level_of(look)
    left = mean_over(o.left_behind - b.left_behind, unit, _reach(b.to_move, o.to_move), level)
    change = unit.means(o.left_behind - b.left_behind)
    few = rarely_differs(change)
    fewer = _difference(left, _mean(b.left_behind), _mean(o.left_behind), few)
    earlier, later, equal = _order(b, o)
    ordered_h, p_ordered = ordered_at(b, o)
    entry = PairedEntry(
        pairs=int(common.size),
        sets=unit.count,
        fewer_left_behind=_in_sets(change),
        p_all_out=_difference(share_difference(b.all_out, o.all_out, unit, level), _mean(b.all_out), _mean(o.all_out)),
        left_behind=replace(fewer, correlation=_correlation(b.left_behind, o.left_behind), rarely_differs=few),
        never_ordered=_of_staff(b, o, b.never_ordered, o.never_ordered, look),
        out_before=_of_staff(b, o, b.out_before, o.out_before, look),
        hours_within_horizon=_within(b, o, horizon, look),
        earlier=earlier,
        later=later,
        equal=equal,
        median_out_h=_medians((b.out_h, o.out_h), (b.ranked_out_h, o.ranked_out_h), unit, look),
        ordered_h=ordered_h,
        p_ordered=p_ordered,
        median_h=_medians((b.time_h, o.time_h), (b.ranked_h, o.ranked_h), unit, look),
        clocks=clocks(b, o),
        title=title,
    )
    return _Pair(entry, unit.numbers, {"left_behind": change, **_by_set(b, o, horizon, unit)})


def _by_set(b: Outcomes, o: Outcomes, horizon: float, unit: Sets) -> dict[str, Floats]:
    """Differences of the set means (sets,) that are tested together beside people left behind; nan where a set has none."""
    both = b.dated & o.dated
    hours = np.where(both, np.minimum(o.t100_h, horizon) - np.minimum(b.t100_h, horizon), np.nan)
    return {"p_all_out": unit.means(o.all_out.astype(float) - b.all_out), "hours_within_horizon": unit.means(hours)}


def _correlation(base: Floats, other: Floats) -> float:
    """Achieved by common random numbers; nan where one side does not vary."""
    return always(number(correlation(base, other)))


def _in_sets(change: Floats) -> FewerLeftBehind:
    """In how many sets fewer, as many and more are left behind, with Clopper and Pearson's intervals."""
    better = sets_better(np.zeros(change.size), change)
    fewer, alike, more = map(interval, better[:3])
    differing = interval(better.lower_of_differing)
    return FewerLeftBehind(sets=better.sets, fewer=fewer, as_many=alike, more=more, fewer_of_differing=differing)


def _joint(pairs: Sequence[_Pair]) -> tuple[Joint, list[PairedEntry]]:
    """What holds together: all of :data:`TOGETHER` of everybody and of each mission, 5 % that any is marked by chance.

    The entries with ``holds``, ``p`` and ``p_joint`` (Holm's) beside each difference; ``too_few`` where so few sets differ that
    none could.
    """
    cells = [(pair, key) for pair in pairs for key in TOGETHER]
    numbers = np.unique(np.concatenate([pair.sets for pair in pairs]))
    table = np.full((numbers.size, len(cells)), np.nan)
    for column, (pair, key) in enumerate(cells):
        table[np.searchsorted(numbers, pair.sets), column] = pair.by_set[key]
    result = marks(table)
    tested = zip(cells, result.holds, result.p, result.adjusted, result.too_few, strict=True)
    marked = [
        replace(getattr(pair.entry, key), holds=bool(holds), p=number(p), p_joint=number(adjusted), too_few=bool(too_few))
        for (pair, key), holds, p, adjusted, too_few in tested
    ]
    many = len(TOGETHER)
    entries = [
        replace(pair.entry, **dict(zip(TOGETHER, marked[many * k : many * (k + 1)], strict=True))) for k, pair in enumerate(pairs)
    ]
    held = int(result.holds.sum())
    return Joint(tests=len(cells), sets=int(numbers.size), sets_needed=result.needed, held=held), entries


def _of_staff(b: Outcomes, o: Outcomes, base: Floats, other: Floats, look: Look | None) -> Paired:
    """Difference of numbers of people that may be all staff."""
    change = other - base
    unit = shared_sets(b, o)
    estimate = mean_over(change, unit, _reach(b.staff, o.staff), level_of(look))
    return _difference(estimate, _mean(base), _mean(other), rarely_differs(unit.means(change)))


def _mean(values: Floats | BoolArray) -> float:
    return float(values.mean()) if values.size else math.nan


def _reach(base: Floats, other: Floats) -> tuple[float, float]:
    """The least and the most by which numbers of people can differ that are at most *base* and *other* (n,)."""
    return -float(base.max(initial=0.0)), float(other.max(initial=0.0))


def interval(estimate: Estimate) -> Interval:
    """An estimate and its interval to a millionth."""
    value, low, high = map(number, estimate)
    return Interval(estimate=value, low=low, high=high)


def _difference(change: Estimate, base: float, other: float, unsure: bool = False) -> Paired:
    value, low, high = map(number, change)
    distinct = change.excludes_zero and not unsure
    return Paired(base=number(base), other=number(other), difference=value, low=low, high=high, distinct=distinct)


def _within(b: Outcomes, o: Outcomes, horizon: float, look: Look | None) -> Paired:
    """Paired difference of min(t100, horizon) where a time exists on both sides, from the start of the clock."""
    both = b.dated & o.dated
    first, second = np.minimum(b.t100_h[both], horizon), np.minimum(o.t100_h[both], horizon)
    unit = shared_sets(b, o).where(both)
    few = rarely_differs(unit.means(second - first))
    estimate = mean_over(second - first, unit, (-horizon, horizon), level_of(look))
    change = _difference(estimate, _mean(first), _mean(second), few)
    return replace(change, pairs=int(both.sum()), correlation=_correlation(first, second), rarely_differs=few)


def _order(b: Outcomes, o: Outcomes) -> tuple[float | None, float | None, float | None]:
    """Shares of the pairs with a time on both sides where *other* is out earlier, later or at the same time (never = never)."""
    both = b.dated & o.dated
    first, second = b.t100_h[both], o.t100_h[both]
    return mean(second < first), mean(second > first), mean(second == first)


def _medians(hours: tuple[Floats, Floats], ranked: tuple[Floats, Floats], unit: Sets, look: Look | None) -> PairedMedians:
    """Difference of the medians of *hours* of the two (n,); where one is infinite, which one, why, and no difference.

    *ranked*: those of them that exist, as :meth:`Outcomes.ranked` gives them.
    """
    change = quantile_change(*hours, unit) if look is None else quantile_difference(*hours, unit, 0.5, look.level)
    first, second = (order_statistic(x, 0.5) for x in ranked)
    base_never, other_never = reason(first), reason(second)
    never = "both" if base_never and other_never else "base" if base_never else "other" if other_never else None
    return PairedMedians(
        base=number(first),
        other=number(second),
        difference=number(change.value),
        low=None if never else number(change.low),
        high=None if never else number(change.high),
        distinct=change.excludes_zero,
        never=never,
        base_never=base_never,
        other_never=other_never,
    )


def _warnings(base: Stored, other: Stored, difference: Differences, look: Look | None) -> list[str]:
    warnings = []
    for result in (base, other):
        if result.failed:
            many = len(result.failed)
            warnings.append(f"{many} replications of {result.name} failed: their pairs are left out, nothing here is final")
    pairs, total = difference.pairs, difference.total
    if pairs == 0:
        return [*warnings, "no replication was completed by both"]
    if rough := untested(total.sets, pairs):
        warnings.append(rough)
    if wall(base).horizon_h != wall(other).horizon_h:
        warnings.append(f"the horizons differ: hours are counted to the shorter one, {difference.horizon_h / 24:g} d")
    if not difference.told_apart:
        never = total.median_out_h.never
        if pairs < least_sample(0.5, level_of(look)) or never not in SIDES:
            here, there = sides(difference)
            warnings.append(f"{there} is not yet distinguishable from {here}: {_more(total, pairs)}")
    return warnings


MANY = 1_000_000
"""More replications than anybody runs."""


def _compared(total: PairedEntry) -> tuple[tuple[Paired, str], ...]:
    """What has a difference with an interval, and its name in a sentence."""
    return (
        (total.p_all_out, "P(all out)"),
        (total.left_behind, "the people left behind"),
        (total.hours_within_horizon, "the hours within the horizon"),
        (total.median_out_h, "the median time until all are out"),
    )


def _more(total: PairedEntry, pairs: int) -> str:
    """Roughly how many replications would tell the two apart in some measure: intervals shrink with the root of their number."""
    needed = {}
    for paired, name in _compared(total):
        if paired.difference and (ends := between(paired)) is not None and not paired.rarely_differs:
            toward = paired.difference - ends[0] if paired.difference > 0 else ends[1] - paired.difference
            needed[name] = pairs * (toward / paired.difference) ** 2
    if not needed:
        return "run more replications"
    name = min(needed, key=needed.__getitem__)
    if needed[name] > MANY:
        return f"more than {MANY:,} replications would be needed if the differences stay as they are"
    return f"some {roughly(needed[name]):,} replications would tell {name} apart, if the difference stays as it is"


def roughly(n: float) -> int:
    """Up to two digits: it is a rough number."""
    whole = math.ceil(n)
    step: int = 10 ** max(len(str(whole)) - 2, 0)
    return -(-whole // step) * step

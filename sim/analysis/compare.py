"""Paired differences between two scenarios under the same seed: replication k of one against replication k of the other.

A difference is *other* minus *base*.  Infinite times are never subtracted: see
``docs/reference/measures.md``, "Differences".  What is
compared is when people are out on the calendar; the time from the order stands beside it (:mod:`sim.analysis.clocks`).
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from sim.analysis.clocks import clocks, ordered_at
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
from sim.analysis.sets import Sets, quantile_change, share_difference, untested
from sim.analysis.sets import mean as mean_over
from sim.analysis.statistics import Estimate, Floats, correlation, least_sample, order_statistic, rarely_differs
from sim.analysis.summary import Json, add_titles, interval, mean, missions_with, number, reason
from sim.analysis.words import sides

COMPARED = {
    "p_all_out": "P(all out)",
    "left_behind": "the people left behind",
    "hours_within_horizon": "the hours within the horizon",
    "median_out_h": "the median time until all are out",
}
"""What has a difference with an interval, and its name in a sentence."""
TOGETHER = ("left_behind", "p_all_out", "hours_within_horizon")
"""What is tested together, of everybody and of each mission."""
BY_SET = "by_set"
"""Where differences of sets stand until they are tested; no part of the answer."""


def differences(base: Stored, other: Stored, look: Look | None = None, by: Literal["mission", "cohort"] = "mission") -> Json:
    """All paired differences of *other* against *base*, in total and by mission, over the replications that both completed.

    *look*: that of ``--until`` at which the number of replications was settled; intervals hold at whichever it is.  *by*
    ``cohort``: of each cohort that both have, too; cohorts are none of what is tested together, for which each is one more.

    Raises ValueError where the two were not run with the same seed.
    """
    if base.seed != other.seed:
        raise ValueError(f"{base.name} was run with seed {base.seed} and {other.name} with seed {other.seed}: not the same draws")
    horizon = min(wall(base).horizon_h, wall(other).horizon_h)
    here, there = of_missions(base), of_missions(other)
    total = _pair(of_all(base), of_all(other), horizon, look)
    missions = {m: _pair(here[m], there[m], horizon, look) for m in sorted(set(here) & set(there))}
    difference: Json = {
        "base": base.name,
        "other": other.name,
        "base_title": base.title,
        "other_title": other.title,
        "seed": base.seed,
        "pairs": total["pairs"],
        "final": not base.failed and not other.failed and total["pairs"] > 0,
        "horizon_h": number(horizon),
        "orders_apart": number(orders_apart(base, other)),
        "total": total,
        "missions": missions,
        "never_ordered_missions": {side: missions_with("never_ordered", missions, side) for side in ("base", "other")},
        "out_before_missions": {side: missions_with("out_before", missions, side) for side in ("base", "other")},
        "only_base": sorted(set(here) - set(there)),
        "only_other": sorted(set(there) - set(here)),
    }
    if look is not None:
        difference["sequential"] = look.json()
    difference["joint"] = _joint(total, missions)
    add_titles(missions, titles(other) | titles(base))
    if by == "cohort":
        difference["cohorts"] = _cohorts(base, other, horizon, look)
    difference["told_apart"] = any(total[key]["distinct"] for key in COMPARED)
    difference["warnings"] = _warnings(base, other, difference, look)
    return difference


def _cohorts(base: Stored, other: Stored, horizon: float, look: Look | None) -> Json:
    """Mission -> cohort -> its differences, of those that both sides have."""
    here, there = of_cohorts(base), of_cohorts(other)
    cohorts: Json = {}
    for mission in sorted(set(here) & set(there)):
        both = [name for name in here[mission] if name in there[mission]]
        cohorts[mission] = {name: _pair(here[mission][name], there[mission][name], horizon, look) for name in both}
        for entry in cohorts[mission].values():
            del entry[BY_SET]
    return cohorts


def _pair(base: Outcomes, other: Outcomes, horizon: float, look: Look | None) -> Json:
    common = np.intersect1d(base.replication, other.replication)
    b, o = base.at(common), other.at(common)
    unit, level = shared_sets(b, o), level_of(look)
    left = mean_over(o.left_behind - b.left_behind, unit, _reach(b.to_move, o.to_move), level)
    few = rarely_differs(unit.means(o.left_behind - b.left_behind))
    change = unit.means(o.left_behind - b.left_behind)
    return {
        "pairs": int(common.size),
        "sets": unit.count,
        "fewer_left_behind": _in_sets(change),
        BY_SET: {"sets": unit.numbers, "left_behind": change, **_by_set(b, o, horizon, unit)},
        "p_all_out": _difference(share_difference(b.all_out, o.all_out, unit, level), _mean(b.all_out), _mean(o.all_out)),
        "left_behind": _difference(left, _mean(b.left_behind), _mean(o.left_behind), few)
        | {"correlation": number(correlation(b.left_behind, o.left_behind)), "rarely_differs": few},
        "never_ordered": _of_staff(b, o, b.never_ordered, o.never_ordered, look),
        "out_before": _of_staff(b, o, b.out_before, o.out_before, look),
        "hours_within_horizon": _within(b, o, horizon, look),
        **_order(b, o),
        "median_out_h": _medians((b.out_h, o.out_h), (b.ranked_out_h, o.ranked_out_h), unit, look),
        **ordered_at(b, o),
        "median_h": _medians((b.time_h, o.time_h), (b.ranked_h, o.ranked_h), unit, look),
        "clocks": clocks(b, o),
    }


def _by_set(b: Outcomes, o: Outcomes, horizon: float, unit: Sets) -> dict[str, Floats]:
    """Differences of the set means (sets,) that are tested together beside people left behind; nan where a set has none."""
    both = b.dated & o.dated
    hours = np.where(both, np.minimum(o.t100_h, horizon) - np.minimum(b.t100_h, horizon), np.nan)
    return {"p_all_out": unit.means(o.all_out.astype(float) - b.all_out), "hours_within_horizon": unit.means(hours)}


def _in_sets(change: Floats) -> Json:
    """In how many sets fewer, as many and more are left behind, with Clopper and Pearson's intervals."""
    better = sets_better(np.zeros(change.size), change)
    names = {"fewer": better.lower, "as_many": better.equal, "more": better.higher}
    names["fewer_of_differing"] = better.lower_of_differing
    return {"sets": better.sets, **{name: interval(estimate) for name, estimate in names.items()}}


def _joint(total: Json, missions: Json) -> Json:
    """Marks what holds together: all of :data:`TOGETHER` of everybody and of each mission, 5 % that any is marked by chance.

    ``holds``, ``p`` and ``p_joint`` (Holm's) stand beside each difference; ``too_few`` where so few sets differ that none could.
    """
    entries = [total, *missions.values()]
    cells = [(entry, key) for entry in entries for key in TOGETHER]
    numbers = np.unique(np.concatenate([entry[BY_SET]["sets"] for entry in entries]))
    table = np.full((numbers.size, len(cells)), np.nan)
    for column, (entry, key) in enumerate(cells):
        table[np.searchsorted(numbers, entry[BY_SET]["sets"]), column] = entry[BY_SET][key]
    result = marks(table)
    tested = zip(cells, result.holds, result.p, result.adjusted, result.too_few, strict=True)
    for (entry, key), holds, p, adjusted, too_few in tested:
        entry[key] |= {"holds": bool(holds), "p": number(p), "p_joint": number(adjusted), "too_few": bool(too_few)}
    for entry in entries:
        del entry[BY_SET]
    return {"tests": len(cells), "sets": int(numbers.size), "sets_needed": result.needed, "held": int(result.holds.sum())}


def _of_staff(b: Outcomes, o: Outcomes, base: Floats, other: Floats, look: Look | None) -> Json:
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


def _difference(change: Estimate, base: float, other: float, unsure: bool = False) -> Json:
    distinct = change.excludes_zero and not unsure
    return {"base": number(base), "other": number(other), **interval(change, "difference"), "distinct": distinct}


def _within(b: Outcomes, o: Outcomes, horizon: float, look: Look | None) -> Json:
    """Paired difference of min(t100, horizon) where a time exists on both sides, from the start of the clock."""
    both = b.dated & o.dated
    first, second = np.minimum(b.t100_h[both], horizon), np.minimum(o.t100_h[both], horizon)
    unit = shared_sets(b, o).where(both)
    few = rarely_differs(unit.means(second - first))
    estimate = mean_over(second - first, unit, (-horizon, horizon), level_of(look))
    change = _difference(estimate, _mean(first), _mean(second), few)
    return change | {
        "pairs": int(both.sum()),
        "correlation": number(correlation(first, second)),
        "rarely_differs": few,
    }


def _order(b: Outcomes, o: Outcomes) -> Json:
    """Shares of the pairs with a time on both sides where *other* is out earlier, later or at the same time (never = never)."""
    both = b.dated & o.dated
    first, second = b.t100_h[both], o.t100_h[both]
    return {"earlier": mean(second < first), "later": mean(second > first), "equal": mean(second == first)}


def _medians(hours: tuple[Floats, Floats], ranked: tuple[Floats, Floats], unit: Sets, look: Look | None) -> Json:
    """Difference of the medians of *hours* of the two (n,); where one is infinite, which one, why, and no difference.

    *ranked*: those of them that exist, as :meth:`Outcomes.ranked` gives them.
    """
    change = quantile_change(*hours, unit) if look is None else quantile_difference(*hours, unit, 0.5, look.level)
    first, second = (order_statistic(x, 0.5) for x in ranked)
    base_never, other_never = reason(first), reason(second)
    never = "both" if base_never and other_never else "base" if base_never else "other" if other_never else None
    row = _difference(change, first, second) | {"never": never, "base_never": base_never, "other_never": other_never}
    return row | {"low": None, "high": None} if never else row


def _warnings(base: Stored, other: Stored, difference: Json, look: Look | None) -> list[str]:
    warnings = []
    for result in (base, other):
        if result.failed:
            many = len(result.failed)
            warnings.append(f"{many} replications of {result.name} failed: their pairs are left out, nothing here is final")
    pairs, total = difference["pairs"], difference["total"]
    if pairs == 0:
        return [*warnings, "no replication was completed by both"]
    if rough := untested(total["sets"], pairs):
        warnings.append(rough)
    if wall(base).horizon_h != wall(other).horizon_h:
        warnings.append(f"the horizons differ: hours are counted to the shorter one, {difference['horizon_h'] / 24:g} d")
    if not difference["told_apart"]:
        never = total["median_out_h"]["never"]
        if pairs < least_sample(0.5, level_of(look)) or never not in ("base", "other"):
            here, there = sides(difference)
            warnings.append(f"{there} is not yet distinguishable from {here}: {_more(total, pairs)}")
    return warnings


MANY = 1_000_000
"""More replications than anybody runs."""


def _more(total: Json, pairs: int) -> str:
    """Roughly how many replications would tell the two apart in some measure: intervals shrink with the root of their number."""
    needed = {}
    for key, name in COMPARED.items():
        difference, low, high = (total[key][end] for end in ("difference", "low", "high"))
        if difference and low is not None and high is not None and not total[key].get("rarely_differs"):
            toward = difference - low if difference > 0 else high - difference
            needed[name] = pairs * (toward / difference) ** 2
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

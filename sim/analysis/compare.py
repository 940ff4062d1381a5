"""Paired differences between two scenarios under the same seed: replication k of one against replication k of the other.

A difference is *other* minus *base*.  Infinite times are never subtracted: see ``docs/measures.md``, "Differences".
"""

from __future__ import annotations

import math

import numpy as np

from sim.analysis.outcomes import Outcomes, Stored, Truths, of_all, of_missions, wall
from sim.analysis.statistics import (
    Estimate,
    Floats,
    correlation,
    least_sample,
    mean_difference,
    median_difference,
    order_statistic,
    paired_proportions,
    rarely_differs,
)
from sim.analysis.summary import Json, interval, number, reason


def differences(base: Stored, other: Stored) -> Json:
    """All paired differences of *other* against *base*, in total and by mission, over the replications that both completed.

    Raises ValueError where the two were not run with the same seed.
    """
    if base.seed != other.seed:
        raise ValueError(f"{base.name} was run with seed {base.seed} and {other.name} with seed {other.seed}: not the same draws")
    horizon = min(wall(base).horizon_h, wall(other).horizon_h)
    here, there = of_missions(base), of_missions(other)
    total = _pair(of_all(base), of_all(other), horizon, base.seed)
    found: Json = {
        "base": base.name,
        "other": other.name,
        "base_title": base.title,
        "other_title": other.title,
        "seed": base.seed,
        "pairs": total["pairs"],
        "final": not base.failed and not other.failed and total["pairs"] > 0,
        "horizon_h": number(horizon),
        "total": total,
        "missions": {m: _pair(here[m], there[m], horizon, base.seed) for m in sorted(set(here) & set(there))},
        "only_base": sorted(set(here) - set(there)),
        "only_other": sorted(set(there) - set(here)),
    }
    found["warnings"] = _warnings(base, other, found)
    return found


def _pair(base: Outcomes, other: Outcomes, horizon: float, seed: int) -> Json:
    common = np.intersect1d(base.replication, other.replication)
    b, o = base.at(common), other.at(common)
    left = mean_difference(o.left_behind - b.left_behind, _reach(b, o))
    few = rarely_differs(o.left_behind - b.left_behind)
    return {
        "pairs": int(common.size),
        "p_all_out": _difference(paired_proportions(b.all_out, o.all_out), _mean(b.all_out), _mean(o.all_out)),
        "left_behind": _difference(left, _mean(b.left_behind), _mean(o.left_behind), few)
        | {"correlation": number(correlation(b.left_behind, o.left_behind)), "rarely_differs": few},
        "hours_within_horizon": _within(b, o, horizon),
        **_order(b, o),
        "median_h": _medians(b, o, seed),
    }


def _mean(values: Floats | Truths) -> float:
    return float(values.mean()) if values.size else math.nan


def _reach(b: Outcomes, o: Outcomes) -> tuple[float, float]:
    """The least and the most by which the number left behind can differ."""
    return -float(b.to_move.max(initial=0.0)), float(o.to_move.max(initial=0.0))


def _difference(found: Estimate, base: float, other: float, unsure: bool = False) -> Json:
    said: Json = {"base": number(base), "other": number(other), **interval(found, "difference")}
    return said | {"distinct": found.excludes_zero and not unsure}


def _both_timed(b: Outcomes, o: Outcomes) -> Truths:
    return np.asarray(b.timed & o.timed)


def _within(b: Outcomes, o: Outcomes, horizon: float) -> Json:
    """Paired difference of min(t100, horizon) where a time exists on both sides, from the start of the clock."""
    both = _both_timed(b, o)
    first, second = np.minimum(b.t100_h[both], horizon), np.minimum(o.t100_h[both], horizon)
    few = rarely_differs(second - first)
    found = _difference(
        mean_difference(second - first, (-horizon, horizon)),
        _mean(first),
        _mean(second),
        few,
    )
    return found | {"pairs": int(both.sum()), "correlation": number(correlation(first, second)), "rarely_differs": few}


def _order(b: Outcomes, o: Outcomes) -> Json:
    """Shares of the pairs with a time on both sides where *other* is out earlier, later or at the same time (never = never)."""
    both = _both_timed(b, o)
    first, second = b.t100_h[both], o.t100_h[both]
    n = int(both.sum())
    counts = {"earlier": second < first, "later": second > first, "equal": second == first}
    return {key: number(float(truth.sum()) / n) if n else None for key, truth in counts.items()}


def _medians(b: Outcomes, o: Outcomes, seed: int) -> Json:
    """Difference of the medians of the time to evacuate; where one is infinite, which one, why, and no difference."""
    found = median_difference(b.time_h, o.time_h, seed)
    reasons = [reason(order_statistic(x.ranked_h, 0.5)) for x in (b, o)]
    gone = [why is not None for why in reasons]
    never = "both" if all(gone) else "base" if gone[0] else "other" if gone[1] else None
    first, second = (order_statistic(x.ranked_h, 0.5) for x in (b, o))
    said = _difference(found, first, second) | {"never": never, "base_never": reasons[0], "other_never": reasons[1]}
    return said | {"low": None, "high": None} if never else said


def _warnings(base: Stored, other: Stored, found: Json) -> list[str]:
    said = []
    for result in (base, other):
        if result.failed:
            many = len(result.failed)
            said.append(f"{many} replications of {result.name} failed: their pairs are left out, nothing here is final")
    pairs, total = found["pairs"], found["total"]
    if pairs == 0:
        return [*said, "no replication was completed by both"]
    if pairs < 30:
        said.append(f"only {pairs} pairs: intervals are wide, and the normal theory behind them is rough")
    if wall(base).horizon_h != wall(other).horizon_h:
        said.append(f"the horizons differ: hours are counted to the shorter one, {found['horizon_h'] / 24:g} d")
    if not any(total[key]["distinct"] for key in ("p_all_out", "left_behind", "hours_within_horizon", "median_h")):
        never = total["median_h"]["never"]
        if pairs < least_sample(0.5) or never not in ("base", "other"):
            said.append(f"{found['other']} is not yet distinguishable from {found['base']}: run more replications")
    return said

"""Paired differences between the two ends of an axis, replication by replication; an infinite time is never subtracted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.analysis.measure import Measure
from sim.analysis.statistics import (
    Estimate,
    Floats,
    least_sample,
    mean_difference,
    order_statistic,
    paired_proportions,
    rarely_differs,
)
from sim.studies.design.points import Design
from sim.studies.sweep.points import Samples


def quantile_difference(
    base: Floats, other: Floats, p: float, seed: int = 0, resamples: int = 1000, level: float = 0.95
) -> Estimate:
    """Difference of the *p* quantiles, *other* - *base*, with a percentile interval of the paired bootstrap.

    Shapes (n,), the same replications in the same order; as :func:`sim.analysis.statistics.median_difference`, for any *p*.
    """
    first, second = (order_statistic(x[~np.isnan(x)], p) for x in (base, other))
    value = second - first if math.isfinite(first) and math.isfinite(second) else math.nan
    n = base.size
    if math.isnan(first) or math.isnan(second) or n < least_sample(p, level):
        return Estimate(value, None, None)
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, n])))
    pick = rng.integers(0, n, size=(resamples, n))
    b, o = (_quantiles(x[pick], p) for x in (base, other))
    with np.errstate(invalid="ignore"):
        d = o - b
    tail = (1 - level) / 2
    low = order_statistic(np.where(np.isnan(d), -np.inf, d), tail)
    return Estimate(value, low, order_statistic(np.where(np.isnan(d), np.inf, d), 1 - tail))


def _quantiles(x: Floats, p: float) -> Floats:
    """Row quantiles x_(ceil(m p)) over the m values of each row that are not nan; shape (r, n) -> (r,)."""
    m = np.count_nonzero(~np.isnan(x), axis=1)
    rank = np.clip(np.ceil(m * p - 1e-9).astype(np.int64), 1, np.maximum(m, 1)) - 1
    picked: Floats = np.take_along_axis(np.sort(x, axis=1), rank[:, None], axis=1)[:, 0]
    return picked


def difference(measure: Measure, base: Samples, other: Samples) -> tuple[Estimate, bool]:
    """Paired difference of a measure, *other* - *base*, and whether it can be told from none."""
    (first, b), (second, o) = base[measure.text], other[measure.text]
    _, i, j = np.intersect1d(first, second, return_indices=True)
    b, o = b[i], o[j]
    if measure.kind.quantile is not None:
        found = quantile_difference(b, o, measure.kind.quantile)
        return found, found.excludes_zero
    both = ~np.isnan(b) & ~np.isnan(o)
    b, o = b[both], o[both]
    if measure.kind.name == "p_all_out":
        found = paired_proportions(b, o)
        return found, found.excludes_zero
    reach = float(max(b.max(initial=0.0), o.max(initial=0.0)))
    found = mean_difference(o - b, (-reach, reach))
    return found, found.excludes_zero and not rarely_differs(o - b)


def ends(design: Design, scenario: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers of the points at both ends of the only numeric axis, for each scenario; none if there are more axes or fewer."""
    inside = [(k, a) for k, a in enumerate(design.axes) if not a.chooses]
    if design.kind != "grid" or len(inside) != 1 or inside[0][1].numbers is None or len(inside[0][1].values) < 2:
        return []
    k, numbers = inside[0][0], inside[0][1].numbers
    found = []
    for which in dict.fromkeys(scenario):
        mine = [p for p in range(len(design)) if scenario[p] == which and math.isfinite(numbers[design[p][k]])]
        if len(mine) > 1:
            found.append((min(mine, key=lambda p: numbers[design[p][k]]), max(mine, key=lambda p: numbers[design[p][k]])))
    return found

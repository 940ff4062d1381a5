"""Paired differences of quantiles, replication by replication; an infinite time is never subtracted."""

from __future__ import annotations

import math

import numpy as np

from sim.analysis.statistics import LEVEL, Estimate, Floats, order_statistic

RESAMPLES = 1000


def generator(*seed: int) -> np.random.Generator:
    """Random numbers of a design or a resampling, apart from those of the simulation."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed)))


def quantile_change(
    base: Floats, other: Floats, p: float, rng: np.random.Generator, level: float = LEVEL, *, told: bool = True
) -> Estimate:
    """Difference of *p* quantiles as order statistics, *other* - *base*, with a percentile interval of the bootstrap of pairs.

    Shapes (n,), the same replications in the same order; inf never, nan no time (left out of its own side).  As
    :func:`sim.analysis.statistics.median_difference`, for any quantile: the value is nan where a quantile is infinite, and where
    both are infinite anything is possible, so that such a resample is -inf for the lower end and inf for the upper.
    *told*: whether there are replications enough for an interval.
    """
    first, second = (order_statistic(x[~np.isnan(x)], p) for x in (base, other))
    value = second - first if math.isfinite(first) and math.isfinite(second) else math.nan
    if not told or math.isnan(first) or math.isnan(second):
        return Estimate(value, None, None)
    pick = rng.integers(0, base.size, size=(RESAMPLES, base.size))
    with np.errstate(invalid="ignore"):
        change = _quantiles(other[pick], p) - _quantiles(base[pick], p)
    lows, highs = (np.where(np.isnan(change), end, change) for end in (-np.inf, np.inf))
    tail = (1 - level) / 2
    return Estimate(value, order_statistic(lows, tail), order_statistic(highs, 1 - tail))


def _quantiles(x: Floats, p: float) -> Floats:
    """Order statistics x_(ceil(m p)) of the m values of each row that are not nan; (r, n) -> (r,)."""
    m = np.count_nonzero(~np.isnan(x), axis=1)
    rank = np.clip(np.ceil(m * p - 1e-9).astype(np.int64), 1, None) - 1  # 100 * 0.07 is 7.000000000000001
    return np.asarray(np.take_along_axis(np.sort(x, axis=1), rank[:, None], axis=1)[:, 0])  # nan is sorted last

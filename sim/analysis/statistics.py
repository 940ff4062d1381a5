"""Estimates and 95 % intervals in which an infinite time counts as infinite.

Values are times in hours, counts of people or truths, one per replication; ``inf`` is a value like any other ("never"),
``nan`` means "this replication has no such value" and is dropped by the caller or, where stated, here.  Nothing in this
module subtracts or averages infinities: :func:`mean_interval` refuses them.

Sources of the formulas

- order-statistic intervals: David and Nagaraja, *Order Statistics*, 3rd ed. (2003), section 7.1
- Clopper and Pearson, Biometrika 26 (1934), 404-413
- Student's t for means and for paired differences: Law, *Simulation Modeling and Analysis*, 5th ed. (2015), 4.5 and 10.2.1
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
LEVEL = 0.95
"""Confidence level of every interval."""
FEW = 10
"""With fewer pairs than this that differ (or that stray from the most frequent difference) Student's t is not to be trusted."""


class Estimate(NamedTuple):
    """A point and the ends of its interval; ``None`` ends where the sample is too small to have any."""

    value: float
    low: float | None
    high: float | None

    @property
    def excludes_zero(self) -> bool:
        """Whether zero lies outside the interval: the difference can be told from none."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def order_statistic(values: ArrayLike, p: float) -> float:
    """The smallest value that at least a share *p* of the values does not exceed; ``nan`` of nothing.

    The inverse of the empirical distribution, x_(ceil(n p)): no interpolation, which infinities would not survive.
    """
    x = np.sort(np.asarray(values, dtype=np.float64))
    return float(x[_rank(x.size, p) - 1]) if x.size else math.nan


def _rank(n: int, p: float) -> int:
    """Rank from 1 to *n*; the tolerance keeps n p = 180 from becoming 181."""
    return min(max(math.ceil(n * p - 1e-9), 1), n)


def least_sample(p: float, level: float = LEVEL) -> int:
    """Fewest values with which :func:`order_statistic_interval` has both ends: 6 for the median, 36 for P90."""
    return math.ceil(math.log((1 - level) / 2) / math.log(max(p, 1 - p)))


@lru_cache(maxsize=1024)
def interval_ranks(n: int, p: float, level: float = LEVEL) -> tuple[int, int] | None:
    """Ranks (from 1) of the two order statistics that bracket the *p* quantile, or ``None`` where *n* is too small.

    With B ~ Binomial(n, p): the lower rank is the largest l with P(B <= l - 1) <= (1 - level) / 2, the upper one the smallest
    u with P(B >= u) <= (1 - level) / 2.  Coverage is at least *level* whatever the distribution, ties and infinities included.
    """
    if n < least_sample(p, level):
        return None
    tail = (1 - level) / 2
    below = special.bdtr(np.arange(n, dtype=np.float64), n, p)  # P(B <= k), k = 0 .. n-1
    low = int(np.count_nonzero(below <= tail))
    high = int(np.argmax(below >= 1 - tail)) + 1
    return (low, high) if low >= 1 and below[high - 1] >= 1 - tail else None


def order_statistic_interval(values: ArrayLike, p: float, level: float = LEVEL) -> tuple[float, float] | None:
    """Distribution-free interval of the *p* quantile; its ends may be infinite.  ``None`` below :func:`least_sample` values."""
    x = np.sort(np.asarray(values, dtype=np.float64))
    ranks = interval_ranks(x.size, p, level)
    return None if ranks is None else (float(x[ranks[0] - 1]), float(x[ranks[1] - 1]))


def proportion(successes: int, n: int, level: float = LEVEL) -> Estimate:
    """Share of *n* replications with its Clopper-Pearson interval: coverage is never below *level*, also at 0 and n successes."""
    if n == 0:
        return Estimate(math.nan, None, None)
    tail = (1 - level) / 2
    low = float(special.betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(special.betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return Estimate(successes / n, low, high)


def t_quantile(df: int, level: float = LEVEL) -> float:
    """Two-sided point of Student's t: 2.776 for 4 degrees of freedom, 1.972 for 199."""
    return float(special.stdtrit(df, (1 + level) / 2))


def mean_interval(values: ArrayLike, bounds: tuple[float, float] = (-math.inf, math.inf), level: float = LEVEL) -> Estimate:
    """Mean with Student's t interval, m +- t_(n-1) s / sqrt(n), cut at what is possible (*bounds*).

    Raises ValueError for a value that isn't finite.  One value has no interval.
    """
    x = np.asarray(values, dtype=np.float64)
    if not np.isfinite(x).all():
        raise ValueError("a mean of values that are not all finite")
    n = x.size
    mean = float(x.mean()) if n else math.nan
    if n < 2:
        return Estimate(mean, None, None)
    half = t_quantile(n - 1, level) * float(x.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, max(mean - half, bounds[0]), min(mean + half, bounds[1]))


def rarely_differs(differences: ArrayLike) -> bool:
    """Whether some paired differences are zero and fewer than :data:`FEW` are not: too few for a t interval to mean much."""
    nonzero = np.count_nonzero(np.asarray(differences))
    return bool(nonzero < min(FEW, np.size(differences)))


def correlation(base: ArrayLike, other: ArrayLike) -> float | None:
    """Pearson's correlation achieved by common random numbers; ``None`` where one side does not vary."""
    b, o = np.asarray(base, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if b.size < 2 or np.ptp(b) == 0 or np.ptp(o) == 0:
        return None
    return float(np.corrcoef(b, o)[0, 1])

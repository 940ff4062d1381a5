"""Estimates and intervals over sets of inputs: replication k belongs to set k // m, and the set is the unit of all of them.

Replications of one set share what isn't known, so that they say less than as many of sets of their own.  Where every
replication is a set of its own (m = 1) shares and quantiles are those of :mod:`sim.analysis.statistics`.  Shapes: (n,), one
entry per replication; ``nan`` is no value and is left out here, with its set where nothing of it is left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from sim.analysis.statistics import (
    FEW,
    LEVEL,
    Estimate,
    Floats,
    least_sample,
    order_statistic,
    order_statistic_interval,
    proportion,
)
from sim.analysis.weights import draws, ends_below, positive_tail, upper_end

TESTED = 10
"""Sets from which on tests demand that nominal 95 % intervals cover 93 %; with fewer very skewed means are missed more often."""


def untested(sets: int, replications: int) -> str:
    """What is to be said of intervals over so few *sets*; nothing where there are enough."""
    if sets >= TESTED:
        return ""
    plural = "" if sets == 1 else "s"
    what = f"set{plural} of inputs" if sets < replications else f"replication{plural}"
    return f"only {sets} {what}: intervals are tested from {TESTED} on, and may hold less often than they say"


def whole_sets(replications: int, per_set: int) -> int:
    """The most of *replications* that are whole sets."""
    return replications - replications % per_set


@dataclass(frozen=True, eq=False)
class Sets:
    """Which set each replication belongs to."""

    index: NDArray[np.int64]
    """Shape (n,): position of the replication's set in *numbers*."""
    numbers: NDArray[np.int64]
    """Shape (count,): the sets that have a replication, ascending."""

    @classmethod
    def of(cls, replication: ArrayLike, per_set: int = 1) -> Sets:
        """The sets of *replication* (n,), numbers of completed replications."""
        numbers, index = np.unique(np.asarray(replication, dtype=np.int64) // per_set, return_inverse=True)
        return cls(index.astype(np.int64), numbers)

    @property
    def count(self) -> int:
        """How many sets there are."""
        return int(self.numbers.size)

    @property
    def size(self) -> NDArray[np.int64]:
        """Shape (count,): replications of each set."""
        return np.bincount(self.index, minlength=self.count)

    @property
    def single(self) -> bool:
        """Whether every replication is a set of its own."""
        return self.index.size == self.count

    def where(self, which: NDArray[np.bool_]) -> Sets:
        """Those of the replications *which* (n,) only; a set without any is none."""
        present, index = np.unique(self.index[which], return_inverse=True)
        return Sets(index.astype(np.int64), self.numbers[present])

    def means(self, values: ArrayLike) -> Floats:
        """Shape (count,): the mean of each set over its values that aren't nan; nan where there are none."""
        x = np.asarray(values, dtype=np.float64)
        known = ~np.isnan(x)
        many = np.bincount(self.index[known], minlength=self.count)
        with np.errstate(invalid="ignore"):
            return np.bincount(self.index[known], x[known], minlength=self.count) / np.where(many, many, np.nan)


def known(values: ArrayLike, sets: Sets) -> tuple[Floats, Sets]:
    """The values that aren't nan, and their sets."""
    x = np.asarray(values, dtype=np.float64)
    some = ~np.isnan(x)
    return (x, sets) if some.all() else (x[some], sets.where(some))


def mean(values: ArrayLike, sets: Sets, bounds: tuple[float, float], level: float = LEVEL, *, certain: bool = False) -> Estimate:
    """Mean of a bounded quantity, or of a paired difference, over all replications, with an interval that needs no normality.

    Gaffke's (:mod:`sim.analysis.weights`): the sets are weighted at random together with one that wasn't seen.  That one lies
    within *bounds*, and no farther beyond the farthest seen than 1 + 20 / sets times as far as that is from the mean, unless
    fewer than :data:`FEW` sets stray from nothing, or from an end of what is possible: then it lies at *bounds*, as where
    *certain*.  A certain interval holds for every bounded quantity, but is three to eight times as wide as Student's where the
    bounds are ten times as far as what was seen; the other up to twice.  What the other can't know of is a disaster that strikes
    so rarely that it wasn't seen (fewer than one set in ten, of 20) and dwarfs all that was.

    No ends with fewer than two sets, or without any where *certain*.  Raises ValueError for a value that is infinite.
    """
    x, own = known(values, sets)
    if not np.isfinite(x).all():
        raise ValueError("a mean of values that are not all finite")
    value = float(x.mean()) if x.size else math.nan
    if own.count < (1 if certain else 2):
        return Estimate(value, None, None)
    means, size, tail = own.means(x), own.size.astype(np.float64), (1 - level) / 2
    low, high = bounds if certain else _unseen(means, value, bounds)
    low, high = min(low, float(means.min())), max(high, float(means.max()))  # a bound may be exceeded by rounding
    top = upper_end(means, size, high, tail) if math.isfinite(high) else math.inf
    bottom = -upper_end(-means, size, -low, tail) if math.isfinite(low) else -math.inf
    return Estimate(value, min(bottom, value), max(top, value))


def is_positive(values: ArrayLike, sets: Sets, bounds: tuple[float, float], level: float = LEVEL) -> bool:
    """Whether the interval of :func:`mean` lies above nothing, for a tenth of its price."""
    x, own = known(values, sets)
    value = float(x.mean()) if x.size else math.nan
    if not value > 0 or own.count < 2:
        return False
    means, size = own.means(x), own.size.astype(np.float64)
    low = min(_unseen(means, value, bounds)[0], float(means.min()))
    return math.isfinite(low) and ends_below(-means, size, -low, (1 - level) / 2, 0.0)


def _unseen(means: Floats, centre: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """Where a set may lie that wasn't seen, below and above."""
    distinct, often = np.unique(means, return_counts=True)
    usual = float(distinct[often.argmax()])
    if means.size - often.max() < FEW and usual in (0.0, *bounds):
        return bounds
    least, most = float(means.min()), float(means.max())
    reach = 1 + 20 / means.size  # hardly more than covers log-normal samples, sigma 1.5, with 20 sets as with 200
    return max(least - reach * (centre - least), bounds[0]), min(most + reach * (most - centre), bounds[1])


def share(truths: ArrayLike, sets: Sets, level: float = LEVEL) -> Estimate:
    """Share of replications: Clopper-Pearson's interval where each is a set of its own, else Gaffke's of the sets' shares."""
    true = np.asarray(truths, dtype=np.float64)
    if sets.single:
        return proportion(int(np.count_nonzero(true)), true.size, level)
    return mean(true, sets, (0.0, 1.0), level, certain=True)


def share_difference(base: ArrayLike, other: ArrayLike, sets: Sets, level: float = LEVEL) -> Estimate:
    """Difference of two shares over the same replications, *other* - *base*, from truths."""
    b, o = (np.asarray(side, dtype=bool).astype(np.float64) for side in (base, other))
    return mean(o - b, sets, (-1.0, 1.0), level)


def quantile_ends(values: ArrayLike, sets: Sets, p: float, level: float = LEVEL) -> tuple[float, float] | None:
    """Interval of the *p* quantile of replications over fresh sets; its ends may be infinite.  ``None`` with too few sets.

    Order-statistic ranks where each replication is a set of its own.  Else each set's values weigh as much as the set's
    exponential weight, with one set more at -inf for the lower end and at inf for the upper: the same ranks if m is 1.
    """
    x, own = known(values, sets)
    if own.single:
        return order_statistic_interval(x, p, level)
    order = np.argsort(x, kind="stable")
    below, size, count = _counts(own, own.index[order])
    low, high = _ranks(below, size, count, p, float(-special.ndtri((1 - level) / 2)))
    if low < 1 or high > x.size:
        return None
    return float(x[order[low - 1]]), float(x[order[high - 1]])


def _ranks(below: Floats, size: Floats, count: Floats, p: float, wanted: float) -> tuple[int, int]:
    """Ranks of the ends of a quantile's interval, from what :func:`_counts` gives; *wanted*: the normal deviate of an end.

    The deviates fall from rank to rank, so that few of them are looked at: those about where the ends of independent values
    would be, or all where the ends aren't among these.
    """
    n = count.shape[1] - 1
    near, far = (wanted * math.sqrt(m * n * p * (1 - p)) for m in (1.0, float(size.max())))
    early = np.arange(max(0, int(n * p - far) - 4), max(0, min(n, int(n * p - near) + 4)) + 1)
    late = np.arange(min(n, max(0, int(n * p + near) - 4)), min(n, int(n * p + far) + 5) + 1)
    z = _deviates(below, size, count, p, early, late)
    low, high = z[: early.size] >= wanted, z[early.size :] < wanted
    if not _holds_end(low, early, n) or not _holds_end(high, late, n):
        early = late = np.arange(n + 1)
        z = _deviates(below, size, count, p, early, late)
        low, high = z[: n + 1] >= wanted, z[n + 1 :] < wanted
    return int(early[0] + np.count_nonzero(low)), int(late[0] + np.count_nonzero(high))


def _holds_end(before: NDArray[np.bool_], ranks: NDArray[np.int64], n: int) -> bool:
    """Whether the last rank *before* an end, and the first that isn't, are both among *ranks* of 0 .. *n*, or there is none."""
    return bool((before[0] or ranks[0] == 0) and (not before[-1] or ranks[-1] == n))


def _deviates(below: Floats, size: Floats, count: Floats, p: float, early: NDArray[np.int64], late: NDArray[np.int64]) -> Floats:
    """Deviates that the quantile lies among the first k, for the ranks k of *early*, and that it doesn't, for those of *late*."""
    extra, ranks = float(size.max()), np.concatenate((early, late))
    y = np.empty((below.size + 1, ranks.size))
    y[:-1] = (below - p * size)[:, None]
    y[-1, : early.size], y[-1, early.size :] = (1 - p) * extra, -p * extra
    z = positive_tail(y, np.vstack((count[:, ranks], np.ones((1, ranks.size)))))
    z[early.size :] *= -1
    return z


def _counts(sets: Sets, ordered: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """How many sets have c of their values among the first k: c and size of each kind (kinds,), how many sets (kinds, n + 1).

    *ordered*: shape (n,), the set of each value in ascending order of the values.
    """
    size, n = sets.size, ordered.size
    most = int(size.max(initial=0))
    by_set = np.argsort(ordered, kind="stable")
    nth = np.empty(n, dtype=np.int64)  # how many of its set come before a value
    nth[by_set] = np.arange(n) - np.repeat(np.cumsum(size) - size, size)
    start, before = (most + 1) * size, (most + 1) * size[ordered] + nth
    kinds = np.unique(np.concatenate((start, before, before + 1)))  # few of all there might be
    moved = np.zeros((kinds.size, n + 1))
    moved[:, 0] = np.bincount(np.searchsorted(kinds, start), minlength=kinds.size)
    moved[np.searchsorted(kinds, before), np.arange(1, n + 1)] = -1.0
    moved[np.searchsorted(kinds, before + 1), np.arange(1, n + 1)] = 1.0
    return (kinds % (most + 1)).astype(np.float64), (kinds // (most + 1)).astype(np.float64), np.cumsum(moved, axis=1)


def quantile(values: ArrayLike, sets: Sets, p: float, level: float = LEVEL) -> Estimate:
    """The *p* quantile as an order statistic, with :func:`quantile_ends`."""
    x = known(values, sets)[0]
    return Estimate(order_statistic(x, p), *(quantile_ends(values, sets, p, level) or (None, None)))


def quantile_change(base: Floats, other: Floats, sets: Sets, p: float = 0.5, level: float = LEVEL) -> Estimate:
    """Difference of *p* quantiles, *other* - *base*, of the same replications, with the ends of its weighted draws.

    Shapes (n,); ``inf`` never, ``nan`` no time in that replication (left out of its own side).  The value is ``nan`` where a
    quantile is infinite or missing.  An end is infinite where the weighted quantile of one side is; where both are infinite
    anything is possible, so that such a draw counts as -inf for the lower end and as inf for the upper.
    """
    first, second = (order_statistic(x[~np.isnan(x)], p) for x in (base, other))
    value = second - first if math.isfinite(first) and math.isfinite(second) else math.nan
    fewest = min(known(x, sets)[1].count for x in (base, other))
    if math.isnan(first) or math.isnan(second) or fewest < least_sample(p, level):
        return Estimate(value, None, None)
    sides = _weighted(base, sets, p), _weighted(other, sets, p)
    with np.errstate(invalid="ignore"):
        change = sides[1] - sides[0]
    lows, highs = (np.where(np.isnan(change), end, change) for end in (-np.inf, np.inf))
    tail = (1 - level) / 2
    return Estimate(value, order_statistic(lows, tail), order_statistic(highs, 1 - tail))


def _weighted(values: Floats, sets: Sets, p: float) -> Floats:
    """Shape (DRAWS,): the smallest value not exceeded by a share *p* of the weight of all, in each draw of the sets' weights."""
    order = np.argsort(values, kind="stable")[: np.count_nonzero(~np.isnan(values))]  # nan is sorted last
    at = []
    for weights in draws(sets.count):
        heaped = np.cumsum(weights[:, sets.index[order]], axis=1)
        at.append(np.count_nonzero(heaped < p * heaped[:, -1:], axis=1))
    return np.asarray(values[order][np.concatenate(at)])

"""How far single replications lie apart, and how much of that is what isn't known: between sets, or chance: within one."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from sim.analysis.sets import Sets, known
from sim.analysis.statistics import FEW, LEVEL, Estimate, Floats, order_statistic

INSIDE = 0.9
"""Share of fresh replications in an outcome range."""


class Range(NamedTuple):
    """Median of an outcome and the ends between which nine of ten fresh replications lie; ``None`` ends of too few values."""

    low: float | None
    median: float
    high: float | None


def outcome_range(values: ArrayLike, inside: float = INSIDE) -> Range:
    """Where a fresh replication of a fresh set lies with probability *inside*, from values (n,), ``inf`` never, nan left out.

    The k-th value from either end, k = floor((1 - inside) / 2 · (n + 1)): a fresh value lies between two order statistics that
    are d ranks apart with probability d / (n + 1) (David and Nagaraja, *Order Statistics*, 3rd ed. (2003), 7.3).  Values that
    share a set move the chance little, since each of them is as likely as a fresh one to be anywhere.  19 values are needed.
    """
    x = np.sort(np.asarray(values, dtype=np.float64))
    x = x[~np.isnan(x)]
    k = math.floor((1 - inside) / 2 * (x.size + 1) + 1e-9)
    ends = (None, None) if k < 1 else (float(x[k - 1]), float(x[x.size - k]))
    return Range(ends[0], order_statistic(x, 0.5), ends[1])


def input_share(values: ArrayLike, sets: Sets, level: float = LEVEL) -> Estimate | None:
    """Share of the variance of a finite outcome that is between sets, that is what isn't known; the rest is chance.

    Values (n,), nan left out.  One-way analysis of variance with random effects, numbers per set unequal or not (Searle, Casella
    and McCulloch, *Variance Components* (1992), 3.6), cut to 0 … 1.  Ends from the jackknife over sets of log(MSB / MSW) with
    Student's t, whose degrees of freedom shrink with the kurtosis of the pseudo-values (Arvesen, Ann. Math. Statist. 40 (1969)
    2076-2100; Satterthwaite, Biometrics Bull. 2 (1946) 110-114); variances of skewed outcomes are hard to know, so that they are
    wide.  ``None`` where no set has two values, or nothing varies; no ends under three sets, or where one alone has all chance.

    Raises ValueError for a value that is infinite.
    """
    x, own = known(values, sets)
    if not np.isfinite(x).all():
        raise ValueError("variance of values that are not all finite")
    if own.single or np.ptp(x) == 0 or own.count < 2:
        return None
    x = (x - x.mean()) / x.std()  # sums of squares keep their digits
    n, mean = own.size.astype(np.float64), own.means(x)
    within = np.bincount(own.index, (x - mean[own.index]) ** 2)
    terms = np.column_stack((n, n * mean, n * mean**2, n**2, within, n - 1))
    total = terms.sum(axis=0)
    ratio, size = _variance_ratio(total[None], own.count)
    share = float(_share(ratio, size)[0])
    if own.count < 3:
        return Estimate(share, None, None)
    left_out, _ = _variance_ratio(total - terms, own.count - 1)
    if not (np.isfinite(left_out).all() and np.isfinite(ratio[0])):
        often = int(np.unique(mean, return_counts=True)[1].max())
        enough = ratio[0] == math.inf and own.count - often >= FEW  # of a few sets that stray it can't be said
        return Estimate(share, *((1.0, 1.0) if enough else (None, None)))
    half = _half_width(own.count * ratio[0] - (own.count - 1) * left_out, level)
    low, high = _share(np.array([ratio[0] - half, ratio[0] + half]), size)
    return Estimate(share, float(low), float(high))


def _variance_ratio(sums: Floats, sets: int) -> tuple[Floats, Floats]:
    """log(MSB / MSW), and replications per set, of each row of sums of n, n mean, n mean², n², squares within, n - 1."""
    n, first, second, squares, within, freedom = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.maximum(second - first**2 / n, 0.0) / (sets - 1)
        chance = np.where(within > 1e-12, within, 0.0) / freedom
        return np.log(between / chance), (n - squares / n) / (sets - 1)


def _share(log_ratio: Floats, size: Floats) -> Floats:
    """Between sets of all, (F - 1) / (F - 1 + size), cut to 0 … 1; 1 where F is infinite."""
    with np.errstate(over="ignore"):
        return np.clip(1 - size / (np.exp(log_ratio) - 1 + size), 0.0, 1.0)


def _half_width(pseudo: Floats, level: float) -> float:
    n, deviation = pseudo.size, pseudo - pseudo.mean()
    variance = float(np.mean(deviation**2))
    if variance == 0:
        return 0.0
    kurtosis = float(np.mean(deviation**4)) / variance**2
    freedom = min(max(2 * n / (kurtosis - 1), 3.0), n - 1.0) if kurtosis > 1 else n - 1.0
    return float(special.stdtrit(freedom, (1 + level) / 2)) * math.sqrt(variance / (n - 1))

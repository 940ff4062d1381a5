"""Looks at a growing sample: when to look, and intervals that hold at whichever look one stops.

Looks are at 200, 400, 800, … replications and nowhere else, so that a decision depends neither on the number of processes
nor on what is stored.  Look k may err with probability 0.05 / (k (k + 1)): the errors of all looks add up to 0.05 however
many there are (sum of 1 / (k (k + 1)) = 1), so an interval at the level of its look covers with at least 95 % at whatever
look one stops and for whatever reason (Bonferroni; for confidence sequences built so, see Howard, Ramdas, McAuliffe and
Sekhon, Ann. Statist. 49 (2021) 1055-1080).  Nothing depends on how many looks are allowed: more may be added later.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from sim.analysis.statistics import (
    FEW,
    LEVEL,
    Estimate,
    Floats,
    mean_difference,
    mean_interval,
    order_statistic,
    order_statistic_interval,
    proportion,
    t_quantile,
)

FIRST = 200
"""Replications at the first look."""
MOST = 12_800
"""Replications at the last look unless more are allowed."""


@dataclass(frozen=True)
class Look:
    """The *number*-th look (from 1) at a growing sample."""

    number: int

    @property
    def n(self) -> int:
        """Replications at it."""
        return int(FIRST * 2 ** (self.number - 1))

    @property
    def level(self) -> float:
        """Level of its intervals: 97.5 %, 99.2 %, 99.6 %, …"""
        return 1 - (1 - LEVEL) / (self.number * (self.number + 1))

    def json(self) -> dict[str, Any]:
        """For summaries: which look, and the level of its intervals that makes them 95 % whenever one stops."""
        return {"look": self.number, "level": round(self.level, 6)}


def looks(least: int, most: int) -> Iterator[Look]:
    """The looks at no fewer than *least* and no more than *most* replications."""
    look = Look(1)
    while look.n <= most:
        if look.n >= least:
            yield look
        look = Look(look.number + 1)


def level_of(look: Look | None) -> float:
    """The level of intervals at a look, or of a sample whose size was fixed beforehand."""
    return LEVEL if look is None else look.level


def careful_mean(values: ArrayLike, bounds: tuple[float, float], level: float) -> Estimate:
    """Mean of finite values with an interval that also holds for skewed ones and at high levels.

    Hall's transformation of Student's t, which takes the skewness out (J. R. Statist. Soc. B 54 (1992) 221-228).  Where fewer
    than :data:`FEW` values stray from the most frequent one, t knows nothing of what was not seen: then the share that may
    stray (Clopper-Pearson, one-sided) times how far it can within *bounds*.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.size < 2 or not np.isfinite(x).all():
        return mean_interval(x, bounds, level)  # which refuses infinities
    mean = float(x.mean())
    distinct, often = np.unique(x, return_counts=True)
    stray = int(x.size - often.max())
    if stray < FEW:
        usual = float(distinct[often.argmax()])
        share = float(special.betaincinv(stray + 1, x.size - stray, level)) if stray < x.size else 1.0
        down, up = ((usual - end) * share for end in bounds)
        return Estimate(mean, min(usual - down, mean), max(usual - up, mean))
    low, high = _without_skew(x, mean, level)
    return Estimate(mean, max(low, bounds[0]), min(high, bounds[1]))


def _without_skew(x: Floats, mean: float, level: float) -> tuple[float, float]:
    """Ends by Hall's cubic transformation g of T: T is where g(T) is Student's t; g is its own t without skewness."""
    n, deviation = x.size, x - mean
    error = float(x.std(ddof=1)) / math.sqrt(n)
    skew = float(np.mean(deviation**3) / np.mean(deviation**2) ** 1.5)
    t = t_quantile(n - 1, level)
    a = skew / (3 * math.sqrt(n))
    if abs(a) < 1e-9:
        return mean - t * error, mean + t * error
    shift = skew / (6 * math.sqrt(n))
    upper, lower = ((float(np.cbrt(1 + 3 * a * (y - shift))) - 1) / a for y in (t, -t))
    return mean - upper * error, mean - lower * error


def mean_at(values: ArrayLike, bounds: tuple[float, float], look: Look | None) -> Estimate:
    """Mean at a look, or with Student's t where the sample's size was fixed beforehand."""
    return mean_interval(values, bounds) if look is None else careful_mean(values, bounds, look.level)


def paired_mean_at(differences: ArrayLike, bounds: tuple[float, float], look: Look | None) -> Estimate:
    """Mean paired difference at a look, or with Student's t where the number of pairs was fixed beforehand."""
    return mean_difference(differences, bounds) if look is None else careful_mean(differences, bounds, look.level)


def share_at(truths: ArrayLike, look: Look | None) -> Estimate:
    """Share of truths with its Clopper-Pearson interval at a look."""
    true = np.asarray(truths, dtype=bool)
    return proportion(int(true.sum()), true.size, level_of(look))


def quantile_difference(base: Floats, other: Floats, p: float, level: float) -> Estimate:
    """Difference of *p* quantiles, *other* - *base*, of values (n,) each, ``inf`` never.

    From the order-statistic intervals of the two sides at half the error each: coverage is at least *level* for any
    distributions, paired or not, ties and infinities included.  An end is infinite where a side may be; nothing is known
    (-inf to inf) where both may be.  The value is ``nan`` where a quantile is infinite; no ends with too few values.
    """
    first, second = order_statistic(base, p), order_statistic(other, p)
    value = second - first if math.isfinite(first) and math.isfinite(second) else math.nan
    half = 1 - (1 - level) / 2
    b, o = order_statistic_interval(base, p, half), order_statistic_interval(other, p, half)
    if b is None or o is None:
        return Estimate(value, None, None)
    low = -math.inf if math.isinf(b[1]) else o[0] - b[1]
    high = math.inf if math.isinf(o[1]) else o[1] - b[0]
    return Estimate(value, low, high)

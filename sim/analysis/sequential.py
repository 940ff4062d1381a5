"""Looks at a growing sample: when to look, and intervals that hold at whichever look one stops.

Looks are at 200, 400, 800, … replications and nowhere else, so that a decision depends neither on the number of processes
nor on what is stored.  Where several replications share a set of inputs a look is at whole blocks of sets (those of a block
are stratified together, so that a part of it would be no sample), and its intervals are over sets.

Look k may err with probability 0.05 / (k (k + 1)): the errors of all looks add up to 0.05 however many there are (sum of
1 / (k (k + 1)) = 1), so an interval at the level of its look covers with at least 95 % at whatever look one stops and for
whatever reason (Bonferroni; for confidence sequences built so, see Howard, Ramdas, McAuliffe and Sekhon, Ann. Statist. 49
(2021) 1055-1080).  Nothing depends on how many looks are allowed: more may be added later.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from sim.analysis.sets import BLOCK, Sets, quantile_ends, share, share_difference
from sim.analysis.sets import mean as mean_over
from sim.analysis.statistics import (
    FEW,
    LEVEL,
    Estimate,
    Floats,
    mean_difference,
    mean_interval,
    order_statistic,
    order_statistic_interval,
    paired_proportions,
    proportion,
    t_quantile,
)

FIRST = 200
"""Replications at the first look, or the next number of them that is whole blocks of sets."""
MOST = 12_800
"""Replications at the last look unless more are allowed."""


@dataclass(frozen=True)
class Look:
    """The *number*-th look (from 1) at a growing sample."""

    number: int
    per_set: int = 1
    """Replications of a set of inputs."""

    @property
    def n(self) -> int:
        """Replications at it: whole blocks of sets."""
        block = BLOCK * self.per_set
        return int(-(-FIRST // block) * block * 2 ** (self.number - 1))

    @property
    def sets(self) -> int:
        """Sets of inputs at it."""
        return self.n // self.per_set

    @property
    def level(self) -> float:
        """Level of its intervals: 97.5 %, 99.2 %, 99.6 %, …"""
        return 1 - (1 - LEVEL) / (self.number * (self.number + 1))

    def json(self) -> dict[str, Any]:
        """For summaries: which look, and the level of its intervals that makes them 95 % whenever one stops."""
        shared = {"sets": self.sets} if self.per_set > 1 else {}
        return {"look": self.number, "level": round(self.level, 6), **shared}


def looks(least: int, most: int, per_set: int = 1) -> Iterator[Look]:
    """The looks at no fewer than *least* and no more than *most* replications, of which *per_set* share a set of inputs."""
    look = Look(1, per_set)
    while look.n <= most:
        if look.n >= least:
            yield look
        look = Look(look.number + 1, per_set)


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


def mean_at(values: ArrayLike, bounds: tuple[float, float], look: Look | None, sets: Sets | None = None) -> Estimate:
    """Mean at a look, or of a sample whose size was fixed beforehand; over *sets* where several replications share one.

    Without *sets*: Student's t where the size was fixed.
    """
    if sets is not None and (look is None or look.per_set > 1):
        return mean_over(values, sets, bounds, level_of(look))
    return mean_interval(values, bounds) if look is None else careful_mean(values, bounds, look.level)


def paired_mean_at(differences: ArrayLike, bounds: tuple[float, float], look: Look | None, sets: Sets | None = None) -> Estimate:
    """Mean paired difference at a look, or of a number of pairs that was fixed beforehand; *sets* as in :func:`mean_at`."""
    if sets is None and look is None:
        return mean_difference(differences, bounds)
    return mean_at(differences, bounds, look, sets)


def share_at(truths: ArrayLike, look: Look | None, sets: Sets | None = None) -> Estimate:
    """Share of truths at a look, over *sets* if there are any; Clopper-Pearson's interval where none is shared."""
    true = np.asarray(truths, dtype=bool)
    if sets is not None:
        return share(true, sets, level_of(look))
    return proportion(int(true.sum()), true.size, level_of(look))


def paired_share_at(base: ArrayLike, other: ArrayLike, look: Look, sets: Sets) -> Estimate:
    """Difference of two shares at a look, *other* - *base*, from truths of the same replications."""
    if look.per_set > 1:
        return share_difference(base, other, sets, look.level)
    return paired_proportions(base, other, look.level)


def quantile_difference(base: Floats, other: Floats, p: float, level: float, sets: Sets | None = None) -> Estimate:
    """Difference of *p* quantiles, *other* - *base*, of values (n,) each, ``inf`` never; with *sets*, theirs, ``nan`` none.

    From the order-statistic intervals of the two sides at half the error each: coverage is at least *level* for any
    distributions, paired or not, ties and infinities included.  An end is infinite where a side may be; nothing is known
    (-inf to inf) where both may be.  The value is ``nan`` where a quantile is infinite; no ends with too few values.
    """
    first, second = (order_statistic(x[~np.isnan(x)], p) for x in (base, other))
    value = second - first if math.isfinite(first) and math.isfinite(second) else math.nan
    half = 1 - (1 - level) / 2
    b, o = (quantile_ends_at(x, p, half, sets) for x in (base, other))
    if b is None or o is None:
        return Estimate(value, None, None)
    low = -math.inf if math.isinf(b[1]) else o[0] - b[1]
    high = math.inf if math.isinf(o[1]) else o[1] - b[0]
    return Estimate(value, low, high)


def quantile_ends_at(values: Floats, p: float, level: float, sets: Sets | None) -> tuple[float, float] | None:
    """Interval of a quantile, over *sets* if there are any."""
    return order_statistic_interval(values, p, level) if sets is None else quantile_ends(values, sets, p, level)

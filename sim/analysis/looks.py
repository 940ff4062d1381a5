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

import numpy as np

from sim.analysis.found import Looked
from sim.analysis.sets import Sets, quantile_ends
from sim.analysis.statistics import LEVEL, Estimate, Floats, order_statistic
from sim.scenario.inputs import BLOCK

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

    def found(self) -> Looked:
        """For summaries."""
        return Looked(look=self.number, level=round(self.level, 6), sets=self.sets if self.per_set > 1 else None)


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


def quantile_difference(base: Floats, other: Floats, sets: Sets, p: float, level: float) -> Estimate:
    """Difference of *p* quantiles, *other* - *base*, of values (n,) each, ``inf`` never, nan no time.

    From the intervals of the two sides at half the error each: coverage is at least *level* for any distributions, paired or
    not, ties and infinities included.  An end is infinite where a side may be; nothing is known (-inf to inf) where both may be.
    The value is ``nan`` where a quantile is infinite; no ends with too few values.
    """
    first, second = (order_statistic(x[~np.isnan(x)], p) for x in (base, other))
    value = second - first if math.isfinite(first) and math.isfinite(second) else math.nan
    half = 1 - (1 - level) / 2
    b, o = quantile_ends(base, sets, p, half), quantile_ends(other, sets, p, half)
    if b is None or o is None:
        return Estimate(value, None, None)
    low = -math.inf if math.isinf(b[1]) else o[0] - b[1]
    high = math.inf if math.isinf(o[1]) else o[1] - b[0]
    return Estimate(value, low, high)

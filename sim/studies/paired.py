"""Paired differences of a measure, replication by replication and counted by sets; an infinite time is never subtracted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.measure import Measure, Paired, Samples, paired
from sim.analysis.sets import mean as mean_over
from sim.analysis.sets import quantile_change, share_difference
from sim.analysis.statistics import LEVEL, Estimate, rarely_differs


def generator(*seed: int) -> np.random.Generator:
    """Random numbers of a design or a resampling, apart from those of the simulation."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed)))


class Change(NamedTuple):
    """A paired difference, *other* - *base*."""

    pairs: Paired
    """The replications that both have, those without a value left out."""
    estimate: Estimate
    few: bool
    """Whether so few sets differ that its interval rests on what was hardly seen."""

    @property
    def distinct(self) -> bool:
        """Whether it can be told from none."""
        return self.estimate.excludes_zero and not self.few


def change(measure: Measure, base: Samples, other: Samples, level: float = LEVEL) -> Change:
    """The difference of a measure between two points of a study, with its interval over sets.

    The value is nan where a quantile is infinite: "never" has no difference.
    """
    whole = paired(base, other)
    if measure.kind.quantile is not None:
        some = ~(np.isnan(whole.base) & np.isnan(whole.other))
        pairs = Paired(whole.sets.where(some), whole.base[some], whole.other[some])
        return Change(pairs, quantile_change(pairs.base, pairs.other, pairs.sets, measure.kind.quantile, level), False)
    both = ~(np.isnan(whole.base) | np.isnan(whole.other))
    pairs = Paired(whole.sets.where(both), whole.base[both], whole.other[both])
    if measure.kind.name == "p_all_out":
        estimate = share_difference(pairs.base > 0.5, pairs.other > 0.5, pairs.sets, level)
        return Change(pairs, estimate, False)
    difference = pairs.other - pairs.base
    estimate = mean_over(difference, pairs.sets, (-base.most, other.most), level)
    return Change(pairs, estimate, rarely_differs(pairs.sets.means(difference)))

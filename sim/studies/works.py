"""How often something works that is true of some replications and can't be known of others: over sets of inputs.

Shapes: (n,), one entry per replication.  *sure*: it works; *perhaps*: it works, or nobody knows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.analysis.outcomes import BoolArray
from sim.analysis.sets import Sets
from sim.analysis.statistics import LEVEL, Estimate, proportion
from sim.analysis.weights import upper_end


def chance(sure: BoolArray, perhaps: BoolArray, sets: Sets, level: float = LEVEL) -> Estimate:
    """Share of replications in which it works; its interval takes what nobody knows as no below and as yes above.

    Clopper-Pearson's ends where each replication is a set of its own, else Gaffke's of the sets' shares, as
    :func:`sim.analysis.sets.share` has them.  No ends without a replication.
    """
    n = sure.size
    least, most = int(np.count_nonzero(sure)), int(np.count_nonzero(perhaps))
    if sets.single:
        return Estimate(proportion(least, n, level).value, proportion(least, n, level).low, proportion(most, n, level).high)
    size, tail = sets.size.astype(np.float64), (1 - level) / 2
    low = -upper_end(-sets.means(sure), size, 0.0, tail) if least else 0.0
    high = upper_end(sets.means(perhaps), size, 1.0, tail) if most < n else 1.0
    return Estimate(least / n, min(low, least / n), max(high, most / n))


@dataclass(frozen=True, slots=True)
class Works:
    """In how many sets of inputs it works."""

    sets: int
    works: int
    """In every replication of the set."""
    in_part: int
    """In some replications of the set, not in all."""

    @classmethod
    def of(cls, sure: BoolArray, sets: Sets) -> Works:
        """Counts sets by the replications in which it is *sure* to work."""
        means = sets.means(sure)
        return cls(sets.count, int(np.count_nonzero(means == 1)), int(np.count_nonzero((means > 0) & (means < 1))))


def in_sets(works: int, sets: int, replications: int) -> str:
    """``92 of 100 sets of inputs``; ``92 of 100 replications`` where each is a set of its own."""
    what = "sets of inputs" if sets < replications else "replications"
    return f"{works:,} of {sets:,} {what}"


def too_few(have: int, need: int, replications: int, what: str) -> str:
    """``18 sets of inputs are too few WHAT; it takes 36 (72 replications)``, or replications, where each is a set of its own."""
    if have >= replications:
        one = have == 1
        return f"{have} replication{'' if one else 's'} {'is' if one else 'are'} too few {what}; it takes {need}"
    one = have == 1
    more = need * math.ceil(replications / have)
    return (
        f"{have} set{'' if one else 's'} of inputs {'is' if one else 'are'} too few {what}; it takes {need} ({more} replications)"
    )

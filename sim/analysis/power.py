"""How many sets of inputs decide whether a share reaches what is wanted, with a stated power: planned from what was seen."""

from __future__ import annotations

import numpy as np
from scipy import special

from sim.analysis.statistics import LEVEL, Floats
from sim.analysis.weights import positive_tail

POWER = 0.8
"""How often the interval decides with as many as are said to be needed, if the share stays as it was seen."""
_DRAWS = 1000
"""Samples drawn of a number of sets: the power of a number is known to 1.3 points."""


def sets_to_decide(sure: Floats, perhaps: Floats, wanted: float, most: int, *, single: bool, power: float = POWER) -> int | None:
    """Fewest sets whose interval leaves *wanted* out in a share *power* of samples of sets like those seen, about.

    *sure*, *perhaps*: shape (sets,), the share of each set's replications in which it works, and in which it may; an interval
    decides if its lower end, of *sure*, reaches *wanted*, or its upper end, of *perhaps*, stays below.  *single*: every
    replication is a set of its own, so that the interval is Clopper and Pearson's, else Gaffke's
    (:func:`sim.analysis.sets.share`).  None where more than *most* are needed.  Found by doubling and halving, to 2 %.
    """
    kinds, many = np.unique(np.column_stack((sure, perhaps)), axis=0, return_counts=True)
    odds = many / many.sum()
    low, high = 0, max(sure.size, 1)
    while decided(kinds, odds, high, wanted, single=single) < power:
        low, high = high, 2 * high
        if high > most:
            return None
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        enough = decided(kinds, odds, middle, wanted, single=single) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


def decided(kinds: Floats, odds: Floats, sets: int, wanted: float, *, single: bool, level: float = LEVEL) -> float:
    """Share of samples of so many *sets* whose interval decides.

    *kinds*: shape (kinds, 2), what a set may be: the share of it that is sure to work, and that may; *odds*: shape (kinds,).
    """
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([sets])))
    count = rng.multinomial(sets, odds, size=_DRAWS).T.astype(np.float64)
    tail = (1 - level) / 2
    reached, below = (_exact if single else _weighted)(kinds, count, sets, wanted, tail)
    return float(np.mean(reached | below))


def _exact(kinds: Floats, count: Floats, sets: int, wanted: float, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Whether Clopper and Pearson's lower end reaches *wanted*, and the upper end stays below; shape (draws,) each."""
    sure, perhaps = kinds.T @ count
    low = np.where(sure > 0, special.betaincinv(np.maximum(sure, 1), sets - sure + 1, tail), 0.0)
    high = np.where(perhaps < sets, special.betaincinv(perhaps + 1, np.maximum(sets - perhaps, 1), 1 - tail), 1.0)
    return low >= wanted, high < wanted


def _weighted(kinds: Floats, count: Floats, sets: int, wanted: float, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """As :func:`_exact`, of the weighted means behind Gaffke's ends, with one set more that wasn't seen, at 0 or at 1."""
    count = np.vstack((count, np.ones((1, count.shape[1]))))
    deviate = float(-special.ndtri(tail))
    reached = positive_tail((wanted - np.append(kinds[:, 0], 0.0))[:, None], count) >= deviate
    below = positive_tail((np.append(kinds[:, 1], 1.0) - wanted)[:, None], count) > deviate
    return reached, below

"""What holds together: tests of many paired differences at once, over sets, and in how many sets one is better.

Where nothing differs the chance that anything at all is marked is at most 5 %.  Sign flips: where two alternatives are alike, a
set's difference is as likely to have the other sign (Fisher; Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010), article
39, for drawn flips).  Step-down: Holm, Scand. J. Statist. 6 (1979) 65-70, whatever the dependence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.statistics import LEVEL, Estimate, Floats, proportion

FLIPS = 20_000
"""Sign flips drawn: p-values reach 1 / 20,001."""
_EXACT = 14
"""Differences up to which all 2^14 flips are gone through."""
_BLOCK = 2000
_LARGER = 200
"""Flips as large as what was seen after which no more are drawn (Besag and Clifford, Biometrika 78 (1991) 301-304)."""


@dataclass(frozen=True, eq=False)
class Marks:
    """Tests of a family of differences; shape (names,) each, in the order of the columns they were made of."""

    p: Floats
    """Two-sided p-value of each alone; 1 where no set differs."""
    adjusted: Floats
    """Holm's: the least joint error at which it is marked."""
    holds: NDArray[np.bool_]
    """Marked: it holds together with all others that are."""
    differing: NDArray[np.int64]
    """Sets with a difference."""
    needed: int
    """Least number of sets with a difference with which one can be marked."""

    @property
    def too_few(self) -> NDArray[np.bool_]:
        """Not marked, and with so few sets that differ it couldn't have been: too few to tell."""
        return ~self.holds & (self.differing < self.needed)


def marks(differences: ArrayLike, level: float = LEVEL) -> Marks:
    """Which of a family of paired differences hold together.

    *differences*: shape (sets, names), the mean difference of each set (:meth:`sim.analysis.sets.Sets.means`); nan where a set
    has none, which then says nothing.  Every name that was looked at belongs in it, those without a difference too.  Raises
    ValueError for an infinite one.
    """
    d = np.asarray(differences, dtype=np.float64)
    if np.isinf(d).any():
        raise ValueError("differences that are infinite")
    d = np.nan_to_num(d)
    p = flip_p(d)
    adjusted = holm(p)
    return Marks(p, adjusted, adjusted <= 1 - level, np.count_nonzero(d, axis=0), sets_needed(d.shape[1], level))


def sets_needed(family: int, level: float = LEVEL) -> int:
    """Least number of sets with a difference whose smallest p, 2 / 2^sets, passes Holm's first step in a family of that size."""
    return math.ceil(1 + math.log2(max(family, 1) / (1 - level)) - 1e-9)


def flip_p(differences: Floats) -> Floats:
    """Two-sided p-values of the mean of each column of *differences* (sets, names), by flips of the signs of whole sets.

    Exact where at most 14 sets differ; else from drawn flips, the same for all columns and the one seen among them: 20,000 where
    p is under 0.01, fewer where it is larger.
    """
    p = np.ones(differences.shape[1])
    many = np.count_nonzero(differences, axis=0)
    drawn = many > _EXACT
    if drawn.any():
        p[drawn] = _drawn(differences[:, drawn])
    for column in np.flatnonzero((many > 0) & ~drawn):
        d = differences[differences[:, column] != 0, column]
        p[column] = np.mean(np.abs(_all_signs(d.size) @ d) >= _seen(d))
    return p


def _seen(differences: Floats) -> Floats:
    """The size of the sum that was seen, a little less, so that a sum which is equal but for rounding counts as large."""
    return np.asarray(np.abs(differences.sum(axis=0)) - 1e-9 * np.abs(differences).sum(axis=0))


@lru_cache(maxsize=_EXACT)
def _all_signs(n: int) -> Floats:
    """All signs of *n* differences but for those of the first, whose mirror image is as large; shape (2^(n - 1), n)."""
    bits = (np.arange(2 ** (n - 1))[:, None] >> np.arange(n)) & 1
    return np.asarray(1.0 - 2.0 * bits, dtype=np.float64)


def _drawn(differences: Floats) -> Floats:
    """By drawn flips, 2,000 and 2,000 more until :data:`_LARGER` are as large, or 20,000 are drawn."""
    sets, seen = differences.shape[0], _seen(differences)
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([sets, FLIPS])))
    larger, tried = np.zeros(seen.size, dtype=np.int64), np.zeros(seen.size, dtype=np.int64)
    going = np.arange(seen.size)
    for _ in range(FLIPS // _BLOCK):
        signs = 1.0 - 2.0 * rng.integers(0, 2, size=(_BLOCK, sets), dtype=np.int8)
        larger[going] += np.count_nonzero(np.abs(signs @ differences[:, going]) >= seen[going], axis=0)
        tried[going] += _BLOCK
        going = going[larger[going] < _LARGER]
        if not going.size:
            break
    return np.asarray((larger + 1) / (tried + 1))


def holm(p: ArrayLike) -> Floats:
    """Holm's adjusted p-values, shape (names,): not above a joint error is to be marked at it."""
    raw = np.asarray(p, dtype=np.float64)
    order = np.argsort(raw, kind="stable")
    stepped = np.maximum.accumulate(raw[order] * np.arange(raw.size, 0, -1))
    adjusted = np.empty_like(raw)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


class Better(NamedTuple):
    """Shares of sets in which the other is lower, equal and higher, with Clopper-Pearson intervals, and how many sets."""

    lower: Estimate
    equal: Estimate
    higher: Estimate
    sets: int
    lower_of_differing: Estimate
    """Of the sets in which they aren't equal: these alone count in a sign test (Dixon and Mood, JASA 41 (1946) 557-566)."""


def sets_better(base: ArrayLike, other: ArrayLike, level: float = LEVEL) -> Better:
    """In how many sets the mean of *other* is lower than, equal to and higher than that of *base*; shape (sets,) each.

    ``inf`` (never) is equal to never and higher than all else; sets in which either has no value (nan) are left out.
    """
    b, o = np.asarray(base, dtype=np.float64), np.asarray(other, dtype=np.float64)
    both = ~np.isnan(b) & ~np.isnan(o)
    b, o = b[both], o[both]
    equal = (b == o) | np.isclose(b, o, rtol=1e-12, atol=0.0)
    counts = [int(np.count_nonzero(side)) for side in ((o < b) & ~equal, equal, (o > b) & ~equal)]
    lower, same, higher = (proportion(count, b.size, level) for count in counts)
    return Better(lower, same, higher, int(b.size), proportion(counts[0], counts[0] + counts[2], level))

"""What it would be worth to know one input before an option is chosen, from the sets as they are.

With an input known the option of least expected loss *given the input* would be taken.  That expectation is a sum of the first
few cosines of the input's rank, fitted by least squares to the differences between the options over four fifths of the sets; the
choice it makes is worth what it saves in the other fifth, against the option that is best on average in all sets.  So nothing
is measured where it was fitted: an input that tells nothing is worth nothing on average or a little less, and one that tells
something is worth at least what is said.

The **noise floor** is what the most valuable of all inputs stays below in 19 cases of 20 if none tells anything: losses permuted
within the blocks in which the inputs are stratified (Westfall and Young, *Resampling-Based Multiple Testing* (1993), 2.3).

Sources: partial perfect information by regression, Strong, Oakley and Brennan, Medical Decision Making 34 (2014) 311-326; cosines
of ranks, Plischke, Environmental Modelling & Software 35 (2012) 188-191.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.analysis.decision import FOLDS, Ints, alone
from sim.analysis.matters import CONSTANT, NO_FACTORS, TOO_FEW, ranks
from sim.analysis.sets import mean
from sim.analysis.statistics import LEVEL, Estimate, Floats

FEWEST = 20
"""Sets below which nothing is said."""
PER_TERM = 25
MOST_TERMS = 4
"""A cosine for every so many sets, and at most so many."""
PERMUTATIONS = 199
_ROOM = 2_000_000
"""Numbers permuted at once."""


@dataclass(frozen=True)
class Worth:
    """What it would be worth to know one input."""

    name: str
    value: Estimate


@dataclass(frozen=True)
class Information:
    """What it would be worth to know the inputs, each alone."""

    worth: tuple[Worth, ...]
    """Those above the floor, the most valuable first."""
    floor: float | None
    """None where nothing can be said."""
    factors: int
    """Inputs that vary between the sets."""
    reason: str = ""
    """Why nothing can be said."""


def information(
    loss: ArrayLike, x: ArrayLike, names: Sequence[str], blocks: ArrayLike, reach: float, seed: int = 0, level: float = LEVEL
) -> Information:
    """The value of each input for the choice between K options.

    *loss* (K, S): mean loss of every option in every set; *x* (S, F): where each input stands in each set; *blocks* (S,): within
    which inputs are stratified; *reach*: how far two losses can lie apart.
    """
    losses, positions, block = np.asarray(loss, np.float64), np.asarray(x, np.float64), np.asarray(blocks)
    varying = np.flatnonzero(np.ptp(positions, axis=0) > 0) if positions.size else np.empty(0, dtype=np.int64)
    differences = losses - losses[:1]
    if reason := _nothing(differences, varying.size):
        return Information((), None, int(varying.size), reason)
    designs = [_design(positions[:, k]) for k in varying]
    folds = _folds(differences[:, :, None])
    saved = np.array([_saved(design, folds)[:, 0] for design in designs])
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 31, losses.shape[1]])))
    floor = _floor(designs, differences, block, rng)
    values = saved.mean(axis=1)
    units = alone(losses.shape[1])
    above = [k for k in np.lexsort((varying, -values)) if values[k] > floor]
    worth = tuple(Worth(names[varying[k]], _positive(mean(saved[k], units, (-reach, reach), level))) for k in above)
    return Information(worth, floor, int(varying.size))


def _nothing(differences: Floats, factors: int) -> str:
    if differences.shape[1] < FEWEST:
        return TOO_FEW
    if not factors:
        return NO_FACTORS
    return CONSTANT if not np.ptp(differences, axis=1).any() else ""


def _positive(value: Estimate) -> Estimate:
    """To know is never worth less than nothing."""
    return Estimate(value.value, *(None if end is None else max(end, 0.0) for end in value[1:]))


def _design(position: Floats) -> Floats:
    """Shape (S, 1 + terms): one and the first cosines of the ranks."""
    terms = min(max(position.size // PER_TERM, 1), MOST_TERMS)
    level = (ranks(position) - 0.5) / position.size
    return np.asarray(np.cos(np.pi * level[:, None] * np.arange(terms + 1)))


class _Fold(NamedTuple):
    """A fifth of the sets, with P losses at once."""

    here: Ints
    """Shape (s,): which sets."""
    losses: Floats
    """Shape (K - 1, s, P): those of all options but the first, of which they are differences."""
    usual: Floats
    """Shape (s, P): of the option that is best on average."""


def _folds(differences: Floats) -> list[_Fold]:
    """From differences (K, S, P)."""
    on_average = np.argmin(differences.mean(axis=1), axis=0)
    usual = np.take_along_axis(differences, on_average[None, None], axis=0)[0]
    fold = np.arange(differences.shape[1]) % FOLDS
    parts = [np.flatnonzero(fold == k) for k in range(FOLDS)]
    return [_Fold(here, np.ascontiguousarray(differences[1:, here]), usual[here]) for here in parts]


def _saved(design: Floats, folds: Sequence[_Fold]) -> Floats:
    """What an input saves in each set, fitted to the other folds: shape (S, P)."""
    own = [design[fold.here] for fold in folds]
    squares = [x.T @ x for x in own]
    products = [x.T @ fold.losses for x, fold in zip(own, folds, strict=True)]
    saved = np.empty((design.shape[0], folds[0].usual.shape[1]))
    for x, fold, square, product in zip(own, folds, squares, products, strict=True):
        fitted = np.linalg.solve(sum(squares) - square + 1e-9 * np.eye(len(square)), sum(products) - product)
        least, taken = np.zeros(fold.usual.shape), np.zeros(fold.usual.shape)
        for guess, loss in zip(x @ fitted, fold.losses, strict=True):
            better = guess < least
            least, taken = np.where(better, guess, least), np.where(better, loss, taken)
        saved[fold.here] = fold.usual - taken
    return saved


def _floor(designs: Sequence[Floats], differences: Floats, block: Ints, rng: np.random.Generator) -> float:
    """What the largest value of permuted losses exceeds with a chance of at most 5 %, and at least 0."""
    options, sets = differences.shape
    at_once = max(_ROOM // (options * sets), 1)
    largest: list[float] = []
    while len(largest) < PERMUTATIONS:
        many = min(at_once, PERMUTATIONS - len(largest))
        order = np.tile(np.arange(sets)[:, None], (1, many))
        for number in np.unique(block):
            of = np.flatnonzero(block == number)
            order[of] = rng.permuted(order[of], axis=0)
        folds = _folds(differences[:, order])
        largest += np.max([_saved(design, folds).mean(axis=0) for design in designs], axis=0).tolist()
    rank = math.ceil(LEVEL * (PERMUTATIONS + 1))
    return max(sorted(largest)[rank - 1], 0.0)


def harmful(loss: ArrayLike, x: ArrayLike) -> Floats:
    """The end of each input at which *loss* (S,) tends to be greater, 0 or 1, by rank correlation; shape (F,) from *x* (S, F)."""
    y = ranks(np.asarray(loss, dtype=np.float64))
    columns = np.array([ranks(column) for column in np.asarray(x, dtype=np.float64).T]).reshape(-1, y.size)
    together = (columns - columns.mean(axis=1, keepdims=True)) @ (y - y.mean()) if y.size else np.zeros(len(columns))
    return np.asarray(np.where(together >= 0, 1.0, 0.0))

"""What matters: which share of an answer's variance over sets of inputs is due to each input alone, from the sets as they are.

Nothing more is simulated: the sets of a run are read a second time (*given-data* indices).  The first-order index of a factor
is Var(E[y | factor]) / Var(y).  E[y | factor] is a sum of the first few cosines of the factor's rank, fitted by least squares,
and the index the adjusted R² of the fit, so that a factor without effect has 0 on average.  It is the share of *all* of y's
variance, what chance adds to it in each set included.

The **noise floor** is what the largest of all indices stays below in 19 cases of 20 if none of the factors has an effect.
Within a block of sets every factor is stratified by a random permutation of its own, so permuting y within blocks repeats what
the design itself did at random: the floor holds for any distribution of y, and for the factors without effect too where others
have one.  Two factors **can be told apart** where a bootstrap interval of the difference of their indices excludes zero.

Sources

- cosines of ranks: Plischke, *How to compute variance-based sensitivity indicators with your spreadsheet software*,
  Environmental Modelling & Software 35 (2012) 188-191; given data: Plischke, Reliab. Eng. Syst. Saf. 95 (2010) 354-360
- the largest of many null values: Westfall and Young, *Resampling-Based Multiple Testing* (1993), section 2.3
- bootstrap over sets: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), sections 10.6 and 13.3
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.statistics import LEVEL, Floats, order_statistic, t_quantile

Ints = NDArray[np.int64]
Direction = Literal["up", "down", "either"]
FEWEST = 10
"""Sets below which nothing is said."""
PER_TERM = 25
MOST_TERMS = 6
"""A cosine for every so many sets, and at most so many: four at 100 sets."""
PERMUTATIONS = 999
RESAMPLES = 600
TOO_FEW = "too few sets to tell"
CONSTANT = "the answer is the same in all sets"
NO_FACTORS = "no input varies"


@dataclass(frozen=True)
class Share:
    """The share of the variance that one factor explains alone."""

    name: str
    index: float
    """0 to 1."""
    low: float
    high: float
    """Ends of the 95 % interval."""
    direction: Direction
    """Whether y goes up or down as the factor goes up, or neither (rank correlation, at 5 %)."""


@dataclass(frozen=True)
class Importance:
    """What matters among the factors of a run."""

    shares: tuple[Share, ...]
    """The factors above the floor, the largest index first."""
    first: tuple[str, ...]
    """The first of them and those of them that can't be told apart from it."""
    rivals: tuple[str, ...]
    """Factors below the floor that can't be told apart from the first either, the largest first."""
    floor: float | None
    """What none of the indices exceeds in 19 cases of 20 if no factor has an effect; None where nothing can be said."""
    sets: int
    factors: int
    """Factors that vary between the sets."""
    reason: str = ""
    """Why nothing can be said; empty where something can."""


def importance(x: ArrayLike, y: ArrayLike, names: Sequence[str], *, blocks: ArrayLike | None = None, seed: int = 0) -> Importance:
    """First-order indices of all factors, those above the noise floor and what comes first.

    *x* (S, F): position of each factor in each set, as a quantile or otherwise; only its ranks are used.  *y* (S,): the answer
    of each set, finite.  *blocks* (S,): the number of the block of each set, within which the factors are stratified; None is
    one block.  Raises ValueError for shapes that don't agree or values that aren't finite.
    """
    positions, answers, block = _checked(x, y, names, blocks)
    varying = np.flatnonzero(np.ptp(positions, axis=0) > 0) if positions.size else np.empty(0, dtype=np.int64)
    reason = _nothing(answers, varying.size)
    if reason:
        return Importance((), (), (), None, answers.size, varying.size, reason)
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 12, answers.size])))
    basis = _basis(positions[:, varying])
    centred = answers - answers.mean()
    index = _indices(basis, centred[None])[:, 0]
    floor = _floor(basis, centred, block, rng)
    order = np.lexsort((varying, -index))
    above = [int(k) for k in order if index[k] > floor]
    if not above:
        return Importance((), (), (), floor, answers.size, varying.size)
    drawn = _resampled(basis, centred, index, rng)
    apart = _lower(index[above[0]] - index, drawn[above[0]] - drawn) > 0
    shares = tuple(_share(names[varying[k]], index[k], drawn[k], positions[:, varying[k]], answers) for k in above)
    first = tuple(names[varying[k]] for k in above if k == above[0] or not apart[k])
    rivals = tuple(names[varying[k]] for k in order[len(above) :] if not apart[k])
    return Importance(shares, first, rivals, floor, answers.size, varying.size)


def ranked(x: ArrayLike, y: ArrayLike, names: Sequence[str]) -> list[str]:
    """The factors that vary by their first-order index, largest first, above the noise floor or not.

    For what tests each of them anew: where they come in order costs nothing but time.  None where nothing can be said.  Shapes
    and errors are those of :func:`importance`.
    """
    positions, answers, _ = _checked(x, y, names, None)
    varying = np.flatnonzero(np.ptp(positions, axis=0) > 0) if positions.size else np.empty(0, dtype=np.int64)
    if _nothing(answers, varying.size):
        return []
    index = _indices(_basis(positions[:, varying]), (answers - answers.mean())[None])[:, 0]
    return [names[varying[k]] for k in np.lexsort((varying, -index))]


def first_text(result: Importance) -> str:
    """``X``, ``X, or Y``, ``none stands out in 100 sets``, or why nothing can be said."""
    if result.reason:
        return result.reason if result.reason != TOO_FEW else f"{TOO_FEW} ({result.sets})"
    if not result.first:
        return f"none stands out in {result.sets:,} sets"
    *others, last = result.first
    return f"{', '.join(others)}, or {last}" if others else last


def _checked(x: ArrayLike, y: ArrayLike, names: Sequence[str], blocks: ArrayLike | None) -> tuple[Floats, Floats, Ints]:
    answers = np.asarray(y, dtype=np.float64)
    positions = np.asarray(x, dtype=np.float64)
    block = np.zeros(answers.shape, dtype=np.int64) if blocks is None else np.asarray(blocks, dtype=np.int64)
    if positions.shape != (answers.size, len(names)) or answers.ndim != 1 or block.shape != answers.shape:
        message = f"expected x ({answers.size}, {len(names)}) and one y and block a set"
        raise ValueError(f"{message}, got shapes {positions.shape}, {answers.shape} and {block.shape}")
    if not (np.isfinite(answers).all() and np.isfinite(positions).all()):
        raise ValueError("expected finite values of the answer and of every factor")
    return positions, answers, block


def _nothing(answers: Floats, factors: int) -> str:
    """Why nothing can be said, if so."""
    if answers.size < FEWEST:
        return TOO_FEW
    if factors == 0:
        return NO_FACTORS
    return CONSTANT if np.ptp(answers) <= 1e-12 * np.abs(answers).max() else ""


def _basis(positions: Floats) -> Floats:
    """Orthonormal columns (F, S, M) that span the first M cosines of each factor's ranks; zero where ties leave fewer."""
    sets = positions.shape[0]
    terms = min(max(sets // PER_TERM, 1), MOST_TERMS)
    level = np.array([ranks(column) - 0.5 for column in positions.T]) / sets
    cosines = np.cos(np.pi * level[:, :, None] * np.arange(1, terms + 1))
    u, size, _ = np.linalg.svd(cosines - cosines.mean(axis=1, keepdims=True), full_matrices=False)
    return np.asarray(np.where(size[:, None, :] > 1e-9 * math.sqrt(sets), u, 0.0))


def ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the middle of theirs."""
    ordered = np.sort(values)
    return np.asarray((np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right") + 1) / 2)


def _terms(basis: Floats) -> Floats:
    """Columns (F, 1) that aren't zero."""
    return np.asarray(np.rint(np.einsum("fsm,fsm->f", basis, basis)))[:, None]


def _adjusted(explained: Floats, terms: Floats | float, sets: int) -> Floats:
    """Adjusted R²: without the (1 - R²) M / (S - 1 - M) that M terms explain of noise."""
    return np.asarray(1 - (1 - explained) * (sets - 1) / (sets - 1 - terms))


def _indices(basis: Floats, centred: Floats) -> Floats:
    """Indices (F, n) of centred answers (n, S) with the same variance."""
    factors, sets, terms = basis.shape
    columns = basis.transpose(0, 2, 1).reshape(-1, sets)
    explained = ((columns @ centred.T) ** 2).reshape(factors, terms, -1).sum(axis=1) / (centred[0] ** 2).sum()
    return _adjusted(explained, _terms(basis), sets)


def _floor(basis: Floats, centred: Floats, block: Ints, rng: np.random.Generator) -> float:
    """The value that the largest index of permuted answers exceeds with a chance of at most 5 %, and at least 0."""
    permuted = np.tile(centred, (PERMUTATIONS, 1))
    for number in np.unique(block):
        of = np.flatnonzero(block == number)
        permuted[:, of] = rng.permuted(permuted[:, of], axis=1)
    largest = _indices(basis, permuted).max(axis=0)
    rank = math.ceil(LEVEL * (PERMUTATIONS + 1))  # the answers as they are count as one more permutation
    return max(float(np.sort(largest)[rank - 1]), 0.0)


def _resampled(basis: Floats, centred: Floats, index: Floats, rng: np.random.Generator) -> Floats:
    """Indices (F, B) of sets drawn anew with repetition, fitted anew, less what that adds to them on average."""
    factors, sets, terms = basis.shape
    weights = rng.multinomial(sets, np.full(sets, 1 / sets), size=RESAMPLES).T.astype(np.float64) / sets
    scaled = basis * math.sqrt(sets)
    mean = centred @ weights
    total = centred**2 @ weights - mean**2
    columns = scaled.transpose(0, 2, 1)
    middle = _weighted(columns, weights)  # (F, M, B)
    with_y = _weighted(columns * centred, weights) - middle * mean
    pairs = np.triu_indices(terms)
    products = _weighted(columns[:, pairs[0]] * columns[:, pairs[1]], weights) - middle[:, pairs[0]] * middle[:, pairs[1]]
    gram = np.empty((factors, RESAMPLES, terms, terms))
    gram[:, :, pairs[0], pairs[1]] = gram[:, :, pairs[1], pairs[0]] = products.transpose(0, 2, 1)
    gram += 1e-9 * np.eye(terms)  # a resample may have one value of a factor only
    right = with_y.transpose(0, 2, 1)
    fitted = np.linalg.solve(gram, right[..., None])[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = np.where(total > 1e-12 * total.max(), (fitted * right).sum(axis=2) / total, 0.0)
    drawn = _adjusted(explained, _terms(basis), sets)
    return np.asarray(drawn - drawn.mean(axis=1, keepdims=True) + index[:, None])


def _weighted(rows: Floats, weights: Floats) -> Floats:
    """Sums (F, M, B) of rows (F, M, S) under each of the weights (S, B): one product, not F small ones, which take longer."""
    factors, terms, sets = rows.shape
    return (rows.reshape(-1, sets) @ weights).reshape(factors, terms, -1)


def _lower(difference: Floats, drawn: Floats) -> Floats:
    """Lower ends (F,) of the intervals of differences (F,) from resampled ones (F, B)."""
    return np.asarray(np.where(difference > 0, np.quantile(drawn, (1 - LEVEL) / 2, axis=1), 0.0))


def _share(name: str, index: float, drawn: Floats, position: Floats, answers: Floats) -> Share:
    low, high = (order_statistic(drawn, p) for p in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Share(
        name, float(index), min(max(low, 0.0), float(index)), min(max(high, float(index)), 1.0), _direction(position, answers)
    )


def _direction(position: Floats, answers: Floats) -> Direction:
    """By Spearman's rank correlation, where a t test at 5 % tells it from none."""
    rho = float(np.corrcoef(ranks(position), ranks(answers))[0, 1])
    df = answers.size - 2
    if rho**2 * df <= t_quantile(df) ** 2 * (1 - rho**2):
        return "either"
    return "up" if rho > 0 else "down"

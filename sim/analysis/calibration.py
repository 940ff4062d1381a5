"""Which sets of inputs agree with what was observed, how much each counts, and what that teaches about which input.

Each observed number is compared on a scale of its own: ln(1 + x) for people, flights, loads and stocks, hours for a pause.  The
**distance** of a set from it is the implausibility of history matching (Craig, Goldstein, Seheult and Smith 1997; Vernon,
Goldstein and Bower, *Bayesian Analysis* 5 (2010) 619-670),

    |mean of the set's replications - observed| / sqrt(observation + model + chance)

*observation*: mean square, about the value, of a number spread evenly over the observed range, low to high; *model*: that of a
discrepancy fixed beforehand; *chance*: s² (1 - 1/m), where s² is the variance between replications of one set, pooled over the
sets, and m the replications of a set, whose mean has the rest of it already.

A set **counts** as much as the Gaussian kernel exp(-sum of squared distances / 2): approximate Bayesian computation whose kernel
is the law of the errors, and whose weights are then the posterior under these errors, not near it (Wilkinson, *Stat. Appl.
Genet. Mol. Biol.* 12 (2013) 129-141).  A cut-off alone would give no distribution, which is what a file for ``--inputs`` is; how
many sets it would keep is told beside.  Errors of different numbers are taken as independent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.analysis.observations import Observation
from sim.analysis.sets import Sets
from sim.analysis.statistics import Floats
from sim.analysis.windows import Band

FITTED = "calibration"
"""The use of the rows that may be learnt from; no other row is ever read."""
AGREES = 3.0
"""A set agrees if its second largest distance is at most this: three sigma (Pukelsheim, *The American Statistician*, 1994)."""
ENOUGH = 20
"""The effective number of sets below which the kernel is widened."""
NEGLIGIBLE = 0.001
"""The sets that count least are left out, as long as they have no more than this share of all the weight together."""
LEVEL = 0.9
SHUFFLES = 499


def fitted(rows: Sequence[Observation]) -> tuple[Observation, ...]:
    """The rows that are learnt from: those marked ``calibration``, but for a load that follows from its people and flights."""
    kept = [row for row in rows if row.use == FITTED]
    there = {(row.window, row.operators, row.measure) for row in kept}

    def follows(row: Observation) -> bool:
        return row.measure == "load" and all((row.window, row.operators, other) in there for other in ("people", "flights"))

    return tuple(row for row in kept if not follows(row))


@dataclass(frozen=True, eq=False)
class Targets:
    """Observed numbers, each on the scale on which it is compared; arrays of shape (t,)."""

    value: Floats
    own: Floats
    """Variance of the observation itself."""
    model: Floats
    """Variance of what the model leaves out."""
    log: NDArray[np.bool_]
    """Whether the scale is ln(1 + x); hours otherwise."""

    def scaled(self, values: Floats) -> Floats:
        """Numbers (..., t) as they are simulated or observed, on the scales; a load where nothing flew (nan) is 0."""
        known = np.maximum(np.nan_to_num(values), 0.0)  # differences of rounded sums may be less than 0 by a hair
        return np.where(self.log, np.log1p(known), known)

    def back(self, at: float, column: int) -> float:
        """A number on a scale as it is observed."""
        return max(math.expm1(at) if self.log[column] else at, 0.0)

    def only(self, which: NDArray[np.bool_]) -> Targets:
        """Some of them."""
        return Targets(self.value[which], self.own[which], self.model[which], self.log[which])


def targets(rows: Sequence[Observation], discrepancy: float) -> Targets:
    """What *rows* ask of a set.

    *discrepancy*: one standard deviation of what the model leaves out, a share: 0.25 is a factor of 1.25 either way, or for a
    pause a quarter of it (of an hour at least).
    """
    log = np.array([row.measure != "pause" for row in rows], dtype=bool)
    blank = Targets(np.zeros(log.size), np.zeros(log.size), np.zeros(log.size), log)
    seen = [[row.value if end is None else end for end in (row.low, row.value, row.high)] for row in rows]
    low, value, high = (blank.scaled(column) for column in np.array(seen).reshape(-1, 3).T)
    below, above = value - low, high - value
    own = (below**2 - below * above + above**2) / 3
    model = np.where(log, math.log1p(discrepancy), discrepancy * np.maximum(value, 1.0)) ** 2
    return Targets(value, own, model, log)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """What the replications of all sets gave for each observed number."""

    values: Floats
    """Shape (n, t), on the scales."""
    sets: Sets
    """Which set each replication belongs to; s sets."""

    @cached_property
    def means(self) -> Floats:
        """Shape (s, t)."""
        return np.column_stack([self.sets.means(column) for column in self.values.T])

    @cached_property
    def chance(self) -> Floats:
        """Shape (t,): variance between replications of one set, pooled; 0 where no set has two, which need none."""
        spare = int((self.sets.size - 1).sum())
        off = self.values - self.means[self.sets.index]
        return np.asarray((off**2).sum(axis=0) / spare if spare else np.zeros(self.values.shape[1]))

    def distances(self, observed: Targets) -> Floats:
        """Shape (s, t): how far each set is from each number, in standard deviations of all that may lie between them."""
        part = 1 - 1 / self.sets.size[:, None]
        spread = np.sqrt(observed.own + observed.model + self.chance * part)
        return np.asarray(np.abs(self.means - observed.value) / spread)

    def shares(self, weights: Floats) -> Floats:
        """Shape (n,): what a replication counts, where its set counts *weights* (s,); they add up to 1."""
        each = (weights / weights.sum() / self.sets.size)[self.sets.index]
        return np.asarray(each)


def second_largest(distances: Floats) -> Floats:
    """Shape (s,): of each set the largest distance but one, so that one odd number does not rule it out; of one number that."""
    return np.asarray(np.sort(distances, axis=1)[:, -min(2, distances.shape[1])])


def effective(weights: Floats) -> float:
    """Number of equally weighted sets that tell as much (Kish, *Survey Sampling*, 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


class Weighted(NamedTuple):
    """How much each set counts."""

    weights: Floats
    """Shape (s,), adding up to 1; 0 where it is negligible."""
    width: float
    """How many times the stated errors the kernel is wide: 1 unless too few sets would have counted."""

    @property
    def effective(self) -> float:
        """Number of equally weighted sets that tell as much."""
        return effective(self.weights)


def weighed(distances: Floats, enough: float = ENOUGH) -> Weighted:
    """Weights of sets at *distances* (s, t): the kernel as wide as the errors, or just so wide that *enough* sets count.

    Of fewer than four times *enough* sets a quarter has to count, since all of them would have learnt nothing.
    """
    squares = (distances**2).sum(axis=1)
    squares = squares - squares.min()
    enough = min(enough, squares.size / 4)
    width = 1.0
    if effective(_kernel(squares, width)) < enough:
        width = _widened(squares, enough)
    weights = _kernel(squares, width)
    return Weighted(weights / weights.sum(), width)


def _kernel(squares: Floats, width: float) -> Floats:
    """Weights (s,), those that are negligible together set to nothing: what is written need not hold thousands of them."""
    weights = np.exp(-squares / (2 * width**2))
    order = np.argsort(weights, kind="stable")
    weights[order[np.cumsum(weights[order]) <= NEGLIGIBLE * weights.sum()]] = 0.0
    return np.asarray(weights)


def _widened(squares: Floats, enough: float) -> float:
    """The least width with which *enough* sets count; the effective number grows with the width."""
    low, high = 1.0, 2.0
    while effective(_kernel(squares, high)) < enough and high < 1e6:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(_kernel(squares, middle)) < enough else (low, middle)
    return high


def band(values: Floats, shares: Floats, variance: float, level: float = LEVEL) -> Band:
    """Where a number would be observed: quantiles of replications (n,) that count *shares*, with a normal error around each."""
    low, high = (quantile(values, shares, variance, p) for p in ((1 - level) / 2, (1 + level) / 2))
    return Band(low, high)


def quantile(values: Floats, shares: Floats, variance: float, p: float) -> float:
    """Quantile of normal laws of one *variance* around *values* (n,), mixed by *shares*; without variance that of the values."""
    some = shares > 0
    values, shares = values[some], shares[some]
    if variance == 0:
        order = np.argsort(values, kind="stable")
        place = int(np.searchsorted(np.cumsum(shares[order]), p - 1e-12))
        return float(values[order][min(place, values.size - 1)])
    error = math.sqrt(variance)
    low, high = float(values.min()) - 10 * error, float(values.max()) + 10 * error
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if float(shares @ special.ndtr((middle - values) / error)) < p else (low, middle)
    return (low + high) / 2


class Learnt(NamedTuple):
    """What the weights say about each input, shape (factors,), and from where on that is more than chance."""

    distance: Floats
    """Greatest difference between the share of the weight and of the sets below a place of the range (Kolmogorov, Smirnov)."""
    p: Floats
    """Share of shuffles in which the input that stands out most stands out as much."""
    floor: float
    """What that one stays below in 95 % of the shuffles."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Inputs about which something was learnt."""
        return self.distance > self.floor + 1e-12


def learnt(positions: Floats, weights: Floats, block: NDArray[np.int64]) -> Learnt:
    """What *weights* (s,) of sets at *positions* (s, factors) say about each factor.

    Weights are dealt to the sets at random :data:`SHUFFLES` times, within each *block* (s,), where the design itself put the
    places of a factor in an order at random; the floor is that of the largest distance over all factors, so that in one
    calibration of twenty that teaches nothing any factor at all is named.
    """
    order = np.argsort(positions, axis=0, kind="stable")
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([weights.size, positions.shape[1]])))
    distance = _apart(order, weights)
    most = np.sort([_apart(order, weights[_dealt(block, rng)]).max(initial=0.0) for _ in range(SHUFFLES)])
    p = (1 + SHUFFLES - np.searchsorted(most, distance - 1e-12)) / (1 + SHUFFLES)
    return Learnt(distance, p, float(most[math.ceil(0.95 * (SHUFFLES + 1)) - 1]))


def _dealt(block: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Another place within its block for each set."""
    home, dealt = np.argsort(block, kind="stable"), np.lexsort((rng.random(block.size), block))
    places = np.empty_like(home)
    places[home] = dealt
    return places


def _apart(order: NDArray[np.int64], weights: Floats) -> Floats:
    heaped = np.cumsum(weights[order] / weights.sum(), axis=0)
    even = np.arange(1, weights.size + 1)[:, None] / weights.size
    return np.asarray(np.abs(heaped - even).max(axis=0, initial=0.0))

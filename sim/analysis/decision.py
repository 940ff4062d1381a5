"""A decision before it is known how things are: options against states of the world, which are sets of inputs.

All options meet the same states.  A **loss** is what is to be small: people left behind, hours, or minus a share that is to be
large.  Shapes: (K, n) for K options and n replications, (K, S) for S sets.

**Chosen.**  The option of least mean loss is named if no other can be better by more than *within*: every mean paired difference
has a one-sided interval at (1 - level) / (K - 1).  If *b* is the best and *o* is worse than it by more than *within*, *o* is
named only if the interval of that one pair is wrong; so that what is named is the best, or within *within* of it, with at
least that level (indifference zone: Bechhofer, Ann. Math. Statist. 25 (1954) 16-39; Nelson and Matejcik, Management Science 41
(1995) 1935-1945).

**Regret** in a state is the loss beyond that of the option which is best in that state, and the value of knowing the state is
the regret of the option that is best on average.  The best of a few means is better by chance than any is in truth.  So each
set is split: which option suits it is told from one half of its replications, what that costs is measured on the other, both
ways round, and averaged.  What one half says of a set is drawn towards the mean over sets as far as the halves disagree
(cross-fitted over fifths of the sets), since a guide that is mostly noise had better be ignored.  Two options that are alike
have no regret on average; where they differ the regret is too low rather than too high, as some sets are judged wrongly.
Where every replication is a state of its own nothing can be split: its regret is that of hindsight, chance included.

Sources: regret, Savage, J. Amer. Statist. Assoc. 46 (1951) 55-67; value of information, Raiffa and Schlaifer, *Applied
Statistical Decision Theory* (1961), chapter 4; its bias, Oakley, Brennan, Tappenden and Chilcott, J. Health Econ. 29 (2010)
468-477.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from sim.analysis.looks import Look, level_of
from sim.analysis.sets import Sets, mean, quantile
from sim.analysis.statistics import LEVEL, Estimate, Floats, rarely_differs

Ints = NDArray[np.int64]
FOLDS = 5
"""Parts of the sets: what is fitted to four is used in the fifth."""
WORST = 0.9
"""Share of the sets in which the loss isn't exceeded."""
TAIL = 0.1
"""Share of the sets over which the greatest regret is averaged: that of one set alone is mostly chance."""
MOST_SETS = 1_000_000


@dataclass(frozen=True, eq=False)
class States:
    """What every option loses in the states of the world that all of them have met."""

    values: Floats
    """Shape (K, n): the loss in each replication, finite."""
    sets: Sets
    """Of the n replications."""
    bounds: tuple[float, float]
    """No loss lies beyond."""

    @classmethod
    def of(cls, losses: ArrayLike, sets: Sets, bounds: tuple[float, float]) -> States:
        """Replications in which an option has no value (nan) are left out for all; raises ValueError for infinite losses."""
        values = np.asarray(losses, dtype=np.float64)
        if np.isinf(values).any():
            raise ValueError("losses that are infinite")
        both: NDArray[np.bool_] = np.asarray(~np.isnan(values).any(axis=0))
        return cls(values[:, both], sets.where(both), bounds)

    @property
    def options(self) -> int:
        """K."""
        return int(self.values.shape[0])

    @cached_property
    def loss(self) -> Floats:
        """Shape (K, S): the mean of each set."""
        return np.array([self.sets.means(row) for row in self.values]).reshape(self.options, self.sets.count)

    @cached_property
    def halves(self) -> Floats:
        """Shape (2, K, S): the means over every other replication of a set, nan where there is only one."""
        order = np.argsort(self.sets.index, kind="stable")
        size = self.sets.size
        nth = np.empty(order.size, dtype=np.int64)
        nth[order] = np.arange(order.size) - np.repeat(np.cumsum(size) - size, size)
        sides = [[self.sets.means(np.where(nth % 2 == half, row, np.nan)) for row in self.values] for half in (0, 1)]
        return np.array(sides).reshape(2, self.options, self.sets.count)

    @property
    def reach(self) -> float:
        """How far two losses can lie apart."""
        return self.bounds[1] - self.bounds[0]

    def expected(self, option: int, level: float = LEVEL) -> Estimate:
        """Mean loss of an option."""
        return mean(self.values[option], self.sets, self.bounds, level)

    def worst(self, option: int, level: float = LEVEL) -> Estimate:
        """The mean loss that isn't exceeded in nine of ten sets."""
        return quantile(self.loss[option], alone(self.sets.count), WORST, level)

    def beyond(self, option: int, other: int, level: float = LEVEL) -> Estimate:
        """How much more *other* loses than *option*, paired; no ends of nothing."""
        return mean(self.values[other] - self.values[option], self.sets, (-self.reach, self.reach), level)


def alone(count: int) -> Sets:
    """So many sets of one entry each."""
    return Sets.of(np.arange(count))


class Best(NamedTuple):
    """In how many sets an option is best."""

    share: Estimate
    """Of the sets; one that several share counts as a part for each."""
    alone: int
    """Sets in which no other comes within the indifference."""
    shared: int
    """Sets that it shares."""


def best_shares(states: States, within: float, level: float = LEVEL) -> list[Best]:
    """For each option the sets in which it is best as simulated, or no more than *within* from the best."""
    if not states.sets.count:
        return [Best(Estimate(math.nan, None, None), 0, 0)] * states.options
    near = states.loss <= states.loss.min(axis=0) + within + 1e-9 * max(states.reach, 1e-300)
    many = near.sum(axis=0)
    units = alone(states.sets.count)
    return [
        Best(
            mean(one / many, units, (0.0, 1.0), level, certain=True),
            int(np.count_nonzero(one & (many == 1))),
            int(np.count_nonzero(one & (many > 1))),
        )
        for one in near
    ]


@dataclass(frozen=True)
class Selection:
    """Which option is chosen, and how sure that is."""

    best: int
    """The option of least mean loss."""
    named: bool
    """Whether it is the best, or within the indifference of it, with the level that was asked for."""
    beyond: tuple[Estimate, ...]
    """How much more each option loses than the best, with an interval at the level of the pairs; zeros for itself."""
    alike: tuple[int, ...]
    """Options that differ from it by no more than the indifference, wherever in their intervals they lie."""
    rivals: tuple[int, ...]
    """Options that may be better by more than the indifference."""
    needed: int | None
    """About how many sets would tell, if means and spread stayed; None where it is told, or no number would."""


def select(states: States, within: float, look: Look | None = None, kinds: Sequence[int] = ()) -> Selection:
    """The choice from the sets there are; *look*: at which look of a growing number of them.

    *kinds*: a number for each option, equal for those that are known to be the same; none are if it is empty.
    """
    best = int(np.argmin(states.values.mean(axis=1))) if states.sets.count else 0
    level = pair_level(states.options, look)
    kinds = kinds or range(states.options)
    same = [kind == kinds[best] for kind in kinds]
    ends = tuple(Estimate(0.0, 0.0, 0.0) if alike else states.beyond(best, k, level) for k, alike in enumerate(same))
    others = [k for k in range(states.options) if k != best]
    rivals = tuple(k for k in others if ends[k].low is None or ends[k].low < -within)  # type: ignore[operator]
    alike = tuple(k for k in others if k not in rivals and ends[k].high is not None and ends[k].high <= within)  # type: ignore[operator]
    needed = sets_needed(states, best, rivals, within, look) if rivals else None
    return Selection(best, not rivals, ends, alike, rivals, needed)


def pair_level(options: int, look: Look | None = None) -> float:
    """The two-sided level of a pair's interval whose one end serves: an error of (1 - level) / (K - 1) on that side."""
    return 1 - 2 * (1 - level_of(look)) / max(options - 1, 1)


def sets_needed(states: States, best: int, rivals: tuple[int, ...], within: float, look: Look | None) -> int | None:
    """Roughly how many sets would show that no rival is better by more than *within*; None beyond a million.

    A normal end of the mean difference as it is; where hardly any set differs, what a set that wasn't seen may still do.
    """
    if states.sets.count < 2:
        return None
    differences = states.loss[list(rivals)] - states.loss[best]
    room = differences.mean(axis=1) + within
    if (room <= 0).any():
        return None
    spread = differences.std(axis=1, ddof=1)
    rare = np.array([states.reach if rarely_differs(d) else 0.0 for d in differences])
    number, sets = (look.number if look else 1), states.sets.count
    while sets < MOST_SETS:
        sets, number = 2 * sets, number + 1
        level = pair_level(states.options, None if look is None else Look(number))
        tail = (1 - level) / 2
        far = np.maximum(-special.ndtri(tail) * spread / math.sqrt(sets), -math.log(tail) * rare / sets)
        if (far <= room).all():
            return sets
    return None


@dataclass(frozen=True)
class Regrets:
    """What it costs to have chosen before it was known."""

    expected: tuple[Estimate, ...]
    """Of each option, over all sets."""
    greatest: tuple[Estimate, ...]
    """Of each option, over the tenth of the sets in which it regrets most."""
    knowing: Estimate
    """What it would be worth to know the whole state before choosing; 0 at the least."""
    split: bool
    """Whether sets were split; else each replication is a state of its own and chance counts as known."""


def regrets(states: States, level: float = LEVEL) -> Regrets:
    """Regret of every option and the value of knowing; nan without ends where there is no set."""
    split = not states.sets.single
    both = np.isfinite(states.halves).all(axis=(0, 1)) if split else np.ones(states.sets.count, dtype=bool)
    judged = states.halves[:, :, both] if split else np.stack((states.loss, states.loss))
    if judged.shape[2] < 1:
        nothing = Estimate(math.nan, None, None)
        return Regrets((nothing,) * states.options, (nothing,) * states.options, nothing, split)
    parts = [_one_way(judged[a], judged[1 - a], split) for a in (0, 1)]
    units, limits = alone(judged.shape[2]), (-states.reach, states.reach)
    over = (parts[0].regret + parts[1].regret) / 2
    expected = tuple(mean(row, units, limits, level) for row in over)
    greatest = tuple(_greatest(parts, k, limits, level) for k in range(states.options))
    value, low, high = expected[int(np.argmin(states.values.mean(axis=1)))]
    knowing = Estimate(max(value, 0.0), None if low is None else max(low, 0.0), None if high is None else max(high, 0.0))
    return Regrets(expected, greatest, knowing, split)


class _Judged(NamedTuple):
    """One way round: sets judged by one half of their replications and measured on the other."""

    guess: Floats
    """Shape (K, S): regret as the one half has it."""
    regret: Floats
    """Shape (K, S): as the other has it."""


def _one_way(judged: Floats, measured: Floats, shrink: bool) -> _Judged:
    if not shrink:
        return _Judged(judged - judged.min(axis=0), measured - np.take_along_axis(measured, judged.argmin(axis=0)[None], axis=0))
    sets = judged.shape[1]
    guess, fold = np.empty_like(judged), np.arange(sets) % FOLDS
    relative = [half - half.mean(axis=0) for half in (judged, measured)]
    for k in range(FOLDS):
        here = fold == k
        rest = ~here if (~here).sum() >= 2 else np.ones(sets, dtype=bool)
        guess[:, here] = _drawn_in(relative[0][:, here], relative[0][:, rest], relative[1][:, rest])
    least = np.take_along_axis(measured, guess.argmin(axis=0)[None], axis=0)
    return _Judged(guess - guess.min(axis=0), measured - least)


def _drawn_in(here: Floats, first: Floats, second: Floats) -> Floats:
    """Relative losses (K, s) of one half, drawn towards the mean as far as the two halves of other sets (K, S) disagree."""
    centre, other = first.mean(axis=1, keepdims=True), second.mean(axis=1, keepdims=True)
    spread = ((first - centre) ** 2).sum(axis=1, keepdims=True)
    shared = ((first - centre) * (second - other)).sum(axis=1, keepdims=True)
    slope = np.clip(shared / np.where(spread > 0, spread, 1.0), 0.0, 1.0)
    return np.asarray((centre + other) / 2 + slope * (here - centre))


def _greatest(parts: list[_Judged], option: int, limits: tuple[float, float], level: float) -> Estimate:
    """Mean regret over the tenth of the sets that the one half says are worst, as the other measures it."""
    values, where = [], []
    for part in parts:
        worst = np.argsort(-part.guess[option], kind="stable")[: max(math.ceil(TAIL * part.guess.shape[1] - 1e-9), 1)]
        values.append(part.regret[option, worst])
        where.append(worst)
    return mean(np.concatenate(values), Sets.of(np.concatenate(where)), limits, level)

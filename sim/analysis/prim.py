"""The patient rule induction method, PRIM: a box in a few factors in which failures are dense.

From all sets on, the slice of :data:`PEEL` of the sets inside is cut off at the end of that factor where it takes the fewest
failures with it; of all boxes on the way the one whose inside correlates most with failing (phi) is kept.  With a hundred sets
and more factors than sets, free peeling would soon cut factors without effect.  So factors join one at a time, at most
:data:`MOST_FACTORS`, each the one with the best single cut in the box so far, and a limit stays only where what it cuts off fails
less often than what it keeps by Fisher's exact test, at :data:`EARNS` over both ends of all factors (Bonferroni).

Sources

- PRIM: Friedman and Fisher, *Bump hunting in high-dimensional data*, Statistics and Computing 9 (1999) 123-143
- dropping limits by a test: Bryant and Lempert, *Thinking inside the box*, Technol. Forecast. Soc. Change 77 (2010) 34-49
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from sim.analysis.statistics import Floats

Bools = NDArray[np.bool_]
Counts = Floats | NDArray[np.int64]
Limits = Mapping[int, tuple[float, float]]
"""Number of a factor → low and high; open at 0 and at 1."""
PEEL = 0.05
MOST_FACTORS = 3
SUPPORT = 0.08
"""Least share of the sets that a box may hold, and at least :data:`LEAST_INSIDE` of them."""
LEAST_INSIDE = 4
EARNS = 0.05
"""Chance, over both ends of all factors, at which a limit without effect stays."""
OPEN = (0.0, 1.0)


def chance(failures_inside: int, inside: int, failures: int, sets: int) -> float:
    """Fisher's exact test, one-sided: chance of so many failures inside or more if being inside says nothing."""
    k = np.arange(failures_inside, min(failures, inside) + 1)
    log = _log_ways(failures, k) + _log_ways(sets - failures, inside - k) - _log_ways(sets, inside)
    return min(float(np.exp(log).sum()), 1.0)


def _log_ways(n: int, k: ArrayLike) -> Floats:
    """Logarithm of the ways to choose *k* of *n*; minus infinity where there is none."""
    k = np.asarray(k, dtype=np.float64)
    ways = special.gammaln(n + 1) - special.gammaln(np.maximum(k, -1) + 1) - special.gammaln(np.maximum(n - k, -1) + 1)
    return np.asarray(np.where((k >= 0) & (k <= n), ways, -np.inf))


def search(x: Floats, failed: Bools) -> dict[int, tuple[float, float]]:
    """The box of these sets; empty if no limit earns its place."""
    box: dict[int, tuple[float, float]] = {}
    if not failed.any() or failed.all():
        return box
    for _ in range(min(MOST_FACTORS, x.shape[1])):
        factor = _joining(x, failed, box)
        if factor is None:
            break
        wider = _earned(x, failed, _peeled(x, failed, [*box, factor]))
        if factor not in wider:
            break
        box = wider
    return box


def least_inside(sets: int) -> int:
    return max(math.ceil(SUPPORT * sets), LEAST_INSIDE)


def phi_of(kept: Counts, failures_kept: Counts, sets: int, failures: int) -> Floats:
    """Correlation of being inside with failing, from counts: Pearson's phi of the table of two by two."""
    spread = kept * (sets - kept) * failures * (sets - failures)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(spread > 0, (failures_kept * sets - kept * failures) / np.sqrt(spread), 0.0))


def _joining(x: Floats, failed: Bools, box: Limits) -> int | None:
    """The factor whose best single cut through *box* has the largest phi; None where none improves on the box."""
    inside = inside_of(x, box)
    n, least, failures = int(inside.sum()), least_inside(failed.size), int(failed.sum())
    others = np.array([k for k in range(x.shape[1]) if k not in box], dtype=np.int64)
    if others.size == 0 or n <= least:
        return None
    order = np.argsort(x[np.ix_(inside, others)], axis=0, kind="stable")
    sums = np.cumsum(failed[inside][order], axis=0).astype(np.float64)
    kept = np.arange(least, n, dtype=np.float64)[:, None]
    below = phi_of(kept, sums[least - 1 : n - 1], failed.size, failures)
    above = phi_of(kept, sums[-1] - sums[n - least - 1 :: -1], failed.size, failures)
    best = np.maximum(below.max(axis=0), above.max(axis=0))
    now = float(phi_of(np.array([float(n)]), sums[-1, :1], failed.size, failures)[0])
    return int(others[np.argmax(best)]) if best.max() > now else None


def _peeled(x: Floats, failed: Bools, factors: Sequence[int]) -> dict[int, tuple[float, float]]:
    """PRIM in these factors: of all boxes from the whole on, the one with the largest phi."""
    box: dict[int, tuple[float, float]] = dict.fromkeys(factors, OPEN)
    best, largest, least = dict(box), 0.0, least_inside(failed.size)
    inside = np.ones(failed.size, dtype=bool)
    moving = list(factors)
    while moving and inside.sum() > least:
        cut = max(int(PEEL * inside.sum()), 1)
        factor, side = _peel(x[inside], failed[inside], cut, moving)
        smaller_box = {**box, factor: _cut(x[inside, factor], cut, box[factor], side)}
        smaller = inside_of(x, smaller_box)
        if smaller.sum() < least or smaller.sum() == inside.sum():  # many sets with the same value
            moving.remove(factor)
            continue
        box, inside = smaller_box, smaller
        phi = float(phi_of(np.array(inside.sum()), np.array((inside & failed).sum()), failed.size, int(failed.sum())))
        if phi > largest:
            best, largest = box, phi
    return best


def _cut(values: Floats, cut: int, limits: tuple[float, float], side: int) -> tuple[float, float]:
    """Limits without the lowest (or highest) *cut* values and those equal to them, halfway to the next."""
    last = np.sort(values)[cut - 1 if side == 0 else -cut]
    rest = values[values > last] if side == 0 else values[values < last]
    if rest.size == 0:
        return limits
    edge = float(last + (rest.min() if side == 0 else rest.max())) / 2
    return (edge, limits[1]) if side == 0 else (limits[0], edge)


def _peel(x: Floats, failed: Bools, cut: int, factors: Sequence[int]) -> tuple[int, int]:
    """Factor and side (0 low, 1 high) whose slice of *cut* sets takes the fewest failures along."""
    order = np.argsort(x[:, list(factors)], axis=0, kind="stable")
    lost = np.stack([failed[order[:cut]].sum(axis=0), failed[order[-cut:]].sum(axis=0)])
    side, k = np.unravel_index(np.argmin(lost), lost.shape)
    return factors[int(k)], int(side)


def _earned(x: Floats, failed: Bools, box: Limits) -> dict[int, tuple[float, float]]:
    """The box without the limits that don't earn their place, the least certain first."""
    kept = dict(box)
    while True:
        tested = [
            (_limit_chance(x, failed, kept, k, side), k, side) for k in kept for side in (0, 1) if kept[k][side] != OPEN[side]
        ]
        worst = max(tested, default=(0.0, 0, 0))
        if worst[0] * 2 * x.shape[1] <= EARNS:
            return {k: limits for k, limits in kept.items() if limits != OPEN}
        kept[worst[1]] = _opened(kept[worst[1]], worst[2])


def _opened(limits: tuple[float, float], side: int) -> tuple[float, float]:
    return (OPEN[0], limits[1]) if side == 0 else (limits[0], OPEN[1])


def _limit_chance(x: Floats, failed: Bools, box: Limits, factor: int, side: int) -> float:
    """Chance that what one limit keeps fails so much more often than what it cuts off, if it made no difference."""
    wide, inside = inside_of(x, {**box, factor: _opened(box[factor], side)}), inside_of(x, box)
    return chance(int((inside & failed).sum()), int(inside.sum()), int((wide & failed).sum()), int(wide.sum()))


def inside_of(x: Floats, box: Limits) -> Bools:
    held = np.ones(x.shape[0], dtype=bool)
    for k, (low, high) in box.items():
        held &= (x[:, k] >= low) & (x[:, k] <= high)
    return held

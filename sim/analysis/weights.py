"""Sets weighted at random, as what else might have been drawn: the distribution behind intervals over sets, and draws of it.

Weights are exponential, one a set, so that their shares are uniform over all that add up to 1 (Dirichlet; Rubin, Ann. Statist. 9
(1981) 130-134).  With one point more, at the end of what is possible, the ends cover with certainty for zeros and ones, where
they are Clopper and Pearson's, and for all that was tried of other bounded values (Gaffke, *Three test statistics for a
nonparametric one-sided hypothesis on the mean of a nonnegative variable*, Math. Methods Statist. 14 (2005) 451-467;
Learned-Miller and Thomas, arXiv:1905.06208).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from scipy import special

from sim.analysis.statistics import Floats

DRAWS = 2000
"""Draws of all weights: 50 of them in each tail of a 95 % interval."""
_BLOCK = 200
"""Draws made at once."""
_KEPT = 1000
"""Sets up to which all draws are kept (16 MB); those of more are made again each time, a block at a time."""


def positive_tail(y: Floats, count: Floats) -> Floats:
    """Standard normal deviates z for which P(sum of the weighted *y* > 0) = 1 - Phi(z), a column each.

    *y*: shape (terms, 1) or (terms, c), values of terms whose weights are exponential with mean 1; *count*: shape (terms, c),
    how many terms have that value.  -inf where no value in a column is negative, inf where none is positive.

    The saddlepoint r* = r + log(u / r) / r (Barndorff-Nielsen, Biometrika 73 (1986) 307-322) of the cumulants
    K(s) = -sum count log(1 - s y); against Clopper and Pearson's ends it is off by less than 1 % of the end.
    """
    y, count = np.broadcast_arrays(y, count)
    some = count > 0
    up, down = ((some & side).any(axis=0) for side in (y > 0, y < 0))
    z = np.where(up, -np.inf, np.inf)
    both = up & down
    if both.any():
        z[both] = _signed_root(y[:, both], count[:, both], np.zeros(int(both.sum())))[0]
    return z


def _signed_root(y: Floats, count: Floats, s: Floats) -> tuple[Floats, Floats, Floats]:
    """r* of :func:`positive_tail` where values of both signs are, r, and the root s of K', sought from *s* on; shape (c,) each.

    K is self-concordant, so that damped Newton steps never leave the range in which all 1 - s y are positive
    (Boyd and Vandenberghe, *Convex Optimization* (2004), 9.6).
    """
    y = np.where(count > 0, y, 0.0)  # what isn't there must not bound s
    for _ in range(100):
        tilted = y / (1 - s * y)
        slope, curve = (count * tilted).sum(axis=0), (count * tilted**2).sum(axis=0)
        decrement = np.abs(slope) / np.sqrt(curve)
        if decrement.max() < 1e-6:
            break
        s = s - slope / curve / np.where(decrement > 0.25, 1 + decrement, 1.0)
    inside = np.maximum(-s * y, np.nextafter(-1.0, 0.0))  # rounding may put 1 - s y just below nothing
    r = np.sign(s) * np.sqrt(2 * np.maximum((count * np.log1p(inside)).sum(axis=0), 0.0))
    u = s * np.sqrt(curve)
    flat = np.abs(r) < 1e-6  # near the mean r* is r, and log(u / r) / r is nothing over nothing
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(flat, r, r + np.log(u / r) / r), r, s


def upper_end(values: Floats, size: Floats, beyond: float, tail: float) -> float:
    """The number that the weighted mean of *values* and one more at *beyond* exceeds with probability *tail*, under 0.5.

    *values*: shape (sets,), none above *beyond*; *size*: shape (sets,), how many replications a set's mean is of: its weight is
    that many times an exponential one, that of *beyond* as many as the largest set has.
    """
    if _is_all_at(beyond, values):
        return beyond
    x, b, k = _terms(values, size, beyond)
    low, high = float((k * b * x).sum() / (k * b).sum()), beyond
    wanted, s = float(-special.ndtri(tail)), np.zeros(1)
    spread = math.sqrt(float((k * (b * (x - low)) ** 2).sum())) / float((k * b).sum())
    end = min(low + wanted * spread, (low + high) / 2)
    for _ in range(60):
        y = b * (x - end)
        z, r, s = _signed_root(y, k, np.minimum(s, 0.9 / y.max()))
        low, high = (end, high) if z[0] < wanted else (low, end)
        if abs(z[0] - wanted) < 1e-5:
            break
        steep = s * (k * b / (1 - s * y)).sum(axis=0) / r  # of r, which r* follows closely
        step = end + float((wanted - z[0]) / steep[0])
        end = step if low < step < high else (low + high) / 2
    return end


def ends_below(values: Floats, size: Floats, beyond: float, tail: float, limit: float) -> bool:
    """Whether :func:`upper_end` is below a *limit*, which one look at the limit tells, unless the end is all but there."""
    if _is_all_at(beyond, values):
        return beyond < limit
    x, b, k = _terms(values, size, beyond)
    deviate, wanted = float(positive_tail(b * (x - limit), k)[0]), float(-special.ndtri(tail))
    if abs(deviate - wanted) < 1e-3:
        return upper_end(values, size, beyond, tail) < limit
    return deviate > wanted


def _is_all_at(beyond: float, values: Floats) -> bool:
    """Whether all *values* are where the one more is, but for rounding."""
    return bool(beyond - values.min() <= 1e-12 * np.abs(values).max())


def _terms(values: Floats, size: Floats, beyond: float) -> tuple[Floats, Floats, Floats]:
    """Values, sizes and how many sets have them, the one more included; shape (terms, 1) each: with zeros mostly, few terms."""
    x, most = np.append(values, beyond), size.max()
    if size.min() == most:  # as good as always, and rows take four times as long to sort as numbers
        one, count = np.unique(x, return_counts=True)
        return one[:, None], np.full((one.size, 1), most), count[:, None].astype(np.float64)
    terms, count = np.unique(np.column_stack((x, np.append(size, most))), axis=0, return_counts=True)
    return terms[:, :1], terms[:, 1:], count[:, None].astype(np.float64)


@lru_cache(maxsize=2)
def _kept(sets: int) -> tuple[Floats, ...]:
    return tuple(_made(sets))


def _made(sets: int) -> Iterator[Floats]:
    for block in range(DRAWS // _BLOCK):
        rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([sets, block])))
        yield rng.standard_exponential((_BLOCK, sets))


def draws(sets: int) -> Iterator[Floats]:
    """Exponential weights of *sets* sets, in blocks of shape (draws, sets).

    The same for the same number of sets, whatever they are weights of; not to be written to.
    """
    return iter(_kept(sets)) if sets <= _KEPT else _made(sets)

"""When does it fail?  A box in two or three inputs in which failures are dense, measured on sets that didn't choose it.

The search of :mod:`sim.analysis.prim` runs on each half of the sets, and its box is measured on the other half (cross-fitting):
coverage and density are those of both measurements together.  A box is shown if the density beats the base rate in either of
them (Fisher, one-sided, 5 % for the two together).  It is that of all sets, which had twice as many to go by: on average no
worse than what is said of it.

Sources

- scenario discovery, coverage and density: Bryant and Lempert, *Thinking inside the box*, Technol. Forecast. Soc. Change 77
  (2010) 34-49
- tests on the half that didn't choose: Cox, *A note on data splitting for the evaluation of significance levels*, Biometrika 62
  (1975) 441-444
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.analysis.prim import Bools, chance, inside_of, search
from sim.analysis.statistics import LEVEL, Floats

FEWEST = 20
TOO_FEW = "too few sets to tell"
NO_FAILURE = "no set fails"
ALL_FAIL = "every set fails"
NO_BOX = "no box in a few inputs holds on sets that didn't choose it"


@dataclass(frozen=True)
class Limit:
    """Between which quantiles of one factor the box lies; 0 and 1 are open ends."""

    name: str
    low: float
    high: float


def within(limits: Sequence[Limit], x: ArrayLike, names: Sequence[str]) -> Bools:
    """Which of the sets (S, F), with the names of the F factors, keep to all *limits*; (S,)."""
    return inside_of(np.asarray(x, dtype=np.float64), {names.index(m.name): (m.low, m.high) for m in limits})


@dataclass(frozen=True)
class Box:
    """Where failures are dense, and how dense, on sets that didn't choose it."""

    limits: tuple[Limit, ...]
    """In the order in which they joined."""
    coverage: float
    """Share of the failures that lie inside."""
    density: float
    """Share of the sets inside that fail."""
    base_rate: float
    """Share of all sets that fail."""
    inside: int
    """Sets inside, of ``measured``."""
    measured: int
    """Sets that measured it."""
    p_value: float
    """That of the density against the base rate, for both halves together."""

    def holds(self, x: ArrayLike, names: Sequence[str]) -> Bools:
        """Which of the sets lie inside, as :func:`within`."""
        return within(self.limits, x, names)


@dataclass(frozen=True)
class Discovery:
    """The box, or why there is none."""

    box: Box | None
    sets: int
    failures: int
    reason: str = ""


def discover(x: ArrayLike, failed: ArrayLike, names: Sequence[str], *, seed: int = 0) -> Discovery:
    """Looks for a box among sets *x* (S, F), quantiles in 0 to 1, of which *failed* (S,) are true.

    *seed* decides which sets form the halves.  Raises ValueError for shapes that don't agree or values out of 0 to 1.
    """
    positions, failures = _checked(x, failed, names)
    sets, many = failures.size, int(failures.sum())
    reason = TOO_FEW if sets < FEWEST else NO_FAILURE if many == 0 else ALL_FAIL if many == sets else ""
    box = None if reason else _crossed(positions, failures, names, seed)
    return Discovery(box, sets, many, reason or ("" if box else NO_BOX))


def limit_text(limit: Limit) -> str:
    """Where in the range of its factor a box lies: ``in its upper 40 %``, ``between its 35 % and 65 % points``.

    Quantiles, in fives, since a hundred sets know them no better.
    """
    low, high = (20 * q for q in (limit.low, limit.high))
    low, high = 5 * max(round(low), int(limit.low > 0)), 5 * min(round(high), 20 - int(limit.high < 1))
    if low == 0:
        return f"in its lower {high} %"
    return f"in its upper {100 - low} %" if high == 100 else f"between its {low} % and {high} % points"


def _checked(x: ArrayLike, failed: ArrayLike, names: Sequence[str]) -> tuple[Floats, Bools]:
    positions, failures = np.asarray(x, dtype=np.float64), np.asarray(failed)
    if failures.dtype != np.bool_ or failures.ndim != 1 or positions.shape != (failures.size, len(names)):
        shapes = f"{positions.shape} and {failures.shape} of {failures.dtype}"
        raise ValueError(f"expected x ({failures.size}, {len(names)}) and one truth a set, got {shapes}")
    if not ((positions >= 0) & (positions <= 1)).all():
        raise ValueError("expected quantiles between 0 and 1")
    return positions, failures


@dataclass(frozen=True)
class _Measured:
    """One box on the sets of the other half."""

    inside: int
    failures_inside: int
    sets: int
    failures: int

    @property
    def p_value(self) -> float:
        return chance(self.failures_inside, self.inside, self.failures, self.sets)


def _crossed(x: Floats, failed: Bools, names: Sequence[str], seed: int) -> Box | None:
    measured = list(_measurements(x, failed, seed))
    p_value = min([1.0, *(2 * m.p_value for m in measured)])
    limits = search(x, failed) if p_value <= 1 - LEVEL else {}
    inside, inside_failing = sum(m.inside for m in measured), sum(m.failures_inside for m in measured)
    if not limits or inside_failing <= inside * failed.mean():
        return None
    return Box(
        limits=tuple(Limit(names[k], *limits[k]) for k in limits),
        coverage=inside_failing / sum(m.failures for m in measured),
        density=inside_failing / inside,
        base_rate=float(failed.mean()),
        inside=inside,
        measured=sum(m.sets for m in measured),
        p_value=p_value,
    )


def _measurements(x: Floats, failed: Bools, seed: int) -> Iterator[_Measured]:
    """Each half's box on the other half; nothing for a half without a box."""
    first = _half(failed, seed)
    for half in (first, ~first):
        limits = search(x[half], failed[half])
        if limits:
            inside, others = inside_of(x[~half], limits), failed[~half]
            yield _Measured(int(inside.sum()), int((inside & others).sum()), others.size, int(others.sum()))


def _half(failed: Bools, seed: int) -> Bools:
    """A random half of the sets, with half of those that fail and half of the others."""
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 13, failed.size])))
    half = np.zeros(failed.size, dtype=bool)
    failing, others = (rng.permutation(np.flatnonzero(failed == truth)) for truth in (True, False))
    half[failing[: (failing.size + 1) // 2]] = True
    half[others[: others.size // 2]] = True
    return half

"""How late can a mission still decide: the chance that all are out against the date of the order, and where it falls too low.

Every interval and test counts sets of inputs (:mod:`sim.analysis.sets`).

A *curve* is the share of replications in which everybody of a scope (a mission, or all together) gets out, over the dates at
which the scope may be ordered out.  All dates share the draws, so that neighbouring shares differ by what the date does.

- **Undecided**: nobody stranded, but somebody not out at the horizon.  Neither out nor not: the estimate counts those who are
  out, the lower end of the interval takes the undecided as not out, the upper end as out.
- **Deadline**: the last date tried before the curve first falls below the confidence; ``inf`` if it never does (*any time
  tried*), ``-inf`` if it begins below (*never early enough*).
- **Among the dates tried**: between two of them nobody looked, so that a dip there is never seen.
- **Interval of the deadline**: from the dates at which the band of the curve covers the confidence.  Its lower
  end is the last date before the lower band first falls below the confidence, its upper end the first date from which on the
  upper band stays below.  If the true curve crosses at D, the band at D covers the confidence with at least the nominal
  level, so the interval misses D at most as often: test inversion needs no correction for the number of dates, as only
  the band at D itself has to hold (Casella and Berger, *Statistical Inference*, 2nd ed. (2002), 9.2.1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.measure import Reading
from sim.analysis.outcomes import BoolArray
from sim.analysis.sets import Sets, share_difference
from sim.analysis.statistics import LEVEL, Estimate, Floats, least_sample, proportion
from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.scenario.settings import Setting
from sim.studies.paired import generator
from sim.studies.works import Works, chance

Status = Literal["date", "any", "never", "failed"]
ENDS = 2
"""The ends of the interval are found to so many times the resolution of the deadline itself."""


@dataclass(frozen=True)
class Tried:
    """What came of one date; arrays of shape (n,), one entry per replication that did not fail."""

    order_h: float
    """Hours from the start of the clock to the order."""
    replication: NDArray[np.int64]
    out: BoolArray
    """Everybody got out."""
    undecided: BoolArray
    """Nobody stranded, somebody not out at the horizon."""
    people: float
    """Mean number of those to be moved."""
    failed: int = 0
    error: str | None = None
    not_among_all: float = 0.0
    """People whom nobody ordered out, on average over the replications in which all are out."""
    set_of: NDArray[np.int64] | None = None
    """The set of inputs of each; None: each has its own."""

    @cached_property
    def sets(self) -> Sets:
        """The sets of inputs of its replications."""
        return Sets.of(self.replication if self.set_of is None else self.set_of)

    @property
    def n(self) -> int:
        return int(self.out.size)

    @cached_property
    def chance(self) -> Estimate:
        """Share of the replications with all out; the interval treats the undecided on both sides."""
        return chance(self.out, self.out | self.undecided, self.sets)

    @property
    def works(self) -> Works:
        """In how many sets of inputs all are out."""
        return Works.of(self.out, self.sets)


class Matched(NamedTuple):
    """The replications that all dates of a curve have."""

    replication: NDArray[np.int64]
    """Shape (n,)."""
    sets: Sets
    out: BoolArray
    """Shape (dates, n), as *undecided*."""
    undecided: BoolArray

    def among(self, common: NDArray[np.int64]) -> tuple[Sets, BoolArray]:
        """The sets of *common* (n,), replications that are all here, and who is out in them, (dates, n)."""
        rows = np.searchsorted(self.replication, common)
        return Sets.of(self.sets.numbers[self.sets.index[rows]]), self.out[:, rows]


@dataclass
class Curve:
    """The dates tried of one scope in one scenario, by date."""

    scenario: int
    scope: str
    tried: list[Tried] = field(default_factory=list)

    def add(self, one: Tried) -> None:
        self.tried = sorted([*self.tried, one], key=lambda t: t.order_h)

    @property
    def dates(self) -> Floats:
        return np.array([t.order_h for t in self.tried])

    @property
    def error(self) -> str | None:
        return next((t.error for t in self.tried if t.error), None)

    @property
    def failed(self) -> int:
        return sum(t.failed for t in self.tried)

    def matrix(self) -> Matched:
        """Replications that all dates have, and what came of them by date."""
        common = self.tried[0].replication
        for one in self.tried[1:]:
            common = np.intersect1d(common, one.replication, assume_unique=True)
        rows = [np.searchsorted(t.replication, common) for t in self.tried]
        out = np.array([t.out[r] for t, r in zip(self.tried, rows, strict=True)])
        undecided = np.array([t.undecided[r] for t, r in zip(self.tried, rows, strict=True)])
        return Matched(common, Sets.of(self.tried[0].sets.numbers[self.tried[0].sets.index[rows[0]]]), out, undecided)


class Deadline(NamedTuple):
    """A deadline in hours since the start: ``-inf`` never early enough, ``inf`` any time tried."""

    hours: float
    low: float | None
    high: float | None
    """``None``: too few sets of inputs for that end."""

    @property
    def status(self) -> Status:
        return "date" if math.isfinite(self.hours) else "any" if self.hours > 0 else "never"


def first_fall(dates: Floats, chance: Floats, confidence: float) -> float:
    """The last of *dates* (ascending) before *chance* first falls below *confidence*; ``inf`` never does, ``-inf`` at once."""
    holds = int(np.append(chance < confidence - 1e-12, True).argmax())  # dates before the first that is below
    return math.inf if holds == dates.size else float(dates[holds - 1]) if holds else -math.inf


def last_stand(dates: Floats, chance: Floats, confidence: float) -> float:
    """The first of *dates* from which on *chance* stays below *confidence*; ``inf`` if it is not at the end, ``-inf`` always."""
    holds = np.flatnonzero(chance >= confidence - 1e-12)
    if not holds.size:
        return -math.inf
    return float(dates[holds[-1] + 1]) if holds[-1] + 1 < dates.size else math.inf


def deadline(dates: Floats, chances: Sequence[Estimate], n: int, confidence: float) -> Deadline:
    """The deadline of a curve with its interval; *n* is the least number of sets of inputs behind a date."""
    low = np.array([c.low for c in chances], dtype=np.float64)
    high = np.array([c.high for c in chances], dtype=np.float64)
    most, least = proportion(n, n).low, proportion(0, n).high
    return Deadline(
        first_fall(dates, np.array([c.value for c in chances]), confidence),
        first_fall(dates, low, confidence) if most is not None and most >= confidence else None,
        last_stand(dates, high, confidence) if least is not None and least < confidence else None,
    )


def deadline_of(curve: Curve, confidence: float) -> Deadline:
    """The deadline of the dates tried so far."""
    chances = [t.chance for t in curve.tried]
    return deadline(curve.dates, chances, min(t.sets.count for t in curve.tried), confidence)


def rises(curve: Curve, confidence: float) -> list[float]:
    """Dates at which a curve that should only fall is higher again: back at the confidence, or beyond doubt above its neighbour.

    Beyond doubt: the paired interval of two neighbouring dates over sets, at 5 % over all of them (Bonferroni), lies above zero.
    """
    _, sets, out, _ = curve.matrix()
    dates, value = curve.dates, np.array([t.chance.value for t in curve.tried])
    fallen = np.flatnonzero(value < confidence - 1e-12)
    again = {
        float(d) for d, v in zip(dates, value, strict=True) if fallen.size and d > dates[fallen[0]] and v >= confidence - 1e-12
    }
    level = 1 - 0.05 / max(len(dates) - 1, 1)
    for (_, before), (date, after) in pairwise(zip(dates, out, strict=True)):
        low = share_difference(before, after, sets, level).low
        if low is not None and low > 0:
            again.add(float(date))
    return sorted(again)


def wanted(curve: Curve, confidence: float, resolution: float) -> list[float]:
    """Dates to try next: the middles of the gaps in which the curve and its bands cross, until they are narrow enough."""
    if curve.error:
        return []
    dates, chances = curve.dates, [t.chance for t in curve.tried]
    at = deadline_of(curve, confidence)
    gaps = [(*_gap(dates, at.hours), resolution)]
    gaps += [(*_gap(dates, at.low), ENDS * resolution)] if at.low is not None else []
    if at.high is not None:
        holds = np.flatnonzero(np.array([c.high for c in chances], dtype=np.float64) >= confidence - 1e-12)
        inner = float(dates[holds[-1]]) if holds.size else -math.inf
        gaps.append((*_gap(dates, inner), ENDS * resolution))
    middles = {_middle(a, b, resolution) for a, b, narrow in gaps if b - a > narrow + 1e-9}
    return sorted(m for m in middles if m not in set(dates.tolist()))


def _gap(dates: Floats, last: float) -> tuple[float, float]:
    """The date *last* and the next one tried; an empty gap where there is none."""
    if not math.isfinite(last) or last >= dates[-1]:
        return 0.0, 0.0
    return last, float(dates[np.searchsorted(dates, last, side="right")])


def _middle(a: float, b: float, resolution: float) -> float:
    """A multiple of *resolution* near the middle of a and b."""
    return round(resolution * round((a + b) / 2 / resolution), 6)


def grid(first: float, last: float, number: int, resolution: float) -> list[float]:
    """*number* dates from *first* to *last*, evenly, at multiples of *resolution* after *first*."""
    steps = math.ceil((last - first) / resolution - 1e-9)
    return sorted({round(first + resolution * round(steps * k / (number - 1)), 6) for k in range(number)}) if steps else [first]


@dataclass(frozen=True)
class DeadlineCase:
    """A curve that is asked for: *settings* makes the order of its scope fall on a date (hours since the start)."""

    scenario: int
    scope: str
    settings: Callable[[float], tuple[Setting, ...]]


def study(
    cases: Sequence[DeadlineCase], dates: Sequence[float], n: int, confidence: float, resolution: float
) -> Study[list[Curve]]:
    """Proposes a grid of dates for every case, then dates between those where a curve or its band crosses the confidence."""
    curves = [Curve(case.scenario, case.scope) for case in cases]
    next_dates = [list(dates) for _ in cases]
    while any(next_dates):
        points = [(i, d) for i, some in enumerate(next_dates) for d in some]
        proposals = [Proposal(cases[i].settings(d), n, cases[i].scenario) for i, d in points]
        about = {p: (cases[i].scope, d) for p, (i, d) in zip(proposals, points, strict=True)}
        read = partial(_read, about)
        for (i, _), one in zip(points, (yield Batch(proposals, read)), strict=True):
            curves[i].add(one)
        next_dates = [wanted(curve, confidence, resolution) for curve in curves]
    return curves


def _read(about: dict[Proposal, tuple[str, float]], outcome: Outcome) -> Tried:
    return tried(outcome, *about[outcome.proposal])


def tried(outcome: Outcome, scope: str, order_h: float) -> Tried:
    """What a simulated point says of a date."""
    nothing = np.zeros(0, dtype=np.int64)
    if outcome.result is None:
        return Tried(order_h, nothing, nothing == 1, nothing == 1, 0.0, outcome.failed, outcome.error or "no result")
    o = Reading(outcome.result).outcomes(scope)
    undecided = np.asarray((o.stranded == 0) & (o.unfinished > 0))
    people = float(o.to_move.mean())
    unasked = o.not_among(o.all_out)
    return Tried(order_h, o.replication, o.all_out, undecided, people, outcome.failed, not_among_all=unasked, set_of=o.sets)


class Gain(NamedTuple):
    """How much later one curve's deadline is than another's, in hours; ``inf`` and ``-inf`` where one has no date."""

    hours: float
    """``nan`` where neither has a date."""
    low: float | None
    high: float | None
    pairs: int
    """Replications that both have."""
    sets: int
    """Their sets of inputs."""

    @property
    def distinct(self) -> bool:
        """Whether it can be told from none."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def gain(base: Curve, other: Curve, confidence: float, seed: int, resamples: int = 2000, level: float = LEVEL) -> Gain:
    """Deadline of *other* minus that of *base*, with the percentile interval of a bootstrap over the sets of inputs.

    Each resample draws sets with replacement, with all their common replications, the same for both curves and for all their
    dates, and finds both deadlines again among the dates tried.  Where both are infinite with the same sign anything is
    possible: -inf for the lower end, inf for the upper.
    """
    first, second = deadline_of(base, confidence).hours, deadline_of(other, confidence).hours
    a, b = base.matrix(), other.matrix()
    common = np.intersect1d(a.replication, b.replication, assume_unique=True)
    sides = a.among(common), b.among(common)
    sets = min((side[0] for side in sides), key=lambda s: s.count)
    n = sets.count
    value = second - first if math.isfinite(first) or math.isfinite(second) or first != second else math.nan
    if n < least_sample(confidence, level):
        return Gain(value, None, None, common.size, n)
    weights = generator(seed, n).multinomial(n, np.full(n, 1 / n), size=resamples).astype(np.float64)[:, sets.index]
    chances = (weights @ out.T.astype(np.float64) / weights.sum(axis=1, keepdims=True) for _, out in sides)
    falls = [_falls(curve.dates, share, confidence) for curve, share in zip((base, other), chances, strict=True)]
    with np.errstate(invalid="ignore"):
        d = falls[1] - falls[0]
    tail = (1 - level) / 2
    lows, highs = np.sort(np.where(np.isnan(d), -np.inf, d)), np.sort(np.where(np.isnan(d), np.inf, d))
    k = max(math.ceil(resamples * tail) - 1, 0)
    return Gain(value, float(lows[k]), float(highs[resamples - 1 - k]), common.size, n)


def earliest(curves: Sequence[Curve], confidence: float, seed: int) -> list[Curve]:
    """Of curves of one scenario that have a date, the one whose deadline is first, then those that can't be told from it.

    Each of the others is compared with it over the sets, at 5 % over all of them (Bonferroni).
    """
    order = sorted(curves, key=lambda curve: deadline_of(curve, confidence).hours)
    level = 1 - (1 - LEVEL) / max(len(order) - 1, 1)
    return [c for k, c in enumerate(order) if not k or not (gain(order[0], c, confidence, seed, level=level).low or 0.0) > 0]


def _falls(dates: Floats, share: Floats, confidence: float) -> Floats:
    """:func:`first_fall` of each row of *share* (resamples, dates)."""
    below = share < confidence - 1e-9
    index = np.where(below.any(axis=1), below.argmax(axis=1), dates.size)
    return np.concatenate([[-np.inf], dates[:-1], [np.inf]])[index]


def shared(curves: Iterable[Curve]) -> dict[str, list[Curve]]:
    """Curves by scope, in the order of the scenarios."""
    every = list(curves)
    return {scope: [c for c in every if c.scope == scope] for scope in dict.fromkeys(c.scope for c in every)}

"""What the studies have in common: the cases, what is kept of a point, random numbers of a design."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.factors import Factor
from sim.analysis.measure import Measure, Reading, Samples, Value
from sim.analysis.sets import Sets
from sim.analysis.statistics import Floats
from sim.analysis.study import Outcome, Proposal

Json = dict[str, Any]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SensitivityCase:
    """A scenario under study with the factors that are moved in it."""

    number: int
    """Which of the study's scenarios."""
    name: str
    title: str
    factors: tuple[Factor, ...]
    drawn: bool = False
    """Whether inputs that no study moves are drawn anew for each set."""
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Mission -> what it is called in text."""

    def proposal(self, n: int, positions: Sequence[float | None] = ()) -> Proposal:
        """The point with each factor at its position; None leaves it as the scenario has it."""
        moved = zip(self.factors, positions, strict=False)
        return Proposal(tuple(s for f, at in moved if at is not None for s in f.settings(float(at))), n, self.number)

    def one_at_a_time(self, n: int) -> list[Proposal]:
        """Each factor alone at its low and then at its high end, all others as the scenario has them."""
        every = range(len(self.factors))
        return [self.proposal(n, [end if j == k else None for j in every]) for k in every for end in (0.0, 1.0)]


def by_case(
    responses: Iterable[Response], cases: Iterable[SensitivityCase], points: Callable[[int], int]
) -> list[list[Response]]:
    """Responses cut into those of each case, which has *points* (of its number of factors) of them."""
    rest = iter(responses)
    return [list(islice(rest, points(len(case.factors)))) for case in cases]


RESAMPLES = 1000


@dataclass(frozen=True)
class Response:
    """What is kept of a point."""

    error: str | None = None
    failed: int = 0
    series: dict[str, Samples] = field(default_factory=dict)
    """Measure → what each replication has of it."""
    values: dict[str, Value] = field(default_factory=dict)

    def row(self, measure: Measure, n: int) -> Floats:
        """Mean of each set of inputs that *n* replications have, nan where there is none; shape (n,), padded with nan.

        A set counts once, whatever its replications: where each is a set of its own these are their values.
        """
        out = np.full(n, np.nan)
        if self.error is None:
            one = self.series[measure.text]
            own = Sets.of(one.sets)
            out[own.numbers] = own.means(one.values)
        return out


def some(values: Floats) -> Floats:
    """Values (points, ..., n) at the replications, or sets, of which any point has one."""
    return np.asarray(values[..., ~np.isnan(values).all(axis=tuple(range(values.ndim - 1)))])


def reader(measures: Sequence[Measure]) -> Callable[[Outcome], Response]:
    """Reads the measures of a point as it ends; nothing else of it stays."""

    def read(outcome: Outcome) -> Response:
        if outcome.error is not None or outcome.result is None:
            return Response(outcome.error or "no result", outcome.failed)
        reading = Reading(outcome.result)
        series = {m.text: reading.samples(m) for m in measures}
        return Response(None, outcome.failed, series, {m.text: reading.value(m) for m in measures})

    return read


def value_json(value: Value) -> Json:
    """An estimate as JSON: null is infinite or missing; ``never`` says which."""

    def plain(x: float | None) -> float | None:
        return float(x) if x is not None and np.isfinite(x) else None

    return {
        "value": plain(value.value),
        "low": plain(value.low),
        "high": plain(value.high),
        "replications": value.n,
        "never": value.never,
    }


def nearest_finite(measure: Measure) -> str | None:
    """The address of a finite measure that asks nearly the same as an infinite one; None for a finite one."""
    if measure.kind.finite:
        return None
    return f"{measure.scope}.{'restricted_time' if measure.kind.from_order else 'hours_within_horizon'}"

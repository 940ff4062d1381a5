"""What a plan found, as typed values: what sentences, tables, pictures and ``--json`` are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.studies.as_json import Interval
from sim.studies.plan.effects import Effect
from sim.studies.works import Works

Verdict = Literal["met", "not", "open", "failed"]


@dataclass(frozen=True, slots=True)
class PlanLever:
    """A lever, what it is called, and what it does."""

    path: str
    label: str
    phrase: str
    subject: str
    values: tuple[str, ...]
    """From the least to the most."""
    amounts: tuple[float, ...] | None
    """The values in *unit*; None where they are not all numbers."""
    unit: str
    effect: Effect | None
    """From its least to its most amount; None where that isn't known."""


@dataclass(frozen=True, slots=True)
class PlanPoint:
    """What came of one combination of the levers; times in hours, to a millionth."""

    values: dict[str, str]
    """By the path of the lever."""
    words: str
    """The values in a phrase."""
    ranks: tuple[int, ...]
    verdict: Verdict
    chance: Interval
    """Share of the replications in which the goal is met."""
    undecided: int
    n: int
    """Replications that were completed."""
    in_sets: Works
    time_h: float | None
    """Within which all are out as often as wanted; None where that is never."""
    time_interval_h: tuple[float | None, ...] | None
    never: str | None
    """Why there is no time, as :func:`sim.analysis.summary.reason` says it."""
    interval_never: tuple[str | None, ...] | None
    """The same of each end of the interval."""
    ordered_h: float | None
    """Median moment of the order, from the start."""
    out_h: float | None
    """As *time_h*, from the start of the clock."""
    replications_needed: int | None
    """To decide an open one, about."""
    sets_needed: int | None
    failed: int
    error: str | None
    not_among_all: float | None
    """People whom nobody ordered out, on average where the goal is met."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A row per combination, and the least that meets the goal."""

    scenario: str
    title: str
    start: str
    utc_offset_h: float | None
    """Hours by which local time is ahead of UTC, where that is known."""
    scope: str
    scope_title: str | None
    finish_by_h: float
    """Hours from *counted_from*."""
    finish_by: str | None
    """The moment in local time, where it is one of the clock."""
    counted_from: Literal["start", "order"]
    confidence: float
    levers: tuple[PlanLever, ...]
    answer: Literal["failed", "met", "open", "not reachable"]
    least: tuple[dict[str, str], ...]
    """Values of the combinations that are enough and have less of a lever than any other that is."""
    points: tuple[PlanPoint, ...]
    replications: int
    sets: int
    power: float
    seed: int
    final: bool
    warnings: tuple[str, ...] = ()
    headline: str = ""

    @property
    def enough(self) -> list[PlanPoint]:
        """The combinations of *least*."""
        return [next(point for point in self.points if point.values == some) for some in self.least]

"""What is said of a sweep as a whole, as typed values: what sentences, tables and ``--json`` are made from.

The numbers of its points are in its table, and for pictures in :class:`~sim.studies.sweep.points.View`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SweptAxis:
    """A parameter that is varied."""

    path: str
    unit: str
    values: tuple[str, ...]
    """As they are written; the first thousand."""


@dataclass(frozen=True, slots=True)
class SweptMeasure:
    """A measure of every point."""

    measure: str
    unit: str
    title: str


@dataclass(frozen=True, slots=True)
class FailedPoint:
    """A point without an answer, or with a part of one."""

    point: int
    error: str


@dataclass(frozen=True, slots=True)
class FoundSweep:
    """What a sweep is of, and whether it is whole."""

    title: str
    headline: str
    folder: str
    scenarios: tuple[str, ...]
    design: str
    axes: tuple[SweptAxis, ...]
    measures: tuple[SweptMeasure, ...]
    points: int
    rows: int
    """Of the table: one for each point and measure."""
    replications: int
    """Of each point."""
    seed: int
    failed: int
    """Points that failed, wholly or in part."""
    failures: tuple[FailedPoint, ...]
    """The first twenty of them."""
    final: bool
    """Whether none has."""

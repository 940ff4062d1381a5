"""The points of a sweep as they are read: measures of each, kept as rows and seen as arrays."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.matrix import THREATS, arrange, split
from sim.analysis.measure import TOTAL, Measure, Reading, Samples
from sim.analysis.naming import NO_TITLES, Named, Titles, named, values_phrase
from sim.analysis.statistics import Floats
from sim.analysis.study import Outcome
from sim.studies.axis import Axis
from sim.studies.design.points import OWN, Design


def known_parts(names: Sequence[str]) -> list[tuple[str, str] | None]:
    """Provider and threat of each scenario, where the names say them: threats as shipped, or names that form a matrix."""
    whole = arrange(names) is not None
    return [parts if (parts := split(name)) and (whole or parts[1] in THREATS) else None for name in names]


SOURCES = (
    *(f"analysis/{name}.py" for name in ("measure", "outcomes", "sets", "statistics", "summary", "weights")),
    "studies/sweep/points.py",
)


def sources_digest() -> str:
    """SHA-256 in hex over the sources that turn replications into measures: what was read with others isn't used again."""
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((FilePath(__file__).parents[2] / name).read_bytes())
    return digest.hexdigest()[:16]


Cells = list[list[Any]]
"""Of one point: value, low, high, n, never, error, never_ordered for each measure; ``None`` where there is none."""


def read(outcome: Outcome, measures: Sequence[Measure]) -> Cells:
    """The measures of a point; a point that failed has the reason everywhere."""
    some = reason(outcome)
    if outcome.result is None:
        return [[None, None, None, None, None, some, None] for _ in measures]
    reading = Reading(outcome.result)
    cells: Cells = []
    for measure in measures:
        try:
            one = reading.value(measure)
        except KeyError:
            cells.append([None, None, None, None, None, no_mission(measure), None])
            continue
        value = None if math.isnan(one.value) else one.value
        never_ordered = _mean(reading.outcomes(measure.scope).never_ordered)
        cells.append([value, one.low, one.high, one.n, one.never, some, never_ordered])
    return cells


def no_mission(measure: Measure) -> str:
    """Why a scenario has no value of a measure of a mission that it hasn't: that is no failure."""
    return f"no mission {measure.scope} in this scenario"


def reason(outcome: Outcome) -> str | None:
    """Why a point has failed, wholly or in part; None if it hasn't.  Where a refused setting stood isn't said: the row has it."""
    if outcome.result is not None:
        return f"{outcome.failed:,} of {outcome.proposal.n:,} replications failed" if outcome.failed else None
    if not outcome.refused:
        return outcome.error
    first, *rest = outcome.refused
    text = str(first) if first.setting is None else ": ".join(part for part in (first.path, first.message) if part)
    return text + (f" (and {len(rest)} more)" if rest else "")


def _mean(people: Floats) -> float | None:
    return float(people.mean()) if people.size and not np.isnan(people).any() else None


@dataclass(frozen=True)
class Sheet:
    """One measure at every point: arrays of shape (points,); nan where there is none, inf never."""

    measure: Measure
    value: Floats
    low: Floats
    high: Floats
    never: tuple[str | None, ...]
    never_ordered: Floats
    """People of its scope whom nobody ordered out, on average: none of them is among the all that are out."""
    absent: frozenset[int] = frozenset()
    """Points whose scenario hasn't the mission of the measure."""


@dataclass(frozen=True)
class View:
    """A sweep as tables and pictures see it."""

    design: Design
    scenarios: tuple[str, ...]
    """Names, in the order of the command line."""
    scenario: NDArray[np.int64]
    """Which of them, of every point."""
    sheets: tuple[Sheet, ...]
    errors: Mapping[int, str]
    """Points that failed, and why."""
    n: int
    seed: int
    horizon_h: float
    """Of all points; inf where they differ."""
    called: tuple[str, ...] = ()
    """What the scenarios are called; none: their names."""
    titles: Titles = field(default_factory=dict)
    """Mission -> what it is called in text."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The scenarios in text."""
        return self.called or self.scenarios

    def name(self, axis: Axis) -> Named:
        """What an axis is called."""
        return named(axis.path, self.titles)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Those that vary something inside a scenario and take more than one value."""
        return tuple(axis for axis in self.design.axes if not axis.chooses)

    def places(self, axis: Axis) -> NDArray[np.int64]:
        """Position of its value at every point; -1 where the scenario's own holds."""
        k = self.design.axes.index(axis)
        return np.array([row[k] for row in self.design], dtype=np.int64)

    def label(self, number: int) -> str:
        """A point in words: ``Turkish forces, 4 search lanes at Abbey gate``."""
        row = dict(zip(self.design.axes, self.design[number], strict=True))
        values = {axis.path: axis.values[row[axis]] for axis in self.axes if row[axis] != OWN}
        first = [self.labels[self.scenario[number]]] if len(set(self.scenarios)) > 1 or not values else []
        return ", ".join([*first, *([values_phrase(values, self.titles)] if values else [])])


def view_of(
    design: Design, scenarios: Sequence[str], scenario: Sequence[int], measures: Sequence[Measure],
    cells: Iterable[tuple[int, Cells]], n: int, seed: int, horizon_h: float, called: Sequence[str] = (),
    titles: Titles = NO_TITLES,
) -> View:  # fmt: skip
    """Gathers what is known of every point."""
    size = len(design)
    numbers = np.full((4, len(measures), size), np.nan)
    never: list[list[str | None]] = [[None] * size for _ in measures]
    errors: dict[int, str] = {}
    absent: list[set[int]] = [set() for _ in measures]
    for point, rows in cells:
        for k, (value, low, high, _, why, error, unasked) in enumerate(rows):
            numbers[:, k, point] = [np.nan if x is None else x for x in (value, low, high, unasked)]
            never[k][point] = why
            if error == no_mission(measures[k]):
                absent[k].add(point)
            elif error and value is None:
                errors.setdefault(point, error)
    sheets = tuple(
        Sheet(m, numbers[0, k], numbers[1, k], numbers[2, k], tuple(never[k]), numbers[3, k], frozenset(absent[k]))
        for k, m in enumerate(measures)
    )
    return View(
        design, tuple(scenarios), np.asarray(scenario, dtype=np.int64), sheets, errors, n, seed, horizon_h, tuple(called), titles
    )


def never_ordered(view: View) -> Floats:
    """People whom nobody ordered out, of everybody or else of the missions that are asked for: shape (points,), nan unknown."""
    sheets = [s for s in view.sheets if s.measure.scope == TOTAL] or list({s.measure.scope: s for s in view.sheets}.values())
    whole = sheets[:1] if sheets and sheets[0].measure.scope == TOTAL else sheets
    return np.sum([s.never_ordered for s in whole], axis=0) if whole else np.full(len(view.design), np.nan)


Readings = Mapping[str, Samples]
"""By address of a measure: what each replication has of it."""


def samples(outcome: Outcome, measures: Sequence[Measure]) -> Readings:
    """What the replications of a point say, to be paired with those of another."""
    if outcome.result is None:
        return {}
    reading, values = Reading(outcome.result), {}
    for measure in measures:
        with suppress(KeyError):  # a mission that this scenario hasn't
            values[measure.text] = reading.samples(measure)
    return values

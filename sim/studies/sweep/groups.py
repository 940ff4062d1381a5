"""What pictures of a sweep are made of: groups of points in panels, and scales with room above every number for *never*."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics import Floats
from sim.analysis.words import count, share
from sim.scenario.number import rounded
from sim.studies.axis import Axis
from sim.studies.design.points import OWN
from sim.studies.sweep.points import Sheet, View
from sim.studies.sweep.words import value_text

OVERLAID = 5
"""Lines in one panel at most."""
PANELS = 9
"""Panels in one picture at most."""
MEASURES = 6
"""Measures drawn at most."""
LABELLED = 12
"""Values that each get a label on an axis."""


@dataclass(frozen=True)
class PointGroup:
    """Points that differ in numbers only: those of one scenario and of one value of each axis of names."""

    label: str
    points: NDArray[np.int64]


@dataclass(frozen=True)
class SweepPanel:
    """One pair of axes: a title, a measure and the groups shown in it, each with the look of its number."""

    title: str
    sheet: Sheet
    groups: Sequence[tuple[int, PointGroup]]


@dataclass(frozen=True)
class Scale:
    """How a measure is written on an axis: *per* base units make one of the unit shown; infinite values lie at ``never_at``."""

    per: float
    unit: str
    top: float
    """Upper end of the numbers, in the unit shown."""
    late: str
    """What is written where infinite values lie; empty if there are none."""
    least: float = 0.0

    @property
    def never_at(self) -> float:
        """The height of infinite values."""
        return self.least + 1.12 * (self.top - self.least)

    def __call__(self, values: Floats) -> Floats:
        """Values as heights."""
        heights = np.asarray(values, dtype=np.float64) / self.per
        return np.where(np.isposinf(heights), self.never_at, heights)

    def text(self, x: float) -> str:
        """A number on the axis."""
        return share(x) if self.unit == "share" else rounded(x, 4) if self.unit in ("h", "d") else count(x)


def scale_of(view: View, sheets: Sequence[Sheet], points: NDArray[np.int64]) -> Scale:
    """One scale for all that is shown of a measure."""
    kind = sheets[0].measure.kind
    stacked = np.concatenate([x[points] for sheet in sheets for x in (sheet.value, sheet.low, sheet.high)])
    finite = stacked[np.isfinite(stacked)]
    most = float(finite.max(initial=0.0))
    infinite = np.isposinf(stacked).any()
    why = {w for sheet in sheets for w in (sheet.never[p] for p in points) if w}
    past = "unfinished" if why == {"unfinished"} else None
    late = value_text(math.inf, sheets[0].measure, past, view.horizon_h) if infinite else ""
    if kind.unit == "h":
        per, unit = (24.0, "d") if most > 72 else (1.0, "h")
        return Scale(per, unit, (most or 1.0) / per * 1.04, late)
    if not kind.unit:
        return Scale(1.0, "share", 1.03, "")
    return Scale(1.0, kind.unit, (most or 1.0) * 1.06, late)


def groups_of(view: View, names: Sequence[Axis]) -> list[PointGroup]:
    """Points by scenario and by the values of the axes of names, in the order of the design."""
    places = [view.places(axis) for axis in names]
    points: dict[tuple[int, ...], list[int]] = {}
    for number in range(len(view.design)):
        key = (int(view.scenario[number]), *(int(p[number]) for p in places))
        points.setdefault(key, []).append(number)
    several = len({key[0] for key in points}) > 1
    groups = []
    for (scenario, *values), numbers in points.items():
        words = [view.labels[scenario]] if several or not names else []
        at = zip(names, values, strict=True)
        words += [view.name(axis).with_value(axis.values[place] if place != OWN else "as it is") for axis, place in at]
        groups.append(PointGroup(", ".join(words), np.array(numbers)))
    return groups


def slices(view: View, groups: Sequence[PointGroup], axis: Axis) -> list[PointGroup]:
    """Groups cut by the values of one more axis."""
    called, cut = view.name(axis), []
    for group in groups:
        named, places = f"{group.label}, " if len(groups) > 1 else "", view.places(axis)[group.points]
        for k, value in enumerate(axis.values):
            cut.append(PointGroup(f"{named}{called.with_value(value)}", group.points[places == k]))
    return cut


def geometric(numbers: Sequence[float]) -> bool:
    """Whether ordered numbers grow by factors that are about equal, to eight times the first at least."""
    if len(numbers) < 3 or numbers[0] <= 0 or numbers[-1] / numbers[0] < 8:
        return False
    factors = [b / a for a, b in pairwise(numbers)]
    return max(factors) <= 1.6 * min(factors) and max(factors) > 1.5


def numbers_at(view: View, axis: Axis, points: NDArray[np.int64]) -> NDArray[np.float64]:
    """The parameter at points; nan where the scenario's own value holds."""
    assert axis.numbers is not None
    return np.array([*axis.numbers, np.nan])[view.places(axis)[points]]

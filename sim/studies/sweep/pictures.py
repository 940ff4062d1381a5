"""Which pictures suit a sweep, and what each shows and says, wherever it is drawn.

Lines over one number, heat maps over two, dots over names, a cloud for each of many parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.measure import TOTAL
from sim.analysis.naming import first_up
from sim.studies.axis import Axis
from sim.studies.sweep.best import best
from sim.studies.sweep.cells import alike, apart, told, under, untold
from sim.studies.sweep.difference import ends
from sim.studies.sweep.groups import (
    MEASURES,
    OVERLAID,
    PANELS,
    PointGroup,
    SweepPanel,
    groups_of,
    numbers_at,
    scale_of,
    slices,
)
from sim.studies.sweep.points import Readings, Sheet, View
from sim.studies.sweep.words import best_title, lies, line_title

SAME = "Every point had the same random numbers."
ROWS = 40
"""Dots below each other at most."""
COLUMNS = 4
"""Measures beside each other at most where there is a dot for each point."""


@dataclass(frozen=True)
class Picture:
    """What one picture shows."""

    name: str
    kind: Literal["lines", "dots", "cloud", "heat"]
    title: str
    note: str
    sheets: Sequence[Sheet]
    """The measures shown: one, or those of dots."""
    groups: Sequence[PointGroup]
    axes: Sequence[Axis] = ()
    """The parameters shown: that of lines, both of a heat map, those of a cloud."""
    panels: Sequence[SweepPanel] = ()
    """Of lines."""
    told_apart: bool = True
    """Whether cells of a heat map have shades."""
    ringed: frozenset[int] = frozenset()
    """Points that can't be told from the best."""

    @property
    def points(self) -> NDArray[np.int64]:
        """All points of the groups."""
        return np.concatenate([group.points for group in self.groups])


def pictures(view: View, title: str, kept: Mapping[int, Readings] | None = None) -> list[Picture]:
    """What suits the design; what isn't drawn is said.  None where there is no answer.

    *title*: where no other is given; *kept*: replications of points, by which a heat map tells others from the best.
    """
    sheets = [sheet for sheet in view.sheets if not np.isnan(sheet.value).all()]
    drawn = ([sheet for sheet in sheets if sheet.measure.scope == TOTAL] or sheets)[:MEASURES]
    left = f" {len(view.sheets) - len(drawn)} more measures are in the table alone." if len(view.sheets) > len(drawn) else ""
    return list(_suiting(view, drawn, title, left, kept or {})) if drawn else []


def _suiting(view: View, sheets: Sequence[Sheet], title: str, left: str, kept: Mapping[int, Readings]) -> Iterable[Picture]:
    numeric = [axis for axis in view.axes if axis.numbers is not None and len(axis.values) > 1]
    groups = groups_of(view, [axis for axis in view.axes if axis.numbers is None])
    if not numeric:
        return [_dots(view, sheets, groups, title, left)]
    if view.design.kind != "grid" or len(numeric) > 3:
        return _each(sheets, lambda name, sheet: _cloud(name, view, sheet, numeric, groups, left))
    if len(numeric) == 1 and len(groups) <= OVERLAID:
        panels = [SweepPanel(_words(s), s, list(enumerate(groups))) for s in sheets]
        moves = line_title(view, ends(view.design, view.scenario.tolist()), kept) or title
        return [_lines("sweep", view, panels, numeric[0], moves, left)]
    if len(numeric) == 3:
        groups = slices(view, groups, numeric[2])
    left = f"{_beyond(groups)}{left}"
    groups = groups[:PANELS]
    if len(numeric) == 1:

        def apart_from_each_other(name: str, sheet: Sheet) -> Picture:
            panels = [SweepPanel(group.label, sheet, [(0, group)]) for group in groups]
            return _lines(name, view, panels, numeric[0], f"{lies(view, sheet)}.", left)

        return _each(sheets, apart_from_each_other)
    return _each(sheets, lambda name, sheet: _heat(name, view, sheet, numeric[:2], groups, left, kept))


def _each(sheets: Sequence[Sheet], picture: Callable[[str, Sheet], Picture]) -> list[Picture]:
    """A picture for each measure."""
    return [picture(f"sweep-{sheet.measure.text}", sheet) for sheet in sheets]


def _words(sheet: Sheet) -> str:
    title = sheet.measure.kind.title
    return f"{sheet.measure.whose}: {title}" if sheet.measure.whose else first_up(title)


def _beyond(groups: Sequence[PointGroup]) -> str:
    more = len(groups) - PANELS
    return f" {more} more panel{'s' if more > 1 else ''} would follow: see the table." if more > 0 else ""


def _lines(name: str, view: View, panels: Sequence[SweepPanel], axis: Axis, title: str, left: str) -> Picture:
    """A panel for each measure, or for each group of one measure; the band is the 95 % interval of each point."""
    never = " Triangles: never." if any(np.isposinf(p.sheet.value).any() for p in panels) else ""
    labelled = len(view.scenarios) > 1 or len(panels[0].groups) > 1
    whose = "" if labelled else f"{view.labels[0]}. "
    note = f"{whose}Line: estimate; band: 95 % interval from {view.n:,} replications.{never} {SAME}{left}"
    groups = [group for panel in panels for _, group in panel.groups]
    return Picture(name, "lines", title, note, [panel.sheet for panel in panels], groups, [axis], panels)


def dotted(groups: Sequence[PointGroup]) -> list[tuple[str, int]]:
    """What is drawn of points below each other: their labels and numbers."""
    return [(group.label, int(point)) for group in groups for point in group.points][:ROWS]


def _dots(view: View, sheets: Sequence[Sheet], groups: Sequence[PointGroup], title: str, left: str) -> Picture:
    """Names below each other, a dot with its interval for each, a panel for each measure."""
    shown, columns = len(dotted(groups)), min(len(sheets), COLUMNS)
    if len(view.design) > shown:
        left += f" {len(view.design) - shown:,} more points are in the table alone."
    more = f" {len(sheets) - columns} more measures are in the table alone." if len(sheets) > columns else ""
    note = f"Dot: estimate; line: 95 % interval from {view.n:,} replications. {SAME}{left}{more}"
    return Picture("sweep", "dots", title, note, sheets[:columns], groups)


def _cloud(name: str, view: View, sheet: Sheet, axes: Sequence[Axis], groups: Sequence[PointGroup], left: str) -> Picture:
    """A panel for each parameter: every point at its value of it, whatever the others are."""
    shown = list(axes)[:PANELS]
    if len(axes) > PANELS:
        left += f" {len(axes) - PANELS} more parameters are in the table alone."
    if len(groups) > MEASURES:
        left += f" {len(groups) - MEASURES} more groups are in the table alone."
    note = f"Each dot is a point of the design, {view.n:,} replications; intervals are in the table. {SAME}{left}"
    return Picture(name, "cloud", f"{lies(view, sheet)}.", note, [sheet], groups[:MEASURES], shown)


def _heat(
    name: str, view: View, sheet: Sheet, pair: Sequence[Axis], groups: Sequence[PointGroup], left: str,
    kept: Mapping[int, Readings],
) -> Picture:  # fmt: skip
    """A panel for each group; cells are told apart by paired tests, or where their intervals don't overlap."""
    first = best(sheet, kept)
    same = len(set(sheet.value[~np.isnan(sheet.value)])) == 1
    title = best_title(view, sheet, first) if first is not None and not same else f"{lies(view, sheet)}."
    shown = np.concatenate([group.points for group in groups])
    told_apart, ringed = apart(sheet, shown) or told(first), alike(sheet, shown, first)
    whose = f"{groups[-1].label}. " if len(groups) == 1 else ""
    note = f"{whose}{under(view, sheet, scale_of(view, [sheet], shown), told_apart, bool(ringed))}{left}"
    title = title if told_apart else untold(sheet, shown, title)
    return Picture(name, "heat", title, note, [sheet], groups, pair, (), told_apart, ringed if told_apart else frozenset())


def ordered(view: View, axis: Axis, group: PointGroup) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Points of a line by their number, and those; without the points at which the scenario's own value holds."""
    x = numbers_at(view, axis, group.points)
    by = np.argsort(x)
    known = ~np.isnan(x[by])
    return group.points[by][known], x[by][known]

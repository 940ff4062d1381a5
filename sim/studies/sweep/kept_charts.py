"""Charts of a sweep on the page: what its pictures show, from the same points; kept beside the answer, which holds them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from sim.analysis.naming import first_up
from sim.studies import charts
from sim.studies.axis import Axis
from sim.studies.charts import Cell, Json, Point
from sim.studies.sweep.cells import decimals, order, text_of, unit_words
from sim.studies.sweep.groups import LABELLED, PointGroup, Scale, geometric, numbers_at, scale_of
from sim.studies.sweep.pictures import Picture, dotted, ordered
from sim.studies.sweep.points import Sheet, View
from sim.studies.sweep.words import value_text

SHADES = 5


def charts_of(view: View, shown: Sequence[Picture]) -> dict[str, Json]:
    """A chart for each picture, by its name."""
    panels: Mapping[str, Callable[[View, Picture], list[Json]]] = {
        "lines": _lines,
        "cloud": _cloud,
        "dots": _dots,
        "heat": _heat,
    }
    return {one.name: charts.figure(one.title, one.note, panels[one.kind](view, one), _names(one)) for one in shown}


def _names(one: Picture) -> list[str]:
    """What the series stand for: groups, where several lie over each other."""
    if one.kind == "lines":
        return [group.label for _, group in one.panels[0].groups] if len(one.panels[0].groups) > 1 else []
    return [group.label for group in one.groups] if one.kind == "cloud" and len(one.groups) > 1 else []


def _said(view: View, sheet: Sheet, point: int) -> str:
    """A point's value with its interval."""

    def write(x: float) -> str:
        return value_text(x, sheet.measure, sheet.never[point], view.horizon_h)

    low, high = float(sheet.low[point]), float(sheet.high[point])
    return charts.between(write(float(sheet.value[point])), low, None if low == high else high, write)


def _title(sheet: Sheet) -> str:
    title = sheet.measure.kind.title
    return f"{sheet.measure.whose}: {title}" if sheet.measure.whose else first_up(title)


# -- lines and clouds -------------------------------------------------------------------------------------------------


def _upright(view: View, sheet: Sheet, points: np.ndarray[tuple[int], np.dtype[np.int64]]) -> charts.Axis:
    """The axis of a measure."""
    unit, late = sheet.measure.kind.unit, scale_of(view, [sheet], points).late
    return charts.Axis("", unit=unit, most=None if unit else 1.0, never=late)


def _across(view: View, axis: Axis) -> tuple[charts.Axis, Callable[[float], float]]:
    """The axis of a parameter, and where a number is on it: a logarithm where they multiply."""
    assert axis.numbers is not None
    unit, texts = axis.written
    known = sorted((x, text) for x, text in zip(axis.numbers, texts, strict=True) if math.isfinite(x))
    many = geometric([x for x, _ in known])
    listed = many or len(known) <= LABELLED
    per = 1.0 if listed else next((x / float(text) for x, text in known if x and unit), 1.0)
    place: Callable[[float], float] = math.log10 if many else lambda x: x / per
    shown = unit or ("" if listed else axis.unit)
    name = view.name(axis).label
    values = [(place(x), text) for x, text in known] if listed else []
    return charts.Axis(f"{name} ({shown})" if shown else name, values), place


def _lines(view: View, one: Picture) -> list[Json]:
    (axis,) = one.axes
    x, place = _across(view, axis)
    made = []
    for panel in one.panels:
        series = []
        for look, group in panel.groups:
            points, numbers = ordered(view, axis, group)
            each = [_point(view, panel.sheet, int(p), place(float(at))) for p, at in zip(points, numbers, strict=True)]
            series.append((look, group.label, each))
        y = _upright(view, panel.sheet, np.arange(len(view.design)))
        made.append(charts.lines(panel.title, x, y, series))
    return made


def _point(view: View, sheet: Sheet, point: int, at: float) -> Point:
    value, low, high = (float(x[point]) for x in (sheet.value, sheet.low, sheet.high))
    return Point(at, value, low, high, _said(view, sheet, point))


def _cloud(view: View, one: Picture) -> list[Json]:
    (sheet,) = one.sheets
    y = _upright(view, sheet, np.arange(len(view.design)))
    made = []
    for axis in one.axes:
        x, place = _across(view, axis)
        series = []
        for look, group in enumerate(one.groups):
            numbers = numbers_at(view, axis, group.points)
            pairs = zip(group.points, numbers, strict=True)
            each = [_point(view, sheet, int(p), place(float(at))) for p, at in pairs if math.isfinite(at)]
            series.append((look, group.label, [point._replace(low=None, high=None) for point in each]))
        made.append(charts.lines("", x, y, series, joined=False))
    return made


# -- names ------------------------------------------------------------------------------------------------------------


def _dots(view: View, one: Picture) -> list[Json]:
    return [_names_of(view, sheet, one.groups) for sheet in one.sheets]


def _names_of(view: View, sheet: Sheet, groups: Sequence[PointGroup]) -> Json:
    """A dot for each name; what is never stands at the edge."""
    rows = []
    for label, point in dotted(groups):
        value, low, high = (float(x[point]) for x in (sheet.value, sheet.low, sheet.high))
        text = value_text(value, sheet.measure, sheet.never[point], view.horizon_h)
        mark: list[float | str | None]
        if not math.isfinite(value):
            mark = [None, None, None, None, None, text, *([charts.NEVER] if math.isinf(value) else [])]
        elif math.isfinite(low) and math.isfinite(high):
            mark = [value, low, high, None, None, text]
        else:
            mark = [value, None, None, None, None, text]
        rows.append({"label": label, "bold": False, "marks": [mark]})
    return charts.dots(f"{_title(sheet)}.", sheet.measure.kind.unit, [], rows, title=_title(sheet))


# -- heat maps --------------------------------------------------------------------------------------------------------


def _heat(view: View, one: Picture) -> list[Json]:
    (sheet,) = one.sheets
    scale = scale_of(view, [sheet], one.points)
    edges = _edges(sheet, scale, one) if one.told_apart else []
    return [_panel(view, one, group, scale, edges) for group in one.groups]


def _edges(sheet: Sheet, scale: Scale, one: Picture) -> list[float]:
    """Where shades begin, and where the last one ends, in the unit shown: equal steps between the extremes."""
    values = sheet.value[one.points]
    finite = values[np.isfinite(values)] / scale.per
    return [float(x) for x in np.linspace(finite.min(), finite.max(), SHADES + 1)]


def _panel(view: View, one: Picture, group: PointGroup, scale: Scale, edges: Sequence[float]) -> Json:
    (sheet,), (across, up) = one.sheets, one.axes
    worse_high, places = sheet.measure.kind.worse_high, decimals(sheet.value, scale)
    place = [{k: at for at, k in enumerate(order(axis))} for axis in one.axes]
    cells = []
    for point, i, j in zip(group.points, *(view.places(axis)[group.points] for axis in one.axes), strict=True):
        value = float(sheet.value[point])
        shade = "none" if math.isnan(value) else "never" if math.isinf(value) else _shade(value / scale.per, edges, worse_high)
        text = text_of(value, scale, places) or value_text(value, sheet.measure, sheet.never[int(point)], view.horizon_h)
        at = place[0][int(i)], place[1][int(j)]
        cells.append(Cell(*at, shade, text, _said(view, sheet, int(point)), int(point) in one.ringed))
    title = group.label if len(one.groups) > 1 else ""
    titles = [(_called(view, axis), [axis.written[1][k] for k in order(axis)]) for axis in (across, up)]
    words = "; ".join(f"{titles[0][1][c.x]} and {titles[1][1][c.y]}: {c.says}" for c in cells)
    what = f"{sheet.measure.kind.title}{unit_words(scale)}"
    shown = _key(edges, worse_high, lambda x: text_of(x * scale.per, scale, places))
    where = f"{what} by {titles[0][0]} and {titles[1][0]}: {words}."
    return charts.heat(title, titles[0], titles[1], cells, shown, where, what)


def _called(view: View, axis: Axis) -> str:
    unit, text = axis.written[0], view.name(axis).label
    return f"{text} ({unit})" if unit else text


def _shade(x: float, edges: Sequence[float], worse_high: bool) -> int:
    """1 for the best to :data:`SHADES` for the worst; 0 where all have one colour."""
    if not edges:
        return 0
    step = min(int(np.searchsorted(edges[1:-1], x, side="right")), SHADES - 1)
    return step + 1 if worse_high else SHADES - step


def _key(edges: Sequence[float], worse_high: bool, text: Callable[[float], str]) -> list[tuple[int, str]]:
    """What each shade stands for, from the least value to the most."""
    steps = enumerate(pairwise(edges))
    return [(k + 1 if worse_high else SHADES - k, f"{text(low)} to {text(high)}") for k, (low, high) in steps]

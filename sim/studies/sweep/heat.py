"""Heat maps of a sweep over two numbers: a shade and a number in each cell, hatched where people are never all out."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.analysis.statistics import Floats
from sim.present.style import heading, wrap
from sim.studies.axis import Axis
from sim.studies.figures import panels
from sim.studies.sweep.best import BestPoint
from sim.studies.sweep.points import Sheet, View
from sim.studies.sweep.scales import PointGroup, Scale, scale_of

NEUTRAL = "#dfe3e8"
"""Every cell where the extremes can't be told apart: shades would be drawn from noise."""
TICKS = 14
"""Labels on an axis at most."""


def heat_figure(
    view: View,
    sheet: Sheet,
    pair: Sequence[Axis],
    groups: Sequence[PointGroup],
    title: str,
    left: str,
    first: BestPoint | None = None,
) -> Figure:
    """A panel for each group; the first axis runs to the right, the second upwards, both in the order of their numbers.

    *first*: the best point by paired tests; without it cells are told apart where their intervals don't overlap.
    """
    across, up = pair
    columns = min(len(groups), 3)
    rows = -(-len(groups) // columns)
    wide = 8.4 if columns == 1 else 5.0 if columns == 2 else 4.2
    high = min(max(0.42 * len(up.values) + 1.3, 2.8), 6.4 if rows == 1 else 4.2)
    figure = Figure(figsize=(wide * columns + 1.2, high * rows), layout="constrained")
    axes = panels(figure, len(groups), columns, sharex=True, sharey=True)
    shown = np.concatenate([group.points for group in groups])
    scale, told_apart = scale_of(view, [sheet], shown), apart(sheet, shown) or _told(first)
    shades, norm = _shades(sheet, scale, shown) if told_apart else (ListedColormap([NEUTRAL]), Normalize(0.0, 1.0))
    alike = _alike(sheet, shown, first)
    room = (wide - 0.9) / len(across.values) * 72, (high - 0.9) / len(up.values) * 72  # points for a cell
    for k, (here, group) in enumerate(zip(axes, groups, strict=True)):
        if len(groups) > 1:
            here.set_title("\n".join(wrap(group.label, 40)), fontsize=11)
        _cells(here, view, sheet, pair, group, scale, shades, norm, room)
        if told_apart:
            _rings(here, view, pair, group, alike)
        _ticks(here, across, up)
        here.set_xlabel(_label(view, across) if k // columns == rows - 1 or k + columns >= len(groups) else "")
        here.set_ylabel(_label(view, up) if k % columns == 0 else "")
        here.xaxis.set_tick_params(labelbottom=k + columns >= len(groups))
    unit = {"d": " (days)", "h": " (hours)"}.get(scale.unit, "")
    if told_apart:
        bar = figure.colorbar(ScalarMappable(norm, shades), ax=figure.axes, shrink=0.85, pad=0.02)
        bar.set_label(f"{sheet.measure.kind.title}{unit}")
        bar.ax.yaxis.set_major_formatter(lambda x, _: scale.text(x))
    else:
        title = _untold(sheet, shown, title)
    whose = f"{groups[-1].label}. " if len(groups) == 1 else ""
    heading(figure, title, f"{whose}{_under(view, sheet, scale, told_apart, bool(alike))}{left}")
    return figure


def _under(view: View, sheet: Sheet, scale: Scale, told_apart: bool, ringed: bool) -> str:
    """What colours, rings and hatches mean."""
    unit = {"d": " (days)", "h": " (hours)"}.get(scale.unit, "")
    marks = ""
    if not told_apart:
        marks = f"Numbers: {sheet.measure.kind.title}{unit}, one colour as their 95 % intervals overlap or are missing. "
    elif ringed:
        marks = "Ring: the best as seen, and cells that can't be told from it. "
    hatched = f" Hatched: {scale.late}." if np.isposinf(sheet.value).any() else ""
    why = [*(["failed"] if view.errors else []), *(["no such mission"] if sheet.absent else [])]
    failed = f" Crossed: {' or '.join(why)}." if why else ""
    few = f"{view.n:,} replications in each cell; intervals are in the table.{hatched}{failed}"
    return f"{marks}{few} Every cell had the same random numbers."


def _finite(sheet: Sheet, points: NDArray[np.int64]) -> NDArray[np.int64]:
    return points[np.isfinite(sheet.value[points])]


def apart(sheet: Sheet, points: NDArray[np.int64]) -> bool:
    """Whether the least and the most of the finite cells have 95 % intervals that do not overlap."""
    points = _finite(sheet, points)
    if points.size < 2:
        return False
    least, most = points[np.argmin(sheet.value[points])], points[np.argmax(sheet.value[points])]
    return bool(sheet.high[least] < sheet.low[most])  # nan, no interval, is never less


def _told(first: BestPoint | None) -> bool:
    """Whether some point is told from the best."""
    return first is not None and len(first.untold) < first.compared


def _alike(sheet: Sheet, points: NDArray[np.int64], first: BestPoint | None) -> frozenset[int]:
    """The best and those that can't be told from it; by their intervals where there are no replications to pair."""
    if first is not None:
        return frozenset((first.point, *first.untold))
    finite = _finite(sheet, points)
    if not finite.size:
        return frozenset()
    down = sheet.measure.kind.worse_high
    top = finite[np.argmin(sheet.value[finite]) if down else np.argmax(sheet.value[finite])]
    clear = sheet.low[finite] > sheet.high[top] if down else sheet.high[finite] < sheet.low[top]
    return frozenset(int(p) for p in finite[~clear])


def _rings(axes: Axes, view: View, pair: Sequence[Axis], group: PointGroup, alike: frozenset[int]) -> None:
    place = [{k: at for at, k in enumerate(_order(axis))} for axis in pair]
    x, y = (view.places(axis)[group.points] for axis in pair)
    for point, i, j in zip(group.points, x, y, strict=True):
        if int(point) in alike:
            corner = (place[0][int(i)] - 0.43, place[1][int(j)] - 0.43)
            for colour, wide in (("black", 3.4), ("white", 1.6)):  # seen on dark and on light cells
                axes.add_patch(Rectangle(corner, 0.86, 0.86, fill=False, edgecolor=colour, linewidth=wide))


def _untold(sheet: Sheet, points: NDArray[np.int64], title: str) -> str:
    """The title where one colour is all there is: nothing to tell apart where all cells are the same or only one has a number."""
    values = sheet.value[_finite(sheet, points)]
    if values.size < 2 or values.min() == values.max() or "can't be told apart" in title:
        return title
    cells = "cells with a number" if np.isposinf(sheet.value).any() else "cells"
    return f"{title.removesuffix('.')}; the {cells} can't be told apart."


def decimals(values: Floats, scale: Scale) -> int:
    """Decimals with which cells differ that differ by a tenth of what lies between the extremes; at most three."""
    finite = values[np.isfinite(values)] / (scale.per if scale.unit != "share" else 0.01)
    usual = 1 if scale.unit == "d" or (scale.unit == "h" and finite.max(initial=0.0) < 10) else 0
    span = float(np.ptp(finite)) if finite.size else 0.0
    return next((k for k in range(usual, 4) if span * 10**k >= 9.5), 3) if span > 0 else usual


def _shades(sheet: Sheet, scale: Scale, points: NDArray[np.int64]) -> tuple[Colormap, Normalize]:
    """Dark is bad; one scale for all panels."""
    finite = sheet.value[_finite(sheet, points)] / scale.per
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    name = "cividis_r" if sheet.measure.kind.worse_high else "cividis"
    return mpl.colormaps[name], Normalize(low, high if high > low else low + 1.0)


def _order(axis: Axis) -> list[int]:
    """Positions of the values in the order of their numbers."""
    assert axis.numbers is not None
    numbers = axis.numbers
    return sorted(range(len(axis.values)), key=lambda k: (np.isnan(numbers[k]), numbers[k]))


def _cells(
    axes: Axes, view: View, sheet: Sheet, pair: Sequence[Axis], group: PointGroup, scale: Scale, shades: Colormap,
    norm: Normalize, room: tuple[float, float],
) -> None:  # fmt: skip
    place = [{k: at for at, k in enumerate(_order(axis))} for axis in pair]
    x, y = (view.places(axis)[group.points] for axis in pair)
    places = decimals(sheet.value, scale)
    texts = {int(p): _text(float(sheet.value[p]), scale, places) for p in group.points}
    longest = max(1, *map(len, texts.values()))
    size = min(10.0, 0.92 * room[0] / (0.62 * longest), 0.6 * room[1])
    for point, i, j in zip(group.points, x, y, strict=True):
        value = float(sheet.value[point])
        corner = (place[0][int(i)] - 0.5, place[1][int(j)] - 0.5)
        if not np.isfinite(value):
            face, edge, hatch = ("#ffffff", "#999999", "xx") if np.isnan(value) else ("#f3e9e9", "#a04040", "////")
            axes.add_patch(Rectangle(corner, 1, 1, facecolor=face, edgecolor=edge, hatch=hatch, linewidth=0))
            continue
        red, green, blue, _ = shade = shades(norm(value / scale.per))
        axes.add_patch(Rectangle(corner, 1, 1, facecolor=shade, edgecolor="white", linewidth=0.5))
        if size >= 5.5:
            ink = "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"
            axes.text(corner[0] + 0.5, corner[1] + 0.5, texts[int(point)], ha="center", va="center", fontsize=size, color=ink)
    axes.set_xlim(-0.5, len(pair[0].values) - 0.5)
    axes.set_ylim(-0.5, len(pair[1].values) - 0.5)
    axes.grid(visible=False)


def _text(value: float, scale: Scale, places: int) -> str:
    x = value / scale.per
    if not np.isfinite(x):
        return ""
    if scale.unit == "share":
        return f"{100 * x:.{places}f} %" if places and 0 < x < 1 else scale.text(x)
    if scale.unit in ("d", "h"):
        return f"{x:.{places}f}"
    return f"{x:,.{places}f}" if places and x != int(x) else scale.text(x)


def _ticks(axes: Axes, across: Axis, up: Axis) -> None:
    for side, axis in ((axes.xaxis, across), (axes.yaxis, up)):
        order, texts = _order(axis), axis.written[1]
        step = -(-len(order) // TICKS)
        side.set_ticks(range(0, len(order), step), labels=[texts[k] for k in order[::step]])
    longest = max(map(len, across.written[1]))
    if longest * min(len(across.values), TICKS) > 48:
        axes.tick_params(axis="x", labelrotation=45, labelsize=9)


def _label(view: View, axis: Axis) -> str:
    unit = axis.written[0]
    text = view.name(axis).label
    return "\n".join(wrap(f"{text} ({unit})" if unit else text, 44))

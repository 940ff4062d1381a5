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

from sim.present.style import heading, wrap
from sim.studies.axis import Axis
from sim.studies.figures import panels
from sim.studies.sweep.cells import decimals, finite, order, text_of, unit_words
from sim.studies.sweep.groups import PointGroup, Scale, scale_of
from sim.studies.sweep.pictures import Picture
from sim.studies.sweep.points import Sheet, View

NEUTRAL = "#dfe3e8"
"""Every cell where the extremes can't be told apart: shades would be drawn from noise."""
TICKS = 14
"""Labels on an axis at most."""


def heat_figure(view: View, picture: Picture) -> Figure:
    """A panel for each group; the first axis runs to the right, the second upwards, both in the order of their numbers."""
    pair, groups, (sheet,) = picture.axes, picture.groups, picture.sheets
    across, up = pair
    columns = min(len(groups), 3)
    rows = -(-len(groups) // columns)
    wide = 8.4 if columns == 1 else 5.0 if columns == 2 else 4.2
    high = min(max(0.42 * len(up.values) + 1.3, 2.8), 6.4 if rows == 1 else 4.2)
    figure = Figure(figsize=(wide * columns + 1.2, high * rows), layout="constrained")
    axes = panels(figure, len(groups), columns, sharex=True, sharey=True)
    scale = scale_of(view, [sheet], picture.points)
    shades, norm = (
        _shades(sheet, scale, picture.points) if picture.told_apart else (ListedColormap([NEUTRAL]), Normalize(0.0, 1.0))
    )
    room = (wide - 0.9) / len(across.values) * 72, (high - 0.9) / len(up.values) * 72  # points for a cell
    for k, (here, group) in enumerate(zip(axes, groups, strict=True)):
        if len(groups) > 1:
            here.set_title("\n".join(wrap(group.label, 40)), fontsize=11)
        _cells(here, view, sheet, pair, group, scale, shades, norm, room)
        _rings(here, view, pair, group, picture.ringed)
        _ticks(here, across, up)
        here.set_xlabel(_label(view, across) if k // columns == rows - 1 or k + columns >= len(groups) else "")
        here.set_ylabel(_label(view, up) if k % columns == 0 else "")
        here.xaxis.set_tick_params(labelbottom=k + columns >= len(groups))
    if picture.told_apart:
        bar = figure.colorbar(ScalarMappable(norm, shades), ax=figure.axes, shrink=0.85, pad=0.02)
        bar.set_label(f"{sheet.measure.kind.title}{unit_words(scale)}")
        bar.ax.yaxis.set_major_formatter(lambda x, _: scale.text(x))
    heading(figure, picture.title, picture.note)
    return figure


def _rings(axes: Axes, view: View, pair: Sequence[Axis], group: PointGroup, ringed: frozenset[int]) -> None:
    place = [{k: at for at, k in enumerate(order(axis))} for axis in pair]
    x, y = (view.places(axis)[group.points] for axis in pair)
    for point, i, j in zip(group.points, x, y, strict=True):
        if int(point) in ringed:
            corner = (place[0][int(i)] - 0.43, place[1][int(j)] - 0.43)
            for colour, wide in (("black", 3.4), ("white", 1.6)):  # seen on dark and on light cells
                axes.add_patch(Rectangle(corner, 0.86, 0.86, fill=False, edgecolor=colour, linewidth=wide))


def _shades(sheet: Sheet, scale: Scale, points: NDArray[np.int64]) -> tuple[Colormap, Normalize]:
    """Dark is bad; one scale for all panels."""
    values = sheet.value[finite(sheet, points)] / scale.per
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    name = "cividis_r" if sheet.measure.kind.worse_high else "cividis"
    return mpl.colormaps[name], Normalize(low, high if high > low else low + 1.0)


def _cells(
    axes: Axes, view: View, sheet: Sheet, pair: Sequence[Axis], group: PointGroup, scale: Scale, shades: Colormap,
    norm: Normalize, room: tuple[float, float],
) -> None:  # fmt: skip
    place = [{k: at for at, k in enumerate(order(axis))} for axis in pair]
    x, y = (view.places(axis)[group.points] for axis in pair)
    places = decimals(sheet.value, scale)
    texts = {int(p): text_of(float(sheet.value[p]), scale, places) for p in group.points}
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


def _ticks(axes: Axes, across: Axis, up: Axis) -> None:
    for side, axis in ((axes.xaxis, across), (axes.yaxis, up)):
        ordered, texts = order(axis), axis.written[1]
        step = -(-len(ordered) // TICKS)
        side.set_ticks(range(0, len(ordered), step), labels=[texts[k] for k in ordered[::step]])
    longest = max(map(len, across.written[1]))
    if longest * min(len(across.values), TICKS) > 48:
        axes.tick_params(axis="x", labelrotation=45, labelsize=9)


def _label(view: View, axis: Axis) -> str:
    unit = axis.written[0]
    text = view.name(axis).label
    return "\n".join(wrap(f"{text} ({unit})" if unit else text, 44))

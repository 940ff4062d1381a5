"""Pictures of a sweep over one number (lines with bands), over names (dots) and over many parameters (a cloud for each)."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.present.style import heading, series, wrap
from sim.studies.axis import Axis
from sim.studies.figures import panels as grid_of
from sim.studies.sweep.groups import PointGroup, Scale, SweepPanel, numbers_at, scale_of
from sim.studies.sweep.pictures import Picture, dotted, ordered
from sim.studies.sweep.points import Sheet, View
from sim.studies.sweep.scales import parameter_axis, value_axis


def lines_figure(view: View, shown: Picture) -> Figure:
    """A panel for each measure, or for each group of one measure; the band is the 95 % interval of each point."""
    panels, (axis,) = shown.panels, shown.axes
    columns = 1 if len(panels) == 1 else 2 if len(panels) in (2, 4) else 3
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(9.0, 5.0) if columns == 1 else (5.6 * columns, 3.7 * rows + 0.3), layout="constrained")
    shared = len({panel.sheet.measure for panel in panels}) == 1
    everything = np.arange(len(view.design))
    for k, (here, panel) in enumerate(zip(grid_of(figure, len(panels), columns), panels, strict=True)):
        scale = scale_of(view, [panel.sheet], everything)
        here.set_title(panel.title, fontsize=11.5)
        for look, group in panel.groups:
            _line(here, view, panel.sheet, axis, group, look, scale)
        value_axis(here, scale, panel.sheet.measure.kind.title if shared and k % columns == 0 else _short(panel.sheet, shared))
        parameter_axis(here, axis, view.name(axis).label)
        if len(panel.groups) > 1:
            _names(here, view, panel, axis, scale)
    heading(figure, shown.title, shown.note)
    return figure


def _short(sheet: Sheet, shared: bool) -> str:
    unit = sheet.measure.kind.unit
    return "" if shared else {"h": "time", "people": "people"}.get(unit, "probability")


def _line(axes: Axes, view: View, sheet: Sheet, axis: Axis, group: PointGroup, look: int, scale: Scale) -> None:
    style = series(look)
    points, x = ordered(view, axis, group)
    value, low, high = sheet.value[points], scale(sheet.low[points]), scale(sheet.high[points])
    axes.fill_between(x, low, high, color=style.colour, alpha=0.16, linewidth=0)
    finite = np.where(np.isfinite(value), value, np.nan)
    axes.plot(x, scale(finite), color=style.colour, linestyle=style.dashes, linewidth=2.4, marker="o", markersize=5, zorder=3)
    for edge in (low, high):
        axes.plot(x, edge, color=style.colour, linewidth=0.6, alpha=0.6)
    gone = np.isposinf(value)
    axes.plot(x[gone], scale(value[gone]), color=style.colour, linestyle="none", marker="^", markersize=8, zorder=4)


def _names(axes: Axes, view: View, panel: SweepPanel, axis: Axis, scale: Scale) -> None:
    """Names beside the right ends of lines, moved apart."""
    ends = []
    for look, group in panel.groups:
        x = numbers_at(view, axis, group.points)
        known = np.flatnonzero(~np.isnan(x) & ~np.isnan(panel.sheet.value[group.points]))
        if known.size:
            last = group.points[known[np.argmax(x[known])]]
            ends.append((float(scale(panel.sheet.value[[last]])[0]), group.label, look))
    bottom, top = axes.get_ylim()
    gap = 0.075 * (top - bottom)
    spots, place = [], top + gap
    for height, _, _ in (ordered := sorted(ends, key=lambda e: -e[0])):
        place = min(height, place - gap)
        spots.append(place)
    floor = bottom
    for k in reversed(range(len(spots))):
        spots[k] = floor = max(spots[k], floor)
        floor += gap
    for (_, label, look), spot in zip(ordered, spots, strict=True):
        axes.annotate(
            "\n".join(f" {line}" for line in wrap(label, 26)), (1.0, spot), xycoords=("axes fraction", "data"), va="center",
            ha="left", fontsize=9.5, fontweight="bold", color=series(look).colour, annotation_clip=False,
        )  # fmt: skip


def dots_figure(view: View, picture: Picture) -> Figure:
    """Names below each other, a dot with its interval for each, a panel for each measure."""
    shown, columns = dotted(picture.groups), len(picture.sheets)
    lines = [wrap(label, 34) for label, _ in shown]
    each = 0.36 if max(map(len, lines)) == 1 else 0.2 * max(map(len, lines)) + 0.12
    figure = Figure(figsize=(2.6 + 2.9 * columns, 1.2 + each * len(shown)), layout="constrained")
    axes = figure.subplots(1, columns, sharey=True, squeeze=False)[0]
    points, heights = np.array([point for _, point in shown]), np.arange(len(shown))[::-1]
    for k, (here, sheet) in enumerate(zip(axes, picture.sheets, strict=True)):
        scale = scale_of(view, [sheet], points)
        value, low, high = (scale(x[points]) for x in (sheet.value, sheet.low, sheet.high))
        gone = np.isposinf(sheet.value[points])
        here.hlines(heights, low, high, color=series(0).colour, linewidth=3, alpha=0.45)
        here.plot(value[~gone], heights[~gone], color=series(0).colour, linestyle="none", marker="o", markersize=7)
        here.plot(value[gone], heights[gone], color=series(1).colour, linestyle="none", marker=">", markersize=8)
        value_axis(here, scale, "", upright=False)
        here.set_xlabel(here.get_xlabel().strip() or sheet.measure.kind.unit or "")
        whose = f"{sheet.measure.whose}: " if sheet.measure.whose else ""
        here.set_title("\n".join(wrap(f"{whose}{sheet.measure.kind.title}", 26)), fontsize=10.5)
        here.grid(axis="y", visible=False)
        if k == 0:
            here.set_yticks(heights, ["\n".join(some) for some in lines], fontsize=10)
    axes[0].set_ylim(-0.6, len(shown) - 0.4)
    heading(figure, picture.title, picture.note)
    return figure


def cloud_figure(view: View, picture: Picture) -> Figure:
    """A panel for each parameter: every point at its value of it, whatever the others are."""
    shown, groups, (sheet,) = picture.axes, picture.groups, picture.sheets
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(4.3 * columns + 0.8, 3.6 * rows + 0.3), layout="constrained")
    panels = grid_of(figure, len(shown), columns, sharey=True)
    scale = scale_of(view, [sheet], np.arange(len(view.design)))
    for k, (here, axis) in enumerate(zip(panels, shown, strict=True)):
        for look, group in enumerate(groups):
            x, y = numbers_at(view, axis, group.points), sheet.value[group.points]
            gone = np.isposinf(y)
            for chosen, marker in ((~gone, "os^DvP"[look]), (gone, "^")):
                here.plot(
                    x[chosen], scale(y[chosen]), linestyle="none", marker=marker, markersize=4.5, alpha=0.65,
                    color=series(look).colour, label=group.label if marker != "^" or look == 2 else None,
                )  # fmt: skip
        value_axis(here, scale, sheet.measure.kind.title)
        if k % columns:
            here.set_ylabel("")
        parameter_axis(here, axis, view.name(axis).label)
    if len(groups) > 1:
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=10)
    heading(figure, picture.title, picture.note)
    return figure

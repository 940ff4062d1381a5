"""Picture: people out over time: of one scenario with its bands, of several a line each with the ranges at its end.

Bands of two scenarios that lie over each other can't be read, so only one scenario has them.  Below: when the capital falls and
the airport is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.curves import Bands, people_out
from sim.analysis.matrix import arrange
from sim.analysis.mission import fall_of, loss_of
from sim.analysis.outcomes import Stored, Wall, wall
from sim.present import labels, out_words
from sim.present.plot_strip import Row, draw_strip, events, height
from sim.present.style import apart, days_above, days_axis, heading, local_dates, series

OVERLAID = 4
"""Scenarios in one panel at most."""
LINES = 4.3
"""Height of the lines in inches."""
TICKS = 0.4
"""Height of the dates below a strip."""
STEP = 0.022
"""Distance of the ranges at the end, as a share of the time shown."""


class Panel(NamedTuple):
    """Scenarios under one title."""

    title: str
    names: list[str]
    bands: list[Bands]
    strip: list[Row]


def people_out_figure(results: Sequence[Stored], names: Sequence[str]) -> Figure:
    """One panel; one per threat where the scenarios form a matrix; one per scenario against the first where there are many."""
    bands = [people_out(r) for r in results]
    last = out_words.last_hour(results, bands)
    clocks = {(wall(r).start, wall(r).utc_offset) for r in results}
    clock = wall(results[0]) if len(clocks) == 1 else None
    panels = [_made(results, names, bands, members, title, clock) for title, members in _panels(results, names)]
    _draw(figure := _sized(panels), panels, last, clock)
    heading(figure, out_words.answer(results, bands, names), out_words.under(results, names))
    return figure


def _made(
    results: Sequence[Stored],
    names: Sequence[str],
    bands: Sequence[Bands],
    members: Sequence[int],
    title: str,
    clock: Wall | None,
) -> Panel:
    own = labels.labels([results[i] for i in members]) if title and title not in names else [names[i] for i in members]
    strip: list[Row] = []
    if clock is not None:
        for what, when in (("capital falls", fall_of), ("airport lost", loss_of)):
            marks = [(own[k], series(k).colour, when(results[i])) for k, i in enumerate(members)]
            strip += events(what, marks, clock)
    return Panel(title, own, [bands[i] for i in members], strip)


def _sized(panels: Sequence[Panel]) -> Figure:
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    wide = 11.0 if columns == 1 else 6.0 * columns + 0.5
    return Figure(figsize=(wide, rows * (LINES + 0.5 + TICKS + max(height(p.strip) for p in panels))), layout="constrained")


def _draw(figure: Figure, panels: Sequence[Panel], last: float, clock: Wall | None) -> None:
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    strip = max(height(p.strip) for p in panels)
    each = [LINES, strip + TICKS] if strip else [LINES]
    grid = figure.add_gridspec(len(each) * rows, columns, height_ratios=each * rows)
    top = max(_highest(b, len(panel.bands) == 1) for panel in panels for b in panel.bands) or 1.0
    for k, panel in enumerate(panels):
        row, column = len(each) * (k // columns), k % columns
        axis = figure.add_subplot(grid[row, column])
        _lines(axis, panel, last, top)
        axis.set_ylabel("people out" if column == 0 else "")
        if panel.title:
            axis.set_title(labels.wrapped(panel.title, 44), fontsize=11.5, pad=8)
        end = axis.get_xlim()[1]
        _time(axis, figure.add_subplot(grid[row + 1, column], sharex=axis) if panel.strip else None, panel, last, clock)
        axis.set_xlim(0, end)


def _time(axis: Axes, below: Axes | None, panel: Panel, last: float, clock: Wall | None) -> None:
    """Dates below the strip, or below the lines where there is none; days without a common clock."""
    if clock is None:
        days_axis(axis, last)
        return
    ticks = 4 if panel.title else 8
    if below is None:
        local_dates(axis, clock, last, ticks)
    else:
        draw_strip(below, panel.strip, clock, last, ticks)
        axis.tick_params(axis="x", labelbottom=False, length=0)
    if not panel.title:
        days_above(axis, last)


def _highest(b: Bands, alone: bool) -> float:
    return max(b.to_move if alone else b.mean_to_move, float(b.high90[-1]))


def _panels(results: Sequence[Stored], names: Sequence[str]) -> list[tuple[str, list[int]]]:
    slugs = [r.name for r in results]
    order = arrange(slugs)
    if order is not None and len(results) > OVERLAID:
        members = [[slugs.index(f"{p}-{t}") for p in order[0] if f"{p}-{t}" in slugs] for t in order[1]]
        return [(labels.shared([results[i] for i in each]) or t, each) for t, each in zip(order[1], members, strict=True)]
    if len(results) <= OVERLAID:
        return [("", list(range(len(results))))]
    return [(names[i], [0, i]) for i in range(1, len(results))]


def _lines(axis: Axes, panel: Panel, last: float, top: float) -> None:
    axis.set_ylim(0, top * 1.04)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    alone = len(panel.bands) == 1
    whole = [b.to_move if alone else b.mean_to_move for b in panel.bands]
    for people in whole[:1] if len({round(x) for x in whole}) == 1 else whole:
        axis.axhline(people, color="#444444", linestyle=(0, (1, 2)), linewidth=1.2)
    if alone:
        _banded(axis, panel.bands[0], last)
        axis.set_xlim(0, last)
    else:
        _several(axis, panel, last, top)
    _mark_before(axis, [b.before if alone else b.mean_before for b in panel.bands], top)


def _until(values: np.ndarray, last: float) -> np.ndarray:
    """Values by the hour up to *last*, the last one held."""
    cut = values[: int(last) + 1]
    return np.append(cut, cut[-1])


def _hours(b: Bands, last: float) -> np.ndarray:
    return np.append(b.hour[: int(last) + 1], last)


def _banded(axis: Axes, b: Bands, last: float) -> None:
    style, hour = series(0), _hours(b, last)
    low90, low50, mid, high50, high90 = (_until(x, last) for x in b[1:6])
    axis.fill_between(hour, low90, high90, color=style.colour, alpha=0.16, linewidth=0)
    axis.fill_between(hour, low50, high50, color=style.colour, alpha=0.32, linewidth=0)
    axis.plot(hour, mid, color=style.colour, linewidth=2.8, zorder=3)


def _several(axis: Axes, panel: Panel, last: float, top: float) -> None:
    """Means, and beyond the end of the time shown a range for each."""
    many = len(panel.bands)
    axis.axvline(last, color="#bbbbbb", linewidth=0.8)
    for look, b in enumerate(panel.bands):
        style, at = series(look), last * (1 + STEP * (look + 1))
        axis.plot(_hours(b, last), _until(b.mean, last), color=style.colour, linestyle=style.dashes, linewidth=2.8, zorder=3)
        ends = [float(x[-1]) for x in (b.low90, b.high90, b.low50, b.high50)]
        axis.plot([at, at], ends[:2], color=style.colour, linewidth=1.6, solid_capstyle="butt")
        axis.plot([at, at], ends[2:], color=style.colour, linewidth=6, solid_capstyle="butt", alpha=0.6)
        axis.plot([at], [float(b.mean[-1])], color=style.colour, marker="o", markersize=6, markeredgecolor="white", zorder=4)
    axis.set_xlim(0, last * (1 + STEP * (many + 1)))
    texts = [f"{labels.wrapped(name, 20)}\n{b.mean[-1]:,.0f}" for name, b in zip(panel.names, panel.bands, strict=True)]
    gap = 0.19 * max(1 + text.count("\n") for text in texts) / LINES
    for look, spot in enumerate(apart([float(b.mean[-1]) for b in panel.bands], top, gap)):
        axis.annotate(
            texts[look], (1.0, spot), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points", va="center",
            ha="left", fontsize=10.5, linespacing=1.05, fontweight="bold", color=series(look).colour, annotation_clip=False,
        )  # fmt: skip


def _mark_before(axis: Axes, before: Sequence[float], top: float) -> None:
    """The step at the start: how many were out before it, once for scenarios in which they are the same."""
    looks = {
        people: [k for k, other in enumerate(before) if other == people]
        for people in sorted(set(before), reverse=True)
        if people > 0
    }
    beside = [people + (-0.045 if people > 0.09 * top else 0.045) * top for people in looks]
    for (people, same), spot in zip(looks.items(), apart(beside, top), strict=True):
        colour = series(same[0]).colour if len(same) == 1 else "#333333"
        axis.plot([0, 0], [0, people], color=colour, linewidth=5, solid_capstyle="butt", clip_on=False, zorder=4)
        axis.plot([0], [people], color=colour, marker="o", markersize=7, clip_on=False, zorder=4)
        box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
        axis.annotate(
            f"{people:,.0f} out before the start", (0, spot), xytext=(9, 0), textcoords="offset points", va="center",
            fontsize=10, fontweight="bold", color=colour, bbox=box, zorder=5,
        )  # fmt: skip

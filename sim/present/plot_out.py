"""Picture: people out over time, the middle case with bands of the replications, a line per scenario."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.curves import Bands, people_out, settled_hour
from sim.analysis.matrix import arrange
from sim.analysis.outcomes import Stored, wall
from sim.present import cells, plot_before
from sim.present.style import apart, days_axis, heading, series, wall_axis

OVERLAID = 4
"""Scenarios in one panel at most."""


def people_out_figure(results: Sequence[Stored], labels: Sequence[str]) -> Figure:
    """One panel; one per threat where the scenarios form a matrix; one per scenario against the first where there are many."""
    bands = [people_out(r) for r in results]
    panels = _panels(results, labels)
    last = max(24.0, max(settled_hour(b) for b in bands) * 1.08)
    last = min(last, max(float(b.hour[-1]) for b in bands) or 24.0) or 24.0
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    size = (10.0, 5.4) if len(panels) == 1 else (4.6 * columns + 1.0, 4.4 * rows + 0.4)
    figure = Figure(figsize=size, layout="constrained")
    axes = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    top = max(max(b.to_move, float(b.high90[-1])) for b in bands) or 1.0
    clocks = {(wall(r).start, wall(r).utc_offset) for r in results}
    for k, (axis, (title, members)) in enumerate(zip(axes, panels, strict=False)):
        if title:
            axis.set_title(title, fontsize=11.5, pad=30 if len(clocks) == 1 else 6)
        # within a panel of one threat the provider is enough
        chosen = [(bands[i], labels[i].removesuffix(f"-{title}") if title else labels[i]) for i in members]
        _panel(axis, chosen, last, top, single=len(results) == 1)
        days_axis(axis, last)
        if len(clocks) == 1:
            wall_axis(axis, wall(results[0]), last)
        axis.set_ylabel("people out" if k % columns == 0 else "")
    for unused in axes[len(panels) :]:
        unused.set_visible(False)
    edge = "thin lines" if len(results) > 1 else "lighter"
    shading = f"Line: median of the replications; shaded: middle 50 %, {edge}: middle 90 %; dotted: everybody to be moved."
    heading(figure, _answer(results, bands, labels), f"{shading} {plot_before.sentence(results, labels)}{cells.resting(results)}")
    return figure


def _panels(results: Sequence[Stored], labels: Sequence[str]) -> list[tuple[str, list[int]]]:
    names = [r.name for r in results]
    order = arrange(names)
    if order is not None:
        return [(t, [names.index(f"{p}-{t}") for p in order[0] if f"{p}-{t}" in names]) for t in order[1]]
    if len(results) <= OVERLAID:
        return [("", list(range(len(results))))]
    return [(labels[i], [0, i]) for i in range(1, len(results))]


def _panel(axis: Axes, chosen: Sequence[tuple[Bands, str]], last: float, top: float, single: bool) -> None:
    axis.set_ylim(0, top * 1.04)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    alone = len(chosen) == 1
    for look, (b, _) in enumerate(chosen):
        style = series(look)
        hour, low90, low50, mid, high50, high90 = (x[: int(last) + 1] for x in b[:6])
        if hour[-1] < last:
            hour = np.append(hour, last)
            low90, low50, mid, high50, high90 = (np.append(x, x[-1]) for x in (low90, low50, mid, high50, high90))
        axis.fill_between(hour, low90, high90, color=style.colour, alpha=0.14 if alone else 0.07, linewidth=0)
        axis.fill_between(hour, low50, high50, color=style.colour, alpha=0.28 if alone else 0.24, linewidth=0)
        if not alone:
            for edge in (low90, high90):
                axis.plot(hour, edge, color=style.colour, linestyle=style.dashes, linewidth=0.8, alpha=0.8)
        axis.plot(hour, mid, color=style.colour, linestyle=style.dashes, linewidth=2.8, zorder=3)
    for b, _ in chosen[:1] if len({c[0].to_move for c in chosen}) == 1 else chosen:
        axis.axhline(b.to_move, color="#444444", linestyle=(0, (1, 2)), linewidth=1.2)
    _mark_before(axis, [b.before for b, _ in chosen], top)
    if not single:
        _label(axis, [(float(b.median[min(int(last), b.median.size - 1)]), label) for b, label in chosen], top)


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


def _label(axis: Axes, ends: Sequence[tuple[float, str]], top: float) -> None:
    """Names beside the ends of the lines, moved apart where they would overlap."""
    for look, spot in enumerate(apart([end for end, _ in ends], top)):
        axis.annotate(
            f" {ends[look][1]}", (1.0, spot), xycoords=("axes fraction", "data"), va="center", ha="left",
            fontsize=11, fontweight="bold", color=series(look).colour, annotation_clip=False,
        )  # fmt: skip


def _answer(results: Sequence[Stored], bands: Sequence[Bands], labels: Sequence[str]) -> str:
    ends = [float(b.median[-1]) for b in bands]
    if not any(b.to_move for b in bands):
        return "Nobody has to be moved"
    if len(results) == 1:
        out = f"{results[0].title}: {ends[0]:,.0f} of {bands[0].to_move:,.0f} people get out in the middle case"
        return f"{out}{_reached(bands[0], ends[0])}"
    if len(results) <= OVERLAID:
        before = (f" ({b.before:,.0f} before the start)" if b.before else "" for b in bands)
        each = ", ".join(f"{label} {end:,.0f}{gone}" for label, end, gone in zip(labels, ends, before, strict=True))
        whole = {b.to_move for b in bands}
        return f"People out in the end, middle case: {each}{f' of {whole.pop():,.0f}' if len(whole) == 1 else ''}"
    best, worst = int(np.argmax(ends)), int(np.argmin(ends))
    return f"People out in the end, middle case: from {ends[worst]:,.0f} ({labels[worst]}) to {ends[best]:,.0f} ({labels[best]})"


def _reached(b: Bands, end: float) -> str:
    """Who of them was out before the start, and when half of the others are."""
    if not b.before:
        return f", half of them by day {b.half_h / 24:.1f}" if b.half_h is not None else ""
    if b.before >= end:
        return ", all of them before the start"
    half = f"; half of those there at the start are out by day {b.half_h / 24:.1f}" if b.half_h is not None else ""
    return f", {b.before:,.0f} of them before the start{half}"

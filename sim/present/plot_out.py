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
from sim.present import cells
from sim.present.style import days_axis, heading, series, wall_axis

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
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False)
    top = max(max(b.to_move, float(b.high90[-1])) for b in bands) or 1.0
    clocks = {(wall(r).start, wall(r).utc_offset) for r in results}
    for k, (title, members) in enumerate(panels):
        axis = axes[k // columns][k % columns]
        if title:
            axis.set_title(title, fontsize=11.5, pad=30 if len(clocks) == 1 else 6)
        chosen = [(bands[i], _short(labels[i], title), i) for i in members]
        _panel(axis, chosen, last, top, single=len(results) == 1)
        days_axis(axis, last)
        if len(clocks) == 1:
            wall_axis(axis, wall(results[0]), last)
        axis.set_ylabel("people out" if k % columns == 0 else "")
    for k in range(len(panels), rows * columns):
        axes[k // columns][k % columns].set_visible(False)
    edge = "thin lines" if len(results) > 1 else "lighter"
    shading = f"Line: median of the replications; shaded: middle 50 %, {edge}: middle 90 %; dotted: everybody to be moved."
    heading(figure, _answer(results, bands, labels), f"{shading} {cells.resting(results)}")
    return figure


def _panels(results: Sequence[Stored], labels: Sequence[str]) -> list[tuple[str, list[int]]]:
    order = arrange([r.name for r in results])
    if order is not None:
        names = [r.name for r in results]
        return [(t, [names.index(f"{p}-{t}") for p in order[0] if f"{p}-{t}" in names]) for t in order[1]]
    if len(results) <= OVERLAID:
        return [("", list(range(len(results))))]
    return [(labels[i], [0, i]) for i in range(1, len(results))]


def _short(label: str, threat: str) -> str:
    """Within a panel of one threat the provider is enough."""
    return label.removesuffix(f"-{threat}") if threat else label


def _panel(axis: Axes, chosen: Sequence[tuple[Bands, str, int]], last: float, top: float, single: bool) -> None:
    axis.set_ylim(0, top * 1.04)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    for look, (b, _, _) in enumerate(chosen):
        style = series(look)
        arrays = (b.hour, b.low90, b.low50, b.median, b.high50, b.high90)
        hour, low90, low50, mid, high50, high90 = (x[: int(last) + 1] for x in arrays)
        if hour[-1] < last:
            hour = np.append(hour, last)
            low90, low50, mid, high50, high90 = (np.append(x, x[-1]) for x in (low90, low50, mid, high50, high90))
        alone = len(chosen) == 1
        axis.fill_between(hour, low90, high90, color=style.colour, alpha=0.14 if alone else 0.07, linewidth=0)
        axis.fill_between(hour, low50, high50, color=style.colour, alpha=0.28 if alone else 0.24, linewidth=0)
        if not alone:
            for edge in (low90, high90):
                axis.plot(hour, edge, color=style.colour, linestyle=style.dashes, linewidth=0.8, alpha=0.8)
        axis.plot(hour, mid, color=style.colour, linestyle=style.dashes, linewidth=2.8, zorder=3)
    for b, _, _ in chosen[:1] if len({c[0].to_move for c in chosen}) == 1 else chosen:
        axis.axhline(b.to_move, color="#444444", linestyle=(0, (1, 2)), linewidth=1.2)
    if not single:
        _label(axis, [(float(b.median[min(int(last), b.median.size - 1)]), label) for b, label, _ in chosen], top)


def _label(axis: Axes, ends: Sequence[tuple[float, str]], top: float) -> None:
    """Names beside the ends of the lines, moved apart where they would overlap."""
    gap, place = 0.055 * top, 1.06 * top
    order = sorted(range(len(ends)), key=lambda i: (-ends[i][0], i))
    spots = [place := min(ends[look][0], place - gap) for look in order]
    place = 0.01 * top - gap
    for k in reversed(range(len(spots))):
        spots[k] = place = max(spots[k], place + gap)
    for look, spot in zip(order, spots, strict=True):
        axis.annotate(
            f" {ends[look][1]}", (1.0, spot), xycoords=("axes fraction", "data"), va="center", ha="left",
            fontsize=11, fontweight="bold", color=series(look).colour, annotation_clip=False,
        )  # fmt: skip


def _answer(results: Sequence[Stored], bands: Sequence[Bands], labels: Sequence[str]) -> str:
    ends = [float(b.median[-1]) for b in bands]
    if not any(b.to_move for b in bands):
        return "Nobody has to be moved"
    if len(results) == 1:
        half = _hour_of_half(bands[0])
        reached = f", half of them by day {half / 24:.1f}" if half is not None else ""
        return f"{results[0].title}: {ends[0]:,.0f} of {bands[0].to_move:,.0f} people get out in the middle case{reached}"
    if len(results) <= OVERLAID:
        told = ", ".join(f"{label} {end:,.0f}" for label, end in zip(labels, ends, strict=True))
        whole = {b.to_move for b in bands}
        return f"People out in the end, middle case: {told}{f' of {whole.pop():,.0f}' if len(whole) == 1 else ''}"
    best, worst = int(np.argmax(ends)), int(np.argmin(ends))
    return f"People out in the end, middle case: from {ends[worst]:,.0f} ({labels[worst]}) to {ends[best]:,.0f} ({labels[best]})"


def _hour_of_half(b: Bands) -> float | None:
    there = np.flatnonzero(b.median >= 0.5 * b.to_move)
    return float(b.hour[there[0]]) if there.size and b.to_move else None

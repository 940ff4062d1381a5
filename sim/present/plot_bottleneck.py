"""Picture: the bottleneck by the day: causes down in travel order, time to the right, shade = share of the replications."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.figure import Figure

from sim.analysis.curves import active_hour, binned, bottlenecks
from sim.analysis.leading import Leading, leading
from sim.analysis.matrix import arrange
from sim.analysis.outcomes import Stored, wall
from sim.analysis.statistics import Floats
from sim.analysis.words import CAUSE_TEXT, share
from sim.model.names import CAUSES
from sim.present import cells
from sim.present.labels import wrapped
from sim.present.style import days_axis, heading, shade_key, wall_axis

SHADES = LinearSegmentedColormap.from_list("share", ["#ffffff", "#f9d3b4", "#ee9c5e", "#c4540f", "#8a3300", "#3a1400"], N=6)
STEPS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5)
NAMES = ("< 5 %", "5 %", "10 %", "20 %", "35 %", "50 %")
VISIBLE = 0.05
"""A cause is the bottleneck at some time where its share reaches this."""
ROW = 0.1
"""It has a row of its own where its share reaches this, or the title names it; the others are named in a line."""
KEY = "share of the replications in which this is the bottleneck of the hour, at least"
NORM = BoundaryNorm([*STEPS, 1.0001], SHADES.N)
NAMED = 4
"""Scenarios whose bottleneck the title says."""


def bottleneck_figure(results: Sequence[Stored], names: Sequence[str]) -> Figure:
    """A strip of causes per scenario on one time axis: below each other, or as the matrix that the scenarios form."""
    columns, order = _places([r.name for r in results])
    results, names = [results[i] for i in order], [names[i] for i in order]
    cuts, width, last = _cuts(results)
    first = [leading(r) for r in results]
    shown, few = _shown(cuts, {cause for one in first if one is not None for cause in (one.cause, one.second) if cause})
    rows = -(-len(results) // columns)
    size = (10.5 if columns == 1 else 3.0 + 4.2 * columns, 1.3 + (0.75 + 0.29 * len(shown)) * rows)
    figure = Figure(figsize=size, layout="constrained")
    grid = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    axes = grid[: len(results)]
    for unused in grid[len(results) :]:
        unused.set_visible(False)
    for k, (axis, cut, name) in enumerate(zip(axes, cuts, names, strict=True)):
        _strip(axis, cut[shown], np.minimum(np.arange(cut.shape[1] + 1) * width, last), [CAUSE_TEXT[CAUSES[i]] for i in shown])
        if len(results) > 1:
            title = name if columns == 1 else wrapped(name, 36, 3)
            axis.set_title(title, fontsize=11.5, pad=44 if k < columns else 6)
        days_axis(axis, last)
        axis.xaxis.set_tick_params(labelbottom=k + columns >= len(results))
        if k + columns < len(results):
            axis.set_xlabel("")
    if len({(wall(r).start, wall(r).utc_offset) for r in results}) == 1:
        for axis in axes[:columns]:
            wall_axis(axis, wall(results[0]), last, 8 if columns == 1 else 4)
    shade_key(figure, axes, SHADES, STEPS, NAMES, KEY)
    heading(figure, _answer(results, first, names), f"{_under(few, width)} {cells.resting(results)}")
    return figure


def _strip(axis: Axes, shares: Floats, edges: Floats, causes: Sequence[str]) -> None:
    axis.pcolormesh(edges, np.arange(len(causes) + 1) - 0.5, shares, cmap=SHADES, norm=NORM, rasterized=True)
    axis.set_yticks(np.arange(len(causes)), causes, fontsize=9.5)
    axis.set_ylim(len(causes) - 0.5, -0.5)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    for y in range(1, len(causes)):
        axis.axhline(y - 0.5, color="#e6e6e6", linewidth=0.7)


def _cuts(results: Sequence[Stored]) -> tuple[list[Floats], int, float]:
    """Shares (causes, times) of each, the hours of a time, and the last hour shown."""
    hourly = [bottlenecks(r) for r in results]
    ends = [h[np.flatnonzero(s.sum(axis=0) > 0.005)[-1]] if (s.sum(axis=0) > 0.005).any() else 24.0 for h, s in hourly]
    calm = max(active_hour(r) for r in results)
    last = float(max(min(max(ends), calm * 1.15) if calm else max(ends), 24.0))
    width = 24 if last > 120 else 6 if last > 48 else 1
    cuts = [binned(s[:, : int(last)], width) for _, s in hourly]
    busy = max(
        (int(np.flatnonzero(at)[-1]) + 1 for cut in cuts if (at := cut.max(axis=0, initial=0.0) >= VISIBLE).any()), default=0
    )
    last = min(last, float(width * (busy + 1))) if busy else last
    return [cut[:, : int(np.ceil(last / width))] for cut in cuts], width, last


def _shown(cuts: Sequence[Floats], named: set[str]) -> tuple[list[int], list[int]]:
    """Causes with a row, and others that are the bottleneck at some time."""
    most = [max(float(cut[i].max(initial=0.0)) for cut in cuts) for i in range(len(CAUSES))]
    some = [i for i, top in enumerate(most) if top >= VISIBLE]
    rows = [i for i, top in enumerate(most) if top >= ROW or (CAUSES[i] in named and top > 0)] or some or [0]
    return rows, [i for i in some if i not in rows]


def _under(few: Sequence[int], width: int) -> str:
    by = {24: "Means of a day. ", 6: "Means of six hours. "}.get(width, "")
    rest = f" Under {share(ROW)} at all times: {', '.join(CAUSE_TEXT[CAUSES[i]] for i in few)}." if few else ""
    return f"{by}Bottleneck: the cause with most of the person-hours waited in an hour. From compound (top) to hub.{rest}"


def _places(names: Sequence[str]) -> tuple[int, list[int]]:
    """Columns of the figure, and the order in which the scenarios fill them row by row."""
    order = arrange(names)
    if order is None or len(names) < len(order[0]) * len(order[1]):
        return 1 if len(names) <= 4 else 3, list(range(len(names)))
    return len(order[1]), [names.index(f"{provider}-{threat}") for provider in order[0] for threat in order[1]]


def _answer(results: Sequence[Stored], first: Sequence[Leading | None], names: Sequence[str]) -> str:
    """What holds people up most often, where that is told from the next; of many scenarios only what all of them share."""
    if len(results) == 1:
        return f"{results[0].title}: {_alone(first[0])}"
    causes = {one.cause if one is not None and one.apart else "" for one in first}
    if len(causes) == 1 and (cause := causes.pop()):
        return f"In every scenario the bottleneck is most often {CAUSE_TEXT[cause]}"
    if not any(one is not None and one.apart for one in first):
        return "In no scenario can it be told which bottleneck comes most often"
    if len(results) > NAMED:
        return "Which bottleneck comes most often differs between scenarios or can't be told"
    each = (f"{name}: {_short(one)}" for name, one in zip(names, first, strict=True))
    return f"The bottleneck most often. {'; '.join(each)}"


def _short(one: Leading | None) -> str:
    if one is None:
        return "none"
    return f"{CAUSE_TEXT[one.cause]} ({share(one.share)})" if one.apart else "can't be told"


def _alone(one: Leading | None) -> str:
    if one is None:
        return "no bottleneck after the order"
    if not one.second:
        return f"the bottleneck is {CAUSE_TEXT[one.cause]}"
    if one.apart:
        return f"the bottleneck is most often {CAUSE_TEXT[one.cause]}, in {share(one.share)} of the hours in which people wait"
    return (
        f"which bottleneck comes most often can't be told ({CAUSE_TEXT[one.cause]} in {share(one.share)} of the hours in which "
        f"people wait, {CAUSE_TEXT[one.second]} in {share(one.second_share)})"
    )

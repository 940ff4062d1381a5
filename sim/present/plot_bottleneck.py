"""Picture: the bottleneck by the day: causes down in travel order, time to the right, shade = share of the replications."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.figure import Figure

from sim.analysis.hourly_bottleneck import leading
from sim.analysis.matrix import arrange
from sim.analysis.outcomes import Stored, wall
from sim.analysis.statistics import Floats
from sim.analysis.words import CAUSE_TEXT
from sim.model.names import CAUSES
from sim.present import bottleneck_words as words
from sim.present import cells
from sim.present.labels import wrapped
from sim.present.style import days_axis, heading, shade_key, wall_axis

SHADES = LinearSegmentedColormap.from_list("share", ["#ffffff", "#f9d3b4", "#ee9c5e", "#c4540f", "#8a3300", "#3a1400"], N=6)
KEY = "share of the replications in which this is the bottleneck of the hour, at least"
NORM = BoundaryNorm([*words.STEPS, 1.0001], SHADES.N)


def bottleneck_figure(results: Sequence[Stored], names: Sequence[str]) -> Figure:
    """A strip of causes per scenario on one time axis: below each other, or as the matrix that the scenarios form."""
    columns, order = _places([r.name for r in results])
    results, names = [results[i] for i in order], [names[i] for i in order]
    cuts, width, last = words.cuts_of(results)
    first = [leading(r) for r in results]
    shown, few = words.rows_of(cuts, {cause for one in first if one is not None for cause in (one.cause, one.second) if cause})
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
    shade_key(figure, axes, SHADES, words.STEPS, words.NAMES, KEY)
    heading(figure, words.answer(results, first, names), f"{words.under(few, width)} {cells.resting(results)}")
    return figure


def _strip(axis: Axes, shares: Floats, edges: Floats, causes: Sequence[str]) -> None:
    axis.pcolormesh(edges, np.arange(len(causes) + 1) - 0.5, shares, cmap=SHADES, norm=NORM, rasterized=True)
    axis.set_yticks(np.arange(len(causes)), causes, fontsize=9.5)
    axis.set_ylim(len(causes) - 0.5, -0.5)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    for y in range(1, len(causes)):
        axis.axhline(y - 0.5, color="#e6e6e6", linewidth=0.7)


def _places(names: Sequence[str]) -> tuple[int, list[int]]:
    """Columns of the figure, and the order in which the scenarios fill them row by row."""
    order = arrange(names)
    if order is None or len(names) < len(order[0]) * len(order[1]):
        return 1 if len(names) <= 4 else 3, list(range(len(names)))
    return len(order[1]), [names.index(f"{provider}-{threat}") for provider in order[0] for threat in order[1]]

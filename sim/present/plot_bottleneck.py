"""Picture: the bottleneck by the hour: causes down in travel order, time to the right, shade = share of the replications."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.analysis.curves import active_hour, binned, bottlenecks
from sim.analysis.matrix import arrange
from sim.analysis.outcomes import Stored, wall
from sim.analysis.statistics import Floats
from sim.analysis.waiting import LEADS
from sim.analysis.words import CAUSE_TEXT
from sim.model.names import CAUSES
from sim.present import cells
from sim.present.style import days_axis, heading, shade_key, wall_axis

SHADES = LinearSegmentedColormap.from_list("share", ["#ffffff", "#fbe3cf", "#f4b184", "#dd7433", "#a84300", "#4a1d00"], N=6)
STEPS = (0.0, 0.02, 0.1, 0.25, 0.5, 0.75)
NAMES = ("< 2 %", "2 %", "10 %", "25 %", "50 %", "75 %")
VISIBLE = 0.05
"""A cause has a row where its share reaches this at some time."""
KEY = "share of the replications in which this is the bottleneck of the hour, at least"
NORM = BoundaryNorm([*STEPS, 1.0001], SHADES.N)


def bottleneck_figure(results: Sequence[Stored], labels: Sequence[str]) -> Figure:
    """A strip of causes per scenario on one time axis: below each other, or as the matrix that the scenarios form."""
    columns, order = _places([r.name for r in results])
    results, labels = [results[i] for i in order], [labels[i] for i in order]
    hourly = [bottlenecks(r) for r in results]
    ends = [h[np.flatnonzero(s.sum(axis=0) > 0.005)[-1]] if (s.sum(axis=0) > 0.005).any() else 24.0 for h, s in hourly]
    calm = max(active_hour(r) for r in results)
    last = float(max(min(max(ends), calm * 1.15) if calm else max(ends), 24.0))
    width = int(max(1, round(last / 168)))
    cuts = [binned(s[:, : int(last)], width) for _, s in hourly]
    shown = [i for i in range(len(CAUSES)) if any(cut[i].max(initial=0.0) >= VISIBLE for cut in cuts)] or [0]
    rows = -(-len(results) // columns)
    size = (10.5 if columns == 1 else 3.0 + 4.2 * columns, 1.3 + (0.55 + 0.29 * len(shown)) * rows)
    figure = Figure(figsize=size, layout="constrained")
    grid = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    axes = grid[: len(results)]
    for unused in grid[len(results) :]:
        unused.set_visible(False)
    for k, (axis, cut, label) in enumerate(zip(axes, cuts, labels, strict=True)):
        edges = np.minimum(np.arange(cut.shape[1] + 1) * width, last)
        axis.pcolormesh(edges, np.arange(len(shown) + 1) - 0.5, cut[shown], cmap=SHADES, norm=NORM, rasterized=True)
        axis.set_yticks(np.arange(len(shown)), [CAUSE_TEXT[CAUSES[i]] for i in shown], fontsize=9.5)
        axis.set_ylim(len(shown) - 0.5, -0.5)
        axis.grid(axis="y", visible=False)
        axis.tick_params(axis="y", length=0)
        for y in range(1, len(shown)):
            axis.axhline(y - 0.5, color="#e6e6e6", linewidth=0.7)
        if len(results) > 1:
            axis.set_title(label, fontsize=11.5, pad=30 if k < columns else 6)
        days_axis(axis, last)
        if k + columns < len(results):
            axis.set_xlabel("")
    if len({(wall(r).start, wall(r).utc_offset) for r in results}) == 1:
        for axis in axes[:columns]:
            wall_axis(axis, wall(results[0]), last)
    shade_key(figure, axes, SHADES, STEPS, NAMES, KEY)
    under = "Bottleneck of an hour: the cause with most of the person-hours waited in it. From the compound (top) to the hub."
    heading(figure, _answer(results, hourly, labels), f"{under} {cells.resting(results)}")
    return figure


def _places(names: Sequence[str]) -> tuple[int, list[int]]:
    """Columns of the figure, and the order in which the scenarios fill them row by row."""
    order = arrange(names)
    if order is None or len(names) < len(order[0]) * len(order[1]):
        return 1 if len(names) <= 4 else 3, list(range(len(names)))
    return len(order[1]), [names.index(f"{provider}-{threat}") for provider in order[0] for threat in order[1]]


def _answer(results: Sequence[Stored], hourly: Sequence[tuple[Floats, Floats]], labels: Sequence[str]) -> str:
    courses = [_course(shares) for _, shares in hourly]
    if len(results) == 1:
        names = [CAUSE_TEXT[c] for c in courses[0]]
        if len(names) < 2:
            return f"{results[0].title}: {f'the bottleneck is {names[0]}' if names else 'no bottleneck after the order'}"
        then = "".join(f", then {name}" for name in names[2:])
        return f"{results[0].title}: the bottleneck moves from {names[0]} to {names[1]}{then}"
    if len(results) > 3:
        return "The bottleneck by the hour, scenario by scenario"
    each = (f"{label}: {' → '.join(course) or 'none'}" for label, course in zip(labels, courses, strict=True))
    return f"The bottleneck{' moves' if any(len(c) > 1 for c in courses) else ''}. {'; '.join(each)}"


def _course(shares: Floats) -> list[str]:
    """The three causes that are the most likely bottleneck for the longest, as they follow each other; without the order.

    By the day where it takes more than three, as in the tables.  A cause stands where the middle of its longest run is: an hour
    in which it leads long before or after that is no move of the bottleneck.
    """
    if not shares.size:
        return []
    by_day = _leaders(binned(shares, 24))
    leading = by_day if (by_day[3:] >= 0).any() else _leaders(shares)
    length = {int(c): int(np.count_nonzero(leading == c)) for c in np.unique(leading) if c >= 0}
    longest = sorted(length, key=lambda c: (-length[c], c))[:3]
    return [CAUSES[c] for c in sorted(longest, key=lambda c: (_middle(leading, c), c))]


def _leaders(shares: Floats) -> NDArray[np.int64]:
    """Of shares (causes, times) the number of the cause that leads at each time; -1 where none does or only the order."""
    shares = shares.copy()
    shares[CAUSES.index("order")] = 0.0
    return np.where(shares.max(axis=0) >= LEADS, shares.argmax(axis=0), -1)


def _middle(leading: NDArray[np.int64], cause: int) -> float:
    """The middle of the longest run of *cause*, the first of equals."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], leading == cause, [False])).astype(np.int8)))
    begins, ends = edges[::2], edges[1::2]
    k = int(np.argmax(ends - begins))
    return float(begins[k] + ends[k]) / 2

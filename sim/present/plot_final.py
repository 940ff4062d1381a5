"""Completion of many scenarios: missions down, scenarios to the right, shade and number = chance that all are out in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.figure import Figure

from sim.analysis.found import Entry, Summary
from sim.analysis.words import share
from sim.present.labels import wrapped

STEPS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.999)
"""Lower ends of the shades; the last one is "in every replication"."""
BLUES = ("#ffffff", "#cfe3f1", "#8dc1e2", "#3f93c8", "#0b66a6", "#06406e", "#021c33")
SHADES = LinearSegmentedColormap.from_list("chance", BLUES, N=len(BLUES))
NORM = BoundaryNorm([*STEPS, 1.0001], SHADES.N)


def final_figure(names: Sequence[str], summaries: Sequence[Summary], titles: Mapping[str, str]) -> Figure:
    """The figure without its heading; *titles* of missions."""
    missions = [m for m in summaries[0].missions if any(m in s.missions and s.missions[m].to_move for s in summaries)]
    chances = {m: [_chance(s.missions.get(m)) for s in summaries] for m in missions}
    missions.sort(key=lambda m: (-sum(p or 0 for p in chances[m]), m))
    rows = [*(titles.get(m, m) for m in missions), "all together"]
    grid = np.array([*(chances[m] for m in missions), [_chance(s.total) for s in summaries]], dtype=float)
    wide = 1.5 + 0.08 * max(map(len, rows)) + 1.15 * len(summaries)
    figure = Figure(figsize=(max(wide, 8.0), 1.6 + 0.25 * len(rows)), layout="constrained")
    axis = figure.subplots()
    right, down = np.arange(len(summaries) + 1) - 0.5, np.arange(len(rows) + 1) - 0.5
    axis.pcolormesh(right, down, grid, cmap=SHADES, norm=NORM, edgecolors="white")
    for (y, x), p in np.ndenumerate(grid):
        if np.isfinite(p):
            colour, weight = "white" if p >= 0.5 else "black", "normal" if y < len(missions) else "bold"
            axis.text(x, y, share(float(p)), ha="center", va="center", fontsize=9, color=colour, fontweight=weight)
    axis.set_yticks(np.arange(len(rows)), rows, fontsize=9.5)
    axis.set_xticks(np.arange(len(summaries)), [wrapped(name, 14, 7) for name in names], fontsize=8.8)
    axis.xaxis.tick_top()
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.grid(False)
    axis.tick_params(length=0)
    for side in axis.spines.values():
        side.set_visible(False)
    return figure


def _chance(entry: Entry | None) -> float | None:
    return entry.p_all_out.estimate if entry else None

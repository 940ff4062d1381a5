"""Picture: how likely each mission is to be out by when, as a heat map that still reads with forty missions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.figure import Figure

from sim.analysis.curves import Completion, completion, last_useful_hour
from sim.analysis.outcomes import Stored
from sim.analysis.words import share
from sim.present import cells, plot_before
from sim.present.columns import Json
from sim.present.style import days_axis, heading, shade_key

STEPS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.999)
"""Lower ends of the shades; the last one is "in every replication"."""
NAMES = ("< 5 %", "5 %", "25 %", "50 %", "75 %", "90 %", "all")
BLUES = ("#ffffff", "#cfe3f1", "#8dc1e2", "#3f93c8", "#0b66a6", "#06406e", "#021c33")
SHADES = LinearSegmentedColormap.from_list("chance", BLUES, N=len(BLUES))
NORM = BoundaryNorm([*STEPS, 1.0001], SHADES.N)
COLUMNS = (46, 86, 132, 178)
"""Right edges of the columns beside a map, in points from it."""
SIDE_BY_SIDE = 3
"""Scenarios drawn over time; more are shown by their chance in the end."""
_ELSE_NEVER = "out before the start, else never ordered out"


def completion_figure(results: Sequence[Stored], labels: Sequence[str], summaries: Sequence[Json]) -> Figure:
    """Time to the right, missions down, shade = chance that all of the mission are out; or scenarios to the right if many.

    The time of one scenario runs from the order; several are compared on the calendar, from the start of the clock.
    """
    if len(results) > SIDE_BY_SIDE:
        return _final_figure(labels, summaries, f"{plot_before.sentence(results, labels)}{cells.resting(results)}")
    calendar = len(results) > 1
    last = max(last_useful_hour(results, calendar=calendar), 6.0)
    edges = np.linspace(0, last, 97)
    curves = [completion(r, edges[1:], calendar=calendar) for r in results]
    order = _order(curves)
    wide = 2.0 + 0.075 * max(map(len, order), default=8)
    figure = Figure(figsize=(max(wide + 6.4 * len(results) ** 0.75, 8.0), 1.7 + 0.235 * max(len(order), 4)), layout="constrained")
    axes = figure.subplots(1, len(results), sharey=True, squeeze=False)[0]
    gone = any(_gone(summary) for summary in summaries)
    for axis, one, label, summary in zip(axes, curves, labels, summaries, strict=True):
        _map(axis, one, order, edges)
        if order:
            _margin(axis, order, summary, "out_p50" if calendar else "p50", gone)
        if len(results) > 1:
            axis.set_title(label, fontsize=11.5, pad=30)
        days_axis(axis, last, "days after the start" if calendar else "days after the mission's order")
    axes[0].set_yticks(np.arange(len(order)), order, fontsize=9.5)
    shade_key(figure, axes, SHADES, STEPS, NAMES, "chance that all are out, at least")
    heading(figure, _answer(summaries, labels), f"{_under(calendar, gone)} {cells.resting(results)}")
    return figure


def _under(calendar: bool, gone: bool) -> str:
    """What is shown; *gone*: some missions were out before the start."""
    since = "start" if calendar else "order"
    if not gone:
        return (
            "Share of the replications in which all of a mission are out by then. White tick: half of them. "
            f"Columns: median time from the {since} (P50), replications with all out in the end, "
            "share of the people out on average."
        )
    return (
        f"Share of the replications{'' if calendar else ' with a time from the order'} in which all of a mission are out by then "
        f"(white tick: half). Columns: median time from the {since} (P50), all out and people out in the end with those out "
        "before the start, replications in which it was out before."
    )


def _gone(summary: Json) -> bool:
    return any(plot_before.share_before(entry) > 0 for entry in summary["missions"].values())


def _order(curves: Sequence[Completion]) -> list[str]:
    """As in the first scenario, from the soonest out to the latest; missions that only others know come after."""
    return list(dict.fromkeys(mission for one in curves for mission in one.missions))


def _map(axis: Axes, one: Completion, order: Sequence[str], edges: np.ndarray[Any, Any]) -> None:
    chance = np.full((len(order), edges.size - 1), np.nan)
    for i, mission in enumerate(one.missions):
        chance[order.index(mission)] = one.chance[i]
    if not order:
        axis.set_ylim(0.5, -0.5)
        axis.text(0.5, 0.5, "nobody has to be moved", transform=axis.transAxes, ha="center", va="center")
        return
    axis.pcolormesh(edges, np.arange(len(order) + 1) - 0.5, chance, cmap=SHADES, norm=NORM, rasterized=True)
    for y, row in enumerate(chance):
        reached = np.flatnonzero(row >= 0.5)
        if reached.size:
            axis.plot([edges[reached[0]]] * 2, [y - 0.42, y + 0.42], color="white", linewidth=2.2)
    axis.set_ylim(len(order) - 0.5, -0.5)
    axis.grid(False)
    for y in range(1, len(order)):
        axis.axhline(y - 0.5, color="white", linewidth=0.8)
    axis.tick_params(axis="y", length=0)
    for mission, before, row in zip(one.missions, one.before, one.chance, strict=True):
        if np.isnan(row).all():
            text = "never ordered out" if not before else _ELSE_NEVER if before < 1 else "out before the start"
            axis.annotate(
                text, (0, order.index(mission)), xycoords=axis.get_yaxis_transform(), xytext=(6, 0), textcoords="offset points",
                va="center", fontsize=9, color="#444444",
            )  # fmt: skip


def _margin(axis: Axes, order: Sequence[str], summary: Json, median: str, gone: bool) -> None:
    """Median (the measure of that name), P(all out) and share of the people out of each mission, right of the map.

    *gone*: with the share of the replications in which it was out before the start.
    """
    unit = cells.unit_for(summary["missions"][m][f"{median}_h"] for m in order if m in summary["missions"])

    def write(column: int, y: float, text: str, weight: str = "normal", size: float = 9, va: str = "center") -> None:
        axis.annotate(
            text, (1, y), xycoords=axis.get_yaxis_transform(), xytext=(COLUMNS[column], 0), textcoords="offset points",
            ha="right", va=va, fontsize=size, fontweight=weight, linespacing=1.0, annotation_clip=False,
        )  # fmt: skip

    for column, text in enumerate(("P50", "all\nout", "people\nout", "out\nbefore")[: 4 if gone else 3]):
        write(column, -0.75, text, "bold", 9.5, "bottom")
    for y, mission in enumerate(order):
        if (entry := summary["missions"].get(mission)) is None:
            continue
        write(0, y, _median(entry, median, summary["horizon_h"], unit))
        write(1, y, cells.all_out(entry), "bold" if (entry["p_all_out"]["estimate"] or 0) < 0.5 else "normal")
        write(2, y, cells.people_out(entry))
        if gone:
            before = plot_before.share_before(entry)
            write(3, y, share(before) if before else cells.NOTHING)


def _median(entry: Json, median: str, horizon_h: float, unit: str) -> str:
    """The time of that name, ``before`` where half or more of those that it is the median of were out before the start."""
    before = plot_before.share_before(entry)
    if before == 1 or (median == "out_p50" and before and entry["out_p50_h"] == 0):
        return "before"
    return cells.time(entry, median, horizon_h, unit)


def _final_figure(labels: Sequence[str], summaries: Sequence[Json], resting: str) -> Figure:
    """Many scenarios: missions down, scenarios to the right, shade and number = chance that all are out in the end."""
    missions = [m for m in summaries[0]["missions"] if any(s["missions"].get(m, {}).get("to_move") for s in summaries)]
    chances = {m: [_chance(s["missions"].get(m)) for s in summaries] for m in missions}
    missions.sort(key=lambda m: (-sum(p or 0 for p in chances[m]), m))
    rows = [*missions, "all together"]
    grid = np.array([*(chances[m] for m in missions), [_chance(s["total"]) for s in summaries]], dtype=float)
    longest = max(len(m) for m in rows)
    figure = Figure(figsize=(1.5 + 0.08 * longest + 1.05 * len(summaries), 1.0 + 0.25 * len(rows)), layout="constrained")
    axis = figure.subplots()
    right, down = np.arange(len(summaries) + 1) - 0.5, np.arange(len(rows) + 1) - 0.5
    axis.pcolormesh(right, down, grid, cmap=SHADES, norm=NORM, edgecolors="white")
    for (y, x), p in np.ndenumerate(grid):
        if np.isfinite(p):
            colour, weight = "white" if p >= 0.5 else "black", "normal" if y < len(missions) else "bold"
            axis.text(x, y, share(float(p)), ha="center", va="center", fontsize=9, color=colour, fontweight=weight)
    axis.set_yticks(np.arange(len(rows)), rows, fontsize=9.5)
    axis.set_xticks(np.arange(len(summaries)), [label.replace("-", "-\n", 1) for label in labels], fontsize=9.5)
    axis.xaxis.tick_top()
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.grid(False)
    axis.tick_params(length=0)
    for side in axis.spines.values():
        side.set_visible(False)
    under = "Share of the replications in which all of a mission are out in the end."
    heading(figure, _answer(summaries, labels), f"{under} {resting}")
    return figure


def _chance(entry: Json | None) -> float | None:
    return entry["p_all_out"]["estimate"] if entry else None


def _answer(summaries: Sequence[Json], labels: Sequence[str]) -> str:
    """How many missions get everybody out, in nine cases of ten."""
    out = "everybody out, before the start or after it," if any(map(_gone, summaries)) else "everybody out"
    moving = [[_chance(e) or 0 for e in summary["missions"].values() if e["to_move"]] for summary in summaries]
    likely = [sum(p >= 0.9 for p in chances) for chances in moving]
    counts = [f"{many} of {len(chances)}" for many, chances in zip(likely, moving, strict=True)]
    if len(summaries) == 1:
        return f"{summaries[0]['title']}: {counts[0]} missions get {out} in 9 cases of 10"
    if len(summaries) <= SIDE_BY_SIDE:
        each = ", ".join(f"{label} {count}" for label, count in zip(labels, counts, strict=True))
        return f"Missions that get {out} in 9 cases of 10: {each}"
    best, worst = likely.index(max(likely)), likely.index(min(likely))
    return f"Missions that get {out} in 9 cases of 10: {counts[worst]} ({labels[worst]}) to {counts[best]} ({labels[best]})"

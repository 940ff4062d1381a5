"""The rows of the pictures of a sensitivity study: bars with intervals, a row for each factor, from the top down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sim.present.style import BLUE, ORANGE, RED, SKY
from sim.studies.sensitivity.table import ACTS, ARROWS, cell

Json = Mapping[str, Any]
GREY = "#c4c4c4"
OUTLINE = [withStroke(linewidth=2.5, foreground="white")]


def _whisker(axis: Axes, y: float, low: float | None, high: float | None) -> None:
    """An interval as a thin black line with ends."""
    if low is None or high is None:
        return
    axis.plot([low, high], [y, y], color="white", linewidth=2.4, solid_capstyle="butt", alpha=0.6, zorder=4)
    axis.plot([low, high], [y, y], color="black", linewidth=1.2, solid_capstyle="butt", zorder=4)
    axis.plot([low, high], [y, y], linestyle="none", marker="|", markersize=6, color="black", zorder=4)


def _words(axis: Axes, x: float, y: float, text: str, right: bool, colour: str = "#333333") -> None:
    axis.annotate(
        text, (x, y), xytext=(5 if right else -5, 0), textcoords="offset points", va="center", ha="left" if right else "right",
        fontsize=8.2, color=colour, path_effects=OUTLINE, zorder=6, annotation_clip=False,
    )  # fmt: skip


def _absent(axis: Axes, y: float, text: str) -> None:
    axis.annotate(
        text, (0.5, y), xycoords=("axes fraction", "data"), va="center", ha="center", fontsize=8.5, color="#777777",
    )  # fmt: skip


def draw_tornado(axis: Axes, rows: Sequence[Json | None], factors: Sequence[Json], unit: str) -> None:
    """Change at the low end (upper half of the row) and at the high end (lower half)."""
    axis.axvline(0, color="black", linewidth=1, zorder=3)
    for y, (row, factor) in enumerate(zip(rows, factors, strict=True)):
        if row is None or row["error"]:
            _absent(axis, y, "not in this scenario" if row is None else "a point failed")
            continue
        for end, up, colour, hatch in (("low", -0.2, BLUE, None), ("high", 0.2, ORANGE, "////")):
            at = row[end]
            text = factor[f"{end}_text"] or end
            if at["turns"] or at["difference"] is None:
                text += ": never →" if at["value"] is None else f": {cell(at['value'], unit)}, else never"
                _words(axis, 0.0, y + up, text, end == "high", RED)
                continue
            x = at["difference"]
            fill = colour if row["distinct"] else GREY
            axis.barh(
                y + up, x, height=0.36, color=fill, hatch=hatch, edgecolor="white" if hatch else fill, linewidth=0.4, zorder=2
            )
            _whisker(axis, y + up, at["difference_low"], at["difference_high"])
            ends = [e for e in (x, at["difference_low"], at["difference_high"]) if e is not None]
            right = x > 0 or (x == 0 and end == "high")
            _words(axis, max(ends) if right else min(ends), y + up, text, right)


def draw_morris(axis: Axes, rows: Sequence[Json | None], factors: Sequence[Json], unit: str) -> None:
    """mu* with its interval, the noise floor, and how the factor acts."""
    edge = 0.0
    for y, row in enumerate(rows):
        if row is None or row["mu_star"] is None:
            _absent(axis, y, "not in this scenario" if row is None else "no point has a value")
            continue
        axis.barh(y, row["mu_star"], height=0.6, color=BLUE if row["distinct"] else GREY, zorder=2)
        limits = row["mu_star_interval"] or (None, None)
        _whisker(axis, y, *limits)
        floor = row["noise_floor"]
        if floor is not None:
            axis.plot([floor, floor], [y - 0.38, y + 0.38], color=RED, linewidth=2.2, zorder=5)
        end = max(row["mu_star"], limits[1] or 0.0, floor or 0.0)
        edge = max(edge, end)
        acts = f"  {ARROWS.get(row['direction'] or '', '')} {ACTS.get(row['character'] or '', '')}" if row["distinct"] else ""
        _words(axis, end, y, f"{cell(row['mu_star'], unit)}{acts}", True)
    axis.set_xlim(0, max(edge * 1.35, axis.get_xlim()[1] if axis.dataLim.x1 > 0 else 0.0) or 1.0)


def draw_sobol(axis: Axes, rows: Sequence[Json | None], factors: Sequence[Json], unit: str) -> None:
    """Total index, the first-order one within it, both with intervals; an index may come out a little below zero."""
    for y, row in enumerate(rows):
        if row is None or row["total"] is None:
            _absent(axis, y, "not in this scenario" if row is None else "no index: nothing but noise, or no variation")
            continue
        sure = row["distinct"]
        for name, up, colour in (("total", -0.19, SKY if sure else "#dddddd"), ("first", 0.19, BLUE if sure else GREY)):
            axis.barh(y + up, row[name], height=0.34, color=colour, zorder=2)
            low, high = row[f"{name}_interval"]
            _whisker(axis, y + up, low, high)
            _words(
                axis, max(high, row[name], 0.0), y + up, f"{100 * row[name]:.0f} %".replace("-0 %", "0 %").replace("-", "−"), True
            )
    axis.axvline(0, color="black", linewidth=1, zorder=3)
    axis.set_xlim(min(-0.05, max(axis.dataLim.x0, -0.5)), max(axis.get_xlim()[1], min(axis.dataLim.x1 * 1.1, 1.6), 1.0))

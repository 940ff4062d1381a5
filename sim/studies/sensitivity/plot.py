"""Pictures of a sensitivity study: a row for each factor, a panel for each scenario, the factor that matters most on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.present.cells import UNSURE
from sim.present.pictures import Pictures
from sim.present.style import BLUE, ORANGE, RED, SKY, heading, wrap
from sim.studies.sensitivity.found import (
    FactorRow,
    FoundSensitivity,
    MorrisRow,
    ScenarioEffects,
    SobolRow,
    StudiedFactor,
    TornadoRow,
)
from sim.studies.sensitivity.pictures import axis_words, caption, name_of, note, order, turning
from sim.studies.sensitivity.table import ACTS, ARROWS, base_text, cell
from sim.studies.sensitivity.wording import at_base, labels

LETTERS = 44
"""Of a line of what a factor is called."""
LINE = 0.2
"""Inches for each further line of it."""
GREY = "#c4c4c4"
OUTLINE = [withStroke(linewidth=2.5, foreground="white")]


def draw(found: FoundSensitivity, into: Pictures) -> None:
    """Draws a picture for each measure."""
    for address in found.measures:
        into.draw(name_of(found, address), partial(sensitivity_figure, found, address))


def sensitivity_figure(found: FoundSensitivity, address: str) -> Figure:
    """Panels side by side with the same rows and the same scale."""
    results = found.results
    names = order(found, address)
    factors = {factor.name: factor for factor in found.factors}
    wide, most = len(results), max((len(_lines(factors[name])) for name in names), default=1)
    figure = Figure(
        figsize=(3.9 + 5.6 * wide if wide < 3 else 3.9 + 4.2 * wide, 1.3 + max(0.52, LINE * (most + 1)) * max(len(names), 1)),
        layout="constrained",
    )
    axes = figure.subplots(1, wide, sharey=True, sharex=found.method != "tornado", squeeze=False)[0]
    unit = results[0].measures[address].unit
    rows_of: dict[str, Callable[..., None]] = {"tornado": draw_tornado, "morris": draw_morris, "sobol": draw_sobol}
    for axis, result, name in zip(axes, results, labels(results), strict=True):
        measured = result.measures[address]
        rows = {row.name: row for row in measured.factors}
        rows_of[found.method](axis, [rows.get(name) for name in names], [factors[name] for name in names], unit)
        base = base_text(found, result, measured)
        _title(axis, result, name, base, wide)
        _numbers(axis, unit, found.method)
    if found.method == "tornado":
        _same_scale(axes)
    _names(axes[0], names, factors, [result.measures[address].factors for result in results])
    heading(figure, found.titles[address], f"{caption(found)} {note(found, address, len(names))}")
    return figure


def _title(axis: Axes, result: ScenarioEffects, name: str, base: str, panels: int) -> None:
    """What the scenario is called, and where the measure is before anything is moved."""
    lines = wrap(name if panels > 1 else result.title, 62 if panels < 3 else 44)
    axis.set_title("\n".join([*lines, f"{base} {at_base(result.drawn)}"]), fontsize=10.5, fontweight="normal")


def _lines(factor: StudiedFactor) -> list[str]:
    return wrap(factor.label, LETTERS)


def _numbers(axis: Axes, unit: str, method: str) -> None:
    axis.grid(visible=False, axis="y")
    axis.tick_params(axis="y", length=0)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axis.set_xlabel(axis_words(method, unit))
    if method == "sobol":
        axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f} %"))
        return
    scale = 1.0 if unit else 100.0
    sign = "+" if method == "tornado" else ""
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(scale * x, sign)))


def _tick(x: float, sign: str) -> str:
    if x == 0:
        return "0"
    return (f"{x:{sign},.0f}" if abs(x) >= 1000 else f"{x:{sign}.4g}").replace("-", "−")


def _same_scale(axes: Sequence[Axes]) -> None:
    """One scale for all panels, with room for the words at the ends of the bars."""
    low, high = min(a.dataLim.x0 for a in axes), max(a.dataLim.x1 for a in axes)
    span = (high - low) or 1.0
    for axis in axes:
        axis.set_xlim(low - 0.24 * span, high + 0.24 * span)


def _names(axis: Axes, names: Sequence[str], factors: Mapping[str, StudiedFactor], tables: Sequence[Sequence[FactorRow]]) -> None:
    """What every factor is called left of the first panel; those that cannot be told from nothing anywhere in grey."""
    distinct = {row.name for rows in tables for row in rows if row.told}
    axis.set_ylim(max(len(names), 1) - 0.4, -0.6)
    axis.set_yticks(range(len(names)), [""] * len(names))
    for k, name in enumerate(names):
        sure = name in distinct
        text = "\n".join(_lines(factors[name]))
        place: Any = {
            "xycoords": ("axes fraction", "data"),
            "textcoords": "offset points",
            "ha": "right",
            "annotation_clip": False,
        }
        colour = "#000000" if sure else "#777777"
        text = text if sure else f"{UNSURE} {text}"
        axis.annotate(
            text, (0, k), xytext=(-8, 0), va="center", fontsize=9.5, color=colour, fontweight="bold" if sure else None, **place
        )


# -- rows: bars with intervals, a row for each factor, from the top down ------------------------------------------------


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


def draw_tornado(axis: Axes, rows: Sequence[TornadoRow | None], factors: Sequence[StudiedFactor], unit: str) -> None:
    """Change at the low end (upper half of the row) and at the high end (lower half)."""
    axis.axvline(0, color="black", linewidth=1, zorder=3)
    for y, (row, factor) in enumerate(zip(rows, factors, strict=True)):
        if row is None or row.low is None or row.high is None:
            _absent(axis, y, "not in this scenario" if row is None else "a point failed")
            continue
        ends = (("low", row.low, factor.low_text, -0.2, BLUE, None), ("high", row.high, factor.high_text, 0.2, ORANGE, "////"))
        for end, at, words, up, colour, hatch in ends:
            text = words or end
            if at.turns or at.difference is None:
                _words(axis, 0.0, y + up, f"{text}: {turning(at, unit)}", end == "high", RED)
                continue
            x = at.difference
            fill = colour if row.distinct else GREY
            axis.barh(
                y + up, x, height=0.36, color=fill, hatch=hatch, edgecolor="white" if hatch else fill, linewidth=0.4, zorder=2
            )
            _whisker(axis, y + up, at.difference_low, at.difference_high)
            reach = [e for e in (x, at.difference_low, at.difference_high) if e is not None]
            right = x > 0 or (x == 0 and end == "high")
            _words(axis, max(reach) if right else min(reach), y + up, text, right)


def draw_morris(axis: Axes, rows: Sequence[MorrisRow | None], factors: Sequence[StudiedFactor], unit: str) -> None:
    """mu* with its interval, the noise floor, and how the factor acts."""
    edge = 0.0
    for y, row in enumerate(rows):
        if row is None or row.mu_star is None:
            _absent(axis, y, "not in this scenario" if row is None else "no point has a value")
            continue
        axis.barh(y, row.mu_star, height=0.6, color=BLUE if row.distinct else GREY, zorder=2)
        limits = row.mu_star_interval or (None, None)
        _whisker(axis, y, *limits)
        floor = row.noise_floor
        if floor is not None:
            axis.plot([floor, floor], [y - 0.38, y + 0.38], color=RED, linewidth=2.2, zorder=5)
        end = max(row.mu_star, limits[1] or 0.0, floor or 0.0)
        edge = max(edge, end)
        acts = f"  {ARROWS.get(row.direction or '', '')} {ACTS.get(row.character or '', '')}" if row.distinct else ""
        _words(axis, end, y, f"{cell(row.mu_star, unit)}{acts}", True)
    axis.set_xlim(0, max(edge * 1.35, axis.get_xlim()[1] if axis.dataLim.x1 > 0 else 0.0) or 1.0)


def draw_sobol(axis: Axes, rows: Sequence[SobolRow | None], factors: Sequence[StudiedFactor], unit: str) -> None:
    """Total index, the first-order one within it, both with intervals; an index may come out a little below zero."""
    for y, row in enumerate(rows):
        if row is None or row.total is None or row.first is None:
            _absent(axis, y, "not in this scenario" if row is None else "no index: nothing but noise, or no variation")
            continue
        sure = row.distinct
        total = (row.total, row.total_interval, -0.19, SKY if sure else "#dddddd")
        for index, interval, up, colour in (total, (row.first, row.first_interval, 0.19, BLUE if sure else GREY)):
            axis.barh(y + up, index, height=0.34, color=colour, zorder=2)
            low, high = interval or (index, index)
            _whisker(axis, y + up, low, high)
            _words(axis, max(high, index, 0.0), y + up, f"{100 * index:.0f} %".replace("-0 %", "0 %").replace("-", "−"), True)
    axis.axvline(0, color="black", linewidth=1, zorder=3)
    axis.set_xlim(min(-0.05, max(axis.dataLim.x0, -0.5)), max(axis.get_xlim()[1], min(axis.dataLim.x1 * 1.1, 1.6), 1.0))

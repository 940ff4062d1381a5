"""Picture: when each mission is out: a mark at the median and the ranges around it, how often in the end beside it.

A mark is a moment; a bar that is filled from then on to the edge would be read as a duration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.analysis.curves import Completion, completion, last_useful_hour
from sim.analysis.found import Entry, Summary
from sim.analysis.outcomes import Stored, wall
from sim.analysis.words import share
from sim.present import cells, plot_before
from sim.present.completion_words import answer, gone
from sim.present.labels import mission_titles, wrapped
from sim.present.plot_final import final_figure
from sim.present.style import days_axis, heading, series, wall_axis

COLUMNS = (46, 86, 132, 178)
"""Right edges of the columns beside the rows of one scenario, in points from them."""
OVERLAID = 4
"""Scenarios drawn over time; more are shown by their chance in the end."""
MARKERS, GLYPHS = "os^D", "●■▲◆"
"""Of scenarios on the rows, and above their columns."""
NEVER = 1.05
"""Where what is never out stands, as a share of the time shown."""
_ELSE_NEVER = "out before the start, else never ordered out"


def completion_figure(results: Sequence[Stored], names: Sequence[str], summaries: Sequence[Summary]) -> Figure:
    """Time to the right, missions down; more than :data:`OVERLAID` scenarios by their chance in the end instead.

    The time of one scenario runs from the order; several are compared on the calendar, from the start of the clock.
    """
    titles = {mission: title for r in results for mission, title in mission_titles(r).items()}
    if len(results) > OVERLAID:
        figure = final_figure(names, summaries, titles)
        under = "Share of the replications, over all sets of inputs, in which all of a mission are out in the end. "
        heading(
            figure, answer(results, summaries, names), f"{under}{plot_before.sentence(results, names)}{cells.resting(results)}"
        )
        return figure
    calendar = len(results) > 1
    last = max(last_useful_hour(results, calendar=calendar), 6.0)
    curves = [completion(r, [last], calendar=calendar) for r in results]
    order = list(dict.fromkeys(mission for one in curves for mission in one.missions))  # as in the first scenario, then others
    shown = [titles.get(mission, mission) for mission in order]
    wide = 9.0 + 0.075 * max(map(len, shown), default=8) + (0.55 * len(results) if calendar else 1.2)
    figure = Figure(figsize=(wide, 1.6 + 0.27 * max(len(order), 3)), layout="constrained")
    axis = figure.subplots()
    early = any(gone(summary) for summary in summaries)
    _rows(axis, curves, order, last)
    days_axis(axis, last, "days after the start" if calendar else "days after the mission's order")
    _edge(axis, curves, last)
    axis.set_yticks(np.arange(len(order)), shown, fontsize=9.5)
    if calendar:
        _chances(axis, order, summaries)
        _key(figure, names)
        if len({(wall(r).start, wall(r).utc_offset) for r in results}) == 1:
            wall_axis(axis, wall(results[0]), last)
    elif order:
        _margin(axis, order, summaries[0], early)
    heading(figure, answer(results, summaries, names), f"{_under(len(results), early)} {cells.resting(results)}")
    return figure


def _under(many: int, early: bool) -> str:
    """What is shown of so many scenarios; *early*: some missions were out before the start."""
    calendar = many > 1
    with_time = " with a time from the order" if early and not calendar else ""
    text = (
        f"Mark: all of a mission are out by then in half of the replications{with_time}, over all sets of inputs; "
        f"{('thick line: the middle half, thin: nine of ten; ', 'line: the middle half; ', '')[min(many, 3) - 1]}"
        "at “never”: half are never out. "
    )
    if calendar:
        return f"{text}Numbers: replications with all out in the end{', those out before the start too' if early else ''}."
    text += "Columns: median time from the order (P50), replications with all out in the end, people out on average"
    return f"{text}; with those out before the start, and how often that is." if early else f"{text}."


# -- rows over time --------------------------------------------------------------------------------------------------


def _rows(axis: Axes, curves: Sequence[Completion], order: Sequence[str], last: float) -> None:
    """A row for each mission, in it a mark for each scenario."""
    if not order:
        axis.set_ylim(0.5, -0.5)
        axis.text(0.5, 0.5, "nobody has to be moved", transform=axis.transAxes, ha="center", va="center")
        return
    for look, one in enumerate(curves):
        apart = (look - (len(curves) - 1) / 2) * 0.2
        for mission, spread in zip(one.missions, one.spread, strict=True):
            _mark(axis, spread, order.index(mission) + apart, look, last, len(curves))
    axis.set_ylim(len(order) - 0.4, -0.6)
    axis.grid(visible=False, axis="y")
    for y in range(1, len(order)):
        axis.axhline(y - 0.5, color="#e6e6e6", linewidth=0.7, zorder=0)
    axis.tick_params(axis="y", length=0)
    _untimed(axis, curves, order)


def _mark(axis: Axes, spread: np.ndarray[Any, Any], y: float, look: int, last: float, many: int) -> None:
    """Median, and ranges where there are one or two; dotted on to *never* where the upper end of one is that."""
    if np.isnan(spread).all():
        return
    colour, never = series(look).colour, NEVER * last
    for low, high, width in ((spread[0], spread[4], 1.3), (spread[1], spread[3], 6 if many == 1 else 3))[many - 1 : 2]:
        ends = [float(x) for x in spread if low <= x <= high and np.isfinite(x)]
        if ends:
            seen = [min(ends[0], last), min(ends[-1], last)]
            axis.plot(seen, [y, y], color=colour, linewidth=width, alpha=0.6, solid_capstyle="butt", zorder=2)
        if ends and np.isinf(high):
            axis.plot([seen[-1], never], [y, y], color=colour, linewidth=1.0, linestyle=(0, (1, 3)), zorder=2)
    out = bool(np.isfinite(spread[2]))
    axis.plot(
        [min(spread[2], last) if out else never], [y], marker=MARKERS[look], markersize=6.5, color=colour, linestyle="none",
        markerfacecolor=colour if out else "white", markeredgecolor="white" if out else colour, clip_on=False, zorder=4,
    )  # fmt: skip


def _untimed(axis: Axes, curves: Sequence[Completion], order: Sequence[str]) -> None:
    """Why a mission has no mark in any scenario."""
    for y, mission in enumerate(order):
        some = [(one, one.missions.index(mission)) for one in curves if mission in one.missions]
        if any(not np.isnan(one.spread[k]).all() for one, k in some):
            continue
        before = [float(one.before[k]) for one, k in some]
        text = "never ordered out" if not any(before) else _ELSE_NEVER if min(before) < 1 else "out before the start"
        axis.annotate(
            text, (0, y), xycoords=axis.get_yaxis_transform(), xytext=(6, 0), textcoords="offset points", va="center",
            fontsize=9, color="#444444",
        )  # fmt: skip


def _edge(axis: Axes, curves: Sequence[Completion], last: float) -> None:
    """Room for what is never out, where there is any."""
    if not any(np.isinf(one.spread[:, 4 if len(curves) == 1 else 3 if len(curves) == 2 else 2]).any() for one in curves):
        return
    axis.set_xlim(0, last * (2 * NEVER - 1))
    axis.axvspan(last, last * (2 * NEVER - 1), color="#eeeeee", linewidth=0, zorder=0)
    bottom = axis.get_ylim()[0]
    axis.annotate(
        "never", (NEVER * last, bottom), xytext=(0, -4), textcoords="offset points", ha="center", va="top", fontsize=9.5,
        annotation_clip=False,
    )  # fmt: skip


def _key(figure: Figure, names: Sequence[str]) -> None:
    marks = [
        Line2D([], [], marker=MARKERS[k], color=series(k).colour, linewidth=2, markersize=7, label=wrapped(name, 34))
        for k, name in enumerate(names)
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=2, fontsize=10.5, handlelength=1.8)


# -- columns ---------------------------------------------------------------------------------------------------------


def _write(axis: Axes, at: float, y: float, text: str, **look: Any) -> None:
    """Right-aligned text, *at* points right of the rows."""
    size: dict[str, Any] = {"va": "center", "fontsize": 9} | look
    axis.annotate(
        text, (1, y), xycoords=axis.get_yaxis_transform(), xytext=(at, 0), textcoords="offset points", ha="right",
        linespacing=1.0, annotation_clip=False, **size,
    )  # fmt: skip


def _chances(axis: Axes, order: Sequence[str], summaries: Sequence[Summary]) -> None:
    """How often all of a mission are out in the end, a column for each scenario."""
    if not order:
        return
    for k, summary in enumerate(summaries):
        at, colour = 44 + 40 * k, series(k).colour
        _write(axis, at, -0.7, f"{'all out' if not k else ' '}\n{GLYPHS[k]}", color=colour, va="bottom", fontsize=11)
        for y, mission in enumerate(order):
            if (entry := summary.missions.get(mission)) is not None:
                _write(axis, at, y, cells.all_out(entry), color=colour)


def _margin(axis: Axes, order: Sequence[str], summary: Summary, early: bool) -> None:
    """Median, P(all out) and share of the people out of each mission of one scenario, right of the rows.

    *early*: with the share of the replications in which it was out before the start.
    """
    unit = cells.unit_for(summary.missions[m].p50_h for m in order if m in summary.missions)
    heads = ("P50", "all\nout", "people\nout", "out\nbefore")[: 4 if early else 3]
    for at, text in zip(COLUMNS, heads, strict=False):
        _write(axis, at, -0.75, text, fontweight="bold", fontsize=9.5, va="bottom")
    for y, mission in enumerate(order):
        if (entry := summary.missions.get(mission)) is None:
            continue
        _write(axis, COLUMNS[0], y, _median(entry, summary.horizon_h, unit))
        _write(axis, COLUMNS[1], y, cells.all_out(entry))
        _write(axis, COLUMNS[2], y, cells.people_out(entry))
        if early:
            before = plot_before.share_before(entry)
            _write(axis, COLUMNS[3], y, share(before) if before else cells.NOTHING)


def _median(entry: Entry, horizon_h: float, unit: str) -> str:
    """``before`` where all of those that it would be the median of were out before the start."""
    return "before" if plot_before.share_before(entry) == 1 else cells.time(entry, "p50", horizon_h, unit)

"""Pictures of deadlines: the chance that all are out against the date of the order; the deadlines of all missions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.outcomes import Wall
from sim.analysis.words import duration, more_missions, share
from sim.present.pictures import Pictures
from sim.present.style import days_axis, heading, series, unbroken, wall_axis, wrap
from sim.studies.deadline.found import FoundDeadlines, ScopeDeadline
from sim.studies.deadline.summary import PANELS, called, curves_note, interval_ends, picture_title
from sim.studies.figures import PER_CENT, key_of_lines, panels


def draw(found: FoundDeadlines, into: Pictures) -> None:
    """``curves`` and ``deadlines``; nothing where no scope gave a curve."""
    if any(e.status != "failed" for e in found.deadlines):
        into.draw("curves", lambda: curves_figure(found))
        into.draw("deadlines", lambda: deadlines_figure(found))


def curves_figure(found: FoundDeadlines) -> Figure:
    """A panel per scope, a line per scenario with its band, the confidence, and the deadline with its interval."""
    scopes = list(dict.fromkeys(e.scope for e in found.deadlines if e.status != "failed"))
    shown = scopes[:PANELS]
    columns = min(len(shown), 2)
    rows = -(-len(shown) // columns)
    size = (10.0, 5.2) if len(shown) == 1 else (6.2 * columns, 3.9 * rows + 0.5)
    figure = Figure(figsize=size, layout="constrained")
    names, walls = _names(found), _walls(found)
    for k, (axis, scope) in enumerate(zip(panels(figure, len(shown), columns, sharey=True), shown, strict=True)):
        if len(shown) > 1:
            axis.set_title(called(found, scope), fontsize=12, pad=30 if len(walls) == 1 else 6)
        _panel(axis, found, scope)
        days_axis(axis, max(found.last_h or 0.0, 1.0), "order given, days after the start")
        if len(walls) == 1:
            wall_axis(axis, walls[0], max(found.last_h or 0.0, 1.0))
        axis.set_ylabel("chance that all are out" if k % columns == 0 else "")
    if len(names) > 1:
        key_of_lines(figure, names, linewidth=2.6)
    under = curves_note(found)
    if len(scopes) > len(shown):
        under += f" {more_missions(len(scopes) - len(shown))} in the table."
    heading(figure, unbroken(picture_title(found)), unbroken(under))
    return figure


def _panel(axis: Axes, found: FoundDeadlines, scope: str) -> None:
    level = found.confidence
    axis.set_ylim(-0.02, 1.03)
    axis.yaxis.set_major_formatter(PER_CENT)
    axis.axhline(level, color="#444444", linestyle=(0, (1, 2)), linewidth=1.4)
    for look, scenario in enumerate(s.scenario for s in found.scenarios):
        entry = next((e for e in found.deadlines if e.scope == scope and e.scenario == scenario), None)
        if entry is None or entry.status == "failed":
            continue
        style, points = series(look), entry.curve
        x = np.array([p.order_h for p in points])
        low, mid, high = (np.array([getattr(p, key) for p in points], dtype=float) for key in ("low", "estimate", "high"))
        axis.fill_between(x, low, high, color=style.colour, alpha=0.15, linewidth=0)
        axis.plot(x, mid, color=style.colour, linestyle=style.dashes, linewidth=2.4, zorder=3)
        axis.plot(x, mid, color=style.colour, linestyle="none", marker="|", markersize=7, zorder=3)
        _deadline(axis, entry, level, look, found.last_h or 0.0)


def _deadline(axis: Axes, entry: ScopeDeadline, level: float, look: int, last: float) -> None:
    """Circle and bar at the confidence; an arrow at the edge where there is no date."""
    style = series(look)
    if entry.order_h is not None:
        ends = interval_ends(entry, last)
        if ends is not None:
            axis.plot(ends, [level] * 2, color=style.colour, linewidth=6, alpha=0.45, solid_capstyle="butt", zorder=4)
        axis.plot([entry.order_h] * 2, [-0.02, level], color=style.colour, linewidth=1.0, linestyle=(0, (2, 2)), zorder=2)
        axis.plot(entry.order_h, level, "o", color=style.colour, markersize=8, markeredgecolor="white", zorder=5)
        axis.annotate(
            duration(entry.order_h), (entry.order_h, 0), xytext=(3, 3 + 12 * look), textcoords="offset points",
            fontsize=10, fontweight="bold", color=style.colour,
        )  # fmt: skip


def deadlines_figure(found: FoundDeadlines) -> Figure:
    """A row per scope: the latest order of each scenario with its interval."""
    scopes = list(dict.fromkeys(e.scope for e in found.deadlines))
    names, last, walls = _names(found), max(found.last_h or 0.0, 1.0), _walls(found)
    step = 0.7 / max(len(names), 1)
    figure = Figure(figsize=(10.0, 1.5 + max(0.34 * len(names), 0.42) * len(scopes)), layout="constrained")
    axis = figure.subplots()
    for entry in found.deadlines:
        look = [s.scenario for s in found.scenarios].index(entry.scenario)
        y = scopes.index(entry.scope) + (look - (len(names) - 1) / 2) * step
        _row(axis, entry, y, look, last)
    axis.set_yticks(np.arange(len(scopes)), ["\n".join(wrap(called(found, s), 28)) for s in scopes], fontsize=10.5)
    axis.set_ylim(len(scopes) - 0.4, -0.6)
    for y in range(1, len(scopes)):
        axis.axhline(y - 0.5, color="#cccccc", linewidth=0.7)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    days_axis(axis, last, "latest order, days after the start")
    axis.set_xlim(-0.015 * last, last * 1.16)
    if len(walls) == 1:
        wall_axis(axis, walls[0], last)
    if len(names) > 1:
        key_of_lines(figure, names, linewidth=3, marker="o")
    under = f"The last date tried on which the order still gets all out in {share(found.confidence)} of the cases, with its "
    under += "interval (95 %); open: no date. The order replaces the mission's own triggers; the others keep theirs."
    heading(figure, unbroken(picture_title(found)), unbroken(under))
    return figure


def _row(axis: Axes, entry: ScopeDeadline, y: float, look: int, last: float) -> None:
    style = series(look)
    ends = None if entry.status == "failed" else interval_ends(entry, last)
    if ends is not None and ends[1] > ends[0]:
        axis.plot(ends, [y, y], color=style.colour, linestyle=style.dashes, linewidth=2.4)
    if entry.order_h is not None:
        axis.plot(entry.order_h, y, "o", color=style.colour, markersize=8, markeredgecolor="white", zorder=4)
        at, text = entry.order_h, duration(entry.order_h)
    else:
        at, text = {"any": (last, "any time tried"), "failed": (0.0, "no answer")}.get(entry.status, (0.0, "never early enough"))
        if entry.status != "failed":
            axis.plot(at, y, "o", markerfacecolor="white", color=style.colour, markersize=8, zorder=4)
    right = max(at, ends[1] if ends else at)
    axis.annotate(f"{text}", (right, y), xytext=(8, 0), textcoords="offset points", va="center", fontsize=10, color=style.colour)


def _names(found: FoundDeadlines) -> list[str]:
    """What the scenarios are called, for a key."""
    return [s.label for s in found.scenarios]


def _walls(found: FoundDeadlines) -> Sequence[Wall]:
    """The clocks of the scenarios; one picture has one wall clock or none."""
    starts = sorted({s.start for s in found.scenarios})
    return [Wall(datetime.fromisoformat(s), found.utc_offset, math.inf) for s in starts]

"""Picture of a plan: the chance to be out in time, and the time it takes, against the resource."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.words import share
from sim.present.pictures import Pictures
from sim.present.style import heading, nice_step, series, unbroken, wrap
from sim.studies.figures import PER_CENT, key_of_lines
from sim.studies.plan.found import Plan, PlanLever, PlanPoint
from sim.studies.plan.words import CURVES, chance_note, drawn_values, picture_goal, picture_title, places, time_note


def draw(plan: Plan, into: Pictures) -> None:
    """``trade-off``; nothing where no combination gave an answer."""
    if any(point.verdict != "failed" for point in plan.points):
        into.draw("trade-off", lambda: plan_figure(plan))


def plan_figure(plan: Plan) -> Figure:
    """Left the chance with the confidence, right the time with the limit; a line per value of the second lever."""
    figure = Figure(figsize=(12.0, 4.9), layout="constrained")
    chance, time = figure.subplots(1, 2)
    first, *second = plan.levers
    x = np.array(places(first))
    chosen = drawn_values(second[0]) if second else [0]
    limit = plan.finish_by_h
    points = [point for point in plan.points if point.verdict != "failed"]
    top = _top(points, limit)
    for look, rank in enumerate(chosen):
        curve = [point for point in points if not second or point.ranks[1] == rank]
        _chance(chance, x, curve, look, plan)
        _time(time, x, curve, look, top)
    chance.axhline(plan.confidence, color="#444444", linestyle=(0, (1, 2)), linewidth=1.4)
    time.axhline(limit, color="#444444", linestyle=(0, (1, 2)), linewidth=1.4)
    chance.set_ylim(-0.02, 1.05)
    chance.yaxis.set_major_formatter(PER_CENT)
    chance.set_ylabel("chance to be out in time")
    _time_axis(time, top, points, plan)
    for axis in (chance, time):
        _resource_axis(axis, first, x)
    if second:
        names = [second[0].values[k] for k in chosen]
        key_of_lines(figure, names, most=CURVES, title=second[0].label, linewidth=2.6, marker="o")
    under = f"{picture_goal(plan)} Left: {chance_note(plan)}. Right: {time_note(plan)}."
    heading(figure, unbroken(picture_title(plan)), unbroken(under))
    return figure


def _top(points: list[PlanPoint], limit: float) -> float:
    finite = [h for point in points for h in (point.time_h, *(point.time_interval_h or ())) if h is not None]
    return 1.12 * float(max([*finite, limit]))


def _chance(axis: Axes, x: np.ndarray[Any, Any], points: list[PlanPoint], look: int, plan: Plan) -> None:
    style = series(look)
    at = np.array([x[point.ranks[0]] for point in points])
    low, mid, high = (np.array([getattr(point.chance, k) for point in points], dtype=float) for k in ("low", "estimate", "high"))
    axis.fill_between(at, low, high, color=style.colour, alpha=0.13, linewidth=0)
    axis.plot(at, mid, color=style.colour, linestyle=style.dashes, linewidth=2.4, marker="o", markersize=5)
    least = [k for k, point in enumerate(points) if point.values in plan.least]
    ring: Any = {"markersize": 13, "markerfacecolor": "none", "markeredgecolor": "black", "markeredgewidth": 2}
    for k in least:
        axis.plot(at[k], mid[k], "o", **ring)


def _time(axis: Axes, x: np.ndarray[Any, Any], points: list[PlanPoint], look: int, top: float) -> None:
    """Finite times as a line with bars, infinite ones as triangles at the top."""
    style = series(look)
    at = np.array([x[point.ranks[0]] for point in points])
    hours = np.array([np.nan if point.time_h is None else point.time_h for point in points])
    axis.plot(at, hours, color=style.colour, linestyle=style.dashes, linewidth=2.4, marker="o", markersize=5)
    for place, point in zip(at, points, strict=True):
        low, high = point.time_interval_h or (None, None)
        if low is not None:
            axis.plot([place] * 2, [low, top if high is None else high], color=style.colour, linewidth=1.4, alpha=0.7)
    never = at[np.isnan(hours)]
    if never.size:  # an empty line that isn't clipped spoils the layout
        height = np.full(never.size, top * (1 - 0.03 * look))
        axis.plot(never, height, linestyle="none", marker="^", markersize=8, color=style.colour, clip_on=False)


def _time_axis(axis: Axes, top: float, points: list[PlanPoint], plan: Plan) -> None:
    """Days where it is long, hours where it is short; *never* is a place at the top."""
    axis.set_ylim(0, top * 1.03)
    unit = 24.0 if top > 72 else 1.0
    ticks = np.arange(0, 0.94 * top / unit, nice_step(top / unit, 8))
    at, texts = [float(t) * unit for t in ticks], [f"{t:g}" for t in ticks]
    if any(point.time_h is None for point in points):
        at, texts = [*at, top], [*texts, "never"]
    axis.set_yticks(at, texts)
    axis.set_ylabel(f"{'days' if unit > 1 else 'hours'} until all are out, in {share(plan.confidence)} of the cases")


def _resource_axis(axis: Axes, lever: PlanLever, x: np.ndarray[Any, Any]) -> None:
    unit = f" ({lever.unit})" if lever.unit else ""
    axis.set_xlabel(f"{lever.label}{unit}")
    if lever.amounts is None or len(x) <= 12:
        texts = [f"{v:g}" for v in x] if lever.amounts is not None else ["\n".join(wrap(v, 18)) for v in lever.values]
        axis.set_xticks(x, texts, fontsize=10)
    span = (float(x.max() - x.min()) or 1.0) * 0.05
    axis.set_xlim(float(x.min()) - span, float(x.max()) + span)
    if len(x) > 1 and x[0] > x[-1]:
        axis.invert_xaxis()

"""Chart of a plan on the page: the chance to be out in time, and the time it takes, against the resource."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.analysis.as_json import of_json
from sim.analysis.naming import first_up
from sim.analysis.words import duration, share
from sim.studies.charts import NEVER, Axis, Json, Point, between, figure, lines, mark
from sim.studies.plan.found import Plan, PlanLever, PlanPoint
from sim.studies.plan.words import chance_note, drawn_values, picture_goal, picture_title, places, time_note

Curves = list[tuple[int, str, list[PlanPoint]]]
"""Look and value of the second lever, with its points."""


def charts(summary: Mapping[str, Any]) -> dict[str, Json]:
    """``trade-off``, a line for each value of the second lever; nothing where no combination gave an answer."""
    plan = of_json(Plan, summary)
    points = [point for point in plan.points if point.verdict != "failed"]
    if not points:
        return {}
    first, *second = plan.levers
    ranks = drawn_values(second[0]) if second else [0]
    names = [second[0].values[rank] for rank in ranks] if second else [""]
    each = [[point for point in points if not second or point.ranks[1] == rank] for rank in ranks]
    curves = [(k, name, some) for k, (name, some) in enumerate(zip(names, each, strict=True))]
    note = f"{picture_goal(plan)} Chance: {chance_note(plan)}. Time: {time_note(plan)}."
    panels = [_chances(plan, first, curves), _times(plan, first, curves)]
    shown, about = (names, second[0].label) if second else ([], "")
    return {"trade-off": figure(picture_title(plan), note, panels, shown, about=about)}


def _resource(lever: PlanLever) -> Axis:
    """The first lever, its values where they are few enough to be read."""
    at, unit = places(lever), f" ({lever.unit})" if lever.unit else ""
    texts = [f"{x:g}" for x in at] if lever.amounts else lever.values
    return Axis(f"{lever.label}{unit}", list(zip(at, texts, strict=True)), falls=len(at) > 1 and at[0] > at[-1])


def _series(
    lever: PlanLever, curves: Curves, read: Callable[[float, PlanPoint], Point]
) -> list[tuple[int, str, Sequence[Point]]]:
    at = places(lever)
    return [(look, name, [read(at[point.ranks[0]], point) for point in some]) for look, name, some in curves]


def _chances(plan: Plan, lever: PlanLever, curves: Curves) -> Json:
    def read(at: float, point: PlanPoint) -> Point:
        value, low, high = point.chance.estimate, point.chance.low, point.chance.high
        return Point(at, value, low, high, "" if value is None else between(share(value), low, high, share))

    at = places(lever)
    rings = [
        mark(at[point.ranks[0]], point.chance.estimate or 0.0, look, ring=True, says=f"enough: {point.words}")
        for look, _, some in curves
        for point in some
        if point.values in plan.least
    ]
    level = [(plan.confidence, f"{share(plan.confidence)} wanted")]
    chance, series = Axis("", unit="", most=1.0), _series(lever, curves, read)
    return lines("Chance to be out in time", _resource(lever), chance, series, levels=level, marks=rings)


def _times(plan: Plan, lever: PlanLever, curves: Curves) -> Json:
    def read(at: float, point: PlanPoint) -> Point:
        hours = math.inf if point.time_h is None else point.time_h
        low, high = point.time_interval_h or (None, None)
        high = math.inf if low is not None and high is None else high
        return Point(at, hours, low, high, between(_hours(hours), low, high, _hours))

    series = _series(lever, curves, read)
    some = any(math.inf in (point.value, point.high) for _, _, points in series for point in points)
    title = first_up(f"time until all are out, in {share(plan.confidence)} of the cases")
    level = [(plan.finish_by_h, f"the limit, {duration(plan.finish_by_h)}")]
    return lines(title, _resource(lever), Axis("", unit="h", never=NEVER if some else ""), series, levels=level)


def _hours(hours: float) -> str:
    return NEVER if math.isinf(hours) else duration(hours)

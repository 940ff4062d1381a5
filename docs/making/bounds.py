"""The tables of docs/explanation/bounds.md: bounds at the medians, how often runs beat them, how near the strict bound comes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from making.block import Asked, Block, scenario_file, table
from making.desk import Desk
from sim.analysis.bounds.planning import Bound, planning_bound
from sim.analysis.bounds.strict import LeastHours, strict_bound_h
from sim.analysis.matrix import THREATS
from sim.analysis.measure import Reading, parse
from sim.analysis.statistics import order_statistic, proportion
from sim.analysis.words import count, duration, limit_text, share
from sim.model import compile_scenario, simulate
from sim.scenario import load

PAGE = "explanation/bounds.md"
PROVIDERS = ("turkish", "none", "coalition")
MATRIX = tuple(f"{provider}-{threat}" for threat in THREATS for provider in PROVIDERS)
SCENARIOS = ("minimal", "reference", *MATRIX)
COLUMNS = {"t50_h": "50 % out", "t90_h": "90 % out", "t100_h": "all out"}
STRICT = 4
"""Replications of each scenario beside their own strict bound."""
BEATEN = 100
"""Replications beside the bound at the medians."""


@cache
def bound(name: str) -> Bound:
    """The planning bound of a shipped scenario."""
    return planning_bound(load(scenario_file(name)).scenario)


def at_medians(desk: Desk) -> str:
    """Planning bounds of the shipped scenarios."""
    rows = []
    for name in SCENARIOS:
        found = bound(name)
        least = duration(found.hours) if math.isfinite(found.hours) else "never"
        left = count(found.people - math.floor(found.most_out + 1e-6))
        lost = duration(found.lost_h) if math.isfinite(found.lost_h) else "–"
        rows.append((f"`{name}`", count(found.people), least, left, lost, _spans(found)))
    head = ("scenario", "to be moved", "all out, at least", "left, at least", "airport lost", "binds, share of the time")
    return table(head, rows, range(1, 5))


def _spans(found: Bound) -> str:
    """The stages that set the pace of the quickest plan for a tenth of the time or more."""
    hours: dict[str, float] = {}
    for piece in found.over_time:
        cause = "nothing" if piece.cause == "none" else limit_text(piece.cause)
        hours[cause] = hours.get(cause, 0.0) + piece.end_h - piece.start_h
    whole = sum(hours.values())
    named = sorted((h for h in hours.items() if h[1] >= 0.1 * whole), key=lambda h: -h[1])
    return ", ".join(f"{cause} {share(h / whole)}" for cause, h in named)


def beaten(desk: Desk) -> str:
    """How many replications leave fewer people behind than the bound at the medians says."""
    rows = []
    for name in ("turkish-collapse", "none-collapse", "coalition-collapse"):
        found = bound(name)
        least = found.people - math.floor(found.most_out + 1e-6)
        study = desk.study(name, BEATEN)
        left = Reading(study.result).samples(parse("total.left_behind", ())).values
        many = proportion(int(np.count_nonzero(left < least)), left.size)
        said = f"{share(many.value)} ({share(many.low or 0.0)} to {share(many.high or 0.0)})"
        rows.append((f"`{name}`", count(least), count(order_statistic(left, 0.5)), said))
    head = ("scenario", "left at the medians, at least", "left, median of the replications", "replications that leave fewer")
    return f"{desk.n(BEATEN)} replications, seed 1, inputs as written; 95 % interval.\n\n{table(head, rows, range(1, 4))}"


def nearness(desk: Desk) -> str:
    """Share of the time from the order that the strict bound reaches in the middle, in total / by mission."""
    rows = []
    for name in SCENARIOS:
        shares = list(_shares(name, desk.n(STRICT)))
        cells = []
        for column in COLUMNS:
            total, mission = ([s for c, whole, s in shares if c == column and whole is which] for which in (True, False))
            cells.append(f"{_middle(total)} / {_middle(mission)}")
        rows.append((f"`{name}`", *cells))
    return table(("scenario", *COLUMNS.values()), rows)


def _middle(shares: list[float]) -> str:
    return f"{float(np.median(shares)):.2f}" if shares else "–"


def _shares(name: str, n: int) -> Iterator[tuple[str, bool, float]]:
    """Of each finite time: its column, whether it is of all, and the bound's part of the time from the order."""
    plan = compile_scenario(load(scenario_file(name)).scenario)
    for k in range(n):
        bounds, run = strict_bound_h(plan, 1, k), simulate(plan, 1, k)
        total, missions = run.replication, run.missions
        sides: list[tuple[LeastHours, dict[str, Any], int | None]] = [(bounds.total, total, None)]
        sides += [(bounds.missions[m], missions, i) for i, m in enumerate(missions["mission"])]
        for limit, rows, i in sides:
            ordered = float(rows["ordered_h"] if i is None else rows["ordered_h"][i])
            for column in COLUMNS:
                time = float(rows[column] if i is None else rows[column][i])
                if math.isfinite(time) and time > ordered:
                    yield column, i is None, (limit.hours(column) - ordered) / (time - ordered)


BLOCKS = (
    Block("bounds-at-medians", PAGE, at_medians, quick=True),
    Block(
        "bounds-beaten", PAGE, beaten,
        tuple(Asked(f"{p}-collapse", n=BEATEN) for p in ("turkish", "none", "coalition")),
    ),
    Block("bounds-nearness", PAGE, nearness, tuple(Asked(name, n=STRICT) for name in SCENARIOS)),
)  # fmt: skip

"""A stored replication again, as movements: from the stored scenario and inputs, and checked against its stored row."""

from __future__ import annotations

import math
import os
import pickle
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from typing import Any

import polars as pl

from sim.experiment import Engine, OutputError, Result, WorkerPool
from sim.experiment.work import Look
from sim.experiment.workers import NoWorker, WorkerLost
from sim.model import compile_scenario
from sim.model.movements import Movements
from sim.model.replication import Plan, movements
from sim.scenario import Loaded
from sim.scenario.inputs import UncertainScenario, inputs_of
from sim.scenario.sets_file import sets_of

CLOSE = 1e-9
"""Relative difference of two times that another processor's rounding makes."""


class Differs(Exception):
    """What is simulated now isn't what was stored: another version, or another machine, made it."""


def plan_of(result: Result, loaded: Loaded, replication: int) -> Plan:
    """What a replication of a result runs: the stored scenario, its inputs at the places where they were stored to stand.

    Raises:
        OutputError: where the table of inputs cannot be read.
    """
    drawn, scenario = result.inputs, loaded.scenario
    if drawn is None:
        return compile_scenario(scenario)
    number = _row(result, replication).get("input_set", replication)
    rows = drawn.filter(pl.col("set") == number).select("set", "factor", "position").to_dicts()
    inputs = loaded.inputs or inputs_of(scenario)
    if inputs is None or not rows:
        raise Differs("the inputs that it drew are not those of its scenario")
    return compile_scenario(UncertainScenario(scenario, replace(inputs, sets=sets_of(rows))))  # one set alone: whichever is drawn


def ahead(result: Result, loaded: Loaded, replication: int, pool: WorkerPool) -> Future[Movements | None] | None:
    """A worker's look at a replication of a result that *pool* has just made of *loaded*; None where none has nothing to do."""
    scenario = pickle.dumps(loaded.simulated, protocol=pickle.HIGHEST_PROTOCOL)
    return pool.aside(Look(scenario, result.seed, replication, Engine(compile_scenario, movements)))


def resimulated(result: Result, loaded: Loaded, replication: int, seen: Future[Movements | None] | None = None) -> Movements:
    """What moved when in a stored replication, as a worker has *seen* it or simulated here.

    Raises:
        Differs: where it isn't what the result holds, which is never shown.
        OutputError: where the table of inputs cannot be read.
    """
    try:
        moved = (_seen(seen) if seen is not None else None) or movements(
            plan_of(result, loaded, replication), result.seed, replication
        )
        row = _row(result, replication)
        different = [name for name, now in outcome(moved).items() if name in row and not _same(row[name], now)]
    except (Differs, OutputError, MemoryError):
        raise
    except Exception as error:  # whoever wrote these files, it was no run of ours
        if os.environ.get("EVACSIM_DEBUG"):
            raise
        raise Differs(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}") from error
    if different:
        raise Differs(f"not what is stored: {', '.join(different)}")
    return moved


def _seen(future: Future[Movements | None]) -> Movements | None:
    """What a worker saw; None where it saw nothing, or is gone."""
    try:
        return future.result()
    except (WorkerLost, NoWorker, CancelledError):
        return None


def outcome(m: Movements) -> dict[str, float | str]:
    """What the row of a replication says of these movements."""
    exits = sorted(change for change in _exits(m) if change[0] <= m.end)
    before = sum(c.out_before for c in m.cohorts)
    evacuated = before + sum(people for _, people in exits)
    flights = sum(1 for f in m.flights if f.people and f.off <= m.end)
    return {
        "staff": m.staff,
        "evacuated": evacuated,
        "left_behind": _left_behind(m, evacuated),
        "t100_h": _all_out(m, evacuated, exits),
        "flights": flights,
        "fall_h": m.fall,
        "lost_h": m.lost,
        "end_h": m.end,
        "end": m.end_reason,
    }


def _exits(m: Movements) -> list[tuple[float, int]]:
    out = [(g.inside, g.people) for g in m.groups if g.direct or not m.lift]
    return out + [(f.off, f.people) for f in m.flights if f.people]


def _left_behind(m: Movements, evacuated: int) -> int:
    """Those to be moved who are not out; whoever was never ordered stays, unless the capital fell."""
    to_move = sum(c.staff - c.staying for c in m.cohorts if c.ordered < math.inf or m.fall < math.inf)
    return to_move - evacuated


def _all_out(m: Movements, evacuated: int, exits: list[tuple[float, int]]) -> float:
    if _left_behind(m, evacuated):
        return math.inf
    return exits[-1][0] if exits else 0.0


def _row(result: Result, replication: int) -> Mapping[str, Any]:
    """Of the table of replications, with the people left behind."""
    row = result.replications.filter(pl.col("replication") == replication).row(0, named=True)
    return {**row, "left_behind": row["stranded"] + row["unfinished"]}


def _same(stored: float | str, now: float | str) -> bool:
    if isinstance(stored, str) or isinstance(now, str):
        return stored == now
    return stored == now or math.isclose(stored, now, rel_tol=CLOSE)

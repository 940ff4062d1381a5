"""Stored results made by hand: the columns of the store without a model behind them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sim.analysis.study import Batch, Proposal, Study
from sim.model.names import CAUSES, STATES, hours_column

NEVER = math.inf
WEIGHTS = (1, 2, 1, 2, 9, 4, 3, 1, 3, 0.5, 0.5, 1, 1.5, 2, 1.5)
"""Of the causes, in the hours that people wait in :func:`campaign`."""


@dataclass
class Fake:
    """The part of a stored result that analysis and present use."""

    name: str = "turkish-collapse"
    title: str = "Turkish forces, collapse"
    folder: Path = Path("results/turkish-collapse/0123456789ab")
    seed: int = 1
    n: int = 0
    failed: list[tuple[int, str, str]] = field(default_factory=list)
    scenario_text: str = "clock: {start: '2021-09-12 06:00', horizon: 30 d, utc_offset: '+04:30'}\n"
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        return self.tables[name]


def row(
    staff=10,
    ordered=0.0,
    t100=5.0,
    stranded=0,
    unfinished=0,
    staying=0,
    t50=None,
    t90=None,
    never_ordered=0,
    gave_up=0,
    held=None,
    cost=None,
    **spent,
):
    """Columns of one unit in one replication; hours by state as keywords, people left behind by what held and cost them."""
    return {
        "staff": staff,
        "ordered_h": ordered,
        "t50_h": t100 if t50 is None else t50,
        "t90_h": t100 if t90 is None else t90,
        "t100_h": t100,
        "evacuated": staff - staying - stranded - unfinished,
        "staying": staying,
        "stranded": stranded,
        "unfinished": unfinished,
        "gave_up": gave_up,
        "never_ordered": never_ordered,
        **{hours_column(s): float(spent.get(s, 0.0)) for s in STATES},
        **{f"left_held_{s}": (held or {}).get(s, 0) for s in STATES},
        **{f"left_cost_{s}": (cost or {}).get(s, 0) for s in STATES},
        **{f"left_hours_{s}": 0.0 for s in STATES},
    }


def result(missions: dict[str, list[dict]], name="turkish-collapse", horizon="30 d", timeline=None, **kwargs) -> Fake:
    """A result from rows by mission, one per replication; each mission has one cohort, ``core``."""
    n = len(next(iter(missions.values())))
    flat = [{"replication": k, "mission": m, **rows[k]} for m, rows in missions.items() for k in range(n)]
    frame = pl.DataFrame(flat, schema_overrides={"ordered_h": pl.Float64, "t100_h": pl.Float64})
    totals = [{"replication": k, **_total([rows[k] for rows in missions.values()])} for k in range(n)]
    tables = {
        "missions": frame,
        "cohorts": frame.with_columns(pl.lit("core").alias("cohort")),
        "replications": pl.DataFrame(totals),
        "timeline": pl.DataFrame(timeline or [_hour(k, 0, 0) for k in range(n)]),
    }
    text = f"clock: {{start: '2021-09-12 06:00', horizon: {horizon}}}\n"
    return Fake(name=name, n=kwargs.pop("n", n), tables=tables, scenario_text=text, **kwargs)


def driven(asked: Study[Any], answer: Callable[[Batch, Proposal], Any]) -> tuple[Any, list[Batch]]:
    """Drives a study by hand: *answer* says what was read of a point.  Returns its answer and the batches it asked for."""
    batches: list[Batch] = []
    try:
        batch = next(asked)
        while True:
            batches.append(batch)
            batch = asked.send([answer(batch, proposal) for proposal in batch.proposals])
    except StopIteration as stop:
        return stop.value, batches


def _hour(replication: int, hour: int, out: int, bottleneck: str = "none") -> dict:
    return {"replication": replication, "hour": hour, "stage_out": out, "bottleneck": bottleneck}


LEFT = tuple(f"left_{what}_{s}" for what in ("held", "cost", "hours") for s in STATES)
SUMS = ("staff", "evacuated", "staying", "stranded", "unfinished", "gave_up", "never_ordered", *map(hours_column, STATES), *LEFT)


def _total(rows: list[dict]) -> dict:
    added = {k: sum(r[k] for r in rows) for k in SUMS}
    moved = [r for r in rows if r["staff"] > r["staying"]]
    ends = {k: max((r[k] for r in moved), default=0.0) for k in ("t50_h", "t90_h", "t100_h")}
    end = "lost" if added["stranded"] else "horizon" if added["unfinished"] else "out"
    to_move = added["staff"] - added["staying"]
    return added | ends | {"to_move": to_move, "ordered_h": min(r["ordered_h"] for r in rows), "end": end, "end_h": 720.0}


def campaign(name="turkish-collapse", title=None, n=60, missions=34, pace=1.0, loss=(150.0, 0.6), seed=3, horizon=720) -> Fake:
    """A made-up evacuation with the looks of the real thing: many missions, long tails, an airport that may be lost.

    *pace* stretches all times; *loss* is median and log-sd of the hour at which the airport is lost (inf: never).
    """
    rng = np.random.default_rng(seed)
    staff = np.sort((20 + 3000 * rng.pareto(1.2, missions) / 20).astype(int))[::-1]
    names = ["united-states", "united-kingdom", "united-nations", "germany", "european-union", "turkey", "canada"]
    names += [f"mission-{i:02d}" for i in range(len(names), missions)]
    tables: dict[str, list[dict]] = {"missions": [], "replications": [], "timeline": []}
    for k in range(n):
        draw = np.random.default_rng([seed, k])
        lost = math.inf if math.isinf(loss[0]) else loss[0] * math.exp(loss[1] * draw.normal())
        order = float(draw.gamma(4, 6))
        rows, curve = [], np.zeros(horizon + 1)
        for i, people in enumerate(staff):
            start = order + draw.exponential(8)
            spread = pace * (10 + 12 * math.log1p(people / 30)) * math.exp(0.3 * draw.normal())
            out = start + spread * np.sort(draw.beta(1.5, 3, size=people)) * 2
            end = min(lost, horizon)
            kept = out[out <= end]
            curve[1:] += np.searchsorted(kept, np.arange(1, horizon + 1), side="right")
            left = int(people - len(kept))
            ranks = [math.ceil(q * people) for q in (0.5, 0.9, 1.0)]
            at = [float(out[r - 1]) if r <= len(kept) else NEVER for r in ranks]
            waits = dict(zip(CAUSES, people * spread * draw.dirichlet(WEIGHTS), strict=True))
            ends = (left, 0) if lost < horizon else (0, left)
            held, cost = {"crowd": left // 2, "doing_ready": left - left // 2}, {"deciding": left}
            done = {"before": people * order, "deciding": people * (start - order), "doing_ready": people * spread}
            base = row(int(people), start, at[2], *ends, 0, at[0], at[1], held=held, cost=cost, **waits, **done)
            rows.append({"replication": k, "mission": names[i], **base})
        tables["missions"] += rows
        everybody = _total(rows)
        everybody["end"] = "lost" if lost < horizon and everybody["stranded"] else everybody["end"]
        tables["replications"].append({"replication": k, **everybody})
        last = int(min(horizon, math.ceil(min(lost, max(r["t100_h"] for r in rows)))))
        for hour in range(last + 1):
            progress = hour / max(last, 1)
            stage = min(int(progress * 5 + abs(draw.normal()) * 0.7), 6)
            cause = ("none", "readiness", "permission", "crowd", "seats", "hub", "closure")[stage] if hour > order else "none"
            tables["timeline"].append(_hour(k, hour, int(curve[hour]), cause))
    frames = {key: pl.DataFrame(rows) for key, rows in tables.items()}
    frames["cohorts"] = frames["missions"].with_columns(pl.lit("core").alias("cohort"))
    text = f"clock: {{start: '2021-09-12 06:00', horizon: {horizon} h}}\n"
    return Fake(name, title or name, Path("results") / name / "0123456789ab", n=n, tables=frames, scenario_text=text)

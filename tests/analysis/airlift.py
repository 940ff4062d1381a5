"""A stored result made by hand whose timeline has flights, people flown and hubs by the hour: an airlift without a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from sim.model.names import CAUSES, STAGES
from tests.analysis.synthetic import Fake

CLOCK = "clock: {start: '2021-08-14 11:30', horizon: 17 d, utc_offset: '+04:30'}\n"
"""Zero is 14 August 07:00 UTC."""


def airlift(runs: list[dict[str, list[float]]], text: str = CLOCK, title: str = "An airlift", **kwargs) -> Fake:
    """A result from columns of the timeline by replication, each from hour 0 on; ``stage_out`` is the sum of those flown."""
    frames = []
    for k, columns in enumerate(runs):
        hours = max(len(values) for values in columns.values())
        flown = [np.asarray(v, float) for name, v in columns.items() if name.startswith("flown_")]
        stages = {f"stage_{name}": np.zeros(hours) for name in STAGES}
        if flown:
            stages["stage_out"] = np.cumsum(np.sum(flown, axis=0))
        rest = {"bottleneck": ["none"] * hours, "crowd": np.zeros(hours), **{f"wait_{c}": np.zeros(hours) for c in CAUSES}}
        frames.append(pl.DataFrame({"replication": [k] * hours, "hour": np.arange(hours), **stages, **rest, **columns}))
    replications = pl.DataFrame({"replication": range(len(runs))})
    tables = {"timeline": pl.concat(frames, how="diagonal_relaxed"), "replications": replications}
    return Fake("airlift", title, Path("results/airlift/0123456789ab"), n=len(runs), tables=tables, scenario_text=text, **kwargs)


def kabul(n: int = 40, days: int = 14, seed: int = 5) -> Fake:
    """A made-up airlift with the looks of August 2021: a slow start, a pause on the 20th, a peak, a decline."""
    known = {0: 600, 1: 500, 2: 100, 3: 1900, 5: 5500, 6: 3200, 8: 15000, 9: 20500, 11: 17000, 13: 6000, 14: 1000}
    a_day = np.interp(np.arange(days + 1), list(known), list(known.values()))
    runs = []
    for k in range(n):
        rng = np.random.default_rng([seed, k])
        level = np.exp(0.25 * rng.normal() + 0.1 * rng.normal(size=days + 1))
        columns: dict[str, list[float]] = {}
        for name, part, load in (("us-military", 0.55, 260), ("allied", 0.45, 100)):
            hourly = np.repeat(a_day[:days] * level[:days] * part / 24, 24)
            flights = rng.poisson(hourly / load + 0.05)
            flights[142 : 142 + rng.integers(4, 11)] = 0
            flown = rng.poisson(flights * np.minimum(load, 60 + hourly * 0.6))
            columns[f"flights_{name}"] = [0, *flights.tolist()]
            columns[f"flown_{name}"] = [0, *flown.tolist()]
        stock = np.interp(np.arange(days * 24 + 1), [0, 48, 120, 150, 240, days * 24], [0, 500, 6000, 9500, 12000, 500])
        columns["stage_holding"] = (stock * level[0]).astype(int).tolist()
        columns["hub_al-udeid"] = (0.5 * stock / level[1]).astype(int).tolist()
        order = ["none", "closure", "crowd", "search", "hub", "seats", "crowd"]
        columns["bottleneck"] = [order[min(int(h / 50 + abs(rng.normal()) * 0.5), 6)] for h in range(days * 24 + 1)]
        runs.append(columns)
    return airlift(runs, title="The airlift of 2021, made up")

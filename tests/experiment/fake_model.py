"""A tiny model with the signature of the real one, which can also fail, hang and kill its process.

A scenario is a mapping; ``die`` and ``fail`` name replications, ``slow`` is seconds of sleep for each.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np

from sim.experiment import Engine
from sim.model.columns import Coded


@dataclass(frozen=True)
class FakeSource:
    """What the loader would give."""

    scenario: Any
    name: str = "fake"
    digest_text: str = "a"
    canonical: str = "title: fake\n"

    @property
    def simulated(self) -> Any:
        return self.scenario


def source(name: str = "fake", digest: str = "a", **behaviour: Any) -> FakeSource:
    return FakeSource(dict(behaviour), name, digest)


def compile_scenario(scenario: Mapping[str, Any]) -> Mapping[str, Any]:
    if scenario.get("broken"):
        raise ValueError("this scenario\ncannot be compiled")
    return MappingProxyType(dict(scenario))


def stages(replication: int) -> dict[str, Any]:
    """A row, or none in every seventh replication, as where there is nobody."""
    rows = 0 if replication % 7 == 3 else 1
    code = np.zeros(rows, np.int64)
    return {
        "hour": np.zeros(rows, np.int32),
        "mission": Coded(code, ("=cmd", "b-side")),
        "stage": Coded(code, ("out",)),
        "people": np.full(rows, 30, np.int32),
    }


def simulate(plan: Mapping[str, Any], seed: int, replication: int) -> Any:
    if replication in plan.get("fail", ()):
        raise RuntimeError(f"replication {replication} fails")
    if replication in plan.get("die", ()):
        marker = plan.get("marker")
        if marker is None or not Path(marker).exists():
            if marker is not None:
                Path(marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(plan.get("slow", 0))
    draw = random.Random(seed * 1_000_003 + replication)
    missions = ["=cmd", "b-side"]
    hours = draw.randrange(2, 6)
    last = float("inf") if replication % 3 == 0 else draw.uniform(5, 9)
    return SimpleNamespace(
        cohorts={"mission": missions, "cohort": ["core", "core"], "staff": [10, 20], "t100_h": [1.5, last]},
        missions={"mission": missions, "staff": [10, 20], "t100_h": [1.5, last], "wait_order": [0.0, draw.random()]},
        replication={"staff": [30], "t100_h": [last], "end": ["out"], "use": [None if replication < 20 else 0.5]},
        timeline={
            "hour": list(range(hours)),
            "stage_out": [draw.randrange(30) for _ in range(hours)],
            "bottleneck": ["none"] * hours,
        },
        stages=stages(replication),
    )


ENGINE = Engine(compile_scenario, simulate)

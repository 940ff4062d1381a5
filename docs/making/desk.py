"""Runs for the blocks: each scenario is simulated once, kept in the folder of results, and read from there the next time."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from making.block import scenario_file
from sim.api import Comparison, Study, compare, run
from sim.scenario.loading import Layers, Loaded

Json = dict[str, Any]


@dataclass
class Desk:
    """How to run, and what was run already."""

    out: Path
    jobs: int = 1
    most: int | None = None
    """At most so many replications of each scenario, to try the blocks; what they say is then not final."""
    calibration: Path | None = None
    """What ``benchmarks/calibrate.py --out`` wrote."""
    learnt: Path | None = None
    """The ``summary.json`` that the calibration of ``kabul-2021`` kept."""
    studies: dict[tuple[str, tuple[str, ...], int, str], Study] = field(default_factory=dict)
    layers: dict[str, Layers] = field(default_factory=dict)

    def n(self, wanted: int) -> int:
        """Replications to run."""
        return wanted if self.most is None else min(wanted, self.most)

    def loaded(self, scenario: str, settings: tuple[str, ...] = ()) -> Loaded:
        """A shipped scenario with settings, its file read once."""
        if scenario not in self.layers:
            self.layers[scenario] = Layers.of(scenario_file(scenario))
        return self.layers[scenario].load(settings)

    def study(self, scenario: str, n: int, settings: tuple[str, ...] = (), inputs: str = "values") -> Study:
        """Replications 0 … n−1 of a shipped scenario with settings; *inputs*: as written, or what ``--inputs`` says."""
        key = (scenario, settings, self.n(n), inputs)
        if key not in self.studies:
            one = self.loaded(scenario, settings)
            self.studies[key] = run(one, n=self.n(n), jobs=self.jobs, out=self.out, plots=False, inputs=inputs)
        return self.studies[key]

    def same_orders(self, base: str, others: tuple[str, ...], n: int) -> Comparison:
        """Shipped scenarios against one of them, as they are and under its orders."""
        scenarios = [self.loaded(name) for name in (base, *others)]
        answer: Comparison = compare(
            *scenarios, n=self.n(n), jobs=self.jobs, out=self.out, plots=False, same_orders=True, inputs="values"
        )
        return answer


def jobs_here() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))

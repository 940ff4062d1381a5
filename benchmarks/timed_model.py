"""The model with a stop-watch: each process keeps the processor time that it spent in compiling and simulating in a file of its
own, below the folder that ``EVACSIM_TIMED`` names.  For ``scale.py overhead``; workers import it by name."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.experiment.work import Engine
from sim.model import compile_scenario, simulate

_spent = 0.0


def _timed(work: Callable[..., Any], *arguments: Any) -> Any:
    global _spent
    begun = time.process_time()
    found = work(*arguments)
    _spent += time.process_time() - begun
    (Path(os.environ["EVACSIM_TIMED"]) / str(os.getpid())).write_text(repr(_spent))
    return found


def compile_timed(scenario: Any) -> Any:
    """The model's plan."""
    return _timed(compile_scenario, scenario)


def simulate_timed(plan: Any, seed: int, replication: int) -> Any:
    """The model's records."""
    return _timed(simulate, plan, seed, replication)


ENGINE = Engine(compile_timed, simulate_timed)


def spent(folder: Path) -> float:
    """Processor seconds of all processes that wrote into *folder*."""
    return sum(float(path.read_text()) for path in folder.iterdir())

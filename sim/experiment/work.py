"""What a worker does: a scenario and replication numbers in, a piece of records, or failures as data, out.

Everything here is a plain function of its arguments, so that one process, a pool and a cluster run the same code.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.experiment.blocks import COMPACT, TABLES, Block, Failure, pack

Stop = Callable[[], bool]


class Engine(NamedTuple):
    """The two functions of a model: ``compile(scenario) → plan`` and ``simulate(plan, seed, replication) → records``.

    Records have one attribute per table, each a mapping of column → values.  Both functions must be importable by name.
    """

    compile: Callable[[Any], Any]
    simulate: Callable[[Any, int, int], Any]
    tables: tuple[tuple[str, str], ...] = tuple(TABLES.items())
    """Table and attribute of the records; a store keeps those of a run alone, whoever has others takes them from the pieces."""


def model_engine() -> Engine:
    """The model of this package."""
    from sim.model import compile_scenario, simulate

    return Engine(compile_scenario, simulate)


@dataclass(frozen=True)
class Job:
    """Replication numbers to simulate of one scenario, which travels pickled and is opened once per worker."""

    scenario: bytes
    seed: int
    replications: tuple[int, ...]
    engine: Engine


@dataclass(frozen=True)
class Piece:
    """What came of a job; ``interrupted`` if it stopped before all its replications were tried."""

    block: Block
    interrupted: bool = False
    seconds: float = 0.0
    """How long its worker took; for progress alone."""

    @property
    def tried(self) -> int:
        """Replications that were simulated or failed."""
        return len(self.block.replications) + len(self.block.failures)

    @property
    def pace(self) -> float | None:
        """Seconds that each of them took; None where there was none."""
        return self.seconds / self.tried if self.tried else None


@dataclass(frozen=True)
class Look:
    """One replication looked at in another way, such as what moved when: its answer is no part of a run."""

    scenario: bytes
    seed: int
    replication: int
    engine: Engine
    """Its ``simulate`` may give anything that can be pickled."""


@lru_cache(maxsize=4)
def _plan(scenario: bytes, compile: Callable[[Any], Any]) -> Any:
    return compile(pickle.loads(scenario))


def run_look(look: Look) -> Any:
    """What *look* sees; None where it can't be seen."""
    try:
        return look.engine.simulate(_plan(look.scenario, look.engine.compile), look.seed, look.replication)
    except Exception:
        if os.environ.get("EVACSIM_DEBUG"):
            traceback.print_exc(file=sys.stderr)
        return None


def run_job(job: Job, stop: Stop = lambda: False) -> Piece:
    """Simulates the replications of *job*, one after the other, until done or *stop* says so (Ctrl-C counts too)."""
    records: list[tuple[int, Any]] = []
    failures: list[Failure] = []
    interrupted = False
    begun = time.perf_counter()
    try:
        for replication in job.replications:
            if stop():
                interrupted = True
                break
            outcome = _replicate(job, replication)
            if isinstance(outcome, Failure):
                failures.append(outcome)
            else:
                records.append((replication, outcome))
    except KeyboardInterrupt:
        interrupted = True
    return Piece(packed(records, failures, job.engine), interrupted, time.perf_counter() - begun)


def _replicate(job: Job, replication: int) -> Any:
    """The records of one replication, or its :class:`Failure`."""
    stage = "compile"
    try:
        plan = _plan(job.scenario, job.engine.compile)
        stage = "simulate"
        records = job.engine.simulate(plan, job.seed, replication)
        stage = "records"
        if missing := [attribute for _, attribute in job.engine.tables if not hasattr(records, attribute)]:
            raise TypeError(f"the model gave no {', '.join(missing)}")
        return records
    except Exception as error:
        return failure(replication, stage, error)


def packed(records: list[tuple[int, Any]], failures: list[Failure], engine: Engine) -> Block:
    """One block of all rows; if they do not fit together every replication of it is a failure."""
    tables = {}
    try:
        for table, attribute in engine.tables if records else ():
            tables[table] = pack(((k, getattr(r, attribute)) for k, r in records), compact=table in COMPACT)
    except Exception as error:
        return Block((), (*failures, *(failure(k, "records", error) for k, _ in records)), {})
    return Block(tuple(k for k, _ in records), tuple(failures), tables)


def failure(replication: int, stage: str, error: BaseException) -> Failure:
    """An error as a row: one line that names its type and the place in this package where it arose."""
    if os.environ.get("EVACSIM_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    text = " ".join(str(error).split())[:300]
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f"{os.sep}sim{os.sep}" in f.filename]
    own = [f for f in frames if f"{os.sep}experiment{os.sep}" not in f.filename]
    where = f" ({Path(own[-1].filename).parent.name}/{Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""
    return Failure(replication, stage, f"{type(error).__name__}: {text}{where}")

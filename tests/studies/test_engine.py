"""How many processes a command starts."""

from __future__ import annotations

import os

import pytest

from sim.experiment import SilentProgress
from sim.experiment.workers import processors
from sim.studies.engine import pool_of
from sim.studies.run.query import RunQuery


@pytest.mark.parametrize(
    ("asked", "replications", "jobs"),
    [(None, None, 8), (None, 1, 1), (None, 5, 5), (None, 100, 8), (2, 1, 2), (1, None, 1)],
)
def test_no_more_processes_than_replications(
    monkeypatch: pytest.MonkeyPatch, asked: int | None, replications: int | None, jobs: int
) -> None:
    """But for the number that is asked for: who says --jobs 2 may want a replication apart from the command."""
    monkeypatch.setattr("sim.studies.engine.processors", processors)  # which tests/conftest.py takes away from all others
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: range(8))
    with pool_of(RunQuery.of("any", jobs=asked), SilentProgress(), replications) as pool:
        assert pool.jobs == jobs

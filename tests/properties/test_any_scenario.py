"""Whatever a valid scenario says: people are conserved, the tables agree with each other, the same input gives the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model import simulate
from sim.model.records import Records
from tests.model.helpers import plan, run
from tests.scenario.test_properties import in_order, reordered
from tests.strategies import lively, often, scenarios

ROOT = Path(__file__).parents[2]


def as_bytes(records: Records) -> bytes:
    """Every number of the four tables, bit by bit."""
    parts: list[bytes] = []
    for table in (records.cohorts, records.missions, records.replication, records.timeline):
        for name in sorted(table):
            value = table[name]
            parts += [name.encode(), value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()]
    return b"\0".join(parts)


@given(scenarios())
@settings(deadline=None, derandomize=True, max_examples=20)
def test_people_are_conserved(data: dict[str, Any]) -> None:
    """All are counted after every event; ``run`` checks this and the tables."""
    run(data)


@pytest.mark.costly
@given(lively(), st.integers(0, 2**32), st.integers(0, 10_000))
@settings(deadline=None, derandomize=True, max_examples=25)
def test_people_are_conserved_where_much_happens(data: dict[str, Any], seed: int, replication: int) -> None:
    """The same where people are ordered out soon, queues grow and the capital falls."""
    run(data, seed, replication)


test_people_are_conserved_often = often(test_people_are_conserved, 40, scenarios())
test_people_are_conserved_where_much_happens_often = often(
    test_people_are_conserved_where_much_happens, 80, lively(), st.integers(0, 2**32), st.integers(0, 10_000)
)


@given(lively())
@settings(deadline=None, derandomize=True, max_examples=10)
def test_same_seed_same_bytes(data: dict[str, Any]) -> None:
    """A replication is a pure function of scenario, seed and number: of nothing that ran before, nor of how it is run."""
    made = plan(data)
    records = run(made, seed=5, replication=3).records
    records.replication["input_set"] = 3  # which whoever simulates it writes down: each is a set of its own here
    stepped = as_bytes(records)
    simulate(made, 5, 4)
    assert as_bytes(simulate(made, 5, 3)) == stepped
    assert as_bytes(simulate(plan(data), 5, 3)) == stepped


test_same_seed_same_bytes_often = often(test_same_seed_same_bytes, 20, lively())


@pytest.mark.costly
@given(lively())
@settings(deadline=None, derandomize=True, max_examples=10)
def test_order_of_keys_changes_nothing(data: dict[str, Any]) -> None:
    """Nor does anything depend on the order in which things are inserted."""
    as_written, backwards = run(in_order(data), seed=2), run(in_order(reordered(data)), seed=2)
    assert list(backwards.world.plan.scenario.missions) == list(reversed(as_written.world.plan.scenario.missions))
    assert as_bytes(backwards.records) == as_bytes(as_written.records)


test_order_of_keys_changes_nothing_often = often(test_order_of_keys_changes_nothing, 20, lively())


@pytest.mark.costly
def test_same_bytes_in_any_process() -> None:
    """Python hashes text differently in each process; nothing may depend on it."""
    code = (
        "import hashlib; from sim.model import simulate; from tests.model.helpers import plan; from sim.scenario import load;"
        "from tests.properties.test_any_scenario import as_bytes;"
        "made = plan(load('scenarios/turkish-advancing.yaml').scenario);"
        "print(hashlib.sha256(as_bytes(simulate(made, 1, 2))).hexdigest())"
    )
    digests = set()
    for salt in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": salt, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
        digests.add(done.stdout)
    assert len(digests) == 1

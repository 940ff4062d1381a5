"""More force, lanes, seats, time to go or time to stay leave nobody behind who would have left; see ``more``.

Queues are not monotone, so that single replications may be worse: the mean is tested.  Two scenarios here;
``python benchmarks/more.py`` does all of them with a hundred replications each.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.model import compile_scenario, simulate
from sim.scenario import load
from tests.model.helpers import shipped
from tests.properties.more import CHANGES, FEWER, SOLDIERS, Outcome, bases, verdict

FOLDER = Path(__file__).parents[2] / "scenarios"
PAIRS = 16


@cache
def base(name: str) -> list[Outcome]:
    return bases(shipped(name).scenario, PAIRS)


FEW = (1, 130)
"""Soldiers who make little difference to what others do; left to the thorough run."""
CASES = [("turkish-collapse", c) for c in CHANGES] + [
    pytest.param("none-collapse", f"{n} soldiers", marks=pytest.mark.slow if n in FEW else ()) for n in SOLDIERS
]


@pytest.mark.parametrize(("name", "change"), CASES)
def test_more_leaves_no_more_people_behind(name: str, change: str) -> None:
    found = verdict(change, shipped(name).scenario, base(name))
    assert found.n == PAIRS
    assert not found.worse, found


def test_a_change_for_the_worse_is_found() -> None:
    """The test can fail: an eighth of the seats leaves more people behind."""
    found = verdict(FEWER, shipped("turkish-collapse").scenario, base("turkish-collapse"))
    assert found.worse, found


# -- a plan that never comes to anything -------------------------------------------------------------------------------


NEVER = "security.phases.1.begins=900 d"


@pytest.mark.parametrize("threat", ["holding", "advancing", "collapse"])
def test_a_coalition_that_never_comes_is_nobody(threat: str) -> None:
    """The scenario of a coalition whose phase never begins, with what nobody's brings else, gives every table of nobody's."""
    nobody = shipped(f"none-{threat}").scenario
    coalition = load(FOLDER / f"coalition-{threat}.yaml", [NEVER]).scenario
    coalition = coalition.model_copy(update={"airport": nobody.airport, "lift": nobody.lift})
    plans = compile_scenario(nobody), compile_scenario(coalition)
    for k in range(2):
        mine, theirs = (simulate(plan, 1, k) for plan in plans)
        for table in ("cohorts", "missions", "replication", "timeline"):
            a, b = getattr(mine, table), getattr(theirs, table)
            assert list(a) == list(b)
            for name in a:
                assert np.array_equal(np.asarray(a[name]), np.asarray(b[name])), (table, name)

"""What all parts of a replication share; and that a finished one is freed at once, and not by the cycle collector."""

from __future__ import annotations

import gc

import pytest

from sim.model import compile_scenario, simulate
from tests.model.helpers import shipped


@pytest.mark.parametrize("name", ["minimal", "reference", "khartoum-2023", "kabul-2021"])
def test_a_finished_world_leaves_nothing_to_the_cycle_collector(name: str) -> None:
    """So that memory stays flat with the collector off.  What SciPy's root finder leaves of a breach is not the world's."""
    plan = compile_scenario(shipped(name).scenario)
    simulate(plan, 1, 0)
    gc.collect()
    try:
        gc.set_debug(gc.DEBUG_SAVEALL)
        simulate(plan, 1, 1)
        gc.collect()
        left = {type(each) for each in gc.garbage if type(each).__module__.startswith("sim.")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert {kind.__name__ for kind in left} <= {"Course"}

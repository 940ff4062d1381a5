"""What all parts of a replication share; and that a finished one is freed at once, and not by the cycle collector."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from sim.model import compile_scenario, simulate
from sim.model.world import World
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


def test_no_part_has_so_many_attributes_that_its_methods_are_slow() -> None:
    """CPython 3.11 keeps over 30 attributes of an object in a dictionary, and looks up each method of it anew: such a class
    states its ``__slots__``."""
    world = World(compile_scenario(shipped("turkish-collapse").scenario), 1, 0)
    world.simulate()
    found: dict[int, Any] = {}
    ahead: list[Any] = [world]
    while ahead:
        each = ahead.pop()
        if id(each) not in found:
            found[id(each)] = each
            ahead += [x for x in gc.get_referents(each) if not isinstance(x, type) and not hasattr(x, "__spec__")]
    most = {
        type(x).__name__: len(vars(x))
        for x in found.values()
        if type(x).__module__.startswith("sim.model") and hasattr(x, "__dict__")
    }
    assert len(most) > 20
    assert {name: n for name, n in most.items() if n > 30} == {}

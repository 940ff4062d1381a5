"""What all parts of a replication share; and that a finished one is freed at once, and not by the cycle collector."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from sim.model import compile_scenario, simulate
from sim.model.world import World
from tests.model.helpers import plan, run, shipped


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


def test_the_hour_of_the_day_is_as_exact_as_the_clock_is() -> None:
    """Seconds are not rounded away; what adding up makes of a whole minute is that minute, and midnight is 0."""
    now = World(plan("clock: {start: 2021-08-01 23:00}\nmissions: {m: {cohorts: {c: 1}}}"), 1, 0).run
    for later, hour in ((0.25, 23.25), (0.999, 23.999), (8 + 1 / 3600, 7 + 1 / 3600)):
        now.clock.now = later
        assert now.hour_of_day() == pytest.approx(hour, abs=1e-12)
    for later, hour in ((0.0, 23.0), (1 - 1e-10, 0.0), (1.0, 0.0), (1 + 1e-10, 0.0), (8.25 + 1e-10, 7.25)):
        now.clock.now = later
        assert now.hour_of_day() == hour


@pytest.mark.parametrize(("ready", "inside"), [("7180 s", 2.0), ("21580 s", 21580 / 3600), ("21620 s", 26.0)])
def test_daily_hours_begin_and_end_to_the_second(ready: str, inside: float) -> None:
    """A gate that is open from 8:00 to 12:00: who is there 20 s before it opens waits these, and 20 s after it has shut a day."""
    r = run(f"""
        clock: {{start: 2021-08-01 06:00, horizon: 2 d}}
        airport: {{gates: {{g: {{hours: '08:00-12:00'}}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 1, starts: gate, ready: {ready}}}}}}}}}
    """)
    assert r.total["t100_h"] == pytest.approx(inside, abs=1e-9)

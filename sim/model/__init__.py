"""How the world behaves: a pure function from a scenario, a seed and a replication number to records."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.model.names import CAUSES, STAGES

if TYPE_CHECKING:
    from sim.model.compiled.scenario import CompiledScenario
    from sim.model.eventlog import Event
    from sim.model.records import Records
    from sim.scenario.schema import Scenario

__all__ = ["CAUSES", "STAGES", "compile_scenario", "simulate", "trace"]


def compile_scenario(scenario: Scenario) -> CompiledScenario:
    """Prepare a scenario for any number of replications."""
    from sim.model.compiled.scenario import compile_scenario as compile_

    return compile_(scenario)


def simulate(plan: CompiledScenario, seed: int, replication: int) -> Records:
    """One replication: the tables of what happened."""
    from sim.model.records import make_records
    from sim.model.world import World

    with without_collector():
        world = World(plan, seed, replication)
        world.run()
        records = make_records(world)
        world.dissolve()
    return records


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep Python's cycle collector out of the hot path; a world frees itself."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def trace(plan: CompiledScenario, seed: int, replication: int) -> list[Event]:
    """One replication as a log of events, in order of time."""
    from sim.model.eventlog import events
    from sim.model.world import World

    world = World(plan, seed, replication)
    world.run()
    return events(world)

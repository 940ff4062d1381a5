"""One replication from its beginning to its tables."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from sim.model.compiled.scenario import CompiledScenario
from sim.model.eventlog import Event, events
from sim.model.records import Records, make_records
from sim.model.world import World


def simulate(plan: CompiledScenario, seed: int, replication: int) -> Records:
    """One replication: the tables of what happened."""
    with without_collector():
        return records_of(World(plan, seed, replication))


def records_of(world: World) -> Records:
    """Run a world to its end: its tables.

    Whoever calls this must not keep the world: while anything of it is there, the collector would walk through all of it.
    """
    world.simulate()
    records = make_records(world)
    world.close()
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
    world = World(plan, seed, replication)
    world.simulate()
    log = events(world)
    world.close()
    return log

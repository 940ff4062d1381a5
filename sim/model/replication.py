"""One replication from its beginning to its tables."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from sim.model.compiled.scenario import CompiledScenario, compile_scenario
from sim.model.event import Event
from sim.model.eventlog import events
from sim.model.inputs import DrawnScenario
from sim.model.moved import make_movements
from sim.model.movements import Movements
from sim.model.records import Records, make_records
from sim.model.world import World
from sim.scenario.inputs import UncertainScenario
from sim.scenario.schema import Scenario

Plan = CompiledScenario | DrawnScenario
"""A scenario prepared for any number of replications."""


def prepare(scenario: Scenario | UncertainScenario) -> Plan:
    """Prepare a scenario for any number of replications."""
    return DrawnScenario(scenario) if isinstance(scenario, UncertainScenario) else compile_scenario(scenario)


def plan_of(plan: Plan, seed: int, replication: int) -> CompiledScenario:
    """What one replication runs: the scenario as it is, or with the set of inputs that the replication has."""
    return plan.at(seed, replication) if isinstance(plan, DrawnScenario) else plan


def whole_plan_of(plan: Plan, seed: int, replication: int) -> CompiledScenario:
    """The same for whoever reads the scenario of it as well."""
    return plan.whole(seed, replication) if isinstance(plan, DrawnScenario) else plan


def set_of(plan: Plan, replication: int) -> int:
    """The set of inputs that a replication has; where none are drawn each is a set of its own."""
    return plan.inputs.set_of(replication) if isinstance(plan, DrawnScenario) else replication


def simulate(plan: Plan, seed: int, replication: int) -> Records:
    """One replication: the tables of what happened."""
    with without_collector():
        return records_of(World(plan_of(plan, seed, replication), seed, replication), set_of(plan, replication))


def records_of(world: World, input_set: int) -> Records:
    """Run a world to its end: its tables.

    Whoever calls this must not keep the world: while anything of it is there, the collector would walk through all of it.
    """
    world.simulate()
    records = make_records(world)
    records.replication["input_set"] = input_set
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


def trace(plan: Plan, seed: int, replication: int) -> list[Event]:
    """One replication as a log of events, in order of time."""
    world = World(plan_of(plan, seed, replication), seed, replication)
    world.simulate()
    log = events(world)
    world.close()
    return log


def movements(plan: Plan, seed: int, replication: int) -> Movements:
    """One replication as what moved when; people are those of :func:`simulate`, each in one place at every time."""
    with without_collector():
        return _movements_of(World(plan_of(plan, seed, replication), seed, replication))


def _movements_of(world: World) -> Movements:
    world.simulate()
    made = make_movements(world)
    world.close()
    return made

"""How the world behaves: a pure function from a scenario, a seed and a replication number to records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.names import CAUSES, STAGES

if TYPE_CHECKING:
    from sim.model.compiled.scenario import CompiledScenario
    from sim.model.event import Event
    from sim.model.inputs import DrawnScenario
    from sim.model.records import Records
    from sim.scenario.inputs import UncertainScenario
    from sim.scenario.schema import Scenario

__all__ = ["CAUSES", "STAGES", "compile_scenario", "simulate", "trace"]


def compile_scenario(scenario: Scenario | UncertainScenario) -> CompiledScenario | DrawnScenario:
    """Prepare a scenario for any number of replications; one whose inputs are drawn for any set of them."""
    from sim.model.replication import prepare

    return prepare(scenario)


def simulate(plan: CompiledScenario | DrawnScenario, seed: int, replication: int) -> Records:
    """One replication: the tables of what happened."""
    from sim.model.replication import simulate as simulate_

    return simulate_(plan, seed, replication)


def trace(plan: CompiledScenario | DrawnScenario, seed: int, replication: int) -> list[Event]:
    """One replication as a log of events, in order of time."""
    from sim.model.replication import trace as trace_

    return trace_(plan, seed, replication)

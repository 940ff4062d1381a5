"""The whole scenario, compiled: done once, for any number of replications."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.compiled.airport import (
    CompiledAirfield,
    CompiledCrowd,
    CompiledGates,
    CompiledHub,
    CompiledIncidents,
    compile_airfield,
    compile_crowd,
    compile_gates,
    compile_hubs,
    compile_incidents,
)
from sim.model.compiled.builder import Builder
from sim.model.compiled.lift import CompiledDispatch, CompiledLift, compile_dispatch, compile_lift
from sim.model.compiled.numbers import Number
from sim.model.compiled.people import (
    CompiledCohort,
    CompiledMission,
    CompiledReactions,
    compile_missions,
    compile_reactions,
)
from sim.model.compiled.road import CompiledRoad, CompiledShuttles, compile_road, compile_shuttles
from sim.model.compiled.security import CompiledSecurity, compile_security
from sim.model.compiled.threat import CompiledThreat, compile_threat
from sim.model.draws import Streams
from sim.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class CompiledScenario:
    """Everything about a scenario that no replication changes; made by :func:`compile_scenario`."""

    scenario: Scenario
    streams: Streams
    """All that a replication may draw; what it draws is asked for by the ids in the parts."""
    missions: tuple[CompiledMission, ...]
    """In the order of their names, as the next."""
    cohorts: tuple[CompiledCohort, ...]
    threat: CompiledThreat
    security: CompiledSecurity
    crowd: CompiledCrowd | None
    incidents: CompiledIncidents
    road: CompiledRoad
    shuttles: CompiledShuttles
    gates: CompiledGates
    airfield: CompiledAirfield
    hubs: tuple[CompiledHub, ...]
    lift: CompiledLift
    dispatch: CompiledDispatch
    reactions: CompiledReactions | None
    """None where no mission leaves because nobody secures the airport."""
    horizon: Number
    """Hours after which a run ends."""

    @property
    def priorities(self) -> tuple[int, ...]:
        """All priorities of cohorts, the most urgent first."""
        return tuple(sorted({c.spec.priority for c in self.cohorts})) or (0,)

    @property
    def has_lift(self) -> bool:
        """Whether people leave by air; else whoever has come inside is out."""
        return self.scenario.lift is not None

    @property
    def mission_index(self) -> dict[str, int]:
        """Place of each mission by its name."""
        return {m.name: m.index for m in self.missions}


def compile_scenario(scenario: Scenario) -> CompiledScenario:
    """Prepare a scenario for any number of replications: every number, moment and stream of draws of it."""
    b = Builder(scenario)
    missions, cohorts = compile_missions(b)
    return CompiledScenario(
        scenario=scenario,
        streams=b.streams,
        missions=tuple(missions),
        cohorts=tuple(cohorts),
        threat=compile_threat(b),
        security=compile_security(b),
        crowd=compile_crowd(b),
        incidents=compile_incidents(b),
        road=compile_road(b),
        shuttles=compile_shuttles(b),
        gates=compile_gates(b),
        airfield=compile_airfield(b),
        hubs=compile_hubs(b),
        lift=compile_lift(b),
        dispatch=compile_dispatch(b),
        reactions=compile_reactions(b, missions),
        horizon=b.fixed("clock.horizon", scenario.clock.horizon),
    )

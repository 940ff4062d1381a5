"""The whole scenario, compiled: done once, for any number of replications, and of sets of inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from sim.model.compiled.dispatch import CompiledDispatch, Expectations
from sim.model.compiled.lift import CompiledLift, compile_lift
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
from sim.model.open_quantity import Values
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
    mission_index: dict[str, int]
    """Place of each mission by its name."""
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
        return tuple(sorted({cohort.spec.priority for cohort in self.cohorts})) or (0,)

    @property
    def has_lift(self) -> bool:
        """Whether people leave by air; else whoever has come inside is out."""
        return self.scenario.lift is not None


def compile_scenario(scenario: Scenario) -> CompiledScenario:
    """Prepare a scenario for any number of replications: every number, moment and stream of draws of it."""
    builder = Builder(scenario)
    return _compiled(builder, Expectations(builder))


class OpenScenario:
    """A scenario compiled once for many sets of inputs: what each set moves are the numbers left open, by slot.

    All but the laws of the draws and what a dispatcher expects is shared by the sets.
    """

    def __init__(self, scenario: Scenario, families: Sequence[str]) -> None:
        """*families*: those of the open quantities, by slot, which hold in the sets that it stands for."""
        builder = Builder(scenario)
        self._expectations = Expectations(builder)
        self._plan = _compiled(builder, self._expectations)
        self._families, self._guards = list(families), builder.guards

    def fits(self, values: Values) -> bool:
        """Whether it stands for a set of inputs: nothing that its structure depends on is otherwise there."""
        return [value.family for value in values] == self._families and all(guard.holds(values) for guard in self._guards)

    def given(self, values: Values) -> CompiledScenario:
        """The scenario in a set of inputs that it fits; ``scenario`` of it is still the one with open quantities."""
        return replace(self._plan, streams=self._plan.streams.given(values), dispatch=self._expectations.given(values))


def _compiled(builder: Builder, expectations: Expectations) -> CompiledScenario:
    scenario = builder.scenario
    missions, cohorts = compile_missions(builder)
    return CompiledScenario(
        scenario=scenario,
        streams=builder.streams,
        missions=tuple(missions),
        cohorts=tuple(cohorts),
        mission_index={mission.name: mission.index for mission in missions},
        threat=compile_threat(builder),
        security=compile_security(builder),
        crowd=compile_crowd(builder),
        incidents=compile_incidents(builder),
        road=compile_road(builder),
        shuttles=compile_shuttles(builder),
        gates=compile_gates(builder),
        airfield=compile_airfield(builder),
        hubs=compile_hubs(builder),
        lift=compile_lift(builder),
        dispatch=expectations.given(),
        reactions=compile_reactions(builder, missions),
        horizon=builder.fixed("clock.horizon", scenario.clock.horizon),
    )

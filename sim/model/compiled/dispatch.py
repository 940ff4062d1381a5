"""What a dispatcher expects, compiled: paces and times at the means, worked out again for each set of inputs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from sim.model.compiled.airport import search_time
from sim.model.compiled.builder import Builder, ValueOf
from sim.model.compiled.numbers import INF
from sim.model.compiled.people import group_size, heads_of
from sim.model.open_quantity import Values, value_of
from sim.scenario.multiples import product
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import AircraftType


class FleetTimes(NamedTuple):
    """Hours for which a fleet is loaded before it leaves."""

    ground: float = 0.0
    """Mean time to load one person, with fuel if it takes any."""
    least: float = 0.0
    """Time in which one person can be loaded at the very quickest, with fuel if it takes any, at any threat level."""


@dataclass(frozen=True, slots=True)
class CompiledDispatch:
    """What a dispatcher expects in quiet times, at the means, for groups of the size that the cohorts have on average."""

    paces: tuple[float, ...]
    """People an hour whom a lane of each gate searches."""
    check: float
    """People an hour whom a team of officers checks."""
    size: float
    """People of a group."""
    fleets: tuple[FleetTimes, ...]
    """By fleet, scheduled services last."""


class _Crowd(NamedTuple):
    """A cohort as a dispatcher sees it."""

    people: Quantity
    ratios: tuple[Quantity, ...]
    """What its head count is multiplied by."""
    group: Quantity
    search: Quantity
    consular: Quantity


class _Loading(NamedTuple):
    kind: AircraftType
    refuel: bool


class Expectations:
    """The quantities that a dispatcher goes by."""

    def __init__(self, builder: Builder) -> None:
        scenario = builder.scenario
        airport = scenario.airport
        self._cohorts = tuple(
            _Crowd(*heads_of(scenario, mission, name), group_size(builder, cohort), cohort.search, cohort.consular)
            for mission in scenario.missions.values()
            for name, cohort in mission.cohorts.items()
        )
        self._gates = tuple(search_time(airport, gate) for _, gate in sorted(airport.gates.items()))
        self._consular = airport.consular
        threat, lift = scenario.threat, scenario.lift
        effects = [threat.effects.get(level) for level in threat.levels] if threat is not None else []
        self._flying = tuple(effect.flying if effect is not None else constant(1) for effect in effects)
        fleets = lift.fleets if lift is not None else {}
        self._fleets = tuple(_Loading(lift.types[f.aircraft], f.refuel) for _, f in sorted(fleets.items())) if lift else ()
        self._services = len(lift.commercial) if lift is not None else 0

    def given(self, values: Values = ()) -> CompiledDispatch:
        """What these come to in a set of inputs."""

        def of(quantity: Quantity) -> Quantity:
            return value_of(quantity, values)

        people = groups = searches = checks = 0.0
        for c in self._cohorts:
            heads = (reduce(product, map(of, c.ratios), of(c.people)) if c.ratios else of(c.people)).mean
            people += heads
            groups += heads / max(1.0, of(c.group).mean)
            searches += heads * of(c.search).mean
            checks += heads * of(c.consular).mean
        size = people / groups if groups else 1.0

        def pace(group: Quantity, person: Quantity, factor: float, team: float = 1.0) -> float:
            hours = (of(group).mean + of(person).mean * size / max(1.0, team)) * (factor / people if people else 1.0)
            return size / hours if hours > 0 else INF

        consular = self._consular
        check = INF if consular is None else pace(consular.per_group, consular.per_person, checks, of(consular.team).mean)
        paces = tuple(pace(group, person, searches) for group, person in self._gates)
        return CompiledDispatch(paces, check, size, self._times(of))

    def _times(self, of: ValueOf) -> tuple[FleetTimes, ...]:
        flying = min(map(_least, map(of, self._flying)), default=1.0)
        known: dict[tuple[int, bool], FleetTimes] = {}
        times = []
        for loading in self._fleets:
            key = id(loading.kind), loading.refuel
            if key not in known:
                known[key] = _fleet_times(loading, of, flying)
            times.append(known[key])
        return (*times, *[FleetTimes()] * self._services)


def _fleet_times(loading: _Loading, of: ValueOf, flying: float) -> FleetTimes:
    load, person, fuel = (of(each) for each in (loading.kind.load, loading.kind.per_person, loading.kind.fuel))
    ground = load.mean + person.mean + (fuel.mean if loading.refuel else 0.0)
    least = _least(load) + _least(person) + (_least(fuel) if loading.refuel else 0.0)
    return FleetTimes(ground, least * flying * min(1.0, _least(of(loading.kind.unhandled))))


def _least(quantity: Quantity) -> float:
    """What a quantity never falls below."""
    if quantity.family == "choice":
        return min(quantity.params[: len(quantity.params) // 2])
    return quantity.params[0] if quantity.family in ("constant", "uniform", "triangular", "pert") else 0.0

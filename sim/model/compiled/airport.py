"""The airport, compiled: gates and eligibility check, crowd, closures and incidents, runway and stands; and the hubs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sim.model.compiled.builder import Builder
from sim.model.compiled.numbers import Count, Number, Numbers, When, Whole
from sim.model.compiled.windows import CompiledWindow, compile_windows
from sim.model.draws import UNIT_EXPONENTIAL
from sim.scenario.quantity import Quantity
from sim.scenario.schema import ENTRANTS, Airfield, Airport, Entrant, Gate


@dataclass(frozen=True, slots=True)
class CompiledGate:
    """A gate; ``reopening`` is a stream."""

    name: str
    spec: Gate
    lanes: Count
    reopening: int


class ConsularNumbers(NamedTuple):
    """Officers at the start, and of a team."""

    officers: Whole
    team: Whole


@dataclass(frozen=True, slots=True)
class CompiledReinforcement:
    """So many officers from a moment on."""

    at: When
    officers: Count


@dataclass(frozen=True, slots=True)
class CompiledConsular:
    """The eligibility check."""

    numbers: Numbers[ConsularNumbers]
    build_up: tuple[CompiledReinforcement, ...]


@dataclass(frozen=True, slots=True)
class CompiledGates:
    """Gates in the order of their names, the eligibility check, and the room inside (people)."""

    gates: tuple[CompiledGate, ...]
    consular: CompiledConsular | None
    holding: Number


def compile_gates(builder: Builder) -> CompiledGates:
    """Numbers of the gates, the eligibility check and the holding area."""
    airport = builder.scenario.airport
    gates = tuple(
        builder.part(
            CompiledGate,
            f"airport.gates.{name}",
            gate,
            name=name,
            spec=gate,
            reopening=builder.stream("reopening", name, gate.reopening, 4),
        )
        for name, gate in sorted(airport.gates.items())
    )
    consular, path = airport.consular, "airport.consular"
    check = None
    if consular is not None:
        check = builder.part(CompiledConsular, path, consular, numbers=builder.numbers(ConsularNumbers, path, consular))
    return CompiledGates(gates, check, builder.count("airport.holding", airport.holding))


def search_time(airport: Airport, gate: Gate) -> tuple[Quantity, Quantity]:
    """Time of a group and of each of its people in a lane of a gate: the gate's own, or what holds for all."""
    usual = airport.search
    return (
        gate.per_group if gate.per_group is not None else usual.per_group,
        gate.per_person if gate.per_person is not None else usual.per_person,
    )


class NewsNumbers(NamedTuple):
    """How news of departures draws people: looked at every so many hours, over a window (h), doubled by so many flights."""

    every: float
    window: float
    flights: float


class BreachNumbers(NamedTuple):
    """When a crowd breaks onto the runway: 1/h for each 1000 people above a size; strengths are people."""

    rate: float
    above: float
    strength: float
    clear_strength: float
    disperses: float


class CrowdNumbers(NamedTuple):
    """People, people/h and 1/h."""

    start: float
    inflow: float
    dispersal: float
    slows: float
    close_above: float
    open_below: float | None
    news: NewsNumbers | None
    breach: BreachNumbers | None


@dataclass(frozen=True, slots=True)
class CompiledCrowd:
    """The crowd; ``budget`` and ``clear`` are streams by breach."""

    numbers: Numbers[CrowdNumbers]
    budget: int
    clear: int


def compile_crowd(builder: Builder) -> CompiledCrowd | None:
    """Register the draws of the crowd, if there is one."""
    spec = builder.scenario.airport.crowd
    if spec is None:
        return None
    clear = spec.breach.clear if spec.breach is not None else None
    numbers = builder.numbers(CrowdNumbers, "airport.crowd", spec)
    return CompiledCrowd(
        numbers, builder.stream("breach", "crowd", UNIT_EXPONENTIAL, 4), builder.stream("clear", "crowd", clear, 4)
    )


@dataclass(frozen=True, slots=True)
class CompiledClosure:
    """A dated closure; ``lasts`` is a stream."""

    name: str
    at: When
    lasts: int
    closes: tuple[str, ...]
    stops: tuple[Entrant, ...]


@dataclass(frozen=True, slots=True)
class CompiledIncident:
    """A type of incident; ``lasts``, ``lasts_dated`` and ``budget`` are streams by incident."""

    name: str
    at: tuple[When, ...]
    rate: dict[str, Number]
    """By threat level, 1/h."""
    lasts: int
    lasts_dated: int
    budget: int
    closes: tuple[str, ...]
    stops: tuple[Entrant, ...]
    crowd: Number
    """Factor on the crowd's inflow while it lasts."""
    disperses: Number
    """Share of the crowd that goes away when it begins."""


@dataclass(frozen=True, slots=True)
class CompiledIncidents:
    """What shuts things, in the order of names."""

    closures: tuple[CompiledClosure, ...]
    incidents: tuple[CompiledIncident, ...]

    @property
    def parted(self) -> bool:
        """Whether any closure stops only some of those who come."""
        stops = [closure.stops for closure in self.closures] + [incident.stops for incident in self.incidents]
        return any(set(stopped) != set(ENTRANTS) for stopped in stops)


def compile_incidents(builder: Builder) -> CompiledIncidents:
    """Register the draws of closures and incidents."""
    airport = builder.scenario.airport
    closures = tuple(
        builder.part(
            CompiledClosure, f"airport.closures.{name}", closure, name=name, lasts=builder.stream("closure", name, closure.lasts)
        )
        for name, closure in sorted(airport.closures.items())
    )
    incidents = tuple(
        builder.part(
            CompiledIncident,
            f"airport.incidents.{name}",
            incident,
            name=name,
            lasts=builder.stream("incident", name, incident.lasts, 8),
            lasts_dated=builder.stream("incident-dated", name, incident.lasts, len(incident.at)),
            budget=builder.stream("incident-budget", name, UNIT_EXPONENTIAL, 8),
        )
        for name, incident in sorted(airport.incidents.items())
    )
    return CompiledIncidents(closures, incidents)


@dataclass(frozen=True, slots=True)
class CompiledStand:
    """Stands of a class: how many, and the size of the largest aircraft that fits."""

    number: Count
    size: int


@dataclass(frozen=True, slots=True)
class CompiledAirfield:
    """Windows, stands by class, and whether movements are possible without a tower."""

    windows: tuple[CompiledWindow, ...]
    stands: dict[str, CompiledStand]
    visual: bool


def compile_airfield(builder: Builder) -> CompiledAirfield:
    """Resolve stands and windows."""
    spec, path = builder.scenario.airport.airfield or Airfield(), "airport.airfield"
    windows = compile_windows(builder, f"{path}.windows", spec.windows)
    return builder.part(CompiledAirfield, path, spec, windows=windows, visual=spec.runway.visual is not None)


class HubNumbers(NamedTuple):
    """People whom it can hold, and who travel on in an hour."""

    beds: Whole
    onward: float


@dataclass(frozen=True, slots=True)
class CompiledHub:
    """A safe haven."""

    name: str
    numbers: Numbers[HubNumbers]
    opens: When


def compile_hubs(builder: Builder) -> tuple[CompiledHub, ...]:
    """Resolve the hubs, in the order of their names."""
    return tuple(
        builder.part(CompiledHub, f"hubs.{name}", hub, name=name, numbers=builder.numbers(HubNumbers, f"hubs.{name}", hub))
        for name, hub in sorted(builder.scenario.hubs.items())
    )

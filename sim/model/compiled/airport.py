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


def compile_gates(b: Builder) -> CompiledGates:
    """Numbers of the gates, the eligibility check and the holding area."""
    airport = b.scenario.airport
    gates = tuple(
        b.part(CompiledGate, f"airport.gates.{n}", g, name=n, spec=g, reopening=b.stream("reopening", n, g.reopening, 4))
        for n, g in sorted(airport.gates.items())
    )
    consular, path = airport.consular, "airport.consular"
    check = None
    if consular is not None:
        check = b.part(CompiledConsular, path, consular, numbers=b.numbers(ConsularNumbers, path, consular))
    return CompiledGates(gates, check, b.count("airport.holding", airport.holding))


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


def compile_crowd(b: Builder) -> CompiledCrowd | None:
    """Register the draws of the crowd, if there is one."""
    spec = b.scenario.airport.crowd
    if spec is None:
        return None
    clear = spec.breach.clear if spec.breach is not None else None
    numbers = b.numbers(CrowdNumbers, "airport.crowd", spec)
    return CompiledCrowd(numbers, b.stream("breach", "crowd", UNIT_EXPONENTIAL, 4), b.stream("clear", "crowd", clear, 4))


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
        stops = [c.stops for c in self.closures] + [i.stops for i in self.incidents]
        return any(set(stopped) != set(ENTRANTS) for stopped in stops)


def compile_incidents(b: Builder) -> CompiledIncidents:
    """Register the draws of closures and incidents."""
    airport = b.scenario.airport
    closures = tuple(
        b.part(CompiledClosure, f"airport.closures.{n}", c, name=n, lasts=b.stream("closure", n, c.lasts))
        for n, c in sorted(airport.closures.items())
    )
    incidents = tuple(
        b.part(
            CompiledIncident,
            f"airport.incidents.{n}",
            i,
            name=n,
            lasts=b.stream("incident", n, i.lasts, 8),
            lasts_dated=b.stream("incident-dated", n, i.lasts, len(i.at)),
            budget=b.stream("incident-budget", n, UNIT_EXPONENTIAL, 8),
        )
        for n, i in sorted(airport.incidents.items())
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


def compile_airfield(b: Builder) -> CompiledAirfield:
    """Resolve stands and windows."""
    spec, path = b.scenario.airport.airfield or Airfield(), "airport.airfield"
    windows = compile_windows(b, f"{path}.windows", spec.windows)
    return b.part(CompiledAirfield, path, spec, windows=windows, visual=spec.runway.visual is not None)


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


def compile_hubs(b: Builder) -> tuple[CompiledHub, ...]:
    """Resolve the hubs, in the order of their names."""
    return tuple(
        b.part(CompiledHub, f"hubs.{n}", h, name=n, numbers=b.numbers(HubNumbers, f"hubs.{n}", h))
        for n, h in sorted(b.scenario.hubs.items())
    )

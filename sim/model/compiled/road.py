"""The road and the shuttles, compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sim.model.compiled.builder import Builder
from sim.model.compiled.numbers import Count, Number, Numbers, When, Whole
from sim.model.compiled.windows import CompiledWindow, compile_windows
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import Passage, Shuttle


class ConvoyNumbers(NamedTuple):
    """Vehicles of a convoy; hours for which the first one waits, and between two convoys of a mission."""

    vehicles: Whole
    patience: float
    headway: float


class AloneNumbers(NamedTuple):
    """What differs for those who come alone; None: as for everybody."""

    turn_back: float | None
    tries: Whole | None


class EscortNumbers(NamedTuple):
    """Teams; factors on drive and checkpoints, and the chance of being turned back, of those whom they escort."""

    teams: Whole
    road: float
    delay: float
    turn_back: float


class RoadNumbers(NamedTuple):
    """Checkpoints on the way, the chance of being turned back, and tries after which a group gives up."""

    checkpoints: Whole
    turn_back: float
    tries: Whole
    alone: AloneNumbers
    convoy: ConvoyNumbers
    escorts: dict[str, EscortNumbers]


@dataclass(frozen=True, slots=True)
class CompiledRoad:
    """Everything between a compound and the gate; tables in the order of their names."""

    numbers: Numbers[RoadNumbers]
    vehicles: dict[str, Number]
    windows: tuple[CompiledWindow, ...]
    bare: bool
    """Whether nothing but a drive is modelled, as far as the scenario tells before anything is drawn."""


def compile_road(builder: Builder) -> CompiledRoad:
    """Resolve the road."""
    scenario, road = builder.scenario, builder.scenario.road
    numbers = builder.numbers(RoadNumbers, "road", road)
    vehicles = {name: builder.count(f"vehicles.{name}.number", pool.number) for name, pool in sorted(scenario.vehicles.items())}
    negotiated = road.negotiation.family != "constant" or builder.decide(lambda value_of: value_of(road.negotiation).value > 0)
    plain_after = scenario.security.host is None or scenario.security.host.after == Passage()
    bare = not (scenario.vehicles or road.escorts or negotiated or road.windows or road.curfew is not None) and plain_after
    return CompiledRoad(numbers, vehicles, compile_windows(builder, "road.windows", road.windows), bare)


@dataclass(frozen=True, slots=True)
class CompiledHelicopters:
    """A pool: ``available`` is a stream, one draw for each helicopter, counted from ``after``."""

    number: Count
    available: int
    after: str


@dataclass(frozen=True, slots=True)
class CompiledPlace:
    """A pick-up place: landing spots, people who guard it, and when these leave."""

    spots: Count
    guards: Number | None
    leaves: When | None


@dataclass(frozen=True, slots=True)
class CompiledShuttle:
    """A shuttle; ``legs`` are streams for flights with guards, which have no group whose draws they could use."""

    spec: Shuttle
    number: Count | None
    """Its own helicopters; None: those of its pool."""
    spots: Count
    seats: Count
    until: When | None
    legs: dict[str, int]


@dataclass(frozen=True, slots=True)
class CompiledShuttles:
    """All of them by name, in the order of names."""

    pools: dict[str, CompiledHelicopters]
    places: dict[str, CompiledPlace]
    routes: dict[str, CompiledShuttle]


def legs_of(shuttle: Shuttle) -> dict[str, tuple[str, Quantity]]:
    """By leg of a round trip: the purpose of its draws, and what is drawn.

    The flight to the place takes as long as the one back, at the same draw, unless it has a time of its own.
    """
    empty = ("flight", shuttle.flight) if shuttle.empty is None else ("flight-empty", shuttle.empty)
    return {
        "empty": empty,
        "turn": ("flight-turn", shuttle.turn),
        "flight": ("flight", shuttle.flight),
        "deck": ("flight-deck", shuttle.deck),
    }


def compile_shuttles(builder: Builder) -> CompiledShuttles:
    """Resolve pools, places and shuttles."""
    pools, places, routes = {}, {}, {}
    for name, pool in sorted(builder.scenario.helicopters.items()):
        when, date = pool.available, pool.available.date
        first = constant(date.hours_after(builder.scenario.clock.start)) if date is not None else when.delay
        available, after = builder.stream("helicopter", name, first, 8), "start" if date is not None else when.after
        pools[name] = builder.part(CompiledHelicopters, f"helicopters.{name}", pool, available=available, after=after)
    for name, place in sorted(builder.scenario.places.items()):
        path, guards = f"places.{name}", place.guards
        people = builder.count(f"{path}.guards.people", guards.people) if guards is not None else None
        leaves = guards.leaves if guards is not None else None
        at = builder.when(f"{path}.guards.leaves", leaves) if leaves is not None else None
        places[name] = builder.part(CompiledPlace, path, place, guards=people, leaves=at)
    for name, spec in sorted(builder.scenario.shuttles.items()):
        legs = {leg: builder.stream(purpose, f"guards/{name}", quantity, 0) for leg, (purpose, quantity) in legs_of(spec).items()}
        routes[name] = builder.part(CompiledShuttle, f"shuttles.{name}", spec, spec=spec, legs=legs)
    return CompiledShuttles(pools, places, routes)

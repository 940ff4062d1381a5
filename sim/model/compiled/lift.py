"""The lift, compiled: types, seats, streams for every leg of every sortie; withdrawals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from sim.model.compiled.builder import Builder
from sim.model.compiled.numbers import ENDLESS, ZERO, Constant, Count, Number, Numbers, When, Whole, whole
from sim.model.draws import few
from sim.model.open_quantity import slot_of
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import AircraftType, Commercial, Fleet, FlownIn, Lift
from sim.scenario.types import Condition

MOST_AIRCRAFT = 2000
"""Of a fleet whose number is drawn."""
MOST_AHEAD = 24
"""Sorties whose draws are made ahead for each aircraft."""


class FleetNumbers(NamedTuple):
    """Of a fleet or a scheduled service: aircraft, seats, hours, shares of the seats."""

    number: Whole
    seats: Whole
    surge: Whole | None
    """Seats in a surge; None: no more than ever."""
    share: float
    """Of the seats of a scheduled flight, those for evacuees."""
    sorties: Whole
    wait_for: float
    patience: float
    window: float
    endurance: float
    unhandled: float


class AircraftDraws(NamedTuple):
    """Streams of one aircraft, by sortie; all flights of a timetable share one."""

    first: int
    """When it is available."""
    lag: int | None
    """How long after its order it comes."""
    landing: dict[str, int]
    """By how the field can be used (``day``, ``night``, ``visual``), as the next."""
    take_off: dict[str, int]
    legs: dict[str, int]


@dataclass(frozen=True, slots=True)
class CompiledFleet:
    """A fleet, a scheduled service, or the aircraft that bring a force."""

    index: int
    name: str
    operator: str
    numbers: Numbers[FleetNumbers]
    aircraft: tuple[AircraftDraws, ...]
    needs: frozenset[str]
    """Services without which it can't land."""
    stand: str | None
    """The class of stand that it needs."""
    per_person: bool
    """Whether loading takes longer the more people board."""
    hubs: tuple[str, ...] = ()
    serves: tuple[int, ...] = ()
    """Missions, by index."""
    loading: str = "own-only"
    waits: bool = False
    """Whether it rests until there are people who can board."""
    available: str = "start"
    """What must have happened before its aircraft come for the first time."""
    until: When | None = None
    lagged: bool = False
    """Whether it comes so long after its first order."""
    night: bool = True
    windows: tuple[int, ...] | None = None
    """Windows of the airfield, by their place, in which it may land; all if None."""
    refuel: bool = False
    schedule: tuple[float, ...] = ()
    """Local times of day of a scheduled service."""
    stops_at: str | None = None
    """Threat level at which a scheduled service ends."""


@dataclass(frozen=True, slots=True)
class CompiledRetrograde:
    """A military withdrawal."""

    name: str
    people: Count
    begins: When
    over: Number
    group: Count
    priority: int
    deadline: When | None
    near: Number


@dataclass(frozen=True, slots=True)
class CompiledLift:
    """All fleets, in the order of their names, then scheduled services; and the withdrawals."""

    fleets: tuple[CompiledFleet, ...]
    retrograde: tuple[CompiledRetrograde, ...]
    surge_when: tuple[Condition, ...]
    surge_above: Count
    surge_needs_force: bool
    head_of_line: bool


@dataclass(frozen=True, slots=True)
class CompiledFlownIn:
    """How a provider's force is flown in."""

    troops: Count
    """On one aircraft."""
    cargo: Number
    """Aircraft with cargo for each with troops."""
    over: Number
    """Hours over which they come."""
    rank: int
    """Of the provider among all."""
    fleet: CompiledFleet


def _aircraft(
    builder: Builder, name: str, kind: AircraftType, legs: dict[str, Quantity], ahead: int, first: int = 0, lag: int | None = None
) -> AircraftDraws:
    """Register the draws of one aircraft."""
    airfield = builder.scenario.airport.airfield
    times: dict[str, Quantity] = dict.fromkeys(("day", "night", "visual"), constant(0))
    if airfield is not None:
        runway = airfield.runway
        night, visual = (quantity if quantity is not None else runway.day for quantity in (runway.night, runway.visual))
        times = {"day": runway.day, "night": night, "visual": visual}
    landing = {mode: builder.stream("landing", name, quantity, ahead) for mode, quantity in times.items()}
    take_off = {mode: builder.stream("take-off", name, quantity, ahead) for mode, quantity in times.items()}
    quick = kind.quick if kind.quick is not None else kind.load
    both = {**legs, "load": kind.load, "quick": quick, "person": kind.per_person, "fuel": kind.fuel}
    # a quick turn with no time of its own is the load at the same draw
    streams = {leg: builder.stream("load" if leg == "quick" else leg, name, quantity, ahead) for leg, quantity in both.items()}
    return AircraftDraws(first, lag, landing, take_off, streams)


def _most(number: Quantity) -> int:
    """Aircraft for which draws are set up: where their number is drawn, all but one draw in ten thousand has no more."""
    if number.is_constant:
        return int(whole(number.params[0]))
    if number.family == "choice":
        return int(whole(max(number.params[: len(number.params) // 2])))
    return int(min(MOST_AIRCRAFT, whole(few(number, [1 - 1e-4])[0])))


def _aircraft_of(builder: Builder, number: Quantity) -> int:
    """Aircraft for which draws are set up: of a number that is left open, as many as any set of inputs is likely to have."""
    if slot_of(number) is None or not number.is_constant:
        return builder.decide(lambda value_of: _most(value_of(number)))
    _, high = number.spread or (0.0, number.value)
    most = max(_most(number), int(whole(high)))
    builder.decide(lambda value_of: _most(value_of(number)) <= most)  # those that are too many have no number
    return most


def _windows(builder: Builder, fleet: Fleet) -> tuple[int, ...] | None:
    airfield = builder.scenario.airport.airfield
    if airfield is None or not fleet.windows:
        return None
    names = sorted(airfield.windows)
    return tuple(sorted(names.index(name) for name in fleet.windows))


def _varies(quantity: Quantity) -> bool:
    """Whether a quantity is anything but nothing."""
    return not (quantity.is_constant and quantity.value == 0)


def _fleet(builder: Builder, lift: Lift, index: int, name: str, ahead: int) -> CompiledFleet:
    fleet, path = lift.fleets[name], f"lift.fleets.{name}"
    kind, type_path = lift.types[fleet.aircraft], f"lift.types.{fleet.aircraft}"
    missions = sorted(builder.scenario.missions)
    numbers = builder.numbers(
        FleetNumbers,
        path,
        fleet,
        seats=builder.count(f"{type_path}.seats", kind.seats),
        surge=builder.count(f"{type_path}.surge", kind.surge) if kind.surge is not None else None,
        unhandled=builder.fixed(f"{type_path}.unhandled", kind.unhandled),
        share=Constant(1.0),
    )
    date = fleet.available.date
    delay = constant(date.hours_after(builder.scenario.clock.start)) if date is not None else fleet.available.delay
    legs = {"outbound": fleet.outbound, "turn": fleet.turn, "inbound": fleet.inbound}
    aircraft = []
    for k in range(_aircraft_of(builder, fleet.number)):
        each = f"{name}/{k}"
        first, lag = (
            builder.stream("first", each, delay),
            builder.stream("lag", each, fleet.lag) if fleet.lag is not None else None,
        )
        aircraft.append(_aircraft(builder, each, kind, legs, ahead, first, lag))
    return builder.part(
        CompiledFleet,
        path,
        fleet,
        index=index,
        name=name,
        operator=fleet.operator or (fleet.serves[0] if len(fleet.serves) == 1 else name),
        numbers=numbers,
        aircraft=tuple(aircraft),
        needs=frozenset(kind.needs) | ({"fuel"} if fleet.refuel else set()),
        stand=kind.stand,
        per_person=builder.decide(lambda value_of: _varies(value_of(kind.per_person))),
        serves=tuple(sorted(missions.index(mission) for mission in fleet.serves)),
        waits=fleet.dispatch == "waiting",
        available="start" if date is not None else fleet.available.after,
        lagged=fleet.lag is not None,
        windows=_windows(builder, fleet),
        schedule=(),
        stops_at=None,
    )


def _commercial(builder: Builder, lift: Lift, index: int, name: str) -> CompiledFleet:
    service, path = lift.commercial[name], f"lift.commercial.{name}"
    kind, type_path = lift.types[service.aircraft], f"lift.types.{service.aircraft}"
    numbers = builder.numbers(
        FleetNumbers,
        path,
        service,
        seats=builder.count(f"{type_path}.seats", kind.seats),
        surge=None,
        unhandled=builder.fixed(f"{type_path}.unhandled", kind.unhandled),
        number=ENDLESS,
        sorties=ENDLESS,
        window=ENDLESS,
    )
    ahead = int(min(200, math.ceil(builder.scenario.clock.horizon.mean / 24 * len(service.times))))
    return CompiledFleet(
        index=index,
        name=name,
        operator=service.operator or name,
        numbers=numbers,
        aircraft=(_aircraft(builder, name, kind, _one_way(service), ahead),),
        needs=frozenset(kind.needs),
        stand=kind.stand,
        per_person=builder.decide(lambda value_of: _varies(value_of(kind.per_person))),
        hubs=(service.hub,) if service.hub is not None else (),
        loading="own-first",
        schedule=tuple(sorted(time.hour for time in service.times)),
        stops_at=service.stops_at,
    )


def _one_way(service: Commercial) -> dict[str, Quantity]:
    return {"outbound": service.outbound, "turn": constant(0), "inbound": constant(0)}


def compile_flown_in(builder: Builder, path: str, name: str, rank: int, spec: FlownIn) -> CompiledFlownIn:
    """Register the draws of the aircraft that bring a force; *rank* is that of its provider."""
    assert builder.scenario.lift is not None
    kind = builder.scenario.lift.types[spec.aircraft]
    numbers = builder.numbers(
        FleetNumbers,
        path,
        spec,
        number=ENDLESS,
        seats=ZERO,
        surge=None,
        share=ZERO,
        sorties=ENDLESS,
        wait_for=ZERO,
        patience=ZERO,
        window=ENDLESS,
        unhandled=builder.fixed(f"lift.types.{spec.aircraft}.unhandled", kind.unhandled),
    )
    legs = {"returns": spec.returns, "outbound": constant(0), "turn": constant(0), "inbound": constant(0)}
    loads = kind if spec.unload is None else kind.model_copy(update={"quick": spec.unload})
    aircraft = (_aircraft(builder, name, loads, legs, 8),)
    fleet = CompiledFleet(-1, name, name, numbers, aircraft, frozenset(kind.needs), kind.stand, False)
    return builder.part(CompiledFlownIn, path, spec, rank=rank, fleet=fleet)


def compile_lift(builder: Builder) -> CompiledLift:
    """Register the draws of the lift."""
    lift = builder.scenario.lift
    if lift is None:
        return CompiledLift((), (), (), ENDLESS, False, False)
    seats = sum(lift.types[fleet.aircraft].seats.mean * min(1e4, fleet.number.mean) for fleet in lift.fleets.values())
    people = sum(cohort.people.mean for mission in builder.scenario.missions.values() for cohort in mission.cohorts.values())
    ahead = int(min(MOST_AHEAD, 4 + 1.1 * people / seats)) if seats > 0 else 1
    fleets = [_fleet(builder, lift, index, name, ahead) for index, name in enumerate(sorted(lift.fleets))]
    fleets += [_commercial(builder, lift, len(fleets) + index, name) for index, name in enumerate(sorted(lift.commercial))]
    retrograde = [
        builder.part(CompiledRetrograde, f"lift.retrograde.{name}", spec, name=name)
        for name, spec in sorted(lift.retrograde.items())
    ]
    return builder.part(CompiledLift, "lift", lift, fleets=tuple(fleets), retrograde=tuple(retrograde))

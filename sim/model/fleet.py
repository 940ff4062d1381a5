"""Fleets and aircraft as a plan: types, seats, streams for every leg of every sortie."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from sim.model.draws import few
from sim.model.plan import Builder, Fixed, When, whole
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import AircraftType, Commercial, Fleet, Retrograde

MOST_AIRCRAFT = 2000
"""Of a fleet whose number is drawn."""
MOST_AHEAD = 24
"""Sorties whose draws are made ahead for each aircraft."""


@dataclass
class FleetPlan:
    """A fleet (or a commercial service): everything about it that no replication changes."""

    index: int
    name: str
    operator: str
    number: Fixed
    seats: Fixed
    surge: Fixed | None
    share: Fixed
    hubs: tuple[str, ...]
    serves: tuple[int, ...]
    loading: str
    waits: bool
    available: When | None
    until: When | None
    sorties: Fixed
    wait_for: Fixed
    patience: Fixed
    window: Fixed
    endurance: Fixed
    night: bool
    needs: frozenset[str]
    stand: str | None
    unhandled: Fixed
    refuel: bool
    per_person: bool
    ground: float = 0.0
    """Mean time to load one person, with fuel if it takes any."""
    least_ground: float = 0.0
    """Hours in which one person can be loaded at the very quickest, with fuel if it takes any, at any threat level."""
    schedule: tuple[float, ...] = ()
    stops_at: str | None = None
    count: int = 0
    windows: tuple[int, ...] | None = None
    """Windows of the airfield, by their place, in which it may land; all if None."""
    first: list[int] = field(default_factory=list)
    lag: list[int] | None = None
    landing: list[dict[str, int]] = field(default_factory=list)
    take_off: list[dict[str, int]] = field(default_factory=list)
    legs: list[dict[str, int]] = field(default_factory=list)


def aircraft_streams(b: Builder, plan: FleetPlan, name: str, kind: AircraftType, legs: dict[str, Quantity], ahead: int) -> None:
    """Register the draws of one aircraft."""
    airfield = b.scenario.airport.airfield
    times: dict[str, Quantity | None] = {"day": constant(0), "night": constant(0), "visual": constant(0)}
    if airfield is not None:
        r = airfield.runway
        times = {
            "day": r.day,
            "night": r.night if r.night is not None else r.day,
            "visual": r.visual if r.visual is not None else r.day,
        }
    plan.landing.append({mode: b.stream("landing", name, q, ahead) for mode, q in times.items()})
    plan.take_off.append({mode: b.stream("take-off", name, q, ahead) for mode, q in times.items()})
    ground = {
        "load": kind.load,
        "quick": kind.quick if kind.quick is not None else kind.load,
        "person": kind.per_person,
        "fuel": kind.fuel,
    }
    both = {**legs, **ground}
    # a quick turn with no time of its own is the load at the same draw
    streams = {leg: b.stream("load" if leg == "quick" else leg, name, q, ahead) for leg, q in both.items()}
    plan.legs.append(streams)


def _most(number: Quantity) -> int:
    """Aircraft for which draws are set up, where their number is drawn: all but one draw in ten thousand has no more."""
    if number.family == "choice":
        return int(whole(max(number.params[: len(number.params) // 2])))
    return int(min(MOST_AIRCRAFT, whole(few(number, [1 - 1e-4])[0])))


def _least_ground(b: Builder, kind: AircraftType, refuel: bool) -> float:
    threat = b.scenario.threat
    effects = [threat.effects.get(level) for level in threat.levels] if threat is not None else []
    flying = min([_least(e.flying) if e is not None else 1.0 for e in effects], default=1.0)
    times = _least(kind.load) + _least(kind.per_person) + (_least(kind.fuel) if refuel else 0.0)
    return times * flying * min(1.0, _least(kind.unhandled))


def _least(q: Quantity) -> float:
    """What a quantity never falls below."""
    if q.family == "choice":
        return min(q.params[: len(q.params) // 2])
    return q.params[0] if q.family in ("constant", "uniform", "triangular", "pert") else 0.0


def _needs(kind: AircraftType, refuel: bool) -> frozenset[str]:
    return frozenset(kind.needs) | ({"fuel"} if refuel else set())


def _windows(b: Builder, f: Fleet) -> tuple[int, ...] | None:
    airfield = b.scenario.airport.airfield
    if airfield is None or not f.windows:
        return None
    names = sorted(airfield.windows)
    return tuple(sorted(names.index(n) for n in f.windows))


def _fleet(b: Builder, index: int, name: str, f: Fleet, mission_index: dict[str, int], ahead: int) -> FleetPlan:
    path = f"lift.fleets.{name}"
    assert b.scenario.lift is not None
    kind = b.scenario.lift.types[f.aircraft]
    type_path = f"lift.types.{f.aircraft}"
    plan = FleetPlan(
        index=index,
        name=name,
        operator=f.operator or (f.serves[0] if len(f.serves) == 1 else name),
        number=b.count(f"{path}.number", f.number),
        seats=b.count(f"{type_path}.seats", kind.seats),
        surge=b.count(f"{type_path}.surge", kind.surge) if kind.surge is not None else None,
        share=1.0,
        hubs=tuple(f.hubs),
        serves=tuple(sorted(mission_index[m] for m in f.serves)),
        loading=f.loading,
        waits=f.dispatch == "waiting",
        available=None,
        until=b.when(f"{path}.until", f.until) if f.until is not None else None,
        sorties=b.count(f"{path}.sorties", f.sorties),
        wait_for=b.fixed(f"{path}.wait_for", f.wait_for),
        patience=b.fixed(f"{path}.patience", f.patience),
        window=b.fixed(f"{path}.window", f.window),
        endurance=b.fixed(f"{path}.endurance", f.endurance),
        night=f.night,
        windows=_windows(b, f),
        needs=_needs(kind, f.refuel),
        stand=kind.stand,
        unhandled=b.fixed(f"{type_path}.unhandled", kind.unhandled),
        refuel=f.refuel,
        ground=kind.load.mean + kind.per_person.mean + (kind.fuel.mean if f.refuel else 0.0),
        per_person=not (kind.per_person.is_constant and kind.per_person.value == 0),
        least_ground=_least_ground(b, kind, f.refuel),
    )
    number = f.number
    count = int(whole(number.params[0])) if number.is_constant else _most(number)
    plan.count = count
    delay = constant(f.available.date.hours_after(b.start)) if f.available.date is not None else f.available.delay
    plan.available = When("start" if f.available.date is not None else f.available.after, 0.0)
    plan.lag = [] if f.lag is not None else None
    for k in range(count):
        aircraft = f"{name}/{k}"
        plan.first.append(b.stream("first", aircraft, delay))
        if plan.lag is not None and f.lag is not None:
            plan.lag.append(b.stream("lag", aircraft, f.lag))
        aircraft_streams(b, plan, aircraft, kind, {"outbound": f.outbound, "turn": f.turn, "inbound": f.inbound}, ahead)
    return plan


def _commercial(b: Builder, index: int, name: str, c: Commercial) -> FleetPlan:
    path = f"lift.commercial.{name}"
    assert b.scenario.lift is not None
    kind = b.scenario.lift.types[c.aircraft]
    type_path = f"lift.types.{c.aircraft}"
    plan = FleetPlan(
        index=index,
        name=name,
        operator=c.operator or name,
        number=math.inf,
        seats=b.count(f"{type_path}.seats", kind.seats),
        surge=None,
        share=b.fixed(f"{path}.share", c.share),
        hubs=(c.hub,) if c.hub is not None else (),
        serves=(),
        loading="own-first",
        waits=False,
        available=None,
        until=None,
        sorties=math.inf,
        wait_for=b.fixed(f"{path}.wait_for", c.wait_for),
        patience=b.fixed(f"{path}.patience", c.patience),
        window=math.inf,
        endurance=b.fixed(f"{path}.endurance", c.endurance),
        night=True,
        needs=_needs(kind, False),
        stand=kind.stand,
        unhandled=b.fixed(f"{type_path}.unhandled", kind.unhandled),
        refuel=False,
        per_person=not (kind.per_person.is_constant and kind.per_person.value == 0),
        schedule=tuple(sorted(t.hour for t in c.times)),
        stops_at=c.stops_at,
    )
    ahead = int(min(200, math.ceil(b.scenario.clock.horizon.mean / 24 * len(c.times))))
    aircraft_streams(b, plan, name, kind, {"outbound": c.outbound, "turn": constant(0), "inbound": constant(0)}, ahead)
    return plan


@dataclass
class RetrogradePlan:
    """A military withdrawal."""

    name: str
    people: Fixed
    begins: When
    over: Fixed
    group: Fixed
    deadline: When | None
    near: Fixed
    spec: Retrograde


@dataclass
class LiftPlan:
    """All fleets, in the order of their names, and the withdrawals."""

    fleets: list[FleetPlan]
    retrograde: list[RetrogradePlan]
    surge_when: tuple[Any, ...]
    surge_above: Fixed
    surge_needs_force: bool
    head_of_line: bool


def prepare(b: Builder) -> LiftPlan:
    """Register the draws of the lift."""
    lift = b.scenario.lift
    if lift is None:
        return LiftPlan([], [], (), math.inf, False, False)
    mission_index = {n: i for i, n in enumerate(sorted(b.scenario.missions))}
    seats = sum(lift.types[f.aircraft].seats.mean * min(1e4, f.number.mean) for f in lift.fleets.values())
    people = sum(
        (c if isinstance(c, Quantity) else c.people).mean for m in b.scenario.missions.values() for c in m.cohorts.values()
    )
    ahead = int(min(MOST_AHEAD, 4 + 1.1 * people / seats)) if seats > 0 else 1
    fleets = [_fleet(b, i, n, lift.fleets[n], mission_index, ahead) for i, n in enumerate(sorted(lift.fleets))]
    for n in sorted(lift.commercial):
        fleets.append(_commercial(b, len(fleets), n, lift.commercial[n]))
    retrograde = [
        RetrogradePlan(
            n,
            b.count(f"lift.retrograde.{n}.people", r.people),
            b.when(f"lift.retrograde.{n}.begins", r.begins),
            b.fixed(f"lift.retrograde.{n}.over", r.over),
            b.count(f"lift.retrograde.{n}.group", r.group),
            b.when(f"lift.retrograde.{n}.deadline", r.deadline) if r.deadline is not None else None,
            b.fixed(f"lift.retrograde.{n}.near", r.near),
            r,
        )
        for n, r in sorted(lift.retrograde.items())
    ]
    above = b.count("lift.surge_above", lift.surge_above)
    return LiftPlan(fleets, retrograde, tuple(lift.surge_when), above, lift.surge_needs_force, lift.head_of_line)

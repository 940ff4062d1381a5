"""One replication as an event log, made from its moments after the run."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

from sim.model.aircraft import Flight
from sim.model.entrants import REASONS
from sim.model.event import TROOPS, Event
from sim.model.mission import Cohort, Group
from sim.model.shutters import Shutters
from sim.model.world import World
from sim.scenario.causes import condition_text
from sim.scenario.schema import ENTRANTS
from sim.scenario.types import Condition


def events(w: World) -> list[Event]:
    """Everything that happened, in order of time (then of stage, as listed here)."""
    notes = list(_notes(w))
    log = [
        *(Event(t, "threat", level=w.threat.plan.levels[k]) for t, k in w.threat.log),
        *(Event(t, event, name=name, people=_finite(people)) for t, event, name, people in w.security.log),
        *(e for e in notes if e.fleet is None),
        *_gates(w),
        *(Event(t, "over the airport", fleet=f, aircraft=k, sortie=s + 1) for t, f, k, s in w.lift.overhead),
        *(Event(t, "cleared to land", fleet=f, aircraft=k, sortie=s + 1, stand=c) for t, f, k, s, c in w.airfield.given),
        *(e for e in notes if e.fleet is not None),
        *_groups(w),
        *_flights(w),
        Event(w.clock.now, "end", cause=w.clock.end_reason),
    ]
    return sorted(log, key=lambda e: e.time_h)


def _finite(number: float | None) -> int | None:
    return round(number) if number is not None and math.isfinite(number) else None


def _notes(w: World) -> Iterator[Event]:
    for k, (t, event, about) in enumerate(w.run.notes):
        if k in w.run.orders:
            cause, hours = _cause(w, w.run.orders[k])
            yield Event(t, event, **about, cause=cause, hours=hours)
        elif "closes" in about:
            hours = about.get("hours", math.inf)
            closes, stops = " ".join(about["closes"]), _some(about["stops"])
            shown = {"closes": closes or None, "stops": stops, "hours": hours if math.isfinite(hours) else None}
            yield Event(t, event, **{**about, **shown})
        else:
            yield Event(t, event, **about)


def _listed(entrants: Collection[str]) -> str:
    return " ".join(e for e in ENTRANTS if e in entrants)


def _some(entrants: Collection[str]) -> str | None:
    """Names of some; None of everybody."""
    return None if {*entrants} == {*ENTRANTS} else _listed(entrants)


def _cause(w: World, ordered: Cohort) -> tuple[str, float]:
    """What led to the order of a cohort, in words, and the hours from that to the order."""
    cause, titles = ordered.cause, {name: one.title or name for name, one in w.plan.scenario.missions.items()}
    if cause is None:
        text = "as in the base"
    elif isinstance(cause, str):
        text = "its reaction, since no foreign force is at the airport"
    elif isinstance(cause, Condition):
        text = condition_text(cause, titles)
    else:
        text = {"start": "its time has come", "ordered": "so long after the first order"}.get(
            cause.after, f"so long after {cause.after} is reached"
        )
    return text, max(0.0, ordered.ordered - ordered.triggered)


# -- gates ---------------------------------------------------------------------------------------------------------------


def _gates(w: World) -> Iterator[Event]:
    shutters = Shutters(w.run.disruptions)
    lanes: float | None = None
    for t, number in w.gates.manned.steps if w.gates.gates else ():
        manned = min(number, w.gates.crews.lanes)
        if manned != lanes:
            yield Event(t, "lanes manned", lanes=_finite(manned))
        lanes = manned
    for g in w.gates.gates:
        for t, closed in g.states.steps:
            if closed is None:
                yield Event(t, "gate opens", gate=g.name, lanes=_finite(g.nominal))
            else:
                yield Event(t, "gate closes", gate=g.name, cause=shutters.why(t, g.name, closed))
        before: dict[str, str] = {}
        for t, steps in g.stops.steps:
            stops = dict(steps)
            if freed := before.keys() - stops.keys():
                yield Event(t, "gate lets in", gate=g.name, stops=_listed(freed))
            for why in sorted({reason for e, reason in stops.items() if before.get(e) != reason}):
                whom = [e for e in ENTRANTS if stops.get(e) == why != before.get(e)]
                yield Event(t, "gate stops", gate=g.name, stops=_listed(whom), cause=shutters.why(t, g.name, why, whom[0]))
            before = stops


# -- people --------------------------------------------------------------------------------------------------------------


def _groups(w: World) -> Iterator[Event]:
    moves: dict[int, list[tuple[int, float]]] = {}
    """Of groups that changed lines: (index of the gate that it left, when)."""
    for serial, gate, _, at in w.gates.moves:
        moves.setdefault(serial, []).append((gate, at))
    ways = _ways(w)
    for c in w.run.groups:
        yield from (e for e in _way(w, c, ways.get(c.serial, []), moves.get(c.serial, [])) if e.time_h <= w.clock.now)


Step = tuple[float, str, str | None]
"""(hours, ``departs`` or ``turned back``, by which mode)"""


def _ways(w: World) -> dict[int, list[Step]]:
    """Of groups that drove, or were held off: when they set out and came home, in order of time."""
    found: dict[int, list[Step]] = {}
    for drive in w.run.drives:
        for serial in drive.groups:
            steps = found.setdefault(serial, [])
            steps.append((drive.time, "departs", drive.by))
            if drive.turned_back:
                steps.append((drive.time + drive.hours, "turned back", drive.by))
    for serial, at, event, by in w.run.detours:
        found.setdefault(serial, []).append((at, event, by))
    return {serial: sorted(steps, key=lambda step: step[0]) for serial, steps in found.items()}


def _way(w: World, c: Group, steps: list[Step], moves: list[tuple[int, float]]) -> Iterator[Event]:
    """The way of a group; what never came is infinite."""

    def happens(time_h: float, event: str, by: str | None = None, gate: int = -1, hub: str | None = None) -> Event:
        mission, cohort = c.cohort.mission.plan.name, c.cohort.plan.name
        return Event(time_h, event, mission, cohort, c.number, c.people, _gate(w, gate), hub=hub, by=by)

    by = c.way.by if c.cohort.from_home else None
    yield happens(c.ready, "ready")
    if not steps or steps[0][1] != "departs" or steps[0][0] > c.depart:
        yield happens(c.depart, "departs", by)
    for at, event, mode in steps:
        yield happens(at, event, mode)
    yield happens(c.gave_up, "gives up")
    if c.direct:
        route = w.shuttles.by_name[c.way.mode.spec.shuttle]  # type: ignore[index]
        yield happens(c.arrive, "out by helicopter", by, hub=route.hub.name if route.hub is not None else None)
        return
    lines = [*(gate for gate, _ in moves), c.gate]
    yield happens(c.arrive, "at the airport", by, lines[0])
    for (_, at), gate in zip(moves, lines[1:], strict=True):
        yield happens(at, "changes line", gate=gate)._replace(cause=_yard(w, gate))
    if 0 <= c.gate < len(w.gates.gates):
        yield happens(c.search, "search begins", gate=c.gate)
        yield happens(c.searched, "searched", gate=c.gate)
    else:
        yield happens(c.search, "let in")
    if w.gates.checks and c.cohort.consular_factor != 0:
        yield happens(c.consular, "eligibility check begins")
    yield happens(c.inside, "inside", gate=c.gate)


def _gate(w: World, index: int) -> str | None:
    return w.gates.gates[index].name if 0 <= index < len(w.gates.gates) else None


def _yard(w: World, index: int) -> str | None:
    """Why a group stands in front of all gates."""
    return next((REASONS[reason] for reason, yard in w.gates.keeper.yards.items() if yard.index == index), None)


# -- flights -------------------------------------------------------------------------------------------------------------


def _flights(w: World) -> Iterator[Event]:
    loaded = (a.record for a in w.lift.loaded if a.record is not None)
    for f in (*w.lift.flights, *loaded):
        yield from (e for e in _flight(w, f) if e.time_h <= w.clock.now)
    for a in w.boarding.waiting:
        yield Event(a.on_stand, "on stand", **a.flight, stand=a.stand)
    for f in w.lift.brought:
        landed = Event(f.lands, "lands", people=f.troops, fleet=f.fleet, aircraft=f.serial, sortie=f.sortie + 1, stand=f.stand)
        yield landed
        if f.off <= w.clock.now:
            yield landed._replace(time_h=f.off, event="takes off", people=None)


def _flight(w: World, f: Flight) -> Iterator[Event]:
    """The course of a sortie; what never came is infinite."""
    flight = Event(f.lands, "on stand", fleet=f.fleet, aircraft=f.serial, sortie=f.sortie + 1, stand=f.stand)
    yield flight
    yield from _seats(f, flight._replace(time_h=f.board, event="boards"))
    yield flight._replace(time_h=f.rolls, event="take-off roll begins")
    hub = f.hub or None
    hours = f.outbound if hub and math.isfinite(f.outbound) else None
    yield from _seats(f, flight._replace(time_h=f.off, event="out", hub=hub, hours=hours))
    if hub and f.people + f.troops:
        yield from _seats(f, flight._replace(time_h=f.off + f.outbound, event="at the hub", hub=hub, stand=None))


def _seats(f: Flight, event: Event) -> Iterator[Event]:
    """*event* for each part of a flight's load, or of nobody."""
    for group, people in f.portions:
        cohort = group.cohort
        yield event._replace(mission=cohort.mission.plan.name, cohort=cohort.plan.name, group=group.number, people=people)
    if f.troops:
        yield event._replace(name=TROOPS, people=f.troops)
    if not f.people + f.troops:
        yield event._replace(people=0)

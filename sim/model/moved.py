"""From a finished world to its :class:`~sim.model.movements.Movements`."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from sim.model.aircraft import Aircraft, Flight
from sim.model.compiled.numbers import INF
from sim.model.mission import Group
from sim.model.movements import (
    CohortMove,
    Convoy,
    CrowdCourse,
    Disrupted,
    Diversion,
    Drive,
    FlightMove,
    GateState,
    GroupMove,
    InLine,
    Level,
    Manned,
    Movements,
    Portion,
    SecuredBy,
    Site,
)
from sim.model.world import World
from sim.scenario.schema import ENTRANTS


def make_movements(w: World) -> Movements:
    """What moved when in a finished world."""
    return Movements(
        missions=tuple(m.plan.name for m in w.missions),
        groups=_groups(w),
        cohorts=_cohorts(w),
        convoys=_convoys(w),
        flights=_flights(w),
        diversions=tuple(Diversion(time, fleet, aircraft, sortie + 1) for time, fleet, aircraft, sortie in w.lift.diversions),
        gates=tuple(Site(g.name, g.nominal, 0.0) for g in w.gates.gates),
        stands=tuple(Site(name, w.run.get(w.plan.airfield.stands[name].number), 0.0) for _, name in w.airfield.order),
        hubs=tuple(Site(name, hub.beds, hub.opened) for name, hub in w.hubs.by_name.items()),
        holding=w.gates.capacity,
        gate_states=_gate_states(w),
        manned=tuple(Manned(time, lanes) for time, lanes in w.gates.manned.steps),
        disruptions=_disruptions(w),
        levels=tuple(Level(time, w.threat.plan.levels[level]) for time, level in w.threat.log),
        secured=tuple(
            SecuredBy(time, s.force or "", s.manned, s.headcount, s.host, s.services, s.night, s.leaving)
            for time, s in w.security.states.steps
        ),
        crowd=tuple(CrowdCourse(time, *course) for time, course in w.crowd.log),
        lift=w.lift.present,
        fall=w.threat.fall,
        lost=w.security.lost_at,
        end=w.clock.now,
        end_reason=w.clock.end_reason,
    )


def _groups(w: World) -> tuple[GroupMove, ...]:
    lines: dict[int, list[InLine]] = {}
    for serial, gate, begins, ends in w.gates.moves:
        lines.setdefault(serial, []).append(InLine(_gate(w, gate), begins, ends))
    drives: dict[int, list[Drive]] = {}
    for k, drive in enumerate(w.run.drives):
        for serial in drive.groups:
            drives.setdefault(serial, []).append(Drive(k, drive.time, drive.time + drive.hours, drive.turned_back))
    return tuple(_group(w, g, lines.get(g.serial, ()), drives.get(g.serial, ())) for g in w.run.groups)


def _group(w: World, g: Group, lines: Sequence[InLine], drives: Sequence[Drive]) -> GroupMove:
    spec = g.way.mode.spec
    shuttle = spec.shuttle if g.cohort.from_home else None
    route = w.shuttles.by_name[shuttle] if shuttle is not None else None
    return GroupMove(
        mission=g.cohort.mission.plan.name,
        cohort=g.cohort.plan.name,
        number=g.number,
        people=g.people,
        ordered=g.cohort.ordered,
        ready=g.ready,
        departs=g.depart,
        arrives=g.arrive,
        search=g.search,
        searched=g.searched,
        checked=g.consular,
        inside=g.inside,
        gave_up=g.gave_up,
        gate=_gate(w, g.gate),
        lines=tuple(lines),
        mode=shuttle or ("alone" if g.way.alone else "road"),
        by_air=route is not None,
        direct=g.direct,
        hub=route.hub.name if g.direct and route is not None and route.hub is not None else "",
        vehicles=spec.vehicles or "",
        drives=tuple(drives),
    )


def _gate(w: World, index: int) -> str:
    """The gate's name; empty for the door to the holding area, and for who waits outside until a gate lets such as it in."""
    return w.gates.gates[index].name if 0 <= index < len(w.gates.gates) else ""


def _cohorts(w: World) -> tuple[CohortMove, ...]:
    grouped = [0] * len(w.cohorts)
    for g in w.run.groups:
        grouped[g.cohort.index] += g.people
    return tuple(
        CohortMove(
            mission=c.mission.plan.name,
            cohort=c.plan.name,
            staff=c.staff,
            staying=c.residual,
            out_before=c.movers if c.out_before else 0,
            ordered=c.ordered,
            ungrouped=0 if c.out_before else c.movers - grouped[c.index],
        )
        for c in w.cohorts
    )


def _convoys(w: World) -> tuple[Convoy, ...]:
    convoys = []
    for drive in w.run.drives:
        groups = [w.run.groups[serial] for serial in drive.groups]
        people, mission = sum(g.people for g in groups), groups[0].cohort.mission.plan.name
        convoys.append(Convoy(mission, drive.time, drive.time + drive.hours, drive.groups, people, drive.turned_back))
    return tuple(convoys)


def _flights(w: World) -> tuple[FlightMove, ...]:
    loaded = sorted((a.record for a in w.lift.loaded if a.record is not None), key=lambda f: (f.board, f.name, f.sortie))
    flown = sorted([*w.lift.flights, *loaded], key=lambda f: f.board)
    waiting = (_waiting(a) for a in w.boarding.waiting)
    brought = (_flight(f, brings=True) for f in w.lift.brought)
    return (*(_flight(f) for f in flown), *waiting, *brought)


def _flight(f: Flight, brings: bool = False) -> FlightMove:
    portions = [Portion(g.serial, g.cohort.mission.plan.name, g.cohort.plan.name, people) for g, people in f.portions]
    return FlightMove(
        fleet=f.fleet,
        aircraft=f.name,
        operator=f.operator,
        sortie=f.sortie + 1,
        requested=f.requested,
        stand_given=f.given,
        approach=f.approach,
        lands=f.lands,
        boards=INF if brings else f.board,
        loaded=f.ready,
        cleared=f.room,
        rolls=f.rolls,
        off=f.off,
        hub=f.hub,
        arrives=INF if brings else f.off + f.outbound,
        seats=f.seats,
        people=f.people,
        troops=f.troops,
        brings=brings,
        portions=tuple(portions),
    )


def _waiting(a: Aircraft) -> FlightMove:
    """An aircraft on its stand that waits for its load when the run ends."""
    return _flight(Flight(a, INF, 0, [], 0, 0))


def _gate_states(w: World) -> tuple[GateState, ...]:
    states = []
    for g in w.gates.gates:
        closed, stops = dict(g.states.steps), dict(g.stops.steps)
        why: str | None = None
        whom: tuple[tuple[str, str], ...] = ()
        for time in sorted({*closed, *stops}):
            why, whom = closed.get(time, why), stops.get(time, whom)
            states.append(GateState(time, g.name, why or "", whom))
    return tuple(sorted(states, key=lambda s: (s.time, s.gate)))


def _disruptions(w: World) -> tuple[Disrupted, ...]:
    """Beginnings and ends of the same thing, first with first: they may overlap."""
    begun: dict[object, deque[int]] = {}
    found: list[Disrupted] = []
    for d in w.run.disruptions:
        key = (d.name, d.closes, d.cause, d.stops)
        if d.begins:
            begun.setdefault(key, deque()).append(len(found))
            stops = () if d.stops is None or {*d.stops} == {*ENTRANTS} else d.stops
            found.append(Disrupted(d.name, d.cause, d.closes, stops, d.time, INF))
        else:
            k = begun[key].popleft()
            found[k] = found[k]._replace(ends=d.time)
    return tuple(found)

"""Everything that people share on their way to the airport and through it, one resource at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.bounds.groups import GUARD_FLIGHTS, Groups, Maker, tops_up

F64 = NDArray[np.float64]
INF = math.inf


@dataclass
class Resource:
    """Servers in parallel that some of the groups need; arrays of shape (groups,)."""

    name: str
    """Such as ``vehicles.hired-buses``."""
    cause: str
    """What those who wait for it wait for, as the tables of results name it."""
    uses: NDArray[np.bool_]
    at: F64
    """When a group can ask for it at the earliest."""
    work: F64
    """Least hours of one server for the group."""
    servers: float
    rest: F64
    """Least hours from the end of that work until the group is inside the airport (negative if the server goes on after it)."""


def resources(m: Maker, g: Groups) -> list[Resource]:
    """All of them that have a limit."""
    parts: tuple[Callable[[Maker, Groups], Iterator[Resource]], ...] = (_pools, _escorts, _headway, _shuttles, _inside)
    return [r for part in parts for r in part(m, g) if r.uses.any() and math.isfinite(r.servers)]


def _of(m: Maker, g: Groups, field: str, name: str) -> NDArray[np.bool_]:
    chosen = np.array([getattr(c.spec, field) == name and c.spec.starts == "mission" for c in m.plan.cohorts], np.bool_)
    return chosen[g.cohort]


def _road_users(m: Maker, g: Groups, field: str, name: str) -> NDArray[np.bool_]:
    by_road = np.array([c.spec.shuttle is None and not c.chooses for c in m.plan.cohorts], np.bool_)
    result: NDArray[np.bool_] = _of(m, g, field, name) & by_road[g.cohort]
    return result


def _pools(m: Maker, g: Groups) -> Iterator[Resource]:
    """Vehicles: from the call until they are free again."""
    after = g.search + g.consular
    for name in m.s.vehicles:
        work, users, number = g.empty + g.way + g.back, _road_users(m, g, "vehicles", name), m.get(m.plan.road.vehicles[name])
        yield Resource(f"vehicles.{name}", "vehicle", users, g.ready, work, number, after - g.back)


def _escorts(m: Maker, g: Groups) -> Iterator[Resource]:
    """Escort teams: a convoy there, and the way back; what a convoy needs is spread over the groups that it can hold."""
    after = g.search + g.consular
    for name in m.s.road.escorts:
        drive = np.where(g.back > 0, g.back, 0.0)  # the way back, where it is known
        work = (g.way + drive) / m.convoy
        teams = m.road.escorts[name].teams
        yield Resource(
            f"road.escorts.{name}", "vehicle", _road_users(m, g, "escort", name), g.depart + g.empty, work, teams, after - drive
        )


def _headway(m: Maker, g: Groups) -> Iterator[Resource]:
    """Convoys of a mission leave one after another."""
    gap = m.road.convoy.headway
    if gap <= 0:
        return
    specs = [c.spec for c in m.plan.cohorts]
    by_road = np.array([c.starts == "mission" and c.shuttle is None and not c.alone and not c.modes for c in specs], np.bool_)[
        g.cohort
    ]
    for mission in m.plan.missions:
        uses = by_road & (g.mission == mission.index)
        work = np.full(len(g.people), gap / m.convoy)
        rest = g.way + g.search + g.consular - gap
        yield Resource("road.convoy.headway", "vehicle", uses, g.depart + g.empty, work, 1.0, rest)


def _shuttles(m: Maker, g: Groups) -> Iterator[Resource]:
    """Helicopters, and the spots on which they load; of those who have no other mode."""
    part, shuttles = m.plan.shuttles, m.s.shuttles
    after = g.search + g.consular
    deck, share = np.zeros(len(g.people)), np.ones(len(g.people))
    users = {n: _of(m, g, "shuttle", n) for n in part.routes}
    for n, p in part.routes.items():
        if users[n].any():
            deck[users[n]] = _deck(m, n)
            if shuttles[n].fills:
                share[users[n]] = max(1.0, m.get(p.seats) // float(g.people[users[n]].min()))
    cycle, turn = (g.empty + g.turn + g.way + deck) / share, g.turn / share
    nobody = np.zeros(len(g.people), np.bool_)
    helicopters = {f"shuttles.{n}.number": (users[n], m.get(p.number)) for n, p in part.routes.items() if p.number is not None}
    for name, pool in part.pools.items():
        of = [users[n] for n in part.routes if shuttles[n].helicopters == name]
        helicopters[f"helicopters.{name}.number"] = (np.logical_or.reduce([nobody, *of]), m.get(pool.number))
    spots = {f"shuttles.{n}.spots": (users[n], m.get(p.spots)) for n, p in part.routes.items() if p.spec.place is None}
    for name, place in part.places.items():
        of = [users[n] for n in part.routes if shuttles[n].place == name]
        spots[f"places.{name}.spots"] = (np.logical_or.reduce([nobody, *of]), m.get(place.spots))
    for name, (uses, number) in helicopters.items():
        yield Resource(name, "vehicle", uses, g.depart, cycle, number, after - deck)
    for name, (uses, number) in spots.items():
        yield Resource(name, "vehicle", uses, g.depart + g.empty, turn, number, g.way + after)


def _deck(m: Maker, name: str) -> float:
    """The least time on deck of a helicopter that has brought somebody by this shuttle."""
    found = INF
    for k, c in enumerate(m.plan.cohorts):
        n = len(m.offsets[k])
        for way in c.ways:
            if way.spec.shuttle == name and n:
                found = min(found, float(np.min(m.draws[way.flight["deck"]].first(n)[:n])))
    if tops_up(m.s, m.s.shuttles[name]):
        guards = m.plan.shuttles.routes[name].legs["deck"]
        found = min(found, float(np.min(m.draws[guards].first(GUARD_FLIGHTS)[:GUARD_FLIGHTS])))
    return found


def most_lanes(m: Maker) -> float:
    """Lanes that can be manned at best."""
    security = m.plan.security
    if not security.phases:
        return INF
    own, best = m.host.headcount, m.host.lanes
    forces = [security.providers[n] for n in dict.fromkeys(phase.provider for phase in security.phases)]
    forces = [p for p in forces if p.spec.force is not None]
    # a withdrawing force and the next one may be there together
    numbers = [p.force.in_(m.draws) for p in forces]
    each = [max([force.headcount, *(step.headcount for step in force.build_up)]) for force in numbers]
    visits = [sum(phase.provider == p.name for phase in security.phases) for p in forces]
    troops = own + sum(n * k for n, k in zip(each, visits, strict=True))
    for force in numbers:
        spare, lane = troops - force.perimeter, force.per_lane
        if spare >= 0:
            best = max(best, spare // lane if lane > 0 and math.isfinite(spare) else INF)
    return best


def _inside(m: Maker, g: Groups) -> Iterator[Resource]:
    """Search lanes and consular officers."""
    gates = {gate.name: m.get(gate.lanes) for gate in m.plan.gates.gates}
    if gates:
        manned = most_lanes(m)
        lanes = min(sum(gates.values()), manned)
        yield Resource("airport.gates", "search", g.gated, g.arrive, g.search, lanes, g.consular)
        for name, number in gates.items():
            only = [c.gates == {name} for c in m.plan.cohorts]
            uses = g.gated & np.array(only, np.bool_)[g.cohort]
            if len(gates) > 1:
                yield Resource(f"airport.gates.{name}", "search", uses, g.arrive, g.search, min(number, manned), g.consular)
    if m.s.airport.consular is not None:
        teams = m.officers // m.team if math.isfinite(m.officers) else INF
        at = g.inside - g.consular
        yield Resource("airport.consular", "consular", g.consular > 0, at, g.consular, teams, np.zeros(len(at)))

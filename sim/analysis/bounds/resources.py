"""Everything that people share on their way to the airport and through it, one resource at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.analysis.bounds.arguments import F64, INF, Mask
from sim.analysis.bounds.groups import GUARD_FLIGHTS, GroupBuilder, Groups, tops_up


@dataclass
class Resource:
    """Servers in parallel that some of the groups need; arrays of shape (groups,)."""

    name: str
    """Such as ``vehicles.hired-buses``."""
    cause: str
    """What those who wait for it wait for, as the tables of results name it."""
    uses: Mask
    at: F64
    """When a group can ask for it at the earliest."""
    work: F64
    """Least hours of one server for the group."""
    servers: float
    rest: F64
    """Least hours from the end of that work until the group is inside the airport (negative if the server goes on after it)."""
    brings: bool = False
    """Whether its servers are the vehicles or helicopters in which the groups come."""


def resources(builder: GroupBuilder, groups: Groups) -> list[Resource]:
    """All of them that have a limit."""
    parts: tuple[Callable[[GroupBuilder, Groups], Iterator[Resource]], ...] = (_pools, _escorts, _headway, _shuttles, _inside)
    return [r for part in parts for r in part(builder, groups) if r.uses.any() and math.isfinite(r.servers)]


def _of(builder: GroupBuilder, groups: Groups, field: str, name: str) -> Mask:
    chosen = np.array([getattr(c.spec, field) == name and c.spec.starts == "mission" for c in builder.plan.cohorts], np.bool_)
    return chosen[groups.cohort]


def _road_users(builder: GroupBuilder, groups: Groups, field: str, name: str) -> Mask:
    by_road = np.array([c.spec.shuttle is None and not c.chooses for c in builder.plan.cohorts], np.bool_)
    return np.asarray(_of(builder, groups, field, name) & by_road[groups.cohort])


def _pools(builder: GroupBuilder, groups: Groups) -> Iterator[Resource]:
    """Vehicles: from the call until they are free again."""
    after = groups.search + groups.consular - groups.back
    work = groups.empty + groups.way + groups.back
    for name in builder.s.vehicles:
        uses, number = _road_users(builder, groups, "vehicles", name), builder.get(builder.plan.road.vehicles[name])
        yield Resource(f"vehicles.{name}", "vehicle", uses, groups.ready, work, number, after, brings=True)


def _escorts(builder: GroupBuilder, groups: Groups) -> Iterator[Resource]:
    """Escort teams: a convoy there, and the way back; what a convoy needs is spread over the groups that it can hold."""
    after = groups.search + groups.consular
    for name in builder.s.road.escorts:
        drive = np.where(groups.back > 0, groups.back, 0.0)  # the way back, where it is known
        work = (groups.way + drive) / builder.convoy
        teams = builder.road.escorts[name].teams
        uses = _road_users(builder, groups, "escort", name)
        yield Resource(f"road.escorts.{name}", "vehicle", uses, groups.depart + groups.empty, work, teams, after - drive)


def _headway(builder: GroupBuilder, groups: Groups) -> Iterator[Resource]:
    """Convoys of a mission leave one after another."""
    gap = builder.road.convoy.headway
    if gap <= 0:
        return
    specs = [c.spec for c in builder.plan.cohorts]
    travels = [c.starts == "mission" and c.shuttle is None and not c.alone and not c.modes for c in specs]
    by_road = np.array(travels, np.bool_)[groups.cohort]
    for mission in builder.plan.missions:
        uses = by_road & (groups.mission == mission.index)
        work = np.full(len(groups.people), gap / builder.convoy)
        rest = groups.way + groups.search + groups.consular - gap
        yield Resource("road.convoy.headway", "vehicle", uses, groups.depart + groups.empty, work, 1.0, rest)


def _shuttles(builder: GroupBuilder, groups: Groups) -> Iterator[Resource]:
    """Helicopters, and the spots on which they load; of those who have no other mode."""
    part, shuttles = builder.plan.shuttles, builder.s.shuttles
    after = groups.search + groups.consular
    deck, share = np.zeros(len(groups.people)), np.ones(len(groups.people))
    users = {n: _of(builder, groups, "shuttle", n) for n in part.routes}
    for n, p in part.routes.items():
        if users[n].any():
            deck[users[n]] = _deck(builder, n)
            if shuttles[n].fills:
                share[users[n]] = max(1.0, builder.get(p.seats) // float(groups.people[users[n]].min()))
    cycle, turn = (groups.empty + groups.turn + groups.way + deck) / share, groups.turn / share
    nobody = np.zeros(len(groups.people), np.bool_)
    helicopters = {
        f"shuttles.{n}.number": (users[n], builder.get(p.number)) for n, p in part.routes.items() if p.number is not None
    }
    for name, pool in part.pools.items():
        of = [users[n] for n in part.routes if shuttles[n].helicopters == name]
        helicopters[f"helicopters.{name}.number"] = (np.logical_or.reduce([nobody, *of]), builder.get(pool.number))
    spots = {f"shuttles.{n}.spots": (users[n], builder.get(p.spots)) for n, p in part.routes.items() if p.spec.place is None}
    for name, place in part.places.items():
        of = [users[n] for n in part.routes if shuttles[n].place == name]
        spots[f"places.{name}.spots"] = (np.logical_or.reduce([nobody, *of]), builder.get(place.spots))
    for name, (uses, number) in helicopters.items():
        yield Resource(name, "vehicle", uses, groups.depart, cycle, number, after - deck, brings=True)
    for name, (uses, number) in spots.items():
        yield Resource(name, "vehicle", uses, groups.depart + groups.empty, turn, number, groups.way + after)


def _deck(builder: GroupBuilder, name: str) -> float:
    """The least time on deck of a helicopter that has brought somebody by this shuttle."""
    users = [(way, len(builder.offsets[k])) for k, c in enumerate(builder.plan.cohorts) for way in c.ways]
    times = [builder.first(way.flight["deck"], n) for way, n in users if n and way.spec.shuttle == name]
    if tops_up(builder.s, builder.s.shuttles[name]):
        times.append(builder.first(builder.plan.shuttles.routes[name].legs["deck"], GUARD_FLIGHTS))
    return min((float(each.min()) for each in times), default=INF)


def most_lanes(builder: GroupBuilder) -> float:
    """Lanes that can be manned at best."""
    security = builder.plan.security
    if not security.phases:
        return INF
    own, best = builder.host.headcount, builder.host.lanes
    forces = [security.providers[n] for n in dict.fromkeys(phase.provider for phase in security.phases)]
    forces = [p for p in forces if p.spec.force is not None]
    # a withdrawing force and the next one may be there together
    numbers = [p.force.in_(builder.draws) for p in forces]
    each = [max([force.headcount, *(step.headcount for step in force.build_up)]) for force in numbers]
    visits = [sum(phase.provider == p.name for phase in security.phases) for p in forces]
    troops = own + sum(n * k for n, k in zip(each, visits, strict=True))
    for force in numbers:
        spare, lane = troops - force.perimeter, force.per_lane
        if spare >= 0:
            best = max(best, spare // lane if lane > 0 and math.isfinite(spare) else INF)
    return best


def _inside(builder: GroupBuilder, groups: Groups) -> Iterator[Resource]:
    """Search lanes and consular officers."""
    gates = {gate.name: builder.get(gate.lanes) for gate in builder.plan.gates.gates}
    if gates:
        manned = most_lanes(builder)
        lanes = min(sum(gates.values()), manned)
        yield Resource("airport.gates", "search", groups.gated, groups.arrive, groups.search, lanes, groups.consular)
        for name, number in gates.items():
            only = [c.gates == {name} for c in builder.plan.cohorts]
            uses = groups.gated & np.array(only, np.bool_)[groups.cohort]
            if len(gates) > 1:
                yield Resource(
                    f"airport.gates.{name}", "search", uses, groups.arrive, groups.search, min(number, manned), groups.consular
                )
    if builder.s.airport.consular is not None:
        teams = builder.officers // builder.team if math.isfinite(builder.officers) else INF
        at = groups.inside - groups.consular
        yield Resource("airport.consular", "consular", groups.consular > 0, at, groups.consular, teams, np.zeros(len(at)))

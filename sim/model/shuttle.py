"""Helicopter shuttles: another mode of the road stage, from a pick-up place to the inside of the airport, to its gates, or out.

A helicopter flies out empty (or with guards), loads on a landing spot, and brings its people in.  Several shuttles may share
one pool of helicopters, and several may fly to one place; then a helicopter is sent only if a spot will be free when it is
there, to whom priority and then the longest wait say.  Guards of a place come with the first helicopters and go with the last.
"""

from __future__ import annotations

import math
from typing import Any

from sim.model.boarding import Boarding
from sim.model.closures import Closures
from sim.model.compiled.numbers import INF
from sim.model.compiled.scenario import CompiledScenario
from sim.model.gates import Gates
from sim.model.hub import Hubs
from sim.model.kernel import Line
from sim.model.mission import Cohort, Group
from sim.model.modes import Rider, Ticket
from sim.model.names import CAUSE
from sim.model.places import Guards, HelicopterPool, Load, Place, Route
from sim.model.ranks import (
    ARRIVES,
    DAY_OR_NIGHT_FOR_SHUTTLES,
    DECK_CLEAR,
    GUARDS_LEAVE,
    HELICOPTER_COMES,
    OVER_SPOT,
    SHUTTLE_ENDS,
    SHUTTLE_LOADED,
    SPOT_ASKED_AGAIN,
)
from sim.model.run import Run

_VEHICLE, _CLOSURE, _HUB = CAUSE["vehicle"], CAUSE["closure"], CAUSE["hub"]
SAME = 1e-9
"""Hours by which a spot may be free later than a helicopter is there, from rounding."""
FIRST, LAST = -math.inf, math.inf
MOST_HELICOPTERS = 10_000


class Shuttles:
    """All shuttles of a scenario."""

    def __init__(
        self, run: Run, plan: CompiledScenario, closures: Closures, gates: Gates, boarding: Boarding, hubs: Hubs
    ) -> None:
        self.run = run
        self.clock = run.clock
        self.closures = closures
        self.gates = gates
        self.boarding = boarding
        self.cohorts: list[Cohort] = run.link()
        hubs.tell(self.hubs_change)
        self.part = part = plan.shuttles
        self.pools = {n: HelicopterPool(n, run.link()) for n in part.pools}
        self.places = {n: Place(self.run.get(p.spots)) for n, p in part.places.items()}
        self.by_name: dict[str, Route] = {}
        for rank, (n, p) in enumerate(part.routes.items()):
            own = self.run.get(p.number) if p.number is not None else 0.0
            pool = self.pools[p.spec.helicopters] if p.spec.helicopters is not None else HelicopterPool(n, run.link(), own)
            place = self.places[p.spec.place] if p.spec.place is not None else Place(self.run.get(p.spots))
            hub = hubs.by_name[p.spec.hub] if p.spec.hub is not None else None
            self.by_name[n] = Route(n, rank, p, self.run.get(p.seats), Line(plan.priorities), pool, place, hub)
        if self.by_name:
            gates.full_changed.append(self.room_changes)
        self.guarded = [p for n, p in self.places.items() if part.places[n].guards is not None]
        self.to_hubs = any(h.hub is not None for h in self.by_name.values())
        self.waiting = 0
        """Groups in lines."""
        self.landed: list[tuple[str, float, int]] = []
        """(hub, hours, people) of each group that has landed out."""
        self.trips: list[tuple[str, float, int]] = []
        """(operator, hours, people) of each helicopter that has landed out with somebody on board."""
        self.direct = 0
        """People who got out by helicopter."""

    def start(self, cohorts: list[Cohort]) -> None:
        """Follow day and night where it matters, and what begins and ends; people of these *cohorts* may come."""
        self.cohorts += cohorts
        if any(not h.night for h in self.by_name.values()):
            self._sun(False)
        for rank, (name, plan) in enumerate(self.part.places.items()):
            if plan.guards is not None:
                guards = self.places[name].guards = Guards(self.run.get(plan.guards))
                if plan.leaves is not None:
                    self.run.when(plan.leaves, GUARDS_LEAVE + rank, self._guards_leave, (guards, self.places[name]))
        for h in self.by_name.values():
            if h.plan.until is not None:
                self.run.when(h.plan.until, SHUTTLE_ENDS + h.rank, self._ends, h)
        for rank, (name, pool) in enumerate(self.part.pools.items()):
            number = int(min(self.run.get(pool.number), MOST_HELICOPTERS))
            for k in range(number):
                delay = self.run.streams[pool.available].at(k)
                priority = HELICOPTER_COMES + (rank << 16) + k
                if pool.after == "start":
                    self.clock.at(delay, priority, self._available, self.pools[name])
                else:
                    self.run.on_trigger(pool.after, lambda at, d=delay, p=priority, n=name: self._later(at + d, p, n))  # type: ignore[misc]

    def _later(self, at: float, priority: int, name: str) -> None:
        self.clock.at(at, priority, self._available, self.pools[name])

    def _available(self, pool: HelicopterPool) -> None:
        pool.free += 1
        self._update(pool)

    def _ends(self, h: Route) -> None:
        h.over = True
        self._update(h.pool)

    def _sun(self, begun: bool) -> None:
        wait = self.run.daylight.next_change(self.run.hour_of_day())
        if wait < INF:
            self.clock.after(wait, DAY_OR_NIGHT_FOR_SHUTTLES, self._sun, True)
        if begun:
            self.on_change()

    # -- who is to be fetched ----------------------------------------------------------------------------------------

    def can_fly(self, h: Route) -> bool:
        """Whether a helicopter may take off for it now."""
        return not (h.over or h.place.gone or self.closures.is_shut("shuttles")) and (
            h.night or self.run.within(self.run.daylight)
        )

    def request(self, group: Rider) -> None:
        """A group is ready for the helicopter."""
        h = self.by_name[group.way.mode.spec.shuttle]  # type: ignore[index]
        h.line.push(group, group.cohort.priority)
        self.waiting += 1
        self._update(h.pool)

    def withdraw(self, ticket: Ticket) -> None:
        """Another mode has taken a group: it leaves the line."""
        h = self.by_name[ticket.way.mode.spec.shuttle]  # type: ignore[index]
        if ticket in h.line:
            h.line.remove(ticket)
            self.waiting -= 1

    def room_changes(self) -> None:
        """Others may come inside now, or what keeps them out has changed."""
        if self.waiting:
            self.on_change()

    def hubs_change(self) -> None:
        """A hub may have room."""
        if self.to_hubs and self.waiting:
            self.on_change()

    def on_change(self) -> None:
        """Weather, daylight or room may have changed."""
        for pool in dict.fromkeys(h.pool for h in self.by_name.values()):
            if any(h.line.length or h.place.guards is not None for h in pool.routes):
                self._update(pool)

    def _update(self, pool: HelicopterPool) -> None:
        """Fly whom it can, and write down what the others wait for."""
        self._dispatch(pool)
        for h in pool.routes:
            if h.line.length:
                cause = self._cause(h)
                for group in h.line:
                    group.wait_for(cause)

    def _cause(self, h: Route) -> int:
        if not self.can_fly(h):
            return _CLOSURE
        group: Rider = h.line.peek()
        if h.inside and h.pool.free >= 1 and not self.gates.has_room(group.people):
            return self.gates.full_cause(group)
        if h.hub is not None and h.pool.free >= 1 and not h.hub.has_room(group.people):
            return _HUB
        return _VEHICLE

    def _dispatch(self, pool: HelicopterPool) -> None:
        while pool.free >= 1:
            best: tuple[tuple[float, float, int], Load] | None = None
            for h in pool.routes:
                load = self._next(h)
                if load is not None and (best is None or load[0] < best[0]):
                    best = load
            if best is None:
                return
            self._send(best[1])

    def _next(self, h: Route) -> tuple[tuple[float, float, int], Load] | None:
        """What a helicopter would be sent for on this shuttle now, with its rank; None if for nothing."""
        if not self.can_fly(h):
            return None
        ranked: tuple[tuple[float, float, int], Load] | None = None
        guards = h.place.guards
        if guards is not None and guards.leaving and guards.there:
            ranked = (FIRST, 0.0, h.rank), Load(h, None, guards_out=min(guards.there, h.seats))
        elif guards is not None and guards.to_come:
            ranked = (FIRST, 1.0, h.rank), Load(h, None, guards_in=min(guards.to_come, h.seats))
        elif h.line.length:
            group: Rider = h.line.peek()
            if h.hub is not None and not h.hub.has_room(group.people):
                h.hub.look_ahead(group.people)
            elif self._has_room(h, group.people):
                ranked = (group.cohort.priority, group.ready, h.rank), Load(h, group)
        elif guards is not None and guards.there and self._nobody_left(h.place):
            ranked = (LAST, 0.0, h.rank), Load(h, None, guards_out=min(guards.there, h.seats))
        if ranked is None or not self._slot(ranked[1]):
            return None
        return ranked

    def _has_room(self, h: Route, n: int) -> bool:
        if h.inside:
            return self.gates.has_room(n)
        return h.hub is None or h.hub.has_room(n)

    def _nobody_left(self, place: Place) -> bool:
        """Whether nobody is left whom a shuttle could fetch at a place."""
        if place.users is None:
            here = {n for n, h in self.by_name.items() if h.place is place}
            place.users = self.run.link()
            place.users += [c for c in self.cohorts if c.shuttles & here]
        users: list[Cohort] = place.users
        return not any(c.movers and (c.home or c.ordered == INF) for c in users)

    def _slot(self, load: Load) -> bool:
        """Whether a spot will be free when it is there; if not, it is asked for again as soon as that may be."""
        h, now = load.h, self.clock.now
        if not h.slotted:
            return True
        there = now + self._time(load, "empty")
        free = h.place.free_at()
        if free <= there + SAME:
            return True
        if free < INF and (h.retry is None or h.retry_at > now + (free - there)):
            if h.retry is not None:
                h.retry.cancel()
            h.retry_at = now + (free - there)
            h.retry = self.clock.after(free - there, SPOT_ASKED_AGAIN + h.rank, self._try_again, h)
        return False

    def _try_again(self, h: Route) -> None:
        h.retry = None
        self._update(h.pool)

    # -- the flight --------------------------------------------------------------------------------------------------

    def _time(self, load: Load, leg: str) -> float:
        """Hours of a leg (``empty``, ``turn``, ``flight``, ``deck``), from the draws of its first group, or of the guards."""
        if load.first is not None:
            return self.run.streams[load.first.way.mode.flight[leg]].at(load.first.number)
        return self.run.streams[load.h.plan.legs[leg]].at(load.occasion)

    def _send(self, load: Load) -> None:
        """A helicopter sets out."""
        h = load.h
        h.pool.free -= 1
        if load.first is None:
            h.guard_flights += 1
            assert h.place.guards is not None
            h.place.guards.take(load)
        else:
            self._take(load, load.first)
            self._fill(load)
        time = self._time(load, "empty")
        if h.slotted:
            h.place.book(self.clock.now + time, self._time(load, "turn"))
        if time < INF:
            self.clock.wake(time, OVER_SPOT + load.key, self._over_spot, load)

    def _take(self, load: Load, rider: Rider) -> None:
        """A seat for a group: it leaves the line, and those of all other modes."""
        h = load.h
        h.line.remove(rider)
        self.waiting -= 1
        group = rider.commit()
        group.wait_for(_VEHICLE)
        if h.inside:
            self.gates.reserve(group.people)
        elif h.hub is not None and h.hub.limited:
            h.hub.coming += group.people
        load.groups.append(group)
        load.people += group.people

    def _fill(self, load: Load) -> None:
        """Take more groups of the line: all that there are seats for, if it fills; one, if it has brought guards and has none."""
        h = load.h
        if not (h.fills or (load.guards_in and not load.groups)) or load.guards_out or h.place.gone:
            return
        for group in list(h.line):
            if load.people + group.people <= h.seats and self._has_room(h, group.people):
                self._take(load, group)
                if not h.fills:
                    return

    def _over_spot(self, load: Load) -> None:
        load.h.place.hovering.append(load)
        self._land(load.h.place)

    def _land(self, place: Place) -> None:
        while place.spots >= 1 and place.hovering:
            load = place.hovering.pop(0)
            place.spots -= 1
            self._fill(load)
            self.clock.wake(self._time(load, "turn"), SHUTTLE_LOADED + load.key, self._loaded, load)

    def _loaded(self, load: Load) -> None:
        h = load.h
        for group in load.groups:
            group.wait_for(-1)
            if group.depart == INF:  # else it had set out by another mode, and was turned back
                group.depart = self.clock.now
            else:
                self.run.detour(group.serial, "departs", group.way.by)
            group.cohort.departs(group.people)
        guards = h.place.guards
        if guards is not None:
            self._change_guards(guards, load)
        h.place.spots += 1
        self._land(h.place)
        time = self._time(load, "flight")
        if h.hub is not None and h.hub.limited and load.people:
            h.hub.lands_in(load.people, time)
        if time < INF:
            self.clock.wake(time, ARRIVES + load.key, self._arrive, load)

    def _arrive(self, load: Load) -> None:
        h = load.h
        deck = self._time(load, "deck")
        if deck <= 0:
            h.pool.free += 1
        if h.out and load.people:
            self.trips.append((h.operator, self.clock.now, load.people))
        for group in load.groups:
            group.arrive = self.clock.now
            if h.out:
                self._out(h, group)
            elif h.inside:
                self.gates.passed(group)
            else:
                self.gates.arrive(group)
        if deck <= 0:
            self._update(h.pool)
        elif deck < INF:
            self.clock.after(deck, DECK_CLEAR + load.key, self._available, h.pool)

    def _out(self, h: Route, group: Group) -> None:
        """A group has landed on a ship or at a safe haven."""
        group.search = group.searched = group.consular = group.inside = self.clock.now
        group.left = 0
        group.direct = True
        self.direct += group.people
        if h.hub is not None:
            self.landed.append((h.hub.name, self.clock.now, group.people))
        self.boarding.needs_no_seat(group.cohort, group.people)
        self.run.out(group.people)

    # -- guards ------------------------------------------------------------------------------------------------------

    def _guards_leave(self, arg: tuple[Guards, Place]) -> None:
        guards, place = arg
        guards.leaving, guards.to_come = True, 0
        self.run.note("guards begin to leave")
        self._guards_gone(guards, place)
        self._update_place(place)

    def _change_guards(self, guards: Guards, load: Load) -> None:
        """Guards have come with a helicopter, or left with it."""
        guards.coming -= load.guards_in
        guards.there += load.guards_in
        guards.flying_out -= load.guards_out
        self._guards_gone(guards, load.h.place)
        if guards.there:
            self._update_place(load.h.place)

    def _guards_gone(self, guards: Guards, place: Place) -> None:
        """With the last guard, a place from which they have been called back is given up."""
        if guards.leaving and not (guards.there or guards.coming or guards.flying_out):
            place.gone = True
            self._update_place(place)

    def _update_place(self, place: Place) -> None:
        for pool in dict.fromkeys(h.pool for h in self.by_name.values() if h.place is place):
            self._update(pool)

    def people_at(self) -> dict[str, Any]:
        """Guards at each guarded place (for tests and the log)."""
        return {n: p.guards for n, p in self.places.items() if p.guards is not None}

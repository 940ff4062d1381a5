"""The lift: aircraft that come, are loaded, go when the hub has room, and come again.

One sortie: over the airport -> services and stand -> runway -> boarding -> room at the hub -> runway -> out.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from sim.model import fleet as fleets_of
from sim.model.aircraft import (
    FOR_HUB,
    FOR_LOAD,
    FOR_RUNWAY,
    FOR_SERVICE,
    FOR_STAND,
    NOTHING,
    Aircraft,
    Fleet,
    Flight,
    LiftClass,
)
from sim.model.dispatch import SAME, Dispatch
from sim.model.fleet import LiftPlan
from sim.model.hub import Hub
from sim.model.kernel import AIRCRAFT, Call, key
from sim.model.mission import Chalk, Mission
from sim.model.names import CAUSE
from sim.model.plan import Plan

if TYPE_CHECKING:
    from sim.model.world import World

INF = math.inf
_SEATS, _STAND, _RUNWAY, _SERVICE, _HUB, _HOLDING = (CAUSE[c] for c in ("seats", "stand", "runway", "service", "hub", "holding"))

EMPTY_ROUND = 0.1
"""Hours of an empty round trip for which nothing takes time: without them it would begin again and never end."""

prepare = fleets_of.prepare

_AIRCRAFT_KEY, _ENDURANCE_KEY, _SCHEDULED_KEY = key(AIRCRAFT), key(AIRCRAFT, 1 << 19), key(AIRCRAFT, 1 << 20)


class Lift:
    """All aircraft."""

    def __init__(self, w: World, plan: Plan) -> None:
        self.w = w
        self.clock, self.airfield, self.boarding = w.clock, w.airfield, w.boarding
        part: LiftPlan = plan.parts["lift"]
        self.present = plan.has_lift
        self.fleets = [Fleet(w, f) for f in part.fleets]
        self.on_order = [f for f in self.fleets if not f.waits]
        """Fleets that come once people are ordered; the others wait until there are people who can board."""
        for f in self.fleets:
            everybody = range(len(plan.missions) + 1)
            f.reach = f.serves if f.own_only else (*f.serves, *(m for m in everybody if m not in f.serves))
        self.dispatch = Dispatch(w, plan, self.fleets)
        self._classify(len(plan.missions))
        self.blocked: list[Aircraft] = []
        """Loaded aircraft that wait for room at a hub, in order."""
        self.loaded: dict[Aircraft, None] = {}
        """Aircraft with a load, not off yet."""
        self.flights: list[Flight] = []
        self.aboard = 0
        self.empty_flights = 0
        self.empty_scheduled = 0
        """Scheduled flights without an evacuee; they have other passengers."""
        self.diverted = 0
        self.withdrawn = 0
        self.on_ready, self.on_overhead = self._ready, self._overhead
        self._rank = 0

    def _classify(self, missions: int) -> None:
        classes: dict[tuple[int, ...], LiftClass] = {}
        self.class_of: list[LiftClass] = []
        for m in range(missions):
            served = tuple(f.index for f in self.fleets if not f.own_only or m in f.serves)
            self.class_of.append(classes.setdefault(served, LiftClass()))
        for served, c in classes.items():
            for i in served:
                self.fleets[i].classes.append(c)
        self.classes = list(classes.values())

    # -- the beginning -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Send every aircraft on its way."""
        w = self.w
        for f in self.fleets:
            p = f.plan
            f.hubs = [w.hubs.by_name[h] for h in p.hubs]
            f.own = [w.missions[m] for m in f.serves]
            cap = max((h.beds for h in f.hubs), default=INF)
            f.seats, f.surge = int(min(f.seats, cap)), int(min(f.surge, cap))
            f.stand_size = w.airfield.sizes.get(p.stand, 0) if p.stand is not None else 0
            f.until = INF
            if p.until is not None and p.until.after == "start":
                f.until = w.moment(p.until)
            elif p.until is not None:
                w.when(p.until, key(AIRCRAFT, 1 << 21, f.index), self._ends, f)
            if p.schedule:
                f.first_day = sorted((t - w.start_hour) % 24 for t in p.schedule)
                self._timetable(f, 0)
                continue
            hopeless = f.per_person and f.window < p.least_ground - SAME
            if f.seats < 1 or hopeless:  # nor beds, nor time to board one: it would fly empty for ever
                continue
            number = int(min(w.get(p.number), p.count))
            for k in range(number):
                self._rank += 1
                aircraft = Aircraft(w, f, k, self._rank)
                first = w.streams[p.first[k]].at(0)
                if p.available is not None and p.available.after != "start":
                    w.on_happening(p.available.after, partial(self._first_after, aircraft, first))
                else:
                    self._first(aircraft, first)

    def _ends(self, fleet: Fleet) -> None:
        fleet.until = self.clock.now

    def _first_after(self, aircraft: Aircraft, delay: float, _: float) -> None:
        self._first(aircraft, delay)

    def _first(self, aircraft: Aircraft, delay: float) -> None:
        if delay == INF:
            return
        now = self.clock.now
        aircraft.back = max(now, now + delay)
        self.clock.wake(max(0.0, delay), _AIRCRAFT_KEY + aircraft.key, self._available, aircraft)

    def _rest(self, aircraft: Aircraft) -> None:
        """It stays at its hub until it is sent for somebody."""
        aircraft.inbound = aircraft.legs["inbound"].at(max(0, aircraft.sortie - 1))
        aircraft.fleet.idle.append(aircraft)
        self.dispatch.changes += 1

    def _available(self, aircraft: Aircraft) -> None:
        lag = aircraft.fleet.plan.lag
        f = aircraft.fleet
        due = 0.0
        if lag is not None and (ordered := self._order_of(f)) < INF:
            due = max(0.0, ordered + self.w.streams[lag[aircraft.number]].at(0) - self.clock.now)
        if not self.can_come(aircraft, due):
            return
        if not self.demand(f, due) or (lag is not None and ordered == INF):
            self._rest(aircraft)
        elif lag is not None:
            self._come(aircraft, due)
        else:
            self.dispatch.book(aircraft, 0.0)
            self._overhead(aircraft)

    def ordered(self, mission: Mission) -> None:
        """A cohort of a mission has been ordered out: fleets that come so long after that know when."""
        for f in self.fleets:
            if f.lagged and f.ordered == INF and (mission.index in f.serves or not f.serves):
                f.ordered = self.clock.now
        self.send_for_people()
        self.dispatch.review()

    def troops_call(self) -> None:
        """Troops need seats: if no fleet that takes them comes otherwise, those with a lag count from now."""
        pool = [f for f in self.fleets if not f.own_only and not f.scheduled]
        if all(f.lagged and f.ordered == INF for f in pool):
            for f in pool:
                f.ordered = self.clock.now
            self.dispatch.changes += 1

    def _order_of(self, fleet: Fleet) -> float:
        return fleet.ordered

    def demand(self, fleet: Fleet, hours: float) -> bool:
        """Whether there is anybody for an aircraft of it to fetch that can be there in so many *hours*.

        A fleet that comes once people are ordered out comes while any of them have no seat; another for those who can board.
        """
        if fleet.waits:
            return self.dispatch.wants(fleet, hours)
        if fleet.own_only:
            return any(m.to_board > 0 for m in fleet.own)
        return self.boarding.to_board > 0

    def send_for_people(self) -> None:
        """People have been ordered out: send resting aircraft of the fleets that come for those."""
        for f in self.on_order:
            while f.idle and self.demand(f, 0.0):
                aircraft = self.next_of(f)
                if aircraft is None:
                    break
                self.send(aircraft, self.hours_to_come(aircraft))

    def next_of(self, fleet: Fleet) -> Aircraft | None:
        """The aircraft of a fleet that is sent next; None if none rests that can come."""
        while fleet.idle:
            aircraft = fleet.idle[0]
            if aircraft.sortie == 0 and fleet.plan.lag is not None and self._order_of(fleet) == INF:
                return None
            hours = self.hours_to_come(aircraft)
            if hours < INF and self.can_come(aircraft, hours):
                return aircraft
            fleet.idle.pop(0)
        return None

    def can_come(self, aircraft: Aircraft, hours: float) -> bool:
        """Whether it may make another sortie that is over the airport in so many *hours*; if not, it never will."""
        fleet = aircraft.fleet
        return aircraft.sortie < fleet.sorties and self.clock.now + hours <= fleet.until

    def hours_to_come(self, aircraft: Aircraft) -> float:
        """Hours until it can be over the airport, from where it rests: what is left of its way home, and the way back."""
        now = self.clock.now
        if aircraft.sortie == 0 and (lag := aircraft.fleet.plan.lag) is not None:
            due = self._order_of(aircraft.fleet) + self.w.streams[lag[aircraft.number]].at(0) - now
            if due > 0:
                return due
        way_home = aircraft.back - now
        return way_home + aircraft.inbound if way_home > 0 else aircraft.inbound

    def send(self, aircraft: Aircraft, hours: float) -> None:
        """It leaves its rest, and is over the airport in so many *hours*."""
        aircraft.fleet.idle.remove(aircraft)
        self.dispatch.changes += 1
        self._come(aircraft, hours)

    def _come(self, aircraft: Aircraft, delay: float) -> None:
        if delay < INF:
            if aircraft.fleet.waits:
                aircraft.calls = self.clock.after(delay, _AIRCRAFT_KEY + aircraft.key, self._called, aircraft)
            else:
                self.clock.wake(delay, _AIRCRAFT_KEY + aircraft.key, self.on_overhead, aircraft)
            self.dispatch.book(aircraft, delay)

    def _called(self, call: Call) -> None:
        aircraft: Aircraft = call.arg
        aircraft.calls = None
        self._overhead(aircraft)

    def rests(self, aircraft: Aircraft) -> None:
        """It was to come, and stays at its hub: others have fetched those for whom it was."""
        if aircraft.calls is not None:
            aircraft.calls.cancel()
            aircraft.calls = None
            self._rest(aircraft)

    # -- scheduled flights -------------------------------------------------------------------------------------------

    def _timetable(self, fleet: Fleet, flight: int) -> None:
        """Schedule the next commercial arrival: the *flight*-th after the start."""
        first = fleet.first_day
        at = first[flight % len(first)] + 24 * (flight // len(first))
        self.clock.wake(max(0.0, at - self.clock.now), _SCHEDULED_KEY + fleet.index, self._scheduled, (fleet, flight))

    def _scheduled(self, due: tuple[Fleet, int]) -> None:
        fleet, flight = due
        if fleet.plan.stops_at is not None:
            levels = self.w.threat.plan.levels
            if self.w.threat.worst >= levels.index(fleet.plan.stops_at):
                return
        self._timetable(fleet, flight + 1)
        self._rank += 1
        aircraft = Aircraft(self.w, fleet, 0, self._rank, flight)
        aircraft.name = f"{fleet.name}/{flight}"
        self.request_landing(aircraft, fresh=True)

    # -- landing -----------------------------------------------------------------------------------------------------

    def _overhead(self, aircraft: Aircraft) -> None:
        f = aircraft.fleet
        if self.clock.now > f.until or aircraft.sortie >= f.sorties:
            self.dispatch.release(aircraft)
            return
        self.request_landing(aircraft, fresh=True)

    def request_landing(self, aircraft: Aircraft, fresh: bool = False) -> None:
        """Ask for a stand; without the services it needs it holds first."""
        field = self.airfield
        if fresh:
            aircraft.requested = self.clock.now
            endurance = aircraft.fleet.endurance
            if endurance < INF:
                aircraft.calls = self.clock.after(endurance, _ENDURANCE_KEY + aircraft.key, self._divert, aircraft)
        if not field.serves(aircraft):
            field.pattern.append(aircraft)
            self.waits(aircraft, FOR_SERVICE)
            self.dispatch.holds(aircraft, False)
            return
        if field.request_stand(aircraft):
            self.stand_given(aircraft)
        else:
            self.waits(aircraft, FOR_STAND)

    def stand_given(self, aircraft: Aircraft) -> None:
        """It has a stand and queues for the runway."""
        self.dispatch.arrives(aircraft)
        self.waits(aircraft, FOR_RUNWAY)
        self.airfield.request_runway(aircraft, False)

    def lands(self, aircraft: Aircraft) -> None:
        """It is on its final approach."""
        if aircraft.calls is not None:
            aircraft.calls.cancel()
            aircraft.calls = None

    def _divert(self, call: Call) -> None:
        aircraft: Aircraft = call.arg
        w, f = self.w, aircraft.fleet
        aircraft.calls = None
        self.diverted += 1
        self.dispatch.release(aircraft)
        w.note(aircraft.name, "diverts")
        self.waits(aircraft, NOTHING)
        w.airfield.leave_queues(aircraft)
        aircraft.has_stand = False
        if f.flown_in is not None:
            f.flown_in.diverted(aircraft)
            return
        self._fly_home(aircraft)
        if not f.scheduled:
            self._next_sortie(aircraft, empty=True)

    def _fly_home(self, aircraft: Aircraft) -> float:
        """Legs to the hub and on the ground there; hours flown out."""
        legs, i = aircraft.legs, aircraft.sortie
        outbound = legs["outbound"].at(i)
        aircraft.back = self.clock.now + outbound + legs["turn"].at(i)
        return outbound

    def _next_sortie(self, aircraft: Aircraft, empty: bool) -> None:
        """Rest at the hub, or come again."""
        f = aircraft.fleet
        inbound = aircraft.legs["inbound"].at(aircraft.sortie)
        aircraft.sortie += 1
        delay = aircraft.back - self.clock.now + inbound
        if not self.can_come(aircraft, delay):
            return
        if self.demand(f, delay):
            if empty and delay <= 0 and aircraft.requested == self.clock.now:
                delay = EMPTY_ROUND
            self._come(aircraft, delay)
        else:
            self._rest(aircraft)

    # -- departure ---------------------------------------------------------------------------------------------------

    def _ready(self, aircraft: Aircraft) -> None:
        assert aircraft.record is not None
        aircraft.record.ready = self.clock.now
        if aircraft.people and aircraft.fleet.hubs:
            self.blocked.append(aircraft)
            self.waits(aircraft, FOR_HUB)
            self.retry_hubs()
        else:
            self._cleared(aircraft, None)

    def retry_hubs(self) -> None:
        """Clear those for whom a hub has room, first come first served for each hub."""
        full: set[str] = set()
        for aircraft in list(self.blocked):
            hubs = aircraft.fleet.hubs
            if full:
                hubs = [h for h in hubs if h.name not in full]
            for hub in hubs:
                if hub.has_room(aircraft.people):
                    break
            else:
                hub = None
            if hub is not None:
                self.blocked.remove(aircraft)
                if hub.limited:
                    hub.coming += aircraft.people
                self._cleared(aircraft, hub)
                continue
            for h in hubs:
                if h.limited:
                    h.look_ahead(aircraft.people)
                full.add(h.name)

    def _cleared(self, aircraft: Aircraft, hub: Hub | None) -> None:
        assert aircraft.record is not None
        aircraft.hub = hub
        aircraft.record.room = self.clock.now
        self.waits(aircraft, NOTHING)
        self.airfield.request_runway(aircraft, True)

    def rolls(self, aircraft: Aircraft) -> None:
        """Its take-off roll begins."""
        assert aircraft.record is not None
        aircraft.record.rolls = self.clock.now

    def off(self, aircraft: Aircraft) -> None:
        """The take-off roll has ended: its people are out."""
        w, f = self.w, aircraft.fleet
        record = aircraft.record
        assert record is not None
        now = record.off = self.clock.now
        outbound = record.outbound = self._fly_home(aircraft)
        if aircraft.people:
            self.withdrawn += record.troops
            self.aboard -= record.people
            hub = aircraft.hub
            if hub is not None:
                record.hub = hub.name
                if hub.limited:
                    hub.lands_in(aircraft.people, outbound)
        elif f.scheduled:
            self.empty_scheduled += 1
        else:
            self.empty_flights += 1
        self.flights.append(record)
        del self.loaded[aircraft]
        if record.people and w.crowd.present and w.crowd.news:
            w.crowd.departures.append(now)
        w.airfield.release_stand(aircraft)
        aircraft.has_stand = False
        aircraft.people = 0
        aircraft.record = None
        soldiers, aircraft.soldiers = aircraft.soldiers, []
        if not f.scheduled:
            self._next_sortie(aircraft, not record.people + record.troops)
        for troop, k in soldiers:
            if troop.flown is not None:
                troop.flown(k)
        if record.people:
            w.out(record.people)

    # -- causes ------------------------------------------------------------------------------------------------------

    def waits(self, aircraft: Aircraft, state: int) -> None:
        """The aircraft waits for something else from now on."""
        old = aircraft.state
        if old == state:
            return
        aircraft.state = state
        stopped = self.airfield.stopped_by
        for c in aircraft.fleet.classes:
            counts = c.counts
            counts[old] -= 1
            counts[state] += 1
            if (old > FOR_LOAD and not counts[old]) or (state > FOR_LOAD and counts[state] == 1):
                self._look(c, stopped)

    def _look(self, c: LiftClass, stopped: int | None) -> None:
        """Write down what those inside wait for, and tell the gates if that has changed."""
        if stopped is not None:
            cause = stopped
        else:
            _, _, for_service, for_stand, for_runway, for_hub = c.counts
            cause = _HUB if for_hub else _SERVICE if for_service else _STAND if for_stand else _RUNWAY if for_runway else _SEATS
        log = c.log
        if cause != log.causes[-1]:
            log.set(self.clock.now, cause)
            gates = self.w.gates
            if gates.blocked or self.w.shuttles.waiting:
                gates.causes_changed()

    def causes_changed(self) -> None:
        """The airfield has opened, closed or lost a service."""
        for c in self.classes:
            self._look(c, self.airfield.stopped_by)

    def holding_cause(self, chalk: Chalk) -> int:
        """Root cause for which a group can't come in because the holding area is full."""
        c = self.class_of[chalk.cohort.mission.index]
        if c.counts[FOR_LOAD]:
            return _HOLDING
        return c.log.causes[-1]

"""The lift: aircraft that come, are loaded, go when the hub has room, and come again.

One sortie: over the airport -> services and stand -> runway -> boarding -> room at the hub -> runway -> out.
"""

from __future__ import annotations

from functools import partial

from sim.model.aircraft import (
    FOR_HUB,
    FOR_PERMISSION,
    FOR_RUNWAY,
    FOR_SERVICE,
    FOR_STAND,
    NOTHING,
    Aircraft,
    Fleet,
    Flight,
)
from sim.model.airfield import Airfield
from sim.model.compiled.numbers import INF
from sim.model.compiled.scenario import CompiledScenario
from sim.model.crowd import Crowd
from sim.model.dispatch import SAME, Dispatch
from sim.model.gates import Gates
from sim.model.hub import Hub, Hubs
from sim.model.kernel import Call
from sim.model.lift_causes import LiftCauses
from sim.model.mission import Mission
from sim.model.ranks import (
    AIRCRAFT_COMES,
    AIRCRAFT_NEARS,
    ENDURANCE_ENDS,
    FLEET_ENDS,
    PEOPLE_CALLED_FORWARD,
    SCHEDULED_FLIGHT_COMES,
)
from sim.model.run import Run
from sim.model.seats import Seats
from sim.model.threat import Threat

_WAITED_FOR = {FOR_SERVICE: "service", FOR_PERMISSION: "permission", FOR_STAND: "stand", FOR_RUNWAY: "runway"}
EMPTY_ROUND = 0.1
"""Hours of an empty round trip for which nothing takes time: without them it would begin again and never end."""


class Lift:
    """All aircraft."""

    __slots__ = (
        "_calls_due", "_inbound", "_rank", "aboard", "airfield", "blocked", "brought", "causes", "clock", "crowd", "dispatch",
        "diversions", "diverted", "empty_flights", "empty_scheduled", "fleets", "flights", "gates", "hubs", "loaded", "near",
        "on_order", "overhead", "present", "run", "seats", "threat", "unordered", "waits", "withdrawn",
    )  # fmt: skip  # see tests/model/test_run.py: with over 30 attributes in a dictionary all its methods are slower

    def __init__(
        self,
        run: Run,
        plan: CompiledScenario,
        fleets: list[Fleet],
        threat: Threat,
        crowd: Crowd,
        airfield: Airfield,
        gates: Gates,
        seats: Seats,
        hubs: Hubs,
        causes: LiftCauses,
    ) -> None:
        self.run = run
        self.clock = run.clock
        self.threat = threat
        self.crowd = crowd
        self.airfield = airfield
        self.gates = gates
        self.seats = seats
        self.hubs = hubs
        self.causes = causes
        airfield.flights.append(self)
        hubs.tell(self.retry_hubs)
        gates.keeper.called.append(self.called_now)
        self.present = plan.has_lift
        self.fleets = fleets
        self.unordered = [f for f in self.fleets if f.plan.lagged]
        """Fleets that come so long after an order, which has not come yet."""
        self.on_order = [f for f in self.fleets if not f.waits]
        """Fleets that come once people are ordered; the others wait until there are people who can board."""
        for f in self.fleets:
            if not f.own_only:
                f.takes = range(len(plan.missions) + 1)
        self.dispatch = Dispatch(run, plan.dispatch, len(plan.missions), fleets, threat, crowd, airfield, gates, seats)
        self.dispatch.senders.append(self)
        self.waits = causes.waits
        self.blocked: list[Aircraft] = []
        """Loaded aircraft that wait for room at a hub, in order."""
        self.loaded: dict[Aircraft, None] = {}
        """Aircraft with a load, not off yet."""
        self.flights: list[Flight] = run.kept([])
        self.aboard = 0
        self.empty_flights = 0
        self.empty_scheduled = 0
        """Scheduled flights without an evacuee; they have other passengers."""
        self.diverted = 0
        self.diversions: list[tuple[float, str, str, int]] = []
        """(hours, fleet, aircraft, sortie) of each that could not hold any longer, those of forces too."""
        self.brought: list[Flight] = []
        """Aircraft of forces that are flown in, as they landed; the troops are those whom they brought."""
        self.withdrawn = 0
        self.near: dict[Aircraft, None] = {}
        """Aircraft that are on their way, or wait here for their load; kept only where a gate calls people forward."""
        self.overhead: list[tuple[float, str, int, int]] = run.kept([])
        """Aircraft that have come to land: (hours, fleet, number, sortie)."""
        self._inbound: dict[Aircraft, Call] = {}
        self._calls_due = False
        self._rank = 0

    # -- the beginning -----------------------------------------------------------------------------------------------

    def start(self, missions: list[Mission]) -> None:
        """Send every aircraft on its way, to people of these *missions*."""
        for f in self.fleets:
            p = f.plan
            f.hubs = [self.hubs.by_name[h] for h in p.hubs]
            f.own += [missions[m] for m in f.serves]
            cap = max((h.beds for h in f.hubs), default=INF)
            f.seats, f.surge = int(min(f.seats, cap)), int(min(f.surge, cap))
            f.stand_size = self.airfield.sizes.get(p.stand, 0) if p.stand is not None else 0
            f.until = INF
            if p.until is not None and p.until.after == "start":
                f.until = self.run.time_of(p.until)
            elif p.until is not None:
                self.run.when(p.until, FLEET_ENDS + f.index, self._ends, f)
            if p.schedule:
                f.first_day = sorted((t - self.run.start_hour) % 24 for t in p.schedule)
                self._timetable(f, 0)
                continue
            hopeless = p.per_person and f.numbers.window < f.least_ground - SAME
            if f.seats < 1 or hopeless:  # nor beds, nor time to board one: it would fly empty for ever
                continue
            number = int(min(f.numbers.number, len(p.aircraft)))
            self.run.claim(number)
            for k in range(number):
                self._rank += 1
                aircraft = Aircraft(self.run, f, k, self._rank)
                first = self.run.streams[p.aircraft[k].first].at(0)
                if p.available != "start":
                    self.run.on_trigger(p.available, partial(self._first_after, aircraft, first))
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
        self.clock.wake(max(0.0, delay), AIRCRAFT_COMES + aircraft.key, self._available, aircraft)

    def _available(self, aircraft: Aircraft) -> None:
        f = aircraft.fleet
        lag = f.plan.aircraft[aircraft.number].lag
        due = 0.0
        if lag is not None and (ordered := self._order_of(f)) < INF:
            due = max(0.0, ordered + self.run.streams[lag].at(0) - self.clock.now)
        held = self.lands_in(f, due)
        if held < INF and not self.can_come(aircraft, held):
            if not self.is_spent(aircraft):
                self.dispatch.rests(aircraft)
            return
        if held > due and held < INF and (lag is None or ordered < INF) and self.demand(f, held):
            self._come(aircraft, held)
        elif held > due or (lag is not None and ordered == INF) or not self.demand(f, due):
            self.dispatch.rests(aircraft)
        elif lag is not None:
            self._come(aircraft, due)
        else:
            self.dispatch.book(aircraft, 0.0)
            self._on_its_way(aircraft, 0.0)
            self._overhead(aircraft)

    def ordered(self, mission: Mission) -> None:
        """A cohort of a mission has been ordered out: fleets that come so long after that know when."""
        first = [f for f in self.unordered if mission.index in f.serves or not f.serves]
        self._called_for(first)
        self.send_for_people()
        if first:
            self.dispatch.may_be_sent(first)

    def _called_for(self, fleets: list[Fleet]) -> None:
        """From now on counts the time after which these come."""
        for f in fleets:
            self.unordered.remove(f)
            f.ordered = self.clock.now

    def troops_call(self) -> None:
        """Troops need seats: if no fleet that takes them comes otherwise, those with a lag count from now."""
        pool = [f for f in self.fleets if not f.own_only and not f.scheduled]
        if all(f in self.unordered for f in pool):
            self._called_for(pool)
            self.dispatch.may_be_sent(pool)

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
        return self.seats.to_board > 0

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
            if aircraft.sortie == 0 and fleet.plan.lagged and self._order_of(fleet) == INF:
                return None
            hours = self.hours_to_come(aircraft)
            if hours < INF and self.can_come(aircraft, hours):
                return aircraft
            if not self.is_spent(aircraft):
                return None  # it can't come in the windows that are known; there may be others
            self.dispatch.leaves_rest(aircraft)
        return None

    def can_come(self, aircraft: Aircraft, hours: float) -> bool:
        """Whether it may make another sortie that is over the airport in so many *hours*; if not, it never will."""
        fleet = aircraft.fleet
        return aircraft.sortie < fleet.numbers.sorties and self.clock.now + hours <= fleet.until

    def is_spent(self, aircraft: Aircraft) -> bool:
        """Whether it will never come again, whatever windows may still open."""
        fleet = aircraft.fleet
        if not self.airfield.windows.present:
            return True
        return aircraft.sortie >= fleet.numbers.sorties or self.clock.now > fleet.until

    def hours_to_come(self, aircraft: Aircraft) -> float:
        """Hours until it can be over the airport, from where it rests: what is left of its way home, and the way back."""
        now = self.clock.now
        if aircraft.sortie == 0 and (lag := aircraft.fleet.plan.aircraft[aircraft.number].lag) is not None:
            if aircraft.first == INF:
                aircraft.first = self._order_of(aircraft.fleet) + self.run.streams[lag].at(0)
            if aircraft.first > now:
                return self.lands_in(aircraft.fleet, aircraft.first - now)
        way_home = aircraft.back - now
        hours = way_home + aircraft.inbound if way_home > 0 else aircraft.inbound
        return self.lands_in(aircraft.fleet, hours) if self.airfield.windows.present else hours

    def send(self, aircraft: Aircraft, hours: float) -> None:
        """It leaves its rest, and is over the airport in so many *hours*."""
        self.dispatch.leaves_rest(aircraft)
        self._come(aircraft, hours)

    def _come(self, aircraft: Aircraft, delay: float) -> None:
        if delay < INF:
            if aircraft.fleet.waits:
                aircraft.calls = self.clock.after(delay, AIRCRAFT_COMES + aircraft.key, self._called, aircraft)
            else:
                self.clock.wake(delay, AIRCRAFT_COMES + aircraft.key, self._overhead, aircraft)
            self.dispatch.book(aircraft, delay)
            self._on_its_way(aircraft, delay)

    # -- calling people forward --------------------------------------------------------------------------------------

    def _on_its_way(self, aircraft: Aircraft, delay: float) -> None:
        """It is here in so many hours: from when it leaves its hub on, its people may be called forward."""
        if self.gates.keeper.calls:
            inbound = aircraft.legs["inbound"].at(max(0, aircraft.sortie - 1))
            wait = max(0.0, delay - inbound)
            self._inbound[aircraft] = self.clock.after(wait, AIRCRAFT_NEARS + aircraft.key, self._nears, aircraft)

    def _nears(self, aircraft: Aircraft) -> None:
        del self._inbound[aircraft]
        self.near[aircraft] = None
        self.calls_change()

    def no_longer_near(self, aircraft: Aircraft) -> None:
        """It has loaded, diverted, or stays at its hub: it calls nobody forward."""
        call = self._inbound.pop(aircraft, None)
        if call is not None:
            call.cancel()
        if aircraft in self.near:
            del self.near[aircraft]
            self.calls_change()

    def calls_change(self) -> None:
        """Other missions may be called forward, at the end of what happens now."""
        if self.gates.keeper.calls and not self._calls_due:
            self._calls_due = True
            self.clock.wake(0.0, PEOPLE_CALLED_FORWARD, self._call_people, None)

    def _call_people(self, _: None) -> None:
        self._calls_due = False
        self.gates.on_change()

    def called_now(self) -> tuple[int, ...]:
        """Missions (by index) of which people are called forward now."""
        fleets = [a.fleet for a in self.near]
        fleets += [f for f in self.fleets if f.waits and f.idle] + [a.fleet for a in self.dispatch.coming if a.fleet.waits]
        return tuple(sorted({m for f in fleets for m in f.serves}))

    def _called(self, aircraft: Aircraft) -> None:
        aircraft.calls = None
        self._overhead(aircraft)

    def rests(self, aircraft: Aircraft) -> None:
        """It was to come, and stays at its hub: others have fetched those for whom it was."""
        if aircraft.calls is not None:
            aircraft.calls.cancel()
            aircraft.calls = None
            self.no_longer_near(aircraft)
            self.dispatch.rests(aircraft)

    # -- scheduled flights -------------------------------------------------------------------------------------------

    def _timetable(self, fleet: Fleet, flight: int) -> None:
        """Schedule the next commercial arrival: the *flight*-th after the start."""
        first = fleet.first_day
        at = first[flight % len(first)] + 24 * (flight // len(first))
        self.clock.wake(max(0.0, at - self.clock.now), SCHEDULED_FLIGHT_COMES + fleet.index, self._scheduled, (fleet, flight))

    def _scheduled(self, due: tuple[Fleet, int]) -> None:
        fleet, flight = due
        if fleet.plan.stops_at is not None:
            levels = self.threat.plan.levels
            if self.threat.worst >= levels.index(fleet.plan.stops_at):
                return
        self._timetable(fleet, flight + 1)
        self._rank += 1
        aircraft = Aircraft(self.run, fleet, 0, self._rank, flight)
        aircraft.serial = flight
        self.request_landing(aircraft, fresh=True)

    # -- landing -----------------------------------------------------------------------------------------------------

    def _overhead(self, aircraft: Aircraft) -> None:
        f = aircraft.fleet
        if self.clock.now > f.until or aircraft.sortie >= f.numbers.sorties:
            self.dispatch.release(aircraft)
            self.no_longer_near(aircraft)
            return
        self.request_landing(aircraft, fresh=True)

    def request_landing(self, aircraft: Aircraft, fresh: bool = False) -> None:
        """Ask for a stand; without the services it needs it holds first."""
        field = self.airfield
        if fresh:
            aircraft.requested = self.clock.now
            self.overhead.append((self.clock.now, aircraft.fleet.name, aircraft.serial, aircraft.sortie))
            endurance = aircraft.fleet.numbers.endurance
            if endurance < INF:
                aircraft.calls = self.clock.after(endurance, ENDURANCE_ENDS + aircraft.key, self._divert, aircraft)
        if not field.serves(aircraft) or not field.permits(aircraft.fleet):
            field.pattern.append(aircraft)
            self.waits(aircraft, FOR_SERVICE if not field.serves(aircraft) else FOR_PERMISSION)
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
        aircraft.approach = self.clock.now
        if aircraft.calls is not None:
            aircraft.calls.cancel()
            aircraft.calls = None

    def _divert(self, aircraft: Aircraft) -> None:
        f = aircraft.fleet
        aircraft.calls = None
        self.no_longer_near(aircraft)
        self.diverted += 1
        self.diversions.append((self.clock.now, f.name, aircraft.name, aircraft.sortie))
        self.dispatch.release(aircraft)
        self.run.note("diverts", **aircraft.flight, stand=aircraft.stand, cause=_WAITED_FOR.get(aircraft.state))
        self.waits(aircraft, NOTHING)
        self.airfield.leave_queues(aircraft)
        aircraft.has_stand = False
        for force in f.brings:
            force.diverted(aircraft)
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
        delay = self.lands_in(f, aircraft.back - self.clock.now + inbound)
        if delay == INF:
            self.dispatch.rests(aircraft)
            return
        if not self.can_come(aircraft, delay):
            if not self.is_spent(aircraft):
                self.dispatch.rests(aircraft)
            return
        if self.demand(f, delay):
            if empty and delay <= 0 and aircraft.requested == self.clock.now:
                delay = EMPTY_ROUND
            self._come(aircraft, delay)
        else:
            self.dispatch.rests(aircraft)

    # -- departure ---------------------------------------------------------------------------------------------------

    def is_ready(self, aircraft: Aircraft) -> None:
        """It has loaded: it goes once a hub has room for its people."""
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
        f = aircraft.fleet
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
        if record.people and self.crowd.present and self.crowd.news:
            self.crowd.departures.append(now)
        self.airfield.release_stand(aircraft)
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
            self.run.out(record.people)

    # -- windows -----------------------------------------------------------------------------------------------------

    def windows_change(self) -> None:
        """Other windows are open, or known to come: aircraft that rest may come for them."""
        if not self.present:
            return
        self.causes.windows_change()
        if self.run.started:
            self.send_for_people()
            self.dispatch.may_be_sent(self.fleets)

    def lands_in(self, fleet: Fleet, hours: float) -> float:
        """Hours until an aircraft that can be there in so many *hours* may land, as far as windows are known; else infinite."""
        windows = self.airfield.windows
        return windows.next_open(hours, fleet.plan.windows) if windows.present else hours

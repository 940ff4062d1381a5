"""The lift: aircraft that come, load whom they may, go when the hub has room, and come again.

One sortie: over the airport -> services and stand -> runway -> wait for the load -> load, fuel -> room at the hub -> runway ->
out.  How many people an aircraft carries is a result.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.model import fleet as fleets_of
from sim.model.fleet import FleetPlan, LiftPlan, RetrogradePlan
from sim.model.holding import FIRST, Holding, Troop
from sim.model.hub import Hub
from sim.model.kernel import AIRCRAFT, Call, CauseLog, Entity, key
from sim.model.mission import Chalk, Cohort, round_half_up
from sim.model.names import CAUSE
from sim.model.plan import Plan

if TYPE_CHECKING:
    from sim.model.world import World

INF = math.inf
_SEATS, _STAND, _RUNWAY, _SERVICE, _HUB, _HOLDING = (CAUSE[c] for c in ("seats", "stand", "runway", "service", "hub", "holding"))

EMPTY_ROUND = 0.1
"""Hours of an empty round trip for which nothing takes time: without them it would begin again and never end."""

prepare = fleets_of.prepare

_AIRCRAFT_KEY, _READY_KEY, _PATIENCE_KEY = key(AIRCRAFT), key(AIRCRAFT, 1 << 17), key(AIRCRAFT, 1 << 18)

# What an aircraft waits for, as far as people inside are concerned.
NOTHING, FOR_SERVICE, FOR_STAND, FOR_RUNWAY, FOR_LOAD, FOR_HUB = range(6)


class Fleet:
    """A fleet in one replication."""

    def __init__(self, w: World, plan: FleetPlan) -> None:
        self.plan = plan
        self.name = plan.name
        self.index = plan.index
        self.seats = math.floor(w.get(plan.seats) * w.get(plan.share) + 1e-9)
        self.surge = round_half_up(w.get(plan.surge)) if plan.surge is not None else self.seats
        self.wait_for = w.get(plan.wait_for)
        self.patience = w.get(plan.patience)
        self.window = w.get(plan.window)
        self.endurance = w.get(plan.endurance)
        self.sorties = w.get(plan.sorties)
        self.unhandled = w.get(plan.unhandled)
        self.night = plan.night
        self.needs = plan.needs
        self.own_only = plan.loading == "own-only"
        self.first_come = plan.loading == "first-come"
        self.serves = plan.serves
        self.stand_size = 0
        self.until = INF
        self.hubs: list[Hub] = []
        self.per_person = plan.per_person
        self.surges = plan.surge is not None
        self.waits = plan.waits
        self.coming = 0
        """Its seats on the way to the airport."""
        self.idle: list[Aircraft] = []
        self.classes: list[LiftClass] = []
        self.cancelled = False
        self.flights = 0


class Aircraft(Entity):
    """One aircraft of a fleet; ``number`` picks its streams."""

    __slots__ = (
        "back",
        "calls",
        "fleet",
        "has_stand",
        "hub",
        "key",
        "landing",
        "legs",
        "name",
        "number",
        "on_stand",
        "people",
        "promised",
        "record",
        "requested",
        "sortie",
        "stand",
        "state",
        "take_off",
        "threshold",
    )  # fmt: skip

    def __init__(self, w: World, fleet: Fleet, number: int, rank: int, sortie: int = 0) -> None:
        plan, streams = fleet.plan, w.streams
        self.fleet = fleet
        self.legs = {leg: streams[i] for leg, i in plan.legs[number].items()}
        self.landing = {mode: streams[i] for mode, i in plan.landing[number].items()}
        self.take_off = {mode: streams[i] for mode, i in plan.take_off[number].items()}
        self.number = number
        self.name = f"{fleet.name}/{number}"
        self.key = rank << 16
        self.sortie = sortie
        self.stand: str | None = None
        self.has_stand = False
        self.state = NOTHING
        self.people = 0
        self.promised = 0
        """Seats that it is bringing."""
        self.threshold = 1
        self.calls: Call | None = None
        """The timer of its endurance or patience."""
        self.hub: Hub | None = None
        self.back = 0.0
        """When it is at its hub again."""
        self.on_stand = 0.0
        self.requested = 0.0
        self.record: Flight | None = None


class Flight:
    """What is kept of one departure: moments in hours, people by portion."""

    __slots__ = (
        "board",
        "fleet",
        "hub",
        "lands",
        "name",
        "off",
        "outbound",
        "people",
        "portions",
        "ready",
        "rolls",
        "room",
        "seats",
        "sortie",
        "troops",
    )

    def __init__(self, aircraft: Aircraft, lands: float, board: float) -> None:
        self.name = aircraft.name
        self.fleet = aircraft.fleet.index
        self.sortie = aircraft.sortie
        self.lands = lands
        self.board = board
        self.ready = self.room = self.rolls = self.off = INF
        self.outbound = 0.0
        self.seats = 0
        self.hub = ""
        self.portions: list[tuple[Chalk, int]] = []
        self.people = 0
        self.troops = 0


class LiftClass:
    """Missions that the same fleets serve: they share the cause for which they wait inside."""

    __slots__ = ("counts", "log")

    def __init__(self) -> None:
        self.counts = [0] * 6
        self.log = CauseLog(_SEATS)


class Lift:
    """All aircraft and the holding area they empty."""

    def __init__(self, w: World, plan: Plan) -> None:
        self.w = w
        part: LiftPlan = plan.parts["lift"]
        self.present = plan.has_lift
        self.surge_when = part.surge_when
        self.strict = part.head_of_line
        self.retrograde = part.retrograde
        self.fleets = [Fleet(w, f) for f in part.fleets]
        own = {m for f in part.fleets for m in f.serves}
        self.holding = Holding(
            len(plan.missions),
            fifo=any(f.loading == "first-come" for f in part.fleets),
            by_priority=any(f.loading == "own-first" for f in part.fleets),
            own=own,
        )
        self._classify(len(plan.missions))
        self.waiting: list[Aircraft] = []
        """Aircraft on a stand that wait for their load, in order."""
        self.blocked: list[Aircraft] = []
        """Loaded aircraft that wait for room at a hub, in order."""
        self.loaded: dict[Aircraft, None] = {}
        """Aircraft with a load, not off yet."""
        self.flights: list[Flight] = []
        self.to_board = 0
        """People ordered out (and troops) who have no seat yet."""
        self.here = 0
        """People at the airport who have no seat yet."""
        self.coming = 0
        """Seats on the way to the airport."""
        self.rests = any(f.waits for f in part.fleets)
        self.aboard = 0
        self.empty_flights = 0
        self.empty_scheduled = 0
        """Scheduled flights without an evacuee; they have other passengers."""
        self.diverted = 0
        self.withdrawn = 0
        self.on_ready, self.on_overhead = (self._ready,), (self._overhead,)
        self.hurried: set[str] = set()
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
            cap = max((h.beds for h in f.hubs), default=INF)
            f.seats, f.surge = int(min(f.seats, cap)), int(min(f.surge, cap))
            f.stand_size = w.airfield.sizes.get(p.stand, 0) if p.stand is not None else 0
            f.until = INF
            if p.until is not None:
                w.when(p.until, key(AIRCRAFT, 1 << 21, f.index), self._ends, f)
            if p.schedule:
                self._timetable(f, 0)
                continue
            if f.seats < 1:  # nor beds: it would fly empty for ever
                continue
            number = round_half_up(min(w.get(p.number), p.count))
            for k in range(number):
                self._rank += 1
                aircraft = Aircraft(w, f, k, self._rank)
                first = w.streams[p.first[k]].at(0)
                if p.available is not None and p.available.after != "start":
                    w.on_happening(p.available.after, partial(self._first_after, aircraft, first))
                else:
                    self._first(aircraft, first)
        for r in self.retrograde:
            w.when(r.begins, key(AIRCRAFT, 1 << 22), self._begin_retrograde, r)

    def _settle(self, aircraft: Aircraft) -> None:
        """Its seats are no longer on the way: it has boarded, diverted or ended."""
        aircraft.fleet.coming -= aircraft.promised
        self.coming -= aircraft.promised
        aircraft.promised = 0

    def _ends(self, fleet: Fleet) -> None:
        fleet.until = self.w.clock.now

    def _first_after(self, aircraft: Aircraft, delay: float, _: float) -> None:
        self._first(aircraft, delay)

    def _first(self, aircraft: Aircraft, delay: float) -> None:
        if delay == INF:
            return
        now = self.w.clock.now
        aircraft.back = max(now, now + delay)
        self.w.clock.wake(aircraft, max(0.0, delay), _AIRCRAFT_KEY + aircraft.key, (self._available,))

    def _available(self, aircraft: Aircraft) -> None:
        lag = aircraft.fleet.plan.lag
        f = aircraft.fleet
        if not self.demand(f) or (lag is not None and self._order_of(f) == INF):
            f.idle.append(aircraft)
        elif lag is not None:
            self._come(aircraft, max(0.0, self._order_of(f) + self.w.streams[lag[aircraft.number]].at(0) - self.w.clock.now))
        else:
            self._overhead(aircraft)

    def _order_of(self, fleet: Fleet) -> float:
        missions = self.w.missions
        chosen = [missions[m] for m in fleet.serves] if fleet.serves else missions
        return min((m.ordered for m in chosen), default=INF)

    def demand(self, fleet: Fleet) -> bool:
        """Whether there is anybody for it to fetch: ordered out (or at the airport) and without a seat."""
        if fleet.waits:
            missions = self.w.missions
            here = sum(missions[m].here for m in fleet.serves) if fleet.own_only else self.here + self.holding.troops
            return here > (fleet.coming if fleet.own_only else self.coming)
        if fleet.own_only:
            return any(self.w.missions[m].to_board > 0 for m in fleet.serves)
        return self.to_board > 0

    def arrived(self, cohort: Cohort, n: int) -> None:
        """People without a seat have come to the airport."""
        self.here += n
        cohort.mission.here += n
        if self.rests:
            self._wake()

    def ordered(self, cohort: Cohort) -> None:
        """A cohort has been ordered out: aircraft that rest have somebody to fetch."""
        cohort.mission.to_board += cohort.movers
        self.to_board += cohort.movers
        self._wake()

    def _wake(self) -> None:
        now = self.w.clock.now
        for f in sorted((f for f in self.fleets if f.idle), key=self._others_only):
            ordered = self._order_of(f) if f.plan.lag is not None else 0.0
            while f.idle and self.demand(f):
                a = f.idle.pop(0)
                resting = max(0.0, a.back - now) + a.legs["inbound"].at(max(0, a.sortie - 1))
                if a.sortie == 0 and f.plan.lag is not None:
                    if ordered == INF:
                        f.idle.insert(0, a)
                        break
                    due = ordered + self.w.streams[f.plan.lag[a.number]].at(0) - now
                    self._come(a, due if due > 0 else resting)
                else:
                    self._come(a, resting)

    def _others_only(self, f: Fleet) -> bool:
        """Whether nobody of its own missions waits: fleets whose own people wait are called first."""
        return not any(self.w.missions[m].here > 0 for m in f.serves)

    def _come(self, aircraft: Aircraft, delay: float) -> None:
        if delay < INF:
            aircraft.promised = self._seats(aircraft.fleet)
            aircraft.fleet.coming += aircraft.promised
            self.coming += aircraft.promised
            self.w.clock.wake(aircraft, delay, _AIRCRAFT_KEY + aircraft.key, self.on_overhead)

    # -- scheduled flights and withdrawals ---------------------------------------------------------------------------

    def _timetable(self, fleet: Fleet, flight: int) -> None:
        """Schedule the next commercial arrival: the *flight*-th after the start."""
        times = fleet.plan.schedule
        start_hour = self.w.start_hour
        first = [((t - start_hour) % 24) for t in times]
        first.sort()
        at = first[flight % len(first)] + 24 * (flight // len(first))
        self.w.clock.at(at, key(AIRCRAFT, 1 << 20, fleet.index), self._scheduled, (fleet, flight))

    def _scheduled(self, call: Call) -> None:
        fleet, flight = call.arg
        if fleet.plan.stops_at is not None:
            levels = self.w.threat.plan.levels
            if self.w.threat.worst >= levels.index(fleet.plan.stops_at):
                fleet.cancelled = True
                return
        self._timetable(fleet, flight + 1)
        self._rank += 1
        aircraft = Aircraft(self.w, fleet, 0, self._rank, flight)
        aircraft.name = f"{fleet.name}/{flight}"
        self.request_landing(aircraft, fresh=True)

    def _begin_retrograde(self, r: RetrogradePlan) -> None:
        w = self.w
        self.withdraw(r.name, w.get(r.people), w.get(r.over), w.get(r.group), r.spec.priority)
        if r.deadline is not None:
            near = w.moment(r.deadline) - w.get(r.near)
            w.clock.at(near, key(AIRCRAFT, (1 << 22) + 1), lambda _: self._hurry(r.name))

    def _hurry(self, name: str) -> None:
        self.hurried.add(name)
        self.holding.hurry(name)

    def withdraw(self, name: str, people: float, over: float, group: float, priority: int) -> None:
        """Troops (or technicians) become ready to leave, in groups, evenly over *over* hours."""
        if not self.present:
            return
        left, size = round_half_up(people), max(1, round_half_up(group))
        steps = -(-left // size)
        for i in range(steps):
            n = min(size, left)
            left -= n
            self.w.clock.after(over * i / steps, key(AIRCRAFT, (1 << 22) + 2, i), self._troops_ready, Troop(name, n, priority))

    def _troops_ready(self, call: Call) -> None:
        troop: Troop = call.arg
        if troop.name in self.hurried:
            troop.priority = FIRST
        self.holding.add_troops(troop)
        self.to_board += troop.n
        self._wake()
        self._check()

    # -- landing -----------------------------------------------------------------------------------------------------

    def _overhead(self, aircraft: Aircraft) -> None:
        f = aircraft.fleet
        if self.w.clock.now > f.until or aircraft.sortie >= f.sorties:
            self._settle(aircraft)
            return
        self.request_landing(aircraft, fresh=True)

    def request_landing(self, aircraft: Aircraft, fresh: bool = False) -> None:
        """Ask for a stand; without the services it needs it holds first."""
        w, field = self.w, self.w.airfield
        if fresh:
            aircraft.requested = w.clock.now
            if aircraft.fleet.endurance < INF:
                aircraft.calls = w.clock.after(
                    aircraft.fleet.endurance, key(AIRCRAFT, 1 << 19) + aircraft.key, self._divert, aircraft
                )
        if not field.serves(aircraft):
            field.pattern.append(aircraft)
            self._state(aircraft, FOR_SERVICE)
            return
        if field.request_stand(aircraft):
            self.stand_given(aircraft)
        else:
            self._state(aircraft, FOR_STAND)

    def stand_given(self, aircraft: Aircraft) -> None:
        """It has a stand and queues for the runway."""
        aircraft.has_stand = True
        self._state(aircraft, FOR_RUNWAY)
        self.w.airfield.request_runway(aircraft, False)

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
        self._settle(aircraft)
        w.note(aircraft.name, "diverts")
        self._state(aircraft, NOTHING)
        w.airfield.leave_queues(aircraft)
        aircraft.has_stand = False
        self._fly_home(aircraft)
        if f.plan.schedule:
            return
        self._next_sortie(aircraft, empty=True)

    def _fly_home(self, aircraft: Aircraft) -> float:
        """Legs to the hub and on the ground there; hours flown out."""
        legs, i = aircraft.legs, aircraft.sortie
        outbound = legs["outbound"].at(i)
        aircraft.back = self.w.clock.now + outbound + legs["turn"].at(i)
        return outbound

    def _next_sortie(self, aircraft: Aircraft, empty: bool) -> None:
        """Rest at the hub, or come again."""
        f = aircraft.fleet
        inbound = aircraft.legs["inbound"].at(aircraft.sortie)
        aircraft.sortie += 1
        if self.demand(f):
            delay = aircraft.back - self.w.clock.now + inbound
            if empty and delay <= 0 and aircraft.requested == self.w.clock.now:
                delay = EMPTY_ROUND
            self._come(aircraft, delay)
        else:
            f.idle.append(aircraft)

    # -- loading -----------------------------------------------------------------------------------------------------

    def landed(self, aircraft: Aircraft) -> None:
        """It is on its stand and waits for its load."""
        w, f = self.w, aircraft.fleet
        aircraft.on_stand = w.clock.now
        seats = self._seats(f)
        aircraft.threshold = max(1, math.ceil(f.wait_for * seats - 1e-9))
        self._state(aircraft, FOR_LOAD)
        self.waiting.append(aircraft)
        limit = f.patience
        if f.window < INF:
            limit = min(limit, max(0.0, f.window - self._ground(aircraft, 1)))
        self._check()
        if aircraft.state == FOR_LOAD and limit < INF:
            aircraft.calls = w.clock.after(limit, _PATIENCE_KEY + aircraft.key, self._patience_over, aircraft)

    def _seats(self, f: Fleet) -> int:
        if f.surges and any(self.w.holds(c) for c in self.surge_when):
            return f.surge
        return f.seats

    def level(self, f: Fleet) -> int:
        """People inside whom the fleet may take."""
        h = self.holding
        if f.own_only:
            return sum(h.by_mission[m] for m in f.serves)
        return h.level + h.troops

    def _still_to_come(self, f: Fleet) -> int:
        if f.own_only:
            return sum(self.w.missions[m].to_board for m in f.serves)
        return self.to_board

    def _enough(self, aircraft: Aircraft) -> bool:
        f = aircraft.fleet
        want = aircraft.threshold
        if f.patience == INF:
            want = 1 if self.w.gates.is_stuck() else min(want, max(1, self._still_to_come(f)))
        return self.level(f) >= want

    def on_full(self) -> None:
        """The holding area takes nobody more: an aircraft with endless patience will get no larger load."""
        if self.waiting:
            self._check()

    def _check(self) -> None:
        """Load those whose load is there, in order of arrival."""
        while self.waiting:
            for aircraft in self.waiting:
                if self._enough(aircraft):
                    self._load(aircraft)
                    break
                if self.strict:
                    return
            else:
                return

    def _patience_over(self, call: Call) -> None:
        aircraft: Aircraft = call.arg
        if aircraft.state == FOR_LOAD:
            aircraft.calls = None
            self._load(aircraft)
            self._check()

    def _load(self, aircraft: Aircraft) -> None:
        """Board whoever is there, up to its seats."""
        w, f = self.w, aircraft.fleet
        self.waiting.remove(aircraft)
        if aircraft.calls is not None:
            aircraft.calls.cancel()
            aircraft.calls = None
        now = w.clock.now
        seats = self._seats(f)
        if f.window < INF:
            seats = min(seats, self._boardable(aircraft, f.window - (now - aircraft.on_stand)))
        load: list[tuple[Any, int]] = []
        if seats > 0 and (self.holding.level or self.holding.troops):
            if f.first_come:
                load = self.holding.take_any(seats, first_come=True)
            else:
                if f.serves:
                    load = self.holding.take_own(f.serves, seats, only=f.own_only)
                if not f.own_only:
                    load += self.holding.take_any(seats - sum(k for _, k in load), first_come=False)
        record = aircraft.record = Flight(aircraft, aircraft.on_stand, now)
        record.seats = seats
        if aircraft.promised:
            self._settle(aircraft)
        inside = 0
        for who, k in load:
            if type(who) is Troop:
                record.troops += k
            else:
                who.left -= k
                mission = who.cohort.mission
                mission.to_board -= k
                mission.here -= k
                inside += k
        record.portions = [x for x in load if type(x[0]) is Chalk] if record.troops else load
        record.people = inside
        aircraft.people = inside + record.troops
        self.to_board -= aircraft.people
        self.here -= inside
        self.aboard += inside
        self.loaded[aircraft] = None
        self._state(aircraft, NOTHING)
        w.clock.wake(aircraft, self._ground(aircraft, aircraft.people), _READY_KEY + aircraft.key, self.on_ready)
        if inside:
            w.gates.release(inside)

    def _ground(self, aircraft: Aircraft, people: int) -> float:
        """Ground time to load *people* (a quick turn for nobody), with fuel if it takes any."""
        w, f = self.w, aircraft.fleet
        legs, i = aircraft.legs, aircraft.sortie
        time = legs["load" if people else "quick"].at(i)
        if f.per_person and people:
            time += legs["person"].at(i) * people
        if f.plan.refuel:
            time += legs["fuel"].at(i)
        if f.unhandled != 1.0 and "handling" not in w.security.services:
            time *= f.unhandled
        return time * w.threat.flying

    def _boardable(self, aircraft: Aircraft, left: float) -> int:
        """People who can board in the *left* hours of its window (at least nobody)."""
        person = aircraft.legs["person"].at(aircraft.sortie)
        if person <= 0:
            return 10**9
        fixed = self._ground(aircraft, 1) - person
        return max(0, math.floor((left - fixed) / person + 1e-9))

    # -- departure ---------------------------------------------------------------------------------------------------

    def _ready(self, aircraft: Aircraft) -> None:
        assert aircraft.record is not None
        aircraft.record.ready = self.w.clock.now
        if aircraft.people and aircraft.fleet.hubs:
            self.blocked.append(aircraft)
            self._state(aircraft, FOR_HUB)
            self.retry_hubs()
        else:
            self._cleared(aircraft, None)

    def retry_hubs(self) -> None:
        """Clear those for whom a hub has room, first come first served for each hub."""
        full: set[str] = set()
        for aircraft in list(self.blocked):
            hubs = [h for h in aircraft.fleet.hubs if h.name not in full]
            hub = next((h for h in hubs if h.has_room(aircraft.people)), None)
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
        aircraft.record.room = self.w.clock.now
        self._state(aircraft, NOTHING)
        self.w.airfield.request_runway(aircraft, True)

    def rolls(self, aircraft: Aircraft) -> None:
        """Its take-off roll begins."""
        assert aircraft.record is not None
        aircraft.record.rolls = self.w.clock.now

    def off(self, aircraft: Aircraft) -> None:
        """The take-off roll has ended: its people are out."""
        w, f = self.w, aircraft.fleet
        record = aircraft.record
        assert record is not None
        now = record.off = w.clock.now
        outbound = record.outbound = self._fly_home(aircraft)
        if aircraft.people:
            f.flights += 1
            self.withdrawn += record.troops
            self.aboard -= record.people
            hub = aircraft.hub
            if hub is not None:
                record.hub = hub.name
                if hub.limited:
                    hub.lands_in(aircraft.people, outbound)
        elif f.plan.schedule:
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
        if not f.plan.schedule:
            self._next_sortie(aircraft, not record.people + record.troops)
        if record.people:
            w.out(record.people)

    # -- inside ------------------------------------------------------------------------------------------------------

    def enter(self, chalk: Chalk) -> None:
        """A group has come into the holding area (or is out, where the scenario has no lift)."""
        if not self.present:
            chalk.left = 0
            self.w.left(chalk)
            return
        self.holding.add(chalk)
        if not self.waiting:
            return
        hopeless = self.waiting[0].threshold > self.holding.level + self.holding.troops
        if not (hopeless and self.strict and not self.w.gates.limited):
            self._check()

    # -- causes ------------------------------------------------------------------------------------------------------

    def _state(self, aircraft: Aircraft, state: int) -> None:
        old = aircraft.state
        if old == state:
            return
        aircraft.state = state
        for c in aircraft.fleet.classes:
            counts = c.counts
            counts[old] -= 1
            counts[state] += 1
            if counts[old] == 0 or counts[state] == 1:
                self._write(c)

    def _write(self, c: LiftClass) -> None:
        cause = self._cause(c)
        if cause != c.log.causes[-1]:
            c.log.set(self.w.clock.now, cause)
            self.w.gates.causes_changed()

    def _cause(self, c: LiftClass) -> int:
        stopped = self.w.airfield.stopped()
        if stopped is not None:
            return stopped
        counts = c.counts
        if counts[FOR_HUB]:
            return _HUB
        if counts[FOR_SERVICE]:
            return _SERVICE
        if counts[FOR_STAND]:
            return _STAND
        if counts[FOR_RUNWAY]:
            return _RUNWAY
        return _SEATS

    def causes_changed(self) -> None:
        """The airfield has opened, closed or lost a service."""
        for c in self.classes:
            self._write(c)

    def holding_cause(self, chalk: Chalk) -> int:
        """Root cause for which a group can't come in because the holding area is full."""
        c = self.class_of[chalk.cohort.mission.index]
        if c.counts[FOR_LOAD]:
            return _HOLDING
        return c.log.causes[-1]

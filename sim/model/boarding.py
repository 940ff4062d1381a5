"""Boarding: what an aircraft on its stand waits for, whom it takes, and how long it loads.

How many people an aircraft carries is a result: it waits until enough of those it may take are inside, or its patience is over.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.model.aircraft import FOR_LOAD, NOTHING, Aircraft, Fleet, Flight, TroopGroup
from sim.model.compiled.lift import CompiledLift, CompiledRetrograde
from sim.model.compiled.numbers import INF, When
from sim.model.gates import Gates
from sim.model.holding import FIRST, Holding
from sim.model.lift import Lift
from sim.model.mission import Cohort, Group, Mission
from sim.model.ranks import LOAD_PATIENCE_ENDS, LOADED, RETROGRADE_BEGINS, TROOPS_HURRY, TROOPS_READY
from sim.model.run import Run
from sim.model.seats import Seats
from sim.model.security import Security
from sim.model.threat import Threat


class Boarding:
    """The aircraft that wait for their load, and whoever needs a seat."""

    def __init__(
        self,
        run: Run,
        part: CompiledLift,
        threat: Threat,
        security: Security,
        gates: Gates,
        holding: Holding,
        seats: Seats,
        lift: Lift,
    ) -> None:
        self.run = run
        self.clock = run.clock
        self.threat = threat
        self.security = security
        self.gates = gates
        self.holding = holding
        self.seats = seats
        self.lift = lift
        self.present = lift.present
        gates.entered.append(self.enter)
        gates.full.append(self.on_full)
        lift.airfield.landed.append(self.landed)
        security.seats.append(self)
        self.strict = part.head_of_line
        self.retrograde = part.retrograde
        self.waiting: list[Aircraft] = []
        """Aircraft on a stand that wait for their load, in order."""
        self.hurried: set[str] = set()
        self.rests = any(f.waits for f in part.fleets)
        """Whether aircraft rest at their hubs until there are people who can board."""

    def start(self) -> None:
        """Plan the withdrawals."""
        for r in self.retrograde:
            self.run.when(r.begins, RETROGRADE_BEGINS, self._begin_retrograde, r)

    # -- people --------------------------------------------------------------------------------------------------------

    def ordered(self, mission: Mission, people: int) -> None:
        """So many people of a mission who need a seat have been ordered out: aircraft that rest have somebody to fetch."""
        mission.to_board += people
        self.seats.to_board += people
        self.lift.ordered(mission)

    def needs_no_seat(self, cohort: Cohort, n: int) -> None:
        """People ordered out won't come, or got out without a seat: one with endless patience may have all whom it will get."""
        if not cohort.needs_seat:
            return
        cohort.mission.to_board -= n
        self.seats.to_board -= n
        if self.waiting:
            self._check()

    def enter(self, group: Group) -> None:
        """A group has come into the holding area (or is out, where the scenario has no lift)."""
        if not self.present:
            group.left = 0
            self.run.n_out += group.people
            self.gates.release(group.people)
            self.run.end_if_out()
            return
        self.holding.add(group)
        if self.rests:
            self.gates.passes(group, -group.people)
            self.lift.dispatch.look(group.cohort.mission.index)
        if not self.waiting:
            return
        first = self.waiting[0]
        short = first.threshold > self.holding.level + self.holding.troops and first.fleet.numbers.patience < INF
        if not (short and self.strict and not self.gates.limited):
            self._check()

    # -- troops --------------------------------------------------------------------------------------------------------

    def _begin_retrograde(self, r: CompiledRetrograde) -> None:
        self.withdraw(r.name, self.run.get(r.people), self.run.get(r.over), self.run.get(r.group), r.priority)
        if r.deadline is not None:
            self.hurry_before(r.name, r.deadline, self.run.get(r.near))

    def hurry_before(self, name: str, deadline: When, near: float) -> None:
        """Troops of this name board before everyone else from *near* hours before a moment on, which may not be known yet."""
        ahead = self.run.get(deadline.delay) - near

        def plan(base: float) -> None:
            self.clock.at(base + ahead, TROOPS_HURRY, self._hurry, name)

        if deadline.after == "start":
            plan(0.0)
        else:
            self.run.on_trigger(deadline.after, plan)

    def _hurry(self, name: str) -> None:
        self.hurried.add(name)
        self.holding.hurry(name)

    def withdraw(
        self,
        name: str,
        people: float,
        over: float,
        group: float,
        priority: int,
        flown: Callable[[int], None] | None = None,
    ) -> None:
        """Troops (or technicians) become ready to leave, in groups, evenly over *over* hours.

        *flown* is told how many have taken off, each time that some have.
        """
        if not self.present:
            return
        left, size = int(people), max(1, int(group))
        steps = -(-left // size)
        self.run.claim(steps)
        for i in range(steps):
            n = min(size, left)
            left -= n
            self.clock.after(over * i / steps, TROOPS_READY + i, self._troops_ready, TroopGroup(name, n, priority, flown))

    def _troops_ready(self, troop: TroopGroup) -> None:
        if troop.name in self.hurried:
            troop.priority = FIRST
        self.holding.add_troops(troop)
        self.seats.to_board += troop.people
        self.lift.troops_call()
        self.lift.send_for_people()
        if self.rests:
            self.lift.dispatch.look(self.lift.dispatch.troops)
        self._check()

    # -- loading -------------------------------------------------------------------------------------------------------

    def landed(self, aircraft: Aircraft) -> None:
        """It is on its stand and waits for its load."""
        f = aircraft.fleet
        aircraft.on_stand = self.clock.now
        aircraft.threshold = max(1, math.ceil(f.numbers.wait_for * self.seats.of(f) - 1e-9))
        self.lift.waits(aircraft, FOR_LOAD)
        self.waiting.append(aircraft)
        limit = f.numbers.patience
        if f.numbers.window < INF:
            limit = min(limit, max(0.0, f.numbers.window - self.ground_time(aircraft, 1)))
        self._check()
        if aircraft.state == FOR_LOAD:
            if limit < INF:
                aircraft.calls = self.clock.after(limit, LOAD_PATIENCE_ENDS + aircraft.key, self._patience_over, aircraft)
            elif self.rests:
                self.lift.dispatch.holds(aircraft, True)

    def level(self, f: Fleet) -> int:
        """People inside whom the fleet may take."""
        h = self.holding
        if not f.own_only:
            return h.level + h.troops
        inside, people = h.by_mission, 0
        for m in f.serves:
            people += inside[m]
        return people

    def _still_to_come(self, f: Fleet) -> int:
        if f.own_only:
            return sum(m.to_board for m in f.own)
        return self.seats.to_board

    def _enough(self, aircraft: Aircraft) -> bool:
        f = aircraft.fleet
        want = aircraft.threshold
        if f.numbers.patience == INF:
            want = 1 if self.gates.is_stuck() else min(want, max(1, self._still_to_come(f)))
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

    def _patience_over(self, aircraft: Aircraft) -> None:
        if aircraft.state == FOR_LOAD:
            aircraft.calls = None
            self._load(aircraft)
            self._check()

    def _load(self, aircraft: Aircraft) -> None:
        """Board whoever is there, up to its seats."""
        f, lift = aircraft.fleet, self.lift
        self.waiting.remove(aircraft)
        if aircraft.calls is not None:
            aircraft.calls.cancel()
            aircraft.calls = None
        now = self.clock.now
        seats = self.seats.of(f)
        if f.numbers.window < INF:
            seats = min(seats, self._boardable(aircraft, f.numbers.window - (now - aircraft.on_stand)))
        portions, soldiers, inside, troops = self.holding.take(f, seats)
        aircraft.record = Flight(aircraft, now, seats, portions, inside, troops)
        aircraft.soldiers = soldiers
        aircraft.people = inside + troops
        self.seats.to_board -= inside + troops
        if self.holding.by_mission:
            for group, k in portions:
                group.cohort.mission.to_board -= k
        lift.no_longer_near(aircraft)
        if self.rests:
            missions = dict.fromkeys(group.cohort.mission.index for group, _ in portions)
            lift.dispatch.boarded(aircraft, [*missions, *([lift.dispatch.troops] if troops else [])])
        lift.aboard += inside
        lift.loaded[aircraft] = None
        lift.waits(aircraft, NOTHING)
        self.clock.wake(self.ground_time(aircraft, inside + troops), LOADED + aircraft.key, lift.is_ready, aircraft)
        if inside:
            self.gates.release(inside)

    def ground_time(self, aircraft: Aircraft, people: int) -> float:
        """Ground time to load *people* (a quick turn for nobody), with fuel if it takes any."""
        f = aircraft.fleet
        legs, i = aircraft.legs, aircraft.sortie
        time = legs["load" if people else "quick"].at(i)
        if f.plan.per_person and people:
            time += legs["person"].at(i) * people
        if f.plan.refuel:
            time += legs["fuel"].at(i)
        if f.numbers.unhandled != 1.0 and "handling" not in self.security.services:
            time *= f.numbers.unhandled
        return time * self.threat.now.flying

    def _boardable(self, aircraft: Aircraft, left: float) -> int:
        """People who can board in the *left* hours of its window (at least nobody)."""
        person = aircraft.legs["person"].at(aircraft.sortie)
        if person <= 0:
            return 10**9
        fixed = self.ground_time(aircraft, 1) - person
        return max(0, math.floor((left - fixed) / person + 1e-9))

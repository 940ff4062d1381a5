"""Boarding: what an aircraft on its stand waits for, whom it takes, and how long it loads.

How many people an aircraft carries is a result: it waits until enough of those it may take are inside, or its patience is over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.model.aircraft import FOR_LOAD, NOTHING, Aircraft, Fleet, Flight
from sim.model.compiled.lift import CompiledRetrograde
from sim.model.compiled.numbers import When
from sim.model.compiled.scenario import CompiledScenario
from sim.model.holding import FIRST, Holding, Troop
from sim.model.mission import Chalk, Cohort
from sim.model.ranks import LOAD_PATIENCE_ENDS, LOADED, RETROGRADE_BEGINS, TROOPS_HURRY, TROOPS_READY

if TYPE_CHECKING:
    from sim.model.world import World

INF = math.inf


class Boarding:
    """The holding area, the aircraft that wait for their load, and the people who have no seat yet."""

    def __init__(self, w: World, plan: CompiledScenario) -> None:
        self.w = w
        self.clock = w.clock
        part = plan.lift
        self.present = plan.has_lift
        self.surge_when = part.surge_when
        self.surge_above = w.get(part.surge_above)
        self.surge_needs_force = part.surge_needs_force
        self.strict = part.head_of_line
        self.retrograde = part.retrograde
        self.holding = Holding(
            len(plan.missions),
            fifo=any(f.loading == "first-come" for f in part.fleets),
            by_priority=any(f.loading == "own-first" for f in part.fleets),
            own={m for f in part.fleets for m in f.serves},
            by_mission=any(f.waits for f in part.fleets),
        )
        self.waiting: list[Aircraft] = []
        """Aircraft on a stand that wait for their load, in order."""
        self.to_board = 0
        """People ordered out (and troops) who have no seat yet."""
        self.hurried: set[str] = set()
        self.rests = any(f.waits for f in part.fleets)
        """Whether aircraft rest at their hubs until there are people who can board."""

    def start(self) -> None:
        """Plan the withdrawals."""
        for r in self.retrograde:
            self.w.when(r.begins, RETROGRADE_BEGINS, self._begin_retrograde, r)

    # -- people --------------------------------------------------------------------------------------------------------

    def ordered(self, cohort: Cohort) -> None:
        """A cohort has been ordered out: aircraft that rest have somebody to fetch."""
        if cohort.needs_seat:
            cohort.mission.to_board += cohort.movers
            self.to_board += cohort.movers
        self.w.lift.ordered(cohort.mission)

    def needs_no_seat(self, cohort: Cohort, n: int) -> None:
        """People ordered out won't come, or got out without a seat: one with endless patience may have all whom it will get."""
        if not cohort.needs_seat:
            return
        cohort.mission.to_board -= n
        self.to_board -= n
        if self.waiting:
            self._check()

    def enter(self, chalk: Chalk) -> None:
        """A group has come into the holding area (or is out, where the scenario has no lift)."""
        if not self.present:
            chalk.left = 0
            self.w.left(chalk)
            return
        self.holding.add(chalk)
        if self.rests:
            self.w.gates.passes(chalk, -chalk.n)
            self.w.lift.dispatch.look(chalk.cohort.mission.index)
        if not self.waiting:
            return
        first = self.waiting[0]
        short = first.threshold > self.holding.level + self.holding.troops and first.fleet.numbers.patience < INF
        if not (short and self.strict and not self.w.gates.limited):
            self._check()

    # -- troops --------------------------------------------------------------------------------------------------------

    def _begin_retrograde(self, r: CompiledRetrograde) -> None:
        w = self.w
        self.withdraw(r.name, w.get(r.people), w.get(r.over), w.get(r.group), r.priority)
        if r.deadline is not None:
            self.hurry_before(r.name, r.deadline, w.get(r.near))

    def hurry_before(self, name: str, deadline: When, near: float) -> None:
        """Troops of this name board before everyone else from *near* hours before a moment on, which may not be known yet."""
        ahead = self.w.get(deadline.delay) - near

        def plan(base: float) -> None:
            self.clock.at(base + ahead, TROOPS_HURRY, self._hurry, name)

        if deadline.after == "start":
            plan(0.0)
        else:
            self.w.on_happening(deadline.after, plan)

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
        for i in range(steps):
            n = min(size, left)
            left -= n
            self.clock.after(over * i / steps, TROOPS_READY + i, self._troops_ready, Troop(name, n, priority, flown))

    def _troops_ready(self, troop: Troop) -> None:
        if troop.name in self.hurried:
            troop.priority = FIRST
        self.holding.add_troops(troop)
        self.to_board += troop.n
        self.w.lift.troops_call()
        self.w.lift.send_for_people()
        if self.rests:
            self.w.lift.dispatch.look(self.w.lift.dispatch.troops)
        self._check()

    # -- loading -------------------------------------------------------------------------------------------------------

    def landed(self, aircraft: Aircraft) -> None:
        """It is on its stand and waits for its load."""
        f = aircraft.fleet
        aircraft.on_stand = self.clock.now
        aircraft.threshold = max(1, math.ceil(f.numbers.wait_for * self.seats(f) - 1e-9))
        self.w.lift.waits(aircraft, FOR_LOAD)
        self.waiting.append(aircraft)
        limit = f.numbers.patience
        if f.numbers.window < INF:
            limit = min(limit, max(0.0, f.numbers.window - self._ground(aircraft, 1)))
        self._check()
        if aircraft.state == FOR_LOAD:
            if limit < INF:
                aircraft.calls = self.clock.after(limit, LOAD_PATIENCE_ENDS + aircraft.key, self._patience_over, aircraft)
            elif self.rests:
                self.w.lift.dispatch.holds(aircraft, True)

    def seats(self, f: Fleet) -> int:
        """Seats of its aircraft, as they are used now."""
        if f.surges and (self.w.security.guarded or not self.surge_needs_force):
            if self.holding.level > self.surge_above:
                return f.surge
            for c in self.surge_when:
                if self.w.holds(c):
                    return f.surge
        return f.seats

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
            return sum(self.w.missions[m].to_board for m in f.serves)
        return self.to_board

    def _enough(self, aircraft: Aircraft) -> bool:
        f = aircraft.fleet
        want = aircraft.threshold
        if f.numbers.patience == INF:
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

    def _patience_over(self, aircraft: Aircraft) -> None:
        if aircraft.state == FOR_LOAD:
            aircraft.calls = None
            self._load(aircraft)
            self._check()

    def _load(self, aircraft: Aircraft) -> None:
        """Board whoever is there, up to its seats."""
        w, f, lift = self.w, aircraft.fleet, self.w.lift
        self.waiting.remove(aircraft)
        if aircraft.calls is not None:
            aircraft.calls.cancel()
            aircraft.calls = None
        now = self.clock.now
        seats = self.seats(f)
        if f.numbers.window < INF:
            seats = min(seats, self._boardable(aircraft, f.numbers.window - (now - aircraft.on_stand)))
        portions, soldiers, inside, troops = self.holding.take(f, seats)
        aircraft.record = Flight(aircraft, now, seats, portions, inside, troops)
        aircraft.soldiers = soldiers
        aircraft.people = inside + troops
        self.to_board -= inside + troops
        if self.holding.by_mission:
            for chalk, k in portions:
                chalk.cohort.mission.to_board -= k
        lift.no_longer_near(aircraft)
        if self.rests:
            missions = dict.fromkeys(chalk.cohort.mission.index for chalk, _ in portions)
            lift.dispatch.boarded(aircraft, [*missions, *([lift.dispatch.troops] if troops else [])])
        lift.aboard += inside
        lift.loaded[aircraft] = None
        lift.waits(aircraft, NOTHING)
        self.clock.wake(self._ground(aircraft, inside + troops), LOADED + aircraft.key, lift.on_ready, aircraft)
        if inside:
            w.gates.release(inside)

    def _ground(self, aircraft: Aircraft, people: int) -> float:
        """Ground time to load *people* (a quick turn for nobody), with fuel if it takes any."""
        w, f = self.w, aircraft.fleet
        legs, i = aircraft.legs, aircraft.sortie
        time = legs["load" if people else "quick"].at(i)
        if f.plan.per_person and people:
            time += legs["person"].at(i) * people
        if f.plan.refuel:
            time += legs["fuel"].at(i)
        if f.numbers.unhandled != 1.0 and "handling" not in w.security.services:
            time *= f.numbers.unhandled
        return time * w.threat.now.flying

    def _boardable(self, aircraft: Aircraft, left: float) -> int:
        """People who can board in the *left* hours of its window (at least nobody)."""
        person = aircraft.legs["person"].at(aircraft.sortie)
        if person <= 0:
            return 10**9
        fixed = self._ground(aircraft, 1) - person
        return max(0, math.floor((left - fixed) / person + 1e-9))

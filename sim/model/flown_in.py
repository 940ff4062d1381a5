"""Forces that are flown in: every aircraft of theirs takes the runway and a stand, and its troops are there once it has landed.

An aircraft that brings troops or cargo asks for services, a stand and the runway like any other, unloads, and leaves empty; it is
no flight of the lift.  Those that can't land hold, or divert once they can't hold any longer, and come again.  When a force
begins to leave, or is replaced before it is complete, whoever is not on final approach turns back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from sim.model.aircraft import Aircraft, Fleet, Flight
from sim.model.boarding import Boarding
from sim.model.compiled.dispatch import FleetTimes
from sim.model.compiled.lift import CompiledFlownIn
from sim.model.compiled.numbers import whole
from sim.model.compiled.security import StepNumbers
from sim.model.deployment import Deployment
from sim.model.kernel import Call
from sim.model.lift import Lift
from sim.model.ranks import AIRCRAFT_COMES, FORCE_BUILDS_UP, ranked
from sim.model.run import Run
from sim.model.security import Security

_FIRST_RANK, _RANKS = 1 << 24, 1 << 18
"""Ranks of its aircraft follow those of all fleets, provider by provider."""
LEAST_RETURN = 0.1
"""Hours after which an aircraft comes again at the earliest: without them one that can't hold at all would come for ever."""


class FlownInForce:
    """The aircraft that bring one deployment's force."""

    def __init__(
        self, plan: CompiledFlownIn, deployment: Deployment, run: Run, security: Security, boarding: Boarding, lift: Lift
    ) -> None:
        self.run = run
        self.clock = run.clock
        self.security = security
        self.airfield = lift.airfield
        self.boarding = boarding
        self.lift = lift
        self.plan = plan
        self.deployment = deployment
        self.fleet = Fleet(run, plan.fleet, FleetTimes())
        self.fleet.brings.append(self)
        self.fleet.stand_size = self.airfield.sizes.get(plan.fleet.stand, 0) if plan.fleet.stand is not None else 0
        self.coming: dict[Aircraft, int] = {}
        """Aircraft that have not landed, with the troops whom they bring."""
        self.due: dict[Aircraft, Call] = {}
        """Those of them that are not over the airport yet, or diverted."""
        self.called_off = False
        """Whether nobody comes any more."""

    def bring(self, people: float, at: float) -> None:
        """Send aircraft for so many soldiers, and cargo beside, the last of which are over the airport *at* that moment."""
        left, load = int(people), max(1.0, self.run.get(self.plan.troops))
        if left <= 0 or self.called_off:
            return
        flights = math.ceil(left / load)
        cargo = int(whole(flights * self.run.get(self.plan.cargo)))
        self.run.claim(flights + cargo)
        every, over = flights + cargo, self.run.get(self.plan.over)
        for k in range(every):
            troops = 0
            if (k + 1) * cargo // every == k * cargo // every:  # else it is one of the cargo flights, spread evenly among them
                troops = int(min(left, load))
                left -= troops
            self._send(troops, at - over * (every - 1 - k) / every)

    def build_up(self, before: float, steps: Iterable[StepNumbers]) -> None:
        """Aircraft for every step by which the force grows; where it shrinks, so many go at that moment.

        *steps*: hours from now, headcount; *before*: the headcount until the first of them.
        """
        for after, i, headcount in sorted((step.after, i, step.headcount) for i, step in enumerate(steps)):
            if headcount > before:
                self.bring(headcount - before, self.clock.now + after)
            elif headcount < before:
                self.clock.after(after, ranked(FORCE_BUILDS_UP, self.deployment.number, i), self._fewer, before - headcount)
            before = headcount

    def _fewer(self, soldiers: float) -> None:
        if self.deployment.force and not self.called_off:
            self.security.flies_in(self.deployment, -soldiers)

    def _send(self, troops: int, at: float) -> None:
        flights = self.security.flights_in
        number = flights[self.fleet.name] = flights.get(self.fleet.name, -1) + 1
        aircraft = Aircraft(self.run, self.fleet, 0, _FIRST_RANK + self.plan.rank * _RANKS + number, number)
        aircraft.serial = number
        self.coming[aircraft] = troops
        self.due[aircraft] = self.clock.after(
            max(0.0, at - self.clock.now), AIRCRAFT_COMES + aircraft.key, self._overhead, aircraft
        )

    def _overhead(self, aircraft: Aircraft) -> None:
        del self.due[aircraft]
        self.lift.request_landing(aircraft, fresh=True)

    def diverted(self, aircraft: Aircraft) -> None:
        """It could not hold any longer: it comes again, with the same troops."""
        returns = max(aircraft.legs["returns"].at(aircraft.sortie), LEAST_RETURN)
        self.due[aircraft] = self.clock.after(returns, AIRCRAFT_COMES + aircraft.key, self._overhead, aircraft)

    def landed(self, aircraft: Aircraft) -> None:
        """It is on its stand: its troops are there, and it unloads."""
        troops = self.coming.pop(aircraft)
        aircraft.on_stand = self.clock.now
        aircraft.record = Flight(aircraft, self.clock.now, 0, [], 0, troops)
        self.lift.brought.append(aircraft.record)
        self.clock.wake(self.boarding.ground_time(aircraft, 0), AIRCRAFT_COMES + aircraft.key, self._unloaded, aircraft)
        if troops and not self.called_off:
            self.security.flies_in(self.deployment, troops)

    def _unloaded(self, aircraft: Aircraft) -> None:
        self.airfield.request_runway(aircraft, True)

    def off(self, aircraft: Aircraft) -> None:
        """It has taken off again."""
        assert aircraft.record is not None
        aircraft.record.off = self.clock.now
        self.airfield.release_stand(aircraft)
        aircraft.has_stand = False
        aircraft.record = None

    def call_off(self) -> None:
        """The force leaves: whoever has not begun to land turns back."""
        self.called_off = True
        field = self.airfield
        for aircraft in list(self.coming):
            stand = None
            timer = self.due.pop(aircraft, None)
            if timer is not None:
                timer.cancel()
            elif aircraft in field.pattern or aircraft in field.stand_line or any(a is aircraft for a, _ in field.runway_line):
                if aircraft.calls is not None:
                    aircraft.calls.cancel()
                stand = aircraft.stand
                field.leave_queues(aircraft)
                aircraft.has_stand = False
            else:
                continue  # on final approach
            del self.coming[aircraft]
            self.run.note("flight turns back", **aircraft.flight, stand=stand)

"""The airfield: one runway, stands by size class, and the services that somebody must provide.

A movement occupies the runway for a time that depends on how the field can be used when it starts: by day, at night, or
visually without a tower.  A closure waits for the movement in progress.  A stand is held from the request to land until the
take-off roll ends.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Protocol

from sim.model.aircraft import Aircraft, Fleet
from sim.model.closures import Closures
from sim.model.compiled.airport import CompiledAirfield
from sim.model.kernel import CauseLog
from sim.model.names import CAUSE
from sim.model.ranks import AIRFIELD_WINDOWS, DAY_OR_NIGHT_AT_AIRFIELD, LANDING_ENDS, TAKE_OFF_ENDS
from sim.model.run import Run
from sim.model.security import Security
from sim.model.windows import Windows

_RUNWAY, _SERVICE = CAUSE["runway"], CAUSE["service"]


class Flights(Protocol):
    """The lift, as the airfield tells it what becomes of its aircraft."""

    def windows_change(self) -> None:
        """Other windows are open, or known to come."""

    def request_landing(self, aircraft: Aircraft) -> None:
        """It may ask again: something has changed for which it held."""

    def stand_given(self, aircraft: Aircraft) -> None:
        """It has a stand."""

    def lands(self, aircraft: Aircraft) -> None:
        """It is on its final approach."""

    def rolls(self, aircraft: Aircraft) -> None:
        """Its take-off roll begins."""

    def off(self, aircraft: Aircraft) -> None:
        """Its take-off roll has ended."""


class Airfield:
    """Runway and stands now."""

    def __init__(self, run: Run, part: CompiledAirfield, security: Security, closures: Closures) -> None:
        self.run = run
        self.clock = run.clock
        self.security = security
        self.closures = closures
        self.flights: list[Flights] = run.link()
        self.changed: list[Callable[[], None]] = run.link()
        """Told when what stops movements may have changed."""
        self.landed: list[Callable[[Aircraft], None]] = run.link()
        """Told of each aircraft of the lift that is on its stand."""
        self.windows = Windows(run, part.windows, AIRFIELD_WINDOWS)
        self.windows.changed.append(self._windows_change)
        self.visual_possible = part.visual
        self.night_matters = not self.run.daylight.always
        classes = sorted((stand.size, n, self.run.get(stand.number)) for n, stand in part.stands.items())
        self.sizes = {n: size for size, n, _ in classes}
        self.free = {n: number for _, n, number in classes}
        self.number = sum(self.free.values(), 0.0) if classes else math.inf
        self.order: list[tuple[int, str]] = [(size, n) for size, n, _ in classes]
        self.stand_line: deque[Aircraft] = deque()
        self.pattern: list[Aircraft] = []
        """Aircraft that may not even ask to land: a service they need is missing."""
        self.runway_line: deque[tuple[Aircraft, bool]] = deque()
        self.busy = False
        self.mode: str | None = "day"
        self.runway_shut: str | None = None
        self.stopped_by: int | None = None
        """The cause for which nothing moves on the runway, or None."""
        self.log = CauseLog(_RUNWAY)
        self.runway_hours = 0.0
        """Of all movements that have begun, up to their ends."""
        self.free_at = 0.0
        """When the last of them ends, or has ended."""
        self.stand_hours = 0.0
        self.given: list[tuple[float, str, int, int, str | None]] = run.kept([])
        """Stands given: (hours, fleet, number of the aircraft, sortie, class)."""
        self.freed: list[float] = run.kept([])
        """When stands were free again."""

    def start(self) -> None:
        """Follow day and night."""
        if self.night_matters:
            self._sun(False)
        self.windows.start()
        if self.windows.present:
            self._windows_change()
        else:
            self.on_change()

    def _windows_change(self) -> None:
        self.on_change()
        self.flights[0].windows_change()

    def _sun(self, begun: bool) -> None:
        wait = self.run.daylight.next_change(self.run.hour_of_day())
        if wait < math.inf:
            self.clock.after(wait, DAY_OR_NIGHT_AT_AIRFIELD, self._sun, True)
        if begun:
            self.on_change()

    # -- how the field can be used -----------------------------------------------------------------------------------

    def on_change(self) -> None:
        """Services, daylight, weather or a closure have changed."""
        self.runway_shut = self.closures.is_shut("runway")
        self.mode = self._mode()
        self.stopped_by = self._stopped()
        self.log.set(self.clock.now, _RUNWAY if self.stopped_by is None else self.stopped_by)
        if self.pattern:
            pattern, self.pattern = self.pattern, []
            for aircraft in pattern:
                self.flights[0].request_landing(aircraft)
        self.kick()
        for tell in self.changed:
            tell()

    def _mode(self) -> str | None:
        day = self.run.within(self.run.daylight)
        if "tower" in self.security.services:
            if day:
                return "day"
            return "night" if self.security.night else None
        if self.visual_possible and day and not self.closures.is_shut("visual"):
            return "visual"
        return None

    def _stopped(self) -> int | None:
        if self.runway_shut is not None:
            return CAUSE[self.runway_shut]
        return _SERVICE if self.mode is None else None

    def serves(self, aircraft: Aircraft) -> bool:
        """Whether the services that an aircraft needs are there, at this time of day."""
        services = self.security.services
        if not aircraft.fleet.plan.needs <= services:
            return False
        return self.mode is not None and (aircraft.fleet.plan.night or self.run.within(self.run.daylight))

    def permits(self, fleet: Fleet) -> bool:
        """Whether aircraft of a fleet may land now, as far as windows go."""
        return self.windows.is_open(fleet.plan.windows)

    # -- stands ------------------------------------------------------------------------------------------------------

    def request_stand(self, aircraft: Aircraft) -> bool:
        """Give it a stand now, or let it queue."""
        stand = self._fit(aircraft)
        if stand is None and self.order:
            self.stand_line.append(aircraft)
            return False
        self._give(aircraft, stand)
        return True

    def _fit(self, aircraft: Aircraft) -> str | None:
        size: int = aircraft.fleet.stand_size
        for s, name in self.order:
            if s >= size and self.free[name] >= 1:
                return name
        return None

    def _give(self, aircraft: Aircraft, stand: str | None) -> None:
        aircraft.stand = stand
        aircraft.has_stand = True
        aircraft.given = self.clock.now
        self.stand_hours -= aircraft.given
        self.given.append((aircraft.given, aircraft.fleet.name, aircraft.serial, aircraft.sortie, stand))
        if stand is not None:
            self.free[stand] -= 1

    def release_stand(self, aircraft: Aircraft) -> None:
        """Free its stand; the next that fits gets it."""
        self.stand_hours += self.clock.now
        self.freed.append(self.clock.now)
        stand, aircraft.stand = aircraft.stand, None
        if stand is None:
            return
        self.free[stand] += 1
        line = self.stand_line
        for other in line:
            fit = self._fit(other)
            if fit is not None:
                if other is line[0]:
                    line.popleft()
                else:
                    line.remove(other)
                self._give(other, fit)
                self.flights[0].stand_given(other)
                return

    def used(self, end: float) -> tuple[float, float]:
        """Hours up to *end* for which stands were held and the runway was occupied, counting what is still going on."""
        held = self.number - sum(self.free.values(), 0.0) if self.order else 0.0
        return self.stand_hours + held * end, self.runway_hours - max(0.0, self.free_at - end)

    # -- runway ------------------------------------------------------------------------------------------------------

    def request_runway(self, aircraft: Aircraft, take_off: bool) -> None:
        """Queue for a movement, first come first served."""
        self.runway_line.append((aircraft, take_off))
        if not self.busy:
            self.kick()

    def kick(self) -> None:
        """Start the next movement if the runway is free and open."""
        line, mode = self.runway_line, self.mode
        if self.busy or not line or mode is None or self.runway_shut is not None:
            return
        entry = line[0]
        if self._may_move(*entry):
            line.popleft()
        else:
            other = next((e for e in line if self._may_move(*e)), None)
            if other is None:
                return
            line.remove(other)
            entry = other
        aircraft, take_off = entry
        self.busy = True
        if take_off:
            time = aircraft.take_off[mode].at(aircraft.sortie)
            self.flights[0].rolls(aircraft)
            priority, callback = TAKE_OFF_ENDS + aircraft.key, self._off
        else:
            time = aircraft.landing[mode].at(aircraft.sortie)
            self.flights[0].lands(aircraft)
            priority, callback = LANDING_ENDS + aircraft.key, self._landed
        if time < math.inf:
            self.runway_hours += time
            self.free_at = self.clock.now + time
            self.clock.wake(time, priority, callback, aircraft)

    def _may_move(self, aircraft: Aircraft, take_off: bool) -> bool:
        """Whether it may land, or take off, at this time."""
        if self.mode == "night" and not aircraft.fleet.plan.night:
            return False
        return take_off or not self.windows.present or self.permits(aircraft.fleet)

    def _off(self, aircraft: Aircraft) -> None:
        self.busy = False
        for whose in aircraft.fleet.brings or self.flights:
            whose.off(aircraft)
        if self.runway_line:
            self.kick()

    def _landed(self, aircraft: Aircraft) -> None:
        self.busy = False
        for tell in [force.landed for force in aircraft.fleet.brings] or self.landed:
            tell(aircraft)
        if self.runway_line:
            self.kick()

    def leave_queues(self, aircraft: Aircraft) -> None:
        """It diverts: out of every queue, and its stand is free again."""
        if aircraft in self.pattern:
            self.pattern.remove(aircraft)
        if aircraft in self.stand_line:
            self.stand_line.remove(aircraft)
        for entry in self.runway_line:
            if entry[0] is aircraft:
                self.runway_line.remove(entry)
                break
        if aircraft.has_stand:
            self.release_stand(aircraft)

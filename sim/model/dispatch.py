"""Dispatch: which resting aircraft are sent, for whom, and who has a seat on the way already.

Aircraft that wait for people to fetch (``dispatch: waiting``) are sent for those who can board once they are there: people
inside, and those in search or check who will be inside by then.  Every aircraft that is sent books its seats for
them, whatever its fleet, so that no two come for the same people; seats left over are booked as others come in.  A seat
counts only if it is sure to come: not on an aircraft that holds for a service or waits on its stand without an end, nor on
one that is still at its hub where another can be there sooner; then that one stays at rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Protocol

from sim.model.aircraft import Aircraft, Fleet
from sim.model.airfield import Airfield
from sim.model.compiled.dispatch import CompiledDispatch
from sim.model.compiled.numbers import INF
from sim.model.crowd import Crowd
from sim.model.gates import Gates
from sim.model.run import Run
from sim.model.seats import Seats
from sim.model.threat import Threat

SAME = 1e-9
"""Hours by which two arrivals may differ that are the same."""


class Sender(Protocol):
    """The lift, as a dispatcher gives it orders."""

    def calls_change(self) -> None:
        """Other missions may be called forward."""

    def rests(self, aircraft: Aircraft) -> None:
        """It stays at its hub, though it was to come."""

    def hours_to_come(self, aircraft: Aircraft) -> float:
        """Hours until one at rest can be over the airport."""

    def can_come(self, aircraft: Aircraft, hours: float) -> bool:
        """Whether it may make another sortie that is over the airport in so many hours."""

    def is_spent(self, aircraft: Aircraft) -> bool:
        """Whether it will never come again."""

    def send(self, aircraft: Aircraft, hours: float) -> None:
        """It leaves its rest, and is over the airport in so many hours."""


class Dispatch:
    """Seats on the way and who they are for."""

    def __init__(
        self,
        run: Run,
        expects: CompiledDispatch,
        missions: int,
        fleets: list[Fleet],
        threat: Threat,
        crowd: Crowd,
        airfield: Airfield,
        gates: Gates,
        seats: Seats,
    ) -> None:
        self.clock = run.clock
        self.threat = threat
        self.crowd = crowd
        self.airfield = airfield
        self.gates = gates
        self.seats = seats
        self.holding = seats.holding
        self.senders: list[Sender] = run.link()
        if any(f.waits for f in fleets):
            gates.passing_changed.append(self.look)
        self.needed = any(f.waits for f in fleets)
        """Whether any aircraft rests until there are people to fetch: nothing is booked where none does."""
        self.troops = missions
        """Index of withdrawing troops, after those of the missions."""
        self.holders: list[dict[Aircraft, None]] = [{} for _ in range(self.troops + 1)]
        """Aircraft on their way with seats that are booked for each mission, and for troops."""
        self.booked = [0] * (self.troops + 1)
        """People of each mission, and troops, for whom a seat is on the way."""
        self.coming: dict[Aircraft, None] = {}
        """Aircraft with these seats, in the order in which they were sent."""
        self.spare: dict[Aircraft, int] = {}
        """Those of them with seats that nobody needs yet."""
        self._spare_for_all = 0
        """How many of these may take everybody."""
        self._spare_for = [0] * (self.troops + 1)
        """How many may take the people of each mission alone."""
        self.changes = 0
        """How often seats on the way or aircraft at rest have changed."""
        self._seen: list[tuple[int, int]] = [(-1, 0)] * (self.troops + 1)
        """For each mission: at which change, and for how many people, nobody could be sent though all of them can board."""
        self.loose: dict[Aircraft, None] = {}
        """Those of them that are still at their hub, or hold."""
        self.pool: dict[Fleet, None] = {}
        """Fleets with aircraft at rest that may be sent for anybody."""
        self.own: list[dict[Fleet, None]] = [{} for _ in range(self.troops + 1)]
        """Those that may be sent for the people of one mission alone."""
        self._soonest = INF
        """None of the pool can be at the airport before this moment (as time passes, later)."""
        self._stale = False
        """Whether one has been sent since, so that all may be later."""
        self.windowed = self.airfield.windows.present
        self.expects = expects
        self.size = expects.size

    # -- who can board -------------------------------------------------------------------------------------------------

    def _most(self, mission: int) -> int:
        """People of a mission without a seat who are inside, or are searched and checked now; troops likewise."""
        if mission == self.troops:
            return self.holding.troops
        return self.holding.by_mission[mission] + self.gates.passing[mission]

    def _boardable(self, mission: int, most: int, hours: float, only: bool) -> int:
        """How many of the *most* people of a mission are inside in so many hours, as things are now.

        *only*: for an aircraft that takes nobody else, and would leave empty if all others were let in first.
        """
        if mission == self.troops or not self.gates.passing[mission]:
            return most
        return self._can_board(mission, most)(hours, only)

    def _can_board(self, mission: int, most: int) -> Callable[[float, bool], int]:
        """The same as a function of the hours, for a mission of which people are on their way through search and check."""
        gates, size = self.gates, self.size
        passing = gates.passing[mission]
        inside, every, searching = most - passing, gates.all_passing, gates.searching
        search = self._search_hours(mission) if searching else 0.0
        factor, checks = self.threat.now.consular, INF
        if gates.checks and self.expects.check < INF and gates.officers.teams < INF and factor > 0:
            checks = gates.officers.teams * self.expects.check / factor

        def people(hours: float, only: bool) -> int:
            through = float(every - searching if hours < search else every)  # those in search may not be through by then
            if checks < INF and hours < INF:
                through = min(through, math.floor(checks * hours / size + SAME) * size if hours > 0 else 0.0)  # whole groups
            if through >= every:
                return most
            mine = max(0.0, through - (every - passing)) if only else passing * through / every
            return inside + math.floor(mine + SAME)

        return people

    def _search_hours(self, mission: int) -> float:
        """How long a search takes now, at the slowest of a mission's gates at which somebody is searched."""
        crowd, slowest, paces = self.crowd.speed(), INF, self.expects.paces
        for g in self.gates.used[mission]:
            if g.busy:
                pace = paces[g.index] * crowd if g.slowed else paces[g.index]
                if pace < slowest:
                    slowest = pace
        return self.size * self.threat.now.search / slowest if slowest > 0 else INF

    # -- who needs a seat ----------------------------------------------------------------------------------------------

    def _need(self, mission: int, fleet: Fleet, hours: float) -> int:
        """People of a mission who can board an aircraft that is there in so many *hours*, and have no seat by then.

        Seats that nobody has booked and that come no later are booked for them.
        """
        most, booked = self._most(mission), self.booked[mission]
        at = self.clock.now + hours + SAME
        if booked and most <= booked:  # some of these seats may be none
            booked = self._booked_at(mission, at)
            if most <= booked:
                return 0  # whoever of them is inside by then
            need = self._boardable(mission, most, hours + fleet.stays, fleet.own_only) - booked
        else:
            need = self._boardable(mission, most, hours + fleet.stays, fleet.own_only) - booked
            if booked and need <= 0:
                need += booked - self._booked_at(mission, at)
        if need > 0 and self._has_spare(mission):
            for aircraft in list(self.spare):
                if mission in aircraft.fleet.takes and self._counts(aircraft, at):
                    need -= self._book(aircraft, mission, need)
                    if not need:
                        break
        return max(0, need)

    def _booked_at(self, mission: int, at: float) -> int:
        """Seats booked for a mission that count for those whom another aircraft could fetch *at* some moment."""
        booked, loose, now = self.booked[mission], self.loose, self.clock.now
        for aircraft in self.holders[mission]:
            if aircraft in loose:
                if aircraft.leaves <= now and aircraft.due < INF:
                    del loose[aircraft]
                elif aircraft.due > at:
                    booked -= aircraft.booked[mission]
        return booked

    def _counts(self, aircraft: Aircraft, at: float) -> bool:
        """Whether the seats of an aircraft on its way count for those whom another could fetch *at* some moment."""
        return aircraft.due <= at or (aircraft.leaves <= self.clock.now and aircraft.due < INF)

    def wants(self, fleet: Fleet, hours: float) -> bool:
        """Whether there is somebody for an aircraft of a fleet that can be there in so many *hours*."""
        return any(self._need(m, fleet, hours) > 0 for m in self._reach(fleet))

    def _reach(self, fleet: Fleet) -> list[int]:
        """Missions (and troops) of which somebody could board it, its own first."""
        holding, passing = self.holding, self.gates.passing
        inside = holding.by_mission
        there = [m for m in fleet.serves if inside[m] or passing[m]]
        if not fleet.own_only:
            there += [m for m in range(self.troops) if (inside[m] or passing[m]) and m not in fleet.serves]
            if holding.troops:
                there.append(self.troops)
        return there

    # -- seats on the way ----------------------------------------------------------------------------------------------

    def book(self, aircraft: Aircraft, hours: float) -> None:
        """It comes, and will be there in so many *hours*: its seats are for those who need one, own missions first."""
        if not self.needed:
            return
        fleet = aircraft.fleet
        seats = self.seats.of(fleet)
        if seats < 1:
            return
        aircraft.due = self.clock.now + hours
        aircraft.leaves = aircraft.due - aircraft.legs["inbound"].at(max(0, aircraft.sortie - 1))
        self.coming[aircraft] = self.loose[aircraft] = None
        self.senders[0].calls_change()
        for m in self._reach(fleet):
            need = self._need(m, fleet, hours)
            if need > 0:
                self._spares(aircraft, seats)
                seats -= self._book(aircraft, m, need)
                self._trim(m, self._most(m))
                seats = self.spare.get(aircraft, 0)
                if not seats:
                    break
                self._spares(aircraft, 0)
        if seats:
            self._spares(aircraft, seats)
        self._rest()

    def _book(self, aircraft: Aircraft, mission: int, people: int) -> int:
        """Book up to so many of its spare seats: how many."""
        left = self.spare[aircraft]
        k = min(left, people)
        aircraft.booked[mission] = aircraft.booked.get(mission, 0) + k
        self.holders[mission][aircraft] = None
        self.changes += 1
        self.booked[mission] += k
        self._spares(aircraft, left - k)
        return k

    def _spares(self, aircraft: Aircraft, seats: int) -> None:
        """It has so many seats that nobody needs yet."""
        spare, fleet = self.spare, aircraft.fleet
        if (aircraft in spare) != (seats > 0):
            change = 1 if seats else -1
            if fleet.own_only:
                for mission in fleet.serves:
                    self._spare_for[mission] += change
            else:
                self._spare_for_all += change
        if seats:
            spare[aircraft] = seats
        else:
            spare.pop(aircraft, None)

    def _has_spare(self, mission: int) -> bool:
        """Whether any aircraft that may take people of a mission has such seats."""
        return bool(self._spare_for_all or self._spare_for[mission])

    def _trim(self, mission: int, people: int) -> None:
        """No more seats are booked for a mission than it has *people*: those that come last are free for others."""
        over = self.booked[mission] - people
        if over <= 0:
            return
        for aircraft in sorted(self.holders[mission], key=lambda a: -a.due):
            k = min(over, aircraft.booked[mission])
            aircraft.booked[mission] -= k
            if not aircraft.booked[mission]:
                del self.holders[mission][aircraft]
            self.booked[mission] -= k
            self.changes += 1
            self._spares(aircraft, self.spare.get(aircraft, 0) + k)
            over -= k
            if not over:
                return

    def _rest(self) -> None:
        """Aircraft that are still at their hub, and for whom nobody is left, stay there."""
        now, loose = self.clock.now, self.loose
        if not loose:
            return
        for aircraft in [a for a in self.spare if a in loose and a.leaves > now and a.fleet.waits]:
            if aircraft in self.spare and not any(aircraft.booked.values()):
                del self.coming[aircraft], loose[aircraft]
                self._spares(aircraft, 0)
                aircraft.booked = {}
                self.senders[0].rests(aircraft)

    def boarded(self, aircraft: Aircraft, missions: Iterable[int]) -> None:
        """People of these *missions* have boarded it: their seats on others are free, and its own no longer on the way."""
        for mission in missions:
            self._trim(mission, self._most(mission))
        self.release(aircraft)
        self._rest()

    def release(self, aircraft: Aircraft) -> None:
        """Its seats are no longer on the way: it has boarded, diverted or ended; those whom it leaves need another."""
        if aircraft not in self.coming:
            return
        del self.coming[aircraft]
        self.loose.pop(aircraft, None)
        self._spares(aircraft, 0)
        self.changes += 1
        booked, aircraft.booked = aircraft.booked, {}
        for mission, k in booked.items():
            self.booked[mission] -= k
            self.holders[mission].pop(aircraft, None)
        for mission in booked:
            self.look(mission)

    def holds(self, aircraft: Aircraft, served: bool) -> None:
        """It may stay for ever where it is; *served*: on its stand, so that others could come and go."""
        if aircraft in self.coming and aircraft.due < INF:
            aircraft.due = INF
            self.changes += 1
            self.loose[aircraft] = None
            for mission in list(aircraft.booked):
                self.look(mission, any_time=served)

    def arrives(self, aircraft: Aircraft) -> None:
        """It holds no longer."""
        aircraft.due = self.clock.now
        self.changes += 1

    # -- sending -------------------------------------------------------------------------------------------------------

    def may_be_sent(self, fleets: list[Fleet]) -> None:
        """The order has come for which these fleets wait: look at everybody."""
        if not self.needed:
            return
        self.changes += 1
        for fleet in fleets:
            if fleet.idle:
                self._may_be_sent(fleet)
        inside, passing = self.holding.by_mission, self.gates.passing
        for mission in [m for m in range(self.troops) if inside[m] or passing[m]]:
            self.look(mission)
        self.look(self.troops)

    def look(self, mission: int, any_time: bool = True) -> None:
        """Send resting aircraft for people of a mission, or troops, who need a seat: its own first, of these who is there first.

        *any_time*: also of fleets that the airfield has no services for at the moment.
        """
        most = self._most(mission)
        if most > self.booked[mission] and self._has_spare(mission):
            self._fill(mission, most - self.booked[mission])
        while most and (self.pool or self.own[mission]) and not self._is_served(mission, most):
            if self._seen[mission] == (self.changes, most) or not self._send_one(mission, most, any_time):
                return
            most = self._most(mission)

    def _fill(self, mission: int, people: int) -> None:
        """Book seats that come anyway and that nobody needs yet."""
        for aircraft in list(self.spare):
            if aircraft.due < INF and mission in aircraft.fleet.takes:
                people -= self._book(aircraft, mission, people)
                if not people:
                    return

    # -- aircraft at rest ----------------------------------------------------------------------------------------------

    def rests(self, aircraft: Aircraft) -> None:
        """It stays at its hub until it is sent for somebody."""
        fleet = aircraft.fleet
        aircraft.inbound = aircraft.legs["inbound"].at(max(0, aircraft.sortie - 1))
        fleet.idle.append(aircraft)
        self.changes += 1
        self.senders[0].calls_change()
        self._may_be_sent(fleet)

    def _may_be_sent(self, fleet: Fleet) -> None:
        """Note that aircraft of a fleet rest, if an order has come for which they wait: who can be there first is the first."""
        if not fleet.waits or (fleet.plan.lagged and fleet.ordered == INF):
            return
        if len(fleet.idle) > 1:
            fleet.idle.sort(key=self.senders[0].hours_to_come)
        if fleet.own_only:
            for mission in fleet.serves:
                self.own[mission][fleet] = None
            return
        self.pool[fleet] = None
        self._soonest = min(self._soonest, self.clock.now + self.senders[0].hours_to_come(fleet.idle[0]))

    def leaves_rest(self, aircraft: Aircraft) -> None:
        """It is sent, or will never come."""
        fleet = aircraft.fleet
        fleet.idle.remove(aircraft)
        if not fleet.idle:
            self.pool.pop(fleet, None)
            for mission in fleet.serves:
                self.own[mission].pop(fleet, None)
        self.changes += 1
        self._stale = True

    # -- which of them -------------------------------------------------------------------------------------------------

    def _is_served(self, mission: int, most: int) -> bool:
        """Whether each of its people has a seat that comes sooner than any aircraft at rest could."""
        if most > self.booked[mission]:
            return False
        latest = self._latest(mission)
        if latest == -INF:
            return True
        if self.own[mission]:
            return False
        if self._stale and latest > self._soonest:
            now, self._stale = self.clock.now, False
            self._soonest = min((now + self.senders[0].hours_to_come(f.idle[0]) for f in self.pool), default=INF)
        return latest <= self._soonest

    def _latest(self, mission: int) -> float:
        """When the last of its seats comes that count only from then on; minus infinity if all count whoever could come."""
        now, latest = self.clock.now, -INF
        for a in self.holders[mission]:
            if a.due > latest and a in self.loose:
                if a.leaves <= now and a.due < INF:
                    del self.loose[a]
                else:
                    latest = a.due
        return latest

    def _send_one(self, mission: int, most: int, any_time: bool) -> bool:
        """Send one resting aircraft, if anybody needs one that can come: whether anything has changed."""
        first, all_can = self._first(mission, most, any_time)
        if first is None:
            if all_can:
                self._seen[mission] = (self.changes, most)
            return False
        hours, aircraft = first
        if not self.senders[0].can_come(aircraft, hours):
            self.leaves_rest(aircraft)  # it never will
            return True
        if self._need(mission, aircraft.fleet, hours) > 0 and self.seats.of(aircraft.fleet) >= 1:
            self.senders[0].send(aircraft, hours)
            return True
        return False  # those who come anyway had seats left

    def _first(self, mission: int, most: int, any_time: bool) -> tuple[tuple[float, Aircraft] | None, bool]:
        """The resting aircraft to be sent for a mission, with its hours to come, or None; and whether *most* can board any."""
        now, windowed = self.clock.now, self.windowed
        can_board = self._can_board(mission, most) if mission != self.troops and self.gates.passing[mission] else None
        seats, all_can = self._booked_by(mission), any_time
        latest = self._latest(mission) if most <= self.booked[mission] else INF
        best: tuple[bool, float, int] = (True, INF, 0)
        chosen: Aircraft | None = None
        for fleet in (*self.own[mission], *self.pool):
            aircraft = fleet.idle[0]
            if windowed or (fleet.plan.lagged and not aircraft.sortie and aircraft.first == INF):
                hours = self.senders[0].hours_to_come(aircraft)
            elif fleet.plan.lagged and not aircraft.sortie and aircraft.first > now:
                hours = aircraft.first - now
            else:
                way_home = aircraft.back - now
                hours = aircraft.inbound + way_home if way_home > 0 else aircraft.inbound
            rank = (mission not in fleet.serves, hours, fleet.index)
            at = now + hours + SAME
            if rank >= best or at >= latest or hours == INF:
                continue  # another, or the seats that come anyway, are there sooner
            if windowed and not (self.senders[0].can_come(aircraft, hours) or self.senders[0].is_spent(aircraft)):
                continue  # not in the windows that are known
            can = most if can_board is None else can_board(hours + fleet.stays, fleet.own_only)
            all_can = all_can and can == most
            for due, n in seats:
                if due <= at:
                    can -= n
            if can > 0 and (any_time or self.airfield.serves(aircraft)):
                best, chosen = rank, aircraft
        return (None if chosen is None else (best[1], chosen)), all_can

    def _booked_by(self, mission: int) -> list[tuple[float, int]]:
        """Seats booked for a mission, each with the moment from which on they count."""
        now, loose = self.clock.now, self.loose
        return [
            (a.due if a in loose and not (a.leaves <= now and a.due < INF) else now, a.booked[mission])
            for a in self.holders[mission]
        ]

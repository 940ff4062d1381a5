"""Dispatch: which resting aircraft are sent, for whom, and who has a seat on the way already.

Aircraft that wait for people to fetch (``dispatch: waiting``) are sent for those who can board once they are there: people
inside, and those whom gates at work and officers will have let in by then.  Every aircraft that is sent books its seats for
them, whatever its fleet, so that no two come for the same people; seats left over are booked as others come in.  A seat
counts only if it is sure to come: not on an aircraft that holds for a service or waits on its stand without an end, nor on
one that is still at its hub where another can be there sooner; then that one stays at rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.model.plan import Builder, Plan, group_size, next_change
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Cohort

if TYPE_CHECKING:
    from sim.model.aircraft import Aircraft, Fleet
    from sim.model.gate import Gate
    from sim.model.world import World

INF = math.inf
SAME = 1e-9
"""Hours by which two arrivals may differ that are the same."""


def prepare(b: Builder) -> tuple[list[float], float, float]:
    """What a dispatcher expects: people an hour whom a lane of each gate searches, and a team of officers checks; people a group.

    In quiet times, at the means, for groups of the size that the cohorts have on average.
    """
    people = groups = searches = checks = 0.0
    for mission in b.scenario.missions.values():
        for raw in mission.cohorts.values():
            cohort = raw if isinstance(raw, Cohort) else Cohort(people=raw)
            people += cohort.people.mean
            groups += cohort.people.mean / max(1.0, group_size(b.scenario, cohort).mean)
            searches += cohort.people.mean * cohort.search.mean
            checks += cohort.people.mean * cohort.consular.mean
    size = people / groups if groups else 1.0

    def pace(group: Quantity, person: Quantity, factor: float, team: float = 1.0) -> float:
        hours = (group.mean + person.mean * size / max(1.0, team)) * (factor / people if people else 1.0)
        return size / hours if hours > 0 else INF

    airport = b.scenario.airport
    c = airport.consular
    check = INF if c is None else pace(c.per_group, c.per_person, checks, c.team.mean)
    return [pace(g.per_group, g.per_person, searches) for _, g in sorted(airport.gates.items())], check, size


@dataclass
class Outlook:
    """How the people of a mission stand who have no seat: inside, on their way through search and check, in line."""

    inside: int
    passing: int = 0
    every: int = 0
    """On their way through search and check, of all missions."""
    checks: float = INF
    """People an hour whom the officers can check."""
    room: float = INF
    searched: int = 0
    """People in search, of all missions."""
    search: float = 0.0
    """Hours that a search takes at least."""
    lines: list[tuple[int, int, int, float, float]] = field(default_factory=list)
    """Of each gate at work: the mission's people in line, everybody's, people in search, people an hour, hours until it shuts."""

    @property
    def most(self) -> int:
        """All who are inside or may come in as things are, whenever that is."""
        return self.inside + self.passing + sum([line[0] for line in self.lines])


class Dispatch:
    """Seats on the way and who they are for."""

    def __init__(self, w: World, plan: Plan, fleets: list[Fleet]) -> None:
        self.w = w
        self.needed = any(f.waits for f in fleets)
        """Whether any aircraft rests until there are people to fetch: nothing is booked where none does."""
        self.troops = len(plan.missions)
        """Index of withdrawing troops, after those of the missions."""
        self.booked = [0] * (self.troops + 1)
        """People of each mission, and troops, for whom a seat is on the way."""
        self.coming: dict[Aircraft, None] = {}
        """Aircraft with these seats, in the order in which they were sent."""
        self.spare: dict[Aircraft, int] = {}
        """Those of them with seats that nobody needs yet."""
        self.loose: dict[Aircraft, None] = {}
        """Those of them that are still at their hub, or hold."""
        pool = [f for f in fleets if f.waits and not f.own_only]
        self.carriers: list[list[Fleet]] = [
            [f for f in fleets if f.waits and m in f.serves] + [f for f in pool if m not in f.serves] for m in range(self.troops)
        ]
        """Fleets that may be sent for each mission, its own first, and for troops."""
        self.carriers.append(pool)
        self.paces, self.check, self.size = plan.parts["dispatch"]

    # -- who can board -------------------------------------------------------------------------------------------------

    def _outlook(self, mission: int) -> Outlook:
        """How the people of a mission without a seat stand now; troops likewise."""
        w = self.w
        if mission == self.troops:
            return Outlook(w.boarding.holding.troops)
        gates, inside, passing = w.gates, w.boarding.holding.by_mission[mission], w.gates.passing[mission]
        if not passing and not gates.in_line[mission]:
            return Outlook(inside)
        works = gates.crews >= 1
        waiting = [g for g in gates.allowed[mission] if g.of_mission[mission] and g.lanes >= 1] if works else []
        if not passing and not waiting:
            return Outlook(inside)
        found = Outlook(inside, passing, gates.all_passing, self._checks(), gates.room)
        if passing:
            found.searched = sum([g.searched for g in gates.gates])
            paces = [self._pace(g) for g in gates.allowed[mission]]
            found.search = self.size / max(paces) if paces and max(paces) > 0 else 0.0
        if waiting:
            at_work = sum([min(g.lanes, g.busy + len(g.queue)) for g in gates.gates])
            crews = min(1.0, gates.crews / at_work) if at_work else 1.0
            for g in waiting:
                open_for = INF
                if not g.always:
                    open_for = next_change(g.spec.hours, w.hour_of_day()) if w.within(g.spec.hours) else 0.0
                rate = min(g.lanes, g.busy + len(g.queue)) * crews * self._pace(g)
                found.lines.append((g.of_mission[mission], g.people, g.searched, rate, open_for))
        return found

    def _checks(self) -> float:
        """People an hour whom the officers can check now."""
        gates, factor = self.w.gates, self.w.threat.consular
        if not gates.checks or self.check == INF or factor <= 0 or gates.teams == INF:
            return INF
        return float(gates.teams * self.check / factor)

    def _pace(self, g: Gate) -> float:
        """People an hour whom a lane of a gate searches now."""
        factor = self.w.threat.search
        pace = self.paces[g.index] / factor if factor > 0 else INF
        return pace * self.w.crowd.speed() if g.slowed else pace

    def _whole(self, people: float) -> float:
        """As many of them as make whole groups."""
        return people - people % self.size if people < INF else people

    def _can_board(self, o: Outlook, hours: float, only: bool) -> int:
        """Those of an outlook who are inside, or will be in so many hours.

        *only*: for an aircraft that takes nobody else, and would leave empty if all others were let in first.
        """
        sure = 0.0
        checks = o.checks * hours if hours > 0 else 0.0
        if o.passing:
            others = o.every - o.passing
            share = max(0.0, self._whole(checks - others)) / o.passing if only else self._whole(checks) / o.every
            if hours < o.search:  # those in search may not be through by then
                share = min(share, max(0.0, 1.0 - o.searched / (o.passing if only else o.every)))
            sure = o.passing * min(1.0, share)
        if o.lines:
            most = min(o.room, self._whole(max(0.0, checks - o.every)))
            for mine, people, searched, rate, open_for in o.lines if most > 0 else ():
                open_for = min(hours, open_for)
                through, among = (rate * open_for - searched if open_for > 0 else 0.0), people
                if only:
                    through, among = through - (people - mine), mine
                if through > 0:
                    sure += mine * min(1.0, min(most, self._whole(through)) / among)
        return o.inside + math.floor(sure + 1e-9)

    # -- who needs a seat ----------------------------------------------------------------------------------------------

    def _need(self, mission: int, outlook: Outlook, fleet: Fleet, hours: float) -> int:
        """People of a mission who can board an aircraft that is there in so many *hours*, and have no seat by then.

        Seats that nobody has booked and that come no later are booked for them.
        """
        can = self._can_board(outlook, hours + fleet.stays, fleet.own_only)
        if not can:
            return 0
        at = self.w.clock.now + hours + SAME
        booked = self.booked[mission]
        if booked and can <= booked:  # some of these seats may be none
            booked = sum(a.booked.get(mission, 0) for a in self.coming if self._counts(a, at))
        need = can - booked
        if need > 0 and self.spare:
            for aircraft in list(self.spare):
                if mission in aircraft.fleet.reach and self._counts(aircraft, at):
                    need -= self._book(aircraft, mission, need)
                    if not need:
                        break
        return max(0, need)

    def _counts(self, aircraft: Aircraft, at: float) -> bool:
        """Whether the seats of an aircraft on its way count for those whom another could fetch *at* some moment."""
        return aircraft.due <= at or (aircraft.leaves <= self.w.clock.now and aircraft.due < INF)

    def wants(self, fleet: Fleet, hours: float) -> bool:
        """Whether there is somebody for an aircraft of a fleet that can be there in so many *hours*."""
        return any(self._need(m, self._outlook(m), fleet, hours) > 0 for m in fleet.reach if self._there(m))

    # -- seats on the way ----------------------------------------------------------------------------------------------

    def book(self, aircraft: Aircraft, hours: float) -> None:
        """It comes, and will be there in so many *hours*: its seats are for those who need one, own missions first."""
        if not self.needed:
            return
        fleet = aircraft.fleet
        seats = self.w.boarding.seats(fleet)
        if seats < 1:
            return
        aircraft.due = self.w.clock.now + hours
        aircraft.leaves = aircraft.due - aircraft.legs["inbound"].at(max(0, aircraft.sortie - 1))
        there = [m for m in fleet.reach if self._there(m)]
        needs = [(m, need) for m in there if (need := self._need(m, self._outlook(m), fleet, hours)) > 0]
        self.coming[aircraft] = self.loose[aircraft] = None
        self.spare[aircraft] = seats
        for m, need in needs:
            k = self._book(aircraft, m, need)
            self._trim(m, self._there(m))
            seats -= k
            if not seats:
                break
        self._rest()

    def _there(self, mission: int) -> int:
        """People of a mission at the airport who have no seat, wherever they are; troops likewise."""
        w = self.w
        if mission == self.troops:
            return w.boarding.holding.troops
        gates = w.gates
        return w.boarding.holding.by_mission[mission] + gates.passing[mission] + gates.in_line[mission]

    def _book(self, aircraft: Aircraft, mission: int, people: int) -> int:
        """Book up to so many of its spare seats: how many."""
        left = self.spare[aircraft]
        k = min(left, people)
        aircraft.booked[mission] = aircraft.booked.get(mission, 0) + k
        self.booked[mission] += k
        if k == left:
            del self.spare[aircraft]
        else:
            self.spare[aircraft] = left - k
        return k

    def _trim(self, mission: int, people: int) -> None:
        """No more seats are booked for a mission than it has *people*: those that come last are free for others."""
        over = self.booked[mission] - people
        if over <= 0:
            return
        for aircraft in sorted((a for a in self.coming if a.booked.get(mission)), key=lambda a: -a.due):
            k = min(over, aircraft.booked[mission])
            aircraft.booked[mission] -= k
            self.booked[mission] -= k
            self.spare[aircraft] = self.spare.get(aircraft, 0) + k
            over -= k
            if not over:
                return

    def _rest(self) -> None:
        """Aircraft that are still at their hub, and for whom nobody is left, stay there."""
        now = self.w.clock.now
        for aircraft in list(self.spare):
            if aircraft.fleet.waits and aircraft.leaves > now and not any(aircraft.booked.values()):
                del self.coming[aircraft], self.spare[aircraft]
                self.loose.pop(aircraft, None)
                aircraft.booked = {}
                self.w.lift.rests(aircraft)

    def boarded(self, aircraft: Aircraft, missions: Iterable[int]) -> None:
        """People of these *missions* have boarded it: their seats on others are free, and its own no longer on the way."""
        for mission in missions:
            self._trim(mission, self._there(mission))
        self.release(aircraft)
        self._rest()

    def release(self, aircraft: Aircraft) -> None:
        """Its seats are no longer on the way: it has boarded, diverted or ended; those whom it leaves need another."""
        if aircraft not in self.coming:
            return
        del self.coming[aircraft]
        self.loose.pop(aircraft, None)
        self.spare.pop(aircraft, None)
        booked, aircraft.booked = aircraft.booked, {}
        for mission, k in booked.items():
            self.booked[mission] -= k
        for mission in booked:
            self.look(mission)

    def holds(self, aircraft: Aircraft, served: bool) -> None:
        """It may stay for ever where it is; *served*: on its stand, so that others could come and go."""
        if aircraft in self.coming and aircraft.due < INF:
            aircraft.due = INF
            self.loose[aircraft] = None
            for mission in list(aircraft.booked):
                self.look(mission, any_time=served)

    def arrives(self, aircraft: Aircraft) -> None:
        """It holds no longer."""
        aircraft.due = self.w.clock.now

    # -- sending -------------------------------------------------------------------------------------------------------

    def review(self) -> None:
        """An order has come, for which some fleets wait: look at everybody."""
        if self.needed:
            for mission in range(self.troops + 1):
                self.look(mission)

    def look(self, mission: int, any_time: bool = True) -> None:
        """Send resting aircraft for people of a mission, or troops, who need a seat: its own first, of these who is there first.

        *any_time*: also of fleets that the airfield has no services for at the moment.
        """
        while True:
            outlook = self._outlook(mission)
            most = outlook.most
            if not most or (most <= self.booked[mission] and most <= self._firm(mission)):
                return
            if not self._send_one(mission, outlook, any_time):
                return

    def _firm(self, mission: int) -> int:
        """Seats booked for a mission that count whoever could come."""
        now = self.w.clock.now
        for aircraft in [a for a in self.loose if a.leaves <= now and a.due < INF]:
            del self.loose[aircraft]
        return self.booked[mission] - sum([a.booked.get(mission, 0) for a in self.loose])

    def _send_one(self, mission: int, outlook: Outlook, any_time: bool) -> bool:
        """Send one resting aircraft, if anybody needs one that can come: whether anything has changed."""
        lift, can_board, now = self.w.lift, self._can_board, self.w.clock.now
        seats, first, moving = self._booked_by(mission), None, outlook.most > outlook.inside
        for k, fleet in enumerate(self.carriers[mission]):
            if not fleet.idle:
                continue
            aircraft = fleet.idle[0]
            if fleet.lagged and not aircraft.sortie:
                if fleet.ordered == INF:
                    continue
                hours = lift.hours_to_come(aircraft)
            else:
                way_home = aircraft.back - now
                hours = aircraft.inbound + way_home if way_home > 0 else aircraft.inbound
            at = now + hours + SAME
            can = can_board(outlook, hours + fleet.stays, fleet.own_only) if moving else outlook.inside
            for due, n in seats:
                if due <= at:
                    can -= n
            if can > 0:
                rank = (mission not in fleet.serves, hours, k)
                if (first is None or rank < first[:3]) and (any_time or self.w.airfield.serves(aircraft)):
                    first = (*rank, aircraft)
        if first is None:
            return False
        _, hours, _, aircraft = first
        if hours == INF or self.w.boarding.seats(aircraft.fleet) < 1:
            return False
        if not lift.can_come(aircraft, hours):
            aircraft.fleet.idle.remove(aircraft)  # it never will
            return True
        if self._need(mission, outlook, aircraft.fleet, hours) > 0:
            lift.send(aircraft, hours)
            return True
        return self._booked_by(mission) != seats  # those who come anyway had seats left

    def _booked_by(self, mission: int) -> list[tuple[float, int]]:
        """Seats booked for a mission, each with the moment from which on they count."""
        now, loose = self.w.clock.now, self.loose
        return [(a.due if a in loose else now, n) for a in self.coming if (n := a.booked.get(mission, 0))]

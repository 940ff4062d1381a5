"""Dispatch: which resting aircraft are sent, for whom, and who has a seat on the way already.

Aircraft that wait for people to fetch (``dispatch: waiting``) are sent for those who can board once they are there: people
inside, and those whom gates at work and officers will have let in by then.  Every aircraft that is sent books its seats for
them, whatever its fleet, so that no two come for the same people; seats left over are booked as others come in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.model.mission import Mission
from sim.model.plan import Builder, Plan, group_size
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Cohort

if TYPE_CHECKING:
    from sim.model.aircraft import Aircraft, Fleet
    from sim.model.world import World

INF = math.inf


def prepare(b: Builder) -> tuple[list[float], float, float]:
    """What a dispatcher expects: people an hour whom a lane of each gate searches, and a team of officers checks; people a group.

    In quiet times, at the means, for groups of the size that the cohorts have on average.
    """
    people = groups = 0.0
    for mission in b.scenario.missions.values():
        for raw in mission.cohorts.values():
            cohort = raw if isinstance(raw, Cohort) else Cohort(people=raw)
            people += cohort.people.mean
            groups += cohort.people.mean / max(1.0, group_size(b.scenario, cohort).mean)
    size = people / groups if groups else 1.0

    def pace(group: Quantity, person: Quantity, team: float = 1.0) -> float:
        hours = group.mean + person.mean * size / max(1.0, team)
        return size / hours if hours > 0 else INF

    airport = b.scenario.airport
    c = airport.consular
    check = INF if c is None else pace(c.per_group, c.per_person, c.team.mean)
    return [pace(g.per_group, g.per_person) for _, g in sorted(airport.gates.items())], check, size


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
        self.spare: dict[Aircraft, int] = {}
        """Aircraft on the way with seats that nobody needs yet, in the order in which they were sent."""
        self.pool = [f for f in fleets if f.waits and not f.own_only]
        self.carriers: list[list[Fleet]] = [
            [f for f in fleets if f.waits and m in f.serves] + [f for f in self.pool if m not in f.serves]
            for m in range(self.troops)
        ]
        """Fleets that may be sent for each mission, its own first, and for troops."""
        self.carriers.append(self.pool)
        self.paces, self.check, self.size = plan.parts["dispatch"]

    # -- who needs a seat ----------------------------------------------------------------------------------------------

    def _through(self, hours: float) -> float:
        """People whom the lanes and officers at work can let in within so many hours."""
        w = self.w
        gates, threat = w.gates, w.threat
        lanes = rate = 0.0
        for g, pace in zip(gates.gates, self.paces, strict=True):
            if g.lanes >= 1:
                lanes += g.lanes
                rate += g.lanes * pace * (w.crowd.speed() if g.slowed else 1.0)
        if gates.crews < lanes:
            rate = rate / lanes * gates.crews if math.isfinite(lanes) else INF
        if threat.search > 0:
            rate /= threat.search
        if gates.checks:
            checks = gates.teams * self.check
            rate = min(rate, checks / threat.consular if threat.consular > 0 else checks)
        return rate * hours if hours > 0 and rate > 0 else 0.0

    def _lines(self, mission: int) -> int:
        """People of a mission in line at gates that work."""
        gates = self.w.gates
        if gates.crews < 1:
            return 0
        return sum(g.of_mission[mission] for g in gates.gates if g.lanes >= 1)

    def _can_board(self, mission: int, through: float) -> int:
        """People of a mission without a seat who are inside or will be, if so many of all get *through*; troops likewise."""
        w = self.w
        if mission == self.troops:
            return w.boarding.holding.troops
        gates = w.gates
        inside = w.boarding.holding.by_mission[mission]
        passing, lines = gates.passing[mission], self._lines(mission)
        if through == INF and gates.room == INF:
            return inside + passing + lines
        inner = gates.all_passing
        sure = float(passing) if inner <= through else passing * through / inner
        if lines:
            queued = sum(g.people for g in gates.gates if g.lanes >= 1)
            more = min(max(0.0, through - inner), max(0.0, gates.room))
            sure += lines * min(1.0, (more - more % self.size if more < INF else INF) / queued)  # whole groups
        return inside + math.floor(sure + 1e-9)

    def _need(self, mission: int, through: float) -> int:
        """People of a mission for whom no seat is on the way, once spare seats are booked for them."""
        need = self._can_board(mission, through) - self.booked[mission]
        if need > 0 and self.spare:
            for aircraft in list(self.spare):
                if mission in aircraft.fleet.reach:
                    need -= self._book(aircraft, mission, need)
                    if not need:
                        break
        return max(0, need)

    def wants(self, fleet: Fleet, hours: float) -> bool:
        """Whether there is somebody for an aircraft of a fleet that can be there in so many *hours*."""
        through = self._through(hours + fleet.stays)
        return any(self._need(m, through) > 0 for m in fleet.reach)

    # -- seats on the way ----------------------------------------------------------------------------------------------

    def book(self, aircraft: Aircraft, hours: float) -> None:
        """It comes, and will be there in so many *hours*: its seats are for those who need one, own missions first."""
        if not self.needed:
            return
        fleet = aircraft.fleet
        seats = self.w.boarding.seats(fleet)
        if seats < 1:
            return
        self.spare[aircraft] = seats
        through = self._through(hours + fleet.stays)
        for m in fleet.reach:
            need = self._can_board(m, through) - self.booked[m]
            if need > 0 and not (seats := seats - self._book(aircraft, m, need)):
                return

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

    def release(self, aircraft: Aircraft) -> None:
        """Its seats are no longer on the way: it has boarded, diverted or ended; those whom it leaves need another."""
        if not self.needed:
            return
        self.spare.pop(aircraft, None)
        booked, aircraft.booked = aircraft.booked, {}
        for mission, k in booked.items():
            self.booked[mission] -= k
        for mission in booked:
            self.look(mission)

    def entering(self, mission: Mission) -> None:
        """Somebody of a mission has come further in: there may be somebody to fetch."""
        self.look(mission.index)

    def look(self, mission: int) -> None:
        """Send resting aircraft for people of a mission, or troops, who need a seat."""
        lift = self.w.lift
        for fleet in self.carriers[mission]:
            while fleet.idle:
                aircraft = lift.next_of(fleet)
                if aircraft is None:
                    break
                hours = lift.hours_to_come(aircraft)
                if self._need(mission, self._through(hours + fleet.stays)) < 1:
                    break
                lift.send(aircraft, hours)

"""The road: vehicles that come back, permission, curfew, closure, convoys with headway, escorts, checkpoints, turn-back.

A group first gets a vehicle, then joins a convoy of its mission, and the convoy asks for everything it needs to leave, in
this order: permission, curfew (unless it is escorted), an open road, headway, an escort.  The factors of the threat level are
taken when a drive starts.  A convoy that is turned back loses a drive and a checkpoint delay, waits at home and tries again,
or gives up after so many tries.  People who come alone join no convoy and ask for no permission: each group goes by itself.
"""

from __future__ import annotations

from collections import defaultdict

from sim.model.boarding import Boarding
from sim.model.closures import Closures
from sim.model.compiled.numbers import INF
from sim.model.compiled.scenario import CompiledScenario
from sim.model.gates import Gates
from sim.model.kernel import Call, Line
from sim.model.mission import Group, Kind
from sim.model.modes import Convoy, Rider, Ticket, Undecided
from sim.model.names import CAUSE, STATE
from sim.model.passage import MOST_TRIES, Passage
from sim.model.ranks import (
    ARRIVES,
    CONVOY_PATIENCE_ENDS,
    CONVOY_TRIES_AGAIN,
    CURFEW_ENDS,
    ESCORT_BACK,
    HEADWAY_ENDS,
    ROAD_WINDOWS,
    TURNED_BACK,
    VEHICLE_FREED,
    VEHICLE_THERE,
    VEHICLES_BACK,
)
from sim.model.run import Drive, Run
from sim.model.security import Security
from sim.model.threat import Threat
from sim.model.windows import Windows

_VEHICLE, _PERMISSION, _CLOSURE = CAUSE["vehicle"], CAUSE["permission"], CAUSE["closure"]
_ROAD = STATE["doing_road"]


class VehiclePool:
    """Vehicles shared by those who name the pool."""

    def __init__(self, number: float, at_airport: bool) -> None:
        self.free = number
        self.at_airport = at_airport
        self.line = Line()


class Road:
    """Everything between a compound and the gate."""

    def __init__(
        self,
        run: Run,
        plan: CompiledScenario,
        threat: Threat,
        security: Security,
        closures: Closures,
        gates: Gates,
        boarding: Boarding,
    ) -> None:
        s = plan.scenario
        self.run = run
        self.clock = run.clock
        self.threat, self.security, self.closures, self.gates = threat, security, closures, gates
        self.numbers = numbers = plan.road.numbers.in_(self.run.streams)
        self.windows = Windows(run, plan.road.windows, ROAD_WINDOWS)
        self.windows.changed.append(self._windows_change)
        self.held = frozenset(s.road.held)
        self.passage = Passage(run, numbers, self.windows, threat, security, boarding)
        self.passage.released.append(self._go)
        security.on_collapse.append(self.passage.on_regime)
        self.curfew = s.road.curfew
        self.convoy_size = max(1, int(min(numbers.convoy.vehicles, 1e6)))
        self.pools = {
            name: VehiclePool(self.run.get(number), s.vehicles[name].based == "airport")
            for name, number in plan.road.vehicles.items()
        }
        self.escorts = {name: escort.teams for name, escort in numbers.escorts.items()}
        """Teams that are free."""
        self.open = True
        self.escort_lines: dict[str, list[Convoy]] = {n: [] for n in self.escorts}
        self.last_departure: dict[int, float] = {}
        self.forming: dict[Kind, list[Rider]] = defaultdict(list)
        self.timers: dict[Kind, Call] = {}
        self.blocked: list[Convoy] = []
        self.plain = (
            plan.road.bare
            and self.convoy_size == 1
            and numbers.convoy.headway == 0
            and self.passage.certain
            and numbers.checkpoints == 0
            and not self.closures.parted
            and not any(c.chooses or c.ways[0].speed is not None for c in plan.cohorts)
        )
        """Nothing but the drive can hold a group up."""

    def start(self) -> None:
        """Follow the windows."""
        self.windows.start()

    # -- waiting for transport ---------------------------------------------------------------------------------------

    def request(self, group: Rider) -> None:
        """A group is ready and wants to go."""
        if self.plain and self.open and isinstance(group, Group):
            cohort, group.depart = group.cohort, group.ready
            time = group.way.drive[group.number] * self.threat.now.road
            cohort.departs(group.people)
            if time < INF:
                self.clock.wake(time, ARRIVES + group.key, self.gates.on_arrival, group)
            return
        pool = group.way.mode.spec.vehicles
        if pool is None:
            self._join(group)
            return
        group.wait_for(_VEHICLE)
        self.pools[pool].line.push(group, group.cohort.priority)
        self._assign(self.pools[pool])

    def _assign(self, pool: VehiclePool) -> None:
        while pool.free >= 1 and pool.line.length:
            if pool.at_airport and self.windows.present:
                first = self._may_set_out(pool)
                if first is None:
                    return
                pool.line.remove(first)
                group: Rider = first
            else:
                group = pool.line.pop()
            pool.free -= 1
            if pool.at_airport:
                group = group.commit()
                group.wait_for(_VEHICLE)
                self.clock.wake(self._time(group, 1.0), VEHICLE_THERE + group.key, self._join, group)
            else:
                if isinstance(group, Ticket):
                    group.has_vehicle = True
                self._join(group)

    def withdraw(self, ticket: Ticket) -> None:
        """Another mode has taken a group: it leaves its queue or its convoy, and its vehicle is free for others."""
        convoy, kind, name = ticket.convoy, ticket.way.kind, ticket.way.mode.spec.vehicles
        pool = self.pools[name] if name is not None else None
        if convoy is not None:
            convoy.groups.remove(ticket)
        elif ticket in self.forming[kind]:
            self.forming[kind].remove(ticket)
            if not self.forming[kind] and (timer := self.timers.pop(kind, None)) is not None:
                timer.cancel()
        elif pool is not None and ticket.waits >= 0:
            pool.line.remove(ticket)
        if pool is not None and ticket.has_vehicle:
            home = self._time(ticket, 1.0) if pool.at_airport else 0.0  # later, since somebody is being served now
            self.clock.wake(home, VEHICLE_FREED + ticket.key, self._vehicles_back, (pool, 1))

    def _may_set_out(self, pool: VehiclePool) -> Rider | None:
        """The first for whom a vehicle may leave the airport now; the others wait for a window."""
        first: Rider | None = next((c for c in pool.line if self._in_window(c)), None)
        if first is None:
            for group in pool.line:
                group.wait_for(_PERMISSION)
        return first

    def _in_window(self, group: Rider) -> bool:
        """Whether a group may set out now, as far as windows go."""
        return group.way.entrant not in self.held or self.windows.is_open()

    def _windows_change(self) -> None:
        for pool in self.pools.values():
            if pool.at_airport:
                self._assign(pool)
        self.on_change()

    def _join(self, group: Rider) -> None:
        """Join the next convoy of the mission."""
        if self.convoy_size == 1 or group.way.alone:
            self._go(Convoy([group]))
            return
        group.wait_for(_VEHICLE)
        kind = group.way.kind
        forming = self.forming[kind]
        forming.append(group)
        if len(forming) >= self.convoy_size or self.numbers.convoy.patience == 0:
            self._close_convoy(kind)
        elif len(forming) == 1:
            patience = self.numbers.convoy.patience
            self.timers[kind] = self.clock.after(patience, CONVOY_PATIENCE_ENDS + group.key, self._close_convoy, kind)

    def _close_convoy(self, kind: Kind) -> None:
        timer = self.timers.pop(kind, None)
        if timer is not None:
            timer.cancel()
        groups, self.forming[kind] = self.forming[kind], []
        if groups:
            self._go(Convoy(groups))

    def _hold(self, convoy: Convoy, cause: int) -> None:
        if cause != _VEHICLE:
            convoy.headway_due = None
        for group in convoy.groups:
            group.wait_for(cause)

    # -- leaving -----------------------------------------------------------------------------------------------------

    def regime(self) -> str:
        """``host`` while the outer layer stands (or none is modelled), ``after`` once it has collapsed."""
        return self.security.regime

    def _go(self, convoy: Convoy) -> None:
        """Leave, or wait for the first thing that is missing."""
        if not convoy.groups:  # other modes have taken all its groups
            return
        alone, escort = convoy.first.way.alone, convoy.first.way.mode.spec.escort
        if not alone and not self.passage.permitted(convoy):
            self._hold(convoy, _PERMISSION)
            return
        if self.curfew is not None and escort is None and self.run.within(self.curfew):
            self._hold(convoy, _PERMISSION)
            until = (self.curfew.last - self.run.hour_of_day()) % 24 or 24.0
            self.clock.wake(until, CURFEW_ENDS + convoy.first.key, self._go, convoy)
            return
        if self.windows.present and not self._in_window(convoy.first):
            self._hold(convoy, _PERMISSION)
            self.blocked.append(convoy)
            return
        if not self.open or (self.closures.parted and self.closures.stopped("road", convoy.first.way.entrant)):
            self._hold(convoy, _CLOSURE)
            self.blocked.append(convoy)
            return
        if self.numbers.convoy.headway > 0 and not alone and not self._headway(convoy):
            self._hold(convoy, _VEHICLE)
            return
        if escort is not None and not convoy.escorted:
            if self.escorts[escort] < 1:
                self._hold(convoy, _VEHICLE)
                convoy.headway_due = None
                self.escort_lines[escort].append(convoy)
                return
            self.escorts[escort] -= 1
            convoy.escorted = True
        self._drive(convoy)

    def _headway(self, convoy: Convoy) -> bool:
        mission, now = convoy.first.way.kind[0], self.clock.now
        if convoy.headway_due is not None:
            return True
        due = max(now, self.last_departure.get(mission, -INF) + self.numbers.convoy.headway)
        self.last_departure[mission] = convoy.headway_due = due
        if due <= now:
            return True
        self.clock.wake(due - now, HEADWAY_ENDS + convoy.first.key, self._go, convoy)
        return False

    def on_change(self) -> None:
        """The road may be open again."""
        self.open = self.closures.is_shut("road") is None
        if self.blocked and self.open:
            blocked, self.blocked = self.blocked, []
            for convoy in blocked:
                self._go(convoy)

    # -- driving -----------------------------------------------------------------------------------------------------

    def _time(self, group: Rider, factor: float) -> float:
        """Driving time now, in hours; the factor of the threat level is taken here."""
        plan = group.way.mode
        drive = self.run.streams[plan.drive].at(group.number)
        if plan.speed is not None:
            speed = self.run.streams[plan.speed].at(group.number)
            drive = drive / speed if speed > 0 else INF
        if self.regime() == "after":
            factor *= self.security.host.after.road
        if (truce := self.windows.least("road")) is not None:
            factor *= truce
        return drive * (self.threat.now.road * factor)

    def _drive(self, convoy: Convoy) -> None:
        groups = convoy.leaves()
        group = groups[0]
        plan, now = group.way.mode, self.clock.now
        escort = self.numbers.escorts[plan.spec.escort] if plan.spec.escort is not None else None
        after = self.regime() == "after"
        drive = self._time(group, escort.road if escort else 1.0)
        points, fewer = self.numbers.checkpoints, self.security.host.after.checkpoints
        if after and fewer is not None:
            points = fewer
        stream = plan.passage_checkpoint if after else plan.checkpoint
        delay = 0.0
        if points:
            delay = (
                points
                * self.run.streams[stream].at(group.number)
                * self.threat.now.checkpoint
                * (escort.delay if escort else 1.0)
            )
            if (truce := self.windows.least("checkpoint")) is not None:
                delay *= truce
        for c in groups:
            c.wait_for(-1)
            if c.depart == INF:
                c.depart = now
        if drive == INF or delay == INF:
            self._gone(convoy)
            return
        turned = self.passage.turned_back(convoy, escort)
        self.run.drives.append(Drive(now, drive + delay, tuple(c.serial for c in groups), turned, group.way.by))
        if turned:
            group.tries += 1
            self.clock.wake(drive + delay, TURNED_BACK + group.key, self._turned, (convoy, drive))
            for c in groups:
                c.wait_for(_PERMISSION)
        else:
            self._gone(convoy)
            self.clock.wake(drive + delay, ARRIVES + group.key, self._arrive, (convoy, drive))
            if delay > 0:
                for c in groups:
                    c.waited(_PERMISSION, now + drive, now + drive + delay, _ROAD)

    def _gone(self, convoy: Convoy) -> None:
        """Its people have left the compound for good; those who are turned back come home again."""
        for c in convoy.groups:
            c.cohort.departs(c.people)

    def _turned(self, home: tuple[Convoy, float]) -> None:
        convoy, drive = home
        group = convoy.leaves()[0]
        self.passage.refused(convoy)  # before its escort is free: who waits for that must know
        if convoy.escorted:
            self._release_escort(group.way.mode.spec.escort)
            convoy.escorted = False
        convoy.headway_due = None
        if group.tries >= self.passage.most_tries(group):
            self._give_up(convoy, drive)
            return
        retry = self.run.streams[group.way.mode.retry].once(group.number * MOST_TRIES + group.tries % MOST_TRIES)
        self.clock.wake(retry, CONVOY_TRIES_AGAIN + group.key, self._go, convoy)
        if isinstance(group, Undecided):
            self._choose_again(convoy, group.tries)

    def _choose_again(self, convoy: Convoy, tries: int) -> None:
        """Its groups are at home: another mode may take them before they try again."""
        asks = []
        for k, c in enumerate(convoy.leaves()):
            if isinstance(c, Undecided):
                c.tries = tries
                ticket = convoy.groups[k] = c.reopen(convoy)
                asks.append((c, ticket))
        for c, ticket in asks:
            c.ask_others(ticket)

    def _give_up(self, convoy: Convoy, drive: float) -> None:
        """They stay at home for good, or go by another mode; their vehicles are free for others."""
        groups, name = convoy.leaves(), convoy.first.way.mode.spec.vehicles
        for c in groups:
            if not (isinstance(c, Undecided) and c.loses(c.way)):
                self.passage.gives_up(c)
        self._release_vehicles(groups, name, drive, at_airport=False)

    def _arrive(self, there: tuple[Convoy, float]) -> None:
        convoy, drive = there
        now = self.clock.now
        groups = convoy.leaves()
        first = groups[0]
        for c in groups:
            c.arrive = now
        self._release_vehicles(groups, first.way.mode.spec.vehicles, drive)
        if convoy.escorted:
            name = first.way.mode.spec.escort
            self.clock.wake(drive, ESCORT_BACK + first.key, self._release_escort, name)
        for c in groups:
            self.gates.arrive(c)

    def _release_vehicles(self, groups: list[Group], name: str | None, drive: float, at_airport: bool = True) -> None:
        """Their people have left the vehicles, *at_airport* or at home: these are free where they are based."""
        if name is None:
            return
        pool = self.pools[name]
        if pool.at_airport == at_airport:
            pool.free += len(groups)
            self._assign(pool)
        else:
            self.clock.wake(drive, VEHICLES_BACK + groups[0].key, self._vehicles_back, (pool, len(groups)))

    def _vehicles_back(self, back: tuple[VehiclePool, int]) -> None:
        pool, n = back
        pool.free += n
        self._assign(pool)

    def _release_escort(self, name: str | None) -> None:
        assert name is not None
        self.escorts[name] += 1
        while self.escorts[name] >= 1 and self.escort_lines[name]:
            self._go(self.escort_lines[name].pop(0))

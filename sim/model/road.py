"""The road: vehicles that come back, permission, curfew, closure, convoys with headway, escorts, checkpoints, turn-back.

A group first gets a vehicle, then joins a convoy of its mission, and the convoy asks for everything it needs to leave, in
this order: permission, curfew (unless it is escorted), an open road, headway, an escort.  The factors of the threat level are
taken when a drive starts.  A convoy that is turned back loses a drive and a checkpoint delay, waits at home and tries again,
or gives up after so many tries.  People who come alone join no convoy and ask for no permission: each group goes by itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sim.model.kernel import Call, Line
from sim.model.mission import Chalk, Rider
from sim.model.modes import Kind, Ticket
from sim.model.names import CAUSE, STATE
from sim.model.passage import MOST_TRIES, Convoy, Passage
from sim.model.plan import Builder, Plan
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
from sim.model.windows import Windows
from sim.model.windows import prepare as prepare_windows
from sim.scenario.rules import entrant

if TYPE_CHECKING:
    from sim.model.world import World

_VEHICLE, _PERMISSION, _CLOSURE = CAUSE["vehicle"], CAUSE["permission"], CAUSE["closure"]
_ROAD = STATE["doing_road"]
INF = math.inf


def prepare(b: Builder) -> dict[str, Any]:
    """The numbers of the road that are fixed in a replication, by path; and its windows."""
    s = b.scenario
    numbers: dict[str, Any] = {
        "checkpoints": b.count("road.checkpoints", s.road.checkpoints),
        "turn_back": b.fixed("road.turn_back", s.road.turn_back),
        "tries": b.count("road.tries", s.road.tries),
        "vehicles": b.count("road.convoy.vehicles", s.road.convoy.vehicles),
        "patience": b.fixed("road.convoy.patience", s.road.convoy.patience),
        "headway": b.fixed("road.convoy.headway", s.road.convoy.headway),
    }
    numbers["alone.tries"] = (
        b.count("road.alone.tries", s.road.alone.tries) if s.road.alone.tries is not None else numbers["tries"]
    )
    if s.road.alone.turn_back is not None:
        numbers["alone.turn_back"] = b.fixed("road.alone.turn_back", s.road.alone.turn_back)
    for n, v in s.vehicles.items():
        numbers[f"vehicles.{n}"] = b.count(f"vehicles.{n}.number", v.number)
    for n, e in s.road.escorts.items():
        for k in ("teams", "road", "delay", "turn_back"):
            numbers[f"escorts.{n}.{k}"] = (b.count if k == "teams" else b.fixed)(f"road.escorts.{n}.{k}", getattr(e, k))
    return {"numbers": numbers, "windows": prepare_windows(b, "road.windows", s.road.windows)}


class Pool:
    """Vehicles shared by those who name the pool."""

    def __init__(self, number: float, at_airport: bool) -> None:
        self.free = number
        self.at_airport = at_airport
        self.line = Line()


class Road:
    """Everything between a compound and the gate."""

    def __init__(self, w: World, plan: Plan) -> None:
        s = plan.scenario
        self.w = w
        self.clock, self.gates, self.closures = w.clock, w.gates, w.closures
        n = {k: w.get(v) for k, v in plan.parts["road"]["numbers"].items()}
        self.checkpoints = n["checkpoints"]
        self.windows = Windows(w, plan.parts["road"]["windows"], ROAD_WINDOWS, self._windows_change)
        self.held = frozenset(s.road.held)
        self.passage = Passage(w, n, self._go, self.windows)
        self.curfew = s.road.curfew
        self.convoy_size = max(1, int(min(n["vehicles"], 1e6)))
        self.patience = n["patience"]
        self.headway = n["headway"]
        self.pools = {name: Pool(n[f"vehicles.{name}"], v.based == "airport") for name, v in sorted(s.vehicles.items())}
        self.escorts = {name: n[f"escorts.{name}.teams"] for name in sorted(s.road.escorts)}
        self.escort = {
            name: {k: n[f"escorts.{name}.{k}"] for k in ("road", "delay", "turn_back")} for name in sorted(s.road.escorts)
        }
        self.open = True
        self.threat = w.threat
        self.escort_lines: dict[str, list[Convoy]] = {n: [] for n in self.escorts}
        self.last_departure: dict[int, float] = {}
        self.forming: dict[Kind, list[Rider]] = defaultdict(list)
        self.timers: dict[Kind, Call] = {}
        self.blocked: list[Convoy] = []
        negotiated = s.road.negotiation.family != "constant" or s.road.negotiation.value > 0
        host = s.security.host
        self.plain = (
            not s.vehicles
            and not s.road.escorts
            and not negotiated
            and (host is None or host.after == type(host.after)())
            and self.curfew is None
            and self.convoy_size == 1
            and self.headway == 0
            and self.passage.certain
            and self.checkpoints == 0
            and not self.windows.present
            and not w.closures.parted
            and all(c.speed is None for c in plan.cohorts)
            and not any(c.modes for c in plan.cohorts)
        )
        """Nothing but the drive can hold a group up."""

    def start(self) -> None:
        """Follow the windows."""
        self.windows.start()

    # -- waiting for transport ---------------------------------------------------------------------------------------

    def request(self, chalk: Rider) -> None:
        """A group is ready and wants to go."""
        if self.plain and self.open and isinstance(chalk, Chalk):
            cohort, chalk.depart = chalk.cohort, chalk.ready
            time = cohort.drive[chalk.i] * self.threat.road
            cohort.departs(chalk.n)
            if time < INF:
                self.clock.wake(time, ARRIVES + chalk.key, self.gates.on_arrival, chalk)
            return
        pool = chalk.way.plan.spec.vehicles
        if pool is None:
            self._join(chalk)
            return
        self.w.waits(chalk, _VEHICLE)
        self.pools[pool].line.push(chalk, chalk.cohort.priority)
        self._assign(self.pools[pool])

    def _assign(self, pool: Pool) -> None:
        while pool.free >= 1 and pool.line.length:
            if pool.at_airport and self.windows.present:
                first = self._may_set_out(pool)
                if first is None:
                    return
                pool.line.remove(first)
                chalk: Rider = first
            else:
                chalk = pool.line.pop()
            pool.free -= 1
            if pool.at_airport:
                chalk = chalk.commit()
                self.w.waits(chalk, _VEHICLE)
                self.clock.wake(self._time(chalk, 1.0), VEHICLE_THERE + chalk.key, self._join, chalk)
            else:
                if isinstance(chalk, Ticket):
                    chalk.has_vehicle = True
                self._join(chalk)

    def withdraw(self, ticket: Ticket) -> None:
        """Another mode has taken a group: it leaves its queue or its convoy, and its vehicle is free for others."""
        convoy, kind, name = ticket.convoy, ticket.way.kind, ticket.way.plan.spec.vehicles
        pool = self.pools[name] if name is not None else None
        if convoy is not None:
            convoy.chalks.remove(ticket)
        elif ticket in self.forming[kind]:
            self.forming[kind].remove(ticket)
            if not self.forming[kind] and (timer := self.timers.pop(kind, None)) is not None:
                timer.cancel()
        elif pool is not None and ticket.waits >= 0:
            pool.line.remove(ticket)
        if pool is not None and ticket.has_vehicle:
            home = self._time(ticket, 1.0) if pool.at_airport else 0.0  # later, since somebody is being served now
            self.clock.wake(home, VEHICLE_FREED + ticket.key, self._vehicles_back, (pool, 1))

    def _may_set_out(self, pool: Pool) -> Rider | None:
        """The first for whom a vehicle may leave the airport now; the others wait for a window."""
        first: Rider | None = next((c for c in pool.line if self._in_window(c)), None)
        if first is None:
            for chalk in pool.line:
                self.w.waits(chalk, _PERMISSION)
        return first

    def _in_window(self, chalk: Rider) -> bool:
        """Whether a group may set out now, as far as windows go."""
        return entrant(chalk.way.plan.spec) not in self.held or self.windows.is_open()

    def _windows_change(self) -> None:
        for pool in self.pools.values():
            if pool.at_airport:
                self._assign(pool)
        self.on_change()

    def _join(self, chalk: Rider) -> None:
        """Join the next convoy of the mission."""
        if self.convoy_size == 1 or chalk.way.alone:
            self._go(Convoy([chalk]))
            return
        self.w.waits(chalk, _VEHICLE)
        kind = chalk.way.kind
        forming = self.forming[kind]
        forming.append(chalk)
        if len(forming) >= self.convoy_size or self.patience == 0:
            self._close_convoy(kind)
        elif len(forming) == 1:
            self.timers[kind] = self.clock.after(self.patience, CONVOY_PATIENCE_ENDS + chalk.key, self._close_convoy, kind)

    def _close_convoy(self, kind: Kind) -> None:
        timer = self.timers.pop(kind, None)
        if timer is not None:
            timer.cancel()
        chalks, self.forming[kind] = self.forming[kind], []
        if chalks:
            self._go(Convoy(chalks))

    def _hold(self, convoy: Convoy, cause: int) -> None:
        if cause != _VEHICLE:
            convoy.headway_due = None
        for chalk in convoy.chalks:
            self.w.waits(chalk, cause)

    # -- leaving -----------------------------------------------------------------------------------------------------

    def regime(self) -> str:
        """``host`` while the outer layer stands (or none is modelled), ``after`` once it has collapsed."""
        return self.w.security.regime

    def _go(self, convoy: Convoy) -> None:
        """Leave, or wait for the first thing that is missing."""
        if not convoy.chalks:  # other modes have taken all its groups
            return
        w, alone, escort = self.w, convoy.first.way.alone, convoy.first.way.plan.spec.escort
        if not alone and not self.passage.permitted(convoy):
            self._hold(convoy, _PERMISSION)
            return
        if self.curfew is not None and escort is None and w.within(self.curfew):
            self._hold(convoy, _PERMISSION)
            until = (self.curfew.last - w.hour_of_day()) % 24 or 24.0
            self.clock.wake(until, CURFEW_ENDS + convoy.first.key, self._go, convoy)
            return
        if self.windows.present and not self._in_window(convoy.first):
            self._hold(convoy, _PERMISSION)
            self.blocked.append(convoy)
            return
        if not self.open or (self.closures.parted and self.closures.stopped("road", entrant(convoy.first.way.plan.spec))):
            self._hold(convoy, _CLOSURE)
            self.blocked.append(convoy)
            return
        if self.headway > 0 and not alone and not self._headway(convoy):
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
        mission, now = convoy.first.way.mission.index, self.w.clock.now
        if convoy.headway_due is not None:
            return True
        due = max(now, self.last_departure.get(mission, -INF) + self.headway)
        self.last_departure[mission] = convoy.headway_due = due
        if due <= now:
            return True
        self.clock.wake(due - now, HEADWAY_ENDS + convoy.first.key, self._go, convoy)
        return False

    def on_regime(self) -> None:
        """The outer layer has collapsed: those who wait for the old permission ask again."""
        self.passage.on_regime()

    def on_change(self) -> None:
        """The road may be open again."""
        self.open = self.w.closures.is_shut("road") is None
        if self.blocked and self.open:
            blocked, self.blocked = self.blocked, []
            for convoy in blocked:
                self._go(convoy)

    # -- driving -----------------------------------------------------------------------------------------------------

    def _time(self, chalk: Rider, factor: float) -> float:
        """Driving time now, in hours; the factor of the threat level is taken here."""
        w, plan = self.w, chalk.way.plan
        drive = w.streams[plan.drive].at(chalk.i)
        if plan.speed is not None:
            speed = w.streams[plan.speed].at(chalk.i)
            drive = drive / speed if speed > 0 else INF
        if self.regime() == "after":
            factor *= w.security.host["road"]
        if (truce := self.windows.least("road")) is not None:
            factor *= truce
        return drive * (w.threat.road * factor)

    def _drive(self, convoy: Convoy) -> None:
        w, chalks = self.w, convoy.leaves()
        chalk = chalks[0]
        plan, now = chalk.way.plan, w.clock.now
        escort = self.escort[plan.spec.escort] if plan.spec.escort is not None else None
        after = self.regime() == "after"
        drive = self._time(chalk, escort["road"] if escort else 1.0)
        points = w.security.host.get("checkpoints", self.checkpoints) if after else self.checkpoints
        stream = plan.passage_checkpoint if after else plan.checkpoint
        delay = 0.0
        if points:
            delay = points * w.streams[stream].at(chalk.i) * w.threat.checkpoint * (escort["delay"] if escort else 1.0)
            if (truce := self.windows.least("checkpoint")) is not None:
                delay *= truce
        for c in chalks:
            self.w.waits(c, -1)
            if c.depart == INF:
                c.depart = now
        if drive == INF or delay == INF:
            self._gone(convoy)
            return
        if self.passage.turned_back(convoy, escort):
            chalk.tries += 1
            self.clock.wake(drive + delay, TURNED_BACK + chalk.key, self._turned, (convoy, drive))
            for c in chalks:
                self.w.waits(c, _PERMISSION)
        else:
            self._gone(convoy)
            self.clock.wake(drive + delay, ARRIVES + chalk.key, self._arrive, (convoy, drive))
            if delay > 0:
                for c in chalks:
                    w.log_segment(c, _PERMISSION, now + drive, now + drive + delay, _ROAD)

    def _gone(self, convoy: Convoy) -> None:
        """Its people have left the compound for good; those who are turned back come home again."""
        for c in convoy.chalks:
            c.cohort.departs(c.n)

    def _turned(self, home: tuple[Convoy, float]) -> None:
        convoy, drive = home
        chalk = convoy.leaves()[0]
        self.w.note(chalk.cohort.mission.plan.name, f"convoy of {sum(c.n for c in convoy.chalks)} turned back")
        self.passage.refused(convoy)  # before its escort is free: who waits for that must know
        if convoy.escorted:
            self._release_escort(chalk.way.plan.spec.escort)
            convoy.escorted = False
        convoy.headway_due = None
        if chalk.tries >= self.passage.most_tries(chalk):
            self._give_up(convoy, drive)
            return
        retry = self.w.streams[chalk.way.plan.retry].once(chalk.i * MOST_TRIES + chalk.tries % MOST_TRIES)
        self.clock.wake(retry, CONVOY_TRIES_AGAIN + chalk.key, self._go, convoy)
        if chalk.choice is not None:
            self._choose_again(convoy, chalk.tries)

    def _choose_again(self, convoy: Convoy, tries: int) -> None:
        """Its groups are at home: another mode may take them before they try again."""
        asks = []
        for k, c in enumerate(convoy.leaves()):
            if c.choice is not None:
                c.tries = tries
                ticket = convoy.chalks[k] = c.choice.reopen(convoy)
                asks.append((c.choice, ticket))
        for choice, ticket in asks:
            choice.ask_others(ticket)

    def _give_up(self, convoy: Convoy, drive: float) -> None:
        """They stay at home for good, or go by another mode; their vehicles are free for others."""
        chalks, name = convoy.leaves(), convoy.first.way.plan.spec.vehicles
        for c in chalks:
            if c.choice is not None and c.choice.loses(c.way):
                continue
            self.w.waits(c, -1)
            c.gave_up = self.clock.now
            self.w.gave_up(c)
        self._release_vehicles(chalks, name, drive, at_airport=False)

    def _arrive(self, there: tuple[Convoy, float]) -> None:
        convoy, drive = there
        now = self.clock.now
        chalks = convoy.leaves()
        first = chalks[0]
        for c in chalks:
            c.arrive = now
        self._release_vehicles(chalks, first.way.plan.spec.vehicles, drive)
        if convoy.escorted:
            name = first.way.plan.spec.escort
            self.clock.wake(drive, ESCORT_BACK + first.key, self._release_escort, name)
        for c in chalks:
            self.gates.arrive(c)

    def _release_vehicles(self, chalks: list[Chalk], name: str | None, drive: float, at_airport: bool = True) -> None:
        """Their people have left the vehicles, *at_airport* or at home: these are free where they are based."""
        if name is None:
            return
        pool = self.pools[name]
        if pool.at_airport == at_airport:
            pool.free += len(chalks)
            self._assign(pool)
        else:
            self.clock.wake(drive, VEHICLES_BACK + chalks[0].key, self._vehicles_back, (pool, len(chalks)))

    def _vehicles_back(self, back: tuple[Pool, int]) -> None:
        pool, n = back
        pool.free += n
        self._assign(pool)

    def _release_escort(self, name: str | None) -> None:
        assert name is not None
        self.escorts[name] += 1
        while self.escorts[name] >= 1 and self.escort_lines[name]:
            self._go(self.escort_lines[name].pop(0))

"""Lines at the gates and the door to the holding area.

Two resources in a row: a lane of a gate (search, manned by the provider's :mod:`~sim.model.crews`) and a team of consular
:mod:`~sim.model.officers` (eligibility).  A gate starts a group only if the holding area has room for it; the room is taken
at that moment.  Closed gates finish the service in progress.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.model.closures import Closures
from sim.model.compiled.numbers import INF
from sim.model.compiled.scenario import CompiledScenario
from sim.model.crews import Crews
from sim.model.crowd import Crowd
from sim.model.entrants import Doorkeeper
from sim.model.gate_lines import Gate, lightest
from sim.model.holding import Holding
from sim.model.kernel import StateLog
from sim.model.lift_causes import LiftCauses
from sim.model.mission import Group
from sim.model.modes import Rider
from sim.model.names import CAUSE, STATE
from sim.model.officers import Officers
from sim.model.ranks import GATE_HOURS, GATE_REOPENS, SEARCHED
from sim.model.run import Run
from sim.model.security import Security
from sim.model.threat import Threat
from sim.scenario.schema import ENTRANTS
from sim.scenario.schema import Gate as GateSpec

_SEARCH, _CONSULAR, _HOLDING, _CROWD, _CLOSURE, _HEADCOUNT = (
    CAUSE[c] for c in ("search", "consular", "holding", "crowd", "closure", "headcount")
)
_SEARCHING = STATE["doing_search"]
CROWD_RULES = 0.5
"""Below this speed the crowd, and not the search, is what holds up those who wait at a gate."""


class Gates:
    """All gates and the room inside."""

    __slots__ = (
        "_full_state", "_stops_written", "_works", "all", "all_passing", "allowed", "blocked", "capacity", "causes", "checks",
        "clock", "closures", "counts", "crews", "crowd", "crowd_stops_all", "door", "entered", "full", "full_changed", "gates",
        "holding", "keeper", "limited", "manned", "moves", "officers", "passing", "passing_changed", "plain", "room", "run",
        "searching", "selective", "single", "threat", "used",
    )  # fmt: skip  # see tests/model/test_run.py: with over 30 attributes in a dictionary all its methods are slower

    def __init__(
        self,
        run: Run,
        plan: CompiledScenario,
        threat: Threat,
        security: Security,
        closures: Closures,
        crowd: Crowd,
        holding: Holding,
        causes: LiftCauses,
    ) -> None:
        self.run = run
        self.clock = run.clock
        self.threat = threat
        self.closures = closures
        self.crowd = crowd
        self.holding = holding
        self.causes = causes
        crowd.thresholds.append(self.on_change)
        self.entered: list[Callable[[Group], None]] = run.link()
        """The one who takes each group that has come inside."""
        self.full: list[Callable[[], None]] = run.link()
        """Told when the holding area takes nobody more."""
        self.passing_changed: list[Callable[[int], None]] = run.link()
        """Told of a mission (index) of which more people are on their way through search and check."""
        self.full_changed: list[Callable[[], None]] = run.link()
        """Told when those whom a full holding area keeps out may wait for something else, or come in."""
        part = plan.gates
        self.single = len(plan.priorities) == 1
        self.gates = [
            Gate(i, g.name, g.spec, self.run.get(g.lanes), g.reopening, plan.priorities, self.crowd.present)
            for i, g in enumerate(part.gates)
        ]
        self.crews = Crews(security, sorted(self.gates, key=lambda g: (g.spec.rank, g.name)))
        self.door = Gate(len(self.gates), "", GateSpec(exposed=False), math.inf, -1, plan.priorities, False)
        self.door.door = True
        self.allowed = [[g for g in self.gates if not c.gates or g.name in c.gates] for c in plan.cohorts]
        """The gates that each cohort may use."""
        self.keeper = Doorkeeper(run, plan, closures, crowd, self.gates, self.allowed)
        self.keeper.lines.append(self)
        self.selective = self.keeper.present
        """Whether gates or closures tell apart who comes."""
        self.all = [*self.gates, self.door, *self.keeper.make_yards(len(self.gates) + 1, Gate, plan.priorities)]
        self.blocked = 0
        """Gates that a full holding area stops."""
        self.passing: list[int] = []
        """People of each mission who are searched or checked, or wait for the check; counted only where aircraft are sent
        for those who can board."""
        self.all_passing = 0
        self.searching = 0
        """People who are searched."""
        self.counts = any(f.waits for f in plan.lift.fleets)
        if self.counts:
            self.passing = [0] * len(plan.missions)
        self.plain = [self._plain(gates) for gates in self.allowed]
        """By cohort: its only gate, if those who arrive while its lanes are busy need do no more than join its line."""
        self.used = [[g for g in self.gates if any(g in self.allowed[c] for c in m.cohorts)] for m in plan.missions]
        """The gates that anybody of each mission may use."""
        self._works: dict[tuple[bool, ...], list[bool]] = {}
        """Which gates work -> whether each cohort has one of them."""
        self._stops_written = -1
        """At which of the doorkeeper's changes was written down whom each gate stops."""
        self.manned = StateLog[float]()
        """Lanes that the provider can man."""
        self.room = self.run.get(part.holding)
        """People whom the holding area can still take."""
        self.capacity = self.room
        self.limited = math.isfinite(self.room)
        if self.limited:
            causes.changed.append(self.causes_changed)
        self.officers = Officers(run, plan, threat, security, self.entered)
        self.officers.checked.append(self.causes_changed)
        self.checks = self.officers.checks
        self._full_state: tuple[int, bool, bool, bool] | None = None
        """What the causes of those whom a full holding area keeps out were last written down for."""
        self.crowd_stops_all = len(self.keeper.crowd_stops) == len(ENTRANTS)
        self.moves: list[tuple[int, int, float, float]] = run.kept([])
        """(group, gate, from, to): waits at a gate that the group left for another."""

    # -- state -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Follow opening hours and the numbers of officers."""
        for g in self.gates:
            if not g.always:
                self._follow_hours(g)
        self.officers.start()
        self.on_change()

    def _follow_hours(self, g: Gate) -> None:
        wait = g.spec.hours.next_change(self.run.hour_of_day())
        if wait < math.inf:
            self.clock.after(wait, GATE_HOURS + g.index, self._hours, g)

    def _hours(self, g: Gate) -> None:
        self._follow_hours(g)
        self.on_change()

    def _reason(self, g: Gate) -> str | None:
        """Why a gate is closed now, or None."""
        is_shut = self.closures.is_shut
        shut = is_shut("gates") or is_shut(g.name)
        if shut:
            return shut
        if not g.always and not self.run.within(g.spec.hours) and (not self.selective or self.keeper.hours_stop_all(g)):
            return "closure"
        if g.exposed and self.crowd.gates_closed and self.crowd_stops_all:
            return "crowd"
        return None

    def on_change(self) -> None:
        """Lanes, closures, hours or the crowd have changed: open, close, man lanes."""
        before = self.crews.working(self.gates)
        if self.checks:
            self.officers.update()
        if self.selective:
            self.keeper.update()
        self.crews.update()
        self.manned.set(self.clock.now, self.crews.number)
        for g in self.crews.by_rank:
            self._open_or_close(g)
        if self.selective:
            self._write_stops()
            self.keeper.sort(self.crews.working(self.gates))
        else:
            self._move_on(before)
        pooled = self.crews.pooled
        if pooled:
            self._man()
        for g in self.gates:
            if not pooled:
                self.serve(g)
            if g.blocked or pooled or not self.crowd.present:  # else it has just been written down
                self._write_cause(g)

    def _write_stops(self) -> None:
        if self.keeper.changes == self._stops_written:
            return
        self._stops_written = self.keeper.changes
        for g, stopped in zip(self.gates, self.keeper.stopped, strict=True):
            g.stops.set(self.clock.now, tuple(sorted(stopped.items())))

    def _open_or_close(self, g: Gate) -> None:
        reason = self._reason(g)
        if reason is not None:
            g.closed = reason
            if g.opened is not None:
                g.opened.cancel()
                g.opened = None
        elif g.closed is not None and g.opened is None:
            wait = self.run.streams[g.reopening].at(g.reopenings)
            g.reopenings += 1
            if wait > 0:
                g.opened = self.clock.after(wait, GATE_REOPENS + g.index, self._reopens, g)
            else:
                g.closed = None
        g.lanes = 0.0 if g.closed is not None else g.nominal
        g.states.set(self.clock.now, g.closed)

    def _move_on(self, before: list[bool]) -> None:
        """Those in line at a gate that is shut or that nobody can man go to another of theirs that works.

        *before*: which gates worked until now.  Whoever stands at another had no working one to go to, so that nobody moves
        unless a gate has just begun to work, or theirs has just ceased to.
        """
        after = self.crews.working(self.gates)
        if before == after:
            return
        new = any(is_ and not was for was, is_ in zip(before, after, strict=True))
        works = self._works.get(tuple(after))
        if works is None:
            works = self._works[tuple(after)] = [any(after[g.index] for g in gates) for gates in self.allowed]
        for g, was, is_ in zip(self.gates, before, after, strict=True):
            if is_ or not g.queue or not (was or new):
                continue
            for group in g.take_out(works):
                self.moves.append((group.serial, g.index, group.joined if group.joined < INF else group.arrive, self.clock.now))
                group.joined = self.clock.now
                self._line_up(lightest(self.allowed[group.cohort.index]), group)

    def joins(self, gates: list[Gate], group: Group) -> None:
        """A group that has come joins the line of the gate that it prefers."""
        self._join(lightest(gates), group)

    def lines_up(self, g: Gate, group: Group) -> None:
        """It stands in a line where nobody is served now."""
        self._line_up(g, group)

    def takes_out(self, g: Gate, leave: list[Group]) -> None:
        """These leave a line."""
        if leave:
            gone = set(leave)
            stay = [c for c in g.queue if c not in gone]
            g.queue.clear()
            g.people = 0
            for c in stay:
                g.push(c)

    def moves_to(self, gates: list[Gate], yard: Gate, group: Group) -> None:
        """A group that has left a line joins that of the gate it prefers, or waits in a yard if it may use none."""
        since = group.joined if group.joined < INF else group.arrive
        self.moves.append((group.serial, group.gate, since, self.clock.now))
        group.joined = self.clock.now
        self._line_up(lightest(gates) if gates else yard, group)

    def _line_up(self, g: Gate, group: Group) -> None:
        group.gate = g.index
        g.push(group)
        if g.blocked:
            self._full_state = None  # it may be the first of the line

    def _reopens(self, g: Gate) -> None:
        g.closed = None
        g.opened = None
        self.on_change()

    def cause(self, g: Gate) -> int:
        """Root cause for which the first of the line waits now."""
        if g.closed is not None:
            return _CROWD if g.closed == "crowd" else _CLOSURE
        if self.crews.number < 1 and not g.door:
            return _HEADCOUNT if g.nominal >= 1 else _SEARCH
        if g.blocked and g.queue:
            return self.full_cause(g.first())
        if g.slowed and self.crowd.speed() < CROWD_RULES:
            return _CROWD
        if self.crews.pooled and g.busy < g.lanes and not g.door:
            return _HEADCOUNT  # it has a lane free, which nobody mans
        return _SEARCH

    def full_cause(self, group: Rider) -> int:
        """Root cause for which the holding area is full: those who wait for a seat, or those still searched and checked."""
        if self._is_full_of_passing():
            if self.officers.line.length or self.officers.checking:
                return _CONSULAR
            return _SEARCH if self.crews.busy else _HOLDING
        return self.causes.of(group.cohort.mission.index)

    def _is_full_of_passing(self) -> bool:
        """Whether most of the room inside is taken by people who are still searched and checked."""
        inside = self.holding.level
        return self.capacity - self.room - inside > inside

    def causes_changed(self) -> None:
        """Something downstream changed: write down the cause for those whom a full holding area keeps out."""
        if not self.limited:
            return
        if self.blocked:
            checks = self.officers.line.length > 0 or self.officers.checking > 0
            state = (self.causes.version, self._is_full_of_passing(), checks, self.crews.busy > 0)
            if state != self._full_state:
                self._full_state = state
                for g in self.all:
                    if g.blocked:
                        self._write_cause(g)
        for tell in self.full_changed:
            tell()

    # -- the way through ---------------------------------------------------------------------------------------------

    def on_arrival(self, group: Group) -> None:
        """A drive ends at the airport."""
        group.arrive = self.clock.now
        gate = self.plain[group.cohort.index]
        if gate is not None and gate.busy >= gate.lanes and not self.crews.pooled:
            group.gate = gate.index
            gate.people += group.people
            gate.queue.append(group)
        else:
            self.arrive(group)

    def _plain(self, gates: list[Gate]) -> Gate | None:
        plain = len(gates) == 1 and self.single and not self.counts and not self.selective
        return gates[0] if plain else None

    def arrive(self, group: Group) -> None:
        """A group has come to the airport."""
        if self.selective:
            self.keeper.arrives(group)
            return
        gates = self.allowed[group.cohort.index]
        if len(gates) == 1:
            gate = gates[0]
        elif not gates:
            self._through_door(group)
            return
        else:
            gate = lightest(gates)
        self._join(gate, group)

    def enter_inside(self, group: Group) -> None:
        """A group that needs no search has come and wants to come in."""
        self._through_door(group)

    def _through_door(self, group: Group) -> None:
        if not self.limited:
            self.passed(group)
        else:
            self._join(self.door, group)

    def _join(self, gate: Gate, group: Group) -> None:
        self._line_up(gate, group)
        if gate.busy < gate.lanes:
            self.serve(gate)

    def has_room(self, n: int) -> bool:
        """Whether the holding area can take *n* people more."""
        return n <= self.room

    def reserve(self, n: int) -> None:
        """Take room inside for *n* people."""
        self.room -= n

    def release(self, n: int) -> None:
        """*n* people have left the holding area: gates may go on."""
        if not self.limited:
            return
        self.room += n
        if self.blocked:
            for g in self.all:
                if g.blocked:
                    self.serve(g)
        self.causes_changed()

    def serve(self, g: Gate) -> None:
        """Start as many groups as lanes, crews, closures and room inside allow."""
        if self.crews.pooled and not g.door:
            self._man()
            return
        queue, single = g.queue, self.single
        was_blocked, g.blocked, was_first = g.blocked, False, True
        self.blocked -= was_blocked
        while queue and g.busy < g.lanes:
            if self.limited and (queue[0] if single else queue.peek()).people > self.room:
                self.blocked += not g.blocked  # a flight that this search sets going may have come back here
                g.blocked = True
                break
            self._search(g, g.pop())
            was_first = False
        blocked = g.blocked
        if blocked != was_blocked or (blocked and not was_first) or self.crowd.present:
            self._write_cause(g)
        if blocked and not was_blocked:
            self._tell_full()

    def _man(self) -> None:
        """Send crews that are free to the open gates where most people queue."""
        was_blocked = None
        if self.blocked:
            was_blocked = [g.blocked for g in self.gates]
            for g in self.gates:
                self.blocked -= g.blocked
                g.blocked = False
        while (best := self.crews.next_gate(self._is_full)) is not None:
            self._search(best, best.pop())
            self._write_cause(best)  # for who joins its empty line while all lanes are busy
        for g in self.gates:
            if g.people:
                self._write_cause(g)
        if self.blocked and any(g.blocked and not (was_blocked and was_blocked[g.index]) for g in self.gates):
            self._tell_full()

    def _is_full(self, g: Gate) -> bool:
        """Whether the holding area has no room for the first in line, which is noted."""
        if not self.limited or g.first().people <= self.room:
            return False
        self.blocked += not g.blocked
        g.blocked = True
        return True

    def is_stuck(self) -> bool:
        """Whether the holding area is full of people who wait for a seat, so that no gate goes on before somebody boards."""
        inside = self.capacity - self.room
        return self.limited and inside <= self.holding.level and any(g.blocked for g in self.all)

    def _write_cause(self, g: Gate) -> None:
        cause = self.cause(g)
        if cause != g.log.causes[-1]:
            g.log.set(self.clock.now, cause)

    def _search(self, g: Gate, group: Group) -> None:
        now = group.search = self.clock.now
        if self.limited:
            self.room -= group.people
        if self.counts:
            self.passes(group, group.people)
        time = 0.0
        if not g.door:
            cohort, number = group.cohort, group.number
            fixed, per_person = cohort.search[g.index]
            time = fixed[number]
            if per_person is not None:
                time += per_person[number] * group.people
            time *= self.threat.now.search * cohort.search_factor
            if g.slowed:
                quiet = time
                time /= self.crowd.speed()
                group.waited(_CROWD, now + quiet, now + time, _SEARCHING)
        if time > 0:
            g.busy += 1
            self.searching += group.people
            self.crews.busy += 1
            if time < INF:
                self.clock.wake(time, SEARCHED + group.key, self._searched, group)
            if self.counts:
                self._tell_passing(group)
        else:
            group.searched = now
            self.passed(group)

    def _searched(self, group: Group) -> None:
        g = self.all[group.gate]
        g.busy -= 1
        self.searching -= group.people
        self.crews.busy -= 1
        now = group.searched = self.clock.now
        if self.checks:
            self.passed(group)
        else:
            group.consular = group.inside = now
            self.entered[0](group)
        if g.queue or self.crews.pooled:
            self.serve(g)
        if self.blocked or self.full_changed:
            self.causes_changed()  # more room may be taken now by those who wait for a seat than by those on their way to it

    def passes(self, group: Group, n: int) -> None:
        """So many people more (or fewer) are on their way through search and check."""
        self.passing[group.cohort.mission.index] += n
        self.all_passing += n

    def passed(self, group: Group) -> None:
        """A group inside, searched, goes to the eligibility check."""
        if group.searched == INF:
            group.search = group.searched = self.clock.now
            if self.counts:
                self.passes(group, group.people)
        if not self.checks or group.cohort.consular_factor == 0:
            group.consular = group.inside = group.searched
            self.entered[0](group)
            return
        self.officers.take(group)
        if self.counts and group.search == group.searched and group.inside == INF:
            self._tell_passing(group)  # who is searched has been told of as the search began

    def _tell_passing(self, group: Group) -> None:
        for look in self.passing_changed:
            look(group.cohort.mission.index)

    def _tell_full(self) -> None:
        for tell in self.full:
            tell()

    def waiting(self) -> int:
        """People in lines (for the census)."""
        people: int = sum(c.people for g in self.all for c in g.queue) + sum(c.people for c in self.officers.line)
        return people

"""Who may come in where: gates that admit some and not others, and closures that stop some and not others.

A group for whom none of its gates is open, though others are let in there, stands in a yard in front of them, and joins a
line as soon as one of its gates lets such as it in.  Where every gate and every closure is for everybody, none of this runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from sim.model.closures import Closures
from sim.model.compiled.numbers import INF
from sim.model.compiled.scenario import CompiledScenario
from sim.model.crowd import Crowd
from sim.model.gate_lines import Gate
from sim.model.kernel import CauseLog
from sim.model.mission import Cohort, Group, Way
from sim.model.names import CAUSE
from sim.model.ranks import GATE_REOPENS_FOR_SOME
from sim.model.run import Run
from sim.scenario.schema import ENTRANTS, Entrant, Scenario
from sim.scenario.schema import Gate as GateSpec

REASONS = {"calls": "seats", "crowd": "crowd", "closure": "closure"}
"""Why a group stands in a yard, the first that holds for one of its gates, and the cause for which it waits there."""


def selects(s: Scenario) -> bool:
    """Whether any gate or any closure of gates tells entrants apart."""
    airport, everybody = s.airport, set(ENTRANTS)
    gates = [g for g in airport.gates.values() if g.missions or g.call_forward or {*g.admits, *everybody} != {*g.admits}]
    shut = [(c.closes, c.stops) for c in airport.closures.values()] + [(i.closes, i.stops) for i in airport.incidents.values()]
    stops = [stops for closes, stops in shut if set(closes) - {"runway", "visual", "road", "shuttles"}]
    stops += [g.hours_stop for g in airport.gates.values() if not g.hours.always]
    stops += [airport.crowd.stops] if airport.crowd is not None else []
    return bool(airport.gates) and (bool(gates) or any(set(x) != everybody for x in stops))


class GateLines(Protocol):
    """The lines at the gates, as a doorkeeper moves groups between them."""

    def on_change(self) -> None:
        """A gate lets others in than before."""

    def joins(self, gates: list[Gate], group: Group) -> None:
        """A group that has come joins the line of the gate that it prefers."""

    def lines_up(self, g: Gate, group: Group) -> None:
        """It stands in a line where nobody is served now."""

    def takes_out(self, g: Gate, leave: list[Group]) -> None:
        """These leave a line."""

    def moves_to(self, gates: list[Gate], yard: Gate, group: Group) -> None:
        """A group that has left a line joins another, or waits in a yard."""


class Doorkeeper:
    """Which entrants each gate stops now, and those who wait because all of theirs stop them."""

    def __init__(
        self,
        run: Run,
        plan: CompiledScenario,
        closures: Closures,
        crowd: Crowd,
        gates: list[Gate],
        allowed: list[list[Gate]],
    ) -> None:
        """*allowed*: the gates that each cohort may use."""
        self.run = run
        self.clock = run.clock
        self.closures = closures
        self.crowd = crowd
        self.gates = gates
        self.allowed = allowed
        self.lines: list[GateLines] = run.link()
        """Who moves groups from line to line."""
        self.called: list[Callable[[], Iterable[int]]] = run.link()
        """Asked for the missions (indices) of which people are called forward now."""
        self.plan = plan
        airport = plan.scenario.airport
        self.present = selects(plan.scenario)
        self.calls = self.present and any(g.call_forward for g in airport.gates.values())
        """Whether any gate lets people in when an aircraft of their own comes."""
        self.crowd_stops = frozenset(airport.crowd.stops if airport.crowd is not None else ENTRANTS)
        self.yards: dict[str, Gate] = {}
        self.stopped: list[dict[Entrant, str]] = [{} for _ in gates]
        """By gate: whom it stops now while others may come in, and why."""
        self._opens: list[dict[Entrant, int]] = [{} for _ in gates]
        self._ways: dict[tuple[int, Entrant], list[Gate]] = {}
        self.changes = 0
        """How often any gate has begun or ceased to stop some."""
        self._known: dict[Way, tuple[int, frozenset[int], tuple[list[Gate], str]]] = {}
        """By mode of a cohort: gates that don't stop such groups, and at which change, and calls, that was so."""
        self._state: object = None
        self._hours = [g for g in gates if not g.always and not self.hours_stop_all(g)]
        self._seen: object = None
        self._called: frozenset[int] = frozenset()
        """Missions of which people are called forward, when anybody last asked."""

    def make_yards(self, first: int, make: type[Gate], priorities: tuple[int, ...]) -> list[Gate]:
        """Lines in front of the gates, one for each reason; they have no lanes."""
        if self.present:
            for k, (reason, cause) in enumerate(REASONS.items()):
                yard = make(first + k, "", GateSpec(exposed=False), 0.0, -1, priorities, False)
                yard.log = CauseLog(CAUSE[cause])
                self.yards[reason] = yard
        return list(self.yards.values())

    # -- whom a gate stops -------------------------------------------------------------------------------------------

    def hours_stop_all(self, g: Gate) -> bool:
        """Whether a gate is shut for everybody outside its hours."""
        return len(set(g.spec.hours_stop)) == len(ENTRANTS)

    def _reason(self, g: Gate, e: Entrant) -> str | None:
        closures = self.closures
        shut = closures.stopped("gates", e) or closures.stopped(g.name, e)
        if shut:
            return shut
        if not g.always and e in g.spec.hours_stop and not self.hours_stop_all(g) and not self.run.within(g.spec.hours):
            return "closure"
        if g.exposed and self.crowd.gates_closed and e in self.crowd_stops and len(self.crowd_stops) < len(ENTRANTS):
            return "crowd"
        return None

    def update(self) -> None:
        """Closures, hours or the crowd have changed: whom does each gate stop now?  A gate reopens for some as for all."""
        crowd = self.crowd.gates_closed and len(self.crowd_stops) < len(ENTRANTS)
        state = (self.closures.part_changes, crowd, [self.run.within(g.spec.hours) for g in self._hours])
        if state == self._state:
            return
        self._state = state
        self.changes += 1
        for g in self.gates:
            stopped, opens = self.stopped[g.index], self._opens[g.index]
            free: list[Entrant] = []
            for e in ENTRANTS:
                reason = self._reason(g, e)
                if reason is not None:
                    stopped[e] = reason
                    opens.pop(e, None)
                elif e in stopped and e not in opens:
                    free.append(e)
            if not free:
                continue
            wait = self.run.streams[g.reopening].at(g.reopenings)
            g.reopenings += 1
            if wait <= 0:
                for e in free:
                    del stopped[e]
            elif wait < INF:
                opens.update(dict.fromkeys(free, g.reopenings))
                self.clock.after(wait, GATE_REOPENS_FOR_SOME + g.index, self._reopens, (g, g.reopenings))

    def _reopens(self, arg: tuple[Gate, int]) -> None:
        g, time = arg
        opens, stopped = self._opens[g.index], self.stopped[g.index]
        for e in [e for e, c in opens.items() if c == time]:
            del opens[e], stopped[e]
        self.changes += 1
        self.lines[0].on_change()

    # -- where a group may go ----------------------------------------------------------------------------------------

    def _may_ever(self, cohort: Cohort, e: Entrant) -> list[Gate]:
        """Gates of a cohort that admit such entrants at all."""
        known = self._ways.get((cohort.index, e))
        if known is None:
            name = self.plan.missions[cohort.mission.index].name
            known = [
                g for g in self.allowed[cohort.index] if e in g.spec.admits and (not g.spec.missions or name in g.spec.missions)
            ]
            self._ways[cohort.index, e] = known
        return known

    def open_to(self, group: Group) -> tuple[list[Gate], str]:
        """Gates that don't stop such a group now, and if there are none, why."""
        way = group.way
        known = self._known.get(way)
        if known is None or known[0] != self.changes or known[1] is not self._called:
            known = self._known[way] = (self.changes, self._called, self._open_to(group.cohort, way.entrant))
        return known[2]

    def _open_to(self, cohort: Cohort, e: Entrant) -> tuple[list[Gate], str]:
        mission = cohort.mission.index
        usable, reasons = [], set()
        for g in self._may_ever(cohort, e):
            reason = self.stopped[g.index].get(e)
            if reason is None and g.spec.call_forward and mission not in self._called:
                reason = "calls"
            if reason is None:
                usable.append(g)
            else:
                reasons.add(reason)
        return usable, next((r for r in REASONS if r in reasons), "closure")

    def arrives(self, group: Group) -> None:
        """A group has come to the airport."""
        self._ask_calls()
        usable, reason = self.open_to(group)
        if usable:
            self.lines[0].joins(usable, group)
        else:
            self.lines[0].lines_up(self.yards[reason], group)

    def _ask_calls(self) -> None:
        if self.calls:
            called = frozenset(m for ask in self.called for m in ask())
            if called != self._called:
                self._called = called

    def sort(self, works: list[bool]) -> None:
        """Everybody stands where such as they may come in: those who no longer may leave their line, others join one.

        *works*: which gates are open with somebody who can man a lane.  Whoever stands at one that doesn't work goes to
        another of theirs that does.
        """
        self._ask_calls()
        seen = (tuple(works), self.changes, self._called)
        if seen == self._seen:
            return
        self._seen = seen
        lines = self.lines[0]
        for line in [*self.gates, *self.yards.values()]:
            ways: dict[Way, tuple[list[Gate], Gate] | None] = {}
            moves: list[tuple[Group, tuple[list[Gate], Gate]]] = []
            for group in line.queue:
                way = group.way
                try:
                    to = ways[way]
                except KeyError:
                    to = ways[way] = self._better(group, line, works)
                if to is not None:
                    moves.append((group, to))
            lines.takes_out(line, [group for group, _ in moves])
            for group, (usable, yard) in moves:
                lines.moves_to(usable, yard, group)

    def _better(self, group: Group, line: Gate, works: list[bool]) -> tuple[list[Gate], Gate] | None:
        """Where a group in a line ought to stand: one of these gates, or if there are none the yard; None if it stays."""
        usable, reason = self.open_to(group)
        working = [g for g in usable if works[g.index]]
        here = line in usable and (works[line.index] or not working)
        if here or (not usable and line is self.yards[reason]):
            return None
        return working or usable, self.yards[reason]

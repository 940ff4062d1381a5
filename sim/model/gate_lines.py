"""One gate: its line, its lanes, and which of several a group prefers."""

from __future__ import annotations

from collections import deque
from typing import Any

from sim.model.compiled.numbers import INF
from sim.model.kernel import Call, CauseLog, Line, StateLog
from sim.model.mission import Group
from sim.model.names import CAUSE
from sim.scenario.schema import Gate as GateSpec

_SEARCH = CAUSE["search"]


class Gate:
    """One gate: a line, lanes, and why it does not start the next group."""

    __slots__ = (
        "always",
        "blocked",
        "busy",
        "closed",
        "door",
        "exposed",
        "index",
        "lanes",
        "log",
        "name",
        "nominal",
        "opened",
        "people",
        "queue",
        "reopening",
        "reopenings",
        "single",
        "slowed",
        "spec",
        "states",
        "stops",
    )  # fmt: skip

    def __init__(
        self, index: int, name: str, spec: GateSpec, nominal: float, reopening: int, priorities: tuple[int, ...], crowd: bool
    ) -> None:
        self.index = index
        self.name = name
        self.spec = spec
        self.nominal = nominal
        self.lanes = nominal
        """Lanes that may be used now: all of them, or none while it is closed."""
        self.people = 0
        """People in its line."""
        self.busy = 0
        self.always = spec.hours.always
        self.exposed = spec.exposed
        self.slowed = spec.exposed and crowd
        self.closed: str | None = None
        self.blocked = False
        self.reopening = reopening
        self.reopenings = 0
        self.opened: Call | None = None
        self.door = False
        self.single = len(priorities) == 1
        self.queue: Any = deque() if self.single else Line(priorities)
        self.log = CauseLog(_SEARCH)
        self.states = StateLog[str | None]()
        """Why it is closed, or None."""
        self.stops = StateLog[tuple[tuple[str, str], ...]]()
        """(entrant, why) of those whom it stops while others may come in; kept where gates or closures tell apart who comes."""

    def take_out(self, works: list[bool]) -> list[Group]:
        """Those of the line whose cohort (by index) has a gate that works, taken out of it in their order."""
        leave = [c for c in self.queue if works[c.cohort.index]]
        if leave:
            stay = [c for c in self.queue if not works[c.cohort.index]]
            self.queue.clear()
            self.people = 0
            for c in stay:
                self.push(c)
        return leave

    def push(self, group: Group) -> None:
        """Join the line."""
        self.people += group.people
        if self.single:
            self.queue.append(group)
        else:
            self.queue.push(group, group.cohort.priority)

    def first(self) -> Group:
        """The first of the line; raises IndexError when nobody is there."""
        group: Group = self.queue[0] if self.single else self.queue.peek()
        return group

    def pop(self) -> Group:
        """Take the first out of the line."""
        group: Group = self.queue.popleft() if self.single else self.queue.pop()
        self.people -= group.people
        return group


def lightest(gates: list[Gate]) -> Gate:
    """The gate that a group prefers: a manned one with the shortest line for each lane, else the shortest; ties to the first."""
    best, least, any_manned, single = gates[0], INF, False, gates[0].single
    for g in gates:
        lanes = g.lanes
        line = len(g.queue) if single else g.queue.length
        if lanes >= 1:
            burden = (line + g.busy) / lanes
            if burden < least or not any_manned:
                best, least, any_manned = g, burden, True
        elif not any_manned and line < least:
            best, least = g, line
    return best

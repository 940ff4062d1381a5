"""The holding area: who waits inside for a seat, and in which order they board.

Groups stand in several lines at once (everybody; by priority; by mission); one that has boarded is skipped in the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from sim.model.aircraft import Fleet, Portion, TroopGroup
from sim.model.compiled.lift import CompiledFleet
from sim.model.mission import Cohort, Group

FIRST = -(10**6)
"""Boarding priority of troops near their deadline: before everyone else."""


Queue = deque[Any]
"""Groups and troops in the order in which they board; ``left`` of them each have no seat yet."""


class Holding:
    """Lines of those who wait inside."""

    def __init__(self, missions: int, fleets: Iterable[CompiledFleet]) -> None:
        own = {m for f in fleets for m in f.serves}
        loading = {f.loading for f in fleets}
        self.level = 0
        """People of missions inside."""
        self.troops = 0
        """Troops who wait for a seat."""
        self.by_mission = [0] * missions if own or any(f.waits for f in fleets) else []
        """People inside by mission; counted only where fleets serve missions of their own, or where asked for."""
        self.fifo: Queue | None = deque() if "first-come" in loading else None
        self.priority: dict[int, Queue] | None = {} if "own-first" in loading else None
        self.own: dict[int, dict[int, Queue]] = {m: {} for m in own}
        self.lines: list[list[Queue]] = []
        """By cohort: where its groups stand."""

    def admit(self, cohorts: Iterable[Cohort]) -> None:
        """Groups of these cohorts will come."""
        self.lines = [self._lines(cohort) for cohort in cohorts]

    def _lines(self, cohort: Cohort) -> list[Queue]:
        lines = [self.fifo] if self.fifo is not None else []
        if self.priority is not None:
            lines.append(self._line_of(cohort.priority))
        own = self.own.get(cohort.mission.index)
        if own is not None:
            lines.append(own.setdefault(cohort.priority, deque()))
        return lines

    def add(self, group: Group) -> None:
        """A group has come in."""
        self.level += group.people
        if self.by_mission:
            self.by_mission[group.cohort.mission.index] += group.people
        for line in self.lines[group.cohort.index]:
            line.append(group)

    def add_troops(self, troop: TroopGroup) -> None:
        """Troops are ready to leave."""
        self.troops += troop.people
        if self.fifo is not None:
            self.fifo.append(troop)
            if troop.priority == FIRST:
                self._to_the_front(troop.name)
        if self.priority is not None:
            self._line_of(troop.priority).append(troop)

    def hurry(self, name: str) -> None:
        """Troops of this name board before everyone else from now on."""
        if self.fifo is not None:
            self._to_the_front(name)
        for p, line in list((self.priority or {}).items()):
            if p == FIRST:
                continue
            for troop in [x for x in line if _called(x, name) and x.left]:
                line.remove(troop)
                self._line_of(FIRST).append(troop)

    def _to_the_front(self, name: str) -> None:
        assert self.fifo is not None
        everybody = list(self.fifo)
        self.fifo.clear()
        self.fifo.extend(x for x in everybody if _called(x, name))
        self.fifo.extend(x for x in everybody if not _called(x, name))

    def _line_of(self, priority: int) -> Queue:
        assert self.priority is not None
        if priority not in self.priority:
            self.priority[priority] = deque()
            self.priority = dict(sorted(self.priority.items()))
        return self.priority[priority]

    def take(self, fleet: Fleet, seats: int) -> tuple[list[Portion], list[Portion], int, int]:
        """Board up to *seats* people, as the fleet loads: what boards of each group, and of troops; people of groups, troops."""
        taken: list[Portion] = []
        left = seats
        if fleet.first_come:
            assert self.fifo is not None
            left = _board(self.fifo, left, taken)
        else:
            if fleet.serves:
                left = self._take_own(fleet, left, taken)
            if not fleet.own_only:
                left = self._take_by_priority(left, taken)
        people, troops = seats - left, 0
        soldiers: list[Portion] = []
        if self.troops:
            soldiers = [p for p in taken if type(p[0]) is TroopGroup]
            troops = sum(k for _, k in soldiers)
            taken = [p for p in taken if type(p[0]) is not TroopGroup]
            people -= troops
            self.troops -= troops
        self.level -= people
        if self.by_mission:
            for group, k in taken:
                self.by_mission[group.cohort.mission.index] -= k
        return taken, soldiers, people, troops

    def _take_own(self, fleet: Fleet, seats: int, taken: list[Portion]) -> int:
        """Board people of the missions that it serves, by priority, after troops near their deadline: seats left."""
        if not fleet.own_only and self.priority is not None and FIRST in self.priority:
            seats = _board(self.priority[FIRST], seats, taken)
        for p in sorted({p for m in fleet.serves for p in self.own[m]}):
            for m in fleet.serves:
                if p in self.own[m]:
                    seats = _board(self.own[m][p], seats, taken)
        return seats

    def _take_by_priority(self, seats: int, taken: list[Portion]) -> int:
        assert self.priority is not None
        for line in self.priority.values():
            seats = _board(line, seats, taken)
        return seats


def _called(x: Any, name: str) -> bool:
    return type(x) is TroopGroup and x.name == name


def _board(line: Queue, seats: int, taken: list[Portion]) -> int:
    """Board from the front of a line: seats left."""
    while seats and line:
        x = line[0]
        k: int = x.left
        if k > seats:
            x.left = k - seats
            taken.append((x, seats))
            return 0
        line.popleft()
        if k:
            x.left = 0
            seats -= k
            taken.append((x, k))
    return seats

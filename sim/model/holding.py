"""The holding area: who waits inside for a seat, and in which order they board.

Groups stand in several lines at once (everybody; by priority; by mission); one that has boarded is skipped in the others.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from sim.model.mission import Chalk

Entry = list[Any]
"""[chalk or troop, people left, mission index or -1]"""
FIRST = -(10**6)
"""Boarding priority of troops near their deadline: before everyone else."""


class Troop:
    """A group of a withdrawing force: it takes seats and belongs to no mission."""

    __slots__ = ("n", "name", "priority")

    def __init__(self, name: str, n: int, priority: int) -> None:
        self.name = name
        self.n = n
        self.priority = priority


class Holding:
    """Lines of those who wait inside."""

    def __init__(self, missions: int, *, fifo: bool, by_priority: bool, own: set[int]) -> None:
        self.level = 0
        """People of missions inside."""
        self.troops = 0
        """Troops who wait for a seat."""
        self.by_mission = [0] * missions
        self.fifo: deque[Entry] | None = deque() if fifo else None
        self.priority: dict[int, deque[Entry]] | None = {} if by_priority else None
        self.own: dict[int, dict[int, deque[Entry]]] = {m: {} for m in own}

    def add(self, chalk: Chalk) -> None:
        """A group has come in."""
        mission = chalk.cohort.mission.index
        self.level += chalk.n
        self.by_mission[mission] += chalk.n
        entry: Entry = [chalk, chalk.n, mission]
        if self.fifo is not None:
            self.fifo.append(entry)
        if self.priority is not None:
            self._line_up_priority(entry, chalk.cohort.priority)
        if mission in self.own:
            self.own[mission].setdefault(chalk.cohort.priority, deque()).append(entry)

    def add_troops(self, troop: Troop) -> None:
        """Troops are ready to leave."""
        self.troops += troop.n
        entry: Entry = [troop, troop.n, -1]
        if self.fifo is not None:
            self.fifo.append(entry)
            if troop.priority == FIRST:
                self._to_the_front(troop.name)
        if self.priority is not None:
            self._line_up_priority(entry, troop.priority)

    def hurry(self, name: str) -> None:
        """Troops of this name board before everyone else from now on."""
        if self.fifo is not None:
            self._to_the_front(name)
        for p, line in list((self.priority or {}).items()):
            if p == FIRST:
                continue
            mine = [e for e in line if e[2] < 0 and e[0].name == name and e[1] > 0]
            for e in mine:
                line.remove(e)
                self._line_up_priority(e, FIRST)

    def _to_the_front(self, name: str) -> None:
        assert self.fifo is not None
        mine = [e for e in self.fifo if e[2] < 0 and e[0].name == name]
        self.fifo = deque(mine + [e for e in self.fifo if e[2] >= 0 or e[0].name != name])

    def _line_up_priority(self, entry: Entry, priority: int) -> None:
        assert self.priority is not None
        if priority not in self.priority:
            self.priority[priority] = deque()
            self.priority = dict(sorted(self.priority.items()))
        self.priority[priority].append(entry)

    def take_own(self, missions: tuple[int, ...], seats: int, *, only: bool) -> list[tuple[Any, int]]:
        """Board up to *seats* people of these missions, by priority; unless *only* they may, troops near their deadline first."""
        taken: list[tuple[Any, int]] = []
        if not only and self.priority is not None and FIRST in self.priority:
            seats -= self._take(self.priority[FIRST], seats, taken)
        for p in sorted({p for m in missions for p in self.own[m]}):
            for m in missions:
                if seats > 0 and p in self.own[m]:
                    seats -= self._take(self.own[m][p], seats, taken)
        return taken

    def take_any(self, seats: int, *, first_come: bool) -> list[tuple[Any, int]]:
        """Board up to *seats* people, in order of arrival or by priority."""
        taken: list[tuple[Any, int]] = []
        if first_come:
            assert self.fifo is not None
            self._take(self.fifo, seats, taken)
            return taken
        assert self.priority is not None
        for line in list(self.priority.values()):
            if seats <= 0:
                break
            seats -= self._take(line, seats, taken)
        return taken

    def _take(self, line: deque[Entry], seats: int, taken: list[tuple[Any, int]]) -> int:
        left = seats
        while line and left > 0:
            entry = line[0]
            n = entry[1]
            if n == 0:
                line.popleft()
                continue
            k = n if n <= left else left
            entry[1] = n - k
            left -= k
            if k == n:
                line.popleft()
            mission = entry[2]
            if mission < 0:
                self.troops -= k
            else:
                self.level -= k
                self.by_mission[mission] -= k
            taken.append((entry[0], k))
        return seats - left

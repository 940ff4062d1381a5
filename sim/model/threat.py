"""The threat to the capital: ordered levels, moved by a dated timeline or by random durations, up or down."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

from sim.model.compiled.numbers import Draws
from sim.model.compiled.threat import CompiledThreat
from sim.model.ranks import THREAT_MOVES, ranked
from sim.model.run import Run


def dated(threat: CompiledThreat, draws: Draws) -> list[tuple[float, int, int]]:
    """Dated changes in order of time: (hours from the start, negative before it; number in the timeline; level)."""
    return sorted((when.delay.in_(draws), i, to) for i, (when, to) in enumerate(threat.timeline) if when.after == "start")


def level_at_start(threat: CompiledThreat, draws: Draws) -> int:
    """The level when the clock starts: that of the last dated change that lies in the past, if there is any."""
    return next((to for at, _, to in reversed(dated(threat, draws)) if at <= 0), threat.start)


def moves(threat: CompiledThreat, draws: Draws, level: int) -> Iterator[tuple[float, int]]:
    """Random moves from *level* on: (hours for which the level before lasts, the next level); ends where one lasts for good."""
    visits: Counter[int] = Counter()
    while not threat.timeline and len(threat.levels) > 1 and (stay := threat.stay[level]) is not None:
        visit, up = visits[level], threat.up[level].in_(draws)
        visits[level] += 1
        rises = draws[threat.move[level]].at(visit) < up
        yield draws[stay].at(visit), level + 1 if rises else level - 1
        level += 1 if rises else -1


class Threat:
    """The level now, when each level was first reached, and what the level does."""

    def __init__(self, run: Run, plan: CompiledThreat) -> None:
        self.run = run
        self.clock = run.clock
        self.plan = plan
        self.level = plan.start
        self.worst = plan.start
        self.moves: Iterator[tuple[float, int]]
        """Random ones to come."""
        self.reached: list[float] = [math.inf] * len(plan.levels)
        self.fall = math.inf
        """First fall of the capital."""
        self.fallen_since = math.inf
        """When it fell last; it may have been freed since."""
        self.log: list[tuple[float, int]] = [(0.0, plan.start)]
        self.effects = [numbers.in_(self.run.streams) for numbers in plan.effects]
        self.now = self.effects[plan.start]
        """What the level does."""
        self.listeners: list[Callable[[], None]] = run.link()
        """Told of every change of the level, in this order."""

    @property
    def fallen(self) -> bool:
        """Whether the capital has fallen and not been freed."""
        return self.plan.fallen is not None and self.level >= self.plan.fallen

    def start(self) -> None:
        """Begin: dated changes that lie in the past have happened."""
        draws = self.run.streams
        self.level = level_at_start(self.plan, draws)
        self.log = [(0.0, self.level)]
        self._enter()
        for at, i, level in dated(self.plan, draws):
            if at > 0:
                self.clock.at(at, ranked(THREAT_MOVES, i), self._change, level)
        self.moves = moves(self.plan, draws, self.level)
        self._schedule()

    def _schedule(self) -> None:
        if (move := next(self.moves, None)) is not None:
            self.clock.after(move[0], THREAT_MOVES, self._move, move[1])

    def _move(self, level: int) -> None:
        self._change(level)
        self._schedule()

    def _change(self, level: int) -> None:
        if level == self.level:
            return
        was_fallen, self.level = self.fallen, level
        self.log.append((self.clock.now, level))
        self._enter(was_fallen)
        for listener in self.listeners:
            listener()

    def _enter(self, was_fallen: bool = False) -> None:
        level, now = self.level, self.clock.now
        if self.fallen and not was_fallen:
            self.fallen_since = now
        self.now = self.effects[level]
        self.worst = max(self.worst, level)
        for k in range(self.worst + 1):
            if self.reached[k] == math.inf:
                self.reached[k] = now
                self.run.happened(self.plan.levels[k], now)
        if self.fallen and self.fall == math.inf:
            self.fall = now

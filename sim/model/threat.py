"""The threat to the capital: ordered levels, moved by a dated timeline or by random durations, up or down."""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.model.compiled.threat import CompiledThreat
from sim.model.ranks import THREAT_MOVES, ranked
from sim.model.run import Run


class Threat:
    """The level now, when each level was first reached, and what the level does."""

    def __init__(self, run: Run, plan: CompiledThreat) -> None:
        self.run = run
        self.clock = run.clock
        self.plan = plan
        self.level = plan.start
        self.worst = plan.start
        self.visits = [0] * len(plan.levels)
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
        dated = sorted((self.run.moment(m), i, level) for i, (m, level) in enumerate(self.plan.timeline) if m.after == "start")
        for at, _, level in dated:
            if at <= 0:
                self.level = level
        self.log = [(0.0, self.level)]
        self._enter()
        for at, i, level in dated:
            if at > 0:
                self.clock.at(at, ranked(THREAT_MOVES, i), self._change, level)
        if not self.plan.timeline:
            self._schedule()

    def _schedule(self) -> None:
        stay = self.plan.stay[self.level]
        if stay is not None and len(self.plan.levels) > 1:
            self.clock.after(self.run.streams[stay].at(self.visits[self.level] - 1), THREAT_MOVES, self._move)

    def _move(self, _: None) -> None:
        level = self.level
        u = self.run.streams[self.plan.move[level]].at(self.visits[level] - 1)
        self._change(level + 1 if u < self.run.get(self.plan.up[level]) else level - 1)
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
        self.visits[level] += 1
        self.now = self.effects[level]
        self.worst = max(self.worst, level)
        for k in range(self.worst + 1):
            if self.reached[k] == math.inf:
                self.reached[k] = now
                self.run.happened(self.plan.levels[k], now)
        if self.fallen and self.fall == math.inf:
            self.fall = now

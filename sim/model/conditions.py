"""Who waits for a condition: a threat level, an airport without foreign force, missions that have gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.model.compiled.numbers import When
from sim.model.compiled.scenario import CompiledScenario
from sim.model.decisions import Facts, holds
from sim.model.kernel import Callback
from sim.model.run import Run
from sim.model.threat import Threat
from sim.scenario.types import Condition


class Conditions:
    """What conditions may name, and what is to be done once one of them holds."""

    def __init__(self, run: Run, threat: Threat, plan: CompiledScenario) -> None:
        self.run = run
        self.threat = threat
        self.plan = plan
        self.absent: list[Callable[[], bool]] = run.link()
        """Whether no foreign force is there; without an answer one is."""
        self.leaving: list[Callable[[], bool]] = run.link()
        """Whether a force has begun to leave."""
        self.gone = [False] * len(plan.missions)
        """By mission: whether it has gone."""
        self.n_gone = 0
        self.pending: dict[int, tuple[tuple[Condition, ...], Callback]] = run.link_table()
        """Who waits, in the order in which they came."""
        self.cause: Condition | When | None = None
        """What has led to the callback that is being called."""
        self._registered = 0
        self._settled: tuple[Any, ...] = ()
        """What conditions may name when none of those pending held."""

    def trigger(
        self, conditions: tuple[Condition, ...], at: When | None, priority: int, callback: Callback, arg: Any = None
    ) -> None:
        """Call ``callback(arg)`` once: at the moment, or as soon as one of the conditions holds, whichever comes first."""
        done = False

        def once(cause: When | None) -> None:
            nonlocal done
            if not done:
                done = True
                self.cause = cause or next((c for c in conditions if self.holds(c)), None)
                callback(arg)

        if at is not None:
            self.run.when(at, priority, once, at)
        if conditions:
            if self.run.started and any(self.holds(c) for c in conditions):
                once(None)
            else:
                self._registered += 1
                self.pending[self._registered] = (conditions, once)

    def holds(self, condition: Condition) -> bool:
        """Whether a condition holds now."""
        absent, leaving = (any(ask() for ask in each) for each in (self.absent, self.leaving))
        return holds(condition, self.plan, Facts(self.threat.level, absent, leaving, self.gone))

    def goes(self, mission: int) -> None:
        """A mission has gone; who waits for that is told by the next :meth:`check`."""
        if not self.gone[mission]:
            self.gone[mission] = True
            self.n_gone += 1

    def check(self) -> None:
        """Something that a condition may name has changed."""
        if not self.run.started or self._nameable() == self._settled:
            return
        again = True
        while again:
            again = False
            held: dict[int, bool] = {}  # equal conditions are one object, which most missions share
            for number, (conditions, callback) in list(self.pending.items()):
                if number not in self.pending:
                    continue  # what another callback led to has called it
                hold = held.get(id(conditions))
                if hold is None:
                    hold = held[id(conditions)] = any(self.holds(c) for c in conditions)
                if hold:
                    del self.pending[number]
                    callback(None)
                    again = True
                    held.clear()
        self._settled = self._nameable()

    def _nameable(self) -> tuple[Any, ...]:
        """All that :meth:`holds` may depend on, and how many have asked."""
        sources = (*self.absent, *self.leaving)
        return self.threat.level, *(ask() for ask in sources), self.n_gone, self._registered

"""The eligibility check: teams of consular officers, who take those searched one group after another, by priority."""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.model.compiled.numbers import Number
from sim.model.compiled.scenario import CompiledScenario
from sim.model.kernel import Line
from sim.model.mission import Group
from sim.model.ranks import CHECKED, OFFICERS_CHANGE
from sim.model.run import Run
from sim.model.security import Security
from sim.model.threat import Threat


class Officers:
    """The officers, the teams they make, and the line before them."""

    def __init__(
        self, run: Run, plan: CompiledScenario, threat: Threat, security: Security, entered: list[Callable[[Group], None]]
    ) -> None:
        """*entered*: the one who takes each group that has come inside."""
        self.run = run
        self.clock = run.clock
        self.threat = threat
        self.security = security
        self.entered = entered
        self.checked: list[Callable[[], None]] = run.link()
        """Told when a check has ended, or teams have come or gone."""
        self.plan = plan.gates.consular
        self.checks = self.plan is not None
        self.number, team = self.plan.numbers.in_(run.streams) if self.plan is not None else (math.inf, 1.0)
        """Whom the missions have there now by themselves."""
        self.team = max(1.0, team)
        self.teams = self._teams() if self.checks else math.inf
        self.checking = 0
        """Teams at work."""
        self.line = Line(plan.priorities)

    def start(self) -> None:
        """Follow the missions' build-up."""
        for i, more in enumerate(self.plan.build_up if self.plan is not None else ()):
            self.run.when(more.at, OFFICERS_CHANGE + i, self._have, more.officers)

    def _teams(self) -> float:
        """Teams that the officers make: those whom troops protect, or whom the missions have by themselves."""
        protected = self.security.officers
        number = self.number if protected is None else protected
        return number // self.team if math.isfinite(number) else math.inf

    def _have(self, officers: Number) -> None:
        """The missions have so many officers from now on."""
        self.number = self.run.get(officers)
        self.update()

    def update(self) -> None:
        """Officers may have come or gone; who is checking a group finishes it first."""
        if (teams := self._teams()) != self.teams:
            self.teams = teams
            self._check()
            self._report()

    def take(self, group: Group) -> None:
        """A group, searched, joins the line."""
        self.line.push(group, group.cohort.priority)
        self._check()

    def _check(self) -> None:
        while self.line.length and self.checking < self.teams:
            group: Group = self.line.pop()
            group.consular = self.clock.now
            cohort = group.cohort
            assert cohort.plan.consular is not None
            fixed, per_person = cohort.plan.consular
            streams, number = self.run.streams, group.number
            time = streams[fixed].at(number) + streams[per_person].at(number) * group.people / self.team
            time *= self.threat.now.consular * cohort.consular_factor
            if not math.isfinite(time):
                self.checking += 1
            elif time > 0:
                self.checking += 1
                self.clock.wake(time, CHECKED + group.key, self._checked, group)
            else:
                group.inside = group.consular
                self.entered[0](group)

    def _checked(self, group: Group) -> None:
        self.checking -= 1
        group.inside = self.clock.now
        self.entered[0](group)
        self._check()
        self._report()

    def _report(self) -> None:
        for tell in self.checked:
            tell()

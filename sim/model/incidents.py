"""Typed incidents, scheduled or random: what they shut, and what they do to the crowd.

A random incident type spends a unit-exponential budget through its integrated rate, so that a changed rate moves the
times of its incidents and nothing else.
"""

from __future__ import annotations

from sim.model.closures import Closures
from sim.model.compiled.airport import CompiledIncident, CompiledIncidents
from sim.model.crowd import Crowd
from sim.model.kernel import Call
from sim.model.ranks import INCIDENT_DATED, INCIDENT_ENDS, INCIDENT_HAPPENS, ranked
from sim.model.run import Disruption, Run
from sim.model.security import Security
from sim.model.threat import Threat


class Incident:
    """One type of incident."""

    def __init__(
        self, run: Run, plan: CompiledIncident, rank: int, threat: Threat, security: Security, closures: Closures, crowd: Crowd
    ) -> None:
        self.run = run
        self.clock = run.clock
        self.threat = threat
        self.security = security
        self.closures = closures
        self.crowd = crowd
        self.plan = plan
        self.rank = rank
        self.count = 0
        self.random = 0
        self.rate = 0.0
        self.since = 0.0
        self.budget = 0.0
        self._next: Call | None = None

    def start(self) -> None:
        """Schedule the dated ones and draw the first budget."""
        for k, at in enumerate(self.plan.at):
            self.run.when(at, ranked(INCIDENT_DATED, self.rank, k), self._dated, k)
        if self.plan.rate:
            self.budget = self.run.streams[self.plan.budget].at(0)
            self.on_change()

    def _rate_now(self) -> float:
        rates = self.plan.rate
        levels, level = self.threat.plan.levels, self.threat.level
        factor = 1.0
        if levels[level] in rates:
            rate = self.run.get(rates[levels[level]])
        else:
            milder = [n for n in levels[:level] if n in rates]
            rate = self.run.get(rates[milder[-1]]) if milder else 0.0
            factor = self.threat.now.incidents
        s = self.security
        if not s.unlimited and s.manned:
            assert s.force is not None
            factor *= s.force.numbers.incidents
        if s.host_stands:
            factor *= s.host.incidents
        return rate * factor

    def on_change(self) -> None:
        """The rate may have changed: spend what has passed and look ahead again."""
        if not self.plan.rate:
            return
        now = self.clock.now
        self.budget -= self.rate * (now - self.since)
        self.since = now
        self.rate = self._rate_now()
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self.rate > 0:
            wait = max(0.0, self.budget) / self.rate
            self._next = self.clock.after(wait, ranked(INCIDENT_HAPPENS, self.rank, self.random), self._random)

    def _random(self, _: None) -> None:
        self.random += 1
        self.since = self.clock.now
        self.budget = self.run.streams[self.plan.budget].at(self.random)
        self._next = None
        self.on_change()
        self._begin(self.run.streams[self.plan.lasts].at(self.random - 1))

    def _dated(self, k: int) -> None:
        self._begin(self.run.streams[self.plan.lasts_dated].at(k))

    def _begin(self, lasts: float) -> None:
        p = self.plan
        self.count += 1
        self.run.note("incident begins", name=p.name, closes=p.closes, stops=p.stops, hours=lasts)
        self._disrupts(True)
        if p.closes:
            self.closures.begin(p.closes, "closure", p.stops)
        factor = self.run.get(p.crowd)
        if self.crowd.present:
            self.crowd.scatter(self.run.get(p.disperses))
            if factor != 1.0:
                self.crowd.factors.append(factor)
                self.crowd.on_change()
        self.clock.after(lasts, ranked(INCIDENT_ENDS, self.rank, self.count), self._ends, factor)

    def _disrupts(self, begins: bool) -> None:
        p = self.plan
        self.run.disruptions.append(Disruption(self.clock.now, p.name, begins, p.closes, "closure", p.stops))

    def _ends(self, factor: float) -> None:
        self.run.note("incident ends", name=self.plan.name)
        self._disrupts(False)
        if self.plan.closes:
            self.closures.end(self.plan.closes, "closure", self.plan.stops)
        if self.crowd.present and factor != 1.0:
            self.crowd.factors.remove(factor)
            self.crowd.on_change()


class Incidents:
    """All types of incidents."""

    def __init__(
        self, run: Run, plan: CompiledIncidents, threat: Threat, security: Security, closures: Closures, crowd: Crowd
    ) -> None:
        self.types = [Incident(run, p, rank, threat, security, closures, crowd) for rank, p in enumerate(plan.incidents)]

    def start(self) -> None:
        """Begin them."""
        for incident in self.types:
            incident.start()

    def on_change(self) -> None:
        """Threat level, perimeter or host have changed: rates with them."""
        for incident in self.types:
            incident.on_change()

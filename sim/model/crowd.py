"""The crowd outside the gates: dC/dt = inflow - dispersal * C - what outer screening holds off, with C >= 0.

Between events inflow and dispersal are constant, so C follows C(t) = E + (C0 - E) exp(-d t) with E = a / d (or
C0 + a t without dispersal), clipped at zero.  Crossings of thresholds and the integral of the breach hazard are taken
from that formula; there is no step size.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from sim.model.closures import Closures
from sim.model.compiled.airport import CompiledCrowd
from sim.model.kernel import Call
from sim.model.ranks import CROWD_BREAKS_THROUGH, CROWD_CROSSES, CROWD_HEARS_NEWS, RUNWAY_CLEARED
from sim.model.run import Disruption, Run
from sim.model.security import Security
from sim.model.threat import Threat

LIMIT = 1e6
"""Hours; nothing is looked for beyond."""


class Course(NamedTuple):
    """C(t) from *start* people at rate *flow* (people/h, net of what is held off) and *dispersal* (1/h)."""

    start: float
    flow: float
    dispersal: float

    def at(self, t: float) -> float:
        """People after *t* hours."""
        if self.dispersal > 0:
            rest = self.flow / self.dispersal
            return max(0.0, rest + (self.start - rest) * math.exp(-self.dispersal * t))
        return max(0.0, self.start + self.flow * t)

    def reaches(self, level: float) -> float:
        """Hours until the crowd first equals *level* > 0 from where it is; infinite if never (or if it is there now)."""
        if not math.isfinite(level) or level == self.start:
            return math.inf
        if self.dispersal > 0:
            rest = self.flow / self.dispersal
            if (rest - level) * (self.start - level) >= 0:
                return math.inf
            return math.log((self.start - rest) / (level - rest)) / self.dispersal
        t = (level - self.start) / self.flow if self.flow else math.inf
        return t if t > 0 else math.inf

    def excess(self, above: float, t: float) -> float:
        """Integral of max(0, C - above) over the next *t* hours, in person-hours (*above* ≥ 0)."""
        if self.start > above:
            first, last = 0.0, min(t, self.reaches(above) if above > 0 else self._zero())
        elif self.start == above:
            first, last = 0.0, t if self.at(t) > above else 0.0
        else:
            first, last = min(t, self.reaches(above)), t
        return self._area(first, last) - above * (last - first)

    def _zero(self) -> float:
        if self.start == 0:
            return 0.0 if self.flow > 0 else math.inf
        if self.dispersal > 0:
            rest = self.flow / self.dispersal
            return math.log((self.start - rest) / -rest) / self.dispersal if rest < 0 else math.inf
        return -self.start / self.flow if self.flow < 0 else math.inf

    def _area(self, a: float, b: float) -> float:
        if b <= a:
            return 0.0
        if self.dispersal > 0:
            rest, d = self.flow / self.dispersal, self.dispersal
            return rest * (b - a) + (self.start - rest) * (math.exp(-d * a) - math.exp(-d * b)) / d
        return self.start * (b - a) + self.flow * (b * b - a * a) / 2


class Crowd:
    """C(t), whether the gates are closed for it, and its breaches of the runway."""

    def __init__(self, run: Run, plan: CompiledCrowd | None, threat: Threat, security: Security, closures: Closures) -> None:
        self.run = run
        self.clock = run.clock
        self.threat = threat
        self.security = security
        self.closures = closures
        self.thresholds: list[Callable[[], None]] = run.link()
        """Told when it has grown so large that gates close, or so small that they open."""
        self.present = plan is not None
        self.gates_closed = False
        self.breached = False
        self.breaches = 0
        self.log: list[tuple[float, Course]] = run.kept([])
        if plan is None:
            return
        self.plan = plan
        self.numbers = numbers = plan.numbers.in_(self.run.streams)
        self.news, self.breach = numbers.news, numbers.breach
        self.open_below = numbers.open_below if numbers.open_below is not None else numbers.close_above / 2
        self.since = 0.0
        self.course = Course(numbers.start, 0.0, numbers.dispersal)
        self.hazard = 0.0
        self.budget = self.run.streams[plan.budget].at(0) if self.breach else math.inf
        self.news_factor = 1.0
        self.factors: list[float] = []
        """Factors on the inflow of the incidents in progress."""
        self.departures: list[float] = []
        self._next: Call | None = None
        self._speed, self._speed_at, self._speed_of = 1.0, -1.0, self.course

    def start(self) -> None:
        """Begin to follow the crowd."""
        if self.present:
            self.on_change()
            if self.news:
                self.clock.after(self.news.every, CROWD_HEARS_NEWS, self._news)

    def size(self) -> float:
        """People outside now."""
        return self.course.at(self.clock.now - self.since) if self.present else 0.0

    def speed(self) -> float:
        """Speed of an exposed gate, between 0 and 1: 1 / (1 + C / slows)."""
        if not self.present:
            return 1.0
        now, course = self.clock.now, self.course
        if now != self._speed_at or course is not self._speed_of:  # each gate asks, again and again
            self._speed = 1.0 / (1.0 + course.at(now - self.since) / self.numbers.slows)
            self._speed_at, self._speed_of = now, course
        return self._speed

    def on_change(self) -> None:
        """Something that drives the crowd has changed: go on from here with the new rates."""
        if not self.present:
            return
        self._rebase(self.size())
        inflow = self.numbers.inflow + self.threat.now.crowd
        security = self.security
        if not security.unlimited and security.manned:
            assert security.force is not None
            inflow *= security.force.numbers.crowd
        for factor in self.factors:
            inflow *= factor
        held = security.host.holds_off if security.host_stands else 0.0
        self.course = Course(self.course.start, inflow * self.news_factor - held, self.numbers.dispersal)
        self.hazard = 0.0
        if self.breach and not self.breached:
            strength = self.breach.strength
            weakness = 1 + security.headcount / strength if strength > 0 else math.inf
            self.hazard = self.breach.rate / 1000 / weakness
        self._thresholds()
        self._schedule()

    def scatter(self, share: float) -> None:
        """A share of the crowd goes away at once."""
        if self.present and share > 0:
            self._rebase(self.size() * (1 - share))
            self._thresholds()
            self._schedule()

    def _rebase(self, size: float) -> None:
        now = self.clock.now
        if self.breach is not None and self.hazard > 0:
            self.budget -= self.hazard * self.course.excess(self.breach.above, now - self.since)
        self.course = Course(size, self.course.flow, self.course.dispersal)
        self.since = now

    def _schedule(self) -> None:
        self.log.append((self.since, self.course))
        if self._next is not None:
            self._next.cancel()
        level = self.open_below if self.gates_closed else self.numbers.close_above
        cross = self._crossing(level)
        breach = self._breach_time(cross)
        if breach < cross:
            self._next = self.clock.at(self.since + breach, CROWD_BREAKS_THROUGH, self._breaks)
        else:
            self._next = self.clock.at(self.since + cross, CROWD_CROSSES, self._crosses, level) if cross < LIMIT else None

    def _crossing(self, level: float) -> float:
        return self.course.reaches(level) if level > 0 else (self.course._zero() if self.gates_closed else math.inf)

    def _breach_time(self, before: float) -> float:
        """Hours until the hazard has used up its budget, if that is sooner than *before*."""
        if self.breach is None or self.hazard <= 0:
            return math.inf
        above, budget, h, course = self.breach.above, self.budget, self.hazard, self.course
        high = min(before, LIMIT)
        if h * course.excess(above, high) < budget:
            return math.inf
        from scipy.optimize import brentq

        return float(brentq(lambda t: h * course.excess(above, t) - budget, 0.0, high, xtol=1e-12))

    def _crosses(self, level: float) -> None:
        self._rebase(level)
        self.gates_closed = not self.gates_closed
        self._schedule()
        for tell in self.thresholds:
            tell()

    def _thresholds(self) -> None:
        """Close or open the gates if the crowd is beyond a threshold."""
        size = self.course.start
        if size <= self.open_below if self.gates_closed else size >= self.numbers.close_above:
            self._crossed()

    def _crossed(self) -> None:
        self.gates_closed = not self.gates_closed
        for tell in self.thresholds:
            tell()

    def _breaks(self, _: None) -> None:
        breach = self.breach
        assert breach is not None
        self._rebase(self.size())
        clear = self.run.streams[self.plan.clear].at(self.breaches)
        clear /= 1 + self.security.headcount / breach.clear_strength if math.isfinite(breach.clear_strength) else 1.0
        self.breaches += 1
        self.breached = True
        self.hazard = 0.0
        self._schedule()
        self.run.note("crowd breaks through")
        self._disrupts(True)
        self.closures.begin(("runway",), "crowd")
        self.clock.after(clear, RUNWAY_CLEARED, self._cleared)

    def _disrupts(self, begins: bool) -> None:
        self.run.disruptions.append(Disruption(self.clock.now, "crowd", begins, ("runway",), "crowd", None))

    def _cleared(self, _: None) -> None:
        assert self.breach is not None
        self.breached = False
        self.budget = self.run.streams[self.plan.budget].at(self.breaches)
        self.run.note("runway cleared")
        self._disrupts(False)
        self.closures.end(("runway",), "crowd")
        self.scatter(self.breach.disperses)
        self.on_change()

    def _news(self, _: None) -> None:
        now, news = self.clock.now, self.news
        assert news is not None
        first = now - news.window
        self.departures = [t for t in self.departures if t > first]
        self.news_factor = 1 + len(self.departures) / news.flights if news.flights > 0 else 1.0
        self.on_change()
        self.clock.after(news.every, CROWD_HEARS_NEWS, self._news)

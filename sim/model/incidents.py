"""What shuts things: dated closures and typed incidents, scheduled or random.

A random incident type spends a unit-exponential budget through its integrated rate, so that a changed rate moves the
times of its incidents and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.compiled.airport import CompiledClosure, CompiledIncident, CompiledIncidents
from sim.model.kernel import Call
from sim.model.ranks import CLOSURE_BEGINS, CLOSURE_ENDS, INCIDENT_DATED, INCIDENT_ENDS, INCIDENT_HAPPENS, ranked
from sim.scenario.schema import ENTRANTS, Entrant

if TYPE_CHECKING:
    from sim.model.world import World

FOR_ALL = ("runway", "visual", "shuttles")
"""What closes for all, whomever a closure stops at the gates and on the road."""


class Closures:
    """What is closed now, and why."""

    def __init__(self, w: World, plan: CompiledIncidents) -> None:
        self.w = w
        self.closures = plan.closures
        self.shut: dict[tuple[str, str], int] = {}
        """(what, cause) -> number of closures in progress."""
        self._cause: dict[str, str] = {}
        """What is closed now -> why."""
        self.part_changes = 0
        """How often closures that stop only some have begun or ended."""
        self.part: dict[tuple[str, Entrant, str], int] = {}
        """(what, entrant, cause) -> number of closures in progress that stop only some."""
        self.parted = plan.parted
        """Whether any closure stops only some."""
        self.incidents = [Incident(w, p, rank) for rank, p in enumerate(plan.incidents)]

    def start(self) -> None:
        """Schedule the dated closures and begin the incidents."""
        for rank, c in enumerate(self.closures):
            self.w.when(c.at, ranked(CLOSURE_BEGINS, rank), self._dated, (c, rank))
        for incident in self.incidents:
            incident.start()

    def _dated(self, arg: tuple[CompiledClosure, int]) -> None:
        c, rank = arg
        w = self.w
        lasts = w.streams[c.lasts].at(0)
        begun = w.moment(c.at) if c.at.after == "start" else w.clock.now
        left = lasts - (w.clock.now - begun)
        if left <= 0:
            return
        w.note(c.name, "closes " + " ".join(c.closes))
        self.begin(c.closes, "closure", c.stops)
        w.clock.after(left, ranked(CLOSURE_ENDS, rank), self._over, c)

    def _over(self, c: CompiledClosure) -> None:
        self.w.note(c.name, "ends")
        self.end(c.closes, "closure", c.stops)

    def is_shut(self, what: str) -> str | None:
        """The cause (``closure`` or ``crowd``) for which something is closed, or None."""
        return self._cause.get(what)

    def _note_causes(self, what: tuple[str, ...]) -> None:
        for w in what:
            cause = next((c for c in ("closure", "crowd") if self.shut.get((w, c))), None)
            if cause is None:
                self._cause.pop(w, None)
            else:
                self._cause[w] = cause

    def stopped(self, what: str, e: Entrant) -> str | None:
        """The cause for which something is closed for some, such as *e*, and open for others; or None."""
        if not self.part:
            return None
        return next((c for c in ("closure", "crowd") if self.part.get((what, e, c))), None)

    def begin(self, what: tuple[str, ...], cause: str, stops: tuple[Entrant, ...] = ENTRANTS) -> None:
        """Close things, for some who come or for everybody."""
        self._count(what, cause, stops, 1)

    def end(self, what: tuple[str, ...], cause: str, stops: tuple[Entrant, ...] = ENTRANTS) -> None:
        """End one closure of things."""
        self._count(what, cause, stops, -1)

    def _count(self, what: tuple[str, ...], cause: str, stops: tuple[Entrant, ...], change: int) -> None:
        everybody = set(stops) == set(ENTRANTS)
        for w in what:
            if everybody or w in FOR_ALL:
                self.shut[w, cause] = self.shut.get((w, cause), 0) + change
            else:
                self.part_changes += 1
                for e in set(stops):
                    self.part[w, e, cause] = self.part.get((w, e, cause), 0) + change
        self._note_causes(what)
        self._tell(what)

    def _tell(self, what: tuple[str, ...]) -> None:
        w = self.w
        if "runway" in what or "visual" in what:
            w.airfield.on_change()
        if "road" in what:
            w.road.on_change()
        if "shuttles" in what:
            w.shuttles.on_change()
        if any(x not in ("runway", "visual", "road", "shuttles") for x in what):
            w.gates.on_change()

    def on_change(self) -> None:
        """Threat level, perimeter or host have changed: rates with them."""
        for incident in self.incidents:
            incident.on_change()


class Incident:
    """One type of incident."""

    def __init__(self, w: World, plan: CompiledIncident, rank: int) -> None:
        self.w = w
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
            self.w.when(at, ranked(INCIDENT_DATED, self.rank, k), self._dated, k)
        if self.plan.rate:
            self.budget = self.w.streams[self.plan.budget].at(0)
            self.on_change()

    def _rate_now(self) -> float:
        w, rates = self.w, self.plan.rate
        levels, level = w.threat.plan.levels, w.threat.level
        factor = 1.0
        if levels[level] in rates:
            rate = w.get(rates[levels[level]])
        else:
            milder = [n for n in levels[:level] if n in rates]
            rate = w.get(rates[milder[-1]]) if milder else 0.0
            factor = w.threat.now.incidents
        s = w.security
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
        now = self.w.clock.now
        self.budget -= self.rate * (now - self.since)
        self.since = now
        self.rate = self._rate_now()
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self.rate > 0:
            wait = max(0.0, self.budget) / self.rate
            self._next = self.w.clock.after(wait, ranked(INCIDENT_HAPPENS, self.rank, self.random), self._random)

    def _random(self, _: None) -> None:
        self.random += 1
        self.since = self.w.clock.now
        self.budget = self.w.streams[self.plan.budget].at(self.random)
        self._next = None
        self.on_change()
        self._begin(self.w.streams[self.plan.lasts].at(self.random - 1))

    def _dated(self, k: int) -> None:
        self._begin(self.w.streams[self.plan.lasts_dated].at(k))

    def _begin(self, lasts: float) -> None:
        w, p = self.w, self.plan
        self.count += 1
        w.note(p.name, f"begins, for {lasts:.1f} h")
        if p.closes:
            w.closures.begin(p.closes, "closure", p.stops)
        factor = w.get(p.crowd)
        if w.crowd.present:
            w.crowd.scatter(w.get(p.disperses))
            if factor != 1.0:
                w.crowd.factors.append(factor)
                w.crowd.on_change()
        w.clock.after(lasts, ranked(INCIDENT_ENDS, self.rank, self.count), self._ends, factor)

    def _ends(self, factor: float) -> None:
        w = self.w
        w.note(self.plan.name, "ends")
        if self.plan.closes:
            w.closures.end(self.plan.closes, "closure", self.plan.stops)
        if w.crowd.present and factor != 1.0:
            w.crowd.factors.remove(factor)
            w.crowd.on_change()

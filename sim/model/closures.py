"""What is closed now, and why: dated closures, and what incidents and the crowd shut."""

from __future__ import annotations

from collections.abc import Callable

from sim.model.compiled.airport import CompiledClosure, CompiledIncidents
from sim.model.ranks import CLOSURE_BEGINS, CLOSURE_ENDS, ranked
from sim.model.run import Disruption, Run
from sim.scenario.schema import ENTRANTS, Entrant

FOR_ALL = ("runway", "visual", "shuttles")
"""What closes for all, whomever a closure stops at the gates and on the road."""


class Closures:
    """What is closed now, and why."""

    def __init__(self, run: Run, plan: CompiledIncidents) -> None:
        self.run = run
        self.clock = run.clock
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
        self.users: list[tuple[Callable[[str], bool], Callable[[], None]]] = run.link()
        """Whether something concerns whoever is told, and who is told that it has been closed or opened, in this order."""

    def start(self) -> None:
        """Schedule the dated closures."""
        for rank, c in enumerate(self.closures):
            self.run.when(c.at, ranked(CLOSURE_BEGINS, rank), self._dated, (c, rank))

    def _dated(self, arg: tuple[CompiledClosure, int]) -> None:
        c, rank = arg
        lasts = self.run.streams[c.lasts].at(0)
        begun = self.run.time_of(c.at) if c.at.after == "start" else self.clock.now
        left = lasts - (self.clock.now - begun)
        if left <= 0:
            return
        self.run.note("closure begins", name=c.name, closes=c.closes, stops=c.stops)
        self._disrupts(c, True)
        self.begin(c.closes, "closure", c.stops)
        self.clock.after(left, ranked(CLOSURE_ENDS, rank), self._over, c)

    def _over(self, c: CompiledClosure) -> None:
        self.run.note("closure ends", name=c.name)
        self._disrupts(c, False)
        self.end(c.closes, "closure", c.stops)

    def _disrupts(self, c: CompiledClosure, begins: bool) -> None:
        self.run.disruptions.append(Disruption(self.clock.now, c.name, begins, c.closes, "closure", c.stops))

    def is_shut(self, what: str) -> str | None:
        """The cause (``closure`` or ``crowd``) for which something is closed, or None."""
        return self._cause.get(what)

    def _note_causes(self, what: tuple[str, ...]) -> None:
        for part in what:
            cause = next((c for c in ("closure", "crowd") if self.shut.get((part, c))), None)
            if cause is None:
                self._cause.pop(part, None)
            else:
                self._cause[part] = cause

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
        for part in what:
            if everybody or part in FOR_ALL:
                self.shut[part, cause] = self.shut.get((part, cause), 0) + change
            else:
                self.part_changes += 1
                for e in set(stops):
                    self.part[part, e, cause] = self.part.get((part, e, cause), 0) + change
        self._note_causes(what)
        self._tell(what)

    def _tell(self, what: tuple[str, ...]) -> None:
        for concerns, tell in self.users:
            if any(concerns(x) for x in what):
                tell()

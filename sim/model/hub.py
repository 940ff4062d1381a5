"""Hubs and safe havens: beds, an onward rate, and departures that wait while the hub is full.

Beds are taken when a loaded aircraft is cleared to go and given back as people travel on, at a constant rate while
anybody is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.model.compiled.airport import CompiledHub
from sim.model.kernel import Call
from sim.model.ranks import HUB_ARRIVAL, HUB_HAS_ROOM, HUB_OPENS, ranked
from sim.model.run import Run


class Hub:
    """One safe haven."""

    def __init__(self, run: Run, plan: CompiledHub, rank: int) -> None:
        self.run = run
        self.clock = run.clock
        self.has_changed: list[Callable[[], None]] = run.link()
        """Told when there may be room: aircraft and helicopters may go."""
        self.name = plan.name
        self.rank = rank
        self.beds, self.onward = plan.numbers.in_(self.run.streams)
        self.plan = plan
        self.open = False
        self.opened = math.inf
        """Since when."""
        self.coming = 0
        """People on the way here."""
        self.stock = 0.0
        """People here at ``since``."""
        self.since = 0.0
        self.limited = math.isfinite(self.beds)
        self._due: Call | None = None
        self._due_at = math.inf

    def start(self) -> None:
        """Open at its date."""
        self.run.when(self.plan.opens, ranked(HUB_OPENS, self.rank), self._opens)

    def _opens(self, _: object) -> None:
        self.open = True
        self.run.note("hub opens", hub=self.name)
        self.opened = self.clock.now
        self._tell()

    def _tell(self) -> None:
        for tell in self.has_changed:
            tell()

    def here(self) -> float:
        """People here now (those half-way through the door count)."""
        if not math.isfinite(self.onward):
            return 0.0
        return max(0.0, self.stock - self.onward * (self.clock.now - self.since))

    def has_room(self, n: int) -> bool:
        """Whether *n* people may depart to it now."""
        return self.open and (not self.limited or n <= self.beds - self.coming - self.here() + 1e-9)

    def lands_in(self, n: int, arrives_in: float) -> None:
        """*n* of those who have beds here have taken off; they arrive after *arrives_in* hours."""
        self.clock.wake(arrives_in, ranked(HUB_ARRIVAL, self.rank), self._arrive, n)

    def _arrive(self, n: int) -> None:
        self.stock = self.here() + n
        self.since = self.clock.now
        self.coming -= n
        self._tell()

    def look_ahead(self, n: int) -> None:
        """Wake the lift when there will be room for *n* people, if nothing else happens."""
        if not self.open or not math.isfinite(self.onward) or self.onward <= 0:
            return
        over = n - (self.beds - self.coming - self.here())
        if over > self.here() + 1e-6:
            return
        wait = max(0.0, over / self.onward)
        if self._due is not None:
            if self._due_at <= self.clock.now + wait:
                return
            self._due.cancel()
        self._due_at = self.clock.now + wait
        self._due = self.clock.after(wait, ranked(HUB_HAS_ROOM, self.rank), self._room)

    def _room(self, _: None) -> None:
        self._due = None
        self._tell()


class Hubs:
    """All hubs by name."""

    def __init__(self, run: Run, plans: tuple[CompiledHub, ...]) -> None:
        self.by_name = {p.name: Hub(run, p, i) for i, p in enumerate(plans)}

    def tell(self, callback: Callable[[], None]) -> None:
        """Call back whenever one of them may have room."""
        for hub in self.by_name.values():
            hub.has_changed.append(callback)

    def start(self) -> None:
        """Open those that are open from the start."""
        for h in self.by_name.values():
            h.start()

"""Permission in windows: truces on the road and the hours in which an airfield may be used.

A window is open from its beginning until it has lasted or its limit comes, within its hours of the day.  What is held to
windows begins within one that is open; what has begun goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from sim.model.compiled.numbers import INF
from sim.model.compiled.windows import CompiledWindow
from sim.model.ranks import WINDOW_BEGINS, WINDOW_ENDS, WINDOW_HOURS, ranked
from sim.model.run import Run


class Windows:
    """Which windows are open now."""

    def __init__(self, run: Run, plans: Sequence[CompiledWindow], rank: int) -> None:
        self.run = run
        self.clock = run.clock
        self.plans = plans
        self.present = bool(plans)
        self.rank = rank
        self.changed: list[Callable[[], None]] = run.link()
        """Told when other windows are open, or known to come."""
        self.numbers = [p.numbers.in_(self.run.streams) for p in plans]
        self.running: set[int] = set()
        """Windows that have begun and not ended, whatever the time of day."""
        self.over: set[int] = set()
        self.spans: dict[int, tuple[float, float]] = {}
        """From when to when each runs, for those of which that is known."""

    def start(self) -> None:
        """Wait for the windows to begin and end."""
        for k, p in enumerate(self.plans):
            if p.begins.after == "start":
                self._known(k, 0.0)
            else:
                self.run.on_trigger(p.begins.after, partial(self._known, k))

    def _known(self, k: int, base: float) -> None:
        """What window *k* waits for has happened: its span is known."""
        p = self.plans[k]
        first = base + self.run.get(p.begins.delay)
        last = first + self.run.streams[p.lasts].at(0)
        if p.until is not None:
            if p.until.after == "start":
                last = min(last, self.run.time_of(p.until))
            else:
                self.run.when(p.until, ranked(WINDOW_ENDS, self.rank, k), self._ends, k)
        now = self.clock.now
        if last <= max(first, now) or k in self.over:
            return
        self.spans[k] = first, last
        self.clock.at(last, ranked(WINDOW_ENDS, self.rank, k), self._ends, k)
        if first <= now:
            self._begins(k)
        else:
            self.clock.at(first, ranked(WINDOW_BEGINS, self.rank, k), self._begins, k)
            if self.run.started:
                self._tell_change()

    def _begins(self, k: int) -> None:
        if k in self.over:
            return
        self.running.add(k)
        self._hours(k)

    def _hours(self, k: int) -> None:
        """The daily hours of a running window begin or end."""
        if k not in self.running:
            return
        wait = self.plans[k].hours.next_change(self.run.hour_of_day())
        if wait < INF:
            self.clock.after(wait, ranked(WINDOW_HOURS, self.rank, k), self._hours, k)
        self._tell(k)

    def _tell(self, k: int) -> None:
        self.run.note("window opens" if self.is_open((k,)) else "window closes", name=self.plans[k].name)
        self._tell_change()

    def _tell_change(self) -> None:
        for tell in self.changed:
            tell()

    def _ends(self, k: int) -> None:
        self.over.add(k)
        self.spans.pop(k, None)
        if k in self.running:
            self.running.remove(k)
            self._tell(k)

    # -- asked -------------------------------------------------------------------------------------------------------

    def is_open(self, which: Collection[int] | None = None) -> bool:
        """Whether one of *which* windows (of all) is open now; always, where there are none."""
        if not self.present:
            return True
        running = self.running if which is None else self.running.intersection(which)
        return any(self.run.within(self.plans[k].hours) for k in running)

    def least(self, name: str) -> float | None:
        """The smallest number of this name that an open window gives, or None."""
        if not self.running:
            return None
        given = [getattr(n, name) for k, n in enumerate(self.numbers) if k in self.running and self.is_open((k,))]
        return min([number for number in given if number is not None], default=None)

    def next_open(self, hours: float, which: Collection[int] | None = None) -> float:
        """The least time from now, *hours* or more, at which one of them is open, as far as is known; else infinite."""
        if not self.present:
            return hours
        now = self.clock.now
        best = INF
        for k, (first, last) in self.spans.items():
            if which is not None and k not in which:
                continue
            at = max(now + hours, first)
            daily = self.plans[k].hours
            hour = (self.run.start_hour + at) % 24
            if not daily.always and not daily.contains(hour):
                at += (daily.first - hour) % 24 if daily.first != daily.last else INF
            if at < last:
                best = min(best, max(hours, at - now))
        return best

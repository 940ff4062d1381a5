"""Progress in a notebook: one line with a bar that is written over, for work that takes a while; nothing is left of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from importlib import import_module
from typing import Protocol

from sim.console import Pace, plain, time_left

Shown = Mapping[str, str]
"""By kind: ``text/plain`` and ``text/html``."""


class Line(Protocol):
    """An output of a notebook that can be written over."""

    def update(self, data: Shown, raw: bool) -> object: ...


class NotebookProgress:
    """What is being simulated, how far, and the time left, in one output; from a second on, twice a second at most."""

    AFTER, EVERY = 1.0, 0.5

    def __init__(self, display: Callable[[Shown], Line], clock: Callable[[], float] = time.monotonic) -> None:
        self._display, self._clock, self._pace = display, clock, Pace(clock)
        self._line: Line | None = None
        self._begun = self._last = clock()
        self._name, self._done, self._total = "", 0, 0

    def ahead(self, count: int) -> None:
        self._pace.ahead(count)

    def begin(self, name: str, done: int, total: int) -> None:
        self._name, self._done, self._total = name, done, total
        self._pace.begin(total - done)
        self._show()

    def stored(self, count: int) -> None:
        self._done += count
        self._pace.stored(count)

    def advance(self, count: int, seconds: float, workers: int) -> None:
        self._done += count
        self._pace.advance(count, seconds, workers)
        self._show()

    def doing(self, name: str, what: str) -> None:
        self._show(f"{name}: {what}")

    def written(self, name: str) -> None: ...

    def waiting(self, name: str) -> None:
        self._show(f"{name}: another command is working in its folder; waiting for it", now=True)

    def notice(self, text: str) -> None:
        """A line that stays."""
        print(plain(text))

    def close(self) -> None:
        """Leaves nothing of it."""
        if self._line is not None:
            self._line.update({"text/plain": "", "text/html": ""}, raw=True)

    def _show(self, text: str = "", *, now: bool = False) -> None:
        moment = self._clock()
        if not now and (moment - self._begun < self.AFTER or (self._line is not None and moment - self._last < self.EVERY)):
            return
        self._last = moment
        shown = self._shown(text)
        if self._line is None:
            self._line = self._display(shown)
        else:
            self._line.update(shown, raw=True)

    def _shown(self, text: str) -> Shown:
        """*text*, or how far the simulation is."""
        if text:
            return {"text/plain": plain(text), "text/html": escape(plain(text))}
        name, many = plain(self._name), f"{self._done:,} of {self._total:,}"
        line = f"{name}: {many}, {time_left(self._pace)} left"
        bar = f'<progress value="{self._done}" max="{max(self._total, 1)}" aria-label="{escape(name)}"></progress>'
        return {"text/plain": line, "text/html": f"{bar} {escape(line)}"}


@contextmanager
def watched() -> Iterator[NotebookProgress | None]:
    """Progress where somebody looks at a notebook; None elsewhere: a script's output is its own."""
    if not in_notebook():
        yield None
        return
    display = import_module("IPython.display").display
    progress = NotebookProgress(lambda shown: display(dict(shown), raw=True, display_id=True))
    try:
        yield progress
    finally:
        progress.close()


def in_notebook() -> bool:
    """Whether a kernel runs this code, whose outputs can be written over."""
    known = sys.modules.get("IPython")
    shell = known.get_ipython() if known is not None and hasattr(known, "get_ipython") else None
    return getattr(shell, "kernel", None) is not None

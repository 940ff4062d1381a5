"""What a command says while it works and when it is done: lines, progress, JSON; nothing here decides anything."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

from sim.streams import failure, holds

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress as Bars

    from sim.experiment import Progress
    from sim.model.event import Event


class NobodyReads(Exception):
    """Whoever read standard output has had enough, as ``head`` does."""


class Unwritable(Exception):
    """The answer for a machine could not be written; says why."""


def plain(text: str) -> str:
    """Text on one line per line, without what could steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def say(text: str) -> None:
    """A line for a person, on standard error."""
    print(plain(text), file=sys.stderr, flush=True)


def give(text: str) -> None:
    """The answer, on standard output; that nobody can read it is no reason to stop."""
    print(text, flush=True)


def give_json(value: Any) -> None:
    """The answer for a machine: JSON alone on standard output, with escapes for what that can't hold; no infinity is in it.

    Raises:
        NobodyReads: if the reader has had enough.
        Unwritable: if it cannot be written.
    """
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    give(text if holds(sys.stdout, text) else json.dumps(value, indent=1, allow_nan=False))
    error = failure(sys.stdout)
    if error is not None:
        raise NobodyReads if isinstance(error, BrokenPipeError) else Unwritable(error.strerror)


def width(stream: TextIO | None = None) -> int:
    """Columns of the terminal, from 60 to 500; 100 where there is none."""
    stream = stream or sys.stdout
    columns = shutil.get_terminal_size((100, 24)).columns if stream.isatty() or os.environ.get("COLUMNS") else 100
    return min(max(60, columns), 500)


def show(*parts: RenderableType, width: int) -> None:
    """Tables and text as they are, on standard output."""
    from rich.console import Console

    page = Console(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False)
    for part in parts:
        page.print(part)
    sys.stdout.flush()


class Pace:
    """How fast replications come, in pieces from workers side by side, and how long the rest of the command's will take.

    Seconds for a replication are those that the workers spent: their start is not in it, nor the waits between scenarios.  What
    is not there yet is not all to be done: of the pieces that the other workers have in hand, half is done on average when one
    comes in.  For equal work the time left is thus right within the time of a piece.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = self._ahead = self._new = 0
        self._spent = self._each = 0.0
        self._due: float | None = None

    def ahead(self, count: int) -> None:
        """So many come after those that begin next."""
        self._ahead = count

    def begin(self, left: int) -> None:
        """So many are to come, of another kind perhaps; until the first is there they are taken to be like those before."""
        self._left, self._new, self._spent = left, 0, 0.0
        self._reckon(0.0)

    def stored(self, count: int) -> None:
        """So many of them are there already."""
        self._left -= count
        self._reckon(0.0)

    def advance(self, count: int, seconds: float, workers: int) -> None:
        """So many came in as one piece, on which one of *workers* spent *seconds*."""
        self._left -= count
        if seconds > 0:  # nothing is known of a piece whose worker was lost
            self._new, self._spent = self._new + count, self._spent + seconds / workers
            self._each = self._spent / self._new
        self._reckon(0.5 * (1 - 1 / workers) * seconds)

    def _reckon(self, in_hand: float) -> None:
        if self._each:
            self._due = self._clock() + max((self._left + self._ahead) * self._each - in_hand, 0.0)

    @property
    def rate(self) -> float:
        """Replications a second; 0 as long as there is none."""
        return 1 / self._each if self._each else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until all replications of the command are there; None as long as nothing is known."""
        return None if self._due is None else max(self._due - self._clock(), 0.0)


class Lines:
    """Progress where there is no terminal: a line at the start, one every few seconds, one at the end."""

    EVERY = 10.0
    SOON = 2.0
    """After so long without a line it is said what is done after the simulation."""

    def __init__(self, say: Callable[[str], None] = say, clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._clock, self._pace = say, clock, Pace(clock)
        self._name, self._done, self._total = "", 0, 0
        self._begun = self._last = clock()

    def _say(self, text: str) -> None:
        self._last = self._clock()
        self._write(text)

    def ahead(self, count: int) -> None:
        self._pace.ahead(count)

    def begin(self, name: str, done: int, total: int) -> None:
        self._name, self._done, self._total, self._begun = name, done, total, self._clock()
        self._pace.begin(total - done)
        stored = f", {done:,} of them stored already" if done else ""
        self._say(f"{name}: {total:,} replication{'s' if total > 1 else ''}{stored}")

    def stored(self, count: int) -> None:
        self._done += count
        self._pace.stored(count)

    def advance(self, count: int, seconds: float, workers: int) -> None:
        self._done += count
        self._pace.advance(count, seconds, workers)
        now = self._clock()
        if now - self._last >= self.EVERY or self._done == self._total:
            left = f", {time_left(self._pace)} left" if self._done < self._total else f" in {_duration(now - self._begun)}"
            self._say(f"{self._name}: {self._done:,} of {self._total:,}, {self._pace.rate:,.1f}/s{left}")

    def doing(self, name: str, what: str) -> None:
        if self._clock() - self._last >= self.SOON:
            self._say(f"{name}: {what}")

    def written(self, name: str) -> None: ...

    def waiting(self, name: str) -> None:
        self._say(f"{name}: another command is working in its folder; waiting for it")

    def notice(self, text: str) -> None:
        self._say(text)


class Bar:
    """Progress on a terminal: a bar per scenario with rate and time left, or what is done after the simulation."""

    def __init__(self, bars: Any, pace: Pace) -> None:
        self._bars, self._pace = bars, pace
        self._task: Any = None
        self._rate = ""

    def ahead(self, count: int) -> None:
        self._pace.ahead(count)

    def begin(self, name: str, done: int, total: int) -> None:
        self._rate = "stored" if done == total else ""
        self._pace.begin(total - done)
        self._task = self._bars.add_task(plain(name), total=total, completed=done, rate=self._rate)

    def stored(self, count: int) -> None:
        self._pace.stored(count)
        self._bars.update(self._task, advance=count)

    def advance(self, count: int, seconds: float, workers: int) -> None:
        self._pace.advance(count, seconds, workers)
        self._rate = f"{self._pace.rate:,.1f}/s"
        self._bars.update(self._task, advance=count, rate=self._rate)

    def doing(self, name: str, what: str) -> None:
        if self._task is not None:
            self._bars.update(self._task, rate=what)

    def written(self, name: str) -> None:
        self.doing(name, self._rate)

    def waiting(self, name: str) -> None:
        self.notice(f"{name}: another command is working in its folder; waiting for it")

    def notice(self, text: str) -> None:
        self._bars.console.print(plain(text))


@contextmanager
def show_progress(quiet: bool) -> Iterator[Progress]:
    """The way to show progress that suits standard error."""
    if quiet:
        from sim.experiment import SilentProgress

        yield SilentProgress()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        with ExitStack() as stack:
            try:
                shown: Progress = Bar(stack.enter_context(_bars(pace := Pace())), pace)
            except (OSError, RuntimeError):  # no thread can be had to draw them
                shown = Lines()
            yield shown


def _bars(pace: Pace) -> Bars:
    """Bars on standard error, with the time left while replications come and the time it took once they are there."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
    from rich.text import Text

    class Left(ProgressColumn):
        def render(self, task: Any) -> Text:
            took = task.finished_time if task.finished else None
            return Text(time_left(pace) if took is None else _duration(took), style="progress.remaining")

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        Left(),
        console=Console(stderr=True, markup=False, emoji=False, highlight=False),
        expand=True,
    )


def time_left(pace: Pace) -> str:
    """``0:12``, or that it isn't known yet."""
    return "-:--" if pace.left is None else _duration(pace.left)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def event_lines(events: Iterable[Event], start: datetime, zone: str = "") -> list[str]:
    """An event log as aligned text: hours since the start, the moment on the clock, what, to whom, details and cause.

    *zone*: of that clock, behind the moment: ``+04:30``.
    """
    from sim.studies.event_words import said

    dated = ((line, start + timedelta(hours=line.time_h)) for line in said(events))
    rows = [
        (f"{line.time_h:9.3f} h", f"{moment:%a %d %b %H:%M} {zone}".rstrip(), line.what, line.subject, plain(line.detail))
        for line, moment in dated
    ]
    return columns(rows, (11, 26, 24, 40))


def columns(rows: Sequence[Sequence[str]], most: Sequence[int]) -> list[str]:
    """Rows as aligned text; no column but the last is wider than *most* says."""
    widths = [min(limit, max((len(row[i]) for row in rows), default=0)) for i, limit in enumerate(most)]
    padded = ((*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), *row[len(widths) :]) for row in rows)
    return ["  ".join(row).rstrip() for row in padded]

"""What a command says while it works and when it is done: lines, progress, JSON; nothing here decides anything."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.experiment import Watcher


class NobodyReads(Exception):
    """Whoever read standard output has had enough, as ``head`` does."""


def plain(text: str) -> str:
    """Text on one line per line, without what could steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def say(text: str) -> None:
    """A line for a person, on standard error."""
    print(plain(text), file=sys.stderr, flush=True)


def give(text: str) -> None:
    """The answer, on standard output."""
    try:
        print(text, flush=True)
    except BrokenPipeError as error:
        raise NobodyReads from error


def give_json(value: Any) -> None:
    """The answer for a machine: JSON alone on standard output; there is no infinity in it."""
    give(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False))


def width(stream: TextIO | None = None) -> int:
    """Columns of the terminal, at least 60; 100 where there is none."""
    stream = stream or sys.stdout
    return max(60, shutil.get_terminal_size((100, 24)).columns if stream.isatty() or os.environ.get("COLUMNS") else 100)


def show(*parts: RenderableType, width: int) -> None:
    """Tables and text as they are, on standard output."""
    from rich.console import Console

    class Page(Console):
        def on_broken_pipe(self) -> None:
            raise NobodyReads

    page = Page(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False)
    for part in parts:
        page.print(part)
    sys.stdout.flush()


class Lines:
    """Progress where there is no terminal: a line at the start, one every few seconds, one at the end."""

    EVERY = 10.0

    def __init__(self, say: Any = say) -> None:
        self._say = say
        self._name, self._done, self._total, self._new = "", 0, 0, 0
        self._begun = self._last = time.monotonic()

    def begin(self, name: str, done: int, total: int) -> None:
        self._name, self._done, self._total, self._new = name, done, total, 0
        self._begun = self._last = time.monotonic()
        stored = f", {done:,} of them stored already" if done else ""
        self._say(f"{name}: {total:,} replication{'s' if total > 1 else ''}{stored}")

    def stored(self, count: int) -> None:
        self._done += count

    def advance(self, count: int) -> None:
        self._done += count
        self._new += count
        now = time.monotonic()
        if now - self._last >= self.EVERY or self._done == self._total:
            self._last = now
            rate = self._new / max(now - self._begun, 1e-6)
            rest = (self._total - self._done) / rate if rate else 0.0
            left = f", {_clock(rest)} left" if self._done < self._total else f" in {_clock(now - self._begun)}"
            self._say(f"{self._name}: {self._done:,} of {self._total:,}, {rate:,.1f}/s{left}")

    def writing(self, name: str) -> None: ...
    def written(self, name: str) -> None: ...

    def waiting(self, name: str) -> None:
        self._say(f"{name}: another command is working in its folder; waiting for it")

    def notice(self, text: str) -> None:
        self._say(text)


class Bar:
    """Progress on a terminal: a bar per scenario with rate and time left."""

    def __init__(self, progress: Any) -> None:
        self._progress = progress
        self._task: Any = None
        self._begun = 0.0
        self._new = 0
        self._rate = ""

    def begin(self, name: str, done: int, total: int) -> None:
        self._rate = "stored" if done == total else ""
        self._task = self._progress.add_task(plain(name), total=total, completed=done, rate=self._rate)
        self._begun, self._new = time.monotonic(), 0

    def stored(self, count: int) -> None:
        self._progress.update(self._task, advance=count)

    def advance(self, count: int) -> None:
        self._new += count
        self._rate = f"{self._new / max(time.monotonic() - self._begun, 1e-6):,.1f}/s"
        self._progress.update(self._task, advance=count, rate=self._rate)

    def writing(self, name: str) -> None:
        self._progress.update(self._task, rate="writing")

    def written(self, name: str) -> None:
        self._progress.update(self._task, rate=self._rate)

    def waiting(self, name: str) -> None:
        self._progress.console.print(plain(f"{name}: another command is working in its folder; waiting for it"))

    def notice(self, text: str) -> None:
        self._progress.console.print(plain(text))


@contextmanager
def watcher(quiet: bool) -> Iterator[Watcher]:
    """The way to show progress that suits standard error."""
    if quiet:
        from sim.experiment import Unwatched

        yield Unwatched()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True, markup=False, emoji=False, highlight=False)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        )
        with Progress(*columns, console=console, expand=True) as progress:
            yield Bar(progress)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def event_lines(events: Iterable[Any], start: datetime) -> list[str]:
    """An event log as aligned text: hours since the start, the moment on the clock, what, to whom, details."""
    rows = []
    for event in events:
        moment = start + timedelta(hours=event.time_h)
        when = f"{event.time_h:9.3f} h", f"{moment:%a %d %b %H:%M}"
        rows.append((*when, event.what, event.subject, plain(str(event.detail or ""))))
    return columns(rows, (11, 16, 24, 40))


def columns(rows: Sequence[Sequence[str]], most: Sequence[int]) -> list[str]:
    """Rows as aligned text; no column but the last is wider than *most* says."""
    widths = [min(limit, max((len(row[i]) for row in rows), default=0)) for i, limit in enumerate(most)]
    padded = ((*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), *row[len(widths) :]) for row in rows)
    return ["  ".join(row).rstrip() for row in padded]

"""A file of observations: what was seen in which window of time, from a table to data, or all its faults at once.

One row is one number of one window; ``docs/how-to/validating.md`` explains the columns, and how they may be written.  A fault
names file, line and the character at which the cell begins, or row and column of a sheet.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sim.model.names import STAGES
from sim.scenario.errors import Fault, Faults, Message, Place, ScenarioError, printable, shown
from sim.scenario.files import PREFIX, Source, shipped_folder
from sim.scenario.nearest import nearest
from sim.scenario.parsing import one_line
from sim.scenario.tabular.amounts import amount, mark_of, wrong
from sim.scenario.tabular.cells import Grid, spans
from sim.scenario.tabular.source import grid_of_file, read_grid
from sim.scenario.tabular.table import MOST_ROWS as MOST_ROWS
from sim.scenario.tabular.table import Column, Columns, Row, table_of
from sim.scenario.tabular.text import grid_of_text
from sim.scenario.tabular.times import either, is_serial, moment, order_of

COLUMNS = ("window_id", "start_utc", "end_utc", "measure", "scope", "place", "value", "low", "high", "use")
OPTIONAL = ("source", "note")
FLOWS = ("people", "flights")
"""Measures that add up over windows."""
MEASURES = (*FLOWS, "load", "stock", "pause")
USES = ("calibration", "check", "blind")
ALL = "all"
PLACES = ("inside", *STAGES, "crowd")
MOST_VALUE = 1e12
TABLE = Columns(
    *(Column(name) for name in COLUMNS),
    Column("source", False, ("sources", "reference")),
    Column("note", False, ("notes", "remark", "remarks", "comment", "comments")),
    noun="observations",
)
_UNITS = {
    "people": ("people", "persons", "person", "pax"),
    "load": ("people", "persons", "person", "pax"),
    "stock": ("people", "persons", "person", "pax"),
    "flights": ("flights", "flight"),
    "pause": ("h", "hours", "hour"),
}
"""What may stand behind a number of each measure."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_SHIPPED = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*\.csv")


@dataclass(frozen=True)
class Known:
    """The names of a scenario that a file of observations may use."""

    operators: Collection[str] = ()
    hubs: Collection[str] = ()


@dataclass(frozen=True)
class Observation:
    """One number that was observed in one window."""

    line: int
    window: str
    start: datetime | None
    """Begin of the window, UTC without zone; ``None`` for a stock that gives none."""
    end: datetime
    measure: str
    operators: tuple[str, ...]
    """Whose flights, by name; none means all."""
    place: str
    """Where a stock stands: ``inside``, a stage, ``crowd``, or ``hub:NAME``; else empty."""
    value: float
    low: float | None
    high: float | None
    use: str
    source: str = ""
    note: str = ""

    @property
    def scope(self) -> str:
        """The operators as the file writes them."""
        return "+".join(self.operators) or ALL

    @property
    def series(self) -> tuple[str, str]:
        """Measure, and scope or place: what may stand in one panel or section."""
        return self.measure, self.place or self.scope

    @property
    def hours(self) -> float:
        """Length of the window; 0 where it has no begin."""
        return 0.0 if self.start is None else (self.end - self.start).total_seconds() / 3600


@dataclass(frozen=True)
class Observations:
    """A file without faults."""

    name: str
    """The file's name without folders."""
    digest: str
    """Twelve hex digits of SHA-256 over what is compared; sources, notes and the layout of the file don't count."""
    rows: tuple[Observation, ...]
    notices: tuple[str, ...] = ()
    """What was read in a way that somebody might not have meant."""


def load_observations(path: str | os.PathLike[str], known: Known | None = None) -> Observations:
    """The observations in a table (CSV or XLSX, ``-`` for standard input); with *known*, names of operators and hubs are checked.

    Raises:
        ScenarioError: all faults of the file, with line and column.
    """
    text = os.fspath(path)
    grid = grid_of_file(_source(text), TABLE) if text.startswith(PREFIX) or not text or "\0" in text else read_grid(text, TABLE)
    return _observations(grid, known)


def _source(text: str) -> Source:
    """The file shipped as ``evacsim:observations/NAME.csv``."""
    if not text or "\0" in text:
        raise ScenarioError([Fault.at(Place(printable(text) or "observations"), (), "expected the path of a CSV file")])
    inner, folder = text.removeprefix(PREFIX), shipped_folder()
    if _SHIPPED.fullmatch(inner) and (folder / inner).is_file():
        return Source(folder / inner, text, folder)
    there = [PREFIX + p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*.csv"))]
    known = f"; there is {', '.join(there)}" if there else ""
    raise ScenarioError([Fault.at(Place(text), (), f"no shipped observations {printable(text)}{known}")])


def parse_observations(text: str, label: str, known: Known | None = None) -> Observations:
    """The observations in the text of a CSV file that faults call *label*; raises ScenarioError."""
    return _observations(grid_of_text(text, label, TABLE.score), known)


def _observations(grid: Grid, known: Known | None) -> Observations:
    faults = Faults()
    table = table_of(grid, TABLE, faults)
    reader = _Reader(table.label, table.rows, table.separator, faults)
    rows = [observation for row in table.rows for observation in _observation(_Row(row, reader), known)]
    _against_each_other(rows, table.label, faults)
    faults.stop()
    notices = (*table.notices, *reader.notices())
    return Observations(Path(table.label.removeprefix(PREFIX)).name, _digest(rows), tuple(rows), notices)


def _digest(rows: Sequence[Observation]) -> str:
    compared = [(o.window, o.start, o.end, o.measure, o.scope, o.place, o.value, o.low, o.high, o.use) for o in rows]
    return hashlib.sha256("\n".join(repr(tuple(map(str, row))) for row in compared).encode()).hexdigest()[:12]


class _Reader:
    """What the cells of a file have in common: its decimal mark, the order of its dates, where its faults go."""

    def __init__(self, label: str, rows: Sequence[Row], separator: str, faults: Faults) -> None:
        self.label, self.faults = label, faults
        self.mark = mark_of((row.cell(name) for row in rows for name in ("value", "low", "high")), separator)
        times = [row.cell(name) for row in rows for name in ("start_utc", "end_utc")]
        self.order = order_of(times)
        self._serial = sorted({cell.line for cell in times if is_serial(cell)})

    def notices(self) -> list[str]:
        """What was read in a way that somebody might not have meant."""
        text = "times are numbers, read as days since 1899-12-30 in UTC, as spreadsheets count them"
        return [f"{text}: line {spans(self._serial)}"] if self._serial else []


class _Row:
    """The cells of one row, and where their faults go."""

    def __init__(self, row: Row, reader: _Reader) -> None:
        self._row, self._reader, self.line = row, reader, row.line
        self.good = True

    def text(self, name: str) -> str:
        """A cell without the blanks around it; empty where the file hasn't the column."""
        return self._row.text(name)

    def fault(self, name: str, message: str | Message) -> None:
        """Notes what is wrong with a cell."""
        self.good = False
        self._reader.faults.add(self._row.cell(name).place(self._reader.label), (name,), message)

    def word(self, name: str, words: Sequence[str]) -> str:
        """A cell that holds one of *words*."""
        text = self.text(name)
        if text not in words:
            self.fault(name, f"expected {', '.join(words[:-1])} or {words[-1]}, got {shown(text)}{nearest(text, words)}")
        return text

    def prose(self, name: str) -> str:
        """A cell of free text."""
        text = self.text(name)
        try:
            return one_line(text)
        except ValueError as error:
            self.fault(name, str(error))
            return ""

    def time(self, name: str) -> datetime | None:
        """A moment, UTC without zone; ``None`` after a fault."""
        cell = self._row.cell(name)
        try:
            when = moment(cell, self._reader.order)
        except OverflowError:
            when = None
        if when is None:
            dates = either(cell)
            hint = f" ({dates[0]} or {dates[1]}? write it so)" if dates else ""
            where = f" in cell {cell.name}" if cell.name else ""
            self.fault(name, f"expected a time in UTC such as 2021-08-16T19:35Z, got {shown(cell.text)}{where}{hint}")
        return when

    def number(self, name: str) -> float | None:
        """A number ≥ 0; ``None`` after a fault."""
        cell = self._row.cell(name)
        number = amount(cell, self._reader.mark, _UNITS.get(self.text("measure"), ()))
        if number is None or number > MOST_VALUE:
            self.fault(name, wrong(f"expected a number from 0 to {MOST_VALUE:.0e}", cell))
            return None
        return number


def _observation(row: _Row, known: Known | None) -> list[Observation]:
    """The observation of a row, or nothing after a fault."""
    window = row.text("window_id")
    if not _ID.fullmatch(window):
        row.fault("window_id", f"expected a name of letters, digits, '_', '.' and '-' (1 to 40 characters), got {shown(window)}")
    measure = row.word("measure", MEASURES)
    start, end = _times(row, measure)
    operators = _operators(row, measure, known)
    place = _place(row, measure, known)
    value, low, high = _values(row)
    use = row.word("use", USES)
    source, note = row.prose("source"), row.prose("note")
    if not row.good or end is None or value is None:
        return []
    return [Observation(row.line, window, start, end, measure, operators, place, value, low, high, use, source, note)]


def _times(row: _Row, measure: str) -> tuple[datetime | None, datetime | None]:
    end = row.time("end_utc")
    if measure == "stock" and not row.text("start_utc"):
        return None, end
    start = row.time("start_utc")
    if start is not None and end is not None:
        if start > end or (start == end and measure != "stock"):
            row.fault("end_utc", f"expected a time after start_utc, {stamp(start)}, got {shown(row.text('end_utc'))}")
        elif end - start > timedelta(days=3660):
            row.fault("end_utc", "expected a window of at most ten years")
    return start, end


def _operators(row: _Row, measure: str, known: Known | None) -> tuple[str, ...]:
    text = row.text("scope")
    if measure == "stock" and text not in ("", ALL):
        row.fault("scope", f"expected nothing or all (a stock has no operator), got {shown(text)}")
    if measure == "stock" or text == ALL:
        return ()
    names = tuple(part.strip() for part in text.split("+"))
    valid = None if known is None else sorted(known.operators)
    for k, name in enumerate(names):
        if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
            row.fault("scope", f"expected all, or names of operators joined by +, got {shown(text)}")
            break
        if name == ALL:
            row.fault("scope", "expected all alone, or names of operators")
        elif name in names[:k]:
            row.fault("scope", f"operator {name} twice")
        elif valid is not None and name not in valid:
            there = f"; there is {', '.join(valid[:8])}{' …' if len(valid) > 8 else ''}" if valid else "; there is none"
            row.fault("scope", f"the scenario has no operator {shown(name)}{nearest(name, [*valid, ALL]) or there}")
    return tuple(sorted(names))


def _place(row: _Row, measure: str, known: Known | None) -> str:
    text = row.text("place")
    if measure != "stock" and text:
        row.fault("place", f"expected nothing (only a stock has a place), got {shown(text)}")
    if measure != "stock":
        return ""
    if text.startswith("hub:"):
        valid = None if known is None else [f"hub:{name}" for name in sorted(known.hubs)]
        if valid is not None and text not in valid:
            row.fault("place", f"the scenario has no hub {shown(text)}{nearest(text, valid)}")
        elif not re.fullmatch(r"hub:[a-z0-9-]{1,40}", text):
            row.fault("place", f"expected the name of a hub after hub:, got {shown(text)}")
    elif text not in PLACES:
        row.fault("place", f"expected {', '.join(PLACES)} or hub:NAME, got {shown(text)}{nearest(text, PLACES)}")
    return text


def _values(row: _Row) -> tuple[float | None, float | None, float | None]:
    value = row.number("value")
    low, high = (row.number(name) if row.text(name) else None for name in ("low", "high"))
    if value is not None and low is not None and low > value:
        row.fault("low", f"expected at most the value, {value:g}, got {low:g}")
    if value is not None and high is not None and high < value:
        row.fault("high", f"expected at least the value, {value:g}, got {high:g}")
    return value, low, high


def _against_each_other(rows: Sequence[Observation], label: str, faults: Faults) -> None:
    """The same number twice, or one window with two pairs of times."""
    seen: dict[tuple[str, str, str, str], Observation] = {}
    first: dict[str, Observation] = {}
    for row in rows:
        place = Place(label, row.line)
        same = seen.setdefault((row.window, row.measure, row.scope, row.place), row)
        if same is not row:
            faults.add(place, ("window_id",), f"the {row.measure} of {row.window} stand in line {same.line} already")
        other = row if row.start is None else first.setdefault(row.window, row)
        if (other.start, other.end) != (row.start, row.end):
            message = f"{row.window} has other times in line {other.line}; one window has one start and one end"
            faults.add(place, ("window_id",), message)


def stamp(moment: datetime) -> str:
    """A moment in UTC as files and JSON have it."""
    return f"{moment.isoformat()}Z"

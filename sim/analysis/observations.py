"""A file of observations: what was seen in which window of time, from CSV to data, or all its faults at once.

One row is one number of one window; ``docs/how-to/validating.md`` explains the columns.  Times are
UTC, in ISO 8601; a fault names
file, line and the character at which the cell begins.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sim.model.names import STAGES
from sim.scenario.errors import Fault, Faults, Place, ScenarioError, printable, shown
from sim.scenario.files import PREFIX, Source, read, shipped_folder
from sim.scenario.merge import nearest
from sim.scenario.parsing import one_line

COLUMNS = ("window_id", "start_utc", "end_utc", "measure", "scope", "place", "value", "low", "high", "use")
OPTIONAL = ("source", "note")
FLOWS = ("people", "flights")
"""Measures that add up over windows."""
MEASURES = (*FLOWS, "load", "stock", "pause")
USES = ("calibration", "check", "blind")
ALL = "all"
PLACES = ("inside", *STAGES, "crowd")
MOST_ROWS = 10_000
MOST_VALUE = 1e12
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,20}(\.\d{1,15})?|\.\d{1,15}", re.ASCII)
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


def load_observations(path: str | os.PathLike[str], known: Known | None = None) -> Observations:
    """The observations in a CSV file; with *known*, names of operators and hubs are checked too.

    Raises:
        ScenarioError: all faults of the file, with line and column.
    """
    file = _source(os.fspath(path))
    return parse_observations(read(file, Place(file.label)), file.label, known)


def _source(text: str) -> Source:
    """The file, or one shipped as ``evacsim:observations/NAME.csv``."""
    if not text or "\0" in text:
        raise ScenarioError([Fault.at(Place(printable(text) or "observations"), (), "expected the path of a CSV file")])
    if text.startswith(PREFIX):
        inner, folder = text.removeprefix(PREFIX), shipped_folder()
        if _SHIPPED.fullmatch(inner) and (folder / inner).is_file():
            return Source(folder / inner, text, folder)
        there = [PREFIX + p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*.csv"))]
        known = f"; there is {', '.join(there)}" if there else ""
        raise ScenarioError([Fault.at(Place(text), (), f"no shipped observations {printable(text)}{known}")])
    return Source(Path(text), text, Path(os.path.realpath(text)).parent)


def parse_observations(text: str, label: str, known: Known | None = None) -> Observations:
    """The observations in the text of a CSV file that faults call *label*; raises ScenarioError."""
    faults = Faults()
    rows = _rows(text, label, faults, known)
    _against_each_other(rows, label, faults)
    faults.stop()
    return Observations(Path(label.removeprefix(PREFIX)).name, _digest(rows), tuple(rows))


def _digest(rows: Sequence[Observation]) -> str:
    compared = [(o.window, o.start, o.end, o.measure, o.scope, o.place, o.value, o.low, o.high, o.use) for o in rows]
    return hashlib.sha256("\n".join(repr(tuple(map(str, row))) for row in compared).encode()).hexdigest()[:12]


def _rows(text: str, label: str, faults: Faults, known: Known | None) -> list[Observation]:
    lines = [line.rstrip("\r\n") for line in io.StringIO(text, newline="")]  # as the reader counts them
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Observation] = []
    count = 0
    try:
        header = _header(next(reader, []), label, lines, faults)
        last = reader.line_num
        for cells in reader:
            line, last = last + 1, reader.line_num  # a quoted cell may go over several lines
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                faults.add(Place(label, line), (), f"expected at most {MOST_ROWS:,} rows")
                break
            if header and len(cells) != len(header):
                faults.add(Place(label, line), (), f"expected {len(header)} cells, got {len(cells)}")
            elif header:
                begins = _begins(lines[line - 1] if line == last and line <= len(lines) else "", len(cells))
                row = _Row(dict(zip(header, zip(cells, begins, strict=True), strict=True)), label, line, faults)
                rows += _observation(row, known)
    except csv.Error as error:
        faults.add(Place(label, max(1, reader.line_num)), (), f"not CSV: {error}")
    if not count and not len(faults):
        faults.add(Place(label), (), "expected at least one row of observations")
    return rows


def _header(cells: Sequence[str], label: str, lines: Sequence[str], faults: Faults) -> list[str]:
    """The columns, or nothing where they are not what they should be."""
    names = [cell.strip().lower() for cell in cells]
    before = len(faults)
    if len(names) == 1 and names[0].count(";") >= 2:
        faults.add(Place(label), (), "expected commas between the columns, got semicolons")
        return []
    allowed = (*COLUMNS, *OPTIONAL)
    for k, (name, begin) in enumerate(zip(names, _begins(lines[0] if lines else "", len(names)), strict=True)):
        if name not in allowed:
            faults.add(Place(label, 1, begin), (), f"unknown column {shown(name)}{nearest(name, allowed)}")
        elif name in names[:k]:
            faults.add(Place(label, 1, begin), (), f"repeated column {name}")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        faults.add(Place(label), (), f"expected the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}")
    return names if len(faults) == before else []


def _begins(line: str, cells: int) -> list[int]:
    """The character, from 1, at which each cell of a line begins; all 1 where that can't be told."""
    begins, quoted = [1], False
    for k, c in enumerate(line, start=1):
        quoted ^= c == '"'
        if c == "," and not quoted:
            begins.append(k + 1)
    return begins if len(begins) == cells else [1] * cells


class _Row:
    """The cells of one row, and where their faults go."""

    def __init__(self, cells: dict[str, tuple[str, int]], label: str, line: int, faults: Faults) -> None:
        self._cells, self._label, self.line, self._faults = cells, label, line, faults
        self.good = True

    def text(self, name: str) -> str:
        """A cell without the blanks around it; empty where the file hasn't the column."""
        return self._cells.get(name, ("", 1))[0].strip()

    def fault(self, name: str, message: str) -> None:
        """Notes what is wrong with a cell."""
        self.good = False
        self._faults.add(Place(self._label, self.line, self._cells.get(name, ("", 1))[1]), (name,), message)

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
        text = self.text(name)
        try:
            when = datetime.fromisoformat(text if _TIME.fullmatch(text) else "")
            utc = when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when
        except (ValueError, OverflowError):
            self.fault(name, f"expected a time in UTC such as 2021-08-16T19:35Z, got {shown(text)}")
            return None
        if when.utcoffset():
            self.fault(name, f"expected UTC, got {shown(text)}; that is {stamp(utc)}")
        return utc

    def number(self, name: str) -> float | None:
        """A number ≥ 0; ``None`` after a fault."""
        text = self.text(name)
        if not _NUMBER.fullmatch(text) or float(text) > MOST_VALUE:
            hint = "; write it without separators" if re.fullmatch(r"\d{1,3}([,' ]\d{3})+", text) else ""
            self.fault(name, f"expected a number from 0 to {MOST_VALUE:.0e}, got {shown(text)}{hint}")
            return None
        return float(text)


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

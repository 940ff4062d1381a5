"""Tables that fit a terminal without a cut: intervals beside their numbers where there is room, else below them.

Where even that is too wide, columns that can be spared are left out, and said to be; then intervals are broken at their *to*.
Names are broken onto lines of their own, never cut.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rich import box
from rich.table import Table
from rich.text import Text

from sim.present import cells
from sim.present.columns import WIDE, Column

NAMES = (28, 24, 20, 16, 14, 11)
"""Widths that names are broken to, the first that fits."""
CHEAP = 2
"""Columns to be spared up to this go before intervals are broken."""
Row = tuple[str, Any]


class Fitted(NamedTuple):
    """A table that isn't wider than it may be, and what was left out for that."""

    table: Table
    dropped: tuple[str, ...] = ()
    """Titles of the columns that are left out, each on one line."""

    @property
    def note(self) -> str:
        """Which columns are missing; nothing where none is."""
        return f"Left out at this width: {', '.join(self.dropped)}." if self.dropped else ""


class _Way(NamedTuple):
    """One way to lay a table out."""

    columns: list[Column]
    where: str
    """Of the intervals: ``beside`` the numbers, ``below`` them, or ``broken`` onto two lines below."""
    names: int
    """Columns of the terminal for the names."""


def fitted(first: str, columns: Sequence[Column], rows: Sequence[Row], width: int, total: Row | None = None) -> Fitted:
    """The fullest table that isn't wider than *width*: *rows* of (name, entry) under *columns*, *total* below a line."""
    made, way = None, None
    for way in _ways(columns, width):
        made = _table(first, way, rows, total)
        if cells.excess(made, width) <= 0:
            break
    assert made is not None
    assert way is not None
    kept = {column.title for column in way.columns}
    left_out = tuple(column.on_a_line for column in columns if column.title not in kept)
    return Fitted(_with_longer_names(first, way, rows, total, width) or made, left_out)


def _with_longer_names(first: str, way: _Way, rows: Sequence[Row], total: Row | None, width: int) -> Table | None:
    """The same with names on fewer lines, where there is room for that."""
    for names in NAMES:
        if names > way.names and cells.excess(made := _table(first, way._replace(names=names), rows, total), width) <= 0:
            return made
    return None


def _ways(columns: Sequence[Column], width: int) -> Iterator[_Way]:
    """From the fullest to the narrowest, with names as short as they may be in each."""
    levels = sorted({0, *(column.spare for column in columns)})
    below, broken = ("below", 14), ("broken", 11)
    ways = [(where, level) for where in (("beside", 20), below, broken) for level in levels if level <= CHEAP]
    ways += [(where, level) for level in levels if level > CHEAP for where in (below, broken)]
    for (where, names), level in ways:
        if where != "beside" or width >= WIDE:
            yield _Way([column for column in columns if not column.spare or column.spare > level], where, names)


def _table(first: str, way: _Way, rows: Sequence[Row], total: Row | None) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    made.add_column(broken(first, way.names), no_wrap=True)
    for column in way.columns:
        made.add_column(column.title, justify=column.justify, no_wrap=True)
        if way.where == "beside" and column.interval is not None:
            made.add_column("", style="dim", no_wrap=True)
    for row in rows:
        made.add_row(*_line(row, way))
    if total is not None:
        made.add_section()
        made.add_row(*_line(total, way), style="bold")
    return made


def _line(row: Row, way: _Way) -> Iterator[Text]:
    name, entry = row
    yield Text(broken(name, way.names))
    for column in way.columns:
        if way.where != "beside":
            yield cell(column, entry, way.where == "broken")
            continue
        yield Text(column.cell(entry))
        if column.interval is not None:
            yield Text(column.interval(entry))


def broken(name: str, width: int) -> str:
    """A name on as many lines as it needs, none of them longer than *width*."""
    inset = " " * (len(name) - len(name.lstrip()))
    return "\n".join(textwrap.wrap(name, width, subsequent_indent=inset) or [name])


def cell(column: Column, entry: Any, broken: bool) -> Text:
    """The number, and its interval below it, on two lines if *broken*."""
    text = Text(column.cell(entry))
    interval = column.interval(entry) if column.interval is not None else ""
    if interval:
        text.append("\n" + (interval.replace(" to ", " to\n") if broken else interval), style="dim not bold")
    return text

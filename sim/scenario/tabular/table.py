"""A grid of cells → a table with known columns: finds the header, leaves out what is no data, and says so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.scenario.errors import Faults, Message, Place, printable, shown
from sim.scenario.nearest import nearest
from sim.scenario.tabular.cells import Cell, Grid, spans

MOST_ROWS = 10_000
_FIRST = 60
"""Rows among which the header is looked for."""
_TAG = re.compile(r"#[A-Za-z][A-Za-z0-9_]*(\s*\+[A-Za-z][A-Za-z0-9_]*)*")
"""A hashtag of the Humanitarian Exchange Language, https://hxlstandard.org, such as ``#affected+f``."""


@dataclass(frozen=True)
class Column:
    """A column that a table may have."""

    name: str
    needed: bool = True
    others: tuple[str, ...] = ()
    """Other names for it, as :func:`normal` gives them."""
    tags: tuple[str, ...] = ()
    """HXL tags that stand for it."""


@dataclass(frozen=True)
class Row:
    """One row of data."""

    line: int
    cells: dict[str, Cell]
    """By the name of their column."""
    apart: bool = False
    """Whether empty rows or such that aren't data part it from the row above."""

    def cell(self, name: str) -> Cell:
        """The cell of a column; an empty one where the table hasn't it."""
        return self.cells.get(name, Cell("", self.line, 1))

    def text(self, name: str) -> str:
        """Its text."""
        return self.cell(name).text


@dataclass(frozen=True)
class Table:
    """A file as rows of known columns."""

    label: str
    columns: tuple[str, ...]
    """Those that it has."""
    rows: tuple[Row, ...]
    separator: str
    notices: tuple[str, ...]


def normal(text: str) -> str:
    """The name of a column without what differs from file to file: case, blanks, marks."""
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", text).casefold()).strip("_")


class Columns:
    """The columns that a kind of table may have."""

    def __init__(self, *columns: Column, noun: str = "rows") -> None:
        self.all = columns
        self.noun = noun
        self.needed = [column.name for column in columns if column.needed]
        self.names = [column.name for column in columns]
        self._exact = {column.name: column.name for column in columns}
        self._others = {other: column.name for column in columns for other in column.others}
        self._tags = {tag: column.name for column in columns for tag in column.tags}

    def known(self, text: str) -> tuple[str, bool] | None:
        """The column that a cell of a header names, and whether by its own name."""
        if _TAG.fullmatch(text.strip()):
            tag = re.sub(r"\s", "", text).lower()
            column = self._tags.get(tag) or self._tags.get(tag.partition("+")[0])
            return (column, False) if column else None
        name = normal(text)
        if name in self._exact:
            return name, True
        return (self._others[name], False) if name in self._others else None

    def score(self, row: Sequence[str]) -> int:
        """How many columns a row names."""
        return len({known[0] for text in row if (known := self.known(text))})


def table_of(grid: Grid, columns: Columns, faults: Faults) -> Table:
    """The rows of a grid by column; what is wrong with its header or their width goes to *faults*."""
    notices = list(grid.notices)
    rows = grid.rows
    start = _header_row(rows, columns)
    if above := [row[0].line for row in rows[:start] if any(cell.text for cell in row)]:
        notices.append(f"left out what stands above the columns: line {spans(above)}")
    header = rows[start] if rows else []
    before = len(faults)
    places = _Header(grid, columns, header, faults).places()
    notices += _left_out(header, places, rows[start + 1 :])
    data: list[Row] = []
    if len(faults) == before:
        data = _data(rows[start + 1 :], header, places, columns, grid.label, faults, notices)
    if not data and len(faults) == before:
        faults.add(Place(grid.label), (), f"expected at least one row of {columns.noun}")
    return Table(grid.label, tuple(places), tuple(data), grid.separator, tuple(notices))


def _header_row(rows: Sequence[Sequence[Cell]], columns: Columns) -> int:
    """The first row that names all columns that are needed; else the one that names most, if it names two; else the first one
    with something in it."""
    scores = [columns.score([cell.text for cell in row]) for row in rows[:_FIRST]]
    for k, row in enumerate(rows[:_FIRST]):
        named = {known[0] for cell in row if (known := columns.known(cell.text))}
        if named.issuperset(columns.needed):
            return k
    if max(scores, default=0) >= 2:
        return scores.index(max(scores))
    return next((k for k, row in enumerate(rows) if any(cell.text for cell in row)), 0)


class _Header:
    """Which cell of a header names which column."""

    def __init__(self, grid: Grid, columns: Columns, cells: Sequence[Cell], faults: Faults) -> None:
        self._grid, self._columns, self._cells, self._faults = grid, columns, cells, faults

    def places(self) -> dict[str, int]:
        """Column → which cell of a row it is."""
        named: dict[str, list[tuple[int, bool]]] = {}
        for k, cell in enumerate(self._cells):
            if known := self._columns.known(cell.text):
                named.setdefault(known[0], []).append((k, known[1]))
        places = {name: self._one(name, cells) for name, cells in named.items()}
        missing = [name for name in self._columns.needed if name not in places]
        if missing:
            self._misspelt(places, missing)
            got = f"{shown(', '.join(cell.text for cell in self._cells))}; missing: {', '.join(missing)}"
            self._faults.add(self._place(None), (), Message(f"expected the columns {', '.join(self._columns.needed)}", got))
        return places

    def _one(self, name: str, cells: list[tuple[int, bool]]) -> int:
        """Of several cells that may name a column the one that has its own name."""
        own = [k for k, exact in cells if exact]
        if len(own) > 1:
            self._faults.add(self._place(self._cells[own[1]]), (), f"repeated column {name}")
        elif not own and len(cells) > 1:
            both = " and ".join(shown(self._cells[k].text) for k, _ in cells)
            message = f"expected one column {name}, got {both}: call one of them {name}"
            self._faults.add(self._place(self._cells[cells[1][0]]), (), message)
        return own[0] if own else cells[0][0]

    def _misspelt(self, places: dict[str, int], missing: Sequence[str]) -> None:
        for k, cell in enumerate(self._cells):
            if k not in places.values() and (near := nearest(normal(cell.text), missing)):
                self._faults.add(self._place(cell), (), f"unknown column {shown(cell.text)}{near}")

    def _place(self, cell: Cell | None) -> Place:
        cell = cell or Cell("", self._cells[0].line if self._cells else 1, 1)
        return cell.place(self._grid.label)


def _left_out(header: Sequence[Cell], places: dict[str, int], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Notices about columns that aren't read: those with a name, and those without one that hold something."""
    others = [k for k in range(len(header)) if k not in places.values()]
    names = [f'"{printable(header[k].text)}"' for k in others if header[k].text]
    bare = [str(k + 1) for k in others if not header[k].text and any(k < len(row) and row[k].text for row in rows)]
    names += [f"number {k}, which has no name" for k in bare]
    if not names:
        return []
    return [f"left out the column{'s' if len(names) > 1 else ''} {', '.join(names[:8])}{' …' if len(names) > 8 else ''}"]


def _data(
    rows: Sequence[Sequence[Cell]],
    header: Sequence[Cell],
    places: dict[str, int],
    columns: Columns,
    label: str,
    faults: Faults,
    notices: list[str],
) -> list[Row]:
    width = max(places.values()) + 1
    names = [normal(cell.text) for cell in header]
    data: list[Row] = []
    apart = True
    left: dict[str, list[int]] = {"HXL tags": [], "the columns once more": []}
    for cells in rows:
        texts = [cell.text for cell in cells]
        if not any(texts):
            pass
        elif all(_TAG.fullmatch(text) for text in texts if text):
            left["HXL tags"].append(cells[0].line)
        elif [normal(text) for text in texts] == names:
            left["the columns once more"].append(cells[0].line)
        elif len(data) == MOST_ROWS:
            faults.add(Place(label, cells[0].line), (), f"expected at most {MOST_ROWS:,} rows")
            break
        elif len(cells) < width or any(texts[len(header) :]):
            faults.add(Place(label, cells[0].line), (), _count(len(header), texts))
        else:
            data.append(Row(cells[0].line, {name: cells[k] for name, k in places.items()}, apart))
            apart = False
            continue
        apart = True
    notices += [f"left out {what}: line {spans(lines)}" for what, lines in left.items() if lines]
    return data


def _count(expected: int, texts: Sequence[str]) -> str:
    comma = any(a[-1:].isdigit() and b[:1].isdigit() for a, b in pairwise(texts))
    hint = ' (a comma within a number? write the cell as "1,200" in quotes)' if len(texts) > expected and comma else ""
    return f"expected {expected} cells, got {len(texts)}{hint}"

"""A workbook (XLSX) → cells, by openpyxl: values only; macros, links and formulas are never run.

A file may claim a million rows in a hundred bytes, so that its parts are walked once before anything is built of them.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.parsers import expat

from sim.scenario.errors import printable
from sim.scenario.nearest import nearest
from sim.scenario.tabular.cells import Cell, Grid, refused, spans

MOST_PACKED = 5_000_000
"""Bytes of a file."""
MOST_UNPACKED = 40_000_000
"""Bytes of all its parts together."""
MOST_PARTS = 1_000
MOST_CELLS = 200_000
"""Of all sheets, those that a merged range covers among them."""
MOST_ELEMENTS = 100_000
"""Of styles, names, links and whatever else isn't a cell or its text."""
_TEXT = {"v", "f", "is", "t", "si", "r", "rPr", "rPh", "phoneticPr"}
"""Elements of which cells and texts are made."""
MOST_LINE, MOST_COLUMN = 20_000, 500
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


class _TooLarge(Exception):
    """A part is beyond what is read."""


def is_book(data: bytes) -> bool:
    """Whether bytes are a workbook of some kind."""
    return data.startswith((_ZIP, _OLD))


def grid_of_book(data: bytes, label: str, sheet: str | None = None) -> Grid:
    """The cells of the sheet of that name, or of the first one that can be seen; raises ScenarioError."""
    if data.startswith(_OLD):
        raise refused(label, "expected a workbook as XLSX, got an older kind or one with a password: save it as .xlsx or CSV")
    if len(data) > MOST_PACKED:
        raise refused(label, f"expected a workbook of at most {MOST_PACKED:,} bytes")
    try:
        formulas = _walked(data)
        values, written = _opened(data, True), _opened(data, False) if formulas else None
        chosen, notices = _sheet(values, label, sheet)
        return _Sheet(chosen, None if written is None else written[chosen.title], label, notices).grid()
    except _TooLarge as error:
        raise refused(label, str(error)) from None
    except ImportError:
        raise refused(label, "expected CSV: a workbook needs the package openpyxl, which isn't here") from None
    except Exception as error:  # a damaged workbook ends in an error of any kind somewhere in the library
        from sim.scenario.errors import ScenarioError

        if isinstance(error, ScenarioError):
            raise
        raise refused(label, "cannot read this workbook: save it as .xlsx once more, or as CSV") from None


def _opened(data: bytes, values: bool) -> Any:
    import openpyxl

    with warnings.catch_warnings():  # of extensions that it leaves out
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(data), data_only=values, keep_vba=False, keep_links=False)


def _walked(data: bytes) -> bool:
    """Whether there are formulas; raises _TooLarge for what is too much to build."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        parts = file.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise _TooLarge(f"expected a workbook of at most {MOST_UNPACKED:,} bytes when unpacked")
        walk = _Walk()
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                with file.open(part) as stream:
                    walk.read(stream)
    return walk.formulas


class _Walk:
    """Goes over the parts of a workbook, counting."""

    def __init__(self) -> None:
        self.cells = 0
        self.elements = 0
        self.formulas = False

    def read(self, stream: Any) -> None:
        """One part."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._element
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ParseFile(stream)

    def _doctype(self, *_: object) -> None:
        raise _TooLarge("expected a workbook without a document type")

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._count_cells(1)
            _position(attributes.get("r", ""))
            return
        if tag == "row" and attributes.get("r", "0").isdecimal() and int(attributes.get("r", "0")[:9]) > MOST_LINE:
            raise _TooLarge(f"expected a sheet of at most {MOST_LINE:,} rows")
        if tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = _position(first), _position(last or first)
            self._count_cells((abs(bottom - top) + 1) * (abs(right - left) + 1))
        self.formulas = self.formulas or tag == "f"
        self.elements += tag not in _TEXT
        if self.elements > MOST_ELEMENTS:
            raise _TooLarge(
                f"expected a workbook of at most {MOST_ELEMENTS:,} rows, styles and the like: copy the table into a new one"
            )

    def _count_cells(self, number: int) -> None:
        self.cells += number
        if self.cells > MOST_CELLS:
            raise _TooLarge(f"expected a workbook of at most {MOST_CELLS:,} cells")


def _position(reference: str) -> tuple[int, int]:
    """Row and column of a cell; raises _TooLarge for one that is out of bounds."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return 1, 1
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    if int(match[2]) > MOST_LINE or column > MOST_COLUMN:
        raise _TooLarge(f"expected a sheet of at most {MOST_LINE:,} rows and {MOST_COLUMN} columns, got a cell {reference}")
    return int(match[2]), column


def _sheet(book: Any, label: str, name: str | None) -> tuple[Any, list[str]]:
    """The sheet to read, and notices about the others."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if name is not None:
        if name not in sheets:
            there = nearest(name, sheets) or f"; there is {', '.join(map(printable, list(sheets)[:8]))}"
            raise refused(label, f'expected the name of a sheet, got "{printable(name)}"{there}')
        return sheets[name], []
    seen = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"] or list(sheets.values())
    if not seen:
        raise refused(label, "expected a workbook with a sheet")
    others = [printable(sheet.title) for sheet in seen[1:]]
    if not others:
        return seen[0], []
    names = ", ".join(others[:8])
    return seen[0], [f"read the first sheet, {printable(seen[0].title)}, of {len(seen)} (others: {names}; write {label}:SHEET)"]


class _Sheet:
    """One sheet, read cell by cell."""

    def __init__(self, values: Any, written: Any, label: str, notices: list[str]) -> None:
        self._values, self._written, self._label, self._notices = values, written, label, notices

    def grid(self) -> Grid:
        """Its cells, those of merged ones filled downwards."""
        rows = [[self._cell(cell) for cell in row] for row in self._values.iter_rows()]
        filled = sorted({line for line in self._filled(rows) if line <= len(rows)})
        hidden = [line for line in range(1, len(rows) + 1) if self._hidden(line) and any(c.text for c in rows[line - 1])]
        if filled:
            self._notices.append(f"merged cells count for each of their rows: row {spans(filled)}")
        if hidden:
            self._notices.append(f"hidden rows are read as the others are: row {spans(hidden)}")
        return Grid(self._label, rows, "", self._notices)

    def _hidden(self, line: int) -> bool:
        return line in self._values.row_dimensions and bool(self._values.row_dimensions[line].hidden)

    def _filled(self, rows: list[list[Cell]]) -> Iterator[int]:
        """Gives what stands first in a merged range to its rows below; yields these."""
        for merged in self._values.merged_cells.ranges:
            if merged.min_row > len(rows) or merged.min_col > len(rows[merged.min_row - 1]):
                continue
            top = rows[merged.min_row - 1][merged.min_col - 1]
            for line in range(merged.min_row + 1, min(merged.max_row, len(rows)) + 1):
                if top.text and any(cell.text for cell in rows[line - 1]):
                    below = rows[line - 1][merged.min_col - 1]
                    rows[line - 1][merged.min_col - 1] = Cell(top.text, below.line, below.column, top.typed, below.name)
                    yield line

    def _cell(self, cell: Any) -> Cell:
        text, typed = self._content(cell)
        return Cell(text, cell.row, cell.column, typed, cell.coordinate)

    def _content(self, cell: Any) -> tuple[str, float | datetime | None]:
        value = cell.value
        if value is None:
            formula = None if self._written is None else self._written[cell.coordinate].value
            return ("" if formula is None else "=" + str(getattr(formula, "text", formula)).lstrip("="), None)
        if isinstance(value, bool):
            return str(value).upper(), None
        if isinstance(value, int | float):
            if "%" in str(cell.number_format):
                return f"{value * 100:.15g}%", None
            return (f"{value:.15g}", float(value)) if abs(value) < 1e15 else (str(value), None)
        if isinstance(value, datetime):
            timed = "h" in str(cell.number_format).lower() or value.time() != value.min.time()
            return (value.isoformat(" ", "seconds"), value.replace(tzinfo=None)) if timed else (value.date().isoformat(), None)
        return str(value).strip(), None

"""A path, ``-`` for standard input, or ``book.xlsx:Sheet`` → a grid; by what the file holds, whatever it is called."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

from sim.scenario.errors import Place
from sim.scenario.files import Source, read_bytes
from sim.scenario.nodes import MOST_BYTES
from sim.scenario.tabular.book import MOST_PACKED, grid_of_book, is_book
from sim.scenario.tabular.cells import Grid, refused
from sim.scenario.tabular.table import Columns
from sim.scenario.tabular.text import decoded, grid_of_text

STDIN = "-"
_SHEET = re.compile(r"(.+\.xls[xm]):([^:\\/?*\[\]]{1,31})", re.IGNORECASE | re.DOTALL)


class Named(NamedTuple):
    """A file as a command line names it."""

    path: str
    sheet: str | None


def named(text: str) -> Named:
    """File and sheet of ``book.xlsx:Sheet``; a file that is there under the whole name is that one."""
    match = _SHEET.fullmatch(text)
    return Named(match[1], match[2]) if match and not os.path.lexists(text) else Named(text, None)


def read_grid(path: str | os.PathLike[str], columns: Columns) -> Grid:
    """The cells of a table, or raises ScenarioError; *columns* help to tell what separates them."""
    text = os.fspath(path)
    if text == STDIN:
        return grid_of(_stdin(), STDIN, columns)
    if not text or "\0" in text:
        raise refused("table", "expected the path of a table (CSV or XLSX)")
    return grid_of_file(Source(Path(text), text, Path(os.path.realpath(text)).parent), columns)


def grid_of_file(file: Source, columns: Columns) -> Grid:
    """The same of a file that is known."""
    name = named(os.fspath(file.path))
    label = named(file.label).path
    data = read_bytes(Source(Path(name.path), label, file.root), Place(label), MOST_PACKED)
    return grid_of(data, label, columns, name.sheet)


def grid_of(data: bytes, label: str, columns: Columns, sheet: str | None = None) -> Grid:
    """The cells of a file's bytes."""
    if is_book(data):
        return grid_of_book(data, label, sheet)
    if sheet is not None:
        raise refused(label, "expected a workbook (XLSX), since a sheet is named")
    if len(data) > MOST_BYTES:
        raise refused(label, f"expected a file of at most {MOST_BYTES:,} bytes: {label}")
    text, notices = decoded(data, label)
    grid = grid_of_text(text, label, columns.score)
    grid.notices[:0] = notices
    return grid


def _stdin() -> bytes:
    try:
        if sys.stdin is None:
            raise OSError(9, "it is closed")
        return sys.stdin.buffer.read(MOST_PACKED + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is closed"
        raise refused(STDIN, f"cannot read standard input: {reason}") from None

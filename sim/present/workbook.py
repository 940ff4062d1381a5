"""A workbook (XLSX) of sheets: numbers as numbers, texts as texts, no formulas, equal bytes for equal sheets.

Nothing in a text is run: one that begins with ``=`` is text, and stays text when somebody edits its cell.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from openpyxl import Workbook

Form = Literal["text", "long", "plain", "count", "people", "hours", "share", "moment"]
FORMATS: dict[str, str] = {
    "text": "General",
    "long": "General",
    "plain": "General",
    "count": "#,##0",
    "people": "#,##0.0",
    "hours": "#,##0.0",
    "share": "0.0%",
    "moment": "yyyy-mm-dd hh:mm",
}
"""How a spreadsheet shows what a cell holds; ``long`` is text over several lines."""
Value = str | float | bool | datetime | None
"""What a cell may hold: text, a finite number, yes or no, a local moment without a zone, nothing."""

NARROW, WIDE, LONG = 7, 44, 90
"""Widths of columns in characters: the least, the most, and that of long texts."""
PAGE = 240
"""Characters that are printed side by side on a page at most; a wider sheet takes several."""
ROWS = 100_000
"""Rows of a sheet at most, its head not counted; the files beside the workbook have all."""
_LETTERS = 32_000
"""Characters of a cell; a spreadsheet has room for 32,767."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no XML holds."""
_ALL_ALIKE = (1980, 1, 1, 0, 0, 0)
"""When a part of the file was made, as far as the file says: the earliest that its format knows."""


class Head(NamedTuple):
    """A column: what stands above it, and how its values are shown."""

    title: str
    form: Form = "text"


class Formed(NamedTuple):
    """A value that is shown in another way than the rest of its column."""

    value: Value
    form: Form


Cell = Value | Formed


class Sheet(NamedTuple):
    """A table with a head that stays in sight."""

    name: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Iterable[Sheet], title: str) -> bytes:
    """The file that holds *sheets*, in their order; *title* is free text about all of it.

    Raises:
        ValueError: if a number is one that no file can hold.
    """
    from openpyxl import Workbook

    sheets = list(sheets)
    for value in (_formed(value, "plain").value for sheet in sheets for row in sheet.rows for value in row):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"expected a finite number in a workbook, got {value}")
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        name = sheet_name(sheet.name, taken)
        taken.add(name.lower())
        _write(book.create_sheet(name), sheet)
    made = io.BytesIO()
    book.save(made)
    return _without_times(made.getvalue(), book, title)


def sheet_name(wanted: str, taken: Iterable[str] = ()) -> str:
    """A name that spreadsheets accept and no other sheet has, whatever the case: 31 characters, without ``[]:*?/\\``."""
    name = re.sub(r"[\[\]:*?/\\]", "-", _NO_TEXT.sub("", wanted)).strip().strip("'")[:31].strip("'") or "sheet"
    name = "History-" if name.lower() == "history" else name  # which is a spreadsheet's own
    known, number, last = set(taken), 1, name
    while last.lower() in known:
        number += 1
        tail = f" {number}"
        last = name[: 31 - len(tail)] + tail
    return last


def _write(into: Any, sheet: Sheet) -> None:
    """Head, rows, widths, and how it is printed: the head on each page, all columns side by side if they can be read so."""
    rows, widths = sheet.rows[:ROWS], list(_widths(sheet.heads, sheet.rows))
    into.freeze_panes = "B2"
    for letter, width in zip(_letters(len(sheet.heads)), widths, strict=True):
        into.column_dimensions[letter].width = width
    into.page_setup.orientation = "landscape"
    into.print_title_rows = "1:1"
    if sum(widths) <= PAGE:
        into.page_setup.fitToHeight = 0
        into.sheet_properties.pageSetUpPr.fitToPage = True
    if rows:
        into.auto_filter.ref = f"A1:{_letters(len(sheet.heads))[-1]}{len(rows) + 1}"
    _height(into, 1, [(head.title, width) for head, width in zip(sheet.heads, widths, strict=True)])
    into.append([_head(into, head) for head in sheet.heads])
    for number, row in enumerate(rows, start=2):
        formed = [_formed(value, head.form) for head, value in zip(sheet.heads, row, strict=True)]
        _height(into, number, [(str(one.value), LONG) for one in formed if one.form == "long" and one.value is not None])
        into.append([_cell(into, one) for one in formed])


def _height(into: Any, number: int, texts: Iterable[tuple[str, float]]) -> None:
    """The height of a row in which texts are broken at these widths: spreadsheets don't work that out when they open a file."""
    lines = max((_lines(text, width) for text, width in texts), default=1)
    if lines > 1:
        into.row_dimensions[number].height = 15 * lines


def _lines(text: str, width: float) -> int:
    return len(textwrap.wrap(text[:_LETTERS], max(int(1.1 * width) - 3, 4), break_long_words=False)) or 1


def _letters(many: int) -> list[str]:
    from openpyxl.utils import get_column_letter

    return [get_column_letter(number) for number in range(1, many + 1)]


def _formed(value: Cell, form: Form) -> Formed:
    return value if isinstance(value, Formed) else Formed(value, form)


def _head(into: Any, head: Head) -> Any:
    from openpyxl.styles import Alignment, Font, PatternFill

    made = _cell(into, Formed(head.title, "text"))
    made.font = Font(name="Calibri", size=11, bold=True)  # the face of all other cells
    made.fill = PatternFill("solid", start_color="FFE6EEF5")
    right = head.form not in ("text", "long")
    made.alignment = Alignment(wrap_text=True, vertical="top", horizontal="right" if right else "left", indent=0 if right else 1)
    return made


def _cell(into: Any, formed: Formed) -> Any:
    """A cell whose text is text."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    value, form = formed
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if not isinstance(value, str) or not value:
        made = WriteOnlyCell(into, None if value == "" else value)
        made.number_format = FORMATS[form]
        made.alignment = Alignment(vertical="top")
        return made
    text = _NO_TEXT.sub("�", value)[:_LETTERS]
    made = WriteOnlyCell(into, text)
    made.data_type = "s"  # it would be a formula, or an error such as #N/A
    made.quotePrefix = text.startswith(_FORMULA)
    made.alignment = Alignment(wrap_text=form == "long", vertical="top", horizontal="left", indent=1)
    return made


def _widths(heads: Sequence[Head], rows: Sequence[Sequence[Cell]]) -> Iterator[float]:
    """A width for each column, by its head and its first rows."""
    for at, head in enumerate(heads):
        shown = [_formed(row[at], head.form) for row in rows[:2_000]]
        if any(one.form == "long" for one in shown):
            yield LONG
            continue
        words = max((len(part) for part in (*head.title.split(), head.title[::3])), default=0)  # a head has three lines
        longest = max((_length(one) for one in shown), default=0)
        yield float(min(max(longest, words, NARROW), WIDE)) + 2


def _length(formed: Formed) -> int:
    """Characters of a cell, about."""
    value, form = formed
    if value is None:
        return 0
    if isinstance(value, datetime):
        return 16
    return len(value) if isinstance(value, str) else len(f"{value:,.1f}") if form != "plain" else len(f"{value:.11g}")


def _without_times(data: bytes, book: Workbook, title: str) -> bytes:
    """The same file, but that nothing in it says when it was made."""
    from openpyxl.xml.functions import tostring

    about = book.properties
    about.creator, about.title = "evacsim", _NO_TEXT.sub("�", title)[:_LETTERS]
    about.created = about.modified = datetime(*_ALL_ALIKE)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = tostring(about.to_tree()) if part.filename == "docProps/core.xml" else old.read(part)
            entry = zipfile.ZipInfo(part.filename, _ALL_ALIKE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            entry.create_system = 3  # whatever system this is
            new.writestr(entry, content)
    return made.getvalue()

"""Numbers as people write them in tables: ``1,200``, ``1.200``, ``1 200``, ``1'200``, ``12,5``, ``1.200,5``.

Which mark is the decimal one is decided by the file: a cell such as ``12,5`` or ``1.200,5`` can be read in one way only.
``1,200`` alone is a thousand where commas separate the cells, as English files have it; what may be either is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import Enum

from sim.scenario.errors import Message, shown
from sim.scenario.tabular.cells import Cell

BLANKS = "\u00a0\u2009\u202f\u2007"
"""No-break, thin, narrow no-break and figure space: they part thousands."""
_MOST = 80
"""Characters of a cell that may hold a number; of longer ones nothing is tried."""
_PLAIN = re.compile(r"\d{1,20}", re.ASCII)
_SPACED = re.compile(r"\d{1,3}(?:([ '’])\d{3})(?:\1\d{3})*(?:([.,])\d{1,15})?", re.ASCII)
_POINTED = re.compile(r"\d{1,3}(?:(?:,\d{3})+\.\d{1,15}|(?:,\d{3}){2,})", re.ASCII)
_COMMAED = re.compile(r"\d{1,3}(?:(?:\.\d{3})+,\d{1,15}|(?:\.\d{3}){2,})", re.ASCII)
_ONE_MARK = re.compile(r"(\d{0,20})([.,])(\d{1,15})", re.ASCII)
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_AROUND = re.compile(
    r"(?:ca\.?|circa|about|approx\.?|[~≈<>≤≥±+(])?\s*([\d.,'’ ]*\d)\s*\)?(?:\s*(%|[^\W\d_][^\d]*))?", re.IGNORECASE
)
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA")


class Mark(Enum):
    """Which mark parts whole numbers from decimals in a file."""

    POINT = "."
    COMMA = ","
    UNKNOWN = ""
    """No cell decides."""
    ENGLISH = "english"
    """No cell decides, but commas separate the cells: ``1,200`` is a thousand."""


def _tidy(text: str) -> str:
    return "" if len(text) > _MOST else text.translate(dict.fromkeys(map(ord, BLANKS), " ")).strip()


def _certain(text: str) -> Mark | None:
    """The decimal mark that a number shows, if it can be read in one way only."""
    if _POINTED.fullmatch(text):
        return Mark.POINT
    if _COMMAED.fullmatch(text):
        return Mark.COMMA
    if spaced := _SPACED.fullmatch(text):
        return Mark(spaced[2]) if spaced[2] else None
    one = _ONE_MARK.fullmatch(text)
    return Mark(one[2]) if one and not _EITHER.fullmatch(text) else None


def mark_of(cells: Iterable[Cell], separator: str) -> Mark:
    """The decimal mark of a file with these numbers; *separator* parts its cells."""
    marks = {_certain(_number_part(cell.text)) for cell in cells if cell.typed is None} - {None}
    if len(marks) == 1:
        return marks.pop() or Mark.UNKNOWN
    return Mark.ENGLISH if separator == "," and not marks else Mark.UNKNOWN


def _number_part(text: str) -> str:
    parts = re.fullmatch(r"([\d.,'’ ]*\d)\s*[^\W\d_]*\.?", _tidy(text))
    return parts[1] if parts else ""


def amount(cell: Cell, mark: Mark, units: Collection[str] = ()) -> float | None:
    """The number ≥ 0 in a cell, with one of *units* behind it or none; None if there is none, or two ways to read it."""
    if isinstance(cell.typed, float):
        return cell.typed if cell.typed >= 0 else None
    text = _tidy(cell.text)
    if units:
        unit = re.fullmatch(r"([\d.,'’ ]*\d)\s*([^\W\d_]+)\.?", text)
        text = unit[1] if unit and unit[2].casefold() in units else text
    if _PLAIN.fullmatch(text):
        return float(text)
    certain = _certain(text)
    if certain is None:
        if _SPACED.fullmatch(text):
            return float(re.sub(r"\D", "", text))
        if not _EITHER.fullmatch(text):
            return None
        certain = _by_file(text, mark)
    return None if certain is None else _value(text, certain)


def _by_file(text: str, mark: Mark) -> Mark | None:
    """The decimal mark of what may be a thousand or a decimal."""
    if mark is Mark.ENGLISH:
        return Mark.POINT if "," in text else None
    return None if mark is Mark.UNKNOWN else mark


def _value(text: str, mark: Mark) -> float:
    kept = re.sub(rf"[^\d{mark.value}]", "", text)
    return float(kept.replace(",", "."))


def wrong(expected: str, cell: Cell, whole: bool = False) -> Message:
    """What is wrong with a cell that should hold a number, and what to write."""
    where = f" in cell {cell.name}" if cell.name else ""
    return Message(expected, shown(cell.text) + where + _advice(cell.text, whole))


def _advice(raw: str, whole: bool) -> str:
    text = _tidy(raw)
    if text.upper() in _ERRORS:
        return " (the error of a formula: mend it, or write the number)"
    if text.startswith("="):
        return " (a formula without its value: write the number, or save it again where it is computed)"
    if _EITHER.fullmatch(text):
        thousand, decimal = re.sub(r"\D", "", text), float(text.replace(",", "."))
        return f" (write {thousand}, if that is meant)" if whole else f" (write {thousand} or {decimal:.4f})"
    around = _AROUND.fullmatch(text)
    counted = around is not None and (around[2] is None or (whole and around[2] != "%"))  # 5 mi is not 5
    if around and counted and around[1] != text and (number := amount(Cell(around[1], 1, 1), Mark.POINT)) is not None:
        return f" (write {number:.15g})"
    return ""

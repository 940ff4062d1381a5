"""Bytes → text → cells: encodings, line ends and separators as spreadsheets write them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from itertools import islice

from sim.scenario.errors import printable
from sim.scenario.tabular.cells import Cell, Grid, refused

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MARKED = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as the next one does
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?')
_TRIED = 60
"""Records that are looked at to find the separator."""
Score = Callable[[Sequence[str]], int]
"""How many columns a row names that are known."""


def decoded(data: bytes, label: str) -> tuple[str, list[str]]:
    """The text of a file and notices about it; raises ScenarioError for what is no text."""
    for mark, encoding in _MARKED:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, label), []
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise refused(label, "expected text, got a byte 0: save the file as CSV in UTF-8", line)
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    text = _strict(data, "cp1252", label)
    word = next(w for w in re.split(r'[ \t\r\n,;|"]+', text) if not w.isascii())
    notice = f'read as Windows-1252 ("{printable(word, 40)}" in line {line}), since it is no UTF-8'
    return text, [notice]


def _strict(data: bytes, encoding: str, label: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise refused(label, "expected UTF-8 text", line, column) from None


def grid_of_text(text: str, label: str, score: Score) -> Grid:
    """The cells of a text; *score* helps to find what separates them.

    Raises:
        ScenarioError: for what is no CSV, or might be with two separators.
    """
    lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))  # as the reader counts them
    skipped, separator = 0, None
    if lines and (declared := _SEPARATOR_LINE.fullmatch(lines[0].rstrip("\r\n"))):
        skipped, separator = 1, declared[1]
        if separator.isalnum() or separator in '" ':
            raise refused(label, f"expected one of {', '.join(SEPARATORS.values())} to separate the cells")
    separator = separator or _separator(lines, label, score)
    return Grid(label, _records(lines[skipped:], skipped, separator, label), separator)


def _separator(lines: Sequence[str], label: str, score: Score) -> str:
    scores = {separator: _score(lines, separator, score) for separator in SEPARATORS}
    best = max(scores.values())
    if best < 2:  # no header that is known: what stands most often in the first line with something in it
        first = next((line for line in lines if line.strip()), "")
        return max(SEPARATORS, key=first.count)
    likely = [separator for separator, count in scores.items() if count == best]
    if len(likely) > 1:
        names = " and ".join(SEPARATORS[separator] for separator in likely)
        raise refused(label, f"{names} are as likely to separate the cells: write sep={likely[0]} into a first line of its own")
    return likely[0]


def _score(lines: Sequence[str], separator: str, score: Score) -> int:
    try:
        return max((score(row) for row in islice(csv.reader(lines, delimiter=separator), _TRIED)), default=0)
    except csv.Error:
        return 0


def _records(lines: Sequence[str], skipped: int, separator: str, label: str) -> list[list[Cell]]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    rows: list[list[Cell]] = []
    last = 0
    try:
        for texts in reader:
            first, last = last, reader.line_num  # a quoted cell may go over several lines
            begins = _begins("".join(lines[first:last]), separator)
            begins = begins if len(begins) == len(texts) else [1] * len(texts)
            line = first + 1 + skipped
            rows.append([Cell(text.strip(), line, begin) for text, begin in zip(texts, begins, strict=True)])
    except csv.Error as error:
        raise refused(label, f"not CSV: {error}", max(1, last + 1 + skipped)) from None
    return rows


def _begins(record: str, separator: str) -> list[int]:
    """The character, from 1, at which each cell of a record begins; 1 for one that begins on a later line."""
    begins, quoted, at_start, line_over = [1], False, True, False
    for k, c in enumerate(record, start=1):
        if c == '"' and (quoted or at_start or record[k - 2] == '"'):
            quoted = not quoted
        elif c in "\r\n":
            line_over = True
        elif c == separator and not quoted:
            begins.append(1 if line_over else k + 1)
            at_start = True
            continue
        at_start = False
    return begins

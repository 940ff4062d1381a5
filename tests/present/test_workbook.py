"""A workbook is read back as it was meant: numbers, texts that nothing runs, dates, names that spreadsheets take."""

from __future__ import annotations

import io
import math
import re
import time
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.present.workbook import FORMATS, ROWS, Formed, Head, Sheet, sheet_name, workbook
from tests.strategies import often

NOON = datetime(2021, 9, 12, 12)
PLAIN = Sheet(
    "numbers",
    [Head("Mission"), Head("People", "count"), Head("Share", "share"), Head("At", "moment"), Head("Words", "long")],
    [["north", 380, 0.5, NOON, "a sentence"], ["south", None, Formed(12.25, "hours"), None, ""]],
)


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def cells(data: bytes, name: str) -> list[list[Any]]:
    return [list(row) for row in opened(data)[name].iter_rows()]


def test_numbers_are_numbers_with_formats_and_moments_are_dates() -> None:
    head, first, second = cells(workbook([PLAIN], "A title"), "numbers")
    assert [cell.value for cell in head] == ["Mission", "People", "Share", "At", "Words"]
    assert [(c.value, c.data_type) for c in first] == [
        ("north", "s"), (380, "n"), (0.5, "n"), (NOON, "d"), ("a sentence", "s"),
    ]  # fmt: skip
    assert [c.number_format for c in first[1:4]] == [FORMATS["count"], FORMATS["share"], FORMATS["moment"]]
    assert (second[2].value, second[2].number_format) == (12.25, FORMATS["hours"])
    assert second[1].value is None
    assert first[4].alignment.wrap_text


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://a.b")', "#N/A", "#REF!"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_is_never_a_formula(text: str) -> None:
    data = workbook([Sheet(text, [Head(text)], [[text]])], text)
    ((head,), (cell,)) = cells(data, opened(data).sheetnames[0])
    assert (head.value, head.data_type, cell.value, cell.data_type) == (text, "s", text, "s")
    assert cell.quotePrefix == (text[0] != "#")  # it stays text when somebody edits the cell
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert all(b"<f>" not in parts.read(name) for name in parts.namelist())


def test_what_xml_cannot_hold_is_marked() -> None:
    data = workbook([Sheet("a", [Head("b")], [["bell \x07, half a pair \ud800"]])], "title \x00")
    assert cells(data, "a")[1][0].value == "bell �, half a pair �"
    assert opened(data).properties.title == "title �"


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_number_that_no_file_holds_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="expected a finite number in a workbook"):
        workbook([Sheet("a", [Head("b", "plain")], [[number]])], "")


def test_a_truth_is_a_word() -> None:
    assert [row[0].value for row in cells(workbook([Sheet("a", [Head("b")], [[True], [False]])], ""), "a")] == ["b", "yes", "no"]


def test_the_head_stays_in_sight_and_columns_have_widths() -> None:
    book = opened(workbook([PLAIN], ""))
    sheet = book["numbers"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert sheet.print_title_rows == "$1:$1"
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDE"]
    assert widths == [9, 9, 9, 18, 90]  # the least, three times; a date; a long text


def test_equal_sheets_give_equal_bytes() -> None:
    before = workbook([PLAIN], "A title")
    time.sleep(2.1)  # a zip file counts in steps of two seconds
    assert workbook([PLAIN], "A title") == before


def test_a_sheet_has_room_for_so_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ROWS < 2**20  # which is where a spreadsheet ends
    monkeypatch.setattr("sim.present.workbook.ROWS", 40)
    data = workbook([Sheet("a", [Head("b", "count")], [[k] for k in range(45)])], "")
    assert opened(data)["a"].max_row == 41


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("missions", "missions"),
        ("a/b\\c:d*e?f[g]", "a-b-c-d-e-f-g-"),
        ("'quoted'", "quoted"),
        ("", "sheet"),
        ("  ", "sheet"),
        ("x" * 40, "x" * 31),
        ("history", "History-"),
    ],
)
def test_names_of_sheets(wanted: str, name: str) -> None:
    assert sheet_name(wanted) == name


def test_names_of_sheets_differ_whatever_the_case() -> None:
    sheets = [Sheet(name, [Head("x")], []) for name in ("Values", "values", "VALUES", "y" * 40, "y" * 41)]
    assert opened(workbook(sheets, "")).sheetnames == ["Values", "values 2", "VALUES 3", "y" * 31, "y" * 29 + " 2"]


LINE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), LINE)
@settings(deadline=None, max_examples=30)
def test_any_text_can_be_written_and_read(names: list[str], text: str) -> None:
    """Any names of sheets; free text is a line without control characters, and what is read is what was written."""
    data = workbook([Sheet(name, [Head(text)], [[text]]) for name in names], text)
    book = opened(data)
    assert len(book.sheetnames) == len(names)
    for sheet in book.worksheets:
        assert (sheet["A2"].value or "").replace("�", "") == re.sub("[�\ufffe\uffff]", "", text)
        assert sheet["A2"].data_type == ("s" if text else "n")


test_any_text_can_be_written_and_read_often = often(
    test_any_text_can_be_written_and_read, 200, st.lists(st.text(max_size=40), min_size=1, max_size=4), LINE
)

"""Workbooks: what is read of them, and what a broken or hostile one may cost."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.tabular import book as module
from sim.scenario.tabular.book import grid_of_book, is_book
from sim.scenario.tabular.cells import Grid
from sim.scenario.tabular.source import named

Sheet = Any


def book(*rows: list[object], change: Callable[[Sheet], None] = lambda sheet: None, others: tuple[str, ...] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Staff"
    for row in rows:
        sheet.append(row)
    for other in others:
        workbook.create_sheet(other).append(["other"])
    change(sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def fault(data: bytes, sheet: str | None = None) -> str:
    with pytest.raises(ScenarioError) as refused:
        grid_of_book(data, "b.xlsx", sheet)
    (line,) = map(str, refused.value.faults)
    return line


SHEET = "xl/worksheets/sheet1.xml"


def test_values_with_their_types_and_places() -> None:
    def formats(sheet: Sheet) -> None:
        sheet["D1"].number_format = "0%"
        sheet["F1"].data_type = "e"

    when = datetime(2021, 8, 16, 19, 35)
    grid = grid_of_book(book(["a ", 1200, 60.5, 0.12, True, "#N/A", when, date(2021, 8, 16), None], change=formats), "b.xlsx")
    cells = grid.rows[0]
    assert [cell.text for cell in cells] == ["a", "1200", "60.5", "12%", "TRUE", "#N/A", "2021-08-16 19:35:00", "2021-08-16"]
    assert [cell.typed for cell in cells] == [None, 1200.0, 60.5, None, None, None, when, None]
    assert (cells[1].name, cells[1].line, cells[1].column) == ("B1", 1, 2)
    assert grid.notices == []


def test_merged_cells_count_for_their_rows_and_hidden_rows_are_said() -> None:
    def change(sheet: Sheet) -> None:
        sheet.merge_cells("A1:A3")
        sheet.row_dimensions[2].hidden = True

    grid = grid_of_book(book(["a", 1], [None, 2], [None, 3], [None, 4], change=change), "b.xlsx")
    assert texts(grid) == [["a", "1"], ["a", "2"], ["a", "3"], ["", "4"]]
    assert grid.notices == [
        "merged cells count for each of their rows: row 2 to 3",
        "hidden rows are read as the others are: row 2",
    ]


def test_the_first_sheet_that_can_be_seen_or_the_one_that_is_named() -> None:
    def hide(sheet: Sheet) -> None:
        sheet.sheet_state = "hidden"

    data = book(["a"], others=("Other", "Third"))
    assert texts(grid_of_book(data, "b.xlsx")) == [["a"]]
    assert grid_of_book(data, "b.xlsx").notices == [
        "read the first sheet, Staff, of 3 (others: Other, Third; write b.xlsx:SHEET)"
    ]
    assert texts(grid_of_book(data, "b.xlsx", "Other")) == [["other"]]
    assert texts(grid_of_book(book(["a"], change=hide, others=("Other",)), "b.xlsx")) == [["other"]]
    assert fault(data, "Othr") == 'b.xlsx:1:1: expected the name of a sheet, got "Othr"; nearest: "Other"'


def test_a_sheet_is_named_behind_the_file(tmp_path) -> None:
    assert named("a/b.xlsx:My sheet") == ("a/b.xlsx", "My sheet")
    assert named("a/b.xlsx") == ("a/b.xlsx", None)
    assert named("C:\\b.XLSM:S") == ("C:\\b.XLSM", "S")
    odd = tmp_path / "b.xlsx:S"
    odd.write_bytes(b"")
    assert named(str(odd)) == (str(odd), None)


def test_a_formula_counts_by_the_value_that_was_saved() -> None:
    data = book(["a", "=1+1"])
    assert texts(grid_of_book(data, "b.xlsx")) == [["a", "=1+1"]]  # never computed: nothing that could be read
    saved = repacked(
        data,
        SHEET,
        lambda part: part.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>"),
    )
    assert texts(grid_of_book(saved, "b.xlsx")) == [["a", "2"]]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "expected a sheet of at most 20,000 rows"),
        (b'<row r="2"><c r="XFD2"><v>1</v></c></row>', "rows and 500 columns, got a cell XFD2"),
        (b'<row r="99999999999999999999"><c><v>1</v></c></row>', "expected a sheet of at most 20,000 rows"),
        (b"<row>" + b"<c/>" * (module.MOST_CELLS + 1) + b"</row>", "expected a workbook of at most 200,000 cells"),
    ],
)
def test_a_sheet_that_claims_much(part: bytes, why: str) -> None:
    assert why in fault(repacked(book(["a"]), SHEET, lambda old: old.replace(b"</sheetData>", part + b"</sheetData>")))


def test_a_merged_range_over_everything() -> None:
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert "rows and 500 columns" in fault(repacked(book(["a"]), SHEET, lambda old: old.replace(b"</sheetData>", merged)))


@pytest.mark.parametrize(
    ("part", "inside", "many", "why"),
    [
        (SHEET, b"</sheetData>", b"<row/>" * (module.MOST_ELEMENTS + 1), "rows, styles and the like"),
        (SHEET, b"</sheetData>", b"</sheetData><mergeCells><mergeCell ref='A1:SF20000'/></mergeCells>", "200,000 cells"),
        ("xl/styles.xml", b"</cellXfs>", b"<xf/>" * (module.MOST_ELEMENTS + 1), "rows, styles and the like"),
    ],
)
def test_many_small_things(part: str, inside: bytes, many: bytes, why: str) -> None:
    change = many if inside in many else many + inside
    assert why in fault(repacked(book(["a"]), part, lambda old: old.replace(inside, change)))


def test_what_unpacks_to_too_much_or_defines_entities() -> None:
    bomb = repacked(book(["a"]), "xl/styles.xml", lambda old: old + b" " * module.MOST_UNPACKED)
    assert len(bomb) < 100_000
    assert "bytes when unpacked" in fault(bomb)
    doctype = b'<!DOCTYPE a [<!ENTITY b "c">]>'
    assert "without a document type" in fault(repacked(book(["a"]), "xl/workbook.xml", lambda old: doctype + old))
    assert "at most 5,000,000 bytes" in fault(b"PK\x03\x04" + b"x" * module.MOST_PACKED)


def test_what_is_no_workbook_of_this_kind() -> None:
    assert "older kind or one with a password" in fault(b"\xd0\xcf\x11\xe0" + b"x" * 100)
    assert "cannot read this workbook" in fault(b"PK\x03\x04nothing")
    assert not is_book(b"name,kind\n")


def test_a_damaged_workbook_is_read_or_refused() -> None:
    data = book(["mission", "cohort", "people"], ["a", "core", 60])
    random_of = random.Random(7)
    refused = 0
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(random_of.randint(1, 6)):
            broken[random_of.randrange(4, len(broken))] = random_of.randrange(256)
        try:
            grid_of_book(bytes(broken[: random_of.choice([len(broken), len(broken) // 2])]), "b.xlsx")
        except ScenarioError:
            refused += 1
    assert refused > 20

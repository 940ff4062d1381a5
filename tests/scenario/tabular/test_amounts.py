"""Numbers as people write them: what one can mean, what the file decides, and what is refused."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import pytest

from sim.scenario.tabular.amounts import Mark, amount, mark_of, wrong
from sim.scenario.tabular.cells import Cell


def cell(text: str) -> Cell:
    return Cell(text, 1, 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("60", 60),
        ("0", 0),
        ("007", 7),
        ("60.0", 60),
        ("60,0", 60),
        (".5", 0.5),
        ("0,125", 0.125),
        ("12,5", 12.5),
        ("12.50", 12.5),
        ("1234,567", 1234.567),
        ("1.200,5", 1200.5),
        ("1,200.5", 1200.5),
        ("1,200,300", 1_200_300),
        ("1.200.300", 1_200_300),
        ("1 200", 1200),
        ("1\u00a0200", 1200),
        ("1\u202f200", 1200),
        ("1\u2009200,5", 1200.5),
        ("1'200", 1200),
        ("1’200.50", 1200.5),
    ],
)
def test_what_can_be_read_in_one_way_only(text: str, number: float) -> None:
    for mark in Mark:
        assert amount(cell(text), mark) == number


@pytest.mark.parametrize(
    ("mark", "with_comma", "with_point"),
    [(Mark.POINT, 1200, 1.2), (Mark.COMMA, 1.2, 1200), (Mark.ENGLISH, 1200, None), (Mark.UNKNOWN, None, None)],
)
def test_what_the_file_decides(mark: Mark, with_comma: float | None, with_point: float | None) -> None:
    assert amount(cell("1,200"), mark) == with_comma
    assert amount(cell("1.200"), mark) == with_point


@pytest.mark.parametrize(
    ("texts", "separator", "mark"),
    [
        (["1,200", "60"], ",", Mark.ENGLISH),
        (["1,200", "60"], ";", Mark.UNKNOWN),
        (["1.200", "12,5"], ";", Mark.COMMA),
        (["1.200", "12,5 km"], ";", Mark.COMMA),
        (["1,200", "12.5"], "\t", Mark.POINT),
        (["12,5", "12.5", "1.200"], ",", Mark.UNKNOWN),
        (["1 200,50", "1.200"], ";", Mark.COMMA),
        (["x", "", "1e3"], ",", Mark.ENGLISH),
    ],
)
def test_which_mark_a_file_has(texts: list[str], separator: str, mark: Mark) -> None:
    assert mark_of(map(cell, texts), separator) is mark


@pytest.mark.parametrize(
    "text", ["", "-1", "−1", "+1", "1e3", "0x10", "inf", "nan", "~40", "12 %", "(60)", "1,20,300", "1 2", "12,", "٣", "1_000", "=A1", "#N/A", "9" * 21]
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    assert [amount(cell(text), mark) for mark in Mark] == [None] * len(Mark)


@pytest.mark.parametrize("text", ["~" + " " * 120_000 + "x", "1 " * 60_000 + "x", "1'" * 60_000, "1." * 60_000, "9" * 130_000])
def test_a_long_cell_is_no_number_and_takes_no_time(text: str) -> None:
    assert mark_of([cell(text)], ";") is Mark.UNKNOWN
    assert amount(cell(text), Mark.POINT, ("people",)) is None
    assert str(wrong("expected a number", cell(text))).endswith('…"')


def test_units_count_where_they_fit() -> None:
    assert amount(cell("1 200 People"), Mark.POINT, ("people",)) == 1200
    assert amount(cell("5 h"), Mark.POINT, ("people",)) is None
    assert amount(cell("5 people"), Mark.POINT) is None


@pytest.mark.parametrize(
    ("text", "whole", "advice"),
    [
        ("1.200", True, '"1.200" (write 1200, if that is meant)'),
        ("1.200", False, '"1.200" (write 1200 or 1.2000)'),
        ("~40", True, '"~40" (write 40)'),
        ("ca. 1,200", True, '"ca. 1,200" (write 1200)'),
        ("40 souls", True, '"40 souls" (write 40)'),
        ("5 mi", False, '"5 mi"'),
        ("12 %", True, '"12 %"'),
        ("-1", True, '"-1"'),
        ("#ref!", True, '"#ref!" (the error of a formula: mend it, or write the number)'),
    ],
)
def test_what_to_write_instead(text: str, whole: bool, advice: str) -> None:
    assert str(wrong("expected a number", cell(text), whole)) == f"expected a number, got {advice}"


def test_what_is_advised_for_a_decimal_is_read() -> None:
    assert amount(cell("1.2000"), Mark.UNKNOWN) == 1.2

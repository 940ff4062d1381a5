"""Moments as people write them, in UTC."""

from __future__ import annotations

from datetime import datetime

import pytest

from sim.scenario.tabular.cells import Cell
from sim.scenario.tabular.times import DayOrder, either, moment, order_of

NOON = datetime(2021, 8, 16, 12)


def cell(text: str) -> Cell:
    return Cell(text, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2021-08-16T12:00",
        "2021-08-16 12:00",
        "2021-08-16\u00a012:00:00",
        "2021-08-16t12:00:00z",
        "2021-08-16T12:00:00.0Z",
        "2021-08-16T12:00:00,000Z",
        "2021-08-16 12:00 UTC",
        "2021-08-16T16:30+04:30",
        "2021-08-16T16:30+0430",
        "2021-08-16T16:30+4:30",
        "2021-08-16T16:00 +04",
        "2021-08-16T08:00-4",
        "2021-08-16T08:00−04:00",
        "16.08.2021 12:00",
        "16.8.2021, 12:00",
        "16/08/2021 12:00",
        "8/16/2021 12:00",
        "1629115200",
        "1629115200.0",
        "1629115200000",
        "44424.5",
        "44424,5",
    ],
)
def test_one_moment(text: str) -> None:
    given = cell(text)
    assert moment(given, order_of([given])) == NOON


def test_fractions_and_midnight() -> None:
    assert moment(cell("2021-08-16T12:00:00.25Z"), DayOrder.UNKNOWN) == datetime(2021, 8, 16, 12, 0, 0, 250_000)
    assert moment(cell("2021-12-31T24:00"), DayOrder.UNKNOWN) == datetime(2022, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2021-08-16",
        "12:00",
        "16 Aug",
        "2021-02-29T12:00",
        "2021-08-16T48:00",
        "2021-08-16T25:60",
        "2021-08-16T12:60",
        "2021-08-16T12:00+15:00",
        "2021-08-16T12:00+04:60",
        "3/4/2021 12:00",
        "16/08/21 12:00",
        "31/31/2021 12:00",
        "16291152",
        "4442",
        "19999",
        "44424.5.1",
        "٢٠٢١-08-16T12:00",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    given = cell(text)
    assert moment(given, order_of([given])) is None


def test_other_dates_decide_which_number_is_the_day() -> None:
    doubtful = cell("3/4/2021 12:00")
    assert moment(doubtful, order_of([doubtful, cell("13/4/2021 12:00")])) == datetime(2021, 4, 3, 12)
    assert moment(doubtful, order_of([doubtful, cell("4/13/2021 12:00")])) == datetime(2021, 3, 4, 12)
    assert order_of([doubtful, cell("13/4/2021 12:00"), cell("4/13/2021 12:00")]) is DayOrder.UNKNOWN
    assert moment(cell("4/4/2021 12:00"), DayOrder.UNKNOWN) == datetime(2021, 4, 4, 12)
    assert either(doubtful) == ("2021-04-03", "2021-03-04")
    assert either(cell("13/4/2021 12:00")) is either(cell("3.4.2021 12:00")) is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2021-08-16 25:30:00", datetime(2021, 8, 17, 1, 30)),
        ("2021-08-31 24:01", datetime(2021, 9, 1, 0, 1)),
        ("16/08/2021 47:59:59", datetime(2021, 8, 17, 23, 59, 59)),
        ("2021-08-16 25:30:00 +4:30", datetime(2021, 8, 16, 21, 0)),
    ],
)
def test_hours_go_on_after_midnight_as_in_timetables(text: str, when: datetime) -> None:
    assert moment(cell(text), DayOrder.DAY) == when

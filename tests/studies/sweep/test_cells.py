"""What the cells of a heat map say, from sheets made by hand: digits, marks, and which cells can be told apart."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.measure import parse
from sim.studies.axis import Axis
from sim.studies.design.points import Design
from sim.studies.sweep.best import BestPoint
from sim.studies.sweep.cells import alike, apart, decimals, order, text_of, told, under, unit_words, untold
from sim.studies.sweep.groups import Scale
from sim.studies.sweep.points import Sheet, View

INF, NAN = math.inf, math.nan
HOURS, DAYS, PEOPLE, SHARE = (
    Scale(1.0, "h", 1, ""),
    Scale(24.0, "d", 1, ""),
    Scale(1.0, "people", 1, ""),
    Scale(1.0, "share", 1, ""),
)
Row = tuple[float, float, float]


def sheet(*rows: Row, measure: str = "left_behind") -> Sheet:
    """(value, low, high) at each point."""
    value, low, high = np.array(rows, dtype=np.float64).T
    return Sheet(parse(f"total.{measure}", []), value, low, high, (None,) * len(rows), np.zeros(len(rows)))


def every(some: Sheet) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(len(some.value))


@pytest.mark.parametrize(
    ("values", "scale", "places"),
    [
        ([4.44 * 24, 4.54 * 24], DAYS, 2),  # a tenth of 0.1 days
        ([2 * 24.0, 9 * 24.0], DAYS, 1),
        ([1 * 24.0, 30 * 24.0], DAYS, 1),  # days have one at least
        ([20.0, 30.0], HOURS, 0),
        ([2.0, 9.0], HOURS, 1),  # as short hours do
        ([20.0, 21.0], HOURS, 1),
        ([0.0, 9.8], HOURS, 1),
        ([0.0, 10.0], HOURS, 0),
        ([1000.0, 5000.0], PEOPLE, 0),
        ([10.0, 12.0], PEOPLE, 1),
        ([0.0, 9.0], PEOPLE, 1),
        ([0.0, 9.5], PEOPLE, 0),
        ([0.0, 0.9], PEOPLE, 2),
        ([0.5, 0.5001], SHARE, 3),
        ([0.5, 0.50001], SHARE, 3),  # three at the most
        ([0.1, 0.3], SHARE, 0),  # of percentage points
        ([0.1, 0.13], SHARE, 1),
        ([0.1, 0.13, NAN, INF], SHARE, 1),  # what is no number counts for nothing
    ],
)
def test_there_are_as_many_digits_as_tell_a_tenth_of_the_range(values: list[float], scale: Scale, places: int) -> None:
    assert decimals(np.array(values), scale) == places


@pytest.mark.parametrize("values", [[48.0] * 3, [48.0], [48.0, INF, NAN], [INF, INF], [NAN]])
def test_where_all_cells_are_alike_digits_are_the_usual_ones(values: list[float]) -> None:
    usual = [decimals(np.array(values), scale) for scale in (DAYS, PEOPLE, SHARE)]
    assert usual == [1, 0, 0]


def test_a_number_is_written_in_the_unit_of_its_scale() -> None:
    assert [text_of(60.0, scale, 1) for scale in (DAYS, HOURS)] == ["2.5", "60.0"]
    assert [text_of(x, PEOPLE, 1) for x in (1234.0, 1234.5)] == ["1,234", "1,234.5"]
    assert [text_of(x, SHARE, 1) for x in (0.0, 0.125, 1.0)] == ["0 %", "12.5 %", "100 %"]
    assert text_of(0.12, SHARE, 0) == "12 %"
    assert [text_of(x, DAYS, 1) for x in (INF, NAN)] == ["", ""]
    assert [unit_words(scale) for scale in (DAYS, HOURS, PEOPLE)] == [" (days)", " (hours)", ""]


def test_values_of_an_axis_stand_by_their_number_and_the_scenarios_own_last() -> None:
    assert order(Axis("a.b", ("9", "own", "1", "4"), (9.0, NAN, 1.0, 4.0))) == [2, 3, 0, 1]


def test_extremes_are_told_apart_where_their_intervals_do_not_touch() -> None:
    far, touching = sheet((1, 0, 2), (5, 2.5, 8)), sheet((1, 0, 2), (5, 2, 8))
    assert apart(far, every(far))
    assert not apart(touching, every(touching))
    assert not apart(far, every(far)[:1])
    for other in ((INF, 4, INF), (NAN, NAN, NAN)):
        for some in (sheet((1, 0, 2), other), sheet(other, other)):
            assert not apart(some, every(some))
    unknown = sheet((1, NAN, NAN), (5, 4, 6))
    assert not apart(unknown, every(unknown))


def test_cells_like_the_best_are_those_whose_intervals_reach_it() -> None:
    """The lowest is the best of people left behind, the highest of a chance."""
    rows: list[Row] = [(5, 4, 6), (1, 0, 2), (3, 2, 4), (9, 8, 10), (INF, NAN, NAN), (NAN, NAN, NAN)]
    low, high = sheet(*rows), sheet(*rows[:4], (8.5, 7, 9), (7, 6, 8), measure="p_all_out")
    assert alike(low, every(low), None) == {1, 2}
    assert alike(high, every(high), None) == {3, 4, 5}
    assert alike(low, every(low)[2:], None) == {2}  # of those that are asked for
    assert alike(low, every(low)[4:], None) == frozenset()  # none has a number


def test_cells_like_the_best_are_those_that_tests_leave_where_there_are_some() -> None:
    some = sheet((5, 4, 6), (1, 0, 2), (3, 2, 4))
    assert alike(some, every(some), BestPoint(1, (0,), 2)) == {0, 1}
    assert not told(BestPoint(1, (0, 2), 2))
    assert told(BestPoint(1, (0,), 2))
    assert not told(None)


def test_the_title_says_where_cells_cannot_be_told_apart() -> None:
    two, same, never = sheet((1, 0, 2), (2, 1, 3)), sheet((1, 0, 2), (1, 0, 2)), sheet((1, 0, 2), (2, 1, 3), (INF, NAN, NAN))
    assert untold(two, every(two), "It lies.") == "It lies; the cells can't be told apart."
    assert untold(never, every(never), "It lies.") == "It lies; the cells with a number can't be told apart."
    three, none = sheet((1, 0, 3), (2, 1, 3), (2, 1, 4)), sheet((INF, NAN, NAN), (NAN, NAN, NAN))
    assert untold(three, every(three), "It lies.") == "It lies; the cells can't be told apart."
    assert untold(none, every(none), "It is never.") == "It is never."
    assert untold(same, every(same), "It is 1.") == "It is 1."
    assert untold(two, every(two)[:1], "It is 1.") == "It is 1."
    twice = "It is 1; the cells can't be told apart."
    assert untold(two, every(two), twice) == twice


def test_marks_are_explained_where_there_are_some() -> None:
    def said(some: Sheet, told_apart: bool = True, ringed: bool = False, errors: dict[int, str] | None = None) -> str:
        axes = (Axis.of("a.b", ("1", "2")), Axis.of("a.c", ("1",)))
        view = View(Design("grid", axes), ("one",), np.zeros(2, dtype=np.int64), (some,), errors or {}, 60, 1, 720.0)
        return under(view, some, Scale(24.0, "d", 1, "never"), told_apart, ringed)

    plain = sheet((1, 0, 2), (5, 4, 6), measure="p50")
    rest = "60 replications in each cell; intervals are in the table. Every cell had the same random numbers."
    assert said(plain) == rest
    assert said(plain, ringed=True) == f"Ring: the best as seen, and cells that can't be told from it. {rest}"
    assert said(plain, told_apart=False).endswith(f"(days), one colour as their 95 % intervals overlap or are missing. {rest}")
    assert "Ring" not in said(plain, told_apart=False, ringed=True)
    never = sheet((1, 0, 2), (INF, NAN, NAN), measure="p50")
    assert " Hatched: never." in said(never)
    assert "Crossed" not in said(never)
    assert " Crossed: failed." in said(plain, errors={1: "no such lane"})
    elsewhere = replace(plain, absent=frozenset({0}))
    assert " Crossed: no such mission." in said(elsewhere)
    assert " Crossed: failed or no such mission." in said(elsewhere, errors={1: "no such lane"})

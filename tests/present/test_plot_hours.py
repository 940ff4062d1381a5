"""Where the hours went: what the bars of a comparison show, from made-up results whose numbers are worked out by hand."""

from __future__ import annotations

from math import inf

import pytest

from sim.present.labels import labels
from sim.present.plot_hours import DONE, LOOKS, _answer, _looks, _lumped, _name, _pair, hours_figure
from sim.present.style import styled
from tests.analysis.synthetic import campaign, result, row
from tests.present.crowding import assert_readable


@pytest.fixture(scope="module")
def two():
    """All ten are out after 20 h of deciding; or four are stranded at 2 h, who have waited 8 h in all and the others nothing."""
    stranded = row(t100=inf, stranded=4, held={"crowd": 3, "doing_road": 1}, cost={"crowd": 4}, crowd=8)
    stranded["left_hours_crowd"] = 8.0
    return [result({"a": [row(deciding=200, doing_road=10)]}, name="slow"), result({"a": [stranded]}, name="none")]


def _widths(axis, y):
    return [round(p.get_width(), 6) for p in axis.patches if round(p.get_y() + p.get_height() / 2) == y and p.get_width()]


def test_hours_of_those_out_beside_those_left_behind(two):
    """Who is stranded early has few hours: they stand on the left as people, not on the right as a better scenario."""
    with styled():
        people, hours = _pair(two, ["slow", "none"]).axes
    assert _widths(hours, 0) == [20, 1]
    assert _widths(hours, 1) == []
    assert _widths(people, 0) == []
    assert _widths(people, 1) == [1, 3]


def lost(per, name):
    rows = [row(t100=inf, stranded=k, held={"crowd": k}) if k else row() for k in per]
    return result({"a": rows}, name=name)


def test_the_answer_is_about_those_left_behind_and_claims_what_is_told(two):
    few, many, close = lost([1, 2] * 10, "few"), lost([8, 9] * 10, "many"), lost([2, 1] * 9 + [1, 3], "close")
    names = ["Few", "Many", "Close"]
    assert _answer([few, many], names) == "Many: 8 left behind on average, 7 more than Few (2)"
    assert _answer([few, many, close], names) == "Many: 8 left behind on average, 7 more than Few, the fewest (2)"
    assert _answer([few, close], ["Few", "Close"]).startswith(
        "How many are left behind can't be told apart: 2 (Few) and 2 (Close)"
    )
    assert _answer([few, few], names) == "As many are left behind in every scenario: 2"
    assert _answer(two, ["slow", "none"]).startswith("How many are left behind can't be told apart: nobody (slow)")


def test_that_the_stranded_wait_no_more_is_said(two):
    with styled():
        under = " ".join(hours_figure(two, ["slow", "none"]).texts[1].get_text().split())
    assert "they wait no more" in under
    assert "fewer hours are no better where more are left" in under


@pytest.mark.first(3)
@pytest.mark.parametrize("many", [1, 2, 4, 9])
@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_it_can_be_read(many, long):
    more = "A coalition of many countries that is flown in late with all of its equipment " if long else ""
    some = [campaign(f"s{k}-now", f"{more}way number {k} of it", n=6, missions=3, seed=3 + k) for k in range(many)]
    with styled():
        assert_readable(hours_figure(some, labels(some)))


def test_what_is_done_on_the_way_is_one_piece():
    one = _lumped({"doing_road": 1.0, "doing_fly": 2.0, "doing_ready": 4.0, "deciding": 8.0, "hub": 16.0})
    assert {s: h for s, h in one.items() if h} == {"deciding": 8, "doing_ready": 4, "way": 3, "hub": 16}
    assert list(one)[: len(DONE)] == list(DONE)


def test_the_largest_causes_have_colours_of_their_own():
    many = ("vehicle", "permission", "crowd", "search", "seats", "stand", "runway", "service", "hub")
    looks = _looks([_lumped({c: float(k) for k, c in enumerate(many, 1)})], [_lumped({"deciding": 1.0})])
    assert list(looks) == ["deciding", *many[len(many) - len(LOOKS) :]]


def test_nobody_and_nothing():
    fake = result({"a": [row(staff=0, t100=0.0)]})
    with styled():
        assert hours_figure([fake, fake], ["a", "b"]).axes
        assert hours_figure([fake], ["a"]).axes


def test_those_who_gave_up_are_no_other_cause() -> None:
    looks = _looks([{"crowd": 3.0}], [{"given_up": 900.0, "crowd": 10.0}])
    assert list(looks) == ["given_up", "crowd"]
    assert _name("given_up") == "turned back until they gave up"

"""Targets of ``--until``: what they mean, when they are met, and what is said of those that are not."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from sim.analysis.as_json import as_json
from sim.analysis.looks import Look
from sim.analysis.measure import MeasureError, Reading
from sim.analysis.outcomes import of_all, of_missions
from sim.analysis.precision import Reached, Settled, Side, Target, TargetError, at_look, between, check_limits, parse_target
from sim.analysis.statistics import Estimate, interval_ranks
from tests.analysis.synthetic import Fake, result, row

inf, nan = math.inf, math.nan
MISSIONS = ["embassy", "office"]


@pytest.mark.parametrize(
    ("text", "wanted", "width", "relative"),
    [
        ("total.p90: 3 h", "total.p90 ± 3 h", 3, False),
        (" total.p50_h :90 min ", "total.p50 ± 1.5 h", 1.5, False),
        ("embassy.p90: 2 d", "embassy.p90 ± 48 h", 48, False),
        ("total.p90: 5 %", "total.p90 ± 5 %", 0.05, True),
        ("total.left_behind: 200", "total.left_behind ± 200 people", 200, False),
        ("office.left-behind: 0.5 people", "office.left_behind ± 0.5 people", 0.5, False),
        ("total.p_all_out: 2 %", "total.p_all_out ± 2 points", 0.02, False),
        ("total.p_all_out: 2.5 points", "total.p_all_out ± 2.5 points", 0.025, False),
        ("total.p_all_out: 0.01", "total.p_all_out ± 1 points", 0.01, False),
    ],
)
def test_targets(text: str, wanted: str, width: float, relative: bool) -> None:
    target = parse_target(text, MISSIONS)
    assert (target.text, target.width, target.relative) == (wanted, pytest.approx(width), relative)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected MEASURE: WIDTH"),
        ("total.p90", 'expected MEASURE: WIDTH such as "total.p90: 3 h", got "total.p90"'),
        ("total.p90:", "expected MEASURE: WIDTH"),
        ("total.p95: 3 h", "nearest: p90"),
        ("embasy.p90: 3 h", "nearest: embassy"),
        ("total.p90: 3 people", "expected a time such as 3 h"),
        ("total.p90: 100", "expected a time such as 3 h"),
        ("total.p90: 0 h", "more than nothing"),
        ("total.p90: -1 h", "expected a time"),
        ("total.p90: nan", "expected a time"),
        ("total.p90: inf h", "expected a time"),
        ("total.p90: 0 %", "more than nothing"),
        ("total.left_behind: 150 %", "expected a number of people"),
        ("total.left_behind: 3 h", "expected a number of people"),
        ("total.p_all_out: 100 %", "expected points"),
        ("total.p_all_out: 3 h", "expected points"),
        ("total.p90: \x1b[31m3\nh", "expected a time"),
    ],
)
def test_what_is_no_target_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(TargetError, match="--until") as error:
        parse_target(text, MISSIONS)
    assert said in str(error.value)
    assert str(error.value).isprintable()
    assert isinstance(error.value, MeasureError)


def test_limits() -> None:
    check_limits(200, 200)
    check_limits(1, 12_800)
    with pytest.raises(TargetError, match="at least 200"):
        check_limits(1, 199)
    with pytest.raises(TargetError, match="the next one is at 1,600"):
        check_limits(801, 1599)


P90 = Target(parse_target("total.p90: 3 h", []).measure, 3.0)
LOOSE = Target(P90.measure, 0.1, relative=True)


@pytest.mark.parametrize(
    ("value", "width", "met"),
    [
        (Estimate(50, 47, 53), 3, True),
        (Estimate(50, 48, 53.1), 3.1, False),
        (Estimate(50, 46, 51), 4, False),  # the farther end counts
        (Estimate(50, 49, inf), inf, False),
        (Estimate(inf, 49, inf), inf, False),
        (Estimate(50, None, None), None, False),
        (Estimate(nan, None, None), None, False),
    ],
)
def test_an_end_may_be_no_farther_than_the_width(value: Estimate, width: float | None, met: bool) -> None:
    reached = Reached(P90, value)
    assert (reached.width if reached.width is None else pytest.approx(reached.width), reached.met) == (width, met)


def test_relative_widths() -> None:
    assert Reached(LOOSE, Estimate(50, 45, 55)).met
    assert Reached(LOOSE, Estimate(-50, -55, -45)).met
    assert not Reached(LOOSE, Estimate(50, 44, 55)).met
    zero = Reached(LOOSE, Estimate(0, 0, 1))
    assert (zero.width, zero.met, zero.text) == (inf, False, "no part of an estimate of 0")


def test_what_is_not_met_is_said_with_what_it_would_take() -> None:
    reached = Reached(P90, Estimate(50, 44, 53))
    assert reached.needed(800) == 3200
    assert reached.verdict(800) == "--until total.p90 ± 3 h: NOT met, ± 6 h with 800 replications; some 3,200 would be needed"
    assert "more than 1,000,000 would be" in Reached(P90, Estimate(5000, 44, 5300)).verdict(800)
    assert Reached(P90, Estimate(50, 50, inf)).verdict(800).endswith("NOT met, an end may be infinite with 800 replications")
    assert Reached(P90, Estimate(50, 49, 51)).verdict(800) == "--until total.p90 ± 3 h: met, ± 1 h"


LOOK = Look(1)
UNSEEN = 1 - (0.025 / 2) ** (1 / 200)
"""The largest share of a bound that 200 equal sets leave open at either end of the 97.5 % interval of the first look.

Gaffke's end is that of Clopper and Pearson there, and its saddlepoint is off by less than 1 %.
"""


def reading(rows: list[dict[str, Any]]) -> Reading:
    return Reading(result({"embassy": rows}))


def at(text: str, rows: list[dict[str, Any]]) -> Reached:
    return at_look(parse_target(text, MISSIONS), reading(rows), LOOK)


def test_surely_never_is_decided() -> None:
    reached = at("total.p90: 3 h", [row(t100=inf, stranded=2)] * 100 + [row()] * 100)
    assert reached.never
    assert reached.met
    assert reached.verdict(200) == "--until total.p90 ± 3 h: met, surely never"
    json.dumps([as_json(one) for one in Settled(LOOK, (reached,)).found()], allow_nan=False)


def test_perhaps_never_is_not() -> None:
    reached = at("total.p90: 3 h", [row(t100=inf, stranded=2)] * 20 + [row(t100=k / 10) for k in range(180)])
    assert (reached.never, reached.met, reached.width) == (False, False, inf)


def test_no_such_number_asks_for_no_more() -> None:
    rows = [row(ordered=inf, t100=inf, staying=10)] * 200
    for text in ("embassy.p90: 3 h", "embassy.restricted_time: 1 h"):
        reached = at(text, rows)
        assert (reached.void, reached.met) == (True, False)
        assert Settled(LOOK, (reached,)).done
        assert "no replication has such a number" in reached.verdict(200)


def test_nobody_left_behind_yet_is_not_nobody() -> None:
    reached = at("total.left_behind: 0.1", [row()] * 200)
    assert reached.value[:2] == (0, 0)
    assert reached.value.high == pytest.approx(10 * UNSEEN, rel=0.01)
    assert not reached.met
    assert at("total.left_behind: 0.22", [row()] * 200).met


def test_shares_and_means_have_the_level_of_the_look() -> None:
    rows = [row(t100=100 + k % 7) for k in range(200)]
    plain = reading(rows).value(parse_target("total.restricted_time: 1 h", []).measure)
    wide = at("total.restricted_time: 1 h", rows).value
    assert wide.low < plain.low < plain.high < wide.high  # type: ignore[operator]
    assert at("total.p_all_out: 2 %", rows).value.low == pytest.approx(0.0125 ** (1 / 200))


def side(fake: Fake) -> Side:
    return Side(fake.name, Reading(fake).horizon_h, {"total": of_all(fake), **of_missions(fake)})


def apart(text: str, base: list[dict[str, Any]], other: list[dict[str, Any]], **kwargs: Any) -> Reached:
    one = side(result({"embassy": base}, name="base"))
    return between(parse_target(text, MISSIONS), one, side(result({"embassy": other}, name="other", **kwargs)), LOOK)


def test_differences_are_paired() -> None:
    base = [row(t100=100 + 10 * (k % 9)) for k in range(200)]
    other = [row(t100=110 + 10 * (k % 9) + k % 2) for k in range(200)]
    mean = apart("total.hours_within_horizon: 1 h", base, other)
    assert mean.value.value == pytest.approx(10.5)
    assert mean.met  # though each side varies by 26 h
    assert apart("total.hours_within_horizon: 1 h", base, other[:100], n=100).value.value == pytest.approx(10.5)
    median = apart("total.p50: 1 h", base, other)
    assert median.value.value == pytest.approx(10)
    assert median.width == pytest.approx(20)  # from the two sides: no pairing in it
    assert (median.base, median.other) == ("base", "other")
    assert "(other against base, from the order)" in median.verdict(200)
    later = [r | {"ordered_h": 50.0} for r in base]
    assert apart("total.p50: 1 h", base, later).value.value == -50
    assert apart("total.out_p50: 1 h", base, later).value.value == 0
    assert "(other against base)" in apart("total.out_p50: 1 h", base, later).verdict(200)


def test_the_shorter_horizon_counts() -> None:
    base, other = [row(t100=300 + k % 2) for k in range(200)], [row(t100=inf, unfinished=1)] * 200
    reached = apart("total.hours_within_horizon: 1 h", base, other, horizon="10 d")
    assert reached.value.value == 0


def test_never_on_one_side_or_on_both_is_decided() -> None:
    gone, there = [row(t100=inf, stranded=2)] * 200, [row(t100=5 + k % 3) for k in range(200)]
    for base, other in ((gone, there), (there, gone), (gone, gone)):
        reached = apart("total.p90: 1 h", base, other)
        assert reached.never
        assert reached.met
    some = [row(t100=inf, stranded=2)] * 20 + there[20:]
    assert not apart("total.p90: 1 h", gone, some).met
    json.dumps(as_json(apart("total.p90: 1 h", gone, some).found(200)), allow_nan=False)


def test_both_sides_are_surely_never_with_half_the_error_each() -> None:
    """As many never that the lower end of P90 is never at the level of the look, and not at half of its error."""
    strict, plain = (interval_ranks(200, 0.9, level) for level in (1 - (1 - LOOK.level) / 2, LOOK.level))
    assert strict is not None
    assert plain is not None
    assert strict[0] < plain[0]
    for out, never in ((strict[0], False), (strict[0] - 1, True)):
        rows = [row(t100=5 + k / 100) for k in range(out)] + [row(t100=inf, stranded=2)] * (200 - out)
        assert apart("total.p90: 1 h", rows, rows).never == never


def test_no_pair_that_differs_is_not_no_difference() -> None:
    rows = [row()] * 200
    assert apart("total.left_behind: 0.3", rows, rows).met
    assert not apart("total.left_behind: 0.1", rows, rows).met
    assert not apart("total.p_all_out: 1 %", rows, rows).met


def test_a_width_of_nothing_is_no_part_of_nothing_either() -> None:
    """0 ± 0 is met by any part; half of 0.5 is reached by 0.25; and an estimate below nothing counts by its size."""
    assert Reached(LOOSE, Estimate(0, 0, 0)).width == 0
    assert Reached(LOOSE, Estimate(0.5, 0.25, 0.75)).width == 0.5
    assert Reached(LOOSE, Estimate(-0.5, -0.75, -0.25)).width == 0.5
    assert [Reached(P90, Estimate(*e)).width for e in ((5, None, 6), (5, 4, None))] == [None, None]
    assert [Reached(P90, Estimate(*e)).width for e in ((nan, 4, 6), (5, -inf, 6))] == [inf, inf]


def test_what_would_do_is_known_only_where_there_is_a_finite_width_to_shrink() -> None:
    wide = Estimate(50, 44, 53)
    assert Reached(P90, Estimate(50, 49, 51)).needed(800) is None  # met
    assert Reached(P90, wide, void=True).needed(800) is None
    assert Reached(P90, wide, never=True).needed(800) is None
    assert Reached(P90, Estimate(50, 44, inf)).needed(800) is None
    assert Reached(P90, Estimate(50, None, None)).needed(800) is None
    assert Reached(P90, Estimate(50, 44, 53)).needed(200) == 800
    assert "some 1,000,000 would" in Reached(P90, Estimate(50, 20, 53)).verdict(10_000)  # 10² times as many
    assert "more than 1,000,000 would" in Reached(P90, Estimate(50, 20, 53)).verdict(10_001)


def test_a_target_as_json() -> None:
    told = Reached(P90, Estimate(50, 44, inf), "base", "other").found(800)
    assert (told.measure, told.base, told.other, told.wanted, told.relative, told.unit) == (
        "total.p90", "base", "other", 3.0, False, "h",
    )  # fmt: skip
    assert (told.estimate, told.low, told.high, told.reached, told.met, told.never) == (
        50, 44, None, None, False, False,
    )  # fmt: skip
    assert "base" not in as_json(Reached(P90, Estimate(50, 44, 53)).found(800))
    assert (
        Settled(Look(2), (Reached(P90, Estimate(50, 44, 53)),))
        .found()[0]
        .text.endswith("with 400 replications; some 1,600 would be needed")
    )


def test_adding_ends_when_all_is_known_or_cannot_be() -> None:
    met, wide = Reached(P90, Estimate(50, 49, 51)), Reached(P90, Estimate(50, 44, 53))
    void = Reached(P90, Estimate(nan, None, None), void=True)
    assert [Settled(LOOK, some).done for some in ((met,), (met, void), (met, wide), (wide,))] == [True, True, False, False]
    assert Settled(LOOK, (wide,), failed=True).done


def test_differences_stay_within_what_is_possible() -> None:
    """Nobody differs yet: up to the largest share that may, times those there are to be left on either side."""
    base, other = [row(staff=10)] * 200, [row(staff=30)] * 200
    found = apart("total.left_behind: 1", base, other).value
    assert (found.low, found.high) == pytest.approx((-10 * UNSEEN, 30 * UNSEEN), rel=0.01)
    hours = apart("total.hours_within_horizon: 1 h", base, base, horizon="20 d").value
    assert (hours.low, hours.high) == pytest.approx((-480 * UNSEEN, 480 * UNSEEN), rel=0.01)
    chance = apart("total.p_all_out: 1 %", [row()] * 200, [row(t100=inf, stranded=1)] * 80 + [row()] * 120).value
    assert chance.value == -0.4
    nobody = apart("total.p50: 1 h", [row(ordered=inf, t100=inf, staying=10)] * 200, base)
    assert (nobody.void, nobody.never, nobody.met) == (True, False, False)
    gone = apart("total.hours_within_horizon: 1 h", [row(ordered=inf, t100=inf, staying=10)] * 200, base)
    assert gone.void


def test_how_precise_a_number_of_people_can_be_is_bounded_by_those_there_are() -> None:
    assert at("total.left_behind: 1", [row(staff=40)] * 200).value.high == pytest.approx(40 * UNSEEN, rel=0.01)
    restricted = at("total.restricted_time: 1 h", [row(t100=6.0)] * 200).value
    assert restricted == (6, 6, 6)  # the same in all: what is neither nobody nor an end of what is possible needs no bounds

"""One mission's numbers and its curve, against counts by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isnan

import pytest

from sim.analysis.as_json import as_json
from sim.analysis.mission import beside_row, fall_of, mission_curve, narrowed, narrowed_difference
from sim.analysis.outcomes import of_missions
from sim.analysis.paired import Differences
from sim.analysis.statistics import proportion
from sim.analysis.summary import summarise
from tests.analysis.filled import filled
from tests.analysis.synthetic import Fake, result, row

ROWS = [
    row(ordered=10, t50=12, t100=20),
    row(ordered=14, t50=16, t100=inf, stranded=3),
    row(ordered=inf, t50=inf, t100=inf, stranded=10, never_ordered=10),
    row(ordered=11, t50=30, t100=40),
]
"""All out at 20 and 40 h, half at 12, 16 and 30 h; one in four is never asked to go."""


def made(rows: list[dict] = ROWS, falls: list[float] | None = None, **more: object) -> Fake:  # type: ignore[type-arg]
    """A result of mission ``a`` with those rows, and of ``b``, whose people stay."""
    fake = result({"a": rows, "b": [row(staying=10, ordered=inf, t100=0.0)] * len(rows)}, **more)  # type: ignore[no-untyped-call]
    if falls is not None:
        import polars as pl

        fake.tables["replications"] = fake.tables["replications"].with_columns(pl.Series("fall_h", falls))
    return fake


def test_the_curve_steps_where_all_and_half_are_out() -> None:
    curve = mission_curve(made(), "a", 48.0)
    assert curve is not None
    assert curve.hour.tolist() == [0, 12, 16, 20, 30, 40, 48]
    assert curve.all_out.chance.tolist() == [0, 0, 0, 1 / 4, 1 / 4, 2 / 4, 2 / 4], "never is never, also in the end"
    assert curve.half_out.chance.tolist() == [0, 1 / 4, 2 / 4, 2 / 4, 3 / 4, 3 / 4, 3 / 4]
    assert curve.finally_out == 2 / 4 == summarise(made()).missions["a"].p_all_out.estimate


def test_without_an_end_the_curve_stops_at_its_last_step() -> None:
    curve = mission_curve(made(), "a")
    assert curve is not None
    assert curve.hour[-1] == 40


def test_the_band_is_the_interval_of_the_share_at_each_hour() -> None:
    curve = mission_curve(made(), "a", 48.0)
    assert curve is not None
    for hour, out in ((0, 0), (20, 1), (40, 2)):
        at = curve.hour.tolist().index(hour)
        expected = proportion(out, 4)
        assert (curve.all_out.low[at], curve.all_out.high[at]) == (expected.low, expected.high)


def test_a_moment_includes_who_is_out_at_it() -> None:
    for last, share in ((40.0, 2 / 4), (50.0, 2 / 4)):
        curve = mission_curve(made(), "a", last)
        assert curve is not None
        assert curve.hour[-1] == last
        assert curve.finally_out == share


def test_the_order_is_over_those_that_are_ordered_while_they_are_there() -> None:
    curve = mission_curve(made(), "a")
    assert curve is not None
    assert (curve.order.low, curve.order.median, curve.order.high, curve.order.share) == (10, 11, 14, 3 / 4)


def test_who_left_before_the_start_is_out_at_once_and_has_no_order() -> None:
    gone = row(ordered=0, t50=0, t100=0) | {"out_before": True}
    rows = [gone, gone, gone, row(ordered=9, t50=10, t100=12)]
    fake = made([{"out_before": False} | each for each in rows])
    fake.tables["missions"] = fake.tables["missions"].with_columns(out_before=(fake.tables["missions"]["t100_h"] == 0))
    curve = mission_curve(fake, "a")
    assert curve is not None
    assert curve.all_out.chance.tolist() == [3 / 4, 3 / 4, 1]
    assert (curve.before, curve.order.median, curve.order.share) == (3 / 4, 9, 1 / 4)


def test_replications_with_nobody_to_move_are_no_share_of_the_chance() -> None:
    stays = row(staying=10, ordered=inf, t100=0.0, never_ordered=10)
    curve = mission_curve(made([*ROWS, stays]), "a")
    assert curve is not None
    assert curve.moving == 4 / 5
    assert curve.finally_out == 2 / 4


def test_nothing_to_draw_of_a_mission_that_is_not_there_or_moves_nobody() -> None:
    assert mission_curve(made(), "b") is None
    assert mission_curve(made(), "c") is None


def test_the_fall_is_over_the_replications_in_which_it_comes() -> None:
    fall = fall_of(made(falls=[24.0, 48.0, inf, 30.0]))
    assert (fall.low, fall.median, fall.high, fall.share) == (24, 30, 48, 3 / 4)
    never = fall_of(made(falls=[inf] * 4))
    assert never.share == 0
    assert isnan(never.median)
    assert fall_of(made()).share == 0, "tables that don't say"


def test_a_later_clock_moves_all_of_it() -> None:
    curve = mission_curve(made(falls=[24.0] * 4), "a")
    assert curve is not None
    moved = curve.later(6)
    assert (moved.hour - curve.hour).tolist() == [6] * curve.hour.size
    assert (moved.order.median, moved.fall.median) == (17, 30)


def test_half_and_order_stand_beside_the_row() -> None:
    """Six values are the fewest with an interval of the median: its ends are then the least and the largest."""
    rows = [row(ordered=h, t50=h + 1, t100=h + 2) for h in (1, 2, 3, 4, 5)] + [row(ordered=6, t50=inf, t100=inf, stranded=6)]
    entry = summarise(made(rows)).missions["a"]
    beside = beside_row(entry, of_missions(made(rows))["a"])
    assert as_json(beside.order) == {"h": 3, "interval_h": [1, 6], "share": 1}
    assert beside.half.out_p50_h == 4
    assert beside.half.out_p50_interval_h == (2, None)
    assert beside.half.never.out_p50_interval_h == (None, "stranded")
    assert beside_row(entry, of_missions(made())["a"]).order.interval_h is None, "three are too few"


def test_narrowed_keeps_the_total_and_nothing_of_the_others() -> None:
    fake = made()
    whole = summarise(fake, by="cohort")
    short = narrowed(whole, "a", fake)
    assert list(short.missions) == list(short.cohorts) == ["a"]
    assert short.mission == "a"
    assert short.total == whole.total
    assert replace(short.missions["a"], order=None, half=None) == whole.missions["a"]
    assert short.cohorts["a"]["core"].half is not None
    assert set(whole.missions) == {"a", "b"}, "the summary itself stays whole"
    assert narrowed(whole, "c", fake).missions == {}


def test_narrowed_difference_keeps_one_row() -> None:
    difference = filled(Differences, missions={"a": {"pairs": 1}, "b": {"pairs": 2}}, total={"pairs": 3})
    assert narrowed_difference(difference, "b") == replace(difference, missions={"b": difference.missions["b"]}, mission="b")
    assert narrowed_difference(difference, "c").missions == {}


@pytest.mark.parametrize("level", [0.9, 0.99])
def test_the_level_widens_the_band(level: float) -> None:
    one, usual = mission_curve(made(), "a", level=level), mission_curve(made(), "a")
    assert one is not None
    assert usual is not None
    assert (one.all_out.low[-1] < usual.all_out.low[-1]) == (level > 0.95)
    assert one.all_out.chance.tolist() == usual.all_out.chance.tolist()

"""Summaries: times from the order, never and unfinished, nobody to move, failures, the main cause, warnings."""

import json
from math import inf

import pytest

from sim.analysis import headline, summarise
from sim.analysis.as_json import as_json
from sim.analysis.looks import Look
from sim.analysis.outcomes import of_all, wall
from tests.analysis.synthetic import campaign, result, row


def test_time_runs_from_the_missions_own_order_and_in_total_from_the_first():
    got = summarise(result({"a": [row(ordered=10, t100=16)] * 7, "b": [row(ordered=2, t100=30)] * 7}))
    assert got.missions["a"].p50_h == 16 - 10
    assert got.missions["b"].p50_h == 30 - 2
    assert got.total.p50_h == 30 - 2
    assert got.missions["a"].p50_interval_h == (6, 6)
    assert got.missions["a"].ordered_h == 10


def test_order_statistics_and_p_all_out_with_some_never():
    rows = [row(ordered=0, t100=t) for t in range(1, 9)] + [row(t100=inf, stranded=3)] * 2
    got = summarise(result({"a": rows})).missions["a"]
    assert got.p50_h == 5  # x_(5) of ten
    assert got.p90_h is None  # x_(9)
    assert got.never.p90_h == "stranded"
    assert got.p90_interval_h is None  # ten are too few
    assert got.p_all_out.estimate == 0.8
    assert got.left_behind.mean == pytest.approx(2 * 3 / 10)
    assert got.left_behind.stranded == pytest.approx(0.6)


def test_unfinished_ranks_before_stranded_and_says_so():
    rows = [row(t100=5)] * 4 + [row(t100=inf, unfinished=2)] * 4 + [row(t100=inf, stranded=2)] * 2
    got = summarise(result({"a": rows})).missions["a"]
    assert (got.p50_h, got.never.p50_h) == (None, "unfinished")  # x_(5)
    assert got.never.p90_h == "stranded"  # x_(9)


def test_all_never():
    got = summarise(result({"a": [row(t100=inf, stranded=10)] * 40}))
    assert got.total.p50_h is None
    assert got.total.p50_interval_h == (None, None)
    assert got.total.p_all_out.estimate == 0
    assert got.total.left_behind.mean == 10
    json.dumps(as_json(got), allow_nan=False)


def test_nobody_to_move_is_all_out_without_a_time():
    got = summarise(result({"stays": [row(staff=5, staying=5, ordered=inf, t100=0.0)] * 6, "a": [row()] * 6}))
    entry = got.missions["stays"]
    assert entry.p_all_out.estimate == 1
    assert entry.timed == 0
    assert entry.p50_h is entry.p90_h is entry.never.p50_h is None
    assert entry.p_ordered == 0
    assert entry.to_move == 0
    assert got.total.staying == 5


def test_times_exist_only_where_an_order_was_given():
    rows = [row(ordered=1, t100=4)] * 6 + [row(ordered=inf, t100=inf, stranded=10)] * 4
    got = summarise(result({"a": rows})).missions["a"]
    assert got.p_ordered == 0.6
    assert got.timed == 6
    assert got.p90_h == 3
    assert got.p_all_out.estimate == 0.6
    assert got.left_behind.mean == 4


@pytest.mark.parametrize("n", [1, 2])
def test_tiny_samples_have_no_intervals_and_say_so(n):
    got = summarise(result({"a": [row()] * n}))
    assert got.total.p50_h == 5
    assert got.total.p50_interval_h is None
    assert (got.total.left_behind.low is None) == (n == 1)
    assert any("too few" in w for w in got.warnings)


def test_failed_replications_are_named_and_nothing_is_final():
    failed = [(1, "simulate", "boom"), (3, "x", "y")]
    fake = result({"a": [row(t100=3), row(t100=inf, stranded=1), row(t100=4)]}, n=4, failed=failed)
    got = summarise(fake)
    assert got.failed == 2
    assert not got.final
    assert as_json(got.failures[0]) == {"replication": 1, "stage": "simulate", "message": "boom"}
    assert got.missions["a"].p_all_out.estimate == 1  # the rows of a failed replication don't count
    assert "no answer" in headline(got)
    assert "failed" in got.warnings[0]


def test_all_failed():
    import polars as pl

    fake = result({"a": [row()]}, failed=[(0, "simulate", "boom")])
    for tables in (fake.tables, {name: pl.DataFrame() for name in fake.tables}):
        fake.tables = tables
        got = summarise(fake, by="cohort")
        assert got.total.timed == 0
        assert as_json(got)["total"]["staff"] is None
        assert not got.final
        json.dumps(as_json(got), allow_nan=False)


def test_unfinished_warning_above_one_per_cent():
    def warned(many):
        rows = [row(t100=inf, unfinished=1)] * many + [row()] * (200 - many)
        return any("horizon" in w for w in summarise(result({"a": rows})).warnings)

    assert not warned(2)  # 1 % exactly
    assert warned(3)


def test_a_mission_seldom_ordered_is_named_where_its_time_has_no_interval():
    seldom = [row()] * 20 + [row(ordered=inf, t100=inf, staying=10)] * 30
    got = summarise(result({"often": [row()] * 50, "seldom": seldom, "never": [row(ordered=inf, t100=inf, staying=10)] * 50}))
    (said,) = [w for w in got.warnings if "interval" in w]
    assert said == "too few replications with a time for an interval of P90 (it needs 36): seldom (20)"
    assert got.missions["seldom"].p90_interval_h is None
    assert got.missions["seldom"].p50_interval_h is not None


def test_at_a_look_every_interval_is_wider():
    fake = result({"a": [row(t100=100 + k % 9, stranded=k % 4) for k in range(200)]})
    plain, wide = summarise(fake).total, summarise(fake, look=Look(2)).total
    for key in ("p50_interval_h", "p90_interval_h"):
        (low, high), (least, most) = getattr(plain, key), getattr(wide, key)
        assert least <= low <= high <= most
    for key in ("p_all_out", "left_behind"):
        one, other = getattr(plain, key), getattr(wide, key)
        assert other.low < one.low < one.high < other.high
    assert as_json(summarise(fake, look=Look(2)).sequential) == {"look": 2, "level": 0.991667}
    assert "sequential" not in as_json(summarise(fake))


def test_main_cause_leaves_out_the_order_unless_it_is_all_there_is():
    got = summarise(result({"a": [row(order=500, crowd=40, seats=60)] * 3, "b": [row(order=9)] * 3, "c": [row()] * 3}))
    assert got.missions["a"].held_up_by == "seats"
    assert got.missions["a"].waited_h["order"] == 500
    assert got.missions["b"].held_up_by == "order"
    assert got.missions["c"].held_up_by is None
    never = [row(ordered=inf, t100=inf, stranded=10, order=500, crowd=1)] * 3
    assert summarise(result({"a": never})).missions["a"].held_up_by == "order"


def test_cohorts_and_their_totals():
    got = summarise(result({"a": [row(staff=7)] * 3}), by="cohort")
    assert got.cohorts["a"]["core"].staff == 7
    assert "cohorts" not in as_json(summarise(result({"a": [row()] * 3})))


def test_keys_of_the_contract():
    got = as_json(summarise(campaign(n=8, missions=3)))
    assert {"scenario", "folder", "replications", "failed", "seed", "total", "missions"} <= set(got)
    for entry in (got["total"], *got["missions"].values()):
        assert {"staff", "p_ordered", "p50_h", "p50_interval_h", "p90_h", "p90_interval_h"} <= set(entry)
        assert set(entry["p_all_out"]) == {"estimate", "low", "high"}
        ends = {"stranded", "unfinished", "gave_up", "held_when_closed", "cost_most"}
        assert set(entry["left_behind"]) == {"mean", "low", "high"} | ends


def test_clock_and_horizon_come_from_the_scenario():
    clock = wall(result({"a": [row()]}, horizon="17 d"))
    assert clock.horizon_h == 17 * 24
    assert clock.moment(20).isoformat() == "2021-09-13T02:00:00"
    bare = result({"a": [row()]})
    bare.scenario_text = ""
    assert wall(bare).horizon_h == 30 * 24


def test_total_is_the_sum_of_the_missions():
    fake = campaign(n=5, missions=6)
    total = of_all(fake)
    missions = summarise(fake).missions
    assert total.staff[0] == sum(m.staff for m in missions.values())


class TestHeadline:
    ROWS = tuple(
        {"path": f"airport.{path}", "grade": grade, "kind": kind, "value": value, "low": low, "high": high, "unit": unit}
        for path, grade, kind, value, low, high, unit in (
            ("gates.abbey.per_person", "assumed", None, "40 s/person", 1, 99, ""),
            ("crowd.slows", "assumed", "uncertainty", "3000", 1500, 6000, "people"),
            ("crowd.close_above", "reported", None, "9000", 1, 90, "people"),
            ("crowd.open_below", "assumed", "lever", "9000", 1, 90, "people"),
        )
    )

    def test_finite(self):
        said = headline(summarise(result({"a": [row(t100=t, crowd=9, seats=1) for t in range(100, 140)]}, title="T")), self.ROWS)
        assert said.startswith("T: all 10 people are out 5 d after the first order in the middle case (95 % interval")
        assert "the crowd at the gates (90 % of the hours waited)" in said
        named = "crowd that halves the speed of an exposed gate: 3000 people (range 1,500 to 6,000 people; airport.crowd.slows)"
        assert f"assumed input behind it is {named}" in said

    def test_left_behind(self):
        said = headline(summarise(result({"a": [row(t100=inf, stranded=4)] * 9 + [row()]})))
        assert "only in 10 % of the replications" in said
        assert "3.6 people" in said

    def test_nobody(self):
        said = headline(summarise(result({"a": [row(staff=5, staying=5, ordered=inf, t100=0.0)] * 6})))
        assert "nobody has to be moved" in said

    def test_an_input_of_an_absent_provider_is_not_named(self):
        rows = [dict(self.ROWS[1], path="security.providers.coalition.force.per_lane")]
        summary = summarise(result({"a": [row(search=9)] * 6}))
        assert "coalition" in headline(summary, rows)
        assert "coalition" not in headline(summary, rows, ["turkish"])

    def test_the_mission_hit_hardest_comes_first(self):
        rows = [dict(self.ROWS[1], path=f"missions.{m}.cohorts.core.ready") for m in ("a", "b")]
        summary = summarise(result({"a": [row(readiness=1)] * 6, "b": [row(readiness=9)] * 6}))
        assert "missions.b.cohorts.core.ready" in headline(summary, rows)


def test_the_never_ordered_are_counted_beside_those_who_are_out():
    quiet = row(staff=38, staying=38, ordered=inf, t100=0.0, never_ordered=38)
    left = row(staff=38, ordered=inf, t100=inf, stranded=38, never_ordered=38)
    got = summarise(result({"a": [row()] * 8, "b": [quiet] * 2 + [left] * 2 + [row(staff=38)] * 4, "c": [quiet] * 8}))
    assert as_json(got.total.never_ordered) == {"people": 38 + 19, "share": 1, "missions": ["c", "b"]}
    assert as_json(got.missions["b"].never_ordered) == {"people": 19, "share": 0.5}
    assert as_json(got.missions["a"].never_ordered) == {"people": 0, "share": 0}
    assert got.missions["c"].p_all_out.estimate == 1
    assert as_json(summarise(result({"a": [row()] * 6})).total.never_ordered) == {"people": 0, "share": 0, "missions": []}


def test_nobody_is_said_to_be_all_out_where_nobody_was_asked():
    quiet = row(staff=38, staying=38, ordered=inf, t100=0.0, never_ordered=38)
    text = headline(summarise(result({"a": [quiet] * 8}, title="T")))
    assert text == "T: no mission is ordered out. 38 of 38 people are never ordered out: a."


@pytest.mark.parametrize(
    ("few", "shut", "longer"),
    [(0, (), True), (0, ("a",), False), (0, ("a", "b"), False), (0, ("b",), True), (2, ("a",), False), (3, ("a",), True)],
)
def test_a_longer_horizon_is_no_advice_where_no_window_opens_after_it(few: int, shut: tuple[str, ...], longer: bool):
    """In more than one per cent of the replications somebody who could still get out must be waiting."""
    late = [row(t100=inf, unfinished=1)]
    rows = {"a": late * 200, "b": late * few + [row()] * (200 - few)}
    (said,) = [w for w in summarise(result(rows), shut=shut).warnings if "horizon" in w]
    assert said.startswith("100% of the replications reached the horizon of ")
    assert ("lengthen clock.horizon" in said) is longer
    assert ("no window of the airfield opens after that, however long it lasts" in said) is not longer

"""Curves: padding after the end, bands, completion, bottleneck shares."""

from math import inf

import numpy as np
import pytest

from sim.analysis import curves
from sim.model.names import CAUSES
from tests.analysis.synthetic import _hour, campaign, result, row


def timeline():
    """Replication 0 ends after 1 h with 10 out, replication 1 after 3 h with 6."""
    first = [_hour(0, 0, 0), _hour(0, 1, 10, "crowd")]
    return [*first, _hour(1, 0, 0), _hour(1, 1, 2, "crowd"), _hour(1, 2, 4, "hub"), _hour(1, 3, 6)]


def test_padded_continues_with_the_last_value():
    got = curves.padded(result({"a": [row()] * 2}, timeline=timeline()))
    assert got.tolist() == [[0, 10, 10, 10], [0, 2, 4, 6]]


def test_bands_are_order_statistics():
    got = curves.people_out(result({"a": [row()] * 2}, timeline=timeline()))
    assert got.median.tolist() == [0, 2, 4, 6]  # x_(1) of two
    assert got.high90.tolist() == [0, 10, 10, 10]
    assert got.to_move == 10
    assert curves.settled_hour(got) == 3


def test_bottleneck_shares_count_the_ended_as_none():
    hour, shares = curves.bottlenecks(result({"a": [row()] * 2}, timeline=timeline()))
    assert hour.tolist() == [1, 2, 3]
    assert shares[CAUSES.index("crowd")].tolist() == [1, 0, 0]
    assert shares[CAUSES.index("hub")].tolist() == [0, 0.5, 0]
    assert curves.binned(shares, 2)[CAUSES.index("hub")].tolist() == [0.25, 0]


def test_completion_by_hand():
    rows = [row(ordered=10, t100=12), row(ordered=10, t100=15), row(ordered=10, t100=inf, stranded=1)]
    rows.append(row(ordered=inf, t100=inf, stranded=9))
    got = curves.completion(result({"a": rows, "none": [row(staff=1, staying=1, ordered=inf, t100=0.0)] * 4}), [1, 2, 5, 100])
    assert got.missions == ["a"]
    assert got.chance.tolist() == [pytest.approx([0, 1 / 3, 2 / 3, 2 / 3])]
    assert got.p_ordered.tolist() == [0.75]


def test_completion_runs_from_the_soonest_to_the_latest():
    got = curves.completion(result({"late": [row(t100=9)], "soon": [row(t100=3)], "never": [row(t100=inf, stranded=1)]}), [1.0])
    assert got.missions == ["soon", "late", "never"]


def test_hours_leave_the_order_out_and_divide_by_people():
    fake = result({"a": [row(staff=4, order=99, crowd=8)] * 3})
    assert curves.hours_by_cause(fake)["crowd"] == 8
    assert list(curves.hours_by_cause(fake)) == [c for c in CAUSES if c != "order"]
    assert curves.hours_by_cause(fake, with_order=True)["order"] == 99
    assert curves.waited_per_person(fake)["crowd"] == 2


def test_out_never_falls():
    got = curves.people_out(campaign(n=12, missions=5))
    assert all((np.diff(getattr(got, band)) >= 0).all() for band in ("low90", "median", "high90"))


def test_ranks_of_the_bands_by_hand():
    """Of twenty replications that have 1, 2, … 20 out: the 1st, 5th, 10th, 15th and 19th."""
    got = curves.people_out(result({"a": [row()] * 20}, timeline=[_hour(k, 0, k + 1) for k in range(20)]))
    assert [x.tolist() for x in (got.low90, got.low50, got.median, got.high50, got.high90)] == [[1], [5], [10], [15], [19]]


def bands(*out, to_move=1000.0):
    x = np.array(out, dtype=float)
    return curves.Bands(np.arange(x.size, dtype=float), x, x, x, x, x, to_move)


def test_curves_have_settled_when_no_more_than_half_a_per_cent_moves():
    assert curves.settled_hour(bands(0, 900, 994, 995, 1000)) == 3  # 6 of 1,000 are missing at 2 h, 5 at 3 h
    assert curves.settled_hour(bands(1000, 1000)) == 0
    assert curves.settled_hour(bands(0, 0, to_move=0.0)) == 0
    assert curves.settled_hour(bands(0, 0.006, to_move=0.5)) == 1  # of one at least


def test_times_by_which_all_but_the_last_are_over():
    """P99 of the finite times 1 … 200 h is the 198th; hours 1, 2, 3 with 90, 9 and 1 of 100 hours waited: 99 % by the 2nd."""
    fake = result({"a": [row(ordered=1.0, t100=k + 2.0) for k in range(200)], "b": [row(t100=inf, stranded=1)] * 200})
    assert curves.last_useful_hour([fake]) == 198
    assert curves.last_useful_hour([]) == 0
    assert curves.last_useful_hour([result({"b": [row(t100=inf, stranded=1)]})]) == 0

    def waited(*spent):
        hours = [{**_hour(0, k, 0), **{f"wait_{c}": 0.0 for c in CAUSES}, "wait_crowd": x} for k, x in enumerate(spent)]
        return curves.active_hour(result({"a": [row()]}, timeline=hours))

    def waited_for(cause):
        hours = [{**_hour(0, k, 0), **{f"wait_{c}": 0.0 for c in CAUSES}, f"wait_{cause}": float(k == 3)} for k in range(5)]
        return curves.active_hour(result({"a": [row()]}, timeline=hours))

    assert {c: waited_for(c) for c in CAUSES} == {c: 0 if c == "order" else 3 for c in CAUSES}
    assert waited(0.0, 90.0, 9.0, 1.0) == 2
    assert waited(0.0, 90.0, 8.0, 2.0) == 3
    assert waited(0.0, 0.0) == 0
    assert curves.active_hour(result({"a": [row()]})) == 0  # a timeline without waits


def test_missions_with_the_same_median_run_by_the_chance_to_be_out_and_those_left():
    def two(*rows):
        return [row(t100=5.0), *rows]

    rare = two(row(t100=5.0), row(t100=inf, stranded=1))
    more = two(row(t100=5.0), row(t100=inf, stranded=2))
    sure = two(row(t100=5.0), row(t100=9.0))
    got = curves.completion(result({"b": sure, "a": more, "c": rare, "d": sure}), [5.0])
    assert got.missions == ["b", "d", "c", "a"]
    assert got.finally_out.tolist() == pytest.approx([1, 1, 2 / 3, 2 / 3])
    assert got.to_move.tolist() == [10] * 4


def test_nothing_completed_and_nobody_to_move():
    import polars as pl

    fake = result({"a": [row(staff=3, staying=3, ordered=inf, t100=0.0, crowd=4)]})
    assert curves.waited_per_person(fake)["crowd"] == 0
    assert curves.completion(fake, [1.0]).chance.shape == (0, 1)
    fake.tables = {"timeline": fake.tables["timeline"].clear(), "replications": pl.DataFrame()}
    got = curves.people_out(fake)
    assert (got.hour.tolist(), got.median.tolist(), got.to_move) == ([0], [0], 0.0)
    assert curves.bottlenecks(fake)[1].shape == (len(CAUSES), 0)
    assert set(curves.hours_by_cause(fake).values()) == {0.0}
    assert set(curves.waited_per_person(fake).values()) == {0.0}


def test_means_of_neighbouring_hours():
    assert curves.binned(np.array([[1.0, 3.0, 5.0, 7.0, 9.0]]), 2).tolist() == [[2, 6, 9]]
    assert curves.binned(np.array([[1.0, 3.0]]), 2).tolist() == [[2]]
    assert curves.binned(np.zeros((3, 0)), 24).shape == (3, 0)


def test_who_is_left_behind_without_an_order_is_never_out_on_the_calendar() -> None:
    """Out at 5 h in one of three replications, never ordered and left behind in two: half are never out."""
    gone = row(ordered=inf, t100=inf, stranded=10)
    made = result({"embassy": [row(t100=5.0), gone, gone]})
    middle = curves.SPREAD.index(0.5)
    assert curves.completion(made, [10.0], calendar=True).spread[0, middle] == inf
    assert curves.completion(made, [10.0]).spread[0, middle] == 5.0  # from its order, which it had once

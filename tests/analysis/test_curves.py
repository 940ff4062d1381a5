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
    assert "order" not in curves.hours_by_cause(fake)
    assert curves.hours_by_cause(fake, with_order=True)["order"] == 99
    assert curves.waited_per_person(fake)["crowd"] == 2


def test_out_never_falls():
    got = curves.people_out(campaign(n=12, missions=5))
    assert all((np.diff(getattr(got, band)) >= 0).all() for band in ("low90", "median", "high90"))

"""Hours of everybody and people left behind, by state, from made-up results whose means are worked out by hand."""

from __future__ import annotations

from math import inf

import pytest

from sim.analysis import summarise
from sim.analysis.as_json import as_json
from sim.analysis.hours import accounts, hours_of_those_out, left, spent
from sim.model.names import CAUSES, STATES
from tests.analysis.synthetic import result, row


def two():
    """Ten people each; of mission b four are left behind in one replication of two."""
    gone = [row(deciding=20, crowd=5, doing_road=3), row(deciding=40, crowd=15, doing_road=3)]
    some = row(t100=inf, stranded=4, held={"crowd": 3, "doing_ready": 1}, cost={"deciding": 4}, seats=8)
    return result({"a": gone, "b": [row(), some]})


def test_means_in_total_by_mission_and_by_cohort():
    means = accounts(two())
    assert spent(means.total)["deciding"] == (20 + 40) / 2
    assert spent(means.missions["a"])["doing_road"] == 3
    assert means.missions["b"]["wait_seats"] == 4
    assert means.cohorts["b"]["core"] == means.missions["b"]
    assert set(spent(means.total)) == set(STATES) - set(CAUSES)


def test_people_left_behind_in_travel_order_without_zeros():
    means = accounts(two())
    assert as_json(left(means.total, "held")) == {"crowd": 3 / 2, "doing_ready": 1 / 2}
    assert as_json(left(means.total, "cost")) == {"deciding": 2}
    assert left(means.missions["a"], "held") == {}


def test_in_the_summary():
    total = summarise(two()).total
    assert as_json(total.left_behind.held_when_closed) == {"crowd": 1.5, "doing_ready": 0.5}
    assert as_json(total.left_behind.cost_most) == {"deciding": 2.0}
    assert total.spent_h["deciding"] == 30
    assert summarise(two()).missions["a"].left_behind.cost_most == {}


def test_failed_replications_do_not_count():
    fake = two()
    fake.failed = [(1, "simulate", "x")]
    assert accounts(fake).total["deciding"] == 20
    assert left(accounts(fake).total, "held") == {}


def test_hours_of_those_out_leave_out_the_others_and_what_came_before():
    means = {"before": 99.0, "deciding": 30.0, "left_hours_deciding": 10.0, "wait_crowd": 8.0, "left_hours_crowd": 8.0}
    hours = hours_of_those_out(means, 5.0)
    assert "before" not in hours
    assert {s: h for s, h in hours.items() if h} == {"deciding": 4.0}
    assert set(hours_of_those_out(means, 0.0).values()) == {0.0}


def test_a_result_of_an_older_version_has_none_of_it():
    fake = two()
    fake.tables = {name: frame.select(_old(frame.columns)) for name, frame in fake.tables.items()}
    assert spent(accounts(fake).total) == {}
    total = summarise(fake).total
    assert total.spent_h == total.left_behind.held_when_closed == {}
    assert total.held_up_by == "crowd"


def _old(columns):
    return [c for c in columns if not c.startswith(("left_", "doing_")) and c not in ("before", "deciding", "given_up")]


@pytest.mark.parametrize("missions", [{"a": [row(staff=0, t100=0.0)]}, {"a": [row(staff=5, staying=5, ordered=inf)]}])
def test_nobody(missions):
    total = summarise(result(missions)).total
    assert total.left_behind.cost_most == {}
    assert set(total.spent_h.values()) == {0.0}

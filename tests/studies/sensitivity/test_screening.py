"""Which factors are studied where there are many: the largest effect of either end, relative to the largest of a measure."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.measure import parse
from sim.studies.sensitivity.found import Score
from sim.studies.sensitivity.points import Response, SensitivityCase
from sim.studies.sensitivity.screening import finite, names_of, screen
from tests.studies.sensitivity.functions import Named, positions, series

LEFT, P90, HALF = (parse(f"total.{name}", []) for name in ("left_behind", "p90", "restricted_half"))
CASES = [SensitivityCase(0, "one", "One", tuple(map(Named, "abc"))), SensitivityCase(1, "two", "Two", tuple(map(Named, "bd")))]
WEIGHTS = {"a": 1.0, "b": -4.0, "c": 3.0, "d": 2.0}


def answered(n: int, keep: int, values=None):
    """The screening driven by hand: 10 people at the values, and the weight of a factor times its position above 0.4."""
    asked = screen(CASES, [LEFT], n, keep)
    batch = next(asked)
    answers = []
    for proposal in batch.proposals:
        y = 10 + sum(WEIGHTS[name] * (at - 0.4) for name, at in positions(proposal).items())
        row = np.full(proposal.n, y) if values is None else values(proposal, y)
        answers.append(Response(series={LEFT.text: series(row)}))
    with pytest.raises(StopIteration) as stop:
        asked.send(answers)
    return batch, stop.value.value


def test_all_are_kept_where_there_are_no_more_than_wanted():
    assert names_of(CASES) == ["a", "b", "c", "d"]
    asked = screen(CASES, [LEFT], 50, 4)
    with pytest.raises(StopIteration) as stop:
        next(asked)
    assert stop.value.value == (CASES, None)


def test_each_factor_is_tried_alone_at_both_ends_with_few_replications():
    batch, _ = answered(50, 3)
    alone = [{name: at} for name in "abcbd" for at in (0.0, 1.0)]
    assert [positions(p) for p in batch.proposals] == [{}, {}, *alone]
    assert [p.scenario for p in batch.proposals] == [0, 1, *[0] * 6, *[1] * 4]
    assert {p.n for p in batch.proposals} == {10}
    assert {p.n for p in answered(4, 3)[0].proposals} == {4}


def test_the_largest_stay_relative_to_the_largest_of_their_scenario():
    """The high end is farther: 0.6 of the weight; in the first scenario 4 is the most, and in the second too."""
    _, (cases, record) = answered(50, 2)
    assert [[f.name for f in case.factors] for case in cases] == [["b", "c"], ["b"]]
    assert record.scores == [Score("b", 1.0, True), Score("c", 0.75, True), Score("d", 0.5, False), Score("a", 0.25, False)]
    assert (record.replications, record.tried, record.kept) == (10, 4, 2)


def test_what_moves_nothing_has_no_score_and_is_ranked_by_name():
    _, (cases, record) = answered(50, 2, lambda proposal, y: np.full(proposal.n, 7.0))
    assert [(s.name, s.score) for s in record.scores] == [(name, 0.0) for name in "abcd"]
    assert [[f.name for f in case.factors] for case in cases] == [["a", "b"], ["b"]]


def test_replications_without_a_value_are_left_out_of_the_mean():
    """Half of the replications have no value at the points of c: its mean change is that of the others."""

    def values(proposal, y):
        row = np.full(proposal.n, y)
        if "c" in positions(proposal):
            row[::2] = np.nan
        return row

    _, (_, record) = answered(50, 2, values)
    assert {s.name: s.score for s in record.scores} == {"a": 0.25, "b": 1.0, "c": 0.75, "d": 0.5}
    _, (_, record) = answered(50, 2, lambda proposal, y: np.full(proposal.n, np.nan if "b" in positions(proposal) else y))
    assert {s.name: s.score for s in record.scores} == {
        "a": pytest.approx(1 / 3, abs=1e-4),
        "b": 0.0,
        "c": 1.0,
        "d": 1.0,
    }


def test_times_are_compared_as_restricted_means():
    assert [m.text for m in finite([LEFT, P90, HALF])] == ["total.left_behind", "total.restricted_time", "total.restricted_half"]
    assert [m.text for m in finite([P90, parse("total.p50", []), parse("total.restricted_time", [])])] == [
        "total.restricted_time"
    ]


def test_what_is_in_every_study_stays_whatever_its_effect():
    hold = "security.providers.turkish.force.hold"
    cases = [SensitivityCase(0, "one", "One", tuple(map(Named, ("a", "b", hold))))]
    asked = screen(cases, [LEFT], 10, 2)
    batch = next(asked)
    weights = {"a": 1.0, "b": 2.0, hold: 0.0}
    rows = [sum(weights[name] * (at - 0.5) for name, at in positions(p).items()) for p in batch.proposals]
    answers = [Response(series={LEFT.text: series(np.full(10, y))}) for y in rows]
    with pytest.raises(StopIteration) as stop:
        asked.send(answers)
    narrowed, record = stop.value.value
    assert names_of(narrowed) == ["b", hold]
    assert [(s.name, s.kept) for s in record.scores] == [("b", True), ("a", False), (hold, True)]

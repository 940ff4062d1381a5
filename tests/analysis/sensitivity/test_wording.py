"""Sentences of sensitivity studies that depend on a count."""

from __future__ import annotations

from typing import Any

import pytest

from sim.analysis.measure import parse
from sim.analysis.sensitivity.study import Ask
from sim.analysis.sensitivity.wording import contrast

MEASURE = parse("total.left_behind", [])


def answer(name: str, *told: str) -> dict[str, Any]:
    rows = [{"name": factor, "distinct": True} for factor in told] + [{"name": "never", "distinct": False}]
    return {"scenario": name, "measures": {MEASURE.text: {"factors": rows}}}


@pytest.mark.parametrize(
    ("own", "said"),
    [("a", "a."), ("abcd", "a, b, c, d."), ("abcde", "a, b, c, d and 1 more."), ("abcdefg", "a, b, c, d and 3 more.")],
)
def test_what_matters_in_one_scenario_only_names_four(own: str, said: str) -> None:
    (line,) = contrast("morris", [MEASURE], [answer("first", "shared", *own), answer("second", "shared")])
    assert line.endswith(f" Only in first: {said}")
    assert "shared in first, shared in second" in line


def test_the_same_factors_in_both_are_no_contrast() -> None:
    (line,) = contrast("morris", [MEASURE], [answer("first", "a"), answer("second", "a")])
    assert "Only in" not in line
    (line,) = contrast("morris", [MEASURE], [answer("first"), answer("second", "a")])
    assert "nothing that can be told from noise in first, a in second" in line
    assert contrast("morris", [MEASURE], [answer("first", "a")]) == []


def test_points_that_a_method_asks_for() -> None:
    """Both ends of each factor; a trajectory has one point more than factors; Sobol' needs two bases and one for each factor."""
    assert Ask(method="tornado").points(7) == 14
    assert Ask(method="morris", trajectories=10).points(7) == 80
    assert Ask(method="sobol", base=64).points(7) == 576

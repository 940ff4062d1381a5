"""Several results as one: replications numbered through, failed ones kept apart, clocks that must agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.analysis.pooled import Pooled
from sim.analysis.windows import Timeline, simulated
from tests.analysis.airlift import airlift
from tests.analysis.test_windows import RUNS, seen

HERE = Path("results/validate/0123456789ab")


def pool(*parts) -> Pooled:
    return Pooled(parts, "both", HERE)


def test_replications_are_those_of_all_parts_in_order():
    """450 and 120 people of two replications, then 120 and 450 of the others."""
    both = pool(airlift(RUNS), airlift(RUNS[::-1]))
    assert (both.n, both.title, both.folder) == (4, "both", HERE)
    assert simulated(Timeline(both), seen("people", 0, 4)).tolist() == [450, 120, 120, 450]
    assert both.table("timeline")["replication"].unique().sort().to_list() == [0, 1, 2, 3]


def test_a_failed_replication_keeps_its_place():
    """The first part's second replication failed: it has no rows, and the second part begins at 2 all the same."""
    first = replace(airlift(RUNS[:1]), n=2, failed=[(1, "simulate", "boom")])
    second = replace(airlift(RUNS[1:]), n=3, failed=[(2, "simulate", "bang")])
    both = pool(first, second)
    assert both.failed == [(1, "simulate", "boom"), (2 + 2, "simulate", "bang")]
    assert both.table("timeline")["replication"].unique().sort().to_list() == [0, 2]


def test_an_operator_that_only_one_part_has_flew_nothing_in_the_other():
    alone = [{"flights_a": [0, 1], "flown_a": [0, 7]}]
    both = pool(airlift(RUNS[:1]), airlift(alone))
    assert simulated(Timeline(both), seen("people", 0, 4, ("b",))).tolist() == [50, 0]
    assert simulated(Timeline(both), seen("people", 0, 4, ("a",))).tolist() == [400, 7]


def test_hours_of_different_clocks_are_not_put_together():
    other = airlift(RUNS)
    other.scenario_text = other.scenario_text.replace("11:30", "12:30")
    with pytest.raises(ValueError, match="different clocks"):
        pool(airlift(RUNS), other)


def test_nothing_to_put_together():
    with pytest.raises(ValueError, match="no point"):
        pool()

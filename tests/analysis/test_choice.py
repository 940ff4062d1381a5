"""The choice in a sentence: counts of sets, and "fewer" only where that is so in most of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.choice import choice, counted
from sim.analysis.compare import _in_sets
from sim.analysis.paired import Differences, PairedEntry
from tests.analysis.filled import filled


def entry(change: list[float], per_set: int = 2, **left: Any) -> PairedEntry:
    """What a comparison has in total, of the difference in people left behind of each set."""
    low, high = left.pop("ends", (-30.0, -10.0))
    mean = float(np.mean(change)) if change else None
    counts = _in_sets(np.array(change))
    left_behind = {"difference": mean, "low": low, "high": high}
    pairs = per_set * len(change)
    return filled(PairedEntry, pairs=pairs, sets=len(change), fewer_left_behind=counts, left_behind=left_behind)


def test_fewer_in_most_sets() -> None:
    text = counted(entry([-20.0] * 98 + [40.0] * 2))
    assert text == (
        "fewer people are left behind in 98 of 100 sets of inputs, as simulated (95 % interval 93 to 100), more in 2; "
        "on average 19 fewer (10 to 30)"
    )


def test_more_in_most_replications() -> None:
    text = counted(entry([20.0] * 40, per_set=1, ends=(15.0, 25.0)))
    assert text.startswith("more people are left behind in 40 of 40 replications, as simulated (95 % interval 36 to 40); on")
    assert text.endswith("on average 20 more (15 to 25)")


@pytest.mark.parametrize(("change", "side"), [(0.8, "more"), (-0.8, "fewer")])
def test_less_than_one_on_average_goes_the_way_the_sets_go(change: float, side: str) -> None:
    text = counted(entry([math.copysign(1.0, change)] * 80 + [0.0] * 20, ends=(change - 0.1, change + 0.1)))
    assert text.startswith(f"{side} people are left behind in 80 of 100 sets of inputs, as simulated")
    assert text.endswith(f"on average 1 {side} (1 to 1)")


@pytest.mark.parametrize(("change", "side"), [(0.3, "more"), (-0.3, "fewer")])
def test_what_would_round_to_nobody_keeps_its_decimal(change: float, side: str) -> None:
    text = counted(entry([math.copysign(1.0, change)] * 70 + [0.0] * 30, ends=(change - 0.1, change + 0.1)))
    assert text.endswith(f"on average 1 {side} (0.2 to 0.4)")


@pytest.mark.parametrize("fewer", [45, 50, 58])
def test_no_claim_where_it_is_not_most(fewer: int) -> None:
    """58 of 100 have an interval of 48 to 68: it may be half."""
    text = counted(entry([-5.0] * fewer + [5.0] * (100 - fewer), ends=(-3.0, 2.0)))
    assert text.startswith(f"fewer people are left behind in {fewer} of 100 sets of inputs, more in {100 - fewer}, as many in 0")
    assert "which leaves fewer behind can't be told; on average" in text
    assert "(3 fewer to 2 more)" in text


def test_where_many_sets_are_alike_those_that_differ_decide() -> None:
    """47 of 62 that differ: Clopper and Pearson's 63 % to 86 %.  Of 100 it is no majority; 8 of 12 may be half."""
    text = counted(entry([-30.0] * 47 + [15.0] * 15 + [0.0] * 38, ends=(-20.0, -6.0)))
    assert text == (
        "fewer people are left behind in 47 of 100 sets of inputs, more in 15, as many in 38, as simulated: "
        "fewer where they differ, in 63 % to 86 % of these; on average 12 fewer (6 to 20)"
    )
    other_way = counted(entry([30.0] * 47 + [-15.0] * 15 + [0.0] * 38, ends=(6.0, 20.0)))
    assert other_way.startswith("more people are left behind in 47 of 100 sets of inputs, fewer in 15, as many in 38")
    assert "more where they differ, in 63 % to 86 % of these" in other_way
    few = counted(entry([-30.0] * 8 + [15.0] * 4 + [0.0] * 38, ends=(-20.0, 6.0)))
    assert "which leaves fewer behind can't be told" in few


def test_older_comparisons_do_not_say_what_is_so_of_those_that_differ() -> None:
    old = entry([-30.0] * 47 + [15.0] * 15 + [0.0] * 38)
    assert old.fewer_left_behind is not None
    old = replace(old, fewer_left_behind=replace(old.fewer_left_behind, fewer_of_differing=None))
    assert "which leaves fewer behind can't be told" in counted(old)


def test_no_difference_at_all_and_no_pair() -> None:
    assert counted(entry([0.0] * 25, ends=(0.0, 0.0))) == "as many are left behind in each of 25 sets of inputs"
    assert counted(entry([])) == "no replication was completed by both"


def test_own_reactions_and_the_same_orders_are_told_apart() -> None:
    total = entry([20.0] * 70 + [-20.0] * 30, ends=(4.0, 12.0))
    own = filled(Differences, other_title="Turkish forces", base_title="Nobody", total=total)
    same = replace(own, total=entry([-20.0] * 100))
    assert choice(own).startswith("Turkish forces, against Nobody: more people are left behind in 70 of 100 sets")
    both = choice(own, same)
    assert "with the missions' own reactions more people are left behind in 70 of 100" in both
    assert "At the same orders fewer people are left behind in 100 of 100 sets of inputs" in both

"""The sentences about one mission: orders that don't always come, people gone before the start, times that are never."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import polars as pl
import pytest

from sim.analysis.compare import differences
from sim.analysis.mission import narrowed, narrowed_difference
from sim.analysis.mission_words import mission_difference, mission_headline
from sim.analysis.summary import summarise
from sim.analysis.words import count
from sim.present import cells
from tests.analysis.synthetic import Fake, result, row

Rows = list[dict[str, Any]]
OUT = row(ordered=6, t50=18, t100=30)
LATE = row(ordered=8, t50=20, t100=inf, stranded=4)
LOST = row(ordered=8, t50=inf, t100=inf, stranded=9)
BEFORE = row(ordered=0, t50=0, t100=0)
"""As the store has those who were out before the start."""
NEVER = row(ordered=inf, t50=inf, t100=inf, stranded=10, never_ordered=10)


def made(rows: Rows, **more: Any) -> Fake:
    fake: Fake = result({"germany": rows}, **more)  # type: ignore[no-untyped-call]
    for name in ("missions", "cohorts"):
        table = fake.tables[name]
        fake.tables[name] = table.with_columns(out_before=table["t100_h"] == 0)
    many = [10.0 * (each["t100_h"] == 0) for each in rows]
    fake.tables["replications"] = fake.tables["replications"].with_columns(pl.Series("out_before", many))
    return fake


def headline(rows: Rows, nobody: str | None = None, **more: Any) -> str:
    fake = made(rows, **more)
    text = mission_headline(narrowed(summarise(fake, by="cohort"), "germany", fake), nobody=nobody)
    return text.removeprefix("Turkish forces, collapse: ")


def between(low: float, high: float) -> str:
    """An interval of people as the sentence has it: which one it is, is the business of the statistics."""
    return "" if low == high else f" (95 % interval {count(low)} to {count(high)})"


def left(rows: Rows) -> str:
    behind = summarise(made(rows)).missions["germany"].left_behind
    return between(behind.low, behind.high)


def test_all_of_it_with_intervals() -> None:
    """Six replications: the interval of a median runs from the least to the largest."""
    rows = [row(ordered=6 + k, t50=18 + k, t100=30 + k) for k in range(6)]
    assert headline(rows).startswith(
        "all 10 people of germany are out in every one of 6 replications (95 % interval 54 % to 100 %). "
        "It is ordered out on 12 Sep 14:00 (UTC+04:30), 8 h after the start, in the middle case "
        "(95 % interval 12 Sep 12:00 to 12 Sep 17:00). "
        "Half of them are out by 13 Sep 02:00 (95 % interval 13 Sep 00:00 to 13 Sep 05:00) in the middle case, "
        "all by 13 Sep 14:00 (95 % interval 13 Sep 12:00 to 13 Sep 17:00). Nobody is left behind."
    )


def test_never_is_a_time_like_any_other() -> None:
    text = headline([OUT, LATE, LATE])
    assert "are out in 33 % of the cases" in text
    assert "Half of them are out by 13 Sep 02:00 (too few replications for an interval) in the middle case, all never" in text
    assert f"On average 2.7 people{left([OUT, LATE, LATE])} are left behind." in text
    assert "Not even half of them are out in the middle case (too few" in headline([OUT, LOST, LOST])
    late = row(ordered=8, t50=inf, t100=inf, unfinished=9)
    assert "Not even half of them are out when the simulation ends in the middle case" in headline([OUT, late, late])


def test_an_order_that_does_not_always_come() -> None:
    text = headline([OUT, OUT, OUT, NEVER])
    assert "It is ordered out on 12 Sep 12:00 (UTC+04:30), 6 h after the start, in the middle case" in text
    assert ", in 75 % of the cases, else never. Where it is ordered, half of them are out by 13 Sep 00:00" in text
    text = headline([NEVER] * 3)
    assert text == f"germany is never ordered out; on average 10 of its 10 people{left([NEVER] * 3)} are left behind."
    stays = row(staying=10, ordered=inf, t100=0.5, never_ordered=10)
    assert headline([stays] * 3) == "germany is never ordered out, and the capital stands: its 10 people stay."


def test_who_had_left_before_the_start() -> None:
    text = headline([BEFORE, BEFORE, BEFORE, OUT])
    assert "It had left before the start in 75 % of the cases; where it had not, it is ordered out on 12 Sep 12:00" in text
    assert "Half of them and all are out before the start (too few replications for an interval) in the middle case." in text
    text = headline([BEFORE] * 7)
    assert "It had left before the start in 100 % of the cases. " in text
    assert "Half of them and all are out before the start in the middle case." in text


def test_a_middle_case_that_may_come_later_is_at_the_start() -> None:
    """Four of seven had left: the interval of the median, from the least to the largest, reaches to when the others are out."""
    text = headline([BEFORE] * 4 + [OUT] * 3)
    assert "Half of them are out at the start (95 % interval the start to 13 Sep 00:00) in the middle case, all at the" in text


def test_nobody_and_no_answer() -> None:
    assert headline([OUT], nobody="all of its people stay") == "nobody of germany has to be moved: all of its people stay."
    assert headline([row(staff=0, ordered=inf, t100=0.5)]) == "nobody of germany has to be moved: it has no people."
    failed = headline([OUT], failed=[(0, "gate", "x")])
    assert failed == "no answer, 1 of 1 replications failed."
    assert headline([row(staff=1)]).startswith("the only person of germany to be moved is out in the only replication")
    fake = made([OUT])
    assert mission_headline(narrowed(summarise(fake), "france", fake)).endswith(": there is no mission france.")


def test_the_difference_on_both_clocks() -> None:
    """The other is ordered 6 h later and out 4 h later: 2 h quicker from the order."""
    base = made([row(ordered=6, t100=30 + k) for k in range(8)], name="base")
    other = made([row(ordered=12, t100=34 + k) for k in range(8)], name="other")
    text = mission_difference(narrowed_difference(differences(base, other), "germany"))
    assert "on the calendar they are out 37 h after the start instead of 33 h after the start in the middle case (+4 h, " in text
    assert "from the order 25 h instead of 27 h in the middle case (−2 h, 95 % interval" in text
    assert text.startswith("germany with other instead of base: all are out in 100 % of the cases with either (0 points, ")


def test_a_difference_from_those_who_had_left() -> None:
    base, other = made([LATE] * 8, name="base"), made([BEFORE] * 7 + [OUT], name="other")
    difference = narrowed_difference(differences(base, other), "germany")
    text, change = mission_difference(difference), difference.missions["germany"].left_behind
    assert "on the calendar they are out before the start instead of never in the middle case;" in text
    assert "from the order, where it had not left before the start, 24 h instead of never in the middle case;" in text
    low, high = (cells.head_count_change(end) for end in (change.low, change.high))
    assert f"people left behind 0 instead of 4 (−4, 95 % interval {low} to {high}" in text
    assert ("can't be told from none" in text[text.index("people left") :]) == (not change.distinct)


def test_nothing_is_said_of_pairs_while_a_replication_has_failed() -> None:
    base, other = made([OUT] * 3, name="base"), made([OUT] * 3, name="other", failed=[(1, "gate", "x")])
    text = mission_difference(narrowed_difference(differences(base, other), "germany"))
    assert text == "germany with other instead of base: no answer, a replication failed."


@pytest.mark.parametrize("which", ["base", "other"])
def test_one_that_lacks_it_is_named(which: str) -> None:
    has, lacks = made([OUT] * 3, name="has"), result({"france": [OUT] * 3}, name="lacks")  # type: ignore[no-untyped-call]
    pair = (lacks, has) if which == "base" else (has, lacks)
    text = mission_difference(narrowed_difference(differences(*pair), "germany"))
    assert text.endswith("nothing to compare, lacks has no mission germany.")
    assert np.all([name in text for name in ("has", "lacks")])


def test_no_input_of_another_mission_is_named() -> None:
    """An American input is no cause of what Germany waits for, wide as its range may be; a shared one may be."""
    rows = [row(ordered=6, t50=18, t100=30, readiness=5.0)] * 6
    fake = made(rows)

    def named(*paths: str) -> str:
        inputs = [
            {"path": p, "grade": "assumed", "kind": "uncertainty", "value": "3", "low": 1, "high": 9, "unit": "h"} for p in paths
        ]
        return mission_headline(narrowed(summarise(fake, by="cohort"), "germany", fake), inputs)

    other, own = "missions.united-states.cohorts.families.ready", "missions.germany.cohorts.core.ready"
    assert "assumed input" not in named(other)
    assert f"time to get ready (germany, core): 3 h (range 1 to 9 h; {own})" in named(other, own)

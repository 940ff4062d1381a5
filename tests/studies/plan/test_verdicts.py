"""Verdicts by interval, how many replications decide, the frontier of two levers, and what is in time."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from sim.analysis.outcomes import BEYOND, Outcomes
from sim.analysis.statistics import Estimate, proportion
from sim.analysis.study import Outcome, Proposal
from sim.analysis.words import share
from sim.studies.plan.verdicts import (
    Combination,
    Found,
    Goal,
    Lever,
    found,
    least_of,
    plan_study,
    plan_table,
    reader,
    replications_needed,
    summarise_plan,
    verdict,
)
from tests.analysis.synthetic import result, row


def shares(met: int, n: int) -> Found:
    return Found(proportion(met, n), (1.0, None, None), n, 0)


@pytest.mark.parametrize(
    ("met", "n", "said"),
    [(36, 36, "met"), (35, 35, "open"), (95, 100, "open"), (97, 100, "met"), (80, 100, "not"), (0, 1, "open")],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(met: int, n: int, said: str) -> None:
    """At 90 %: 0.025 ** (1 / 36) = 0.9026; 97 of 100 has the lower end 0.915, 95 of 100 has 0.887."""
    assert verdict(shares(met, n), 0.9) == said


def test_replications_needed_are_those_that_leave_the_confidence_out() -> None:
    needed = replications_needed(shares(95, 100), 0.9)
    assert needed == 200
    low = proportion(round(0.95 * needed), needed).low
    assert low is not None
    assert low >= 0.9
    assert replications_needed(shares(90, 100), 0.9) is None  # exactly there: no number tells


def test_the_frontier_of_two_levers() -> None:
    points = {(0, 0): "not", (0, 1): "open", (0, 2): "met", (1, 0): "not", (1, 1): "met", (1, 2): "met", (2, 0): "met"}
    assert least_of(points) == [(0, 2), (1, 1), (2, 0)]  # type: ignore[arg-type]
    assert least_of({(0,): "not", (1,): "met", (2,): "not", (3,): "met"}) == [(1,)]


def outcomes(**columns: list[float]) -> Outcomes:
    n = len(next(iter(columns.values())))
    zero = np.zeros(n)
    given = {name: np.array(values, dtype=float) for name, values in columns.items()}
    names = [f.name for f in fields(Outcomes) if f.name not in ("replication", "waited")]
    return Outcomes(np.arange(n), **{name: given.get(name, zero) for name in names}, waited={})


INF = float("inf")


def test_what_is_in_time() -> None:
    """Out in time, out late, stranded, unfinished at the horizon, nobody to move, never ordered."""
    o = outcomes(
        staff=[10, 10, 10, 10, 10, 10],
        staying=[0, 0, 0, 0, 10, 0],
        stranded=[0, 0, 5, 0, 0, 10],
        unfinished=[0, 0, 0, 5, 0, 0],
        ordered_h=[4, 4, 4, 4, INF, INF],
        t100_h=[12, 30, INF, INF, INF, INF],
    )
    within = found(o, horizon_h=100.0, goal=Goal("total", 8.0, False, 0.5))
    assert within.chance.value == pytest.approx(2 / 6)
    assert within.undecided == 0  # the horizon lies past order + 8 h
    late = found(o, horizon_h=100.0, goal=Goal("total", 200.0, False, 0.5))
    assert late.chance.value == pytest.approx(3 / 6)
    assert late.undecided == 1  # not out at 100 h: nobody knows about 204 h
    assert late.chance.high == proportion(4, 6).high
    by_clock = found(o, horizon_h=100.0, goal=Goal("total", 12.0, True, 0.5))
    assert by_clock.chance.value == pytest.approx(2 / 6)
    assert found(o, 100.0, Goal("total", 8.0, False, 0.6)).time[0] == BEYOND  # of five: 8, 26, unfinished, never, never


def test_in_time_up_to_the_limit_itself_and_undecided_only_before_the_horizon() -> None:
    """Ordered at 4 h, out at 12 h: 8 h are met, less are not.  A horizon at 12 h has seen 8 h after the order, and no more."""
    one = outcomes(staff=[10], ordered_h=[4], t100_h=[12])
    assert [found(one, 100.0, Goal("total", limit, False, 0.5)).chance.value for limit in (8.0, 7.99)] == [1.0, 0.0]
    assert [found(one, 100.0, Goal("total", limit, True, 0.5)).chance.value for limit in (12.0, 11.99)] == [1.0, 0.0]
    open_ = outcomes(staff=[10], unfinished=[5], ordered_h=[4], t100_h=[INF])
    assert [found(open_, 12.0, Goal("total", limit, False, 0.5)).undecided for limit in (8.0, 8.01)] == [0, 1]
    assert [found(open_, 12.0, Goal("total", limit, True, 0.5)).undecided for limit in (12.0, 12.01)] == [0, 1]
    stranded = outcomes(staff=[10], stranded=[1], unfinished=[4], ordered_h=[4], t100_h=[INF])
    assert found(stranded, 12.0, Goal("total", 20.0, False, 0.5)).undecided == 0
    idle = outcomes(staff=[10], staying=[10], ordered_h=[INF], t100_h=[INF])
    assert found(idle, 12.0, Goal("total", 1.0, False, 0.5)).chance.value == 1.0


def test_the_time_that_is_met_as_often_as_wanted_has_its_interval() -> None:
    """Times 1 … 10 h, ordered at 0: half are out within the 5th; B ~ Bin(10, ½): ranks 2 and 9 hold with 97.9 %."""
    ten = outcomes(staff=[10] * 10, ordered_h=[0] * 10, t100_h=list(range(1, 11)))
    assert found(ten, 100.0, Goal("total", 5.0, False, 0.5), failed=2) == Found(
        proportion(5, 10), (5.0, 2.0, 9.0), 10, 0, 2, ordered_h=0.0, out_h=5.0
    )
    assert found(ten, 100.0, Goal("total", 5.0, False, 0.9)).time == (9.0, None, None)
    nobody = outcomes(staff=[0, 0], ordered_h=[INF, INF], t100_h=[INF, INF])
    assert math.isnan(found(nobody, 9.0, Goal("total", 5.0, False, 0.5)).time[0])


def test_a_point_is_read_or_has_its_reason() -> None:
    read = reader(Goal("embassy", 6.0, False, 0.5))
    rows = [row(t100=t, ordered=1.0) for t in (5.0, 7.0, 8.0)]
    assert read(Outcome(Proposal(), result({"embassy": rows}), failed=2)) == Found(
        proportion(2, 3), (6.0, None, None), 3, 0, 2, ordered_h=1.0, out_h=7.0
    )
    lost = read(Outcome(Proposal(), error="no such lane", failed=3))
    assert (lost.n, lost.undecided, lost.failed, lost.error) == (0, 0, 3, "no such lane")
    assert math.isnan(lost.chance.value)
    assert read(Outcome(Proposal())).error == "no result"
    assert verdict(lost, 0.9) == "failed"
    assert verdict(shares(36, 36)._replace(error="x"), 0.9) == "failed"


def test_every_combination_is_proposed_once_and_answered_in_order() -> None:
    study = plan_study([Combination((0,), ("a=1",)), Combination((1,), ("a=2",))], 7, Goal("total", 1.0, False, 0.9))
    batch = next(study)
    assert list(batch.proposals) == [Proposal(("a=1",), 7), Proposal(("a=2",), 7)]
    with pytest.raises(StopIteration) as stop:
        study.send(["first", "second"])
    assert stop.value.value == ["first", "second"]


def test_the_undecided_keep_a_combination_open() -> None:
    """All of 20 met or undecided: whatever share of the unknown holds, both ends must leave the confidence out."""
    half = Found(Estimate(0.5, 0.3, 1.0), (1.0, None, None), 20, 10)
    assert replications_needed(half, 0.9) is None
    known = Found(proportion(10, 20), (1.0, None, None), 20, 0)
    assert replications_needed(known, 0.9) == 40  # upper end of 20 of 40 is 0.66
    nothing = Found(Estimate(1.0, None, None), (1.0, None, None), 0, 0)
    assert replications_needed(nothing, 0.9) == 64  # 1, 2, 4 … : 0.025 ** (1 / 64) = 0.944; of 32 it is 0.891


LANES = Lever("gates.main.lanes", ("1", "2", "3"), (1.0, 2.0, 3.0), "")
BUSES = Lever("vehicles.bus.number", ("4", "8"), None, "")
GOAL = Goal("total", 24.0, False, 0.9)


def planned(met: list[int | Found], *levers: Lever, n: int = 100, goal: Goal = GOAL) -> dict[str, Any]:
    """The summary of a plan of which so many of *n* replications met the goal at each combination, the last lever fastest."""
    ranks = [tuple(map(int, r)) for r in np.ndindex(*(len(lever.values) for lever in levers))]
    given = [one if isinstance(one, Found) else Found(proportion(one, n), (20.0, 18.0, INF), n, 0) for one in met]
    points = [Combination(r, ()) for r in ranks]
    return summarise_plan("Title", "one", levers, points, given, goal, "2021-09-12 06:00", 7)


def test_the_summary_of_a_plan() -> None:
    said = planned([50, 90, 99, 50, 99, 100], LANES, BUSES)
    assert [row["verdict"] for row in said["points"]] == ["not", "open", "met", "not", "met", "met"]
    assert [row["ranks"] for row in said["points"]] == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]]
    assert said["points"][1]["values"] == {"gates.main.lanes": "1", "vehicles.bus.number": "8"}
    assert said["least"] == [{"gates.main.lanes": "2", "vehicles.bus.number": "4"}]
    assert (said["answer"], said["final"], said["replications"], said["seed"]) == ("met", True, 100, 7)
    assert (said["finish_by_h"], said["finish_by"], said["counted_from"], said["scope"]) == (24.0, None, "order", "total")
    assert said["levers"] == [
        {"path": "gates.main.lanes", "values": ["1", "2", "3"], "amounts": [1.0, 2.0, 3.0], "unit": ""},
        {"path": "vehicles.bus.number", "values": ["4", "8"], "amounts": None, "unit": ""},
    ]
    first, second = said["points"][:2]
    assert first["chance"] == {
        "estimate": 0.5,
        "low": round(proportion(50, 100).low, 6),
        "high": round(proportion(50, 100).high, 6),
    }
    assert (first["replications_needed"], second["replications_needed"]) == (None, None)  # decided; exactly at the confidence
    assert (first["time_h"], first["time_interval_h"], first["never"]) == (20.0, [18.0, None], None)
    assert first["interval_never"] == [None, "stranded"]
    clock = planned([99], Lever("a", ("1",), None, ""), goal=Goal("total", 30.0, True, 0.9))
    assert (clock["finish_by"], clock["counted_from"]) == ("2021-09-13 12:00", "start")  # 06:00 and 30 h


def test_a_point_without_a_time_or_with_failures() -> None:
    timeless = Found(proportion(100, 100), (math.nan, None, None), 100, 0)
    lost = Found(Estimate(math.nan, None, None), (math.nan, None, None), 0, 0, 100, "all 100 replications failed")
    some = Found(proportion(60, 90), (BEYOND, 5.0, BEYOND), 90, 0, 10)
    said = planned([timeless, some, lost], LANES)
    assert (said["answer"], said["final"], said["replications"]) == ("failed", False, 100)
    rows = said["points"]
    assert (rows[0]["time_h"], rows[0]["time_interval_h"], rows[0]["never"], rows[0]["interval_never"]) == (None,) * 4
    assert (rows[1]["time_h"], rows[1]["never"], rows[1]["interval_never"]) == (None, "unfinished", [None, "unfinished"])
    assert (rows[2]["verdict"], rows[2]["error"], rows[2]["chance"]["estimate"]) == (
        "failed",
        "all 100 replications failed",
        None,
    )
    assert said["headline"] == "Title: no answer, a point or a replication failed."
    assert said["warnings"][0] == "gates.main.lanes = 3: all 100 replications failed"
    table = plan_table(said)
    assert table["chance"].to_list() == [1.0, pytest.approx(60 / 90), None]
    assert table["time_low_h"].to_list() == [None, 5.0, None]
    assert table["time_high_h"].to_list() == [None, None, None]
    assert table["never"].to_list() == [None, "unfinished", None]
    assert table["gates.main.lanes"].to_list() == ["1", "2", "3"]


def test_what_takes_from_a_plan_is_said() -> None:
    assert planned([100, 100, 100], LANES)["warnings"] == []
    (more,) = planned([99, 50, 99], LANES)["warnings"]
    assert more.startswith("more is not always enough: not met with gates.main.lanes = 2, though less was")
    assert planned([50, 99, 99], LANES)["warnings"] == []  # less is not enough: nothing strange
    (few,) = planned([35, 35, 35], LANES, n=35)["warnings"]
    assert few == "35 replications are too few to show 90 %; it takes 36 at least"
    assert planned([36, 36, 36], LANES, n=36)["warnings"] == []
    unknown = [Found(Estimate(0.9, 0.8, 1.0), (20.0, None, None), 100, k) for k in (0, 1, 5)]
    (line,) = planned(unknown, LANES)["warnings"]
    assert line == "up to 5 % of the replications are undecided at the horizon; lengthen clock.horizon"
    assert planned([unknown[1]] * 3, LANES)["warnings"] == []  # 1 % is not worth a word
    lost = Found(Estimate(math.nan, None, None), (math.nan, None, None), 0, 0, 9, "x")
    assert planned([lost] * 6, LANES, BUSES)["warnings"] == [
        f"gates.main.lanes = {a}, vehicles.bus.number = {b}: x"
        for a, b in (("1", "4"), ("1", "8"), ("2", "4"), ("2", "8"), ("3", "4"))
    ]


def chance(met: int, n: int = 100) -> str:
    one = proportion(met, n)
    return f"{share(one.value)}, 95 % interval {share(one.low)} to {share(one.high)}"


def test_the_sentence_of_a_plan() -> None:
    goal = "all together out within 24 h of the first order in 90 % of the cases"
    said = planned([50, 99, 100], LANES)["headline"]
    assert said == f"Title: {goal}: the least that is enough is gates.main.lanes = 2 ({chance(99)})."
    already = planned([99, 99, 100], LANES)["headline"]
    assert already.endswith(f"gates.main.lanes = 1 ({chance(99)}) (the least tried).")
    perhaps = planned([95, 99, 100], LANES)["headline"]
    assert perhaps.endswith(
        f"gates.main.lanes = 2 ({chance(99)}). Less may do: gates.main.lanes = 1 reaches {chance(95)}, "
        "it takes about 200 replications to tell."
    )
    assert "Less may do" not in planned([50, 99, 95], LANES)["headline"]  # the open one has more, not less
    two = planned([50, 99, 99, 99, 100, 100], LANES, BUSES)["headline"]
    first, second = "gates.main.lanes = 1, vehicles.bus.number = 8", "gates.main.lanes = 2, vehicles.bus.number = 4"
    assert two.endswith(f"is {first} ({chance(99)}); or {second} ({chance(99)}).")
    none = planned([0, 0, 0], LANES)["headline"]
    assert none == f"Title: {goal}: not reachable with these; none of 3 gets there in any replication."
    best = planned([10, 50, 20], LANES)["headline"]
    assert best == f"Title: {goal}: not reachable with these; the best of 3, gates.main.lanes = 2, reaches {chance(50)}."
    undecided = planned([50, 90, 95], LANES)["headline"]
    close = "too close to tell with any number of replications"
    assert undecided == f"Title: {goal}: not decided; gates.main.lanes = 2 reaches {chance(90)}, {close}."
    clock = Goal("embassy", 30.0, True, 0.9)
    assert "Title: embassy out by 2021-09-13 12:00 in 90 % of the cases: " in planned([50, 99, 99], LANES, goal=clock)["headline"]


def test_those_whom_nobody_orders_out_are_not_among_all_that_are_out() -> None:
    """A replication with nobody to move meets any goal; how many were never asked is said beside it."""
    idle = outcomes(staff=[38, 48], staying=[38, 38], never_ordered=[38, 38], ordered_h=[INF, 0], t100_h=[0, 5])
    assert found(idle, 100.0, Goal("total", 9.0, False, 0.5)).not_among_all == 38
    late = outcomes(staff=[48, 48], staying=[38, 38], never_ordered=[38, 12], ordered_h=[0, 0], t100_h=[9, 5])
    assert found(late, 100.0, Goal("total", 6.0, False, 0.5)).not_among_all == 12
    assert found(late, 100.0, Goal("total", 1.0, False, 0.5)).not_among_all == 0
    said = planned([50, Found(proportion(99, 100), (1.0, None, None), 100, 0, not_among_all=38.0)], BUSES)
    text = "up to 38 people are not among all that are out: nobody orders them out"
    assert [row["not_among_all"] for row in said["points"]] == [0, 38]
    assert text in said["warnings"]
    assert said["headline"].endswith(f". In this, {text}.")
    assert plan_table(said)["not_among_all"].to_list() == [0, 38]


def test_no_more_than_three_combinations_are_named() -> None:
    a, b = (Lever(name, tuple("12345"), None, "") for name in "ab")
    met = [99 if i + j >= 4 else 50 for i in range(5) for j in range(5)]
    said = planned(met, a, b)
    assert len(said["least"]) == 5
    assert " and 2 more combinations." in said["headline"]
    assert said["headline"].count("; or ") == 2
    met = [99 if i + j >= 2 else 50 for i in range(3) for j in range(3)]
    a, b = (Lever(name, tuple("123"), None, "") for name in "ab")
    assert "more combinations" not in planned(met, a, b)["headline"]

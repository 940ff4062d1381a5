"""Verdicts by interval, how many replications decide, the frontier of two levers, and what is in time."""

from __future__ import annotations

import io
import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import binom

from sim.analysis.as_json import as_json
from sim.analysis.outcomes import BEYOND, Outcomes
from sim.analysis.sets import Sets
from sim.analysis.statistics import Estimate, proportion
from sim.analysis.study import Outcome, Proposal
from sim.analysis.words import share
from sim.studies.plan.effects import Each, Effect, effect
from sim.studies.plan.found import Plan
from sim.studies.plan.table import plan_table as table_on_screen
from sim.studies.plan.verdicts import (
    Combination,
    Lever,
    PlanGoal,
    PlanResult,
    least_of,
    needed,
    plan_study,
    plan_table,
    reader,
    summarise_plan,
    verdict,
    verdict_on,
)
from sim.studies.plan.words import picture_title
from sim.studies.works import chance as chance_of
from tests.analysis.synthetic import result, row

INF = float("inf")


def shares(met: int, n: int, per_set: int = 1, perhaps: int = 0, hours: float = 20.0) -> PlanResult:
    """The goal is met in the first so many of *n* replications, and may be in *perhaps* more."""
    k = np.arange(n)
    each = Each(k, Sets.of(k, per_set), k < met, k < met + perhaps, np.where(k < met, hours, INF))
    return PlanResult(chance_of(each.met, each.perhaps, each.sets), (1.0, None, None), n, perhaps, each=each)


@pytest.mark.parametrize(
    ("met", "n", "said"),
    [(36, 36, "met"), (35, 35, "open"), (95, 100, "open"), (97, 100, "met"), (80, 100, "not"), (0, 1, "open")],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(met: int, n: int, said: str) -> None:
    """At 90 %: 0.025 ** (1 / 36) = 0.9026; 97 of 100 has the lower end 0.915, 95 of 100 has 0.887."""
    assert verdict(shares(met, n), 0.9) == said


@pytest.mark.parametrize(("met", "n"), [(95, 100), (85, 100), (98, 100)])
def test_so_many_replications_decide_in_eight_of_ten_repetitions(met: int, n: int) -> None:
    """Exact, of as many trials at the share that was seen; 5 % fewer don't reach 80 % (within 1.3 points of drawing)."""
    share_met, many = met / n, needed(shares(met, n), 0.9)
    assert many is not None
    assert many.sets == many.replications

    def power(trials: int) -> float:
        ends = [proportion(k, trials) for k in range(trials + 1)]
        decides = np.array([e.low >= 0.9 or e.high < 0.9 for e in ends])  # type: ignore[operator]
        return float(binom.pmf(np.arange(trials + 1), trials, share_met)[decides].sum())

    assert 0.78 <= power(many.sets) <= 0.86
    assert power(round(many.sets * 0.9)) < 0.8


def test_so_many_sets_decide_in_eight_of_ten_repetitions() -> None:
    """Sets of two, of which 92 in 100 work, 5 in part: 200 repetitions of what is said to be needed.

    False alarm under 1 % (4 standard errors below 0.8 are 0.69), 10 points too few would be seen.
    """
    k = np.arange(200)
    met = (k < 184) | ((k < 194) & (k % 2 == 0))
    seen = Each(k, Sets.of(k, 2), met, met, np.where(met, 20.0, INF))
    many = needed(PlanResult(chance_of(met, met, seen.sets), (1.0, None, None), 200, 0, each=seen), 0.9)
    assert many is not None
    assert many.replications == 2 * many.sets
    rng, decided = np.random.default_rng(8), 0
    numbers = np.arange(many.replications)
    sets = Sets.of(numbers, 2)
    for _ in range(200):
        kind = rng.choice(3, many.sets, p=[0.03, 0.05, 0.92])
        works = np.column_stack((kind > 0, kind > 1)).ravel()
        decided += verdict(PlanResult(chance_of(works, works, sets), (1.0, None, None), works.size, 0), 0.9) != "open"
    assert 0.7 <= decided / 200 <= 0.9


def test_sets_whose_replications_agree_take_twice_as_many() -> None:
    alike, single = needed(shares(190, 200, per_set=2), 0.9), needed(shares(95, 100), 0.9)
    assert alike is not None
    assert single is not None
    assert alike.sets == pytest.approx(single.sets, rel=0.06)
    assert needed(shares(90, 100), 0.9) is None  # exactly there: no number tells
    assert needed(shares(35, 35), 0.9) == (36, 36)  # 0.025 ** (1 / 36) = 0.9026


def test_a_verdict_counts_sets() -> None:
    """97 of 100 are enough for 90 %, 97 of 100 sets of two too, and not 194 of 200 replications in twenty sets."""
    assert verdict(shares(194, 200, per_set=2), 0.9) == "met"
    assert verdict(shares(194, 200, per_set=10), 0.9) == "open"
    assert verdict(shares(2, 2, per_set=2), 0.9) == "open"  # one set


def test_the_frontier_of_two_levers() -> None:
    points = {(0, 0): "not", (0, 1): "open", (0, 2): "met", (1, 0): "not", (1, 1): "met", (1, 2): "met", (2, 0): "met"}
    assert least_of(points) == [(0, 2), (1, 1), (2, 0)]  # type: ignore[arg-type]
    assert least_of({(0,): "not", (1,): "met", (2,): "not", (3,): "met"}) == [(1,)]


def outcomes(**columns: list[float]) -> Outcomes:
    n = len(next(iter(columns.values())))
    zero = np.zeros(n)
    given = {name: np.array(values, dtype=float) for name, values in columns.items()}
    names = [f.name for f in fields(Outcomes) if f.name not in ("replication", "waited")]
    given.setdefault("sets", np.arange(n))
    return Outcomes(np.arange(n), **{name: given.get(name, zero) for name in names}, waited={})


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
    within = verdict_on(o, horizon_h=100.0, goal=PlanGoal("total", 8.0, False, 0.5))
    assert within.chance.value == pytest.approx(2 / 6)
    assert within.undecided == 0  # the horizon lies past order + 8 h
    late = verdict_on(o, horizon_h=100.0, goal=PlanGoal("total", 200.0, False, 0.5))
    assert late.chance.value == pytest.approx(3 / 6)
    assert late.undecided == 1  # not out at 100 h: nobody knows about 204 h
    assert late.chance.high == proportion(4, 6).high
    by_clock = verdict_on(o, horizon_h=100.0, goal=PlanGoal("total", 12.0, True, 0.5))
    assert by_clock.chance.value == pytest.approx(2 / 6)
    assert verdict_on(o, 100.0, PlanGoal("total", 8.0, False, 0.6)).time[0] == BEYOND  # of five: 8, 26, unfinished, never, never


def test_in_time_up_to_the_limit_itself_and_undecided_only_before_the_horizon() -> None:
    """Ordered at 4 h, out at 12 h: 8 h are met, less are not.  A horizon at 12 h has seen 8 h after the order, and no more."""
    one = outcomes(staff=[10], ordered_h=[4], t100_h=[12])
    assert [verdict_on(one, 100.0, PlanGoal("total", limit, False, 0.5)).chance.value for limit in (8.0, 7.99)] == [1.0, 0.0]
    assert [verdict_on(one, 100.0, PlanGoal("total", limit, True, 0.5)).chance.value for limit in (12.0, 11.99)] == [1.0, 0.0]
    open_ = outcomes(staff=[10], unfinished=[5], ordered_h=[4], t100_h=[INF])
    assert [verdict_on(open_, 12.0, PlanGoal("total", limit, False, 0.5)).undecided for limit in (8.0, 8.01)] == [0, 1]
    assert [verdict_on(open_, 12.0, PlanGoal("total", limit, True, 0.5)).undecided for limit in (12.0, 12.01)] == [0, 1]
    stranded = outcomes(staff=[10], stranded=[1], unfinished=[4], ordered_h=[4], t100_h=[INF])
    assert verdict_on(stranded, 12.0, PlanGoal("total", 20.0, False, 0.5)).undecided == 0
    idle = outcomes(staff=[10], staying=[10], ordered_h=[INF], t100_h=[INF])
    assert verdict_on(idle, 12.0, PlanGoal("total", 1.0, False, 0.5)).chance.value == 1.0


def test_the_time_that_is_met_as_often_as_wanted_has_its_interval() -> None:
    """Times 1 … 10 h, ordered at 0: half are out within the 5th; B ~ Bin(10, ½): ranks 2 and 9 hold with 97.9 %."""
    ten = outcomes(staff=[10] * 10, ordered_h=[0] * 10, t100_h=list(range(1, 11)))
    assert verdict_on(ten, 100.0, PlanGoal("total", 5.0, False, 0.5), failed=2)._replace(each=None) == PlanResult(
        proportion(5, 10), (5.0, 2.0, 9.0), 10, 0, 2, ordered_h=0.0, out_h=5.0
    )
    assert verdict_on(ten, 100.0, PlanGoal("total", 5.0, False, 0.9)).time == (9.0, None, None)
    nobody = outcomes(staff=[0, 0], ordered_h=[INF, INF], t100_h=[INF, INF])
    assert math.isnan(verdict_on(nobody, 9.0, PlanGoal("total", 5.0, False, 0.5)).time[0])


def test_a_point_is_read_or_has_its_reason() -> None:
    read = reader(PlanGoal("embassy", 6.0, False, 0.5))
    rows = [row(t100=t, ordered=1.0) for t in (5.0, 7.0, 8.0)]
    assert read(Outcome(Proposal(), result({"embassy": rows}), failed=2))._replace(each=None) == PlanResult(
        proportion(2, 3), (6.0, None, None), 3, 0, 2, ordered_h=1.0, out_h=7.0
    )
    lost = read(Outcome(Proposal(), error="no such lane", failed=3))
    assert (lost.n, lost.undecided, lost.failed, lost.error) == (0, 0, 3, "no such lane")
    assert math.isnan(lost.chance.value)
    assert read(Outcome(Proposal())).error == "no result"
    assert verdict(lost, 0.9) == "failed"
    assert verdict(shares(36, 36)._replace(error="x"), 0.9) == "failed"


def test_every_combination_is_proposed_once_and_answered_in_order() -> None:
    study = plan_study([Combination((0,), ("a=1",)), Combination((1,), ("a=2",))], 7, PlanGoal("total", 1.0, False, 0.9))
    batch = next(study)
    assert list(batch.proposals) == [Proposal(("a=1",), 7), Proposal(("a=2",), 7)]
    with pytest.raises(StopIteration) as stop:
        study.send(["first", "second"])
    assert stop.value.value == ["first", "second"]


def test_the_undecided_keep_a_combination_open() -> None:
    """All of 20 met or undecided: whatever share of the unknown holds, both ends must leave the confidence out."""
    assert needed(shares(10, 20, perhaps=10), 0.9) is None
    many = needed(shares(14, 20), 0.9)
    assert many is not None
    assert 20 < many.sets < 40
    assert needed(PlanResult(Estimate(1.0, None, None), (1.0, None, None), 0, 0), 0.9) is None


def test_the_effect_of_a_lever_is_that_between_its_ends() -> None:
    """Six lanes against one, four replications of two sets: one set differs in time, none in whether it is met."""
    k, met = np.arange(4), np.ones(4, dtype=bool)
    one, six, two = (Each(k, Sets.of(k, 2), met, met, np.array(t)) for t in ([9.0] * 4, [9.0, 9.0, 9.0, 8.0], [1.0] * 4))
    assert effect({(0,): one, (1,): two, (2,): six}, 0) == Effect(2, 4, 0, 1, False)
    assert effect({(0,): one, (1,): two, (2,): one}, 0) == Effect(2, 4, 0, 0, True)
    both = {(0, 0): one, (0, 1): one, (1, 0): one, (1, 1): six}
    assert (effect(both, 0), effect(both, 1)) == (Effect(2, 4, 0, 1, False), Effect(2, 4, 0, 1, False))
    assert effect({(0,): one}, 0) is None
    lost = Each(k, Sets.of(k, 2), ~met, ~met, np.full(4, INF))
    assert effect({(0,): one, (1,): lost}, 0) == Effect(2, 4, 2, 2, False)


def test_a_lever_without_effect_is_called_that() -> None:
    said = planned([99, 99, 99], LANES)
    assert said["levers"][0]["effect"] == {"sets": 100, "replications": 100, "decides": 0, "moves": 0, "none": True}
    assert said["headline"].endswith(
        " The number of search lanes at Main gate has no effect: none of 100 replications differs between 1 and 3."
    )
    sets = planned([shares(198, 200, 2)] * 3, LANES)["headline"]
    assert sets.endswith(
        " The number of search lanes at Main gate has no effect: none of 100 sets of inputs differs between 1 and 3."
    )
    timed = planned([shares(99, 100), shares(99, 100), shares(99, 100, hours=19.0)], LANES)["headline"]
    assert timed.endswith(
        " The number of search lanes at Main gate decides nothing: 3 instead of 1 changes in none of 100 replications who is in "
        "time."
    )
    assert "effect" not in planned([50, 99, 99], LANES)["headline"]
    none = planned([0, 0, 0], LANES)["headline"]
    assert none.endswith("gets there in any replication.")


def test_in_how_many_sets_an_amount_works_is_said() -> None:
    """195 of 200 replications are 97 whole sets of 100 and a half one."""
    plan = plan_of([shares(100, 200, 2), shares(195, 200, 2), shares(200, 200, 2)], LANES)
    said = as_json(plan)
    row = said["points"][1]
    assert row["in_sets"] == {"sets": 100, "works": 97, "in_part": 1}
    assert (said["sets"], said["replications"], said["power"]) == (100, 200, 0.8)
    assert "; met in 97 of 100 sets of inputs, as simulated)" in said["headline"]
    assert plan_table(plan)["sets_met"].to_list() == [50, 97, 100]
    open_ = planned([shares(190, 200, 2)] * 3, LANES)
    many = open_["points"][0]
    assert many["replications_needed"] == 2 * many["sets_needed"]
    assert (
        f"about {many['replications_needed']} replications of {many['sets_needed']} sets of inputs tell in" in open_["headline"]
    )
    (few,) = planned([shares(70, 70, 2)] * 3, LANES)["warnings"]
    assert few == "35 sets of inputs are too few to show 90 %; it takes 36 (72 replications)"


LANES = Lever("airport.gates.main.lanes", ("1", "2", "3"), (1.0, 2.0, 3.0), "")
BUSES = Lever("vehicles.bus.number", ("4", "8"), None, "")
GOAL = PlanGoal("total", 24.0, False, 0.9)


def plan_of(met: list[int | PlanResult], *levers: Lever, n: int = 100, goal: PlanGoal = GOAL) -> Plan:
    """A plan of which so many of *n* replications met the goal at each combination, the last lever fastest."""
    ranks = [tuple(map(int, r)) for r in np.ndindex(*(len(lever.values) for lever in levers))]
    given = [one if isinstance(one, PlanResult) else shares(one, n)._replace(time=(20.0, 18.0, INF)) for one in met]
    points = [Combination(r, ()) for r in ranks]
    return summarise_plan("Title", "one", levers, points, given, goal, "2021-09-12 06:00", 7)


def planned(*given: Any, **more: Any) -> dict[str, Any]:
    """Its summary."""
    return as_json(plan_of(*given, **more))


def test_the_summary_of_a_plan() -> None:
    said = planned([50, 90, 99, 50, 99, 100], LANES, BUSES)
    assert [row["verdict"] for row in said["points"]] == ["not", "open", "met", "not", "met", "met"]
    assert [row["ranks"] for row in said["points"]] == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]]
    assert said["points"][1]["values"] == {"airport.gates.main.lanes": "1", "vehicles.bus.number": "8"}
    assert said["least"] == [{"airport.gates.main.lanes": "2", "vehicles.bus.number": "4"}]
    assert (said["answer"], said["final"], said["replications"], said["seed"]) == ("met", True, 100, 7)
    assert (said["finish_by_h"], said["finish_by"], said["counted_from"], said["scope"]) == (24.0, None, "order", "total")
    assert said["levers"] == [
        {
            "path": "airport.gates.main.lanes", "label": "Main gate: search lanes", "phrase": "search lanes at Main gate",
            "subject": "the number of search lanes at Main gate", "values": ["1", "2", "3"], "amounts": [1.0, 2.0, 3.0],
            "unit": "",
            "effect": {"sets": 100, "replications": 100, "decides": 50, "moves": 50, "none": False},
        },
        {
            "path": "vehicles.bus.number", "label": "Bus: vehicles", "phrase": "vehicles (Bus)",
            "subject": "the number of vehicles (Bus)", "values": ["4", "8"], "amounts": None, "unit": "",
            "effect": {"sets": 100, "replications": 100, "decides": 50, "moves": 50, "none": False},
        },
    ]  # fmt: skip
    first, second = said["points"][:2]
    assert first["chance"] == {
        "estimate": 0.5,
        "low": round(proportion(50, 100).low, 6),
        "high": round(proportion(50, 100).high, 6),
    }
    assert (first["replications_needed"], second["replications_needed"]) == (None, None)  # decided; exactly at the confidence
    assert (first["time_h"], first["time_interval_h"], first["never"]) == (20.0, [18.0, None], None)
    assert first["interval_never"] == [None, "stranded"]
    clock = planned([99], Lever("a", ("1",), None, ""), goal=PlanGoal("total", 30.0, True, 0.9))
    assert (clock["finish_by"], clock["counted_from"]) == ("2021-09-13 12:00", "start")  # 06:00 and 30 h


def test_a_point_without_a_time_or_with_failures() -> None:
    timeless = PlanResult(proportion(100, 100), (math.nan, None, None), 100, 0)
    lost = PlanResult(Estimate(math.nan, None, None), (math.nan, None, None), 0, 0, 100, "all 100 replications failed")
    some = PlanResult(proportion(60, 90), (BEYOND, 5.0, BEYOND), 90, 0, 10)
    plan = plan_of([timeless, some, lost], LANES)
    said = as_json(plan)
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
    assert said["warnings"][0] == "3 search lanes at Main gate: all 100 replications failed"
    table = plan_table(plan)
    assert table["chance"].to_list() == [1.0, pytest.approx(60 / 90), None]
    assert table["time_low_h"].to_list() == [None, 5.0, None]
    assert table["time_high_h"].to_list() == [None, None, None]
    assert table["never"].to_list() == [None, "unfinished", None]
    assert table["airport.gates.main.lanes"].to_list() == ["1", "2", "3"]


def test_what_takes_from_a_plan_is_said() -> None:
    assert planned([100, 100, 100], LANES)["warnings"] == []
    (more,) = planned([99, 50, 99], LANES)["warnings"]
    assert more.startswith("more is not always enough: not met with 2 search lanes at Main gate, though less was")
    assert planned([50, 99, 99], LANES)["warnings"] == []  # less is not enough: nothing strange
    (few,) = planned([35, 35, 35], LANES, n=35)["warnings"]
    assert few == "35 replications are too few to show 90 %; it takes 36"
    assert planned([36, 36, 36], LANES, n=36)["warnings"] == []
    unknown = [PlanResult(Estimate(0.9, 0.8, 1.0), (20.0, None, None), 100, k) for k in (0, 1, 5)]
    (line,) = planned(unknown, LANES)["warnings"]
    assert line == "up to 5 % of the replications are undecided at the horizon; lengthen clock.horizon"
    assert planned([unknown[1]] * 3, LANES)["warnings"] == []  # 1 % is not worth a word
    lost = PlanResult(Estimate(math.nan, None, None), (math.nan, None, None), 0, 0, 9, "x")
    assert planned([lost] * 6, LANES, BUSES)["warnings"] == [
        f"{a} search lane{'' if a == '1' else 's'} at Main gate and {b} vehicles (Bus): x"
        for a, b in (("1", "4"), ("1", "8"), ("2", "4"), ("2", "8"), ("3", "4"))
    ]


def chance(met: int, n: int = 100) -> str:
    one = proportion(met, n)
    return f"{share(one.value)}, 95 % interval {share(one.low)} to {share(one.high)}"


def test_the_sentence_of_a_plan() -> None:
    goal = "all together out within 24 h of the first order in 90 % of the cases"
    said = planned([50, 99, 100], LANES)["headline"]
    assert said == f"Title: {goal}: the least that is enough is 2 search lanes at Main gate ({chance(99)})."
    already = planned([99, 99, 100], LANES)["headline"]
    assert already.endswith(f"1 search lane at Main gate ({chance(99)}) (the least tried).")
    perhaps = planned([95, 99, 100], LANES)["headline"]
    assert perhaps.endswith(
        f"2 search lanes at Main gate ({chance(99)}). Less may do: 1 search lane at Main gate reaches {chance(95)}, "
        f"about {needed(shares(95, 100), 0.9).replications} replications tell in 8 of 10 cases, if the share stays."  # type: ignore[union-attr]
    )
    assert "Less may do" not in planned([50, 99, 95], LANES)["headline"]  # the open one has more, not less
    two = planned([50, 99, 99, 99, 100, 100], LANES, BUSES)["headline"]
    first, second = "1 search lane at Main gate and 8 vehicles (Bus)", "2 search lanes at Main gate and 4 vehicles (Bus)"
    assert two.endswith(f"is {first} ({chance(99)}); or {second} ({chance(99)}).")
    none = planned([0, 0, 0], LANES)["headline"]
    assert none == f"Title: {goal}: not reachable with these; none of 3 gets there in any replication."
    best = planned([10, 50, 20], LANES)["headline"]
    assert best == (
        f"Title: {goal}: not reachable with these; the largest share seen among 3 is that of 2 search lanes at Main gate, "
        f"{chance(50)}."
    )
    undecided = planned([50, 90, 95], LANES)["headline"]
    close = "too close to tell"
    assert undecided == f"Title: {goal}: not decided; 2 search lanes at Main gate reaches {chance(90)}, {close}."
    clock = PlanGoal("embassy", 30.0, True, 0.9)
    assert "Title: embassy out by 13 Sep 12:00 in 90 % of the cases: " in planned([50, 99, 99], LANES, goal=clock)["headline"]


def test_those_whom_nobody_orders_out_are_not_among_all_that_are_out() -> None:
    """A replication with nobody to move meets any goal; how many were never asked is said beside it."""
    idle = outcomes(staff=[38, 48], staying=[38, 38], never_ordered=[38, 38], ordered_h=[INF, 0], t100_h=[0, 5])
    assert verdict_on(idle, 100.0, PlanGoal("total", 9.0, False, 0.5)).not_among_all == 38
    late = outcomes(staff=[48, 48], staying=[38, 38], never_ordered=[38, 12], ordered_h=[0, 0], t100_h=[9, 5])
    assert verdict_on(late, 100.0, PlanGoal("total", 6.0, False, 0.5)).not_among_all == 12
    assert verdict_on(late, 100.0, PlanGoal("total", 1.0, False, 0.5)).not_among_all == 0
    plan = plan_of([50, PlanResult(proportion(99, 100), (1.0, None, None), 100, 0, not_among_all=38.0)], BUSES)
    said = as_json(plan)
    text = "up to 38 people are not among all that are out: nobody orders them out"
    assert [row["not_among_all"] for row in said["points"]] == [0, 38]
    assert text in said["warnings"]
    assert said["headline"].endswith(f". In this, {text}.")
    assert plan_table(plan)["not_among_all"].to_list() == [0, 38]


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


def test_the_title_of_the_picture_is_the_answer_alone() -> None:
    assert picture_title(plan_of([50, 99, 100], LANES)) == "The least that is enough: 2 search lanes at Main gate (99 %)"
    two = picture_title(plan_of([50, 99, 99, 99, 100, 100], LANES, BUSES))
    first, second = "1 search lane at Main gate and 8 vehicles (Bus)", "2 search lanes at Main gate and 4 vehicles (Bus)"
    assert two == f"The least that is enough: {first} (99 %); or {second} (99 %)"
    assert picture_title(plan_of([0, 0, 0], LANES)) == "None of 3 combinations gets all out in time in any replication"
    best = picture_title(plan_of([10, 50, 20], LANES))
    assert best == "90 % in time can't be reached: at most 50 %, with 2 search lanes at Main gate"
    unsure = picture_title(plan_of([10, 88, 20], LANES))
    assert unsure == ("Not decided: 2 search lanes at Main gate gets all out in time in 88 % of the cases, 90 % are wanted")


def test_a_date_is_said_with_its_zone_once() -> None:
    levers, given = [LANES], [shares(99, 100)] * 3
    points = [Combination((k,), ()) for k in range(3)]
    goal = PlanGoal("north", 36.0, True, 0.9)
    said = summarise_plan("T", "t", levers, points, given, goal, "2021-09-12 06:00", 7, {"north": "The North"}, 4.5)
    assert said.headline.startswith("T: The North out by 13 Sep 18:00 (UTC+04:30) in 90 % of the cases: ")
    out = io.StringIO()
    Console(file=out, width=160).print(table_on_screen(said, 160))
    text = out.getvalue()
    assert "The North out by 13 Sep 18:00 in 90 % of the cases · local time: UTC+04:30" in text
    assert "Main gate: search" in text
    assert "As --vary takes them: airport.gates.main.lanes." in text

"""What a study of the bottleneck says: each sentence from rows made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.analysis.measure import parse
from sim.analysis.waiting import CauseHours, MeanHours, Waited, Waiting
from sim.studies.bottleneck.found import CapacityValue, MissionEffect, MissionEffects, ScenarioValues
from sim.studies.bottleneck.words import WHY, contrasts, explanations, headline, wanted, warnings, worth
from tests.studies.bottleneck.test_marginal import effect_of, value_of

LEFT, SHARE, TIME = (parse(f"total.{name}", []) for name in ("left_behind", "p_all_out", "hours_within_horizon"))
MEASURES = [SHARE, TIME, LEFT]
WAITING = {"order": 500.0, "crowd": 60.0, "seats": 20.0, "search": None}


def row(
    name: str, verdict: str = "none", people: float | None = None, holds: bool = True, kind: str = "lane", **more: Any
) -> CapacityValue:
    """A capacity by which so many more people are left behind, half to double of them."""
    effects = {LEFT.text: effect_of(None, needed=more.pop("needed", None))}
    if people is not None:
        effects[LEFT.text] = effect_of(people, *sorted((people / 2, people * 2)), distinct=True)
    worse = tuple(MissionEffect(mission, many, None, None) for mission, many in more.pop("worse", ()))
    missions = MissionEffects(worse=worse, worse_count=more.pop("worse_count", 0))
    return value_of(name, effects, kind, verdict=verdict, holds=holds, missions=missions, **more)


def waited(causes: dict[str, float | None], **spent_h: float | None) -> Waiting:
    each = {cause: CauseHours(hours, None, None, None) for cause, hours in causes.items()}
    return Waiting("person-hours", Waited(0.0, MeanHours(None, None, None), each, spent_h, None), {}, (), ())


def result(*rows: CapacityValue, name: str = "one", waiting: Waiting | None = None, **more: Any) -> ScenarioValues:
    about = {"scenario": name, "title": "T", "final": True, "replications": 100, "failed": 0} | more
    return ScenarioValues(waiting=waiting or waited(WAITING), capacities=rows, **about)


def said(*rows: CapacityValue, **more: Any) -> str:
    return headline(result(*rows, **more), MEASURES)


START = "T: as simulated, people wait most for the crowd at the gates, 75 % of 80 person-hours after the order."


def test_what_people_wait_for_leaves_out_the_order() -> None:
    assert said() == START
    assert said(waiting=waited({"order": 9.0, "crowd": 0.0})) == "T: nobody waits after the order."
    assert headline(replace(result(), waiting=None, final=False), MEASURES).startswith("T: no answer")


def test_deciding_is_named_where_it_took_more_than_any_cause() -> None:
    def decided(hours: float | None) -> str:
        return said(waiting=waited(WAITING, deciding=hours, doing_ready=999.0))

    assert decided(61.0) == f"{START} Deciding took more: 61."
    assert decided(60.0) == decided(None) == START


def test_causes_that_are_a_waiting_are_not_waited_for_twice() -> None:
    assert said(waiting=waited({"readiness": 9.0})).startswith(
        "T: as simulated, people wait most for the rest of the mission, 100 % of 9 "
    )


def test_the_best_two_that_hold_or_the_best_that_may_be_chance() -> None:
    firm = [row(x, "better", -10.0) for x in "abc"]
    leaves = "leaves 10 (5 to 20) fewer people behind"
    assert said(*firm) == f"{START} One more a {leaves}. One more b {leaves}."
    maybe = row("m", "better", -10.0, holds=False)
    assert said(maybe, *firm[:1]) == f"{START} One more a {leaves}."
    assert (
        said(maybe, row("n", "better", -10.0, holds=False)) == f"{START} One more m {leaves}, which may be chance among 2 tried."
    )


def test_what_makes_it_worse_is_counted() -> None:
    bad = [row(x, "worse", 4.0) for x in "abcde"]
    assert said(*bad[:1]) == f"{START} One more a makes it worse."
    assert said(*bad[:2]) == f"{START} One more a and one more b make it worse."
    assert said(*bad[:3]) == f"{START} One more a, one more b and one more c make it worse."
    assert said(*bad) == f"{START} One more a, one more b and one more c and 2 more make it worse."


def test_kinds_of_which_nothing_can_be_told() -> None:
    nothing = "nothing that can be told"
    every = "One more of any capacity that it has changes nothing that can be told from this many replications."
    assert said(row("a"), row("b", kind="bed")) == f"{START} {every}"
    better = row("x", "better", -10.0, kind="stand")
    assert said(better, row("a"), row("b", kind="bed")).endswith(f" More lanes and beds change {nothing}.")
    assert said(better, row("b", kind="room")).endswith(f" More room in the holding area changes {nothing}.")
    assert said(better, row("b", kind="aircraft")).endswith(f" More aircraft change {nothing}.")
    assert said(better, row("b", kind="troops")).endswith(f" More troops change {nothing}.")
    assert said(better, row("b", kind="stand")) == f"{START} One more x leaves 10 (5 to 20) fewer people behind."
    worse = row("w", "worse", 4.0, kind="bed")
    assert said(worse, row("a")) == f"{START} More lanes change {nothing}. One more w makes it worse."


def test_worth_is_said_people_first_then_hours_then_the_chance() -> None:
    found = {m.text: effect_of(-0.5, -0.75, -0.25, distinct=True) for m in MEASURES}
    assert worth(value_of("x", found), MEASURES) == (
        "leaves 0.5 (0.2 to 0.8) fewer people behind, gets all out 30 min (15 min to 45 min) sooner on average and "
        "lowers the chance that all are out by 50 (25 to 75) points"
    )
    assert worth(value_of("x", {}), MEASURES) == "changes nothing that can be told"


def test_who_is_later_is_named() -> None:
    two = [("a", 3.0), ("b", 2.0)]
    assert explanations(result(row("g", "better", -4.0), row("x", "none")), MEASURES) == []
    one, why = explanations(result(row("w", "worse", 4.0, worse=two, worse_count=3)), MEASURES)
    assert one == (
        "One more w leaves 4 (2 to 8) more people behind. "
        "Later: a (3 more left behind) and b (2 more left behind) and 1 more mission."
    )
    assert why == WHY
    exact = explanations(result(row("w", "mixed", 4.0, worse=two[:1], worse_count=1)), MEASURES)[0]
    assert exact.endswith("Later: a (3 more left behind).")
    none = explanations(result(row("w", "worse", 4.0, holds=False), row("x")), MEASURES)[0]
    assert none == (
        "One more w leaves 4 (2 to 8) more people behind (by 95 % alone: of 2 tried, some do so by chance). "
        "No single mission can be told to leave more people behind."
    )


def test_scenarios_are_set_against_each_other() -> None:
    first = result(row("a", "better", -10.0), row("b", "better", -2.0))
    second = result(row("b", "better", -6.0), row("a"), name="two")
    third = result(name="three")
    lines = contrasts([first, second, third], MEASURES)
    assert lines == [
        "One more a leaves 10 (5 to 20) fewer people behind in “one”; it changes nothing that can be told in “two”; "
        "it is not in “three”.",
        "One more b leaves 6 (3 to 12) fewer people behind in “two”; it leaves 2 (1 to 4) fewer people behind in “one”; "
        "it is not in “three”.",
    ]
    assert contrasts([first, replace(second, final=False)], MEASURES) == []
    assert contrasts([result(row("a", "better", -10.0, holds=False)), third], MEASURES) == []


def test_what_the_numbers_rest_on() -> None:
    assert warnings(result(replications=30)) == warnings(result(replications=9, final=False)) == []
    rough = "only 9 sets of inputs: intervals are tested from 10 on, and may hold less often than they say"
    assert warnings(result(replications=20, failed=2, sets=9), "One") == [f"One: {rough}"]
    assert warnings(result(replications=20, failed=0, sets=10)) == []
    assert warnings(result(*[row("a", "better", -1.0)] * 19)) == []
    (many,) = warnings(result(*[row("a", "better", -1.0)] * 20))
    assert many.startswith("among 20 capacities that do nothing some 1 would be told from nothing by chance")
    (line,) = warnings(result(row("a", needed=250)))
    assert line == "one more a would be told from nothing by some 250 replications, if what is seen stays"


@pytest.mark.parametrize(
    ("needed", "said"), [(251, "some 260"), (1_000_000, "some 1,000,000"), (1_000_001, "more than 1,000,000")]
)
def test_how_many_replications_would_tell(needed: int, said: str) -> None:
    (line,) = wanted([row("a", needed=needed)])
    assert f"by {said} replications" in line


def test_no_more_than_three_are_told_of_and_none_that_is_told() -> None:
    assert len(wanted([row(x, needed=300) for x in "abcde"])) == 3
    assert wanted([row("a", "better", -1.0, needed=300), row("b"), row("c", needed=300, kind="")]) == []
    some = row("a", needed=300)
    both = {**some.effects, TIME.text: effect_of(None, needed=120)}
    assert "some 120 replications" in wanted([replace(some, effects=both)])[0]

"""The answer in a sentence: every branch of it, and the assumed input that it leans on."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.analysis.found import Entry, Summary
from sim.analysis.headline import headline, leaning, not_known
from tests.analysis.filled import filled


def total(**more: Any) -> dict[str, Any]:
    """All ten people out 30 h after the order in the middle case, 60 h in nine of ten, in every replication."""
    usual: dict[str, Any] = {
        "to_move": 10,
        "timed": 40,
        "p_ordered": 1.0,
        "p50_h": 30.0,
        "p50_interval_h": [20.0, 40.0],
        "p90_h": 60.0,
        "half_out_h": 12.0,
        "never": {"p50_interval_h": [None, None]},
        "p_all_out": {"estimate": 1.0, "low": 0.9, "high": 1.0},
        "left_behind": {"mean": 0.0, "low": 0.0, "high": 0.0},
        "never_ordered": {"people": 0.0, "share": 0.0, "missions": []},
        "held_up_by": None,
        "waited_h": {},
    }
    return usual | more


def said(inputs: tuple[Any, ...] = (), missions: dict[str, Any] | None = None, **more: Any) -> str:
    about = {"title": "T", "final": True, "failed": 0, "replications": 1_240, "horizon_h": 720.0, "missions": missions or {}}
    about |= {k: more.pop(k) for k in ("final", "failed", "cohorts") if k in more}
    return headline(filled(Summary, **about, total=total(**more)), inputs)


SOME = {"p_all_out": {"estimate": 0.75, "low": 0.5, "high": 0.9}, "left_behind": {"mean": 2.5, "low": 1.0, "high": 1_500.0}}
NEVER = {"p50_h": None, "p50_interval_h": None, "p90_h": None}


def test_no_answer_and_nobody_to_move() -> None:
    assert said(final=False, failed=1_001) == "T: no answer, 1,001 of 1,240 replications failed."
    assert said(to_move=0) == "T: nobody has to be moved."
    assert said(timed=0, p50_h=None) == "T: no mission is ordered out; nobody is left behind."


def never(people: float, *missions: str, share: float = 1.0) -> dict[str, Any]:
    return {"staff": 460, "never_ordered": {"people": people, "share": share, "missions": list(missions)}}


def test_where_nobody_is_ordered_out_no_cause_is_blamed() -> None:
    waited = {"held_up_by": "order", "waited_h": {"order": 5.0, "readiness": 0.0}}
    none = never(460, "north", "south")
    assert said(to_move=0, timed=0, **none) == (
        "T: no mission is ordered out. 460 of 460 people are never ordered out: north, south."
    )
    assert said(timed=0, **NEVER, **SOME, **waited, **none) == (
        "T: no mission is ordered out; on average 2.5 people (95 % interval 1 to 1,500) of 10 to be moved are left behind. "
        "460 of 460 people are never ordered out: north, south."
    )


def test_those_who_were_never_ordered_out_stand_beside_every_all() -> None:
    text = said(**never(380, "north"))
    assert text.startswith("T: everyone who is ordered out is out 30 h after the first order")
    assert text.endswith("; none of them was left behind in 1,240 replications. 380 of 460 people are never ordered out: north.")
    assert said(**never(1, "north")).endswith(" 1 of 460 people is never ordered out: north.")
    some = said(**NEVER, **SOME, **never(12.5, "b", "a", "c", "e", "d", share=0.25))
    assert some.startswith("T: everyone to be moved is out only in 75 %")
    assert some.endswith(" On average 12 of 460 people are never ordered out: b, a, c and 2 more missions.")
    assert said(**never(300, "a", share=0.5)).endswith(" On average 300 of 460 people are never ordered out: a.")
    assert "never ordered" not in said(
        never_ordered={"people": None, "share": None, "missions": []}
    )  # kept before it was counted


def test_the_never_ordered_come_before_what_holds_the_others_up() -> None:
    text = said(**never(380, "north"), held_up_by="seats", waited_h={"seats": 5.0})
    assert ". 380 of 460 people are never ordered out: north. What holds people up most is lack of seats" in text


def test_all_are_out() -> None:
    whole = (
        "T: all 10 people are out 30 h after the first order in the middle case (95 % interval 20 h to 40 h) and 60 h after it "
    )
    assert said() == whole + "in 9 cases of 10; nobody was left behind in 1,240 replications."
    assert said(p90_h=None) == whole.removesuffix(" and 60 h after it ") + "; nobody was left behind in 1,240 replications."
    assert " in the middle case (too few replications for an interval) and " in said(p50_interval_h=None)


def test_an_interval_may_reach_never_or_the_horizon() -> None:
    def ends(reason: str | None) -> str:
        return said(p50_interval_h=[20.0, None], never={"p50_interval_h": [None, reason]})

    assert "(95 % interval 20 h to never)" in ends("stranded")
    assert "(95 % interval 20 h to more than 30 d)" in ends("unfinished")


def test_the_middle_case_is_out_and_some_are_not() -> None:
    assert said(**SOME).endswith(
        "in 9 cases of 10, but only in 75 % of the replications (50 % to 90 %) at all; 2.5 people are left behind on average."
    )
    one = SOME | {"left_behind": {**SOME["left_behind"], "mean": 1.0}}
    assert said(**one).endswith("; 1 person is left behind on average.")


def test_the_middle_case_is_not_out() -> None:
    start = "T: everyone is out only in 75 % of the replications (50 % to 90 %); on average 2.5 people "
    behind = "(95 % interval 1 to 1,500) of 10 to be moved are left behind"
    assert said(**NEVER, **SOME) == f"{start}{behind}, though half of them are out 12 h after the first order."
    assert said(**NEVER, **SOME, half_out_h=None) == f"{start}{behind}."
    one = SOME | {"left_behind": {"mean": 2.5, "low": None, "high": None}}
    assert said(**NEVER, **one, half_out_h=None) == f"{start}of 10 to be moved are left behind."
    none = SOME | {"p_all_out": {"estimate": 0.0, "low": 0.0, "high": 0.1}}
    assert said(**NEVER, **none).startswith("T: everyone is out in 0 % of the replications (0 % to 10 %)")


def test_a_random_number_of_people_and_an_order_that_may_not_come() -> None:
    assert said(to_move=12.6).startswith("T: everyone to be moved (13 people on average) is out 30 h after")
    assert said(p_ordered=0.5).startswith("T: where an order is given (50 % of the replications), all 10 people are out")


WAITED = {"order": 100.0, "crowd": 30.0, "seats": None, "search": 10.0}


def test_what_holds_people_up_is_a_share_of_the_hours_after_the_order() -> None:
    """30 of 30 + 10; the hours before the order count only where the order itself is the cause: 100 of 140."""
    assert said(held_up_by="crowd", waited_h=WAITED).endswith(
        " What holds people up most is the crowd at the gates (75 % of the hours waited after the order)."
    )
    assert "waiting for the order (71 % of the hours waited)" in said(held_up_by="order", waited_h=WAITED)
    assert "lack of seats (0 % of the hours waited after the order)" in said(held_up_by="seats", waited_h=WAITED)
    assert "(0 % of the hours waited)" in said(held_up_by="seats", waited_h={"seats": None})


def test_deciding_is_said_beside_what_holds_people_up_where_it_took_more() -> None:
    """90 hours of ten people, against 30 of waiting for the crowd and 100 of waiting for the order."""
    most = " Deciding took 9 h a person, more than any cause of waiting."
    few = {"crowd": 30.0, "seats": 10.0}
    assert said(held_up_by="crowd", waited_h=few, spent_h={"deciding": 90.0}).endswith(f"(75 % of the hours waited).{most}")
    assert "Deciding" not in said(held_up_by="crowd", waited_h=WAITED, spent_h={"deciding": 90.0})
    assert "Deciding" not in said(held_up_by="crowd", waited_h=few, spent_h={"deciding": 0.0, "doing_ready": 90.0})
    assert said(spent_h={"deciding": 90.0}).endswith(most)


def left(stranded: float = 2.0, unfinished: float = 0.0, **more: Any) -> str:
    """What is said of why people are left behind."""
    by = {"held_when_closed": {"crowd": 1_500.0, "doing_road": 500.0}, "cost_most": {"deciding": 1_200.0, "seats": 800.0}} | more
    behind = SOME["left_behind"] | {"stranded": stranded, "unfinished": unfinished} | by
    return said(**(SOME | {"left_behind": behind})).partition(" Of those left behind, ")[2]


def test_why_people_are_left_behind() -> None:
    assert left() == (
        "1,500 (75 %) were held by the crowd at the gates when the airport was lost; "
        "what had cost 1,200 (60 %) of them the most hours was deciding."
    )
    assert " when the simulation ended; " in left(0.0, 2.0)
    assert " at the end; " in left(1.0, 1.0)
    assert left(held_when_closed={"doing_ready": 0.25}).startswith("0.2 (100 %) were still getting ready when")
    assert left(held_when_closed={"order": 3.0}).startswith("3 (100 %) were waiting for the order when")
    assert left(held_when_closed={"given_up": 3.0}).startswith("3 (100 %) gave up after being turned back; ")
    assert left(held_when_closed={}) == left(cost_most={}) == ""


def row(path: str, low: Any = 1.0, high: Any = 2.0, **more: Any) -> dict[str, Any]:
    return {"path": path, "grade": "assumed", "kind": "uncertainty", "value": "3", "low": low, "high": high, "unit": "h"} | more


def behind(**more: Any) -> str:
    text = said((row("airport.crowd.slows", **more),), held_up_by="crowd", waited_h=WAITED)
    return text.partition("; the assumed input behind it is ")[2]


def test_the_input_is_named_with_its_range() -> None:
    assert behind() == "crowd that halves the speed of an exposed gate: 3 h (range 1 to 2 h; airport.crowd.slows)."
    assert (
        behind(low=1_500, high=6_000, value="3000", unit="people")
        == "crowd that halves the speed of an exposed gate: 3000 people (range 1,500 to 6,000 people; airport.crowd.slows)."
    )
    assert behind(unit="") == "crowd that halves the speed of an exposed gate: 3 (range 1 to 2; airport.crowd.slows)."
    assert (
        behind(unit=None, value="40 %")
        == "crowd that halves the speed of an exposed gate: 40 % (range 1 to 2; airport.crowd.slows)."
    )
    assert behind(value="3 h") == "crowd that halves the speed of an exposed gate: 3 h (range 1 to 2 h; airport.crowd.slows)."
    assert behind(value=None, text="{uniform: [1 h, 5 h]}") == (
        "crowd that halves the speed of an exposed gate: {uniform: [1 h, 5 h]} h "
        "(range of its mean 1 to 2 h; airport.crowd.slows)."
    )
    assert (
        behind(low=None)
        == behind(high=None)
        == behind(high=math.inf)
        == "crowd that halves the speed of an exposed gate: 3 h (airport.crowd.slows)."
    )


class Listed:
    """A row of ``describe`` as an object."""

    path, grade, kind, value, low, high, unit = "airport.crowd.slows", "assumed", "uncertainty", "3", 1.0, 2.0, "h"


def test_rows_may_be_objects() -> None:
    assert leaning("crowd", [Listed()]) is not None
    assert said((Listed(),), held_up_by="crowd", waited_h=WAITED).endswith(
        "crowd that halves the speed of an exposed gate: 3 h (range 1 to 2 h; airport.crowd.slows)."
    )


def named(cause: str, *rows: dict[str, Any], **more: Any) -> str | None:
    found = leaning(cause, rows, **more)
    return None if found is None else found["path"]


def test_only_what_is_assumed_and_not_ours_to_choose_is_leant_on() -> None:
    slows = "airport.crowd.slows"
    assert named("crowd", row(slows)) == slows
    assert named("crowd", row(slows, kind=None)) == slows
    assert named("crowd", row(slows, grade="reported")) is None
    assert [named("crowd", row(slows, kind=kind)) for kind in ("lever", "constant")] == [None, None]
    assert named("runway", row(slows)) is None
    assert named("unheard-of", row(slows)) is None


def test_the_most_direct_then_the_widest_then_by_path() -> None:
    """The width of a range is high / low; one of no size for what has no range, or one that begins at nothing."""
    direct, wide = row("airport.crowd.slows", 1, 2), row("airport.crowd.inflow", 1, 100)
    assert named("crowd", wide, direct) == "airport.crowd.slows"
    closes = row("airport.crowd.close_above", 2, 5)
    assert named("crowd", direct, closes) == "airport.crowd.close_above"
    assert named("crowd", direct, row("airport.crowd.close_above", 2, 4)) == "airport.crowd.close_above"
    assert named("crowd", direct, row("airport.crowd.close_above", 0, 4)) == "airport.crowd.slows"
    assert named("crowd", direct, row("airport.crowd.close_above", None, None)) == "airport.crowd.slows"
    assert named("crowd", row("airport.crowd.slows", 4, 4.5), row("airport.crowd.close_above", 9, 10)) == "airport.crowd.slows"


def test_an_input_of_those_in_charge_only() -> None:
    guard, mine = row("security.providers.guard.force.per_lane"), row("airport.gates.main.lanes", 1, 1)
    assert named("search", guard, mine) == "airport.gates.main.lanes"  # the more direct
    assert named("search", guard) == named("search", guard, providers=["guard"]) == guard["path"]
    assert named("search", guard, providers=["other"]) is None
    assert named("search", mine, providers=[]) == mine["path"]


@pytest.mark.parametrize("cohorts", [None, {"b": {"x": {"crowd": 1.0}, "y": {"crowd": 9.0}}}])
def test_the_mission_and_cohort_that_wait_longest_come_first(cohorts: dict[str, Any] | None) -> None:
    """Mission b waits longest for getting ready, and of it cohort y where the summary has cohorts."""
    missions = {m: {"waited_h": {"readiness": h, "crowd": 99.0 - (h or 0.0)}} for m, h in (("a", 1.0), ("b", 9.0), ("c", None))}
    more: dict[str, Any] = {}
    if cohorts is not None:
        more["cohorts"] = {m: {c: {"waited_h": {"readiness": w["crowd"]}} for c, w in of.items()} for m, of in cohorts.items()}
    paths = [f"missions.{m}.cohorts.{c}.ready" for m, c in ("ax", "bx", "by", "cx")]
    rows = tuple(row(path, 1, 50 if path.startswith("missions.a") else 3) for path in paths)
    text = said(rows, missions, held_up_by="readiness", waited_h={"readiness": 10.0}, **more)
    assert f"; {paths[1 if cohorts is None else 2]})." in text
    assert f"; {paths[0]})." in said(rows, held_up_by="readiness", waited_h={"readiness": 10.0})


def test_an_input_is_named_in_words_with_whose_it_is_and_its_path_once() -> None:
    missions = {"north": {"waited_h": {"readiness": 9.0}, "title": "Embassy (of the north)"}}
    text = said((row("missions.north.cohorts.core.ready"),), missions, held_up_by="readiness", waited_h={"readiness": 10.0})
    assert "; the assumed input behind it is time to get ready (Embassy, core): 3 h (range 1 to 2 h; " in text
    assert text.count("missions.north.cohorts.core.ready") == 1


def test_like_times_of_a_sentence_have_one_unit() -> None:
    """19 h of all and four days of a mission: both in days, as in the table below it."""
    slow = {"m": {"p50_h": 96.0, "p90_h": None, "ordered_h": 0.0, "waited_h": {}}}
    text = said(missions=slow, p50_h=19.0, p50_interval_h=[18.0, 80.0])
    assert "out 0.8 d after the first order in the middle case (95 % interval 0.8 d to 3.3 d) and 2.5 d after it" in text
    assert "out 19 h after" in said(p50_h=19.0, p90_h=70.0)


def test_titles_stand_for_missions_in_sentences() -> None:
    text = said(missions={"n": {"title": "Embassy (north)", "waited_h": {}}}, **never(380, "n"))
    assert text.endswith("380 of 460 people are never ordered out: Embassy.")


def test_a_share_of_one_set_has_no_interval() -> None:
    one = {"p_all_out": {"estimate": 0.5, "low": None, "high": None}, "left_behind": {"mean": 2.5, "low": None, "high": None}}
    assert "everyone is out only in 50 % of the replications; on average 2.5 people of 10" in said(**NEVER, **one)


@pytest.mark.parametrize(("most", "whom"), [(300.0, "of 460 to be moved"), (500.0, "of those to be moved (460 on average)")])
def test_no_more_are_left_behind_than_were_there(most: float, whom: str) -> None:
    """In other states of the world more are there than on average: the number that the range is *of* isn't below it."""
    outcome = {"p05": 0.0, "p50": 100.0, "p95": most}
    text = said(**NEVER, to_move=460.0, left_behind={"mean": 120.0, "low": 90.0, "high": 150.0, "outcome": outcome})
    assert f"between 0 and {most:.0f} {whom} are left behind" in text


# -- what isn't known ------------------------------------------------------------------------------------------------------


def unknown(
    *first: str, of: str = "left_behind", part: Any = (0.6, 0.4, 0.75), outcome: Any = (0, 100), rivals: Any = (), **more: Any
) -> str:
    """What is said of inputs that aren't known: the share that they have in the spread of outcomes, and those that stand out."""
    share_of = None if part is None else dict(zip(("share", "low", "high"), part, strict=True))
    ends = None if outcome is None else {"p05": outcome[0], "p50": 10.0, "p95": outcome[1]}
    entry = filled(Entry, **{of: {"outcome": ends, "from_inputs": share_of}})
    inputs = {"sets": 1_000, "of": f"total.{of}", "first": list(first), "rivals": list(rivals), "reason": "", **more}
    return not_known(filled(Summary, missions={}, inputs=inputs), entry)


def test_where_inputs_are_as_written_nothing_is_said_of_them() -> None:
    assert not_known(filled(Summary, missions={}), filled(Entry)) == ""


def test_the_share_of_the_spread_that_is_not_known() -> None:
    assert unknown("warning") == (
        " 60 % of that spread (40 % to 75 %) is what isn't known of the inputs, the rest is chance; "
        "the input that matters most is warning before the fall (warning)."
    )
    assert unknown("warning", of="hours_within_horizon").startswith(" 60 % of the spread of the hours until all are out (40")
    assert unknown("warning", part=(1.0, 1.0, 1.0)).startswith(
        " 100 % of that spread (100 % to 100 %) is what isn't known of the inputs; the input"
    )


@pytest.mark.parametrize(
    "none", [{"part": None}, {"part": (0.6, None, None)}, {"outcome": None}, {"outcome": (5.0, 5.0)}],
    ids=["no share", "no interval", "no outcomes", "nine of ten alike"],
)  # fmt: skip
def test_without_a_spread_of_which_it_is_a_share_only_the_input_is_named(none: dict[str, Any]) -> None:
    assert unknown("warning", **none) == " The input that matters most is warning before the fall (warning)."
    assert unknown(reason="too few sets", **none) == ""


def test_inputs_that_can_not_be_told_apart() -> None:
    names = ["warning", "airport.crowd.slows", "airport.holding", "hubs.x.beds", "hubs.y.beds"]
    assert "; no single input stands out in 1,000 sets." in unknown()
    assert "; the input that stands out is warning before the fall (warning)." in unknown("warning", rivals=["airport.holding"])
    assert "; the input that matters most is warning before the fall (warning), or " in unknown(*names[:2])
    assert unknown(*names[:3]).count(", or ") == 2
    assert unknown(*names).endswith("(airport.holding), or one of 2 more.")
    assert unknown(reason="too few sets").endswith("the inputs, the rest is chance.")


def test_where_it_fails_is_said_once_the_share_is() -> None:
    """An input has its path where the sentence hasn't named it yet."""
    limits = [{"factor": "warning", "low": 0.0, "high": 0.4}, {"factor": "airport.holding", "low": 0.6, "high": 1.0}]
    box = {"limits": limits, "density": 0.8, "base_rate": 0.25}
    text = unknown("warning", fails={"left_behind_above": None, "box": box}).partition(". Where ")[2]
    assert text == (
        "warning before the fall is in its lower 40 % and places in the holding area (airport.holding) is in its upper 40 %, "
        "80 % of the sets leave somebody behind, of all sets 25 %."
    )
    assert "80 % of the sets leave more than 1,500 behind" in unknown(fails={"left_behind_above": 1_500.0, "box": box})
    assert "Where" not in unknown("warning", fails={"left_behind_above": None, "box": None})
    assert "Where" not in unknown("warning", part=None, fails={"left_behind_above": None, "box": box})

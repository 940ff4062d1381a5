"""Deadlines as an object and in words: entries, differences, warnings, the sentence; made-up curves of known shares."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from sim.analysis.statistics import proportion
from sim.analysis.study import Outcome, Proposal
from sim.studies.deadline.curve import Curve, Deadline, Gain, Tried
from sim.studies.deadline.curve import tried as of_date
from sim.studies.deadline.found import DeadlineDifference, FoundDeadlines, ScopeDeadline, deadlines_json
from sim.studies.deadline.summary import (
    TOTAL,
    About,
    _bought,
    _end,
    curve_table,
    date_of,
    deadline_table,
    each_deadline,
    headline,
    in_words,
    only_mission,
    picture_title,
    scope_name,
    signed,
    summarise_deadlines,
)
from tests.analysis.synthetic import result, row

START = datetime(2021, 9, 12, 6)
N = 60
INF = math.inf
NEVER_FALLS = dict.fromkeys(range(N), INF)


def tried(hours: float, out: int, undecided: int = 0, n: int = N, failed: int = 0, people: float = 40.0) -> Tried:
    k = np.arange(n)
    return Tried(hours, k, k < out, (k >= out) & (k < out + undecided), people, failed)


def curve(scenario: int, scope: str, outs: list[int], n: int = N) -> Curve:
    """A date every day; the first so many of *n* replications are out."""
    return Curve(scenario, scope, [tried(24.0 * k, out, n=n) for k, out in enumerate(outs)])


def lost(scenario: int, scope: str) -> Curve:
    no = np.zeros(0, dtype=np.int64)
    return Curve(scenario, scope, [Tried(0.0, no, no == 1, no == 1, 0.0, 5, "all 5 replications failed")])


def found(
    *curves: Curve, fall: dict[int, float] = NEVER_FALLS, names: tuple[str, ...] = ("none-now", "guard-now")
) -> FoundDeadlines:
    abouts = [About(name, f"The {name}", START, horizon, fall) for name, horizon in zip(names, (1000.0, INF), strict=False)]
    return summarise_deadlines(curves, abouts, 0.8, 6.0, 1)


def summary(*curves: Curve, **more: Any) -> dict[str, Any]:
    return deadlines_json(found(*curves, **more))


def test_an_entry_of_a_curve_that_falls() -> None:
    """At 80 %: 54 and 48 of 60 reach it, 30 do not: the deadline is the second date, 24 h after 06:00."""
    made = Curve(0, "a", [tried(0.0, 54, people=38.0), tried(24.0, 48, undecided=3), tried(48.0, 30, failed=2)])
    (entry,) = summary(made)["deadlines"]
    assert (entry["scenario"], entry["scope"], entry["error"], entry["people"]) == ("none-now", "a", None, 40.0)
    assert (entry["status"], entry["order_h"], entry["order_at"]) == ("date", 24.0, "2021-09-13 06:00")
    assert (entry["chance_at_first"], entry["chance_at_last"], entry["undecided_most"]) == (0.9, 0.5, 0.05)
    # 54 of 60: the lower end is 0.795 < 0.8, so no date is surely early enough; 51 of 60 reach 0.929, 30 of 60 0.632
    assert entry["interval_h"] == [None, 48.0]
    assert entry["interval_at"] == [None, "2021-09-14 06:00"]
    assert entry["interval_status"] == ["never", "date"]
    assert (entry["warning"], entry["rises_h"]) == (None, [])
    first, second, third = entry["curve"]
    assert (first["order_h"], first["order_at"], first["n"], first["out"], first["undecided"]) == (
        0.0,
        "2021-09-12 06:00",
        60,
        54,
        0,
    )
    assert (second["estimate"], second["undecided"]) == (0.8, 3)
    assert second["low"] == round(proportion(48, 60).low, 6)
    assert second["high"] == round(proportion(51, 60).high, 6)
    assert (third["failed"], third["error"]) == (2, None)


def test_the_summary_of_all() -> None:
    said = summary(curve(0, "total", [60, 60, 10]), curve(1, "total", [60, 60, 60]))
    assert (said["confidence"], said["resolution_h"], said["seed"], said["replications"]) == (0.8, 6.0, 1, 60)
    assert (said["first_h"], said["last_h"], said["final"]) == (0.0, 48.0, True)
    assert [(s["scenario"], s["title"], s["start"], s["horizon_h"]) for s in said["scenarios"]] == [
        ("none-now", "The none-now", "2021-09-12 06:00", 1000.0), ("guard-now", "The guard-now", "2021-09-12 06:00", None),
    ]  # fmt: skip
    (difference,) = said["differences"]
    assert (difference["base"], difference["other"], difference["scope"], difference["pairs"]) == (
        "none-now",
        "guard-now",
        "total",
        60,
    )
    assert (difference["base_status"], difference["other_status"], difference["distinct"]) == ("date", "any", True)
    assert (difference["later_h"], difference["low_h"], difference["low_status"], difference["high_status"]) == (
        None,
        None,
        "any",
        "any",
    )
    nothing = summary()
    assert (nothing["first_h"], nothing["last_h"], nothing["replications"]) == (None, None, 0)
    assert nothing["headline"] == "Nobody has to be moved."


def test_failures_make_nothing_final_and_are_left_out_of_differences() -> None:
    said = summary(curve(0, "a", [60, 10]), lost(1, "a"))
    assert not said["final"]
    assert said["differences"] == []
    assert said["deadlines"][1]["status"] == "failed"
    assert said["deadlines"][1]["order_h"] is None
    assert said["replications"] == 60
    assert said["warnings"] == ["Guard-now, a: all 5 replications failed"]
    some = summary(Curve(0, "a", [tried(0.0, 60, failed=3), tried(24.0, 0)]))
    assert not some["final"]
    assert some["replications"] == 63
    assert some["warnings"] == ["None-now, a: 3 replications failed: nothing here is final"]
    assert some["headline"] == "No answer: a point or a replication failed."
    point = replace(tried(24.0, 0), error="the date is not accepted")
    for failed in (0, 1):  # a point that is not accepted may have no replication that failed
        assert not summary(Curve(0, "a", [tried(0.0, 60), replace(point, failed=failed)]))["final"]
    table = deadline_table(found(lost(0, "a")))
    assert table.row(0, named=True)["error"] == "all 5 replications failed"
    assert table["low_h"].to_list() == [None]


def test_a_difference_between_dates() -> None:
    """The same curve a day later in every replication: one day, without doubt."""
    said = summary(curve(0, "a", [60, 60, 0, 0]), curve(1, "a", [60, 60, 60, 0]))
    (difference,) = said["differences"]
    assert (difference["later_h"], difference["low_h"], difference["high_h"], difference["distinct"]) == (24.0, 24.0, 24.0, True)
    assert (difference["low_status"], difference["high_status"]) == ("date", "date")
    assert difference["in_words"] == "“Guard-now” instead of “None-now” buys a 24 h (95 % interval 24 h to 24 h)"
    assert said["headline"] == (
        "“Guard-now” instead of “None-now” buys a 24 h (95 % interval 24 h to 24 h), "
        "with all out in 80 % of the cases, among the dates tried."
    )


def test_a_difference_that_includes_zero_is_not_told() -> None:
    base, other = curve(0, "a", [60, 47, 0]), curve(1, "a", [60, 48, 0])
    (difference,) = summary(base, other)["differences"]
    assert (difference["later_h"], difference["low_h"], difference["distinct"]) == (24.0, 0.0, False)
    assert difference["in_words"].endswith(", which can't be told from no difference")
    (turned,) = summary(curve(0, "a", [60, 48, 0]), curve(1, "a", [60, 47, 0]))["differences"]
    assert (turned["later_h"], turned["high_h"], turned["distinct"]) == (-24.0, 0.0, False)
    few = summary(curve(0, "a", [10, 10, 0], n=10), curve(1, "a", [10, 0, 0], n=10))["differences"][0]
    assert (few["low_status"], few["high_status"], few["distinct"]) == ("few", "few", False)


DATE, ANY, NEVER = Deadline(48.0, 24.0, 72.0), Deadline(INF, 24.0, INF), Deadline(-INF, -INF, 24.0)


@pytest.mark.parametrize(
    ("base", "other", "hours", "said"),
    [
        (ANY, ANY, math.nan, "a: at any time tried with either of “x-t” and “y-t”"),
        (NEVER, NEVER, math.nan, "a: never early enough with either of “x-t” and “y-t”"),
        (NEVER, DATE, INF, "“y-t” instead of “x-t” makes it possible for a to decide at all (up to 48 h after the start)"),
        (NEVER, ANY, INF, "“y-t” instead of “x-t” makes it possible for a to decide at all (at any time tried)"),
        (DATE, NEVER, -INF, "“y-t” instead of “x-t” leaves a no date that is early enough"),
        (ANY, NEVER, -INF, "“y-t” instead of “x-t” leaves a no date that is early enough"),
        (DATE, ANY, INF, "“y-t” instead of “x-t”: a can decide at any time tried instead of up to 48 h after the start"),
        (ANY, DATE, -INF, "“y-t” instead of “x-t”: a must decide 48 h after the start instead of at any time tried"),
        (
            DATE,
            DATE,
            0.0,
            "“y-t” instead of “x-t” moves the deadline of a by nothing that can be seen (95 % interval −6 h to 6 h)",
        ),
    ],
)
def test_every_pair_of_answers_has_its_words(base: Deadline, other: Deadline, hours: float, said: str) -> None:
    bought = Gain(hours, -6.0, 6.0, 60, 60)
    assert _bought("a", ("x-t", "y-t"), base, other, bought, True) == said
    unsure = _bought("a", ("x-t", "y-t"), base, other, bought, False)
    told = base.status != other.status
    assert unsure == said + (", which can't be told from no difference" if told else "")


@pytest.mark.parametrize(
    ("hours", "low", "high", "sets", "said"),
    [
        (0.5, 0.25, 1.0, 60, "buys a 30 min (95 % interval 15 min to 1 h)"),
        (-6.0, -12.0, -3.0, 60, "costs a 6 h (95 % interval 3 h to 12 h)"),
        (0.0, -6.0, 12.0, 60, "moves the deadline of a by nothing that can be seen (95 % interval −6 h to 12 h)"),
        (6.0, None, None, 60, "buys a 6 h (too few replications for an interval)"),
        (6.0, 3.0, None, 60, "buys a 6 h (too few replications for an interval)"),
        (-6.0, None, None, 30, "costs a 6 h (too few sets of inputs for an interval)"),
    ],
)
def test_what_is_bought_has_the_interval_of_its_sign(
    hours: float, low: float | None, high: float | None, sets: int, said: str
) -> None:
    """What is lost is a cost, and its interval turns round with it; without two ends there is none, for want of sets."""
    words = _bought("a", ("x-t", "y-t"), DATE, DATE, Gain(hours, low, high, 60, sets), True)
    assert words == f"“y-t” instead of “x-t” {said}"


def test_ends_of_an_interval_that_are_no_dates() -> None:
    assert [_end(x) for x in (None, 0.0, -5.0, INF, -INF)] == ["few", "date", "date", "any", "never"]
    assert [signed(x) for x in (INF, -INF, 6.0, -6.0, 0.0)] == [
        "more than any date tried", "less than any date tried", "6 h", "−6 h", "0 h",
    ]  # fmt: skip
    assert (scope_name("total"), scope_name("a")) == ("all together", "a")
    assert date_of("2021-09-05 08:30") == "5 Sep 08:30"
    dated = ScopeDeadline(scenario="x", scope="a", status="date", order_h=30.0, order_at="2021-09-13 12:00")
    assert in_words(dated).endswith("after the start, 13 Sep 12:00, among the dates tried")
    half = replace(dated, interval_status=("date", "any"), interval_h=(6.0, None))
    assert in_words(half).endswith(" (95 % interval 6 h to any time tried)")


def test_what_takes_from_an_answer_is_said() -> None:
    again = summary(curve(0, "a", [60, 10, 50, 10, 60, 10, 60, 60]))
    rises = [w for w in again["warnings"] if "monotone" in w]
    assert rises == [
        "None-now, a: the curve is not monotone (higher again at 48 h, 4 d, 6 d, 7 d after the start); "
        "the deadline is where it first falls"
    ]
    unknown = Curve(0, "a", [tried(0.0, 54, undecided=3), tried(24.0, 10)])
    assert summary(unknown)["warnings"] == ["None-now, a: up to 5 % of the replications are undecided at the horizon"]
    hundred = Curve(0, "a", [tried(0.0, 99, undecided=1, n=100), tried(24.0, 10, n=100)])
    assert summary(hundred)["warnings"] == []  # 1 % is not worth a word
    few = summary(curve(0, "a", [16, 0], n=16))["warnings"]
    assert few == ["16 replications are too few for an interval at 80 %; it takes 17"]  # 0.8 ** 17 = 0.0225, 0.8 ** 16 = 0.028
    assert summary(curve(0, "a", [17, 0], n=17))["warnings"] == []


def test_no_more_than_four_rises_are_named() -> None:
    (line,) = (w for w in summary(curve(0, "a", [60, *[10, 50] * 6]))["warnings"] if "monotone" in w)
    assert "(higher again at 48 h, 4 d, 6 d, 8 d after the start)" in line


def test_nobody_to_move_is_no_replication_and_no_set() -> None:
    said = summary()
    assert (said["headline"], said["final"], said["replications"], said["sets"]) == ("Nobody has to be moved.", True, 0, 0)
    assert (said["first_h"], said["last_h"]) == (None, None)


def test_the_title_of_the_picture_is_the_latest_order_alone() -> None:
    """Of several scenarios, and where there is no answer, it is the headline."""
    one = found(curve(0, TOTAL, [60, 60, 0]))
    assert picture_title(one).startswith("All missions together can order up to 24 h after the start, 13 Sep 06:00")
    assert "with all out in" not in picture_title(one)
    for other in (
        found(),
        found(Curve(0, "a", [tried(0.0, 60, failed=3)])),
        found(curve(0, "a", [60, 60, 0]), curve(1, "a", [60, 60, 60])),
    ):
        assert picture_title(other) == other.headline


def test_the_sentence_of_one_scenario() -> None:
    """All together first, then the mission that must decide first; the mission that must decide is not the one told of before."""
    said = summary(curve(0, "a", [60, 60, 60, 0]), curve(0, "b", [60, 60, 0, 0]), curve(0, "total", [60, 0, 0, 0]))["headline"]
    assert said.startswith("The none-now: all missions together can order up to 0 h after the start, 12 Sep 06:00")
    assert "; the first that must decide is b, up to 24 h after the start, 13 Sep 06:00" in said
    assert said.count("with all out in 80 % of the cases") == 1
    alone = summary(curve(0, "a", [60, 0]))["headline"]
    assert alone.startswith("The none-now: a can order up to 0 h after the start")
    assert "the first that must decide" not in alone
    never = summary(curve(0, "total", [30, 10]), curve(0, "a", [60, 60]))["headline"]
    assert never == (
        "The none-now: all missions together: never early enough, with all out in 80 % of the cases "
        "(ordered at the first date, all are out in 50 %)."
    )


def told(scope: str, later: float | None, distinct: bool) -> DeadlineDifference:
    ends: Any = (None, None, "few", "few", "date", "date")
    return DeadlineDifference(scope, "x", "y", later, *ends, 60, 60, distinct, f"it buys {scope}")


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        (
            [told("a", 5.0, False), told("b", 1.0, True)],
            "It buys b, with all out in 80 % of the cases, among the dates tried (1 more mission in the table).",
        ),
        (
            [told("a", 5.0, True), told("total", 1.0, True)],
            "It buys total, with all out in 80 % of the cases, among the dates tried (1 more mission in the table).",
        ),
        (
            [told("a", 5.0, True), told("b", -9.0, True)],
            "It buys b, with all out in 80 % of the cases, among the dates tried (1 more mission in the table).",
        ),
        (
            [told("a", None, True), told("b", 2.0, False)],
            "It buys b, with all out in 80 % of the cases, among the dates tried (1 more mission in the table).",
        ),
        (
            [told("a", 0.0, False), told("b", None, True)],
            "It buys b, with all out in 80 % of the cases, among the dates tried (1 more mission in the table).",
        ),
        ([told("a", 5.0, True), told("a", 6.0, True)], "It buys a, with all out in 80 % of the cases, among the dates tried."),
        (
            [told(x, 5.0, True) for x in "abc"],
            "It buys a, with all out in 80 % of the cases, among the dates tried (2 more missions in the table).",
        ),
    ],
)
def test_the_sentence_of_several_scenarios_tells_what_is_sure_first(differences: list[DeadlineDifference], said: str) -> None:
    """What can be told before what cannot, all together before a mission, the larger before the smaller."""
    assert headline(replace(found(), differences=tuple(differences))) == said


def test_the_warning_needed_before_a_fall() -> None:
    """The fall comes at 40 h in every replication, out are those ordered at 0 and 24 h: 16 h do, an order at 48 h does not."""
    falls = found(curve(0, "a", [60, 60, 0]), fall=dict.fromkeys(range(N), 40.0))
    said = deadlines_json(falls)
    warning = said["deadlines"][0]["warning"]
    assert (warning["falls"], warning["left_p10_h"], warning["left_p50_h"]) == (60, 16.0, 16.0)
    assert warning["status"] == "date"
    low, high = warning["interval_h"]
    assert low <= -8.0 + 1.0  # 48 h is 8 h after the fall; the warnings are tried in steps of an hour
    assert 16.0 - 1.0 <= high <= 16.0 + 1.0
    assert warning["interval_status"] == ["date", "date"]
    hours = [point["warning_h"] for point in warning["curve"]]
    assert (hours[0], hours[-1]) == (40.0, -8.0)
    assert {point["n"] for point in warning["curve"]} == {60}
    assert warning["curve"][0] == {
        "warning_h": 40.0,
        "n": 60,
        "estimate": 1.0,
        "low": round(proportion(60, 60).low, 6),
        "high": 1.0,
    }
    assert deadline_table(falls).row(0, named=True)["warning_needed_h"] == warning["needed_h"]
    always = summary(curve(0, "a", [60, 60, 60]), fall=dict.fromkeys(range(N), 40.0))["deadlines"][0]["warning"]
    assert (always["status"], always["needed_h"], always["left_p10_h"]) == ("none", None, None)
    never = summary(curve(0, "a", [0, 0, 0]), fall=dict.fromkeys(range(N), 40.0))["deadlines"][0]["warning"]
    assert (never["status"], never["interval_status"]) == ("more", ["more", "more"])


def test_tables() -> None:
    both = found(curve(0, "a", [60, 30]), curve(1, "b", [60, 60]))
    points = curve_table(both)
    assert points["scenario"].to_list() == ["none-now"] * 2 + ["guard-now"] * 2
    assert points["out"].to_list() == [60, 30, 60, 60]
    rows = deadline_table(both)
    assert rows["status"].to_list() == ["date", "any"]
    assert rows["order_h"].to_list() == [0.0, None]
    assert rows["low_h"].to_list() == [0.0, None]
    assert both.deadlines[0].curve[1].estimate == 0.5


def test_those_whom_nobody_orders_out_are_not_among_all_that_are_out() -> None:
    """Where all are out in some replications; the most of all dates is told, of all together before a mission."""
    some = [replace(tried(24.0 * k, 60 - 20 * k), not_among_all=float(many)) for k, many in enumerate((12, 38, 0))]
    said = summary(Curve(0, TOTAL, some), Curve(0, "a", [tried(0.0, 60), tried(24.0, 30)]))
    text = "up to 38 people are not among all that are out: nobody orders them out"
    assert [entry["not_among_all"] for entry in said["deadlines"]] == [38, 0]
    assert [point["not_among_all"] for point in said["deadlines"][0]["curve"]] == [12, 38, 0]
    assert said["warnings"] == [f"None-now, all together: {text}"]
    assert said["headline"].endswith(f" In this, {text}.")
    for name in ("a", "west"):  # whichever comes first by name
        more = [replace(tried(24.0 * k, 60 - 20 * k), not_among_all=50.0) for k in range(3)]
        assert summary(Curve(0, TOTAL, some), Curve(0, name, more))["headline"].endswith(f" In this, {text}.")
        assert " up to 50 people are not among " in summary(Curve(0, name, more))["headline"]
    both = summary(Curve(0, TOTAL, some), Curve(1, TOTAL, [tried(0.0, 60), tried(24.0, 60), tried(48.0, 0)]))
    assert both["differences"]
    assert both["headline"].endswith(f" In this, {text}.")
    assert "not among" not in summary(curve(0, TOTAL, [60, 30]))["headline"]


def test_of_a_date_only_the_replications_count_in_which_all_are_out() -> None:
    quiet = row(staff=38, staying=38, ordered=INF, t100=0.0, never_ordered=38)
    left = row(staff=38, ordered=INF, t100=INF, stranded=38, never_ordered=38)
    point = Outcome(Proposal(n=4), result({"a": [row()] * 4, "north": [quiet, left, left, row(staff=38)]}))
    assert of_date(point, TOTAL, 6.0).not_among_all == 19
    assert of_date(point, "a", 6.0).not_among_all == 0
    none = Outcome(Proposal(n=2), result({"north": [left] * 2}))
    assert of_date(none, TOTAL, 6.0).not_among_all == 0


def by_sets(curve: Curve) -> Curve:
    """The same replications, two a set of inputs."""
    return Curve(curve.scenario, curve.scope, [replace(t, set_of=t.replication // 2) for t in curve.tried])


def test_in_how_many_sets_a_date_works_is_said() -> None:
    """57 of 60 replications are 28 whole sets of 30 and a half one."""
    said = summary(by_sets(curve(0, TOTAL, [60, 57, 10])))
    (entry,) = said["deadlines"]
    assert (said["replications"], said["sets"]) == (60, 30)
    assert entry["in_sets"] == {"sets": 30, "works": 28, "in_part": 1, "n": 60}
    assert [(p["sets"], p["sets_out"], p["sets_in_part"]) for p in entry["curve"]] == [(30, 30, 0), (30, 28, 1), (30, 5, 0)]
    assert said["headline"].startswith("The none-now: all missions together can order up to 24 h after the start, 13 Sep 06:00, ")
    assert said["headline"].endswith("in 28 of 30 sets of inputs nobody is left behind with an order by then, as simulated.")
    assert "among the dates tried" in said["headline"]
    assert {"sets", "sets_out", "sets_in_part"} <= set(curve_table(found(curve(0, TOTAL, [60]))).columns)
    never = summary(by_sets(curve(0, TOTAL, [10, 8])))["headline"]
    assert never.endswith("in 5 of 30 sets of inputs nobody is left behind with an order at the first date, as simulated.")
    always = summary(by_sets(curve(0, TOTAL, [60, 58])))["headline"]
    assert always.endswith("in 29 of 30 sets of inputs nobody is left behind with an order at the last date tried, as simulated.")
    assert "sets" not in summary(curve(0, TOTAL, [60, 57, 10]))["headline"]


def test_too_few_sets_are_said() -> None:
    """At 80 % it takes 17, of two replications each."""
    few = summary(by_sets(curve(0, "a", [30, 0], n=30)))
    assert few["warnings"] == ["15 sets of inputs are too few for an interval at 80 %; it takes 17 (34 replications)"]
    assert summary(by_sets(curve(0, "a", [34, 0], n=34)))["warnings"] == []


def test_the_first_that_must_decide_may_be_one_of_several() -> None:
    said = summary(curve(0, TOTAL, [60, 0, 0]), curve(0, "a", [60, 48, 0]), curve(0, "b", [60, 47, 0]))
    assert said["first_to_decide"] == [{"scenario": "none-now", "missions": ["b", "a"], "of": 2}]
    assert "; the first that must decide is b, up to 0 h after the start, 12 Sep 06:00, among the dates tried" in said["headline"]
    assert said["headline"].endswith(", or a: which can't be told.")
    apart = summary(curve(0, TOTAL, [60, 0, 0]), curve(0, "a", [60, 60, 0]), curve(0, "b", [60, 0, 0]))
    assert apart["first_to_decide"] == [{"scenario": "none-now", "missions": ["b"], "of": 2}]
    assert "can't be told" not in apart["headline"]
    alone = summary(curve(0, TOTAL, [60, 0, 0]), curve(0, "a", [60, 60, 0]))["headline"]
    assert "; a can order up to 24 h after the start" in alone
    assert "the first that must decide" not in alone


def test_of_one_mission_alone_each_scenario_has_its_sentence() -> None:
    """Nothing is added where there is one scenario, where all together are looked at, or where nothing is final."""
    alone = found(curve(0, "a", [60, 60, 0]), curve(1, "a", [60, 60, 60]))
    assert only_mission(alone) == "a"
    assert each_deadline(alone) == [
        "None-now: a can order up to 24 h after the start, 13 Sep 06:00, among the dates tried (95 % interval 24 h to 48 h).",
        "Guard-now: a can order at any time tried.",
    ]
    assert each_deadline(replace(alone, final=False)) == []
    assert only_mission(found(curve(0, "a", [60, 0]))) == "a"
    assert each_deadline(found(curve(0, "a", [60, 0]))) == []
    for other in (found(curve(0, TOTAL, [60]), curve(1, TOTAL, [60])), found(curve(0, "a", [60]), curve(0, "b", [60]))):
        assert only_mission(other) is None
        assert each_deadline(other) == []

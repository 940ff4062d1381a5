"""What a sweep says: readings as rows, paired differences between the ends, and the sentence."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.measure import parse
from sim.analysis.statistics import Estimate
from sim.analysis.study import Outcome, Proposal
from sim.studies.axis import Axis
from sim.studies.design.points import OWN, Design
from sim.studies.design.space import by_mission
from sim.studies.sweep.difference import difference, ends
from sim.studies.sweep.points import Readings, View, known_parts, read, samples, sources_digest, view_of
from sim.studies.sweep.words import _change, _inner, _signed, headline, leading, lies, line_title, name, value_text
from tests.analysis.synthetic import result, row

inf = math.inf
P50, P90, OUT, LEFT = (parse(f"total.{name}", []) for name in ("p50", "p90", "p_all_out", "left_behind"))
LANES = Axis.of("airport.gates.main.lanes", ("1", "2", "4"))


def outcome(times: list[float], failed: int = 0) -> Outcome:
    rows = [row(t100=t, stranded=10 if t == inf else 0) for t in times]
    return Outcome(Proposal(n=len(times)), result({"embassy": rows}), failed=failed)


def test_rows_of_a_point() -> None:
    mission = parse("embassy.p50", ["embassy"])
    cells = read(outcome([1.0, 2.0, 3.0, inf, inf, inf, inf]), [P50, P90, OUT, LEFT, mission, parse("gone.p50", ["gone"])])
    assert cells[0] == [inf, 1.0, inf, 7, "stranded", None, 0]
    assert cells[1] == [inf, None, None, 7, "stranded", None, 0]  # too few for an interval
    assert (cells[2][0], cells[3][0]) == (3 / 7, 40 / 7)
    assert cells[4] == cells[0]
    assert cells[5] == [None, None, None, None, None, "no mission gone in this scenario", None]


def test_a_failed_point_has_its_reason_everywhere() -> None:
    assert read(Outcome(Proposal(), error="no such lane"), [P50, LEFT]) == [[None] * 5 + ["no such lane", None]] * 2
    assert read(outcome([1.0, 2.0], failed=3), [P50])[0][5] == "3 of 2 replications failed"
    assert samples(Outcome(Proposal(), error="x"), [P50]) == {}


def test_measures_of_every_mission() -> None:
    assert by_mission(["total.p50", "a.p90"], ["a", "b"]) == ["total.p50", "a.p90", "a.p50", "b.p50"]


def test_provider_and_threat_where_names_say_them() -> None:
    assert known_parts(["turkish-collapse", "minimal", "kabul-2021"]) == [("turkish", "collapse"), None, None]
    mine = ["x-a", "y-a", "x-b", "y-b"]
    assert known_parts(mine) == [("x", "a"), ("y", "a"), ("x", "b"), ("y", "b")]


def test_paired_differences_of_every_kind() -> None:
    rng = np.random.default_rng(2)
    times = list(rng.gamma(2, 10, 100))
    base = outcome(times)
    later = outcome([t + 2 for t in times])
    worse = outcome([inf if k < 40 else t for k, t in enumerate(times)])
    one, two, three = (samples(o, [P50, OUT, LEFT]) for o in (base, later, worse))
    assert difference(P50, one, two) == (pytest.approx((2, 2, 2)), True)
    assert not difference(LEFT, one, two)[1]
    found, distinct = difference(LEFT, one, three)
    assert (found.value, distinct) == (4.0, True)
    found, distinct = difference(OUT, one, three)
    assert (found.value, distinct) == (-0.4, True)


Study = tuple[View, list[tuple[int, int]], dict[int, Readings]]


def study(
    values: dict[str, list[list[float]]], axes: tuple[Axis, ...] = (LANES,), scenarios: tuple[str, ...] = ("one",)
) -> Study:
    """A sweep whose points have these times, by scenario: the points, the ends of its only axis, and what they have been read."""
    measures = [P50, P90, LEFT]
    found = [outcome(times) for some in values.values() for times in some]
    where = [k for k, some in enumerate(values.values()) for _ in some]
    axis = (Axis("scenario", scenarios, chooses=True),) if len(scenarios) > 1 else ()
    design = Design("grid", (*axis, *axes))
    pairs = ends(design, where)
    view = view_of(design, scenarios, where, measures, [(k, read(o, measures)) for k, o in enumerate(found)], 60, 1, 720.0)
    return view, pairs, {p: samples(found[p], measures) for pair in pairs for p in pair}


def swept(values: dict[str, list[list[float]]], axes: tuple[Axis, ...] = (LANES,), scenarios: tuple[str, ...] = ("one",)) -> str:
    """The sentence of a sweep whose points have these times, by scenario."""
    return headline(*study(values, axes, scenarios))


TIMES = list(np.random.default_rng(3).gamma(4, 20, 60))


def test_the_sentence_of_an_axis() -> None:
    said = swept({"one": [[t * f for t in TIMES] for f in (1.0, 0.8, 0.5)]})
    assert said.startswith("With search lanes at Main gate from 1 to 4, the P90 of the time from the order falls from ")
    assert "(difference −" in said
    assert said.endswith("the number left behind stays at 0 (no difference shown).")


def test_what_is_not_shown_is_not_said() -> None:
    rng = np.random.default_rng(4)
    said = swept({"one": [TIMES, TIMES, list(rng.permutation(TIMES) + rng.normal(0, 15, 60))]})
    assert "can't be told from no difference" in said
    assert "falls" not in said
    assert "rises" not in said


def test_a_curve_that_turns_is_said() -> None:
    said = swept({"one": [TIMES, [t * 0.1 for t in TIMES], [t + 1 for t in TIMES]]})
    assert ", by way of " in said
    assert " at 2" in said


def test_never_is_said_and_not_subtracted() -> None:
    said = swept({"one": [[inf] * 60, TIMES, TIMES]})
    assert "falls from never to " in said
    assert "the number left behind falls from 10 to 0" in said


def test_scenarios_side_by_side() -> None:
    said = swept({"one": [TIMES] * 3, "two": [[t * f for t in TIMES] for f in (1, 2, 3)]}, scenarios=("one", "two"))
    assert "one: the P90 of the time from the order stays" in said
    assert "two: the P90 of the time from the order rises" in said


WITH = "With search lanes at Main gate from 1 to 4"


def test_the_title_of_lines_is_about_one_measure() -> None:
    said = line_title(*study({"one": [[inf] * 60, TIMES, TIMES]}))
    assert said.startswith(f"{WITH}, the number left behind falls from 10 to 0 (difference −10 to −8")
    assert said.endswith(").")
    noise = line_title(*study({"one": [TIMES, TIMES, TIMES]}))
    assert noise == f"{WITH}, the number left behind stays at 0 (no difference shown)."


def test_the_title_of_lines_is_short_where_nothing_is_told_in_any_of_several_scenarios() -> None:
    both = ("one", "two")
    alike = line_title(*study({"one": [TIMES] * 3, "two": [TIMES] * 3}, scenarios=both))
    assert alike == f"{WITH} no difference can be told in the number left behind."
    view, pairs, kept = study({"one": [TIMES] * 3, "two": [[inf] * 60, TIMES, TIMES]}, scenarios=both)
    assert line_title(view, pairs, kept).startswith(
        f"{WITH}, one: the number left behind stays at 0 (no difference shown); "
        "two: the number left behind falls from 10 to 0 (difference "
    )


def test_lines_without_two_ends_have_no_title_of_their_own() -> None:
    view, pairs, kept = study({"one": [[inf] * 60, TIMES, TIMES]})
    assert line_title(view, [], kept) == ""
    assert line_title(replace(view, errors={2: "no such lane"}), pairs, kept) == ""
    assert headline(replace(view, errors={2: "no such lane"}), pairs, {}).startswith(
        "The P90 of the time from the order lies between "
    )


def test_an_end_that_nothing_is_kept_of_is_not_told_apart() -> None:
    view, pairs, kept = study({"one": [[inf] * 60, TIMES, TIMES]})
    ((first, _),) = pairs
    assert "the number left behind goes from 10 to 0 (can't be told from no difference)" in headline(
        view, pairs, {first: kept[first]}
    )


def test_of_more_than_four_scenarios_the_others_are_counted() -> None:
    names = tuple("abcdef")
    said = swept({name: [TIMES] * 3 for name in names}, scenarios=names)
    assert said.endswith("; and 2 more scenarios.")
    assert said.count("the number left behind stays at 0") == 4
    four = swept({name: [TIMES] * 3 for name in names[:4]}, scenarios=names[:4])
    assert "more scenarios" not in four


def test_a_curve_turns_by_its_own_scenario_alone() -> None:
    """The first turns at two lanes; the second only rises, far above."""
    turned = [TIMES, [t * 0.1 for t in TIMES], [t + 1 for t in TIMES]]
    said = swept({"one": turned, "two": [[t * f + 500 for t in TIMES] for f in (1, 2, 3)]}, scenarios=("one", "two"))
    first, second = said.split("two: ")
    assert ", by way of " in first
    assert ", by way of " not in second


def test_two_axes_are_told_by_their_extremes() -> None:
    axes = (Axis.of("a.lanes", ("1", "2")), Axis.of("a.drive", ("1 h", "2 h")))
    said = swept({"one": [[10.0] * 60, [20.0] * 60, [30.0] * 60, [inf] * 60]}, axes)
    assert (
        "The P90 of the time from the order lies between 10 h (a.lanes = 1 and a.drive = 1 h) and never "
        "(a.lanes = 2 and a.drive = 2 h), "
        "as seen." in said
    )


def test_a_value_of_a_measure_in_words() -> None:
    """An infinite time is never, or later than a horizon that all points share."""
    assert value_text(math.nan, P50) == "–"
    assert value_text(inf, P50, "stranded", 720.0) == "never"
    assert value_text(inf, P50, "unfinished", 720.0) == "> 30 d"
    assert value_text(inf, P50, "unfinished") == "unfinished"
    assert [value_text(12.0, m) for m in (P50, LEFT)] == ["12 h", "12"]
    assert value_text(0.25, OUT) == "25 %"


def test_an_end_of_a_difference_has_its_sign() -> None:
    assert [_signed(x, P50) for x in (inf, -inf, 12.0, -12.0)] == ["+∞", "−∞", "+12 h", "−12 h"]
    assert [_signed(x, LEFT) for x in (3.0, -3.0)] == ["+3", "−3"]
    assert [_signed(x, OUT) for x in (0.04, -0.04)] == ["+4 points", "−4 points"]


def test_a_measure_as_a_subject() -> None:
    mission = parse("embassy.stranded", ["embassy"])
    assert [name(m) for m in (P50, P90, OUT)] == [
        "the median time from the order",
        "the P90 of the time from the order",
        "P(all out)",
    ]
    assert name(mission) == "the people stranded of embassy"


def line(*numbers: float, chooses: bool = False) -> Axis:
    return Axis("a.b", tuple(f"{x:g}" for x in numbers), numbers, chooses=chooses)


def test_the_ends_of_the_only_numeric_axis_in_each_scenario() -> None:
    both = Axis("scenario", ("x", "y"), chooses=True)
    assert ends(Design("grid", (line(4.0, 1.0, 2.0),)), [0] * 3) == [(1, 0)]  # by number, not by place
    assert ends(Design("grid", (both, line(1.0, 2.0))), [0, 0, 1, 1]) == [(0, 1), (2, 3)]
    assert ends(Design("grid", (line(inf, 3.0, 5.0, math.nan),)), [0] * 4) == [(1, 2)]
    assert ends(Design("grid", (line(3.0, inf),)), [0, 0]) == []  # one end only
    assert ends(Design("grid", (line(3.0),)), [0]) == []
    assert ends(Design("grid", (line(1.0, 2.0), line(1.0, 2.0))), [0] * 4) == []
    assert ends(Design("grid", (Axis("a.b", ("x", "y")),)), [0, 0]) == []
    assert ends(Design("points", (line(1.0, 2.0),), ((0,), (1,))), [0, 0]) == []


Row = tuple[float | None, float | None, float | None]


def gathered(rows: dict[str, list[Row]], axes: tuple[Axis, ...], scenarios: tuple[str, ...] = ("one",), **more: Any) -> View:
    """A view from (value, low, high) by measure and point; *never*, *error* and *unasked* (never ordered) by point."""
    measures = [parse(address, ["embassy"]) for address in rows]
    size = len(next(iter(rows.values())))
    never, error = more.get("never", {}), more.get("error", {})
    cells = [
        (p, [[*some[p], 60, never.get(p), error.get(p), more.get("unasked", {}).get(p, 0)] for some in rows.values()])
        for p in range(size)
    ]
    where = [p * len(scenarios) // size for p in range(size)]
    choice = (Axis("scenario", scenarios, chooses=True),) if len(scenarios) > 1 else ()
    return view_of(Design("grid", (*choice, *axes)), scenarios, where, measures, cells, 60, 1, 720.0)


def test_a_view_gathers_numbers_reasons_and_failures_by_point() -> None:
    some = {"total.p50": [(5.0, 4.0, 6.0), (inf, None, None), (None, None, None)], "total.left_behind": [(1.0, 0.0, 2.0)] * 3}
    v = gathered(some, (LANES,), never={1: "stranded"}, error={0: "2 of 60 replications failed", 2: "no such lane"})
    time, left = v.sheets
    assert time.value.tolist()[:2] == [5.0, inf]
    assert (time.low[0], time.high[0]) == (4.0, 6.0)
    assert np.isnan([time.low[1], time.high[1], time.value[2]]).all()
    assert time.never == (None, "stranded", None)
    assert left.value.tolist() == [1.0] * 3
    assert v.errors == {2: "no such lane"}  # a point of which some replications failed still has its value
    assert (v.n, v.seed, v.horizon_h) == (60, 1, 720.0)


def test_a_point_in_words() -> None:
    axes = (LANES, Axis.of("road.drive", ("1 h", "2 h")))
    v = gathered({"total.p50": [(1.0, 1.0, 1.0)] * 12}, axes, ("x", "y"))
    assert v.label(0) == "x, 1 search lane at Main gate and driving time to the gates = 1 h"
    assert v.label(11) == "y, 4 search lanes at Main gate and driving time to the gates = 2 h"
    assert [a.path for a in v.axes] == ["airport.gates.main.lanes", "road.drive"]
    assert v.places(LANES).tolist() == [0, 0, 1, 1, 2, 2] * 2
    listed = Design("points", (LANES, axes[1]), ((0, OWN), (OWN, OWN)))
    one = view_of(listed, ["x"], [0, 0], [P50], [], 1, 1, 1.0)
    assert (one.label(0), one.label(1)) == ("1 search lane at Main gate", "x")


def test_where_a_measure_lies() -> None:
    v = gathered(
        {
            "total.p50": [(5.0, 4.0, 6.0), (3.0, 2.0, 4.0), (inf, 4.0, inf)],
            "total.p90": [(None, None, None)] * 3,
            "total.left_behind": [(7.0, 6.0, 8.0)] * 3,
        },
        (LANES,), never={2: "unfinished"},
    )  # fmt: skip
    told = [lies(v, sheet) for sheet in v.sheets]
    assert (
        told[0] == "The median time from the order lies between 3 h (2 search lanes at Main gate) "
        "and > 30 d (4 search lanes at Main gate), as seen"
    )
    assert told[1] == "The P90 of the time from the order: no answer at any point"
    assert told[2] == "The number left behind is 7 at every point"
    numbers = gathered({"total.p50": [(9.0, 8.0, 10.0), (10.0, 9.0, 11.0), (9.5, 9.0, 11.0)]}, (LANES,))
    assert (
        lies(numbers, numbers.sheets[0]) == "The median time from the order lies between 9 h (1 search lane at Main gate) "
        "and 10 h (2 search lanes at Main gate), as seen"
    )


def test_which_measures_a_sentence_is_about() -> None:
    """The last time that is finite somewhere, or that moved; and people before shares; everybody before a mission."""
    finite, never, none = [(1.0, 1.0, 1.0)] * 3, [(inf, inf, inf)] * 3, [(None, None, None)] * 3

    def chosen(moved: tuple[str, ...] = (), **rows: list[Row]) -> list[str]:
        found = leading(gathered({k.replace("__", "."): r for k, r in rows.items()}, (LANES,)).sheets, moved)
        return [sheet.measure.text for sheet in found]

    usual = {"total__p50": finite, "total__p90": finite, "total__p_all_out": finite, "total__left_behind": finite}
    assert chosen(**usual) == ["total.p90", "total.left_behind"]
    assert chosen(("total.p50", "total.p_all_out"), **usual) == ["total.p50", "total.left_behind"]
    assert chosen(**usual | {"total__p90": never}) == ["total.p50", "total.left_behind"]
    assert chosen(total__p_all_out=finite, total__p90=never) == ["total.p_all_out"]
    assert chosen(total__p50=none, total__p90=never) == ["total.p90"]
    assert chosen(embassy__p50=finite, total__p90=finite) == ["total.p90"]
    assert chosen(embassy__p50=finite) == ["embassy.p50"]
    assert chosen(total__p50=never, total__p90=never, total__out_p50=none) == ["total.p50"]


def test_a_curve_turns_only_where_the_intervals_are_apart() -> None:
    def told(*rows: Row) -> str:
        v = gathered({"total.p50": list(rows)}, (LANES,))
        return _inner(v, v.sheets[0], 0, 2)

    ends = (10.0, 9.0, 11.0), (12.0, 11.0, 13.0)
    assert told(ends[0], (5.0, 4.0, 8.9), ends[1]) == ", by way of 5 h at 2"
    assert told(ends[0], (5.0, 4.0, 9.0), ends[1]) == ""  # they touch
    assert told(ends[0], (20.0, 13.1, 30.0), ends[1]) == ", by way of 20 h at 2"
    assert told(ends[0], (20.0, 13.0, 30.0), ends[1]) == ""
    assert told(ends[0], (11.0, 10.0, 12.0), ends[1]) == ""
    assert told(ends[0], (inf, 14.0, inf), ends[1]) == ", by way of never at 2"
    assert told(*[(None, None, None)] * 3) == ""


def test_the_turn_of_one_scenario_is_not_looked_for_in_another() -> None:
    rows: list[Row] = [(10.0, 9.0, 11.0)] * 3 + [(10.0, 9.0, 11.0), (1.0, 1.0, 1.0), (10.0, 9.0, 11.0)]
    v = gathered({"total.p50": rows}, (LANES,), ("x", "y"))
    assert (_inner(v, v.sheets[0], 0, 2), _inner(v, v.sheets[0], 3, 5)) == ("", ", by way of 1 h at 2")


def test_no_more_than_four_scenarios_are_told_and_a_failed_one_is_none() -> None:
    names = tuple("abcdef")
    rows: list[Row] = [(8.0, 7.0, 9.0), (8.0, 7.0, 9.0)] * 6
    two = Axis.of("airport.gates.main.lanes", ("1", "4"))
    pairs = [(2 * k, 2 * k + 1) for k in range(6)]
    whole = headline(gathered({"total.p50": rows}, (two,), names), pairs)
    stays = "the median time from the order stays at 8 h (no difference shown)"
    assert [f"{x}: {stays}" in whole for x in names] == [True] * 4 + [False] * 2
    assert whole.endswith("; and 2 more scenarios.")
    four = headline(gathered({"total.p50": rows[:8]}, (two,), names[:4]), pairs[:4])
    assert "more scenarios" not in four
    rows[3] = (None, None, None)
    failed = headline(gathered({"total.p50": rows}, (two,), names, error={3: "x"}), pairs)
    assert "b: " not in failed
    assert "e: " in failed
    rows = [(None, None, None)] * 12
    assert headline(gathered({"total.p50": rows}, (two,), names), pairs) == "No answer at any of the 12 points."


def test_a_change_is_said_by_what_is_known_of_it() -> None:
    two = Axis.of("airport.gates.main.lanes", ("1", "4"))

    def told(first: Row, last: Row, found: tuple[float, float | None, float | None], distinct: bool) -> str:
        v = gathered({"total.p50": [first, last]}, (two,), never=dict.fromkeys((0, 1), "stranded"))
        return _change(v, v.sheets[0], (0, 1), Estimate(*found), distinct)

    eight, nine, never, none = (8.0, 7.0, 9.0), (9.0, 8.0, 10.0), (inf, inf, inf), (None, None, None)
    assert told(eight, none, (math.nan, None, None), False) == "the median time from the order goes from 8 h to –"
    assert told(never, never, (math.nan, -inf, inf), False) == "the median time from the order stays at never"
    assert told(eight, nine, (1.0, -1.0, 3.0), False).endswith("from 8 h to 9 h (can't be told from no difference)")
    assert (
        told(eight, nine, (1.0, 0.5, 3.0), True)
        == "the median time from the order rises from 8 h to 9 h (difference +30 min to +3 h)"
    )
    assert (
        told(nine, eight, (-1.0, -3.0, -0.5), True)
        == "the median time from the order falls from 9 h to 8 h (difference −3 h to −30 min)"
    )
    assert told(eight, never, (math.nan, None, None), True) == "the median time from the order rises from 8 h to never"


def test_what_was_read_with_other_sources_is_not_used_again() -> None:
    digest = sources_digest()
    assert digest == sources_digest()
    assert len(digest) == 16
    assert int(digest, 16) > 0


def test_those_never_ordered_out_stand_beside_what_a_sweep_says_of_all() -> None:
    """P(all out) is 100 % at every point; at two of three not everybody was asked."""
    some: dict[str, list[Row]] = {"total.p_all_out": [(1.0, 0.9, 1.0)] * 3}
    told = headline(gathered(some, (LANES,), unasked={1: 12.5, 2: 380.0}))
    assert told == (
        "P(all out) is 100 % at every point. Not among all that are out: up to 380 people who are never ordered out, "
        "at 2 of 3 points."
    )
    assert headline(gathered(some, (LANES,), unasked=dict.fromkeys(range(3), 38.0))).endswith(
        " Not among all that are out: 38 people who are never ordered out, at every point."
    )
    assert headline(gathered(some, (LANES,))) == "P(all out) is 100 % at every point."
    between = gathered({"total.left_behind": [(float(k), k, k + 1.0) for k in range(3)]}, (LANES,), unasked={0: 5.0})
    assert headline(between, ends(between.design, [0, 0, 0])).endswith("people who are never ordered out, at 1 of 3 points.")


def test_the_never_ordered_of_a_point_are_those_of_the_measures_own_mission() -> None:
    quiet = row(staff=38, staying=38, ordered=inf, t100=0.0, never_ordered=38)
    point = Outcome(Proposal(n=4), result({"embassy": [row()] * 4, "north": [quiet] * 2 + [row(staff=38)] * 2}))
    cells = read(point, [OUT, parse("embassy.p50", ["embassy"]), parse("north.p50", ["north"])])
    assert [cell[6] for cell in cells] == [19, 0, 19]


def test_a_mission_that_a_scenario_has_not_is_no_failure() -> None:
    """Only its own measure is missing at that point; the others stand, and are told."""
    some = {
        "total.left_behind": [(float(x), 0.0, 9.0) for x in (3, 2, 1, 3, 2, 1)],
        "embassy.p50": [(5.0, 4.0, 6.0)] * 3 + [(None, None, None)] * 3,
    }
    v = gathered(some, (LANES,), ("x", "y"), error=dict.fromkeys((3, 4, 5), "no mission embassy in this scenario"))
    total, mission = v.sheets
    assert v.errors == {}
    assert total.value.tolist() == [3.0, 2.0, 1.0] * 2
    assert (total.absent, mission.absent) == (frozenset(), frozenset({3, 4, 5}))
    said = headline(v, [(0, 2), (3, 5)])
    assert "x: the number left behind goes from 3 to 1" in said
    assert "y: the number left behind goes from 3 to 1" in said
    alone = gathered(
        {"embassy.p50": some["embassy.p50"]},
        (LANES,),
        ("x", "y"),
        error=dict.fromkeys((3, 4, 5), "no mission embassy in this scenario"),
    )
    assert "y: no embassy there" in headline(alone, [(0, 2), (3, 5)])

"""What a sweep says: readings as rows, paired differences between the ends, and the sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.designs import Axis, Design
from sim.analysis.measure import parse
from sim.analysis.statistics import median_difference
from sim.analysis.study import Outcome, Proposal
from sim.analysis.sweeps import by_mission, difference, ends, headline, known_parts, quantile_difference, read, samples, view_of
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
    assert cells[0] == [inf, 1.0, inf, 7, "stranded", None]
    assert cells[1] == [inf, None, None, 7, "stranded", None]  # too few for an interval
    assert (cells[2][0], cells[3][0]) == (3 / 7, 40 / 7)
    assert cells[4] == cells[0]
    assert cells[5] == [None, None, None, None, None, "no mission gone in this scenario"]


def test_a_failed_point_has_its_reason_everywhere() -> None:
    assert read(Outcome(Proposal(), error="no such lane"), [P50, LEFT]) == [[None] * 5 + ["no such lane"]] * 2
    assert read(outcome([1.0, 2.0], failed=3), [P50])[0][5] == "3 of 2 replications failed"
    assert samples(Outcome(Proposal(), error="x"), [P50]) == {}


def test_measures_of_every_mission() -> None:
    assert by_mission(["total.p50", "a.p90"], ["a", "b"]) == ["total.p50", "a.p90", "a.p50", "b.p50"]


def test_provider_and_threat_where_names_say_them() -> None:
    assert known_parts(["turkish-collapse", "minimal", "kabul-2021"]) == [("turkish", "collapse"), None, None]
    mine = ["x-a", "y-a", "x-b", "y-b"]
    assert known_parts(mine) == [("x", "a"), ("y", "a"), ("x", "b"), ("y", "b")]


def test_the_difference_of_any_quantile_is_that_of_the_median_at_one_half() -> None:
    rng = np.random.default_rng(5)
    base = np.where(rng.random(80) < 0.1, inf, rng.gamma(2, 10, 80))
    other = base + rng.normal(5, 2, 80)
    assert quantile_difference(base, other, 0.5) == median_difference(base, other)


def test_the_difference_of_a_quantile_covers_a_shift_and_never_subtracts_infinities() -> None:
    base = np.random.default_rng(1).gamma(2, 10, 200)
    found = quantile_difference(base, base + 3, 0.9)
    assert (found.value, found.low, found.high) == pytest.approx((3, 3, 3))
    gone = np.where(np.arange(200) < 40, inf, base)
    assert math.isnan(quantile_difference(base, gone, 0.9).value)
    assert quantile_difference(gone, gone, 0.9).low == -inf
    assert quantile_difference(base[:20], base[:20] + 3, 0.9).low is None  # too few for P90


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


def swept(values: dict[str, list[list[float]]], axes: tuple[Axis, ...] = (LANES,), scenarios: tuple[str, ...] = ("one",)) -> str:
    """The sentence of a sweep whose points have these times, by scenario."""
    measures = [P50, P90, LEFT]
    found = [outcome(times) for some in values.values() for times in some]
    where = [k for k, some in enumerate(values.values()) for _ in some]
    axis = (Axis("scenario", scenarios, chooses=True),) if len(scenarios) > 1 else ()
    design = Design("grid", (*axis, *axes))
    pairs = ends(design, where)
    view = view_of(design, scenarios, where, measures, [(k, read(o, measures)) for k, o in enumerate(found)], 60, 1, 720.0)
    return headline(view, pairs, {p: samples(found[p], measures) for pair in pairs for p in pair})


TIMES = list(np.random.default_rng(3).gamma(4, 20, 60))


def test_the_sentence_of_an_axis() -> None:
    said = swept({"one": [[t * f for t in TIMES] for f in (1.0, 0.8, 0.5)]})
    assert said.startswith("With airport.gates.main.lanes from 1 to 4, the P90 of the time falls from ")
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
    assert "one: the P90 of the time stays" in said
    assert "two: the P90 of the time rises" in said


def test_two_axes_are_told_by_their_extremes() -> None:
    axes = (Axis.of("a.lanes", ("1", "2")), Axis.of("a.drive", ("1 h", "2 h")))
    said = swept({"one": [[10.0] * 60, [20.0] * 60, [30.0] * 60, [inf] * 60]}, axes)
    assert "The P90 of the time lies between 10 h (a.lanes 1, a.drive 1 h) and never (a.lanes 2, a.drive 2 h)." in said

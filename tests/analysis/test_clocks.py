"""Two clocks: a later order is no improvement, and what is ordered later and quicker from it adds up to out later."""

from __future__ import annotations

import io
import json
from math import inf
from typing import Any

import pytest
from rich.console import Console

from sim.analysis import differences, matrix, summarise
from sim.analysis.as_json import as_json
from sim.analysis.clocks import clocks
from sim.analysis.measure import KINDS, Reading, parse
from sim.analysis.outcomes import of_all
from sim.present import terminal
from sim.present.clocks_table import identity
from sim.studies.plan.verdicts import Combination, Lever, PlanGoal, summarise_plan, verdict_on
from sim.studies.sensitivity.points import nearest_finite
from tests.analysis.synthetic import campaign, result, row


def both(base: list[dict], other: list[dict]) -> dict[str, Any]:
    return differences(result({"a": base}, name="base"), result({"a": other}, name="other"))


def shown(what: Any, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(what)
    return out.getvalue()


LATER = 48.0
BASE = [row(ordered=10.0 + k % 3, t100=400.0 + k) for k in range(40)]
DELAYED = [row(ordered=10.0 + k % 3 + LATER, t100=400.0 + k + LATER) for k in range(40)]
QUICKER = [row(ordered=10.0 + k % 3 + 15 * 24, t100=400.0 + k + 2 * 24) for k in range(40)]
"""Ordered 15 d later and out 2 d later: 13 d quicker from the order."""


@pytest.mark.parametrize("scope", ["total", "a"])
def test_what_only_delays_the_order_is_out_later_by_as_much(scope):
    got = both(BASE, DELAYED)
    entry = got.total if scope == "total" else got.missions["a"]
    assert entry.median_out_h.difference == LATER
    assert entry.median_out_h.distinct
    assert entry.median_h.difference == 0
    assert as_json(entry.ordered_h) == {"base": 11, "other": 11 + LATER}
    assert as_json(entry.p_ordered) == {"base": 1, "other": 1}
    assert as_json(entry.clocks) == {
        "pairs": 40, "share": 1, "ordered_apart": 1, "ordered_later_h": LATER, "from_order_longer_h": 0, "out_later_h": LATER,
    }  # fmt: skip


def test_a_later_order_that_is_quicker_from_it_is_later_all_the_same():
    got = both(BASE, QUICKER)
    assert got.total.median_out_h.difference == 48
    assert got.total.median_h.difference == pytest.approx(48 - 15 * 24, abs=2)
    told = got.total.clocks
    assert (told.ordered_later_h, told.from_order_longer_h, told.out_later_h) == (360, -312, 48)


def test_what_differs_only_from_the_order_is_not_told_apart():
    """The order moves and nobody is out at another time: on the calendar, which is compared, nothing has changed."""
    got = both(BASE, [r | {"ordered_h": r["ordered_h"] + 5} for r in BASE])
    assert got.total.median_h.distinct
    assert not got.told_apart


def test_pairs_with_never_or_no_order_on_a_side_are_not_in_the_identity():
    never, unordered = row(t100=inf, stranded=10), row(ordered=inf, t100=inf, stranded=10)
    base = [row(ordered=1, t100=5), row(ordered=1, t100=5), never, row(ordered=1, t100=5)]
    other = [row(ordered=3, t100=8), never, row(), unordered]
    entry = both(base, other).total
    assert as_json(entry.clocks) == {
        "pairs": 1, "share": 0.25, "ordered_apart": 0.75, "ordered_later_h": 2, "from_order_longer_h": 1, "out_later_h": 3,
    }  # fmt: skip
    assert as_json(entry.p_ordered) == {"base": 1, "other": 0.75}


@pytest.mark.parametrize(
    "rows",
    [
        [row(t100=inf, stranded=10)] * 8,
        [row(ordered=inf, t100=inf, stranded=10)] * 8,
        [row(staff=5, staying=5, ordered=inf, t100=0.0)] * 8,
    ],
)
def test_nobody_out_nobody_ordered_and_nobody_there_have_no_identity(rows):
    got = both([row()] * 8, rows)
    told = got.total.clocks
    assert (told.pairs, told.share) == (0, 0)
    assert told.ordered_later_h is told.from_order_longer_h is told.out_later_h is None
    json.dumps(as_json(got), allow_nan=False)
    assert shown(terminal.compare_table(got))


def test_no_pairs_at_all():
    nothing = of_all(result({"a": [row()]}, failed=[(0, "simulate", "x")]))
    assert clocks(nothing, nothing).share is None


@pytest.mark.parametrize("pace", [1.0, 1.37])
def test_what_is_written_adds_up(pace):
    """To the last digit, in the JSON and as the table rounds it."""
    got = differences(campaign("x", n=40, missions=12), campaign("y", n=40, missions=12, pace=pace, seed=4))
    for entry in (got.total, *got.missions.values()):
        told = entry.clocks
        assert told.pairs > 0
        assert round(told.ordered_later_h + told.from_order_longer_h, 6) == told.out_later_h
        for unit in ("h", "d"):
            a, b, c = (round(10 * float(x.split()[0].replace("−", "-").replace(",", ""))) for x in identity(told, unit))
            assert a + b == c


def test_the_summary_has_both_clocks():
    entry = summarise(result({"a": [row(ordered=10, t100=16)] * 40})).missions["a"]
    assert (entry.p50_h, entry.out_p50_h, entry.out_p90_h) == (6, 16, 16)
    assert entry.out_p50_interval_h == entry.out_p90_interval_h == (16, 16)
    late = summarise(result({"a": [row(t100=inf, unfinished=2)] * 40})).total
    assert (late.out_p50_h, late.never.out_p50_h) == (None, "unfinished")


class TestMeasures:
    @staticmethod
    def read(rows: list[dict], name: str) -> float:
        return Reading(result({"a": rows})).value(parse(f"total.{name}", [])).value

    def test_only_what_runs_from_the_order_is_no_worse_for_a_later_one(self):
        """A later order, everything else after it the same: every time is later by as much, or it is labelled."""
        for name, kind in KINDS.items():
            if kind.unit == "h":
                change = self.read(DELAYED, name) - self.read(BASE, name)
                assert change == pytest.approx(0 if kind.from_order else LATER), name
                assert ("order" in kind.title) == kind.from_order

    def test_medians_and_half_out(self):
        rows = [row(ordered=10, t50=12, t100=16)] * 40
        assert (self.read(rows, "out_p50"), self.read(rows, "out_p90"), self.read(rows, "half_within_horizon")) == (16, 16, 12)
        assert self.read([row(t100=inf, stranded=1)] * 40, "out_p90") == inf
        assert self.read([row(t100=inf, t50=inf, stranded=1)] * 40, "half_within_horizon") == 720

    def test_what_studies_show_unasked_is_the_calendar(self):
        from sim.studies.bottleneck.query import MEASURES as MARGINAL
        from sim.studies.design import space
        from sim.studies.sensitivity.query import MEASURES as SENSITIVITY

        for defaults in (MARGINAL, space.DEFAULT, SENSITIVITY):
            assert not [text for text in defaults if parse(text, []).kind.from_order]

    @pytest.mark.parametrize(
        ("name", "finite"), [("p90", "restricted_time"), ("out_p90", "hours_within_horizon"), ("left_behind", None)]
    )
    def test_the_finite_measure_instead_runs_on_the_same_clock(self, name, finite):
        assert nearest_finite(parse(f"total.{name}", [])) == (finite and f"total.{finite}")


class TestPlan:
    @staticmethod
    def said(by_clock: bool, *each: list[dict]) -> dict[str, Any]:
        goal = PlanGoal("total", 450.0, by_clock, 0.8)
        lever = Lever("missions.a.order.at", tuple(map(str, range(len(each)))), None, "")
        points = [Combination((k,), ()) for k in range(len(each))]
        results = [verdict_on(of_all(result({"a": rows})), 720.0, goal) for rows in each]
        return as_json(summarise_plan("T", "t", [lever], points, results, goal, "2021-09-12 06:00", 1))

    def test_a_later_order_does_not_look_quicker_unsaid(self):
        got = self.said(False, BASE, QUICKER)
        assert [row["ordered_h"] for row in got["points"]] == [11, 11 + 360]
        assert got["points"][1]["out_h"] - got["points"][0]["out_h"] == 48
        assert got["points"][1]["time_h"] < got["points"][0]["time_h"]
        (warning,) = [w for w in got["warnings"] if "first order" in w]
        assert warning.startswith("the first order comes 11 h to 15.5 d after the start with these")

    def test_where_orders_do_not_move_or_a_date_is_asked_for_there_is_nothing_to_say(self):
        for got in (self.said(False, BASE, BASE), self.said(True, BASE, QUICKER), self.said(False, [row(ordered=inf, t100=inf)])):
            assert not [w for w in got["warnings"] if "first order" in w]


class TestTables:
    @pytest.mark.parametrize("width", [80, 100, 120, 160])
    def test_a_delay_is_a_plus(self, width):
        text = shown(terminal.compare_table(both(BASE, DELAYED), width), width)
        first, second = (line.split("  ") for line in text.splitlines() if line.startswith("a "))
        assert [x.strip() for x in first if x][1:4] == ["17.5 d", "19.5 d", "+2.0 d"]
        assert [x.strip() for x in second if x][-4:] == ["+2.0 d", "0.0 d", "+2.0 d", "100 %"]
        assert "ordered 48.0 h later, no slower from the order, out 48.0 h later" in " ".join(text.split())
        assert max(len(line.rstrip()) for line in text.splitlines()) <= width

    def test_the_identity_stands_in_the_second_table(self):
        text = shown(terminal.compare_table(both(BASE, QUICKER)))
        second = [line for line in text.splitlines() if line.startswith("a ")][1]
        said = ["a", "0.5 d", "15.5 d", "17.0 d", "4.0 d", "+15.0 d", "−13.0 d", "+2.0 d", "100 %"]
        assert " ".join(second.split()) == " ".join(said)

    def test_no_second_table_where_orders_come_at_the_same_times(self):
        text = shown(terminal.compare_table(both(BASE, [r | {"t100_h": r["t100_h"] + 9} for r in BASE])))
        assert "Two clocks" not in text
        assert "Ordered at the same times on both sides" in text

    @pytest.fixture(scope="class")
    def many(self):
        """The differences of two scenarios with many missions, and the summary of the first."""
        pair = campaign("none-collapse", "Nobody", n=40, pace=1.6, loss=(70, 0.5)), campaign("b-collapse", n=40, seed=5)
        return differences(*pair), summarise(pair[0])

    @pytest.mark.first(3)
    @pytest.mark.parametrize("width", [80, 100, 119, 120, 140, 160, 200])
    def test_nothing_is_cut_with_many_missions(self, width, many):
        text = shown(terminal.compare_table(many[0], width), width)
        assert "Two clocks" in text
        for each in (text, shown(terminal.run_table(many[1], width), width)):
            assert "…" not in each
            assert max(len(line.rstrip()) for line in each.splitlines()) <= width

    def test_a_run_shows_both_clocks_where_there_is_room(self):
        summary = summarise(result({"a": [row(ordered=10, t100=16)] * 40}))
        text = shown(terminal.run_table(summary, 160), 160)
        line = next(line for line in text.splitlines() if line.startswith("a "))
        assert " ".join(line.split()).startswith("a 10 10 h 16 h 16 h 6 h 6 h")
        assert "Out: the same from the start" in text
        assert "Out: the same" in shown(terminal.run_table(summary, 80)), "short numbers leave room for it"
        narrow = shown(terminal.run_table(summary, 60), 60)
        assert "Left out at this width: Out P50, Out P90." in " ".join(narrow.split())
        assert "Out: the same" not in narrow

    def test_who_is_ordered_more_often_on_one_side_is_named(self):
        """Its medians rest on other replications than the base's."""
        some = [row(ordered=inf, t100=inf, stranded=10)] * 30 + BASE[:10]
        text = " ".join(shown(terminal.compare_table(both(some, DELAYED))).split())
        assert "so that its medians rest on more replications: a 25 % and 100 %." in text
        assert "medians rest on" not in shown(terminal.compare_table(both(BASE, DELAYED)))

    def test_names_are_broken_rather_than_cut(self):
        """At 80 columns every number and interval is whole, and so is the name, on several lines."""
        name = "european-union-delegation-and-more"
        base = [row(ordered=10, t100=700.0 + k % 7, stranded=0) for k in range(40)]
        other = [r | {"t100_h": r["t100_h"] - 0.7 * (k % 5 - 2), "ordered_h": 300.0} for k, r in enumerate(base)]
        text = shown(terminal.compare_table(differences(result({name: base}), result({name: other}))))
        assert "…" not in text
        assert "delegation-" in text
        assert max(len(line.rstrip()) for line in text.splitlines()) <= 80

    def test_the_matrix_compares_the_calendar(self):
        times = {"none-x": (100, 140), "none-y": (0, 140), "turkish-x": (0, 70), "turkish-y": (0, 80)}
        made = [summarise(result({"a": [row(ordered=o, t100=t)] * 6}, name=name)) for name, (o, t) in times.items()]
        got = matrix(made)
        assert got is not None
        text = shown(terminal.matrix_table(got))
        assert text.count("P50 5.8 d") == 2
        assert "ordered + 1.7 d" in text, "in the unit of the others"

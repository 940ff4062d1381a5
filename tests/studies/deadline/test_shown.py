"""Tables and pictures of deadlines and plans, from made-up summaries: failures, no dates, hostile titles, narrow terminals."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from sim.analysis.statistics import proportion
from sim.present.style import unbroken
from sim.studies.deadline import table as deadlines_shown
from sim.studies.deadline.curve import Curve, Tried
from sim.studies.deadline.found import FoundDeadlines
from sim.studies.deadline.plot import draw as draw_deadlines
from sim.studies.deadline.summary import About, curve_table, deadline_table, summarise_deadlines
from sim.studies.plan import table as plan_shown
from sim.studies.plan.found import Plan
from sim.studies.plan.plot import draw as draw_plan
from sim.studies.plan.verdicts import Combination, Lever, PlanGoal, PlanResult, summarise_plan
from tests.present.drawing import made

START = datetime(2021, 9, 12, 6)
N = 60


def curve(scenario: int, scope: str, shares: list[float]) -> Curve:
    nobody = np.zeros(N, dtype=bool)
    points = [Tried(24.0 * k, np.arange(N), np.arange(N) < p * N, nobody, 40.0) for k, p in enumerate(shares)]
    return Curve(scenario, scope, points)


def failed(scenario: int, scope: str) -> Curve:
    nothing = np.zeros(0, dtype=np.int64)
    return Curve(
        scenario, scope, [Tried(0.0, nothing, nothing == 1, nothing == 1, 0.0, 5, "all 5 replications failed (gate): [bold]x")]
    )


def summary(*curves: Curve) -> FoundDeadlines:
    fall = {k: 30.0 + k if k % 3 else math.inf for k in range(N)}
    abouts = [About(name, "A [red]title[/red] $x^2$", START, 1000.0, fall) for name in ("none-now", "guard-now")]
    return replace(summarise_deadlines(curves, abouts, 0.8, 6.0, 1), utc_offset=4.5, not_tried=("other",))


def shown(part: Any, width: int) -> str:
    page = io.StringIO()
    Console(file=page, width=width, markup=False, highlight=False).print(part)
    return page.getvalue()


@pytest.mark.parametrize("width", [80, 160])
def test_every_kind_of_answer_is_shown(width: int, tmp_path: Path) -> None:
    said = summary(
        curve(0, "total", [0.9, 0.85, 0.5]), curve(0, "a", [0.5, 0.4, 0.1]), curve(0, "b", [1.0, 1.0, 1.0]),
        curve(1, "total", [0.95, 0.9, 0.85]), curve(1, "a", [0.9, 0.6, 0.1]), curve(1, "b", [1.0, 1.0, 0.2]),
    )  # fmt: skip
    text = shown(deadlines_shown.deadline_table(said, width), width)
    assert max(map(len, text.splitlines())) <= width
    assert "A [red]title[/red] $x^2$" in text
    assert "any time" in text
    assert "never" in text
    assert "--mission all" in text
    words = [d.in_words for d in said.differences]
    assert "makes it possible for a" in words[1]
    assert "must decide 24 h after the start instead of at any time tried" in words[2]
    assert {path.suffix for path in made(tmp_path, draw_deadlines, said)} == {".png"}
    assert curve_table(said).height == 18
    assert deadline_table(said)["status"].to_list() == ["date", "never", "any", "any", "date", "date"]


def test_a_point_that_failed_leaves_no_answer_and_is_named(tmp_path: Path) -> None:
    said = summary(curve(0, "total", [0.9, 0.5]), failed(1, "total"))
    assert not said.final
    assert said.headline.startswith("No answer")
    assert "guard-now, all together: all 5 replications failed (gate): [bold]x" in said.warnings[0]
    text = shown(deadlines_shown.deadline_table(said, 80), 80)
    assert "NOT FINAL" in text
    assert "failed" in text
    assert len(made(tmp_path, draw_deadlines, said)) == 2
    assert made(tmp_path / "none", draw_deadlines, summary(failed(0, "total"))) == []


def plan_said(shares: list[float], levers: list[Lever]) -> Plan:
    sizes = [len(lever.values) for lever in levers]
    ranks = [tuple(map(int, r)) for r in np.ndindex(*sizes)]
    found = [PlanResult(proportion(round(p * N), N), (10.0 if p > 0.5 else math.inf, 8.0, math.inf), N, 0) for p in shares]
    goal = PlanGoal("total", 24.0, False, 0.8)
    points = [Combination(r, ()) for r in ranks]
    return summarise_plan("A [red]title[/red]", "one", levers, points, found, goal, "2021-09-12 06:00", 1)


@pytest.mark.parametrize("width", [80, 160])
def test_a_plan_of_two_levers_is_shown(width: int, tmp_path: Path) -> None:
    lanes = Lever("airport.gates.a-gate-with-a-very-long-name.lanes", ("1", "2", "3"), (1.0, 2.0, 3.0), "")
    kinds = Lever("missions.embassy.cohorts.core.vehicles", ("a-pool-of-buses-with-a-long-name", "cars"), None, "")
    said = plan_said([0.2, 0.9, 1.0, 1.0, 0.5, 1.0], [lanes, kinds])
    text = shown(plan_shown.plan_table(said, width), width)
    assert max(map(len, text.splitlines())) <= width
    assert "A [red]title[/red]" in text
    assert "least" in text
    assert "more is not always enough" in text  # three lanes with the first pool fail though two do
    assert len(made(tmp_path, draw_plan, said)) == 1


def test_a_negative_time_has_a_minus_sign_and_its_interval_words() -> None:
    falls = {k: 10.0 + k / 10 for k in range(N)}  # before the deadline in every replication
    about = About("none-now", "One", START, 1000.0, falls)
    said = summarise_deadlines([curve(0, "a", [1.0, 0.95, 0.1])], [about], 0.8, 6.0, 1)
    lead = said.deadlines[0].warning
    assert lead is not None
    assert (lead.left_p10_h or 0) < 0
    text = shown(deadlines_shown.deadline_table(said, 160), 160)
    assert "−14 h" in text  # the 6th of 60 falls, 10.5 h, less the 24 h of the deadline
    assert " -1" not in text


def test_an_end_alone_is_no_interval() -> None:
    """Any date works, of so few replications that its lower end isn't known: the sentence says no interval either."""
    assert deadlines_shown._interval([None, None], ["few", "any"]) == "–"
    assert deadlines_shown._interval([3.0, None], ["date", "any"]) == "3 h to any"


def test_a_number_stays_with_its_unit_in_a_title() -> None:
    assert unbroken("in 80 % of 3 cases within 10 d, 4 days") == "in 80\u00a0% of 3 cases within 10\u00a0d, 4 days"


def test_local_times_name_their_zone_once() -> None:
    about = About("none-now", "One", START, 1000.0, {}, 4.5)
    said = summarise_deadlines([curve(0, "total", [0.9, 0.85, 0.5])], [about], 0.8, 6.0, 1)
    assert said.scenarios[0].utc_offset_h == 4.5
    assert said.headline.count("UTC") == 1
    assert " (UTC+04:30), among the dates tried" in said.headline
    assert shown(deadlines_shown.deadline_table(said, 160), 160).count("UTC+04:30") == 1

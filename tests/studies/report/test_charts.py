"""Charts that the page draws itself: the numbers of the summaries, in the place of the pictures of the same name."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.as_json import of_json
from sim.studies.charts import MARKS, Axis, Point, drawable, figure, lines
from sim.studies.deadline.charts import charts as deadline_charts
from sim.studies.deadline.curve import Status
from sim.studies.deadline.found import FoundDeadlines, ScopeDeadline, TriedScenario, deadlines_json
from sim.studies.deadline.summary import picture_title as deadline_title
from sim.studies.decide.charts import charts as decide_charts
from sim.studies.plan.found import Plan
from sim.studies.plan.words import picture_title as plan_title
from sim.studies.sensitivity.found import sensitivity_of
from sim.studies.sensitivity.pictures import order
from sim.studies.sweep.kept_charts import charts_of
from sim.studies.sweep.pictures import pictures
from tests.studies.report.made_up import figures, summaries
from tests.studies.sweep import test_shown as sweep

Json = dict[str, Any]


def option(name: str, mean: float, alone: int, shared: int = 0) -> Json:
    return {
        "option": name, "title": f"The {name} one", "expected": {"estimate": mean, "low": mean - 5, "high": mean + 5},
        "best_in": {"alone": alone, "shared": shared}, "outcome": {"p05": 0.0, "p50": mean, "p95": 3 * mean},
    }  # fmt: skip


def test_options_stand_from_the_best_down() -> None:
    summary = {
        "headline": "Take B.", "unit": "people", "less_is_better": True, "best": "B", "sets": 100,
        "options": [option("A", 1200.0, 10), option("B", 90.0, 60, 30)],
    }  # fmt: skip
    (made,) = decide_charts(summary)["decision"]["panels"]
    assert [(row["label"], row["bold"]) for row in made["rows"]] == [("The B one", True), ("The A one", False)]
    assert made["rows"][0]["marks"] == [[90.0, 85.0, 95.0, 0.0, 270.0, "90, best or as good in 90 of 100"]]
    assert made["words"] == "Take B. The B one: 90, best or as good in 90 of 100. The A one: 1,200, best in 10 of 100."
    more = {**summary, "less_is_better": False, "unit": ""}
    assert [row["label"] for row in decide_charts(more)["decision"]["panels"][0]["rows"]] == ["The A one", "The B one"]
    assert decide_charts({**summary, "best": None}) == {}


def latest(scenario: str, scope: str, hours: float | None, status: Status = "date") -> ScopeDeadline:
    return ScopeDeadline(
        scenario=scenario, scope=scope, order_h=hours, order_at="2021-09-14 06:00", status=status,
        interval_h=(None, 60.0), interval_status=("never", "date"),
    )  # fmt: skip


def deadlines(*entries: ScopeDeadline) -> Json:
    labels = {"one": "Turkish", "two": "Nobody"}
    scenarios = tuple(TriedScenario(name, name, label, "2021-09-12 06:00", None, None) for name, label in labels.items())
    found = FoundDeadlines(0.9, 6.0, 0.0, 96.0, 100, 50, 1, True, scenarios, {}, entries, (), ())
    return deadlines_json(replace(found, headline="All together: 2 d."))


def test_a_mission_has_a_mark_for_each_scenario() -> None:
    summary = deadlines(latest("one", "total", 48.0), latest("two", "total", None, "never"), latest("two", "north", 30.0))
    figure = deadline_charts(summary)["deadlines"]
    (made,) = figure["panels"]
    assert figure["names"] == ["Turkish", "Nobody"]
    assert made["last"] == 96.0
    both, north = (row["marks"] for row in made["rows"])
    assert both == [[48.0, 0.0, 60.0, None, None, "48 h"], [None, None, None, None, None, "never early enough", 0.0]]
    assert north == [None, [30.0, 0.0, 60.0, None, None, "30 h"]]
    assert made["words"].endswith("Turkish 48 h, Nobody never early enough. north: Nobody 30 h.")
    (alone,) = deadline_charts(deadlines(latest("one", "total", None, "any")))["deadlines"]["panels"]
    assert alone["rows"][0]["marks"][0] == [None, None, None, None, None, "any time tried", 96.0]  # open, at the edge
    assert deadline_charts(deadlines(latest("one", "total", None, "failed"))) == {}


def test_each_mission_has_its_own_line_and_date() -> None:
    """Missions are told apart by the whole name, whatever stands before it; one that a scenario lacks has no line there."""
    entries = [latest("one", "north", 30.0), latest("one", "south", 12.0), latest("two", "south", 42.0)]
    panels = deadline_charts(deadlines(*entries))["curves"]["panels"]
    assert [[(one["look"], one["x"]) for one in panel["marks"]] for panel in panels] == [[(0, 30.0)], [(0, 12.0), (1, 42.0)]]
    assert [len(panel["series"]) for panel in panels] == [1, 2]


# -- what is drawn are the numbers of the summaries ----------------------------------------------------------------------


def points(panel: Json) -> list[list[list[Any]]]:
    """``[x, value, low, high]`` of each line."""
    return [[point[:4] for point in one["points"]] for one in panel["series"]]


def test_the_lines_of_a_plan_are_its_chances_and_times() -> None:
    said, made = summaries()["plan"], figures()["plan"]["trade-off"]
    assert made["title"] == plan_title(of_json(Plan, said))
    assert made["names"] == ["1", "2", "4"]
    chance, time = made["panels"]
    for rank, (chances, times) in enumerate(zip(points(chance), points(time), strict=True)):
        rows = [row for row in said["points"] if row["ranks"][1] == rank]
        at = [said["levers"][0]["amounts"][row["ranks"][0]] for row in rows]
        three = [[row["chance"][key] for key in ("estimate", "low", "high")] for row in rows]
        assert chances == [[x, *values] for x, values in zip(at, three, strict=True)]
        assert [value for _, value, *_ in times] == ["never" if row["time_h"] is None else row["time_h"] for row in rows]
    least = [row for row in said["points"] if row["values"] in said["least"]]
    assert least
    assert sorted(mark["y"] for mark in chance["marks"]) == sorted(row["chance"]["estimate"] for row in least)
    assert chance["levels"][0][0] == said["confidence"]
    assert time["levels"][0][0] == said["finish_by_h"]


def test_the_curves_of_deadlines_have_their_bands_and_dates() -> None:
    said, made = summaries()["deadline"], figures()["deadline"]["curves"]
    assert made["title"] == deadline_title(of_json(FoundDeadlines, said))
    every = {(entry["scope"], entry["scenario"]): entry for entry in said["deadlines"]}
    names = [one["scenario"] for one in said["scenarios"]]
    for panel, scope in zip(made["panels"], dict.fromkeys(scope for scope, _ in every), strict=True):
        for line, name in zip(points(panel), names, strict=True):
            curve = every[scope, name]["curve"]
            assert line == [[one[key] for key in ("order_h", "estimate", "low", "high")] for one in curve]
        dated = [every[scope, name]["order_h"] for name in names]
        assert [mark["x"] for mark in panel["marks"]] == [hours for hours in dated if hours is not None]


@pytest.mark.parametrize(("method", "key"), [("tornado", "difference"), ("morris", "mu_star"), ("sobol", "total")])
def test_the_bars_of_a_sensitivity_study_are_its_numbers(method: str, key: str) -> None:
    said, made = summaries()[f"sensitivity {method}"], figures()[f"sensitivity {method}"]
    address = "total.left_behind"
    shown = made[f"{method}-total-left_behind"]
    assert shown["title"] == said["titles"][address]
    for panel, result in zip(shown["panels"], said["results"], strict=True):
        rows = {row["name"]: row for row in result["measures"][address]["factors"]}
        for drawn, name in zip(panel["rows"], order(sensitivity_of(said), address), strict=True):
            row = rows[name]
            found = [row["low"], row["high"]] if method == "tornado" else [row]
            assert [bar["value"] for bar in drawn["bars"][: len(found)]] == [one[key] for one in found]
            assert drawn["sure"] == bool(row["distinct"] or row.get("turns"))


def test_what_turns_to_never_is_said_and_has_no_bar() -> None:
    panel = figures()["sensitivity tornado"]["tornado-total-p90"]["panels"][0]
    texts = [bar["text"] for row in panel["rows"] for bar in row["bars"] if bar["value"] is None]
    assert any("never" in text for text in texts)


def test_the_bars_of_marginal_values_are_the_differences() -> None:
    said, made = summaries()["bottleneck"], figures()["bottleneck"]["marginal"]
    (result,) = said["results"]
    for panel, address in zip(made["panels"], [m for m in said["measures"] if said["units"][m]], strict=True):
        effects = [row["effects"][address] for row in result["capacities"] if not row["unchanged"]]
        bars = [row["bars"][0] for row in panel["rows"]]
        assert [(bar["value"], bar["low"], bar["high"]) for bar in bars] == [
            (e["difference"], e["low"], e["high"]) for e in effects
        ]


def test_the_lines_of_a_sweep_are_its_points() -> None:
    view = sweep.view(sweep.grid(sweep.A))
    made = figures()["sweep lines"]["sweep"]
    assert [panel["title"] for panel in made["panels"]] == [sheet.measure.kind.title.capitalize() for sheet in view.sheets]
    for panel, sheet in zip(made["panels"], view.sheets, strict=True):
        (line,) = points(panel)
        for values, found in zip(zip(*line, strict=True), (None, sheet.value, sheet.low, sheet.high), strict=True):
            if found is not None:
                known = [math.inf if x == "never" else math.nan if x is None else x for x in values]
                assert np.array_equal(known, found, equal_nan=True)
    assert [text for _, text in made["panels"][0]["x"]["values"]] == list(sweep.A.values)


def test_cells_of_a_heat_map_have_shades_from_the_best_to_the_worst_and_rings() -> None:
    view, kept = sweep.paired(50.0)
    (one,) = pictures(view, "", kept)
    ((_, made),) = charts_of(view, [one]).items()
    assert made["title"] == one.title
    (panel,) = made["panels"]
    cells = sorted(panel["cells"], key=lambda cell: cell[2])
    assert {cell[2] for cell in cells if cell[5]} == {1}
    assert sum(cell[5] for cell in cells) == len(one.ringed) == 3
    assert {cell[2] for cell in cells if not cell[5]} == {5}
    assert len(panel["key"]) == 5
    alike, none = sweep.paired(0.0)
    (plain,) = charts_of(alike, pictures(alike, "", none)).values()
    assert {cell[2] for cell in plain["panels"][0]["cells"]} == {0}
    assert plain["panels"][0]["key"] == []


def test_every_panel_says_its_numbers_in_words() -> None:
    for name, made in figures().items():
        for one in made.values():
            assert one["note"].endswith("."), name
            for panel in one["panels"]:
                assert any(c.isdigit() for c in panel["words"]), name
                assert "None" not in panel["words"]
                assert "nan" not in panel["words"]


def test_what_a_browser_would_draw_slowly_stays_a_picture() -> None:
    line = (0, "", [Point(float(k), 1.0) for k in range(MARKS + 1)])
    assert drawable({"sweep": figure("", "", [lines("", Axis("x"), Axis("y"), [line])])}) == {}

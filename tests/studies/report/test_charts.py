"""Charts that the page draws itself: the numbers of the summaries, in the place of the pictures of the same name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.studies.deadline.charts import charts as deadline_charts
from sim.studies.deadline.curve import Status
from sim.studies.deadline.found import FoundDeadlines, ScopeDeadline, TriedScenario, deadlines_json
from sim.studies.decide.charts import charts as decide_charts

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
    made = decide_charts(summary)["decision"]
    assert [(row["label"], row["bold"]) for row in made["rows"]] == [("The B one", True), ("The A one", False)]
    assert made["rows"][0]["marks"] == [[90.0, 85.0, 95.0, 0.0, 270.0, "90, best or as good in 90 of 100"]]
    assert made["words"] == "Take B. The B one: 90, best or as good in 90 of 100. The A one: 1,200, best in 10 of 100."
    more = {**summary, "less_is_better": False, "unit": ""}
    assert [row["label"] for row in decide_charts(more)["decision"]["rows"]] == ["The A one", "The B one"]
    assert decide_charts({**summary, "best": None}) == {}


def latest(scenario: str, scope: str, hours: float | None, status: Status = "date") -> ScopeDeadline:
    return ScopeDeadline(
        scenario=scenario, scope=scope, order_h=hours, status=status, interval_h=(None, 60.0), interval_status=("never", "date")
    )


def deadlines(*entries: ScopeDeadline) -> Json:
    labels = {"one": "Turkish", "two": "Nobody"}
    scenarios = tuple(TriedScenario(name, name, label, "2021-09-12 06:00", None, None) for name, label in labels.items())
    found = FoundDeadlines(0.9, 6.0, 0.0, 96.0, 100, 50, 1, True, scenarios, {}, entries, (), ())
    return deadlines_json(replace(found, headline="All together: 2 d."))


def test_a_mission_has_a_mark_for_each_scenario() -> None:
    summary = deadlines(latest("one", "total", 48.0), latest("two", "total", None, "never"), latest("two", "north", 30.0))
    made = deadline_charts(summary)["deadlines"]
    assert made["series"] == ["Turkish", "Nobody"]
    assert made["last"] == 96.0
    both, north = (row["marks"] for row in made["rows"])
    assert both == [[48.0, 0.0, 60.0, None, None, "48 h"], [None, None, None, None, None, "never early enough"]]
    assert north == [None, [30.0, 0.0, 60.0, None, None, "30 h"]]
    assert made["words"].endswith("Turkish 48 h, Nobody never early enough. north: Nobody 30 h.")
    assert deadline_charts(deadlines(latest("one", "total", None, "any"))) == {}

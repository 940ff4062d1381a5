"""The study end to end, on a scenario whose sensitivities are known: one lane, N people, a fixed search time each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim import sensitivity
from sim.analysis.measure import MeasureError
from sim.cli import app, main
from sim.scenario import ScenarioError
from sim.studies.query import QueryError
from sim.studies.sensitivity.answer import Sensitivity

SIZES: dict[str, dict[str, int]] = {"tornado": {}, "morris": {"trajectories": 2}, "sobol": {"base_sample": 2}}
SEARCHED = """
title: One lane
missions:
  embassy: {order: {at: 0 h}, cohorts: {staff: {people: 12, group: 1}}}
airport:
  gates: {main: {lanes: {value: 1, low: 1, high: 3, kind: lever}, per_person: {value: 30 min/person, evidence: assumed}}}
road: {retry: {value: 2 h, evidence: assumed}, turn_back: 0}
clock: {horizon: 20 d}
"""
TIME = "total.restricted_time"
HOURS = 12 * 0.5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scenario and results, shared: points are simulated once.  Inputs as written, so that the closed forms hold."""
    made = tmp_path_factory.mktemp("sensitivity")
    (made / "one.yaml").write_text(SEARCHED)
    (made / "two.yaml").write_text(SEARCHED.replace("One lane", "Two lanes").replace("value: 1, low", "value: 2, low"))
    return made


def study(folder: Path, *names: str, **how: Any) -> Sensitivity:
    scenarios = [str(folder / f"{name}.yaml") for name in names or ("one",)]
    how = {"n": 6, "plots": False, "jobs": 1, "measures": [TIME], "inputs": "values", **how}
    return sensitivity(*scenarios, out=folder / "results", **how)


def rows(found: Sensitivity, measure: str = TIME, scenario: int = 0) -> dict[str, Any]:
    return {row["name"]: row for row in found.summary["results"][scenario]["measures"][measure]["factors"]}


def test_tornado(folder: Path) -> None:
    found = study(folder, measures=[TIME, "total.p50"], n=8)
    gate, retry = rows(found)["airport.gates.main.per_person"], rows(found)["road.retry"]
    assert gate["low"]["value"] == pytest.approx(HOURS / 2)
    assert gate["high"]["difference"] == pytest.approx(HOURS)
    assert gate["swing"] == pytest.approx(1.5 * HOURS)
    assert retry["low"]["same"]
    assert retry["high"]["same"]
    median = rows(found, "total.p50")["airport.gates.main.per_person"]
    assert median["high"]["difference"] == pytest.approx(HOURS)
    assert median["distinct"]
    assert (gate["high"]["difference_low"], gate["high"]["difference_high"]) == pytest.approx((HOURS, HOURS))
    assert gate["distinct"]
    assert found.summary["final"]
    assert "What matters most is search time of a person (Main gate): " in found.headlines[1]
    assert "airport." not in found.headlines[1]
    assert "1 of the 2 uncertain inputs studied cannot be told from no effect" in found.headlines[1]


def test_where_inputs_are_drawn_a_factor_is_held_at_its_ends_and_the_base_lies_between(folder: Path) -> None:
    """Search times of 15 min to 1 h a person, log-uniform: 12 people take 3 h to 12 h, and exactly so at the ends."""
    found = study(folder, inputs="ranges", n=40)
    gate, retry = rows(found)["airport.gates.main.per_person"], rows(found)["road.retry"]
    assert (gate["low"]["value"], gate["high"]["value"]) == (pytest.approx(HOURS / 2), pytest.approx(2 * HOURS))
    assert gate["swing"] == pytest.approx(1.5 * HOURS)
    assert HOURS / 2 < found.summary["results"][0]["measures"][TIME]["base"]["value"] < 2 * HOURS
    assert gate["distinct"]
    assert retry["low"]["same"]


def test_morris(folder: Path) -> None:
    """From t to t + 2/3 the search time goes from 4^t / 2 to 4^(t + 2/3) / 2 of its value: t is 0 or 1/3."""
    found = study(folder, method="morris", trajectories=6)
    gate = rows(found)["airport.gates.main.per_person"]
    least = HOURS / 2 * (4 ** (2 / 3) - 1) / (2 / 3)
    assert least - 1e-6 <= gate["mu_star"] <= least * 4 ** (1 / 3) + 1e-6
    assert (gate["mu"], gate["direction"], gate["distinct"]) == (pytest.approx(gate["mu_star"]), "up", True)
    assert rows(found)["road.retry"]["mu_star"] == 0


@pytest.mark.costly
def test_sobol_and_the_table(folder: Path) -> None:
    found = study(folder, method="sobol", base_sample=8)
    gate, retry = rows(found)["airport.gates.main.per_person"], rows(found)["road.retry"]
    assert gate["total"] == pytest.approx(1, abs=0.5)
    assert gate["total_interval"][0] <= 1 <= gate["total_interval"][1]
    assert (retry["total"], retry["first"]) == (0, 0)
    assert set(found.table["statistic"]) == {"first", "total", "first_noise", "total_noise"}
    stored = json.loads((found.folder / "summary.json").read_text())
    assert stored["results"] == found.summary["results"]
    command = json.loads((found.folder / "manifest.json").read_text())["command"]
    assert command.startswith("evacsim sensitivity one.yaml --method sobol --measure total.restricted_time --base-sample 8 -n 6")


def test_levers_and_two_scenarios_side_by_side(folder: Path) -> None:
    found = study(folder, "one", "two", levers=True, n=8, measures=["total.p50"])
    assert [f["name"] for f in found.summary["factors"]] == ["airport.gates.main.lanes"]
    one, two = (rows(found, "total.p50", scenario=k)["airport.gates.main.lanes"] for k in (0, 1))
    assert one["high"]["difference"] == pytest.approx(-HOURS * 2 / 3)
    assert two["low"]["difference"] == pytest.approx(HOURS / 2)
    assert "search lanes at Main gate in “One lane”, search lanes at Main gate in “Two lanes”." in found.summary["contrast"][0]


def test_the_most_telling_factors_are_chosen_where_there_are_many(folder: Path) -> None:
    found = study(folder, top=1)
    assert list(rows(found)) == ["airport.gates.main.per_person"]
    screening = found.summary["screening"]
    assert [s["name"] for s in screening["scores"]] == ["airport.gates.main.per_person", "road.retry"]
    assert [s["score"] for s in screening["scores"]] == [1.0, 0.0]


def test_the_id_is_what_was_asked_never_how_much(folder: Path) -> None:
    assert study(folder).folder == study(folder, n=7).folder
    assert study(folder).folder != study(folder, method="morris", trajectories=6).folder
    assert study(folder).folder != study(folder, factors=["road.retry"]).folder


def test_nothing_is_simulated_twice(folder: Path) -> None:
    class Told:
        new = 0

        def __getattr__(self, name: str) -> Any:
            return lambda *args: None

        def advance(self, count: int, seconds: float, workers: int) -> None:
            self.new += count

    from sim.studies.engine import answer
    from sim.studies.sensitivity.query import SensitivityQuery

    study(folder)
    told = Told()
    lines: list[str] = []
    asked: dict[str, Any] = {"measures": [TIME], "n": 6, "jobs": 1, "inputs": "values", "out": folder / "results", "plots": False}
    query = SensitivityQuery.of(folder / "one.yaml", **asked)
    answer(query, told, lines.append)  # type: ignore[arg-type]
    assert told.new == 0
    assert lines == ["tornado: the base 1 point × 6, tornado 4 points × 6 = 30 replications, less what is stored already"]


def test_it_is_in_the_python_api(folder: Path) -> None:
    found = sim.sensitivity(folder / "one.yaml", n=6, out=folder / "results", plots=False, jobs=1, measures=[TIME])
    assert isinstance(found, Sensitivity)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_time_that_may_be_never_is_refused_with_the_nearest_measure(folder: Path, method: Any) -> None:
    with pytest.raises(MeasureError, match=r"ask for embassy\.restricted_time"):
        study(folder, method=method, measures=["embassy.p90"])


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"factors": ["road.rerty"]}, 'nearest: "road.retry"'),
        ({"factors": ["airport.gates.main.lanes"]}, "--levers"),
        ({"factors": ["airport.gates.main.per_person"], "levers": True}, "without --levers"),
        ({"method": "sobol", "base_sample": 12}, "power of 2"),
        ({"measures": ["embassy.speed"]}, "no measure"),
        ({"method": "magic"}, "expected tornado, morris or sobol"),
    ],
)
def test_what_is_refused_before_anything_is_simulated(folder: Path, how: dict[str, Any], message: str) -> None:
    with pytest.raises((ScenarioError, MeasureError, QueryError), match=message):
        study(folder, **how)


def test_a_scenario_without_ranges_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("missions: {embassy: {order: {at: 0 h}, cohorts: {staff: 4}}}\n")
    with pytest.raises(ScenarioError, match="no uncertain parameter has a range"):
        study(tmp_path)


CROWD = SEARCHED.replace("road:", "  crowd: {start: 0, close_above: {value: 50, evidence: assumed}, open_below: 40}\nroad:")


@pytest.mark.parametrize("method", ["tornado", "morris", "sobol"])
def test_a_scenario_that_has_none_of_the_factors(tmp_path: Path, method: Any) -> None:
    (tmp_path / "one.yaml").write_text(SEARCHED)
    (tmp_path / "two.yaml").write_text(SEARCHED.replace("retry: {value: 2 h, evidence: assumed}, ", ""))
    how = {"factors": ["road.retry"], "method": method, "n": 2} | SIZES[method]
    found = study(tmp_path, "one", "two", **how)
    assert list(rows(found)) == ["road.retry"]
    assert rows(found, scenario=1) == {}
    assert "None of the factors studied is in this scenario" in found.headlines[1]
    json.dumps(found.summary, allow_nan=False)


def test_ranges_that_do_not_go_together_are_left_alone_or_refused(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(CROWD)
    found = study(tmp_path)
    assert "airport.crowd.close_above" not in rows(found)
    assert any("left alone" in warning and "airport.crowd.close_above" in warning for warning in found.summary["warnings"])
    with pytest.raises(ScenarioError, match="do not go together"):
        study(tmp_path, factors=["airport.crowd.close_above"])


def test_a_point_that_fails_is_named_and_nothing_is_final(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.analysis.study import Outcome
    from sim.studies.engine import StudyRunner

    run = StudyRunner.run

    def failing(self: StudyRunner, proposals: Any, done: Any) -> None:
        def told(number: int, outcome: Outcome) -> None:
            bad = any("per_person=1" in str(s) for s in outcome.proposal.settings)
            done(number, Outcome(outcome.proposal, error="all 6 replications failed (simulate): x", failed=6) if bad else outcome)

        run(self, proposals, told)

    monkeypatch.setattr(StudyRunner, "run", failing)
    found = study(folder)
    assert not found.summary["final"]
    assert rows(found)["airport.gates.main.per_person"]["error"]
    assert rows(found)["road.retry"]["swing"] == 0
    assert found.failed[0]["settings"] == ["airport.gates.main.per_person=1"]


def test_the_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner().invoke
    words = [
        "sensitivity",
        str(folder / "one.yaml"),
        "-n",
        "6",
        "--jobs",
        "1",
        "--out",
        str(folder / "results"),
        "--measure",
        TIME,
    ]
    done = run(app, [*words, "--json", "--no-plots"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["results"][0]["measures"][TIME]["factors"][0]["name"] == "airport.gates.main.per_person"
    done = run(app, words)
    assert "≈ Wait before a convoy tries" in done.stdout
    assert "The paths of these, as --set takes them" in done.stdout
    monkeypatch.setenv("COLUMNS", "160")
    wide = run(app, words).stdout
    assert "\nairport.gates.main.per_person" in wide
    assert "The paths of these" not in wide
    assert "tornado-total-restricted_time.png" in done.stdout
    with pytest.raises(SystemExit) as stop:
        main([*words, "--method", "magic"])
    assert stop.value.code == 2


@pytest.mark.parametrize(
    "words", [["--base-sample", "32"], ["--method", "morris", "--base-sample", "32"], ["--trajectories", "5"]]
)
def test_an_option_of_another_method_is_refused(capsys, words):
    with pytest.raises(SystemExit) as left:
        main(["sensitivity", "evacsim:minimal", *words])
    assert left.value.code == 2
    assert "alone, got --method" in capsys.readouterr().err

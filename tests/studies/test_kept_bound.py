"""The planning bound stands beside the results of a run: in the summary, for each mission, and under the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

import sim
from sim.analysis.bounds.planning import planning_bound
from sim.present.terminal import run_table
from sim.scenario import loads
from sim.studies import kept_bound as module
from sim.studies.kept_bound import KEPT, kept_bound


def said(study: sim.Study) -> str:
    console = Console(width=200, record=True)
    console.print(run_table(study.found, 200))
    return console.export_text()


def test_a_run_says_the_bound(tmp_path: Path) -> None:
    study = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path, plots=False)
    bound = planning_bound(study.loaded.scenario).as_json()
    assert study.summary["bound_h"] == bound["bound_h"] > 0
    assert {m: e["bound_h"] for m, e in study.summary["missions"].items()} == {
        m: e["bound_h"] for m, e in bound["missions"].items()
    }
    stored = json.loads((study.result.folder / "summary.json").read_text())
    assert stored["bound_h"] == bound["bound_h"]
    assert "A lucky replication may beat it" in said(study)


def test_a_plan_that_cannot_work_has_no_bound_but_the_most_that_can_be_out(tmp_path: Path) -> None:
    """Ten seats, once, for thirty people."""
    one = loads(
        """
        lift:
          types: {small: {seats: 10}}
          fleets: {only: {aircraft: small, number: 1, sorties: 1}}
        missions: {embassy: {order: {at: start}, cohorts: {staff: {people: 30, starts: holding}}}}
        """
    )
    study = sim.run(one, n=2, jobs=1, out=tmp_path, plots=False)
    summary = study.summary
    assert summary["bound_h"] is None
    assert summary["bound"]["most_out"] == pytest.approx(10, abs=0.01)
    assert "not all can be out, at most 10 of 30" in said(study)


def test_the_bound_is_said_of_those_who_are_ordered_out(tmp_path: Path) -> None:
    study = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path, plots=False, overrides=["missions.north.order.at=20 d"])
    assert study.summary["bound"]["people"] == 80
    assert "for the 80 people ordered out then, set by" in said(study)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the scenarios of which a bound is worked out."""
    names: list[str] = []
    monkeypatch.setattr(module, "bound_of", lambda one: (names.append(one.name), planning_bound(one.scenario))[1])
    return names


def test_a_bound_is_worked_out_once(tmp_path: Path, made: list[str]) -> None:
    summaries = [sim.run("evacsim:minimal", n=n, jobs=1, out=tmp_path, plots=False) for n in (2, 2, 3)]
    assert made == ["minimal"]
    assert len({study.summary["bound_h"] for study in summaries}) == 1
    first, second, _ = (json.dumps(study.summary) for study in summaries)
    assert first == second


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_text(""),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_text("null"),
        lambda path: path.write_text(path.read_text().replace('"bound_h": ', '"bound_h": 1', 1)),
        lambda path: path.write_text(path.read_text().replace('"of": "', '"of": "0', 1)),
        lambda path: path.write_bytes(b"\xff\xfe"),
    ],
    ids=["gone", "empty", "cut", "null", "another number", "of another", "no text"],
)
def test_a_damaged_bound_is_made_again(tmp_path: Path, made: list[str], damage: Callable[[Path], object]) -> None:
    one = sim.load("evacsim:minimal")
    said = kept_bound(one, tmp_path)
    whole = (tmp_path / KEPT).read_bytes()
    damage(tmp_path / KEPT)
    assert kept_bound(one, tmp_path) == said
    assert made == ["minimal"] * 2
    assert (tmp_path / KEPT).read_bytes() == whole


def test_another_scenario_code_or_package_makes_it_again(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = sim.load("evacsim:minimal"), sim.load("evacsim:minimal", ["airport.gates.main.lanes=1"])
    assert kept_bound(one, tmp_path)["bound_h"] != kept_bound(other, tmp_path)["bound_h"]
    kept_bound(other, tmp_path)
    assert len(made) == 2
    monkeypatch.setattr(module, "source_digest", lambda rooms: f"other code of {rooms}")
    kept_bound(other, tmp_path)
    assert len(made) == 3
    monkeypatch.setattr(module, "packaged", lambda name: "99")
    kept_bound(other, tmp_path)
    assert len(made) == 4

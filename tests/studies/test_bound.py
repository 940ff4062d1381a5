"""The planning bound stands beside the results of a run: in the summary, for each mission, and under the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

import sim
from sim.analysis.bounds import planning_bound
from sim.present.terminal import run_table
from sim.scenario import loads


def said(summary: dict[str, object]) -> str:
    console = Console(width=200, record=True)
    console.print(run_table(summary, 200))
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
    assert "A lucky replication may beat it" in said(study.summary)


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
    summary = sim.run(one, n=2, jobs=1, out=tmp_path, plots=False).summary
    assert summary["bound_h"] is None
    assert summary["bound"]["most_out"] == pytest.approx(10, abs=0.01)
    assert "not all can be out, at most 10 of 30" in said(summary)

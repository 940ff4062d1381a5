"""The levers that move the outcome most, in a sentence at the end of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.analysis.found import Summary
from sim.analysis.to_do import what_to_do
from sim.cli import main
from tests.analysis.filled import filled

ONE = {"factor": "airport.gates.*.lanes", "about": "Search lanes", "index": 0.24, "low": 0.1, "high": 0.4, "direction": "down"}
LANE = """
title: Lanes that are merely assumed
clock: {start: 2021-09-12 06:00, horizon: 10 h}
missions: {embassy: {order: {at: 0 h}, cohorts: {core: {people: 40, group: 1}}}}
airport:
  gates:
    main:
      lanes: {value: 2, low: 1, high: 4, kind: lever, evidence: assumed}
      per_person: {value: 30 min/person, low: 29 min/person, high: 31 min/person}
"""


def summary(levers: list[dict[str, Any]]) -> Summary:
    return filled(Summary, missions={}, inputs={"of": "total.left_behind", "levers": levers})


def test_the_sentence() -> None:
    line = what_to_do(summary([ONE]))
    assert line == (
        "What to do: of what is ours to choose, how many are left behind depends most on search lanes at all gates "
        "(airport.gates.*.lanes): 24 % of its variance over the sets (10 % to 40 %), higher is better."
    )


def test_beyond_three_they_are_counted() -> None:
    assert what_to_do(summary([ONE] * 5)).endswith("; and 2 more.")


def test_nothing_where_no_lever_stands_out() -> None:
    assert what_to_do(filled(Summary)) == what_to_do(summary([])) == ""


def test_a_run_and_a_comparison_end_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1 to 4 lanes get 20 to 80 of 40 people through; the time of a search hardly matters and is no lever."""
    (tmp_path / "lane.yaml").write_text(LANE)
    given = ["-n", "60", "--jobs", "1", "--out", str(tmp_path / "r"), "--no-plots"]
    summary = sim.run(str(tmp_path / "lane.yaml"), n=60, jobs=1, out=tmp_path / "r", plots=False).summary
    assert [one["factor"] for one in summary["inputs"]["levers"]] == ["airport.gates.*.lanes"]
    for words in (["run", str(tmp_path / "lane.yaml")], ["compare", *[str(tmp_path / "lane.yaml")] * 2]):
        with pytest.raises(SystemExit):
            main([*words, *given])
        assert "What to do: of what is ours to choose" in " ".join(capsys.readouterr().out.split())

"""``deadline --mission``: one mission alone, the date with each scenario, and a scenario that lacks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

BASE = """
title: TITLE
clock: {start: 2021-09-12 06:00, horizon: 40 d}
threat: {timeline: [{at: FALL, level: fallen}], levels: [calm, fallen], start: calm, fallen: fallen}
security: {unsecured_hold: 0 h, phases: [{begins: start, provider: none}]}
missions:
  embassy: {order: {at: 1 h}, cohorts: {core: {people: 20, group: 20, ready: 4 h}}}
  consulate: {order: {at: 1 h}, cohorts: {core: {people: 5, group: 5, ready: 1 h}}}
"""
FAST = ("-n", "40", "--jobs", "1", "--no-plots", "--to", "36 h", "--dates", "4", "--resolution", "6 h")


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.deadline.answer.WATCHED", 40)
    for name, fall in (("soon", "20 h"), ("later", "32 h")):
        (tmp_path / f"{name}.yaml").write_text(BASE.replace("TITLE", f"The {name} one").replace("FALL", fall))
    without = BASE[: BASE.index("  embassy")].replace("TITLE", "Without it").replace("FALL", "20 h")
    (tmp_path / "without.yaml").write_text(f"{without}  consulate: {{order: {{at: 1 h}}, cohorts: {{core: 5}}}}\n")


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.costly
def test_the_sentence_has_the_date_with_each_and_the_table_no_other(evacsim: Command, pair: None) -> None:
    """Four hours before the fall at the latest, 16 and 28 h: of the dates 6 h apart 12 and 24 h."""
    shown = evacsim("deadline", "soon.yaml", "later.yaml", "--mission", "embassy", *FAST)
    assert shown.status == 0
    text = one_line(shown.out)
    assert text.startswith("“Later one” instead of “Soon one” buys embassy 12 h ")
    assert "Soon one: embassy can order up to 12 h after the start, 12 Sep 18:00" in text
    assert "Later one: embassy can order up to 24 h after the start, 13 Sep 06:00" in text
    assert "all together" not in text
    assert "consulate" not in text
    assert not any("…" in line for line in shown.out.splitlines())


@pytest.mark.costly
def test_json_has_that_scope_alone(evacsim: Command, pair: None) -> None:
    summary = evacsim("deadline", "soon.yaml", "--mission", "embassy", "--json", *FAST).json
    assert [entry["scope"] for entry in summary["deadlines"]] == ["embassy"]
    assert summary["deadlines"][0]["order_h"] == 12


@pytest.mark.costly
def test_a_scenario_that_lacks_it_is_said(evacsim: Command, pair: None) -> None:
    shown = evacsim("deadline", "without.yaml", "soon.yaml", "--mission", "embassy", *FAST)
    assert shown.status == 0
    text = one_line(shown.out)
    assert text.startswith("The soon one: embassy can order up to 12 h after the start")
    assert "Warning: without: there is no mission embassy." in text


def test_an_unknown_name_is_one_line(evacsim: Command, pair: None) -> None:
    shown = evacsim("deadline", "soon.yaml", "--mission", "embasy", *FAST)
    assert (shown.status, shown.lines) == (2, ['--mission: no mission "embasy"; nearest: "embassy"'])


@pytest.mark.costly
def test_python_calls_it_as_the_other_questions_do(pair: None, tmp_path: Path) -> None:
    how: dict[str, Any] = {"n": 40, "jobs": 1, "plots": False, "last": "36 h", "dates": 4, "out": tmp_path / "results"}
    answer = sim.deadline(tmp_path / "soon.yaml", mission="embassy", **how)
    same = sim.deadline(tmp_path / "soon.yaml", missions=["embassy"], **how)
    assert answer.summary == same.summary
    assert answer.deadlines["scope"].to_list() == ["embassy"]

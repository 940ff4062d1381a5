"""``plan --mission``: the goal, the sentence and the rows are that mission's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

TWO = """
title: Two missions through one gate
clock: {start: 2021-09-12 06:00, horizon: 10 d}
missions:
  embassy: {order: {at: 0 h}, cohorts: {core: {people: 20, group: 1}}}
  consulate: {order: {at: 100 h}, cohorts: {core: {people: 40, group: 1}}}
airport: {gates: {main: {lanes: 1, per_person: 30 min/person}}}
"""
"""20 people take 10 h through one lane and 5 h through two, 40 take 20 h and 10 h."""
ASK = ("plan", "two.yaml", "--finish-by", "8 h", "--vary", "airport.gates.main.lanes=1,2,4")
FAST = ("-n", "40", "--jobs", "1", "--no-plots")


@pytest.fixture(autouse=True)
def two(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(TWO)


@pytest.mark.parametrize(("mission", "lanes"), [("embassy", "2"), ("consulate", "4")])
def test_the_answer_is_that_missions(evacsim: Command, mission: str, lanes: str) -> None:
    shown = evacsim(*ASK, "--mission", mission, *FAST)
    text = " ".join(shown.out.split())
    assert text.startswith(f"Two missions through one gate: {mission} out within 8 h of the first order in 90 % of the cases: ")
    assert f"the least that is enough is {lanes} search lanes at Main gate" in text
    assert "all together" not in text
    summary = evacsim(*ASK, "--mission", mission, "--json", *FAST).json
    assert summary["scope"] == mission
    assert summary["least"] == [{"airport.gates.main.lanes": lanes}]


def test_an_unknown_name_is_one_line(evacsim: Command) -> None:
    shown = evacsim(*ASK, "--mission", "embasy", *FAST)
    assert (shown.status, shown.lines) == (2, ['--mission: no mission "embasy"; nearest: "embassy"'])

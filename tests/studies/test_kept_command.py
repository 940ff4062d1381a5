"""The command that a manifest keeps gives the same answer again, whatever its files are called."""

from __future__ import annotations

import shlex

import pytest

from sim.studies.deadline.query import DeadlineQuery
from sim.studies.plan.query import PlanQuery

NAMES = ["a.yaml", "a -n b.yaml", "it's.yaml", "$HOME -n 3"]


@pytest.mark.parametrize("name", NAMES)
def test_the_options_of_a_study_follow_the_scenarios(name: str) -> None:
    given = PlanQuery.of(name, "3 d", [f"x={name} -n 4"], n=5, csv=True).command([name])
    words = ["--finish-by", "3 d", "--vary", f"x={name} -n 4"]
    assert shlex.split(given) == ["evacsim", "plan", name, *words, "-n", "5", "--seed", "1", "--csv"]


@pytest.mark.parametrize("name", NAMES)
def test_so_they_do_for_a_query(name: str) -> None:
    given = DeadlineQuery(scenarios=(name,), n=5).command([name])
    assert shlex.split(given) == ["evacsim", "deadline", name, "-n", "5", "--seed", "1"]

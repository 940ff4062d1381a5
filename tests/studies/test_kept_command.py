"""The command that a manifest keeps gives the same answer again, whatever its files are called."""

from __future__ import annotations

import shlex

import pytest

from sim.studies.deadline.query import DeadlineQuery
from sim.studies.kept import asked_command
from sim.studies.options import Options

NAMES = ["a.yaml", "a -n b.yaml", "it's.yaml", "$HOME -n 3"]


@pytest.mark.parametrize("name", NAMES)
def test_a_study_options_follow_the_scenarios(name: str) -> None:
    words = ["--finish-by", "3 d", "--vary", f"x={name} -n 4"]
    given = asked_command("plan", [name, "b.yaml"], words, Options(n=5, csv=True))
    assert shlex.split(given) == ["evacsim", "plan", name, "b.yaml", *words, "-n", "5", "--seed", "1", "--csv"]
    assert shlex.split(asked_command("plan", [name], [], Options(n=5))) == ["evacsim", "plan", name, "-n", "5", "--seed", "1"]


@pytest.mark.parametrize("name", NAMES)
def test_so_they_do_for_a_query(name: str) -> None:
    given = DeadlineQuery(scenarios=(name,), n=5).command([name])
    assert shlex.split(given) == ["evacsim", "deadline", name, "-n", "5", "--seed", "1"]

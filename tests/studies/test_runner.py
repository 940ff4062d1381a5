"""The lab: proposals become points under one seed; what is not accepted is an outcome that says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.analysis.measure import Reading, parse
from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.scenario import ScenarioError
from sim.studies.deadline.query import DeadlineQuery
from sim.studies.engine import StudyRunner, session_of

SCENARIO = """
missions:
  embassy: {order: {at: 0 h}, cohorts: {staff: {people: 40, group: 4, ready: {uniform: [0 h, 2 h]}}}}
airport:
  gates: {main: {lanes: 1, per_person: 10 min/person}}
"""


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[StudyRunner]:
    path = tmp_path / "one.yaml"
    path.write_text(SCENARIO)
    query = DeadlineQuery.of(path, jobs=1, out=tmp_path / "results")
    with session_of(query) as session:
        yield session.check(query.scenarios)


P50 = parse("total.p50", ["embassy"])


def median(outcome: Outcome) -> Any:
    return outcome.error or Reading(outcome.result).value(P50).value  # type: ignore[arg-type]


def test_points_come_back_in_the_order_of_the_proposals(runner: StudyRunner) -> None:
    settings = ["airport.gates.main.lanes=1", "airport.gates.main.lanes=4", "airport.gates.main.lanes=2"]
    one, four, two = runner.gather(Batch([Proposal((s,), n=20) for s in settings], median))
    assert four < two < one


def test_a_setting_that_is_not_accepted_is_an_outcome(runner: StudyRunner) -> None:
    bad, good = runner.gather(Batch([Proposal(("airport.gates.main.lanes=many",), n=10), Proposal((), n=10)], median))
    assert "airport.gates.main.lanes" in bad
    assert isinstance(good, float)


def test_a_point_without_settings_is_the_run_of_the_scenario(runner: StudyRunner, tmp_path: Path) -> None:
    (outcome,) = runner.gather(Batch([Proposal((), n=12)]))
    run = sim.run(runner.given[0], n=12, out=tmp_path / "results", plots=False)
    assert run.result.folder == outcome.result.folder
    assert run.missions.equals(outcome.result.table("missions"))


def test_a_study_is_driven_to_its_answer(runner: StudyRunner) -> None:
    def halving() -> Study[list[float]]:
        seen = []
        for lanes in (1, 2, 4):
            seen += yield Batch([Proposal((f"airport.gates.main.lanes={lanes}",), n=8)], median)
        return seen

    answers = runner.conduct(halving())
    assert len(answers) == 3
    assert answers == sorted(answers, reverse=True)


def test_a_bad_scenario_is_said_before_anything_runs(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("missions: {embassy: {order: {at: 0 h}, cohorts: {staff: -4}}}\n")
    query = DeadlineQuery.of(path, jobs=1, out=tmp_path)
    with session_of(query) as session, pytest.raises(ScenarioError):
        session.check(query.scenarios)


@pytest.mark.parametrize("given_loaded", [False, True])
def test_every_point_draws_from_the_sets_that_the_scenario_names(tmp_path: Path, given_loaded: bool) -> None:
    """Also where it was loaded before, whose text doesn't name them."""
    (tmp_path / "sets.csv").write_text("set,factor,position\n0,road.delay,0.25\n")
    path = tmp_path / "one.yaml"
    path.write_text(f"inputs: sets.csv\nroad: {{delay: {{value: 1 h, low: 30 min, high: 2 h}}}}\n{SCENARIO}")
    query = DeadlineQuery.of(sim.load(path) if given_loaded else path, jobs=1, out=tmp_path / "results")
    with session_of(query) as session:
        runner = session.check(query.scenarios)
        point = runner.source(Proposal(("airport.gates.main.lanes=2",)))
    assert point.inputs is not None
    assert point.inputs.sets is not None
    assert point.inputs == runner.loaded[0].inputs

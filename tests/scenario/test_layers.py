"""A study's points: a scenario's files are read once, and every point is what reading them again would give."""

from __future__ import annotations

import pytest

from sim.scenario import Layers, ScenarioError, load

FILE = "evacsim:turkish-collapse"
POINTS = (
    ["airport.gates.abbey.lanes=3"],
    ["airport.gates.abbey.lanes={value: 5, low: 2, high: 9, source: a guess, evidence: assumed}"],
    ["airport.gates.abbey.lanes=7", "clock.horizon=40 d"],
    ["missions.united-states.order=null"],
    ["road.drive=12 min"],
    [],
)
WRONG = (
    ["threat.levels=[threatened, contested, fallen, gone]"],
    ["airport.gates.abbey.lanes=six"],
    ["airport.gates.abbey.lanes=-1", "road.drive=3 people"],
    ["threat.levels=[calm]"],
    ["airport.gates.nowhere.lanes=1"],
)


@pytest.fixture(scope="module")
def layers() -> Layers:
    return Layers.of(FILE)


@pytest.mark.parametrize("settings", POINTS, ids=str)
def test_a_point_is_what_its_file_would_give(layers: Layers, settings: list[str]) -> None:
    alone = load(FILE, settings)
    assert layers.load(settings) == alone
    assert layers.load(settings) == alone


@pytest.mark.parametrize("settings", WRONG, ids=str)
def test_faults_are_said_as_if_it_were_the_first_point(layers: Layers, settings: list[str]) -> None:
    with pytest.raises(ScenarioError) as alone:
        load(FILE, settings)
    for _ in range(2):
        with pytest.raises(ScenarioError) as again:
            layers.load(settings)
        assert again.value.faults == alone.value.faults


def test_a_faulty_file_is_faulty_at_every_point() -> None:
    layers = Layers.of_text("missions: {a: {cohorts: {core: six}}}\nclock: {horizon: 5 d}\n")
    for _ in range(2):
        with pytest.raises(ScenarioError, match="expected a whole number") as seen:
            layers.load(["road.drive=1 h"])
        assert len(seen.value.faults) == 1
    assert layers.load(["missions.a.cohorts.core=6"]).scenario.missions["a"]


def test_points_leave_nothing_behind() -> None:
    """What is remembered is the file's: a study of a million points needs no more than one of two."""
    layers = Layers.of("evacsim:minimal")
    layers.load()
    kept = len(layers.quantities)
    for lanes in range(1, 30):
        layers.load([f"airport.gates.main.lanes={lanes}"])
    assert len(layers.quantities) == kept > 10

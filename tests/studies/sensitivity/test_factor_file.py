"""Factors files: what they say, and that every fault has its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError
from sim.studies.sensitivity.factor_file import specs_of


def write(folder: Path, text: str) -> str:
    path = folder / "factors.yaml"
    path.write_text(text)
    return str(path)


def test_what_a_file_says(tmp_path: Path) -> None:
    text = """
factors:
  - airport.gates.*.per_person
  - {path: road.speed, low: 10 km/h, high: 40 km/h, transform: log, group: road}
  - {path: road.delay, times: [0.5, 2], group: road}
"""
    one, two, three = specs_of([write(tmp_path, text)])
    assert (one.path, one.low, one.times, one.log) == ("airport.gates.*.per_person", None, None, None)
    assert (two.low, two.high, two.log, two.group) == ("10 km/h", "40 km/h", True, "road")
    assert three.times == (0.5, 2.0)
    assert two.place.line == 4


def test_a_group_may_have_a_name_of_sixty_characters(tmp_path: Path) -> None:
    (one,) = specs_of([write(tmp_path, f"factors: [{{path: road.delay, group: {'x' * 60}}}]")])
    assert one.group == "x" * 60


def test_paths_and_files_together(tmp_path: Path) -> None:
    file = write(tmp_path, "factors: [road.speed]")
    assert [s.path for s in specs_of(["airport.**", file])] == ["airport.**", "road.speed"]


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("factors: []", ":1:10: factors", "expected a list"),
        ("{factors: [a.b], more: 1}", ":1:1", "nothing else"),
        ("factors: [{low: 1, high: 2}]", ":1:11: factors.0.path", "expected the path"),
        ("factors: [{path: a.b, low: 1}]", "factors.0", "low and high"),
        ("factors: [{path: a.b, low: 1, high: 2, times: [1, 2]}]", "factors.0", "low and high"),
        ("factors: [{path: a.b, times: [2, 1]}]", "factors.0.times", "LOW < HIGH"),
        ("factors: [{path: a.b, times: [0.5, 1, 2]}]", "factors.0.times", "LOW < HIGH"),
        ("factors: [{path: a.b, times: [2]}]", "factors.0.times", "LOW < HIGH"),
        ("factors: [{path: a.b, times: 2}]", "factors.0.times", "LOW < HIGH"),
        ("factors: [{path: a.b, times: [false, 2]}]", "factors.0.times", "LOW < HIGH"),
        ("factors: [{path: a.b, times: [-1, 2]}]", "factors.0.times", "LOW < HIGH"),
        ("factors: [{path: a.b, times: [1, two]}]", "factors.0.times", "LOW < HIGH"),
        ("factors: [{path: a.b, transform: cubic}]", "factors.0.transform", "linear or log"),
        ("factors: [{path: a.b, grup: x}]", "factors.0.grup", 'nearest: "group"'),
        ("factors: [{path: a.b, group: 7}]", "factors.0.group", "expected a name"),
        ("factors: [{path: a.b, group: ' '}]", "factors.0.group", "expected a name"),
        (f"factors: [{{path: a.b, group: {'x' * 61}}}]", "factors.0.group", "a name of at most 60 characters"),
        ('factors: [{path: a.b, group: "a\\tb"}]', "factors.0.group", "expected a name"),
        ("factors: [{path: a.**.c}]", "factors.0.path", "only at the end"),
        ("factors: [!!python/object:os.system x]", ":1:", ""),
        ("factors: [7]", "factors.0", "expected a path"),
    ],
)
def test_faults(tmp_path: Path, text: str, where: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        specs_of([write(tmp_path, text)])
    assert where in str(caught.value)
    assert message in str(caught.value)


def test_faults_of_the_command_line() -> None:
    with pytest.raises(ScenarioError, match="--factors 2:1:1: expected the path"):
        specs_of(["road.speed", "road..speed"])
    with pytest.raises(ScenarioError, match=r"nowhere\.yaml"):
        specs_of(["nowhere.yaml"])

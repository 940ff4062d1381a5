"""What a study says of its progress: replications, of which all are counted by the end, simulated or found in the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.experiment.run import SilentProgress
from sim.studies.bottleneck.query import BottleneckQuery
from sim.studies.compare.query import CompareQuery
from sim.studies.deadline.query import DeadlineQuery
from sim.studies.decide.query import DecideQuery
from sim.studies.engine import answer
from sim.studies.query import Query
from sim.studies.run.query import RunQuery
from sim.studies.schedule.query import ScheduleQuery
from sim.studies.sweep.query import SweepQuery
from sim.studies.validate.query import ValidateQuery

LANES = "airport.gates.main.lanes"
SCENARIO = """\
clock: {start: 2021-09-12 06:00, horizon: 2 d}
missions: {embassy: {order: {at: 0 h}, cohorts: {staff: {people: 8, group: 4, ready: {uniform: [0 h, 2 h]}}}}}
airport: {gates: {main: {lanes: 1, per_person: 10 min/person}}}
"""
OBSERVED = "evacsim:observations/minimal.csv"
DESIGN = f"scenario: evacsim:minimal\nn: 4\ndesign: {{points: [{{{LANES}: 1}}, {{{LANES}: 2}}, {{{LANES}: 3}}]}}\n"


class Counted(SilentProgress):
    """[name, replications known of, replications in all] of each part of a study."""

    def __init__(self) -> None:
        self.parts: list[list[Any]] = []

    def begin(self, name: str, done: int, total: int) -> None:
        self.parts.append([name, done, total])

    def stored(self, count: int) -> None:
        self.parts[-1][1] += count

    def advance(self, count: int, seconds: float, workers: int) -> None:
        self.parts[-1][1] += count


STUDIES: dict[str, tuple[type[Query], dict[str, Any], list[int]]] = {
    "validate": (ValidateQuery, {"scenario": "design.yaml", "observations": OBSERVED}, [3 * 4]),
    "sweep": (SweepQuery, {"scenarios": ["one.yaml"], "vary": [f"{LANES}=1,2,3"]}, [3 * 4]),
    "schedule": (ScheduleQuery, {"scenario": "one.yaml"}, [4]),
    "decide": (DecideQuery, {"scenarios": ["one.yaml"], "vary": [f"{LANES}=1,2,3"]}, [3 * 4]),
    "bottleneck": (BottleneckQuery, {"scenarios": ["one.yaml"]}, [4, 4]),
    "run": (RunQuery, {"scenarios": ["one.yaml", "two.yaml"]}, [4, 4]),
    "compare": (CompareQuery, {"base": "one.yaml", "others": ["two.yaml"]}, [4, 4]),
    "deadline": (DeadlineQuery, {"scenarios": ["one.yaml"], "last": "1 d"}, [200, 5 * 4]),
}
"""What is asked, and the replications of each of its parts: as it is and with one lane more, or until the capital falls."""


@pytest.mark.first(3)
@pytest.mark.parametrize("study", STUDIES)
def test_all_replications_are_counted_once(study: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where all of them are stored."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"one": SCENARIO, "two": SCENARIO.replace("lanes: 1", "lanes: 2"), "design": DESIGN}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    kind, about, totals = STUDIES[study]
    for _ in range(2):
        progress = Counted()
        answer(kind(**about, n=4, jobs=1, plots=False), progress)
        assert [total for _, _, total in progress.parts] == [known for _, known, _ in progress.parts] == totals

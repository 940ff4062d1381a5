"""A finished study in a folder to which nothing can be written is shown again; and more replications don't go in silence."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment import SilentProgress
from sim.experiment.files import OutputError

GATE = """
title: One gate
clock: {start: 2021-09-12 06:00, horizon: 2 d}
airport: {gates: {main: {lanes: 1, per_person: 10 min/person}}}
road: {drive: {value: 30 min, low: 10 min, high: 60 min, evidence: assumed}}
missions: {embassy: {order: {at: 1 h}, cohorts: {core: 12}}}
"""
SEEN = """window_id,start_utc,end_utc,measure,scope,place,value,low,high,use
w,2021-09-12T06:00Z,2021-09-13T06:00Z,people,all,,20,,,check
"""
DESIGN = "scenario: one.yaml\ndesign: {grid: {road.drive: [30 min, 60 min]}}\n"
LANES = {"airport.gates.main.lanes": [1, 2]}

ASKED: dict[str, Callable[..., Any]] = {
    "sweep": lambda **k: sim.sweep("one.yaml", vary=LANES, **k),
    "deadline": lambda **k: sim.deadline("one.yaml", dates=2, first="0 h", last="24 h", resolution_h=24.0, **k),
    "plan": lambda **k: sim.plan("one.yaml", finish_by="16 h", vary=LANES, **k),
    "sensitivity": lambda **k: sim.sensitivity("one.yaml", factors=["road.drive"], **k),
    "bottleneck": lambda **k: sim.bottleneck("one.yaml", only=["lane"], **k),
    "decide": lambda **k: sim.decide("one.yaml", vary=LANES, **k),
    "schedule": lambda **k: sim.schedule("one.yaml", **k),
    "validate": lambda **k: sim.validate("one.yaml", "seen.csv", **k),
    "validate a design": lambda **k: sim.validate("design.yaml", "seen.csv", **k),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.studies.deadline.answer.WATCHED", 4)
    (tmp_path / "one.yaml").write_text(GATE)
    (tmp_path / "seen.csv").write_text(SEEN)
    (tmp_path / "design.yaml").write_text(DESIGN)
    return tmp_path


def closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nothing can be written below *folder*."""
    original, access = os.open, os.access

    def refuse(path: Any, flags: int, *mode: Any, **more: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and str(Path(path).absolute()).startswith(str(folder)):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return original(path, flags, *mode, **more)

    inside: Callable[[Any], bool] = lambda path: str(Path(path).absolute()).startswith(str(folder))  # noqa: E731
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "access", lambda path, mode: not inside(path) and access(path, mode))


@pytest.mark.first(4)
@pytest.mark.parametrize("verb", ASKED)
def test_a_finished_study_is_shown_again_where_nothing_can_be_written(
    verb: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more: dict[str, Any] = {"jobs": 1, "plots": False, "out": here / "results"}
    first = ASKED[verb](n=4, **more)
    before = {path: path.stat().st_mtime_ns for path in sorted((here / "results").rglob("*"))}
    closed(here / "results", monkeypatch)
    again = ASKED[verb](n=4, **more)
    assert again.headlines == first.headlines
    assert again.as_json() == first.as_json()
    if verb == "schedule":  # which keeps no replication: what moves in them is simulated
        assert ASKED[verb](n=6, **more).summary["replications"] == 6
    else:
        with pytest.raises(OutputError, match=r"cannot keep results in .*nothing can be written: .* missing"):
            ASKED[verb](n=6, **more)
    assert {path: path.stat().st_mtime_ns for path in sorted((here / "results").rglob("*"))} == before


class Heard(SilentProgress):
    """What is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def notice(self, text: str) -> None:
        self.lines.append(text)


@pytest.mark.first(3)
@pytest.mark.parametrize("verb", ["run", *(verb for verb in ASKED if not verb.startswith("validate"))])
def test_fewer_replications_never_replace_more_in_silence(verb: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 8, then 4, then 6: the tables of 8 are replaced, and later it is still known that there are 8."""
    heard = Heard()

    @contextmanager
    def watched() -> Iterator[Heard]:
        yield heard

    monkeypatch.setattr("sim.api.watched", watched)
    ask = ASKED.get(verb) or (lambda **k: sim.run("one.yaml", **k))
    told = []
    for n in (8, 4, 6, 8):
        heard.lines.clear()
        ask(n=n, jobs=1, plots=False, out=here / "results")
        told.append([line.partition(": ")[2] for line in heard.lines if "replication" in line])
    assert told == [
        [],
        ["tables of 8 replications are replaced by those of the first 4; all 8 are kept, and -n 8 shows them again"],
        ["these are tables of the first 6 of 8 replications; all 8 are kept, and -n 8 shows them again"],
        [],
    ]

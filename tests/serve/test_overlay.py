"""A setting saved as a file says the same to the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.serve.family import Family
from sim.serve.overlay import overlay
from sim.serve.query import ServeQuery
from tests.serve.lively import FLEETS, LANES, LIVELY, Browser, session, written
from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

SETTINGS = [
    [],
    ["airport.gates.main.lanes=4"],
    ["missions.north.cohorts.core=40", "missions.north.cohorts.core.ready=3 h"],
    ["missions.north.cohorts.families.ready.lognormal.median=6 h"],
    ["security.phases.1.begins.fallen=20 h", "security.phases.0.provider=guards"],
    ["security.phases=[{begins: start, provider: guards}]"],
    ["missions.south=null", "lift.fleets.two=null"],
    ["missions.north.order={at: 1 d}", "airport.gates.main.per_person=90 s/person"],
    ["airport.gates.main.lanes={low: 1, high: 3}"],
    ["threat.timeline.0.at=30 h", "lift.types.transport={seats: 80}"],
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: " ".join(settings) or "nothing")
def test_the_file_is_the_same_scenario(tmp_path: Path, settings: list[str]) -> None:
    """Nothing that a simulation depends on differs, in the check that the server makes and in the file as it is loaded."""
    file = written(tmp_path)
    family = Family(ServeQuery.of(str(file)))
    loaded = family.prepared(family.first, settings).loaded
    text = overlay(str(file), "A title", settings, loaded.canonical, "evacsim run changed.yaml")
    assert family.over(family.first, text).digest_text == loaded.digest_text
    (tmp_path / "changed.yaml").write_text(text, "utf-8")
    assert sim.load(tmp_path / "changed.yaml").digest_text == sim.load(file, settings).digest_text


def test_run_answers_the_same(tmp_path: Path, evacsim: Command) -> None:
    file = written(tmp_path)
    with session(file, tmp_path / "results", n=20) as browser:
        setting = {"scenario": "lively", "levers": {LANES: 0.8, FLEETS: 0.1}, "set": ["road.drive=1 h"]}
        answer = browser.until(setting, 20)["answer"]["results"][0]
        status, said = browser.post("save", setting=setting)
    assert (status, said["name"]) == (200, "lively-changed.yaml")
    assert "# To be kept in the folder of lively.yaml." in said["text"].splitlines()
    (tmp_path / said["name"]).write_text(said["text"], "utf-8")
    done = evacsim(
        "run", str(tmp_path / said["name"]), "-n", "20", "--json", "--quiet", "--no-plots", "--out", str(tmp_path / "again")
    )
    assert done.status == 0
    mine = done.json["results"][0]
    assert Path(mine["folder"]).name == Path(answer["folder"]).name  # the same id
    assert (mine["total"], mine["missions"]) == (answer["total"], answer["missions"])
    assert mine["title"] == "A small airport <b>& (changed)"


def test_what_the_command_line_set_is_saved_too(tmp_path: Path) -> None:
    with session(written(tmp_path), tmp_path / "results", overrides=(f"{LANES}=3", "road.drive=1 h")) as browser:
        text = browser.post("save", setting={"scenario": "lively", "set": [f"{LANES}=5"]})[1]["text"]
    assert "lanes: 5" in text
    assert "lanes: 3" not in text
    assert 'drive: "1 h"' in text


def test_what_no_file_can_say_is_refused(tmp_path: Path) -> None:
    """A mapping that is taken away and written anew would be added to what is there."""
    with session(written(tmp_path, LIVELY), tmp_path / "results") as browser:
        settings = ["missions.south.cohorts=null", "missions.south.cohorts={all: 5}"]
        status, said = Browser(browser.server).post("save", setting={"scenario": "lively", "set": settings})
    assert status == 400
    assert len(said["error"]) == 1

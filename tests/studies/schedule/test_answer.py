"""``schedule``: the command, the function, the files, and that it goes on where it was."""

from __future__ import annotations

import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import evacsim as api
from sim.experiment.files import StoreError
from sim.model.replication import movements
from sim.scenario import load
from sim.studies.query import QueryError
from sim.studies.schedule import ranges
from sim.studies.schedule.as_json import schedule_json
from tests.model.helpers import plan
from tests.model.test_movements import AIRLIFT
from tests.present.drawing import made
from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

FAST: dict[str, Any] = {"jobs": 1, "plots": False}
TOWN = """\
title: "A =town"
clock: {start: 2021-09-12 06:00, horizon: 4 d, utc_offset: 4.5}
road: {drive: 1 h}
airport:
  gates: {north: {lanes: 1, per_group: 1 h}}
  airfield: {stands: {small: {size: 1, number: 1}}}
lift:
  types: {jet: {seats: 40, load: 30 min, stand: small}}
  fleets: {air: {aircraft: jet, number: 1, available: 3 h, outbound: 2 h, wait_for: 50%}}
missions:
  alpha: {title: "+Alpha", order: {at: {uniform: [0 h, 24 h]}}, cohorts: {core: {people: 60, group: 20}}}
  late: {order: {at: {uniform: [3 d, 5 d]}}, cohorts: {core: 10}}
"""


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.yaml").write_text(TOWN)
    return tmp_path / "town.yaml"


def test_the_replication_is_the_nearest_to_the_median_of_the_run(town: Path) -> None:
    """Of the same replications as ``run`` has; those of late who are ordered too late are left behind, or stay."""
    found = api.schedule("town.yaml", n=15, **FAST)
    table = api.run("town.yaml", n=15, **FAST).replications
    left = (table["stranded"] + table["unfinished"]).to_list()
    median = sorted(left)[7]
    assert abs(left[found.summary["replication"]] - median) == min(abs(x - median) for x in left)
    assert found.summary["left_behind"] == left[found.summary["replication"]]
    assert found.summary["median_left_behind"] == median


def test_another_can_be_asked_for(town: Path) -> None:
    found = api.schedule("town.yaml", n=3, replication=11, **FAST)
    assert (found.summary["replication"], found.summary["asked_for"]) == (11, True)
    assert set(found.departures["replication"]) == {11}
    assert found.headline.startswith("A =town: in replication 11, which leaves ")
    assert "nearest" not in found.headline


def test_tables_add_up_and_say_local_moments(town: Path) -> None:
    found = api.schedule("town.yaml", n=3, replication=0, csv=True, xlsx=True, **FAST)
    missions = found.missions
    at_home = ("mission", "readying", "transport")
    settled = found.departures["last_trip"].sum() + missions["staying"].sum() + missions["out_before"].sum()
    assert settled + sum(missions[f"at_the_end_{stage}"].sum() for stage in at_home) == missions["staff"].sum() == 70
    assert found.loads["people"].sum() == found.sorties["people"].sum() == missions["out"].sum()
    first = found.departures.row(0, named=True)
    moment = datetime(2021, 9, 12, 6).timestamp() + 3600 * first["leaves_h"]
    assert abs(first["leaves_at"].timestamp() - moment) <= 30  # to the minute
    assert set(found.departures["zone"]) == {"UTC+04:30"}
    written = pl.read_csv(found.folder / "departures.csv")
    assert written["leaves_at"][0] == f"{first['leaves_at']:%Y-%m-%d %H:%M}"
    assert "'+Alpha" in written["title"].to_list()
    book = openpyxl.load_workbook(found.workbook)
    assert book.sheetnames == [
        "summary", "missions", "departures", "slots", "sorties", "loads", "ranges", "inputs", "how it was made",
    ]  # fmt: skip
    heads = [cell.value for cell in book["departures"][1]]
    assert book["departures"].cell(2, heads.index("leaves_at") + 1).value == first["leaves_at"]


def test_ranges_are_over_all_replications(town: Path) -> None:
    found = api.schedule("town.yaml", n=10, **FAST)
    alpha = found.ranges.filter(pl.col("name") == "alpha", pl.col("what") == "first_leaves_h").row(0, named=True)
    ordered = sorted(api.run("town.yaml", n=10, **FAST).missions.filter(pl.col("mission") == "alpha")["ordered_h"].to_list())
    assert (alpha["p10"], alpha["median"], alpha["p90"]) == (ordered[0], ordered[4], ordered[8])  # all leave at their order
    assert (alpha["replications"], alpha["never"], alpha["title"]) == (10, 0, "+Alpha")
    flown = found.summary["fleets"]["air"]["ranges"]["people"]
    assert flown["median"] in (60.0, 70.0)


def test_a_longer_one_goes_on_and_the_same_again_simulates_nothing(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    real = ranges.read

    def counted(plan: Any, seed: int, replication: int) -> Any:
        done.append(replication)
        return real(plan, seed, replication)

    monkeypatch.setattr("sim.studies.schedule.answer.ENGINE", ranges.ENGINE._replace(simulate=counted))
    first = api.schedule("town.yaml", n=4, **FAST)
    assert done == [0, 1, 2, 3]
    again = api.schedule("town.yaml", n=4, **FAST)
    assert len(done) == 4
    assert again.summary == first.summary
    longer = api.schedule("town.yaml", n=6, **FAST)
    assert done[4:] == [4, 5]
    alone = api.schedule("town.yaml", n=6, out="elsewhere", **FAST)
    assert alone.summary | {"folder": ""} == longer.summary | {"folder": ""}


def test_serial_and_parallel_are_equal(town: Path) -> None:
    serial, pooled = (api.schedule("town.yaml", n=8, out=f"{jobs}", plots=False, jobs=jobs) for jobs in (1, 2))
    assert serial.summary | {"folder": ""} == pooled.summary | {"folder": ""}
    assert all(serial.tables[name].equals(pooled.tables[name]) for name in serial.tables)


def _failing(plan: Any, seed: int, replication: int) -> Any:
    if replication == 2:
        raise RuntimeError("no replication 2")
    return ranges.read(plan, seed, replication)


def _broken(plan: Any, seed: int, replication: int) -> Any:
    raise RuntimeError("all are broken")


def test_a_replication_that_fails_makes_nothing_final(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.schedule.answer.ENGINE", ranges.ENGINE._replace(simulate=_failing))
    found = api.schedule("town.yaml", n=4, **FAST)
    assert (found.summary["failed"], found.summary["final"]) == (1, False)
    assert found.unfinished()[0].startswith("replication 2 failed (simulate): RuntimeError: no replication 2")
    assert found.summary["missions"]["alpha"]["ranges"]["ordered_h"]["of"] == 3
    monkeypatch.undo()
    monkeypatch.chdir(town.parent)
    assert api.schedule("town.yaml", n=4, **FAST).summary["final"]  # tried again


def test_where_none_gives_a_result_it_says_so(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.schedule.answer.ENGINE", ranges.ENGINE._replace(simulate=_broken))
    with pytest.raises(StoreError, match="no replication gave a result; RuntimeError: all are broken"):
        api.schedule("town.yaml", n=2, **FAST)


def test_an_unknown_mission_is_refused_before_anything(town: Path) -> None:
    with pytest.raises(QueryError, match="alpa"):
        api.schedule("town.yaml", mission="alpa", **FAST)
    assert not (town.parent / "results").exists()


def test_the_command_gives_all_rows_as_json(evacsim: Command, town: Path) -> None:
    shown = evacsim("schedule", "town.yaml", "-n", "3", "--jobs", "1", "--no-plots", "--json", "--replication", "1")
    assert shown.status == 0
    answer = json.loads(shown.out)
    assert (answer["replication"], answer["zone"], answer["start"]) == (1, "UTC+04:30", "2021-09-12 06:00")
    assert sum(d["last_trip"] for d in answer["departures"]) + sum(
        row["staying"] + row["out_before"] + row["never_left"] for row in answer["missions"].values()
    ) == answer["staff"]  # fmt: skip
    assert {"departures", "slots", "sorties", "missions", "fleets", "gates", "headline"} <= answer.keys()
    manifest = json.loads((Path("results") / answer["folder"].removeprefix("results/") / "manifest.json").read_text())
    assert manifest["command"] == "evacsim schedule town.yaml --replication 1 -n 3 --seed 1"
    assert manifest["replication"] == 1


def test_json_of_one_mission_has_its_rows_alone(evacsim: Command, town: Path) -> None:
    shown = evacsim("schedule", "town.yaml", "-n", "3", "--jobs", "1", "--no-plots", "--json", "--mission", "alpha")
    answer = json.loads(shown.out)
    assert set(answer["missions"]) == {"alpha"}
    assert {d["mission"] for d in answer["departures"]} == {"alpha"}


@pytest.mark.parametrize("width", [80, 160])
def test_tables_fit_the_terminal(evacsim: Command, town: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for more in ([], ["--mission", "alpha"]):
        out = evacsim("schedule", "town.yaml", "-n", "3", "--jobs", "1", "--no-plots", *more).out
        assert max(map(len, out.splitlines())) <= width
        assert "+Alpha" in out
        assert "local time, UTC+04:30" in out
    assert all(head in out for head in ("Leaves", "Searched", "On its stand", "Air/0", "North"))


def test_the_picture_is_drawn_where_anybody_leaves(town: Path) -> None:
    from sim.studies.schedule.plot import draw

    found = api.schedule("town.yaml", n=3, **FAST)
    (path,) = made(town.parent / "drawn", draw, found.found, found.moves, found.clock)
    assert path.name == "schedule.png"
    nobody = found.moves._replace(departures=())
    assert made(town.parent / "drawn", draw, found.found, nobody, found.clock) == []
    assert not path.exists()


def test_the_timeline_of_a_page_has_a_lane_for_each_asset() -> None:
    """The airlift: on the way from 2 to 3 h, at the gate from 3 to 4 h, the aircraft on its stand from 2.5 to 4.5 h."""
    scenario = load("evacsim:minimal").scenario
    from tests.model.helpers import scenario as loaded

    shown = schedule_json(movements(plan(AIRLIFT), 1, 0), loaded(AIRLIFT), 0)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert shown["assets"] == [
        {"kind": "mission", "name": "a", "title": "a", "lanes": [
            {"name": "on the way", "bars": [{"begins_h": 2, "ends_h": 3, "what": "on the way", "people": 60, "text": ""}]},
            {"name": "at the gates", "bars": [{"begins_h": 3, "ends_h": 4, "what": "at the gates", "people": 60, "text": ""}]},
        ]},
        {"kind": "gate", "name": "north", "title": "North gate", "lanes": [
            {"name": "a", "bars": [{"begins_h": 3, "ends_h": 4, "what": "searched", "people": 60, "text": "a"}]},
        ]},
        {"kind": "fleet", "name": "air", "title": "Air", "lanes": [
            {"name": "air/0", "bars": [
                {"begins_h": 2.5, "ends_h": 4.5, "what": "on its stand", "people": 60, "text": "a 60"},
                {"begins_h": 4.5, "ends_h": 7.5, "what": "to Doha", "people": 60, "text": "a 60"},
            ]},
        ]},
    ]  # fmt: skip
    assert schedule_json(movements(plan(scenario), 1, 0), scenario, 0)["zone"] == "UTC+04:30"
    assert math.isfinite(shown["end_h"])

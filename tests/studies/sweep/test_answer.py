"""Sweeps from words to folder: the table, the same numbers for every point, failures as rows, and going on after a kill."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import sim
from sim.analysis.measure import Reading, parse
from sim.experiment import StoreError
from sim.experiment.spool import Spool
from sim.scenario import ScenarioError
from sim.studies.sweep import answer as module
from sim.studies.sweep.answer import Sweep
from tests import forked

SCENARIO = """\
title: One gate
clock: {horizon: 3 d}
missions:
  embassy: {order: {at: 0 h}, cohorts: {staff: {people: 40, group: 4, ready: {uniform: [0 h, 2 h]}}}}
  legation: {order: {at: 5 h}, cohorts: {staff: {people: 8, group: 4, ready: {uniform: [0 h, 2 h]}}}}
airport:
  gates: {main: {lanes: 1, per_person: {value: 10 min/person, low: 5 min/person, high: 20 min/person}}}
"""
LANES = "airport.gates.main.lanes"
PER_PERSON = "airport.gates.main.per_person"
FILES = ("points.jsonl", "summary.json", "sweep.csv", "sweep.parquet")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.yaml").write_text(SCENARIO)
    (tmp_path / "slow.yaml").write_text("extends: one.yaml\ntitle: Slower\nroad: {drive: 3 h}\n")
    return tmp_path


def swept(*scenarios: Any, **asked: Any) -> Sweep:
    return sim.sweep(*(scenarios or ("one.yaml",)), **{"n": 12, "jobs": 1, "plots": False, **asked})


def the_bytes(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def test_a_row_for_each_point_and_measure_in_the_order_of_the_design() -> None:
    done = swept(vary=[f"{LANES}=1:3:1", f"{PER_PERSON}=5 min/person,10 min/person"])
    table = done.table
    assert table.columns == [
        "point", "scenario", "provider", "threat", LANES, PER_PERSON,
        "measure", "unit", "value", "low", "high", "n", "never", "error", "never_ordered",
    ]  # fmt: skip
    assert table["point"].to_list() == [k for k in range(6) for _ in range(4)]
    assert table["measure"].to_list()[:4] == ["total.out_p50", "total.out_p90", "total.p_all_out", "total.left_behind"]
    assert table[LANES].to_list() == [lanes for lanes in (1.0, 2.0, 3.0) for _ in range(8)]
    assert table[PER_PERSON].unique(maintain_order=True).to_list() == [5 / 60, 10 / 60]
    assert table["error"].null_count() == table.height
    assert pl.read_csv(done.folder / "sweep.csv")["value"].to_list() == table["value"].to_list()


def test_a_point_is_the_run_of_its_scenario() -> None:
    done = swept(vary=[f"{LANES}=2,3"], measures=["total.p50", "legation.left_behind"])
    run = sim.run("one.yaml", n=12, jobs=1, plots=False, overrides=[f"{LANES}=3"])
    for address in ("total.p50", "legation.left_behind"):
        (row,) = done.table.filter((pl.col("point") == 1) & (pl.col("measure") == address)).iter_rows(named=True)
        value = Reading(run.result).value(parse(address, ["embassy", "legation"]))
        assert (row["value"], row["low"], row["high"], row["n"]) == (value.value, value.low, value.high, value.n)


def test_every_point_has_the_same_random_numbers() -> None:
    """What does not matter changes nothing at all; what does matter shifts the same replications: they correlate."""
    indifferent = swept(vary=["airport.gates.main.rank=0,1,2"]).table
    values = [indifferent.filter(pl.col("point") == k)["value"].to_list() for k in range(3)]
    assert values[0] == values[1] == values[2]
    runs = [sim.run("one.yaml", n=60, jobs=1, plots=False, overrides=[f"{LANES}=40", f"road.drive={h} h"]) for h in (0, 1)]
    total = parse("total.p50", [])
    first, last = (Reading(run.result).samples(total) for run in runs)
    assert first.replication.tolist() == last.replication.tolist()
    assert first.sets.tolist() == last.sets.tolist()
    assert np.allclose(last.values - first.values, 1.0)  # a fixed delay shifts every replication by itself


def test_several_scenarios_are_one_more_axis() -> None:
    done = swept("one.yaml", "slow.yaml", vary={LANES: [1, 2]})
    assert done.table["scenario"].to_list() == ["one"] * 8 + ["slow"] * 8
    assert done.table["provider"].null_count() == 16
    p50 = done.table.filter(pl.col("measure") == "total.out_p50")["value"].to_list()
    assert p50[2] > p50[0]
    assert done.headline.count("One gate: ") == done.headline.count("Slower: ") == 1


def test_provider_and_threat_choose_the_file_by_its_name(here: Path) -> None:
    for provider in ("turkish", "none"):
        for threat in ("holding", "collapse"):
            extra = "road: {drive: 9 h}" if provider == "none" else "road: {drive: 1 h}"
            (here / f"{provider}-{threat}.yaml").write_text(f"extends: one.yaml\ntitle: x\n{extra}\n")
    done = swept("turkish-holding.yaml", vary=["provider=turkish,none", "threat=holding,collapse"], measures=["total.p50"])
    names = ["turkish-holding", "turkish-collapse", "none-holding", "none-collapse"]
    assert done.table["scenario"].to_list() == names
    assert done.table["provider"].to_list() == ["turkish", "turkish", "none", "none"]
    assert done.table["threat"].to_list() == ["holding", "collapse"] * 2
    values = done.table["value"].to_list()
    assert values[0] == values[1] < values[2] == values[3]
    with pytest.raises(ScenarioError, match=r"no file french-holding\.yaml"):
        swept("turkish-holding.yaml", vary=["provider=french"])


@pytest.mark.parametrize(
    ("varied", "missing"),
    [("threat=siege", "turkish-siege.yaml for siege"), ("provider=french", "french-holding.yaml for french")],
)
def test_a_file_that_is_not_there_is_said_with_the_part_of_its_name_that_was_asked_for(
    varied: str, missing: str, here: Path
) -> None:
    (here / "turkish-holding.yaml").write_text("extends: one.yaml\n")
    with pytest.raises(ScenarioError) as caught:
        swept("turkish-holding.yaml", vary=[varied])
    (fault,) = caught.value.faults
    assert fault.message == f"no file {missing}"
    assert not (here / "results").exists()


def test_later_than_the_horizon_is_said_with_it_where_all_points_have_the_same(here: Path) -> None:
    """Nobody is out within four hours or five, for they drive for nine."""
    (here / "far.yaml").write_text("extends: one.yaml\nroad: {drive: 9 h}\nclock: {horizon: 4 h}\n")
    (here / "farther.yaml").write_text("extends: far.yaml\nclock: {horizon: 5 h}\n")
    asked: dict[str, Any] = {"n": 2, "measures": ["total.out_p50"]}
    lanes = [f"{LANES}=1,2"]
    assert "> 0.167 d" in swept("far.yaml", vary=lanes, **asked).headline
    for several in (
        swept("far.yaml", "farther.yaml", vary=lanes, **asked),
        swept("far.yaml", vary=["clock.horizon=4 h,5 h"], **asked),
    ):
        assert "unfinished" in several.headline
        assert "> 0." not in several.headline


@pytest.mark.costly
def test_a_path_into_the_phases_of_security() -> None:
    done = swept(
        "evacsim:turkish-collapse", vary=["security.phases.0.provider=turkish,none"], n=2, measures=["total.left_behind"]
    )
    assert not done.failed
    assert done.table["security.phases.0.provider"].to_list() == ["turkish", "none"]
    assert len(set(done.table["value"].to_list())) == 2


def test_a_misspelt_path_is_said_before_anything_is_simulated(here: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        swept(vary=[f"{LANES}=1,2", "airport.gates.mian.rank=1,2"])
    (fault,) = caught.value.faults
    assert str(fault) == '--vary 2:1:1: airport.gates.mian: nothing named "mian"; nearest: "main"'
    assert not (here / "results").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"vary": []}, "expected --vary"),
        ({"vary": [f"{LANES}=1,2", f"{LANES}=3"]}, "is varied twice"),
        ({"vary": [f"{LANES}=1,2"], "overrides": [f"{LANES}=3"]}, "set twice"),
        ({"vary": [f"{LANES}=1,2"], "measures": ["total.p99"]}, "no measure 'p99'"),
        ({"vary": [f"{LANES}=1,2"], "measures": ["embasy.p90"]}, "nearest: embassy"),
        ({"vary": [f"{LANES}=1,2"], "by": "cohort"}, "expected total or mission"),
        ({"vary": [f"{LANES}=1:9"]}, "LO:HI needs a step"),
        ({"vary": ["provider=none"]}, "PROVIDER-THREAT"),
    ],
)
def test_bad_input_is_one_line(asked: dict[str, Any], said: str, here: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        swept(**asked)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (here / "results").exists()


def test_a_point_that_fails_is_a_row_that_says_why() -> None:
    asked: dict[str, Any] = {
        "overrides": ["airport.crowd={start: 10, close_above: 5000, open_below: 100}"],
        "vary": ["airport.crowd.close_above=1000,3000", "airport.crowd.open_below=500,2000"],
    }
    done = swept(**asked)
    assert list(done.failed) == [1]
    assert done.failed[1].startswith("airport.crowd.open_below: expected ")
    bad = done.table.filter(pl.col("point") == 1)
    assert bad["error"].unique().to_list() == [done.failed[1]]
    assert bad["value"].null_count() == bad.height == 4
    assert bad["airport.crowd.open_below"].to_list() == [2000.0] * 4
    assert done.table.filter(pl.col("point") != 1)["error"].null_count() == 12
    assert (done.summary["failed"], done.summary["final"], done.refused, done.status) == (1, False, 1, 2)
    assert done.headline.startswith("Not final, 1 of 4 points failed.")
    assert swept(**asked).failed == done.failed  # not taken from the spool


def test_measures_by_mission() -> None:
    done = swept(vary=[f"{LANES}=1"], measures=["total.left_behind"], by="mission")
    assert done.table["measure"].to_list() == ["total.left_behind", "embassy.left_behind", "legation.left_behind"]


@pytest.mark.costly
def test_the_same_bytes_however_many_processes_and_what_is_known_is_not_read_again(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"vary": [f"{LANES}=1:4:1", f"{PER_PERSON}=4 min/person,12 min/person"], "n": 25}
    one = swept(**asked, out=here / "a")
    two = swept(**asked, out=here / "b", jobs=2)
    assert one.folder.name == two.folder.name
    assert the_bytes(one.folder) == the_bytes(two.folder)
    read: list[int] = []
    monkeypatch.setattr(module, "read", lambda outcome, measures: read.append(1))
    again = swept(**asked, out=here / "a")
    assert (read, the_bytes(again.folder)) == ([], the_bytes(two.folder))


@pytest.mark.costly
def test_another_number_of_replications_continues_in_the_same_folder() -> None:
    first = swept(vary=[f"{LANES}=1,2"], n=10)
    more = swept(vary=[f"{LANES}=1,2"], n=30)
    assert first.folder == more.folder
    assert more.table["n"].unique().to_list() == [30]


ARGS = ["sweep", "one.yaml", "--vary", f"{LANES}=1:6:1", "-n", "30", "--jobs", "1", "--no-plots", "--quiet"]


def command(here: Path, out: str) -> subprocess.Popen[bytes]:
    root = str(Path(sim.__file__).parents[1])
    env = {**os.environ, "PYTHONPATH": root}
    return forked.Popen([sys.executable, "-m", "sim", *ARGS, "--out", out], cwd=here, env=env, start_new_session=True)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the command makes alone and to its end."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "one.yaml").write_text(SCENARIO)
    assert command(folder, "whole").wait(60) == 0
    (whole,) = (folder / "whole" / "sweep").iterdir()
    return the_bytes(whole)


@pytest.mark.parametrize("kills", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_killed_at_any_moment_and_run_again_gives_the_same_bytes(here: Path, undisturbed: dict[str, bytes], kills: int) -> None:
    moments = random.Random(7)
    for _ in range(kills):
        process = command(here, "torn")
        deadline = time.monotonic() + 30
        while not list(here.glob("torn/sweep/*/points.jsonl")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.35))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        torn = next(iter(here.glob("torn/sweep/*/points.jsonl")))
        with torn.open("ab") as file:
            file.write(b"0000000")  # in the middle of a write
    assert command(here, "torn").wait(60) == 0
    (again,) = (here / "torn" / "sweep").iterdir()
    assert the_bytes(again) == undisturbed
    assert not [path for path in again.iterdir() if ".tmp-" in path.name]


def test_two_commands_at_once_do_no_harm(here: Path, undisturbed: dict[str, bytes]) -> None:
    both = [command(here, "results") for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    (folder,) = (here / "results" / "sweep").iterdir()
    assert the_bytes(folder) == undisturbed


def test_two_sweeps_that_share_points_end_both(here: Path) -> None:
    ends: list[float] = []

    def go(values: str) -> None:
        ends.append(swept(vary=[f"{LANES}={values}"], n=6).table["value"].sum())

    threads = [threading.Thread(target=go, args=(values,)) for values in ("1,2,3,4", "4,3,2,1")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    assert len(ends) == 2
    assert ends[0] == pytest.approx(ends[1])


def test_a_full_disk_is_said_and_what_is_finished_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Spool, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Spool, "_append", full)
        with pytest.raises(StoreError, match="the disk is full"):
            swept(vary=[f"{LANES}=1,2"])
    assert not swept(vary=[f"{LANES}=1,2"]).failed


def test_the_sentence_says_what_the_axis_does() -> None:
    done = swept(vary=[f"{LANES}=1,4"], n=80)  # 40 sets: P90 takes 36
    assert done.headline.startswith(
        "With search lanes at Main gate from 1 to 4, the P90 of the time until all are out falls from "
    )
    assert "(difference −" in done.headline
    assert "left behind stays at 0 (no difference shown)" in done.headline


def test_pictures_and_what_the_manifest_says() -> None:
    done = swept(vary=[f"{LANES}=1,4"], plots=True)
    assert sorted(path.name for path in done.plots) == ["sweep.png"]
    manifest = json.loads((done.folder / "manifest.json").read_text())
    assert manifest["command"] == f"evacsim sweep one.yaml --vary {LANES}=1,4 -n 12 --seed 1"
    assert str(Path.cwd()) not in json.dumps(manifest)

"""``--inputs`` and ``--per-set`` from words to folder: what a run draws, says and stores, and how it is held as written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from sim.cli import main

SCENARIO = """\
title: One gate, one day
clock: {{horizon: 1 d}}
missions:
  embassy: {{order: {{at: 0 h}}, cohorts: {{staff: {{people: 40, group: 4, ready: {{uniform: [0 h, 2 h]}}}}}}}}
airport: {{gates: {{main: {{lanes: 1, per_person: {per_person}}}}}}}
road: {{drive: {drive}}}
"""
GATE, DRIVE = "airport.gates.*.per_person", "road.drive"
TABLES = ("cohorts", "missions", "replications", "timeline", "stages")
Run = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``one.yaml`` with ranges of two inputs, ``plain.yaml`` with the same values and none."""
    monkeypatch.chdir(tmp_path)
    ranges = {
        "per_person": "{value: 30 min/person, low: 10 min/person, high: 60 min/person}",
        "drive": "{value: 2 h, low: 1 h, high: 4 h}",
    }
    (tmp_path / "one.yaml").write_text(SCENARIO.format(**ranges))
    (tmp_path / "plain.yaml").write_text(SCENARIO.format(per_person="30 min/person", drive="2 h"))
    return tmp_path


def status(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return int(str(left.value.code))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with ``--json``; its answer for one scenario."""

    def command(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        assert status("run", *words, "--json", "--jobs", "1", "--no-plots") == 0
        (answer,) = json.loads(capsys.readouterr().out)["results"]
        return dict(answer)

    return command


def tables(answer: dict[str, Any]) -> dict[str, pl.DataFrame]:
    return {name: pl.read_parquet(Path(answer["folder"]) / f"{name}.parquet") for name in TABLES}


def drawn(answer: dict[str, Any]) -> pl.DataFrame:
    return pl.read_parquet(Path(answer["folder"]) / "inputs.parquet")


def test_a_run_draws_and_says_what_that_makes_of_its_answer(run: Run) -> None:
    answer = run("one.yaml", "-n", "40")
    inputs, left = answer["inputs"], answer["total"]["left_behind"]
    assert (inputs["mode"], inputs["sets"], inputs["per_set"], inputs["factors"]) == ("ranges", 20, 2, 2)
    assert inputs["of"] == "total.left_behind"
    assert set(inputs) >= {"most", "first", "rivals", "floor", "reason", "fails"}
    fails = inputs["fails"]
    numbers = tables(answer)["replications"].sort("replication")
    behind = (numbers["stranded"] + numbers["unfinished"]).to_numpy().reshape(20, 2)
    assert fails["left_behind_above"] == 0
    assert (fails["sets"], fails["failing"]) == (20, int((behind.mean(axis=1) > 0).sum()))
    ordered = np.sort(behind.ravel())  # of 40 the 2nd from either end: floor(0.05 · 41)
    assert left["outcome"] == {"p05": ordered[1], "p50": ordered[19], "p95": ordered[38]}
    share = left["from_inputs"]
    assert 0.5 < share["low"] <= share["share"] <= share["high"] <= 1  # the gate decides, chance hardly does


def test_what_matters_most_is_named(run: Run) -> None:
    """From 10 min to 1 h a person for 40 people against 1 h to 4 h on the road: the gate."""
    inputs = run("one.yaml", "-n", "200")["inputs"]
    most = inputs["most"][0]
    assert (most["factor"], most["direction"], inputs["first"]) == (GATE, "up", [GATE])
    assert most["low"] > inputs["floor"]
    (limit,) = inputs["fails"]["box"]["limits"]
    assert limit["factor"] == GATE


def test_what_was_drawn_is_stored_by_set_and_factor(run: Run) -> None:
    answer = run("one.yaml", "-n", "51", "--seed", "7")
    table = drawn(answer)
    assert table.columns == ["set", "factor", "position", "value", "unit"]
    assert table["set"].to_list() == [k for k in range(26) for _ in range(2)]
    assert table["factor"].to_list() == [GATE, DRIVE] * 26
    at, value = table["position"].to_numpy(), table["value"].to_numpy()
    gate = (table["factor"] == GATE).to_numpy()
    assert np.allclose(value[gate], (10 + 50 * at[gate]) / 60)  # hours a person, evenly from end to end
    assert np.allclose(value[~gate], 4 ** at[~gate])  # half and twice the value: evenly in its logarithm
    assert np.array_equal(np.sort(np.floor(at[gate][:25] * 25)), np.arange(25))  # each part of the range once in a block
    sets = tables(answer)["replications"].sort("replication")["input_set"].to_list()
    assert sets == [k // 2 for k in range(51)]


def test_sets_may_have_one_replication_or_many(run: Run) -> None:
    one, five = (run("one.yaml", "-n", "40", "--per-set", m) for m in ("1", "5"))
    assert (one["inputs"]["sets"], five["inputs"]["sets"]) == (40, 8)
    assert "from_inputs" not in one["total"]["left_behind"]  # nothing to tell chance by
    assert one["folder"] != five["folder"]
    first, again = drawn(one)["position"].to_list(), drawn(five)["position"].to_list()
    assert first[:16] == again


@pytest.mark.costly
def test_as_written_nothing_is_drawn_and_the_tables_are_those_of_a_scenario_without_ranges(run: Run) -> None:
    written, plain, ranges = run("one.yaml", "-n", "20", "--inputs", "values"), run("plain.yaml", "-n", "20"), run("one.yaml")
    for answer in (written, plain):
        assert "inputs" not in answer
        assert not {"outcome", "from_inputs"} & set(answer["total"]["left_behind"])
        assert not (Path(answer["folder"]) / "inputs.parquet").exists()
    assert written["total"] == plain["total"]
    for name in TABLES:
        one, other = (tables(answer)[name].drop("input_set", strict=False) for answer in (written, plain))
        assert one.equals(other), name
        assert not tables(ranges)[name].equals(tables(written)[name])
    assert written["folder"] != ranges["folder"]


def test_a_trace_is_of_the_replication_of_the_run(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    times = {}
    for mode in ("ranges", "values"):
        table = tables(run("one.yaml", "-n", "6", "--inputs", mode))["replications"].sort("replication")
        for k in range(6):
            assert status("trace", "one.yaml", "--replication", str(k), "--inputs", mode, "--json") == 0
            events = json.loads(capsys.readouterr().out)
            out = [event["time_h"] for event in events if event["event"] == "inside"]  # no flights: that is out
            times[mode, k] = out
            if table["unfinished"][k] == 0:
                assert max(out) == table["t100_h"][k]
    assert all(times["ranges", k] != times["values", k] for k in range(6))


@pytest.mark.costly
def test_more_replications_go_on_where_fewer_ended(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    few = run("one.yaml", "-n", "50")
    before = {name: table.filter(pl.col("replication") < 50) for name, table in tables(few).items()}
    sets = drawn(few)
    more = run("one.yaml", "-n", "100")
    assert more["folder"] == few["folder"]
    whole = run("one.yaml", "-n", "100", "--out", "elsewhere")
    assert {k: more[k] for k in ("total", "missions", "inputs")} == {k: whole[k] for k in ("total", "missions", "inputs")}
    for name, table in tables(more).items():
        assert table.equals(tables(whole)[name]), name
        assert table.filter(pl.col("replication") < 50).equals(before[name]), name
    assert drawn(more).equals(drawn(whole))
    assert drawn(more).head(sets.height).equals(sets)


def test_sets_of_a_calibration_are_drawn_by_weight(run: Run, here: Path) -> None:
    """Two sets of the gate's search times, of which one has all the weight; the road is drawn from its own range."""
    (here / "sets.csv").write_text(f"set,factor,position,weight\n0,{GATE},0.25,1\n1,{GATE},0.75,1e-12\n")
    answer = run("one.yaml", "-n", "8", "--inputs", "sets.csv")
    assert answer["inputs"]["mode"] == "sets"
    table = drawn(answer)
    assert table.filter(pl.col("factor") == GATE)["position"].to_list() == [0.25] * 4
    road = drawn(run("one.yaml", "-n", "8")).filter(pl.col("factor") == DRIVE)
    assert table.filter(pl.col("factor") == DRIVE).equals(road)


@pytest.mark.parametrize("command", ["run", "trace", "sweep"])
def test_a_file_that_is_not_there_is_one_line(command: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--vary", f"{DRIVE}=1 h,2 h"] if command == "sweep" else []
    assert status(command, "one.yaml", *words, "--inputs", "nosuch.parquet") == 2
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert line == "nosuch.parquet:1:1: no such file; expected ranges, values or the file of a calibration"
    assert shown.out == ""
    assert not (here / "results").exists()


@pytest.mark.costly
def test_a_comparison_pairs_the_same_inputs_and_counts_sets(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Six hours more of readiness; every set has the same search and drive on both sides."""
    text = (here / "one.yaml").read_text()
    (here / "late.yaml").write_text(text.replace("[0 h, 2 h]", "[6 h, 8 h]"))
    sizes = {}
    for mode in ("ranges", "values"):
        words = ["-n", "40", "--inputs", mode, "--json", "--jobs", "1", "--no-plots"]
        assert status("compare", "one.yaml", "late.yaml", *words) == 0
        answer = json.loads(capsys.readouterr().out)
        (difference,) = answer["differences"]
        sizes[mode] = difference["pairs"], difference["total"]["sets"], difference["joint"]["sets"]
        if mode == "ranges":
            one, late = (drawn(each) for each in answer["results"])
            assert one.equals(late)
            assert difference["total"]["fewer_left_behind"]["fewer"]["estimate"] == 0
    assert sizes == {"ranges": (40, 20, 20), "values": (40, 40, 40)}

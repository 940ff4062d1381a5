"""`evacsim sweep` from arguments to exit status and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sim.cli import main

SCENARIO = """\
clock: {horizon: 1 d}
missions: {embassy: {order: {at: 0 h}, cohorts: {staff: {people: 8, group: 4}}}}
airport: {gates: {main: {lanes: 1, per_person: 10 min/person}}}
"""
LANES = "airport.gates.main.lanes"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.yaml").write_text(SCENARIO)


def sweep(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["sweep", *argv, "--jobs", "1", "--no-plots"])
    said = capsys.readouterr()
    return int(str(left.value.code)), said.out, said.err


def test_the_answer_and_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = sweep(capsys, "one.yaml", "--vary", f"{LANES}=1,2", "-n", "8")
    assert status == 0
    assert out.startswith("With search lanes at Main gate from 1 to 2, ")
    assert "kept in results/sweep/" in out
    assert "sweep: 2 points: 16 replications" in err


def test_json_is_one_object_without_infinities(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = sweep(capsys, "one.yaml", "--vary", "road.drive=1 h,30 h", "-n", "8", "--json")
    found: Any = json.loads(out, parse_constant=lambda text: pytest.fail(text))
    assert status == 0
    assert (found["points"], found["replications"], found["final"], len(found["table"])) == (2, 8, True, 8)
    late = next(row for row in found["table"] if row["point"] == 1 and row["measure"] == "total.out_p50")
    assert (late["value"], late["never"], late["road.drive"]) == (None, "unfinished", 30.0)


def test_a_wrong_path_and_a_wrong_value_end_with_2_before_anything_is_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = sweep(capsys, "one.yaml", "--vary", "airport.gates.main.lane=1,2", "-n", "4")
    assert (status, out) == (2, "")
    assert err == '--vary 1:1:1: airport.gates.main.lane: unknown key "lane"; nearest: "lanes"\n'
    status, out, err = sweep(capsys, "one.yaml", "--vary", f"{LANES}=1,x,-1", "--vary", "road.drive=1 h,2 km", "-n", "4")
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        f'--vary 1:1:1: {LANES}: expected a whole number ≥ 0, got "x"',
        f"--vary 1:1:1: {LANES}: expected a whole number ≥ 0, got -1",
        '--vary 2:1:1: road.drive: expected a time such as 45 min, 6 h or 2 d (units: s, min, h, d, wk), got "2 km"',
    ]
    assert not Path("results").exists()


def test_values_that_do_not_go_together_at_some_points_are_rows_and_2_since_another_try_would_not_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    crowd = "airport.crowd={start: 10, close_above: 5000, open_below: 100}"
    axes = ["--vary", "airport.crowd.close_above=1000,3000", "--vary", "airport.crowd.open_below=500,2000"]
    status, out, err = sweep(capsys, "one.yaml", "--set", crowd, *axes, "-n", "4", "--quiet")
    assert (status, out) == (2, "")
    assert err.splitlines()[0].startswith("point 1: airport.crowd.open_below: expected ")
    (table,) = Path("results").glob("sweep/*/sweep.parquet")
    assert pl.read_parquet(table).group_by("point").agg(pl.col("error").is_null().all()).sort("point")["error"].to_list() == [
        True, False, True, True,
    ]  # fmt: skip


def test_a_design_whose_numbers_the_command_replaces(capsys: pytest.CaptureFixture[str]) -> None:
    Path("design.yaml").write_text(
        f"scenario: one.yaml\nn: 4\nseed: 7\nmeasures: [total.p90]\ndesign: {{grid: {{{LANES}: [1, 2, 3]}}}}\n"
    )
    status, out, _ = sweep(capsys, "design.yaml", "--json", "--quiet")
    first = json.loads(out)
    assert (status, first["replications"], first["seed"], first["rows"]) == (0, 4, 7, 3)
    _, out, _ = sweep(capsys, "design.yaml", "--json", "--quiet", "-n", "6", "--seed", "0", "--measure", "total.left_behind")
    second = json.loads(out)
    assert (second["replications"], second["seed"]) == (6, 0)
    assert {row["measure"] for row in second["table"]} == {"total.left_behind"}

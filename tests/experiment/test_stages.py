"""A table in long form: kept like any other, though a replication may have no row of it."""

from __future__ import annotations

import io
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import sim
from sim.experiment import OutputError, Result
from sim.experiment.blocks import pack
from sim.model.columns import Coded
from sim.model.names import STAGES

ONE = """\
clock: {start: 2021-08-01 00:00, horizon: 30 h}
missions:
  a: {order: {at: 2 h}, cohorts: {core: {people: {choice: {values: [0, 5]}}, ready: {uniform: [1 h, 9 h]}, group: 1}}}
  b: {residual: all, cohorts: {core: {people: {choice: {values: [0, 3]}}}}}
"""


@pytest.fixture
def result(tmp_path: Path) -> Result:
    file = tmp_path / "one.yaml"
    file.write_text(ONE)
    return sim.run(file, n=40, jobs=1, inputs="values", plots=False, csv=True, out=tmp_path / "results").result


def test_replications_without_anybody_have_no_row(result: Result) -> None:
    stages, staff = result.stages, result.replications.select("replication", "staff")
    nobody = set(staff.filter(pl.col("staff") == 0)["replication"])
    assert 0 < len(nobody) < 40
    assert set(stages["replication"]) == set(range(40)) - nobody
    assert stages.schema == {
        "replication": pl.Int32,
        "hour": pl.Int32,
        "mission": pl.String,
        "stage": pl.String,
        "people": pl.Int32,
    }


def test_rows_are_there_where_a_number_changes(result: Result) -> None:
    """Five people who get ready one after another: a row of *readying* for each hour in which anybody has."""
    k = int(result.missions.filter((pl.col("mission") == "a") & (pl.col("staff") == 5))["replication"][0])
    mine = result.stages.filter((pl.col("replication") == k) & (pl.col("mission") == "a"))
    by_stage = {
        key[0]: list(frame.select("hour", "people").iter_rows()) for key, frame in mine.group_by("stage", maintain_order=True)
    }
    assert by_stage["mission"] == [(0, 5), (2, 0)]
    assert by_stage["readying"][0] == (2, 5)
    assert by_stage["readying"][-1][1] == 0
    assert by_stage["out"][-1] == (by_stage["readying"][-1][0], 5)
    assert list(by_stage) == [s for s in STAGES if s in by_stage] == ["mission", "readying", "out"]
    assert all(h1 < h2 and n1 != n2 for rows in by_stage.values() for (h1, n1), (h2, n2) in pairwise(rows))


def test_it_is_read_from_its_file_or_from_the_blocks(result: Result) -> None:
    again = Result.open(result.folder)
    assert again.stages.equals(result.stages)
    shutil.rmtree(result.folder / "blocks")
    assert Result.open(result.folder).stages.equals(result.stages)
    csv = pl.read_csv(
        result.folder / "stages.csv", schema_overrides={"replication": pl.Int32, "hour": pl.Int32, "people": pl.Int32}
    )
    assert csv.equals(result.stages)
    (result.folder / "stages.parquet").write_bytes(b"other")
    with pytest.raises(OutputError, match=r"neither stages\.parquet nor the blocks"):
        _ = Result.open(result.folder).stages


def test_a_result_of_before_it_is_still_read(result: Result) -> None:
    """Its manifest knows of no such table: what it has is shown, and a line says what it lacks."""
    (result.folder / "stages.parquet").unlink()
    store = result._store
    manifest = store.manifest()
    shutil.rmtree(result.folder / "blocks")
    store.write_json("manifest.json", {key: value for key, value in manifest.items() if key != "checksums"})
    old = Result.open(result.folder)
    assert old.missions.equals(result.missions)
    assert old.timeline.equals(result.timeline)
    with pytest.raises(OutputError, match=r"no stages\.parquet, which results of earlier versions lack"):
        _ = old.stages


def test_filled_up_it_is_the_timeline(result: Result) -> None:
    """By the line of polars, and by the formula for spreadsheets, that the page about results gives."""
    stages, timeline = result.stages, result.timeline
    page = (Path(__file__).parents[2] / "results" / "README.md").read_text("utf-8")
    line = next(block for block in page.split("```python\n") if "join_asof" in block).partition("```")[0]
    names: dict[str, Any] = {"pl": pl, "stages": stages, "timeline": timeline}
    exec(line[line.index("filled") :], names)
    filled: pl.DataFrame = names["filled"]
    for stage in STAGES:
        each = filled.filter(pl.col("stage") == stage).group_by("replication", "hour").agg(pl.col("people").sum())
        both = timeline.select("replication", "hour", pl.col(f"stage_{stage}")).join(each, on=["replication", "hour"], how="left")
        assert both[f"stage_{stage}"].to_list() == both["people"].fill_null(0).to_list()
    assert (
        'SUMIFS(E:E, A:A, 0, C:C, "germany", D:D, "road", B:B, MAXIFS(B:B, A:A, 0, C:C, "germany", D:D, "road", B:B, "<="&48))'
        in page
    )
    one = {"replication": 0, "mission": "a", "stage": "readying"}
    for hour in range(20):
        rows = stages.filter(*(pl.col(name) == value for name, value in one.items()))
        last = rows.filter(pl.col("hour") <= hour)["hour"].max() or 0  # MAXIFS is 0 where there is none
        by_formula = rows.filter(pl.col("hour") == last)["people"].sum()  # so is SUMIFS
        here = filled.filter(*(pl.col(name) == value for name, value in one.items()), pl.col("hour") == hour)["people"]
        assert here.to_list() in ([by_formula], [])


def test_coded_names_are_those_of_a_list() -> None:
    codes = np.array([1, 0, 1])
    coded = [
        (0, {"mission": Coded(codes, ("a", "b")), "n": codes}),
        (3, {"mission": Coded(codes[:1], ("a", "b")), "n": codes[:1]}),
    ]
    listed = [(k, {"mission": list(row["mission"]), "n": row["n"]}) for k, row in coded]
    assert list(Coded(codes, ("a", "b"))) == ["b", "a", "b"]
    assert pack(coded) == pack(listed)
    other = [coded[0], (3, {"mission": Coded(codes, ("x", "y")), "n": codes})]
    frame = pl.read_parquet(io.BytesIO(pack(other)))
    assert frame["mission"].to_list() == ["b", "a", "b", "y", "x", "y"]
    empty = pl.read_parquet(io.BytesIO(pack([(0, {"mission": Coded(codes[:0], ()), "n": codes[:0]})])))
    assert (len(empty), empty.schema["mission"]) == (0, pl.String)

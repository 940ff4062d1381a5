"""``--xlsx``: a workbook of the same numbers as the summary, read back by openpyxl."""

from __future__ import annotations

import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import sim
from sim.present.sheets import table_sheet, when
from sim.present.workbook import Formed
from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

TOWN = """\
title: "=1+1 a town"
clock: {start: 2021-09-12 06:00, horizon: 10 d, utc_offset: 4.5}
threat: {timeline: [{at: 5 d, level: fallen}], levels: [calm, fallen], start: calm, fallen: fallen}
security:
  providers: {troops: {force: {headcount: 100}}}
  phases: [{begins: start, provider: troops}, {begins: {fallen: 12 h}, provider: none}]
missions:
  alpha: {title: "+44 Alpha", order: {at: 6 h}, cohorts: {core: 30, families: {people: 20, ready: 24 h}}}
  late:
    order: {at: {uniform: [4 d, 7 d]}}
    cohorts: {core: {people: {value: 10, source: "@SUM(A1)", evidence: assumed}, ready: 6 h}}
"""
FAST: dict[str, Any] = {"n": 12, "jobs": 1, "plots": False, "xlsx": True}
Row = dict[str, Any]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "town.yaml"
    file.write_text(TOWN)
    return file


def rows(path: Path | None, sheet: str) -> list[Row]:
    """The rows of a sheet by their heads; every text is text."""
    assert path is not None
    cells = list(openpyxl.load_workbook(path)[sheet].iter_rows())
    assert all(cell.data_type != "f" for row in cells for cell in row)
    heads = [cell.value for cell in cells[0]]
    return [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in cells[1:]]


def test_a_run_has_its_summary_missions_inputs_and_how_it_was_made(town: Path) -> None:
    study = sim.run(town, **FAST)
    book = study.workbook
    assert book is not None
    assert book == study.result.folder / f"town-{study.result.folder.name}.xlsx"
    assert openpyxl.load_workbook(book).sheetnames == ["summary", "missions", "inputs", "how it was made"]
    first = rows(book, "summary")[0]
    assert (first["What"], first["In words"]) == ("answer", study.headline)
    by_name = {row["Name"]: row for row in rows(book, "missions")}
    assert list(by_name) == ["alpha", "alpha.core", "alpha.families", "late", "late.core", "total"]
    for name, entry in {**study.summary["missions"], "total": study.summary["total"]}.items():
        row = by_name[name]
        assert row["Left behind, mean"] == entry["left_behind"]["mean"]
        assert row["All out from the start, P90, h"] == entry["out_p90_h"]
        assert row["All out, share, low"] == entry["p_all_out"]["low"]


def test_never_is_a_word_beside_an_empty_cell(town: Path) -> None:
    slow = ("clock.horizon=4 d", "missions.alpha.cohorts.families.ready=5 d")
    study = sim.run(town, overrides=slow, inputs="values", **FAST)
    assert study.summary["total"]["out_p50_h"] is None
    (total,) = (row for row in rows(study.workbook, "missions") if row["Name"] == "total")
    assert total["All out from the start, P50, h"] is None
    assert total["All out from the start, P50, in words"] == "> 4 d"
    assert total["All out at, P50, UTC+04:30"] is None


def test_moments_are_local_and_to_the_minute(town: Path) -> None:
    (alpha,) = (row for row in rows(sim.run(town, inputs="values", **FAST).workbook, "missions") if row["Name"] == "alpha")
    assert alpha["Order at, UTC+04:30"] == datetime(2021, 9, 12, 12)
    assert alpha["All out at, P50, UTC+04:30"] == datetime(2021, 9, 13, 12)  # 6 h and 24 h after the start
    assert (alpha["Mission"], alpha["Staff"]) == ("+44 Alpha", 50)


def test_inputs_have_grade_source_and_range(town: Path) -> None:
    (people,) = (
        row for row in rows(sim.run(town, **FAST).workbook, "inputs") if row["Input"] == "missions.late.cohorts.core.people"
    )
    assert (people["Mean"], people["Low"], people["High"]) == (10, 5, 20)  # assumed: half to twice
    assert (people["Grade"], people["Source"], people["Drawn"]) == ("assumed", "@SUM(A1)", "log-uniform")


def test_how_it_was_made_names_the_command_and_the_seed(town: Path) -> None:
    study = sim.run("town.yaml", seed=7, **FAST)
    made = {row["What"]: row["Value"] for row in rows(study.workbook, "how it was made")}
    assert made["command"] == "evacsim run town.yaml -n 12 --seed 7 --xlsx"
    assert (made["seed"], made["replications"], made["evacsim"]) == (7, 12, sim.__version__)
    assert made["kept in"] == f"town/{study.result.folder.name}"


def test_a_comparison_has_its_differences(town: Path) -> None:
    Path("other.yaml").write_text("extends: town.yaml\ntitle: another\nmissions: {alpha: {order: {at: 30 h}}}\n")
    both = sim.compare(town, "other.yaml", **FAST)
    assert openpyxl.load_workbook(both.workbook).sheetnames == ["summary", "missions", "differences", "inputs", "how it was made"]
    assert both.workbook == both.folder / f"compare-{both.folder.name}.xlsx"
    assert all(study.workbook is not None and study.workbook.exists() for study in both.studies)
    kept = {(row["Name"], row["Measure"]): row for row in rows(both.workbook, "differences")}
    for name, entry in {**both.differences[0]["missions"], "total": both.differences[0]["total"]}.items():
        row, paired = kept[name, "all out from the start, median"], entry["median_out_h"]
        assert [row[key] for key in ("In the base", "In the other", "Difference", "Low", "High")] == [
            paired[key] for key in ("base", "other", "difference", "low", "high")
        ]
        assert row["Told apart from none"] == ("yes" if paired["distinct"] else "no")
    assert {row["Scenario"] for row in rows(both.workbook, "missions")} == {"town", "other"}


def test_same_orders_are_rows_of_their_own(town: Path) -> None:
    Path("other.yaml").write_text("extends: town.yaml\nmissions: {alpha: {order: {at: 30 h}}}\n")
    both = sim.compare(town, "other.yaml", same_orders=True, **FAST)
    kept = rows(both.workbook, "differences")
    assert {row["Orders"] for row in kept} == {"own", "as in the base"}


@pytest.mark.costly
def test_a_study_has_its_tables(town: Path) -> None:
    found = sim.deadline(town, dates=3, **FAST)
    book = openpyxl.load_workbook(found.workbook)
    assert book.sheetnames == ["summary", "curves", "deadlines", "inputs", "how it was made"]
    told = rows(found.workbook, "curves")
    assert [row["order_h"] for row in told] == found.tables["curves"]["order_h"].to_list()
    assert [row["In words"] for row in rows(found.workbook, "summary") if row["What"] == "answer"] == found.headlines


def test_a_sweep_and_a_validation_have_one_too(town: Path) -> None:
    swept = sim.sweep(town, vary=["missions.alpha.order.at=6 h,30 h"], **FAST)
    values = swept.table["value"].to_list()
    assert [row["value"] for row in rows(swept.workbook, "sweep")] == pytest.approx(values, rel=1e-14)  # 16 digits of 17
    Path("seen.csv").write_text(
        "window_id,start_utc,end_utc,measure,scope,place,value,low,high,use\n"
        "day,2021-09-12T02:00:00Z,2021-09-13T01:30:00Z,people,all,,30,20,40,check\n"
    )
    found = sim.validate("town.yaml", "seen.csv", **FAST)
    assert [row["window_id"] for row in rows(found.workbook, "windows")] == ["day"]
    made = {row["What"]: row["Value"] for row in rows(found.workbook, "how it was made")}
    assert made["command"] == "evacsim validate town.yaml seen.csv -n 12 --seed 1 --xlsx"


def test_equal_commands_give_equal_bytes(town: Path) -> None:
    first, again = (sim.run("town.yaml", out=out, **FAST).workbook for out in ("a", "b"))
    assert first is not None
    assert again is not None
    assert first.read_bytes() == again.read_bytes()


def test_the_command_names_the_file(evacsim: Command, tmp_path: Path) -> None:
    (tmp_path / "town.yaml").write_text(TOWN)
    shown = evacsim("run", "town.yaml", "-n", "4", "--jobs", "1", "--no-plots", "--xlsx")
    (book,) = tmp_path.glob("results/town/*/*.xlsx")
    assert shown.out.split()[-1] == book.name
    assert json.loads((book.parent / "manifest.json").read_text())["command"] == "evacsim run town.yaml -n 4 --seed 1 --xlsx"


def test_without_it_there_is_none(town: Path) -> None:
    study = sim.run(town, **{**FAST, "xlsx": False})
    assert study.workbook is None
    assert not list(study.result.folder.glob("*.xlsx"))


def test_a_word_stands_beside_each_infinite_number_of_a_table() -> None:
    table = pl.DataFrame({"a_h": [1.0, math.inf, -math.inf, None, math.nan], "b": [1, 2, 3, 4, 5], "c": [1.5] * 5})
    sheet = table_sheet("t", table)
    assert [head.title for head in sheet.heads] == ["a_h", "a_h, in words", "b", "c"]
    assert [row[:2] for row in sheet.rows] == [(1.0, ""), (None, "never"), (None, "−∞"), (None, ""), (None, "")]


@pytest.mark.parametrize(
    ("hours", "moment"),
    [
        (0.0, datetime(2021, 9, 12, 6)),
        (1.99999, datetime(2021, 9, 12, 8)),  # to the nearest minute
        (None, None),
        (math.inf, None),
        (1e9, None),  # no calendar has it
    ],
)
def test_moments(hours: float | None, moment: datetime | None) -> None:
    assert when("2021-09-12 06:00", hours) == moment


def test_a_value_of_its_own_form_is_shown_so() -> None:
    assert Formed(1, "count").form == "count"

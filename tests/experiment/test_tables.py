"""What CSV says so that a spreadsheet reads numbers: an infinite one is an empty cell and a name in the last column."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from sim.experiment.tables import INFINITE, for_spreadsheets, write_table

TIMES = pl.DataFrame(
    {
        "mission": ["north", "south", "east", "=west"],
        "people": [1, 2, 3, 4],
        "t90_h": [1.5, math.inf, None, math.nan],
        "low": [-math.inf, math.inf, 2.0, 0.0],
    }
)


def test_an_infinite_number_is_an_empty_cell_and_a_name_in_the_last_column() -> None:
    assert for_spreadsheets(TIMES).write_csv() == (
        "mission,people,t90_h,low,infinite\n"
        "north,1,1.5,,low:minus\n"
        "south,2,,,t90_h low\n"  # both are infinite
        "east,3,,2.0,\n"  # one is missing, which nothing names
        "'=west,4,,0.0,\n"
    )


def test_no_cell_of_a_column_of_numbers_is_a_word(tmp_path: Path) -> None:
    """What a spreadsheet would take for text, and a column with it for no numbers."""
    write_table(tmp_path, "t", TIMES.lazy())
    rows = [line.split(",") for line in (tmp_path / "t.csv").read_text().splitlines()[1:]]
    assert all(cell == "" or math.isfinite(float(cell)) for row in rows for cell in row[1:4])


def test_what_is_infinite_can_be_had_back(tmp_path: Path) -> None:
    """As the page of result folders says."""
    write_table(tmp_path, "t", TIMES.lazy())
    table = pl.read_csv(tmp_path / "t.csv")
    named = pl.col(INFINITE).str.split(" ").list.contains("t90_h").fill_null(False)
    back = table.select(pl.when(named).then(math.inf).otherwise("t90_h"))
    assert back.to_series().to_list() == [1.5, math.inf, None, None]


def test_parquet_has_the_numbers_themselves(tmp_path: Path) -> None:
    write_table(tmp_path, "t", TIMES.lazy())
    assert pl.read_parquet(tmp_path / "t.parquet").equals(TIMES)


@pytest.mark.parametrize("eager", [True, False])
def test_a_table_without_fractional_numbers_has_no_such_column(eager: bool) -> None:
    table = pl.DataFrame({"mission": ["north"], "people": [1]})
    written = for_spreadsheets(table) if eager else for_spreadsheets(table.lazy()).collect()
    assert written.columns == ["mission", "people"]

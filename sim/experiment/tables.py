"""Tables for people: Parquet, and CSV that a spreadsheet reads as it is meant, from frames that are never all in memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import polars as pl
from polars.io.plugins import register_io_source

from sim.experiment.files import recorded, storing

ROW_GROUP = 65_536
"""Rows in a row group of a table, so that reading and writing need little memory."""

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def table_of(schema: pl.Schema, frames: Callable[[], Iterator[pl.DataFrame]]) -> pl.LazyFrame:
    """One table of the rows of all *frames*, each of that *schema*; they are made anew, one by one, whenever it is read."""

    def read(columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, batch: int | None) -> Iterator[pl.DataFrame]:
        for frame in frames():
            chosen = frame if predicate is None else frame.filter(predicate)
            yield chosen if columns is None else chosen.select(columns)

    return register_io_source(read, schema=schema)


def write_table(folder: Path, name: str, table: pl.LazyFrame, *, as_csv: bool = True) -> None:
    """Writes ``NAME.parquet`` into *folder*, and ``NAME.csv`` too if *as_csv*, each whole or not at all.

    Raises:
        StoreError: if that cannot be done.
    """
    with storing(folder):
        with recorded(folder / f"{name}.parquet") as out:
            table.sink_parquet(out, compression="zstd", row_group_size=ROW_GROUP, maintain_order=True)
        if as_csv:
            with recorded(folder / f"{name}.csv") as out:
                for_spreadsheets(table).sink_csv(out, maintain_order=True)


def escape_formula(text: str) -> str:
    """Text for a CSV file: with a quote before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


INFINITE = "infinite"
"""The last column of a CSV table: the columns whose number is infinite in that row."""


def for_spreadsheets(table: Frame) -> Frame:
    """A table as CSV has it, so that spreadsheets, pandas and polars read the same numbers.

    Texts are safe as :func:`escape_formula` makes them.  A spreadsheet takes ``inf`` for text, which it leaves out of sums and
    pictures: an infinite number is an empty cell, and the column :data:`INFINITE`, last wherever a table has fractional numbers,
    names the columns in which it stands: ``t90_h t100_h``, ``low:minus`` of one that is infinite below.  A moment is told to the
    minute, as ``2021-09-12 06:00``.
    """
    schema = table.lazy().collect_schema()
    texts = [name for name, dtype in schema.items() if dtype == pl.String]
    formula = {name: pl.col(name).str.contains(r"^[=+\-@\t\r]") for name in texts}
    safe = [pl.when(formula[name]).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name) for name in texts]
    safe += [pl.col(name).dt.strftime("%Y-%m-%d %H:%M") for name, dtype in schema.items() if dtype == pl.Datetime]
    numbers = [name for name, dtype in schema.items() if dtype.is_float()]
    if not numbers:
        return table.with_columns(safe)
    finite = [pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in numbers]
    named = [
        pl.when(pl.col(name) == limit).then(pl.lit(f"{name}{mark}"))
        for name in numbers
        for limit, mark in ((math.inf, ""), (-math.inf, ":minus"))
    ]
    infinite = pl.concat_str(named, separator=" ", ignore_nulls=True)
    return table.with_columns(*safe, *finite, pl.when(infinite != "").then(infinite).alias(INFINITE))

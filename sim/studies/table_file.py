"""A table that is written where the user says: CSV or Parquet by its ending, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from sim.experiment import OutputError
from sim.experiment.files import recorded, refuse_reserved, saving
from sim.experiment.tables import for_spreadsheets
from sim.scenario.errors import printable
from sim.scenario.files import SETS_SUFFIXES
from sim.studies.query import QueryError


def writable(path: Path, overwrite: bool) -> None:
    """Raises QueryError or OutputError where a table can't be written there: said before anything is simulated."""
    shown = printable(os.fspath(path), 200)
    if path.suffix not in SETS_SUFFIXES:
        raise QueryError(f"--output: expected a file that ends in .parquet or .csv, got {shown}")
    refuse_reserved(path)
    if os.path.lexists(path) and not overwrite:
        raise OutputError(f"{shown} is there already; nothing was done (--overwrite writes over it)")
    if not path.parent.is_dir():
        raise OutputError(f"cannot write {shown}: no such folder")


def write_file(table: pl.DataFrame, path: Path, overwrite: bool, *, for_people: bool = True) -> None:
    """Writes it whole or not at all; *for_people*: so that a spreadsheet takes text for text and numbers for numbers.

    Raises:
        QueryError: the ending is another.
        OutputError: a file is there, its folder isn't, or nothing can be written to it.
        StoreError: the disk is full.
    """
    writable(path, overwrite)
    with saving(path), recorded(path) as out:
        if path.suffix == ".csv":
            (for_spreadsheets(table) if for_people else table).write_csv(out)
        else:
            table.write_parquet(out, compression="zstd")

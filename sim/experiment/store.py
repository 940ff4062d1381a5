"""The result folder: ``results/<scenario>/<id>/``, at any moment absent, resumable or complete.

Replications lie in fixed blocks of 20 under ``blocks/``; each block is one file, written whole or not at all.  The
tables for people are made from the blocks at the end of a command and hold replications 0 … n−1.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from sim.experiment.blocks import SIZE, TABLES, Block, CorruptBlock, Failure, decode, encode, merge
from sim.experiment.files import locked, remove_leftovers, storing, write
from sim.experiment.tables import escape_formula, table_of, write_table


class Store:
    """The folder of one run: a scenario with a seed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blocks = folder / "blocks"

    @contextmanager
    def open(self, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Holds the folder for this command; a second one waits until the first is done, then uses what it stored."""
        with locked(self.folder, waiting):
            remove_leftovers(self.folder)
            remove_leftovers(self.blocks)
            yield

    def _path(self, index: int) -> Path:
        return self.blocks / f"{index * SIZE:07d}.block"

    def block(self, index: int) -> Block | None:
        """A stored block; None if it is absent, cut short or altered, so that it is computed again."""
        try:
            return decode(self._path(index).read_bytes())
        except (OSError, CorruptBlock, ValueError, KeyError, TypeError):
            return None

    def _blocks(self, n: int) -> Iterator[Block]:
        """The stored blocks of replications 0 … n−1, one in memory at a time."""
        return filter(None, map(self.block, range(-(-n // SIZE))))

    def add(self, piece: Block) -> None:
        """Adds replications of one block to what is stored of it.

        Raises:
            StoreError: if that cannot be written; the block is as it was.
        """
        indices = {k // SIZE for k in (*piece.replications, *(f.replication for f in piece.failures))}
        if not indices:
            return
        (index,) = indices
        with storing(self.folder):
            self.blocks.mkdir(exist_ok=True)
            write(self._path(index), encode(merge(self.block(index), piece)))

    def stored(self, n: int) -> set[int]:
        """Which of replications 0 … n−1 are stored; those that failed are not."""
        return {k for block in self._blocks(n) for k in block.replications if k < n}

    def failures(self, n: int) -> list[Failure]:
        """The failed ones among replications 0 … n−1."""
        return [f for block in self._blocks(n) for f in block.failures if f.replication < n]

    def scan(self, table: str, n: int) -> pl.LazyFrame:
        """Replications 0 … n−1 of a table, a block at a time."""
        schema = self._schema(table, n)

        def frames() -> Iterator[pl.DataFrame]:
            for block in self._blocks(n):
                if table in block.tables:
                    yield _fit(block.frame(table).filter(pl.col("replication") < n), schema)

        return table_of(schema, frames)

    def _schema(self, table: str, n: int) -> pl.Schema:
        """Columns and types that fit every block."""
        empty = [pl.DataFrame(schema={"replication": pl.Int32})]
        for block in self._blocks(n):
            if table in block.tables:
                schema = pl.read_parquet_schema(io.BytesIO(block.tables[table]))
                empty.append(pl.DataFrame(schema=schema))
        joined = pl.concat(empty, how="diagonal_relaxed").schema
        return pl.Schema({name: pl.Float64() if dtype == pl.Null else dtype for name, dtype in joined.items()})

    def write_tables(self, n: int, *, as_csv: bool = False) -> None:
        """Writes the tables for replications 0 … n−1, equal byte for byte however they were computed."""
        for table in TABLES:
            write_table(self.folder, table, self.scan(table, n), as_csv=as_csv)
        with storing(self.folder):
            self._write_failures(n)

    def _write_failures(self, n: int) -> None:
        failures = self.failures(n)
        path = self.folder / "failures.csv"
        if not failures:
            path.unlink(missing_ok=True)
            return
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(Failure._fields)
        rows.writerows((f.replication, f.stage, escape_formula(f.message)) for f in failures)
        write(path, text.getvalue().encode())

    def write_text(self, name: str, text: str) -> None:
        """Writes a small file whole."""
        with storing(self.folder):
            write(self.folder / name, text.encode())

    def write_json(self, name: str, value: Mapping[str, Any]) -> None:
        """Writes a small JSON file whole; numbers must be finite."""
        self.write_text(name, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _fit(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """The columns of *schema* in its order and types; those that a block lacks are null."""
    present = set(frame.columns)
    return frame.select(
        (pl.col(name).cast(dtype) if name in present else pl.lit(None, dtype=dtype).alias(name)) for name, dtype in schema.items()
    )


def pieces(missing: Iterable[int], jobs: int, together: int = 1) -> list[tuple[int, ...]]:
    """Missing replications in pieces that stay within one block, small enough to keep all workers busy.

    *together*: replications that share inputs, so that one worker should have them: what it prepares serves all of them.
    """
    wanted = sorted(missing)
    size = min(SIZE, together * max(1, -(-len(wanted) // (4 * jobs * together))))
    result: list[list[int]] = []
    for k in wanted:
        if not result or len(result[-1]) == size or result[-1][-1] // SIZE != k // SIZE:
            result.append([])
        result[-1].append(k)
    return [tuple(piece) for piece in result]

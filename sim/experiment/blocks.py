"""The block file: the records of up to :data:`SIZE` replications, whole or not at all.

Layout: a magic line, the SHA-256 of the rest in hex and a newline, one line of JSON (which replications, which
failures, the length of each table), then the tables one after another, each a Parquet file in memory.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sim.model.columns import Coded
from sim.scenario.parquet import read_parquet

SIZE = 20
"""Replications in a block; fixed, so that what is stored never depends on n or on the number of processes."""

TABLES = {
    "cohorts": "cohorts",
    "missions": "missions",
    "replications": "replication",
    "timeline": "timeline",
    "stages": "stages",
}
"""Table → the attribute of a replication's records that holds its rows."""
SPARSE = ("stages",)
"""Tables in which a replication may have no row."""
COMPACT = ("timeline", "stages")
"""Tables by the hour, whose numbers take four bytes."""

MAGIC = b"evacsim block 1\n"


class Failure(NamedTuple):
    """A replication that gave no records, and at which stage: compile, simulate, records or worker."""

    replication: int
    stage: str
    message: str


class CorruptBlock(Exception):
    """A block file that is cut short, altered or not one at all."""


@dataclass(frozen=True)
class Block:
    """Records of some replications: table → Parquet bytes, first column ``replication``, ascending."""

    replications: tuple[int, ...]
    failures: tuple[Failure, ...]
    tables: Mapping[str, bytes]

    def frame(self, table: str) -> pl.DataFrame:
        """One table; empty, with only its first column, if no replication succeeded."""
        if table not in self.tables:
            return pl.DataFrame(schema={"replication": pl.Int32})
        return read_parquet(self.tables[table])


def pack(rows: Iterable[tuple[int, Mapping[str, Any]]], *, compact: bool = False) -> bytes:
    """Parquet of the *rows* (replication, column → values), numbers in four bytes where *compact*."""
    rows = list(rows)
    alike = len({tuple(columns) for _, columns in rows}) == 1
    return _parquet(_joined(rows, compact) if alike else pl.concat([_joined([r], compact) for r in rows], how="diagonal_relaxed"))


def _joined(rows: Sequence[tuple[int, Mapping[str, Any]]], compact: bool) -> pl.DataFrame:
    """Rows of the same columns as one frame, made column by column: a frame for each replication costs far more."""
    parts = [{name: _column(values) for name, values in columns.items()} for _, columns in rows]
    lengths = [len(next(iter(part.values()), [])) for part in parts]
    data: dict[str, Any] = {"replication": np.repeat(np.array([k for k, _ in rows], dtype=np.int32), lengths)}
    for name in parts[0]:
        if (names := _names([part[name] for part in parts])) is not None:
            data[name] = names
            continue
        arrays = [np.asarray(part[name]) for part in parts]
        if all(array.dtype.kind in "biuf" for array in arrays):
            data[name] = _sized(np.concatenate(arrays), compact)
        else:
            data[name] = _cast(pl.Series([value for part in parts for value in part[name]], strict=False), compact)
    return pl.DataFrame(data)


def _names(columns: Sequence[Any]) -> pl.Series | None:
    """Columns of the same coded names as one; None of others."""
    coded = [column for column in columns if isinstance(column, Coded)]
    if len(coded) < len(columns) or len({column.names for column in coded}) != 1:
        return None
    codes = np.concatenate([column.codes for column in coded])
    return pl.Series(coded[0].names, dtype=pl.String).gather(codes.astype(np.uint32))


def _column(values: Any) -> Any:
    if isinstance(values, Coded):
        return values
    return values if isinstance(values, list | tuple | np.ndarray) else [values]


def _sized(array: NDArray[Any], compact: bool) -> NDArray[Any] | pl.Series:
    """Numbers in eight bytes, or in four where *compact*."""
    if compact:
        return _cast(pl.Series(array), compact)  # which refuses what doesn't fit
    kinds = {"i": np.int64, "u": np.int64, "f": np.float64}
    return array.astype(kinds[array.dtype.kind], copy=False) if array.dtype.kind in kinds else array


def _cast(column: pl.Series, compact: bool) -> pl.Series:
    if column.dtype.is_integer():
        return column.cast(pl.Int32 if compact else pl.Int64)
    if column.dtype.is_float():
        return column.cast(pl.Float32 if compact else pl.Float64)
    return column


def _parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", compression_level=1, statistics=False)
    return out.getvalue()


def merge(*blocks: Block) -> Block:
    """One or more blocks as one; where several know a replication, the last of them holds."""
    if len(blocks) == 1:
        return blocks[0]
    keep: list[tuple[int, ...]] = []
    succeeded: set[int] = set()
    for block in reversed(blocks):
        keep.insert(0, tuple(k for k in block.replications if k not in succeeded))
        succeeded |= {*block.replications}
    failures = {f.replication: f for block in blocks for f in block.failures if f.replication not in succeeded}
    tables = {}
    for table in TABLES if succeeded else ():
        parts = [_kept(block, table, own) for block, own in zip(blocks, keep, strict=True)]
        joined = pl.concat([p for p in parts if p.width > 1] or parts, how="diagonal_relaxed")
        tables[table] = _parquet(joined.sort("replication", maintain_order=True))
    return Block(tuple(sorted(succeeded)), tuple(failures[k] for k in sorted(failures)), tables)


def _kept(block: Block, table: str, keep: tuple[int, ...]) -> pl.DataFrame:
    """The rows of the replications *keep* of a block."""
    frame = block.frame(table)
    return frame if keep == block.replications else frame.filter(pl.col("replication").is_in(keep))


def encode(block: Block) -> bytes:
    """The bytes of a block file."""
    head = {
        "replications": list(block.replications),
        "failures": [list(f) for f in block.failures],
        "tables": {name: len(data) for name, data in block.tables.items()},
    }
    body = json.dumps(head).encode() + b"\n" + b"".join(block.tables.values())
    return MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def decode(data: bytes) -> Block:
    """The block that a file holds.

    Raises:
        CorruptBlock: if it is not exactly what :func:`encode` wrote.
    """
    start = len(MAGIC) + 65
    body = memoryview(data)[start:]
    if data[: len(MAGIC)] != MAGIC or data[len(MAGIC) : start - 1] != hashlib.sha256(body).hexdigest().encode():
        raise CorruptBlock
    end = data.index(b"\n", start)
    head = json.loads(data[start:end])
    tables, at = {}, end + 1
    if not set(head["tables"]) <= set(TABLES) or not all(type(k) is int for k in head["replications"]):
        raise CorruptBlock
    for name, length in head["tables"].items():
        tables[name] = data[at : at + length]
        at += length
    failures = tuple(Failure(int(k), stage, message) for k, stage, message in head["failures"])
    return Block(tuple(head["replications"]), failures, tables)

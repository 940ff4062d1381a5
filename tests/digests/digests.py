"""Digests of what the shipped scenarios give: a change of a single byte of any table shows.

A few replications of every shipped scenario, as a worker hands them in (model, records and packing).  The digest of a
table is taken over its columns' names, types and values: no id, path or package version is in it.  Digests are kept by
``identity.arithmetic()``, since another processor may round differently; under an arithmetic that nobody has recorded the
stored values are compared instead, to :data:`CLOSE` (or what a column of four bytes can hold).

``python benchmarks/digests.py --record`` writes both again and prints what moved.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sim.experiment.blocks import TABLES
from sim.experiment.work import Job, model_engine, run_job
from sim.scenario import load

ROOT = Path(__file__).parents[2]
RECORDED = Path(__file__).parent / "recorded"
REPLICATIONS = (0, 1, 2)
SEED = 1
CLOSE = 1e-9
"""Relative difference up to which two values of eight bytes are the same under another arithmetic."""
CLOSE_SHORT = 1e-6
"""The same for values kept in four bytes, which hold seven digits."""

Tables = Mapping[str, pl.DataFrame]


def shipped() -> list[str]:
    """Every scenario that is shipped, bases included, as a path below ``scenarios/`` without its ending."""
    files = (p for p in (ROOT / "scenarios").rglob("*.yaml") if p.parent.name != "plans" and is_whole(p))
    return sorted(p.relative_to(ROOT / "scenarios").with_suffix("").as_posix() for p in files)


def is_whole(path: Path) -> bool:
    """Whether a shipped file has missions of its own or of one that it extends, so that it is more than a part of others."""
    return re.search(r"^(missions|extends):", path.read_text("utf-8"), re.MULTILINE) is not None


def tables(scenario: str) -> Tables:
    """The tables of a scenario's replications, its inputs as written; raises AssertionError if one failed.

    Without the number of the set of inputs: all replications have the same inputs here.
    """
    loaded = load(ROOT / "scenarios" / f"{scenario}.yaml").scenario
    block = run_job(Job(pickle.dumps(loaded), SEED, REPLICATIONS, model_engine())).block
    assert not block.failures, block.failures
    return {table: block.frame(table).drop("input_set", strict=False) for table in TABLES}


def digest(frame: pl.DataFrame) -> str:
    """Sixteen hex digits over names, types and values of the columns, in their order."""
    found = hashlib.sha256()
    for name, column in zip(frame.columns, frame.iter_columns(), strict=True):
        kind = pl.Null() if column.null_count() == len(column) else column.dtype  # a value missing everywhere has no type
        found.update(f"{name} {kind}\n".encode())
        found.update(_bytes(column))
    return found.hexdigest()[:16]


def _bytes(column: pl.Series) -> bytes:
    if column.dtype.is_numeric() and not column.null_count():
        values = column.to_numpy()
        return values.astype(values.dtype.newbyteorder("<")).tobytes()
    return "\n".join("" if x is None else f"={x!r}" for x in column.to_list()).encode()


@dataclass(frozen=True)
class Move:
    """A column that differs from what was recorded."""

    scenario: str
    table: str
    column: str
    what: str

    def __str__(self) -> str:
        return f"{self.scenario}: {self.table}.{self.column}: {self.what}"


def moves(scenario: str, table: str, before: pl.DataFrame, after: pl.DataFrame, *, exact: bool) -> list[Move]:
    """Columns of one table that moved: by any byte if *exact*, else by more than another arithmetic explains."""
    found = []
    for name in dict.fromkeys([*before.columns, *after.columns]):
        if name not in after.columns or name not in before.columns:
            what = "is new" if name in after.columns else "is gone"
        else:
            what = _moved(before[name], after[name], exact)
        if what:
            found.append(Move(scenario, table, name, what))
    return found


def _moved(before: pl.Series, after: pl.Series, exact: bool) -> str:
    if len(before) != len(after):
        return f"{len(before)} rows, now {len(after)}"
    if not (before.dtype.is_numeric() and after.dtype.is_numeric()):
        changed = sum(x != y for x, y in zip(before.to_list(), after.to_list(), strict=True))
        return f"{changed} of {len(before)} rows differ" if changed else ""
    if before.dtype != after.dtype:
        return f"was {before.dtype}, is {after.dtype}"
    if before.is_null().to_list() != after.is_null().to_list():
        return "other rows are missing"
    old, new = (_doubles(x) for x in (before, after))
    margin = 0.0 if exact or before.dtype.is_integer() else CLOSE_SHORT if before.dtype == pl.Float32 else CLOSE
    with np.errstate(invalid="ignore"):
        off = np.abs(new - old)
        near = np.isfinite(off) & (off <= margin * np.maximum(1.0, np.abs(old)))
        apart = ~((old == new) | near)
    if not apart.any():
        return ""
    largest = int(np.argmax(np.where(apart, np.nan_to_num(off, nan=np.inf, posinf=np.inf), -1.0)))
    return (
        f"{int(apart.sum())} of {len(old)} rows differ, row {largest} most: {old[largest]:.9g} → {new[largest]:.9g}; "
        f"sum of the finite {_finite(old):.9g} → {_finite(new):.9g}"
    )


def _doubles(column: pl.Series) -> NDArray[np.float64]:
    return column.fill_null(0).to_numpy().astype(np.float64)


def _finite(values: NDArray[np.float64]) -> float:
    return float(values[np.isfinite(values)].sum())


def recorded_digests() -> dict[str, dict[str, dict[str, str]]]:
    """Arithmetic → scenario → table → digest."""
    path = RECORDED / "digests.json"
    known: dict[str, dict[str, dict[str, str]]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return known


def recorded_values(scenario: str) -> Tables:
    """The stored tables of one scenario; empty frames where nothing is recorded."""
    found = {}
    for table in TABLES:
        path = RECORDED / f"{table}.parquet"
        frame = pl.read_parquet(path) if path.exists() else pl.DataFrame(schema={"scenario": pl.String})
        rows = frame.filter(pl.col("scenario") == scenario).drop("scenario")
        found[table] = rows.select(c for c in rows.columns if not len(rows) or rows[c].dtype != pl.Null)
    return found


def record(arithmetic: str, made: Mapping[str, Tables]) -> list[Move]:
    """Writes digests and values of all scenarios again; what moved against the values stored before.

    Digests under other arithmetics stay only where nothing moved.
    """
    moved = [move for name, each in made.items() for move in compare(name, each, exact=True)]
    far = [move for name, each in made.items() for move in compare(name, each, exact=False)]
    known = {} if far else recorded_digests()
    known[arithmetic] = {name: {table: digest(frame) for table, frame in each.items()} for name, each in made.items()}
    RECORDED.mkdir(exist_ok=True)
    (RECORDED / "digests.json").write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")
    if moved or not (RECORDED / "cohorts.parquet").exists():
        for table in TABLES:
            rows = [each[table].select(pl.lit(name).alias("scenario"), pl.all()) for name, each in made.items()]
            pl.concat(rows, how="diagonal").write_parquet(
                RECORDED / f"{table}.parquet", compression="zstd", compression_level=19, statistics=False
            )
    return moved


def compare(scenario: str, made: Tables, *, exact: bool) -> list[Move]:
    """What moved in one scenario against the stored values."""
    before = recorded_values(scenario)
    return [
        move for table, frame in made.items() for move in moves(scenario, table, _like(before[table], frame), frame, exact=exact)
    ]


def _like(stored: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """A stored table without the columns that only other scenarios have, which are empty here."""
    return stored.select(c for c in stored.columns if c in frame.columns or stored[c].null_count() < len(stored))


def lines(moved: Iterable[Move], most: int = 40) -> list[str]:
    """What moved, a line a column, the first *most*."""
    found = [str(move) for move in moved]
    return found[:most] + ([f"and {len(found) - most} more columns"] if len(found) > most else [])


def same(known: Mapping[str, str] | None, made: Tables) -> bool:
    """Whether the tables of a scenario have the digests that are known of it."""
    return known == {table: digest(frame) for table, frame in made.items()}


def named(scenario: str, made: Tables) -> list[Move]:
    """What moved in a scenario whose digests differ: never nothing."""
    return compare(scenario, made, exact=True) or [Move(scenario, "*", "*", "digests differ from those recorded, values don't")]

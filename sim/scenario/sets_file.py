"""The file of a calibration: sets of inputs with weights, for ``--inputs``.

A table, Parquet or CSV, with a row per set and factor and the columns ``set`` (a whole number), ``factor`` (its name as
``describe`` gives it), ``position`` (0 at the low end of its range, 1 at the high end) and, if sets don't all count alike,
``weight`` (> 0).
"""

from __future__ import annotations

import hashlib
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.scenario.errors import Fault, Place, ScenarioError, printable
from sim.scenario.files import PREFIX, shipped_sets
from sim.scenario.inputs import CalibratedSets
from sim.scenario.parquet import NotParquetError, read_parquet

MOST_BYTES = 50_000_000
COLUMNS = ("set", "factor", "position")


def read_sets(path: str) -> CalibratedSets:
    """The sets in the file of ``--inputs``, or in a shipped one; raises :class:`ScenarioError` where it is none."""
    try:
        file = shipped_sets(path, Place(printable(path, 200))).path if path.startswith(PREFIX) else Path(path)
        return sets_in(file, path)
    except FileNotFoundError:
        message = "no such file; expected ranges, values or the file of a calibration"
    except ValueError as error:
        message = str(error)
    raise ScenarioError([Fault.at(Place(printable(path, 200)), (), message)])


def sets_in(path: Path, label: str) -> CalibratedSets:
    """The sets in a file that messages call *label*; raises FileNotFoundError, and ValueError for all else."""
    try:
        size = path.stat().st_size
        if not path.is_file() or size > MOST_BYTES:
            raise ValueError(f"expected a file of at most {MOST_BYTES // 1_000_000} MB")
        return replace(sets_of(_rows(os.fspath(path))), label=label)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from None


def _rows(path: str) -> list[dict[str, Any]]:
    import polars as pl

    try:
        data = Path(path).read_bytes()  # polars opens no name that is not UTF-8
        table = pl.read_csv(data) if path.endswith(".csv") else read_parquet(data)
    except (NotParquetError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise ValueError(f"expected a table, Parquet or CSV: {str(error).splitlines()[0]}") from None
    if missing := [name for name in COLUMNS if name not in table.columns]:
        raise ValueError(f"expected the columns set, factor, position: no {missing[0]}")
    return table.to_dicts()


def sets_of(rows: list[dict[str, Any]]) -> CalibratedSets:
    """The sets that rows of ``set``, ``factor``, ``position`` and ``weight`` say; raises ValueError."""
    positions: dict[int, dict[str, float]] = {}
    weights: dict[int, float] = {}
    for number, row in enumerate(rows, start=1):
        factor, position, weight = row["factor"], row["position"], row.get("weight", 1.0)
        if not isinstance(row["set"], int) or not isinstance(factor, str) or not factor:
            raise ValueError(f"row {number}: expected the number of a set and the name of a factor")
        if not isinstance(position, int | float) or not 0 <= position <= 1:
            raise ValueError(f"row {number}: position: expected a number from 0 to 1, got {position!r}")
        if not isinstance(weight, int | float) or not math.isfinite(weight) or weight <= 0:
            raise ValueError(f"row {number}: weight: expected a number > 0, got {weight!r}")
        one = positions.setdefault(row["set"], {})
        if factor in one:
            raise ValueError(f"row {number}: set {row['set']} has {factor} twice")
        if weights.setdefault(row["set"], float(weight)) != weight:
            raise ValueError(f"row {number}: set {row['set']} has two weights")
        one[factor] = float(position)
    return _sets(positions, weights)


def _sets(positions: dict[int, dict[str, float]], weights: dict[int, float]) -> CalibratedSets:
    if not positions:
        raise ValueError("expected at least one set")
    factors = tuple(sorted(next(iter(positions.values()))))
    for number, one in positions.items():
        if tuple(sorted(one)) != factors:
            raise ValueError(f"set {number}: expected the same factors in every set")
    order = sorted(positions)
    table = tuple(tuple(positions[number][name] for name in factors) for number in order)
    counts = tuple(weights[number] for number in order)
    digest = hashlib.sha256(repr((factors, table, counts)).encode()).hexdigest()
    return CalibratedSets(factors, table, counts, digest)

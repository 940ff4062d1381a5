"""``inputs.parquet``: what was drawn, a row per set and factor, so that answers can be traced back to what isn't known."""

from __future__ import annotations

import numpy as np
import polars as pl

from sim.model.inputs import positions
from sim.scenario.inputs import Inputs
from sim.scenario.number import BASE_UNITS

SCHEMA = pl.Schema({"set": pl.Int64, "factor": pl.String, "position": pl.Float64, "value": pl.Float64, "unit": pl.String})


def inputs_table(inputs: Inputs, seed: int, n: int) -> pl.DataFrame:
    """What *n* replications draw: ``position`` is the place within the range, 0 to 1, and ``value`` what that comes to.

    A value is in base units where all members of a factor have the same; otherwise it is what each written value is multiplied
    by (unit ``×``), and null where that differs too.
    """
    sets = -(-n // inputs.per_set)
    at = np.array([positions(inputs, seed, number) for number in range(sets)]).reshape(sets, len(inputs.factors))
    values: list[list[float | None]] = []
    units = []
    for factor, column in zip(inputs.factors, at.T, strict=True):
        moved, unit = factor.values(column.tolist())
        values.append(moved)
        units.append(BASE_UNITS[factor.dimension] if unit is None else unit)
    columns = {  # a row after another as they are kept: by set, then by factor, whose names are in order
        "set": np.repeat(np.arange(sets), len(units)),
        "factor": [*inputs.names] * sets,
        "position": at.ravel(),
        "value": [value for row in zip(*values, strict=True) for value in row],
        "unit": units * sets,
    }
    return pl.DataFrame(columns, schema=SCHEMA)

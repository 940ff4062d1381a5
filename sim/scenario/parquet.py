"""Parquet from elsewhere, of which a few bytes may stand for more than fits into memory: looked at before it is decoded."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

MOST_CELLS = 20_000_000
"""Values of a table that are decoded whatever the size of its bytes."""
MOST_CELLS_PER_BYTE = 200
"""Values that each byte may stand for beyond that; tables of ours have fewer than ten."""


class NotParquetError(ValueError):
    """Bytes that are no Parquet table at all."""


def schema_of(data: bytes) -> pl.Schema:
    """Names and types of the columns of a table that can be decoded; see :func:`read_parquet` for what it raises."""
    import polars as pl

    try:
        schema = pl.Schema(pl.read_parquet_schema(io.BytesIO(data)))
        rows = int(pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise NotParquetError(f"expected a Parquet table: {_first_line(error)}") from None
    if nested := [name for name, dtype in schema.items() if dtype.is_nested() or dtype.is_object()]:
        raise ValueError(f"expected columns of plain values, got lists or records in {nested[0][:80]}")
    if rows * max(1, len(schema)) > max(MOST_CELLS, MOST_CELLS_PER_BYTE * len(data)):
        raise ValueError(f"expected a table, got {rows:,} rows of {len(schema):,} columns in {len(data):,} bytes")
    return schema


def read_parquet(data: bytes) -> pl.DataFrame:
    """The table that *data* is; raises ValueError where it is none, has nested columns, or is far larger than its bytes."""
    import polars as pl

    schema_of(data)
    try:
        return pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise NotParquetError(f"expected a Parquet table: {_first_line(error)}") from None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]

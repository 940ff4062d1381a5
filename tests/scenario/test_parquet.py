"""A few bytes of Parquet that stand for more than fits into memory are refused before they are decoded."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from sim.scenario import ScenarioError
from sim.scenario.parquet import MOST_CELLS, read_parquet
from sim.scenario.sets_file import read_sets


def parquet(table: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    table.write_parquet(out, compression="zstd")
    return out.getvalue()


def bomb() -> bytes:
    """25 million equal numbers in some 50 kB."""
    return parquet(pl.DataFrame({"set": pl.repeat(1, MOST_CELLS + 5_000_000, dtype=pl.Int32, eager=True)}))


def test_a_table_is_read() -> None:
    table = pl.DataFrame({"replication": [0, 1], "people": [1.5, 2.0], "name": ["a", "b"]})
    assert read_parquet(parquet(table)).equals(table)


def test_a_bomb_is_refused_and_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bomb()
    assert len(data) < 100_000
    monkeypatch.setattr(pl, "read_parquet", lambda *_: pytest.fail("decoded"))
    with pytest.raises(ValueError, match=r"^expected a table, got 25,000,000 rows of 1 columns in [0-9,]+ bytes$"):
        read_parquet(data)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" * 100, b"\0" * 1000, b"set,factor\n1,a\n"])
def test_what_is_none_is_one_line(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^expected a Parquet table: ") as refused:
        read_parquet(data)
    assert "\n" not in str(refused.value)


def test_lists_in_lists_are_refused() -> None:
    with pytest.raises(ValueError, match="got lists or records in nested"):
        read_parquet(parquet(pl.DataFrame({"nested": [[1, 2], [3]]})))


def test_sets_of_inputs_are_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "sets.parquet").write_bytes(bomb())
    with pytest.raises(ScenarioError, match=r"sets.parquet:1:1: expected a table, got 25,000,000 rows") as refused:
        read_sets(str(tmp_path / "sets.parquet"))
    assert len(refused.value.faults) == 1

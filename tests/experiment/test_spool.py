"""The spool: what is known of points survives kills, comes back in order, and needs no memory."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from sim.experiment.spool import Spool
from sim.experiment.tables import table_of, write_table


def test_values_come_back_by_number_whatever_the_order_in_which_they_came(tmp_path: Path) -> None:
    with Spool(tmp_path / "s", 5, "k") as spool:
        for number in (3, 0, 4):
            spool.add(number, [number, math.inf, None, "ü\n"])
        assert list(spool) == [(k, [k, math.inf, None, "ü\n"]) for k in (0, 3, 4)]
        assert [k in spool for k in range(5)] == [True, False, False, True, True]
    with Spool(tmp_path / "s", 5, "k") as again:
        assert [number for number, _ in again] == [0, 3, 4]


def test_the_last_value_of_a_number_counts(tmp_path: Path) -> None:
    with Spool(tmp_path / "s", 2, "k") as spool:
        spool.add(1, "old")
        spool.add(1, "new")
        assert list(spool) == [(1, "new")]
    with Spool(tmp_path / "s", 2, "k") as again:
        assert list(again) == [(1, "new")]


def test_what_was_made_for_another_question_is_not_seen(tmp_path: Path) -> None:
    with Spool(tmp_path / "s", 2, "50 replications") as spool:
        spool.add(0, 1)
    with Spool(tmp_path / "s", 2, "60 replications") as other:
        assert 0 not in other


def test_what_is_not_final_is_known_until_the_end_only(tmp_path: Path) -> None:
    with Spool(tmp_path / "s", 2, "k") as spool:
        spool.add(0, "failed", final=False)
        spool.add(1, "done")
        assert list(spool) == [(0, "failed"), (1, "done")]
    with Spool(tmp_path / "s", 2, "k") as again:
        assert list(again) == [(1, "done")]
        again.settle()
    assert (tmp_path / "s").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_line_cut_short_is_as_if_never_written(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "s"
    with Spool(path, 3, "k") as spool:
        spool.add(0, "first")
        spool.add(1, "second")
    path.write_bytes(path.read_bytes()[:-cut])
    with Spool(path, 3, "k") as again:
        known = [number for number, _ in again]
        assert known in ([0], [0, 1][: 1 + (cut == 1)], [])
        again.add(2, "third")
    with Spool(path, 3, "k") as last:
        assert [number for number, _ in last] == [*known, 2]


def test_an_altered_line_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with Spool(path, 1, "k") as spool:
        spool.add(0, 12345)
    path.write_bytes(path.read_bytes().replace(b"12345", b"12346"))
    with Spool(path, 1, "k") as again:
        assert 0 not in again


def test_settled_bytes_do_not_depend_on_the_way(tmp_path: Path) -> None:
    for name, order in (("a", (0, 1, 2)), ("b", (2, 0, 1, 0))):
        with Spool(tmp_path / name, 3, "k") as spool:
            for number in order:
                spool.add(number, number * 10)
            spool.settle()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def peak(folder: Path, points: int) -> int:
    """Bytes that Python held at most while so many points went through spool and table, four rows each."""
    schema = pl.Schema({"point": pl.Int64(), "measure": pl.String(), "value": pl.Float64()})
    folder.mkdir()
    tracemalloc.start()
    with Spool(folder / "s", points, "k") as spool:
        for number in range(points):
            spool.add((number * 7919) % points, [number / 7, 0.0, 1.0, 2.0])

        def frames() -> Iterator[pl.DataFrame]:
            rows: list[tuple[int, str, float]] = []
            for number, values in spool:
                rows += [(number, "m", value) for value in values]
                if len(rows) >= 2_000:
                    yield pl.DataFrame(rows, schema=schema, orient="row")
                    rows = []
            yield pl.DataFrame(rows, schema=schema, orient="row")

        write_table(folder, "t", table_of(schema, frames))
        spool.settle()
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pl.scan_parquet(folder / "t.parquet").select(pl.len()).collect().item() == 4 * points
    return held


@pytest.mark.costly
def test_memory_is_flat_as_rows_grow(tmp_path: Path) -> None:
    """Ten times the rows: a position (8 bytes) a point more and nothing else, where the rows themselves would be 3 MB."""
    small, large = peak(tmp_path / "small", 809), peak(tmp_path / "large", 8_009)
    assert large - small < 300_000


def test_text_that_starts_a_formula_is_quoted_in_csv_alone(tmp_path: Path) -> None:
    schema = pl.Schema({"error": pl.String()})
    write_table(tmp_path, "t", table_of(schema, lambda: iter([pl.DataFrame({"error": ["=1+1", "fine"]}, schema=schema)])))
    assert (tmp_path / "t.csv").read_text() == "error\n'=1+1\nfine\n"
    assert pl.read_parquet(tmp_path / "t.parquet")["error"].to_list() == ["=1+1", "fine"]

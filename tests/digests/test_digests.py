"""No byte of any table of any shipped scenario has moved since it was recorded; see :mod:`tests.digests.digests`.

A test that fails here after a change that should move nothing has found a fault of that change.  Whoever moves an answer on
purpose runs ``python benchmarks/digests.py --record`` and names in the CHANGELOG what it prints.
"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import sim
from sim.experiment.identity import arithmetic
from tests.digests import digests

HERE = arithmetic()
tables = cache(digests.tables)


@pytest.mark.parametrize("scenario", digests.shipped())
def test_no_byte_has_moved(scenario: str) -> None:
    made, known = tables(scenario), digests.recorded_digests()
    if HERE in known:
        assert digests.same(known[HERE].get(scenario), made), digests.lines(digests.named(scenario, made))
    else:
        warnings.warn(f"arithmetic {HERE} is not recorded: values are compared to {digests.CLOSE:g}, not bytes", stacklevel=1)
        assert digests.compare(scenario, made, exact=False) == []


def test_every_shipped_scenario_is_recorded_and_nothing_else() -> None:
    assert {"kabul-2021", "minimal", "reference", "base/kabul", "none-holding"} <= set(digests.shipped())
    for arithmetic_, known in digests.recorded_digests().items():
        assert sorted(known) == digests.shipped(), arithmetic_


def test_stored_values_are_those_of_the_digests() -> None:
    """What is compared under other arithmetics is what the digests were taken of."""
    known = digests.recorded_digests()
    for scenario in ("minimal", "kabul-2021"):
        stored, fresh = digests.recorded_values(scenario), tables(scenario)
        frames = {table: stored[table].select(fresh[table].columns) for table in stored}
        assert any(digests.same(each[scenario], frames) for each in known.values())


def test_a_run_with_inputs_as_written_stores_what_is_recorded(tmp_path: Path) -> None:
    """``--inputs values`` of a scenario with 91 ranges: the same tables; drawn, which is the default, they are others."""
    how: dict[str, Any] = {"n": len(digests.REPLICATIONS), "seed": digests.SEED, "jobs": 1, "out": tmp_path, "plots": False}
    made = tables("khartoum-2023")
    written, drawn = (sim.run("evacsim:khartoum-2023", inputs=mode, **how).result for mode in ("values", "ranges"))
    for table, frame in made.items():
        key = [name for name in ("replication", "mission", "cohort", "stage", "hour") if name in frame.columns]
        stored, others = (result.table(table).select(frame.columns).sort(key) for result in (written, drawn))
        assert digests.moves("khartoum-2023", table, frame.sort(key), stored, exact=True) == []
        assert digests.moves("khartoum-2023", table, frame.sort(key), others, exact=True)


TABLE = pl.DataFrame(
    {"mission": ["a", "b"], "t100_h": [1.5, np.inf], "wait": pl.Series([2.5, 0.0], dtype=pl.Float32), "n": [3, None]}
)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("mission", pl.Series(["a", "c"])),
        ("t100_h", pl.Series([np.nextafter(1.5, 2), np.inf])),
        ("t100_h", pl.Series([1.5, 1e300])),
        ("wait", pl.Series([2.5, -0.0], dtype=pl.Float32)),
        ("wait", pl.Series([2.5, 0.0])),
        ("n", pl.Series([3, 0])),
        ("n", pl.Series([None, 3])),
    ],
)
def test_a_digest_sees_every_bit(column: str, value: pl.Series) -> None:
    assert digests.digest(TABLE.with_columns(value.alias(column))) != digests.digest(TABLE)


def test_a_digest_sees_names_and_order() -> None:
    others = [TABLE.rename({"n": "m"}), TABLE.select("n", "mission", "t100_h", "wait"), TABLE.reverse(), TABLE.head(1)]
    assert len({digests.digest(t) for t in (TABLE, *others)}) == 5


@pytest.mark.parametrize(
    ("value", "close"),
    [
        (pl.Series([1.5 * (1 + 0.9e-9), np.inf]), True),
        (pl.Series([1.5 * (1 + 1.1e-9), np.inf]), False),
        (pl.Series([1.5, 1e300]), False),
        (pl.Series([np.nan, np.inf]), False),
    ],
)
def test_another_arithmetic_may_round_but_not_differ(value: pl.Series, close: bool) -> None:
    moved = digests.moves("s", "t", TABLE, TABLE.with_columns(value.alias("t100_h")), exact=False)
    assert (moved == []) == close


@pytest.mark.parametrize(
    "after",
    [
        TABLE.drop("n"),
        TABLE.with_columns(more=1),
        TABLE.head(1),
        TABLE.with_columns(mission=pl.lit("a")),
        TABLE.with_columns(n=pl.lit(3)),
    ],
)
def test_another_shape_is_a_move(after: pl.DataFrame) -> None:
    assert digests.moves("s", "t", TABLE, after, exact=False)


def test_recording_says_what_moved_and_drops_what_is_no_longer_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "RECORDED", tmp_path)
    empty = {"cohorts": TABLE, "missions": TABLE, "replications": TABLE, "timeline": TABLE, "stages": TABLE}
    assert digests.record("one", {"s": empty})  # all of it is new
    assert digests.record("two", {"s": empty}) == []
    assert set(digests.recorded_digests()) == {"one", "two"}  # the same values: both hold
    other = {**empty, "missions": TABLE.with_columns(t100_h=pl.Series([2.5, np.inf]))}
    (moved,) = digests.record("two", {"s": other})
    assert (moved.table, moved.column) == ("missions", "t100_h")
    assert "1.5 → 2.5" in str(moved)
    assert set(digests.recorded_digests()) == {"two"}
    assert digests.compare("s", other, exact=True) == []

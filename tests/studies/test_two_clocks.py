"""Only the order comes later: every study that compares says *later*, and none calls it an improvement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.analysis import differences

ONE = """
title: One embassy
clock: {horizon: 20 d}
missions:
  embassy: {order: {at: {value: 10 h, low: 4 h, high: 34 h, kind: uncertainty, evidence: assumed}}, cohorts: {staff: 40}}
  legation: {order: {at: 10 h}, cohorts: {staff: 20}}
road: {drive: {uniform: [2 h, 8 h]}}
"""
AT = "missions.embassy.order.at"
LATER = 24.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("clocks")
    (made / "one.yaml").write_text(ONE)
    return made


def ran(folder: Path, *sets: str) -> Any:
    """With inputs as written, so that the order of the base is at 10 h."""
    how: dict[str, Any] = {"n": 40, "jobs": 1, "inputs": "values", "out": folder / "results", "plots": False}
    return sim.run(sim.load(folder / "one.yaml", sets), **how).result


def test_compare(folder: Path) -> None:
    got = differences(ran(folder), ran(folder, f"{AT}=34 h"))
    entry = got.missions["embassy"]
    assert entry.median_out_h.difference == pytest.approx(LATER)
    assert entry.median_h.difference == pytest.approx(0)
    assert (entry.later, entry.hours_within_horizon.difference) == (1, pytest.approx(LATER))
    told = entry.clocks
    assert (told.pairs, told.share, told.ordered_apart) == (40, 1, 1)
    assert [told.ordered_later_h, told.from_order_longer_h, told.out_later_h] == pytest.approx([LATER, 0, LATER])
    assert got.missions["legation"].clocks.ordered_apart == 0
    total = got.total.clocks  # the first order is the legation's: it stays, and all are out a day later
    assert (total.ordered_later_h, total.out_later_h) == (0, total.from_order_longer_h)


def test_an_order_that_never_comes_is_in_no_identity(folder: Path) -> None:
    got = differences(ran(folder), ran(folder, f"{AT}=25 d"))
    told = got.missions["embassy"].clocks
    assert (told.pairs, told.share, told.out_later_h) == (0, 0, None)


def test_sensitivity(folder: Path) -> None:
    how: dict[str, Any] = {"n": 12, "jobs": 1, "inputs": "values", "out": folder / "results", "plots": False}
    found = sim.sensitivity(folder / "one.yaml", measures=["embassy.hours_within_horizon"], **how)
    (result,) = found.summary["results"]
    rows = {row["name"]: row for row in result["measures"]["embassy.hours_within_horizon"]["factors"]}
    assert rows[AT]["high"]["difference"] == pytest.approx(LATER)
    assert rows[AT]["low"]["difference"] == pytest.approx(-6)


def test_sweep(folder: Path) -> None:
    asked = ["total.out_p90", "embassy.out_p50", "embassy.p50"]
    how = {"n": 40, "jobs": 1, "out": folder / "results", "plots": False, "measures": asked}
    done = sim.sweep(folder / "one.yaml", vary=[f"{AT}=10 h,34 h"], **how)
    changed = {}
    for address in asked:
        base, other = done.table.filter(done.table["measure"] == address)["value"].to_list()
        changed[address] = other - base
    assert changed["embassy.out_p50"] == pytest.approx(LATER)
    assert changed["embassy.p50"] == pytest.approx(0)
    assert changed["total.out_p90"] > 0
    assert "the P90 of the time until all are out rises" in done.headline

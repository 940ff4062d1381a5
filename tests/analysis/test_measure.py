"""Measures by address: what they are called, what they read, and that "never" stays never."""

from __future__ import annotations

import math

import pytest

import sim
from sim.analysis.measure import KINDS, MeasureError, Reading, parse

MISSIONS = ["united-states", "united-kingdom"]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("total.p90", "total.p90"),
        ("missions.united-states.p50_h", "united-states.p50"),
        ("united-kingdom.left-behind", "united-kingdom.left_behind"),
        ("total.p-all-out", "total.p_all_out"),
    ],
)
def test_addresses(address: str, text: str) -> None:
    assert parse(address, MISSIONS).text == text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("p90", "expected MISSION.NAME"),
        ("united-state.p90", "nearest: united-states"),
        ("total.p95", "nearest: p90"),
        ("total.leftbehind", "nearest: left_behind"),
    ],
)
def test_what_is_no_measure_is_said_with_the_nearest(address: str, said: str) -> None:
    with pytest.raises(MeasureError, match=said):
        parse(address, MISSIONS)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """Half of the replications lose the airport at 2 h, before anybody can be out."""
    folder = tmp_path_factory.mktemp("measure")
    path = folder / "one.yaml"
    path.write_text(
        """
clock: {horizon: 10 d}
missions:
  quick: {order: {at: 2 h}, drive: 1 h, cohorts: {staff: 10}}
  slow: {order: {at: 0 h}, cohorts: {staff: 30}}
road: {drive: {uniform: [5 h, 300 h]}}
"""
    )
    return Reading(sim.run(path, n=50, out=folder, plots=False).result)


def test_values_are_those_of_the_summary(reading: Reading) -> None:
    summary = reading._result.summary["total"]  # type: ignore[attr-defined]
    for name in ("p50", "p90", "out_p50", "out_p90"):
        key = f"{name}_h"
        value = reading.value(parse(f"total.{name}", []))
        assert (None if math.isinf(value.value) else round(value.value, 6)) == summary[key]
        ends = summary[key.replace("_h", "_interval_h")]
        assert [None if math.isinf(x) else round(x, 6) for x in (value.low, value.high)] == ends  # type: ignore[arg-type]
    left = reading.value(parse("total.left_behind", []))
    assert [round(x, 6) for x in left[:3]] == [summary["left_behind"][k] for k in ("mean", "low", "high")]  # type: ignore[arg-type]
    out = reading.value(parse("total.p_all_out", []))
    assert [round(x, 6) for x in out[:3]] == [summary["p_all_out"][k] for k in ("estimate", "low", "high")]  # type: ignore[arg-type]


def test_never_is_infinite_in_samples_and_cut_in_restricted_means(reading: Reading) -> None:
    times = reading.samples(parse("slow.p50", ["slow"])).values
    cut = reading.samples(parse("slow.restricted_time", ["slow"])).values
    never = times > 240
    assert never.any()
    assert not never.all()
    assert times[never].min() == math.inf
    assert (cut[never] == 240).all()
    assert (cut[~never] == times[~never]).all()
    assert reading.value(parse("slow.restricted_time", ["slow"])).value == pytest.approx(cut.mean())


def test_every_kind_can_be_read(reading: Reading) -> None:
    for name, kind in KINDS.items():
        value = reading.value(parse(f"quick.{name}", ["quick"]))
        assert value.n == 50
        assert kind.finite == (name not in ("p50", "p90", "out_p50", "out_p90"))
        assert value.low is not None

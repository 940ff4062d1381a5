"""One at a time: paired differences, times that are never, verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.measure import parse
from sim.analysis.sensitivity.points import Response
from sim.analysis.sensitivity.tornado import bar, difference, quantile_difference
from sim.analysis.statistics import order_statistic

LEFT, P90, P50, OUT, TIME = (parse(f"total.{name}", []) for name in ("left_behind", "p90", "p50", "p_all_out", "restricted_time"))


def response(measure, values):
    from sim.analysis.measure import Value

    values = np.asarray(values, dtype=float)
    kept = values[~np.isnan(values)]
    value = order_statistic(kept, measure.kind.quantile) if measure.kind.quantile else float(kept.mean())
    never = "stranded" if math.isinf(value) else None
    return Response(
        None, 0, {measure.text: (np.arange(values.size), values)}, {measure.text: Value(value, None, None, kept.size, never)}
    )


def test_a_shift_is_found_exactly():
    rng = np.random.default_rng(1)
    base = rng.normal(100, 20, 50)
    found = bar(LEFT, *(response(LEFT, x) for x in (base, base - 4, base + 10)), 50, 1)
    assert found["low"]["difference"] == pytest.approx(-4)
    assert found["high"]["difference_high"] == pytest.approx(10), "no noise where every pair differs by the same"
    assert found["swing"] == pytest.approx(14)
    assert found["distinct"]


def test_both_ends_on_one_side_swing_from_the_base():
    base = np.arange(30.0)
    found = bar(LEFT, *(response(LEFT, x) for x in (base, base + 3 + base % 2, base + 7 + base % 3)), 30, 1)
    assert found["swing"] == pytest.approx(8)


def test_no_difference_in_any_pair_is_the_same_and_has_no_interval():
    base = np.arange(30.0)
    found = bar(LEFT, *(response(LEFT, base) for _ in range(3)), 30, 1)
    assert found["low"]["same"]
    assert found["low"]["difference_low"] is None
    assert not found["distinct"]


def test_a_few_differing_pairs_prove_nothing():
    base = np.zeros(100)
    other = base.copy()
    other[:5] = 40
    estimate, few = difference(LEFT, base, other, 1)
    assert few
    assert estimate.value == pytest.approx(2)


def test_replications_without_a_time_are_left_out_of_the_pairs():
    base = np.array([1.0, np.nan, 3.0, 5.0])
    other = np.array([2.0, 7.0, np.nan, 6.0])
    assert difference(TIME, base, other, 1)[0].value == pytest.approx(1)


def test_a_factor_that_decides_between_a_time_and_never():
    base = np.linspace(10, 20, 60)
    never = np.where(np.arange(60) < 40, base, np.inf)
    found = bar(P90, *(response(P90, x) for x in (base, base - 1, never)), 60, 1)
    assert found["turns"]
    assert found["high"]["difference"] is None
    assert found["high"]["never"] == "stranded"
    assert found["low"]["difference"] == pytest.approx(-1)


def test_quantiles_of_pairs():
    base = np.arange(1.0, 101.0)
    found = quantile_difference(base, base + 5, 0.9, 1, 0.975)
    assert found == pytest.approx((5, 5, 5))
    assert quantile_difference(base[:20], base[:20] + 5, 0.9, 1, 0.975)[1:] == (None, None), "too few for P90"
    both = np.full(60, np.inf)
    assert quantile_difference(both, both, 0.5, 1, 0.975)[1:] == (-np.inf, np.inf), "anything is possible"


def test_a_point_that_failed_is_no_bar():
    base = response(LEFT, np.arange(30.0))
    found = bar(LEFT, base, Response("all 30 replications failed"), base, 30, 1)
    assert found["error"] == "all 30 replications failed"
    assert found["swing"] is None


@pytest.mark.parametrize("measure", [LEFT, OUT, P50])
def test_false_alarms(measure):
    """Both ends of a factor without effect: at most 5 % together; 20 of 200 pass (a true 5 % exceeds it once in 600)."""
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        common = rng.normal(0, 1, 60)
        made = [common + 0.7 * rng.normal(0, 1, 60) for _ in range(3)]
        made = [(x > 0).astype(float) for x in made] if measure is OUT else [10 + x for x in made]
        alarms += bar(measure, *(response(measure, x) for x in made), 60, seed)["distinct"]
    assert alarms <= 20

"""PRIM: its counts by hand, its choice of factors by brute force, equal values."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from sim.analysis import prim


def test_fishers_test_by_hand() -> None:
    """5 of 5 inside fail, of 8 failures in 20 sets: C(8, 5) / C(20, 5); one or more: 1 - C(12, 5) / C(20, 5)."""
    assert prim.chance(5, 5, 8, 20) == pytest.approx(comb(8, 5) / comb(20, 5))
    assert prim.chance(1, 5, 8, 20) == pytest.approx(1 - comb(12, 5) / comb(20, 5))
    assert prim.chance(0, 5, 8, 20) == pytest.approx(1)
    assert prim.chance(4, 15, 16, 20) == pytest.approx(1)  # at least 11 of them must be inside


def test_what_is_certain_has_a_chance_of_no_more_than_1() -> None:
    """None or more of those inside fail, however many these are of five sets: whatever rounding makes of the sum."""
    assert all(0.999 < prim.chance(0, inside, failures, 5) <= 1 for inside in range(6) for failures in range(6))


def test_phi_is_pearsons() -> None:
    rng = np.random.default_rng(16)
    inside, failed = rng.random(50) < 0.4, rng.random(50) < 0.3
    phi = prim.phi_of(inside.sum(), (inside & failed).sum(), 50, int(failed.sum()))
    assert float(phi) == pytest.approx(np.corrcoef(inside, failed)[0, 1])


def test_joins_the_factor_with_the_best_cut() -> None:
    """Every position of a cut, from either end, by brute force."""
    rng = np.random.default_rng(17)
    x, failed = rng.random((40, 6)), rng.random(40) < 0.4
    best = {}
    for k in range(6):
        cuts = [(x[:, k] <= v, x[:, k] >= v) for v in x[:, k]]
        phis = [np.corrcoef(held, failed)[0, 1] for pair in cuts for held in pair if prim.least_inside(40) <= held.sum() < 40]
        best[k] = max(phis)
    assert prim._joining(x, failed, {}) == max(best, key=best.__getitem__)


def test_equal_values_are_cut_together() -> None:
    values = np.array([0.1, 0.2, 0.2, 0.2, 0.6])
    assert prim._cut(values, 1, (0.0, 1.0), 0) == pytest.approx((0.15, 1))
    assert prim._cut(values, 2, (0.15, 1.0), 0) == pytest.approx((0.4, 1))
    assert prim._cut(values, 2, (0.0, 1.0), 1) == pytest.approx((0, 0.15))
    assert prim._cut(np.full(4, 0.5), 1, (0.0, 1.0), 0) == (0, 1)


def test_a_limit_that_makes_no_difference_goes() -> None:
    """What lies below 0.3 of the second factor fails as often as the rest: 20 of 40 sets, all with the first above 0.5."""
    x = np.column_stack([np.tile([0.25, 0.75], 20), np.repeat(np.linspace(0.01, 0.99, 20), 2)])
    failed = x[:, 0] > 0.5
    assert prim._earned(x, failed, {0: (0.5, 1.0), 1: (0.3, 1.0)}) == {0: (0.5, 1.0)}

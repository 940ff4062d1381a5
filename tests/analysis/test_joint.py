"""Joint tests: p-values by hand and against scipy's, Holm's steps, errors of a family, power, and sets in which one is better."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from scipy import stats

from sim.analysis.joint import FLIPS, flip_p, holm, marks, sets_better, sets_needed
from sim.analysis.statistics import Floats, proportion

Rng = np.random.Generator


class TestFlips:
    def test_by_hand(self) -> None:
        """1 + 2 + 3: of 8 sign patterns two are as large; 3 + 2 - 1: those two, and its own and its mirror's, of 8."""
        d = np.array([[1.0, -1.0, 0.0], [2.0, 2.0, 0.0], [3.0, 3.0, 0.0]])
        assert flip_p(d).tolist() == [2 / 8, 4 / 8, 1]

    def test_sets_without_a_difference_say_nothing(self) -> None:
        d = np.array([1.0, 2, -3, 4, 5])
        assert flip_p(np.append(d, np.zeros(90))[:, None]) == flip_p(d[:, None])

    def test_equal_sums_count_whatever_the_rounding(self) -> None:
        """0.1 + 0.2 - 0.3 isn't 0 in binary: every pattern counts."""
        assert flip_p(np.array([[0.1], [0.2], [-0.3]])).tolist() == [1]

    def test_as_scipy_has_it(self) -> None:
        d = np.random.default_rng(2).normal(0.4, 1, (10, 3))
        wanted = stats.permutation_test((d,), lambda x, axis: x.mean(axis=axis), permutation_type="samples", axis=0)
        assert flip_p(d) == pytest.approx(wanted.pvalue)

    def test_drawn_ones_agree_with_exact_ones(self) -> None:
        """14 sets exact, and the same with two more that hardly differ drawn: within 5 standard errors."""
        d = np.random.default_rng(4).normal(0.4, 1, 14)
        exact, drawn = flip_p(d[:, None])[0], flip_p(np.append(d, [1e-12, 1e-12])[:, None])[0]
        assert drawn == pytest.approx(exact, abs=5 * math.sqrt(exact / FLIPS))

    def test_reach_below_one_in_two_thousand(self) -> None:
        assert flip_p(np.full((100, 1), -3.0))[0] == 1 / (FLIPS + 1)


class TestHolm:
    def test_by_hand(self) -> None:
        assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
        assert holm([0.5, 0.9]).tolist() == [1, 1]
        assert holm([]).size == 0

    def test_all_others_are_in_the_family(self) -> None:
        d = np.zeros((20, 102))
        d[:9, 0] = 1
        assert marks(d[:, :1]).holds.tolist() == [True]  # 2 / 2^9 = 0.004
        assert not marks(d).holds.any()  # · 102


class TestMarks:
    def test_sets_needed(self) -> None:
        """The least k with 2 / 2^k <= 0.05 / family."""
        assert [sets_needed(family) for family in (1, 3, 102)] == [6, 7, 12]
        for family in (1, 3, 102):
            assert 2 / 2 ** sets_needed(family) <= 0.05 / family < 2 / 2 ** (sets_needed(family) - 1)

    def test_too_few_to_tell_is_not_no_difference(self) -> None:
        d = np.zeros((50, 4))
        d[:5, 0], d[:40, 1], d[:40, 2] = 100.0, 1.0, np.tile([1.0, -1.0], 20)
        got = marks(d)
        assert got.holds.tolist() == [False, True, False, False]
        assert got.too_few.tolist() == [True, False, False, True]
        assert got.differing.tolist() == [5, 40, 40, 0]

    def test_a_set_without_a_value_says_nothing(self) -> None:
        d = np.full((30, 1), 2.0)
        d[10:] = math.nan
        assert marks(d).p[0] == 2 / 2**10
        with pytest.raises(ValueError, match="infinite"):
            marks([[math.inf]])

    def test_nothing_at_all(self) -> None:
        assert marks(np.zeros((0, 3))).p.tolist() == [1, 1, 1]
        assert marks(np.zeros((10, 0))).holds.size == 0

    def test_is_the_same_again_and_in_another_order(self) -> None:
        d = np.random.default_rng(3).normal(0.2, 1, (60, 8))
        d[:, 0] += 1.0
        assert marks(d[:, ::-1]).p.tolist() == marks(d).p.tolist()[::-1]

    def test_is_quick(self) -> None:
        """0.1 s for 34 missions, three measures and 100 sets; the better of three tries, with room for a slow machine."""
        d, times = np.random.default_rng(3).normal(0.2, 1, (100, 102)), []
        for _ in range(3):
            begin = time.process_time()
            marks(d)
            times.append(time.process_time() - begin)
        assert min(times) < 0.6


def halves(rng: Rng, sets: int, names: int) -> Floats:
    """Differences of two halves of one scenario: people lost in few sets, skewed, and alike between missions of a set."""
    sides = []
    for _ in range(2):
        bad = rng.standard_normal((sets, 1))
        z = 0.7 * bad + 0.7 * rng.standard_normal((sets, names))
        rare = np.linspace(0.0, 2.5, names)  # from half the sets to one in a hundred
        sides.append(np.where(z > rare, np.round(100 * np.exp(1.5 * z)), 0.0))
    return sides[1] - sides[0]


@pytest.mark.parametrize("sets", [15, 60])
def test_anything_is_marked_in_at_most_5_per_cent_of_null_comparisons(sets: int) -> None:
    """100 comparisons of 30 names: at an error of 5 % more than 10 % happen with probability 0.01; 25 % pass with 1e-4."""
    rng = np.random.default_rng(sets)
    assert np.mean([marks(halves(rng, sets, 30)).holds.any() for _ in range(100)]) <= 0.1


@pytest.mark.slow
@pytest.mark.parametrize("sets", [12, 25, 100])
def test_the_same_with_more_comparisons(sets: int) -> None:
    """1,500 comparisons of 102 names: at 5 % more than 6.5 % happen with probability 0.005."""
    rng = np.random.default_rng(sets)
    assert np.mean([marks(halves(rng, sets, 102)).holds.any() for _ in range(1500)]) <= 0.065


def test_real_shifts_are_marked() -> None:
    """Half a standard deviation in ten of 102 names, 100 sets: power per name 94 % at 0.0005 (normal), so nine tenths of all."""
    rng = np.random.default_rng(9)
    marked = []
    for _ in range(12):
        d = rng.standard_normal((100, 102))
        d[:, :10] += 0.5
        marked.append(marks(d).holds[:10].mean())
    assert np.mean(marked) >= 0.88


class TestBetter:
    def test_counts_with_the_intervals_of_clopper_and_pearson(self) -> None:
        got = sets_better(np.full(100, 5.0), np.r_[np.full(98, 4.0), 5.0, 6.0])
        assert (got.lower, got.equal, got.higher, got.sets) == (proportion(98, 100), proportion(1, 100), proportion(1, 100), 100)
        assert [round(100 * end) for end in got.lower[1:] if end] == [93, 100]

    def test_never_and_no_value(self) -> None:
        inf, nan = math.inf, math.nan
        got = sets_better([inf, inf, 5, nan, 3], [inf, 7, inf, 2, nan])
        assert (got.lower.value, got.equal.value, got.higher.value, got.sets) == (1 / 3, 1 / 3, 1 / 3, 3)

    def test_means_that_are_equal_but_for_rounding_are_equal(self) -> None:
        assert sets_better([0.1 + 0.2], [0.3]).equal.value == 1

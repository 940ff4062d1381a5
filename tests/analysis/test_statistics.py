"""Order statistics, intervals and paired differences: known answers, infinities, ties, tiny samples, coverage."""

import math
from math import comb, inf, nan, sqrt

import numpy as np
import pytest

from sim.analysis import statistics as s


class TestOrderStatistic:
    def test_is_the_smallest_value_that_a_share_p_does_not_exceed(self):
        assert s.order_statistic([4, 1, 3, 2], 0.5) == 2  # x_(ceil(4 * 0.5)) = x_(2)
        assert s.order_statistic([5, 1, 4, 2, 3], 0.5) == 3
        assert s.order_statistic(range(1, 201), 0.9) == 180  # 200 * 0.9 is not exactly 180 in binary

    def test_infinite_counts_as_infinite(self):
        assert s.order_statistic([1, inf, 2], 0.5) == 2
        assert s.order_statistic([1, inf, inf], 0.5) == inf
        assert s.order_statistic([1] * 9 + [inf], 0.9) == 1
        assert s.order_statistic([1] * 8 + [inf] * 2, 0.9) == inf

    def test_one_value_and_none(self):
        assert s.order_statistic([7], 0.9) == 7
        assert math.isnan(s.order_statistic([], 0.5))


class TestOrderStatisticInterval:
    def test_ranks_by_hand_for_the_median_of_six(self):
        # P(B <= 0) = 1/64 = 0.0156 <= 0.025 < P(B <= 1) = 7/64: the first and the last value
        assert s.interval_ranks(6, 0.5) == (1, 6)

    @pytest.mark.parametrize("n", [10, 37, 200])
    @pytest.mark.parametrize("p", [0.5, 0.9])
    def test_ranks_are_the_tightest_that_keep_each_tail(self, n, p):
        def at_most(k):
            return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))

        ranks = s.interval_ranks(n, p)
        if ranks is None:
            assert n < s.least_sample(p)
            return
        low, high = ranks
        assert at_most(low - 1) <= 0.025 < at_most(low)
        assert 1 - at_most(high - 1) <= 0.025 < 1 - at_most(high - 2)

    def test_least_samples(self):
        assert s.least_sample(0.5) == 6  # 2 * 0.5^6 = 0.031 <= 0.05
        assert s.least_sample(0.9) == 36  # 0.9^36 = 0.0225 <= 0.025 < 0.9^35
        assert s.order_statistic_interval(range(5), 0.5) is None
        assert s.order_statistic_interval(range(35), 0.9) is None
        assert s.order_statistic_interval(range(36), 0.9) is not None

    def test_ends_may_be_infinite(self):
        low, high = s.interval_ranks(100, 0.9)
        for finite in (low - 1, low, high - 1, high):
            values = list(range(finite)) + [inf] * (100 - finite)
            expected = (low - 1 if finite >= low else inf, high - 1 if finite >= high else inf)
            assert s.order_statistic_interval(values, 0.9) == expected

    def test_ties_give_a_point(self):
        assert s.order_statistic_interval([3.0] * 50, 0.5) == (3.0, 3.0)

    @pytest.mark.parametrize(("n", "p"), [(10, 0.5), (60, 0.5), (40, 0.9), (200, 0.9)])
    def test_coverage_is_never_below_the_level(self, n, p):
        """8,000 samples; a true coverage of 0.95 would fail with probability 2e-5 (4.1 standard errors of 0.0024).

        A third of the values are infinite in half the cases, so that quantile and ends are infinite there.
        """
        rng = np.random.default_rng(42)
        for share_never in (0.0, 0.33):
            x = rng.exponential(size=(8000, n))
            x[rng.random(size=x.shape) < share_never] = inf
            known = p / (1 - share_never)
            truth = -math.log(1 - known) if known < 1 else inf
            low, high = s.interval_ranks(n, p)
            x.sort(axis=1)
            covered = np.mean((x[:, low - 1] <= truth) & (truth <= x[:, high - 1]))
            assert covered >= 0.94, covered


class TestProportion:
    def test_clopper_pearson_of_nothing_seen_has_a_closed_form(self):
        got = s.proportion(0, 20)
        assert (got.value, got.low) == (0.0, 0.0)
        assert got.high == pytest.approx(1 - 0.025 ** (1 / 20))
        assert s.proportion(20, 20).low == pytest.approx(0.025 ** (1 / 20))

    def test_ends_solve_the_binomial_tails(self):
        def at_most(k, p, n=10):
            return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))

        got = s.proportion(3, 10)
        assert at_most(3, got.high) == pytest.approx(0.025)
        assert 1 - at_most(2, got.low) == pytest.approx(0.025)

    def test_nothing_at_all(self):
        assert s.proportion(0, 0).low is None


class TestMean:
    def test_student_and_not_normal(self):
        # 1..5: mean 3, s = sqrt(2.5), t_4 = 2.7764
        got = s.mean_interval([1, 2, 3, 4, 5])
        half = 2.7764451 * sqrt(2.5 / 5)
        assert got == pytest.approx((3, 3 - half, 3 + half))
        assert s.t_quantile(199) == pytest.approx(1.9719565)

    def test_is_cut_at_what_is_possible(self):
        assert s.mean_interval([0, 0, 0, 10], bounds=(0, 10)).low == 0

    def test_one_value_has_no_interval_and_none_no_mean(self):
        assert s.mean_interval([4]) == (4, None, None)
        assert math.isnan(s.mean_interval([]).value)

    @pytest.mark.parametrize("bad", [inf, nan, -inf])
    def test_never_averages_infinities(self, bad):
        with pytest.raises(ValueError, match="finite"):
            s.mean_interval([1, bad])


class TestPaired:
    def test_rarely_differs(self):
        assert s.rarely_differs([0] * 100)
        assert s.rarely_differs([0] * 91 + [500] * 9)
        assert not s.rarely_differs([0] * 90 + [500] * 10)
        assert not s.rarely_differs([3, 4, 5])

    def test_correlation(self):
        assert s.correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
        assert s.correlation([1, 2, 3], [9, 8, 7]) == pytest.approx(-1)
        assert s.correlation([1, 2, 3], [4, 8, 6]) == pytest.approx(0.5)  # deviations (-1, 0, 1) and (-2, 2, 0): 2 / sqrt(2 * 8)
        assert s.correlation([1, 2, 3], [5, 5, 5]) is None
        assert s.correlation([1], [1]) is None


def test_least_values_agree_with_what_the_interval_needs():
    for p in (0.5, 0.9, 0.95):
        n = s.least_sample(p)
        assert s.interval_ranks(n, p) is not None
        assert s.interval_ranks(n - 1, p) is None

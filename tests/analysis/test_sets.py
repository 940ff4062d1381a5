"""Intervals over sets of inputs: hand cases, agreement with the closed forms where m = 1, coverage where sets share inputs.

Coverage, quick: 300 samples a case, 3,000 in all, seeded.  A case whose coverage is exactly 95 % falls below 93 % with
probability 0.05, one of 96 % (as most) with 0.006; an interval that covers 88 % passes with 0.004.  The thorough run
(``pytest -m "slow or costly"``) has 1,500 samples of each case at eight sizes: 95 % fails with 2e-4, 91 % passes with 0.003.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from scipy import stats

from sim.analysis import sets as over
from sim.analysis.sets import TESTED, Sets, whole_sets
from sim.analysis.statistics import Estimate, Floats, interval_ranks, mean_interval, order_statistic_interval, proportion
from sim.analysis.weights import ends_below, positive_tail, upper_end

inf, nan = math.inf, math.nan
Rng = np.random.Generator
MOST = 30_000.0


def pairs(count: int) -> Sets:
    return Sets.of(np.arange(2 * count), 2)


def alone(count: int) -> Sets:
    return Sets.of(np.arange(count))


class TestSets:
    def test_a_replication_belongs_to_the_set_of_its_number(self) -> None:
        sets = Sets.of([0, 1, 3, 6, 7], 2)  # 2, 4 and 5 failed
        assert (sets.index.tolist(), sets.numbers.tolist(), sets.count) == ([0, 0, 1, 2, 2], [0, 1, 3], 3)
        assert sets.size.tolist() == [2, 1, 2]
        assert not sets.single
        assert alone(3).single

    def test_means_leave_out_what_is_missing(self) -> None:
        sets = Sets.of([0, 1, 2, 3, 4], 2)
        assert sets.means([1, 3, nan, 5, nan]) == pytest.approx([2, 5, nan], nan_ok=True)

    def test_where_a_set_without_any_is_none(self) -> None:
        part = Sets.of([0, 1, 2, 3, 4], 2).where(np.array([True, True, False, False, True]))
        assert (part.index.tolist(), part.numbers.tolist()) == ([0, 0, 1], [0, 2])

    def test_whole_sets(self) -> None:
        assert [whole_sets(n, m) for n, m in ((200, 2), (201, 2), (1, 2), (7, 1))] == [200, 200, 0, 7]


class TestTail:
    @pytest.mark.parametrize(("n", "k"), [(5, 0), (20, 3), (100, 0), (100, 50), (1000, 1000)])
    def test_zeros_and_ones_have_the_ends_of_clopper_and_pearson(self, n: int, k: int) -> None:
        """P(weighted mean > t) is that of Beta(k + 1, n - k); off by less than 1 % of the distance to the nearer bound."""
        x = np.repeat([0.0, 1.0], [n - k, k])
        end = float(stats.beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0
        assert upper_end(x, np.ones(n), 1.0, 0.025) == pytest.approx(end, rel=0.01)

    def test_of_unequal_weights_against_simulation(self) -> None:
        """200,000 draws: the probability beyond the end is 2.5 % within 0.15 points (4.3 standard errors)."""
        rng = np.random.default_rng(2)
        x, size = rng.exponential(size=15), rng.integers(1, 4, 15).astype(float)
        end = upper_end(x, size, 8.0, 0.025)
        weights = rng.standard_exponential((200_000, 16)) * np.append(size, 3)
        beyond = (weights @ np.append(x, 8.0)) / weights.sum(axis=1) > end
        assert beyond.mean() == pytest.approx(0.025, abs=0.0015)

    def test_one_sign_is_certain(self) -> None:
        z = positive_tail(np.array([[1.0], [-1.0]]), np.array([[2.0, 0.0, 1.0], [0.0, 3.0, 1.0]]))
        assert z.tolist() == [-inf, inf, pytest.approx(0, abs=1e-6)]  # surely, never, one against one

    def test_one_look_tells_on_which_side_of_a_limit_the_end_is(self) -> None:
        rng = np.random.default_rng(3)
        sides = []
        for _ in range(300):
            n = int(rng.integers(2, 40))
            x, size = rng.choice([0.0, 1.0, 3.5, -2.0], n) + rng.integers(0, 2) * rng.exponential(size=n), rng.integers(1, 3, n)
            beyond = float(x.max() + rng.integers(0, 3))
            end = upper_end(x, size.astype(float), beyond, 0.025)
            for limit in (end + rng.normal() * 0.3, np.nextafter(end, inf), end, x.min() - 1, beyond + 1):
                sides.append(ends_below(x, size.astype(float), beyond, 0.025, float(limit)))
                assert sides[-1] == (end < limit), (x, limit)
        assert 300 < sum(sides) < 1200  # each of both often


class TestMean:
    @pytest.mark.parametrize("per_set", [1, 2])
    def test_whether_it_is_above_nothing_is_what_its_interval_says(self, per_set: int) -> None:
        rng, seen = np.random.default_rng(4), []
        for k in range(400):
            n = int(rng.integers(1, 60))
            x = rng.normal(rng.choice([0.0, 0.3, 1.0]), 1, n) * rng.integers(0, 2, n) if k % 2 else rng.exponential(1, n) - 0.7
            x[rng.random(n) < 0.05] = nan
            sets, reach = Sets.of(np.arange(n), per_set), float(np.nanmax(np.abs(x), initial=0.0))
            low = over.mean(x, sets, (-reach, reach), 0.9).low
            seen.append(over.is_positive(x, sets, (-reach, reach), 0.9))
            assert seen[-1] == (low is not None and low > 0), x
        assert 40 < sum(seen) < 360

    def test_nothing_seen_is_not_nothing(self) -> None:
        got = over.mean(np.zeros(200), pairs(100), (0.0, 500.0))
        assert (got.value, got.low) == (0, 0)
        assert got.high == pytest.approx(500 * (1 - 0.025 ** (1 / 100)), rel=0.01)  # the sets count, not the replications

    def test_replications_that_are_copies_add_nothing(self) -> None:
        x = np.random.default_rng(1).exponential(10, 40)
        assert over.mean(np.repeat(x, 2), pairs(40), (0, 900)) == pytest.approx(over.mean(x, alone(40), (0, 900)))

    def test_mirrors_shifts_and_scales(self) -> None:
        x = np.random.default_rng(1).exponential(10, 60)
        got, mirrored = over.mean(x, alone(60), (0, 90)), over.mean(-x, alone(60), (-90, 0))
        moved = over.mean(5 + 3 * x, alone(60), (5, 275))
        assert got == pytest.approx((-mirrored[0], -mirrored[2], -mirrored[1]))
        assert moved == pytest.approx([5 + 3 * end for end in got])

    def test_a_half_completed_set_weighs_half(self) -> None:
        """The value is the mean over replications, whatever the sets."""
        x = np.array([0.0, 0, 9, 9, 9])
        sets = Sets.of([0, 1, 2, 4, 5], 2)
        assert over.mean(x, sets, (0, 10)).value == 27 / 5
        assert over.mean(np.append(x, nan), Sets.of([0, 1, 2, 4, 5, 6], 2), (0, 10)) == over.mean(x, sets, (0, 10))

    def test_never_beyond_the_bounds_nor_short_of_the_mean(self) -> None:
        got = over.mean([9.0] * 30 + [10.0] * 30, alone(60), (0, 10))
        assert 0 <= got.low <= got.value <= got.high <= 10  # type: ignore[operator]
        assert over.mean([7.0] * 12, alone(12), (0, 7))[::2] == (7, 7)

    def test_a_bound_exceeded_by_rounding(self) -> None:
        got = over.mean([0.1 + 0.2] * 20, alone(20), (0.0, 0.3))
        assert got.value == pytest.approx(0.3)
        assert got.high == pytest.approx(0.3)

    def test_bounds_count_where_few_stray_and_where_certain(self) -> None:
        few, many = np.repeat([0.0, 4.0], [41, 9]), np.repeat([0.0, 4.0], [40, 10])
        wide = [over.mean(x, alone(50), (0, 4000)).high for x in (few, many)]
        assert wide[0] > 200 > 4 > wide[1]  # type: ignore[operator]
        assert over.mean(many, alone(50), (0, 4000), certain=True).high > 200  # type: ignore[operator]

    def test_what_is_the_same_in_all_is_taken_as_it_is_unless_it_is_an_end(self) -> None:
        """A difference of 6 h in each of 200 pairs is one; nobody left behind in 200 isn't nobody, nor is nobody out."""
        assert over.mean(np.full(200, 6.0), alone(200), (-480, 480)) == (6, 6, 6)
        for end in (0.0, 480.0):
            low, high = over.mean(np.full(200, end), alone(200), (0, 480))[1:]
            assert high - low == pytest.approx(480 * (1 - 0.025 ** (1 / 200)), rel=0.01)  # type: ignore[operator]

    def test_too_few_and_infinite(self) -> None:
        assert over.mean([3.0, 5.0], pairs(1), (0, 9)) == (4, None, None)
        assert math.isnan(over.mean([], alone(0), (0, 9)).value)
        assert over.mean([0.0, 5.0], alone(2), (0, inf)).high == inf
        with pytest.raises(ValueError, match="finite"):
            over.mean([3.0, inf], alone(2), (0, 9))


class TestShare:
    def test_of_single_replications_is_clopper_and_pearsons(self) -> None:
        assert over.share([True] * 3 + [False] * 17, alone(20)) == proportion(3, 20)

    def test_of_one_set_alone_is_nearly_anything(self) -> None:
        """As of one replication alone: 2.5 % to all, and none to 97.5 %; the saddlepoint is least good here."""
        assert over.share([True, True], pairs(1)) == pytest.approx((1, 0.025, 1), rel=0.1)
        assert over.share([False, False], pairs(1)) == pytest.approx((0, 0, 0.975), rel=0.1)
        assert None not in over.share([True, False], pairs(1))

    def test_of_sets_that_agree_is_of_the_sets(self) -> None:
        got, wanted = over.share([True] * 6 + [False] * 34, pairs(20)), proportion(3, 20)
        assert got == pytest.approx(wanted, rel=0.01)

    def test_difference_of_equal_shares_is_not_proof(self) -> None:
        got = over.share_difference([True] * 60, [True] * 60, pairs(30))
        end = 1 - 0.025 ** (1 / 30)
        assert got == pytest.approx((0, -end, end), rel=0.01)


class TestQuantile:
    @pytest.mark.parametrize("p", [0.5, 0.9])
    @pytest.mark.parametrize("n", [5, 6, 35, 36, 57, 200])
    def test_sets_of_one_have_the_ranks_of_order_statistics(self, n: int, p: float) -> None:
        """Also where they are reckoned as sets: two copies of each value."""
        x = np.random.default_rng(n).permutation(n).astype(float)
        wanted = order_statistic_interval(x, p)
        assert over.quantile_ends(x, alone(n), p) == wanted
        assert over.quantile_ends(np.repeat(x, 2), pairs(n), p) == wanted
        assert (wanted is None) == (interval_ranks(n, p) is None)

    def test_infinite_is_a_rank_like_others(self) -> None:
        x = np.random.default_rng(3).exponential(size=120)
        ends = over.quantile_ends(x, pairs(60), 0.9)
        assert ends is not None
        cut = np.where(x >= ends[1], inf, x)
        assert over.quantile_ends(cut, pairs(60), 0.9) == (ends[0], inf)
        assert over.quantile_ends(np.full(120, inf), pairs(60), 0.5) == (inf, inf)

    def test_a_missing_value_is_left_out_with_its_set_if_need_be(self) -> None:
        x = np.random.default_rng(3).exponential(size=80)
        x[[3, 10, 11]] = nan
        some = ~np.isnan(x)
        assert over.quantile_ends(x, pairs(40), 0.5) == over.quantile_ends(x[some], pairs(40).where(some), 0.5)
        assert over.quantile(x, pairs(40), 0.5).value == np.sort(x[some])[38]  # x_(ceil(77 / 2))

    def test_large_sets_of_unequal_numbers(self) -> None:
        """Fifty copies of each set's value: the ranks of the sets, when some of the copies are missing too."""
        x = np.random.default_rng(6).permutation(40).astype(float)
        wanted = order_statistic_interval(x, 0.5)
        sets = Sets.of(np.arange(2000), 50)
        assert over.quantile_ends(np.repeat(x, 50), sets, 0.5) == wanted
        some = np.arange(2000) % 50 > 0
        assert over.quantile_ends(np.repeat(x, 50)[some], sets.where(some), 0.5) == wanted

    def test_few_ranks_are_looked_at_and_the_ends_are_those_among_all(self) -> None:
        """Sets whose values have nothing to do with each other, go together, or go against each other."""
        rng, counted = np.random.default_rng(20), []
        for case in range(60):
            own, of_set = rng.normal(size=(2, 120)), np.repeat(rng.normal(size=60), 2)
            x = [own[0], of_set, of_set + own[0] / 9, np.where(np.arange(120) % 2, of_set, -of_set)][case % 4]
            sets, p = pairs(60), float(rng.choice([0.05, 0.5, 0.9, 0.99]))
            below, size, count = over._counts(sets, sets.index[np.argsort(x, kind="stable")])
            every = np.arange(121)
            z = over._deviates(below, size, count, p, every, every)
            wanted = float(stats.norm.ppf(0.975))
            expected = np.count_nonzero(z[:121] >= wanted), np.count_nonzero(z[121:] < wanted)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(over, "_deviates", lambda *a, f=over._deviates: (counted.append(a[-1].size), f(*a))[1])
                assert over._ranks(below, size, count, p, wanted) == expected
        assert np.median(counted) < 20
        assert max(counted) == 121  # where sets go against each other the ends are not where they are looked for

    def test_one_set_more_is_between(self) -> None:
        """Two values of a set say less than two of two sets, and more than one."""
        x = np.random.default_rng(8).normal(size=200)
        width = [np.subtract(*over.quantile_ends(*of, 0.5)[::-1]) for of in ((x, alone(200)), (x, pairs(100)))]  # type: ignore
        copies = np.subtract(*over.quantile_ends(np.repeat(np.sort(x), 2), pairs(200), 0.5)[::-1])  # type: ignore[misc]
        assert width[0] == pytest.approx(width[1], rel=0.35)
        assert copies == width[0]

    def test_is_quick(self) -> None:
        """Some 2 ms at 200 replications; the least of 20 tries, with room for a slow machine."""
        x, sets = np.random.default_rng(1).normal(size=200), pairs(100)
        times = []
        for _ in range(20):
            begin = time.process_time()
            over.quantile_ends(x, sets, 0.9)
            times.append(time.process_time() - begin)
        assert min(times) < 0.01


class TestQuantileChange:
    def test_a_constant_shift_is_exact(self) -> None:
        x = np.arange(50.0)
        assert over.quantile_change(x, x + 3, alone(50)) == (3, 3, 3)
        assert over.quantile_change(x, x + 3, pairs(25)) == (3, 3, 3)

    def test_never_has_no_difference(self) -> None:
        x, never = np.arange(20.0), np.full(20, inf)
        one, both = over.quantile_change(x, never, pairs(10)), over.quantile_change(never, never, pairs(10))
        assert math.isnan(one.value)
        assert math.isnan(both.value)
        assert (one[1:], both[1:]) == ((inf, inf), (-inf, inf))

    def test_an_end_is_infinite_where_a_weighted_median_may_be(self) -> None:
        x = np.arange(40.0)
        got = over.quantile_change(x, np.where(x < 21, x, inf), alone(40))
        assert (got.value, got.high) == (0, inf)

    def test_no_time_is_left_out_of_its_own_side(self) -> None:
        base = np.array([1.0, 2, 3, 4, 5, 6, 7, nan])
        assert over.quantile_change(base, base + 1, alone(8)).value == 1
        assert over.quantile_change(np.full(8, nan), base, alone(8)).low is None

    def test_too_few_sets(self) -> None:
        x = np.arange(10.0)
        assert over.quantile_change(x, x, pairs(5)) == (0, None, None)  # 6 are needed for a median

    def test_many_sets_are_drawn_in_blocks(self) -> None:
        x = np.random.default_rng(1).normal(size=3000)
        got = over.quantile_change(x, x + 1, pairs(1500))
        assert got == pytest.approx((1, 1, 1))
        assert over.quantile_change(x, -x, pairs(1500)) == over.quantile_change(x, -x, pairs(1500))


def normal(rng: Rng, count: int, per_set: int, known: float) -> Floats:
    """Standard normal deviates of which a share *known* of the variance is the set's; shape (count * per_set,)."""
    of_set = np.repeat(rng.standard_normal(count), per_set)
    return math.sqrt(known) * of_set + math.sqrt(1 - known) * rng.standard_normal(count * per_set)


def lost(p: float, sigma: float, z: Floats) -> Floats:
    """People left behind: nobody with probability 1 - *p*, else a log-normal number with median 300, at most 30,000."""
    u = 1 - stats.norm.sf(z) / p
    return np.where(u > 0, np.minimum(300 * np.exp(sigma * stats.norm.ppf(np.clip(u, 1e-300, 1))), MOST), 0.0)


def mean_lost(p: float, sigma: float) -> float:
    """p E min(300 e^(sigma Z), 30,000): the partial expectation of a log-normal."""
    d = math.log(100) / sigma
    return p * (300 * math.exp(sigma**2 / 2) * float(stats.norm.cdf(d - sigma)) + MOST * float(stats.norm.sf(d)))


Case = tuple[Callable[[Rng, int, int, float], tuple[Floats, ...]], Callable[..., Estimate], float]
CASES: dict[str, Case] = {
    **{
        f"mean, {p:.0%} lost, {sigma}": (
            lambda r, n, m, k, p=p, sigma=sigma: (lost(p, sigma, normal(r, n, m, k)),),
            lambda x, sets: over.mean(x, sets, (0.0, MOST)),
            mean_lost(p, sigma),
        )
        for p, sigma in product((1.0, 0.5, 0.2, 0.05), (1.0, 1.5))
    },
    "mean, exponential": (
        lambda r, n, m, k: (np.minimum(-np.log(stats.norm.sf(normal(r, n, m, k))), 50.0),),
        lambda x, sets: over.mean(x, sets, (0.0, 50.0)),
        1.0,
    ),
    "paired mean, unlike skewed": (
        lambda r, n, m, k: (lost(0.2, 1.0, normal(r, n, m, k)) - lost(0.5, 1.0, normal(r, n, m, k)),),
        lambda x, sets: over.mean(x, sets, (-MOST, MOST)),
        mean_lost(0.2, 1.0) - mean_lost(0.5, 1.0),
    ),
    "paired mean, alike": (
        lambda r, n, m, k: (lost(0.1, 1.5, normal(r, n, m, k)) - lost(0.1, 1.5, normal(r, n, m, k)),),
        lambda x, sets: over.mean(x, sets, (-MOST, MOST)),
        0.0,
    ),
    "share, rare": (
        lambda r, n, m, k: (normal(r, n, m, k) > stats.norm.isf(0.04),),
        over.share,
        0.04,
    ),
    "share, 60 %": (lambda r, n, m, k: (normal(r, n, m, k) > stats.norm.isf(0.6),), over.share, 0.6),
    "difference of shares": (
        lambda r, n, m, k: (normal(r, n, m, k) > stats.norm.isf(0.3), normal(r, n, m, k) > stats.norm.isf(0.4)),
        over.share_difference,
        0.1,
    ),
    "P50": (lambda r, n, m, k: (normal(r, n, m, k),), lambda x, sets: over.quantile(x, sets, 0.5), 0.0),
    "P90": (lambda r, n, m, k: (normal(r, n, m, k),), lambda x, sets: over.quantile(x, sets, 0.9), float(stats.norm.ppf(0.9))),
    "difference of medians": (
        lambda r, n, m, k: (np.exp(normal(r, n, m, k)), 2 * np.exp(normal(r, n, m, k))),
        over.quantile_change,
        1.0,
    ),
}  # fmt: skip


def coverage(name: str, count: int, per_set: int, known: float, runs: int, failing: float = 0.0) -> float:
    """Share of *runs* samples whose interval has the truth; a share *failing* of the replications isn't completed."""
    draw, interval, truth = CASES[name]
    rng = np.random.default_rng([20210815, count, per_set, int(10 * known)])
    hits = 0
    for _ in range(runs):
        columns, sets = draw(rng, count, per_set, known), Sets.of(np.arange(count * per_set), per_set)
        if failing:
            done = rng.random(count * per_set) >= failing
            columns, sets = tuple(x[done] for x in columns), sets.where(done)
        _, low, high = interval(*columns, sets)
        hits += low is None or high is None or low <= truth <= high
    return hits / runs


QUICK = [
    ("mean, 100% lost, 1.5", 20, 2, 0.9, 0.0),
    ("mean, 50% lost, 1.5", 10, 2, 0.5, 0.0),
    ("mean, 50% lost, 1.5", 50, 2, 0.5, 0.0),
    ("mean, 20% lost, 1.0", 50, 1, 0.0, 0.0),
    ("paired mean, unlike skewed", 50, 2, 0.9, 0.1),
    ("paired mean, unlike skewed", 10, 2, 0.9, 0.0),
    ("share, rare", 50, 2, 0.5, 0.0),
    ("difference of shares", 50, 2, 0.9, 0.0),
    ("P50", 60, 2, 0.0, 0.0),
    ("P50", 60, 2, 0.9, 0.0),
    ("P90", 60, 2, 0.5, 0.0),
    ("P90", 50, 2, 0.9, 0.2),
    ("difference of medians", 60, 2, 0.9, 0.0),
]


@pytest.mark.first(5)
@pytest.mark.parametrize(("name", "count", "per_set", "known", "failing"), QUICK)
def test_nominal_95_per_cent_covers_at_least_93(name: str, count: int, per_set: int, known: float, failing: float) -> None:
    assert coverage(name, count, per_set, known, 300, failing) >= 0.93


THOROUGH = [(TESTED, 2, 0.9), (20, 2, 0.0), (20, 2, 0.9), (50, 2, 0.5), (100, 2, 0.9), (200, 2, 0.5), (20, 1, 0.0), (100, 1, 0.0)]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_same_for_more_cases_and_samples(name: str) -> None:
    for count, per_set, known in THOROUGH:
        covered = coverage(name, count, per_set, known, 1500)
        assert covered >= 0.93, (count, per_set, known, covered)


@pytest.mark.parametrize("p", [0.5, 0.9])
def test_sets_stratified_in_blocks_are_covered_too(p: float) -> None:
    """Half the variance from one factor with a stratum a set in each block of 25: intervals are wider than they need be."""
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        strata = np.concatenate([rng.permutation(25) for _ in range(4)])
        factor = stats.norm.ppf((strata + rng.random(100)) / 25)
        x = np.repeat(math.sqrt(0.5) * factor, 2) + math.sqrt(0.5) * rng.standard_normal(200)
        ends = over.quantile_ends(x, pairs(100), p)
        assert ends is not None
        hits += ends[0] <= stats.norm.ppf(p) <= ends[1]
    assert hits / 200 >= 0.95


def test_students_interval_would_not() -> None:
    """What it is for: Student's covers less than 85 % of these."""
    rng = np.random.default_rng(1)
    hits = [mean_interval(lost(0.2, 1.5, rng.standard_normal(50)))[1:] for _ in range(500)]
    assert np.mean([low <= mean_lost(0.2, 1.5) <= high for low, high in hits]) < 0.85  # type: ignore[operator]


def test_replications_taken_for_sets_would_not() -> None:
    """Ranks of single replications cover less than 85 % of medians where four share nine tenths of their variance."""
    rng = np.random.default_rng(1)
    ends = [order_statistic_interval(normal(rng, 30, 4, 0.9), 0.5) or (0, 0) for _ in range(500)]
    assert np.mean([low <= 0 <= high for low, high in ends]) < 0.85


@pytest.mark.slow
def test_a_rare_disaster_is_covered_by_the_certain_interval_alone() -> None:
    """One set in 50 loses 20,000, else some 100 are lost: 20 sets mostly show nothing of it."""
    rng = np.random.default_rng(1)
    truth, hits = 0.02 * 20_000 + 0.98 * 100, np.zeros(2)
    for _ in range(1000):
        x = np.where(rng.random(20) < 0.02, 20_000.0, rng.exponential(100, 20))
        for k, certain in enumerate((False, True)):
            _, low, high = over.mean(x, alone(20), (0, MOST), certain=certain)
            hits[k] += low <= truth <= high  # type: ignore[operator]
    assert hits[0] / 1000 < 0.5
    assert hits[1] / 1000 >= 0.95

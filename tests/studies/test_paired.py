"""Paired differences between two points: matched by replication, counted by sets, never a difference of infinities."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.measure import Samples, parse
from sim.studies.paired import Change, change
from tests.studies.sensitivity.functions import series

inf, nan = math.inf, math.nan
LEFT, P50, P90, OUT = (parse(f"total.{name}", []) for name in ("left_behind", "p50", "p90", "p_all_out"))


def samples(replication: list[int], values: list[float], most: float = 100.0) -> Samples:
    numbers = np.array(replication)
    return Samples(numbers, numbers, np.array(values), most)


def test_pairs_are_matched_by_replication_and_need_a_value_on_both_sides() -> None:
    """Replications 1, 2, 4, 5 are in both; 2 has no value in one of them: (7 − 4) + (9 − 5) + (10 − 6) over three."""
    base = samples([0, 1, 2, 4, 5], [99.0, 4.0, nan, 5.0, 6.0])
    other = samples([1, 2, 3, 4, 5], [7.0, 8.0, 99.0, 9.0, 10.0])
    result, mirrored = change(LEFT, base, other), change(LEFT, other, base)
    assert result.pairs.base.tolist() == [4, 5, 6]
    assert result.pairs.sets.numbers.tolist() == [1, 4, 5]
    assert result.estimate.value == pytest.approx((3 + 4 + 4) / 3)
    assert mirrored.estimate == pytest.approx((-result.estimate[0], -result.estimate[2], -result.estimate[1]))  # type: ignore[operator]


def test_few_sets_that_differ_prove_nothing() -> None:
    """9 of 100 pairs differ: 10 are needed; ten pairs of replications that share their inputs are five sets."""

    def shifted(many: int, per_set: int = 1) -> Change:
        return change(LEFT, series(np.zeros(100), 50, per_set), series(np.where(np.arange(100) < many, 50.0, 0.0), 50, per_set))

    assert [(shifted(k).few, shifted(k).distinct) for k in (9, 10)] == [(True, False), (False, True)]
    assert [shifted(k, 2).distinct for k in (10, 18, 20)] == [False, False, True]


def test_the_mean_difference_of_people_stays_within_those_there_are() -> None:
    """Two pairs, 0 → 0 and 0 → 10, and one that wasn't seen at −10 or 10, with weights that are uniform on a triangle."""
    result = change(LEFT, series([0.0, 0.0], 10), series([0.0, 10.0], 10)).estimate
    weights = np.random.default_rng(1).dirichlet([1, 1, 1], 400_000)
    low, high = np.quantile(weights @ [0, 10, -10], 0.025), np.quantile(weights @ [0, 10, 10], 0.975)
    assert result.value == 5
    assert (result.low, result.high) == pytest.approx((low, high), abs=0.2)  # 1 % of what is possible


def test_replications_that_share_inputs_are_one_set() -> None:
    rng = np.random.default_rng(3)
    base, other = rng.gamma(2, 10, 40), rng.gamma(2, 12, 40)
    for measure in (LEFT, P50):
        alone = change(measure, series(base), series(other))
        copies = change(measure, series(np.repeat(base, 2), per_set=2), series(np.repeat(other, 2), per_set=2))
        assert copies.estimate == pytest.approx(alone.estimate)
        mixed = change(measure, series(np.repeat(base, 2), per_set=2), series(np.repeat(other, 2)))
        assert mixed.estimate == copies.estimate  # one side's sets are the larger ones


def test_a_quantile_is_of_those_who_have_a_time_on_their_own_side() -> None:
    """Of 1 … 9 and nobody's time the P90 is the 9th of 9, not of 10; six sets are the fewest with an interval of a median."""
    base = np.array([*range(1, 10), nan])
    assert change(P90, series(base), series(base + 2)).estimate.value == 2.0
    nobody = change(P50, series(base), series(np.full(10, nan))).estimate
    assert math.isnan(nobody.value)
    assert nobody[1:] == (None, None)
    six = np.arange(6.0)
    assert change(P50, series(six), series(six + 1)).estimate == (1.0, 1.0, 1.0)
    assert change(P50, series(six[:5]), series(six[:5] + 1)).estimate == (1.0, None, None)
    some = np.where(np.arange(10) < 5, np.arange(10.0), nan)
    assert change(P50, series(np.arange(10.0)), series(some)).estimate[1:] == (None, None)  # five on one side


def test_a_quantile_covers_a_shift_and_infinities_are_never_subtracted() -> None:
    base = np.random.default_rng(1).gamma(2, 10, 200)
    assert change(P90, series(base), series(base + 3)).estimate == pytest.approx((3, 3, 3))
    gone = np.where(np.arange(200) < 40, inf, base)
    turned, never = (change(P90, series(x), series(gone)) for x in (base, gone))
    assert math.isnan(turned.estimate.value)
    assert never.estimate[1:] == (-inf, inf)
    assert not never.distinct
    assert change(P90, series(base[:20]), series(base[:20] + 3)).estimate.low is None  # too few for P90


def test_an_end_is_infinite_where_weighted_draws_reach_never() -> None:
    """Half of the pairs never end on one side: about half of the weighted medians there are never."""
    base = np.arange(1.0, 21.0)
    half = np.where(np.arange(20) < 10, inf, base)
    there, back = change(P50, series(base), series(half)).estimate, change(P50, series(half), series(base)).estimate
    assert there.high == inf
    assert there.low is not None
    assert math.isfinite(there.low)
    assert back.low == -inf


def test_a_chance_that_is_the_same_everywhere_may_still_differ() -> None:
    """No pair of 60 differs: the end is Clopper and Pearson's of none of 60; off by less than 1 % for the saddlepoint."""
    same = change(OUT, series(np.ones(60), 1.0), series(np.ones(60), 1.0))
    end = 1 - 0.025 ** (1 / 60)
    assert same.estimate == pytest.approx((0, -end, end), rel=0.01)
    assert not same.distinct

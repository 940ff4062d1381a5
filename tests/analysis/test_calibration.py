"""Weights of sets against posteriors that are known, bands against simulated truth, and what is learnt against nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy import special, stats

from sim.analysis.calibration import (
    ENOUGH,
    Ensemble,
    Targets,
    band,
    effective,
    fitted,
    learnt,
    quantile,
    second_largest,
    targets,
    weighed,
)
from sim.analysis.left_out import Coverage, LeftOut, covered, interval_score, left_out, yesterday
from sim.analysis.observations import Observation
from sim.analysis.sets import Sets
from sim.analysis.windows import Band

DAY = datetime(2021, 9, 13)


def seen(value: float, day: int = 0, measure: str = "people", use: str = "calibration", **more: object) -> Observation:
    start = DAY + timedelta(days=day)
    row = Observation(1, f"day-{day}", start, start + timedelta(days=1), measure, (), "", value, None, None, use)
    return replace(row, **more)


def linear(n: int, t: int = 1, error: float = 0.5, chance: float = 0.0, per_set: int = 1, seed: int = 1):
    """Sets with one normal input x, whose replications give x + chance for each of t numbers; observed is 1 for all."""
    rng = np.random.default_rng(seed)
    x = special.ndtri((np.arange(n) + 0.5) / n)
    rng.shuffle(x)
    values = np.repeat(x, per_set)[:, None] + chance * rng.standard_normal((n * per_set, t))
    ensemble = Ensemble(values, Sets.of(np.arange(n * per_set), per_set))
    return x, ensemble, Targets(np.ones(t), np.zeros(t), np.full(t, error**2), np.zeros(t, dtype=bool))


@pytest.mark.parametrize(("per_set", "chance"), [(1, 0.0), (2, 0.0), (1, 0.6), (2, 0.6), (5, 0.6)])
def test_the_weights_are_the_posterior_of_a_linear_normal_world(per_set, chance):
    """Prior N(0, 1); t = 3 numbers of error e and chance c: precision 1 + 3 / (e² + c²), mean 3 / (e² + c²) / precision.

    That holds whatever the number of replications: what chance a set's own mean has is not counted twice.  Of 20,000 sets the
    weighted mean has a standard error below 0.01.
    """
    x, ensemble, observed = linear(20_000, 3, 0.8, chance, per_set)
    weights = weighed(ensemble.distances(observed)).weights
    precision = 1 + 3 / (0.8**2 + chance**2)
    mean = float(weights @ x)
    assert mean == pytest.approx((precision - 1) / precision, abs=0.04)
    assert float(weights @ (x - mean) ** 2) == pytest.approx(1 / precision, rel=0.1)


def test_distance_by_hand():
    """Set 0 gave 10 and 14, set 1 gave 20 and 20: pooled s² = (4 + 4 + 0 + 0) / 2 = 4, half of it in a mean of two."""
    ensemble = Ensemble(np.array([[10.0], [14.0], [20.0], [20.0]]), Sets.of([0, 1, 2, 3], 2))
    observed = Targets(np.array([15.0]), np.array([1.0]), np.array([6.0]), np.array([False]))
    assert ensemble.chance.tolist() == [4.0]
    assert ensemble.distances(observed)[:, 0].tolist() == pytest.approx([3 / math.sqrt(1 + 6 + 2), 5 / 3])


def test_a_set_of_one_replication_has_all_of_the_chance_already():
    ensemble = Ensemble(np.array([[10.0], [14.0], [20.0]]), Sets.of([0, 1, 2], 2))  # set 1 lost one
    observed = Targets(np.array([15.0]), np.zeros(1), np.array([4.0]), np.array([False]))
    assert ensemble.chance.tolist() == [8.0]
    assert ensemble.distances(observed)[:, 0].tolist() == pytest.approx([3 / math.sqrt(4 + 4), 5 / 2])


def test_what_is_asked_of_a_set():
    """A number spread evenly over 50 to 200 around 100, and one without a range; a factor of 1.25 is the model's."""
    rows = [seen(100, low=50.0, high=200.0), seen(7, 1), seen(12, 2, "pause", low=10.0, high=14.0), seen(0, 3, "pause")]
    observed = targets(rows, 0.25)
    assert observed.value.tolist() == pytest.approx([math.log(101), math.log(8), 12, 0])
    a, b = math.log(101 / 51), math.log(201 / 101)
    evenly = stats.uniform(-a, a + b)
    assert observed.own.tolist() == pytest.approx([evenly.var() + evenly.mean() ** 2, 0, 4**2 / 12, 0])
    assert observed.model.tolist() == pytest.approx([math.log(1.25) ** 2, math.log(1.25) ** 2, 3**2, 0.25**2])


def test_scales_go_back():
    observed = targets([seen(100), seen(12, 1, "pause")], 0.25)
    scaled = observed.scaled(np.array([[320.0, 4.5], [math.nan, -1e-12]]))
    assert scaled[0].tolist() == [math.log(321), 4.5]
    assert scaled[1].tolist() == [0, 0]
    assert [observed.back(at, k) for k, at in enumerate(scaled[0])] == pytest.approx([320, 4.5])
    assert observed.back(-3.0, 0) == observed.back(-3.0, 1) == 0.0


def test_only_rows_marked_calibration_are_read_and_no_load_twice():
    people, flights, load = (seen(9, 0, measure) for measure in ("people", "flights", "load"))
    alone = seen(50, 1, "load")
    rows = [people, flights, load, alone, seen(8, 2, use="check"), seen(8, 3, use="blind")]
    assert fitted(rows) == (people, flights, alone)
    assert fitted([people, load]) == (people, load)


def test_the_second_largest_distance_forgives_one():
    assert second_largest(np.array([[1.0, 9.0, 2.0], [4.0, 0.0, 3.5]])).tolist() == [2.0, 3.5]
    assert second_largest(np.array([[1.0], [4.0]])).tolist() == [1.0, 4.0]


def test_effective_number():
    assert effective(np.full(7, 0.3)) == pytest.approx(7)
    assert effective(np.array([2.0, 1.0])) == pytest.approx(9 / 5)


def test_too_few_sets_widen_the_kernel_until_enough_count():
    distances = np.linspace(0, 60, 200)[:, None]
    result = weighed(distances)
    assert result.width > 1
    assert result.effective == pytest.approx(ENOUGH, rel=0.01)
    assert weighed(np.linspace(0, 1, 200)[:, None]).width == 1.0


def test_sets_that_hardly_count_are_left_out():
    """Of 1,000 sets 4 standard deviations off beside one that agrees each counts e⁻⁸ = 0.000335, all 1.335: three are less than
    a thousandth of that, four are not.  At 5.7 all of them together are a ten-thousandth of the one."""
    assert np.count_nonzero(weighed(np.array([[0.0], *[[4.0]] * 1000]), 1).weights) == 1001 - 3
    assert np.count_nonzero(weighed(np.array([[0.0], *[[5.7]] * 1000]), 1).weights) == 1


def test_of_few_sets_a_quarter_counts():
    assert weighed(np.linspace(0, 60, 40)[:, None]).effective == pytest.approx(10, rel=0.01)


def test_nothing_agrees_and_one_set():
    """A hundred standard deviations off: the nearest still count, and no weight is lost to rounding."""
    far = weighed(1000 + np.linspace(0, 60, 200)[:, None])
    assert np.isfinite(far.weights).all()
    assert far.weights.sum() == pytest.approx(1)
    assert far.width > 10
    one = weighed(np.array([[50.0]]))
    assert (one.weights.tolist(), one.width, one.effective) == ([1.0], 1.0, 1.0)


def test_a_band_is_that_of_the_weighted_replications_and_the_error():
    """Of one replication and a normal error it is the normal quantile; of many normal ones with as large an error √2 as wide."""
    one = band(np.array([3.0]), np.array([1.0]), 0.25)
    assert (one.low, one.high) == pytest.approx((3 - 1.6449 * 0.5, 3 + 1.6449 * 0.5), abs=1e-3)
    x = special.ndtri((np.arange(2000) + 0.5) / 2000)
    assert band(x, np.full(2000, 1 / 2000), 1.0).high == pytest.approx(1.6449 * math.sqrt(2), abs=0.01)


@pytest.mark.parametrize("error", [1e-6, 1.0, 1e6])
def test_a_quantile_is_as_far_from_its_value_as_the_error_is_large(error: float):
    """Of two normal laws it lies between the quantiles of each, however far apart these are."""
    at = special.ndtri(0.05) * error
    assert quantile(np.array([3.0]), np.ones(1), error**2, 0.05) - 3 == pytest.approx(at, rel=1e-6)
    assert quantile(np.array([3.0]), np.ones(1), error**2, 0.95) - 3 == pytest.approx(-at, rel=1e-6)
    assert 3 + at < quantile(np.array([3.0, 3 + error]), np.full(2, 0.5), error**2, 0.05) < 3 + error + at


def test_a_quantile_without_error_is_a_value():
    values, shares = np.array([5.0, 1.0, 3.0]), np.array([0.2, 0.5, 0.3])
    assert [quantile(values, shares, 0.0, p) for p in (0.05, 0.5, 0.51, 0.8, 0.81, 1.0)] == [1, 1, 3, 3, 5, 5]
    assert quantile(values, np.array([1.0, 0.0, 0.0]), 0.0, 0.05) == 5


def test_bands_hold_simulated_truths_as_often_as_they_say():
    """300 worlds drawn as the sets are, four numbers seen, a fifth predicted: of 300 at 90 % a share below 84 % or above 95.5 %
    comes once in 700; a kernel √2 too narrow or bands without chance would hold fewer than 80 %."""
    n, error, chance = 600, 0.3, 0.4
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(300):
        x = rng.standard_normal(n)
        values = np.repeat(x, 2)[:, None] + chance * rng.standard_normal((2 * n, 5))
        truth = rng.standard_normal() + chance * rng.standard_normal(5) + error * rng.standard_normal(5)
        observed = Targets(truth, np.zeros(5), np.full(5, error**2), np.zeros(5, dtype=bool))
        ensemble = Ensemble(values, Sets.of(np.arange(2 * n), 2))
        weights = weighed(ensemble.distances(observed)[:, :4]).weights
        held += band(values[:, 4], ensemble.shares(weights), error**2).holds(truth[4])
    assert 0.84 * 300 <= held <= 0.955 * 300


def test_one_input_is_learnt_and_the_others_are_not():
    rng = np.random.default_rng(3)
    positions = rng.random((300, 40))
    weights = np.exp(-(((positions[:, 7] - 0.8) / 0.15) ** 2) / 2)
    result = learnt(positions, weights, np.arange(300) // 25)
    assert np.flatnonzero(result.known).tolist() == [7]
    assert result.p[7] == pytest.approx(1 / 500)
    assert result.p[np.arange(40) != 7].min() > 0.05


def test_nothing_is_learnt_from_weights_that_know_nothing():
    """80 calibrations of 20 inputs and random weights: at 5 % each, 4 name one; more than 11 come once in 1,000."""
    rng = np.random.default_rng(5)
    named = sum(learnt(rng.random((40, 20)), rng.exponential(size=40), np.arange(40) // 25).known.any() for _ in range(80))
    assert named <= 11
    assert not learnt(rng.random((40, 20)), np.ones(40), np.zeros(40, int)).known.any()


def test_weights_are_dealt_within_their_blocks():
    """Block 0 has the small weights at low places, block 1 the large ones at high places: between them lies all that differs."""
    positions = np.concatenate((np.linspace(0, 0.4, 25), np.linspace(0.6, 1, 25)))[:, None]
    weights, block = np.repeat([1.0, 9.0], 25), np.repeat([0, 1], 25)
    assert not learnt(positions, weights, block).known.any()
    assert learnt(positions, weights, np.zeros(50, int)).known.all()


def test_distance_between_weights_and_range_by_hand():
    """Sorted by place the weights are 0.7, 0.2, 0.1: heaped 0.7, 0.9, 1 against a third, two thirds, 1."""
    result = learnt(np.array([[0.9], [0.1], [0.5]]), np.array([0.1, 0.7, 0.2]), np.zeros(3, int))
    assert result.distance.tolist() == pytest.approx([0.7 - 1 / 3])


def test_the_weights_resampled_by_a_run_have_their_mean():
    """1,000 sets taken by weight from a file: their mean position is the weighted one, ± 3 standard errors of 0.29 / √1000."""
    from sim.model.inputs import positions
    from sim.scenario import loads
    from sim.scenario.inputs import inputs_of
    from sim.scenario.sets_file import sets_of

    rng = np.random.default_rng(2)
    at, weights = rng.random(60), rng.exponential(size=60)
    rows = [{"set": k, "factor": "road.delay", "position": at[k], "weight": weights[k]} for k in range(60)]
    text = "road: {delay: {value: 1 h, low: 30 min, high: 2 h}}\nmissions: {a: {order: {at: 1 h}, cohorts: {core: 2}}}\n"
    inputs = inputs_of(loads(text).scenario, sets=sets_of(rows))
    assert inputs is not None
    mean = np.mean([positions(inputs, 1, k)[0] for k in range(1000)])
    assert mean == pytest.approx(float(weights @ at / weights.sum()), abs=3 * 0.29 / math.sqrt(1000))


def test_interval_score_by_hand():
    """Width 4; a 90 % band is fined 20 times what the number lies beyond it."""
    assert interval_score(Band(1, 5), 3) == 4
    assert interval_score(Band(1, 5), 5.5) == pytest.approx(4 + 20 * 0.5)
    assert interval_score(Band(1, 5), 0) == pytest.approx(4 + 20)
    assert interval_score(Band(1, 5), 6, 0.5) == pytest.approx(4 + 4)


def test_yesterday_is_the_latest_earlier_window_of_the_series():
    half = seen(30, 2, end=DAY + timedelta(days=2, hours=12))
    rows = [seen(10), seen(40, 1), seen(5, 1, "flights"), half, seen(9, 3, "stock", place="crowd")]
    assert yesterday(rows, rows[0]) is None
    assert yesterday(rows, rows[1]) == (5, 20)
    assert yesterday(rows, rows[2]) is None
    assert yesterday(rows, half) == (40 / 2 / 2, 40 / 2 * 2)  # half a day
    assert yesterday(rows, seen(0, 3)) == (30, 120)
    assert yesterday(rows, rows[4]) is None


def test_a_window_is_left_out_with_all_its_numbers():
    """Three days; leaving one out gives the weights of the other two, by hand."""
    _, ensemble, observed = linear(50, 4)
    rows = [seen(1), seen(1, 0, "flights"), seen(1, 1), seen(1, 2)]
    outs = left_out(rows, observed, ensemble, enough=1)
    alone = weighed(ensemble.distances(observed)[:, [2, 3]], 1)
    assert outs[0].effective == outs[1].effective == alone.effective
    assert outs[0].band == pytest.approx(band(ensemble.values[:, 0], alone.weights, 0.25))
    assert outs[2].effective == weighed(ensemble.distances(observed)[:, [0, 1, 3]], 1).effective
    assert outs[0].prior == band(ensemble.values[:, 0], np.full(50, 1 / 50), 0.25)
    assert left_out(rows[:2], observed.only(np.array([True, True, False, False])), ensemble, 1) == []


def test_coverage_by_hand():
    """Three numbers, two held: 2 of 3 is 9.4 to 99.2 % (Clopper and Pearson); two of them have a yesterday."""
    observed = Targets(np.array([1.0, 2.0, 3.0]), np.zeros(3), np.ones(3), np.zeros(3, dtype=bool))
    wide, rival = Band(0, 10), Band(1.5, 2.5)
    outs = [
        LeftOut(Band(0, 4), wide, None, 9, 1),
        LeftOut(Band(1, 4), wide, rival, 9, 1),
        LeftOut(Band(4, 6), wide, rival, 9, 1),
    ]
    result = covered(outs, observed)
    assert (result.inside, result.numbers, result.rivalled, result.yesterday_inside) == (2, 3, 2, 1)
    assert (result.share.low, result.share.high) == pytest.approx((0.0943, 0.9916), abs=1e-4)
    assert result.score == pytest.approx(((4 - 1) + (2 + 20 * 1)) / 2)
    assert result.prior == 10
    assert result.yesterday == pytest.approx((1 + 1 + 20 * 0.5) / 2)
    assert covered([], observed.only(np.zeros(3, dtype=bool))) == Coverage(0, 0, result.share._replace(
        value=pytest.approx(math.nan, nan_ok=True), low=None, high=None), 0, None, None, None, 0)  # fmt: skip

"""Sobol' indices: functions with known indices, agreement with SciPy and SALib, noise taken out, intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.measure import parse
from sim.studies.sensitivity import sobol as module
from sim.studies.sensitivity.points import Response, SensitivityCase
from sim.studies.sensitivity.sobol import _common, _Draws, _index, _Means, design, indices, sobol
from tests.studies.sensitivity.functions import (
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    Named,
    g_indices,
    ishigami,
    noisy,
    positions,
    series,
    sobol_g,
)


def study(function, k, size, seed, n=1, sd=0.0):
    at = design(k, size, seed).points()
    y = noisy(function(at), at, n, sd, np.random.default_rng([seed, 9])) if n > 1 else function(at)[:, None]
    values = y.reshape(k + 2, size, n)
    return indices(values[0], values[1], values[2:], seed)


def column(rows, key):
    return np.array([row[key] for row in rows])


def test_the_design_crosses_one_column_at_a_time():
    made = design(3, 8, 1)
    a, b, *crossed = made.points().reshape(5, 8, 3)
    assert np.array_equal(a, made.a)
    assert np.array_equal(b, made.b)
    for i, ab in enumerate(crossed):
        assert np.array_equal(ab[:, i], b[:, i])
        assert np.array_equal(np.delete(ab, i, 1), np.delete(a, i, 1))
    assert np.array_equal(design(3, 16, 1).a[:8], made.a)
    assert not np.array_equal(design(3, 8, 0).a, made.a), "seed 0 is a seed"


def test_ishigami():
    said, rows = study(ishigami, 3, 1024, 1)
    assert column(rows, "first") == pytest.approx(np.array(ISHIGAMI_FIRST), abs=0.02)
    assert column(rows, "total") == pytest.approx(np.array(ISHIGAMI_TOTAL), abs=0.02)
    assert said["noise_share"] == 0
    for row, first, total in zip(rows, ISHIGAMI_FIRST, ISHIGAMI_TOTAL, strict=True):
        assert row["first_interval"][0] <= first <= row["first_interval"][1]
        assert row["total_interval"][0] <= total <= row["total_interval"][1]


def test_the_g_function():
    first, total = g_indices()
    _, rows = study(sobol_g, 5, 1024, 2)
    assert column(rows, "first") == pytest.approx(first, abs=0.03)
    assert column(rows, "total") == pytest.approx(total, abs=0.03)


def test_the_same_as_scipy_and_salib():
    """The same values give the same indices, but for the divisor of the variance (2 N or 2 N - 1).  Never seed 0 for SALib."""
    from SALib.analyze import sobol as salib
    from scipy.stats import sobol_indices

    size = 256
    y = ishigami(design(3, size, 3).points()).reshape(5, size)
    _, rows = indices(y[0][:, None], y[1][:, None], y[2:][:, :, None], 1)
    scipy = sobol_indices(func={"f_A": y[0][None], "f_B": y[1][None], "f_AB": y[2:][:, None, :]}, n=size)
    assert column(rows, "first") == pytest.approx(scipy.first_order, abs=2e-3)
    assert column(rows, "total") == pytest.approx(scipy.total_order, abs=2e-3)
    order = np.concatenate([y[:1], y[2:], y[1:2]]).T.ravel()  # A, AB_1 … AB_k, B, row by row
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}
    theirs = salib.analyze(problem, order, calc_second_order=False, seed=1)
    assert column(rows, "first") == pytest.approx(theirs["S1"], abs=0.03)
    assert column(rows, "total") == pytest.approx(theirs["ST"], abs=0.01)


def test_noise_is_known_and_taken_out(monkeypatch):
    """100 studies with noise: the mean of the indices is the truth within 0.02 (their standard errors are below 0.006)."""
    monkeypatch.setattr(module, "RESAMPLES", 10)
    found = [study(ishigami, 3, 64, seed, n=10, sd=6.0) for seed in range(100)]
    totals, raw = (np.mean([column(rows, key) for _, rows in found], axis=0) for key in ("total", "total_raw"))
    assert totals == pytest.approx(np.array(ISHIGAMI_TOTAL), abs=0.02)
    assert (raw - np.array(ISHIGAMI_TOTAL))[2] > 0.1, "without that a factor seems to matter more"
    shares = [said["noise_share"] for said, _ in found]
    wanted = (36 / 10 + 0.25 * 36 / 10 / 12) / (13.845 + 36 / 10 + 0.25 * 36 / 10 / 12)
    assert np.mean(shares) == pytest.approx(wanted, abs=0.02)


def test_intervals_cover(monkeypatch):
    """Nominally 95 %; at least 88 % of 100 studies for each of six indices: a true coverage of 95 % passes each with 99.9 %."""
    monkeypatch.setattr(module, "RESAMPLES", 250)
    hits = np.zeros((2, 3))
    for seed in range(100):
        _, rows = study(ishigami, 3, 64, seed, n=10, sd=4.0)
        for k, row in enumerate(rows):
            for j, (key, truth) in enumerate((("first", ISHIGAMI_FIRST), ("total", ISHIGAMI_TOTAL))):
                low, high = row[f"{key}_interval"]
                hits[j, k] += low - 1e-9 <= truth[k] <= high + 1e-9
    assert (hits >= 88).all(), hits


def test_a_factor_that_only_stirs_the_noise_is_not_distinguished(monkeypatch):
    """Nominally 2.5 % of false alarms; 7 of 100 pass, which a true 2.5 % exceeds once in 200; the seeds are fixed."""
    monkeypatch.setattr(module, "RESAMPLES", 250)
    alarms = found = 0
    for seed in range(100):
        _, rows = study(lambda x: 5 * x[:, 0] + 0 * x[:, 1], 2, 32, seed, n=10, sd=1.0)
        found += rows[0]["distinct"]
        alarms += rows[1]["distinct"]
    assert found == 100
    assert alarms <= 7


def test_nothing_but_noise_has_no_indices():
    said, rows = study(lambda x: 0 * x[:, 0], 2, 32, 1, n=1)
    assert not said["answered"]
    assert rows[0]["total"] is None
    assert not rows[0]["distinct"]


def test_rows_with_a_point_without_value_are_left_out():
    at = design(3, 64, 1).points()
    values = noisy(ishigami(at), at, 6, 0.5, np.random.default_rng(1)).reshape(5, 64, 6)
    values[2, 7] = np.nan
    values[0, 9, :3] = np.nan  # some replications of a point: the others are enough
    said, rows = indices(values[0], values[1], values[2:], 1)
    assert (said["rows"], said["rows_lost"]) == (63, 1)
    assert np.isfinite(column(rows, "total")).all()


def test_the_indices_of_two_rows_by_hand():
    """A = 0, 4 and B = 2, 6 (centre 3); the first factor does all of it, the second half of it, the third nothing.

    Variance of four values about their mean: 20 / 3; first: mean of (B − 3)(AB − A); total: mean of (AB − A)² / 2.
    """
    a, b = np.array([[0.0], [4.0]]), np.array([[2.0], [6.0]])
    said, rows = indices(a, b, np.stack([b, a + 1, a]), 1)
    variance = ((0 - 3) ** 2 + (4 - 3) ** 2 + (2 - 3) ** 2 + (6 - 3) ** 2) / 3
    assert said == {"rows": 2, "rows_lost": 0, "variance": pytest.approx(variance), "noise_share": 0.0, "answered": True}
    firsts = [((2 - 3) * 2 + (6 - 3) * 2) / 2, ((2 - 3) * 1 + (6 - 3) * 1) / 2, 0]
    totals = [(2**2 + 2**2) / 2 / 2, (1 + 1) / 2 / 2, 0]
    for row, first, total in zip(rows, firsts, totals, strict=True):
        assert (row["first"], row["first_raw"]) == pytest.approx((first / variance, first / variance))
        assert (row["total"], row["total_raw"]) == pytest.approx((total / variance, total / variance))
        assert (row["first_noise"], row["total_noise"]) == (0.0, 0.0)
    assert [row["distinct"] for row in rows] == [True, True, False]


def test_what_all_points_have_in_common_in_a_replication_is_no_variance():
    """A replication that is 100 worse everywhere changes neither the variance nor any index."""
    at = design(2, 16, 1).points()
    values = (at[:, 0] + 3 * at[:, 1])[:, None] * np.ones((1, 4))
    plain, moved = (
        indices(v[0], v[1], v[2:], 1)
        for v in (x.reshape(4, 16, 4) for x in (values, values + np.array([0.0, 100.0, -50.0, 7.0])))
    )
    assert moved[0] == pytest.approx(plain[0])
    for one, other in zip(plain[1], moved[1], strict=True):
        assert other["total"] == pytest.approx(one["total"])
        assert other["first_interval"] == pytest.approx(one["first_interval"])


def test_means_and_their_covariance_by_hand():
    """The covariance of two means of n replications is that of the replications over n; of those that both have."""
    x, y = np.array([[1.0, 2.0, 4.0, 9.0], [5.0, np.nan, 3.0, 1.0]]), np.array([[0.0, 3.0, 1.0, 8.0], [2.0, 7.0, 1.0, np.nan]])
    first, second = _Means(x), _Means(y)
    assert first.mean == pytest.approx([16 / 4, 9 / 3])
    assert first.noise(second) == pytest.approx([np.cov(x[0], y[0])[0, 1] / 4, np.cov([5.0, 3.0], [2.0, 1.0])[0, 1] / 2])
    assert first.noise(first) == pytest.approx([x[0].var(ddof=1) / 4, np.var([5.0, 3.0, 1.0], ddof=1) / 3])
    one = _Means(np.array([[7.0, np.nan]]))
    assert one.noise(one).tolist() == [0.0]
    drawn = first.drawn(np.array([[1.0, 1.0, 2.0, 0.0], [0.0, 4.0, 0.0, 0.0]]))
    assert drawn[0] == pytest.approx([(1 + 2 + 2 * 4) / 4, (5 + 2 * 3) / 3])
    assert drawn[1] == pytest.approx([2.0, 3.0]), "nothing of the second drawn: its own mean"
    assert _common(np.array([[1.0, np.nan], [3.0, np.nan]])).tolist() == [2.0, 0.0]


def test_an_index_by_hand():
    """Kept 3 with noise 1, clean variance 4 of raw 8: 2 / 4, and 3 / 8 of which 1 / 8 is noise; drawn, the noise goes twice."""
    draws = _Draws(2, 3, 1)
    assert draws.rows.shape == (*draws.replications.shape[:1], 2)
    assert (draws.rows.sum(axis=1) == 2).all()
    assert (draws.replications.sum(axis=1) == 3).all()
    found = _index("first", np.full(2, 3.0), np.full(2, 1.0), np.full((1000, 2), 3.0), draws, 8.0, 4.0, np.full(1000, 4.0))
    assert found == {"first": 0.5, "first_interval": [0.25, 0.25], "first_raw": 0.375, "first_noise": 0.125}


def test_the_ends_of_an_index_leave_a_fortieth_on_each_side():
    """Contributions 0, 1, … 999 of the draws: the 2.5 % and 97.5 % points are 999 / 40 and 999 × 39 / 40."""
    draws = _Draws(1, 1, 1)
    drawn = np.arange(1000.0)[:, None]
    found = _index("total", np.ones(1), np.zeros(1), drawn, draws, 1.0, 1.0, np.ones(1000))
    assert found["total_interval"] == pytest.approx([999 / 40, 999 * 39 / 40])


def test_without_variance_beyond_noise_there_are_no_shares():
    """One row, no variance at all, or all of it noise: nothing to take shares of."""
    none = {"first", "first_interval", "first_raw", "first_noise", "total", "total_interval", "total_raw", "total_noise"}
    one = np.ones((1, 2))
    said, rows = indices(one, 2 * one, np.stack([one] * 2), 1)
    assert said == {"rows": 1, "rows_lost": 0, "variance": 0.0, "noise_share": None, "answered": False}
    assert len(rows) == 2
    assert rows[0] == dict.fromkeys(none) | {"distinct": False}
    flat = np.ones((4, 2))
    said, rows = indices(flat, flat, flat[None], 1)
    assert (said["variance"], said["noise_share"], said["answered"]) == (0.0, None, False)
    noise = np.random.default_rng(1).normal(0.0, 1.0, (3, 8, 4))
    said, rows = indices(noise[0], noise[1], noise[2:], 1)
    assert not said["answered"]
    assert 0.5 < said["noise_share"] <= 1.0
    assert rows[0]["total"] is None


def test_no_factor_needs_no_sequence():
    made = design(0, 4, 1)
    assert (made.a.shape, made.b.shape, made.points().shape) == ((4, 0), (4, 0), (8, 0))


def test_a_study_asks_for_every_point_and_ranks_each_case_by_its_own():
    """One scenario hangs on a, the other 9 to 1 on b (variances of 3 b and a: 9 / 12 and 1 / 12); c has no effect."""
    cases = [
        SensitivityCase(0, "one", "One", (Named("a"),)),
        SensitivityCase(1, "two", "Two", (Named("c"), Named("a"), Named("b"))),
    ]
    weights = ({"a": 2.0}, {"a": 1.0, "b": 3.0, "c": 0.0})
    measure = parse("total.left_behind", [])
    asked = sobol(cases, [measure], 3, 5, 64)
    batch = next(asked)
    assert len(batch.proposals) == 64 * 3 + 64 * 5
    assert {p.n for p in batch.proposals} == {3}
    answers = []
    for proposal in batch.proposals:
        y = 10 + sum(weights[proposal.scenario][name] * x for name, x in positions(proposal).items())
        answers.append(Response(series={measure.text: series(np.full(3, y))}))
    with pytest.raises(StopIteration) as stop:
        asked.send(answers)
    one, two = (answer[measure.text] for answer in stop.value.value)
    assert [row["name"] for row in one["factors"]] == ["a"]
    assert one["factors"][0]["total"] == pytest.approx(1.0, abs=0.02)
    assert one["variance"] == pytest.approx(4 / 12, rel=0.05)
    assert [row["name"] for row in two["factors"]] == ["b", "a", "c"]
    assert [row["total"] for row in two["factors"]] == pytest.approx([0.9, 0.1, 0.0], abs=0.02)
    assert [row["first"] for row in two["factors"]] == pytest.approx([0.9, 0.1, 0.0], abs=0.02)
    assert two["rows"] == 64


def test_factors_without_an_answer_stay_in_the_order_of_their_names():
    measure = parse("total.left_behind", [])
    asked = sobol([SensitivityCase(0, "one", "One", (Named("b"), Named("a")))], [measure], 2, 5, 4)
    flat = Response(series={measure.text: series(np.ones(2))})
    batch = next(asked)
    with pytest.raises(StopIteration) as stop:
        asked.send([flat] * len(batch.proposals))
    assert [row["name"] for row in stop.value.value[0][measure.text]["factors"]] == ["a", "b"]

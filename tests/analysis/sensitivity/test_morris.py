"""Morris: the design, functions with known effects, agreement with SALib, and what noise does."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.sensitivity.morris import STEP, character, elementary_effects, screened, trajectories
from tests.analysis.sensitivity.functions import ishigami, morris_function, noisy


def run(function, k, r, seed, n=1, sd=0.0):
    design = trajectories(k, r, seed)
    at = design.positions.reshape(-1, k)
    y = noisy(function(at), at, n, sd, np.random.default_rng([seed, 8])) if n > 1 else function(at)[:, None]
    return design, elementary_effects(design, y.reshape(r, k + 1, n))


def test_a_trajectory_moves_every_factor_once_by_two_thirds():
    design = trajectories(7, 30, 1)
    steps = np.diff(design.positions, axis=1)
    assert np.isclose(np.abs(steps).sum(axis=2), STEP).all(), "one factor a step"
    assert np.isclose(np.abs(steps).sum(axis=1), STEP).all(), "every factor once"
    assert set(np.round(design.positions.ravel() * 3, 9)) == {0.0, 1.0, 2.0, 3.0}
    assert (np.sort(design.moved, axis=1) == np.arange(7)).all()


def test_each_level_is_met_equally_often():
    """Chi-square with 3 degrees of freedom over 8,000 positions; 16.3 is passed by chance once in 1,000; the seed is fixed."""
    levels = np.round(trajectories(20, 400, 3).positions[:, 0] * 3).ravel()
    counts = np.bincount(levels.astype(int), minlength=4)
    assert ((counts - 2000) ** 2 / 2000).sum() < 16.3


def test_more_trajectories_begin_with_the_fewer():
    assert np.array_equal(trajectories(5, 12, 4).positions[:6], trajectories(5, 6, 4).positions)
    assert not np.array_equal(trajectories(5, 6, 4).positions, trajectories(5, 6, 0).positions)


def test_a_linear_function_exactly():
    _, effects = run(lambda x: 3 * x[:, 0] - 5 * x[:, 1] + 0 * x[:, 2], 3, 10, 1, n=10, sd=0.0)
    found = [screened(e, 1) for e in effects]
    assert [f["mu_star"] for f in found] == pytest.approx([3, 5, 0])
    assert [f["mu"] for f in found] == pytest.approx([3, -5, 0])
    assert [f["sigma"] for f in found] == pytest.approx([0, 0, 0], abs=1e-9)
    assert [(f["direction"], f["character"]) for f in found[:2]] == [("up", "linear"), ("down", "linear")]
    assert found[0]["mu_star_interval"] == pytest.approx([3, 3])


def test_the_function_of_morris():
    """Inputs 1 to 10 matter, 11 to 20 don't; of the ten, 8 to 10 act linearly (figure 1 of Morris 1991)."""
    _, effects = run(morris_function, 20, 30, 1)
    found = [screened(e, 1) for e in effects]
    star = np.array([f["mu_star"] for f in found])
    assert star[:10].min() > 2 * star[10:].max()
    ratio = np.array([f["sigma"] / f["mu_star"] for f in found[:10]])
    assert (ratio[7:] < 0.5).all()
    assert (ratio[:7] > 0.5).all()


def test_the_same_as_salib():
    """The same points and values give the same mu, mu* and sigma; never seed 0, which SALib's analysers read as none."""
    from SALib.analyze import morris

    design, effects = run(ishigami, 3, 50, 2)
    at = design.positions.reshape(-1, 3)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}
    theirs = morris.analyze(problem, at, ishigami(at), num_levels=4, seed=1)
    ours = [screened(e, 1) for e in effects]
    for key in ("mu", "mu_star", "sigma"):
        assert [f[key] for f in ours] == pytest.approx(list(theirs[key]))


def test_intervals_cover():
    """Nominally 95 %; at least 87 % of 200 studies for each of three figures of a strongly non-linear function with ten
    trajectories and noise: a true coverage of 93 % passes each with 99.8 %.  The true figures are of 20,000 trajectories.
    """
    design = trajectories(3, 20_000, 99)
    truth = elementary_effects(design, ishigami(design.positions.reshape(-1, 3)).reshape(-1, 4, 1))[:, :, 0]
    wanted = {"mu_star": np.abs(truth).mean(1), "mu": truth.mean(1), "sigma": truth.std(1)}
    hits = {key: np.zeros(3) for key in wanted}
    for seed in range(200):
        _, effects = run(ishigami, 3, 10, seed, n=12, sd=3.0)
        for k in range(3):
            found = screened(effects[k], seed)
            for key in wanted:
                low, high = found[f"{key}_interval"]
                hits[key][k] += low <= wanted[key][k] <= high
    assert all((count / 200 >= 0.87).all() for count in hits.values()), hits


def test_a_factor_that_only_stirs_the_noise_is_not_distinguished():
    """False alarms: nominally 5 %; up to 17 of 200 (8.5 %) pass, which a true 5 % exceeds once in 70; the seeds are fixed."""
    alarms = found = 0
    for seed in range(200):
        _, effects = run(lambda x: 4 * x[:, 0] + 0 * x[:, 1], 2, 10, seed, n=12, sd=1.0)
        found += screened(effects[0], seed)["distinct"]
        alarms += screened(effects[1], seed)["distinct"]
    assert found == 200
    assert alarms <= 17


def test_noise_is_taken_out_of_sigma():
    _, effects = run(lambda x: 4 * x[:, 0] + 0 * x[:, 1], 2, 400, 5, n=12, sd=2.0)
    found = screened(effects[0], 5)
    assert found["sigma_noise"] == pytest.approx(2.0 * np.sqrt(2 / 12) / STEP, rel=0.1)
    assert found["sigma"] < 0.4 * found["sigma_noise"]


def test_too_few_replications_have_no_noise_floor():
    for n in (1, 5):
        _, effects = run(lambda x: 4 * x[:, 0], 1, 10, 1, n=n, sd=0.1)
        found = screened(effects[0], 1)
        assert found["noise_floor"] is None
        assert not found["distinct"]


def test_lost_points_cost_their_trajectory_only():
    _, effects = run(lambda x: 3 * x[:, 0] - 5 * x[:, 1], 2, 10, 1, n=10, sd=0.2)
    whole = screened(effects[1], 1)
    effects[1, 3] = np.nan
    effects[1, 5, 2:4] = np.nan
    found = screened(effects[1], 1)
    assert (whole["trajectories"], found["trajectories"]) == (10, 9)
    assert found["mu"] == pytest.approx(-5, abs=0.3)
    assert screened(np.full((4, 3), np.nan), 1)["mu_star"] is None


def test_one_replication_with_a_value_in_each_trajectory_has_no_known_noise():
    _, effects = run(lambda x: 3 * x[:, 0], 1, 4, 1, n=8, sd=0.1)
    effects[0, :, 1:] = np.nan
    found = screened(effects[0], 1)
    assert found["noise"] is None
    assert found["mu"] == pytest.approx(3, abs=0.5)


def test_what_sigma_says():
    assert [character(x) for x in (0.05, 0.3, 0.8, 1.2, None)] == [
        "linear", "monotone", "nearly monotone", "non-linear or interacting", None,
    ]  # fmt: skip


@pytest.mark.parametrize("scale", [0.001, 60.0])
def test_units_do_not_matter(scale: float) -> None:
    """In other units every figure and every end of an interval is the same but for the unit, noise or not."""
    _, effects = run(lambda x: 4 * x[:, 0] ** 2 + 0 * x[:, 1], 2, 10, 5, n=12, sd=0.7)
    for e in effects:
        found, scaled = screened(e, 5), screened(e * scale, 5)
        assert found["sigma_interval"][1] > 0
        for key, value in found.items():
            if key in ("trajectories", "character", "direction", "distinct"):
                assert scaled[key] == value
            elif key == "ratio":
                assert scaled[key] == pytest.approx(value)
            elif value is not None:
                assert scaled[key] == pytest.approx(np.multiply(value, scale).tolist(), rel=1e-9, abs=1e-12)

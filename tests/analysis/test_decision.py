"""Decisions over sets: cases worked by hand, and seeded simulations of what is claimed of many.

The simulated claims state how often they would fail by chance: all are seeded, so that they either hold or don't.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.decision import States, best_shares, pair_level, regrets, select
from sim.analysis.information import _design, harmful, information
from sim.analysis.looks import Look
from sim.analysis.sets import Sets
from tests.analysis import designs

LIMITS = (0.0, 100.0)


def states(losses: np.ndarray, per_set: int = 2) -> States:
    return States.of(losses, Sets.of(np.arange(losses.shape[1]), per_set), LIMITS)


def turning(sets: int, per_set: int = 2) -> States:
    """Two states of the world, each in half of the sets: the options lose 0 and 6 in one, 10 and 2 in the other."""
    one = np.array([[0.0, 10.0], [6.0, 2.0]])
    return states(np.repeat(np.tile(one, sets // 2), per_set, axis=1), per_set)


class TestByHand:
    def test_expected_worst_and_in_how_many_sets_each_is_best(self) -> None:
        s = turning(40)
        assert [s.expected(k).value for k in (0, 1)] == [5.0, 4.0]
        assert [s.worst(k).value for k in (0, 1)] == [10.0, 6.0]
        best = best_shares(s, within=1.0)
        assert [(b.share.value, b.alone, b.shared) for b in best] == [(0.5, 20, 0), (0.5, 20, 0)]
        tied = best_shares(s, within=6.0)  # 0 and 6 are alike then, 10 and 2 are not
        assert [(b.share.value, b.alone, b.shared) for b in tied] == [(0.25, 0, 20), (0.75, 20, 20)]

    @pytest.mark.parametrize("per_set", [1, 2, 5])
    def test_regret_and_what_it_is_worth_to_know(self, per_set: int) -> None:
        """Regrets are 0 and 8, 6 and 0; the second is better on average, 4, and 1 with the state known: that is worth 3."""
        r = regrets(turning(40, per_set))
        assert [e.value for e in r.expected] == pytest.approx([4.0, 3.0])
        assert [e.value for e in r.greatest] == pytest.approx([8.0, 6.0])
        assert r.knowing.value == pytest.approx(3.0)
        assert r.split is (per_set > 1)
        assert r.knowing.low is not None
        assert r.knowing.high is not None
        assert r.knowing.low < 3.0 < r.knowing.high

    def test_an_input_that_tells_the_state_is_worth_as_much_as_knowing_all(self) -> None:
        """The first is low in one state and high in the other, the second is drawn: 3 but for sets where a curve is no step."""
        rng = np.random.default_rng(1)
        s = turning(100)
        x = np.column_stack([np.tile([0.2, 0.8], 50) + rng.uniform(-0.1, 0.1, 100), rng.random(100)])
        told = information(s.loss, x, ["tells", "idle"], np.arange(100) // 25, s.reach)
        assert [w.name for w in told.worth] == ["tells"]
        assert 2.7 < told.worth[0].value.value <= 3.0
        assert told.floor is not None
        assert 0.0 <= told.floor < 3.0

    @pytest.mark.parametrize(("count", "cosines"), [(20, 1), (49, 1), (50, 2), (99, 3), (100, 4), (1000, 4)])
    def test_a_curve_over_an_input_has_a_cosine_for_every_25_sets_and_four_at_most(self, count: int, cosines: int) -> None:
        rng = np.random.default_rng(8)
        design = _design(rng.random(count))
        assert design.shape == (count, 1 + cosines)
        assert design.T @ design == pytest.approx(np.diag([count, *[count / 2] * cosines]), abs=1e-6 * count)

    def test_a_replication_without_a_value_counts_for_no_option(self) -> None:
        s = states(np.array([[1.0, np.nan, 3.0, 3.0], [2.0, 9.0, 4.0, np.nan]]))
        assert s.values.tolist() == [[1.0, 3.0], [2.0, 4.0]]
        with pytest.raises(ValueError, match="infinite"):
            states(np.array([[1.0, np.inf]]))

    def test_the_end_that_harms(self) -> None:
        x = designs.sets(50, 2, np.random.default_rng(2))
        assert harmful(3 * x[:, 0] - x[:, 1], x).tolist() == [1.0, 0.0]


class TestAlike:
    def test_the_same_under_common_draws_has_no_regret_at_all(self) -> None:
        one = np.random.default_rng(3).uniform(0, 100, 200)
        r = regrets(states(np.stack([one, one])))
        assert [e.value for e in (*r.expected, *r.greatest, r.knowing)] == [0.0] * 5

    def test_alike_under_draws_of_their_own(self) -> None:
        """Three options alike in every set: in 60 simulations at most 8 intervals leave 0 out (5 % each: P(> 8) = 0.4 %).

        The regret of the means as they are, which this must not be, is 8 everywhere.
        """
        rng, missed, naive = np.random.default_rng(4), np.zeros(3), []
        for _ in range(60):
            world = rng.uniform(20, 80, 50).repeat(2)
            s = states(np.clip(world + rng.normal(0, 13, (3, 100)), 0, 100))
            r = regrets(s)
            naive.append((s.loss - s.loss.min(axis=0)).mean())
            for k, e in enumerate((r.expected[0], r.greatest[0], r.knowing)):
                missed[k] += e.low is None or e.high is None or not e.low <= 0 <= e.high
        assert min(naive) > 5
        assert (missed <= 8).all()

    def test_no_input_is_named_where_none_tells_anything(self) -> None:
        """5 % of 60 simulations name one by chance; more than 8 with a chance of 0.4 %."""
        rng, named = np.random.default_rng(5), 0
        for _ in range(60):
            loss = rng.normal(0, 10, (2, 50))
            x = designs.sets(50, 4, rng)
            named += bool(information(loss, x, designs.names(4), designs.blocks(50), 100.0).worth)
        assert named <= 8


class TestNoise:
    def test_regret_through_noise_is_neither_inflated_nor_lost(self) -> None:
        """True regret 3 for the one that is best on average.  Half a set misjudges 5 % of the sets, which costs 7 there: 2.65."""
        rng, seen, worth = np.random.default_rng(6), [], []
        for _ in range(20):
            s = turning(100)
            r = regrets(States(s.values + rng.normal(0, 3, s.values.shape), s.sets, (-30.0, 40.0)))
            seen.append(r.expected[1].value)
            worth.append(r.knowing.value)
        assert 2.4 < np.mean(seen) < 2.9
        assert 2.4 < np.mean(worth) < 2.9

    def test_a_wrong_choice_is_hardly_ever_named(self) -> None:
        """One of three is better by a little more than the indifference: another is named in at most 5 % of 150 simulations.

        Where the least mean alone is named, the wrong one is named in 14 %.
        """
        rng, wrong, right, least = np.random.default_rng(7), 0, 0, 0
        for _ in range(150):
            world = rng.uniform(40, 60, 100)
            values = world + np.array([0.0, 1.2, 6.0])[:, None] + rng.normal(0, 8, (3, 100))
            chosen = select(states(values, per_set=1), within=1.0)
            wrong += chosen.named and chosen.best != 0
            right += chosen.named and chosen.best == 0
            least += chosen.best != 0
        assert wrong <= 0.05 * 150 < least
        assert right > 0.15 * 150

    def test_what_cant_be_told_says_about_how_many_sets_it_takes(self) -> None:
        """A difference of 1 with a spread of 10 and no indifference: (1.645 · 10 / 1)² = 270 sets at least."""
        rng = np.random.default_rng(8)
        difference = rng.normal(0, 10, 100)
        difference += 1.0 - difference.mean()
        values = np.stack([np.full(100, 40.0), 40 + difference])
        chosen = select(states(values, per_set=1), within=0.0)
        assert (chosen.best, chosen.named, chosen.rivals) == (0, False, (1,))
        assert chosen.needed == 400
        assert select(states(values, per_set=1), within=8.0).named

    def test_no_difference_seen_is_none_only_where_the_options_are_known_to_be_one(self) -> None:
        """100 sets without a difference leave a share of 1 - 0.05^(1 / 100) = 3 % of the bound open: 3 of 100."""
        one = np.random.default_rng(11).uniform(20, 60, (1, 100)).repeat(2, axis=0)
        assert select(states(one, per_set=1), within=2.0).rivals == (1,)
        known = select(states(one, per_set=1), within=2.0, kinds=(0, 0))
        assert (known.named, known.alike) == (True, (1,))
        assert select(states(one, per_set=1), within=4.0).named

    def test_alike_within_the_indifference(self) -> None:
        rng = np.random.default_rng(9)
        base = rng.uniform(20, 60, 200)
        chosen = select(states(np.stack([base, base + rng.normal(0.2, 1, 200)])), within=5.0)
        assert (chosen.named, chosen.alike) == (True, (1,))


def test_one_option_is_chosen_without_regret() -> None:
    s = states(np.random.default_rng(10).uniform(0, 100, (1, 100)))
    chosen, r = select(s, 5.0), regrets(s)
    assert (chosen.best, chosen.named, chosen.rivals, chosen.needed) == (0, True, (), None)
    assert (r.expected[0].value, r.knowing.value) == (0.0, 0.0)
    assert best_shares(s, 5.0)[0].share.value == 1.0


def test_nothing_simulated_is_no_answer() -> None:
    s = states(np.empty((2, 0)))
    assert not select(s, 5.0).named
    assert np.isnan(regrets(s).knowing.value)


def test_levels_of_pairs() -> None:
    """An error of 5 % in all, on one side of each of K - 1 pairs; at the first look of a growing sample half of that."""
    assert pair_level(2) == pytest.approx(0.90)
    assert pair_level(6) == pytest.approx(0.98)
    assert pair_level(2, Look(1)) == pytest.approx(0.95)

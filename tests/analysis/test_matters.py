"""What matters: known indices, agreement with SALib, a floor that holds, what comes first and what can't be told from it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis import matters
from sim.analysis.matters import Importance, first_text, importance, ranked
from sim.analysis.statistics import Floats
from tests.analysis.designs import blocks, names, sets


def of(x: Floats, y: Floats, seed: int = 0) -> Importance:
    return importance(x, y, names(x.shape[1]), blocks=blocks(len(y)), seed=seed)


def additive(x: Floats, rng: np.random.Generator, **parts: float) -> Floats:
    """A sum of linear effects of known shares of the variance; what they leave is noise.  Var of a uniform is 1 / 12."""
    y = math.sqrt(1 - sum(parts.values())) * rng.normal(size=len(x))
    for name, part in parts.items():
        y += math.sqrt(12 * part) * (x[:, int(name[1:])] - 0.5)
    return y


def ishigami(x: Floats) -> Floats:
    a, b, c = (2 * math.pi * (x[:, k] - 0.5) for k in range(3))
    return np.asarray(np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))


class TestIndices:
    def test_of_an_additive_function_on_average(self) -> None:
        """80 samples: the standard error of each mean is below 0.01."""
        rng = np.random.default_rng(1)
        got = []
        for _ in range(80):
            x = sets(100, 6, rng)
            y = additive(x, rng, f0=0.5, f1=0.2)
            centred = y - y.mean()
            got.append(matters._indices(matters._basis(x), centred[None])[:, 0])
        assert np.mean(got, axis=0) == pytest.approx([0.5, 0.2, 0, 0, 0, 0], abs=0.03)

    def test_of_ishigami(self) -> None:
        """S1 = 0.3139, S2 = 0.4424, S3 = 0 (Ishigami and Homma 1990); the second is not monotone and has no direction."""
        x = sets(2000, 5, np.random.default_rng(2))
        result = of(x, ishigami(x))
        index = {share.name: share.index for share in result.shares}
        assert list(index) == ["f1", "f0"]
        assert index["f0"] == pytest.approx(0.3139, abs=0.03)
        assert index["f1"] == pytest.approx(0.4424, abs=0.03)
        assert [share.direction for share in result.shares] == ["either", "up"]

    @pytest.mark.costly
    def test_agree_with_salib(self) -> None:
        """RBD-FAST is given-data too; it takes six harmonics of the sorted answers and another correction of the bias."""
        from SALib.analyze import rbd_fast

        rng = np.random.default_rng(3)
        x = sets(1000, 4, rng)
        y = additive(x, rng, f0=0.45, f1=0.3, f2=0.1)
        problem = {"num_vars": 4, "names": names(4), "bounds": [[0, 1]] * 4}
        theirs = rbd_fast.analyze(problem, x, y, M=6, num_resamples=2, seed=1)["S1"]
        ours = matters._indices(matters._basis(x), (y - y.mean())[None])[:, 0]
        assert ours == pytest.approx(np.asarray(theirs), abs=0.03)

    def test_intervals_hold_the_index(self) -> None:
        """Of 80 intervals for 0.4, 95 % nominal: fewer than 69 (86 %) hold it in one case of 800.

        They lie about it evenly: refitted to sets drawn anew, four terms would add 0.04 (1 - 0.4) = 0.024 once more.
        """
        rng, held, beside = np.random.default_rng(4), 0, []
        for k in range(80):
            x = sets(100, 2, rng)
            share = of(x, additive(x, rng, f1=0.4), seed=k).shares[0]
            assert share.name == "f1"
            held += share.low <= 0.4 <= share.high
            beside.append((share.low + share.high) / 2 - share.index)
        assert 69 <= held <= 80
        assert abs(np.mean(beside)) < 0.012

    def test_of_ranks_only(self) -> None:
        rng = np.random.default_rng(5)
        x = sets(50, 3, rng)
        y = additive(x, rng, f0=0.7)
        assert of(x, y) == of(np.exp(9 * x), y)

    def test_of_a_factor_with_two_values(self) -> None:
        """The index is that of the difference of two means, by one term: adjusted R² = 1 - (1 - R²) (S - 1) / (S - 2)."""
        rng = np.random.default_rng(6)
        x = np.tile([0.0, 1.0], 50)[:, None]
        y = x[:, 0] + 0.5 * rng.normal(size=100)
        explained = np.corrcoef(x[:, 0], y)[0, 1] ** 2
        assert of(x, y).shares[0].index == pytest.approx(1 - (1 - explained) * 99 / 98)


class TestFloor:
    @pytest.mark.costly
    def test_nothing_stands_out_of_noise(self) -> None:
        """5 % of 100: more than 11 in one case of 200.  The floor of one factor alone would be exceeded nearly always."""
        rng = np.random.default_rng(7)
        alarms = sum(bool(of(sets(100, 130, rng), rng.exponential(size=100) ** 2, k).shares) for k in range(100))
        assert alarms <= 11

    @pytest.mark.costly
    def test_holds_for_the_others_beside_a_strong_one(self) -> None:
        """5 % of 60: more than 8 in one case of 400."""
        rng, alarms = np.random.default_rng(8), 0
        for k in range(60):
            x = sets(100, 40, rng)
            alarms += {share.name for share in of(x, additive(x, rng, f0=0.6), k).shares} != {"f0"}
        assert alarms <= 8

    def test_permutes_within_blocks(self) -> None:
        """What differs between blocks alone is no noise: each block has the same sum, whatever is permuted."""
        x = sets(50, 3, np.random.default_rng(9))
        y = np.repeat([0.0, 1.0], 25)
        apart = importance(x, y, names(3), blocks=blocks(50))
        assert importance(x, y, names(3)).floor > 0  # type: ignore[operator]
        assert apart.floor == max(0.0, float(matters._indices(matters._basis(x), (y - y.mean())[None]).max()))


class TestFirst:
    def test_a_strong_one_is_named(self) -> None:
        rng = np.random.default_rng(10)
        x = sets(100, 130, rng)
        result = of(x, additive(x, rng, f7=0.7))
        assert (result.first, result.rivals, first_text(result)) == (("f7",), (), "f7")
        assert result.shares[0].low > result.floor  # type: ignore[operator]

    @pytest.mark.costly
    def test_two_equal_ones_are_both_named(self) -> None:
        """Either is named alone in 5 % of the samples; in one case of 2,000 more often than 6 times of 30."""
        rng = np.random.default_rng(11)
        texts = []
        for k in range(30):
            x = sets(100, 130, rng)
            texts.append(first_text(of(x, additive(x, rng, f3=0.4, f8=0.4), k)))
        assert sum(text in ("f3, or f8", "f8, or f3") for text in texts) >= 24

    def test_a_weak_one_has_rivals_that_do_not_stand_out(self) -> None:
        rng = np.random.default_rng(12)
        x = sets(100, 130, rng)
        result = of(x, additive(x, rng, f0=0.3))
        assert result.first == ("f0",)
        assert result.rivals

    def test_more_of_it_is_fewer(self) -> None:
        rng = np.random.default_rng(13)
        x = sets(100, 20, rng)
        assert [(s.name, s.direction) for s in of(x, -additive(x, rng, f4=0.6)).shares] == [("f4", "down")]

    def test_all_are_ranked_whether_they_stand_out_or_not(self) -> None:
        x = sets(100, 8, np.random.default_rng(4))
        y = additive(x, np.random.default_rng(3), f2=0.5, f5=0.2)
        order = ranked(x, y, names(8))
        assert order[:2] == ["f2", "f5"]
        assert sorted(order) == names(8)
        assert [share.name for share in of(x, y).shares] == order[: len(of(x, y).shares)]
        assert ranked(x, np.zeros(100), names(8)) == []

    def test_same_bytes_again(self) -> None:
        rng = np.random.default_rng(14)
        x = sets(100, 30, rng)
        y = additive(x, rng, f4=0.6)
        assert of(x, y, 5) == of(x, y, 5)


class TestEdges:
    def test_few_sets(self) -> None:
        x = sets(9, 2, np.random.default_rng(15))
        result = of(x, x[:, 0])
        assert (result.floor, first_text(result)) == (None, "too few sets to tell (9)")
        assert not of(x[:0], x[:0, 0]).shares

    def test_ten_sets_are_enough_for_a_plain_case(self) -> None:
        x = sets(10, 2, np.random.default_rng(16))
        assert first_text(of(x, x[:, 0])) == "f0"

    @pytest.mark.parametrize("value", [0.0, 0.1, 3364.0])
    def test_constant_answer(self, value: float) -> None:
        assert first_text(of(sets(25, 2, np.random.default_rng(17)), np.full(25, value))) == "the answer is the same in all sets"

    def test_no_factor_and_none_that_varies(self) -> None:
        y = np.arange(25.0)
        assert first_text(of(np.empty((25, 0)), y)) == "no input varies"
        assert first_text(of(np.full((25, 2), 0.5), y)) == "no input varies"

    def test_one_factor(self) -> None:
        x = sets(25, 1, np.random.default_rng(18))
        assert first_text(of(x, x[:, 0] ** 2)) == "f0"

    def test_a_factor_that_does_not_vary_is_left_out(self) -> None:
        x = np.insert(sets(50, 2, np.random.default_rng(19)), 1, 0.5, axis=1)
        result = of(x, x[:, 2])
        assert (result.factors, [s.name for s in result.shares]) == (2, ["f2"])
        assert result.shares[0].index == pytest.approx(1, abs=0.03)

    def test_an_answer_that_is_nearly_always_zero(self) -> None:
        x = sets(50, 4, np.random.default_rng(20))
        y = np.where(np.arange(50) == 7, 12.0, 0.0)
        assert all(0 <= s.low <= s.index <= s.high <= 1 for s in of(x, y).shares)

    def test_none_stands_out(self) -> None:
        rng = np.random.default_rng(22)
        assert first_text(of(sets(100, 130, rng), rng.normal(size=100))) == "none stands out in 100 sets"

    @pytest.mark.parametrize("bad", [math.inf, math.nan])
    def test_refuses_what_is_not_finite(self, bad: float) -> None:
        x, y = sets(25, 2, np.random.default_rng(21)), np.arange(25.0)
        with pytest.raises(ValueError, match="finite"):
            of(x, np.where(y == 3, bad, y))
        x[4, 1] = bad
        with pytest.raises(ValueError, match="finite"):
            of(x, y)

    def test_refuses_shapes_that_do_not_agree(self) -> None:
        x = sets(25, 2, np.random.default_rng(21))
        with pytest.raises(ValueError, match="shapes"):
            importance(x, np.arange(24.0), names(2))
        with pytest.raises(ValueError, match="shapes"):
            importance(x, np.arange(25.0), names(3))

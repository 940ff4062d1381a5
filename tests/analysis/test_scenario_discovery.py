"""When does it fail: a planted box is recovered, noise has none, coverage and density hold on fresh sets."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import prim
from sim.analysis import scenario_discovery as sd
from sim.analysis.prim import Bools
from sim.analysis.scenario_discovery import Discovery, discover
from sim.analysis.statistics import Floats
from tests.analysis.designs import names, sets

FACTORS = 130


def certain(x: Floats) -> Bools:
    """Fails if factor 70 is high and factor 33 low: in a quarter of the sets."""
    return np.asarray((x[:, 70] > 0.5) & (x[:, 33] < 0.5))


def mostly(x: Floats, rng: np.random.Generator) -> Bools:
    """Fails with 0.85 in the box, 30 % of the sets, and with 0.1 elsewhere: 0.325 of all."""
    return np.asarray(rng.random(len(x)) < np.where((x[:, 70] > 0.5) & (x[:, 33] < 0.6), 0.85, 0.1))


def of(x: Floats, failed: Bools, seed: int = 0) -> Discovery:
    return discover(x, failed, names(x.shape[1]), seed=seed)


class TestPlanted:
    @pytest.mark.parametrize(("number", "tolerance"), [(100, 0.12), (200, 0.08)])
    def test_a_box_is_recovered(self, number: int, tolerance: float) -> None:
        x = sets(number, FACTORS, np.random.default_rng(1))
        box = of(x, certain(x)).box
        assert box is not None
        limits = {limit.name: (limit.low, limit.high) for limit in box.limits}
        assert limits.keys() == {"f70", "f33"}
        assert limits["f70"] == pytest.approx((0.5, 1), abs=tolerance)
        assert limits["f33"] == pytest.approx((0, 0.5), abs=tolerance)
        assert box.base_rate == certain(x).mean()
        assert box.p_value < 0.001

    def test_in_most_samples_of_200(self) -> None:
        rng, hits = np.random.default_rng(2), 0
        for k in range(20):
            x = sets(200, FACTORS, rng)
            box = of(x, mostly(x, rng), k).box
            hits += box is not None and {"f70", "f33"} <= {limit.name for limit in box.limits}
        assert hits >= 17

    def test_one_factor_is_enough(self) -> None:
        x = sets(100, FACTORS, np.random.default_rng(3))
        box = of(x, x[:, 5] > 0.6).box
        assert box is not None
        assert [limit.name for limit in box.limits] == ["f5"]

    def test_a_limit_on_both_sides(self) -> None:
        x = sets(200, 20, np.random.default_rng(4))
        box = of(x, (x[:, 5] > 0.35) & (x[:, 5] < 0.65)).box
        assert box is not None
        assert [limit.name for limit in box.limits] == ["f5"]
        assert (box.limits[0].low, box.limits[0].high) == pytest.approx((0.35, 0.65), abs=0.06)

    def test_never_more_than_three_factors(self) -> None:
        x = sets(400, 10, np.random.default_rng(5))
        box = of(x, (x[:, :5] > 0.2).all(axis=1)).box
        assert box is not None
        assert len(box.limits) <= 3

    def test_same_again(self) -> None:
        rng = np.random.default_rng(6)
        x = sets(100, FACTORS, rng)
        failed = mostly(x, rng)
        assert of(x, failed, 3) == of(x, failed, 3)


class TestHonest:
    @pytest.mark.costly
    def test_on_fresh_sets(self) -> None:
        """Over 30 samples neither is more than 0.04 above what the box has on fresh sets: two standard errors of the mean."""
        rng = np.random.default_rng(7)
        fresh = rng.random((4000, FACTORS))
        fails = mostly(fresh, rng)
        excess = []
        for k in range(30):
            x = sets(200, FACTORS, rng)
            box = of(x, mostly(x, rng), k).box
            if box is not None:
                inside = box.holds(fresh, names(FACTORS))
                excess.append((box.coverage - fails[inside].sum() / fails.sum(), box.density - fails[inside].mean()))
        assert len(excess) >= 25
        coverage, density = np.mean(excess, axis=0)
        assert coverage <= 0.04
        assert -0.2 <= density <= 0.04

    def test_on_the_sets_that_chose_it_they_would_not_be(self) -> None:
        """The search finds boxes in noise too, if limits needn't earn their place; what it says of them there is too much."""
        rng = np.random.default_rng(8)
        x, y = sets(100, FACTORS, rng), rng.random(100) < 0.3
        box = prim._peeled(x, y, list(range(FACTORS)))
        assert y[prim.inside_of(x, box)].mean() > 0.6

    def test_each_half_is_measured_by_the_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever box one half chooses, only sets of the other are counted."""
        x = sets(100, FACTORS, np.random.default_rng(9))
        failed = certain(x)
        half = sd._half(failed, 0)
        first, second = {70: (0.5, 1.0)}, {33: (0.0, 0.5)}
        answers = iter([first, second, first])
        monkeypatch.setattr(sd, "search", lambda *_: next(answers))
        box = of(x, failed).box
        assert box is not None
        inside = np.concatenate([(x[:, 70] >= 0.5)[~half], (x[:, 33] <= 0.5)[half]])
        failing = np.concatenate([failed[~half], failed[half]])
        assert (box.inside, box.measured) == (inside.sum(), 100)
        assert box.density == failing[inside].mean()
        assert box.coverage == failing[inside].sum() / failed.sum()

    def test_no_box_where_the_halves_gainsay_each_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The box of the first holds all that fails; that of the second, a larger one, none of it: in all fewer than usual."""
        x = sets(100, FACTORS, np.random.default_rng(9))
        failed = x[:, 70] > 0.75
        right, wrong = {70: (0.5, 1.0)}, {70: (0.0, 0.75)}
        for second, found in ((right, True), (wrong, False)):
            answers = iter([right, second, right])
            monkeypatch.setattr(sd, "search", lambda *_, answers=answers: next(answers))
            assert (of(x, failed).box is not None) is found

    def test_halves_share_the_failures(self) -> None:
        failed = np.arange(101) < 31
        half = sd._half(failed, 4)
        assert (half.sum(), (half & failed).sum()) == (51, 16)
        assert (sd._half(failed, 5) != half).any()


class TestNoise:
    @pytest.mark.parametrize("rate", [0.1, 0.3, 0.5])
    def test_has_no_box(self, rate: float) -> None:
        """At 5 % more than 9 of 70 in one case of 350; the search alone, without a held-out test, is seen below."""
        rng = np.random.default_rng(10)
        boxes = sum(of(sets(100, FACTORS, rng), rng.random(100) < rate, k).box is not None for k in range(70))
        assert boxes <= 9

    def test_held_out_sets_decide(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With limits that needn't earn their place every half has a box, and still no more than 5 % are shown: at most 6 of 40
        but in one case of 300."""
        monkeypatch.setattr(prim, "EARNS", np.inf)
        rng, searched, shown = np.random.default_rng(11), 0, 0
        for k in range(40):
            x, failed = sets(100, 30, rng), rng.random(100) < 0.3
            searched += bool(sd.search(x[:50], failed[:50]))
            shown += of(x, failed, k).box is not None
        assert searched == 40
        assert shown <= 6


class TestEdges:
    def test_reasons(self) -> None:
        x = sets(25, 3, np.random.default_rng(12))
        assert of(x[:19], x[:19, 0] > 0.5) == Discovery(None, 19, int((x[:19, 0] > 0.5).sum()), "too few sets to tell")
        assert of(x, np.zeros(25, dtype=bool)) == Discovery(None, 25, 0, "no set fails")
        assert of(x, np.ones(25, dtype=bool)) == Discovery(None, 25, 25, "every set fails")
        assert of(x[:0], np.zeros(0, dtype=bool)).reason == "too few sets to tell"

    @pytest.mark.parametrize("failing", [1, 24])
    def test_one_failure_or_all_but_one(self, failing: int) -> None:
        x = sets(25, 3, np.random.default_rng(13))
        result = of(x, np.arange(25) < failing)
        assert (result.box, result.failures) == (None, failing)
        assert result.reason == sd.NO_BOX

    def test_no_factor_and_one_that_does_not_vary(self) -> None:
        failed = np.arange(40) < 20
        assert of(np.empty((40, 0)), failed).reason == sd.NO_BOX
        assert of(np.full((40, 2), 0.5), failed).reason == sd.NO_BOX

    def test_a_factor_with_two_values(self) -> None:
        x = np.column_stack([np.tile([0.25, 0.75], 30), np.random.default_rng(14).random(60)])
        box = of(x, x[:, 0] > 0.5).box
        assert box is not None
        assert box.density == 1
        assert [(limit.name, limit.high) for limit in box.limits] == [("f0", 1.0)]

    def test_refuses(self) -> None:
        x = sets(25, 2, np.random.default_rng(15))
        with pytest.raises(ValueError, match="one truth a set"):
            discover(x, np.zeros(24, dtype=bool), names(2))
        with pytest.raises(ValueError, match="one truth a set"):
            discover(x, np.zeros(25), names(2))
        with pytest.raises(ValueError, match="between 0 and 1"):
            discover(x * 3, np.zeros(25, dtype=bool), names(2))


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.0, 0.42, "in its lower 40 %"),
        (0.58, 1.0, "in its upper 40 %"),
        (0.349, 0.651, "between its 35 % and 65 % points"),
        (0.01, 1.0, "in its upper 95 %"),  # never all of it
        (0.0, 0.99, "in its lower 95 %"),
    ],
)
def test_limits_in_words(low: float, high: float, text: str) -> None:
    assert sd.limit_text(sd.Limit("f", low, high)) == text

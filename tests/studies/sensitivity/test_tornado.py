"""One at a time: paired differences, times that are never, verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.measure import parse
from sim.analysis.statistics import Estimate, order_statistic
from sim.studies.paired import change
from sim.studies.sensitivity.points import Response, SensitivityCase
from sim.studies.sensitivity.tornado import END_LEVEL, bar, tornado
from tests.studies.sensitivity.functions import Named, positions, series

MOST = 1000.0
LEFT, P90, P50, OUT, TIME = (parse(f"total.{name}", []) for name in ("left_behind", "p90", "p50", "p_all_out", "restricted_time"))


def response(measure, values):
    from sim.analysis.measure import Value

    values = np.asarray(values, dtype=float)
    kept = values[~np.isnan(values)]
    value = order_statistic(kept, measure.kind.quantile) if measure.kind.quantile else float(kept.mean())
    never = "stranded" if math.isinf(value) else None
    return Response(None, 0, {measure.text: series(values)}, {measure.text: Value(value, None, None, kept.size, never)})


def differs(measure, base, other) -> Estimate:
    return change(measure, series(base), series(other), END_LEVEL).estimate


def unseen(n):
    """The largest share of a bound that *n* equal sets leave open at an end of 97.5 %: Clopper and Pearson's of none of them.

    Gaffke's saddlepoint is off by less than 1 % of it.
    """
    return 1 - ((1 - END_LEVEL) / 2) ** (1 / n)


def weighted(groups):
    """Ends of the mean of (value, sets) *groups* with Dirichlet weights, from 400,000 draws: 0.5 % of a standard deviation."""
    values, sizes = np.array(groups, dtype=float).T
    means = np.random.default_rng(1).dirichlet(sizes, 400_000) @ values
    return np.quantile(means, (1 - END_LEVEL) / 2), np.quantile(means, (1 + END_LEVEL) / 2)


def made(left, times=None):
    """A point with people left behind and times, the same numbers if none are given."""
    first, second = response(LEFT, left), response(P50, left if times is None else times)
    return Response(None, 0, first.series | second.series, first.values | second.values)


def test_a_shift_is_found_exactly():
    rng = np.random.default_rng(1)
    base = rng.normal(100, 20, 50)
    found = bar(LEFT, *(response(LEFT, x) for x in (base, base - 4, base + 10)))
    assert found["low"]["difference"] == pytest.approx(-4)
    assert found["high"]["difference"] == pytest.approx(10)
    assert found["swing"] == pytest.approx(14)
    for end, shift in (("low", -4), ("high", 10)):
        assert (found[end]["difference_low"], found[end]["difference_high"]) == pytest.approx((shift, shift))
    assert found["distinct"]
    noisy = bar(LEFT, *(response(LEFT, x) for x in (base, base, base + 10 + base % 1)))
    assert noisy["distinct"]


def test_both_ends_on_one_side_swing_from_the_base():
    base = np.arange(30.0)
    found = bar(LEFT, *(response(LEFT, x) for x in (base, base + 3 + base % 2, base + 7 + base % 3)))
    assert found["swing"] == pytest.approx(8)


def test_no_difference_in_any_pair_is_the_same_and_no_proof():
    base = np.arange(30.0)
    found = bar(LEFT, *(response(LEFT, base) for _ in range(3)))
    assert found["low"]["same"]
    ends = found["low"]["difference_low"], found["low"]["difference_high"]
    assert ends == pytest.approx((-MOST * unseen(30), MOST * unseen(30)), rel=0.01)
    assert not found["distinct"]


def test_a_few_differing_pairs_prove_nothing():
    base = np.zeros(100)
    other = base.copy()
    other[:5] = 40
    between = change(LEFT, series(base), series(other), END_LEVEL)
    assert (between.few, between.distinct) == (True, False)
    assert between.estimate.value == pytest.approx(2)


def test_replications_without_a_time_are_left_out_of_the_pairs():
    base = np.array([1.0, np.nan, 3.0, 5.0])
    other = np.array([2.0, 7.0, np.nan, 6.0])
    assert differs(TIME, base, other).value == pytest.approx(1)


def test_a_factor_that_decides_between_a_time_and_never():
    base = np.linspace(10, 20, 60)
    never = np.where(np.arange(60) < 40, base, np.inf)
    found = bar(P90, *(response(P90, x) for x in (base, base - 1, never)))
    assert found["turns"]
    assert found["high"]["difference"] is None
    assert found["high"]["never"] == "stranded"
    assert found["low"]["difference"] == pytest.approx(-1)


def test_quantiles_of_pairs():
    base = np.arange(1.0, 101.0)
    found = differs(P90, base, base + 5)
    assert found == pytest.approx((5, 5, 5))
    assert differs(P90, base[:20], base[:20] + 5)[1:] == (None, None), "too few for P90"
    both = np.full(60, np.inf)
    assert differs(P50, both, both)[1:] == (-np.inf, np.inf), "anything is possible"


def test_a_point_that_failed_is_no_bar():
    base = response(LEFT, np.arange(30.0))
    found = bar(LEFT, base, Response("all 30 replications failed"), base)
    assert found["error"] == "all 30 replications failed"
    assert found["swing"] is None


@pytest.mark.parametrize("measure", [LEFT, OUT, P50])
def test_false_alarms(measure):
    """Both ends of a factor without effect: at most 5 % together; 20 of 200 pass (a true 5 % exceeds it once in 600)."""
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        common = rng.normal(0, 1, 60)
        made = [common + 0.7 * rng.normal(0, 1, 60) for _ in range(3)]
        made = [(x > 0).astype(float) for x in made] if measure is OUT else [10 + x for x in made]
        alarms += bar(measure, *(response(measure, x) for x in made))["distinct"]
    assert alarms <= 20


def test_ends_that_turn_up_and_down_swing_over_the_base():
    """−4 and +10 swing 14; +3 and +7 swing 7 from the base, −3 and −7 too; never at one end: no number."""
    base = np.linspace(10.0, 20.0, 60)

    def swing(low, high):
        return bar(P50, *(response(P50, x) for x in (base, base + low, base + high)))["swing"]

    assert [swing(-4, 10), swing(3, 7), swing(-3, -7), swing(0, 0)] == pytest.approx([14, 7, 7, 0])
    assert swing(np.inf, 1) is None


def test_what_is_known_of_an_end():
    base = np.arange(40.0)
    found = bar(LEFT, response(LEFT, base), response(LEFT, base), response(LEFT, base + 1 + base % 2))
    low, high = found["low"], found["high"]
    assert (low["difference"], low["same"], low["distinct"], low["turns"], low["failed"]) == (0.0, True, False, False, 0)
    assert (high["difference"], high["same"], high["distinct"], high["open"]) == (1.5, False, True, [False, False])
    beyond = (1 + 20 / 40) * 0.5  # one that wasn't seen is no farther from the mean than 1 + 20 / sets times the farthest is
    low_end, high_end = weighted([(1, 20), (2, 20), (1 - beyond, 1)])[0], weighted([(1, 20), (2, 20), (2 + beyond, 1)])[1]
    assert (high["difference_low"], high["difference_high"]) == pytest.approx((low_end, high_end), abs=0.003)
    assert (high["value"], high["never"], high["replications"]) == (21.0, None, 40)  # mean of 0 … 39, and 1.5
    assert (found["distinct"], found["turns"], found["error"]) == (True, False, None)


def test_an_end_that_reaches_never_in_some_resamples_is_open():
    """20 of 40 never end, so that about half of the resampled medians are never."""
    base = np.arange(1.0, 41.0)
    found = bar(P50, response(P50, base), response(P50, base), response(P50, np.where(base > 20, np.inf, base)))["high"]
    assert found["open"] == [False, True]
    assert found["difference"] == 0.0
    assert found["difference_high"] is None
    assert not found["turns"]
    back = bar(P50, *(response(P50, x) for x in (np.where(base > 20, np.inf, base), base, base)))["low"]
    assert back["open"] == [True, False]


def test_a_time_that_is_never_at_the_base_and_at_the_end_does_not_turn():
    never = np.full(40, np.inf)
    found = bar(P50, *(response(P50, x) for x in (never, never, np.arange(40.0))))
    assert (found["low"]["turns"], found["high"]["turns"], found["turns"]) == (False, True, True)
    assert found["low"]["open"] == [True, True]


def test_an_error_at_either_end_or_of_the_base_is_the_bars():
    base, gone = response(LEFT, np.arange(30.0)), Response("x")
    assert [bar(LEFT, *three)["error"] for three in ((base, base, gone), (gone, base, base), (base, base, base))] == [
        "x", "x", None,
    ]  # fmt: skip
    assert bar(LEFT, gone, base, Response("y"))["error"] == "y"


def test_quantiles_leave_out_who_has_no_time_on_their_own_side():
    """Of 1 … 59 and nobody's time the P90 is the 54th of 59; at 97.5 % the median takes 7 values, P90 42."""
    base = np.array([*range(1, 60), np.nan], dtype=float)
    other = np.where(np.arange(60) < 5, np.nan, np.arange(60.0) + 3)
    found = differs(P90, base, other)
    assert found.value == (math.ceil(0.9 * 55) + 7) - math.ceil(0.9 * 59)  # the k-th of 8 … 62 is k + 7
    assert [differs(P50, np.arange(m), np.arange(m))[1] for m in (6.0, 7.0)] == [None, 0.0]
    assert [differs(P90, np.arange(m), np.arange(m))[1] for m in (41.0, 42.0)] == [None, 0.0]
    seven = np.array([*range(7), *[np.nan] * 3], dtype=float)
    assert differs(P50, np.arange(10.0), seven[::-1]).low is not None
    assert differs(P50, np.arange(10.0), np.where(np.arange(10) < 6, 1.0, np.nan)).low is None


def test_who_has_a_time_nowhere_is_no_replication():
    """Replications without a time on either side are left out before resampling: the same interval as without them."""
    rng = np.random.default_rng(1)
    base = rng.normal(50, 9, 50)
    other = base + rng.normal(3, 2, 50)
    padded = [np.insert(x, 20, [np.nan] * 5) for x in (base, other)]
    assert differs(P50, *padded) == differs(P50, base, other)


def test_a_chance_is_compared_pair_by_pair():
    """Of 100 pairs 20 are lost and none gained: −0.2; the worst that wasn't seen is one more lost, the best 1.2 · 0.2 above 0."""
    base, other = np.ones(100), (np.arange(100) >= 20).astype(float)
    between = change(OUT, series(base, 1.0), series(other, 1.0), END_LEVEL)
    assert (between.few, between.distinct) == (False, True)
    assert between.estimate.value == pytest.approx(-0.2)
    assert between.estimate.low == pytest.approx(-stats.beta.ppf((1 + END_LEVEL) / 2, 21, 80), rel=0.01)
    assert between.estimate.high == pytest.approx(weighted([(-1, 20), (0, 80), ((1 + 20 / 100) * 0.2, 1)])[1], rel=0.01)


def test_a_study_asks_for_both_ends_and_ranks_by_swing():
    """In the first scenario b swings 6, a 2 and c nothing, in the second never is at stake in a; all others at their values."""
    cases = [
        SensitivityCase(0, "one", "One", tuple(map(Named, "cab"))),
        SensitivityCase(1, "two", "Two", tuple(map(Named, "ba"))),
    ]
    weights = {"a": 2.0, "b": 6.0, "c": 0.0}
    asked = tornado(cases, [LEFT, P50], 40, [made(np.full(40, 10.0))] * 2)
    batch = next(asked)
    assert [positions(p) for p in batch.proposals] == [{name: at} for name in "cabba" for at in (0.0, 1.0)]
    assert [p.scenario for p in batch.proposals] == [0] * 6 + [1] * 4
    answers = []
    for proposal in batch.proposals:
        ((name, at),) = positions(proposal).items()
        never = proposal.scenario == 1 and name == "a" and at == 1.0
        answers.append(made(np.full(40, 10.0 + weights[name] * at), np.full(40, np.inf) if never else None))
    with pytest.raises(StopIteration) as stop:
        asked.send(answers)
    one, two = stop.value.value
    assert [(row["name"], row["swing"]) for row in one[LEFT.text]] == [("b", 6.0), ("a", 2.0), ("c", 0.0)]
    assert [(row["name"], row["swing"]) for row in two[LEFT.text]] == [("b", 6.0), ("a", 2.0)]
    assert [(row["name"], row["swing"], row["turns"]) for row in two[P50.text]] == [("a", None, True), ("b", 6.0, False)]


def test_bars_without_an_answer_come_last_and_equal_ones_by_name():
    case, same = SensitivityCase(0, "one", "One", tuple(map(Named, "dbca"))), made(np.full(40, 10.0))
    asked = tornado([case], [LEFT], 40, [same])
    next(asked)
    with pytest.raises(StopIteration) as stop:
        asked.send([Response("x"), same, same, same, same, same, same, same])
    rows = stop.value.value[0][LEFT.text]
    assert [(row["name"], row["swing"]) for row in rows] == [("a", 0.0), ("b", 0.0), ("c", 0.0), ("d", None)]

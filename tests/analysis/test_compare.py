"""Paired differences: never subtracts infinities, pairs by replication, says what can't be told apart."""

import json
from math import inf

import pytest

from sim.analysis import differences, matrix, summarise
from sim.analysis.as_json import as_json
from sim.analysis.compare import _more, roughly
from sim.analysis.looks import Look
from sim.analysis.matrix import arrange, split
from sim.analysis.paired import PairedEntry
from tests.analysis.filled import filled
from tests.analysis.synthetic import campaign, result, row


def both(base, other, **kwargs):
    return differences(result({"a": base}, name="base", **kwargs), result({"a": other}, name="other", **kwargs))


def test_hours_within_the_horizon_by_hand():
    base = [row(t100=100 + k) for k in range(19)] + [row(t100=inf, stranded=10)]
    other = [row(t100=90 + k) for k in range(19)] + [row(t100=200)]
    got = both(base, other, horizon="10 d").total
    # 19 pairs differ by -10, one by 200 - 240
    assert got.hours_within_horizon.difference == pytest.approx((19 * -10 + (200 - 240)) / 20)
    assert got.earlier == 1
    assert got.later == got.equal == 0
    assert got.p_all_out.difference == pytest.approx(0.05)
    assert got.left_behind.difference == pytest.approx(-0.5)
    assert got.median_h.difference == -10


def test_those_never_ordered_out_stand_beside_the_all_of_each_side():
    """All are out in both, of 10 in one and of 48 in the other."""
    quiet = row(staff=38, staying=38, ordered=inf, t100=0.0, never_ordered=38)
    asked = row(staff=38, t100=9)
    base = {"a": [row()] * 20, "north": [quiet] * 20, "east": [asked] * 20}
    other = {"a": [row()] * 20, "north": [quiet] * 10 + [asked] * 10, "east": [asked] * 20}
    got = differences(result(base, name="base"), result(other, name="other"))
    assert got.total.p_all_out.base == got.total.p_all_out.other == 1
    never = got.total.never_ordered
    assert (never.base, never.other, never.difference, never.distinct) == (38, 19, -19, True)
    assert never.low < -19 < never.high < 0
    assert got.missions["east"].never_ordered.base == 0
    assert as_json(got.never_ordered_missions) == {"base": ["north"], "other": ["north"]}
    same = differences(result(base, name="base"), result(base, name="other")).total.never_ordered
    assert (same.difference, same.distinct) == (0, False)


def test_never_equals_never_and_is_not_subtracted():
    got = both([row(t100=inf, stranded=5)] * 20, [row(t100=inf, stranded=5)] * 20).total
    assert (got.earlier, got.later, got.equal) == (0, 0, 1)
    assert got.median_h.never == "both"
    assert got.median_h.difference is None
    assert not got.median_h.distinct
    hours, end = got.hours_within_horizon, 720 * (1 - 0.025 ** (1 / 20))  # no difference in 20 sets isn't proof of none
    assert (hours.difference, hours.distinct) == (0, False)
    assert (hours.low, hours.high) == pytest.approx((-end, end), rel=0.01)  # the saddlepoint is off by less than 1 %
    json.dumps(as_json(got), allow_nan=False)


def test_one_side_never():
    got = both([row(t100=inf, stranded=5)] * 20, [row(t100=5)] * 20)
    assert got.total.median_h.never == "base"
    assert got.total.median_h.base_never == "stranded"
    assert got.total.median_h.distinct
    assert got.total.earlier == 1
    assert got.total.left_behind.difference == -5
    assert got.total.left_behind.distinct


def test_pairs_without_a_time_are_left_out_of_times_but_not_of_people():
    base = [row()] * 10 + [row(ordered=inf, t100=inf, stranded=10)] * 10
    other = [row()] * 20
    got = both(base, other).total
    assert got.hours_within_horizon.pairs == 10
    assert got.equal == 1
    assert got.left_behind.difference == -5


def test_pairs_by_replication_and_leaves_failures_out():
    base = result({"a": [row(t100=k) for k in range(1, 9)]}, name="base")
    other = result({"a": [row(t100=k + 2) for k in range(1, 9)]}, name="other", failed=[(0, "simulate", "x")])
    got = differences(base, other)
    assert got.pairs == 7
    assert not got.final
    assert got.total.hours_within_horizon.difference == 2


def test_other_draws_are_refused():
    with pytest.raises(ValueError, match="seed"):
        differences(result({"a": [row()]}), result({"a": [row()]}, seed=2))


def test_missions_that_only_one_knows():
    got = differences(result({"a": [row()], "b": [row()]}), result({"a": [row()], "c": [row()]}))
    assert list(got.missions) == ["a"]
    assert (got.only_base, got.only_other) == (("b",), ("c",))


def test_no_difference_yet_is_said():
    rows = [row(t100=10 + k % 5) for k in range(40)]
    assert any("not yet distinguishable" in w for w in both(rows, rows).warnings)
    assert not any("distinguishable" in w for w in both(rows, [row(t100=20 + k % 5) for k in range(40)]).warnings)


def test_rare_differences_are_not_called_distinct():
    base = [row()] * 200
    other = [row()] * 195 + [row(t100=inf, stranded=9)] * 5
    got = both(base, other).total.left_behind
    assert got.rarely_differs
    assert not got.distinct


@pytest.mark.parametrize("n", [1, 2])
def test_tiny_samples(n):
    got = both([row()] * n, [row(t100=7)] * n)
    assert any(w.startswith(f"only {n} replication") for w in got.warnings)
    json.dumps(as_json(got), allow_nan=False)


def test_nobody_to_move():
    rows = [row(staff=5, staying=5, ordered=inf, t100=0.0)] * 20
    got = both(rows, rows).total
    assert got.hours_within_horizon.pairs == 0
    assert got.earlier is None
    assert got.p_all_out.difference == 0


def test_is_deterministic():
    a, b = campaign("x", n=30, missions=4), campaign("y", n=30, missions=4, pace=1.3)
    assert differences(a, b) == differences(a, b)


class TestMatrix:
    def test_shipped_names(self):
        names = [f"{p}-{t}" for t in ("collapse", "holding") for p in ("none", "coalition", "turkish")]
        assert arrange(names) == (["turkish", "none", "coalition"], ["holding", "collapse"])

    @pytest.mark.parametrize(
        "names",
        [
            [],
            ["none-collapse"],
            ["none-collapse", "turkish-collapse"],
            ["a-x", "b-y", "c-z"],
            ["a-x", "a-x", "b-x", "b-x"],
            ["a", "b", "c-d", "e-d"],
            ["a-x", "a-y", "b-x", "b-z"],  # y and z with one provider each
            ["a-x", "a-y", "b-x", "c-y"],  # b and c under one threat each
        ],
    )
    def test_not_a_matrix(self, names):
        assert arrange(names) is None

    def test_split(self):
        assert split("un-force-collapse") == ("un-force", "collapse")
        assert split("minimal") is None

    def test_cells(self):
        summaries = [summarise(result({"a": [row(t100=t)] * 6}, name=f"{p}-{q}")) for p, q, t in
                     (("none", "x", 4), ("none", "y", 5), ("turkish", "x", 6), ("turkish", "y", 7))]  # fmt: skip
        got = matrix(summaries)
        assert got.cells["turkish"]["x"].p50_h == 6
        assert got.cells["none"]["y"].scenario == "none-y"


class TestToldApart:
    def test_how_many_replications_would_tell(self):
        base = [row(t100=100 + 10 * (k % 9)) for k in range(60)]
        other = [row(t100=100 + 10 * (k * 7 % 9) + 1) for k in range(60)]
        got = both(base, other)
        hours = got.total.hours_within_horizon
        assert not got.told_apart
        (said,) = [w for w in got.warnings if "distinguishable" in w]
        assert "would tell" in said
        many = int(said.split("some ")[1].split(" ")[0].replace(",", ""))
        assert 60 < many <= 1.1 * 60 * ((hours.difference - hours.low) / hours.difference) ** 2 + 1

    def test_no_difference_at_all_has_no_number(self):
        got = both([row()] * 40, [row()] * 40)
        assert any(w.endswith("run more replications") for w in got.warnings)

    def test_one_side_never_is_told_apart(self):
        assert both([row(t100=inf, stranded=5)] * 20, [row(t100=5)] * 20).told_apart

    def test_at_a_look_every_interval_is_wider(self):
        base = [row(t100=100 + 10 * (k % 9), stranded=k % 3) for k in range(200)]
        other = [row(t100=103 + 10 * (k * 7 % 9), stranded=k % 2) for k in range(200)]
        one, another = result({"a": base}, name="base"), result({"a": other}, name="other")
        plain, wide = differences(one, another).total, differences(one, another, Look(3)).total
        for key in ("p_all_out", "left_behind", "hours_within_horizon", "median_out_h"):
            narrow, broad = plain.measure(key), wide.measure(key)
            assert broad.difference == narrow.difference
            assert broad.low < narrow.low <= narrow.high < broad.high


class TestHowManyMore:
    @staticmethod
    def total(**found):
        return filled(PairedEntry, **found)

    def test_intervals_shrink_with_the_root_of_the_number(self):
        """A difference of 2 with an end 6 away needs three times the precision: nine times the pairs, whatever its sign."""
        up, down = {"difference": 2.0, "low": -4.0, "high": 9.0}, {"difference": -2.0, "low": -9.0, "high": 4.0}
        said = "some 900 replications would tell the people left behind apart, if the difference stays as it is"
        assert _more(self.total(left_behind=up), 100) == _more(self.total(left_behind=down), 100) == said

    def test_the_measure_that_needs_fewest_is_named(self):
        hours, share = {"difference": 1.0, "low": -3.0, "high": 5.0}, {"difference": 0.1, "low": -0.1, "high": 0.3}
        said = _more(self.total(hours_within_horizon=hours, p_all_out=share), 100)
        assert said.startswith("some 400 replications would tell P(all out) apart")
        few = _more(self.total(hours_within_horizon=hours, p_all_out=share | {"rarely_differs": True}), 100)
        assert few.startswith("some 1,600 replications would tell the hours within the horizon apart")

    def test_no_difference_and_too_small_a_one(self):
        assert _more(self.total(), 100) == "run more replications"
        assert _more(self.total(left_behind={"difference": 0.0, "low": -1.0, "high": 1.0}), 100) == "run more replications"
        assert _more(self.total(left_behind={"difference": 1.0, "low": None, "high": None}), 100) == "run more replications"
        tiny = {"difference": 0.5, "low": -49.5, "high": 50.5}  # 100² pairs for each
        assert _more(self.total(left_behind=tiny), 100).startswith("some 1,000,000 ")
        assert _more(self.total(left_behind=tiny), 101).startswith("more than 1,000,000 ")

    def test_a_rough_number_has_two_digits_and_is_not_too_small(self):
        assert [roughly(n) for n in (7, 99, 100, 101, 129.2, 12_001)] == [7, 99, 100, 110, 130, 13_000]


def test_what_takes_from_a_comparison_is_said():
    rows = [row(t100=10 + k % 5) for k in range(30)]
    assert both(rows, [row(t100=20 + k % 5) for k in range(30)]).warnings == ()
    assert both(rows[:10], [row(t100=20 + k % 5) for k in range(10)]).warnings == ()
    assert both(rows[:9], [row(t100=20 + k % 5) for k in range(9)]).warnings == (
        "only 9 replications: intervals are tested from 10 on, and may hold less often than they say",
    )
    short, long = result({"a": rows}, name="base", horizon="10 d"), result({"a": [row(t100=20)] * 30}, name="other")
    assert differences(short, long).warnings == ("the horizons differ: hours are counted to the shorter one, 10 d",)
    lost = result({"a": rows}, name="base", failed=[(k, "simulate", "x") for k in range(30)])
    got = differences(lost, long)
    assert got.warnings == (
        "30 replications of base failed: their pairs are left out, nothing here is final", "no replication was completed by both",
    )  # fmt: skip
    assert (got.pairs, got.final, got.total.earlier) == (0, False, None)


def test_shares_of_pairs_out_earlier_later_and_at_the_same_time():
    base = [row(t100=t) for t in (5, 5, 5, inf, inf)]
    got = both(base, [row(t100=t) for t in (4, 5, 6, inf, 9)]).total
    assert (got.earlier, got.equal, got.later) == (0.4, 0.4, 0.2)


@pytest.mark.parametrize(("pairs", "told"), [(5, False), (6, True)])
def test_never_on_one_side_is_a_difference_from_six_pairs_on(pairs, told):
    """Most of one side never end and most of the other do; as many people are left on both, so nothing else tells them apart."""
    base = [row(t100=inf, stranded=1)] * (pairs - 2) + [row()] * 2
    other = [row()] * (pairs - 2) + [row(t100=inf, stranded=pairs // 2 - 1)] * 2
    got = both(base, other)
    assert (got.total.median_h.never, got.told_apart) == ("base", False)
    assert any("not yet distinguishable" in w for w in got.warnings) == (not told)


def test_cohorts_have_differences_of_their_own_where_asked_for():
    """The one cohort of each mission differs as its mission does; it is none of what is tested together."""
    base, other = {"a": [row(t100=9)] * 20, "b": [row()] * 20}, {"a": [row(t100=7)] * 20, "c": [row()] * 20}
    pair = result(base, name="base"), result(other, name="other")
    assert "cohorts" not in as_json(differences(*pair))
    got = differences(*pair, by="cohort")
    assert list(got.cohorts) == ["a"]
    cohort = got.cohorts["a"]["core"]
    assert cohort.hours_within_horizon.difference == -2
    mission = as_json(got.missions["a"].left_behind)
    assert as_json(cohort.left_behind) == {k: v for k, v in mission.items() if k not in JOINT}
    assert got.joint == differences(*pair).joint
    json.dumps(as_json(got), allow_nan=False)


JOINT = ("holds", "p", "p_joint", "too_few")


def test_titles_of_missions_and_zone_are_part_of_the_numbers():
    class Titled:
        def __init__(self, made):
            self.made = made

        def __getattr__(self, name):
            return getattr(self.made, name)

        scenario_text = (
            "clock: {start: '2021-09-12 06:00', utc_offset: '+03:00'}\nmissions: {a: {title: Alpha (of A)}, b: {}, c: 3}\n"
        )

    made = Titled(result({"a": [row()] * 8, "b": [row()] * 8}))
    summary, difference = summarise(made), differences(made, made)
    assert summary.utc_offset_h == 3
    for missions in (summary.missions, difference.missions):
        assert missions["a"].title == "Alpha (of A)"
        assert "title" not in as_json(missions["b"])

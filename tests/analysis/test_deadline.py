"""Deadlines of curves whose truth is known: an evacuation of fixed length and an exponential time of fall."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.deadline import (
    Curve,
    Deadline,
    Gain,
    Tried,
    deadline,
    first_fall,
    found,
    gain,
    grid,
    last_stand,
    least_replications,
    rises,
    wanted,
)
from sim.analysis.deadline_summary import _bought, in_words, more_missions, swapped
from sim.analysis.lead_time import Seen, last_useful, warned
from sim.analysis.statistics import proportion
from sim.analysis.words import duration

MEAN_H, TAKES_H = 200.0, 10.0
"""P(all out | order at d) = P(fall > d + 10 h) = exp(-(d + 10) / 200)."""


def truth(confidence: float) -> float:
    return -MEAN_H * math.log(confidence) - TAKES_H


def tried(date: float, fall: np.ndarray, takes: float = TAKES_H, undecided: np.ndarray | None = None) -> Tried:
    out = fall > date + takes
    nobody = np.zeros(fall.size, dtype=bool)
    return Tried(date, np.arange(fall.size), out, nobody if undecided is None else undecided & ~out, 20.0)


def curve(dates: list[float], fall: np.ndarray, takes: float = TAKES_H) -> Curve:
    return Curve(0, "embassy", [tried(d, fall, takes) for d in dates])


def refined(fall: np.ndarray, confidence: float, resolution: float, last: float = 120.0, takes: float = TAKES_H) -> Curve:
    made = curve(grid(0.0, last, 5, resolution), fall, takes)
    while more := wanted(made, confidence, resolution):
        for date in more:
            made.add(tried(date, fall, takes))
    return made


DATES = np.array([0.0, 6.0, 12.0, 18.0])


@pytest.mark.parametrize(
    ("chance", "first", "last"),
    [
        ([1.0, 0.95, 0.8, 0.2], 6.0, 12.0),
        ([1.0, 1.0, 1.0, 0.9], math.inf, math.inf),
        ([0.8, 0.7, 0.6, 0.5], -math.inf, -math.inf),
        ([0.8, 0.95, 0.6, 0.5], -math.inf, 12.0),  # begins below: never early enough, whatever comes later
        ([1.0, 0.8, 0.95, 0.5], 0.0, 18.0),
    ],
)
def test_where_a_curve_first_falls_and_where_it_stays_below(chance: list[float], first: float, last: float) -> None:
    assert first_fall(DATES, np.array(chance), 0.9) == first
    assert last_stand(DATES, np.array(chance), 0.9) == last


def test_refinement_finds_the_crossing_to_the_resolution_and_tries_few_dates() -> None:
    fall = np.random.default_rng(5).exponential(MEAN_H, 400)
    made = refined(fall, 0.8, 2.0, last=160.0)
    at = found(made, 0.8)
    exact = float(np.sort(fall)[int(0.2 * 400)]) - TAKES_H  # in the sample: the date after which fewer than 80 % get out
    assert at.hours <= exact < at.hours + 2.0
    dates = made.dates.tolist()
    assert at.hours in dates
    assert at.hours + 2.0 in dates
    assert len(dates) < 25  # 81 multiples of the resolution
    assert at.low is not None
    assert at.high is not None
    assert at.low < at.hours < at.high


def test_the_interval_covers_the_true_deadline() -> None:
    """Nominal 95 %: 600 samples cover at least 93 %; a method that covers 95 % fails this in about 1 % of seeds."""
    rng, hits, confidence = np.random.default_rng(11), 0, 0.8
    for _ in range(600):
        at = found(refined(rng.exponential(MEAN_H, 100), confidence, 3.0), confidence)
        hits += at.low is not None and at.high is not None and at.low <= truth(confidence) <= at.high
    assert hits >= 558


def test_the_gain_of_a_faster_evacuation_is_the_time_it_saves() -> None:
    """34 h instead of 10 h costs exactly 24 h; nominal 95 %, 150 samples, at least 90 % (a good method fails in < 1 %)."""
    rng, hits = np.random.default_rng(3), 0
    for k in range(150):
        fall = rng.exponential(MEAN_H, 80)
        slow, fast = refined(fall, 0.7, 4.0, takes=34.0), refined(fall, 0.7, 4.0)
        found_gain = gain(slow, fast, 0.7, seed=k, resamples=300)
        assert found_gain.low is not None
        assert found_gain.high is not None
        hits += found_gain.low <= 24.0 <= found_gain.high
    assert hits >= 135


def test_a_gain_with_no_date_on_either_side() -> None:
    fall = np.full(50, 1000.0)
    one, two = curve([0.0, 24.0], fall), curve([0.0, 24.0], fall)
    same = gain(one, two, 0.9, seed=1, resamples=50)
    assert math.isnan(same.hours)
    assert (same.low, same.high) == (-math.inf, math.inf)
    never = curve([0.0, 24.0], np.zeros(50))
    assert gain(never, one, 0.9, seed=1, resamples=50)[:3] == (math.inf, math.inf, math.inf)


def test_too_few_replications_have_no_interval() -> None:
    assert least_replications(0.9) == 36  # 0.9 ** 36 < 0.025
    few = found(curve([0.0, 24.0], np.full(35, 10.5)), 0.9)
    assert (few.hours, few.low) == (0.0, None)
    enough = found(curve([0.0, 24.0], np.full(36, 10.5)), 0.9)
    assert (enough.hours, enough.low, enough.high) == (0.0, 0.0, 24.0)
    assert gain(curve([0.0], np.full(35, 9.0)), curve([0.0], np.full(35, 9.0)), 0.9, 1).low is None


def test_the_undecided_are_on_both_sides_of_the_interval_and_not_in_the_estimate() -> None:
    fall = np.concatenate([np.full(80, 500.0), np.zeros(20)])
    one = tried(0.0, fall, undecided=np.arange(100) >= 90)
    assert one.chance.value == 0.8
    assert one.chance.low == proportion(80, 100).low
    assert one.chance.high == proportion(90, 100).high


def test_a_curve_that_rises_again_is_said() -> None:
    early, late = np.full(100, 500.0), np.full(100, 50.0)
    made = Curve(
        0, "embassy", [tried(0.0, early), tried(6.0, late, takes=60.0), tried(12.0, early), tried(18.0, late, takes=60.0)]
    )
    assert found(made, 0.9).hours == 0.0
    assert rises(made, 0.9) == [12.0]
    falling = np.random.default_rng(1).exponential(MEAN_H, 200)
    assert rises(curve([0.0, 24.0, 48.0, 96.0], falling), 0.9) == []


def test_the_grid_lies_on_multiples_of_the_resolution() -> None:
    assert grid(0.0, 48.0, 5, 6.0) == [0.0, 12.0, 24.0, 36.0, 48.0]
    assert grid(3.0, 20.0, 3, 6.0) == [3.0, 15.0, 21.0]
    assert grid(0.0, 10.0, 50, 5.0) == [0.0, 5.0, 10.0]


def test_the_warning_needed_is_the_time_that_it_takes() -> None:
    """Ten hours are enough in every replication, nine never are: the bracket of the dates, 6 h wide, holds the ten."""
    fall = np.random.default_rng(2).exponential(MEAN_H, 500)
    made = curve(grid(0.0, 240.0, 41, 6.0), fall)
    lead = warned(made, dict(enumerate(fall.tolist())), 0.9, 24.0, 6.0)
    assert lead is not None
    assert lead.needed.low is not None
    assert lead.needed.high is not None
    assert lead.needed.low <= TAKES_H <= lead.needed.high
    assert abs(lead.needed.hours - TAKES_H) <= 3.0 + 1.2  # half a bracket and a step of the warnings
    left = np.sort(fall - 24.0)
    assert lead.left_p50 == left[249]


def test_no_fall_no_warning() -> None:
    assert warned(curve([0.0, 24.0], np.full(40, np.inf)), dict.fromkeys(range(40), math.inf), 0.9, math.inf, 6.0) is None


def test_an_order_after_the_fall_that_still_works_needs_no_warning() -> None:
    fall = np.random.default_rng(4).uniform(50.0, 150.0, 300)  # the airport holds for 200 h more
    lead = warned(curve(grid(0.0, 240.0, 11, 6.0), fall + 200.0), dict(enumerate(fall.tolist())), 0.9, math.inf, 6.0)
    assert lead is not None
    assert lead.needed.hours == -math.inf


def test_dates_end_when_the_airport_is_lost_in_half_of_the_replications() -> None:
    lost = dict(enumerate([30.0, 50.0, 70.0, math.inf]))
    assert last_useful(Seen({}, lost), 4, 720.0) == 72.0
    assert last_useful(Seen({}, dict.fromkeys(range(4), math.inf)), 4, 720.0) == 720.0


def test_a_deadline_needs_no_monotone_band() -> None:
    chances = [proportion(k, 100) for k in (99, 93, 96, 60)]
    at = deadline(DATES, chances, 100, 0.9)
    assert (at.hours, at.low, at.high) == (12.0, 0.0, 18.0)


def test_each_answer_has_its_words() -> None:
    dated = {"status": "date", "order_h": 30.0, "order_at": "2021-09-13 12:00"}
    few = {"interval_status": ["few", "few"], "interval_h": [None, None]}
    between = {"interval_status": ["date", "date"], "interval_h": [24.0, 48.0]}
    wide = {"interval_status": ["never", "any"], "interval_h": [None, None]}
    assert in_words({"status": "failed"}) == "no answer"
    assert in_words({"status": "any"}) == "at any time tried"
    assert in_words({"status": "never"}) == "never early enough"
    assert in_words({**dated, **few}) == f"up to {duration(30.0)} after the start, 13 Sep 12:00"
    assert in_words({**dated, **between}).endswith(f" (95 % interval {duration(24.0)} to {duration(48.0)})")
    assert in_words({**dated, **wide}).endswith(" (95 % interval from never early enough to any time tried)")


@pytest.mark.parametrize(
    ("bought", "said"),
    [
        (Gain(-48.0, -120.0, -24.0, 9), "costs germany 48 h (95 % interval 24 h to 5 d)"),
        (Gain(-48.0, -math.inf, 6.0, 9), "costs germany 48 h (95 % interval −6 h to more than any date tried)"),
        (Gain(48.0, -6.0, 120.0, 9), "buys germany 48 h (95 % interval −6 h to 5 d)"),
        (Gain(-48.0, None, None, 9), "costs germany 48 h (too few replications for an interval)"),
    ],
)
def test_the_interval_of_a_cost_is_that_of_what_is_lost(bought: Gain, said: str) -> None:
    dates = Deadline(100.0, 90.0, 110.0), Deadline(100.0 + bought.hours, 20.0, 180.0)
    names = ("turkish-collapse", "none-collapse")
    assert _bought("germany", names, *dates, bought, True) == (f"nobody at the airport instead of turkish (collapse) {said}")


def test_names_and_numbers_in_words() -> None:
    assert swapped("none-collapse", "turkish-collapse") == "turkish instead of nobody at the airport (collapse)"
    assert swapped("none-collapse", "turkish-holding") == "turkish-holding instead of none-collapse"
    assert [more_missions(n) for n in (1, 2)] == ["1 more mission", "2 more missions"]

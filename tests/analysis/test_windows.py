"""What replications gave in a window: linear within an hour, nothing flown after the end, bands that hold the next draw."""

import math
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.observations import Observation
from sim.analysis.windows import Timeline, band, band_rank, course, least_replications, longest_pause, simulated
from tests.analysis.airlift import airlift

START = datetime(2021, 8, 14, 7)
"""Zero of the handmade results, UTC: 11:30 in Kabul."""
RUNS = [
    {"flights_a": [0, 1, 0, 2, 0], "flown_a": [0, 100, 0, 300, 0], "flights_b": [0, 0, 1, 0, 0], "flown_b": [0, 0, 50, 0, 0]},
    {"flights_a": [0, 0, 2], "flown_a": [0, 0, 120], "flights_b": [0, 0, 0], "flown_b": [0, 0, 0]},
]
"""Two replications; the second ended after two hours."""


def seen(
    measure: str, begin: float | None, end: float, operators=(), place="", value=1.0, low=None, high=None, use="check", window="W"
):
    start = None if begin is None else START + timedelta(hours=begin)
    return Observation(2, window, start, START + timedelta(hours=end), measure, tuple(operators), place, value, low, high, use)


def gave(measure: str, begin, end, operators=(), place="", runs=RUNS) -> list[float]:
    return simulated(Timeline(airlift(runs)), seen(measure, begin, end, operators, place)).tolist()


@pytest.mark.parametrize(
    ("begin", "end", "operators", "people", "flights"),
    [
        (0, 4, (), [450, 120], [4, 2]),
        (0, 4, ("a",), [400, 120], [3, 2]),
        (0, 4, ("a", "b"), [450, 120], [4, 2]),
        (0, 4, ("b",), [50, 0], [1, 0]),
        (1, 2, (), [50, 120], [1, 2]),
        (2, 4, (), [300, 0], [2, 0]),
        (0.5, 1, (), [50, 0], [0.5, 0]),
        (0.25, 2.5, (), [75 + 50 + 150, 120], [0.75 + 1 + 1, 2]),
        (1.25, 1.75, (), [25, 60], [0.5, 1]),
        (3, 200, (), [0, 0], [0, 0]),
    ],
)
def test_flows_by_hand(begin, end, operators, people, flights):
    assert gave("people", begin, end, operators) == pytest.approx(people)
    assert gave("flights", begin, end, operators) == pytest.approx(flights)


def test_load_is_people_by_flights_where_anything_flew():
    assert gave("load", 0, 4) == [450 / 4, 60]
    first, second = gave("load", 2, 4)
    assert first == 150
    assert math.isnan(second)


def test_a_stock_is_linear_and_keeps_its_last_value():
    runs = [
        {"flown_a": [0, 0, 0], "stage_holding": [0, 10, 20], "stage_screening": [0, 1, 3], "hub_far": [0.0, 5.0, 7.0]},
        {"flown_a": [0], "stage_holding": [4], "stage_screening": [0], "hub_far": [2.5]},
    ]
    assert gave("stock", None, 1.5, place="inside", runs=runs) == [17, 4]
    assert gave("stock", None, 2, place="holding", runs=runs) == [20, 4]
    assert gave("stock", None, 90, place="holding", runs=runs) == [20, 4]
    assert gave("stock", None, 0.5, place="hub:far", runs=runs) == [2.5, 2.5]
    assert gave("stock", 0, 2, place="crowd", runs=runs) == [0, 0]


def test_a_missing_column_is_an_error_not_a_zero():
    with pytest.raises(KeyError, match="flown_c"):
        gave("people", 0, 4, ("c",))


def test_without_flights_at_all():
    runs = [{"stage_out": [0, 5, 9]}]
    assert gave("people", 0, 2, runs=runs) == [9]
    assert gave("flights", 0, 2, runs=runs) == [0]


def test_the_clock_is_that_of_the_scenario():
    text = "clock: {start: '2021-08-14 04:00', horizon: 5 d, utc_offset: '-03:00'}\n"
    timeline = Timeline(airlift(RUNS, text=text))
    assert timeline.start == START
    assert timeline.hour(datetime(2021, 8, 15, 7)) == 24
    assert timeline.horizon_h == 120


HOURS = st.lists(st.integers(0, 500), min_size=1, max_size=30)
POINTS = st.lists(st.floats(0, 40), min_size=3, max_size=3).map(sorted)


@given(st.lists(HOURS, min_size=1, max_size=4), POINTS)
def test_windows_add_up(runs, points):
    a, b, c = points
    fake = Timeline(airlift([{"flights_a": [0, *r], "flown_a": [0, *(10 * x for x in r)]} for r in runs]))
    for measure in ("people", "flights"):
        parts = simulated(fake, seen(measure, a, b)) + simulated(fake, seen(measure, b, c))
        assert parts == pytest.approx(simulated(fake, seen(measure, a, c)), abs=1e-6)
        assert (parts >= -1e-9).all()
    assert simulated(fake, seen("flights", 0, 50)).tolist() == [sum(r) for r in runs]


def flights(hourly: list[int]) -> np.ndarray:
    return np.cumsum([[0, *hourly]], axis=1)


@pytest.mark.parametrize(
    ("hourly", "begin", "end", "longest"),
    [
        ([0, 0, 0, 0], 0, 4, 4),
        ([0, 0, 0, 0], 0.5, 2.75, 2.25),
        ([1, 0, 0, 1], 0, 4, 1 / 2 + 2 + 1 / 2),
        ([3, 0, 0, 9], 0, 4, 1 / 4 + 2 + 1 / 10),
        ([1, 1, 1, 1], 0, 4, 1),
        ([1, 0, 0, 0], 0, 4, 1 / 2 + 3),
        ([1], 0, 9, 1 / 2 + 8),
        ([1, 0, 0, 1], 0.5, 3.5, 0.25 + 2 + 0.25),
        ([0, 0, 1, 0], 0, 4, 2.5),
    ],
)
def test_the_longest_pause(hourly, begin, end, longest):
    assert longest_pause(flights(hourly), begin, end).tolist() == pytest.approx([longest])


def test_the_longest_pause_of_evenly_spread_departures():
    """Poisson departures, 2 an hour, 24 h with a pause of 7 h: the mean estimate is within 0.3 h of the mean of the true gaps.

    2,000 draws: the standard error of the difference is about 0.01 h, so a false alarm is out of the question.
    """
    rng = np.random.default_rng(7)
    true, found = [], []
    for _ in range(2000):
        times = np.sort(rng.uniform(0, 24, rng.poisson(48)))
        begin = rng.uniform(5, 10)
        times = times[(times < begin) | (times > begin + 7)]
        true.append(np.diff(np.concatenate(([0], times, [24]))).max())
        hourly = np.histogram(times, np.arange(25))[0].tolist()
        found.append(longest_pause(flights(hourly), 0, 24)[0])
    assert abs(np.mean(found) - np.mean(true)) < 0.3


def test_ranks_of_a_band():
    assert (least_replications(0.9), least_replications(0.5)) == (19, 3)
    for level in (0.5, 0.9):
        assert band_rank(least_replications(level), level) == 1
        assert band_rank(least_replications(level) - 1, level) == 0
        for n in range(least_replications(level), 500):
            rank = band_rank(n, level)
            assert 1 - 2 * rank / (n + 1) >= level - 1e-12
            assert 1 - 2 * (rank + 1) / (n + 1) < level
    assert band(np.arange(1.0, 20), 0.9) == (1, 19)
    assert band(np.arange(1.0, 200), 0.9) == (10, 190)
    assert band(np.arange(1.0, 19), 0.9) is None


@pytest.mark.parametrize("n", [19, 40, 99])
def test_a_band_holds_the_next_draw(n):
    """Share of 20,000 next draws inside against 1 − 2 l / (n + 1); beyond 4.5 standard errors by chance: 7 in a million."""
    rng = np.random.default_rng(n)
    draws = rng.exponential(size=(20_000, n + 1))
    rank = band_rank(n, 0.9)
    ordered = np.sort(draws[:, :n], axis=1)
    inside = (ordered[:, rank - 1] <= draws[:, n]) & (draws[:, n] <= ordered[:, n - rank])
    exact = 1 - 2 * rank / (n + 1)
    assert abs(inside.mean() - exact) < 4.5 * math.sqrt(exact * (1 - exact) / 20_000)


def test_courses():
    fake = airlift([{"flights_a": [0] + [2] * 48, "flown_a": [0] + [k] * 48, "stage_holding": [k] * 49} for k in range(1, 20)])
    flow = course(fake, seen("people", 0, 24))
    assert flow is not None
    assert flow.hour.size == 17 * 24 + 1
    assert flow.median[24] == 10 * 24
    assert flow.median[0] == 10 * 12
    assert flow.median[60] == 0
    assert flow.band90 is not None
    assert (flow.band90[0][24], flow.band90[1][24]) == (24, 19 * 24)
    stock = course(fake, seen("stock", None, 24, place="holding"))
    assert stock is not None
    assert set(stock.median) == {10}
    assert course(fake, seen("load", 0, 24)) is None
    few = course(airlift(RUNS), seen("people", 0, 2))
    assert few is not None
    assert few.band50 is few.band90 is None

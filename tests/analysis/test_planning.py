"""Verdicts by interval, how many replications decide, the frontier of two levers, and what is in time."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.outcomes import BEYOND, Outcomes
from sim.analysis.planning import Found, Goal, found, least_of, replications_needed, verdict
from sim.analysis.statistics import proportion


def shares(met: int, n: int) -> Found:
    return Found(proportion(met, n), (1.0, None, None), n, 0)


@pytest.mark.parametrize(
    ("met", "n", "said"),
    [(36, 36, "met"), (35, 35, "open"), (95, 100, "open"), (97, 100, "met"), (80, 100, "not"), (0, 1, "open")],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(met: int, n: int, said: str) -> None:
    """At 90 %: 0.025 ** (1 / 36) = 0.9026; 97 of 100 has the lower end 0.915, 95 of 100 has 0.887."""
    assert verdict(shares(met, n), 0.9) == said


def test_replications_needed_are_those_that_leave_the_confidence_out() -> None:
    needed = replications_needed(shares(95, 100), 0.9)
    assert needed == 200
    low = proportion(round(0.95 * needed), needed).low
    assert low is not None
    assert low >= 0.9
    assert replications_needed(shares(90, 100), 0.9) is None  # exactly there: no number tells


def test_the_frontier_of_two_levers() -> None:
    points = {(0, 0): "not", (0, 1): "open", (0, 2): "met", (1, 0): "not", (1, 1): "met", (1, 2): "met", (2, 0): "met"}
    assert least_of(points) == [(0, 2), (1, 1), (2, 0)]  # type: ignore[arg-type]
    assert least_of({(0,): "not", (1,): "met", (2,): "not", (3,): "met"}) == [(1,)]


def outcomes(**columns: list[float]) -> Outcomes:
    n = len(next(iter(columns.values())))
    zero = np.zeros(n)
    given = {name: np.array(values, dtype=float) for name, values in columns.items()}
    names = ("staff", "staying", "stranded", "unfinished", "ordered_h", "t50_h", "t90_h", "t100_h")
    return Outcomes(np.arange(n), **{name: given.get(name, zero) for name in names}, waited={})


INF = float("inf")


def test_what_is_in_time() -> None:
    """Out in time, out late, stranded, unfinished at the horizon, nobody to move, never ordered."""
    o = outcomes(
        staff=[10, 10, 10, 10, 10, 10],
        staying=[0, 0, 0, 0, 10, 0],
        stranded=[0, 0, 5, 0, 0, 10],
        unfinished=[0, 0, 0, 5, 0, 0],
        ordered_h=[4, 4, 4, 4, INF, INF],
        t100_h=[12, 30, INF, INF, INF, INF],
    )
    within = found(o, horizon_h=100.0, goal=Goal("total", 8.0, False, 0.5))
    assert within.chance.value == pytest.approx(2 / 6)
    assert within.undecided == 0  # the horizon lies past order + 8 h
    late = found(o, horizon_h=100.0, goal=Goal("total", 200.0, False, 0.5))
    assert late.chance.value == pytest.approx(3 / 6)
    assert late.undecided == 1  # not out at 100 h: nobody knows about 204 h
    assert late.chance.high == proportion(4, 6).high
    by_clock = found(o, horizon_h=100.0, goal=Goal("total", 12.0, True, 0.5))
    assert by_clock.chance.value == pytest.approx(2 / 6)
    assert found(o, 100.0, Goal("total", 8.0, False, 0.6)).time[0] == BEYOND  # of five: 8, 26, unfinished, never, never

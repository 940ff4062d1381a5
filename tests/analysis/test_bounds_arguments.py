"""The exact arguments of the bounds, one resource at a time, against schedules worked out in full."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.bounds.arguments import INF, arrivals, rounds, served, thresholds
from sim.analysis.bounds.network import TimeGrid, loads
from sim.analysis.bounds.resources import Resource


def first_come(at: list[float], work: list[float], servers: int) -> list[float]:
    """When each group is done, if c servers take them in order of arrival."""
    free = [0.0] * servers
    done = []
    for a, w in sorted(zip(at, work, strict=True)):
        start = max(a, heapq.heappop(free))
        heapq.heappush(free, start + w)
        done.append(start + w)
    return done


def test_arrivals_counts_people_and_not_groups() -> None:
    at, people = np.array([5.0, 1.0, 3.0]), np.array([2.0, 10.0, 4.0])
    assert [arrivals(at, people, n) for n in (0, 1, 10, 11, 14, 15, 16, 17)] == [0.0, 1.0, 1.0, 3.0, 3.0, 5.0, 5.0, INF]
    assert arrivals(np.array([INF]), np.array([5.0]), 5) == INF


@pytest.mark.parametrize("servers", [1, 2, 3, 5, 64])
@pytest.mark.parametrize("groups", [1, 5, 6, 24, 61])
def test_equal_groups_take_whole_rounds(groups: int, servers: int) -> None:
    """ceil(N / c) s after the arrival, exactly."""
    at, people, work = np.full(groups, 1.5), np.ones(groups), np.full(groups, 0.25)
    assert served(at, people, work, servers, groups) == 1.5 + math.ceil(groups / servers) * 0.25


def test_it_takes_the_cheapest_groups_that_are_enough() -> None:
    at, people, work = np.zeros(3), np.array([10.0, 10.0, 10.0]), np.array([1.0, 2.0, 4.0])
    assert served(at, people, work, 1, 10) == 1.0
    assert served(at, people, work, 1, 15) == 1.0 + 2.0 / 2
    assert served(at, people, work, 1, 30) == 7.0
    assert served(at, people, work, 1, 30, others=20) == 1.0
    assert served(at, people, work, 2, 30) == 3.5  # 3.5 is below what whole groups can do (4), and above two rounds of 1


def test_no_server_and_no_limit() -> None:
    at = people = work = np.ones(2)
    assert served(at, people, work, 0, 2) == INF
    assert served(at, people, work, INF, 2) == 0.0
    assert served(at, people, work, 1, 2, others=2) == 0.0
    assert rounds(3.0, 0, 1, 1.0, 1.0) == 0.0
    assert rounds(3.0, 4, 0.0, 1.0, 1.0) == INF
    assert rounds(3.0, 5, 2, 1.0, 1.5) == 3.0 + 1.0 + 2 * 1.5


groups_of = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30), st.integers(1, 20)), min_size=1, max_size=12)


@given(groups_of, st.integers(1, 4), st.integers(1, 100))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_no_schedule_is_quicker(groups: list[tuple[int, int, int]], servers: int, percent: int) -> None:
    """Neither the queue in order of arrival, nor in order of work for each person, has enough people served any sooner."""
    at, people, work = (np.array(x, dtype=float) for x in zip(*groups, strict=True))
    need = max(1.0, math.ceil(people.sum() * percent / 100))
    bound = served(at, people, work, servers, need)
    for order in (np.argsort(at, kind="stable"), np.argsort(work / people, kind="stable")):
        free, done = [0.0] * servers, []
        for i in order:
            start = max(at[i], heapq.heappop(free))
            heapq.heappush(free, start + work[i])
            done.append(start + work[i])
        assert arrivals(np.array(done), people[order], need) >= bound - 1e-9


@given(st.lists(st.integers(0, 30), min_size=1, max_size=15), st.integers(1, 4), st.integers(1, 9))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_loads_are_the_queue_itself_where_all_are_alike(at: list[int], servers: int, work: int) -> None:
    """S(n) = max(A(n), S(n - c) + w) is what c vehicles do that take w for each load."""
    n = len(at)
    r = Resource("vehicles.x", "vehicle", np.ones(n, bool), np.array(at, float), np.full(n, float(work)), servers, np.zeros(n))
    assert loads(r, np.ones(n, bool)).tolist() == first_come([float(a) for a in at], [float(work)] * n, servers)


def test_thresholds_hold_the_ends() -> None:
    at = np.arange(1000.0)
    assert thresholds(at)[0] == 0.0
    assert thresholds(at)[-1] == 999.0
    assert len(thresholds(at)) <= 24
    assert thresholds(np.array([INF])).size == 0


def test_a_moment_counts_from_the_beginning_of_its_step() -> None:
    grid = TimeGrid(10.0, 0.5, 4)
    assert grid.ends().tolist() == [10.5, 11.0, 11.5, 12.0]
    assert grid.count_before(np.array([10.0, 10.5, 11.9]), np.array([1.0, 2.0, 4.0])).tolist() == [1.0, 3.0, 3.0, 7.0]
    assert grid.spans(1.0, 1.7, math.inf, 100.0) == [1, 2, 3]


def test_an_answer_below_an_hour() -> None:
    assert served(np.zeros(1), np.ones(1), np.full(1, 0.25), 1, 1) == 0.25
    assert served(np.full(4, 0.125), np.ones(4), np.full(4, 0.25), 2, 4) == 0.125 + 2 * 0.25

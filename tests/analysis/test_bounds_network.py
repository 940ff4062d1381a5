"""The parts of the flow: time steps, capacities that overhang, what an aircraft can fly in a span, and what a row is worth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.bounds.calendar import Calendar
from sim.analysis.bounds.flights import Sorties
from sim.analysis.bounds.network import FleetGroup, TimeGrid, _sliding, _times, loads
from sim.analysis.bounds.planning import PaceSpan, _joined, _largest, _pieces
from sim.analysis.bounds.program import Program, Solution
from sim.analysis.bounds.resources import Resource
from sim.analysis.bounds.strict import BoundLimit
from sim.analysis.words import named

INF = math.inf


def calendar(times: list[float], lanes: list[float]) -> Calendar:
    n = len(times)
    open_ended = np.full(n, INF)
    return Calendar(
        np.array(times), {"main": np.array(lanes)}, open_ended, open_ended, np.ones(n, np.bool_), [frozenset()] * n, INF
    )


SHUT = calendar([0.0, 1.0, 7.0], [2.0, 0.0, 3.0])
"""Two lanes until 1 h, none until 7 h, three from then on."""


def test_lane_hours_and_the_most_lanes_of_a_span() -> None:
    lanes = SHUT.lanes["main"]
    assert SHUT.within(lanes, 0.0, 10.0) == 2 * 1 + 3 * 3
    assert SHUT.within(lanes, 0.5, 7.5) == 2 * 0.5 + 3 * 0.5
    assert SHUT.within(lanes, 2.0, 5.0) == SHUT.within(lanes, 8.0, 8.0) == 0
    assert [SHUT.most(lanes, a, b) for a, b in ((0, 10), (0, 1), (1, 7), (0.5, 2), (6, 7.5), (8, 9), (3, 3))] == [
        3,
        2,
        0,
        2,
        3,
        3,
        0,
    ]


def test_what_has_begun_before_a_closure_is_finished_after_it() -> None:
    """Lanes of half an hour before count: two until 1.5 h; with an overhang of none, or one piece, it is the plain integral."""
    lanes = SHUT.lanes["main"]
    assert _sliding(SHUT, lanes, 0.0, 10.0, 0.0) == 2 + 9
    assert _sliding(SHUT, lanes, 0.0, 10.0, 0.5) == pytest.approx(2 * 1.5 + 3 * 3)
    assert _sliding(SHUT, lanes, 1.0, 2.0, 0.5) == pytest.approx(2 * 0.5)
    assert _sliding(SHUT, lanes, 1.75, 2.0, 0.5) == pytest.approx(0.0)
    always = calendar([0.0], [4.0])
    assert _sliding(always, always.lanes["main"], 1.0, 3.0, 9.0) == 8


def test_steps_of_time() -> None:
    """Moments at the very end of a step belong to the next; windows are at least a step and shorter than the whole."""
    grid = TimeGrid(10.0, 0.5, 4)
    assert grid.count_before(np.array([11.0, 10.0]), np.array([3.0, 1.0])).tolist() == [1, 1, 4, 4]
    assert grid.count_before(np.zeros(0), np.zeros(0)).tolist() == [0] * 4
    assert grid.spans() == [1]
    assert grid.spans(0.2, 1.5, 2.0, INF) == [1, 3]


def flown(leaves: list[float], cycle: float, seats: float = 10.0, ground: float = 1.0, landing: float = 0.5) -> Sorties:
    return Sorties(None, seats, np.array(leaves), ground, landing, 0.25, cycle, False, False)  # type: ignore[arg-type]


def test_departures_of_an_aircraft_in_a_span() -> None:
    """One each cycle, the first at once: in 8 h of cycles of 4 h two, in a little more three, and no more than it flies."""
    assert [_times(flown([0.0] * 9, 4.0), h) for h in (3.9, 4.0, 8.0, 8.1)] == [1, 1, 2, 3]
    assert _times(flown([0.0, 4.0], 4.0), 100.0) == 2
    assert _times(flown([0.0, 4.0], 0.0), 1.0) == INF


def test_hours_for_each_seat_are_those_of_the_best_aircraft() -> None:
    wing = FleetGroup((), (), [flown([0.0], 4.0), flown([0.0], 4.0, seats=40.0, ground=2.0, landing=1.0)])
    assert wing.seats == 40
    assert wing.per_seat("stand") == pytest.approx(min(1.5 / 10, 3 / 40))
    assert wing.per_seat("take_off") == pytest.approx(0.25 / 40)


def test_loads_one_after_another() -> None:
    """Three come at 0 h and one at 5 h, a pool of two, an hour and a half each: done at 1.5, 1.5, 3 and 6.5 h."""
    at, work = np.array([0.0, 5.0, 0.0, 0.0, 9.0]), np.array([2.0, 1.5, 1.5, 4.0, 0.1])
    uses = np.array([True, True, True, True, False])
    pool = Resource("vehicles.x", "vehicle", uses, at, work, 2.9, np.zeros(5))
    assert loads(pool, uses).tolist() == [1.5, 1.5, 3.0, 6.5]


def test_what_one_more_person_is_worth_is_spread_over_the_steps_of_a_row() -> None:
    """A row over two steps that bind: its price times what a person takes, half in each step; none for a row without cause."""
    program = Program(1, 4)
    steps = np.array([1, 3])
    program.add("gate", "search", [(0, 2.0, steps)], np.array([8.0, 9.0]), (steps - 1, steps), 2.0)
    program.add("", "", [(0, 1.0, np.arange(4))], np.full(4, 100.0), (np.arange(4), np.arange(4)), 1.0)
    program.add("none", "none", [(0, 1.0, steps)], np.full(2, INF), (steps, steps), 1.0)
    solution = program.maximise(np.array([[0.0, 1.0, 0.0, 1.0]]))
    assert solution is not None
    assert solution.best == pytest.approx(4.0 + 4.5)
    assert list(solution.worth) == [("search", "gate")]
    assert solution.worth["search", "gate"].tolist() == pytest.approx([0.5, 0.5, 0.5, 0.5])  # 1 / 2 for each of 2 hours


def test_a_program_without_a_solution() -> None:
    program = Program(1, 2)
    program.add("x", "y", [(0, 1.0, np.arange(2))], np.full(2, -1.0), (np.arange(2), np.arange(2)), 1.0)
    assert program.maximise(np.ones((1, 2))) is None


def solved(**worth: list[float]) -> Solution:
    return Solution(0.0, np.zeros((1, 1)), {(cause, f"the {cause}"): np.array(x) for cause, x in worth.items()})


def test_the_cause_that_is_worth_most() -> None:
    assert _largest(solved(search=[1.0, 1.0], seats=[0.0, 3.0])) == ("seats", "the seats")
    assert _largest(solved()) == ("none", "")


def test_pieces_of_time_with_the_same_answer_are_one() -> None:
    grid = TimeGrid(10.0, 0.5, 4)
    keys, out = [("none", ""), ("search", "gate")], np.array([1.0, 2.0, 3.0, 4.0])
    worth = np.array([[0.1] * 4, [1.0, 1.0, 0.0, 1.0]])
    assert _joined(grid, keys, worth, out, np.arange(5)) == [
        PaceSpan(10.0, 11.0, "search", "gate", 2.0), PaceSpan(11.0, 11.5, "none", "", 3.0),
        PaceSpan(11.5, 12.0, "search", "gate", 4.0),
    ]  # fmt: skip
    assert _joined(grid, keys, worth, out, np.array([0, 3])) == [PaceSpan(10.0, 11.5, "search", "gate", 3.0)]


def test_pieces_end_when_all_are_out_and_are_few_enough_to_be_read() -> None:
    grid, out = TimeGrid(0.0, 1.0, 200), np.arange(200.0)
    calm = solved(search=[1.0] * 200)
    assert _pieces(grid, calm, out, None) == [PaceSpan(0.0, 200.0, "search", "the search", 199.0)]
    assert _pieces(grid, calm, out, 49) == [PaceSpan(0.0, 50.0, "search", "the search", 49.0)]
    restless = solved(search=[float(k // 10 % 2) for k in range(200)], seats=[float(1 - k // 10 % 2) for k in range(200)])
    told = _pieces(grid, restless, out, None)
    assert len(told) <= 24
    assert (told[0].start_h, told[-1].end_h) == (0.0, 200.0)
    assert {p.cause for p in told} == {"search", "seats"}


def test_names_of_missions() -> None:
    assert [named(list("abcde")[:n]) for n in (1, 3, 4, 5)] == [
        "a", "a, b, c", "a, b, c and 1 more mission", "a, b, c and 2 more missions",
    ]  # fmt: skip


def test_a_limit_is_named_by_what_raised_it_by_a_tenth_of_the_whole() -> None:
    """From the first order at 10 h: 20 h by the road; 20.9 h is 0.9 of 10.9 h more, 22 h is 2 of 12."""
    road = BoundLimit(20.0, "road", "permission", 10.0)
    assert road.raised(19.0, "lift", "seats") == road
    assert road.raised(20.0, "lift", "seats") == road
    assert road.raised(20.9, "lift", "seats") == BoundLimit(20.9, "road", "permission", 10.0)
    assert road.raised(22.0, "lift", "seats") == BoundLimit(22.0, "lift", "seats", 10.0)
    assert road.raised(INF, "lift", "seats") == BoundLimit(INF, "lift", "seats", 10.0)
    assert BoundLimit(origin=10.0).raised(0.01, "lift", "seats").name == "lift"

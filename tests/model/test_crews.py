"""Where a free crew goes: the open gate with most people in line that the holding area does not stop, ties by rank."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.model.crews import Crews
from sim.model.gate_lines import Gate
from sim.scenario.schema import Gate as GateSpec


def gates(*lanes: float) -> list[Gate]:
    return [Gate(i, "abc"[i], GateSpec(), number, -1, (0,), False) for i, number in enumerate(lanes)]


def crews(manned: float, by_rank: list[Gate]) -> Crews:
    """Those of a provider who can man so many lanes."""
    security: Any = SimpleNamespace(lanes=manned)
    made = Crews(security, by_rank)
    made.update()
    return made


def never(_: Gate) -> bool:
    return False


@pytest.mark.parametrize(("manned", "pooled"), [(0, True), (2.5, True), (3, False), (4, False)])
def test_crews_are_pooled_where_they_are_fewer_than_the_lanes(manned: float, pooled: bool) -> None:
    assert crews(manned, gates(1, 2)).pooled == pooled


def test_a_gate_works_that_is_open_where_somebody_can_man_a_lane() -> None:
    """An unmanned provider has none; a closed gate has no lanes."""
    both = gates(1, 2)
    both[0].lanes = 0.0
    assert crews(1, both).working(both) == [False, True]
    assert crews(0.9, both).working(both) == [False, False]


def test_a_free_crew_goes_to_the_longest_line_and_to_the_first_by_rank_of_equal_ones() -> None:
    a, b, c = gates(1, 1, 1)
    a.people, b.people, c.people = 10, 30, 30
    assert crews(2, [a, b, c]).next_gate(never) is b
    assert crews(2, [c, b, a]).next_gate(never) is c


def test_it_passes_over_busy_and_stopped_gates_and_empty_lines() -> None:
    a, b, c = gates(1, 1, 1)
    a.people, b.people = 30, 20
    some = crews(2, [a, b, c])
    a.busy = some.busy = 1
    assert some.next_gate(never) is b
    assert some.next_gate(lambda gate: gate is b) is None


def test_nobody_is_sent_while_all_crews_are_at_work() -> None:
    a, b = gates(2, 2)
    b.people = 20
    some = crews(1, [a, b])
    a.busy = some.busy = 1
    assert some.next_gate(never) is None


def test_only_gates_that_would_be_chosen_are_asked_for_room() -> None:
    """It is noted at once that the holding area stops them, so that a shorter line is not looked at."""
    a, b = gates(1, 1)
    a.people, b.people = 30, 20
    looked: list[str] = []

    def is_full(gate: Gate) -> bool:
        looked.append(gate.name)
        return False

    assert crews(1, [a, b]).next_gate(is_full) is a
    assert looked == ["a"]

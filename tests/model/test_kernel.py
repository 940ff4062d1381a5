"""The kernel: SimPy still works on it, order at equal times, cancelling, and time that stands still."""

from __future__ import annotations

from typing import Any

import pytest
import simpy

from sim.model import kernel
from sim.model.kernel import CauseLog, Clock, Line
from sim.model.ranks import Stage, key


def test_simpy_processes_and_resources_work_beside_calls() -> None:
    clock = Clock()
    log: list[tuple[float, str]] = []
    desk = simpy.Resource(clock, capacity=1)

    def visitor(name: str, at: float) -> Any:
        yield clock.timeout(at)
        with desk.request() as request:
            result = yield request | clock.timeout(1.5)
            if request not in result:
                log.append((clock.now, f"{name} gives up"))
                return
            yield clock.timeout(4)
            log.append((clock.now, f"{name} served"))

    clock.process(visitor("a", 1))
    clock.process(visitor("b", 2))
    clock.after(3.0, key(Stage.READY), lambda _: log.append((clock.now, "call")))
    clock.after(9.0, key(Stage.READY), lambda _: clock.stop("over"))
    clock.run_to_end()
    assert log == [(3, "call"), (2 + 1.5, "b gives up"), (1 + 4, "a served")]
    assert (clock.end_reason, clock.now) == ("over", 9)


def test_simpys_own_run_works_on_it() -> None:
    clock = Clock()
    seen: list[float] = []
    clock.after(1.0, key(Stage.READY), lambda _: seen.append(clock.now))
    clock.run(until=2)
    assert (seen, clock.now) == ([1], 2)


def test_a_failed_process_is_not_swallowed() -> None:
    clock = Clock()

    def broken() -> Any:
        yield clock.timeout(1)
        raise ValueError("broken")

    clock.process(broken())
    clock.after(5.0, key(Stage.READY), lambda _: clock.stop("over"))
    with pytest.raises(ValueError, match="broken"):
        clock.run_to_end()


def served(keys: list[int]) -> list[int]:
    """The order in which calls of these priorities, put in in this order, are made."""
    clock, seen = Clock(), []
    for k in keys:
        clock.after(1.0, k, seen.append, k)
    clock.after(1.0, key(16), lambda _: clock.stop(""))
    clock.run_to_end()
    return seen


def test_equal_times_go_by_stage_rank_and_occasion_not_by_insertion() -> None:
    kinds = (Stage.TAKE_OFF, Stage.ARRIVAL, Stage.READY)
    keys = [key(stage, rank, occasion) for stage in kinds for rank in (0, 7) for occasion in (0, 3)]
    assert keys == sorted(keys)
    for order in (keys, keys[::-1]):
        assert served(order) == keys


def test_a_cancelled_call_does_nothing_and_past_moments_come_at_once() -> None:
    clock, seen = Clock(), []
    clock.after(1.0, key(Stage.READY), lambda _: seen.append("late")).cancel()
    assert clock.at(float("inf"), key(Stage.READY), seen.append) is None
    clock.after(2.0, key(Stage.READY), lambda _: clock.at(0.5, key(Stage.READY), lambda _: seen.append(clock.now)))
    clock.after(3.0, key(Stage.READY), lambda _: clock.stop(""))
    clock.run_to_end()
    assert seen == [2]


def test_time_that_stands_still_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "MOST_AT_ONCE", 100)
    clock = Clock()

    def again(_: object) -> None:
        clock.after(0.0, key(Stage.READY), again)

    again(None)
    with pytest.raises(RuntimeError, match="time stands still at 0"):
        clock.run_to_end()


def test_a_line_serves_by_priority_then_by_arrival() -> None:
    line = Line((0, 1))
    for item, priority in (("a", 1), ("b", 0), ("c", 1), ("d", 5), ("e", 0)):
        line.push(item, priority)
    line.remove("c")
    assert [line.pop() for _ in range(len(line))] == ["b", "e", "a", "d"]
    with pytest.raises(IndexError):
        line.peek()


def test_a_log_of_causes_keeps_one_cause_a_moment() -> None:
    log = CauseLog(1)
    for at, cause in ((0.0, 2), (1.0, 2), (1.0, 3), (1.0, 4), (2.0, 4)):
        log.set(at, cause)
    assert (log.times, log.causes) == ([0.0, 1.0], [2, 4])

"""Points of a study: kept like runs, taken as workers get free, put off while another command has them."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.experiment import Point, Result, RunSpec, SilentProgress, WorkerPool, execute, run_points
from sim.experiment.run import store_of
from tests.experiment.fake_model import ENGINE, source


class Ledger(SilentProgress):
    """Counts the replications that it is told of."""

    def __init__(self) -> None:
        self.found = self.tried = 0
        self.waited: list[str] = []

    def stored(self, count: int) -> None:
        self.found += count

    def advance(self, count: int, seconds: float, workers: int) -> None:
        self.tried += count

    def waiting(self, name: str) -> None:
        self.waited.append(name)


def study(points: Any, out: Path, workers: WorkerPool, ledger: Ledger | None = None) -> dict[Any, Result]:
    found: dict[Any, Result] = {}
    run_points(points, RunSpec(out=out), workers, found.__setitem__, progress=ledger, engine=ENGINE)
    return found


def point(key: int, n: int = 25, **behaviour: Any) -> Point:
    return Point(key, source(digest=f"d{key}", mark=key, **behaviour), n)


@pytest.fixture(scope="module", params=[1, 2])
def workers(request: pytest.FixtureRequest) -> Iterator[WorkerPool]:
    with WorkerPool(request.param) as workers:
        yield workers


def test_every_point_gives_what_a_run_of_it_gives(tmp_path: Path, workers: WorkerPool) -> None:
    ledger = Ledger()
    found = study((point(k) for k in range(5)), tmp_path / "study", workers, ledger)
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert (ledger.found, ledger.tried) == (0, 125)
    for key, result in found.items():
        alone = execute(point(key).source, RunSpec(n=25, out=tmp_path / "run"), workers, engine=ENGINE)
        assert result.folder.name == alone.folder.name
        assert result.table("missions").equals(alone.table("missions"))


def test_what_is_stored_is_not_simulated_again_and_more_continues(tmp_path: Path, workers: WorkerPool) -> None:
    study([point(0), point(1)], tmp_path, workers)
    ledger = Ledger()
    study([point(0), point(1, n=45), point(2)], tmp_path, workers, ledger)
    assert (ledger.found, ledger.tried) == (50, 45)
    again = execute(point(1).source, RunSpec(n=45, out=tmp_path), workers, progress=ledger, engine=ENGINE)
    assert (again.n, ledger.tried) == (45, 45)  # a run finds what the study made


def test_points_are_taken_as_they_are_needed(tmp_path: Path) -> None:
    taken: list[int] = []
    done: list[int] = []
    ahead: list[int] = []

    def points() -> Iterator[Point]:
        for k in range(12):
            taken.append(k)
            ahead.append(len(taken) - len(done))
            yield point(k, n=3)

    with WorkerPool(2) as workers:
        run_points(points(), RunSpec(out=tmp_path), workers, lambda key, result: done.append(key), engine=ENGINE)
    assert sorted(done) == list(range(12))
    assert max(ahead) <= workers.room + 1


def test_a_failing_point_is_a_result_with_failures_and_the_rest_goes_on(tmp_path: Path, workers: WorkerPool) -> None:
    found = study([point(0), point(1, broken=True), point(2, fail=[3])], tmp_path, workers)
    assert [len(found[k].failed) for k in (0, 1, 2)] == [0, 25, 1]
    assert {f.stage for f in found[1].failed} == {"compile"}


def test_a_point_that_kills_its_workers_fails_and_no_other(tmp_path: Path) -> None:
    with WorkerPool(2) as workers:
        found = study([point(0, n=8), point(1, n=1, die=[0]), point(2, n=8)], tmp_path, workers)
    assert [len(found[k].failed) for k in (0, 1, 2)] == [0, 1, 0]
    assert {f.stage for f in found[1].failed} == {"worker"}


def test_the_same_point_twice_is_simulated_once(tmp_path: Path, workers: WorkerPool) -> None:
    ledger = Ledger()
    found = study([Point("a", point(0).source, 25), Point("b", point(0).source, 25)], tmp_path, workers, ledger)
    assert (sorted(found), ledger.tried, ledger.found) == (["a", "b"], 25, 25)


def test_a_point_that_another_command_holds_comes_last(tmp_path: Path, workers: WorkerPool) -> None:
    held = contextlib.ExitStack()
    held.enter_context(store_of(point(0).source, 1, tmp_path).open())
    order: list[int] = []

    class Freed(Ledger):
        def waiting(self, name: str) -> None:
            super().waiting(name)
            threading.Timer(0.1, held.close).start()

    ledger = Freed()
    run_points(
        (point(k) for k in range(3)), RunSpec(out=tmp_path), workers, lambda k, r: order.append(k), progress=ledger, engine=ENGINE
    )
    assert order[-1] == 0
    assert (sorted(order), ledger.waited) == ([0, 1, 2], ["fake"])


def test_two_studies_that_cross_end_both(tmp_path: Path) -> None:
    """Each takes first what the other takes last: neither waits while it holds something."""
    ends: list[list[int]] = []

    def go(keys: list[int]) -> None:
        with WorkerPool() as workers:
            ends.append(sorted(study((point(k, n=4, slow=0.01) for k in keys), tmp_path, workers)))

    threads = [threading.Thread(target=go, args=(keys,)) for keys in ([0, 1, 2], [2, 1, 0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert ends == [[0, 1, 2], [0, 1, 2]]


def test_ctrl_c_lets_go_of_every_folder(tmp_path: Path) -> None:
    class Impatient(Ledger):
        def advance(self, count: int, seconds: float, workers: int) -> None:
            super().advance(count, seconds, workers)
            if self.tried >= 10:
                signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    ledger = Impatient()
    try:
        with WorkerPool() as workers, pytest.raises(KeyboardInterrupt):
            study([point(0, n=8), point(1, n=8), point(2, n=8)], tmp_path, workers, ledger)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ledger.tried >= 10
    again = Ledger()
    with WorkerPool() as workers:
        assert sorted(study([point(k, n=8) for k in range(3)], tmp_path, workers, again)) == [0, 1, 2]
    assert again.found == ledger.tried
    assert again.waited == []

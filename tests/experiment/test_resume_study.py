"""Runs and studies that are killed at any moment, again and again: the same command goes on, and the bytes are the same.

Nothing here is left to chance: the moments are drawn from a fixed seed, and what must hold, holds at every moment.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from sim.experiment import OutputError, Point, Result, RunSpec, StoreError, WorkerPool, execute, run_points
from sim.experiment import files as files_module
from sim.experiment.blocks import TABLES
from tests import forked
from tests.experiment.fake_model import ENGINE, source
from tests.experiment.test_faults import group_is_gone
from tests.experiment.test_points import Ledger

POINTS, N = 4, 45

PROGRAM = """
import os, signal, sys
sys.path[:0] = {path!r}
from pathlib import Path
from sim.experiment import WorkerPool, RunSpec, Point, StoreError, SilentProgress, execute, run_points
from sim.experiment import files
from tests.experiment.fake_model import ENGINE, source

steps = iter(range(1_000_000))
def step(moment):
    if next(steps) == {at}:  # here it is killed, as by the system: nothing is tidied up
        os.killpg(0, signal.SIGKILL) if {everyone} else os.kill(os.getpid(), signal.SIGKILL)

class Torn(files.Recorder):
    def write(self, data):
        data = bytes(data)
        step("in a table")
        return super().write(data)

files.Recorder = Torn
before = Path.write_bytes
def torn(path, data):
    if ".tmp-" in path.name:
        before(path, data[: len(data) // 2])
        step("in the middle of " + path.name)
    return before(path, data)
Path.write_bytes = torn
swap = os.replace
def replace(a, b):
    step("before a file is there")
    swap(a, b)
    step("after a file is there")
os.replace = replace

out = Path({out!r})
with WorkerPool({jobs}) as workers:
    if {study}:
        points = (Point(k, source(digest=f"d{{k}}", mark=k), {n}) for k in range({points}))
        run_points(points, RunSpec(out=out), workers, lambda key, result: step("at the end of a point"), engine=ENGINE)
    else:
        execute(source(), RunSpec(n={n}, out=out, csv=True), workers, lambda result: {{"n": result.n}}, engine=ENGINE)
print(next(steps), flush=True)
"""


def attempt(out: Path, jobs: int, at: int, *, study: bool, everyone: bool = False) -> int | None:
    """One try that is killed at step *at*; the number of steps if it comes to its end."""
    program = PROGRAM.format(
        path=sys.path, out=str(out), jobs=jobs, at=at, n=N, points=POINTS, study=study, everyone=everyone
    )  # fmt: skip
    process = forked.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    said, error = process.communicate(timeout=120)
    assert group_is_gone(process.pid)
    assert process.returncode in (0, -signal.SIGKILL), error
    return int(said) if process.returncode == 0 else None


def everything(folder: Path) -> dict[str, bytes]:
    """All files for people, by their place; whatever else is there must be a block or a lock."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent.name != "blocks" and path.name not in (".lock", "manifest.json"):
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    assert not [name for name in found if ".tmp-" in name]
    return found


def tables(out: Path) -> dict[int, list[bytes]]:
    """What a study's points hold, read without simulating."""
    found: dict[int, list[bytes]] = {}
    ledger = Ledger()

    def done(key: int, result: Result) -> None:
        found[key] = [result.table(table).write_ipc(None).getvalue() for table in TABLES]

    points = [Point(k, source(digest=f"d{k}", mark=k), N) for k in range(POINTS)]
    with WorkerPool() as workers:
        run_points(points, RunSpec(out=out), workers, done, progress=ledger, engine=ENGINE)
    assert (ledger.found, ledger.tried) == (POINTS * N, 0)
    return found


MANY = pytest.param(4, marks=pytest.mark.slow)
"""Histories of a run; the thorough run has more of them."""


@pytest.mark.parametrize("histories", [1, MANY])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_killed_at_many_moments(tmp_path: Path, jobs: int, histories: int) -> None:
    moments = random.Random(7)
    steps = attempt(tmp_path / "never", jobs, -1, study=False)
    assert steps is not None
    assert steps > 40  # blocks, tables, summary: each in the middle, before and after
    for k in range(histories):
        out = tmp_path / str(k)
        for _ in range(2):
            attempt(out, jobs, moments.randrange(steps), study=False, everyone=(k + jobs) % 2 == 0)
        assert attempt(out, jobs, -1, study=False) is not None
        assert everything(out) == everything(tmp_path / "never")


@pytest.mark.parametrize(("jobs", "kills"), [(1, 2), *(pytest.param(jobs, 4, marks=pytest.mark.slow) for jobs in (1, 2))])
def test_a_study_killed_at_many_moments(tmp_path: Path, jobs: int, kills: int) -> None:
    moments = random.Random(7 + jobs)
    steps = attempt(tmp_path / "never", 1, -1, study=True)
    assert steps is not None
    out = tmp_path / "killed"
    for _ in range(kills):
        attempt(out, jobs, moments.randrange(steps), study=True, everyone=jobs == 2)
    assert attempt(out, jobs, -1, study=True) is not None
    assert tables(out) == tables(tmp_path / "never")


@pytest.mark.parametrize("n", [300, pytest.param(1000, marks=pytest.mark.slow)])
def test_as_many_more_continue_what_is_there(tmp_path: Path, n: int) -> None:
    ledger = Ledger()
    with WorkerPool(2) as workers:
        execute(source(), RunSpec(n=n, out=tmp_path / "a"), workers, engine=ENGINE)
        longer = execute(source(), RunSpec(n=2 * n, out=tmp_path / "a"), workers, progress=ledger, engine=ENGINE)
        fresh = execute(source(), RunSpec(n=2 * n, out=tmp_path / "b"), workers, engine=ENGINE)
    assert ledger.tried == n
    assert everything(longer.folder) == everything(fresh.folder)


def workers_of(pool: WorkerPool) -> list[int]:
    """The process ids of the workers that a pool has started and that live."""
    processes = pool._processes
    return [] if processes is None else [worker.process.pid for worker in processes._workers if worker.lives()]


def test_workers_killed_from_outside_are_replaced(tmp_path: Path) -> None:
    """Every few pieces a worker process of the pool is killed, as the system does when memory runs out."""
    with WorkerPool(2) as pool:

        class Killer(Ledger):
            kills = 0

            def advance(self, count: int, seconds: float, workers: int) -> None:
                super().advance(count, seconds, workers)
                if self.tried % 90 < count and (processes := workers_of(pool)):
                    os.kill(processes[self.kills % len(processes)], signal.SIGKILL)
                    self.kills += 1

        killer = Killer()
        result = execute(source(slow=0.002), RunSpec(n=400, out=tmp_path / "a"), pool, progress=killer, engine=ENGINE)
    assert killer.kills >= 3
    assert result.failed == []
    with WorkerPool() as workers:
        fresh = execute(source(), RunSpec(n=400, out=tmp_path / "b"), workers, engine=ENGINE)
    assert everything(result.folder) == everything(fresh.folder)


def test_disk_full_in_the_middle_of_a_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = iter(range(5))
    write = files_module.write

    def full(path: Path, data: bytes) -> None:
        if next(room, None) is None:
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr("sim.experiment.store.write", full)
    points = [Point(k, source(digest=f"d{k}", mark=k), N) for k in range(POINTS)]
    ended: list[Any] = []
    with WorkerPool() as workers, pytest.raises(StoreError, match="the disk is full; finished blocks are kept"):
        run_points(points, RunSpec(out=tmp_path), workers, lambda key, result: ended.append(key), engine=ENGINE)
    monkeypatch.setattr("sim.experiment.store.write", write)
    ledger = Ledger()
    with WorkerPool() as workers:
        run_points(points, RunSpec(out=tmp_path), workers, lambda key, result: ended.append(key), progress=ledger, engine=ENGINE)
    assert ledger.found > 0
    assert ledger.found + ledger.tried == POINTS * N
    assert sorted(set(ended)) == list(range(POINTS))


def test_a_folder_that_cannot_be_written_ends_a_study_before_it_simulates(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ledger = Ledger()
    with WorkerPool() as workers, pytest.raises(OutputError, match="cannot keep results"):
        run_points([Point(0, source(), 5)], RunSpec(out=tmp_path / "file"), workers, print, progress=ledger, engine=ENGINE)
    assert ledger.tried == 0

"""The seam for parallel work: same answers serial and pooled, workers that die, Ctrl-C."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.experiment.jobs import drive
from sim.experiment.work import Engine, Job, Look, Piece, run_job
from sim.experiment.workers import WorkerLost, WorkerPool
from tests.experiment.fake_model import ENGINE, compile_scenario, simulate


def jobs_of(*groups: range, **behaviour: Any) -> list[Job]:
    scenario = pickle.dumps(behaviour)
    return [Job(scenario, 1, tuple(group), ENGINE) for group in groups]


@pytest.fixture(params=[1, 2], ids=["serial", "pool"])
def workers(request: pytest.FixtureRequest) -> Iterator[WorkerPool]:
    with WorkerPool(request.param) as workers:
        yield workers


def gathered(jobs: list[Job], workers: WorkerPool) -> tuple[list[int], list[tuple[int, str]]]:
    pieces: list[Piece] = []
    drive(jobs, workers, lambda job, piece: pieces.append(piece))
    done = sorted(k for piece in pieces for k in piece.block.replications)
    return done, sorted((f.replication, f.stage) for piece in pieces for f in piece.block.failures)


def test_every_job_is_done_once_and_failures_are_data(workers: WorkerPool) -> None:
    done, failed = gathered(jobs_of(range(5), range(20, 25), range(40, 42), fail=[3, 41]), workers)
    assert done == [0, 1, 2, 4, 20, 21, 22, 23, 24, 40]
    assert failed == [(3, "simulate"), (41, "simulate")]


def test_one_pool_serves_several_runs(workers: WorkerPool) -> None:
    for _ in range(2):
        assert gathered(jobs_of(range(3)), workers) == ([0, 1, 2], [])
    assert gathered([], workers) == ([], [])


def test_a_look_is_for_workers_that_have_nothing_to_do(workers: WorkerPool) -> None:
    """None is started for one; what can't be seen is nothing, and a worker that dies of it costs no job."""
    look = Look(pickle.dumps({"fail": [3], "die": [4]}), 1, 2, ENGINE)
    assert workers.aside(look) is None
    assert gathered(jobs_of(range(3), range(3, 6)), workers) == ([*range(6)], [])
    seen = workers.aside(look)
    if workers.jobs == 1:
        assert seen is None
        return
    assert seen is not None
    assert seen.result().timeline == simulate(compile_scenario({}), 1, 2).timeline
    failed, dies = (workers.aside(replace(look, replication=number)) for number in (3, 4))
    assert failed is not None
    assert failed.result() is None
    assert dies is not None
    with pytest.raises(WorkerLost):
        dies.result()
    assert gathered(jobs_of(range(3)), workers) == ([0, 1, 2], [])


def test_a_job_that_kills_its_worker_is_given_up_and_no_other(tmp_path: Path) -> None:
    with WorkerPool(2) as workers:
        done, failed = gathered(jobs_of(*(range(k, k + 3) for k in range(0, 24, 3)), die=[10]), workers)
    assert failed == [(9, "worker"), (10, "worker"), (11, "worker")]
    assert done == [k for k in range(24) if k not in (9, 10, 11)]


def test_a_worker_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    marker = str(tmp_path / "died")
    with WorkerPool(2) as workers:
        done, failed = gathered(jobs_of(range(4), range(4, 8), range(8, 12), die=[5], marker=marker), workers)
    assert (done, failed) == (list(range(12)), [])
    assert Path(marker).exists()


def _torn(plan: Any, seed: int, replication: int) -> Any:
    """A worker that is killed in the middle of handing in a result: half of it is in the pipe."""
    marker = Path(plan["marker"])
    if replication == 5 and not marker.exists():
        marker.touch()
        (stream,) = (o for o in gc.get_objects() if type(o) is io.BufferedWriter and o.name not in (1, 2))
        os.write(stream.fileno(), (100_000).to_bytes(8, "big") + b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    return simulate(plan, seed, replication)


def test_a_worker_that_dies_while_it_hands_in_a_result(tmp_path: Path) -> None:
    scenario = pickle.dumps({"marker": str(tmp_path / "died"), "slow": 0.01})
    jobs = [Job(scenario, 1, tuple(range(k, k + 4)), Engine(compile_scenario, _torn)) for k in range(0, 40, 4)]
    with WorkerPool(2) as workers:
        assert gathered(jobs, workers) == (list(range(40)), [])
    assert (tmp_path / "died").exists()


def test_ctrl_c_hands_in_what_is_finished() -> None:
    class Interrupted(WorkerPool):
        def submit(self, job: Job, stop: Callable[[], bool]) -> Future[Any]:
            if job.replications[0] >= 20:
                raise KeyboardInterrupt
            return super().submit(job, stop)

    pieces: list[Piece] = []
    with pytest.raises(KeyboardInterrupt):
        drive(jobs_of(range(3), range(20, 23)), Interrupted(), lambda job, piece: pieces.append(piece))
    assert [piece.block.replications for piece in pieces] == [(0, 1, 2)]


def _interrupted(plan: Any, seed: int, replication: int) -> Any:
    if replication == 2:
        raise KeyboardInterrupt
    return simulate(plan, seed, replication)


def test_ctrl_c_within_a_job_keeps_its_finished_replications() -> None:
    job = Job(pickle.dumps({}), 1, tuple(range(5)), Engine(compile_scenario, _interrupted))
    pieces: list[Piece] = []
    with pytest.raises(KeyboardInterrupt):
        drive([job], WorkerPool(), lambda job, piece: pieces.append(piece))
    assert [piece.block.replications for piece in pieces] == [(0, 1)]


def test_a_job_stops_when_asked() -> None:
    (job,) = jobs_of(range(5))
    piece = run_job(job, iter([False, False, True]).__next__)
    assert (piece.block.replications, piece.interrupted) == ((0, 1), True)


def _ragged(plan: Any, seed: int, replication: int) -> Any:
    records = simulate(plan, seed, replication)
    records.missions["staff"] = [1, 2, 3]
    return records


def test_records_that_do_not_fit_are_a_failure_of_stage_records() -> None:
    piece = run_job(Job(pickle.dumps({}), 1, (0, 1), Engine(compile_scenario, _ragged)))
    assert [(f.replication, f.stage) for f in piece.block.failures] == [(0, "records"), (1, "records")]


@pytest.mark.costly
def test_the_callers_main_script_is_not_imported_again(tmp_path: Path) -> None:
    """A script without ``if __name__ == "__main__"`` may use the API with a pool."""
    import subprocess
    import sys

    script = tmp_path / "script.py"
    script.write_text(
        f"""
import sys
sys.path[:0] = {sys.path!r}
print("once", flush=True)
from pathlib import Path
from sim.experiment import WorkerPool, RunSpec, execute
from tests.experiment.fake_model import ENGINE, source
with WorkerPool(2) as workers:
    print(execute(source(), RunSpec(n=5, out=Path({str(tmp_path)!r})), workers, engine=ENGINE).table("missions").height)
"""
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("once\n10\n", "")


def test_a_swallowed_ctrl_c_stops_before_the_next_job() -> None:
    """A library may swallow KeyboardInterrupt in a callback; the interrupt counts all the same."""
    pieces: list[Piece] = []

    def swallow(job: Job, piece: Piece) -> None:
        pieces.append(piece)
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    try:
        with WorkerPool() as workers, pytest.raises(KeyboardInterrupt):
            drive(jobs_of(range(2), range(2, 4), range(4, 6)), workers, swallow)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert [piece.block.replications for piece in pieces] == [(0, 1)]

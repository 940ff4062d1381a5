"""The one seam for parallel work: jobs go through a ``concurrent.futures.Executor``.

Serial and parallel run the same function on the same jobs; nothing depends on how many workers there are.  A
worker that dies takes its pool with it: the pool is replaced and the jobs in flight run again one at a time, so that
the one that kills workers is found and given up after :data:`TRIES` tries, as failures of its replications.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import types
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Self

from sim.experiment.blocks import Block, Failure
from sim.experiment.work import Job, Piece, run_job

TRIES = 3
"""How often a job may lose its worker before its replications count as failed."""

GRACE = 5.0
"""Seconds that workers get after Ctrl-C to hand in the replications they have finished."""

GLANCE = 0.2
"""Seconds between looks for a Ctrl-C while jobs run."""


class Lost(Exception):
    """Whoever does the jobs cannot go on; what was finished before is kept."""


class ClusterError(Exception):
    """A cluster that cannot be used, a line for each reason; said before any simulation."""


class WorkerLost(Exception):
    """A job lost its worker, again and again, or together with others that were near."""


_stop: Any = None  # the event that asks whoever works on a job to hand in what it has


class Serial(Executor):
    """Runs each job at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class _Process(SpawnProcess):
    """A fresh interpreter that does not import the caller's main script again, deaf to Ctrl-C from its first moment."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        with _unseen_main(), _single_threaded(), _deaf():
            return SpawnProcess._Popen(process_obj)


class _Context(SpawnContext):
    Process = _Process


@contextmanager
def _unseen_main() -> Iterator[None]:
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _deaf() -> Iterator[None]:
    """Children started here inherit a blocked SIGINT: they would die of Ctrl-C while they import, before they can ignore it."""
    resource_tracker.ensure_running()  # it would unblock the signal again if it had to be started meanwhile
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Workers are the parallelism: each gets one thread for its libraries."""
    names = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


class Workers(ProcessPoolExecutor):
    """A pool of fresh processes that ignore Ctrl-C, hand in what they have when asked, and die with their parent."""

    def __init__(self, jobs: int) -> None:
        context = _Context()
        self._asked = context.RawValue("b", 0)  # no lock that a worker could take with it when it is killed
        self._dead_since: float | None = None
        super().__init__(jobs, mp_context=context, initializer=_begin, initargs=(self._asked,))
        self._results = getattr(self, "_result_queue", None)

    def ask_to_stop(self) -> None:
        """Asks every worker to hand in its job after the replication it is at."""
        self._asked.value = 1

    def look(self) -> None:
        """Ends a pool that does not notice the death of a worker.

        One that is killed while it hands in a result leaves half of it in the pipe, and whoever reads waits for the rest,
        while the other workers wait for its lock.
        """
        processes = list((self._processes or {}).values())
        if not wait_for([process.sentinel for process in processes], 0):
            self._dead_since = None
        elif self._dead_since is None:
            self._dead_since = time.monotonic()
        elif time.monotonic() - self._dead_since > GRACE:
            self._end(processes)

    def abandon(self) -> None:
        """Ends the pool and its processes without waiting for them."""
        processes = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        self._end(processes)

    def _end(self, processes: list[Any]) -> None:
        for process in processes:
            with suppress(OSError, ValueError):
                process.kill()
        queue: Any = self._results  # the pool forgets its own when it is shut down
        with suppress(OSError, ValueError, AttributeError):
            queue._writer.close()  # ours is the last: a result that was cut short ends here, too


class _Flag:
    """A byte of shared memory as an event."""

    def __init__(self, byte: Any) -> None:
        self._byte = byte

    def is_set(self) -> bool:
        return bool(self._byte.value)


def _begin(asked: Any) -> None:
    global _stop
    _stop = _Flag(asked)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _work(job: Job) -> Piece:
    return run_job(job, _stop.is_set if _stop is not None else lambda: False)


class Crew:
    """Who does the jobs: this process for one, a pool for more, or any executor that is given."""

    tries = TRIES
    """How often a job may lose its worker before its replications count as failed."""

    def __init__(self, jobs: int = 1, executor: Executor | None = None) -> None:
        self.jobs = max(1, jobs)
        self._given = executor
        self._executor = executor

    @property
    def executor(self) -> Executor:
        """The executor, started when it is first needed."""
        if self._executor is None:
            self._executor = Workers(self.jobs) if self.jobs > 1 else Serial()
        return self._executor

    @property
    def room(self) -> int:
        """Jobs to keep in flight: one for each worker and one that waits for it; alone, each is handed in before the next."""
        return 2 * self.jobs if self.jobs > 1 else 1

    def submit(self, job: Job) -> Future[Any]:
        """Hands a job out."""
        return self.executor.submit(_work, job)

    def outcome(self, future: Future[Any]) -> Piece:
        """What came of a job that is done.

        Raises:
            BrokenProcessPool: if its worker died, and the pool with it.
            WorkerLost: if its workers died, and others go on.
            Lost: if nobody can go on.
        """
        piece: Piece = future.result()
        return piece

    def look(self) -> None:
        """Called now and then while jobs run; raises Lost if nobody can go on."""
        if isinstance(self._executor, Workers):
            self._executor.look()

    def recall(self, running: Collection[Future[Any]]) -> None:
        """Drops the jobs that have not begun, and asks for those that have, after the replication that they are at."""
        if isinstance(self._executor, Workers):
            self._executor.ask_to_stop()
        for future in running:
            future.cancel()

    def replace(self) -> None:
        """Drops a broken pool; the next job starts a new one."""
        if self._given is not None:
            raise Lost("the executor that was given has lost its workers")
        self.close()

    def close(self) -> None:
        """Ends what this crew started."""
        if self._given is None and isinstance(self._executor, Workers):
            self._executor.abandon()
        self._executor = self._given

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C asks to stop: the replication at hand is finished and kept.  A second Ctrl-C stops at once.

    The exception is not raised where the first signal finds the program, which may be inside the locks of a pool, where it
    would hang for ever, or inside a callback of a library that swallows it.
    """
    global _stop
    seen = threading.Event()

    def remember(number: int, frame: types.FrameType | None) -> None:
        if seen.is_set():
            raise KeyboardInterrupt
        seen.set()

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield seen.is_set
        return
    signal.signal(signal.SIGINT, remember)
    _stop = seen  # for jobs in this process
    try:
        yield seen.is_set
    finally:
        _stop = None
        signal.signal(signal.SIGINT, before)


def drive(jobs: Iterable[Job | None], crew: Crew, done: Callable[[Job, Piece], None]) -> None:
    """Runs all *jobs* and calls *done* for each piece, in this process, in the order in which they arrive.

    Jobs are taken when there is room for them, so that they may be made as they are needed; ``None`` among them says that
    there is nothing to do until something in flight is done.

    Raises:
        KeyboardInterrupt: after Ctrl-C, once what the workers had finished has been handed to *done*.
        Lost: if nobody is left to do the jobs; likewise.
    """
    queue = _Queue(jobs, crew.tries)
    running: dict[Future[Any], Job] = {}
    with _interruptible() as interrupted:
        try:
            while True:
                _feed(queue, running, crew, interrupted)
                if interrupted():
                    raise KeyboardInterrupt
                if not running:
                    break
                finished, _ = wait(running, timeout=GLANCE, return_when=FIRST_COMPLETED)
                _collect(finished, running, queue, crew, done)
                crew.look()
        except (KeyboardInterrupt, Lost):
            _hand_in(running, crew, done)
            raise


class _Queue:
    """Jobs that wait; those that were in flight when a pool broke go first, one at a time."""

    def __init__(self, jobs: Iterable[Job | None], most: int) -> None:
        self.fresh = iter(jobs)
        self.most = most
        self.returned: deque[Job] = deque()
        self.suspects: deque[Job] = deque()
        self.tries: dict[Job, int] = {}

    def take(self, running: int, room: int) -> Job | None:
        """The next job, if one may start while *running* are in flight and there is room for *room*."""
        if self.suspects:
            return self.suspects.popleft() if running == 0 else None
        if running >= room:
            return None
        return self.returned.popleft() if self.returned else next(self.fresh, None)

    def suspect(self, job: Job) -> Piece | None:
        """Puts a job that lost its worker back, or gives it up."""
        self.tries[job] = self.tries.get(job, 0) + 1
        if self.tries[job] < self.most:
            self.suspects.append(job)
            return None
        lost = f"the worker process was lost {self.most} times (killed, or out of memory)"
        return Piece(Block((), tuple(Failure(k, "worker", lost) for k in job.replications), {}))


def _feed(queue: _Queue, running: dict[Future[Any], Job], crew: Crew, interrupted: Callable[[], bool]) -> None:
    while not interrupted() and (job := queue.take(len(running), crew.room)) is not None:
        try:
            running[crew.submit(job)] = job
        except BrokenProcessPool:
            queue.returned.appendleft(job)
            if running:
                return  # those in flight will say so, too
            crew.replace()


def _broken(future: Future[Any]) -> bool:
    return not future.cancelled() and isinstance(future.exception(), BrokenProcessPool)


def _collect(
    finished: Collection[Future[Any]],
    running: dict[Future[Any], Job],
    queue: _Queue,
    crew: Crew,
    done: Callable[[Job, Piece], None],
) -> None:
    broken = any(_broken(future) for future in finished)
    stopped = False
    lost: Lost | None = None
    for future in list(running) if broken else list(finished):  # a broken pool fails all that was in flight
        job = running.pop(future)
        try:
            piece: Piece | None = crew.outcome(future)
        except (BrokenProcessPool, WorkerLost):
            piece = queue.suspect(job)
        except Lost as error:
            lost = error
            continue
        if piece is not None:
            stopped |= piece.interrupted
            done(job, piece)
    if lost is not None:
        raise lost
    if broken:
        crew.replace()
    if stopped:
        raise KeyboardInterrupt


def _hand_in(running: dict[Future[Any], Job], crew: Crew, done: Callable[[Job, Piece], None]) -> None:
    """At the end before time: what the workers have finished by now, then the end of the crew."""
    try:
        crew.recall(running)
        wait([future for future in running if not future.cancelled()], timeout=GRACE)
        for future, job in running.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                with suppress(Lost):
                    done(job, crew.outcome(future))
    finally:
        crew.close()

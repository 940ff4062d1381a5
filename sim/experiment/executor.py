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
import types
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Self

from sim.experiment.blocks import Block, Failure
from sim.experiment.work import Job, Piece, run_job

TRIES = 3
"""How often a job may lose its worker before its replications count as failed."""

GRACE = 5.0
"""Seconds that workers get after Ctrl-C to hand in the replications they have finished."""

_stop: Any = None  # in a worker: the event that asks it to hand in what it has


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
    """A fresh interpreter that does not import the caller's main script again."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        with _unseen_main(), _single_threaded():
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
        self._asked = context.Event()
        super().__init__(jobs, mp_context=context, initializer=_begin, initargs=(self._asked,))

    def ask_to_stop(self) -> None:
        """Asks every worker to hand in its job after the replication it is at."""
        self._asked.set()

    def abandon(self) -> None:
        """Ends the pool and its processes without waiting for them."""
        processes = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            with suppress(OSError, ValueError):
                process.terminate()


def _begin(asked: Any) -> None:
    global _stop
    _stop = asked
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

    def replace(self) -> None:
        """Drops a broken pool; the next job starts a new one."""
        if self._given is not None:
            raise RuntimeError("the executor that was given has lost its workers")
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
def _remembered_interrupts() -> Iterator[Callable[[], bool]]:
    """Ctrl-C raises KeyboardInterrupt as ever and is remembered: a library may swallow the exception in a callback."""
    seen = threading.Event()

    def remember(number: int, frame: types.FrameType | None) -> None:
        seen.set()
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield seen.is_set
        return
    signal.signal(signal.SIGINT, remember)
    try:
        yield seen.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def drive(jobs: Iterable[Job], crew: Crew, done: Callable[[Piece], None]) -> None:
    """Runs all *jobs* and calls *done* for each piece, in this process, in the order in which they arrive.

    Raises:
        KeyboardInterrupt: after Ctrl-C, once what the workers had finished has been handed to *done*.
    """
    queue = _Queue(jobs)
    running: dict[Future[Piece], Job] = {}
    with _remembered_interrupts() as interrupted:
        try:
            while queue or running:
                if interrupted():
                    raise KeyboardInterrupt
                _feed(queue, running, crew)
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                _collect(finished, running, queue, crew, done)
        except KeyboardInterrupt:
            _hand_in(running, crew, done)
            raise


class _Queue:
    """Jobs that wait; those that were in flight when a pool broke go first, one at a time."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self.fresh = deque(jobs)
        self.suspects: deque[Job] = deque()
        self.tries: dict[Job, int] = {}

    def __bool__(self) -> bool:
        return bool(self.fresh or self.suspects)

    def room(self, running: int, jobs: int) -> bool:
        """Whether another job may start now."""
        return running == 0 if self.suspects else bool(self.fresh) and running < 2 * jobs

    def take(self) -> Job:
        return self.suspects.popleft() if self.suspects else self.fresh.popleft()

    def suspect(self, job: Job) -> Piece | None:
        """Puts a job that lost its worker back, or gives it up."""
        self.tries[job] = self.tries.get(job, 0) + 1
        if self.tries[job] < TRIES:
            self.suspects.append(job)
            return None
        lost = f"the worker process was lost {TRIES} times (killed, or out of memory)"
        return Piece(Block((), tuple(Failure(k, "worker", lost) for k in job.replications), {}))


def _feed(queue: _Queue, running: dict[Future[Piece], Job], crew: Crew) -> None:
    while queue.room(len(running), crew.jobs):
        job = queue.take()
        try:
            running[crew.executor.submit(_work, job)] = job
        except BrokenProcessPool:
            queue.fresh.appendleft(job)
            if running:
                return  # those in flight will say so, too
            crew.replace()
        if crew.jobs == 1:
            return  # it has run already: hand it in before the next


def _collect(
    finished: Collection[Future[Piece]],
    running: dict[Future[Piece], Job],
    queue: _Queue,
    crew: Crew,
    done: Callable[[Piece], None],
) -> None:
    broken = any(isinstance(future.exception(), BrokenProcessPool) for future in finished)
    stopped = False
    for future in list(running) if broken else list(finished):  # a broken pool fails all that was in flight
        job = running.pop(future)
        try:
            piece: Piece | None = future.result()
        except BrokenProcessPool:
            piece = queue.suspect(job)
        if piece is not None:
            stopped |= piece.interrupted
            done(piece)
    if broken:
        crew.replace()
    if stopped:
        raise KeyboardInterrupt


def _hand_in(running: dict[Future[Piece], Job], crew: Crew, done: Callable[[Piece], None]) -> None:
    """After Ctrl-C: what the workers have finished by now, then the end of the pool."""
    try:
        if isinstance(crew.executor, Workers):
            crew.executor.ask_to_stop()
        for future in running:
            future.cancel()
        wait([future for future in running if not future.cancelled()], timeout=GRACE)
        for future in running:
            if future.done() and not future.cancelled() and future.exception() is None:
                done(future.result())
    finally:
        crew.close()

"""Has jobs done by a pool of workers, whoever they are, and hands in what comes of them until all is done or Ctrl-C.

One worker or many, here or elsewhere, run the same function on the same jobs; nothing depends on how many there are.  A job
that lost its worker is done again while nothing else is: what kills workers, or needs all memory, is found and given up after
some tries, as failures of its replications.
"""

from __future__ import annotations

import signal
import threading
import types
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from typing import Any

from sim.experiment.blocks import Block, Failure
from sim.experiment.work import Job, Piece
from sim.experiment.workers import Lost, WorkerLost, WorkerPool

GRACE = 5.0
"""Seconds that workers get after Ctrl-C to hand in the replications they have finished."""

POLL = 0.2
"""Seconds between looks for a Ctrl-C while jobs run."""


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C asks to stop: the replication at hand is finished and kept.  A second Ctrl-C stops at once.

    The exception is not raised where the first signal finds the program, which may be inside the locks of a pool, where it
    would hang for ever, or inside a callback of a library that swallows it.
    """
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
    try:
        yield seen.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def drive(jobs: Iterable[Job | None], workers: WorkerPool, done: Callable[[Job, Piece], None]) -> None:
    """Has all *jobs* done and calls *done* for each piece, in this process, in the order in which they arrive.

    Jobs are taken when there is room for them, so that they may be made as they are needed; ``None`` among them says that
    there is nothing to do until something in flight is done.

    Raises:
        KeyboardInterrupt: after Ctrl-C, once what the workers had finished has been handed to *done*.
        Lost: if nobody is left to do the jobs; likewise.
    """
    queue = _Queue(jobs, workers.tries)
    running: dict[Future[Any], Job] = {}
    with _interruptible() as interrupted:
        try:
            while True:
                while not interrupted() and (job := queue.take(len(running), workers.room)) is not None:
                    running[workers.submit(job, interrupted)] = job
                if interrupted():
                    raise KeyboardInterrupt
                if not running:
                    break
                finished, _ = wait(running, timeout=POLL, return_when=FIRST_COMPLETED)
                _collect(finished, running, queue, workers, done)
                workers.look()
        except (KeyboardInterrupt, Lost):
            _hand_in(running, workers, done)
            raise


class _Queue:
    """Jobs that wait; those that lost their worker go first, one at a time, while no other is in flight."""

    def __init__(self, jobs: Iterable[Job | None], tries: int) -> None:
        self._fresh = iter(jobs)
        self._tries = tries
        self._suspects: deque[Job] = deque()
        self._losses: dict[Job, int] = {}

    def take(self, running: int, room: int) -> Job | None:
        """The next job, if one may start while *running* are in flight and there is room for *room*."""
        if self._suspects:
            return self._suspects.popleft() if running == 0 else None
        return next(self._fresh, None) if running < room else None

    def lost(self, job: Job) -> Piece | None:
        """Puts a job that lost its worker back, or gives it up."""
        losses = self._losses[job] = self._losses.get(job, 0) + 1
        if losses < self._tries:
            self._suspects.append(job)
            return None
        message = f"the worker process was lost {losses} times (killed, or out of memory)"
        return Piece(Block((), tuple(Failure(number, "worker", message) for number in job.replications), {}))


def _collect(
    finished: Collection[Future[Any]],
    running: dict[Future[Any], Job],
    queue: _Queue,
    workers: WorkerPool,
    done: Callable[[Job, Piece], None],
) -> None:
    """Takes what is finished out of *running*; all of it is handed in before anything that ends the work is raised."""
    interrupted = False
    lost: Lost | None = None
    for future in finished:
        job = running.pop(future)
        try:
            piece: Piece | None = workers.outcome(future)
        except WorkerLost:
            piece = queue.lost(job)
        except Lost as error:
            lost = error
            continue
        if piece is not None:
            interrupted |= piece.interrupted
            done(job, piece)
    if lost is not None:
        raise lost
    if interrupted:
        raise KeyboardInterrupt


def _hand_in(running: dict[Future[Any], Job], workers: WorkerPool, done: Callable[[Job, Piece], None]) -> None:
    """At the end before time: what the workers have finished by now, then the end of the workers."""
    try:
        workers.recall(running)
        wait([future for future in running if not future.cancelled()], timeout=GRACE)
        for future, job in running.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                with suppress(Lost):
                    done(job, workers.outcome(future))
    finally:
        workers.close()

"""Who does the jobs of a run: this process, or fresh processes that it starts, each with a connection of its own.

That no two workers share a pipe or a lock is what makes the death of one harmless: its connection ends, which is noticed at
once and tells which job is lost, and the others do not notice.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import Pipe
from typing import Any, Self

from sim.experiment.work import Job, Piece, run_job
from sim.experiment.worker import HAND_IN

TRIES = 3
"""How often a job may lose its worker before its replications count as failed."""

PROGRAM = "import sys; sys.path[:] = sys.argv[2:]; from sim.experiment.worker import serve; serve(int(sys.argv[1]))"
"""What a worker process is started with.  It does not import the caller's main script, which may have no ``__main__`` guard."""

ONE_THREAD = dict.fromkeys(("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
"""Workers are the parallelism: each gets one thread for its libraries."""


class Lost(Exception):
    """Whoever does the jobs cannot go on; what was finished before is kept."""


class ClusterError(Exception):
    """A cluster that cannot be used, a line for each reason; said before any simulation."""


class WorkerLost(Exception):
    """The worker of a job died."""


class WorkerPool:
    """The workers of a command: *jobs* processes, started when they are first needed, or for one job this process itself.

    What a run gives does not depend on who does its jobs.  Used as a context manager, it ends its processes.
    """

    tries = TRIES
    """How often a job may lose its worker before its replications count as failed."""

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = max(1, jobs)
        """How many jobs are done at the same time."""
        self._processes: _Processes | None = None

    @property
    def room(self) -> int:
        """Jobs to keep in flight: one for each worker and one that waits for it; alone, each is handed in before the next."""
        return 2 * self.jobs if self.jobs > 1 else 1

    def submit(self, job: Job, stop: Callable[[], bool]) -> Future[Any]:
        """Hands a job out; *stop* ends one that is done here, at once, before its next replication."""
        if self.jobs == 1:
            done: Future[Any] = Future()
            done.set_result(run_job(job, stop))
            return done
        if self._processes is None:
            self._processes = _Processes(self.jobs)
        return self._processes.submit(job)

    def outcome(self, future: Future[Any]) -> Piece:
        """What came of a job that is done.

        Raises:
            WorkerLost: if its worker died.
            Lost: if nobody can go on.
        """
        piece: Piece = future.result()
        return piece

    def look(self) -> None:
        """Called now and then while jobs run; raises Lost if nobody can go on."""

    def recall(self, running: Collection[Future[Any]]) -> None:
        """Drops the jobs that have not begun, and asks for those that have, after the replication that they are at."""
        for future in running:
            future.cancel()
        if self._processes is not None:
            self._processes.ask_to_hand_in()

    def close(self) -> None:
        """Ends the processes of this pool, whatever they are at; the next job would start others."""
        processes, self._processes = self._processes, None
        if processes is not None:
            processes.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Processes:
    """As many processes as threads here: a thread sends a job to a process that is free, and waits for what comes of it."""

    def __init__(self, most: int) -> None:
        self._threads = ThreadPoolExecutor(most, initializer=_block_interrupts)
        self._lock = threading.Lock()  # over the three below: threads take workers while the main one may end them
        self._workers: list[_Worker] = []
        self._free: list[_Worker] = []
        self._ended = False

    def submit(self, job: Job) -> Future[Piece]:
        return self._threads.submit(self._do, pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL))

    def _do(self, job: bytes) -> Piece:
        worker = self._take()
        piece = worker.do(job)
        with self._lock:
            self._free.append(worker)
        return piece

    def _take(self) -> _Worker:
        """A worker that is free, or a new one; none is started once the pool has been ended, for nobody would end it."""
        with self._lock:
            if self._ended:
                raise WorkerLost
            while self._free:
                if (worker := self._free.pop()).lives():
                    return worker
            worker = _Worker()
            self._workers = [*filter(_Worker.lives, self._workers), worker]
            return worker

    def ask_to_hand_in(self) -> None:
        """Asks every worker to end its job after the replication that it is at."""
        for worker in self._workers:
            worker.process.send_signal(HAND_IN)  # one that still starts dies of it: it has nothing yet

    def end(self) -> None:
        """Kills every process, which ends the wait of its thread."""
        with self._lock:
            self._ended = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.kill()


def _block_interrupts() -> None:
    """What this thread starts inherits a blocked SIGINT, else Ctrl-C would kill a worker that still imports."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


class _Worker:
    """A worker process and this side of its connection.

    The other side is open in that process alone, so that its death, even in the middle of a result, ends what is read here.
    """

    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            handle = theirs.fileno()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", PROGRAM, str(handle), *map(str, sys.path)],
                stdin=subprocess.DEVNULL, pass_fds=[handle], env=os.environ | ONE_THREAD,
            )  # fmt: skip

    def lives(self) -> bool:
        return self.process.poll() is None

    def do(self, job: bytes) -> Piece:
        """Has the worker do a pickled job; raises WorkerLost if it dies before it has sent the whole answer."""
        try:
            self._connection.send_bytes(job)
            piece: Piece = self._connection.recv()
        except (EOFError, OSError) as error:
            self.kill()
            self._connection.close()
            raise WorkerLost from error
        return piece

    def kill(self) -> None:
        """Ends the process at once and takes leave of it, so that no zombie stays."""
        self.process.kill()
        self.process.wait()

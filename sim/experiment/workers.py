"""Who does the jobs of a run: this process, or fresh processes that it starts, each with pipes of its own.

That no two workers share a pipe or a lock is what makes the death of one harmless: its pipe ends, which is noticed at once and
tells which job is lost, and the others do not notice.  Pipes and processes are all that is needed: no semaphores, no shared
memory, and nothing that one system has and another has not.
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
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self, cast

from sim.experiment.work import Job, Look, Piece, run_job
from sim.experiment.worker import HAND_IN, receive, send
from sim.scenario.errors import SaidInLines

TRIES = 3
"""How often a job may lose its worker before its replications count as failed."""

PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from sim.experiment.worker import serve; serve()"
"""What a worker process is started with.  It does not import the caller's main script, which may have no ``__main__`` guard."""

HERE = Path(__file__).resolve().parents[2]
"""What a worker looks through first: somebody's own ``sim.py`` in the current folder is not this package."""

ONE_THREAD = dict.fromkeys(("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
"""Workers are the parallelism: each gets one thread for its libraries."""


class Lost(SaidInLines, Exception):
    """Whoever does the jobs cannot go on; what was finished before is kept."""


class ClusterError(SaidInLines, Exception):
    """A cluster that cannot be used, a line for each reason; said before any simulation."""


class WorkerLost(Exception):
    """The worker of a job died."""


class NoWorker(Exception):
    """No process could be started, and there is none."""


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):  # not every system has it
        return os.cpu_count() or 1


class WorkerPool:
    """The workers of a command: *jobs* processes, started when they are first needed, or for one job this process itself.

    What a run gives does not depend on who does its jobs.  Used as a context manager, it ends its processes.  Where the system
    gives fewer processes than that, or none, these or this one do the jobs; *notice* is told.
    """

    tries = TRIES
    """How often a job may lose its worker before its replications count as failed."""

    def __init__(self, jobs: int = 1, notice: Callable[[str], None] = lambda text: None) -> None:
        self.jobs = max(1, jobs)
        """How many jobs are done at the same time."""
        self.pace: float | None = None
        """Seconds that a replication of the last job took; None before the first."""
        self._notice = notice
        self._processes: _Processes | None = None
        self._given: dict[Future[Any], tuple[Job, Callable[[], bool]]] = {}

    @property
    def room(self) -> int:
        """Jobs to keep in flight: one for each worker and one that waits for it; alone, each is handed in before the next."""
        return 2 * self.jobs if self.jobs > 1 else 1

    def submit(self, job: Job, stop: Callable[[], bool]) -> Future[Any]:
        """Hands a job out; *stop* ends one that is done here, at once, before its next replication."""
        if self.jobs > 1:
            try:
                if self._processes is None:
                    self._processes = _Processes(self.jobs)
                future = self._processes.submit(job)
            except (OSError, RuntimeError) as error:  # not even a thread can be had
                self._fewer(1, error)
            else:
                self._given[future] = job, stop
                return future
        done: Future[Any] = Future()
        done.set_result(run_job(job, stop))
        return done

    def aside(self, look: Look) -> Future[Any] | None:
        """What a worker sees that has nothing to do; None where no process works by now, for none is started for that.

        The future raises WorkerLost, or is cancelled, where nobody is left to see it.
        """
        return None if self._processes is None or not self._processes.any_free() else self._processes.submit(look)

    def outcome(self, future: Future[Any]) -> Piece:
        """What came of a job that is done.

        Raises:
            WorkerLost: if its worker died.
            Lost: if nobody can go on.
        """
        given = self._given.pop(future, None)
        if self._processes is not None and self._processes.refusal is not None:
            self._fewer(self._processes.most, self._processes.refusal)
        try:
            piece: Piece = future.result()
        except NoWorker:
            assert given is not None  # it was handed to a process
            piece = run_job(*given)
        self.pace = piece.pace
        return piece

    def _fewer(self, jobs: int, error: Exception) -> None:
        """Goes on with so many *jobs* at a time, of which the first is done here if there is only one."""
        if jobs < self.jobs:
            self.jobs = max(1, jobs)
            why = error.strerror if isinstance(error, OSError) else str(error)
            self._notice(f"no more than {self.jobs} process{'es' if self.jobs > 1 else ''} can work here: {why}")

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
        self._change = threading.Condition()  # of all below: threads take workers while the main one may end them
        self._workers: list[_Worker] = []
        self._free: list[_Worker] = []
        self._ended = False
        self.most = most
        """How many processes the system is thought to give."""
        self.refusal: OSError | None = None
        """Why it gives no more."""

    def submit(self, job: Job | Look) -> Future[Any]:
        return self._threads.submit(self._do, pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL))

    def any_free(self) -> bool:
        """Whether a worker has nothing to do."""
        with self._change:
            return any(map(_Worker.lives, self._free))

    def _do(self, job: bytes) -> Any:
        worker = self._take()
        try:
            done = worker.do(job)
        finally:
            with self._change:
                self._free.append(worker)  # a dead one is passed over
                self._change.notify()
        return done

    def _take(self) -> _Worker:
        """A worker that is free, or a new one; none is started once the pool has been ended, for nobody would end it."""
        with self._change:
            while True:
                if self._ended:
                    raise WorkerLost
                while self._free:
                    if (worker := self._free.pop()).lives():
                        return worker
                self._workers = [*filter(_Worker.lives, self._workers)]
                if len(self._workers) < self.most and (new := self._started()) is not None:
                    return new
                self._change.wait()

    def _started(self) -> _Worker | None:
        """A new worker; None if there can be no more than there are.  Raises NoWorker if there can be none."""
        try:
            worker = _Worker()
        except OSError as error:
            self.refusal, self.most = error, max(1, len(self._workers))
            self._change.notify_all()
            if not self._workers:
                raise NoWorker from error
            return None
        self._workers.append(worker)
        return worker

    def ask_to_hand_in(self) -> None:
        """Asks every worker to end its job after the replication that it is at."""
        for worker in self._workers:
            worker.ask_to_hand_in()

    def end(self) -> None:
        """Kills every process, which ends the wait of its thread."""
        with self._change:
            self._ended = True
            self._change.notify_all()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.kill()


def _block_interrupts() -> None:
    """What this thread starts inherits blocked signals, else Ctrl-C would kill a worker that still imports."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})


class _Worker:
    """A worker process and this side of its pipes.

    The other side is open in that process alone, so that its death, even in the middle of a result, ends what is read here.
    """

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM, str(HERE), *map(str, sys.path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | ONE_THREAD,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # where Ctrl-C can't be blocked
        )  # fmt: skip
        self._to, self._from = cast(IO[bytes], self.process.stdin), cast(IO[bytes], self.process.stdout)
        self._sending = threading.Lock()

    def lives(self) -> bool:
        return self.process.poll() is None

    def do(self, job: bytes) -> Any:
        """Has the worker do a pickled job or look; raises WorkerLost if it dies before it has sent the whole answer."""
        try:
            with self._sending:
                send(self._to, job)
            done = pickle.loads(receive(self._from))
        except (EOFError, OSError, ValueError) as error:  # ValueError: closed meanwhile
            self.kill()
            for stream in (self._to, self._from):
                with suppress(OSError):
                    stream.close()
            raise WorkerLost from error
        return done

    def ask_to_hand_in(self) -> None:
        """Asks for what it has; one to whom a job is still being sent has nothing yet."""
        if self._sending.acquire(timeout=0.1):
            with suppress(OSError, ValueError):
                send(self._to, HAND_IN)
            self._sending.release()

    def kill(self) -> None:
        """Ends the process at once and takes leave of it, so that no zombie stays."""
        self.process.kill()
        self.process.wait()

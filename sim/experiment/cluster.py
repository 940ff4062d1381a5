"""Workers elsewhere: a pool whose jobs an existing Dask scheduler hands out.

What a worker does is in :mod:`sim.experiment.remote`.  Here is what may go wrong from afar: no scheduler, or none any more;
no workers, or workers that come and go; workers whose code or packages would give other numbers.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import pickle
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple, NoReturn, TypeVar

from sim.experiment.identity import fingerprint
from sim.experiment.remote import Fingerprint, Refusal, pack, stop
from sim.experiment.work import Job, Piece
from sim.experiment.workers import ClusterError, Lost, WorkerLost, WorkerPool

T = TypeVar("T")

CONNECT = 10.0
"""Seconds until a scheduler must have answered, and until a first worker must be there."""

ANSWER = 30.0
"""Seconds that scheduler and workers get to answer a question; who takes longer counts as lost."""

WORKERLESS = 60.0
"""Seconds that a run waits for workers when all are gone."""

EVERY = 1.0
"""Seconds between looks at the cluster."""

AHEAD = 3
"""Jobs in flight for each worker: one that it works on, others so that it need not wait for the network."""


class WorkersSeen(NamedTuple):
    """The scheduler as it was last seen: who it is, and its workers with the threads of each."""

    scheduler: str
    workers: Mapping[str, int]


class Cluster(WorkerPool):
    """The workers of a Dask scheduler, as a pool.  *notice* is told what is worth knowing and changes no result.

    Raises:
        ClusterError: if there is no such scheduler, it has no worker, or one whose code or packages are not ours.
    """

    tries = 2
    """Dask has tried a job on several workers each time."""

    def __init__(self, address: str, notice: Callable[[str], None] = lambda text: None) -> None:
        super().__init__()
        self.address = scheduler_address(address)
        self._notice = notice
        self._command = uuid.uuid4().hex
        self._ours = fingerprint()
        self._executor: Any = None
        self._query: Future[WorkersSeen] | None = None
        self._patience = 2 * CONNECT  # with the scheduler, when we leave
        self._tools = ExitStack()
        try:
            self._tools.enter_context(_quiet())
            self._client = self._connect()
            self._tools.callback(self._leave)
            self._seen = self._first_look()
            self._check()
            self._executor = self._client.get_executor(pure=False)  # else it merges what it takes for identical calls
        except BaseException:
            self.close()
            raise
        self.jobs = len(self._seen.workers)
        self._queried_at = self._peopled_at = time.monotonic()

    @property
    def room(self) -> int:
        """Jobs to keep in flight, for the workers that are there just now."""
        return AHEAD * self.jobs

    def _connect(self) -> Any:
        try:
            dask: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise ClusterError(f"--cluster needs the extra packages of evacsim[cluster]: {error}") from None
        try:
            security = dask.Security(require_encryption=True) if self.address.startswith("tls://") else None
            if security is not None and not (security.tls_ca_file and security.tls_client_cert):
                raise ClusterError(
                    f"{self.address} needs certificates: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, "
                    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"
                )
            options = {"security": security, "timeout": CONNECT, "set_as_default": False, "name": "evacsim"}
            return within(2 * CONNECT, lambda: dask.Client(self.address, **options))
        except (OSError, ValueError, RuntimeError, ImportError, TypeError) as error:
            why = _line(error) or type(error).__name__
            raise ClusterError(f"no Dask scheduler answers at {self.address}: {why}") from error

    def _first_look(self) -> WorkersSeen:
        until = time.monotonic() + CONNECT
        while time.monotonic() < until:
            try:
                seen = self._ask().result(ANSWER)
            except Exception as error:
                raise ClusterError(
                    f"the Dask scheduler at {self.address} does not say who works for it: {_line(error)}"
                ) from error
            if seen.workers:
                return seen
            time.sleep(0.2)
        raise ClusterError(f"the Dask scheduler at {self.address} has no workers: start some, then try again")

    def _ask(self) -> Future[WorkersSeen]:
        client = self._client

        async def ask() -> WorkersSeen:
            identity = await client.scheduler.identity(n_workers=0)
            return WorkersSeen(str(identity["id"]), dict(await client.scheduler.ncores_running()))

        return asyncio.run_coroutine_threadsafe(ask(), client.loop.asyncio_loop)

    def _check(self) -> None:
        """Refuses a cluster with a worker that would give other numbers, or none."""
        try:
            answers = within(ANSWER, lambda: self._client.run(fingerprint, on_error="return"))
        except TimeoutError:
            raise ClusterError(f"the workers at {self.address} did not all answer within {ANSWER:g} s") from None
        except Exception as error:
            raise ClusterError(f"the workers at {self.address} cannot be asked for their versions: {_line(error)}") from error
        differ = {worker: difference(self._ours, there) for worker, there in sorted(answers.items())}
        wrong = [f"worker {worker} would not give the same results: {how}" for worker, how in differ.items() if how]
        if wrong:
            raise ClusterError("\n".join(wrong[:5] + ([f"and {len(wrong) - 5} more workers"] if len(wrong) > 5 else [])))
        threaded = sum(threads > 1 for threads in self._seen.workers.values())
        if threaded:
            self._notice(
                f"{threaded} of {len(self._seen.workers)} workers have more than one thread, of which one works: "
                "start them with --nthreads 1 and one worker for each core"
            )

    def submit(self, job: Job, stop: Callable[[], bool]) -> Future[Any]:
        try:
            future: Future[Any] = self._executor.submit(
                pickle.loads, pack(job, self._ours, self._command), key=f"evacsim-{uuid.uuid4().hex}"
            )
        except Exception as error:
            self._lose(f"takes no more jobs: {_named(error)}", error)
        return future

    def outcome(self, future: Future[Any]) -> Piece:
        from distributed.scheduler import KilledWorker

        try:
            answer = pickle.loads(future.result())
        except KilledWorker as error:
            raise WorkerLost from error
        except CancelledError as error:
            self._lose("is gone, or has been restarted", error)
        except Exception as error:
            self._lose(f"has a worker that cannot do the jobs: {_named(error)}", error)
        if isinstance(answer, Refusal):
            how = difference(self._ours, answer.there)
            self._lose(f"has got a worker, {answer.worker}, that would not give the same results: {how}")
        piece: Piece = answer
        self.pace = piece.pace
        return piece

    def look(self) -> None:
        """Asks the scheduler now and then whether it is there, and who works for it.

        Raises:
            Lost: if it does not answer, is another one at the same address, or has had no workers for long.
        """
        now = time.monotonic()
        if self._query is None:
            if now - self._queried_at >= EVERY:
                try:
                    self._query, self._queried_at = self._ask(), now
                except Exception as error:  # the client has closed itself
                    self._lose("is gone", error)
        elif self._query.done():
            try:
                seen = self._query.result()
            except Exception as error:
                self._lose("is gone", error)
            self._query = None
            self._take_in(seen, now)
        elif now - self._queried_at > ANSWER:
            self._lose(f"has not answered for {ANSWER:g} s")

    def _take_in(self, seen: WorkersSeen, now: float) -> None:
        if seen.scheduler != self._seen.scheduler:
            self._lose("has been restarted")
        if seen.workers:
            self._peopled_at = now
        elif self._seen.workers:
            self._notice(f"no worker is left at {self.address}; waiting {WORKERLESS:g} s for others")
        elif now - self._peopled_at > WORKERLESS:
            self._lose(f"has had no workers for {WORKERLESS:g} s")
        self._seen = seen
        self.jobs = max(1, len(seen.workers))

    def _lose(self, what: str, error: BaseException | None = None) -> NoReturn:
        self._patience = 1.0
        kept = "finished replications are kept, the same command goes on from there"
        raise Lost(f"the Dask scheduler at {self.address} {what}; {kept}") from error

    def recall(self, running: Collection[Future[Any]]) -> None:
        """Workers end the jobs of this command after the replication that they are at; jobs that wait end at once."""

        def ask() -> None:
            with suppress(Exception):  # they may be gone, which is why we stop
                self._client.run(stop, self._command, on_error="ignore")

        threading.Thread(target=ask, daemon=True).start()

    def close(self) -> None:
        """Takes back what is still asked for and leaves; the cluster stays as it was."""
        executor, self._executor = self._executor, None
        if executor is not None:
            with suppress(Exception):
                within(self._patience, lambda: executor.shutdown(wait=False))
        self._tools.close()

    def _leave(self) -> None:
        with suppress(Exception):
            within(self._patience, lambda: self._client.close(timeout=self._patience))


def scheduler_address(given: str) -> str:
    """The address of a scheduler as Dask writes it; *given* is one, or the file that a scheduler wrote.

    Raises:
        ClusterError: if it is neither.
    """
    address: Any = given
    if given.endswith(".json"):
        try:
            with open(given, encoding="utf-8") as file:
                address = json.load(file)["address"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise ClusterError(f"{given}: not the file of a Dask scheduler: {_named(error)}") from None
    scheme, separator, place = str(address).rpartition("://")
    host, _, port = place.rpartition(":")
    if (separator and scheme not in ("tcp", "tls")) or not host or not (port.isascii() and port.isdigit()):
        raise ClusterError(f"expected the address of a Dask scheduler, tcp://HOST:PORT or tls://HOST:PORT, got {address!r}")
    return f"{scheme or 'tcp'}://{place}"


def difference(ours: Fingerprint, theirs: Any) -> str:
    """What differs between two fingerprints, or why there is no second one; empty if nothing does."""
    if not isinstance(theirs, Mapping):
        return f"evacsim does not work there: {_line(theirs)}"
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    return "; ".join(f"{name} {theirs.get(name, 'absent')} there, {ours.get(name, 'absent')} here" for name in names)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {_line(error)}"


def _line(what: Any) -> str:
    return " ".join(str(what).split())[:300]


def within(seconds: float, call: Callable[[], T]) -> T:
    """What *call* gives.  It runs in a thread that nobody waits for any longer than that, not even the end of the program.

    Raises:
        TimeoutError: if it takes longer.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer.result(seconds)


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask's own account of what happens is silent: what matters of it is said here in one line.  EVACSIM_DEBUG lets it speak."""
    with suppress(ImportError):
        import distributed  # noqa: F401  (which sets the levels of its loggers)
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado", "asyncio")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        if not os.environ.get("EVACSIM_DEBUG"):
            warnings.filterwarnings("ignore", module="distributed")
            for logger in loggers:
                logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)

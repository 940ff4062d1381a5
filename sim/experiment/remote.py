"""What a worker elsewhere does: opens a task, checks that it would give the same results, works, answers in bytes.

Only bytes travel: the pickled scenario and replication numbers there, records back.  Whoever passes them on never opens
them, so that a scheduler needs no evacsim, and a worker without it fails at a task instead of falling over the message.
"""

from __future__ import annotations

import pickle
import threading
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from sim.experiment.identity import fingerprint
from sim.experiment.work import Job, run_job

Fingerprint = Mapping[str, str]


class Task(NamedTuple):
    """A job on its way.  To open its pickle is to do it."""

    job: Job
    """With its scenario compressed."""
    expected: Fingerprint
    command: str
    """Which command asks, so that it can tell its own tasks to stop."""

    def __reduce__(self) -> tuple[Callable[..., bytes], tuple[Any, ...]]:
        return work, tuple(self)


class Refusal(NamedTuple):
    """The answer of a worker whose code or packages are not those of whoever asks."""

    worker: str
    there: Fingerprint


def pack(job: Job, expected: Fingerprint, command: str) -> bytes:
    """The task for a job, as bytes; ``pickle.loads`` of them, at a worker, gives its answer as bytes."""
    return pickle.dumps(Task(replace(job, scenario=_squeezed(job.scenario)), expected, command))


_one_at_a_time = threading.Lock()
_stopped: deque[str] = deque(maxlen=1000)


def work(job: Job, expected: Fingerprint, command: str) -> bytes:
    """Does a task in a worker's process; the answer is a pickled :class:`Piece` or :class:`Refusal`.

    One at a time, whatever number of threads the worker has: nothing promises that two replications may share a process.
    """
    worker, unwanted = _here()
    if dict(expected) != fingerprint():
        return pickle.dumps(Refusal(worker, fingerprint()))
    with _one_at_a_time:
        job = replace(job, scenario=_opened(job.scenario))
        return pickle.dumps(run_job(job, lambda: command in _stopped or unwanted()), protocol=pickle.HIGHEST_PROTOCOL)


def stop(command: str) -> None:
    """Makes a worker end the tasks of one command after the replication that each is at."""
    _stopped.append(command)


@lru_cache(maxsize=8)
def _squeezed(scenario: bytes) -> bytes:
    return zlib.compress(scenario, 1)


@lru_cache(maxsize=8)
def _opened(scenario: bytes) -> bytes:
    return zlib.decompress(scenario)


def _here() -> tuple[str, Callable[[], bool]]:
    """This worker's address, and whether nobody waits for its task any more (the command was killed)."""
    from distributed import get_worker
    from distributed.utils import thread_state  # type: ignore[attr-defined]

    try:
        worker, key = get_worker(), thread_state.key
    except (ValueError, AttributeError):
        return "?", lambda: False

    def unwanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return worker.address, unwanted

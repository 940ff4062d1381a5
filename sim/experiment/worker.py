"""What a worker process does: takes jobs from its standard input, one after the other, and sends back what came of each."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import IO

from sim.experiment.work import Look, run_job, run_look

HAND_IN = b""
"""The message that asks a worker to end its job after the replication that it is at, and to send what it has."""


def send(stream: IO[bytes], message: bytes) -> None:
    """Writes a message with its length; raises OSError if nobody is there."""
    stream.write(len(message).to_bytes(8, "big") + message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes:
    """Reads a message; raises EOFError if it doesn't come, or not the whole of it."""
    size = int.from_bytes(_exactly(stream, 8), "big")
    return _exactly(stream, size)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def serve() -> None:
    """Does the pickled jobs that come over standard input, until the process is ended; what is printed goes to standard error."""
    for name in ("SIGINT", "SIGHUP"):  # a terminal sends them to us, too; the command asks when it wants something
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    stop = threading.Event()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs, stop), daemon=True).start()
    with suppress(BrokenPipeError):  # the command is gone, which the other thread notices
        while True:
            job = pickle.loads(jobs.get())
            done = run_look(job) if isinstance(job, Look) else run_job(job, stop.is_set)
            send(answers, pickle.dumps(done, protocol=pickle.HIGHEST_PROTOCOL))


def _listen(stream: IO[bytes], jobs: SimpleQueue[bytes], stop: threading.Event) -> None:
    """Reads ahead of the simulation: the end of the stream is the end of the command, whatever ended it.

    Nobody is left then to whom a result could be given, and the simulation at hand, in the main thread, may take long.
    """
    with suppress(EOFError, OSError):
        while True:
            message = receive(stream)
            if message == HAND_IN:
                stop.set()
            else:
                jobs.put(message)
    os._exit(1)

"""What a worker process does: takes jobs from its connection, one after the other, and sends back what came of each."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue

from sim.experiment.work import run_job

HAND_IN = signal.SIGUSR1
"""The signal that asks a worker to end its job after the replication that it is at, and to send what it has."""


def serve(handle: int) -> None:
    """Does the pickled jobs that come over the connection with the file descriptor *handle*, until the process is ended."""
    stop = threading.Event()
    signal.signal(HAND_IN, lambda number, frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to us, too; the command asks when it wants something
    connection = Connection(handle)
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, jobs), daemon=True).start()
    with suppress(BrokenPipeError):  # the command is gone, which the other thread notices
        while True:
            connection.send(run_job(pickle.loads(jobs.get()), stop.is_set))


def _listen(connection: Connection, jobs: SimpleQueue[bytes]) -> None:
    """Reads ahead of the simulation: the end of the connection is the end of the command, whatever ended it.

    Nobody is left then to whom a result could be given, and the simulation at hand, in the main thread, may take long.
    """
    with suppress(EOFError, OSError):
        while True:
            jobs.put(connection.recv_bytes())
    os._exit(1)

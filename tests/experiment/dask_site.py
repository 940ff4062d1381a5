"""Real Dask schedulers and workers on loopback, started through the ``dask`` command and ended by id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """A scheduler and its workers; *tls* are its options for certificates."""

    def __init__(self, folder: Path, tls: tuple[str, ...] = (), allowed_failures: int = 1) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.tls = tls
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        protocol = ("--protocol", "tls") if tls else ()
        self._failures = str(allowed_failures)
        where = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self.file))
        self.scheduler = self._start("scheduler", *where, *protocol, path="")  # a scheduler needs no evacsim

    def _start(self, *words: str, path: str) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DASK_")}
        environment |= {
            "PYTHONPATH": path, "PYTHONSAFEPATH": "1", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": self._failures
        }  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--no-dashboard", *self.tls],
                env=environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    @property
    def address(self) -> str:
        """The scheduler's address, once it listens."""
        for _ in range(600):
            with suppress(OSError, ValueError):
                return str(json.loads(self.file.read_text())["address"])
            assert self.scheduler.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)
        raise AssertionError("the scheduler does not come up")

    def work(self, *words: str, path: str = str(ROOT)) -> subprocess.Popen[bytes]:
        """Starts a worker, or several, that find evacsim in *path*."""
        threads = () if "--nthreads" in words else ("--nthreads", "1")
        return self._start("worker", self.address, *threads, "--host", "127.0.0.1", *words, path=path)

    def close(self) -> None:
        """Ends all that was started here, nannies and their children too."""
        for process in self.processes:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)

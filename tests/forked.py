"""Processes for tests: a Python that does not import for a second first, but is forked from one that has.

``Popen`` and ``run`` are subprocess's, for ``python -m sim ...`` and ``python -c ...``: a server, which has imported and does
nothing else, forks them, each with the place, environment, group or session, streams, blocked signals and arguments that it
would have.  Asked in any other way, or with other settings of Python, they start a process as ever.  Not for tests of what
happens at the start of one: what is imported, which streams there are.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Lock, Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PIPE, DEVNULL, PLAIN = subprocess.PIPE, subprocess.DEVNULL, subprocess.Popen
SEQUENCE = getattr(socket, "SOCK_SEQPACKET", 0) if sys.platform == "linux" else 0
AT_START = ("PYTHON", "NPY", "MPL", "LC_", "LANG")
"""Settings that are read once, at the start or at an import."""
_server: list[Any] = []
"""Where the server of this process listens, and what ends it when it is closed."""
_starting = Lock()


def Popen(words: list[str], *, env: Any = None, **how: Any) -> Any:
    """A process that is forked, if it can be and nobody has put another Popen in the place of subprocess's."""
    env = dict(os.environ if env is None else env)
    program = [str(word) for word in (words[2:] if words[1] == "-P" else words[1:])]
    known = words[0] == sys.executable and (program[0] == "-c" or program[:2] == ["-m", "sim"])
    if known and subprocess.Popen is PLAIN and SEQUENCE and _settings(env) == _settings(os.environ):
        return Forked(words, program, env, **how)
    return subprocess.Popen(words, env=env, **how)


def _settings(env: Any) -> dict[str, str]:
    return {k: v for k, v in env.items() if k.startswith(AT_START) and k != "PYTHONPATH"}


def run(words: list[str], *, check: bool = False, timeout: float = 300, **how: Any) -> subprocess.CompletedProcess[Any]:
    """As ``subprocess.run(words, capture_output=True)``."""
    process = Popen(words, stdout=PIPE, stderr=PIPE, **how)
    out, err = process.communicate(timeout=timeout)
    done = subprocess.CompletedProcess(words, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


class Forked:
    """What subprocess.Popen is for whoever reads, waits and sends signals."""

    def __init__(self, args: list[str], program: list[str], env: dict[str, str], *, stdin: Any = None, stdout: Any = None,
                 stderr: Any = None, cwd: Any = None, text: bool = False, start_new_session: bool = False,
                 creationflags: int = 0) -> None:  # fmt: skip
        self.args, self.returncode, self._reading = args, None, Lock()
        (self.stdin, zero), (self.stdout, one), (self.stderr, two) = (
            _stream(asked, number, text) for number, asked in enumerate((stdin, stdout, stderr))
        )
        blocked = [int(k) for k in signal.pthread_sigmask(signal.SIG_BLOCK, [])]
        ask = [program, os.path.abspath(cwd or "."), env, os.getpgrp() * (not start_new_session), blocked]
        self._socket = socket.socket(socket.AF_UNIX, SEQUENCE)
        with _starting:
            self._socket.connect(_listening())
        socket.send_fds(self._socket, [json.dumps(ask).encode()], [zero, one, two])
        self.pid = int(self._socket.recv(64))
        for end, asked in ((zero, stdin), (one, stdout), (two, stderr)):
            if asked in (PIPE, DEVNULL):
                os.close(end)

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None and not select.select([self._socket], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        with self._reading:
            if self.returncode is None:
                self.returncode = os.waitstatus_to_exitcode(int(self._socket.recv(64)))
                self._socket.close()
        return self.returncode

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):  # it has ended, which is not said yet
            if self.poll() is None:
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[Any, Any]:
        said: dict[int, Any] = {}
        streams = [s for s in (self.stdout, self.stderr) if s is not None and not s.closed]
        threads = [Thread(target=lambda s=s: said.update({id(s): s.read()}), daemon=True) for s in streams]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout)
            if thread.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        for stream in streams:
            stream.close()
        self.wait(timeout)
        return said.get(id(self.stdout)), said.get(id(self.stderr))


def _stream(asked: Any, number: int, text: bool) -> tuple[Any, int]:
    """This side of a standard stream, if it has one, and the other."""
    if asked == DEVNULL:
        return None, os.open(os.devnull, os.O_RDWR)
    if asked != PIPE:
        return None, number if asked is None else asked if isinstance(asked, int) else asked.fileno()
    reads, writes = os.pipe()
    ours, theirs, mode = (writes, reads, "w") if number == 0 else (reads, writes, "r")
    return open(ours, mode if text else mode + "b"), theirs


def _listening() -> Any:
    """Where the server of this process listens, which starts at the first time."""
    if not _server:
        address, listener = _listener()
        words = [sys.executable, "-c", "from tests import forked; forked.begin()", str(listener.fileno())]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        server = PLAIN(words, stdin=PIPE, stdout=DEVNULL, pass_fds=[listener.fileno()], cwd=ROOT, env=env, process_group=0)
        _server[:] = address, server.stdin
        atexit.register(lambda: (server.stdin.close(), server.wait()))
    return _server[0]


def _listener() -> tuple[str, socket.socket]:
    address = f"\0forked for {os.getpid()}"
    listener = socket.socket(socket.AF_UNIX, SEQUENCE)
    listener.bind(address)
    listener.listen(64)
    return address, listener


def begin() -> None:
    """The server: goes on as a program in each process that it forks, and in itself never."""
    for name in ("scipy.optimize", "sim.cli", "sim.experiment.worker", "sim.model", "sim.studies.run.answer"):
        import_module(name)
    from sim.experiment import workers

    workers.subprocess = sys.modules[__name__]  # type: ignore[assignment]
    gc.collect()
    gc.freeze()
    end = os.dup(0)
    os.dup2(1, 0)
    program = _serve(socket.socket(fileno=int(sys.argv[1])), end)
    sys.argv = ["-c" if program[0] == "-c" else "sim", *program[2:]]
    sys.path[0] = ""
    if program[0] == "-c":
        exec(compile(program[1], "<string>", "exec"), {"__name__": "__main__"})
    else:
        runpy.run_module("sim", run_name="__main__")


def _serve(listener: socket.socket, end: int) -> list[str]:
    """Until *end* ends; returns in a process that is forked, with its program."""
    children: set[int] = set()
    _server[:] = [listener.getsockname()]  # of those that it forks, too
    while end not in (ready := select.select([listener, end], [], [])[0]):
        assert ready
        connection = listener.accept()[0]
        if (child := os.fork()) == 0:
            os.close(end)
            listener.close()
            return _forked(connection)
        connection.close()
        children = {other for other in {*children, child} if os.waitpid(other, os.WNOHANG)[0] == 0}
    for child in children:
        os.waitpid(child, 0)
    os._exit(0)


def _forked(connection: socket.socket) -> list[str]:
    """The process that waits for the program and tells how it ended; returns in the program's."""
    message, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    program, place, env, group, blocked = json.loads(message)
    if child := os.fork():
        for stream in streams:
            os.close(stream)
        status = os.waitpid(child, 0)[1]
        with suppress(OSError):  # nobody wants to know
            connection.send(str(status).encode())
        os._exit(0)
    os.chdir(place)
    os.environ.clear()
    os.environ.update(env)
    os.setpgid(0, group) if group else os.setsid()
    if not group and (other := _own_server([*streams, connection.fileno()])) is not None:
        return other
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    connection.send(str(os.getpid()).encode())
    connection.close()
    return list(program)


def _own_server(inherited: list[int]) -> list[str] | None:
    """One in the session of this process, in a group of its own; returns in the processes that it forks, too, with a program."""
    address, listener = _listener()
    end, keeps = os.pipe()
    if child := os.fork():
        listener.close()
        os.close(end)
        _server[:] = [address]
        atexit.register(lambda: (os.close(keeps), os.waitpid(child, 0)))
        return None
    for stream in [*inherited, keeps]:
        os.close(stream)
    os.setpgid(0, 0)
    return _serve(listener, end)

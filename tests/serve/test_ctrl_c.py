"""The command: the address in a line, Ctrl-C ends it with its workers and keeps what they did, a port that is taken is said."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.experiment.store import Store
from tests import forked
from tests.serve.lively import Browser, written

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
COMMAND = [sys.executable, "-m", "sim", "serve"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SimpleNamespace]:
    written(tmp_path)
    command = [*COMMAND, "lively.yaml", "--jobs", "2", "-n", "20000"]
    process = forked.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=os.environ | {"PYTHONPATH": os.getcwd()}, start_new_session=True)  # fmt: skip
    assert process.stdout is not None
    found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/([A-Za-z0-9_-]{43})/\n", process.stdout.readline())
    assert found is not None
    port, token = found.groups()
    yield SimpleNamespace(process=process, port=int(port), token=token, folder=tmp_path)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def members(group: int) -> list[int]:
    """Processes of that group that live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted in /proc")
def test_it_ends_in_the_middle_of_work(server: SimpleNamespace) -> None:
    browser = Browser(server)
    said = browser.until({"scenario": "lively"}, 50)
    assert len(members(server.process.pid)) == 3  # itself and two workers
    begun = time.monotonic()
    os.kill(server.process.pid, signal.SIGINT)
    out, err = server.process.communicate(timeout=20)
    assert (server.process.returncode, out) == (130, "")
    assert err == "stopped; finished replications are kept, the same command goes on from there\n"
    assert time.monotonic() - begun < 10
    assert members(server.process.pid) == []
    folder = server.folder / said["answer"]["results"][0]["folder"]
    assert len(Store(folder).stored(20_000)) >= 50


def test_a_port_that_is_taken(server: SimpleNamespace) -> None:
    again = forked.run([*COMMAND, "evacsim:minimal", "--port", str(server.port)], text=True)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == f"--port: cannot listen on {server.port} of 127.0.0.1: Address already in use\n"


def test_a_wrong_scenario_is_said_before_anything_listens(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("missions: 3\n")
    done = forked.run([*COMMAND, str(tmp_path / "wrong.yaml")], text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "wrong.yaml:1:11: missions: " in done.stderr
    assert "Traceback" not in done.stderr


def test_nobody_else_can_listen_there(server: SimpleNamespace) -> None:
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", server.port))

"""Real processes that are killed, interrupted, short of disk, or two at once on one folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from sim.experiment import Result, RunSpec, WorkerPool, execute
from sim.experiment.blocks import TABLES
from tests import forked
from tests.experiment.fake_model import ENGINE, source

PROGRAM = """
import resource, sys
sys.path[:0] = {path!r}
from pathlib import Path
from sim.experiment import WorkerPool, RunSpec, StoreError, execute
from tests.experiment.fake_model import ENGINE, source
limit = {limit!r}
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
class Say:
    def begin(self, name, done, total): print("begin", done, flush=True)
    def advance(self, count, seconds, workers): print("advance", count, flush=True)
    def doing(self, name, what): pass
    def written(self, name): pass
    def waiting(self, name): print("waiting", flush=True)
try:
    with WorkerPool({jobs}) as workers:
        plan = RunSpec(n={n}, out=Path({out!r}))
        execute(source(**{behaviour!r}), plan, workers, progress=Say(), engine=ENGINE)
except StoreError as error:
    print(error, file=sys.stderr)
    sys.exit(3)
except KeyboardInterrupt:
    sys.exit(130)
"""


def start(out: Path, n: int, jobs: int, limit: int | None = None, **behaviour: Any) -> subprocess.Popen[str]:
    program = PROGRAM.format(path=sys.path, out=str(out), n=n, jobs=jobs, limit=limit, behaviour=behaviour)
    return forked.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def until(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return
    raise AssertionError(f"it ended before it said {word}: {process.stderr.read() if process.stderr else ''}")


def finish(out: Path, n: int) -> Result:
    with WorkerPool() as workers:
        return execute(source(), RunSpec(n=n, out=out), workers, engine=ENGINE)


def same(a: Result, b: Result) -> bool:
    return all((a.folder / f"{t}.parquet").read_bytes() == (b.folder / f"{t}.parquet").read_bytes() for t in TABLES)


def group_is_gone(pid: int) -> bool:
    """Whether no process of the group is left (zombies of an init that does not reap do not count)."""
    for _ in range(100):
        alive = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == pid and fields[0] != "Z":
                alive.append(entry.parent.name)
        if not alive:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_in_the_middle(tmp_path: Path, jobs: int) -> None:
    process = start(tmp_path, 60, jobs, slow=0.05)
    until(process, "advance")
    while not list(tmp_path.rglob("*.block")):  # what is finished may wait for half a second
        time.sleep(0.01)
        assert process.poll() is None
    process.kill()
    process.wait(10)
    assert group_is_gone(process.pid)  # no worker outlives its parent
    (folder,) = (tmp_path / "fake").iterdir()
    assert not (folder / "missions.parquet").exists()
    assert list((folder / "blocks").glob("*.block"))
    assert same(finish(tmp_path, 60), finish(tmp_path / "fresh", 60))
    process.communicate()


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_keeps_what_is_finished(tmp_path: Path, jobs: int) -> None:
    process = start(tmp_path, 400, jobs, slow=0.02)
    until(process, "advance")
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: parent and workers
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (130, "")
    assert group_is_gone(process.pid)
    again = start(tmp_path, 400, 1, slow=0.0)
    assert again.stdout is not None
    stored = int(again.stdout.readline().split()[1])
    assert stored > 0
    again.communicate(timeout=120)
    assert again.returncode == 0


def test_two_commands_on_one_folder(tmp_path: Path) -> None:
    first = start(tmp_path, 40, 1, slow=0.02)
    until(first, "begin")
    first.send_signal(signal.SIGSTOP)  # however slow the second one starts
    second = start(tmp_path, 40, 1, slow=0.02)
    until(second, "waiting")
    first.send_signal(signal.SIGCONT)
    said, error = second.communicate(timeout=120)
    first.communicate(timeout=120)
    assert (first.returncode, second.returncode, error) == (0, 0, "")
    assert said.split("\n") == ["begin 40", ""]  # it waited, then used what was there


@pytest.mark.parametrize("what", ["blocks", "tables"])
def test_disk_full_for_real(tmp_path: Path, what: str) -> None:
    """A limit on the size of files stands for the disk: blocks, or only tables, do not fit any more."""
    fresh = finish(tmp_path / "fresh", 400)
    largest = max(p.stat().st_size for p in (fresh.folder / "blocks").iterdir())
    assert largest + 1 < max(p.stat().st_size for p in fresh.folder.glob("*.parquet"))
    process = start(tmp_path, 400, 1, limit=largest // 2 if what == "blocks" else largest + 1)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 3, said
    assert said.count("\n") == 1
    assert "the disk is full; finished blocks are kept" in said
    blocks = list((tmp_path / "fake").rglob("*.block"))
    assert len(blocks) == (0 if what == "blocks" else 20)
    assert not list((tmp_path / "fake").rglob("*.tmp-*"))
    assert same(finish(tmp_path, 400), fresh)

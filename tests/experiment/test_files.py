"""File systems that lack something, processes that can't be had, and what lies in the place of a file of ours."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest

from sim.experiment import OutputError, StoreError, files, workers
from sim.experiment.jobs import drive
from sim.experiment.spool import Spool
from sim.experiment.store import Store
from tests.experiment.test_jobs import jobs_of

needs_links = pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")


def refusing(number: int) -> Any:
    def refuse(*_: object, **__: object) -> Any:
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK])
def test_a_file_system_without_locks_is_used_with_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(files, "lock_descriptor", refusing(number))
    with pytest.warns(files.StorageWarning, match="has no locks"), Store(tmp_path / "a").open():
        pass


@pytest.mark.parametrize("number", [errno.EIO, errno.EPERM, errno.EBADF])
def test_a_lock_that_fails_is_called_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(files, "lock_descriptor", refusing(number))
    with pytest.raises(OutputError, match=f"cannot lock .*a: {os.strerror(number)}"), Store(tmp_path / "a").open():
        pass


def test_who_waits_for_a_lock_is_told_once_and_gets_it(tmp_path: Path) -> None:
    told: list[str] = []
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with files.locked(tmp_path / "a"):
            entered.set()
            leave.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    assert entered.wait(20)

    def waiting() -> None:
        told.append("waits")
        leave.set()

    with files.locked(tmp_path / "a", waiting):
        assert told == ["waits"]
    other.join()


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_be_asked_to_keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(os, "fsync", refusing(number))
    with pytest.warns(files.StorageWarning, match="cannot be asked to keep"):
        files.write(tmp_path / "a", b"x")
    assert (tmp_path / "a").read_bytes() == b"x"


def test_a_disk_that_fails_to_keep_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", refusing(errno.EIO))
    with pytest.raises(StoreError, match="Input/output error"), files.storing(tmp_path):
        files.write(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_is_kept_yet_nothing_is_promised(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    for kept, kind in ((False, OutputError), (True, StoreError)):
        if kept:
            (tmp_path / "blocks" / "0000000.block").touch()
        with pytest.raises(kind, match="Too many open files"), files.storing(tmp_path):
            refusing(errno.EMFILE)()
    (tmp_path / "blocks" / "0000000.block").unlink()
    with pytest.raises(StoreError, match="the disk is full"), files.storing(tmp_path):
        refusing(errno.ENOSPC)()


@needs_links
@pytest.mark.parametrize("which", ["blocks", "id", "scenario"])
def test_through_a_link_nothing_of_others_is_removed(tmp_path: Path, which: str) -> None:
    """Temporary files of others, in a folder that ours points to, were taken for leftovers of ours."""
    theirs = tmp_path / "theirs"
    (theirs / "id" / "blocks").mkdir(parents=True)
    kept = [theirs / ".a.tmp-1", theirs / "id" / ".b.tmp-2", theirs / "id" / "blocks" / ".c.tmp-3"]
    for path in kept:
        path.touch()
    ours = tmp_path / "results" / "small" / "id"
    ours.mkdir(parents=True)
    if which == "blocks":
        (ours / "blocks").symlink_to(theirs)
    elif which == "id":
        ours.rmdir()
        ours.symlink_to(theirs)
    else:
        ours.rmdir()
        ours.parent.rmdir()
        ours.parent.symlink_to(theirs)
    with pytest.raises(OutputError, match="is a link"), Store(ours).open():
        pass
    assert all(path.exists() for path in kept)
    assert len(list(theirs.rglob("*"))) == 5, "and nothing was written there"


@needs_links
def test_a_link_in_the_place_of_a_file_is_not_written_through(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("mine")
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / f".x.tmp-{os.getpid()}").symlink_to(theirs)
    (folder / "x").symlink_to(theirs)
    files.write(folder / "x", b"new")
    assert (folder / "x").read_bytes() == b"new"
    (folder / "points.jsonl").symlink_to(theirs)
    with pytest.raises(StoreError, match="cannot write to"):
        Spool(folder / "points.jsonl", 1, "key")
    (folder / ".lock").symlink_to(tmp_path / "absent")
    with pytest.raises(OutputError, match="cannot keep results"), files.locked(folder):
        pass
    assert (theirs.read_text(), (tmp_path / "absent").exists()) == ("mine", False)


@needs_links
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError):  # noqa: PT011 - of any kind
            files.read(path)
    with pytest.raises(StoreError):
        Spool(tmp_path / "pipe", 1, "key")


def test_json_that_is_no_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="nested too deeply"):
        files.read_json(tmp_path / "deep")
    with (tmp_path / "large").open("wb") as large:
        large.truncate(files.MOST_TEXT + 1)
    with pytest.raises(OSError, match="larger than"):
        files.read_json(tmp_path / "large")


class Spawning:
    """Processes of which the system gives *most*."""

    def __init__(self, most: int) -> None:
        self.most, self.original = most, subprocess.Popen

    def __call__(self, *args: Any, **how: Any) -> Any:
        if self.most <= 0:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        self.most -= 1
        return self.original(*args, **how)


@pytest.mark.parametrize("most", [0, 1])
def test_where_fewer_processes_can_be_had_these_do_the_work(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(subprocess, "Popen", Spawning(most))
    told: list[str] = []
    done: list[int] = []
    with workers.WorkerPool(3, told.append) as pool:
        drive(jobs_of(*(range(k, k + 2) for k in range(0, 16, 2))), pool, lambda _, piece: done.extend(piece.block.replications))
        assert pool.jobs == 1
    assert sorted(done) == list(range(16))
    assert told == ["no more than 1 process can work here: Resource temporarily unavailable"]


def test_without_threads_this_process_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    told: list[str] = []
    done: list[int] = []
    with workers.WorkerPool(2, told.append) as pool:
        monkeypatch.setattr(threading.Thread, "start", start)
        drive(jobs_of(range(2), range(2, 4)), pool, lambda _, piece: done.extend(piece.block.replications))
        monkeypatch.undo()
    assert (done, told) == ([0, 1, 2, 3], ["no more than 1 process can work here: can't start new thread"])


def test_a_system_that_does_not_say_which_processors_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workers.processors() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert workers.processors() == os.cpu_count()


def test_nothing_is_said_where_nothing_is_wrong(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Store(tmp_path / "a").open():
            files.write(tmp_path / "a" / "x", b"")


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_folder_whose_name_no_system_has_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="cannot keep results in"), files.locked(tmp_path / name):
        pass

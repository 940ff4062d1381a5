"""Files that are whole or absent, a lock on a folder, and what a full disk means."""

from __future__ import annotations

import errno
import fcntl
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing_extensions import Buffer

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_TEMPORARY = ".tmp-"


class StoreError(Exception):
    """Results could not be kept; what was finished before is on the disk still."""


class OutputError(Exception):
    """The folder for results cannot be used at all; said before any simulation."""


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """Turns what goes wrong while writing into a :class:`StoreError` of one line."""
    try:
        yield
    except (StoreError, OutputError):
        raise
    except OSError as error:
        why = "the disk is full" if error.errno in _FULL else error.strerror
        kept = "finished blocks are kept, the same command goes on from there"
        raise StoreError(f"cannot write to {folder}: {why}; {kept}") from error


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary path beside *path*, moved there when the block ends well and removed otherwise.

    Whoever reads sees the old file or the new one, never a part, even after a crash of the machine: the rename within a folder is
    atomic, the data are on the disk before it, and the folder's entry is after it.
    """
    temporary = path.with_name(f".{path.name}{_TEMPORARY}{os.getpid()}")  # of one disk with *path*, else it'd be a copy
    try:
        yield temporary
        _sync(temporary)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Recorder(io.RawIOBase):
    """A file to write to that remembers the system's error, which the library that writes may not pass on."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("wb")
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            self.error = error
            raise
        finally:
            super().close()


@contextmanager
def recorded(path: Path) -> Iterator[IO[bytes]]:
    """A whole file written through a :class:`Recorder`, whose error is raised instead of the library's."""
    with whole(path) as temporary:
        out = Recorder(temporary)
        try:
            with out:
                yield cast(IO[bytes], out)
        finally:
            if out.error is not None:
                raise out.error


def write(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all, on the disk when this returns."""
    with whole(path) as temporary:
        temporary.write_bytes(data)


def remove_leftovers(folder: Path) -> None:
    """Removes the temporary files that a killed command left; only with the lock held, for they may be a living one's."""
    for leftover in folder.glob(f".*{_TEMPORARY}*"):
        with suppress(OSError):
            leftover.unlink()


class Busy(Exception):
    """Another command has the folder."""


@contextmanager
def locked(folder: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Holds *folder* (made if absent) for one command; *waiting* is called once if another has it, and may raise :class:`Busy`.

    The lock is the system's, on an open file: it ends with the process, however that ends, so that none is ever left behind.  The
    file itself stays; to remove it would let two commands lock two files of one name.  Programs that this process starts don't
    inherit it.

    Raises:
        OutputError: if the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno in _FULL:
            raise StoreError(f"cannot write to {folder}: the disk is full") from error
        raise OutputError(f"cannot keep results in {folder}: {error.strerror}") from error
    try:
        _acquire(handle, waiting)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, waiting: Callable[[], None]) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waiting()
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as error:
        # a network disk without locks: better unguarded than of no use
        if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
            raise

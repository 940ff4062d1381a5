"""Files that are whole or absent, a lock on a folder, and what a full disk means."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from filelock import lock_descriptor

from sim.scenario.errors import SaidInLines, printable

if TYPE_CHECKING:
    from typing_extensions import Buffer

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_UNKNOWN = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What a file system says that knows no such operation."""
_TEMPORARY = ".tmp-"
_OWN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""How a file of ours is opened: it is no link, and a pipe in its place is not waited for."""

MOST_TEXT = 16_000_000
"""Bytes of the largest text that is read back."""
MOST_DATA = 2_000_000_000
"""Bytes of the largest table or block that is read back."""


_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in "123456789¹²³")}
"""Names that are devices on Windows, in any folder and with any ending."""


class StoreError(SaidInLines, Exception):
    """Results could not be kept; what was finished before is on the disk still."""


class OutputError(SaidInLines, Exception):
    """The folder for results cannot be used at all; said before any simulation."""


class ReadOnlyError(OutputError):
    """A folder that nothing can be written to."""


class StorageWarning(UserWarning):
    """A file system that lacks something without which results can be kept, with less certainty."""


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """Turns what goes wrong while writing into a :class:`StoreError` of one line.

    Raises:
        OutputError: instead, if the folder is one for blocks and not one is kept, unless it is for want of room.
    """
    try:
        yield
    except (StoreError, OutputError):
        raise
    except OSError as error:
        why = "the disk is full" if error.errno in _FULL else error.strerror
        blocks = folder / "blocks"
        if error.errno not in _FULL and blocks.is_dir() and not any(blocks.glob("*.block")):
            raise OutputError(f"cannot write to {folder}: {why}; nothing is kept yet") from error
        kept = "finished blocks are kept, the same command goes on from there"
        raise StoreError(f"cannot write to {folder}: {why}; {kept}") from error


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """The same for a file that the user names: nothing else is lost with it, and nothing of it is there.

    Raises:
        OutputError: if it can't be written there.
        StoreError: instead, if the disk is full.
    """
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        why = "the disk is full" if full else error.strerror
        raise (StoreError if full else OutputError)(f"cannot write {path}: {why}; nothing was written") from error


def read(path: Path, most: int = MOST_DATA) -> bytes:
    """The bytes of a file of ours.

    Raises:
        OSError: if it can't be read, is a link, a pipe or a device, or is larger than *most*.
    """
    handle = os.open(path, os.O_RDONLY | _OWN)
    with open(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if about.st_size > most:
            raise OSError(errno.EFBIG, f"larger than {most:,} bytes", str(path))
        return file.read()


def read_json(path: Path) -> Any:
    """What a JSON file of ours holds.

    Raises:
        OSError: as :func:`read` does.
        ValueError: if it isn't JSON, or nested too deeply.
    """
    try:
        return json.loads(read(path, MOST_TEXT))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def open_own(path: Path) -> IO[bytes]:
    """A file of ours to read and add to, made if absent; raises OSError if it is a link or nothing regular."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _OWN, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return open(handle, "a+b")


def refuse_link(path: Path) -> None:
    """Raises OutputError if one of our folders is a link: through it others' files would be written, or removed."""
    if path.is_symlink():
        raise OutputError(f"{path} is a link, through which nothing is read or written; remove it, or name the folder itself")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary path beside *path*, moved there when the block ends well and removed otherwise.

    Whoever reads sees the old file or the new one, never a part, even after a crash of the machine: the rename within a folder is
    atomic, the data are on the disk before it, and the folder's entry is after it.
    """
    temporary = path.with_name(f".{path.name}{_TEMPORARY}{os.getpid()}")  # of one disk with *path*, else it'd be a copy
    with suppress(FileNotFoundError):
        temporary.unlink()
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OWN, 0o666))
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
    """Waits until a file, or the entries of a folder, are on the disk, where the system can."""
    folder = path.is_dir()
    if folder and os.name == "nt":  # which opens no folders and keeps their entries by itself
        return
    try:
        handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in (_UNKNOWN | _READ_ONLY if folder else _UNKNOWN):
            raise
        text = f"the file system cannot be asked to keep what was written ({error.strerror}); a crash of the machine may lose it"
        warnings.warn(text, StorageWarning, stacklevel=2)


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


def reserved(name: str) -> bool:
    """Whether a file or folder of that name can't be had on Windows."""
    return name.partition(".")[0].strip().lower() in _DEVICES


def refuse_reserved(path: str | os.PathLike[str]) -> None:
    """Raises OutputError for a file that could not be given to people with Windows."""
    name = Path(path).name
    if reserved(name):
        raise OutputError(f"{os.fspath(path)}: {name.partition('.')[0]} is the name of a device on Windows; choose another")


class Busy(Exception):
    """Another command has the folder."""


@contextmanager
def locked(folder: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Holds *folder* (made if absent) for one command; *waiting* is called once if another has it, and may raise :class:`Busy`.

    The lock is the system's, on an open file: it ends with the process, however that ends, so that none is ever left behind.  The
    file itself stays; to remove it would let two commands lock two files of one name.  Programs that this process starts don't
    inherit it.

    Raises:
        ReadOnlyError: if nothing can be written to the folder.
        OutputError: if it cannot be made, written to or locked, or is a link.
    """
    for ours in (folder.parent, folder, folder / "blocks"):
        refuse_link(ours)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):  # its lock may be one that can be had all the same
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | _OWN, 0o666)
    except OSError as error:
        if error.errno in _FULL:
            raise StoreError(f"cannot write to {folder}: the disk is full") from error
        kind = ReadOnlyError if error.errno in _READ_ONLY else OutputError
        raise kind(f"cannot keep results in {folder}: {error.strerror}") from error
    except ValueError as error:  # a NUL, or what the file system's encoding lacks
        raise OutputError(f"cannot keep results in {printable(str(folder))}: {error}") from error
    try:
        _acquire(handle, folder, waiting)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, folder: Path, waiting: Callable[[], None]) -> None:
    try:
        if not lock_descriptor(handle, blocking=False):
            waiting()
            lock_descriptor(handle)
    except OSError as error:
        if error.errno not in _UNKNOWN | {errno.ENOLCK}:
            raise OutputError(f"cannot lock {folder}: {error.strerror}") from error
        # a network disk without locks: better unguarded than of no use
        text = f"the file system has no locks ({error.strerror}); let no other command work in the same results meanwhile"
        warnings.warn(text, StorageWarning, stacklevel=2)

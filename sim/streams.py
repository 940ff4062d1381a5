"""Standard output and standard error as a command uses them: what they cannot hold or take never stops the work.

A terminal may lack characters, its reader may be gone, its disk be full, or it was never there (``>&-``).  Text for people is
then written as well as it can be; whether the answer for a machine was written is asked with :func:`failure`.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TextIO

PLAIN = {
    "…": ".", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "→": ">", "·": "-", "≥": ">=", "≤": "<=", "×": "x", "÷": "/",
    "∞": "inf", "±": "+-", "≈": "~", "↕": "|", "↓": "v", "↑": "^", "◂": "<", "▸": ">", "█": "#", "─": "-", "√": "sqrt ",
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "•": "*", "━": "-", "╸": "-", "╺": "-", "ı": "i", "ł": "l", "Ł": "L",
    "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "đ": "d", "Đ": "D", "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
"""What stands for a character that a terminal lacks, of one width where that says enough, so that tables stay aligned."""


def holds(stream: TextIO, text: str) -> bool:
    """Whether the encoding of *stream* has all characters of *text*."""
    return _fits(text, getattr(stream, "encoding", None) or "utf-8")


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def fitting(text: str, encoding: str) -> str:
    """*text* with only such characters as *encoding* has; the others are transliterated, or become question marks."""
    return "".join(_fitting(c, encoding) for c in text)


@lru_cache(4096)
def _fitting(character: str, encoding: str) -> str:
    if _fits(character, encoding):
        return character
    if "\udc80" <= character <= "\udcff":  # a byte of a file name that isn't UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return next((text for text in (PLAIN.get(character, ""), bare) if text and _fits(text, encoding)), "?")


class Careful(io.TextIOBase):
    """A stream of text that takes whatever is written and never raises; *once*: nothing more is tried after the first failure.

    It hides the bytes below, which libraries would write to past it.
    """

    def __init__(self, stream: TextIO | None, *, once: bool) -> None:
        super().__init__()
        self._stream, self._once = stream, once
        self.failure: OSError | None = None
        """The first thing that went wrong, if anything did."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return getattr(self._stream, "errors", None)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        try:
            return self._stream is not None and self._stream.isatty()
        except (OSError, ValueError):
            return False

    def fileno(self) -> int:
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):  # typer tries whether it may write bytes
            raise TypeError(f"expected text, got {type(text).__name__}")
        if not self._spent:
            with self._trying():
                self._put(text)
        return len(text)

    def _put(self, text: str) -> None:
        if self._stream is None:
            raise OSError(errno.EBADF, "it is closed")
        try:
            self._stream.write(text)
        except UnicodeEncodeError:
            self._stream.write(fitting(text, self.encoding))

    def flush(self) -> None:
        if self._stream is not None and not self._spent:
            with self._trying():
                self._stream.flush()

    @property
    def _spent(self) -> bool:
        return self._once and self.failure is not None

    @contextmanager
    def _trying(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = self.failure or error
        except ValueError:  # closed by somebody in this process
            self.failure = self.failure or OSError(errno.EBADF, "it is closed")

    def leave(self) -> None:
        """Has the interpreter, which flushes its streams at the end, find nothing wrong with this one again."""
        if self.failure is not None and self._stream is not None:
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def failure(stream: TextIO) -> OSError | None:
    """What went wrong when *stream* was written to, if it is a careful one and anything did."""
    return stream.failure if isinstance(stream, Careful) else None


@contextmanager
def careful() -> Iterator[tuple[Careful, Careful]]:
    """Standard output and standard error that never raise, for as long as the block lasts."""
    _hold_descriptors()
    before = sys.stdout, sys.stderr
    out, err = Careful(sys.stdout, once=True), Careful(sys.stderr, once=False)
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before
        out.leave()
        err.leave()


def _hold_descriptors() -> None:
    """Opens standard streams that are closed to nothing, else a file of ours would get such a number, and what is printed."""
    with suppress(OSError):
        while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(opened, True)
        os.close(opened)

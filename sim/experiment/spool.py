"""What is known of each point of a study, a line a point, so that a study begun again reads it instead of making it again.

Lines are added as points end, in any order, and found again by number; of all that is held only a position per point stays
in memory.  A line that was cut short by a kill is as if it had never been written.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from sim.experiment.files import open_own, storing, whole

_NOWHERE = -1


class Spool:
    """A file of JSON values by number, 0 … *size* − 1, opened by whoever holds the folder; *key* says what they are good for.

    Values written under another key (another number of replications, say) are not seen.  One that isn't *writable* is read.
    """

    def __init__(self, path: Path, size: int, key: str, *, writable: bool = True) -> None:
        self.path, self.key, self.writable = path, key, writable
        self._at = array("q", [_NOWHERE]) * size
        with storing(path.parent):
            self._file = open_own(path) if writable else path.open("rb")
            self._scan()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def _scan(self) -> None:
        self._file.seek(0)
        line, at = b"\n", 0
        for line in self._file:
            entry = self._decode(line)
            if entry is not None and entry[1] and 0 <= entry[0] < len(self._at):
                self._at[entry[0]] = at
            at += len(line)
        self._end = at
        if self.writable and at and not line.endswith(b"\n"):  # the end of a line that was cut short
            self._append(b"\n")

    def _append(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()
        self._end += len(data)

    def _encode(self, number: int, final: bool, value: Any) -> bytes:
        text = json.dumps([self.key, number, final, value]).encode()  # infinity and nan stay what they are
        return b"%08x %b\n" % (zlib.crc32(text), text)

    def _decode(self, line: bytes) -> tuple[int, bool, Any] | None:
        try:
            if int(line[:8], 16) != zlib.crc32(line[9:].rstrip(b"\n")):
                return None
            key, number, final, value = json.loads(line[9:])
        except (ValueError, TypeError, RecursionError):
            return None
        return (int(number), bool(final), value) if key == self.key else None

    def __contains__(self, number: int) -> bool:
        return self._at[number] != _NOWHERE

    def add(self, number: int, value: Any, final: bool = True) -> None:
        """Adds what is known of a point; what was known before no longer counts.  What isn't *final* is forgotten at the end.

        Raises:
            StoreError: if it cannot be written.
        """
        with storing(self.path.parent):
            at = self._end
            self._append(self._encode(number, final, value))
            self._at[number] = at

    def _lines(self) -> Iterator[tuple[int, bool, Any]]:
        for number, at in enumerate(self._at):
            if at == _NOWHERE:
                continue
            self._file.seek(at)
            entry = self._decode(self._file.readline())
            if entry is not None and entry[0] == number:
                yield entry

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """Number and value of all that is known, by number."""
        return ((number, value) for number, _, value in self._lines())

    def settle(self) -> None:
        """Writes the file again in the order of the numbers, with the final values and nothing else: the same bytes however
        the study went.  Nothing may be added or read after that."""
        with storing(self.path.parent), whole(self.path) as draft, draft.open("wb") as out:
            for number, final, value in self._lines():
                if final:
                    out.write(self._encode(number, final, value))

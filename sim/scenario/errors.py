"""Faults of a scenario file as data; showing them is one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Keys and list positions from the top of the scenario."""


def printable(text: str, most: int = 60) -> str:
    """*text* on one line: control, bidirectional and other invisible characters escaped, cut after *most*."""
    cut = text[:most] + ("…" if len(text) > most else "")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def dotted(path: Path) -> str:
    """``("airport", "gates", 0)`` as ``airport.gates.0``."""
    return ".".join(printable(str(part), 40) for part in path)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and what would be right."""

    file: str
    line: int
    column: int
    path: str
    message: str

    @classmethod
    def at(cls, place: Place, path: Path, message: str) -> Fault:
        """The fault *message* of *path*, written at *place*."""
        return cls(place.file, place.line, place.column, dotted(path), message)

    def __str__(self) -> str:
        where = f"{printable(self.file, 300)}:{self.line}:{self.column}: "
        return where + (f"{self.path}: " if self.path else "") + self.message


class ScenarioError(Exception):
    """All faults of a scenario at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = list(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Fault]]]:
        return ScenarioError, (self.faults,)


class Faults:
    """Collects faults; the first one of a place and path counts, and after a thousand they are only counted."""

    most = 1000

    def __init__(self) -> None:
        self._found: dict[tuple[Place, str], Fault] = {}
        self._more = 0

    def add(self, place: Place, path: Path, message: str) -> None:
        """Note a fault unless this place and path have one already."""
        fault = Fault.at(place, path, message)
        if len(self._found) < self.most:
            self._found.setdefault((place, fault.path), fault)
        else:
            self._more += 1

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)

    def stop(self) -> None:
        """Raise all of them, if any, in the order of files and lines."""
        if self._found:
            order = {file: k for k, file in enumerate(dict.fromkeys(f.file for f in self))}
            faults = sorted(self, key=lambda f: (order[f.file], f.line, f.column, f.path))
            if self._more:
                faults.append(Fault.at(Place(faults[-1].file), (), f"and {self._more:,} more faults"))
            raise ScenarioError(faults)

"""Faults of a scenario file as data; showing them is one line each."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

Path = tuple[str | int, ...]
"""Keys and list positions from the top of the scenario."""


def printable(text: str, most: int = 60) -> str:
    """*text* on one line: control, bidirectional and other invisible characters escaped, cut after *most*."""
    if len(text) <= most and text.isprintable():  # nearly always, and a path has many
        return text
    cut = text[:most] + ("…" if len(text) > most else "")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def shown(raw: Any) -> str:
    """A value as a fault quotes it: short, one line, quoted if text."""
    if isinstance(raw, str):
        return f'"{printable(raw)}"'
    if isinstance(raw, Mapping):
        return "a mapping"
    if isinstance(raw, list | tuple):
        return "a list"
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(raw)[:60]


def dotted(path: Path) -> str:
    """``("airport", "gates", 0)`` as ``airport.gates.0``."""
    return ".".join(printable(str(part), 40) for part in path)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1
    setting: int | None = field(default=None, compare=False)
    """Of what a setting says: its number in the list that the scenario was loaded with, from 0."""


class FaultCode(StrEnum):
    """What kind of fault it is, for whoever has to act on it; people read the message."""

    INVALID = auto()
    """A value that is not what is expected there: what none of the others says."""
    UNKNOWN_KEY = auto()
    """A key that its section does not have."""
    UNKNOWN_NAME = auto()
    """A name of something that is nowhere defined."""
    WRONG_UNIT = auto()
    """A number with a unit of another kind, or of none."""
    MISSING = auto()
    """A value that has to be there."""
    REPEATED = auto()
    """A key or setting that is there twice."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is wrong, as data; as text it is the sentence that people read."""

    expected: str
    """The sentence, but for what is there instead."""
    got: str | None = None
    """What is there instead, as the sentence quotes it."""
    code: FaultCode = FaultCode.INVALID
    nearest: str | None = None
    """Of a key or name that is unknown: the known one that the sentence suggests."""

    def __str__(self) -> str:
        return f"{self.expected}, got {self.got}" if self.got is not None else self.expected


def message_of(error: ValueError) -> Message:
    """What a parser says: its ``ValueError`` carries a :class:`Message`, or a sentence alone."""
    (what,) = error.args[:1] or ("",)
    return what if isinstance(what, Message) else Message(str(error))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and what would be right."""

    file: str
    line: int
    column: int
    path: str
    message: str
    code: FaultCode = FaultCode.INVALID
    expected: str = ""
    """The message without what is there instead."""
    got: str | None = None
    """What is there instead, as the message quotes it; None where it quotes nothing."""
    nearest: str | None = None
    """The known name that the message suggests for an unknown one."""
    setting: int | None = field(default=None, compare=False)
    """Number of the setting that says it, from 0 in the list that the scenario was loaded with; None if a file says it."""

    @classmethod
    def at(cls, place: Place, path: Path, message: str | Message) -> Fault:
        """The fault *message* of *path*, written at *place*."""
        what = message if isinstance(message, Message) else Message(message)
        parts = (what.code, what.expected, what.got, what.nearest)
        return cls(place.file, place.line, place.column, dotted(path), str(what), *parts, place.setting)

    def __str__(self) -> str:
        where = f"{printable(self.file, 300)}:{self.line}:{self.column}: "
        return where + (f"{self.path}: " if self.path else "") + self.message


class SaidInLines:
    """An error whose text says all that its reader can do something about; notebooks show it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it: its lines; with ``EVACSIM_DEBUG`` the traceback."""
        if os.environ.get("EVACSIM_DEBUG") and isinstance(self, BaseException):
            return [line for part in traceback.format_exception(self) for line in part.splitlines()]
        name, lines = type(self).__name__, [printable(line, 2_000) for line in str(self).splitlines()]
        return [f"{name}: {lines[0]}"] if len(lines) == 1 else [f"{name}:", *lines]


class ScenarioError(SaidInLines, Exception):
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
        self._faults: dict[tuple[Place, str], Fault] = {}
        self._more = 0

    def add(self, place: Place, path: Path, message: str | Message) -> None:
        """Note a fault unless this place and path have one already."""
        fault = Fault.at(place, path, message)
        if len(self._faults) < self.most:
            self._faults.setdefault((place, fault.path), fault)
        else:
            self._more += 1

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults.values())

    def __len__(self) -> int:
        return len(self._faults)

    def stop(self) -> None:
        """Raise all of them, if any, in the order of files and lines."""
        if self._faults:
            order = {file: k for k, file in enumerate(dict.fromkeys(f.file for f in self))}
            faults = sorted(self, key=lambda f: (order[f.file], f.line, f.column, f.path))
            if self._more:
                faults.append(Fault.at(Place(faults[-1].file), (), f"and {self._more:,} more faults"))
            raise ScenarioError(faults)

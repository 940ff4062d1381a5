"""Finding and reading scenario files: the shipped ones by name, and what ``extends`` may reach."""

from __future__ import annotations

import difflib
import os
import re
import stat
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from sim.scenario.errors import Fault, Message, Place, ScenarioError, printable
from sim.scenario.nodes import MOST_BYTES

STDIN = "-"
"""Standard input in the place of a file."""
PREFIX = "evacsim:"
PLANS = "plans/"
"""Where plans of sweeps are shipped, which are no scenarios."""
_SHIPPED_NAME = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)*(?:\.yaml)?")
SETS_SUFFIXES = (".parquet", ".csv")
"""Of the file of a calibration; a shipped one may be named without."""
_SHIPPED_SETS = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)*(?:\.(?:csv|parquet))?")


@dataclass(frozen=True)
class Source:
    """A file to read: where it is, what faults call it, and the folder that its ``extends`` may not leave."""

    path: Path
    label: str
    root: Path
    piped: bool = False
    """Whether it is standard input, which lies in the folder that one works in."""

    @property
    def stem(self) -> str:
        """Its name as a scenario's name."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.path.stem.lower()).strip("-")[:40].strip("-")
        return slug or "scenario"


def _refuse(place: Place, message: str | Message) -> ScenarioError:
    return ScenarioError([Fault.at(place, (), message)])


def shipped_folder() -> Path:
    """Where the shipped scenarios are: in the wheel, or in the source checkout."""
    installed = Path(str(resources.files("sim.scenario"))).parent / "_scenarios"
    return installed if installed.is_dir() else installed.parent.parent / "scenarios"


def shipped_names() -> list[str]:
    """Names of the shipped scenarios, such as ``evacsim:base/kabul``."""
    folder = shipped_folder()
    names = (p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.yaml"))
    return sorted(PREFIX + name for name in names if not name.startswith(PLANS))


def source(name: str | os.PathLike[str]) -> Source:
    """The file that the command line names; raises :class:`ScenarioError` for a shipped name that isn't there."""
    text = os.fspath(name)
    if not text or "\0" in text:
        raise _refuse(Place(printable(text) or "scenario"), "expected the path of a scenario file")
    if text.startswith(PREFIX):
        return _shipped(text, Place(text))
    path = Path(text)
    return Source(path, text, Path(os.path.realpath(path)).parent, piped=text == STDIN)


def _shipped(text: str, place: Place) -> Source:
    inner = text.removeprefix(PREFIX)
    folder = shipped_folder()
    if _SHIPPED_NAME.fullmatch(inner):
        inner = inner.removesuffix(".yaml")
        path = folder / f"{inner}.yaml"
        if path.is_file():
            return Source(path, f"{PREFIX}{inner}.yaml", Path(os.path.realpath(folder)))
    near = difflib.get_close_matches(PREFIX + inner, shipped_names(), 1, 0.6)
    raise _refuse(place, f"no shipped scenario {printable(text)}" + (f"; nearest: {near[0]}" if near else ""))


def extended(text: str, of: Source, place: Place) -> Source:
    """The file that ``extends: text`` in *of* means; raises :class:`ScenarioError` at *place*."""
    return _shipped(text, place) if text.startswith(PREFIX) else _beside(text, of, place, "extends")


def sets_beside(text: str, of: Source, place: Place) -> Source:
    """The file that ``inputs: text`` in *of* means, there or not; raises :class:`ScenarioError` at *place*."""
    return shipped_sets(text, place) if text.startswith(PREFIX) else _beside(text, of, place, "inputs")


def shipped_sets(text: str, place: Place) -> Source:
    """The file of a shipped calibration such as ``evacsim:sets/kabul-2021``; raises :class:`ScenarioError` at *place*."""
    folder, inner = shipped_folder(), text.removeprefix(PREFIX)
    if _SHIPPED_SETS.fullmatch(inner):
        for suffix in ("", *SETS_SUFFIXES):
            path = folder / f"{inner}{suffix}"
            if path.suffix in SETS_SUFFIXES and path.is_file():
                return Source(path, text, Path(os.path.realpath(folder)))
    there = [PREFIX + p.relative_to(folder).with_suffix("").as_posix() for p in sorted(folder.glob("sets/*.*"))]
    near = difflib.get_close_matches(text, there, 1, 0.6)
    raise _refuse(place, f"no shipped sets of inputs {printable(text)}" + (f"; nearest: {near[0]}" if near else ""))


def _beside(text: str, of: Source, place: Place, key: str) -> Source:
    """The file that *key* in *of* means, which may not leave the folder."""
    if os.path.isabs(text) or "\\" in text or "\0" in text or not text:
        raise _refuse(place, Message(f"expected {key}: a relative path or a shipped evacsim: name", printable(text)))
    path = Path(os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(of.path)), text)))
    if not path.is_relative_to(of.root):
        raise _refuse(place, Message(f"expected {key}: a file inside the folder of the scenario", printable(text)))
    if of.label.startswith(PREFIX):
        return Source(path, PREFIX + path.relative_to(of.root).as_posix(), of.root)
    return Source(path, os.path.normpath(os.path.join(os.path.dirname(of.label), text)), of.root)


def read_bytes(file: Source, place: Place, most: int) -> bytes:
    """The bytes of a file, at most *most*; raises :class:`ScenarioError` at *place* if they cannot be had."""
    if file.piped:
        return _piped(place, most)
    try:
        mode = os.stat(file.path).st_mode
        if stat.S_ISDIR(mode):
            raise _refuse(place, Message("expected a file", f"the folder {printable(file.label, 200)}"))
        if not stat.S_ISREG(mode):
            raise _refuse(place, f"expected a regular file: {printable(file.label, 200)} (- is standard input)")
        with open(file.path, "rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise _refuse(place, f"cannot read {printable(file.label, 200)}: {reason}") from None
    if len(data) > most:
        raise _refuse(place, f"expected a file of at most {most:,} bytes: {printable(file.label, 200)}")
    return data


_PIPED: list[tuple[Any, bytes]] = []
"""Standard input and what came from it, since a command reads its scenario more than once."""


def _piped(place: Place, most: int) -> bytes:
    """What standard input holds, read once; raises :class:`ScenarioError` at *place*."""
    if not _PIPED or _PIPED[0][0] is not sys.stdin:
        try:
            if sys.stdin is None:
                raise OSError(9, "it is closed")
            _PIPED[:] = [(sys.stdin, sys.stdin.buffer.read(most + 1))]
        except (OSError, ValueError, AttributeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is closed"
            raise _refuse(place, f"cannot read standard input: {reason}") from None
    if len(_PIPED[0][1]) > most:
        raise _refuse(place, f"expected at most {most:,} bytes on standard input")
    return _PIPED[0][1]


def read(file: Source, place: Place) -> str:
    """The text of a file; raises :class:`ScenarioError` at *place* if it cannot be had."""
    data = read_bytes(file, place, MOST_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise _refuse(Place(file.label, line, column), "expected UTF-8 text") from None

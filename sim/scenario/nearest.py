"""Misspelt keys and names: the nearest one that is known, and what to write instead of a key of earlier versions."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

from sim.scenario.errors import FaultCode, Message, Path, shown

MOVED: dict[tuple[str | None, ...], str] = {
    ("security", "providers", None, "hold"): "one for all providers now: write security.unsecured_hold for how long an airport "
    "that nobody secures holds, or force.hold of the provider for how long its troops are tolerated",
}
"""Keys of earlier versions (None stands for any name), and what to write instead."""


def near_one(key: str, known: Iterable[str]) -> str | None:
    """The one of *known* that *key* is most like, if any is like it."""
    return next(iter(difflib.get_close_matches(key[:40], [k[:40] for k in islice(known, 500)], 1, 0.6)), None)


def nearest(key: str, known: Iterable[str]) -> str:
    """``; nearest: "..."`` if something known is near."""
    near = near_one(key, known)
    return f'; nearest: "{near}"' if near else ""


def moved(path: Path) -> str | None:
    """What to write instead of a key of earlier versions."""
    fits = (p for p in MOVED if len(p) == len(path) and all(a in (None, b) for a, b in zip(p, path, strict=True)))
    return next((MOVED[p] for p in fits), None)


def unknown_key(path: Path, known: Iterable[str]) -> Message:
    """Fault of a key that the section at its place doesn't have: what to write instead, or the nearest of *known*."""
    instead = moved(path)
    near = None if instead else near_one(str(path[-1]), known)
    hint = f": {instead}" if instead else f'; nearest: "{near}"' if near else ""
    return Message(f"unknown key {shown(path[-1])}{hint}", code=FaultCode.UNKNOWN_KEY, nearest=near)

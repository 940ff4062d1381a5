"""What makes two runs the same run: never n, the number of processes, or a path."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

NUMERIC = ("numpy", "scipy", "simpy")
"""Packages whose versions may change a number."""

_SOURCES = ("scenario", "model")


def run_id(digest_text: str, seed: int) -> str:
    """Twelve hex digits of SHA-256 over scenario, seed, the code that gives it meaning, and the numeric packages."""
    digest = hashlib.sha256()
    for part in (digest_text, str(seed), source_digest(), *(f"{name} {packaged(name)}" for name in NUMERIC)):
        data = part.encode()
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()[:12]


def source_digest() -> str:
    """SHA-256 in hex over the source bytes of the rooms that say what a number means."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for room in _SOURCES:
        for path in sorted((root / room).rglob("*.py"), key=lambda p: p.relative_to(root).as_posix()):
            data = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def packaged(name: str) -> str:
    """The installed version of a package, or ``absent``."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def folder_name(name: str) -> str:
    """A scenario's name as one folder name that is harmless anywhere."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:80] or "scenario"

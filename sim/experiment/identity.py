"""What makes two runs the same run: never n, the number of processes, or a path."""

from __future__ import annotations

import hashlib
import math
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.experiment.files import reserved

NUMERIC = ("numpy", "scipy", "simpy")
"""Packages whose versions may change a number."""

_SOURCES = ("scenario", "model")

_WORKERS = (*_SOURCES, "experiment", "studies/schedule")
"""Packages whose code a worker runs: a schedule reads what moved where it moved."""


def run_id(digest_text: str, seed: int) -> str:
    """Twelve hex digits of SHA-256 over scenario, seed, the code that gives it meaning, the numeric packages, and how it rounds.

    Processors that round alike share results; what one of another kind computes has another id, and the two never mix.
    """
    digest = hashlib.sha256()
    packages = (f"{name} {packaged(name)}" for name in NUMERIC)
    for part in (digest_text, str(seed), source_digest(), *packages, f"arithmetic {arithmetic()}"):
        data = part.encode()
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()[:12]


@cache
def source_digest(packages: tuple[str, ...] = _SOURCES) -> str:
    """SHA-256 in hex over the source bytes of *packages* of this project: by default those that say what a number means."""
    return str(_digested(packages).hexdigest())


@cache
def _digested(packages: tuple[str, ...]) -> Any:
    """The digest under way after *packages*: what several lists begin with is read once.  Not to be updated."""
    if not packages:
        return hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    digest = _digested(packages[:-1]).copy()
    for path in sorted((root / packages[-1]).rglob("*.py"), key=lambda p: p.relative_to(root).as_posix()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
    return digest


@cache
def fingerprint() -> Mapping[str, str]:
    """What must be the same in another process for its records to be the same bytes: code, packages, arithmetic."""
    packages = {name: packaged(name) for name in (*NUMERIC, "polars", "pydantic", "distributed")}
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"evacsim's code": source_digest(_WORKERS)[:12], "Python": python, **packages, "arithmetic": arithmetic()}


@cache
def arithmetic() -> str:
    """Twelve hex digits over draws of every family and over elementary functions, to the last bit.

    The same packages may round differently on another processor or with another C library.
    """
    import numpy as np

    from sim.model.draws import inverse
    from sim.scenario.quantity import Quantity

    u = np.arange(0.5, 512) / 512
    families = {
        "uniform": (1.0, 7.0), "triangular": (1.0, 3.0, 7.0), "pert": (1.0, 3.0, 7.0), "exponential": (3.0,), "gamma": (2.7, 1.3),
        "lognormal": (0.3, 0.9), "weibull": (1.7, 3.0), "normal": (5.0, 3.0),
    }  # fmt: skip
    digest = hashlib.sha256()
    for family, params in families.items():
        digest.update(inverse(Quantity(family, params), u).tobytes())
    for function in (math.exp, math.log, math.sin, math.cos, lambda x: x**1.7):
        digest.update(np.array([function(x) for x in (8 * u).tolist()]).tobytes())
    return digest.hexdigest()[:12]


@cache
def packaged(name: str) -> str:
    """The installed version of a package, or ``absent``."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def folder_name(name: str) -> str:
    """A scenario's name as one folder name that any system takes."""
    folder = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:80] or "scenario"
    return f"{folder}_" if reserved(folder) else folder

"""The page beside a result, ``report.html``: made again only where what it shows, or what makes it, has changed.

Its last line says what it was made from, and has a checksum of all before it.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim import __version__
from sim.analysis.as_json import as_json
from sim.experiment import Result
from sim.experiment.files import read, storing, write
from sim.experiment.identity import packaged, source_digest
from sim.model.replication import without_collector
from sim.present.page.assets import asset, blocks
from sim.scenario import Loaded
from sim.studies.report.content import NOTHING, Compared, content, page_of, shown
from sim.studies.report.replay import Seen, quick

Json = dict[str, Any]
NAME = "report.html"
CODE = ("scenario", "model", "analysis", "present", "studies")
"""What makes a page of a result."""
PACKAGES = ("numpy", "polars")
MARK = re.compile(rb"<!-- evacsim page of ([0-9a-f]{64}), ([0-9a-f]{64}) -->\n\Z")
MOST = 50_000_000
"""Bytes of the largest page that is looked at again."""


def keep_page(
    folder: Path,
    results: Sequence[Result],
    loaded: Sequence[Loaded],
    headlines: Sequence[str],
    command: str,
    manifests: Sequence[Json],
    compared: Compared = NOTHING,
    announce: Callable[[], None] = lambda: None,
    seen: Sequence[Seen] = (),
    mission: str | None = None,
) -> Path:
    """Leaves in *folder* the page of results that are being kept; only by whoever holds it.

    *manifests*: how each was made; *announce* is called before a page is made; *seen*: what workers have seen of each;
    *mission*: that with which the page opens.

    Raises:
        StoreError: if it can't be written.
    """
    path = folder / NAME
    of = _of(results, command, manifests, compared, mission)
    if kept_of(path) == of:
        return path
    announce()
    with without_collector(), storing(folder):  # it would go through all of the program's objects, and find nothing
        some = shown(results, loaded, headlines, manifests)
        replayed = quick(results, loaded, seen)
        data = content(some, compared, command=command, replayed=replayed, mission=mission)
        write(path, marked(page_of(data, some), of))
    return path


def marked(text: str, of: str = "0" * 64) -> bytes:
    """A page as it is written: with a last line that says what it is *of*, and that no report is anybody else's file."""
    data = text.encode("utf-8", "backslashreplace")
    return data + f"<!-- evacsim page of {of}, {hashlib.sha256(data).hexdigest()} -->\n".encode()


def kept_of(path: Path) -> str | None:
    """What the page at *path* was made of; None where there is none, or it isn't as it was written."""
    try:
        data = read(path, MOST)
    except OSError:
        return None
    mark = MARK.search(data[-256:])
    if mark is None:
        return None
    of, checksum = (group.decode() for group in mark.groups())
    return of if hashlib.sha256(data[: len(data) - len(mark.group())]).hexdigest() == checksum else None


def _bytes(part: Any) -> bytes:
    """Equal for equal parts: as :mod:`marshal` writes them, in a tenth of the time of JSON, where it knows all of them."""
    try:
        return marshal.dumps(part, 2)  # the last version in which it doesn't matter which objects are one
    except ValueError:
        return json.dumps(part, sort_keys=True).encode()


def _of(results: Sequence[Result], command: str, manifests: Sequence[Json], compared: Compared, mission: str | None) -> str:
    """What a page depends on: tables, numbers, how they were made, code, scripts and packages."""
    digest = hashlib.sha256()
    numbers = [[result.digest(), result.summary] for result in results]
    for part in (numbers, command, manifests, as_json(compared), mission):
        digest.update(_bytes(part))
    for text, _ in (*blocks("style"), *blocks("script")):
        digest.update(text.encode())
    digest.update((asset("world.json") or "").encode())
    own = (__version__, source_digest(CODE), *(f"{name} {packaged(name)}" for name in PACKAGES))
    digest.update("\n".join(own).encode())
    return digest.hexdigest()

"""Pictures that are kept: drawn again only where what they show, or what draws them, has changed, or a file has.

``pictures.json`` beside them says what they were drawn from, holds a checksum of each, and says what each shows in words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.experiment.files import read, read_json, write
from sim.experiment.identity import packaged, source_digest
from sim.present.described import description_of
from sim.present.pictures import Pictures

RECORD = "pictures.json"
CODE = ("scenario", "model", "analysis", "present")
"""What makes a picture of a result: present draws it from what analysis reads with the names and units of the others."""
PACKAGES = ("matplotlib", "numpy", "pillow", "polars")
MOST = 20_000_000
"""Bytes of a picture that is read."""


def up_to_date(pictures: Pictures, shows: str, draw: Callable[[], None], *, again: bool = False, group: str = "") -> None:
    """Leaves in *pictures* what *draw* would draw; it is called where that isn't there already, or if *again*.

    *shows* digests what is drawn.  A folder has several *groups* of pictures where they don't come and go together; those of the
    first, which has no name, are drawn before the others, and these again after it.  Only by whoever holds the folder.
    """
    of, groups = _of(shows), _groups(pictures.folder)
    kept = None if again else _kept(pictures, of, groups.get(group))
    if kept is not None:
        pictures.made += kept
        return
    before = len(pictures.made)
    draw()
    made = pictures.made[before:]
    if not made:
        return
    drawn = {"of": of, "files": {path.name: _digest(path) for path in made}}
    _write(pictures.folder, {**groups, group: drawn} if group else {"": drawn})


def _groups(folder: Path) -> dict[str, Any]:
    """What the record says of each group of pictures; nothing where it can't be read."""
    try:
        record = read_json(folder / RECORD)
        return {"": record, **record.get("more", {})}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def describe_pictures(folder: Path) -> None:
    """Notes in ``pictures.json`` what the pictures in *folder* show.  Only by whoever holds it."""
    _write(folder, _groups(folder))


def _write(folder: Path, groups: Mapping[str, Any]) -> None:
    """The record, with the words of every picture that is there; nothing where there is nothing to say."""
    shows = {path.name: text for path in sorted(folder.glob("*.png")) if (text := shown_in(path))}
    first = {key: value for key, value in groups.get("", {}).items() if key in ("of", "files")}
    more = {name: one for name, one in groups.items() if name}
    if first or more or shows:
        whole = {**first, **({"more": more} if more else {}), "shows": shows}
        write(folder / RECORD, (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))


def shown_in(path: Path) -> str:
    """What a picture shows, in words; empty where it says nothing, or can't be read."""
    try:
        return description_of(read(path, MOST))
    except OSError:
        return ""


def _of(shows: str) -> str:
    """What a picture depends on: data, code and packages."""
    parts = (shows, source_digest(CODE), *(f"{name} {packaged(name)}" for name in PACKAGES))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _kept(pictures: Pictures, of: str, record: Any) -> list[Path] | None:
    """The pictures that were drawn from the same and are as they were drawn, in every kind that is asked for; else None."""
    try:
        files: Mapping[str, str] = record["files"]
        if any(Path(name).name != name for name in files):
            return None
        if record["of"] != of or any(_digest(pictures.folder / name) != digest for name, digest in files.items()):
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    stems = {Path(name).stem for name in files}
    if not files or any(f"{stem}.{kind}" not in files for stem in stems for kind in pictures.kinds):
        return None
    return [pictures.folder / name for name in files]


def _digest(path: Path) -> str:
    return hashlib.sha256(read(path)).hexdigest()

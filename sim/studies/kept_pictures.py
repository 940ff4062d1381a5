"""Pictures that are kept: drawn again only where what they show, or what draws them, has changed, or a file has.

``pictures.json`` beside them says what they were drawn from and holds a checksum of each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from sim.experiment.files import read, read_json, write
from sim.experiment.identity import packaged, source_digest
from sim.present.pictures import Pictures

RECORD = "pictures.json"
CODE = ("scenario", "model", "analysis", "present")
"""What makes a picture of a result: present draws it from what analysis reads with the names and units of the others."""
PACKAGES = ("matplotlib", "numpy", "pillow", "polars")


def up_to_date(pictures: Pictures, shows: str, draw: Callable[[], None], *, again: bool = False) -> None:
    """Leaves in *pictures* what *draw* would draw; it is called where that isn't there already, or if *again*.

    *shows* digests what is drawn.  Only by whoever holds the folder.
    """
    of = _of(shows)
    kept = None if again else _kept(pictures, of)
    if kept is not None:
        pictures.made += kept
        return
    draw()
    if not pictures.made:
        return
    record = {"of": of, "files": {path.name: _digest(path) for path in pictures.made}}
    write(pictures.folder / RECORD, (json.dumps(record, indent=1) + "\n").encode())


def _of(shows: str) -> str:
    """What a picture depends on: data, code and packages."""
    parts = (shows, source_digest(CODE), *(f"{name} {packaged(name)}" for name in PACKAGES))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _kept(pictures: Pictures, of: str) -> list[Path] | None:
    """The pictures that were drawn from the same and are as they were drawn, in every kind that is asked for; else None."""
    try:
        record = read_json(pictures.folder / RECORD)
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

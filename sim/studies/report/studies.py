"""Answers of studies for the page: what they showed, their charts, and their other pictures with what those show in words."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.experiment import OutputError
from sim.experiment.store import Store
from sim.present.described import description_of
from sim.studies import queries
from sim.studies.charts import drawable
from sim.studies.kept_table import kept_shown

Json = dict[str, Any]
TO_DO = ("decide", "plan", "deadline")
"""Studies that say what to do; the first says it first."""
SECTION = {"bottleneck": "bottleneck", "sensitivity": "matters", "validate": "checks", "calibrate": "checks"}
"""Verb -> the section that has its answer; the others are decisions."""
PNG = b"\x89PNG\r\n\x1a\n"
MOST = 2_000_000
"""Bytes of the largest picture that is put on the page."""
COLOURS = 160
"""Of a picture on the page: those of lines and bands, and the shades at the edges of letters."""


def study_of(folder: Path) -> Json | None:
    """The answer in *folder*, None where no study wrote it.

    Raises:
        OutputError: if it isn't as it was written, or of an older version that kept no words.
    """
    try:
        manifest = Store(folder).manifest()
    except (OSError, ValueError):
        return None
    verb = manifest.get("study")
    if not isinstance(verb, str) or verb not in queries():
        return None
    shown = kept_shown(folder)
    if shown is None:
        what = f"what {verb} showed is not there as it was written"
        raise OutputError(f"{folder}: {what}; the command that made it makes it again")
    headlines = [str(line) for line in shown["headlines"]]
    charts = _charts(folder, verb, shown.get("charts", {}))
    return {
        "verb": verb,
        "section": SECTION.get(verb, "decisions"),
        "title": queries()[verb].short.rstrip("."),
        "headlines": headlines,
        "parts": shown["parts"],
        "charts": _told_once(charts.values(), headlines),
        "pictures": [one for one in _pictures(folder, headlines) if one["name"] not in charts],
        "command": str(manifest.get("command", "")),
        "do": headlines[:1] if verb in TO_DO else [],
    }


def _charts(folder: Path, verb: str, kept: dict[str, Json]) -> dict[str, Json]:
    """Charts that the page draws itself, by the pictures in whose place they are; none of a summary that isn't as written.

    *kept*: those that the answer has left beside it.
    """
    data, name = Store(folder).intact("summary.json"), f"sim.studies.{verb}.charts"
    try:
        made: dict[str, Json] = import_module(name).charts(json.loads(data)) if data is not None and find_spec(name) else {}
        return drawable({**made, **kept})
    except (ValueError, KeyError, TypeError, AttributeError):  # of an older version: its pictures are there
        return {}


def _told_once(charts: Iterable[Json], headlines: list[str]) -> list[Json]:
    """The charts without a message that stands above them already; who can't see them is told all the same."""
    said, made = set(headlines), []
    for one in charts:
        made.append({**one, "title": "" if one["title"] in said else one["title"]})
        said.add(one["title"])
    return made


def _pictures(folder: Path, headlines: list[str]) -> list[Json]:
    """The pictures that an answer's command drew, each with what it shows in words; one that says nothing shows the answer.

    Raises:
        OutputError: if one isn't as it was drawn.
    """
    store, made = Store(folder), []
    for path in sorted(folder.glob("*.png")):
        if path.lstat().st_size > MOST:
            continue
        data = store.intact(path.name)
        if data is None and store.knows(path.name):
            raise OutputError(f"{path}: not the picture that was drawn; the command that made it makes it again")
        if data is not None and data.startswith(PNG):
            source = f"data:image/png;base64,{base64.b64encode(_smaller(data)).decode()}"
            alt = description_of(data) or f"{path.stem}: {' '.join(headlines)}"
            made.append({"name": path.stem, "source": source, "alt": alt})
    return made


def _smaller(data: bytes) -> bytes:
    """A picture with few colours, as ours have, in a third of its bytes; as it is where that makes it no smaller."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    except (OSError, ValueError, SyntaxError):  # what Pillow says of what is no picture
        return data
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return min(data, out.getvalue(), key=len)

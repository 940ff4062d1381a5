"""What a study showed, kept beside its answer for ``report`` in ``shown.json``; true while the manifest is that of its making."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from sim.experiment.files import read, read_json
from sim.experiment.store import MANIFEST, Store
from sim.studies.charts import drawable

Json = dict[str, Any]
NAME = "shown.json"
WIDTH = 200
"""Columns of the terminal that it would be shown on."""


class Answered(Protocol):
    """What is known of any answer here."""

    @property
    def folder(self) -> Path: ...
    @property
    def headlines(self) -> list[str]: ...
    @property
    def charts(self) -> Mapping[str, Json]: ...


def keep_shown(answered: Answered, verb: str) -> None:
    """Writes what a terminal shows of the answer of study *verb* into its folder; nothing where that can't be written to.

    Raises:
        StoreError: if it can't be written.
    """
    from sim.present.page.parts import parts

    store = Store(answered.folder)
    if not (answered.folder / MANIFEST).is_file():  # a validation of a design has none
        return
    with store.open():
        if store.read_only:
            return
        shown = parts(import_module(f"sim.studies.{verb}.table").shown(answered, WIDTH))
        said = set(answered.headlines)
        body: Json = {"headlines": answered.headlines, "parts": [part for part in shown if part.get("text") not in said]}
        body |= {"charts": some} if (some := drawable(answered.charts)) else {}
        of = _digest(answered.folder)
        store.write_json(NAME, {"of": of, "checksum": _checksum(of, body), "shown": body})


def kept_shown(folder: Path) -> Json | None:
    """``headlines`` and ``parts`` of the answer in *folder* as shown, and ``charts`` that it has beside those of its summary.

    None where that isn't there, or of another answer.
    """
    try:
        record = read_json(folder / NAME)
        body: Json = record["shown"]
        whole = record["of"] == _digest(folder) and record["checksum"] == _checksum(record["of"], body)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return body if whole else None


def _digest(folder: Path) -> str:
    return hashlib.sha256(read(folder / MANIFEST)).hexdigest()


def _checksum(of: str, body: Json) -> str:
    return hashlib.sha256(f"{of}\n{json.dumps(body, sort_keys=True)}".encode()).hexdigest()

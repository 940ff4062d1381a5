"""The planning bound that stands beside the results of a run, kept with them."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.found import BoundBy, Summary
from sim.experiment.files import read_json
from sim.experiment.identity import packaged, source_digest
from sim.experiment.store import Store
from sim.scenario import Loaded

if TYPE_CHECKING:
    from sim.analysis.bounds.planning import Bound

Json = dict[str, Any]
KEPT = "bound.json"
"""Its file in the folder of a run."""
CODE = ("scenario", "model", "analysis/bounds")
PACKAGES = ("numpy", "scipy")


_KNOWN: OrderedDict[str, Bound] = OrderedDict()
_MOST_KNOWN = 32


def bound_of(loaded: Loaded) -> Bound:
    """The planning bound of a scenario; the last few are remembered, since a notebook runs the same one again and again."""
    from sim.analysis.bounds.planning import planning_bound

    if loaded.digest_text not in _KNOWN:
        _KNOWN[loaded.digest_text] = planning_bound(loaded.scenario)
        while len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.popitem(last=False)
    return _KNOWN[loaded.digest_text]


def kept_bound(loaded: Loaded, folder: Path) -> Json:
    """The planning bound as plain data, from *folder* if it holds that of this scenario by this code, else made and kept there.

    Only by whoever holds the folder.  Raises StoreError if it can't be kept.
    """
    of = _of(loaded)
    known = _read(folder, of)
    if known is not None:
        return known
    bound = bound_of(loaded).as_json()
    if os.access(folder, os.W_OK):  # else a finished result is shown in a folder that can't be written to
        Store(folder).write_json(KEPT, {"of": of, "checksum": _checksum(of, bound), "bound": bound})
    return bound


def known_bound(loaded: Loaded, folder: Path) -> Json:
    """The same without keeping it, for whoever doesn't hold the folder."""
    return _read(folder, _of(loaded)) or bound_of(loaded).as_json()


def _read(folder: Path, of: str) -> Json | None:
    """What is kept in *folder*; None where that is absent, cut short or something else, so that it is made again."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        record = read_json(folder / KEPT)
        if record["of"] == of and record["checksum"] == _checksum(of, record["bound"]):
            known: Json = record["bound"]
            return known
    return None


def _of(loaded: Loaded) -> str:
    """What a bound depends on: scenario, code and packages."""
    parts = (loaded.digest_text, source_digest(CODE), *(f"{name} {packaged(name)}" for name in PACKAGES))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _checksum(of: str, bound: Json) -> str:
    return hashlib.sha256(json.dumps([of, bound]).encode()).hexdigest()


def beside(summary: Summary, bound: Json) -> Summary:
    """A run's summary with the planning bound beside the results: ``bound_h``, in all and by mission, and what sets it."""
    by = BoundBy(people=bound["people"], most_out=bound["most_out"], **bound["binding"])
    missions = {
        name: replace(entry, bound_h=_hours(bound["missions"][name])) if name in bound["missions"] else entry
        for name, entry in summary.missions.items()
    }
    return replace(summary, bound_h=_hours(bound), bound=by, missions=missions)


def _hours(bound: Json) -> float:
    """Infinite where not all can be out."""
    return math.inf if bound["bound_h"] is None else float(bound["bound_h"])

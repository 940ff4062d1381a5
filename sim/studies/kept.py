"""Where the answer of a study is kept: ``results/<verb>/<id>/``, the id a digest of what was asked, never of n or processes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from sim.experiment.files import recorded, storing
from sim.experiment.identity import packaged
from sim.experiment.run import PACKAGES, store_of
from sim.experiment.store import Store
from sim.experiment.tables import escape_formulas
from sim.present.pictures import Pictures
from sim.scenario import Loaded
from sim.studies.drawn import pictures_in
from sim.studies.options import Options, command

Json = dict[str, Any]


def folder_of(verb: str, scenarios: Sequence[Loaded], asked: Mapping[str, Any], options: Options) -> Path:
    """The folder of a study of *scenarios*, *asked* being all else that changes its answer."""
    runs = [store_of(one, options.seed, options.out).folder for one in scenarios]
    text = json.dumps([[f"{run.parent.name}/{run.name}" for run in runs], asked], sort_keys=True)
    return options.out / verb / hashlib.sha256(text.encode()).hexdigest()[:12]


def asked_command(verb: str, given: Sequence[str], words: Sequence[str], options: Options) -> str:
    """The command that gives this answer, with the study's own options after the scenarios."""
    return command(verb, given, options, words)


def keep(
    folder: Path,
    summary: Json,
    tables: Mapping[str, pl.DataFrame],
    manifest: Json,
    options: Options,
    draw: Callable[[Pictures], None],
) -> tuple[Path, ...]:
    """Writes tables, pictures, summary and manifest, each whole or not at all; the pictures' paths.

    Raises:
        OutputError, StoreError: if that cannot be done.
    """
    store, pictures = Store(folder), pictures_in(folder, options)
    with store.open():
        with storing(folder):
            for name, table in tables.items():
                with recorded(folder / f"{name}.parquet") as out:
                    table.write_parquet(out, compression="zstd")
                if options.csv:
                    with recorded(folder / f"{name}.csv") as out:
                        escape_formulas(table).write_csv(out)
            if options.plots:
                draw(pictures)
        store.write_json("summary.json", summary)
        store.write_json("manifest.json", manifest | {"packages": {name: packaged(name) for name in PACKAGES}})
    return tuple(pictures.made)

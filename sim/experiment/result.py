"""What one run gave, read from its folder: the only thing that analysis sees."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from sim.experiment.blocks import TABLES, Failure
from sim.experiment.files import OutputError
from sim.experiment.store import Store


class Result:
    """Replications 0 … n−1 of one scenario under one seed."""

    def __init__(
        self, store: Store, *, name: str, title: str, seed: int, n: int, failed: Sequence[Failure], scenario_text: str
    ) -> None:
        self._store = store
        self._tables: dict[str, pl.DataFrame] = {}
        self.name = name
        """Name of the scenario: that of its file."""
        self.title = title
        """Its title; free text, to be shown as it is."""
        self.folder = store.folder
        """Where everything is kept."""
        self.seed = seed
        self.n = n
        """Replications that were asked for; those in :attr:`failed` gave nothing."""
        self.failed = list(failed)
        """Failed replications: (replication, stage, message)."""
        self.scenario_text = scenario_text
        """The whole scenario, as in ``scenario.yaml``."""
        self.summary: dict[str, Any] = {}
        """What ``summary.json`` holds."""

    @classmethod
    def open(cls, folder: Path | str) -> Result:
        """The result in a folder that a finished command wrote.

        Raises:
            OutputError: if it is not one.
        """
        folder = Path(folder)
        try:
            manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
            result = cls(
                Store(folder),
                name=str(manifest["scenario"]),
                title=str(manifest["title"]),
                seed=int(manifest["seed"]),
                n=int(manifest["replications"]),
                failed=_failures(folder / "failures.csv"),
                scenario_text=(folder / "scenario.yaml").read_text("utf-8"),
            )
            result.summary = json.loads((folder / "summary.json").read_text("utf-8"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            what = f"no {Path(error.filename).name} in it" if isinstance(error, FileNotFoundError) else "its files cannot be read"
            raise OutputError(f"{folder}: not the folder of a finished run: {what}") from None
        return result

    def table(self, name: str) -> pl.DataFrame:
        """One of missions, cohorts, replications, timeline; its first column is ``replication``.  Read once, then kept."""
        if name not in TABLES:
            raise KeyError(f"no table {name!r}; there are {', '.join(TABLES)}")
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def digest(self) -> str:
        """SHA-256 in hex of all that numbers and pictures of this result come from: its name, scenario and tables."""
        about = (self.name, self.title, self.seed, self.n, [tuple(f) for f in self.failed], self.scenario_text)
        digest = hashlib.sha256(json.dumps(about).encode())
        for name in TABLES:
            path = self.folder / f"{name}.parquet"
            digest.update(hashlib.sha256(path.read_bytes() if path.exists() else b"").digest())
        return digest.hexdigest()

    def _read(self, name: str) -> pl.DataFrame:
        """From the table's file, or from the blocks if another command has written it for a different n meanwhile."""
        try:
            frame = pl.read_parquet(self.folder / f"{name}.parquet")
            numbers = frame["replication"]
            if numbers.n_unique() == self.n - len(self.failed) and (not len(numbers) or int(numbers.max()) < self.n):  # type: ignore[arg-type]
                return frame
        except (OSError, pl.exceptions.PolarsError):
            pass
        frame = self._store.scan(name, self.n).collect()
        if not frame.height and len(self.failed) < self.n:
            raise OutputError(f"{self.folder}: the table {name}.parquet cannot be read, and there are no blocks to make it from")
        return frame

    @property
    def inputs(self) -> pl.DataFrame | None:
        """A row per set of inputs and factor: what was drawn; None where nothing was.

        Raises:
            OutputError: if it cannot be read.
        """
        path = self.folder / "inputs.parquet"
        if not path.exists():
            return None
        try:
            return pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError):
            raise OutputError(f"{path}: not a table of inputs; the same run writes it again") from None

    missions = property(lambda self: self.table("missions"), doc="A row per replication and mission.")
    cohorts = property(lambda self: self.table("cohorts"), doc="A row per replication and cohort.")
    replications = property(lambda self: self.table("replications"), doc="A row per replication.")
    timeline = property(lambda self: self.table("timeline"), doc="A row per replication and hour.")


def _failures(path: Path) -> list[Failure]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return [Failure(int(row["replication"]), row["stage"], row["message"].removeprefix("'")) for row in csv.DictReader(lines)]

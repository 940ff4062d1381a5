"""What one run gave, read from its folder: the only thing that analysis sees."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from sim.experiment.blocks import SPARSE, TABLES, Failure
from sim.experiment.files import OutputError
from sim.experiment.store import Store
from sim.scenario.errors import Faults
from sim.scenario.nodes import compose
from sim.scenario.parquet import read_parquet

AGAIN = "the command that made it makes it again"
EMPTY = hashlib.sha256().hexdigest()
MOST = 1_000_000_000
"""Replications that no run has."""
MOST_TITLE = 1000
"""Characters of a title: no scenario has a longer one."""
UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What comes of bytes that are no table, or not the expected one."""


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
        self.manifest: dict[str, Any] = {}
        """How it was made, of one that was opened from its folder."""
        self._summary: dict[str, Any] | None = {}
        self._opened = False
        self.drawn: pl.DataFrame | None = None
        """The table of inputs, of one whose folder doesn't hold it yet."""

    @classmethod
    def open(cls, folder: Path | str) -> Result:
        """The result in a folder that a finished command wrote.

        Raises:
            OutputError: if it is not one.
        """
        store = Store(Path(folder))
        try:
            return cls._opened_from(store, store.manifest())
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            what = f"no {Path(error.filename).name} in it" if isinstance(error, FileNotFoundError) else "its files cannot be read"
            raise OutputError(f"{folder}: not the folder of a finished run: {what}") from None

    @classmethod
    def _opened_from(cls, store: Store, manifest: dict[str, Any]) -> Result:
        name, title, seed, n = (manifest[key] for key in ("scenario", "title", "seed", "replications"))
        failures = manifest["failed"]
        if [type(value) for value in (name, title, seed, n, failures)] != [str, str, int, int, int] or not 0 < n < MOST:
            raise ValueError("not the manifest of a run")
        if not 0 <= failures <= n or max(len(name), len(title)) > MOST_TITLE:
            raise ValueError("not the manifest of a run")
        scenario = store.intact("scenario.yaml")
        if scenario is None:
            raise OutputError(f"{store.folder}: scenario.yaml is not as it was written; {AGAIN}")
        failed, text = _failures(store, n, failures), scenario.decode()
        if compose(text, "scenario.yaml", faults := Faults()) is None or faults:
            raise OutputError(f"{store.folder}: scenario.yaml is no scenario; {AGAIN}")
        result = cls(store, name=name, title=title, seed=seed, n=n, failed=failed, scenario_text=text)
        summary = store.intact("summary.json")
        result._summary = None if summary is None else json.loads(summary)
        result.manifest, result._opened = manifest, True
        return result

    @property
    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` holds.

        Raises:
            OutputError: if it isn't as it was written.
        """
        if self._summary is None:
            raise OutputError(f"{self.folder}: summary.json is not as it was written; {AGAIN}")
        return self._summary

    @summary.setter
    def summary(self, summary: dict[str, Any]) -> None:
        self._summary = summary

    @property
    def read_only(self) -> bool:
        """Whether its folder can't be written to."""
        return self._store.read_only

    def table(self, name: str) -> pl.DataFrame:
        """One of missions, cohorts, replications, timeline, stages; its first column is ``replication``.  Read once, and kept."""
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
            digest.update(bytes.fromhex(self._store.checksum(f"{name}.parquet") or EMPTY))
        return digest.hexdigest()

    def _read(self, name: str) -> pl.DataFrame:
        """From the table's file, or from the blocks if that isn't as it was written, or another command's for another n.

        Raises:
            OutputError: if neither has all replications.
        """
        data, few = self._store.intact(f"{name}.parquet"), None
        if data is not None:
            with suppress(ValueError, TypeError, *UNREADABLE):
                if self._whole(frame := read_parquet(data)):
                    return frame
                few = frame if name in SPARSE and self._whole(frame, sparse=True) else None
        with suppress(OSError, ValueError, TypeError, *UNREADABLE):
            frame = self._store.scan(name, self.n).collect()
            if not self._opened or len(self._store.stored(self.n)) == self.n - len(self.failed):
                return frame
        if few is not None:
            return few
        if self._opened and not self._store.knows(f"{name}.parquet"):
            raise OutputError(f"{self.folder}: no {name}.parquet, which results of earlier versions lack; {AGAIN}")
        raise OutputError(f"{self.folder}: neither {name}.parquet nor the blocks hold all {self.n:,} replications; {AGAIN}")

    def _whole(self, frame: pl.DataFrame, sparse: bool = False) -> bool:
        """Whether a table holds the replications that gave something (or some of them, if it is *sparse*), and no other."""
        numbers, there = frame["replication"], self.n - len(self.failed)
        if not numbers.dtype.is_integer() or not (numbers.n_unique() < there if sparse else numbers.n_unique() == there):
            return False
        return not len(numbers) or (int(numbers.min()) >= 0 and int(numbers.max()) < self.n)  # type: ignore[arg-type]

    @property
    def inputs(self) -> pl.DataFrame | None:
        """A row per set of inputs and factor: what was drawn; None where nothing was.

        Raises:
            OutputError: if it cannot be read.
        """
        if self.drawn is not None:
            return self.drawn
        path = self.folder / "inputs.parquet"
        data = self._store.intact(path.name)
        if data is None and not path.exists() and not self._store.knows(path.name):
            return None
        with suppress(ValueError, *UNREADABLE):
            if data is not None:
                return read_parquet(data)
        raise OutputError(f"{path}: not the table of inputs that was written; {AGAIN}")

    missions = property(lambda self: self.table("missions"), doc="A row per replication and mission.")
    cohorts = property(lambda self: self.table("cohorts"), doc="A row per replication and cohort.")
    replications = property(lambda self: self.table("replications"), doc="A row per replication.")
    timeline = property(lambda self: self.table("timeline"), doc="A row per replication and hour.")
    stages = property(lambda self: self.table("stages"), doc="People by mission and stage, a row where a number changes.")


def _failures(store: Store, n: int, count: Any) -> list[Failure]:
    """The failed replications, *count* of them as the manifest says, from their file or from the blocks."""
    data = store.intact("failures.csv")
    failures = []
    if count and data is not None:
        with suppress(csv.Error, KeyError, TypeError, ValueError, AttributeError):
            rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
            failures = [Failure(int(row["replication"]), row["stage"], row["message"].removeprefix("'")) for row in rows]
    if count and len(failures) != count:
        failures = store.failures(n)
    if len(failures) != count or not all(0 <= f.replication < n for f in failures):
        raise OutputError(
            f"{store.folder}: {count} replications failed, and neither failures.csv nor the blocks say which; {AGAIN}"
        )
    return failures

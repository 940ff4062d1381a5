"""The event log of one replication as people and programs take it: a list of events, a data frame, a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, get_args, get_type_hints

import polars as pl

from sim.model.event import Event
from sim.studies.table_file import write_file

_TYPES: dict[type, pl.DataType] = {int: pl.Int64(), float: pl.Float64(), str: pl.String()}


def _schema() -> dict[str, pl.DataType]:
    """Columns of an event log, in the order of the fields of an event."""
    hints = get_type_hints(Event)
    return {name: _TYPES[(get_args(hints[name]) or (hints[name],))[0]] for name in Event._fields}


class EventLog(list[Event]):
    """Events in order of time; :class:`~sim.model.event.Event` says what their fields mean."""

    def frame(self) -> pl.DataFrame:
        """A row for each event and a column for each of its fields, null where it says nothing."""
        return pl.DataFrame([tuple(event) for event in self], schema=_schema(), orient="row")

    def _repr_html_(self) -> str:
        """What a notebook shows: the data frame."""
        return self.frame()._repr_html_()

    def as_json(self) -> list[dict[str, Any]]:
        """A mapping for each event, with the fields that say something."""
        return [{name: value for name, value in event._asdict().items() if value is not None} for event in self]

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Writes the data frame to *path*, as ``.csv`` or ``.parquet``.

        Raises:
            QueryError: if that ends otherwise.
            OutputError: if it is there already and is not to be written over, or its folder isn't there.
            StoreError: if it can't be written.
        """
        write_file(self.frame(), Path(path), overwrite)

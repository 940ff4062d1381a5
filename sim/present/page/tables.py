"""A table of the page as data: each cell its text, the interval below it, and the number that it is sorted by."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

Json = dict[str, Any]
E = TypeVar("E")
"""An entry of a summary or of differences."""


class Column(NamedTuple, Generic[E]):
    """A column of entries."""

    title: str
    cell: Callable[[E], str]
    interval: Callable[[E], str] | None = None
    by: Callable[[E], float | str | None] | None = None
    """What it is sorted by: a number, infinite for never, None for nothing to say; its text where that is None itself."""
    about: str = ""
    """What the heading means, in a sentence."""

    @property
    def numeric(self) -> bool:
        """Whether it is a column of numbers, which stand to the right."""
        return self.by is not None


NEVER = 1e12
"""Stands for an infinite number, which JSON hasn't."""


def table(
    caption: str,
    first: str,
    columns: Sequence[Column[E]],
    rows: Iterable[tuple[str, E, str | None]],
    notes: Sequence[str] = (),
) -> Json:
    """The table; *rows*: what each is called, its entry, and the mission that its first cell leads to."""
    return {
        "caption": caption,
        "first": first,
        "columns": [{"title": c.title, "numeric": c.numeric, "about": c.about} for c in columns],
        "rows": [
            {"name": name, "mission": mission, "cells": [_cell(c, entry) for c in columns]} for name, entry, mission in rows
        ],
        "notes": list(notes),
    }


def _cell(column: Column[E], entry: E) -> list[Any]:
    """``[text]``, ``[text, interval]`` or ``[text, interval, number]``, without what is empty at the end."""
    text, under = column.cell(entry), column.interval(entry) if column.interval else ""
    cell: list[Any] = [text, under, _key(column.by(entry)) if column.by else None]
    while len(cell) > 1 and cell[-1] in ("", None):
        cell.pop()
    return cell


def _key(value: float | str | None) -> float | str | None:
    if not isinstance(value, int | float):
        return value
    return math.copysign(NEVER, value) if math.isinf(value) else round(float(value), 6)

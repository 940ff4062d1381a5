"""Typed columns: a heading, what it says of an entry, and its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

Json = Mapping[str, Any]
Write = Callable[[Any], str]
"""An entry of a summary or of differences → the text of its cell."""
WIDE = 120
"""From this many columns on intervals stand beside the numbers."""


class Column(NamedTuple):
    """A column; its cells are numbers and stand to the right unless *justify* says otherwise."""

    title: str
    cell: Write
    interval: Write | None = None
    """Of the number, beside or below it."""
    justify: Literal["left", "right"] = "right"
    spare: int = 0
    """Left out where there is no room, the lowest first: 1 and 2 before intervals are broken, higher ones after; 0: never."""

    @property
    def on_a_line(self) -> str:
        """Its title on one line."""
        return self.title.replace("-\n", "").replace(",\n", " ").replace("\n", " ")

"""Tables from typed columns: a heading, what it says of an entry, and its interval where there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from rich import box
from rich.table import Table
from rich.text import Text

Json = Mapping[str, Any]
Write = Callable[[Json], str]
"""An entry of a summary or of differences → the text of its cell."""
WIDE = 120
"""From this many columns on intervals stand beside the numbers."""


class Column(NamedTuple):
    """A column; its cells are numbers and stand to the right unless *justify* says otherwise."""

    title: str
    cell: Write
    interval: Write | None = None
    """Of the number, in a column of its own in a wide table."""
    justify: Literal["left", "right"] = "right"


def table(
    first: str,
    columns: Sequence[Column],
    rows: Iterable[tuple[str, Json]],
    total: tuple[str, Json],
    *,
    names: int,
    wide: bool = False,
    roomy: bool = True,
) -> Table:
    """*rows* of (name, entry) under *columns*, and *total* below a line; texts as they are, never as markup.

    *first*: heading of the names, which have *names* columns of the terminal at most; *roomy*: with a blank between columns.
    """
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, int(roomy), 0, 0), header_style="bold")
    made.add_column(first, no_wrap=True, overflow="ellipsis", max_width=names)
    writers: list[Write] = []
    for column in columns:
        made.add_column(column.title, justify=column.justify, no_wrap=True)
        writers.append(column.cell)
        if wide and column.interval is not None:
            made.add_column("", style="dim", no_wrap=True)
            writers.append(column.interval)
    for name, entry in rows:
        made.add_row(Text(name), *(Text(write(entry)) for write in writers))
    made.add_section()
    made.add_row(Text(total[0]), *(Text(write(total[1])) for write in writers), style="bold")
    return made

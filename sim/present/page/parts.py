"""What a terminal shows as data for the page: sentences, and tables with their headings, cells and intervals.

A study thus says the same on the page as on the terminal, in numbers and in words, and has nothing to write for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

Json = dict[str, Any]


def parts(shown: Iterable[RenderableType]) -> list[Json]:
    """``{"text", "small"}`` and ``{"head", "rows"}``, without empty lines.

    A cell is ``[text]`` or ``[text, interval]``; a row ``[bold, cells]``; a heading ``[text, whether of numbers]``.

    Raises:
        TypeError: for something that is neither text nor table.
    """
    made: list[Json] = []
    for one in shown:
        if isinstance(one, Group):
            made += parts(one.renderables)
        elif isinstance(one, Table):
            made.append(_table(one))
        elif isinstance(one, str | Text):
            text = str(one)
            if text.strip():
                made.append({"text": text, "small": isinstance(one, Text) and "dim" in str(one.style)})
        else:
            raise TypeError(f"neither text nor table: {type(one).__name__}")
    return made


def _table(table: Table) -> Json:
    """Columns without a heading are the intervals of those before them, as wide terminals have them."""
    columns = [(_line(str(c.header)), c.justify == "right", [str(cell) for cell in c.cells]) for c in table.columns]
    heads: list[list[Any]] = []
    cells: list[list[list[str]]] = [[] for _ in table.rows]
    for k, (title, numbers, texts) in enumerate(columns):
        inside = k > 0 and not title
        if not inside:
            heads.append([title, numbers])
        for row, text in zip(cells, texts, strict=True):
            main, _, under = text.partition("\n")
            if inside:
                row[-1] += [text] if text.strip() else []
            else:
                row.append([main, *([_line(under)] if under.strip() else [])])
    bold = ["bold" in str(row.style) for row in table.rows]
    return {"head": heads, "rows": [[b, row] for b, row in zip(bold, cells, strict=True) if any(c[0].strip() for c in row)]}


def _line(text: str) -> str:
    """A text of several lines on one."""
    return text.replace("-\n", "").replace(",\n", " ").replace("\n", " ").strip()

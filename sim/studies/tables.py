"""What the tables of the studies share: names on the left, numbers on the right, what they mean in dim lines below."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sim.present.columns import WIDE as WIDE
from sim.present.fitting import broken
from sim.studies.engine import Answer


def plain_table(first: str, *numbers: str, most: int | None = None) -> Table:
    """A table with a line under its heads: the column of names, at most *most* wide, and columns of numbers."""
    table = lean_table()
    table.add_column(first, no_wrap=True, max_width=most)
    add_numbers(table, *numbers)
    return table


def lean_table() -> Table:
    """The same without any column yet."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")


def add_numbers(table: Table, *names: str, style: str = "") -> None:
    """Columns of numbers, to the right."""
    for name in names:
        table.add_column(name, justify="right", no_wrap=True, style=style)


def parameter_cell(label: str, path: str, width: int, wide: bool) -> Text:
    """What a parameter is called on as many lines as it needs, in a *wide* table with its path below, as ``--set`` takes it."""
    cell = Text(broken(label, width))
    return cell.append(f"\n{folded(path, width)}", style="dim not bold") if wide else cell


def folded(path: str, width: int) -> str:
    """A path on lines of at most *width* columns, broken before a dot."""
    lines = [""]
    for part in re.findall(r"\.?[^.]+|\.", path):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


PATHS = ("The paths of these, as --set takes them, are in the files and in a table of 110 columns.",)


def title(text: str, about: str, warning: str = "") -> Text:
    """What stands above a table: the title, below it what the numbers rest on, and a warning."""
    return Text(text, style="bold").append(about, style="not bold").append(warning, style="bold")


def notes(lines: Iterable[str], warnings: Iterable[str] = ()) -> list[Text]:
    """What stands below a table."""
    return [*(Text(line, style="dim") for line in lines), *(Text(f"Warning: {line}.", style="yellow") for line in warnings)]


def sentences(answer: Answer) -> list[RenderableType]:
    """The answer in sentences, an empty line after each."""
    return [part for line in answer.headlines for part in (line, "")]

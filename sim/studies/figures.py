"""What the pictures of the studies share: panels in a grid, the key of the scenarios, shares on an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from sim.present.style import series

PER_CENT = FuncFormatter(lambda x, _: f"{100 * x:.0f} %")
"""Shares of one as per cent."""


def panels(figure: Figure, many: int, columns: int, **shared: Any) -> list[Axes]:
    """So many panels in rows of *columns*; what is left of the last row stays empty.  *shared* as of ``Figure.subplots``."""
    every: list[Axes] = figure.subplots(-(-many // columns), columns, squeeze=False, **shared).ravel().tolist()
    for unused in every[many:]:
        unused.set_visible(False)
    return every[:many]


def key_of_lines(figure: Figure, names: Sequence[str], most: int = 4, title: str | None = None, **look: Any) -> None:
    """The key below a picture: what each line stands for, in the order of :func:`~sim.present.style.series`."""
    lines = [
        Line2D([], [], color=series(k).colour, linestyle=series(k).dashes, label=name, **look) for k, name in enumerate(names)
    ]
    size, length = (10.5, 3.2) if title else (11, 3.6 if "marker" in look else 3.2)
    place: Any = {"loc": "outside lower center", "ncols": min(len(lines), most)}
    figure.legend(handles=lines, fontsize=size, handlelength=length, title=title, **place)

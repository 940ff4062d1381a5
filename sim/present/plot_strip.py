"""Rows below a picture over time: when something comes, as its median and nine of ten replications, under the same dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from sim.analysis.mission import Marked
from sim.analysis.outcomes import Wall
from sim.analysis.words import share
from sim.present.labels import wrapped
from sim.present.style import local_dates, unbroken

FALL = "#444444"


class Row(NamedTuple):
    """A row of the strip below the lines."""

    name: str
    colour: str
    mark: Marked
    text: str
    marker: str


def span(mark: Marked, clock: Wall) -> str:
    """``17 Sep (13 to 25 Sep)``."""
    low, middle, high = (clock.moment(h) for h in mark[:3])
    first = f"{low.day}" if (low.year, low.month) == (high.year, high.month) else f"{low.day} {low:%b}"
    spread = "" if low.date() == high.date() else f" ({first} to {high.day} {high:%b})"
    return f"{middle.day} {middle:%b}{spread}"


def events(what: str, marks: Sequence[tuple[str, str, Marked]], clock: Wall) -> list[Row]:
    """Rows of what comes in scenarios, each with its label and colour: once where it is the same in all in which it comes."""
    each: dict[Marked, list[tuple[str, str]]] = {}
    for label, colour, mark in marks:
        if mark.share:
            each.setdefault(mark, []).append((label, colour))
    alone = len(marks) == 1 or (len(each) == 1 and len(next(iter(each.values()))) == len(marks))
    return [_event(what, some, mark, clock, alone) for mark, some in each.items()]


def _event(what: str, some: Sequence[tuple[str, str]], mark: Marked, clock: Wall, alone: bool) -> Row:
    who = "" if alone else f"{wrapped(some[0][0], 30, 1)}{f', {len(some) - 1} more' if len(some) > 1 else ''}\n"
    often = "" if mark.share == 1 else f",{' ' if who else chr(10)}in {share(mark.share)}{'' if who else ' of the cases'}"
    colour = FALL if len(some) > 1 or alone else some[0][1]
    return Row(what, colour, mark, f"{who}{span(mark, clock)}{often}", "X")


def height(rows: Sequence[Row]) -> float:
    """Of the strip in inches, as its texts need it."""
    return len(rows) * (0.43 if any("\n" in row.text or "\n" in row.name for row in rows) else 0.34)


def draw_strip(axis: Axes, rows: Sequence[Row], clock: Wall, last: float, most: int = 8) -> None:
    """Median and the middle 90 % of each row, under at most *most* dates."""
    for y, row in enumerate(rows):
        if row.mark.share:
            axis.plot([row.mark.low, row.mark.high], [y, y], color=row.colour, linewidth=5, alpha=0.35, solid_capstyle="butt")
            late = row.mark.median > last  # beyond what is shown: an arrow at the edge
            at, marker = (last, ">") if late else (row.mark.median, row.marker)
            axis.plot([at], [y], color=row.colour, marker=marker, markersize=10, clip_on=False, zorder=4)
        beside(axis, y, row.text, row.colour, "normal")
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=10)
    for label, row in zip(axis.get_yticklabels(), rows, strict=True):
        label.set_color(row.colour)
    axis.tick_params(axis="y", length=0, pad=10)
    axis.grid(visible=False, axis="y")
    axis.spines["left"].set_visible(False)
    axis.set_xlim(0, last)
    local_dates(axis, clock, last, most)


def beside(axis: Axes, y: float, text: str, colour: str, weight: str) -> None:
    """Text right of the axes, at the height *y*."""
    axis.annotate(
        unbroken(text), (1.0, y), xycoords=("axes fraction", "data"), xytext=(7, 0), textcoords="offset points", va="center",
        ha="left", fontsize=10.5, linespacing=1.05, fontweight=weight, color=colour, annotation_clip=False,
    )  # fmt: skip

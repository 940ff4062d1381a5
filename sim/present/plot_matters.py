"""Picture: what matters among the inputs that aren't known, and where it fails.

Left a bar for each factor above the noise floor, right the sets over the first two factors of the box, if there is one.  Where
neither is there is nothing to draw: the sentence says so.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.matters import Importance, Share, first_text
from sim.analysis.prim import Bools
from sim.analysis.scenario_discovery import Box, Discovery, Limit, limit_text, within
from sim.analysis.statistics import Floats
from sim.analysis.words import share
from sim.present.pictures import Pictures
from sim.present.style import BLUE, RED, SKY, heading, unbroken

NAME = "matters"
ROWS = 10
LEAST_ROWS = 5
"""Room for so many bars, so that one alone is no block."""
LETTERS = 44
"""Of a line of a row's heading."""
GREY = "#8a8a8a"
ARROWS = {"up": "↑", "down": "↓", "either": "↕"}
OUTLINE = [withStroke(linewidth=2.5, foreground="white")]


class Sets(NamedTuple):
    """The sets of a run."""

    names: Sequence[str]
    """Of the F factors."""
    x: Floats
    """Quantiles (S, F)."""
    y: Floats
    """The answer (S,)."""
    failed: Bools
    """(S,)."""


class Words(NamedTuple):
    """What the picture calls things."""

    title: str
    """Of the scenario."""
    answer: str
    """What y counts: ``people left behind``."""
    failing: str
    """What a failure is: ``more than 3,000 left behind``."""
    about: Mapping[str, str]
    """Name of a factor → the heading of its row, each its own."""
    phrases: Mapping[str, str] = {}
    """The same in a sentence."""

    def called(self, name: str) -> str:
        """A factor in a sentence."""
        return self.phrases.get(name, name)


def draw(importance: Importance, discovery: Discovery, sets: Sets, words: Words, into: Pictures) -> None:
    """Draws the picture; where nothing stands out and there is no box, removes that of an earlier answer."""
    if importance.shares or discovery.box:
        into.draw(NAME, partial(matters_figure, importance, discovery, sets, words))
    else:
        into.drop(NAME)


def matters_figure(importance: Importance, discovery: Discovery, sets: Sets, words: Words) -> Figure:
    """One panel or two; raises ValueError where there is nothing to show."""
    rows, box = importance.shares[:ROWS], discovery.box
    if not rows and box is None:
        raise ValueError("nothing stands out and there is no box: nothing to draw")
    widths = [*([8.4] if rows else []), *([5.4] if box else [])]
    height = max(1.3 + 0.52 * max(len(rows), LEAST_ROWS), 5.6 if box else 0.0)
    figure = Figure(figsize=(max(sum(widths), 8.0), height), layout="constrained")
    axes = list(figure.subplots(1, len(widths), squeeze=False, width_ratios=[4.4, 5.4][: len(widths)])[0])
    if rows:
        _bars(axes[0], rows, importance, words)
    if box is not None:
        _scatter(axes[-1], box, sets, words)
    heading(figure, unbroken(_message(importance, box, words)), unbroken(_under(importance, words)))
    return figure


def _message(importance: Importance, box: Box | None, words: Words) -> str:
    where = f"; {words.failing} more often with {_where(box.limits, words)}" if box else ""
    return f"{words.title}: {_mattering(importance, words)}{where}"


def _mattering(importance: Importance, words: Words) -> str:
    """*Most* only where it can be told from all others; one alone is said in words, if no other factor has the same."""
    if not importance.shares:
        return importance.reason or f"of {importance.factors:,} inputs {first_text(importance)}"
    if not importance.rivals:
        *others, last = [words.called(name) for name in importance.first]
        return f"what matters most is {', '.join(others)}, or {last}" if others else f"what matters most is {last}"
    names = [words.called(row.name) for row in importance.shares]
    if len(names) > 2:
        names = [", ".join(names[:2]), f"{len(names) - 2} more"]
    return f"{' and '.join(names)} stand{'s' if len(importance.shares) == 1 else ''} out"


def _where(limits: Sequence[Limit], words: Words) -> str:
    return " and ".join(f"{words.called(limit.name)} {limit_text(limit)}" for limit in limits)


def _under(importance: Importance, words: Words) -> str:
    if not importance.shares:
        return f"{importance.factors} inputs drawn anew in each of {importance.sets:,} sets."
    more = len(importance.shares) - ROWS
    cut = f" The {ROWS} largest of {len(importance.shares)} above the floor." if more > 0 else ""
    rivals = len(importance.rivals)
    below = f" Of those below the floor {rivals} can't either." if rivals else ""
    return (
        f"What the input alone explains of the differences in {words.answer} between {importance.sets:,} sets of "
        f"{importance.factors} inputs, with 95 % intervals; below the noise floor it may be "
        "chance. ↑ ↓ more of it, more or fewer. "
        f"Dark: can't be told from the first.{below}{cut}"
    )


def _bars(axis: Axes, rows: Sequence[Share], importance: Importance, words: Words) -> None:
    """The largest on top."""
    for y, row in enumerate(rows):
        axis.barh(y, row.index, height=0.58, color=BLUE if row.name in importance.first else SKY, zorder=2)
        for colour, width in (("white", 3.0), ("black", 1.3)):
            axis.plot([row.low, row.high], [y, y], color=colour, linewidth=width, solid_capstyle="butt", zorder=4)
        axis.plot([row.low, row.high], [y, y], linestyle="none", marker="|", markersize=7, color="black", zorder=4)
        _note(axis, row.high, y, f"{share(row.index)} {ARROWS[row.direction]}")
        label = "\n".join(textwrap.wrap(words.about.get(row.name, row.name), LETTERS))
        axis.annotate(
            label, (0, y), xycoords=("axes fraction", "data"), xytext=(-8, 0), textcoords="offset points", ha="right",
            va="center", fontsize=10, annotation_clip=False,
        )  # fmt: skip
    if importance.floor is not None:
        axis.axvline(importance.floor, color=RED, linewidth=1.8, linestyle=(0, (4, 2.5)), zorder=3)
        axis.annotate(
            f"noise floor {share(importance.floor)}", (importance.floor, 1),
            xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points", ha="left", fontsize=9.5, color=RED,
            annotation_clip=False,
        )  # fmt: skip
    spare = max(LEAST_ROWS - len(rows), 0) / 2
    axis.set_ylim(len(rows) - 0.4 + spare, -0.6 - spare)
    axis.set_yticks([])
    axis.set_xlim(0, min(max(row.high for row in rows) * 1.2 + 0.02, 1.15))
    axis.grid(visible=False, axis="y")
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f} %" if x <= 1 else ""))
    axis.set_xlabel("share of the variance explained alone")


def _note(axis: Axes, x: float, y: float, text: str) -> None:
    axis.annotate(
        text, (x, y), xytext=(6, 0), textcoords="offset points", va="center", fontsize=10.5, fontweight="bold",
        path_effects=OUTLINE, zorder=6, annotation_clip=False,
    )  # fmt: skip


# -- the box --------------------------------------------------------------------------------------------------------


def _scatter(axis: Axes, box: Box, sets: Sets, words: Words) -> None:
    """The sets over the first two factors of the box, or over its only one and the answer; those out of its third are pale."""
    first, second = box.limits[0], box.limits[1] if len(box.limits) > 1 else None
    x = sets.x[:, sets.names.index(first.name)]
    y = sets.x[:, sets.names.index(second.name)] if second else sets.y
    rest = within(box.limits[2:], sets.x, sets.names)
    for held, strength in ((rest, 1.0), (~rest, 0.3)):
        fine, fails = held & ~sets.failed, held & sets.failed
        axis.scatter(x[fine], y[fine], s=34, facecolors="white", edgecolors=GREY, linewidths=1.2, alpha=strength, zorder=3)
        axis.scatter(
            x[fails], y[fails], s=48, marker="X", color=RED, edgecolors="white", linewidths=0.5, alpha=strength, zorder=4
        )
    _frame(axis, first, second)
    axis.set_title(f"Each mark a set of inputs: ✖ {words.failing}, ○ not", fontsize=10.5, fontweight="normal")
    axis.set_xlim(-0.02, 1.02)
    axis.set_xticks([0, 0.5, 1], ["low", "middle", "high"])
    axis.set_xlabel(_axis_name(first.name, words), fontsize=10)
    if second:
        axis.set_ylim(-0.02, 1.02)
        axis.set_yticks([0, 0.5, 1], ["low", "middle", "high"])
    else:
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.set_ylabel(_axis_name(second.name, words) if second else words.answer, fontsize=10)
    axis.annotate(
        _measured(box, words), (1, 0), xycoords="axes fraction", xytext=(4, -62), textcoords="offset points", ha="right",
        va="top", multialignment="left", fontsize=10,
        annotation_clip=False,
    )  # fmt: skip


def _frame(axis: Axes, first: Limit, second: Limit | None) -> None:
    """The box; over the whole height where it has one factor."""
    low, high = (second.low, second.high) if second else (0.0, 1.0)
    transform = axis.transData if second else axis.get_xaxis_transform()
    size = (first.high - first.low, high - low)
    corner = (first.low, low)
    axis.add_patch(Rectangle(corner, *size, transform=transform, zorder=1, facecolor=RED, alpha=0.12))
    axis.add_patch(Rectangle(corner, *size, transform=transform, zorder=5, fill=False, edgecolor="black", linewidth=2.0))


def _axis_name(name: str, words: Words) -> str:
    return "\n".join(textwrap.wrap(words.about.get(name, name), 50))


def _measured(box: Box, words: Words) -> str:
    """Density and coverage in words, and the limit that isn't drawn."""
    third = [f"Pale: not with {_where(box.limits[2:], words)}."] if box.limits[2:] else []
    dense = f"In the box {share(box.density)} of the sets fail, of all {share(box.base_rate)}."
    covered = f"It holds {share(box.coverage)} of the failures."
    measured = f"Measured on sets that didn't choose the box, {box.inside} of {box.measured} of them inside."
    return "\n".join([*third, f"{dense} {covered}", measured])

"""How every picture looks: colours that colour-blind people and grey printers can tell apart, fonts, files.

Colours: Okabe and Ito, *Color Universal Design* (2008).  A picture is drawn without pyplot (no global state), text is never
parsed as mathematics, and the same data give the same bytes with the same matplotlib.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap
from matplotlib.figure import Figure

from sim.analysis.outcomes import Wall
from sim.present.described import DESCRIPTION, TITLE, sentences, with_description

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
SERIES = (BLUE, RED, GREEN, PURPLE, ORANGE, BLACK)
"""Colours of scenarios, the first for the base."""
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (1, 1)), (0, (10, 3)))
"""Line styles that go with them, for grey print."""
RC: dict[str, Any] = {
    "text.parse_math": False,
    "text.usetex": False,
    "svg.hashsalt": "evacsim",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "legend.frameon": False,
}
DPI = 150
"""Pixels an inch of a PNG."""


class Series(NamedTuple):
    """Colour and line of one scenario, the same in every picture of a comparison."""

    colour: str
    dashes: Any


def series(i: int) -> Series:
    """The look of the *i*-th scenario."""
    return Series(SERIES[i % len(SERIES)], DASHES[i % len(DASHES)])


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib with our settings and nobody else's, and no complaint about a script that the font doesn't have."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)  # type: ignore[arg-type]
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield


def save(figure: Figure, paths: Sequence[Path]) -> list[Path]:
    """Writes the figure to *paths*, which end in ``.png`` or ``.svg``, each whole or not at all; returns them.

    Each says in words what it shows, as :func:`heading` has them.
    """
    shows = str(figure.get_label())
    words = {TITLE: paths[0].stem, DESCRIPTION: shows} if shows and paths else {}
    for path in paths:
        draft = path.with_name(f".{path.name}.part")
        draft.unlink(missing_ok=True)  # a link would be followed
        try:
            if path.suffix == ".png":
                figure.set_dpi(DPI)
                FigureCanvasAgg(figure).print_png(draft, metadata={"Software": None, **words})  # type: ignore[no-untyped-call]
            else:
                figure.savefig(draft, format="svg", dpi=DPI, metadata={"Date": None, **words})
                draft.write_text(with_description(draft.read_text("utf-8"), words.get(DESCRIPTION, "")), "utf-8")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return list(paths)


def heading(figure: Figure, title: str, under: str = "") -> None:
    """Adds room above what is drawn for the answer as title, left, and for what is shown in smaller lines below it.

    Both in full are what the picture says to those who don't see it.
    """
    figure.set_label(sentences(title, under))
    width, drawn = figure.get_size_inches()
    lines, below = wrap(unbroken(title), int(width * 7.9)), wrap(unbroken(under), int(width * 11.8))
    top = 0.08 + 0.27 * len(lines)
    height = drawn + top + 0.2 * len(below) + 0.12
    figure.set_size_inches(width, height)
    figure.text(0.012, 1 - 0.08 / height, "\n".join(lines), ha="left", va="top", fontsize=14, fontweight="bold", linespacing=1.15)
    figure.text(0.012, 1 - (top + 0.02) / height, "\n".join(below), ha="left", va="top", fontsize=10.5, color="#444444")
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0.0, 0.0, 1.0, drawn / height))  # type: ignore[call-arg]


def unbroken(text: str) -> str:
    """*text* with a no-break space between a number and its unit, so that ``80 %`` is never cut in two by :func:`wrap`."""
    return re.sub(r"(?<=[0-9]) (?=(?:%|h|d|min)(?![A-Za-z]))", "\u00a0", text)


LINES = 12
"""Of a text in a picture at most: only a text that nobody would write has more."""


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most *width* characters, broken at spaces, and longer words where they have to be: nothing is cut.

    What goes on beyond :data:`LINES` is nothing to be read in a picture; it is cut there.
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
            continue
        lines += [word[k : k + width] for k in range(0, min(len(word), width * (LINES + 1)), width)] or [""]
        if len(lines) > LINES:
            return [*lines[: LINES - 1], f"{lines[LINES - 1][: width - 2]} …"]
    return lines


def shade_key(
    figure: Figure, axes: Sequence[Axes], shades: Colormap, steps: Sequence[float], names: Sequence[str], label: str
) -> None:
    """A bar below *axes* that names the shades, each from the lower end in *steps* on."""
    edges = [*steps, 1.0001]
    bar = figure.colorbar(
        ScalarMappable(BoundaryNorm(edges, shades.N), shades),
        ax=list(axes), location="bottom", shrink=0.6, aspect=45, pad=0.02, spacing="uniform",
    )  # fmt: skip
    bar.set_ticks([(a + b) / 2 for a, b in pairwise(edges)], labels=list(names), fontsize=9)
    bar.ax.tick_params(length=0)
    bar.set_label(label, fontsize=9.5)


def days_axis(axes: Axes, last_h: float, label: str = "days since the start") -> None:
    """Hours on the axis, labelled in days (or hours where it is short)."""
    unit, name = (24.0, label) if last_h > 72 else (1.0, label.replace("days", "hours", 1))
    step = nice_step(last_h / unit, 8)
    ticks = np.arange(0, last_h / unit + 1e-9, step)
    axes.set_xticks(ticks * unit, [f"{t:g}" for t in ticks])
    axes.set_xlim(0, last_h)
    axes.set_xlabel(name)


def days_above(axes: Axes, last_h: float) -> None:
    """A second axis on top, in days since the start (or hours where it is short)."""
    unit, name = (24.0, "days") if last_h > 72 else (1.0, "hours")
    ticks = np.arange(0, last_h / unit + 1e-9, nice_step(last_h / unit, 8))
    top = axes.secondary_xaxis("top")
    top.set_xticks(ticks * unit, [f"{t:g}" for t in ticks], fontsize=9.5, color="#444444")
    top.set_xlabel(f"{name} since the start", fontsize=9.5, color="#444444")
    top.spines["top"].set_visible(False)
    top.tick_params(length=3, color="#444444")


def nice_step(span: float, most: int) -> float:
    """A round step that gives at most *most* of them over *span*."""
    steps = (step for step in (1, 2, 3, 4, 6, 12, 24, 48, 7, 14, 28) if span / step <= most)
    return float(next(steps, np.ceil(span / most)))


def wall_axis(axes: Axes, wall: Wall, last_h: float, most: int = 8) -> None:
    """A second axis on top with *most* local dates, at midnights (or hours of the day where it is short)."""
    top = axes.secondary_xaxis("top")
    hours, form = _dates(wall, last_h, most)
    top.set_xticks(hours, [form(wall.moment(h)) for h in hours], fontsize=9.5, color="#444444")
    top.spines["top"].set_visible(False)
    top.tick_params(length=3, color="#444444")
    axes.annotate(
        zone(wall),
        (1, 1), xycoords="axes fraction", xytext=(0, 24 if last_h > 72 else 34), textcoords="offset points",
        ha="right", va="bottom", fontsize=8.5, color="#666666",
    )  # fmt: skip


def local_dates(axes: Axes, wall: Wall, last_h: float, most: int = 8) -> None:
    """Hours on the axis, labelled with *most* local dates (or hours of the day where it is short)."""
    hours, form = _dates(wall, last_h, most)
    axes.set_xticks(hours, [form(wall.moment(h)) for h in hours])
    axes.set_xlabel(zone(wall), fontsize=9.5, color="#444444")


def zone(wall: Wall) -> str:
    """``local time, UTC+4:30``."""
    return f"local time, UTC{wall.utc_offset:+05.2f}".replace(".50", ":30").replace(".00", ":00").replace(".75", ":45")


def _dates(wall: Wall, last_h: float, most: int = 8) -> tuple[np.ndarray[Any, Any], Callable[[Any], str]]:
    """Hours after the start of midnights, or of round hours where it is short, and how the moment there is written."""
    if last_h <= 72:
        return np.arange(0, last_h + 1e-9, nice_step(last_h, most)), lambda moment: f"{moment:%H:%M}\n{moment.day} {moment:%b}"
    midnight = (wall.start + timedelta(days=1)).replace(hour=0, minute=0)
    first = 0.0 if wall.start.hour == wall.start.minute == 0 else (midnight - wall.start).total_seconds() / 3600
    return np.arange(first, last_h + 1e-9, 24 * nice_step(last_h / 24, most)), lambda moment: f"{moment.day} {moment:%b}"


def apart(heights: Sequence[float], top: float, gap: float = 0.055) -> list[float]:
    """The same heights on an axis up to *top*, moved apart where text beside them would overlap; *gap*: a share of *top*."""
    step, place = gap * top, 1.005 * top + gap * top
    order = sorted(range(len(heights)), key=lambda i: (-heights[i], i))
    spots = [place := min(heights[k], place - step) for k in order]
    place = 0.01 * top - step
    for k in reversed(range(len(spots))):
        spots[k] = place = max(spots[k], place + step)
    return [spots[order.index(k)] for k in range(len(heights))]

"""Pictures of a calibration: about which inputs something was learnt and about which not, what, and the windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.analysis.statistics import Floats
from sim.analysis.words import count
from sim.present.pictures import Pictures
from sim.present.style import BLUE, heading, unbroken, wrap
from sim.scenario.number import rounded
from sim.studies.calibrate.found import FittedWindow, FoundCalibration, LearntInput
from sim.studies.calibrate.learning import Calibrated
from sim.studies.calibrate.summary import direction
from sim.studies.figures import PER_CENT, panels

PANELS = 9
"""Inputs that are drawn at the most."""
PARTS = 10
"""Equal parts of a range in which weights are heaped."""
GREY = "#b3b3b3"
FAR = 8.0
"""Times, or over, what was observed: bands are cut there."""
TICKS = (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8)
NAMED = 2
"""Inputs named in a title."""
LETTERS = 44
"""Letters of what an input is, at most."""
INPUTS = 16
"""Inputs in the picture of those that were learnt about and those that weren't."""
MOST = 30
"""Numbers that are drawn at the most."""


def draw(summary: FoundCalibration, found: Calibrated, into: Pictures) -> None:
    """``inputs``; ``learnt``, if anything was; and ``windows``."""
    into.draw("inputs", lambda: inputs_figure(summary))
    if summary.known:
        into.draw("learnt", lambda: learnt_figure(summary, found))
    else:
        into.drop("learnt")
    into.draw("windows", lambda: windows_figure(summary))


def learnt_figure(summary: FoundCalibration, found: Calibrated) -> Figure:
    """A panel for each input that was learnt about: the weight in each tenth of its range, against a tenth."""
    known = summary.known[:PANELS]
    columns = min(3, len(known))
    rows = -(-len(known) // columns)
    figure = Figure(figsize=(max(4.1 * columns, 9.0), 2.75 * rows + 0.5), layout="constrained")
    places = {factor.name: column for factor, column in zip(found.factors, found.positions.T, strict=True)}
    tops = [_heaped(places[row.factor], found.weighted.weights) for row in known]
    top = 1.1 * max(float(heap.max()) for heap in tops)
    for axis, row, heap in zip(panels(figure, len(known), columns), known, tops, strict=True):
        _panel(axis, row, heap, top)
    heights = [
        Patch(facecolor=BLUE, alpha=0.55, label="weight after"),
        Line2D([], [], color="#444444", linestyle="--", label="before"),
    ]
    figure.legend(handles=heights, loc="outside lower center", ncols=2, fontsize=10)
    heading(figure, unbroken(_learnt_title(summary)), unbroken(_others(summary, len(known))))
    return figure


def _heaped(places: Floats, weights: Floats) -> Floats:
    heap = np.histogram(places, PARTS, (0.0, 1.0), weights=weights)[0]
    return np.asarray(heap)


def _panel(axis: Axes, row: LearntInput, heap: Floats, top: float) -> None:
    axis.bar((np.arange(PARTS) + 0.5) / PARTS, heap, 0.96 / PARTS, color=BLUE, alpha=0.55)
    axis.axhline(1 / PARTS, color="#444444", linestyle="--", linewidth=1.2)
    axis.set_title("\n".join(wrap(row.label, 42)), fontsize=10.5)
    ends = [row.text.least or "low end", row.text.most or "high end"]
    axis.set_xlim(0, 1)
    axis.set_xticks([0.0, 1.0], ends, fontsize=9.5)
    first, last = axis.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    axis.set_ylim(0, top)
    axis.yaxis.set_major_formatter(PER_CENT)
    axis.grid(visible=False, axis="x")


def _learnt_title(summary: FoundCalibration) -> str:
    rows = summary.known
    first = "; ".join(f"{row.phrase}: {direction(row.position.median)}" for row in rows[:NAMED])
    return f"{summary.name}: learnt about {len(rows)} of {len(summary.inputs)} inputs: {first}"


def _others(summary: FoundCalibration, drawn: int) -> str:
    known = len(summary.known)
    rest, some = len(summary.inputs) - known, known - drawn
    about = f"{summary.sets:,} sets, worth {rounded(summary.effective)}"
    text = f"Bars: share of the weight of the sets in each tenth of the range. {about}."
    text += f" {some} more inputs that were learnt about are in the table." if some else ""
    return f"{text} Nothing learnt about the other {rest:,}." if rest else text


def inputs_figure(summary: FoundCalibration) -> Figure:
    """A row for each of the inputs that stand out most: where in its range it lies now, grey where chance would do as much."""
    rows = summary.inputs[:INPUTS]
    figure = Figure(figsize=(10.5, 0.42 * len(rows) + 1.5), layout="constrained")
    axis = figure.subplots()
    for place, row in enumerate(rows):
        _range(axis, place, row)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.set_yticks(range(len(rows)), ["\n".join(wrap(row.label, LETTERS)) for row in rows], fontsize=9)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.set_xlim(-0.2, 1.2)
    axis.set_xticks([0.05, 0.5, 0.95], ["5 % below", "middle of the range", "5 % above"], fontsize=9.5)
    axis.grid(visible=False)
    for end in (0.05, 0.95):
        axis.axvline(end, color="#444444", linestyle="--", linewidth=1.0, zorder=1)
    key = [
        Patch(facecolor=BLUE, alpha=0.75, label="learnt (white: median)"),
        Patch(facecolor=GREY, label="not learnt: chance would do as much"),
        Line2D([], [], color="#444444", linestyle="--", label="before"),
    ]
    figure.legend(handles=key, loc="outside lower center", ncols=3, fontsize=9.5)
    heading(figure, unbroken(_inputs_title(summary)), unbroken(_range_words(summary)))
    return figure


def _range(axis: Axes, place: int, row: LearntInput) -> None:
    low, middle, high = row.position.low, row.position.median, row.position.high
    axis.barh(place, 1.0, 0.08, 0.0, color="#e2e2e2", zorder=1)
    axis.barh(place, high - low, 0.5, low, color=BLUE if row.learnt else GREY, alpha=0.75 if row.learnt else 1.0, zorder=2)
    axis.plot([middle] * 2, [place - 0.25, place + 0.25], color="white", linewidth=2.5, zorder=3)
    for x, end, side in ((-0.01, row.text.least, "right"), (1.01, row.text.most, "left")):
        axis.text(x, place, end or "", ha=side, va="center", fontsize=8.5, color="#444444")


def _inputs_title(summary: FoundCalibration) -> str:
    known = len(summary.known)
    if known:
        return _learnt_title(summary)
    return f"{summary.name}: nothing learnt about any single one of {len(summary.inputs)} inputs"


def _range_words(summary: FoundCalibration) -> str:
    text = f"Bars: the middle 90 % of the weight of {summary.sets:,} sets, worth {rounded(summary.effective)}, within each range."
    cut = len(summary.inputs) - INPUTS
    return text + (f" The {INPUTS} that stand out most; {cut:,} more stand out less." if cut > 0 else "")


def windows_figure(summary: FoundCalibration) -> Figure:
    """A row for each observed number: its bands before and after, as times what was observed."""
    rows = summary.windows[:MOST]
    figure = Figure(figsize=(10.5, 0.36 * len(rows) + 1.3), layout="constrained")
    axis = figure.subplots()
    for place, row in enumerate(rows):
        _row(axis, place, row)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.set_yticks(range(len(rows)), [_name(row) for row in rows], fontsize=9)
    axis.set_xscale("log")
    axis.set_xlim(0.9 / FAR, 1.1 * FAR)
    axis.xaxis.set_major_locator(FixedLocator(TICKS))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"×{x:g}" if x > 1 else f"÷{1 / x:g}" if x < 1 else "observed"))
    axis.axvline(1, color="black", linewidth=1.0, zorder=1)
    axis.grid(visible=False, axis="y")
    figure.legend(handles=_key(rows), loc="outside lower center", ncols=4, fontsize=9.5)
    heading(figure, unbroken(_windows_title(summary)), unbroken(_under(summary)))
    return figure


def _row(axis: Axes, place: int, row: FittedWindow) -> None:
    for told, colour, height, shift in ((row.prior, GREY, 0.26, -0.17), (row.posterior, BLUE, 0.3, 0.15)):
        low, high = _times(row, told.low_90), _times(row, told.high_90)
        axis.barh(place + shift, high - low, height, low, color=colour, alpha=0.75 if colour == BLUE else 1.0, zorder=2)
    middle = _times(row, row.posterior.median)
    axis.plot([middle] * 2, [place, place + 0.3], color="white", linewidth=2.0, zorder=3)
    seen = row.observed
    ends = [_times(row, seen.value if end is None else end) for end in (seen.low, seen.high)]
    axis.plot(ends, [place + 0.15] * 2, color="black", linewidth=1.6, zorder=4)
    axis.plot([1.0], [place + 0.15], "o", color="black" if row.posterior.inside else "#D55E00", markersize=5.5, zorder=5)


def _times(row: FittedWindow, number: float) -> float:
    """So many times what was observed, one more of each but of hours, cut at the ends of the picture."""
    more = 0.0 if row.measure == "pause" and row.observed.value > 0 else 1.0
    times: float = (number + more) / (row.observed.value + more)
    return min(max(times, 0.9 / FAR), 1.1 * FAR)


def _name(row: FittedWindow) -> str:
    where = row.place or row.scope
    what = row.measure if row.measure != "pause" else "h, longest pause"
    what = what if where == "all" else f"{what}, {where}"
    return f"{row.window_id}: {count(row.observed.value)} {what}"


def _key(rows: Sequence[FittedWindow]) -> list[Patch | Line2D]:
    dot = {"marker": "o", "linestyle": "none", "markersize": 5.5}
    handles: list[Patch | Line2D] = [
        Patch(facecolor=GREY, label="90 % band before"),
        Patch(facecolor=BLUE, alpha=0.75, label="after (white: median)"),
        Line2D([], [], color="black", label="observed", **dot),  # type: ignore[arg-type]
    ]
    if not all(row.posterior.inside for row in rows):
        handles.append(Line2D([], [], color="#D55E00", label="observed, outside", **dot))  # type: ignore[arg-type]
    return handles


def _windows_title(summary: FoundCalibration) -> str:
    rows = summary.windows
    before, after = sum(row.prior.inside for row in rows), sum(row.posterior.inside for row in rows)
    width = np.median([_narrower(row) for row in rows])
    title = summary.name
    text = f"{title}: the 90 % bands hold {after} of {len(rows)} observed numbers ({before} before)"
    return f"{text} and are {100 * (1 - width):.0f} % narrower" if width < 0.995 else text


def _narrower(row: FittedWindow) -> float:
    ends = [[_times(row, told.low_90), _times(row, told.high_90)] for told in (row.posterior, row.prior)]
    (a, b), (c, d) = np.log(ends)
    return float((b - a) / (d - c)) if d > c else 1.0


def _under(summary: FoundCalibration) -> str:
    text = "Bands are of what would be observed: the replications, the model's discrepancy and the range of the observation."
    cut = len(summary.windows) - MOST
    return text + (f" {cut} more numbers are only in the table." if cut > 0 else "")

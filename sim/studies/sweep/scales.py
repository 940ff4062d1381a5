"""What the pictures of a sweep are made of: groups of points in panels, and axes with room above every number for *never*."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import NDArray

from sim.analysis.statistics import Floats
from sim.analysis.words import count, share
from sim.present.style import wrap
from sim.studies.axis import Axis
from sim.studies.sweep.points import Sheet, View
from sim.studies.sweep.words import value_text

OVERLAID = 5
"""Lines in one panel at most."""
PANELS = 9
"""Panels in one picture at most."""
MEASURES = 6
"""Measures drawn at most."""
LABELLED = 12
"""Values that each get a label on an axis."""


@dataclass(frozen=True)
class PointGroup:
    """Points that differ in numbers only: those of one scenario and of one value of each axis of names."""

    label: str
    points: NDArray[np.int64]


@dataclass(frozen=True)
class SweepPanel:
    """One pair of axes: a title, a measure and the groups shown in it, each with the look of its number."""

    title: str
    sheet: Sheet
    groups: Sequence[tuple[int, PointGroup]]


@dataclass(frozen=True)
class Scale:
    """How a measure is written on an axis: *per* base units make one of the unit shown; infinite values lie at ``never_at``."""

    per: float
    unit: str
    top: float
    """Upper end of the numbers, in the unit shown."""
    late: str
    """What is written where infinite values lie; empty if there are none."""
    least: float = 0.0

    @property
    def never_at(self) -> float:
        """The height of infinite values."""
        return self.least + 1.12 * (self.top - self.least)

    def __call__(self, values: Floats) -> Floats:
        """Values as heights."""
        heights = np.asarray(values, dtype=np.float64) / self.per
        return np.where(np.isposinf(heights), self.never_at, heights)

    def text(self, x: float) -> str:
        """A number on the axis."""
        return share(x) if self.unit == "share" else f"{x:,.4g}" if self.unit in ("h", "d") else count(x)


def scale_of(view: View, sheets: Sequence[Sheet], points: NDArray[np.int64]) -> Scale:
    """One scale for all that is shown of a measure."""
    kind = sheets[0].measure.kind
    stacked = np.concatenate([x[points] for sheet in sheets for x in (sheet.value, sheet.low, sheet.high)])
    finite = stacked[np.isfinite(stacked)]
    most = float(finite.max(initial=0.0))
    infinite = np.isposinf(stacked).any()
    why = {w for sheet in sheets for w in (sheet.never[p] for p in points) if w}
    past = "unfinished" if why == {"unfinished"} else None
    late = value_text(math.inf, sheets[0].measure, past, view.horizon_h) if infinite else ""
    if kind.unit == "h":
        per, unit = (24.0, "d") if most > 72 else (1.0, "h")
        return Scale(per, unit, (most or 1.0) / per * 1.04, late)
    if not kind.unit:
        return Scale(1.0, "share", 1.03, "")
    return Scale(1.0, kind.unit, (most or 1.0) * 1.06, late)


def value_axis(axes: Axes, scale: Scale, label: str, upright: bool = True) -> None:
    """The axis of a measure, with a shaded strip for infinite values where there are any."""
    end = scale.least + (1.2 if scale.late else 1.0) * (scale.top - scale.least)
    side = axes.yaxis if upright else axes.xaxis
    (axes.set_ylim if upright else axes.set_xlim)(scale.least, end)
    every = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(scale.least, scale.top)
    ticks = [(t, scale.text(t)) for t in every if scale.least <= t <= scale.top]
    ticks += [(scale.never_at, scale.late)] if scale.late else []
    side.set_ticks([t for t, _ in ticks], labels=[text for _, text in ticks])
    if scale.late:
        (axes.axhspan if upright else axes.axvspan)(scale.top + 0.02 * (scale.top - scale.least), end, color="#f1ecec", zorder=0)
    unit = "" if scale.unit in ("share", "people") else "days" if scale.unit == "d" else "hours"
    side.set_label_text(f"{label} ({unit})" if unit and label else label or unit)


def parameter_axis(axes: Axes, axis: Axis, name: str) -> None:
    """The axis of a parameter called *name*: its values as written where they are few; a logarithm where they multiply."""
    assert axis.numbers is not None
    unit, texts = axis.written
    known = sorted((x, text) for x, text in zip(axis.numbers, texts, strict=True) if math.isfinite(x))
    numbers = [x for x, _ in known]
    if geometric(numbers):
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    if len(known) <= LABELLED:
        axes.set_xticks(numbers, [text for _, text in known])
        if max(len(text) for _, text in known) * len(known) > 60:
            axes.tick_params(axis="x", labelsize=9, labelrotation=45)
    else:
        per = next((x / float(text) for x, text in known if x and unit), 1.0)  # base units in one of the unit as written
        ticks = [float(t) * per for t in MaxNLocator(nbins=7).tick_values(numbers[0] / per, numbers[-1] / per)]
        if axes.get_xscale() == "linear":
            axes.set_xticks([t for t in ticks if numbers[0] - 1e-9 <= t <= numbers[-1] + 1e-9])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / per:,.4g}"))
    shown = unit or ("" if len(known) <= LABELLED else axis.unit)
    axes.set_xlabel("\n".join(wrap(f"{name} ({shown})" if shown else name, 48)))


def geometric(numbers: Sequence[float]) -> bool:
    """Whether ordered numbers grow by factors that are about equal, to eight times the first at least."""
    if len(numbers) < 3 or numbers[0] <= 0 or numbers[-1] / numbers[0] < 8:
        return False
    factors = [b / a for a, b in pairwise(numbers)]
    return max(factors) <= 1.6 * min(factors) and max(factors) > 1.5

"""Axes of the pictures of a sweep: of a measure, with a strip for *never*, and of a parameter."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from sim.present.style import wrap
from sim.scenario.number import rounded
from sim.studies.axis import Axis
from sim.studies.sweep.groups import LABELLED, Scale, geometric


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
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: rounded(x / per, 4)))
    shown = unit or ("" if len(known) <= LABELLED else axis.unit)
    axes.set_xlabel("\n".join(wrap(f"{name} ({shown})" if shown else name, 48)))

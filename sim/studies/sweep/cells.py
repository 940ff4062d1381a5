"""What the cells of a heat map say: their texts, which can be told apart, and what its marks mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics import Floats
from sim.studies.axis import Axis
from sim.studies.sweep.best import BestPoint
from sim.studies.sweep.groups import Scale
from sim.studies.sweep.points import Sheet, View


def unit_words(scale: Scale) -> str:
    """The unit of a time, in brackets after a space."""
    return {"d": " (days)", "h": " (hours)"}.get(scale.unit, "")


def under(view: View, sheet: Sheet, scale: Scale, told_apart: bool, ringed: bool) -> str:
    """What colours, rings and hatches mean."""
    marks = ""
    if not told_apart:
        marks = (
            f"Numbers: {sheet.measure.kind.title}{unit_words(scale)}, one colour as their 95 % intervals overlap or are missing. "
        )
    elif ringed:
        marks = "Ring: the best as seen, and cells that can't be told from it. "
    hatched = f" Hatched: {scale.late}." if np.isposinf(sheet.value).any() else ""
    why = [*(["failed"] if view.errors else []), *(["no such mission"] if sheet.absent else [])]
    failed = f" Crossed: {' or '.join(why)}." if why else ""
    few = f"{view.n:,} replications in each cell; intervals are in the table.{hatched}{failed}"
    return f"{marks}{few} Every cell had the same random numbers."


def finite(sheet: Sheet, points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the points that have a finite value."""
    return points[np.isfinite(sheet.value[points])]


def apart(sheet: Sheet, points: NDArray[np.int64]) -> bool:
    """Whether the least and the most of the finite cells have 95 % intervals that do not overlap."""
    points = finite(sheet, points)
    if points.size < 2:
        return False
    least, most = points[np.argmin(sheet.value[points])], points[np.argmax(sheet.value[points])]
    return bool(sheet.high[least] < sheet.low[most])  # nan, no interval, is never less


def told(first: BestPoint | None) -> bool:
    """Whether some point is told from the best."""
    return first is not None and len(first.untold) < first.compared


def alike(sheet: Sheet, points: NDArray[np.int64], first: BestPoint | None) -> frozenset[int]:
    """The best and those that can't be told from it; by their intervals where there are no replications to pair."""
    if first is not None:
        return frozenset((first.point, *first.untold))
    some = finite(sheet, points)
    if not some.size:
        return frozenset()
    down = sheet.measure.kind.worse_high
    top = some[np.argmin(sheet.value[some]) if down else np.argmax(sheet.value[some])]
    clear = sheet.low[some] > sheet.high[top] if down else sheet.high[some] < sheet.low[top]
    return frozenset(int(p) for p in some[~clear])


def untold(sheet: Sheet, points: NDArray[np.int64], title: str) -> str:
    """The title where one colour is all there is: nothing to tell apart where all cells are the same or only one has a number."""
    values = sheet.value[finite(sheet, points)]
    if values.size < 2 or values.min() == values.max() or "can't be told apart" in title:
        return title
    cells = "cells with a number" if np.isposinf(sheet.value).any() else "cells"
    return f"{title.removesuffix('.')}; the {cells} can't be told apart."


def decimals(values: Floats, scale: Scale) -> int:
    """Decimals with which cells differ that differ by a tenth of what lies between the extremes; at most three."""
    known = values[np.isfinite(values)] / (scale.per if scale.unit != "share" else 0.01)
    usual = 1 if scale.unit == "d" or (scale.unit == "h" and known.max(initial=0.0) < 10) else 0
    span = float(np.ptp(known)) if known.size else 0.0
    return next((k for k in range(usual, 4) if span * 10**k >= 9.5), 3) if span > 0 else usual


def order(axis: Axis) -> list[int]:
    """Positions of the values in the order of their numbers."""
    assert axis.numbers is not None
    numbers = axis.numbers
    return sorted(range(len(axis.values)), key=lambda k: (np.isnan(numbers[k]), numbers[k]))


def text_of(value: float, scale: Scale, places: int) -> str:
    """What stands in a cell."""
    x = value / scale.per
    if not np.isfinite(x):
        return ""
    if scale.unit == "share":
        return f"{100 * x:.{places}f} %" if places and 0 < x < 1 else scale.text(x)
    if scale.unit in ("d", "h"):
        return f"{x:.{places}f}"
    return f"{x:,.{places}f}" if places and x != int(x) else scale.text(x)

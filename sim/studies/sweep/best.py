"""Which point of a sweep does best, as far as it has been told apart from the others: paired tests over sets of inputs.

The best is chosen from the same numbers that it is then tested with, so that each of the others must differ from it at 5 % over
all of them (Bonferroni, which is Holm's first step for every one): whichever is chosen, one that isn't the best is told apart
from all others with 5 % at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.analysis.joint import flip_p
from sim.analysis.measure import Measure, Samples, paired
from sim.analysis.statistics import LEVEL, Floats
from sim.studies.paired import change
from sim.studies.sweep.points import Readings, Sheet

COMPARED = 50
"""Points of which all are compared with the best; those of a larger sweep are told as they were seen."""


@dataclass(frozen=True)
class BestPoint:
    """The best point of a measure, as seen, and those that can't be told from it."""

    point: int
    untold: tuple[int, ...]
    """The nearest first."""
    compared: int
    """How many others there are."""


def best(sheet: Sheet, kept: Mapping[int, Readings]) -> BestPoint | None:
    """The best of the points that are *kept* and have a value; None where none of them has a finite one, or it is alone."""
    text, value = sheet.measure.text, sheet.value if sheet.measure.kind.worse_high else -sheet.value
    able = [p for p in kept if text in kept[p] and not np.isnan(value[p])]
    order = sorted(able, key=lambda p: (float(value[p]), p))
    if len(order) < 2 or not np.isfinite(value[order[0]]):
        return None
    first, *others = order
    mine = kept[first][text]
    untold = [p for p in others if not apart(sheet.measure, mine, kept[p][text], len(others))]
    return BestPoint(first, tuple(untold), len(others))


def apart(measure: Measure, better: Samples, worse: Samples, family: int) -> bool:
    """Whether *worse* can be told to be worse, at 5 % over *family* comparisons.

    Sign flips of the differences of whole sets; of a quantile, which may be infinite, its interval over sets.
    """
    joint = (1 - LEVEL) / max(family, 1)
    sign = 1.0 if measure.kind.worse_high else -1.0
    if measure.kind.quantile is not None:
        low = change(measure, better, worse, 1 - joint).estimate.low
        return low is not None and low > 0
    differences = sign * _by_set(better, worse)
    return bool(differences.sum() > 0 and flip_p(differences[:, None])[0] <= joint)


def _by_set(base: Samples, other: Samples) -> Floats:
    """Mean paired difference of each set, *other* - *base*; shape (sets,), 0 where a set has none."""
    pairs = paired(base, other)
    return np.nan_to_num(pairs.sets.means(pairs.other - pairs.base))

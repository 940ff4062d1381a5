"""Paired differences between the two ends of an axis, replication by replication; an infinite time is never subtracted."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.analysis.measure import Measure
from sim.analysis.statistics import Estimate
from sim.studies.design.points import Design
from sim.studies.paired import change
from sim.studies.sweep.points import Readings


def difference(measure: Measure, base: Readings, other: Readings) -> tuple[Estimate, bool]:
    """Paired difference of a measure, *other* - *base*, and whether it can be told from none."""
    between = change(measure, base[measure.text], other[measure.text])
    return between.estimate, between.distinct


def ends(design: Design, scenario: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers of the points at both ends of the only numeric axis, for each scenario; none if there are more axes or fewer."""
    inside = [(k, a) for k, a in enumerate(design.axes) if not a.chooses]
    if design.kind != "grid" or len(inside) != 1 or inside[0][1].numbers is None or len(inside[0][1].values) < 2:
        return []
    k, numbers = inside[0][0], inside[0][1].numbers
    pairs = []
    for which in dict.fromkeys(scenario):
        mine = [p for p in range(len(design)) if scenario[p] == which and math.isfinite(numbers[design[p][k]])]
        if len(mine) > 1:
            pairs.append((min(mine, key=lambda p: numbers[design[p][k]]), max(mine, key=lambda p: numbers[design[p][k]])))
    return pairs

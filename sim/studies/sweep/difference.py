"""Paired differences between the two ends of an axis, replication by replication; an infinite time is never subtracted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.analysis.measure import Measure
from sim.analysis.statistics import (
    Estimate,
    Floats,
    least_sample,
    mean_difference,
    paired_proportions,
    rarely_differs,
)
from sim.studies.design.points import Design
from sim.studies.paired import generator, quantile_change
from sim.studies.sweep.points import Samples


def quantile_difference(base: Floats, other: Floats, p: float) -> Estimate:
    """:func:`~sim.studies.paired.quantile_change`, with an interval where there are pairs enough."""
    return quantile_change(base, other, p, generator(0, base.size), told=base.size >= least_sample(p))


def difference(measure: Measure, base: Samples, other: Samples) -> tuple[Estimate, bool]:
    """Paired difference of a measure, *other* - *base*, and whether it can be told from none."""
    (first, b), (second, o) = base[measure.text], other[measure.text]
    _, i, j = np.intersect1d(first, second, return_indices=True)
    b, o = b[i], o[j]
    if measure.kind.quantile is not None:
        change = quantile_difference(b, o, measure.kind.quantile)
        return change, change.excludes_zero
    both = ~np.isnan(b) & ~np.isnan(o)
    b, o = b[both], o[both]
    if measure.kind.name == "p_all_out":
        change = paired_proportions(b, o)
        return change, change.excludes_zero
    reach = float(max(b.max(initial=0.0), o.max(initial=0.0)))
    change = mean_difference(o - b, (-reach, reach))
    return change, change.excludes_zero and not rarely_differs(o - b)


def ends(design: Design, scenario: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers of the points at both ends of the only numeric axis, for each scenario; none if there are more axes or fewer."""
    inside = [(k, a) for k, a in enumerate(design.axes) if not a.chooses]
    if design.kind != "grid" or len(inside) != 1 or inside[0][1].numbers is None or len(inside[0][1].values) < 2:
        return []
    k, numbers = inside[0][0], inside[0][1].numbers
    found = []
    for which in dict.fromkeys(scenario):
        mine = [p for p in range(len(design)) if scenario[p] == which and math.isfinite(numbers[design[p][k]])]
        if len(mine) > 1:
            found.append((min(mine, key=lambda p: numbers[design[p][k]]), max(mine, key=lambda p: numbers[design[p][k]])))
    return found

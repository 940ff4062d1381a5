"""The best and the worst of several results by one number, and whether the two can be told apart: what a title may claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.outcomes import Outcomes, Stored, of_all, of_missions, shared_sets
from sim.analysis.sets import mean
from sim.analysis.statistics import LEVEL, Floats, rarely_differs


class Extremes(NamedTuple):
    """Of the means of several results the best and the worst."""

    means: list[float]
    best: int
    worst: int
    apart: bool
    """Whether the paired difference of the two excludes zero, at 95 % over all pairs of results (Bonferroni).

    They are chosen from the numbers that they are tested with: whichever pair it is, it is one of all of them.
    """


def people_out(results: Sequence[Stored]) -> Extremes:
    """By people out in the end."""
    totals = [of_all(r) for r in results]
    most = max((float(o.to_move.max(initial=0.0)) for o in totals), default=0.0)
    return _extremes(results, totals, [o.to_move - o.left_behind for o in totals], most)


def left_behind(results: Sequence[Stored]) -> Extremes:
    """By people left behind: the best has the fewest."""
    totals = [of_all(r) for r in results]
    most = max((float(o.to_move.max(initial=0.0)) for o in totals), default=0.0)
    fewest = _extremes(results, totals, [-o.left_behind for o in totals], most)
    return fewest._replace(means=[abs(value) for value in fewest.means])


def missions_out(results: Sequence[Stored]) -> Extremes:
    """By missions of which all are out in the end, among those with somebody to move."""
    totals, each = [of_all(r) for r in results], [of_missions(r) for r in results]
    counts = [_missions_out(total, missions) for total, missions in zip(totals, each, strict=True)]
    return _extremes(results, totals, counts, float(max(map(len, each), default=0)))


def missions_to_move(result: Stored) -> int:
    """Missions with somebody to move in some replication."""
    return sum(bool((o.to_move > 0).any()) for o in of_missions(result).values())


def _missions_out(total: Outcomes, missions: dict[str, Outcomes]) -> Floats:
    """Shape (replications,)."""
    many = np.zeros(total.replication.size)
    for o in missions.values():
        many[np.searchsorted(total.replication, o.replication)] += o.all_out & (o.to_move > 0)
    return many


def _extremes(results: Sequence[Stored], totals: Sequence[Outcomes], values: Sequence[Floats], most: float) -> Extremes:
    """*values*: shape (replications,) of each result, from 0 to *most* in size."""
    means = [float(x.mean()) if x.size else 0.0 for x in values]
    best, worst = int(np.argmax(means)), int(np.argmin(means))
    same = best == worst or results[best].seed != results[worst].seed
    return Extremes(means, best, worst, not same and _apart(totals, values, best, worst, most))


def _apart(totals: Sequence[Outcomes], values: Sequence[Floats], best: int, worst: int, most: float) -> bool:
    b, o = totals[worst], totals[best]
    common, at_b, at_o = np.intersect1d(b.replication, o.replication, return_indices=True)
    if not common.size:
        return False
    change = values[best][at_o] - values[worst][at_b]
    unit = shared_sets(b.at(common), o.at(common))
    pairs = len(values) * (len(values) - 1) // 2
    low = mean(change, unit, (-most, most), 1 - (1 - LEVEL) / pairs).low
    return low is not None and low > 0 and not rarely_differs(unit.means(change))

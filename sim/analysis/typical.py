"""Which replications stand for many: those whose number of people left behind is nearest to a quantile of all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.outcomes import Stored, of_all
from sim.analysis.statistics import order_statistic

SHARES = {"median": 0.5, "P10": 0.1, "P90": 0.9}
"""What a replication may stand for, and the quantile of people left behind that it is nearest to."""


class Typical(NamedTuple):
    """One replication, and what it stands for."""

    kind: str
    """A key of :data:`SHARES`."""
    replication: int
    left_behind: int
    """People."""
    quantile: float
    """The order statistic of people left behind to which it is nearest."""
    alike: int
    """Replications that are as near as it; it is the one with the lowest number."""


def typical(result: Stored, kinds: tuple[str, ...] = tuple(SHARES)) -> list[Typical]:
    """For each of *kinds* the replication nearest to its quantile, the lowest number of several; nothing where all failed."""
    total = of_all(result)
    left = total.left_behind
    if not left.size:
        return []
    chosen = []
    for kind in kinds:
        quantile = order_statistic(left, SHARES[kind])
        away = np.abs(left - quantile)
        nearest = np.flatnonzero(away == away.min())
        first = nearest[np.argmin(total.replication[nearest])]
        chosen.append(Typical(kind, int(total.replication[first]), int(left[first]), quantile, int(nearest.size)))
    return chosen

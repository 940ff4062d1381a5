"""Which cause is the bottleneck most often, and whether that can be told from the next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from sim.analysis.outcomes import Stored, remembered, sets_of, survivors
from sim.analysis.sets import Sets, mean
from sim.analysis.statistics import LEVEL, Floats, rarely_differs
from sim.model.names import CAUSES


class Leading(NamedTuple):
    """The cause that is the bottleneck in most of the hours in which people wait after the order."""

    cause: str
    share: float
    """Mean over the replications of the share of those hours."""
    second: str
    """The next, empty where there is none."""
    second_share: float
    apart: bool
    """Whether it is told from every other: paired differences over sets of inputs, 95 % over all of them (Bonferroni)."""


@remembered
def leading(result: Stored) -> Leading | None:
    """The leading cause; None where nobody waits after the order."""
    shares, replications = _shares(result)
    if not shares.size or not shares.any():
        return None
    means = shares.mean(axis=0)
    order = np.argsort(-means, kind="stable")
    first, others = int(order[0]), [int(k) for k in order[1:] if means[k] > 0]
    sets = sets_of(result)
    _, index = np.unique([sets.get(k, k) for k in replications], return_inverse=True)
    own = Sets(index.astype(np.int64), np.unique(index).astype(np.int64))
    apart = all(_apart(shares[:, first] - shares[:, k], own, len(others)) for k in others)
    second = CAUSES[others[0]] if others else ""
    return Leading(CAUSES[first], float(means[first]), second, float(means[others[0]]) if others else 0.0, apart)


def _apart(change: Floats, sets: Sets, family: int) -> bool:
    low = mean(change, sets, (-1.0, 1.0), 1 - (1 - LEVEL) / family).low
    return low is not None and low > 0 and not rarely_differs(sets.means(change))


def _shares(result: Stored) -> tuple[Floats, list[int]]:
    """Shape (replications, causes), of the hours in which some cause but the order is the bottleneck; and the replications."""
    causes = [cause for cause in CAUSES if cause != "order"]
    frame = survivors(result, "timeline").select("replication", pl.col("bottleneck").cast(pl.String))
    replications = sorted(frame["replication"].unique().to_list())
    row = {replication: k for k, replication in enumerate(replications)}
    many = np.zeros((len(replications), len(CAUSES)))
    for replication, cause, hours in frame.group_by("replication", "bottleneck").len().iter_rows():
        if cause in causes:
            many[row[replication], CAUSES.index(cause)] = hours
    whole = many.sum(axis=1, keepdims=True)
    return np.divide(many, whole, out=np.zeros_like(many), where=whole > 0), replications

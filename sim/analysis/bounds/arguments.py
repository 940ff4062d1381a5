"""Exact arguments about one resource: no plan, however clever, gets so many people through it sooner.

Each takes what is needed by every schedule and nothing else, so each is a lower bound by itself, and so is their largest.
Arrays have shape (groups,), times are hours from the start.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]
INF = math.inf
THRESHOLDS = 24
"""Moments of arrival from which the work still to come is counted."""


def arrivals(at: F64, people: F64, need: float) -> float:
    """When *need* people can be there, if group i comes at ``at[i]``: infinite if they are too few."""
    if need <= 0:
        return 0.0
    order = np.argsort(at, kind="stable")
    reached = np.searchsorted(np.cumsum(people[order]), need - 1e-9)
    return float(at[order[reached]]) if reached < len(order) else INF


def thresholds(at: F64) -> F64:
    """Some of the times of arrival, among them the first and the last."""
    finite = np.unique(at[np.isfinite(at)])
    if len(finite) <= THRESHOLDS:
        return finite
    return np.asarray(finite[np.linspace(0, len(finite) - 1, THRESHOLDS).round().astype(np.int64)])


def still_needed(at: F64, people: F64, need: float, others: float, moment: float) -> float:
    """People who must come at or after *moment*, when *need* of these and of *others* elsewhere are wanted."""
    return need - others - float(people[at < moment - 1e-9].sum())


def served(at: F64, people: F64, work: F64, servers: float, need: float, others: float = 0.0) -> float:
    """When *servers* in parallel can have served enough of the groups, each for at least ``work[i]`` hours.

    *need* people are wanted of these groups and of *others* people who don't come here.  The larger of two arguments from each
    moment t on: the smallest work that serves enough of those who come after t takes (work / servers) hours; and with c
    servers and at least s hours a group, k groups take ceil(k / c) s.
    """
    if math.isinf(servers) or need - others <= 0:
        return 0.0
    if servers < 1:
        return INF
    best = 0.0
    for moment in thresholds(at):
        short = still_needed(at, people, need, others, moment)
        if short <= 0:
            break
        late = at >= moment - 1e-9
        n, w = people[late], work[late]
        rest = _least_work(n, w, short) / servers
        groups = int(np.searchsorted(np.cumsum(np.sort(n)[::-1]), short - 1e-9)) + 1
        rounds = math.ceil(groups / math.floor(servers)) * float(w.min())
        best = max(best, float(moment) + max(rest, rounds))
    return best


def _least_work(people: F64, work: F64, need: float) -> float:
    """Hours of the cheapest groups that are *need* people together, the last of them in part."""
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.argsort(np.where(people > 0, work / people, INF), kind="stable")
    total = np.cumsum(people[order])
    k = int(np.searchsorted(total, need - 1e-9))
    if k >= len(order):
        return INF
    before = float(work[order[:k]].sum())
    left = need - (float(total[k - 1]) if k else 0.0)
    return before + float(work[order[k]]) * left / float(people[order[k]])


def rounds(moment: float, departures: int, servers: float, first: float, again: float) -> float:
    """When the last of *departures* has left *servers* places: *first* hours for the first at each, *again* for each later."""
    if math.isinf(servers) or departures <= 0:
        return 0.0
    if servers < 1:
        return INF
    return moment + first + (math.ceil(departures / math.floor(servers)) - 1) * again

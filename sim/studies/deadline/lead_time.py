"""How much warning a mission needs before the fall: the chance that all are out if ordered so many hours before it.

The fall of the capital does not depend on orders, so that one look at every replication gives its time, and each date tried
is a warning of *fall - date* hours in that replication.  For a warning w, replications count in which the order would come
within the dates tried, 0 <= fall - w <= last date.  In such a replication an order at t = fall - w gets everybody out if a
later date tried did and none before it failed, and not if a failed date lies at or before t; between a date that worked
and the next that failed nobody knows: the estimate takes the middle of the two dates, and the interval counts the replication
as undecided, on both sides.  (An order that comes later than one that failed is taken to fail too.)  Intervals are over the
sets of inputs of the replications that count.

The **warning needed** is the least w from which on the chance stays at the confidence; it is found like a deadline on a
clock that reads zero at the fall.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.analysis.statistics import Estimate, Floats, order_statistic
from sim.analysis.study import Outcome
from sim.studies.deadline.curve import Curve, Deadline, deadline
from sim.studies.works import chance

AFTER_H = 72.0
"""Orders up to so long after the fall are looked at."""
ENOUGH = 0.5
"""A warning is looked at where at least this share of the replications can have it that can have the most frequent one."""


class Warned(NamedTuple):
    """The chance that all are out by warning before the fall; hours, negative after it."""

    hours: Floats
    """From the longest warning to the shortest, shape (w,)."""
    chance: list[Estimate]
    n: list[int]
    """Replications that can have such a warning."""
    needed: Deadline
    """``inf``: more than any that was tried; ``-inf``: none, an order so long after the fall still works."""
    falls: int
    """Replications in which the capital falls while it is watched."""
    left_p10: float
    """What an order at the deadline leaves in 9 replications of 10, infinite where there is no fall; nan without a date."""
    left_p50: float


def warned(curve: Curve, fall_h: dict[int, float], confidence: float, at: float, step: float) -> Warned | None:
    """The chance by warning; *fall_h* is the time of the fall by replication (inf: never), *at* the deadline.

    ``None`` where the capital never falls, or too rarely to say.
    """
    replication, sets, out, undecided = curve.matrix()
    fall = np.array([fall_h.get(int(k), math.nan) for k in replication])
    falls = np.isfinite(fall)
    if falls.sum() < 2:
        return None
    dates = curve.dates
    edges = np.concatenate([[-np.inf], dates, [np.inf]])
    works = edges[np.logical_and.accumulate(out, axis=0).sum(axis=0)]
    fails = edges[np.logical_and.accumulate(out | undecided, axis=0).sum(axis=0) + 1]
    with np.errstate(invalid="ignore"):
        turns = np.where(np.isfinite(works) & np.isfinite(fails), (works + fails) / 2, works)
    step = max(step / 6, float(dates[-1]) / 200)  # finer than the dates: falls lie anywhere between them
    hours = np.arange(math.floor(dates[-1] / step), -math.ceil(AFTER_H / step) - 1, -1) * step
    order = fall - hours[:, None]  # (w, n): when the order would come
    able = falls & (order >= dates[0]) & (order <= dates[-1])
    count = able.sum(axis=1)
    kept = count >= max(2, ENOUGH * count.max(initial=0))
    if not kept.any():
        return None
    hours, order, able = hours[kept], order[kept], able[kept]
    own = [sets.where(some) for some in able]
    likely = ((able & (order <= turns)).sum(axis=1) / able.sum(axis=1)).tolist()
    ends = [chance((when <= works)[some], ~(when >= fails)[some], of) for when, some, of in zip(order, able, own, strict=True)]
    chances = [Estimate(middle, end.low, end.high) for middle, end in zip(likely, ends, strict=True)]
    by_fall = deadline(-hours, chances, min(of.count for of in own), confidence)  # on a clock that reads zero at the fall
    needed = Deadline(-by_fall.hours, *(None if end is None else -end for end in (by_fall.high, by_fall.low)))
    left = fall[~np.isnan(fall)] - at if math.isfinite(at) else np.full(1, math.nan)
    left = np.where(np.isnan(left), math.nan, left)
    return Warned(
        hours, chances, count[kept].tolist(), needed, int(falls.sum()),
        order_statistic(left, 0.1), order_statistic(left, 0.5),
    )  # fmt: skip


class Downfall(NamedTuple):
    """What happens where nobody is ordered out; hours since the start, by replication, inf: not before the horizon."""

    fall_h: dict[int, float]
    lost_h: dict[int, float]


def seen(outcome: Outcome) -> Downfall:
    """When the capital falls and the airport is lost in a simulated point in which nobody leaves."""
    if outcome.result is None:
        return Downfall({}, {})
    table = outcome.result.table("replications")
    number = table["replication"].to_list()
    return Downfall(*(dict(zip(number, (float(x) for x in table[name]), strict=True)) for name in ("fall_h", "lost_h")))


def last_useful(watched: Downfall, n: int, horizon_h: float) -> float:
    """The last date worth trying, in whole days: by then the airport is lost in half of the first *n* replications.

    Nobody who is ordered out once the airport is lost gets out.  Where it holds in most replications: the horizon.
    """
    lost = np.array([hours for k, hours in watched.lost_h.items() if k < n])
    median = order_statistic(lost, 0.5)
    return min(math.ceil(median / 24) * 24.0, horizon_h) if math.isfinite(median) else horizon_h

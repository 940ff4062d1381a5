"""What the plots draw, as arrays: people out over time, completion by time, hours by cause, the bottleneck by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sim.analysis.outcomes import Outcomes, Stored, of_all, of_missions, remembered
from sim.analysis.statistics import Floats, order_statistic
from sim.model.names import CAUSES


class Bands(NamedTuple):
    """People out by the hour: arrays of shape (hours,), order statistics over the replications."""

    hour: Floats
    low90: Floats
    low50: Floats
    median: Floats
    high50: Floats
    high90: Floats
    to_move: float
    """Median number of those to be moved."""
    before: float = 0.0
    """Median number of those out before the start, with whom the curves begin."""
    half_h: float | None = None
    """Median hour after the start by which half of those there at the start are out; None: never, or nobody was there."""
    mean: Floats = np.zeros(0)
    """People out by the hour on average, shape (hours,)."""
    mean_before: float = 0.0
    """People out before the start on average."""
    mean_to_move: float = 0.0
    """People to be moved on average."""


class Completion(NamedTuple):
    """Chance to be out by a time after the mission's first order, or after the start of the clock."""

    missions: list[str]
    """Missions with somebody to move in some replication, from the soonest out to the latest, then those without a time."""
    hour: Floats
    """Hours after the order or the start, shape (t,)."""
    chance: Floats
    """Share of the replications with a time in which all are out by then, shape (missions, t); nan where there is none."""
    finally_out: Floats
    """The same by the end of the replication, shape (missions,)."""
    p_ordered: Floats
    """Share of replications with an order, shape (missions,)."""
    to_move: Floats
    """Mean number of people to move where there is a time, shape (missions,)."""
    before: Floats
    """Share of the replications in which the mission was out before the start, shape (missions,)."""
    spread: Floats = np.zeros((0, 5))
    """When all are out: the :data:`SPREAD` quantiles of the replications with a time, shape (missions, 5); inf: never, and on the
    calendar those too in which people are left behind whom nobody ordered out."""


SPREAD = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Ends of the middle nine of ten and of the middle half, and the median."""


def padded(result: Stored, column: str = "stage_out") -> Floats:
    """A column of the timeline as (replications, hours), each row continued with its last value after its end."""
    return held(result.table("timeline").select("replication", "hour", pl.col(column).cast(pl.Float64)))


def held(frame: pl.DataFrame, after: float | None = None) -> Floats:
    """The third column of *frame* by replication and hour, its first two: (replications, hours).

    Beyond the last hour of a replication its last value holds, or *after*.
    """
    frame, column = frame.sort("replication", "hour"), frame.columns[2]
    if not frame.height:
        return np.zeros((0, 1))
    replication, row = np.unique(frame["replication"].to_numpy(), return_inverse=True)
    hour = frame["hour"].cast(pl.Int64).to_numpy()
    values = np.full((replication.size, int(hour.max()) + 1), 0.0 if after is None else after)
    values[row, hour] = frame[column].to_numpy()
    if after is not None:
        return values
    last = np.zeros(replication.size, dtype=np.int64)
    np.maximum.at(last, row, hour)
    index = np.minimum(np.arange(values.shape[1])[None, :], last[:, None])
    return np.take_along_axis(values, index, axis=1)


@remembered
def people_out(result: Stored) -> Bands:
    """Median and the central 50 % and 90 % of the replications at each hour (not a confidence interval of the median)."""
    values = np.sort(padded(result), axis=0)
    n, hour = values.shape[0], np.arange(values.shape[1], dtype=np.float64)
    if n == 0:
        return Bands._make((hour, *[np.zeros(hour.size)] * 5, 0.0, 0.0, None, np.zeros(hour.size), 0.0, 0.0))
    ranks = [min(max(int(np.ceil(n * p - 1e-9)), 1), n) - 1 for p in (0.05, 0.25, 0.5, 0.75, 0.95)]
    total, middle = of_all(result), ranks[2]
    to_move, before = (float(np.sort(x)[middle]) for x in (total.to_move, total.out_before))
    half = order_statistic(total.t50_h[total.to_move > total.out_before], 0.5)  # as in the summary, from the start
    means = values.mean(axis=0), float(total.out_before.mean()), float(total.to_move.mean())
    return Bands._make((hour, *values[ranks], to_move, before, half if np.isfinite(half) else None, *means))


def settled_hour(bands: Bands) -> float:
    """First hour from which no band moves by more than half a per cent of those to be moved."""
    stack = np.array([bands.low90, bands.low50, bands.median, bands.high50, bands.high90])
    moving = np.abs(stack - stack[:, -1:]).max(axis=0) > 0.005 * max(bands.to_move, 1.0)
    return float(bands.hour[np.flatnonzero(moving)[-1]] + 1) if moving.any() else 0.0


def completion(result: Stored, hours: Sequence[float] | Floats, *, calendar: bool = False) -> Completion:
    """Chance that a mission is out by *hours* after its first order, for missions with somebody to move.

    *calendar*: after the start of the clock instead, which is what scenarios are compared by.
    """
    at = np.asarray(hours, dtype=np.float64)
    moving = {m: o for m, o in of_missions(result).items() if (o.to_move > 0).any()}
    each = {m: _hours(o, calendar) for m, o in moving.items()}
    hours_of = {m: hours[~np.isnan(hours)] for m, hours in each.items()}
    order = sorted(moving, key=lambda m: _lateness(m, moving[m], hours_of[m]))
    chance = np.full((len(order), at.size), np.nan)
    for i, mission in enumerate(order):
        times = np.sort(hours_of[mission])
        if times.size:
            chance[i] = np.searchsorted(times, at + 1e-9, side="right") / times.size
    kept = [moving[m] for m in order]
    return Completion(
        order,
        at,
        chance,
        np.array([_mean(np.isfinite(hours_of[m])) for m in order]),
        np.array([_mean(np.isfinite(o.ordered_h)) for o in kept]),
        np.array([_mean(o.to_move[~np.isnan(each[m])]) for m, o in zip(order, kept, strict=True)]),
        np.array([_mean(o.out_before > 0) for o in kept]),
        np.array([_spread(moving[m], each[m], calendar) for m in order]).reshape(-1, len(SPREAD)),
    )


def _spread(o: Outcomes, hours: Floats, calendar: bool) -> list[float]:
    """Quantiles of the times that there are; on the calendar whoever is left behind without an order is never out."""
    if calendar and not np.isnan(hours).all():  # where nobody ever orders it out, that is what is said
        hours = np.where(np.isnan(hours) & (o.left_behind > 0), np.inf, hours)
    return [order_statistic(hours[~np.isnan(hours)], p) for p in SPREAD]


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if values.size else float("nan")


def _hours(o: Outcomes, calendar: bool) -> Floats:
    return o.out_h if calendar else o.time_h


def _lateness(mission: str, o: Outcomes, times: Floats) -> tuple[float, float, float, str]:
    """Sorts missions by median, then by the chance to be out at all, by the share left behind, and by name.

    Without a time those that were out before the start are the soonest, and those that were never ordered the latest.
    """
    left = float(o.left_behind.sum() / max(float(o.to_move.sum()), 1.0))
    if not times.size:
        return (-1.0, 0.0, left, mission) if (o.out_before > 0).any() else (np.inf, 1.0, left, mission)
    return order_statistic(times, 0.5), -_mean(np.isfinite(times)), left, mission


def last_useful_hour(results: Sequence[Stored], *, calendar: bool = False) -> float:
    """Hours after the order by which the completion curves of *results* have all but stopped rising: P99 of the finite times.

    *calendar*: after the start of the clock instead.
    """
    each = (_hours(o, calendar) for r in results for o in of_missions(r).values())
    times = [hours[np.isfinite(hours)] for hours in each]
    finite = np.concatenate(times) if times else np.zeros(0)
    return float(np.quantile(finite, 0.99, method="inverted_cdf")) if finite.size else 0.0


def hours_by_cause(result: Stored, with_order: bool = False) -> dict[str, float]:
    """Cause -> mean person-hours waited in a replication, in travel order; without waiting for the order unless asked."""
    total = of_all(result)
    causes = [c for c in CAUSES if c in total.waited and (with_order or c != "order")]
    return {c: float(total.waited[c].mean()) if total.waited[c].size else 0.0 for c in causes}


@remembered
def bottlenecks(result: Stored) -> tuple[Floats, Floats]:
    """Share of the replications in which each cause is the bottleneck of the hour.

    Returns hours (h,), each the end of its hour, and shares (causes, h) in the order of ``CAUSES``; what is missing to 1 has no
    bottleneck in that hour or has ended.
    """
    frame = result.table("timeline").select("replication", "hour", pl.col("bottleneck").cast(pl.String))
    hours = int(frame["hour"].max() or 0) if frame.height else 0  # type: ignore[arg-type]
    shares = np.zeros((len(CAUSES), hours + 1))
    n = frame["replication"].n_unique()
    for cause, hour, many in frame.group_by("bottleneck", "hour").len().iter_rows():
        if cause in CAUSES:
            shares[CAUSES.index(cause), int(hour)] = many / n
    return np.arange(1, hours + 1, dtype=np.float64), shares[:, 1:]


def waited_per_person(result: Stored) -> dict[str, float]:
    """Cause -> mean hours waited in a replication for each person to be moved, in travel order; without the order.

    Who was out before the start waited for nothing and is not among them.
    """
    there = there_at_start(result)
    return {cause: hours / there if there else 0.0 for cause, hours in hours_by_cause(result).items()}


def there_at_start(result: Stored) -> float:
    """People to be moved who were not out before the start, on average over the replications."""
    o = of_all(result)
    return float((o.to_move - o.out_before).mean()) if o.to_move.size else 0.0


@remembered
def active_hour(result: Stored) -> float:
    """Hour by which 99 % of all waiting after the order is over (mean over the replications)."""
    names = [f"wait_{c}" for c in CAUSES if c != "order"]
    frame = result.table("timeline")
    if not frame.height or names[0] not in frame.columns:
        return 0.0
    hourly = frame.group_by("hour").agg(pl.sum_horizontal(names).sum().alias("all")).sort("hour")
    spent = np.cumsum(hourly["all"].to_numpy().astype(np.float64))
    return float(hourly["hour"][int(np.searchsorted(spent, 0.99 * spent[-1]))]) if spent[-1] > 0 else 0.0


def binned(shares: Floats, width: int) -> Floats:
    """Means of *width* neighbouring columns, shape (causes, ceil(h / width)); the last one of what is left."""
    starts = np.arange(0, shares.shape[1], width)
    if not starts.size:
        return shares
    sizes = np.diff(np.append(starts, shares.shape[1]))
    return np.asarray(np.add.reduceat(shares, starts, axis=1) / sizes)

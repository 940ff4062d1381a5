"""What every replication gave in a window of time, read from the stored timeline, and the bands over the replications.

A window need not begin or end at an hour mark: within an hour flows and stocks are linear.  A replication that has ended flies
nobody any more and keeps its last stocks.

Bands are order statistics.  If the observed world were one more draw from the same distribution, then with n replications

    P(x_(l) <= observed <= x_(n+1-l)) >= 1 - 2 l / (n + 1)

whatever that distribution is (David and Nagaraja, *Order Statistics*, 3rd ed. (2003), section 7.3; Wilks, Annals of Mathematical
Statistics 12 (1941), 91-96), so a band of 90 % takes l = floor(0.05 (n + 1)), and needs 19 replications, one of 50 % needs 3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from sim.analysis.curves import held
from sim.analysis.observations import FLOWS, Observation
from sim.analysis.outcomes import Stored, wall
from sim.analysis.statistics import Floats


class Band(NamedTuple):
    """The two ends of a band."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether *value* lies in it, ends included."""
        return self.low <= value <= self.high


def band_rank(n: int, level: float) -> int:
    """Rank from 1 of the lower end of a band that holds the next draw with at least *level*; 0 where *n* is too small."""
    return math.floor((n + 1) * (1 - level) / 2 + 1e-9)


def band(values: Floats, level: float) -> Band | None:
    """The band of *values*, shape (n,), or ``None`` where they are too few."""
    rank = band_rank(values.size, level)
    if rank < 1:
        return None
    ordered = np.sort(values)
    return Band(float(ordered[rank - 1]), float(ordered[-rank]))


def least_replications(level: float) -> int:
    """Fewest replications with a band: 19 for 90 %, 3 for 50 %."""
    return math.ceil(2 / (1 - level) - 1e-9) - 1


class Timeline:
    """The stored timeline as numbers by replication and hour mark, read when asked for."""

    def __init__(self, result: Stored) -> None:
        clock = wall(result)
        self._result = result
        self._kept: dict[tuple[tuple[str, ...], bool], Floats] = {}
        self.start = clock.start - timedelta(hours=clock.utc_offset)
        """Start of the clock, UTC."""
        self.horizon_h = clock.horizon_h

    def hour(self, moment: datetime) -> float:
        """Hours from the start of the clock to *moment*, UTC."""
        return (moment - self.start).total_seconds() / 3600

    def marks(self, names: Sequence[str], summed: bool) -> Floats:
        """The sum of some columns, shape (replications, hours); *summed* over the hours so far if they are flows per hour."""
        key = (tuple(names), summed)
        if key not in self._kept:
            table = self._result.table("timeline")
            if "hour" not in table.columns:  # nothing was completed
                return np.zeros((0, 1))
            missing = [name for name in names if name not in table.columns]
            if missing:
                raise KeyError(f"the timeline has no column {', '.join(missing)}")
            total = pl.sum_horizontal([pl.col(name).cast(pl.Float64).fill_null(0.0) for name in names] or [pl.lit(0.0)])
            frame = table.select("replication", "hour", total.alias("value"))
            self._kept[key] = np.cumsum(held(frame, 0.0), axis=1) if summed else held(frame)
        return self._kept[key]

    def columns(self, kind: str, operators: Sequence[str]) -> list[str]:
        """``flights_…`` or ``flown_…`` of some operators, or of all."""
        if operators:
            return [f"{kind}_{name}" for name in operators]
        return [name for name in self._result.table("timeline").columns if name.startswith(f"{kind}_")]

    def out(self, operators: Sequence[str]) -> Floats:
        """People flown out up to each mark."""
        return self.marks(self.columns("flown", operators), True) if operators else self.marks(["stage_out"], False)

    def flights(self, operators: Sequence[str]) -> Floats:
        """Take-offs with people up to each mark."""
        return self.marks(self.columns("flights", operators), True)

    def stock(self, place: str) -> Floats:
        """People at a place at each mark."""
        if place == "inside":
            return self.marks(["stage_screening", "stage_holding"], False)
        hub = place.removeprefix("hub:")
        return self.marks([f"hub_{hub}" if hub != place else place if place == "crowd" else f"stage_{place}"], False)


def at(grid: Floats, hour: float) -> Floats:
    """A row's value at any hour, linear between the marks and constant beyond them: (replications, marks) → (replications,)."""
    last = grid.shape[1] - 1
    inside = min(max(hour, 0.0), float(last))
    mark = min(int(inside), max(last - 1, 0))
    part = inside - mark
    return np.asarray(grid[:, mark] * (1 - part) + grid[:, min(mark + 1, last)] * part)


def between(grid: Floats, begin: float, end: float) -> Floats:
    """What a cumulative *grid* gained from *begin* to *end*."""
    return at(grid, end) - at(grid, begin)


def longest_pause(flights: Floats, begin: float, end: float) -> Floats:
    """Longest time without a departure in a window, hours: (replications, marks) of the departures so far → (replications,).

    The flights of an hour lie evenly in it: the nearest of c is on average 1 / (c + 1) hours from its mark, so a run of empty
    hours counts with that much of its neighbours.  Beyond the last mark nothing flies; the window's own ends cut a run.
    """
    first, last = math.floor(begin), math.ceil(end)
    marks = np.arange(first, last + 1)
    known = np.clip(marks, 0, flights.shape[1] - 1)
    hourly = np.rint(np.diff(flights[:, known], axis=1))
    length = np.minimum(marks[1:], end) - np.maximum(marks[:-1], begin)
    longest = run = np.zeros(flights.shape[0])
    for flown, hours in zip(hourly.T, length, strict=True):
        reach = hours / (flown + 1)
        longest = np.maximum(longest, run + np.where(flown == 0, hours, reach))
        run = np.where(flown == 0, run + hours, reach)
    return longest


def simulated(timeline: Timeline, seen: Observation) -> Floats:
    """What each replication gave in the window of *seen*, shape (replications,); nan for the load where nothing flew."""
    end = timeline.hour(seen.end)
    if seen.measure == "stock":
        return at(timeline.stock(seen.place), end)
    assert seen.start is not None
    begin = timeline.hour(seen.start)
    if seen.measure == "people":
        return between(timeline.out(seen.operators), begin, end)
    flights = timeline.flights(seen.operators)
    if seen.measure == "pause":
        return longest_pause(flights, begin, end)
    many = between(flights, begin, end)
    if seen.measure == "flights":
        return many
    people = between(timeline.out(seen.operators), begin, end)
    return np.asarray(np.divide(people, many, out=np.full(many.shape, np.nan), where=many > 1e-9))


class TimeBands(NamedTuple):
    """What the replications gave over time, for a picture: arrays of shape (t,); bands are missing where *n* is too small."""

    hour: Floats
    median: Floats
    band50: tuple[Floats, Floats] | None
    band90: tuple[Floats, Floats] | None


def course(result: Stored, seen: Observation) -> TimeBands | None:
    """The series of *seen* over the whole clock: a stock at each mark; a flow in the 24 h around it; ``None`` for others."""
    timeline = Timeline(result)
    if seen.measure == "stock":
        return _course(timeline.stock(seen.place), timeline.horizon_h)
    if seen.measure not in FLOWS:
        return None
    so_far = (timeline.out if seen.measure == "people" else timeline.flights)(seen.operators)
    marks = np.arange(int(timeline.horizon_h) + 1)
    ends = (np.clip(marks + shift, 0, int(timeline.horizon_h)) for shift in (12, -12))
    later, earlier = (so_far[:, np.minimum(mark, so_far.shape[1] - 1)] for mark in ends)
    return _course(later - earlier, timeline.horizon_h)


def _course(grid: Floats, horizon_h: float) -> TimeBands:
    ordered = np.sort(grid[:, np.minimum(np.arange(int(horizon_h) + 1), grid.shape[1] - 1)], axis=0)
    n = ordered.shape[0]
    ranks = (band_rank(n, level) for level in (0.5, 0.9))
    bands = ((ordered[rank - 1], ordered[-rank]) if rank >= 1 else None for rank in ranks)
    return TimeBands(np.arange(ordered.shape[1], dtype=np.float64), ordered[math.ceil(n / 2) - 1], *bands)

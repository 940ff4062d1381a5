"""Simulated against observed: whether the bands of the replications hold what was seen, and by how much the medians are off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from sim.analysis.observations import FLOWS, USES, Observation, Observations
from sim.analysis.outcomes import Stored
from sim.analysis.statistics import Floats, order_statistic, proportion
from sim.analysis.windows import Band, Timeline, band, simulated


@dataclass(frozen=True)
class ComparedWindow:
    """One observation and what the replications gave for it."""

    seen: Observation
    values: Floats
    """Shape (n,): one for each replication that has the value; empty where the window lies outside the clock."""
    inside_clock: bool
    undefined: int
    """Replications without the value: nothing flew, so there is no load."""
    counted: bool
    """Whether it adds to the total; not if it overlaps one that does, or is no flow."""
    overlaps: str
    """The window that adds to the total in its stead."""

    @property
    def compared(self) -> bool:
        """Whether there is anything to compare with."""
        return self.values.size > 0

    @property
    def median(self) -> float:
        """The smallest value that at least half of the replications do not exceed."""
        return order_statistic(self.values, 0.5)

    def band(self, level: float) -> Band | None:
        """The band of the replications."""
        return band(self.values, level)

    def inside(self, level: float) -> bool | None:
        """Whether the band holds the observed value; ``None`` without a band."""
        band = self.band(level)
        return None if band is None else band.holds(self.seen.value)

    def reached(self, level: float) -> str | None:
        """Whether the band holds ``all``, ``part`` or ``none`` of the observed range, low to high."""
        band, (low, high) = self.band(level), self.range
        if band is None:
            return None
        return "all" if band.holds(low) and band.holds(high) else "part" if low <= band.high and high >= band.low else "none"

    @property
    def range(self) -> tuple[float, float]:
        """Low and high of what was observed; the value itself where the file gives none."""
        seen = self.seen
        return seen.value if seen.low is None else seen.low, seen.value if seen.high is None else seen.high

    @property
    def ratio(self) -> float | None:
        """Simulated median over observed value; ``None`` where nothing was observed."""
        return self.median / self.seen.value if self.compared and self.seen.value > 0 else None

    @property
    def miss(self) -> float:
        """How far the median is off: |ln ratio|, infinite where one side alone is zero; nan where nothing is compared."""
        if not self.compared:
            return math.nan
        a, b = self.median, self.seen.value
        return 0.0 if a == b else math.inf if min(a, b) == 0 else abs(math.log(a / b))


class Total(NamedTuple):
    """The sum over windows that do not overlap: of the observed values, of the simulated medians, and its own 90 % band."""

    windows: int
    observed: float
    simulated: float
    band90: Band | None


@dataclass(frozen=True)
class Validation:
    """A scenario against a file of observations."""

    scenario: str
    title: str
    seed: int
    replications: int
    """Completed ones, on which all bands rest."""
    failed: int
    observations: Observations
    start: datetime
    horizon_h: float
    rows: tuple[ComparedWindow, ...]
    points: int = 1
    """Points of a design whose replications are together in the bands; 1 for a scenario alone."""

    def used(self, use: str) -> list[ComparedWindow]:
        """What was compared among the rows of one use, or of all (empty text)."""
        return [row for row in self.rows if row.compared and use in ("", row.seen.use)]

    @property
    def uses(self) -> list[str]:
        """The uses that occur, in the order of :data:`~sim.analysis.observations.USES`."""
        return [use for use in USES if any(row.seen.use == use for row in self.rows)]


def validate(result: Stored, observations: Observations, points: int = 1) -> Validation:
    """Compares every row of *observations* with the stored replications, which are those of so many points of a design."""
    timeline = Timeline(result)
    standing = _standing(observations.rows, [_inside(timeline, seen) for seen in observations.rows])
    rows = []
    for seen, (inside, overlaps) in zip(observations.rows, standing, strict=True):
        values = simulated(timeline, seen) if inside else np.zeros(0)
        there = values[~np.isnan(values)]
        counted = inside and seen.measure in FLOWS and not overlaps
        rows.append(ComparedWindow(seen, there, inside, int(values.size - there.size), counted, overlaps))
    done = int(timeline.marks(["stage_out"], False).shape[0])
    return Validation(
        result.name, result.title, result.seed, done, len(result.failed), observations,
        timeline.start, timeline.horizon_h, tuple(rows), points,
    )  # fmt: skip


def _inside(timeline: Timeline, seen: Observation) -> bool:
    """Whether a window lies in the clock of the scenario."""
    moments = [moment for moment in (seen.start, seen.end) if moment is not None]
    return all(-1e-6 <= timeline.hour(moment) <= timeline.horizon_h + 1e-6 for moment in moments)


def _standing(rows: Sequence[Observation], inside: Sequence[bool]) -> list[tuple[bool, str]]:
    """For each row, whether it lies in the clock, and the earlier row of its use and measure that it overlaps, if any."""
    taken: list[Observation] = []
    standing = []
    for seen, there in zip(rows, inside, strict=True):
        clash = next((other.window for other in taken if _overlap(seen, other)), "") if there else ""
        if there and not clash and seen.measure in FLOWS:
            taken.append(seen)
        standing.append((there, clash))
    return standing


def _overlap(a: Observation, b: Observation) -> bool:
    """Whether two flows count some of the same people or flights."""
    if a.measure not in FLOWS or (a.measure, a.use) != (b.measure, b.use) or a.start is None or b.start is None:
        return False
    shared = not a.operators or not b.operators or bool(set(a.operators) & set(b.operators))
    return shared and a.start < b.end and b.start < a.end


def total(rows: Sequence[ComparedWindow], measure: str) -> Total | None:
    """The sum over the rows of a flow that count; ``None`` without any."""
    kept = [row for row in rows if row.counted and row.seen.measure == measure]
    if not kept:
        return None
    together = np.sum([row.values for row in kept], axis=0)
    observed, medians = sum(row.seen.value for row in kept), sum(row.median for row in kept)
    return Total(len(kept), observed, medians, band(together, 0.9))


def mean_factor(rows: Sequence[ComparedWindow]) -> tuple[float, int]:
    """exp of the mean |ln(simulated median / observed)| over the rows with both above zero, and how many; nan of none."""
    misses = [row.miss for row in rows if row.compared and math.isfinite(row.miss) and row.seen.value > 0]
    return (math.exp(sum(misses) / len(misses)) if misses else math.nan), len(misses)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many observed values the bands of a level hold."""

    windows: int
    """Those that have a band."""
    inside: int
    estimate: float | None
    """The share inside; None without a band.  *low*, *high*: its 95 % interval."""
    low: float | None
    high: float | None


def coverage(rows: Sequence[ComparedWindow], level: float) -> Coverage:
    """How many observed values the bands hold, with the Clopper-Pearson interval of the share."""
    inside = [row.inside(level) for row in rows]
    known = [one for one in inside if one is not None]
    share = proportion(sum(known), len(known))
    return Coverage(len(known), sum(known), None if math.isnan(share.value) else share.value, share.low, share.high)

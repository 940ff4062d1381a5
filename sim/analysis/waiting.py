"""Who waited for what: hours waited by mission and root cause, and by the hour, both adding up to all the hours waited.

Every waiting person-hour of a replication is charged to one root cause
(``docs/explanation/design.md``).  Numbers here are means over the
replications that did not fail, in person-hours, with Student's t interval of the mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from sim.analysis.curves import binned, bottlenecks
from sim.analysis.hours import Means, accounts, spent
from sim.analysis.outcomes import Outcomes, Stored, of_all, of_missions, titles, wall
from sim.analysis.sets import mean as mean_over
from sim.analysis.statistics import Floats
from sim.analysis.summary import mean, number
from sim.analysis.words import short_titles
from sim.model.names import CAUSES

LEADS = 0.1
"""A cause leads an hour only where it is the bottleneck in at least this share of the replications."""


class Hourly(NamedTuple):
    """By the hour; an hour is named by its end, 1, 2, …"""

    hour: Floats
    """Shape (h,)."""
    waited: Floats
    """Mean person-hours waited in the hour, shape (causes, h); a replication that has ended waits no more."""
    bottleneck: Floats
    """Share of the replications in which the cause is the bottleneck of the hour, shape (causes, h)."""


@dataclass(frozen=True, slots=True)
class MeanHours:
    """Mean person-hours with the 95 % interval."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class CauseHours(MeanHours):
    """Those of a cause."""

    share: float | None
    """Of all hours waited."""


@dataclass(frozen=True, slots=True)
class Waited:
    """What the people of a mission, or of all together, waited for."""

    to_move: float
    """People, on average."""
    all_h: MeanHours
    causes: Mapping[str, CauseHours]
    spent_h: Mapping[str, float | None]
    """Mean person-hours in which nobody waited: before anything began, deciding, and doing what."""
    share: float | None
    """Of the hours of all together."""
    title: str | None = None
    """What a mission is called; None without one."""


@dataclass(frozen=True, slots=True)
class CourseSpan:
    """Hours with the cause that leads, and the mean share of the replications in which it does; None: none leads."""

    from_h: int
    to_h: int
    cause: str | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waited for what: all together and by mission, and how the bottleneck moves."""

    unit: str
    total: Waited
    missions: Mapping[str, Waited]
    course: tuple[CourseSpan, ...]
    course_by_day: tuple[CourseSpan, ...]

    @property
    def titles(self) -> dict[str, str]:
        """Mission -> what it is called in text: its title, shortened, or its name without one."""
        return short_titles({name: one.title or name for name, one in self.missions.items()})


def waiting(result: Stored) -> Waiting:
    """Hours waited, by mission and cause, with intervals and shares."""
    means, called = accounts(result), titles(result)
    horizon = wall(result).horizon_h
    total = _waited(of_all(result), means.total, horizon)
    everything = total.all_h.mean or 0.0

    def shared(one: Waited) -> Waited:
        return replace(one, share=number((one.all_h.mean or 0.0) / everything) if everything else None)

    missions = {
        name: shared(_waited(o, means.missions.get(name, {}), horizon, called.get(name)))
        for name, o in of_missions(result).items()
    }
    by_hour = hourly(result)
    return Waiting("person-hours", shared(total), missions, tuple(course(by_hour)), tuple(course(by_hour, 24)))


def _waited(o: Outcomes, means: Means, horizon_h: float, title: str | None = None) -> Waited:
    most = float(o.staff.max(initial=0.0)) * horizon_h
    hours = {cause: o.waited.get(cause, np.zeros(o.replication.size)) for cause in CAUSES}
    everything = np.sum(list(hours.values()), axis=0)
    whole = float(everything.mean()) if everything.size else 0.0
    causes = {}
    for cause, waited in hours.items():
        one = _mean(waited, o, most)
        causes[cause] = CauseHours(one.mean, one.low, one.high, number(float(waited.mean()) / whole) if whole else None)
    done = {state: number(hours) for state, hours in spent(means).items()}
    return Waited(mean(o.to_move) or 0.0, _mean(everything, o, most), causes, done, None, title)


def _mean(values: Floats, o: Outcomes, most: float) -> MeanHours:
    estimate = mean_over(values, o.unit, (0.0, most))
    return MeanHours(number(estimate.value), number(estimate.low), number(estimate.high))


def hourly(result: Stored) -> Hourly:
    """Hours waited and bottlenecks by the hour."""
    hour, shares = bottlenecks(result)
    names = [f"wait_{cause}" for cause in CAUSES]
    frame = result.table("timeline")
    waited = np.zeros((len(CAUSES), hour.size))
    n = frame["replication"].n_unique() if frame.height else 0
    if n and names[0] in frame.columns:
        sums = frame.group_by("hour").agg(pl.col(names).cast(pl.Float64).sum()).sort("hour")
        at = sums["hour"].cast(pl.Int64).to_numpy()
        values = sums.select(names).to_numpy().T
        waited[:, at[at > 0] - 1] = values[:, at > 0] / n
    return Hourly(hour, waited, shares)


def course(by_hour: Hourly, width: int = 1) -> list[CourseSpan]:
    """How the bottleneck moves: spans of hours with the cause that leads and the mean share in which it does.

    *width* hours are taken together, so that what comes and goes with the time of day is one.

    The waiting for the order is left out; the cause of a span is None where none leads in :data:`LEADS` of the replications.
    """
    shares = binned(by_hour.bottleneck, width).copy()
    if not shares.size:
        return []
    shares[CAUSES.index("order")] = 0.0
    leader = np.where(shares.max(axis=0) >= LEADS, shares.argmax(axis=0), -1)
    spans: list[CourseSpan] = []
    at, last = 0, int(by_hour.hour.size)
    for cause, run in groupby(leader.tolist()):
        end = at + len(list(run))
        name, share = (CAUSES[cause], mean(shares[cause, at:end])) if cause >= 0 else (None, None)
        spans.append(CourseSpan(at * width, min(end * width, last), name, share))
        at = end
    return spans


def waiting_rows(scenario: str, waited: Waiting) -> list[tuple[Any, ...]]:
    """(scenario, mission, cause, person-hours, low, high, share) of every mission and of all together (``total``)."""
    rows = []
    for name, one in (*waited.missions.items(), ("total", waited.total)):
        rows += [(scenario, name, c, e.mean, e.low, e.high, e.share) for c, e in one.causes.items()]
    return rows


def hourly_rows(scenario: str, by_hour: Hourly) -> pl.DataFrame:
    """A row per hour and cause: person-hours waited, share of the replications in which it is the bottleneck."""
    hours = by_hour.hour.size
    return pl.DataFrame(
        {
            "scenario": [scenario] * (hours * len(CAUSES)),
            "hour": np.repeat(by_hour.hour, len(CAUSES)),
            "cause": list(CAUSES) * hours,
            "person_hours": by_hour.waited.T.ravel(),
            "bottleneck_share": by_hour.bottleneck.T.ravel(),
        }
    )

"""Who waited for what: hours waited by mission and root cause, and by the hour, both adding up to all the hours waited.

Every waiting person-hour of a replication is charged to one root cause
(``docs/explanation/design.md``).  Numbers here are means over the
replications that did not fail, in person-hours, with Student's t interval of the mean.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from sim.analysis.curves import binned, bottlenecks
from sim.analysis.hours import Means, accounts, spent
from sim.analysis.outcomes import Outcomes, Stored, of_all, of_missions, titles, wall
from sim.analysis.sets import mean as mean_over
from sim.analysis.statistics import Floats
from sim.analysis.summary import Json, add_titles, interval, mean, number
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


def waiting(result: Stored) -> Json:
    """``total`` and ``missions``: people to move, all hours waited, and by cause hours with interval and share of all.

    ``spent_h`` beside them: mean person-hours in which nobody waited, before anything began, deciding, and doing what.
    """
    means = accounts(result)
    horizon = wall(result).horizon_h
    total = _waited(of_all(result), means.total, horizon)
    everything = total["all_h"]["mean"] or 0.0
    missions = {name: _waited(o, means.missions.get(name, {}), horizon) for name, o in of_missions(result).items()}
    for one in (total, *missions.values()):
        one["share"] = number(one["all_h"]["mean"] / everything) if everything else None
    add_titles(missions, titles(result))
    by_hour = hourly(result)
    courses = {"course": course(by_hour), "course_by_day": course(by_hour, 24)}
    return {"unit": "person-hours", "total": total, "missions": missions, **courses}


def _waited(o: Outcomes, means: Means, horizon_h: float) -> Json:
    most = float(o.staff.max(initial=0.0)) * horizon_h
    hours = {cause: o.waited.get(cause, np.zeros(o.replication.size)) for cause in CAUSES}
    everything = np.sum(list(hours.values()), axis=0)
    whole = float(everything.mean()) if everything.size else 0.0
    causes = {
        cause: _interval(waited, o, most) | {"share": number(float(waited.mean()) / whole) if whole else None}
        for cause, waited in hours.items()
    }
    done = {state: number(hours) for state, hours in spent(means).items()}
    return {"to_move": mean(o.to_move) or 0.0, "all_h": _interval(everything, o, most), "causes": causes, "spent_h": done}


def _interval(values: Floats, o: Outcomes, most: float) -> Json:
    return interval(mean_over(values, o.unit, (0.0, most)), "mean")


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


def course(by_hour: Hourly, width: int = 1) -> list[Json]:
    """How the bottleneck moves: spans of hours with the cause that leads and the mean share in which it does.

    *width* hours are taken together, so that what comes and goes with the time of day is one.

    The waiting for the order is left out; the cause of a span is None where none leads in :data:`LEADS` of the replications.
    """
    shares = binned(by_hour.bottleneck, width).copy()
    if not shares.size:
        return []
    shares[CAUSES.index("order")] = 0.0
    leader = np.where(shares.max(axis=0) >= LEADS, shares.argmax(axis=0), -1)
    spans: list[Json] = []
    at, last = 0, int(by_hour.hour.size)
    for cause, run in groupby(leader.tolist()):
        end = at + len(list(run))
        name, share = (CAUSES[cause], mean(shares[cause, at:end])) if cause >= 0 else (None, None)
        spans.append({"from_h": at * width, "to_h": min(end * width, last), "cause": name, "share": share})
        at = end
    return spans


def waiting_rows(scenario: str, summary: Json) -> list[tuple[Any, ...]]:
    """(scenario, mission, cause, person-hours, low, high, share) of every mission and of all together (``total``)."""
    rows = []
    for name, one in (*summary["missions"].items(), ("total", summary["total"])):
        rows += [(scenario, name, c, e["mean"], e["low"], e["high"], e["share"]) for c, e in one["causes"].items()]
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

"""Every hour of every person by what it went into, and the people left behind by what held them and what cost them most.

Means over the replications that did not fail.  What a stored result doesn't have (one of an older version) is left out.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from sim.analysis.outcomes import Stored, survivors
from sim.model.names import CAUSE, STATES, hours_column

Means = dict[str, float]
"""Stored column -> its mean over the replications."""
COLUMNS = (*map(hours_column, STATES), *(f"left_{what}_{s}" for what in ("held", "cost", "hours") for s in STATES))


class Accounts(NamedTuple):
    """Means of all hours and people left behind: of everybody, by mission, and by mission and cohort."""

    total: Means
    missions: dict[str, Means]
    cohorts: dict[str, dict[str, Means]]


NOT_OUT = ("before", "given_up")
"""States whose hours are no part of the way out."""


def accounts(result: Stored) -> Accounts:
    """What is stored of hours and of people left behind."""
    cohorts: dict[str, dict[str, Means]] = {}
    for (mission, cohort), means in _means(result, "cohorts", "mission", "cohort").items():
        cohorts.setdefault(mission, {})[cohort] = means
    missions = {key[0]: means for key, means in _means(result, "missions", "mission").items()}
    return Accounts(_means(result, "replications").get((), {}), missions, cohorts)


def _means(result: Stored, table: str, *by: str) -> dict[tuple[str, ...], Means]:
    frame = survivors(result, table)
    columns = [name for name in COLUMNS if name in frame.columns]
    if not frame.height or not columns:
        return {}
    wanted = [pl.col(name).cast(pl.Float64).mean() for name in columns]
    means = frame.group_by(by).agg(wanted).sort(by) if by else frame.select(wanted)
    rows = means.rows(named=True)
    return {tuple(str(row[name]) for name in by): {name: float(row[name]) for name in columns} for row in rows}


def spent(means: Means) -> dict[str, float]:
    """Person-hours in which nobody waited: ``before`` anything began, ``deciding`` and each thing done."""
    return {s: means[s] for s in STATES if s not in CAUSE and s in means}


def left(means: Means, what: str) -> dict[str, float]:
    """People left behind by what *held* them when the run ended or what had *cost* them most, in travel order, without zeros."""
    return {s: n for s in STATES if (n := means.get(f"left_{what}_{s}", 0.0)) > 0}


def left_rounded(means: Means, what: str) -> dict[str, float]:
    """The same to a millionth."""
    return {s: round(n, 6) for s, n in left(means, what).items()}


def hours_of_those_out(means: Means, people: float) -> dict[str, float]:
    """Hours of each of the *people* who got out by what they went into, from the moment at which anything began."""
    hours = {s: means.get(hours_column(s), 0.0) - means.get(f"left_hours_{s}", 0.0) for s in STATES if s not in NOT_OUT}
    return {s: max(h, 0.0) / people if people else 0.0 for s, h in hours.items()}

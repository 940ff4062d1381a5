"""What an option is judged by: a measure, how little a difference in it matters, and the moment by which all should be out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.measure import TOTAL, Measure, MeasureError, parse
from sim.analysis.naming import titles_of
from sim.analysis.words import count, duration, people, share
from sim.scenario import Loaded
from sim.scenario.errors import printable
from sim.scenario.number import rounded, scalar
from sim.studies.decide.query import DecideQuery
from sim.studies.order_dates import check_mission, moving, time_or_date
from sim.studies.query import QueryError

INDIFFERENT = {"people": 50.0, "h": 6.0, "": 0.05}
"""What makes no difference unless something else is said, by the unit of the objective."""
DIMENSIONS = {"people": "people", "h": "time", "": "share"}
INSTEAD = {True: "restricted_time", False: "hours_within_horizon"}
"""The mean that asks nearly what a quantile does, from the order or not."""


@dataclass(frozen=True)
class Goal:
    """The objective and what goes with it."""

    measure: Measure
    within: float
    """In the unit of the measure."""
    by_h: tuple[float, ...] = ()
    """Hours after the start of each scenario; none where no moment is asked for."""
    by_text: str | None = None
    """In words: ``by 2021-09-20 18:00``, ``within 10 d of the start``."""

    @property
    def sign(self) -> int:
        """1 where less is better: what a loss is multiplied by to be the measure."""
        return 1 if self.measure.kind.worse_high else -1

    @property
    def unit(self) -> str:
        """Of the measure: ``people``, ``h`` or nothing for a share."""
        return self.measure.kind.unit

    def text(self, x: float) -> str:
        """An amount of the measure, without what it counts: ``412``, ``34 h``, ``80 %``."""
        if math.isnan(x):
            return "–"
        return count(round(x) if abs(x) >= 1 else x) if self.unit == "people" else duration(x) if self.unit else share(x)

    def amount(self, x: float) -> str:
        """A difference of the measure: ``50 people``, ``6 h``, ``5 percentage points``."""
        if self.unit == "people":
            return people(round(x) if abs(x) >= 1 else x)
        return duration(x) if self.unit else f"{rounded(100 * x)} percentage points"


def goal_of(query: DecideQuery, scenarios: Sequence[Loaded]) -> Goal:
    """What is asked for; raises QueryError and MeasureError where it makes no sense for one of the scenarios."""
    measure = _measure(query, scenarios)
    for one in scenarios:
        able = moving(one.scenario)
        if not able:
            raise QueryError(f"{one.name}: nobody has to be moved")
        if measure.scope != TOTAL:
            check_mission(measure.scope, one.scenario.missions, able)
    by = tuple(_moment(query.by, one) for one in scenarios) if query.by is not None else ()
    moments = tuple(hours for hours, _ in by)
    said = None if query.by is None else f"by {query.by}" if by[0][1] else f"within {duration(moments[0])} of the start"
    return Goal(measure, _within(query.within, measure), moments, said)


def _measure(query: DecideQuery, scenarios: Sequence[Loaded]) -> Measure:
    address = query.objective.strip()
    scoped = "." in address
    if not scoped:
        for one in scenarios:
            if query.mission != TOTAL:
                check_mission(query.mission, one.scenario.missions, moving(one.scenario))
        address = f"{query.mission}.{address}"
    try:
        titles = titles_of(one.scenario for one in scenarios)
        measures = [parse(address, list(one.scenario.missions), titles) for one in scenarios]
    except MeasureError as error:
        raise QueryError(f"--objective: {error}") from None
    measure = measures[0]
    if scoped and query.mission not in (TOTAL, measure.scope):
        raise QueryError(f"--objective: {measure.text} is not of {printable(query.mission, 40)}, which --mission names")
    if not measure.kind.finite:
        instead = f"{measure.scope}.{INSTEAD[measure.kind.from_order]}"
        raise QueryError(
            f"--objective: {measure.text} is a quantile, which may be infinite and has no expectation; use {instead} "
            f"or {measure.scope}.left_behind"
        )
    return measure


def _within(given: str | float | None, measure: Measure) -> float:
    unit = measure.kind.unit
    if given is None:
        return INDIFFERENT[unit]
    text = str(given)
    example = {"people": "50", "h": "6 h", "": "5 %"}[unit]
    try:
        amount = scalar(text, DIMENSIONS[unit])
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount >= 0):
        raise QueryError(f'--within: expected an amount of {measure.text} such as {example}, got "{printable(text, 40)}"')
    return amount


def _moment(text: str, one: Loaded) -> tuple[float, bool]:
    """Hours after the start of a scenario's clock, and whether a date says them."""
    try:
        hours, dated = time_or_date(text, one.scenario.clock.start)
    except ValueError:
        message = "expected a local date, or a time after the start such as 10 d"
        raise QueryError(f'--by: {message}, got "{printable(text, 40)}"') from None
    horizon = one.scenario.clock.horizon.mean
    if not 0 < hours <= horizon:
        raise QueryError(
            f"--by: {printable(text, 40)} is not between the start of {one.name} and its horizon, {duration(horizon)}"
        )
    return hours, dated

"""Settings that move orders: the order of a mission on a date, nobody ordered, and a horizon that is long enough.

Each function gives settings such as ``--set`` makes, so that a point of a study is a scenario like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.scenario.errors import Place, printable
from sim.scenario.nearest import nearest
from sim.scenario.number import scalar
from sim.scenario.schema import Cohort, Scenario
from sim.scenario.settings import Setting
from sim.scenario.types import Date
from sim.studies.query import QueryError

Json = dict[str, Any]
TOTAL = "total"
STUDY = Place("the study")
"""Where the settings here were written."""
MARGIN_H = 30 * 24.0
"""The horizon lies at least this long after the last date tried."""


def moving(scenario: Scenario) -> dict[str, float]:
    """Missions with somebody to move and their mean number, the largest first."""
    leaving = {
        name: sum(max(people - staying, 0.0) for people, staying in map(_head, mission.cohorts.values())) - mission.residual.mean
        for name, mission in scenario.missions.items()
        if mission.closed is None and not isinstance(mission.residual, str)
    }
    return dict(sorted(((name, people) for name, people in leaving.items() if people > 0), key=lambda item: (-item[1], item[0])))


def _head(cohort: Cohort) -> tuple[float, float]:
    """Mean head count and mean residual."""
    people = cohort.people.mean
    return people, people if cohort.residual == "all" else cohort.residual.mean


def check_mission(name: str, known: Iterable[str], able: Iterable[str]) -> None:
    """Raises :class:`QueryError` unless *name* is one of the missions *known*, and of those that have somebody to move."""
    if name not in (there := sorted(known)):
        raise QueryError(f'--mission: no mission "{printable(name, 40)}"{nearest(name, there)}')
    if name not in able:
        raise QueryError(f"--mission: {name} has nobody to move")


FARTHEST = 100 * 365 * 24.0
"""Hours to the farthest time or date that is asked about: a century."""


def time_or_date(text: str, start: Date) -> tuple[float, bool]:
    """Hours that *text* says, and whether it is a date, whose hours count from *start*.

    Raises ValueError if it is neither, or more than :data:`FARTHEST` away.
    """
    try:
        hours, dated = scalar(text, "time"), False
    except ValueError:
        hours, dated = Date.parse(text).hours_after(start), True
    if abs(hours) > FARTHEST:
        raise ValueError("farther away than any evacuation takes")
    return hours, dated


def ordered_at(scenario: Scenario, scope: str, hours: float) -> tuple[Setting, ...]:
    """The mission, or all of them, ordered out so many hours after the start: no trigger, reaction, delay; whole missions."""
    return _replaced(scenario, scope, {"at": f"{hours:g} h", "when": None, "delay": None})


def nobody_ordered(scenario: Scenario) -> tuple[Setting, ...]:
    """No mission is ever ordered out: the replication runs until the airport is lost or the horizon."""
    return _replaced(scenario, TOTAL, None)


def _replaced(scenario: Scenario, scope: str, order: Json | None) -> tuple[Setting, ...]:
    settings = [setting("security.reactions", None)] if scope == TOTAL and scenario.security.reactions is not None else []
    for name, mission in scenario.missions.items():
        if scope == name and mission.reaction is not None:  # it keeps its place, so that no other goes for it
            settings.append(setting(f"missions.{name}.reaction.orders", False))
        if scope in (TOTAL, name) and (order is not None or mission.order is not None):
            settings.append(setting(f"missions.{name}.order", order))
        if scope in (TOTAL, name):
            own = [cohort for cohort, c in mission.cohorts.items() if c.order is not None]
            settings += [setting(f"missions.{name}.cohorts.{cohort}.order", None) for cohort in own]
    return tuple(settings)


def horizon(scenario: Scenario, least_h: float) -> tuple[Setting, ...]:
    """A horizon of at least so many hours."""
    return (setting("clock.horizon", f"{least_h:g} h"),) if scenario.clock.horizon.mean < least_h else ()


def setting(path: str, value: Any) -> Setting:
    return Setting(path, value, STUDY, replaces=True)

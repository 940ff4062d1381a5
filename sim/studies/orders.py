"""Settings that move orders and the fall: the order of a mission on a date, nobody ordered, days of warning.

Each function gives settings such as ``--set`` makes, so that a point of a study is a scenario like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from sim.scenario import Loaded
from sim.scenario.errors import Place, printable
from sim.scenario.merge import nearest
from sim.scenario.nodes import LOADER
from sim.scenario.number import scalar
from sim.scenario.schema import Cohort, Scenario
from sim.scenario.settings import Setting
from sim.scenario.types import Date, Moment
from sim.studies.query import QueryError

Json = dict[str, Any]
TOTAL = "total"
STUDY = Place("the study")
"""Where the settings here were written."""
WARNING = "warning"
"""The lever that is no entry of a scenario: the fall comes so much later."""
MARGIN_H = 30 * 24.0
"""The horizon lies at least this long after the last date tried."""


class LeverError(QueryError):
    """A lever that a scenario does not have; one line."""


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


def time_or_date(text: str, start: Date) -> tuple[float, bool]:
    """Hours that *text* says, and whether it is a date, whose hours count from *start*; raises ValueError if it is neither."""
    try:
        return scalar(text, "time"), False
    except ValueError:
        return Date.parse(text).hours_after(start), True


def ordered_at(scenario: Scenario, scope: str, hours: float) -> tuple[Setting, ...]:
    """The mission, or all of them, ordered out so many hours after the start: no trigger, reaction, delay; whole missions."""
    return _replaced(scenario, scope, {"at": f"{hours:g} h", "when": None, "delay": None})


def nobody_ordered(scenario: Scenario) -> tuple[Setting, ...]:
    """No mission is ever ordered out: the replication runs until the airport is lost or the horizon."""
    return _replaced(scenario, TOTAL, None)


def _replaced(scenario: Scenario, scope: str, order: Json | None) -> tuple[Setting, ...]:
    settings = [_set("security.reactions", None)] if scope == TOTAL and scenario.security.reactions is not None else []
    for name, mission in scenario.missions.items():
        if scope == name and mission.reaction is not None:  # it keeps its place, so that no other goes for it
            settings.append(_set(f"missions.{name}.reaction.orders", False))
        if scope in (TOTAL, name) and (order is not None or mission.order is not None):
            settings.append(_set(f"missions.{name}.order", order))
        if scope in (TOTAL, name):
            own = [cohort for cohort, c in mission.cohorts.items() if c.order is not None]
            settings += [_set(f"missions.{name}.cohorts.{cohort}.order", None) for cohort in own]
    return tuple(settings)


def horizon(scenario: Scenario, least_h: float) -> tuple[Setting, ...]:
    """A horizon of at least so many hours."""
    return (_set("clock.horizon", f"{least_h:g} h"),) if scenario.clock.horizon.mean < least_h else ()


def warning(loaded: Loaded, hours: float) -> tuple[Setting, ...]:
    """The fall *hours* later than it would be, everything before it at its time.

    A threat that moves by random stays gets a level between the last one before the fall and the fall: it lasts *hours* and
    is like the one before it.  In a dated threat the date of the fall moves.  Orders triggered before the fall stay where they
    are, and so come so much earlier relative to it; what the fall triggers moves with it.

    Raises:
        LeverError: if the capital never falls, has fallen at the start, or may be freed again.
    """
    threat = loaded.scenario.threat
    if threat is None or threat.fallen is None or threat.fallen not in threat.levels:
        raise LeverError(f"{WARNING}: the capital never falls in {loaded.name} (threat.fallen names no level)")
    if not hours:
        return ()
    if threat.timeline:
        return _later(loaded, threat.levels.index(threat.fallen), hours)
    if threat.levels.index(threat.start) >= threat.levels.index(threat.fallen):
        raise LeverError(f"{WARNING}: the capital has fallen at the start in {loaded.name}")
    if threat.fallen in threat.stay:
        raise LeverError(f"{WARNING}: the capital may be freed again in {loaded.name} (threat.stay.{threat.fallen})")
    k = threat.levels.index(threat.fallen)
    before, longer = threat.levels[k - 1], f"{threat.levels[k - 1][:33]}-longer"
    data = yaml.load(loaded.canonical, Loader=LOADER)  # the safe one; in C it takes a tenth of the half second
    settings = [
        _set("threat.levels", [*threat.levels[:k], longer, *threat.levels[k:]]),
        _set(f"threat.stay.{longer}", f"{hours:g} h"),
        _set(f"threat.up.{longer}", 1),
    ]
    if effects := data["threat"].get("effects", {}).get(before):
        settings.append(_set(f"threat.effects.{longer}", effects))
    for name, incident in (data.get("airport", {}).get("incidents") or {}).items():
        if before in (incident.get("rate") or {}):
            settings.append(_set(f"airport.incidents.{name}.rate.{longer}", incident["rate"][before]))
    return tuple(settings)


def _later(loaded: Loaded, fallen: int, hours: float) -> tuple[Setting, ...]:
    """A dated threat: entries that reach the fallen level moved by *hours*."""
    threat = loaded.scenario.threat
    assert threat is not None
    settings = []
    for k, entry in enumerate(threat.timeline):
        if threat.levels.index(entry.level) >= fallen:
            at = _hours(entry.at, loaded)
            if at is None:
                raise LeverError(f"{WARNING}: threat.timeline.{k}.at of {loaded.name} is random and cannot be moved")
            settings.append(_set(f"threat.timeline.{k}.at", f"{at + hours:g} h"))
    return tuple(settings)


def _hours(moment: Moment, loaded: Loaded) -> float | None:
    dated = moment.date.hours_after(loaded.scenario.clock.start) if moment.date is not None else None
    return moment.delay.value if dated is None and moment.delay.is_constant else dated


def _set(path: str, value: Any) -> Setting:
    return Setting(path, value, STUDY)

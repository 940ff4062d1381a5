"""Missions that get nobody out once the simulation has ended, because no window of the airfield opens any more."""

from __future__ import annotations

import math

from sim.scenario.quantity import INFINITE
from sim.scenario.rules import ends_of, span
from sim.scenario.schema import Mission, Scenario, Window
from sim.scenario.size import most
from sim.scenario.triggers import reachable
from sim.scenario.types import Moment


def shut_for_good(s: Scenario) -> frozenset[str]:
    """Missions whose people can leave by the airfield alone, where none of its windows is open after the horizon for certain."""
    field = s.airport.airfield
    if s.lift is None or field is None or not field.windows:
        return frozenset()
    if not all(_over(s, window) for window in field.windows.values()):
        return frozenset()
    return frozenset(name for name, mission in s.missions.items() if not _past_it(s, mission))


def _past_it(s: Scenario, mission: Mission) -> bool:
    """Whether a shuttle may bring somebody of a mission out past the airfield after the horizon."""
    ways = (way for cohort in mission.cohorts.values() if cohort.starts == "mission" for way in (cohort.modes or (cohort,)))
    shuttles = (s.shuttles[way.shuttle] for way in ways if way.shuttle is not None)
    return any(shuttle.enters == "out" and not _ends(s, shuttle.until) for shuttle in shuttles)


def _ends(s: Scenario, until: Moment | None) -> bool:
    """Whether a moment lies before the end of the simulation for certain."""
    at = span(s, until) if until is not None else None
    return at is not None and at[1] <= most(s.clock.horizon)


def _over(s: Scenario, window: Window) -> bool:
    """Whether a window is never open after the end of the simulation, nor ever opens if it had not by then."""
    if window.hours.first == window.hours.last or ends_of(window.lasts)[1] == 0 or _ends(s, window.until):
        return True
    begins = window.begins
    if begins.after not in ("start", "ordered") and begins.date is None:
        levels = reachable(s.model_copy(update={"clock": s.clock.model_copy(update={"horizon": INFINITE})}))
        if levels is not None and begins.after not in levels:
            return True
    at = span(s, begins)
    return at is not None and math.isfinite(at[1]) and at[1] + ends_of(window.lasts)[1] <= most(s.clock.horizon)

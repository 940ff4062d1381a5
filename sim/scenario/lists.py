"""Lists that say nothing: an empty one would mean all, or nobody, and can hardly be meant; each says what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.errors import Path
from sim.scenario.schema import Cohort, Scenario
from sim.scenario.types import Section

_STOPS = "expected whom it stops, at least one; without this line it stops everybody"
_GATES = "expected the gates that it may use, at least one; without this line it may use "


def empty_lists(s: Scenario) -> Iterator[tuple[Path, str]]:
    """Every empty list that has no meaning of its own, and what to write."""
    for name, mission in s.missions.items():
        path: Path = ("missions", name)
        yield from _empty(path, mission, {"gates": f"{_GATES}all"})
        for key, cohort in mission.cohorts.items():
            if isinstance(cohort, Cohort):
                yield from _empty((*path, "cohorts", key), cohort, _COHORT)
    for name, fleet in (s.lift.fleets if s.lift is not None else {}).items():
        yield from _empty(("lift", "fleets", name), fleet, _FLEET)
    for name, gate in s.airport.gates.items():
        yield from _empty(("airport", "gates", name), gate, _GATE)
    for name, closure in s.airport.closures.items():
        yield from _empty(("airport", "closures", name), closure, {"stops": f"{_STOPS} (leave the closure out to stop nobody)"})
    for name, incident in s.airport.incidents.items():
        yield from _empty(("airport", "incidents", name), incident, {"stops": f"{_STOPS} (closes: [] stops nobody)"})
    if s.airport.crowd is not None:
        nobody = "leave close_above out to stop nobody"
        yield from _empty(("airport", "crowd"), s.airport.crowd, {"stops": f"{_STOPS} ({nobody})"})


_COHORT = {
    "gates": f"{_GATES}those of its mission",
    "modes": "expected the modes by which it may go, at least one; without this line it goes as the cohort itself says",
}
_FLEET = {
    "hubs": "expected the hubs to which it flies, at least one; without this line it flies to a place without limits",
    "serves": "expected the missions that it serves, at least one; without this line it serves all",
    "windows": "expected the windows in which it may land, at least one; without this line it may use all",
}
_GATE = {
    "admits": "expected who may use it, at least one; without this line everybody may (lanes: 0 shuts it)",
    "hours_stop": "expected whom it stops outside its hours, at least one; without this line it stops everybody "
    "(hours: always stops nobody)",
    "missions": "expected the missions whose people it takes, at least one; without this line it takes those of all",
}


def _empty(path: Path, section: Section, messages: dict[str, str]) -> Iterator[tuple[Path, str]]:
    for key, message in messages.items():
        if key in section.model_fields_set and not getattr(section, key):
            yield (*path, key), message

"""Where airport, gates, hubs and missions of a scenario are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.scenario.coordinates import Coordinates, Placed
from sim.scenario.schema import Scenario

Where = Mapping[str, Coordinates | None]


@dataclass(frozen=True)
class Places:
    """Coordinates of the things of a scenario; None of those that state none."""

    airport: Coordinates | None
    gates: Where
    hubs: Where
    missions: Where

    def as_json(self) -> dict[str, Any]:
        """``[latitude, longitude]`` in degrees, or None: of ``airport``, and by name in ``gates``, ``hubs`` and ``missions``."""
        tables = {"gates": self.gates, "hubs": self.hubs, "missions": self.missions}
        by_name = {what: {name: _pair(at) for name, at in table.items()} for what, table in tables.items()}
        return {"airport": _pair(self.airport), **by_name}


class PlaceRow(NamedTuple):
    """One thing that states its place; degrees."""

    path: str
    lat: float
    lon: float
    icao: str | None
    """The code that its place comes from; None where the file gives the coordinates."""


def places_of(scenario: Scenario) -> Places:
    """The coordinates of a scenario's airport, gates, hubs and missions, all of them by name."""
    return Places(
        scenario.airport.coordinates,
        *({name: one.coordinates for name, one in table.items()} for table in _tables(scenario).values()),
    )


def place_rows(scenario: Scenario) -> list[PlaceRow]:
    """A row for everything that states its place, in the order of the schema."""
    return [
        PlaceRow(path, one.coordinates.lat, one.coordinates.lon, None if one.at else one.icao)
        for path, one in _placed(scenario)
        if one.coordinates
    ]


def _tables(scenario: Scenario) -> dict[str, Mapping[str, Placed]]:
    return {"airport.gates": scenario.airport.gates, "hubs": scenario.hubs, "missions": scenario.missions}


def _placed(scenario: Scenario) -> Iterator[tuple[str, Placed]]:
    yield "airport", scenario.airport
    for path, table in _tables(scenario).items():
        yield from ((f"{path}.{name}", one) for name, one in table.items())


def _pair(at: Coordinates | None) -> list[float] | None:
    return [at.lat, at.lon] if at else None

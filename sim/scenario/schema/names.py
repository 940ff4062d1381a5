"""What names of a scenario refer to, and other words that several parts of it share."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.quantity import constant
from sim.scenario.types import Name, Refers

ZERO = constant(0)
ONE = constant(1)
Service = Literal["tower", "fire", "fuel", "handling"]
Closable = Annotated[Name, Refers("airport.gates", "gate", also=("runway", "gates", "road"))]
"""``runway``, ``gates``, ``road``, or the name of one gate."""
Stoppable = Annotated[Name, Refers("airport.gates", "gate", also=("runway", "gates", "road", "visual", "shuttles"))]
"""What an incident can stop: as :data:`Closable`, ``visual`` or ``shuttles``."""
ProviderName = Annotated[Name, Refers("security.providers", "provider", also=("none",))]
MissionName = Annotated[Name, Refers("missions", "mission")]
GateName = Annotated[Name, Refers("airport.gates", "gate")]
VehiclesName = Annotated[Name, Refers("vehicles", "pool of vehicles")]
ShuttleName = Annotated[Name, Refers("shuttles", "shuttle")]
EscortName = Annotated[Name, Refers("road.escorts", "escort")]
TypeName = Annotated[Name, Refers("lift.types", "aircraft type")]
StandName = Annotated[Name, Refers("airport.airfield.stands", "stand class")]
HubName = Annotated[Name, Refers("hubs", "hub")]
HelicoptersName = Annotated[Name, Refers("helicopters", "pool of helicopters")]
PlaceName = Annotated[Name, Refers("places", "pick-up place")]
WindowName = Annotated[Name, Refers("airport.airfield.windows", "window")]
Entrant = Literal["public", "agreed", "escorted", "helicopter"]
ENTRANTS: tuple[Entrant, ...] = ("public", "agreed", "escorted", "helicopter")
"""How a group comes: by itself or from in front of the gates; in a convoy of its mission; under escort; by helicopter."""

STOPS = "expected whom it stops, at least one; without this line it stops everybody"
GATES = "expected the gates that it may use, at least one; without this line it may use "

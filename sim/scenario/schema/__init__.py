"""What a scenario file may say: frozen, closed mappings; each field explained below it.

Everything is optional except the missions.  A default means "no limit here": no gate means that nobody is
searched, no airfield that a person is out on leaving the last stage there is.  The docstring under a field is
the user's reference: the JSON Schema and ``describe`` are generated from it.

Times are hours, distances kilometres, rates per hour; see :mod:`sim.scenario.quantity` and
:mod:`sim.scenario.types` for how a file writes them.
"""

from __future__ import annotations

from pydantic import Field

from sim.scenario.schema.airport import (
    Airfield,
    Airport,
    Breach,
    Closure,
    Consular,
    Crowd,
    Gate,
    Incident,
    News,
    Reinforcement,
    Runway,
    Search,
    StandClass,
    Window,
)
from sim.scenario.schema.lift import AircraftType, Commercial, Fleet, Hub, Lift, Retrograde
from sim.scenario.schema.names import ENTRANTS, Entrant
from sim.scenario.schema.people import Cohort, CohortForm, Mission, Mode, Order, Reaction, RearParty
from sim.scenario.schema.road import Alone, Convoy, Escort, Guards, Helicopters, Place, Road, RoadWindow, Shuttle, Vehicles
from sim.scenario.schema.security import (
    Collapse,
    FlownIn,
    Force,
    Host,
    Operator,
    Passage,
    Phase,
    Provider,
    Reactions,
    Security,
    Step,
    Withdrawal,
)
from sim.scenario.schema.threat import Clock, Dated, Effects, Threat
from sim.scenario.types import Factor, Name, Section, Text

__all__ = [
    "ENTRANTS",
    "AircraftType",
    "Airfield",
    "Airport",
    "Alone",
    "Breach",
    "Clock",
    "Closure",
    "Cohort",
    "CohortForm",
    "Collapse",
    "Commercial",
    "Consular",
    "Convoy",
    "Crowd",
    "Dated",
    "Effects",
    "Entrant",
    "Escort",
    "Fleet",
    "FlownIn",
    "Force",
    "Gate",
    "Guards",
    "Helicopters",
    "Host",
    "Hub",
    "Incident",
    "Lift",
    "Mission",
    "Mode",
    "News",
    "Operator",
    "Order",
    "Passage",
    "Phase",
    "Place",
    "Provider",
    "Reaction",
    "Reactions",
    "RearParty",
    "Reinforcement",
    "Retrograde",
    "Road",
    "RoadWindow",
    "Runway",
    "Scenario",
    "Search",
    "Security",
    "Shuttle",
    "StandClass",
    "Step",
    "Threat",
    "Vehicles",
    "Window",
    "Withdrawal",
]


class Scenario(Section):
    """One scenario, checked and complete, in base units."""

    title: Text = "untitled"
    """One line for people."""
    name: Name = "scenario"
    """Name for results; default: the name of the file."""
    inputs: Text | None = None
    """File of a calibration, beside this one or inside its folder, or a shipped evacsim: name: its sets of inputs are drawn
    instead of the ranges, unless --inputs says otherwise; null undoes what a base says."""
    clock: Clock = Clock()
    """Start, horizon and daylight."""
    threat: Threat | None = None
    """The threat to the capital; without it nothing changes."""
    security: Security = Security()
    """Who secures and runs the airport."""
    airport: Airport = Airport()
    """Gates, eligibility check, holding area, airfield, and what disturbs them."""
    road: Road = Road()
    """The way to the airport."""
    vehicles: dict[Name, Vehicles] = Field(default_factory=dict)
    """Pools of vehicles by name."""
    helicopters: dict[Name, Helicopters] = Field(default_factory=dict)
    """Pools of helicopters that shuttles share, by name."""
    places: dict[Name, Place] = Field(default_factory=dict)
    """Pick-up places that shuttles share, by name."""
    shuttles: dict[Name, Shuttle] = Field(default_factory=dict)
    """Helicopter shuttles by name."""
    lift: Lift | None = None
    """Aircraft; without lift a person is out on leaving the last stage there is."""
    hubs: dict[Name, Hub] = Field(default_factory=dict)
    """Hubs and safe havens by name; a fleet without a hub flies to a place without limits."""
    ratios: dict[Name, Factor] = Field(default_factory=dict)
    """Numbers that head counts of cohorts are multiples of others by, such as family members to a local employee."""
    missions: dict[Name, Mission]
    """Embassies and international organisations."""

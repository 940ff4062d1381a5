"""One thing that happened in a replication, with a field for all that may be said of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

TROOPS = "troops"
"""The ``name`` of seats that belong to no mission."""


class Event(NamedTuple):
    """A line of the event log; fields that say nothing of it are None.

    What happens to several groups of people is an event for each of them, so that people add up: over missions, and over the
    seats of a flight, where those of nobody's mission have the name :data:`TROOPS`.
    """

    time_h: float
    """Hours from the start."""
    event: str
    """What happened, one of :data:`EVENTS`."""
    mission: str | None = None
    cohort: str | None = None
    group: int | None = None
    """Number of the group within its cohort, from 0."""
    people: int | None = None
    """How many; of a force its headcount."""
    gate: str | None = None
    fleet: str | None = None
    """Fleet, scheduled service, or force that is flown in."""
    sortie: int | None = None
    """Number of the sortie of this aircraft, from 1."""
    hub: str | None = None
    cause: str | None = None
    """Why, where that is known: of an order in words; of a gate ``crowd``, ``hours`` or the names of what shuts it; of an
    aircraft that diverts what it waited for; of the end as ``end`` in the table of replications has it."""
    aircraft: int | None = None
    """Number of the aircraft within its fleet, from 0; of scheduled flights and of those that bring a force, of the flight."""
    stand: str | None = None
    """Class of the stand that an aircraft is given, has, or leaves."""
    by: str | None = None
    """How a group goes: pool of vehicles, shuttle, or ``alone``."""
    name: str | None = None
    """Who or what else: provider, incident, closure, window, or ``troops``."""
    level: str | None = None
    """Of the threat."""
    lanes: int | None = None
    """Lanes of a gate that opens, or those that are manned of all gates; None where there is no limit."""
    closes: str | None = None
    """What an incident or a closure closes, names with blanks between them."""
    stops: str | None = None
    """Whom a gate, an incident or a closure stops where it doesn't stop everybody, likewise."""
    hours: float | None = None
    """How long: of an order from its trigger to it, of a take-off until the hub, of an incident until its end."""


FLIGHT_OF = ("fleet", "aircraft", "sortie")
"""The fields that tell one flight from another."""

EVENTS = {
    "threat": "the threat to the capital is at this level",
    "in charge": "a provider's phase begins",
    "arrives": "its force or operator is there",
    "headcount": "its force has grown or shrunk to this many",
    "force relieved": "another force has taken over",
    "operator relieved": "another operator has taken over",
    "force begins to withdraw": "",
    "force gone": "the last of its soldiers have gone",
    "operator begins to withdraw": "",
    "operator gone": "it serves nobody any more",
    "host collapses": "the host nation's outer layer is gone",
    "airport lost": "the run ends",
    "ordered out": "an order is given to a cohort",
    "out before the start": "people of a mission that had gone when the clock started",
    "gone": "a mission has closed: its core staff have left",
    "hub opens": "",
    "closure begins": "a dated closure",
    "closure ends": "",
    "incident begins": "",
    "incident ends": "",
    "window opens": "",
    "window closes": "",
    "guards begin to leave": "those of a pick-up place are called back",
    "crowd breaks through": "onto the runway",
    "runway cleared": "of the crowd",
    "lanes manned": "so many lanes of all gates can have a crew from now on; where these are fewer than there are, a crew that "
    "is free goes to the open gate with most people in line",
    "gate opens": "for all that it admits, with so many lanes",
    "gate closes": "for everybody, or stays closed for another cause",
    "gate stops": "some from now on, while others may come in",
    "gate lets in": "some whom it stopped",
    "ready": "a group wants to go",
    "departs": "it sets out, for the first time or again",
    "turned back": "it is home again, or held off in front of the gates",
    "gives up": "it stays at home for good",
    "at the airport": "it joins the line of a gate, or waits in front of all",
    "changes line": "to that of another gate, or in front of all",
    "out by helicopter": "it has landed on a ship or at a safe haven",
    "search begins": "in a lane",
    "searched": "",
    "let in": "without a search",
    "eligibility check begins": "",
    "inside": "in the holding area; out, where the scenario has no lift",
    "over the airport": "an aircraft asks to land; it holds until it is cleared",
    "cleared to land": "it has a stand and queues for the runway",
    "on stand": "it has landed",
    "lands": "an aircraft that brings so many troops, or cargo, is on its stand",
    "boards": "these people take their seats, or nobody",
    "take-off roll begins": "",
    "out": "these people have taken off, or nobody; the stand is free",
    "takes off": "an aircraft that brought a force; the stand is free",
    "at the hub": "these people are at their safe haven",
    "diverts": "it can hold no longer; a stand that it had is free",
    "flight turns back": "an aircraft that was to bring a force; a stand that it had is free",
    "end": "of the replication",
}
"""What happens, and what that means beyond its name."""

SHARED = frozenset(list(EVENTS)[: list(EVENTS).index("ordered out")]) | {"end"}
"""Events that matter to all missions: the threat, who secures, and the end."""


def of_mission(log: Iterable[Event], mission: str) -> list[Event]:
    """What a log says of a mission: its own events, flights with its people on board, the threat, who secures, and the end."""
    log = list(log)
    flights = {flight_of(e) for e in log if e.event == "boards" and e.mission == mission}
    return [e for e in log if e.event in SHARED or e.mission == mission or (e.fleet is not None and flight_of(e) in flights)]


def flight_of(event: Event) -> tuple[str | None, int | None, int | None]:
    """The flight that an event belongs to."""
    return event.fleet, event.aircraft, event.sortie

"""In which order things that happen at one instant take effect: the whole table, first to last.

What is compared at equal times is one number, made by :func:`key` of a stage, a rank within it and an occasion, so that the
order in which things were put on the queue doesn't matter.  Stages stand in such an order that what leaves makes room before
what arrives, and what ends at the moment of a closure has ended: aircraft go before they come, hubs take people on before gates
let others in, whoever arrives joins a line that has moved already; and only when all people have moved do orders, the threat,
the providers, closures and the crowd change what holds for the next of them.

A constant below is the number of a kind of event; :func:`ranked` adds which of its kind it is.
"""

from __future__ import annotations

from enum import IntEnum


class Stage(IntEnum):
    """Stages in the order in which events at one instant take effect."""

    TAKE_OFF = 1
    LANDING = 2
    AIRCRAFT = 3
    HUB = 4
    CONSULAR = 5
    SEARCH = 6
    ARRIVAL = 7
    VEHICLE = 8
    READY = 9
    ORDER = 10
    THREAT = 11
    SECURITY = 12
    CLOSURE = 13
    CROWD = 14
    LOSS = 15
    END = 16


def key(stage: int, rank: int = 0, occasion: int = 0) -> int:
    """Priority of an event: by stage, then rank (of the name, in sorted order), then occasion."""
    return (stage << 52) + (rank << 28) + occasion


def ranked(kind: int, rank: int, occasion: int = 0) -> int:
    """Priority of one event of a *kind* in the table: by the rank of whom it concerns, then the occasion."""
    return kind + (rank << 28) + occasion


# Aircraft add their own key, which grows with their number; whatever else has stage AIRCRAFT lies above all of them but for a
# fleet of thousands.  What follows ends a sortie before anything new begins at the field.
TAKE_OFF_ENDS = key(Stage.TAKE_OFF)
LANDING_ENDS = key(Stage.LANDING)
AIRCRAFT_COMES = key(Stage.AIRCRAFT)
LOADED = key(Stage.AIRCRAFT, 1 << 17)
LOAD_PATIENCE_ENDS = key(Stage.AIRCRAFT, 1 << 18)
ENDURANCE_ENDS = key(Stage.AIRCRAFT, 1 << 19)
SCHEDULED_FLIGHT_COMES = key(Stage.AIRCRAFT, 1 << 20)
DAY_OR_NIGHT_AT_AIRFIELD = key(Stage.AIRCRAFT, 1 << 20)
FLEET_ENDS = key(Stage.AIRCRAFT, 1 << 21)
AIRCRAFT_NEARS = key(Stage.AIRCRAFT, 1 << 22)
RETROGRADE_BEGINS = key(Stage.AIRCRAFT, 1 << 22)
TROOPS_HURRY = key(Stage.AIRCRAFT, (1 << 22) + 1)
TROOPS_READY = key(Stage.AIRCRAFT, (1 << 22) + 2)
PEOPLE_CALLED_FORWARD = key(Stage.AIRCRAFT, 1 << 23)
"""After all that aircraft do at an instant, so that people are called once for all of it."""

HUB_OPENS = key(Stage.HUB)
HUB_ARRIVAL = key(Stage.HUB, 1000)
HUB_HAS_ROOM = key(Stage.HUB, 2000)
"""After arrivals, which may have taken the room."""

# A group adds its key (cohort and number), which fills the rank: a kind that isn't of groups stands above all cohorts.
CHECKED = key(Stage.CONSULAR)
OFFICERS_CHANGE = key(Stage.CONSULAR, 1 << 20)
SEARCHED = key(Stage.SEARCH)
GATE_HOURS = key(Stage.SEARCH, 1 << 20)
GATE_REOPENS = key(Stage.SEARCH, (1 << 20) + 1)
GATE_REOPENS_FOR_SOME = key(Stage.SEARCH, (1 << 20) + 2)
ARRIVES = key(Stage.ARRIVAL)

# On the road these ranks and those of cohorts share one place: a vehicle that comes for a group of cohort 3 ties with a
# permission for one of cohort 0, and the order on the queue decides between these two.
VEHICLE_THERE = key(Stage.VEHICLE, 0)
CONVOY_PATIENCE_ENDS = key(Stage.VEHICLE, 1)
CURFEW_ENDS = key(Stage.VEHICLE, 2)
PERMISSION_GRANTED = key(Stage.VEHICLE, 3)
HEADWAY_ENDS = key(Stage.VEHICLE, 4)
TURNED_BACK = key(Stage.VEHICLE, 5)
CONVOY_TRIES_AGAIN = key(Stage.VEHICLE, 6)
ESCORT_BACK = key(Stage.VEHICLE, 7)
VEHICLES_BACK = key(Stage.VEHICLE, 8)
VEHICLE_FREED = key(Stage.VEHICLE, 9)
MODE_ASKED = key(Stage.VEHICLE, 10)
DAY_OR_NIGHT_FOR_SHUTTLES = key(Stage.VEHICLE, 20)
OVER_SPOT = key(Stage.VEHICLE, 21)
SHUTTLE_LOADED = key(Stage.VEHICLE, 22)
SPOT_ASKED_AGAIN = key(Stage.VEHICLE, 23)
DECK_CLEAR = key(Stage.VEHICLE, 25)
GUARDS_LEAVE = key(Stage.VEHICLE, 26)
SHUTTLE_ENDS = key(Stage.VEHICLE, 27)
HELICOPTER_COMES = key(Stage.VEHICLE, 28)
WALK_IN_TRIES = key(Stage.VEHICLE, 30)

GROUP_READY = key(Stage.READY)
REAR_PARTY_READY = key(Stage.READY, 0, 1 << 20)
ORDER_TRIGGERED = key(Stage.ORDER)
ORDER_GIVEN = key(Stage.ORDER, 0, 1)
MISSION_REACTS = key(Stage.ORDER, 0, 2)
"""After an order of the same moment, which leaves nothing to decide."""
MISSION_CLOSES = key(Stage.ORDER, 1 << 20)

THREAT_MOVES = key(Stage.THREAT)

# Providers come before they go: a handover at one instant leaves no gap.  What is numbered by phase has a hundred ranks.
PHASE_BEGINS = key(Stage.SECURITY)
PROVIDER_ARRIVES = key(Stage.SECURITY, 100)
FORCE_BUILDS_UP = key(Stage.SECURITY, 200)
FORCE_WITHDRAWS = key(Stage.SECURITY, 300)
OPERATOR_WITHDRAWS = key(Stage.SECURITY, 400)
FORCE_SHRINKS = key(Stage.SECURITY, 500)
OPERATOR_GONE = key(Stage.SECURITY, 600)
HOST_TRIGGERED = key(Stage.SECURITY, 900)
HOST_HOURS = key(Stage.SECURITY, 901)
HOST_COLLAPSES = key(Stage.SECURITY, 902)

# One that ends and another that begins at an instant are both counted: what they shut stays shut.
CLOSURE_BEGINS = key(Stage.CLOSURE)
CLOSURE_ENDS = key(Stage.CLOSURE, 10_000)
INCIDENT_DATED = key(Stage.CLOSURE, 20_000)
INCIDENT_HAPPENS = key(Stage.CLOSURE, 30_000)
INCIDENT_ENDS = key(Stage.CLOSURE, 40_000)
WINDOW_BEGINS = key(Stage.CLOSURE, 60_000)
WINDOW_ENDS = key(Stage.CLOSURE, 62_000)
WINDOW_HOURS = key(Stage.CLOSURE, 64_000)
ROAD_WINDOWS, AIRFIELD_WINDOWS = 100_000, 200_000
"""Added to the ranks of windows: those of the road come first."""

CROWD_HEARS_NEWS = key(Stage.CROWD, 1)
CROWD_BREAKS_THROUGH = key(Stage.CROWD, 2)
CROWD_CROSSES = key(Stage.CROWD, 3)
RUNWAY_CLEARED = key(Stage.CROWD, 4)

AIRPORT_LOST = key(Stage.LOSS)
HORIZON = key(Stage.END)
"""Last of all: what happens at the horizon has happened."""

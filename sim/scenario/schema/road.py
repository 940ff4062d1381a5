"""The way to the airport: road and convoys, vehicles, helicopters and the places where they pick people up."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.quantity import INFINITE
from sim.scenario.schema.airport import Window
from sim.scenario.schema.names import ENTRANTS, ONE, ZERO, Entrant, HelicoptersName, HubName, PlaceName
from sim.scenario.types import (
    Count,
    DailyHours,
    Duration,
    Factor,
    Flag,
    Headcount,
    Moment,
    Name,
    OneOrMore,
    Probability,
    Section,
    Speed,
)


class RoadWindow(Window):
    """A window for trips on the road, and what they are like in it; of several that are open the smallest numbers count."""

    road: Factor = ONE
    """Factor on driving times, on top of that of the threat level."""
    checkpoint: Factor = ONE
    """Factor on the delay at each checkpoint, likewise."""
    turn_back: Probability | None = None
    """Chance that a trip without an escort is turned back, instead of any other."""
    turn_back_alone: Probability | None = None
    """The same for people who come alone."""


class Convoy(Section):
    vehicles: Count = ONE
    """Vehicles that leave together."""
    patience: Duration = ZERO
    """How long the first of them waits for the others."""
    headway: Duration = ZERO
    """Least time between departures of two convoys of a mission."""


class Escort(Section):
    teams: Count = INFINITE
    """Escort teams shared by those who use them; one team takes one convoy and comes back with its vehicles."""
    road: Factor = ONE
    """Factor on driving times under escort."""
    delay: Factor = ONE
    """Factor on checkpoint delays under escort."""
    negotiation: Duration | None = None
    """Negotiation under escort, instead of the usual."""
    turn_back: Probability = ZERO
    """Chance to be turned back under escort."""


class Alone(Section):
    """People who are called forward and come by themselves: no permission is negotiated for them, nor do they join a convoy."""

    turn_back: Probability | None = None
    """Chance that a group that comes alone is turned back, at each try (default: as for convoys without an escort)."""
    retry: Duration | None = None
    """Its wait at home before the next try (default: as for convoys)."""
    tries: Count | None = None
    """Most tries, to the nearest whole number and at least one; then it gives up (default: as for convoys)."""


class Road(Section):
    drive: Duration | None = None
    """Driving time from a mission to the gate, for missions that give neither their own nor a distance."""
    speed: Speed | None = None
    """Speed for missions that give a distance."""
    checkpoints: Count = ZERO
    """Checkpoints on the way."""
    delay: Duration = ZERO
    """Delay at each checkpoint."""
    negotiation: Duration = ZERO
    """Time to get permission, once for each mission and each order, before its first convoy leaves."""
    turn_back: Probability = ZERO
    """Chance that a convoy is turned back; it then drives home and tries again.  Where permission takes time it is an agreement,
    honoured or not as a whole: one draw for a mission and an order, negotiated anew once it has not held; else at each try."""
    retry: Duration = ZERO
    """Wait at home before the next try."""
    tries: Count = INFINITE
    """Most tries of a convoy, to the nearest whole number and at least one; then its people give up and are stranded."""
    alone: Alone = Alone()
    """What differs for people who come alone."""
    curfew: DailyHours | None = None
    """Daily span, local time, in which nobody leaves without an escort."""
    convoy: Convoy = Convoy()
    """How vehicles leave together."""
    escorts: dict[Name, Escort] = Field(default_factory=dict)
    """Kinds of escort that a cohort may use."""
    windows: dict[Name, RoadWindow] = Field(default_factory=dict)
    """Windows for trips, such as truces."""
    held: Annotated[tuple[Entrant, ...], OneOrMore()] = ENTRANTS
    """Who sets out only within a window, where there are any; for the others a window only changes what the road is like.  A
    trip that has begun goes on when the window closes."""


class Vehicles(Section):
    seats: Headcount
    """Seats of one vehicle; its load is a group (chalk)."""
    number: Count = INFINITE
    """Vehicles in the pool."""
    based: Literal["mission", "airport"] = "mission"
    """Where the pool waits: at the missions (it drives back empty after each load) or at the airport (out empty first)."""


class Helicopters(Section):
    """Helicopters that several shuttles share."""

    number: Count
    """Helicopters."""
    available: Moment = Moment()
    """When each can first fly; drawn for each helicopter."""


class Guards(Section):
    """Troops who guard a pick-up place: they belong to no mission."""

    people: Headcount
    """How many are flown in, by the first helicopters that go there; these bring people out on their way back."""
    leaves: Moment | None = None
    """When they begin to be lifted out, before everybody else; once they have gone, nobody is fetched there.  Without it they
    are lifted out once nobody is left whom a shuttle could fetch there, after everybody else."""


class Place(Section):
    """A pick-up place with its landing spots, to which several shuttles may fly."""

    spots: Count = INFINITE
    """Landing spots; a helicopter occupies one while it loads.  None is sent before a spot will be free when it is there."""
    guards: Guards | None = None
    """Who guards it."""


class Shuttle(Section):
    """Helicopters that fetch people from a place: a mission's compound or another pick-up place."""

    seats: Headcount
    """Seats of one helicopter."""
    number: Count | None = None
    """Helicopters of its own ..."""
    helicopters: HelicoptersName | None = None
    """... or the pool whose helicopters it shares.  A free one flies for whom priority and then the longest wait say."""
    flight: Duration
    """Flight time one way."""
    empty: Duration | None = None
    """Flight time to the place (default: as ``flight``)."""
    turn: Duration = ZERO
    """Time on the landing spot to load."""
    deck: Duration = ZERO
    """Time at the other end until it can fly again."""
    spots: Count = INFINITE
    """Landing spots at the missions, of its own; a helicopter occupies one while it loads ..."""
    place: PlaceName | None = None
    """... or the pick-up place with those that it shares."""
    fills: Flag = False
    """Whether one helicopter takes as many groups as it has seats for, those who get ready while it comes too; else one group."""
    night: Flag = True
    """Whether it flies at night."""
    until: Moment | None = None
    """No helicopter is sent after this."""
    enters: Literal["holding", "gate", "out"] = "holding"
    """Where its passengers go: straight to the eligibility check and the holding area; to the gates; or out, to a ship or a safe
    haven, where they are evacuated on landing."""
    hub: HubName | None = None
    """The hub to which it brings them ``out``; none is sent while that is full."""
    operator: Name | None = None
    """Under which name the hourly table counts those whom it brings ``out``, and its landings with them (default: its name)."""

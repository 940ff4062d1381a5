"""The airport: the crowd in front of it, gates, the eligibility check, the airfield, and what closes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.coordinates import Placed
from sim.scenario.quantity import INFINITE, constant
from sim.scenario.schema.names import ENTRANTS, ONE, STOPS, ZERO, Closable, Entrant, MissionName, Stoppable
from sim.scenario.types import (
    Count,
    Crowding,
    DailyHours,
    Duration,
    Factor,
    Flag,
    FlowRate,
    Frequency,
    Hazard,
    Headcount,
    Level,
    Moment,
    Name,
    OneOrMore,
    PerPerson,
    Probability,
    Section,
    Whole,
    not_empty,
)


class News(Section):
    every: Duration = constant(6)
    """How often news of flights spreads; the inflow is constant in between."""
    window: Duration = constant(24)
    """Departures of this last span count."""
    flights: Count = constant(50)
    """Departures in the window that double the inflow."""


class Breach(Section):
    rate: Hazard = ZERO
    """Hazard of a breach per hour for each 1,000 people of the crowd above ``above`` where nobody holds the perimeter."""
    above: Crowding = ZERO
    """Crowd below which nobody breaches."""
    strength: Headcount = constant(500)
    """Perimeter headcount that halves the hazard: hazard x 1 / (1 + headcount / strength)."""
    clear: Duration = constant(12)
    """Time to clear the runway when nobody is there to do it."""
    clear_strength: Headcount = INFINITE
    """Headcount that halves the time to clear."""
    disperses: Probability = ZERO
    """Share of the crowd that has gone once the runway is clear."""


class Crowd(Section):
    start: Crowding = ZERO
    """People outside the gates at the start who belong to no mission."""
    inflow: FlowRate = ZERO
    """People an hour who join at every threat level, before the level's own."""
    news: News | None = None
    """How flights draw more people."""
    dispersal: Frequency = ZERO
    """Share of the crowd that leaves per hour."""
    slows: Crowding = INFINITE
    """Crowd that halves the speed of an exposed gate: speed = 1 / (1 + C / slows)."""
    close_above: Crowding = INFINITE
    """Exposed gates close when the crowd is larger ..."""
    open_below: Crowding | None = None
    """... and open again when it is smaller than this (default: half of ``close_above``)."""
    stops: Annotated[tuple[Entrant, ...], OneOrMore(), not_empty(f"{STOPS} (leave close_above out to stop nobody)")] = ENTRANTS
    """Whom exposed gates stop when they close for the crowd (default: everybody)."""
    breach: Breach | None = None
    """How the crowd gets onto the runway."""


class Search(Section):
    """How long a search takes at every gate that says nothing else."""

    per_group: Duration = ZERO
    """Search time of a group in a lane, on top of that of its people."""
    per_person: PerPerson = ZERO
    """Search time of each person of the group."""


class Gate(Placed):
    lanes: Count = INFINITE
    """Search lanes, if the provider's headcount can man them."""
    per_group: Duration | None = None
    """Search time of a group in a lane, on top of that of its people (default: ``airport.search.per_group``)."""
    per_person: PerPerson | None = None
    """Search time of each person of the group (default: ``airport.search.per_person``)."""
    hours: DailyHours = DailyHours(0.0, 24.0)
    """Daily opening hours, local time."""
    hours_stop: Annotated[
        tuple[Entrant, ...],
        OneOrMore(),
        not_empty(
            "expected whom it stops outside its hours, at least one; without this line it stops everybody "
            "(hours: always stops nobody)"
        ),
    ] = ENTRANTS
    """Whom it stops outside these hours (default: everybody)."""
    admits: Annotated[
        tuple[Entrant, ...],
        OneOrMore(),
        not_empty("expected who may use it, at least one; without this line everybody may (lanes: 0 shuts it)"),
    ] = ENTRANTS
    """Who may use it at all (default: everybody): ``public``, who come by themselves or start in front of the gates;
    ``agreed``, convoys of a mission; ``escorted`` ones; ``helicopter``, whom a shuttle brings to the gates."""
    missions: Annotated[
        tuple[MissionName, ...],
        OneOrMore(),
        not_empty("expected the missions whose people it takes, at least one; without this line it takes those of all"),
    ] = ()
    """Missions whose people it takes (default: all)."""
    call_forward: Flag = False
    """Whether it takes only people of missions for whom an aircraft of a fleet that names them in ``serves`` is at the airport
    or on its way there; a fleet that waits for people inside counts as soon as it can be called."""
    rank: Whole = 0
    """Where too few lanes can be manned, they are where most people queue; of equal lines the gate of a lower rank goes first."""
    exposed: Flag = True
    """Whether the crowd slows and closes it."""
    reopening: Duration = ZERO
    """Time from the end of a closure to the first service."""


class Reinforcement(Section):
    at: Moment
    """When they have come (or gone)."""
    officers: Count
    """Consular officers from then on."""


class Consular(Section):
    officers: Count = INFINITE
    """Consular officers who check eligibility, unless the provider whose force is there says how many it protects."""
    build_up: tuple[Reinforcement, ...] = ()
    """Later numbers of them, the last of those at one moment; who is checking a group when they become fewer finishes it
    first.  Fewer than a team check nobody."""
    team: Count = ONE
    """Officers who work together on one group."""
    per_group: Duration = ZERO
    """Working time of a team on a group, on top of that of its people."""
    per_person: PerPerson = ZERO
    """Officer time for each person of the group; a team shares it."""


class Runway(Section):
    day: Duration = ZERO
    """Time that one movement occupies the runway in daylight."""
    night: Duration | None = None
    """The same at night (default: as by day)."""
    visual: Duration | None = None
    """The same without a tower, in daylight and fair weather only; without an entry nothing moves without a tower."""


class Window(Section):
    """A span in which something is permitted: a truce, or the days and hours in which an airfield may be used."""

    begins: Moment = Moment()
    """When it begins."""
    lasts: Duration = INFINITE
    """How long it lasts, from then; one that had begun before the start ends so much sooner."""
    until: Moment | None = None
    """When it ends at the latest."""
    hours: DailyHours = DailyHours(0.0, 24.0)
    """Daily span, local time, in which it is open."""


class StandClass(Section):
    number: Count
    """Stands of this class (working maximum on ground)."""
    size: Whole = 1
    """An aircraft uses a stand of its own size or a larger one."""


class Airfield(Section):
    runway: Runway = Runway()
    """The one runway."""
    stands: dict[Name, StandClass] = Field(default_factory=dict)
    """Stands by size class; without any there is no limit."""
    windows: dict[Name, Window] = Field(default_factory=dict)
    """Windows for landings; where there are any, nothing lands outside them.  What is on the ground may take off."""


class Closure(Section):
    at: Moment
    """When it begins."""
    lasts: Duration
    """How long it lasts.  A movement or service in progress is finished first; the end does not shift."""
    closes: Annotated[tuple[Closable, ...], OneOrMore()]
    """``runway``, ``gates``, ``road``, or names of gates."""
    stops: Annotated[tuple[Entrant, ...], OneOrMore(), not_empty(f"{STOPS} (leave the closure out to stop nobody)")] = ENTRANTS
    """Whom it stops at gates and on the road (default: everybody); runway, visual operations and shuttles close for all."""


class Incident(Section):
    at: Annotated[tuple[Moment, ...], OneOrMore()] = ()
    """Scheduled moments ..."""
    rate: dict[Level, Frequency] = Field(default_factory=dict)
    """... or a random rate by threat level."""
    lasts: Duration = ZERO
    """How long each lasts."""
    closes: Annotated[tuple[Stoppable, ...], OneOrMore()] = ()
    """What it closes; ``visual`` closes visual-only operations (weather), ``shuttles`` the helicopters."""
    stops: Annotated[tuple[Entrant, ...], OneOrMore(), not_empty(f"{STOPS} (closes: [] stops nobody)")] = ENTRANTS
    """Whom it stops at gates and on the road (default: everybody); runway, visual operations and shuttles close for all."""
    crowd: Factor = ONE
    """Factor on the inflow of the crowd while it lasts (a warning keeps people away, or draws them)."""
    disperses: Probability = ZERO
    """Share of the crowd that leaves at once."""


class Airport(Placed):
    gates: dict[Name, Gate] = Field(default_factory=dict)
    """Entry gates; without any, people go straight to the eligibility check."""
    search: Search = Search()
    """How long a search takes where a gate says nothing else."""
    consular: Consular | None = None
    """The eligibility check; without it nobody waits for one."""
    holding: Headcount = INFINITE
    """People who can wait inside; when it is full, the gates start nobody."""
    airfield: Airfield | None = None
    """Runway, stands and services.  Without airfield and lift a person is out on leaving the last stage there is."""
    closures: dict[Name, Closure] = Field(default_factory=dict)
    """Dated closures by name."""
    incidents: dict[Name, Incident] = Field(default_factory=dict)
    """Typed incidents, scheduled or random."""
    crowd: Crowd | None = None
    """The crowd outside the gates."""

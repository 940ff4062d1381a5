"""The airlift: types of aircraft, fleets, commercial flights, troops who go home, and hubs abroad."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.coordinates import Placed
from sim.scenario.quantity import INFINITE, constant
from sim.scenario.schema.names import ONE, ZERO, HubName, MissionName, Service, StandName, TypeName, WindowName
from sim.scenario.types import (
    ClockTime,
    Condition,
    Count,
    Duration,
    Factor,
    Flag,
    FlowRate,
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


class AircraftType(Section):
    seats: Headcount
    """Seats normally used."""
    surge: Headcount | None = None
    """Seats used when ``surge_when`` or ``surge_above`` of the lift holds."""
    stand: StandName | None = None
    """Stand class it needs."""
    load: Duration = ZERO
    """Ground time to load people and get ready."""
    per_person: PerPerson = ZERO
    """Boarding time per person, on top."""
    quick: Duration | None = None
    """Ground time of a turn without passengers (default: as ``load``)."""
    fuel: Duration = ZERO
    """Ground time for fuel, for fleets that take fuel here, on top."""
    unhandled: Factor = ONE
    """Factor on the ground time without ground handling."""
    needs: Annotated[tuple[Service, ...], OneOrMore()] = ()
    """Services without which it does not land."""


class Fleet(Section):
    aircraft: TypeName
    """Aircraft type."""
    operator: Name | None = None
    """Who flies it: the hourly table counts flights and people by operator (default: the one mission that it serves, else
    the fleet's name)."""
    number: Count = ONE
    """Aircraft."""
    hubs: Annotated[
        tuple[HubName, ...],
        OneOrMore(),
        not_empty("expected the hubs to which it flies, at least one; without this line it flies to a place without limits"),
    ] = ()
    """Safe havens in order of preference: it flies to the first one that is open and has room."""
    serves: Annotated[
        tuple[MissionName, ...],
        OneOrMore(),
        not_empty("expected the missions that it serves, at least one; without this line it serves all"),
    ] = ()
    """Missions that it belongs to (default: everyone's)."""
    loading: Literal["own-first", "own-only", "first-come"] = "own-first"
    """Own missions first and then all by priority; own missions only; or everyone in order of arrival."""
    dispatch: Literal["ordered", "waiting"] = "ordered"
    """When an aircraft leaves its hub: while anybody it may take is ordered out and has no seat, whether or not they can board
    (an air bridge); or only for people who can board once it is there and for whom no other seat is on the way."""
    available: Moment = Moment()
    """When each aircraft first arrives over the airport; drawn for each aircraft."""
    until: Moment | None = None
    """No sortie is started after this."""
    lag: Duration | None = None
    """Or: first arrival this long after the first order of a mission it serves, or after troops who withdraw need seats that no
    other fleet gives them; the later of ``available`` and that counts."""
    outbound: Duration = ZERO
    """Flight time from the airport to the hub."""
    turn: Duration = ZERO
    """Ground time at the hub."""
    inbound: Duration = ZERO
    """Flight time from the hub back to the airport."""
    sorties: Count = INFINITE
    """Most sorties of each aircraft."""
    wait_for: Probability = ZERO
    """Load as a share of the seats that it waits for (rounded up)."""
    patience: Duration = INFINITE
    """How long it waits for that load, or at least for one person; then it takes whoever is there."""
    window: Duration = INFINITE
    """Ground window: longest time on the stand until the doors are closed; people who could not board by then stay behind."""
    refuel: Flag = False
    """Whether it takes fuel here (and so needs the fuel service)."""
    endurance: Duration = INFINITE
    """How long it can hold before it diverts to its hub."""
    night: Flag = True
    """Whether it lands and takes off at night."""
    windows: Annotated[
        tuple[WindowName, ...],
        OneOrMore(),
        not_empty("expected the windows in which it may land, at least one; without this line it may use all"),
    ] = ()
    """Those of the airfield's windows in which it may land (default: all)."""


class Commercial(Section):
    aircraft: TypeName
    """Aircraft type."""
    operator: Name | None = None
    """Who flies it, for the hourly table (default: the name of the service)."""
    times: Annotated[tuple[ClockTime, ...], OneOrMore()]
    """Daily arrival times, local."""
    share: Probability = ONE
    """Share of the seats that missions can buy."""
    hub: HubName | None = None
    """Where it flies to."""
    outbound: Duration = ZERO
    """Flight time there."""
    stops_at: Level | None = None
    """Cancelled for good when the threat reaches this level."""
    wait_for: Probability = ZERO
    """Load as a share of its seats that it waits for (rounded up)."""
    patience: Duration = ZERO
    """How long it waits on the stand for its load."""
    endurance: Duration = INFINITE
    """How long it holds before it diverts."""


class Retrograde(Section):
    """A military withdrawal that competes for the same seats."""

    people: Headcount
    """Troops to be flown out."""
    begins: Moment
    """When the first of them are ready."""
    over: Duration = ZERO
    """Time over which they become ready, evenly."""
    group: Headcount = constant(100)
    """Size of a group."""
    priority: Whole = 0
    """Boarding priority before ``deadline``: lower boards first."""
    deadline: Moment | None = None
    """The date by which they must be gone."""
    near: Duration = constant(48)
    """Within this time before the deadline they board before everyone else."""


class Lift(Section):
    types: dict[Name, AircraftType] = Field(default_factory=dict)
    """Aircraft types."""
    fleets: dict[Name, Fleet] = Field(default_factory=dict)
    """Fleets of military and chartered aircraft."""
    commercial: dict[Name, Commercial] = Field(default_factory=dict)
    """Scheduled flights."""
    retrograde: dict[Name, Retrograde] = Field(default_factory=dict)
    """Military withdrawals by name."""
    surge_when: Annotated[tuple[Condition, ...], OneOrMore()] = ()
    """Surge seats are used while one of these holds ..."""
    surge_above: Headcount = INFINITE
    """... or backlog inside above which surge seats are used: people who wait for a seat."""
    surge_needs_force: Flag = False
    """Whether surge seats are used only while troops are there, who keep order at the aircraft (without phases that is so)."""
    head_of_line: Flag = False
    """Whether an aircraft that waits for its load holds up those behind it."""


class Hub(Placed):
    beds: Headcount = INFINITE
    """People who can be there, or on the way there, at one time."""
    onward: FlowRate = INFINITE
    """People an hour who travel on."""
    opens: Moment = Moment()
    """When it opens."""

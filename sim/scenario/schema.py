"""What a scenario file may say: frozen, closed mappings; each field explained below it.

Everything is optional except the missions.  A default means "no limit here": no gate means that nobody is
searched, no airfield that a person is out on leaving the last stage there is.  The docstring under a field is
the user's reference: the JSON Schema and ``describe`` are generated from it.

Times are hours, distances kilometres, rates per hour; see :mod:`sim.scenario.quantity` and
:mod:`sim.scenario.types` for how a file writes them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from sim.scenario.parsing import is_multiple, is_quantity
from sim.scenario.quantity import INFINITE, Quantity, constant
from sim.scenario.types import (
    MULTIPLE_SCHEMA,
    ClockTime,
    Condition,
    Count,
    Crowding,
    DailyHours,
    Date,
    Dimension,
    Duration,
    Factor,
    Flag,
    FlowRate,
    Frequency,
    Hazard,
    Headcount,
    Length,
    Level,
    Moment,
    Name,
    OneOrMore,
    PerPerson,
    Probability,
    Refers,
    Section,
    Speed,
    Staff,
    Text,
    Tier,
    Utc,
    Whole,
    not_empty,
)

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

_STOPS = "expected whom it stops, at least one; without this line it stops everybody"
_GATES = "expected the gates that it may use, at least one; without this line it may use "


class Clock(Section):
    start: Date = Date.parse("2021-08-01 00:00")
    """Local date and time at which the clock of the simulation reads zero."""
    horizon: Duration = constant(30 * 24)
    """How long is simulated at most; whoever is not out by then is *unfinished*."""
    utc_offset: Utc = Utc(4.5)
    """Hours by which local time is ahead of UTC (Kabul: +04:30)."""
    daylight: DailyHours = DailyHours(0.0, 24.0)
    """Daily span, local time, in which a visual-only runway can be used and the day rates hold."""


class Effects(Section):
    """What a threat level does; every entry defaults to no effect."""

    road: Factor = ONE
    """Factor on driving times, taken when a drive starts."""
    checkpoint: Factor = ONE
    """Factor on the delay at each checkpoint."""
    turn_back: Probability | None = None
    """Chance that a trip is turned back at this level, instead of the road's own chance."""
    turn_back_alone: Probability | None = None
    """The same for people who come alone, instead of the road's own chance for them."""
    lets_through: Probability = ONE
    """Share of those who walk in whom the outer layer lets through: of groups that start in front of the gates, at each try as
    ``road.alone`` says, and, on top of the chance that they are turned back, of people who come alone."""
    search: Factor = ONE
    """Factor on the search time, taken when a service starts."""
    consular: Factor = ONE
    """Factor on the eligibility check, taken when a service starts."""
    crowd: FlowRate = ZERO
    """People an hour who join the crowd outside the gates."""
    incidents: Factor = ONE
    """Factor on the rate of random incidents that name no rate for this level."""
    flying: Factor = ONE
    """Factor on the ground time of aircraft."""


class Dated(Section):
    at: Moment
    """When."""
    level: Level
    """The level from then on."""


class Threat(Section):
    levels: tuple[Name, ...] = ("stable", "threatened", "contested", "fallen")
    """Names of the levels, from the mildest to the worst."""
    start: Level = "stable"
    """The level at the start of the clock."""
    fallen: Level | None = None
    """The level at which the capital has fallen; without it, it never falls."""
    stay: dict[Level, Duration] = Field(default_factory=dict)
    """How long each level lasts; a level without an entry lasts for ever."""
    up: dict[Level, Probability] = Field(default_factory=dict)
    """Chance that the next move is to a worse level (default 1; at the worst level the move is always down)."""
    timeline: tuple[Dated, ...] = ()
    """Dated changes instead of random ones.  ``stay`` and ``timeline`` may not both be given."""
    effects: dict[Level, Effects] = Field(default_factory=dict)
    """What each level does."""


class Step(Section):
    after: Duration
    """Time after the force's first arrival."""
    headcount: Headcount
    """Headcount from then on."""


class Withdrawal(Section):
    begins: Moment | None = None
    """When it begins, if not when the phase ends."""
    when: Annotated[tuple[Condition, ...], OneOrMore()] = ()
    """Or as soon as one of these holds."""
    takes: Duration = ZERO
    """How long it takes; headcount and services shrink to nothing at its end, or, with ``lift``, as they take off."""
    lift: Flag = False
    """Whether those who leave need seats of the same aircraft as the evacuees: they get ready over that time, and guard and
    work until they have flown, however long that takes."""
    priority: Whole = 0
    """Their boarding priority (lower boards first) ..."""
    deadline: Moment | None = None
    """... but for the last time before this moment, by which they must be gone ..."""
    near: Duration = constant(48)
    """... which is so long: then they board before everyone else, also before an own mission of the fleet."""


class FlownIn(Section):
    """Aircraft that bring a force: each takes the runway and a stand, unloads and leaves empty; its troops are there once it has
    landed.  Those who are there when the clock starts have come before."""

    aircraft: TypeName
    """Aircraft type."""
    troops: Headcount
    """Troops on each aircraft."""
    cargo: Factor = ZERO
    """Cargo flights beside, for each flight of troops (rounded for each arrival and each step of the build-up)."""
    over: Duration = ZERO
    """Time in which the aircraft of an arrival or a step come, evenly, up to its moment; all of them then if 0."""
    unload: Duration | None = None
    """Ground time to unload (default: the type's ``quick``, else its ``load``)."""
    endurance: Duration = INFINITE
    """How long each can hold before it diverts ..."""
    returns: Duration = ZERO
    """... and the time until it is over the airport again."""


class Force(Section):
    headcount: Headcount = INFINITE
    """Troops on arrival."""
    build_up: tuple[Step, ...] = ()
    """Later headcounts."""
    flown_in: FlownIn | None = None
    """How they come by air; without it they are there at their moment, whatever the airfield can take."""
    perimeter: Headcount = ZERO
    """Headcount that the perimeter takes before anything is left for the gates."""
    per_lane: Headcount | None = None
    """Headcount that each open search lane takes (default: ``security.per_lane``)."""
    incidents: Factor = ONE
    """Factor on the rate of random incidents while the perimeter is fully manned."""
    crowd: Factor = ONE
    """Factor on the inflow of the crowd while the perimeter is fully manned."""
    hold: Duration = INFINITE
    """How long it is tolerated, and so holds the airport, once the capital has fallen; counts from the fall, or from its arrival
    if that is later."""
    withdrawal: Withdrawal | None = None
    """How it leaves; at once at the end of its phase if absent."""


class Operator(Section):
    headcount: Headcount = ZERO
    """Technicians who run the airfield; counted here and not as a mission."""
    services: Annotated[tuple[Service, ...], OneOrMore()] = ("tower", "fire", "fuel", "handling")
    """What the operator provides."""
    night: Flag = True
    """Whether it can work the runway at night."""
    withdrawal: Withdrawal | None = None
    """How it leaves; at once at the end of its phase if absent."""


class Provider(Section):
    force: Force | None = None
    """Who secures the perimeter and mans the search lanes; nobody if absent."""
    operator: Operator | None = None
    """Who runs the airfield; nobody if absent."""
    arrival: Duration = ZERO
    """Lag from the beginning of the phase to the arrival of force and operator."""
    officers: Count | None = None
    """Consular officers at work while its troops are there, who protect them (default: ``airport.consular.officers``)."""


class Phase(Section):
    begins: Moment
    """When this provider takes over from the one before."""
    provider: ProviderName
    """Its name."""
    handover: Flag = False
    """Whether those before it stay until it has taken over, even past the date of their own withdrawal: their force until its own
    holds its perimeter and mans a lane, their operator until its own gives every service that theirs gives."""


class Collapse(Section):
    at: Moment | None = None
    """Date of the collapse."""
    when: Annotated[tuple[Condition, ...], OneOrMore()] = ()
    """Or as soon as one of these holds."""
    delay: Duration = ZERO
    """Time from that to the collapse."""


class Passage(Section):
    """What the road is like once the host nation's outer layer has collapsed; an entry replaces the road's own."""

    road: Factor = ONE
    """Factor on driving times, on top of that of the threat level."""
    checkpoints: Count | None = None
    """Number of checkpoints."""
    delay: Duration | None = None
    """Delay at each checkpoint."""
    negotiation: Duration | None = None
    """Time to negotiate permission, once for each mission and each order."""
    turn_back: Probability | None = None
    """Chance to be turned back, for those without an escort; for people who come alone only where neither the threat level
    nor the road has a chance of their own."""


class Host(Section):
    """The host nation: the outer layer of security, and the staff of tower and terminal, by day."""

    headcount: Headcount = ZERO
    """Own troops on the perimeter, added to those of the provider."""
    services: Annotated[tuple[Service, ...], OneOrMore()] = ()
    """Airfield services that host-nation staff provide."""
    hours: DailyHours = DailyHours(0.0, 24.0)
    """Daily span, local time, in which they do."""
    lanes: Count = INFINITE
    """Search lanes that its staff man by themselves; they stay open where a force is there."""
    holds_off: FlowRate = ZERO
    """People an hour whom its outer screening keeps from joining the crowd."""
    incidents: Factor = ONE
    """Factor on the rate of random incidents while the outer layer stands."""
    collapse: Collapse | None = None
    """When it collapses for good; never if absent."""
    after: Passage = Passage()
    """What passage is like afterwards."""


class Reactions(Section):
    """How many missions leave an airport that no foreign force secures, and when.  They go by tiers, the first one first, in the
    order of a draw of their own within a tier; whoever has decided and gone before the start counts as out before it."""

    share: Probability = ZERO
    """Share that goes of all missions that say a ``reaction``, those that never go included; the number is rounded half up."""
    decides: Duration = ZERO
    """Time from when the absence is known until a mission has decided, drawn for each; it is then ordered out, as a whole.  A
    force that comes before that ends it."""
    goes: Duration = ZERO
    """Time from the decision until its people are out, where all of that is before the start; else they go as the model says."""


class Security(Section):
    providers: dict[Name, Provider] = Field(default_factory=dict)
    """The providers; ``none`` (no foreign force, no foreign operator) is always known and may be redefined."""
    phases: tuple[Phase, ...] = ()
    """Who is in charge from when.  Without phases the airport is secured and run without limits."""
    host: Host | None = None
    """The outer layer; without it there is none to lose."""
    per_lane: Headcount = ZERO
    """Headcount that each open search lane takes of a force that says nothing else."""
    unsecured_hold: Duration = INFINITE
    """How long an airport without any foreign force holds once the capital has fallen, whoever is in charge; counts from the
    fall, or from the moment the last force has gone if that is later."""
    absence_known: Duration = ZERO
    """How long before the start it is known that no foreign force is at the airport, where none is at the start.  An absence that
    begins later is known when the last soldiers have gone."""
    reactions: Reactions | None = None
    """Which missions leave when no foreign force is there; none by that alone if absent."""


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
    stops: Annotated[tuple[Entrant, ...], OneOrMore(), not_empty(f"{_STOPS} (leave close_above out to stop nobody)")] = ENTRANTS
    """Whom exposed gates stop when they close for the crowd (default: everybody)."""
    breach: Breach | None = None
    """How the crowd gets onto the runway."""


class Search(Section):
    """How long a search takes at every gate that says nothing else."""

    per_group: Duration = ZERO
    """Search time of a group in a lane, on top of that of its people."""
    per_person: PerPerson = ZERO
    """Search time of each person of the group."""


class Gate(Section):
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
    stops: Annotated[tuple[Entrant, ...], OneOrMore(), not_empty(f"{_STOPS} (leave the closure out to stop nobody)")] = ENTRANTS
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
    stops: Annotated[tuple[Entrant, ...], OneOrMore(), not_empty(f"{_STOPS} (closes: [] stops nobody)")] = ENTRANTS
    """Whom it stops at gates and on the road (default: everybody); runway, visual operations and shuttles close for all."""
    crowd: Factor = ONE
    """Factor on the inflow of the crowd while it lasts (a warning keeps people away, or draws them)."""
    disperses: Probability = ZERO
    """Share of the crowd that leaves at once."""


class Airport(Section):
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


class Order(Section):
    at: Moment | None = None
    """Ordered at this moment ..."""
    when: Annotated[tuple[Condition, ...], OneOrMore()] = ()
    """... or as soon as one of these holds; whichever comes first."""
    delay: Duration = ZERO
    """Time from that to the decision."""


class RearParty(Section):
    people: Headcount
    """Those of the cohort who leave last."""
    destruction: Duration = ZERO
    """Time after the order that they need to destroy material; they go after that, and after the core staff and the rest of their
    own cohort."""


class Mode(Section):
    """One of several modes by which a cohort may go."""

    vehicles: VehiclesName | None = None
    """Pool of vehicles, as for a cohort ..."""
    shuttle: ShuttleName | None = None
    """... or the helicopter shuttle ..."""
    alone: Flag = False
    """... or by themselves, such as on foot.  None of them: in vehicles of which there is no lack."""
    escort: EscortName | None = None
    """Kind of escort that it needs."""
    drive: Duration | None = None
    """Time on the way by this mode, such as that of a walk, instead of the mission's."""
    after: Duration = ZERO
    """How long after it is ready a group would take this mode at the earliest."""


class Cohort(Section):
    people: Staff
    """Head count; or ``{of: COHORT, times: RATIO}``, so many times that of another cohort of the mission, rounded half up, as the
    ratio of that name in ``ratios`` says: one number for all whose size isn't known by itself."""
    residual: Annotated[Quantity | Literal["all"], Dimension("people", also=("all",))] = ZERO
    """Those who stay on purpose; or ``all``."""
    order: Order | None = None
    """When this cohort is ordered out (default: as the mission)."""
    ready: Duration = ZERO
    """Time from the order to readiness: of each group, or of the first one where a gap is given."""
    gap: Duration | None = None
    """Groups get ready one after another with this gap (the first one gap after ``ready``)."""
    group: Headcount | None = None
    """Size of a group (chalk); default: the seats of its vehicle or shuttle, else 40."""
    vehicles: VehiclesName | None = None
    """Pool of vehicles that takes it; without one, there is no limit on vehicles."""
    shuttle: ShuttleName | None = None
    """Helicopter shuttle that takes it, instead of the road."""
    escort: EscortName | None = None
    """Kind of escort that it needs; an escorted convoy isn't held by a curfew."""
    alone: Flag = False
    """Whether its groups are called forward and come by themselves, as ``road.alone`` says: by no vehicle of a pool, in no
    convoy and under nobody's agreement."""
    modes: Annotated[
        tuple[Mode, ...],
        OneOrMore(),
        not_empty("expected the modes by which it may go, at least one; without this line it goes as the cohort itself says"),
    ] = ()
    """Several modes instead of those: each group goes by the one that serves it first, and leaves the queues of the others."""
    starts: Literal["mission", "gate", "holding"] = "mission"
    """Where it starts from: people already at the airport skip the road, or road and gates."""
    gates: Annotated[tuple[GateName, ...], OneOrMore(), not_empty(f"{_GATES}those of its mission")] = ()
    """Gates that it may use (default: those of its mission)."""
    walk_in: Flag = False
    """Whether its people come of their own accord as time goes by (an open-ended demand): the time until they are ordered and
    ready is then no waiting."""
    priority: Whole = 0
    """Order at the gate, at the eligibility check and on pooled aircraft: lower goes first."""
    search: Factor = ONE
    """Factor on its search time."""
    consular: Factor = ONE
    """Factor on its eligibility check; 0 for those who need none."""
    core: Flag = False
    """Whether its people are core staff: the mission has closed when they have left (default: the cohort named ``core``,
    or all cohorts where none is)."""
    rear_party: RearParty | None = None
    """Who leaves last."""


class CohortForm:
    """Annotation of a cohort: a quantity stands for a cohort with nothing but that head count."""

    @staticmethod
    def expand(raw: Any) -> Any:
        """A head count as the cohort that it stands for."""
        section = isinstance(raw, Cohort) or (isinstance(raw, dict) and not is_quantity(raw) and not is_multiple(raw))
        return raw if section else {"people": raw}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.expand, handler.generate_schema(Cohort))

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"x-quantity": "people"}, MULTIPLE_SCHEMA, handler(schema)]}


class Reaction(Section):
    """Whether a mission is one of those that leave an airport that no foreign force secures (``security.reactions``)."""

    tier: Tier
    """Missions of tier 1 go before those of tier 2, and so on; or ``never``, of one that counts in the share and doesn't go."""
    orders: Flag = True
    """Whether it is ordered out by that; if not, it keeps its place in its tier and goes by its orders alone."""


class Mission(Section):
    title: Text | None = None
    """Its name for people."""
    cohorts: dict[Name, Annotated[Cohort | Quantity, CohortForm()]] = Field(default_factory=dict)
    """Its cohorts; a bare number is a cohort with nothing but a head count."""
    order: Order | None = None
    """When it orders its people out; without an order at mission and cohort nobody is moved."""
    reaction: Reaction | None = None
    """What it does when no foreign force is at the airport, beside its orders: whichever comes first."""
    residual: Annotated[Quantity | Literal["all"], Dimension("people", also=("all",))] = ZERO
    """Those who stay on purpose, taken from the cohorts of the highest ``priority`` number last-first; or ``all``."""
    closed: Moment | None = None
    """A mission that has closed already: it has nobody to move and counts as gone."""
    distance: Length | None = None
    """Road distance to the gates."""
    drive: Duration | None = None
    """Driving time to the gates in quiet conditions, instead of distance and speed."""
    gates: Annotated[tuple[GateName, ...], OneOrMore(), not_empty(f"{_GATES}all")] = ()
    """Gates that it may use (default: all); it takes the open one with the shortest queue."""


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
    """... or while more people than this wait inside for a seat: aircraft are overloaded once a backlog has built up."""
    surge_needs_force: Flag = False
    """Whether surge seats are used only while troops are there, who keep order at the aircraft (without phases that is so)."""
    head_of_line: Flag = False
    """Whether an aircraft that waits for its load holds up those behind it."""


class Hub(Section):
    beds: Headcount = INFINITE
    """People who can be there, or on the way there, at one time."""
    onward: FlowRate = INFINITE
    """People an hour who travel on."""
    opens: Moment = Moment()
    """When it opens."""


class Scenario(Section):
    """One scenario, checked and complete, in base units."""

    title: Text = "untitled"
    """One line for people."""
    name: Name = "scenario"
    """Name for results; default: the name of the file."""
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

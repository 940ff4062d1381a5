"""Who secures and runs the airport: providers, their forces and operators, the host nation, and who leaves when nobody does."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.quantity import INFINITE, constant
from sim.scenario.schema.names import ONE, ZERO, ProviderName, Service, TypeName
from sim.scenario.types import (
    Condition,
    Count,
    DailyHours,
    Duration,
    Factor,
    Flag,
    FlowRate,
    Headcount,
    Moment,
    Name,
    OneOrMore,
    Probability,
    Section,
    Whole,
)


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

"""Missions, their cohorts and orders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from sim.scenario.coordinates import Placed
from sim.scenario.parsing import is_multiple, is_quantity
from sim.scenario.quantity import Quantity
from sim.scenario.schema.names import GATES, ONE, ZERO, EscortName, GateName, ShuttleName, VehiclesName
from sim.scenario.types import (
    MULTIPLE_SCHEMA,
    Condition,
    Dimension,
    Duration,
    Factor,
    Flag,
    Headcount,
    Length,
    Moment,
    Name,
    OneOrMore,
    Section,
    Staff,
    Text,
    Tier,
    Whole,
    not_empty,
)


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
    gates: Annotated[tuple[GateName, ...], OneOrMore(), not_empty(f"{GATES}those of its mission")] = ()
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


class Mission(Placed):
    title: Text | None = None
    """Its name for people."""
    cohorts: dict[Name, Annotated[Cohort, CohortForm()]] = Field(default_factory=dict)
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
    gates: Annotated[tuple[GateName, ...], OneOrMore(), not_empty(f"{GATES}all")] = ()
    """Gates that it may use (default: all); it takes the open one with the shortest queue."""

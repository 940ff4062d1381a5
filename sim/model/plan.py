"""From a scenario to a plan: names in sorted order, streams registered, references resolved; done once per scenario."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sim.model.draws import UNIT, Streams
from sim.scenario.multiples import head_count
from sim.scenario.quantity import Quantity, constant
from sim.scenario.rules import by_mode, mode_name
from sim.scenario.schema import Airport, Cohort, Gate, Mission, Order, Scenario
from sim.scenario.types import DailyHours, Date, Moment


class Product(NamedTuple):
    """A number of people that is a multiple of another: rounded like all counts, see :func:`whole`."""

    one: Fixed
    times: Fixed


Fixed = float | int | Product
"""A number fixed in a replication: a float, the id (int) of the stream whose first draw it is, or a product of such."""


class Whole(int):
    """Id of a stream whose first draw counts things or people: it is rounded, see :func:`whole`."""

    __slots__ = ()


def round_half_up(x: float) -> int:
    """The nearest whole number, halves up."""
    return math.floor(x + 0.5)


def whole(x: float) -> float:
    """The one rule for every number of things or people: the nearest whole number, halves up; no limit stays no limit."""
    return float(round_half_up(x)) if math.isfinite(x) else x


def fixed_in(number: Fixed, draws: Any) -> float:
    """A number that is fixed in a replication, from its *draws* (stream id -> stream)."""
    if type(number) is float:
        return number
    if isinstance(number, Product):
        return whole(fixed_in(number.one, draws) * fixed_in(number.times, draws))
    drawn: float = draws[number].at(0)
    return whole(drawn) if type(number) is Whole else drawn


DEFAULT_GROUP = 40


class When(NamedTuple):
    """A moment, resolved: a delay after ``start``, ``ordered`` or a threat level."""

    after: str
    delay: Fixed


class Ordering(NamedTuple):
    """An order, resolved; ``delay`` is drawn once."""

    at: When | None
    when: tuple[Any, ...]
    delay: Fixed
    name: str


@dataclass
class CohortPlan:
    """A cohort with its streams (ids) and links by index."""

    index: int
    name: str
    mission: int
    spec: Cohort
    people: Fixed
    residual: Fixed
    order: Ordering | None
    group: Fixed
    ready: int
    gap: int | None
    gates: frozenset[str] = frozenset()
    """Gates that it may use, none named: all."""
    core: bool = True
    """Whether its people are core staff."""
    rear_people: Fixed = 0.0
    rear_destruction: int = 0
    search: dict[str, tuple[int, int]] = field(default_factory=dict)
    consular: tuple[int, int] = (0, 0)
    search_factor: Fixed = 1.0
    consular_factor: Fixed = 1.0
    drive: int = 0
    speed: int | None = None
    checkpoint: int = 0
    passage_checkpoint: int = 0
    turned: int = 0
    turned_again: int = 0
    retry: int = 0
    let_through: tuple[int, int] = (0, 0)
    """Draws of whether a group that walks in is let through: at its first try, and at later ones."""
    walk_retry: tuple[int, int] = (0, 0)
    """Of groups that start in front of the gates: whether they are let through, and how long they wait when they were not."""
    negotiation: dict[str, int] = field(default_factory=dict)
    agreement: dict[str, int] = field(default_factory=dict)
    """By regime of the outer layer: the stream of whether its agreements are honoured, one draw each."""
    flight: dict[str, int] = field(default_factory=dict)
    """By leg of a helicopter's round trip."""
    after: int = 0
    """How long after it is ready a group would take this mode; of a mode only."""
    modes: list[CohortPlan] = field(default_factory=list)
    """Where it has several modes: the cohort as it would be with each alone."""

    @property
    def ways(self) -> list[CohortPlan]:
        """The cohort with each of its modes alone."""
        return self.modes or [self]


@dataclass
class MissionPlan:
    """A mission and its cohorts (indices)."""

    index: int
    name: str
    spec: Mission
    cohorts: list[int]
    residual: Fixed | None
    closed: When | None


class Builder:
    """What every part of the plan needs while it is made: streams, fixed numbers and resolved moments."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.streams = Streams()
        self.start: Date = scenario.clock.start
        self._conditions: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def stream(self, purpose: str, name: str, quantity: Quantity | None, count: int = 1) -> int:
        """Id of the stream of draws for (purpose, name)."""
        return self.streams.register(purpose, name, quantity if quantity is not None else constant(0), count)

    def unit(self, purpose: str, name: str, count: int = 1) -> int:
        """Id of a stream of bare uniform draws."""
        return self.streams.register(purpose, name, UNIT, count)

    def fixed(self, path: str, quantity: Quantity) -> Fixed:
        """A number drawn once in a replication."""
        if quantity.is_constant:
            return float(quantity.value)
        return self.streams.register("fixed", path, quantity, 1)

    def count(self, path: str, quantity: Quantity) -> Fixed:
        """A number of things or people, drawn once in a replication and made whole: see :func:`whole`."""
        number = self.fixed(path, quantity)
        if type(number) is float:
            return whole(number)
        assert isinstance(number, int)
        return Whole(number)

    def when(self, path: str, moment: Moment) -> When:
        """A moment, resolved."""
        if moment.date is not None:
            return When("start", moment.date.hours_after(self.start))
        return When(moment.after, self.fixed(path, moment.delay))

    def ordering(self, path: str, order: Order | None) -> Ordering | None:
        """An order, resolved; None where nothing can give it."""
        if order is None or (order.at is None and not order.when):
            return None
        at = self.when(f"{path}.at", order.at) if order.at is not None else None
        conditions = self._conditions.setdefault(tuple(order.when), tuple(order.when))  # one object for equal ones
        return Ordering(at, conditions, self.fixed(f"{path}.delay", order.delay), path)


@dataclass
class Plan:
    """Everything about a scenario that no replication changes; built by :func:`compile_plan`."""

    scenario: Scenario
    builder: Builder
    missions: list[MissionPlan]
    cohorts: list[CohortPlan]
    priorities: tuple[int, ...]
    has_lift: bool
    has_gates: bool
    horizon: Fixed
    mission_index: dict[str, int]
    parts: dict[str, Any]
    """What each part of the world prepared for itself, by the part's name."""

    @property
    def streams(self) -> Streams:
        """All registered streams."""
        return self.builder.streams


def _expected_groups(people: Quantity, group: Quantity | None) -> int:
    size = max(1.0, group.mean) if group is not None else DEFAULT_GROUP
    count = people.mean / size
    return int(min(20_000, math.ceil(count if people.is_constant else 1.3 * count + 2)))


def group_size(scenario: Scenario, cohort: Cohort) -> Quantity:
    """People of a group of a cohort: its own number, the seats of what it travels in, or the usual one."""
    if cohort.group is not None:
        return cohort.group
    if cohort.modes:
        rides = [scenario.shuttles[m.shuttle] for m in cohort.modes if m.shuttle is not None]
        seats = [r.seats for r in rides] + [scenario.vehicles[m.vehicles].seats for m in cohort.modes if m.vehicles is not None]
        return min(seats, key=lambda q: q.mean, default=constant(DEFAULT_GROUP))
    if cohort.shuttle is not None:
        return scenario.shuttles[cohort.shuttle].seats
    if cohort.vehicles is not None:
        return scenario.vehicles[cohort.vehicles].seats
    return constant(DEFAULT_GROUP)


def search_time(airport: Airport, gate: Gate) -> tuple[Quantity, Quantity]:
    """Time of a group and of each of its people in a lane of a gate: the gate's own, or what holds for all."""
    usual = airport.search
    return (
        gate.per_group if gate.per_group is not None else usual.per_group,
        gate.per_person if gate.per_person is not None else usual.per_person,
    )


def _drive(scenario: Scenario, mission: Mission) -> tuple[Quantity, Quantity | None]:
    """Quiet driving time of a mission (h) and None, or its distance (km) and the speed (km/h)."""
    if mission.drive is not None:
        return mission.drive, None
    if mission.distance is not None and scenario.road.speed is not None:
        return mission.distance, scenario.road.speed
    return scenario.road.drive if scenario.road.drive is not None else constant(0), None


def _may_turn_back(s: Scenario) -> bool:
    levels = s.threat.effects.values() if s.threat is not None else ()
    after = s.security.host.after.turn_back if s.security.host is not None else None
    chances = [s.road.turn_back, s.road.alone.turn_back, after, *(e.turn_back for e in s.road.escorts.values())]
    chances += [q for window in s.road.windows.values() for q in (window.turn_back, window.turn_back_alone)]
    if s.threat is not None and any(not (e.lets_through.is_constant and e.lets_through.value == 1) for e in levels):
        return True
    chances += [q for e in levels for q in (e.turn_back, e.turn_back_alone)]
    return any(q is not None and not (q.is_constant and q.value == 0) for q in chances)


def _cohort_streams(b: Builder, plan: CohortPlan, mission: Mission, full: str, count: int) -> None:
    """Register what a cohort draws on its way: its search, its eligibility check, and each of its modes."""
    s, cohort = b.scenario, plan.spec
    for gate, g in s.airport.gates.items():
        group, person = search_time(s.airport, g)
        plan.search[gate] = (b.stream("search-group", full, group, count), b.stream("search-person", full, person, count))
    if s.airport.consular is not None:
        c = s.airport.consular
        plan.consular = (
            b.stream("consular-group", full, c.per_group, count),
            b.stream("consular-person", full, c.per_person, count),
        )
    plan.search_factor = b.fixed(f"missions.{full}.search", cohort.search)
    plan.consular_factor = b.fixed(f"missions.{full}.consular", cohort.consular)
    if cohort.starts == "gate":
        plan.let_through = b.unit("let-through", full, 0), b.unit("let-through-again", full, 0)
        retry = s.road.alone.retry if s.road.alone.retry is not None else s.road.retry
        plan.walk_retry = b.stream("walk-retry", full, retry, 0), b.stream("walk-retry-again", full, retry, 0)
    if not cohort.modes:
        _way_streams(b, plan, mission, full, count)
    for mode in cohort.modes:
        way = replace(plan, spec=by_mode(cohort, mode), modes=[])
        name = f"{full}/{mode_name(mode)}"
        way.after = b.stream("mode-after", name, mode.after, count)
        _way_streams(b, way, mission.model_copy(update={"drive": mode.drive}) if mode.drive is not None else mission, name, count)
        plan.modes.append(way)


def _way_streams(b: Builder, plan: CohortPlan, mission: Mission, full: str, count: int) -> None:
    """Register what a cohort draws by one mode: its road or its shuttle."""
    from sim.model.places import legs_of

    s, cohort = b.scenario, plan.spec
    if cohort.shuttle is not None:
        shuttle = s.shuttles[cohort.shuttle]
        plan.flight = {leg: b.stream(purpose, full, q, count) for leg, (purpose, q) in legs_of(shuttle).items()}
        return
    drive, speed = _drive(s, mission)
    plan.drive = b.stream("drive", full, drive, count)
    plan.speed = b.stream("speed", full, speed, count) if speed is not None else None
    plan.checkpoint = b.stream("checkpoint", full, s.road.delay, count)
    after = s.security.host.after if s.security.host is not None else None
    delay = after.delay if after is not None and after.delay is not None else s.road.delay
    plan.passage_checkpoint = b.stream("checkpoint", full, delay, count)
    plan.turned = b.unit("turn-back", full, count if _may_turn_back(s) else 0)
    plan.turned_again = b.unit("turn-back-again", full, 0)
    own_retry = s.road.alone.retry if cohort.alone else None
    plan.retry = b.stream("retry", full, own_retry if own_retry is not None else s.road.retry, 0)
    negotiation = after.negotiation if after is not None and after.negotiation is not None else s.road.negotiation
    plan.negotiation = {
        "host": b.stream("negotiation", full, s.road.negotiation),
        "after": b.stream("negotiation", full, negotiation),
    }
    if cohort.escort is not None and (own := s.road.escorts[cohort.escort].negotiation) is not None:
        plan.negotiation = {"host": b.stream("negotiation", full, own), "after": b.stream("negotiation", full, own)}
    whose = f"{plan.order.name if plan.order is not None else full}/{cohort.escort or ''}"  # all who share a permission
    plan.agreement = {regime: b.unit("agreement", f"{whose}/{regime}", 0) for regime in plan.negotiation}


def core_cohorts(mission: Mission) -> set[str]:
    """Names of the cohorts that are a mission's core staff: those marked, else the one named ``core``, else all."""
    marked = {n for n, c in mission.cohorts.items() if isinstance(c, Cohort) and c.core}
    return marked or {"core"} & set(mission.cohorts) or set(mission.cohorts)


def _people(b: Builder, mission: MissionPlan, name: str) -> Fixed:
    """Head count of a cohort, or the product of what it is a multiple of."""
    people = head_count(mission.spec.cohorts[name])
    if people.of is None:
        return b.count(f"missions.{mission.name}.cohorts.{name}.people", people)
    of, times = people.of
    one, ratio = _people(b, mission, of), b.fixed(f"ratios.{times}", b.scenario.ratios[times])
    return whole(one * ratio) if type(one) is float and type(ratio) is float else Product(one, ratio)


def _plan_cohort(b: Builder, index: int, mission: MissionPlan, name: str, raw: Cohort | Quantity) -> CohortPlan:
    cohort = raw if isinstance(raw, Cohort) else Cohort(people=raw)
    full = f"{mission.name}/{name}"
    path = f"missions.{mission.name}.cohorts.{name}"
    size = group_size(b.scenario, cohort)
    count = max(1, _expected_groups(cohort.people, size))
    if cohort.order is not None:
        order = b.ordering(f"{path}.order", cohort.order)
    else:
        order = b.ordering(f"missions.{mission.name}.order", mission.spec.order)
    plan = CohortPlan(
        index=index,
        name=name,
        mission=mission.index,
        spec=cohort,
        people=_people(b, mission, name),
        residual=math.inf if cohort.residual == "all" else b.count(f"{path}.residual", cohort.residual),
        order=order,
        group=b.count(f"{path}.group", size),
        ready=b.stream("ready", full, cohort.ready, 1 if cohort.gap is not None else count),
        gap=b.stream("gap", full, cohort.gap, count) if cohort.gap is not None else None,
        gates=frozenset(cohort.gates or mission.spec.gates),
        core=name in core_cohorts(mission.spec),
    )
    if cohort.rear_party is not None:
        plan.rear_people = b.count(f"{path}.rear_party.people", cohort.rear_party.people)
        plan.rear_destruction = b.stream("destruction", full, cohort.rear_party.destruction)
    _cohort_streams(b, plan, mission.spec, full, count)
    return plan


def compile_plan(scenario: Scenario) -> Plan:
    """Prepare a scenario for any number of replications."""
    from sim.model import airfield, crowd, dispatch, gate, hub, incidents, lift, reactions, road, security, shuttle, threat

    b = Builder(scenario)
    missions: list[MissionPlan] = []
    cohorts: list[CohortPlan] = []
    for i, name in enumerate(sorted(scenario.missions)):
        spec = scenario.missions[name]
        path = f"missions.{name}"
        residual = None if spec.residual == "all" else b.count(f"{path}.residual", spec.residual)
        closed = b.when(f"{path}.closed", spec.closed) if spec.closed is not None else None
        mission = MissionPlan(i, name, spec, [], residual, closed)
        missions.append(mission)
        for cohort in sorted(spec.cohorts):
            mission.cohorts.append(len(cohorts))
            cohorts.append(_plan_cohort(b, len(cohorts), mission, cohort, spec.cohorts[cohort]))
    parts = {
        m.__name__.rsplit(".", 1)[1]: m.prepare(b)
        for m in (threat, security, crowd, incidents, road, shuttle, gate, airfield, hub, lift, dispatch)
    }
    parts["reactions"] = reactions.prepare(b, missions)
    return Plan(
        scenario=scenario,
        builder=b,
        missions=missions,
        cohorts=cohorts,
        priorities=tuple(sorted({c.spec.priority for c in cohorts})) or (0,),
        has_lift=scenario.lift is not None,
        has_gates=bool(scenario.airport.gates),
        horizon=b.fixed("clock.horizon", scenario.clock.horizon),
        mission_index={m.name: m.index for m in missions},
        parts=parts,
    )


def next_change(hours: DailyHours, clock_hour: float) -> float:
    """Hours from the time of day *clock_hour* until *hours* next begins or ends; infinite if it never does."""
    if hours.always or hours.first == hours.last:
        return math.inf
    first, last = (hours.first - clock_hour) % 24, (hours.last - clock_hour) % 24
    return min(first if first > 1e-9 else 24.0, last if last > 1e-9 else 24.0)

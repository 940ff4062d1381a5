"""Missions and cohorts, compiled: how many they are, when they are ordered, and what their groups draw on their way."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.model.compiled.airport import search_time
from sim.model.compiled.builder import Builder, Ordering
from sim.model.compiled.numbers import ENDLESS, ZERO, Constant, Number, Product, When, whole
from sim.model.compiled.road import legs_of
from sim.model.open_quantity import slot_of
from sim.scenario.quantity import Quantity, constant
from sim.scenario.rules import by_mode, mode_name
from sim.scenario.schema import Cohort, Mission, Scenario

DEFAULT_GROUP = 40
"""People of a group of whom nothing tells how many travel together."""
MOST_GROUPS = 20_000
"""Of a cohort, for which draws are made ahead."""
HEADROOM = 3
"""Times as many where a set of inputs may have more people, or smaller groups: one by one draws take ten times as long."""


@dataclass(frozen=True, slots=True)
class CompiledWay:
    """A cohort with one of its modes: the streams that its groups draw by it; those of the road are 0 for one by air."""

    spec: Cohort
    after: int = 0
    """How long after it is ready a group would take this mode, where there are several."""
    drive: int = 0
    """Hours, or km where a speed is drawn."""
    speed: int | None = None
    checkpoint: int = 0
    passage_checkpoint: int = 0
    """Delay at a checkpoint once the outer layer has collapsed."""
    turned: int = 0
    """Whether a convoy is turned back at its first try, and at later ones."""
    turned_again: int = 0
    retry: int = 0
    negotiation: dict[str, int] = field(default_factory=dict)
    """By regime of the outer layer: how long its agreements take."""
    agreement: dict[str, int] = field(default_factory=dict)
    """By regime: whether its agreements are honoured, one draw each."""
    flight: dict[str, int] = field(default_factory=dict)
    """By leg of a helicopter's round trip."""


@dataclass(frozen=True, slots=True)
class CompiledCohort:
    """A cohort: numbers, and streams (ids) by group unless said otherwise."""

    index: int
    name: str
    mission: int
    """Its mission, by index."""
    spec: Cohort
    order: Ordering | None
    people: Number
    residual: Number
    """People who stay on purpose."""
    group: Number
    """People of a group."""
    rear_people: Number
    rear_destruction: int
    """How long its rear party needs; one draw."""
    ready: int
    gap: int | None
    """Hours between two groups, where they get ready one after another."""
    gates: frozenset[str]
    """Gates that it may use, none named: all."""
    core: bool
    """Whether its people are core staff."""
    search: dict[str, tuple[int, int]]
    """By gate: time of the group, and of each person; as the next."""
    consular: tuple[int, int] | None
    search_factor: Number
    consular_factor: Number
    let_through: tuple[int, int]
    """Of those who walk in: whether they are let through, at the first try and at later ones; as the next."""
    walk_retry: tuple[int, int]
    """How long they wait when they were not."""
    ways: tuple[CompiledWay, ...]
    """The cohort with each of its modes alone; at least one."""

    @property
    def chooses(self) -> bool:
        """Whether its groups stand in the queues of modes that the scenario lists."""
        return bool(self.spec.modes)


class Reacting(NamedTuple):
    """A mission that may go because nobody secures the airport, with the streams of what it draws."""

    mission: int
    tier: int
    order: int
    """Its place within the tier."""
    decides: int
    goes: int
    acts: bool
    """Whether it is ordered out by that."""


@dataclass(frozen=True, slots=True)
class CompiledReactions:
    """Who may go, and how many of them."""

    places: tuple[Reacting, ...]
    of: int
    """Missions that the share counts: those that never go, too."""
    share: Number
    known: Number
    """Hours before the start since when an absence at the start is known."""


@dataclass(frozen=True, slots=True)
class CompiledMission:
    """A mission and its cohorts (indices)."""

    index: int
    name: str
    spec: Mission
    cohorts: tuple[int, ...]
    residual: Number | None
    """People who stay on purpose, beyond those of its cohorts; None: all."""
    closed: When | None
    """When it has closed by itself, so that nobody moves."""


def group_size(builder: Builder, cohort: Cohort) -> Quantity:
    """People of a group of a cohort: its own number, the seats of what it travels in, or the usual one."""
    scenario = builder.scenario
    if cohort.group is not None:
        return cohort.group
    if cohort.modes:
        rides = [scenario.shuttles[mode.shuttle] for mode in cohort.modes if mode.shuttle is not None]
        seats = [ride.seats for ride in rides] + [
            scenario.vehicles[mode.vehicles].seats for mode in cohort.modes if mode.vehicles is not None
        ]
        if not seats:
            return constant(DEFAULT_GROUP)
        return seats[builder.decide(lambda value_of: min(range(len(seats)), key=lambda k: value_of(seats[k]).mean))]
    if cohort.shuttle is not None:
        return scenario.shuttles[cohort.shuttle].seats
    return scenario.vehicles[cohort.vehicles].seats if cohort.vehicles is not None else constant(DEFAULT_GROUP)


def heads_of(scenario: Scenario, mission: Mission, cohort: str) -> tuple[Quantity, tuple[Quantity, ...]]:
    """The head count that a cohort's is a multiple of, or its own, and by what it is multiplied, one after another."""
    ratios: list[Quantity] = []
    people = mission.cohorts[cohort].people
    while people.of is not None:
        of, times = people.of
        ratios.insert(0, scenario.ratios[times])
        people = mission.cohorts[of].people
    return people, tuple(ratios)


def core_cohorts(mission: Mission) -> set[str]:
    """Names of the cohorts that are a mission's core staff: those marked, else the one named ``core``, else all."""
    marked = {name for name, cohort in mission.cohorts.items() if cohort.core}
    return marked or {"core"} & set(mission.cohorts) or set(mission.cohorts)


def compile_missions(builder: Builder) -> tuple[list[CompiledMission], list[CompiledCohort]]:
    """Missions and cohorts, each in the order of their names."""
    missions: list[CompiledMission] = []
    cohorts: list[CompiledCohort] = []
    airport = builder.scenario.airport
    times = {name: search_time(airport, gate) for name, gate in airport.gates.items()}
    kinds = tuple(dict.fromkeys(times.values()))
    shared = _Shared(kinds, {name: kinds.index(pair) for name, pair in times.items()}, _may_turn_back(builder.scenario))
    for index, (name, spec) in enumerate(sorted(builder.scenario.missions.items())):
        path, first = f"missions.{name}", len(cohorts)
        residual = None if spec.residual == "all" else builder.count(f"{path}.residual", spec.residual)
        closed = builder.when(f"{path}.closed", spec.closed) if spec.closed is not None else None
        core = core_cohorts(spec)
        for cohort in sorted(spec.cohorts):
            cohorts.append(_cohort(builder, shared, len(cohorts), index, name, cohort, cohort in core))
        missions.append(CompiledMission(index, name, spec, tuple(range(first, len(cohorts))), residual, closed))
    return missions, cohorts


class _Shared(NamedTuple):
    """What is the same for all cohorts: search times that differ (of a group, of a person), which of them each gate has, and
    whether anybody can be turned back."""

    kinds: tuple[tuple[Quantity, Quantity], ...]
    gates: dict[str, int]
    may_turn_back: bool


def _cohort(
    builder: Builder, shared: _Shared, index: int, mission_index: int, mission_name: str, name: str, core: bool
) -> CompiledCohort:
    scenario, mission = builder.scenario, builder.scenario.missions[mission_name]
    cohort = mission.cohorts[name]
    full, path = f"{mission_name}/{name}", f"missions.{mission_name}.cohorts.{name}"
    size = group_size(builder, cohort)
    count = max(1, _expected_groups(cohort.people, size))
    heads, ratios = heads_of(scenario, mission, name)
    if any(slot_of(quantity) is not None for quantity in (heads, *ratios, size)):
        count = min(MOST_GROUPS, HEADROOM * count)
    if cohort.order is not None:
        order = builder.ordering(f"{path}.order", cohort.order)
    else:
        order = builder.ordering(f"missions.{mission_name}.order", mission.order)
    rear, check = cohort.rear_party, scenario.airport.consular
    consular = None
    if check is not None:
        person = builder.stream("consular-person", full, check.per_person, count)
        consular = builder.stream("consular-group", full, check.per_group, count), person
    let_through = walk_retry = (0, 0)
    if cohort.starts == "gate":
        let_through = builder.unit("let-through", full, 0), builder.unit("let-through-again", full, 0)
        retry = scenario.road.alone.retry if scenario.road.alone.retry is not None else scenario.road.retry
        walk_retry = builder.stream("walk-retry", full, retry, 0), builder.stream("walk-retry-again", full, retry, 0)
    return CompiledCohort(
        index=index,
        name=name,
        mission=mission_index,
        spec=cohort,
        order=order,
        people=_people(builder, mission_name, name),
        residual=ENDLESS if cohort.residual == "all" else builder.count(f"{path}.residual", cohort.residual),
        group=builder.count(f"{path}.group", size),
        rear_people=builder.count(f"{path}.rear_party.people", rear.people) if rear is not None else ZERO,
        rear_destruction=builder.stream("destruction", full, rear.destruction) if rear is not None else 0,
        ready=builder.stream("ready", full, cohort.ready, 1 if cohort.gap is not None else count),
        gap=builder.stream("gap", full, cohort.gap, count) if cohort.gap is not None else None,
        gates=frozenset(cohort.gates or mission.gates),
        core=core,
        search=_searches(builder, shared, full, count),
        consular=consular,
        search_factor=builder.fixed(f"missions.{full}.search", cohort.search),
        consular_factor=builder.fixed(f"missions.{full}.consular", cohort.consular),
        let_through=let_through,
        walk_retry=walk_retry,
        ways=_ways(builder, cohort, mission, order, full, count, count if shared.may_turn_back else 0),
    )


def _searches(builder: Builder, shared: _Shared, full: str, count: int) -> dict[str, tuple[int, int]]:
    """By gate; gates whose times are the same share the streams."""
    streams: dict[int, tuple[int, int]] = {}
    for kind, (group, person) in enumerate(shared.kinds):
        streams[kind] = builder.stream("search-group", full, group, count), builder.stream("search-person", full, person, count)
    return {gate: streams[kind] for gate, kind in shared.gates.items()}


def _expected_groups(people: Quantity, group: Quantity) -> int:
    count = people.mean / max(1.0, group.mean)
    return int(min(MOST_GROUPS, math.ceil(count if people.is_constant else 1.3 * count + 2)))


def _people(builder: Builder, mission: str, name: str) -> Number:
    """Head count of a cohort, or the product of what it is a multiple of."""
    people = builder.scenario.missions[mission].cohorts[name].people
    if people.of is None:
        return builder.count(f"missions.{mission}.cohorts.{name}.people", people)
    of, times = people.of
    one, ratio = _people(builder, mission, of), builder.fixed(f"ratios.{times}", builder.scenario.ratios[times])
    if isinstance(one, Constant) and isinstance(ratio, Constant):
        return Constant(whole(one.value * ratio.value))
    return Product(one, ratio)


def _ways(
    builder: Builder, cohort: Cohort, mission: Mission, order: Ordering | None, full: str, count: int, turned: int
) -> tuple[CompiledWay, ...]:
    """Its modes; *count* groups are expected, of which *turned* may be turned back."""
    if not cohort.modes:
        return (_way(builder, cohort, mission, order, full, count, turned, 0),)
    ways = []
    for mode in cohort.modes:
        name = f"{full}/{mode_name(mode)}"
        after = builder.stream("mode-after", name, mode.after, count)
        own = mission.model_copy(update={"drive": mode.drive}) if mode.drive is not None else mission
        ways.append(_way(builder, by_mode(cohort, mode), own, order, name, count, turned, after))
    return tuple(ways)


def _way(
    builder: Builder, cohort: Cohort, mission: Mission, order: Ordering | None, full: str, count: int, turned: int, after: int
) -> CompiledWay:
    """Register what a cohort draws by one mode: its road or its shuttle."""
    scenario, road = builder.scenario, builder.scenario.road
    if cohort.shuttle is not None:
        legs = legs_of(scenario.shuttles[cohort.shuttle])
        return CompiledWay(
            cohort,
            after,
            flight={leg: builder.stream(purpose, full, quantity, count) for leg, (purpose, quantity) in legs.items()},
        )
    drive, speed = _drive(scenario, mission)
    passage = scenario.security.host.after if scenario.security.host is not None else None
    delay = passage.delay if passage is not None and passage.delay is not None else road.delay
    own_retry = road.alone.retry if cohort.alone else None
    asks = {"host": road.negotiation, "after": road.negotiation}
    if passage is not None and passage.negotiation is not None:
        asks["after"] = passage.negotiation
    if cohort.escort is not None and (own := road.escorts[cohort.escort].negotiation) is not None:
        asks = dict.fromkeys(asks, own)
    whose = f"{order.name if order is not None else full}/{cohort.escort or ''}"  # all who share a permission
    return CompiledWay(
        spec=cohort,
        after=after,
        drive=builder.stream("drive", full, drive, count),
        speed=builder.stream("speed", full, speed, count) if speed is not None else None,
        checkpoint=builder.stream("checkpoint", full, road.delay, count),
        passage_checkpoint=builder.stream("checkpoint", full, delay, count),
        turned=builder.unit("turn-back", full, turned),
        turned_again=builder.unit("turn-back-again", full, 0),
        retry=builder.stream("retry", full, own_retry if own_retry is not None else road.retry, 0),
        negotiation={regime: builder.stream("negotiation", full, takes) for regime, takes in asks.items()},
        agreement={regime: builder.unit("agreement", f"{whose}/{regime}", 0) for regime in asks},
    )


def _drive(scenario: Scenario, mission: Mission) -> tuple[Quantity, Quantity | None]:
    """Quiet driving time of a mission (h) and None, or its distance (km) and the speed (km/h)."""
    if mission.drive is not None:
        return mission.drive, None
    if mission.distance is not None and scenario.road.speed is not None:
        return mission.distance, scenario.road.speed
    return scenario.road.drive if scenario.road.drive is not None else constant(0), None


def _may_turn_back(scenario: Scenario) -> bool:
    levels = scenario.threat.effects.values() if scenario.threat is not None else ()
    after = scenario.security.host.after.turn_back if scenario.security.host is not None else None
    chances = [
        scenario.road.turn_back,
        scenario.road.alone.turn_back,
        after,
        *(effect.turn_back for effect in scenario.road.escorts.values()),
    ]
    chances += [
        chance for each in (*scenario.road.windows.values(), *levels) for chance in (each.turn_back, each.turn_back_alone)
    ]
    if any(not (effect.lets_through.is_constant and effect.lets_through.value == 1) for effect in levels):
        return True
    return any(chance is not None and not (chance.is_constant and chance.value == 0) for chance in chances)


def compile_reactions(builder: Builder, missions: Iterable[CompiledMission]) -> CompiledReactions | None:
    """Register the draws; None where nothing makes a mission react."""
    security = builder.scenario.security
    spec = security.reactions
    reacting = [(mission, mission.spec.reaction) for mission in missions if mission.spec.reaction is not None]
    if spec is None or not security.phases or not reacting:
        return None
    places = tuple(
        Reacting(
            mission.index,
            reaction.tier,
            builder.unit("reaction", mission.name),
            builder.stream("reaction-decides", mission.name, spec.decides),
            builder.stream("reaction-goes", mission.name, spec.goes),
            reaction.orders,
        )
        for mission, reaction in reacting
        if reaction.tier != "never"
    )
    share = builder.fixed("security.reactions.share", spec.share)
    return CompiledReactions(places, len(reacting), share, builder.fixed("security.absence_known", security.absence_known))

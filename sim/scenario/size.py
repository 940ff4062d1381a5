"""What a replication will take, from the scenario alone; used to refuse what is beyond the budget before it begins."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from sim.scenario.presence import force_of
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Cohort, Mission, Scenario

MOST_LOADS = 2_000_000
MOST_EVENTS = 100_000_000
MOST_MEMORY_MB = 4096.0
"""The budget of one replication."""

EVENTS_PER_LOAD = 8
EVENTS_PER_SORTIE = 7
BYTES_PER_LOAD = 1200
BYTES_PER_SORTIE = 900
BYTES_PER_HOUR = 2000
_GROUP = 40
TROOPS = 50
"""People of a group of a force that withdraws."""


@dataclass(frozen=True)
class Estimate:
    """Upper estimates for one replication."""

    people: float
    loads: float
    """Groups (vehicle loads) that travel together."""
    sorties: float
    events: float
    memory_mb: float

    @property
    def excess(self) -> str | None:
        """Why it is beyond the budget, in a sentence, or None."""
        for what, size, most in (
            ("vehicle loads", self.loads, MOST_LOADS),
            ("events", self.events, MOST_EVENTS),
            ("MB of memory", self.memory_mb, MOST_MEMORY_MB),
        ):
            if size > most:
                return f"a replication takes about {size:,.0f} {what}; the budget is {most:,.0f} (--allow-large lifts it)"
        return None


_MOST: dict[str, Callable[[tuple[float, ...]], float]] = {
    "constant": lambda p: p[0],
    "uniform": lambda p: p[-1],
    "triangular": lambda p: p[-1],
    "pert": lambda p: p[-1],
    "choice": lambda p: max(p[: len(p) // 2]),
    "exponential": lambda p: 5 * p[0],
    "gamma": lambda p: p[0] * p[1] + 4 * math.sqrt(p[0]) * p[1],
    "normal": lambda p: p[0] + 4 * p[1],
    "lognormal": lambda p: math.exp(min(p[0] + 4 * p[1], 700)),
    "weibull": lambda p: 5 * (p[1] * math.gamma(1 + 1 / p[0])),
}
"""Family → what is hardly ever exceeded, of its parameters."""


def most(quantity: Quantity) -> float:
    """A value that is hardly ever exceeded: the upper end, or four standard deviations above the mean."""
    return _MOST[quantity.family](quantity.params)


def least(quantity: Quantity) -> float:
    """The lower end where there is one, else a tenth of the mean."""
    p = quantity.params
    if quantity.family in ("constant", "uniform", "triangular", "pert"):
        return p[0]
    return min(p[: len(p) // 2]) if quantity.family == "choice" else quantity.mean / 10


def rarely_below(quantity: Quantity) -> float:
    """What is undercut once in twenty draws: of a number that is drawn once, how small it may well be."""
    p = quantity.params
    match quantity.family:
        case "lognormal":
            return math.exp(p[0] + NormalDist().inv_cdf(0.05) * p[1])
        case "weibull":
            return float(p[1] * (-math.log(0.95)) ** (1 / p[0]))
        case "exponential":
            return float(-p[0] * math.log(0.95))
        case "gamma":  # below the mean the distribution function is at least that of its first term
            return min(p[1] * math.exp((math.log(0.05) + math.lgamma(p[0] + 1)) / p[0]), quantity.mean)
        case "normal":
            return max(NormalDist(p[0], p[1]).inv_cdf(0.05), quantity.mean / 100)
    return least(quantity)


def _loads(scenario: Scenario, mission: Mission, cohort: Cohort) -> float:
    ways = cohort.modes or (cohort,)
    rides = [scenario.shuttles[way.shuttle].seats for way in ways if way.shuttle in scenario.shuttles]
    if cohort.modes or not rides:
        rides += [scenario.vehicles[way.vehicles].seats for way in ways if way.vehicles in scenario.vehicles]
    size = cohort.group or min(rides, key=least, default=None)
    group = max(1.0, least(size) if size is not None else _GROUP)
    group = max(1.0, min(group, least(scenario.airport.holding)))
    return 0.0 if mission.closed is not None else math.ceil(most(cohort.people) / group) + (1 if cohort.rear_party else 0)


def _sorties(scenario: Scenario) -> float:
    """Sorties in the horizon if no aircraft ever had to wait."""
    lift, hours = scenario.lift, scenario.clock.horizon.mean
    if lift is None:
        return 0.0
    total = 0.0
    for fleet in lift.fleets.values():
        kind = lift.types.get(fleet.aircraft)
        ground = (kind.quick or kind.load) if kind is not None else None
        cycle = sum(least(q) for q in (fleet.outbound, fleet.turn, fleet.inbound, ground) if q is not None)
        patience = min(least(fleet.patience), least(fleet.window))
        cycle += 0.1 if math.isinf(patience) else patience
        total += most(fleet.number) * min(most(fleet.sorties), 1 + hours / max(cycle, 1e-9))
    return total + sum(len(c.times) * hours / 24 for c in lift.commercial.values())


def _flown_in(scenario: Scenario) -> float:
    """Aircraft that bring forces, if every step were a new force."""
    total = 0.0
    for phase in scenario.security.phases:
        force = force_of(scenario, phase.provider)
        if force is not None and force.flown_in is not None:
            troops = max(1.0, least(force.flown_in.troops))
            steps = (most(q) / troops + 1 for q in (force.headcount, *(step.headcount for step in force.build_up)))
            total += sum(steps) * (1 + most(force.flown_in.cargo))
    return total


def _timers(scenario: Scenario) -> float:
    """Events that come by the clock: news, incidents, threat levels, opening hours."""
    hours, airport = scenario.clock.horizon.mean, scenario.airport
    total = 12 * hours / 24 * (1 + len(airport.gates))
    if airport.crowd is not None and airport.crowd.news is not None:
        total += hours / max(rarely_below(airport.crowd.news.every), 1e-6)
    total += sum(2 * hours * max(most(q) for q in i.rate.values()) for i in airport.incidents.values() if i.rate)
    if scenario.threat is not None and scenario.threat.stay:
        total += 2 * hours / max(min(q.mean for q in scenario.threat.stay.values()), 1e-6)
    return total


def _tries(scenario: Scenario) -> float:
    """Times that a load sets out, if it is turned back as often as it can be."""
    road = scenario.road
    chances = [road.turn_back, road.alone.turn_back]
    for e in scenario.threat.effects.values() if scenario.threat is not None else ():
        chances += [e.turn_back, e.turn_back_alone]
    most_tries = max(most(q) for q in (road.tries, road.alone.tries if road.alone.tries is not None else road.tries))
    waits = [least(q) for q in (road.retry, road.alone.retry) if q is not None] or [0.0]
    drive = least(road.drive) if road.drive is not None else 0.0
    in_time = 1 + scenario.clock.horizon.mean / max(min(waits) + drive, 1e-9)
    return min(1 / max(1 - max(q.mean for q in chances if q is not None), 1e-9), max(most_tries, 1), in_time)


def _withdrawn(scenario: Scenario) -> float:
    """Groups of troops and technicians that leave by the same aircraft: as the retrograde says, and of forces that need lift."""
    total = 0.0
    for retrograde in scenario.lift.retrograde.values() if scenario.lift is not None else ():
        total += most(retrograde.people) / max(1.0, least(retrograde.group))
    for name in {phase.provider for phase in scenario.security.phases}:
        provider = scenario.security.providers.get(name)
        for part in (provider.force, provider.operator) if provider is not None else ():
            if part is not None and part.withdrawal is not None and part.withdrawal.lift:
                headcount = most(part.headcount)
                total += headcount / TROOPS if math.isfinite(headcount) else 0.0
    return total


def estimate(scenario: Scenario) -> Estimate:
    """People, loads, sorties, events and memory of one replication, rather too many than too few."""
    cohorts = [(m, c) for m in scenario.missions.values() for c in m.cohorts.values()]
    people = sum(most(c.people) for _, c in cohorts)
    loads = sum(_loads(scenario, m, c) for m, c in cohorts) + _withdrawn(scenario)
    sorties = _sorties(scenario) + _flown_in(scenario)
    hours = scenario.clock.horizon.mean
    tried = 2 * loads * (_tries(scenario) - 1)
    events = EVENTS_PER_LOAD * loads + EVENTS_PER_SORTIE * sorties + _timers(scenario) + tried
    size = BYTES_PER_LOAD * loads + BYTES_PER_SORTIE * sorties + BYTES_PER_HOUR * hours
    return Estimate(people, loads, sorties, events, 60 + size / 1e6)

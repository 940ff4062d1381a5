"""What a replication will take, from the scenario alone; used to refuse what is beyond the budget before it begins."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

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
        total += most(fleet.number) * min(most(fleet.sorties), 1 + hours / max(cycle, 1e-3))
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
        total += hours / max(least(airport.crowd.news.every), 1e-6)
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
    return min(1 / max(1 - max(q.mean for q in chances if q is not None), 0.01), max(most_tries, 1))


def estimate(scenario: Scenario) -> Estimate:
    """People, loads, sorties, events and memory of one replication, rather too many than too few."""
    cohorts = [(m, c) for m in scenario.missions.values() for c in m.cohorts.values()]
    people = sum(most(c.people) for _, c in cohorts)
    loads = sum(_loads(scenario, m, c) for m, c in cohorts)
    sorties = _sorties(scenario) + _flown_in(scenario)
    hours = scenario.clock.horizon.mean
    tried = 2 * loads * (_tries(scenario) - 1)
    events = EVENTS_PER_LOAD * loads + EVENTS_PER_SORTIE * sorties + _timers(scenario) + tried
    size = BYTES_PER_LOAD * loads + BYTES_PER_SORTIE * sorties + BYTES_PER_HOUR * hours
    return Estimate(people, loads, sorties, events, 60 + size / 1e6)

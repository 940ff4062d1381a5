"""What a replication will take, from the scenario alone; used to refuse what is beyond the budget before it begins."""

from __future__ import annotations

import math
from dataclasses import dataclass

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


def most(quantity: Quantity) -> float:
    """A value that is hardly ever exceeded: the upper end, or four standard deviations above the mean."""
    p = quantity.params
    match quantity.family:
        case "constant":
            return p[0]
        case "uniform" | "triangular" | "pert":
            return p[-1]
        case "choice":
            return max(p[: len(p) // 2])
        case "exponential":
            return 5 * p[0]
        case "gamma":
            return p[0] * p[1] + 4 * math.sqrt(p[0]) * p[1]
        case "normal":
            return p[0] + 4 * p[1]
        case "lognormal":
            return math.exp(min(p[0] + 4 * p[1], 700))
    return 5 * quantity.mean


def least(quantity: Quantity) -> float:
    """The lower end where there is one, else a tenth of the mean."""
    p = quantity.params
    if quantity.family in ("constant", "uniform", "triangular", "pert"):
        return p[0]
    return min(p[: len(p) // 2]) if quantity.family == "choice" else quantity.mean / 10


def _loads(scenario: Scenario, mission: Mission, cohort: Cohort) -> float:
    size = cohort.group
    if size is None and cohort.modes:
        rides = [scenario.shuttles[m.shuttle].seats for m in cohort.modes if m.shuttle in scenario.shuttles]
        rides += [scenario.vehicles[m.vehicles].seats for m in cohort.modes if m.vehicles in scenario.vehicles]
        size = min(rides, key=least, default=None)
    elif size is None and cohort.shuttle in scenario.shuttles:
        size = scenario.shuttles[cohort.shuttle].seats
    elif size is None and cohort.vehicles in scenario.vehicles:
        size = scenario.vehicles[cohort.vehicles].seats
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
    cohorts = [(m, c) for m in scenario.missions.values() for c in m.cohorts.values() if isinstance(c, Cohort)]
    people = sum(most(c.people) for _, c in cohorts)
    loads = sum(_loads(scenario, m, c) for m, c in cohorts)
    sorties = _sorties(scenario)
    hours = scenario.clock.horizon.mean
    tried = 2 * loads * (_tries(scenario) - 1)
    events = EVENTS_PER_LOAD * loads + EVENTS_PER_SORTIE * sorties + _timers(scenario) + tried
    size = BYTES_PER_LOAD * loads + BYTES_PER_SORTIE * sorties + BYTES_PER_HOUR * hours
    return Estimate(people, loads, sorties, events, 60 + size / 1e6)

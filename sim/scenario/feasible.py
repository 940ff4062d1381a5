"""Why a scenario can't get everybody out, told before anything is simulated.

Only what holds in every replication counts, so constants only, and every doubt is settled in favour of the scenario: an
empty answer does not mean that the plan works.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario.presence import force_of
from sim.scenario.quantity import Quantity
from sim.scenario.rules import at, by_mode, entrant, fixed, hours, reacts, zero
from sim.scenario.schema import ENTRANTS, Cohort, Commercial, Entrant, Fleet, Force, Mission, Scenario
from sim.scenario.size import most
from sim.scenario.triggers import Triggers, milder

ALL_SERVICES = {"tower", "fire", "fuel", "handling"}
Mover = tuple[str, str]
"""A mission and one of its cohorts."""
Reason = tuple[str, str]
"""Path of what is missing, and a sentence about it."""


def under(quantity: Quantity | None, least: float) -> bool:
    """Whether the quantity is always less than *least*."""
    value = fixed(quantity)
    return value is not None and value < least


@dataclass(frozen=True)
class Obstacle:
    """Something that is missing, and who has no way out for want of it; as text, a plain sentence."""

    path: str
    """Of what is missing."""
    reason: str
    who: str
    """Who has no way out, in words; empty where it is everybody who is to be moved."""

    @property
    def for_all(self) -> bool:
        """Whether nobody gets out."""
        return not self.who

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; {'nobody gets out' if self.for_all else f'no way out for {self.who}'}"


def obstacles(scenario: Scenario) -> list[Obstacle]:
    """Reasons why some mission has no way out, in the order of the missions."""
    whose: dict[Reason, list[Mover]] = {}
    movers = [(name, key) for name, _, key, _ in _movers(scenario)]
    triggers = Triggers(scenario)
    for name, mission, key, cohort in _movers(scenario):
        for reason in _reasons(triggers, name, mission, cohort):
            whose.setdefault(reason, []).append((name, key))
    return [Obstacle(path, text, _held(held, movers)) for (path, text), held in whose.items()]


def impossible(scenario: Scenario) -> list[str]:
    """The same as plain sentences, each with the path of what is missing."""
    return [str(obstacle) for obstacle in obstacles(scenario)]


def _held(held: list[Mover], movers: list[Mover]) -> str:
    """Who is held back: whole missions or cohorts; nothing where it is everybody."""
    if len(held) == len(movers):
        return ""
    names = []
    for mission in dict.fromkeys(name for name, _ in held):
        cohorts = [key for name, key in held if name == mission]
        whole = len(cohorts) == sum(name == mission for name, _ in movers)
        names.append(mission if whole else f"{' and '.join(cohorts)} of {mission}")
    return ", ".join(names[:3]) + _more(len(names) - 3)


def _more(n: int) -> str:
    """`` and 1 more mission``; nothing where there are no more."""
    return f" and {n} more mission{'s' if n != 1 else ''}" if n > 0 else ""


def _movers(scenario: Scenario) -> Iterator[tuple[str, Mission, str, Cohort]]:
    """Cohorts with somebody to move and an order, in order of names."""
    for name in sorted(scenario.missions):
        mission = scenario.missions[name]
        if mission.closed is not None or mission.residual == "all":
            continue
        for key in sorted(mission.cohorts):
            cohort = mission.cohorts[key]
            ordered = (cohort.order or mission.order) is not None or reacts(scenario, mission)
            if ordered and cohort.residual != "all":
                people, stay = fixed(cohort.people), fixed(cohort.residual)
                if people is None or people > (stay or 0):
                    yield name, mission, key, cohort


def _reasons(triggers: Triggers, name: str, mission: Mission, cohort: Cohort) -> Iterator[Reason]:
    s = triggers.s
    if cohort.modes and cohort.starts == "mission":
        each = [list(_reasons(triggers, name, mission, by_mode(cohort, mode))) for mode in cohort.modes]
        if all(each):
            yield from dict.fromkeys(reason for reasons in each for reason in reasons)
        return
    inside = cohort.starts == "holding"
    if cohort.starts == "mission":
        if cohort.shuttle is not None:
            yield from _by_air(s, cohort.shuttle)
            inside = s.shuttles[cohort.shuttle].enters != "gate"
            if s.shuttles[cohort.shuttle].enters == "out":
                return
        else:
            yield from _by_road(s, cohort)
    if not inside and s.airport.gates:
        yield from _gates(s, name, mission, cohort)
    yield from _inside(s, cohort)
    if s.lift is not None:
        yield from _runway(s)
        yield from _aircraft(triggers, name)


# -- to the airport --------------------------------------------------------------------------------------------------


def _by_air(s: Scenario, name: str) -> Iterator[Reason]:
    shuttle = s.shuttles[name]
    needed = (
        ("helicopters", shuttle.helicopters, "number", "the pool has no helicopters"),
        ("shuttles", name, "number", "the shuttle has no helicopters"),
        ("places", shuttle.place, "spots", "the place has no landing spot"),
        ("hubs", shuttle.hub, "beds", "the hub of the shuttle has no bed"),
        ("shuttles", name, "spots", "the shuttle has no landing spot"),
    )
    for table, key, field, why in needed:
        if key is not None and under(getattr(getattr(s, table)[key], field), 1):
            yield f"{table}.{key}.{field}", why


def _by_road(s: Scenario, cohort: Cohort) -> Iterator[Reason]:
    if cohort.vehicles is not None and under(s.vehicles[cohort.vehicles].number, 1):
        yield f"vehicles.{cohort.vehicles}.number", "the pool has no vehicles"
    if s.road.curfew is not None and s.road.curfew.always and cohort.escort is None:
        yield "road.curfew", "nobody may ever leave without an escort"
    if cohort.escort is not None:
        escort = s.road.escorts[cohort.escort]
        if under(escort.teams, 1):
            yield f"road.escorts.{cohort.escort}.teams", "there are no escort teams"
        if fixed(escort.turn_back) == 1:
            yield f"road.escorts.{cohort.escort}.turn_back", "every convoy is turned back"
    elif cohort.alone and fixed(s.road.alone.turn_back) == 1:
        if all(q is None or fixed(q) == 1 for q in _levels(s, "turn_back_alone")):
            yield "road.alone.turn_back", "whoever comes alone is turned back"
    elif fixed(s.road.turn_back) == 1 and not _passes_later(s) and not _alone_pass(s, cohort):
        yield "road.turn_back", "every convoy is turned back"
    if _shut(s, "road"):
        yield f"airport.closures.{_shut(s, 'road')}", "the road is closed from the start to the end"


def _levels(s: Scenario, name: str) -> list[Quantity | None]:
    """One of the effects of every threat level."""
    return [getattr(e, name) for e in s.threat.effects.values()] if s.threat is not None else []


def _passes_later(s: Scenario) -> bool:
    """Whether a threat level or the collapse of the host gives another chance to pass."""
    host = s.security.host
    chances = _levels(s, "turn_back") + ([host.after.turn_back] if host is not None else [])
    return any(q is not None and fixed(q) != 1 for q in chances)


def _alone_pass(s: Scenario, cohort: Cohort) -> bool:
    """Whether people of a cohort that comes alone have a chance of their own to pass."""
    chances = [s.road.alone.turn_back, *_levels(s, "turn_back_alone")]
    return cohort.alone and any(q is not None and fixed(q) != 1 for q in chances)


def _shut(s: Scenario, what: str) -> str | None:
    """Name of a closure that keeps *what* closed from the start to the end, or None."""
    end = most(s.clock.horizon)
    for name, closure in sorted(s.airport.closures.items()):
        begins, lasts = hours(s, closure.at), fixed(closure.lasts)
        throughout = begins is not None and lasts is not None and begins <= 0 and begins + lasts >= end
        if throughout and what in closure.closes and set(closure.stops) == set(ENTRANTS):
            return name
    return None


# -- through the gates -----------------------------------------------------------------------------------------------


def _gates(s: Scenario, mission_name: str, mission: Mission, cohort: Cohort) -> Iterator[Reason]:
    allowed = cohort.gates or mission.gates
    names = [n for n in sorted(s.airport.gates) if not allowed or n in allowed]
    e = entrant(cohort)
    dead = {n: _dead_gate(s, n) for n in names if _admits(s, n, mission_name, e)}
    if not dead:
        yield "airport.gates", f"no gate that {mission_name} may use ever admits {ENTRANT_WORDS[e]}"
    elif len(dead) == 1 and all(dead.values()):
        yield from ((f"airport.gates.{gate}", f"the only gate {why}") for gate, why in dead.items())
    elif all(dead.values()):
        yield "airport.gates", "every gate that may be used is useless: " + ", ".join(f"{n} {why}" for n, why in dead.items())
    elif _most_lanes(s) < 1:
        yield "security", "no provider ever has the headcount for a search lane once the perimeter is manned"


ENTRANT_WORDS = {
    "public": "people who come by themselves",
    "agreed": "convoys of a mission",
    "escorted": "escorted convoys",
    "helicopter": "people whom helicopters bring to it",
}


def _admits(s: Scenario, gate: str, mission: str, e: Entrant) -> bool:
    """Whether a gate may ever let such people of a mission in."""
    spec = s.airport.gates[gate]
    called = not spec.call_forward or any(mission in fleet.serves for _, fleet in at(s, "lift.fleets.*"))
    return called and e in spec.admits and (not spec.missions or mission in spec.missions)


def _dead_gate(s: Scenario, name: str) -> str | None:
    gate = s.airport.gates[name]
    if under(gate.lanes, 1):
        return "has no lanes"
    if gate.hours.first == gate.hours.last:
        return "never opens"
    return "is closed from the start to the end" if _shut(s, name) or _shut(s, "gates") else None


def _most_lanes(s: Scenario) -> float:
    """Lanes that could be manned at best."""
    if not s.security.phases:
        return math.inf
    host = s.security.host
    best = most(host.lanes) if host is not None else 0.0
    forces = [f for n in dict.fromkeys(p.provider for p in s.security.phases) if (f := force_of(s, n)) is not None]
    troops = host_troops(s) + sum(map(most_troops, forces))
    for force in forces:
        spare = troops - (fixed(force.perimeter) or 0.0)
        lane = fixed(s.security.per_lane if force.per_lane is None else force.per_lane) or 0.0
        if spare >= 0:
            best = max(best, spare // lane if lane > 0 and math.isfinite(spare) else math.inf)
    return best


def host_troops(s: Scenario) -> float:
    """Most troops that the host nation ever has on the perimeter."""
    return most(s.security.host.headcount) if s.security.host is not None else 0.0


def most_troops(force: Force) -> float:
    """Most troops that a force ever has."""
    return max(most(headcount) for headcount in (force.headcount, *(step.headcount for step in force.build_up)))


def _inside(s: Scenario, cohort: Cohort) -> Iterator[Reason]:
    if under(s.airport.holding, 1):
        yield "airport.holding", "the holding area takes nobody, so no gate starts"
    consular = s.airport.consular
    if consular is not None and not zero(cohort.consular):
        numbers = [consular.officers, *(step.officers for step in consular.build_up)]
        providers = [s.security.providers[p.provider] for p in s.security.phases if p.provider in s.security.providers]
        numbers += [p.officers for p in providers if p.officers is not None and p.force is not None]
        officers, team = max(most(n) for n in numbers), max(1.0, fixed(consular.team) or 1.0)
        if officers < team:
            what = "there are no consular officers" if officers < 1 else "there are fewer consular officers than a team needs"
            yield "airport.consular.officers", what


# -- out -------------------------------------------------------------------------------------------------------------


def ever_provided(s: Scenario) -> set[str]:
    """Services that somebody provides at some time."""
    if not s.security.phases:
        return set(ALL_SERVICES)
    providers = (s.security.providers.get(phase.provider) for phase in s.security.phases)
    staff = [s.security.host, *(provider.operator for provider in providers if provider is not None)]
    return {service for those in staff if those is not None for service in those.services}


def visual_only(s: Scenario) -> bool:
    """Whether aircraft may land without a tower, by day."""
    return s.airport.airfield is not None and s.airport.airfield.runway.visual is not None


def _runway(s: Scenario) -> Iterator[Reason]:
    if "tower" not in ever_provided(s) and not visual_only(s):
        why = "nothing moves on the runway: nobody ever provides a tower, and there is no visual-only time"
        yield "airport.airfield.runway", why
    if name := _shut(s, "runway"):
        yield f"airport.closures.{name}", "the runway is closed from the start to the end"


def _aircraft(triggers: Triggers, mission: str) -> Iterator[Reason]:
    s = triggers.s
    assert s.lift is not None
    if not s.lift.fleets and not s.lift.commercial:
        yield "lift", "there are no aircraft"
        return
    willing = {n: f for n, f in sorted(s.lift.fleets.items()) if f.loading != "own-only" or mission in f.serves}
    each = [_dead_fleet(triggers, name, fleet) for name, fleet in willing.items()]
    each += [_dead_commercial(s, name, commercial) for name, commercial in sorted(s.lift.commercial.items())]
    reasons = [why for why in each if why is not None]
    if len(reasons) < len(each):  # somebody flies
        return
    what = "; ".join(f"{path}: {text}" for path, text in reasons[:3])
    what += f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    if not willing:
        besides = f" ({what})" if reasons else ""
        yield f"missions.{mission}", f"no fleet serves it, and each takes only those that it serves: nobody flies it out{besides}"
    elif len(reasons) == 1:
        yield reasons[0]
    else:
        yield "lift", f"no aircraft can take them ({what})"


def _dead_fleet(triggers: Triggers, name: str, fleet: Fleet) -> Reason | None:
    s = triggers.s
    never_ordered = fleet.lag is not None and fleet.serves and not triggers.ordered & set(fleet.serves)
    checks = (
        ("number", under(fleet.number, 1), "has no aircraft"),
        ("sorties", under(fleet.sorties, 1), "flies no sorties"),
        ("hubs", fleet.hubs and all(under(s.hubs[hub].beds, 1) for hub in fleet.hubs), "has no hub with a bed"),
        ("available", not triggers.comes(fleet.available), "comes in no replication before the end"),
        ("lag", never_ordered, f"waits for an order of {' or '.join(fleet.serves)}, which never comes"),
        ("window", _no_time_to_board(s, fleet), "is too short for one person to board"),
    )
    dead = ((f"lift.fleets.{name}.{field}", why) for field, fails, why in checks if fails)
    return next(dead, None) or _dead_type(s, fleet.aircraft)


def _no_time_to_board(s: Scenario, fleet: Fleet) -> bool:
    """Whether no ground window is long enough to load one person, at any threat level."""
    assert s.lift is not None
    kind = s.lift.types[fleet.aircraft]
    effects = [s.threat.effects.get(level) for level in s.threat.levels] if s.threat is not None else []
    flying = [fixed(e.flying) if e is not None else 1.0 for e in effects] or [1.0]
    times = [fixed(kind.load), fixed(kind.per_person), fixed(kind.fuel) if fleet.refuel else 0.0]
    known = [x for x in (*times, *flying, fixed(kind.unhandled), fixed(fleet.window)) if x is not None]
    if zero(kind.per_person) or len(known) < len(times) + len(flying) + 2:
        return False
    return known[-1] < sum(known[:3]) * min(known[3:-2]) * min(1.0, known[-2]) - 1e-9


def _dead_commercial(s: Scenario, name: str, commercial: Commercial) -> Reason | None:
    assert s.lift is not None
    path = f"lift.commercial.{name}"
    if s.threat is not None and commercial.stops_at in milder(s.threat.levels, s.threat.start):
        return f"{path}.stops_at", "is cancelled from the start"
    seats, share = fixed(s.lift.types[commercial.aircraft].seats), fixed(commercial.share)
    if seats is not None and share is not None and seats * share < 1:
        return f"{path}.share", "has no seats to buy"
    if commercial.hub is not None and under(s.hubs[commercial.hub].beds, 1):
        return f"{path}.hub", "has no hub with a bed"
    return _dead_type(s, commercial.aircraft)


def _dead_type(s: Scenario, name: str) -> Reason | None:
    assert s.lift is not None
    kind = s.lift.types[name]
    if under(kind.seats, 1) and (kind.surge is None or under(kind.surge, 1)):
        return f"lift.types.{name}.seats", "has no seats"
    guarded = not s.security.phases or any(force_of(s, p.provider) is not None for p in s.security.phases)
    if under(kind.seats, 1) and s.lift.surge_needs_force and not guarded:
        return "lift.surge_needs_force", f"{name} has surge seats alone, and no force is ever there"
    if missing := sorted(set(kind.needs) - ever_provided(s)):
        return f"lift.types.{name}.needs", f"needs {' and '.join(missing)}, which nobody ever provides"
    field = s.airport.airfield
    if kind.stand is not None and field is not None and field.stands:
        size = field.stands[kind.stand].size
        if all(under(stand.number, 1) for stand in field.stands.values() if stand.size >= size):
            return f"airport.airfield.stands.{kind.stand}", "no stand is large enough"
    elif field is not None and field.stands and all(under(stand.number, 1) for stand in field.stands.values()):
        return "airport.airfield.stands", "there are no stands"
    return None

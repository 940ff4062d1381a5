"""Why a scenario can't get everybody out, told before anything is simulated.

Only what holds in every replication counts, so constants only, and every doubt is settled in favour of the scenario: an
empty answer does not mean that the plan works.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario.rules import by_mode, entrant, fixed, reacts, zero
from sim.scenario.schema import Cohort, Mission, Scenario
from sim.scenario.ways import Reason, Ways, under, visual_only

NAMED = 8
"""Gates that a sentence names, at most."""
Mover = tuple[str, str]
"""A mission and one of its cohorts."""


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
    movers = Counter(name for name, _, _, _ in _movers(scenario))
    ways = Ways(scenario)
    for name, mission, key, cohort in _movers(scenario):
        for reason in _reasons(ways, name, mission, cohort):
            whose.setdefault(reason, []).append((name, key))
    return [Obstacle(path, text, _held(held, movers)) for (path, text), held in whose.items()]


def impossible(scenario: Scenario) -> list[str]:
    """The same as plain sentences, each with the path of what is missing."""
    return [str(obstacle) for obstacle in obstacles(scenario)]


def _held(held: list[Mover], movers: Counter[str]) -> str:
    """Who is held back: whole missions or cohorts; nothing where it is everybody.  *movers*: cohorts to move, by mission."""
    if len(held) == movers.total():
        return ""
    cohorts: dict[str, list[str]] = {}
    for mission, key in held:
        cohorts.setdefault(mission, []).append(key)
    names = [
        mission if len(keys) == movers[mission] else f"{' and '.join(keys)} of {mission}" for mission, keys in cohorts.items()
    ]
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


def _reasons(ways: Ways, name: str, mission: Mission, cohort: Cohort) -> Iterator[Reason]:
    s = ways.s
    if cohort.modes and cohort.starts == "mission":
        each = [list(_reasons(ways, name, mission, by_mode(cohort, mode))) for mode in cohort.modes]
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
            yield from _by_road(ways, cohort)
    if not inside and s.airport.gates:
        yield from _gates(ways, name, mission, cohort)
    yield from _inside(ways, cohort)
    if s.lift is not None:
        yield from _runway(ways)
        yield from _aircraft(ways, name)


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


def _by_road(ways: Ways, cohort: Cohort) -> Iterator[Reason]:
    s = ways.s
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
        if all(q is None or fixed(q) == 1 for q in ways.alone):
            yield "road.alone.turn_back", "whoever comes alone is turned back"
    elif fixed(s.road.turn_back) == 1 and not ways.passes_later and not _alone_pass(ways, cohort):
        yield "road.turn_back", "every convoy is turned back"
    if "road" in ways.shut:
        yield f"airport.closures.{ways.shut['road']}", "the road is closed from the start to the end"


def _alone_pass(ways: Ways, cohort: Cohort) -> bool:
    """Whether people of a cohort that comes alone have a chance of their own to pass."""
    chances = [ways.s.road.alone.turn_back, *ways.alone]
    return cohort.alone and any(q is not None and fixed(q) != 1 for q in chances)


# -- through the gates -----------------------------------------------------------------------------------------------


def _gates(ways: Ways, mission_name: str, mission: Mission, cohort: Cohort) -> Iterator[Reason]:
    e = entrant(cohort)
    passable, dead = ways.gates(mission_name, cohort.gates or mission.gates, e)
    if not passable and not dead:
        yield "airport.gates", f"no gate that {mission_name} may use ever admits {ENTRANT_WORDS[e]}"
    elif not passable and len(dead) == 1:
        yield f"airport.gates.{dead[0]}", f"the only gate {ways.dead_gates[dead[0]]}"
    elif not passable:
        named = ", ".join(f"{n} {ways.dead_gates[n]}" for n in dead[:NAMED])
        more = f", and {len(dead) - NAMED:,} more" if len(dead) > NAMED else ""
        yield "airport.gates", f"every gate that may be used is useless: {named}{more}"
    elif ways.lanes < 1:
        yield "security", "no provider ever has the headcount for a search lane once the perimeter is manned"


ENTRANT_WORDS = {
    "public": "people who come by themselves",
    "agreed": "convoys of a mission",
    "escorted": "escorted convoys",
    "helicopter": "people whom helicopters bring to it",
}


def _inside(ways: Ways, cohort: Cohort) -> Iterator[Reason]:
    s = ways.s
    if under(s.airport.holding, 1):
        yield "airport.holding", "the holding area takes nobody, so no gate starts"
    consular = s.airport.consular
    if consular is not None and not zero(cohort.consular):
        officers, team = ways.officers, max(1.0, fixed(consular.team) or 1.0)
        if officers < team:
            what = "there are no consular officers" if officers < 1 else "there are fewer consular officers than a team needs"
            yield "airport.consular.officers", what


# -- out -------------------------------------------------------------------------------------------------------------


def _runway(ways: Ways) -> Iterator[Reason]:
    if "tower" not in ways.services and not visual_only(ways.s):
        why = "nothing moves on the runway: nobody ever provides a tower, and there is no visual-only time"
        yield "airport.airfield.runway", why
    if name := ways.shut.get("runway"):
        yield f"airport.closures.{name}", "the runway is closed from the start to the end"


def _aircraft(ways: Ways, mission: str) -> Iterator[Reason]:
    s = ways.s
    assert s.lift is not None
    if not s.lift.fleets and not s.lift.commercial:
        yield "lift", "there are no aircraft"
        return
    own = {name: ways.dead_fleets[name] for name in ways.own_fleets.get(mission, ())}
    if ways.some_fly or None in own.values():  # somebody flies
        return
    willing = dict(sorted({**ways.for_all, **own}.items())) if own else ways.for_all
    reasons = [why for why in (*willing.values(), *ways.dead_commercial) if why is not None]
    what = "; ".join(f"{path}: {text}" for path, text in reasons[:3])
    what += f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    if not willing:
        besides = f" ({what})" if reasons else ""
        yield f"missions.{mission}", f"no fleet serves it, and each takes only those that it serves: nobody flies it out{besides}"
    elif len(reasons) == 1:
        yield reasons[0]
    else:
        yield "lift", f"no aircraft can take them ({what})"

"""What of a scenario lets people pass and fly, looked up once: gates, lanes, officers, fleets, and why some are of no use.

Thousands of cohorts may share hundreds of gates, closures and fleets.  Only constants count: see :mod:`sim.scenario.feasible`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

from sim.scenario.presence import force_of
from sim.scenario.quantity import Quantity
from sim.scenario.rules import at, fixed, hours, zero
from sim.scenario.schema import ENTRANTS, Commercial, Entrant, Fleet, Force, Scenario
from sim.scenario.size import most
from sim.scenario.triggers import Triggers, milder

ALL_SERVICES = {"tower", "fire", "fuel", "handling"}
Reason = tuple[str, str]
"""Path of what is missing, and a sentence about it."""


def under(quantity: Quantity | None, least: float) -> bool:
    """Whether the quantity is always less than *least*."""
    value = fixed(quantity)
    return value is not None and value < least


class Ways(Triggers):
    """What the cohorts of a scenario have in common."""

    @cached_property
    def shut(self) -> dict[str, str]:
        """What is closed from the start to the end -> the closure, the first by name that keeps it so."""
        end = most(self.s.clock.horizon)
        shut: dict[str, str] = {}
        for name, closure in sorted(self.s.airport.closures.items()):
            begins, lasts = hours(self.s, closure.at), fixed(closure.lasts)
            throughout = begins is not None and lasts is not None and begins <= 0 and begins + lasts >= end
            if throughout and set(closure.stops) == set(ENTRANTS):
                for what in closure.closes:
                    shut.setdefault(what, name)
        return shut

    @cached_property
    def dead_gates(self) -> dict[str, str]:
        """Gates that never let anybody in -> why, in order of names."""
        dead = ((name, _dead_gate(self, name)) for name in sorted(self.s.airport.gates))
        return {name: why for name, why in dead if why is not None}

    @cached_property
    def called(self) -> set[str]:
        """Missions that some fleet serves, so that gates call them forward."""
        return {mission for _, fleet in at(self.s, "lift.fleets.*") for mission in fleet.serves}

    @cached_property
    def common(self) -> dict[tuple[Entrant, bool], list[str]]:
        """Gates for all missions by who comes, and whether they are called forward, in order of names."""
        common: dict[tuple[Entrant, bool], list[str]] = {(e, called): [] for e in ENTRANTS for called in (False, True)}
        for name, gate in sorted(self.s.airport.gates.items()):
            for e in gate.admits if not gate.missions else ():
                for called in (True,) if gate.call_forward else (False, True):
                    common[e, called].append(name)
        return common

    @cached_property
    def own(self) -> dict[str, list[str]]:
        """The gates that are for some missions only, by mission, in order of names."""
        own: dict[str, list[str]] = {}
        for name, gate in sorted(self.s.airport.gates.items()):
            for mission in dict.fromkeys(gate.missions):
                own.setdefault(mission, []).append(name)
        return own

    @cached_property
    def useless(self) -> dict[tuple[Entrant, bool], bool]:
        """Whether none of the :attr:`common` gates ever lets anybody in."""
        return {key: all(name in self.dead_gates for name in names) for key, names in self.common.items()}

    def gates(self, mission: str, allowed: Sequence[str], e: Entrant) -> tuple[bool, list[str]]:
        """Whether a gate that may be used ever lets such people of a mission in; if not, the gates that would if they could."""
        called, gates = mission in self.called, self.s.airport.gates
        own = [n for n in self.own.get(mission, ()) if e in gates[n].admits and (called or not gates[n].call_forward)]
        if allowed:
            own = [n for n in own if n in set(allowed)]
            common = [n for n in sorted(set(allowed)) if not (g := gates[n]).missions and e in g.admits]
            common = [n for n in common if called or not gates[n].call_forward]
        elif not self.useless[e, called]:
            return True, []
        else:
            common = self.common[e, called]
        if any(n not in self.dead_gates for n in own) or (allowed and any(n not in self.dead_gates for n in common)):
            return True, []
        return False, sorted([*common, *own]) if own else common

    @cached_property
    def lanes(self) -> float:
        """Lanes that could be manned at best."""
        return _most_lanes(self.s)

    @cached_property
    def services(self) -> set[str]:
        """Services that somebody provides at some time."""
        return ever_provided(self.s)

    @cached_property
    def guarded(self) -> bool:
        """Whether a force may ever be there."""
        return not self.s.security.phases or any(force_of(self.s, p.provider) is not None for p in self.s.security.phases)

    @cached_property
    def officers(self) -> float:
        """Most officers who ever decide on eligibility."""
        consular = self.s.airport.consular
        numbers = [consular.officers, *(step.officers for step in consular.build_up)] if consular is not None else []
        providers = [
            self.s.security.providers[p.provider] for p in self.s.security.phases if p.provider in self.s.security.providers
        ]
        numbers += [p.officers for p in providers if p.officers is not None and p.force is not None]
        return max(map(most, numbers), default=0.0)

    @cached_property
    def passes_later(self) -> bool:
        """Whether a threat level or the collapse of the host gives another chance to pass."""
        return _passes_later(self.s)

    @cached_property
    def alone(self) -> list[Quantity | None]:
        """The chances of those who come alone, one for each threat level that has effects."""
        return list(dict.fromkeys(_levels(self.s, "turn_back_alone")))

    @cached_property
    def flying(self) -> list[float | None]:
        """The different factors by which threat levels slow flying down; None among them where one is drawn."""
        threat = self.s.threat
        effects = [threat.effects.get(level) for level in threat.levels] if threat is not None else []
        return list(dict.fromkeys(fixed(e.flying) if e is not None else 1.0 for e in effects)) or [1.0]

    @cached_property
    def largest_stand(self) -> float | None:
        """Size of the largest stand of which there is one; None without any."""
        field = self.s.airport.airfield
        there = [stand.size for stand in field.stands.values() if not under(stand.number, 1)] if field is not None else []
        return max(there, default=None)

    @cached_property
    def dead_fleets(self) -> dict[str, Reason | None]:
        """Why a fleet never flies anybody out; None of one that may; in order of names."""
        fleets = self.s.lift.fleets if self.s.lift is not None else {}
        return {name: _dead_fleet(self, name, fleet) for name, fleet in sorted(fleets.items())}

    @cached_property
    def dead_commercial(self) -> list[Reason | None]:
        """The same of commercial flights."""
        commercial = self.s.lift.commercial if self.s.lift is not None else {}
        return [_dead_commercial(self, name, one) for name, one in sorted(commercial.items())]

    @cached_property
    def for_all(self) -> dict[str, Reason | None]:
        """:attr:`dead_fleets` without those that take only whom they serve."""
        assert self.s.lift is not None
        return {n: why for n, why in self.dead_fleets.items() if self.s.lift.fleets[n].loading != "own-only"}

    @cached_property
    def some_fly(self) -> bool:
        """Whether aircraft that take anybody may fly."""
        return any(why is None for why in (*self.for_all.values(), *self.dead_commercial))

    @cached_property
    def own_fleets(self) -> dict[str, list[str]]:
        """The fleets that take only whom they serve, by mission."""
        own: dict[str, list[str]] = {}
        for name in self.dead_fleets if self.s.lift is not None else ():
            fleet = self.s.lift.fleets[name]  # type: ignore[union-attr]
            for mission in dict.fromkeys(fleet.serves) if fleet.loading == "own-only" else ():
                own.setdefault(mission, []).append(name)
        return own


def _dead_gate(ways: Ways, name: str) -> str | None:
    gate = ways.s.airport.gates[name]
    if under(gate.lanes, 1):
        return "has no lanes"
    if gate.hours.first == gate.hours.last:
        return "never opens"
    return "is closed from the start to the end" if ways.shut.keys() & {name, "gates"} else None


def _levels(s: Scenario, name: str) -> list[Quantity | None]:
    """One of the effects of every threat level."""
    return [getattr(e, name) for e in s.threat.effects.values()] if s.threat is not None else []


def _passes_later(s: Scenario) -> bool:
    """Whether a threat level or the collapse of the host gives another chance to pass."""
    host = s.security.host
    chances = _levels(s, "turn_back") + ([host.after.turn_back] if host is not None else [])
    return any(q is not None and fixed(q) != 1 for q in chances)


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


def _dead_fleet(ways: Ways, name: str, fleet: Fleet) -> Reason | None:
    s = ways.s
    never_ordered = fleet.lag is not None and fleet.serves and ways.ordered.isdisjoint(fleet.serves)
    checks = (
        ("number", under(fleet.number, 1), "has no aircraft"),
        ("sorties", under(fleet.sorties, 1), "flies no sorties"),
        ("hubs", fleet.hubs and all(under(s.hubs[hub].beds, 1) for hub in fleet.hubs), "has no hub with a bed"),
        ("available", not ways.comes(fleet.available), "comes in no replication before the end"),
        ("lag", never_ordered, f"waits for an order of {' or '.join(fleet.serves)}, which never comes"),
        ("window", _no_time_to_board(ways, fleet), "is too short for one person to board"),
    )
    dead = ((f"lift.fleets.{name}.{field}", why) for field, fails, why in checks if fails)
    return next(dead, None) or _dead_type(ways, fleet.aircraft)


def _no_time_to_board(ways: Ways, fleet: Fleet) -> bool:
    """Whether no ground window is long enough to load one person, at any threat level."""
    assert ways.s.lift is not None
    kind, flying = ways.s.lift.types[fleet.aircraft], ways.flying
    times = [fixed(kind.load), fixed(kind.per_person), fixed(kind.fuel) if fleet.refuel else 0.0]
    known = [x for x in (*times, *flying, fixed(kind.unhandled), fixed(fleet.window)) if x is not None]
    if zero(kind.per_person) or len(known) < len(times) + len(flying) + 2:
        return False
    return known[-1] < sum(known[:3]) * min(known[3:-2]) * min(1.0, known[-2]) - 1e-9


def _dead_commercial(ways: Ways, name: str, commercial: Commercial) -> Reason | None:
    s = ways.s
    assert s.lift is not None
    path = f"lift.commercial.{name}"
    if s.threat is not None and commercial.stops_at in milder(s.threat.levels, s.threat.start):
        return f"{path}.stops_at", "is cancelled from the start"
    seats, share = fixed(s.lift.types[commercial.aircraft].seats), fixed(commercial.share)
    if seats is not None and share is not None and seats * share < 1:
        return f"{path}.share", "has no seats to buy"
    if commercial.hub is not None and under(s.hubs[commercial.hub].beds, 1):
        return f"{path}.hub", "has no hub with a bed"
    return _dead_type(ways, commercial.aircraft)


def _dead_type(ways: Ways, name: str) -> Reason | None:
    s = ways.s
    assert s.lift is not None
    kind = s.lift.types[name]
    if under(kind.seats, 1) and (kind.surge is None or under(kind.surge, 1)):
        return f"lift.types.{name}.seats", "has no seats"
    if under(kind.seats, 1) and s.lift.surge_needs_force and not ways.guarded:
        return "lift.surge_needs_force", f"{name} has surge seats alone, and no force is ever there"
    if missing := sorted(set(kind.needs) - ways.services):
        return f"lift.types.{name}.needs", f"needs {' and '.join(missing)}, which nobody ever provides"
    field = s.airport.airfield
    if kind.stand is not None and field is not None and field.stands:
        if ways.largest_stand is None or ways.largest_stand < field.stands[kind.stand].size:
            return f"airport.airfield.stands.{kind.stand}", "no stand is large enough"
    elif field is not None and field.stands and ways.largest_stand is None:
        return "airport.airfield.stands", "there are no stands"
    return None

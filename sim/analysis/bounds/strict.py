"""The strict bound: hours that no run of the same draws can beat, for the verification of the model.

Every relaxation is to the favourable side: each mission has everything for itself, each draw that a run may choose is the
smallest, the threat level is the best that is still to come, nobody is turned back, there is no crowd, nothing is closed
by chance, all services are there, all seats are surge seats, and each resource is alone in limiting.  The list is in
docs/explanation/bounds.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.analysis.bounds.arguments import INF, Mask, arrivals, rounds, served, still_needed, thresholds
from sim.analysis.bounds.flights import Airlift, FlightBuilder, Sorties, lifted
from sim.analysis.bounds.groups import GroupBuilder, Groups
from sim.analysis.bounds.resources import Resource, resources
from sim.analysis.bounds.triggers import BoundTriggers
from sim.model.compiled.numbers import Draws
from sim.model.compiled.scenario import CompiledScenario
from sim.model.replication import Plan, whole_plan_of

SHARES = {"t50_h": 0.5, "t90_h": 0.9, "t100_h": 1.0}
ROUNDING = 1e-9
"""Share by which a bound is lowered, for the order of floating-point sums."""


TELLING = 0.1


@dataclass
class BoundLimit:
    """A lower bound and what sets it: the path of a resource and a cause, as the tables of results name it."""

    hours: float = 0.0
    name: str = ""
    cause: str = "none"
    origin: float = 0.0
    """The first order of those whom it is about."""

    def raised(self, hours: float, name: str, cause: str) -> BoundLimit:
        """The larger of the two; the name is that of the last that raised it by a tenth of its whole or more."""
        if not hours > self.hours:
            return self
        if math.isfinite(hours) and hours - self.hours < TELLING * (hours - self.origin) and self.name:
            name, cause = self.name, self.cause
        return BoundLimit(hours, name, cause, self.origin)


@dataclass
class LeastHours:
    """Lower bounds on when 50, 90 and 100 % are out, in hours from the start, by column of the results."""

    ordered_h: float
    """The first order, at the earliest."""
    limits: dict[str, BoundLimit]
    people: int = 0

    def hours(self, column: str) -> float:
        """The bound for ``t50_h``, ``t90_h`` or ``t100_h``."""
        return self.limits[column].hours


@dataclass
class StrictBounds:
    """Of one replication: in total, and by mission."""

    total: LeastHours
    missions: dict[str, LeastHours] = field(default_factory=dict)


class BoundProblem:
    """Groups, resources and flights of one plan with one set of draws."""

    def __init__(self, plan: CompiledScenario, draws: Draws, triggers: type[BoundTriggers] = BoundTriggers) -> None:
        self.plan = plan
        self.builder = GroupBuilder(plan, draws, triggers)
        self.triggers = self.builder.triggers
        self.end = self.builder.get(plan.horizon)
        self.groups: Groups = self.builder.make()
        self.resources: list[Resource] = resources(self.builder, self.groups)
        self.certain = np.array(self.triggers.certain, np.bool_)
        self._usable_by: dict[tuple[int | None, bool], Airlift] = {}

    @cached_property
    def far(self) -> Airlift:
        """All flights up to the end."""
        return FlightBuilder(self.builder, self.end).make()

    @cached_property
    def near(self) -> Airlift:
        """Those of the first weeks after the last group is inside, which nearly always are enough."""
        inside = self.groups.inside[np.isfinite(self.groups.inside)]
        return FlightBuilder(self.builder, min(self.end, float(inside.max(initial=0.0)) + 240.0)).make()

    def bounds(self, mission: int | None = None) -> LeastHours:
        """Bounds for one mission, with everything for it, or for all together."""
        g = self.groups
        whole = np.ones(len(g.people), np.bool_) if mission is None else g.mission == mission
        sure = whole & self.certain[g.cohort]
        counted = float(g.people[sure].sum())
        cohorts = zip(self.builder.people, self.triggers.orders, strict=True)
        orders = [o for p, o in cohorts if mission in (None, p.plan.mission) and not (mission is None and p.out_before)]
        limits = {}
        for column, share in SHARES.items():
            need = math.ceil(share * counted - 1e-9)
            limit = self.least(whole, need, mission)
            if share == 1.0 and sure.sum() < whole.sum():
                other = self.least(sure, need, mission)
                limit = limit.raised(other.hours, other.name, other.cause)
            limits[column] = limit
        return LeastHours(min(orders, default=INF), limits, int(counted))

    def least(self, who: Mask, need: float, mission: int | None) -> BoundLimit:
        """No *need* people of *who* are out sooner."""
        if need <= 0:
            return BoundLimit()
        g = self.groups
        limit = self._alone(who, need)
        flights, ground = self._usable(mission, far=False), 0.0
        flown = who & ~g.direct
        if self.plan.has_lift and g.direct[who].any():  # they may leave without a seat, and the others need one
            need_seats = need - float(g.people[who & g.direct].sum())
            if need_seats > 0:
                other = self.least(flown, need_seats, mission)
                limit = limit.raised(other.hours, other.name, other.cause)
        elif self.plan.has_lift:
            ground = min((s.ground for s in flights.sorties), default=INF)
            limit = self._lifted(limit, flights, who, need)
            if math.isinf(limit.hours) and limit.cause == "seats":
                limit = self._lifted(self._alone(who, need), self._usable(mission, far=True), who, need)
        for r in self.resources:
            uses = who & r.uses
            if not uses.any():
                continue
            others = float(g.people[who & ~r.uses].sum())
            hours = served(r.at[uses], g.people[uses], r.work[uses], r.servers, need, others)
            if hours > 0:
                rest = float(r.rest[uses].min()) + (ground if math.isfinite(ground) else 0.0)
                limit = limit.raised(hours + rest, r.name, r.cause)
        return limit

    def _usable(self, mission: int | None, far: bool) -> Airlift:
        if not self.plan.has_lift:
            return Airlift([], {}, {})
        if (mission, far) not in self._usable_by:
            all_ = self.far if far else self.near
            own = [s for s in all_.sorties if mission is None or s.fleet.loading != "own-only" or mission in s.fleet.serves]
            self._usable_by[mission, far] = Airlift(own, all_.stands, all_.hubs)
        return self._usable_by[mission, far]

    def _alone(self, who: Mask, need: float) -> BoundLimit:
        """Nobody is out before being ready, there and through, even where nothing is shared."""
        g = self.groups
        inside = arrivals(g.inside[who], g.people[who], need)
        origin = min(np.array(self.triggers.orders)[np.unique(g.cohort[who])], default=0.0)
        ready = arrivals(g.ready[who], g.people[who], need)
        way = arrivals(g.arrive[who], g.people[who], need)
        waits = ready - (float(g.ready[who].min()) if who.any() else 0.0)
        if inside - way > max(way - ready, waits):
            return BoundLimit(inside, "airport", "search", float(origin))
        if way - ready > waits:
            return BoundLimit(inside, "road", "permission", float(origin))
        return BoundLimit(inside, "missions", "order" if math.isinf(ready) else "readiness", float(origin))

    def _lifted(self, limit: BoundLimit, flights: Airlift, who: Mask, need: float) -> BoundLimit:
        """Seats, stands, runway and hubs, from each of some moments on."""
        g = self.groups
        inside, people = g.inside[who], g.people[who]
        ground = min((s.ground for s in flights.sorties), default=0.0)
        limit = BoundLimit(limit.hours + ground, limit.name, limit.cause, limit.origin)
        for moment in thresholds(inside):
            short = still_needed(inside, people, need, 0.0, float(moment))
            if short <= 0:
                break
            limit = limit.raised(lifted(flights, float(moment), short, limit.hours), "lift", "seats")
            if flights.sorties:
                limit = _on_the_ground(limit, flights, float(moment), short)
        if not len(thresholds(inside)):
            return limit.raised(INF, "missions", "order")
        return limit.raised(_hubs(flights, need), "hubs", "hub")


def _on_the_ground(limit: BoundLimit, flights: Airlift, moment: float, need: float) -> BoundLimit:
    """Stands and runway: so many departures with people who come inside at or after *moment*."""
    every: list[Sorties] = flights.sorties
    departures = math.ceil(need / max(s.seats for s in every) - 1e-9)
    ground, landing = min(s.ground for s in every), min(s.landing for s in every)
    take_off = min(s.take_off for s in every)
    stands = sum(math.floor(min(n, 1e9)) for n, _ in flights.stands.values()) if flights.stands else INF
    limit = limit.raised(rounds(moment, departures, stands, ground, ground + landing), "airport.airfield.stands", "stand")
    parked = min(stands, INF if any(s.scheduled for s in every) else len(every))
    rolls = departures * take_off
    landings = max(0.0, departures - parked) * landing
    return limit.raised(moment + max(ground - take_off + rolls, rolls + landings), "airport.airfield.runway", "runway")


def _hubs(flights: Airlift, need: float) -> float:
    """When the hubs can have taken *need* people: their beds, and those who have gone on."""
    names: set[str] = set()
    for s in flights.sorties:
        if not s.fleet.hubs:
            return 0.0
        names.update(s.fleet.hubs)
    hubs = sorted((flights.hubs[n] for n in names), key=lambda h: h[2])
    if not hubs or any(math.isinf(beds) or math.isinf(onward) for beds, onward, _ in hubs):
        return 0.0
    beds = rate = gone = 0.0
    for k, (b, onward, opens) in enumerate(hubs):
        beds, rate, gone = beds + b, rate + onward, gone + onward * opens
        if math.isinf(opens):
            return INF
        after = hubs[k + 1][2] if k + 1 < len(hubs) else INF
        at = max(opens, (need - beds + gone) / rate if rate > 0 else (opens if need <= beds else INF))
        if at <= after:
            return at
    return INF


def strict_bound_h(prepared: Plan, seed: int, replication: int) -> StrictBounds:
    """Hours from the start before which no run of these draws can have 50, 90 or 100 % of a mission, or of all, out.

    Where inputs are drawn they are those of the set that the replication has.
    """
    plan = whole_plan_of(prepared, seed, replication)
    problem = BoundProblem(plan, plan.streams.draw(seed, replication))
    total = problem.bounds()
    missions = {m.name: problem.bounds(m.index) for m in plan.missions}
    for mission in missions.values():
        worst = mission.limits["t100_h"]
        total.limits["t100_h"] = total.limits["t100_h"].raised(worst.hours, worst.name, worst.cause)
    for b in (total, *missions.values()):
        for limit in b.limits.values():
            limit.hours = max(0.0, limit.hours * (1 - ROUNDING) - ROUNDING)
    return StrictBounds(total, missions)

"""The flights that can leave at all: each sortie of each aircraft at its earliest, with its most seats."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.analysis.bounds.arguments import F64, INF
from sim.analysis.bounds.groups import GroupBuilder
from sim.model.compiled.lift import CompiledFleet, FleetNumbers
from sim.model.compiled.numbers import ZERO, When
from sim.model.compiled.scenario import CompiledScenario

MOST_SORTIES = 4000
"""Of one aircraft; beyond these it is taken to have no limit."""


@dataclass
class Sorties:
    """The sorties of one aircraft, or of a scheduled service; arrays of shape (sorties,), hours."""

    fleet: CompiledFleet
    seats: float
    leaves: F64
    """End of the take-off roll, at the earliest."""
    ground: float
    """Least time from the start of loading to the end of the take-off roll."""
    landing: float
    take_off: float
    cycle: float
    """Least time between two departures; nothing for a schedule, whose flights come on their own."""
    endless: bool
    """Whether more sorties than these may come."""
    scheduled: bool


@dataclass
class Flat:
    """The sorties of all aircraft one after another; arrays of shape (sorties,)."""

    leaves: F64
    seats: F64
    offset: F64
    """Least hours from the first chance to load to the departure, if all before it in the same aircraft are used too."""
    endless: float
    """Least time to load an aircraft that comes without end; infinite if there is none."""


@dataclass
class Airlift:
    """All aircraft, and the stands, runway and hubs that they share."""

    sorties: list[Sorties]
    stands: dict[str, tuple[float, int]]
    """Number and size by class."""
    hubs: dict[str, tuple[float, float, float]]
    """Beds, people an hour who go on, and opening, by name."""

    @cached_property
    def flat(self) -> Flat:
        """All sorties together."""
        some = [s for s in self.sorties if not s.endless]
        none = np.zeros(0)
        leaves = np.concatenate([none, *(s.leaves for s in some)])
        seats = np.concatenate([none, *(np.full(len(s.leaves), s.seats) for s in some)])
        offset = np.concatenate([none, *(s.ground + s.cycle * np.arange(len(s.leaves)) for s in some)])
        return Flat(leaves, seats, offset, min((s.ground for s in self.sorties if s.endless), default=INF))


class FlightBuilder:
    """Makes the flights of one plan with one set of draws."""

    def __init__(self, builder: GroupBuilder, end: float) -> None:
        self.builder, self.end = builder, end
        self.plan: CompiledScenario = builder.plan
        self.draws = builder.draws
        self.triggers, self.get = builder.triggers, builder.get
        self.hubs = {h.name: (*h.numbers.in_(self.draws), self.triggers.time_of(h.opens)) for h in self.plan.hubs}

    @cached_property
    def troops_call(self) -> float:
        """The earliest time at which troops may call fleets that come so long after an order: never where others take them."""
        fleets = [f for f in self.plan.lift.fleets if f.loading != "own-only" and not f.schedule]
        if any(not f.lagged for f in fleets):
            return INF
        triggers, security = self.triggers, self.plan.security
        times = [triggers.time_of(r.begins) for r in self.plan.lift.retrograde]
        ends = [triggers.time_of(when) for when, _, _ in security.phases[1:]]
        for _, name, _ in security.phases:
            provider = security.providers[name]
            for leaves in (provider.force_leaves, provider.operator_leaves):
                if leaves is not None and leaves.lift:
                    times += [triggers.time_of(leaves.begins)] if leaves.begins is not None else []
                    times += [triggers.holds(c) for c in leaves.when] + ends
        return max(0.0, min(times, default=INF))

    def make(self) -> Airlift:
        """Everything that can leave before the end."""
        every: list[Sorties] = []
        for f in self.plan.lift.fleets:
            numbers = f.numbers.in_(self.draws)
            normal, most = self._seats(f, numbers)
            if f.schedule:
                every.append(self._scheduled(f, numbers, most))
            elif normal >= 1:
                every += [self._aircraft(f, numbers, k, most) for k in range(int(min(numbers.number, len(f.aircraft))))]
        stands = {n: (self.get(stand.number), stand.size) for n, stand in self.plan.airfield.stands.items()}
        return Airlift([s for s in every if len(s.leaves) and s.seats >= 1], stands, self.hubs)

    def _seats(self, f: CompiledFleet, numbers: FleetNumbers) -> tuple[float, float]:
        """Normal seats, and the most that may be used; no more than a hub has beds."""
        beds = math.floor(min(max((self.hubs[h][0] for h in f.hubs), default=INF), 1e9))
        normal = math.floor(numbers.seats * numbers.share + 1e-9)
        horizon, part = self.get(self.plan.horizon), self.plan.lift
        surges = any(self.triggers.holds(c) <= horizon for c in part.surge_when) or math.isfinite(self.get(part.surge_above))
        if part.surge_needs_force:
            security = self.plan.security
            surges &= not security.phases or any(security.providers[n].spec.force is not None for _, n, _ in security.phases)
        surge = int(numbers.surge) if numbers.surge is not None and surges else normal
        return min(normal, beds), min(max(normal, surge), beds)

    def _legs(self, f: CompiledFleet, numbers: FleetNumbers, k: int, n: int, at: float) -> tuple[F64, F64, F64, F64]:
        """(landing, loading, take-off, least time at the airport of any sortie), each of the first *n* sorties."""
        first, own = self.builder.first, f.aircraft[k]
        landing = np.minimum.reduce([first(i, n) for i in own.landing.values()])
        take_off = np.minimum.reduce([first(i, n) for i in own.take_off.values()])
        # on the ground it loads one person at the least, or only turns
        loading, turning = first(own.legs["load"], n), first(own.legs["quick"], n)
        if f.per_person:
            loading = loading + first(own.legs["person"], n)
        if f.refuel:
            fuel = first(own.legs["fuel"], n)
            loading, turning = loading + fuel, turning + fuel
        factor = float(self.builder.factor("flying", np.array([max(0.0, min(at, 1e9))]))[0]) * min(1.0, numbers.unhandled)
        least = landing + np.minimum(loading * factor, turning * factor) + take_off
        return landing, loading * factor, take_off, np.minimum(least, numbers.endurance)

    def _first(self, f: CompiledFleet, k: int) -> float:
        """When an aircraft can first be over the airport."""
        triggers, draws = self.triggers, self.draws
        own = f.aircraft[k]
        at = triggers.time_of(When(f.available, ZERO)) + max(0.0, draws[own.first].at(0))
        if own.lag is not None:
            chosen = f.serves or range(len(self.plan.missions))
            orders = [triggers.orders[c] for m in chosen for c in self.plan.missions[m].cohorts]
            if f.loading != "own-only":
                orders.append(self.troops_call)
            at = max(at, min(orders, default=INF) + draws[own.lag].at(0))
        return at

    def _aircraft(self, f: CompiledFleet, numbers: FleetNumbers, k: int, seats: float) -> Sorties:
        first, until = self._first(f, k), self._until(f)
        most = min(numbers.sorties, MOST_SORTIES)
        n = 8
        while True:
            n = int(min(n, math.ceil(most)))
            tried = max(n, 1)
            landing, loading, take_off, least = self._legs(f, numbers, k, tried, first)
            legs = (self.builder.first(f.aircraft[k].legs[leg], tried) for leg in ("outbound", "turn", "inbound"))
            flown = np.add.reduce([*legs])
            over = first + np.concatenate(([0.0], np.cumsum(least + flown)))[:tried]
            if n >= most or over[-1] > self.end or n >= MOST_SORTIES:
                break
            n *= 2
        keep = (over <= min(self.end, until)) & (np.arange(len(over)) < most)
        leaves = (over + landing + loading + take_off)[keep]
        ground, lands, rolls, flies = (float(x[keep].min(initial=INF)) for x in (loading + take_off, landing, take_off, flown))
        endless = bool(keep.all()) and n >= MOST_SORTIES
        return Sorties(f, seats, leaves, ground, lands, rolls, ground + lands + flies, endless, False)

    def _until(self, f: CompiledFleet) -> float:
        """After this no sortie begins; what depends on the first order has no limit."""
        if f.until is None or f.until.after == "ordered":
            return INF
        return max(0.0, self.triggers.time_of(f.until))

    def _scheduled(self, f: CompiledFleet, numbers: FleetNumbers, seats: float) -> Sorties:
        first = np.sort((np.array(f.schedule) - self.builder.clock_hour) % 24)
        days = np.arange(math.ceil(min(self.end, 1e6) / 24) + 1)
        at = (24 * days[:, None] + first[None, :]).reshape(-1)
        stop = INF if f.stops_at is None else self.triggers.levels[f.stops_at]
        at = at[at <= min(self.end, stop) + 1e-9]
        if not len(at):
            return Sorties(f, seats, at, INF, INF, INF, 0.0, False, True)
        landing, loading, take_off, _ = self._legs(f, numbers, 0, len(at), 0.0)
        ground = loading + take_off
        leaves, least = at + landing + ground, (float(ground.min()), float(landing.min()), float(take_off.min()))
        return Sorties(f, seats, leaves, *least, 0.0, False, True)


def lifted(flights: Airlift, moment: float, need: float, known: float = 0.0) -> float:
    """The earliest time by which *need* people who come inside at or after *moment* can have left; *known* if no later than that.

    The j-th departure of an aircraft with such people is no sooner than its own j-th sortie, nor than j - 1 cycles after the
    first (a schedule has no cycle).
    """
    if need <= 0:
        return known
    flat = flights.flat
    if len(flat.leaves) == 0:
        return max(known, moment + flat.endless)
    at = np.maximum(flat.leaves, moment + flat.offset)
    if flat.seats[at <= known].sum() >= need:
        return known
    order = np.argsort(at, kind="stable")
    k = int(np.searchsorted(np.cumsum(flat.seats[order]), need - 1e-9))
    return max(known, min(float(at[order[k]]) if k < len(order) else INF, moment + flat.endless))

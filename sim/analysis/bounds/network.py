"""The time-expanded network: people flow from the road through gates and checks into aircraft, a step at a time.

Everything is rounded to the favourable side: a moment counts from the beginning of its step, a capacity from the end, what is
in progress at the beginning of a span is added to the capacity of that span, and people may be divided.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.analysis.bounds.arguments import F64, I64, INF, Mask
from sim.analysis.bounds.calendar import Calendar
from sim.analysis.bounds.flights import Airlift, Sorties
from sim.analysis.bounds.program import Program
from sim.analysis.bounds.resources import Resource
from sim.analysis.bounds.strict import BoundProblem

Terms = list[tuple[int, float, I64]]
"""(line, coefficient, step of each row)."""
MOST_CLASSES = 10


@dataclass
class TimeGrid:
    """Steps of *h* hours from *start*."""

    start: float
    h: float
    steps: int

    def ends(self) -> F64:
        """End of each step, hours from the start of the clock."""
        return np.asarray(self.start + self.h * np.arange(1, self.steps + 1, dtype=np.float64))

    def count_before(self, at: F64, weight: F64) -> F64:
        """Sum of the weights of what happens before the end of each step."""
        order = np.argsort(at, kind="stable")
        total = np.concatenate(([0.0], np.cumsum(weight[order])))
        return np.asarray(total[np.searchsorted(at[order], self.ends() - 1e-9, side="left")])

    def spans(self, *hours: float) -> list[int]:
        """Lengths in steps of windows of about these many hours, at least one step."""
        return sorted(w for w in {1, *(int(x / self.h) for x in hours if math.isfinite(x))} if 1 <= w < self.steps)


@dataclass
class Class:
    """People who take the same way through the airport."""

    who: Mask
    gates: tuple[str, ...]
    search: float
    """Least lane hours of a person."""
    consular: float
    longest: float
    """Longest search of a group."""


@dataclass
class FleetGroup:
    """Aircraft that fly to the same hubs for the same missions."""

    hubs: tuple[str, ...]
    only: tuple[int, ...]
    """Missions, if it takes no others."""
    sorties: list[Sorties]

    @property
    def seats(self) -> float:
        return max(s.seats for s in self.sorties)

    def per_seat(self, field: str) -> float:
        """The least hours of a thing for each seat."""
        return min((s.ground + s.landing if field == "stand" else getattr(s, field)) / s.seats for s in self.sorties)


class Network:
    """The linear program of one scenario on one grid."""

    def __init__(self, problem: BoundProblem, calendar: Calendar, flights: Airlift | None, grid: TimeGrid, who: Mask) -> None:
        self.problem, self.calendar, self.grid, self.who = problem, calendar, grid, who
        self.flights = flights
        self.brings = self._brings()
        self.classes = self._classes()
        self.fleets = self._fleet_groups()
        self.stations = len(self.classes)
        exits = max(1, len(self.fleets))
        self.program = Program(2 * self.stations + exits, grid.steps)
        self.out = [2 * self.stations + k for k in range(exits)]
        self.every = np.arange(grid.steps)
        self._arrivals()
        self._vehicles()
        self._lanes()
        self._officers()
        self._boarding()
        if flights is not None:
            self._seats()
            self._ground()
            self._hubs()

    # -- who and what -------------------------------------------------------------------------------------------------

    def _classes(self) -> list[Class]:
        g, plan = self.problem.groups, self.problem.plan
        allowed = [tuple(gate.name for gate in plan.gates.gates if not c.gates or gate.name in c.gates) for c in plan.cohorts]
        by_way: dict[tuple[tuple[str, ...], str, float, float], list[int]] = defaultdict(list)
        pool = np.full(len(g.people), "", dtype=object)
        for name, (_, uses, _) in self.brings.items():
            pool[uses] = name
        with np.errstate(divide="ignore", invalid="ignore"):
            search, consular = g.search / g.people, g.consular / g.people
        for digits in (6, 2, 0):
            by_way.clear()
            for i in np.flatnonzero(self.who & np.isfinite(g.arrive)):
                way = allowed[int(g.cohort[i])] if g.gated[i] else ()
                costs = [round(float(x[i]) * 3600, digits) if digits else float(x[i] > 0) for x in (search, consular)]
                by_way[way, str(pool[i]), costs[0], costs[1]].append(int(i))
            if len(by_way) <= MOST_CLASSES:
                break
        return [
            Class(
                np.isin(np.arange(len(g.people)), members),
                way,
                float(search[members].min()),
                float(consular[members].min()),
                float(g.search[members].max()),
            )
            for (way, _, _, _), members in sorted(by_way.items())
        ]

    def _fleet_groups(self) -> list[FleetGroup]:
        fleets: dict[tuple[tuple[str, ...], tuple[int, ...]], list[Sorties]] = defaultdict(list)
        for s in self.flights.sorties if self.flights is not None else []:
            only = s.fleet.serves if s.fleet.loading == "own-only" else ()
            fleets[tuple(sorted(s.fleet.hubs)), only].append(s)
        return [FleetGroup(hubs, only, sorties) for (hubs, only), sorties in sorted(fleets.items())]

    # -- to the airport and through it ---------------------------------------------------------------------------------

    def _arrivals(self) -> None:
        g = self.problem.groups
        for k, c in enumerate(self.classes):
            there = self.grid.count_before(g.arrive[c.who], g.people[c.who])
            self._at_each_step("missions", "readiness", [(k, 1.0, self.every)], there)
            self._at_each_step("", "", [(self.stations + k, 1.0, self.every), (k, -1.0, self.every)], np.zeros(self.grid.steps))

    def _at_each_step(self, name: str, cause: str, terms: Terms, rhs: F64, per_person: float = 1.0) -> None:
        """A row for each step, about that step alone."""
        self.program.add(name, cause, terms, rhs, (self.every, self.every), per_person)

    def _per_step(self, costs: Iterable[tuple[int, float]], steps: int = 1) -> Terms:
        """What (line, cost of a person) take in the last so many *steps* up to each."""
        pairs = list(costs)
        return [(k, c, self.every) for k, c in pairs] + [(k, -c, self.every - steps) for k, c in pairs]

    def _brings(self) -> dict[str, tuple[Resource, Mask, F64]]:
        """Pools of vehicles and shuttles that make people later by more than a step: their users, and the ends of their loads."""
        late = {}
        for r in self.problem.resources:
            uses = r.uses & self.who & np.isfinite(r.at)
            if r.brings and uses.any() and r.servers >= 1:
                done = loads(r, uses)
                if (done - np.sort(r.at[uses]) - float(r.work[uses].min())).max() > self.grid.h:
                    late[r.name] = (r, uses, done)
        return late

    def _vehicles(self) -> None:
        """Loads arrive one after another; the n first of them hold no more than the n largest."""
        g = self.problem.groups
        for name, (r, uses, done) in self.brings.items():
            lines = [k for k, c in enumerate(self.classes) if (uses & c.who).any()]
            others = sum(float(g.people[self.classes[k].who & ~uses].sum()) for k in lines)
            largest = np.sort(g.people[uses])[::-1]
            afterwards = float((g.search + g.consular - r.rest)[uses].max())  # the drive back, or the time on deck
            there = self.grid.count_before(done - afterwards, largest)
            self._at_each_step(name, "vehicle", [(k, 1.0, self.every) for k in lines], there + others)

    def _lanes(self) -> None:
        gated = [(k, c) for k, c in enumerate(self.classes) if c.gates]
        calendar, grid = self.calendar, self.grid
        starts = grid.ends() - grid.h
        sets = [*sorted({c.gates for _, c in gated}), tuple(calendar.lanes)]
        for gates in dict.fromkeys(sets):
            inside = [(k, c) for k, c in gated if set(c.gates) <= set(gates)]
            if not inside:
                continue
            nominal = sum((calendar.lanes[n] for n in gates), np.zeros(len(calendar.times)))
            lanes = np.minimum(nominal, calendar.manned)
            overhang = max(c.longest for _, c in inside)
            hours = np.array([_sliding(calendar, lanes, a, a + grid.h, overhang) for a in starts])
            never = np.cumsum(hours) <= 0
            for k, c in inside:
                if c.gates == gates:
                    self.program.upper[k, never] = 0.0
            costs = [(k, c.search) for k, c in inside]
            self._at_each_step("airport.gates", "search", self._per_step(costs), hours, max(cost for _, cost in costs))

    def _officers(self) -> None:
        m = self.problem.builder
        if m.s.airport.consular is None or not math.isfinite(m.officers):
            return
        calendar, h = self.calendar, self.grid.h
        costs = [(self.stations + k, c.consular) for k, c in enumerate(self.classes) if c.consular > 0]
        if costs:
            overhang = float(self.problem.groups.consular[self.who].max())
            hours = np.array([_sliding(calendar, calendar.teams, a, a + h, overhang) for a in self.grid.ends() - h])
            self._at_each_step("airport.consular", "consular", self._per_step(costs), hours, max(cost for _, cost in costs))

    def _boarding(self) -> None:
        """Nobody is out who has not come in, and waits inside only where there is room."""
        ground = min((s.ground for fleet in self.fleets for s in fleet.sorties), default=0.0)
        lag = int((ground + 1e-9) / self.grid.h)
        terms = [(k, 1.0, self.every) for k in self.out]
        terms += [(self.stations + k, -1.0, self.every - lag) for k in range(self.stations)]
        self._at_each_step("", "", terms, np.zeros(self.grid.steps))
        room, sorties = self.problem.builder.holding, [s for fleet in self.fleets for s in fleet.sorties]
        if math.isfinite(room) and sorties and not any(s.scheduled or s.endless for s in sorties):
            terms = [(k, 1.0, self.every) for k in range(self.stations)] + [(k, -1.0, self.every) for k in self.out]
            full = np.full(self.grid.steps, room + sum(s.seats for s in sorties))
            self._at_each_step("airport.holding", "holding", terms, full)

    # -- out -----------------------------------------------------------------------------------------------------------

    def _window(self, w: int) -> tuple[I64, I64]:
        return np.maximum(0, self.every - w + 1), self.every

    def _seats(self) -> None:
        g, grid = self.problem.groups, self.grid
        for k, fleet in zip(self.out, self.fleets, strict=True):
            if any(s.endless for s in fleet.sorties):
                continue
            at = np.concatenate([s.leaves for s in fleet.sorties])
            seats = np.concatenate([np.full(len(s.leaves), s.seats) for s in fleet.sorties])
            self._at_each_step("lift", "seats", [(k, 1.0, self.every)], grid.count_before(at, seats))
            if fleet.only:
                theirs = float(g.people[self.who & np.isin(g.mission, fleet.only)].sum())
                self.program.upper[k] = np.minimum(self.program.upper[k], theirs)
            if any(s.scheduled for s in fleet.sorties):
                continue
            for w in grid.spans(24.0, 72.0, *(s.cycle for s in fleet.sorties)):
                most = sum(s.seats * _times(s, w * grid.h) for s in fleet.sorties)
                terms, full = self._per_step([(k, 1.0)], w), np.full(grid.steps, most)
                self.program.add("lift", "seats", terms, full, self._window(w), 1.0)

    def _ground(self) -> None:
        """Stands and runway, in windows; what is there at the beginning of a window comes on top."""
        assert self.flights is not None
        grid, every = self.grid, [s for fleet in self.fleets for s in fleet.sorties]
        if not every:
            return
        parked = sum(math.floor(min(n, 1e9)) for n, _ in self.flights.stands.values()) if self.flights.stands else INF
        aircraft = INF if any(s.scheduled for s in every) else float(len(every))
        occupied = max(s.ground + s.landing for s in every)
        roll = max(s.take_off for s in every)
        touch = max(s.landing for s in every)
        starts = grid.ends() - grid.h
        is_open = self.calendar.runway.astype(np.float64)
        hours = np.array([_sliding(self.calendar, is_open, a, a + grid.h, max(roll, touch)) for a in starts])
        before = np.concatenate(([0.0], np.cumsum(hours)))
        for w in grid.spans(24.0, 72.0):
            first, last = self._window(w)
            span: F64 = (last - first + 1).astype(np.float64) * grid.h
            if parked > 0 and w * grid.h >= occupied:
                costs = [fleet.per_seat("stand") for fleet in self.fleets]
                terms, hours = (
                    self._per_step(zip(self.out, costs, strict=True), w),
                    np.asarray(parked * (span + occupied), np.float64),
                )
                self.program.add("airport.airfield.stands", "stand", terms, hours, (first, last), max(costs))
            open_hours = before[last + 1] - before[first]
            there = min(parked, aircraft)
            for landings in (False, True):
                if (landings and not math.isfinite(there)) or w * grid.h < 6 * roll:
                    continue
                costs = [g.per_seat("take_off") + (g.per_seat("landing") if landings else 0.0) for g in self.fleets]
                terms = self._per_step(zip(self.out, costs, strict=True), w)
                slack = roll + (touch + there * touch if landings else 0.0)
                self.program.add("airport.airfield.runway", "runway", terms, open_hours + slack, (first, last), max(costs))
        shut = np.array([self.calendar.most(is_open, a - roll, a + grid.h) == 0 for a in starts])
        self._shut(np.flatnonzero(shut))

    def _shut(self, steps: I64) -> None:
        """Nobody leaves in these steps: the runway is closed, or nobody runs it."""
        for k in self.out:
            terms = [(k, 1.0, steps), (k, -1.0, steps - 1)]
            self.program.add("airport.airfield.runway", "closure", terms, np.zeros(len(steps)), (steps, steps), 1.0)

    def _hubs(self) -> None:
        assert self.flights is not None
        hubs, ends = self.flights.hubs, self.grid.ends()
        for chosen in sorted({fleet.hubs for fleet in self.fleets if fleet.hubs}):
            room = np.zeros(self.grid.steps)
            for name in chosen:
                beds, onward, opens = hubs[name]
                with np.errstate(invalid="ignore"):
                    more = np.where(ends > opens, beds + onward * (ends - opens), 0.0)
                room = room + np.nan_to_num(more, nan=0.0, posinf=INF)
            fleets = zip(self.out, self.fleets, strict=True)
            terms = [(k, 1.0, self.every) for k, fleet in fleets if fleet.hubs and set(fleet.hubs) <= set(chosen)]
            self._at_each_step("hubs." + "+".join(chosen), "hub", terms, room)


def loads(r: Resource, uses: Mask) -> F64:
    """When the n-th of the loads is done at the earliest: S(n) = max(A(n), S(n - c) + w), done at S + w, with the least w."""
    at, work = np.sort(r.at[uses]), float(r.work[uses].min())
    servers = math.floor(min(r.servers, 1e9))
    starts = at.copy()
    for n in range(servers, len(at)):
        starts[n] = max(starts[n], starts[n - servers] + work)
    return np.asarray(starts + work)


def _sliding(calendar: Calendar, values: F64, first: float, last: float, overhang: float) -> float:
    """Integral from *first* to *last* of the largest value of the *overhang* hours before each moment."""
    if overhang <= 0 or len(values) == 1:
        return calendar.within(values, first, last)
    cuts = np.unique(np.clip(np.concatenate((calendar.times, calendar.times + overhang, [first, last])), first, last))
    return sum(float(b - a) * calendar.most(values, float(a) - overhang + 1e-12, float(b)) for a, b in pairwise(cuts))


def _times(s: Sorties, hours: float) -> float:
    """Most departures of one aircraft in a span without its last moment."""
    if s.cycle <= 0:
        return INF
    return min(float(len(s.leaves)), math.ceil(hours / s.cycle - 1e-9))

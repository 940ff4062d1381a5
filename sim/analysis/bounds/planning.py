"""The planning bound: the quickest evacuation through the same capacities, with every input at its median.

The larger of two lower bounds: the exact arguments of the strict bound (whole vehicles, aircraft and groups, one resource at a
time) with the medians as draws, and a time-expanded flow in which all resources bind together, as a linear program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from sim.analysis.bounds.arguments import F64, I64, INF
from sim.analysis.bounds.calendar import Calendar, calendar
from sim.analysis.bounds.flights import Airlift
from sim.analysis.bounds.network import Network, TimeGrid
from sim.analysis.bounds.program import Solution
from sim.analysis.bounds.strict import BoundLimit, BoundProblem, LeastHours
from sim.analysis.bounds.triggers import CompiledTriggers, median_draws
from sim.analysis.words import named
from sim.model.compiled.scenario import compile_scenario
from sim.scenario.feasible import obstacles
from sim.scenario.schema import Scenario

STEPS = 160
"""Time steps of the linear program: enough for a bound within a percent or two, few enough for two seconds."""
MOST_TRIES = 12
MOST_PIECES = 24
NOBODY = 1e-3
"""People whom the tolerance of the solver may leave behind."""


@dataclass(frozen=True, slots=True)
class PaceSpan:
    """A span in which one stage sets the pace of the quickest plan."""

    start_h: float
    end_h: float
    cause: str
    """As the tables of results name it; ``none`` where nothing holds anybody up."""
    name: str
    out: float
    """People out at its end, at the most."""


@dataclass(frozen=True, slots=True)
class MissionBound:
    """The bound of one mission, as if everything were there for it alone."""

    people: int
    ordered_h: float
    hours: float
    """From its order; infinite if it can't get everybody out, 0 if there is nobody to move."""
    cause: str
    name: str


@dataclass(frozen=True, slots=True)
class Bound:
    """The planning bound of a scenario; times in hours."""

    people: int
    """To be moved, at the medians."""
    ordered_h: float
    """The first order, from the start."""
    hours: float
    """From the first order until everybody can be out; infinite if that can't be."""
    cause: str
    name: str
    most_out: float
    """People who can be out in time, at the most."""
    lost_h: float
    reasons: tuple[str, ...] = ()
    """Why not everybody can be out, if so: a sentence each."""
    over_time: tuple[PaceSpan, ...] = ()
    missions: Mapping[str, MissionBound] = field(default_factory=dict)
    step_h: float = 0.0
    never_ordered: Mapping[str, int] = field(default_factory=dict)
    """People whom nobody orders out at the medians and who therefore stay, by mission; none of them is in *people*."""

    def as_json(self) -> dict[str, Any]:
        """Plain data; an infinite time is ``None``."""
        return {
            "bound_h": _finite(self.hours),
            "people": self.people,
            "ordered_h": _finite(self.ordered_h),
            "binding": {"stage": self.cause, "resource": self.name},
            "most_out": round(self.most_out, 3),
            "airport_lost_h": _finite(self.lost_h),
            "reasons": list(self.reasons),
            "never_ordered": {"people": sum(self.never_ordered.values()), "missions": list(self.never_ordered)},
            "over_time": [
                {
                    "from_h": _finite(p.start_h), "to_h": _finite(p.end_h), "stage": p.cause, "resource": p.name,
                    "out": round(p.out, 3),
                }
                for p in self.over_time
            ],
            "missions": {
                name: {
                    "people": m.people, "ordered_h": _finite(m.ordered_h), "bound_h": _finite(m.hours),
                    "binding": {"stage": m.cause, "resource": m.name},
                }
                for name, m in self.missions.items()
            },
        }  # fmt: skip


def _finite(hours: float) -> float | None:
    return round(float(hours), 6) if math.isfinite(hours) else None


def planning_bound(scenario: Scenario) -> Bound:
    """The bound for a scenario, its stages over time and the reasons why a plan can't work.  A lucky run may beat it."""
    return _Planner(scenario).bound()


class _Planner:
    """One scenario at its medians."""

    def __init__(self, scenario: Scenario) -> None:
        self.obstacles = obstacles(scenario)
        self.plan = compile_scenario(scenario)
        self.problem = BoundProblem(self.plan, median_draws(self.plan), CompiledTriggers)
        self.calendar: Calendar = calendar(scenario)
        self.end = min(self.problem.end, self.calendar.lost)
        g = self.problem.groups
        self.who = self.problem.certain[g.cohort]
        self.flown = ~g.direct if self.plan.has_lift else np.ones(len(g.people), np.bool_)
        """Groups that go through the network: not those who may be brought out without a seat."""
        self.can = self.who & np.isfinite(g.inside) & (g.inside <= self.end)

    def bound(self) -> Bound:
        """Everything, put together."""
        g = self.problem.groups
        people = float(g.people[self.who].sum())
        alone = self.problem.bounds()
        each = {m.name: self.problem.bounds(m.index) for m in self.plan.missions}
        missions = {name: self._mission(bounds) for name, bounds in each.items()}
        orders = [self.problem.triggers.orders[c] for c in np.unique(g.cohort[self.who])]
        bound = Bound(
            int(people), min(orders, default=INF), 0.0, "none", "", people, self.calendar.lost, missions=missions,
            never_ordered=self._never_ordered(),
        )  # fmt: skip
        if people == 0:
            return replace(bound, reasons=tuple(map(str, self.obstacles)))
        limit = alone.limits["t100_h"]
        for bounds in each.values():
            worst = bounds.limits["t100_h"]
            limit = limit.raised(worst.hours, worst.name, worst.cause)
        bound, limit = self._flow(bound, limit)
        if self.obstacles and math.isfinite(limit.hours):  # for people whom no number above can see
            limit = BoundLimit(INF, "missions", limit.cause)
        if any(obstacle.for_all for obstacle in self.obstacles):
            bound = replace(bound, most_out=0.0)
        hours = limit.hours - bound.ordered_h if math.isfinite(limit.hours) else INF
        bound = replace(bound, hours=hours, cause=limit.cause, name=limit.name)
        return replace(bound, reasons=tuple(self._reasons(bound, people)))

    def _never_ordered(self) -> dict[str, int]:
        """By mission, most first: those who would be moved if anybody asked, also of a mission that closes after the start."""
        triggers, missions = self.problem.triggers, self.plan.missions
        later = {m.name for m in missions if m.closed is not None and triggers.time_of(m.closed) > 0}
        opened = replace(self.plan, missions=tuple(replace(m, closed=None) if m.name in later else m for m in missions))
        people, movers = CompiledTriggers(opened, triggers.draws).people, {}
        for m in missions:
            unasked = [k for k in m.cohorts if not self.problem.certain[k] and triggers.orders[k] > self.problem.end]
            movers[m.name] = sum(people[k].movers for k in (m.cohorts if m.name in later else unasked))
        return {name: n for name, n in sorted(movers.items(), key=lambda item: (-item[1], item[0])) if n}

    def _mission(self, bounds: LeastHours) -> MissionBound:
        limit = bounds.limits["t100_h"]
        late = limit.hours > self.end
        hours = INF if late else limit.hours - bounds.ordered_h if bounds.people else 0.0
        cause, name = ("closure", "airport") if late and math.isfinite(limit.hours) else (limit.cause, limit.name)
        return MissionBound(bounds.people, bounds.ordered_h, hours, cause, name)

    # -- the flow -------------------------------------------------------------------------------------------------------

    def _flights(self) -> Airlift | None:
        if not self.plan.has_lift:
            return None
        all_ = self.problem.far
        there = [s for s in all_.sorties if any(s.fleet.needs <= x for x in self.calendar.services)]
        return Airlift(there, all_.stands, all_.hubs)

    def _flow(self, bound: Bound, limit: BoundLimit) -> tuple[Bound, BoundLimit]:
        """The bound with what binds when and how many can be out, and the limit raised by the linear program."""
        g = self.problem.groups
        want = float(g.people[self.who & self.flown].sum())
        unseated = float(g.people[self.can & ~self.flown].sum())
        flights = self._flights()
        if not (self.who & self.flown).any() and self.can.any():
            return bound, limit
        if not (self.can & self.flown).any() or (flights is not None and not flights.sorties):
            idle = limit.raised(INF, *(("lift", "seats") if self.can.any() else (limit.name, limit.cause)))
            return replace(bound, most_out=unseated), idle
        start = float(g.ready[self.can & self.flown].min())
        aim = limit.hours if math.isfinite(limit.hours) else self.end
        until = min(self.end, start + 1.15 * (aim - start) + 1e-3)
        for k in range(MOST_TRIES):
            if k == MOST_TRIES - 1:
                until = self.end
            grid = TimeGrid(start, max(until - start, 1e-3) / STEPS, STEPS)
            network = Network(self.problem, self.calendar, flights, grid, self.can & self.flown)
            weights = np.zeros((network.program.lines, network.grid.steps))
            weights[network.out] = 1.0  # the plan with the fewest hours of people not out
            best = network.program.maximise(weights)
            if best is None:
                return bound, limit
            solution, out = best, best.x[network.out].sum(axis=0)
            if out[-1] >= want - NOBODY or until >= self.end:
                break
            until = min(self.end, start + 1.6 * (until - start))
        most = min(want, float(out[-1])) + unseated
        done, last = self._completion(network, out, want)
        bound = replace(bound, step_h=grid.h, most_out=most, over_time=tuple(_pieces(grid, solution, out, done)))
        if done is None:
            cause, name = _largest(solution)
            return bound, BoundLimit(INF, name, cause) if math.isfinite(limit.hours) else limit
        cause, name = _largest(last if last is not None else solution)
        return bound, limit.raised(grid.start + done * grid.h, name, cause)

    def _completion(self, network: Network, out: F64, want: float) -> tuple[int | None, Solution | None]:
        """The first step by which all can be out, None if never; and the program that shows why not a step sooner."""
        if out[-1] < want - NOBODY:
            return None, None
        high = int(np.flatnonzero(out >= want - NOBODY)[0])
        low, proof = 0, None  # all can be out by high; before low they can't
        probe = high - 1
        while low < high:
            probe = min(max(probe, low), high - 1)
            weights = np.zeros((network.program.lines, network.grid.steps))
            weights[network.out, probe] = 1.0
            solution = network.program.maximise(weights)
            if solution is not None and solution.best < want - NOBODY:
                low, proof = probe + 1, solution
            else:
                high = probe
            probe = (low + high) // 2
        return high, proof

    # -- reasons --------------------------------------------------------------------------------------------------------

    def _reasons(self, bound: Bound, people: float) -> list[str]:
        """Why not everybody can be out."""
        if math.isfinite(bound.hours):
            return []
        reasons = [*map(str, self.obstacles)]
        g = self.problem.groups
        ordered = np.isfinite(np.array(self.problem.triggers.orders)[g.cohort])
        never = self.who & ~ordered
        if never.any():
            names = sorted({self.plan.missions[int(m)].name for m in g.mission[never]})
            reasons.append(f"at the medians {g.people[never].sum():,.0f} people are never ordered out: {named(names)}")
        late = self.who & ordered & ~self.can
        if late.any() and not reasons:
            reasons.append(f"at the medians {g.people[late].sum():,.0f} people can't be ready to board by {_when(self)}")
        if bound.most_out < people - 0.5:
            most = math.floor(bound.most_out + 1e-6)
            reasons.append(f"at the medians at most {most:,} of {people:,.0f} people can be out by {_when(self)}")
        return reasons


def _when(planner: _Planner) -> str:
    if planner.calendar.lost <= planner.problem.end:
        return f"hour {planner.calendar.lost:,.0f}, when the airport is lost"
    return f"hour {planner.problem.end:,.0f}, the horizon"


def _largest(solution: Solution) -> tuple[str, str]:
    """The cause and the resource that are worth most."""
    if not solution.worth:
        return "none", ""
    return max(solution.worth, key=lambda key: float(solution.worth[key].sum()))


def _pieces(grid: TimeGrid, solution: Solution, out: F64, done: int | None) -> list[PaceSpan]:
    """What binds over time up to the last step, in at most :data:`MOST_PIECES` pieces."""
    keys = [("none", ""), *solution.worth]
    near = np.ones(min(5, grid.steps))  # prices jump from step to step; what holds people up does not
    worth = np.array([np.full(grid.steps, 1e-7), *(np.convolve(x, near, "same") for x in solution.worth.values())])
    last = grid.steps if done is None else done + 1
    pieces = _joined(grid, keys, worth, out, np.arange(last + 1))
    if len(pieces) > MOST_PIECES:  # it changes too often to be read: the one that is worth most in each of some equal parts
        cuts = np.unique(np.linspace(0, last, MOST_PIECES + 1).round().astype(np.int64))
        pieces = _joined(grid, keys, worth, out, cuts)
    return pieces


def _joined(grid: TimeGrid, keys: list[tuple[str, str]], worth: F64, out: F64, cuts: I64) -> list[PaceSpan]:
    """One answer for the steps from each cut to the next; neighbours with the same answer together."""
    pieces: list[PaceSpan] = []
    for i, j in pairwise(cuts):
        cause, name = keys[int(worth[:, i:j].sum(axis=1).argmax())]
        end = grid.start + float(j) * grid.h
        if pieces and (pieces[-1].cause, pieces[-1].name) == (cause, name):
            pieces[-1] = replace(pieces[-1], end_h=end, out=float(out[j - 1]))
        else:
            pieces.append(PaceSpan(grid.start + float(i) * grid.h, end, cause, name, float(out[j - 1])))
    return pieces

"""One replication: the parts of the world put together, run to their end, and counted.

Parts are made in such an order that each takes those that it acts on; those that it only tells, and that are made later, register
with it.  Where it matters who is told first, it is here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sim.model.aircraft import Fleet
from sim.model.airfield import Airfield
from sim.model.boarding import Boarding
from sim.model.closures import Closures
from sim.model.compiled.numbers import INF
from sim.model.compiled.people import CompiledCohort
from sim.model.compiled.scenario import CompiledScenario
from sim.model.conditions import Conditions
from sim.model.crowd import Crowd
from sim.model.flown_in import FlownInForce
from sim.model.gates import Gates
from sim.model.holding import Holding
from sim.model.hub import Hubs
from sim.model.incidents import Incidents
from sim.model.lift import Lift
from sim.model.lift_causes import LiftCauses
from sim.model.mission import Cohort, Group, Mission, Outside
from sim.model.modes import Undecided
from sim.model.orders import GivenOrders, give, leave_before, name_of
from sim.model.outer import OuterLayer
from sim.model.ranks import HORIZON
from sim.model.reactions import Reactions
from sim.model.road import Road
from sim.model.run import Run
from sim.model.seats import Seats
from sim.model.security import Security
from sim.model.shuttle import Shuttles
from sim.model.threat import Threat


class World:
    """Everything that changes in one replication."""

    def __init__(self, plan: CompiledScenario, seed: int, replication: int, orders: GivenOrders | None = None) -> None:
        """*orders*: those that are given, whatever the scenario's own triggers say."""
        self.plan = plan
        self.orders = orders
        self.run = run = Run(plan, seed, replication, orders_given=orders is not None)
        self.clock = run.clock
        # what holds at the airport, and what changes it
        self.threat = Threat(run, plan.threat)
        self.conditions = Conditions(run, self.threat, plan)
        self.security = Security(run, plan.security, self.threat, self.conditions)
        self.closures = Closures(run, plan.incidents)
        self.crowd = Crowd(run, plan.crowd, self.threat, self.security, self.closures)
        self.incidents = Incidents(run, plan.incidents, self.threat, self.security, self.closures, self.crowd)
        # from the aircraft back to the compounds: each stage takes the one that follows it
        fleets = [Fleet(run, fleet, times) for fleet, times in zip(plan.lift.fleets, plan.dispatch.fleets, strict=True)]
        self.hubs = Hubs(run, plan.hubs)
        self.airfield = Airfield(run, plan.airfield, self.security, self.closures)
        self.holding = Holding(len(plan.missions), plan.lift.fleets)
        causes = LiftCauses(run, self.airfield, fleets, len(plan.missions))
        self.gates = Gates(run, plan, self.threat, self.security, self.closures, self.crowd, self.holding, causes)
        self.seats = Seats(run, plan.lift, self.security, self.conditions, self.holding)
        self.lift = Lift(run, plan, fleets, self.threat, self.crowd, self.airfield, self.gates, self.seats, self.hubs, causes)
        self.boarding = Boarding(run, plan.lift, self.threat, self.security, self.gates, self.holding, self.seats, self.lift)
        self.road = Road(run, plan, self.threat, self.security, self.closures, self.gates, self.boarding)
        self.shuttles = Shuttles(run, plan, self.closures, self.gates, self.boarding, self.hubs)
        self.outer = OuterLayer(run, self.threat, self.gates, self.road.passage)
        self.reactions = Reactions(run, plan.reactions if orders is None else None, self.security)
        self._people()
        self._tell()

    def _people(self) -> None:
        outside = Outside(
            conditions=self.conditions,
            ordered=self.run.link(),
            makes=lambda plan: Undecided if plan.chooses and plan.spec.starts == "mission" else Group,
            largest=int(min(self.gates.capacity, 1e9)),
        )
        self.missions = [Mission(self.run, m, outside) for m in self.plan.missions]
        self.cohorts = [Cohort(self.run, c, self.missions[c.mission], outside) for c in self.plan.cohorts]
        for c in self.cohorts:
            c.mission.cohorts.append(c)
            c.set_off.append(_sets_off(self.road, self.shuttles, self.outer, c.plan))
            c.needs_seat = _needs_seat(self.shuttles, c.plan)
        for m in self.missions:
            m.settle()
        outside.ordered.append(self.boarding.ordered)
        self.holding.admit(self.cohorts)
        self.staff = sum(c.staff for c in self.cohorts)
        may_fall = self.threat.plan.fallen is not None
        self.reactions.choose()
        awaited = self.reactions.may_go
        if self.orders is not None:
            awaited = {m.index for m in self.missions if m.plan.name in self.orders.awaited | self.orders.out_before}
        named: set[tuple[str, str]] = set() if self.orders is None else self.orders.named
        self.run.movers = sum(
            c.movers
            for c in self.cohorts
            if may_fall or c.plan.order is not None or c.mission.index in awaited or name_of(c) in named
        )

    def _tell(self) -> None:
        """Who is told in which order."""
        self.closures.users += [
            (("runway", "visual").__contains__, self.airfield.on_change),
            ("road".__eq__, self.road.on_change),
            ("shuttles".__eq__, self.shuttles.on_change),
            (lambda what: what not in ("runway", "visual", "road", "shuttles"), self.gates.on_change),
        ]
        # missions decide by who is there before gates, crowd and aircraft see it: whom they order out may already come in
        self.security.changed += [self.reactions.look, self.conditions.check, self.gates.on_change]
        self.security.changed += [self.crowd.on_change, self.incidents.on_change, self.airfield.on_change]
        self.security.flies_force.append(
            partial(FlownInForce, run=self.run, security=self.security, boarding=self.boarding, lift=self.lift)
        )
        if self.security.unlimited:
            self.threat.listeners += [self.conditions.check, self.crowd.on_change, self.incidents.on_change]
        else:
            self.threat.listeners.append(self.security.update)

    # -- the run -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Set everything going at time zero."""
        self.clock.after(self.run.horizon, HORIZON, self.clock.stop, "horizon")
        self.threat.start()
        self.hubs.start()
        self.security.start()
        self.reactions.start(self.missions)
        if self.orders is not None:
            leave_before(self.missions, self.orders)
        self.closures.start()
        self.incidents.start()
        self.road.start()
        self.airfield.start()
        self.crowd.start()
        self.gates.start()
        self.shuttles.start(self.cohorts)
        self.lift.start(self.missions)
        self.boarding.start()
        for m in self.missions:
            m.start()
        self.run.started = True
        if self.orders is not None:
            give(self.cohorts, self.orders)
        self.conditions.check()
        self.run.end_if_out()

    def simulate(self) -> None:
        """Run to the end."""
        self.start()
        self.clock.run_to_end()

    def close(self) -> None:
        """Let go of what keeps a finished world alive: see :meth:`Run.close`."""
        self.run.close()

    # -- counting ----------------------------------------------------------------------------------------------------

    def census(self) -> dict[str, int]:
        """People by where they are now, counted from the containers themselves; the sum is the staff."""
        home = sum(c.movers if c.ordered == INF else 0 for c in self.cohorts)
        return {
            "staying": sum(c.residual for c in self.cohorts),
            "mission": home,
            "readying": sum(c.unready for c in self.cohorts),
            "transport and road": sum(c.people for c in self.run.groups if c.arrive == INF and c.gave_up == INF),
            "gave up": sum(c.people for c in self.run.groups if c.gave_up < INF),
            "lines": self.gates.waiting(),
            "in service": sum(
                c.people
                for c in self.run.groups
                if (c.search < INF and c.searched == INF) or (c.consular < INF and c.inside == INF)
            ),
            "holding": self.holding.level,
            "aboard": self.lift.aboard,
            "out": self.run.n_out,
        }


def _sets_off(road: Road, shuttles: Shuttles, outer: OuterLayer, plan: CompiledCohort) -> Callable[[Group], None]:
    """What a group of a cohort does once it is ready."""
    if plan.spec.starts != "mission":
        return outer.starts
    if plan.chooses:
        return partial(_begin, road, shuttles)
    return road.request if plan.ways[0].spec.shuttle is None else shuttles.request


def _needs_seat(shuttles: Shuttles, plan: CompiledCohort) -> bool:
    """Whether anybody of a cohort may need a seat of an aircraft: not all its modes bring it out."""
    from_home = plan.spec.starts == "mission"
    by_air = {way.spec.shuttle for way in plan.ways if from_home and way.spec.shuttle is not None}
    return not by_air or len(plan.ways) > len(by_air) or not all(shuttles.by_name[name].out for name in by_air)


def _begin(road: Road, shuttles: Shuttles, group: Group) -> None:
    """A group with several modes asks for them."""
    assert isinstance(group, Undecided)
    group.begin(road, shuttles)

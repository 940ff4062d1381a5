"""The orders of one scenario in the world of another: what a provider does when nobody is ordered out sooner or later for it.

In each replication a cohort is ordered exactly when that of the *base* was: never if it never was, out before the start if it
was.  The triggers, delays, closures that make others follow and reactions of the scenario itself are off.  A replication of the
pair is a pure function of both scenarios, the seed and its number: it runs that of the base first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sim.model.compiled.scenario import CompiledScenario, compile_scenario
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.model.mission import Cohort
    from sim.model.records import Records
    from sim.model.world import World

INF = float("inf")
Name = tuple[str, str]
"""A mission and a cohort."""


class GivenOrder(NamedTuple):
    """When a cohort was ordered out, during the event of which priority, and when somebody had begun to decide on it."""

    cohort: Name
    at: float
    during: int
    triggered: float


@dataclass(frozen=True)
class GivenOrders:
    """All orders of a replication, in the order in which they were given."""

    orders: tuple[GivenOrder, ...]
    undecided: dict[Name, float]
    """Cohorts never ordered on whom somebody was deciding at the end -> since when."""
    out_before: frozenset[str]
    """Missions that were out before the start."""
    asked: frozenset[str]
    """Missions whose people a run would have waited for though they have no order."""

    @property
    def named(self) -> set[Name]:
        """Cohorts that are ordered."""
        return {order.cohort for order in self.orders}


def name_of(cohort: Cohort) -> Name:
    """What a cohort is called in any scenario."""
    return cohort.mission.plan.name, cohort.plan.name


def orders_in(w: World) -> GivenOrders:
    """Those of a finished world."""
    ordered = [(w.cohorts[k], during) for during, k in w.given]
    late = {name_of(c): c.asked for c in w.cohorts if c.ordered == INF and c.asked < INF}
    missions = w.missions
    return GivenOrders(
        tuple(GivenOrder(name_of(c), c.ordered, during, c.triggered) for c, during in ordered),
        late,
        frozenset(m.plan.name for m in missions if m.out_before),
        frozenset(missions[k].plan.name for k in w.reactions.may_go),
    )


def leave_before(w: World, given: GivenOrders) -> None:
    """Missions that were out before the start are."""
    for m in w.missions:
        if m.plan.name in given.out_before:
            m.leave_before()


def give(w: World, given: GivenOrders) -> None:
    """Order everybody as given: at the start at once, later when the same event is over."""
    known = {name_of(c): c for c in w.cohorts if c.movers and not c.out_before}
    for name, since in given.undecided.items():
        if name in known:
            known[name].triggered = since
    for order in given.orders:
        cohort = known.get(order.cohort)
        if cohort is None:
            continue
        cohort.triggered = order.triggered
        if order.during < 0:
            cohort.order_now()
        else:
            w.clock.behind(order.at, order.during, _order, cohort)


def _order(cohort: Cohort) -> None:
    cohort.order_now()


@dataclass(frozen=True)
class OrderedAs:
    """A scenario whose people are ordered out when those of *base* are."""

    scenario: Scenario
    base: Scenario

    @property
    def title(self) -> str:
        """That of the scenario, and whose orders it has."""
        return f"{self.scenario.title}, ordered out as in {self.base.name}"


@dataclass(frozen=True)
class PlanPair:
    """Both, compiled."""

    plan: CompiledScenario
    base: CompiledScenario


def compile_pair(pair: OrderedAs) -> PlanPair:
    """Prepare both for any number of replications."""
    return PlanPair(compile_scenario(pair.scenario), compile_scenario(pair.base))


def simulate_as(pair: PlanPair, seed: int, replication: int) -> Records:
    """One replication of the scenario under the orders of the same one of the base."""
    from sim.model import without_collector
    from sim.model.records import make_records
    from sim.model.world import World

    with without_collector():
        base = World(pair.base, seed, replication)
        base.run()
        given = orders_in(base)
        base.dissolve()
        world = World(pair.plan, seed, replication, given)
        world.run()
        records = make_records(world)
        world.dissolve()
    return records

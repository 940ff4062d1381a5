"""The orders of one scenario in the world of another: what a provider does when nobody is ordered out sooner or later for it.

In each replication a cohort is ordered exactly when that of the *base* was: never if it never was, out before the start if it
was.  The triggers, delays, closures that make others follow and reactions of the scenario itself are off.  A replication of the
pair is a pure function of both scenarios, the seed and its number: it runs that of the base first.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.compiled.numbers import INF
from sim.model.compiled.scenario import CompiledScenario
from sim.model.orders import GivenOrder, GivenOrders, name_of
from sim.model.records import Records
from sim.model.replication import Plan, plan_of, prepare, records_of, set_of, without_collector
from sim.model.world import World
from sim.scenario.inputs import UncertainScenario
from sim.scenario.schema import Scenario


def orders_in(w: World) -> GivenOrders:
    """Those of a finished world."""
    ordered = [(w.cohorts[k], during) for during, k in w.run.given]
    late = {name_of(c): c.deciding_since for c in w.cohorts if c.ordered == INF and c.deciding_since < INF}
    missions = w.missions
    return GivenOrders(
        tuple(GivenOrder(name_of(c), c.ordered, during, c.triggered) for c, during in ordered),
        late,
        frozenset(m.plan.name for m in missions if m.out_before),
        frozenset(missions[k].plan.name for k in w.reactions.may_go),
    )


@dataclass(frozen=True)
class OrderedAs:
    """A scenario whose people are ordered out when those of *base* are."""

    scenario: Scenario | UncertainScenario
    base: Scenario | UncertainScenario

    @property
    def title(self) -> str:
        """That of the scenario, and whose orders it has."""
        return f"{self.scenario.title}, ordered out as in {self.base.name}"


@dataclass(frozen=True)
class PlanPair:
    """Both, compiled."""

    plan: Plan
    base: Plan


def compile_pair(pair: OrderedAs) -> PlanPair:
    """Prepare both for any number of replications."""
    return PlanPair(prepare(pair.scenario), prepare(pair.base))


def simulate_as(pair: PlanPair, seed: int, replication: int) -> Records:
    """One replication of the scenario under the orders of the same one of the base."""
    with without_collector():
        orders = _orders(plan_of(pair.base, seed, replication), seed, replication)
        world = World(plan_of(pair.plan, seed, replication), seed, replication, orders)
        return records_of(world, set_of(pair.plan, replication))


def _orders(plan: CompiledScenario, seed: int, replication: int) -> GivenOrders:
    base = World(plan, seed, replication)
    base.simulate()
    given = orders_in(base)
    base.close()
    return given

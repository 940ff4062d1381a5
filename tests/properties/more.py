"""More of something must not leave more people behind: the change, the pairs and the test behind it.

A change is made to a scenario and nothing else: in each replication every cohort is ordered exactly when the base's was, the
airport is lost at the same hour, and soldiers who withdraw need no seats.  What is compared is the number of people left
behind, pair by pair, over the whole time (a run goes on when everybody is out).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from sim.model.compiled.scenario import CompiledScenario, compile_scenario
from sim.model.given import orders_in
from sim.model.orders import GivenOrders
from sim.model.ranks import AIRPORT_LOST
from sim.model.security import Security
from sim.model.world import World
from sim.scenario import Scenario
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import Force, Provider

LEVEL = 0.001
"""Of the one-sided test that a mean difference is above zero."""
POWER = 0.9
INF = math.inf


@dataclass(frozen=True)
class Outcome:
    """Of one replication: people left behind, when each cohort was ordered, when the airport was lost."""

    left: int
    orders: GivenOrders
    lost: float


class _Lost(Security):
    """Security that loses the airport when it is told to."""

    __slots__ = ()

    def _hold(self) -> None:
        """Nothing else ends it."""


class _Whole(World):
    """A world that goes on when everybody is out, so that its loss is always seen; orders and loss may be given."""

    def __init__(
        self, plan: CompiledScenario, seed: int, replication: int, orders: GivenOrders | None, lost: float | None
    ) -> None:
        super().__init__(plan, seed, replication, orders)
        self.run.ends_when_out = False
        if lost is not None:
            self.security.__class__ = _Lost
            if lost < INF:
                self.clock.at(lost, AIRPORT_LOST, self.security._lost)


def outcome(
    plan: CompiledScenario, replication: int, seed: int = 1, orders: GivenOrders | None = None, lost: float | None = None
) -> Outcome:
    """One replication, with orders and loss as given, or as they come."""
    world = _Whole(plan, seed, replication, orders, lost)
    world.simulate()
    fallen = world.threat.fall < INF
    asked = sum(c.movers for c in world.cohorts if c.ordered < INF or fallen)
    found = Outcome(asked - world.run.n_out, orders_in(world), world.security.lost_at)
    world.close()
    return found


# -- changes -----------------------------------------------------------------------------------------------------------


def _changed(model: Any, **changes: Any) -> Any:
    return model.model_copy(update=changes)


def _forces(s: Scenario, change: Callable[[Force], Force]) -> Scenario:
    providers = {n: _changed(p, force=change(p.force)) if p.force else p for n, p in s.security.providers.items()}
    return _changed(s, security=_changed(s.security, providers=providers))  # type: ignore[no-any-return]


def afoot(s: Scenario) -> Scenario:
    """Soldiers who withdraw need no seats: those that are added must not take seats from anybody."""

    def change(f: Force) -> Force:
        return f if f.withdrawal is None else _changed(f, withdrawal=_changed(f.withdrawal, lift=False))

    return _forces(s, change)


def more_force(s: Scenario) -> Scenario:
    """Half as many soldiers again, in every force and at every step of its build-up."""

    def change(f: Force) -> Force:
        steps = tuple(_changed(b, headcount=b.headcount.scaled(1.5)) for b in f.build_up)
        return _changed(f, headcount=f.headcount.scaled(1.5), build_up=steps)  # type: ignore[no-any-return]

    return _forces(s, change)


def more_lanes(s: Scenario) -> Scenario:
    """Two lanes more at every gate, and two more that the host mans."""
    gates = {n: _changed(g, lanes=_plus(g.lanes, 2)) for n, g in s.airport.gates.items()}
    security = s.security
    if security.host is not None:
        security = _changed(security, host=_changed(security.host, lanes=_plus(security.host.lanes, 2)))
    return _changed(s, airport=_changed(s.airport, gates=gates), security=security)  # type: ignore[no-any-return]


def _plus(q: Quantity, n: int) -> Quantity:
    return constant(q.value + n)


def more_seats(s: Scenario) -> Scenario:
    """A quarter more seats on every aircraft."""
    return _seats(s, 1.25)


def _seats(s: Scenario, factor: float) -> Scenario:
    if s.lift is None:
        return s
    types = {
        n: _changed(t, seats=t.seats.scaled(factor), surge=t.surge.scaled(factor) if t.surge is not None else None)
        for n, t in s.lift.types.items()
    }
    return _changed(s, lift=_changed(s.lift, types=types))  # type: ignore[no-any-return]


def longer_stay(s: Scenario) -> Scenario:
    """Half as long again: how long the airport holds after the fall, and until a force begins to withdraw."""

    def moment(m: Any) -> Any:
        return m if m is None or m.date is not None else dataclasses.replace(m, delay=m.delay.scaled(1.5))

    def force(f: Force | None) -> Force | None:
        if f is None:
            return None
        leaves = f.withdrawal and _changed(f.withdrawal, begins=moment(f.withdrawal.begins))
        return _changed(f, hold=_longer(f.hold), withdrawal=leaves)  # type: ignore[no-any-return]

    named = {"none": Provider(), **s.security.providers}
    providers = {n: _changed(p, force=force(p.force)) for n, p in named.items()}
    longer = {"providers": providers, "unsecured_hold": _longer(s.security.unsecured_hold)}
    return _changed(s, security=_changed(s.security, **longer))  # type: ignore[no-any-return]


def _longer(q: Quantity) -> Quantity:
    return q.scaled(1.5)


def guarded(soldiers: int) -> Callable[[Scenario], Scenario]:
    """So many soldiers from the start to the end where nobody is: the force of Turkey, that number apart."""

    def change(s: Scenario) -> Scenario:
        force = _changed(s.security.providers["turkish"].force, headcount=constant(soldiers), build_up=(), withdrawal=None)
        guard = Provider(force=force)
        phase = _changed(s.security.phases[0], provider="guard")
        return _changed(  # type: ignore[no-any-return]
            s, security=_changed(s.security, phases=(phase,), providers={**s.security.providers, "guard": guard})
        )

    return change


def same(s: Scenario) -> Scenario:
    """Nothing but what is given: orders come a day sooner."""
    return s


SOONER = 24.0
"""Hours by which every order comes sooner, where that is the change."""
FEWER = "an eighth of the seats"
"""A change for the worse, which the test must find."""


def fewer_seats(s: Scenario) -> Scenario:
    """An eighth of the seats on every aircraft."""
    return _seats(s, 0.125)


CHANGES: dict[str, Callable[[Scenario], Scenario]] = {
    "half as many soldiers again": more_force,
    "two lanes more at every gate": more_lanes,
    "a quarter more seats": more_seats,
    "orders a day sooner": same,
    "half as long a stay again": longer_stay,
}
SOLDIERS = (1, 10, 130, 400)


# -- the test ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """The mean difference of people left behind, its standard error, and the test of whether it is above zero."""

    n: int
    base: float
    difference: float
    error: float

    @property
    def worse(self) -> bool:
        """Whether more are left behind, by a one-sided t-test at :data:`LEVEL`."""
        return self.difference > self.error * float(stats.t.ppf(1 - LEVEL, self.n - 1)) + 1e-9

    @property
    def detectable(self) -> float:
        """The mean difference that such a test finds in nine of ten cases."""
        return self.error * float(stats.t.ppf(1 - LEVEL, self.n - 1) + stats.t.ppf(POWER, self.n - 1))


def bases(scenario: Scenario, n: int, seed: int = 1) -> list[Outcome]:
    """The scenario as it is, soldiers apart who need no seats."""
    plan = compile_scenario(afoot(scenario))
    return [outcome(plan, k, seed) for k in range(n)]


def verdict(name: str, scenario: Scenario, base: Sequence[Outcome], seed: int = 1) -> Verdict:
    """The change of this name (or a force of so many *soldiers*) against *base*, in the same replications."""
    change = guarded(int(name.split()[0])) if name.endswith("soldiers") else fewer_seats if name == FEWER else CHANGES[name]
    plan = compile_scenario(change(afoot(scenario)))
    differences = []
    for k, b in enumerate(base):
        orders = b.orders
        if change is same:
            sooner = tuple(o._replace(at=max(0.0, o.at - SOONER), triggered=0.0) for o in orders.orders)
            orders = dataclasses.replace(orders, orders=sooner)
        lost = None if change is longer_stay else b.lost
        differences.append(outcome(plan, k, seed, orders, lost).left - b.left)
    d = np.array(differences, np.float64)
    error = float(d.std(ddof=1)) / math.sqrt(len(d)) if len(d) > 1 else INF
    return Verdict(len(d), float(np.mean([b.left for b in base])), float(d.mean()), error)

"""Orders that are given from outside, whatever a scenario's own triggers say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sim.model.mission import Cohort, Mission

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
    awaited: frozenset[str]
    """Missions whose people a run would have waited for though they have no order."""

    @property
    def named(self) -> set[Name]:
        """Cohorts that are ordered."""
        return {order.cohort for order in self.orders}


def name_of(cohort: Cohort) -> Name:
    """What a cohort is called in any scenario."""
    return cohort.mission.plan.name, cohort.plan.name


def leave_before(missions: Iterable[Mission], given: GivenOrders) -> None:
    """Missions that were out before the start are."""
    for m in missions:
        if m.plan.name in given.out_before:
            m.leave_before()


def give(cohorts: Iterable[Cohort], given: GivenOrders) -> None:
    """Order everybody as given: at the start at once, later when the same event is over."""
    known = {name_of(c): c for c in cohorts if c.movers and not c.out_before}
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
            cohort.clock.behind(order.at, order.during, _order, cohort)


def _order(cohort: Cohort) -> None:
    cohort.order_now()

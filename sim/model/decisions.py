"""What conditions and orders come to, told from the compiled scenario alone: for whoever runs it and whoever bounds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.model.compiled.builder import Ordering
from sim.model.compiled.numbers import Draws
from sim.model.compiled.scenario import CompiledScenario
from sim.scenario.types import Condition


class Facts(NamedTuple):
    """What a condition may name, at one moment of one replication."""

    level: int
    """Of the threat, by index, the mildest first."""
    absent: bool
    """Whether no foreign force is at the airport."""
    leaving: bool
    """Whether the provider has begun to withdraw."""
    gone: Sequence[bool]
    """By mission: whether its people have left."""


def holds(condition: Condition, plan: CompiledScenario, facts: Facts) -> bool:
    """Whether a condition of a scenario holds where these are the facts."""
    match condition.kind:
        case "threat":
            return facts.level >= plan.threat.levels.index(condition.name)
        case "absent":
            return facts.absent
        case "leaving":
            return facts.leaving
        case "gone":
            return facts.gone[plan.mission_index[condition.name]]
    return sum(facts.gone) >= condition.share * len(facts.gone) - 1e-9  # 0.3 of ten missions are three, not a little more


def decision_hours(order: Ordering, draws: Draws) -> float:
    """Hours from what triggers an order until it is given; a decision that began before the start is on its way."""
    hours = order.delay.in_(draws)
    if order.at is not None and order.at.after == "start":
        hours += min(0.0, order.at.delay.in_(draws))
    return max(0.0, hours)

"""A handover from one provider to the next without a gap: who is relieved stays until somebody has taken over.

A force has taken over when it holds its perimeter and mans a lane with its own people and the host's; an operator when it
gives every service that the one before it gives, at night too if that one does.  Until then the withdrawal of those before
waits, whatever its date; whatever the successor lacks (a force, an operator) is never taken over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.model.compiled.security import CompiledPhase
from sim.model.deployment import Deployment


def is_held(phases: Sequence[CompiledPhase], deployments: Sequence[Deployment], d: Deployment, part: str) -> bool:
    """Whether the force or the operator of a deployment may not leave before it is relieved."""
    begun = [x.number for x in deployments if x.number > d.number]
    following = min(begun, default=d.number + 1)  # one that comes before the one between them passes that over
    handed = following < len(phases) and phases[following].handover
    return handed and part not in d.relieved


def has_taken_over(deployments: Sequence[Deployment], d: Deployment, part: str, host: float) -> bool:
    """Whether a later provider does what a deployment's force or operator does; *host*: people of the host who stand."""
    later = [x for x in deployments if x.number > d.number]
    return any(_mans(x, host) if part == "force" else _serves(d, x) for x in later)


def _mans(x: Deployment, host: float) -> bool:
    if not x.force or x.force_leaving:
        return False
    spare = x.headcount + host - x.numbers.perimeter
    per_lane = x.numbers.per_lane
    return spare >= 0 and (per_lane <= 0 or math.isinf(spare) or spare >= per_lane)


def _serves(d: Deployment, x: Deployment) -> bool:
    ours, theirs = d.plan.spec.operator, x.plan.spec.operator
    if ours is None or theirs is None or not x.operator or x.operator_leaving:
        return False
    return set(theirs.services) >= set(ours.services) and (theirs.night or not ours.night)

"""A handover from one provider to the next without a gap: who is relieved stays until somebody has taken over.

A force has taken over when it holds its perimeter and mans a lane with its own people and the host's; an operator when it
gives every service that the one before it gives, at night too if that one does.  Until then the withdrawal of those before
waits, whatever its date; whatever the successor lacks (a force, an operator) is never taken over.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.model.security import Deployment, Security


def is_held(s: Security, d: Deployment, part: str) -> bool:
    """Whether the force or the operator of a deployment may not leave before it is relieved."""
    begun = [x.number for x in s.deployments if x.number > d.number]
    following = min(begun, default=d.number + 1)  # one that comes before the one between them passes that over
    handed = following < len(s.plan.phases) and s.plan.phases[following].handover
    return handed and part not in d.relieved


def has_taken_over(s: Security, d: Deployment, part: str) -> bool:
    """Whether a later provider does what a deployment's force or operator does."""
    later = [x for x in s.deployments if x.number > d.number]
    return any((_force if part == "force" else _operator)(s, d, x) for x in later)


def _force(s: Security, d: Deployment, x: Deployment) -> bool:
    if not x.force or x.force_leaving:
        return False
    spare = x.headcount + (s.host.headcount if s.host_stands else 0.0) - x.numbers.perimeter
    per_lane = x.numbers.per_lane
    return spare >= 0 and (per_lane <= 0 or math.isinf(spare) or spare >= per_lane)


def _operator(s: Security, d: Deployment, x: Deployment) -> bool:
    ours, theirs = d.plan.spec.operator, x.plan.spec.operator
    if ours is None or theirs is None or not x.operator or x.operator_leaving:
        return False
    return set(theirs.services) >= set(ours.services) and (theirs.night or not ours.night)

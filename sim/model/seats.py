"""Seats of aircraft, and how many people still need one."""

from __future__ import annotations

from sim.model.aircraft import Fleet
from sim.model.compiled.lift import CompiledLift
from sim.model.conditions import Conditions
from sim.model.holding import Holding
from sim.model.run import Run
from sim.model.security import Security


class Seats:
    """Seats as they are used now, and the demand for them."""

    def __init__(self, run: Run, plan: CompiledLift, security: Security, conditions: Conditions, holding: Holding) -> None:
        self.plan = plan
        self.above = run.get(plan.surge_above)
        self.security = security
        self.conditions = conditions
        self.holding = holding
        self.to_board = 0
        """People ordered out (and troops) who have no seat yet."""

    def of(self, fleet: Fleet) -> int:
        """Seats of an aircraft of a fleet, as they are used now: more of them in a surge."""
        if fleet.surges and (self.security.guarded or not self.plan.surge_needs_force):
            if self.holding.level > self.above:
                return fleet.surge
            for condition in self.plan.surge_when:
                if self.conditions.holds(condition):
                    return fleet.surge
        return fleet.seats

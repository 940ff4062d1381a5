"""A provider's people at the airport in one phase."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sim.model.compiled.numbers import Draws
from sim.model.compiled.security import CompiledProvider, StepNumbers


class BringsForce(Protocol):
    """The aircraft that bring a force."""

    def bring(self, people: float, at: float) -> None:
        """So many soldiers, the last of whom are over the airport *at* that moment."""

    def build_up(self, before: float, steps: Iterable[StepNumbers]) -> None:
        """More of them, step by step; where the force shrinks, so many go."""

    def call_off(self) -> None:
        """Whoever has not begun to land turns back."""


class Deployment:
    """Its force and its operator: who is there, who is leaving."""

    def __init__(self, plan: CompiledProvider, number: int, draws: Draws) -> None:
        self.plan = plan
        self.numbers = plan.force.in_(draws)
        """Of its force."""
        self.number = number
        self.force = False
        self.operator = False
        self.headcount = 0.0
        self.technicians = 0.0
        self.force_leaving = False
        self.operator_leaving = False
        self.flies = False
        """Whether its force waits for seats."""
        self.operator_done = False
        """Whether the operator would be gone if the force weren't there."""
        self.over = False
        self.relieved: set[str] = set()
        """Of ``force`` and ``operator``: what may leave, of one whose successor takes over from it."""

"""Who mans the lanes: crews of the provider.

Where the provider can man fewer lanes than there are, its crews go where people queue: a crew that is free takes the next
group of the open gate with most people in line, ties by rank, and no time to walk there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.model.gate_lines import Gate
from sim.model.security import Security


class Crews:
    """The crews, and the gate to which a free one goes."""

    def __init__(self, security: Security, by_rank: list[Gate]) -> None:
        """*by_rank*: the gates in the order in which ties are broken."""
        self.security = security
        self.by_rank = by_rank
        self.lanes = sum((g.nominal for g in sorted(by_rank, key=lambda g: g.index)), 0.0)
        """Lanes that there are at all gates."""
        self.number = math.inf
        """Lanes that the provider can man."""
        self.pooled = False
        """Whether these are fewer than there are, so that crews go where people queue."""
        self.busy = 0
        """Lanes at work."""

    def update(self) -> None:
        """Security may have changed: how many lanes can be manned now."""
        self.number = self.security.lanes
        self.pooled = self.number < self.lanes

    def working(self, gates: list[Gate]) -> list[bool]:
        """Which of the gates are open, with somebody who can man a lane."""
        return [g.lanes >= 1 and self.number >= 1 for g in gates]

    def next_gate(self, is_full: Callable[[Gate], bool]) -> Gate | None:
        """Where a free crew goes now; None without one, or where nobody can be searched.

        *is_full*: whether the holding area has no room for the first in that gate's line; asked, with the consequence that
        it is noted, only of gates that would be chosen else.
        """
        if self.busy >= self.number:
            return None
        most, best = 0, None
        for g in self.by_rank:
            if g.people > most and g.busy < g.lanes and not is_full(g):
                most, best = g.people, g
        return best

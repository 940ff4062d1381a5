"""What a whole command will take: points, replications and events, used to refuse what is beyond the budget before it begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.scenario import Scenario, estimate

MOST_EVENTS = 1_000_000_000_000
"""The budget of a command: some weeks of one processor."""
EVENTS_PER_POINT = 10_000
"""What checking, keeping and reading a point takes, in events."""
EVENTS_PER_REPLICATION = 1_000
"""What a replication takes at the least."""


@dataclass(frozen=True)
class Cost:
    """Upper estimates for a command that simulates *replications* in all, of *points*."""

    points: int
    replications: int
    events: float

    @classmethod
    def of(cls, points: int, replications: int, scenarios: Iterable[Scenario]) -> Cost:
        """The cost where every replication takes as many events as one of the largest of these *scenarios*."""
        each = max((estimate(scenario).events for scenario in scenarios), default=0.0)
        events = points * EVENTS_PER_POINT + replications * max(each, EVENTS_PER_REPLICATION)
        return cls(points, replications, events)

    @property
    def excess(self) -> str | None:
        """Why it is beyond the budget, in a sentence, or None."""
        if self.events <= MOST_EVENTS:
            return None
        points = f"{self.points:,} point{'s' if self.points != 1 else ''}"
        return (
            f"{points} and {self.replications:,} replications in all take about {self.events:,.0f} events; "
            f"the budget of a command is {MOST_EVENTS:,} (--allow-large lifts it)"
        )

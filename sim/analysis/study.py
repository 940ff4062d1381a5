"""How a study that needs more runs is written: a generator that proposes points, is sent their results, and returns its answer.

    def study(...) -> Study[Answer]:
        medians = yield Batch([Proposal((Setting("airport.gates.abbey.lanes", 3, origin),), n=200), ...], read=median)
        ...
        return answer

Whoever drives it (``sim.studies.engine``) simulates the points; the generator never does.  All points of all proposals share
seed and draws, so that replication k of one pairs with replication k of another.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sim.analysis.outcomes import Stored
from sim.scenario.errors import Fault
from sim.scenario.settings import Setting


@dataclass(frozen=True)
class Proposal:
    """A point: settings of a scenario, and the number of replications."""

    settings: tuple[Setting | str, ...] = ()
    """Applied after those of the command line; a text is ``PATH=VALUE``."""
    n: int = 200
    scenario: int = 0
    """Which of the study's scenarios, in the order of the command line."""
    pinned: tuple[tuple[str, float], ...] = ()
    """Drawn inputs, by their factors' names, that stand at a position of their range (0 to 1) instead; others are drawn."""


@dataclass(frozen=True)
class Outcome:
    """What came of a proposal: a result, or why there is none."""

    proposal: Proposal
    result: Stored | None = None
    error: str | None = None
    """One line: the setting is not accepted, or all replications failed."""
    refused: tuple[Fault, ...] = ()
    """What is wrong with its settings, if they are not accepted."""
    failed: int = 0
    """Replications that failed; with any of them no answer is final."""


def _whole(outcome: Outcome) -> Outcome:
    return outcome


@dataclass(frozen=True)
class Batch:
    """Points to be simulated together, and what is to be kept of each."""

    proposals: Sequence[Proposal]
    read: Callable[[Outcome], Any] = _whole
    """Called once for each point as it ends: only what it returns stays in memory."""
    note: str = ""
    """What progress says of it; the number of points otherwise."""


T = TypeVar("T")
Study = Generator[Batch, list[Any], T]
"""Yields batches, is sent what was read of their points in the order of the proposals, and returns an answer of type T."""

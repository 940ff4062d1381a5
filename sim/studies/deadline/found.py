"""What deadlines were found, as typed values: what sentences, tables, pictures and ``--json`` are made from.

Hours count from the start of the clock and are rounded to a millionth; None is infinite or missing, and the status beside it says
which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.analysis.as_json import Json, as_json
from sim.analysis.words import TOTAL
from sim.studies.deadline.curve import Status

Ends = tuple[float | None, float | None]
Moments = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class TriedScenario:
    """A scenario of the study."""

    scenario: str
    title: str
    label: str
    """What it is called among the others."""
    start: str
    """Local time."""
    utc_offset_h: float | None
    """Hours by which local time is ahead of UTC, where that is known."""
    horizon_h: float | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What came of one date: replications with all out, undecided and failed, and the chance with its 95 % interval."""

    order_h: float
    order_at: str | None
    n: int
    """Replications that were completed."""
    out: int
    undecided: int
    sets: int
    sets_out: int
    """Sets of inputs with all out in every replication."""
    sets_in_part: int
    estimate: float | None
    low: float | None
    high: float | None
    failed: int
    error: str | None
    not_among_all: float | None


@dataclass(frozen=True, slots=True)
class WarningPoint:
    """The chance that all are out with an order so long before the fall, with its 95 % interval."""

    warning_h: float | None
    n: int
    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class WarningNeeded:
    """How long before the fall of the capital an order is enough (negative: after it), and what the deadline leaves."""

    needed_h: float | None
    status: str
    """``date``; ``more`` than was tried; ``none`` is needed."""
    interval_h: Ends
    interval_status: tuple[str, str]
    falls: int
    """Replications in which the capital falls while it is watched."""
    left_p10_h: float | None
    """From the deadline to the fall in 9 replications of 10."""
    left_p50_h: float | None
    curve: tuple[WarningPoint, ...]


@dataclass(frozen=True, slots=True)
class InSets:
    """In how many sets of inputs all are out: in every replication of the set, or in some."""

    sets: int
    works: int
    in_part: int
    n: int
    """Replications."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDeadline:
    """The deadline of a scope in a scenario; one that failed has its curve alone."""

    scenario: str
    scope: str
    error: str | None = None
    people: float = 0.0
    """To be moved, on average."""
    status: Status
    order_h: float | None = None
    order_at: str | None = None
    interval_h: Ends = (None, None)
    interval_at: Moments = (None, None)
    interval_status: tuple[str, str] = ("few", "few")
    chance_at_first: float = 0.0
    chance_at_last: float = 0.0
    in_sets: InSets | None = None
    """At the deadline, or at the first or last date tried where that is none."""
    not_among_all: float = 0.0
    """People whom nobody ordered out, on average where all are out; the most of all dates."""
    undecided_most: float = 0.0
    """Largest share of the replications of a date that are undecided."""
    rises_h: tuple[float, ...] = ()
    """Dates at which the curve, which should only fall, is higher again."""
    warning: WarningNeeded | None = None
    curve: tuple[CurvePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadlineDifference:
    """How much later the deadline of a scope is with one scenario than with another, with its 95 % interval."""

    scope: str
    base: str
    other: str
    later_h: float | None
    low_h: float | None
    high_h: float | None
    low_status: str
    high_status: str
    base_status: Status
    other_status: Status
    pairs: int
    """Replications that both have."""
    sets: int
    distinct: bool
    """Whether it can be told from none."""
    in_words: str


@dataclass(frozen=True, slots=True)
class FirstToDecide:
    """The mission of a scenario whose deadline is first, then those that can't be told from it, of so many."""

    scenario: str
    missions: tuple[str, ...]
    of: int


@dataclass(frozen=True, slots=True)
class FoundDeadlines:
    """Deadlines by scenario and scope, and how much later each scenario's are than those of the first."""

    confidence: float
    resolution_h: float
    first_h: float | None
    """The first date tried, and the last one."""
    last_h: float | None
    replications: int
    sets: int
    seed: int
    final: bool
    scenarios: tuple[TriedScenario, ...]
    titles: Mapping[str, str]
    """Mission -> what it is called in text."""
    deadlines: tuple[ScopeDeadline, ...]
    differences: tuple[DeadlineDifference, ...]
    first_to_decide: tuple[FirstToDecide, ...]
    warnings: tuple[str, ...] = ()
    headline: str = ""
    utc_offset: float = 0.0
    """Hours, of the first scenario."""
    not_tried: tuple[str, ...] = ()
    """Missions with somebody to move that were not looked at."""

    @property
    def together(self) -> ScopeDeadline:
        """The deadline of all together, or the first there is; IndexError without any."""
        return next((one for one in self.deadlines if one.scope == TOTAL), self.deadlines[0])


def deadlines_json(found: FoundDeadlines) -> Json:
    """The object that ``--json`` prints."""
    plain = as_json(found)
    failed = ("scenario", "scope", "error", "status", "order_h", "curve")
    entries = [one if one["status"] != "failed" else {key: one[key] for key in failed} for one in plain["deadlines"]]
    return plain | {"deadlines": entries}

"""What was found of one scenario: in total, by mission and by cohort; ``docs/reference/measures.md`` says what each number is.

Names are those of ``--json`` and ``summary.json``.  A number is None where it is infinite, and a time where it does not exist; so
is an interval for which there are too few replications.  What always exists is nan where nothing was completed, and what an older
result lacks has a default.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, Protocol

from pydantic import BeforeValidator

from sim.analysis.as_json import MAYBE, of_json
from sim.analysis.found_inputs import Unknown

Ends = tuple[float | None, float | None]
"""Of an interval."""
Bounded = Annotated[float | None, BeforeValidator(lambda hours: math.inf if hours is None else hours)]
"""Hours of a bound, inf where not all can be out; None where it wasn't asked for."""
CLOCKS = ("p50", "p90", "out_p50", "out_p90")
"""Times until all are out: median and P90, from the order and on the calendar."""


class HasEnds(Protocol):
    """What has an interval."""

    @property
    def low(self) -> float | None:
        """Its lower end."""

    @property
    def high(self) -> float | None:
        """Its upper end."""


def between(of: HasEnds) -> tuple[float, float] | None:
    """Both ends of an interval; None where one is infinite, or there is none."""
    return None if of.low is None or of.high is None else (of.low, of.high)


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the ends of its 95 % interval; None where there is none."""

    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Between which numbers nine of ten fresh replications lie, and the median."""

    p05: float | None
    p50: float | None
    p95: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FromInputs:
    """The share of the variance of outcomes that is what isn't known of the inputs."""

    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """How far single outcomes lie apart, and how much of that is inputs; None where that can't be said."""

    outcome: Outcome | None = field(default=None, metadata=MAYBE)
    from_inputs: FromInputs | None = field(default=None, metadata=MAYBE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """A share of the replications, with its interval."""

    estimate: float
    low: float | None
    high: float | None
    from_inputs: FromInputs | None = field(default=None, metadata=MAYBE)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftBehind:
    """People left behind: their mean, by how it ended and by what held them."""

    mean: float
    low: float | None
    high: float | None
    stranded: float | None = None
    unfinished: float | None = None
    gave_up: float | None = None
    held_when_closed: Mapping[str, float] = field(default_factory=dict)
    cost_most: Mapping[str, float] = field(default_factory=dict)
    outcome: Outcome | None = field(default=None, metadata=MAYBE)
    from_inputs: FromInputs | None = field(default=None, metadata=MAYBE)


@dataclass(frozen=True, kw_only=True, slots=True)
class WithinHorizon:
    """Hours until all are out, counted to the horizon at most."""

    mean: float | None
    low: float | None
    high: float | None
    outcome: Outcome | None = field(default=None, metadata=MAYBE)
    from_inputs: FromInputs | None = field(default=None, metadata=MAYBE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Some:
    """People on average whom something is so of, and the share of the replications with any; None: not known."""

    people: float | None = None
    share: float | None = None
    missions: tuple[str, ...] | None = field(default=None, metadata=MAYBE)
    """In total: those with any, most of them first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Never:
    """Why each infinite time is: people ``stranded``, or ``unfinished`` at the horizon."""

    p50_h: str | None
    p50_interval_h: tuple[str | None, str | None] | None
    p90_h: str | None
    p90_interval_h: tuple[str | None, str | None] | None
    out_p50_h: str | None
    out_p50_interval_h: tuple[str | None, str | None] | None
    out_p90_h: str | None
    out_p90_interval_h: tuple[str | None, str | None] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WithBefore:
    """A quantile over all replications, those included in which everybody was out before the start, who are out before all."""

    before: bool
    h: float | None
    never: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OfAll:
    """Both from the order."""

    p50: WithBefore
    p90: WithBefore


class Time(NamedTuple):
    """One of :data:`CLOCKS`."""

    h: float | None
    interval_h: Ends | None
    never: str | None
    interval_never: tuple[str | None, str | None] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """What has times."""

    def time(self, clock: str) -> Time:
        """One of them, with the reasons why it, or an end of its interval, is infinite."""
        never: Any = self.never  # type: ignore[attr-defined]
        keys = f"{clock}_h", f"{clock}_interval_h"
        return Time(*(getattr(of, key) for of in (self, never) for key in keys))

    def over_all(self, clock: str) -> WithBefore | None:
        """The same over all replications, where some were out before the start."""
        known: WithBefore | None = getattr(getattr(self, "of_all", None), clock, None)
        return known


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderedAt:
    """When a mission is ordered, over the replications in which it is while its people are still there."""

    h: float | None
    interval_h: Ends | None
    share: float | None
    """Of all replications, that these are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HalfNever:
    """Why the time is infinite."""

    out_p50_h: str | None
    out_p50_interval_h: tuple[str | None, str | None] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HalfOut(Timed):
    """When half of those to be moved are out, on the calendar."""

    timed: int
    out_p50_h: float | None
    out_p50_interval_h: Ends | None
    never: HalfNever


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry(Timed):
    """The measures of everybody, of a mission or of a cohort."""

    staff: float | int
    to_move: float | int
    p_ordered: float
    ordered_h: float | None
    timed: int
    """Replications with a time."""
    p50_h: float | None
    p50_interval_h: Ends | None
    p90_h: float | None
    p90_interval_h: Ends | None
    out_p50_h: float | None
    out_p50_interval_h: Ends | None
    out_p90_h: float | None
    out_p90_interval_h: Ends | None
    of_all: OfAll | None = field(default=None, metadata=MAYBE)
    never: Never
    half_out_h: float | None
    most_out_h: float | None = None
    p_all_out: Chance
    left_behind: LeftBehind
    staying: float | None = None
    never_ordered: Some = field(default_factory=Some)
    out_before: Some = field(default_factory=Some)
    held_up_by: str | None
    waited_h: Mapping[str, float | None]
    spent_h: Mapping[str, float | None] = field(default_factory=dict)
    hours_within_horizon: WithinHorizon
    held_up_by_rivals: tuple[str, ...] | None = field(default=None, metadata=MAYBE)
    """Causes that can't be told from the one that holds up most; None where there is none."""
    out_h: Spread | None = field(default=None, metadata=MAYBE)
    title: str | None = field(default=None, metadata=MAYBE)
    """Of a mission that has one."""
    bound_h: Bounded = field(default=None, metadata=MAYBE)
    order: OrderedAt | None = field(default=None, metadata=MAYBE)
    half: HalfOut | None = field(default=None, metadata=MAYBE)
    """These two of the one mission that an answer is narrowed to."""

    @property
    def moves(self) -> bool:
        """Whether anybody has to be moved."""
        return self.to_move > 0

    def spread_of(self, what: str) -> tuple[Outcome | None, FromInputs | None]:
        """How far outcomes lie apart, of people left behind or of hours within the horizon."""
        measure = self.left_behind if what == "left_behind" else self.hours_within_horizon
        return measure.outcome, measure.from_inputs


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """The look of ``--until`` at which it ended, and the level of its intervals that makes them 95 % whenever one stops."""

    look: int
    level: float
    sets: int | None = field(default=None, metadata=MAYBE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What ``--until`` wanted of a measure and what is reached, in the unit of the measure or in parts of the estimate."""

    measure: str
    base: str | None = field(default=None, metadata=MAYBE)
    other: str | None = field(default=None, metadata=MAYBE)
    wanted: float
    relative: bool
    unit: str
    estimate: float | None
    low: float | None
    high: float | None
    reached: float | None
    never: bool
    met: bool
    from_inputs: float | None = field(default=None, metadata=MAYBE)
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """A replication that gave nothing."""

    replication: int
    stage: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundBy:
    """What sets the planning bound."""

    people: float | int
    most_out: float
    stage: str
    resource: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What is known of a result even where nothing of it was completed."""

    scenario: str
    title: str
    folder: str = ""
    replications: int
    failed: int
    failures: tuple[Failed, ...] = ()
    final: bool
    seed: int = 0

    @property
    def completed(self) -> int:
        """Replications that gave something."""
        return self.replications - self.failed


@dataclass(frozen=True, kw_only=True, slots=True)
class NoAnswer(Run):
    """Of a result whose replications have all failed."""

    until: tuple[Wanted, ...] | None = field(default=None, metadata=MAYBE)
    impossible: tuple[str, ...] | None = field(default=None, metadata=MAYBE)
    mission: str | None = field(default=None, metadata=MAYBE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary(Run):
    """The numbers of one scenario."""

    start: str
    utc_offset_h: float | None = None
    horizon_h: float
    ends: Mapping[str, int] = field(default_factory=dict)
    """How many replications ended why."""
    sequential: Looked | None = field(default=None, metadata=MAYBE)
    total: Entry
    missions: Mapping[str, Entry]
    cohorts: Mapping[str, Mapping[str, Entry]] | None = field(default=None, metadata=MAYBE)
    """By mission and cohort, where asked for."""
    warnings: tuple[str, ...] = ()
    ordered_as: str | None = field(default=None, metadata=MAYBE)
    """The scenario by whose orders everybody is ordered out, where that isn't its own."""
    bound_h: Bounded = field(default=None, metadata=MAYBE)
    bound: BoundBy | None = field(default=None, metadata=MAYBE)
    inputs: Unknown | None = field(default=None, metadata=MAYBE)
    """Where they are drawn."""
    until: tuple[Wanted, ...] | None = field(default=None, metadata=MAYBE)
    impossible: tuple[str, ...] | None = field(default=None, metadata=MAYBE)
    """Who has no way out, where somebody hasn't."""
    mission: str | None = field(default=None, metadata=MAYBE)
    """The one it is narrowed to."""

    def cohorts_of(self, mission: str) -> Mapping[str, Entry]:
        """Those of a mission; none where they weren't asked for."""
        return (self.cohorts or {}).get(mission, {})


def found_of(plain: Mapping[str, Any]) -> Summary | NoAnswer:
    """What ``summary.json`` holds of a result, read back.

    Raises:
        ValueError: if it isn't what a run writes.
    """
    return of_json(Summary, plain) if "total" in plain else of_json(NoAnswer, plain)

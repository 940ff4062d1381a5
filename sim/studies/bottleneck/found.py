"""What one more of each capacity is worth and who waited for what, as typed values; numbers are rounded to a millionth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sim.analysis.as_json import Json, as_json
from sim.analysis.waiting import Waiting

Verdict = Literal["better", "mixed", "none", "worse", "failed"]


@dataclass(frozen=True, slots=True)
class CapacityEffect:
    """The mean paired difference of a measure, *with one more* minus *as it is*, with its 95 % interval."""

    difference: float | None
    low: float | None
    high: float | None
    pairs: int
    """Replications that both have."""
    differ: int
    """Of which so many are not the same."""
    correlation: float | None
    distinct: bool
    """Whether it can be told from none."""
    holds: bool
    """Whether it can among all that were tried."""
    worse: bool
    """Whether it can be told to be for the worse."""
    rarely_differs: bool
    needed: int | None
    """Replications that might tell it from none, where it can't be."""


@dataclass(frozen=True, slots=True)
class MissionEffect:
    """By how many more people of a mission are left behind, with an interval."""

    mission: str
    left_behind: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class MissionEffects:
    """Missions with fewer and with more people left behind, the most first; of a point that failed none, nor their number."""

    better: tuple[MissionEffect, ...] = ()
    worse: tuple[MissionEffect, ...] = ()
    better_count: int | None = None
    worse_count: int | None = None
    level: float | None = None
    """Of their intervals, so that they hold together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityValue:
    """What one step more of a capacity is worth."""

    path: str
    kind: str
    label: str
    phrase: str
    now: str | None
    step: float
    step_text: str
    settings: tuple[str, ...]
    error: str | None = None
    failed: int = 0
    """Replications."""
    effects: Mapping[str, CapacityEffect] = field(default_factory=dict)
    """By address of the measure."""
    missions: MissionEffects = field(default_factory=MissionEffects)
    verdict: Verdict = "failed"
    distinct: bool = False
    """Whether anything of it can be told from none."""
    holds: bool = False
    unchanged: bool = False
    """Whether no replication differs at all."""
    rank: int = 0

    @property
    def title(self) -> str:
        """``+1 search lane at Abbey gate``."""
        return f"{self.step_text} {self.label}"


@dataclass(frozen=True, slots=True)
class BaseValue:
    """A measure of the scenario as it is, with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class NeverOrdered:
    """People whom nobody ordered out, on average; share of the replications with any; their missions, most people first."""

    people: float | None
    share: float | None
    missions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioValues:
    """A scenario as it is, and with one step more of each of its capacities; without an answer where it gave none."""

    scenario: str
    title: str
    replications: int
    final: bool
    """Whether the scenario as it is gave an answer."""
    folder: str | None = None
    horizon_h: float | None = None
    failed: int
    """Replications of the scenario as it is."""
    sets: int | None = None
    """Sets of inputs."""
    waiting: Waiting | None = None
    base: Mapping[str, BaseValue] = field(default_factory=dict)
    """By address of the measure."""
    never_ordered: NeverOrdered | None = None
    capacities: tuple[CapacityValue, ...] = ()
    """By rank."""
    headline: str = ""
    explanations: tuple[str, ...] = ()

    @property
    def titles(self) -> dict[str, str]:
        """Mission -> what it is called in text."""
        return {} if self.waiting is None else self.waiting.titles


@dataclass(frozen=True, slots=True)
class PointFailure:
    """A point without a result, or with failed replications; the scenario as it is where no capacity is named."""

    scenario: str
    capacity: str | None
    error: str


@dataclass(frozen=True, slots=True)
class FoundBottleneck:
    """The scenarios side by side."""

    measures: tuple[str, ...]
    titles: Mapping[str, str]
    """By address of the measure, as *units* and *worse_high*."""
    units: Mapping[str, str]
    worse_high: Mapping[str, bool]
    seed: int
    replications: int
    """Of each point."""
    results: tuple[ScenarioValues, ...]
    contrasts: tuple[str, ...]
    warnings: tuple[str, ...]
    failures: tuple[PointFailure, ...]
    """The first hundred."""
    failed: int
    final: bool

    @property
    def by_unit(self) -> list[str]:
        """The measures: of people first, then of hours, then chances."""
        return sorted(self.measures, key=lambda m: ("people", "h", "").index(self.units[m]))


def bottleneck_json(found: FoundBottleneck) -> Json:
    """The object that ``--json`` prints: what is not known of a scenario or mission has no name there."""
    plain = as_json(found)
    for result in plain["results"]:
        _drop(result, "sets")
        for one in (result["waiting"]["total"], *result["waiting"]["missions"].values()) if result["waiting"] else ():
            _drop(one, "title")
        for row in result["capacities"]:
            for name in ("better_count", "worse_count", "level"):
                _drop(row["missions"], name)
    return plain


def _drop(plain: Json, name: str) -> None:
    if plain[name] is None:
        del plain[name]

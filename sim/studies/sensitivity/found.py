"""What a sensitivity study found, as typed values: what sentences and tables are made of; numbers in the unit of the measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sim.analysis.as_json import Json, as_json, of_json
from sim.analysis.factors import Studied

Ends = Sequence[float] | None
"""A 95 % interval; None where there is none."""


@dataclass(frozen=True, slots=True)
class MeasuredValue:
    """A measure with its interval; None is infinite or missing, and *never* says which."""

    value: float | None
    low: float | None
    high: float | None
    replications: int
    never: str | None


@dataclass(frozen=True, slots=True)
class TornadoEnd(MeasuredValue):
    """The measure with a factor at one end of its range, and the paired difference from the base, with an interval."""

    difference: float | None
    difference_low: float | None
    difference_high: float | None
    open: Sequence[bool]
    """Whether an end of the interval of the difference is infinite."""
    turns: bool
    """Whether it is a time here and never at the base, or the other way round."""
    rarely_differs: bool
    distinct: bool
    same: bool
    """Whether no replication differs."""
    failed: int


@dataclass(frozen=True, slots=True)
class TornadoRow:
    """Both ends of a factor against the base; None where a point failed."""

    name: str
    low: TornadoEnd | None
    high: TornadoEnd | None
    swing: float | None
    """Between the two ends and the base."""
    turns: bool
    """Whether it decides between a time and never."""
    distinct: bool
    """Whether it can be told from no effect, as in the rows of other methods."""
    error: str | None
    swing_interval: Ends
    leads: bool | None
    """Of the first that can be told from no effect: whether it can be told from the second."""

    @property
    def told(self) -> bool:
        """Whether it can be told from no effect, in a number or not."""
        return self.distinct or self.turns

    @property
    def size(self) -> float | None:
        """The number by which factors are ranked."""
        return self.swing

    @property
    def unmoved(self) -> bool:
        """Whether it changes nothing at all in any replication."""
        return all(end is not None and end.same for end in (self.low, self.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class MorrisRow:
    """Elementary effects of a factor; nothing of one without a trajectory."""

    name: str
    trajectories: int
    """Those with a value."""
    mu_star: float | None
    mu: float | None = None
    sigma: float | None = None
    mu_star_interval: Ends = None
    mu_interval: Ends = None
    sigma_interval: Ends = None
    noise_floor: float | None = None
    """What *mu_star* stays below where there is no effect."""
    noise: float | None = None
    sigma_noise: float | None = None
    distinct: bool
    ratio: float | None = None
    """sigma / mu*."""
    direction: str | None = None
    character: str | None = None
    leads: bool | None = None

    @property
    def told(self) -> bool:
        """Whether it can be told from no effect, in a number or not."""
        return self.distinct

    @property
    def size(self) -> float | None:
        """The number by which factors are ranked."""
        return self.mu_star

    @property
    def unmoved(self) -> bool:
        """Whether it changes nothing at all in any replication."""
        return self.mu_star == 0


@dataclass(frozen=True, slots=True)
class SobolRow:
    """Shares of the variance due to a factor, alone and with all its interactions; with the noise, and how much that was."""

    name: str
    first: float | None
    first_interval: Ends
    first_raw: float | None
    first_noise: float | None
    total: float | None
    total_interval: Ends
    total_raw: float | None
    total_noise: float | None
    distinct: bool
    leads: bool | None

    @property
    def told(self) -> bool:
        """Whether it can be told from no effect, in a number or not."""
        return self.distinct

    @property
    def size(self) -> float | None:
        """The number by which factors are ranked."""
        return self.total

    @property
    def unmoved(self) -> bool:
        """Whether it changes nothing at all in any replication."""
        return self.total_raw == 0


FactorRow = TornadoRow | MorrisRow | SobolRow
"""What a factor does to a measure, by the method."""


def row_of(method: str, row: Json) -> FactorRow:
    """A row that a method has made."""
    if method == "morris":
        return MorrisRow(**row)
    if method == "sobol":
        return SobolRow(**row)
    ends = {end: None if row[end] is None else TornadoEnd(**row[end]) for end in ("low", "high")}
    return TornadoRow(**row | ends)


@dataclass(frozen=True, slots=True)
class SobolVariance:
    """The variance over the points, of which indices are shares."""

    rows: int
    """Of the base sample, without those *rows_lost* that have a point without a value."""
    rows_lost: int
    variance: float
    noise_share: float | None
    answered: bool
    """Whether there are indices: it varies by more than the noise of the replications."""


@dataclass(frozen=True, slots=True)
class MeasureEffects:
    """What the factors do to a measure in a scenario, the most telling first."""

    title: str
    unit: str
    base: MeasuredValue | None
    """None where the base gave nothing."""
    variance: SobolVariance | None
    """Of sobol alone."""
    factors: Sequence[FactorRow]
    headline: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioEffects:
    """A scenario, and what the factors do in it, by address of the measure."""

    scenario: str
    title: str
    drawn: bool
    """Whether inputs that no study moves are drawn."""
    measures: Mapping[str, MeasureEffects]


@dataclass(frozen=True, slots=True)
class StudiedFactor:
    """A factor as :meth:`sim.analysis.factors.Factor.as_json` has it."""

    name: str
    about: str
    label: str
    phrase: str
    kind: str
    paths: Sequence[str]
    unit: str
    value: str | None
    low: float | None
    high: float | None
    low_text: str
    high_text: str
    distribution: bool
    evidence: str | None
    scale: str


@dataclass(frozen=True, slots=True)
class Score:
    """The largest effect of a factor alone, relative to the largest of all."""

    name: str
    score: float
    kept: bool


@dataclass(frozen=True, slots=True)
class ScreeningRecord:
    """How the factors were chosen: so many kept of those tried."""

    replications: int
    tried: int
    kept: int
    scores: Sequence[Score]


@dataclass(frozen=True, slots=True)
class SensitivityFailure:
    """A point without a result or with failed replications; the base where it has no settings."""

    scenario: str
    settings: Sequence[str]
    error: str


@dataclass(frozen=True, slots=True)
class FoundSensitivity:
    """The scenarios side by side."""

    method: str
    kind: Studied
    replications: int
    """Of each point."""
    seed: int
    trajectories: int | None
    """Of morris alone."""
    base_sample: int | None
    """Of sobol alone."""
    measures: Sequence[str]
    factors: Sequence[StudiedFactor]
    screening: ScreeningRecord | None
    results: Sequence[ScenarioEffects]
    titles: Mapping[str, str]
    """Of the picture of each measure."""
    contrast: Sequence[str]
    warnings: Sequence[str]
    horizons_h: Mapping[str, float] = field(default_factory=dict)
    """By scenario."""
    failures: Sequence[SensitivityFailure] = ()
    """The first hundred."""
    failed: int = 0
    final: bool = True


def sensitivity_json(found: FoundSensitivity) -> Json:
    """The object that ``--json`` prints: only what the method has."""
    plain = as_json(found)
    for name in ("trajectories", "base_sample"):
        if plain[name] is None:
            del plain[name]
    for result in plain["results"]:
        result["measures"] = {address: _measured(found.method, one) for address, one in result["measures"].items()}
    return plain


def sensitivity_of(plain: Mapping[str, Any]) -> FoundSensitivity:
    """What :func:`sensitivity_json` made plain, as it is stored.

    Raises:
        ValueError: if it isn't that.
    """
    names = [one.name for one in fields(SobolVariance)]
    results = []
    for result in plain["results"]:
        each = {
            address: {**one, "variance": {name: one[name] for name in names} if plain["method"] == "sobol" else None}
            for address, one in result["measures"].items()
        }
        results.append({**result, "measures": each})
    return of_json(FoundSensitivity, {"trajectories": None, "base_sample": None, **plain, "results": results})


def _measured(method: str, plain: Json) -> Json:
    rows = plain["factors"]
    if method == "morris":
        without = ("name", "trajectories", "mu_star", "distinct", "leads")
        rows = [row if row["trajectories"] else {name: row[name] for name in without} for row in rows]
    head = {name: plain[name] for name in ("title", "unit", "base")}
    return head | (plain["variance"] or {}) | {"factors": rows, "headline": plain["headline"]}

"""What a calibration found, as typed values: what sentences, tables, pictures and ``--json`` are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.as_json import Json, as_json
from sim.studies.as_json import Interval


@dataclass(frozen=True, slots=True)
class FittedFile:
    """The observations: the name of the file, its digest, and how many numbers of it were learnt from."""

    file: str
    digest: str
    fitted: int


@dataclass(frozen=True, slots=True)
class SeenNumber:
    """What was observed, with its range where the file gives one."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ToldBand:
    """What would be observed: the median and the 90 % band, and whether that holds what was."""

    median: float
    low_90: float
    high_90: float
    inside: bool


@dataclass(frozen=True, slots=True)
class FittedWindow:
    """An observed number before and after."""

    window_id: str
    start_utc: str | None
    end_utc: str
    measure: str
    scope: str
    place: str | None
    observed: SeenNumber
    prior: ToldBand
    posterior: ToldBand
    nearest: float
    """Of the set that comes nearest, in standard deviations."""

    @property
    def key(self) -> tuple[str, str, str, str | None]:
        """What tells it from other numbers."""
        return self.window_id, self.measure, self.scope, self.place


@dataclass(frozen=True, slots=True)
class InRange:
    """Where an input lies in its range, 0 to 1: the middle 90 % of the weight, and the median."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class AlongRange:
    """The ends of a range and where the input lies in it, as numbers; None where they have no one value."""

    least: float | None
    low: float | None
    median: float | None
    high: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class AlongRangeText:
    """The same in words."""

    least: str | None
    low: str | None
    median: str | None
    high: str | None
    most: str | None


@dataclass(frozen=True, slots=True)
class LearntInput:
    """What was learnt about an input."""

    factor: str
    about: str
    label: str
    phrase: str
    learnt: bool
    """Whether chance would not show as much."""
    distance: float
    """The greatest of the weights from the range."""
    p: float
    position: InRange
    value: AlongRange
    text: AlongRangeText
    unit: str


@dataclass(frozen=True, slots=True)
class LeftOutWindow:
    """A number and the band that was learnt without its window."""

    window_id: str
    measure: str
    scope: str
    place: str | None
    value: float
    low_90: float
    high_90: float
    inside: bool
    effective: float
    width: float

    @property
    def key(self) -> tuple[str, str, str, str | None]:
        """What tells it from other numbers."""
        return self.window_id, self.measure, self.scope, self.place


@dataclass(frozen=True, slots=True)
class IntervalScores:
    """Mean interval scores, less is better, over the *numbers* that have an earlier window of their measure and scope."""

    numbers: int
    learnt: float | None
    ranges: float | None
    yesterday: float | None


@dataclass(frozen=True, slots=True)
class LeftOutFound:
    """How the bands did on what was left out; of one window alone nothing."""

    numbers: int = 0
    inside: int = 0
    share: Interval | None = None
    yesterday_inside: int | None = None
    interval_score: IntervalScores | None = None
    windows: Sequence[LeftOutWindow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCalibration:
    """What the sets that agree say."""

    scenario: str
    title: str
    folder: str = ""
    final: bool
    seed: int
    replications: int
    failed: int
    per_set: int
    """Replications of a set of inputs."""
    sets: int
    observations: FittedFile
    discrepancy: float
    cut_off: float
    """A set agrees if no number but one is more standard deviations off."""
    agree: int
    """Sets."""
    width: float
    """Times that the stated errors were taken as large."""
    effective: float
    """Sets of equal weight that the weighted ones are worth."""
    counting: int
    """Sets with any weight."""
    floor: float
    """Distances below it chance alone would show."""
    windows: Sequence[FittedWindow]
    inputs: Sequence[LearntInput]
    """What was learnt most about first."""
    leave_out: LeftOutFound | None
    """None where that wasn't asked for."""
    warnings: Sequence[str] = ()
    headline: str = ""

    @property
    def name(self) -> str:
        """What the scenario is called."""
        return self.title or self.scenario

    @property
    def known(self) -> list[LearntInput]:
        """The inputs about which something was learnt."""
        return [row for row in self.inputs if row.learnt]


def calibration_json(found: FoundCalibration) -> Json:
    """The object that ``--json`` prints."""
    plain = as_json(found)
    out = plain["leave_out"]
    if out is not None and found.leave_out is not None and found.leave_out.share is None:
        plain["leave_out"] = {name: out[name] for name in ("numbers", "inside", "windows")}
    return plain

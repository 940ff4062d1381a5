"""What was found of the inputs that aren't known: which of them matter, and where it fails."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Factor:
    """An input that isn't known, and how much of the variance of answers over sets is its own."""

    factor: str
    about: str
    index: float
    low: float
    high: float
    direction: str
    """In which the answer goes as it goes up: ``up``, ``down`` or ``either``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxLimit:
    """Between which quantiles of an input it fails; 0 and 1 are open ends."""

    factor: str
    about: str
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """Where it fails, and what is measured there."""

    limits: tuple[BoxLimit, ...]
    coverage: float
    density: float
    base_rate: float
    inside: int
    measured: int
    p_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Fails:
    """The sets of inputs that leave more behind than most."""

    left_behind_above: float | None
    sets: int
    failing: int
    box: Box | None
    reason: str
    """Why there is no box."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """What isn't known of the inputs, and what of it matters."""

    mode: str
    sets: int
    per_set: int
    factors: int
    of: str
    """What the answers are: ``total.left_behind`` or ``total.hours_within_horizon``."""
    most: tuple[Factor, ...]
    levers: tuple[Factor, ...] = ()
    first: tuple[str, ...]
    rivals: tuple[str, ...]
    floor: float | None
    reason: str
    fails: Fails | None = None

    @property
    def measure(self) -> str:
        """``left_behind`` or ``hours_within_horizon``."""
        return self.of.partition(".")[2]

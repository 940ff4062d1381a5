"""Ranges of inputs: from where to where a number may lie, the law between these ends, and which numbers move together.

A range is ``low`` and ``high``, or what the grade of evidence implies.  A *position* goes from 0, the low end, to 1, the high
end.  In between it moves on a logarithmic or a linear scale: the one whose middle is nearer to the value, so that the value stays
near the middle case (a range of ÷ 2 to × 2 is logarithmic, ± 50 % linear).  That is the one law of a range in every command: at
a position drawn evenly it is log-uniform, or uniform.

Moving a **distribution** multiplies all of it by one number, so that its mean goes from low to high and its shape stays: what
is not known is where it lies.  Values stay possible: shares within 0 and 1, people and counts whole (and at least 1 where
low is more than 0).  A whole number moves in steps.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from sim.scenario.errors import Path, Place, dotted
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Scenario
from sim.scenario.settings import Setting
from sim.scenario.shapes import ROOT

InputKind = Literal["uncertainty", "lever", "constant"]
WHOLE = ("people", "count")
RANGE = Place("the range")
"""Where settings of factors were written."""
KEPT = ("ratios", "security.providers", "airport.incidents", "threat.stay", "threat.up")
"""Tables whose entries are factors of their own; entries of all others (missions, fleets, gates ...) move together."""
ALWAYS = re.compile(r"security\.providers\.[^.]+\.force\.hold")
"""Inputs of both kinds: how long a force is tolerated is not ours to choose, and yet it can be negotiated.  As it decides who
gets out late, it is in every study, and no screening leaves it out."""
PHYSICAL = re.compile(
    r"security\.providers\.[^.]+\.force\.(perimeter|per_lane|incidents|crowd|flown_in\..*)|"
    r"security\.providers\.[^.]+\.(force|operator)\.withdrawal\.near"
)
"""What it takes whoever comes: one input for all providers.  How many they are, when they come and go, and how long each is
tolerated is each provider's own."""
TIED = (("airport.crowd.close_above", "airport.crowd.open_below"),)
"""Parameters that a rule of the scenario ties to each other: they move together."""


@dataclass(frozen=True)
class Member:
    """One parameter of a scenario and its range, in base units (of the mean, for a distribution)."""

    path: str
    quantity: Quantity
    dimension: str
    low: float
    high: float
    log: bool

    def at(self, position: float) -> float:
        """Where its value (or mean) is when the factor is at *position*, 0 to 1."""
        if position in (0.0, 1.0):
            return self.high if position else self.low
        if self.log:
            return float(self.low * (self.high / self.low) ** position)
        return self.low + position * (self.high - self.low)

    def moved(self, position: float) -> Quantity:
        """The quantity with its value or mean there, kept possible."""
        x, mean = self.at(position), self.mean
        if self.quantity.is_constant or mean <= 0:
            return Quantity("constant", (nearest(x, self.dimension),))
        if x <= 0:
            return Quantity("constant", (0.0,))
        return possible(self.quantity.scaled(x / mean), self.dimension)

    @cached_property
    def mean(self) -> float:
        """What is expected of it as it is written."""
        return self.quantity.mean

    def setting(self, position: float) -> Setting:
        """The setting that puts it there."""
        return Setting(self.path, written(self.moved(position)), RANGE)

    @property
    def text(self) -> str:
        """Its value for people: as the file has it."""
        return self.quantity.text if self.quantity.text is not None else f"{self.quantity.mean:g}"

    @property
    def still(self) -> bool:
        """Whether both ends come to the same."""
        return self.moved(0.0).params == self.moved(1.0).params


def kind_of(quantity: Quantity, stated: bool = False) -> InputKind:
    """Whose a number is: *stated* where a range is given from outside, so that it is an uncertainty if nothing else is said."""
    if quantity.kind == "lever" or (quantity.kind == "constant" and not stated):
        return quantity.kind
    uncertain = stated or not quantity.is_constant or quantity.spread is not None
    return "uncertainty" if uncertain else "constant"


def member_of(
    path: str, quantity: Quantity, dimension: str, ends: tuple[float, float] | None = None, log: bool | None = None
) -> Member | None:
    """A number that moves within its own range, or between *ends*; None if it has no range or nothing moves.

    Raises ValueError for a logarithmic scale that begins at 0.
    """
    low, high = ends or quantity.spread or (quantity.low, quantity.high)
    if low is None or high is None or math.isinf(quantity.mean):
        return None
    if dimension == "share":
        high = min(high, 1.0)
    if log and low <= 0:
        raise ValueError("expected low > 0 for a logarithmic scale")
    member = Member(path, quantity, dimension, low, high, is_logarithmic(low, high, quantity.mean) if log is None else log)
    return None if member.still else member


def is_logarithmic(low: float, high: float, value: float) -> bool:
    """Whether *value* is nearer to the geometric than to the arithmetic middle of its range."""
    return low > 0 and abs(value - math.sqrt(low * high)) < abs(value - (low + high) / 2)


def is_idle(path: Path, scenario: Scenario) -> bool:
    """Whether it is an input of a provider that is never in charge."""
    return path[:2] == ("security", "providers") and path[2] not in {phase.provider for phase in scenario.security.phases}


def factor_names(ranged: Iterable[tuple[Path, Quantity]]) -> list[str]:
    """The names of the factors that quantities belong to: their own group, or the path with ``*`` for entries of tables.

    Entries keep their name in the tables of :data:`KEPT`, and so do cohorts: what core staff need isn't what families need.  A
    name depends on nothing else in the scenario, so that a mission more moves no other factor.
    """
    tied = {path: " + ".join(tie) for tie in TIED for path in tie}
    return [quantity.group or tied.get(dotted(path)) or _name(path) for path, quantity in ranged]


def _name(path: Path) -> str:
    shape, parts = ROOT, []
    for k, part in enumerate(path):
        entry = shape.form in ("table", "list")
        kept = ".".join(map(str, path[:k])) in KEPT and not PHYSICAL.fullmatch(dotted(path))
        cohort = path[0] == "missions" and k == 3
        parts.append("*" if entry and not kept and not cohort else str(part))
        shape = shape.below(part) or shape
        if shape.form in ("moment", "quantity"):
            parts += map(str, path[k + 1 :])
            break
    return ".".join(parts)


def whole(x: float, low: float = 0.0) -> float:
    """A number of things or people, rounded half up; at least 1 if there is any."""
    return max(float(math.floor(x + 0.5)), 1.0 if x > low else 0.0)


def nearest(x: float, dimension: str) -> float:
    """The nearest value that the schema accepts."""
    return whole(x) if dimension in WHOLE else min(x, 1.0) if dimension == "share" else x


def possible(q: Quantity, dimension: str) -> Quantity:
    """The nearest quantity that the schema accepts."""
    values = len(q.params) // 2 if q.family == "choice" else len(q.params)  # behind them a choice has its weights
    if dimension in WHOLE and q.family in ("constant", "choice"):
        return replace(q, params=(*map(whole, q.params[:values]), *q.params[values:]))
    if dimension == "share":
        cut = tuple(min(v, 1.0) for v in q.params[:values])
        return replace(q, params=cut + q.params[values:]) if len(set(cut)) > 1 else Quantity("constant", cut[:1])
    return q


def _number(x: float) -> str:
    return f"{x:.12g}"


def written(q: Quantity) -> str:
    """A quantity in base units as a scenario file says it."""
    p = [_number(x) for x in q.params]
    match q.family:
        case "constant":
            return p[0]
        case "uniform" | "triangular" | "pert":
            return f"{{{q.family}: [{', '.join(p)}]}}"
        case "exponential":
            return f"{{exponential: {{mean: {p[0]}}}}}"
        case "gamma":
            return f"{{gamma: {{mean: {_number(q.mean)}, cv: {_number(q.params[0] ** -0.5)}}}}}"
        case "lognormal":
            return f"{{lognormal: {{mean: {_number(q.mean)}, cv: {_number(math.sqrt(math.expm1(q.params[1] ** 2)))}}}}}"
        case "weibull":
            return f"{{weibull: {{shape: {p[0]}, scale: {p[1]}}}}}"
        case "normal":
            return f"{{normal: {{mean: {p[0]}, sd: {p[1]}}}}}"
    half = len(p) // 2
    return f"{{choice: {{values: [{', '.join(p[:half])}], weights: [{', '.join(p[half:])}]}}}}"

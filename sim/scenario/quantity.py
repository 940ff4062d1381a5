"""Quantities: a constant or a distribution, in base units, with the evidence behind it.

Base units, fixed once: hours, people, kilometres; rates are per hour.  Conversion happens here and nowhere else.

A distribution is a *family* and its natural parameters, all in base units:

===============  =====================================================================
family           params
===============  =====================================================================
``constant``     value
``uniform``      low, high
``triangular``   low, mode, high
``pert``         low, mode, high (beta with lambda = 4)
``exponential``  mean
``gamma``        shape, scale
``lognormal``    mu, sigma of the logarithm
``weibull``      shape, scale
``normal``       mean, sd of the parent, truncated to values >= 0
``choice``       v1..vk, w1..wk (weights sum to 1)
===============  =====================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["uncertainty", "lever", "constant"]
Grade = Literal["measured", "reported", "estimated", "assumed"]

_MEAN: dict[str, Callable[[tuple[float, ...]], float]] = {
    "constant": lambda p: p[0],
    "uniform": lambda p: (p[0] + p[1]) / 2,
    "triangular": lambda p: sum(p) / 3,
    "pert": lambda p: (p[0] + 4 * p[1] + p[2]) / 6,
    "exponential": lambda p: p[0],
    "gamma": lambda p: p[0] * p[1],
    "lognormal": lambda p: math.exp(p[0] + p[1] ** 2 / 2),
    "weibull": lambda p: p[1] * math.gamma(1 + 1 / p[0]),
    "normal": lambda p: p[0],
    "choice": lambda p: sum(value * weight for value, weight in zip(p[: len(p) // 2], p[len(p) // 2 :], strict=True)),
}
"""Family → its expected value, of its parameters."""

SPREAD: dict[str, tuple[float, float]] = {
    "measured": (0.9, 1.1),
    "reported": (0.75, 1.25),
    "estimated": (0.5, 1.5),
    "assumed": (0.5, 2.0),
}
"""Factors on a value that give its range where a scenario states none, by grade of evidence."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or distribution in base units, and where it comes from."""

    family: str
    params: tuple[float, ...]
    low: float | None = None
    high: float | None = None
    kind: Kind | None = None
    source: str | None = None
    evidence: Grade | None = None
    group: str | None = None
    """Numbers of one group are not known together: they stand at the same place of their ranges."""
    text: str | None = None
    """The value as the file wrote it, for people to read."""
    of: tuple[str, str] | None = None
    """Of a head count that is a multiple of another: cohort of the same mission, and ratio.  The rest is what to expect."""

    @property
    def is_constant(self) -> bool:
        """Whether every draw is the same."""
        return self.family == "constant"

    @property
    def value(self) -> float:
        """The constant; raises ValueError for a distribution."""
        if self.family != "constant":
            raise ValueError(f"{self.text or self.family} is a distribution, not a constant")
        return self.params[0]

    @property
    def mean(self) -> float:
        """Expected value in base units (of the untruncated parent for ``normal``)."""
        if self.family not in _MEAN:
            raise ValueError(f"unknown family {self.family!r}")
        return _MEAN[self.family](self.params)

    @property
    def spread(self) -> tuple[float, float] | None:
        """Low and high in base units: as stated, or from the grade of evidence; None for a plain constant without either."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        if self.evidence is None:
            return None
        down, up = SPREAD[self.evidence]
        low = self.low if self.low is not None else self.mean * down
        return low, self.high if self.high is not None else self.mean * up

    def scaled(self, factor: float) -> Quantity:
        """The same shape with every value multiplied by *factor* (> 0)."""
        p = self.params
        match self.family:
            case "gamma" | "weibull":
                scaled: tuple[float, ...] = (p[0], p[1] * factor)
            case "lognormal":
                scaled = (p[0] + math.log(factor), p[1])
            case "choice":
                k = len(p) // 2
                scaled = tuple(v * factor for v in p[:k]) + p[k:]
            case _:
                scaled = tuple(v * factor for v in p)
        said = self.low, self.high, self.kind, self.source, self.evidence, self.group, self.text, self.of
        return Quantity(self.family, scaled, *said)  # each set of inputs makes a hundred: replace() takes three times as long


def constant(value: float) -> Quantity:
    """A plain number in base units, with no claim about where it comes from."""
    return Quantity("constant", (float(value),))


INFINITE = constant(math.inf)
"""No limit; only a default, never accepted from a file."""

"""An estimate and its interval as what studies found has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.analysis.statistics import Estimate
from sim.analysis.summary import number
from sim.present.cells import known


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the ends of its 95 % interval, to a millionth; None where there is none."""

    estimate: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, estimate: Estimate) -> Interval:
        """Of an estimate as it was made."""
        return cls(*map(number, estimate))

    def written(self, write: Callable[[float], str]) -> tuple[str, str, str]:
        """The estimate and the ends as text."""
        return known(self.estimate, write), known(self.low, write), known(self.high, write)

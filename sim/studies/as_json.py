"""An estimate and its interval as what studies found has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.analysis import found
from sim.analysis.statistics import Estimate
from sim.analysis.summary import number
from sim.present.cells import known


@dataclass(frozen=True, slots=True)
class Interval(found.Interval):
    """To a millionth."""

    @classmethod
    def of(cls, estimate: Estimate) -> Interval:
        """Of an estimate as it was made."""
        return cls(*map(number, estimate))

    def written(self, write: Callable[[float], str]) -> tuple[str, str, str]:
        """The estimate and the ends as text."""
        return known(self.estimate, write), known(self.low, write), known(self.high, write)

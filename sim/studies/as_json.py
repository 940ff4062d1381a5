"""What a study found as plain data, for ``--json`` and ``summary.json``: names are those of fields, once given they stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from sim.analysis.statistics import Estimate
from sim.analysis.summary import number
from sim.present.cells import known

Json = dict[str, Any]
T = TypeVar("T")


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


def as_json(found: Any) -> Json:
    """A frozen dataclass, and those in it, as dictionaries and lists in the order of their fields."""
    plain: Json = to_jsonable_python(found)
    return plain


def of_json(kind: type[T], plain: Mapping[str, Any]) -> T:
    """The dataclass *kind* that :func:`as_json` made plain, as it is stored; what it has no field for is left out.

    Raises:
        ValueError: if it isn't one of *kind*.
    """
    return TypeAdapter(kind).validate_python(plain)

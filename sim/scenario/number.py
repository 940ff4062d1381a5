"""Numbers with units, as people write them: ``45 min``, ``300 people/h``, ``40%``.  The one place where they are read; and how
many digits of a number people are shown.

Raises ``ValueError`` with a :class:`~sim.scenario.errors.Message`, *expected ..., got ...*.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from sim.scenario.errors import FaultCode, Message, shown

UNITS: dict[str, dict[str, float]] = {
    "time": {"s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0, "wk": 168.0},
    "people": {"": 1.0, "people": 1.0, "person": 1.0, "troops": 1.0},
    "count": {"": 1.0},
    "length": {"km": 1.0, "m": 0.001},
    "speed": {"km/h": 1.0},
    "flow": {"people/h": 1.0, "people/d": 1 / 24, "people/min": 60.0},
    "frequency": {"/h": 1.0, "/d": 1 / 24, "/wk": 1 / 168},
    "per-person": {"s/person": 1 / 3600, "min/person": 1 / 60, "h/person": 1.0},
    "factor": {"": 1.0},
    "share": {"": 1.0, "%": 0.01},
}
"""Dimension -> unit -> factor to the base unit.  A bare number is in the base unit (factor 1)."""

EXAMPLES = {
    "time": "a time such as 45 min, 6 h or 2 d",
    "people": "a whole number of people ≥ 0",
    "count": "a whole number ≥ 0",
    "length": "a distance such as 5 km",
    "speed": "a speed such as 25 km/h",
    "flow": "a flow such as 300 people/h",
    "frequency": "a rate such as 0.5 /d",
    "per-person": "a time per person such as 20 s/person",
    "factor": "a number ≥ 0",
    "share": "a share between 0 and 1, such as 0.4 or 40%",
}

BASE_UNITS = {
    "time": "h", "people": "people", "count": "", "length": "km", "speed": "km/h", "flow": "people/h", "frequency": "/h",
    "per-person": "h/person", "factor": "", "share": "",
}  # fmt: skip
"""Dimension -> base unit."""
WHOLE = ("people", "count")
"""Dimensions of what is counted."""
_NUMBER = re.compile(r"([-+]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?:\s*([^0-9\s].*))?")
MOST = 1e12
"""Largest number accepted, in base units: no headcount or time needs more, and arithmetic stays exact."""


class Written(NamedTuple):
    """A number and its unit as they were written, unit still unchecked; empty where there is none."""

    number: str
    unit: str


def number_and_unit(text: str) -> Written | None:
    """Number and unit of *text*, or None if it does not begin with a number."""
    match = _NUMBER.fullmatch(text.strip())
    return Written(match[1], " ".join((match[2] or "").split())) if match else None


def dimensions(units: Iterable[str]) -> list[str]:
    """Dimensions that have all of *units*, in the order of :data:`UNITS`; all of them where there is no unit."""
    wanted = set(units)
    return [kind for kind, known in UNITS.items() if wanted <= known.keys()]


class Negative(ValueError):
    """A number below 0, which no quantity may be."""


def _not_negative(dimension: str) -> str:
    """What is expected of a dimension, said so that it is plain that it isn't negative."""
    example = EXAMPLES[dimension]
    return example if "≥ 0" in example or dimension == "share" else example.replace(" such as", " ≥ 0, such as")


def scalar(raw: Any, dimension: str) -> float:
    """A number with or without a unit, in the base unit of *dimension*; raises ValueError for what is none or may not be."""
    number, unit = math.nan, ""
    if isinstance(raw, str) and len(raw) <= 200 and (written := number_and_unit(raw)):
        if len(written.number) > 40:
            raise ValueError("expected a number of at most 40 characters")
        number, unit = float(written.number), written.unit.replace(" /", "/").replace("/ ", "/")
    elif isinstance(raw, int | float) and not isinstance(raw, bool):  # an int may be beyond what a float can hold
        number = float(raw) if abs(raw) <= MOST else math.copysign(MOST * 10, -1 if raw < 0 else 1)
    expected, units = f"expected {EXAMPLES[dimension]}", UNITS[dimension]
    if unit:
        if unit not in units:
            known = ", ".join(u for u in units if u) or "no unit"
            raise ValueError(Message(f"{expected} (units: {known})", shown(raw), FaultCode.WRONG_UNIT))
        # dividing keeps 15 min = 0.25 h exact
        factor = units[unit]
        number = number / round(1 / factor) if factor < 1 and abs(1 / factor - round(1 / factor)) < 1e-9 else number * factor
    if number < 0:
        raise Negative(Message(f"expected {_not_negative(dimension)}", shown(raw)))
    if number > MOST:
        raise ValueError(Message(f"{expected}, at most 1e12", shown(raw)))
    if math.isnan(number) or (dimension in WHOLE and number != int(number)) or (dimension == "share" and number > 1):
        raise ValueError(Message(expected, shown(raw)))
    return number


def rounded(x: float, digits: int = 3) -> str:
    """A number of so many digits, and of all those before its point: ``0.0123``, ``3.33``, ``12,345``, never ``1.23e+04``."""
    return f"{x:,.0f}" if abs(x) >= 10**digits - 0.5 else f"{x:,.{digits}g}"

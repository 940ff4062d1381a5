"""Where a thing is: in degrees, or by the ICAO code of an airport.  For maps alone; no simulation depends on it."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, WithJsonSchema

from sim.scenario.errors import FaultCode, Message, shown
from sim.scenario.types import Parsed, Section

_CODE = r"[A-Z]{4}"


@dataclass(frozen=True, slots=True)
class Coordinates(Parsed):
    """Latitude (north is positive) and longitude (east is positive), in degrees."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "prefixItems": [{"type": "number", "minimum": -90, "maximum": 90}, {"type": "number", "minimum": -180, "maximum": 180}],
        "minItems": 2,
        "maxItems": 2,
        "description": "[latitude, longitude] in degrees",
    }
    lat: float
    lon: float

    @classmethod
    def parse(cls, raw: Any) -> Coordinates:
        numbers = raw if isinstance(raw, list | tuple) else ()
        if len(numbers) != 2 or not all(isinstance(x, int | float) and not isinstance(x, bool) for x in numbers):
            raise ValueError(Message("expected [latitude, longitude] in degrees, such as [34.57, 69.21]", shown(raw)))
        for number, what, most in zip(numbers, ("latitude", "longitude"), (90, 180), strict=True):
            if not -most <= number <= most:
                raise ValueError(Message(f"expected a {what} of -{most} to {most} degrees, the latitude first", shown(number)))
        return cls(*map(float, numbers))


def _known(code: str) -> str:
    if not re.fullmatch(_CODE, code):
        raise ValueError(Message("expected an ICAO code of four capital letters such as OAKB", shown(code)))
    if airport(code) is None:
        message = f"no airport is known by the ICAO code {shown(code)} (at: [latitude, longitude] does without one)"
        raise ValueError(Message(message, code=FaultCode.UNKNOWN_NAME))
    return code


Icao = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "pattern": f"^{_CODE}$"})]
"""An airport's code in capital letters; one that is unknown is refused."""


class Placed(Section):
    """A section of something that has a place."""

    at: Coordinates | None = None
    """Where it is: ``[latitude, longitude]`` in degrees; for maps, no number depends on it."""
    icao: Icao | None = None
    """Or the ICAO code of the airport that it is; ``at`` goes before it."""

    @property
    def coordinates(self) -> Coordinates | None:
        """Where it is, if the file says so."""
        return self.at or (airport(self.icao) if self.icao else None)


@lru_cache(maxsize=4096)
def airport(code: str) -> Coordinates | None:
    """The reference point of the airport with this ICAO code; None where there is none.

    One line of the package's table is read, for all of them take a sixth of a second; where that finds nothing, all decide.
    """
    with suppress(KeyError, TypeError, ValueError):
        row = _row(code)
        return Coordinates(float(row["lat"]), float(row["lon"]))
    one = _airports().get(code)
    return Coordinates(one["lat"], one["lon"]) if one else None


def airport_name(code: str) -> str:
    """The name of the airport with this ICAO code, its city before it where that isn't in it; empty where there is none."""
    row = _row(code)
    name, city = row.get("name") or "", row.get("city") or ""
    return name if city in name else f"{city}, {name}"


def _row(code: str) -> Mapping[str, str]:
    """An airport's line of the package's table; nothing where it has none that begins with the code."""
    head, _, rows = _table().partition(b"\n")
    _, found, rest = rows.partition(f'\n"{code}",'.encode())
    line = (found + rest.partition(b"\n")[0])[1:]
    return next(csv.DictReader([head.decode(), line.decode()])) if found else {}


@cache
def _table() -> bytes:
    table = files("airportsdata") / "airports.csv"
    return table.read_bytes() if table.is_file() else b""


@cache
def _airports() -> Mapping[str, Any]:
    import airportsdata

    return airportsdata.load()

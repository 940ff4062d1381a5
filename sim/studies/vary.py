"""``--vary PATH=VALUES``: which values an entry of a scenario takes in turn.

VALUES are separated by commas, each as ``--set`` would have it: ``4,8,16``, ``1 d,2 d``, ``{gamma: {mean: 12 d, cv: 0.6}},6 d``.
A comma inside brackets, braces or quotes separates nothing.  ``LO:HI:STEP`` stands for LO, LO + STEP, … up to HI, which is
included where a step meets it; a unit on one of the three serves all (``24:72:12 h``), several units are of one kind
(``12 h:3 d:12 h``) and the step's is used.  Steps are added as decimals, so that ``0.1:0.5:0.1`` is five values.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from sim.scenario.errors import printable
from sim.scenario.number import UNITS, Written, dimensions, number_and_unit
from sim.studies.query import QueryError

MOST_VALUES = 100_000
"""Most values of one path."""

_CLOCK = re.compile(r"[0-9]{1,2}:[0-5][0-9]")
"""A time of day, which is no range without its step."""
_OPEN, _CLOSE = "[{(", "]})"


class VaryError(QueryError):
    """A ``PATH=VALUES`` that can't be read or that a scenario doesn't take; a line a fault that says what would be right."""


def parse_vary(text: str) -> tuple[str, list[str]]:
    """The path and the texts of its values, in the order given; raises :class:`VaryError`."""
    path, equals, values = text.partition("=")
    path = ".".join(part.strip() for part in path.split("."))
    if not equals or not all(path.split(".")) or not values.strip():
        raise VaryError(f'expected PATH=VALUES such as airport.gates.abbey.lanes=2,4,8 or …=2:10:2, got "{printable(text)}"')
    return path, parse_values(values, path)


def parse_values(text: str, path: str) -> list[str]:
    """The values of *path* that *text* stands for; raises :class:`VaryError`."""
    found: list[str] = []
    for item in _items(text, path):
        if not item:
            raise VaryError(f'{path}: expected a value between commas, got "{printable(text)}"')
        found += _range(item, path) or [item]
        if len(found) > MOST_VALUES:
            raise VaryError(f"{path}: expected at most {MOST_VALUES:,} values")
    seen: set[str] = set()
    for value in found:
        if value in seen:
            raise VaryError(f"{path}: {printable(value)} is there twice")
        seen.add(value)
    return found


def _items(text: str, path: str) -> list[str]:
    """*text* cut at the commas that are in no bracket and no quotes."""
    items: list[str] = []
    closing: list[str] = []
    start, quote, before = 0, "", ","
    for k, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'" and before in ",:" + _OPEN:  # elsewhere it is an apostrophe
            quote = c
        elif c in _OPEN:
            closing.append(_CLOSE[_OPEN.index(c)])
        elif c in _CLOSE:
            if not closing or closing.pop() != c:
                raise VaryError(f'{path}: "{c}" closes nothing in "{printable(text)}"')
        elif c == "," and not closing:
            items.append(text[start:k].strip())
            start = k + 1
        before = c if c.strip() else before
    if closing or quote:
        raise VaryError(f'{path}: expected "{closing[-1] if closing else quote}" before the end of "{printable(text)}"')
    return [*items, text[start:].strip()]


def _range(item: str, path: str) -> list[str] | None:
    """The values of ``LO:HI:STEP``, or None if *item* is something else (a moment has one colon, or a date before it)."""
    parts = [number_and_unit(part) for part in item.split(":")]
    numbers = [part for part in parts if part and _of_range(part)]
    if not 2 <= len(parts) <= 3 or len(numbers) < len(parts) or item[:1] in _OPEN + "\"'" or _CLOCK.fullmatch(item):
        return None
    if len(parts) == 2:
        raise VaryError(f"{path}: LO:HI needs a step: LO:HI:STEP, got {printable(item)}")
    low, high, step, unit = _one_unit(numbers, item, path)
    said = printable(item)
    if not step:
        raise VaryError(f"{path}: expected a step other than 0 in LO:HI:STEP, got {said}")
    count = (high - low) // step
    if count < 0:
        raise VaryError(f"{path}: expected LO:HI:STEP with a step that leads from LO to HI, got {said}")
    if count >= MOST_VALUES:
        raise VaryError(f"{path}: expected at most {MOST_VALUES:,} values, got {said}")
    return [_written(low + k * step, unit) for k in range(int(count) + 1)]


def _of_range(part: Written) -> bool:
    """Whether a number may be an end of a range: a date goes on with a sign, and endless exponents take endless time."""
    return part.unit[:1] not in tuple(".,+-") and len(part.number.lower().partition("e")[2].lstrip("+-")) <= 3


def _one_unit(parts: list[Written], item: str, path: str) -> tuple[Fraction, Fraction, Fraction, str]:
    """LO, HI and STEP in one unit."""
    units = [part.unit for part in parts]
    named = sorted({unit for unit in units if unit})
    low, high, step = (Fraction(Decimal(part.number)) for part in parts)
    if len(named) <= 1:
        return low, high, step, named[0] if named else ""
    kinds = dimensions(named)
    if not kinds or not all(units):
        raise VaryError(f"{path}: expected one unit, or units of one kind on all three of LO:HI:STEP, got {printable(item)}")
    factors = [Fraction(UNITS[kinds[0]][unit]).limit_denominator(1_000_000) for unit in units]
    return low * factors[0] / factors[2], high * factors[1] / factors[2], step, units[2]


def _written(number: Fraction, unit: str) -> str:
    """A number as a file would have it, without an exponent where it is short."""
    if number.denominator == 1:
        text = str(number.numerator)
    else:
        exact = Decimal(number.numerator) / Decimal(number.denominator)
        text = f"{exact:f}".rstrip("0") if len(f"{exact:f}") <= 20 else f"{float(number):.12g}"
    return f"{text} {unit}" if unit and unit != "%" else text + unit

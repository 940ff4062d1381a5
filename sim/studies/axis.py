"""Axes: which values an entry of a scenario takes in turn, from ``--vary PATH=VALUES`` to numbers with a unit.

VALUES are separated by commas, each as ``--set`` would have it: ``4,8,16``, ``1 d,2 d``, ``{gamma: {mean: 12 d, cv: 0.6}},6 d``.
A comma inside brackets, braces or quotes separates nothing.  ``LO:HI:STEP`` stands for LO, LO + STEP, … up to HI, which is
included where a step meets it; a unit on one of the three serves all (``24:72:12 h``), several units are of one kind
(``12 h:3 d:12 h``) and the step's is used.  Steps are added as decimals, so that ``0.1:0.5:0.1`` is five values.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from sim.scenario.canonical import resolve_text
from sim.scenario.errors import Faults, Place, printable
from sim.scenario.number import BASE_UNITS, UNITS, Written, dimensions, number_and_unit, scalar
from sim.scenario.settings import Setting
from sim.studies.query import QueryError

HERE = Place("--vary")
"""Where an axis was written if nobody says it closer."""

MOST_VALUES = 100_000
"""Most values of one path."""

_CLOCK = re.compile(r"[0-9]{1,2}:[0-5][0-9]")
"""A time of day, which is no range without its step."""
_STEP = re.compile(r"([+-])\s*(\S.*)")
_OPEN, _CLOSE = "[{(", "]})"
_AS_IT_STANDS = re.compile(r"[A-Za-z0-9+./<>=_](?:[A-Za-z0-9 +./<>=_%-]|:(?=[^ ]))*(?<![ :])")
"""Text that YAML reads as it stands, inside brackets too."""


class VaryError(QueryError):
    """A ``PATH=VALUES`` that can't be read or that a scenario doesn't take; a line a fault that says what would be right."""


@dataclass(frozen=True)
class Axis:
    """A path and the values that it takes, as ``--set`` would have them."""

    path: str
    values: tuple[str, ...]
    numbers: tuple[float, ...] | None = None
    """The values in the base unit, where they are plain numbers of one kind; nan for one that isn't (and will be refused)."""
    unit: str = ""
    """Base unit of the numbers."""
    chooses: bool = False
    """Whether its values choose the scenario itself: a file, a provider or a threat."""
    origin: Place = field(default=HERE, compare=False, repr=False)
    """Where somebody wrote it: a fault in a value is told there."""
    own: tuple[tuple[Setting, ...], ...] = field(default=(), compare=False, repr=False)
    """The settings that make each value, where it isn't one number at the path: a distribution's mean, or a group's place."""

    @classmethod
    def of(cls, path: str, values: Sequence[str], dimension: str | None = None) -> Axis:
        """The axis of these texts with their numbers; *dimension* is that of the path, if it is known to be a quantity."""
        named = any(value[:1] in "{[" for value in values)  # a distribution is no number, and no mistake
        for kind in [] if named else [dimension] if dimension else _kinds(values):
            numbers = tuple(_number(value, kind) for value in values)
            if any(math.isfinite(x) for x in numbers) and (dimension or all(math.isfinite(x) for x in numbers)):
                return cls(path, tuple(values), numbers, BASE_UNITS[kind])
        return cls(path, tuple(values))

    def __str__(self) -> str:
        """``PATH=VALUES``, as a person would type it after ``--vary``."""
        return f"{self.path}={','.join(self.values)}"

    @property
    def name(self) -> str:
        """The path with its unit."""
        return f"{self.path} ({self.unit})" if self.unit else self.path

    @property
    def written(self) -> tuple[str, list[str]]:
        """The unit in which all numbers are written, and the values without it; no unit where they differ."""
        units = {text.partition(" ")[2] for text in self.values}
        if self.numbers is None or len(units) > 1:
            return "", list(self.values)
        return units.pop(), [text.partition(" ")[0] for text in self.values]

    @property
    def plain(self) -> bool:
        """Whether every value is a number."""
        return self.numbers is not None and all(map(math.isfinite, self.numbers))

    def settings(self, position: int) -> tuple[Setting, ...]:
        """The settings that give the path its value at *position*."""
        if self.own:
            return tuple(replace(one, origin=self.origin) for one in self.own[position])
        return (Setting(self.path, self.values[position], self.origin),)


Vary = str | Axis
"""``PATH=VALUES``, or the same that is read already."""


def _number(text: str, dimension: str) -> float:
    """The number that *text* is, in the base unit; nan if it is none."""
    try:
        return scalar(text, dimension)
    except ValueError:
        return math.nan


def _kinds(values: Sequence[str]) -> list[str]:
    """Dimensions that all values may have, judged by their units; bare numbers are of any."""
    units = {number.unit for v in values if (number := number_and_unit(v)) and number.unit}
    return dimensions(units) if units else ["factor"]


def axis_of(vary: Vary, number: int) -> Axis:
    """The axis of the ``--vary`` *number*, from 1, whether it is read already or not; raises :class:`VaryError`."""
    return vary if isinstance(vary, Axis) else parse_vary(vary, Place(f"{HERE.file} {number}"))


def parse_vary(text: str, origin: Place = HERE) -> Axis:
    """The axis that ``PATH=VALUES`` says, its values in the order given; raises :class:`VaryError`."""
    try:
        entry = Setting.parse(text, origin)
    except ValueError:
        example = "airport.gates.abbey.lanes=2,4,8 or …=2:10:2"
        raise VaryError(f'expected PATH=VALUES such as {example}, got "{printable(text)}"') from None
    try:
        return Axis(entry.path, tuple(parse_values(entry.value)), origin=origin)
    except ValueError as error:
        raise VaryError(f"{entry.path}: {error}") from None


def axes_of(values: Mapping[str, Iterable[Any]]) -> tuple[Axis, ...]:
    """The axes of a mapping of paths to values, which are texts or plain data."""
    entries = enumerate(values.items(), start=1)
    return tuple(Axis(path, tuple(map(as_text, some)), origin=Place(f"{HERE.file} {k}")) for k, (path, some) in entries)


class Step(NamedTuple):
    """A step that was asked for, ``PATH=+N``: a path with ``*`` for one part of it, a sign and an amount as text."""

    path: str
    sign: str
    amount: str
    place: Place

    @property
    def chooses(self) -> re.Pattern[str]:
        """What the paths that it is about match."""
        return re.compile(r"\.".join("[^.]+" if part == "*" else re.escape(part) for part in self.path.split(".")))


def parse_steps(texts: Sequence[str], faults: Faults) -> list[Step]:
    """``PATH=+N`` each; what can't be read goes to *faults*."""
    steps: dict[str, Step] = {}
    for k, text in enumerate(texts, start=1):
        path, _, value = text.partition("=")
        path, place = ".".join(part.strip() for part in path.split(".")), Place(f"--step {k}")
        match = _STEP.fullmatch(value.strip())
        if not all(path.split(".")) or not match:
            faults.add(place, (), f'expected PATH=+N such as hubs.*.beds=+500 or warning=+2 d, got "{printable(text)}"')
        elif path in steps:
            faults.add(place, (path,), "is there twice")
        else:
            steps[path] = Step(path, match[1], match[2], place)
    return list(steps.values())


def as_text(value: Any) -> str:
    """A plain value as ``--set`` would have it, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{as_text(str(key))}: {as_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_text, value)) + "]"
    if isinstance(value, str) and _AS_IT_STANDS.fullmatch(value) and resolve_text(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def parse_values(text: str) -> list[str]:
    """The values that *text* stands for; raises ValueError, which says what was expected."""
    values: list[str] = []
    for item in _items(text):
        if not item:
            raise ValueError(f'expected a value between commas, got "{printable(text)}"')
        values += _range(item) or [item]
        if len(values) > MOST_VALUES:
            raise ValueError(f"expected at most {MOST_VALUES:,} values")
    if twice := [value for value, many in Counter(values).items() if many > 1]:
        raise ValueError(f"{printable(twice[0])} is there twice")
    return values


def _items(text: str) -> list[str]:
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
                raise ValueError(f'"{c}" closes nothing in "{printable(text)}"')
        elif c == "," and not closing:
            items.append(text[start:k].strip())
            start = k + 1
        before = c if c.strip() else before
    if closing or quote:
        raise ValueError(f'expected "{closing[-1] if closing else quote}" before the end of "{printable(text)}"')
    return [*items, text[start:].strip()]


def _range(item: str) -> list[str] | None:
    """The values of ``LO:HI:STEP``, or None if *item* is something else (a moment has one colon, or a date before it)."""
    parts = [number_and_unit(part) for part in item.split(":")]
    numbers = [part for part in parts if part and _of_range(part)]
    if not 2 <= len(parts) <= 3 or len(numbers) < len(parts) or item[:1] in _OPEN + "\"'" or _CLOCK.fullmatch(item):
        return None
    if len(parts) == 2:
        raise ValueError(f"LO:HI needs a step: LO:HI:STEP, got {printable(item)}")
    low, high, step, unit = _one_unit(numbers, item)
    if not step:
        raise ValueError(f"expected a step other than 0 in LO:HI:STEP, got {printable(item)}")
    count = (high - low) // step
    if count < 0:
        raise ValueError(f"expected LO:HI:STEP with a step that leads from LO to HI, got {printable(item)}")
    if count >= MOST_VALUES:
        raise ValueError(f"expected at most {MOST_VALUES:,} values, got {printable(item)}")
    return [_written(low + k * step, unit) for k in range(int(count) + 1)]


def _of_range(part: Written) -> bool:
    """Whether a number may be an end of a range: a date goes on with a sign, and endless exponents take endless time."""
    return part.unit[:1] not in tuple(".,+-") and len(part.number.lower().partition("e")[2].lstrip("+-")) <= 3


def _one_unit(parts: list[Written], item: str) -> tuple[Fraction, Fraction, Fraction, str]:
    """LO, HI and STEP in one unit."""
    units = [part.unit for part in parts]
    named = sorted({unit for unit in units if unit})
    low, high, step = (Fraction(Decimal(part.number)) for part in parts)
    if len(named) <= 1:
        return low, high, step, named[0] if named else ""
    kinds = dimensions(named)
    if not kinds or not all(units):
        raise ValueError(f"expected one unit, or units of one kind on all three of LO:HI:STEP, got {printable(item)}")
    factors = [Fraction(UNITS[kinds[0]][unit]).limit_denominator(1_000_000) for unit in units]
    return low * factors[0] / factors[2], high * factors[1] / factors[2], step, units[2]


def _written(number: Fraction, unit: str) -> str:
    """A number as a file would have it, without an exponent where it is short."""
    text = str(number.numerator)
    if number.denominator > 1:
        exact = f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
        text = exact.rstrip("0") if len(exact) <= 20 else f"{float(number):.12g}"
    return f"{text} {unit}" if unit and unit != "%" else text + unit

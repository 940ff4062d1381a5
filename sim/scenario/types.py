"""The vocabulary of scenario files: units, distributions, moments, conditions, as pydantic types.

Each parser takes what YAML gave (number, text, list or mapping) and raises ``ValueError`` with one sentence,
*expected ..., got ...*; the loader adds the place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import core_schema

from sim.scenario.errors import Message, message_of, shown
from sim.scenario.number import Negative, scalar
from sim.scenario.parsing import (
    DISTRIBUTIONS,
    Misfit,
    is_multiple,
    is_quantity,
    one_line,
    parse_multiple,
    within,
)
from sim.scenario.parsing import parse_quantity as parse_quantity
from sim.scenario.quantity import Grade, Quantity, constant

NAME = r"^[a-z0-9-]{1,40}$"


class Section(BaseModel):
    """A mapping of the file: closed, frozen, and open to a source for everything in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    source: Text | None = None
    """Where the numbers of this section come from."""
    evidence: Grade | None = None
    """Grade of the numbers of this section that state none."""
    note: Text | None = None
    """A remark for people."""


def _name(text: str) -> str:
    if not re.fullmatch(NAME[1:-1], text):
        raise ValueError(Message("expected a name of a-z, 0-9 and '-' (1 to 40 characters)", shown(text)))
    return text


class Deferred(NamedTuple):
    """A value that is read when the schema gets to it."""

    read: Callable[[], Any]
    """Raises ValueError."""
    number: int
    """Its place in the order of the files."""


def _parsed_by(parse: Callable[[Any], Any], made: type | tuple[()] = ()) -> core_schema.CoreSchema:
    """The schema of a type that *parse* makes from what YAML gave; what is *made* already stays."""

    def value(raw: Any) -> Any:
        return raw.read() if isinstance(raw, Deferred) else raw if isinstance(raw, made) else parse(raw)

    return core_schema.no_info_plain_validator_function(value)


Text = Annotated[str, AfterValidator(one_line)]
Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": NAME})]


@dataclass(frozen=True)
class Dimension:
    """Pydantic annotation: a :class:`Quantity` of this dimension, or one of a few words."""

    name: str
    also: tuple[str, ...] = ()
    multiple: bool = False
    """Whether it may be so many times the number of another cohort."""

    def parse(self, raw: Any) -> Quantity | str:
        """The quantity or word; raises ValueError."""
        if isinstance(raw, str) and raw in self.also:
            return raw
        try:
            if self.multiple and is_multiple(raw):
                return parse_multiple(raw)
            return parse_quantity(raw, self.name)
        except ValueError as error:
            if not self.also or isinstance(error, Misfit):
                raise
            message = message_of(error)
            expected = message.expected.replace("expected ", f"expected {' or '.join(self.also)} or ", 1)
            raise ValueError(replace(message, expected=expected)) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return _parsed_by(self.parse)

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        form: dict[str, Any] = {"x-quantity": self.name}
        if self.multiple:
            return {"anyOf": [form, MULTIPLE_SCHEMA]}
        return {"anyOf": [{"enum": list(self.also)}, form]} if self.also else form


MULTIPLE_SCHEMA = {
    "type": "object",
    "properties": {
        "of": {"type": "string", "description": "The cohort of the same mission that this head count is a multiple of."},
        "times": {"type": "string", "description": "The ratio in ``ratios`` by which it is, without a unit."},
        "source": {"type": "string", "description": "Where it comes from that one is a multiple of the other."},
        "evidence": {"type": "string", "description": "How good that source is: measured, reported, estimated or assumed."},
        "note": {"type": "string", "description": "A remark for people."},
    },
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Refers:
    """Annotation of a name: that of something defined at *target*, or one of a few words; whoever defers it knows which."""

    target: str
    what: str
    also: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda raw: raw.read() if isinstance(raw, Deferred) else raw, handler(source)
        )


@dataclass(frozen=True)
class OneOrMore:
    """Annotation of a tuple: a file may write a single value without the list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        inner = handler(source)
        return core_schema.no_info_before_validator_function(lambda raw: raw if isinstance(raw, list | tuple) else (raw,), inner)

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        array = handler(schema)
        return {"anyOf": [array["items"], array]}


def not_empty(message: str) -> AfterValidator:
    """Annotation of a list that says nothing without entries: none would mean all, or nobody.  *message* says what to write."""

    def check(value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not value:
            raise ValueError(message)
        return value

    return AfterValidator(check)


def _whole(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != int(raw) or abs(raw) > 1_000_000:
        raise ValueError(Message("expected a whole number", shown(raw)))
    return int(raw)


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(Message("expected true or false", shown(raw)))
    return raw


def _tier(raw: Any) -> int | str:
    if raw == "never":
        return "never"
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != int(raw) or not 1 <= raw <= 1_000:
        raise ValueError(Message("expected a tier (1, 2, ...) or never", shown(raw)))
    return int(raw)


Level = Annotated[Name, Refers("threat.levels", "threat level")]
Tier = Annotated[
    int | Literal["never"],
    BeforeValidator(_tier),
    WithJsonSchema({"anyOf": [{"enum": ["never"]}, {"type": "integer", "minimum": 1}]}),
]
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]

Duration = Annotated[Quantity, Dimension("time")]
Headcount = Annotated[Quantity, Dimension("people")]
Staff = Annotated[Quantity, Dimension("people", multiple=True)]
"""A head count, or ``{of: COHORT, times: RATIO}``."""
Crowding = Annotated[Quantity, Dimension("people")]
Count = Annotated[Quantity, Dimension("count")]
Length = Annotated[Quantity, Dimension("length")]
Speed = Annotated[Quantity, Dimension("speed")]
FlowRate = Annotated[Quantity, Dimension("flow")]
Frequency = Annotated[Quantity, Dimension("frequency")]
Hazard = Annotated[Quantity, Dimension("frequency")]
PerPerson = Annotated[Quantity, Dimension("per-person")]
Factor = Annotated[Quantity, Dimension("factor")]
Probability = Annotated[Quantity, Dimension("share")]


class Parsed:
    """Base of value types that parse themselves from what YAML gave."""

    json_schema: ClassVar[dict[str, Any]] = {}

    @classmethod
    def parse(cls, raw: Any) -> Any:
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return _parsed_by(cls.parse, cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return cls.json_schema


_DATE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[T ]\s*(\d{1,2}:\d{2}(?::00)?))?", re.ASCII)


def _clock(text: str) -> int | None:
    """Minutes after midnight of ``HH:MM`` or ``HH:MM:00``; as in timetables 25:30 is 01:30 of the next day.  None: it is none."""
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)(?::00)?", text, re.ASCII)
    return int(match[1]) * 60 + int(match[2]) if match and int(match[1]) < 48 else None


@dataclass(frozen=True, slots=True)
class Date(Parsed):
    """A local date and time, to the minute."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "description": "local date and time, YYYY-MM-DD or YYYY-MM-DD HH:MM",
    }
    when: datetime

    @classmethod
    def parse(cls, raw: Any) -> Date:
        match = _DATE.fullmatch(raw.strip()) if isinstance(raw, str) else None
        if match and (clock := _clock(match[2] or "0:00")) is not None:
            with suppress(ValueError, OverflowError):
                return cls(datetime.strptime(match[1], "%Y-%m-%d") + timedelta(minutes=clock))
        raise ValueError(Message("expected a date such as 2021-08-15 or 2021-08-15 06:00", shown(raw)))

    def hours_after(self, start: Date) -> float:
        """Hours from *start* to this date (negative before it)."""
        seconds = (self.when - start.when).total_seconds()
        return seconds / 3600


@dataclass(frozen=True, slots=True)
class ClockTime(Parsed):
    """A time of day, in hours after midnight."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "string", "description": "time of day, HH:MM"}
    hour: float

    @classmethod
    def parse(cls, raw: Any) -> ClockTime:
        minutes = _clock(raw.strip()) if isinstance(raw, str) else None
        if minutes is None:
            raise ValueError(Message("expected a time of day such as 06:30", shown(raw)))
        if minutes > 24 * 60:
            minutes -= 24 * 60
        return cls(minutes // 60 + minutes % 60 / 60)


@dataclass(frozen=True, slots=True)
class DailyHours(Parsed):
    """A daily span in hours after midnight; it may pass midnight.  ``first == last`` is the whole day only as 0 to 24."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "string", "description": "daily span, HH:MM-HH:MM, always or never"}
    first: float
    last: float

    @classmethod
    def parse(cls, raw: Any) -> DailyHours:
        if raw == "always":
            return cls(0.0, 24.0)
        if raw == "never":
            return cls(0.0, 0.0)
        parts = raw.split("-") if isinstance(raw, str) else []
        if len(parts) != 2:
            raise ValueError(Message("expected a daily span such as 06:00-20:00, always or never", shown(raw)))
        first, last = (ClockTime.parse(part).hour for part in parts)
        if first == last and any((_clock(part.strip()) or 0) > 24 * 60 for part in parts):  # 02:00-26:00, which would be never
            raise ValueError(Message("expected a span of less than a day, or always", shown(raw)))
        return cls(first, last)

    @property
    def always(self) -> bool:
        """Whether it never ends."""
        return self.first == 0.0 and self.last == 24.0

    def contains(self, hour: float) -> bool:
        """Whether the time of day *hour* (0 ≤ hour < 24) lies in it."""
        if self.first <= self.last:
            return self.first <= hour < self.last
        return hour >= self.first or hour < self.last

    def next_change(self, clock_hour: float) -> float:
        """Hours from the time of day *clock_hour* until the span next begins or ends; infinite if it never does."""
        if self.always or self.first == self.last:
            return math.inf
        first, last = (self.first - clock_hour) % 24, (self.last - clock_hour) % 24
        return min(first if first > 1e-9 else 24.0, last if last > 1e-9 else 24.0)


class _Offset(float, Parsed):
    json_schema: ClassVar[dict[str, Any]] = {"type": ["string", "number"], "description": "hours ahead of UTC: +04:30 or 4.5"}

    @classmethod
    def parse(cls, raw: Any) -> _Offset:
        if isinstance(raw, int | float) and not isinstance(raw, bool) and -14 <= raw <= 14:
            return cls(raw)
        match = re.fullmatch(r"([+−-])(\d{1,2}):([0-5]\d)", raw.strip(), re.ASCII) if isinstance(raw, str) else None
        if not match or int(match[2]) * 60 + int(match[3]) > 14 * 60:
            raise ValueError(Message("expected hours ahead of UTC such as +04:30", shown(raw)))
        return cls((1 if match[1] == "+" else -1) * (int(match[2]) + int(match[3]) / 60))


Utc = _Offset


_NO_DELAY = constant(0)


@dataclass(frozen=True, slots=True)
class Moment(Parsed):
    """A moment: a date, or a delay after the start, after a threat level is first reached, or after the first order.

    ``after`` is ``"start"``, ``"ordered"`` or the name of a threat level; with a ``date`` the delay is zero.
    """

    json_schema: ClassVar[dict[str, Any]] = {
        "description": "start, a date, a time after the start, or a time after a level is first reached or after the first "
        "order: {LEVEL: time} or {ordered: time}",
    }
    date: Date | None = None
    after: str = "start"
    delay: Quantity = _NO_DELAY

    @staticmethod
    def is_fixed(raw: Any) -> bool:
        """Whether a file's moment is ``start`` or looks like a date, and so has no quantity in it."""
        return isinstance(raw, str) and (raw == "start" or re.match(r"\s*[0-9]{4}-[0-9]", raw) is not None)

    @classmethod
    def parse(cls, raw: Any) -> Moment:
        if cls.is_fixed(raw):
            return cls() if raw == "start" else cls(date=Date.parse(raw))
        if isinstance(raw, Mapping) and len(raw) == 1:
            key, value = next(iter(raw.items()))
            if key not in DISTRIBUTIONS and key != "value":
                with within(key):
                    return cls(after=_name(str(key)), delay=parse_quantity(value, "time"))
        if is_quantity(raw):
            return cls(delay=parse_quantity(raw, "time"))
        try:
            return cls(delay=parse_quantity(raw, "time"))
        except Negative:
            raise ValueError(
                Message(
                    "expected start, a date, a time ≥ 0, or {LEVEL: time}", f"{shown(raw)} (a moment before the start is a date)"
                )
            ) from None
        except ValueError:
            raise ValueError(Message("expected start, a date, a time, or {LEVEL: time}", shown(raw))) from None


class Condition(NamedTuple):
    """Something that may come to hold: see :func:`parse_condition`."""

    kind: str
    """``threat``, ``absent``, ``leaving``, ``gone`` or ``share``."""
    name: str = ""
    """A threat level or a mission."""
    share: float = 0.0

    @classmethod
    def parse(cls, raw: Any) -> Condition:
        """``threat >= LEVEL``, ``provider absent``, ``provider leaving``, ``gone MISSION`` or ``gone >= 50%``."""
        words = raw.split() if isinstance(raw, str) else []
        match words:
            case ["threat", ">=", level]:
                return cls("threat", _name(level))
            case ["provider", "absent"]:
                return cls("absent")
            case ["provider", "leaving"]:
                return cls("leaving")
            case ["gone", ">=", *share] if share:
                return cls("share", share=scalar(" ".join(share), "share"))
            case ["gone", mission]:
                return cls("gone", _name(mission))
        raise ValueError(
            "expected a condition: threat >= LEVEL, provider absent, provider leaving, gone MISSION or gone >= 50%, "
            f"got {shown(raw)}"
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return _parsed_by(cls.parse, cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "description": cls.parse.__doc__}


Section.model_rebuild()

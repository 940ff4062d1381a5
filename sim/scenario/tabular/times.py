"""Moments as people write them in tables, in UTC: ISO 8601 and its relatives, ``16/08/2021 19:35``, epoch seconds, serial dates.

Whether ``3/4/2021`` begins with the day or the month is decided by the other dates of the file; where none does, it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum

from sim.scenario.tabular.amounts import BLANKS
from sim.scenario.tabular.cells import Cell

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+−-]\d{1,2}(?::?\d\d)?)?"
_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:T|\s+){_CLOCK}{_ZONE}", re.ASCII | re.IGNORECASE)
_PARTS = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second_part>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}),?\s+{_CLOCK}{_ZONE}",
    re.ASCII | re.IGNORECASE,
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d{1,9})?", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d{1,15})?", re.ASCII)
_SERIAL_ZERO = datetime(1899, 12, 30)
"""Day 0 of serial dates, counted so that those from March 1900 on are right (the 29 February 1900 that there was not)."""


class DayOrder(Enum):
    """What stands first in dates such as ``3/4/2021``."""

    DAY = "day"
    MONTH = "month"
    UNKNOWN = ""
    """No date of the file decides, or two of them differ."""


def order_of(cells: Iterable[Cell]) -> DayOrder:
    """What stands first in the dates of a file, by those with a number above 12."""
    orders = set()
    for cell in cells:
        parts = _PARTS.fullmatch(_tidy(cell.text))
        if parts and parts["mark"] != ".":
            first, second = int(parts["first"]), int(parts["second_part"])
            orders |= ({DayOrder.DAY} if first > 12 else set()) | ({DayOrder.MONTH} if second > 12 else set())
    return orders.pop() if len(orders) == 1 else DayOrder.UNKNOWN


def _tidy(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, BLANKS), " ")).strip()


def moment(cell: Cell, order: DayOrder) -> datetime | None:
    """The moment in a cell, in UTC without zone (which is taken where none is written); None if there is none, or two.

    Raises:
        OverflowError: for a moment out of the calendar.
    """
    if isinstance(cell.typed, datetime):
        return cell.typed
    text = _tidy(cell.text)
    try:
        if isinstance(cell.typed, float) or is_serial(cell):
            return _of_serial(float(text.replace(",", ".")) if cell.typed is None else float(str(cell.typed)))
        if _EPOCH.fullmatch(text):
            whole = text.partition(".")[0]
            seconds = float(text) / (1000 if len(whole) == 13 else 1)
            return datetime.fromtimestamp(0, UTC).replace(tzinfo=None) + timedelta(seconds=seconds)
        return _written(text, order)
    except ValueError:
        return None


def is_serial(cell: Cell) -> bool:
    """Whether a cell of text holds a day number as spreadsheets count them, of 1954 to 2173."""
    return cell.typed is None and bool(_SERIAL.fullmatch(_tidy(cell.text))) and cell.text >= "2"


def _of_serial(days: float) -> datetime | None:
    if not 20_000 <= days < 100_000:
        return None
    return _SERIAL_ZERO + timedelta(seconds=round(days * 86_400))  # a day number holds no more than the second


def _written(text: str, order: DayOrder) -> datetime | None:
    if match := _ISO.fullmatch(text):
        return _utc(match, int(match["month"]), int(match["day"]))
    if (match := _PARTS.fullmatch(text)) is None:
        return None
    first, second = int(match["first"]), int(match["second_part"])
    if match["mark"] == "." or first == second:
        return _utc(match, second, first)
    if order is DayOrder.UNKNOWN:
        return None
    day, month = (first, second) if order is DayOrder.DAY else (second, first)
    return _utc(match, month, day)


def _utc(match: re.Match[str], month: int, day: int) -> datetime:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    fraction = int((match["fraction"] or "0").ljust(6, "0")[:6])
    days, hour = (
        divmod(hour, 24) if hour < 48 else (0, hour)
    )  # timetables count on after midnight: 25:30 is 01:30 of the next day
    when = datetime(int(match["year"]), month, day, hour, minute, second, fraction)
    return (when + timedelta(days=days)).replace(tzinfo=_zone(match["zone"])).astimezone(UTC).replace(tzinfo=None)


def _zone(text: str | None) -> timezone:
    if text is None or text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if minutes > 59 or hours > 14:
        raise ValueError("no offset of a time zone")
    return timezone((-1 if text[0] in "-−" else 1) * timedelta(hours=hours, minutes=minutes))


def either(cell: Cell) -> tuple[str, str] | None:
    """The two dates that a cell such as ``3/4/2021 10:00`` may mean, as they should be written; None if it isn't one."""
    match = _PARTS.fullmatch(_tidy(cell.text))
    if match is None or match["mark"] == ".":
        return None
    first, second, year = int(match["first"]), int(match["second_part"]), match["year"]
    if not (1 <= first <= 12 and 1 <= second <= 12):
        return None
    return f"{year}-{second:02}-{first:02}", f"{year}-{first:02}-{second:02}"

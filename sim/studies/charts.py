"""Charts of studies that the page draws itself, in the place of their pictures: plain JSON, of few kinds.

A study that has some gives them in ``charts.py``: ``charts(summary)``, by the names of the pictures in whose place they are; an
answer that knows more than its summary keeps them in :attr:`~sim.studies.engine.Answer.charts`.  A *figure* has one message, a
key of what its colours stand for, and panels of one of these kinds:

``lines``   points ``[x, value, low, high, text]`` of each series, joined, with the band of their intervals
``bars``    rows of bars from zero with intervals
``heat``    cells in shades, with what stands in them
``dots``    rows of dots with intervals and the range of nine in ten outcomes

Numbers are in base units.  ``null`` is no number, ``"never"`` an infinite one, which is drawn beyond all others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sim.analysis.words import count, duration, share
from sim.present.described import sentences
from sim.scenario.number import rounded

Json = dict[str, Any]
Key = Literal["line", "bar", "dot"]
NEVER = "never"
TOLD = 8
"""Points of a line that are said in words; of more only the first and the last."""
MARKS = 2_000
"""Points, bars or cells of a figure at the most: a picture of more is smaller than what draws it."""
WRITE: Mapping[str, Callable[[float], str]] = {"people": count, "h": duration, "": share}
"""Values of a unit in words."""


class Axis(NamedTuple):
    """What runs along an axis of lines.  *values*: where it has a label, and that; without any the numbers are its labels."""

    label: str
    values: Sequence[tuple[float, str]] = ()
    unit: str | None = None
    """Of the numbers: that of a measure."""
    most: float | None = None
    never: str = ""
    """What stands where infinite values are."""
    falls: bool = False
    """Whether it runs from the most to the least."""

    def json(self) -> Json:
        """As the page has it."""
        made = self._asdict() | {"values": [list(one) for one in self.values]}
        return {key: value for key, value in made.items() if value not in (None, "", [], False)} | {"label": self.label}


class Point(NamedTuple):
    """One point of a line, with its 95 % interval and what is said of it."""

    x: float
    value: float | None
    low: float | None = None
    high: float | None = None
    text: str = ""

    def json(self) -> list[Any]:
        """As the page has it."""
        return [self.x, *map(number, (self.value, self.low, self.high)), self.text]


class Bar(NamedTuple):
    """One bar with its 95 % interval: *text* stands beside it, *says* is told of it; without a value *text* is all there is."""

    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    says: str = ""
    sure: bool = True
    """Whether it can be told from nothing."""
    worse: bool = False


class Row(NamedTuple):
    """Bars of one thing, one for each series; None: there is none."""

    label: str
    bars: Sequence[Bar | None]
    sure: bool = True
    floor: float | None = None
    """Below which it may be noise."""


class Cell(NamedTuple):
    """A cell of a heat map: *shade* 1 to 5, 0 for one colour of all; ``never`` and ``none`` are patterns."""

    x: int
    y: int
    shade: int | str
    text: str
    says: str
    ring: bool = False


def figure(title: str, note: str, panels: Sequence[Json], names: Sequence[str] = (), key: Key = "line", about: str = "") -> Json:
    """A message and what shows it.  *names*: what the series stand for, *about*: what they are values of."""
    return {"title": title, "note": note, "names": list(names), "key": key, "about": about, "panels": list(panels)}


def number(x: float | None) -> float | str | None:
    """A number as JSON has it."""
    return None if x is None or math.isnan(x) else NEVER if math.isinf(x) else float(x)


def between(text: str, low: float | None, high: float | None, write: Callable[[float], str]) -> str:
    """A value in words with its interval, where it has one."""
    known = low is not None and high is not None and not (math.isnan(low) or math.isnan(high))
    return f"{text} ({write(low)} to {write(high)})" if known and low is not None and high is not None else text


def lines(
    title: str,
    x: Axis,
    y: Axis,
    series: Sequence[tuple[int, str, Sequence[Point]]],
    *,
    levels: Sequence[tuple[float, str]] = (),
    marks: Sequence[Json] = (),
    joined: bool = True,
) -> Json:
    """Lines with the bands of their intervals; *series*: look, name and points of each.

    *levels*: lines across, each with its words; *marks*: points that stand out, as :func:`mark` gives them; not *joined*: points
    alone.
    """
    some = [{"look": look, "name": name, "points": [p.json() for p in points]} for look, name, points in series]
    panel = {"kind": "lines", "title": title, "x": x.json(), "y": y.json(), "series": some, "joined": joined}
    words = "; ".join(_line_words(name, points, x) for _, name, points in series)
    told = [f"{mark['says']}" for mark in marks if mark["says"]]
    said = ". ".join(part for part in (words, *(text for _, text in levels), *told) if part)
    where = f"{y.label or title} against {x.label}"
    return panel | {"levels": [list(one) for one in levels], "marks": list(marks), "words": f"{where}: {said}."}


def mark(
    x: float, y: float, look: int, text: str = "", ends: tuple[float, float] | None = None, says: str = "", ring: bool = False
) -> Json:
    """A point that stands out: a dot with an interval along the line, or a ring."""
    low, high = ends or (None, None)
    return {"x": x, "y": y, "look": look, "text": text, "low": low, "high": high, "says": says, "ring": ring}


def _line_words(name: str, points: Sequence[Point], x: Axis) -> str:
    known = [p for p in points if p.value is not None]
    some = known if len(known) <= TOLD else [known[0], known[-1]]
    texts = dict(x.values)
    each = ", ".join(f"{p.text} at {texts.get(p.x, rounded(p.x, 4))}" for p in some)
    return f"{name}: {each}" if name and each else each


def bars(
    title: str, unit: str, axis: str, rows: Sequence[Row], names: Sequence[str] = (), ends: tuple[float, float] | None = None,
    *, plain: bool = False,
) -> Json:  # fmt: skip
    """Rows of bars from zero.  *unit*: ``h``, ``people``, ``points`` or nothing for shares; *ends*: of the axis, if given;
    *plain*: no changes, but values, which have no sign."""
    made = [{**row._asdict(), "bars": [None if bar is None else bar._asdict() for bar in row.bars]} for row in rows]
    told = []
    for row in rows:
        each = [_bar_words(bar, names[k] if len(names) > 1 else "") for k, bar in enumerate(row.bars) if bar is not None]
        told.append(f"{row.label}: {', '.join(each)}")
    panel = {
        "kind": "bars",
        "title": title,
        "unit": unit,
        "axis": axis,
        "rows": made,
        "ends": ends and list(ends),
        "plain": plain,
    }
    return panel | {"words": f"{axis}. {'; '.join(told)}."}


def _bar_words(bar: Bar, name: str) -> str:
    return " ".join(part for part in (name, bar.says or bar.text, "" if bar.sure else "(may be nothing)") if part)


def heat(
    title: str, across: tuple[str, Sequence[str]], up: tuple[str, Sequence[str]], cells: Sequence[Cell],
    key: Sequence[tuple[int, str]], words: str, what: str,
) -> Json:  # fmt: skip
    """Cells in shades; *across*, *up*: what the axes are called and their values; *key*: what shades of *what* stand for."""
    axes = {name: {"label": label, "values": list(values)} for name, (label, values) in (("across", across), ("up", up))}
    panel = {"kind": "heat", "title": title, **axes, "cells": [list(cell) for cell in cells]}
    return panel | {"key": [list(one) for one in key], "what": what, "words": words}


def dots(
    headline: str, unit: str, series: Sequence[str], rows: Sequence[Json], last: float | None = None, title: str = ""
) -> Json:
    """Rows with a mark for each series: ``[value, low, high, least, most, text]``, a value with its 95 % interval and nine of
    ten outcomes, and what stands beside it; without a value one more may say where that is, ``never`` at the edge."""
    told = []
    for row in rows:
        names = series or [""] * len(row["marks"])
        each = [f"{name} {one[5]}".strip() for name, one in zip(names, row["marks"], strict=True) if one is not None]
        told += [f"{row['label']}: {', '.join(each)}"] if each else []
    words = f"{headline} {'. '.join(told)}."
    return {"kind": "dots", "title": title, "unit": unit, "rows": list(rows), "last": last, "words": words}


def drawable(figures: Mapping[str, Json]) -> dict[str, Json]:
    """Those that a browser draws quickly; of the others the picture stays."""
    return {name: one for name, one in figures.items() if sum(map(_marks, one["panels"])) <= MARKS}


def _marks(panel: Json) -> int:
    parts: Iterable[Any] = [each["points"] for each in panel.get("series", ())]
    parts = [*parts, *(row.get("bars", row.get("marks", ())) for row in panel.get("rows", ())), panel.get("cells", ())]
    return sum(map(len, parts))


def described(one: Mapping[str, Any]) -> str:
    """What a figure shows, in words."""
    return " ".join([sentences(one["title"], one["note"]), *(panel["words"] for panel in one["panels"])])

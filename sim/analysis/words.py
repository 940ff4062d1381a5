"""How a number is said: the same words in the sentence, the tables and the pictures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sim.analysis.found import Entry, Some, Summary
from sim.analysis.paired import Differences

TOTAL, TOGETHER = "total", "all together"
"""All missions, in addresses and settings, and in text."""
CAUSE_TEXT = {
    "order": "waiting for the order",
    "readiness": "waiting for the rest of the mission",
    "vehicle": "lack of vehicles",
    "permission": "permission to pass",
    "crowd": "the crowd at the gates",
    "search": "search at the gates",
    "consular": "the consular check",
    "holding": "a full holding area",
    "seats": "lack of seats",
    "stand": "lack of aircraft stands",
    "runway": "the runway",
    "service": "a missing airfield service",
    "headcount": "too few soldiers for the lanes",
    "closure": "closures",
    "hub": "full hubs",
}
"""Cause -> as the subject of a sentence."""
STATE_TEXT = {
    **CAUSE_TEXT,
    "before": "the time before anything began",
    "deciding": "deciding",
    "doing_ready": "getting ready",
    "doing_road": "driving",
    "doing_search": "being searched",
    "doing_consular": "being checked",
    "doing_board": "boarding",
    "doing_fly": "taking off",
    "given_up": "the time after giving up",
}
"""All that hours go into -> as the subject of a sentence."""
_HELD = {
    "order": "waiting for the order",
    "readiness": "waiting for the rest of the mission",
    "before": "not asked to go yet",
    "deciding": "waiting for a decision to go",
    "doing_ready": "still getting ready",
    "doing_road": "on the road",
    "doing_search": "being searched",
    "doing_consular": "being checked",
    "doing_board": "boarding",
    "doing_fly": "taking off",
    "given_up": "turned back until they gave up",
}
_AWAITED = {"order": "the order", "readiness": "the rest of the mission"}


def held_text(state: str) -> str:
    """What somebody was who was held by it: ``on the road``, ``held by lack of seats``, ``waiting for the order``."""
    return _HELD.get(state) or f"held by {cause_text(state)}"


def waited_for(cause: str) -> str:
    """What one waits for: ``lack of seats``, ``the order``."""
    return _AWAITED.get(cause) or cause_text(cause)


def limit_text(limit: str) -> str:
    """What sets a bound in words: a cause of waiting, or getting ready, for which nobody waits."""
    return "getting ready" if limit == "readiness" else cause_text(limit)


def state_text(state: str) -> str:
    """What hours went into, in words; an unknown one as it is."""
    return STATE_TEXT.get(state, state)


def cause_text(cause: str) -> str:
    """A cause in words; an unknown one as it is."""
    return CAUSE_TEXT.get(cause, cause)


LONG_H = 72
"""Hours from which on a time is said in days."""


def unit_for(hours: Iterable[float | None]) -> str:
    """The one unit of like numbers: days where the longest of the finite ones is three of them or more, else hours."""
    return "d" if max((abs(h) for h in hours if h is not None and math.isfinite(h)), default=0.0) >= LONG_H else "h"


def duration(hours: float, unit: str | None = None) -> str:
    """``45 min``, ``34 h`` below three days, then ``4.8 d``; or in *unit* ``h`` or ``d``, as like numbers are."""
    sign, size = ("-" if hours < 0 else ""), abs(hours)
    if unit is not None:
        return f"{sign}{_in_unit(size / 24 if unit == 'd' else size, unit)} {unit}"
    if round(size * 60) < 60 and size > 0:
        return f"{sign}{size * 60:.0f} min"
    number, unit = (size, "h") if size < LONG_H else (size / 24, "d")
    decimal = round(number, 1) != round(number) and (unit == "d" or size < 10)
    return f"{sign}{number:.{int(decimal)}f} {unit}"


def spoken(hours: float, unit: str | None) -> str:
    """As :func:`duration`, for a sentence: ``5 d`` where a column has ``5.0 d``."""
    return duration(hours, unit).replace(".0 ", " ")


def _in_unit(size: float, unit: str) -> str:
    """A decimal, of days and of few hours; what that would make none has as many as it needs for one digit."""
    if 0 < size < 0.05:
        return f"{size:.{min(1 - math.floor(math.log10(size)) - 1, 4)}f}"
    if unit == "h" and (size >= 10 or round(size, 1) == round(size)):
        return f"{size:,.0f}"
    return f"{size:,.1f}" if size else "0"


def share(p: float) -> str:
    """A share in per cent that never rounds to 0 % or 100 % unless it is."""
    if 0 < p <= 0.005:  # half a per cent, one replication of 200, would be rounded to none
        return "< 1 %"
    if 0.995 <= p < 1:
        return "> 99 %"
    return f"{100 * p:.0f} %"


def count(x: float) -> str:
    """A number of people: whole from ten on, a decimal below, never 0 unless nobody."""
    if x == 0 or abs(x) >= 10 or x == int(x):
        return f"{x:,.0f}"
    return f"{x:,.1f}" if abs(x) >= 0.05 else ("< 0.1" if x > 0 else "> -0.1")


def people(x: float) -> str:
    """``1 person``, ``1,204 people``."""
    return "1 person" if x == 1 else f"{count(x)} people"


def are(x: float) -> str:
    """The verb after so many people."""
    return "is" if x == 1 else "are"


def named(names: Sequence[str], most: int = 3, what: str = "mission") -> str:
    """``north, south and 2 more missions``."""
    rest = len(names) - most
    more = f" and {rest} more {what}{'s' if rest > 1 else ''}" if rest > 0 else ""
    return ", ".join(names[:most]) + more


class Titled(Protocol):
    """A mission's entry."""

    @property
    def title(self) -> str | None:
        """None of one that has none."""


class OfMissions(Protocol):
    """A summary or differences."""

    @property
    def missions(self) -> Mapping[str, Titled]:
        """By name."""


def never_ordered(entry: Entry, titles: Mapping[str, str] | None = None) -> str:
    """``380 of 460 people are never ordered out: north``, of everybody's entry of a summary; nothing where all are ordered.

    They are said beside every claim that all are out, since none of them is.  *titles*: of missions, by name.
    """
    many = entry.never_ordered.people or 0.0
    if not many:
        return ""
    text = f"{count(many)} of {people(round(entry.staff or 0))} {are(many)} never ordered out"
    return _on_average(entry.never_ordered, text, titles or {})


def out_before(entry: Entry, titles: Mapping[str, str] | None = None) -> str:
    """``380 of 460 people to be moved had gone before the start: north``, of everybody's entry; nothing where nobody had."""
    many = entry.out_before.people or 0.0
    if not many:
        return ""
    text = f"{count(round(many, 1))} of {people(round(entry.to_move or 0))} to be moved had gone before the start"
    return _on_average(entry.out_before, text, titles or {})


def _on_average(some: Some, text: str, titles: Mapping[str, str]) -> str:
    """*text* on people in *some* replications of a summary, with their missions; it is exact where it is so in every one."""
    always = some.share == 1 and some.people == round(some.people or 0)
    missions = named([titles.get(name, name) for name in some.missions or ()])
    return f"{text if always else f'on average {text}'}{f': {missions}' if missions else ''}"


def not_among_all(many: float) -> str:
    """``up to 380 people are not among all that are out: nobody orders them out``."""
    return f"up to {people(many)} {are(many)} not among all that are out: nobody orders them out"


def more_missions(n: int) -> str:
    """``1 more mission``, ``2 more missions``."""
    return f"{n} more mission{'s' if n != 1 else ''}"


def scope_name(scope: str) -> str:
    """A mission, or all of them, as the subject of a sentence or the heading of a row."""
    return TOGETHER if scope == TOTAL else scope


def short_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """Name -> title without what stands in parentheses at its end; whole, or with its name, where two would be the same."""
    short = {name: title.partition(" (")[0].strip() or title for name, title in titles.items()}
    for longer in (titles, {name: f"{title} ({name})" for name, title in titles.items()}):
        many = Counter(short.values())
        short = {name: longer[name] if many[text] > 1 else text for name, text in short.items()}
    return short


def answer_unit(summary: Summary) -> str:
    """The unit of all times of a summary that stand in its sentence and in its table."""
    entries = [*summary.missions.values(), summary.total]
    return unit_for(hours for entry in entries for hours in (entry.p50_h, entry.p90_h, entry.ordered_h))


def mission_titles(summary: OfMissions) -> dict[str, str]:
    """Mission -> what it is called in text, of a summary or differences: its title, shortened, or its name without one."""
    return short_titles({name: entry.title or name for name, entry in summary.missions.items()})


def scenario_labels(scenarios: Sequence[tuple[str, str]]) -> list[str]:
    """What tells scenarios apart, given name and title of each: titles without the words all of them begin or end with.

    The names where titles are the same; of one scenario alone its title.
    """
    titles = [title.split() for _, title in scenarios]
    if len({tuple(words) for words in titles}) < len(titles) or not all(titles):
        return [name for name, _ in scenarios]
    if len(titles) > 1:
        while all(len(words) > 1 for words in titles) and len({words[-1] for words in titles}) == 1:
            titles = [words[:-1] for words in titles]
        while all(len(words) > 1 for words in titles) and len({words[0] for words in titles}) == 1:
            titles = [words[1:] for words in titles]
    return [" ".join(words).rstrip(",;:") for words in titles]


def sides(difference: Differences) -> tuple[str, str]:
    """What the base and the other scenario of differences are called, by :func:`scenario_labels`."""
    known = [(difference.base, difference.base_title), (difference.other, difference.other_title)]
    base, other = scenario_labels(known)
    return base, other

"""How a number is said: the same words in the sentence, the tables and the pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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


def duration(hours: float, unit: str | None = None) -> str:
    """``45 min``, ``34 h`` below three days, then ``4.8 d``; or in *unit* ``h`` or ``d``, for a column of like numbers."""
    sign, size = ("-" if hours < 0 else ""), abs(hours)
    if unit == "d" and size >= 1.2:
        return f"{sign}{size / 24:.1f} d"
    if unit == "h" and size >= 10:
        return f"{sign}{size:,.0f} h"
    if round(size * 60) < 60 and size > 0:
        return f"{sign}{size * 60:.0f} min"
    number, unit = (size, "h") if size < 72 else (size / 24, "d")
    decimal = round(number, 1) != round(number) and (unit == "d" or size < 10)
    return f"{sign}{number:.{int(decimal)}f} {unit}"


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


def named(names: Sequence[str], most: int = 3, what: str = "mission") -> str:
    """``north, south and 2 more missions``."""
    rest = len(names) - most
    more = f" and {rest} more {what}{'s' if rest > 1 else ''}" if rest > 0 else ""
    return ", ".join(names[:most]) + more


def never_ordered(entry: Mapping[str, Any]) -> str:
    """``380 of 460 people are never ordered out: north``, of everybody's entry of a summary; nothing where all are ordered.

    They are said beside every claim that all are out, since none of them is.
    """
    never = entry.get("never_ordered") or {}
    many = never.get("people") or 0.0
    if not many:
        return ""
    text = f"{count(many)} of {people(round(entry['staff']))} {'is' if many == 1 else 'are'} never ordered out"
    return _on_average(never, text)


def out_before(entry: Mapping[str, Any]) -> str:
    """``380 of 460 people to be moved had gone before the start: north``, of everybody's entry; nothing where nobody had."""
    before = entry.get("out_before") or {}
    many = before.get("people") or 0.0
    if not many:
        return ""
    text = f"{count(round(many, 1))} of {people(round(entry['to_move']))} to be moved had gone before the start"
    return _on_average(before, text)


def _on_average(some: Mapping[str, Any], text: str) -> str:
    """*text* on people in *some* replications of a summary, with their missions; it is exact where it is so in every one."""
    always = some["share"] == 1 and some["people"] == round(some["people"])
    missions = named(some.get("missions", ()))
    return f"{text if always else f'on average {text}'}{f': {missions}' if missions else ''}"


def not_among_all(many: float) -> str:
    """``up to 380 people are not among all that are out: nobody orders them out``."""
    return f"up to {people(many)} {'is' if many == 1 else 'are'} not among all that are out: nobody orders them out"


def more_missions(n: int) -> str:
    """``1 more mission``, ``2 more missions``."""
    return f"{n} more mission{'s' if n != 1 else ''}"


def scope_name(scope: str) -> str:
    """A mission, or all of them, as the subject of a sentence or the heading of a row."""
    return TOGETHER if scope == TOTAL else scope

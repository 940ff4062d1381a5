"""Events in words: what, to whom, and what else, for people; nothing is read back from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from sim.model.event import EVENTS, TROOPS, Event, flight_of
from sim.model.names import counted


class Said(NamedTuple):
    """A line about one event, or about the seats of one flight."""

    time_h: float
    what: str
    subject: str
    detail: str


_SECURITY = frozenset(list(EVENTS)[list(EVENTS).index("in charge") : list(EVENTS).index("ordered out")])
_SUBJECTS = {"host collapses": ("host", "collapses"), "airport lost": ("airport", "lost")}
_OTHERS = {
    "crowd breaks through": ("crowd", "breaks onto the runway"),
    "runway cleared": ("crowd", "runway cleared"),
    "guards begin to leave": ("guards", "begin to leave"),
    "closure ends": (None, "ends"),
    "incident ends": (None, "ends"),
    "flight turns back": (None, "turns back"),
}
"""Subject, None for that of the event, and what is said of it."""
_SEATS = ("boards", "out", "at the hub")
_GATES = ("gate opens", "gate closes", "gate stops", "gate lets in")
_ENDS = {"out": "everyone is out", "gave_up": "everyone is out or has given up", "lost": "the airport is lost"}
_BARE = ("over the airport", "take-off roll begins", "searched", "eligibility check begins")
"""Nothing more is said of them."""


def said(log: Iterable[Event]) -> Iterator[Said]:
    """The lines of a log.

    Those who sit in one aircraft are one line, and an aircraft that need not wait for a stand is cleared without a word before.
    """
    log = list(log)
    at_once = {(e.time_h, flight_of(e)) for e in log if e.event == "cleared to land"}
    log = [e for e in log if e.event != "over the airport" or (e.time_h, flight_of(e)) not in at_once]
    for (event, _, _), some in groupby(log, key=lambda e: (e.event, e.time_h, flight_of(e) if e.event in _SEATS else id(e))):
        events = list(some)
        yield _seats(events) if event in _SEATS else _line(events[0])


def _line(e: Event) -> Said:
    if e.event == "threat":
        return Said(e.time_h, "threat", "capital", e.level or "")
    if e.event == "end":
        return Said(e.time_h, "end", "replication", _ENDS.get(e.cause or "", e.cause or ""))
    if e.event in _SECURITY:
        subject, detail = _SUBJECTS.get(e.event, (e.name or "", e.event))
        return Said(e.time_h, "security", subject, f"{detail} {e.people}" if detail == "headcount" else detail)
    if e.event == "lanes manned":
        return Said(e.time_h, "lanes", "gates", f"{'all' if e.lanes is None else e.lanes} manned")
    if e.event in _GATES:
        return Said(e.time_h, "gate", e.gate or "", _of_gate(e))
    if e.group is not None:
        return Said(e.time_h, e.event, f"{e.mission}/{e.cohort}/{e.group}", _of_group(e))
    if e.event in ("over the airport", "cleared to land", "on stand", "take-off roll begins"):
        return Said(e.time_h, e.event, _sortie(e), _stand(e) if e.event != "take-off roll begins" else "")
    return Said(e.time_h, "event", *_other(e))


def _sortie(e: Event) -> str:
    return f"{e.fleet}/{e.aircraft} sortie {e.sortie}"


def _stand(e: Event) -> str:
    return f"stand {e.stand}" if e.stand else ""


def _of_gate(e: Event) -> str:
    verb = e.event.removeprefix("gate ")
    if e.stops:
        return f"{verb} {e.stops.replace(' ', ', ')}" + (f": {e.cause}" if e.cause else "")
    if e.cause:
        return f"{verb}: {e.cause}"
    return verb if e.lanes is None else f"{verb}, {e.lanes} lane{'' if e.lanes == 1 else 's'}"


def _of_group(e: Event) -> str:
    if e.event in _BARE:
        return ""
    if e.event == "search begins":
        return e.gate or ""
    if e.event == "changes line":
        return e.gate or f"in front of all gates, for {e.cause}"
    people = counted(e.people or 0)
    if e.event == "departs" and e.by:
        return f"{people} {'alone' if e.by == 'alone' else f'by {e.by}'}"
    return f"{people} to {e.hub}" if e.hub else people


def _seats(events: list[Event]) -> Said:
    """One line for all who sit in an aircraft: by mission as they board, then how many."""
    first = events[0]
    troops = sum(e.people or 0 for e in events if e.name == TROOPS)
    if first.event == "boards":
        load: dict[str, int] = {}
        for e in events:
            if e.mission is not None:
                load[e.mission] = load.get(e.mission, 0) + (e.people or 0)
        parts = [f"{n} {mission}" for mission, n in sorted(load.items())] + ([f"{troops} troops"] if troops else [])
        detail = ", ".join(parts) or "nobody"
    else:
        people = sum(e.people or 0 for e in events if e.name != TROOPS)
        parts = ([counted(people)] if people or not troops else []) + ([f"{troops} troops"] if troops else [])
        detail = " and ".join(parts) + (f" to {first.hub}" if first.hub and first.event == "out" else "")
        detail += f" at {first.hub}" if first.event == "at the hub" else ""
    return Said(first.time_h, first.event, _sortie(first), detail)


def _other(e: Event) -> tuple[str, str]:
    """Subject and detail of what else happens."""
    subject = e.name or e.hub or e.mission or ""
    if e.fleet is not None:
        subject = f"{e.fleet}/{e.aircraft}"
    if e.event in _OTHERS:
        other, detail = _OTHERS[e.event]
        return other or subject, detail
    match e.event:
        case "ordered out":
            return f"{e.mission}/{e.cohort}", f"ordered out, {counted(e.people or 0)}{_because(e)}"
        case "out before the start":
            return subject, f"out before the start, {counted(e.people or 0)}"
        case "closure begins":
            return subject, f"closes {e.closes}"
        case "incident begins":
            return subject, "begins" if e.hours is None else f"begins, for {e.hours:.1f} h"
        case "lands":
            return subject, f"lands with {e.people} troops" if e.people else "lands with cargo"
    return subject, e.event


def _because(e: Event) -> str:
    """What led to an order, and how long before it."""
    if e.cause is None:
        return ""
    decided = f"; decided {e.hours:.1f} h after that" if e.hours else ""
    return f" ({e.cause}{decided})"

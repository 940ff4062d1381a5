"""One replication as an event log, made from its moments after the run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from sim.model.mission import Cohort
from sim.model.names import counted
from sim.model.world import World
from sim.scenario.causes import condition_text
from sim.scenario.types import Condition

_ENDS = {"out": "everyone is out", "gave_up": "everyone is out or has given up", "lost": "the airport is lost"}


class Event(NamedTuple):
    """One line of the log."""

    time_h: float
    what: str
    subject: str
    detail: str
    cause: str = ""
    """Of an order: what led to it, in words."""


def _groups(w: World) -> list[Event]:
    events = []
    for c in w.run.groups:
        name = f"{c.cohort.mission.plan.name}/{c.cohort.plan.name}/{c.number}"
        people = counted(c.people)
        gates = w.gates.gates
        searched = 0 <= c.gate < len(gates)
        checked = w.gates.checks and not c.direct and c.cohort.consular_factor != 0
        for what, at, detail in (
            ("ready", c.ready, people),
            ("departs", c.depart, people),
            ("gives up", c.gave_up, people),
            ("at the airport", math.inf if c.direct else c.arrive, people),
            ("out by helicopter", c.arrive if c.direct else math.inf, people),
            ("search begins", c.search if searched else math.inf, gates[c.gate].name if searched else ""),
            ("searched", c.searched if searched else math.inf, ""),
            ("eligibility check begins", c.consular if checked else math.inf, ""),
            ("inside", math.inf if c.direct else c.inside, people),
        ):
            if math.isfinite(at):
                events.append(Event(at, what, name, detail))
    return events


def _flights(w: World) -> list[Event]:
    events = []
    loaded = (a.record for a in w.lift.loaded if a.record is not None)
    for f in (*w.lift.flights, *loaded):
        name = f"{f.name} sortie {f.sortie + 1}"
        who: dict[str, int] = {}
        for group, k in f.portions:
            mission = group.cohort.mission.plan.name
            who[mission] = who.get(mission, 0) + k
        load = [f"{n} {m}" for m, n in sorted(who.items())] + ([f"{f.troops} troops"] if f.troops else [])
        for what, at, detail in (
            ("on stand", f.lands, ""),
            ("boards", f.board, ", ".join(load) or "nobody"),
            ("take-off roll begins", f.rolls, ""),
            ("out", f.off, counted(f.people) + (f" to {f.hub}" if f.hub else "")),
        ):
            if math.isfinite(at):
                events.append(Event(at, what, name, detail))
    return events


def _cause(w: World, ordered: Cohort | None) -> str:
    """What led to the order of a cohort, and how long before it; nothing of anything else."""
    if ordered is None:
        return ""
    cause, titles = ordered.cause, {name: one.title or name for name, one in w.plan.scenario.missions.items()}
    if cause is None:
        text = "as in the base"
    elif isinstance(cause, str):
        text = "its reaction, since no foreign force is at the airport"
    elif isinstance(cause, Condition):
        text = condition_text(cause, titles)
    else:
        text = {"start": "its time has come", "ordered": "so long after the first order"}.get(
            cause.after, f"so long after {cause.after} is reached"
        )
    hours = ordered.ordered - ordered.triggered
    return f"{text}; decided {hours:.1f} h after that" if hours > 0 else text


def of_mission(log: Iterable[Event], mission: str) -> list[Event]:
    """What a log says of a mission: its own events, flights with its people on board, the threat, who secures, and the end."""
    log = list(log)
    flights = {e.subject for e in log if e.what == "boards" and mission in _aboard(e.detail)}
    return [e for e in log if e.what in SHARED or e.subject in flights or e.subject.partition("/")[0] == mission]


SHARED = ("threat", "security", "end")
"""Events that matter to all missions."""


def _aboard(load: str) -> list[str]:
    return [part.partition(" ")[2] for part in load.split(", ")]


def events(w: World) -> list[Event]:
    """Everything that happened, in order of time (then of stage, as listed here)."""
    log = [Event(t, "threat", "capital", w.threat.plan.levels[k]) for t, k in w.threat.log]
    log += [Event(t, "security", who, what) for t, who, what in w.security.log]
    log += [Event(t, "event", who, what, _cause(w, w.run.orders.get(k))) for k, (t, who, what) in enumerate(w.run.notes)]
    log += _groups(w) + _flights(w)
    log.append(
        Event(
            w.clock.now,
            "end",
            "replication",
            _ENDS.get(w.clock.end_reason, "horizon"),
        )
    )
    return [e for _, e in sorted(enumerate(log), key=lambda p: (p[1].time_h, p[0]))]

"""One replication as an event log, made from its moments after the run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sim.model.world import World


class Event(NamedTuple):
    """One line of the log."""

    time_h: float
    what: str
    subject: str
    detail: str


def _groups(w: World) -> list[Event]:
    events = []
    for c in w.chalks:
        name = f"{c.cohort.mission.plan.name}/{c.cohort.plan.name}/{c.i}"
        people = f"{c.n} people"
        gates = w.gates.gates
        gate = gates[c.gate].name if 0 <= c.gate < len(gates) else "inner door"
        for what, at, detail in (
            ("ready", c.ready, people),
            ("departs", c.depart, people),
            ("at the airport", c.arrive, people),
            ("search begins", c.search, gate if c.gate >= 0 else ""),
            ("searched", c.searched, ""),
            ("eligibility check begins", c.consular, ""),
            ("inside", c.inside, people),
        ):
            if math.isfinite(at):
                events.append(Event(at, what, name, detail))
    return events


def _flights(w: World) -> list[Event]:
    events = []
    for f in w.lift.flights:
        name = f"{f.name} sortie {f.sortie + 1}"
        who: dict[str, int] = {}
        for chalk, k in f.portions:
            mission = chalk.cohort.mission.plan.name
            who[mission] = who.get(mission, 0) + k
        load = ", ".join(f"{n} {m}" for m, n in sorted(who.items())) or "nobody"
        if f.troops:
            load += f", {f.troops} troops"
        events.append(Event(f.lands, "on stand", name, ""))
        events.append(Event(f.board, "boards", name, load))
        events.append(Event(f.rolls, "take-off roll begins", name, ""))
        events.append(Event(f.off, "out", name, f"{f.people} people" + (f" to {f.hub}" if f.hub else "")))
    return events


def events(w: World) -> list[Event]:
    """Everything that happened, in order of time (then of stage, as listed here)."""
    log = [Event(t, "threat", "capital", w.threat.plan.levels[k]) for t, k in w.threat.log]
    log += [Event(t, "security", who, what) for t, who, what in w.security.log]
    log += [Event(t, "event", who, what) for t, who, what in w.notes]
    log += _groups(w) + _flights(w)
    log.append(
        Event(
            w.clock.now,
            "end",
            "replication",
            {"out": "everyone is out", "lost": "the airport is lost"}.get(w.clock.end_reason, "horizon"),
        )
    )
    return [e for _, e in sorted(enumerate(log), key=lambda p: (p[1].time_h, p[0]))]

"""One replication as an event log, made from its moments after the run."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.model.world import World

_ENDS = {"out": "everyone is out", "gave_up": "everyone is out or has given up", "lost": "the airport is lost"}


class Event(NamedTuple):
    """One line of the log."""

    time_h: float
    what: str
    subject: str
    detail: str


def _groups(w: World) -> list[Event]:
    events = []
    for c in w.run.groups:
        name = f"{c.cohort.mission.plan.name}/{c.cohort.plan.name}/{c.number}"
        people = f"{c.people} people"
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
            ("out", f.off, f"{f.people} people" + (f" to {f.hub}" if f.hub else "")),
        ):
            if math.isfinite(at):
                events.append(Event(at, what, name, detail))
    return events


def events(w: World) -> list[Event]:
    """Everything that happened, in order of time (then of stage, as listed here)."""
    log = [Event(t, "threat", "capital", w.threat.plan.levels[k]) for t, k in w.threat.log]
    log += [Event(t, "security", who, what) for t, who, what in w.security.log]
    log += [Event(t, "event", who, what) for t, who, what in w.run.notes]
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

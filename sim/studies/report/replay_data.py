"""Movements as compact JSON for the page: whole numbers, times in ticks, columns of differences.

A tick is a part of an hour.  Times are rounded up to the next one, so that whoever is somewhere by a full hour is there in both.
Groups that do the same at the same ticks are one; a coarser tick thus makes a smaller page, and hour by hour the same people.
-1 stands for never.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.analysis.naming import word
from sim.model.movements import FlightMove, GroupMove, Movements

Json = dict[str, Any]
NEVER = -1
TICKS = (100, 20, 10, 4, 2, 1)
"""Ticks an hour, the finest first."""


@dataclass(frozen=True)
class Ticks:
    """How times are written."""

    per_hour: int
    end: float

    def of(self, hours: float) -> int:
        """The tick at or after a time up to the end; NEVER of a later one."""
        return math.ceil(hours * self.per_hour) if hours <= self.end else NEVER

    def later(self, hours: float) -> int:
        """The same of what may lie after the end, such as an arrival abroad."""
        return math.ceil(hours * self.per_hour) if math.isfinite(hours) else NEVER


class _Kind(NamedTuple):
    """What many groups have in common: places in the lists of cohorts, modes, gates and hubs (-1: none)."""

    cohort: int
    mode: int
    gate: int
    direct: int
    hub: int


class _Way(NamedTuple):
    """What a group does, in ticks."""

    ready: int
    departs: int
    arrives: int
    search: int
    inside: int
    gave_up: int
    kind: _Kind
    lines: tuple[tuple[int, int, int], ...]
    """(gate, from, to) of lines that it left."""
    drives: tuple[tuple[int, int, int], ...]
    """(from, to, whether in vain) of ways by road, where one was in vain."""


def compact(m: Movements, per_hour: int) -> Json:
    """One replication, at so many ticks an hour."""
    ticks = Ticks(per_hour, m.end)
    fleets = sorted({f.fleet for f in m.flights} | {d.fleet for d in m.diversions})
    return {
        "ticks": per_hour,
        "end": ticks.of(m.end),
        "reason": m.end_reason,
        "fall": ticks.of(m.fall),
        "lost": ticks.of(m.lost),
        "lift": m.lift,
        "cohorts": [[m.missions.index(c.mission), ticks.of(c.ordered), c.ungrouped, c.staying, c.out_before] for c in m.cohorts],
        "groups": _groups(m, ticks),
        "fleets": [word(fleet) for fleet in fleets],
        "flights": _flights(m, ticks, fleets),
        "diverted": [[ticks.of(d.time), fleets.index(d.fleet)] for d in m.diversions],
        "gates": [[ticks.of(s.time), _index(m.gates, s.gate), s.closed, [who for who, _ in s.stops]] for s in m.gate_states],
        "lanes": [[ticks.of(s.time), _number(min(s.lanes, sum(g.number for g in m.gates)))] for s in m.manned],
        "closures": [
            [d.name, d.cause, list(d.closes), list(d.stops), ticks.of(d.begins), ticks.of(d.ends)] for d in m.disruptions
        ],
        "levels": [[ticks.of(s.time), s.level] for s in m.levels],
        "secured": [
            [ticks.of(s.time), s.force, int(s.manned), _number(s.headcount), int(s.host), list(s.services), int(s.night)]
            for s in _changes(m)
        ],
        "crowd": _differences(_crowd(m)),
        "lanes_at": [_number(g.number) for g in m.gates],
        "stands": _number(sum(s.number for s in m.stands)) if m.stands else NEVER,
        "holding": _number(m.holding),
        "beds": [_number(h.number) for h in m.hubs],
    }


def _changes(m: Movements) -> Iterable[Any]:
    """Who secures, where more changes than the headcount, or that by a twentieth."""
    shown: Any = None
    for s in m.secured:
        same = shown is not None and s._replace(time=0, headcount=0) == shown._replace(time=0, headcount=0)
        if same and abs(s.headcount - shown.headcount) < 0.05 * max(s.headcount, 1.0):
            continue
        shown = s
        yield s


# -- groups --------------------------------------------------------------------------------------------------------------


def _groups(m: Movements, ticks: Ticks) -> Json:
    cohorts = {(c.mission, c.cohort): k for k, c in enumerate(m.cohorts)}
    modes = sorted({g.mode for g in m.groups})
    people: dict[_Way, int] = {}
    for g in m.groups:
        kind = _Kind(
            cohorts[g.mission, g.cohort], modes.index(g.mode), _index(m.gates, g.gate), int(g.direct), _index(m.hubs, g.hub)
        )
        way = _way(g, kind, m, ticks)
        people[way] = people.get(way, 0) + g.people
    ways = sorted(people)
    kinds = sorted({way.kind for way in ways})
    place = {kind: k for k, kind in enumerate(kinds)}
    return {
        "kinds": [list(kind) for kind in kinds],
        "modes": modes,
        "kind": [place[way.kind] for way in ways],
        "people": [people[way] for way in ways],
        "ready": _differences([way.ready for way in ways]),
        "departs": [_after(way.ready, way.departs) for way in ways],
        "arrives": [_after(way.departs, way.arrives) for way in ways],
        "search": [_after(way.arrives, way.search) for way in ways],
        "inside": [_after(way.search, way.inside) for way in ways],
        "gave_up": [[k, way.gave_up] for k, way in enumerate(ways) if way.gave_up != NEVER],
        "lines": [[k, *line] for k, way in enumerate(ways) for line in way.lines],
        "drives": [[k, *drive] for k, way in enumerate(ways) for drive in way.drives],
    }


def _way(g: GroupMove, kind: _Kind, m: Movements, ticks: Ticks) -> _Way:
    turned_back = any(d.turned_back for d in g.drives)
    return _Way(
        ready=ticks.of(g.ready),
        departs=ticks.of(g.departs),
        arrives=ticks.of(g.arrives),
        search=ticks.of(g.search),
        inside=ticks.of(g.inside),
        gave_up=ticks.of(g.gave_up),
        kind=kind,
        lines=tuple((_index(m.gates, x.gate), ticks.of(x.begins), ticks.of(x.ends)) for x in g.lines),
        drives=tuple((ticks.of(d.begins), ticks.later(d.ends), int(d.turned_back)) for d in g.drives) if turned_back else (),
    )


def _index(sites: Sequence[Any], name: str) -> int:
    return next((k for k, site in enumerate(sites) if site.name == name), NEVER)


# -- flights -------------------------------------------------------------------------------------------------------------


def _flights(m: Movements, ticks: Ticks, fleets: Sequence[str]) -> list[list[Any]]:
    """A row each: fleet, sortie, over the airport, stand held, lands, boards, rolls, off, hub, at the hub, people, troops, and
    whether it brought these; then mission, people of each mission.  Each time but the first is in ticks since the one before.
    """
    rows = []
    for f in sorted(m.flights, key=lambda f: f.stand_given):
        stages = [ticks.of(t) for t in (f.requested, f.stand_given, f.lands, f.boards, f.rolls, f.off)]
        steps = [stages[0], *(_after(a, b) for a, b in zip(_known(stages), stages[1:], strict=False))]
        arrives = _after(stages[-1], ticks.later(f.arrives))
        own = [fleets.index(f.fleet), f.sortie, *steps, _index(m.hubs, f.hub), arrives, f.people, f.troops, int(f.brings)]
        rows.append([*own, *_portions(m, f)])
    return rows


def _known(stages: Sequence[int]) -> Iterable[int]:
    """For each stage the last time that is known up to it: one that brought troops never boards."""
    last = NEVER
    for stage in stages:
        last = max(last, stage)
        yield last


def _portions(m: Movements, f: FlightMove) -> list[int]:
    by_mission: dict[str, int] = {}
    for p in f.portions:
        by_mission[p.mission] = by_mission.get(p.mission, 0) + p.people
    return [n for mission, people in by_mission.items() for n in (m.missions.index(mission), people)]


# -- numbers -------------------------------------------------------------------------------------------------------------


def _after(before: int, tick: int) -> int:
    """Ticks from one moment to the next."""
    return NEVER if tick == NEVER else tick - max(before, 0)


def _differences(values: Sequence[int]) -> list[int]:
    return [b - a for a, b in zip((0, *values), values, strict=False)]


def _number(x: float) -> int | float:
    """A number that JSON can hold: NEVER stands for no limit."""
    return NEVER if math.isinf(x) else int(x) if x == int(x) else round(x, 2)


def _crowd(m: Movements) -> list[int]:
    """People outside at each full hour."""
    hours, k = [], 0
    for hour in range(math.ceil(m.end) + 1) if m.crowd else ():
        while k + 1 < len(m.crowd) and m.crowd[k + 1].time <= hour:
            k += 1
        hours.append(round(m.crowd[k].at(max(hour, m.crowd[k].time))))
    return hours

"""From what moved in one replication to the rows of a schedule; nobody is in two of them, and nobody in none.

Times are hours from the start; infinite: not before the end of the replication.

- Everybody who left is in one departure as somebody whose last trip it is: with the missions' people who never left, who stay and
  who were out before the start these add up to the staff.
- Everybody who flew is in one sortie.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sim.model.movements import FlightMove, GroupMove, Movements, StageCounts
from sim.model.names import STAGES

INF = math.inf
NEVER_LEFT = ("mission", "readying", "transport")
"""Stages of people who have not left, and are not those who stay."""
SLOT_H = 1.0
"""A mission whose next group is searched so much later has another slot at that gate."""


class Departure(NamedTuple):
    """A convoy, a helicopter or a group by itself that left: one trip."""

    mission: str
    cohorts: tuple[str, ...]
    way: str
    """``convoy``, ``road``, ``alone``, or the name of a shuttle."""
    vehicles: str
    """Pools of its vehicles; empty: none is needed."""
    loads: int
    """Vehicle loads: groups that travel together."""
    people: int
    leaves_h: float
    arrives_h: float
    """At the airport, or at home again; with a helicopter out at the hub."""
    gates: tuple[str, ...]
    """Where they are searched or stand in line."""
    first_inside_h: float
    inside_h: float
    """The last of those who get inside, of this trip."""
    inside: int
    """People of this trip who get inside."""
    hub: str
    """Of a helicopter out."""
    turned_back: bool
    last_trip: int
    """People whose last trip it is."""


class Slot(NamedTuple):
    """A mission at a gate, without a longer pause."""

    gate: str
    mission: str
    begins_h: float
    """The first of it is searched."""
    ends_h: float
    """The last of it has been searched."""
    groups: int
    people: int
    waiting_since_h: float
    """The first of it is at the airport."""


class Sortie(NamedTuple):
    """An aircraft on its stand, and where it went."""

    fleet: str
    aircraft: str
    operator: str
    sortie: int
    approach_h: float
    stand_h: float
    boards_h: float
    loaded_h: float
    off_h: float
    hub: str
    hub_h: float
    seats: int
    people: int
    troops: int
    brings: bool
    """Whether it brought a force and left empty."""
    loads: tuple[tuple[str, int], ...]
    """Mission and people, the most first."""


class MissionMoves(NamedTuple):
    """A mission from its order to its last group."""

    mission: str
    staff: int
    staying: int
    out_before: int
    to_move: int
    """Without those who stay, who were out before, or whom nobody asks to go while the capital stands."""
    out: int
    """Of those to be moved."""
    ordered_h: float
    first_leaves_h: float
    last_leaves_h: float
    """The last departure that takes place."""
    last_inside_h: float
    """The last group that gets inside."""
    last_out_h: float
    """The last people who get out."""
    all_inside_h: float
    all_out_h: float
    last_group: str
    """Cohort and number of whoever gets out last; empty: nobody does."""
    last_people: int
    at_the_end: tuple[int, ...]
    """People by stage, in the order of :data:`~sim.model.names.STAGES`; those who were out before are among ``out``."""

    def ended(self, stage: str) -> int:
        """People in a stage at the end."""
        return self.at_the_end[STAGES.index(stage)]

    @property
    def never_left(self) -> int:
        """People who are at the mission at the end, beside those who stay and those who were turned back."""
        return sum(self.ended(stage) for stage in NEVER_LEFT)


class Moves(NamedTuple):
    """The schedule of one replication."""

    departures: tuple[Departure, ...]
    """In order of leaving."""
    slots: tuple[Slot, ...]
    sorties: tuple[Sortie, ...]
    missions: tuple[MissionMoves, ...]
    """The largest first, by people to be moved."""
    left_behind: int
    end_h: float


def moves_of(m: Movements) -> Moves:
    """The schedule of one replication."""
    missions = sorted(_missions(m), key=lambda row: (-row.to_move, -row.staff, row.mission))
    return Moves(
        tuple(sorted(_departures(m), key=lambda d: (d.leaves_h, d.mission, d.way, d.cohorts))),
        tuple(sorted(_slots(m), key=lambda s: (s.begins_h, s.gate, s.mission))),
        tuple(sorted(map(_sortie, m.flights), key=lambda s: (s.stand_h, s.aircraft, s.sortie))),
        tuple(missions),
        sum(row.to_move - row.out for row in missions),
        m.end,
    )


# -- departures -------------------------------------------------------------------------------------------------------


class _Trip(NamedTuple):
    """What tells departures apart."""

    mission: str
    way: str
    leaves: float
    arrives: float
    turned_back: bool
    convoy: int
    """Its place among the convoys; -1 of a group by itself."""


def _departures(m: Movements) -> Iterator[Departure]:
    """Groups of one mission that leave and arrive together, by the same way, are one departure."""
    trips: dict[_Trip, list[tuple[GroupMove, bool]]] = {}
    for g in m.groups:
        for trip, last in _trips(g):
            trips.setdefault(trip, []).append((g, last))
    for trip, some in trips.items():
        groups = [g for g, _ in some]
        through = [g for g in groups if g.inside < INF and not trip.turned_back]
        together = trip.convoy >= 0 and trip.way == "road" and len(groups) > 1
        yield Departure(
            trip.mission,
            tuple(sorted({g.cohort for g in groups})),
            "convoy" if together else trip.way,
            ", ".join(sorted({g.vehicles for g in groups if g.vehicles})),
            len(groups),
            sum(g.people for g in groups),
            trip.leaves,
            trip.arrives if trip.arrives <= m.end else INF,
            tuple(sorted({g.gate for g in groups if g.gate and not trip.turned_back})),
            min((g.inside for g in through), default=INF),
            max((g.inside for g in through), default=INF),
            sum(g.people for g in through),
            groups[0].hub,
            trip.turned_back,
            sum(g.people for g, last in some if last),
        )


def _trips(g: GroupMove) -> Iterator[tuple[_Trip, bool]]:
    """Every trip of a group, and whether it is its last."""
    for k, drive in enumerate(g.drives, start=1):
        trip = _Trip(g.mission, g.mode, drive.begins, drive.ends, drive.turned_back, drive.convoy)
        yield trip, k == len(g.drives)
    if not g.drives and g.departs < INF:
        yield _Trip(g.mission, g.mode, g.departs, g.arrives, g.gave_up < INF, -1), True


# -- gates ------------------------------------------------------------------------------------------------------------


def _slots(m: Movements) -> Iterator[Slot]:
    """Groups of a mission that are searched at a gate one soon after the other are one slot."""
    known: dict[tuple[str, str], list[GroupMove]] = {}
    for g in m.groups:
        if g.gate and g.search < INF:
            known.setdefault((g.gate, g.mission), []).append(g)
    for (gate, mission), groups in known.items():
        groups.sort(key=lambda g: (g.search, g.cohort, g.number))
        some: list[GroupMove] = []
        until = -INF
        for g in groups:
            if some and g.search > until + SLOT_H:
                yield _slot(gate, mission, some)
                some, until = [], -INF
            some.append(g)
            until = max(until, g.searched)
        yield _slot(gate, mission, some)


def _slot(gate: str, mission: str, groups: Sequence[GroupMove]) -> Slot:
    first, people = min(g.arrives for g in groups), sum(g.people for g in groups)
    return Slot(gate, mission, groups[0].search, max(g.searched for g in groups), len(groups), people, first)


# -- aircraft ---------------------------------------------------------------------------------------------------------


def _sortie(f: FlightMove) -> Sortie:
    loads: dict[str, int] = {}
    for portion in f.portions:
        loads[portion.mission] = loads.get(portion.mission, 0) + portion.people
    return Sortie(
        f.fleet,
        f.aircraft,
        f.operator,
        f.sortie,
        f.approach,
        f.lands,
        f.boards,
        f.loaded,
        f.off,
        f.hub,
        f.arrives,
        f.seats,
        f.people,
        f.troops,
        f.brings,
        tuple(sorted(loads.items(), key=lambda load: (-load[1], load[0]))),
    )


# -- missions ---------------------------------------------------------------------------------------------------------


class _Exit(NamedTuple):
    """People of a group who get out."""

    time: float
    group: str
    people: int


def _missions(m: Movements) -> Iterator[MissionMoves]:
    counts = StageCounts(m).at(m.end)
    groups: dict[str, list[GroupMove]] = {name: [] for name in m.missions}
    for g in m.groups:
        groups[g.mission].append(g)
    exits = _exits(m)
    for name in m.missions:
        yield _mission(name, m, groups[name], exits.get(name, []), tuple(counts[name][stage] for stage in STAGES))


def _exits(m: Movements) -> dict[str, list[_Exit]]:
    """Who gets out when, by mission, in order of time."""
    exits: dict[str, list[_Exit]] = {}
    for g in m.groups:
        if g.inside < INF and (g.direct or not m.lift):
            exits.setdefault(g.mission, []).append(_Exit(g.inside, f"{g.cohort}/{g.number}", g.people))
    for f in m.flights:
        for p in f.portions if f.off <= m.end else ():
            name = f"{p.cohort}/{m.groups[p.group].number}"
            exits.setdefault(p.mission, []).append(_Exit(f.off, name, p.people))
    return {mission: sorted(some) for mission, some in exits.items()}


def _mission(
    name: str, m: Movements, groups: Sequence[GroupMove], exits: Sequence[_Exit], at_the_end: tuple[int, ...]
) -> MissionMoves:
    cohorts = [c for c in m.cohorts if c.mission == name]
    staff, staying = sum(c.staff for c in cohorts), sum(c.staying for c in cohorts)
    before = sum(c.out_before for c in cohorts)
    unasked = sum(c.staff - c.staying - c.out_before for c in cohorts if c.ordered == INF and m.fall == INF)
    to_move, out = staff - staying - before - unasked, sum(e.people for e in exits)
    left = [trip.leaves for g in groups for trip, _ in _trips(g)]
    inside = [g.inside for g in groups if g.inside < INF]
    all_inside = sum(g.people for g in groups if g.inside < INF) == to_move
    last = exits[-1] if exits else _Exit(INF, "", 0)
    return MissionMoves(
        name,
        staff,
        staying,
        before,
        to_move,
        out,
        min((c.ordered for c in cohorts if not c.out_before), default=INF),
        min(left, default=INF),
        max(left, default=INF),
        max(inside, default=INF),
        last.time,
        max(inside, default=INF) if all_inside else INF,
        last.time if out == to_move else INF,
        last.group,
        last.people,
        at_the_end,
    )

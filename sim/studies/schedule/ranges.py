"""The same moments over all replications: how they are read of one, and their ranges; never counts as never."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.analysis.statistics import order_statistic
from sim.experiment.blocks import Block
from sim.experiment.work import Engine
from sim.model import compile_scenario
from sim.model.replication import movements
from sim.studies.schedule.rows import INF, Moves, moves_of

MISSION = ("ordered_h", "first_leaves_h", "last_leaves_h", "last_inside_h", "last_out_h", "all_inside_h", "all_out_h")
"""Moments of a mission; infinite: never, not a number: it has nobody to move."""
FLEET = ("first_stand_h", "last_off_h", "sorties", "people")
"""Of a fleet: its first aircraft on a stand, its last one off, sorties that left with people, and the people on them."""
QUANTILES = (("p10", 0.1), ("median", 0.5), ("p90", 0.9))
Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Moved:
    """One replication as the tables that its worker hands in."""

    missions: Columns
    fleets: Columns
    replication: Columns


def read(plan: Any, seed: int, replication: int) -> Moved:
    """Simulates a replication and reads the moments of its schedule."""
    moves = moves_of(movements(plan, seed, replication))
    missions: Columns = {name: [] for name in ("mission", *MISSION)}
    for row in moves.missions:
        missions["mission"].append(row.mission)
        for name in MISSION:
            missions[name].append(_moment(row.to_move, row.out_before, getattr(row, name)))
    return Moved(missions, _fleets(moves), {"left_behind": [moves.left_behind]})


ENGINE = Engine(compile_scenario, read, (("missions", "missions"), ("fleets", "fleets"), ("replications", "replication")))


def _moment(to_move: int, before: int, hours: float) -> float:
    """A moment of a mission; 0 where all of it were out before the start, none where nobody of it is to be moved."""
    return hours if to_move else 0.0 if before else math.nan


def _fleets(moves: Moves) -> Columns:
    columns: Columns = {name: [] for name in ("fleet", *FLEET)}
    fleets: dict[str, list[Any]] = {}
    for sortie in moves.sorties:
        fleets.setdefault(sortie.fleet, []).append(sortie)
    for fleet, sorties in fleets.items():
        off = [s.off_h for s in sorties if s.off_h <= moves.end_h]
        flown = [s for s in sorties if s.people and s.off_h <= moves.end_h]
        row = (min(s.stand_h for s in sorties), max(off, default=INF), len(flown), sum(s.people for s in flown))
        columns["fleet"].append(fleet)
        for name, value in zip(FLEET, row, strict=True):
            columns[name].append(float(value))
    return columns


class Read(NamedTuple):
    """What is kept of a replication."""

    left_behind: int
    missions: dict[str, tuple[float, ...]]
    """By mission, in the order of :data:`MISSION`."""
    fleets: dict[str, tuple[float, ...]]
    """By fleet, in the order of :data:`FLEET`; one that isn't there did nothing."""

    @classmethod
    def of(cls, value: Sequence[Any]) -> Read:
        """From plain data, as a spool has it."""
        left, missions, fleets = value
        return cls(int(left), *({name: tuple(row) for name, row in some.items()} for some in (missions, fleets)))


def reads_of(block: Block) -> dict[int, Read]:
    """What a worker handed in, by replication."""
    if not block.replications:  # all of them failed
        return {}
    reads = {k: Read(left, {}, {}) for k, left in block.frame("replications").select("replication", "left_behind").iter_rows()}
    for k, name, *values in block.frame("missions").select("replication", "mission", *MISSION).iter_rows():
        reads[k].missions[name] = tuple(values)
    fleets = block.frame("fleets")
    for k, name, *values in fleets.select("replication", "fleet", *FLEET).iter_rows() if fleets.width > 1 else ():
        reads[k].fleets[name] = tuple(values)
    return reads


@dataclass(frozen=True, slots=True)
class Spread:
    """A moment or a number over the replications that have one; None: never."""

    of: int
    """Replications that have it, with never."""
    never: int
    p10: float | None
    median: float | None
    p90: float | None


def spread(values: Iterable[float]) -> Spread | None:
    """Of values in which infinite is never and nan is none; None where there is no other."""
    known = [x for x in values if not math.isnan(x)]
    if not known:
        return None
    ends = [order_statistic(known, p) for _, p in QUANTILES]
    return Spread(len(known), sum(map(math.isinf, known)), *(x if math.isfinite(x) else None for x in ends))


def spreads(reads: Mapping[int, Read], kind: str) -> dict[str, dict[str, Spread]]:
    """Mission or fleet → what → its spread over the replications; *kind* is ``missions`` or ``fleets``."""
    names, what = (MISSION, True) if kind == "missions" else (FLEET, False)
    known = list(dict.fromkeys(name for k in sorted(reads) for name in getattr(reads[k], kind)))
    absent = tuple(math.nan if what else INF if name.endswith("_h") else 0.0 for name in names)
    result: dict[str, dict[str, Spread]] = {}
    for each in known:
        rows = [getattr(read, kind).get(each, absent) for read in reads.values()]
        found = {name: spread(row[at] for row in rows) for at, name in enumerate(names)}
        result[each] = {name: one for name, one in found.items() if one is not None}
    return {each: some for each, some in result.items() if some}


def nearest_to_median(left: Mapping[int, float]) -> int:
    """The replication whose people left behind are the nearest to the median of all; of several the lowest number."""
    values = sorted(left.values())
    half = len(values) // 2
    median = values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
    return min(left, key=lambda k: (abs(left[k] - median), k))

"""``schedule``: one replication as what crews are told, and the same moments over all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.analysis.as_json import as_json
from sim.experiment.blocks import Failure
from sim.experiment.files import StoreError
from sim.experiment.identity import source_digest
from sim.experiment.jobs import drive
from sim.experiment.run import jobs_for
from sim.experiment.spool import Spool
from sim.experiment.store import Store
from sim.experiment.work import Job, Piece
from sim.model import compile_scenario
from sim.model.replication import movements
from sim.scenario import Loaded
from sim.studies.engine import FAILED, Answer, Session, StudyRunner
from sim.studies.mission import mission_of
from sim.studies.schedule.as_json import Clock, mission_json, rows_json, tables
from sim.studies.schedule.found import Scheduled, ScheduledFleet, ScheduledGate, ScheduledMission
from sim.studies.schedule.ranges import ENGINE, Read, Spread, nearest_to_median, reads_of, spreads
from sim.studies.schedule.rows import Moves, moves_of
from sim.studies.schedule.words import EXAMPLE, headline

if TYPE_CHECKING:
    import polars as pl

    from sim.studies.schedule.query import ScheduleQuery

Json = dict[str, Any]
CODE = ("scenario", "model", "studies/schedule")
"""What the moments of a replication come from."""


@dataclass(frozen=True)
class Schedule(Answer):
    """Who moves when with what."""

    found: Scheduled = field(kw_only=True, repr=False)
    """The answer as typed values."""
    moves: Moves = field(kw_only=True, repr=False)
    """The replication that is shown, as typed rows."""
    clock: Clock = field(kw_only=True, repr=False)
    mission: str | None = None
    """The mission to which what is shown is narrowed."""

    @property
    def headlines(self) -> list[str]:
        return [str(self.summary["headline"]), EXAMPLE]

    def as_json(self) -> Json:
        """The summary with all rows; of one mission where it is narrowed."""
        moves = self.moves if self.mission is None else of_mission(self.moves, self.mission)
        rows = rows_json(moves, self.clock)
        missions = {name: self.summary["missions"][name] for name in rows["missions"]}
        return {**self.summary, **rows, "missions": missions}

    def unfinished(self) -> list[str]:
        lines = [f"replication {f.replication} failed ({f.stage}): {f.message}" for f in self.found.failures[:5]]
        return [*lines, FAILED] if lines else []

    @property
    def departures(self) -> pl.DataFrame:
        """A row per convoy, helicopter or group by itself that left."""
        return self.tables["departures"]

    @property
    def slots(self) -> pl.DataFrame:
        """A row per gate and mission, without a longer pause."""
        return self.tables["slots"]

    @property
    def sorties(self) -> pl.DataFrame:
        """A row per aircraft on a stand."""
        return self.tables["sorties"]

    @property
    def loads(self) -> pl.DataFrame:
        """A row per sortie and mission aboard."""
        return self.tables["loads"]

    @property
    def missions(self) -> pl.DataFrame:
        """A row per mission, from its order to its last group."""
        return self.tables["missions"]

    @property
    def ranges(self) -> pl.DataFrame:
        """A row per mission or fleet and moment: P10, median and P90 over all replications."""
        return self.tables["ranges"]


def of_mission(moves: Moves, mission: str) -> Moves:
    """What concerns one mission: its departures, slots and the sorties with its people."""
    return moves._replace(
        departures=tuple(d for d in moves.departures if d.mission == mission),
        slots=tuple(s for s in moves.slots if s.mission == mission),
        sorties=tuple(s for s in moves.sorties if mission in dict(s.loads)),
        missions=tuple(row for row in moves.missions if row.mission == mission),
    )


def answer(query: ScheduleQuery, session: Session) -> Schedule:
    """Simulates all replications for their moments, and the one that is shown for its rows.

    Raises:
        QueryError: a mission that the scenario has not.
        StoreError: if no replication gives a result, or the one that is asked for doesn't.
    """
    runner = session.check([query.scenario])
    (loaded,) = runner.loaded
    mission = mission_of(query.mission, [loaded])
    session.tell(
        f"schedule: {query.n:,} replications, simulated for what moves in them, which results do not keep, less those read before"
    )
    reads, failures = _reads(runner, loaded, query.n)
    if not reads:
        raise StoreError(f"no replication gave a result; {failures[0].message}")
    chosen = query.replication
    if chosen is None:
        chosen = nearest_to_median({k: read.left_behind for k, read in reads.items()})
    moves, clock = _shown(loaded, query.seed, chosen), Clock.of(loaded.scenario)
    found = _found(query, loaded, chosen, moves, clock, reads, failures)
    summary = as_json(found) | {"failures": [f._asdict() for f in found.failures]}
    frames = {**tables(moves, clock, {"scenario": loaded.name, "replication": chosen}), "ranges": _ranges_table(found, clock)}
    gives = partial(Schedule, found=found, moves=moves, clock=clock, mission=mission)
    return runner.keep(runner.folder(), gives, summary, frames, found, moves, clock, replication=chosen)


def _shown(loaded: Loaded, seed: int, replication: int) -> Moves:
    try:
        return moves_of(movements(compile_scenario(loaded.simulated), seed, replication))
    except Exception as error:
        raise StoreError(f"replication {replication} gives no result: {type(error).__name__}: {error}") from error


def _reads(runner: StudyRunner, loaded: Loaded, n: int) -> tuple[dict[int, Read], list[Failure]]:
    """The moments of replications 0 … n−1: those that an earlier command left, then those that are simulated now."""
    store, progress = Store(runner.folder()), runner.session.progress
    with store.open(lambda: progress.waiting(loaded.name)):
        if store.read_only:
            return _simulated(runner, loaded, n, {}, None)
        with Spool(store.folder / "moments.jsonl", n, source_digest(CODE)[:12]) as spool:
            known = {k: Read.of(value) for k, value in spool}
            return _simulated(runner, loaded, n, known, spool)


def _simulated(
    runner: StudyRunner, loaded: Loaded, n: int, known: Mapping[int, Read], spool: Spool | None
) -> tuple[dict[int, Read], list[Failure]]:
    pool, progress = runner.session.pool, runner.session.progress
    reads, failures = dict(known), list[Failure]()
    progress.begin(loaded.name, len(reads), n)

    def keep(job: Job, piece: Piece) -> None:
        found = reads_of(piece.block)
        if spool is not None:
            for k, read in found.items():
                spool.add(k, read)
        reads.update(found)
        failures.extend(piece.block.failures)
        progress.advance(piece.tried, piece.seconds, pool.jobs)

    drive(jobs_for(loaded, runner.query.seed, set(range(n)) - set(reads), pool, ENGINE), pool, keep)
    return {k: reads[k] for k in sorted(reads)}, sorted(failures)


def _found(
    query: ScheduleQuery,
    loaded: Loaded,
    chosen: int,
    moves: Moves,
    clock: Clock,
    reads: Mapping[int, Read],
    failures: list[Failure],
) -> Scheduled:
    missions, fleets = spreads(reads, "missions"), spreads(reads, "fleets")
    flown = [s for s in moves.sorties if s.people and s.off_h <= moves.end_h]
    left = sorted(read.left_behind for read in reads.values())
    found = Scheduled(
        scenario=loaded.name,
        title=loaded.scenario.title or loaded.name,
        seed=query.seed,
        replications=query.n,
        failed=len(failures),
        failures=tuple(failures[:100]),
        final=not failures,
        start=f"{clock.start:%Y-%m-%d %H:%M}",
        zone=clock.zone,
        utc_offset_h=float(loaded.scenario.clock.utc_offset),
        horizon_h=loaded.scenario.clock.horizon.mean,
        replication=chosen,
        asked_for=query.replication is not None,
        end_h=round(moves.end_h, 6),
        staff=sum(row.staff for row in moves.missions),
        left_behind=moves.left_behind,
        median_left_behind=(left[(len(left) - 1) // 2] + left[len(left) // 2]) / 2,
        departed=len(moves.departures),
        first_leaves_h=min((d.leaves_h for d in moves.departures), default=None),
        last_leaves_h=max((d.leaves_h for d in moves.departures), default=None),
        sorties=len(flown),
        last_off_h=max((s.off_h for s in flown), default=None),
        missions={
            row.mission: ScheduledMission(**mission_json(row, clock), ranges=missions.get(row.mission, {}))
            for row in moves.missions
        },
        fleets={name: _fleet(moves, name, fleets.get(name, {})) for name in _fleets(moves, fleets)},
        gates={gate: _gate(moves, gate) for gate in sorted({slot.gate for slot in moves.slots})},
    )
    return replace(found, headline=headline(found))


def _fleets(moves: Moves, ranges: Mapping[str, Any]) -> list[str]:
    return sorted({*(s.fleet for s in moves.sorties), *ranges})


def _fleet(moves: Moves, name: str, ranges: Mapping[str, Spread]) -> ScheduledFleet:
    """The fleet in the replication that is shown."""
    sorties = [s for s in moves.sorties if s.fleet == name]
    flown = [s for s in sorties if s.people and s.off_h <= moves.end_h]
    return ScheduledFleet(
        aircraft=len({s.aircraft for s in sorties}),
        first_stand_h=min((s.stand_h for s in sorties), default=None),
        last_off_h=max((s.off_h for s in sorties if s.off_h <= moves.end_h), default=None),
        sorties=len(flown),
        people=sum(s.people for s in flown),
        seats=sum(s.seats for s in flown),
        brings=any(s.brings for s in sorties),
        ranges=ranges,
    )


def _gate(moves: Moves, name: str) -> ScheduledGate:
    slots = [slot for slot in moves.slots if slot.gate == name]
    return ScheduledGate(
        begins_h=min(slot.begins_h for slot in slots),
        ends_h=max((slot.ends_h for slot in slots if slot.ends_h <= moves.end_h), default=None),
        people=sum(slot.people for slot in slots),
        missions=len({slot.mission for slot in slots}),
        slots=len(slots),
    )


def _ranges_table(found: Scheduled, clock: Clock) -> pl.DataFrame:
    """A row per mission or fleet and moment."""
    import polars as pl

    numbers = dict.fromkeys(("p10", "median", "p90"), pl.Float64())
    text, whole = pl.String(), pl.Int64()
    head = {
        "scenario": text,
        "kind": text,
        "name": text,
        "title": text,
        "what": text,
        "unit": text,
        "replications": whole,
        "never": whole,
    }
    rows = []
    missions = [("mission", name, entry.title, entry.ranges) for name, entry in found.missions.items()]
    fleets = [("fleet", name, name, entry.ranges) for name, entry in found.fleets.items()]
    for *whose, ranges in (*missions, *fleets):
        for what, one in ranges.items():
            unit = "h" if what.endswith("_h") else what
            values = [math.inf if x is None else float(x) for x in (one.p10, one.median, one.p90)]
            moments = [clock.at(value) if unit == "h" else None for value in values]
            rows.append((found.scenario, *whose, what, unit, one.of, one.never, *values, *moments, clock.zone))
    moments_of = dict.fromkeys(("p10_at", "median_at", "p90_at"), pl.Datetime("us"))
    return pl.DataFrame(rows, schema={**head, **numbers, **moments_of, "zone": text}, orient="row")

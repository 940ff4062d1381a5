"""From the moments of groups and flights to the tables of a replication.

The run keeps moments only; who waited where, for how long and for what is worked out here, over arrays.  An interval of
waiting is cut where the cause at that place changed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.model.kernel import CauseLog
from sim.model.names import CAUSE, CAUSES, STAGE, STAGES
from sim.model.traffic import traffic

if TYPE_CHECKING:
    from sim.model.mission import Chalk
    from sim.model.world import World

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Columns = dict[str, Any]
INF = math.inf
KEY_SHIFT = 28
SHARES = (("t50_h", 0.5), ("t90_h", 0.9), ("t100_h", 1.0))


@dataclass
class Records:
    """The four tables of a replication, column by column."""

    cohorts: Columns
    missions: Columns
    replication: Columns
    timeline: Columns


@dataclass
class Intervals:
    """Waits: arrays of equal length (cohort, people, cause, from, to)."""

    cohort: I64
    people: F64
    cause: I64
    start: F64
    end: F64

    @cached_property
    def hours(self) -> F64:
        """Person-hours of each."""
        return self.people * (self.end - self.start)


class Ledger:
    """Collects moves from stage to stage and intervals of waiting."""

    def __init__(self, end: float) -> None:
        self.end = end
        self.marks = math.ceil(end - 1e-9) + 1
        """Whole hours from 0 to the end, rounded up."""
        self.moves = np.zeros((len(STAGES), self.marks))
        """People who came into a stage, less those who left it, in the hour that ends at each mark."""
        self.waits: list[Intervals] = []
        none = np.zeros(0, np.int64)
        self.exits: tuple[F64, I64, I64] = (np.zeros(0), none, none)
        """(time, cohort, people) of everybody who got out, in order of time."""
        self.lane_hours = 0.0
        """Hours for which lanes were busy."""

    def move(self, people: F64, at: F64, leave: str, enter: str) -> None:
        """People go from one stage to another."""
        mark = np.where(at <= self.end, np.ceil(at), self.marks).astype(np.int64)
        n = np.bincount(mark, people, minlength=self.marks + 1)[: self.marks]
        self.moves[STAGE[leave]] -= n
        self.moves[STAGE[enter]] += n

    def wait(self, cohort: I64, people: F64, cause: int, start: F64, end: F64) -> None:
        """People wait for one cause."""
        end = np.minimum(end, self.end)
        real = np.flatnonzero(end > start)
        if len(real):
            self.waits.append(Intervals(cohort[real], people[real], np.full(len(real), cause), start[real], end[real]))

    def wait_logged(self, cohort: I64, people: F64, logs: Sequence[CauseLog], place: I64, start: F64, end: F64) -> None:
        """People wait at places whose causes change: cut their waits where they do.

        *place*: for each row the index of its log.  The pieces come in the order of the rows.
        """
        if len(logs) == 1 and len(logs[0].times) == 1:
            self.wait(cohort, people, logs[0].causes[0], start, end)
            return
        end = np.minimum(end, self.end)
        real = np.flatnonzero(end > start)
        if not len(real):
            return
        cohort, people, place, start, end = cohort[real], people[real], place[real], start[real], end[real]
        first, last = np.empty((2, len(real)), np.int64)
        at = 0
        for i, log in enumerate(logs):
            here = np.flatnonzero(place == i) if len(logs) > 1 else slice(None)
            first[here] = np.searchsorted(log.times, start[here], side="right") + (at - 1)
            last[here] = np.searchsorted(log.times, end[here], side="left") + (at - 1)
            at += len(log.times)
        times, causes = np.concatenate([log.times for log in logs]), np.concatenate([log.causes for log in logs])
        upper = np.concatenate([(*log.times[1:], INF) for log in logs])
        pieces = last - first + 1
        row = np.repeat(np.arange(len(start)), pieces)
        step = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + first[row]
        a = np.maximum(start[row], times[step])
        b = np.minimum(end[row], upper[step])
        self.waits.append(Intervals(cohort[row], people[row], causes[step], a, b))

    def all_waits(self) -> Intervals:
        """Every wait."""
        w = self.waits
        if not w:
            none = np.zeros(0)
            return Intervals(none.astype(np.int64), none, none.astype(np.int64), none, none)
        return Intervals(*(np.concatenate([getattr(i, f) for i in w]) for f in ("cohort", "people", "cause", "start", "end")))


def _floats(values: list[Any]) -> F64:
    return np.fromiter(values, np.float64, len(values))


def _integers(values: list[int]) -> I64:
    return np.fromiter(values, np.int64, len(values))


def _before_transport(w: World, ledger: Ledger) -> None:
    """Order and readiness of those who are no group yet.

    Nobody waits for an order before the first order of their own mission, or the fall of the capital.
    """
    movers = [c for c in w.cohorts if c.movers]
    if not movers:
        return
    calm = np.array([c.plan.spec.walk_in for c in movers])
    index = np.array([c.index for c in movers])
    people = np.array([c.movers for c in movers], dtype=np.float64)
    ordered = np.array([c.ordered for c in movers])
    fallen = w.threat.fall < INF
    ledger.moves[STAGE["mission"], 0] = people.sum()
    ledger.move(people, ordered, "mission", "readying")
    counted = np.array([c.ordered < INF or fallen for c in movers]) & ~calm
    begun = np.array([min(c.mission.ordered, w.threat.fall) for c in movers])
    ledger.wait(index[counted], people[counted], CAUSE["order"], begun[counted], ordered[counted])
    unready = np.array([c.unready for c in movers], dtype=np.float64)
    late = (unready > 0) & (ordered < INF) & ~calm
    never = np.full(int(late.sum()), INF)
    ledger.wait(index[late], unready[late], CAUSE["readiness"], ordered[late], never)


def _groups(w: World, ledger: Ledger) -> None:
    """The way of the groups from readiness to the holding area."""
    chalks = w.chalks
    if not chalks:
        return
    cohort = _integers([c.key for c in chalks]) >> KEY_SHIFT
    people = _floats([c.n for c in chalks])
    ordered = np.array([c.ordered for c in w.cohorts])[cohort]
    ready, depart, arrive = (
        _floats(x) for x in ([c.ready for c in chalks], [c.depart for c in chalks], [c.arrive for c in chalks])
    )
    search, inside = _floats([c.search for c in chalks]), _floats([c.inside for c in chalks])
    calm = np.array([c.plan.spec.walk_in for c in w.cohorts])[cohort]
    ledger.wait(cohort, people, CAUSE["readiness"], np.where(calm, ready, ordered), ready)
    ledger.move(people, ready, "readying", "transport")
    ledger.move(people, depart, "transport", "road")
    ledger.move(people, arrive, "road", "gate")
    if w.n_gave_up:
        ledger.move(people, _floats([c.gave_up for c in chalks]), "road", "gave_up")
    ledger.move(people, search, "gate", "screening")
    ledger.move(people, inside, "screening", "holding" if w.lift.present else "out")
    searched = _floats([c.searched for c in chalks]) if w.gates.checks else inside
    ledger.lane_hours = float((np.minimum(searched, ledger.end) - np.minimum(search, ledger.end)).sum())
    joined = arrive
    if w.gates.moves:
        joined = _floats([c.joined for c in chalks])
        joined = np.where(joined < INF, joined, arrive)
    logs = [g.log for g in w.gates.all]
    if len(w.gates.gates) > 1 or w.gates.limited:
        gate = _integers([c.gate for c in chalks])
        at = np.argsort(gate, kind="stable")
        at = at[gate[at] >= 0]
        ledger.wait_logged(cohort[at], people[at], logs, gate[at], joined[at], search[at])
    else:
        ledger.wait_logged(cohort, people, logs[:1], np.zeros(len(chalks), np.int64), joined, search)
    if w.gates.moves:
        left, index, start, end = np.array(w.gates.moves).T
        who = left.astype(np.int64)
        ledger.wait_logged(cohort[who], people[who], logs, index.astype(np.int64), start, end)
    if w.gates.checks:
        ledger.wait(cohort, people, CAUSE["consular"], searched, _floats([c.consular for c in chalks]))
    _open_waits(w, ledger, [chalks[i] for i in np.flatnonzero(arrive == INF)])
    if w.lift.present:
        _holding(w, ledger, cohort, inside)
    else:
        gone = np.flatnonzero(inside < INF)
        gone = gone[np.argsort(inside[gone], kind="stable")]
        ledger.exits = (inside[gone], cohort[gone], people[gone].astype(np.int64))


def _open_waits(w: World, ledger: Ledger, late: list[Chalk]) -> None:
    """Waits for transport: those that ended, and those of groups that have not arrived when the run ends."""
    rows = list(w.segments)
    rows += [(c.cohort.index, c.n, c.waits, c.since, INF) for c in late if c.waits >= 0]
    if not rows:
        return
    table = np.fromiter(chain.from_iterable(rows), np.float64, 5 * len(rows)).reshape(-1, 5)
    for cause in np.unique(table[:, 2]):
        r = table[table[:, 2] == cause]
        ledger.wait(r[:, 0].astype(np.int64), r[:, 1], int(cause), r[:, 3], r[:, 4])


def _holding(w: World, ledger: Ledger, cohort: I64, inside: F64) -> None:
    """From the holding area to the end of the take-off roll, portion by portion."""
    lift = w.lift
    flights = [*lift.flights, *(a.record for a in _on_the_ground(w) if a.record is not None)]
    portions = [p for f in flights for p in f.portions]
    left = _floats([c.left for c in w.chalks]) if w.boarding.holding.level else np.zeros(len(w.chalks))
    there = (left > 0) & (inside < INF)
    people, start, end, who = left[there], inside[there], np.full(int(there.sum()), INF), cohort[there]
    if portions:
        row, k = _integers([c.seq for c, _ in portions]), _floats([k for _, k in portions])
        moments = np.array([(f.board, f.ready, f.room, f.rolls, f.off, f.people) for f in flights])
        ledger.move(moments[:, 5], moments[:, 0], "holding", "aboard")
        ledger.move(moments[:, 5], moments[:, 4], "aboard", "out")
        flight = np.repeat(np.arange(len(flights)), [len(f.portions) for f in flights])
        board, ready, room, rolls, off, _ = moments[flight].T
        boarded = cohort[row]
        people = np.concatenate((people, k))
        start = np.concatenate((start, inside[row]))
        end = np.concatenate((end, board))
        who = np.concatenate((who, boarded))
        ledger.wait(boarded, k, CAUSE["hub"], ready, room)
        ledger.wait_logged(boarded, k, [w.airfield.log], np.zeros(len(k), np.int64), room, rolls)
        gone = off < INF
        ledger.exits = (off[gone], boarded[gone], k[gone].astype(np.int64))
    classes = {id(c): i for i, c in enumerate(lift.classes)}
    class_of_cohort = np.array([classes[id(lift.class_of[c.mission.index])] for c in w.cohorts], np.int64)
    kind = class_of_cohort[who]
    at = np.argsort(kind, kind="stable")
    ledger.wait_logged(who[at], people[at], [c.log for c in lift.classes], kind[at], start[at], end[at])


def _on_the_ground(w: World) -> list[Any]:
    """Aircraft with a load that have not left when the run ends."""
    return sorted(w.lift.loaded, key=lambda a: (a.record.board, a.key) if a.record is not None else (0.0, a.key))


def _exit_times(exits: tuple[F64, I64, I64], row_of: I64, to_move: F64) -> F64:
    """Hours by which 50, 90 and 100 % (rounded up) of each row's people are out: shape (rows, 3).

    Infinite if never; 0 for a row with nobody to move.  *exits* are in order of time.
    """
    times, who, people = exits
    rows = row_of[who].astype(np.min_scalar_type(len(to_move)))  # short integers sort faster
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    total = np.concatenate(([0], np.cumsum(people[order])))
    bounds = np.searchsorted(rows, np.arange(len(to_move) + 1, dtype=rows.dtype))
    first, last = bounds[:-1], bounds[1:]
    shares = np.array([s for _, s in SHARES])
    need = np.ceil(to_move[:, None] * shares - 1e-9)
    at = np.searchsorted(total, total[first][:, None] + need, side="left") - 1
    reached = (need > 0) & (at < last[:, None])
    result = np.where(need > 0, INF, 0.0)
    result[reached] = times[order][at[reached]]
    return result


FATES = ("evacuated", "staying", "stranded", "unfinished", "gave_up")
"""How people end up; those who gave up are among the stranded."""


def _fates(w: World, out: list[int]) -> list[tuple[int, int, int, int, int]]:
    """People of each cohort by :data:`FATES`."""
    fallen, lost = w.threat.fall < INF, w.clock.end_reason == "lost"
    gave_up = [0] * len(w.cohorts)
    for chalk in w.chalks if w.n_gave_up else ():
        if chalk.gave_up < INF:
            gave_up[chalk.cohort.index] += chalk.n
    fates = []
    for c, n, tired in zip(w.cohorts, out, gave_up, strict=True):
        rest = c.movers - n
        if c.ordered == INF and not fallen:
            fates.append((n, c.residual + rest, 0, 0, 0))
        elif lost:
            fates.append((n, c.residual, rest, 0, tired))
        else:
            fates.append((n, c.residual, tired, rest - tired, tired))
    return fates


def _hours(waits: Intervals, rows: int, row_of: I64) -> F64:
    """Person-hours by (row, cause): shape (rows, causes)."""
    k = len(CAUSES)
    hours: F64 = np.bincount(row_of[waits.cohort] * k + waits.cause, waits.hours, minlength=rows * k).astype(np.float64)
    return hours.reshape(rows, k)


def _table(w: World, names: Columns, row_of: I64, rows: int, fates: I64, hours: F64, exits: tuple[F64, I64, I64]) -> Columns:
    """A table with a row for each group of cohorts; *fates* has shape (cohorts, 5)."""
    staff = np.zeros(rows, np.int64)
    np.add.at(staff, row_of, np.array([c.staff for c in w.cohorts], np.int64))
    ordered = np.full(rows, INF)
    np.minimum.at(ordered, row_of, np.array([c.ordered for c in w.cohorts]))
    sums = np.zeros((rows, len(FATES)), np.int64)
    np.add.at(sums, row_of, fates)
    columns: Columns = {**names, "staff": staff, "ordered_h": ordered}
    times = _exit_times(exits, row_of, (staff - sums[:, 1]).astype(np.float64))
    for k, (name, _) in enumerate(SHARES):
        columns[name] = times[:, k]
    for k, name in enumerate(FATES):
        columns[name] = sums[:, k]
    for k, cause in enumerate(CAUSES):
        columns[f"wait_{cause}"] = hours[:, k]
    return columns


def _hourly(waits: Intervals, marks: int) -> F64:
    """Person-hours waited by (hour mark, cause) in the hour that ends at the mark."""
    k = len(CAUSES)

    def before(at: F64) -> tuple[F64, F64]:
        """For each cause and whole hour h: people with at <= h, and the sum of their times; shape (causes, marks)."""
        place = np.minimum(np.ceil(at), marks).astype(np.int64) + waits.cause * (marks + 1)
        n, s = (np.bincount(place, w, minlength=k * (marks + 1)).reshape(k, -1) for w in (waits.people, waits.people * at))
        return n[:, :marks].cumsum(axis=1), s[:, :marks].cumsum(axis=1)

    n0, s0 = before(waits.start)
    n1, s1 = before(waits.end)
    result = np.zeros((marks, k))
    result[1:] = np.diff(np.arange(marks) * (n0 - n1) - (s0 - s1)).T
    return np.maximum(result, 0.0)


def _timeline(w: World, ledger: Ledger, waits: Intervals) -> Columns:
    end, marks = ledger.end, ledger.marks
    stages = ledger.moves.cumsum(axis=1)
    stages[STAGE["staying"]] += sum(c.residual for c in w.cohorts)
    hours = _hourly(waits, marks)
    columns: Columns = {"hour": np.arange(marks, dtype=np.int32)}
    for i, name in enumerate(STAGES):
        columns[f"stage_{name}"] = np.rint(stages[i]).astype(np.int32)
    for i, cause in enumerate(CAUSES):
        columns[f"wait_{cause}"] = hours[:, i].astype(np.float32)
    most = hours.argmax(axis=1)
    columns["bottleneck"] = [CAUSES[m] if hours[h, m] > 1e-9 else "none" for h, m in enumerate(most)]
    at = np.minimum(np.arange(marks, dtype=np.float64), end)
    times = np.array([t for t, _ in w.threat.log])
    levels = [w.threat.plan.levels[k] for _, k in w.threat.log]
    columns["level"] = [levels[i] for i in np.searchsorted(times, at, side="right") - 1]
    columns["crowd"] = _crowd(w, at)
    columns.update(traffic(w, at))
    return columns


def _crowd(w: World, at: F64) -> F64:
    if not w.crowd.present:
        return np.zeros(len(at), np.float32)
    since = np.array([t for t, _ in w.crowd.log])
    which = np.searchsorted(since, at, side="right") - 1
    return np.array([w.crowd.log[i][1].at(t - since[i]) for i, t in zip(which, at, strict=True)], np.float32)


def _share(used: float, there: float) -> float | None:
    """Utilisation, or None where there is nothing to use or no limit."""
    return used / there if 0 < there < INF else None


def _replication(w: World, ledger: Ledger, fates: list[tuple[int, int, int, int, int]], hours: F64) -> Columns:
    end, exits = ledger.end, ledger.exits
    times, _, people = exits
    evacuated, staying, stranded, unfinished, gave_up = (sum(f[k] for f in fates) for k in range(len(FATES)))
    lift = w.lift
    flights = [f for f in lift.flights if f.people]
    seats = sum([f.seats for f in flights])
    lanes = sum(g.nominal for g in w.gates.gates)
    stand_hours, runway_hours = w.airfield.used(end)
    row: Columns = {
        "staff": w.staff,
        "to_move": w.staff - staying,
        "evacuated": evacuated,
        "staying": staying,
        "stranded": stranded,
        "unfinished": unfinished,
        "gave_up": gave_up,
        "ordered_h": min((c.ordered for c in w.cohorts), default=INF),
    }
    total = _exit_times(exits, np.zeros(len(w.cohorts), np.int64), np.array([float(w.staff - staying)]))
    row.update(zip((n for n, _ in SHARES), total[0].tolist(), strict=True))
    row.update(
        fall_h=w.threat.fall,
        lost_h=w.security.lost_at,
        end_h=end,
        end=w.clock.end_reason,
        flights=len(flights),
        troop_flights=len(lift.flights) - len(flights) - lift.empty_flights - lift.empty_scheduled,
        empty_flights=lift.empty_flights,
        empty_scheduled=lift.empty_scheduled,
        diverted=lift.diverted,
        mean_departure_h=float((times * people).sum() / people.sum()) if len(people) else None,
        load_factor=evacuated / seats if seats else None,
        withdrawn=lift.withdrawn,
        breaches=w.crowd.breaches,
        lane_utilisation=_share(ledger.lane_hours, lanes * end if lanes else 0.0),
        stand_utilisation=_share(stand_hours, w.airfield.number * end if end else 0.0),
        runway_utilisation=_share(runway_hours, end if lift.present else 0.0),
        haven=sum([f.people for f in flights if f.off + f.outbound <= end]) if lift.present else evacuated,
    )
    totals = hours.sum(axis=0)
    row.update({f"wait_{c}": float(totals[i]) for i, c in enumerate(CAUSES)})
    return row


def make_records(w: World) -> Records:
    """The tables of a finished world."""
    end = w.clock.now
    ledger = Ledger(end)
    _before_transport(w, ledger)
    _groups(w, ledger)
    waits = ledger.all_waits()
    exits = ledger.exits
    n, missions = len(w.cohorts), w.missions
    out = np.bincount(exits[1], exits[2], minlength=n).astype(np.int64).tolist() if n else []
    fates = _fates(w, out)
    table = np.array(fates, np.int64).reshape(n, len(FATES))
    alone = np.arange(n)
    mission_of = np.array([c.mission.index for c in w.cohorts], np.int64)
    by_cohort = _hours(waits, n, alone)
    by_mission = _hours(waits, len(missions), mission_of)
    names = {"mission": [c.mission.plan.name for c in w.cohorts], "cohort": [c.plan.name for c in w.cohorts]}
    return Records(
        cohorts=_table(w, names, alone, n, table, by_cohort, exits),
        missions=_table(w, {"mission": [m.plan.name for m in missions]}, mission_of, len(missions), table, by_mission, exits),
        replication=_replication(w, ledger, fates, by_cohort),
        timeline=_timeline(w, ledger, waits),
    )

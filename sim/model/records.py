"""From the moments of groups and flights to the tables of a replication.

The run keeps moments only; who waited where, for how long and for what is worked out here, over arrays.  An interval of
waiting is cut where the cause at that place changed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.model.kernel import CauseLog
from sim.model.names import CAUSE, CAUSES, STAGE, STAGES

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


class Ledger:
    """Collects intervals of stay and of waiting."""

    def __init__(self, end: float) -> None:
        self.end = end
        self.waits: list[Intervals] = []
        self.stays: list[tuple[int, F64, F64, F64]] = []
        """(stage, people, from, to), for the counts by hour; *to* infinite for those still there."""
        none = np.zeros(0, np.int64)
        self.exits: tuple[F64, I64, I64] = (np.zeros(0), none, none)
        """(time, cohort, people) of everybody who got out, in order of time."""
        self.lane_hours = 0.0
        """Hours for which lanes were busy."""

    def stay(self, stage: str, people: F64, start: F64, end: F64) -> None:
        """People are in a stage from *start* to *end*; those who leave after the end of the run never leave."""
        inside = start <= self.end
        self.stays.append((STAGE[stage], people[inside], start[inside], np.where(end[inside] > self.end, INF, end[inside])))

    def wait(self, cohort: I64, people: F64, cause: int, start: F64, end: F64) -> None:
        """People wait for one cause."""
        end = np.minimum(end, self.end)
        real = end > start
        if real.any():
            self.waits.append(Intervals(cohort[real], people[real], np.full(int(real.sum()), cause), start[real], end[real]))

    def wait_logged(self, cohort: I64, people: F64, log: CauseLog, start: F64, end: F64) -> None:
        """People wait at a place whose cause changes: cut their waits where it does."""
        if len(log.times) == 1:
            self.wait(cohort, people, log.causes[0], start, end)
            return
        end = np.minimum(end, self.end)
        real = end > start
        cohort, people, start, end = cohort[real], people[real], start[real], end[real]
        if not len(start):
            return
        times, causes = np.asarray(log.times), np.asarray(log.causes)
        first = np.searchsorted(times, start, side="right") - 1
        last = np.searchsorted(times, end, side="left") - 1
        pieces = last - first + 1
        row = np.repeat(np.arange(len(start)), pieces)
        step = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + first[row]
        upper = np.append(times[1:], INF)
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


def _column(chalks: list[Chalk], name: str) -> F64:
    return np.fromiter(map(attrgetter(name), chalks), np.float64, len(chalks))


def _before_transport(w: World, ledger: Ledger) -> None:
    """Order and readiness of those who are no group yet.

    Nobody waits for an order before the first order of their own mission, or the fall of the capital.
    """
    movers = [c for c in w.cohorts if c.movers]
    if not movers:
        return
    index = np.array([c.index for c in movers])
    people = np.array([c.movers for c in movers], dtype=np.float64)
    ordered = np.array([c.ordered for c in movers])
    fallen = w.threat.fall < INF
    ledger.stay("mission", people, np.zeros(len(movers)), ordered)
    counted = np.array([c.ordered < INF or fallen for c in movers])
    begun = np.array([min(c.mission.ordered, w.threat.fall) for c in movers])
    ledger.wait(index[counted], people[counted], CAUSE["order"], begun[counted], ordered[counted])
    unready = np.array([c.unready for c in movers], dtype=np.float64)
    late = (unready > 0) & (ordered < INF)
    never = np.full(int(late.sum()), INF)
    ledger.stay("readying", unready[late], ordered[late], never)
    ledger.wait(index[late], unready[late], CAUSE["readiness"], ordered[late], never)


def _groups(w: World, ledger: Ledger) -> None:
    """The way of the groups from readiness to the holding area."""
    chalks = w.chalks
    if not chalks:
        return
    cohort = np.fromiter(map(attrgetter("key"), chalks), np.int64, len(chalks)) >> KEY_SHIFT
    people = _column(chalks, "n")
    ordered = np.array([c.ordered for c in w.cohorts])[cohort]
    ready, arrive = _column(chalks, "ready"), _column(chalks, "arrive")
    depart = _column(chalks, "depart")
    search, inside = _column(chalks, "search"), _column(chalks, "inside")
    ledger.stay("readying", people, ordered, ready)
    ledger.wait(cohort, people, CAUSE["readiness"], ordered, ready)
    ledger.stay("transport", people, ready, depart)
    ledger.stay("road", people, depart, arrive)
    ledger.stay("gate", people, arrive, search)
    ledger.stay("screening", people, search, inside)
    searched = _column(chalks, "searched") if w.gates.checks else inside
    ledger.lane_hours = float((np.minimum(searched, ledger.end) - np.minimum(search, ledger.end)).sum())
    gate = _column(chalks, "gate") if len(w.gates.gates) > 1 or w.gates.limited else np.zeros(len(chalks))
    joined = arrive
    if w.gates.moves:
        joined = _column(chalks, "joined")
        joined = np.where(joined < INF, joined, arrive)
    for g in w.gates.all:
        at = gate == g.index
        if at.any():
            ledger.wait_logged(cohort[at], people[at], g.log, joined[at], search[at])
    for seq, index, start, end in w.gates.moves:
        one = np.array([seq])
        ledger.wait_logged(cohort[one], people[one], w.gates.all[index].log, np.array([start]), np.array([end]))
    if w.gates.checks:
        ledger.wait(cohort, people, CAUSE["consular"], searched, _column(chalks, "consular"))
    _open_waits(w, ledger, chalks)
    if w.lift.present:
        _holding(w, ledger, cohort, inside)
    else:
        ledger.stay("out", people, inside, np.full(len(chalks), INF))
        gone = np.flatnonzero(inside < INF)
        gone = gone[np.argsort(inside[gone], kind="stable")]
        ledger.exits = (inside[gone], cohort[gone], people[gone].astype(np.int64))


def _open_waits(w: World, ledger: Ledger, chalks: list[Chalk]) -> None:
    """Waits for transport: those that ended, and those that go on at the end of the run."""
    rows = list(w.segments)
    rows += [(c.cohort.index, c.n, c.waits, c.since, INF) for c in chalks if c.waits >= 0 and c.arrive == INF]
    if not rows:
        return
    table = np.array(rows, dtype=np.float64)
    for cause in np.unique(table[:, 2]):
        r = table[table[:, 2] == cause]
        ledger.wait(r[:, 0].astype(np.int64), r[:, 1], int(cause), r[:, 3], r[:, 4])


def _holding(w: World, ledger: Ledger, cohort: I64, inside: F64) -> None:
    """From the holding area to the end of the take-off roll, portion by portion."""
    lift = w.lift
    flights = [*lift.flights, *(a.record for a in _on_the_ground(w) if a.record is not None)]
    portions = [p for f in flights for p in f.portions]
    _, ks = zip(*portions, strict=True) if portions else ((), ())
    left = _column(w.chalks, "left") if lift.holding.level else np.zeros(len(w.chalks))
    there = (left > 0) & (inside < INF)
    classes = {id(c): i for i, c in enumerate(lift.classes)}
    class_of = np.array([classes[id(c)] for c in lift.class_of])
    mission_of = np.array([c.mission.index for c in w.cohorts])
    people, start, end, who = left[there], inside[there], np.full(int(there.sum()), INF), cohort[there]
    if portions:
        row = np.array([c.seq for c, _ in portions])
        k = np.array(ks, dtype=np.float64)
        flight = np.repeat(np.arange(len(flights)), [len(f.portions) for f in flights])
        moments = np.array([(f.board, f.ready, f.room, f.rolls, f.off) for f in flights])[flight]
        board, ready, room, rolls, off = moments.T
        people = np.concatenate((people, k))
        start = np.concatenate((start, inside[row]))
        end = np.concatenate((end, board))
        who = np.concatenate((who, cohort[row]))
        ledger.stay("aboard", k, board, off)
        ledger.stay("out", k, off, np.full(len(k), INF))
        ledger.wait(cohort[row], k, CAUSE["hub"], ready, room)
        ledger.wait_logged(cohort[row], k, w.airfield.log, room, rolls)
        gone = off < INF
        ledger.exits = (off[gone], cohort[row][gone], k[gone].astype(np.int64))
    ledger.stay("holding", people, start, end)
    kind = class_of[mission_of[who]] if len(who) else np.zeros(0, dtype=np.int64)
    for i, c in enumerate(lift.classes):
        at = kind == i
        if at.any():
            ledger.wait_logged(who[at], people[at], c.log, start[at], end[at])


def _on_the_ground(w: World) -> list[Any]:
    """Aircraft with a load that have not left when the run ends."""
    return sorted(w.lift.loaded, key=lambda a: (a.record.board, a.key) if a.record is not None else (0.0, a.key))


def _exit_times(exits: tuple[F64, I64, I64], row_of: I64, to_move: F64) -> F64:
    """Hours by which 50, 90 and 100 % (rounded up) of each row's people are out: shape (rows, 3).

    Infinite if never; 0 for a row with nobody to move.  *exits* are in order of time.
    """
    times, who, people = exits
    rows = row_of[who]
    order = np.argsort(rows, kind="stable")
    total = np.concatenate(([0], np.cumsum(people[order])))
    first = np.searchsorted(rows[order], np.arange(len(to_move)), side="left")
    last = np.searchsorted(rows[order], np.arange(len(to_move)), side="right")
    shares = np.array([s for _, s in SHARES])
    need = np.ceil(to_move[:, None] * shares - 1e-9)
    at = np.searchsorted(total, total[first][:, None] + need, side="left") - 1
    reached = (need > 0) & (at < last[:, None])
    result = np.where(need > 0, INF, 0.0)
    result[reached] = times[order][at[reached]]
    return result


def _fates(w: World, out: list[int]) -> list[tuple[int, int, int, int]]:
    """(evacuated, staying, stranded, unfinished) of each cohort."""
    fallen, lost = w.threat.fall < INF, w.clock.end_reason == "lost"
    fates = []
    for c, n in zip(w.cohorts, out, strict=True):
        rest = c.movers - n
        if c.ordered == INF and not fallen:
            fates.append((n, c.residual + rest, 0, 0))
        elif lost:
            fates.append((n, c.residual, rest, 0))
        else:
            fates.append((n, c.residual, 0, rest))
    return fates


def _hours(waits: Intervals, rows: int, row_of: I64) -> F64:
    """Person-hours by (row, cause): shape (rows, causes)."""
    k = len(CAUSES)
    flat = row_of[waits.cohort] * k + waits.cause
    hours: F64 = np.bincount(flat, waits.people * (waits.end - waits.start), minlength=rows * k).astype(np.float64)
    return hours.reshape(rows, k)


def _table(w: World, names: Columns, row_of: I64, rows: int, fates: I64, hours: F64, exits: tuple[F64, I64, I64]) -> Columns:
    """A table with a row for each group of cohorts; *fates* has shape (cohorts, 4)."""
    staff = np.zeros(rows, np.int64)
    np.add.at(staff, row_of, np.array([c.staff for c in w.cohorts], np.int64))
    ordered = np.full(rows, INF)
    np.minimum.at(ordered, row_of, np.array([c.ordered for c in w.cohorts]))
    sums = np.zeros((rows, 4), np.int64)
    np.add.at(sums, row_of, fates)
    columns: Columns = {**names, "staff": staff, "ordered_h": ordered}
    times = _exit_times(exits, row_of, (staff - sums[:, 1]).astype(np.float64))
    for k, (name, _) in enumerate(SHARES):
        columns[name] = times[:, k]
    for k, name in enumerate(("evacuated", "staying", "stranded", "unfinished")):
        columns[name] = sums[:, k]
    for k, cause in enumerate(CAUSES):
        columns[f"wait_{cause}"] = hours[:, k]
    return columns


def _cumulative(at: F64, weight: F64, marks: int) -> tuple[F64, F64]:
    """For whole hours h: sum of weights with at <= h, and of weight * at."""
    bins = np.minimum(np.ceil(at), marks).astype(np.int64)
    n = np.cumsum(np.bincount(bins, weight, minlength=marks + 1)[:marks])
    s = np.cumsum(np.bincount(bins, weight * at, minlength=marks + 1)[:marks])
    return n.astype(np.float64), s.astype(np.float64)


def _hourly(waits: Intervals, marks: int) -> F64:
    """Person-hours waited by (hour mark, cause) in the hour that ends at the mark."""
    result = np.zeros((marks, len(CAUSES)))
    hours = np.arange(marks)
    for cause in np.unique(waits.cause):
        at = waits.cause == cause
        n0, s0 = _cumulative(waits.start[at], waits.people[at], marks)
        n1, s1 = _cumulative(waits.end[at], waits.people[at], marks)
        total = hours * (n0 - n1) - (s0 - s1)
        result[1:, cause] = np.diff(total)
    return np.maximum(result, 0.0)


def _timeline(w: World, ledger: Ledger, waits: Intervals) -> Columns:
    end = ledger.end
    marks = math.ceil(end - 1e-9) + 1
    stages = np.zeros((len(STAGES), marks))
    for stage, people, start, until in ledger.stays:
        add = np.bincount(np.minimum(np.ceil(start), marks).astype(np.int64), people, minlength=marks + 1)
        gone = np.bincount(np.minimum(np.ceil(np.minimum(until, marks + 1)), marks).astype(np.int64), people, minlength=marks + 1)
        stages[stage] += np.cumsum(add - gone)[:marks]
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


def _replication(w: World, ledger: Ledger, fates: list[tuple[int, int, int, int]], hours: F64) -> Columns:
    end, exits = ledger.end, ledger.exits
    times, _, people = exits
    evacuated, staying, stranded, unfinished = (sum(f[k] for f in fates) for k in range(4))
    lift = w.lift
    loaded = [f for f in lift.flights if f.people + f.troops > 0]
    flights = [f for f in loaded if f.people > 0]
    seats = sum(f.seats for f in flights)
    lanes = sum(g.nominal for g in w.gates.gates)
    stand_hours, runway_hours = w.airfield.used(end)
    row: Columns = {
        "staff": w.staff,
        "to_move": w.staff - staying,
        "evacuated": evacuated,
        "staying": staying,
        "stranded": stranded,
        "unfinished": unfinished,
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
        troop_flights=len(loaded) - len(flights),
        empty_flights=lift.empty_flights,
        empty_scheduled=lift.empty_scheduled,
        diverted=lift.diverted,
        mean_departure_h=float((times * people).sum() / people.sum()) if len(people) else None,
        load_factor=sum(f.people for f in flights) / seats if seats else None,
        withdrawn=lift.withdrawn,
        breaches=w.crowd.breaches,
        lane_utilisation=_share(ledger.lane_hours, lanes * end if lanes else 0.0),
        stand_utilisation=_share(stand_hours, w.airfield.number * end if end else 0.0),
        runway_utilisation=_share(runway_hours, end if lift.present else 0.0),
        haven=sum(f.people for f in flights if f.off + f.outbound <= end) if lift.present else evacuated,
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
    table = np.array(fates, np.int64).reshape(n, 4)
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

"""From the moments of groups and flights to the tables of a replication.

The run keeps moments only; who waited where, for how long and for what is worked out here, over arrays.  An interval of
waiting is cut where the cause at that place changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.compiled.numbers import INF
from sim.model.hours import Ledger, Left, Spent, Units, by_state, left_behind, lift_logs
from sim.model.mission import Cohort, Group
from sim.model.names import CAUSES, STAGES, STATE, STATES, hours_column
from sim.model.traffic import traffic
from sim.model.world import World

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Columns = dict[str, Any]
KEY_SHIFT = 28
_ROAD = STATE["doing_road"]
SHARES = (("t50_h", 0.5), ("t90_h", 0.9), ("t100_h", 1.0))


@dataclass
class Records:
    """The tables of a replication, column by column."""

    cohorts: Columns
    missions: Columns
    replication: Columns
    timeline: Columns
    stages: Columns


def _floats(values: list[Any]) -> F64:
    return np.fromiter(values, np.float64, len(values))


def _integers(values: list[int]) -> I64:
    return np.fromiter(values, np.int64, len(values))


def _before_transport(w: World, ledger: Ledger, units: Units) -> None:
    """Order and readiness of those who are no group yet.

    Nobody waits for an order before the first order of their own mission, or the fall of the capital, and nobody waits for it
    while it is being decided.  Those who come of their own accord wait for neither: all that is before they come.
    """
    movers = [c for c in w.cohorts if c.movers and not c.out_before]
    mission_of = np.array([c.mission.index for c in w.cohorts], np.int64)
    ledger.begin(_floats([_before(c) for c in w.cohorts]), "out", mission_of)
    ledger.begin(_floats([c.residual for c in w.cohorts]), "staying", mission_of)
    if not movers:
        return
    calm = np.array([c.plan.spec.walk_in for c in movers])
    index = np.array([c.index for c in movers])
    people = np.array([c.movers for c in movers], dtype=np.float64)
    triggered, ordered = (np.array([getattr(c, name) for c in movers]) for name in ("deciding_since", "ordered"))
    ledger.begin(people, "mission", mission_of[index])
    ledger.move(people, ordered, "mission", "readying", mission_of[index])
    counted = (ordered < INF) | (w.threat.fall < INF)
    begun = np.array([min(c.mission.ordered, w.threat.fall) for c in movers])
    zero = np.zeros(len(movers))
    some = counted & ~calm
    for state, start, end in (
        ("before", zero, np.minimum(begun, triggered)),
        ("order", begun, triggered),
        ("deciding", triggered, ordered),
    ):
        ledger.spend(units.called + index[some], people[some], state, start[some], end[some])
    lone = counted & calm & (ordered == INF)
    ledger.spend(units.called + index[lone], people[lone], "before", zero[lone], ordered[lone])
    never = counted & (ordered == INF)
    ledger.left.append(Left(units.called + index[never], people[never].astype(np.int64), index[never], ()))

    rear = np.array([c.rear for c in movers], dtype=np.float64)
    unready = np.array([c.unready for c in movers], dtype=np.float64) - rear
    destroyed = np.array([c.destroyed for c in movers])
    for first, there, until in ((units.unready, unready, np.full(len(movers), INF)), (units.rear, rear, destroyed)):
        late = (there > 0) & (ordered < INF)
        busy, free = late & ~calm, late & calm
        who, n = first + index, there
        ledger.spend(who[busy], n[busy], "doing_ready", ordered[busy], until[busy])
        ledger.spend(who[busy], n[busy], "readiness", until[busy], np.full(int(busy.sum()), INF))
        ledger.spend(who[free], n[free], "before", zero[free], np.full(int(free.sum()), INF))
        ledger.left.append(Left(who[late], n[late].astype(np.int64), index[late], (units.called + index[late],)))


def _getting_ready(w: World, ledger: Ledger, cohort: I64, people: F64, ready: F64) -> None:
    """Until a group is ready; a rear party that has done its work waits for the others of its mission."""
    unit = np.arange(len(cohort))
    ordered = np.array([c.ordered for c in w.cohorts])[cohort]
    calm = np.array([c.plan.spec.walk_in for c in w.cohorts])[cohort]
    if calm.any():
        ledger.spend(unit[calm], people[calm], "before", np.zeros(int(calm.sum())), ready[calm])
        ordered = np.where(calm, ready, ordered)
    done = ready
    if any(c.destroyed < INF for c in w.cohorts):
        first = np.array([-(-c.main // c.size) if c.destroyed < INF else INF for c in w.cohorts])[cohort]
        is_rear = (_integers([c.number for c in w.run.groups]) >= first) & ~calm
        done = np.where(is_rear, np.array([c.destroyed for c in w.cohorts])[cohort], ready)
        ledger.spend(unit, people, "readiness", done, ready)
    ledger.spend(unit, people, "doing_ready", ordered, done)


def _groups(w: World, ledger: Ledger, units: Units) -> I64:
    """The way of the groups from readiness to the holding area and out; the cohort of each portion that came inside."""
    groups = w.run.groups
    if not groups:
        return np.zeros(0, np.int64)
    unit = np.arange(len(groups))
    cohort = _integers([c.key for c in groups]) >> KEY_SHIFT
    people = _floats([c.people for c in groups])
    ready, depart, arrive = (
        _floats(x) for x in ([c.ready for c in groups], [c.depart for c in groups], [c.arrive for c in groups])
    )
    search, inside = _floats([c.search for c in groups]), _floats([c.inside for c in groups])
    _getting_ready(w, ledger, cohort, people, ready)
    mission = np.array([c.mission.index for c in w.cohorts], np.int64)[cohort]
    ledger.move(people, ready, "readying", "transport", mission)
    ledger.move(people, depart, "transport", "road", mission)
    ledger.move(people, arrive, "road", "gate", mission)
    off_road = arrive
    if w.run.n_gave_up:
        gave_up = _floats([c.gave_up for c in groups])
        ledger.move(people, gave_up, "road", "gave_up", mission)
        ledger.spend(unit, people, "given_up", gave_up, np.full(len(groups), INF))
        off_road = np.minimum(arrive, gave_up)
    ledger.move(people, search, "gate", "screening", mission)
    direct = np.array([c.direct for c in groups], np.bool_) if w.shuttles.direct else np.zeros(len(groups), np.bool_)
    if w.lift.present:
        ledger.move(people[~direct], inside[~direct], "screening", "holding", mission[~direct])
        ledger.move(people[direct], inside[direct], "screening", "out", mission[direct])
    else:
        ledger.move(people, inside, "screening", "out", mission)
    searched = _floats([c.searched for c in groups]) if w.gates.checks else inside
    ledger.lane_hours = float((np.minimum(searched, ledger.end) - np.minimum(search, ledger.end)).sum())
    ledger.spend(unit, people, "doing_road", depart, off_road)
    ledger.spend(unit, people, "doing_search", search, searched)
    joined = arrive
    if w.gates.moves:
        joined = _floats([c.joined for c in groups])
        joined = np.where(joined < INF, joined, arrive)
    logs = [g.log for g in w.gates.all]
    if len(w.gates.gates) > 1 or w.gates.limited or w.gates.selective:
        gate = _integers([c.gate for c in groups])
        at = np.argsort(gate, kind="stable")
        at = at[gate[at] >= 0]
        ledger.wait_logged(at, people[at], logs, gate[at], joined[at], search[at])
    else:
        ledger.wait_logged(unit, people, logs[:1], np.zeros(len(groups), np.int64), joined, search)
    if w.gates.moves:
        left, index, start, end = np.array(w.gates.moves).T
        who = left.astype(np.int64)
        ledger.wait_logged(who, people[who], logs, index.astype(np.int64), start, end)
    if w.gates.checks:
        consular = _floats([c.consular for c in groups])
        ledger.spend(unit, people, "consular", searched, consular)
        ledger.spend(unit, people, "doing_consular", consular, inside)
    _open_waits(w, ledger, [groups[i] for i in np.flatnonzero(arrive == INF)])
    late = np.flatnonzero(inside == INF)
    ledger.left.append(Left(late, people[late].astype(np.int64), cohort[late], (units.called + cohort[late],)))
    if w.lift.present:
        who = _holding(w, ledger, units, cohort, inside)
        if direct.any():
            _add_exits(ledger, inside[direct], cohort[direct], people[direct].astype(np.int64))
        return who
    gone = np.flatnonzero(inside < INF)
    gone = gone[np.argsort(inside[gone], kind="stable")]
    ledger.exits = (inside[gone], cohort[gone], people[gone].astype(np.int64))
    return np.zeros(0, np.int64)


def _add_exits(ledger: Ledger, *more: NDArray[Any]) -> None:
    """People who got out without an aircraft, among those who flew."""
    times, cohorts, people = (np.concatenate(x) for x in zip(ledger.exits, more, strict=True))
    order = np.argsort(times, kind="stable")
    ledger.exits = times[order], cohorts[order], people[order]


def _open_waits(w: World, ledger: Ledger, late: list[Group]) -> None:
    """Waits on the way: those that ended, and those of groups that have not arrived when the run ends."""
    rows = list(w.run.segments)
    rows += [(c.serial, c.people, c.waits, c.waiting_since, INF, -1 if c.depart == INF else _ROAD) for c in late if c.waits >= 0]
    if not rows:
        return
    table = np.fromiter(chain.from_iterable(rows), np.float64, 6 * len(rows)).reshape(-1, 6)
    for cause in np.unique(table[:, 2]):
        r = table[table[:, 2] == cause]
        ledger.spend(r[:, 0].astype(np.int64), r[:, 1], int(cause), r[:, 3], r[:, 4])
    for activity in np.unique(table[:, 5][table[:, 5] >= 0]):
        r = table[table[:, 5] == activity]
        ledger.spend(r[:, 0].astype(np.int64), -r[:, 1], int(activity), r[:, 3], r[:, 4])


def _holding(w: World, ledger: Ledger, units: Units, cohort: I64, inside: F64) -> I64:
    """From the holding area to the end of the take-off roll, portion by portion; the cohort of each."""
    lift = w.lift
    flights = [*lift.flights, *(a.record for a in _on_the_ground(w) if a.record is not None)]
    portions = [p for f in flights for p in f.portions]
    left = _floats([c.left for c in w.run.groups]) if w.boarding.holding.level else np.zeros(len(w.run.groups))
    row = there = np.flatnonzero((left > 0) & (inside < INF))
    people, start, end, off = left[there], inside[there], np.full(len(there), INF), np.full(len(there), INF)
    if portions:
        boarded, k = _integers([c.serial for c, _ in portions]), _floats([k for _, k in portions])
        moments = np.array([(f.board, f.ready, f.room, f.rolls, f.off) for f in flights])
        flight = np.repeat(np.arange(len(flights)), [len(f.portions) for f in flights])
        board, ready, room, rolls, takes_off = moments[flight].T
        mission = np.array([c.mission.index for c in w.cohorts], np.int64)[cohort[boarded]]
        ledger.move(k, board, "holding", "aboard", mission)
        ledger.move(k, takes_off, "aboard", "out", mission)
        unit = np.arange(len(k)) + (units.portions + len(there))
        row = np.concatenate((row, boarded))
        people = np.concatenate((people, k))
        start = np.concatenate((start, inside[boarded]))
        end = np.concatenate((end, board))
        off = np.concatenate((off, takes_off))
        ledger.spend(unit, k, "doing_board", board, ready)
        ledger.spend(unit, k, "hub", ready, room)
        ledger.wait_logged(unit, k, [w.airfield.log], np.zeros(len(k), np.int64), room, rolls)
        ledger.spend(unit, k, "doing_fly", rolls, takes_off)
        gone = takes_off < INF
        ledger.exits = (takes_off[gone], cohort[boarded[gone]], k[gone].astype(np.int64))
    who = cohort[row]
    classes = {id(c): i for i, c in enumerate(lift.causes.classes)}
    class_of_cohort = np.array([classes[id(lift.causes.class_of[c.mission.index])] for c in w.cohorts], np.int64)
    kind = class_of_cohort[who]
    at = np.argsort(kind, kind="stable")
    ledger.wait_logged(at + units.portions, people[at], lift_logs(lift.causes), kind[at], start[at], end[at])
    late = np.flatnonzero(off == INF)
    earlier = (row[late], units.called + who[late])
    ledger.left.append(Left(units.portions + late, people[late].astype(np.int64), who[late], earlier))
    return who


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
    """People of each cohort by :data:`FATES`; *out*: those of them who were out before the start, too."""
    fallen, lost = w.threat.fall < INF, w.clock.end_reason == "lost"
    gave_up = [0] * len(w.cohorts)
    for group in w.run.groups if w.run.n_gave_up else ():
        if group.gave_up < INF:
            gave_up[group.cohort.index] += group.people
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


def _before(c: Cohort) -> int:
    """People of a cohort who were out before the start."""
    return c.movers if c.out_before else 0


def _table(w: World, names: Columns, row_of: I64, rows: int, fates: I64, exits: tuple[F64, I64, I64]) -> Columns:
    """A table with a row for each group of cohorts; *fates* has shape (cohorts, 5)."""
    staff = np.zeros(rows, np.int64)
    np.add.at(staff, row_of, np.array([c.staff for c in w.cohorts], np.int64))
    ordered = np.full(rows, INF)
    np.minimum.at(ordered, row_of, np.array([c.ordered for c in w.cohorts]))
    sums = np.zeros((rows, len(FATES)), np.int64)
    np.add.at(sums, row_of, fates)
    never_ordered = np.zeros(rows, np.int64)
    np.add.at(never_ordered, row_of, np.array([c.never_ordered for c in w.cohorts], np.int64))
    columns: Columns = {**names, "staff": staff, "ordered_h": ordered}
    before = np.zeros(rows, np.int64)
    np.add.at(before, row_of, np.array([_before(c) for c in w.cohorts], np.int64))
    times = _exit_times(exits, row_of, (staff - sums[:, 1] - before).astype(np.float64))
    for k, (name, _) in enumerate(SHARES):
        columns[name] = times[:, k]
    left = np.zeros(rows, bool)
    np.logical_or.at(left, row_of, np.array([c.out_before for c in w.cohorts], bool))
    columns["out_before"] = left
    for k, name in enumerate(FATES):
        columns[name] = sums[:, k]
    columns["never_ordered"] = never_ordered
    return columns


class _Hours:
    """Hours and people left behind, by cohort and state; columns of them for groups of cohorts."""

    def __init__(self, w: World, ledger: Ledger, spent: Spent, cohort_of: I64) -> None:
        n = len(w.cohorts)
        held, cost, lost = left_behind(spent, ledger.left, n)
        hours = by_state(spent, cohort_of, n)
        self.columns_of = {"": hours, "left_held_": held, "left_cost_": cost, "left_hours_": lost}

    def columns(self, row_of: I64, rows: int) -> Columns:
        """Person-hours, people left behind and their person-hours by state, a row for each group of cohorts."""
        columns: Columns = {}
        for prefix, by_cohort in self.columns_of.items():
            total = np.zeros((rows, len(STATES)), by_cohort.dtype)
            np.add.at(total, row_of, by_cohort)
            columns |= {f"{prefix}{s}" if prefix else hours_column(s): total[:, k] for k, s in enumerate(STATES)}
        return columns


def _timeline(w: World, ledger: Ledger, spent: Spent) -> Columns:
    end, marks = ledger.end, ledger.marks
    stages = ledger.moves.cumsum(axis=1)
    hours = spent.by_hour
    columns: Columns = {"hour": np.arange(marks, dtype=np.int32)}
    for i, name in enumerate(STAGES):
        columns[f"stage_{name}"] = np.rint(stages[i]).astype(np.int32)
    for i, state in enumerate(STATES):
        columns[hours_column(state)] = hours[:, i].astype(np.float32)
    most = hours[:, : len(CAUSES)].argmax(axis=1)  # no activity is a bottleneck
    columns["bottleneck"] = [CAUSES[m] if hours[h, m] > 1e-9 else "none" for h, m in enumerate(most)]
    at = np.minimum(np.arange(marks, dtype=np.float64), end)
    times = np.array([t for t, _ in w.threat.log])
    levels = [w.threat.plan.levels[k] for _, k in w.threat.log]
    columns["level"] = [levels[i] for i in np.searchsorted(times, at, side="right") - 1]
    columns["crowd"] = _crowd(w, at)
    columns["stands"] = _stands(w, at)
    columns.update(traffic(w, at))
    return columns


def _crowd(w: World, at: F64) -> F64:
    if not w.crowd.present:
        return np.zeros(len(at), np.float32)
    since = np.array([t for t, _ in w.crowd.log])
    which = np.searchsorted(since, at, side="right") - 1
    return np.array([w.crowd.log[i][1].at(t - since[i]) for i, t in zip(which, at, strict=True)], np.float32)


def _stands(w: World, at: F64) -> NDArray[np.int32]:
    """Stands that are held."""
    given, freed = (np.array(times) for times in ([t for t, *_ in w.airfield.given], w.airfield.freed))
    return (np.searchsorted(given, at, side="right") - np.searchsorted(freed, at, side="right")).astype(np.int32)


def _share(used: float, there: float) -> float | None:
    """Utilisation, or None where there is nothing to use or no limit."""
    return used / there if 0 < there < INF else None


def _replication(w: World, ledger: Ledger, fates: list[tuple[int, int, int, int, int]]) -> Columns:
    end, exits = ledger.end, ledger.exits
    times, _, people = exits
    evacuated, staying, stranded, unfinished, gave_up = (sum(f[k] for f in fates) for k in range(len(FATES)))
    lift = w.lift
    flights = [f for f in lift.flights if f.people]
    seats = sum([f.seats for f in flights])
    lanes = sum(g.nominal for g in w.gates.gates)
    before = sum(_before(c) for c in w.cohorts)
    stand_hours, runway_hours = w.airfield.used(end)
    row: Columns = {
        "staff": w.staff,
        "to_move": w.staff - staying,
        "evacuated": evacuated,
        "staying": staying,
        "stranded": stranded,
        "unfinished": unfinished,
        "gave_up": gave_up,
        "never_ordered": sum(c.never_ordered for c in w.cohorts),
        "out_before": before,
        "ordered_h": min((c.ordered for c in w.cohorts if not c.out_before), default=INF),
    }
    total = _exit_times(exits, np.zeros(len(w.cohorts), np.int64), np.array([float(w.staff - staying - before)]))
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
        load_factor=(evacuated - before - w.shuttles.direct) / seats if seats else None,
        withdrawn=lift.withdrawn,
        breaches=w.crowd.breaches,
        lane_utilisation=_share(ledger.lane_hours, lanes * end if lanes else 0.0),
        stand_utilisation=_share(stand_hours, w.airfield.number * end if end else 0.0),
        runway_utilisation=_share(runway_hours, end if lift.present else 0.0),
        haven=before + sum([f.people for f in flights if f.off + f.outbound <= end]) + w.shuttles.direct
        if lift.present
        else evacuated,
    )
    return row


def make_records(w: World) -> Records:
    """The tables of a finished world."""
    end = w.clock.now
    ledger = Ledger(end, len(w.missions))
    n, missions = len(w.cohorts), w.missions
    units = Units(len(w.run.groups), n)
    _before_transport(w, ledger, units)
    inside = _groups(w, ledger, units)
    spent, exits = ledger.all_spent(), ledger.exits
    out = np.bincount(exits[1], exits[2], minlength=n).astype(np.int64).tolist() if n else []
    out = [k + _before(c) for k, c in zip(out, w.cohorts, strict=True)]
    fates = _fates(w, out)
    table = np.array(fates, np.int64).reshape(n, len(FATES))
    alone = np.arange(n)
    mission_of = np.array([c.mission.index for c in w.cohorts], np.int64)
    of_groups = _integers([c.key for c in w.run.groups]) >> KEY_SHIFT
    hours = _Hours(w, ledger, spent, np.concatenate((of_groups, alone, alone, alone, inside)))
    names = {"mission": [c.mission.plan.name for c in w.cohorts], "cohort": [c.plan.name for c in w.cohorts]}
    whole = hours.columns(np.zeros(n, np.int64), 1)
    return Records(
        cohorts=_table(w, names, alone, n, table, exits) | hours.columns(alone, n),
        missions=_table(w, {"mission": [m.plan.name for m in missions]}, mission_of, len(missions), table, exits)
        | hours.columns(mission_of, len(missions)),
        replication=_replication(w, ledger, fates) | {name: column[0].item() for name, column in whole.items()},
        timeline=_timeline(w, ledger, spent),
        stages=ledger.by_mission.table([m.plan.name for m in missions]),
    )

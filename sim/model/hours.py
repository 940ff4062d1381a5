"""Every hour of every person: what it went into, and what held those who are left behind.

People are kept in *units* that share all their hours: those of a cohort until they are ordered, those of it who are no group
yet, a group until it is inside, and each portion of it that boards one flight.  An interval of waiting within an activity (a
checkpoint on a drive, the crowd that slows a search) is taken out of it by one of as many people with the other sign.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.kernel import CauseLog
from sim.model.lift_causes import HUB, LIFT_CAUSES, PERMISSION, LiftCauses
from sim.model.names import STAGE, STAGES, STATE, STATES
from sim.model.stages import StageMoves

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
NOISE = 1e-6
"""Person-hours in an hour that are none: differences of sums over everybody leave as much."""
_BEFORE, _GIVEN_UP = STATE["before"], STATE["given_up"]


@dataclass
class Intervals:
    """What people spend their hours on: arrays of equal length (unit, people, state, from, to)."""

    unit: I64
    people: F64
    state: I64
    start: F64
    end: F64


@dataclass
class Spent:
    """What all hours went into: arrays of equal length (unit, people, state, hours of each of these people)."""

    unit: I64
    people: F64
    state: I64
    hours: F64
    by_hour: F64
    """Person-hours by (hour mark, state) in the hour that ends at the mark: shape (marks, states)."""
    last: tuple[I64, I64]
    """(unit, state) of whatever lasts to the end."""


class Ledger:
    """Collects moves from stage to stage and what every hour goes into."""

    def __init__(self, end: float, missions: int) -> None:
        self.end = end
        self.marks = math.ceil(end - 1e-9) + 1
        """Whole hours from 0 to the end, rounded up."""
        self.moves = np.zeros((len(STAGES), self.marks))
        """People who came into a stage, less those who left it, in the hour that ends at each mark."""
        self.by_mission = StageMoves(missions, self.marks)
        """The same of each mission."""
        self.spent: list[Intervals] = []
        self.sums: list[tuple[I64, F64, I64, F64]] = []
        """Of waits at places whose causes change: (unit, people, cause, hours of each)."""
        self.last: list[tuple[I64, I64]] = []
        """(unit, cause) of those of them that last to the end."""
        self.by_hour = np.zeros((self.marks, len(STATES)))
        """Person-hours of these, by hour mark and cause."""
        self.left: list[Left] = []
        none = np.zeros(0, np.int64)
        self.exits: tuple[F64, I64, I64] = (np.zeros(0), none, none)
        """(time, cohort, people) of everybody who got out, in order of time."""
        self.lane_hours = 0.0
        """Hours for which lanes were busy."""

    def begin(self, people: F64, stage: str, mission: I64) -> None:
        """People are in a stage from the start on; *mission*: of each number of people."""
        self.moves[STAGE[stage], 0] += people.sum()
        self.by_mission.add(people, np.zeros(len(people), np.int64), stage, mission)

    def move(self, people: F64, at: F64, leave: str, enter: str, mission: I64) -> None:
        """People go from one stage to another; *mission*: of each number of people."""
        mark = np.where(at <= self.end, np.minimum(np.ceil(at), self.marks - 1), self.marks).astype(np.int64)
        n = np.bincount(mark, people, minlength=self.marks + 1)[: self.marks]
        self.moves[STAGE[leave]] -= n
        self.moves[STAGE[enter]] += n
        self.by_mission.add(-people, mark, leave, mission)
        self.by_mission.add(people, mark, enter, mission)

    def spend(self, unit: I64, people: F64, state: str | int, start: F64, end: F64) -> None:
        """People wait for one cause, or do one thing."""
        state = STATE[state] if isinstance(state, str) else state
        end = np.minimum(end, self.end)
        real = np.flatnonzero(end > start)
        if len(real):
            self.spent.append(Intervals(unit[real], people[real], np.full(len(real), state), start[real], end[real]))

    def wait_logged(self, unit: I64, people: F64, logs: Sequence[CauseLog], place: I64, start: F64, end: F64) -> None:
        """People wait at places whose causes change; *place*: for each row the index of its log."""
        if len(logs) == 1 and len(logs[0].times) == 1:
            self.spend(unit, people, logs[0].causes[0], start, end)
            return
        end = np.minimum(end, self.end)
        for i, log in enumerate(logs):
            here = np.flatnonzero((place == i) & (end > start))
            if len(here):
                self._wait_at(log, unit[here], people[here], start[here], end[here])

    def _wait_at(self, log: CauseLog, unit: I64, people: F64, start: F64, end: F64) -> None:
        """Waits at one place: hours by cause from sums over its log, since it may change often while many wait."""
        causes, knots = np.array(log.causes), np.array([*log.times, self.end])
        lasts = np.maximum(np.diff(knots), 0.0)
        for cause in np.unique(causes):
            so_far = np.concatenate(([0.0], np.cumsum(np.where(causes == cause, lasts, 0.0))))
            hours = np.interp(end, knots, so_far) - np.interp(start, knots, so_far)
            some = np.flatnonzero(hours > 0)
            self.sums.append((unit[some], people[some], np.full(len(some), cause), hours[some]))
        late = np.flatnonzero(end >= self.end)
        at_end = causes[np.searchsorted(knots[:-1], self.end) - 1]
        self.last.append((unit[late], np.full(len(late), at_end)))
        grid = np.union1d(knots, np.arange(self.marks, dtype=np.float64))
        grid = grid[grid <= self.end]
        waited = np.diff(_so_far(start, people, grid) - _so_far(end, people, grid))
        cause_of = causes[np.searchsorted(knots[:-1], grid[:-1], side="right") - 1]
        mark = np.minimum(np.ceil(grid[1:]).astype(np.int64), self.marks - 1)  # the end may be a rounding after a whole hour
        np.add.at(self.by_hour, (mark, cause_of), waited)

    def all_spent(self) -> Spent:
        """Every hour of everybody."""
        none = np.zeros(0)
        nothing = Intervals(none.astype(np.int64), none, none.astype(np.int64), none, none)
        fields = ("unit", "people", "state", "start", "end")
        within = Intervals(*(np.concatenate([getattr(i, f) for i in (nothing, *self.spent)]) for f in fields))
        parts = [(within.unit, within.people, within.state, within.end - within.start), *self.sums]
        late = within.end >= self.end
        last = [(within.unit[late], within.state[late]), *self.last]
        unit, people, state, hours = (np.concatenate(column) for column in zip(*parts, strict=True))
        by_hour = self.by_hour + hourly(within, self.marks)
        by_hour[by_hour < NOISE] = 0.0
        return Spent(
            unit, people, state, hours, by_hour, (np.concatenate([u for u, _ in last]), np.concatenate([c for _, c in last]))
        )


def _so_far(begin: F64, people: F64, at: F64) -> F64:
    """Person-hours from each of *begin* to each moment: shape of *at*."""
    order = np.argsort(begin)
    zero = np.zeros(1)
    n = np.concatenate((zero, np.cumsum(people[order])))
    s = np.concatenate((zero, np.cumsum(people[order] * begin[order])))
    k = np.searchsorted(begin[order], at, side="right")
    result: F64 = n[k] * at - s[k]
    return result


@dataclass
class Left:
    """People left behind, by unit: arrays of equal length."""

    unit: I64
    people: I64
    cohort: I64
    earlier: tuple[I64, ...]
    """Units in which the same people spent the hours before, none of them twice."""


class Units:
    """Numbers of the units of people: groups, then three kinds of people by cohort, then portions of groups inside."""

    def __init__(self, groups: int, cohorts: int) -> None:
        self.groups = groups
        self.called = groups
        """Of cohort 0: its people until they are ordered."""
        self.unready = groups + cohorts
        self.rear = groups + 2 * cohorts
        self.portions = groups + 3 * cohorts


def by_state(spent: Spent, row_of: I64, rows: int) -> F64:
    """Person-hours by (row, state): shape (rows, states); *row_of*: row of each unit."""
    k = len(STATES)
    hours = np.bincount(row_of[spent.unit] * k + spent.state, spent.people * spent.hours, minlength=rows * k)
    return np.maximum(hours, 0.0).reshape(rows, k)


def hourly(spent: Intervals, marks: int) -> F64:
    """Person-hours by (hour mark, state) in the hour that ends at the mark: shape (marks, states)."""
    k = len(STATES)

    def before(at: F64) -> tuple[F64, F64]:
        """For each state and whole hour h: people with at <= h, and the sum of their times; shape (states, marks)."""
        place = np.minimum(np.ceil(at), marks).astype(np.int64) + spent.state * (marks + 1)
        n, s = (np.bincount(place, w, minlength=k * (marks + 1)).reshape(k, -1) for w in (spent.people, spent.people * at))
        return n[:, :marks].cumsum(axis=1), s[:, :marks].cumsum(axis=1)

    n0, s0 = before(spent.start)
    n1, s1 = before(spent.end)
    result = np.zeros((marks, k))
    result[1:] = np.diff(np.arange(marks) * (n0 - n1) - (s0 - s1)).T
    return result


def left_behind(spent: Spent, left: Sequence[Left], cohorts: int) -> tuple[I64, I64, F64]:
    """People left behind by what held them when the run ended, and by what had cost each of them most; and their person-hours.

    Three arrays of shape (cohorts, states).  Who came into a state at the very end was held by the one before; what lies before
    anything began costs nobody anything, unless there is nothing else, and what comes after giving up nothing at all.
    Ties go to the first of the states.
    """
    k = len(STATES)
    held, cost = np.zeros((2, cohorts * k), np.int64)
    theirs = np.zeros((cohorts, k))
    of = [x for x in left if len(x.unit)]
    if not of:
        return held.reshape(cohorts, k), cost.reshape(cohorts, k), theirs
    units = np.unique(np.concatenate([u for x in of for u in (x.unit, *x.earlier)]))
    place = np.full(int(max(units[-1], spent.unit.max(initial=0), spent.last[0].max(initial=0))) + 1, -1)
    place[units] = np.arange(len(units))
    of_left = np.flatnonzero(place[spent.unit] >= 0)
    at, state = place[spent.unit[of_left]], spent.state[of_left]
    each = np.sign(spent.people[of_left]) * spent.hours[of_left]
    hours = np.bincount(at * k + state, each, minlength=len(units) * k).astype(np.float64).reshape(-1, k)  # of nobody: integers
    last = np.full(len(units), k)
    late, final_state = spent.last
    theirs_late = place[late] >= 0
    np.minimum.at(last, place[late][theirs_late], final_state[theirs_late])  # an interruption of an activity ranks before it
    for x in of:
        mine = [place[u] for u in (x.unit, *x.earlier)]
        final = np.min([last[m] for m in mine], axis=0)
        final[final == k] = _BEFORE
        total = np.sum([hours[m] for m in mine], axis=0)
        np.add.at(theirs, x.cohort, total * x.people[:, None])
        total[:, _BEFORE] = 1e-9  # hours: below every real one
        total[:, _GIVEN_UP] = 0.0
        np.add.at(held, x.cohort * k + final, x.people)
        np.add.at(cost, x.cohort * k + total.argmax(axis=1), x.people)
    return held.reshape(cohorts, k), cost.reshape(cohorts, k), np.maximum(theirs, 0.0)


def lift_logs(causes: LiftCauses) -> list[CauseLog]:
    """For each class of missions what its people waited for inside: what held for all, and what held for it."""
    all_at, pool, stopped = np.array(causes.steps).T
    logs = []
    for c in causes.classes:
        own_at, held, shut = np.array(c.steps, np.float64).T
        times = np.union1d(all_at, own_at)
        of_all, of_own = np.searchsorted(all_at, times, "right") - 1, np.searchsorted(own_at, times, "right") - 1
        worst = np.maximum(pool[of_all], held[of_own]).astype(np.int64)
        which = np.array(LIFT_CAUSES)[worst]
        which[(shut[of_own] > 0) & (worst < HUB)] = PERMISSION
        which = np.where(stopped[of_all] < 0, which, stopped[of_all]).astype(np.int64)
        new = np.concatenate(([True], which[1:] != which[:-1]))
        log = CauseLog(0)
        log.times, log.causes = times[new].tolist(), which[new].tolist()
        logs.append(log)
    return logs

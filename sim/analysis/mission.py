"""One mission of a result: its row of the summary with what a row has no room for, and the chance to be out by the calendar.

Hours count from the start of the clock.  What stands beside the summary's row:

- ``order``: when it is ordered, over the replications in which it is while its people are still there: median ``h`` with
  ``interval_h``, and the ``share`` of all replications that these are
- ``half``: when half of those to be moved are out, with the keys of the row itself (``out_p50_h``, ``never`` …)
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.analysis.found import Ends, Entry, HalfNever, HalfOut, NoAnswer, OrderedAt, Summary
from sim.analysis.outcomes import Outcomes, Stored, of_cohorts, of_missions, survivors
from sim.analysis.paired import Differences
from sim.analysis.sets import Sets, share
from sim.analysis.statistics import LEVEL, Floats, order_statistic
from sim.analysis.summary import mean, number, reason


def narrowed(found: Summary | NoAnswer, mission: str, result: Stored | None = None) -> Summary | NoAnswer:
    """A summary with that mission alone (none where it has no such mission), and its cohorts; the total stays.

    *result*: what the summary is of; with it the mission's row, and its cohorts', get ``order`` and ``half``.
    """
    if isinstance(found, NoAnswer):
        return replace(found, mission=mission)
    level = LEVEL if found.sequential is None else found.sequential.level
    mine = {mission: found.missions[mission]} if mission in found.missions else {}
    cohorts = found.cohorts_of(mission)
    if result is not None and mine:
        mine = {mission: beside_row(mine[mission], of_missions(result)[mission], level)}
        known = of_cohorts(result)[mission] if cohorts else {}
        cohorts = {name: beside_row(entry, known[name], level) for name, entry in cohorts.items()}
    parts = None if found.cohorts is None else {mission: cohorts} if cohorts else {}
    return replace(found, missions=mine, cohorts=parts, mission=mission)


def narrowed_difference(difference: Differences, mission: str) -> Differences:
    """Paired differences of that mission alone (none where one side hasn't it), and of its cohorts; the total stays."""
    mine = {mission: difference.missions[mission]} if mission in difference.missions else {}
    cohorts = difference.cohorts
    if cohorts is not None:
        cohorts = {mission: cohorts[mission]} if mission in cohorts else {}
    return replace(difference, missions=mine, cohorts=cohorts, mission=mission)


def beside_row(entry: Entry, o: Outcomes, level: float = LEVEL) -> Entry:
    """The row of a mission or cohort with its ``order`` and ``half``, intervals at *level*."""
    ordered = np.isfinite(o.ordered_h) & (o.out_before == 0)
    orders, halves = np.where(ordered, o.ordered_h, np.nan), np.where(o.dated, o.t50_h, np.nan)
    half = o.ranked(halves)
    middle, ends = order_statistic(half, 0.5), o.quantile_ends(halves, 0.5, level)
    order = OrderedAt(
        h=number(order_statistic(orders[ordered], 0.5)),
        interval_h=_pair(o.quantile_ends(orders, 0.5, level)),
        share=mean(ordered),
    )
    never = HalfNever(out_p50_h=reason(middle), out_p50_interval_h=None if ends is None else (reason(ends[0]), reason(ends[1])))
    out = HalfOut(timed=int(half.size), out_p50_h=number(middle), out_p50_interval_h=_pair(ends), never=never)
    return replace(entry, order=order, half=out)


def _pair(ends: tuple[float, float] | None) -> Ends | None:
    return None if ends is None else (number(ends[0]), number(ends[1]))


class Rise(NamedTuple):
    """A chance by the hour, never falling, with its interval: arrays of shape (t,)."""

    chance: Floats
    low: Floats
    high: Floats


class Marked(NamedTuple):
    """When something comes, over the replications in which it does, and how often that is."""

    low: float
    median: float
    high: float
    """5 %, 50 % and 95 % quantile in hours after the start; nan where it never comes."""
    share: float

    def later(self, by: float) -> Marked:
        """So many hours later."""
        return Marked(self.low + by, self.median + by, self.high + by, self.share)


class MissionCurve(NamedTuple):
    """How likely one mission is out by when, on the calendar."""

    hour: Floats
    """Hours after the start of the clock, shape (t,), the first 0."""
    all_out: Rise
    half_out: Rise
    order: Marked
    """The mission's first order, where its people are still there."""
    fall: Marked
    """The fall of the capital, as far as replications go."""
    moving: float
    """Share of the replications in which somebody of it is to be moved; those are what the chances are shares of."""
    before: float
    """Share of these in which it was out before the start."""

    @property
    def finally_out(self) -> float:
        """The chance that all are out in the end."""
        return float(self.all_out.chance[-1])

    def later(self, by: float) -> MissionCurve:
        """The same on a clock that starts so many hours earlier."""
        return self._replace(hour=self.hour + by, order=self.order.later(by), fall=self.fall.later(by))


def chance_by(times: Floats, at: Floats, sets: Sets, level: float = LEVEL) -> Rise:
    """Share of the replications, each with its time in *times* (n,) or inf, that are through by each of *at* (t,).

    The interval at each hour is that of a share over *sets* of inputs.
    """
    ordered = np.sort(times)
    through = np.searchsorted(ordered, at + 1e-9, side="right")
    distinct, back = np.unique(through, return_inverse=True)
    each = [share(times <= ordered[k - 1] if k else np.zeros(times.size, bool), sets, level) for k in distinct]
    columns = (np.array([e[k] if e[k] is not None else np.nan for e in each], dtype=np.float64)[back] for k in range(3))
    return Rise(*columns)


def mission_curve(result: Stored, mission: str, last_h: float | None = None, level: float = LEVEL) -> MissionCurve | None:
    """The curve up to *last_h* (to its last step without); None where nobody of it is to be moved in any replication.

    A replication in which the mission is never ordered, and somebody is to be moved, counts as never out.
    """
    o = of_missions(result).get(mission)
    if o is None or not (o.to_move > 0).any():
        return None
    some = o.to_move > 0
    unit = o.unit.where(some)
    whole, half = o.t100_h[some], o.t50_h[some]
    steps = np.concatenate((whole, half))
    last = max(float(steps[np.isfinite(steps)].max(initial=0.0)), last_h or 0.0)
    hour = np.unique(np.concatenate(([0.0, last], steps[steps <= last])))
    ordered = o.ordered_h[some & (o.out_before == 0)]
    return MissionCurve(
        hour,
        chance_by(whole, hour, unit, level),
        chance_by(half, hour, unit, level),
        _marked(ordered, int(some.sum())),
        fall_of(result),
        float(some.mean()),
        float((o.out_before[some] > 0).mean()),
    )


def chances(o: Outcomes, at: Floats) -> tuple[Floats, Floats] | None:
    """Share of the replications in which all, and half, are out by each of *at* (t,) hours after the start, as the curve has it.

    None where nobody is to be moved in any replication.  Without intervals, which take a thousand times as long.
    """
    some = o.to_move > 0
    if not some.any():
        return None
    return share_by(o.t100_h[some], at), share_by(o.t50_h[some], at)


def share_by(times: Floats, at: Floats) -> Floats:
    """Share of *times* (n,), inf never, that are no later than each of *at* (t,)."""
    return np.asarray(np.searchsorted(np.sort(times), at + 1e-9, side="right") / times.size)


def fall_of(result: Stored) -> Marked:
    """When the capital falls in the replications of *result*."""
    return _when(result, "fall_h")


def loss_of(result: Stored) -> Marked:
    """When the airport is lost in the replications of *result*."""
    return _when(result, "lost_h")


def _when(result: Stored, column: str) -> Marked:
    frame = survivors(result, "replications")
    known = frame.height and column in frame.columns
    return _marked(frame[column].to_numpy().astype(np.float64), frame.height) if known else _marked(np.zeros(0), 1)


def _marked(hours: Floats, of: int) -> Marked:
    """Of those of *hours* that are finite, out of so many replications."""
    finite = hours[np.isfinite(hours)]
    low, median, high = (order_statistic(finite, p) for p in (0.05, 0.5, 0.95))
    return Marked(low, median, high, finite.size / of)

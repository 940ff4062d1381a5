"""One number of a result by address, such as ``total.p90`` or ``united-states.left_behind``.

An address is a scope, ``total`` or a mission, and a name of :data:`KINDS`.  ``docs/reference/measures.md``
gives the formulas.  The
names of the JSON are understood too: ``missions.united-states.p90_h``, ``total.left-behind``.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.outcomes import Outcomes, Stored, of_all, of_missions, wall
from sim.analysis.sets import Sets
from sim.analysis.sets import mean as mean_over
from sim.analysis.sets import share as share_over
from sim.analysis.statistics import LEVEL, Floats, order_statistic
from sim.analysis.summary import reason
from sim.scenario.errors import SaidInLines


class MeasureError(SaidInLines, ValueError):
    """An address that names no measure; one line that says what would."""


class Value(NamedTuple):
    """An estimate: ``inf`` never, ``nan`` none exists.  Ends may be inf; ``None`` where there are too few replications."""

    value: float
    low: float | None
    high: float | None
    n: int
    """Replications it rests on: those that have such a value."""
    never: str | None = None
    """Why an infinite value is infinite: *stranded*, or merely *unfinished* at the horizon."""


class Samples(NamedTuple):
    """One value per replication."""

    replication: NDArray[np.int64]
    """Shape (n,), ascending."""
    sets: NDArray[np.int64]
    """Shape (n,): the set of inputs of each."""
    values: Floats
    """Shape (n,): inf never, nan where a replication has none."""
    most: float
    """No replication can have more."""


class Paired(NamedTuple):
    """The replications that two samples have in common."""

    sets: Sets
    base: Floats
    other: Floats


def paired(base: Samples, other: Samples) -> Paired:
    """Two samples, replication by replication; the sets are the larger ones, if those of one are."""
    _, here, there = np.intersect1d(base.replication, other.replication, assume_unique=True, return_indices=True)
    one, two = Sets.of(base.sets[here]), Sets.of(other.sets[there])
    return Paired(one if one.count <= two.count else two, base.values[here], other.values[there])


@dataclass(frozen=True)
class Kind:
    """What can be asked of a scope."""

    name: str
    unit: str
    """``h``, ``people`` or nothing for a share."""
    title: str
    samples: Callable[[Outcomes, float], Floats]
    """Outcomes and the horizon in hours → one value per replication: inf never, nan where it has none."""
    quantile: float | None = None
    """The order statistic that is asked for; a mean (or share) without."""
    worse_high: bool = True
    """Whether more is worse."""
    from_order: bool = False
    """Whether its hours run from the order instead of the start of the clock: a later order may make them fewer."""

    @property
    def finite(self) -> bool:
        """Whether every replication's value is finite, so that values may be subtracted and averaged."""
        return self.quantile is None

    def most(self, o: Outcomes, horizon_h: float) -> float:
        """No replication has more: of people all who are to be moved (of those never ordered out, all staff), of hours all."""
        if self.unit != "people":
            return horizon_h if self.unit else 1.0
        return float((o.staff if self.name == "never_ordered" else o.to_move).max(initial=0.0))


def _within(o: Outcomes, moment: Floats, horizon: float, *, from_order: bool = False) -> Floats:
    """min(moment, horizon) where a time exists, from the start of the clock or from the order; nan elsewhere."""
    hours = np.where(o.timed if from_order else o.dated, np.minimum(moment, horizon), np.nan)
    return np.asarray(hours - np.where(o.timed, o.ordered_h, 0.0)) if from_order else np.asarray(hours)


_ALL = (
    Kind("p50", "h", "median time to evacuate, from the order", lambda o, _: o.time_h, 0.5, from_order=True),
    Kind("p90", "h", "P90 of the time to evacuate, from the order", lambda o, _: o.time_h, 0.9, from_order=True),
    Kind("out_p50", "h", "median time from the start until all are out", lambda o, _: o.out_h, 0.5),
    Kind("out_p90", "h", "P90 of the time from the start until all are out", lambda o, _: o.out_h, 0.9),
    Kind("p_all_out", "", "probability of all out", lambda o, _: o.all_out.astype(np.float64), worse_high=False),
    Kind("left_behind", "people", "people left behind", lambda o, _: o.left_behind),
    Kind("stranded", "people", "people stranded", lambda o, _: o.stranded),
    Kind("unfinished", "people", "people not out at the horizon", lambda o, _: o.unfinished),
    Kind("never_ordered", "people", "people never ordered out", lambda o, _: o.never_ordered),
    Kind(
        "restricted_time", "h", "mean time to evacuate from the order, cut at the horizon",
        lambda o, horizon: _within(o, o.t100_h, horizon, from_order=True), from_order=True,
    ),
    Kind(
        "restricted_half", "h", "mean time from the order until half are out, cut at the horizon",
        lambda o, horizon: _within(o, o.t50_h, horizon, from_order=True), from_order=True,
    ),
    Kind(
        "hours_within_horizon", "h", "mean hours from the start until all out, cut at the horizon",
        lambda o, horizon: _within(o, o.t100_h, horizon),
    ),
    Kind(
        "half_within_horizon", "h", "mean hours from the start until half are out, cut at the horizon",
        lambda o, horizon: _within(o, o.t50_h, horizon),
    ),
)  # fmt: skip
KINDS = {kind.name: kind for kind in _ALL}
"""By name; the restricted mean is that of survival analysis (Royston and Parmar, BMC Med. Res. Methodol. 13 (2013) 152)."""

TOTAL = "total"


@dataclass(frozen=True)
class Measure:
    """A kind of number of one scope."""

    scope: str
    kind: Kind
    called: str = field(default="", compare=False)
    """The title of its mission."""

    @property
    def text(self) -> str:
        """Its address."""
        return f"{self.scope}.{self.kind.name}"

    @property
    def whose(self) -> str:
        """Its mission in text; nothing of all missions together."""
        return "" if self.scope == TOTAL else self.called or self.scope

    @property
    def title(self) -> str:
        """In words, with the unit."""
        unit = f" ({self.kind.unit})" if self.kind.unit else ""
        whose = f"{self.whose}: " if self.whose else ""
        return f"{whose}{self.kind.title}{unit}"


class Reading:
    """One stored result, its outcomes taken once, from which measures are read."""

    def __init__(self, result: Stored) -> None:
        self._result = result
        self.horizon_h = wall(result).horizon_h

    @cached_property
    def _total(self) -> Outcomes:
        return of_all(self._result)

    @cached_property
    def _missions(self) -> dict[str, Outcomes]:
        return of_missions(self._result)

    def outcomes(self, scope: str) -> Outcomes:
        """Those of everybody or of a mission; KeyError if there is no such mission."""
        return self._total if scope == TOTAL else self._missions[scope]

    def value(self, measure: Measure, level: float = LEVEL) -> Value:
        """The estimate with its interval at *level*, over sets of inputs."""
        o, kind = self.outcomes(measure.scope), measure.kind
        if kind.quantile is not None:
            hours = kind.samples(o, self.horizon_h)
            ranked = o.ranked(hours)
            value = order_statistic(ranked, kind.quantile)
            ends = o.quantile_ends(hours, kind.quantile, level)
            low, high = (None, None) if ends is None else (_plain(ends[0]), _plain(ends[1]))
            return Value(_plain(value), low, high, int(ranked.size), None if math.isnan(value) else reason(value))
        if kind.name == "p_all_out":
            return Value(*share_over(o.all_out, o.unit, level), o.all_out.size)
        values = kind.samples(o, self.horizon_h)
        estimate = mean_over(values, o.unit, (0.0, kind.most(o, self.horizon_h)), level)
        return Value(*estimate, int(np.count_nonzero(~np.isnan(values))))

    def samples(self, measure: Measure) -> Samples:
        """What every replication has of a measure, to be paired by number."""
        o = self.outcomes(measure.scope)
        kind = measure.kind
        return Samples(o.replication, o.sets, kind.samples(o, self.horizon_h), kind.most(o, self.horizon_h))


def _plain(x: float) -> float:
    """A ranked time as a time: all that is past every time is infinite."""
    return math.inf if reason(x) else x


def parse(address: str, missions: Sequence[str], titles: Mapping[str, str] | None = None) -> Measure:
    """The measure at an address, *titles*: of missions; raises :class:`MeasureError` with the nearest one there is."""
    scope, dot, name = address.strip().removeprefix("missions.").rpartition(".")
    if not dot:
        raise MeasureError(f"expected MISSION.NAME or total.NAME, such as total.p90, got {address!r}")
    wanted = name.replace("-", "_").removesuffix("_h")
    if scope != TOTAL and scope not in missions:
        raise MeasureError(f"{address}: no mission {scope!r}{_nearest(scope, [TOTAL, *missions])}")
    if wanted not in KINDS:
        raise MeasureError(f"{address}: no measure {name!r}{_nearest(wanted, list(KINDS))}; there are {', '.join(KINDS)}")
    return Measure(scope, KINDS[wanted], (titles or {}).get(scope, ""))


def _nearest(given: str, there: Sequence[str]) -> str:
    near = difflib.get_close_matches(given, there, 1, 0.5)
    return f"; nearest: {near[0]}" if near else ""

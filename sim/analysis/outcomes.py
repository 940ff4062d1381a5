"""What a mission, a cohort or everybody came to in each replication: the stored tables as arrays, failed replications left out.

The one place that knows the columns of the store.  Times are hours since the start of the clock, ``inf`` never.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache, wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray

from sim.analysis.sets import Sets, quantile_ends
from sim.analysis.statistics import Floats
from sim.model.names import CAUSES
from sim.scenario.nodes import LOADER
from sim.scenario.schema import Clock

BoolArray = NDArray[np.bool_]
Truths = BoolArray  # as sim.studies.decide still calls it
BEYOND = 1e300
"""Sorts after every time and before never: out only after the horizon, if at all (*unfinished*)."""


class Stored(Protocol):
    """What the analysis needs of a stored result."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def seed(self) -> int: ...
    @property
    def n(self) -> int: ...
    @property
    def failed(self) -> Sequence[tuple[int, str, str]]: ...
    @property
    def scenario_text(self) -> str: ...
    def table(self, name: str) -> pl.DataFrame:
        """``missions``, ``cohorts``, ``replications`` or ``timeline``, a row per replication and thing."""
        ...


R = TypeVar("R")


def remembered(read: Callable[[Stored], R]) -> Callable[[Stored], R]:
    """*read*, whose answer is kept with the result that it is of: pictures and page ask for the same of each.

    What it gives is read only.
    """
    known: WeakKeyDictionary[Any, R] = WeakKeyDictionary()

    @wraps(read)
    def once(result: Stored) -> R:
        try:
            if result not in known:
                known[result] = read(result)
            return known[result]
        except TypeError:  # one that can't be a key
            return read(result)

    return once


@dataclass(frozen=True)
class Outcomes:
    """One mission, cohort or everybody: arrays of shape (n,), one entry per replication that did not fail."""

    replication: NDArray[np.int64]
    sets: NDArray[np.int64]
    """The set of inputs that each has: replications of one set tell less than as many of sets of their own."""
    staff: Floats
    staying: Floats
    stranded: Floats
    unfinished: Floats
    never_ordered: Floats
    """People to be moved whom nobody ordered out, whatever became of them; nan where older tables don't say."""
    gave_up: Floats
    """Those of the stranded who gave up on the road."""
    out_before: Floats
    """People out before the start; no time from the order is theirs."""
    ordered_h: Floats
    t50_h: Floats
    t90_h: Floats
    t100_h: Floats
    waited: dict[str, Floats]
    """Person-hours waited, by cause."""

    @property
    def to_move(self) -> Floats:
        """Everybody but those who stay."""
        return self.staff - self.staying

    @property
    def left_behind(self) -> Floats:
        """Stranded and unfinished."""
        return self.stranded + self.unfinished

    @property
    def all_out(self) -> BoolArray:
        """Nobody left behind; true where there was nobody to move."""
        return np.asarray(self.left_behind == 0)

    def not_among(self, which: BoolArray) -> float:
        """People whom nobody ordered out, on average over *which* replications (n,); 0 where there is none of them."""
        people = self.never_ordered[which]
        return float(np.nan_to_num(people).mean()) if people.size else 0.0

    @property
    def timed(self) -> BoolArray:
        """Whether a time to evacuate exists: an order was given, and somebody to move wasn't out before the start."""
        return np.isfinite(self.ordered_h) & (self.to_move - self.out_before > 0)

    @property
    def dated(self) -> BoolArray:
        """Whether there is a time on the calendar: a time to evacuate, or people out before the start."""
        return np.asarray(self.timed | (self.out_before > 0))

    def after_order(self, moment: Floats) -> Floats:
        """Hours from the first order to *moment* (n,): inf where never, nan where no time exists."""
        with np.errstate(invalid="ignore"):  # never out and never ordered: no time exists
            return np.where(self.timed, moment - self.ordered_h, np.nan)

    @property
    def time_h(self) -> Floats:
        """Time to evacuate, t100 - ordered: inf never, nan where none exists."""
        return self.after_order(self.t100_h)

    @property
    def out_h(self) -> Floats:
        """When all are out, from the start of the clock: inf never, nan where no time exists."""
        return np.where(self.dated, self.t100_h, np.nan)

    def ranked(self, hours: Floats) -> Floats:
        """Those of *hours* (n,) that exist, :data:`BEYOND` where everybody not out is merely unfinished."""
        late = np.isinf(hours) & (self.stranded == 0)
        return np.asarray(np.where(late, BEYOND, hours)[~np.isnan(hours)])

    def quantile_ends(self, hours: Floats, p: float, level: float) -> tuple[float, float] | None:
        """The interval of the *p* quantile of :meth:`ranked` *hours* (n,); None where there are too few."""
        return quantile_ends(self.ranked(hours), self.unit.where(~np.isnan(hours)), p, level)

    @property
    def ranked_h(self) -> Floats:
        """The times to evacuate that exist, to be ranked."""
        return self.ranked(self.time_h)

    @property
    def ranked_out_h(self) -> Floats:
        """When all are out, from the start of the clock, where a time exists; to be ranked."""
        return self.ranked(self.out_h)

    @cached_property
    def unit(self) -> Sets:
        """The sets of inputs that its replications have: what every interval and test counts."""
        return Sets.of(self.sets)

    def at(self, replications: NDArray[np.int64]) -> Outcomes:
        """The same for *replications* only (all of them present), in that order."""
        rows = np.searchsorted(self.replication, replications)
        arrays = {k: getattr(self, k)[rows] for k in _COLUMNS}
        return Outcomes(replications, self.sets[rows], **arrays, waited={k: v[rows] for k, v in self.waited.items()})


def shared_sets(base: Outcomes, other: Outcomes) -> Sets:
    """The sets of pairs of replications, in which the same replication of both stands: the larger ones, if those of one are."""
    return base.unit if base.unit.count <= other.unit.count else other.unit


_COLUMNS = (
    "staff", "staying", "stranded", "unfinished", "gave_up", "out_before", "never_ordered", "ordered_h",
    "t50_h", "t90_h", "t100_h",
)  # fmt: skip


def _outcomes(frame: pl.DataFrame, sets: Mapping[int, int]) -> Outcomes:
    if "replication" not in frame.columns:  # nothing was completed
        none = np.zeros(0)
        numbers = none.astype(np.int64)
        return Outcomes(numbers, numbers, **dict.fromkeys(_COLUMNS, none), waited=dict.fromkeys(CAUSES, none))

    def column(name: str) -> Floats:
        if name == "out_before":
            return _out_before(frame)
        if name in ("never_ordered", "gave_up") and name not in frame.columns:
            return np.full(frame.height, np.nan)
        values = frame[name]  # a cast costs more than all else here, even where there is nothing to do
        return (values if values.dtype == pl.Float64 else values.cast(pl.Float64)).to_numpy().astype(np.float64)

    staff = column("staff")
    staying = column("staying") if "staying" in frame.columns else staff - column("to_move")
    rest = {name: column(name) for name in _COLUMNS if name not in ("staff", "staying")}
    waited = {cause: column(f"wait_{cause}") for cause in CAUSES if f"wait_{cause}" in frame.columns}
    replication = frame["replication"].cast(pl.Int64)
    own = np.array([sets.get(k, k) for k in replication.to_list()], np.int64)
    return Outcomes(replication.to_numpy(), own, staff, staying, **rest, waited=waited)


def _out_before(frame: pl.DataFrame) -> Floats:
    """People out before the start: a number in total, all who are evacuated where a mission or cohort says that it was."""
    if "out_before" not in frame.columns:  # older tables: nobody could be
        return np.zeros(frame.height)
    before = frame["out_before"]
    people = before.cast(pl.Int64) * frame["evacuated"] if before.dtype == pl.Boolean else before
    return people.cast(pl.Float64).to_numpy().astype(np.float64)


@remembered
def of_all(result: Stored) -> Outcomes:
    """All missions together; the time runs from the first order of any of them."""
    return _outcomes(survivors(result, "replications"), sets_of(result))


@remembered
def of_missions(result: Stored) -> dict[str, Outcomes]:
    """Mission -> outcomes, by name."""
    frame = survivors(result, "missions")
    parts, sets = frame.partition_by("mission", as_dict=True) if frame.height else {}, sets_of(result)
    return {str(key[0]): _outcomes(part, sets) for key, part in sorted(parts.items())}


def of_cohorts(result: Stored) -> dict[str, dict[str, Outcomes]]:
    """Mission -> cohort -> outcomes, by name."""
    frame = survivors(result, "cohorts")
    parts, sets = frame.partition_by("mission", "cohort", as_dict=True) if frame.height else {}, sets_of(result)
    missions: dict[str, dict[str, Outcomes]] = {}
    for key, part in sorted(parts.items()):
        missions.setdefault(str(key[0]), {})[str(key[1])] = _outcomes(part, sets)
    return missions


def orders_apart(base: Stored, other: Stored) -> float | None:
    """Share of the pairs in which some cohort is ordered out at another time, or out before the start on one side only."""
    keys, what = ["replication", "mission", "cohort"], ["ordered_h", "out_before"]
    sides = []
    for result in (base, other):
        table = survivors(result, "cohorts")
        if "replication" not in table.columns or "ordered_h" not in table.columns:
            return None
        before = pl.col("out_before") if "out_before" in table.columns else pl.lit(False).alias("out_before")
        sides.append(table.select(*keys, "ordered_h", before))
    both = sides[0].join(sides[1], on=keys)
    if not both.height:
        return None
    apart = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_right") for name in what)
    return float(both.group_by("replication").agg(apart.any().alias("apart"))["apart"].mean())  # type: ignore[arg-type]


def sets_of(result: Stored) -> dict[int, int]:
    """Replication -> its set of inputs, as stored; a replication that isn't named is a set of its own."""
    table = result.table("replications")
    if "input_set" not in table.columns:  # nothing was completed, or by a version that drew no inputs
        return {}
    return dict(zip(table["replication"].to_list(), table["input_set"].cast(pl.Int64).to_list(), strict=True))


def survivors(result: Stored, name: str) -> pl.DataFrame:
    """A table without what failed, in the order of the replications."""
    table, failed = result.table(name), [replication for replication, _, _ in result.failed]
    if failed and table.height:
        table = table.filter(~pl.col("replication").is_in(failed))
    known = "replication" in table.columns
    return table.sort("replication") if known and not table["replication"].is_sorted() else table


def ends(result: Stored) -> dict[str, int]:
    """How many replications ended because all were out (or had given up), the airport was lost, or the horizon came."""
    frame = survivors(result, "replications")
    reasons = frame["end"].cast(pl.String).to_list() if frame.height else []
    return {reason: reasons.count(reason) for reason in ("out", "gave_up", "lost", "horizon")}


@dataclass(frozen=True)
class Wall:
    """The clock on the wall: local start, and hours simulated at most."""

    start: datetime
    utc_offset: float
    horizon_h: float

    def moment(self, hours: float) -> datetime:
        """Local time *hours* after the start."""
        return self.start + timedelta(hours=hours)


def wall(result: Stored) -> Wall:
    """Start, offset and horizon from the stored scenario text, the schema's defaults where it is silent."""
    return _wall(result.scenario_text)


@lru_cache(maxsize=16)
def _wall(text: str) -> Wall:
    clock = contents(text).get("clock")
    stated = {key: clock[key] for key in ("start", "horizon", "utc_offset") if clock.get(key) is not None} if clock else {}
    if "start" in stated:  # YAML may have made a date of it
        stated["start"] = str(stated["start"])[: len("2021-08-15 06:00")]
    read = Clock.model_validate(stated)
    return Wall(read.start.when, float(read.utc_offset), read.horizon.mean)


def titles(result: Stored) -> dict[str, str]:
    """Mission -> its title, of those that have one in the stored scenario."""
    return dict(_titles(result.scenario_text))


@lru_cache(maxsize=16)
def _titles(text: str) -> tuple[tuple[str, str], ...]:
    missions = contents(text).get("missions")
    known = missions.items() if isinstance(missions, dict) else ()
    each = ((str(name), mission.get("title")) for name, mission in known if isinstance(mission, dict))
    return tuple((name, title) for name, title in each if isinstance(title, str) and title.strip())


@lru_cache(maxsize=4)  # a text takes 50 ms, and is asked for its clock by everything that reads a result
def contents(text: str) -> dict[str, Any]:
    """The stored text of a scenario as plain data, to be read only."""
    raw = yaml.load(text, Loader=LOADER)  # the safe one, in C where there is one: the other takes seven times as long
    return raw if isinstance(raw, dict) else {}

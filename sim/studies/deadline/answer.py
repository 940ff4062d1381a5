"""How late can a mission still decide: dates for its order, tried under common random numbers, and the answer kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

import polars as pl

from sim.analysis.naming import titles_of
from sim.analysis.study import Batch, Proposal
from sim.scenario import Loaded, Scenario
from sim.scenario.settings import Setting
from sim.scenario.triggers import closes_later
from sim.studies.deadline.curve import Curve, DeadlineCase, grid, study
from sim.studies.deadline.found import FoundDeadlines, deadlines_json
from sim.studies.deadline.lead_time import Downfall, last_useful, seen
from sim.studies.deadline.query import DeadlineQuery
from sim.studies.deadline.summary import About, curve_table, deadline_table, each_deadline, summarise_deadlines
from sim.studies.engine import Answer, Session, StudyRunner
from sim.studies.order_dates import MARGIN_H, TOTAL, check_mission, horizon, moving, nobody_ordered, ordered_at, time_or_date
from sim.studies.query import QueryError

WATCHED = 200
"""Replications whose falls say how far the dates go: always as many, so that more replications try the same dates."""
LARGEST = 5
"""Missions that are looked at, besides all together, where none is named."""


@dataclass(frozen=True)
class Deadlines(Answer):
    """The latest orders of all scenarios and missions, and what they rest on."""

    found: FoundDeadlines = field(kw_only=True, repr=False)
    """The answer as typed values."""

    @property
    def headlines(self) -> list[str]:
        """The answer in a sentence; of one mission with several scenarios the latest order with each as well."""
        return [" ".join([self.found.headline, *each_deadline(self.found)])]

    @property
    def curves(self) -> pl.DataFrame:
        """A row per scenario, scope and date tried."""
        return self.tables["curves"]

    @property
    def deadlines(self) -> pl.DataFrame:
        """A row per scenario and scope."""
        return self.tables["deadlines"]


def answer(query: DeadlineQuery, session: Session) -> Deadlines:
    """The latest date at which each mission can order its people out and have all of them out with the confidence asked for.

    Raises:
        QueryError: a mission that isn't there, dates in the wrong order.
    """
    runner = session.check(query.scenarios)
    given = runner.loaded
    scopes = scopes_of(given, query)
    limits = [_time_of(text, given[0], option) for text, option in ((query.first, "--from"), (query.last, "--to"))]
    _check(query, limits)
    watched = _watch(runner, limits[1])
    dates = _dates(watched, limits, query, given)
    cases = _cases(given, scopes, dates[-1])
    runner.afford(len(cases) * len(dates), len(cases) * len(dates) * query.n)
    session.tell(_cost(cases, dates, query))
    curves = runner.conduct(study(cases, dates, query.n, query.confidence, query.resolution_h))
    found = _found(curves, given, watched, query, dates[-1])
    tables = {"curves": curve_table(found), "deadlines": deadline_table(found)}
    gives = partial(Deadlines, found=found)
    return runner.keep(runner.folder(), gives, deadlines_json(found), tables, found, replications=found.replications)


def scopes_of(given: Sequence[Loaded], query: DeadlineQuery) -> list[list[str]]:
    """All together and missions with somebody to move, by scenario; raises :class:`QueryError`."""
    able = [moving(one.scenario) for one in given]
    known = {name for one in given for name in one.scenario.missions}
    everyone = dict.fromkeys(name for one in able for name in one)
    for name in query.missions:
        if name not in (TOTAL, "all"):
            check_mission(name, known, everyone)
    some = any(closes_later(one.scenario, m) for one in given for m in one.scenario.missions.values())
    alone = [] if len(everyone) == 1 and not some else [TOTAL]  # a mission without others is all together
    wanted = list(dict.fromkeys(query.missions)) or [*alone, *list(everyone)[:LARGEST]]
    if "all" in wanted:
        wanted = [TOTAL, *everyone]
    return [[s for s in wanted if s in one or (s == TOTAL and one)] for one in able]


def _time_of(text: str | None, loaded: Loaded, option: str) -> float | None:
    """Hours after the start."""
    if text is None:
        return None
    try:
        return time_or_date(text, loaded.scenario.clock.start)[0]
    except ValueError:
        raise QueryError(f'{option}: expected a time after the start such as 3 d, or a date, got "{text[:40]}"') from None


def _check(query: DeadlineQuery, limits: Sequence[float | None]) -> None:
    first, last = limits
    if first is not None and first < 0:
        raise QueryError("--from: expected a moment that is not before the start of the scenario")
    if last is not None and last <= (first or 0.0):
        raise QueryError("--to: expected a moment after the first date tried")
    if not query.resolution_h > 0:
        raise QueryError("--resolution: expected a time > 0")


def _watch(runner: StudyRunner, last: float | None) -> list[Downfall]:
    """When the capital falls and the airport is lost in each replication, nobody being ordered out."""
    proposals: list[Proposal] = []
    for k, one in enumerate(runner.base):
        scenario = one.loaded.scenario
        longer = horizon(scenario, last + MARGIN_H) if last is not None else ()
        proposals.append(Proposal((*nobody_ordered(scenario), *longer), max(runner.query.n, WATCHED), k))
    runner.session.progress.begin("when the capital falls", 0, sum(p.n for p in proposals))
    return runner.gather(Batch(proposals, seen))


def _dates(
    watched: Sequence[Downfall], limits: Sequence[float | None], query: DeadlineQuery, given: Sequence[Loaded]
) -> list[float]:
    first, last = limits
    first = first or 0.0
    if last is None:
        ends = [last_useful(w, WATCHED, one.scenario.clock.horizon.mean) for w, one in zip(watched, given, strict=True)]
        last = max(max(ends), first + 24.0)
    return grid(first, last, query.dates, query.resolution_h)


def _cases(given: Sequence[Loaded], scopes: Sequence[Sequence[str]], last: float) -> list[DeadlineCase]:
    """A curve of each scope of each scenario; the horizon lies well after the *last* date tried."""
    named = enumerate(zip(given, scopes, strict=True))
    return [DeadlineCase(k, scope, partial(_ordered, one.scenario, scope, last)) for k, (one, some) in named for scope in some]


def _ordered(scenario: Scenario, scope: str, last: float, hours: float) -> tuple[Setting, ...]:
    return (*ordered_at(scenario, scope, hours), *horizon(scenario, last + MARGIN_H))


def _cost(cases: Sequence[DeadlineCase], dates: Sequence[float], query: DeadlineQuery) -> str:
    widest = max((b - a for a, b in pairwise(dates)), default=0.0)
    more = 3 * math.ceil(math.log2(max(widest / query.resolution_h, 1.0)))  # the deadline and both ends of its interval
    curves = len(cases)
    return (
        f"deadline: {curves} curve{'s' if curves != 1 else ''} of {len(dates)} dates × {query.n:,} replications = "
        f"{curves * len(dates) * query.n:,}, then at most {curves * more * query.n:,} more between dates"
    )


def _found(
    curves: Sequence[Curve], given: Sequence[Loaded], watched: Sequence[Downfall], query: DeadlineQuery, last: float
) -> FoundDeadlines:
    abouts = [
        About(
            name,
            one.scenario.title,
            one.scenario.clock.start.when,
            max(one.scenario.clock.horizon.mean, last + MARGIN_H),
            w.fall_h,
            float(one.scenario.clock.utc_offset),
            titles_of([one.scenario]),
        )
        for name, one, w in zip(_names(given), given, watched, strict=True)
    ]
    found = summarise_deadlines(curves, abouts, query.confidence, query.resolution_h, query.seed)
    others = sorted({m for one in given for m in moving(one.scenario)} - {c.scope for c in curves})
    offset = float(given[0].scenario.clock.utc_offset)
    return replace(found, warnings=(*found.warnings, *_lacking(given, query)), utc_offset=offset, not_tried=tuple(others))


def _lacking(given: Sequence[Loaded], query: DeadlineQuery) -> list[str]:
    """Missions asked for that a scenario hasn't, or has nobody of to move, a line each."""
    named = [name for name in dict.fromkeys(query.missions) if name not in (TOTAL, "all")]
    pairs = ((name, mission, one) for name, one in zip(_names(given), given, strict=True) for mission in named)
    return [
        f"{name}: {'nobody to move of' if mission in one.scenario.missions else 'there is no mission'} {mission}"
        for name, mission, one in pairs
        if mission not in moving(one.scenario)
    ]


def _names(given: Sequence[Loaded]) -> list[str]:
    """Names of the scenarios; the second of a name gets a number."""
    names = [one.name for one in given]
    return [name if name not in names[:k] else f"{name} ({names[: k + 1].count(name)})" for k, name in enumerate(names)]

"""How late can a mission still decide: dates for its order, tried under common random numbers, and the answer kept."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from sim import __version__
from sim.analysis.deadline import Case, Curve, grid, study
from sim.analysis.deadline_summary import About, curve_table, deadline_table, summarise_deadlines
from sim.analysis.lead_time import Seen, last_useful, seen
from sim.analysis.study import Batch, Proposal
from sim.experiment import Unwatched
from sim.present.pictures import Pictures
from sim.scenario import Loaded
from sim.scenario.errors import printable
from sim.scenario.merge import nearest
from sim.scenario.number import scalar
from sim.scenario.triggers import closes_later
from sim.scenario.types import Date
from sim.studies.kept import asked_command, folder_of, keep
from sim.studies.lab import Lab
from sim.studies.options import Options, crew_of
from sim.studies.orders import MARGIN_H, TOTAL, horizon, moving, nobody_ordered, ordered_at
from sim.studies.preparing import Given, Prepared, prepare

Json = dict[str, Any]
WATCHED = 200
"""Replications whose falls say how far the dates go: always as many, so that more replications try the same dates."""
LARGEST = 5
"""Missions that are looked at, besides all together, where none is named."""


class AskError(ValueError):
    """What is asked for makes no sense for these scenarios; one line."""


@dataclass(frozen=True)
class Asked:
    """The question."""

    confidence: float = 0.9
    missions: tuple[str, ...] = ()
    """Names, ``total`` for all together, ``all`` for every one; the largest :data:`LARGEST` and all together if empty."""
    first: str | None = None
    """First date tried: a time after the start, or a date (default: the start)."""
    last: str | None = None
    """Last date tried (default: by when the airport is lost in half of the replications)."""
    dates: int = 9
    """Dates of the grid before it is refined."""
    resolution_h: float = 6.0


@dataclass(frozen=True)
class Deadlines:
    """The answer, and where it is kept."""

    summary: Json
    folder: Path
    plots: tuple[Path, ...] = ()

    @property
    def curves(self) -> pl.DataFrame:
        """A row per scenario, scope and date tried."""
        return curve_table(self.summary)

    @property
    def deadlines(self) -> pl.DataFrame:
        """A row per scenario and scope."""
        return deadline_table(self.summary)

    @property
    def headline(self) -> str:
        return str(self.summary["headline"])


def deadline(
    *scenarios: Given,
    confidence: float = 0.9,
    missions: Iterable[str] = (),
    first: str | None = None,
    last: str | None = None,
    dates: int = 9,
    resolution_h: float = 6.0,
    n: int = 200,
    seed: int = 1,
    overrides: Iterable[str] = (),
    jobs: int | None = None,
    out: str | os.PathLike[str] = "results",
    csv: bool = False,
    plots: bool = True,
    svg: bool = False,
) -> Deadlines:
    """The latest date at which each mission can order its people out and have all of them out with *confidence*.

    Raises:
        ScenarioError: all faults of the files.
        AskError: a mission that isn't there, dates in the wrong order.
        OutputError, StoreError: if results cannot be kept.
    """
    options = Options(n=n, seed=seed, jobs=jobs, overrides=tuple(overrides), out=Path(out), csv=csv, plots=plots, svg=svg)
    asked = Asked(confidence, tuple(missions), first, last, dates, resolution_h)
    return deadline_all(prepare(scenarios, options), asked, options)


def deadline_all(
    prepared: Sequence[Prepared], asked: Asked, options: Options, say: Callable[[str], None] = lambda line: None
) -> Deadlines:
    """The same of scenarios that have passed their checks; *say* is told what it will cost."""
    begun = time.monotonic()
    given = [one.loaded for one in prepared]
    scopes = scopes_of(given, asked)
    limits = [_moment(text, given[0], whose) for text, whose in ((asked.first, "--from"), (asked.last, "--to"))]
    _check(asked, limits)
    with crew_of(options) as crew:
        lab = Lab.of(given, replace(options, overrides=()), crew)
        watched = _watch(lab, limits[1])
        dates = _dates(watched, limits, asked, given)
        cases = _cases(given, scopes, dates[-1])
        say(_cost(cases, dates, asked, options))
        curves = lab.conduct(study(cases, dates, options.n, asked.confidence, asked.resolution_h), "deadline")
    summary = _summary(curves, given, watched, asked, options, dates[-1])
    question = {**{k: v for k, v in vars(asked).items() if k != "missions"}, "scopes": scopes}
    folder = folder_of("deadline", given, question, options)
    summary["folder"] = f"{folder.parent.name}/{folder.name}"
    manifest = _manifest(prepared, asked, options, summary, time.monotonic() - begun)
    tables = {"curves": curve_table(summary), "deadlines": deadline_table(summary)}

    def draw(into: Pictures) -> None:
        from sim.present.plot_deadline import draw_deadlines

        draw_deadlines(summary, into)

    plots = keep(folder, summary, tables, manifest, options, draw)
    return Deadlines(summary | {"folder": str(folder)}, folder, plots)


def scopes_of(given: Sequence[Loaded], asked: Asked) -> list[list[str]]:
    """All together and missions with somebody to move, by scenario; raises :class:`AskError`."""
    able = [moving(one.scenario) for one in given]
    known = {name for one in given for name in one.scenario.missions}
    everyone = dict.fromkeys(name for one in able for name in one)
    for name in asked.missions:
        if name not in (TOTAL, "all"):
            check_mission(name, known, everyone)
    some = any(closes_later(one.scenario, m) for one in given for m in one.scenario.missions.values())
    alone = [] if len(everyone) == 1 and not some else [TOTAL]  # a mission without others is all together
    wanted = list(dict.fromkeys(asked.missions)) or [*alone, *list(everyone)[:LARGEST]]
    if "all" in wanted:
        wanted = [TOTAL, *everyone]
    return [[s for s in wanted if s in one or (s == TOTAL and one)] for one in able]


def check_mission(name: str, known: Iterable[str], able: Iterable[str]) -> None:
    """Raises :class:`AskError` unless *name* is one of the missions *known*, and of those that have somebody to move."""
    if name not in (there := sorted(known)):
        raise AskError(f'--mission: no mission "{printable(name, 40)}"{nearest(name, there)}')
    if name not in able:
        raise AskError(f"--mission: {name} has nobody to move")


def _moment(text: str | None, loaded: Loaded, option: str) -> float | None:
    """Hours after the start."""
    if text is None:
        return None
    try:
        return scalar(text, "time")
    except ValueError:
        try:
            return Date.parse(text).hours_after(loaded.scenario.clock.start)
        except ValueError:
            raise AskError(f'{option}: expected a time after the start such as 3 d, or a date, got "{text[:40]}"') from None


def _check(asked: Asked, limits: Sequence[float | None]) -> None:
    first, last = limits
    if not 0 < asked.confidence < 1:
        raise AskError(f"--confidence: expected a share between 0 and 1, such as 90%, got {asked.confidence:g}")
    if first is not None and first < 0:
        raise AskError("--from: expected a moment that is not before the start of the scenario")
    if last is not None and last <= (first or 0.0):
        raise AskError("--to: expected a moment after the first date tried")
    if asked.dates < 2:
        raise AskError("--dates: expected at least 2")
    if not asked.resolution_h > 0:
        raise AskError("--resolution: expected a time > 0")


def _watch(lab: Lab, last: float | None) -> list[Seen]:
    """When the capital falls and the airport is lost in each replication, nobody being ordered out."""
    proposals: list[Proposal] = []
    for k, one in enumerate(lab.base):
        scenario = one.loaded.scenario
        longer = horizon(scenario, last + MARGIN_H) if last is not None else ()
        proposals.append(Proposal((*nobody_ordered(scenario), *longer), max(lab.options.n, WATCHED), k))
    watcher = lab.options.watcher or Unwatched()
    watcher.begin("when the capital falls", 0, sum(p.n for p in proposals))
    return lab.gather(Batch(proposals, seen))


def _dates(watched: Sequence[Seen], limits: Sequence[float | None], asked: Asked, given: Sequence[Loaded]) -> list[float]:
    first, last = limits
    first = first or 0.0
    if last is None:
        ends = [last_useful(w, WATCHED, one.scenario.clock.horizon.mean) for w, one in zip(watched, given, strict=True)]
        last = max(max(ends), first + 24.0)
    return grid(first, last, asked.dates, asked.resolution_h)


def _cases(given: Sequence[Loaded], scopes: Sequence[Sequence[str]], last: float) -> list[Case]:
    cases = []
    for k, (one, some) in enumerate(zip(given, scopes, strict=True)):
        longer = horizon(one.scenario, last + MARGIN_H)
        for scope in some:

            def settings(
                hours: float, one: Loaded = one, scope: str = scope, longer: tuple[str, ...] = longer
            ) -> tuple[str, ...]:
                return (*ordered_at(one.scenario, scope, hours), *longer)

            cases.append(Case(k, scope, settings))
    return cases


def _cost(cases: Sequence[Case], dates: Sequence[float], asked: Asked, options: Options) -> str:
    widest = max((b - a for a, b in pairwise(dates)), default=0.0)
    more = 3 * math.ceil(math.log2(max(widest / asked.resolution_h, 1.0)))  # the deadline and both ends of its interval
    curves = len(cases)
    return (
        f"deadline: {curves} curve{'s' if curves != 1 else ''} of {len(dates)} dates × {options.n:,} replications = "
        f"{curves * len(dates) * options.n:,}, then at most {curves * more * options.n:,} more between dates"
    )


def _summary(
    curves: Sequence[Curve], given: Sequence[Loaded], watched: Sequence[Seen], asked: Asked, options: Options, last: float
) -> Json:
    abouts = [
        About(
            name,
            one.scenario.title,
            one.scenario.clock.start.when,
            max(one.scenario.clock.horizon.mean, last + MARGIN_H),
            w.fall_h,
        )
        for name, one, w in zip(_names(given), given, watched, strict=True)
    ]
    summary = summarise_deadlines(curves, abouts, asked.confidence, asked.resolution_h, options.seed)
    others = sorted({m for one in given for m in moving(one.scenario)} - {c.scope for c in curves})
    return summary | {"utc_offset": float(given[0].scenario.clock.utc_offset), "not_tried": others}


def _names(given: Sequence[Loaded]) -> list[str]:
    """Names of the scenarios; the second of a name gets a number."""
    names = [one.name for one in given]
    return [name if name not in names[:k] else f"{name} ({names[: k + 1].count(name)})" for k, name in enumerate(names)]


def _manifest(prepared: Sequence[Prepared], asked: Asked, options: Options, summary: Json, seconds: float) -> Json:
    words = ["--confidence", f"{asked.confidence:g}"]
    for name in asked.missions:
        words += ["--mission", name]
    for option, text in (("--from", asked.first), ("--to", asked.last)):
        words += [option, text] if text is not None else []
    words += ["--dates", str(asked.dates), "--resolution", f"{asked.resolution_h:g} h"]
    return {
        "evacsim": __version__,
        "study": "deadline",
        "scenarios": [one.loaded.name for one in prepared],
        "seed": options.seed,
        "replications": summary["replications"],
        "wall_seconds": round(seconds, 3),
        "command": asked_command("deadline", [one.given for one in prepared], words, options),
    }


def share_of(text: str, option: str) -> float:
    """A share between 0 and 1, both excluded; raises :class:`AskError`."""
    try:
        value = scalar(text, "share")
    except ValueError as error:
        raise AskError(f"{option}: {error}") from None
    if not 0 < value < 1:
        raise AskError(f'{option}: expected a share between 0 and 1, such as 90%, got "{text[:40]}"')
    return value


def time_of(text: str, option: str) -> float:
    """A time in hours; raises :class:`AskError`."""
    try:
        return scalar(text, "time")
    except ValueError as error:
        raise AskError(f"{option}: {error}") from None

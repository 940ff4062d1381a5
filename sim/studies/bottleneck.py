"""``bottleneck``: who waited for what, and what one more of each capacity is worth; tried, kept and drawn."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.analysis.capacities import (
    KINDS,
    MOST,
    WARNING,
    Capacity,
    Step,
    capacities,
    nearest,
    only,
    parse_steps,
    warning_of,
    warning_step,
)
from sim.analysis.marginal import DEFAULT, Answer, Case, check, study
from sim.analysis.marginal_words import contrasts, explanations, headline, warnings
from sim.analysis.measure import Measure, parse
from sim.analysis.study import Proposal
from sim.analysis.waiting import hourly_rows, waiting_rows
from sim.present.pictures import Pictures
from sim.scenario import ScenarioError
from sim.scenario.errors import Faults, Place, printable
from sim.studies.kept import asked_command, folder_of, keep
from sim.studies.lab import Lab
from sim.studies.options import Options, crew_of
from sim.studies.orders import LeverError, warning
from sim.studies.preparing import Prepared, TooLarge, prepare
from sim.studies.query import Given

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """The question."""

    steps: tuple[str, ...] = ()
    """``PATH=+N`` each, instead of the usual step or for an entry that is no capacity."""
    only: tuple[str, ...] = ()
    """Paths or kinds with ``*``; all without."""
    measures: tuple[str, ...] = DEFAULT

    def words(self) -> list[str]:
        """The study's own options as a person would type them."""
        words = [word for text in self.steps for word in ("--step", text)]
        words += [word for text in self.only for word in ("--only", text)]
        return words + ([word for text in self.measures for word in ("--measure", text)] if self.measures != DEFAULT else [])


@dataclass(frozen=True)
class Bottleneck:
    """The answer, and where it is kept."""

    summary: Json
    folder: Path
    plots: tuple[Path, ...] = ()
    tables: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def headlines(self) -> list[str]:
        """A paragraph for each scenario, then what differs between scenarios."""
        return [*(result["headline"] for result in self.summary["results"]), *self.summary["contrasts"]]

    @property
    def failed(self) -> list[Json]:
        """Points without a result or with failed replications."""
        return list(self.summary["failures"])

    @property
    def values(self) -> pl.DataFrame:
        """A row for each scenario, capacity and measure."""
        return self.tables["values"]

    @property
    def waiting(self) -> pl.DataFrame:
        """Person-hours waited: a row for each scenario, mission and cause."""
        return self.tables["waiting"]

    @property
    def hours(self) -> pl.DataFrame:
        """A row for each scenario, hour and cause."""
        return self.tables["hours"]


def bottleneck(
    *scenarios: Given,
    steps: Iterable[str] = (),
    only: Iterable[str] = (),
    measures: Iterable[str] = DEFAULT,
    n: int = 100,
    seed: int = 1,
    overrides: Iterable[str] = (),
    jobs: int | None = None,
    out: str | os.PathLike[str] = "results",
    csv: bool = False,
    plots: bool = True,
    svg: bool = False,
) -> Bottleneck:
    """Who waited for what, and what one more lane, stand, officer, bus, aircraft, bed … or a day of warning is worth.

    >>> bottleneck("evacsim:minimal", n=20).headlines  # doctest: +SKIP

    Raises:
        ScenarioError: all faults of the files and of what is asked.
        MeasureError: a measure that is not there, or whose values may be infinite.
        OutputError, StoreError: if results cannot be kept.
    """
    options = Options(n=n, seed=seed, jobs=jobs, overrides=tuple(overrides), out=Path(out), csv=csv, plots=plots, svg=svg)
    return bottleneck_all(
        prepare(scenarios, options.overrides, options.allow_large), Asked(tuple(steps), tuple(only), tuple(measures)), options
    )


def bottleneck_all(
    prepared: Sequence[Prepared], asked: Asked, options: Options, tell: Callable[[str], None] = lambda line: None
) -> Bottleneck:
    """The same of scenarios that have passed their checks; *tell* is given what it will cost before it begins."""
    begun = time.monotonic()
    given = [one.loaded for one in prepared]
    measures = _measures(prepared, asked)
    with crew_of(options) as crew:
        lab = Lab.of(given, replace(options, overrides=()), crew)
        cases, notes = cases_of(lab, asked)
        tell(cost(cases, options.n))
        answer = lab.conduct(study(cases, measures, options.n), "bottleneck")
    summary = _summary(answer, measures, notes, options)
    told = [[[c.path, c.step] for c in case.capacities] for case in cases]
    folder = folder_of("bottleneck", given, {"capacities": told, "measures": [m.text for m in measures]}, options)
    summary["folder"] = f"{folder.parent.name}/{folder.name}"
    manifest = {
        "evacsim": __version__,
        "study": "bottleneck",
        "id": folder.name,
        "scenarios": [one.name for one in given],
        "seed": options.seed,
        "replications": options.n,
        "failed": len(answer.failures),
        "wall_seconds": round(time.monotonic() - begun, 3),
        "command": asked_command("bottleneck", [one.given for one in prepared], asked.words(), options),
    }
    tables = tables_of(summary, answer)

    def draw(into: Pictures) -> None:
        from sim.present.plot_marginal import draw_bottleneck

        draw_bottleneck(summary, [base.result for base in answer.bases.values()], into)

    plots = keep(folder, summary, tables, manifest, options, draw)
    return Bottleneck(summary | {"folder": str(folder)}, folder, plots, tables)


def _measures(prepared: Sequence[Prepared], asked: Asked) -> list[Measure]:
    """Measures that every scenario has; raises MeasureError."""
    found = {}
    for text in asked.measures or DEFAULT:
        for one in prepared:
            measure = parse(text, list(one.loaded.scenario.missions))
            found[measure.text] = measure
    check(list(found.values()))
    return list(found.values())


def cases_of(lab: Lab, asked: Asked) -> tuple[list[Case], list[str]]:
    """Capacities of every scenario, and what is to be said of what is not tried; raises ScenarioError before anything runs."""
    faults = Faults()
    notes: list[str] = []
    cases: list[Case] = []
    steps = parse_steps(asked.steps, faults)
    hours = warning_step(steps, faults)
    faults.stop()
    for number, one in enumerate(lab.base):
        found = capacities(one.loaded.scenario, steps, faults)
        found += _warning(lab, number, hours, asked, steps, faults, notes)
        name = one.loaded.name
        kept = only(found, [*asked.only, *(_named(found, steps) if asked.only else ())])
        if len(kept) > MOST:
            faults.add(Place(one.given), (), f"expected at most {MOST:,} capacities, got {len(kept):,}; choose with --only")
        if not kept and not asked.only:
            notes.append(f"{name}: nothing in it has a limit, so that one more of it would be worth something")
        cases.append(Case(number, name, one.loaded.scenario.title or name, tuple(kept)))
    _unmatched(lab, steps, asked, cases, faults)
    faults.stop()
    _accepted(lab, cases, steps)
    return cases, notes


def _warning(
    lab: Lab, number: int, hours: float, asked: Asked, steps: Sequence[Step], faults: Faults, notes: list[str]
) -> list[Capacity]:
    """A day of warning, where the capital falls at some time."""
    try:
        return [warning_of(warning(lab.base[number].loaded, hours), hours)]
    except LeverError as error:
        mine = next((step for step in steps if step.path == WARNING), None)
        if mine is not None and len(lab.base) == 1:
            faults.add(mine.place, (), str(error))
        elif not asked.only:
            notes.append(f"no day of warning: {str(error).removeprefix(f'{WARNING}: ')}")
        return []


def _named(found: Sequence[Capacity], steps: Sequence[Step]) -> list[str]:
    """Paths that a step names outright: what is asked for by name is tried beside what --only chooses."""
    return [c.path for c in found if any(step.path == c.path for step in steps)]


def _unmatched(lab: Lab, steps: Sequence[Step], asked: Asked, cases: Sequence[Case], faults: Faults) -> None:
    """Notes what was asked for and is in no scenario; a step with a fault of its own is there."""
    faulty = {fault.file for fault in faults}
    scenarios = [one.loaded.scenario for one in lab.base]
    paths = {c.path for s in scenarios for c in capacities(s, steps, Faults())}
    for step in steps:
        if step.path != WARNING and step.place.file not in faulty and not any(step.chooses.fullmatch(path) for path in paths):
            message = f"expected the path of a number that is finite, got {printable(step.path)}{nearest(step.path, scenarios)}"
            faults.add(step.place, (), message)
    for k, glob in enumerate(asked.only, start=1):
        if not any(only(case.capacities, [glob]) for case in cases):
            there = ", ".join(kind for kind in KINDS if any(c.kind == kind for case in cases for c in case.capacities))
            kinds = there or ", ".join(KINDS)
            faults.add(Place(f"--only {k}"), (), f"expected a path or kind ({kinds}), with * if need be, got {printable(glob)}")


def _accepted(lab: Lab, cases: Sequence[Case], steps: Sequence[Step]) -> None:
    """Raises what is wrong with a step that was asked for and that the scenario does not accept."""
    faults = Faults()
    for case in cases:
        for capacity in case.capacities:
            mine = next((s for s in steps if s.path == capacity.path or s.chooses.fullmatch(capacity.path)), None)
            if mine is None:
                continue
            try:
                lab.source(Proposal(capacity.settings, 1, case.number))
            except ScenarioError as error:
                first = error.faults[0]
                faults.add(mine.place, (first.path,) if first.path else (), first.message)
            except TooLarge as error:
                faults.add(mine.place, (), str(error))
    faults.stop()


def cost(cases: Sequence[Case], n: int) -> str:
    """What it will cost."""
    each = [len(case.capacities) for case in cases]
    points = sum(each) + len(cases)
    words = f"{each[0]:,}" if len(set(each)) == 1 else ", ".join(f"{k:,}" for k in each)
    many = f"{len(cases)} scenarios" if len(cases) > 1 else "the scenario"
    return (
        f"bottleneck: {many} as it is, then with one step more of {words} capacities{' each' if len(cases) > 1 else ''}: "
        f"{points:,} points × {n:,} = {points * n:,} replications, less what is stored already"
    )


def _summary(answer: Answer, measures: Sequence[Measure], notes: Sequence[str], options: Options) -> Json:
    results = []
    for result in answer.results:
        said = {"headline": headline(result, measures), "explanations": explanations(result, measures)}
        results.append(result | said)
    return {
        "measures": [m.text for m in measures],
        "titles": {m.text: m.title for m in measures},
        "units": {m.text: m.kind.unit for m in measures},
        "worse_high": {m.text: m.kind.worse_high for m in measures},
        "seed": options.seed,
        "replications": options.n,
        "results": results,
        "contrasts": contrasts(answer.results, measures),
        "warnings": [*notes, *(line for result in answer.results for line in warnings(result))],
        "failures": answer.failures[:100],
        "failed": len(answer.failures),
        "final": not answer.failures,
    }


def tables_of(summary: Json, answer: Answer) -> dict[str, pl.DataFrame]:
    """``values``, ``waiting`` and ``hours`` as data frames."""
    import polars as pl

    numbers: Json = dict.fromkeys(("difference", "low", "high"), pl.Float64)
    texts: Json = dict.fromkeys(("scenario", "path", "kind", "step", "now", "measure", "unit"), pl.String)
    rows = []
    for result in summary["results"]:
        for row in result["capacities"]:
            head = (result["scenario"], row["path"], row["kind"], row["step_text"], row["now"])
            for address, e in row["effects"].items():
                found = (e["difference"], e["low"], e["high"], e["pairs"], e["distinct"], e["holds"], e["needed"])
                rows.append((*head, address, summary["units"][address], *found))
    schema = {**texts, **numbers, "pairs": pl.Int64, "distinct": pl.Boolean, "holds": pl.Boolean, "needed": pl.Int64}
    waited = [row for r in summary["results"] if r["waiting"] for row in waiting_rows(r["scenario"], r["waiting"])]
    names: Json = dict.fromkeys(("scenario", "mission", "cause"), pl.String)
    names |= dict.fromkeys(("person_hours", "low", "high", "share"), pl.Float64)
    by_hour = [hourly_rows(base.result.name, base.hourly) for base in answer.bases.values()]
    return {
        "values": pl.DataFrame(rows, schema=schema, orient="row"),
        "waiting": pl.DataFrame(waited, schema=names, orient="row"),
        "hours": pl.concat(by_hour) if by_hour else pl.DataFrame(),
    }

"""``bottleneck``: who waited for what, and what one more of each capacity is worth; tried, kept and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.analysis.measure import Measure
from sim.analysis.study import Proposal
from sim.analysis.waiting import hourly_rows, waiting_rows
from sim.scenario import ScenarioError
from sim.scenario.errors import Faults, Place, printable
from sim.studies.axis import Step, parse_steps
from sim.studies.bottleneck.capacities import (
    KINDS,
    MOST,
    WARNING,
    Capacity,
    capacities,
    nearest,
    only,
    warning_of,
    warning_step,
)
from sim.studies.bottleneck.found import FoundBottleneck, ScenarioValues, bottleneck_json
from sim.studies.bottleneck.kept_charts import strips_chart
from sim.studies.bottleneck.marginal import Case, Marginal, check, study
from sim.studies.bottleneck.query import BottleneckQuery
from sim.studies.bottleneck.words import contrasts, explanations, headline, labels, warnings
from sim.studies.engine import FAILED, Answer, Session, StudyRunner
from sim.studies.lead_time import LeverError, lead_time
from sim.studies.preparing import TooLarge

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, Any]


@dataclass(frozen=True)
class Bottleneck(Answer):
    """Who waited for what, and what one more of each capacity is worth."""

    found: FoundBottleneck = field(kw_only=True, repr=False)
    """The answer as typed values."""

    @property
    def headlines(self) -> list[str]:
        """A paragraph for each scenario, then what differs between scenarios."""
        return [*(result.headline for result in self.found.results), *self.found.contrasts]

    def unfinished(self) -> list[str]:
        lines = [f"{f.scenario}: {f.capacity or 'as it is'}: {f.error}" for f in self.found.failures[:5]]
        return [*lines, FAILED] if lines else []

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


def answer(query: BottleneckQuery, session: Session) -> Bottleneck:
    """Who waited for what, and what one more lane, stand, officer, bus, aircraft, bed … or a day of warning is worth.

    Raises:
        ScenarioError: all faults of the files and of what is asked.
        MeasureError: a measure that is not there, or whose values may be infinite.
    """
    runner = session.check(query.scenarios)
    measures = runner.measures(query.measures)
    check(measures)
    cases, notes = cases_of(runner, query)
    points = sum(len(case.capacities) + 1 for case in cases)
    runner.afford(points, points * query.n)
    session.tell(cost(cases, query.n))
    marginal = runner.conduct(study(cases, measures, query.n))
    found = _found(marginal, measures, notes, query)
    tables, bases = tables_of(found, marginal), [base.result for base in marginal.bases.values()]
    gives = partial(Bottleneck, found=found, charts=strips_chart(bases))
    return runner.keep(runner.folder(), gives, bottleneck_json(found), tables, found, bases, failed=found.failed)


def cases_of(runner: StudyRunner, query: BottleneckQuery) -> tuple[list[Case], list[str]]:
    """Capacities of every scenario, and what is to be said of what is not tried; raises ScenarioError before anything runs."""
    faults = Faults()
    notes: list[str] = []
    cases: list[Case] = []
    steps = parse_steps(query.steps, faults)
    hours = warning_step(steps, faults)
    faults.stop()
    for number, one in enumerate(runner.base):
        every = capacities(one.loaded.scenario, steps, faults)
        every += _warning(runner, number, hours, query, steps, faults, notes)
        name, paths = one.loaded.name, {step.path for step in steps}
        named = [c.path for c in every if c.path in paths] if query.only else []  # asked for by name: beside what --only chooses
        kept = only(every, [*query.only, *named])
        if len(kept) > MOST:
            faults.add(Place(one.given), (), f"expected at most {MOST:,} capacities, got {len(kept):,}; choose with --only")
        if not kept and not query.only:
            notes.append(f"{name}: nothing in it has a limit, so that one more of it would be worth something")
        cases.append(Case(number, name, one.loaded.scenario.title or name, tuple(kept)))
    _unmatched(runner, steps, query, cases, faults)
    faults.stop()
    _accepted(runner, cases, steps)
    return cases, notes


def _warning(
    runner: StudyRunner,
    number: int,
    hours: float,
    query: BottleneckQuery,
    steps: Sequence[Step],
    faults: Faults,
    notes: list[str],
) -> list[Capacity]:
    """A day of warning, where the capital falls at some time."""
    try:
        return [warning_of(lead_time(runner.base[number].loaded, hours), hours)]
    except LeverError as error:
        mine = next((step for step in steps if step.path == WARNING), None)
        if mine is not None and len(runner.base) == 1:
            faults.add(mine.place, (), str(error))
        elif not query.only:
            notes.append(f"no day of warning: {str(error).removeprefix(f'{WARNING}: ')}")
        return []


def _unmatched(runner: StudyRunner, steps: Sequence[Step], query: BottleneckQuery, cases: Sequence[Case], faults: Faults) -> None:
    """Notes what was asked for and is in no scenario; a step with a fault of its own is there."""
    faulty = {fault.file for fault in faults}
    scenarios = [one.loaded.scenario for one in runner.base]
    paths = {c.path for s in scenarios for c in capacities(s, steps, Faults())}
    for step in steps:
        if step.path != WARNING and step.place.file not in faulty and not any(step.chooses.fullmatch(path) for path in paths):
            message = f"expected the path of a number that is finite, got {printable(step.path)}{nearest(step.path, scenarios)}"
            faults.add(step.place, (), message)
    for k, glob in enumerate(query.only, start=1):
        if not any(only(case.capacities, [glob]) for case in cases):
            there = ", ".join(kind for kind in KINDS if any(c.kind == kind for case in cases for c in case.capacities))
            kinds = there or ", ".join(KINDS)
            faults.add(Place(f"--only {k}"), (), f"expected a path or kind ({kinds}), with * if need be, got {printable(glob)}")


def _accepted(runner: StudyRunner, cases: Sequence[Case], steps: Sequence[Step]) -> None:
    """Raises what is wrong with a step that was asked for and that the scenario does not accept."""
    faults = Faults()
    for case in cases:
        for capacity in case.capacities:
            mine = next((s for s in steps if s.path == capacity.path or s.chooses.fullmatch(capacity.path)), None)
            if mine is None:
                continue
            try:
                runner.source(Proposal(capacity.settings, 1, case.number))
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


def _found(marginal: Marginal, measures: Sequence[Measure], notes: Sequence[str], query: BottleneckQuery) -> FoundBottleneck:
    results = tuple(
        replace(result, headline=headline(result, measures), explanations=tuple(explanations(result, measures)))
        for result in marginal.results
    )
    return FoundBottleneck(
        measures=tuple(m.text for m in measures),
        titles={m.text: m.title for m in measures},
        units={m.text: m.kind.unit for m in measures},
        worse_high={m.text: m.kind.worse_high for m in measures},
        seed=query.seed,
        replications=query.n,
        results=results,
        contrasts=tuple(contrasts(results, measures)),
        warnings=(*notes, *_warnings(results)),
        failures=tuple(marginal.failures[:100]),
        failed=len(marginal.failures),
        final=not marginal.failures,
    )


def _warnings(results: Sequence[ScenarioValues]) -> list[str]:
    names = labels(results) if len(results) > 1 else [""] * len(results)
    return [line for result, name in zip(results, names, strict=True) for line in warnings(result, name)]


def tables_of(found: FoundBottleneck, marginal: Marginal) -> dict[str, pl.DataFrame]:
    """``values``, ``waiting`` and ``hours`` as data frames."""
    import polars as pl

    numbers: Json = dict.fromkeys(("difference", "low", "high"), pl.Float64)
    texts: Json = dict.fromkeys(("scenario", "path", "kind", "step", "now", "measure", "unit"), pl.String)
    rows = []
    for result in found.results:
        for row in result.capacities:
            head = (result.scenario, row.path, row.kind, row.step_text, row.now)
            for address, e in row.effects.items():
                numbered = (e.difference, e.low, e.high, e.pairs, e.distinct, e.holds, e.needed)
                rows.append((*head, address, found.units[address], *numbered))
    schema = {**texts, **numbers, "pairs": pl.Int64, "distinct": pl.Boolean, "holds": pl.Boolean, "needed": pl.Int64}
    waited = [row for r in found.results if r.waiting for row in waiting_rows(r.scenario, r.waiting)]
    names: Json = dict.fromkeys(("scenario", "mission", "cause"), pl.String)
    names |= dict.fromkeys(("person_hours", "low", "high", "share"), pl.Float64)
    by_hour = [hourly_rows(base.result.name, base.hourly) for base in marginal.bases.values()]
    return {
        "values": pl.DataFrame(rows, schema=schema, orient="row"),
        "waiting": pl.DataFrame(waited, schema=names, orient="row"),
        "hours": pl.concat(by_hour) if by_hour else pl.DataFrame(),
    }

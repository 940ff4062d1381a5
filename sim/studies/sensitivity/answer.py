"""``sensitivity``: which inputs of a scenario matter for a measure; factors chosen, checked, simulated, kept and drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.analysis.factors import Factor, Spec, Studied, candidates, chosen, corners, without
from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.experiment import Progress, SilentProgress
from sim.scenario import Scenario, ScenarioError
from sim.scenario.errors import Fault, Faults, Place, dotted
from sim.scenario.shapes import quantities
from sim.studies.engine import FAILED, Answer, Session, StudyRunner
from sim.studies.sensitivity.factor_file import specs_of
from sim.studies.sensitivity.found import (
    FactorRow,
    FoundSensitivity,
    MorrisRow,
    SensitivityFailure,
    SobolRow,
    TornadoRow,
    sensitivity_json,
)
from sim.studies.sensitivity.points import SensitivityCase
from sim.studies.sensitivity.query import SensitivityQuery
from sim.studies.sensitivity.study import TOP, Ask, check, cost, study

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, Any]
ROUNDS = 5
"""How often ranges that don't go together are looked for again after some were left out."""
COUNTED = 10
"""Fewest new replications from which a rate is told."""


@dataclass(frozen=True)
class Sensitivity(Answer):
    """Which inputs matter, in sentences and numbers."""

    found: FoundSensitivity = field(kw_only=True, repr=False)
    """The answer as typed values."""

    @property
    def headlines(self) -> list[str]:
        """A sentence or two for each scenario and measure, then what differs between scenarios."""
        each = [measure.headline for result in self.found.results for measure in result.measures.values()]
        return [*each, *self.found.contrast]

    def unfinished(self) -> list[str]:
        lines = [f"{f.scenario}: {f.error}: {', '.join(f.settings) or 'the base'}" for f in self.found.failures[:5]]
        return [*lines, FAILED] if lines else []

    @property
    def failed(self) -> list[Json]:
        """Points without a result or with failed replications."""
        return list(self.summary["failures"])

    @property
    def table(self) -> pl.DataFrame:
        """A row for each scenario, measure, factor and statistic."""
        return self.tables["effects"]


def answer(query: SensitivityQuery, session: Session) -> Sensitivity:
    """Which uncertain inputs (or levers) matter for some measures, one scenario or several side by side.

    Raises:
        ScenarioError: all faults of the scenarios and of the factors.
        MeasureError: a measure that cannot be studied.
    """
    specs = specs_of(list(query.factors))
    return _Work(query, session.check(query.scenarios), specs).done()


@dataclass
class _Work:
    query: SensitivityQuery
    runner: StudyRunner
    specs: list[Spec]
    failures: list[SensitivityFailure] = field(default_factory=list)

    @property
    def kind(self) -> Studied:
        return "lever" if self.query.levers else "uncertainty"

    def done(self) -> Sensitivity:
        query, runner = self.query, self.runner
        measures = runner.measures(query.measures)
        top = query.top if query.top is not None else 0 if query.factors else TOP[query.method]
        ask = Ask(query.method, self.kind, query.n, query.seed, query.trajectories or 10, query.base_sample or 64, top or None)
        check(ask, measures)
        cases, notes = self.cases()
        parts = cost(ask, cases)
        runner.afford(sum(points for _, points, _ in parts), sum(points * n for _, points, n in parts))
        runner.session.tell(_costs(ask, cases))
        counting = _Counting(runner.session.progress)
        counted = replace(runner, session=replace(runner.session, progress=counting))
        found = counted.conduct(self.noting(study(cases, measures, ask), counting))
        found = replace(
            found,
            warnings=[*notes, *found.warnings],
            horizons_h={one.name: one.scenario.clock.horizon.mean for one in runner.loaded},
            failures=self.failures[:100],
            failed=len(self.failures),
            final=not self.failures,
        )
        folder = runner.folder(top=ask.top, factors=[[_ends(f) for f in case.factors] for case in cases])
        gives, tables = partial(Sensitivity, found=found), {"effects": tidy(found)}
        return runner.keep(folder, gives, sensitivity_json(found), tables, found, failed=found.failed)

    # -- factors ------------------------------------------------------------------------------------------------------

    def cases(self) -> tuple[list[SensitivityCase], list[str]]:
        """Factors of every scenario, checked to go together, and what is to be said of them."""
        faults, refused, cases, notes = Faults(), Faults(), [], []
        missing = list(self.specs)
        for number, one in enumerate(self.runner.base):
            scenario = one.loaded.scenario
            kind, specs = self.kind, self.specs
            selection = chosen(scenario, kind, specs, faults, refused) if specs else candidates(scenario, kind)
            missing = [spec for spec in missing if spec in selection.unmatched]
            if selection.unranged and not self.specs:
                notes.append(f"{one.loaded.name}: {selection.unranged} distributions have no range and are left alone")
            cases.append(
                SensitivityCase(
                    number,
                    one.loaded.name,
                    scenario.title or one.loaded.name,
                    selection.factors,
                    one.loaded.inputs is not None,
                    self.runner.titles,
                )
            )
        for spec in missing:
            where = spec.place.file, spec.place.line, spec.place.column
            why = [fault for fault in refused if (fault.file, fault.line, fault.column) == where]
            for fault in why:
                faults.add(spec.place, tuple(fault.path.split(".")), fault.message)
            if not why:
                self.unmatched(spec, faults)
        faults.stop()
        if not any(case.factors for case in cases):
            what = "lever" if self.query.levers else "uncertain parameter"
            message = (
                f"no {what} has a range: give it low and high, or a grade of evidence, or name factors in a file (--factors FILE)"
            )
            faults.add(Place(self.runner.base[0].given), (), message)
        faults.stop()
        cases = [self.fitting(case, notes) for case in cases]
        return cases, notes

    def unmatched(self, spec: Spec, faults: Faults) -> None:
        from sim.scenario.nearest import nearest
        from sim.studies.sensitivity.screening import names_of

        scenarios = [one.loaded.scenario for one in self.runner.base]
        there = [dotted(path) for s in scenarios for path, *_ in quantities(s)]
        every = [SensitivityCase(k, "", "", candidates(s, self.kind).factors) for k, s in enumerate(scenarios)]
        near = nearest(spec.path, names_of(every)) or nearest(spec.path, there)
        what = "a lever" if self.query.levers else "an uncertain parameter"
        faults.add(spec.place, (), f"expected the path of {what}, got {spec.path}{near}")

    def fitting(self, case: SensitivityCase, notes: list[str]) -> SensitivityCase:
        """The case with factors that go together at their ends; what was not asked for by name is left out if it does not."""
        dropped: list[str] = []
        for _ in range(ROUNDS):
            if not (clashes := self.clashes(case)):
                break
            culprits = _culprits(case, self.runner.base[case.number].loaded.scenario, [fault.path for fault in clashes]) - {
                spec.path for spec in self.specs
            }
            if not culprits:
                place = self.specs[0].place if self.specs else Place(self.runner.base[case.number].given)
                why = "; ".join(f"{fault.path}: {fault.message}" for fault in clashes[:3])
                faults = Faults()
                faults.add(place, (), f"these ranges do not go together; put what is tied into one group, or leave it out: {why}")
                faults.stop()
            case = replace(case, factors=without(case.factors, culprits))
            dropped += sorted(culprits)
        if dropped:
            notes.append(f"{case.name}: left alone, for their ranges do not go with other values: {', '.join(dropped)}")
        return case

    def clashes(self, case: SensitivityCase) -> list[Fault]:
        faults: dict[tuple[str, str], Fault] = {}
        for settings in corners(case.factors):
            try:
                self.runner.source(Proposal(settings, 1, case.number))
            except ScenarioError as error:
                for fault in error.faults:
                    faults.setdefault((fault.path, fault.expected), fault)
        return list(faults.values())

    # -- simulation ---------------------------------------------------------------------------------------------------

    def noting(self, asking: Study[FoundSensitivity], counting: _Counting) -> Study[FoundSensitivity]:
        """The same study, what fails of it noted; after the base it is known how fast replications are, and said."""
        answers: Any = None
        try:
            while True:
                batch = asking.send(answers)
                points, many, rate = len(batch.proposals), sum(p.n for p in batch.proposals), counting.rate()
                left = f", at most {_clock(many / rate)} at {rate:,.1f}/s" if rate else ""
                note = f"{batch.note}: {points:,} point{'s' if points != 1 else ''}{left}"
                answers = yield Batch(batch.proposals, partial(self.noted, batch.read), note)
        except StopIteration as stop:
            found: FoundSensitivity = stop.value
            return found

    def noted(self, read: Callable[[Outcome], Any], outcome: Outcome) -> Any:
        if outcome.error is not None or outcome.failed:
            name = self.runner.base[outcome.proposal.scenario].loaded.name
            message = outcome.error or f"{outcome.failed:,} of {outcome.proposal.n:,} replications failed"
            settings = list(map(str, outcome.proposal.settings))
            shown = settings if len(settings) <= 6 else [*settings[:5], f"… and {len(settings) - 5} more"]
            self.failures.append(SensitivityFailure(name, shown, message))
        return read(outcome)


def _culprits(case: SensitivityCase, scenario: Scenario, faulted: Sequence[str]) -> set[str]:
    """Members to leave out so that no rule is broken: those at the faulted paths, or else what such a rule compares them with,
    the members of the same dimension in the same section."""
    members = [m for f in case.factors for m in f.members]
    if faulty := {m.path for m in members} & set(faulted):
        return faulty
    dimensions = {dotted(path): dimension.name for path, dimension, *_ in quantities(scenario)}
    sections = [(path.rpartition(".")[0] + ".", dimensions.get(path)) for path in faulted]
    return {m.path for m in members if any(m.path.startswith(at) and m.dimension == dimension for at, dimension in sections)}


def _ends(factor: Factor) -> list[Any]:
    return [factor.name, *([m.path, m.low, m.high, m.log] for m in factor.members)]


def _costs(ask: Ask, cases: Sequence[SensitivityCase]) -> str:
    parts = cost(ask, cases)
    each = [f"{what} {points:,} point{'s' if points != 1 else ''} × {n}" for what, points, n in parts]
    total = sum(points * n for _, points, n in parts)
    return f"{ask.method}: {', '.join(each)} = {total:,} replications, less what is stored already"


def _clock(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


class _Counting(SilentProgress):
    """Passes everything on, and knows how fast new replications came since the last beginning."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._new, self._spent = progress, 0, 0.0
        self._rate: float | None = None

    def begin(self, name: str, done: int, total: int) -> None:
        self._new, self._spent = 0, 0.0
        self._progress.begin(name, done, total)

    def stored(self, count: int) -> None:
        self._progress.stored(count)

    def advance(self, count: int, seconds: float, workers: int) -> None:
        self._new += count
        self._spent += seconds / workers
        self._progress.advance(count, seconds, workers)

    def waiting(self, name: str) -> None:
        self._progress.waiting(name)

    def notice(self, text: str) -> None:
        self._progress.notice(text)

    def rate(self) -> float | None:
        """Replications a second, from the last batch that had enough of them; None if none had."""
        self._rate = self._new / max(self._spent, 1e-6) if self._new >= COUNTED else self._rate
        return self._rate


def tidy(found: FoundSensitivity) -> pl.DataFrame:
    """A row for each scenario, measure, factor and statistic: value with interval."""
    import polars as pl

    schema: Json = dict.fromkeys(("scenario", "measure", "unit", "factor", "statistic"), pl.String)
    schema |= dict.fromkeys(("value", "low", "high"), pl.Float64) | {"distinct": pl.Boolean}
    rows = [
        (result.scenario, address, about.unit, row.name, *statistic, row.distinct)
        for result in found.results
        for address, about in result.measures.items()
        for row in about.factors
        for statistic in _statistics(row)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _statistics(row: FactorRow) -> Iterator[tuple[str, Any, Any, Any]]:
    if isinstance(row, TornadoRow):
        for end, at in (("low", row.low), ("high", row.high)):
            yield f"difference_at_{end}", *((at.difference, at.difference_low, at.difference_high) if at else (None,) * 3)
            yield f"value_at_{end}", *((at.value, at.low, at.high) if at else (None,) * 3)
        yield "swing", row.swing, *(row.swing_interval or (None, None))
    elif isinstance(row, MorrisRow):
        yield "mu_star", row.mu_star, *(row.mu_star_interval or (None, None))
        yield "mu", row.mu, *(row.mu_interval or (None, None))
        yield "sigma", row.sigma, *(row.sigma_interval or (None, None))
        yield "noise_floor", row.noise_floor, None, None
    elif isinstance(row, SobolRow):
        yield "first", row.first, *(row.first_interval or (None, None))
        yield "total", row.total, *(row.total_interval or (None, None))
        yield "first_noise", row.first_noise, None, None
        yield "total_noise", row.total_noise, None, None

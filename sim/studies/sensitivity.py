"""``sensitivity``: which inputs of a scenario matter for a measure; factors chosen, checked, simulated, kept and drawn."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.analysis.factors import Factor, Spec, Studied, candidates, chosen, corners, without
from sim.analysis.measure import Measure, parse
from sim.analysis.sensitivity.points import Case
from sim.analysis.sensitivity.study import METHODS, TOP, Ask, Method, MethodError, check, cost, study
from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.experiment import SilentProgress
from sim.present.pictures import Pictures
from sim.scenario import Scenario, ScenarioError
from sim.scenario.errors import Faults, Place, dotted
from sim.scenario.shapes import quantities
from sim.studies.factor_file import specs_of
from sim.studies.kept import asked_command, folder_of, keep
from sim.studies.lab import Lab
from sim.studies.options import Options, pool_of
from sim.studies.query import Given

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, Any]
MEASURES = ("total.left_behind", "total.hours_within_horizon")
ROUNDS = 5
"""How often ranges that don't go together are looked for again after some were left out."""
COUNTED = 10
"""Fewest new replications from which a rate is told."""


@dataclass(frozen=True)
class Asked:
    """What the command line or a call says."""

    scenarios: tuple[Given, ...]
    method: Method = "tornado"
    measures: tuple[str, ...] = MEASURES
    factors: tuple[str, ...] = ()
    """Paths with ``*``, ``PREFIX.**`` or files; the scenario's own ranges without."""
    levers: bool = False
    top: int | None = None
    """Most factors; 0 is all of them.  Without it all that are named, or the most telling ones where none is."""
    trajectories: int = 10
    base: int = 64

    @property
    def kind(self) -> Studied:
        return "lever" if self.levers else "uncertainty"

    def words(self) -> list[str]:
        """The study's own options as a person would type them."""
        words = ["--method", self.method]
        words += [word for text in self.measures for word in ("--measure", text)]
        words += [word for text in self.factors for word in ("--factors", text)]
        words += ["--levers"] if self.levers else []
        words += ["--top", str(self.top)] if self.top is not None else []
        words += ["--trajectories", str(self.trajectories)] if self.method == "morris" else []
        return [*words, "--base-sample", str(self.base)] if self.method == "sobol" else words


@dataclass(frozen=True)
class Sensitivity:
    """The answer: sentences, numbers, and where it is kept."""

    summary: Json
    folder: Path
    plots: tuple[Path, ...] = ()

    @property
    def headlines(self) -> list[str]:
        """A sentence or two for each scenario and measure, then what differs between scenarios."""
        told = [found["headline"] for result in self.summary["results"] for found in result["measures"].values()]
        return [*told, *self.summary["contrast"]]

    @property
    def failed(self) -> list[Json]:
        """Points without a result or with failed replications."""
        return list(self.summary["failures"])

    @property
    def table(self) -> pl.DataFrame:
        """A row for each scenario, measure, factor and statistic."""
        return tidy(self.summary)


def sensitivity(
    *scenarios: Given,
    method: Method = "tornado",
    measures: Iterable[str] = MEASURES,
    factors: Iterable[str] = (),
    levers: bool = False,
    top: int | None = None,
    trajectories: int = 10,
    base_sample: int = 64,
    n: int = 50,
    seed: int = 1,
    overrides: Iterable[str] = (),
    jobs: int | None = None,
    out: str | Path = "results",
    plots: bool = True,
    svg: bool = False,
) -> Sensitivity:
    """Which uncertain inputs (or levers) matter for some measures, one scenario or several side by side.

    >>> sensitivity("evacsim:turkish-collapse", method="morris", top=20).headlines  # doctest: +SKIP
    """
    options = Options(n=n, seed=seed, jobs=jobs, overrides=tuple(overrides), out=Path(out), plots=plots, svg=svg)
    asked = Asked(scenarios, method, tuple(measures), tuple(factors), levers, top, trajectories, base_sample)
    return sensitivity_all(asked, options)


def sensitivity_all(asked: Asked, options: Options, tell: Callable[[str], None] = lambda line: None) -> Sensitivity:
    """The study that is asked for; *tell* is given what it will cost before it begins.

    Raises:
        ScenarioError: all faults of the scenarios and of the factors.
        MeasureError, TooLarge: a measure that cannot be studied, a scenario beyond the budget.
        OutputError, StoreError: if results cannot be kept.
    """
    if asked.method not in METHODS:
        raise MethodError(f"expected a method of {', '.join(METHODS)}, got {asked.method!r}")
    specs = specs_of(list(asked.factors))
    with pool_of(options) as pool:
        lab = Lab.of(asked.scenarios, options, pool)
        return _Work(asked, options, lab, specs, tell).done()


@dataclass
class _Work:
    asked: Asked
    options: Options
    lab: Lab
    specs: list[Spec]
    tell: Callable[[str], None]
    failures: list[Json] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def done(self) -> Sensitivity:
        asked, options = self.asked, self.options
        measures = self.measures()
        top = asked.top if asked.top is not None else 0 if asked.factors else TOP[asked.method]
        ask = Ask(asked.method, asked.kind, options.n, options.seed, asked.trajectories, asked.base, top or None)
        check(ask, measures)
        cases, notes = self.cases()
        self.tell(_costs(ask, cases))
        answer = self.conduct(study(cases, measures, ask))
        answer["warnings"] = [*notes, *answer["warnings"]]
        horizons = {one.loaded.name: one.loaded.scenario.clock.horizon.mean for one in self.lab.base}
        answer |= {
            "horizons_h": horizons,
            "failures": self.failures[:100],
            "failed": len(self.failures),
            "final": not self.failures,
        }
        return self.keep(answer, ask, cases)

    def measures(self) -> list[Measure]:
        found = {}
        for text in self.asked.measures:
            for one in self.lab.base:
                measure = parse(text, list(one.loaded.scenario.missions))
                found[measure.text] = measure
        return list(found.values())

    # -- factors ------------------------------------------------------------------------------------------------------

    def cases(self) -> tuple[list[Case], list[str]]:
        """Factors of every scenario, checked to go together, and what is to be said of them."""
        faults, refused, cases, notes = Faults(), Faults(), [], []
        missing = list(self.specs)
        for number, one in enumerate(self.lab.base):
            scenario = one.loaded.scenario
            kind, specs = self.asked.kind, self.specs
            found = chosen(scenario, kind, specs, faults, refused) if specs else candidates(scenario, kind)
            missing = [spec for spec in missing if spec in found.unmatched]
            if found.unranged and not self.specs:
                notes.append(f"{one.loaded.name}: {found.unranged} distributions have no range and are left alone")
            cases.append(Case(number, one.loaded.name, scenario.title or one.loaded.name, found.factors))
        for spec in missing:
            why = [fault for fault in refused if (fault.file, fault.line, fault.column) == _where(spec)]
            for fault in why:
                faults.add(spec.place, tuple(fault.path.split(".")), fault.message)
            if not why:
                self.unmatched(spec, faults)
        faults.stop()
        if not any(case.factors for case in cases):
            what = "lever" if self.asked.levers else "uncertain parameter"
            message = (
                f"no {what} has a range: give it low and high, or a grade of evidence, or name factors in a file (--factors FILE)"
            )
            faults.add(Place(self.lab.base[0].given), (), message)
        faults.stop()
        cases = [self.fitting(case, notes) for case in cases]
        return cases, notes

    def unmatched(self, spec: Spec, faults: Faults) -> None:
        from sim.analysis.sensitivity.screening import names_of
        from sim.scenario.merge import nearest

        scenarios = [one.loaded.scenario for one in self.lab.base]
        there = [dotted(path) for s in scenarios for path, *_ in quantities(s)]
        every = [Case(k, "", "", candidates(s, self.asked.kind).factors) for k, s in enumerate(scenarios)]
        near = nearest(spec.path, names_of(every)) or nearest(spec.path, there)
        what = "lever" if self.asked.levers else "uncertain parameter"
        faults.add(spec.place, (), f"expected the path of an {what}, got {spec.path}{near}".replace("an lever", "a lever"))

    def fitting(self, case: Case, notes: list[str]) -> Case:
        """The case with factors that go together at their ends; what was not asked for by name is left out if it does not."""
        dropped: list[str] = []
        for _ in range(ROUNDS):
            clashes = self.clashes(case)
            if not clashes:
                break
            culprits = _culprits(case, self.lab.base[case.number].loaded.scenario, [fault.path for fault in clashes]) - {
                spec.path for spec in self.specs
            }
            if not culprits:
                place = self.specs[0].place if self.specs else Place(self.lab.base[case.number].given)
                why = "; ".join(f"{fault.path}: {fault.message}" for fault in clashes[:3])
                faults = Faults()
                faults.add(place, (), f"these ranges do not go together; put what is tied into one group, or leave it out: {why}")
                faults.stop()
            case = replace(case, factors=without(case.factors, culprits))
            dropped += sorted(culprits)
        if dropped:
            notes.append(f"{case.name}: left alone, for their ranges do not go with other values: {', '.join(dropped)}")
        return case

    def clashes(self, case: Case) -> list[Any]:
        found: dict[tuple[str, str], Any] = {}
        for settings in corners(case.factors):
            try:
                self.lab.source(Proposal(settings, 1, case.number))
            except ScenarioError as error:
                for fault in error.faults:
                    found.setdefault((fault.path, fault.message.split(", got")[0]), fault)
        return list(found.values())

    # -- simulation ---------------------------------------------------------------------------------------------------

    def conduct(self, asking: Study[Json]) -> Json:
        """Drives the study; after the base it is known how fast replications are."""
        counting = _Counting(self.options.progress or SilentProgress())
        lab = replace(self.lab, options=replace(self.options, progress=counting))
        rate: float | None = None
        try:
            batch = next(asking)
            while True:
                many = sum(p.n for p in batch.proposals)
                left = f", at most {_clock(many / rate)} at {rate:,.1f}/s" if rate else ""
                points = len(batch.proposals)
                counting.begin(f"{batch.note}: {points:,} point{'s' if points != 1 else ''}{left}", 0, many)
                answers = lab.gather(Batch(batch.proposals, partial(self.noted, batch.read)))
                rate = counting.rate() or rate
                batch = asking.send(answers)
        except StopIteration as stop:
            answer: Json = stop.value
            return answer
        finally:
            asking.close()

    def noted(self, read: Callable[[Outcome], Any], outcome: Outcome) -> Any:
        if outcome.error is not None or outcome.failed:
            name = self.lab.base[outcome.proposal.scenario].loaded.name
            message = outcome.error or f"{outcome.failed:,} of {outcome.proposal.n:,} replications failed"
            settings = list(outcome.proposal.settings)
            shown = settings if len(settings) <= 6 else [*settings[:5], f"… and {len(settings) - 5} more"]
            self.failures.append({"scenario": name, "settings": shown, "error": message})
        return read(outcome)

    # -- what is kept -------------------------------------------------------------------------------------------------

    def keep(self, answer: Json, ask: Ask, cases: Sequence[Case]) -> Sensitivity:
        asked, options = self.asked, self.options
        told = {
            "method": asked.method,
            "kind": asked.kind,
            "measures": answer["measures"],
            "top": ask.top,
            "size": {"tornado": 0, "morris": asked.trajectories, "sobol": asked.base}[asked.method],
            "factors": hashlib.sha256(json.dumps([[_ends(f) for f in case.factors] for case in cases]).encode()).hexdigest(),
        }
        folder = folder_of("sensitivity", [one.loaded for one in self.lab.base], told, options)
        answer["folder"] = f"{folder.parent.name}/{folder.name}"
        manifest = {
            "evacsim": __version__,
            "id": folder.name,
            "scenarios": [one.loaded.name for one in self.lab.base],
            "seed": options.seed,
            "replications": options.n,
            "failed": len(self.failures),
            "wall_seconds": round(time.monotonic() - self.begun, 3),
            "command": asked_command("sensitivity", [one.given for one in self.lab.base], asked.words(), options),
        }

        def draw(into: Pictures) -> None:
            from sim.present.plot_sensitivity import draw_sensitivity

            draw_sensitivity(answer, into)

        drawn = keep(folder, answer, {"effects": tidy(answer)}, manifest, options, draw)
        return Sensitivity(answer | {"folder": str(folder)}, folder, drawn)


def _where(spec: Spec) -> tuple[str, int, int]:
    return spec.place.file, spec.place.line, spec.place.column


def _culprits(case: Case, scenario: Scenario, faulted: Sequence[str]) -> set[str]:
    """Members to leave out so that no rule is broken: those at the faulted paths, or else what such a rule compares them with,
    the members of the same dimension in the same section."""
    members = [m for f in case.factors for m in f.members]
    found = {m.path for m in members} & set(faulted)
    if found:
        return found
    dimensions = {dotted(path): dimension.name for path, dimension, *_ in quantities(scenario)}
    sections = [(path.rpartition(".")[0] + ".", dimensions.get(path)) for path in faulted]
    return {m.path for m in members if any(m.path.startswith(at) and m.dimension == dimension for at, dimension in sections)}


def _ends(factor: Factor) -> list[Any]:
    return [factor.name, *([m.path, m.low, m.high, m.log] for m in factor.members)]


def _costs(ask: Ask, cases: Sequence[Case]) -> str:
    parts = cost(ask, cases)
    each = [f"{what} {points:,} point{'s' if points != 1 else ''} × {n}" for what, points, n in parts]
    total = sum(points * n for _, points, n in parts)
    return f"{ask.method}: {', '.join(each)} = {total:,} replications, less what is stored already"


def _clock(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


class _Counting(SilentProgress):
    """Passes everything on, and knows how fast new replications came since the last beginning."""

    def __init__(self, told: Any) -> None:
        self._told, self._new, self._spent = told, 0, 0.0

    def begin(self, name: str, done: int, total: int) -> None:
        self._new, self._spent = 0, 0.0
        self._told.begin(name, done, total)

    def stored(self, count: int) -> None:
        self._told.stored(count)

    def advance(self, count: int, seconds: float, workers: int) -> None:
        self._new += count
        self._spent += seconds / workers
        self._told.advance(count, seconds, workers)

    def waiting(self, name: str) -> None:
        self._told.waiting(name)

    def notice(self, text: str) -> None:
        self._told.notice(text)

    def rate(self) -> float | None:
        """Replications a second; None from too few of them."""
        return self._new / max(self._spent, 1e-6) if self._new >= COUNTED else None


def tidy(answer: Json) -> pl.DataFrame:
    """A row for each scenario, measure, factor and statistic: value with interval."""
    import polars as pl

    numbers = dict.fromkeys(("value", "low", "high"), pl.Float64)
    schema = {
        "scenario": pl.String,
        "measure": pl.String,
        "unit": pl.String,
        "factor": pl.String,
        "statistic": pl.String,
        **numbers,
    }
    rows = []
    for result in answer["results"]:
        for address, found in result["measures"].items():
            for row in found["factors"]:
                head = (result["scenario"], address, found["unit"], row["name"])
                rows += [(*head, *statistic, row["distinct"]) for statistic in _statistics(answer["method"], row)]
    return pl.DataFrame(rows, schema={**schema, "distinct": pl.Boolean}, orient="row")


def _statistics(method: str, row: Json) -> Iterator[tuple[str, Any, Any, Any]]:
    if method == "tornado":
        for end in ("low", "high"):
            at = row[end] or {}
            yield f"difference_at_{end}", at.get("difference"), at.get("difference_low"), at.get("difference_high")
            yield f"value_at_{end}", at.get("value"), at.get("low"), at.get("high")
        yield "swing", row["swing"], None, None
        return
    names = ("mu_star", "mu", "sigma") if method == "morris" else ("first", "total")
    for name in names:
        low, high = row.get(f"{name}_interval") or (None, None)
        yield name, row.get(name), low, high
    for name in ("noise_floor",) if method == "morris" else ("first_noise", "total_noise"):
        yield name, row.get(name), None, None

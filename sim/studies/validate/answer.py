"""A scenario against a file of observations: both checked before anything is simulated, the answer kept in the run's folder.

A design in place of the scenario puts the replications of all its points together, so that the bands also hold how little is
known of what the design varies; that answer has a folder of its own.
"""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from sim.analysis.observations import Known, Observations, load_observations
from sim.analysis.outcomes import Stored
from sim.analysis.pooled import Pooled
from sim.analysis.study import Batch, Outcome
from sim.experiment.files import StoreError, storing
from sim.experiment.store import Store
from sim.experiment.tables import escape_formula
from sim.present.pictures import Pictures
from sim.scenario import Loaded, ScenarioError
from sim.scenario.errors import Place
from sim.studies.design.file import is_design, read_design
from sim.studies.design.space import Space, error_at, every_point, space_of
from sim.studies.design.spec import DesignSpec
from sim.studies.engine import Answer, Session, StudyRunner
from sim.studies.inputs_option import Drawing, notices
from sim.studies.kept_pictures import describe_pictures
from sim.studies.preparing import Prepared, prepare
from sim.studies.query import Given, name_of
from sim.studies.run.query import RunQuery
from sim.studies.runs import simulated, unfinished
from sim.studies.validate.compared import Validation, validate
from sim.studies.validate.query import ValidateQuery
from sim.studies.validate.verdict import as_json

Json = dict[str, Any]
AGAIN = "nothing above is final: the same command tries again what failed; EVACSIM_DEBUG=1 shows tracebacks"


class Observing(Protocol):
    """A question about a scenario and what was observed."""

    @property
    def scenario(self) -> Given: ...
    @property
    def observations(self) -> str: ...
    @property
    def overrides(self) -> tuple[str, ...]: ...
    @property
    def allow_large(self) -> bool: ...
    @property
    def drawing(self) -> Drawing: ...


@dataclass(frozen=True)
class Validated(Answer):
    """The answer, as data and as JSON, and the files that keep it."""

    validation: Validation = field(kw_only=True)
    files: tuple[Path, ...] = ()
    lost: tuple[str, ...] = ()
    """What gave no result, and why, a line each, and what to do: replications of a scenario, points of a design."""

    def unfinished(self) -> list[str]:
        return list(self.lost)


def answer(query: ValidateQuery, session: Session) -> Validated:
    """Compares the replications of a scenario, or those of all points of a design, with the observations in a file.

    Raises:
        ScenarioError: all faults of the files, or that the design has several scenarios, clocks, or points that can't be run.
        TooLarge: if the scenario is beyond the budget and that is not allowed.
        OutputError, StoreError: if results cannot be kept.
    """
    if not isinstance(query.scenario, Loaded) and is_design(os.fspath(query.scenario)):
        return _over_design(read_design(os.fspath(query.scenario)), query, session)
    query = query.completed()
    prepared, observations = checked(query)
    _tell(observations, session)
    session.hear(prepared)
    for line in notices([prepared.loaded]):
        session.tell(line)
    shared = {name: getattr(query, name) for name in ("n", "seed", "overrides", "inputs", "per_set", "out")}
    run = RunQuery.of(query.scenario, **shared, plots=False)
    runner = StudyRunner(replace(session, query=run), (query.scenario,), (prepared,), query.overrides)
    runner.afford(1, run.n)
    study = simulated(prepared, runner)
    kept = validated(study.result, observations, query.plots, svg=query.svg)
    return replace(_with_workbook(kept, observations, query, runner), lost=tuple(unfinished([study])))


def checked(query: Observing) -> tuple[Prepared, Observations]:
    """Scenario and observations, without faults.

    Raises:
        ScenarioError: all faults of both files.
        TooLarge: if the scenario is beyond the budget and that is not allowed.
    """
    try:
        (ready,) = prepare([query.scenario], query.overrides, query.allow_large, query.drawing)
    except ScenarioError as wrong:
        faults = list(wrong.faults)
        try:
            load_observations(query.observations, None)
        except ScenarioError as error:
            faults += error.faults
        raise ScenarioError(dict.fromkeys(faults)) from None
    return ready, load_observations(query.observations, known_names(ready.loaded))


def _tell(observations: Observations, session: Session) -> None:
    """Says how the file was read, where somebody might have meant something else."""
    for notice in observations.notices:
        session.tell(f"{observations.name}: {notice}")


def known_names(loaded: Loaded) -> Known:
    """The operators and hubs of a scenario, as its timeline will name them."""
    from sim.model.compiled.scenario import compile_scenario

    plan = compile_scenario(loaded.scenario)
    if not plan.has_lift:
        return Known()
    return Known({fleet.operator for fleet in plan.lift.fleets}, {hub.name for hub in plan.hubs})


def _over_design(spec: DesignSpec, query: ValidateQuery, session: Session) -> Validated:
    """The replications of all points together, ``n`` of each."""
    space = space_of(spec, replace(session, query=query.completed(spec.n, spec.seed), hear=lambda prepared: None))
    if len(space.runner.base) > 1:
        raise error_at(Place(spec.file), (), "expected a design of one scenario: the bands of several would mean nothing")
    (base,) = space.runner.loaded
    observations = load_observations(query.observations, known_names(base))
    _tell(observations, session)
    _same_clocks(every_point(space), spec)
    outcomes = _simulated(space)
    parts = [outcome.result for outcome in outcomes if outcome.result is not None]
    lost = tuple(f"point {k}: {outcome.error}" for k, outcome in enumerate(outcomes) if outcome.result is None)
    if not parts:
        raise StoreError(f"no point gave a result; {lost[0]}")
    points = [list(map(str, space.proposal(k).settings)) for k in range(len(space.design))]
    folder = space.runner.folder(points=points, observations=observations.digest)
    pooled = Pooled(parts, spec.title or parts[0].title, folder)
    kept = validated(pooled, observations, query.plots, len(parts), query.svg)
    kept = _with_workbook(kept, observations, query, space.runner)
    return replace(kept, lost=(*lost, AGAIN)) if lost or kept.validation.failed else kept


def _same_clocks(points: list[Loaded], spec: DesignSpec) -> None:
    """Raises ScenarioError if an hour of one point is not that of another."""
    clocks = {(c.start.when, float(c.utc_offset), c.horizon.mean) for c in (one.scenario.clock for one in points)}
    if len(clocks) > 1:
        raise error_at(spec.place_below("clock"), (), "expected points with one clock, so that their hours can be put together")


def _simulated(space: Space) -> list[Outcome]:
    """What came of every point, in the order of the design."""
    size = len(space.design)
    title = f"{size:,} point{'s' if size != 1 else ''}"
    space.runner.session.progress.begin(title, 0, size * space.n)
    return space.runner.gather(Batch([space.proposal(k) for k in range(size)]))


def validated(result: Stored, observations: Observations, plots: bool = True, points: int = 1, svg: bool = False) -> Validated:
    """Compares a stored result with *observations* and keeps ``validation-<digest>`` in its folder: .json, .csv, .png.

    Raises:
        StoreError: if the disk is full or fails.
    """
    validation = validate(result, observations, points)
    folder, name = result.folder, f"validation-{observations.digest}"
    summary = as_json(validation) | {"folder": f"{folder.parent.name}/{folder.name}"}  # the same wherever it is kept
    store = Store(folder)
    files = [folder / f"{name}.json", folder / f"{name}.csv"]
    with store.open(finished=files[0].name):
        store.write_json(files[0].name, summary)
        store.write_text(files[1].name, _csv(summary["windows"]))
        if plots and not store.read_only:
            pictures = Pictures(folder, svg)
            with storing(folder):
                pictures.by("sim.studies.validate.plot", lambda plot: plot.draw_validation(result, validation, name, pictures))
                describe_pictures(folder)
            files += pictures.made
    return Validated(summary | {"folder": str(folder)}, folder, tuple(files[2:]), validation=validation, files=tuple(files))


def _with_workbook(kept: Validated, observations: Observations, query: ValidateQuery, runner: StudyRunner) -> Validated:
    """The answer with its workbook, where that is asked for: ``validation-<digest>.xlsx`` beside the other files."""
    store = Store(kept.folder)
    if not query.xlsx:
        return kept
    with store.open(finished=f"validation-{observations.digest}.json"):
        if store.read_only:
            return kept
        from sim.present.workbook import Head, Sheet
        from sim.studies import workbook

        columns, rows = _windows(kept.summary["windows"])
        command = query.command([name_of(query.scenario), query.observations])
        manifest = runner.manifest(kept.folder) | {"study": query.verb, "command": command}
        sheets = workbook.study_sheets(kept.summary, kept.headlines, {}, runner.loaded, manifest)
        sheets.insert(1, Sheet("windows", [Head(name) for name in columns], rows))
        path = kept.folder / f"validation-{observations.digest}.xlsx"
        return replace(kept, workbook=workbook.keep(kept.folder, sheets, kept.summary["title"], path))


def _windows(windows: list[Json]) -> tuple[list[str], list[list[Any]]]:
    """A row per observation, nested values as columns of their own; the names of the columns, then the rows."""
    columns = ["observed_value", "observed_low", "observed_high"]
    columns += [f"simulated_{key}" for key in ("median", "low_50", "high_50", "low_90", "high_90", "replications", "without")]
    plain = [key for key in (windows[0] if windows else {}) if key not in ("observed", "simulated")]
    names, rows = [*plain, *columns], []
    for window in windows:
        nested = {f"{part}_{key}": value for part in ("observed", "simulated") for key, value in (window[part] or {}).items()}
        rows.append([(window | nested).get(key) for key in names])
    return names, rows


def _csv(windows: list[Json]) -> str:
    """What :func:`_windows` gives, as CSV."""
    columns, values = _windows(windows)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(columns)
    rows.writerows([_cell(value) for value in row] for row in values)
    return text.getvalue()


def _cell(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else escape_formula(str(value))

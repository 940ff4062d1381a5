"""A scenario against a file of observations: both checked before anything is simulated, the answer kept in the run's folder.

A plan in place of the scenario puts the replications of all its points together, so that the bands also hold how little is known
of what the plan varies; that answer has a folder of its own.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.analysis.observations import Known, Observations, load_observations
from sim.analysis.outcomes import Stored
from sim.analysis.pooled import Pooled
from sim.analysis.study import Outcome
from sim.analysis.validate import Validation, validate
from sim.analysis.verdict import as_json
from sim.experiment import Unwatched
from sim.experiment.files import storing
from sim.experiment.store import Store, harmless
from sim.scenario import Loaded, ScenarioError
from sim.scenario.errors import Fault, Place
from sim.studies.asking import asked_for
from sim.studies.kept import folder_of
from sim.studies.lab import Lab
from sim.studies.options import Options, crew_of
from sim.studies.plan_file import Sweeping
from sim.studies.preparing import Given, Prepared, prepare
from sim.studies.sweep_design import Space, space_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Validated:
    """The answer, as data and as JSON, and the files that keep it."""

    found: Validation
    summary: Json
    files: tuple[Path, ...]


def known_names(loaded: Loaded) -> Known:
    """The operators and hubs of a scenario, as its timeline will name them."""
    from sim.model import compile_plan

    plan = compile_plan(loaded.scenario)
    if not plan.has_lift:
        return Known()
    return Known({fleet.operator for fleet in plan.parts["lift"].fleets}, {hub.name for hub in plan.parts["hub"]})


def checked(scenario: Given, observations: str, options: Options) -> tuple[Prepared, Observations]:
    """Both, without faults.

    Raises:
        ScenarioError: all faults of both files.
        TooLarge: if the scenario is beyond the budget and that is not allowed.
    """
    faults: list[Any] = []
    ready: Prepared | None = None
    seen: Observations | None = None
    try:
        (ready,) = prepare([scenario], options)
    except ScenarioError as error:
        faults += error.faults
    try:
        seen = load_observations(observations, None if ready is None else known_names(ready.loaded))
    except ScenarioError as error:
        faults += error.faults
    if ready is None or seen is None:
        raise ScenarioError(dict.fromkeys(faults))
    return ready, seen


def over_plan(plan: str, observations: str, options: Options, plots: bool = True) -> Validated:
    """Compares the replications of all points of a plan, ``options.n`` at each, with the observations in a file.

    Raises:
        ScenarioError: all faults of the files, or that the plan has several scenarios, clocks, or points that can't be run.
        TooLarge: if the scenario is beyond the budget and that is not allowed.
        OutputError, StoreError: if results cannot be kept.
    """
    asked = asked_for([plan], ())
    options = replace(options, overrides=(*options.overrides, *asked.settings))
    with crew_of(options) as crew:
        space = space_of(asked, options.n, len(options.overrides), lambda given: Lab.of(given, options, crew))
        if len(space.lab.base) > 1:
            raise _fault(plan, "expected a plan of one scenario: the bands of several would mean nothing")
        seen = load_observations(observations, known_names(space.lab.base[0].loaded))
        parts = _simulated(space, asked, options)
    points = [list(space.proposal(k).settings) for k in range(len(space.design))]
    folder = folder_of("validate", [space.lab.base[0].loaded], {"points": points, "observations": seen.digest}, options)
    try:
        pooled = Pooled(parts, asked.title or parts[0].title, folder)
    except ValueError as error:
        raise _fault(plan, f"cannot be compared with observations: {error}") from None
    return validated(pooled, seen, plots, len(parts))


def _fault(file: str, message: str) -> ScenarioError:
    return ScenarioError([Fault.at(Place(file), (), message)])


def _simulated(space: Space, asked: Sweeping, options: Options) -> list[Stored]:
    """The result of every point, in the order of the plan; raises ScenarioError for the first that has none."""
    outcomes: dict[int, Outcome] = {}
    size = len(space.design)
    (options.watcher or Unwatched()).begin(f"{size:,} points", 0, size * options.n)
    space.lab.run((space.proposal(k) for k in range(size)), outcomes.__setitem__)
    found: list[Stored] = []
    for number in range(size):
        outcome = outcomes[number]
        if outcome.result is None:
            raise _fault(asked.given, f"point {number}: {outcome.error}")
        found.append(outcome.result)
    return found


def validated(result: Stored, observations: Observations, plots: bool = True, points: int = 1) -> Validated:
    """Compares a stored result with *observations* and keeps ``validation-<digest>`` in its folder: .json, .csv, .png, .svg.

    Raises:
        StoreError: if the disk is full or fails.
    """
    found = validate(result, observations, points)
    folder, name = result.folder, f"validation-{observations.digest}"
    summary = as_json(found) | {"folder": f"{folder.parent.name}/{folder.name}"}  # the same wherever it is kept
    store = Store(folder)
    files = [folder / f"{name}.json", folder / f"{name}.csv"]
    with store.open():
        store.write_json(files[0].name, summary)
        store.write_text(files[1].name, _csv(summary["windows"]))
        if plots:
            from sim.present.plot_validate import draw_validation

            with storing(folder):
                files += draw_validation(result, found, folder, name)
    return Validated(found, summary | {"folder": str(folder)}, tuple(files))


def _csv(windows: list[Json]) -> str:
    """A row per observation, nested values as columns of their own."""
    columns = ["observed_value", "observed_low", "observed_high"]
    columns += [f"simulated_{key}" for key in ("median", "low_50", "high_50", "low_90", "high_90", "replications", "without")]
    plain = [key for key in (windows[0] if windows else {}) if key not in ("observed", "simulated")]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*plain, *columns])
    for window in windows:
        nested = {f"{part}_{key}": value for part in ("observed", "simulated") for key, value in (window[part] or {}).items()}
        rows.writerow([_cell((window | nested).get(key)) for key in [*plain, *columns]])
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else harmless(str(value))

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
from sim.experiment import SilentProgress
from sim.experiment.files import StoreError, storing
from sim.experiment.store import Store
from sim.experiment.tables import escape_formula
from sim.present.pictures import Pictures
from sim.scenario import Loaded, ScenarioError
from sim.scenario.errors import Fault, Place
from sim.studies.asking import asked_for
from sim.studies.kept import folder_of
from sim.studies.lab import Lab
from sim.studies.options import Options, pool_of
from sim.studies.plan_file import Sweeping
from sim.studies.preparing import Prepared, prepare
from sim.studies.query import Given
from sim.studies.sweep_design import Space, every_point, place_of, space_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Validated:
    """The answer, as data and as JSON, and the files that keep it."""

    found: Validation
    summary: Json
    files: tuple[Path, ...]
    lost: tuple[str, ...] = ()
    """Points of a plan without any result, and why; with one of them nothing is final."""


def known_names(loaded: Loaded) -> Known:
    """The operators and hubs of a scenario, as its timeline will name them."""
    from sim.model import compile_scenario

    plan = compile_scenario(loaded.scenario)
    if not plan.has_lift:
        return Known()
    return Known({fleet.operator for fleet in plan.lift.fleets}, {hub.name for hub in plan.hubs})


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
        (ready,) = prepare([scenario], options.overrides, options.allow_large)
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
    with pool_of(options) as pool:
        space = space_of(asked, options.n, len(options.overrides), lambda given: Lab.of(given, options, pool))
        if len(space.lab.base) > 1:
            raise _fault(Place(plan), "expected a plan of one scenario: the bands of several would mean nothing")
        seen = load_observations(observations, known_names(space.lab.base[0].loaded))
        _same_clocks(every_point(space, asked, len(options.overrides)), asked)
        outcomes = _simulated(space, options)
    parts = [outcome.result for outcome in outcomes if outcome.result is not None]
    lost = tuple(f"point {k}: {outcome.error}" for k, outcome in enumerate(outcomes) if outcome.result is None)
    if not parts:
        raise StoreError(f"no point gave a result; {lost[0]}")
    points = [list(space.proposal(k).settings) for k in range(len(space.design))]
    folder = folder_of("validate", [space.lab.base[0].loaded], {"points": points, "observations": seen.digest}, options)
    answer = validated(Pooled(parts, asked.title or parts[0].title, folder), seen, plots, len(parts), options.svg)
    return replace(answer, lost=lost)


def _fault(place: Place, message: str) -> ScenarioError:
    return ScenarioError([Fault.at(place, (), message)])


def _same_clocks(points: list[Loaded], asked: Sweeping) -> None:
    """Raises ScenarioError if an hour of one point is not that of another."""
    clocks = {(c.start.when, float(c.utc_offset), c.horizon.mean) for c in (one.scenario.clock for one in points)}
    if len(clocks) > 1:
        raise _fault(place_of(asked, "clock"), "expected points with one clock, so that their hours can be put together")


def _simulated(space: Space, options: Options) -> list[Outcome]:
    """What came of every point, in the order of the plan."""
    outcomes: dict[int, Outcome] = {}
    size = len(space.design)
    title = f"{size:,} point{'s' if size != 1 else ''}"
    (options.progress or SilentProgress()).begin(title, 0, size * options.n)
    space.lab.run((space.proposal(k) for k in range(size)), outcomes.__setitem__)
    return [outcomes[number] for number in range(size)]


def validated(result: Stored, observations: Observations, plots: bool = True, points: int = 1, svg: bool = False) -> Validated:
    """Compares a stored result with *observations* and keeps ``validation-<digest>`` in its folder: .json, .csv, .png.

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

            pictures = Pictures(folder, svg)
            with storing(folder):
                draw_validation(result, found, name, pictures)
            files += pictures.made
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
    return "" if value is None else escape_formula(str(value))

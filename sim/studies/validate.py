"""A scenario against a file of observations: both checked before anything is simulated, the answer kept in the run's folder."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.analysis.observations import Known, Observations, load_observations
from sim.analysis.validate import Validation, validate
from sim.analysis.verdict import as_json
from sim.experiment import Result
from sim.experiment.files import storing
from sim.experiment.store import Store, harmless
from sim.scenario import Loaded, ScenarioError
from sim.studies.options import Options
from sim.studies.preparing import Given, Prepared, prepare

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


def validated(result: Result, observations: Observations, plots: bool = True) -> Validated:
    """Compares a stored result with *observations* and keeps ``validation-<digest>`` in its folder: .json, .csv, .png, .svg.

    Raises:
        StoreError: if the disk is full or fails.
    """
    found = validate(result, observations)
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

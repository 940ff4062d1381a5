"""A sweep from the words of a command or the arguments of a call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.scenario import Loaded
from sim.scenario.errors import Faults, Place
from sim.scenario.files import source
from sim.studies.plan_file import Sweeping, as_text, is_plan, looks_like_plan, read_plan
from sim.studies.preparing import loaded
from sim.studies.query import Given
from sim.studies.vary import VaryError, parse_vary


def asked_for(
    scenarios: Sequence[Given],
    vary: Mapping[str, Iterable[Any]] | Iterable[str],
    measures: tuple[str, ...] = (),
    by: str = "total",
) -> Sweeping:
    """Scenarios with what varies, or a plan alone; a measure that is named replaces those of the plan.  Raises ScenarioError."""
    faults = Faults()
    values, places = _varied(vary, faults)
    if by not in ("total", "mission"):
        faults.add(Place("--by"), (), f"expected total or mission, got {by}")
    faults.stop()
    plans = [given for given in scenarios if not isinstance(given, Loaded) and is_plan(os.fspath(given))]
    if plans and (len(scenarios) > 1 or values):
        faults.add(
            Place(os.fspath(plans[0])), (), "expected a plan alone, without other scenarios or --vary: it says both itself"
        )
        faults.stop()
    measured = tuple(Place(f"--measure {k}") for k in range(1, len(measures) + 1))
    if plans:
        plan = read_plan(os.fspath(plans[0]))
        plan = replace(plan, measures=measures, measured=measured) if measures else plan
        return replace(plan, by=by) if by != "total" else plan
    if not values:
        faults.add(
            _unvaried(scenarios), (), "expected --vary PATH=VALUES beside a scenario, or a plan, a file with design: in it"
        )
        faults.stop()
    return Sweeping(tuple(scenarios), values=values, measures=measures, measured=measured, by=by, places=places)


def _unvaried(scenarios: Sequence[Given]) -> Place:
    """Where it is said that nothing varies; a file alone that is neither plan nor scenario raises what is wrong with it."""
    if len(scenarios) != 1:
        return Place("sweep")
    (given,) = scenarios
    if isinstance(given, Loaded):
        return Place(given.name)
    name = os.fspath(given)
    if looks_like_plan(name):
        read_plan(name)
    loaded(given, ())
    return Place(source(name).label)


def _varied(
    vary: Mapping[str, Iterable[Any]] | Iterable[str], faults: Faults
) -> tuple[dict[str, tuple[str, ...]], dict[str, Place]]:
    """Values and place of every path."""
    if isinstance(vary, Mapping):
        return {path: tuple(map(as_text, values)) for path, values in vary.items()}, {}
    values: dict[str, tuple[str, ...]] = {}
    places: dict[str, Place] = {}
    for k, text in enumerate(vary, start=1):
        place = Place(f"--vary {k}")
        try:
            path, found = parse_vary(text)
        except VaryError as error:
            faults.add(place, (), str(error))
            continue
        if path in values:
            faults.add(place, (path,), "is varied twice")
        values[path], places[path] = tuple(found), place
    return values, places

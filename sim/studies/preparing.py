"""Scenarios that have passed all checks before anything is simulated."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario import Loaded, ScenarioError, load
from sim.scenario.errors import SaidInLines
from sim.scenario.settings import Setting
from sim.studies.inputs_option import AS_WRITTEN, Drawing
from sim.studies.query import Given


class TooLarge(SaidInLines, Exception):
    """A scenario beyond the stated budget."""


def loaded(scenario: Given, overrides: Sequence[str | Setting]) -> Loaded:
    return scenario if isinstance(scenario, Loaded) else load(scenario, overrides)


@dataclass(frozen=True)
class Prepared:
    """A scenario that has passed all checks, and what is to be said before it is simulated."""

    loaded: Loaded
    given: str
    impossible: tuple[str, ...] = ()
    """Reasons why it cannot get everybody out, one sentence each."""
    warnings: tuple[str, ...] = ()
    """What its author can hardly have meant."""


def prepare(
    scenarios: Sequence[Given],
    overrides: Sequence[str | Setting] = (),
    allow_large: bool = False,
    drawing: Drawing = AS_WRITTEN,
) -> list[Prepared]:
    """Loads and checks every scenario before anything is simulated; their inputs are drawn as *drawing* says.

    Raises:
        ScenarioError: all faults of all of them.
        TooLarge: if one is beyond the budget and that is not allowed.
    """
    from sim.scenario import cautions, estimate, impossible

    ready: list[Prepared] = []
    faults: list[Any] = []
    large: list[str] = []
    for scenario in scenarios:
        given = scenario.name if isinstance(scenario, Loaded) else os.fspath(scenario)
        try:
            one = drawing.of_scenario(loaded(scenario, overrides))
        except ScenarioError as error:
            faults += error.faults
            continue
        ready.append(Prepared(one, given, tuple(impossible(one.scenario)), tuple(cautions(one.scenario))))
        excess = estimate(one.scenario).excess
        if excess and not allow_large:
            large.append(f"{given}: {excess}")
    if faults:
        raise ScenarioError(dict.fromkeys(faults))
    if large:
        raise TooLarge("\n".join(large))
    return ready

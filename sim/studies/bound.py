"""Lower bounds of scenarios, without simulating them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from sim.analysis.bounds import Bound, planning_bound
from sim.scenario import Loaded
from sim.studies.options import Options
from sim.studies.preparing import Given, Prepared, prepare


def bounded(scenarios: Sequence[Given], options: Options) -> list[tuple[Prepared, Bound]]:
    """The planning bound of each scenario, once all of them have passed their checks.

    Raises:
        ScenarioError: all faults of all of them.
        TooLarge: if one is beyond the budget and that is not allowed.
    """
    return [(one, planning_bound(one.loaded.scenario)) for one in prepare(scenarios, options)]


_KNOWN: OrderedDict[str, Bound] = OrderedDict()
_MOST_KNOWN = 32


def bound_of(loaded: Loaded) -> Bound:
    """The planning bound of a scenario; the last few are remembered, since a notebook runs the same one again and again."""
    if loaded.digest_text not in _KNOWN:
        _KNOWN[loaded.digest_text] = planning_bound(loaded.scenario)
        while len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.popitem(last=False)
    return _KNOWN[loaded.digest_text]


def beside(summary: dict[str, Any], bound: Bound) -> dict[str, Any]:
    """A run's summary with the planning bound beside the results: ``bound_h``, in all and by mission, and what sets it."""
    said = bound.as_json()
    found = summary | {
        "bound_h": said["bound_h"],
        "bound": {"people": said["people"], "most_out": said["most_out"], **said["binding"]},
    }
    found["missions"] = {
        name: entry | {"bound_h": said["missions"][name]["bound_h"]} if name in said["missions"] else entry
        for name, entry in summary["missions"].items()
    }
    return found

"""The scenario room: from a file to a frozen, checked :class:`Scenario`, or all its faults at once.

Names are imported when they are first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.cautions import cautions
    from sim.scenario.closing import shut_for_good
    from sim.scenario.editor import json_schema
    from sim.scenario.errors import Fault, FaultCode, ScenarioError
    from sim.scenario.feasible import impossible, obstacles
    from sim.scenario.files import shipped_names
    from sim.scenario.listing import Row, describe
    from sim.scenario.loading import Layers, Loaded, from_data, load, loads
    from sim.scenario.places import Places, places_of
    from sim.scenario.quantity import Quantity
    from sim.scenario.roster import read_roster
    from sim.scenario.schema import Scenario
    from sim.scenario.settings import Setting
    from sim.scenario.size import Estimate, estimate
    from sim.scenario.starters import Started, started, starter, starter_from_csv

_HOME = {
    "Estimate": "size",
    "Fault": "errors",
    "FaultCode": "errors",
    "Layers": "loading",
    "Loaded": "loading",
    "Places": "places",
    "Quantity": "quantity",
    "Row": "listing",
    "Scenario": "schema",
    "ScenarioError": "errors",
    "Setting": "settings",
    "Started": "starters",
    "cautions": "cautions",
    "describe": "listing",
    "estimate": "size",
    "from_data": "loading",
    "impossible": "feasible",
    "json_schema": "editor",
    "load": "loading",
    "loads": "loading",
    "obstacles": "feasible",
    "places_of": "places",
    "read_roster": "roster",
    "shipped_names": "files",
    "shut_for_good": "closing",
    "started": "starters",
    "starter": "starters",
    "starter_from_csv": "starters",
}

__all__ = [
    "Estimate",
    "Fault",
    "FaultCode",
    "Layers",
    "Loaded",
    "Places",
    "Quantity",
    "Row",
    "Scenario",
    "ScenarioError",
    "Setting",
    "Started",
    "cautions",
    "describe",
    "estimate",
    "from_data",
    "impossible",
    "json_schema",
    "load",
    "loads",
    "obstacles",
    "places_of",
    "read_roster",
    "shipped_names",
    "shut_for_good",
    "started",
    "starter",
    "starter_from_csv",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

"""Noncombatant evacuation of a capital's missions, simulated: from a scenario file to an answer.

>>> import sim
>>> study = sim.run("evacsim:minimal", n=50)       # doctest: +SKIP
>>> study.summary["total"]["p90_h"], study.missions  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_STUDIES = sorted(folder.parent.name for folder in (Path(__file__).parent / "studies").glob("*/query.py"))
"""Every study is a function here, made from its query when it is asked for."""

__all__ = [
    "Comparison", "ScenarioError", "Sensitivity", "Study", "__version__",
    "compare", "load", "open_result", "run", "sensitivity", "trace", *_STUDIES,
]  # fmt: skip

if TYPE_CHECKING:
    from sim.api import Comparison, Study, compare, open_result, run, trace
    from sim.scenario import ScenarioError, load
    from sim.studies.sensitivity import Sensitivity, sensitivity

_HOMES = {
    "load": "sim.scenario", "ScenarioError": "sim.scenario",
    "Sensitivity": "sim.studies.sensitivity", "sensitivity": "sim.studies.sensitivity",
}  # fmt: skip
"""Where each name comes from that is not of :mod:`sim.api`."""


def __getattr__(name: str) -> Any:
    """Imports what is asked for when it is asked for, so that ``evacsim --help`` loads nothing heavy."""
    from importlib import import_module

    if name in _STUDIES:
        return import_module("sim.api").function_of(_queries()[name])
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "sim.api")), name)
    if not name.startswith("_"):
        for verb, query in _queries().items():
            if query.gives == name:
                return getattr(import_module(f"sim.studies.{verb}.answer"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _queries() -> dict[str, Any]:
    from sim.studies import queries

    return queries()


def __dir__() -> list[str]:
    return sorted(__all__)

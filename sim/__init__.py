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

_HOMES = {
    "load": "sim.scenario", "ScenarioError": "sim.scenario",
    "check": "sim.authoring", "describe": "sim.authoring", "new": "sim.authoring", "schema": "sim.authoring",
    **dict.fromkeys(
        ("Comparison", "QueryError", "Study", "compare", "open_result", "plot", "run", "trace"), "sim.api"
    ),
}  # fmt: skip
"""Where each name comes from that is not a study's."""

__all__ = [
    "Comparison", "QueryError", "ScenarioError", "Study", "__version__", "check", "compare", "describe", "load", "new",
    "open_result", "plot", "run", "schema", "trace", *(name for name in _STUDIES if name not in _HOMES),
]  # fmt: skip

if TYPE_CHECKING:
    from sim.api import Comparison, QueryError, Study, compare, open_result, plot, run, trace
    from sim.authoring import check, describe, new, schema
    from sim.scenario import ScenarioError, load


def __getattr__(name: str) -> Any:
    """Imports what is asked for when it is asked for, so that ``evacsim --help`` loads nothing heavy."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _STUDIES:
        return import_module("sim.api").function_of(_queries()[name])
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

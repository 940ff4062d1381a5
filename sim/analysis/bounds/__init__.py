"""Lower bounds on the time to evacuate: one for planning, one for the verification of the model.

``planning_bound(scenario)`` is the quickest evacuation through the same capacities with every input at its median;
``strict_bound_h(plan, seed, replication)`` is what no run with the same draws can beat.
docs/explanation/bounds.md tells what is relaxed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.bounds.planning import Bound, planning_bound
    from sim.analysis.bounds.strict import StrictBounds, strict_bound_h

__all__ = ["Bound", "StrictBounds", "planning_bound", "strict_bound_h"]

_HOME = {"Bound": "planning", "planning_bound": "planning", "StrictBounds": "strict", "strict_bound_h": "strict"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

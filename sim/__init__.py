"""Noncombatant evacuation of a capital's missions, simulated: from a scenario file to an answer.

>>> import sim
>>> study = sim.run("evacsim:minimal", n=50)       # doctest: +SKIP
>>> study.summary["total"]["p90_h"], study.missions  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Bottleneck", "Comparison", "Deadlines", "Planned", "ScenarioError", "Sensitivity", "Study", "Sweep", "__version__",
    "bottleneck", "compare", "deadline", "load", "open_result", "plan", "run", "sensitivity", "sweep", "trace",
]  # fmt: skip

if TYPE_CHECKING:
    from sim.api import Comparison, Study, compare, open_result, run, trace
    from sim.scenario import ScenarioError, load
    from sim.studies.bottleneck import Bottleneck, bottleneck
    from sim.studies.deadline import Deadlines, deadline
    from sim.studies.plan import Planned, plan
    from sim.studies.sensitivity import Sensitivity, sensitivity
    from sim.studies.sweep import Sweep, sweep

_HOMES = {
    "load": "sim.scenario", "ScenarioError": "sim.scenario",
    "Bottleneck": "sim.studies.bottleneck", "bottleneck": "sim.studies.bottleneck",
    "Deadlines": "sim.studies.deadline", "deadline": "sim.studies.deadline",
    "Planned": "sim.studies.plan", "plan": "sim.studies.plan",
    "Sensitivity": "sim.studies.sensitivity", "sensitivity": "sim.studies.sensitivity",
    "Sweep": "sim.studies.sweep", "sweep": "sim.studies.sweep",
}  # fmt: skip
"""Where each name comes from that is not of :mod:`sim.api`."""


def __getattr__(name: str) -> Any:
    """Imports what is asked for when it is asked for, so that ``evacsim --help`` loads nothing heavy."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "sim.api")), name)


def __dir__() -> list[str]:
    return sorted(__all__)

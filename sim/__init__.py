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
    from sim.api import (
        Bottleneck,
        Comparison,
        Deadlines,
        Planned,
        Sensitivity,
        Study,
        Sweep,
        bottleneck,
        compare,
        deadline,
        open_result,
        plan,
        run,
        sensitivity,
        sweep,
        trace,
    )
    from sim.scenario import ScenarioError, load

_HOMES = {"load": "sim.scenario", "ScenarioError": "sim.scenario"}


def __getattr__(name: str) -> Any:
    """Imports what is asked for when it is asked for, so that ``evacsim --help`` loads nothing heavy."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "sim.api")), name)


def __dir__() -> list[str]:
    return sorted(__all__)

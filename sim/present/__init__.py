"""What people look at: tables for the terminal and pictures.  Nothing here computes a statistic.

``terminal`` and ``plots`` are imported when first asked for: the one needs rich, the other matplotlib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["plots", "terminal"]

if TYPE_CHECKING:
    from sim.present import plots as plots
    from sim.present import terminal as terminal


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")

"""Windows of permission, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sim.model.compiled.builder import Builder
from sim.model.compiled.numbers import Numbers, When
from sim.scenario.schema import RoadWindow, Window
from sim.scenario.types import DailyHours


class TruceNumbers(NamedTuple):
    """What an open window changes on the road: factors, and chances of being turned back (None: unchanged)."""

    road: float
    checkpoint: float
    turn_back: float | None
    turn_back_alone: float | None


@dataclass(frozen=True, slots=True)
class CompiledWindow:
    """A window of the road or of the airfield."""

    name: str
    begins: When
    until: When | None
    lasts: int
    """Stream of how long it lasts."""
    hours: DailyHours
    numbers: Numbers[TruceNumbers]
    """Of a window of the road; of another they change nothing."""


def compile_windows(builder: Builder, path: str, windows: Mapping[str, Window]) -> tuple[CompiledWindow, ...]:
    """Resolve the windows at a path, in the order of their names."""
    compiled = []
    for name, spec in sorted(windows.items()):
        at = f"{path}.{name}"
        numbers = builder.numbers(TruceNumbers, at, spec if isinstance(spec, RoadWindow) else RoadWindow())
        lasts = builder.stream("window", at, spec.lasts)
        compiled.append(builder.part(CompiledWindow, at, spec, name=name, lasts=lasts, numbers=numbers))
    return tuple(compiled)

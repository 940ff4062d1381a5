"""The threat to the capital, compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sim.model.compiled.builder import Builder
from sim.model.compiled.numbers import ZERO, Constant, Number, Numbers, When
from sim.scenario.quantity import constant
from sim.scenario.schema import Effects, Threat


class EffectNumbers(NamedTuple):
    """What a threat level does: factors, but for ``turn_back`` (chances; None: as usual) and ``crowd`` (people/h)."""

    road: float
    checkpoint: float
    turn_back: float | None
    turn_back_alone: float | None
    lets_through: float
    search: float
    consular: float
    crowd: float
    incidents: float
    flying: float


@dataclass(frozen=True, slots=True)
class CompiledThreat:
    """Levels from mild to worst, by index."""

    levels: tuple[str, ...]
    start: int
    fallen: int | None
    """The level at which the capital has fallen."""
    stay: tuple[int | None, ...]
    """Stream of the hours of each stay at a level; None: for ever."""
    up: tuple[Number, ...]
    """Chance that the next move is to the worse."""
    move: tuple[int, ...]
    """Stream that decides which way."""
    timeline: tuple[tuple[When, int], ...]
    effects: tuple[Numbers[EffectNumbers], ...]


def compile_threat(builder: Builder) -> CompiledThreat:
    """Register the draws of the threat; without one there is a single quiet level."""
    spec = builder.scenario.threat
    if spec is None:
        quiet = builder.numbers(EffectNumbers, "threat.effects.stable", Effects())
        return CompiledThreat(("stable",), 0, None, (None,), (Constant(1.0),), (0,), (), (quiet,))
    return CompiledThreat(
        levels=spec.levels,
        start=spec.levels.index(spec.start),
        fallen=spec.levels.index(spec.fallen) if spec.fallen is not None else None,
        stay=tuple(builder.stream("stay", level, spec.stay[level], 8) if level in spec.stay else None for level in spec.levels),
        up=tuple(_up(builder, spec, index) for index in range(len(spec.levels))),
        move=tuple(builder.unit("move", level, 8) for level in spec.levels),
        timeline=tuple(
            (builder.when(f"threat.timeline.{i}", dated.at), spec.levels.index(dated.level))
            for i, dated in enumerate(spec.timeline)
        ),
        effects=tuple(
            builder.numbers(EffectNumbers, f"threat.effects.{level}", spec.effects.get(level, Effects())) for level in spec.levels
        ),
    )


def _up(builder: Builder, spec: Threat, index: int) -> Number:
    level = spec.levels[index]
    if index == len(spec.levels) - 1:
        return ZERO
    return Constant(1.0) if index == 0 else builder.fixed(f"threat.up.{level}", spec.up.get(level, constant(1)))

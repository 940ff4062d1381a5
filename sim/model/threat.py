"""The threat to the capital: ordered levels, moved by a dated timeline or by random durations, up or down."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.model.kernel import THREAT, Call, key
from sim.model.plan import Builder, Fixed, When, fixed_in
from sim.scenario.quantity import constant
from sim.scenario.schema import Effects

if TYPE_CHECKING:
    from sim.model.world import World


@dataclass
class ThreatPlan:
    """Levels from mild to worst, by index."""

    levels: tuple[str, ...]
    start: int
    fallen: int | None
    stay: list[int | None]
    up: list[Fixed]
    move: list[int]
    timeline: list[tuple[When, int]]
    effects: list[dict[str, Fixed | None]]


def prepare(b: Builder) -> ThreatPlan:
    """Register the draws of the threat."""
    spec = b.scenario.threat
    if spec is None:
        return ThreatPlan(("stable",), 0, None, [None], [1.0], [0], [], [_effects(b, "stable", Effects())])
    index = {name: i for i, name in enumerate(spec.levels)}
    stay = [b.stream("stay", name, spec.stay[name], 8) if name in spec.stay else None for name in spec.levels]
    last = len(spec.levels) - 1
    up: list[Fixed] = [
        0.0 if i == last else 1.0 if i == 0 else b.fixed(f"threat.up.{name}", spec.up.get(name, constant(1)))
        for i, name in enumerate(spec.levels)
    ]
    return ThreatPlan(
        levels=spec.levels,
        start=index[spec.start],
        fallen=index[spec.fallen] if spec.fallen is not None else None,
        stay=stay,
        up=up,
        move=[b.unit("move", name, 8) for name in spec.levels],
        timeline=[(b.when(f"threat.timeline.{i}", d.at), index[d.level]) for i, d in enumerate(spec.timeline)],
        effects=[_effects(b, name, spec.effects.get(name, Effects())) for name in spec.levels],
    )


def _effects(b: Builder, level: str, e: Effects) -> dict[str, Fixed | None]:
    names = (
        "road",
        "checkpoint",
        "turn_back",
        "turn_back_alone",
        "lets_through",
        "search",
        "consular",
        "crowd",
        "incidents",
        "flying",
    )
    return {n: b.fixed(f"threat.effects.{level}.{n}", q) if (q := getattr(e, n)) is not None else None for n in names}


def dated(threat: ThreatPlan, draws: Any) -> list[tuple[float, int, int]]:
    """Dated changes in order of time: (hours from the start, negative before it; number in the timeline; level)."""
    return sorted((fixed_in(when.delay, draws), i, to) for i, (when, to) in enumerate(threat.timeline) if when.after == "start")


def level_at_start(threat: ThreatPlan, draws: Any) -> int:
    """The level when the clock starts: that of the last dated change that lies in the past, if there is any."""
    return next((to for at, _, to in reversed(dated(threat, draws)) if at <= 0), threat.start)


def moves(threat: ThreatPlan, draws: Any, level: int) -> Iterator[tuple[float, int]]:
    """Random moves from *level* on: (hours for which the level before lasts, the next level); ends where one lasts for good."""
    visits: Counter[int] = Counter()
    while not threat.timeline and len(threat.levels) > 1 and (stay := threat.stay[level]) is not None:
        visit, up = visits[level], fixed_in(threat.up[level], draws)
        visits[level] += 1
        rises = draws[threat.move[level]].at(visit) < up
        yield draws[stay].at(visit), level + 1 if rises else level - 1
        level += 1 if rises else -1


class Threat:
    """The level now, when each level was first reached, and what the level does."""

    def __init__(self, w: World, plan: ThreatPlan) -> None:
        self.w = w
        self.plan = plan
        self.level = plan.start
        self.worst = plan.start
        self.moves: Iterator[tuple[float, int]]
        """Random ones to come."""
        self.reached: list[float] = [math.inf] * len(plan.levels)
        self.fall = math.inf
        """First fall of the capital."""
        self.fallen_since = math.inf
        """When it fell last; it may have been freed since."""
        self.log: list[tuple[float, int]] = [(0.0, plan.start)]
        self.effects = [{n: 1.0 if q is None else w.get(q) for n, q in e.items()} for e in plan.effects]
        self.turn_back, self.turn_back_alone = (
            [None if (q := e[name]) is None else w.get(q) for e in plan.effects] for name in ("turn_back", "turn_back_alone")
        )
        self.lets_through = 1.0
        self.road = 1.0
        self.checkpoint = 1.0
        self.search = 1.0
        self.consular = 1.0
        self.flying = 1.0
        self.listeners: list[Callable[[], None]] = []

    @property
    def fallen(self) -> bool:
        """Whether the capital has fallen and not been freed."""
        return self.plan.fallen is not None and self.level >= self.plan.fallen

    def start(self) -> None:
        """Begin: dated changes that lie in the past have happened."""
        draws = self.w.streams
        self.level = level_at_start(self.plan, draws)
        self.log = [(0.0, self.level)]
        self._enter()
        for at, i, level in dated(self.plan, draws):
            if at > 0:
                self.w.clock.at(at, key(THREAT, i), self._dated, level)
        self.moves = moves(self.plan, draws, self.level)
        self._schedule()

    def _dated(self, call: Call) -> None:
        self._change(call.arg)

    def _schedule(self) -> None:
        if (move := next(self.moves, None)) is not None:
            self.w.clock.after(move[0], key(THREAT), self._move, move[1])

    def _move(self, call: Call) -> None:
        self._change(call.arg)
        self._schedule()

    def _change(self, level: int) -> None:
        if level == self.level:
            return
        was_fallen, self.level = self.fallen, level
        self.log.append((self.w.clock.now, level))
        self._enter(was_fallen)
        for listener in self.listeners:
            listener()

    def _enter(self, was_fallen: bool = False) -> None:
        level, now = self.level, self.w.clock.now
        if self.fallen and not was_fallen:
            self.fallen_since = now
        e = self.effects[level]
        self.road, self.checkpoint, self.search = e["road"], e["checkpoint"], e["search"]
        self.lets_through = e["lets_through"]
        self.consular, self.flying = e["consular"], e["flying"]
        self.worst = max(self.worst, level)
        for k in range(self.worst + 1):
            if self.reached[k] == math.inf:
                self.reached[k] = now
                self.w.happened(self.plan.levels[k], now)
        if self.fallen and self.fall == math.inf:
            self.fall = now

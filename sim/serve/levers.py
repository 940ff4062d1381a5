"""Levers as sliders: the numbers that are ours to choose, each from the range that its scenario gives it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from sim.analysis.factors import Factor, candidates, said
from sim.analysis.naming import about, first_up, named
from sim.scenario import Scenario
from sim.scenario.number import rounded
from sim.scenario.ranges import Member, written

Json = dict[str, Any]
STEPS = 40
"""Most steps of a slider."""
GRID = 400
"""Places of a range that are looked at for steps that differ."""
DIGITS = 3
"""Of a number that a slider sets, so that people can read it."""


class Slider(Protocol):
    """What has a place in the list of sliders."""

    @property
    def name(self) -> str: ...
    @property
    def drawn(self) -> bool: ...


L = TypeVar("L", bound=Slider)


@dataclass(frozen=True)
class Step:
    """Where a slider can stand."""

    at: float
    """Place within the range, 0 to 1."""
    text: str
    """What that comes to, for people."""


@dataclass(frozen=True)
class Lever:
    """A slider: one parameter, or several that move together."""

    factor: Factor
    drawn: bool
    """Whether it is drawn from its range as long as it isn't set."""

    @property
    def name(self) -> str:
        """That of the factor."""
        return self.factor.name

    def settings(self, at: float) -> tuple[str, ...]:
        """The ``--set`` of each parameter that put it at this place of its range."""
        return tuple(f"{member.path}={_value(member, at)}" for member in self.factor.members)

    def steps(self) -> list[Step]:
        """Where it can stand, from the low end to the high one: each place says something else to the scenario."""
        same: dict[tuple[str, ...], list[float]] = {}
        for k in range(GRID + 1):
            same.setdefault(self.settings(k / GRID), []).append(k / GRID)
        places = [each[len(each) // 2] for each in same.values()]
        places[0], places[-1] = 0.0, 1.0
        if len(places) > STEPS:
            places = [places[round(k * (len(places) - 1) / STEPS)] for k in range(STEPS + 1)]
        return [Step(round(at, 6), self.text(at)) for at in places]

    def text(self, at: float) -> str:
        """What it is at this place of its range, for people."""
        members = self.factor.members
        values = {_mean(member, at) for member in members}
        if len(values) == 1:
            return said(values.pop(), members[0].dimension, *(_mean(members[0], end) for end in (0.0, 1.0)))
        ratios = {round(member.at(at) / member.mean, 2) if member.mean > 0 else math.nan for member in members}
        if len(ratios) == 1 and not any(map(math.isnan, ratios)):
            return f"× {rounded(ratios.pop())}"
        low, high = (said(end(values), members[0].dimension) for end in (min, max))
        return f"{low.removesuffix(' people')} to {high}"

    def as_written(self) -> str:
        """What the scenario says of it; nothing where that differs among the parameters."""
        texts = {member.text for member in self.factor.members}
        return texts.pop() if len(texts) == 1 else ""

    def as_json(self) -> Json:
        """What the page shows of it."""
        paths = [member.path for member in self.factor.members]
        steps = self.steps()
        near = _written_place(self.factor.members)
        called = named(self.name)
        return {
            "name": self.name,
            "about": first_up(called.what),
            "whose": called.whose if len(paths) > 1 or "*" not in self.name else "",
            "group": about(paths[0].partition(".")[0]),
            "paths": paths,
            "written": self.as_written(),
            "drawn": self.drawn,
            "start": min(range(len(steps)), key=lambda k: abs(steps[k].at - near)),
            "steps": [[step.at, step.text] for step in steps],
        }


def levers_of(scenario: Scenario, drawn: Sequence[str]) -> dict[str, Lever]:
    """The levers of a scenario by name; *drawn*: the factors that are drawn as long as nothing sets them."""
    return {f.name: Lever(f, f.name in drawn) for f in _factors(scenario)}


def _factors(scenario: Scenario) -> Iterator[Factor]:
    for factor in candidates(scenario, "lever").factors:
        members = tuple(member for member in factor.members if member.low < member.high)
        if members:
            yield replace(factor, members=members)


def ordered(levers: Sequence[L], most: Sequence[str]) -> list[L]:
    """Those that matter most first, as a run found (*most*), then those that are drawn, then the others, by name."""
    rank = {name: k for k, name in enumerate(most)}
    return sorted(levers, key=lambda one: (rank.get(one.name, len(rank)), not one.drawn, one.name))


def _value(member: Member, at: float) -> str:
    """What a scenario file says for the parameter at this place of its range."""
    moved = member.moved(at)
    if moved.is_constant:
        moved = replace(moved, params=(_rounded(moved.params[0]),))
    return written(moved)


def _mean(member: Member, at: float) -> float:
    moved = member.moved(at)
    return _rounded(moved.params[0]) if moved.is_constant else moved.mean


def _rounded(x: float) -> float:
    return x if x == int(x) else float(f"{x:.{DIGITS}g}")


def _written_place(members: Sequence[Member]) -> float:
    """About where in its range the first member stands as it is written."""
    first = members[0]
    low, high, mean = first.low, first.high, min(max(first.mean, first.low), first.high)
    if first.log:
        return math.log(mean / low) / math.log(high / low)
    return (mean - low) / (high - low)

"""A range of the scenario itself in a sampled design: it is moved by the law that every command has for it.

That law is :mod:`sim.scenario.ranges`: log-uniform where the range is a factor, else uniform; all of a distribution is multiplied
so that its mean goes from low to high.  What is asked for is the path of a quantity, or the name of a factor or group, whose
numbers then move together, each by its own range.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.scenario.errors import Path, dotted
from sim.scenario.inputs import DrawnFactor
from sim.scenario.nearest import nearest
from sim.scenario.number import BASE_UNITS
from sim.scenario.quantity import Quantity
from sim.scenario.ranges import RANGE, WHOLE, Member, factor_names, member_of, possible, written
from sim.scenario.schema import Scenario
from sim.scenario.settings import Setting
from sim.scenario.shapes import quantities
from sim.studies.axis import Axis


@dataclass(frozen=True)
class OwnRange:
    """What a sampled design draws for a path or a factor whose range the scenario has."""

    path: str
    members: tuple[Member, ...]

    def axis(self, shares: Sequence[float]) -> tuple[Axis, list[int]]:
        """The axis of the values at these shares of the way, 0 ≤ u < 1, and the place of each on it."""
        at = {float(f"{u:.6g}"): None for u in shares}
        made = {u: self._made(u) for u in at}
        order: dict[str, tuple[float, tuple[Setting, ...]]] = {}
        for number, text, settings in sorted(made.values(), key=lambda one: one[0]):
            order.setdefault(text, (number, settings))
        unit = "" if self.ratio else BASE_UNITS[self.members[0].dimension]
        numbers, own = zip(*order.values(), strict=True) if order else ((), ())
        values = tuple(order)
        axis = Axis(self.path, values, tuple(numbers), unit, own=tuple(own))
        return axis, [values.index(made[float(f"{u:.6g}")][1]) for u in shares]

    @property
    def ratio(self) -> bool:
        """Whether its members have no value in common, so that it is told by what multiplies them, or by the share of the way."""
        return not DrawnFactor(self.path, self.members).alike

    def _made(self, u: float) -> tuple[float, str, tuple[Setting, ...]]:
        """Number, text and settings at a share of the way; numbers but whole ones have four digits."""
        if not self.ratio:
            number, text = _value(self.members[0], u)
            return number, text, tuple(_at(member, number, text) for member in self.members)
        (value,), _ = DrawnFactor(self.path, self.members).values([u])
        number = float(f"{u if value is None else value:.4g}")
        text = f"{number:.10g} {'of the range' if value is None else '×'}"
        return number, text, tuple(member.setting(u) for member in self.members)


def _value(member: Member, u: float) -> tuple[float, str]:
    """Value or mean at a share of the way, with four digits, and as a scenario would have it."""
    x, unit = member.moved(u).mean, BASE_UNITS[member.dimension]
    number = x if member.dimension in WHOLE and member.quantity.is_constant else float(f"{x:.4g}")
    return number, f"{number:.10g} {unit}" if unit else f"{number:.10g}"


def _at(member: Member, number: float, text: str) -> Setting:
    """The setting with that value or mean."""
    if member.quantity.is_constant or number <= 0 or member.quantity.mean <= 0:
        return Setting(member.path, text, RANGE)
    moved = possible(member.quantity.scaled(number / member.quantity.mean), member.dimension)
    return Setting(member.path, written(moved), RANGE)


def own_range(path: str, scenario: Scenario) -> OwnRange:
    """The range that the scenario has for a path, a factor or a group; raises ValueError, which says why it has none."""
    known = [(place, dimension.name, quantity) for place, dimension, quantity, _ in quantities(scenario)]
    names = factor_names([(place, quantity) for place, _, quantity in known])
    exact = [one for one in known if dotted(one[0]) == path]
    chosen = exact or [one for one, name in zip(known, names, strict=True) if name == path] or _matching(path, known)
    if not chosen:
        there = dict.fromkeys([*names, *(dotted(place) for place, *_ in known)])
        raise ValueError(f"no quantity or group of that name, so that it has no range of its own{nearest(path, there)}")
    members = [member_of(dotted(place), quantity, dimension) for place, dimension, quantity in chosen]
    moving = tuple(member for member in members if member is not None)
    if not moving:
        raise ValueError("has neither low and high nor a grade of evidence: say between which (lo:hi)")
    return OwnRange(path, moving)


Known = tuple[Path, str, Quantity]


def _matching(path: str, known: Sequence[Known]) -> list[Known]:
    """The quantities that a path with ``*`` for one part matches."""
    if "*" not in path:
        return []
    pattern = re.compile(r"\.".join("[^.]+" if part == "*" else re.escape(part) for part in path.split(".")))
    return [one for one in known if pattern.fullmatch(dotted(one[0]))]

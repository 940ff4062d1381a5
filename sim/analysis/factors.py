"""Factors of a sensitivity study: which inputs are moved, from where to where, and what that says to the scenario.

A factor is one parameter, or several that are moved together; :mod:`sim.scenario.ranges` says which, and how far they go.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sim.analysis.naming import about, named
from sim.analysis.words import duration, share
from sim.scenario.errors import Faults, Path, Place, dotted, shown
from sim.scenario.number import BASE_UNITS, rounded
from sim.scenario.parsing import parse_quantity
from sim.scenario.quantity import Quantity
from sim.scenario.ranges import ALWAYS, Member, factor_names, is_idle, kind_of, member_of, whole
from sim.scenario.schema import Scenario
from sim.scenario.settings import Setting
from sim.scenario.shapes import quantities

Studied = Literal["uncertainty", "lever"]
Json = dict[str, Any]
WHOLE = ("people", "count")
COMMAND_LINE = Place("--factors")
RANGE = Place("the range")
"""Where settings of factors were written."""


@dataclass(frozen=True)
class Factor:
    """One or more parameters that move together."""

    name: str
    members: tuple[Member, ...]
    kind: Studied = "uncertainty"

    def settings(self, position: float) -> tuple[Setting, ...]:
        """The settings that put all members at *position*."""
        return tuple(member.setting(position) for member in self.members)

    def end(self, position: float) -> str:
        """Low or high end for people: a value, ``× 0.5`` of values that differ, or nothing that they have in common."""
        values = {m.at(position) for m in self.members}
        if len(values) == 1:
            first = self.members[0]
            return said(values.pop(), first.dimension, first.at(0.0), first.at(1.0))
        ratios = {round(m.at(position) / m.quantity.mean, 3) if m.quantity.mean > 0 else math.nan for m in self.members}
        return f"× {rounded(ratios.pop())}" if len(ratios) == 1 and not any(map(math.isnan, ratios)) else ""

    def as_json(self, titles: Mapping[str, str] | None = None) -> Json:
        """What it is: names once given stay.  *titles*: of missions."""
        called = named(self.name, titles or {})
        first = self.members[0]
        alone = len(self.members) == 1
        grades = {m.quantity.evidence for m in self.members}
        return {
            "name": self.name,
            "about": about(first.path),
            "label": called.label,
            "phrase": called.phrase,
            "kind": self.kind,
            "paths": [m.path for m in self.members],
            "unit": BASE_UNITS[first.dimension],
            "value": first.text if alone else None,
            "low": first.low if alone else None,
            "high": first.high if alone else None,
            "low_text": self.end(0.0),
            "high_text": self.end(1.0),
            "distribution": not all(m.quantity.is_constant for m in self.members),
            "evidence": grades.pop() if len(grades) == 1 else "mixed",
            "scale": {True: "log", False: "linear"}.get(first.log) if len({m.log for m in self.members}) == 1 else "mixed",
        }


@dataclass(frozen=True)
class Spec:
    """What was asked for: paths with ``*`` for one part (all that match move together), or ``PREFIX.**`` (each for itself)."""

    path: str
    low: Any = None
    high: Any = None
    times: tuple[float, float] | None = None
    """Low and high as multiples of each member's value or mean, instead of *low* and *high*."""
    log: bool | None = None
    group: str | None = None
    place: Place = COMMAND_LINE
    """Where it was written, for faults."""


@dataclass(frozen=True)
class FactorSelection:
    """The factors of one scenario, and what was left out of them."""

    factors: tuple[Factor, ...]
    unranged: int = 0
    """Distributions without low and high or a grade of evidence: nothing says how far to move them."""
    unmatched: tuple[Spec, ...] = ()
    """What was asked for and matches nothing here."""


def candidates(scenario: Scenario, kind: Studied) -> FactorSelection:
    """Every factor that the scenario itself gives ranges for, entries of a table moved together."""
    moved = [*_members(scenario, kind)]
    ranged = [(path, member) for path, member in moved if member is not None]
    groups: dict[str, list[Member]] = defaultdict(list)
    names = factor_names([(path, member.quantity) for path, member in ranged])
    for name, (_, member) in zip(names, ranged, strict=True):
        groups[name].append(member)
    factors = [Factor(name if len(of) > 1 else of[0].path, tuple(of), _own_kind(of, kind)) for name, of in groups.items()]
    return FactorSelection(tuple(factors), len(moved) - len(ranged))


def chosen(scenario: Scenario, kind: Studied, specs: Sequence[Spec], faults: Faults, refused: Faults) -> FactorSelection:
    """The factors asked for, in their order; what is wrong with them goes to *faults*.

    Why a parameter is none goes to *refused*: it may well be one in another scenario of the study.
    """
    everything = candidates(scenario, kind)
    groups: dict[str, list[Member]] = defaultdict(list)
    unmatched = []
    for spec in specs:
        if spec.path.endswith(".**"):
            parts = [(f.name, m) for f in everything.factors for m in f.members if m.path.startswith(spec.path[:-2])]
        else:
            parts = [(spec.group or spec.path, m) for m in _matching(scenario, kind, spec, refused)]
        if not parts:
            unmatched.append(spec)
        for name, member in parts:
            groups[spec.group or name].append(member)
    owner: dict[str, str] = {}
    for name, of in groups.items():
        for member in of:
            if owner.setdefault(member.path, name) != name:
                message = f"expected one factor for each parameter, got {owner[member.path]} and {name}"
                faults.add(specs[0].place, tuple(member.path.split(".")), message)
    factors = tuple(Factor(name, tuple({m.path: m for m in of}.values()), _own_kind(of, kind)) for name, of in groups.items())
    return FactorSelection(factors, everything.unranged, tuple(unmatched))


def _studied(path: str, own: str, kind: Studied) -> bool:
    """Whether a parameter of its *own* kind belongs into a study of that kind."""
    return own == kind or (own != "constant" and ALWAYS.fullmatch(path) is not None)


def _own_kind(members: Sequence[Member], kind: Studied) -> Studied:
    """That of the study, but for inputs of the other kind that are in every study."""
    if all(ALWAYS.fullmatch(m.path) and (m.quantity.kind == "lever") != (kind == "lever") for m in members):
        return "lever" if kind == "uncertainty" else "uncertainty"
    return kind


def _matching(scenario: Scenario, kind: Studied, spec: Spec, faults: Faults) -> Iterator[Member]:
    """The members of a spec; notes why one cannot be."""
    pattern = re.compile(r"\.".join("[^.]+" if part == "*" else re.escape(part) for part in spec.path.split(".")))
    for path, dimension, quantity, _ in quantities(scenario):
        name = dotted(path)
        if not pattern.fullmatch(name) or is_idle(path, scenario):
            continue
        own = kind_of(quantity, stated=spec.low is not None or spec.times is not None)
        if not _studied(name, own, kind):
            if "*" not in spec.path:
                other = {"lever": " (--levers studies these)", "uncertainty": " (without --levers)"}.get(own, "")
                faults.add(spec.place, path, f"expected a parameter whose kind is {kind}, got kind {own}{other}")
            continue
        try:
            member = _ranged(quantity, dimension.name, replace(spec, path=name))
        except ValueError as error:
            faults.add(spec.place, path, str(error))
            continue
        if member is not None:
            yield member
        elif "*" not in spec.path:
            message = "expected a range: low and high in the scenario or a factors file, or a grade of evidence"
            faults.add(spec.place, path, message)


def _ranged(quantity: Quantity, dimension: str, spec: Spec) -> Member | None:
    """The member at the path of *spec* with its range or else the scenario's; None if there is none or nothing moves."""
    ends = (quantity.mean * spec.times[0], quantity.mean * spec.times[1]) if spec.times is not None else None
    if spec.low is not None:
        low, high = ends = parse_quantity(spec.low, dimension).mean, parse_quantity(spec.high, dimension).mean
        if not low < high:
            raise ValueError(f"expected low < high, got {shown(spec.low)} and {shown(spec.high)}")
    return member_of(spec.path, quantity, dimension, ends, spec.log)


def _members(scenario: Scenario, kind: Studied) -> Iterator[tuple[Path, Member | None]]:
    """Path and member of every parameter of that kind; None for a distribution without a range."""
    for path, dimension, quantity, stated in quantities(scenario):
        name = dotted(path)
        if stated and _studied(name, kind_of(quantity, False), kind) and not is_idle(path, scenario):
            member = _ranged(quantity, dimension.name, Spec(name))
            if member is not None or (not quantity.is_constant and quantity.spread is None):
                yield path, member


def without(factors: Iterable[Factor], paths: set[str]) -> tuple[Factor, ...]:
    """The factors without the members at *paths*."""
    kept = (replace(f, members=tuple(m for m in f.members if m.path not in paths)) for f in factors)
    return tuple(f for f in kept if f.members)


def corners(factors: Sequence[Factor]) -> Iterator[tuple[Setting, ...]]:
    """Settings of the fewest points at which every pair of factors takes all four combinations of its ends.

    The rules of a scenario compare one value with another, so that what holds at these points holds between them.
    """
    for invert in (False, True):
        yield tuple(s for f in factors for s in f.settings(float(invert)))
        for bit in range(max(len(factors) - 1, 0).bit_length()):
            yield tuple(s for k, f in enumerate(factors) for s in f.settings(float((k >> bit & 1) ^ invert)))


# -- values in words and for the scenario -----------------------------------------------------------------------------


def said(x: float, dimension: str, *beside: float) -> str:
    """A value in base units for people; a rate a time in the unit that suits the largest of those it stands *beside*."""
    most = max(x, *beside, 0.0)
    match dimension:
        case "time":
            return duration(x)
        case "per-person":
            return f"{rounded(x * 3600)} s/person" if x < 1 / 12 else f"{rounded(x * 60)} min/person"
        case "frequency":
            return f"{rounded(x)} /h" if most >= 0.1 else f"{rounded(x * 24)} /d"
        case "share":
            return share(x)
        case "people" | "count":
            return f"{whole(x):,.0f}" if dimension == "count" else f"{whole(x):,.0f} people"
    unit = BASE_UNITS[dimension]
    return f"{rounded(x)} {unit}".strip()

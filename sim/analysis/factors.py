"""Factors of a sensitivity study: which inputs are moved, from where to where, and what that says to the scenario.

A factor is one parameter, or several that are moved together.  Its position goes from 0, where every member stands at its own
low end, to 1, the high end.  In between a member moves on a linear or a logarithmic scale: the one whose middle is nearer to
the member's value, so that the value stays near the middle case (a range of ÷ 2 to × 2 is logarithmic, ± 50 % linear).

Moving a **distribution** multiplies all of it by one number, so that its mean goes from low to high and its shape stays: what
is not known is where it lies.  Values stay possible: shares within 0 and 1, people and counts whole (and at least 1 where
low is more than 0).  A whole number moves in steps.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sim.analysis.words import duration, share
from sim.scenario.errors import Faults, Path, Place, dotted, shown
from sim.scenario.number import BASE_UNITS
from sim.scenario.parsing import parse_quantity
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Scenario
from sim.scenario.settings import Setting
from sim.scenario.shapes import ROOT, quantities

Studied = Literal["uncertainty", "lever"]
Json = dict[str, Any]
WHOLE = ("people", "count")
COMMAND_LINE = Place("--factors")
RANGE = Place("the range")
"""Where settings of factors were written."""
KEPT = ("ratios", "security.providers", "airport.incidents", "threat.stay", "threat.up")
"""Tables whose entries are factors of their own; entries of all others (missions, fleets, gates ...) move together."""
ALWAYS = re.compile(r"security\.providers\.[^.]+\.force\.hold")
"""Inputs of both kinds: how long a force is tolerated is not ours to choose, and yet it can be negotiated.  As it decides who
gets out late, it is in every study, and no screening leaves it out."""
TIED = (("airport.crowd.close_above", "airport.crowd.open_below"),)
"""Parameters that a rule of the scenario ties to each other: they move together."""


@dataclass(frozen=True)
class Member:
    """One parameter of a scenario and its range, in base units (of the mean, for a distribution)."""

    path: str
    quantity: Quantity
    dimension: str
    low: float
    high: float
    log: bool

    def at(self, position: float) -> float:
        """Where its value (or mean) is when the factor is at *position*, 0 to 1."""
        if position in (0.0, 1.0):
            return self.high if position else self.low
        if self.log:
            return float(self.low * (self.high / self.low) ** position)
        return self.low + position * (self.high - self.low)

    def moved(self, position: float) -> Quantity:
        """The quantity with its value or mean there, kept possible."""
        x = self.at(position)
        if self.quantity.is_constant or self.quantity.mean <= 0:
            return _possible(Quantity("constant", (x,)), self.dimension)
        if x <= 0:
            return Quantity("constant", (0.0,))
        return _possible(self.quantity.scaled(x / self.quantity.mean), self.dimension)

    def setting(self, position: float) -> Setting:
        """The setting that puts it there."""
        return Setting(self.path, written(self.moved(position)), RANGE)

    @property
    def text(self) -> str:
        """Its value for people: as the file has it."""
        return self.quantity.text if self.quantity.text is not None else f"{self.quantity.mean:g}"

    @property
    def still(self) -> bool:
        """Whether both ends come to the same."""
        return self.moved(0.0).params == self.moved(1.0).params


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
            return said(values.pop(), self.members[0].dimension)
        ratios = {round(m.at(position) / m.quantity.mean, 3) if m.quantity.mean > 0 else math.nan for m in self.members}
        return f"× {ratios.pop():.3g}" if len(ratios) == 1 and not any(map(math.isnan, ratios)) else ""

    def as_json(self) -> Json:
        """What it is: names once given stay."""
        first = self.members[0]
        alone = len(self.members) == 1
        grades = {m.quantity.evidence for m in self.members}
        return {
            "name": self.name,
            "about": about(first.path),
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
class Found:
    """The factors of one scenario, and what was left out of them."""

    factors: tuple[Factor, ...]
    unranged: int = 0
    """Distributions without low and high or a grade of evidence: nothing says how far to move them."""
    unmatched: tuple[Spec, ...] = ()
    """What was asked for and matches nothing here."""


def candidates(scenario: Scenario, kind: Studied) -> Found:
    """Every factor that the scenario itself gives ranges for, entries of a table moved together."""
    moved = [*_members(scenario, kind)]
    ranged = [(path, member) for path, member in moved if member is not None]
    groups: dict[str, list[Member]] = defaultdict(list)
    for name, (_, member) in zip(_names([path for path, _ in ranged]), ranged, strict=True):
        groups[name].append(member)
    factors = [Factor(name if len(of) > 1 else of[0].path, tuple(of), _own_kind(of, kind)) for name, of in groups.items()]
    return Found(tuple(factors), len(moved) - len(ranged))


def chosen(scenario: Scenario, kind: Studied, specs: Sequence[Spec], faults: Faults, refused: Faults) -> Found:
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
    return Found(factors, everything.unranged, tuple(unmatched))


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
        if not pattern.fullmatch(name) or _idle(path, scenario):
            continue
        own = _kind(quantity, stated=spec.low is not None or spec.times is not None)
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


def _kind(quantity: Quantity, stated: bool) -> str:
    if quantity.kind == "lever" or (quantity.kind == "constant" and not stated):
        return quantity.kind
    uncertain = stated or not quantity.is_constant or quantity.spread is not None
    return "uncertainty" if uncertain else "constant"


def _ranged(quantity: Quantity, dimension: str, spec: Spec) -> Member | None:
    """The member at the path of *spec* with its range or else the scenario's; None if there is none or nothing moves."""
    mean = quantity.mean
    low, high = quantity.spread or (quantity.low, quantity.high)
    if spec.times is not None:
        low, high = mean * spec.times[0], mean * spec.times[1]
    if spec.low is not None:
        low, high = parse_quantity(spec.low, dimension).mean, parse_quantity(spec.high, dimension).mean
        if not low < high:
            raise ValueError(f"expected low < high, got {shown(spec.low)} and {shown(spec.high)}")
    if low is None or high is None or math.isinf(mean):
        return None
    if dimension == "share":
        high = min(high, 1.0)
    if spec.log and low <= 0:
        raise ValueError("expected low > 0 for a logarithmic scale")
    log = _logarithmic(low, high, mean) if spec.log is None else spec.log
    member = Member(spec.path, quantity, dimension, low, high, log)
    return None if member.still else member


def _logarithmic(low: float, high: float, value: float) -> bool:
    """Whether *value* is nearer to the geometric than to the arithmetic middle of its range."""
    return low > 0 and abs(value - math.sqrt(low * high)) < abs(value - (low + high) / 2)


def _members(scenario: Scenario, kind: Studied) -> Iterator[tuple[Path, Member | None]]:
    """Path and member of every parameter of that kind; None for a distribution without a range."""
    for path, dimension, quantity, stated in quantities(scenario):
        name = dotted(path)
        if stated and _studied(name, _kind(quantity, False), kind) and not _idle(path, scenario):
            member = _ranged(quantity, dimension.name, Spec(name))
            if member is not None or (not quantity.is_constant and quantity.spread is None):
                yield path, member


def _idle(path: Path, scenario: Scenario) -> bool:
    """Whether it is an input of a provider that is never in charge."""
    return path[:2] == ("security", "providers") and path[2] not in {phase.provider for phase in scenario.security.phases}


def _names(paths: Sequence[Path]) -> list[str]:
    """The names of the factors that *paths* belong to: ``*`` for entries of tables, but for :data:`KEPT` and shared cohorts."""
    cohorts = Counter(str(path[3]) for path in {p[:4] for p in paths} if path[0] == "missions" and path[2:3] == ("cohorts",))
    tied = {path: " + ".join(tie) for tie in TIED for path in tie}
    return [tied.get(dotted(path)) or _name(path, cohorts) for path in paths]


def _name(path: Path, cohorts: Mapping[str, int]) -> str:
    shape, parts = ROOT, []
    for k, part in enumerate(path):
        entry = shape.form in ("table", "list")
        kept = ".".join(map(str, path[:k])) in KEPT
        if path[0] == "missions" and k == 3:
            kept = cohorts[str(part)] > 1
        parts.append("*" if entry and not kept else str(part))
        shape = shape.below(part) or shape
        if shape.form in ("moment", "quantity"):
            parts += map(str, path[k + 1 :])
            break
    return ".".join(parts)


def about(path: str) -> str:
    """The first sentence of the reference on the parameter at *path*."""
    shape, text = ROOT, ""
    for part in path.split("."):
        if shape.model is not None and part in shape.model.model_fields:
            text = shape.model.model_fields[part].description or text
        shape = shape.below(part) or shape
    text = " ".join(text.split()).removeprefix("... ").removeprefix("or ")
    for end in (". ", "; ", ": "):
        text = text.partition(end)[0]
    text = text.rstrip(" .,:;").replace("``", "")
    if text.count("(") != text.count(")"):  # the sentence ended within parentheses
        text = text.partition(" (")[0]
    return text[:1].upper() + text[1:]


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


def _whole(x: float, low: float = 0.0) -> float:
    return max(float(math.floor(x + 0.5)), 1.0 if x > low else 0.0)


def _possible(q: Quantity, dimension: str) -> Quantity:
    """The nearest quantity that the schema accepts."""
    values = len(q.params) // 2 if q.family == "choice" else len(q.params)  # behind them a choice has its weights
    if dimension in WHOLE and q.family in ("constant", "choice"):
        return replace(q, params=(*map(_whole, q.params[:values]), *q.params[values:]))
    if dimension == "share":
        cut = tuple(min(v, 1.0) for v in q.params[:values])
        return replace(q, params=cut + q.params[values:]) if len(set(cut)) > 1 else Quantity("constant", cut[:1])
    return q


def _number(x: float) -> str:
    return f"{x:.12g}"


def written(q: Quantity) -> str:
    """A quantity in base units as a scenario file says it."""
    p = [_number(x) for x in q.params]
    match q.family:
        case "constant":
            return p[0]
        case "uniform" | "triangular" | "pert":
            return f"{{{q.family}: [{', '.join(p)}]}}"
        case "exponential":
            return f"{{exponential: {{mean: {p[0]}}}}}"
        case "gamma":
            return f"{{gamma: {{mean: {_number(q.mean)}, cv: {_number(q.params[0] ** -0.5)}}}}}"
        case "lognormal":
            return f"{{lognormal: {{mean: {_number(q.mean)}, cv: {_number(math.sqrt(math.expm1(q.params[1] ** 2)))}}}}}"
        case "weibull":
            return f"{{weibull: {{shape: {p[0]}, scale: {p[1]}}}}}"
        case "normal":
            return f"{{normal: {{mean: {p[0]}, sd: {p[1]}}}}}"
    half = len(p) // 2
    return f"{{choice: {{values: [{', '.join(p[:half])}], weights: [{', '.join(p[half:])}]}}}}"


def said(x: float, dimension: str) -> str:
    """A value in base units for people."""
    match dimension:
        case "time":
            return duration(x)
        case "per-person":
            return f"{x * 3600:.3g} s/person" if x < 1 / 12 else f"{x * 60:.3g} min/person"
        case "frequency":
            return f"{x:.3g} /h" if x >= 0.1 else f"{x * 24:.3g} /d"
        case "share":
            return share(x)
        case "people" | "count":
            return f"{_whole(x):,.0f}" if dimension == "count" else f"{_whole(x):,.0f} people"
    unit = BASE_UNITS[dimension]
    return f"{x:,.3g} {unit}".strip() if x < 1000 else f"{x:,.0f} {unit}".strip()

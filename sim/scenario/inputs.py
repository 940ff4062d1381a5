"""What a run draws of its inputs: every number that isn't known, as a factor with a law, and how many replications share a set.

A number is drawn if it has a range (``low`` and ``high``, or what its grade of evidence implies) and is not ours to choose, or is
ours but merely assumed at present.  ``kind: constant``, dates, the horizon, distances and numbers without a grade stay as they
are written, so that a scenario without ranges is simulated as ever.  What a study or ``--set`` writes has no grade: it is not
drawn.

One factor is the same key across missions, cohorts, gates, fleets and types (:func:`sim.scenario.ranges.factor_names`):
independent draws of forty numbers that share one ignorance would average it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sim.scenario.errors import Path, dotted
from sim.scenario.ranges import ALWAYS, Member, factor_names, is_idle, kind_of, member_of
from sim.scenario.schema import Scenario
from sim.scenario.shapes import quantities

PER_SET = 2
"""Replications that share a set of inputs: with two the spread splits into what isn't known and chance."""
BLOCK = 25
"""Sets that are stratified together: whole blocks of them are what ``--until`` looks at."""
NEVER = ("length",)
"""Dimensions that are never drawn: a map says how far it is."""
HORIZON: Path = ("clock", "horizon")


@dataclass(frozen=True)
class DrawnFactor:
    """An input that is drawn: the same place of its range for all its members."""

    name: str
    members: tuple[Member, ...]

    @property
    def dimension(self) -> str:
        """That of its members."""
        return self.members[0].dimension

    @property
    def alike(self) -> bool:
        """Whether all members have the same value and range, so that one value says where they are."""
        return len({replace(member, path="") for member in self.members}) == 1

    def values(self, positions: Sequence[float]) -> tuple[list[float | None], str | None]:
        """Where its members are at these places: the value or mean of all of them, or what multiplies each (``×``), and which."""
        first = self.members[0]
        if self.alike:
            return [first.moved(position).mean for position in positions], None
        ratios = {tuple(end / m.quantity.mean for end in (m.low, m.high)) for m in self.members if m.quantity.mean > 0}
        together = len({(round(low, 9), round(high, 9)) for low, high in ratios}) == 1 and len({m.log for m in self.members}) == 1
        if not together or not all(m.quantity.mean > 0 for m in self.members):
            return [None] * len(positions), "×"
        return [first.at(position) / first.quantity.mean for position in positions], "×"


@dataclass(frozen=True)
class CalibratedSets:
    """Sets of inputs that agree with what was observed: the rows of a table of positions, with weights."""

    factors: tuple[str, ...]
    positions: tuple[tuple[float, ...], ...]
    """A row per set, a position (0 to 1) per factor."""
    weights: tuple[float, ...]
    """How much each set counts; they need not add up to 1."""
    digest: str
    """SHA-256 in hex of the rows: what makes two runs the same run."""
    label: str = field(default="", compare=False)
    """The file that they are from, as it was given."""

    @property
    def effective(self) -> float:
        """Number of equally weighted sets that tell as much (Kish 1965)."""
        return sum(self.weights) ** 2 / sum(weight**2 for weight in self.weights)


@dataclass(frozen=True)
class Inputs:
    """The factors of a scenario and how they are drawn."""

    factors: tuple[DrawnFactor, ...]
    """In the order of their names."""
    per_set: int = PER_SET
    sets: CalibratedSets | None = None
    """Where the positions come from; each is drawn evenly from its range if there is none, or it lacks the factor."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the factors, in their order."""
        return tuple(factor.name for factor in self.factors)

    @property
    def mode(self) -> str:
        """``ranges``, or ``sets`` from a calibration."""
        return "ranges" if self.sets is None else "sets"

    @cached_property
    def digest_text(self) -> str:
        """What of it a simulation depends on: the mode, replications per set, and the resolved range and kind of every number."""
        head = f"# inputs: {self.mode}, {self.per_set} replications per set" + (f", {self.sets.digest}" if self.sets else "")
        lines = [
            f"# {factor.name}: {m.path} {m.low!r} {m.high!r} {'log' if m.log else 'linear'} {kind_of(m.quantity)}"
            for factor in self.factors
            for m in factor.members
        ]
        return "\n".join([head, *lines])

    def set_of(self, replication: int) -> int:
        """The number of the set that a replication has."""
        return replication // self.per_set


@dataclass(frozen=True)
class UncertainScenario:
    """A scenario whose inputs are drawn: what the model is given instead of a scenario."""

    scenario: Scenario
    inputs: Inputs

    @property
    def name(self) -> str:
        """That of the scenario."""
        return self.scenario.name

    @property
    def title(self) -> str:
        """That of the scenario."""
        return self.scenario.title


def drawn_factors(scenario: Scenario) -> tuple[DrawnFactor, ...]:
    """Everything that is drawn of a scenario, in the order of the factors' names."""
    members = []
    for path, dimension, quantity, _ in quantities(scenario, stated=True):
        if path == HORIZON or dimension.name in NEVER or quantity.of is not None or is_idle(path, scenario):
            continue
        kind = kind_of(quantity)
        if kind == "constant" or (kind == "lever" and quantity.evidence != "assumed" and not ALWAYS.fullmatch(dotted(path))):
            continue
        member = member_of(dotted(path), quantity, dimension.name)
        if member is not None:
            members.append((path, member))
    groups: dict[str, list[Member]] = defaultdict(list)
    for name, (_, member) in zip(factor_names([(path, m.quantity) for path, m in members]), members, strict=True):
        groups[name].append(member)
    return tuple(DrawnFactor(name, tuple(groups[name])) for name in sorted(groups))


def inputs_of(scenario: Scenario, per_set: int = PER_SET, sets: CalibratedSets | None = None) -> Inputs | None:
    """How the inputs of a scenario are drawn; None where it states no range, so that nothing is."""
    factors = drawn_factors(scenario)
    return Inputs(factors, per_set, sets) if factors else None


def missing_from(sets: CalibratedSets, factors: Sequence[DrawnFactor]) -> list[str]:
    """Factors of a scenario that a calibration says nothing about: they are drawn from their own range."""
    known = set(sets.factors)
    return [factor.name for factor in factors if factor.name not in known]

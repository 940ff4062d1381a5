"""``--inputs`` and ``--per-set``: whether the inputs of all scenarios of a command are drawn, and from what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.scenario import Loaded
from sim.scenario.inputs import PER_SET, inputs_of, missing_from
from sim.scenario.number import rounded

if TYPE_CHECKING:
    from sim.scenario.inputs import CalibratedSets

Json = dict[str, Any]
RANGES, VALUES = "ranges", "values"
NAMED = 8
"""Inputs that a notice names at the most."""


@dataclass(frozen=True)
class Drawing:
    """How the inputs of every scenario of a command are drawn: the same places of their ranges in all of them."""

    mode: str | None = None
    """``ranges``, ``values``, or the file of a calibration; None: the file that a scenario names itself, else its ranges."""
    per_set: int = PER_SET
    sets: CalibratedSets | None = None

    @classmethod
    def of(cls, mode: str | None, per_set: int) -> Drawing:
        """As asked for; reads the file of a calibration, and raises ScenarioError with all that is wrong with it."""
        if mode in (None, RANGES, VALUES):
            return cls(mode, per_set)
        from sim.scenario.sets_file import read_sets

        return cls(mode, per_set, read_sets(mode))

    def of_scenario(self, loaded: Loaded) -> Loaded:
        """*loaded* with its inputs drawn, unless they are held as written or it states no ranges."""
        if self.mode == VALUES or loaded.inputs is not None:
            return loaded
        return loaded.drawing(inputs_of(loaded.scenario, self.per_set, self._sets_of(loaded)))

    def _sets_of(self, loaded: Loaded) -> CalibratedSets | None:
        return loaded.sets if self.mode is None else self.sets

    def pinned(self, loaded: Loaded, positions: Mapping[str, float]) -> Drawing:
        """The same for *loaded*, with these factors at a position of their range, 0 to 1, in every set, if any is drawn."""
        if not positions or self.mode == VALUES:
            return self
        from sim.scenario.sets_file import sets_of

        rows: list[Json] = []
        for number, (learnt, weight) in enumerate(_sets(self._sets_of(loaded))):
            at = {**learnt, **positions}
            rows += [{"set": number, "factor": name, "position": at[name], "weight": weight} for name in sorted(at)]
        return replace(self, mode=self.mode or RANGES, sets=sets_of(rows))


def _sets(sets: CalibratedSets | None) -> list[tuple[Json, float]]:
    """Positions and weight of each set of a calibration; one that says nothing where there is none."""
    if sets is None:
        return [({}, 1.0)]
    pairs = zip(sets.positions, sets.weights, strict=True)
    return [(dict(zip(sets.factors, row, strict=True)), weight) for row, weight in pairs]


AS_WRITTEN = Drawing(VALUES)


def notices(scenarios: Sequence[Loaded]) -> list[str]:
    """A line for each file of sets that *scenarios* draw from: what it is worth, and which inputs it lacks."""
    drawn = [one.inputs.sets for one in scenarios if one.inputs is not None]
    files = {sets.digest: sets for sets in drawn if sets is not None}
    lines = [_notice(sets, scenarios) for sets in files.values()]
    if files and len({sets and sets.digest for sets in drawn}) > 1:
        lines.append("inputs: not all scenarios draw from the same sets, so that they aren't in the same states of the world")
    return lines


def _notice(sets: CalibratedSets, scenarios: Sequence[Loaded]) -> str:
    drawn = [one.inputs.factors for one in scenarios if one.inputs is not None and one.inputs.sets == sets]
    lacks = sorted({name for factors in drawn for name in missing_from(sets, factors)})
    many = f"{len(sets.weights):,} sets of {sets.label or 'a calibration'}"
    worth = f"worth {rounded(sets.effective)} of equal weight"
    if len(sets.factors) < min(len(lacks), NAMED):  # the rest is the rule, and what is learnt the exception
        return f"inputs: {', '.join(sets.factors)} from {many}, {worth}; every other from its range"
    line = f"inputs: {many}, {worth}"
    if not lacks:
        return line
    more = f" and {len(lacks) - NAMED:,} more" if len(lacks) > NAMED else ""
    return f"{line}; not in it, drawn from the range: {', '.join(lacks[:NAMED])}{more}"

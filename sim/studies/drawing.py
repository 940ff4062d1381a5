"""``--inputs`` and ``--per-set``: whether the inputs of all scenarios of a command are drawn, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.scenario import Loaded
from sim.scenario.inputs import PER_SET, inputs_of

if TYPE_CHECKING:
    from sim.scenario.inputs import CalibratedSets

Json = dict[str, Any]
RANGES, VALUES = "ranges", "values"


@dataclass(frozen=True)
class Drawing:
    """How the inputs of every scenario of a command are drawn: the same places of their ranges in all of them."""

    mode: str = RANGES
    """``ranges``, ``values``, or the file of a calibration."""
    per_set: int = PER_SET
    sets: CalibratedSets | None = None

    @classmethod
    def of(cls, mode: str, per_set: int) -> Drawing:
        """As asked for; reads the file of a calibration, and raises ScenarioError with all that is wrong with it."""
        if mode in (RANGES, VALUES):
            return cls(mode, per_set)
        from sim.scenario.sets_file import read_sets

        return cls(mode, per_set, read_sets(mode))

    def of_scenario(self, loaded: Loaded) -> Loaded:
        """*loaded* with its inputs drawn, unless they are held as written or it states no ranges."""
        if self.mode == VALUES or loaded.inputs is not None:
            return loaded
        return loaded.drawing(inputs_of(loaded.scenario, self.per_set, self.sets))

    def pinned(self, positions: Mapping[str, float]) -> Drawing:
        """The same with these factors at a position of their range, 0 to 1, in every set; nothing moves if none is drawn."""
        if not positions or self.mode == VALUES:
            return self
        from sim.scenario.sets_file import sets_of

        rows: list[Json] = []
        for number, (learnt, weight) in enumerate(_sets(self.sets)):
            at = {**learnt, **positions}
            rows += [{"set": number, "factor": name, "position": at[name], "weight": weight} for name in sorted(at)]
        return replace(self, sets=sets_of(rows))


def _sets(sets: CalibratedSets | None) -> list[tuple[Json, float]]:
    """Positions and weight of each set of a calibration; one that says nothing where there is none."""
    if sets is None:
        return [({}, 1.0)]
    pairs = zip(sets.positions, sets.weights, strict=True)
    return [(dict(zip(sets.factors, row, strict=True)), weight) for row, weight in pairs]


AS_WRITTEN = Drawing(VALUES)

"""``--inputs`` and ``--per-set``: whether the inputs of all scenarios of a command are drawn, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.scenario import Loaded
from sim.scenario.inputs import PER_SET, inputs_of

if TYPE_CHECKING:
    from sim.scenario.inputs import CalibratedSets

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


AS_WRITTEN = Drawing(VALUES)

"""People of each mission in each stage by the hour, in long form: a row where a number begins, and wherever it changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.columns import Coded
from sim.model.names import STAGE, STAGES

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


class StageMoves:
    """Collects who goes from stage to stage, by mission and hour mark."""

    def __init__(self, missions: int, marks: int) -> None:
        """*marks*: hour marks 0 … marks - 1; what is at another one does not happen."""
        self.missions = missions
        self.marks = marks
        self._cells: list[I64] = []
        self._people: list[F64] = []

    def add(self, people: F64, mark: I64, stage: str, mission: I64) -> None:
        """So many people more (or fewer) in a stage by an hour mark; arrays of equal length."""
        real = mark < self.marks
        self._cells.append((mission[real] * len(STAGES) + STAGE[stage]) * self.marks + mark[real])
        self._people.append(people[real])

    def table(self, names: list[str]) -> dict[str, Any]:
        """The table of missions with these *names*: hour, mission, stage, people, sorted by mission, stage and hour.

        A number of people holds until the next row of its mission and stage; before the first one, and without one, it is nobody.
        """
        none = np.zeros(0)
        cells, people = np.concatenate([none.astype(np.int64), *self._cells]), np.concatenate([none, *self._people])
        change = np.bincount(cells, people, minlength=self.missions * len(STAGES) * self.marks)
        at = np.flatnonzero(change)
        place, hour = np.divmod(at, self.marks)
        mission, stage = np.divmod(place, len(STAGES))
        first = np.flatnonzero(np.diff(place, prepend=-1))
        so_far = np.cumsum(change[at])
        before = np.concatenate(([0.0], so_far))[first]
        level = so_far - np.repeat(before, np.diff(first, append=len(at)))
        return {
            "hour": hour.astype(np.int32),
            "mission": Coded(mission, tuple(names)),
            "stage": Coded(stage, STAGES),
            "people": level.astype(np.int32),
        }

"""Results at several points of one scenario as one result: bands over its replications then hold what is not known of the
inputs, too, as far as the points span it.

Each point weighs the same: all have the same number of replications.  They share draws by number, so that replication k of one
point and of another are no independent pair; a band over all needs many of either.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import polars as pl

from sim.analysis.outcomes import Stored, wall


class Pooled:
    """The replications of *parts*, numbered through in their order.

    Raises:
        ValueError: if there are none, or if their clocks differ, so that an hour of one is not that of another.
    """

    def __init__(self, parts: Sequence[Stored], title: str, folder: Path) -> None:
        if not parts:
            raise ValueError("no point gave a result")
        clocks = {(clock.start, clock.utc_offset, clock.horizon_h) for clock in map(wall, parts)}
        if len(clocks) > 1:
            raise ValueError("the points have different clocks")
        self.parts = tuple(parts)
        self.name, self.seed, self.scenario_text = parts[0].name, parts[0].seed, parts[0].scenario_text
        self.title, self.folder = title, folder
        self.n = sum(part.n for part in parts)
        self.failed = [(first + k, stage, message) for first, part in self._numbered() for k, stage, message in part.failed]
        self._tables: dict[str, pl.DataFrame] = {}

    def _numbered(self) -> list[tuple[int, Stored]]:
        """Each part with the number of its first replication."""
        firsts = accumulate((part.n for part in self.parts[:-1]), initial=0)
        return list(zip(firsts, self.parts, strict=True))

    def table(self, name: str) -> pl.DataFrame:
        """The tables of all parts one below the other; a column that a part hasn't is null there."""
        if name not in self._tables:
            frames = [
                table.with_columns(pl.col("replication").cast(pl.Int64) + first)
                for first, part in self._numbered()
                if "replication" in (table := part.table(name)).columns
            ]
            self._tables[name] = pl.concat(frames, how="diagonal_relaxed") if frames else self.parts[0].table(name)
        return self._tables[name]

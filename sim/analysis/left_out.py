"""Windows left out one at a time: do bands learnt from the others hold them, and are they better than yesterday's number?

The interval score of a band of level 1 - a is its width, and 2 / a times as much as the observed number lies beyond it (Gneiting
and Raftery, *J. Am. Stat. Assoc.* 102 (2007) 359-378, 6.2): less is better, and wide bands do not buy it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.calibration import ENOUGH, LEVEL, Ensemble, Targets, band, weighed
from sim.analysis.observations import FLOWS, Observation
from sim.analysis.statistics import Estimate, Floats, proportion
from sim.analysis.windows import Band

OVER = 2.0
"""The rival's band: yesterday's number by this much, to this many times it."""


class LeftOut(NamedTuple):
    """One number that was left out; bands are on its scale."""

    band: Band
    """Learnt from the other windows."""
    prior: Band
    """Before anything is learnt."""
    yesterday: Band | None
    """Its rival; None where no earlier window of the same series was observed."""
    effective: float
    width: float
    """Of the weights: see :class:`~sim.analysis.calibration.Weighted`."""


def interval_score(band: Band, value: float, level: float = LEVEL) -> float:
    """The score of a band of that *level*, in the unit of its ends."""
    beyond = max(band.low - value, value - band.high, 0.0)
    return band.high - band.low + 2 / (1 - level) * beyond


def yesterday(rows: Sequence[Observation], row: Observation) -> tuple[float, float] | None:
    """What one would say of *row* from the latest earlier window of its measure and scope: half to twice; a flow by its hours."""
    begin = row.end if row.start is None else row.start
    before = [r for r in rows if r.series == row.series and r.end <= begin and r is not row]
    if not before:
        return None
    last = max(before, key=lambda r: r.end)
    value = last.value * (row.hours / last.hours if row.measure in FLOWS else 1.0)
    return value / OVER, value * OVER


def left_out(rows: Sequence[Observation], observed: Targets, ensemble: Ensemble, enough: float = ENOUGH) -> list[LeftOut]:
    """For each of *rows* its band, learnt from all windows but its own; nothing where there is only one window."""
    windows = np.array([row.window for row in rows])
    if len(set(windows)) < 2:
        return []
    distances, even = ensemble.distances(observed), ensemble.shares(np.ones(ensemble.sets.count))
    each = {name: weighed(distances[:, windows != name], enough) for name in dict.fromkeys(windows.tolist())}
    made = []
    for k, row in enumerate(rows):
        weights = each[row.window]
        error, values = float(observed.own[k] + observed.model[k]), ensemble.values[:, k]
        learnt, prior = (band(values, shares, error) for shares in (ensemble.shares(weights.weights), even))
        rival = yesterday(rows, row)
        ends = None if rival is None else Band(*(_scaled(observed, k, end) for end in rival))
        made.append(LeftOut(learnt, prior, ends, weights.effective, weights.width))
    return made


def _scaled(observed: Targets, column: int, number: float) -> float:
    blank: Floats = np.zeros(observed.value.size)
    blank[column] = number
    return float(observed.scaled(blank)[column])


class Coverage(NamedTuple):
    """How many left-out numbers the bands held, and how sharp they are."""

    inside: int
    numbers: int
    share: Estimate
    """Clopper and Pearson's interval of 95 %."""
    rivalled: int
    """Numbers that have a yesterday: the scores are means over these alone."""
    score: float | None
    prior: float | None
    yesterday: float | None
    yesterday_inside: int


def covered(outs: Sequence[LeftOut], observed: Targets) -> Coverage:
    """How the bands of *outs* did, in the order of *observed*."""
    pairs = list(zip(outs, map(float, observed.value), strict=True))
    inside = sum(out.band.holds(value) for out, value in pairs)
    both = [(out, value) for out, value in pairs if out.yesterday is not None]
    rivals = [(out.yesterday, value) for out, value in both if out.yesterday is not None]
    return Coverage(
        inside,
        len(outs),
        proportion(inside, len(outs)),
        len(both),
        _mean([interval_score(out.band, value) for out, value in both]),
        _mean([interval_score(out.prior, value) for out, value in both]),
        _mean([interval_score(rival, value) for rival, value in rivals]),
        sum(rival.holds(value) for rival, value in rivals),
    )


def _mean(scores: Sequence[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None

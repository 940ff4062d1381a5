"""A calibration as data: weights, windows before and after, inputs, and windows left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration import (
    AGREES,
    Ensemble,
    Learnt,
    Targets,
    Weighted,
    band,
    learnt,
    quantile,
    second_largest,
    weighed,
)
from sim.analysis.left_out import Coverage, LeftOut, covered, left_out
from sim.analysis.observations import Observation
from sim.analysis.statistics import Floats
from sim.analysis.windows import Band
from sim.scenario.inputs import DrawnFactor


class Told(NamedTuple):
    """What the sets say of one observed number, as it is observed."""

    median: float
    """Of the replications."""
    band: Band
    """Of what would be observed: 90 %, with the model's discrepancy and the observation's range."""


class Compared(NamedTuple):
    """One observed number before and after."""

    seen: Observation
    prior: Told
    posterior: Told
    nearest: float
    """Least distance of any set."""


@dataclass(frozen=True, eq=False)
class Calibrated:
    """What came of a calibration; s sets, t numbers."""

    rows: tuple[Observation, ...]
    observed: Targets
    ensemble: Ensemble
    factors: tuple[DrawnFactor, ...]
    positions: Floats
    """Shape (s, factors)."""
    agree: NDArray[np.bool_]
    """Shape (s,): no more than one number lies far off."""
    weighted: Weighted
    learnt: Learnt
    windows: tuple[Compared, ...]
    outs: tuple[LeftOut, ...] | None
    """Windows left out; None where that isn't asked for, empty where there is but one window."""
    coverage: Coverage | None


def calibrated(
    rows: tuple[Observation, ...],
    observed: Targets,
    ensemble: Ensemble,
    factors: Sequence[DrawnFactor],
    positions: Floats,
    blocks: NDArray[np.int64],
    leave_out: bool = False,
) -> Calibrated:
    """Weighs the sets of *ensemble*, which stand at *positions* (s, factors) and were stratified by *blocks* (s,)."""
    distances = ensemble.distances(observed)
    weighted = weighed(distances)
    outs = tuple(left_out(rows, observed, ensemble)) if leave_out else None
    return Calibrated(
        rows, observed, ensemble, tuple(factors), positions,
        second_largest(distances) <= AGREES, weighted, learnt(positions, weighted.weights, blocks),
        tuple(_windows(rows, observed, ensemble, weighted.weights, distances)),
        outs, covered(outs, observed) if outs else None,
    )  # fmt: skip


def _windows(
    rows: Sequence[Observation], observed: Targets, ensemble: Ensemble, weights: Floats, distances: Floats
) -> list[Compared]:
    even, after = ensemble.shares(np.ones(weights.size)), ensemble.shares(weights)
    nearest = distances.min(axis=0)
    return [
        Compared(row, told(ensemble, observed, k, even), told(ensemble, observed, k, after), float(nearest[k]))
        for k, row in enumerate(rows)
    ]


def told(ensemble: Ensemble, observed: Targets, k: int, shares: Floats) -> Told:
    """What replications that count *shares* say of number *k*."""
    values = ensemble.values[:, k]
    ends = band(values, shares, float(observed.own[k] + observed.model[k]))
    return Told(observed.back(quantile(values, shares, 0.0, 0.5), k), Band(*(observed.back(end, k) for end in ends)))


class Place(NamedTuple):
    """Where an input stands in its range, 0 to 1, by weight."""

    low: float
    median: float
    high: float


def place(positions: Floats, weights: Floats) -> Place:
    """The middle 90 % and the median of *positions* (s,)."""
    return Place(*(quantile(positions, weights / weights.sum(), 0.0, p) for p in (0.05, 0.5, 0.95)))

"""Sets of inputs as a run draws them: within a block each factor is stratified by a random permutation of its own."""

from __future__ import annotations

import numpy as np

from sim.analysis.statistics import Floats

BLOCK = 25


def sets(number: int, factors: int, rng: np.random.Generator) -> Floats:
    """Quantiles (number, factors)."""
    rows = []
    for begin in range(0, number, BLOCK):
        size = min(BLOCK, number - begin)
        strata = rng.permuted(np.tile(np.arange(size), (factors, 1)), axis=1).T
        rows.append((strata + rng.random((size, factors))) / size)
    return np.concatenate(rows)


def blocks(number: int) -> list[int]:
    """The block of each set."""
    return [k // BLOCK for k in range(number)]


def names(factors: int) -> list[str]:
    return [f"f{k}" for k in range(factors)]

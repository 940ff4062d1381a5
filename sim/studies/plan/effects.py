"""Whether a lever does anything at all: its least against its most amount, replication by replication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.outcomes import BoolArray
from sim.analysis.sets import Sets
from sim.analysis.statistics import Floats

Ranks = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Each:
    """What came of every replication of a combination; arrays of shape (n,)."""

    replication: NDArray[np.int64]
    sets: Sets
    met: BoolArray
    """The goal is met."""
    perhaps: BoolArray
    """It is met, or the horizon hides whether it is."""
    times: Floats
    """When all are out; inf never."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a lever does between its least and its most amount, whatever the other lever."""

    sets: int
    """Sets of inputs compared."""
    replications: int
    decides: int
    """Sets in which it changes whether the goal is met."""
    moves: int
    """Sets in which it changes anything: whether the goal is met, or when all are out."""
    none: bool
    """It changes nothing in any of them."""


def effect(points: Mapping[Ranks, Each], lever: int) -> Effect | None:
    """The effect of the *lever*-th lever over all combinations of the others; None where nothing can be compared."""
    ranks = sorted({r[lever] for r in points})
    if len(ranks) < 2:
        return None
    decides: set[int] = set()
    moves: set[int] = set()
    seen: dict[int, int] = {}
    for least in (r for r in points if r[lever] == ranks[0]):
        most = (*least[:lever], ranks[-1], *least[lever + 1 :])
        if most in points:
            seen |= _compare(points[least], points[most], decides, moves)
    return Effect(len(set(seen.values())), len(seen), len(decides), len(moves), not moves) if seen else None


def _compare(a: Each, b: Each, decides: set[int], moves: set[int]) -> dict[int, int]:
    """Replication → set of those that both have; notes the sets that differ."""
    common, here, there = np.intersect1d(a.replication, b.replication, assume_unique=True, return_indices=True)
    numbers = a.sets.numbers[a.sets.index[here]]
    met = a.met[here] != b.met[there]
    moved = met | (a.times[here] != b.times[there])
    decides |= set(numbers[met].tolist())
    moves |= set(numbers[moved].tolist())
    return dict(zip(common.tolist(), numbers.tolist(), strict=True))

"""What the pictures of a sweep are made of: panels of groups of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.studies.sweep.points import Sheet

OVERLAID = 5
"""Lines in one panel at most."""
PANELS = 9
"""Panels in one picture at most."""
MEASURES = 6
"""Measures drawn at most."""


@dataclass(frozen=True)
class Group:
    """Points that differ in numbers only: those of one scenario and of one value of each axis of names."""

    label: str
    points: NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """One pair of axes: a title, a measure and the groups shown in it, each with the look of its number."""

    title: str
    sheet: Sheet
    groups: Sequence[tuple[int, Group]]

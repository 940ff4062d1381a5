"""Designs: which points of a parameter space are looked at.  A design is a number of points and a rule for each.

Axes hold the values that their path takes; a point names one value of each axis, or none where the scenario's own holds.
Designs are not lists: a grid of a million points takes no memory.

Sources: Latin hypercube, McKay, Beckman and Conover, Technometrics 21 (1979) 239-245; Sobol' sequence with Owen's scrambling,
Owen, J. Complexity 14 (1998) 466-489; both as in :mod:`scipy.stats.qmc`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from sim.studies.axis import Axis

OWN = -1
"""In a point: the axis is left as the scenario has it."""


def short_paths(paths: Sequence[str]) -> list[str]:
    """The ends of paths, as short as tells them apart, two parts at least."""
    parts = [path.split(".") for path in paths]
    for length in range(2, max(map(len, parts), default=2) + 1):
        ends = [".".join(p[-length:]) for p in parts]
        if len(set(ends)) == len(ends):
            return ends
    return list(paths)


@dataclass(frozen=True)
class Design:
    """Points over axes: all combinations (*grid*), or *rows* of positions, one of each axis a row."""

    kind: Literal["grid", "points", "latin", "sobol"]
    axes: tuple[Axis, ...]
    rows: tuple[tuple[int, ...], ...] | None = None

    def __len__(self) -> int:
        return math.prod(len(axis.values) for axis in self.axes) if self.rows is None else len(self.rows)

    def __getitem__(self, number: int) -> tuple[int, ...]:
        """Positions of the values of a point on each axis; of a grid the last axis runs fastest."""
        if self.rows is not None:
            return self.rows[number]
        if not 0 <= number < len(self):
            raise IndexError(number)
        places = []
        for axis in reversed(self.axes):
            number, place = divmod(number, len(axis.values))
            places.append(place)
        return tuple(reversed(places))

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return (self[number] for number in range(len(self)))

    def spread(self, most: int) -> list[int]:
        """At most *most* numbers of points, evenly spread, the first and the last among them."""
        return spread(len(self), most)

    def rows_with(self, axis: int, place: int) -> list[tuple[int, ...]]:
        """Positions of the first and the last point that have this value of the axis of that number."""
        if self.rows is None:
            ends = [[0] * len(self.axes), [len(one.values) - 1 for one in self.axes]]
            return [tuple(place if k == axis else at for k, at in enumerate(end)) for end in ends]
        having = [row for row in self.rows if row[axis] == place]
        return [having[0], having[-1]] if having else []


def spread(size: int, most: int) -> list[int]:
    """At most *most* of the numbers 0 … size−1, evenly spread, the first and the last among them."""
    return list(range(size)) if size <= most else sorted({k * (size - 1) // (most - 1) for k in range(most)})


@dataclass(frozen=True)
class DesignFactor:
    """What a sampled design draws for a path: between two numbers, or one of a list."""

    path: str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    whole: bool = False
    """Whether only whole numbers will do."""
    log: bool = False
    """Whether evenly on a logarithmic scale."""
    choices: tuple[str, ...] = ()
    """One of these instead, each as likely."""
    dimension: str | None = None
    """Of the path, if it is known to be a quantity."""
    chooses: bool = False

    def at(self, u: float) -> str:
        """The value at the share *u* of the way, 0 ≤ u < 1, as ``--set`` would have it."""
        if self.choices:
            return self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)]
        if self.whole:
            return self._text(min(math.floor(self.low + u * (self.high - self.low + 1)), self.high))
        if self.log:
            return self._text(self.low * (self.high / self.low) ** u)
        return self._text(self.low + u * (self.high - self.low))

    def axis(self, shares: Sequence[float]) -> tuple[Axis, list[int]]:
        """The axis of the values at these shares of the way, and the place of each on it."""
        texts = [self.at(u) for u in shares]
        values = tuple(dict.fromkeys(self.choices or sorted(texts, key=_order)))
        axis = Axis(self.path, values, chooses=True) if self.chooses else Axis.of(self.path, values, self.dimension)
        where = {value: k for k, value in enumerate(values)}
        return axis, [where[text] for text in texts]

    def _text(self, number: float) -> str:
        text = f"{number:.0f}" if self.whole else f"{float(f'{number:.4g}'):.10g}"
        return f"{text}{'' if self.unit == '%' else ' '}{self.unit}" if self.unit else text


class Sampled(Protocol):
    """What a sampled design draws."""

    def axis(self, shares: Sequence[float]) -> tuple[Axis, list[int]]:
        """The axis of the values at these shares of the way, 0 ≤ u < 1, and the place of each on it."""
        ...


def sampled(kind: Literal["latin", "sobol"], factors: Sequence[Sampled], points: int, seed: int) -> Design:
    """A Latin hypercube or a scrambled Sobol' sequence of so many points; the same for the same seed.

    Raises ValueError for a Sobol' sequence whose length isn't a power of two, which would lose its balance.
    """
    from scipy.stats import qmc

    if kind == "sobol" and points & (points - 1):
        raise ValueError(f"expected a power of two for a Sobol' sequence, such as {2 ** points.bit_length()}, got {points:,}")
    rng = np.random.default_rng(seed)
    maker = qmc.LatinHypercube(len(factors), rng=rng) if kind == "latin" else qmc.Sobol(len(factors), rng=rng)
    rows = maker.random(points)
    drawn = [factor.axis([float(u) for u in rows[:, k]]) for k, factor in enumerate(factors)]
    return Design(kind, tuple(axis for axis, _ in drawn), tuple(zip(*(places for _, places in drawn), strict=True)))


def _order(text: str) -> float:
    return float(text.split()[0].rstrip("%"))


def listed(rows: Sequence[Mapping[str, str]], axis_of: Callable[[str, Sequence[str]], Axis]) -> Design:
    """A list of points, each a path -> value; a path that a point leaves out is as the scenario has it there."""
    values: dict[str, dict[str, int]] = {}
    for row in rows:
        for path, text in row.items():
            known = values.setdefault(path, {})
            known.setdefault(text, len(known))
    axes = tuple(axis_of(path, tuple(known)) for path, known in values.items())
    placed = (tuple(values[a.path][row[a.path]] if a.path in row else OWN for a in axes) for row in rows)
    return Design("points", axes, tuple(placed))


def crossed(axis: Axis, design: Design) -> Design:
    """Every point of *design* with every value of *axis*, which runs slowest."""
    rows = None if design.rows is None else tuple((k, *row) for k in range(len(axis.values)) for row in design.rows)
    return Design(design.kind, (axis, *design.axes), rows)

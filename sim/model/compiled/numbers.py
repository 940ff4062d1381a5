"""Numbers that are fixed in a replication: constants, first draws of a stream, and products of such.

What the rest of the model computes with are plain records of floats (:class:`typing.NamedTuple`); :class:`Numbers` makes one of
them from the draws of a replication.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NamedTuple, Protocol, TypeVar

from sim.model.draws import Stream

R = TypeVar("R")
INF = math.inf
"""The hour of what never happens, and the number of what nobody counts."""


class Draws(Protocol):
    """The streams of a replication, by id."""

    def __getitem__(self, number: int, /) -> Stream: ...


class Number(Protocol):
    """A number that is fixed in a replication."""

    def in_(self, draws: Draws) -> float:
        """Its value in the replication that has these *draws*."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The same in every replication."""

    value: float

    def in_(self, draws: Draws) -> float:
        """Its value."""
        return self.value


@dataclass(frozen=True, slots=True)
class FirstDraw:
    """The first draw of a stream (its id), rounded where it counts things or people."""

    stream: int
    whole: bool = False

    def in_(self, draws: Draws) -> float:
        """Its value in the replication that has these *draws*."""
        drawn = draws[self.stream].at(0)
        return whole(drawn) if self.whole else drawn


@dataclass(frozen=True, slots=True)
class Product:
    """A number of people that is a multiple of another: rounded like all counts, see :func:`whole`."""

    one: Number
    times: Number

    def in_(self, draws: Draws) -> float:
        """Its value in the replication that has these *draws*."""
        return whole(self.one.in_(draws) * self.times.in_(draws))


_NUMBERS = (Constant, FirstDraw, Product)  # made once: a thousand are asked for in each replication
ZERO, ENDLESS = Constant(0.0), Constant(math.inf)

WHOLE = "whole"
Whole = Annotated[float, WHOLE]
"""In a record: a number of things or people, which is rounded when it is drawn."""
Count = Annotated[Number, WHOLE]
"""The same before it is drawn."""


class Numbers(Generic[R]):
    """The numbers of one object of a scenario: a record R in which each stands before it is drawn."""

    __slots__ = ("_record", "_values")

    def __init__(self, record: R) -> None:
        self._record = record
        self._values: R | None = None if _is_drawn(record) else _values(record, {})
        """Where none of them is drawn, all replications share one record of values."""

    def in_(self, draws: Draws) -> R:
        """The record of their values in the replication that has these *draws*."""
        if self._values is not None:
            return self._values
        values: R = _values(self._record, draws)
        return values


def _is_drawn(node: Any) -> bool:
    if isinstance(node, dict):
        node = tuple(node.values())
    return any(map(_is_drawn, node)) if isinstance(node, tuple) else isinstance(node, FirstDraw | Product)


def _values(node: Any, draws: Any) -> Any:
    if isinstance(node, _NUMBERS):
        return node.in_(draws)
    if isinstance(node, dict):
        return {name: _values(each, draws) for name, each in node.items()}
    if isinstance(node, tuple):
        values = [_values(each, draws) for each in node]
        return type(node)(*values) if hasattr(node, "_fields") else tuple(values)
    return node


class When(NamedTuple):
    """A moment, resolved: a delay (h) after ``start``, ``ordered`` or a threat level."""

    after: str
    delay: Number


def round_half_up(x: float) -> int:
    """The nearest whole number, halves up."""
    return math.floor(x + 0.5)


def whole(x: float) -> float:
    """The one rule for every number of things or people: the nearest whole number, halves up; no limit stays no limit."""
    return float(round_half_up(x)) if math.isfinite(x) else x

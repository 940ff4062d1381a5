"""Sets of inputs: where each factor stands, a pure function of (seed, set, name of the factor), and the scenario moved there.

Sets come in blocks of :data:`BLOCK`.  Within a block every factor is stratified by a permutation of its own: each of as many
equal parts of its range is visited once (Latin hypercube sampling: McKay, Beckman and Conover, *Technometrics* 21, 1979).
Blocks are independent, so that more replications go on where fewer ended, and a factor more moves no other.  A Sobol'
sequence would fill 130 dimensions no better: at 100 points some of its factors are correlated by 0.9.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from sim.model.compiled.scenario import CompiledScenario, OpenScenario, compile_scenario
from sim.model.draws import F64, address, philox, unit
from sim.model.open_quantity import OpenQuantity
from sim.scenario.inputs import BLOCK, DrawnFactor, Inputs, UncertainScenario
from sim.scenario.multiples import expected
from sim.scenario.quantity import Quantity
from sim.scenario.ranges import Member
from sim.scenario.schema import Scenario
from sim.scenario.shapes import ROOT, Shape
from sim.scenario.types import Moment

_PERMUTED, _WITHIN = -(-BLOCK // 4), -(-2 * BLOCK // 4)
KEPT = 4
"""Compiled scenarios that are kept beside the one that serves nearly all sets."""
WHICH = "which set"
"""The name under which a row of calibrated sets is chosen, drawn and stratified like a factor."""


@lru_cache(maxsize=8)
def _block(names: tuple[str, ...], seed: int, block: int) -> F64:
    """Positions of factors (by *names*) in the sets of a block, shape (sets, factors), each in (0, 1)."""
    words = _WITHIN + 1
    upper = np.array([address("input", name) for name in names], np.uint64).reshape(-1, 2)
    counter = (
        np.tile(np.arange(words, dtype=np.uint64), len(names)),
        np.zeros(words * len(names), np.uint64),
        np.repeat(upper[:, 0], words),
        np.repeat(upper[:, 1], words),
    )
    u = unit(philox(counter, (seed, block)).reshape(len(names), -1))
    order = np.argsort(np.argsort(u[:, :BLOCK], axis=1), axis=1)
    within: F64 = (order + u[:, BLOCK : 2 * BLOCK]) / BLOCK
    return np.ascontiguousarray(within.T)


def positions(inputs: Inputs, seed: int, number: int) -> F64:
    """Where each factor stands in the set of that *number*: shape (factors,), 0 at the low end and 1 at the high one."""
    block, place = divmod(number, BLOCK)
    drawn: F64 = _block(inputs.names, seed, block)[place]
    if inputs.sets is None:
        return drawn
    chosen = _block((WHICH,), seed, block)[place, 0] * sum(inputs.sets.weights)
    row = int(np.searchsorted(np.cumsum(inputs.sets.weights), chosen, side="right"))
    learnt = dict(zip(inputs.sets.factors, inputs.sets.positions[min(row, len(inputs.sets.positions) - 1)], strict=True))
    return np.array([learnt.get(name, own) for name, own in zip(inputs.names, drawn.tolist(), strict=True)])


class DrawnScenario:
    """A scenario whose inputs are drawn, prepared for any number of replications.

    It is compiled once, with what is drawn left open; a set only says what that is.  Where a set changes more than numbers (a
    time that is nothing and no distribution any more, other seats that are the fewest) it is compiled anew.
    """

    def __init__(self, given: UncertainScenario) -> None:
        self.scenario, self.inputs = given.scenario, given.inputs
        self._edits = _Edits(given.inputs.factors)
        self._compiled: list[OpenScenario] = []
        self._latest: tuple[tuple[int, int], CompiledScenario] | None = None

    def moved(self, seed: int, number: int) -> Scenario:
        """The scenario in the set of that *number*."""
        return self._edits.apply(self.scenario, positions(self.inputs, seed, number).tolist())

    def at(self, seed: int, replication: int) -> CompiledScenario:
        """The compiled scenario that a replication runs: ``scenario`` of it has open quantities, all else those of the set."""
        key = seed, self.inputs.set_of(replication)
        if self._latest is None or self._latest[0] != key:
            values = self._edits.values(positions(self.inputs, *key).tolist())
            self._latest = key, self._open(values).given(values)
        return self._latest[1]

    def whole(self, seed: int, replication: int) -> CompiledScenario:
        """The same with the scenario of the set, for whoever reads that too; compiled anew."""
        return compile_scenario(self.moved(seed, self.inputs.set_of(replication)))

    def _open(self, values: Sequence[Quantity]) -> OpenScenario:
        """The compiled scenario that stands for a set: made of the numbers as they are written, if that serves."""
        if not self._compiled:
            self._compiled.append(OpenScenario(*self._edits.opened(self.scenario)))
        for made in self._compiled:
            if made.fits(values):
                return made
        made = OpenScenario(*self._edits.opened(self.scenario, values))
        self._compiled = [*self._compiled[:1], *self._compiled[1:][-KEPT:], made]
        return made


class _Edits:
    """The numbers of all factors, by the parts of their paths: what has to be built again of a scenario, and nothing else.

    Equal numbers of one factor share a slot, so that each is moved once a set.
    """

    def __init__(self, factors: Sequence[DrawnFactor]) -> None:
        self._slots: list[tuple[int, Member]] = []
        self._tree: dict[str, Any] = {}
        self._laws: list[tuple[int, Member]] = []
        """Of the slots those that come to the same value whatever is said of it beside: source, grade, text."""
        self._law_of: list[int] = []
        slots: dict[tuple[int, Member], int] = {}
        laws: dict[Hashable, int] = {}
        for number, factor in enumerate(factors):
            for member in factor.members:
                key = number, replace(member, path="")
                if key not in slots:
                    slots[key] = len(self._slots)
                    self._slots.append((number, member))
                    law = (
                        number,
                        member.low,
                        member.high,
                        member.log,
                        member.dimension,
                        member.quantity.family,
                        member.quantity.params,
                    )
                    if law not in laws:
                        laws[law] = len(laws)
                        self._laws.append((number, member))
                    self._law_of.append(laws[law])
                *above, last = member.path.split(".")
                branch = self._tree
                for part in above:
                    branch = branch.setdefault(part, {})
                branch[last] = slots[key]

    def apply(self, scenario: Scenario, at: Sequence[float]) -> Scenario:
        """The scenario with every factor at its position."""
        moved: Scenario = _built(scenario, ROOT, self._tree, [member.moved(at[number]) for number, member in self._slots])
        return expected(moved)

    def values(self, at: Sequence[float]) -> list[Quantity]:
        """What the open quantities are with every factor at its position."""
        return [member.moved(at[number]) for number, member in self._laws]

    def opened(self, scenario: Scenario, values: Sequence[Quantity] | None = None) -> tuple[Scenario, list[str]]:
        """The scenario with the numbers of all factors left open, as they are written or with these *values*; their families."""
        values = [member.quantity for _, member in self._laws] if values is None else values
        opened = [_open(values[law], law) for law in self._law_of]
        made: Scenario = _built(scenario, ROOT, self._tree, opened)
        return expected(made), [value.family for value in values]


def _open(quantity: Quantity, slot: int) -> OpenQuantity:
    return OpenQuantity(**{field.name: getattr(quantity, field.name) for field in fields(Quantity)}, slot=slot)


def _built(node: Any, shape: Shape, edits: Any, values: Sequence[Quantity]) -> Any:
    """*node* with the numbers that *edits* names replaced by those of *values*."""
    if shape.form == "list" and shape.single and len(node) == 1:  # it may stand for its entry, and has no number in its path
        assert shape.item is not None
        return (_built(node[0], shape.item, edits, values),)
    if isinstance(edits, int):
        return replace(node, delay=values[edits]) if isinstance(node, Moment) else values[edits]
    if shape.form == "section":
        fields = {name: _built(getattr(node, name), shape.fields[name], inner, values) for name, inner in edits.items()}
        return node.model_copy(update=fields)
    if shape.form == "table":
        assert shape.item is not None
        return {**node, **{name: _built(node[name], shape.item, inner, values) for name, inner in edits.items()}}
    if shape.form == "list":
        assert shape.item is not None
        entries = list(node)
        for place, inner in edits.items():
            entries[int(place)] = _built(entries[int(place)], shape.item, inner, values)
        return tuple(entries)
    (inner,) = edits.values()  # a moment: the level that it counts from is a part of its path
    return _built(node, shape, inner, values)

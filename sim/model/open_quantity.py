"""Numbers that are left open while a scenario is compiled, since each set of inputs gives them another value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.scenario.quantity import Quantity

Values = Sequence[Quantity]
"""What a set of inputs makes of the open quantities, by slot."""


@dataclass(frozen=True, slots=True)
class OpenQuantity(Quantity):
    """A quantity as it is written whose value in a set of inputs is at a *slot* of the set's values.

    Its family holds in every set; its parameters are right for none, and good for an estimate (how many draws are made ahead).
    What else depends on them is asked again in each set: :meth:`sim.model.compiled.builder.Builder.decide`.
    """

    slot: int = 0


def slot_of(quantity: Quantity) -> int | None:
    """Where its value is; None of one that is not open."""
    return quantity.slot if isinstance(quantity, OpenQuantity) else None


def value_of(quantity: Quantity, values: Values) -> Quantity:
    """What it is in a set of inputs with these *values*; itself, if it is not open, or there is no set."""
    return values[quantity.slot] if isinstance(quantity, OpenQuantity) and values else quantity

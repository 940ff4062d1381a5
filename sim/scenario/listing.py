"""Every quantity of a scenario as a row: what it is, how sure it is, and who says so."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.scenario.errors import dotted
from sim.scenario.inputs import drawn_factors
from sim.scenario.number import BASE_UNITS
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Scenario
from sim.scenario.shapes import quantities


class Row(NamedTuple):
    """One quantity; numbers are in base units."""

    path: str
    value: str
    """As the file wrote it."""
    unit: str
    """Base unit of ``mean``, ``low`` and ``high``."""
    low: float | None
    high: float | None
    kind: str
    """uncertainty, lever or constant: as stated, else uncertainty for whatever has a range or a distribution."""
    source: str | None
    grade: str | None
    mean: float
    law: str | None = None
    """How it is drawn, along its range: ``log-uniform`` or ``uniform``; None where it stays as it is written."""
    factor: str | None = None
    """The input that it belongs to: all numbers of one factor have the same place in their ranges."""


def _text(quantity: Quantity) -> str:
    if quantity.text is not None:
        return quantity.text
    value = quantity.mean
    return "no limit" if math.isinf(value) else f"{value:g}"


def describe(scenario: Scenario, defaults: bool = False) -> list[Row]:
    """A row for every quantity that the file says, in the order of the schema; with *defaults*, for all others too."""
    rows = []
    drawn = {member.path: (factor.name, member) for factor in drawn_factors(scenario) for member in factor.members}
    for path, dimension, quantity, written in quantities(scenario):
        if not written and not defaults:
            continue
        name, stated = dotted(path), quantity.low is not None or quantity.high is not None
        low, high = quantity.spread or (quantity.low, quantity.high)
        if quantity.kind == "constant" and not stated:
            low = high = None
        if dimension.name == "share" and high is not None:
            high = min(high, 1.0)
        uncertain = low != high or not quantity.is_constant
        kind = quantity.kind or ("uncertainty" if uncertain else "constant")
        rows.append(
            Row(
                name,
                _text(quantity),
                BASE_UNITS[dimension.name],
                low,
                high,
                kind,
                quantity.source,
                quantity.evidence,
                quantity.mean,
                None if name not in drawn else "log-uniform" if drawn[name][1].log else "uniform",
                drawn[name][0] if name in drawn else None,
            )
        )
    return rows

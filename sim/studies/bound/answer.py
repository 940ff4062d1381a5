"""Lower bounds of scenarios, without simulating them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.analysis.bounds.planning import Bound, planning_bound
from sim.studies.bound.query import BoundQuery
from sim.studies.preparing import Prepared, prepare


@dataclass(frozen=True)
class Bounds:
    """The planning bound of each scenario, in the order given; nothing is kept of it."""

    bounds: tuple[tuple[Prepared, Bound], ...]
    folder: None = None

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from sim.studies.html import answer_html

        return answer_html(self)

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {"bounds": [{"scenario": one.loaded.name, **bound.as_json()} for one, bound in self.bounds]}

    def unfinished(self) -> list[str]:
        """A bound is always final."""
        return []


def answer(query: BoundQuery) -> Bounds:
    """The planning bound of each scenario, once all of them have passed their checks."""
    prepared = prepare(query.scenarios, query.overrides, query.allow_large)
    return Bounds(tuple((one, planning_bound(one.loaded.scenario)) for one in prepared))

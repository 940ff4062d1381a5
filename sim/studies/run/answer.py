"""Scenarios simulated, each for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.studies.engine import Session
from sim.studies.run.query import RunQuery
from sim.studies.runs import Study, in_turn, simulated, trimmed, unfinished
from sim.studies.until import check_until, settled_alone


@dataclass(frozen=True)
class Runs:
    """The answer of each scenario, in the order given; each is kept in a folder of its own."""

    studies: tuple[Study, ...]
    by: str = "mission"
    folder: None = None

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {"results": [trimmed(study.summary, self.by) for study in self.studies]}

    def unfinished(self) -> list[str]:
        """A line for each kind of failure of replications."""
        return unfinished(self.studies)


def answer(query: RunQuery, session: Session) -> Runs:
    """Simulates every scenario, or reads what is stored of it.

    Raises:
        MeasureError: a target of ``until`` that can't be understood.
    """
    runner = session.check(query.scenarios)
    check_until(runner, query)
    ends = settled_alone(runner, query)
    pairs = zip(in_turn(runner), ends, strict=True)
    return Runs(tuple(simulated(one, runner, end.look if end else None, end) for one, end in pairs), query.by)

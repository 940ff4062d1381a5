"""Scenarios simulated, each for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.present.pictures import Pictures
from sim.studies.engine import Session, StudyRunner
from sim.studies.mission import mission_of
from sim.studies.run.query import RunQuery
from sim.studies.runs import Study, about_mission, in_turn, simulated, trimmed, unfinished
from sim.studies.until import check_until, settled_alone


@dataclass(frozen=True)
class Runs:
    """The answer of each scenario, in the order given; each is kept in a folder of its own."""

    studies: tuple[Study, ...]
    by: str = "mission"
    mission: str | None = None
    """The mission to which the answer is narrowed."""
    folder: None = None

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from sim.studies.html import answer_html

        return answer_html(self)

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        results = {"results": [trimmed(study.summary, self.by) for study in self.studies]}
        return results if self.mission is None else {"mission": self.mission, **results}

    def unfinished(self) -> list[str]:
        """A line for each kind of failure of replications."""
        return unfinished(self.studies)


def answer(query: RunQuery, session: Session) -> Runs:
    """Simulates every scenario, or reads what is stored of it.

    Raises:
        MeasureError: a target of ``until`` that can't be understood.
        QueryError: a mission that no scenario has.
    """
    runner = session.check(query.scenarios)
    mission = mission_of(query.mission, runner.loaded)
    check_until(runner, query)
    ends = settled_alone(runner, query)
    pairs = zip(in_turn(runner), ends, strict=True)
    studies = [simulated(one, runner, end.look if end else None, end, paged=True, replayed=True) for one, end in pairs]
    return Runs(tuple(about_mission(s, mission, _pictures(s, runner)) for s in studies), query.by, mission)


def _pictures(study: Study, runner: StudyRunner) -> Pictures | None:
    return runner.pictures(study.result.folder) if runner.query.plots else None

"""``compare --same-orders``: each scenario once more, with its people ordered out exactly when those of the base are.

What differs then between the two is what the airport and the way to it can do, not who is asked to go, and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.experiment import Result, RunSpec, execute
from sim.experiment.work import Engine
from sim.model.given import OrderedAs, compile_pair, simulate_as
from sim.scenario import Loaded
from sim.scenario.schema import Scenario
from sim.studies.engine import Session
from sim.studies.preparing import Prepared
from sim.studies.query import QueryError

ENGINE = Engine(compile_pair, simulate_as)


class SameOrdersError(QueryError):
    """Scenarios that can't have the same orders; one line."""


@dataclass(frozen=True)
class Pair:
    """A scenario under the orders of another, as something that can be run and kept in a folder of its own."""

    name: str
    scenario: OrderedAs
    canonical: str
    digest_text: str

    @property
    def simulated(self) -> OrderedAs:
        """What the engine is given."""
        return self.scenario

    @classmethod
    def of(cls, other: Loaded, base: Loaded) -> Pair:
        """*other* with the orders of *base*."""
        return cls(
            f"{other.name}-ordered-as-{base.name}",
            OrderedAs(other.simulated, base.simulated),
            f"# everybody is ordered out when {base.name} orders them, whatever is said here\n{other.canonical}",
            f"{other.digest_text}\n# ordered as\n{base.digest_text}",
        )


def pairs_of(prepared: Sequence[Prepared]) -> list[Pair]:
    """Every scenario but the first under the orders of the first.

    Raises:
        SameOrdersError: if a cohort of one has no counterpart in the other whose order it could have.
    """
    base, *others = [one.loaded for one in prepared]
    for other in others:
        _check(other, base)
    return [Pair.of(other, base) for other in others]


def _check(other: Loaded, base: Loaded) -> None:
    mine, theirs = _cohorts(other.scenario), _cohorts(base.scenario)
    for one, than, cohorts in ((other, base, mine - theirs), (base, other, theirs - mine)):
        if cohorts:
            first = "/".join(min(cohorts))
            more = f" and {len(cohorts) - 1} more" if len(cohorts) > 1 else ""
            lacks = f"{one.name} has {first}{more}, and {than.name} not"
            raise SameOrdersError(f"--same-orders: expected the same cohorts, but {lacks}")


def _cohorts(s: Scenario) -> set[tuple[str, str]]:
    return {(name, cohort) for name, mission in s.missions.items() for cohort in mission.cohorts}


def run_pair(pair: Pair, spec: RunSpec, session: Session) -> Result:
    """Simulates what is missing of a pair, and keeps it like any other run."""

    def finish(result: Result) -> dict[str, object]:
        from sim.analysis import summarise
        from sim.analysis.as_json import as_json

        if result.summary:
            return result.summary
        if len(result.failed) == result.n:
            return {"scenario": result.name, "title": result.title, "replications": result.n, "failed": result.n, "final": False}
        folder = f"{result.folder.parent.name}/{result.folder.name}"  # the same wherever it is kept
        return as_json(replace(summarise(result, by="cohort"), ordered_as=pair.scenario.base.name, folder=folder))

    return execute(pair, spec, session.pool, finish, progress=session.progress, engine=ENGINE)

"""``--until``: how many replications a command needs for the precision that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.studies.engine import StudyRunner
from sim.studies.query import Precise

if TYPE_CHECKING:
    from sim.analysis.precision import Settled, Target


def check_until(runner: StudyRunner, query: Precise) -> None:
    """Raises TargetError where ``until`` and ``most`` can't be understood or do not fit the scenarios."""
    if query.until:
        _wanted(runner, query)
    elif query.most is not None:
        from sim.analysis.precision import TargetError

        raise TargetError("--most: says how far --until may go, and there is no --until")


def settled_alone(runner: StudyRunner, query: Precise) -> list[Settled | None]:
    """Simulates each scenario until its own numbers are precise enough; Nones where nothing is asked for."""
    if not query.until:
        return [None] * len(runner.base)
    from sim.analysis.stopping import settle

    return [*runner.conduct(settle(_wanted(runner, query), _names(runner), *limits(query), _per_set(runner)))]


def settled_together(runner: StudyRunner, query: Precise) -> Settled | None:
    """Simulates all scenarios alike until the differences from the first are precise enough; None where nothing is asked for."""
    if not query.until:
        return None
    from sim.analysis.stopping import settle_pairs

    return runner.conduct(settle_pairs(_wanted(runner, query)[0], _names(runner), *limits(query), _per_set(runner)))


def limits(query: Precise) -> tuple[int, int]:
    """Least and most replications."""
    from sim.analysis.looks import MOST

    return query.n, MOST if query.most is None else query.most


def _wanted(runner: StudyRunner, query: Precise) -> list[list[Target]]:
    """Targets by scenario: a mission must be in each of them."""
    from sim.analysis.precision import check_limits, parse_target

    check_limits(*limits(query), _per_set(runner))
    return [[parse_target(text, list(one.scenario.missions)) for text in query.until] for one in runner.loaded]


def _per_set(runner: StudyRunner) -> int:
    """Replications that share a set of inputs in any of the scenarios: looks are at whole blocks of sets."""
    return max((one.inputs.per_set for one in runner.loaded if one.inputs is not None), default=1)


def _names(runner: StudyRunner) -> list[str]:
    return [one.name for one in runner.loaded]

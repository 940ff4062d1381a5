"""The least of one or two levers with which everybody is out in time: every combination simulated, the answer kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise, product

import polars as pl

from sim.analysis.as_json import as_json
from sim.analysis.study import Proposal
from sim.scenario import Loaded, ScenarioError
from sim.scenario.errors import Fault, FaultCode, Place, printable
from sim.scenario.nearest import nearest
from sim.scenario.number import UNITS, dimensions, number_and_unit, scalar
from sim.scenario.settings import Setting
from sim.studies.axis import Axis, Vary, VaryError, axis_of
from sim.studies.engine import Answer, Session, StudyRunner
from sim.studies.lead_time import WARNING, LeverError, lead_time
from sim.studies.order_dates import TOTAL, check_mission, horizon, moving, time_or_date
from sim.studies.plan.found import Plan
from sim.studies.plan.query import PlanQuery
from sim.studies.plan.verdicts import Combination, Lever, PlanGoal, plan_study, plan_table, summarise_plan
from sim.studies.preparing import TooLarge
from sim.studies.query import QueryError

MOST_LEVERS = 2
MOST_POINTS = 2_000
MOST_FAULTS = 20
"""Lines of faults; the rest are counted."""


@dataclass(frozen=True)
class Planned(Answer):
    """The least that is enough, and what came of every combination."""

    found: Plan = field(kw_only=True, repr=False)
    """The answer as typed values."""

    @property
    def points(self) -> pl.DataFrame:
        """A row per combination."""
        return self.tables["points"]


def answer(query: PlanQuery, session: Session) -> Planned:
    """The least of the levers with which everybody of the mission (or all together) is out in time.

    Raises:
        QueryError: what is asked for makes no sense for this scenario, or it does not take a value; nothing is simulated.
    """
    runner = session.check([query.scenario])
    (one,) = runner.loaded
    goal = goal_of(one, query)
    levers = levers_of(query.vary)
    combinations = _combinations(one, levers, goal)
    _accepted(runner, combinations, levers)
    count = len(combinations)
    runner.afford(count, count * query.n)
    session.tell(f"plan: {count} combination{'s' if count != 1 else ''} × {query.n:,} replications = {count * query.n:,}")
    results = runner.conduct(plan_study(combinations, query.n, goal))
    start = one.scenario.clock.start.when.isoformat(" ", "minutes")
    plan = summarise_plan(
        one.scenario.title,
        one.name,
        levers,
        combinations,
        results,
        goal,
        start,
        query.seed,
        runner.titles,
        float(one.scenario.clock.utc_offset),
    )
    tables = {"points": plan_table(plan)}
    gives = partial(Planned, found=plan)
    return runner.keep(runner.folder(), gives, as_json(plan), tables, plan, replications=plan.replications)


def goal_of(one: Loaded, query: PlanQuery) -> PlanGoal:
    """What is to be reached; raises :class:`QueryError`."""
    able = moving(one.scenario)
    if query.mission != TOTAL:
        check_mission(query.mission, one.scenario.missions, able)
    if not able:
        raise QueryError(f"{one.name}: nobody has to be moved")
    try:
        hours, dated = time_or_date(query.finish_by, one.scenario.clock.start)
    except ValueError:
        text = query.finish_by[:40]
        raise QueryError(f'--finish-by: expected a time after the first order such as 10 d, or a date, got "{text}"') from None
    if hours <= 0 and dated:
        raise QueryError(f"--finish-by: {query.finish_by} is not after the start of {one.name}")
    if hours <= 0:
        raise QueryError(f'--finish-by: expected a time above 0, got "{printable(query.finish_by, 40)}"')
    return PlanGoal(query.mission, hours, dated, query.confidence)


def levers_of(vary: Sequence[Vary]) -> list[Lever]:
    """One or two levers, values from the least to the most.

    Values that already rise or fall throughout stay in the order given, the first the least; other numbers are sorted.
    """
    if not 1 <= len(vary) <= MOST_LEVERS:
        raise QueryError(f"--vary: expected one or two levers, got {len(vary)}")
    levers = []
    for k, one in enumerate(vary, start=1):
        try:
            levers.append(_lever(axis_of(one, k)))
        except VaryError as error:
            raise VaryError(f"--vary {k}: {error}") from None
    if len({lever.path for lever in levers}) < len(levers):
        raise VaryError(f"--vary {len(levers)}: {levers[0].path}: is varied twice")
    if (size := math.prod(len(lever.values) for lever in levers)) > MOST_POINTS:
        raise QueryError(f"--vary: expected at most {MOST_POINTS:,} combinations, got {size:,}")
    return levers


def _lever(axis: Axis) -> Lever:
    path, values = axis.path, list(axis.values)
    written = [number for v in values if (number := number_and_unit(v))]
    units = [number.unit for number in written]
    kinds = dimensions(units)
    if len(written) < len(values) or (len(set(units)) > 1 and not kinds):
        return Lever(path, tuple(values), None, "")
    factor = UNITS[kinds[0]] if len(set(units)) > 1 else dict.fromkeys(units, 1.0)
    one = factor[units[0]]
    amounts = [float(number.number) * factor[number.unit] / one for number in written]
    if not (all(a < b for a, b in pairwise(amounts)) or all(a > b for a, b in pairwise(amounts))):
        ordered = sorted(zip(amounts, values, strict=True))
        amounts, values = [a for a, _ in ordered], [v for _, v in ordered]
    return Lever(path, tuple(values), tuple(amounts), units[0])


def _combinations(one: Loaded, levers: Sequence[Lever], goal: PlanGoal) -> list[Combination]:
    longer = horizon(one.scenario, goal.limit_h) if goal.by_clock else ()
    options = [Place(f"--vary {k}") for k in range(1, len(levers) + 1)]
    return [
        Combination(
            ranks,
            (*(s for ends in zip(levers, ranks, options, strict=True) for s in _settings(one, *ends)), *longer),
        )
        for ranks in product(*(range(len(lever.values)) for lever in levers))
    ]


def _settings(one: Loaded, lever: Lever, rank: int, option: Place) -> tuple[Setting, ...]:
    """What makes a value of a lever, written in *option*; raises QueryError, which names it."""
    value = lever.values[rank]
    if lever.path != WARNING:
        return (Setting(lever.path, value, option),)
    try:
        return tuple(replace(setting, origin=option) for setting in lead_time(one, scalar(value, "time")))
    except LeverError as error:
        raise LeverError(f"{option.file}: {error}") from None
    except ValueError as error:
        raise QueryError(f"{option.file}: {WARNING}: {error}") from None


def _accepted(runner: StudyRunner, combinations: Sequence[Combination], levers: Sequence[Lever]) -> None:
    """Loads every combination before anything is simulated; raises :class:`VaryError` with a line for each fault."""
    lines: dict[str, None] = {}  # the fault of a value is the same in each combination that has it
    for combination in combinations:
        try:
            runner.source(Proposal(combination.settings, 1))
        except ScenarioError as error:
            lines |= dict.fromkeys(_line(fault, levers, combination) for fault in error.faults)
        except TooLarge as error:
            lines[f"{_whole(levers, combination)}: {error}"] = None
    if lines:
        rest = [f"--vary: and {len(lines) - MOST_FAULTS:,} more faults"] if len(lines) > MOST_FAULTS else []
        raise VaryError("\n".join([*list(lines)[:MOST_FAULTS], *rest]))


def _line(fault: Fault, levers: Sequence[Lever], combination: Combination) -> str:
    """One fault in one line: the option whose value is wrong, or the whole combination where the fault shows elsewhere."""
    what = f"{fault.path}: {fault.message}" if fault.path else fault.message
    lever = next((lever for k, lever in enumerate(levers, 1) if fault.file == f"--vary {k}"), None)
    if lever is None:
        return f"{_whole(levers, combination)}: {what}"
    if fault.path == lever.path and fault.code is FaultCode.UNKNOWN_KEY and fault.nearest is None:
        what += nearest(lever.path, (WARNING,))
    return f"{fault.file}: {what}"


def _whole(levers: Sequence[Lever], combination: Combination) -> str:
    values = (f"{v.path} = {printable(v.values[rank])}" for v, rank in zip(levers, combination.ranks, strict=True))
    return f"--vary {' and '.join(str(k + 1) for k in range(len(levers)))} ({', '.join(values)})"

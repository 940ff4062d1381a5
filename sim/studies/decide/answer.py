"""``decide``: every option in the same states of the world, which to take, how sure that is, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sim.studies.decide.as_json import as_json, options_table, states_table
from sim.studies.decide.decided import Decided, decided_of
from sim.studies.decide.goal import goal_of
from sim.studies.decide.options import Choice, choices_of
from sim.studies.decide.query import DecideQuery
from sim.studies.decide.study import Problem, decide_study
from sim.studies.engine import Answer, Session

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Decision(Answer):
    """The option to take, what speaks for each, and what would change the choice."""

    decided: Decided = field(kw_only=True, repr=False)
    """The answer as typed values."""

    @property
    def headlines(self) -> list[str]:
        """The choice, what would turn it, and what it would be worth to know."""
        return [str(line) for line in self.summary["headlines"]]

    @property
    def options(self) -> pl.DataFrame:
        """A row per option."""
        return self.tables["options"]

    @property
    def states(self) -> pl.DataFrame:
        """A row per set of inputs and option: what it loses there, on average over its replications."""
        return self.tables["states"]


def answer(query: DecideQuery, session: Session) -> Decision:
    """Names the option to take.

    Raises:
        QueryError: what is asked for makes no sense for these scenarios, or an option isn't accepted; nothing is simulated.
    """
    runner = session.check(query.scenarios)
    goal = goal_of(query, runner.loaded)
    choices = choices_of(runner, query)
    problem = Problem(choices, goal, _per_set(choices), query.n, query.most, query.seed)
    runner.afford(len(choices), len(choices) * (query.n or 1))
    session.tell(_cost(problem))
    result = runner.conduct(decide_study(problem))
    decided = decided_of(problem, result)
    summary = as_json(decided)
    tables = {"options": options_table(decided), "states": states_table(decided)}
    gives = partial(Decision, decided=decided)
    return runner.keep(runner.folder(), gives, summary, tables, decided, replications=decided.n)


def _per_set(choices: tuple[Choice, ...]) -> int:
    return max((choice.loaded.inputs.per_set for choice in choices if choice.loaded.inputs is not None), default=1)


def _cost(problem: Problem) -> str:
    count = len(problem.choices)
    options = f"decide: {count} option{'s' if count != 1 else ''}"
    if problem.n is None:
        return f"{options}, 200 replications each and more until the choice is told, {problem.most:,} at the most"
    return f"{options} × {problem.n:,} replications = {count * problem.n:,}, and then those at the ends of the inputs"

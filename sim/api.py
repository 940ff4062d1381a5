"""The Python API: every command as a function with the same options, and results as data frames."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment import ClusterError, Failure, Lost, OutputError, Result, StoreError
from sim.notebook import watched
from sim.scenario import ScenarioError, load
from sim.scenario.inputs import PER_SET
from sim.studies.compare.answer import Comparison
from sim.studies.compare.query import CompareQuery
from sim.studies.engine import answer
from sim.studies.inputs_option import Drawing
from sim.studies.preparing import TooLarge, prepare
from sim.studies.query import Entry, Given, Query, QueryError, name_of
from sim.studies.run.query import RunQuery
from sim.studies.runs import Study, plot
from sim.studies.same_orders import SameOrdersError

if TYPE_CHECKING:
    from sim.studies.event_log import EventLog

__all__ = [
    "ClusterError", "Comparison", "Failure", "Lost", "OutputError", "QueryError", "SameOrdersError", "StoreError", "Study",
    "TooLarge", "compare", "explained", "function_of", "load", "open_result", "plot", "run", "trace",
]  # fmt: skip


LAST_REPLICATION = 999_999_999
"""No run has another."""


def function_of(query: type[Query]) -> Callable[..., Any]:
    """A query as a function: its fields are the arguments, what it returns is the study's answer."""

    def ask(*scenarios: Any, **given: Any) -> Any:
        return _answered(query.of(*scenarios, **given))

    return described(ask, query)


def _answered(query: Query) -> Any:
    """The answer; a notebook shows how far it is."""
    with watched() as progress:
        return answer(query, progress)


def described(ask: Callable[..., Any], query: type[Query], *, one: bool = False) -> Callable[..., Any]:
    """*ask* with the name, the arguments and the text of *query*, as help() and editors show them.

    *one*: it takes one scenario where the query takes several.
    """
    arguments = [f"    {e.name}: {'if False: ' if e.option.inverse else ''}{e.option.help}" for e in query.entries()]
    ask.__name__ = ask.__qualname__ = query.verb
    ask.__doc__ = "\n".join([inspect.getdoc(query) or "", "", "Args:", *arguments])
    by_place = (*(e.name for e in query.entries() if not e.option.names), *query.positional)
    first = sorted(query.entries(), key=lambda e: by_place.index(e.name) if e.name in by_place else len(by_place))
    gives = "Study" if one else query.gives  # a name alone: the class would load the study and all that it needs
    signature = Signature([_parameter(e, query, one) for e in first], return_annotation=gives)
    setattr(ask, "__signature__", signature)  # noqa: B010 - help() and editors read it
    return ask


def _parameter(entry: Entry, query: type[Query], one: bool) -> Parameter:
    default = Parameter.empty if entry.needed else str(entry.default) if isinstance(entry.default, Path) else entry.default
    if entry.option.names and entry.name not in query.positional:
        return Parameter(entry.name, Parameter.KEYWORD_ONLY, default=default, annotation=entry.type)
    if entry.many and not entry.option.names and not one:
        return Parameter(entry.name, Parameter.VAR_POSITIONAL, annotation=entry.type.__args__[0])
    name, kind = ("scenario", Given) if one and entry.many else (entry.name, entry.type)
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)


def run(scenario: Given, n: int = 200, seed: int = 1, **given: Any) -> Study:
    """Simulates one scenario, or reads what is stored of it."""
    (study,) = _answered(RunQuery.of(scenario, n=n, seed=seed, **given)).studies
    assert isinstance(study, Study)
    return study


described(run, RunQuery, one=True)
compare = function_of(CompareQuery)


def trace(
    scenario: Given,
    replication: int = 0,
    seed: int = 1,
    *,
    overrides: Iterable[str] = (),
    inputs: str | None = None,
    per_set: int = PER_SET,
    mission: str | None = None,
    allow_large: bool = False,
) -> EventLog:
    """The event log of one replication, with the inputs that it has in a run with the same options: a list of events.

    ``frame()`` of it is a table, ``write(FILE)`` writes that as CSV or Parquet.

    *mission*: only what happens to it, with its flights, the threat and who secures.  Raises TooLarge where the scenario is
    beyond the budget and that is not allowed, or the replication comes to the limit of one.
    """
    from sim.model import compile_scenario
    from sim.model import trace as trace_model
    from sim.model.event import of_mission
    from sim.model.limit import LimitError
    from sim.studies.event_log import EventLog
    from sim.studies.mission import mission_of

    if not 0 <= replication <= LAST_REPLICATION:
        raise QueryError(f"--replication: expected a number from 0 to {LAST_REPLICATION:,}, got {replication}")
    one = prepare([scenario], tuple(overrides), allow_large, Drawing.of(inputs, per_set))[0].loaded
    name = mission_of(mission, [one])
    try:
        log = trace_model(compile_scenario(one.simulated), seed, replication)
    except LimitError as error:
        raise TooLarge(f"{name_of(scenario)}: {error}") from None
    return EventLog(log if name is None else of_mission(log, name))


def open_result(folder: str | os.PathLike[str]) -> Result:
    """The result in a folder that a finished command wrote."""
    from sim.studies.html import OpenedResult

    return OpenedResult.open(Path(folder))


def explained(error: BaseException) -> list[str] | None:
    """The lines that say what is wrong with what was asked for or where it runs; None for a bug."""
    if isinstance(error, ScenarioError):
        return [str(fault) for fault in error.faults] or [str(error)]
    if isinstance(error, MemoryError):
        return ["evacsim: out of memory; finished blocks are kept, the same command goes on from there"]
    if isinstance(error, OutputError | StoreError | ClusterError | Lost | SameOrdersError):
        return [f"evacsim: {line}" for line in str(error).splitlines()]
    if isinstance(error, QueryError | TooLarge):
        return str(error).splitlines()
    from sim.analysis.measure import MeasureError

    return [f"evacsim: {error}"] if isinstance(error, MeasureError) else None

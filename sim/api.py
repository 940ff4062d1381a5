"""The Python API, which the command line uses too: load, run, compare, trace and read results as data frames."""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.experiment import (
    ClusterError,
    Failure,
    Lost,
    OutputError,
    Result,
    RunSpec,
    SilentProgress,
    StoreError,
    WorkerPool,
)
from sim.experiment.run import store_of
from sim.experiment.store import Store
from sim.present.pictures import Pictures
from sim.scenario import ScenarioError, load
from sim.studies.drawn import pictures_in
from sim.studies.options import Options, command, pool_of
from sim.studies.preparing import Prepared, TooLarge, loaded, prepare
from sim.studies.query import Entry, Given, Query, QueryError
from sim.studies.same_orders import Pair, SameOrdersError, pairs_of, run_pair
from sim.studies.single import Study, draw_results, failures, run_one
from sim.studies.until import check_until, settled_alone, settled_together

if TYPE_CHECKING:
    from sim.analysis.sequential import Look
    from sim.model.eventlog import Event

__all__ = [
    "ClusterError", "Comparison", "Failure", "Lost", "Options", "OutputError", "Prepared", "SameOrdersError", "StoreError",
    "Study", "TooLarge",
    "compare", "compare_all", "explained", "failures", "load", "open_result", "prepare", "redraw", "run", "run_all", "trace",
]  # fmt: skip

Json = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Scenarios under the same draws: the first is the base of all differences."""

    studies: tuple[Study, ...]
    differences: tuple[Json, ...]
    matrix: Json | None
    folder: Path
    plots: tuple[Path, ...] = ()
    until: Json = field(default_factory=dict)
    """What ``--until`` wanted of the differences and what is reached; nothing without."""
    same_orders: tuple[Json, ...] | None = None
    """The differences once more, with everybody ordered out as in the base; None where that wasn't asked for."""
    ordered_as_base: tuple[Study, ...] = ()
    """The other scenarios under the orders of the base."""

    @property
    def summary(self) -> Json:
        """What ``compare --json`` prints."""
        found: Json = {"results": [s.summary for s in self.studies], "differences": list(self.differences), **self.until}
        if self.same_orders is not None:
            found["same_orders"] = list(self.same_orders)
        return found if self.matrix is None else found | {"matrix": self.matrix}


def run(
    scenario: Given,
    n: int = 200,
    seed: int = 1,
    *,
    overrides: Iterable[str] = (),
    jobs: int | None = None,
    out: str | os.PathLike[str] = "results",
    csv: bool = False,
    plots: bool = True,
    svg: bool = False,
    until: Iterable[str] = (),
    most: int | None = None,
    cluster: str | None = None,
) -> Study:
    """Simulates one scenario, or reads what is stored of it.

    *until*, such as ``["total.p90: 3 h"]``, adds replications until every number is known so precisely, from *n* on up to
    *most* (12,800): see ``docs/precision.md``.

    Raises:
        ScenarioError: all faults of the file.
        MeasureError: a target that can't be understood.
        OutputError, StoreError: if results cannot be kept.
        ClusterError, Lost: if the workers of *cluster*, the address of a Dask scheduler, cannot be used, or are gone.
    """
    options = Options(
        n=n, seed=seed, jobs=jobs, overrides=tuple(overrides), out=Path(out), csv=csv, plots=plots, svg=svg,
        until=tuple(until), most=most, cluster=cluster,
    )  # fmt: skip
    (study,) = run_all(prepare([scenario], options.overrides, options.allow_large), options)
    return study


def compare(
    base: Given,
    *others: Given,
    n: int = 200,
    seed: int = 1,
    overrides: Iterable[str] = (),
    jobs: int | None = None,
    out: str | os.PathLike[str] = "results",
    csv: bool = False,
    plots: bool = True,
    svg: bool = False,
    until: Iterable[str] = (),
    most: int | None = None,
    cluster: str | None = None,
    same_orders: bool = False,
) -> Comparison:
    """Simulates the same replications of every scenario under common random numbers and pairs them with those of *base*.

    *until* adds replications until every **difference** is known so precisely.  *same_orders*: each of *others* once more, with
    every cohort ordered out exactly when that of *base* is in the same replication; raises SameOrdersError where one has cohorts
    that the other has not.
    """
    options = Options(
        n=n, seed=seed, jobs=jobs, overrides=tuple(overrides), out=Path(out), csv=csv, plots=plots, svg=svg,
        until=tuple(until), most=most, cluster=cluster, same_orders=same_orders,
    )  # fmt: skip
    return compare_all(prepare([base, *others], options.overrides, options.allow_large), options)


def trace(scenario: Given, replication: int = 0, seed: int = 1, *, overrides: Iterable[str] = ()) -> list[Event]:
    """The event log of one replication."""
    from sim.model import compile_plan
    from sim.model import trace as trace_model

    one = loaded(scenario, tuple(overrides))
    return trace_model(compile_plan(one.scenario), seed, replication)


def function_of(query: type[Query]) -> Callable[..., Any]:
    """A query as a function: its fields are the arguments, what it returns is the study's answer."""
    from sim.studies.engine import answer

    def ask(*scenarios: Any, **given: Any) -> Any:
        return answer(query.of(*scenarios, **given))

    ask.__name__ = ask.__qualname__ = query.verb
    ask.__doc__ = described(query)
    setattr(ask, "__signature__", signature_of(query))  # noqa: B010 - help() and editors read it
    return ask


def signature_of(query: type[Query]) -> Signature:
    """The arguments of a query's function: scenarios by their place, all others by name."""
    many, alone, by_place = Parameter.VAR_POSITIONAL, Parameter.POSITIONAL_OR_KEYWORD, []
    by_name = []
    for entry in query.entries():
        default = Parameter.empty if entry.needed else entry.default
        if not entry.option.names and entry.many:
            by_place.append(Parameter(entry.name, many, annotation=entry.type.__args__[0]))
        elif not entry.option.names or entry.name in query.positional:
            by_place.append(Parameter(entry.name, alone, default=default, annotation=entry.type))
        else:
            by_name.append(Parameter(entry.name, Parameter.KEYWORD_ONLY, default=default, annotation=entry.type))
    return Signature([*by_place, *by_name])


def described(query: type[Query]) -> str:
    """What help() says of a query's function: the question, then every argument as the command's own help has it."""
    lines = [inspect.getdoc(query) or "", "", "Args:"]
    return "\n".join([*lines, *(_argument(entry) for entry in query.entries())])


def _argument(entry: Entry) -> str:
    off = "if False: " if entry.option.inverse else ""
    return f"    {entry.name}: {off}{entry.option.help}"


def open_result(folder: str | os.PathLike[str]) -> Result:
    """The result in a folder that a finished command wrote."""
    return Result.open(Path(folder))


def run_all(prepared: Sequence[Prepared], options: Options) -> list[Study]:
    """Simulates every scenario with one pool of workers."""
    check_until(prepared, options)
    with pool_of(options, _most(prepared, options)) as pool:
        ends = settled_alone(prepared, options, pool)
        pairs = zip(_in_turn(prepared, options), ends, strict=True)
        return [run_one(one, options, pool, end.look if end else None, end) for one, end in pairs]


def _most(prepared: Sequence[Prepared], options: Options) -> int | None:
    """Replications to do at the most, None where that shows only as they are done."""
    return None if options.until else options.n * (len(prepared) + (len(prepared) - 1 if options.same_orders else 0))


def _in_turn(prepared: Sequence[Prepared], options: Options) -> Iterator[Prepared]:
    """Each scenario, once whoever watches has been told what is to be simulated after it."""
    progress = options.progress or SilentProgress()
    missing = [0] * len(prepared)
    if not options.until:  # which has simulated all of them by now
        stores = [store_of(one.loaded, options.seed, options.out) for one in prepared[1:]]
        missing[1:] = [options.n - len(store.stored(options.n)) for store in stores]
    for k, one in enumerate(prepared, start=1):
        progress.ahead(sum(missing[k:]))
        yield one


def compare_all(prepared: Sequence[Prepared], options: Options) -> Comparison:
    """Simulates every scenario and compares each with the first."""
    from sim.analysis import differences, matrix

    check_until(prepared, options)
    paired = pairs_of(prepared) if options.same_orders else []
    with pool_of(options, _most(prepared, options)) as pool:
        settled = settled_together(prepared, options, pool)
        look = settled.look if settled else None
        told = command("compare", [one.given for one in prepared], options) if settled else ""
        studies = [run_one(one, options, pool, look, told=told) for one in _in_turn(prepared, options)]
        reordered = _reordered(prepared, paired, options, pool, look)
    base, *others = studies
    pairs = [(base.result, other.result) for other in others if base.answered and other.answered]
    found = tuple(differences(one, another, look) for one, another in pairs)
    until = settled.json() if settled else {}
    arranged = matrix([study.summary for study in studies]) if all(study.answered for study in studies) else None
    results = [study.result for study in studies]
    same: tuple[Json, ...] | None = None
    if options.same_orders:
        same = tuple(differences(base.result, one.result, look) for one in reordered if base.answered and one.answered)
    folder = compared_folder([*results, *(one.result for one in reordered)], options.out)
    store = Store(folder)
    drawn: list[Path] = []
    with store.open():
        if options.plots and all(study.answered for study in studies):
            drawn = draw_results(results, pictures_in(folder, options))
        stored: Json = {"results": [study.result.summary for study in studies], "differences": list(found), **until}
        if same is not None:
            stored["same_orders"] = list(same)
        store.write_json("summary.json", stored if arranged is None else stored | {"matrix": arranged})
    return Comparison(tuple(studies), found, arranged, folder, tuple(drawn), until, same, tuple(reordered))


def _reordered(
    prepared: Sequence[Prepared], pairs: Sequence[Pair], options: Options, pool: WorkerPool, look: Look | None
) -> list[Study]:
    """Every scenario but the first under the orders of the first."""
    if not pairs:
        return []
    words = command("compare", [one.given for one in prepared], options)
    plan = RunSpec(options.n if look is None else look.n, options.seed, options.out, options.csv, words, __version__)
    results = [run_pair(pair, plan, options, pool) for pair in pairs]
    return [Study(result, result.title, one.loaded) for result, one in zip(results, prepared[1:], strict=True)]


def compared_folder(results: Sequence[Result], out: Path) -> Path:
    """Where the overlaid plots of these results belong."""
    members = "\n".join(f"{result.name}/{result.folder.name}" for result in results)
    return out / "compare" / hashlib.sha256(members.encode()).hexdigest()[:12]


def redraw(folders: Sequence[str | os.PathLike[str]], out: Path, *, svg: bool = False) -> list[Path]:
    """Draws the plots of stored results again, and those that overlay them if there are several."""
    results = [open_result(folder) for folder in folders]
    drawn: list[Path] = []
    for result in results:
        with Store(result.folder).open():
            drawn += draw_results([result], Pictures(result.folder, svg), kept=False)
    if len(results) > 1:
        folder = compared_folder(results, out)
        with Store(folder).open():
            drawn += draw_results(results, Pictures(folder, svg), kept=False)
    return drawn


def explained(error: BaseException) -> list[str] | None:
    """The lines that say what is wrong with what was asked for or where it runs; None for a bug."""
    if isinstance(error, ScenarioError):
        return [str(fault) for fault in error.faults] or [str(error)]
    if isinstance(error, MemoryError):
        return ["evacsim: out of memory; finished blocks are kept, the same command goes on from there"]
    if isinstance(error, TooLarge):
        return str(error).splitlines()
    if isinstance(error, OutputError | StoreError | ClusterError | Lost | SameOrdersError):
        return [f"evacsim: {line}" for line in str(error).splitlines()]
    if isinstance(error, QueryError):
        return str(error).splitlines()
    from sim.analysis.measure import MeasureError

    return [f"evacsim: {error}"] if isinstance(error, MeasureError) else None

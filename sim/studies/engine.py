"""What every study has in common: check, say the cost, simulate, keep, say what is not final.

A study is a package beside this module: its ``query`` (what is asked), ``answer`` (a function ``answer(query, session)`` that
gives a frozen :class:`Answer`), ``table`` (``shown(answer, width)``, what a terminal shows) and ``plot``
(``draw(found, into)``).  Nothing else of the project names a study: commands and Python functions are made from the queries.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sim import __version__
from sim.analysis.measure import Measure, parse
from sim.analysis.naming import titles_of
from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.experiment import ClusterError, Point, Progress, Result, RunSpec, SilentProgress, WorkerPool, run_points
from sim.experiment.files import recorded, storing
from sim.experiment.run import MOST, most_before, packages, store_of
from sim.experiment.store import Store
from sim.experiment.tables import for_spreadsheets
from sim.experiment.workers import processors
from sim.present.pictures import Pictures
from sim.scenario import Layers, Loaded, ScenarioError
from sim.scenario.settings import Setting
from sim.studies.cost import Cost
from sim.studies.inputs_option import notices
from sim.studies.kept_pictures import describe_pictures
from sim.studies.kept_table import keep_shown
from sim.studies.preparing import Prepared, TooLarge, prepare
from sim.studies.query import Given, Query, Simulating

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, Any]
T = TypeVar("T")
A = TypeVar("A", bound="Answer")
FAILED = "nothing above is final: the same command tries again what failed"


@dataclass(frozen=True)
class Answer:
    """What a study found, and where it is kept."""

    summary: Json
    """What ``--json`` prints; the folder is the real one."""
    folder: Path
    plots: tuple[Path, ...] = ()
    page: ClassVar[Path | None] = None
    """None has a page of its own: ``report`` puts its answer on one."""
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict, repr=False)
    """By the names of the files that keep them."""
    workbook: Path | None = None
    """The file of ``xlsx``."""
    charts: Mapping[str, Json] = field(default_factory=dict, repr=False)
    """What a page draws that the summary doesn't hold, by the pictures in whose place it is: :mod:`sim.studies.charts`."""

    @property
    def outputs(self) -> tuple[Path, ...]:
        """What there is to open: pictures and workbook."""
        return self.plots if self.workbook is None else (*self.plots, self.workbook)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from sim.studies.html import answer_html

        return answer_html(self)

    @property
    def headline(self) -> str:
        """The answer in a sentence."""
        return self.headlines[0]

    @property
    def headlines(self) -> list[str]:
        """The answer in a sentence, or one for each part of it."""
        return [str(self.summary["headline"])]

    def as_json(self) -> Json:
        """What ``--json`` prints."""
        return self.summary

    def unfinished(self) -> list[str]:
        """Why nothing is final, a line each; the same command goes on from there.  Empty where all is final."""
        if self.summary.get("final", True):
            return []
        return [*self.summary["warnings"], "nothing above is final: the same command tries what failed again"]


@dataclass(frozen=True)
class Session:
    """One query being answered: who works for it, and who hears of it."""

    query: Simulating
    pool: WorkerPool
    progress: Progress
    tell: Callable[[str], None]
    """Hears in a line what it will cost, before that is spent."""
    hear: Callable[[Prepared], None]
    """Hears of each scenario that has passed its checks, before it is simulated."""

    def check(self, scenarios: Sequence[Given], settings: Sequence[str | Setting] = ()) -> StudyRunner:
        """Checks the scenarios, with *settings* after those of the query, before anything is simulated.

        Raises:
            ScenarioError: all faults of all of them.
            TooLarge: if one, or all of them together, are beyond the budget and that is not allowed.
        """
        overrides = (*self.query.overrides, *settings)
        base = prepare(scenarios, overrides, self.query.allow_large, self.query.drawing)
        runner = StudyRunner(self, tuple(scenarios), tuple(base), overrides)
        runner.afford(len(base), len(base) * (self.query.n or 1))
        for one in base:
            self.hear(one)
        for line in notices([one.loaded for one in base]):
            self.tell(line)
        return runner


@dataclass(frozen=True)
class StudyRunner:
    """Scenarios under study with one pool of workers.  All points share the seed, so that their replications pair."""

    session: Session
    given: tuple[Given, ...]
    base: tuple[Prepared, ...]
    """The scenarios as they are without any setting of the study."""
    overrides: tuple[str | Setting, ...] = ()
    """Settings of every scenario that is given as a file."""
    layers: dict[int, Layers] = field(default_factory=dict)
    """Files read and merged, by scenario: once for all points."""
    begun: float = field(default_factory=time.monotonic)

    @property
    def query(self) -> Simulating:
        """What is asked."""
        return self.session.query

    @property
    def loaded(self) -> list[Loaded]:
        """The scenarios as they are without any setting of the study."""
        return [one.loaded for one in self.base]

    @property
    def titles(self) -> dict[str, str]:
        """Mission -> what it is called in text."""
        return titles_of(one.scenario for one in self.loaded)

    def afford(self, points: int, replications: int) -> None:
        """Raises TooLarge where *replications* in all, of *points*, are beyond the budget of a command and that is not allowed.

        Whoever knows how many there will be says so before the first is simulated.
        """
        excess = Cost.of(points, replications, (one.loaded.scenario for one in self.base)).excess
        if excess and not self.query.allow_large:
            raise TooLarge(f"{self.query.verb}: {excess}")

    def source(self, proposal: Proposal) -> Loaded:
        """The scenario of a proposal; raises ScenarioError if a setting is not accepted, TooLarge if it is beyond the budget."""
        from sim.scenario import estimate

        if not proposal.settings and not proposal.pinned:
            return self.base[proposal.scenario].loaded
        given = self.given[proposal.scenario]
        if proposal.scenario not in self.layers:
            here = Layers.of_text(given.canonical, f"{given.name}.yaml") if isinstance(given, Loaded) else Layers.of(given)
            self.layers[proposal.scenario] = here
        before = () if isinstance(given, Loaded) else self.overrides
        one = self.layers[proposal.scenario].load((*before, *proposal.settings))
        if isinstance(given, Loaded):
            one = replace(one, sets=given.sets)  # which no text of a scenario has
        one = self.query.drawing.pinned(one, dict(proposal.pinned)).of_scenario(one)
        excess = estimate(one.scenario).excess
        if excess and not self.query.allow_large:
            raise TooLarge(excess)
        return one

    def run(self, proposals: Iterable[Proposal], done: Callable[[int, Outcome], None]) -> None:
        """Simulates proposals as they come and calls *done* with the number of each and its outcome, as they end.

        A proposal whose settings are not accepted, or whose replications all failed, is an outcome with an error.
        """
        under_way: dict[int, Proposal] = {}
        progress = self.session.progress

        def points() -> Iterator[Point]:
            for number, proposal in enumerate(proposals):
                try:
                    source = self.source(proposal)
                except (ScenarioError, TooLarge) as error:
                    progress.stored(proposal.n)
                    refused = tuple(error.faults) if isinstance(error, ScenarioError) else ()
                    done(number, Outcome(proposal, error=_line(error), refused=refused))
                    continue
                under_way[number] = proposal
                yield Point(number, source, proposal.n)

        def ended(number: int, result: Result) -> None:
            done(number, _outcome(under_way.pop(number), result))

        run_points(points(), RunSpec(seed=self.query.seed, out=self.query.out), self.session.pool, ended, progress=progress)

    def gather(self, batch: Batch) -> list[Any]:
        """What was read of each point of a batch, in its order; raises TooLarge if that is beyond the budget of a command."""
        self.afford(len(batch.proposals), sum(proposal.n for proposal in batch.proposals))
        read: dict[int, Any] = {}
        self.run(batch.proposals, lambda number, outcome: read.__setitem__(number, batch.read(outcome)))
        return [read[number] for number in range(len(batch.proposals))]

    def conduct(self, study: Study[T], title: str | None = None) -> T:
        """Drives a study to its answer; progress shows each batch that it proposes."""
        title = title or self.query.verb
        try:
            batch = next(study)
            while True:
                points = len(batch.proposals)
                many = f"{title}: {points:,} point{'s' if points != 1 else ''}"
                self.session.progress.begin(batch.note or many, 0, sum(p.n for p in batch.proposals))
                batch = study.send(self.gather(batch))
        except StopIteration as stop:
            answer: T = stop.value
            return answer
        finally:
            study.close()

    def measures(self, texts: Iterable[str]) -> list[Measure]:
        """The measures of these addresses, which every scenario must have, each once; raises MeasureError."""
        titles = self.titles
        every = (parse(text, list(one.scenario.missions), titles) for text in texts for one in self.loaded)
        return list({measure.text: measure for measure in every}.values())

    def folder(self, **beside: Any) -> Path:
        """Where the answer is kept: ``results/<verb>/<id>/``, the id a digest of what is asked, never of n or processes.

        *beside*: what else than the query changes the answer.
        """
        query = self.query
        runs = [store_of(one, query.seed, query.out).folder for one in self.loaded]
        key = json.dumps([[f"{run.parent.name}/{run.name}" for run in runs], query.key() | beside], sort_keys=True, default=str)
        return query.out / query.verb / hashlib.sha256(key.encode()).hexdigest()[:12]

    def keep(
        self,
        folder: Path,
        gives: Callable[..., A],
        summary: Json,
        tables: Mapping[str, pl.DataFrame],
        *shown: Any,
        **beside: Any,
    ) -> A:
        """Writes tables, pictures, summary and manifest, each whole or not at all, and gives the answer.

        Pictures are what the study's ``plot.draw(*shown, pictures)`` draws, of the summary where nothing is given; *beside* goes
        into the manifest.

        Raises:
            OutputError, StoreError: if that cannot be done.
        """
        query, pictures = self.query, self.pictures(folder)
        summary["folder"] = f"{folder.parent.name}/{folder.name}"  # the same wherever it is kept
        store = Store(folder)
        with store.open():
            manifest = self.manifest(folder) | beside
            n = manifest.get("replications")
            if isinstance(n, int):
                manifest[MOST] = most_before(folder, n, self.session.progress, writable=not store.read_only)
            if not store.read_only:
                with storing(folder):
                    for name, table in tables.items():
                        write_table(table, folder / name, query.csv)
                    if query.plots:
                        pictures.by(f"sim.studies.{query.verb}.plot", lambda plot: plot.draw(*(shown or [summary]), pictures))
                        describe_pictures(folder)
            manifest["wall_seconds"] = self.manifest(folder)["wall_seconds"]
            store.write_json("summary.json", summary)
            answered = gives(summary | {"folder": str(folder)}, folder, tuple(pictures.made), tables)
            answered = self.with_workbook(answered, manifest, tables, not store.read_only)
            store.write_json("manifest.json", manifest, pictures.made)
        return answered

    def with_workbook(self, answered: A, manifest: Json, tables: Mapping[str, pl.DataFrame], writable: bool = True) -> A:
        """The answer with its workbook, where that is asked for; only by whoever holds the folder."""
        if not (self.query.xlsx and writable):
            return answered
        from sim.studies import workbook

        inside = f"{answered.folder.parent.name}/{answered.folder.name}"
        sheets = workbook.study_sheets({**answered.summary, "folder": inside}, answered.headlines, tables, self.loaded, manifest)
        title = answered.summary.get("title") or f"{self.query.verb}: {', '.join(one.name for one in self.loaded)}"
        return replace(answered, workbook=workbook.keep(answered.folder, sheets, title))

    def manifest(self, folder: Path) -> Json:
        """How the answer in *folder* was made."""
        return {
            "evacsim": __version__,
            "study": self.query.verb,
            "id": folder.name,
            "scenarios": [one.name for one in self.loaded],
            "seed": self.query.seed,
            "replications": self.query.n,
            "packages": packages(),
            "wall_seconds": round(time.monotonic() - self.begun, 3),
            "command": self.query.command([one.given for one in self.base]),
        }

    def pictures(self, folder: Path) -> Pictures:
        """A folder to draw into as it is asked for; whoever watches is told of each picture."""
        return Pictures(folder, self.query.svg, lambda name: self.session.progress.doing(folder.parent.name, f"drawing {name}"))


def answer(
    query: Query,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda line: None,
    hear: Callable[[Prepared], None] = lambda prepared: None,
) -> Any:
    """Answers a query: simulates what is missing, keeps the answer and draws it; see the study's ``answer`` for what it gives.

    Raises:
        QueryError: what is asked for makes no sense.
        ScenarioError: all faults of the files.
        TooLarge: a scenario beyond the budget, where that is not allowed.
        OutputError, StoreError: if results cannot be kept.
        ClusterError, Lost: if the workers cannot be used, or are gone.
    """
    ask = import_module(f"sim.studies.{query.verb}.answer").answer
    if not isinstance(query, Simulating):
        return ask(query)
    with session_of(query, progress, tell, hear) as session:
        answered = ask(query, session)
    if isinstance(answered, Answer):
        keep_shown(answered, query.verb)
    return answered


@contextmanager
def session_of(
    query: Simulating,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda line: None,
    hear: Callable[[Prepared], None] = lambda prepared: None,
) -> Iterator[Session]:
    """The session in which *query* can be answered; its workers end with it."""
    progress = progress or SilentProgress()
    with pool_of(query, progress, query.most_replications()) as pool:
        yield Session(query, pool, progress, tell, hear)


def pool_of(query: Simulating, progress: Progress, most: int | None = None) -> WorkerPool:
    """The workers that *query* asks for; *most* replications there are to do, if that is known.

    Where no number is asked for there are no more processes than replications: one is done here, for a process takes longer to
    start than a replication to simulate.

    Raises:
        ClusterError: if they are those of a cluster that cannot be used.
    """
    if query.cluster is None:
        cores = processors()
        return WorkerPool(query.jobs or (cores if most is None else min(cores, most)), progress.notice)
    if query.jobs is not None:
        raise ClusterError("--jobs is a number of processes here; with --cluster the scheduler's workers do the work")
    from sim.experiment import Cluster

    return Cluster(query.cluster, progress.notice)


def write_table(table: pl.DataFrame, stem: Path, csv: bool) -> None:
    """Writes ``stem.parquet``, and ``stem.csv`` too if *csv*."""
    with recorded(stem.with_name(f"{stem.name}.parquet")) as out:
        table.write_parquet(out, compression="zstd")
    if csv:
        with recorded(stem.with_name(f"{stem.name}.csv")) as out:
            for_spreadsheets(table).write_csv(out)


def _outcome(proposal: Proposal, result: Result) -> Outcome:
    failed = len(result.failed)
    if failed == result.n:
        first = result.failed[0]
        return Outcome(proposal, error=f"all {failed:,} replications failed ({first.stage}): {first.message}", failed=failed)
    return Outcome(proposal, result, failed=failed)


def _line(error: Any) -> str:
    """An error in one line."""
    if isinstance(error, ScenarioError):
        first, *rest = error.faults
        return f"{first}" + (f" (and {len(rest)} more)" if rest else "")
    return str(error)

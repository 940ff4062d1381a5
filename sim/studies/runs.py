"""Scenarios as they are: simulated, summarised, kept and drawn; what ``run`` and ``compare`` share."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim import __version__
from sim.experiment import Failure, OutputError, Result, RunSpec, StoreError, execute
from sim.experiment.files import storing
from sim.experiment.identity import folder_name
from sim.experiment.run import packages, store_of
from sim.experiment.store import Store
from sim.present.pictures import NoPictures, Pictures
from sim.scenario import Loaded
from sim.studies.engine import StudyRunner
from sim.studies.kept_pictures import up_to_date
from sim.studies.preparing import Prepared
from sim.studies.query import Precise
from sim.studies.run.query import RunQuery

if TYPE_CHECKING:
    import polars as pl

    from sim.analysis.found import NoAnswer, Summary
    from sim.analysis.found_inputs import Unknown
    from sim.analysis.looks import Look
    from sim.analysis.precision import Settled
    from sim.studies.report.content import Compared
    from sim.studies.report.replay import Seen

Json = dict[str, Any]
AGAIN = "nothing above is final: the same command tries the failed replications again; EVACSIM_DEBUG=1 shows tracebacks"


@dataclass(frozen=True)
class Study:
    """One scenario's answer: the numbers, the sentence, the tables as data frames, and where all of it is kept."""

    result: Result
    headline: str
    loaded: Loaded = field(repr=False)
    plots: tuple[Path, ...] = ()
    mission: str | None = None
    """The mission to which the answer is narrowed; tables and stored files have all of them."""
    page: Path | None = None
    """The page that shows all of it, where one was made."""
    workbook: Path | None = None
    """The file of ``xlsx``."""
    seen: Seen = field(default_factory=dict, repr=False)
    """What workers have seen of the runs that a page replays."""

    @property
    def outputs(self) -> tuple[Path, ...]:
        """What there is to open: page, pictures and workbook."""
        return tuple(path for path in (self.page, *self.plots, self.workbook) if path is not None)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from sim.studies.html import study_html

        return study_html(self)

    @property
    def summary(self) -> Json:
        """Total and missions with intervals, as ``--json`` prints them; the folder is the real one."""
        from sim.analysis.as_json import as_json

        return as_json(replace(self.found, folder=str(self.result.folder)))

    @property
    def found(self) -> Summary | NoAnswer:
        """The same, with the folder as it is stored."""
        from sim.analysis.found import found_of
        from sim.analysis.mission import narrowed

        found = found_of(self.result.summary)
        return found if self.mission is None else narrowed(found, self.mission, self.result)

    @property
    def missions(self) -> pl.DataFrame:
        """A row per replication and mission."""
        return self.result.table("missions")

    @property
    def cohorts(self) -> pl.DataFrame:
        """A row per replication and cohort."""
        return self.result.table("cohorts")

    @property
    def replications(self) -> pl.DataFrame:
        """A row per replication."""
        return self.result.table("replications")

    @property
    def timeline(self) -> pl.DataFrame:
        """A row per replication and hour."""
        return self.result.table("timeline")

    @property
    def stages(self) -> pl.DataFrame:
        """People by mission and stage: a row at hour 0 where there is anybody, then one wherever a number changes."""
        return self.result.table("stages")

    @property
    def failed(self) -> list[Failure]:
        """Replications that gave nothing."""
        return self.result.failed

    @property
    def answered(self) -> bool:
        """Whether any replication gave something."""
        return len(self.failed) < self.result.n


def in_turn(runner: StudyRunner) -> Iterator[Prepared]:
    """Each scenario, once whoever watches has been told what is to be simulated after it."""
    query = runner.query
    missing = [0] * len(runner.base)
    if not getattr(query, "until", ()):  # which has simulated all of them by now
        stores = [store_of(one.loaded, query.seed, query.out) for one in runner.base[1:]]
        missing[1:] = [query.n - len(store.stored(query.n)) for store in stores]
    for k, one in enumerate(runner.base, start=1):
        runner.session.progress.ahead(sum(missing[k:]))
        yield one


def simulated(
    one: Prepared,
    runner: StudyRunner,
    look: Look | None = None,
    settled: Settled | None = None,
    command: str | None = None,
    *,
    paged: bool = False,
    replayed: bool = False,
) -> Study:
    """One scenario, simulated and kept.

    *look*: where ``until`` ended; *settled*: what of it is this scenario's own; *command*: what made it if it isn't ``run``;
    *paged*: whether it gets a page of its own; *replayed*: whether a page replays a run of it.
    """
    from sim.analysis.as_json import as_json
    from sim.analysis.found import found_of
    from sim.studies.kept_bound import kept_bound

    query = runner.query
    drawn: list[Path] = []
    books: list[Path] = []
    pages: list[Path] = []
    seen: Seen = {}
    command = command or run_command(query, one.given)

    def finish(result: Result) -> Json:
        nonlocal seen
        if query.plots and replayed and len(result.failed) < result.n:
            from sim.studies.report.replay import looks

            seen = looks(result, one.loaded, runner.session.pool)  # while the numbers are summed up and drawn here
        if not result.summary:
            found = summary_of(one, result, lambda: kept_bound(one.loaded, result.folder), look, settled)
            result.summary = as_json(found)
        if query.plots and len(result.failed) < result.n:
            drawn.extend(draw([result], runner.pictures(result.folder)))
            if paged and not result.read_only:
                pages.append(page_of([result], [one.loaded], result.folder, runner, [command], command, seen=[seen]))
        if query.xlsx and not result.read_only:
            from sim.studies import workbook

            sheets = workbook.run_sheets(found_of(result.summary), headline_of(result, one.loaded), one.loaded, command)
            books.append(workbook.keep(result.folder, sheets, result.title or result.name))
        return result.summary

    spec = RunSpec(
        n=query.n if look is None else look.n,
        seed=query.seed,
        out=query.out,
        csv=query.csv,
        command=command,
        version=__version__,
        summed=_summed(one) if look is None and settled is None else None,
    )
    result = execute(one.loaded, spec, runner.session.pool, finish, progress=runner.session.progress)
    page, workbook = next(iter(pages), None), next(iter(books), None)
    return Study(result, headline_of(result, one.loaded), one.loaded, tuple(drawn), page=page, workbook=workbook, seen=seen)


def _summed(one: Prepared) -> str:
    """What :func:`summary_of` takes from elsewhere than the scenario's text and the tables."""
    loaded = one.loaded
    return json.dumps([one.impossible, None if loaded.inputs is None else [loaded.inputs.mode, loaded.inputs.per_set]])


def page_of(
    results: Sequence[Result],
    loaded: Sequence[Loaded],
    folder: Path,
    runner: StudyRunner,
    commands: Sequence[str],
    command: str,
    compared: Compared | None = None,
    seen: Sequence[Seen] = (),
) -> Path:
    """The page of *results* in *folder*, which is held; *commands*: what made each, *command*: what made the page;
    *seen*: what workers have seen of each.  Where one mission is asked for the page opens with it.

    Raises:
        StoreError: if it can't be written.
    """
    from sim.studies.report.content import NOTHING
    from sim.studies.report.keep import NAME, keep_page

    def announce() -> None:
        runner.session.progress.doing(folder.parent.name, f"writing {NAME}")

    made = [{"evacsim": __version__, "packages": packages(), "command": each} for each in commands]
    headlines = [headline_of(result, one) for result, one in zip(results, loaded, strict=True)]
    mission: str | None = getattr(runner.query, "mission", None)
    return keep_page(folder, results, loaded, headlines, command, made, compared or NOTHING, announce, seen, mission)


def about_mission(study: Study, mission: str | None, pictures: Pictures | None = None) -> Study:
    """The study narrowed to *mission*, its picture drawn where there is a folder for it; as it is where none is named."""
    from sim.studies.mission import draw_mission, study_headline

    if mission is None:
        return study
    drawn = draw_mission([study.result], mission, pictures) if pictures is not None and study.answered else []
    headline = study_headline(study.result, study.loaded, mission)
    return replace(study, headline=headline, plots=(*drawn, *study.plots), mission=mission)


def run_command(query: Any, given: str) -> str:
    """The ``run`` that gives one scenario's result, with the common options of *query*."""
    shared = {f.name: getattr(query, f.name) for f in fields(Precise)}
    return RunQuery(scenarios=(given,), **shared).command([given])


def summary_of(
    one: Prepared,
    result: Result,
    bound: Callable[[], Json] | None,
    look: Look | None = None,
    settled: Settled | None = None,
    by: Literal["mission", "cohort"] = "cohort",
) -> Summary | NoAnswer:
    """What ``summary.json`` holds of a result.

    *bound* gives its planning bound, which is left out without; *by* ``mission`` leaves out its cohorts.
    """
    from sim.analysis import summarise
    from sim.analysis.found import Failed, NoAnswer
    from sim.scenario import shut_for_good
    from sim.studies.kept_bound import beside

    folder = f"{result.folder.parent.name}/{result.folder.name}"  # the same wherever it is kept
    until, impossible = None if settled is None else settled.found(), tuple(one.impossible) or None
    if len(result.failed) == result.n:
        return NoAnswer(
            scenario=result.name,
            title=result.title,
            folder=folder,
            replications=result.n,
            failed=len(result.failed),
            failures=tuple(Failed(**failure._asdict()) for failure in result.failed),
            final=False,
            seed=result.seed,
            until=until,
            impossible=impossible,
        )
    shut = shut_for_good(one.loaded.scenario)
    staff = _staff(one.loaded) if one.loaded.inputs is not None else None
    numbers = summarise(result, by=by, look=look, hopeless=bool(one.impossible), shut=shut, written=staff)
    if bound is not None:
        numbers = beside(numbers, bound())
    return replace(numbers, inputs=_unknown(one.loaded, result), until=until, impossible=impossible, folder=folder)


def _staff(loaded: Loaded) -> dict[str, float]:
    """People of each mission and ``mission.cohort`` as the scenario has them, and of all."""
    missions = loaded.scenario.missions.items()
    staff = {name: sum(cohort.people.mean for cohort in mission.cohorts.values()) for name, mission in missions}
    parts = {f"{name}.{part}": cohort.people.mean for name, mission in missions for part, cohort in mission.cohorts.items()}
    return {name: float(round(people)) for name, people in (staff | parts | {"total": sum(staff.values())}).items()}


def _unknown(loaded: Loaded, result: Result) -> Unknown | None:
    """What isn't known of the inputs, and what of it matters; None where they are as written."""
    from sim.analysis.uncertain import unknown
    from sim.scenario.ranges import kind_of

    if loaded.inputs is None:
        return None
    ours = {f.name for f in loaded.inputs.factors if all(kind_of(m.quantity) == "lever" for m in f.members)}
    return unknown(result, loaded.inputs.mode, loaded.inputs.per_set, ours)


def headline_of(result: Result, loaded: Loaded) -> str:
    """The answer in a sentence."""
    from sim.analysis import headline
    from sim.analysis.found import NoAnswer, found_of

    found = None if len(result.failed) == result.n else found_of(result.summary)
    if found is None or isinstance(found, NoAnswer):
        return f"{result.title}: no answer, all {result.n:,} replications failed."
    providers = [phase.provider for phase in loaded.scenario.security.phases]
    return headline(found, loaded.rows, providers)


def compared_folder(results: Sequence[Result], out: Path) -> Path:
    """Where the overlaid plots of these results belong."""
    members = "\n".join(f"{result.name}/{result.folder.name}" for result in results)
    return out / "compare" / hashlib.sha256(members.encode()).hexdigest()[:12]


def draw(results: Sequence[Result], pictures: Pictures, *, kept: bool = True) -> list[Path]:
    """The pictures of a result, or those that overlay several; drawn only where they aren't there already, if *kept* will do."""

    def redrawn(plots: Any) -> None:
        from sim.analysis.found import found_of
        from sim.studies.mission import redraw_missions

        summaries = [found_of(result.summary) for result in results] if kept else None  # a stored one may be of an older version
        if len(results) == 1:
            plots.draw_run(results[0], pictures, summaries[0] if summaries else None)
        else:
            plots.draw_compare(results, pictures, summaries)
        redraw_missions(results, pictures.folder)

    def drawn() -> None:
        if kept and results[0].read_only:
            text = f"no pictures: {pictures.folder} cannot be written to; `evacsim plot` draws its results into another --out"
            warnings.warn(text, NoPictures, stacklevel=2)
        else:
            pictures.by("sim.present.plots", redrawn)

    with storing(pictures.folder):
        up_to_date(pictures, "\n".join(result.digest() for result in results), drawn, again=not kept)
    return pictures.made


def plot(*results: str | os.PathLike[str], out: str | os.PathLike[str] = "results", svg: bool = False) -> list[Path]:
    """Draws the plots of stored results again, and those that overlay them if there are several.

    Those of a result lie in its folder, or in that of its name below *out* where it can't be written to.

    Raises:
        OutputError: if one isn't the folder of a finished run, or what it holds isn't what a run writes.
    """
    opened = [Result.open(Path(folder)) for folder in results]
    drawn: list[Path] = []
    for result in opened:
        store = Store(result.folder)
        with store.open():
            elsewhere = Path(out) / folder_name(result.name) / result.folder.resolve().name
            drawn += _drawn_again([result], elsewhere if store.read_only else None, svg)
    if len(opened) > 1:
        drawn += _drawn_again(opened, compared_folder(opened, Path(out)), svg)
    return drawn


def _drawn_again(results: Sequence[Result], folder: Path | None, svg: bool) -> list[Path]:
    """Draws stored results into another *folder*, or into that of the only one, which is held."""
    with Store(folder).open() if folder else nullcontext():
        try:
            return draw(results, Pictures(folder or results[0].folder, svg), kept=False)
        except (OutputError, StoreError, MemoryError):
            raise
        except Exception as error:  # whoever wrote these files, it was no run of ours
            if os.environ.get("EVACSIM_DEBUG"):
                raise
            names, why = ", ".join(str(result.folder) for result in results), " ".join(str(error).split())[:200]
            raise OutputError(f"{names}: not what a run writes: {type(error).__name__}: {why}") from error


def unfinished(studies: Iterable[Study]) -> list[str]:
    """One line per scenario and kind of failure, the first replications named, and what to do; nothing where none failed."""
    lines = []
    for study in studies:
        kinds: dict[tuple[str, str], list[int]] = {}
        for k, stage, message in study.failed:
            kinds.setdefault((stage, message), []).append(k)
        for (stage, message), numbers in kinds.items():
            named = ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5:,} more" if len(numbers) > 5 else "")
            some = "replications" if len(numbers) > 1 else "replication"
            lines.append(f"{study.result.name}: {some} {named} failed ({stage}): {message}")
    return [*lines, AGAIN] if lines else []


def trimmed(summary: Json, by: str) -> Json:
    """A summary as plain data without its cohorts, unless it is told *by* ``cohort``."""
    return summary if by == "cohort" else {key: value for key, value in summary.items() if key != "cohorts"}


def without_cohorts(found: Summary, by: str) -> Summary:
    """The same of numbers."""
    return found if by == "cohort" else replace(found, cohorts=None)

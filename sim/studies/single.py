"""One scenario simulated and kept as ``evacsim run`` keeps it, for every command that shows such a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.experiment import Failure, Result, RunSpec, WorkerPool, execute
from sim.experiment.files import storing
from sim.present.pictures import Pictures
from sim.scenario import Loaded
from sim.studies.drawn import pictures_in, up_to_date
from sim.studies.options import Options, command
from sim.studies.preparing import Prepared

if TYPE_CHECKING:
    import polars as pl

    from sim.analysis.precision import Settled
    from sim.analysis.sequential import Look

Json = dict[str, Any]


@dataclass(frozen=True)
class Study:
    """One scenario's answer: the numbers, the sentence, the tables as data frames, and where all of it is kept."""

    result: Result
    headline: str
    loaded: Loaded = field(repr=False)
    plots: tuple[Path, ...] = ()

    @property
    def summary(self) -> Json:
        """Total and missions with intervals, as ``--json`` prints them; the folder is the real one."""
        return {**self.result.summary, "folder": str(self.result.folder)}

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
    def failed(self) -> list[Failure]:
        """Replications that gave nothing."""
        return self.result.failed

    @property
    def answered(self) -> bool:
        """Whether any replication gave something."""
        return len(self.failed) < self.result.n


def run_one(
    prepared: Prepared,
    options: Options,
    pool: WorkerPool,
    look: Look | None = None,
    settled: Settled | None = None,
    told: str = "",
) -> Study:
    """One scenario as it is run and kept.

    *look*: where ``until`` ended; *settled*: what of it is this scenario's own; *told*: the command if it isn't ``run``.
    """
    drawn: list[Path] = []

    def finish(result: Result) -> Json:
        from sim.analysis import summarise
        from sim.scenario import shut_for_good

        if len(result.failed) == result.n:
            summary = _no_answer(result)
        else:
            from sim.studies.kept_bound import beside, kept_bound

            summary = beside(
                summarise(
                    result,
                    by="cohort",
                    look=look,
                    hopeless=bool(prepared.impossible),
                    shut=shut_for_good(prepared.loaded.scenario),
                ),
                kept_bound(prepared.loaded, result.folder),
            )
        if settled is not None:
            summary |= settled.json()
        summary["folder"] = f"{result.folder.parent.name}/{result.folder.name}"  # the same wherever it is kept
        if prepared.impossible:
            summary["impossible"] = list(prepared.impossible)
        result.summary = summary
        if options.plots and len(result.failed) < result.n:
            drawn.extend(draw_results([result], pictures_in(result.folder, options)))
        return summary

    plan = RunSpec(
        n=options.n if look is None else look.n,
        seed=options.seed,
        out=options.out,
        csv=options.csv,
        command=told or command("run", [prepared.given], options),
        version=__version__,
    )
    result = execute(prepared.loaded, plan, pool, finish, progress=options.progress)
    return Study(result, _headline(result, prepared.loaded), prepared.loaded, tuple(drawn))


def _no_answer(result: Result) -> Json:
    """The summary of a run whose replications have all failed."""
    failed = [failure._asdict() for failure in result.failed]
    numbers: Json = {"replications": result.n, "failed": len(failed), "failures": failed, "final": False, "seed": result.seed}
    return {"scenario": result.name, "title": result.title, "folder": "", **numbers}


def _headline(result: Result, loaded: Loaded) -> str:
    from sim.analysis import headline
    from sim.scenario import describe

    if len(result.failed) == result.n:
        return f"{result.title}: no answer, all {result.n:,} replications failed."
    providers = [phase.provider for phase in loaded.scenario.security.phases]
    return headline(result.summary, describe(loaded.scenario), providers)


def draw_results(results: Sequence[Result], pictures: Pictures, *, kept: bool = True) -> list[Path]:
    """The pictures of a result, or those that overlay several; drawn only where they aren't there already, if *kept* will do."""

    def draw() -> None:
        from sim.present import plots

        summaries = [result.summary for result in results] if kept else None  # a stored one may be of an older version
        if len(results) == 1:
            plots.draw_run(results[0], pictures, summaries[0] if summaries else None)
        else:
            plots.draw_compare(results, pictures, summaries)

    with storing(pictures.folder):
        up_to_date(pictures, "\n".join(result.digest() for result in results), draw, again=not kept)
    return pictures.made


def failures(studies: Iterable[Study]) -> list[str]:
    """One line per scenario and kind of failure, the first replications named."""
    lines = []
    for study in studies:
        kinds: dict[tuple[str, str], list[int]] = {}
        for k, stage, message in study.failed:
            kinds.setdefault((stage, message), []).append(k)
        for (stage, message), numbers in kinds.items():
            named = ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5:,} more" if len(numbers) > 5 else "")
            some = "replications" if len(numbers) > 1 else "replication"
            lines.append(f"{study.result.name}: {some} {named} failed ({stage}): {message}")
    return lines

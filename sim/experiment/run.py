"""One run from its specification to its folder: what is missing is simulated, kept block by block, and made into tables."""

from __future__ import annotations

import hashlib
import json
import pickle
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sim.experiment.files import read_json
from sim.experiment.identity import NUMERIC, folder_name, packaged, run_id, source_digest
from sim.experiment.inputs import inputs_table
from sim.experiment.jobs import drive
from sim.experiment.result import Result
from sim.experiment.store import OF, Store, pieces
from sim.experiment.tables import write_table
from sim.experiment.work import Engine, Job, Piece, model_engine
from sim.experiment.workers import WorkerPool

PACKAGES = ("numpy", "scipy", "simpy", "pydantic", "polars", "matplotlib")
SUMMING = ("scenario", "model", "analysis", "experiment", "studies")
"""Packages whose code may change what a summary says."""


class Source(Protocol):
    """What a run needs to know about a scenario; the loader's answer has it."""

    @property
    def name(self) -> str: ...
    @property
    def scenario(self) -> Any: ...
    @property
    def simulated(self) -> Any:
        """What the engine is given: the scenario, with how its inputs are drawn."""
        ...

    @property
    def canonical(self) -> str: ...
    @property
    def digest_text(self) -> str: ...


class Progress(Protocol):
    """Is told how a run goes; all methods are called in the process that asked for the run."""

    def begin(self, name: str, done: int, total: int) -> None:
        """*done* of *total* replications are stored already."""

    def stored(self, count: int) -> None:
        """So many more were stored already (a study learns it point by point)."""

    def ahead(self, count: int) -> None:
        """So many replications will have to be simulated after those that begin next, as far as is known."""

    def advance(self, count: int, seconds: float, workers: int) -> None:
        """So many more have been tried, which took one of *workers* so many seconds."""

    def doing(self, name: str, what: str) -> None:
        """All is simulated; *what* is done now, such as ``drawing out``."""

    def written(self, name: str) -> None:
        """The folder is complete."""

    def waiting(self, name: str) -> None:
        """Another command has the folder; this one waits for it."""

    def notice(self, text: str) -> None:
        """Something worth knowing that changes no result, only the time it takes."""


class SilentProgress:
    """Where nobody wants to know."""

    def begin(self, name: str, done: int, total: int) -> None: ...
    def stored(self, count: int) -> None: ...
    def ahead(self, count: int) -> None: ...
    def advance(self, count: int, seconds: float, workers: int) -> None: ...
    def doing(self, name: str, what: str) -> None: ...
    def written(self, name: str) -> None: ...
    def waiting(self, name: str) -> None: ...
    def notice(self, text: str) -> None: ...


@dataclass(frozen=True)
class RunSpec:
    """How much to run, and where to keep it."""

    n: int = 200
    seed: int = 1
    out: Path = Path("results")
    csv: bool = False
    command: str = ""
    """The command as a person would type it, without user, host or absolute path; for the manifest."""
    version: str = ""
    summed: str | None = None
    """What a summary depends on beside scenario, n and code; None where a stored one is never to be taken."""


def execute(
    source: Source,
    spec: RunSpec,
    workers: WorkerPool,
    finish: Callable[[Result], Mapping[str, Any]] = lambda result: {},
    *,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> Result:
    """Runs replications 0 … n−1, or those of them that are not stored, and writes the folder.

    *finish* gets the result while the folder is held (it may draw into it) and gives what ``summary.json`` holds.  Where a
    finished folder was asked the same, its files are as they were written, and the result has the stored summary already.

    Raises:
        OutputError: if the folder cannot be used.
        StoreError: if the disk is full or fails; finished blocks are kept.
        KeyboardInterrupt: after Ctrl-C; finished replications are kept.
    """
    progress = progress or SilentProgress()
    begun = time.monotonic()
    store = store_of(source, spec.seed, spec.out)
    with store.open(lambda: progress.waiting(source.name)):
        simulated = _complete(store, source, spec, workers, progress, engine)
        most = most_before(store.folder, spec.n, progress, writable=not store.read_only)
        of = _made_of(source, spec)
        kept = None if simulated or of is None or spec.csv else store.finished(of)
        if kept is None:
            progress.doing(source.name, "writing tables")
            store.write_text("scenario.yaml", source.canonical)
            store.write_tables(spec.n, as_csv=spec.csv)
            _write_inputs(store, source, spec)
        result = result_of(store, source, spec.seed, spec.n)
        progress.doing(source.name, "summing up")
        result.summary = kept or {}
        result.summary = dict(finish(result))
        if kept is None:
            store.write_json("summary.json", result.summary)
        made = _manifest(result, spec, time.monotonic() - begun) | {MOST: most}
        store.write_json("manifest.json", made if of is None else made | {OF: of})
        progress.written(source.name)
    return result


def _made_of(source: Source, spec: RunSpec) -> str | None:
    """What tables and summary depend on, beside scenario and seed, which name the folder: the text, n, code and packages."""
    if spec.summed is None:
        return None
    return made_of(source.name, getattr(source.scenario, "title", None), source.canonical, spec.n, spec.summed)


def made_of(*parts: Any) -> str:
    """A digest of plain *parts*, and of the code and the packages that sum up."""
    made_by = {name: packaged(name) for name in ("polars", *NUMERIC)}
    return hashlib.sha256(json.dumps([parts, source_digest(SUMMING), made_by]).encode()).hexdigest()


def _complete(
    store: Store, source: Source, spec: RunSpec, workers: WorkerPool, progress: Progress, engine: Engine | None
) -> bool:
    """Simulates what is not stored, and says whether there was any."""
    stored = store.stored(spec.n)
    progress.begin(source.name, len(stored), spec.n)

    def keep(job: Job, piece: Piece) -> None:
        store.add(piece.block)
        progress.advance(piece.tried, piece.seconds, workers.jobs)

    missing = set(range(spec.n)) - stored
    drive(jobs_for(source, spec.seed, missing, workers, engine), workers, keep)
    return bool(missing)


MOST = "most_replications"
"""In a manifest: of how many replications the tables of its folder were at the most."""


def most_before(folder: Path, n: int, progress: Progress, *, writable: bool = True) -> int:
    """Of how many replications the tables in *folder* were at the most, those of *n* that are to be written included.

    Where tables of more are replaced by these, or were by others before, that is said: they can be had again.
    """
    try:
        manifest = read_json(folder / "manifest.json")
        before, most = manifest["replications"], manifest.get(MOST, manifest["replications"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return n  # there is nothing to replace
    if not isinstance(before, int) or not isinstance(most, int):
        return n
    most = max(before, most)
    if most > n and writable:
        kept = f"all {most:,} are kept, and -n {most} shows them again"
        what = f"tables of {before:,} replications are replaced by those of the first {n:,}"
        what = what if before > n else f"these are tables of the first {n:,} of {most:,} replications"
        progress.notice(f"{folder.parent.name}/{folder.name}: {what}; {kept}")
    return max(most, n)


def _write_inputs(store: Store, source: Source, spec: RunSpec) -> None:
    """The table of what is drawn, where anything is."""
    inputs = getattr(source, "inputs", None)
    if inputs is not None and not store.read_only:
        write_table(store.folder, "inputs", inputs_table(inputs, spec.seed, spec.n).lazy(), as_csv=spec.csv)
        store.seal("inputs.parquet")


def jobs_for(source: Source, seed: int, missing: set[int], workers: WorkerPool, engine: Engine | None = None) -> Iterator[Job]:
    """The jobs that simulate *missing* replications of a scenario."""
    if missing:
        scenario = pickle.dumps(source.simulated, protocol=pickle.HIGHEST_PROTOCOL)
        chosen = engine or model_engine()
        inputs = getattr(source, "inputs", None)
        for piece in pieces(missing, workers.jobs, inputs.per_set if inputs is not None else 1, lambda: workers.pace):
            yield Job(scenario, seed, piece, chosen)


def store_of(source: Source, seed: int, out: Path) -> Store:
    """Where the replications of a scenario under a seed are kept, whichever command makes them."""
    return Store(out / folder_name(source.name) / run_id(source.digest_text, seed))


def result_of(store: Store, source: Source, seed: int, n: int) -> Result:
    """Replications 0 … n−1 of a scenario as they are stored."""
    title = getattr(source.scenario, "title", None) or ""
    text, failed = source.canonical, store.failures(n)
    return Result(store, name=source.name, title=title, seed=seed, n=n, failed=failed, scenario_text=text)


def packages() -> dict[str, str]:
    """The versions of the packages that numbers and pictures are made with."""
    return {name: packaged(name) for name in PACKAGES}


def _manifest(result: Result, spec: RunSpec, seconds: float) -> dict[str, Any]:
    return {
        "evacsim": spec.version,
        "scenario": result.name,
        "title": result.title,
        "id": result.folder.name,
        "seed": result.seed,
        "replications": result.n,
        "failed": len(result.failed),
        "packages": packages(),
        "wall_seconds": round(seconds, 3),
        "command": spec.command,
    }

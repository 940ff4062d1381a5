"""``sweep``: a scenario at many points of its parameters, all under the same random numbers, as one tidy table.

Each point is kept like a run of its own and its measures in a spool, so that a sweep that was stopped goes on where it was;
the table is written in the order of the design, whatever the order in which points ended.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import shlex
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.analysis.designs import OWN
from sim.analysis.study import Outcome, Proposal
from sim.analysis.sweeps import Samples, View, ends, headline, known_parts, read, samples, sources_digest, view_of
from sim.experiment import SilentProgress
from sim.experiment.files import storing
from sim.experiment.identity import packaged, run_id
from sim.experiment.run import PACKAGES
from sim.experiment.spool import Spool
from sim.experiment.store import Store
from sim.experiment.tables import table_of, write_table
from sim.scenario import Loaded
from sim.studies.asking import asked_for
from sim.studies.drawn import pictures_in
from sim.studies.lab import Lab
from sim.studies.options import Options, command, pool_of
from sim.studies.plan_file import Sweeping
from sim.studies.query import Given
from sim.studies.sweep_design import Space, space_of

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, Any]
MOST_SEEN = 20_000
"""Points of a sweep that is drawn and told in a sentence; a larger one is a table alone."""
FRAME = 16_384
"""Rows of the table in memory at a time."""
_PLACE = re.compile(r"^--set \d+:\d+:\d+: ")
"""Where a refused setting stood: its path says it already."""


@dataclass(frozen=True)
class Sweep:
    """A finished sweep: the sentence, the numbers about it, and where its table is."""

    headline: str
    summary: Json
    folder: Path
    failed: Mapping[int, str] = field(default_factory=dict)
    """Points that failed, wholly or in part, and why (the first thousand); with any of them nothing is final."""
    view: View | None = field(default=None, repr=False)
    """All of it in memory, for tables and pictures; None if it is too large for that."""
    plots: tuple[Path, ...] = ()

    @property
    def table(self) -> pl.DataFrame:
        """A row per point and measure."""
        import polars as pl

        return pl.read_parquet(self.folder / "sweep.parquet")


def sweep_all(asked: Sweeping, options: Options) -> Sweep:
    """Simulates every point of a sweep, or reads what is stored of it, and writes its folder.

    Raises:
        ScenarioError: if a scenario, a path or a measure is wrong, before anything is simulated.
        TooLarge: if a scenario is beyond the budget.
        OutputError, StoreError: if results cannot be kept.
    """
    begun = time.monotonic()
    options = replace(options, overrides=(*options.overrides, *asked.settings))
    with pool_of(options) as pool:
        space = space_of(asked, options.n, len(options.overrides), lambda given: Lab.of(given, options, pool))
        return _Desk(asked, options, space).conduct(begun)


class _Desk:
    """One sweep under way."""

    def __init__(self, asked: Sweeping, options: Options, space: Space) -> None:
        self.asked, self.options, self.space = asked, options, space
        self.design, self.measures, self.lab = space.design, space.measures, space.lab
        self.names = [one.loaded.name for one in self.lab.base]
        self.folder = options.out / "sweep" / self.identity()
        self.seen = len(self.design) <= MOST_SEEN
        self.chosen = [space.chosen(k) for k in range(len(self.design))] if self.seen else []
        self.pairs = ends(self.design, self.chosen) if self.seen else []
        self.kept: dict[int, Samples] = {}
        self.failed: dict[int, str] = {}
        self.failures = 0

    def identity(self) -> str:
        """Twelve hex digits over what is asked: scenarios with seed and code, design and measures; never n or processes."""
        ids = [run_id(one.loaded.digest_text, self.options.seed) for one in self.lab.base]
        axes = [[axis.path, list(axis.values)] for axis in self.design.axes]
        parts: list[Any] = [ids, self.names, self.design.kind, axes, [m.text for m in self.measures]]
        digest = hashlib.sha256(json.dumps(parts).encode())
        for row in self.design.rows or ():
            digest.update(f"{row}".encode())
        return digest.hexdigest()[:12]

    def conduct(self, begun: float) -> Sweep:
        progress = self.options.progress or SilentProgress()
        store = Store(self.folder)
        with store.open(lambda: progress.waiting("sweep")):
            key = f"{self.options.n} {sources_digest()}"
            with Spool(self.folder / "points.jsonl", len(self.design), key) as spool:
                self.simulate(spool)
                progress.doing("sweep", "writing the table")
                done = self.write(store, spool)
                spool.settle()
            store.write_json("summary.json", done.summary)
            store.write_json("manifest.json", self.manifest(time.monotonic() - begun))
            progress.written("sweep")
        return done

    def simulate(self, spool: Spool) -> None:
        """Every point that the spool doesn't know; those at the ends of an axis again, for their replications are paired."""
        always = {number for pair in self.pairs for number in pair}
        numbers = [k for k in range(len(self.design)) if k not in spool or k in always]
        n, size = self.options.n, len(self.design)
        if self.options.progress is not None:
            self.options.progress.begin(f"sweep: {size:,} point{'s' if size != 1 else ''}", (size - len(numbers)) * n, size * n)

        def done(k: int, outcome: Outcome) -> None:
            number = numbers[k]
            if outcome.error:
                outcome = replace(outcome, error=_PLACE.sub("", outcome.error))
            if number in always:
                self.kept[number] = samples(outcome, self.measures)
            spool.add(number, read(outcome, self.measures), final=outcome.result is not None and not outcome.failed)

        self.lab.run(self.proposals(numbers), done)

    def proposals(self, numbers: Iterable[int]) -> Iterator[Proposal]:
        return (self.space.proposal(number) for number in numbers)

    def write(self, store: Store, spool: Spool) -> Sweep:
        """Table, pictures and summary from the spool."""
        for number, cells in spool:
            if error := next((cell[5] for cell in cells if cell[5] and not str(cell[5]).startswith("no mission")), None):
                self.failures += 1
                if len(self.failed) < 1000:
                    self.failed[number] = str(error)
        write_table(self.folder, "sweep", table_of(self.schema(), lambda: self.frames(spool)))
        view = self.view(spool) if self.seen else None
        told = (
            headline(view, self.pairs, self.kept)
            if view
            else f"{len(self.design):,} points: too many for a sentence; see the table."
        )
        if self.failures:
            told = f"Not final, {self.failures:,} of {len(self.design):,} points failed. {told}"
        summary = self.summary(told)
        plots = self.draw(view, told) if view is not None and self.options.plots else ()
        return Sweep(told, summary, self.folder, self.failed, view, plots)

    def schema(self) -> pl.Schema:
        import polars as pl

        columns: dict[str, Any] = {"point": pl.Int64(), "scenario": pl.String(), "provider": pl.String(), "threat": pl.String()}
        for axis in self.design.axes:
            if not axis.chooses:
                columns[self.column(axis.path)] = pl.Float64() if axis.plain else pl.String()
        columns |= {"measure": pl.String(), "unit": pl.String()}
        columns |= dict.fromkeys(("value", "low", "high"), pl.Float64())
        return pl.Schema({**columns, "n": pl.Int64(), "never": pl.String(), "error": pl.String(), "never_ordered": pl.Float64()})

    @staticmethod
    def column(path: str) -> str:
        """The column of a path; ``threat`` itself has one of that name already."""
        return f"{path} (set)" if path in ("threat", "point", "scenario", "provider") else path

    def frames(self, spool: Spool) -> Iterator[pl.DataFrame]:
        """The table, a few rows at a time, in the order of the design."""
        import polars as pl

        schema, rows = self.schema(), []
        parts = known_parts(self.names)
        for number, cells in spool:
            head = self.head(number, parts)
            for measure, cell in zip(self.measures, cells, strict=True):
                rows.append((*head, measure.text, measure.kind.unit, *cell))
            if len(rows) >= FRAME:
                yield pl.DataFrame(rows, schema=schema, orient="row")
                rows = []
        yield pl.DataFrame(rows, schema=schema, orient="row")

    def head(self, number: int, parts: list[tuple[str, str] | None]) -> tuple[Any, ...]:
        """What identifies a point in each of its rows."""
        which = self.space.chosen(number)
        values: list[Any] = []
        for axis, place in zip(self.design.axes, self.design[number], strict=True):
            if not axis.chooses:
                value = None if place == OWN else axis.numbers[place] if axis.plain and axis.numbers else axis.values[place]
                values.append(value)
        return (number, self.names[which], *(parts[which] or (None, None)), *values)

    def view(self, spool: Spool) -> View:
        horizons = {one.loaded.scenario.clock.horizon.mean for one in self.lab.base}
        varied = any(axis.path.startswith("clock") for axis in self.design.axes)
        horizon = math.inf if varied or len(horizons) > 1 else horizons.pop()
        return view_of(self.design, self.names, self.chosen, self.measures, spool, self.options.n, self.options.seed, horizon)

    def draw(self, view: View, told: str) -> tuple[Path, ...]:
        from sim.present.plot_sweep import draw_sweep

        pictures = pictures_in(self.folder, self.options)
        with storing(self.folder):
            draw_sweep(view, told, pictures)
        return tuple(pictures.made)

    def summary(self, told: str) -> Json:
        return {
            "title": self.asked.title,
            "headline": told,
            "folder": f"{self.folder.parent.name}/{self.folder.name}",
            "scenarios": list(dict.fromkeys(self.names)),
            "design": self.design.kind,
            "axes": [{"path": a.path, "unit": a.unit, "values": list(a.values[:1000])} for a in self.design.axes],
            "measures": [{"measure": m.text, "unit": m.kind.unit, "title": m.title} for m in self.measures],
            "points": len(self.design),
            "rows": len(self.design) * len(self.measures),
            "replications": self.options.n,
            "seed": self.options.seed,
            "failed": self.failures,
            "failures": [{"point": number, "error": error} for number, error in list(self.failed.items())[:20]],
            "final": not self.failures,
        }

    def manifest(self, seconds: float) -> Json:
        return {
            "evacsim": __version__,
            "id": self.folder.name,
            "scenarios": [one.loaded.name for one in self.lab.base],
            "points": len(self.design),
            "replications": self.options.n,
            "seed": self.options.seed,
            "failed": self.failures,
            "packages": {name: packaged(name) for name in PACKAGES},
            "wall_seconds": round(seconds, 3),
            "command": self.command(),
        }

    def command(self) -> str:
        """The command that gives this sweep."""
        asked = self.asked
        options = replace(self.options, overrides=self.options.overrides[: len(self.options.overrides) - len(asked.settings)])
        if asked.given:
            return command("sweep", [asked.given], options)
        names = [given.name if isinstance(given, Loaded) else str(given) for given in asked.scenarios]
        words = [word for path, values in asked.values.items() for word in ("--vary", f"{path}={','.join(values)}")]
        words += [word for text in asked.measures for word in ("--measure", text)]
        words += ["--by", asked.by] if asked.by != "total" else []
        return f"{command('sweep', names, options)} {shlex.join(words)}"


def sweep(
    *scenarios: Given,
    vary: Mapping[str, Iterable[Any]] | Iterable[str] = (),
    measures: Iterable[str] = (),
    by: str = "total",
    n: int | None = None,
    seed: int | None = None,
    overrides: Iterable[str] = (),
    jobs: int | None = None,
    out: str | Path = "results",
    plots: bool = True,
    svg: bool = False,
) -> Sweep:
    """Simulates scenarios, or a plan's, over a grid of values; *vary* is path -> values, or texts as ``--vary`` takes them.

    >>> sweep("evacsim:minimal", vary={"airport.gates.main.lanes": [1, 2, 4]}, n=20).table  # doctest: +SKIP
    """
    asked = asked_for(scenarios, vary, tuple(measures), by)
    options = Options(
        n=n or asked.n or 200,
        seed=seed if seed is not None else asked.seed if asked.seed is not None else 1,
        jobs=jobs, overrides=tuple(overrides), out=Path(out), plots=plots, svg=svg,
    )  # fmt: skip
    return sweep_all(asked, options)

"""``sweep``: a scenario at many points of its parameters, all under the same random numbers, as one tidy table.

Each point is kept like a run of its own and its measures in a spool, so that a sweep that was stopped goes on where it was;
the table is written in the order of the design, whatever the order in which points ended.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.as_json import as_json
from sim.analysis.study import Outcome
from sim.experiment.files import ReadOnlyError, storing
from sim.experiment.identity import run_id
from sim.experiment.run import MOST, most_before
from sim.experiment.spool import Spool
from sim.experiment.store import Store
from sim.experiment.tables import table_of, write_table
from sim.present.labels import labels_of
from sim.studies.design.given import spec_of
from sim.studies.design.points import OWN
from sim.studies.design.space import Space, space_of
from sim.studies.engine import Answer, Session
from sim.studies.kept_pictures import describe_pictures
from sim.studies.query import name_of
from sim.studies.sweep.best import COMPARED
from sim.studies.sweep.difference import ends
from sim.studies.sweep.found import FailedPoint, FoundSweep, SweptAxis, SweptMeasure
from sim.studies.sweep.kept_charts import charts_of
from sim.studies.sweep.pictures import Picture, pictures
from sim.studies.sweep.points import Readings, View, known_parts, read, reason, samples, sources_digest, view_of
from sim.studies.sweep.query import SweepQuery
from sim.studies.sweep.words import headline

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, Any]
MOST_SEEN = 20_000
"""Points of a sweep that is drawn and told in a sentence; a larger one is a table alone."""
MOST_ROWS = 5_000
"""Rows of the table in the JSON; more are in the files alone."""
MOST_FAILED = 1_000
"""Points that failed whose reasons are kept, the first ones."""
FRAME = 16_384
"""Rows of the table in memory at a time."""


@dataclass(frozen=True)
class Sweep(Answer):
    """A finished sweep: the sentence, the numbers about it, and where its table is."""

    found: FoundSweep = field(kw_only=True, repr=False)
    """What it is of, and whether it is whole, as typed values."""
    failed: Mapping[int, str] = field(default_factory=dict)
    """Points that failed, wholly or in part, and why (the first thousand); with any of them nothing is final."""
    refused: int = 0
    """How many of them are no scenario: a value doesn't go with the others of its point."""
    view: View | None = field(default=None, repr=False)
    """All of it in memory, for tables and pictures; None if it is too large for that."""

    @property
    def table(self) -> pl.DataFrame:
        """A row per point and measure."""
        import polars as pl

        return pl.read_parquet(self.folder / "sweep.parquet")

    def first_rows(self) -> pl.DataFrame:
        """As many of them as a sheet has room for, and one more where there are more."""
        import polars as pl

        from sim.present.workbook import ROWS

        return pl.scan_parquet(self.folder / "sweep.parquet").head(ROWS + 1).collect()

    def as_json(self) -> Json:
        """The summary, and the table's rows where there are few; ``null`` is infinite where ``never`` says why, else nothing."""
        if self.found.rows > MOST_ROWS:
            return self.summary
        rows = self.table.iter_rows(named=True)
        finite = [{k: None if isinstance(x, float) and not math.isfinite(x) else x for k, x in row.items()} for row in rows]
        return {**self.summary, "table": finite}

    def unfinished(self) -> list[str]:
        if not self.failed:
            return []
        more = self.found.failed - 5
        rest = f"and {more:,} more points failed; " if more > 0 else ""
        lines = [f"point {number}: {error}" for number, error in list(self.failed.items())[:5]]
        return [*lines, f"{rest}the rows of points that failed say why; nothing above is final"]

    @property
    def status(self) -> int:
        """The exit status: 2 where all points that failed are such as no scenario can be, which another try would not change."""
        return 0 if not self.failed else 2 if self.refused == self.found.failed else 3


def answer(query: SweepQuery, session: Session) -> Sweep:
    """Simulates every point of a sweep, or reads what is stored of it, and writes its folder.

    Raises:
        ScenarioError: if a scenario, a path or a measure is wrong, before anything is simulated.
        TooLarge: if a scenario is beyond the budget.
        OutputError, StoreError: if results cannot be kept.
    """
    spec = spec_of(query.scenarios, query.vary, query.measures, query.by)
    # what is to be said of a scenario would be said of each one of a matrix: a sweep keeps quiet about it
    query = query.completed(spec.n, spec.seed)
    space = space_of(spec, replace(session, query=query, hear=lambda prepared: None))
    return SweepScheduler(query, space, spec.title).conduct()


class SweepScheduler:
    """One sweep under way: which points are still to be simulated, and what is known of the others."""

    def __init__(self, query: SweepQuery, space: Space, title: str) -> None:
        self.space, self.title = space, title
        self.design, self.measures, self.runner = space.design, space.measures, space.runner
        self.query, self.progress = query, self.runner.session.progress
        self.names = [one.name for one in self.runner.loaded]
        self.folder = self.query.out / "sweep" / self.identity()
        self.seen = len(self.design) <= MOST_SEEN
        self.chosen = [space.chosen(k) for k in range(len(self.design))] if self.seen else []
        self.pairs = ends(self.design, self.chosen) if self.seen else []
        few = self.seen and not self.pairs and len(self.design) <= COMPARED
        self.compared = {number for pair in self.pairs for number in pair} | set(range(len(self.design)) if few else ())
        """Points whose replications are paired with those of others."""
        self.kept: dict[int, Readings] = {}
        self.failures = self.refused = 0
        self.first: list[tuple[int, str]] = []
        """The first points that failed, a heap by falling number: they end in any order."""

    def identity(self) -> str:
        """Twelve hex digits over what is asked: scenarios with seed and code, design and measures; never n or processes."""
        ids = [run_id(one.digest_text, self.query.seed) for one in self.runner.loaded]
        axes = [[axis.path, list(axis.values)] for axis in self.design.axes]
        parts: list[Any] = [ids, self.names, self.design.kind, axes, [m.text for m in self.measures]]
        digest = hashlib.sha256(json.dumps(parts).encode())
        for row in self.design.rows or ():
            digest.update(f"{row}".encode())
        return digest.hexdigest()[:12]

    def conduct(self) -> Sweep:
        """Simulates what is missing and writes the folder, which nobody else may hold meanwhile."""
        store = Store(self.folder)
        with store.open(lambda: self.progress.waiting("sweep")):
            if store.read_only:
                return self.shown()
            most = most_before(self.folder, self.query.n or 0, self.progress)
            with Spool(self.folder / "points.jsonl", len(self.design), self.key) as spool:
                self.simulate(spool)
                self.progress.doing("sweep", "writing the table")
                done = self.write(spool)
                spool.settle()
            manifest = self.runner.manifest(self.folder) | self.beside() | {MOST: most}
            store.write_json("summary.json", done.summary)
            if self.query.xlsx:
                done = self.runner.with_workbook(done, manifest, {"sweep": done.first_rows()})
            store.write_json("manifest.json", manifest, done.plots)
            self.progress.written("sweep")
        return replace(done, summary=done.summary | {"folder": str(self.folder)})

    def shown(self) -> Sweep:
        """A finished sweep in a folder that can't be written to, as it is.

        Raises:
            ReadOnlyError: if points are missing, which can't be kept.
        """
        size, path = len(self.design), self.folder / "points.jsonl"
        known = 0
        if path.is_file() and not path.is_symlink():
            with Spool(path, size, self.key, writable=False) as spool:
                known = sum(number in spool for number in range(size))
                if known == size:
                    self.simulate(spool)  # reads what is paired
                    done = self.write(spool, writable=False)
                    return replace(done, summary=done.summary | {"folder": str(self.folder)})
        where = f"cannot keep results in {self.folder}, to which nothing can be written"
        raise ReadOnlyError(f"{where}: {size - known:,} of {size:,} points are missing")

    @property
    def key(self) -> str:
        """What the values of the spool are good for."""
        return f"{self.query.n} {sources_digest()}"

    def beside(self) -> Json:
        """What the manifest of a sweep holds beside that of every study; its scenarios may be more than are named."""
        command = self.query.command([name_of(given) for given in self.query.scenarios])
        return {"points": len(self.design), "failed": self.failures, "command": command}

    def simulate(self, spool: Spool) -> None:
        """Every point that the spool doesn't know; those that are compared again, for their replications are paired."""
        always = self.compared
        numbers = [k for k in range(len(self.design)) if k not in spool or k in always]
        n, size = self.query.n, len(self.design)
        self.progress.begin(f"sweep: {size:,} point{'s' if size != 1 else ''}", (size - len(numbers)) * n, size * n)

        def done(k: int, outcome: Outcome) -> None:
            number, why = numbers[k], reason(outcome)
            if number in always:
                self.kept[number] = samples(outcome, self.measures)
            if why is not None:
                self.fail(number, why)
                self.refused += outcome.result is None and not outcome.failed
            if number not in spool:  # read by an earlier command, and now for its replications alone
                spool.add(number, read(outcome, self.measures), final=why is None)

        self.runner.run((self.space.proposal(number) for number in numbers), done)

    def fail(self, number: int, why: str) -> None:
        """Notes a point that failed; none is in the spool of an earlier command, which forgot those that weren't final."""
        self.failures += 1
        keep = heapq.heappush if len(self.first) < MOST_FAILED else heapq.heappushpop
        keep(self.first, (-number, why))

    def write(self, spool: Spool, writable: bool = True) -> Sweep:
        """Table, pictures and summary from the spool; of a folder that isn't *writable* those that are there."""
        if writable:
            write_table(self.folder, "sweep", table_of(self.schema(), lambda: self.frames(spool)))
        failed = {-number: why for number, why in sorted(self.first, reverse=True)}
        view = self.view(spool) if self.seen else None
        size = len(self.design)
        sentence = headline(view, self.pairs, self.kept) if view else f"{size:,} points: too many for a sentence; see the table."
        if self.failures:
            sentence = f"Not final, {self.failures:,} of {size:,} points failed. {sentence}"
        shown = pictures(view, sentence, self.kept) if view is not None else []
        plots: tuple[Path, ...] = () if writable else tuple(sorted(self.folder.glob("sweep*.png")))
        if writable and view is not None and self.query.plots:
            plots = self.draw(view, shown)
        charts = charts_of(view, shown) if view is not None else {}
        found = self.found(sentence, failed)
        return Sweep(
            as_json(found), self.folder, plots, charts=charts, found=found, failed=failed, refused=self.refused, view=view
        )

    def schema(self) -> pl.Schema:
        import polars as pl

        text, number = pl.String(), pl.Float64()
        varied = {self.column(axis.path): number if axis.plain else text for axis in self.design.axes if not axis.chooses}
        columns: dict[str, Any] = {"point": pl.Int64(), "scenario": text, "provider": text, "threat": text, **varied}
        columns |= {"measure": text, "unit": text} | dict.fromkeys(("value", "low", "high"), number)
        return pl.Schema({**columns, "n": pl.Int64(), "never": text, "error": text, "never_ordered": number})

    @staticmethod
    def column(path: str) -> str:
        """The column of a path; ``threat`` itself has one of that name already."""
        return f"{path} (set)" if path in ("threat", "point", "scenario", "provider") else path

    def frames(self, spool: Spool) -> Iterator[pl.DataFrame]:
        """The table, a few rows at a time, in the order of the design."""
        import polars as pl

        schema, rows, parts = self.schema(), [], known_parts(self.names)
        for number, cells in spool:
            head = self.head(number, parts)
            rows += [(*head, m.text, m.kind.unit, *cell) for m, cell in zip(self.measures, cells, strict=True)]
            if len(rows) >= FRAME:
                yield pl.DataFrame(rows, schema=schema, orient="row")
                rows = []
        yield pl.DataFrame(rows, schema=schema, orient="row")

    def head(self, number: int, parts: list[tuple[str, str] | None]) -> tuple[Any, ...]:
        """What identifies a point in each of its rows."""
        which = self.space.chosen(number)
        row = [(axis, place) for axis, place in zip(self.design.axes, self.design[number], strict=True) if not axis.chooses]
        values = (None if at == OWN else axis.numbers[at] if axis.plain and axis.numbers else axis.values[at] for axis, at in row)
        return (number, self.names[which], *(parts[which] or (None, None)), *values)

    def view(self, spool: Spool) -> View:
        horizons = {one.scenario.clock.horizon.mean for one in self.runner.loaded}
        varied = any(axis.path.startswith("clock") for axis in self.design.axes)
        horizon = math.inf if varied or len(horizons) > 1 else horizons.pop()
        return view_of(
            self.design,
            self.names,
            self.chosen,
            self.measures,
            spool,
            self.query.n,
            self.query.seed,
            horizon,
            labels_of(self.names, [one.scenario.title for one in self.runner.loaded]),
            self.runner.titles,
        )

    def draw(self, view: View, shown: Sequence[Picture]) -> tuple[Path, ...]:
        into = self.runner.pictures(self.folder)
        with storing(self.folder):
            into.by("sim.studies.sweep.plot", lambda plot: plot.draw_pictures(view, shown, into))
            describe_pictures(self.folder)
        return tuple(into.made)

    def found(self, sentence: str, failed: Mapping[int, str]) -> FoundSweep:
        assert self.query.n is not None  # completed from the design
        assert self.query.seed is not None
        return FoundSweep(
            title=self.title,
            headline=sentence,
            folder=f"{self.folder.parent.name}/{self.folder.name}",
            scenarios=tuple(dict.fromkeys(self.names)),
            design=self.design.kind,
            axes=tuple(SweptAxis(a.path, a.unit, tuple(a.values[:1000])) for a in self.design.axes),
            measures=tuple(SweptMeasure(m.text, m.kind.unit, m.title) for m in self.measures),
            points=len(self.design),
            rows=len(self.design) * len(self.measures),
            replications=self.query.n,
            seed=self.query.seed,
            failed=self.failures,
            failures=tuple(FailedPoint(number, error) for number, error in list(failed.items())[:20]),
            final=not self.failures,
        )

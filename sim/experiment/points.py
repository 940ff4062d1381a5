"""Many scenarios as one piece of work: the points of a study share one workers, and each is kept like a run of its own.

A point is a scenario with a number of replications.  Its blocks lie where ``evacsim run`` of the same scenario keeps them,
so that studies, runs and repeated commands share what is simulated; tables for people are made by ``run`` alone.  Points
are taken as workers become free, and a point is done when its last replication is: a study needs the memory of the few
points in flight, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sim.experiment.files import Busy
from sim.experiment.jobs import drive
from sim.experiment.result import Result
from sim.experiment.run import Progress, RunSpec, SilentProgress, Source, jobs_for, result_of, store_of
from sim.experiment.store import Store
from sim.experiment.work import Engine, Job, Piece
from sim.experiment.workers import WorkerPool


@dataclass(frozen=True)
class Point:
    """One scenario of a study; *key* is whatever the study knows it by."""

    key: Any
    source: Source
    n: int


@dataclass
class _OpenPoint:
    """A point whose folder this command holds, and what is still in flight of it."""

    point: Point
    store: Store
    held: ExitStack
    missing: set[int] = field(default_factory=set)


def run_points(
    points: Iterable[Point],
    spec: RunSpec,
    workers: WorkerPool,
    done: Callable[[Any, Result], None],
    *,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> None:
    """Simulates what is missing of every point and calls *done* with its key and result, in the order in which they end.

    *spec* gives seed and folder; each point has its own number of replications.  A point whose folder another command
    holds is put off until all others are done, when nothing is held that the other command could wait for.  *progress* is
    told of replications only (``advance``; stored ones by ``stored``): whoever knows how many there will be says ``begin``.

    Raises:
        OutputError, StoreError: if results cannot be kept; finished blocks are.
        KeyboardInterrupt: after Ctrl-C; finished replications are kept.
    """
    scheduler = PointScheduler(spec, workers, done, progress or SilentProgress(), engine)
    try:
        drive(scheduler.jobs(points), workers, scheduler.keep)
    finally:
        scheduler.close()


class PointScheduler:
    """Opens points, hands out their jobs, keeps what comes back and closes them."""

    def __init__(
        self, spec: RunSpec, workers: WorkerPool, done: Callable[[Any, Result], None], progress: Progress, engine: Engine | None
    ) -> None:
        self.spec, self.workers, self.done, self.progress, self.engine = spec, workers, done, progress, engine
        self.open: dict[Job, _OpenPoint] = {}  # by job in flight

    def jobs(self, points: Iterable[Point]) -> Iterator[Job | None]:
        """The jobs of every point in turn; ``None`` while a folder that others hold must wait for our own to be closed."""
        busy: list[Point] = []
        for point in points:
            try:
                yield from self._jobs_of(point, wait=False)
            except Busy:
                busy.append(point)
        for point in busy:
            while self.open:
                yield None
            yield from self._jobs_of(point, wait=True)

    def _jobs_of(self, point: Point, *, wait: bool) -> Iterator[Job]:
        def waiting() -> None:
            if not wait:
                raise Busy
            self.progress.waiting(point.source.name)

        held = ExitStack()
        store = store_of(point.source, self.spec.seed, self.spec.out)
        held.enter_context(store.open(waiting))
        try:
            stored = store.stored(point.n)
            self.progress.stored(len(stored))
            opened = _OpenPoint(point, store, held, set(range(point.n)) - stored)
            jobs = list(jobs_for(point.source, self.spec.seed, opened.missing, self.workers, self.engine))
            self.open |= dict.fromkeys(jobs, opened)
        except BaseException:
            held.close()
            raise
        if not jobs:
            self._finish(opened)
        yield from jobs

    def keep(self, job: Job, piece: Piece) -> None:
        """Stores a piece; the point is done with its last one."""
        opened = self.open[job]
        opened.store.add(piece.block)
        self.progress.advance(piece.tried, piece.seconds, self.workers.jobs)
        opened.missing -= {*piece.block.replications, *(f.replication for f in piece.block.failures)}
        if not piece.interrupted:
            del self.open[job]
        if not opened.missing:
            self._finish(opened)

    def _finish(self, opened: _OpenPoint) -> None:
        try:
            result = result_of(opened.store, opened.point.source, self.spec.seed, opened.point.n)
            self.done(opened.point.key, result)
        finally:
            opened.held.close()

    def close(self) -> None:
        """Lets go of every folder."""
        for opened in self.open.values():
            opened.held.close()
        self.open.clear()

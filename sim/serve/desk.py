"""Who simulates what browsers ask for: one thread that hands pieces to the workers, the most wanted first.

Every answer is simulated in steps (:attr:`~sim.serve.query.ServeQuery.looks`), and kept in blocks as a run keeps them.  What
nobody asks for any more is not begun; pieces that are in hand are finished and kept.  A browser asks again and again as long as
it wants an answer, so that a tab that was closed, or a laptop that sleeps, is forgotten after :data:`PATIENCE`.
"""

from __future__ import annotations

import math
import pickle
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

from sim.experiment import OutputError, StoreError, WorkerPool
from sim.experiment.blocks import SIZE
from sim.experiment.files import Busy
from sim.experiment.jobs import drive
from sim.experiment.run import store_of
from sim.experiment.store import Store, pieces
from sim.experiment.work import Job, Piece, model_engine
from sim.serve.query import ServeQuery
from sim.serve.wishes import Wish
from sim.studies.preparing import Prepared

PATIENCE = 60.0
"""Seconds for which an answer is worked on after a browser asked for it; browsers let hidden pages ask rarely."""
AGAIN = 0.5
"""Seconds after which a folder that another command holds is tried again."""
HOLD = 1.0
"""Seconds for which no more is begun of a point that has its first look, until somebody has that: an answer takes a processor."""
MOST_BROWSERS = 100
MANY = 1_000_000
"""Workers for which pieces are made as small as can be: so a new question waits least for those in hand."""


class Point:
    """A scenario with settings under way: what is stored of it, what is in hand, and what went wrong."""

    def __init__(self, wish: Wish, prepared: Prepared, query: ServeQuery) -> None:
        """Sees what is stored; raises OutputError if that can't be read."""
        self.wish, self.prepared, self.query = wish, prepared, query
        self.store = store_of(prepared.loaded, query.seed, query.out)
        self.tried = self.store.stored(query.n)
        """Replications that are stored, or failed in this session."""
        self.in_hand: set[int] = set()
        """Replications that a worker has, or that are not stored yet."""
        self.pieces: list[Piece] = []
        """What is not stored yet: a block is written once for several of them."""
        self.held: ExitStack | None = None
        """The folder, as long as it is worked in."""
        self.waits = 0.0
        """Until when a folder that another command holds is left alone; 0 where none does."""
        self.error = ""
        """Why there is no more to come."""
        self.answered = 0
        """Replications of the latest look of which an answer was made."""
        self.complete_at = math.inf
        """Since when the first look is complete."""
        self.note_complete()

    def note_complete(self) -> None:
        """Notes when the first look is complete."""
        if self.ready and self.complete_at == math.inf:
            self.complete_at = time.monotonic()

    def is_held(self, look: int, now: float) -> bool:
        """Whether a piece of a later look must wait until the first look is answered."""
        return look > self.query.looks[0] and not self.answered and now < self.complete_at + HOLD

    @property
    def ready(self) -> int:
        """Replications of the latest look that is complete; 0 before the first."""
        return max((n for n in self.query.looks if self._complete(n)), default=0)

    @property
    def target(self) -> int | None:
        """Replications of the next look; None once all are there."""
        return next((n for n in self.query.looks if not self._complete(n)), None)

    def _complete(self, n: int) -> bool:
        return all(k in self.tried for k in range(n))

    @property
    def done(self) -> int:
        """Replications that are known by now, or failed."""
        return len(self.tried | self.unstored)

    @property
    def unstored(self) -> set[int]:
        """Replications of the pieces that are not stored yet."""
        return {k for piece in self.pieces for k in _tried(piece)}

    @property
    def due(self) -> bool:
        """Whether it is time to store what isn't yet: a look is complete, or much would be lost."""
        known, target = self.unstored, self.target
        return target is not None and (set(range(target)) <= self.tried | known or len(known) >= SIZE)

    @property
    def state(self) -> str:
        """``done``, ``failed``, ``waiting`` for another command, or ``working``."""
        return "failed" if self.error else "done" if self.target is None else "waiting" if self.waits else "working"

    def left(self) -> tuple[int, set[int]]:
        """The nearest look for which nobody has all in hand, and what is left to do for it; nothing once all is in hand."""
        for n in self.query.looks:
            if left := set(range(n)) - self.tried - self.in_hand:
                return n, left
        return self.query.n, set()

    def job(self) -> Job | None:
        """The next piece."""
        left = self.left()[1]
        if not left:
            return None
        inputs = self.prepared.loaded.inputs
        piece = next(pieces(left, MANY, inputs.per_set if inputs is not None else 1))
        return Job(self._pickled, self.query.seed, piece, model_engine())

    @cached_property
    def _pickled(self) -> bytes:
        return pickle.dumps(self.prepared.loaded.simulated, protocol=pickle.HIGHEST_PROTOCOL)


def _tried(piece: Piece) -> set[int]:
    """Replications that were simulated or failed."""
    return {*piece.block.replications, *(failure.replication for failure in piece.block.failures)}


@dataclass
class _Want:
    """What a browser wants, the first before the others."""

    points: tuple[Point, ...]
    asked: float
    until: float


class Desk:
    """Works on what is wanted, in a thread of its own."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self._change = threading.Condition()
        self._wants: dict[str, _Want] = {}
        self._in_hand: dict[Job, Point] = {}
        self._open: set[Point] = set()
        self._ended = False
        self.failure: BaseException | None = None
        """Why nobody can work any more."""
        self.interrupted = threading.Event()
        """Set once nobody works any more, or somebody was told of a Ctrl-C whom it wasn't meant for."""
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        """Begins to work."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the work; what the workers have finished by then is kept.  Returns once nothing is held any more."""
        with self._change:
            self._ended = True
            self._change.notify_all()
        self._thread.join()

    def want(self, browser: str, points: Sequence[Point], *, again: bool = False) -> None:
        """A browser wants these, and nothing else any more; *again*: what went wrong before is tried once more."""
        now = time.monotonic()
        with self._change:
            known = self._wants.pop(browser, None)
            asked = known.asked if known is not None and known.points == tuple(points) else now
            self._wants[browser] = _Want(tuple(points), asked, now + PATIENCE)
            while len(self._wants) > MOST_BROWSERS:
                del self._wants[next(iter(self._wants))]
            for point in points if again else ():
                point.error = ""
            self._change.notify_all()

    def answered(self, point: Point, n: int) -> None:
        """Somebody has the answer of its first *n* replications."""
        with self._change:
            point.answered = max(point.answered, n)
            self._change.notify_all()

    def wants(self, point: Point) -> bool:
        """Whether a browser wants it still."""
        with self._change:
            return any(point in want.points for want in self._wants.values())

    # -- in the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while True:
                with self._change:
                    self._let_go()
                    while not self._ended and self._next() is None:
                        self._change.wait(AGAIN)
                        self._let_go()
                    if self._ended:
                        return
                drive(self, self._pool, self._keep)
        except KeyboardInterrupt:
            pass  # which _job raised at the end
        except BaseException as error:
            self.failure = error  # told by whoever waits for the end of the session
        finally:
            for point in [*self._open]:
                self._close(point)
            self.interrupted.set()

    def __iter__(self) -> Desk:
        return self

    def __next__(self) -> Job | None:
        """The piece that is wanted most; None while there is none.

        Raises:
            KeyboardInterrupt: once the work is to end, which has what is finished handed in.
        """
        with self._change:
            while True:
                if self._ended:
                    raise KeyboardInterrupt
                self._let_go()
                point = self._next()
                if point is None:
                    return None
                if self._opened(point) and (job := point.job()) is not None:
                    point.in_hand |= {*job.replications}
                    self._in_hand[job] = point
                    return job

    def _next(self) -> Point | None:
        """The point whose next look is nearest, of those that are wanted and can be worked on."""
        now = time.monotonic()
        best: tuple[tuple[int, int, float], Point] | None = None
        for want in self._wants.values():
            for rank, point in enumerate(want.points if want.until > now else ()):
                look, left = point.left()
                if not left or point.error or point.waits > now or point.is_held(look, now):
                    continue
                order = (look, rank, -want.asked)
                if best is None or order < best[0]:
                    best = order, point
        return best[1] if best is not None else None

    def _opened(self, point: Point) -> bool:
        """Whether there is a piece to do, once the folder is held and what another command added is seen."""

        def busy() -> None:
            raise Busy

        try:
            if point.held is None:
                with ExitStack() as held:
                    point.store = Store(point.store.folder)
                    held.enter_context(point.store.open(busy))
                    point.tried |= point.store.stored(point.query.n)
                    point.note_complete()
                    point.held, point.waits = held.pop_all(), 0.0
                    self._open.add(point)
        except Busy:
            point.waits = time.monotonic() + AGAIN
        except (OutputError, StoreError) as error:
            self._fail(point, error)
        return point.held is not None and not point.error

    def _keep(self, job: Job, piece: Piece) -> None:
        point = self._in_hand[job] if piece.interrupted else self._in_hand.pop(job)
        with self._change:
            point.pieces.append(piece)
            point.in_hand -= {*job.replications} - _tried(piece)
        if point.due:
            self._store(point)
        with self._change:
            self._let_go()

    def _store(self, point: Point) -> None:
        """Stores what isn't yet."""
        pieces, known = point.pieces, point.unstored
        try:
            try:
                point.store.add(*(piece.block for piece in pieces))
            except KeyboardInterrupt:  # which the library of tables raises in whichever thread it is
                point.store.add(*(piece.block for piece in pieces))
                raise
        except (OutputError, StoreError) as error:
            with self._change:
                self._fail(point, error)
        else:
            with self._change:
                point.tried |= known
                point.note_complete()
        finally:
            with self._change:
                point.pieces = []
                point.in_hand -= known

    def _fail(self, point: Point, error: Exception) -> None:
        point.error = str(error)

    def _let_go(self) -> None:
        """Drops what nobody wants any more, and lets go of the folders in which nothing is done."""
        now = time.monotonic()
        self._wants = {browser: want for browser, want in self._wants.items() if want.until > now}
        wanted = {id(point) for want in self._wants.values() for point in want.points}
        for point in [*self._open]:
            if point.in_hand <= point.unstored and (id(point) not in wanted or point.target is None or point.error):
                self._close(point)

    def _close(self, point: Point) -> None:
        if point.pieces:
            self._store(point)
        self._open.discard(point)
        held, point.held = point.held, None
        if held is not None:
            held.close()

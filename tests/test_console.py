"""Progress: the time left is true from the first tenth on, for work that comes in jumps; and it is said what is being done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim.console import Bar, Lines, Pace
from sim.experiment.store import pieces
from sim.studies.compare.query import CompareQuery
from sim.studies.engine import answer


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def arrivals(sizes: list[int], workers: int, each: float, start: list[float]) -> Iterator[tuple[float, int, float]]:
    """When each piece of *sizes* comes in, how many replications it holds and how long its worker took; *each* of them alike.

    Worker w is ready to work at ``start[w]``, and takes the next piece whenever it is free.
    """
    free = list(start)
    found = []
    for size in sizes:
        w = min(range(workers), key=lambda k: free[k])
        free[w] += size * each
        found.append((free[w], size, size * each))
    yield from sorted(found)


def run(n: int, workers: int, each: float, start: list[float], stored: int = 0) -> Iterator[tuple[float, float, float, float]]:
    """At every quarter of a second from the first tenth on: the moment, the time left as said and as it is, a piece's time."""
    clock = Clock()
    pace = Pace(clock)
    sizes = [len(piece) for piece in pieces(range(stored, n), workers)]
    events = list(arrivals(sizes, workers, each, start))
    end, done, at = events[-1][0], stored, 0
    pace.begin(n - stored)
    while clock.now <= end:
        while at < len(events) and events[at][0] <= clock.now:
            _, size, seconds = events[at]
            pace.advance(size, seconds, workers)
            done, at = done + size, at + 1
        if done - stored >= 0.1 * (n - stored):
            assert pace.left is not None
            yield clock.now, pace.left, end - clock.now, max(sizes) * each
        clock.now += 0.25


@pytest.mark.parametrize("start", [[0.0, 0.0], [2.0, 2.4], [2.0, 9.0], [40.0, 40.0]], ids=["at once", "imports", "apart", "late"])
@pytest.mark.parametrize(("n", "each"), [(200, 0.08), (200, 1.2), (1000, 0.6), (60, 2.0), (2000, 0.1)])
def test_the_time_left_is_true_from_the_first_tenth_on(n: int, each: float, start: list[float]) -> None:
    """Equal work, two workers, pieces of a block: never off by more than the time of a piece, in which nothing is heard.

    The workers' start, however long, is not taken for work.  Nobody can know that one will begin much later than the other:
    by half of that the time may be off, too.
    """
    seen = list(run(n, 2, each, start))
    assert len(seen) > 3
    apart = (max(start) - min(start)) / 2
    for now, said, true, piece in seen:
        assert said == pytest.approx(true, abs=piece + apart + 0.25), f"at {now} s"
    if n >= 1000 and start[0] == start[1]:
        assert max(abs(said - true) / true for _, said, true, piece in seen if true > 10 * piece) < 0.05


@pytest.mark.parametrize("workers", [1, 2, 4, 8])
def test_for_any_number_of_workers(workers: int) -> None:
    for now, said, true, piece in run(800, workers, 0.5, [1.0] * workers):
        assert said == pytest.approx(true, abs=piece + 0.25), f"at {now} s"


def test_what_is_stored_counts_for_nothing() -> None:
    """Of 1,000 replications 900 are stored: the rest takes as long as 100 of 100."""
    for now, said, true, piece in run(1000, 2, 0.5, [1.0, 1.0], stored=900):
        assert said == pytest.approx(true, abs=piece + 0.25), f"at {now} s"


def test_a_clock_does_not_jump_up_while_nothing_comes() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.begin(100)
    assert pace.left is None
    clock.now = 5.0  # four seconds of start, one of work
    pace.advance(20, 1.0, 1)
    assert (pace.left, pace.rate) == (pytest.approx(4.0), pytest.approx(20.0))
    clock.now = 7.0
    assert pace.left == pytest.approx(2.0)
    clock.now = 60.0
    assert pace.left == 0.0


def test_the_time_left_is_that_of_all_scenarios_of_the_command() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.ahead(100)
    pace.begin(100)
    pace.advance(50, 5.0, 1)
    assert pace.left == pytest.approx(15.0)
    pace.advance(50, 5.0, 1)
    clock.now = 20.0  # pictures
    pace.ahead(0)
    pace.begin(100)
    assert pace.left == pytest.approx(10.0), "until the first of its own is there, the next one is taken to be like the last"
    pace.advance(50, 10.0, 1)
    assert pace.left == pytest.approx(10.0)


def test_a_piece_whose_worker_was_lost_says_nothing_of_the_pace() -> None:
    pace = Pace(Clock())
    pace.begin(60)
    pace.advance(20, 2.0, 1)
    pace.advance(20, 0.0, 1)
    assert (pace.left, pace.rate) == (pytest.approx(2.0), pytest.approx(10.0))


def test_lines_go_on_while_it_is_drawn() -> None:
    clock, said = Clock(), list[str]()
    lines = Lines(said.append, clock)
    lines.ahead(0)
    lines.begin("one", 0, 200)
    for moment in range(1, 11):
        clock.now = 3.0 + 6.0 * moment
        lines.advance(20, 12.0, 2)
    lines.doing("one", "writing tables")  # too soon after the last line
    for moment, what in ((64.0, "drawing out"), (64.5, "drawing completion"), (67.0, "drawing hours")):
        clock.now = moment
        lines.doing("one", what)
    assert said == [
        "one: 200 replications",
        "one: 40 of 200, 3.3/s, 0:45 left",
        "one: 80 of 200, 3.3/s, 0:33 left",
        "one: 120 of 200, 3.3/s, 0:21 left",
        "one: 160 of 200, 3.3/s, 0:09 left",
        "one: 200 of 200, 3.3/s in 1:03",
        "one: drawing hours",
    ]


class Shown:
    """What a bar is given."""

    def __init__(self) -> None:
        self.rates: list[str] = []

    def add_task(self, name: str, **fields: object) -> int:
        self.rates.append(str(fields["rate"]))
        return 0

    def update(self, task: int, **fields: object) -> None:
        self.rates += [str(fields["rate"])] if "rate" in fields else []


def test_a_bar_says_what_is_done_after_the_simulation() -> None:
    shown = Shown()
    bar = Bar(shown, Pace(Clock()))
    bar.doing("compare", "drawing before anything was begun")
    bar.begin("one", 0, 20)
    bar.advance(20, 2.0, 1)
    bar.doing("one", "drawing out")
    bar.written("one")
    assert shown.rates == ["", "10.0/s", "drawing out", "10.0/s"]


def test_a_command_tells_what_is_ahead_and_what_it_draws(tmp_path: Path) -> None:
    """A scenario of which 2 of 4 are stored, then one of which nothing is; pictures of both and of the comparison."""
    told: list[str] = []

    class Told:
        def __getattr__(self, name: str) -> object:
            return lambda *words: told.append(" ".join(map(str, [name, *words[: 2 if name != "advance" else 1]])))

    sim.run("evacsim:minimal", n=2, jobs=1, out=tmp_path, plots=False)
    other = sim.load("evacsim:minimal", ["airport.gates.main.lanes=1"])
    answer(CompareQuery.of(base=other, others=["evacsim:minimal"], n=4, jobs=1, out=tmp_path), Told())  # type: ignore[arg-type]
    assert [words for words in told if words.split()[0] in ("ahead", "begin")] == [
        "ahead 2", "begin minimal 0", "ahead 0", "begin minimal 2",
    ]  # fmt: skip
    drawn = [words.split("drawing ")[1] for words in told if "drawing" in words]
    names = ["out", "completion", "hours", "bottleneck"]
    assert drawn == [*names, *names, *(f"compare-{name}" for name in names)]

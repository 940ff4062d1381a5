"""Where studies get their results: loads what is proposed, simulates what is missing, hands back outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.experiment import Point, Result, RunSpec, SilentProgress, WorkerPool, run_points
from sim.scenario import Layers, Loaded, ScenarioError
from sim.studies.options import Options
from sim.studies.preparing import Prepared, TooLarge, prepare
from sim.studies.query import Given

T = TypeVar("T")


@dataclass(frozen=True)
class Lab:
    """Scenarios under study with one pool of workers.  All points share the seed, so that their replications pair."""

    given: tuple[Given, ...]
    base: tuple[Prepared, ...]
    """The scenarios as they are without any setting of the study."""
    options: Options
    pool: WorkerPool
    layers: dict[int, Layers] = field(default_factory=dict)
    """Files read and merged, by scenario: once for all points."""

    @classmethod
    def of(cls, scenarios: Sequence[Given], options: Options, pool: WorkerPool) -> Lab:
        """Checks every scenario before anything is simulated; raises ScenarioError and TooLarge as ``prepare`` does."""
        return cls(tuple(scenarios), tuple(prepare(scenarios, options.overrides, options.allow_large)), options, pool)

    def source(self, proposal: Proposal) -> Loaded:
        """The scenario of a proposal; raises ScenarioError if a setting is not accepted, TooLarge if it is beyond the budget."""
        from sim.scenario import estimate

        if not proposal.settings:
            return self.base[proposal.scenario].loaded
        given = self.given[proposal.scenario]
        if proposal.scenario not in self.layers:
            here = Layers.of_text(given.canonical, f"{given.name}.yaml") if isinstance(given, Loaded) else Layers.of(given)
            self.layers[proposal.scenario] = here
        before = () if isinstance(given, Loaded) else self.options.overrides
        one = self.layers[proposal.scenario].load((*before, *proposal.settings))
        excess = estimate(one.scenario).excess
        if excess and not self.options.allow_large:
            raise TooLarge(excess)
        return one

    def run(self, proposals: Iterable[Proposal], done: Callable[[int, Outcome], None]) -> None:
        """Simulates proposals as they come and calls *done* with the number of each and its outcome, as they end.

        A proposal whose settings are not accepted, or whose replications all failed, is an outcome with an error.
        """
        under_way: dict[int, Proposal] = {}
        progress = self.options.progress or SilentProgress()

        def points() -> Iterator[Point]:
            for number, proposal in enumerate(proposals):
                try:
                    source = self.source(proposal)
                except (ScenarioError, TooLarge) as error:
                    progress.stored(proposal.n)
                    done(number, Outcome(proposal, error=_line(error)))
                    continue
                under_way[number] = proposal
                yield Point(number, source, proposal.n)

        def ended(number: int, result: Result) -> None:
            done(number, _outcome(under_way.pop(number), result))

        run_points(points(), RunSpec(seed=self.options.seed, out=self.options.out), self.pool, ended, progress=progress)

    def gather(self, batch: Batch) -> list[Any]:
        """What was read of each point of a batch, in its order."""
        found: dict[int, Any] = {}
        self.run(batch.proposals, lambda number, outcome: found.__setitem__(number, batch.read(outcome)))
        return [found[number] for number in range(len(batch.proposals))]

    def conduct(self, study: Study[T], title: str = "study") -> T:
        """Drives a study to its answer; progress shows each batch that it proposes."""
        progress = self.options.progress or SilentProgress()
        try:
            batch = next(study)
            while True:
                points = len(batch.proposals)
                many = f"{title}: {points:,} point{'s' if points != 1 else ''}"
                progress.begin(batch.note or many, 0, sum(p.n for p in batch.proposals))
                batch = study.send(self.gather(batch))
        except StopIteration as stop:
            answer: T = stop.value
            return answer
        finally:
            study.close()


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

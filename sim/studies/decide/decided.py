"""The answer as typed values, in the unit of the objective: what ``--json``, tables, pictures and sentences are made from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.decision import Best, Regrets, Selection, best_shares
from sim.analysis.information import Information
from sim.analysis.spread import Range, outcome_range
from sim.analysis.statistics import Estimate
from sim.studies.decide.goal import Goal
from sim.studies.decide.options import Choice
from sim.studies.decide.seen import Seen
from sim.studies.decide.study import End, Problem, Result

NOTHING = Estimate(math.nan, None, None)
NOWHERE, NEVER = Range(None, math.nan, None), Best(NOTHING, 0, 0)


@dataclass(frozen=True)
class OptionResult:
    """What speaks for an option."""

    choice: Choice
    expected: Estimate = NOTHING
    """The objective on average over what isn't known and chance."""
    worst: Estimate = NOTHING
    """What it comes to at the worst in nine of ten sets."""
    chance: Estimate = NOTHING
    """That all are out by the moment that is asked for, or at all."""
    best: Best = NEVER
    regret: Estimate = NOTHING
    greatest: Estimate = NOTHING
    """Regret in the tenth of the sets where it is greatest."""
    beyond: Estimate = NOTHING
    """How much worse it is than the option chosen; its interval is at the level of the choice."""
    outcome: Range = NOWHERE
    """Where nine of ten replications lie."""
    failed: int = 0
    error: str | None = None


@dataclass(frozen=True)
class Decided:
    """A decision."""

    goal: Goal
    options: tuple[OptionResult, ...]
    """In the order of scenarios and levers."""
    n: int
    """Replications of each option, failed ones included."""
    per_set: int
    sets: int
    """States of the world: sets of inputs, or replications where nothing is drawn."""
    seed: int
    result: Result
    failed: int
    fixed: bool
    """Whether the number of replications was given."""

    @property
    def drawn(self) -> bool:
        """Whether any input is drawn, so that states of the world are sets of inputs."""
        return self.result.side is not None and bool(self.result.side.names)

    @property
    def selection(self) -> Selection | None:
        """None where nothing can be chosen."""
        return self.result.selection if self.result.regrets is not None else None

    @property
    def chosen(self) -> OptionResult | None:
        """The option of least expected loss."""
        return None if self.selection is None else self.options[self.selection.best]

    @property
    def regrets(self) -> Regrets | None:
        """Of all options."""
        return self.result.regrets

    @property
    def information(self) -> Information | None:
        """What it would be worth to know an input."""
        return self.result.information

    @property
    def ends(self) -> tuple[End, ...]:
        """The choice with all inputs at either end."""
        return self.result.ends

    @property
    def final(self) -> bool:
        """Whether nothing has failed."""
        return not self.failed and not any(option.error for option in self.options)

    @property
    def one_kind(self) -> bool:
        """Whether no state of the world tells any two of the options apart."""
        side = self.result.side
        return side is not None and bool((side.states.values == side.states.values[:1]).all())


def decided_of(problem: Problem, result: Result) -> Decided:
    """The answer from what was simulated."""
    goal, side, selection, regret = problem.goal, result.side, result.selection, result.regrets
    bare = [OptionResult(c, failed=s.failed, error=s.error) for c, s in zip(problem.choices, result.seen, strict=True)]
    options = tuple(bare)
    if side is not None and selection is not None and regret is not None:
        shares = best_shares(side.states, goal.within)
        options = tuple(_option(problem, result, k, one, shares[k]) for k, one in enumerate(bare))
    failed = sum(one.failed for one in result.seen) + result.failed
    sets = 0 if side is None else side.states.sets.count
    return Decided(goal, options, result.n, problem.per_set, sets, problem.seed, result, failed, problem.n is not None)


def _option(problem: Problem, result: Result, k: int, bare: OptionResult, best: Best) -> OptionResult:
    side, selection, regret, sign = result.side, result.selection, result.regrets, problem.goal.sign
    assert side is not None
    assert selection is not None
    assert regret is not None
    seen: Sequence[Seen] = result.seen
    return OptionResult(
        bare.choice,
        signed(side.states.expected(k), sign),
        signed(side.states.worst(k), sign),
        seen[k].chance(),
        best,
        regret.expected[k],
        regret.greatest[k],
        selection.beyond[k],
        outcome_range(sign * side.states.values[k]),
        bare.failed,
    )


def signed(loss: Estimate, sign: int) -> Estimate:
    """A loss as the measure it is made of."""
    return loss if sign > 0 else Estimate(-loss.value, *(None if end is None else -end for end in (loss.high, loss.low)))

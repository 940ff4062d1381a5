"""What is read of an option's replications, and the options of a look put side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.analysis.decision import States
from sim.analysis.measure import Reading
from sim.analysis.outcomes import Truths
from sim.analysis.sets import Sets, share
from sim.analysis.statistics import Estimate, Floats
from sim.analysis.study import Outcome
from sim.model.inputs import positions
from sim.scenario.inputs import Inputs
from sim.studies.decide.goal import Goal

Ints = NDArray[np.int64]
NO_INTS: Ints = np.zeros(0, dtype=np.int64)
NO_FLOATS: Floats = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Seen:
    """One option, or one point near it: arrays of shape (n,) over its completed replications."""

    error: str | None = None
    failed: int = 0
    replication: Ints = field(default_factory=lambda: NO_INTS)
    sets: Ints = field(default_factory=lambda: NO_INTS)
    loss: Floats = field(default_factory=lambda: NO_FLOATS)
    """The measure, less of it being better; nan where there is none."""
    most: float = 0.0
    """No measure is more."""
    in_time: Truths = field(default_factory=lambda: np.zeros(0, dtype=bool))
    """All out by the moment that is asked for, or at all."""
    unasked: float = 0.0
    """People whom nobody ordered out, on average: they are not among all that are out."""

    def chance(self) -> Estimate:
        """Share of the replications with all out in time."""
        return share(self.in_time, Sets.of(self.sets))


def reader(goal: Goal) -> Callable[[Outcome], Seen]:
    """Reads a point as it ends."""

    def read(outcome: Outcome) -> Seen:
        if outcome.result is None:
            return Seen(outcome.error or "no result", outcome.failed)
        reading = Reading(outcome.result)
        o, samples = reading.outcomes(goal.measure.scope), reading.samples(goal.measure)
        by = goal.by_h[outcome.proposal.scenario] if goal.by_h else None
        in_time = o.all_out if by is None else (o.to_move == 0) | (o.t100_h <= by + 1e-9)
        return Seen(
            None, outcome.failed, samples.replication, samples.sets, goal.sign * samples.values, samples.most,
            np.asarray(in_time), o.not_among(np.asarray(in_time)),
        )  # fmt: skip

    return read


@dataclass(frozen=True, eq=False)
class Together:
    """The options in the replications that all of them have."""

    states: States
    numbers: Ints
    """Shape (S,): the sets of inputs, by the numbers that they are drawn under."""
    names: tuple[str, ...] = ()
    """Of the F inputs that any option draws."""
    positions: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    """Shape (S, F)."""


def together(seen: Sequence[Seen], sign: int, drawn: Sequence[Inputs | None] = (), seed: int = 0) -> Together:
    """Options side by side, replication by replication, with where the inputs that are *drawn* of any option stand.

    The sets are the larger ones, if those of one option are.
    """
    rows = _common(seen)[1]
    sets = min((Sets.of(one.sets[at]) for one, at in zip(seen, rows, strict=True)), key=lambda s: s.count)
    states = _states(seen, rows, sets, sign)
    numbers = states.sets.numbers
    columns: dict[str, Floats] = {}
    for inputs in filter(None, drawn):
        at = np.array([positions(inputs, seed, number) for number in numbers.tolist()]).reshape(numbers.size, -1)
        columns |= {name: at[:, k] for k, name in enumerate(inputs.names) if name not in columns}
    names = tuple(sorted(columns))
    where = np.column_stack([columns[name] for name in names]) if names else np.zeros((numbers.size, 0))
    return Together(states, numbers, names, where)


def apiece(seen: Sequence[Seen], sign: int) -> States:
    """Options side by side where no input is drawn any more: every replication is a state of its own."""
    common, rows = _common(seen)
    return _states(seen, rows, Sets.of(common), sign)


def _common(seen: Sequence[Seen]) -> tuple[Ints, list[Ints]]:
    """The replications that all have, and where each has them."""
    common = seen[0].replication
    for one in seen[1:]:
        common = np.intersect1d(common, one.replication, assume_unique=True)
    return common, [np.searchsorted(one.replication, common) for one in seen]


def _states(seen: Sequence[Seen], rows: Sequence[Ints], sets: Sets, sign: int) -> States:
    most = max(one.most for one in seen)
    losses = np.array([one.loss[at] for one, at in zip(seen, rows, strict=True)])
    return States.of(losses, sets, (0.0, most) if sign > 0 else (-most, 0.0))

"""The study: sets of inputs are added until the choice can be told, then all inputs are put to their ends, then one at a time.

At the **unfavourable end** every drawn input stands where the options lose more on average (by its rank correlation with their
mean loss over the sets), at the **favourable end** where they lose less; the ends are those of its range, or the farthest that
were drawn from a calibration.  Where another option is better there by more than the indifference, the inputs that move the
difference between the two most (:mod:`sim.analysis.matters`) are put to that end one at a time, all others drawn as ever, until
one turns the choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.analysis.decision import Regrets, Selection, States, regrets, select
from sim.analysis.information import Information, harmful, information
from sim.analysis.looks import Look, looks
from sim.analysis.matters import ranked
from sim.analysis.statistics import Estimate, Floats
from sim.analysis.study import Batch, Study
from sim.scenario.inputs import BLOCK
from sim.studies.decide.goal import Goal
from sim.studies.decide.options import Choice
from sim.studies.decide.seen import Seen, Together, apiece, reader, together

EndName = Literal["unfavourable", "favourable"]
EndState = Literal["stays", "turns", "open", "failed"]
ENDS: tuple[EndName, ...] = ("unfavourable", "favourable")
AT_ENDS = 100
"""Replications of an option at an end at the most: nothing is drawn there but chance."""
WALKED = 3
"""Inputs that are put to an end alone, at the most."""


@dataclass(frozen=True)
class Problem:
    """What is to be decided, and with how many replications."""

    choices: tuple[Choice, ...]
    goal: Goal
    per_set: int
    """Replications that share a set; 1 where nothing is drawn."""
    n: int | None
    """Replications of each option; None adds sets until the choice is told, *most* replications at the most."""
    most: int
    seed: int

    @property
    def learnt(self) -> frozenset[str]:
        """Inputs of which a calibration says where they may be."""
        sets = [c.loaded.inputs.sets for c in self.choices if c.loaded.inputs is not None]
        return frozenset(name for one in sets if one is not None for name in one.factors)

    @property
    def kinds(self) -> tuple[int, ...]:
        """A number for each option, the same for those that are one simulation to the byte."""
        texts = [choice.loaded.digest_text for choice in self.choices]
        return tuple(map(texts.index, texts))


@dataclass(frozen=True)
class Turn:
    """An input that turns the choice alone, at an end of its range."""

    factor: str
    position: float
    beyond: Estimate
    """How much more the option chosen loses there than the other."""


@dataclass(frozen=True)
class End:
    """What becomes of the choice with everything at one end."""

    name: EndName
    state: EndState
    values: tuple[float, ...] = ()
    """The objective of each option there, on average."""
    other: int | None = None
    """The option that is better there, or may be."""
    beyond: Estimate | None = None
    """How much more the option chosen loses there than that one."""
    turn: Turn | None = None
    """The first input that turns it alone."""
    walked: tuple[str, ...] = ()
    """The inputs that were put to that end alone."""
    error: str | None = None


@dataclass(frozen=True, eq=False)
class Result:
    """What came of a decision."""

    seen: tuple[Seen, ...]
    """By option."""
    look: Look | None = None
    n: int = 0
    """Replications of each option."""
    side: Together | None = None
    """None where an option gave nothing, so that nothing can be chosen."""
    selection: Selection | None = None
    regrets: Regrets | None = None
    information: Information | None = None
    ends: tuple[End, ...] = ()
    failed: int = 0
    """Replications that failed at the ends."""


def decide_study(problem: Problem) -> Study[Result]:
    """Proposes sets until the choice is told, then the ends."""
    read, goal = reader(problem.goal), problem.goal
    seen: list[Seen] = []
    result = Result(())
    for look, n in steps(problem):
        note = f"{len(problem.choices)} option{'s' if len(problem.choices) != 1 else ''}" + (
            f", look {look.number}" if look else ""
        )
        seen = yield Batch([choice.proposal(n) for choice in problem.choices], read, note)
        if any(one.error for one in seen):
            return Result(tuple(seen), look, n)
        side = together(seen, goal.sign, [choice.loaded.inputs for choice in problem.choices], problem.seed)
        selection = select(side.states, goal.within, look, problem.kinds)
        result = Result(tuple(seen), look, n, side, selection)
        if selection.named or any(one.failed for one in seen):
            break
    if result.side is None or result.selection is None or not result.side.states.sets.count:
        return Result(tuple(seen), result.look, result.n)
    states, side = result.side.states, result.side
    told = information(states.loss, side.positions, side.names, side.numbers // BLOCK, states.reach, seed=problem.seed)
    ends = yield from ends_study(problem, result)
    return Result(result.seen, result.look, result.n, side, result.selection, regrets(states), told, *ends)


def steps(problem: Problem) -> Iterator[tuple[Look | None, int]]:
    """The looks, and how many replications of each option they take; one that is no look where the number is fixed."""
    if problem.n is not None:
        yield None, problem.n
        return
    any_look = False
    for look in looks(0, problem.most, problem.per_set):
        any_look = True
        yield look, look.n
    if not any_look:
        yield None, problem.most


def ends_study(problem: Problem, result: Result) -> Study[tuple[tuple[End, ...], int]]:
    """What becomes of the choice with everything at either end; nothing where nothing is drawn or there is one option."""
    side, goal = result.side, problem.goal
    assert side is not None
    if len(problem.choices) < 2 or not side.names:
        return (), 0
    harm = harmful(side.states.loss.mean(axis=0), side.positions)
    places = {name: _places(problem, side, harm if name == "unfavourable" else 1 - harm) for name in ENDS}
    n = min(result.n, AT_ENDS)
    pinned = {name: list(zip(side.names, at.tolist(), strict=True)) for name, at in places.items()}
    proposals = [choice.proposal(n, pinned[name]) for name in ENDS for choice in problem.choices]
    seen: list[Seen] = yield Batch(proposals, reader(goal), "all inputs at their ends")
    size, failed, ends = len(problem.choices), sum(one.failed for one in seen), []
    for k, name in enumerate(ENDS):
        end = at_end(name, seen[k * size : (k + 1) * size], result, goal)
        if end.state == "turns":
            end, more = yield from walk(problem, result, end, dict(pinned[name]))
            failed += more
        ends.append(end)
    return tuple(ends), failed


def _places(problem: Problem, side: Together, ends: Floats) -> Floats:
    """Where each input stands at its end, 0 or 1: there, or at the farthest drawn where a calibration says how far that is."""
    known = np.array([name in problem.learnt for name in side.names])
    farthest = np.where(ends > 0, side.positions.max(axis=0), side.positions.min(axis=0))
    return np.asarray(np.where(known, farthest, ends))


def at_end(name: EndName, seen: Sequence[Seen], result: Result, goal: Goal) -> End:
    """Whether the option chosen stays best, or no more than the indifference from the best, at an end."""
    if error := next((one.error for one in seen if one.error), None):
        return End(name, "failed", error=error)
    assert result.selection is not None
    best = result.selection.best
    states = apiece(seen, goal.sign)
    if not states.sets.count:
        return End(name, "failed", error="no replication was completed by all options")
    values = tuple(float(goal.sign * row.mean()) for row in states.values)
    gaps = {k: beyond(states, best, k) for k in range(states.options) if k != best}
    other = max(gaps, key=lambda k: gaps[k].value)
    gap = gaps[other]
    turns = [k for k, e in gaps.items() if e.low is not None and e.low > goal.within]
    stays = all(e.high is not None and e.high <= goal.within for e in gaps.values())
    return End(name, "turns" if turns else "stays" if stays else "open", values, other, gap)


def beyond(states: States, chosen: int, other: int) -> Estimate:
    """How much more the option chosen loses than another; exactly as much where they never differ under the same draws."""
    if np.array_equal(states.values[chosen], states.values[other]):
        return Estimate(0.0, 0.0, 0.0)
    return states.beyond(other, chosen)


def walk(problem: Problem, result: Result, end: End, places: dict[str, float]) -> Study[tuple[End, int]]:
    """The inputs that move the difference most put to an end one at a time, until one turns the choice alone."""
    side, selection, goal = result.side, result.selection, problem.goal
    assert side is not None
    assert selection is not None
    assert end.other is not None
    pair = [problem.choices[selection.best], problem.choices[end.other]]
    read: Callable[..., Seen] = reader(goal)
    n, failed, tried, turn = min(result.n, 2 * AT_ENDS), 0, [], None
    for name in movers(side, selection.best, end.other):
        note = f"{end.name} end, {name} alone"
        seen: list[Seen] = yield Batch([choice.proposal(n, [(name, places[name])]) for choice in pair], read, note)
        tried.append(name)
        failed += sum(one.failed for one in seen)
        if any(one.error for one in seen):
            continue
        gap = beyond(together(seen, goal.sign).states, 0, 1)
        if gap.low is not None and gap.low > goal.within:
            turn = Turn(name, places[name], gap)
            break
    return End(end.name, end.state, end.values, end.other, end.beyond, turn, tuple(tried)), failed


def movers(side: Together, chosen: int, other: int) -> list[str]:
    """The inputs that move the difference between two options most, as seen: whether one turns the choice is tried afresh.

    Whether they stand out of the noise is not asked: an input at the floor would be tried or not by a hair.
    """
    return ranked(side.positions, side.states.loss[other] - side.states.loss[chosen], side.names)[:WALKED]

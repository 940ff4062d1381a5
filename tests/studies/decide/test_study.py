"""The study without a simulation: what it proposes, when it stops, and what it makes of what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.matters import importance
from sim.analysis.measure import parse
from sim.analysis.study import Proposal
from sim.model.inputs import positions
from sim.scenario import loads
from sim.scenario.inputs import BLOCK, CalibratedSets, Inputs, inputs_of
from sim.studies.decide.as_json import as_json
from sim.studies.decide.decided import decided_of
from sim.studies.decide.goal import Goal
from sim.studies.decide.options import Choice
from sim.studies.decide.plot import decision_figure, decision_title
from sim.studies.decide.seen import Seen
from sim.studies.decide.study import Problem, Result, decide_study
from tests.studies.decide.scenarios import OPEN, PEOPLE, SEARCH

TWO = OPEN.replace("people: 50,", "people: {value: 50, low: 40, high: 60},")
HEADS = "missions.*.cohorts.core.people"
Loss = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]
"""From where the search and the heads stand in each replication to what is lost there."""


def problem(options: int = 2, n: int | None = 100, most: int = 1600, text: str = TWO) -> Problem:
    one = loads(text)
    one = one.drawing(inputs_of(one.scenario))
    choices = [Choice(k, f"o{k}", f"Option {k}", (), (), None, one) for k in range(options)]
    distinct = tuple(replace(c, loaded=replace(one, digest_text=f"{one.digest_text}{k}")) for k, c in enumerate(choices))
    return Problem(distinct, Goal(parse("total.left_behind", []), 5.0), 2, n, most, seed=1)


def conduct(asked: Problem, losses: list[Loss], failed: int = 0, error: str | None = None) -> tuple[Result, list[list[Proposal]]]:
    """Answers each proposal with the losses of its option where its inputs stand."""
    batches = []
    study = decide_study(asked)
    batch = next(study)
    while True:
        batches.append(list(batch.proposals))
        seen = [respond(asked, losses, proposal, failed) for proposal in batch.proposals]
        seen[-1] = Seen(error, batch.proposals[-1].n) if error else seen[-1]
        try:
            batch = study.send(seen)
        except StopIteration as stop:
            return stop.value, batches


def respond(asked: Problem, losses: list[Loss], proposal: Proposal, failed: int) -> Seen:
    replication = np.arange(proposal.n)
    inputs = asked.choices[0].loaded.inputs
    assert isinstance(inputs, Inputs)
    at = np.array([positions(inputs, 1, k // 2) for k in range(proposal.n)])
    for name, place in proposal.pinned:
        at[:, inputs.names.index(name)] = place
    x, y = (at[:, inputs.names.index(name)] for name in (SEARCH, HEADS))
    loss = losses[proposal.scenario](x, y, np.random.default_rng([proposal.scenario, proposal.n]))
    out = np.zeros(proposal.n, dtype=bool)
    return Seen(None, failed, replication, replication // 2, loss, 200.0, out)


def flat(x: np.ndarray, _: np.ndarray, __: np.random.Generator) -> np.ndarray:
    return np.full(x.size, 60.0)


def steep(x: np.ndarray, _: np.ndarray, __: np.random.Generator) -> np.ndarray:
    return 100 * x


def both(x: np.ndarray, y: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Either at its high end comes to 46 on average; both at theirs, to 112."""
    return 31 * x + 31 * y + 50 * (x + y > 1.99)


def hidden(x: np.ndarray, y: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """By the heads, and not by the search but for its very end, which no set comes near."""
    return 40 * y - 4 * x + 60 * (x > 0.999)


def noisy(x: np.ndarray, _: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return 64 + rng.normal(0, 100, x.size).clip(-150, 150)


def test_the_input_that_turns_the_choice_is_named() -> None:
    """0 to 100 by the search alone, 50 on average, against 60: at its slow end 40 more."""
    result, batches = conduct(problem(), [steep, flat])
    assert result.selection is not None
    assert (result.selection.best, result.selection.named) == (0, True)
    bad, good = result.ends
    assert (bad.state, good.state) == ("turns", "stays")
    assert (bad.other, bad.walked, bad.values) == (1, (SEARCH,), (100.0, 60.0))
    assert bad.turn is not None
    assert (bad.turn.factor, bad.turn.position, bad.turn.beyond.value) == (SEARCH, 1.0, 40.0)
    assert [len(batch) for batch in batches] == [2, 4, 2]
    assert dict(batches[1][0].pinned)[SEARCH] == 1.0
    assert dict(batches[1][2].pinned)[SEARCH] == 0.0
    assert batches[2][0].pinned == ((SEARCH, 1.0),)


def test_an_end_that_a_calibration_knows_is_the_farthest_it_has() -> None:
    """Of the search a calibration has 0.2 to 0.9; of the heads it says nothing, so that theirs is the end of the range."""
    asked = problem()
    sets = CalibratedSets((SEARCH,), ((0.2,), (0.5,), (0.9,)), (1.0, 1.0, 1.0), "x")
    one = loads(TWO)
    known = replace(asked.choices[0].loaded, inputs=inputs_of(one.scenario, 2, sets))
    asked = replace(asked, choices=tuple(replace(choice, loaded=known) for choice in asked.choices))
    _, batches = conduct(asked, [steep, flat])
    bad, good = (dict(batches[1][k].pinned) for k in (0, 2))
    assert (bad[SEARCH], good[SEARCH]) == (0.9, 0.2)
    assert {bad[HEADS], good[HEADS]} == {0.0, 1.0}


def test_no_input_alone_turns_what_it_takes_two_to_turn() -> None:
    result, batches = conduct(problem(), [both, flat])
    bad = result.ends[0]
    assert (bad.state, bad.turn, set(bad.walked)) == ("turns", None, {SEARCH, HEADS})
    assert len(batches) == 4
    sentences = as_json(decided_of(problem(), result))["headlines"]
    assert "none of the inputs that move the difference most turns it alone" in sentences[1]


def test_an_input_that_does_not_stand_out_is_tried_too() -> None:
    """To stand out of the noise of 50 sets is a matter of luck; the end is simulated anew."""
    result, _ = conduct(problem(), [hidden, flat])
    assert result.side is not None
    side = result.side
    (first,) = importance(side.positions, side.states.loss[0], side.names, blocks=side.numbers // BLOCK, seed=1).shares
    assert first.name == HEADS
    bad = result.ends[0]
    assert (bad.state, bad.walked) == ("turns", (HEADS, SEARCH))
    assert bad.turn is not None
    assert bad.turn.factor == SEARCH


def test_sets_are_added_look_by_look_until_it_is_told() -> None:
    """4 more with a spread of 70 a set and an indifference of 5: not told at 100 sets, where ends are 14 off, but in the end."""
    result, batches = conduct(problem(n=None, most=6400), [noisy, flat])
    many = [batch[0].n for batch in batches if not batch[0].pinned]
    assert many[:2] == [200, 400]
    assert result.selection is not None
    assert (result.selection.best, result.selection.named) == (1, True)
    assert result.look is not None
    assert result.n == result.look.n == many[-1] < 6400


def test_the_last_look_is_told_as_it_is() -> None:
    result, batches = conduct(problem(n=None, most=200), [noisy, flat])
    assert [batch[0].n for batch in batches if not batch[0].pinned] == [200]
    decided = decided_of(problem(n=None, most=200), result)
    assert decided.selection is not None
    assert not decided.selection.named
    assert decided.selection.needed is not None
    assert f"it takes about {decided.selection.needed:,} sets of inputs" in as_json(decided)["headline"]
    assert decision_title(decided).startswith("Not yet decided: Option 1")


def test_fewer_than_a_look_are_no_look() -> None:
    result, batches = conduct(problem(n=None, most=50), [steep, flat])
    assert (batches[0][0].n, result.look) == (50, None)


def test_an_option_that_gives_nothing_leaves_no_choice() -> None:
    result, batches = conduct(problem(), [steep, flat], error="all 100 replications failed (model): no")
    decided = decided_of(problem(), result)
    summary = as_json(decided)
    assert len(batches) == 1
    assert (summary["best"], summary["final"]) == (None, False)
    assert summary["headline"] == "No answer: Option 1: all 100 replications failed (model): no."
    assert summary["options"][1]["error"]


def test_a_failed_replication_makes_nothing_final() -> None:
    result, _ = conduct(problem(n=None), [steep, flat], failed=1)
    summary = as_json(decided_of(problem(), result))
    assert (summary["final"], summary["best"]) == (False, "o0")
    assert summary["headline"].startswith("Not final,")
    assert "Option 0: 1 replication failed" in summary["warnings"]


@pytest.mark.parametrize("losses", [[steep, flat], [flat, flat], [steep]])
def test_the_picture_says_the_choice(losses: list[Loss]) -> None:
    asked = problem(len(losses))
    decided = decided_of(asked, conduct(asked, losses)[0])
    figure = decision_figure(decided)
    (axes,) = figure.axes
    assert next(label.get_text() for label in axes.get_yticklabels()) == "Option 0"
    assert len(axes.get_yticklabels()) == len(losses)
    assert "Option 0" in decision_title(decided) or "Any of" in decision_title(decided)


def test_people_are_an_input_of_the_scenario() -> None:
    """What the names here stand for."""
    inputs = problem().choices[0].loaded.inputs
    assert inputs is not None
    assert set(inputs.names) == {SEARCH, HEADS}
    assert PEOPLE in [member.path for factor in inputs.factors for member in factor.members]

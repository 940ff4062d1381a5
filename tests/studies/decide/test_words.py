"""The sentences of a decision, of made-up answers: what is said of how many, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from sim.analysis.decision import Best, Regrets, Selection
from sim.analysis.information import Information, Worth
from sim.analysis.measure import parse
from sim.analysis.statistics import Estimate
from sim.studies.decide.decided import NEVER, Decided, OptionResult, decided_of
from sim.studies.decide.goal import Goal
from sim.studies.decide.study import End, Turn
from sim.studies.decide.words import (
    certainty,
    choice,
    expectation,
    headlines,
    knowing,
    listed,
    no_answer,
    place,
    replications,
    robust,
    standing,
    states,
    untold,
    warnings,
)
from tests.studies.decide.scenarios import SEARCH
from tests.studies.decide.test_study import HEADS, conduct, flat, problem, steep

LEFT = Goal(parse("total.left_behind", []), 5.0)
AT = "search time of a person (all gates)"


@cache
def answered(options: int, alike: bool = False) -> Decided:
    """The first loses 50 on average, by one of its inputs, and the others 60; or all of them 60."""
    asked = problem(options)
    return decided_of(asked, conduct(asked, [flat if alike else steep, *[flat] * (options - 1)])[0])


def decided(options: int = 2, alike: bool = False, drawn: bool = True, **result: Any) -> Decided:
    """The same with another *result*; where nothing is *drawn* each replication is a state of its own."""
    one = answered(options, alike)
    return replace(one, result=replace(one.result, **({} if drawn else {"side": None}), **result))


def selected(
    named: bool = True, alike: tuple[int, ...] = (), rivals: tuple[int, ...] = (), needed: int | None = None
) -> Selection:
    return Selection(0, named, (), alike, rivals, needed)


def about(value: float) -> Estimate:
    return Estimate(value, value - 1, value + 2)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("", ""),
        ("A", "A"),
        ("AB", "A and B"),
        ("ABC", "A, B and C"),
        ("ABCD", "A, B, C and 1 more"),
        ("ABCDE", "A, B, C and 2 more"),
    ],
)
def test_three_names_at_the_most_are_listed(names: str, said: str) -> None:
    assert listed(list(names)) == said


def test_one_replication_is_no_replications() -> None:
    assert [replications(many) for many in (0, 1, 2, 1200)] == [
        "0 replications", "1 replication", "2 replications", "1,200 replications",
    ]  # fmt: skip
    one, many = replace(decided(), sets=1), replace(decided(), sets=1200)
    assert (states(one), states(many)) == ("1 set of inputs", "1,200 sets of inputs")
    bare = decided(drawn=False)
    assert (states(replace(bare, sets=1)), states(replace(bare, sets=1200))) == ("1 replication", "1,200 replications")


def test_options_that_are_as_good_are_named_with_the_guarantee() -> None:
    best = "With 95 % confidence it is the best of the 4, or within 5 people of the best."
    assert certainty(decided(4, selection=selected())) == best
    assert certainty(decided(4, selection=selected(alike=(2,)))) == f"{best} Option 2 differs by no more than that."
    assert certainty(decided(4, selection=selected(alike=(1, 3)))) == f"{best} Option 1 and Option 3 differ by no more than that."
    any_of = "Any of the 4 will do: with 95 % confidence none differs from the best by more than 5 people."
    every = decided(4, selection=selected(alike=(1, 2, 3)))
    assert certainty(every) == any_of
    assert choice(every).startswith(f"{any_of} Option 0 has 50 people left behind on average")


def test_how_much_it_takes_to_tell_the_choice() -> None:
    """In sets of inputs, and in replications where a set has several; where nothing is drawn a state is a replication."""
    rivals = selected(False, rivals=(1, 2), needed=1200)
    told = decided(3, selection=rivals)
    open_ = "The choice can't be told yet: Option 1 and Option 2 may be better by more than 5 people"
    assert untold(told) == f"{open_}; it takes about 1,200 sets of inputs (2,400 replications) to tell."
    assert untold(replace(told, per_set=1)) == f"{open_}; it takes about 1,200 sets of inputs to tell."
    assert untold(decided(3, drawn=False, selection=rivals)) == f"{open_}; it takes about 1,200 replications to tell."
    never = selected(False, rivals=(1, 2))
    assert untold(decided(3, selection=never)) == f"{open_}; no number of sets of inputs under a million would do to tell."
    assert choice(told).startswith(f"{untold(told)} Option 0 has ")
    same = untold(decided(3, alike=True, selection=never))
    assert same.startswith(
        "No difference was seen in 50 sets of inputs, and yet it can't be told that none is above 5 people; no"
    )


@pytest.mark.parametrize(
    ("alone", "shared", "said"),
    [
        (28, 0, "best in 28 of 50 sets of inputs"),
        (28, 5, "best in 28 of 50 sets of inputs and as good as the best in 5 more"),
        (0, 5, "as good as the best in 5 of 50 sets of inputs"),
        (0, 0, "best in 0 of 50 sets of inputs"),
    ],
)
def test_in_how_many_sets_an_option_is_best(alone: int, shared: int, said: str) -> None:
    one = replace(decided().options[0], best=Best(about(0.5), alone, shared), regret=about(8.0))
    assert standing(decided(), one) == f"{said}, with an expected regret of 8 people"


@pytest.mark.parametrize(
    ("regret", "said"),
    [(12.4, "12 people"), (1.0, "1 person"), (0.4, "less than 1 person"), (0.0, "0 people"), (-3.0, "0 people")],
)
def test_regret_is_never_less_than_nothing(regret: float, said: str) -> None:
    one = replace(decided().options[0], best=NEVER, regret=Estimate(regret, None, None))
    assert standing(decided(), one).endswith(f"with an expected regret of {said}")


def test_what_an_option_comes_to_has_its_unit_and_its_interval() -> None:
    one = decided().options[0]
    assert expectation(LEFT, replace(one, expected=about(412.0))) == "412 people left behind on average (411 to 414)"
    assert expectation(LEFT, replace(one, expected=Estimate(412.0, None, 500.0))) == "412 people left behind on average"
    chance = Goal(parse("total.p_all_out", []), 0.05)
    assert expectation(chance, replace(one, expected=Estimate(0.5, 0.4, 0.6))).endswith(" 50 % on average (40 % to 60 %)")


def end(name: Any, state: Any, **more: Any) -> End:
    return End(name, state, **more)


def test_both_ends_are_said_each_by_what_becomes_of_the_choice() -> None:
    stays, within = "Option 0 stays best, or within 5 people of the best, ", "it can't be told whether"
    low, high = "with every input at its unfavourable end", "with every input at its favourable end"
    both = (end("unfavourable", "stays"), end("favourable", "stays"))
    assert robust(decided(ends=both)) == [f"{stays}{low} and {high}."]
    part = (end("unfavourable", "open"), end("favourable", "stays"))
    assert robust(decided(ends=part)) == [f"{stays}{high}. W{low[1:]} {within} that stays best."]
    neither = (end("unfavourable", "open"), end("favourable", "failed", error="no runway"))
    assert robust(decided(ends=neither)) == [
        f"W{low[1:]} {within} Option 0 stays best. The favourable end can't be simulated: no runway."
    ]
    assert robust(decided(ends=())) == []
    assert robust(decided(1)) == []


def test_what_turns_the_choice_is_said_with_where_it_stands() -> None:
    """The input that turns it alone, at its low end or its high one; or those that were tried; or that sets were too few."""
    start = "With every input at its unfavourable end Option 1 is better by 40 people (39 to 42): "
    gap: dict[str, Any] = {"other": 1, "beyond": about(40.0)}

    def said(**more: Any) -> str:
        (line,) = robust(decided(ends=(end("unfavourable", "turns", **gap, **more),)))
        assert line.startswith(start)
        return line.removeprefix(start)

    named = f"search time of a person (all gates; {SEARCH}) alone turns the choice, by 12 people (11 to 14)."
    assert said(turn=Turn(SEARCH, 1.0, about(12.0))) == f"at its high end, 60 min/person, {named}"
    assert said(turn=Turn(SEARCH, 0.0, about(12.0))) == f"at its low end, 15 min/person, {named}"
    assert place(decided(), Turn("an input that is no longer there", 1.0, about(12.0))) == "its high end"
    assert said() == "these are too few sets to say by which input."
    tried = said(walked=(SEARCH, HEADS))
    assert tried.startswith(f"none of the inputs that move the difference most turns it alone ({AT} and ")


def worth(*values: float) -> Information:
    return Information(tuple(Worth(SEARCH, about(value)) for value in values), 0.1, 2)


def test_an_input_is_named_from_a_tenth_of_the_indifference_on_and_no_more_than_three() -> None:
    """The indifference is 5 people."""
    all_of_it = Regrets((), (), about(9.0), True)
    beside = "to know all inputs beforehand would be worth 9 people (8 to 11)."
    (three,) = knowing(decided(information=worth(8.0, 7.0, 6.0, 4.0), regrets=all_of_it))
    assert three.startswith(f"Worth most to know before choosing: {AT}: 8 people (7 to 10); {AT}: 7 people")
    assert (three.count(AT), three.endswith(f"; {beside}")) == (3, True)
    (some,) = knowing(decided(information=worth(0.5, 0.49), regrets=all_of_it))
    assert some.count(AT) == 1
    none = f"No single input is seen to be worth knowing before choosing; {beside}"
    assert knowing(decided(information=worth(0.49), regrets=all_of_it)) == [none]


def test_where_nothing_can_be_said_of_an_input_the_reason_is() -> None:
    """Where no state tells the options apart that is said already; where nothing is drawn there is no input to know."""
    why = Information((), None, 0, "too few sets")
    assert knowing(decided(information=why)) == ["What it would be worth to know an input can't be said: too few sets."]
    assert knowing(decided(alike=True, information=why)) == []
    assert knowing(decided(drawn=False, information=why)) == []
    assert knowing(decided(1)) == []
    assert knowing(decided(information=None)) == knowing(decided(regrets=None)) == []
    (undrawn,) = robust(decided(drawn=False))
    assert undrawn.startswith("No input is drawn: each replication is a state of the world")


def test_no_answer_says_what_is_wrong_of_three_options_at_the_most() -> None:
    one = decided(4, regrets=None)
    assert headlines(one) == [no_answer(one)] == ["No answer: no replication was completed by all options."]
    wrong = replace(one, options=tuple(OptionResult(each.choice, error="broken") for each in one.options))
    assert no_answer(wrong) == "No answer: Option 0: broken; Option 1: broken; Option 2: broken."


def test_what_failed_and_whom_nobody_orders_out_is_said_beside() -> None:
    good = decided()
    assert warnings(good) == []
    assert not headlines(good)[0].startswith("Not final")
    bad = decided(failed=3, seen=(good.result.seen[0], replace(good.result.seen[1], unasked=380.0)))
    bad = replace(bad, failed=4, options=(replace(bad.options[0], failed=1), replace(bad.options[1], error="broken")))
    assert warnings(bad) == [
        "Option 1: broken",
        "Option 0: 1 replication failed",
        "3 replications failed where inputs are at their ends",
        "up to 380 people are not among all that are out: nobody orders them out",
    ]
    assert headlines(bad) == [f"Not final, 4 replications failed. {headlines(good)[0]}", *headlines(good)[1:]]
    assert warnings(decided(seen=())) == []
    (later,) = warnings(replace(good, goal=Goal(parse("total.restricted_time", []), 6.0)))
    assert "counts from the order, which makes an option that orders later look better than it is" in later

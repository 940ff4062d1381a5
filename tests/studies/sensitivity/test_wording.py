"""Sentences of sensitivity studies that depend on a count."""

from __future__ import annotations

from typing import Any

import pytest

from sim.analysis.measure import parse
from sim.studies.sensitivity.found import (
    MeasuredValue,
    MeasureEffects,
    MorrisRow,
    ScenarioEffects,
    SobolRow,
    SobolVariance,
    TornadoEnd,
    TornadoRow,
)
from sim.studies.sensitivity.study import Ask
from sim.studies.sensitivity.wording import amount, contrast, level, picture_title, sentence

MEASURE = parse("total.left_behind", [])


def shift(name: str, swing: float | None = 5.0, **more: Any) -> TornadoRow:
    about = {"low": end(10.0), "high": end(15.0), "turns": False, "distinct": True, "error": None} | more
    return TornadoRow(name=name, swing=swing, swing_interval=None, **({"leads": None} | about))


def end(value: float | None, never: str | None = None, same: bool = False) -> TornadoEnd:
    return TornadoEnd(value, None, None, 50, never, None, None, None, (False, False), False, False, False, same, 0)


def effects(*rows: Any, measure: Any = None, base: float | None = 12.0, **more: Any) -> MeasureEffects:
    measure, at = measure or MEASURE, None if base is None else MeasuredValue(base, None, None, 50, None)
    return MeasureEffects(measure.title, measure.kind.unit, at, more.pop("variance", None), rows, **more)


def scenario(name: str, *rows: Any, measure: Any = None) -> ScenarioEffects:
    measure = measure or MEASURE
    return ScenarioEffects(name, "", False, {measure.text: effects(*rows, measure=measure)})


def answer(name: str, *told: str) -> ScenarioEffects:
    return scenario(name, *(shift(factor) for factor in told), shift("never", distinct=False))


@pytest.mark.parametrize(
    ("own", "said"),
    [("a", "a."), ("abcd", "a, b, c, d."), ("abcde", "a, b, c, d and 1 more."), ("abcdefg", "a, b, c, d and 3 more.")],
)
def test_what_matters_in_one_scenario_only_names_four(own: str, said: str) -> None:
    (line,) = contrast([MEASURE], [answer("first", "shared", *own), answer("second", "shared")], {})
    assert line.endswith(f" Only in “first”: {said}")
    assert "shared in “first”, shared in “second”" in line


def test_the_same_factors_in_both_are_no_contrast() -> None:
    (line,) = contrast([MEASURE], [answer("first", "a"), answer("second", "a")], {})
    assert "Only in" not in line
    (line,) = contrast([MEASURE], [answer("first"), answer("second", "a")], {})
    assert "nothing that can be told from noise in “first”, a in “second”" in line
    assert contrast([MEASURE], [answer("first", "a")], {}) == []


def test_points_that_a_method_asks_for() -> None:
    """Both ends of each factor; a trajectory has one point more than factors; Sobol' needs two bases and one for each factor."""
    assert Ask(method="tornado").points(7) == 14
    assert Ask(method="morris", trajectories=10).points(7) == 80
    assert Ask(method="sobol", base=64).points(7) == 576


P50, LEFT = (parse(f"total.{name}", []) for name in ("p50", "left_behind"))


def test_amounts_and_levels() -> None:
    """People below ten with two digits, points with two below a tenth; a share is no points; never, or past the horizon."""
    assert [amount(x, "h") for x in (2.0, 100.0)] == ["2 h", "4.2 d"]
    assert [amount(x, "people") for x in (0.0, 0.123, 9.94, 10.0, 1_204.0)] == [
        "0 people", "0.12 people", "9.9 people", "10 people", "1,204 people",
    ]  # fmt: skip
    assert [amount(x, "") for x in (0.0123, 0.0999, -0.05, 0.1, 0.256, -0.3)] == [
        "1.2 points", "10 points", "-5 points", "10 points", "26 points", "-30 points",
    ]  # fmt: skip
    value = end(0.25)
    assert [level(value, unit) for unit in ("", "people")] == ["25 %", "0.25 people"]
    never = [level(end(None, why), "h") for why in ("stranded", "unfinished", None)]
    assert [*never, level(None, "h")] == ["never", "past the horizon", "no value", "no value"]


START = "T: median time to evacuate, from the order, 12 h with every input at its value."


def said(rows: list[Any], kind: str = "uncertainty", measure: Any = P50, **more: Any) -> str:
    found = effects(*rows, measure=measure, **more)
    return sentence(kind, measure, "T", False, found, {"a": "the pace of X", "b": "", "c": "GPS"})


def test_the_base_says_whether_its_inputs_are_drawn() -> None:
    drawn = sentence("uncertainty", P50, "T", True, effects(measure=P50), {})
    assert drawn.startswith("T: median time to evacuate, from the order, 12 h with the inputs drawn.")
    assert said([]).startswith(START)


def test_the_sentence_of_a_tornado() -> None:
    ends = "10 h at its low end, 15 h at its high end"
    assert said([shift("b", 5.0)]) == f"{START} What matters most is b: {ends}, a swing of 5 h."
    assert said([shift("a", 5.0)]) == f"{START} What matters most is the pace of X: {ends}, a swing of 5 h."
    assert "is GPS: " in said([shift("c", 5.0)])
    two = said([shift("b", 5.0), shift("d", 4.0)])
    assert two.endswith("a swing of 5 h; then d (4 h).")
    four = said([shift(x, k) for x, k in (("b", 5.0), ("d", 4.0), ("e", 3.0), ("f", 2.0))])
    assert four.endswith("; then d (4 h) and e (3 h).")
    never = shift("b", None, turns=True, distinct=False, high=end(None, "stranded"))
    assert said([never]).endswith("is b, which decides between a time and never (10 h at its low end, never at its high end).")
    hidden = said([shift("b", 5.0), *(shift(x, 1.0, distinct=False) for x in "de")], "lever")
    assert hidden.endswith("a swing of 5 h. 2 of the 3 levers studied cannot be told from no effect.")
    people = said([shift("b", 5.0)], measure=LEFT)
    assert people.startswith("T: people left behind, 12 people with every input")
    assert people.endswith("b: 10 people at its low end, 15 people at its high end, a swing of 5 people.")


def test_when_nothing_can_be_told() -> None:
    same = end(10.0, same=True)
    still, low = shift("a", 0.0, low=same, high=same, distinct=False), shift("b", 0.0, high=same, distinct=False)
    assert said([]) == f"{START} None of the factors studied is in this scenario."
    none = " None of the 2 uncertain inputs studied "
    assert said([still, still]) == f"{START}{none}changes it in any replication."
    assert said([still, low]) == f"{START}{none}can be told from no effect: run more replications."
    lost = shift("b", None, low=None, high=None, distinct=False)
    assert said([still, lost]) == f"{START}{none}can be told from no effect: run more replications."
    assert [row.unmoved for row in (still, low, lost)] == [True, False, False]
    assert [effect("a", x).unmoved for x in (0.0, 1.0, None)] == [True, False, False]
    assert [portion("a", x).unmoved for x in (0.0, 1.0, None)] == [True, False, False]


def effect(name: str, star: float | None, interval: list[float] | None = None) -> MorrisRow:
    return MorrisRow(name=name, trajectories=10, mu_star=star, mu_star_interval=interval, distinct=True)


def test_the_sentence_of_morris() -> None:
    one = said([effect("b", 5.0, [4.0, 6.0]), effect("d", 3.0, [2.0, 4.0])])
    moves = "What matters most is b: from low to high it moves that by 5 h on average"
    assert one == f"{START} {moves} (95 % interval 4 h to 6 h); then d (3 h)."
    assert said([effect("b", 5.0)]) == f"{START} {moves}."


def portion(name: str, total: float | None, first: float | None = 0.25, distinct: bool = True) -> SobolRow:
    return SobolRow(name, first, None, None, None, total, [-0.1, 0.75], total, None, distinct, None)


def test_the_sentence_of_sobol() -> None:
    def told(*rows: SobolRow, noise: float = 0.0, answered: bool = True, variance: float = 1.0, lines: int = 64) -> str:
        return said(list(rows), variance=SobolVariance(lines, 0, variance, noise, answered))

    most = "What matters most is b, behind 50 % of the variance (95 % interval 0 % to 75 %"
    assert told(portion("b", 0.5), portion("d", -0.02)) == f"{START} {most}, 25 % by itself); then d (0 %)."
    assert told(portion("b", 0.5, None)) == f"{START} {most})."
    assert told(portion("b", 0.5, -0.1)).endswith("0 % by itself).")
    assert told(portion("b", 0.5), noise=0.3).endswith(
        " 30 % of the variance of the points was noise of the replications, and is taken out."
    )
    assert (
        told(portion("b", 0.5), answered=False)
        == f"{START} Over the ranges it does not vary by more than the noise of the replications."
    )
    unchanged = f"{START} None of the 1 uncertain inputs studied changes it in any replication."
    assert told(portion("b", 0.5), variance=0.0) == unchanged
    assert told(portion("b", 0.5), variance=0.0, answered=False, lines=0).startswith(f"{START} Over the ranges")


def test_the_title_of_a_picture() -> None:
    def title(*first: str | None) -> str:
        results = []
        for k, name in enumerate(first):
            results.append(scenario(f"s{k}", shift(name) if name else shift("z", distinct=False), measure=P50))
        return picture_title(P50, results, {"a": "the pace of X", "b": ""})

    assert title("a") == title("a", "a") == "Median time to evacuate, from the order: the pace of X matters most"
    assert title("b") == "Median time to evacuate, from the order: b matters most"
    assert title(None, None) == "Median time to evacuate, from the order: no input can be told from no effect yet"
    assert (
        title("a", "b", None)
        == "Median time to evacuate, from the order: what matters most is, in “s0” the pace of X; in “s1” b; in “s2” nothing yet"
    )


def test_two_that_cannot_be_told_apart_stand_side_by_side() -> None:
    rows = [shift("b", 5.0, leads=False), shift("d", 4.0), shift("e", 3.0)]
    ends = "10 h at its low end, 15 h at its high end, a swing of 5 h"
    assert said(rows) == f"{START} What matters most is b: {ends}, or d (4 h), which can't be told apart; then e (3 h)."
    assert said(rows[:2]).endswith("or d (4 h), which can't be told apart.")
    assert said([shift("b", 5.0, leads=True), *rows[1:]]).endswith("a swing of 5 h; then d (4 h) and e (3 h).")
    results = [scenario(s, *some, measure=P50) for s, some in (("x", rows), ("y", rows[1:]))]
    assert picture_title(P50, results[:1], {}).endswith(": b, or d matters most")
    assert "what matters most is, in “x” b, or d; in “y” d" in picture_title(P50, results, {})
    assert contrast([P50], results, {})[0].startswith(
        "For median time to evacuate, from the order what matters most is b, or d in “x”, d in “y”."
    )


def test_one_person_is_no_people() -> None:
    assert [amount(x, "people") for x in (1.0, 1.04, 0.99)] == ["1 person", "1 person", "0.99 people"]

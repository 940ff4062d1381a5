"""Sentences of sensitivity studies that depend on a count."""

from __future__ import annotations

from typing import Any

import pytest

from sim.analysis.measure import parse
from sim.studies.sensitivity.study import Ask
from sim.studies.sensitivity.wording import amount, contrast, level, picture_title, sentence, unmoved

MEASURE = parse("total.left_behind", [])


def answer(name: str, *told: str) -> dict[str, Any]:
    rows = [{"name": factor, "distinct": True} for factor in told] + [{"name": "never", "distinct": False}]
    return {"scenario": name, "measures": {MEASURE.text: {"factors": rows}}}


@pytest.mark.parametrize(
    ("own", "said"),
    [("a", "a."), ("abcd", "a, b, c, d."), ("abcde", "a, b, c, d and 1 more."), ("abcdefg", "a, b, c, d and 3 more.")],
)
def test_what_matters_in_one_scenario_only_names_four(own: str, said: str) -> None:
    (line,) = contrast("morris", [MEASURE], [answer("first", "shared", *own), answer("second", "shared")], {})
    assert line.endswith(f" Only in “first”: {said}")
    assert "shared in “first”, shared in “second”" in line


def test_the_same_factors_in_both_are_no_contrast() -> None:
    (line,) = contrast("morris", [MEASURE], [answer("first", "a"), answer("second", "a")], {})
    assert "Only in" not in line
    (line,) = contrast("morris", [MEASURE], [answer("first"), answer("second", "a")], {})
    assert "nothing that can be told from noise in “first”, a in “second”" in line
    assert contrast("morris", [MEASURE], [answer("first", "a")], {}) == []


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
    value = {"value": 0.25, "never": None}
    assert [level(value, unit) for unit in ("", "people")] == ["25 %", "0.25 people"]
    never = [level({"value": None, "never": why}, "h") for why in ("stranded", "unfinished", None)]
    assert [*never, level(None, "h")] == ["never", "past the horizon", "no value", "no value"]


BASE = {"base": {"value": 12.0, "never": None}, "drawn": False}
START = "T: median time to evacuate, from the order, 12 h with every input at its value."


def said(method: str, rows: list[dict[str, Any]], kind: str = "uncertainty", measure: Any = P50, **found: Any) -> str:
    return sentence(method, kind, measure, "T", BASE, {"factors": rows} | found, {"a": "the pace of X", "b": "", "c": "GPS"})


def test_the_base_says_whether_its_inputs_are_drawn() -> None:
    drawn = sentence("tornado", "uncertainty", P50, "T", BASE | {"drawn": True}, {"factors": []}, {})
    assert drawn.startswith("T: median time to evacuate, from the order, 12 h with the inputs drawn.")
    assert said("tornado", []).startswith(START)


def swing(name: str, swing: float | None, **more: Any) -> dict[str, Any]:
    low, high = ({"value": x, "never": None, "same": False} for x in (10.0, 15.0))
    return {"name": name, "low": low, "high": high, "swing": swing, "turns": False, "distinct": True} | more


def test_the_sentence_of_a_tornado() -> None:
    ends = "10 h at its low end, 15 h at its high end"
    assert said("tornado", [swing("b", 5.0)]) == f"{START} What matters most is b: {ends}, a swing of 5 h."
    assert said("tornado", [swing("a", 5.0)]) == f"{START} What matters most is the pace of X: {ends}, a swing of 5 h."
    assert "is GPS: " in said("tornado", [swing("c", 5.0)])
    two = said("tornado", [swing("b", 5.0), swing("d", 4.0)])
    assert two.endswith("a swing of 5 h; then d (4 h).")
    four = said("tornado", [swing(x, k) for x, k in (("b", 5.0), ("d", 4.0), ("e", 3.0), ("f", 2.0))])
    assert four.endswith("; then d (4 h) and e (3 h).")
    never = swing("b", None, turns=True, distinct=False, high={"value": None, "never": "stranded", "same": False})
    assert said("tornado", [never]).endswith(
        "is b, which decides between a time and never (10 h at its low end, never at its high end)."
    )
    hidden = said("tornado", [swing("b", 5.0), *(swing(x, 1.0, distinct=False) for x in "de")], "lever")
    assert hidden.endswith("a swing of 5 h. 2 of the 3 levers studied cannot be told from no effect.")
    people = said("tornado", [swing("b", 5.0)], measure=LEFT)
    assert people.startswith("T: people left behind, 12 people with every input")
    assert people.endswith("b: 10 people at its low end, 15 people at its high end, a swing of 5 people.")


def test_when_nothing_can_be_told() -> None:
    same = {"value": 10.0, "never": None, "same": True}
    still, low = swing("a", 0.0, low=same, high=same, distinct=False), swing("b", 0.0, high=same, distinct=False)
    assert said("tornado", []) == f"{START} None of the factors studied is in this scenario."
    none = " None of the 2 uncertain inputs studied "
    assert said("tornado", [still, still]) == f"{START}{none}changes it in any replication."
    assert said("tornado", [still, low]) == f"{START}{none}can be told from no effect: run more replications."
    lost = swing("b", None, low=None, high=None, distinct=False)
    assert said("tornado", [still, lost]) == f"{START}{none}can be told from no effect: run more replications."
    assert [unmoved("tornado", row) for row in (still, low, lost)] == [True, False, False]
    assert [unmoved("morris", {"mu_star": x}) for x in (0.0, 1.0, None)] == [True, False, False]
    assert [unmoved("sobol", {"total_raw": x}) for x in (0.0, 1.0, None)] == [True, False, False]


def effect(name: str, star: float, interval: list[float] | None = None) -> dict[str, Any]:
    return {"name": name, "mu_star": star, "mu_star_interval": interval, "distinct": True}


def test_the_sentence_of_morris() -> None:
    one = said("morris", [effect("b", 5.0, [4.0, 6.0]), effect("d", 3.0, [2.0, 4.0])])
    moves = "What matters most is b: from low to high it moves that by 5 h on average"
    assert one == f"{START} {moves} (95 % interval 4 h to 6 h); then d (3 h)."
    assert said("morris", [effect("b", 5.0)]) == f"{START} {moves}."


def portion(name: str, total: float, first: float | None = 0.25, distinct: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "total": total,
        "first": first,
        "total_interval": [-0.1, 0.75],
        "distinct": distinct,
        "total_raw": total,
    }


def test_the_sentence_of_sobol() -> None:
    def told(*rows: dict[str, Any], noise: float = 0.0, answered: bool = True, variance: float = 1.0, lines: int = 64) -> str:
        about = {"noise_share": noise, "answered": answered, "variance": variance, "rows": lines, "factors": list(rows)}
        return sentence("sobol", "uncertainty", P50, "T", BASE, about, {"b": ""})

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
            rows = [{"name": name, "distinct": True}] if name else [{"name": "z", "distinct": False}]
            results.append({"scenario": f"s{k}", "measures": {P50.text: {"factors": rows}}})
        return picture_title(P50, results, {"a": "the pace of X", "b": ""})

    assert title("a") == title("a", "a") == "Median time to evacuate, from the order: the pace of X matters most"
    assert title("b") == "Median time to evacuate, from the order: b matters most"
    assert title(None, None) == "Median time to evacuate, from the order: no input can be told from no effect yet"
    assert (
        title("a", "b", None)
        == "Median time to evacuate, from the order: what matters most is, in “s0” the pace of X; in “s1” b; in “s2” nothing yet"
    )


def test_two_that_cannot_be_told_apart_stand_side_by_side() -> None:
    rows = [swing("b", 5.0, leads=False), swing("d", 4.0), swing("e", 3.0)]
    ends = "10 h at its low end, 15 h at its high end, a swing of 5 h"
    assert (
        said("tornado", rows) == f"{START} What matters most is b: {ends}, or d (4 h), which can't be told apart; then e (3 h)."
    )
    assert said("tornado", rows[:2]).endswith("or d (4 h), which can't be told apart.")
    assert said("tornado", [swing("b", 5.0, leads=True), *rows[1:]]).endswith("a swing of 5 h; then d (4 h) and e (3 h).")
    results = [{"scenario": s, "measures": {P50.text: {"factors": some}}} for s, some in (("x", rows), ("y", rows[1:]))]
    assert picture_title(P50, results[:1], {}).endswith(": b, or d matters most")
    assert "what matters most is, in “x” b, or d; in “y” d" in picture_title(P50, results, {})
    assert contrast("tornado", [P50], results, {})[0].startswith(
        "For median time to evacuate, from the order what matters most is b, or d in “x”, d in “y”."
    )


def test_one_person_is_no_people() -> None:
    assert [amount(x, "people") for x in (1.0, 1.04, 0.99)] == ["1 person", "1 person", "0.99 people"]

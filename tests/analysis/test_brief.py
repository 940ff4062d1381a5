"""The few words on top of a page: from numbers that are written down here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.analysis import brief
from sim.analysis.found import Entry, Interval, Summary
from sim.analysis.paired import Differences
from tests.analysis.filled import filled

NAMES = ("Base", "Other")


def entry(
    mean: float | None, low: float | None = None, high: float | None = None, title: str | None = None, **spread: float
) -> Entry:
    outcome = {"outcome": {"p05": spread["p05"], "p50": mean, "p95": spread["p95"]}} if spread else {}
    return filled(Entry, title=title, left_behind={"mean": mean, "low": low, "high": high, **outcome})


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (entry(0.0), ("nobody", "")),
        (entry(1262.3, 1007.0, 1938.0, p05=0.0, p95=5408.0), ("1,262 on average", "0 to 5,408 in nine cases of ten")),
        (entry(12.0, 9.0, 20.0), ("12 on average", "95 % interval 9 to 20")),
        (entry(0.25, 0.25, 0.25), ("0.2 on average", "")),
    ],
)
def test_who_is_left_behind(of: Entry, said: tuple[str, str]) -> None:
    told = brief.left_behind(of)
    assert (told.main, told.beside) == said


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ((0.095, 0.05, 0.16), ("10 % of the cases", "95 % interval 5 % to 16 %")),
        ((0.999, 0.98, 1.0), ("> 99 % of the cases", "95 % interval 98 % to 100 %")),
        ((0.5, None, None), ("50 % of the cases", "")),
    ],
)
def test_how_likely_all_are_out(p: tuple[float | None, ...], said: tuple[str, str]) -> None:
    told = brief.odds(filled(Entry, p_all_out=dict(zip(("estimate", "low", "high"), p, strict=True))))
    assert (told.main, told.beside) == said


def difference(fewer: float, low: float, high: float, more: float, sets: int = 100, pairs: int = 200) -> Differences:
    share = {"estimate": fewer, "low": low, "high": high}
    other = {"estimate": more, "low": 1 - high, "high": 1 - low}
    alike = {"estimate": 1 - fewer - more, "low": 0.0, "high": 0.0}
    total = {"sets": sets, "pairs": pairs, "fewer_left_behind": {"sets": sets, "fewer": share, "more": other, "as_many": alike}}
    return filled(Differences, base="b", other="o", base_title="Base", other_title="Other", total=total)


@pytest.mark.parametrize(
    ("of", "main", "beside", "apart"),
    [
        (difference(0.97, 0.91, 0.99, 0.03), "Other: fewer are left behind than with Base, in 97 of 100 states of the world",
         "95 % interval 91 to 99; the other way in 3", True),
        (difference(0.03, 0.01, 0.09, 0.97), "Base: fewer are left behind than with Other, in 97 of 100 states of the world",
         "95 % interval 91 to 99; the other way in 3", True),
        (difference(0.52, 0.42, 0.62, 0.45), "Other or Base: which leaves fewer behind can't be told",
         "fewer with the first in 52 of 100 states of the world, with the second in 45, as many in 3", False),
        (difference(0.0, 0.0, 0.02, 0.0), "Other or Base: as many are left behind in each of 100 states of the world", "", False),
        (difference(1.0, 0.9, 1.0, 0.0, sets=200), "Other: fewer are left behind than with Base, in 200 of 200 replications",
         "95 % interval 180 to 200", True),
        (difference(0.0, 0.0, 0.0, 0.0, sets=0), "Other or Base: no replication was completed by both", "", False),
    ],
)  # fmt: skip
def test_which_is_better(of: Differences, main: str, beside: str, apart: bool) -> None:
    """*Fewer* only where that is so in most sets, beyond the interval."""
    assert brief.better(of.total, NAMES)[:3] == (main, beside, apart)
    assert bool(brief.better(of.total, NAMES).best) == bool(brief.better(of.total, NAMES).sure) == apart


def test_better_where_the_two_differ() -> None:
    """All that is said is of the 62 sets in which they do: Clopper and Pearson's 63 % to 86 % of these."""
    of = difference(0.47, 0.37, 0.57, 0.15)
    assert of.total.fewer_left_behind is not None
    differing = Interval(estimate=47 / 62, low=0.633, high=0.858)
    counts = replace(of.total.fewer_left_behind, fewer_of_differing=differing)
    told = brief.better(replace(of.total, fewer_left_behind=counts), NAMES)
    assert told.main == "Other: fewer are left behind than with Base, in 47 of the 62 states of the world in which they differ"
    assert told.beside == "95 % interval 39 to 53; the other way in 15; as many in 38 more"
    assert (told.best, told.sure, told.differ) == ("Other", "more likely than not", True)


def test_a_label_within_a_sentence() -> None:
    of = difference(0.97, 0.91, 0.99, 0.03)
    assert brief.better(of.total, ("A coalition", "Nobody")).main.startswith(
        "Nobody: fewer are left behind than with a coalition, in 97"
    )
    assert brief.better(of.total, ("Albania", "B")).main.startswith("B: fewer are left behind than with Albania, in 97")


def test_whose_people_are_left_behind() -> None:
    missions = {name: entry(mean) for name, mean in (("a", 1.0), ("b", 30.4), ("c", 0.0), ("d", 2.6), ("e", 0.04))}
    missions["b"] = entry(30.4, title="Bravo")
    assert brief.hit(filled(Summary, missions=missions)) == "Bravo 30, d 3, a 1 and 1 more mission"
    assert brief.hit(filled(Summary, missions={"c": missions["c"]})) == ""


def test_what_the_answer_rests_on() -> None:
    one = filled(Summary, replications=200, failed=0, inputs={"sets": 100})
    few = filled(Summary, replications=50, failed=0, inputs={"sets": 25})
    assert brief.rests([one]).startswith("200 replications, over 100 states of the world")
    assert brief.rests([one, few]).startswith("50 to 200 replications each, over 25 to 100 states")
    assert brief.rests([filled(Summary, replications=1, failed=0)]) == "1 replication, inputs as written."


def test_of_many_the_range_of_what_is_not_known() -> None:
    def summary(part: float) -> Summary:
        total = {"left_behind": {"from_inputs": {"share": part}}}
        return filled(Summary, inputs={"of": "total.left_behind"}, total=total)

    few = brief.unknown_of_several([summary(0.31), summary(0.1)], ["A", "B"])
    assert few == "What isn't known of the inputs is 31 % (A), 10 % (B) of the spread of outcomes, the rest is chance."
    many = brief.unknown_of_several([summary(x / 10) for x in range(1, 7)], list("ABCDEF"))
    assert many == "What isn't known of the inputs is 10 % (A) to 60 % (F) of the spread of outcomes, the rest is chance."
    assert brief.unknown_of_several([filled(Summary)], ["A"]) == ""


@pytest.mark.parametrize(
    ("part", "words"),
    [(1.0, "virtually certain"), (0.99, "virtually certain"), (0.95, "very likely"), (0.66, "likely"),
     (0.62, "more likely than not"), (0.5, "more likely than not"), (0.4, "unlikely")],
)  # fmt: skip
def test_how_likely_in_words(part: float, words: str) -> None:
    assert brief.likely(part) == words


def test_how_many_had_left_before() -> None:
    told = brief.before(filled(Entry, out_before={"people": 7667.96}, to_move=13812.06))
    assert told[:2] == ("7,668 on average", "of 13,812 to be moved")

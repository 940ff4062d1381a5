"""What the picture of marginal values says, from numbers made by hand: its rows, panels and ends, its title and its caption."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.analysis.measure import parse
from sim.studies.bottleneck.found import CapacityEffect, CapacityValue, FoundBottleneck, ScenarioValues
from sim.studies.bottleneck.pictures import (
    BEYOND,
    PANELS,
    ROWS,
    UNTOLD,
    axis_words,
    changing,
    ends_of,
    note,
    panel_title,
    panels_of,
    picture_title,
    rows_of,
)
from sim.studies.bottleneck.table import RULE
from tests.studies.bottleneck.test_marginal import effect_of, value_of

LEFT, TIME, SHARE = "total.left_behind", "total.hours_within_horizon", "total.p_all_out"
MEASURES = {text: parse(text, []) for text in (LEFT, TIME, SHARE)}


def told(people: float, **more: Any) -> CapacityEffect:
    """So many more people left behind, half to double of them, which can be told."""
    about = {"distinct": True, "worse": people > 0} | more
    return effect_of(people, *sorted((people / 2, people * 2)), **about)


def untold(people: float = 1.0) -> CapacityEffect:
    return effect_of(people, -5.0, 5.0)


def row(name: str, effect: CapacityEffect, rank: int = 1, **more: Any) -> CapacityValue:
    verdict = ("worse" if effect.worse else "better") if effect.distinct else "none"
    about = {"verdict": verdict, "distinct": effect.distinct, "holds": effect.distinct, "rank": rank, "unchanged": False} | more
    return value_of(name, {LEFT: effect}, **about)


def same(name: str) -> CapacityValue:
    """Not a replication differs."""
    return row(name, replace(effect_of(0.0, 0.0, 0.0), differ=0), verdict="none", unchanged=True)


def scenario(*rows: CapacityValue, name: str = "one") -> ScenarioValues:
    return ScenarioValues(scenario=name, title=name.title(), replications=40, final=True, failed=0, capacities=rows)


def found(*results: ScenarioValues, final: bool = True, measures: tuple[str, ...] = (LEFT,)) -> FoundBottleneck:
    about = {text: MEASURES[text] for text in measures}
    return FoundBottleneck(
        measures=measures,
        titles={text: m.title for text, m in about.items()},
        units={text: m.kind.unit for text, m in about.items()},
        worse_high={text: m.kind.worse_high for text, m in about.items()},
        seed=1,
        replications=1_200,
        results=results,
        contrasts=(),
        warnings=(),
        failures=(),
        failed=0,
        final=final,
    )


def caption(*results: ScenarioValues, final: bool = True) -> str:
    one = found(*results, final=final)
    return note(one, rows_of(one), panels_of(one))


# -- the caption says what is in the picture and nothing else ---------------------------------------------------------


def test_what_makes_it_worse_is_red_where_one_scenario_is_drawn_alone() -> None:
    """Of several scenarios colours are those of the scenarios."""
    red = " Hatched red: worse."
    worse, better = row("w", told(4.0)), row("b", told(-4.0))
    assert red in caption(scenario(better, worse))
    assert red not in caption(scenario(better))
    assert red not in caption(scenario(better, row("n", untold(4.0))))
    assert red not in caption(scenario(better, worse), scenario(better, worse, name="two"))
    assert red not in caption(scenario(better, worse), scenario(better, name="two"), scenario(better, name="three"))


def test_lines_are_explained_where_there_are_intervals() -> None:
    lines = "; lines: 95 % intervals"
    assert lines in caption(scenario(row("a", told(-4.0))))
    without = replace(told(-4.0), low=None, high=None)
    assert lines not in caption(scenario(row("a", without)))
    assert lines in caption(scenario(row("a", without), row("b", told(-4.0))))
    assert lines not in caption(scenario(row("a", replace(told(-4.0), low=None))))


def test_grey_and_its_mark_are_explained_where_something_is_grey() -> None:
    assert RULE not in caption(scenario(row("a", told(-4.0))))
    grey = caption(scenario(row("a", untold())))
    assert f" Grey: {RULE}." in grey
    assert ": can't be told from nothing." in grey
    other = caption(scenario(row("a", told(-4.0))), scenario(row("a", untold()), name="two"))
    assert f" Grey: {RULE}." in other  # the bar of the second, though its row can be told in the first
    assert ": can't be told from nothing." not in other


def test_what_is_left_out_is_counted_by_why() -> None:
    """One row is drawn; two that change nothing, three that can't be told."""
    some = [row("a", told(-4.0)), same("s"), same("t"), *(row(x, untold(), rank=9) for x in "xyz")]
    said = caption(scenario(*some))
    assert " 3 more can't be told from nothing." in said
    assert " 2 more change nothing in any replication." in said
    assert "can be told: see the table" not in said
    assert " 1 more changes nothing in any replication." in caption(scenario(*some[:2]))
    many = [row(f"p{k:02}", told(-4.0), rank=k) for k in range(ROWS + 3)]
    assert " 3 more can be told: see the table." in caption(scenario(*many))
    assert " more " not in caption(scenario(*many[:ROWS]))


def test_what_failed_is_not_said_to_be_beyond_telling() -> None:
    """Nothing is known of it: that some points failed is said beside."""
    failed = replace(row("f", told(-4.0)), effects={}, verdict="failed", distinct=False)
    said = caption(scenario(row("a", told(-4.0)), failed), final=False)
    assert " more " not in said
    assert said.endswith(" NOT FINAL: some points or replications failed.")
    beside = caption(scenario(row("a", told(-4.0)), failed), scenario(row("f", untold(), rank=9), name="two"), final=False)
    assert " 1 more can't be told from nothing." in beside


def test_a_caption_says_how_many_replications_and_that_it_is_not_final() -> None:
    one = scenario(row("a", told(-4.0)))
    assert caption(one) == (
        "Mean paired difference from the scenario as it is, each capacity alone; lines: 95 % intervals. "
        "1,200 replications a point."
    )
    assert caption(one, final=False).endswith(" NOT FINAL: some points or replications failed.")


# -- rows and panels --------------------------------------------------------------------------------------------------


def test_rows_are_by_rank_and_what_makes_it_worse_comes_last() -> None:
    some = scenario(row("w", told(9.0), rank=1), row("b", told(-1.0), rank=3), row("a", told(-4.0), rank=2), row("n", untold()))
    assert rows_of(found(some)) == [("a", "+1 a", True), ("b", "+1 b", True), ("w", "+1 w", True)]


def test_what_helps_one_thing_and_harms_another_stands_among_what_helps() -> None:
    mixed = row("m", told(-2.0), rank=2, verdict="mixed")
    some = scenario(row("b", told(-1.0), rank=3), mixed, row("a", told(-4.0), rank=1), row("w", told(9.0), rank=4))
    assert [path for path, *_ in rows_of(found(some))] == ["a", "m", "b", "w"]


def test_a_capacity_that_failed_is_drawn_after_what_cannot_be_told() -> None:
    failed = value_of("f", {}, verdict="failed", error="boom", rank=0)
    assert [path for path, *_ in rows_of(found(scenario(failed, row("n", untold(), rank=1))))] == ["n", "f"]


def test_a_row_has_its_best_place_of_all_scenarios_and_is_told_if_it_is_in_one() -> None:
    first = scenario(row("a", told(-4.0), rank=1), row("b", untold(), rank=2), same("s"))
    second = scenario(row("b", told(-9.0), rank=1), row("a", untold(), rank=2), row("s", untold(), rank=3), name="two")
    assert rows_of(found(first, second)) == [("a", "+1 a", True), ("b", "+1 b", True)]


def test_where_nothing_can_be_told_a_few_are_drawn() -> None:
    some = [row(f"n{k}", untold(), rank=k) for k in range(UNTOLD + 2)]
    assert rows_of(found(scenario(*some))) == [(f"n{k}", f"+1 n{k}", False) for k in range(UNTOLD)]


def test_many_rows_leave_room_for_the_worst() -> None:
    good = [row(f"g{k:02}", told(-4.0), rank=k) for k in range(30)]
    few, many = ([row(f"w{k:02}", told(4.0), rank=50 + k) for k in range(size)] for size in (3, 30))
    paths = [path for path, *_ in rows_of(found(scenario(*good, *few)))]
    assert paths == [*(f"g{k:02}" for k in range(ROWS - 3)), "w00", "w01", "w02"]
    assert len(rows_of(found(scenario(*good, *many)))) == ROWS
    assert sum(path.startswith("g") for path, *_ in rows_of(found(scenario(*good, *many)))) == ROWS // 2


def test_panels_are_people_and_hours_that_differ() -> None:
    """A chance is drawn where nothing else is asked for; what differs nowhere only where nothing does."""
    every = {LEFT: told(-4.0), TIME: told(-2.0), SHARE: told(0.5)}
    one = scenario(replace(row("a", told(-4.0)), effects=every))
    assert panels_of(found(one, measures=(SHARE, LEFT, TIME))) == [LEFT, TIME]
    assert panels_of(found(one, measures=(SHARE,))) == [SHARE]
    still = scenario(replace(row("a", told(-4.0)), effects=every | {TIME: replace(effect_of(0.0), differ=0)}))
    assert panels_of(found(still, measures=(LEFT, TIME))) == [LEFT]
    assert panels_of(found(scenario(same("s")), measures=(LEFT, TIME))) == [LEFT, TIME]
    assert PANELS >= 2


def test_a_panel_says_which_way_is_better() -> None:
    some = found(scenario(row("a", told(-4.0))), measures=(LEFT, SHARE))
    assert panel_title(some, LEFT) == "people left behind"
    assert axis_words(some, LEFT) == "change with one step more (less is better: ◂)"
    assert axis_words(some, SHARE) == "change with one step more (more is better: ▸)"


def test_a_panel_has_all_of_it_but_is_cut_far_beyond_what_can_be_told() -> None:
    assert ends_of([told(-4.0)]) == (-8.0, 0.0)
    assert ends_of([told(-4.0), told(3.0)]) == (-8.0, 6.0)
    wide = effect_of(10.0, -100.0, 120.0)
    assert ends_of([told(-4.0), wide]) == (-8.0 * BEYOND, 8.0 * BEYOND)
    assert ends_of([wide]) == (-100.0, 120.0)
    assert ends_of([effect_of(None)]) == (0.0, 0.0)


def test_whether_anything_changes() -> None:
    failed = value_of("f", {}, verdict="failed", error="boom")
    assert changing(scenario(row("n", untold())))
    assert not changing(scenario(same("s"), failed))


# -- the title --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("", "One: one more of any capacity changes nothing that can be told"),
        ("a", "One: one more a helps most, as seen"),
        ("ab", "One: one more a and one more b help"),
        ("abc", "One: one more a, one more b and 1 more help"),
        ("abcd", "One: one more a, one more b and 2 more help"),
    ],
)
def test_the_title_says_what_helps(names: str, said: str) -> None:
    some = [row(name, told(-4.0)) for name in names] + [row("w", told(4.0)), row("n", untold())]
    assert picture_title(found(scenario(*some))) == said


def test_what_holds_among_all_tries_comes_before_what_may_be_chance() -> None:
    maybe = row("m", told(-9.0), holds=False)
    assert picture_title(found(scenario(maybe, row("a", told(-4.0))))) == "One: one more a helps most, as seen"
    assert picture_title(found(scenario(maybe))) == "One: one more m helps most, as seen"


def test_scenarios_that_differ_are_named_up_to_three() -> None:
    a, b = row("a", told(-4.0)), row("b", told(-4.0))
    assert picture_title(found(scenario(a), scenario(a, name="two"))) == "In every scenario: one more a helps most, as seen"
    two = "What helps most, as seen. One: one more a; Two: one more b"
    assert picture_title(found(scenario(a), scenario(b, name="two"))) == two
    three = [scenario(a), scenario(b, name="two"), scenario(name="three")]
    assert picture_title(found(*three)) == (
        "What helps most, as seen. One: one more a; Two: one more b; Three: nothing that can be told"
    )
    assert picture_title(found(*three, scenario(a, name="four"))) == "What helps most, as seen, differs between scenarios"

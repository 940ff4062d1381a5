"""The best point of a sweep: named only where paired tests over sets tell it from all others."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.measure import Samples, parse
from sim.analysis.statistics import Floats
from sim.studies.axis import Axis
from sim.studies.design.points import Design
from sim.studies.sweep.best import BestPoint, apart, best
from sim.studies.sweep.points import Readings, Sheet, View
from sim.studies.sweep.words import best_title, headline

INF = math.inf
LEFT, P90, OUT = (parse(f"total.{name}", []) for name in ("left_behind", "out_p90", "p_all_out"))
AXES = (Axis.of("a.lanes", ("1", "2")), Axis.of("a.drive", ("1 h", "2 h")))
RNG = np.random.default_rng(5)
NOISE = RNG.gamma(2, 10, 80)
"""Of 80 replications, which all points share."""


def of(values: Floats, per_set: int = 1, most: float = 1000.0) -> Samples:
    k = np.arange(len(values))
    return Samples(k, k // per_set, np.asarray(values, dtype=np.float64), most)


def seen(
    measure: str, *points: Floats, per_set: int = 1, absent: frozenset[int] = frozenset()
) -> tuple[Sheet, dict[int, Readings]]:
    """The measure at each point, the mean of its replications or their ninth decile, and what they say."""
    m = parse(f"total.{measure}", [])
    quantile = m.kind.quantile
    value = np.array([np.sort(p)[int(quantile * len(p)) - 1] if quantile else np.mean(p) for p in points])
    never = tuple("stranded" if math.isinf(v) else None for v in value)
    sheet = Sheet(m, value, value - 1, value + 1, never, np.zeros(len(points)), absent)
    return sheet, {k: {m.text: of(p, per_set)} for k, p in enumerate(points)}


def test_the_best_is_told_apart_from_those_that_differ_in_every_set() -> None:
    sheet, kept = seen("left_behind", NOISE + 3, NOISE, NOISE + 1, NOISE + 2)
    found = best(sheet, kept)
    assert found is not None
    assert (found.point, found.untold, found.compared) == (1, (), 3)


def test_what_is_hardly_worse_is_not_told_apart() -> None:
    wobbly = NOISE + RNG.permutation(np.repeat([-5.0, 5.2], 40))
    sheet, kept = seen("left_behind", NOISE, wobbly, NOISE, NOISE + 4)
    found = best(sheet, kept)
    assert found is not None
    assert (found.point, found.untold, found.compared) == (0, (2, 1), 3)  # as many at the third point


def test_sets_are_counted_and_not_replications() -> None:
    """Worse in 14 of 20 sets of four: as 80 replications (56 against 24) that is far beyond chance, as 20 sets it isn't."""
    up = np.repeat(np.where(np.arange(20) < 14, 1.0, -1.0), 4)
    assert apart(LEFT, of(NOISE), of(NOISE + up), 1)
    assert not apart(LEFT, of(NOISE, per_set=4), of(NOISE + up, per_set=4), 1)


def test_more_comparisons_need_more() -> None:
    """Worse by one in 6 of 80 sets, never better: p = 2 / 2^6 = 0.031, told in one comparison and not in two."""
    six = NOISE + (np.arange(80) < 6)
    assert apart(LEFT, of(NOISE), of(six), 1)
    assert not apart(LEFT, of(NOISE), of(six), 2)


def test_more_is_better_of_a_chance() -> None:
    none, some, all_ = (np.where(np.arange(80) < k, 1.0, 0.0) for k in (0, 40, 80))
    sheet, kept = seen("p_all_out", none, all_, some)
    found = best(sheet, kept)
    assert found is not None
    assert (found.point, found.untold) == (1, ())
    assert not apart(OUT, of(some), of(all_), 1)


def test_infinite_times_are_not_subtracted() -> None:
    late = np.where(np.arange(80) < 40, INF, NOISE)
    sheet, kept = seen("out_p90", late, NOISE + 2, NOISE)
    found = best(sheet, kept)
    assert found is not None
    assert (found.point, found.untold) == (2, ())
    assert best(*seen("out_p90", late, late)) is None
    assert best(*seen("out_p90", NOISE)) is None
    assert not apart(P90, of(NOISE[:20]), of(NOISE[:20] + 3), 1)  # too few for a ninth decile


def test_of_points_alike_one_is_told_apart_in_at_most_one_study_of_twenty() -> None:
    """Six points without any difference, 300 studies of 20 sets: 15 are allowed, more than 25 have a chance under 1 %."""
    rng, wrong = np.random.default_rng(9), 0
    for _ in range(300):
        sheet, kept = seen("left_behind", *rng.gamma(2, 10, (6, 20)))
        found = best(sheet, kept)
        wrong += found is not None and not found.untold
    assert wrong <= 25


def told(sheet: Sheet, kept: dict[int, Readings], axes: tuple[Axis, ...] = AXES) -> str:
    design = Design("grid", axes)
    view = View(design, ("one",), np.zeros(len(design), dtype=np.int64), (sheet,), {}, 80, 1, 720.0)
    return headline(view, (), kept)


def test_the_sentence_of_two_axes() -> None:
    assert told(*seen("left_behind", np.full(80, 4.0), np.full(80, 2.0), np.full(80, 9.0), np.full(80, 3.0))) == (
        "The number left behind is lowest with a.lanes = 1 and a.drive = 2 h, 2, told apart from each of 3 other points; "
        "as seen it goes up to 9 (a.lanes = 2 and a.drive = 1 h)."
    )
    two = told(*seen("left_behind", np.full(80, 2.0), np.full(80, 2.0), np.full(80, 9.0), np.full(80, 3.0)))
    assert two == (
        "The number left behind is lowest, as seen, with a.lanes = 1 and a.drive = 1 h, 2, which can't be told apart from "
        "(a.lanes = 1 and a.drive = 2 h); as seen it goes up to 9 (a.lanes = 2 and a.drive = 1 h)."
    )
    none = told(*seen("left_behind", NOISE, *(NOISE + RNG.permutation(np.repeat([-5.0, 5.2], 40)) for _ in range(3))))
    assert ", which can't be told apart from any of 3 other points; as seen it goes up to " in none
    assert told(*seen("left_behind", *[np.full(80, 2.0)] * 4)) == "The number left behind is 2 at every point."


@pytest.mark.parametrize(("untold", "said"), [(2, ""), (3, " and 1 more"), (4, " and 2 more")])
def test_of_those_that_are_not_told_apart_two_are_named_and_the_others_counted(untold: int, said: str) -> None:
    """Of six points; the last is always told apart."""
    axes = Axis.of("a.lanes", ("1", "2", "3", "4", "5", "6")), Axis.of("a.rank", ("0",))
    alike = [np.full(80, 2.0)] * (1 + untold)
    sentence = told(*seen("left_behind", *alike, *[np.full(80, 9.0)] * (5 - untold)), axes)
    named = [f"(a.lanes = {k} and a.rank = 0)" for k in (2, 3)]
    assert f", 2, which can't be told apart from {' and '.join(named)}{said}; as seen it goes up to 9 " in sentence


def test_of_two_points_the_other_is_named() -> None:
    two = (Axis("a.name", ("x", "y")),)
    wobbly = NOISE + np.tile([-5.0, 5.2], 40)
    assert ", which can't be told apart from (a.name = y); as seen it goes up to " in told(
        *seen("left_behind", NOISE, wobbly), two
    )
    assert ", told apart from the other point; as seen" in told(*seen("left_behind", NOISE, NOISE + 4), two)


def test_a_title_counts_the_cells_that_are_not_told_from_the_best() -> None:
    view = View(Design("grid", AXES), ("one",), np.zeros(4, dtype=np.int64), (), {}, 80, 1, 720.0)
    sheet, _ = seen("left_behind", *(np.full(80, x) for x in (2.0, 2.0, 2.0, 9.0)))
    start = "The number left behind is lowest"
    where = "a.lanes = 1 and a.drive = 1 h"
    assert best_title(view, sheet, BestPoint(0, (), 3)) == f"{start} with {where}: 2, told apart from every other cell."
    assert best_title(view, sheet, BestPoint(0, (1,), 3)) == (
        f"{start}, as seen, with {where}: 2; 1 other cell of 3 can't be told from it."
    )
    assert best_title(view, sheet, BestPoint(0, (1, 2), 3)).endswith("; 2 other cells of 3 can't be told from it.")
    assert best_title(view, sheet, BestPoint(0, (1, 2, 3), 3)) == (
        f"The number left behind is 2 with {where}, the lowest as seen; the cells can't be told apart."
    )
    chance, _ = seen("p_all_out", *[np.ones(80)] * 4)
    assert best_title(view, chance, BestPoint(0, (), 3)).startswith("P(all out) is highest with ")


def test_a_larger_sweep_is_told_as_it_was_seen() -> None:
    """Nothing was kept of its replications, so nothing is claimed."""
    sheet, _ = seen("left_behind", np.full(80, 4.0), np.full(80, 2.0), np.full(80, 9.0), np.full(80, 3.0))
    assert told(sheet, {}) == (
        "The number left behind lies between 2 (a.lanes = 1 and a.drive = 2 h) and 9 (a.lanes = 2 and a.drive = 1 h), as seen."
    )


@pytest.mark.parametrize("per_set", [1, 2])
def test_the_highest_chance_is_called_that(per_set: int) -> None:
    all_, none = np.ones(80), np.zeros(80)
    said = told(*seen("p_all_out", none, all_, none, none, per_set=per_set))
    assert said == (
        "P(all out) is highest with a.lanes = 1 and a.drive = 2 h, 100 %, told apart from each of 3 other points; "
        "as seen it goes down to 0 % (a.lanes = 1 and a.drive = 1 h)."
    )

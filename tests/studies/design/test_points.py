"""Designs: what the axes hold and where the points lie."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from sim.studies.axis import Axis
from sim.studies.design.points import OWN, Design, DesignFactor, crossed, listed, sampled, short_paths


def test_a_grid_is_every_combination_the_last_axis_fastest() -> None:
    design = Design("grid", (Axis("a", ("1", "2", "3")), Axis("b", ("x", "y")), Axis("c", ("0", "1"))))
    assert list(design) == list(itertools.product(range(3), range(2), range(2)))
    assert len(design) == 12


def test_a_huge_grid_takes_no_memory() -> None:
    axis = Axis("a", tuple(map(str, range(1000))))
    design = Design("grid", (axis, axis, axis))
    assert (len(design), design[999_999_999], design[1_000]) == (10**9, (999, 999, 999), (0, 1, 0))
    assert design.spread(3) == [0, 499_999_999, 999_999_999]
    with pytest.raises(IndexError):
        design[10**9]


@pytest.mark.parametrize(
    ("values", "dimension", "numbers", "unit"),
    [
        (("24 h", "2 d"), None, (24.0, 48.0), "h"),
        (("0", "24 h"), None, (0.0, 24.0), "h"),
        (("1", "2.5"), None, (1.0, 2.5), ""),
        (("30 min", "1"), "time", (0.5, 1.0), "h"),
        (("50%", "20 %"), None, (0.5, 0.2), ""),
        (("1", "many"), "count", (1.0, math.nan), ""),
        (("1 h", "1 km"), None, None, ""),
        (("06:00", "07:30"), None, None, ""),
        (("2021-08-15 06:00", "2021-08-16 06:00"), None, None, ""),
        (("{gamma: {mean: 12 d, cv: 0.6}}", "3 d"), "time", None, ""),
        (("turkish", "none"), None, None, ""),
    ],
)
def test_numbers_of_an_axis(values: tuple[str, ...], dimension: str | None, numbers: tuple[float, ...] | None, unit: str) -> None:
    axis = Axis.of("p", values, dimension)
    assert axis.unit == unit
    assert axis.numbers == (pytest.approx(numbers, nan_ok=True) if numbers else None)
    assert axis.plain == (numbers is not None and all(map(math.isfinite, numbers)))


def test_values_as_written() -> None:
    assert Axis.of("p", ("60 s/person", "90 s/person")).written == ("s/person", ["60", "90"])
    assert Axis.of("p", ("24 h", "2 d")).written == ("", ["24 h", "2 d"])


FACTORS = [
    DesignFactor("a", 2, 6, "h"),
    DesignFactor("b", 1, 8, whole=True, dimension="count"),
    DesignFactor("c", 0.01, 100, log=True),
]


def column(design: Design, k: int) -> np.ndarray:
    axis = design.axes[k]
    assert axis.numbers is not None
    return np.array([axis.numbers[row[k]] for row in design])


@pytest.mark.parametrize("kind", ["latin", "sobol"])
def test_sampled_points_fill_every_stratum_once(kind: str) -> None:
    """Latin hypercube by construction; a scrambled Sobol' sequence of 2^m points has one in each of the 2^m strata too."""
    design = sampled(kind, FACTORS, 64, seed=3)  # type: ignore[arg-type]
    a, b, c = (column(design, k) for k in range(3))
    assert sorted(np.floor((a - 2) / 4 * 16).astype(int)) == sorted(list(range(16)) * 4)
    assert sorted(b) == sorted([*range(1, 9)] * 8)  # each whole number as often as another
    strata = np.floor(np.log(c / 0.01) / np.log(1e4) * 16).astype(int)
    assert np.abs(np.bincount(strata, minlength=16) - 4).max() <= 1  # four digits may cross an edge
    assert {text.split()[1] for text in design.axes[0].values} == {"h"}


def test_sampled_designs_depend_on_their_seed_alone() -> None:
    one, same, other = (sampled("sobol", FACTORS, 8, seed) for seed in (0, 0, 1))
    assert one == same
    assert one != other


def test_choices_are_as_likely() -> None:
    design = sampled("latin", [DesignFactor("p", choices=("x", "y", "z")), FACTORS[0]], 30, 1)
    assert [row[0] for row in design].count(1) == 10
    assert design.axes[0].values == ("x", "y", "z")


def test_a_sobol_sequence_has_a_power_of_two_of_points() -> None:
    with pytest.raises(ValueError, match="such as 128, got 100"):
        sampled("sobol", FACTORS, 100, 1)


def test_a_list_of_points_leaves_out_what_it_does_not_name() -> None:
    design = listed([{"a": "1", "b": "x"}, {"b": "y"}, {"a": "2"}], Axis.of)
    assert [axis.path for axis in design.axes] == ["a", "b"]
    assert list(design) == [(0, 0), (OWN, 1), (1, OWN)]


def test_crossed_with_scenarios() -> None:
    design = crossed(Axis("scenario", ("s", "t")), listed([{"a": "1"}, {"a": "2"}], Axis.of))
    assert list(design) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert len(crossed(Axis("scenario", ("s", "t")), Design("grid", (Axis("a", ("1", "2", "3")),)))) == 6


def test_short_paths_tell_apart() -> None:
    assert short_paths(["airport.gates.abbey.lanes", "airport.gates.east.lanes"]) == ["abbey.lanes", "east.lanes"]
    assert short_paths(["a.x.y.z", "b.x.y.z"]) == ["a.x.y.z", "b.x.y.z"]
    assert short_paths([]) == []

"""Charts of a sweep on the page, from views made by hand: shades and what they stand for, edges, axes, what is never."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.analysis.measure import parse
from sim.studies.axis import Axis
from sim.studies.design.points import Design
from sim.studies.sweep.kept_charts import SHADES, charts_of
from sim.studies.sweep.pictures import pictures
from sim.studies.sweep.points import View, view_of

Json = dict[str, Any]
INF = math.inf
LANES, DRIVE = Axis.of("airport.gates.main.lanes", ("1", "2", "3")), Axis.of("road.drive", ("1 h", "2 h"), "time")
NAMES = Axis.of("security.phases.0.provider", ("turkish", "none", "coalition"))
NEVER = {INF: "stranded"}


def view(measure: str, axes: tuple[Axis, ...], values: list[float | None], half: float = 0.001) -> View:
    """A measure at each point with an interval of *half* either way."""
    design = Design("grid", axes)
    ends = [(None, None) if x is None or x == INF else (x - half, x + half) for x in values]
    cells = [(k, [[x, *ends[k], 60, NEVER.get(x or 0.0), None, 0]]) for k, x in enumerate(values)]
    return view_of(design, ("one",), [0] * len(design), [parse(f"total.{measure}", [])], cells, 60, 1, 720.0)


def panels(v: View) -> list[Json]:
    (made,) = charts_of(v, pictures(v, "It lies.")).values()
    found: list[Json] = made["panels"]
    return found


def shades(panel: Json) -> dict[str, int | str]:
    """Text of a cell -> its shade."""
    return {cell[3]: cell[2] for cell in panel["cells"]}


@pytest.mark.parametrize(("measure", "best_first"), [("p_all_out", False), ("left_behind", True)])
def test_the_key_names_the_shades_that_the_cells_have(measure: str, best_first: bool) -> None:
    """From the least to the most in five equal steps, of which the first shade is the best: few left behind, a high chance."""
    values = [0.05, 0.25, 0.45, 0.65, 0.85, 0.95] if measure == "p_all_out" else [5.0, 25.0, 45.0, 65.0, 85.0, 95.0]
    (panel,) = panels(view(measure, (LANES, DRIVE), [*values]))
    numbers = [shade for shade, _ in panel["key"]]
    assert numbers == ([1, 2, 3, 4, 5] if best_first else [5, 4, 3, 2, 1])
    assert len(numbers) == SHADES
    begins, ends = zip(*(text.split(" to ") for _, text in panel["key"]), strict=True)
    assert begins[1:] == ends[:-1]
    unit = " %" if measure == "p_all_out" else ""
    assert (begins[0], ends[-1]) == (f"5{unit}", f"95{unit}")
    least, most = (shades(panel)[f"{x}{unit}"] for x in (5, 95))
    assert (least, most) == (numbers[0], numbers[-1])
    for text, shade in shades(panel).items():  # each cell lies within the step of its shade
        low, high = dict(panel["key"])[shade].removesuffix(unit).replace(unit, "").split(" to ")
        assert float(low) <= float(text.removesuffix(unit)) <= float(high)


def test_cells_that_cannot_be_told_apart_have_one_colour_and_no_key() -> None:
    (panel,) = panels(view("left_behind", (LANES, DRIVE), [5.0, 6.0, 7.0, 8.0, 9.0, 10.0], half=20.0))
    assert set(shades(panel).values()) == {0}
    assert panel["key"] == []


def test_what_is_never_and_what_is_missing_have_patterns() -> None:
    (panel,) = panels(view("p50", (LANES, DRIVE), [5.0, INF, None, 8.0, 9.0, 40.0]))
    assert [shades(panel)[text] for text in ("never", "–")] == ["never", "none"]
    assert " 1 and 2: never; 2 and 1: –; " in panel["words"]


def test_cells_stand_at_the_values_of_both_axes() -> None:
    (panel,) = panels(view("left_behind", (LANES, DRIVE), [11.0, 12.0, 21.0, 22.0, 31.0, 32.0]))
    assert {cell[3]: (cell[0], cell[1]) for cell in panel["cells"]} == {
        f"{lanes}{drive}": (lanes - 1, drive - 1) for lanes in (1, 2, 3) for drive in (1, 2)
    }
    assert panel["across"]["values"] == ["1", "2", "3"]
    assert panel["up"] == {"label": "Driving time to the gates (h)", "values": ["1", "2"]}
    assert "2 and 1: 21 (21 to 21)" in panel["words"]


def test_names_have_a_dot_each_and_what_is_never_stands_at_the_edge() -> None:
    (panel,) = panels(view("p50", (NAMES,), [5.0, INF, None], half=1.0))
    marks = [row["marks"][0] for row in panel["rows"]]
    assert marks == [
        [5.0, 4.0, 6.0, None, None, "5 h"],
        [None, None, None, None, None, "never", "never"],
        [None, None, None, None, None, "–"],
    ]


def test_numbers_that_multiply_stand_at_their_logarithms() -> None:
    doubled = Axis.of("airport.gates.main.lanes", ("1", "2", "4", "8"))
    (panel,) = panels(view("left_behind", (doubled,), [9.0, 8.0, 5.0, 1.0]))
    assert [x for x, _ in panel["x"]["values"]] == pytest.approx(np.log10([1, 2, 4, 8]))
    assert [text for _, text in panel["x"]["values"]] == ["1", "2", "4", "8"]
    (line,) = panel["series"]
    assert [point[:2] for point in line["points"]] == [
        [pytest.approx(math.log10(x)), y] for x, y in ((1, 9), (2, 8), (4, 5), (8, 1))
    ]
    (even,) = panels(view("left_behind", (LANES,), [9.0, 8.0, 5.0]))
    assert even["x"]["values"] == [[1.0, "1"], [2.0, "2"], [3.0, "3"]]

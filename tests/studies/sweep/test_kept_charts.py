"""Charts of a sweep on the page, from views made by hand: shades and what they stand for, edges, axes, what is never."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.analysis.measure import parse
from sim.studies.axis import Axis
from sim.studies.design.points import OWN, Design
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


def chart(v: View) -> Json:
    (made,) = charts_of(v, pictures(v, "It lies.")).values()
    return made


def panels(v: View) -> list[Json]:
    found: list[Json] = chart(v)["panels"]
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


def test_many_numbers_stand_in_the_unit_in_which_they_are_written() -> None:
    """Up to twelve have a label each; of more the axis has its own, in minutes where they are minutes."""
    minutes = [f"{5 * k} min" for k in range(1, 14)]
    few, many = (Axis.of("road.drive", minutes[:size], "time") for size in (12, 13))
    (labelled,) = panels(view("left_behind", (few,), [float(k) for k in range(12)]))
    assert [text for _, text in labelled["x"]["values"]] == [str(5 * k) for k in range(1, 13)]
    assert labelled["x"]["label"] == "Driving time to the gates (min)"
    (own,) = panels(view("left_behind", (many,), [float(k) for k in range(13)]))
    assert (own["x"].get("values"), own["x"]["label"]) == (None, "Driving time to the gates (min)")
    assert [point[0] for point in own["series"][0]["points"]] == pytest.approx([5.0 * k for k in range(1, 14)])
    mixed = Axis.of("road.drive", ("0 min", "1 h", *minutes[1:]), "time")
    (hours,) = panels(view("left_behind", (mixed,), [float(k) for k in range(14)]))
    assert hours["x"]["label"] == "Driving time to the gates (h)"
    assert hours["series"][0]["points"][-1][0] == pytest.approx(65 / 60)
    lanes = Axis.of("airport.gates.main.lanes", [str(k) for k in range(1, 14)], "count")
    (plain,) = panels(view("left_behind", (lanes,), [float(k) for k in range(13)]))
    assert plain["x"]["label"] == "Main gate: search lanes"


def test_long_times_have_shades_in_days() -> None:
    """From two days to twelve: each step is two."""
    (panel,) = panels(view("p50", (LANES, DRIVE), [24.0 * x for x in (2, 3.5, 5, 7.5, 9, 12)]))
    assert panel["what"].endswith(" (days)")
    assert [text for _, text in panel["key"]] == [f"{low}.0 to {low + 2}.0" for low in (2, 4, 6, 8, 10)]
    assert shades(panel) == {"2.0": 1, "3.5": 1, "5.0": 2, "7.5": 3, "9.0": 4, "12.0": 5}


def test_panels_and_series_have_names_where_there_are_several() -> None:
    two = Axis.of("security.phases.0.provider", ("turkish", "none"))
    numbers = [float(k) for k in range(12)]
    heat = chart(view("left_behind", (LANES, DRIVE, two), numbers))
    assert [panel["title"].rpartition(" = ")[2] for panel in heat["panels"]] == ["turkish", "none"]
    assert heat["names"] == []
    assert [panel["title"] for panel in panels(view("left_behind", (LANES, DRIVE), numbers[:6]))] == [""]
    lines = chart(view("left_behind", (LANES, two), numbers[:6]))
    assert [name.rpartition(" = ")[2] for name in lines["names"]] == ["turkish", "none"]
    assert [one["name"] for one in lines["panels"][0]["series"]] == lines["names"]
    assert chart(view("left_behind", (LANES,), numbers[:3]))["names"] == []
    assert chart(view("left_behind", (two,), numbers[:2]))["names"] == []  # each has a row of its own


def test_a_cloud_has_a_panel_for_each_parameter_and_a_name_for_each_group() -> None:
    """Where the scenario's own value holds a point isn't in the panel of that parameter."""
    two = Axis.of("security.phases.0.provider", ("turkish", "none"))
    listed = Design("points", (LANES, DRIVE, two), ((0, 0, 0), (1, 1, 0), (2, OWN, 1), (0, 1, 1)))
    cells = [(k, [[float(k), k - 0.5, k + 0.5, 60, None, None, 0]]) for k in range(4)]
    v = view_of(listed, ("one",), [0] * 4, [parse("total.left_behind", [])], cells, 60, 1, 720.0)
    made = chart(v)
    assert [name.rpartition(" = ")[2] for name in made["names"]] == ["turkish", "none"]
    lanes, drive = made["panels"]
    assert [[point[:2] for point in one["points"]] for one in lanes["series"]] == [[[1, 0], [2, 1]], [[3, 2], [1, 3]]]
    assert [[point[:2] for point in one["points"]] for one in drive["series"]] == [[[1, 0], [2, 1]], [[2, 3]]]
    assert not lanes["joined"]
    assert all(point[2:4] == [None, None] for one in lanes["series"] for point in one["points"])
    alone = Design("points", (LANES, DRIVE), ((0, 0), (1, 1), (2, OWN), (0, 1)))
    assert chart(view_of(alone, ("one",), [0] * 4, [parse("total.left_behind", [])], cells, 60, 1, 720.0))["names"] == []


def test_a_measure_of_a_mission_is_called_by_it() -> None:
    design, cells = Design("grid", (LANES,)), [(k, [[float(k), k - 0.5, k + 0.5, 60, None, None, 0]]) for k in range(3)]
    v = view_of(design, ("one",), [0] * 3, [parse("embassy.left_behind", ["embassy"])], cells, 60, 1, 720.0)
    assert chart(v)["panels"][0]["title"] == "embassy: people left behind"
    assert panels(view("left_behind", (NAMES,), [1.0, 2.0, 3.0]))[0]["title"] == "People left behind"


def test_a_point_says_its_interval_where_it_has_one() -> None:
    (panel,) = panels(view("left_behind", (LANES,), [5.0, 6.0, 7.0], half=2.0))
    assert [point[4] for point in panel["series"][0]["points"]] == ["5 (3 to 7)", "6 (4 to 8)", "7 (5 to 9)"]
    (exact,) = panels(view("left_behind", (LANES,), [5.0, 6.0, 7.0], half=0.0))
    assert [point[4] for point in exact["series"][0]["points"]] == ["5", "6", "7"]


def test_values_given_in_any_order_stand_by_their_numbers() -> None:
    """Lanes from the most to the least, hours in between: each cell is where its values are, and says them."""
    lanes, drive = Axis.of("airport.gates.main.lanes", ("3", "1", "2")), Axis.of("road.drive", ("2 h", "3 h", "1 h"), "time")
    values = [float(10 * a + b) for a in (3, 1, 2) for b in (2, 3, 1)]
    (panel,) = panels(view("left_behind", (lanes, drive), values))
    assert {cell[3]: (cell[0], cell[1]) for cell in panel["cells"]} == {
        f"{10 * a + b}": (a - 1, b - 1) for a in (1, 2, 3) for b in (1, 2, 3)
    }
    assert panel["across"]["values"] == panel["up"]["values"] == ["1", "2", "3"]
    assert panel["words"].startswith(
        "people left behind by Main gate: search lanes and Driving time to the gates (h): 3 and 2: 32 ("
    )
    assert "; 1 and 3: 13 (" in panel["words"]


def test_the_best_cell_has_a_ring_where_others_are_told_from_it() -> None:
    values: list[float | None] = [5.0, 5.5, 65.0, 75.0, 85.0, 95.0]
    (panel,) = panels(view("left_behind", (LANES, DRIVE), values, half=1.0))
    assert {cell[3] for cell in panel["cells"] if cell[5]} == {"5", "5.5"}
    (alike,) = panels(view("left_behind", (LANES, DRIVE), values, half=100.0))
    assert not any(cell[5] for cell in alike["cells"])


def test_shares_end_at_all_of_them_and_other_measures_nowhere() -> None:
    (shares,) = panels(view("p_all_out", (LANES,), [0.1, 0.2, 0.3]))
    assert (shares["y"]["most"], shares["y"].get("unit")) == (1.0, None)
    (hours,) = panels(view("p50", (LANES,), [1.0, 2.0, INF]))
    assert (hours["y"].get("most"), hours["y"]["unit"], hours["y"]["never"]) == (None, "h", "never")

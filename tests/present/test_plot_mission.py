"""The picture of one mission's answer: its message, its lines and marks, and that no text lies on another."""

from __future__ import annotations

from itertools import combinations
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from sim.present.pictures import Pictures
from sim.present.plot_mission import mission_figure, shows
from sim.present.style import BLUE, RED, styled
from tests.analysis.synthetic import Fake, campaign, result, row
from tests.present.crowding import assert_readable

OUT = [row(ordered=30, t50=60, t100=100), row(ordered=40, t50=70, t100=inf, stranded=3)] * 2
"""All out on 16 Sep 10:00, in half of the replications."""


def made(name: str, rows: list[dict[str, Any]] = OUT, fall: float = 120.0, **more: Any) -> Fake:
    fake = result({"germany": rows}, name=name, **more)  # type: ignore[no-untyped-call]
    totals = fake.tables["replications"]
    fake.tables["replications"] = totals.with_columns(pl.Series("fall_h", [fall + k for k in range(totals.height)]))
    return fake


def gone(name: str) -> Fake:
    """Three of four had left before the start."""
    rows = [row(ordered=0, t50=0, t100=0)] * 3 + [row(ordered=20, t50=inf, t100=inf, stranded=9)]
    fake = made(name, rows)
    before = fake.tables["missions"]["t100_h"] == 0
    fake.tables["missions"] = fake.tables["missions"].with_columns(out_before=before)
    return fake


def drawn(*results: Fake, mission: str = "germany") -> Figure:
    with styled():
        return mission_figure(list(results), mission)


def texts(figure: Figure) -> list[str]:
    every = [*figure.texts, *(t for axis in figure.axes for t in axis.findobj(Text))]
    return [text for t in every if (text := t.get_text().replace("\u00a0", " "))]  # type: ignore[attr-defined]


def title(figure: Figure) -> str:
    return " ".join(texts(figure)[0].split())


def test_the_title_says_who_gets_out_by_when() -> None:
    assert title(drawn(made("turkish-collapse"))) == "Germany: all out by 16 Sep in 50 % of replications with Turkish forces"
    assert title(drawn(made("mine"))) == "Germany: all out by 16 Sep in 50 % of replications"
    both = drawn(made("turkish-collapse"), gone("none-collapse"))
    assert title(both) == (
        "Germany: all out by 16 Sep in 75 % of replications with nobody at the airport (75 % before the start), "
        "50 % with Turkish forces"
    )
    assert "with turkish-holding" in title(drawn(made("turkish-collapse"), made("turkish-holding")))


def test_where_all_are_never_out_the_title_says_half() -> None:
    half = [row(ordered=30, t50=60, t100=inf, stranded=3)] * 3
    assert title(drawn(made("x", half))) == "Germany: never all out; half out by 14 Sep in 100 % of replications"
    none = [row(ordered=30, t50=inf, t100=inf, stranded=9)] * 3
    assert title(drawn(made("x", none))) == "Germany: not even half of them get out in any replication"


def test_solid_is_all_dashed_is_half_each_in_the_colour_of_its_scenario() -> None:
    upper = drawn(made("a-now"), gone("b-now")).axes[0]
    solid = [line for line in upper.lines if line.get_linestyle() == "-"]
    dashed = [line for line in upper.lines if line.get_linestyle() == "--" and line.get_drawstyle() == "steps-post"]
    assert [line.get_color() for line in solid] == [line.get_color() for line in dashed] == [BLUE, RED]
    hours, chance = solid[0].get_data()
    assert dict(zip(hours, chance, strict=True))[100.0] == 0.5  # type: ignore[arg-type]
    assert np.asarray(solid[1].get_ydata())[0] == 0.75, "out before the start is out from the start"
    assert len(upper.collections) == 2, "a band for the solid lines only"


def test_order_and_fall_are_marked_with_their_dates() -> None:
    """Ordered at 30 and 40 h: 13 Sep 12:00 and 22:00; the capital falls at 120 to 123 h, on 17 Sep."""
    figure = drawn(made("turkish-collapse"), gone("none-collapse"))
    said = texts(figure)
    assert "13 Sep" in said
    assert "before the start in 75 %,\nelse 13 Sep" in said
    rows = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert rows == ["order, turkish-collapse", "order, none-collapse", "fall of the capital"], "once where it is the same"
    assert "17 Sep" in said
    apart = texts(drawn(made("a-now"), made("b-now", fall=150.0)))
    assert {"fall, a-now", "fall, b-now"} <= set(apart)
    assert any(text.startswith("local time, UTC") for text in said)


def test_a_scenario_that_starts_later_is_later_on_the_one_calendar() -> None:
    later = made("b-now")
    later.scenario_text = later.scenario_text.replace("2021-09-12", "2021-09-13")
    upper = drawn(made("a-now"), later).axes[0]
    steps = [np.asarray(line.get_xdata()) for line in upper.lines if line.get_linestyle() == "-"]
    assert 100 in steps[0]
    assert 124 in steps[1]


@pytest.mark.parametrize("many", [1, 2, 4, 9])
def test_no_text_lies_on_another(many: int) -> None:
    names = [f"{p}-{t}" for t in ("collapse", "holding", "advancing") for p in ("turkish", "none", "coalition")]
    results = [gone(name) if k % 2 else made(name, fall=120.0 + 9 * (k // 3)) for k, name in enumerate(names[:many])]
    figure = drawn(*results)
    figure.draw_without_rendering()
    boxes = [t.get_window_extent() for axis in figure.axes for t in axis.findobj(Annotation)]  # type: ignore[attr-defined]
    boxes += [t.get_window_extent() for t in figure.texts]
    boxes += [t.get_window_extent() for axis in figure.axes for t in axis.get_yticklabels() if t.get_visible()]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    inside = figure.get_window_extent()
    for box in boxes:
        assert inside.x0 - 1 <= box.x0
        assert box.x1 <= inside.x1 + 1
    for one, other in combinations(boxes, 2):
        over = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(over) < 1.5, (one, other)


@pytest.mark.parametrize("many", [1, 2, 4, 9])
def test_it_can_be_read_with_long_titles_which_stand_for_names(many: int) -> None:
    threats = ("while the government collapses within days", "while the capital holds", "while the enemy advances over weeks")
    names = [
        (f"{p}-{k}", f"A force of {p} that is flown in late {t}") for k, t in enumerate(threats) for p in ("one", "two", "six")
    ]
    results = [made(name, fall=120.0 + 9 * (k // 3), title=title) for k, (name, title) in enumerate(names[:many])]
    figure = drawn(*results)
    assert_readable(figure)
    assert not any("one-0" in text for text in texts(figure)[1:])


def test_who_lacks_it_is_left_out_and_counted() -> None:
    other = result({"france": OUT}, name="b-now")  # type: ignore[no-untyped-call]
    assert not shows(other, "germany")
    figure = drawn(made("a-now"), other)
    assert len(figure.axes) == 2
    assert any("1 more scenario has nobody of it to move." in " ".join(text.split()) for text in texts(figure))


@pytest.mark.parametrize("name", ["x" * 40, "$x_2$"])
def test_extremes_and_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    some = [campaign(name, title="百 $x_2$ \\frac{ " * 12, n=3, missions=4), made(name), made(name, [row(t100=0.01)])]
    bytes_of = []
    for folder in ("a", "b"):
        pictures = Pictures(tmp_path / folder, svg=True)
        pictures.draw("mission-germany", lambda: mission_figure(some, "germany"))
        bytes_of.append([path.read_bytes() for path in pictures.made])
    assert bytes_of[0] == bytes_of[1]
    assert len(bytes_of[0]) == 2

"""The picture of what matters and of where it fails: what it says, what it draws, and when there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from sim.analysis.matters import Importance, Share
from sim.analysis.scenario_discovery import Box, Discovery, Limit
from sim.present.pictures import Pictures
from sim.present.plot_matters import ROWS, Sets, Words, draw, matters_figure
from sim.present.style import styled
from tests.analysis.designs import names, sets
from tests.present.drawing import made

TWO = (Share("f0", 0.4, 0.3, 0.55, "up"), Share("f1", 0.3, 0.2, 0.45, "down"))
FIRST = Importance(TWO, ("f0",), (), 0.16, 100, 130)
NOTHING = Importance((), (), (), 0.16, 100, 130)
BOX = Box((Limit("f0", 0.6, 1.0), Limit("f1", 0.0, 0.4)), 0.75, 0.8, 0.3, 30, 100, 0.001)
NO_BOX = Discovery(None, 100, 30, "no box")
WORDS = Words(
    "Port",
    "people left behind",
    "more than 500 left behind",
    {"f0": "How long it holds", "f1": "Chance to be turned back"},
    {"f0": "how long it holds", "f1": "the chance to be turned back"},
)


def found(*limits: Limit) -> Discovery:
    return Discovery(replace(BOX, limits=limits or BOX.limits), 100, 30)


@pytest.fixture(scope="module")
def data() -> Sets:
    x = sets(100, 4, np.random.default_rng(1))
    return Sets(names(4), x, 1000 * x[:, 0], (x[:, 0] > 0.6) & (x[:, 1] < 0.4))


def figure(importance: Importance, discovery: Discovery, data: Sets, words: Words = WORDS) -> Figure:
    with styled():
        return matters_figure(importance, discovery, data, words)


def texts(figure: Figure) -> str:
    return " | ".join(" ".join(t.get_text().split()) for t in figure.findobj(Text) if t.get_text().strip())


def test_title_says_the_message(data: Sets) -> None:
    text = texts(figure(FIRST, found(), data))
    where = "more than 500 left behind more often with "
    where += "how long it holds in its upper 40 % and the chance to be turned back in its lower 40 %"
    assert f"Port: what matters most is how long it holds; {where}" in text


def test_a_long_heading_of_a_row_is_wrapped_and_not_cut(data: Sets) -> None:
    text = texts(figure(FIRST, NO_BOX, data, WORDS._replace(about={"f0": "Long " * 20 + "end", "f1": "Short"})))
    assert "Long " * 20 + "end" in text
    assert "…" not in text


def test_most_is_only_said_where_it_was_tested(data: Sets) -> None:
    both = replace(FIRST, first=("f0", "f1"))
    assert "Port: what matters most is how long it holds, or the chance to be turned back" in texts(figure(both, NO_BOX, data))
    unsure = replace(FIRST, rivals=("f2", "f3"))
    text = texts(figure(unsure, NO_BOX, data))
    assert "Port: how long it holds and the chance to be turned back stand out" in text
    assert "most" not in text
    assert "Of those below the floor 2 can't either." in text
    assert "Port: how long it holds stands out" in texts(figure(replace(unsure, shares=TWO[:1]), NO_BOX, data))
    third = (*TWO, Share("f2", 0.2, 0.1, 0.3, "either"))
    both = "Port: how long it holds, the chance to be turned back and 1 more stand out"
    assert both in texts(figure(replace(unsure, shares=third), NO_BOX, data))


def test_bars_have_their_index_interval_and_meaning(data: Sets) -> None:
    drawn = figure(FIRST, NO_BOX, data)
    (axis,) = drawn.axes
    assert [bar.get_width() for bar in axis.patches] == [0.4, 0.3]
    text = texts(drawn)
    for part in ("40 % ↑", "30 % ↓", "How long it holds", "Chance to be turned back", "noise floor 16 %"):
        assert part in text
    spans = [tuple(line.get_xdata()) for line in axis.lines]
    assert {(0.3, 0.55), (0.2, 0.45), (0.16, 0.16)} <= set(spans)


def test_at_most_ten_bars_and_says_so(data: Sets) -> None:
    many = tuple(Share(f"f{k}", 0.4 - k / 100, 0.1, 0.5, "up") for k in range(12))
    drawn = figure(replace(FIRST, shares=many), NO_BOX, data)
    assert len(drawn.axes[0].patches) == ROWS == 10
    assert "The 10 largest of 12 above the floor." in texts(drawn)


def test_box_and_sets(data: Sets) -> None:
    drawn = figure(FIRST, found(), data)
    axis = drawn.axes[1]
    frame = axis.patches[-1]
    assert isinstance(frame, Rectangle)
    assert (*frame.get_xy(), frame.get_width(), frame.get_height()) == pytest.approx((0.6, 0, 0.4, 0.4))
    points = [np.asarray(c.get_offsets()) for c in axis.collections]
    assert sum(map(len, points)) == 100
    assert sorted(map(len, points)) == sorted([0, 0, int(data.failed.sum()), int((~data.failed).sum())])
    text = texts(drawn)
    assert "In the box 80 % of the sets fail, of all 30 %. It holds 75 % of the failures." in text
    assert "Measured on sets that didn't choose the box, 30 of 100 of them inside." in text


def test_sets_out_of_the_third_limit_are_pale(data: Sets) -> None:
    drawn = figure(FIRST, found(*BOX.limits, Limit("f2", 0.5, 1.0)), data)
    pale = sum(len(np.asarray(c.get_offsets())) for c in drawn.axes[1].collections if (c.get_alpha() or 1) < 1)
    assert pale == (data.x[:, 2] < 0.5).sum()
    assert "Pale: not with f2 in its upper 50 %." in texts(drawn)


def test_a_box_in_one_factor_stands_over_the_answer(data: Sets) -> None:
    axis = figure(FIRST, found(BOX.limits[0]), data).axes[1]
    assert axis.get_ylabel() == "people left behind"
    assert max(np.asarray(c.get_offsets())[:, 1].max() for c in axis.collections if len(c.get_offsets())) == data.y.max()


def test_a_box_alone(data: Sets) -> None:
    drawn = figure(NOTHING, found(), data)
    assert len(drawn.axes) == 1
    assert "Port: of 130 inputs none stands out in 100 sets; more than 500 left behind more often with" in texts(drawn)


def test_nothing_is_drawn_of_nothing(data: Sets, tmp_path: Path) -> None:
    """And an earlier picture goes."""
    assert [p.name for p in made(tmp_path, draw, FIRST, found(), data, WORDS)] == ["matters.png"]
    draw(NOTHING, NO_BOX, data, WORDS, Pictures(tmp_path))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="nothing to draw"):
        matters_figure(NOTHING, NO_BOX, data, WORDS)


def test_same_bytes_again(data: Sets, tmp_path: Path) -> None:
    first, second = (made(tmp_path / name, draw, FIRST, found(), data, WORDS)[0].read_bytes() for name in "ab")
    assert first == second

"""People out over time: a title claims what can be told, bands are of one scenario alone, the fall and the loss are marked."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure

from sim.present.labels import labels
from sim.present.plot_out import people_out_figure
from sim.present.style import styled
from tests.analysis.synthetic import Fake, campaign, result, row
from tests.present.crowding import assert_readable, shown

LONG = "A coalition of many countries that is flown in late with all of its equipment"


def out(per: list[int], name: str, title: str, **ends: float) -> Fake:
    """Of ten people so many get out, at hour 5, by replication."""
    rows = [row(t100=inf if k < 10 else 5.0, stranded=10 - k) for k in per]
    hours = [
        {"replication": k, "hour": h, "stage_out": many if h >= 5 else 0, "bottleneck": "none"}
        for k, many in enumerate(per)
        for h in range(100)
    ]
    return ending(result({"a": rows}, name=name, title=title, timeline=hours), **ends)  # type: ignore[no-untyped-call]


def ending(fake: Fake, fall_h: float = inf, lost_h: float = inf) -> Fake:
    totals = fake.tables["replications"]
    when = {"fall_h": [fall_h + k for k in range(totals.height)], "lost_h": [lost_h + k for k in range(totals.height)]}
    fake.tables["replications"] = totals.with_columns(**{name: pl.Series(name, x) for name, x in when.items()})
    return fake


def drawn(*results: Any) -> Figure:
    with styled():
        return people_out_figure(results, labels(results))


def title(*results: Fake) -> str:
    return " ".join(drawn(*results).texts[0].get_text().split())


def test_a_title_says_a_difference_only_where_it_is_told() -> None:
    few, many = out([2, 3] * 10, "few", "Few lanes"), out([8, 9] * 10, "many", "Many lanes")
    other = out([3, 2] * 10, "other", "Other lanes")
    assert title(few, many) == "Many lanes: 8 of 10 people get out on average, 6 more than Few lanes"
    assert title(few, many, other) == "Many lanes: 8 of 10 people get out on average, 6 more than Few lanes, the fewest"
    assert title(few, other) == "As many people get out in every scenario: 2 of 10 on average"
    unsure = out([2, 3] * 9 + [2, 9], "unsure", "Some lanes")
    assert title(few, unsure).startswith("How many people get out can't be told apart: 2 (Few lanes) and 3 (Some lanes)")


def test_bands_are_of_one_scenario_and_ranges_of_several() -> None:
    few, many = out([2, 3] * 10, "few", "Few lanes"), out([8, 9] * 10, "many", "Many lanes")
    assert len(drawn(few).axes[0].collections) == 2
    upper = drawn(few, many).axes[0]
    assert not upper.collections
    vertical = [np.asarray(line.get_ydata()).tolist() for line in upper.lines if len(set(line.get_xdata())) == 1]  # type: ignore[arg-type]
    assert vertical.count([2, 3]) == 2, "nine of ten, and half of them"
    assert vertical.count([8, 9]) == 2


def test_fall_and_loss_are_marked_with_median_and_range() -> None:
    """From 30 to 49 h after 12 Sep 06:00: the fall, once; the airport 24 h later or not at all."""
    one = out([9] * 20, "one", "One force", fall_h=30, lost_h=54)
    other = out([8] * 20, "other", "Other force", fall_h=30)
    for results in ((one,), (one, other)):
        strip = drawn(*results).axes[1]
        assert [t.get_text() for t in strip.get_yticklabels()] == ["capital falls", "airport lost"]
        marked = [np.asarray(line.get_xdata()).tolist() for line in strip.lines]
        assert marked == [[30, 48], [39], [54, 72], [63]]
    texts = [text for text, _, _ in shown(drawn(one, other))]
    assert "13 Sep (13 to 14 Sep)" in texts
    assert "One force\n14 Sep (14 to 15 Sep)" in texts, "not of the other, where it holds"
    assert "local time, UTC+4:30" in texts


@pytest.mark.parametrize("falls", [30.0, 90.0, 600.0])
def test_what_comes_after_the_last_is_out_is_within_the_picture(falls: float) -> None:
    one = out([9] * 20, "one", "One force", fall_h=falls, lost_h=falls + 24)
    other = out([8] * 20, "other", "Other force", fall_h=falls)
    for results in ((one,), (one, other)):
        figure = drawn(*results)
        assert_readable(figure)
        marks = [line for line in figure.axes[1].lines if line.get_marker() == "X"]
        assert len(marks) == 2
        assert all(np.asarray(line.get_xdata())[0] <= figure.axes[1].get_xlim()[1] for line in marks)


def test_what_the_ranges_cover_is_said() -> None:
    one, other = out([9] * 20, "one", "One force"), out([8] * 20, "other", "Other force")
    for results in ((one,), (one, other)):
        under = " ".join(drawn(*results).texts[1].get_text().split())
        assert "nine of ten" in under
        assert "over all sets of inputs" in under


@pytest.mark.first(6)
@pytest.mark.parametrize("ends", [{}, {"fall_h": 120.0, "lost_h": 200.0}], ids=["holds", "falls"])
@pytest.mark.parametrize("many", [1, 2, 4, 9])
@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_it_can_be_read(many: int, long: bool, ends: dict[str, float]) -> None:
    names = [f"{p}-{t}" for t in ("collapse", "holding", "advancing") for p in ("turkish", "none", "coalition")]
    titles = [f"{LONG} {name}" if long else f"{name.replace('-', ' ')} of it" for name in names]
    some = [
        ending(campaign(name, title, n=6, missions=3, seed=3 + k), **ends)
        for k, (name, title) in enumerate(zip(names[:many], titles, strict=False))
    ]
    assert_readable(drawn(*some))

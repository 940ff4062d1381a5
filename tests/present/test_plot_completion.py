"""When each mission is out: marks are moments, what is never stands apart, the title claims what can be told."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.analysis import summarise
from sim.present.labels import labels
from sim.present.plot_completion import MARKERS, completion_figure
from sim.present.style import styled
from tests.analysis.synthetic import Fake, campaign, result, row
from tests.present.crowding import assert_readable, shown


def fake(per: dict[str, list[float]], name: str, title: str) -> Fake:
    """Missions that are out at these hours after the start, by replication; one person is stranded where that is never."""
    rows = {m: [row(t100=h, stranded=int(h == inf)) for h in hours] for m, hours in per.items()}
    made = result(rows, name=name, title=title)  # type: ignore[no-untyped-call]
    made.scenario_text += "missions: {a: {title: Germany}}\n"
    return made  # type: ignore[no-any-return]


def drawn(*results: Any) -> Figure:
    with styled():
        return completion_figure(results, labels(results), [summarise(r) for r in results])


def title(*results: Fake) -> str:
    return " ".join(drawn(*results).texts[0].get_text().split())


def marks(figure: Figure) -> list[list[float]]:
    """Of each scenario the hours of its marks, from the first mission down."""
    lines = [line for line in figure.axes[0].lines if line.get_marker() in MARKERS]
    return [
        [float(np.asarray(line.get_xdata())[0]) for line in lines if line.get_marker() == marker]
        for marker in dict.fromkeys(line.get_marker() for line in lines)
    ]


def test_a_mark_is_the_median_and_never_stands_beyond_the_time_shown() -> None:
    one = fake({"a": [10.0 + k for k in range(20)], "b": [12.0] * 9 + [inf] * 11}, "one", "One")
    figure = drawn(one)
    last = 29.0
    assert marks(figure) == [[19.0, pytest.approx(1.05 * last)]]
    assert "never" in [text for text, _, _ in shown(figure)]
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["Germany", "b"]
    solid = [line for line in figure.axes[0].lines if line.get_linestyle() == "-" and len(line.get_xdata()) == 2]  # type: ignore[arg-type]
    ends = [max(np.asarray(line.get_xdata())) for line in solid if max(np.asarray(line.get_xdata())) > 1]
    assert max(ends) < last, "no bar runs to the edge"


def test_four_scenarios_keep_the_time() -> None:
    some = [fake({"a": [10.0 + 5 * k] * 20}, f"s{k}", f"Way {k}") for k in range(4)]
    figure = drawn(*some)
    assert marks(figure) == [[10], [15], [20], [25]]
    assert figure.axes[0].get_xlabel() == "hours after the start"


def test_a_title_says_a_difference_only_where_it_is_told() -> None:
    half = {"a": [5.0, inf] * 10, "b": [5.0] * 20}
    good, bad = fake(half | {"b": [5.0] * 20}, "good", "Good way"), fake({"a": [inf] * 20, "b": [inf] * 20}, "bad", "Bad way")
    assert title(good, bad) == "Good way: 1.5 of 2 missions get everybody out on average, 1.5 more than Bad way"
    close = fake(half | {"a": [5.0, inf] * 9 + [5.0, 5.0]}, "close", "Close way")
    assert title(good, close) == (
        "How many missions get everybody out can't be told apart: 1.5 (Good way) and 1.6 (Close way) of 2 on average"
    )
    assert title(good, good) == "As many missions get everybody out in every scenario: 1.5 of 2 on average"
    assert title(good, bad, close).endswith("Bad way, the fewest")


def test_of_one_mission_it_says_how_often() -> None:
    good, bad = fake({"a": [5.0] * 20}, "good", "Good way"), fake({"a": [5.0] * 2 + [inf] * 18}, "bad", "Bad way")
    assert title(bad) == "Bad way: Germany gets everybody out in 10 % of the cases"
    assert title(good, bad) == "Good way: Germany gets everybody out in 100 % of the cases, against 10 % with Bad way"
    assert title(bad, bad) == "Germany gets everybody out in 10 % of the cases in every scenario"


def test_no_nought_where_missions_differ() -> None:
    one = fake({"a": [5.0] * 2 + [inf] * 18, "b": [5.0] * 10 + [inf] * 10}, "one", "One")
    assert title(one) == "One: on average 0.6 of 2 missions get everybody out, none in 9 cases of 10"


@pytest.mark.first(4)
@pytest.mark.parametrize("missions", [1, 12])
@pytest.mark.parametrize("many", [1, 2, 4, 9])
@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_it_can_be_read(many: int, missions: int, long: bool) -> None:
    names = [f"{p}-{t}" for t in ("collapse", "holding", "advancing") for p in ("turkish", "none", "coalition")]
    more = "A coalition of many countries that is flown in late with all of its equipment " if long else ""
    some = [campaign(n, f"{more}{n.replace('-', ' ')} of it", n=6, missions=missions, seed=3 + k) for k, n in enumerate(names)]
    assert_readable(drawn(*some[:many]))

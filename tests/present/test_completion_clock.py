"""The picture of completion: one scenario from the order, several on the calendar, which is what they are compared by."""

from __future__ import annotations

import numpy as np
from matplotlib.text import Text

from sim.analysis import curves, summarise
from sim.present.plot_completion import MARKERS, completion_figure
from sim.present.style import styled
from tests.analysis.synthetic import result, row

SOON = result({"a": [row(ordered=10, t100=110.0 + k) for k in range(20)]}, name="soon")
LATE = result({"a": [row(ordered=200, t100=300.0 + k) for k in range(20)]}, name="late")
"""As quick from the order, 190 h later."""


def texts(*results) -> str:
    with styled():
        figure = completion_figure(results, [r.name for r in results], [summarise(r) for r in results])
    return " ".join(" ".join(t.get_text() for t in figure.findobj(Text)).split())


def medians(*results) -> list[float]:
    """Hours of the marks."""
    with styled():
        figure = completion_figure(results, [r.name for r in results], [summarise(r) for r in results])
    lines = [line for line in figure.axes[0].lines if line.get_marker() in MARKERS]
    return [float(np.asarray(line.get_xdata())[0]) for line in lines]


def test_the_curves_of_both_clocks():
    for calendar, same in ((False, True), (True, False)):
        first, second = (curves.completion(r, [105.0, 305.0], calendar=calendar).chance for r in (SOON, LATE))
        assert np.array_equal(first, second) == same
    assert curves.completion(LATE, [299.0, 300.0, 319.0], calendar=True).chance.tolist() == [[0, 0.05, 1]]
    assert (curves.last_useful_hour([SOON, LATE]), curves.last_useful_hour([SOON, LATE], calendar=True)) == (119, 319)


def test_one_scenario_runs_from_the_order_and_several_from_the_start():
    alone, together = texts(LATE), texts(SOON, LATE)
    assert "days after the mission's order" in alone
    assert "4.5 d" in alone
    assert "median time from the order" in alone
    assert "days after the start" in together
    assert "mission's order" not in together
    assert medians(SOON, LATE) == [119.0, 309.0], "the tenth of twenty, 5.0 and 12.9 d after the start"

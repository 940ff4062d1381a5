"""What the pictures say of people who were out before the start, of two of three missions that leave an unsecured airport."""

# ruff: noqa: E501 - sentences as they are shown

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from sim import api
from sim.analysis import curves, summarise
from sim.analysis.outcomes import of_all
from sim.present import plot_before
from sim.present.plot_completion import completion_figure
from sim.present.plot_hours import _people_out, hours_figure
from sim.present.plot_out import people_out_figure
from sim.present.style import styled
from sim.scenario import Loaded, loads
from tests.analysis.synthetic import result, row
from tests.analysis.test_out_before import SOURCE, loaded
from tests.present.drawing import made


def certain(name: str, *overrides: str) -> Loaded:
    """The big mission is out before the start whatever is drawn."""
    return loads(SOURCE % 1, f"{name}.yaml", ("security.reactions.decides=1 d", *overrides))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The big mission (160 people) is never, sometimes or always out before; the small one (40) is out at 8 h."""
    folder = tmp_path_factory.mktemp("before")
    shares = {"held": 0, "open": 0.5, "empty": 1}
    some = {name: api.run(loaded(p, name), n=20, out=folder, jobs=1, plots=False).result for name, p in shares.items()}
    always = api.run(certain("gone"), n=4, out=folder, jobs=1, plots=False)
    return some | {"gone": always.result}


def texts(figure: Figure) -> list[str]:
    return [" ".join(t.get_text().split()) for t in figure.findobj(Text) if t.get_text().strip()]


def said(draw: Any, *results: Any) -> list[str]:
    names = [r.name for r in results]
    with styled():
        if draw is completion_figure:
            return texts(draw(results, names, [summarise(r) for r in results]))
        return texts(draw(results, names))


def beside(mission: str, *results: Any) -> list[str]:
    """The columns of a mission beside the last map."""
    with styled():
        figure = completion_figure(results, [r.name for r in results], [summarise(r) for r in results])
    maps = [axis for axis in figure.axes if axis.get_xlabel().startswith(("days", "hours"))]
    row = [t.get_text() for t in maps[0].get_yticklabels()].index(mission)
    columns = [t for t in maps[-1].texts if isinstance(t, Annotation) and t.xy == (1, row) and t.get_ha() == "right"]
    columns = [t for t in columns if not t.get_text().startswith("local time")]
    return [t.get_text() for t in sorted(columns, key=lambda t: t.xyann[0])]


def test_bands_begin_with_those_out_before_and_halves_are_of_the_others(ran: dict[str, Any]) -> None:
    got = curves.people_out(ran["gone"])
    assert (got.before, got.to_move, got.median[0], got.half_h) == (160, 200, 160, 8)
    assert curves.people_out(ran["held"]).before == 0
    assert curves.people_out(ran["held"]).half_h == 6


def test_out_says_who_was_out_before(ran: dict[str, Any]) -> None:
    parts = said(people_out_figure, ran["gone"])
    assert (
        "Two of three: 200 of 200 people get out in the middle case, 160 of them before the start; half of those there at the start are out by day 0.3"
        in parts
    )
    assert "160 out before the start" in parts
    assert any("Out before the start, on average: 160 people (in 100 % of the replications)." in p for p in parts)


def test_the_step_at_the_start_is_drawn(ran: dict[str, Any]) -> None:
    def steps(name: str) -> list[list[float]]:
        with styled():
            lines = people_out_figure([ran[name]], [name]).axes[0].lines
        return [
            list(map(float, np.asarray(x.get_ydata())))
            for x in lines
            if set(np.asarray(x.get_xdata())) == {0} and len(x.get_xdata()) == 2
        ]

    assert steps("gone") == [[0, 160]]
    assert steps("held") == []


def test_nobody_out_before_is_not_named(ran: dict[str, Any]) -> None:
    for draw in (people_out_figure, completion_figure, hours_figure):
        for results in ([ran["held"]], [ran["held"], ran["held"]]):
            assert "before" not in " ".join(said(draw, *results)), draw
    title = said(people_out_figure, ran["held"])
    assert any(p.endswith("people get out in the middle case, half of them by day 0.2") for p in title)


def test_a_comparison_labels_where_the_curves_begin(ran: dict[str, Any]) -> None:
    parts = said(people_out_figure, ran["held"], ran["gone"])
    assert "As many people get out in every scenario: 200 of 200 on average" in parts
    assert parts.count("160 out before the start") == 1
    assert any("Out before the start, on average: gone 160 people." in p for p in parts)
    assert said(people_out_figure, ran["gone"], ran["gone"]).count("160 out before the start") == 1, "the same step once"


def test_some_replications_only(ran: dict[str, Any]) -> None:
    """The mean and how often beside the middle case, which may have nobody out before."""
    before = of_all(ran["open"]).out_before
    share = float((before > 0).mean())
    assert 0 < share < 1
    sentence = plot_before.sentence([ran["open"]], ["open"])
    assert (
        sentence == f"Out before the start, on average: {before.mean():.0f} people (in {100 * share:.0f} % of the replications). "
    )
    many = [ran["held"], *[ran["gone"]] * 4]
    assert plot_before.sentence(many, list("abcde")) == "Out before the start, on average: from 0 people to 160 people. "


def test_everybody_out_before(ran: dict[str, Any], tmp_path: Path) -> None:
    study = api.run(certain("all", "missions.small=null"), n=4, out=tmp_path, jobs=1, plots=False)
    out = said(people_out_figure, study.result)
    assert "Two of three: 160 of 160 people get out in the middle case, all of them before the start" in out
    assert curves.people_out(study.result).half_h is None
    assert "Two of three: nobody waits" in said(hours_figure, study.result)
    done = said(completion_figure, study.result)
    assert "out before the start" in done
    assert beside("big", study.result) == ["before", "100 %", "100 %", "100 %"]


def test_completion_says_how_often_before_on_either_clock(ran: dict[str, Any]) -> None:
    share = f"{100 * float((of_all(ran['open']).out_before > 0).mean()):.0f} %"
    alone = said(completion_figure, ran["open"])
    assert "Two of three: 2 of 2 missions get everybody out, before the start or after it, in 9 cases of 10" in alone
    assert beside("big", ran["open"])[1:] == ["100 %", "100 %", share]
    assert beside("small", ran["open"]) == ["2 h", "100 %", "100 %", "–"]
    gone = (ran["gone"], ran["gone"])
    assert beside("big", *gone) == ["100 %", "100 %"], "of each of two scenarios, those out before among them"
    assert beside("small", *gone) == ["100 %", "100 %"]
    assert any("those out before the start too" in p for p in said(completion_figure, *gone))


def test_every_mission_of_the_title_has_a_row() -> None:
    """Also one that is never ordered out: there is no curve, and it says why."""
    rows = {
        "a": [row(t100=3.0)] * 3,
        "egypt": [row(ordered=inf, t100=inf, stranded=10, never_ordered=10)] * 3,
        "stays": [row(staff=4, staying=4, ordered=inf, t100=0.0)] * 3,
    }
    fake = result(rows)
    for results in ([fake], [fake, fake]):
        got = curves.completion(fake, [1.0, 5.0], calendar=len(results) > 1)
        assert got.missions == ["a", "egypt"]
        assert np.isnan(got.chance[1]).all()
        parts = said(completion_figure, *results)
        assert parts.count("never ordered out") == 1
        assert any(("1 of 2" if len(results) == 1 else "every scenario: 1 of 2") in p for p in parts)


def test_hours_are_of_those_there_at_the_start(ran: dict[str, Any]) -> None:
    """The 160 who were gone have no hours: the same hours over the 40 others."""
    gone = ran["gone"]
    assert curves.there_at_start(gone) == 40
    assert _people_out(gone) == 40
    hours = curves.hours_by_cause(gone)
    assert curves.waited_per_person(gone) == {cause: h / 40 for cause, h in hours.items()}
    alone = " ".join(said(hours_figure, gone))
    assert "Mean hours for each person to be moved who was there at the start, those left behind too" in alone
    assert "Two of three: nobody waits" in alone
    with styled():
        axis = hours_figure([gone], ["gone"]).axes[0]
        widths = {t.get_text(): p.get_width() for t, p in zip(axis.get_yticklabels(), axis.patches, strict=True)}
    assert widths["on the way (driving, search, check, boarding)"] == pytest.approx(2.0), "two hours' drive of each"
    pair = said(hours_figure, ran["held"], gone)
    assert "hours of each person there at the start who got out" in pair
    assert any("hours of those there at the start who got out" in p and "gone 160 people" in p for p in pair)


def test_waiting_is_of_those_there_at_the_start_by_hand() -> None:
    """100 of 110 were gone; the ten others wait 30 h in all."""
    fake = result({"a": [row(staff=100, t100=0.0)], "b": [row(crowd=30)]}, title="x")
    fake.tables["replications"] = fake.tables["replications"].with_columns(out_before=pl.lit(100))
    assert "x: each person there at the start waits 3 h on average, 3 h of it for the crowd at the gates" in said(
        hours_figure, fake
    )
    assert "3 h" in said(hours_figure, fake, fake)


@pytest.mark.costly
def test_they_are_drawn(ran: dict[str, Any], tmp_path: Path) -> None:
    from sim.present import plots

    assert len(made(tmp_path, plots.draw_run, ran["gone"])) == 4
    assert len(made(tmp_path, plots.draw_compare, [ran[k] for k in ("held", "open", "empty", "gone", "gone")])) == 4

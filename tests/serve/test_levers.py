"""Sliders: which, from where to where, and what they say to the scenario."""

from __future__ import annotations

import pytest

from sim.scenario import load, loads
from sim.serve.family import Family
from sim.serve.levers import levers_of, ordered
from sim.serve.query import ServeQuery
from sim.serve.times import time_levers
from sim.serve.wishes import Catalogue
from tests.serve.lively import FLEETS, LANES, LIVELY

SCENARIO = loads(LIVELY).scenario


def test_the_levers_of_a_scenario() -> None:
    """Those with a range that are ours to choose; entries of a table move together."""
    levers = levers_of(SCENARIO, [LANES])
    assert {name: len(lever.factor.members) for name, lever in levers.items()} == {LANES: 1, FLEETS: 2}
    assert [lever.name for lever in ordered([*levers.values()], [])] == [LANES, FLEETS]  # what is drawn first
    assert [lever.name for lever in ordered([*levers.values()], [FLEETS])] == [FLEETS, LANES]


def test_a_whole_number_has_a_step_for_each() -> None:
    """Between 1 and 6, on a scale on which 2 of 1 … 6 stands at log 2 / log 6."""
    lever = levers_of(SCENARIO, [])[LANES]
    assert [step.text for step in lever.steps()] == ["1", "2", "3", "4", "5", "6"]
    assert [lever.settings(step.at) for step in lever.steps()] == [(f"{LANES}={k}",) for k in range(1, 7)]
    assert lever.as_json()["start"] == 1
    assert lever.as_json()["written"] == "2"


def test_parameters_that_move_together() -> None:
    lever = levers_of(SCENARIO, [])[FLEETS]
    assert lever.settings(0.0) == ("lift.fleets.one.number=1", "lift.fleets.two.number=1")  # half an aircraft is one
    assert lever.settings(1.0) == ("lift.fleets.one.number=4", "lift.fleets.two.number=2")
    assert lever.as_json()["written"] == ""


@pytest.mark.costly
@pytest.mark.parametrize("name", ["turkish-collapse", pytest.param("coalition-holding", marks=pytest.mark.slow)])
def test_every_step_of_the_shipped_levers_is_accepted(name: str) -> None:
    """Ends and middle of each, one by one, and no number has more digits than people read."""
    family = Family(ServeQuery.of(f"evacsim:{name}"))
    entry = family.entries[name]
    levers = Catalogue(family).levers(entry)
    assert len(levers) >= 10
    for lever in levers.values():
        steps = lever.steps()
        assert 2 <= len(steps) <= 41, lever.name
        assert steps[0].at == 0.0, lever.name
        assert steps[-1].at == 1.0, lever.name
    for place in (0, -1):
        texts = [text for lever in levers.values() for text in lever.settings(lever.steps()[place].at)]
        family.prepared(entry, texts)
        numbers = [
            text
            for text in texts
            if not text.startswith(("missions.", "security.reactions=", "threat.levels=", "threat.effects."))
        ]
        assert all(len(text.partition("=")[2]) <= 60 for text in numbers)


def test_the_family_of_a_shipped_scenario() -> None:
    family = Family(ServeQuery.of())
    assert (family.providers, family.threats) == (["turkish", "none", "coalition"], ["holding", "advancing", "collapse"])
    assert len(family.entries) == 9
    assert family.first.name == "turkish-collapse"
    assert family.choices(family.first) == ()
    assert [one.loaded.name for one in family.named] == ["turkish-collapse"]  # the others once they are wanted


def test_when_all_are_ordered_and_how_much_later_the_capital_falls() -> None:
    """Dates from the start to the horizon, of twenty days at most; a fall that is to come can come later."""
    times = time_levers(loads(LIVELY))
    dates, later = times["order"].as_json()["steps"], times["warning"].as_json()["steps"]
    assert len(dates) == 36  # every two hours of three days
    assert [step[1] for step in time_levers(load("evacsim:turkish-collapse"))["order"].as_json()["steps"]][-2:] == [
        "1 Oct 06:00", "1 Oct 18:00",
    ]  # fmt: skip
    assert [dates[0], dates[-1][1]] == [[0.0, "12 Sep 06:00"], "15 Sep 04:00"]
    assert [later[0][1], later[-1][1]] == ["6 h later", "14 d later"]
    assert [times["warning"].settings(at) for at in (0.0, 1.0)] == [
        ("threat.timeline.0.at=46 h",),
        ("threat.timeline.0.at=376 h",),
    ]
    fallen = LIVELY.replace("threat: {timeline: [{at: 40 h, level: fallen}]", "threat: {timeline: []").replace(
        "start: calm", "start: fallen"
    )
    assert [*time_levers(loads(fallen))] == ["order"]
    stay = fallen.replace("{order: {at: 6 h}", "{residual: all, order: {at: 6 h}").replace(
        "south: {order", "south: {residual: all, order"
    )
    assert [*time_levers(loads(stay))] == []

"""A range of the scenario itself in a design: one law, distributions and groups, and nothing drawn a second time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sim
from sim.experiment.inputs import inputs_table
from sim.scenario import loads
from sim.scenario.inputs import drawn_factors, inputs_of
from sim.scenario.schema import Scenario
from sim.scenario.settings import Setting
from sim.scenario.shapes import quantities
from sim.studies.axis import Axis
from sim.studies.design.own import own_range

SCENARIO = """\
clock: {horizon: 3 d}
missions:
  embassy: {order: {at: 0 h}, cohorts: {staff: {people: 8, group: 4, ready: {uniform: [0 h, 2 h]}}}}
airport:
  gates:
    main: {lanes: {value: 2, low: 1, high: 4, kind: lever}, per_person: {value: 10 min/person, evidence: assumed}}
    side: {lanes: 1, per_person: {value: 20 min/person, evidence: assumed}}
road:
  drive: {gamma: {mean: 2 h, cv: 0.5}, low: 1 h, high: 4 h, group: roads}
  delay: {value: 1 h, low: 30 min, high: 90 min, group: roads}
"""
DRIVE, DELAY, LANES, PER = "road.drive", "road.delay", "airport.gates.main.lanes", "airport.gates.*.per_person"
SHARES = [0.0, 0.25, 0.5, 0.75]


@pytest.fixture
def scenario() -> Scenario:
    return loads(SCENARIO).scenario


def own(path: str, scenario: Scenario) -> Axis:
    return own_range(path, scenario).axis(SHARES)[0]


def with_settings(settings: tuple[Setting, ...]) -> Scenario:
    return loads(SCENARIO, overrides=settings).scenario


def mean(scenario: Scenario, path: str) -> float:
    return next(q.mean for place, _, q, _ in quantities(scenario) if ".".join(map(str, place)) == path)


def test_a_range_has_the_law_that_every_command_has(scenario: Scenario) -> None:
    """30 to 90 min about 1 h is linear; 1 to 4 h about 2 h logarithmic, as where the input is drawn."""
    assert own(DELAY, scenario).numbers == (0.5, 0.75, 1.0, 1.25)
    axis = own(DRIVE, scenario)
    assert axis.numbers == pytest.approx([1, 2**0.5, 2, 2**1.5], rel=1e-3)
    found = next(m for f in drawn_factors(scenario) for m in f.members if m.path == DRIVE)
    assert axis.numbers == pytest.approx([found.at(u) for u in SHARES], rel=1e-3)


def test_a_distribution_is_moved_by_a_factor_on_its_mean(scenario: Scenario) -> None:
    axis = own(DRIVE, scenario)
    assert axis.values[2] == "2 h"
    for k, number in enumerate(axis.numbers or ()):
        moved = next(q for place, _, q, _ in quantities(with_settings(axis.settings(k))) if place == ("road", "drive"))
        assert moved.family == "gamma"
        assert moved.mean == pytest.approx(number)
        assert moved.params[0] == pytest.approx(4)  # the shape of a coefficient of variation of one half


def test_a_group_moves_together_each_by_its_own_range(scenario: Scenario) -> None:
    axis = own("roads", scenario)
    assert axis.values == ("0 of the range", "0.25 of the range", "0.5 of the range", "0.75 of the range")
    there = with_settings(axis.settings(1))
    assert (mean(there, DRIVE), mean(there, DELAY)) == pytest.approx((2**0.5, 0.75))
    gates = own(PER, scenario)
    assert gates.values == ("0.5 ×", "0.7071 ×", "1 ×", "1.414 ×")
    slow = with_settings(gates.settings(3))
    assert mean(slow, "airport.gates.side.per_person") == pytest.approx(2 * mean(slow, "airport.gates.main.per_person"))


def test_levers_are_accepted_and_counts_stay_whole(scenario: Scenario) -> None:
    axis = own(LANES, scenario)
    assert axis.values == ("1", "2", "3")  # 1, 1.41, 2, 2.83
    assert own_range(LANES, scenario).axis(SHARES)[1] == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("airport.gates.side.lanes", "has neither low and high nor a grade"),
        ("road.drife", "no quantity or group of that name, so that it has no range of its own; nearest: "),
        ("airport.*.lanes", "no quantity or group of that name"),
    ],
)
def test_what_has_no_range_is_refused(path: str, why: str, scenario: Scenario) -> None:
    with pytest.raises(ValueError, match=why):
        own_range(path, scenario)


@pytest.mark.parametrize("path", [DRIVE, DELAY, LANES, "roads", PER])
def test_what_a_design_sets_is_not_drawn_a_second_time_and_the_rest_is(path: str, scenario: Scenario) -> None:
    before = {m.path for f in drawn_factors(scenario) for m in f.members}
    members = {member.path for member in own_range(path, scenario).members}
    axis = own(path, scenario)
    for k in range(len(axis.values)):
        after = {m.path for f in drawn_factors(with_settings(axis.settings(k))) for m in f.members}
        assert after == before - members


def test_a_sweep_over_own_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table has the mean of a distribution, along its law."""
    monkeypatch.chdir(tmp_path)
    Path("one.yaml").write_text(SCENARIO)
    Path("design.yaml").write_text(
        "scenario: one.yaml\nn: 4\nmeasures: [total.out_p50]\n"
        f"design: {{latin: {{points: 5, over: {{{DRIVE}: own, '{PER}': own}}}}}}\n"
    )
    found = sim.sweep("design.yaml", jobs=1, plots=False, out="results").table
    assert found[DRIVE].dtype == pl.Float64
    quarters = np.histogram(np.log(found[DRIVE].to_numpy() / 2) / np.log(2), bins=5, range=(-1, 1))[0]
    assert quarters.tolist() == [1] * 5  # a Latin hypercube fills each fifth of the logarithms once


def test_points_share_the_sets_of_what_is_drawn(scenario: Scenario) -> None:
    """Sets 0 and 1 have the same of the roads at each point of a design over the gates."""
    tables = []
    axis = own(PER, scenario)
    for k in range(len(axis.values)):
        inputs = inputs_of(with_settings(axis.settings(k)))
        assert inputs is not None
        tables.append(inputs_table(inputs, 1, 4))
    assert all(table.equals(tables[0]) for table in tables[1:])
    assert tables[0]["factor"].unique().to_list() == ["roads"]

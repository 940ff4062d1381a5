"""What is drawn: which numbers, along which law, and which of them together."""

from __future__ import annotations

import math

import pytest

from sim.scenario import ScenarioError, load, loads
from sim.scenario.inputs import CalibratedSets, Inputs, drawn_factors, inputs_of
from sim.scenario.sets_file import read_sets, sets_of

BASE = """
clock: {start: 2021-09-12 06:00, horizon: {value: 10 d, evidence: assumed}}
missions:
  north: {order: {at: 2 h}, distance: {value: 5 km, evidence: assumed}, cohorts: {all: {people: 100, gates: [main]}}}
  south: {order: {at: 2 h}, cohorts: {all: {people: {value: 40, evidence: estimated}}}}
road: {speed: 25 km/h, delay: {value: 30 min, evidence: assumed}, checkpoints: {value: 3, low: 1, high: 9}}
airport:
  gates:
    main: {lanes: {value: 2, kind: lever, evidence: assumed}}
    side: {lanes: {value: 4, kind: lever, evidence: assumed}}
  search:
    per_person: {value: 60 s/person, low: 50 s/person, high: 80 s/person}
    per_group: {value: 2 min, kind: constant, evidence: assumed}
"""


def names(text: str) -> list[str]:
    return [factor.name for factor in drawn_factors(loads(text).scenario)]


def test_numbers_with_a_range_are_drawn_and_nothing_else_is() -> None:
    assert names(BASE) == [
        "airport.gates.*.lanes",
        "airport.search.per_person",
        "missions.*.cohorts.all.people",
        "road.checkpoints",
        "road.delay",
    ]


def test_a_lever_is_drawn_only_where_its_value_is_merely_assumed() -> None:
    graded = BASE.replace("{value: 2, kind: lever, evidence: assumed}", "{value: 2, kind: lever, evidence: reported}")
    lanes = next(f for f in drawn_factors(loads(graded).scenario) if f.name.endswith("lanes"))
    assert [member.path for member in lanes.members] == ["airport.gates.side.lanes"]


def test_what_is_set_by_hand_is_not_drawn() -> None:
    assert "road.delay" not in [f.name for f in drawn_factors(loads(BASE, overrides=["road.delay=40 min"]).scenario)]


def test_a_scenario_without_ranges_draws_nothing() -> None:
    assert inputs_of(load("evacsim:minimal").scenario) is None
    plain = loads("missions: {north: {order: {at: 2 h}, cohorts: {all: 100}}}")
    assert plain.drawing(inputs_of(plain.scenario)) is plain


@pytest.mark.parametrize(
    ("limits", "position", "value"),
    [
        ("{value: 30 min, evidence: assumed}", 0.5, 0.5),  # a factor of 2 either way: log-uniform, its middle the value
        ("{value: 30 min, evidence: assumed}", 0.25, 0.5 / math.sqrt(2)),
        ("{value: 30 min, evidence: estimated}", 0.25, 0.375),  # ± 50 %: uniform
        ("{value: 30 min, evidence: measured}", 1.0, 0.55),
        ("{value: 30 min, low: 0 min, high: 60 min}", 0.75, 0.75),
        ("{uniform: [10 min, 50 min], evidence: assumed}", 0.5, 0.5),  # a distribution moves as a whole
    ],
)
def test_one_law_for_each_range(limits: str, position: float, value: float) -> None:
    text = BASE.replace("{value: 30 min, evidence: assumed}", limits)
    delay = next(f for f in drawn_factors(loads(text).scenario) if f.name == "road.delay")
    assert delay.values([position])[0] == [pytest.approx(value)]


def test_counts_stay_whole() -> None:
    lanes = next(f for f in drawn_factors(loads(BASE).scenario) if f.name.endswith("lanes"))
    drawn = {member.moved(k / 100).value for member in lanes.members for k in range(1, 100)}
    assert drawn == {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0}


def test_a_group_moves_together_and_joins_what_tables_keep_apart() -> None:
    one = "road: {speed: 25 km/h, delay: {value: 30 min, evidence: assumed, group: pace}"
    two = "missions:\n  west: {order: {at: 2 h}, drive: {value: 1 h, evidence: assumed, group: pace}, cohorts: {all: 5}}"
    text = BASE.replace("road: {speed: 25 km/h, delay: {value: 30 min, evidence: assumed}", one).replace("missions:", two)
    pace = next(f for f in drawn_factors(loads(text).scenario) if f.name == "pace")
    assert [member.path for member in pace.members] == ["road.delay", "missions.west.drive"]
    assert pace.values([0.5]) == ([pytest.approx(1.0)], "×")


def test_a_group_must_be_a_name() -> None:
    with pytest.raises(ScenarioError, match=r"road\.delay\.group: expected a name of a-z"):
        loads(BASE.replace("{value: 30 min, evidence: assumed}", "{value: 30 min, group: Not One}"))


def test_a_mission_more_moves_no_other_factor() -> None:
    more = "missions:\n  west: {order: {at: 2 h}, cohorts: {all: {people: {value: 9, evidence: assumed}}}}"
    assert set(names(BASE.replace("missions:", more))) == set(names(BASE))


def test_physical_inputs_are_one_for_all_providers_and_how_long_each_is_tolerated_is_not() -> None:
    drawn = [f.name for f in drawn_factors(load("evacsim:coalition-collapse").scenario)]
    assert "security.providers.*.force.perimeter" in drawn
    assert [name for name in drawn if name.endswith("force.hold")] == ["security.providers.coalition.force.hold"]


def test_what_is_drawn_is_part_of_what_makes_two_runs_the_same() -> None:
    loaded = loads(BASE)
    drawn = {
        loaded.drawing(inputs_of(loaded.scenario)).digest_text,
        loaded.drawing(inputs_of(loaded.scenario, per_set=5)).digest_text,
        loaded.drawing(inputs_of(loaded.scenario, sets=CalibratedSets(("road.delay",), ((0.5,),), (1.0,), "d"))).digest_text,
        loaded.digest_text,
    }
    assert len(drawn) == 4
    other = loads(BASE.replace("30 min, evidence: assumed", "30 min, evidence: estimated"))
    assert other.digest_text == loaded.digest_text  # as written, a grade changes nothing
    assert other.drawing(inputs_of(other.scenario)).digest_text not in drawn


def test_sets_of_replications() -> None:
    factors = drawn_factors(loads(BASE).scenario)
    assert [Inputs(factors, 3).set_of(k) for k in range(7)] == [0, 0, 0, 1, 1, 1, 2]


ROW = {"set": 0, "factor": "road.delay", "position": 0.25, "weight": 2.0}


def test_the_file_of_a_calibration(tmp_path: object) -> None:
    sets = sets_of([ROW, ROW | {"set": 4, "position": 1, "weight": 1}])
    assert (sets.factors, sets.positions, sets.weights) == (("road.delay",), ((0.25,), (1.0,)), (2.0, 1.0))
    assert sets.effective == pytest.approx(9 / 5)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "at least one set"),
        ([ROW | {"position": 1.5}], "row 1: position: expected a number from 0 to 1"),
        ([ROW | {"position": math.nan}], "row 1: position"),
        ([ROW | {"weight": 0}], "row 1: weight: expected a number > 0"),
        ([ROW, ROW], "row 2: set 0 has road.delay twice"),
        ([ROW, ROW | {"set": 1, "factor": "road.drive"}], "set 1: expected the same factors in every set"),
        ([ROW | {"factor": None}], "row 1: expected the number of a set"),
    ],
)
def test_what_is_wrong_with_it(rows: list[dict[str, object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sets_of(rows)


def test_a_file_that_is_none() -> None:
    with pytest.raises(ScenarioError, match=r"nosuch\.parquet:1:1: no such file; expected ranges, values or"):
        read_sets("nosuch.parquet")
    with pytest.raises(ScenarioError, match="expected a table"):
        read_sets(__file__)

"""Sets of inputs: stratified, addressed, and the same as if each number had been written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sim.model import compile_scenario, simulate, trace
from sim.model.compiled.scenario import OpenScenario
from sim.model.inputs import BLOCK, DrawnScenario, positions
from sim.scenario import Loaded, Scenario, load, loads
from sim.scenario.inputs import CalibratedSets, DrawnFactor, Inputs, UncertainScenario, drawn_factors, inputs_of
from sim.scenario.shapes import quantities
from tests.model.helpers import shipped
from tests.properties.test_any_scenario import as_bytes


def drawn(loaded: Loaded, per_set: int = 2) -> tuple[Inputs, DrawnScenario]:
    inputs = inputs_of(loaded.scenario, per_set)
    assert inputs is not None
    plan = compile_scenario(UncertainScenario(loaded.scenario, inputs))
    assert isinstance(plan, DrawnScenario)
    return inputs, plan


@pytest.fixture(scope="module")
def collapse() -> Loaded:
    return shipped("turkish-collapse")


def test_each_factor_visits_each_part_of_its_range_once_in_a_block(collapse: Loaded) -> None:
    inputs, _ = drawn(collapse)
    for block in (0, 3):
        at = np.array([positions(inputs, 7, block * BLOCK + k) for k in range(BLOCK)])
        assert ((at > 0) & (at < 1)).all()
        parts = np.sort(np.floor(at * BLOCK), axis=0)
        assert (parts == np.arange(BLOCK)[:, None]).all()
    largest = np.abs(np.corrcoef(at.T) - np.eye(at.shape[1])).max()
    assert largest < 0.8  # permutations of their own: no two factors move together


def test_a_factor_more_or_less_moves_no_other(collapse: Loaded) -> None:
    inputs, _ = drawn(collapse)
    fewer = replace(inputs, factors=inputs.factors[3::2])
    whole = dict(zip(inputs.names, positions(inputs, 1, 4), strict=True))
    assert dict(zip(fewer.names, positions(fewer, 1, 4), strict=True)) == {name: whole[name] for name in fewer.names}


def test_seed_set_and_block_each_draw_anew(collapse: Loaded) -> None:
    inputs, _ = drawn(collapse)
    rows = {positions(inputs, seed, number).tobytes() for seed in (1, 2) for number in (0, 1, 25, 26)}
    assert len(rows) == 8


def test_one_factor_has_one_place_in_all_scenarios() -> None:
    one, other = (drawn(shipped(f"{name}-collapse"))[0] for name in ("turkish", "none"))
    here, there = (dict(zip(each.names, positions(each, 1, 2), strict=True)) for each in (one, other))
    common = here.keys() & there.keys()
    assert len(common) > 120
    assert all(here[name] == there[name] for name in common)


def test_replications_of_a_set_have_the_same_inputs_and_other_draws(collapse: Loaded) -> None:
    _, plan = drawn(collapse)
    assert plan.at(1, 0) is plan.at(1, 1)
    assert plan.at(1, 2) is not plan.at(1, 0)
    falls = [simulate(plan, 1, k).replication["fall_h"] for k in (0, 1)]
    assert falls[0] != falls[1]


@pytest.mark.parametrize("name", ["turkish-collapse", "coalition-advancing", "saigon-1975", "khartoum-2023"])
def test_a_set_is_the_scenario_with_each_number_written_by_hand(name: str) -> None:
    loaded = shipped(name)
    inputs, plan = drawn(loaded)
    at = positions(inputs, 1, 3)
    by_hand = load(f"evacsim:{name}", [m.setting(p) for f, p in zip(inputs.factors, at, strict=True) for m in f.members])
    assert not drawn_factors(by_hand.scenario)
    here, there = [*quantities(plan.moved(1, 3))], [*quantities(by_hand.scenario)]
    assert [(path, q.family) for path, _, q, _ in here] == [(path, q.family) for path, _, q, _ in there]
    for (path, _, mine, _), (_, _, written, _) in zip(here, there, strict=True):
        assert mine.params == pytest.approx(written.params, rel=1e-9), path


def test_a_replication_runs_its_set(collapse: Loaded) -> None:
    _, plan = drawn(collapse)
    records, moved = simulate(plan, 1, 7), simulate(compile_scenario(plan.moved(1, 3)), 1, 7)
    assert records.replication.pop("input_set") == 3
    assert moved.replication.pop("input_set") == 7  # each its own set where nothing is drawn
    assert records.replication == moved.replication


class Counted(OpenScenario):
    """Counts how often a scenario is compiled."""

    times = 0

    def __init__(self, scenario: Scenario, families: Sequence[str]) -> None:
        type(self).times += 1
        super().__init__(scenario, families)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    monkeypatch.setattr(Counted, "times", 0)
    monkeypatch.setattr("sim.model.inputs.OpenScenario", Counted)
    return Counted


@pytest.mark.parametrize("name", ["none-collapse", "turkish-holding", "saigon-1975", "khartoum-2023"])
def test_a_scenario_is_compiled_once_for_all_its_sets(name: str, counted: type[Counted]) -> None:
    _, plan = drawn(shipped(name))
    made = [plan.at(1, 2 * number) for number in range(2 * BLOCK)]
    assert counted.times == 1
    assert len({id(each.missions) for each in made}) == 1
    assert len({each.dispatch.size for each in made}) > BLOCK  # and yet each has its own numbers


VEHICLES = """
    clock: {start: 2021-08-01 06:00, horizon: 60 h}
    vehicles:
      bus: {seats: {value: 12, evidence: assumed, group: buses}, number: 2}
      van: {seats: {value: 10, evidence: assumed, group: vans}, number: 3}
    airport: {gates: {g: {lanes: 1}}, search: {per_person: 2 min/person}}
    missions:
      a: {drive: 1 h, order: {at: 0 h}, cohorts: {c: {people: 90, modes: [{vehicles: bus}, {vehicles: van}]}}}
"""
"""Which of the two has fewer seats differs from set to set: groups are as large as that."""
AIRLIFT = """
    clock: {{start: 2021-08-01 06:00, horizon: 60 h}}
    airport: {{gates: {{g: {{lanes: 2}}}}, airfield: {{stands: {{s: {{number: 2}}}}, runway: {{day: 5 min}}}}}}
    hubs: {{h: {{beds: 500}}}}
    lift:
      types: {{t: {{seats: 20, load: {{uniform: [20 min, 40 min], evidence: assumed}}, stand: s}}}}
      fleets: {{f: {{aircraft: t, hubs: h, number: {number}, outbound: 2 h, inbound: 2 h}}}}
    missions: {{a: {{drive: 1 h, order: {{at: 0 h}}, cohorts: {{c: {{people: {{value: 300, evidence: estimated}}}}}}}}}}
"""


@pytest.mark.parametrize(
    ("text", "once"),
    [
        pytest.param(VEHICLES, False, id="which vehicle has the fewest seats"),
        pytest.param(AIRLIFT.format(number="{value: 3, evidence: assumed}"), True, id="aircraft"),
        pytest.param(
            AIRLIFT.format(number="{uniform: [2, 5], evidence: assumed}"), False, id="aircraft of which nobody knows how many"
        ),
    ],
)
def test_what_changes_more_than_numbers_is_compiled_anew(text: str, once: bool, counted: type[Counted]) -> None:
    _, plan = drawn(loads(text))
    for number in (*range(BLOCK), 0):
        as_by_hand(plan, number)
    assert (counted.times == 1) == once


def test_a_time_that_a_calibration_has_at_nothing_is_no_distribution_any_more(counted: type[Counted]) -> None:
    loaded = loads("""
        clock: {start: 2021-08-01 06:00, horizon: 60 h}
        road: {drive: {uniform: [1 h, 3 h], low: 0 h, high: 4 h}}
        airport: {gates: {g: {lanes: 1}}}
        missions: {a: {order: {at: 0 h}, cohorts: {c: 90}}}
    """)
    inputs, _ = drawn(loaded)
    sets = CalibratedSets(inputs.names, ((0.0,), (0.6,)), (1.0, 1.0), "d")
    plan = DrawnScenario(UncertainScenario(loaded.scenario, replace(inputs, sets=sets)))
    for number in range(6):
        as_by_hand(plan, number)
    assert counted.times == 2


def as_by_hand(plan: DrawnScenario, number: int) -> None:
    """A replication of a set is that of the scenario with its numbers."""
    mine, by_hand = simulate(plan, 1, 2 * number), simulate(compile_scenario(plan.moved(1, number)), 1, 2 * number)
    by_hand.replication["input_set"] = number
    assert as_bytes(mine) == as_bytes(by_hand), number


@pytest.mark.costly
def test_a_traced_replication_is_the_one_that_ran(collapse: Loaded) -> None:
    _, plan = drawn(collapse)
    out = sum(event.event == "out" for event in trace(plan, 1, 5))
    assert trace(plan, 1, 5) == trace(plan, 1, 5)
    assert trace(plan, 1, 5) != trace(compile_scenario(collapse.scenario), 1, 5)
    assert out >= 0


@pytest.mark.parametrize("at", ["{value: 20 h, evidence: assumed}", "{fallen: {value: 20 h, evidence: assumed}}"])
def test_the_one_time_of_an_incident_moves(at: str) -> None:
    """A list of one stands for its entry: there is no number in the path of it."""
    inputs, plan = drawn(
        loads(f"""
            clock: {{start: 2021-08-01 06:00, horizon: 60 h}}
            threat: {{start: stable}}
            airport: {{gates: {{g: {{lanes: 1}}}}, incidents: {{i: {{at: {at}, closes: runway, lasts: 1 h}}}}}}
            missions: {{a: {{order: {{at: 0 h}}, cohorts: {{c: 90}}}}}}
        """)
    )
    (moment,) = plan.moved(1, 0).airport.incidents["i"].at
    assert moment.delay.value == inputs.factors[0].members[0].at(positions(inputs, 1, 0)[0]) != 20


def test_multiples_follow_what_they_are_multiples_of(collapse: Loaded) -> None:
    inputs, plan = drawn(collapse)
    scenario = plan.moved(1, 0)
    ratio = scenario.ratios["families-per-local"].value
    assert ratio != collapse.scenario.ratios["families-per-local"].value
    cohorts = scenario.missions["germany"].cohorts
    assert cohorts["families"].people.mean == np.floor(cohorts["local"].people.value * ratio + 0.5)
    assert inputs.names.count("ratios.families-per-local") == 1


def test_sets_of_a_calibration_are_taken_by_weight_and_the_rest_is_drawn(collapse: Loaded) -> None:
    factors = tuple(f for f in drawn_factors(collapse.scenario) if f.name in ("road.speed", "road.delay"))
    sets = CalibratedSets(("road.speed",), ((0.1,), (0.9,)), (1.0, 3.0), "d")
    inputs = Inputs(factors, 2, sets)
    at = np.array([positions(inputs, 1, k) for k in range(4 * BLOCK)])
    speed, delay = at[:, inputs.names.index("road.speed")], at[:, inputs.names.index("road.delay")]
    assert set(speed.tolist()) == {0.1, 0.9}
    assert abs((speed == 0.9).mean() - 0.75) <= 0.011  # stratified: not left to chance
    assert len(set(delay.tolist())) == 4 * BLOCK


def test_a_factor_says_its_value_or_what_multiplies_each(collapse: Loaded) -> None:
    factors: dict[str, DrawnFactor] = {f.name: f for f in drawn_factors(collapse.scenario)}
    assert factors["airport.search.per_group"].values([0.0, 1.0]) == ([pytest.approx(1 / 60), pytest.approx(4 / 60)], None)
    assert factors["lift.fleets.*.outbound"].values([0.0, 0.5, 1.0]) == (pytest.approx([0.5, 1.0, 1.5]), "×")
    assert factors["missions.*.cohorts.contractors.people"].values([0.0])[1] == "×"

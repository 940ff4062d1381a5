"""Sets of inputs: stratified, addressed, and the same as if each number had been written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.model import compile_scenario, simulate, trace
from sim.model.inputs import BLOCK, DrawnScenario, positions
from sim.scenario import Loaded, load
from sim.scenario.inputs import CalibratedSets, DrawnFactor, Inputs, UncertainScenario, drawn_factors, inputs_of
from sim.scenario.shapes import quantities


def drawn(loaded: Loaded, per_set: int = 2) -> tuple[Inputs, DrawnScenario]:
    inputs = inputs_of(loaded.scenario, per_set)
    assert inputs is not None
    plan = compile_scenario(UncertainScenario(loaded.scenario, inputs))
    assert isinstance(plan, DrawnScenario)
    return inputs, plan


@pytest.fixture(scope="module")
def collapse() -> Loaded:
    return load("evacsim:turkish-collapse")


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
    one, other = (drawn(load(f"evacsim:{name}-collapse"))[0] for name in ("turkish", "none"))
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
    loaded = load(f"evacsim:{name}")
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


def test_a_traced_replication_is_the_one_that_ran(collapse: Loaded) -> None:
    _, plan = drawn(collapse)
    out = sum(event.event == "out" for event in trace(plan, 1, 5))
    assert trace(plan, 1, 5) == trace(plan, 1, 5)
    assert trace(plan, 1, 5) != trace(compile_scenario(collapse.scenario), 1, 5)
    assert out >= 0


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

"""A set of inputs is only other numbers: whatever the scenario, it runs as if these had been written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim.model import simulate
from sim.model.compiled.scenario import compile_scenario
from sim.model.inputs import DrawnScenario
from sim.scenario import Scenario
from sim.scenario.errors import dotted
from sim.scenario.inputs import HORIZON, DrawnFactor, Inputs, UncertainScenario
from sim.scenario.ranges import member_of
from sim.scenario.shapes import quantities
from tests.model.helpers import scenario
from tests.properties.test_any_scenario import as_bytes
from tests.strategies import lively, often


def everything_drawn(made: Scenario, per_set: int) -> DrawnScenario:
    """The scenario with every number that it states a factor of its own, from half to twice of it."""
    factors = []
    for path, dimension, quantity, stated in quantities(made):
        if stated and path != HORIZON and quantity.of is None and quantity.mean > 0:
            ends = quantity.mean / 2, quantity.mean * 2
            if member := member_of(dotted(path), quantity, dimension.name, ends):
                factors.append(DrawnFactor(member.path, (member,)))
    return DrawnScenario(UncertainScenario(made, Inputs(tuple(sorted(factors, key=lambda f: f.name)), per_set)))


def same(drawn: DrawnScenario, seed: int, replication: int) -> None:
    """The replication as it is run, and the same of the scenario of its set."""
    number = drawn.inputs.set_of(replication)
    by_hand = simulate(compile_scenario(drawn.moved(seed, number)), seed, replication)
    by_hand.replication["input_set"] = number
    assert as_bytes(simulate(drawn, seed, replication)) == as_bytes(by_hand)


@pytest.mark.costly
@given(lively(), st.integers(0, 2**32), st.integers(0, 200))
@settings(deadline=None, derandomize=True, max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_a_set_runs_as_if_written_by_hand(data: dict[str, Any], seed: int, first: int) -> None:
    """Several sets after another, so that nothing of one is left in the next."""
    drawn = everything_drawn(scenario(data), 2)
    for replication in (first, first + 1, first + 2, first):
        same(drawn, seed, replication)


test_a_set_runs_as_if_written_by_hand_often = often(
    test_a_set_runs_as_if_written_by_hand, 60, lively(), st.integers(0, 2**32), st.integers(0, 200), phases=[Phase.generate]
)

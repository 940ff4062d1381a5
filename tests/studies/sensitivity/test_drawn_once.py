"""What a sensitivity study moves isn't drawn a second time; the rest is, in the same sets at the base and at every point."""

from __future__ import annotations

import pytest

from sim.analysis.factors import candidates
from sim.experiment.inputs import inputs_table
from sim.scenario import loads
from sim.scenario.inputs import drawn_factors, inputs_of
from sim.studies.sensitivity.points import SensitivityCase

SCENARIO = """\
missions: {embassy: {order: {at: 0 h}, cohorts: {staff: {people: {value: 8, evidence: assumed}, group: 4}}}}
airport:
  gates:
    main: {lanes: {value: 2, kind: lever, evidence: assumed}, per_person: {value: 10 min/person, evidence: assumed}}
    side: {lanes: 1, per_person: {value: 20 min/person, evidence: assumed}}
road: {drive: {gamma: {mean: 2 h, cv: 0.5}, low: 1 h, high: 4 h}, delay: {value: 1 h, low: 30 min, high: 90 min}}
"""
CASE = SensitivityCase(0, "one", "One", candidates(loads(SCENARIO).scenario, "uncertainty").factors)


def drawn(settings: tuple[object, ...] = ()) -> set[str]:
    scenario = loads(SCENARIO, overrides=settings).scenario  # type: ignore[arg-type]
    return {member.path for factor in drawn_factors(scenario) for member in factor.members}


@pytest.mark.parametrize("number", range(len(CASE.factors)))
def test_in_a_tornado_all_but_the_factor_itself_is_drawn(number: int) -> None:
    own = {member.path for member in CASE.factors[number].members}
    for end in CASE.one_at_a_time(4)[2 * number : 2 * number + 2]:
        assert drawn(end.settings) == drawn() - own


def test_where_all_factors_are_placed_none_of_them_is_drawn() -> None:
    """As in a trajectory or a base sample; the lever that is merely assumed still is."""
    assert drawn(CASE.proposal(4, [0.3] * len(CASE.factors)).settings) == {"airport.gates.main.lanes"}


def test_base_and_points_share_sets() -> None:
    base = inputs_of(loads(SCENARIO).scenario)
    assert base is not None
    whole = inputs_table(base, 1, 8)
    for end in CASE.one_at_a_time(8):
        there = inputs_of(loads(SCENARIO, overrides=end.settings).scenario)
        assert there is not None
        table = inputs_table(there, 1, 8)
        same = whole.filter(whole["factor"].is_in(table["factor"].unique().implode()))
        assert table.sort("set", "factor").equals(same.sort("set", "factor"))

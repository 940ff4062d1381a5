"""Drawn inputs that a study holds at a place of their range, the others drawn as ever."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.analysis.study import Batch, Outcome, Proposal
from sim.model.inputs import positions
from sim.scenario import loads
from sim.scenario.inputs import CalibratedSets, inputs_of
from sim.studies.engine import session_of
from sim.studies.inputs_option import AS_WRITTEN, Drawing
from sim.studies.sweep.query import SweepQuery

TEXT = """
clock: {start: 2021-09-12 06:00, horizon: 10 d}
missions:
  embassy: {order: {at: 6 h}, cohorts: {core: {people: {value: 40, low: 20, high: 80}, group: 1}}}
airport: {gates: {main: {lanes: 1, per_person: {value: 30 min/person, low: 20 min/person, high: 40 min/person}}}}
"""
PEOPLE, SEARCH = "missions.*.cohorts.core.people", "airport.gates.*.per_person"


def drawn(drawing: Drawing) -> dict[str, list[float]]:
    one = loads(TEXT)
    inputs = inputs_of(one.scenario, drawing.per_set, drawing.sets)
    assert inputs is not None
    rows = np.array([positions(inputs, 1, number) for number in range(25)])
    return dict(zip(inputs.names, rows.T.tolist(), strict=True))


def test_one_stands_and_the_others_are_drawn_as_without_it() -> None:
    free, pinned = drawn(Drawing()), drawn(Drawing().pinned(loads(TEXT), {PEOPLE: 1.0}))
    assert set(pinned[PEOPLE]) == {1.0}
    assert pinned[SEARCH] == free[SEARCH]


def test_the_sets_of_a_calibration_stay_for_the_others() -> None:
    sets = CalibratedSets((SEARCH, PEOPLE), ((0.25, 0.5), (0.75, 0.5)), (1.0, 3.0), "x")
    free, pinned = (drawn(one) for one in (Drawing("f", sets=sets), Drawing("f", sets=sets).pinned(loads(TEXT), {PEOPLE: 0.0})))
    assert set(pinned[PEOPLE]) == {0.0}
    assert pinned[SEARCH] == free[SEARCH]
    assert set(free[SEARCH]) == {0.25, 0.75}


def test_nothing_stands_where_nothing_is_drawn() -> None:
    assert AS_WRITTEN.pinned(loads(TEXT), {PEOPLE: 1.0}) is AS_WRITTEN
    assert Drawing().pinned(loads(TEXT), {}) == Drawing()


def test_a_proposal_is_simulated_there(tmp_path: Path) -> None:
    """20 people at the low end of their range, 80 at the high one; elsewhere as drawn."""
    file = tmp_path / "one.yaml"
    file.write_text(TEXT)
    query = SweepQuery.of(str(file), n=4, seed=1, jobs=1, out=tmp_path / "r")

    def staff(outcome: Outcome) -> list[float]:
        assert outcome.result is not None
        return outcome.result.table("replications")["staff"].to_list()

    with session_of(query) as session:
        runner = session.check(query.scenarios)
        low, high, free = runner.gather(
            Batch([Proposal((), 4, 0, ((PEOPLE, x),)) for x in (0.0, 1.0)] + [Proposal((), 4)], staff)
        )
    assert (low, high) == ([20.0] * 4, [80.0] * 4)
    assert len(set(free)) == 2

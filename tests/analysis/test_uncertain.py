"""What the inputs of a run are held against: the people left behind, or the hours where these never differ."""

from __future__ import annotations

from math import inf

import numpy as np
import polars as pl
import pytest

from sim.analysis.uncertain import examine
from tests.analysis.synthetic import result, row


@pytest.mark.parametrize(
    ("hours", "left", "of"),
    [
        ([5, 9] * 10, [0, 0] * 10, "hours_within_horizon"),
        ([5, inf] * 10, [0, 3] * 10, "left_behind"),
        ([inf, inf] * 10, [1, 3] * 10, "left_behind"),
        ([5, 5] * 10, [0, 0] * 10, "left_behind"),
    ],
    ids=["hours-differ", "both-differ", "people-differ", "neither-differs"],
)
def test_inputs_are_held_against_people_unless_only_the_hours_differ(hours: list[float], left: list[int], of: str) -> None:
    run = result({"a": [row(t100=h, stranded=k) for h, k in zip(hours, left, strict=True)]})  # type: ignore[no-untyped-call]
    rows = [(k, factor, (k + 0.5) / 20) for k in range(20) for factor in ("x", "y")]
    run.inputs = pl.DataFrame(rows, schema=["set", "factor", "position"], orient="row")  # type: ignore[attr-defined]
    found = examine(run)
    assert found is not None
    assert found.of == of
    assert found.answers.tolist() == (left if of == "left_behind" else hours)
    assert np.array_equal(found.failed, np.array(left) > found.limit)

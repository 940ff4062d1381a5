"""Case 7: an independent model of the same system, in natural SimPy, agrees.

That model has a SimPy process for each mission, convoy and aircraft, ``Resource`` and ``PriorityResource`` for lanes, stands and
runway, ``AnyOf`` for patience, and ``random.Random`` for its draws; it shares no line with this project.  Its figures below are
from 300 replications with the seeds 1 to 300 (CPython 3.11, SimPy 4.1.2); a replication in which not all are out
counts with the horizon of 408 h, in both models.  ``benchmarks/reference.py`` makes them again and compares the time as well.

The means agree if they differ by less than three standard errors of their difference: |z| < 3.  A correct model fails that
in 0.27 % of cases for one measure and at most 1.1 % for the four together; the seed is fixed, so that an unchanged model passes
always or never.  A true difference of five standard errors, here 6.2 h of 298 h, 0.8 h of 165 h, 1.4 flights of 689 and 2.3 h
of 145 h, is found in 97.7 % of cases.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from sim.scenario import load
from tests.model.helpers import plan, run
from tests.verification.conftest import Verifies

REPLICATIONS = 300
NATURAL = {
    "all out": (298.2954793350921, 0.8957273680522762),
    "mean departure": (165.01527622052234, 0.11030040578082607),
    "flights": (688.5733333333334, 0.2052104628827474),
    "mean gate exit": (145.0872716060983, 0.33179997191725985),
}
"""Of 300 replications: (mean, standard error of the mean)."""
LIMIT = 3.0


def measures() -> dict[str, np.ndarray]:
    """The same measures of this project's model, a value for each replication."""
    scenario = load(Path(__file__).parents[2] / "scenarios" / "reference.yaml").scenario
    made, horizon = plan(scenario), scenario.clock.horizon.value
    rows = []
    for k in range(REPLICATIONS):
        r = run(made, seed=1, replication=k, check_every=0, tables=k < 3)
        inside = np.array([c.inside for c in r.world.run.groups])
        rows.append((min(r.out_h, horizon), r.total["mean_departure_h"], r.total["flights"], inside.mean()))
        r.world.close()
    return dict(zip(NATURAL, np.array(rows, dtype=np.float64).T, strict=True))


def test_agrees_with_natural_simpy(verifies: Verifies) -> None:
    """Means within three standard errors of their difference, standard deviations within a third of each other (three standard
    errors of a ratio over 300 runs each are 22 %).  One test for all, so that the replications are simulated once."""
    wrong = []
    for measure, ours in measures().items():
        mean, error = NATURAL[measure]
        own = ours.std(ddof=1) / math.sqrt(len(ours))
        difference = math.hypot(error, own)
        if not abs(ours.mean() - mean) < LIMIT * difference:
            wrong.append((measure, "mean", ours.mean(), mean, difference))
        if not 0.75 < own / error < 1.33:
            wrong.append((measure, "standard deviation", own / error))
        verifies(
            case=measure,
            expected=f"{mean:.2f} ± {error:.2f}",
            source="natural SimPy",
            result=f"{ours.mean():.2f} ± {own:.2f}",
            tolerance=f"3 standard errors; z = {(ours.mean() - mean) / difference:+.1f}",
        )
    assert not wrong

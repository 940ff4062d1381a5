"""Priority at a gate: who is more urgent is searched first, but nobody's search is broken off (Cobham 1954)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.model.helpers import plan, run
from tests.verification.conftest import Verifies

REPLICATIONS, PEOPLE, WARM_UP = 40, 1200, 150
LIMIT = 4.0


def cobham(rates: tuple[float, float], mean: float, square: float) -> tuple[float, float]:
    """Mean waits of the two classes, hours: R / (1 - rho1) and R / ((1 - rho1) (1 - rho1 - rho2)), R = sum rate E[S^2] / 2.

    Cobham, Operations Research 2 (1954) 70-76, non-preemptive priority with one server.
    """
    rest = sum(rates) * square / 2
    first, both = rates[0] * mean, sum(rates) * mean
    return rest / (1 - first), rest / ((1 - first) * (1 - both))


@pytest.mark.parametrize(("service", "cv"), [({"exponential": {"mean": "15 min"}}, 1.0), ("15 min", 0.0)])
def test_two_classes(service: Any, cv: float, verifies: Verifies) -> None:
    """Two Poisson streams of single people, 25 and 35 % of a lane.

    LIMIT standard errors over 40 replications: false alarm 1 in 3,600 for each of four comparisons; errors of about 10 %
    in a mean wait are found in 97.5 % of cases, and the other order of priority is 60 % off.
    """
    rates = (1.0, 1.4)
    cohorts = {
        name: {
            "people": round(PEOPLE * rate / rates[1]), "group": 1, "priority": k,
            "gap": {"exponential": {"mean": f"{1 / rate} h"}},
        }
        for k, (name, rate) in enumerate(zip(("urgent", "other"), rates, strict=True))
    }  # fmt: skip
    made = plan(
        {
            "clock": {"horizon": f"{3 * PEOPLE / rates[1]} h"},
            "airport": {"gates": {"main": {"lanes": 1, "per_group": service}}},
            "missions": {"alpha": {"order": {"at": "start"}, "cohorts": cohorts}},
        }
    )
    theory = cobham(rates, 0.25, 0.25**2 * (1 + cv**2))
    waits = []
    for k in range(REPLICATIONS):
        r = run(made, seed=11, replication=k, check_every=2000, tables=k < 4)
        groups = [r.groups(f"alpha/{name}") for name in ("urgent", "other")]
        until = min(g[-1].arrive for g in groups)  # afterwards one class is alone
        waits.append([np.mean([c.search - c.arrive for c in g[WARM_UP:] if c.arrive < until]) for g in groups])
    for name, measured, expected in zip(cohorts, np.array(waits).T, theory, strict=True):
        error = measured.std(ddof=1) / math.sqrt(REPLICATIONS)
        assert abs(measured.mean() - expected) < LIMIT * error, (measured.mean(), expected, error)
        assert (LIMIT + 2) * error < 0.25 * expected
        verifies(
            case=f"two classes, {'exponential' if cv else 'constant'} searches: mean wait of the {name}",
            expected=f"{expected:.4f} h",
            source="Cobham 1954",
            result=f"{measured.mean():.4f} ± {error:.4f} h",
            tolerance="4 standard errors",
        )


def test_an_urgent_one_overtakes_the_line_but_not_the_search() -> None:
    """0-4 h: the first of three others; the urgent one, there after an hour, is next."""
    r = run(
        {
            "airport": {"gates": {"main": {"lanes": 1, "per_group": "4 h"}}},
            "missions": {
                "alpha": {
                    "order": {"at": "start"},
                    "cohorts": {
                        "other": {"people": 3, "group": 1, "priority": 1},
                        "urgent": {"people": 1, "group": 1, "priority": 0, "ready": "1 h"},
                    },
                }
            },
        }
    )
    assert [c.inside for c in r.groups("alpha/other")] == [4, 12, 16]
    assert r.groups("alpha/urgent")[0].inside == 8


def test_the_formula_is_known() -> None:
    """Two equal classes of M/M/1 at rho = 0.5: the weighted mean of the waits is that without priority."""
    first, second = cobham((1.0, 1.0), 0.25, 2 * 0.25**2)
    assert (first, second) == (pytest.approx(1 / 6), pytest.approx(1 / 3))
    assert (first + second) / 2 == pytest.approx(0.25)

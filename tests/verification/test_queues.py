"""Case 1, queueing theory: mean waits at a gate and at the eligibility check against M/M/c and M/G/1.

Each statistical test makes REPLICATIONS independent runs, drops the first WARM_UP people of each (the run starts empty; the
slowest of these queues forgets its start with a time constant of about 35 people) and compares the mean wait of the others with
theory.  The runs' mean gaps and mean service times, whose expectations are known, serve as control variates: the wait expected
at exactly those expectations is the constant of a linear regression over the runs; its standard error is a third smaller.

LIMIT standard errors with 37 degrees of freedom give a false alarm in 1 of 3,400 for a correct model, 1 of 380 for the nine
comparisons together; the seed is fixed, so that an unchanged model passes always or never.  An error in the mean wait is detected
in 97.5 % of cases if it is LIMIT + 2 standard errors; each test asserts that this is at most DETECTABLE of the wait, so that it
cannot pass for want of precision (test_two_stations.py compares person by person, exactly).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.model.helpers import plan, run
from tests.verification.conftest import Verifies

REPLICATIONS, PEOPLE, WARM_UP = 40, 2300, 300
LIMIT = 4.0
DETECTABLE = 0.15


def line(rate: float, lanes: int, service: Any, check: Any = None, officers: int = 1) -> dict[str, Any]:
    """Single people who arrive at random, *rate* an hour, at a gate; then perhaps an eligibility check."""
    airport: dict[str, Any] = {"gates": {"main": {"lanes": lanes, "per_group": service}}}
    if check is not None:
        airport["consular"] = {"officers": officers, "per_group": check}
    cohort = {"people": PEOPLE, "group": 1, "gap": {"exponential": {"mean": f"{1 / rate} h"}}}
    return {
        "clock": {"horizon": f"{3 * PEOPLE / rate} h"},
        "airport": airport,
        "missions": {"alpha": {"order": {"at": "start"}, "cohorts": {"staff": cohort}}},
    }


def erlang_c(rate: float, mean: float, servers: int) -> float:
    """Mean wait in M/M/c (Erlang's C formula), hours."""
    load = rate * mean
    full = load**servers / math.factorial(servers) / (1 - load / servers)
    waits = full / (sum(load**k / math.factorial(k) for k in range(servers)) + full)
    return waits * mean / (servers - load)


def pollaczek_khinchine(rate: float, mean: float, cv: float) -> float:
    """Mean wait in M/G/1, hours."""
    return rate * mean**2 * (1 + cv**2) / (2 * (1 - rate * mean))


def measured(data: dict[str, Any]) -> dict[str, np.ndarray]:
    """Means after the warm-up, one for each replication: hours of gap, search, check and of the waits for the two."""
    made = plan(data)
    rows = []
    for k in range(REPLICATIONS):
        groups = run(made, seed=7, replication=k, check_every=2000, tables=k < 4).world.run.groups[WARM_UP:]
        moments = np.array([(c.arrive, c.search, c.searched, c.consular, c.inside) for c in groups])
        waits = np.diff(moments, axis=1).mean(axis=0)
        rows.append(((moments[-1, 0] - moments[0, 0]) / (len(groups) - 1), *waits))
    return dict(zip(("gap", "wait", "search", "wait_check", "check"), np.array(rows).T, strict=True))


def agrees(waits: np.ndarray, theory: float, controls: list[tuple[np.ndarray, float]]) -> dict[str, str]:
    """The mean wait, with its controls (means, expectation), is as in theory; and this could have failed.  The row's numbers."""
    x = np.column_stack([np.ones(len(waits)), *(means - expected for means, expected in controls)])
    beta, (squares,), *_ = np.linalg.lstsq(x, waits, rcond=None)
    error = math.sqrt(squares / (len(waits) - x.shape[1]) * np.linalg.inv(x.T @ x)[0, 0])
    assert abs(beta[0] - theory) < LIMIT * error, (beta[0], theory, error)
    assert (LIMIT + 2) * error < DETECTABLE * theory, f"would detect only {(LIMIT + 2) * error / theory:.1%}"
    return {
        "expected": f"{theory:.4f} h", "result": f"{beta[0]:.4f} ± {error:.4f} h",
        "tolerance": f"4 standard errors; detects {(LIMIT + 2) * error / theory:.0%}",
    }  # fmt: skip


@pytest.mark.parametrize(("rate", "servers"), [(2.0, 1), (4.4, 2), (7.2, 3)])
def test_mmc(rate: float, servers: int, verifies: Verifies) -> None:
    """Poisson arrivals, exponential search times of 15 min on average, c lanes, 50 to 60 % busy."""
    m = measured(line(rate, servers, {"exponential": {"mean": "15 min"}}))
    found = agrees(m["wait"], erlang_c(rate, 0.25, servers), [(m["gap"], 1 / rate), (m["search"], 0.25)])
    verifies(
        case=f"M/M/{servers} at a gate, {rate * 0.25 / servers:.0%} busy: mean wait", source="Erlang's C formula (1917)", **found
    )


@pytest.mark.parametrize(
    ("service", "cv"),
    [
        ("15 min", 0.0),
        ({"lognormal": {"mean": "15 min", "cv": 0.6}}, 0.6),
        ({"gamma": {"mean": "15 min", "cv": 1.5}}, 1.5),
        ({"choice": {"values": ["5 min", "45 min"], "weights": [3, 1]}}, math.sqrt(3) * 10 / 15),
    ],
)
def test_mg1(service: Any, cv: float, verifies: Verifies) -> None:
    """Poisson arrivals, any search time, one lane that is half busy: Pollaczek and Khinchine's formula."""
    m = measured(line(2.0, 1, service))
    controls = [(m["gap"], 0.5), (m["search"], 0.25)]
    found = agrees(m["wait"], pollaczek_khinchine(2.0, 0.25, cv), controls if cv else controls[:1])
    shape = "constant" if isinstance(service, str) else next(iter(service))
    source = "λ E[S²] / (2 (1 − ρ)); Pollaczek 1930, Khinchine 1932"
    verifies(case=f"M/G/1, search times {shape} with cv {cv:.2g}, 50 % busy: mean wait", source=source, **found)


def test_tandem(verifies: Verifies) -> None:
    """Burke's theorem: what leaves an M/M/1 search is Poisson again, so that the check behind it is M/M/2 of its own."""
    m = measured(line(2.0, 1, {"exponential": {"mean": "15 min"}}, {"exponential": {"mean": "30 min"}}, officers=2))
    found = agrees(m["wait"], erlang_c(2.0, 0.25, 1), [(m["gap"], 0.5), (m["search"], 0.25)])
    verifies(case="search M/M/1 before a check: mean wait for the search", source="Burke 1956", **found)
    found = agrees(m["wait_check"], erlang_c(2.0, 0.5, 2), [(m["gap"], 0.5), (m["check"], 0.5)])
    verifies(case="check M/M/2 behind it: mean wait for the check, as if alone", source="Burke 1956", **found)


def test_these_waits_are_known() -> None:
    """The formulas against values of the textbooks: M/M/1 at 50 %, M/M/2 at 75 %, and M/D/1 waits half of M/M/1."""
    assert erlang_c(2, 0.25, 1) == pytest.approx(0.25)
    assert erlang_c(1.5, 1, 2) == pytest.approx(9 / 7)
    assert pollaczek_khinchine(2, 0.25, 1) == pytest.approx(0.25)
    assert pollaczek_khinchine(2, 0.25, 0) == pytest.approx(0.125)

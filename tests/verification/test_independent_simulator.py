"""The same arrivals and service times through an independent simulator, Ciw: every exit must be the same.

Ciw (Palmer, Knight, Harper and Hawa, *Journal of Simulation* 13 (2019) 68-82) is a queueing network simulator that shares no
code with this project.  Both get the same drawn numbers, person by person, so that nothing is left to chance: exits are
compared to rounding.
"""

from __future__ import annotations

from typing import Any

import ciw
import numpy as np
import pytest

from tests.model.helpers import run
from tests.verification.conftest import Verifies

PEOPLE = 300
TOLERANCE = 1e-7
"""Hours; 300 sums of doubles differ by less."""


class Own(ciw.dists.Distribution):  # type: ignore[misc]
    """The service time of the person who is served."""

    def __init__(self, times: np.ndarray) -> None:
        self.times = times

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        return float(self.times[ind.id_number - 1])


def exits_there(gaps: np.ndarray, times: list[np.ndarray], servers: list[int]) -> np.ndarray:
    """Exit of each person in Ciw: stations in a row, first come first served."""
    stations = len(servers)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, np.inf])] + [None] * (stations - 1),
        service_distributions=[Own(t) for t in times],
        number_of_servers=servers,
        routing=[[1.0 if j == i + 1 else 0.0 for j in range(stations)] for i in range(stations)],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(PEOPLE, method="Finish")
    found = np.zeros(PEOPLE)
    for record in simulation.get_all_records():
        found[record.id_number - 1] = max(found[record.id_number - 1], record.exit_date)
    return found


def exits_here(gaps: np.ndarray, times: list[np.ndarray], servers: list[int]) -> np.ndarray:
    """Exit of each person here: lanes of a gate, then consular officers."""
    airport: dict[str, Any] = {"gates": {"main": {"lanes": servers[0], "per_group": "1 h"}}}
    factors = ["search"]
    if len(servers) > 1:
        airport["consular"] = {"officers": servers[1], "per_group": "1 h"}
        factors.append("consular")
    cohorts = {
        f"p{k:03}": {"people": 1, "group": 1, "ready": f"{float(at)!r} h"}
        | {factor: float(t[k]) for factor, t in zip(factors, times, strict=True)}
        for k, at in enumerate(np.cumsum(gaps))
    }
    data = {
        "clock": {"horizon": "100000 h"},
        "airport": airport,
        "missions": {"alpha": {"order": {"at": "start"}, "cohorts": cohorts}},
    }
    r = run(data, check_every=500)
    return np.array([r.cohort(f"alpha/p{k:03}")["t100_h"] for k in range(PEOPLE)])


@pytest.mark.parametrize(("servers", "busy"), [([1], 0.8), ([3], 0.9), ([2, 3], 0.85), ([4, 1], 0.95)])
def test_mmc_and_tandems_person_by_person(servers: list[int], busy: float, verifies: Verifies) -> None:
    """Poisson arrivals and exponential times: M/M/1, M/M/3, and two stations in a row of two and three, four and one."""
    rng = np.random.Generator(np.random.Philox(2021))
    gaps = rng.exponential(1.0, PEOPLE)
    times = [rng.exponential(busy * c, PEOPLE) for c in servers]
    ours, theirs = exits_here(gaps, times, servers), exits_there(gaps, times, servers)
    assert np.abs(ours - theirs).max() < TOLERANCE
    assert (ours - np.cumsum(gaps) - sum(times) > 1e-6).sum() > PEOPLE / 4  # many of them had to wait
    verifies(
        case="M/M/" + " → M/M/".join(map(str, servers)) + f", {busy:.0%} busy, {PEOPLE} people: last exit",
        expected=f"{theirs.max():.3f} h",
        source="Ciw 3",
        result=f"{ours.max():.3f} h",
        tolerance="10⁻⁷ h for each exit",
    )

"""Finite rooms that hold up what is before them: the holding area as a blocking queue, a full hub that stops departures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.helpers import plan, run
from tests.verification.conftest import Verifies

Person = tuple[int, int, int]
"""Quarter hours: (arrival, search, check)."""

people = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=9)


def exits(persons: list[Person], room: int) -> list[float]:
    """When each person is through search and check, one lane and one officer, with *room* for so many inside; quarter hours."""
    cohorts = {
        f"p{k}": {"people": 1, "group": 1, "ready": f"{arrival / 4} h", "search": search, "consular": check}
        for k, (arrival, search, check) in enumerate(persons)
    }
    airport = {
        "gates": {"main": {"lanes": 1, "per_group": "15 min"}},
        "consular": {"officers": 1, "per_group": "15 min"},
        "holding": room,
    }
    r = run({"airport": airport, "missions": {"alpha": {"order": {"at": "start"}, "cohorts": cohorts}}})
    return [4 * r.cohort(f"alpha/p{k}")["t100_h"] for k in range(len(persons))]


def recursion(persons: list[Person], room: int) -> list[float]:
    """Blocking before service: a search begins when the lane is free and the person *room* places ahead has gone.

    S_j = max(A_j, E_(j-1), D_(j-room)), E_j = S_j + s_j, D_j = max(E_j, D_(j-1)) + c_j.
    """
    done = [0.0] * len(persons)
    lane = officer = 0.0
    gone: list[float] = []
    for _, k in sorted((arrival, k) for k, (arrival, _, _) in enumerate(persons)):
        arrival, search, check = persons[k]
        start = max(arrival, lane, gone[-room] if len(gone) >= room else 0.0)
        lane = start + search
        officer = done[k] = max(lane, officer) + check
        gone.append(officer)
    return done


@settings(deadline=None, max_examples=80, derandomize=True)
@given(people, st.integers(1, 6))
def test_a_full_holding_area_stops_the_search_person_by_person(persons: list[Person], room: int) -> None:
    assert exits(persons, room) == recursion(persons, room)


def test_room_for_one_means_one_after_the_other(verifies: Verifies) -> None:
    assert exits([(0, 2, 3), (0, 4, 1), (0, 1, 1)], 1) == [5, 10, 12]
    assert exits([(0, 2, 3), (0, 4, 1), (0, 1, 1)], 3) == [5, 7, 8]
    verifies(
        case="search 2, 4, 1 and check 3, 1, 1 with room for one inside",
        expected="out after 5, 10, 12",
        source="by hand; recursion of the test file",
        result="5, 10, 12",
        tolerance="exact, also for 80 drawn lines",
    )


REPLICATIONS, PEOPLE = 30, 1500
LIMIT = 4.0


@pytest.mark.parametrize(("room", "mean_check"), [(1, 0.25), (3, 0.25), (3, 0.4)])
def test_saturated_rate_is_that_of_a_finite_queue(room: int, mean_check: float, verifies: Verifies) -> None:
    """Everybody is there at once: people at the check are a birth and death process on 0 ... room, so that the rate of
    completion is mu (1 - P0) of M/M/1/room (Cohen, *The Single Server Queue*, 1969).

    LIMIT standard errors over 30 replications: false alarm 1 in 2,500 a case.  The first and the last person make the run
    longer by a few services in 1,500, which the test allows for; an error of 3 % in the rate is found in 97.5 % of cases.
    """
    search, check = 0.25, mean_check
    data: dict[str, Any] = {
        "clock": {"horizon": "5000 h"},
        "airport": {
            "gates": {"main": {"lanes": 1, "per_group": {"exponential": {"mean": f"{search} h"}}}},
            "consular": {"officers": 1, "per_group": {"exponential": {"mean": f"{check} h"}}},
            "holding": room,
        },
        "missions": {"alpha": {"order": {"at": "start"}, "cohorts": {"staff": {"people": PEOPLE, "group": 1}}}},
    }
    made = plan(data)
    runs = (run(made, seed=5, replication=k, check_every=0, tables=k < 3) for k in range(REPLICATIONS))
    rates = np.array([PEOPLE / r.out_h for r in runs])
    load = check / search
    empty = 1 / (room + 1) if load == 1 else (1 - load) / (1 - load ** (room + 1))
    theory = (1 - empty) / check
    error = rates.std(ddof=1) / math.sqrt(REPLICATIONS)
    ends = theory * 2 * (room + 1) / PEOPLE
    assert abs(rates.mean() - theory) < LIMIT * error + ends, (rates.mean(), theory, error)
    assert (LIMIT + 2) * error + ends < 0.04 * theory
    verifies(
        case=f"room for {room} inside, search 15 min, check {60 * check:.0f} min (exponential), saturated",
        expected=f"μ (1 − P₀) of M/M/1/{room}: {theory:.3f} an hour",
        source="Cohen 1969",
        result=f"{rates.mean():.3f} ± {error:.3f}",
        tolerance=f"4 standard errors + {ends:.3f}",
    )


@pytest.mark.parametrize(("flights_held", "outbound"), [(1, 0.0), (2, 0.5), (4, 1.5)])
def test_a_full_hub_lets_departures_go_at_its_onward_rate(flights_held: int, outbound: float, verifies: Verifies) -> None:
    """Beds for m loads of k, r people an hour onward: m aircraft leave at once, at t; the i-th after them when the hub has
    room, at t + outbound + i k / r.  The stand is held meanwhile, and the waiting is charged to the hub.
    """
    seats, onward, flights = 32, 64, 12
    r = run(
        {
            "clock": {"horizon": "100 h"},
            "lift": {
                "types": {"transport": {"seats": seats}},
                "fleets": {"relief": {"aircraft": "transport", "number": 40, "outbound": f"{outbound} h", "hubs": ["haven"]}},
            },
            "hubs": {"haven": {"beds": seats * flights_held, "onward": f"{onward} people/h"}},
            "missions": {
                "alpha": {
                    "order": {"at": "start"},
                    "cohorts": {"staff": {"people": seats * flights, "group": seats, "starts": "holding"}},
                }
            },
        }
    )
    full = [t for t, people in r.departures() if people]
    held = [outbound + i * seats / onward for i in range(1, flights - flights_held + 1)]
    assert full == [0.0] * flights_held + held
    assert r.waits() == {"hub": sum(seats * t for t in held)}
    verifies(
        case=f"beds for m = {flights_held} loads of k = 32, onward r = 64 an hour, {outbound:g} h away, 12 loads",
        expected=f"the i-th held load leaves at {outbound:g} h + i k / r; the last at {held[-1]:g} h",
        source="arithmetic",
        result=f"{full[-1]:g} h",
        tolerance="exact, each departure and the hours waited",
    )

"""Case 4: when more servers help, and when they need not.

Each person is a cohort of one, so that a factor gives everybody a search time and a check of their own: the gate takes
``search`` hours and the eligibility check ``check`` hours.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.helpers import run
from tests.verification.conftest import Verifies

Person = tuple[int, int, int]
"""Quarter hours: (arrival, search, check)."""

people = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=9)


def exits(persons: list[Person], lanes: int, officers: int | None = None) -> list[float]:
    """When each person is through the gate and, with officers, the check; in quarter hours."""
    airport: dict[str, Any] = {"gates": {"main": {"lanes": lanes, "per_group": "15 min"}}}
    if officers is not None:
        airport["consular"] = {"officers": officers, "per_group": "15 min"}
    cohorts = {
        f"p{k}": {"people": 1, "group": 1, "ready": f"{arrival / 4} h", "search": search, "consular": check}
        for k, (arrival, search, check) in enumerate(persons)
    }
    r = run({"airport": airport, "missions": {"alpha": {"order": {"at": "start"}, "cohorts": cohorts}}})
    assert r.total["end"] == "out"
    return [4 * r.cohort(f"alpha/p{k}")["t100_h"] for k in range(len(persons))]


def station(arrivals: Sequence[tuple[float, int]], times: list[int], servers: int) -> list[float]:
    """A first-come first-served line by itself, worked out person by person (Kiefer and Wolfowitz): exits by person."""
    free = [0.0] * servers
    done = [0.0] * len(times)
    for at, k in sorted(arrivals):
        done[k] = max(at, heapq.heappop(free)) + times[k]
        heapq.heappush(free, done[k])
    return done


def test_more_lanes_can_make_somebody_later(verifies: Verifies) -> None:
    """A second lane lets p1 overtake p0 in the search, and p1's long check then holds p0 up.

    One lane: p0 searched 0-2, checked 2-3; p1 searched 2-3, checked 3-13.  Two lanes: p1 searched 0-1, checked 1-11; p0
    searched 0-2, checked 11-12.
    """
    persons = [(0, 2, 1), (0, 1, 10)]
    assert exits(persons, lanes=1, officers=1) == [3, 13]
    assert exits(persons, lanes=2, officers=1) == [12, 11]
    verifies(
        case="two stations, one lane more at the first: somebody can be later",
        expected="exit 3 → 12 quarter hours",
        source="by hand",
        result="3 → 12",
        tolerance="exact",
    )


def test_more_lanes_can_make_the_last_one_later(verifies: Verifies) -> None:
    """With two officers a second lane can even raise the last exit: it changes who is checked beside whom.

    One lane: p0 searched 0-3, checked 3-9; p1 searched 3-4, checked 4-8; p2 searched 4-5, checked 8-12.  Two lanes: p1 searched
    0-1, checked 1-5; p2 searched 1-2, checked 2-6; p0 searched 0-3, checked from 5, when the first officer is free.
    """
    persons = [(0, 3, 8), (0, 1, 4), (0, 1, 4)]
    assert exits(persons, lanes=1, officers=2) == [11, 8, 12]
    assert exits(persons, lanes=2, officers=2) == [13, 5, 6]
    verifies(
        case="the same with two officers: even the last one can be later",
        expected="12 → 13 quarter hours",
        source="by hand",
        result="12 → 13",
        tolerance="exact",
    )


@given(people, st.integers(1, 4))
@settings(deadline=None, max_examples=80, derandomize=True)
def test_one_station_with_one_more_server(persons: list[Person], servers: int) -> None:
    """At a single station one more server makes nobody start later, so that the last exit never comes later."""
    before, after = exits(persons, servers), exits(persons, servers + 1)
    assert all(a <= b for a, b in zip(after, before, strict=True))
    assert max(after) <= max(before)
    order = [(arrival, k) for k, (arrival, _, _) in enumerate(persons)]
    assert before == station(order, [p[1] for p in persons], servers)


@given(people, st.integers(1, 3), st.integers(1, 3))
@settings(deadline=None, max_examples=80, derandomize=True)
def test_two_stations_person_by_person(persons: list[Person], lanes: int, officers: int) -> None:
    """Both lines against the same worked out person by person; those who come from the gate at one time go in order of name."""
    checked = [(at, search + 1, check + 1) for at, search, check in persons]
    searched = station([(p[0], k) for k, p in enumerate(checked)], [p[1] for p in checked], lanes)
    through = station([(t, k) for k, t in enumerate(searched)], [p[2] for p in checked], officers)
    assert exits(checked, lanes, officers) == through


def test_what_ends_comes_before_what_arrives(verifies: Verifies) -> None:
    """Events at one time go by stage, then name, whenever they were put on the queue.

    p0 comes at 1 and needs no search; p1's search ends at 1 as well: p1 is checked first.  With equal stages p0 is first, though
    p1's search began before p0's.
    """
    assert exits([(1, 0, 1), (0, 1, 1)], lanes=2, officers=1) == [3, 2]
    assert exits([(1, 1, 1), (0, 2, 1)], lanes=2, officers=1) == [3, 4]
    verifies(
        case="two events at one time",
        expected="what ends before what arrives, then by name",
        source="rule of the model",
        result="3, 2 and 3, 4",
        tolerance="exact",
    )
    case = "one station with one server more; two stations of any size"
    verifies(
        case=f"{case}: 80 drawn lines each",
        expected="each exit as in the recursion",
        source="Kiefer and Wolfowitz 1955",
        result="equal",
        tolerance="exact (`…::test_one_station…`, `…::test_two_stations_person_by_person`)",
    )

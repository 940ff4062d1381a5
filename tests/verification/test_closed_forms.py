"""Case 1: what can be worked out on paper must come out of the simulation, exactly.

All times are multiples of 1/64 h, which floating point adds without error, so that these tests compare with ``==``.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.model.helpers import Run, run
from tests.verification.conftest import Verifies

LATENCY, SERVICE = 1.5, 0.25


def one_gate(people: int, lanes: int, service: float = SERVICE, latency: float = LATENCY, group: int = 1) -> dict[str, Any]:
    """People who all come to one gate after a latency and are out on passing it."""
    return {
        "clock": {"horizon": "1000 h"},
        "airport": {"gates": {"main": {"lanes": lanes, "per_group": f"{service} h"}}},
        "road": {"drive": f"{latency} h"},
        "missions": {"alpha": {"order": {"at": "start"}, "cohorts": {"staff": {"people": people, "group": group}}}},
    }


def saturated(stands: int, ground: float, hours: float, seats: int, people: int) -> Run:
    """People without end inside the airport, aircraft without end overhead, a runway that takes no time."""
    return run(
        {
            "clock": {"horizon": f"{hours} h"},
            "airport": {"airfield": {"stands": {"apron": {"number": stands}}}},
            "lift": {
                "types": {"transport": {"seats": seats, "stand": "apron", "load": f"{ground} h"}},
                "fleets": {"relief": {"aircraft": "transport", "number": 3 * stands}},
            },
            "missions": {
                "alpha": {"order": {"at": "start"}, "cohorts": {"staff": {"people": people, "group": seats, "starts": "holding"}}}
            },
        },
        check_every=20,
    )


@pytest.mark.parametrize("people", [0, 1, 2, 7, 40])
def test_one_server(people: int, verifies: Verifies) -> None:
    """The k-th of N people leaves a server of time s at latency + k s; together they wait s N (N - 1) / 2."""
    r = run(one_gate(people, 1))
    exits = [c.inside for c in r.groups("alpha/staff")]
    assert exits == [LATENCY + k * SERVICE for k in range(1, people + 1)]
    assert r.out_h == (LATENCY + people * SERVICE if people else 0.0)
    assert r.total["t50_h"] == (LATENCY + math.ceil(people / 2) * SERVICE if people else 0.0)
    assert r.total["t90_h"] == (LATENCY + math.ceil(people * 0.9) * SERVICE if people else 0.0)
    assert r.total["wait_search"] == SERVICE * people * (people - 1) / 2
    assert set(r.waits()) <= {"search"}
    verifies(
        case=f"N = {people}: one server of time s after a latency L",
        expected=f"L + N s = {LATENCY + people * SERVICE if people else 0} h",
        source="arithmetic",
        result=f"{r.out_h:g} h",
        tolerance="exact, each exit and the hours waited, s N (N − 1) / 2",
    )


@pytest.mark.parametrize("lanes", [1, 2, 3, 5, 64])
@pytest.mark.parametrize("people", [1, 5, 6, 24, 61])
def test_several_servers(people: int, lanes: int, verifies: Verifies) -> None:
    """c servers of time s clear N people in ceil(N / c) s."""
    r = run(one_gate(people, lanes))
    assert r.out_h == LATENCY + math.ceil(people / lanes) * SERVICE
    rounds = [k // lanes for k in range(people)]
    assert r.total["wait_search"] == SERVICE * sum(rounds)
    assert r.total["lane_utilisation"] == people * SERVICE / (lanes * r.out_h)
    if people == 61:
        verifies(
            case=f"N = 61, c = {lanes} servers (and four other numbers)",
            expected=f"L + ceil(N / c) s = {LATENCY + -(-61 // lanes) * SERVICE:g} h",
            source="arithmetic",
            result=f"{r.out_h:g} h",
            tolerance="exact",
        )


@pytest.mark.parametrize(("people", "group"), [(100, 40), (80, 40), (81, 40), (3, 40)])
def test_groups_and_per_person_times(people: int, group: int, verifies: Verifies) -> None:
    """A lane that takes a per group and b per person clears N people in groups of k in a ceil(N / k) + b N."""
    data = one_gate(people, 1, group=group)
    data["airport"]["gates"]["main"]["per_person"] = "1.875 min/person"
    out = run(data).out_h
    assert out == LATENCY + SERVICE * math.ceil(people / group) + people / 32
    verifies(
        case=f"{people} people in groups of {group}: a for a group, b for a person",
        expected=f"L + a ceil(N / k) + b N = {LATENCY + SERVICE * math.ceil(people / group) + people / 32:g} h",
        source="arithmetic",
        result=f"{out:g} h",
        tolerance="exact",
    )


@pytest.mark.parametrize("officers", [1, 2, 4, 5])
def test_two_stations_in_a_row(officers: int, verifies: Verifies) -> None:
    """Search s, then a check of c by k teams: the slower of the two sets the pace.

    One lane releases a person every s; if c <= k s nobody waits for an officer and the last is out at latency + N s + c; else
    teams of equal pace take round after round: latency + s + ceil(N / k) c if N fills the rounds evenly and k s <= c.
    """
    people, check = 20, 1.0
    data = one_gate(people, 1)
    data["airport"]["consular"] = {"officers": officers, "per_group": f"{check} h"}
    r = run(data)
    if check <= officers * SERVICE:
        expected = LATENCY + people * SERVICE + check
        assert r.total["wait_consular"] == 0
    else:
        last = (people - 1) % officers
        expected = LATENCY + SERVICE + last * SERVICE + math.ceil(people / officers) * check
    assert r.out_h == expected
    verifies(
        case=f"search s, then a check of 4 s by k = {officers} teams, N = 20",
        expected=f"the slower sets the pace: {expected:g} h",
        source="arithmetic",
        result=f"{r.out_h:g} h",
        tolerance="exact",
    )


@pytest.mark.parametrize("aircraft", [1, 2, 3, 10])
@pytest.mark.parametrize(("people", "seats"), [(100, 30), (90, 30), (91, 30), (1, 30), (7, 1), (29, 30)])
def test_departures(people: int, seats: int, aircraft: int, verifies: Verifies) -> None:
    """N people in aircraft of k seats take ceil(N / k) departures, in rounds of one cycle; nobody flies empty."""
    data = {
        "airport": {"airfield": {"runway": {"day": 0}}},
        "lift": {
            "types": {"transport": {"seats": seats, "load": "1 h"}},
            "fleets": {
                "relief": {
                    "aircraft": "transport", "number": aircraft, "available": "2 h",
                    "outbound": "3 h", "turn": "0.5 h", "inbound": "2.5 h",
                }
            },
        },
        "missions": {
            "alpha": {"order": {"at": "start"}, "cohorts": {"staff": {"people": people, "group": 10, "starts": "holding"}}}
        },
    }  # fmt: skip
    r = run(data)
    flights = math.ceil(people / seats)
    assert (r.total["flights"], r.total["empty_flights"]) == (flights, 0)
    cycle = 1.0 + 3.0 + 0.5 + 2.5
    rounds = [k // aircraft for k in range(flights)]
    loads = [seats] * (flights - 1) + [people - seats * (flights - 1)]
    assert r.departures() == sorted(zip([2 + 1 + cycle * k for k in rounds], loads, strict=True))
    assert r.out_h == 3 + cycle * rounds[-1]
    assert r.total["load_factor"] == pytest.approx(people / (seats * flights), rel=1e-12)
    if aircraft == 2:
        verifies(
            case=f"N = {people}, two aircraft of k = {seats} seats (and three other numbers of aircraft)",
            expected=f"ceil(N / k) = {flights} departures, the last at {3 + cycle * rounds[-1]:g} h",
            source="arithmetic",
            result=f"{r.total['flights']} departures, {r.out_h:g} h",
            tolerance="exact, each time and load",
        )


@pytest.mark.parametrize("stands", [1, 2, 5])
@pytest.mark.parametrize(("ground", "hours"), [(3.25, 24), (1.5, 24), (2.0, 24), (0.75, 10), (5.0, 4)])
def test_saturated_stands(stands: int, ground: float, hours: float, verifies: Verifies) -> None:
    """s stands with a ground time g turn s floor(T / g) aircraft in T hours, if there are always more of them."""
    turned = stands * math.floor(hours / ground)
    r = saturated(stands, ground, hours, seats=10, people=10 * (turned + 5 * stands))
    assert r.total["flights"] == turned
    assert r.total["evacuated"] == 10 * turned
    assert r.total["stand_utilisation"] == 1.0
    if stands == 5:
        verifies(
            case=f"5 stands, ground time {ground:g} h, {hours:g} h, saturated (1 and 2 stands too)",
            expected=f"s floor(T / g) = {turned} aircraft",
            source="arithmetic",
            result=f"{r.total['flights']} aircraft",
            tolerance="exact",
        )


@pytest.mark.parametrize(("stands", "tons_a_day"), [(1, 282.5), (2, 564.9), (4, 1129.8), (6, 1695)])
def test_air_force_pamphlet(stands: int, tons_a_day: float, verifies: Verifies) -> None:
    """Case 2: Air Force Pamphlet 10-1403, formula 9.0, with 45 short tons, 3.25 h on the ground, 24 h a day, x 0.85.

    13 days are 96 ground times without a rest, so that the rate of these days is the long-run rate exactly.
    """
    days, payload, ground = 13, 45, 3.25
    r = saturated(stands, ground, 24.0 * days, payload, payload * stands * 100)
    assert r.total["flights"] == stands * 96
    rate = 0.85 * r.total["evacuated"] / days
    assert rate == pytest.approx(stands * payload * 24 / ground * 0.85, rel=1e-12)
    assert abs(rate - tons_a_day) < 0.5 * 10 ** (0 if tons_a_day == 1695 else -1)
    published = "published" if stands in (1, 6) else "the formula"
    verifies(
        case=f"{stands} stand{'s' if stands > 1 else ''}, 45 short tons, 3.25 h on the ground, 24 h",
        expected=f"{tons_a_day:,} short tons a day",
        source=f"AFPAM 10-1403, formula 9.0 ({published})",
        result=f"{rate:,.2f}",
        tolerance="rounding of the page; 10⁻¹² against the formula",
    )


@pytest.mark.parametrize("stands", [1, 2, 6, 20])
def test_runway_binds(stands: int, verifies: Verifies) -> None:
    """With movements of d the runway lets floor(T / (2 d)) aircraft in and out; many stands cannot help beyond that.

    Stand-bound: a stand turns an aircraft every g + 2 d at best; runway-bound: an aircraft takes 2 d of runway.
    """
    d, ground, hours = 0.125, 1.0, 100.0
    r = run(
        {
            "clock": {"horizon": f"{hours} h"},
            "airport": {"airfield": {"runway": {"day": f"{d} h"}, "stands": {"apron": {"number": stands}}}},
            "lift": {
                "types": {"transport": {"seats": 10, "stand": "apron", "load": f"{ground} h"}},
                "fleets": {"relief": {"aircraft": "transport", "number": 3 * stands}},
            },
            "missions": {"alpha": {"order": {"at": "start"}, "cohorts": {"staff": {"people": 6000, "starts": "holding"}}}},
        },
        check_every=50,
    )
    at_most = min(stands * hours / (ground + 2 * d), hours / (2 * d))
    assert r.total["flights"] <= at_most
    assert r.total["flights"] >= at_most - 2 * stands
    if stands == 1:
        assert r.total["flights"] == math.floor(hours / (ground + 2 * d))
    verifies(
        case=f"{stands} stand{'s' if stands > 1 else ''}, movements of d = 7.5 min, g = 1 h, 100 h",
        expected=f"at most min(s T / (g + 2 d), T / (2 d)) = {at_most:g} aircraft",
        source="arithmetic",
        result=f"{r.total['flights']} aircraft",
        tolerance="those on the field: 2 s",
    )
    if stands == 20:
        assert r.total["runway_utilisation"] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("trucks", "hours"), [(2, 15.0), (5, 6.0), (1, 27.0), (9, 3.0)])
def test_pacifica(trucks: int, hours: float, verifies: Verifies) -> None:
    """Case 3, O-Plan's Pacifica rescue: 100, 50 and 20 people, trucks of 20 seats, 3 h a round trip, one city a trip.

    Nine trips; people are out at the end of their trip: ceil(9 / trucks) x 3 h.
    """
    r = run(
        {
            "vehicles": {"trucks": {"seats": 20, "number": trucks, "based": "airport"}},
            "road": {"drive": "1.5 h"},
            "missions": {
                city: {"order": {"at": "start"}, "cohorts": {"people": {"people": n, "vehicles": "trucks"}}}
                for city, n in (("abyss", 100), ("barnacle", 50), ("calypso", 20))
            },
        }
    )
    assert r.out_h == hours
    assert len(r.world.run.groups) == 9
    assert all(c.inside % 3 == 0 for c in r.world.run.groups)
    source = "O-Plan's Pacifica rescue" if trucks in (2, 5) else "arithmetic: ceil(9 / trucks) × 3 h"
    verifies(
        case=f"Pacifica with {trucks} truck{'s' if trucks > 1 else ''}",
        expected=f"{hours:g} h",
        source=source,
        result=f"{r.out_h:g} h",
        tolerance="exact",
    )

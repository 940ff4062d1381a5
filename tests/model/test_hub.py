"""Hubs and safe havens: beds, onward travel, opening dates, order of preference; every number worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model.airlift import Data, flights, hours, jets, mission, staff
from tests.model.helpers import run


def to_hub(
    people: int, beds: int, onward: Any, number: int = 1, fleet: Data | None = None, kind: Data | None = None, **hub: Any
) -> Data:
    """Aircraft of 10 seats that fly an hour to the hub ``far``."""
    hubs = {"far": {"beds": beds, "onward": onward, **hub} if onward is not None else {"beds": beds, **hub}}
    return jets(people, fleet={"number": number, "hubs": "far", "outbound": "1 h", **(fleet or {})}, kind=kind, hubs=hubs)


def test_departures_stop_when_the_hub_is_full_and_go_on_as_people_travel_on() -> None:
    """Beds for 30 are taken at once; the 30 arrive at 1 h and 5 an hour travel on, so 10 beds are free every 2 h."""
    r = run(to_hub(60, 30, "5 people/h", number=6, fleet={"sorties": 1}))
    assert flights(r.world) == [(0, 10), (0, 10), (0, 10), (1 + 2, 10), (1 + 4, 10), (1 + 6, 10)]
    assert r.waits() == {"hub": pytest.approx(10 * (3 + 5 + 7))}


def test_onward_travel_pauses_while_nobody_is_there() -> None:
    """Ten beds, an hour's flight, 20 people an hour onward: each load is gone half an hour after it has landed."""
    r = run(to_hub(30, 10, "20 people/h", number=3, fleet={"sorties": 1}))
    assert hours(r.world) == [0, 1.5, 3]


def test_beds_are_held_from_the_clearance_on() -> None:
    """Those on their way count: with 15 beds only one of two aircraft may go, though nobody is there yet."""
    r = run(to_hub(20, 15, "10 people/h", number=2, fleet={"sorties": 1}))
    assert hours(r.world) == [0, 1 + 0.5]


def test_a_hub_without_beds_limit_stops_nobody() -> None:
    r = run(jets(50, fleet={"number": 5, "hubs": "far"}, hubs={"far": {"onward": "1 people/h"}}))
    assert hours(r.world) == [0] * 5


def test_people_who_travel_on_at_once_free_their_beds_on_arrival() -> None:
    """No limit on onward travel, ten beds: the next ten may go when the first have arrived."""
    r = run(to_hub(30, 10, None, number=3, fleet={"sorties": 1}))
    assert hours(r.world) == [0, 1, 2]


def test_a_hub_that_nobody_leaves_takes_as_many_as_it_has_beds() -> None:
    r = run(to_hub(50, 30, "0 people/h", number=5))
    assert flights(r.world) == [(0, 10)] * 3
    assert r.total["unfinished"] == 20
    assert r.waits()["hub"] == pytest.approx(20 * 5 * 24)


def test_a_hub_opens_on_its_date() -> None:
    r = run(to_hub(10, 30, "5 people/h", opens="2021-08-16 18:00"))
    assert flights(r.world) == [(12, 10)]
    assert r.waits() == {"hub": pytest.approx(10 * 12)}


def test_a_hub_may_open_with_a_threat_level() -> None:
    data = to_hub(10, 30, None, opens={"contested": "2 h"})
    data["threat"] = {"timeline": [{"at": "4 h", "level": "contested"}]}
    assert hours(run(data).world) == [4 + 2]


def hubs_of(world: Any) -> list[tuple[float, str]]:
    return [(f.off, f.hub) for f in world.lift.flights]


def test_hubs_in_order_of_preference() -> None:
    """near takes two loads, then far takes one; the fourth goes to near again when its first two have landed and left."""
    r = run(
        jets(
            50,
            fleet={"number": 5, "hubs": ["near", "far"], "outbound": "1 h", "sorties": 1},
            hubs={"far": {"beds": 10, "onward": 0}, "near": {"beds": 20, "onward": "5 people/h"}},
        )
    )
    assert hubs_of(r.world) == [(0, "near"), (0, "near"), (0, "far"), (1 + 2, "near"), (1 + 4, "near")]


def test_the_second_choice_until_the_first_opens() -> None:
    r = run(
        jets(
            20,
            fleet={"hubs": ["near", "far"], "outbound": "1 h"},
            hubs={"far": {}, "near": {"opens": "30 min"}},
        )
    )
    assert hubs_of(r.world) == [(0, "far"), (1, "near")]


def test_a_fleet_whose_hub_is_full_does_not_stop_another() -> None:
    r = run(
        jets(
            20,
            lift={
                "types": {"jet": {"seats": 10}},
                "fleets": {"a": {"aircraft": "jet", "hubs": "full"}, "b": {"aircraft": "jet", "hubs": "free"}},
            },
            hubs={"full": {"beds": 0}, "free": {}},
        )
    )
    assert (hours(r.world, "a"), hours(r.world, "b")) == ([], [0, 0])


def test_without_beds_no_aircraft_comes() -> None:
    """It could take nobody, and would come and go empty without end."""
    r = run(to_hub(10, 0, "5 people/h"))
    assert (hours(r.world), r.total["unfinished"], r.total["empty_flights"]) == ([], 10, 0)


def test_an_aircraft_takes_no_more_than_its_largest_hub_has_beds() -> None:
    """50 seats, hubs of 20 and 30 beds: loads of 30, and a group larger than that is split and gets out."""
    r = run(
        jets(
            70,
            kind={"seats": 50, "surge": 60},
            fleet={"hubs": ["small", "large"], "outbound": "1 h"},
            hubs={"small": {"beds": 20, "onward": "20 people/h"}, "large": {"beds": 30, "onward": "30 people/h"}},
        )
    )
    assert flights(r.world) == [(0, 30), (2, 30), (3, 10)]


def test_empty_aircraft_need_no_beds() -> None:
    data = to_hub(10, 10, "0 people/h", fleet={"patience": "1 h"})
    data["missions"] = {"m": mission(staff=staff(10, ready="3.5 h"))}
    data["lift"]["retrograde"] = {"army": {"people": 10, "begins": "start"}}
    r = run(data)
    # the troops fill the hub; the aircraft is back at 1, waits, leaves empty at 2, and is back at 3
    assert flights(r.world)[:2] == [(0, 0), (2, 0)]
    assert (r.total["withdrawn"], r.total["unfinished"]) == (10, 10)


def test_troops_take_beds_too() -> None:
    """Ten troops who board first fill the hub, and the ten evacuees wait until they have travelled on: 1 + 2 h."""
    data = to_hub(10, 10, "5 people/h", number=2, fleet={"available": "15 min", "sorties": 1})
    data["lift"]["retrograde"] = {"army": {"people": 10, "begins": "start", "priority": -1}}
    assert flights(run(data).world) == [(0.25, 0), (0.25 + 1 + 2, 10)]


def test_haven_counts_those_who_have_arrived_by_the_end() -> None:
    """The second load is out at 1.5 h, when the run ends, but has an hour to fly."""
    r = run(to_hub(20, 10, "20 people/h", number=2, fleet={"sorties": 1}))
    assert (r.total["end_h"], r.total["evacuated"], r.total["haven"]) == (1.5, 20, 10)


def test_a_hub_is_filled_first_come_first_served() -> None:
    """A load of 10 that waits for room is not overtaken by one of 4 that would fit (both fly to one hub)."""
    lift = {
        "types": {"jet": {"seats": 10}, "small": {"seats": 4}},
        "fleets": {
            "a": {"aircraft": "jet", "number": 2, "hubs": "far", "outbound": "1 h", "sorties": 1},
            "b": {"aircraft": "small", "available": "30 min", "hubs": "far", "outbound": "1 h", "sorties": 1},
        },
    }
    r = run(jets(24, lift=lift, hubs={"far": {"beds": 15, "onward": "5 people/h"}}))
    # 5 beds are free; the 10 land at 1 and at 2 five of them have left: a/1 goes; four more have at 2.8: b goes
    assert (hours(r.world, "a"), hours(r.world, "b")) == ([0, 2], [pytest.approx(2 + 0.8)])


def test_one_who_finds_room_elsewhere_leaves_the_next_in_line_its_own_time() -> None:
    """At 1 h a/1 (10 people) could go to near at 3, b (2 people) after it; but far opens at 1.2: then b goes at 1.4."""
    lift = {
        "types": {"jet": {"seats": 10}, "small": {"seats": 2}},
        "fleets": {
            "a": {"aircraft": "jet", "number": 2, "hubs": ["near", "far"], "outbound": "1 h", "sorties": 1},
            "b": {"aircraft": "small", "available": "30 min", "hubs": "near", "outbound": "1 h", "sorties": 1},
        },
    }
    hubs = {"near": {"beds": 10, "onward": "5 people/h"}, "far": {"opens": "1.2 h"}}
    r = run(jets(22, lift=lift, hubs=hubs))
    assert (hours(r.world, "a"), hours(r.world, "b")) == ([0, 1.2], [pytest.approx(1 + 2 / 5)])

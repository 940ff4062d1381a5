"""Flights and people by operator and hour, and people at hubs: every number worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.model.airlift import Data, jets, mission, provider, staff
from tests.model.helpers import Run, run


def column(r: Run, name: str) -> list[Any]:
    return [round(float(x), 3) for x in r.timeline[name]]


def test_flights_and_people_by_operator_in_the_hour_that_ends_at_the_mark() -> None:
    """Four seats each, a take-off every 90 min from 0.5 h on: 0.5, 2, 3.5; the other fleet once, at 1 h exactly."""
    lift = {
        "types": {"jet": {"seats": 4}},
        "fleets": {
            "one": {"aircraft": "jet", "operator": "air-force", "available": "30 min", "inbound": "90 min"},
            "two": {"aircraft": "jet", "operator": "charter", "available": "1 h", "sorties": 1},
        },
    }
    r = run(jets(13, lift=lift))
    assert column(r, "flights_air-force") == [0, 1, 1, 0, 1]
    assert column(r, "flown_air-force") == [0, 4, 4, 0, 1]
    assert column(r, "flights_charter") == [0, 1, 0, 0, 0]
    assert column(r, "flown_charter") == [0, 4, 0, 0, 0]


def test_two_fleets_of_one_operator_count_together() -> None:
    fleet = {"aircraft": "jet", "operator": "air-force", "sorties": 1}
    r = run(jets(20, lift={"types": {"jet": {"seats": 10}}, "fleets": {"one": fleet, "two": {**fleet, "available": "1 h"}}}))
    assert (column(r, "flights_air-force"), column(r, "flown_air-force")) == ([1, 1], [10, 10])


def test_a_take_off_at_the_very_start_counts_at_mark_zero() -> None:
    r = run(jets(20, fleet={"inbound": "1 h"}))
    assert column(r, "flown_air") == [10, 10]


def test_without_an_operator_it_is_the_one_mission_served_else_the_fleet() -> None:
    lift = {
        "types": {"jet": {"seats": 10}},
        "fleets": {
            "own": {"aircraft": "jet", "serves": "b"},
            "both": {"aircraft": "jet", "serves": ["a", "b"]},
            "anybody": {"aircraft": "jet"},
        },
    }
    r = run(jets(lift=lift, missions={"a": mission(staff=staff(5)), "b": mission(staff=staff(5))}))
    names = {n.removeprefix("flights_") for n in r.timeline if n.startswith("flights_")}
    assert names == {"b", "both", "anybody"}


def test_a_scheduled_service_counts_under_its_name_or_its_operator() -> None:
    service = {"aircraft": "jet", "times": "07:00"}
    lift = {"types": {"jet": {"seats": 10}}, "commercial": {"daily": service}}
    assert column(run(jets(5, lift=lift)), "flown_daily") == [0, 5]
    lift = {"types": {"jet": {"seats": 10}}, "commercial": {"daily": {**service, "operator": "airline"}}}
    assert column(run(jets(5, lift=lift)), "flown_airline") == [0, 5]


def test_empty_flights_and_flights_of_troops_only_are_not_counted() -> None:
    """Troops take the first two aircraft, then it flies empty every hour; at 4 h it has gone when the ten come in."""
    data = jets(0, fleet={"inbound": "1 h", "patience": 0})
    data["lift"]["retrograde"] = {"army": {"people": 20, "begins": "start", "over": 0, "group": 10, "priority": -1}}
    data["missions"] = {"embassy": mission(staff=staff(10, ready="4 h"))}
    r = run(data)
    assert r.total["troop_flights"] == 2
    assert r.total["empty_flights"] >= 1
    assert column(r, "flights_air") == [0, 0, 0, 0, 0, 1]
    assert column(r, "flown_air") == [0, 0, 0, 0, 0, 10]


def test_no_lift_no_columns() -> None:
    r = run({"missions": {"a": mission(staff=staff(3, starts="gate"))}})
    assert not [n for n in r.timeline if n.startswith(("flights_", "flown_", "hub_"))]


def stock(onward: Any, horizon: str = "8 h", people: int = 20) -> Run:
    """Ten arrive at the hub at 1 h, ten at 2 h, and so on; somebody who is never ready keeps the clock running."""
    data: Data = jets(people, fleet={"outbound": "1 h", "hubs": "far"}, hubs={"far": {"beds": 100, "onward": onward}})
    data["clock"]["horizon"] = horizon
    data["missions"]["late"] = mission(staff=staff(1, ready="100 h"))
    return run(data)


def test_people_at_a_hub_travel_on_at_a_constant_rate_while_anybody_is_there() -> None:
    """10 at 1 h, +10 at 2 h, 4 an hour on: 10, 16, 12, 8, 4, 0, and it stays at nobody."""
    r = stock("4 people/h")
    assert [f.off + f.outbound for f in r.world.lift.flights] == [1, 2]
    assert column(r, "hub_far") == [0, 10, 16, 12, 8, 4, 0, 0, 0]


def test_the_hub_stands_empty_between_two_loads() -> None:
    """20 an hour on: a load has gone after half an hour, and the idle time is not made up for afterwards."""
    assert column(stock("20 people/h", horizon="4 h", people=30), "hub_far") == [0, 10, 10, 10, 0]


def test_a_hub_that_nobody_leaves_and_one_that_all_leave_at_once() -> None:
    assert column(stock(0), "hub_far") == [0, 10, 20, 20, 20, 20, 20, 20, 20]
    r = run(jets(20, fleet={"hubs": "far"}, hubs={"far": {}}))
    assert set(column(r, "hub_far")) == {0}


def test_a_hub_without_a_limit_of_beds_is_counted_too() -> None:
    data: Data = jets(20, fleet={"outbound": "1 h", "hubs": "far"}, hubs={"far": {"onward": "4 people/h"}})
    data["clock"]["horizon"] = "8 h"
    data["missions"]["late"] = mission(staff=staff(1, ready="100 h"))
    assert column(run(data), "hub_far") == [0, 10, 16, 12, 8, 4, 0, 0, 0]


def test_troops_are_at_the_hub_as_well() -> None:
    data = jets(0, fleet={"outbound": "30 min", "hubs": "far"}, hubs={"far": {"beds": 50, "onward": 0}})
    data["clock"]["horizon"] = "2 h"
    data["missions"] = {"late": mission(staff=staff(1, ready="100 h"))}
    data["lift"]["retrograde"] = {"army": {"people": 7, "begins": "start"}}
    assert column(run(data), "hub_far") == [0, 7, 7]


def test_the_stock_is_that_which_the_model_itself_counts() -> None:
    """At the end of the run, against the hub's own count."""
    r = run(
        jets(
            200,
            fleet={"number": 3, "hubs": "far", "outbound": "40 min", "inbound": "20 min"},
            hubs={"far": {"beds": 45, "onward": "17 people/h"}},
            clock={"start": "2021-08-16 06:00", "horizon": "6.3 h"},
            security=provider([("start", "none")], None, none={"operator": {}}),
        )
    )
    hub = r.world.hubs.by_name["far"]
    assert hub.here() > 0
    assert np.isclose(r.timeline["hub_far"][-1], hub.here(), atol=1e-4)
    assert r.timeline["hub_far"].max() > 20

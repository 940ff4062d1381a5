"""The airfield: one runway, stands, ground time, services, holding and diversion; every number worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model.airlift import START, Data, flights, hours, jets, mission, provider, staff
from tests.model.helpers import run

MIN = 1 / 60
R = 10 * MIN
"""A movement by day."""
DAYLIGHT = "06:00-18:00"


def clock(start: str, horizon: str = "5 d") -> Data:
    return {"start": f"2021-08-16 {start}", "horizon": horizon, "daylight": DAYLIGHT}


def field(stands: dict[str, Any] | None = None, **runway: str) -> Data:
    return {"airfield": {"runway": runway, "stands": stands or {}}}


# -- the runway ------------------------------------------------------------------------------------------------------


def test_one_runway_takes_one_movement_at_a_time() -> None:
    """Three aircraft: three landings and three take-offs in a row, in the order in which they were asked for."""
    r = run(jets(30, fleet={"number": 3}, airport=field(day="10 min")))
    assert flights(r.world) == [(pytest.approx(k * R), 10) for k in (4, 5, 6)]
    assert r.records.replication["runway_utilisation"] == pytest.approx(1.0)


def test_a_runway_without_time_is_no_limit() -> None:
    assert hours(run(jets(30, fleet={"number": 3})).world) == [0, 0, 0]


@pytest.mark.parametrize(
    ("start", "security", "expected"),
    [
        ("06:00", {}, 2 * 10 * MIN),
        ("20:00", {}, 2 * 20 * MIN),
        ("06:00", provider([("start", "none")]), 2 * 30 * MIN),
        ("20:00", provider([("start", "none")]), 10 + 2 * 30 * MIN),
        # the time of a movement is that of its beginning: it lands by day and takes off at night
        ("17:55", {}, 10 * MIN + 20 * MIN),
        # visually, the last movement of the day may end in the dark and the next waits for the morning
        ("17:55", provider([("start", "none")]), 12 + 5 * MIN + 30 * MIN),
    ],
    ids=["day", "night", "visual", "visual-waits-for-day", "dusk", "visual-dusk"],
)
def test_day_night_and_visual_times(start: str, security: Data, expected: float) -> None:
    data = jets(clock=clock(start), security=security, airport=field(day="10 min", night="20 min", visual="30 min"))
    assert hours(run(data).world) == [pytest.approx(expected)]


def test_night_is_as_day_without_a_time_of_its_own() -> None:
    assert hours(run(jets(clock=clock("20:00"), airport=field(day="10 min"))).world) == [pytest.approx(2 * R)]


def test_without_tower_nothing_moves_unless_visually() -> None:
    r = run(jets(clock=clock("06:00", "1 d"), security=provider([("start", "none")]), airport=field(day="10 min")))
    assert hours(r.world) == []
    assert r.records.replication["unfinished"] == 10
    assert r.records.replication["wait_service"] == pytest.approx(10 * 24)


@pytest.mark.parametrize("minute", range(60))
def test_the_day_begins_at_its_minute(minute: int) -> None:
    """At 05:35 (5.58333... h) the field found "not yet day" at its own sunrise: rounding put it 3e-10 h too early."""
    first, start = f"05:{minute:02d}", "2021-08-16 04:00"
    data = jets(airport={"airfield": {"runway": {"day": "6 min", "visual": "6 min"}}}, security=provider([("start", "none")]))
    data["clock"] = {"start": start, "horizon": "30 h", "daylight": f"{first}-18:05"}
    assert hours(run(data).world) == [pytest.approx(1 + minute / 60 + 0.2)]


def test_weather_stops_visual_movements_only() -> None:
    weather = {"fog": {"at": "start", "lasts": "3 h", "closes": "visual"}}
    airport = {**field(day="10 min", visual="30 min"), "incidents": weather}
    assert hours(run(jets(clock=clock("06:00"), airport=airport)).world) == [pytest.approx(2 * R)]
    blind = run(jets(clock=clock("06:00"), airport=airport, security=provider([("start", "none")])))
    assert hours(blind.world) == [pytest.approx(3 + 2 * 30 * MIN)]


def test_closure_waits_for_the_movement_in_progress() -> None:
    """Closed from 6 min to 66 min: the landing of 0 to 10 min goes on, the take-off waits until 66 min."""
    closures = {"works": {"at": "6 min", "lasts": "1 h", "closes": "runway"}}
    r = run(jets(airport={**field(day="10 min"), "closures": closures}))
    assert hours(r.world) == [pytest.approx(66 * MIN + R)]
    row = r.records.replication
    assert row["wait_runway"] == pytest.approx(10 * 6 * MIN)
    assert row["wait_closure"] == pytest.approx(10 * 60 * MIN)


# -- stands ----------------------------------------------------------------------------------------------------------

STANDS = {"big": {"number": 1, "size": 2}, "small": {"number": 1, "size": 1}}


def sized(people: int, **fleets: tuple[str, str]) -> Data:
    """One aircraft of 10 seats and one sortie for each fleet: name -> (stand, load time)."""
    return jets(
        people,
        lift={
            "types": {f"t{n}": {"seats": 10, "stand": stand, "load": load} for n, (stand, load) in fleets.items()},
            "fleets": {n: {"aircraft": f"t{n}", "sorties": 1} for n in fleets},
        },
        airport={"airfield": {"stands": STANDS}},
    )


def test_small_aircraft_take_small_stands_first_and_large_ones_if_need_be() -> None:
    r = run(sized(20, a=("small", "1 h"), b=("big", "1 h")))
    assert hours(r.world) == [1, 1]
    r = run(sized(20, a=("small", "1 h"), b=("small", "1 h")))
    assert hours(r.world) == [1, 1]


def test_large_aircraft_wait_for_a_large_stand_and_small_ones_pass_them() -> None:
    """a and b (small) fill both stands; c (large) needs that of b; d (small) takes that of a, though it came after c."""
    r = run(sized(40, a=("small", "1 h"), b=("small", "3 h"), c=("big", "1 h"), d=("small", "1 h")))
    assert {f: hours(r.world, f) for f in "abcd"} == {"a": [1], "b": [3], "c": [3 + 1], "d": [1 + 1]}


def test_stand_is_held_from_the_request_to_the_end_of_the_take_off_roll() -> None:
    """One stand: the second aircraft may not even land before the first is off: 2 x (2 movements + load)."""
    stands = {"ramp": {"number": 1}}
    r = run(jets(20, kind={"stand": "ramp", "load": "1 h"}, fleet={"number": 2}, airport=field(stands, day="30 min")))
    turn = 2 * 0.5 + 1
    assert flights(r.world) == [(pytest.approx(turn), 10), (pytest.approx(2 * turn), 10)]
    assert r.records.replication["stand_utilisation"] == pytest.approx(1.0)
    assert r.records.replication["runway_utilisation"] == pytest.approx(0.5)


def test_saturated_stands_bind_and_not_the_aircraft() -> None:
    """Six aircraft on two stands for a ground time of 2 h: two off every 2 h."""
    stands = {"ramp": {"number": 2}}
    r = run(jets(60, kind={"stand": "ramp", "load": "2 h"}, fleet={"number": 6}, airport=field(stands)))
    assert hours(r.world) == [2, 2, 4, 4, 6, 6]
    assert r.records.replication["wait_stand"] > 0


# -- ground time -----------------------------------------------------------------------------------------------------

OPERATED: Data = {"operator": {"services": ["tower", "fuel"]}}


@pytest.mark.parametrize(
    ("kind", "fleet", "security", "expected"),
    [
        ({"load": "45 min"}, {}, {}, 0.75),
        ({"load": "45 min", "per_person": "2 min/person"}, {}, {}, 0.75 + 10 * 2 * MIN),
        ({"load": "45 min", "fuel": "30 min"}, {}, {}, 0.75),
        ({"load": "45 min", "fuel": "30 min"}, {"refuel": True}, {}, 0.75 + 0.5),
        ({"load": "45 min", "quick": "5 min"}, {}, {}, 0.75),
        ({"load": "45 min", "unhandled": 2}, {}, {}, 0.75),
        ({"load": "45 min", "unhandled": 2}, {}, provider([("start", "p")], p=OPERATED), 2 * 0.75),
        (
            {"load": "45 min", "per_person": "2 min/person", "fuel": "30 min", "unhandled": 2},
            {"refuel": True},
            provider([("start", "p")], p=OPERATED),
            2 * (0.75 + 10 * 2 * MIN + 0.5),
        ),
    ],
    ids=["load", "per-person", "no-fuel-taken", "fuel", "no-quick-turn", "handled", "unhandled", "all"],
)
def test_ground_time_by_what_must_be_done(kind: Data, fleet: Data, security: Data, expected: float) -> None:
    assert hours(run(jets(kind=kind, fleet=fleet, security=security)).world) == [pytest.approx(expected)]


def test_threat_stretches_the_ground_time() -> None:
    """The factor is that of the moment at which loading begins: stable at 0 h, contested (x 3) at 1 h."""
    threat = {"timeline": [{"at": "1 h", "level": "contested"}], "effects": {"contested": {"flying": 3}}}
    r = run(jets(20, kind={"load": "2 h"}, threat=threat))
    assert hours(r.world) == [2, 2 + 3 * 2]


def test_quick_turn_when_nobody_boards() -> None:
    """Nobody is there until hour 9: the aircraft waits an hour, turns quickly, and comes back, cycle 1 + 0.25 + 3 h."""
    data = jets(
        kind={"load": "2 h", "quick": "15 min"}, fleet={"patience": "1 h", "outbound": "1 h", "turn": "1 h", "inbound": "1 h"}
    )
    data["missions"]["embassy"]["cohorts"]["staff"]["ready"] = "9 h"
    r = run(data)
    cycle = 1 + 0.25 + 3
    assert flights(r.world) == [(1.25, 0), (cycle + 1.25, 0), (9 + 2, 10)]
    assert (r.records.replication["empty_flights"], r.records.replication["flights"]) == (2, 1)


# -- services that somebody must provide -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("services", "kind", "fleet"),
    [
        (["fire", "fuel", "handling"], {}, {}),
        (["tower", "fuel", "handling"], {"needs": "fire"}, {}),
        (["tower", "fire", "handling"], {"needs": ["fire", "fuel"]}, {}),
        (["tower", "fire", "handling"], {}, {"refuel": True}),
        (["tower", "fire", "fuel"], {"needs": "handling"}, {}),
    ],
    ids=["tower", "fire", "fuel", "refuel", "handling"],
)
def test_aircraft_hold_until_the_service_is_there(services: list[str], kind: Data, fleet: Data) -> None:
    poor: Data = {"operator": {"services": services}}
    rich: Data = {"operator": {}}
    r = run(jets(kind=kind, fleet=fleet, security=provider([("start", "poor"), ("5 h", "rich")], poor=poor, rich=rich)))
    assert hours(r.world) == [5]
    assert r.records.replication["wait_service"] == pytest.approx(10 * 5)
    easy = run(jets(security=provider([("start", "tower")], tower={"operator": {"services": "tower"}})))
    assert hours(easy.world) == [0]


@pytest.mark.parametrize(("night", "expected"), [(True, 2 * 20 * MIN), (False, 10 + 2 * R)])
def test_night_operations_need_an_operator_who_can(night: bool, expected: float) -> None:
    r = run(
        jets(
            clock=clock("20:00"),
            security=provider([("start", "p")], p={"operator": {"night": night}}),
            airport=field(day="10 min", night="20 min"),
        )
    )
    assert hours(r.world) == [pytest.approx(expected)]
    assert r.records.replication["wait_service"] == pytest.approx(0 if night else 10 * 10)


def test_a_fleet_that_flies_by_day_only_lets_others_pass_at_night() -> None:
    """It holds without a stand, so that the only one is free for the fleet that flies by night."""
    lift = {
        "types": {"jet": {"seats": 10, "stand": "ramp"}},
        "fleets": {"a": {"aircraft": "jet", "night": False}, "b": {"aircraft": "jet", "sorties": 1}},
    }
    r = run(jets(20, clock=clock("20:00"), lift=lift, airport=field({"ramp": {"number": 1}}, day="10 min")))
    assert (hours(r.world, "a"), hours(r.world, "b")) == ([pytest.approx(10 + 2 * R)], [pytest.approx(2 * R)])


def test_a_day_only_aircraft_caught_by_the_night_stays_on_its_stand() -> None:
    """On stand at 17:30, loaded at 18:30: it goes at 06:00, 12.5 h after the start; the night fleet after it goes at once."""
    lift = {
        "types": {"jet": {"seats": 10, "load": "1 h"}},
        "fleets": {"a": {"aircraft": "jet", "night": False}, "b": {"aircraft": "jet", "available": "10 min", "sorties": 1}},
    }
    r = run(jets(20, clock=clock("17:30"), lift=lift))
    assert (hours(r.world, "a"), hours(r.world, "b")) == ([12.5], [pytest.approx(1 + 10 * MIN)])


# -- holding and diversion -------------------------------------------------------------------------------------------


def test_an_aircraft_that_cannot_land_diverts_and_comes_again() -> None:
    """Over the field at 0, out of fuel at 1, home at 1 + 2, ready at 4, back at 6; the runway is open again at 3."""
    data = jets(
        kind={"load": "1 h"},
        fleet={"endurance": "1 h", "outbound": "2 h", "turn": "1 h", "inbound": "2 h"},
        airport={**field(day="10 min"), "closures": {"works": {"at": "start", "lasts": "3 h", "closes": "runway"}}},
    )
    r = run(data)
    assert hours(r.world) == [pytest.approx(1 + 2 + 1 + 2 + R + 1 + R)]
    assert r.records.replication["diverted"] == 1
    assert r.records.replication["empty_flights"] == 0


def test_enough_endurance_is_no_diversion() -> None:
    data = jets(
        fleet={"endurance": "3.5 h"},
        airport={**field(day="10 min"), "closures": {"works": {"at": "start", "lasts": "3 h", "closes": "runway"}}},
    )
    r = run(data)
    assert hours(r.world) == [pytest.approx(3 + 2 * R)]
    assert r.records.replication["diverted"] == 0


def test_diversion_gives_back_the_stand() -> None:
    """a holds the only stand's promise and diverts at 1 h; b, behind it, gets the stand and lands when the runway opens."""
    stands = {"ramp": {"number": 1}}
    lift = {
        "types": {"jet": {"seats": 10, "stand": "ramp"}},
        "fleets": {
            "a": {"aircraft": "jet", "endurance": "1 h", "outbound": "9 h"},
            "b": {"aircraft": "jet"},
        },
    }
    closures = {"works": {"at": "start", "lasts": "3 h", "closes": "runway"}}
    r = run(jets(10, lift=lift, airport={**field(stands, day="10 min"), "closures": closures}))
    assert (hours(r.world, "a"), hours(r.world, "b")) == ([], [pytest.approx(3 + 2 * R)])


def test_an_aircraft_in_the_stand_line_and_one_without_service_divert_too() -> None:
    stands = {"ramp": {"number": 1}}
    data = jets(
        10,
        kind={"stand": "ramp", "load": "5 h"},
        fleet={"number": 2, "endurance": "2 h", "sorties": 1},
        airport=field(stands),
    )
    r = run(data)
    assert (hours(r.world), r.records.replication["diverted"]) == ([5], 1)
    unserved = jets(fleet={"endurance": "2 h", "sorties": 1}, security=provider([("start", "none")]))
    r = run(unserved)
    assert (hours(r.world), r.records.replication["diverted"]) == ([], 1)


# -- the ground window -----------------------------------------------------------------------------------------------


def test_ground_window_sends_an_aircraft_off_nearly_empty() -> None:
    """It waits for ten, but its doors close after an hour, so it begins to board the three who are there at 45 min."""
    data = jets(
        kind={"load": "15 min"},
        fleet={"wait_for": 1, "window": "1 h", "outbound": "10 h"},
        missions={"embassy": mission(first=staff(3), rest=staff(7, ready="9 h"))},
    )
    assert flights(run(data).world) == [(1, 3), (1 + 10 + 0.25, 7)]


def test_ground_window_leaves_behind_whom_it_has_no_time_to_board() -> None:
    """Doors close 30 min after landing: 10 min of load leave 20 min, at 5 min a person four of the ten board."""
    data = jets(kind={"load": "10 min", "per_person": "5 min/person"}, fleet={"window": "30 min"})
    assert flights(run(data).world) == [(pytest.approx(0.5), 4), (pytest.approx(1.0), 4), (pytest.approx(1.0 + 20 * MIN), 2)]


@pytest.mark.parametrize(
    ("window", "kind", "effects", "flown"),
    [
        ("15.9 min", {}, {}, 0),
        ("16 min", {}, {}, 10),
        ("16 min", {"fuel": "1 min"}, {}, 0),
        ("16 min", {}, {"calm": {"flying": 1.1}, "worse": {"flying": 1.2}}, 0),
        ("16 min", {}, {"calm": {"flying": 1.1}, "worse": {"flying": 1}}, 10),
        ("16 min", {"load": {"uniform": ["14 min", "30 min"]}}, {}, 10),
        ("16 min", {"unhandled": 1.5}, {}, 10),
    ],
    ids=["too-short", "just-enough", "fuel", "slower", "slower-at-first", "drawn", "handled"],
)
@pytest.mark.parametrize("dispatch", ["ordered", "waiting"])
def test_a_fleet_whose_window_is_too_short_for_one_person_never_comes(
    window: str, kind: Data, effects: Data, flown: int, dispatch: str
) -> None:
    """Fifteen minutes to load and one for a person.  It came again and again, and left empty each time."""
    lifter = {"load": "15 min", "quick": "5 min", "per_person": "1 min/person", **kind}
    fleet = {"window": window, "refuel": "fuel" in kind, "dispatch": dispatch, "outbound": "1 h", "inbound": "1 h"}
    data = jets(kind=lifter, fleet=fleet, clock={"start": START, "horizon": "300 h"})
    if effects:
        data["threat"] = {
            "levels": ["calm", "worse"],
            "start": "calm",
            "timeline": [{"at": "9 h", "level": "worse"}],
            "effects": effects,
        }
    r = run(data)
    assert r.total["evacuated"] == flown
    assert flown or r.total["empty_flights"] == 0


def test_an_empty_round_trip_that_takes_no_time_does_not_stop_the_clock() -> None:
    """Nobody can board within the window, but by a rare draw, and nothing takes time; or it diverts at once: every 6 minutes."""
    clock = {"start": "2021-08-16 06:00", "horizon": "57 min"}
    hopeless = {
        "load": {"choice": {"values": ["0 min", "15 min"], "weights": [1e-9, 1]}},
        "quick": "0 h",
        "per_person": "1 min/person",
    }
    r = run(jets(kind=hopeless, fleet={"window": "10 min"}, clock=clock))
    assert (r.total["unfinished"], r.total["empty_flights"]) == (10, 10)
    closures = {"works": {"at": "start", "lasts": "27 min", "closes": "runway"}}
    r = run(jets(fleet={"endurance": "0 h"}, airport={"closures": closures}))
    assert (hours(r.world), r.total["diverted"]) == ([pytest.approx(0.5)], 5)

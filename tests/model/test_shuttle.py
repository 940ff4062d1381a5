"""The helicopter shuttle: seats, helicopters, cycle, landing spots, night, weather, and where its passengers go."""

from __future__ import annotations

import pytest

from tests.model.helpers import run
from tests.model.way import moments, sizes, stage

FLIGHT, TURN = 0.5, 0.25


def shuttle(people: int, more: str = "", rest: str = "", start: str = "00:00") -> str:
    """*people* who fly with one helicopter of 20 seats."""
    return f"""
        clock: {{start: 2021-08-01 {start}, horizon: 3 d, daylight: 06:00-18:00}}
        shuttles: {{h: {{seats: 20, number: 1, flight: 30 min, turn: 15 min{more}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: {people}, shuttle: h}}}}}}}}
        {rest}
    """


def test_one_helicopter_flies_round_and_round() -> None:
    """Out empty, load, in: load k is inside after k full rounds of two flights and a turn."""
    r = run(shuttle(50))
    cycle = 2 * FLIGHT + TURN
    assert sizes(r) == [20, 20, 10]
    assert moments(r, "depart") == [FLIGHT + TURN + k * cycle for k in range(3)]
    assert moments(r, "arrive") == [cycle, 2 * cycle, 3 * cycle]
    waited = [FLIGHT + TURN + k * cycle for k in range(3)]
    assert r.waits() == {"vehicle": pytest.approx(20 * waited[0] + 20 * waited[1] + 10 * waited[2])}
    assert stage(r, "transport") == [50, 30, 10, 10, 0]
    assert stage(r, "road") == [0, 20, 20, 0, 0]


def test_more_helicopters_share_the_landing_spots() -> None:
    """Three arrive over the only spot at once: each loads after the one before."""
    free = run(shuttle(60).replace("number: 1", "number: 3"))
    assert moments(free, "depart") == [FLIGHT + TURN] * 3
    one_spot = run(shuttle(60, ", spots: 1").replace("number: 1", "number: 3"))
    assert moments(one_spot, "depart") == [FLIGHT + k * TURN for k in (1, 2, 3)]


@pytest.mark.parametrize(("start", "off"), [("04:00", 2), ("06:00", 0), ("17:59", 0), ("18:00", 12)])
def test_no_flight_at_night(start: str, off: float) -> None:
    r = run(shuttle(10, ", night: false", start=start))
    assert moments(r, "depart") == [off + FLIGHT + TURN]
    assert r.waits() == {"vehicle": pytest.approx(10 * (FLIGHT + TURN))} | ({"closure": 10 * off} if off else {})


def test_night_does_not_matter_to_those_who_can_fly() -> None:
    assert moments(run(shuttle(10)), "depart") == [FLIGHT + TURN]


def test_weather_stops_the_shuttles() -> None:
    """Nobody takes off from 1 to 5 h; the helicopter that is back at 1.25 h waits for the weather."""
    r = run(shuttle(40, rest="airport: {incidents: {fog: {at: 1 h, lasts: 4 h, closes: shuttles}}}"))
    assert moments(r, "depart") == [FLIGHT + TURN, 5 + FLIGHT + TURN]
    assert r.waits() == {"vehicle": pytest.approx(20 * 0.75 + 20 * (1 + 0.75)), "closure": 20 * 4}


GATE = "airport: {gates: {main: {lanes: 1, per_group: 2 h}}, consular: {officers: 1, per_group: 3 h}}"


def test_passengers_skip_the_gate_but_not_the_eligibility_check() -> None:
    r = run(shuttle(20, rest=GATE))
    assert r.out_h == 2 * FLIGHT + TURN + 3
    assert r.total["lane_utilisation"] == 0


def test_passengers_may_have_to_go_through_the_gate() -> None:
    r = run(shuttle(20, ", enters: gate", rest=GATE))
    assert r.out_h == 2 * FLIGHT + TURN + 2 + 3


def test_it_does_not_fly_to_a_full_holding_area() -> None:
    """Room for one load; an aircraft takes it at 10 h, and only then the helicopter fetches the next."""
    r = run(
        shuttle(
            40,
            rest="""
        airport: {holding: 20}
        lift: {types: {p: {seats: 20}}, fleets: {f: {aircraft: p, number: 2, available: 10 h}}}
    """,
        )
    )
    cycle = 2 * FLIGHT + TURN
    assert moments(r, "inside") == [cycle, 10 + cycle]
    assert r.out_h == 10 + cycle
    assert r.waits() == {
        "vehicle": pytest.approx(20 * (FLIGHT + TURN) + 20 * cycle + 20 * (FLIGHT + TURN)),
        "seats": pytest.approx(20 * (10 - cycle) + 20 * (10 - cycle)),
    }


def test_it_does_not_fly_to_a_holding_area_that_others_are_flying_to() -> None:
    """Two helicopters and room for one load: the second waits for the room, then for the officers who empty it, 5 h a load."""
    r = run(shuttle(40, rest="airport: {holding: 20, consular: {officers: 1, per_group: 5 h}}").replace("number: 1", "number: 2"))
    cycle = 2 * FLIGHT + TURN
    assert moments(r, "inside") == [cycle + 5, 2 * (cycle + 5)]
    assert r.waits() == {
        "holding": pytest.approx(20 * cycle),
        "consular": pytest.approx(20 * 5),
        "vehicle": pytest.approx(2 * 20 * (FLIGHT + TURN)),
    }


def test_one_that_fills_takes_all_for_whom_it_has_seats_and_nobody_more() -> None:
    """Ten seats for groups of four, four, four and two: the third is too large for what is left, the last is not."""
    r = run("""
        shuttles: {h: {seats: 10, number: 1, flight: 30 min, turn: 15 min, fills: true}}
        missions:
          m:
            order: {at: start}
            cohorts: {a: {people: 12, group: 4, shuttle: h}, b: {people: 2, shuttle: h, priority: 2}}
    """)
    cycle = 2 * FLIGHT + TURN
    assert moments(r, "depart", "m/a") == [FLIGHT + TURN, FLIGHT + TURN, cycle + FLIGHT + TURN]
    assert moments(r, "depart", "m/b") == [FLIGHT + TURN]


@pytest.mark.parametrize(("room", "flights"), [(8, 1), (7, 2), (4, 2)])
def test_one_that_fills_takes_nobody_for_whom_there_is_no_room_inside(room: int, flights: int) -> None:
    """Two groups of four and ten seats; the check that empties the holding area takes 5 h a group."""
    r = run(f"""
        airport: {{holding: {room}, consular: {{officers: 1, per_group: 5 h}}}}
        shuttles: {{h: {{seats: 10, number: 1, flight: 30 min, turn: 15 min, fills: true}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 8, group: 4, shuttle: h}}}}}}}}
    """)
    cycle, first = 2 * FLIGHT + TURN, FLIGHT + TURN
    assert moments(r, "depart") == [first, first if flights == 1 else cycle + 5 + first]


def test_priority_on_the_shuttle() -> None:
    r = run("""
        shuttles: {h: {seats: 10, number: 1, flight: 1 h}}
        missions:
          m: {order: {at: 0 h}, cohorts: {a: {people: 20, shuttle: h, priority: 1}, b: {people: 10, shuttle: h, ready: 1 h}}}
    """)
    assert moments(r, "depart", "m/a") == [1, 5]
    assert moments(r, "depart", "m/b") == [3]


def test_no_helicopter() -> None:
    r = run(shuttle(30).replace("number: 1", "number: 0"))
    assert (r.total["end"], r.total["unfinished"]) == ("horizon", 30)
    assert r.waits() == {"vehicle": 30 * 72}

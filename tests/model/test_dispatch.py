"""For whom resting aircraft are sent: people who can board, each with one seat on the way, whoever brings it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.model.airlift import Data, flights, hours, jets, mission, provider, staff
from tests.model.helpers import plan, run

CALLED: Data = {"dispatch": "waiting", "inbound": "2 h", "patience": "1 h"}


def outside(people: int, gate: Data, group: int = 10, **sections: Any) -> Data:
    """*people* in front of a gate from the start, and three aircraft of ten seats, two hours away."""
    data = jets(fleet={**CALLED, "number": 3}, airport={"gates": {"g": gate}}, **sections)
    data["missions"] = {"embassy": mission(staff=staff(people, group=group, starts="gate"))}
    return data


def test_nobody_is_fetched_who_stands_outside_a_shut_gate() -> None:
    """It opens 14 h after the start: ten people then need a seat, and have one two hours later."""
    r = run(outside(10, {"hours": "20:00-05:00"}))
    assert flights(r.world) == [(14 + 2, 10)]


def test_nobody_is_fetched_whom_nobody_can_search() -> None:
    """The force that searches arrives at 9 h."""
    r = run(outside(10, {"lanes": 1}, security=provider([("start", "p")], p={"arrival": "9 h", "force": {}, "operator": {}})))
    assert flights(r.world) == [(9 + 2, 10)]


def test_those_who_will_be_inside_by_then_are_fetched_before_they_are() -> None:
    """A search takes 90 min: the aircraft that is called when it begins comes in two hours, and they have been inside for 30."""
    r = run(outside(10, {"lanes": 1, "per_group": "90 min"}))
    assert flights(r.world) == [(2, 10)]


CHECK: Data = {"officers": 1, "team": 1, "per_group": "90 min"}


@pytest.mark.parametrize("search", ["0 s", "1 s"])
@pytest.mark.parametrize("starts", ["gate", "holding"])
def test_those_who_are_checked_are_fetched_before_they_are_inside(starts: str, search: str) -> None:
    """The check begins with a search, without one, or at once for who starts within: an aircraft is there half an hour later."""
    data = outside(10, {"lanes": 1, "per_group": search})
    data["airport"]["consular"] = CHECK
    data["missions"]["embassy"]["cohorts"]["staff"]["starts"] = starts
    assert flights(run(data).world) == [(pytest.approx(2, abs=0.001), 10)]


def test_those_whom_a_helicopter_brings_are_fetched_while_they_are_checked() -> None:
    """It brings them past the gate an hour after the start; the aircraft that is called then is there in two."""
    data = jets(fleet={**CALLED, "number": 1}, airport={"gates": {"g": {}}, "consular": CHECK})
    data["shuttles"] = {"h": {"seats": 10, "number": 1, "flight": "30 min", "turn": 0}}
    data["missions"] = {"embassy": mission(staff=staff(10, group=10, starts="mission", shuttle="h"))}
    assert flights(run(data).world) == [(1 + 2, 10)]


def test_the_end_of_a_long_line_is_fetched_when_its_turn_comes() -> None:
    """One group in two hours: an aircraft that is there in two and waits for one more takes the first, not the third."""
    r = run(outside(30, {"lanes": 1, "per_group": "2 h"}))
    assert flights(r.world) == [(2, 10), (4, 10), (6, 10)]
    assert (r.total["empty_flights"], r.total["diverted"]) == (0, 0)


def test_there_is_no_seat_on_the_way_for_whom_there_is_no_room_inside() -> None:
    """Room for ten: the second aircraft is called when the first has taken them."""
    data = outside(20, {})
    data["airport"]["holding"] = 10
    r = run(data)
    assert flights(r.world) == [(2, 10), (4, 10)]


def test_seats_of_other_fleets_count() -> None:
    """Two fleets serve the same ten people, and a third takes anybody: one aircraft comes."""
    data = jets(10)
    own = {"aircraft": "jet", "serves": "embassy", "loading": "own-only", **CALLED}
    data["lift"]["fleets"] = {"a": own, "b": own, "c": {"aircraft": "jet", **CALLED}}
    assert flights(run(data).world) == [(2, 10)]


def test_own_fleets_are_called_first() -> None:
    data = jets(10)
    any_, own = {"aircraft": "jet", **CALLED}, {"aircraft": "jet", "serves": "embassy", "loading": "own-only", **CALLED}
    data["lift"]["fleets"] = {"a": any_, "z": own}
    assert [f.name for f in run(data).world.lift.flights] == ["z/0"]


@pytest.mark.parametrize(("more", "expected"), [(6, [(2, 10)]), (7, [(2, 10), (1 + 2 + 1, 1)])])
def test_seats_left_over_are_for_those_who_come_later(more: int, expected: list[tuple[float, int]]) -> None:
    """Four people call an aircraft of ten seats; of those who come in an hour later six have a seat on it."""
    data = jets(fleet={**CALLED, "number": 2, "wait_for": 1})
    data["missions"] = {"embassy": mission(early=staff(4), late=staff(more, ready="1 h"))}
    assert flights(run(data).world) == expected


def test_who_loses_a_seat_gets_another() -> None:
    """The airfield is shut from 1 h to 9 h: the aircraft diverts after an hour over it, and is sent again."""
    data = jets(10, fleet={**CALLED, "endurance": "1 h", "outbound": "2 h"})
    data["airport"] = {"closures": {"x": {"at": "1 h", "lasts": "8 h", "closes": "runway"}}}
    r = run(data)
    assert (r.total["evacuated"], r.total["diverted"]) == (10, 2)
    assert hours(r.world) == [12]


def test_troops_call_aircraft_that_take_them_and_no_others() -> None:
    data = jets(0)
    data["missions"]["later"] = mission("50 h", staff=staff(10))
    data["lift"]["retrograde"] = {"guard": {"people": 8, "begins": "1 h", "over": "0 h"}}
    own = {"aircraft": "jet", "serves": "later", "loading": "own-only", **CALLED}
    data["lift"]["fleets"] = {"own": own, "pool": {"aircraft": "jet", **CALLED}}
    r = run(data)
    assert r.total["withdrawn"] == 8
    assert [(f.name, f.off) for f in r.world.lift.flights] == [("pool/0", 1 + 2), ("own/0", 50 + 2)]


def test_nobody_to_fetch_and_none_comes() -> None:
    data = jets(0, fleet=CALLED)
    data["missions"]["never"] = mission("900 h", staff=staff(10))
    assert flights(run(data).world) == []


# -- seats that never come, or come too late ---------------------------------------------------------------------------


def two_fleets(a: Data, b: Data, **missions: Any) -> Data:
    data = jets(10)
    data["lift"]["fleets"] = {"a": {"aircraft": "jet", **a}, "b": {"aircraft": "jet", **b}}
    data["missions"].update(missions)
    return data


HOUR: Data = {"dispatch": "waiting", "inbound": "1 h", "patience": "1 h"}


@pytest.mark.parametrize("end", [{"until": "5 h"}, {"sorties": 0}], ids=["until", "sorties"])
def test_no_seat_is_booked_on_aircraft_that_can_not_come(end: Data) -> None:
    data = two_fleets({**HOUR, "inbound": "10 h", "number": 5, **end}, HOUR)
    data["missions"]["embassy"] = mission(staff=staff(10, ready="6 h"))
    assert [(f.name, f.off) for f in run(data).world.lift.flights] == [("b/0", 7)]


def test_an_aircraft_that_has_flown_all_its_sorties_is_not_waited_for() -> None:
    data = two_fleets({**HOUR, "sorties": 1}, {**HOUR, "available": "3 h"}, later=mission("30 h", staff=staff(10)))
    assert flights(run(data).world) == [(1, 10), (31, 10)]


@pytest.mark.parametrize(
    "slow",
    [
        {**HOUR, "inbound": "48 h"},
        {"dispatch": "ordered", "lag": "100 h"},
        {"dispatch": "ordered", "wait_for": 1, "serves": "embassy", "loading": "own-only", "aircraft": "big"},
        {"dispatch": "ordered", "refuel": True},
    ],
    ids=["far", "lag", "never-full", "no-fuel"],
)
def test_a_seat_that_comes_later_or_never_stops_no_other(slow: Data) -> None:
    data = two_fleets(slow, HOUR)
    data["lift"]["types"]["big"] = {"seats": 100}
    data["security"] = provider([("start", "p")], p={"force": {}, "operator": {"services": ["tower", "fire", "handling"]}})
    data["missions"]["embassy"]["cohorts"]["absent"] = staff(90, ready="900 h")
    first = min(f.off for f in run(data).world.lift.flights if f.people)
    assert first == 1


def test_a_fleet_that_waits_for_its_own_order_fetches_others_then_too() -> None:
    """Ten of y are inside from the start; the only fleet has x's order at 10 h as its own and comes an hour later."""
    data = jets(10, fleet={**HOUR, "lag": "1 h", "serves": "x"})
    data["missions"]["x"] = mission("10 h", staff=staff(5, ready="90 h"))
    assert flights(run(data).world)[0] == (11, 10)


def test_seats_of_those_who_went_with_others_are_free_again() -> None:
    """Ten of m are called for, ten of n, who board first, come in later: two aircraft fly, and no third one empty."""
    data = jets(0, fleet={**HOUR, "number": 3})
    data["missions"] = {
        "m": mission(s=staff(10, priority=2)),
        "n": mission("30 min", s=staff(10, priority=1)),
    }
    r = run(data)
    assert flights(r.world) == [(1, 10), (1.5, 10)]
    assert r.world.lift.dispatch.booked == [0, 0, 0]


# -- few leave empty ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gates", "people"),
    [
        ({"a": {"per_group": "4 h", "lanes": 1}}, 50),
        ({"a": {"per_group": "4 h", "lanes": 1}}, 10),
        ({"a": {"per_group": "4 h", "lanes": 1}, "b": {"per_group": "4 h", "lanes": 20}}, 50),
        ({"a": {"per_group": "1 h", "lanes": 1, "hours": "06:00-07:00"}}, 30),
    ],
    ids=["slow", "one-group", "gate-of-others", "hours"],
)
def test_nobody_comes_for_people_who_are_not_inside_in_time(gates: Data, people: int) -> None:
    data = jets(0, fleet={**CALLED, "number": 5}, airport={"gates": gates})
    data["missions"] = {"embassy": {**mission(staff=staff(people, group=10, starts="gate")), "gates": ["a"]}}
    r = run(data)
    assert r.total["evacuated"] == people
    assert r.total["empty_flights"] == 0


def test_nobody_comes_for_more_than_the_crews_can_search() -> None:
    """No limit of lanes, but a force that mans one."""
    data = outside(
        50,
        {"per_group": "4 h"},
        security=provider([("start", "p")], p={"force": {"headcount": 10, "per_lane": 10}, "operator": {}}),
    )
    assert run(data).total["empty_flights"] == 0


def test_nobody_comes_for_more_than_the_officers_can_check() -> None:
    """A group every four hours: an aircraft that is there in two hours and waits for one is called when one has been checked."""
    data = outside(30, {})
    data["airport"]["consular"] = {"officers": 1, "team": 1, "per_group": "4 h"}
    r = run(data)
    assert flights(r.world) == [(4 + 2, 10), (8 + 2, 10), (12 + 2, 10)]


def test_nobody_comes_for_a_cohort_that_is_searched_slowly() -> None:
    data = outside(50, {"per_group": "1 h", "lanes": 1})
    data["missions"]["embassy"]["cohorts"]["staff"]["search"] = 6
    assert run(data).total["empty_flights"] == 0


def test_who_is_inside_is_fetched_by_its_own_aircraft_while_others_are_searched() -> None:
    """Ten of m and ten of n are searched until 10 h; one of m, inside at 1 h, has a seat at 3 h, the ten after it."""
    data = jets(0, airport={"gates": {"g": {"per_group": "10 h"}}})
    data["lift"]["fleets"] = {"own": {"aircraft": "jet", "serves": "m", "loading": "own-only", "number": 2, **CALLED}}
    slow = staff(10, starts="gate")
    data["missions"] = {"m": mission(a=staff(1, ready="1 h"), b=slow), "n": mission(b=slow)}
    assert flights(run(data).world) == [(1 + 2, 1), (10 + 2, 10)]


# -- what is expected --------------------------------------------------------------------------------------------------


def test_a_dispatcher_expects_what_the_means_come_to() -> None:
    """60 people in 3 groups of 10 and 6 of 5 are 20/3 a group; those of b take twice as long to search, those of a to check."""
    expects = plan("""
        airport:
          gates: {g: {per_group: 30 min, per_person: 6 min/person}, quick: {per_group: 0 h, per_person: 0 s/person}}
          consular: {officers: 4, team: 2, per_group: 0 h, per_person: 6 min/person}
        missions:
          a: {order: {at: start}, cohorts: {c: {people: 30, group: 10, consular: 2}}}
          b: {order: {at: start}, cohorts: {c: {people: 30, group: {uniform: [4, 6]}, search: 2}}}
    """).dispatch
    size = 60 / (3 + 6)
    assert expects.size == pytest.approx(size)
    assert expects.paces == pytest.approx((size / ((0.5 + 0.1 * size) * 1.5), math.inf))
    assert expects.check == pytest.approx(2 / 0.1 / 1.5)


def test_a_dispatcher_expects_no_group_of_less_than_one() -> None:
    source = "missions: {a: {order: {at: start}, cohorts: {c: {people: 3, group: {uniform: [0, 1]}}}}}"
    assert plan(source).dispatch.size == 1
    assert plan("missions: {a: {cohorts: {c: 0}}}").dispatch.size == 1

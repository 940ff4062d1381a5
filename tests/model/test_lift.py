"""Fleets, loading, commercial flights and the military withdrawal; every number worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model import compile_scenario
from sim.scenario.schema import Scenario
from tests.model.airlift import Data, boarded, flights, hours, jets, mission, provider, staff
from tests.model.helpers import run

CYCLE: Data = {"outbound": "1 h", "turn": "1 h", "inbound": "2 h"}
"""An aircraft is over the airport again 4 h after it has left."""
GONE = {"outbound": "900 h"}
"""An aircraft that does not come back in time."""


# -- when aircraft come ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fleet", "expected"),
    [
        ({}, 0),
        ({"available": "2021-08-16 18:00"}, 12),
        ({"available": "2021-08-01"}, 0),
        ({"available": "7 h"}, 7),
        ({"available": {"contested": "3 h"}}, 5 + 3),
        ({"available": {"ordered": "4 h"}}, 1 + 4),
        ({"lag": "3 h"}, 1 + 3),
        ({"lag": "3 h", "available": "10 h"}, 10),
        ({"lag": "30 h", "available": "10 h"}, 1 + 30),
        # a threat level is reached at 5, the lag runs from the order at 1
        ({"lag": "5 h", "available": {"contested": "0 h"}}, 1 + 5),
    ],
    ids=["now", "date", "past", "time", "level", "ordered", "lag", "lag-available", "available-lag", "lag-level"],
)
def test_first_arrival(fleet: Data, expected: float) -> None:
    """The mission is ordered out at 1 h (those who are available sooner rest until then)."""
    data = jets(fleet=fleet, threat={"timeline": [{"at": "5 h", "level": "contested"}]})
    data["missions"]["embassy"]["order"] = {"at": "1 h"}
    assert hours(run(data).world) == [max(1, expected)]


def test_availability_is_drawn_for_each_aircraft() -> None:
    data = jets(40, fleet={"number": 4, "available": {"uniform": ["1 h", "9 h"]}, **GONE})
    plan = compile_scenario(Scenario.model_validate(data))
    fleet = plan.lift.fleets[0]
    drawn = sorted(plan.streams.draw(3, 5)[own.first].at(0) for own in fleet.aircraft)
    assert hours(run(data, seed=3, replication=5).world) == pytest.approx(drawn)
    assert len({round(t, 6) for t in drawn}) == 4
    assert all(1 < t < 9 for t in drawn)


def test_lag_counts_from_the_first_order_of_a_mission_it_serves() -> None:
    """b is ordered at 5 and its own aircraft comes 3 h later; a, ordered at 2, rides with whom it can."""
    lift = {
        "types": {"jet": {"seats": 10}},
        "fleets": {"own": {"aircraft": "jet", "serves": "b", "lag": "3 h", **GONE}, "pool": {"aircraft": "jet", "lag": "8 h"}},
    }
    r = run(jets(lift=lift, missions={"a": mission("2 h", s=staff(10)), "b": mission("5 h", s=staff(10))}))
    assert (hours(r.world, "own"), hours(r.world, "pool")) == ([5 + 3], [2 + 8])
    assert boarded(r.world) == [{"b/s": 10}, {"a/s": 10}]


def test_until_starts_no_sortie_after_it() -> None:
    """Arrivals at 0, 4, 8 and (too late) 12 h."""
    r = run(jets(100, fleet={**CYCLE, "until": "9 h"}))
    assert flights(r.world) == [(0, 10), (4, 10), (8, 10)]
    assert r.records.replication["unfinished"] == 70


def test_sorties_are_counted_for_each_aircraft() -> None:
    r = run(jets(100, fleet={**CYCLE, "number": 2, "sorties": 3}))
    assert flights(r.world) == [(0, 10), (0, 10), (4, 10), (4, 10), (8, 10), (8, 10)]


def test_number_of_aircraft_may_be_drawn() -> None:
    data = jets(40, fleet={"number": {"choice": {"values": [1, 3], "weights": [1, 1]}}, **GONE})
    seen = []
    for k in range(8):
        r = run(data, replication=k)
        number = r.world.plan.lift.fleets[0].numbers.in_(r.world.run.streams).number
        assert hours(r.world) == [0] * int(number)
        seen.append(number)
    assert set(seen) == {1, 3}


def test_a_drawn_number_of_aircraft_is_not_cut() -> None:
    number = {"choice": {"values": [1, 30], "weights": [0.8, 0.2]}}
    flown = {len(hours(run(jets(300, fleet={"number": number}), replication=k).world)) for k in range(12)}
    assert flown == {1 * 30, 30} or flown == {30}  # ten seats each: thirty flights of one aircraft, or of thirty at once
    seen = {len(run(jets(300, fleet={"number": number}), replication=k).world.lift.fleets[0].idle) for k in range(12)}
    assert seen <= {1, 30}


def test_an_aircraft_with_nobody_to_fetch_rests_and_is_woken_by_an_order() -> None:
    """Ready at its hub at 1 + 1 h; the second order comes at 20 h, and the flight back takes 2 h."""
    data = jets(fleet=CYCLE)
    data["missions"] = {"a": mission("start", s=staff(10)), "b": mission("20 h", s=staff(10))}
    assert flights(run(data).world) == [(0, 10), (20 + 2, 10)]


def test_an_aircraft_woken_on_its_way_home_finishes_that_first() -> None:
    """The second order comes half an hour after the first departure, while it flies out: 1 + 1 + 2 h as in any cycle."""
    data = jets(fleet=CYCLE)
    data["missions"] = {"a": mission("start", s=staff(10)), "b": mission("30 min", s=staff(10))}
    assert flights(run(data).world) == [(0, 10), (4, 10)]


# -- dispatch --------------------------------------------------------------------------------------------------------


def late(people: int, ready: str, **fleet: Any) -> Data:
    data = jets(fleet=fleet)
    data["missions"] = {"embassy": mission(staff=staff(people, ready=ready))}
    return data


def test_dispatch_ordered_comes_early_and_waits_for_its_load() -> None:
    r = run(late(10, "5 h", inbound="2 h"))
    assert flights(r.world) == [(5, 10)]
    assert r.records.replication["wait_seats"] == 0


def test_dispatch_waiting_leaves_its_hub_when_somebody_waits() -> None:
    r = run(late(10, "5 h", inbound="2 h", dispatch="waiting"))
    assert flights(r.world) == [(5 + 2, 10)]
    assert r.records.replication["wait_seats"] == pytest.approx(10 * 2)


@pytest.mark.parametrize(("people", "sent"), [(10, 1), (11, 2), (30, 3)])
def test_dispatch_waiting_sends_no_more_seats_than_people_wait(people: int, sent: int) -> None:
    r = run(late(people, "5 h", inbound="2 h", number=3, dispatch="waiting"))
    assert hours(r.world) == [7] * sent
    assert sum(a.sortie == 0 for a in r.world.lift.fleets[0].idle) == 3 - sent
    assert r.records.replication["empty_flights"] == 0


# -- who boards ------------------------------------------------------------------------------------------------------


def two_missions(loading: str, **fleet: Any) -> Data:
    """14 of b are inside at 1 h, 6 of a at 2 h; an aircraft of a with 10 seats comes at 3 h, and a large one at 9 h."""
    return jets(
        lift={
            "types": {"jet": {"seats": 10}, "big": {"seats": 100}},
            "fleets": {
                "own": {"aircraft": "jet", "available": "3 h", "serves": "a", "loading": loading, **GONE, **fleet},
                "rest": {"aircraft": "big", "available": "9 h"},
            },
        },
        missions={"a": mission(s=staff(6, ready="2 h")), "b": mission(s=staff(14, ready="1 h"))},
    )


@pytest.mark.parametrize(
    ("loading", "first", "second"),
    [
        ("own-first", {"a/s": 6, "b/s": 4}, {"b/s": 10}),
        ("own-only", {"a/s": 6}, {"b/s": 14}),
        ("first-come", {"b/s": 10}, {"a/s": 6, "b/s": 4}),
    ],
)
def test_loading(loading: str, first: dict[str, int], second: dict[str, int]) -> None:
    assert boarded(run(two_missions(loading)).world) == [first, second]


def test_own_only_rests_while_its_mission_has_nobody_to_move() -> None:
    data = two_missions("own-only", available="0 h")
    data["missions"]["a"]["order"] = {"at": "4 h"}
    r = run(data)
    assert hours(r.world) == [6, 9]
    assert boarded(r.world)[0] == {"a/s": 6}


def test_priority_among_the_pooled_and_order_of_arrival_within_one() -> None:
    """Lower numbers board first whoever came first; within one priority, who came first."""
    cohorts = {
        "late": staff(6, priority=2, ready="1 h"),
        "soon": staff(6, priority=2),
        "vip": staff(6, priority=1, ready="2 h"),
    }
    r = run(jets(fleet={"available": "3 h", **CYCLE}, missions={"m": mission(**cohorts)}))
    assert boarded(r.world) == [{"m/vip": 6, "m/soon": 4}, {"m/soon": 2, "m/late": 6}]


def test_priority_among_own_missions() -> None:
    r = run(
        jets(
            fleet={"serves": ["a", "b"], "available": "30 min", **CYCLE},
            missions={"a": mission(s=staff(8, priority=5)), "b": mission(s=staff(8, priority=1)), "c": mission(s=staff(9))},
        )
    )
    assert boarded(r.world) == [{"b/s": 8, "a/s": 2}, {"a/s": 6, "c/s": 4}, {"c/s": 5}]


# -- threshold and patience ------------------------------------------------------------------------------------------


def trickle(people: int, **fleet: Any) -> Data:
    """One person an hour comes, from 1 h on."""
    data = jets(fleet=fleet)
    data["missions"] = {"embassy": mission(staff=staff(people, group=1, gap="1 h"))}
    return data


@pytest.mark.parametrize(
    ("fleet", "first"),
    [
        ({}, (1, 1)),
        ({"wait_for": 0.75}, (8, 8)),
        ({"wait_for": "71%"}, (8, 8)),
        ({"wait_for": 0.7}, (7, 7)),
        ({"wait_for": 1}, (10, 10)),
        ({"wait_for": 1, "patience": "2.5 h"}, (2.5, 2)),
        ({"wait_for": 0.2, "patience": "2.5 h"}, (2, 2)),
        ({"patience": "30 min"}, (0.5, 0)),
    ],
)
def test_threshold_is_rounded_up_and_patience_ends_the_wait(fleet: Data, first: tuple[float, int]) -> None:
    """The share of 10 seats that it waits for, or at least one person; then whoever is there."""
    assert flights(run(trickle(20, **fleet, **GONE)).world)[0] == first


def test_infinite_patience_does_not_wait_for_people_who_do_not_exist() -> None:
    """15 people, loads of 10: the second load is complete with the last five."""
    r = run(trickle(15, wait_for=1, **CYCLE))
    assert flights(r.world) == [(10, 10), (15, 5)]
    own = trickle(3, wait_for=1, serves="embassy", loading="own-only")
    own["missions"]["other"] = mission(s=staff(50))
    own["clock"]["horizon"] = "9 h"
    assert flights(run(own).world) == [(3, 3)]


@pytest.mark.parametrize("lands", [0, 1])
@pytest.mark.parametrize(("strict", "loads"), [(True, [("a", 4, 10), ("b", 4, 2)]), (False, [("b", 0, 5), ("a", 4, 7)])])
def test_head_of_line(strict: bool, loads: list[tuple[str, float, int]], lands: int) -> None:
    """a waits for 7, b (which lands before or after the first people come) for one; five are there at 0 and seven at 4."""
    expected = [(n, lands if n == "b" and not strict else t, k) for n, t, k in loads]
    r = run(
        jets(
            lift={
                "types": {"jet": {"seats": 10}},
                "fleets": {
                    "a": {"aircraft": "jet", "wait_for": 0.7, **GONE},
                    "b": {"aircraft": "jet", "available": f"{lands} h", **GONE},
                },
                "head_of_line": strict,
            },
            missions={"m": mission(now=staff(5), then=staff(7, ready="4 h"))},
        )
    )
    assert [(f.name[0], f.off, f.people) for f in r.world.lift.flights] == expected


def test_surge_seats_while_a_backlog_waits_inside() -> None:
    """Surge above 20 people inside: 15 of 40, 15 of 25, then 10 a flight."""
    data = jets(40, kind={"surge": 15}, fleet={**CYCLE, "sorties": 5})
    data["lift"]["surge_above"] = 20
    assert [n for _, n in flights(run(data).world)] == [15, 15, 10]
    data["lift"]["surge_above"] = 25
    assert [n for _, n in flights(run(data).world)] == [15, 10, 10, 5]
    del data["lift"]["surge_above"]
    assert [n for _, n in flights(run(data).world)] == [10, 10, 10, 10]


def test_surge_seats_while_the_condition_holds() -> None:
    """Threatened from 6 h to 14 h: the flights at 8 and 12 h carry 15 instead of 10."""
    data = jets(100, kind={"surge": 15}, fleet={**CYCLE, "sorties": 5})
    data["lift"]["surge_when"] = "threat >= contested"
    data["threat"] = {"timeline": [{"at": "6 h", "level": "contested"}, {"at": "14 h", "level": "stable"}]}
    r = run(data)
    assert flights(r.world) == [(0, 10), (4, 10), (8, 15), (12, 15), (16, 10)]
    assert r.records.replication["load_factor"] == 1


def test_a_load_is_split_over_aircraft_and_counted_as_people() -> None:
    """One group of 25 on three aircraft of 10 seats; half of them (13) are out with the second."""
    r = run(jets(25, fleet={"number": 3, "sorties": 1}, kind={"load": "1 h"}))
    assert flights(r.world) == [(1, 10), (1, 10), (1, 5)]
    assert r.records.replication["load_factor"] == pytest.approx(25 / 30)
    r = run(jets(25, fleet=CYCLE))
    assert flights(r.world) == [(0, 10), (4, 10), (8, 5)]
    row = r.records.replication
    assert (row["t50_h"], row["t90_h"], row["t100_h"], row["flights"]) == (4, 8, 8, 3)
    assert row["mean_departure_h"] == pytest.approx((10 * 0 + 10 * 4 + 5 * 8) / 25)


# -- commercial flights ----------------------------------------------------------------------------------------------


def airline(people: int = 100, **more: Any) -> Data:
    """Two flights a day of 20 seats, at 08:00 and 20:00; the clock starts at 06:00."""
    data = jets(people)
    data["lift"] = {
        "types": {"liner": {"seats": 20}},
        "commercial": {"line": {"aircraft": "liner", "times": ["20:00", "08:00"], **more}},
    }
    return data


def test_commercial_flights_keep_their_timetable() -> None:
    assert flights(run(airline(50)).world) == [(2, 20), (14, 20), (26, 10)]


def test_missions_get_their_share_of_commercial_seats() -> None:
    assert flights(run(airline(25, share="40%")).world) == [(2, 8), (14, 8), (26, 8), (38, 1)]


def test_commercial_flights_are_cancelled_for_good_when_the_threat_reaches_a_level() -> None:
    """Contested from 20 h to 22 h only, but the flight at 26 h and all after it are off."""
    data = airline(stops_at="contested")
    data["threat"] = {"timeline": [{"at": "20 h", "level": "contested"}, {"at": "22 h", "level": "stable"}]}
    assert flights(run(data).world) == [(2, 20), (14, 20)]


def test_commercial_flights_wait_for_their_load_and_go() -> None:
    data = airline(wait_for=1, patience="2 h")
    data["missions"]["embassy"]["cohorts"] = {"s": staff(15), "t": staff(20, ready="3.5 h")}
    assert flights(run(data).world) == [(3.5, 20), (14 + 2, 15)]
    data["missions"]["embassy"]["cohorts"]["t"]["ready"] = "9 h"
    assert flights(run(data).world) == [(2 + 2, 15), (14, 20)]


def test_commercial_flights_do_not_come_without_services() -> None:
    data = airline(20, endurance="1 h")
    data["lift"]["types"]["liner"]["needs"] = ["tower", "fire"]
    data["security"] = provider([("start", "none"), ("10 h", "p")], p={"operator": {}})
    r = run(data)
    assert flights(r.world) == [(14, 20)]
    assert r.records.replication["diverted"] == 1


# -- the military withdrawal -----------------------------------------------------------------------------------------


def withdrawal(people: int = 40, fleet: Data | None = None, **more: Any) -> Data:
    """An aircraft of 10 seats every hour, from half past the first on, and 20 troops to be flown out."""
    data = jets(people, fleet={"available": "30 min", "outbound": "30 min", "inbound": "30 min", **(fleet or {})})
    data["lift"]["retrograde"] = {"army": {"people": 20, "begins": "start", **more}}
    data["missions"]["embassy"]["cohorts"]["staff"]["priority"] = 3
    return data


def loads(world: Any) -> list[str]:
    """``T`` or ``E`` for each flight of troops or of evacuees, with the number of each if mixed."""
    return [f"{f.troops}T{f.people}E" if f.troops and f.people else "T" if f.troops else "E" for f in world.lift.flights]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"priority": 1}, "TTEEEE"),
        ({"priority": 5}, "EEEE"),
        ({"priority": 3}, "TTEEEE"),
        ({"priority": 3, "begins": "15 min"}, "EEEE"),
        ({"priority": 5, "deadline": "6 h", "near": "3 h"}, "EEETTE"),
        ({"priority": 1, "begins": "2 h"}, "EETTEE"),
    ],
    ids=["first", "last", "same-and-first", "same-and-later", "near", "begins"],
)
def test_retrograde_competes_for_the_same_seats(more: Data, expected: str) -> None:
    """At the same priority who came first; near the deadline (from 6 - 3 h on) before everyone else."""
    r = run(withdrawal(**more))
    assert "".join(loads(r.world)) == expected
    row = r.records.replication
    assert row["withdrawn"] == 10 * expected.count("T")
    assert row["evacuated"] == row["staff"] == 40
    assert row["t100_h"] == len(expected) - 0.5


def test_retrograde_is_ready_in_groups_over_its_time() -> None:
    """20 troops in groups of 5 over 4 h: at 0, 1, 2 and 3 h, before the people of the mission on each flight."""
    assert loads(run(withdrawal(group=5, over="4 h", priority=1)).world) == ["5T5E"] * 4 + ["E", "E"]


def test_retrograde_fills_no_own_only_aircraft() -> None:
    r = run(withdrawal(fleet={"serves": "embassy", "loading": "own-only"}, priority=1))
    assert (loads(r.world), r.records.replication["withdrawn"]) == (["E"] * 4, 0)


def test_near_its_deadline_the_withdrawal_boards_before_everyone_else() -> None:
    """Also before those of the fleet's own mission, and before those who came first."""
    near: Data = {"priority": 5, "begins": "15 min", "deadline": "6 h", "near": "3 h"}
    assert "".join(loads(run(withdrawal(fleet={"serves": "embassy"}, **near)).world)) == "EEETTE"
    assert "".join(loads(run(withdrawal(fleet={"loading": "first-come"}, **near)).world)) == "EEETTE"


def test_a_deadline_may_follow_a_level_that_comes_after_the_first_are_ready() -> None:
    """The capital is contested at 2 h, and the deadline three hours after that: from 3 h on they board first."""
    data = withdrawal(priority=5, deadline={"contested": "3 h"}, near="2 h")
    data["threat"] = {"levels": ["calm", "contested"], "start": "calm", "timeline": [{"at": "2 h", "level": "contested"}]}
    assert "".join(loads(run(data).world)) == "EEETTE"


@pytest.mark.parametrize("dispatch", ["ordered", "waiting"])
def test_troops_call_fleets_with_a_lag_where_nobody_has_been_ordered(dispatch: str) -> None:
    """20 troops are ready at 2 h and nobody is ordered before 40 h: aircraft that come 3 h after an order come 3 h after that."""
    data = withdrawal(fleet={"lag": "3 h", "dispatch": dispatch, "available": "start"}, begins="2 h")
    data["missions"]["embassy"]["order"]["at"] = "40 h"
    r = run(data)
    assert loads(r.world) == ["T", "T", "E", "E", "E", "E"]
    assert [round(f.off, 9) for f in r.world.lift.flights][:2] == [5, 6]


def test_troops_call_nobody_where_another_fleet_takes_them() -> None:
    """Neither a fleet that comes anyway, nor one whose mission has been ordered; and never one of its own missions only."""
    data = withdrawal(begins="2 h", people=5)
    data["missions"]["embassy"]["order"]["at"] = "40 h"
    lagged = {"aircraft": "jet", "lag": "1 h"}
    data["lift"]["fleets"]["late"] = lagged
    assert [f.name for f in run(data).world.lift.flights][:1] == ["air/0"]
    data["lift"]["fleets"] = {"late": {**lagged, "serves": "embassy", "loading": "own-only"}}
    assert loads(run(data).world) == ["E"]


def test_troop_flights_are_no_flights_of_evacuees() -> None:
    row = run(withdrawal(priority=1)).records.replication
    assert (row["flights"], row["troop_flights"], row["empty_flights"], row["load_factor"]) == (4, 2, 0, 1)


@pytest.mark.parametrize("strict", [False, True])
def test_endless_patience_flies_the_last_part_load_also_at_the_head_of_a_line(strict: bool) -> None:
    """30 people at 5 h and 100 seats: nobody else comes, so they leave at once with less than the load."""
    data: Data = {
        "lift": {
            "types": {"jet": {"seats": 100}},
            "fleets": {"air": {"aircraft": "jet", "wait_for": "100%", "available": "1 h"}},
            "head_of_line": strict,
        },
        "missions": {"m": mission(s=staff(30, group=10, ready="5 h"))},
    }
    assert run(data).total["t100_h"] == 5

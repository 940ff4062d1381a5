"""Who secures and runs the airport: providers, phases, withdrawal, hold, loss, and the host nation's outer layer."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.model.airlift import START, Data, boarded, flights, hours, jets, mission, provider, staff
from tests.model.helpers import Run, run

NEVER = {"order": {"at": "9000 h"}, "cohorts": {"s": 1}}
"""A mission that keeps a run going."""


def queue(people: int, gates: Data, security: Data, horizon: str = "40 h", **sections: Any) -> Data:
    """*people*, one by one, in front of gates whose lanes take an hour for each."""
    return {
        "clock": {"start": START, "horizon": horizon},
        "airport": {"gates": {n: {"per_group": "1 h", **g} for n, g in gates.items()}},
        "security": security,
        "missions": {"m": mission(s=staff(people, group=1, starts="gate"))},
        **sections,
    }


def out_by(r: Run, *marks: int) -> list[int]:
    """People out at these hours."""
    return [int(r.timeline["stage_out"][h]) for h in marks]


def force(headcount: int, perimeter: int = 0, per_lane: int = 0, **more: Any) -> Data:
    return {"headcount": headcount, "perimeter": perimeter, "per_lane": per_lane, **more}


def contested(at: str, fallen: bool = False) -> Data:
    level = "fallen" if fallen else "contested"
    return {"fallen": "fallen", "timeline": [{"at": at, "level": level}]}


# -- headcount: perimeter first, then lanes where people queue --------------------------------------------------------


@pytest.mark.parametrize(
    ("headcount", "lanes"),
    [(100, 4), (109, 4), (90, 3), (70, 1), (69, 0), (59, 0), (0, 0), (500, 6)],
)
def test_perimeter_first_then_lanes(headcount: int, lanes: int) -> None:
    """Perimeter 60, ten for each lane; two gates with three lanes each."""
    gates = {"a": {"lanes": 3, "rank": 2}, "b": {"lanes": 3, "rank": 1}}
    r = run(queue(60, gates, provider([("start", "p")], p={"force": force(headcount, 60, 10)}), "5.5 h"))
    assert out_by(r, 5) == [5 * lanes]


@pytest.mark.parametrize(("own", "lanes"), [(None, 4), (20, 2), (0, 6)])
def test_a_force_that_says_nothing_takes_for_a_lane_what_all_do(own: int | None, lanes: int) -> None:
    """40 soldiers beyond the perimeter, ten for each lane of any force; nobody for a lane means no limit."""
    people = {"headcount": 100, "perimeter": 60, **({} if own is None else {"per_lane": own})}
    security = {**provider([("start", "p")], p={"force": people}), "per_lane": 10}
    assert out_by(run(queue(60, {"a": {"lanes": 6}}, security, "5.5 h")), 5) == [5 * lanes]


@pytest.mark.parametrize(("headcount", "lanes"), [(None, 2), (0, 2), (1, 2), (59, 2), (79, 2), (89, 2), (90, 3), (110, 5)])
def test_a_force_takes_no_lane_from_the_host(headcount: int | None, lanes: int) -> None:
    """Two lanes are the host's; a force too small for the perimeter of 60 adds nothing, and takes nothing away."""
    host = {"headcount": 0, "lanes": 2, "collapse": {"at": "3.25 h"}}
    p = {} if headcount is None else {"force": force(headcount, 60, 10)}
    r = run(queue(60, {"a": {"lanes": 5}}, provider([("start", "p")], host, p=p), "5.5 h"))
    spare = 0 if headcount is None else max(0, headcount - 60) // 10
    assert out_by(r, 1, 3) == [lanes, 3 * lanes]
    assert out_by(r, 5) == [4 * lanes + spare]  # what the host began is finished after its collapse


def test_the_men_of_the_host_are_counted_once() -> None:
    """40 of the host and 40 foreign soldiers, perimeter 60: two lanes for the 20 left over, whichever are the host's."""
    host = {"headcount": 40, "lanes": 1}
    r = run(queue(60, {"a": {"lanes": 5}}, provider([("start", "p")], host, p={"force": force(40, 60, 10)}), "5.5 h"))
    assert out_by(r, 5) == [5 * 2]


def test_lanes_that_take_nobody_are_no_limit_once_the_perimeter_is_manned() -> None:
    gates = {"a": {"lanes": 3}}
    assert run(queue(9, gates, provider([("start", "p")], p={"force": force(60, 60)}))).out_h == 3
    assert run(queue(9, gates, provider([("start", "p")], p={"force": force(59, 60)}))).total["unfinished"] == 9


def test_host_troops_stand_on_the_perimeter_too() -> None:
    """80 + 20 for a perimeter of 60 and lanes of 10: four lanes until the host collapses at 2.5 h, then two."""
    host = {"headcount": 20, "lanes": 0, "collapse": {"at": "2.5 h"}}
    r = run(queue(60, {"a": {}}, provider([("start", "p")], host, p={"force": force(80, 60, 10)}), "6.5 h"))
    assert out_by(r, 1, 2, 3, 4, 5, 6) == [4, 8, 12, 14, 16, 18]


def test_unmanned_gates_are_charged_to_headcount() -> None:
    r = run(queue(1, {"a": {}}, provider([("4 h", "p")], p={"force": force(10, 0, 10)})))
    assert (r.out_h, r.waits()) == (4 + 1, {"headcount": 4})


# -- arrival and build-up --------------------------------------------------------------------------------------------


def test_build_up_brings_more_lanes() -> None:
    """One lane from the arrival at 1 h on, and three more from 1 + 2.5 h on."""
    p = {"arrival": "1 h", "force": force(70, 60, 10, build_up=[{"after": "2.5 h", "headcount": 100}])}
    r = run(queue(11, {"a": {}}, provider([("start", "p")], p=p)))
    # one lane from 1 h on; three more from 3.5 h on
    assert [c.searched for c in r.groups("m/s")] == [2, 3, 4, 4.5, 4.5, 4.5, 5, 5.5, 5.5, 5.5, 6]


def test_a_force_arrives_after_its_lag_and_so_does_its_operator() -> None:
    p: Data = {"arrival": "6 h", "operator": {}, "force": {}}
    r = run(jets(security=provider([("2 h", "p")], p=p)))
    assert hours(r.world) == [2 + 6]
    assert run(queue(1, {"a": {}}, provider([("2 h", "p")], p=p))).out_h == 2 + 6 + 1


def test_the_lag_may_be_drawn_once() -> None:
    p: Data = {"arrival": {"uniform": ["1 h", "9 h"]}, "operator": {}}
    made = jets(security=provider([("start", "p")], p=p))
    seen = {round(run(made, replication=k).out_h, 6) for k in range(4)}
    assert len(seen) == 4
    assert all(1 < t < 9 for t in seen)


# -- phases ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "expected"),
    [
        ("start", 0),
        ("2021-08-16 09:00", 3),
        ("2021-08-01", 0),
        ("5 h", 5),
        ({"contested": "2 h"}, 7 + 2),
        ({"ordered": "1 h"}, 1),
    ],
)
def test_a_phase_begins(begins: Any, expected: float) -> None:
    data = jets(security=provider([(begins, "p")], p={"operator": {}}), threat=contested("7 h"))
    assert hours(run(data).world) == [expected]


def test_the_next_phase_replaces_the_one_before() -> None:
    """Four lanes until 2.5 h, one from then on; services under way are finished."""
    security = provider([("start", "p"), ("2.5 h", "q")], p={"force": force(40, 0, 10)}, q={"force": force(10, 0, 10)})
    r = run(queue(30, {"a": {}}, security, "6.5 h"))
    assert out_by(r, 1, 2, 3, 4, 5, 6) == [4, 8, 12, 13, 14, 15]


def test_a_provider_replaced_before_it_arrives_never_does() -> None:
    security = provider([("start", "p"), ("2 h", "none")], p={"arrival": "3 h", "operator": {}})
    assert hours(run(jets(security=security)).world) == []


def test_no_phases_no_limits() -> None:
    assert run(queue(50, {"a": {}}, {"providers": {"p": {"force": force(0, 60, 10)}}})).out_h == 1
    assert hours(run(jets(security={"providers": {}}, kind={"needs": ["fire", "tower"]})).world) == [0]


def test_none_is_no_force_and_no_operator() -> None:
    assert run(queue(5, {"a": {}}, provider([("start", "none")]))).total["unfinished"] == 5
    assert hours(run(jets(security=provider([("start", "none")]))).world) == []


# -- withdrawal ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("withdrawal", "phases"),
    [
        ({"begins": "3.5 h"}, [("start", "p")]),
        ({"begins": "2021-08-16 09:30"}, [("start", "p")]),
        ({"begins": {"contested": "30 min"}}, [("start", "p")]),
        ({"when": "gone early"}, [("start", "p")]),
        ({"begins": "9 h", "when": ["threat >= fallen", "gone early"]}, [("start", "p")]),
        ({}, [("start", "p"), ("3.5 h", "none")]),
        (None, [("start", "p"), ("3.5 h", "none")]),
    ],
    ids=["time", "date", "level", "trigger", "first-of-both", "phase-end", "phase-end-at-once"],
)
def test_a_force_withdraws(withdrawal: Data | None, phases: list[tuple[Any, str]]) -> None:
    """Four lanes until 3.5 h, none after: four each at 1, 2, 3 and (begun before) 4 h."""
    p = {"force": force(40, 0, 10, **({} if withdrawal is None else {"withdrawal": withdrawal}))}
    data = queue(60, {"a": {}}, provider(phases, p=p), "8 h", threat=contested("3 h"))
    data["missions"]["early"] = mission(s=staff(1, starts="holding", ready="3.5 h"))
    assert out_by(run(data), 1, 2, 3) == [4, 8, 12]
    assert out_by(run(data), 4, 5, 7) == [17, 17, 17]


def test_withdrawal_takes_time_in_steps() -> None:
    """From 2.5 h on, four hours: 4 lanes until 3.5, then 3, 2, 1 for an hour each, none from 6.5 on."""
    p = {"force": force(100, 0, 25, withdrawal={"begins": "2.5 h", "takes": "4 h"})}
    r = run(queue(60, {"a": {}}, provider([("start", "p")], p=p), "12 h"))
    assert [b - a for a, b in zip(out_by(r, *range(11)), out_by(r, *range(1, 12)), strict=True)] == [
        4,
        4,
        4,
        4,
        3,
        2,
        1,
        0,
        0,
        0,
        0,
    ]


def test_a_force_being_relieved_counts_until_it_has_gone() -> None:
    """p (4 lanes) is relieved by q (1 lane) at 2.5 h and takes two hours, in steps of half an hour."""
    security = provider(
        [("start", "p"), ("2.25 h", "q")],
        p={"force": force(40, 0, 10, withdrawal={"takes": "2 h"})},
        q={"force": force(10, 0, 10)},
    )
    r = run(queue(60, {"a": {}}, security, "8 h"))
    # p: 40 until 2.75, then 30, 20, 10, and 0 from 4.25 on; q: 10 from 2.25
    begun = {0: 4, 1: 4, 2: 4, 2.25: 1, 3: 3, 3.25: 1, 4: 1, 4.25: 1, 5.25: 1, 6.25: 1}
    assert sorted(c.search for c in r.groups("m/s") if c.searched < math.inf) == [t for t, n in begun.items() for _ in range(n)]


def test_troops_who_withdraw_take_seats_and_are_no_evacuees() -> None:
    """30 troops begin to leave at 1.25 h and board first; seats of 10 an hour from 30 min on."""
    p = {"operator": {}, "force": force(30, withdrawal={"begins": "75 min", "lift": True, "priority": -1})}
    cycle = {"available": "30 min", "outbound": "30 min", "inbound": "30 min"}
    r = run(jets(40, fleet=cycle, security=provider([("start", "p")], p=p)))
    assert [len(b) == 1 and "troops" in b for b in boarded(r.world)] == [False, True, True, True, False, False, False]
    assert (r.total["withdrawn"], r.total["evacuated"], r.total["staff"], r.out_h) == (30, 40, 40, 6.5)


def test_troops_who_withdraw_over_time_board_in_groups_of_fifty() -> None:
    """200 over four hours: 50 at once and 50 each hour after, before 350 evacuees; 100 seats an hour."""
    p = {"operator": {}, "force": force(200, withdrawal={"begins": "15 min", "takes": "4 h", "lift": True, "priority": -1})}
    cycle = {"available": "30 min", "outbound": "30 min", "inbound": "30 min"}
    r = run(jets(350, kind={"seats": 100}, fleet=cycle, security=provider([("start", "p")], p=p)))
    assert boarded(r.world) == [{"troops": 50, "embassy/staff": 50}] * 4 + [{"embassy/staff": 100}, {"embassy/staff": 50}]
    assert r.total["withdrawn"] == 200


def test_a_withdrawal_that_needs_lift_waits_for_it() -> None:
    """30 soldiers man three lanes and begin to leave at 1.5 h, within an hour; the only aircraft comes at 5 h with 20 seats."""
    p = {"operator": {}, "force": force(30, 0, 10, withdrawal={"begins": "90 min", "takes": "1 h", "lift": True, "priority": -1})}
    data = queue(60, {"a": {}}, provider([("start", "p")], p=p), "9.5 h")
    lift = {"types": {"jet": {"seats": 20}}, "fleets": {"f": {"aircraft": "jet", "available": "5 h", "sorties": 1}}}
    r = run(data | {"lift": lift})
    searched = [c.searched for c in r.groups("m/s") if c.searched < math.inf]
    assert searched == sorted([h for h in (1, 2, 3, 4, 5) for _ in range(3)] + [6, 7, 8, 9])
    assert r.total["withdrawn"] == 20
    assert [what for _, what, who, _ in r.world.security.log if who == "p" and "gone" in what] == []


def test_a_force_shrinks_with_each_flight_and_its_lanes_with_it() -> None:
    """40 soldiers, 10 of them on the perimeter and 10 a lane; 20 seats at 1.5, 2.5 and 3.5 h, and the troops come first.

    Three lanes until 1.5 h, one with the 20 who are left, none once the next have flown; the third flight takes evacuees.
    """
    p = {"operator": {}, "force": force(40, 10, 10, withdrawal={"begins": "75 min", "lift": True, "priority": -1})}
    cycle = {"aircraft": "jet", "available": "90 min", "outbound": "30 min", "inbound": "30 min"}
    data = queue(60, {"a": {}}, provider([("start", "p")], p=p), "9.5 h")
    r = run(data | {"lift": {"types": {"jet": {"seats": 20}}, "fleets": {"f": cycle}}})
    searched = sorted(c.searched for c in r.groups("m/s") if c.searched < math.inf)
    assert searched == [1, 1, 1, 2, 2, 2, 3]
    assert boarded(r.world)[:3] == [{"troops": 20}, {"troops": 20}, {"m/s": 7}]
    assert [who for _, what, who, _ in r.world.security.log if what == "force gone"] == ["p"]


def test_troops_and_evacuees_share_an_aircraft_and_the_force_goes_with_it() -> None:
    """30 seats at 1.5 and 2.5 h for 40 soldiers: the second takes the last ten of them and the six who are inside."""
    p = {"operator": {}, "force": force(40, 10, 10, withdrawal={"begins": "75 min", "lift": True, "priority": -1})}
    cycle = {"aircraft": "jet", "available": "90 min", "outbound": "30 min", "inbound": "30 min"}
    data = queue(60, {"a": {}}, provider([("start", "p")], p=p), "9.5 h")
    r = run(data | {"lift": {"types": {"jet": {"seats": 30}}, "fleets": {"f": cycle}}})
    assert boarded(r.world)[:2] == [{"troops": 30}, {"troops": 10, "m/s": 6}]
    assert [(h, what) for h, what, who, _ in r.world.security.log if who == "p"][1:] == [
        (0, "arrives"), (1.25, "force begins to withdraw"), (2.5, "force gone"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "loads"),
    [
        ({}, "EEEETTT"),
        ({"deadline": "4 h", "near": "2 h"}, "EETTTEE"),
        ({"deadline": "4 h", "near": "90 min"}, "EEETTTE"),
        ({"deadline": "4 h", "near": "1 d"}, "ETTTEEE"),
        ({"deadline": {"contested": "1 h"}, "near": "90 min"}, "EEETTTE"),
        ({"deadline": {"contested": "1 h"}}, "EEETTTE"),
        ({"deadline": {"fallen": "1 h"}}, "EEEETTT"),
        ({"deadline": "1 h", "near": "0 h"}, "ETTTEEE"),
        ({"deadline": "4 h", "near": "2 h", "takes": "9 h"}, "EETETET"),
    ],
    ids=["none", "near", "later", "at-once", "after-a-level", "after-a-level-at-once", "never", "passed", "not-ready"],
)
def test_near_its_deadline_a_force_boards_before_everyone_else(more: Data, loads: str) -> None:
    """150 soldiers of the lowest priority, ready from 1 h on, 200 evacuees; 50 seats at half past each hour; contested at 3 h.

    With *takes* of 9 h the soldiers get ready at 1, 4 and 7 h: nobody waits for those who are not.
    """
    leaves = {"begins": "1 h", "lift": True, "priority": 9, **more}
    cycle = {"available": "30 min", "outbound": "30 min", "inbound": "30 min"}
    security = provider([("start", "p")], p={"operator": {}, "force": force(150, withdrawal=leaves)})
    data = jets(200, kind={"seats": 50}, fleet=cycle, security=security)
    data["threat"] = contested("3 h") | {"levels": ["calm", "contested", "fallen"], "start": "calm"}
    data["missions"]["later"] = mission("900 h", s=staff(1))
    assert "".join("T" if f.troops else "E" for f in run(data).world.lift.flights) == loads


@pytest.mark.parametrize("fleets", [{}, {"f": {"aircraft": "jet", "available": "900 h"}}], ids=["none", "never"])
def test_without_aircraft_a_force_that_needs_them_stays(fleets: Data) -> None:
    p = {"force": force(30, 0, 10, withdrawal={"begins": "90 min", "takes": "1 h", "lift": True})}
    data = queue(60, {"a": {}}, provider([("start", "p")], p=p), "9.5 h")
    r = run(data | {"lift": {"types": {"jet": {"seats": 20}}, "fleets": fleets}} if fleets else data | {"lift": {}})
    assert sum(c.searched < math.inf for c in r.groups("m/s")) == 9 * 3


def test_technicians_who_need_lift_run_the_airfield_until_the_last_has_flown() -> None:
    """60 technicians leave at 1 h within 1 h; aircraft of 30 seats come at 4 h and 6 h; the evacuees after them find nobody."""
    p = {"operator": {"headcount": 60, "withdrawal": {"begins": "1 h", "takes": "1 h", "lift": True, "priority": -1}}}
    cycle = {"available": "4 h", "outbound": "1 h", "inbound": "1 h"}
    r = run(jets(10, kind={"seats": 30}, fleet=cycle, security=provider([("start", "p")], p=p)))
    assert boarded(r.world) == [{"troops": 30}, {"troops": 30}]
    assert r.total["unfinished"] == 10


def test_services_go_on_while_the_force_waits_for_seats() -> None:
    """20 technicians fly at once, 200 soldiers over 20 h: the tower works until the last of them has flown."""
    leaves = {"begins": "1 h", "lift": True}
    p = {
        "operator": {"headcount": 20, "withdrawal": {**leaves, "takes": "1 h", "priority": 4}},
        "force": force(200, withdrawal={**leaves, "takes": "20 h", "priority": 3}),
    }
    cycle = {"available": "1 h", "outbound": "1 h", "inbound": "1 h"}
    data = jets(0, kind={"seats": 100}, fleet=cycle, security=provider([("start", "p")], p=p))
    data["missions"]["later"] = mission("900 h", s=staff(1))
    r = run(data)
    assert r.total["withdrawn"] == 220


def test_a_newcomer_too_small_for_its_perimeter_takes_no_lane_from_those_who_are_there() -> None:
    """p mans four lanes and waits for aircraft that never come; q comes with one soldier for a perimeter of 500."""
    leaving = force(100, 60, 10, withdrawal={"lift": True})
    providers = {"p": {"force": leaving}, "q": {"force": force(1, 500, 10)}}
    data = queue(60, {"a": {}}, provider([("start", "p"), ("5.5 h", "q")], **providers), "15.5 h")
    data["lift"] = {"types": {"jet": {"seats": 20}}, "fleets": {"f": {"aircraft": "jet", "available": "900 h"}}}
    assert sum(c.searched < math.inf for c in run(data).groups("m/s")) == 60


def test_troops_without_lift_just_go() -> None:
    p = {"operator": {}, "force": force(30, withdrawal={"begins": "1 h"})}
    r = run(jets(10, fleet={"available": "2 h"}, security=provider([("start", "p")], p=p)))
    assert (r.total["withdrawn"], flights(r.world)) == (0, [(2, 10)])


# -- the operator ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("withdrawal", "phases"),
    [
        ({"begins": "3.5 h"}, [("start", "p")]),
        ({"begins": "1.5 h", "takes": "2 h"}, [("start", "p")]),
        ({"when": "threat >= contested"}, [("start", "p")]),
        (None, [("start", "p"), ("3.5 h", "q")]),
    ],
    ids=["date", "takes", "trigger", "phase-end"],
)
def test_without_its_operator_the_airport_stops(withdrawal: Data | None, phases: list[tuple[Any, str]]) -> None:
    """An aircraft an hour: 30 min, 90 min, ... until the operator has gone at 3.5 h; the force alone flies nobody."""
    operator: Data = {"headcount": 20, **({"withdrawal": withdrawal} if withdrawal is not None else {})}
    providers = {"p": {"operator": operator, "force": {}}, "q": {"force": {}}}
    cycle = {"available": "45 min", "outbound": "30 min", "inbound": "30 min"}
    r = run(jets(90, fleet=cycle, security=provider(phases, **providers), threat=contested("3.5 h")))
    assert hours(r.world) == [0.75, 1.75, 2.75]
    assert r.world.security.services == frozenset()


def test_technicians_take_seats_when_they_leave() -> None:
    """20 technicians leave over two hours from 15 min on (one group), and the tower with them at 2.25 h."""
    operator = {"headcount": 20, "withdrawal": {"begins": "15 min", "takes": "2 h", "lift": True, "priority": -1}}
    cycle = {"available": "30 min", "outbound": "30 min", "inbound": "30 min"}
    r = run(jets(50, fleet=cycle, security=provider([("start", "p")], p={"operator": operator})))
    assert boarded(r.world) == [{"troops": 10}, {"troops": 10}]
    assert (r.total["withdrawn"], r.total["unfinished"]) == (20, 50)


# -- what goes with a force: officers and seats -----------------------------------------------------------------------


def checks(security: Data, people: int = 60, build_up: tuple[Data, ...] = ()) -> Run:
    """People one by one at the check, an hour each; the missions have one officer."""
    consular = {"officers": 1, "per_group": "1 h", "build_up": list(build_up)}
    return run(
        {
            "clock": {"start": START, "horizon": "10.5 h"},
            "airport": {"consular": consular},
            "security": security,
            "missions": {"m": mission(s=staff(people, group=1, starts="gate"))},
        }
    )


def test_officers_come_with_the_force_and_go_with_it() -> None:
    """In charge from the start, there from 2 h to 5.5 h with four officers, who finish what they have begun."""
    p = {"arrival": "2 h", "officers": 4, "force": {"headcount": 10, "withdrawal": {"begins": "4 h", "takes": "1.5 h"}}}
    r = checks(provider([("start", "p")], p=p))
    assert out_by(r, 1, 2, 3, 6, 7, 8) == [1, 2, 6, 18, 19, 20]


def test_without_a_word_on_officers_the_missions_have_what_they_have() -> None:
    later = ({"at": "4 h", "officers": 3},)
    r = checks(provider([("start", "p")], p={"force": {"headcount": 10}}), build_up=later)
    assert out_by(r, 4, 6) == [4, 10]
    # those of the force are instead of them, later ones too; once it has gone these are there
    p = {"officers": 2, "force": {"headcount": 10, "withdrawal": {"begins": "6 h"}}}
    assert out_by(checks(provider([("start", "p")], p=p), build_up=later), 4, 6, 8) == [8, 12, 18]


@pytest.mark.parametrize(
    ("p", "out"),
    [
        ({"officers": 4, "force": {"headcount": 0}}, 5),  # a force of nobody protects nobody
        ({"officers": 4, "operator": {}}, 5),
        ({"officers": 4, "force": {}}, 20),  # a force without limit
        ({"officers": 0, "force": {}}, 0),
        ({"force": {}}, 5),
    ],
)
def test_officers_need_troops(p: Data, out: int) -> None:
    assert out_by(checks(provider([("start", "p")], p=p)), 5) == [out]


def test_two_forces_protect_as_many_officers_as_the_one_that_protects_more() -> None:
    """p leaves from 2 to 3.5 h, when q is there: four officers, then two."""
    p = {"officers": 4, "force": {"headcount": 10, "withdrawal": {"takes": "1.5 h"}}}
    q = {"officers": 2, "force": {"headcount": 10}}
    assert out_by(checks(provider([("start", "p"), ("2 h", "q")], p=p, q=q)), 2, 4, 6) == [8, 16, 20]


CYCLE = {"outbound": "1 h", "inbound": "1 h", "sorties": 6}


@pytest.mark.parametrize(
    ("security", "needs", "loads"),
    [
        (None, True, [15] * 6),  # without phases it is secured
        ([("start", "none")], True, [10] * 6),
        ([("start", "none")], False, [15] * 6),
        ([("start", "none"), ("2 h", "p")], True, [10, 10, 15, 15, 10, 10]),  # there from 4 h to 8 h
    ],
)
def test_surge_seats_where_troops_keep_order(security: Any, needs: bool, loads: list[int]) -> None:
    """Flights at 0, 2, 4, 6, 8 and 10 h; surge seats whenever more than nobody waits."""
    p = {"arrival": "1.5 h", "operator": {}, "force": {"headcount": 10, "withdrawal": {"begins": "7 h"}}}
    data = jets(200, kind={"surge": 15}, fleet=CYCLE)
    data["lift"] |= {"surge_above": 0, "surge_needs_force": needs}
    if security is not None:
        data["security"] = provider(security, {"services": ["tower", "fire", "fuel", "handling"]}, p=p)
    assert [n for _, n in flights(run(data).world)] == loads


# -- how long the airport holds --------------------------------------------------------------------------------------

FALL = contested("2 h", fallen=True)


@pytest.mark.parametrize(
    ("phases", "providers", "unsecured", "lost"),
    [
        ([("start", "p")], {"p": {"force": {"hold": "5 h"}}}, "1 h", 2 + 5),
        ([("start", "p")], {"p": {"operator": {}}}, "3 h", 2 + 3),
        ([("start", "none")], {}, None, math.inf),
        ([("start", "none")], {}, "4 h", 2 + 4),
        # the force leaves at 4 h, after the fall: the time without one counts from then
        ([("start", "p")], {"p": {"force": {"hold": "50 h", "withdrawal": {"begins": "4 h"}}}}, "3 h", 4 + 3),
        # it left before the fall: from the fall
        ([("start", "p")], {"p": {"force": {"hold": "50 h", "withdrawal": {"begins": "1 h"}}}}, "3 h", 2 + 3),
        # it holds while it leaves
        ([("start", "p")], {"p": {"force": {"hold": "50 h", "withdrawal": {"begins": "4 h", "takes": "6 h"}}}}, "3 h", 10 + 3),
        # a phase without a force follows at 5 h
        ([("start", "p"), ("5 h", "none")], {"p": {"force": {"hold": "50 h"}}}, "1 h", 5 + 1),
        # a new force arrives at 4 + 2 h, one hour before the time is up, and begins anew
        ([("start", "none"), ("4 h", "q")], {"q": {"arrival": "2 h", "force": {"hold": "20 h"}}}, "5 h", 6 + 20),
        # whoever is in charge from 4 h on without having come changes nothing: the time counts from the fall
        ([("start", "none"), ("4 h", "q")], {"q": {"arrival": "9 h", "force": {"hold": "20 h"}}}, "5 h", 2 + 5),
        ([("start", "none"), ("4 h", "q"), ("6 h", "none")], {"q": {"arrival": "9 h", "force": {"hold": "20 h"}}}, "5 h", 2 + 5),
        # too late: lost at 7 h, the force would come at 8 h
        ([("start", "none"), ("8 h", "q")], {"q": {"force": {}}}, "5 h", 2 + 5),
        # without a force nothing holds it for a moment
        ([("start", "none")], {}, "0 h", 2),
    ],
)
def test_hold_after_the_fall(phases: list[tuple[Any, str]], providers: Data, unsecured: str | None, lost: float) -> None:
    data = {
        "clock": {"start": START, "horizon": "60 h"},
        "threat": FALL,
        "security": {**provider(phases, **providers), **({} if unsecured is None else {"unsecured_hold": unsecured})},
        "missions": {"m": NEVER},
    }
    r = run(data)
    assert r.total["lost_h"] == lost
    assert r.total["end"] == ("horizon" if lost == math.inf else "lost")


def test_the_loss_of_the_airport_is_the_end() -> None:
    """Flights at 0.5, 1.5, 2.5; lost at 3: those who are loaded, wait or are on their way are stranded."""
    cycle = {"available": "30 min", "outbound": "30 min", "inbound": "30 min"}
    security = {**provider([("start", "p")], p={"operator": {}}), "unsecured_hold": "1 h"}
    r = run(jets(50, fleet=cycle, threat=FALL, security=security))
    assert hours(r.world) == [0.5, 1.5, 2.5]
    assert (r.total["end"], r.total["end_h"], r.total["evacuated"], r.total["stranded"], r.total["unfinished"]) == (
        "lost",
        3,
        30,
        20,
        0,
    )
    assert (r.total["t50_h"], r.total["t100_h"]) == (2.5, math.inf)


def test_a_closure_is_no_loss() -> None:
    """The crowd, an attack or a closure pass; only the hold time ends the airport."""
    data = jets(threat=FALL, security=provider([("start", "p")], p={"operator": {}, "force": {}}))
    data["airport"] = {"closures": {"c": {"at": "start", "lasts": "30 h", "closes": ["runway", "gates", "road"]}}}
    assert run(data).out_h == 30


# -- the host nation -------------------------------------------------------------------------------------------------


def test_host_services_by_day() -> None:
    """The host's tower works from 08:00 to 16:00; the clock starts at 06:00: departures from 2 h to 10 h, then at 26 h."""
    host = {"services": ["tower"], "hours": "08:00-16:00"}
    cycle = {"available": "30 min", "outbound": "90 min", "inbound": "90 min"}
    r = run(jets(50, fleet=cycle, security=provider([("start", "none")], host)))
    assert hours(r.world) == [2, 5, 8, 26, 29]
    assert r.waits()["service"] > 0


def test_host_services_do_not_work_the_runway_at_night() -> None:
    host = {"services": ["tower"]}
    clock = {"start": "2021-08-16 20:00", "horizon": "3 d", "daylight": "06:00-18:00"}
    assert hours(run(jets(clock=clock, security=provider([("start", "none")], host))).world) == [10]


def test_host_staff_man_lanes_where_no_force_is_there() -> None:
    host = {"lanes": 2, "collapse": {"at": "2.5 h"}}
    r = run(queue(60, {"a": {"lanes": 5}}, provider([("start", "none")], host), "6 h"))
    assert out_by(r, 1, 2, 3, 4, 5) == [2, 4, 6, 6, 6]


@pytest.mark.parametrize(
    "collapse",
    [
        {"at": "2021-08-16 10:00"},
        {"at": {"contested": "1 h"}},
        {"when": "threat >= contested", "delay": "1 h"},
        {"when": "gone early", "delay": "2 h"},
        {"when": "provider absent", "delay": "90 min"},
        {"at": "3 h", "when": "threat >= fallen", "delay": "1 h"},
    ],
    ids=["date", "level", "trigger", "gone", "absent", "either"],
)
def test_the_outer_layer_collapses(collapse: Data) -> None:
    """At 4 h in each case (the force leaves at 2.5 h): the road then takes four times as long."""
    host = {"collapse": collapse, "after": {"road": 4}}
    p = {"force": {"withdrawal": {"begins": "2.5 h"}}}
    data = {
        "clock": {"start": START},
        "threat": contested("3 h"),
        "road": {"drive": "1 h"},
        "security": provider([("start", "p")], host, p=p),
        "missions": {
            "before": mission(s=staff(1, starts="mission", ready="3.9 h")),
            "behind": mission(s=staff(1, starts="mission", ready="4.1 h")),
            "early": mission(s=staff(1, starts="mission", ready="2 h")),
        },
    }
    r = run(data)
    assert r.world.security.collapsed == 4
    assert (r.mission("before")["t100_h"], r.mission("behind")["t100_h"]) == (pytest.approx(3.9 + 1), pytest.approx(4.1 + 4))


@pytest.mark.parametrize(
    ("after", "road", "expected"),
    [
        ({}, {"drive": "1 h"}, 1),
        ({"road": 3}, {"drive": "1 h"}, 3),
        ({"checkpoints": 4}, {"drive": "1 h", "checkpoints": 1, "delay": "15 min"}, 1 + 4 * 0.25),
        ({"delay": "2 h"}, {"drive": "1 h", "checkpoints": 2, "delay": "15 min"}, 1 + 2 * 2),
        ({"negotiation": "12 h"}, {"drive": "1 h", "negotiation": "1 h"}, 12 + 1),
        ({"turn_back": 0}, {"drive": "1 h", "turn_back": 1}, 1),
        (
            {"road": 3, "checkpoints": 4, "delay": "2 h", "negotiation": "12 h"},
            {"drive": "1 h", "checkpoints": 1, "delay": "15 min", "negotiation": "1 h"},
            12 + 3 + 4 * 2,
        ),
    ],
    ids=["nothing", "road", "checkpoints", "delay", "negotiation", "turn-back", "all"],
)
def test_passage_once_the_outer_layer_has_collapsed(after: Data, road: Data, expected: float) -> None:
    """Ready at 1 h, half an hour after the collapse; the entries of ``after`` replace the road's own."""
    host = {"collapse": {"at": "30 min"}, "after": after}
    data = {
        "clock": {"start": START},
        "road": road,
        "security": {"host": host},
        "missions": {"m": mission(s=staff(1, starts="mission", ready="1 h"))},
    }
    assert run(data).out_h == pytest.approx(1 + expected)


def test_outer_screening_holds_off_the_crowd_until_it_collapses() -> None:
    """100 an hour come, 80 are held off until 5 h: 20 an hour, then 100."""
    host = {"holds_off": "80 people/h", "collapse": {"at": "5 h"}}
    data = {
        "clock": {"start": START, "horizon": "8 h"},
        "airport": {"crowd": {"inflow": "100 people/h"}},
        "security": {"host": host},
        "missions": {"m": NEVER},
    }
    assert list(run(data).timeline["crowd"]) == pytest.approx([0, 20, 40, 60, 80, 100, 200, 300, 400])


@pytest.mark.parametrize(("headcount", "expected"), [(60, 50), (59, 100)])
def test_a_manned_perimeter_dampens_the_crowd(headcount: int, expected: float) -> None:
    data = {
        "clock": {"start": START, "horizon": "1 h"},
        "airport": {"crowd": {"inflow": "100 people/h"}},
        "security": provider([("start", "p")], p={"force": force(headcount, 60, crowd=0.5)}),
        "missions": {"m": NEVER},
    }
    assert run(data).timeline["crowd"][1] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("provider leaving", 2), ("provider absent", 2 + 3)],
)
def test_orders_follow_a_leaving_or_absent_provider(condition: str, expected: float) -> None:
    """The force begins to leave at 2 h and is gone at 5 h."""
    data = {
        "clock": {"start": START},
        "security": provider([("start", "p")], p={"force": {"withdrawal": {"begins": "2 h", "takes": "3 h"}}}),
        "missions": {"m": {"order": {"when": condition}, "cohorts": {"s": 5}}},
    }
    assert run(data).out_h == expected

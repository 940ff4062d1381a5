"""The earliest flights of the bounds: sorties, schedules, seats and ground times, each worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.analysis.bounds.flights import Airlift, FlightBuilder, Sorties, lifted
from sim.analysis.bounds.groups import GroupBuilder
from tests.model.helpers import INF, plan

Data = dict[str, Any]
END = 100.0


def sorties(fleet: Data | None = None, kind: Data | None = None, **more: Any) -> list[Sorties]:
    """Those of one fleet ``air`` of jets with ten seats, for two missions ordered at 2 h and at 6 h, in 100 h from 06:00."""
    lift: Data = {"types": {"jet": {"seats": 10, **(kind or {})}}}
    if fleet is not None:
        lift["fleets"] = {"air": {"aircraft": "jet", **fleet}}
    if "commercial" in more:
        lift["commercial"] = {"daily": {"aircraft": "jet", **more.pop("commercial")}}
    lift |= more.pop("lift", {})
    missions = {m: {"order": {"at": at}, "cohorts": {"staff": 30}} for m, at in (("alpha", "2 h"), ("bravo", "6 h"))}
    made = plan({"clock": {"start": "2021-08-16 06:00", "horizon": "100 h"}, "lift": lift, "missions": missions, **more})
    return FlightBuilder(GroupBuilder(made, made.streams.draw(1, 0)), END).make().sorties


CYCLE = {"outbound": "2 h", "turn": "1 h", "inbound": "3 h"}
THREAT = {"levels": ["calm", "tense"], "start": "calm", "timeline": [{"at": "20 h", "level": "tense"}]}


def test_one_sortie_each_cycle_from_the_first_to_the_end() -> None:
    """Half an hour to load, six away: 0.5, 7, 13.5 …; the last begins no later than 100 h, 15 cycles after the first."""
    (one,) = sorties(CYCLE, {"load": "30 min"})
    assert one.leaves.tolist() == pytest.approx([0.5 + 6.5 * k for k in range(16)])
    assert (one.seats, one.ground, one.landing, one.take_off, one.cycle) == (10, 0.5, 0.0, 0.0, 6.5)
    assert (one.endless, one.scheduled) == (False, False)


def test_as_many_aircraft_as_there_are_and_as_many_sorties_as_they_fly() -> None:
    found = sorties({**CYCLE, "number": 3, "sorties": 2, "available": "5 h"})
    assert [s.leaves.tolist() for s in found] == [[5.0, 11.0]] * 3
    assert len(sorties({**CYCLE, "number": {"uniform": [2.5, 2.6]}})) == 3  # rounded half up
    assert sorties({**CYCLE, "number": 0}) == []
    assert len(sorties({**CYCLE, "sorties": 9})[0].leaves) == 9  # more than are made at first


def test_until_a_moment_no_sortie_begins_after_it() -> None:
    assert sorties({**CYCLE, "until": "12 h"})[0].leaves.tolist() == [0, 6, 12]
    assert sorties({**CYCLE, "until": "11.9 h"})[0].leaves.tolist() == [0, 6]
    assert sorties({**CYCLE, "until": {"tense": "1 h"}}, threat=THREAT)[0].leaves.tolist() == [0, 6, 12, 18]  # 21 h
    assert len(sorties({**CYCLE, "until": {"ordered": "1 h"}})[0].leaves) == 17  # may be later for each: no limit


def test_a_lag_runs_from_the_first_order_of_those_it_serves() -> None:
    assert sorties({**CYCLE, "lag": "4 h"})[0].leaves[0] == 2 + 4
    assert sorties({**CYCLE, "lag": "4 h", "serves": "bravo"})[0].leaves[0] == 6 + 4
    assert sorties({**CYCLE, "lag": "4 h", "available": "20 h"})[0].leaves[0] == 20


LEAVES = {"phases": [{"begins": "start", "provider": "p"}, {"begins": "1 h", "provider": "q"}]}
FORCE = {"headcount": 5, "withdrawal": {"begins": "1.5 h", "lift": True}}


@pytest.mark.parametrize(
    ("fleet", "more", "first"),
    [
        ({}, {"lift": {"retrograde": {"army": {"people": 5, "begins": "30 min"}}}}, 0.5 + 4),
        ({}, {"lift": {"retrograde": {"army": {"people": 5, "begins": "9 h"}}}}, 2 + 4),
        ({"serves": "bravo"}, {"lift": {"retrograde": {"army": {"people": 5, "begins": "30 min"}}}}, 0.5 + 4),
        (
            {"serves": "bravo", "loading": "own-only"},
            {"lift": {"retrograde": {"army": {"people": 5, "begins": "30 min"}}}},
            6 + 4,
        ),
        ({}, {"security": {"phases": LEAVES["phases"][:1], "providers": {"p": {"force": FORCE}}}}, 1.5 + 4),
        ({}, {"security": {**LEAVES, "providers": {"p": {"force": FORCE}, "q": {}}}}, 1 + 4),
        ({}, {"security": {**LEAVES, "providers": {"p": {"force": {"headcount": 5}}, "q": {}}}}, 2 + 4),
    ],
    ids=["before", "after", "pooled", "own-only", "withdrawal", "relieved", "no-lift"],
)
def test_a_lag_runs_from_the_call_of_troops_if_that_may_come_first(fleet: Data, more: Data, first: float) -> None:
    assert sorties({**CYCLE, "lag": "4 h", **fleet}, **more)[0].leaves[0] == first
    assert sorties({**CYCLE, "available": {"tense": "1 h"}}, threat=THREAT)[0].leaves[0] == 21


def test_an_aircraft_that_is_back_at_once_has_no_end() -> None:
    (one,) = sorties({})
    assert one.endless
    assert len(one.leaves) == 4000
    (some,) = sorties({"sorties": 5})
    assert (some.endless, len(some.leaves)) == (False, 5)


def test_time_on_the_ground() -> None:
    """Loading, a person at the least, fuel, whoever handles it, and the threat; never more than its endurance."""
    kind = {"load": "30 min", "per_person": "6 min/person", "fuel": "1 h"}
    assert sorties(CYCLE, kind)[0].ground == pytest.approx(0.5 + 0.1)
    assert sorties({**CYCLE, "refuel": True}, kind)[0].ground == pytest.approx(0.5 + 0.1 + 1)
    assert sorties({**CYCLE, "refuel": True}, {**kind, "unhandled": 0.5})[0].ground == pytest.approx(1.6 / 2)
    assert sorties(CYCLE, {**kind, "unhandled": 3})[0].ground == pytest.approx(0.6)  # handled at the best
    levels = {**THREAT, "effects": {"calm": {"flying": 2}, "tense": {"flying": 1.5}}}
    assert sorties(CYCLE, kind, threat=levels)[0].ground == pytest.approx(0.6 * 1.5)  # the best still to come
    short = sorties({**CYCLE, "endurance": "15 min"}, kind)[0]
    assert np.diff(short.leaves)[:3] == pytest.approx([6.25] * 3)
    quick = sorties(CYCLE, {"load": "2 h", "quick": "1 h"})[0]
    assert np.diff(quick.leaves)[:3] == pytest.approx([7.0] * 3)  # it may have turned round quickly
    assert (quick.leaves[0], quick.ground) == (2.0, 2.0)


def test_an_aircraft_that_only_turns_round_does_so_as_quickly_as_one_that_loads() -> None:
    """Half the time on the ground where nobody handles it, one and a half times in a threat: loaded or not."""
    kind = {"load": "2 h", "quick": "1 h"}
    assert np.diff(sorties(CYCLE, {**kind, "unhandled": 0.5})[0].leaves)[:3] == pytest.approx([6 + 0.5] * 3)
    levels = {**THREAT, "effects": {"calm": {"flying": 1.5}, "tense": {"flying": 1.5}}}
    assert np.diff(sorties(CYCLE, kind, threat=levels)[0].leaves)[:3] == pytest.approx([6 + 1.5] * 3)


def test_landing_and_take_off_at_their_best() -> None:
    runway = {"day": "15 min", "night": "30 min"}
    (one,) = sorties(CYCLE, {"load": "30 min"}, airport={"airfield": {"runway": runway}})
    assert (one.landing, one.take_off, one.ground) == (0.25, 0.25, 0.75)
    assert one.leaves[:2].tolist() == pytest.approx([1.0, 8.0])
    assert one.cycle == pytest.approx(0.75 + 0.25 + 6)


def test_seats_with_surge_and_beds() -> None:
    """Surge seats where a surge can come; no more than there are beds; nothing that takes nobody."""
    surge = {"surge": 17}
    assert sorties(CYCLE, surge)[0].seats == 10
    assert sorties(CYCLE, surge, threat=THREAT, lift={"surge_when": ["threat >= tense"]})[0].seats == 17
    late = {**THREAT, "timeline": [{"at": "200 h", "level": "tense"}]}
    assert sorties(CYCLE, surge, threat=late, lift={"surge_when": ["threat >= tense"]})[0].seats == 10
    assert sorties(CYCLE, surge, lift={"surge_above": 500})[0].seats == 17
    begins = [{"begins": "start", "provider": "none"}, {"begins": "50 h", "provider": "guard"}]
    guarded = {"surge_above": 500, "surge_needs_force": True}
    for force, phases, seats in (({}, begins, 17), ({}, [], 17), ({}, begins[:1], 10), (None, begins, 10)):
        security = {"providers": {"guard": {"force": force, "operator": {}}}, "phases": phases, "host": {"services": ["tower"]}}
        assert sorties(CYCLE, surge, lift=guarded, security=security)[0].seats == seats
    hubs = {"small": {"beds": 4, "onward": 1}, "large": {"beds": 7}}
    assert sorties({**CYCLE, "hubs": ["small", "large"]}, hubs=hubs)[0].seats == 7
    assert sorties(CYCLE, {"seats": 0}) == []
    assert sorties({**CYCLE, "hubs": "none"}, hubs={"none": {"beds": 0}}) == []


def test_a_schedule_flies_at_its_times_each_day() -> None:
    """From 06:00: 08:30 is 2.5 h on, 05:00 is 23 h; five days' flights within 100 h; half of the seats are ours."""
    times = {"commercial": {"times": ["08:30", "05:00"], "share": 0.5}}
    (one,) = sorties(None, {"load": "15 min", "seats": 11}, **times)
    assert one.leaves.tolist() == pytest.approx(
        sorted([2.5 + 24 * k + 0.25 for k in range(5)] + [23.25 + 24 * k for k in range(4)])
    )
    assert (one.seats, one.scheduled, one.cycle, one.ground) == (5, True, 0.0, 0.25)
    early = {"levels": ["calm", "tense"], "start": "calm", "timeline": [{"at": "30 min", "level": "tense"}]}
    early["effects"] = {"tense": {"flying": 4}}
    assert sorties(None, {"load": "15 min"}, threat=early, **times)[0].ground == 0.25  # calm at the start: the best of all
    stops = {"commercial": {"times": ["08:30", "05:00"], "stops_at": "tense"}}
    assert sorties(None, None, threat=THREAT, **stops)[0].leaves.tolist() == [2.5]  # tense at 20 h


def flights(*some: Sorties) -> Airlift:
    return Airlift(list(some), {}, {})


def aircraft(leaves: list[float], seats: float = 10.0, ground: float = 0.5, cycle: float = 4.0, endless: bool = False) -> Sorties:
    return Sorties(None, seats, np.array(leaves), ground, 0.0, 0.0, cycle, endless, False)  # type: ignore[arg-type]


def test_all_sorties_one_after_another() -> None:
    flat = flights(aircraft([1.0, 5.0]), aircraft([2.0], 20.0, 1.0), aircraft([0.0], endless=True, ground=3.0)).flat
    assert (flat.leaves.tolist(), flat.seats.tolist()) == ([1, 5, 2], [10, 10, 20])
    assert flat.offset.tolist() == [0.5, 4.5, 1.0]
    assert flat.endless == 3.0
    assert flights().flat.endless == INF


@pytest.mark.parametrize(
    ("moment", "need", "known", "hours"),
    [
        (0.0, 0.0, 7.0, 7.0),  # nobody is short
        (0.0, 10.0, 0.0, 1.0),
        (0.0, 11.0, 0.0, 2.0),
        (0.0, 31.0, 0.0, 5.0),
        (0.0, 41.0, 0.0, INF),
        (0.0, 10.0, 1.5, 1.5),  # enough by what is known already
        (0.0, 11.0, 1.5, 2.0),
        (3.0, 10.0, 0.0, 3.5),  # nobody of them was there for the flight at 1 h
        (3.0, 30.0, 0.0, 4.0),
        (3.0, 40.0, 0.0, 7.5),  # the second sortie of the first aircraft is a cycle after its first with them
    ],
)
def test_when_so_many_can_have_left(moment: float, need: float, known: float, hours: float) -> None:
    """Ten seats at 1 h and 5 h, twenty at 2 h."""
    some = flights(aircraft([1.0, 5.0]), aircraft([2.0], 20.0, 1.0))
    assert lifted(some, moment, need, known) == hours


def test_what_comes_without_end_takes_all_who_are_left() -> None:
    endless = aircraft([0.0], endless=True, ground=3.0)
    assert lifted(flights(endless), 2.0, 1000.0) == 5.0
    assert lifted(flights(endless), 2.0, 1000.0, 6.0) == 6.0
    assert lifted(flights(aircraft([1.0]), endless), 0.0, 10.0) == 1.0
    assert lifted(flights(aircraft([1.0]), endless), 0.0, 11.0) == 3.0
    assert lifted(flights(), 2.0, 1.0) == INF

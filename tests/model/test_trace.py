"""The event log: ordered, complete, readable; and events of one moment in the order of (stage, name, occasion)."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import pytest

from sim.model import trace
from sim.model.event import EVENTS, TROOPS, Event, flight_of, of_mission
from sim.model.kernel import Clock
from sim.model.ranks import GROUP_READY, REAR_PARTY_READY, Stage, key, ranked
from tests.model.airlift import START, Data, jets, mission, provider, staff
from tests.model.helpers import plan, run

# -- one moment ------------------------------------------------------------------------------------------------------

ENTRIES = [(Stage.TAKE_OFF, 5, 7), (Stage.AIRCRAFT, 0, 1), (Stage.AIRCRAFT, 1, 0), (Stage.AIRCRAFT, 1, 1), (Stage.THREAT, 0, 0)]


@pytest.mark.parametrize("order", list(permutations(range(len(ENTRIES))))[::7])
def test_events_of_one_moment_are_ordered_by_stage_name_and_occasion(order: tuple[int, ...]) -> None:
    """Whatever the order in which they were scheduled."""
    clock, log = Clock(), list[tuple[float, tuple[int, int, int]]]()

    def note(entry: tuple[int, int, int]) -> None:
        log.append((clock.now, entry))

    for k in order:
        clock.after(1.0, key(*ENTRIES[k]), note, ENTRIES[k])
    clock.after(0.5, key(Stage.THREAT, 9, 9), note, (Stage.THREAT, 9, 9))
    clock.after(2.0, key(Stage.TAKE_OFF), lambda _: clock.stop("end"))
    clock.run_to_end()
    assert log == [(0.5, (Stage.THREAT, 9, 9)), *((1.0, e) for e in ENTRIES)]


def test_keys_never_run_into_each_other() -> None:
    """A rank below 2**24 and an occasion below 2**28 stay within their stage."""
    assert key(Stage.SEARCH, (1 << 24) - 1, (1 << 28) - 1) < key(Stage.SEARCH + 1)
    assert key(Stage.SEARCH, 3, (1 << 28) - 1) < key(Stage.SEARCH, 4)


def test_each_stage_is_after_all_before_it() -> None:
    """As they are written, none beside another: take-offs first, hubs before checks, the end last."""
    stages = [*Stage.__members__.values()]
    assert stages == sorted({*stages})
    assert (Stage.__members__["TAKE_OFF"], Stage.__members__["END"]) == (stages[0], stages[-1])


def test_a_rear_party_is_ready_after_the_groups_of_its_cohort_and_before_those_of_the_next() -> None:
    for cohort in (0, 1, 7):
        keys = [ranked(GROUP_READY, cohort, 999), ranked(REAR_PARTY_READY, cohort), ranked(GROUP_READY, cohort + 1)]
        assert keys == sorted({*keys})
        assert key(Stage.READY) <= keys[0] < keys[-1] < key(Stage.ORDER)


def test_names_decide_who_is_first_at_a_gate_and_not_the_order_of_the_file() -> None:
    """Everybody arrives at one lane at the same moment: by name of mission and cohort, then by number of the group."""
    cohorts = {c: staff(2, group=1, starts="gate") for c in ("y", "x")}
    data: Data = {
        "clock": {"start": START},
        "airport": {"gates": {"g": {"lanes": 1, "per_group": "1 h"}}},
        "missions": {m: mission(**cohorts) for m in ("b", "a")},
    }
    made = plan(data)
    begins = [(e.time_h, f"{e.mission}/{e.cohort}/{e.group}") for e in trace(made, 1, 0) if e.event == "search begins"]
    assert [s for _, s in sorted(begins)] == ["a/x/0", "a/x/1", "a/y/0", "a/y/1", "b/x/0", "b/x/1", "b/y/0", "b/y/1"]


def turned(data: Any) -> Any:
    """The same data with the keys of every mapping in the opposite order."""
    if isinstance(data, dict):
        return {k: turned(v) for k, v in reversed(data.items())}
    return [turned(v) for v in data] if isinstance(data, list) else data


# -- the log ---------------------------------------------------------------------------------------------------------


def test_the_whole_log_of_a_small_case() -> None:
    data: Data = {
        "clock": {"start": START},
        "threat": {"timeline": [{"at": "2 h", "level": "contested"}]},
        "road": {"drive": "30 min"},
        "vehicles": {"cars": {"seats": 4, "number": 1}},
        "airport": {
            "gates": {"abbey": {"lanes": 1, "per_group": "1 h"}},
            "airfield": {"stands": {"ramp": {"number": 1}}},
        },
        "security": provider([("start", "p")], p={"operator": {}, "force": {}}),
        "hubs": {"far": {}},
        "lift": {
            "types": {"jet": {"seats": 10, "load": "30 min", "stand": "ramp"}},
            "fleets": {"air": {"aircraft": "jet", "hubs": "far", "available": "1 h"}},
        },
        "missions": {"embassy": mission("1 h", staff=staff(4, group=4, starts="mission", vehicles="cars"))},
    }
    four: Data = {"mission": "embassy", "cohort": "staff", "group": 0, "people": 4}
    one: Data = {"fleet": "air", "aircraft": 0, "sortie": 1, "stand": "ramp"}
    assert trace(plan(data), 1, 0) == [
        Event(0, "threat", level="stable"),
        Event(0, "in charge", name="p"),
        Event(0, "arrives", name="p"),
        Event(0, "hub opens", hub="far"),
        Event(0, "lanes manned", lanes=1),
        Event(0, "gate opens", gate="abbey", lanes=1),
        Event(1, "ordered out", "embassy", "staff", people=4, cause="its time has come", hours=0),
        Event(1, "gone", "embassy"),
        Event(1, "over the airport", fleet="air", aircraft=0, sortie=1),
        Event(1, "cleared to land", **one),
        Event(1, "ready", **four),
        Event(1, "departs", **four, by="cars"),
        Event(1, "on stand", **one),
        Event(1.5, "at the airport", **four, gate="abbey", by="cars"),
        Event(1.5, "search begins", **four, gate="abbey"),
        Event(2, "threat", level="contested"),
        Event(2.5, "searched", **four, gate="abbey"),
        Event(2.5, "inside", **four, gate="abbey"),
        Event(2.5, "boards", **four, **one),
        Event(3, "take-off roll begins", **one),
        Event(3, "out", **four, **one, hub="far", hours=0),
        Event(3, "at the hub", **four, **one, hub="far")._replace(stand=None),
        Event(3, "end", cause="out"),
    ]


BUSY: Data = {
    "clock": {"start": START, "horizon": "4 d", "daylight": "05:00-19:00"},
    "threat": {
        "start": "threatened",
        "stay": {"threatened": {"exponential": {"mean": "20 h"}}, "contested": {"exponential": {"mean": "20 h"}}},
        "fallen": "fallen",
        "effects": {"contested": {"crowd": "100 people/h", "road": 2}},
    },
    "security": {"unsecured_hold": "36 h"}
    | provider(
        [("start", "p"), ({"fallen": "6 h"}, "none")],
        {"services": ["tower"], "hours": "06:00-18:00", "collapse": {"when": "threat >= fallen"}},
        p={
            "force": {"headcount": 100, "perimeter": 50, "per_lane": 10, "withdrawal": {"takes": "8 h", "lift": True}},
            "operator": {},
        },
    ),
    "road": {"drive": {"uniform": ["10 min", "60 min"]}},
    "airport": {
        "gates": {"abbey": {"lanes": 3, "per_person": "1 min/person"}, "east": {"lanes": 2, "per_person": "1 min/person"}},
        "consular": {"officers": 4, "per_person": "1 min/person"},
        "holding": 120,
        "airfield": {"runway": {"day": "5 min", "night": "15 min", "visual": "20 min"}, "stands": {"ramp": {"number": 2}}},
        "crowd": {"slows": 2000, "dispersal": "0.1 /h"},
        "incidents": {"raid": {"rate": {"threatened": "1 /d"}, "lasts": "2 h", "closes": ["gates", "runway"], "disperses": 0.2}},
    },
    "hubs": {"far": {"beds": 200, "onward": "20 people/h"}, "near": {"beds": 60, "onward": "5 people/h"}},
    "lift": {
        "types": {
            "jet": {"seats": 40, "stand": "ramp", "load": "45 min"},
            "liner": {"seats": 30, "stand": "ramp", "load": "45 min"},
        },
        "fleets": {
            "own": {
                "aircraft": "jet",
                "number": 2,
                "hubs": ["near", "far"],
                "serves": "a",
                "outbound": "2 h",
                "inbound": "2 h",
                "wait_for": 0.5,
                "patience": "3 h",
            },
            "pool": {"aircraft": "jet", "hubs": "far", "lag": "9 h", "outbound": "3 h", "inbound": "3 h", "endurance": "1 h"},
        },
        "commercial": {"line": {"aircraft": "liner", "times": ["09:00", "15:00"], "stops_at": "contested"}},
        "retrograde": {"army": {"people": 60, "begins": "10 h", "over": "10 h", "group": 15, "deadline": "50 h", "near": "12 h"}},
    },
    "missions": {
        "a": mission(
            "2 h",
            core=staff(150, group=10, starts="mission", ready={"exponential": {"mean": "8 h"}}),
            local=staff(200, group=20, starts="gate", gap="1 h", priority=2),
        ),
        "b": {"order": {"when": "threat >= contested"}, "residual": 5, "cohorts": {"all": staff(80, group=9, starts="mission")}},
    },
}


def people(log: list[Event], event: str) -> int:
    """People of missions to whom something happens, all together."""
    return sum(e.people or 0 for e in log if e.event == event and e.name != TROOPS)


@pytest.mark.parametrize("replication", range(6))
def test_the_log_is_ordered_and_complete(replication: int) -> None:
    """Every group and every departure is in it, and the people who leave add up to those evacuated."""
    made = plan(BUSY)
    log, r = trace(made, 3, replication), run(made, seed=3, replication=replication)
    assert [e.time_h for e in log] == sorted(e.time_h for e in log)
    assert all(0 <= e.time_h <= r.total["end_h"] for e in log)
    assert people(log, "out") == r.total["evacuated"] > 0
    assert people(log, "at the hub") == r.total["haven"] - sum(
        f.people for f in r.world.lift.flights if not f.hub and f.off + f.outbound <= r.total["end_h"]
    )
    flights = {flight_of(e) for e in log if e.event == "out"}
    assert len(flights) == sum(r.total[n] for n in ("flights", "troop_flights", "empty_flights", "empty_scheduled"))
    troops = sum(e.people or 0 for e in log if e.event == "boards" and e.name == TROOPS)
    assert people(log, "boards") + troops == r.total["evacuated"] + r.total["withdrawn"] + sum(
        a.people for a in r.world.lift.loaded
    )
    for event, moment in (("ready", "ready"), ("at the airport", "arrive"), ("inside", "inside")):
        groups = [c for c in r.world.run.groups if getattr(c, moment) < math.inf]
        events = [e for e in log if e.event == event]
        assert people(log, event) == sum(c.people for c in groups)
        assert len({(e.mission, e.cohort, e.group) for e in events}) == len(events) == len(groups)
    assert sum(e.event == "ordered out" for e in log) == sum(c.ordered < math.inf for c in r.world.cohorts)
    assert [e.event for e in log].count("end") == 1
    assert log[-1].event == "end"


def test_the_log_is_the_same_for_the_same_replication_and_any_order_of_keys() -> None:
    log = trace(plan(BUSY), 3, 1)
    assert trace(plan(BUSY), 3, 1) == log
    assert trace(plan(turned(BUSY)), 3, 1) == log
    assert trace(plan(BUSY), 3, 2) != log
    assert trace(plan(BUSY), 4, 1) != log


@pytest.mark.parametrize("replication", range(4))
def test_every_event_is_a_known_one_with_names_of_the_scenario(replication: int) -> None:
    known = {"gate": BUSY["airport"]["gates"], "hub": BUSY["hubs"], "mission": BUSY["missions"]}
    known |= {"fleet": [*BUSY["lift"]["fleets"], *BUSY["lift"]["commercial"]], "stand": ["ramp"]}
    for e in trace(plan(BUSY), 3, replication):
        assert math.isfinite(e.time_h)
        assert e.event in EVENTS
        for field, names in known.items():
            assert getattr(e, field) is None or getattr(e, field) in names
        assert e.hours is None or math.isfinite(e.hours)


def test_those_on_an_aircraft_on_the_ground_at_the_end_are_in_the_log() -> None:
    data = jets(10, kind={"load": "9 h"}, clock={"start": START, "horizon": "5 h"})
    assert [(e.time_h, e.event, e.people) for e in trace(plan(data), 1, 0)][-3:] == [
        (0, "on stand", None),
        (0, "boards", 10),
        (5, "end", None),
    ]


def test_an_aircraft_that_waits_for_its_load_at_the_end_is_in_the_log() -> None:
    data = jets(5, fleet={"wait_for": 1.0, "patience": "9 h"}, clock={"start": START, "horizon": "5 h"})
    assert [(e.time_h, e.event) for e in trace(plan(data), 1, 0) if e.fleet] == [
        (0, "over the airport"), (0, "cleared to land"), (0, "on stand"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("end", "more"),
    [
        ("out", {}),
        ("horizon", {"clock": {"start": START, "horizon": "1 h"}}),
        (
            "lost",
            {
                "threat": {"start": "fallen", "fallen": "fallen"},
                "security": {**provider([("start", "p")], p={"operator": {}}), "unsecured_hold": "1 h"},
            },
        ),
    ],
)
def test_the_log_says_how_it_ended(end: str, more: Data) -> None:
    assert trace(plan(jets(10, kind={"load": "2 h"}, **more)), 1, 0)[-1].cause == end


# -- causes ----------------------------------------------------------------------------------------------------------

CAUSES: Data = {
    "clock": {"start": START, "horizon": "5 d"},
    "threat": {"timeline": [{"at": "5 h", "level": "contested"}]},
    "missions": {
        "a": {
            "title": "Alpha",
            "order": {"when": ["gone b", "threat >= contested"], "delay": "6 h"},
            "cohorts": {"core": staff(4)},
        },
        "b": {"order": {"at": {"contested": "9 h"}}, "cohorts": {"core": staff(2)}},
        "c": {"order": {"when": "gone a"}, "cohorts": {"core": staff(2), "late": {"people": 1, "order": {"at": "3 h"}}}},
    },
}


def test_an_order_says_what_led_to_it() -> None:
    """The first condition that held, or the moment that came; and how long the decision took."""
    log = trace(plan(CAUSES), 1, 0)
    causes = {f"{e.mission}/{e.cohort}": (e.time_h, e.cause, e.hours) for e in log if e.event == "ordered out"}
    assert causes == {
        "a/core": (11, "the threat reaches contested", 6),
        "b/core": (14, "so long after contested is reached", 0),
        "c/core": (11, "Alpha has gone", 0),
        "c/late": (3, "its time has come", 0),
    }
    assert all(e.cause is None for e in log if e.event not in ("ordered out", "end"))


def test_a_reaction_is_a_cause() -> None:
    reactions = {"share": 1, "decides": "2 d", "goes": "1 d"}
    data: Data = {
        "clock": {"start": START, "horizon": "9 d"},
        "security": {"phases": [{"begins": "start", "provider": "none"}], "reactions": reactions},
        "missions": {"a": {"reaction": {"tier": 1}, "cohorts": {"core": staff(4)}}},
    }
    (order,) = (e for e in trace(plan(data), 1, 0) if e.event == "ordered out")
    assert (order.time_h, order.cause, order.hours) == (48, "its reaction, since no foreign force is at the airport", 48)


def test_the_log_of_one_mission_has_its_flights_and_what_all_share() -> None:
    data: Data = {
        "clock": {"start": START},
        "threat": {"timeline": [{"at": "2 h", "level": "contested"}]},
        "hubs": {"far": {}},
        "lift": {"types": {"jet": {"seats": 2}}, "fleets": {"air": {"aircraft": "jet", "hubs": "far", "number": 2}}},
        "missions": {m: mission(core=staff(2)) for m in ("a", "ab")},
    }
    log = trace(plan(data), 1, 0)
    mine = of_mission(log, "a")
    assert set(mine) < set(log)
    assert {e.event for e in mine} >= {"threat", "ordered out", "on stand", "boards", "out", "at the hub", "end"}
    assert {e.mission for e in mine} == {None, "a"}
    assert len({flight_of(e) for e in mine if e.fleet}) == 1
    assert any(e.mission == "ab" and e.event == "boards" for e in log)

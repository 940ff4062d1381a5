"""The event log: ordered, complete, readable; and events of one moment in the order of (stage, name, occasion)."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import pytest

from sim.model import trace
from sim.model.eventlog import of_mission
from sim.model.kernel import Clock
from sim.model.ranks import Stage, key
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


def test_names_decide_who_is_first_at_a_gate_and_not_the_order_of_the_file() -> None:
    """Everybody arrives at one lane at the same moment: by name of mission and cohort, then by number of the group."""
    cohorts = {c: staff(2, group=1, starts="gate") for c in ("y", "x")}
    data: Data = {
        "clock": {"start": START},
        "airport": {"gates": {"g": {"lanes": 1, "per_group": "1 h"}}},
        "missions": {m: mission(**cohorts) for m in ("b", "a")},
    }
    made = plan(data)
    begins = [(e.time_h, e.subject) for e in trace(made, 1, 0) if e.what == "search begins"]
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
        "airport": {"gates": {"abbey": {"lanes": 1, "per_group": "1 h"}}},
        "security": provider([("start", "p")], p={"operator": {}, "force": {}}),
        "hubs": {"far": {}},
        "lift": {
            "types": {"jet": {"seats": 10, "load": "30 min"}},
            "fleets": {"air": {"aircraft": "jet", "hubs": "far", "available": "1 h"}},
        },
        "missions": {"embassy": mission("1 h", staff=staff(4, starts="mission"))},
    }
    assert [tuple(e)[:4] for e in trace(plan(data), 1, 0)] == [
        (0, "threat", "capital", "stable"),
        (0, "security", "p", "in charge"),
        (0, "security", "p", "arrives"),
        (0, "event", "far", "hub opens"),
        (1, "event", "embassy/staff", "ordered out, 4 people"),
        (1, "event", "embassy", "gone"),
        (1, "ready", "embassy/staff/0", "4 people"),
        (1, "departs", "embassy/staff/0", "4 people"),
        (1, "on stand", "air/0 sortie 1", ""),
        (1.5, "at the airport", "embassy/staff/0", "4 people"),
        (1.5, "search begins", "embassy/staff/0", "abbey"),
        (2, "threat", "capital", "contested"),
        (2.5, "searched", "embassy/staff/0", ""),
        (2.5, "inside", "embassy/staff/0", "4 people"),
        (2.5, "boards", "air/0 sortie 1", "4 embassy"),
        (3, "take-off roll begins", "air/0 sortie 1", ""),
        (3, "out", "air/0 sortie 1", "4 people to far"),
        (3, "end", "replication", "everyone is out"),
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


@pytest.mark.parametrize("replication", range(6))
def test_the_log_is_ordered_and_complete(replication: int) -> None:
    """Every group and every departure is in it, and the people who leave add up to those evacuated."""
    made = plan(BUSY)
    log, r = trace(made, 3, replication), run(made, seed=3, replication=replication)
    assert [e.time_h for e in log] == sorted(e.time_h for e in log)
    assert all(0 <= e.time_h <= r.total["end_h"] for e in log)
    out = [e for e in log if e.what == "out"]
    assert sum(int(e.detail.split()[0]) for e in out) == r.total["evacuated"] > 0
    assert len(out) == sum(r.total[n] for n in ("flights", "troop_flights", "empty_flights", "empty_scheduled"))
    boarded = [e.detail for e in log if e.what == "boards"]
    numbers = [int(part.split()[0]) for d in boarded for part in d.split(", ") if part != "nobody"]
    assert sum(numbers) == r.total["evacuated"] + r.total["withdrawn"] + sum(a.people for a in r.world.lift.loaded)
    for what, moment in (("ready", "ready"), ("at the airport", "arrive"), ("inside", "inside")):
        groups = [c for c in r.world.run.groups if getattr(c, moment) < math.inf]
        events = [e for e in log if e.what == what]
        assert sum(int(e.detail.split()[0]) for e in events) == sum(c.people for c in groups)
        assert len({e.subject for e in events}) == len(events) == len(groups)
    assert sum("ordered out" in e.detail for e in log) == sum(c.ordered < math.inf for c in r.world.cohorts)
    assert [e.what for e in log].count("end") == 1
    assert log[-1].what == "end"


def test_the_log_is_the_same_for_the_same_replication_and_any_order_of_keys() -> None:
    log = trace(plan(BUSY), 3, 1)
    assert trace(plan(BUSY), 3, 1) == log
    assert trace(plan(turned(BUSY)), 3, 1) == log
    assert trace(plan(BUSY), 3, 2) != log
    assert trace(plan(BUSY), 4, 1) != log


def test_the_log_is_readable() -> None:
    """Times in hours, words, names as in the file, whole sentences about what ended it; nothing empty or infinite."""
    for e in trace(plan(BUSY), 3, 0):
        assert math.isfinite(e.time_h)
        assert e.what
        assert e.subject
        assert all(
            text == text.strip() and "inf" not in text.split() and "\n" not in text for text in (e.what, e.subject, e.detail)
        )


def test_those_on_an_aircraft_on_the_ground_at_the_end_are_in_the_log() -> None:
    data = jets(10, kind={"load": "9 h"}, clock={"start": START, "horizon": "5 h"})
    assert [(e.time_h, e.what, e.detail) for e in trace(plan(data), 1, 0)][-3:] == [
        (0, "on stand", ""),
        (0, "boards", "10 embassy"),
        (5, "end", "horizon"),
    ]


@pytest.mark.parametrize(
    ("end", "more"),
    [
        ("everyone is out", {}),
        ("horizon", {"clock": {"start": START, "horizon": "1 h"}}),
        (
            "the airport is lost",
            {
                "threat": {"start": "fallen", "fallen": "fallen"},
                "security": {**provider([("start", "p")], p={"operator": {}}), "unsecured_hold": "1 h"},
            },
        ),
    ],
)
def test_the_log_says_how_it_ended(end: str, more: Data) -> None:
    assert trace(plan(jets(10, kind={"load": "2 h"}, **more)), 1, 0)[-1].detail == end


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
    causes = {e.subject: (e.time_h, e.cause) for e in trace(plan(CAUSES), 1, 0) if e.detail.startswith("ordered out")}
    assert causes["a/core"] == (11, "the threat reaches contested; decided 6.0 h after that")
    assert causes["b/core"] == (14, "so long after contested is reached")
    assert causes["c/core"] == (11, "Alpha has gone")
    assert causes["c/late"] == (3, "its time has come")
    assert all(not e.cause for e in trace(plan(CAUSES), 1, 0) if not e.detail.startswith("ordered out"))


def test_a_reaction_is_a_cause() -> None:
    reactions = {"share": 1, "decides": "2 d", "goes": "1 d"}
    data: Data = {
        "clock": {"start": START, "horizon": "9 d"},
        "security": {"phases": [{"begins": "start", "provider": "none"}], "reactions": reactions},
        "missions": {"a": {"reaction": {"tier": 1}, "cohorts": {"core": staff(4)}}},
    }
    (order,) = (e for e in trace(plan(data), 1, 0) if e.detail.startswith("ordered out"))
    assert (order.time_h, order.cause) == (
        48,
        "its reaction, since no foreign force is at the airport; decided 48.0 h after that",
    )


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
    assert {e.what for e in mine} >= {"threat", "event", "boards", "out", "end"}
    assert not any(e.subject.startswith("ab/") or e.detail == "2 ab" for e in mine)
    assert any(e.detail == "2 ab" for e in log)

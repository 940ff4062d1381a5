"""What the event log says of turn-backs, gates, lines, helicopters and forces: by fields, with hand-made moments."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model import trace
from sim.model.event import EVENTS, Event
from tests.model.airlift import START, Data, jets, mission, provider, staff
from tests.model.helpers import plan
from tests.model.test_entrants import ways
from tests.model.test_outer import walkers
from tests.model.test_places import places


def log(source: Any) -> list[Event]:
    return trace(plan(source), 1, 0)


def way(source: Any, *about: Any) -> list[tuple[Any, ...]]:
    """(hours, event, by) of what happens to the group of that mission, cohort and number."""
    return [(e.time_h, e.event, e.by) for e in log(source) if (e.mission, e.cohort, e.group) == about]


# -- turned back ---------------------------------------------------------------------------------------------------------


def turned(road: str, cohort: str, rest: str = "") -> str:
    return f"""
        road: {{drive: 1 h, {road}}}
        {rest}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 10, {cohort}}}}}}}}}
    """


def test_a_convoy_that_is_turned_back_names_its_groups_each_time_it_sets_out_and_comes_home() -> None:
    source = turned(
        "turn_back: 1, retry: 2 h, tries: 2, convoy: {vehicles: 2, patience: 1 h}",
        "group: 5, vehicles: cars",
        "vehicles: {cars: {seats: 5, number: 2}}",
    )
    for group in (0, 1):
        assert way(source, "m", "c", group) == [
            (0, "ready", None),
            (0, "departs", "cars"),
            (1, "turned back", "cars"),
            (3, "departs", "cars"),
            (4, "turned back", "cars"),
            (4, "gives up", None),
        ]
    assert {e.people for e in log(source) if e.group is not None} == {5}


def test_one_that_comes_alone_says_so() -> None:
    source = turned("alone: {turn_back: 1, retry: 3 h, tries: 1}", "alone: true")
    assert way(source, "m", "c", 0) == [
        (0, "ready", None),
        (0, "departs", "alone"),
        (1, "turned back", "alone"),
        (1, "gives up", None),
    ]


def test_each_try_says_by_which_mode() -> None:
    """Turned back on the road, then the helicopter takes it: an hour out and an hour in after the curfew of the sky."""
    source = turned(
        "turn_back: 1, retry: 50 h",
        "modes: [{vehicles: cars}, {shuttle: h, after: 5 h}]",
        "vehicles: {cars: {seats: 10, number: 1}}\n        shuttles: {h: {seats: 10, number: 1, flight: 1 h, enters: gate}}",
    )
    assert way(source, "m", "c", 0) == [
        (0, "ready", None),
        (0, "departs", "cars"),
        (1, "turned back", "cars"),
        (6, "departs", "h"),
        (7, "at the airport", "h"),
        (7, "let in", None),
        (7, "inside", None),
    ]


def test_who_walks_in_is_turned_back_in_front_of_the_gates() -> None:
    assert way(walkers(until="15 h"), "m", "c", 0) == [
        (1, "ready", None),
        (1, "departs", None),
        (1, "turned back", None),
        (11, "departs", None),
        (11, "turned back", None),
        (21, "departs", None),
        (21, "at the airport", None),
        (21, "let in", None),
        (21, "inside", None),
    ]


# -- gates ---------------------------------------------------------------------------------------------------------------


def gates(source: Any) -> list[tuple[Any, ...]]:
    """(hours, event, gate, lanes, stops, cause) of the events of gates."""
    return [(e.time_h, e.event, e.gate, e.lanes, e.stops, e.cause) for e in log(source) if e.event.startswith("gate")]


def waits(airport: str, more: str = "") -> str:
    """One group that is ready only after 30 h, so that the gates can be watched until then; the clock starts at 6:00."""
    return f"""
        clock: {{start: 2021-08-01 06:00, horizon: 30 h}}
        airport: {{{airport}}}
        {more}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 1, starts: gate, ready: 99 h}}}}}}}}
    """


def test_a_gate_says_when_it_closes_and_why() -> None:
    """Hours, a dated closure that outlasts them, an incident of all gates; two of them at once are both named."""
    source = waits(
        "gates: {east: {lanes: 2, hours: '06:00-16:00', reopening: 1 h}, west: {}}, "
        "closures: {repair: {at: 2 h, lasts: 4 h, closes: east}}, incidents: {raid: {at: 3 h, lasts: 1 h, closes: gates}}"
    )
    assert gates(source) == [
        (0, "gate opens", "east", 2, None, None),
        (0, "gate opens", "west", None, None, None),
        (2, "gate closes", "east", None, None, "repair"),
        (3, "gate closes", "west", None, None, "raid"),
        (4, "gate opens", "west", None, None, None),
        (7, "gate opens", "east", 2, None, None),
        (10, "gate closes", "east", None, None, "hours"),
        (25, "gate opens", "east", 2, None, None),
    ]


def test_what_shuts_it_at_the_same_time_is_all_named() -> None:
    source = waits(
        "gates: {east: {}}, closures: {a: {at: 2 h, lasts: 9 h, closes: east}}, "
        "incidents: {b: {at: 2 h, lasts: 1 h, closes: gates}}"
    )
    assert [g[5] for g in gates(source) if g[1] == "gate closes"] == ["a b"]
    (closing,) = [e for e in log(source) if e.event == "closure begins"]
    assert (closing.name, closing.closes, closing.stops) == ("a", "east", None)
    (raid,) = [e for e in log(source) if e.event == "incident begins"]
    assert (raid.name, raid.closes, raid.hours) == ("b", "gates", 1)


def test_a_gate_closes_for_the_crowd() -> None:
    """200 people an hour: 1,000 are there after five hours, and none of them goes."""
    source = waits(
        "gates: {east: {}}, crowd: {start: 0, close_above: 1000}",
        "threat: {start: stable, timeline: [{at: 10 h, level: contested}], effects: {stable: {crowd: 200}}}",
    )
    assert gates(source) == [
        (0, "gate opens", "east", None, None, None),
        (pytest.approx(5), "gate closes", "east", None, None, "crowd"),
    ]


def test_a_gate_stops_some() -> None:
    source = ways(
        "gates: {main: {lanes: 9, per_group: 1 h}}, closures: {c: {at: 2 h, lasts: 3 h, closes: main, stops: [public, agreed]}}"
    )
    held = source.replace("alone: {people: 10, alone: true}", "alone: {people: 10, alone: true, ready: 9 h}")
    assert gates(held) == [
        (0, "gate opens", "main", 9, None, None),
        (2, "gate stops", "main", None, "public agreed", "c"),
        (5, "gate lets in", "main", None, "public agreed", None),
    ]


def test_lanes_that_have_a_crew() -> None:
    """100 soldiers, 20 on the perimeter, 20 a lane, ten more lanes than that; they go in four steps from 4 h to 8 h."""
    p = {
        "operator": {},
        "force": {"headcount": 100, "perimeter": 20, "per_lane": 20, "withdrawal": {"begins": "4 h", "takes": "4 h"}},
    }
    source = {
        "clock": {"start": START, "horizon": "12 h"},
        "security": provider([("start", "p")], p=p),
        "airport": {"gates": {"east": {"lanes": 10}, "west": {"lanes": 4}}},
        "missions": {"m": mission("99 h", c=staff(1))},
    }
    assert [(e.time_h, e.lanes) for e in log(source) if e.event == "lanes manned"] == [(0, 4), (5, 2), (6, 1), (7, 0)]
    assert [(e.time_h, e.event, e.people) for e in log(source) if e.name == "p"] == [
        (0, "in charge", None),
        (0, "arrives", 100),
        (4, "force begins to withdraw", None),
        (8, "force gone", None),
    ]


def test_lanes_without_limit() -> None:
    assert [e.lanes for e in log(waits("gates: {east: {}}")) if e.event == "lanes manned"] == [None]
    assert [e for e in log(jets()) if e.event.startswith(("gate", "lanes"))] == []


def test_a_group_changes_lines_with_its_gate() -> None:
    """The east gate, where the second group stands, closes at 1 h: it joins the line of the west one, which opens at 2 h."""
    source = """
        clock: {start: 2021-08-01 06:00, horizon: 30 h}
        airport:
          gates: {east: {lanes: 1, per_group: 3 h}, west: {lanes: 1, per_group: 1 h, hours: '08:00-24:00'}}
          closures: {c: {at: 1 h, lasts: 9 h, closes: east}}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 2, group: 1, starts: gate}}}}
    """
    second = [(e.time_h, e.event, e.gate) for e in log(source) if e.group == 1 and e.gate]
    assert second == [
        (0, "at the airport", "east"),
        (2, "changes line", "west"),
        (2, "search begins", "west"),
        (3, "searched", "west"),
        (3, "inside", "west"),
    ]


def test_who_stands_in_front_of_all_gates_says_why() -> None:
    source = ways(
        "gates: {main: {lanes: 9, per_group: 1 h}}, closures: {c: {at: start, lasts: 5 h, closes: main, stops: public}}"
    )
    alone = [
        (e.time_h, e.event, e.gate, e.cause)
        for e in log(source)
        if e.cohort == "alone" and e.event in ("at the airport", "changes line")
    ]
    assert alone == [(0, "at the airport", None, None), (5, "changes line", "main", None)]


# -- aircraft ------------------------------------------------------------------------------------------------------------


def test_helicopters_that_bring_people_out_say_which_and_where() -> None:
    source = places(1).replace("enters: out}", "enters: out, hub: ship}") + "\n        hubs: {ship: {}}"
    out = [e for e in log(source) if e.event == "out by helicopter"]
    assert len(out) == 8
    assert {(e.mission, e.by, e.hub, e.people) for e in out} == {("m", "near", "ship", 10), ("n", "far", "ship", 10)}
    assert not any(e.event in ("at the airport", "inside") for e in log(source))


def test_one_that_diverts_says_what_it_waited_for() -> None:
    for airfield, cause in (
        ({"runway": {"day": "5 h"}}, "runway"),
        ({"stands": {"ramp": {"number": 1}}}, "stand"),
        ({"windows": {"w": {"begins": "50 h"}}}, None),
    ):
        data: Data = jets(
            40,
            kind={"load": "20 h", "stand": "ramp"} if cause == "stand" else None,
            fleet={"number": 3, "endurance": "1 h", "turn": "9 h"},
            airport={"airfield": airfield},
        )
        diverted = [e for e in log(data) if e.event == "diverts"]
        assert {e.cause for e in diverted} == ({cause} if cause else set())
        assert all(e.stand == (None if cause != "runway" else e.stand) for e in diverted)


def test_what_brings_a_force_takes_a_stand_and_gives_it_back() -> None:
    force = {"headcount": 30, "flown_in": {"aircraft": "jet", "troops": 10, "over": "3 h"}}
    source = {
        "clock": {"start": START, "horizon": "12 h"},
        "security": provider([("start", "p")], p={"arrival": "4 h", "operator": {}, "force": force}),
        "airport": {"airfield": {"stands": {"ramp": {"number": 9}}}},
        "lift": {"types": {"jet": {"seats": 10, "load": "1 h", "quick": "30 min", "stand": "ramp"}}},
        "missions": {"m": mission("99 h", c=staff(1))},
    }
    found = [(e.time_h, e.event, e.aircraft, e.people, e.stand) for e in log(source) if e.fleet == "p/force" and e.aircraft == 2]
    assert found == [
        (4, "over the airport", 2, None, None),
        (4, "cleared to land", 2, None, "ramp"),
        (4, "lands", 2, 10, "ramp"),
        (4.5, "takes off", 2, None, "ramp"),
    ]


# -- edges ---------------------------------------------------------------------------------------------------------------


def test_nobody() -> None:
    assert [e.event for e in log("missions: {m: {cohorts: {c: 0}}}")] == ["threat", "end"]


def test_without_an_airlift_inside_is_out() -> None:
    events = log("missions: {m: {order: {at: 1 h}, cohorts: {c: 3}}}")
    assert [(e.time_h, e.event, e.people) for e in events if e.mission] == [
        (1, "ordered out", 3),
        (1, "gone", None),
        (1, "ready", 3),
        (1, "departs", 3),
        (1, "at the airport", 3),
        (1, "let in", 3),
        (1, "inside", 3),
    ]


def test_out_before_the_start_and_those_who_stay() -> None:
    source: Data = {
        "clock": {"start": START},
        "security": {
            "phases": [{"begins": "start", "provider": "none"}],
            "absence_known": "9 d",
            "reactions": {"share": 0.5, "decides": "2 d", "goes": "1 d"},
        },
        "missions": {
            "a": {"reaction": {"tier": 1}, "cohorts": {"core": 7}, "residual": 2},
            "b": {"reaction": {"tier": 2}, "cohorts": {"core": 4}, "residual": "all"},
        },
    }
    assert [(e.time_h, e.event, e.mission, e.people) for e in log(source) if e.mission] == [(0, "out before the start", "a", 5)]


def test_every_kind_of_event_is_explained_or_speaks_for_itself() -> None:
    assert all(name == name.strip() and name.islower() for name in EVENTS)
    assert len(EVENTS) > 50

"""What is wrong is said with file, line, column and path, all at once, and what would be right."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import pickle
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load, loads

LAST = "missions: {a: {}}\n"


def faults(text: str, overrides: Sequence[str] = ()) -> list[str]:
    """The lines that a wrong scenario is answered with."""
    with pytest.raises(ScenarioError) as refused:
        loads(text, "x.yaml", overrides)
    return [str(fault) for fault in refused.value.faults]


def only(text: str, overrides: Sequence[str] = ()) -> str:
    found = faults(text, overrides)
    assert len(found) == 1, found
    return found[0]


def test_all_faults_at_once_in_the_order_of_the_file() -> None:
    text = """\
title: 5
threat:
  start: threatened
  stay: {threatened: {gamma: {mean: 12 d, cv: 0.6}}, contestd: 4 d}
airport: {gates: {abbey: {lanse: 6}, east: {lanes: "six"}}}
road: {delay: 5 km}
missions:
  us:
    cohorts: {core: 1400, local: {people: 900, vehicles: busses}, rest: {}}
    order: {when: threat > contested, delay: {triangular: [2 h, 6 x, 24 h]}}
    residual: al
  <b>: {}
"""
    assert faults(text) == [
        "x.yaml:1:8: title: expected text, got 5 (quote it)",
        'x.yaml:4:54: threat.stay.contestd: no threat level named "contestd"; nearest: "contested"',
        'x.yaml:5:27: airport.gates.abbey.lanse: unknown key "lanse"; nearest: "lanes"',
        'x.yaml:5:52: airport.gates.east.lanes: expected a whole number ≥ 0, got "six"',
        'x.yaml:6:15: road.delay: expected a time such as 45 min, 6 h or 2 d (units: s, min, h, d, wk), got "5 km"',
        'x.yaml:9:58: missions.us.cohorts.local.vehicles: no pool of vehicles named "busses"; there is none in vehicles',
        "x.yaml:9:67: missions.us.cohorts.rest.people: expected a value, got nothing",
        "x.yaml:10:19: missions.us.order.when: expected a condition: threat >= LEVEL, provider absent, provider leaving, "
        'gone MISSION or gone >= 50%, got "threat > contested"',
        "x.yaml:10:65: missions.us.order.delay.triangular.1: expected a time such as 45 min, 6 h or 2 d "
        '(units: s, min, h, d, wk), got "6 x"',
        'x.yaml:11:15: missions.us.residual: expected all or a whole number of people ≥ 0, got "al"',
        "x.yaml:12:3: missions.<b>: expected a name of a-z, 0-9 and '-' (1 to 40 characters), got \"<b>\"",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "x.yaml:1:1: expected a scenario, got an empty file"),
        ("# nothing\n", "x.yaml:1:1: expected a scenario, got an empty file"),
        ("- 1\n", "x.yaml:1:1: expected a scenario: a mapping with missions, got a list"),
        ("a: [1\n", "x.yaml:2:1: not YAML: did not find expected ',' or ']'"),
        ("\ta: 1\n", "x.yaml:1:1: not YAML: found character that cannot start any token"),
        (LAST + "---\n" + LAST, "x.yaml:2:1: expected one document, got a second one"),
        (LAST + LAST, "x.yaml:2:1: missions: repeated key missions; the first is in line 1"),
        ("missions: !!python/object:os.system {a: {}}\n", "x.yaml:1:11: missions: expected no YAML tag, got "),
        ("missions: !x {a: {}}\n", "x.yaml:1:11: missions: expected no YAML tag, got !x"),
        ("title: a\0b\n", "x.yaml:1:9: expected text without control characters, got U+0000"),
        ('title: "a\\x1b[31mb"\n' + LAST, "x.yaml:1:8: title: expected one line of text without control characters"),
        ('title: "a\\nb"\n' + LAST, "x.yaml:1:8: title: expected one line of text without control characters"),
        ("title: \u202eabc\n" + LAST, "x.yaml:1:8: title: expected one line of text without control characters"),
        ("clock: {horizon: .nan}\n" + LAST, "x.yaml:1:18: clock.horizon: expected a finite number, got .nan"),
        ("clock: {horizon: -.Inf}\n" + LAST, "x.yaml:1:18: clock.horizon: expected a finite number, got -.Inf"),
        ("clock: {horizon: 1e999}\n" + LAST, "x.yaml:1:18: clock.horizon: expected a finite number, got 1e999"),
        ("clock: {horizon: nan}\n" + LAST, 'x.yaml:1:18: clock.horizon: expected a time such as 45 min, 6 h or 2 d, got "nan"'),
        ("clock: {horizon: -1 d}\n" + LAST, 'x.yaml:1:18: clock.horizon: expected a time ≥ 0, such as 45 min, 6 h or 2 d, got "-1 d"'),
        (f"clock: {{horizon: {'9' * 41}}}\n" + LAST, "x.yaml:1:18: clock.horizon: expected a number of at most 40 characters, got 41"),
        (f"clock: {{horizon: {'9' * 41} h}}\n" + LAST, "x.yaml:1:18: clock.horizon: expected a number of at most 40 characters"),
        ("clock: {horizon: 1e13}\n" + LAST, "x.yaml:1:18: clock.horizon: expected a time such as"),
        ("clock: {daylight: 48:00-49:00}\n" + LAST, "x.yaml:1:19: clock.daylight: expected a time of day such as 06:30"),
        ("clock: {start: 2021-13-01}\n" + LAST, "x.yaml:1:16: clock.start: expected a date such as 2021-08-15"),
        ("clock: 5\n" + LAST, "x.yaml:1:8: clock: expected a mapping, got 5"),
        ("missions: [a]\n", "x.yaml:1:11: missions: expected a mapping, got a list"),
        ("missions: {}\n", "x.yaml:1:11: missions: expected at least one mission"),
        ("title: x\n", "x.yaml:1:1: missions: expected a value, got nothing"),
        ("missions: {a: {cohorts: {c: 2.5}}}\n", "x.yaml:1:29: missions.a.cohorts.c.people: expected a whole number of people ≥ 0, got 2.5"),
        ("missions: {a: {cohorts: {c: yes}}}\n", 'x.yaml:1:29: missions.a.cohorts.c.people: expected a whole number of people ≥ 0, got "yes"'),
        ("missions: {a: {cohorts: {c: true}}}\n", "x.yaml:1:29: missions.a.cohorts.c.people: expected a whole number of people ≥ 0, got true"),
        ("missions: {a: {cohorts: {c: {people: 5, priority: true}}}}\n", "x.yaml:1:51: missions.a.cohorts.c.priority: expected a whole number, got true"),
        ("missions: {a: {cohorts: {c: {people: 5, starts: gates}}}}\n", "x.yaml:1:49: missions.a.cohorts.c.starts: expected "),
        ("airport: {gates: {g: {exposed: no}}}\n" + LAST, 'x.yaml:1:32: airport.gates.g.exposed: expected true or false, got "no"'),
        ("missions: {Ünion: {}}\n", "x.yaml:1:12: missions.Ünion: expected a name of a-z, 0-9 and '-' (1 to 40 characters), got \"Ünion\""),
        ("missions: {'[/red]': {}}\n", "x.yaml:1:12: missions.[/red]: expected a name of a-z"),
        ('missions: {"a\\e[31m": {}}\n', "x.yaml:1:12: missions.a\\x1b[31m: expected a name of a-z"),
        ("missions: {? [1] : {}}\n", "x.yaml:1:14: missions: expected a key of text"),
        ("missions: &m {a: *m}\n", "x.yaml:1:18: missions.a: alias to its own anchor m"),
        ("missions: *m\n", "x.yaml:1:11: missions: alias to undefined anchor m"),
        ("missions: {a: {cohorts: {c: null}}}\n", 'x.yaml:1:26: missions.a.cohorts.c: nothing named "c" to delete'),
        ("missions: {a: {closd: null}}\n", 'x.yaml:1:16: missions.a.closd: unknown key "closd"; nearest: "closed"'),
        ("extends: 5\n" + LAST, "x.yaml:1:10: extends: expected a relative path or a shipped evacsim: name, got 5"),
    ],
)  # fmt: skip
def test_one_fault(text: str, fault: str) -> None:
    assert only(text).startswith(fault)


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("lift: {fleets: {f: {aircraft: jet}}}", "lift.fleets.f.aircraft", 'no aircraft type named "jet"; there is none in lift.types'),
        ("lift: {types: {jet: {seats: 5, stand: big}}}", "lift.types.jet.stand", 'no stand class named "big"'),
        ("lift: {types: {jet: {seats: 5}}, fleets: {f: {aircraft: jet, hubs: [qatar]}}}", "lift.fleets.f.hubs.0", 'no hub named "qatar"'),
        ("lift: {types: {jet: {seats: 5}}, fleets: {f: {aircraft: jet, serves: b}}}", "lift.fleets.f.serves", 'no mission named "b"'),
        (
            "lift: {types: {jet: {seats: 5}}, commercial: {f: {aircraft: jet, times: '06:00', stops_at: war}}}",
            "lift.commercial.f.stops_at",
            'no threat level named "war"; there is none in threat.levels',
        ),
        ("security: {phases: [{begins: start, provider: turkey}]}", "security.phases.0.provider", 'no provider named "turkey"'),
        ("security: {phases: [{begins: {war: 3 h}, provider: none}]}", "security.phases.0.begins.war", 'no threat level named "war"'),
        ("airport: {closures: {c: {at: 5 h, lasts: 5 h, closes: [gate]}}}", "airport.closures.c.closes.0", 'no gate named "gate"; nearest: "gates"'),
        ("airport: {closures: {c: {at: 5 h, lasts: 5 h, closes: visual}}}", "airport.closures.c.closes", 'no gate named "visual"'),
        ("threat: {}\nairport: {incidents: {c: {rate: {war: 1 /d}}}}", "airport.incidents.c.rate.war", 'no threat level named "war"'),
        ("threat: {levels: [low, high], start: mid}", "threat.start", 'no threat level named "mid"; known: low, high'),
        ("threat: {start: stable, up: {war: 0.5}}", "threat.up.war", 'no threat level named "war"'),
    ],
)  # fmt: skip
def test_references_to_things_that_are_not_there(text: str, path: str, message: str) -> None:
    assert f"x.yaml:{text.count(chr(10)) + 1}:" in only(text + "\n" + LAST)
    assert f": {path}: {message}" in only(text + "\n" + LAST)


@pytest.mark.parametrize(
    ("mission", "path", "message"),
    [
        ("{order: {when: gone b}}", "missions.a.order.when", 'no mission named "b"'),
        ("{order: {when: threat >= war}}", "missions.a.order.when", 'no threat level named "war"'),
        ("{gates: abbey}", "missions.a.gates", 'no gate named "abbey"; there is none in airport.gates'),
        ("{cohorts: {c: {people: 5, escort: e}}}", "missions.a.cohorts.c.escort", 'no escort named "e"'),
        ("{cohorts: {c: {people: 5, shuttle: e}}}", "missions.a.cohorts.c.shuttle", 'no shuttle named "e"'),
        ("{order: {delay: 5 h}}", "missions.a.order", "expected at or when"),
        ("{cohorts: {c: {people: 5, residual: 6}}}", "missions.a.cohorts.c.residual", "expected at most the 5 people of the cohort"),
        ("{cohorts: {c: 5}, residual: 6}", "missions.a.residual", "expected at most the 5 people of its cohorts, got 6"),
        ("{cohorts: {c: {people: 5, residual: 2, rear_party: {people: 4}}}}", "missions.a.cohorts.c.rear_party.people", "expected at most the 3"),
        ("{cohorts: {c: {people: 5, group: 0}}}", "missions.a.cohorts.c.group", "expected people in a group > 0, got 0"),
        ("{cohorts: {c: {people: 5, alone: true, starts: gate}}}", "missions.a.cohorts.c.starts", "expected mission beside alone: true"),
        ("{distance: 5 km}", "missions.a.distance", "expected road.speed beside a distance"),
        ("{order: {when: gone a}, cohorts: {c: 5}}", "missions.a.order", "reference cycle: a waits for a"),
    ],
)  # fmt: skip
def test_missions_that_do_not_hold_together(mission: str, path: str, message: str) -> None:
    assert f": {path}: {message}" in only(f"threat: {{}}\nmissions: {{a: {mission}}}\n")


@pytest.mark.parametrize(
    ("key", "table"),
    [
        ("escort", "road: {escorts: {x: {}}}"),
        ("vehicles", "vehicles: {x: {seats: 5}}"),
        ("shuttle", "shuttles: {x: {seats: 5, number: 1, flight: 1 h}}"),
    ],
)
def test_who_comes_alone_has_neither_an_escort_nor_a_ride(key: str, table: str) -> None:
    mission = f"missions: {{a: {{cohorts: {{c: {{people: 5, alone: true, {key}: x}}}}}}}}"
    message = f"missions.a.cohorts.c.{key}: expected nothing beside alone: true ({key}: null takes it away)"
    assert f": {message}" in only(f"{table}\n{mission}\n")
    loads(f"{table}\n{mission.replace(key + ': x', key + ': null')}\n", "x.yaml", ())


def test_a_limit_of_tries_ends_what_would_never_end() -> None:
    """A certain refusal that costs no time is refused, unless tries are limited: of convoys, and of people who come alone."""
    for road in ("turn_back: 1, tries: 3, alone: {tries: 2}", "turn_back: 1, tries: 3", "alone: {turn_back: 1, tries: 3}"):
        loads(f"road: {{{road}}}\n{LAST}", "x.yaml", ())
    assert ": road.turn_back: expected less than 1 where" in only("road: {turn_back: 1, alone: {tries: 3}}\n" + LAST)


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("clock: {horizon: 0}", "clock.horizon", "expected a fixed time > 0"),
        ("road: {tries: 0}", "road.tries", "expected a try > 0"),
        ("road: {alone: {tries: 0}}", "road.alone.tries", "expected a try > 0"),
        ("road: {alone: {turn_back: 1}}", "road.alone.turn_back", "expected less than 1 where"),
        ("threat: {effects: {fallen: {turn_back_alone: 1}}}", "threat.effects.fallen.turn_back_alone", "expected less than 1 where"),
        ("clock: {horizon: {uniform: [1 d, 2 d]}}", "clock.horizon", "expected a fixed time > 0"),
        ("clock: {horizon: 20000 d}", "clock.horizon", "expected a fixed time > 0 and at most 10,000 d"),
        ("threat: {stay: {stable: 1 d}, timeline: [{at: 5 h, level: fallen}]}", "threat.timeline", "expected stay or timeline, not both"),
        ("threat: {stay: {stable: 0}}", "threat.stay.stable", "expected a time > 0"),
        ("threat: {levels: [low, high]}", "threat.start", 'expected one of the levels (low, high), got "stable"'),
        ("threat: {levels: [stable, stable]}", "threat.levels", "expected levels with names of their own"),
        ("threat: {levels: [stable, ordered]}", "threat.levels", 'expected a level not named "ordered"'),
        ("threat: {timeline: [{at: {fallen: 5 h}, level: fallen}]}", "threat.timeline.0.at", "expected a date or a time after the start"),
        ("airport: {gates: {runway: {}}}", "airport.gates.runway", 'expected a gate not named "runway"'),
        ("airport: {crowd: {close_above: 10, open_below: 20}}", "airport.crowd.open_below", "expected open_below ≤ close_above"),
        ("airport: {crowd: {news: {every: 0}}}", "airport.crowd.news.every", "expected a time > 0"),
        ("airport: {incidents: {i: {lasts: 5 h}}}", "airport.incidents.i", "expected at or rate"),
        ("security: {host: {collapse: {delay: 5 h}}}", "security.host.collapse", "expected at or when"),
        ("road: {turn_back: 1}", "road.turn_back", "expected less than 1"),
        ("vehicles: {v: {seats: 0}}", "vehicles.v.seats", "expected seats > 0"),
        ("lift: {types: {t: {seats: 5}}, fleets: {f: {aircraft: t, patience: 0}}}", "lift.fleets.f", "expected a sortie that takes time"),
        ("lift: {types: {t: {seats: 5}}, fleets: {f: {aircraft: t, loading: own-only}}}", "lift.fleets.f.serves", "expected the missions"),
        ("road: {drive: {value: 3 h, low: 4 h}}", "road.drive.low", "expected low ≤ value ≤ high, got low"),
        ("road: {drive: {value: 3 h, high: 2 h}}", "road.drive.high", "expected low ≤ value ≤ high, got high"),
        ("road: {drive: {value: 3 h, kind: levr}}", "road.drive.kind", "expected uncertainty, lever or constant"),
        ("road: {drive: {value: 3 h, evidence: good}}", "road.drive.evidence", "expected measured, reported, estimated or assumed"),
        ("road: {drive: {value: 3 h, unit: h}}", "road.drive", 'unknown key "unit"'),
        ("road: {drive: {value: 3, uniform: [1, 2]}}", "road.drive", "got 2 of them"),
        ("road: {drive: {lognormal: {median: 3 h, p90: 2 h}}}", "road.drive.lognormal", "expected 0 < median < p90"),
        ("road: {drive: {gamma: {mean: 3 h, sd: 2 h}}}", "road.drive.gamma", "expected gamma: {mean:, cv:}, got a mapping"),
        ("road: {drive: {triangular: [3 h, 2 h, 4 h]}}", "road.drive.triangular", "expected triangular: low ≤ mode ≤ high"),
        ("road: {drive: {uniform: [3 h]}}", "road.drive.uniform", "expected uniform: [low, high], got a list of 1"),
        ("road: {drive: {choice: {values: [1 h, 2 kg]}}}", "road.drive.choice.values.1", "expected a time"),
        ("road: {turn_back: {gamma: {mean: 0.1, cv: 1}}}", "road.turn_back.gamma", "expected a share: uniform"),
        ("road: {turn_back: 140%}", "road.turn_back", "expected a share between 0 and 1"),
    ],
)  # fmt: skip
def test_values_that_do_not_hold_together(text: str, path: str, message: str) -> None:
    found = faults(text + "\n" + LAST)
    assert any(f": {path}: " in fault and message in fault for fault in found), found
    assert len(found) == 1, found


def test_a_cycle_of_orders_needs_no_other_way_out() -> None:
    def two(a: str, b: str) -> str:
        return f"threat: {{}}\nmissions:\n  a: {{order: {a}, cohorts: {{c: 5}}}}\n  b: {{order: {b}, cohorts: {{c: 5}}}}\n"

    assert only(two("{when: gone b}", "{when: gone a}")) == (
        "x.yaml:3:14: missions.a.order: reference cycle: a waits for b waits for a, and nothing else orders them"
    )
    loads(two("{when: [gone b, threat >= fallen]}", "{when: gone a}"))
    loads(two("{when: gone b}", "{when: gone a, at: 5 d}"))
    loads("missions: {a: {order: {when: gone b}, cohorts: {c: 5}}, b: {closed: 2021-05-28, order: {when: gone a}}}")


def test_one_fault_does_not_hide_another() -> None:
    text = "lift: {types: {t: {seets: 5}}, fleets: {f: {aircraft: t, hubs: x}}}\nmissions: {a: {cohorts: {c: {people: 1, residual: 2}}}}\n"
    assert [fault.split(": ")[1] for fault in faults(text)] == [
        "lift.types.t.seats", "lift.types.t.seets", "lift.fleets.f.hubs", "missions.a.cohorts.c.residual"
    ]  # fmt: skip


def test_positions_in_lists_survive_other_faults() -> None:
    text = "security:\n  phases:\n  - {begins: yesterday, provider: none}\n  - {begins: start, provider: none, nane: 1}\n" + LAST
    assert [fault.split(": ")[0] for fault in faults(text)] == ["x.yaml:3:14", "x.yaml:4:37"]


@pytest.mark.first(6)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: " + "[" * 400_000, "at most 30 levels"),
        ("{a: " * 200_000, "at most 30 levels"),
        ("x: [" + "1," * 200_000 + "1]", "at most 100,000 values"),
        ("\n".join(["l0: &l0 [1,1,1,1,1,1,1,1,1,1]"] + [f"l{k}: &l{k} [" + f"*l{k - 1}," * 9 + f"*l{k - 1}]" for k in range(1, 12)]), "100,000"),
        ("\n".join(f"d{k}: &d{k} " + (f"[*d{k - 1}]" if k else "1") for k in range(40)), "at most 30 levels"),
        ("\n".join(f"k{k}: 1" for k in range(30_000)), "more faults"),
        ("missions:\n" + "\n".join(f"  m{k}: {{order: {{when: gone q{k}}}}}" for k in range(9000)), "more faults"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_quickly(text: str, message: str) -> None:
    started = time.process_time()
    assert message in faults(text)[-1]
    assert time.process_time() - started < 10  # seconds; about 2 on a slow machine, for ever without the limits


@pytest.mark.parametrize(
    ("cohorts", "path", "message"),
    [
        ("b: {of: aa, times: r}", "cohorts.b.people.of", 'no cohort named "aa" in this mission; nearest: "a"'),
        ("b: {of: local, times: r}", "cohorts.b.people.of", 'no cohort named "local" in this mission; known: a, b'),
        ("b: {of: a, times: other}", "cohorts.b.people.times", 'no ratio named "other"; known: r'),
        ("b: {of: a, times: rr}", "cohorts.b.people.times", 'no ratio named "rr"; nearest: "r"'),
        ("b: {of: b, times: r}", "cohorts.b.people.of", "reference cycle: b is a multiple of b"),
        ("b: {people: {of: a, times: 4.1}}", "cohorts.b.people.times", "expected {of: COHORT, times: RATIO}, got 4.1 for times"),
        ("b: {people: {of: a}}", "cohorts.b.people", "expected {of: COHORT, times: RATIO}, got nothing for times"),
        ("b: {of: a, times: r, low: 3}", "cohorts.b.people", 'expected {of: COHORT, times: RATIO}: unknown key "low"; a range is that of the ratio'),
        ("b: {people: 5, residual: {of: a, times: r}}", "cohorts.b.residual", "expected all or a whole number of people ≥ 0 or a mapping with value"),
        ("b: {people: {of: a, times: r}, residual: 9}", "cohorts.b.residual", "expected at most the 8 people of the cohort"),
    ],
)  # fmt: skip
def test_what_is_no_multiple_of_another_cohort(cohorts: str, path: str, message: str) -> None:
    said = only(f"ratios: {{r: 2}}\nmissions: {{m: {{cohorts: {{a: 4, {cohorts}}}}}}}\n")
    assert said.startswith("x.yaml:2:")
    assert f"missions.m.{path}: {message}" in said


def test_multiples_that_wait_for_each_other() -> None:
    cohorts = "a: {of: b, times: r}, b: {of: c, times: r}, c: {of: b, times: r}, d: {of: a, times: r}"
    said = only(f"ratios: {{r: 2}}\nmissions: {{m: {{cohorts: {{{cohorts}}}}}}}\n")
    assert said.endswith(": missions.m.cohorts.b.people.of: reference cycle: b is a multiple of c is a multiple of b")


@pytest.mark.parametrize(
    ("ratio", "cohorts", "start"),
    [
        ("-2", "a: 4, b: {of: a, times: r}", "x.yaml:1:13: ratios.r: expected a number ≥ 0, got -2"),
        ("2", "a: -4, b: {of: a, times: r}", "x.yaml:2:29: missions.m.cohorts.a.people: expected a whole number of people ≥ 0, got -4"),
        ("2", "a: {people: -4, ready: 1 h}, b: {people: {of: a, times: r}}, c: {of: b, times: r}", "x.yaml:2:38: missions.m.cohorts.a.people: "),
    ],
)  # fmt: skip
def test_what_is_faulty_itself_is_not_said_to_be_missing(ratio: str, cohorts: str, start: str) -> None:
    assert only(f"ratios: {{r: {ratio}}}\nmissions: {{m: {{cohorts: {{{cohorts}}}}}}}\n").startswith(start)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("road: {drive: -3 h}", 'road.drive: expected a time ≥ 0, such as 45 min, 6 h or 2 d, got "-3 h"'),
        ("road: {drive: {triangular: [-3 h, 1 h, 2 h]}}", 'road.drive.triangular.0: expected a time ≥ 0, such as 45 min, 6 h or 2 d, got "-3 h"'),
        ("road: {speed: -3 km/h}", 'road.speed: expected a speed ≥ 0, such as 25 km/h, got "-3 km/h"'),
        ("airport: {closures: {c: {at: -3 d, lasts: 1 h, closes: road}}}", 'airport.closures.c.at: expected start, a date, a time ≥ 0, or {LEVEL: time}, got "-3 d" (a moment before the start is a date)'),
        ("airport: {closures: {c: {at: {stable: -3 d}, lasts: 1 h, closes: road}}}\nthreat: {}", 'airport.closures.c.at.stable: expected a time ≥ 0, such as 45 min, 6 h or 2 d, got "-3 d"'),
        ("road: {turn_back: -0.1}", "road.turn_back: expected a share between 0 and 1, such as 0.4 or 40%, got -0.1"),
    ],
)  # fmt: skip
def test_what_is_negative_is_said_to_be(text: str, message: str) -> None:
    assert only(f"{text}\n{LAST}").endswith(": " + message)


@pytest.mark.parametrize("kept", ["hold: 5 h", "hold: null", "hold: {value: 2 d, note: x}"])
def test_a_key_of_an_earlier_version_says_what_to_write_instead(kept: str) -> None:
    now = 'unknown key "hold": one for all providers now: write security.unsecured_hold for how long an airport that nobody secures holds, or force.hold of the provider for how long its troops are tolerated'
    assert only(f"{LAST}security: {{providers: {{none: {{{kept}}}}}}}") == f"x.yaml:2:31: security.providers.none.hold: {now}"
    for providers in ("", "security: {providers: {none: {arrival: 1 h}}}"):
        (said,) = faults(LAST + providers, ["security.providers.none.hold=5 h"])
        assert said.endswith(f"security.providers.none.hold: {now}")
    loads(f"{LAST}security: {{unsecured_hold: 5 h, providers: {{none: {{force: {{hold: 5 h}}}}}}}}")


def test_errors_travel_between_processes() -> None:
    with pytest.raises(ScenarioError) as refused:
        loads("title: 5\n", "x.yaml")
    again = pickle.loads(pickle.dumps(refused.value))
    assert str(again) == str(refused.value)
    assert again.faults == refused.value.faults


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def refused(name: str) -> str:
        with pytest.raises(ScenarioError) as error:
            load(name)
        return str(error.value)

    assert refused("nowhere.yaml") == "nowhere.yaml:1:1: cannot read nowhere.yaml: No such file or directory"
    assert "expected a file, got the folder" in refused(str(tmp_path))
    assert "expected a regular file" in refused("/dev/null")
    assert "expected the path" in refused("")
    assert "expected the path" in refused("a\0b")
    assert refused("evacsim:mnimal").endswith("no shipped scenario evacsim:mnimal; nearest: evacsim:minimal")
    assert "no shipped scenario" in refused("evacsim:../pyproject")
    (tmp_path / "big.yaml").write_text("# " + "x" * 1_000_000)
    assert "at most 1,000,000 bytes" in refused(str(tmp_path / "big.yaml"))
    (tmp_path / "latin.yaml").write_bytes("# ok\ntitle: Köln\n".encode("latin-1"))
    assert refused(str(tmp_path / "latin.yaml")).endswith("latin.yaml:2:9: expected UTF-8 text")
    (tmp_path / "mark.yaml").write_bytes(b"\xef\xbb\xbfmissions: {a: {}}\n")
    assert load(tmp_path / "mark.yaml").name == "mark"


def test_a_repeated_key_hides_no_other_fault() -> None:
    text = LAST + "airport:\n  gates:\n    abbey: {lanes: six}\n  gates: {}\n"
    assert faults(text) == [
        'x.yaml:4:20: airport.gates.abbey.lanes: expected a whole number ≥ 0, got "six"',
        "x.yaml:5:3: airport.gates: repeated key gates; the first is in line 3",
    ]


@pytest.mark.parametrize(
    ("base", "own", "path", "said"),
    [
        (
            "threat: {start: stable,\n  stay: {stable: 1 d}}",
            "threat: {timeline: [{at: 5 h, level: fallen}]}",
            "threat.timeline",
            "stay is said in base.yaml:2; `stay: null` beside timeline takes it away",
        ),
        (
            "threat: {timeline: [{at: 5 h, level: fallen}]}",
            "threat: {stay: {stable: 1 d}}",
            "threat.timeline",
            "stay is said in own.yaml:2; `stay: null` beside timeline takes it away, `timeline: null` beside stay that",
        ),
        (
            "vehicles: {bus: {number: 2, seats: 9}}\nshuttles: {air: {number: 1, seats: 9, cycle: 1 h}}\n"
            "missions: {a: {order: {at: start}, cohorts: {core: {people: 5, vehicles: bus}}}}",
            "missions: {a: {cohorts: {core: {shuttle: air}}}}",
            "missions.a.cohorts.core.shuttle",
            "vehicles is said in base.yaml:3; `vehicles: null` beside shuttle takes it away",
        ),
    ],
)
def test_what_a_base_says_beside_it_is_named_with_its_file_and_line(tmp_path, base, own, path, said):
    missions = "" if "missions" in base else "\nmissions: {a: {order: {at: start}, cohorts: {core: 3}}}"
    (tmp_path / "base.yaml").write_text(base + missions + "\n")
    (tmp_path / "own.yaml").write_text(f"extends: base.yaml\n{own}\n")
    with pytest.raises(ScenarioError) as error:
        load(tmp_path / "own.yaml")
    messages = [fault.message.replace(f"{tmp_path}/", "") for fault in error.value.faults if fault.path == path]
    assert any(said in message for message in messages), [str(fault) for fault in error.value.faults]


def test_what_the_fault_says_to_write_mends_it(tmp_path):
    missions = "missions: {a: {order: {at: start}, cohorts: {core: 3}}}"
    (tmp_path / "base.yaml").write_text(f"threat: {{fallen: fallen, stay: {{stable: 1 d}}}}\n{missions}\n")
    (tmp_path / "own.yaml").write_text("extends: base.yaml\nthreat: {stay: null, timeline: [{at: 5 h, level: fallen}]}\n")
    threat = load(tmp_path / "own.yaml").scenario.threat
    assert threat is not None
    assert len(threat.timeline) == 1
    assert not threat.stay

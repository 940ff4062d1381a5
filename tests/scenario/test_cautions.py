"""What is accepted and can hardly be meant is said with its place; phases and empty lists that mean nothing are refused."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, cautions, load, loads, shut_for_good

FOLDER = Path(__file__).parents[2] / "scenarios"
BASE = """\
clock: {start: 2021-08-10 06:00, horizon: 10 d}
threat: {start: threatened, fallen: fallen, stay: {threatened: 3 d, contested: 2 d}}
security:
  providers:
    turkish: {force: {headcount: 500}}
    late: {force: {headcount: 500, build_up: [{after: 1 d, headcount: 600}], withdrawal: {begins: 5 d, takes: 1 d}}}
  phases: [{begins: start, provider: turkish}, {begins: 4 d, provider: late}, {begins: {fallen: 12 h}, provider: none}]
  host: {collapse: {at: {contested: 1 d}}}
airport:
  gates: {main: {lanes: 2}, side: {lanes: 1}}
  closures: {works: {at: 2021-08-09, lasts: 2 d, closes: road}}
  incidents: {warning: {at: [3 d], lasts: 2 h, closes: gates}}
  consular: {officers: 4, build_up: [{at: 2021-08-11, officers: 8}]}
hubs: {doha: {beds: 100, opens: 1 d}}
lift:
  types: {c17: {seats: 100, surge: 200}}
  fleets: {main: {aircraft: c17, number: 2, hubs: doha, available: 2021-08-09, until: 9 d}}
  retrograde: {army: {people: 100, begins: 2 d, deadline: 15 d}}
missions:
  north: {gates: main, order: {at: 2021-08-09}, cohorts: {core: 10, local: {people: 5, order: {when: threat >= fallen}}}}
  south: {order: {when: [threat >= contested, gone north], delay: 1 d}, cohorts: {core: 10}}
  old: {closed: 2021-05-28, cohorts: {core: 10}}
  stays: {residual: all, cohorts: {core: 10}}
  empty: {}
"""


def told(*overrides: str) -> list[str]:
    return cautions(loads(BASE, "x.yaml", overrides).scenario)


def refused(*overrides: str) -> str:
    with pytest.raises(ScenarioError) as error:
        loads(BASE, "x.yaml", overrides)
    (fault,) = error.value.faults
    return str(fault).split(": ", 1)[1]


def test_nothing_is_said_where_all_may_be_meant() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("override", "text"),
    [
        ("missions.north.order.at=2022-08-11", "missions.north.order.at: comes 356 d after the end of the simulation, in 2022, while the clock starts in 2021: nobody is asked to move by it"),
        ("missions.north.order.at=2020-08-11", "missions.north.order.at: lies 364 d before the start, in 2020, while the clock starts in 2021: its people are ordered out at the start"),
        ("missions.north.order.at=2021-01-11", "missions.north.order.at: lies 211 d before the start: its people are ordered out at the start"),
        ("missions.north.order.at=2021-05-28", None),  # a decision of the spring
        ("missions.north.order={at: 2021-05-28, delay: 100 d}", "missions.north.order.delay: lasts 100 d, past the end of the simulation: nobody is asked to move by it"),
        ("missions.north.order={at: 2021-05-28, delay: 75 d}", None),
        ("missions.north.order={at: 4 d, delay: 6 d}", "missions.north.order.delay: lasts 6 d, past the end of the simulation: nobody is asked to move by it"),
        ("missions.north.order={at: 4 d, delay: 5 d}", None),
        ("missions.north.order={at: {contested: 8 d}, delay: 3 d}", "missions.north.order.delay: lasts 3 d, past the end of the simulation: nobody is asked to move by it"),
        ("missions.north.order={at: {contested: 11 d}}", "missions.north.order.at: it comes after the end of the simulation: nobody is asked to move by it"),
        ("missions.north.order={at: 4 d, delay: {exponential: {mean: 30 d}}}", None),
        ("missions.south.order={when: gone stays}", "missions.south.order.when: stays never goes: nobody is asked to move by it"),
        ("missions.south.order={when: [gone stays, gone empty]}", "missions.south.order.when: stays or empty never goes: nobody is asked to move by it"),
        ("missions.south.order={when: gone old}", None),
        ("missions.south.order={when: gone >= 40%}", None),  # north and old; south can't wait for itself
        ("missions.south.order={when: gone >= 41%}", "missions.south.order.when: at most 2 of 5 missions ever go: nobody is asked to move by it"),
        ("missions.south.order={when: provider absent}", None),
        ("missions.south.order={at: {ordered: 2 h}}", None),
        ("missions.north.order.at=10 d", "missions.north.order.at: comes no time after the end of the simulation: nobody is asked to move by it"),
        ("missions.old.closed=2021-08-12 06:00", "missions.old.closed: comes 2 d after the start: its people stay, and nobody is asked to move by it; an order would"),
        ("missions.old={closed: 2 d, order: {at: 1 d}}", "missions.old.closed: comes 2 d after the start: its people stay, and nobody is asked to move by it; without it its order would"),
        ("missions.old.closed={contested: 1 h}", "missions.old.closed: comes after the start: its people stay, and nobody is asked to move by it; an order would"),
        ("missions.old.closed={threatened: 0 h}", None),
        ("missions.old.closed=start", None),
        ("missions.old={closed: 2 d, residual: all}", None),
        ("missions.old={closed: 2 d, cohorts: {core: 0}}", None),
        ("missions.old.closed=2021-09-10", "missions.old.closed: comes 20.8 d after the end of the simulation: its people stay, and nobody is asked to move by it; an order would"),
        ("missions.old.closed=2031-05-28", "missions.old.closed: comes 3,568 d after the end of the simulation, in 2031, while the clock starts in 2021: its people stay, and nobody is asked to move by it; an order would"),
        ("hubs.doha.opens=2021-08-21 06:00", "hubs.doha.opens: comes 24 h after the end of the simulation: it never happens"),
        ("lift.retrograde.army.begins={value: 12 d}", "lift.retrograde.army.begins: comes 2 d after the end of the simulation: it never happens"),
        ("airport.incidents.warning.at=[3 d, 2021-08-08 06:00]", "airport.incidents.warning.at.1: lies 2 d before the start, and is taken as the start"),
        ("security.phases=[{begins: 2021-08-09 06:00, provider: turkish}, {begins: 4 d, provider: late}]", "security.phases.0.begins: lies 24 h before the start, and is taken as the start"),
        ("lift.retrograde.army.begins=2021-08-09 06:00", "lift.retrograde.army.begins: lies 24 h before the start, and is taken as the start"),
        ("security.providers.late.force.flown_in={aircraft: c17, troops: 100}", "security.providers.late.force.flown_in: its aircraft never land: nobody ever runs the tower, and the runway has no visual time"),
        ("security.providers.late={force: {headcount: 500, flown_in: {aircraft: c17, troops: 100}}, operator: {}}", None),
        ("security.providers.turkish={force: {headcount: 500, flown_in: {aircraft: c17, troops: 100}}, operator: {}}", "security.providers.turkish.force.flown_in: has no effect: all its troops are there when the clock starts"),
        ("security.providers.turkish={arrival: 1 h, force: {headcount: 500, flown_in: {aircraft: c17, troops: 100}}, operator: {services: tower}}", None),
        ("security.providers.turkish={force: {headcount: 500, build_up: [{after: 1 d, headcount: 600}], flown_in: {aircraft: c17, troops: 100}}, operator: {}}", None),
        ("security.providers.other={force: {headcount: 500, flown_in: {aircraft: c17, troops: 100}}, operator: {}}", None),
        ("security.providers.late.force.withdrawal={begins: 5 d, lift: true, deadline: 6 d, near: 1 d}", None),
        ("security.providers.late.force.withdrawal={begins: 5 d, lift: true, deadline: 60 d}", None),  # a limit may lie beyond the end
        ("security.providers.late.force.withdrawal={begins: 5 d, lift: true, deadline: 4 d}", "security.providers.late.force.withdrawal.deadline: lies before begins: troops board before everyone else from the first on"),
        ("security.providers.late.force.withdrawal={begins: 5 d, deadline: 6 d}", "security.providers.late.force.withdrawal.deadline: has no effect: who withdraws takes no seats without lift: true"),
        ("security.providers.late.force.withdrawal={begins: 5 d, lift: true, near: 1 d}", "security.providers.late.force.withdrawal.near: has no effect without a deadline"),
        ("lift.retrograde.army.deadline=1 d", "lift.retrograde.army.deadline: lies before begins: troops board before everyone else from the first on"),
        ("lift.types.c17.surge=40", "lift.types.c17.surge: 40 surge seats are fewer than the 100 seats of every day"),
        ("missions.north.cohorts.local.order.when=threat >= fallen", None),
        ("threat.stay.contested=null", "missions.north.cohorts.local.order.when: the threat never reaches fallen: nobody is asked to move by it"),
        ("threat.up={contested: 0}", "missions.north.cohorts.local.order.when: the threat never reaches fallen: nobody is asked to move by it"),
        ("threat.up={contested: 0.1}", None),
        ("missions.north.cohorts.core={people: 10, gates: side}", None),
        ("missions.north.cohorts.core={people: 10, gates: side, starts: gate}", None),
        ("missions.north.cohorts.core={people: 10, gates: side, starts: holding}", "missions.north.cohorts.core.gates: has no effect: it starts inside"),
        ("missions.south.order=null", "missions.south: is without an order: nobody is ever asked to move"),
        ("missions.south.cohorts={core: 10, local: {people: 5, order: {at: 1 d}}}", None),
    ],
)  # fmt: skip
def test_each_is_said_with_its_place(override: str, text: str | None) -> None:
    found = told(override)
    assert found == ([text] if text else [])


@pytest.mark.parametrize("until", ["2021-08-09", "2021-08-08"])
def test_a_fleet_that_ends_before_it_is_there(until: str) -> None:
    found = told(f"lift.fleets.main.until={until}")
    assert "lift.fleets.main.until: is not after available: the fleet never flies" in found


SMALL = """\
clock: {horizon: 10 d}
threat: {levels: [calm, tense, fallen], start: calm, fallen: fallen}
missions: {north: {order: ORDER, cohorts: {core: 10}}, south: {order: {when: gone north}, cohorts: {core: 10}}}
"""


@pytest.mark.parametrize(
    ("order", "place", "why"),
    [
        ("{at: {tense: 2 h}}", "at", "the threat never reaches tense"),
        ("{at: {ordered: 2 h}}", "at", "no order is ever given that it could follow"),
        ("{when: threat >= fallen}", "when", "the threat never reaches fallen"),
        ("{when: [threat >= fallen, threat >= tense]}", "when", "the threat never reaches fallen or tense"),
        ("{when: provider absent}", "when", "no phase of security says who is there or leaves"),
        ("{when: provider leaving}", "when", "no phase of security says who is there or leaves"),
        ("{when: gone >= 50%}", "when", "at most 0 of 2 missions ever go"),
        ("{when: [gone >= 50%, threat >= tense]}", "when", "the threat never reaches tense, and at most 0 of 2 missions ever go"),
        ("{delay: 10 d, when: threat >= calm}", "delay", "lasts 10 d, past the end of the simulation"),
    ],
)
def test_an_order_that_never_comes_and_one_that_waits_for_its_mission(order: str, place: str, why: str) -> None:
    """Closures cascade, and so does it that they never happen."""
    assert cautions(loads(SMALL.replace("ORDER", order)).scenario) == [
        f"missions.north.order.{place}: {why}: nobody is asked to move by it",
        "missions.south.order.when: north never goes: nobody is asked to move by it",
    ]


def test_both_ways_of_an_order_are_named_where_neither_comes() -> None:
    found = cautions(loads(SMALL.replace("ORDER", "{at: 20 d, when: threat >= tense}")).scenario)
    assert found == [
        "missions.north.order.at: comes 10 d after the end of the simulation: nobody is asked to move by it",
        "missions.north.order.when: the threat never reaches tense: nobody is asked to move by it",
        "missions.south.order.when: north never goes: nobody is asked to move by it",
    ]
    one = cautions(loads(SMALL.replace("ORDER", "{at: {tense: 1 h}, when: threat >= calm}")).scenario)
    assert one == []


def test_a_cohort_without_an_order_beside_one_that_has_one() -> None:
    found = told("missions.south.order=null", "missions.south.cohorts={core: 10, local: {people: 5, order: {at: 1 d}}}")
    assert found == ["missions.south.cohorts.core: is without an order: nobody is ever asked to move"]


def test_a_level_that_a_timeline_reaches_too_late() -> None:
    dated = "threat={start: threatened, fallen: fallen, stay: null, timeline: [{at: 2 d, level: contested}, {at: 11 d, level: fallen}]}"
    assert [text for text in told(dated) if text.startswith("missions")] == [
        "missions.north.cohorts.local.order.when: the threat never reaches fallen: nobody is asked to move by it"
    ]


@pytest.mark.parametrize(
    ("override", "text"),
    [
        ("security.phases=[{begins: start, provider: turkish}, {begins: 0 h, provider: none}]", "security.phases.1.begins: expected phases one after another, but none begins at the same time as turkish"),
        ("security.phases=[{begins: 2 d, provider: turkish}, {begins: 2021-08-11, provider: none}]", "security.phases.1.begins: expected phases one after another, but none begins before turkish"),
        ("security.phases=[{begins: {fallen: 2 h}, provider: turkish}, {begins: {fallen: 2 h}, provider: none}]", "security.phases.1.begins: expected phases one after another, but none begins at the same time as turkish"),
        ("security.phases=[{begins: 1 d, provider: turkish}, {begins: {fallen: 2 h}, provider: late}, {begins: 1 d, provider: none}]", "security.phases.2.begins: expected phases one after another, but none begins at the same time as turkish"),
        ("security.phases=[{begins: {fallen: {uniform: [1 h, 2 h]}}, provider: turkish}, {begins: {fallen: {uniform: [1 h, 2 h]}}, provider: none}]", "security.phases.1.begins: expected phases one after another, but none begins at a time drawn as that of turkish"),
        ("security.phases=[{begins: {uniform: [3 d, 5 d]}, provider: turkish}, {begins: {choice: {values: [1 d, 3 d]}}, provider: none}]", "security.phases.1.begins: expected phases one after another, but none begins before turkish"),
        ("security.phases=[{begins: start, provider: turkish}, {begins: {threatened: 0 h}, provider: none}]", "security.phases.1.begins: expected phases one after another, but none begins at the same time as turkish"),
        ("missions.north.gates=[]", "missions.north.gates: expected the gates that it may use, at least one; without this line it may use all"),
        ("missions.north.cohorts.core={people: 10, gates: []}", "missions.north.cohorts.core.gates: expected the gates that it may use, at least one; without this line it may use those of its mission"),
        ("missions.north.cohorts.core={people: 10, modes: []}", "missions.north.cohorts.core.modes: expected the modes by which it may go, at least one; without this line it goes as the cohort itself says"),
        ("lift.fleets.main.windows=[]", "lift.fleets.main.windows: expected the windows in which it may land, at least one; without this line it may use all"),
        ("lift.fleets.main.serves=[]", "lift.fleets.main.serves: expected the missions that it serves, at least one; without this line it serves all"),
        ("lift.fleets.main.hubs=[]", "lift.fleets.main.hubs: expected the hubs to which it flies, at least one; without this line it flies to a place without limits"),
        ("airport.closures.works.stops=[]", "airport.closures.works.stops: expected whom it stops, at least one; without this line it stops everybody (leave the closure out to stop nobody)"),
        ("airport.incidents.warning.stops=[]", "airport.incidents.warning.stops: expected whom it stops, at least one; without this line it stops everybody (closes: [] stops nobody)"),
        ("airport.crowd={start: 5, stops: []}", "airport.crowd.stops: expected whom it stops, at least one; without this line it stops everybody (leave close_above out to stop nobody)"),
        ("airport.gates.side.hours_stop=[]", "airport.gates.side.hours_stop: expected whom it stops outside its hours, at least one; without this line it stops everybody (hours: always stops nobody)"),
        ("airport.gates.side.admits=[]", "airport.gates.side.admits: expected who may use it, at least one; without this line everybody may (lanes: 0 shuts it)"),
        ("airport.gates.side.missions=[]", "airport.gates.side.missions: expected the missions whose people it takes, at least one; without this line it takes those of all"),
        ("road.windows={w: {begins: 2021-09-15, until: 2021-09-14}}", "road.windows.w.until: expected a moment after begins: the window would never open"),
        ("road.windows={w: {begins: 2 d, until: 2 d}}", "road.windows.w.until: expected a moment after begins: the window would never open"),
        ("airport.airfield={windows: {w: {begins: {fallen: 3 d}, until: {fallen: 2 d}}}}", "airport.airfield.windows.w.until: expected a moment after begins: the window would never open"),
        ("security.phases=[{begins: start, provider: turkish}, {begins: 4 d, provider: turkish, handover: true}]", "security.phases.1.handover: expected another provider than before, got turkish, which would hand over to itself"),
        ("security.providers.other={force: {flown_in: {aircraft: c17, troops: 100}}}", "security.providers.other.force.headcount: expected a headcount beside flown_in"),
        ("security.providers.late.force.flown_in={aircraft: c17, troops: 0}", "security.providers.late.force.flown_in.troops: expected troops on an aircraft > 0, got 0"),
        ("security.providers.late.force.flown_in={aircraft: c17, troops: 100, endurance: 2 h}", "security.providers.late.force.flown_in.returns: expected the time until it comes again beside endurance"),
        ("security.providers.late.force.flown_in={aircraft: c5, troops: 100}", 'security.providers.late.force.flown_in.aircraft: no aircraft type named "c5"; known: c17'),
        ("road.drive={triangular: [1 h, 2 h, 3 h], low: 4 h}", "road.drive.low: expected low ≤ mean ≤ high, got low \"4 h\", above the mean of triangular [1 h, 2 h, 3 h]"),
        ("road.drive={uniform: [1 h, 3 h], high: 90 min}", "road.drive.high: expected low ≤ mean ≤ high, got high \"90 min\", below the mean of uniform [1 h, 3 h]"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(override: str, text: str) -> None:
    assert refused(override) == text


@pytest.mark.parametrize(
    "phases",
    [
        "[{begins: {uniform: [3 d, 5 d]}, provider: turkish}, {begins: {choice: {values: [1 d, 4 d]}}, provider: none}]",
        "[{begins: start, provider: turkish}, {begins: {threatened: {uniform: [0 h, 1 h]}}, provider: none}]",
        "[{begins: {contested: 3 h}, provider: turkish}, {begins: {fallen: 2 h}, provider: none}]",
        "[{begins: {contested: {exponential: {mean: 3 h}}}, provider: turkish}, {begins: {contested: {exponential: {mean: 4 h}}}, provider: none}]",
        "[{begins: {ordered: 3 h}, provider: turkish}, {begins: 0 h, provider: none}]",
    ],
)
def test_phases_that_may_come_in_their_order(phases: str) -> None:
    assert told(f"security.phases={phases}") == []


def test_phases_of_a_timeline_that_begin_together() -> None:
    """Contested on the second day, and fallen at once: whatever waits for either comes then."""
    dated = "threat={start: threatened, fallen: fallen, stay: null, timeline: [{at: 2 d, level: fallen}]}"
    for begins, how in (
        ("{fallen: 6 h}", "at the same time as"),
        ("{contested: 5 h}", "before"),
        ("{fallen: {uniform: [1 h, 6 h]}}", "before"),
    ):
        phases = f"security.phases=[{{begins: 54 h, provider: turkish}}, {{begins: {begins}, provider: none}}]"
        assert refused(dated, phases).endswith(f"none begins {how} turkish")


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (["security.providers.late.officers=9"], None),
        (["security.providers.late={officers: 9, force: null}"], "security.providers.late.officers: there is no force to protect them"),
        (["security.providers.late.officers=9", "airport.consular=null"], "security.providers.late.officers: there is no eligibility check"),
    ],
)  # fmt: skip
def test_officers_whom_nobody_protects_or_needs(overrides: list[str], text: str | None) -> None:
    assert told(*overrides) == ([] if text is None else [text])


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (["security.per_lane=40"], None),
        (["security.per_lane=40", *(f"security.providers.{p}.force.per_lane=20" for p in ("turkish", "late"))], "every force says its own"),
        (["security={per_lane: 40, providers: null, phases: null}"], "there is no force"),
        (["airport.search.per_group=2 min", "airport.gates.main.per_group=1 min"], None),
        (["airport.search.per_group=2 min", *(f"airport.gates.{g}.per_group=1 min" for g in ("main", "side"))], "every gate says its own"),
    ],
)  # fmt: skip
def test_what_holds_wherever_nothing_is_said_and_no_such_place(overrides: list[str], text: str | None) -> None:
    path = overrides[0].split("=")[0].replace("security", "security.per_lane").replace("per_lane.per_lane", "per_lane")
    assert told(*overrides) == ([] if text is None else [f"{path}: {text}"])


def test_a_ratio_that_nothing_is_a_multiple_by() -> None:
    assert told("ratios.size=4") == ["ratios.size: no head count is a multiple by it"]
    assert told("ratios.size=4", "missions.north.cohorts.local.people={of: core, times: size}") == []


def test_nobody_who_stays_wants_an_order() -> None:
    assert told("missions.south.order=null", "missions.south.cohorts.core.residual=all") == []


def test_no_gate_for_the_search_of_all() -> None:
    (said,) = cautions(loads("airport: {search: {per_person: 1 min/person}}\nmissions: {m: {residual: all}}").scenario)
    assert said == "airport.search.per_person: there is no gate"


def test_the_mean_at_an_end_of_its_range_is_a_range() -> None:
    assert told("road.drive={uniform: [1 h, 3 h], low: 2 h, high: 2 h}") == []


def test_of_the_shipped_scenarios_only_what_is_so() -> None:
    """In the back-cast Canada's local staff had no order before its end, and no cohort drives in the Germans' cars of the base."""
    said = {p.stem: cautions(load(p).scenario) for p in sorted(FOLDER.glob("*.yaml"))}
    assert {name for name, texts in said.items() if texts} == {"kabul-2021"}
    cars = "vehicles.germany-suvs: no cohort uses them: they never drive"
    assert all(text.startswith("missions.canada.cohorts.") or text == cars for text in said["kabul-2021"])


def test_a_pool_that_no_cohort_uses() -> None:
    pools = "vehicles={buses: {seats: 40}, cars: {seats: 4}}"
    unused = "vehicles.cars: no cohort uses them: they never drive"
    assert told(pools, "missions.north.cohorts.core={people: 10, vehicles: buses}") == [unused]
    by_mode = "missions.south.cohorts.core={people: 10, modes: [{vehicles: cars}, {alone: true}]}"
    assert told(pools, "missions.north.cohorts.core={people: 10, vehicles: buses}", by_mode) == []


@pytest.mark.parametrize(
    ("override", "text"),
    [
        (
            "road.windows={truce: {begins: 2021-08-07, until: 2021-08-08}}",
            "road.windows.truce: is over before the start: the window never opens",
        ),
        ("road.windows={truce: {lasts: 0 h}}", "road.windows.truce: lasts no time: the window never opens"),
        (
            "road.windows={truce: {begins: 2021-08-08, lasts: 1 d}}",
            "road.windows.truce: is over before the start: the window never opens",
        ),
        (
            "road.windows={truce: {begins: 11 d}}",
            "road.windows.truce.begins: comes 24 h after the end of the simulation: it never happens",
        ),
        (
            "airport.airfield={windows: {night: {hours: never}}}",
            "airport.airfield.windows.night: lasts no time: the window never opens",
        ),
        ("helicopters={ch: {number: 2}}", "helicopters.ch: no shuttle uses them: they never fly"),
        ("places={roof: {guards: {people: 5}}}", "places.roof: no shuttle flies there, and its guards never come"),
        (
            "airport.incidents.warning={closes: [runway], stops: public}",
            "airport.incidents.warning.stops: tells nobody apart: what it closes closes for all",
        ),
        (
            "airport.gates.side.call_forward=true",
            "airport.gates.side.call_forward: calls nobody forward: no fleet names a mission in serves",
        ),
        ("airport.gates.side.hours_stop=public", "airport.gates.side.hours_stop: stops nobody: the gate has no hours"),
        (
            "threat.effects={fallen: {lets_through: 0.5}}",
            "threat.effects.fallen.lets_through: concerns nobody: no cohort starts at the gate or comes alone",
        ),
        ("road.held=agreed", "road.held: holds nobody: there are no road.windows"),
    ],
)
def test_windows_and_helicopters_that_mean_nothing(override: str, text: str) -> None:
    assert told(override) == [text]


def test_windows_that_mean_something() -> None:
    assert told("road.windows={truce: {begins: 2021-08-09, lasts: 5 d}, later: {begins: {fallen: 1 d}, until: 9 d}}") == []


REACTS = (
    "security.reactions={share: 0.5, decides: 1 d}",
    "missions.north.reaction={tier: 1}",
    "missions.south.reaction={tier: 2}",
)
SECURED = "security.reactions: a force is there from the start and never leaves: nobody reacts"
STAYING = "security.providers.staying={force: {headcount: 500}}"


@pytest.mark.parametrize(
    ("overrides", "texts"),
    [
        (REACTS, []),
        (REACTS[1:], ["missions.north.reaction: has no effect, as of 1 more: no security.reactions says how many missions go"]),
        (REACTS[1:2], ["missions.north.reaction: has no effect: no security.reactions says how many missions go"]),
        (REACTS[:1], ["security.reactions: no mission says a tier of its reaction: nobody reacts"]),
        ((*REACTS, "security.phases=[]"), ["security.reactions: no phase of security says that nobody is there: nobody reacts"]),
        (("security.absence_known=3 d",), ["security.absence_known: has no effect: no security.reactions says which missions go"]),
        ((*REACTS[:2], "missions.south.reaction={tier: never}", "security.reactions.share=1"), ["security.reactions.share: asks for 2 of 2 missions, but only 1 say a tier: no more than these go"]),
        ((*REACTS, "missions.stays.reaction={tier: 1}"), ["missions.stays.reaction: has a place among those that leave, but nobody of it is to be moved"]),
        ((*REACTS, "missions.old.reaction={tier: 1}"), ["missions.old.reaction: has a place among those that leave, but nobody of it is to be moved"]),
        ((*REACTS, "security.reactions.share=0.1"), ["security.reactions.share: asks for 0 of 2 missions, rounded half up: nobody reacts"]),
        ((*REACTS, "security.reactions.share={uniform: [0, 0.2]}"), ["security.reactions.share: asks for 0 of 2 missions, rounded half up: nobody reacts"]),
        ((*REACTS, "security.reactions.share={uniform: [0, 0.3]}"), []),
        ((*REACTS, "security.reactions.share=0"), []),
        ((*REACTS[1:], "security.reactions={decides: 1 d}"), ["security.reactions: says no share of the missions: nobody reacts"]),
        ((*REACTS, "security.phases=[{begins: start, provider: turkish}]"), [SECURED]),
        ((*REACTS, STAYING, "security.phases=[{begins: start, provider: turkish}, {begins: 2 d, provider: staying, handover: true}]"), [SECURED]),
        ((*REACTS, STAYING, "security.phases=[{begins: start, provider: turkish}, {begins: 2 d, provider: staying}]"), []),
        ((*REACTS, "security.phases=[{begins: start, provider: turkish}, {begins: 2 d, provider: late, handover: true}]"), []),
        ((*REACTS, "security.phases=[{begins: 1 h, provider: turkish}]"), []),
        ((*REACTS, "security.phases=[{begins: start, provider: turkish}]", "security.providers.turkish.arrival=1 h"), []),
        ((*REACTS, "security.phases=[{begins: start, provider: turkish}]", "security.providers.turkish.force.withdrawal={when: threat >= fallen}"), []),
        ((*REACTS, "security.absence_known=3 d"), ["security.absence_known: has no effect: a force is there at the start"]),
        ((*REACTS, "security.absence_known=0 d"), []),
        ((*REACTS, "security.absence_known=3 d", "security.providers.turkish.arrival=1 h"), []),
        ((*REACTS, "missions.north.order=null", "missions.north.cohorts.local.order=null"), []),
        ((*REACTS, "missions.north.order=null", "missions.north.reaction.orders=false"), ["missions.north.cohorts.core: is without an order: nobody is ever asked to move"]),
    ],
)  # fmt: skip
def test_reactions_that_lead_to_nothing(overrides: tuple[str, ...], texts: list[str]) -> None:
    assert [t for t in told(*overrides) if "security.host" not in t] == texts


@pytest.mark.parametrize("raw", ["0", "-1", "1.5", "sometimes", "true"])
def test_a_tier_is_a_whole_number_or_never(raw: str) -> None:
    said = refused(f"missions.north.reaction={{tier: {raw}}}")
    assert said.startswith("missions.north.reaction.tier: expected a tier (1, 2, ...) or never, got ")


def test_an_order_that_waits_in_a_circle_is_none_where_the_mission_reacts() -> None:
    circle = (
        "missions.north.order={at: null, when: gone south}",
        "missions.north.cohorts.local.order=null",
        "missions.south.order={when: gone north}",
    )
    assert "reference cycle" in refused(*circle)
    assert told(*circle, *REACTS) == []


@pytest.mark.parametrize(
    ("own", "said"), [("residual: 3", True), ("residual: 0", True), ("residual: all", False), ("ready: 1 h", False)]
)
def test_a_cohort_with_a_residual_of_its_own_where_all_of_its_mission_stay(own: str, said: bool) -> None:
    texts = ["missions.stays.cohorts.core.residual: has no effect: residual: all of its mission keeps all of them"]
    assert told(f"missions.stays.cohorts.core={{people: 10, {own}}}") == (texts if said else [])


WINDOWED = """\
clock: {start: 2021-08-10, horizon: 10 d}
threat: {start: calm, levels: [calm, bad, worse], stay: {calm: {exponential: {mean: 2 d}}}}
airport: {airfield: {windows: {w: {}}}}
hubs: {ship: {}}
shuttles: {s: {number: 1, seats: 10, flight: 1 h, enters: out, hub: ship}, t: {number: 1, seats: 10, flight: 1 h}}
lift: {types: {c17: {seats: 100}}, fleets: {f: {aircraft: c17, outbound: 1 h}}}
missions:
  a: {order: {at: start}, cohorts: {c: 5}}
  b: {order: {at: start}, cohorts: {c: {people: 5, shuttle: s}}}
  c: {order: {at: start}, cohorts: {c: {people: 5, shuttle: t}, d: {people: 5, modes: [{shuttle: t}, {}]}}}
"""


@pytest.mark.parametrize(
    ("windows", "closed"),
    [
        ("{w: {until: 2021-08-19}}", True),
        ("{w: {begins: 1 d, lasts: 9 d}}", True),  # to the very end
        ("{w: {begins: 1 d, lasts: 9.1 d}}", False),
        ("{w: {begins: {uniform: [1 d, 2 d]}, lasts: {uniform: [1 d, 8 d]}}}", True),
        ("{w: {begins: {uniform: [1 d, 3 d]}, lasts: {uniform: [1 d, 8 d]}}}", False),
        ("{w: {until: 2021-08-19}, v: {begins: 12 d, lasts: 1 d}}", False),  # a longer one would see it
        ("{w: {hours: never}}", True),
        ("{w: {lasts: 0 h}}", True),
        ("{w: {begins: 2021-08-01, lasts: 1 d}}", True),  # before the start
        ("{w: {begins: {worse: 1 h}}}", True),  # the threat never gets that far: bad lasts for ever
        ("{w: {begins: {bad: 1 h}, lasts: 1 h}}", False),  # who knows when
        ("{w: {begins: {ordered: 1 h}, lasts: 1 h}}", False),
        ("{w: {}}", False),
        ("{}", False),
    ],
)
def test_missions_for_which_no_window_opens_after_the_end(windows: str, closed: bool) -> None:
    scenario = loads(WINDOWED, "x.yaml", [f"airport.airfield.windows={windows}"]).scenario
    assert shut_for_good(scenario) == (frozenset("ac") if closed else frozenset())


def test_a_shuttle_that_ends_in_time_is_no_way_out_after_the_end() -> None:
    over = ["airport.airfield.windows={w: {until: 2021-08-19}}", "shuttles.s.until=9 d"]
    assert shut_for_good(loads(WINDOWED, "x.yaml", over).scenario) == frozenset("abc")
    assert shut_for_good(loads(WINDOWED, "x.yaml", [*over, "lift=null"]).scenario) == frozenset()

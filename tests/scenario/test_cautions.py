"""What is accepted and can hardly be meant is said with its place; phases and empty lists that mean nothing are refused."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, cautions, load, loads

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
        ("lift.retrograde.army.deadline=1 d", "lift.retrograde.army.deadline: lies before begins: troops board before everyone else from the first on"),
        ("lift.types.c17.surge=40", "lift.types.c17.surge: 40 surge seats are fewer than the 100 seats of every day"),
        ("missions.north.cohorts.local.order.when=threat >= fallen", None),
        ("threat.stay.contested=null", "missions.north.cohorts.local.order.when: the threat never reaches fallen: nobody is asked to move by it"),
        ("threat.up={contested: 0}", "missions.north.cohorts.local.order.when: the threat never reaches fallen: nobody is asked to move by it"),
        ("threat.up={contested: 0.1}", None),
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
    """In the back-cast Canada's local staff had no order before its end, and a part of others never lets the capital fall."""
    said = {p.stem: cautions(load(p).scenario) for p in sorted(FOLDER.glob("*.yaml"))}
    assert {name for name, texts in said.items() if texts} == {"kabul-2021"}
    assert all(text.startswith("missions.canada.cohorts.") for text in said["kabul-2021"])

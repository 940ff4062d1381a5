"""Which capacities a scenario has, and that "one more" is added to what is there, however it is written."""

from __future__ import annotations

import pytest

from sim.scenario import ScenarioError, loads
from sim.scenario.errors import Faults
from sim.scenario.quantity import Quantity, constant
from sim.studies.axis import parse_steps
from sim.studies.bottleneck.capacities import (
    KINDS,
    RULES,
    added,
    capacities,
    nearest,
    only,
    warning_of,
    warning_step,
)

TEXT = """
security:
  providers:
    guard:
      force: {headcount: {value: 500, kind: lever}, build_up: [{after: 1 d, headcount: 800}], perimeter: 100, per_lane: 50}
    other: {force: {headcount: 70}}
  phases: [{begins: start, provider: guard}]
airport:
  gates:
    main: {lanes: {value: 2, low: 1, high: 3, kind: lever, evidence: assumed}, per_person: 1 min/person}
    wide: {per_person: 1 min/person}
  consular: {officers: 12, team: 3, per_group: 5 min}
  holding: 800
  airfield: {runway: {day: 5 min}, stands: {large: {number: 4}}}
vehicles: {buses: {seats: 50, number: {uniform: [3, 6]}}, cars: {seats: 3}}
lift:
  types: {transport: {seats: 100, stand: large}}
  fleets: {relief: {aircraft: transport, number: 3, hubs: [haven]}, one: {aircraft: transport}}
hubs: {haven: {beds: 1500, onward: 40 people/h}, home: {}}
missions: {north: {order: {at: 0 h}, cohorts: {core: {people: 100, vehicles: buses}}}}
"""


def scenario(text=TEXT):
    return loads(text).scenario


def found(steps=(), text=TEXT):
    faults = Faults()
    parsed = parse_steps(steps, faults)
    made = {c.path: c for c in capacities(scenario(text), parsed, faults)}
    faults.stop()
    return made


def test_every_finite_capacity_and_no_infinite_one():
    assert list(found()) == [
        "airport.gates.main.lanes",
        "airport.consular.officers",
        "airport.airfield.stands.large.number",
        "vehicles.buses.number",
        "lift.fleets.relief.number",
        "lift.fleets.one.number",
        "hubs.haven.beds",
        "hubs.haven.onward",
        "airport.holding",
        "security.providers.guard.force.headcount",
    ]
    assert {c.kind for c in found().values()} <= set(KINDS)


def test_settings_add_the_step_to_what_is_there():
    made = {path: tuple(map(str, c.settings)) for path, c in found().items()}
    assert made["airport.gates.main.lanes"] == ("airport.gates.main.lanes=3",)
    assert made["airport.consular.officers"] == ("airport.consular.officers=15",), "a team of three"
    assert made["vehicles.buses.number"] == ("vehicles.buses.number={uniform: [4, 7]}",)
    assert made["lift.fleets.one.number"] == ("lift.fleets.one.number=2",), "one aircraft is the default"
    assert made["hubs.haven.beds"] == ("hubs.haven.beds=1600",)
    assert made["hubs.haven.onward"] == ("hubs.haven.onward=50",)
    force = "security.providers.guard.force"
    assert made[f"{force}.headcount"] == (f"{force}.headcount=600", f"{force}.build_up.0.headcount=900")


def test_officers_who_come_later_get_the_step_too():
    later = TEXT.replace("per_group: 5 min}", "per_group: 5 min, build_up: [{at: 2021-09-02, officers: 20}]}")
    made = {c.path: c for c in capacities(scenario(later))}["airport.consular.officers"]
    assert tuple(map(str, made.settings)) == ("airport.consular.officers=15", "airport.consular.build_up.0.officers=23")


def test_officers_whom_a_force_protects_are_a_capacity_of_their_own():
    own = TEXT.replace("    guard:\n", "    guard:\n      officers: 24\n").replace("other: {", "other: {officers: 9, ")
    made = {c.path: c for c in capacities(scenario(own))}
    assert tuple(map(str, made["airport.consular.officers"].settings)) == ("airport.consular.officers=15",)
    one = made["security.providers.guard.officers"]
    assert (one.kind, tuple(map(str, one.settings))) == ("officer", ("security.providers.guard.officers=27",))
    assert one.phrase == "3 more consular officers with the Guard force"
    assert "security.providers.other.officers" not in made


def test_the_scenario_accepts_every_setting():
    for capacity in found().values():
        changed = loads(TEXT, overrides=capacity.settings).scenario
        there = {c.path: c for c in capacities(changed)}[capacity.path]
        assert there.now != capacity.now


def test_words():
    made = found()
    assert made["airport.gates.main.lanes"].phrase == "one more search lane at Main gate"
    assert made["airport.consular.officers"].phrase == "3 more consular officers"
    assert made["hubs.haven.onward"].phrase == "10 people/h more onward travel at Haven"
    assert made["hubs.haven.beds"].label == "beds at Haven"
    assert [made[p].step_text for p in ("hubs.haven.beds", "hubs.haven.onward")] == ["+100", "+10 people/h"]
    assert warning_of((), 24).phrase == "a day of warning"
    assert warning_of((), 48).phrase == "48 h of warning"


def test_steps_that_are_asked_for():
    made = found(["airport.gates.*.lanes=+4", "hubs.haven.onward = +240 people/d", "airport.airfield.runway.day=-1 min"])
    assert tuple(map(str, made["airport.gates.main.lanes"].settings)) == ("airport.gates.main.lanes=6",)
    assert tuple(map(str, made["hubs.haven.onward"].settings)) == ("hubs.haven.onward=50",)
    runway = made["airport.airfield.runway.day"]
    assert (runway.kind, runway.step_text, runway.phrase) == ("other", "−1 min", "1 min less of runway time of a movement by day")
    assert loads(TEXT, overrides=runway.settings).scenario.airport.airfield.runway.day.value == pytest.approx(4 / 60)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("airport.gates.main.lanes", "expected PATH=+N"),
        ("airport.gates.main.lanes=2", "expected PATH=+N"),
        ("airport..lanes=+2", "expected PATH=+N"),
        ("airport.gates.main.lanes=+1.5", "expected a whole number"),
        ("airport.gates.main.lanes=+0", "expected an amount > 0"),
        ("airport.gates.main.lanes=-3", "expected a step of at most 2 less, got 3 less"),
        ("hubs.haven.onward=+5 km", "expected"),
        ("warning=-1 d", "expected a time to be added"),
        ("warning=+x", "expected"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_with_its_place(step, said):
    faults = Faults()
    parsed = parse_steps(["airport.holding=+5", step], faults)
    warning_step(parsed, faults)
    capacities(scenario(), parsed, faults)
    with pytest.raises(ScenarioError) as error:
        faults.stop()
    (line,) = str(error.value).splitlines()
    assert line.startswith("--step 2:1:1: ")
    assert said in line


def test_a_step_that_is_there_twice_is_refused():
    faults = Faults()
    parse_steps(["hubs.*.beds=+5", "hubs.*.beds=+6"], faults)
    assert [f.message for f in faults] == ["is there twice"]


@pytest.mark.parametrize(
    ("quantity", "step", "params"),
    [
        (constant(3), 1, (4,)),
        (Quantity("triangular", (1, 2, 6)), 1, (2, 3, 7)),
        (Quantity("pert", (1, 2, 6)), -1, (0, 1, 5)),
        (Quantity("normal", (5, 2)), 1, (6, 2)),
        (Quantity("choice", (2, 4, 0.25, 0.75)), 1, (3, 5, 0.25, 0.75)),
        (Quantity("exponential", (4,)), 1, (5,)),
        (Quantity("gamma", (2, 3)), 3, (2, 4.5)),
    ],
)
def test_one_more_of_a_distribution(quantity, step, params):
    more = added(quantity, step)
    assert more.params == pytest.approx(params)
    assert more.mean == pytest.approx(quantity.mean + step)


def test_only_chooses_by_path_or_kind():
    everything = [*found().values(), warning_of(())]
    assert [c.path for c in only(everything, ["lane", "hubs.*"])] == [
        "airport.gates.main.lanes",
        "hubs.haven.beds",
        "hubs.haven.onward",
    ]
    assert only(everything, ["warning"]) == everything[-1:]
    assert only(everything, ()) == everything


def test_the_nearest_path_is_said():
    assert nearest("hubs.heaven.beds", [scenario()]) == "; nearest: hubs.haven.beds"
    assert nearest("quite.something.else", [scenario()]) == ""


def test_each_kind_has_the_least_step_that_can_be_ordered():
    """One of most things; a hundred beds, places or troops; ten people an hour."""
    steps = {rule.pattern: rule.step for rule in RULES}
    hundreds = {pattern for pattern, step in steps.items() if step == 100}
    assert {pattern for pattern, step in steps.items() if step == 10} == {r"hubs\.([^.]+)\.onward"}
    assert hundreds == {
        r"hubs\.([^.]+)\.beds", r"airport\.holding", r"security\.providers\.([^.]+)\.force\.headcount",
        r"security\.host\.headcount",
    }  # fmt: skip
    assert sorted(steps.values()) == [1] * 12 + [10] + [100] * 4


@pytest.mark.parametrize(
    ("quantity", "less"),
    [(constant(3), 3), (Quantity("uniform", (2, 9)), 2), (Quantity("triangular", (2, 5, 9)), 2), (Quantity("normal", (5, 2)), 5),
     (Quantity("choice", (4, 2, 0.5, 0.5)), 2)],
)  # fmt: skip
def test_no_less_than_nothing_is_left(quantity, less):
    """All of the least that it can be may go (the mean of a normal one), and no more."""
    assert added(quantity, -less).family == quantity.family
    with pytest.raises(ValueError, match=f"expected a step of at most {less} less, got {less + 0.5} less"):
        added(quantity, -less - 0.5)


def test_all_of_a_distribution_that_begins_at_nothing_cannot_go():
    assert added(Quantity("exponential", (4,)), -3.5).params == pytest.approx((0.5,))
    with pytest.raises(ValueError, match="expected a step of at most 4 less, got 4 less"):
        added(Quantity("exponential", (4,)), -4)


def test_one_and_many_more_and_fewer_in_words():
    made = found(["airport.gates.main.lanes=-1", "hubs.haven.beds=-1", "airport.holding=-1", "hubs.haven.onward=-2 people/h"])
    assert (made["airport.gates.main.lanes"].label, made["airport.gates.main.lanes"].phrase) == (
        "search lane at Main gate", "one fewer search lane at Main gate",
    )  # fmt: skip
    assert made["hubs.haven.beds"].phrase == "one fewer bed at Haven"
    assert made["airport.holding"].phrase == "one fewer place in the holding area"
    assert made["hubs.haven.onward"].phrase == "2 people/h less onward travel at Haven"
    assert made["hubs.haven.onward"].label == "onward travel at Haven"
    assert made["hubs.haven.beds"].step_text == "−1"
    usual = found()
    force = usual["security.providers.guard.force.headcount"]
    assert (force.label, force.phrase, force.step_text) == (
        "troops of the Guard force",
        "100 more troops of the Guard force",
        "+100",
    )
    assert usual["airport.holding"].phrase == "100 more places in the holding area"
    assert usual["airport.consular.officers"].label == "consular officers"
    many = found(["airport.holding=+1200"])["airport.holding"]
    assert (many.phrase, many.step_text) == ("1,200 more places in the holding area", "+1,200")


def test_what_there_is_now_and_what_is_added():
    made = found()
    assert {path: c.now for path, c in made.items()}["hubs.haven.onward"] == "40 people/h"
    assert made["lift.fleets.one.number"].now == "1"
    assert [made[path].step for path in ("airport.gates.main.lanes", "hubs.haven.beds", "hubs.haven.onward")] == [1, 100, 10]
    assert (made["hubs.haven.onward"].dimension, made["hubs.haven.onward"].kind) == ("flow", "onward travel")
    warned = warning_of(("x",))
    assert (warned.path, warned.kind, warned.step, warned.step_text, warned.settings) == (
        "warning",
        "warning",
        24.0,
        "+24 h",
        ("x",),
    )


def test_the_last_step_asked_for_counts_and_warning_is_a_day_unless_asked():
    made = found(["hubs.*.beds=+5", "hubs.haven.beds=+7", "warning=+2 d"])
    assert made["hubs.haven.beds"].step == 7
    faults = Faults()
    assert warning_step(parse_steps(["hubs.*.beds=+5"], faults), faults) == 24.0
    assert warning_step(parse_steps(["hubs.*.beds=+5", "warning=+2 d"], faults), faults) == 48.0
    assert not len(faults)

"""Factors: ranges from the scenario, values that stay possible, groups, and that what they say to a scenario is what is meant."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.factors import Factor, Spec, candidates, chosen, corners, said, without
from sim.analysis.naming import about
from sim.scenario import ScenarioError, load, loads
from sim.scenario.errors import Faults
from sim.scenario.parsing import parse_quantity
from sim.scenario.quantity import Quantity
from sim.scenario.ranges import Member, is_logarithmic, kind_of, possible, whole, written
from sim.scenario.shapes import quantities

TEXT = """
missions:
  north: {order: {at: 6 h}, cohorts: {core: 120, families: {people: {value: 60, evidence: assumed}, group: 4}}}
  south:
    order: {when: [threat >= high], delay: {triangular: [1 h, 2 h, 6 h], evidence: assumed}}
    cohorts: {families: {people: {value: 90, evidence: estimated}}}
threat:
  levels: [low, high]
  start: low
  stay: {low: {gamma: {mean: 40 h, cv: 0.5}, evidence: assumed}}
airport:
  gates:
    a: {lanes: {value: 2, low: 1, high: 4, kind: lever}, per_person: {value: 60 s/person, low: 30 s/person, high: 120 s/person}}
    b: {lanes: {value: 3, low: 1, high: 4, kind: lever}, per_person: {value: 60 s/person, low: 30 s/person, high: 120 s/person}}
  closures: {storm: {at: {value: 5 h, evidence: assumed}, lasts: {lognormal: {median: 3 h, p90: 9 h}}, closes: [gates]}}
road: {turn_back: {value: 0.6, evidence: assumed}, drive: {triangular: [20 min, 45 min, 2 h], evidence: estimated}}
"""


def factors(kind: str = "uncertainty") -> dict[str, Factor]:
    return {f.name: f for f in candidates(loads(TEXT).scenario, kind).factors}


def test_entries_of_a_table_move_together_and_single_ones_have_their_own_name() -> None:
    assert {name: len(f.members) for name, f in factors().items()} == {
        "threat.stay.low": 1,
        "airport.gates.*.per_person": 2,
        "airport.closures.storm.at": 1,
        "road.drive": 1,
        "road.turn_back": 1,
        "missions.south.order.delay": 1,
        "missions.*.cohorts.families.people": 2,
    }
    assert {name: len(f.members) for name, f in factors("lever").items()} == {"airport.gates.*.lanes": 2}


def test_levers_are_never_among_the_uncertainties() -> None:
    shipped = load("evacsim:turkish-advancing").scenario
    paths = {kind: {m.path for f in candidates(shipped, kind).factors for m in f.members} for kind in ("uncertainty", "lever")}
    assert paths["lever"]
    assert paths["lever"] & paths["uncertainty"] == {"security.providers.turkish.force.hold"}
    assert not any("providers.coalition" in path for path in paths["uncertainty"]), "a provider that is never in charge"


HELD = """
security:
  phases: [{begins: start, provider: guard}]
  providers: {guard: {force: {hold: HOLD}}, idle: {force: {hold: HOLD}}}
"""


@pytest.mark.parametrize("kind", ["uncertainty", "lever"])
@pytest.mark.parametrize(
    ("hold", "own"),
    [
        ("{value: 7 d, evidence: assumed}", "uncertainty"),
        ("{lognormal: {median: 7 d, p90: 16 d}, kind: lever, evidence: assumed}", "lever"),
        ("{value: 7 d, low: 3 d, high: 14 d, kind: lever}", "lever"),
        ("{value: 7 d, kind: constant, evidence: assumed}", None),
        ("7 d", None),
    ],
)
def test_how_long_a_force_is_tolerated_is_in_every_study(hold: str, own: str | None, kind: str) -> None:
    """Of the provider in charge, whichever kind the scenario calls it, also where asked for by name; it says which it is."""
    scenario = loads(HELD.replace("HOLD", hold) + TEXT).scenario
    path = "security.providers.guard.force.hold"
    found = {f.name: f for f in candidates(scenario, kind).factors}
    assert {name for name in found if "hold" in name} == (set() if own is None else {path})
    if own is not None:
        assert (found[path].kind, found["airport.gates.*.lanes" if kind == "lever" else "threat.stay.low"].kind) == (own, kind)
        faults = Faults()
        (named,) = chosen(scenario, kind, [Spec(path)], faults, faults).factors
        assert (named.name, named.kind, len(faults)) == (path, own, 0)


def test_a_distribution_without_a_range_is_counted_and_left_alone() -> None:
    assert candidates(loads(TEXT).scenario, "uncertainty").unranged == 1


def test_a_range_of_half_to_double_is_logarithmic_and_plus_minus_half_linear() -> None:
    people = factors()["missions.*.cohorts.families.people"].members
    assert [m.log for m in people] == [True, False]
    assert people[0].at(0.5) == pytest.approx(60)
    assert people[1].at(0.5) == pytest.approx(90)


@given(st.floats(0, 1))
def test_a_distribution_is_multiplied_as_a_whole(position: float) -> None:
    stay = factors()["threat.stay.low"].members[0]
    moved = stay.moved(position)
    assert moved.mean == pytest.approx(stay.at(position))
    assert moved.params[0] == stay.quantity.params[0], "the shape of a gamma distribution stays"
    assert 20 - 1e-9 <= moved.mean <= 80 + 1e-9


def test_values_stay_possible() -> None:
    turn_back = factors()["road.turn_back"].members[0]
    assert (turn_back.low, turn_back.high) == (0.3, 1.0)
    lanes = Member("x", parse_quantity(1, "count"), "count", 0.4, 2.5, True)
    assert [lanes.moved(p).value for p in (0.0, 1.0)] == [1.0, 3.0], "whole, and at least 1 where low is above 0"
    share = Member("x", parse_quantity({"triangular": [0.2, 0.6, 0.9]}, "share"), "share", 0.3, 1.0, False)
    assert share.moved(1.0).params == (pytest.approx(0.2 / 0.566666666), 1.0, 1.0)
    whole = Member("x", parse_quantity({"choice": {"values": [2, 3]}}, "count"), "count", 1.0, 5.0, False)
    assert whole.moved(1.0).params == (4.0, 6.0, 0.5, 0.5)


@pytest.mark.parametrize(
    ("raw", "dimension"),
    [
        ("3 h", "time"), ({"uniform": ["1 h", "2 h"]}, "time"), ({"triangular": [1, 2, 6]}, "time"),
        ({"pert": [1, 2, 6]}, "time"), ("2 /d", "frequency"),
        ({"exponential": {"mean": "2 d"}}, "time"), ({"gamma": {"mean": 5, "cv": 0.7}}, "time"),
        ({"lognormal": {"median": 5, "p90": 12}}, "time"), ({"weibull": {"shape": 1.3, "scale": 4}}, "time"),
        ({"normal": {"mean": 5, "sd": 2}}, "time"), ({"choice": {"values": [2, 5], "weights": [1, 3]}}, "time"),
    ],
)  # fmt: skip
def test_what_is_written_is_read_back(raw: object, dimension: str) -> None:
    import yaml

    quantity = parse_quantity(raw, dimension)
    again = parse_quantity(yaml.safe_load(written(quantity)), dimension)
    assert again.family == quantity.family
    assert again.params == pytest.approx(quantity.params, rel=1e-9)


@pytest.mark.parametrize("name", ["turkish-collapse", "reference"])
@pytest.mark.parametrize("kind", ["uncertainty", "lever"])
def test_every_parameter_of_a_shipped_scenario_can_be_moved(name: str, kind: str) -> None:
    """Long form, distribution, moment, list: whatever the file wrote, the override puts the value where it is meant."""
    every = candidates(load(f"evacsim:{name}").scenario, kind).factors
    united = {m.path for f in every for m in f.members if "united-nations" in m.path and m.dimension == "people"}
    found = without(every, united)  # of whom more stay than the low ends leave
    for position in (0.0, 1.0):
        settings = [s for f in found for s in f.settings(position)]
        moved = load(f"evacsim:{name}", settings).scenario
        there = {".".join(map(str, path)): quantity for path, _, quantity, _ in quantities(moved)}
        for member in (m for f in found for m in f.members):
            wanted = member.moved(position)
            assert there[member.path].family == wanted.family, member.path
            assert there[member.path].params == pytest.approx(wanted.params, rel=1e-9), member.path


def test_the_thresholds_of_the_crowd_move_together() -> None:
    found = {f.name: f for f in candidates(load("evacsim:turkish-collapse").scenario, "uncertainty").factors}
    tied = found["airport.crowd.close_above + airport.crowd.open_below"]
    assert len(tied.members) == 2


@given(st.integers(1, 40))
def test_corners_hold_all_four_combinations_of_every_pair(k: int) -> None:
    made = [Factor(f"f{i}", (Member(f"f{i}", parse_quantity(2.0, "factor"), "factor", 1.0, 3.0, False),)) for i in range(k)]
    rows = [tuple(s.text for s in settings) for settings in corners(made)]
    assert len(rows) <= 2 * math.ceil(math.log2(k)) + 2 if k > 1 else len(rows) == 2
    for i in range(k):
        for j in range(i):
            assert {(row[i], row[j]) for row in rows} == {("1", "1"), ("1", "3"), ("3", "1"), ("3", "3")}


def picked(*specs: Spec, kind: str = "uncertainty", text: str = TEXT) -> list[Factor]:
    faults = Faults()
    found = chosen(loads(text).scenario, kind, specs, faults, faults)
    faults.stop()
    return list(found.factors)


def test_a_star_is_one_part_and_moves_together_two_are_everything_below() -> None:
    assert [len(f.members) for f in picked(Spec("airport.gates.*.per_person"))] == [2]
    assert [f.name for f in picked(Spec("airport.**"))] == ["airport.gates.*.per_person", "airport.closures.storm.at"]
    assert [f.name for f in picked(Spec("airport.gates.a.per_person"))] == ["airport.gates.a.per_person"]
    assert [f.name for f in picked(Spec("airport.gates.*.lanes"), kind="lever")] == ["airport.gates.*.lanes"]


def test_stated_ranges_scales_and_groups() -> None:
    (one,) = picked(Spec("road.drive", low="30 min", high="90 min", log=True))
    assert (one.members[0].low, one.members[0].high, one.members[0].log) == (0.5, 1.5, True)
    (both,) = picked(Spec("road.turn_back", times=(0.5, 1.5), group="road"), Spec("road.drive", group="road"))
    assert (both.name, [m.path for m in both.members]) == ("road", ["road.turn_back", "road.drive"])
    assert both.members[0].high == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (Spec("airport.gates.a.lanes"), "--levers"),
        (Spec("airport.closures.storm.lasts"), "expected a range"),
        (Spec("road.drive", low="2 h", high="1 h"), "low < high"),
        (Spec("road.drive", low="2 km", high="3 km"), "expected a time"),
        (Spec("road.drive", low="0 h", high="3 h", log=True), "low > 0"),
    ],
)
def test_what_cannot_be_studied_is_said(spec: Spec, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        picked(spec)


def test_a_parameter_belongs_to_one_factor() -> None:
    with pytest.raises(ScenarioError, match="one factor for each"):
        picked(Spec("airport.gates.*.per_person"), Spec("airport.gates.a.per_person"))


def test_what_matches_nothing_is_returned() -> None:
    faults = Faults()
    assert chosen(loads(TEXT).scenario, "uncertainty", [Spec("road.drift")], faults, faults).unmatched


def test_ends_in_words() -> None:
    found = factors()
    assert [found["airport.gates.*.per_person"].end(p) for p in (0.0, 1.0)] == ["30 s/person", "120 s/person"]
    assert found["threat.stay.low"].end(1.0) == "3.3 d"
    assert found["missions.*.cohorts.families.people"].end(0.0) == "× 0.5"
    assert found["missions.*.cohorts.families.people"].end(1.0) == ""
    assert said(0.02, "frequency") == "0.48 /d"
    assert [said(x, "frequency", 0.02, 0.1) for x in (0.02, 0.1)] == ["0.02 /h", "0.1 /h"]
    assert about("airport.gates.a.per_person") == "Search time of each person of the group"


def test_every_default_factor_has_a_place_in_a_file(tmp_path: Path) -> None:
    """The names are paths that --factors takes back."""
    for name, factor in factors().items():
        (again,) = picked(Spec(name))
        assert {m.path for m in again.members} == {m.path for m in factor.members}


def test_scaling_keeps_zero_and_constants() -> None:
    zero = Member("x", Quantity("constant", (0.0,)), "time", 0.0, 3.0, False)
    assert [zero.moved(p).value for p in (0.0, 0.5, 1.0)] == [0.0, 1.5, 3.0]


@pytest.mark.parametrize("log", [True, False])
def test_the_ends_of_a_range_are_taken_exactly(log: bool) -> None:
    """0.3 × (0.9 / 0.3)^1 is not 0.9, nor is 0.3 + 1 × (0.9 - 0.3): the ends are taken as they are written."""
    member = Member("road.retry", Quantity("constant", (0.2,)), "time", 0.3, 0.9, log)
    assert (member.at(0.0), member.at(1.0)) == (0.3, 0.9)
    assert member.at(0.5) == pytest.approx(math.sqrt(0.27) if log else 0.6)


@pytest.mark.parametrize(
    ("x", "dimension", "text"),
    [
        (0.5, "time", "30 min"),
        (60 / 3600, "per-person", "60 s/person"),
        (299 / 3600, "per-person", "299 s/person"),
        (1 / 12, "per-person", "5 min/person"),  # from five minutes on
        (0.1, "frequency", "0.1 /h"),
        (0.09, "frequency", "2.16 /d"),
        (0.3, "share", "30 %"),
        (2.5, "count", "3"),
        (1_204.0, "people", "1,204 people"),
        (1.5, "factor", "1.5"),
        (12.34, "length", "12.3 km"),
        (999.0, "flow", "999 people/h"),
        (1_000.4, "flow", "1,000 people/h"),
    ],
)
def test_values_in_words(x: float, dimension: str, text: str) -> None:
    assert said(x, dimension) == text


@pytest.mark.parametrize(("low", "high", "value", "log"), [
    (1.0, 4.0, 2.0, True),  # the geometric middle
    (1.0, 4.0, 2.5, False),  # the arithmetic middle
    (1.0, 4.0, 2.2, True),  # 0.2 from one, 0.3 from the other
    (1.0, 4.0, 2.3, False),
    (1.0, 4.0, 2.25, False),  # as near to both
    (0.0, 4.0, 0.1, False),  # no logarithm of nothing
])  # fmt: skip
def test_the_scale_is_that_whose_middle_is_nearer(low: float, high: float, value: float, log: bool) -> None:
    assert is_logarithmic(low, high, value) == log


def test_whole_numbers_are_at_least_one_where_there_is_anything() -> None:
    assert [whole(x) for x in (0.0, 0.1, 0.49, 1.49, 1.5, 2.5)] == [0, 1, 1, 1, 2, 3]
    choice = Quantity("choice", (0.2, 1.6, 0.5, 0.5))
    assert possible(choice, "count").params == (1.0, 2.0, 0.5, 0.5)
    assert possible(choice, "time").params == choice.params
    assert possible(Quantity("uniform", (0.2, 1.6)), "count").params == (0.2, 1.6)  # drawn and rounded in the run


def test_shares_are_cut_at_one() -> None:
    assert possible(Quantity("constant", (1.2,)), "share") == Quantity("constant", (1.0,))
    assert possible(Quantity("uniform", (0.5, 1.2)), "share").params == (0.5, 1.0)
    assert possible(Quantity("uniform", (1.1, 1.2)), "share") == Quantity("constant", (1.0,))
    assert possible(Quantity("choice", (0.5, 1.5, 0.25, 0.75)), "share").params == (0.5, 1.0, 0.25, 0.75)
    assert possible(Quantity("choice", (1.25, 1.5, 0.25, 0.75)), "share") == Quantity("constant", (1.0,))


def test_a_distribution_that_is_moved_to_nothing_is_nothing() -> None:
    member = Member("x", Quantity("uniform", (1.0, 3.0)), "time", 0.0, 4.0, False)
    assert member.moved(0.0) == Quantity("constant", (0.0,))
    assert member.moved(1.0).params == (2.0, 6.0)
    assert member.moved(0.25).params == (0.5, 1.5)
    assert not member.still
    assert Member("x", Quantity("constant", (1.0,)), "count", 0.6, 1.4, False).still  # one at both ends
    assert str(member.setting(1.0)) == "x={uniform: [2, 6]}"


def lone(path: str, value: Quantity, low: float, high: float, log: bool = False) -> Member:
    return Member(path, value, "time", low, high, log)


def test_what_a_factor_is() -> None:
    plain = Quantity("constant", (2.0,), text="2 h", evidence="assumed")
    one = Factor("road.drive", (lone("road.drive", plain, 1.0, 4.0, True),)).as_json()
    assert one == {
        "name": "road.drive", "label": "Driving time to the gates", "phrase": "driving time to the gates",
        "about": about("road.drive"), "kind": "uncertainty", "paths": ["road.drive"], "unit": "h",
        "value": "2 h", "low": 1.0, "high": 4.0, "low_text": "1 h", "high_text": "4 h", "distribution": False,
        "evidence": "assumed", "scale": "log",
    }  # fmt: skip
    spread = Quantity("uniform", (2.0, 4.0), evidence="reported")
    two = (lone("road.drive", plain, 1.0, 4.0, True), lone("road.retry", spread, 1.5, 6.0))
    both = Factor("road", two, "lever").as_json()
    assert (both["paths"], both["kind"], both["value"], both["low"], both["high"]) == (
        ["road.drive", "road.retry"], "lever", None, None, None,
    )  # fmt: skip
    assert (both["distribution"], both["evidence"], both["scale"]) == (True, "mixed", "mixed")
    assert (both["low_text"], both["high_text"]) == ("× 0.5", "× 2")
    assert Factor("road", (two[1],)).as_json()["value"] == "3"  # the mean, where the file's own words are not known
    assert Factor("road", (two[1],)).as_json()["scale"] == "linear"


def test_an_end_that_members_do_not_share_has_no_words() -> None:
    zero = lone("a", Quantity("constant", (0.0,)), 0.0, 1.0)
    one = lone("b", Quantity("constant", (1.0,)), 0.5, 2.0)
    assert Factor("x", (zero, one)).end(1.0) == ""  # no multiple of nothing
    assert Factor("x", (zero, one)).end(0.0) == ""
    assert Factor("x", (one, one)).end(0.0) == "30 min"


def test_what_makes_a_parameter_uncertain() -> None:
    """Its kind, a range, a grade or a distribution; a stated range makes even a constant one that can be studied."""
    bare, graded = Quantity("constant", (1.0,)), Quantity("constant", (1.0,), evidence="assumed")
    spread, fixed = Quantity("uniform", (1.0, 2.0)), Quantity("constant", (1.0,), kind="constant", low=0.5, high=2.0)
    lever = Quantity("constant", (1.0,), kind="lever")
    assert [kind_of(q, False) for q in (bare, graded, spread, fixed, lever)] == [
        "constant", "uncertainty", "uncertainty", "constant", "lever",
    ]  # fmt: skip
    assert [kind_of(q, True) for q in (bare, graded, spread, fixed, lever)] == [*["uncertainty"] * 4, "lever"]


def test_the_first_sentence_of_the_reference_without_its_marks() -> None:
    assert about("road.drive")
    for path in ("road.drive", "road.turn_back", "airport.crowd.slows", "missions.north.cohorts.core.ready", "no.such.path"):
        text = about(path)
        assert "``" not in text
        assert text[:1] == text[:1].upper()
        assert not text.endswith((".", ":", ",", ";", " "))
        assert text.count("(") == text.count(")")
    assert about("no.such.path") == ""
    assert about("airport.airfield.runway.night") == "The same at night"  # (default: as by day).


def test_without_leaves_no_empty_factor() -> None:
    every = tuple(factors().values())
    gone = {m.path for m in factors()["airport.gates.*.per_person"].members}
    assert "airport.gates.*.per_person" not in {f.name for f in without(every, gone)}
    assert len(without(every, set())) == len(every)
    (half,) = [f for f in without(every, {sorted(gone)[0]}) if f.name == "airport.gates.*.per_person"]
    assert [m.path for m in half.members] == sorted(gone)[1:]


def test_ranges_of_spec_and_scenario() -> None:
    """Multiples are of the mean; a share ends at 1; nothing that stays the same is a factor."""
    (times,) = picked(Spec("road.drive", times=(0.5, 3.0)))
    mean = times.members[0].quantity.mean
    assert (times.members[0].low, times.members[0].high) == (pytest.approx(0.5 * mean), pytest.approx(3 * mean))
    (share,) = picked(Spec("road.turn_back", times=(0.5, 3.0)))
    assert share.members[0].high == 1.0
    with pytest.raises(ScenarioError, match="expected a range"):
        picked(Spec("road.turn_back", times=(2.0, 3.0)))  # 1 at both ends
    (closed,) = picked(Spec("airport.closures.storm.lasts", low="1 h", high="9 h"))
    assert closed.members[0].high == 9.0
    assert picked(Spec("missions.*.cohorts.core.people")) == []  # nothing says how far

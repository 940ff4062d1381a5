"""What a scenario can tell before it is simulated: its inputs, its size, why it can't work; and files to start from."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.scenario import (
    ScenarioError,
    describe,
    estimate,
    impossible,
    json_schema,
    load,
    loads,
    shipped_names,
    starter,
    starter_from_csv,
)
from sim.scenario.schema import Cohort

FLOW = """\
threat: {}
airport:
  gates: {main: {lanes: 2}, side: {lanes: 1}}
  consular: {officers: 4, per_person: 1 min/person}
  airfield: {runway: {day: 5 min}, stands: {small: {number: 1}, large: {number: 1, size: 2}}}
vehicles: {buses: {seats: 40, number: 2}}
shuttles: {heli: {seats: 20, number: 1, flight: 10 min}}
road: {escorts: {troops: {teams: 1}}}
security: {phases: [{begins: start, provider: turkish}], providers: {turkish: {force: {headcount: 500, per_lane: 20}, operator: {}}}}
hubs: {qatar: {beds: 500}}
lift: {types: {jet: {seats: 100, stand: large, needs: tower}}, fleets: {f: {aircraft: jet, hubs: qatar, outbound: 4 h}}}
missions:
  a: {order: {at: 1 h}, cohorts: {core: 50, local: {people: 70, vehicles: buses, escort: troops}}}
  b: {order: {at: 1 h}, gates: side, cohorts: {core: {people: 50, shuttle: heli}}}
  c: {cohorts: {core: 50}}
"""


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ((), None),
        (("airport.gates.side.lanes=0",), None),  # the shuttle goes inside
        (("airport.gates.side.lanes=0", "airport.gates.main.lanes=0"), "airport.gates: every gate that may be used is useless: main has no lanes, side has no lanes; no way out for a"),
        (("airport.gates.main=null", "airport.gates.side.hours=never"), "airport.gates.side: the only gate never opens; no way out for a"),
        (("shuttles.heli.number=0",), "shuttles.heli.number: the shuttle has no helicopters; no way out for b"),
        (("vehicles.buses.number=0",), "vehicles.buses.number: the pool has no vehicles; no way out for local of a"),
        (("road.escorts.troops.teams=0",), "road.escorts.troops.teams: there are no escort teams; no way out for local of a"),
        (("road.curfew=always",), "road.curfew: nobody may ever leave without an escort; no way out for core of a"),
        (("road.turn_back=1", "road.retry=3 h"), "road.turn_back: every convoy is turned back; no way out for core of a"),
        (("airport.consular.officers=0",), "airport.consular.officers: there are no consular officers; nobody gets out"),
        (("airport.consular.team=5",), "airport.consular.officers: there are fewer consular officers than a team needs; nobody gets out"),
        (("airport.consular.officers=0", "security.providers.turkish.officers=4"), None),
        (("airport.consular.officers=0", "security.providers.turkish={officers: 4, force: null}", "airport.gates=null", "missions.b.gates=null"), "airport.consular.officers: there are no consular officers; nobody gets out"),
        (("airport.consular.officers=0", "security.providers.other={officers: 4, force: {}}"), "airport.consular.officers: there are no consular officers; nobody gets out"),
        (("lift.types.jet.seats=0", "lift.types.jet.surge=9", "lift.surge_above=0", "lift.surge_needs_force=true"), None),
        (("lift.types.jet.seats=0", "lift.types.jet.surge=9", "lift.surge_above=0", "lift.surge_needs_force=true", "security.providers.turkish.force=null", "airport.gates=null", "missions.b.gates=null"), "lift.surge_needs_force: jet has surge seats alone, and no force is ever there; nobody gets out"),
        (("airport.holding=0",), "airport.holding: the holding area takes nobody, so no gate starts; nobody gets out"),
        (("security.providers.turkish.force.perimeter=490",), "security: no provider ever has the headcount for a search lane once the perimeter is manned; no way out for a"),
        (("security.providers.turkish.operator.services=[fire]", "lift.types.jet.needs=[]"), "airport.airfield.runway: nothing moves on the runway: nobody ever provides a tower, and there is no visual-only time; nobody gets out"),
        (("lift.types.jet.needs=fuel", "security.providers.turkish.operator.services=[tower]"), "lift.types.jet.needs: needs fuel, which nobody ever provides; nobody gets out"),
        (("lift.types.jet.seats=0",), "lift.types.jet.seats: has no seats; nobody gets out"),
        (("lift.fleets=null",), "lift: there are no aircraft; nobody gets out"),
        (("lift.fleets.f.window=10 min", "lift.types.jet.load=9.5 min", "lift.types.jet.per_person=1 min/person"), "lift.fleets.f.window: is too short for one person to board; nobody gets out"),
        (("lift.fleets.f.window=10 min", "lift.types.jet.load=9 min", "lift.types.jet.per_person=1 min/person"), None),
        (("lift.fleets.f.window=10 min", "lift.types.jet.load=20 min"), None),  # people who take no time board
        (("lift.fleets.f.number=0",), "lift.fleets.f.number: has no aircraft; nobody gets out"),
        (("lift.fleets.f.serves=a", "lift.fleets.f.loading=own-only"), "missions.b: no fleet serves it, and each takes only those that it serves: nobody flies it out; no way out for b"),
        (("lift.fleets.f.serves=a",), None),  # first its own, then everybody else
        (("lift.fleets.f.serves=c", "lift.fleets.f.lag=2 h"), "lift.fleets.f.lag: waits for an order of c, which never comes; nobody gets out"),
        (("lift.fleets.f.serves=a", "lift.fleets.f.lag=2 h"), None),
        (("lift.fleets.f.lag=2 h",), None),
        (("lift.fleets.f.available=40 d",), "lift.fleets.f.available: comes in no replication before the end; nobody gets out"),
        (("airport.airfield.stands.large.number=0",), "airport.airfield.stands.large: no stand is large enough; nobody gets out"),
        (("hubs.qatar.beds=0",), "lift.fleets.f.hubs: has no hub with a bed; nobody gets out"),
        (("airport.closures={all: {at: start, lasts: 30 d, closes: runway}}",), "airport.closures.all: the runway is closed from the start to the end; nobody gets out"),
        (("airport.closures={all: {at: 1 h, lasts: 30 d, closes: runway}}",), None),
        (("lift=null",), None),
        (("missions.a.residual=all", "missions.b.order=null", "lift.fleets.f.number=0"), None),  # nobody wants to go
    ],
)  # fmt: skip
def test_why_a_scenario_cannot_work(overrides: tuple[str, ...], reason: str | None) -> None:
    assert impossible(loads(FLOW, "x.yaml", overrides).scenario) == ([reason] if reason else [])


def test_each_mission_that_no_fleet_serves_is_named_with_its_path() -> None:
    """A third mission shares the fleet; a second fleet helps neither, or a commercial flight or a pooled fleet both."""
    own = ("lift.fleets.f.serves=c", "lift.fleets.f.loading=own-only", "missions.c.order={at: 1 h}")
    text = "no fleet serves it, and each takes only those that it serves: nobody flies it out"

    def why(*more: str) -> list[str]:
        return impossible(loads(FLOW, "x.yaml", (*own, *more)).scenario)

    each = [f"missions.a: {text}; no way out for a", f"missions.b: {text}; no way out for b"]
    assert why() == each
    second = "lift.fleets.g={aircraft: jet, number: 1, serves: SERVES, loading: own-only}"
    assert why(second.replace("SERVES", "c")) == each
    assert why(second.replace("SERVES", "a")) == each[1:]
    assert why(second.replace("SERVES", "[a, b]")) == []
    assert why("lift.fleets.g={aircraft: jet, number: 1}") == []
    assert why("lift.fleets.g={aircraft: jet, number: 0}") == ["lift.fleets.g.number: has no aircraft; no way out for a, b"]


def test_size_and_budget() -> None:
    size = estimate(loads("missions: {a: {cohorts: {c: 100, d: {people: {uniform: [0, 90]}, group: 30}}}}").scenario)
    assert (size.people, size.loads, size.excess) == (190, 3 + 3, None)
    huge = estimate(loads("missions: {a: {cohorts: {c: 1000000000}}}").scenario)
    assert huge.loads == 1e9 / 40
    assert huge.excess == "a replication takes about 25,000,000 vehicle loads; the budget is 2,000,000 (--allow-large lifts it)"
    quick = "airport: {crowd: {news: {every: 0.01 s}}}\nmissions: {a: {}}"
    assert "events" in (estimate(loads(quick).scenario).excess or "")
    fleet = "lift: {types: {t: {seats: 1}}, fleets: {f: {aircraft: t, number: 100000000}}}\nmissions: {a: {}}"
    assert estimate(loads(fleet).scenario).excess


def test_description_lists_what_the_file_says() -> None:
    text = "road: {source: a map, evidence: estimated, drive: 45 min, delay: {value: 5 min, kind: lever, evidence: measured}}\n"
    text += "missions: {a: {cohorts: {core: 5}, residual: all, order: {at: {ordered: 2 h}, delay: {uniform: [1 h, 3 h]}}}}\n"
    rows = {row.path: row for row in describe(loads(text).scenario)}
    assert list(rows) == [
        "road.drive",
        "road.delay",
        "missions.a.cohorts.core.people",
        "missions.a.order.at.ordered",
        "missions.a.order.delay",
    ]
    drive, delay = rows["road.drive"], rows["road.delay"]
    stated = ("road.drive", "45 min", "h", 0.375, 1.125, "uncertainty", "a map", "estimated", 0.75)
    assert tuple(drive) == (*stated, "uniform", "road.drive")
    assert (delay.law, delay.factor) == (None, None)  # ours to choose, and measured
    assert (delay.kind, delay.grade, delay.source) == ("lever", "measured", "a map")
    assert (rows["missions.a.cohorts.core.people"].kind, rows["missions.a.cohorts.core.people"].low) == ("constant", None)
    assert rows["missions.a.order.delay"].kind == "uncertainty"
    everything = {row.path: row for row in describe(loads(text).scenario, defaults=True)}
    assert set(rows) < set(everything)
    assert everything["airport.holding"].value == "no limit"


MULTIPLE = """\
ratios: {size: {value: 4, low: 2, high: 5, source: a count, evidence: reported}}
missions: {m: {order: {at: 1 h}, cohorts: {local: {people: 10, vehicles: null}, families: {of: local, times: size, source: x}}}}
"""


def test_a_multiple_is_described_by_what_it_is_a_multiple_of() -> None:
    rows = {row.path: row for row in describe(loads(MULTIPLE).scenario)}
    row, ratio = rows["missions.m.cohorts.families.people"], rows["ratios.size"]
    assert tuple(row) == (row.path, "size × local", "people", None, None, "constant", "a count", "reported", 40, None, None)
    assert (ratio.value, ratio.low, ratio.high, ratio.kind) == ("4", 2, 5, "uncertainty")


def test_a_multiple_in_the_canonical_text_the_schema_and_settings() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    loaded = loads(MULTIPLE, "x.yaml")
    assert loads(loaded.canonical, "x.yaml").scenario == loaded.scenario
    assert loads(MULTIPLE.replace(", source: x", ""), "x.yaml").digest_text == loaded.digest_text
    path = "missions.m.cohorts.families"

    def people(*overrides: str) -> float:
        cohort = loads(MULTIPLE, "x.yaml", overrides).scenario.missions["m"].cohorts["families"]
        assert isinstance(cohort, Cohort)
        return cohort.people.mean

    assert people() == 40
    assert people("ratios.size=3") == 30
    assert people("missions.m.cohorts.local.people={uniform: [10, 30]}") == 80
    assert people("missions.m.cohorts.local=30", "ratios.size={uniform: [1, 2]}") == 45
    assert people(f"{path}=7") == people(f"{path}.people=7") == 7
    assert people(f"{path}.people={{of: local, times: other}}", "ratios.other=2") == 20
    assert people(f"{path}.people.times=other", "ratios.other=2") == 20
    validator = jsonschema.Draft202012Validator(json_schema())
    for families, good in (
        ("{of: local, times: size}", True),
        ("{people: {of: local, times: size}}", True),
        ("{of: local, per: 3}", False),
    ):
        data = {"ratios": {"size": 4}, "missions": {"m": {"cohorts": {"local": 10, "families": yaml.safe_load(families)}}}}
        assert validator.is_valid(data) is good


def test_shares_end_at_one() -> None:
    text = "road: {turn_back: {value: 80%, evidence: assumed}}\nmissions: {a: {}}"
    assert describe(loads(text).scenario)[0].high == 1.0


def test_scenarios_travel_between_processes() -> None:
    loaded = loads(FLOW)
    again = pickle.loads(pickle.dumps(loaded))
    assert again == loaded


def test_titles_sources_grades_and_names_do_not_change_the_digest() -> None:
    plain = "missions: {note: {cohorts: {source: 5}}}\nroad: {drive: 1 h}\n"
    dressed = (
        "title: A title\nname: other\nnote: x\nmissions: {note: {title: T, evidence: assumed, cohorts: {source: {people: {value: 5, source: s}}}}}\n"
        "road: {source: s, drive: {value: 1 h, evidence: measured, note: n}}\n"
    )
    assert loads(plain).digest_text == loads(dressed).digest_text
    assert loads(plain).canonical != loads(dressed).canonical
    assert loads(plain, "a.yaml").digest_text == loads(plain, "b.yaml").digest_text
    assert loads(plain + "vehicles: {v: {seats: 5}}").digest_text != loads(plain).digest_text


def test_starter_loads_and_can_work() -> None:
    loaded = loads(starter(), "starter.yaml")
    assert impossible(loaded.scenario) == []
    assert 35 <= len(starter().splitlines()) <= 50


def test_starter_from_a_roster(tmp_path: Path) -> None:
    roster = tmp_path / "staff.csv"
    roster.write_text(
        "\ufeffMission,cohort,people\r\nunited-states,core,1400\r\nunited-states,local,900\r\n\r\nturkey,core,60\r\n", "utf-8"
    )
    scenario = loads(starter_from_csv(roster)).scenario
    assert {m: {c: v.people.value for c, v in mission.cohorts.items()} for m, mission in scenario.missions.items()} == {
        "united-states": {"core": 1400, "local": 900}, "turkey": {"core": 60}
    }  # fmt: skip
    assert impossible(scenario) == []


def test_all_bad_lines_of_a_roster_at_once(tmp_path: Path) -> None:
    roster = tmp_path / "staff.csv"
    roster.write_text("mission,cohort,people\nUnited States,core,5\na,core,-1\na,core,5\na,core,6\na,b\n<script>,x,1e3\n")
    with pytest.raises(ScenarioError) as refused:
        starter_from_csv(roster)
    assert [str(f).replace(str(roster), "staff.csv") for f in refused.value.faults] == [
        'staff.csv:2:1: mission: expected a name of a-z, 0-9 and \'-\' (1 to 40 characters), got "United States"; write "united-states"',
        'staff.csv:3:8: people: expected a whole number of people ≥ 0, at most 1,000,000,000, got "-1"',
        "staff.csv:5:3: cohort: repeated cohort core of a",
        "staff.csv:6:1: expected 3 cells, got 2",
        'staff.csv:7:1: mission: expected a name of a-z, 0-9 and \'-\' (1 to 40 characters), got "<script>"; write "script"',
        'staff.csv:7:12: people: expected a whole number of people ≥ 0, at most 1,000,000,000, got "1e3"',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected the columns mission, cohort, people"),
        ("mission,people\na,5\n", "expected the columns mission, cohort, people, got"),
        ("mission,cohort,people\n", "expected at least one row of staff"),
        ('mission,cohort,people\n"a,b,5\n', "not CSV: unexpected end of data"),
        ("mission,cohort,people\n" + "".join(f"a,b{k},5\n" for k in range(10_001)), "expected at most 10,000 rows"),
    ],
)
def test_rosters_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    roster = tmp_path / "staff.csv"
    roster.write_text(text)
    with pytest.raises(ScenarioError, match=message):
        starter_from_csv(roster)


def test_json_schema_is_made_the_same_each_time_and_knows_every_field() -> None:
    schema = json_schema()
    assert json.dumps(schema) == json.dumps(json_schema())
    references = set(_references(schema))
    assert {ref.removeprefix("#/$defs/") for ref in references} <= set(schema["$defs"])
    assert {"extends", "missions", "threat"} <= set(schema["properties"])


def test_every_property_of_the_schema_is_described_in_words_and_the_schema_has_a_name() -> None:
    schema = json_schema()
    described = list(_properties(schema, "scenario"))
    assert len(described) > 700
    assert [where for where, inner in described if not inner.get("description", "").strip()] == []
    assert [where for where, inner in described if "{unit}" in inner["description"]] == []
    time = schema["$defs"]["quantity-time"]["anyOf"][-1]["properties"]
    assert time["low"]["description"].startswith("Low end of the range, in hours where no unit is written")
    assert "group" in time
    assert schema["$id"].startswith("urn:evacsim:scenario:")


def _properties(schema: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of a schema, however deep, and where it is."""
    for name, inner in schema.get("properties", {}).items() if isinstance(schema, dict) else ():
        yield f"{where}.{name}", inner
    parts = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for key, inner in parts:
        inside = inner.items() if key == "properties" else [(key, inner)]
        for name, one in inside:
            yield from _properties(one, f"{where}.{name}")


def _references(schema: object) -> list[str]:
    if isinstance(schema, dict):
        return [v for k, v in schema.items() if k == "$ref"] + [ref for inner in schema.values() for ref in _references(inner)]
    return [ref for item in schema for ref in _references(item)] if isinstance(schema, list) else []


def test_shipped_files_follow_the_json_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from sim.scenario.errors import Faults
    from sim.scenario.files import shipped_folder
    from sim.scenario.nodes import compose

    validator = jsonschema.Draft202012Validator(json_schema())
    files = [file for file in shipped_folder().rglob("*.yaml") if file.parent.name != "plans"]
    assert files
    for file in files:
        root = compose(file.read_text("utf-8"), file.name, Faults())
        assert root is not None
        assert [error.message[:200] for error in validator.iter_errors(root.plain())] == []
    assert not validator.is_valid({"missions": {"a": {"cohorts": {"c": {"peeple": 5}}}}})
    assert not validator.is_valid({"road": {"drive": "5 km"}})
    assert not validator.is_valid({"missions": {"A b": {}}})


def test_shipped_scenarios_say_again_what_they_say() -> None:
    assert "evacsim:base/kabul" in shipped_names()
    for name in ("evacsim:minimal", "evacsim:reference", "evacsim:coalition-collapse"):
        loaded = load(name)
        again = loads(loaded.canonical, f"{loaded.name}.yaml")
        assert again.scenario == loaded.scenario.model_copy(update={"inputs": None})  # a file that the text alone has not
        assert again.canonical == loaded.canonical


def test_importing_the_room_costs_next_to_nothing() -> None:
    heavy = "{'pydantic', 'yaml', 'numpy', 'scipy'}"
    code = f"import sys, sim.scenario; print({heavy} & set(sys.modules)); sim.scenario.load; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.split("\n")[:2] == ["set()", "False"]


def test_unknown_names_of_the_room() -> None:
    import sim.scenario

    with pytest.raises(AttributeError, match="lode"):
        _ = sim.scenario.lode
    assert "load" in dir(sim.scenario)

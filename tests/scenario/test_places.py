"""Coordinates: read or looked up, refused with their place, for maps alone."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

import airportsdata
import pytest
from jsonschema import Draft202012Validator

from sim import authoring
from sim.scenario import Scenario, ScenarioError, coordinates, describe, json_schema, load, loads, places_of
from sim.scenario.coordinates import Coordinates

FOLDER = Path(__file__).parents[2] / "scenarios"
SHIPPED = sorted(p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*.yaml") if "plans" not in p.parts)
BARE = "airport: {gates: {north: {}, south: {}}}\nhubs: {haven: {}}\nmissions: {embassy: {cohorts: {core: 3}}, school: {}}\n"
PLACED = """\
airport: {icao: OAKB, gates: {north: {at: [34.5, 69.25]}, south: {}}}
hubs: {haven: {icao: UZTT}}
missions: {embassy: {at: [-1, -70.5], cohorts: {core: 3}}, school: {}}
"""


def test_places_of_all_that_have_one() -> None:
    found = places_of(loads(PLACED).scenario)
    assert found.airport == Coordinates(34.5659, 69.2123)
    assert found.gates == {"north": Coordinates(34.5, 69.25), "south": None}
    assert found.missions == {"embassy": Coordinates(-1.0, -70.5), "school": None}
    assert found.as_json() == {
        "airport": [34.5659, 69.2123],
        "gates": {"north": [34.5, 69.25], "south": None},
        "hubs": {"haven": [41.2579, 69.2812]},
        "missions": {"embassy": [-1.0, -70.5], "school": None},
    }
    nowhere = {"airport": None, "gates": {}, "hubs": {}, "missions": {"a": None}}
    assert places_of(loads("missions: {a: {}}").scenario).as_json() == nowhere


def test_what_is_written_goes_before_a_code() -> None:
    loaded = loads(PLACED, overrides=["airport.at=[1, 2]"])
    assert places_of(loaded.scenario).airport == Coordinates(1.0, 2.0)
    assert places_of(loads(loaded.canonical).scenario) == places_of(loaded.scenario)


def test_no_simulation_depends_on_them() -> None:
    """Nothing to draw, nothing in a result's id, even where an airport is there only to say where it is."""
    assert loads(PLACED).digest_text == loads(BARE).digest_text
    assert describe(loads(PLACED).scenario) == describe(loads(BARE).scenario)
    assert loads("airport: {icao: OAKB}\nmissions: {a: {}}").digest_text == loads("missions: {a: {}}").digest_text
    other = "airport: {closures: {a: {at: start, lasts: 3 h, closes: gates}}}\nmissions: {a: {order: {at: 2 h}}}"
    assert loads(other).digest_text.count("at: ") == 2, "moments are no places"


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("at: [91, 0]", "at: expected a latitude of -90 to 90 degrees, the latitude first, got 91"),
        ("at: [69.2, -180.5]", "at: expected a longitude of -180 to 180 degrees, the latitude first, got -180.5"),
        ("at: 34.5", "at: expected [latitude, longitude] in degrees, such as [34.57, 69.21], got 34.5"),
        ("at: [34.5, 69.2, 3]", "at: expected [latitude, longitude] in degrees, such as [34.57, 69.21], got a list"),
        ("at: [true, 3]", "at: expected [latitude, longitude] in degrees, such as [34.57, 69.21], got a list"),
        ("at: [34.5 N, 3]", "at: expected [latitude, longitude] in degrees, such as [34.57, 69.21], got a list"),
        ("at: 2021-08-15", 'at: expected [latitude, longitude] in degrees, such as [34.57, 69.21], got "2021-08-15"'),
        ("icao: oakb", 'icao: expected an ICAO code of four capital letters such as OAKB, got "oakb"'),
        ("icao: 00AA", 'icao: expected an ICAO code of four capital letters such as OAKB, got "00AA"'),
        ("icao: OAKZ", 'icao: no airport is known by the ICAO code "OAKZ" (at: [latitude, longitude] does without one)'),
    ],
)
def test_a_wrong_place_is_refused(where: str, fault: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        loads(f"missions: {{a: {{}}}}\nhubs:\n  haven:\n    {where}\n", "x.yaml")
    column = 5 + where.index(" ") + 1
    assert [str(f) for f in refused.value.faults] == [f"x.yaml:4:{column}: hubs.haven.{fault}"]


@pytest.mark.parametrize("place", ["lift", "clock", "threat", "road"])
def test_other_sections_have_none(place: str) -> None:
    with pytest.raises(ScenarioError, match="unknown key"):
        loads(f"missions: {{a: {{}}}}\n{place}: {{icao: OAKB}}\n")


def test_editors_know_them() -> None:
    editor = Draft202012Validator(json_schema())
    good = {"missions": {"a": {"at": [34.5, 69.2]}}, "hubs": {"h": {"icao": "OAKB"}}, "airport": {"icao": None, "at": [1, 2]}}
    assert list(editor.iter_errors(good)) == []
    for wrong in ({"at": [34.5]}, {"at": [95, 2]}, {"at": 3}, {"icao": "oakb"}, {"icao": 5}):
        assert list(editor.iter_errors({"missions": {"a": wrong}})), wrong


def test_one_line_of_the_table_says_what_all_of_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    table = airportsdata.load()
    codes = [code for code in sorted(table) if code.isalpha()][::997]
    found = {code: coordinates.airport.__wrapped__(code) for code in codes}
    assert found == {code: Coordinates(table[code]["lat"], table[code]["lon"]) for code in codes}
    assert len(found) > 5
    monkeypatch.setattr(coordinates, "_table", lambda: b"")  # as if the package kept its table elsewhere
    assert {code: coordinates.airport.__wrapped__(code) for code in codes} == found


def test_the_package_is_imported_where_a_code_is_written() -> None:
    script = "import sys; from sim.scenario import loads; loads(sys.argv[1]); print('airportsdata' in sys.modules)"
    said = [
        subprocess.run([sys.executable, "-c", script, text], capture_output=True, text=True, check=True).stdout.strip()
        for text in (BARE, PLACED)
    ]
    assert said == ["False", "True"]


def test_describe_lists_them(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(PLACED)
    rows = authoring.describe_places(str(file))
    assert [(r["path"], r["icao"]) for r in rows] == [
        ("airport", "OAKB"), ("airport.gates.north", None), ("hubs.haven", "UZTT"), ("missions.embassy", None),
    ]  # fmt: skip
    assert authoring.place_lines(rows)[2].split() == ["airport", "34.5659", "69.2123", "OAKB"]
    file.write_text(BARE)
    assert authoring.place_lines(authoring.describe_places(str(file))) == []


# -- what is shipped -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_every_code_of_a_shipped_scenario_is_found(name: str) -> None:
    text, table = (FOLDER / name).read_text("utf-8"), airportsdata.load()
    codes = re.findall(r"^[^#\n]*?\bicao: (\w+)", text, re.MULTILINE)
    assert bool(codes) == (name in ("base/kabul.yaml", "kabul-2021.yaml", "khartoum-2023.yaml", "saigon-1975.yaml"))
    assert [code for code in codes if code not in table] == []


def apart(a: Coordinates | None, b: Coordinates | None) -> float:
    """Great-circle distance in km, on a sphere of 6,371 km."""
    assert a is not None
    assert b is not None
    p, q, east = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    return 6371 * math.acos(min(1.0, math.sin(p) * math.sin(q) + math.cos(p) * math.cos(q) * math.cos(east)))


SPEEDS = {"c-17": 740, "c-130": 530, "a400m": 580, "widebody": 780, "narrowbody": 740, "il-76": 700, "c-2": 740, "charter": 740}
"""Block speeds in km/h of planning_factors.csv; those of khartoum_2023_inputs.csv are 530 and 650."""


def legs(scenario: Scenario) -> list[tuple[str, str, float, float]]:
    """Fleet, its first hub, and the share of the block speed that the great circle in its flight time makes."""
    where = places_of(scenario)
    assert scenario.lift is not None
    found = []
    for name, fleet in scenario.lift.fleets.items():
        if fleet.hubs and where.hubs[fleet.hubs[0]]:
            speed = apart(where.airport, where.hubs[fleet.hubs[0]]) / fleet.outbound.mean
            found.append((name, fleet.hubs[0], speed / SPEEDS[fleet.aircraft], speed))
    return found


@pytest.mark.parametrize(("name", "hubs"), [("turkish-collapse", 12), ("kabul-2021", 14), ("khartoum-2023", 4)])
def test_a_hub_is_as_far_as_its_flight_time_says(name: str, hubs: int) -> None:
    """Routes to the Gulf go round Iran, up to a third longer than the great circle; none is shorter."""
    scenario = load(FOLDER / f"{name}.yaml").scenario
    found = legs(scenario)
    assert len({hub for _, hub, _, _ in found}) >= hubs
    most = 1.02 if name != "khartoum-2023" else 1.15  # its A400M are flown at 650
    assert [leg for leg in found if not 0.74 <= leg[2] <= most] == []


def test_a_mission_is_as_far_as_its_distance_says() -> None:
    """The road is taken as 1.2 times the straight line, rounded to 0.1 km."""
    scenario = load(FOLDER / "turkish-collapse.yaml").scenario
    where = places_of(scenario)
    placed = {name: at for name, at in where.missions.items() if at}
    assert len(placed) == 24
    for name, at in placed.items():
        distance = scenario.missions[name].distance
        assert distance is not None
        assert distance.mean == pytest.approx(1.2 * apart(where.airport, at), abs=0.15), name
    assert all(apart(where.airport, at) < 2 for at in where.gates.values() if at)

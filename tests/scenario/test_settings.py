"""Settings as values, and faults that carry what a caller needs to know of them."""

import pickle

import pytest

from sim.scenario import Fault, FaultCode, ScenarioError, Setting, loads
from sim.scenario.errors import Place

TEXT = """
missions:
  a: {cohorts: {core: 10}, order: {at: start}}
airport: {gates: {main: {lanes: 2}}}
road: {drive: 1 h}
"""
PLAN = Place("plan.yaml", 12, 7)


def faults(*settings: str | Setting) -> list[Fault]:
    with pytest.raises(ScenarioError) as caught:
        loads(TEXT, "one.yaml", settings)
    return caught.value.faults


@pytest.mark.parametrize("value", ["2 h", 2, "{mean: 2 h, cv: 0.5}", None, "null", [1, 2], {"gamma": {"mean": 1, "cv": 1}}])
def test_a_setting_reads_as_a_person_would_type_it(value: object) -> None:
    setting = Setting("road.delay", value, PLAN)
    again = Setting.parse(str(setting), PLAN)
    assert (again.path, again.text) == (setting.path, setting.text)


def test_text_and_plain_data_say_the_same() -> None:
    plain = {"gamma": {"mean": "2 h", "cv": 0.5}}
    same = [
        loads(TEXT, overrides=[setting])
        for setting in (
            "road.drive={gamma: {mean: 2 h, cv: 0.5}}",
            Setting.parse("road . drive = {gamma: {mean: 2 h, cv: 0.5}}", PLAN),
            Setting("road.drive", "{gamma: {mean: 2 h, cv: 0.5}}", PLAN),
            Setting("road.drive", plain, PLAN),
        )
    ]
    assert len({one.digest_text for one in same}) == 1
    assert same[0].overrides == ("road.drive={gamma: {mean: 2 h, cv: 0.5}}",)
    assert same[2].overrides == same[0].overrides


def test_none_deletes() -> None:
    assert loads(TEXT, overrides=[Setting("missions.a.order", None, PLAN)]).scenario.missions["a"].order is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("road.drive", "six"),  # a value that cannot be read
        ("road.speedy", "3"),  # a key that is not there
        ("airport.gates.north.lanes", "3"),  # a name that is not there
        ("road.drive", "[1"),  # no YAML
        ("road.drive", "-1 h"),
        ("missions.a.residual", "11"),  # against a rule
        ("extends", "other.yaml"),
    ],
)
def test_a_fault_is_told_where_the_setting_was_written(path: str, value: str) -> None:
    typed = faults("airport.gates.main.lanes=3", f"{path}={value}")
    settled = faults("airport.gates.main.lanes=3", Setting(path, value, PLAN))
    assert [f.file for f in typed] == ["--set 2"]
    assert [(f.file, f.line, f.column) for f in settled] == [("plan.yaml", 12, 7)]
    assert [(f.path, f.message, f.setting) for f in typed] == [(f.path, f.message, f.setting) for f in settled]
    assert typed[0].setting == 1


def test_what_a_file_says_is_no_fault_of_a_setting() -> None:
    (fault,) = faults("airport.gates=null", "airport.gates.main.lanes=3")[:1]
    assert fault.setting == 1
    with pytest.raises(ScenarioError) as caught:
        loads(TEXT.replace("1 h", "six"), overrides=["airport.gates.main.lanes=3"])
    assert [f.setting for f in caught.value.faults] == [None]


@pytest.mark.parametrize(
    ("setting", "code", "expected", "got", "nearest"),
    [
        ("road.drve=1 h", "unknown_key", 'unknown key "drve"; nearest: "drive"', None, "drive"),
        ("road.qqq=1 h", "unknown_key", 'unknown key "qqq"', None, None),
        ("road.drive=5 km", "wrong_unit", "expected a time such as 45 min, 6 h or 2 d (units: s, min, h, d, wk)", '"5 km"', None),
        ("road.drive=six", "invalid", "expected a time such as 45 min, 6 h or 2 d", '"six"', None),
        ("road", "invalid", "expected PATH=VALUE", '"road"', None),
        ("missions.b.closed=2021-01-01", "unknown_name", 'nothing named "b"', None, None),
        ("missions.a.residual=11", "invalid", "expected at most the 10 people of its cohorts", "11", None),
        ("missions.a={order: {when: gone b}}", "unknown_name", 'no mission named "b"; known: a', None, None),
        ("lift={fleets: {x: {number: 1}}}", "missing", "expected a value", "nothing", None),
    ],
)
def test_what_is_wrong_as_data(setting: str, code: str, expected: str, got: str | None, nearest: str | None) -> None:
    fault = faults(setting)[0]
    assert (fault.code, fault.expected, fault.got, fault.nearest) == (FaultCode(code), expected, got, nearest)
    assert fault.message == (f"{expected}, got {got}" if got else expected)
    assert pickle.loads(pickle.dumps(fault)) == fault


def test_what_a_study_works_out_takes_the_place_of_what_was_set() -> None:
    """It was worked out from the scenario with that; two of its own at one path are a mistake of the study."""
    study = Setting("road.drive", "3 h", Place("the study"), replaces=True)
    assert loads(TEXT, "one.yaml", ["road.drive=2 h", study]).scenario.road.drive.mean == 3
    assert faults("road.drive=2 h", study, study)[0].code is FaultCode.REPEATED
    assert faults(study, "road.drive=2 h")[0].code is FaultCode.REPEATED


def test_what_is_there_twice_has_its_code() -> None:
    fault = faults("road.drive=1 h", "road.drive=2 h")[0]
    assert (fault.code, fault.setting, fault.message) == (FaultCode.REPEATED, 1, "set twice; the first is --set 1")
    with pytest.raises(ScenarioError) as caught:
        loads(TEXT.replace("1 h", "1 h, drive: 2 h"))
    assert caught.value.faults[0].code is FaultCode.REPEATED

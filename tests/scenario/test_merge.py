"""``extends`` and ``--set``: base < the file that extends it < overrides in order."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import Loaded, ScenarioError, load, loads, shipped_names

BASE = """\
title: Base
name: base
source: the base
evidence: assumed
threat: {start: threatened, stay: {threatened: {gamma: {mean: 12 d, cv: 0.6}}, contested: {value: 4 d, source: a report}}}
vehicles: {buses: {seats: 40, number: {value: 4, source: a list}}}
road: {drive: {triangular: [1 h, 2 h, 3 h]}, checkpoints: 2}
lift: {types: {jet: {seats: 100}}, fleets: {ours: {aircraft: jet, available: {contested: 36 h}}}}
missions:
  us:
    cohorts: {core: 10, local: {people: 20, vehicles: buses, order: {when: [threat >= contested, gone uk]}}}
    order: {at: 5 h}
  uk: {cohorts: {core: 7}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "base.yaml").write_text(BASE)
    return tmp_path


def over(folder: Path, text: str, *overrides: str) -> Loaded:
    """The base with an overlay."""
    (folder / "mine.yaml").write_text("extends: base/base.yaml\n" + text)
    return load(folder / "mine.yaml", overrides)


def refused(folder: Path, text: str, *overrides: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        over(folder, text, *overrides)
    return [str(fault).replace(f"{folder}/", "") for fault in error.value.faults]


def test_mappings_merge_and_everything_else_replaces(folder: Path) -> None:
    s = over(folder, "title: Mine\nmissions: {us: {cohorts: {local: {people: 25, order: {when: provider absent}}}}}\n").scenario
    local = s.missions["us"].cohorts["local"]
    assert s.title == "Mine"
    assert set(s.missions) == {"uk", "us"}
    assert (local.people.value, local.vehicles, [c.kind for c in local.order.when]) == (25, "buses", ["absent"])
    assert s.missions["us"].order.at.delay.value == 5


def test_the_name_is_that_of_the_file_and_not_inherited(folder: Path) -> None:
    assert over(folder, "").name == "mine"
    assert over(folder, "name: other\n").name == "other"
    assert load(folder / "base" / "base.yaml").name == "base"
    (folder / "My Plan (2).yaml").write_text("missions: {a: {}}")
    assert load(folder / "My Plan (2).yaml").name == "my-plan-2"


def test_forms_of_a_quantity_never_mix(folder: Path) -> None:
    s = over(
        folder, "threat: {stay: {threatened: {lognormal: {median: 4 d, p90: 8 d}}, contested: {uniform: [1 d, 2 d]}}}\n"
    ).scenario
    assert s.threat.stay["threatened"].family == "lognormal"
    assert s.threat.stay["contested"].family == "uniform"
    assert s.threat.stay["contested"].source is None
    assert over(folder, "road: {drive: {value: 3 h, source: x}}\n").scenario.road.drive.value == 3


def test_what_is_said_about_a_quantity_is_added_to_it(folder: Path) -> None:
    s = over(folder, "vehicles: {buses: {number: {kind: lever, high: 9}}}\nroad: {checkpoints: {evidence: measured}}\n").scenario
    number = s.vehicles["buses"].number
    assert (number.value, number.high, number.kind, number.source) == (4, 9, "lever", "a list")
    assert (s.road.checkpoints.value, s.road.checkpoints.evidence, s.road.checkpoints.source) == (2, "measured", "the base")


def test_moments_replace(folder: Path) -> None:
    fleet = over(folder, "lift: {fleets: {ours: {available: {fallen: 12 h}}}}\n").scenario.lift.fleets["ours"]
    assert (fleet.available.after, fleet.available.delay.value) == ("fallen", 12)


def test_a_bare_head_count_stands_for_its_cohort(folder: Path) -> None:
    s = over(folder, "missions: {us: {cohorts: {core: {priority: 3}, local: 21}}}\n").scenario
    core, local = s.missions["us"].cohorts["core"], s.missions["us"].cohorts["local"]
    assert (core.people.value, core.priority) == (10, 3)
    assert (local.people.value, local.vehicles) == (21, "buses")


def test_null_deletes(folder: Path) -> None:
    s = over(folder, "missions: {uk: null, us: {order: null, cohorts: {local: {order: null}}}}\n").scenario
    assert list(s.missions) == ["us"]
    assert s.missions["us"].order is None
    assert "order" not in over(folder, "missions: {us: {order: null}}\n").scenario.missions["us"].model_fields_set
    assert refused(folder, "missions: {us: {cohorts: {lokal: null}}}\n") == [
        'mine.yaml:2:27: missions.us.cohorts.lokal: nothing named "lokal" to delete; nearest: "local"'
    ]


def test_deleting_what_is_referred_to_is_a_fault_where_it_is_referred_to(folder: Path) -> None:
    assert refused(folder, "missions: {uk: null}\n") == [
        'base/base.yaml:11:98: missions.us.cohorts.local.order.when.1: no mission named "uk"; known: us'
    ]


def test_a_source_holds_for_the_numbers_of_its_own_file(folder: Path) -> None:
    s = over(folder, "road: {checkpoints: 3}\nlift: {source: mine, types: {jet: {seats: 90}}}\n").scenario
    assert (s.road.drive.source, s.road.drive.evidence) == ("the base", "assumed")
    assert (s.road.checkpoints.source, s.road.checkpoints.evidence) == (None, None)
    assert (s.lift.types["jet"].seats.source, s.lift.types["jet"].seats.evidence) == ("mine", None)
    assert s.lift.fleets["ours"].available.delay.source == "the base"
    loaded = over(folder, "road: {checkpoints: 3}\nlift: {source: mine, types: {jet: {seats: 90}}}\n")
    assert loads(loaded.canonical, "mine.yaml").scenario == loaded.scenario


def test_overrides_come_last_and_in_order(folder: Path) -> None:
    loaded = over(
        folder,
        "road: {checkpoints: 3}\n",
        "road.checkpoints=5",
        "missions.uk.cohorts.core=8",
        "missions.uk.cohorts.core.priority=1",
        "lift.fleets.ours.available={ordered: 3 h}",
        "threat.stay.threatened.gamma.mean=3 d",
        "missions.us.cohorts.local.order.when.1=provider leaving",
        "missions.un={cohorts: {staff: 4}}",
    )
    s = loaded.scenario
    assert s.road.checkpoints.value == 5
    assert (s.missions["uk"].cohorts["core"].people.value, s.missions["uk"].cohorts["core"].priority) == (8, 1)
    assert s.lift.fleets["ours"].available.after == "ordered"
    assert s.threat.stay["threatened"].mean == pytest.approx(72)
    assert s.threat.stay["threatened"].source is None
    assert [c.kind for c in s.missions["us"].cohorts["local"].order.when] == ["threat", "leaving"]
    assert s.missions["un"].cohorts["staff"].people.value == 4
    assert loaded.overrides[0] == "road.checkpoints=5"


@pytest.mark.parametrize(
    ("overrides", "faults"),
    [
        (["road.checkpoints"], ['--set 1:1:1: expected PATH=VALUE, got "road.checkpoints"']),
        (["road.checkpoints="], ['--set 1:1:1: expected PATH=VALUE, got "road.checkpoints="']),
        (["=5"], ['--set 1:1:1: expected PATH=VALUE, got "=5"']),
        (["road..x=5"], ['--set 1:1:1: expected PATH=VALUE, got "road..x=5"']),
        (["road.chekpoints=5"], ['--set 1:1:1: road.chekpoints: unknown key "chekpoints"; nearest: "checkpoints"']),
        (["road.checkpoints=five"], ['--set 1:1:18: road.checkpoints: expected a whole number ≥ 0, got "five"']),
        (["road.drive=3 km"], ["--set 1:1:12: road.drive: expected a time such as 45 min, 6 h or 2 d (units: s, min, h, d, wk), got \"3 km\""]),
        (["road.checkpoints=[1"], ["--set 1:2:1: not YAML: did not find expected ',' or ']'"]),
        (["road.checkpoints=!x 5"], ["--set 1:1:18: expected no YAML tag, got !x"]),
        (["missions.usa.residual=all"], ['--set 1:1:1: missions.usa: nothing named "usa"; nearest: "us"']),
        (["missions.u=null"], ['--set 1:1:1: missions.u: nothing named "u" to delete; nearest: "us"']),
        (["extends=x.yaml"], ["--set 1:1:1: extends: expected a path inside the scenario; extends can only be written in a file"]),
        (["title.x=5"], ["--set 1:1:1: title.x: has nothing below it"]),
        (["missions.us.cohorts.local.order.when.7=gone uk"], ["--set 1:1:1: missions.us.cohorts.local.order.when.7: expected an item from 0 to 1"]),
        (["road.checkpoints=5", "road.checkpoints=6"], ["--set 2:1:1: road.checkpoints: set twice; the first is --set 1"]),
        (["title=a", "road.chek=1", "road.drive=x"], ['--set 2:1:1: road.chek: unknown key "chek"', "--set 3:1:12: road.drive: expected a time"]),
    ],
)  # fmt: skip
def test_wrong_overrides(folder: Path, overrides: list[str], faults: list[str]) -> None:
    found = refused(folder, "", *overrides)
    assert len(found) == len(faults)
    assert all(fault.startswith(expected) for fault, expected in zip(found, faults, strict=True)), found


def test_extends_stays_inside_the_folder(folder: Path) -> None:
    inner = folder / "base" / "inner.yaml"
    inner.write_text("extends: ../mine.yaml\n")
    (folder / "mine.yaml").write_text(BASE)
    with pytest.raises(ScenarioError, match=r"inner.yaml:1:10: extends: expected extends: a file inside the folder"):
        load(inner)
    inner.write_text("extends: base.yaml\n")
    assert load(inner).name == "inner"
    for bad in ("/etc/passwd", "../x.yaml", "base", "nowhere.yaml", "''", "base/link.yaml"):
        (folder / "base" / "link.yaml").unlink(missing_ok=True)
        (folder / "base" / "link.yaml").symlink_to("/etc/hostname")
        (folder / "mine.yaml").write_text(f"extends: {bad}\n")
        with pytest.raises(ScenarioError, match=r"mine.yaml:1:10: extends: "):
            load(folder / "mine.yaml")


def test_faults_of_a_base_name_its_file(folder: Path) -> None:
    (folder / "base" / "base.yaml").write_text("missions: {a: {cohorts: {c: x}}}\n")
    assert refused(folder, "title: 5\n") == [
        'base/base.yaml:1:29: missions.a.cohorts.c.people: expected a whole number of people ≥ 0, got "x"',
        "mine.yaml:2:8: title: expected text, got 5 (quote it)",
    ]
    (folder / "base" / "base.yaml").write_text("missions: {a: {}\n")
    assert refused(folder, "") == ["base/base.yaml:2:1: not YAML: did not find expected ',' or '}'"]


def test_circular_extends(folder: Path) -> None:
    (folder / "base" / "base.yaml").write_text("extends: ../base/base.yaml\n" + BASE)
    assert "base/base.yaml:1:10: extends: circular: " in refused(folder, "")[0]
    (folder / "a.yaml").write_text("extends: b.yaml\n")
    (folder / "b.yaml").write_text("extends: a.yaml\n")
    with pytest.raises(ScenarioError, match=r"b.yaml:1:10: extends: circular"):
        load(folder / "a.yaml")
    for k in range(25):
        (folder / f"c{k}.yaml").write_text(f"extends: c{k + 1}.yaml\n")
    with pytest.raises(ScenarioError, match="at most 20 files"):
        load(folder / "c0.yaml")


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("loop.yaml", "cannot read "),  # a link to itself
        ("first.yaml", "cannot read "),  # two that lead to each other
        ('"a\\0b.yaml"', "expected extends: a relative path or a shipped evacsim: name"),
        (".", "expected a file, got the folder"),
        ("x" * 300 + ".yaml", "cannot read "),
    ],
)
def test_a_base_that_is_no_file_is_one_fault(folder: Path, base: str, why: str) -> None:
    for link, target in (("loop.yaml", "loop.yaml"), ("first.yaml", "second.yaml"), ("second.yaml", "first.yaml")):
        (folder / link).symlink_to(target)
    (folder / "mine.yaml").write_text(f"extends: {base}\n")
    with pytest.raises(ScenarioError, match=r"mine.yaml:1:10: extends: ") as refused:
        load(folder / "mine.yaml")
    (fault,) = refused.value.faults
    assert fault.message.startswith(why)


def test_shipped_names(folder: Path) -> None:
    assert "evacsim:minimal" in shipped_names()
    assert load("evacsim:minimal").scenario.missions
    (folder / "mine.yaml").write_text("extends: evacsim:minimal\ntitle: Mine\n")
    loaded = load(folder / "mine.yaml")
    assert (loaded.scenario.title, loaded.files) == ("Mine", ("evacsim:minimal.yaml", str(folder / "mine.yaml")))
    (folder / "mine.yaml").write_text("extends: evacsim:minimum\n")
    with pytest.raises(ScenarioError, match=r"mine.yaml:1:10: extends: no shipped scenario evacsim:minimum"):
        load(folder / "mine.yaml")

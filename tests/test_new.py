"""``evacsim new``: whatever it writes passes ``check``, alone or over a base, and nothing in it is unused."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.authoring import check, new
from sim.cli import main
from sim.experiment import OutputError
from sim.scenario import ScenarioError, load
from sim.scenario.starters import MODELINE

BASE = """\
clock: {start: 2021-08-10 06:00, horizon: 10 d}
threat: {start: threatened, fallen: fallen, stay: {threatened: 3 d, contested: 2 d}}
road: {drive: 30 min}
vehicles: {cars: {seats: 4, number: 3}, vans: {seats: 8, number: 2}, "null": {seats: 5}}
missions:
  north: {title: North, order: {when: threat >= contested}, drive: 20 min, cohorts: {core: {people: 10, vehicles: cars}, local: {people: 20, alone: true}}}
  east: {order: {at: 1 d}, cohorts: {core: {people: 10, modes: [{vehicles: vans}, {alone: true}]}, fam: {of: core, times: size}, air: {people: 5, starts: gate}}}
  old: {closed: 2021-05-28, cohorts: {core: 10}}
  stays: {residual: all, cohorts: {core: {people: 10, vehicles: "null"}}}
  empty: {}
ratios: {size: 2}
"""


def people_in(path: Path | str) -> dict[str, dict[str, float]]:
    missions = load(path).scenario.missions
    return {name: {key: cohort.people.mean for key, cohort in mission.cohorts.items()} for name, mission in missions.items()}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "r.csv").write_text("mission,cohort,people\nours,core,60\nours,local,300\n")
    return tmp_path


def warnings(path: str) -> tuple[str, ...]:
    (report,) = check(path)
    assert report.faults == ()
    assert report.excess is None
    return report.warnings + report.impossible


def test_without_a_roster(here: Path) -> None:
    assert new("a.yaml").startswith(f"{MODELINE}\n")
    assert warnings("a.yaml") == ()
    new("b.yaml", extends="base.yaml")
    assert warnings("b.yaml") == ()
    assert people_in("b.yaml")["our-embassy"] == {"core": 60, "local": 300}


def test_a_roster_alone_has_only_the_vehicles_that_it_names(here: Path) -> None:
    text = new("a.yaml", "r.csv")
    assert text.startswith(f"{MODELINE}\n")
    assert (warnings("a.yaml"), people_in("a.yaml")) == ((), {"ours": {"core": 60, "local": 300}})
    assert "vehicles" not in yaml.safe_load(text)
    (here / "v.csv").write_text("mission,cohort,people,vehicles,distance\nours,core,60,cars,5 km\nours,local,300,,\n")
    scenario = yaml.safe_load(new("b.yaml", "v.csv"))
    assert (list(scenario["vehicles"]), scenario["road"]) == (["cars"], {"speed": "25 km/h"})
    assert warnings("b.yaml") == ()


@pytest.mark.costly
def test_over_kabul(here: Path) -> None:
    (here / "k.csv").write_text(
        "mission;cohort;people;site;vehicles;distance\nours;core;60;Green Village;hired-buses;5,2\nours;local;300;;;\ngermany;core;20;;hired-buses;\naustralia;core;9;;;\n"
    )
    for base in ("evacsim:base/kabul", "evacsim:base/kabul-collapse"):
        target = f"{base.rpartition('/')[2].removeprefix('evacsim:')}.yaml"
        notices: list[str] = []
        data = yaml.safe_load(new(target, "k.csv", base, notices.append))
        assert set(data) == {"extends", "title", "missions", "vehicles"}
        assert data["vehicles"] == {"germany-suvs": None}
        assert list(data["missions"]) == ["ours-green-village", "ours", "germany", "australia"]
        own = ("vehicles", "missions.ours", "missions.australia")
        assert [text for text in warnings(target) if text.startswith(own)] == []
        assert "k.csv: ours has several sites, each a mission here: ours-green-village, ours" in notices
    ordered = [load(target).scenario.missions["ours"].order for target in ("kabul.yaml", "kabul-collapse.yaml")]
    assert [order is not None and order.at is not None for order in ordered] == [
        True,
        False,
    ]  # base/kabul alone has no course of the threat


def test_a_mission_of_the_base_takes_the_numbers_and_vehicles_of_the_roster(here: Path) -> None:
    (here / "k.csv").write_text(
        "mission,cohort,people,vehicles,distance\nnorth,local,7,vans,3 km\neast,core,8,null,\neast,air,2,cars,\nold,core,1,,\nstays,core,3,,\nempty,core,4,,\n"
    )
    notices: list[str] = []
    new("a.yaml", "k.csv", "base.yaml", notices.append)
    assert warnings("a.yaml") == ()
    scenario = load("a.yaml").scenario
    assert people_in("a.yaml") == {
        "north": {"core": 10, "local": 7}, "east": {"core": 8, "fam": 16, "air": 2}, "old": {"core": 1}, "stays": {"core": 3}, "empty": {"core": 4}
    }  # fmt: skip
    north, east = scenario.missions["north"], scenario.missions["east"]
    assert (north.title, north.drive, north.cohorts["local"].vehicles, north.cohorts["local"].alone) == (
        "North",
        None,
        "vans",
        False,
    )
    assert (east.cohorts["core"].vehicles, east.cohorts["core"].modes, east.cohorts["air"].starts) == ("null", (), "mission")
    assert scenario.missions["old"].closed is None
    assert "k.csv: stays stays, as in the base (residual: all)" in notices
    assert "k.csv: road.speed is made up: the base has none" in notices
    assert any(text.startswith("k.csv: north keeps core of the base") for text in notices)


def test_what_nobody_of_the_base_uses_any_more_is_taken_away(here: Path) -> None:
    (here / "k.csv").write_text("mission,cohort,people,vehicles\nnorth,core,5,vans\neast,fam,7,\n")
    data = yaml.safe_load(new("a.yaml", "k.csv", "base.yaml"))
    assert (data["vehicles"], data["ratios"]) == ({"cars": None}, {"size": None})
    assert warnings("a.yaml") == ()


@pytest.mark.parametrize(
    ("roster", "base", "fault"),
    [
        (
            "ours,core,60,carts",
            "base.yaml",
            'k.csv:2:14: vehicles: expected a pool of vehicles of the base, got "carts"; nearest: "cars"',
        ),
        ("ours,core,60,zzzzzz", "base.yaml", 'got "zzzzzz"; there is cars, vans, null'),
        (
            "ours,core,60,",
            "../base.yaml",
            "--extends:1:1: expected a base inside the folder of the file to write, got ../base.yaml",
        ),
        ("ours,core,60,", "nothing.yaml", "cannot read nothing.yaml: No such file or directory"),
        ("ours,core,60,", "evacsim:nothing", "no shipped scenario evacsim:nothing"),
        ("ours,core,60,", "", "--extends:1:1: expected a base"),
        ("ours,core,1000000000,", "base.yaml", "k.csv:1:1: expected fewer people: a replication takes about"),
        ("ours,core,1000000000,", None, "k.csv:1:1: expected fewer people: a replication takes about"),
    ],
)
def test_what_is_refused(here: Path, roster: str, base: str | None, fault: str) -> None:
    (here / "k.csv").write_text(f"mission,cohort,people,vehicles\n{roster}\n")
    with pytest.raises(ScenarioError) as refused:
        new("a.yaml", "k.csv", base)
    assert fault in str(refused.value)
    assert "allow-large" not in str(refused.value)
    assert not (here / "a.yaml").exists()


def test_the_base_is_named_from_the_folder_of_the_file(here: Path) -> None:
    (here / "in" / "deep").mkdir(parents=True)
    (here / "in" / "deep" / "b ase: #1.yaml").write_text(BASE)
    new("in/a.yaml", "r.csv", "in/deep/b ase: #1.yaml")
    assert load("in/a.yaml").scenario.missions["ours"].cohorts["core"].people.mean == 60
    with pytest.raises(OutputError, match=r"in/a\.yaml is there already"):
        new("in/a.yaml", "r.csv", "base.yaml")


def command(*args: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["new", *args])
    assert isinstance(end.value.code, int)
    return end.value.code


def test_the_command(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--from", "--from-csv"):
        assert command(f"{option[2:]}.yaml", option, "r.csv") == 0
        assert people_in(f"{option[2:]}.yaml") == {"ours": {"core": 60, "local": 300}}
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Mission;Cohort;Staff;Telephone\nours;core;1 200;1\n")))
    assert command("--from", "-", "--extends", "evacsim:base/kabul-collapse") == 0
    captured = capsys.readouterr()
    assert yaml.safe_load(captured.out)["missions"]["ours"]["cohorts"] == {"core": 1200}
    assert '-: left out the column "Telephone"\n' in captured.err
    (here / "bad.csv").write_bytes(b"mission,cohort,people\na,core,x\nb,\xe4,y\n")
    assert command("c.yaml", "--from", "bad.csv") == 2
    assert [line.split(": ")[0] for line in capsys.readouterr().err.splitlines()] == ["bad.csv:2:8", "bad.csv:3:3", "bad.csv:3:5"]


names = st.one_of(
    st.sampled_from(["null", "true", "no", "on", "1", "12-3", "-", "--", "1e3", "core", "north", "east", "old", "stays", "empty", "value", "people", "of", "local", "fam", "air"]),
    st.text("ab-9", min_size=1, max_size=4),
)  # fmt: skip
sites = st.sampled_from(["", "", "", "Green Village", 'a "b" \\ c: #d', "Straße 1", "😀 z"])


@settings(max_examples=25, deadline=None)
@given(
    rows=st.dictionaries(
        st.tuples(names, names),
        st.tuples(
            st.integers(0, 3000), sites, st.sampled_from(["", "cars", "vans", "null"]), st.sampled_from(["", "2 km", "0.5"])
        ),
        min_size=1,
        max_size=8,
    ),
    over=st.sampled_from([None, "base.yaml"]),
)
def test_whatever_it_writes_passes_check(rows, over, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("new")
    (folder / "base.yaml").write_text(BASE)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["mission", "cohort", "people", "site", "vehicles", "distance"])
    for (mission, cohort), (people, site, vehicles, distance) in rows.items():
        writer.writerow([mission, cohort, people, site, vehicles, distance])
    (folder / "r.csv").write_text(out.getvalue(), "utf-8")
    target = folder / "a.yaml"
    try:
        new(target, folder / "r.csv", None if over is None else str(folder / over))
    except ScenarioError as error:
        reasons = ("expected one distance of a mission and site", "expected sites that differ as names")
        if all(any(reason in str(fault) for reason in reasons) for fault in error.faults):
            return
        raise
    assert warnings(str(target)) == ()

"""Rosters as offices have them: read where the meaning is certain, else refused with the cell and what to change."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import io
import sys
from pathlib import Path

import openpyxl
import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.roster import Roster, read_roster

HEAD = "mission,cohort,people\n"


def roster(tmp_path: Path, text: str | bytes) -> Roster:
    path = tmp_path / "r.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_roster(path)


def staff(given: Roster) -> dict[str, dict[str, int]]:
    return {post.name: {s.cohort: s.people for s in post.staff} for post in given.posts}


def faults(tmp_path: Path, text: str | bytes) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        roster(tmp_path, text)
    return [str(fault).removeprefix(f"{tmp_path}/") for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mission;cohort;people\r\na;core;60\r\na;local;1 200\r\n", {"a": {"core": 60, "local": 1200}}),
        ("sep=;\nmission;cohort;people\na;core;60\n", {"a": {"core": 60}}),
        ("mission\tcohort\tpeople\na\tcore\t60\n", {"a": {"core": 60}}),
        ("Embassy,Category,Headcount,Remarks\na,core,60,ok\n", {"a": {"core": 60}}),
        ("Organisation;Staff group;Staff\na;core;60\n", {"a": {"core": 60}}),
        ("Our staff,,\n\nMission,Cohort,People\na,core,60\n", {"a": {"core": 60}}),
        (HEAD + "a,core,60,\na,local,40,\n", {"a": {"core": 60, "local": 40}}),
        (HEAD + 'a,core,"1,200"\na,local,60.0\na,fam,60 people\n', {"a": {"core": 1200, "local": 60, "fam": 60}}),
        (HEAD + "#org+name,#population+type,#affected+ind\na,core,60\n", {"a": {"core": 60}}),
        (
            HEAD + "a,core,60\n,local,300\n,families,100\nb,core,1\n",
            {"a": {"core": 60, "local": 300, "families": 100}, "b": {"core": 1}},
        ),
        (HEAD + "a,core,60\nb,core,40\nTotal,,100\n", {"a": {"core": 60}, "b": {"core": 40}}),
        (
            HEAD + "a,core,60\n,local,30\n,Subtotal,90\nb,core,40\n,Subtotal,40\nGrand total,,130\n",
            {"a": {"core": 60, "local": 30}, "b": {"core": 40}},
        ),
        (HEAD + "a,core,60\na,local,30\na,total,90\nb,total,40\nSumme,,\n", {"a": {"core": 60, "local": 30}, "b": {"total": 40}}),
        ("mission;cohort;people;distance\na;core;1.200;5,25\n", {"a": {"core": 1200}}),
        ('mission,cohort,people,note\na,core,60,"two\nlines"\n', {"a": {"core": 60}}),
    ],
)
def test_what_is_certain_is_read(tmp_path: Path, text: str, wanted: dict[str, dict[str, int]]) -> None:
    assert staff(roster(tmp_path, text)) == wanted


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "mission;cohort;people\na;core;60\na;local;1.200\n",
            'r.csv:3:9: people: expected a whole number of people ≥ 0, at most 1,000,000,000, got "1.200" (write 1200, if that is meant)',
        ),
        (
            HEAD + "a,core,~40\n",
            'r.csv:2:8: people: expected a whole number of people ≥ 0, at most 1,000,000,000, got "~40" (write 40)',
        ),
        (HEAD + "a,core,\n", 'r.csv:2:8: people: expected a whole number of people ≥ 0, at most 1,000,000,000, got ""'),
        (HEAD + "a,core,12.5\n", 'r.csv:2:8: people: expected a whole number of people ≥ 0, at most 1,000,000,000, got "12.5"'),
        (
            HEAD + "a,core,#N/A\n",
            'r.csv:2:8: people: expected a whole number of people ≥ 0, at most 1,000,000,000, got "#N/A" (the error of a formula: mend it, or write the number)',
        ),
        (HEAD + ",core,60\n", "r.csv:2:1: mission: expected a name of a-z, 0-9 and '-' (1 to 40 characters), got \"\""),
        (
            HEAD + "a,core,60\n\n,local,6\n",
            "r.csv:4:1: mission: expected a name of a-z, 0-9 and '-' (1 to 40 characters), got \"\"",
        ),
        (HEAD + "a,core,60\n,core,6\n", "r.csv:3:2: cohort: repeated cohort core of a"),
        (
            HEAD + "a,core,60\nTotal,,70\n",
            'r.csv:3:8: people: expected the sum of the rows above, 60, got "70" (correct one of them, or leave the total out)',
        ),
        (
            HEAD + "a,core,60\nTotal,core,60\n",
            'r.csv:3:1: mission: expected a mission, got "Total" (leave a total of a cohort out, or give the mission another name)',
        ),
        ('mission,cohort,people\n"a\n b",core,60\nb,x\n', "r.csv:4:1: expected 3 cells, got 2"),
        (
            "mission,cohort,people,distance\na,core,60,5 km\na,local,6,7 km\n",
            'r.csv:3:11: distance: expected one distance of a mission and site, 5 km in line 2, got "7 km"',
        ),
        (
            "mission,cohort,people,distance\na,core,60,5 mi\n",
            'r.csv:2:11: distance: expected a distance such as 5 km, at most 10,000 km, got "5 mi"',
        ),
        (
            "mission,cohort,people,vehicles\na,core,60,Our cars\n",
            'r.csv:2:11: vehicles: expected a name of a-z, 0-9 and \'-\' (1 to 40 characters), got "Our cars"; write "our-cars"',
        ),
        (
            "mission,cohort,people,site\na,core,60,Here!\na,core,60,here?\n",
            "r.csv:3:11: site: expected sites that differ as names: a-here is there already",
        ),
    ],
)
def test_what_is_not_certain_is_refused_with_its_cell(tmp_path: Path, text: str, fault: str) -> None:
    assert fault in faults(tmp_path, text)


def test_sites_vehicles_and_distances(tmp_path: Path) -> None:
    head = "mission,cohort,people,site,vehicles,distance (km)\n"
    given = roster(
        tmp_path, head + 'a,core,60,Green Village,cars,"5,5"\n,local,40,,,\na,core,5,Airport,,800 m\nb,core,1,Centre,,\n'
    )
    assert [(p.name, p.title, p.distance_km) for p in given.posts] == [
        ("a-green-village", "a, Green Village", 5.5),
        ("a-airport", "a, Airport", 0.8),
        ("b", "b, Centre", None),
    ]
    assert [(s.cohort, s.people, s.vehicles) for s in given.posts[0].staff] == [("core", 60, "cars"), ("local", 40, "")]
    assert given.notices == (
        "a row without a mission belongs to that of the row above: line 3",
        "a has several sites, each a mission here: a-green-village, a-airport",
    )


def test_what_was_read_in_one_way_of_several_is_said(tmp_path: Path) -> None:
    text = "Délégations;;;\nMission;Cohort;Staff;Telefon\na;core;60;1\n;local;40;2\nSumme;;100;\n".encode("cp1252")
    assert roster(tmp_path, text).notices == (
        'read as Windows-1252 ("Délégations" in line 1), since it is no UTF-8',
        "left out what stands above the columns: line 1",
        'left out the column "Telefon"',
        "a row without a mission belongs to that of the row above: line 4",
        "left out totals, which agree with the rows above: line 5",
    )


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"mission;cohort;people\na;core;60\n")))
    assert staff(read_roster("-")) == {"a": {"core": 60}}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"mission;cohort;people\na;core;x\n")))
    with pytest.raises(ScenarioError, match=r"^-:2:8: people: expected a whole number"):
        read_roster("-")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ScenarioError, match="cannot read standard input: it is closed"):
        read_roster("-")


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Staff", None, None],
        ["Mission", "Cohort", "People"],
        ["a", "core", 1200],
        [None, "local", 60.0],
        ["Total", None, 1260],
    ):
        book.active.append(row)
    book.active.merge_cells("A3:A4")
    other = book.create_sheet("Other")
    for row in (["mission", "cohort", "people"], ["b", "core", "~40"], ["b", "local", 1.5]):
        other.append(row)
    path = tmp_path / "staff.bin"
    book.save(path)
    assert staff(read_roster(path)) == {"a": {"core": 1200, "local": 60}}
    path.rename(tmp_path / "staff.xlsx")
    with pytest.raises(ScenarioError) as refused:
        read_roster(f"{tmp_path}/staff.xlsx:Other")
    expected = "people: expected a whole number of people ≥ 0, at most 1,000,000,000"
    assert [str(fault).removeprefix(f"{tmp_path}/") for fault in refused.value.faults] == [
        f'staff.xlsx:2:3: {expected}, got "~40" in cell C2 (write 40)',
        f'staff.xlsx:3:3: {expected}, got "1.5" in cell C3',
    ]
    with pytest.raises(ScenarioError, match="No such file"):
        read_roster(f"{tmp_path}/none.xlsx:Other")

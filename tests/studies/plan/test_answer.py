"""``plan`` end to end: the least that is enough, not reachable, open; days of warning as a lever; what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sim
from sim import plan
from sim.analysis.study import Proposal
from sim.cli import main
from sim.scenario import ScenarioError, loads
from sim.scenario.errors import Fault
from sim.studies.axis import VaryError
from sim.studies.engine import StudyRunner
from sim.studies.lead_time import LeverError, lead_time
from sim.studies.plan.answer import levers_of
from sim.studies.query import QueryError

QUEUE = """
title: Forty people, ten minutes each
clock: {start: 2021-09-12 06:00, horizon: 10 d}
missions:
  embassy: {order: {at: 6 h}, cohorts: {core: {people: 40, group: 1}}}
airport: {gates: {main: {lanes: 1, per_person: 30 min/person}}}
"""
"""N people through c lanes of time s: ceil(40 / c) / 2 hours after the order: 20, 10, 7, 5 h."""

FALL = """
clock: {start: 2021-09-12 06:00, horizon: 60 d}
threat:
  levels: [calm, tense, fallen]
  start: calm
  fallen: fallen
  stay: {calm: {uniform: [10 h, 20 h]}, tense: {uniform: [5 h, 15 h]}}
  up: {tense: 0.8}
  effects: {tense: {road: 2, search: 1.5}}
security: {unsecured_hold: 1 h, phases: [{begins: start, provider: none}]}
missions:
  embassy: {order: {when: [threat >= tense]}, cohorts: {core: {people: 4, group: 4, ready: 12 h}}}
"""


def write(folder: Path, text: str) -> str:
    path = folder / "one.yaml"
    path.write_text(text)
    return str(path)


def asked(tmp_path: Path, **more: Any) -> dict[str, Any]:
    return {"n": 40, "jobs": 1, "out": tmp_path / "results", "plots": False, **more}


def test_the_least_of_one_lever_is_that_of_the_closed_form(tmp_path: Path) -> None:
    given = write(tmp_path, QUEUE)
    lanes = {"airport.gates.main.lanes": [8, 1, 2, 3, 4]}
    answer = plan(given, "8 h", lanes, **asked(tmp_path))
    assert answer.summary["least"] == [{"airport.gates.main.lanes": "3"}]
    assert [row["time_h"] for row in answer.summary["points"]] == pytest.approx([20.0, 10.0, 7.0, 5.0, 2.5])
    assert [row["verdict"] for row in answer.summary["points"]] == ["not", "not", "met", "met", "met"]
    by_date = plan(given, "2021-09-12 22:00", lanes, **asked(tmp_path))  # 16 h after the start, 10 h after the order
    assert by_date.summary["least"] == [{"airport.gates.main.lanes": "2"}]
    assert "the least that is enough is 2 search lanes at Main gate (" in by_date.headline
    assert answer.points["verdict"].to_list() == ["not", "not", "met", "met", "met"]


def test_not_reachable_is_an_answer(tmp_path: Path) -> None:
    answer = plan(write(tmp_path, QUEUE), "1 h", ["airport.gates.main.lanes=1:4:1"], **asked(tmp_path))
    assert (answer.summary["answer"], answer.summary["least"]) == ("not reachable", [])
    assert "not reachable with these" in answer.headline


def test_too_few_replications_leave_it_open_and_say_how_many_it_takes(tmp_path: Path) -> None:
    answer = plan(write(tmp_path, QUEUE), "30 h", ["airport.gates.main.lanes=1"], **asked(tmp_path, n=20))
    (row,) = answer.summary["points"]
    assert (row["verdict"], row["chance"]["estimate"], row["replications_needed"]) == ("open", 1.0, 36)
    assert "not decided" in answer.headline


@pytest.mark.costly
def test_two_levers_have_a_frontier(tmp_path: Path) -> None:
    """Within 6 h: 20 people a lane allow 18 min each, 14 allow 25 min, 10 allow 36 min; slower search is the lesser effort."""
    vary = ["airport.gates.main.lanes=2,3,4", "airport.gates.main.per_person=36:18:-6 min/person"]
    answer = plan(write(tmp_path, QUEUE), "6 h", vary, **asked(tmp_path))
    pairs = [tuple(values.values()) for values in answer.summary["least"]]
    assert pairs == [("2", "18 min/person"), ("3", "24 min/person"), ("4", "36 min/person")]


def test_values_are_taken_from_the_least_to_the_most() -> None:
    def order(text: str) -> tuple[str, ...]:
        return levers_of([f"a={text}"])[0].values

    assert order("4,1,8,2") == ("1", "2", "4", "8")
    assert order("8,4,2") == ("8", "4", "2")  # falls throughout: the first is the least
    assert order("2 d,36 h,3 d") == ("36 h", "2 d", "3 d")
    assert order("yes,no,maybe") == ("yes", "no", "maybe")
    assert levers_of(["a=1 d,36 h,2 d"])[0].amounts == (1.0, 1.5, 2.0)


def test_a_day_of_warning_moves_the_fall_by_a_day_and_nothing_before_it(tmp_path: Path) -> None:
    found = {}
    for hours in (0.0, 24.0):
        one = loads(FALL, overrides=(*lead_time(loads(FALL), hours), "missions.embassy.cohorts.core.ready=30 d"))
        table = sim.run(one, n=40, jobs=1, out=tmp_path, plots=False)
        found[hours] = table.replications.select("fall_h", "lost_h"), table.missions["ordered_h"]
    for column in ("fall_h", "lost_h"):
        moved = found[24.0][0][column] - found[0.0][0][column]
        assert moved.to_list() == pytest.approx([24.0] * 40)
    assert found[24.0][1].equals(found[0.0][1])


def test_days_of_warning_are_a_lever(tmp_path: Path) -> None:
    """Twelve hours to get ready; the airport is lost 6 to 16 h after the order (later on a second visit): 6 h more are enough."""
    answer = plan(write(tmp_path, FALL), "12 h", ["warning=0 h,6 h,12 h"], **asked(tmp_path))
    assert answer.summary["least"] == [{"warning": "6 h"}]
    chances = [row["chance"]["estimate"] for row in answer.summary["points"]]
    assert chances == sorted(chances)
    assert chances[-1] == 1.0


DATED = """
threat: {levels: [calm, fallen], start: calm, fallen: fallen, timeline: [{at: 2021-08-03, level: fallen}]}
missions: {embassy: {order: {at: 6 h}, cohorts: {core: 4}}}
"""


def test_warning_in_a_dated_threat_and_where_there_is_none() -> None:
    assert list(map(str, lead_time(loads(DATED), 12.0))) == ["threat.timeline.0.at=60 h"]
    assert lead_time(loads(DATED), 0.0) == ()
    with pytest.raises(LeverError, match="never falls"):
        lead_time(loads(QUEUE), 12.0)
    freed = FALL.replace("tense: {uniform: [5 h, 15 h]}", "tense: {uniform: [5 h, 15 h]}, fallen: 9 d")
    with pytest.raises(LeverError, match="freed"):
        lead_time(loads(freed), 12.0)


def test_an_inserted_level_is_like_the_one_before_it() -> None:
    one = loads(FALL)
    longer = loads(FALL, overrides=lead_time(one, 6.0)).scenario.threat
    assert longer is not None
    assert longer.levels == ("calm", "tense", "tense-longer", "fallen")
    assert longer.effects["tense-longer"].road.value == 2.0
    assert longer.effects["tense-longer"].search.value == 1.5


LANES = "airport.gates.main.lanes"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["--vary", f"{LANES}=-1,1"], [f"--vary 1: {LANES}: expected a whole number ≥ 0, got -1"]),
        (["--vary", "airport.gates.main.lane=4,8"], ['--vary 1: airport.gates.main.lane: unknown key "lane"; nearest: "lanes"']),
        (
            ["--vary", f"{LANES}=1,-1,-2", "--vary", "airport.gates.main.per_person=x,1 min/person"],
            ["--vary 1: ", "--vary 1: ", "--vary 2: airport.gates.main.per_person: expected a time per person"],
        ),
        (["--vary", f"{LANES}=1", "--vary", f"{LANES}=2"], [f"--vary 2: {LANES}: is varied twice"]),
        (["--vary", f"{LANES}=1:3"], [f"--vary 1: {LANES}: LO:HI needs a step: LO:HI:STEP, got 1:3"]),
        (["--vary", "warning=1d"], ["--vary 1: warning: the capital never falls"]),
        (["--vary", "warning=soon"], ["--vary 1: warning: "]),
        (["--vary", "warming=1d"], ['--vary 1: warming: unknown key "warming"; nearest: "warning"']),
        (["--vary", f"{LANES}=1", "--finish-by", "0 d"], ['--finish-by: expected a time above 0, got "0 d"']),
        (["--vary", f"{LANES}=1", "--mission", "embasy"], ['--mission: no mission "embasy"; nearest: "embassy"']),
    ],
)
def test_what_is_refused_has_a_line_a_fault_that_names_its_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], lines: list[str]
) -> None:
    finish = [] if "--finish-by" in words else ["--finish-by", "8 h"]
    with pytest.raises(SystemExit) as stop:
        main(["plan", write(tmp_path, QUEUE), *finish, *words, "--jobs", "1", "--out", str(tmp_path / "r")])
    said = sorted(capsys.readouterr().err.strip().splitlines())
    assert stop.value.code == 2
    assert len(said) == len(lines)
    assert all(a.startswith(b) for a, b in zip(said, lines, strict=True)), said
    assert not (tmp_path / "r").exists()  # nothing was simulated


def test_a_fault_of_two_levers_together_names_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: StudyRunner, proposal: Proposal) -> None:
        if tuple(map(str, proposal.settings)) == ("a=2", "b=4"):
            raise ScenarioError([Fault("one.yaml", 3, 1, "airport", "cannot be")])

    monkeypatch.setattr(StudyRunner, "source", refuse)
    with pytest.raises(VaryError, match=r"^--vary 1 and 2 \(a = 2, b = 4\): airport: cannot be$"):
        plan(write(tmp_path, QUEUE), "8 h", ["a=1,2", "b=3,4"], **asked(tmp_path))


@pytest.mark.parametrize(
    ("finish", "vary", "more"),
    [
        ("soon", ["a=1"], {}), ("2020-01-01", ["a=1"], {}), ("8 h", ["a=1", "b=1", "c=1"], {}), ("8 h", [], {}),
        ("8 h", ["a=1"], {"mission": "x"}), ("8 h", ["a=1"], {"confidence": 1.5}), ("8 h", ["a=1:3000:1"], {}),
    ],
)  # fmt: skip
def test_bad_questions(tmp_path: Path, finish: str, vary: list[str], more: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        plan(write(tmp_path, QUEUE), finish, vary, **asked(tmp_path, **more))


@pytest.mark.first(1)
@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    words = ["plan", write(tmp_path, FALL), "--finish-by", "20 h", "--vary", "warning=0 h:12 h:6 h", "-n", "40", "--jobs", "1"]
    words += ["--vary", "missions.embassy.cohorts.core.ready=14 h,12 h", "--out", str(tmp_path / "r"), "--csv"]
    with pytest.raises(SystemExit) as stop:
        main([*words, "--no-plots"])
    out = capsys.readouterr().out
    assert stop.value.code == 0
    assert max(map(len, out.splitlines())) <= int(columns)
    with pytest.raises(SystemExit):
        main([*words, "--json", *(["--no-plots"] if columns == "80" else [])])
    said = json.loads(capsys.readouterr().out)
    assert said["levers"][0]["path"] == "warning"
    assert len(said["points"]) == 6
    folder = Path(said["folder"])
    assert pl.read_csv(folder / "points.csv").height == 6
    assert (folder / "trade-off.png").exists() == (columns == "160")
    assert "--vary 'warning=0 h:12 h:6 h'" in json.loads((folder / "manifest.json").read_text())["command"]
    with pytest.raises(SystemExit) as stop:
        main([*words[:2], "--finish-by", "20 h", "--vary", "warning"])
    assert stop.value.code == 2

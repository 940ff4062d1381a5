"""``run --mission``: one mission's sentence, row, JSON and picture; what is stored has all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

MIXED = """\
title: "A [red]title[/red] $x$"
clock: {start: 2021-09-12 06:00, horizon: 10 d, utc_offset: 4.5}
threat: {timeline: [{at: 5 d, level: fallen}], levels: [calm, fallen], start: calm, fallen: fallen}
security:
  providers: {troops: {force: {headcount: 100}}}
  phases: [{begins: start, provider: troops}, {begins: {fallen: 12 h}, provider: none}]
missions:
  alpha: {order: {at: 6 h}, cohorts: {core: 30, families: {people: 20, ready: 24 h}}}
  late: {order: {at: {uniform: [4 d, 7 d]}}, cohorts: {core: {people: 10, ready: 6 h}}}
  gone: {closed: 2021-05-28, cohorts: {core: 10}}
  staying: {residual: all, cohorts: {core: 7}}
  unasked: {cohorts: {core: 8}}
  empty: {order: {at: 6 h}, cohorts: {core: 0}}
"""
FAST = ("-n", "8", "--jobs", "1")
SAID = {
    "gone": "nobody of gone has to be moved: it had closed before the start.",
    "staying": "nobody of staying has to be moved: all of its people stay.",
    "unasked": "unasked is never ordered out; on average 8 of its 8 people",
    "empty": "nobody of empty has to be moved: it has no people.",
}


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    file = tmp_path / "mixed.yaml"
    file.write_text(MIXED)
    return file


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture but that of the mission: the others take seconds."""
    monkeypatch.setattr("sim.studies.runs.draw", lambda *given, **how: [])


def test_the_sentence_says_when_and_how_many(evacsim: Command, mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ordered at 12:00, the core goes at once, the families a day later: all at 13 Sep 12:00 in each of 8 replications."""
    monkeypatch.setenv("COLUMNS", "100")
    shown = " ".join(evacsim("run", "mixed.yaml", "--mission", "alpha", "--no-plots", *FAST).out.split())
    assert shown.startswith(
        "A [red]title[/red] $x$: all 50 people of alpha are out in every one of 8 replications (95 % interval 63 % to 100 %). "
        "It is ordered out on 12 Sep 12:00 (UTC+04:30), 6 h after the start, in the middle case. Half of them are "
        "out by 12 Sep 12:00 in the "
        "middle case, all by 13 Sep 12:00. Nobody is left behind."
    )
    row = shown[shown.index("Mission People") :]
    assert "alpha 50 6 h 6 h 30 h 30 h 24 h 100 % 0 –" in row
    assert not any(f" {other} " in row for other in ("late", "all together"))
    assert "8 replications, seed 1." in row


@pytest.mark.parametrize(("mission", "sentence"), SAID.items())
def test_why_nobody_is_moved_is_said(evacsim: Command, mixed: Path, mission: str, sentence: str) -> None:
    shown = evacsim("run", "mixed.yaml", "--mission", mission, "--no-plots", *FAST)
    assert shown.status == 0
    assert " ".join(shown.out.split()).startswith(f"A [red]title[/red] $x$: {sentence}")


def test_never_ordered_while_the_capital_stands(evacsim: Command, mixed: Path) -> None:
    shown = evacsim("run", "mixed.yaml", "--mission", "unasked", "--set", "threat=null", "--set",
                    "security.phases=[{begins: start, provider: troops}]", "--no-plots", *FAST)  # fmt: skip
    assert "unasked is never ordered out, and the capital stands: its 8 people stay." in " ".join(shown.out.split())


def test_an_unknown_name_is_one_line_and_nothing_is_simulated(evacsim: Command, mixed: Path, tmp_path: Path) -> None:
    shown = evacsim("run", "mixed.yaml", "--mission", "alhpa", *FAST)
    assert (shown.status, shown.out) == (2, "")
    assert shown.lines[-1] == '--mission: no mission "alhpa"; nearest: "alpha"'
    assert not (tmp_path / "results").exists()


def test_json_is_narrowed_and_the_stored_summary_whole(evacsim: Command, mixed: Path, tmp_path: Path) -> None:
    whole = evacsim("run", "mixed.yaml", "--json", "--no-plots", *FAST).json["results"][0]
    told = evacsim("run", "mixed.yaml", "--json", "--mission", "late", "--no-plots", *FAST).json
    (short,) = told["results"]
    assert told["mission"] == short["mission"] == "late"
    assert list(short["missions"]) == ["late"]
    assert short["total"] == whole["total"]
    assert whole["missions"]["late"].items() <= short["missions"]["late"].items()
    assert short["missions"]["late"]["half"]["out_p50_h"] == pytest.approx(short["missions"]["late"]["order"]["h"] + 6)
    assert "cohorts" not in short
    stored = json.loads((tmp_path / short["folder"] / "summary.json").read_text())
    assert list(stored["missions"]) == list(whole["missions"])
    assert "mission" not in stored
    assert "--mission" not in json.loads((tmp_path / short["folder"] / "manifest.json").read_text())["command"]


def test_cohorts_are_those_of_the_mission(evacsim: Command, mixed: Path) -> None:
    args = ("run", "mixed.yaml", "--mission", "alpha", "--by", "cohort", "--no-plots", *FAST)
    assert list(evacsim(*args, "--json").json["results"][0]["cohorts"]) == ["alpha"]
    lines = evacsim(*args).out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("alpha ", "  core", "  families"))] == [
        "alpha",
        "core",
        "families",
    ]


@pytest.mark.parametrize("svg", [False, True])
def test_the_picture_lies_beside_the_others(evacsim: Command, mixed: Path, alone: None, tmp_path: Path, svg: bool) -> None:
    shown = evacsim("run", "mixed.yaml", "--mission", "late", *FAST, *(["--svg"] if svg else []))
    assert shown.status == 0
    (picture,) = tmp_path.rglob("mission-late.png")
    assert "mission-late.png" in " ".join(shown.out.split())
    assert (picture.with_suffix(".svg")).exists() == svg
    assert (picture.parent / "summary.json").exists()


@pytest.mark.costly
def test_a_picture_of_fewer_replications_is_drawn_again(
    evacsim: Command, mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whichever command draws the others again; one of a mission that is not there any more is gone."""
    monkeypatch.setattr("sim.present.plots.draw_run", lambda *given: None)
    evacsim("run", "mixed.yaml", "--mission", "late", *FAST)
    (picture,) = tmp_path.rglob("mission-late.png")
    before = picture.read_bytes()
    (picture.parent / "mission-nobody.png").write_bytes(b"")
    evacsim("run", "mixed.yaml", "-n", "16", "--jobs", "1")
    after = picture.read_bytes()
    assert after != before
    assert not (picture.parent / "mission-nobody.png").exists()
    evacsim("run", "mixed.yaml", "--mission", "late", "-n", "16", "--jobs", "1")
    assert picture.read_bytes() == after


def test_no_picture_of_who_stays(evacsim: Command, mixed: Path, alone: None, tmp_path: Path) -> None:
    evacsim("run", "mixed.yaml", "--mission", "staying", *FAST)
    assert not list(tmp_path.rglob("mission-*"))


def test_total_is_everybody(evacsim: Command, mixed: Path) -> None:
    args = ("run", "mixed.yaml", "--json", "--no-plots", *FAST)
    assert evacsim(*args, "--mission", "total").json == evacsim(*args).json


def test_one_of_several_scenarios_lacks_it(evacsim: Command, mixed: Path) -> None:
    shown = evacsim("run", "mixed.yaml", "small.yaml", "--mission", "late", "--no-plots", *FAST)
    assert shown.status == 0
    assert "there is no mission late." in shown.out


def test_python_gives_the_same(mixed: Path, tmp_path: Path) -> None:
    study = sim.run(mixed, n=8, jobs=1, plots=False, out=tmp_path / "results", mission="alpha")
    assert "all 50 people of alpha are out" in study.headline
    assert list(study.summary["missions"]) == ["alpha"]
    assert study.missions["mission"].n_unique() == 6, "the tables have all of them"
    with pytest.raises(sim.QueryError, match="no mission"):
        sim.run(mixed, n=8, jobs=1, plots=False, out=tmp_path / "results", mission="nobody")


def test_staff_of_missions_and_cohorts_is_as_written_where_head_counts_are_drawn(tmp_path: Path) -> None:
    """60 (30 to 90) and 20 of a mission of 80: the mean of what is drawn would be another."""
    cohorts = "{core: {people: {value: 60, low: 30, high: 90}}, local: 20}"
    (tmp_path / "drawn.yaml").write_text(f"missions: {{a: {{order: {{at: 1 h}}, cohorts: {cohorts}}}}}\n", "utf-8")
    study = sim.run(tmp_path / "drawn.yaml", n=4, jobs=1, out=tmp_path / "results", plots=False)
    parts = study.summary["cohorts"]["a"]
    assert [study.summary["missions"]["a"]["staff"], parts["core"]["staff"], parts["local"]["staff"]] == [80, 60, 20]
    assert study.summary["missions"]["a"]["to_move"] != 80


@pytest.mark.parametrize("n", [1, 2])
def test_one_set_of_inputs_has_an_answer(tmp_path: Path, n: int) -> None:
    """Chances have ends with one set as with one replication; nothing is said of what isn't known."""
    (tmp_path / "drawn.yaml").write_text(
        "missions: {a: {order: {at: 1 h}, cohorts: {core: {people: {value: 60, low: 30, high: 90}}}}}\n"
    )
    study = sim.run(tmp_path / "drawn.yaml", n=n, jobs=1, out=tmp_path / "results", plots=False)
    chance = study.summary["total"]["p_all_out"]
    assert (chance["low"], chance["high"]) == (pytest.approx(0.025, rel=0.1), 1)
    assert "known" not in study.headline
    assert sim.run(tmp_path / "drawn.yaml", n=n, jobs=1, out=tmp_path / "results", plots=False, mission="a").headline

"""``compare --mission``: what differs for one mission, its row in each scenario, JSON and picture."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import sim
from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

BASE = """\
title: The base
clock: {start: 2021-09-12 06:00, horizon: 10 d}
missions:
  alpha: {order: {at: 6 h}, cohorts: {core: 30, families: {people: 20, ready: 24 h}}}
  beta: {order: {at: {uniform: [1 d, 2 d]}}, cohorts: {core: {people: 10, ready: 6 h}}}
  stays: {residual: all, cohorts: {core: 7}}
"""
FAST = ("-n", "12", "--jobs", "1")
PAIR = ("compare", "base.yaml", "other.yaml", *FAST)


@pytest.fixture
def pair(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE)
    later = "title: The other\nextends: base.yaml\nmissions: {alpha: {order: {at: 10 h}, cohorts: {families: {ready: 20 h}}}"
    (tmp_path / "other.yaml").write_text(later + ", extra: {order: {at: 1 h}, cohorts: {core: 3}}}\n")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture but that of the mission: the others take ten seconds."""
    for module in ("sim.studies.runs", "sim.studies.compare.answer"):
        monkeypatch.setattr(f"{module}.draw", lambda *given, **how: [])


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_difference_comes_first_on_both_clocks(evacsim: Command, pair: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out at 6 + 24 = 30 h and at 10 + 20 = 30 h: the same on the calendar, 4 h quicker from the order."""
    monkeypatch.setenv("COLUMNS", "100")
    shown = evacsim(*PAIR, "--mission", "alpha", "--no-plots")
    assert shown.status == 0
    said = re.sub(r", 95 % interval \S+( h)? to \S+( h)?(?=[,)])", "", one_line(shown.out))
    assert said.startswith(
        "alpha with other instead of base: all are out in 100 % of the cases with either (0 points, can't be told from none); on "
        "the calendar they are out 30 h after the start with either in the middle case (0 h, can't be told from none); from the "
        "order 20 h instead of 24 h in the middle case (−4 h); people left behind 0 with either (0, can't be told from none). "
        "Of alpha as many are left behind in each of 12 replications. The base: all 50 people of alpha are out"
    )
    assert "in the middle case (−4 h, 95 % interval −4 h to −4 h)" in one_line(shown.out)
    rows = [line for line in shown.out.splitlines() if line.startswith(("base ", "other "))]
    assert [one_line(row)[:30] for row in rows[:2]] == ["base 50 6 h 6 h 30 h 30 h 24 h", "other 50 10 h 10 h 30 h 30 h 2"]
    assert "--same-orders compares once more" in one_line(shown.out), "for it is ordered at other times"
    assert "beta" not in shown.out
    assert "all together" not in shown.out


def test_json_is_narrowed_and_the_stored_summary_whole(evacsim: Command, pair: None, tmp_path: Path) -> None:
    whole = evacsim(*PAIR, "--json", "--no-plots").json
    short = evacsim(*PAIR, "--json", "--no-plots", "--mission", "beta").json
    assert short["mission"] == "beta"
    assert [list(each["missions"]) for each in short["results"]] == [["beta"], ["beta"]]
    (difference,) = short["differences"]
    assert difference["missions"] == {"beta": whole["differences"][0]["missions"]["beta"]}
    assert difference["total"] == whole["differences"][0]["total"]
    (stored,) = (json.loads(file.read_text()) for file in (tmp_path / "results" / "compare").rglob("summary.json"))
    assert set(stored["differences"][0]["missions"]) == {"alpha", "beta", "stays"}
    assert "mission" not in stored


def test_cohorts_of_each_scenario(evacsim: Command, pair: None) -> None:
    shown = evacsim(*PAIR, "--no-plots", "--mission", "alpha", "--by", "cohort")
    names = [line.split()[0] for line in shown.out.splitlines() if line.startswith(("base ", "other ", "  core", "  families"))]
    assert names[:6] == ["base", "core", "families", "other", "core", "families"]


def test_a_mission_that_one_of_them_lacks_is_said(evacsim: Command, pair: None, alone: None, tmp_path: Path) -> None:
    shown = evacsim(*PAIR, "--mission", "extra")
    assert shown.status == 0
    text = one_line(shown.out)
    assert text.startswith("extra with other instead of base: nothing to compare, base has no mission extra. ")
    assert "The base: there is no mission extra." in text
    assert "The other: all 3 people of extra are out" in text
    assert list((tmp_path / "results" / "compare").rglob("mission-extra.png"))
    back = evacsim("compare", "other.yaml", "base.yaml", *FAST, "--mission", "extra", "--no-plots")
    assert "nothing to compare, base has no mission extra." in one_line(back.out)


def test_who_stays_in_both_is_said(evacsim: Command, pair: None, alone: None, tmp_path: Path) -> None:
    shown = evacsim(*PAIR, "--mission", "stays")
    assert "nothing to compare, nobody of it is to be moved." in one_line(shown.out)
    assert not list(tmp_path.rglob("mission-*"))


def test_an_unknown_name_is_one_line_and_nothing_is_simulated(evacsim: Command, pair: None, tmp_path: Path) -> None:
    shown = evacsim(*PAIR, "--mission", "betta")
    assert (shown.status, shown.out) == (2, "")
    assert shown.lines[-1] == '--mission: no mission "betta"; nearest: "beta"'
    assert not (tmp_path / "results").exists()


def test_under_the_same_orders_too(evacsim: Command, pair: None, tmp_path: Path) -> None:
    (tmp_path / "same.yaml").write_text("extends: base.yaml\nmissions: {beta: {order: {at: 20 h}}}\n")
    shown = evacsim("compare", "base.yaml", "same.yaml", *FAST, "--no-plots", "--mission", "beta", "--same-orders")
    assert shown.status == 0
    text = one_line(shown.out)
    assert "With everybody ordered out exactly when the base orders them." in text
    assert "compares once more" not in text


def test_python_gives_the_same(pair: None, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.yaml" for name in ("base", "other")]
    both = sim.compare(*files, n=12, jobs=1, plots=False, out=tmp_path / "results", mission="alpha")
    assert both.headline.startswith("alpha with other instead of base: ")
    assert list(both.differences[0]["missions"]) == ["alpha"]
    assert [list(study.summary["missions"]) for study in both.studies] == [["alpha"], ["alpha"]]
    assert both.as_json()["mission"] == "alpha"


def test_by_cohort_has_rows_and_differences_of_cohorts(evacsim: Command, pair: None, alone: None, tmp_path: Path) -> None:
    """Families of alpha: ready 4 h earlier, ordered 4 h later; the core simply 4 h later."""
    plain = evacsim(*PAIR, "--no-plots", "--json").json
    assert "cohorts" not in plain["differences"][0]
    shown = evacsim(*PAIR, "--no-plots", "--by", "cohort", "--json").json["differences"][0]
    assert set(shown["cohorts"]) == {"alpha", "beta", "stays"}
    hours = {name: one["hours_within_horizon"]["difference"] for name, one in shown["cohorts"]["alpha"].items()}
    assert hours == {"core": 4, "families": 0}
    text = evacsim(*PAIR, "--no-plots", "--by", "cohort").out
    rows = [one_line(line) for line in text.splitlines() if line.startswith(("  core", "  families"))]
    assert any(row.startswith("core 6 h 10 h +4 h") for row in rows), rows
    assert any(row.startswith("families 30 h 30 h") for row in rows), rows
    assert not any(line.startswith("  core") for line in evacsim(*PAIR, "--no-plots").out.splitlines())
    narrowed = evacsim(*PAIR, "--no-plots", "--by", "cohort", "--mission", "alpha", "--json").json["differences"][0]
    assert set(narrowed["cohorts"]) == {"alpha"}


def test_the_same_orders_have_their_own_count_of_sets(evacsim: Command, pair: None, tmp_path: Path) -> None:
    (tmp_path / "late.yaml").write_text("extends: base.yaml\nmissions: {alpha: {order: {at: 10 h}}}\n")
    done = evacsim("compare", "base.yaml", "late.yaml", *FAST, "--no-plots", "--mission", "alpha", "--same-orders")
    assert done.status == 0, done.err
    first = one_line(done.out).partition(" The base: ")[0]
    assert "With the missions' own reactions, of alpha as many are left behind in each of 12 replications." in first
    assert "At the same orders as many are left behind in each of 12 replications." in first
    assert first.endswith("its orders alone, against those of base: as many are left behind in each of 12 replications.")

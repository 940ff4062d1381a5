"""``deadline`` end to end on scenarios whose answer is known, and what it refuses."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import sim
from sim import deadline
from sim.analysis.outcomes import of_missions
from sim.cli import main
from sim.experiment.result import Result
from sim.scenario import load, loads
from sim.studies.deadline.answer import scopes_of
from sim.studies.deadline.query import DeadlineQuery
from sim.studies.order_dates import MARGIN_H, horizon, moving, nobody_ordered, ordered_at
from sim.studies.query import QueryError

EXPONENTIAL = """
title: Two hours to get out, an exponential fall, the airport lost at once
clock: {start: 2021-09-12 06:00, horizon: 40 d}
threat:
  levels: [calm, fallen]
  start: calm
  fallen: fallen
  stay: {calm: {exponential: {mean: 40 h}}}
security:
  unsecured_hold: HOLD
  phases: [{begins: start, provider: none}]
missions:
  embassy: {order: {when: [threat >= fallen], delay: 3 d}, cohorts: {core: {people: 20, group: 20, ready: 2 h}}}
"""


def exponential(folder: Path, hold: str = "0 h", name: str = "none-now") -> str:
    path = folder / f"{name}.yaml"
    path.write_text(EXPONENTIAL.replace("HOLD", hold))
    return str(path)


@pytest.fixture(autouse=True)
def few_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the tests simulate, so that they are quick."""
    monkeypatch.setattr("sim.studies.deadline.answer.WATCHED", 40)


def settings(tmp_path: Path) -> dict[str, object]:
    return {"n": 60, "jobs": 1, "out": tmp_path / "results", "plots": False}


def test_the_deadline_is_that_of_the_closed_form(tmp_path: Path) -> None:
    """P(all out | d) = exp(-(d + 2) / 40): at 80 % d = 6.9 h; the draws are fixed, so this either holds or does not."""
    answer = deadline(exponential(tmp_path), confidence=0.8, last="24 h", dates=4, resolution_h=2.0, **settings(tmp_path))  # type: ignore[arg-type]
    (entry,) = answer.summary["deadlines"]
    exact = -40 * math.log(0.8) - 2
    assert entry["status"] == "date"
    low, high = entry["interval_h"]
    assert (low or 0.0) <= exact <= high
    assert abs(entry["order_h"] - exact) <= 5
    assert entry["order_at"].startswith("2021-09-12")
    warning = entry["warning"]
    assert warning["interval_h"][0] <= 2.0 <= warning["interval_h"][1]
    for point in entry["curve"]:
        assert abs(point["estimate"] - math.exp(-(point["order_h"] + 2) / 40)) < 0.2  # 3.7 standard errors at most
    assert answer.curves.height == len(entry["curve"])
    assert answer.deadlines["scope"].to_list() == ["embassy"]


@pytest.mark.costly
def test_the_same_falls_in_every_replication_make_a_difference_exact(tmp_path: Path) -> None:
    """An airport that holds 10 h longer buys 10 h: under common random numbers the curves are shifted copies."""
    given = exponential(tmp_path), exponential(tmp_path, "10 h", "guard-now")
    answer = deadline(*given, confidence=0.7, last="24 h", dates=4, resolution_h=2.0, **{**settings(tmp_path), "n": 40})  # type: ignore[arg-type]
    (difference,) = answer.summary["differences"]
    assert difference["later_h"] == pytest.approx(10.0, abs=2.0)
    assert difference["low_h"] <= 10.0 <= (difference["high_h"] or math.inf)
    assert "” instead of “" in difference["in_words"]
    assert answer.headline.startswith("“")


@pytest.mark.costly
def test_never_early_enough_and_any_time_tried(tmp_path: Path) -> None:
    quick = {**settings(tmp_path), "n": 40, "dates": 3, "resolution_h": 4.0}
    never = deadline(exponential(tmp_path), confidence=0.999, last="12 h", **quick)  # type: ignore[arg-type]
    assert never.summary["deadlines"][0]["status"] == "never"
    assert "never early enough" in never.headline
    assert "too few" in " ".join(never.summary["warnings"])
    held = deadline(exponential(tmp_path, "30 h", "held"), confidence=0.8, last="12 h", **quick)  # type: ignore[arg-type]
    assert held.summary["deadlines"][0]["status"] == "any"
    assert "any time tried" in held.headline
    assert held.summary["deadlines"][0]["warning"]["status"] == "none"


@pytest.mark.costly
def test_more_replications_keep_the_folder_and_the_dates(tmp_path: Path) -> None:
    given = exponential(tmp_path)
    few = deadline(given, confidence=0.7, dates=3, **{**settings(tmp_path), "n": 20})  # type: ignore[arg-type]
    more = deadline(given, confidence=0.7, dates=3, **{**settings(tmp_path), "n": 40})  # type: ignore[arg-type]
    assert few.folder == more.folder
    assert {few.summary["last_h"], more.summary["last_h"]} == {few.summary["last_h"]}
    again = deadline(given, confidence=0.7, dates=3, **{**settings(tmp_path), "n": 40})  # type: ignore[arg-type]
    assert again.summary == more.summary
    manifest = json.loads((more.folder / "manifest.json").read_text())
    assert manifest["command"].startswith("evacsim deadline none-now.yaml --confidence 0.7")
    assert str(tmp_path) not in manifest["command"]


TWO = """
clock: {horizon: 20 d}
missions:
  first:
    order: {at: 100 h, delay: {uniform: [1 h, 5 h]}}
    cohorts: {core: 10, rest: {people: 10, order: {at: 200 h}}}
  second: {order: {at: 30 h}, cohorts: {core: 10}}
  gone: {closed: 2021-07-01, cohorts: {core: 10}}
  staying: {order: {at: 1 h}, residual: all, cohorts: {core: 10}}
  few: {order: {at: 1 h}, residual: 4, cohorts: {core: {people: 4}}}
"""


def test_the_date_replaces_the_orders_of_one_mission_and_of_all_its_cohorts(tmp_path: Path) -> None:
    scenario = loads(TWO).scenario
    assert moving(scenario) == {"first": 20.0, "second": 10.0}
    run = sim.run(loads(TWO, overrides=ordered_at(scenario, "first", 7.5)), n=3, jobs=1, out=tmp_path, plots=False)
    o = of_missions(Result.open(run.result.folder))
    assert o["first"].ordered_h.tolist() == [7.5] * 3
    assert o["first"].t100_h.tolist() == [7.5] * 3
    assert o["second"].ordered_h.tolist() == [30.0] * 3  # keeps its own
    together = sim.run(loads(TWO, overrides=ordered_at(scenario, "total", 9.0)), n=1, jobs=1, out=tmp_path, plots=False)
    missions = of_missions(Result.open(together.result.folder))
    assert [missions[m].ordered_h[0] for m in ("first", "second")] == [9.0, 9.0]
    nobody = sim.run(loads(TWO, overrides=nobody_ordered(scenario)), n=1, jobs=1, out=tmp_path, plots=False)
    assert math.isinf(of_missions(Result.open(nobody.result.folder))["first"].ordered_h[0])


def test_a_date_takes_the_place_of_reactions(tmp_path: Path) -> None:
    """Without soldiers the first of tier 1 goes: on its date alone it keeps its place, so that no other goes for it."""
    text = """
clock: {horizon: 20 d}
security: {phases: [{begins: start, provider: none}], reactions: {share: 0.5, decides: 5 h}}
missions: {a: {reaction: {tier: 1}, cohorts: {c: 10}}, b: {reaction: {tier: 2}, cohorts: {c: 10}}}
"""
    scenario = loads(text).scenario

    def orders(overrides: tuple[str, ...]) -> list[float]:
        run = sim.run(loads(text, overrides=overrides), n=1, jobs=1, out=tmp_path, plots=False)
        return [float(o.ordered_h[0]) for o in of_missions(run.result).values()]

    assert orders(()) == [5.0, math.inf]
    assert orders(ordered_at(scenario, "a", 9.0)) == [9.0, math.inf]
    assert orders(ordered_at(scenario, "b", 9.0)) == [5.0, 9.0]
    assert orders(ordered_at(scenario, "total", 9.0)) == [9.0, 9.0]
    assert orders(nobody_ordered(scenario)) == [math.inf, math.inf]


def test_the_horizon_lies_thirty_days_past_the_last_date(tmp_path: Path) -> None:
    scenario = load(exponential(tmp_path)).scenario
    assert horizon(scenario, 240.0 + MARGIN_H) == ()  # 40 d of its own are enough for 10 d
    assert list(map(str, horizon(scenario, 264.0 + MARGIN_H))) == ["clock.horizon=984 h"]


@pytest.mark.costly
def test_a_horizon_that_was_set_is_moved_like_one_of_the_file(tmp_path: Path) -> None:
    """With --set at the path that the study sets itself: until now each point failed, and trying again was advised."""
    given = {"n": 4, "jobs": 1, "plots": False, "out": tmp_path / "results", "first": "0 h", "last": "30 h", "dates": 3}
    plain = deadline(exponential(tmp_path), **given)
    short = deadline(exponential(tmp_path), overrides=["clock.horizon=9 d"], **given)
    assert short.summary["final"]
    assert short.curves.equals(plain.curves)


def test_all_together_is_asked_for_beside_the_only_mission_where_another_stays_unasked() -> None:
    """One that has closed by the start has nobody there; one that closes later has, and they are not among all that are out."""

    def scopes(other: str) -> list[list[str]]:
        text = f"missions: {{one: {{order: {{at: 1 h}}, cohorts: {{a: 5}}}}, other: {{{other}, cohorts: {{a: 38}}}}}}"
        return scopes_of([loads(text)], DeadlineQuery.of("any"))

    assert scopes("closed: 5 h") == scopes("closed: {ordered: 1 h}") == [["total", "one"]]
    assert scopes("closed: start") == scopes("closed: 5 h, residual: all") == [["one"]]


def test_which_curves_are_asked_for() -> None:
    one = [loads(TWO)]
    assert scopes_of(one, DeadlineQuery.of("any")) == [["total", "first", "second"]]
    assert scopes_of(one, DeadlineQuery.of("any", missions=("second",))) == [["second"]]
    assert scopes_of(one, DeadlineQuery.of("any", missions=("all",))) == [["total", "first", "second"]]
    with pytest.raises(QueryError, match=r'^--mission: no mission "secnd"; nearest: "second"$'):
        scopes_of(one, DeadlineQuery.of("any", missions=("secnd",)))
    with pytest.raises(QueryError, match="nobody to move"):
        scopes_of(one, DeadlineQuery.of("any", missions=("gone",)))


@pytest.mark.parametrize(
    "wrong",
    [["--confidence", "110%"], ["--confidence", "0"], ["--mission", "x"], ["--from", "5 d", "--to", "3 d"], ["--to", "soon"],
     ["--resolution", "0 h"], ["--from", "2021-09-01"]],
)  # fmt: skip
def test_bad_questions_are_one_line_and_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["deadline", exponential(tmp_path), "--out", str(tmp_path / "r"), *wrong])
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "r").exists()


@pytest.mark.first(1)
@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_command_shows_a_table_that_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    asked = [
        "-n",
        "40",
        "--dates",
        "3",
        "--to",
        "12 h",
        "--resolution",
        "4 h",
        "--confidence",
        "70%",
        "--jobs",
        "1",
        "--out",
        str(tmp_path),
        "--csv",
    ]
    given = [exponential(tmp_path), exponential(tmp_path, "9 h", "some-now")]
    with pytest.raises(SystemExit) as stop:
        main(["deadline", *given, *asked, "--no-plots"])
    out = capsys.readouterr().out
    assert stop.value.code == 0
    assert max(map(len, out.splitlines())) <= int(columns)
    assert "What one scenario buys over another" in out
    with pytest.raises(SystemExit):
        main(["deadline", *given, *asked, "--json", *(["--no-plots"] if columns == "80" else [])])
    folder = Path(json.loads(capsys.readouterr().out)["folder"])
    names = {path.name for path in folder.iterdir()}
    assert {"curves.csv", "deadlines.parquet", "summary.json", "manifest.json"} <= names
    pictures = {"curves.png", "deadlines.png"}
    assert names & pictures == (set() if columns == "80" else pictures)

"""``evacsim calibrate``: what is refused before anything is simulated, what is written, and that ``--inputs`` draws from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sim
from sim.api import QueryError, StoreError
from sim.cli import main
from sim.scenario.sets_file import read_sets
from sim.studies.calibrate import answer as module
from sim.studies.calibrate.answer import Calibration
from sim.studies.inputs_option import Drawing
from sim.studies.table_file import write_file

SCENARIO = """
title: Two offices and a gate
clock: {start: 2021-09-12 00:00, utc_offset: 0, horizon: 3 d}
airport: {gates: {main: {lanes: 1, per_person: {value: 2 min/person, low: 1 min/person, high: 6 min/person}}}}
road: {drive: {value: 45 min, low: 30 min, high: 1 h}}
lift:
  types: {bus: {seats: 10}}
  fleets:
    all-day: {aircraft: bus, number: 20, available: 0 h, outbound: 1 h, inbound: 1 h, patience: 30 min, dispatch: waiting}
missions: {north: {order: {at: 1 h}, cohorts: {core: 700}}}
"""
HEAD = "window_id,start_utc,end_utc,measure,scope,place,value,low,high,use\n"
ROWS = """\
one,2021-09-12T06:00Z,2021-09-12T18:00Z,people,all,,180,,,calibration
two,2021-09-12T18:00Z,2021-09-13T06:00Z,people,all,,180,170,190,calibration
three,2021-09-13T06:00Z,2021-09-13T18:00Z,people,all,,185,,,calibration
later,2021-09-13T18:00Z,2021-09-14T06:00Z,people,all,,{later},,,blind
"""
"""A person in 4 minutes is 180 people in 12 hours, at 0.77 of the logarithmic range from 1 to 6 minutes."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrate")
    (folder / "town.yaml").write_text(SCENARIO)
    (folder / "seen.csv").write_text(HEAD + ROWS.format(later=180))
    return folder


def asked(
    here: Path, sets: str = "sets.csv", observations: str = "seen.csv", scenario: str = "town.yaml", **more: object
) -> Calibration:
    given = {"n": 80, "jobs": 1, "out": here / "results", "plots": False, "overwrite": True, "sets": here / sets} | more
    return sim.calibrate(str(here / scenario), str(here / observations), **given)


def command(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return int(left.value.code or 0)


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """What is said, in one line, of a command that ends with 2."""
    assert command("calibrate", *words, "-n", 10, "--jobs", 1) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    return line


@pytest.fixture(scope="module")
def learnt(here: Path) -> Calibration:
    return asked(here, leave_out=True, plots=True, csv=True)


@pytest.mark.costly
def test_the_input_that_decides_is_learnt(learnt: Calibration) -> None:
    search, drive = (
        next(r for r in learnt.summary["inputs"] if r["factor"] == name) for name in ("airport.gates.*.per_person", "road.drive")
    )
    assert search["learnt"]
    assert not drive["learnt"]
    assert search["position"]["low"] < 0.77 < search["position"]["high"]
    assert search["value"]["low"] * 60 < 4 < search["value"]["high"] * 60
    assert search["position"]["high"] - search["position"]["low"] < 0.6
    assert "Learnt about 1 of 2 inputs: search time" in learnt.headline
    assert ": higher" in learnt.headline


def test_the_windows_before_and_after(learnt: Calibration) -> None:
    rows = learnt.summary["windows"]
    assert [row["window_id"] for row in rows] == ["one", "two", "three"]
    for row in rows:
        assert row["posterior"]["inside"]
        before, after = (row[key]["high_90"] - row[key]["low_90"] for key in ("prior", "posterior"))
        assert after < before


def test_what_is_kept_and_written(learnt: Calibration, here: Path) -> None:
    summary = json.loads((learnt.folder / "summary.json").read_text())
    assert summary["folder"] == f"calibrate/{learnt.folder.name}"
    assert {path.name for path in learnt.plots} == {"inputs.png", "learnt.png", "windows.png"}
    for name in ("windows", "learnt", "sets"):
        assert (learnt.folder / f"{name}.parquet").is_file()
        assert (learnt.folder / f"{name}.csv").is_file()
    sets = read_sets(str(here / "sets.csv"))
    assert sets.factors == ("airport.gates.*.per_person", "road.drive")
    assert sum(sets.weights) == pytest.approx(1)
    assert sets.effective == pytest.approx(learnt.summary["effective"])
    assert len(sets.weights) == learnt.summary["counting"]
    command_line = json.loads((learnt.folder / "manifest.json").read_text())["command"]
    assert command_line == "evacsim calibrate town.yaml seen.csv --output sets.csv --leave-out -n 80 --seed 1 --csv"


def test_parquet_and_csv_are_the_same_sets(here: Path, learnt: Calibration) -> None:
    again = asked(here, "sets.parquet")
    assert again.file == here / "sets.parquet"
    assert again.folder.parent == learnt.folder.parent
    assert read_sets(str(here / "sets.parquet")).digest == read_sets(str(here / "sets.csv")).digest


def test_the_file_may_hold_only_what_was_learnt(here: Path, learnt: Calibration) -> None:
    """The same weights and places, and the answer as it was; the others are drawn from their range."""
    some = asked(here, "some.csv", only_learnt=True)
    assert [row["factor"] for row in some.summary["inputs"] if row["learnt"]] == ["airport.gates.*.per_person"]
    assert some.headline.endswith("some.csv, which holds 1 of 2 inputs.")
    whole = pl.read_csv(here / "sets.csv")
    assert pl.read_csv(here / "some.csv").equals(whole.filter(pl.col("factor") == "airport.gates.*.per_person"))
    for name in ("windows", "learnt", "sets"):
        assert some.tables[name].equals(learnt.tables[name])


def test_nothing_learnt_is_no_file(here: Path) -> None:
    (here / "any.csv").write_text((here / "seen.csv").read_text())
    found = asked(here, "none.csv", "any.csv", n=1, discrepancy="99%", only_learnt=True)
    assert not any(row["learnt"] for row in found.summary["inputs"])
    assert found.file is None
    assert not (here / "none.csv").exists()
    assert found.headline.endswith("No sets are written, which --only-learnt asks to hold what was learnt.")


def test_what_is_kept_back_is_never_read(here: Path, learnt: Calibration) -> None:
    """Whatever rows of another use say, not a byte of the answer differs but the file's own digest."""
    (here / "other.csv").write_text(HEAD + ROWS.format(later=999_999).replace("blind", "check"))
    other = asked(here, "other-sets.csv", "other.csv", leave_out=True)
    assert (here / "other-sets.csv").read_bytes() == (here / "sets.csv").read_bytes()
    assert other.summary["windows"] == learnt.summary["windows"]
    assert other.summary["leave_out"] == learnt.summary["leave_out"]
    assert "later" not in json.dumps(other.summary)


def test_windows_left_out(learnt: Calibration) -> None:
    out = learnt.summary["leave_out"]
    assert (out["numbers"], out["interval_score"]["numbers"]) == (3, 2)
    assert out["inside"] == sum(row["inside"] for row in out["windows"])
    assert f"Left out in turn, {out['inside']} of 3 numbers" in learnt.headline


def test_a_second_time_nothing_is_simulated(here: Path, learnt: Calibration) -> None:
    """The replications lie where those of ``run`` do, and fewer of them are read from there."""
    blocks = {path: path.stat().st_mtime_ns for path in (here / "results" / "town").glob("*/blocks/*")}
    assert blocks
    again = asked(here, "again.csv", n=40)
    assert again.summary["sets"] == 20
    assert {path: path.stat().st_mtime_ns for path in (here / "results" / "town").glob("*/blocks/*")} == blocks


def test_every_command_draws_from_the_file(here: Path, learnt: Calibration, capsys: pytest.CaptureFixture[str]) -> None:
    """End to end: the runs' search times are those of the sets, by weight."""
    words = (
        here / "town.yaml",
        "-n",
        20,
        "--per-set",
        1,
        "--jobs",
        1,
        "--out",
        here / "drawn",
        "--inputs",
        here / "sets.csv",
        "--no-plots",
    )
    assert command("run", *words, "--json") == 0
    out, err = capsys.readouterr()
    assert "sets.csv, worth" in err
    (result,) = json.loads(out)["results"]
    assert result["inputs"]["mode"] == "sets"
    drawn = pl.read_parquet(Path(result["folder"]) / "inputs.parquet").filter(pl.col("factor") == "airport.gates.*.per_person")
    sets = read_sets(str(here / "sets.csv"))
    assert set(drawn["position"].to_list()) <= {row[0] for row in sets.positions}
    mean = float(np.average([row[0] for row in sets.positions], weights=sets.weights))
    assert drawn["position"].mean() == pytest.approx(mean, abs=0.15)


def test_factors_that_the_file_lacks_are_named_once(here: Path, learnt: Calibration, capsys: pytest.CaptureFixture[str]) -> None:
    table = pl.read_csv(here / "sets.csv").filter(pl.col("factor") != "road.drive")
    table.write_csv(here / "some.csv")
    (here / "town-2.yaml").write_text("extends: town.yaml\ntitle: The same again\n")
    words = (here / "town.yaml", here / "town-2.yaml", "-n", 4, "--jobs", 1, "--out", here / "drawn", "--no-plots")
    assert command("compare", *words, "--inputs", here / "some.csv") == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "drawn from the range" in line]
    assert len(lines) == 1
    assert lines[0].endswith("not in it, drawn from the range: road.drive")


def test_a_file_is_never_written_over_silently(here: Path, learnt: Calibration, capsys: pytest.CaptureFixture[str]) -> None:
    before = (here / "sets.csv").read_bytes()
    line = refused(capsys, here / "town.yaml", here / "seen.csv", "-o", here / "sets.csv", "--out", here / "none")
    assert "is there already; nothing was done (--overwrite writes over it)" in line
    assert (here / "sets.csv").read_bytes() == before
    assert not (here / "none").exists()


def test_a_write_that_fails_leaves_nothing(here: Path, learnt: Calibration, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: pl.DataFrame, out: object) -> None:
        out.write(b"set,fac")  # type: ignore[attr-defined]
        raise OSError(28, "no space")

    monkeypatch.setattr(pl.DataFrame, "write_csv", broken)
    with pytest.raises(StoreError, match="disk is full"):
        write_file(learnt.tables["sets"], here / "broken.csv", False)
    assert not list(here.glob("*broken*"))


@pytest.mark.parametrize(("name", "text"), [("sets.xlsx", "ends in .parquet or .csv"), ("nowhere/sets.csv", "no such folder")])
def test_where_sets_cannot_be_written(here: Path, capsys: pytest.CaptureFixture[str], name: str, text: str) -> None:
    assert text in refused(capsys, here / "town.yaml", here / "seen.csv", "-o", here / name)


def test_a_scenario_without_ranges(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(capsys, "evacsim:minimal", "evacsim:observations/minimal.csv", "-o", here / "none.csv")
    assert line == "evacsim:minimal: none of its inputs has a range, so that there is nothing to learn about"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (ROWS.format(later=1).replace("calibration", "check"), "there is no row of use calibration"),
        (ROWS.format(later=1).replace("2021-09-1", "2021-10-1"), "no row of use calibration that lies in the scenario's clock"),
    ],
)
def test_no_rows_to_learn_from(here: Path, capsys: pytest.CaptureFixture[str], rows: str, text: str) -> None:
    (here / "none-of-use.csv").write_text(HEAD + rows)
    assert text in refused(capsys, here / "town.yaml", here / "none-of-use.csv", "-o", here / "none.csv")


def test_a_window_beyond_the_horizon_is_named_and_not_used(here: Path) -> None:
    far = "far,2021-10-13T06:00Z,2021-10-13T18:00Z,people,all,,185,,,calibration\n"
    (here / "far.csv").write_text(HEAD + ROWS.format(later=180) + far)
    found = asked(here, "far-sets.csv", "far.csv")
    assert [row["window_id"] for row in found.summary["windows"]] == ["one", "two", "three"]
    assert "not used, for it lies outside the scenario's clock: far" in found.summary["warnings"]


def test_nothing_agrees(here: Path) -> None:
    """Ten times the people that there are: no file is written, and the sentence says which numbers no set comes near."""
    (here / "many.csv").write_text(HEAD + ROWS.format(later=180).replace("180,,,c", "9000,,,c").replace("185", "9500"))
    found = asked(here, "many-sets.csv", "many.csv")
    assert found.summary["agree"] == 0
    assert found.file is None
    assert not (here / "many-sets.csv").exists()
    assert "none of 40 sets of inputs agrees with the 3 observed numbers, so that nothing is written" in found.headline
    assert "No set comes near three (people), one (people)." in found.headline


def test_one_set_and_one_window(here: Path) -> None:
    (here / "one.csv").write_text(HEAD + ROWS.splitlines(keepends=True)[0])
    found = asked(here, "one-sets.csv", "one.csv", n=1, leave_out=True)
    assert (found.summary["sets"], found.summary["effective"]) == (1, 1)
    assert found.summary["leave_out"]["numbers"] == 0
    assert any("worth 1 of equal weight, fewer than 20" in line for line in found.summary["warnings"])


def test_more_discrepancy_learns_less(here: Path, learnt: Calibration) -> None:
    wide = asked(here, "wide-sets.csv", discrepancy="80%")
    assert wide.summary["effective"] > learnt.summary["effective"] + 5
    assert wide.folder != learnt.folder


def test_failed_replications_leave_nothing_final(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.studies.calibrate.answer import Seen

    read = module._read
    monkeypatch.setattr(module, "_read", lambda rows, outcome: Seen(*read(rows, outcome)[:2], 3))
    found = asked(here, "failed-sets.csv")
    assert found.unfinished()[-1] == "nothing above is final: the same command tries what failed again"
    assert "Not final: 3 replications failed." in found.headline
    assert not (here / "failed-sets.csv").exists()


def test_it_starts_from_the_ranges_whatever_the_scenario_names(here: Path, learnt: Calibration) -> None:
    """The same sets, to the byte, as from the scenario that names none."""
    (here / "named.yaml").write_text("inputs: sets.csv\n" + SCENARIO)
    asked(here, "from-named.csv", scenario="named.yaml")
    assert (here / "from-named.csv").read_bytes() == (here / "sets.csv").read_bytes()


def test_a_scenario_that_is_drawn_from_sets_already_is_refused(here: Path, learnt: Calibration) -> None:
    drawn = Drawing.of(str(here / "sets.csv"), 2).of_scenario(sim.load(here / "town.yaml"))
    with pytest.raises(QueryError, match="a calibration starts from the ranges"):
        sim.calibrate(drawn, str(here / "seen.csv"), sets=here / "no.csv", out=here / "results")


def test_no_option_says_what_inputs_are_drawn(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(capsys, here / "town.yaml", here / "seen.csv", "-o", here / "no.csv", "--inputs", "values")
    assert "No such option" in line


def test_a_trace_and_a_comparison_say_what_they_draw_from(
    here: Path, learnt: Calibration, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "named.yaml").write_text("inputs: sets.csv\n" + SCENARIO)
    assert command("trace", here / "named.yaml") == 0
    assert "sets.csv, worth" in capsys.readouterr().err
    words = (here / "named.yaml", here / "town.yaml", "-n", 4, "--jobs", 1, "--out", here / "drawn", "--no-plots")
    assert command("compare", *words) == 0
    assert "inputs: not all scenarios draw from the same sets" in capsys.readouterr().err
    assert command("compare", *words, "--inputs", "ranges") == 0
    assert "inputs:" not in capsys.readouterr().err

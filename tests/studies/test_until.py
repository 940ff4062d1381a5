"""``--until`` from the command and from Python: the same answer whatever is stored and however many processes there are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.analysis.measure import MeasureError
from sim.cli import main
from sim.experiment import SilentProgress, run
from sim.studies.engine import answer
from sim.studies.run.query import RunQuery

SMALL = """\
clock: {horizon: 10 d}
missions:
  alpha: {cohorts: {core: {people: 4, group: 4, ready: {exponential: {mean: 30 h}}}}, order: {at: 1 h}}
"""
LATER = "extends: small.yaml\nmissions: {alpha: {order: {at: 9 h}}}\n"
KEPT = ("summary.json", "missions.parquet", "cohorts.parquet", "replications.parquet", "timeline.parquet", "scenario.yaml")
UNTIL = ("--until", "total.p50: 6 h")

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def evacsim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "later.yaml").write_text(LATER)

    def command(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([*argv, "--no-plots"])
        shown = capsys.readouterr()
        return int(str(left.value.code)), shown.out, shown.err

    return command


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of both scenarios, made once."""
    folder = tmp_path_factory.mktemp("until")
    (folder / "small.yaml").write_text(SMALL)
    (folder / "later.yaml").write_text(LATER)
    for name in ("small", "later"):
        sim.run(folder / f"{name}.yaml", n=400, out=folder / "results", jobs=1, plots=False)
    return folder / "results"


@pytest.fixture
def stored(simulated: Path, tmp_path: Path) -> None:
    """What is stored is found, so that a test need not simulate it again."""
    shutil.copytree(simulated, tmp_path / "results")


def kept(out: Path, name: str = "small") -> dict[str, bytes]:
    (folder,) = (out / name).iterdir()
    return {file: (folder / file).read_bytes() for file in KEPT}


@pytest.mark.costly
def test_the_same_bytes_whatever_is_stored_and_whoever_works(evacsim: Command, tmp_path: Path) -> None:
    assert evacsim("run", "small.yaml", *UNTIL, "--out", "a", "--jobs", "1")[0] == 0
    first = kept(tmp_path / "a")
    summary = json.loads(first["summary.json"])
    assert summary["replications"] > 200
    assert summary["until"][0]["met"]
    assert summary["until"][0]["reached"] <= 6
    evacsim("run", "small.yaml", *UNTIL, "--out", "a", "--jobs", "1")  # all stored
    assert kept(tmp_path / "a") == first
    evacsim("run", "small.yaml", "-n", "317", "--out", "c", "--jobs", "2")  # goes on from a number that is no look
    evacsim("run", "small.yaml", *UNTIL, "--out", "c", "--jobs", "1")
    assert kept(tmp_path / "c") == first
    evacsim("run", "small.yaml", "-n", str(summary["replications"] + 45), "--out", "c", "--jobs", "1")  # more than is needed
    evacsim("run", "small.yaml", *UNTIL, "--out", "c", "--jobs", "1")
    assert kept(tmp_path / "c") == first


@pytest.mark.costly
@pytest.mark.usefixtures("stored")
def test_a_run_of_as_many_has_the_same_replications_in_the_same_folder(evacsim: Command, tmp_path: Path) -> None:
    evacsim("run", "small.yaml", *UNTIL, "--jobs", "1")
    first = kept(tmp_path / "results")
    n = json.loads(first["summary.json"])["replications"]
    _, out, _ = evacsim("run", "small.yaml", "-n", str(n), "--json", "--jobs", "1")
    (plain,) = json.loads(out)["results"]
    again = kept(tmp_path / "results")
    assert {name for name in KEPT if first[name] != again[name]} == {"summary.json"}
    sequential = json.loads(first["summary.json"])["total"]
    assert plain["total"]["p50_h"] == sequential["p50_h"]
    low, high = plain["total"]["p50_interval_h"]
    assert sequential["p50_interval_h"][0] <= low < high <= sequential["p50_interval_h"][1]  # the price of looking
    assert "until" not in plain


@pytest.mark.usefixtures("stored")
def test_what_is_reached_is_said(evacsim: Command) -> None:
    status, out, err = evacsim("run", "small.yaml", "--until", "total.p50: 8 h", "--until", "alpha.p90: 1 min", "--most", "799")
    assert status == 0
    assert "small · 400 replications · seed 1" in out
    assert "--until total.p50 ± 8 h: met, ± " in out
    assert "--until alpha.p90 ± 1 min: NOT met, ± " in out
    assert "with 400 replications; " in out
    assert "95 % at whichever look --until stops (each 99.17 % at look 2)" in out
    assert "small, look 2 (alpha.p90 ± 1 min wanted, so far ± " in err


@pytest.mark.usefixtures("stored")
def test_json_has_a_row_for_each_target(evacsim: Command, tmp_path: Path) -> None:
    status, out, _ = evacsim(
        "run", "small.yaml", "later.yaml", *UNTIL, "--until", "total.p_all_out: 1e-3", "--most", "200", "--json"
    )
    assert status == 0
    for one in json.loads(out)["results"]:
        assert one["sequential"] == {"look": 1, "level": 0.975}
        first, second = one["until"]
        assert (first["measure"], first["wanted"], first["unit"], first["relative"]) == ("total.p50", 6.0, "h", False)
        assert first["estimate"] == one["total"]["p50_h"]
        assert [first["low"], first["high"]] == one["total"]["p50_interval_h"]
        assert second["met"] is False
        assert second["reached"] == pytest.approx(1 - one["total"]["p_all_out"]["low"], abs=1e-5)
    (folder,) = (tmp_path / "results" / "small").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    told = "evacsim run small.yaml -n 200 --seed 1 --until 'total.p50: 6 h' --until 'total.p_all_out: 1e-3' --most 200"
    assert manifest["command"] == told
    assert manifest["replications"] == 200


@pytest.mark.usefixtures("stored")
def test_n_is_the_least_number(evacsim: Command) -> None:
    _, out, err = evacsim("run", "small.yaml", "--until", "total.p50: 3 d", "-n", "201", "--json", "--jobs", "1")
    assert json.loads(out)["results"][0]["replications"] == 400
    assert "look 1" not in err


@pytest.mark.costly
@pytest.mark.usefixtures("stored")
def test_compare_is_about_the_differences(evacsim: Command, tmp_path: Path) -> None:
    wanted = ("--until", "total.hours_within_horizon: 1 h", "--until", "total.out_p50: 12 h")
    status, out, _ = evacsim("compare", "small.yaml", "later.yaml", *wanted, "--json")
    found = json.loads(out)
    assert status == 0
    hours, median = found["until"]
    total = found["differences"][0]["total"]
    for row, there in ((hours, total["hours_within_horizon"]), (median, total["median_out_h"])):
        assert (row["base"], row["other"], row["met"]) == ("small", "later", True)
        assert (row["estimate"], row["low"], row["high"]) == (there["difference"], there["low"], there["high"])
    assert {one["replications"] for one in found["results"]} == {found["differences"][0]["pairs"]}
    assert found["differences"][0]["sequential"] == found["results"][0]["sequential"]
    assert "until" not in found["results"][0]
    status, out, _ = evacsim("compare", "small.yaml", "later.yaml", *wanted)
    assert "--until total.out_p50 ± 12 h (later against small): met" in out
    (folder,) = (tmp_path / "results" / "compare").iterdir()
    assert json.loads((folder / "summary.json").read_text())["until"] == found["until"]
    (folder,) = (tmp_path / "results" / "later").iterdir()
    assert json.loads((folder / "manifest.json").read_text())["command"].startswith(
        "evacsim compare small.yaml later.yaml -n 200"
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--until", "total.p90"], "expected MEASURE: WIDTH"),
        (["--until", "beta.p90: 3 h"], "no mission 'beta'"),
        (["--until", "total.p90: 3 people"], "expected a time such as 3 h"),
        (["--most", "400"], "there is no --until"),
        ([*UNTIL, "--most", "100"], "expected at least 200"),
        ([*UNTIL, "-n", "20000"], "no look of --until from 20,000 to 12,800"),
    ],
)
@pytest.mark.parametrize("verb", [["run", "small.yaml"], ["compare", "small.yaml", "later.yaml"]])
def test_bad_targets_are_one_line_before_anything_runs(
    evacsim: Command, tmp_path: Path, verb: list[str], more: list[str], said: str
) -> None:
    status, out, err = evacsim(*verb, *more)
    assert (status, out) == (2, "")
    (line,) = err.splitlines()
    assert said in line
    assert not (tmp_path / "results").exists()


@pytest.mark.costly
def test_failed_replications_leave_it_undecided(evacsim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiment import work
    from sim.model import simulate

    def fails(plan: Any, seed: int, replication: int) -> Any:
        if replication == 7:
            raise RuntimeError("boom")
        return simulate(plan, seed, replication)

    engine = work.Engine(work.model_engine().compile, fails)
    monkeypatch.setattr(run, "model_engine", lambda: engine)
    status, out, err = evacsim("run", "small.yaml", "--until", "total.p50: 3 d", "--jobs", "1", "--json")
    assert status == 3
    (one,) = json.loads(out)["results"]
    assert (one["replications"], one["failed"], one["until"][0]["met"]) == (200, 1, False)
    assert "look 2" not in err


@pytest.mark.costly
def test_python_has_it_too(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    study = sim.run(path, until=["total.p50: 3 d"], most=400, out=tmp_path / "results", jobs=1, plots=False)
    assert study.summary["until"][0]["met"]
    both = sim.compare(path, path, until=["total.p50: 3 d"], out=tmp_path / "results", jobs=1, plots=False)
    assert both.summary["until"][0]["estimate"] == 0
    with pytest.raises(MeasureError, match="--until"):
        sim.run(path, until=["total.p51: 3 d"], out=tmp_path / "results")


@pytest.mark.costly
def test_progress_counts_what_is_stored(tmp_path: Path) -> None:
    class Told(SilentProgress):
        def __init__(self) -> None:
            self.stages: list[list[int]] = []

        def begin(self, name: str, done: int, total: int) -> None:
            self.stages.append([done, total])

        def stored(self, count: int) -> None:
            self.stages[-1][0] += count

        def advance(self, count: int, seconds: float, workers: int) -> None:
            self.stages[-1][0] += count

    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    told = Told()
    answer(RunQuery.of(path, jobs=1, until=("total.p50: 1 min",), most=400, out=tmp_path / "r", plots=False), told)
    assert told.stages == [[200, 200], [400, 400], [400, 400]]


def test_the_command_is_told_as_it_was_given() -> None:
    query = RunQuery.of("a.yaml", until=("total.p90:  3 h",), most=800)
    assert query.command(["a.yaml"]) == "evacsim run a.yaml -n 200 --seed 1 --until 'total.p90: 3 h' --most 800"

"""Commands from arguments to exit status: 0 done, 1 a bug, 2 wrong command or file, 3 stopped with work kept, 130 Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sim
from sim.cli import main
from tests import forked

SMALL = """\
title: "[/red] =1+1 $x$ <script>"
clock: {horizon: 5 d}
missions:
  alpha: {cohorts: {core: 30}, order: {at: 2 h}}
  beta: {cohorts: {core: {people: 20, ready: {exponential: {mean: 6 h}}}}, order: {at: 1 h}}
"""

FAST = ["--jobs", "1", "--no-plots"]


class Said:
    """What a command gave."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err
        self.lines = err.splitlines()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Said]


@pytest.fixture
def evacsim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVACSIM_DEBUG", raising=False)
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "other.yaml").write_text("extends: small.yaml\nmissions: {beta: {order: {at: 9 h}}}\n")

    def command(*argv: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(list(argv))
        shown = capsys.readouterr()
        return Said(int(str(left.value.code)), shown.out, shown.err)

    return command


def test_run_says_the_answer_and_keeps_it(evacsim: Command, tmp_path: Path) -> None:
    said = evacsim("run", "small.yaml", "-n", "30", *FAST)
    assert said.status == 0
    assert "[/red] =1+1 $x$ <script>" in said.out  # free text is shown as it is
    assert "alpha" in said.out
    assert "all together" in said.out
    (folder,) = (tmp_path / "results" / "small").iterdir()
    assert f"kept in {folder.relative_to(tmp_path)}" in said.out
    assert {p.name for p in folder.iterdir()} == {
        ".lock", "blocks", "bound.json", "manifest.json", "scenario.yaml", "summary.json",
        "missions.parquet", "cohorts.parquet", "replications.parquet", "stages.parquet", "timeline.parquet",
    }  # fmt: skip
    assert json.loads((folder / "manifest.json").read_text())["command"] == "evacsim run small.yaml -n 30 --seed 1"


def test_json_is_alone_on_standard_output(evacsim: Command) -> None:
    said = evacsim("run", "small.yaml", "other.yaml", "-n", "3", "--json", *FAST)
    first, second = said.json["results"]
    assert (first["scenario"], first["replications"], first["failed"], first["seed"]) == ("small", 3, 0, 1)
    assert first["total"]["staff"] == 50
    assert set(first["total"]) >= {"staff", "p50_h", "p50_interval_h", "p90_h", "p90_interval_h", "p_all_out", "left_behind"}
    assert set(first["missions"]) == {"alpha", "beta"}
    assert "cohorts" not in first
    assert Path(first["folder"]).is_dir()
    assert second["scenario"] == "other"
    assert "small: 3 replications" in said.err
    assert "cohorts" in evacsim("run", "small.yaml", "-n", "3", "--json", "--by", "cohort", *FAST).json["results"][0]


def test_what_is_stored_does_not_depend_on_how_it_was_asked_for(evacsim: Command, tmp_path: Path) -> None:
    kept = ("summary.json", "missions.parquet", "cohorts.parquet", "replications.parquet", "timeline.parquet", "scenario.yaml")
    seen = set()
    for out, more in (("a", ["--jobs", "1"]), (str(tmp_path / "b"), ["--jobs", "2", "--by", "cohort", "--quiet"])):
        evacsim("run", "small.yaml", "-n", "25", "--no-plots", "--out", out, *more)
        (folder,) = (tmp_path / out / "small").iterdir()
        seen.add(tuple((folder / name).read_bytes() for name in kept))
        for text in ("manifest.json", "summary.json", "scenario.yaml"):
            assert str(tmp_path) not in (folder / text).read_text()
    assert len(seen) == 1


def test_quiet_is_quiet(evacsim: Command) -> None:
    said = evacsim("run", "small.yaml", "-n", "2", "--quiet", *FAST)
    assert (said.status, said.out, said.err) == (0, "", "")


def test_the_seed_matters_and_zero_is_one(evacsim: Command) -> None:
    times = []
    for seed in ("0", "1", "0"):
        said = evacsim("run", "small.yaml", "-n", "20", "--json", "--seed", seed, *FAST)
        times.append(said.json["results"][0]["missions"]["beta"]["p50_h"])
    assert times[0] == times[2] != times[1]


def test_compare_pairs_the_same_replications(evacsim: Command, tmp_path: Path) -> None:
    said = evacsim("compare", "small.yaml", "other.yaml", "-n", "20", "--json", *FAST)
    assert said.status == 0
    (difference,) = said.json["differences"]
    assert (difference["base"], difference["other"]) == ("small", "other")
    # beta leaves 8 h later in every replication, and the time from its order does not change
    beta = difference["missions"]["beta"]
    assert beta["hours_within_horizon"]["difference"] == pytest.approx(8.0)
    assert beta["median_h"]["difference"] == pytest.approx(0.0)
    assert beta["median_out_h"]["difference"] == pytest.approx(8.0)
    told = [beta["clocks"][key] for key in ("ordered_later_h", "from_order_longer_h", "out_later_h")]
    assert told == pytest.approx([8.0, 0.0, 8.0])
    shown = evacsim("compare", "small.yaml", "other.yaml", "-n", "20", *FAST)
    assert "Two clocks" in shown.out
    assert "Each of these counts from its own first order" in shown.out
    assert "20 pairs" in shown.out
    (folder,) = (tmp_path / "results" / "compare").iterdir()
    assert json.loads((folder / "summary.json").read_text())["differences"] == [difference]


def test_trace_tells_one_replication(evacsim: Command) -> None:
    lines = evacsim("trace", "small.yaml", "--replication", "3").out.splitlines()
    events = evacsim("trace", "small.yaml", "--replication", "3", "--json").json
    assert len(lines) > 2
    assert events[0] == {"time_h": 0.0, "event": "threat", "level": "stable"}
    assert [e["time_h"] for e in events] == sorted(e["time_h"] for e in events)
    assert None not in [value for event in events for value in event.values()]


def test_trace_writes_a_table(evacsim: Command, tmp_path: Path) -> None:
    events = sim.trace("small.yaml", 3)
    for name in ("log.csv", "log.parquet"):
        done = evacsim("trace", "small.yaml", "--replication", "3", "-o", name)
        assert (done.out, done.err.strip()) == ("", f"wrote {name}: {len(events)} events")
    assert pl.read_parquet(tmp_path / "log.parquet").equals(events.frame())
    csv = pl.read_csv(tmp_path / "log.csv", schema_overrides=events.frame().schema)
    assert csv.drop("infinite").equals(events.frame())
    both = evacsim("trace", "small.yaml", "--replication", "3", "-o", "log.csv", "--overwrite", "--json")
    assert both.json == events.as_json()
    assert evacsim("trace", "small.yaml", "-o", "log.csv").status == 2
    assert evacsim("trace", "small.yaml", "-o", "absent/log.csv").status == 2
    refused = evacsim("trace", "small.yaml", "-o", "log.txt")
    assert (refused.status, "expected a file that ends in .parquet or .csv" in refused.err) == (2, True)


def test_trace_of_one_mission_and_why_it_is_ordered(evacsim: Command, tmp_path: Path) -> None:
    order = "order: {when: gone b, delay: 2 h}"
    missions = (
        f"missions: {{a: {{title: Alpha, {order}, cohorts: {{core: 3}}}}, b: {{order: {{at: 1 h}}, cohorts: {{core: 2}}}}}}"
    )
    (tmp_path / "two.yaml").write_text(missions + "\n")
    said = evacsim("trace", "two.yaml", "--mission", "a")
    assert "ordered out, 3 people (b has gone; decided 2.0 h after that)" in said.out
    assert "+04:30" in said.out
    assert "b/core" not in said.out
    events = evacsim("trace", "two.yaml", "--mission", "a", "--json").json
    assert [(e["cause"], e["hours"]) for e in events if e["event"] == "ordered out"] == [("b has gone", 2)]
    assert evacsim("trace", "two.yaml", "--mission", "c").status == 2
    assert any((e.mission, e.cohort) == ("b", "core") for e in sim.trace("two.yaml", mission="b"))
    orders = evacsim("describe", "two.yaml", "--json").json["orders"]
    assert [(row["title"], row["trigger"]) for row in orders] == [("Alpha", "b has gone"), ("b", "1 h after the start")]
    assert "b has gone" in evacsim("describe", "two.yaml").out


def test_plot_draws_stored_results_again(evacsim: Command, tmp_path: Path) -> None:
    evacsim("run", "small.yaml", "-n", "5", *FAST)
    (folder,) = (tmp_path / "results" / "small").iterdir()
    said = evacsim("plot", str(folder))
    assert said.status == 0
    assert all(Path(line).stat().st_size > 1000 for line in said.out.splitlines())
    assert list(folder.glob("*.png"))
    assert evacsim("plot", "nowhere").status == 2


def test_check_describe_schema_new(evacsim: Command, tmp_path: Path) -> None:
    assert evacsim("check", "small.yaml").out.startswith("small.yaml: no faults; 2 missions, about 50 people")
    (tmp_path / "one.yaml").write_text("missions: {a: {order: {at: 1 h}, cohorts: {core: 40}}}\n")
    assert evacsim("check", "one.yaml").out.startswith("one.yaml: no faults; 1 mission, about 40 people")
    rows = evacsim("describe", "small.yaml", "--json").json["parameters"]
    assert "missions.beta.cohorts.core.ready" in {row["path"] for row in rows}
    assert "missions.beta.cohorts.core.ready" in evacsim("describe", "small.yaml").out
    assert len(evacsim("describe", "small.yaml", "--json", "--all").json["parameters"]) > len(rows)
    assert evacsim("schema").json["$schema"].startswith("https://json-schema.org")
    assert evacsim("new", "mine.yaml").status == 0
    assert evacsim("check", "mine.yaml").status == 0
    again = evacsim("new", "mine.yaml")
    assert (again.status, again.err) == (2, "evacsim: mine.yaml is there already; nothing was written\n")
    (tmp_path / "staff.csv").write_text("mission,cohort,people\nalpha,core,12\n")
    assert evacsim("new", "own.yaml", "--from-csv", "staff.csv").status == 0
    assert evacsim("check", "own.yaml", "--json").json["files"][0]["staff"] == 12


WRONG = [
    (["run", "absent.yaml"], "absent.yaml"),
    (["run", "small.yaml", "absent.yaml"], "absent.yaml"),
    (["run"], "Missing argument"),
    (["rum", "small.yaml"], "run"),
    (["run", "small.yaml", "-n", "0"], "-n"),
    (["run", "small.yaml", "-n", "many"], "-n"),
    (["run", "small.yaml", "--seed", "-1"], "--seed"),
    (["run", "small.yaml", "--by", "gate"], "--by"),
    (["run", "small.yaml", "--set", "missions.alpha.cohort=3"], "cohorts"),
    (["run", "small.yaml", "--out", "small.yaml"], "cannot keep results"),
    (["compare", "small.yaml"], "Missing argument"),
    (["trace", "absent.yaml"], "absent.yaml"),
    (["check", "absent.yaml", "small.yaml"], "absent.yaml"),
    (["describe", "absent.yaml"], "absent.yaml"),
    (["new", "no/such/folder.yaml"], "no/such/folder.yaml"),
    (["new", "--from-csv", "absent.csv"], "absent.csv"),
]


@pytest.mark.parametrize(("argv", "part"), WRONG, ids=[" ".join(argv) for argv, _ in WRONG])
def test_what_is_wrong_is_said_in_a_line_before_any_simulation(
    evacsim: Command, tmp_path: Path, argv: list[str], part: str
) -> None:
    said = evacsim(*argv)
    assert said.status == 2
    assert len(said.lines) == 1
    assert part in said.err
    assert not (tmp_path / "results").exists()


def test_all_faults_of_all_files_at_once(evacsim: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("clock: {horizon: soon}\nmissions:\n  a: {cohorts: {core: six}}\nroads: {}\n")
    said = evacsim("run", "bad.yaml", "absent.yaml", "small.yaml", "-n", "3")
    assert said.status == 2
    assert [line.split(": ")[0].rpartition(":")[0] for line in said.lines] == [
        "bad.yaml:1",
        "bad.yaml:3",
        "bad.yaml:4",
        "absent.yaml:1",
    ]
    assert said.out == ""


def test_beyond_the_budget_only_when_allowed(evacsim: Command) -> None:
    huge = ["--set", "missions.alpha.cohorts.core=900 000 000".replace(" ", "")]
    said = evacsim("run", "small.yaml", *huge)
    assert said.status == 2
    assert "--allow-large" in said.err
    assert evacsim("check", "small.yaml", *huge).status == 2
    assert evacsim("check", "small.yaml", *huge, "--allow-large").status == 0


def test_an_impossible_plan_is_an_answer_and_is_said_first(evacsim: Command, tmp_path: Path) -> None:
    (tmp_path / "shut.yaml").write_text(SMALL + "airport: {gates: {main: {lanes: 0}}}\n")
    said = evacsim("run", "shut.yaml", "-n", "2", *FAST)
    assert said.status == 0
    assert said.lines[0].startswith("shut.yaml: cannot get everybody out: ")
    assert "lanes" in said.lines[0]
    found = evacsim("run", "shut.yaml", "-n", "2", "--json", *FAST).json["results"][0]
    assert found["impossible"]
    (unfinished,) = [text for text in found["warnings"] if "reached the horizon" in text]
    assert unfinished.endswith("some have no way out however long it lasts")  # a longer horizon is no advice


def test_what_can_hardly_be_meant_is_said_first(evacsim: Command) -> None:
    late = ["--set", "missions.alpha.order={at: 20 d}"]
    place = "missions.alpha.order.at: comes 15 d after the end of the simulation: nobody is asked to move by it"
    assert evacsim("run", "small.yaml", "-n", "2", *late, *FAST).lines[0] == f"small.yaml: warning: {place}"
    assert f"small.yaml: warning: {place}" in evacsim("check", "small.yaml", *late).out
    assert evacsim("check", "small.yaml", *late, "--json").json["files"][0]["warnings"] == [place]
    assert evacsim("run", "small.yaml", "-n", "2", "--quiet", *late, *FAST).err == ""
    assert "warning" not in evacsim("check", "small.yaml").out


@pytest.mark.parametrize(
    ("setting", "warned"),
    [
        ("missions.alpha.order.at=20 d", "missions.alpha.order.at: comes 15 d after the end of the simulation"),
        ("missions.alpha.order.at=2031-09-13 06:00", "missions.alpha.order.at: comes "),
        ("missions.alpha.order=null", "missions.alpha: is without an order"),
        ("missions.alpha.order={at: 2 h, delay: 9 d}", "missions.alpha.order.delay: lasts 9 d, past the end of the simulation"),
        ("missions.alpha.closed=3 d", "missions.alpha.closed: comes 3 d after the start"),
    ],
)
def test_whoever_is_not_asked_to_move_is_named_wherever_all_are_out(evacsim: Command, setting: str, warned: str) -> None:
    """30 of 50 people: warned of by check and before the run, in the sentence, the table, the JSON and the stored summary."""
    assert warned in evacsim("check", "small.yaml", "--set", setting).out
    said = evacsim("run", "small.yaml", "-n", "3", *FAST, "--set", setting)
    assert warned in said.err
    text = " ".join(said.out.split())
    assert "everyone who is ordered out is out" in text
    assert "30 of 50 people are never ordered out: alpha." in text
    assert "Never ordered out, so not among all that are out: 30 of 50 people (alpha 30)." in text
    (found,) = evacsim("run", "small.yaml", "-n", "3", *FAST, "--set", setting, "--json").json["results"]
    assert found["total"]["never_ordered"] == {"people": 30, "share": 1, "missions": ["alpha"]}
    assert [found["missions"][m]["never_ordered"]["people"] for m in ("alpha", "beta")] == [30, 0]
    stored = json.loads((Path(found["folder"]) / "summary.json").read_text())
    assert stored["total"]["never_ordered"] == found["total"]["never_ordered"]


def test_where_no_mission_is_ordered_out_that_is_the_answer(evacsim: Command) -> None:
    settings = ("--set", "missions.alpha.order=null", "--set", "missions.beta.order=null")
    said = evacsim("run", "small.yaml", "-n", "3", *FAST, *settings)
    text = " ".join(said.out.split())
    assert "no mission is ordered out. 50 of 50 people are never ordered out: alpha, beta." in text
    assert "holds people up" not in text


def test_a_failed_replication_is_named_and_nothing_is_final(evacsim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.model

    original = sim.model.simulate

    def simulate(plan: Any, seed: int, replication: int) -> Any:
        if replication == 4:
            raise RuntimeError("out of luck")
        return original(plan, seed, replication)

    monkeypatch.setattr(sim.model, "simulate", simulate)
    said = evacsim("run", "small.yaml", "-n", "6", *FAST)
    assert said.status == 3
    assert any(line.startswith("small: replication 4 failed (simulate): RuntimeError: out of luck") for line in said.lines)
    assert "1 of 6 replications failed" in said.out
    monkeypatch.setattr(sim.model, "simulate", original)
    assert evacsim("run", "small.yaml", "-n", "6", *FAST).status == 0


def test_when_all_fail_there_is_no_answer(evacsim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.model

    def simulate(plan: Any, seed: int, replication: int) -> Any:
        raise RuntimeError("never works")

    monkeypatch.setattr(sim.model, "simulate", simulate)
    for argv in (["run", "small.yaml"], ["compare", "small.yaml", "other.yaml"]):
        said = evacsim(*argv, "-n", "3", "--jobs", "1")
        assert said.status == 3
        assert "never works" in said.err


def test_a_bug_is_one_line(evacsim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.analysis

    def summarise(*_: object, **__: object) -> None:
        raise ZeroDivisionError("float division\nby zero")

    monkeypatch.setattr(sim.analysis, "summarise", summarise)
    said = evacsim("run", "small.yaml", "-n", "2", "--quiet", *FAST)
    assert said.status == 1
    assert said.lines == ["evacsim: a bug: ZeroDivisionError: float division by zero (EVACSIM_DEBUG=1 shows the traceback)"]


def started(tmp_path: Path, *argv: str, stdout: Any = subprocess.PIPE) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1])}
    return forked.Popen(
        [sys.executable, "-m", "sim", *argv],
        cwd=tmp_path, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize(("jobs", "how"), [("1", signal.SIGINT), ("2", signal.SIGINT), ("2", signal.SIGTERM)])
def test_ctrl_c_in_the_middle(tmp_path: Path, jobs: str, how: signal.Signals) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    process = started(tmp_path, "run", "small.yaml", "-n", "100000", "--jobs", jobs)
    for _ in range(600):
        if list(tmp_path.rglob("*.block")):
            break
        time.sleep(0.05)
    if how is signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal does
    else:
        process.send_signal(how)  # as kill does
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "stopped; finished replications are kept, the same command goes on from there"
    assert "Traceback" not in err
    assert "leaked" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_answer_that_cannot_be_written(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        process = started(tmp_path, "schema", stdout=full)
        _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (3, "evacsim: cannot write the answer: No space left on device\n")


def test_a_reader_that_has_enough(tmp_path: Path) -> None:
    process = started(tmp_path, "schema")
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(30) == 0


def test_the_python_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)
    study = sim.run("small.yaml", n=12, jobs=1, plots=False)
    assert study.missions.height == 24
    assert study.replications["replication"].to_list() == list(range(12))
    assert study.summary["total"]["staff"] == 50
    assert study.headline
    assert sim.open_result(study.result.folder).table("cohorts").equals(study.cohorts)
    both = sim.compare(sim.load("small.yaml"), "small.yaml", n=12, jobs=1, plots=False)
    assert both.differences[0]["total"]["left_behind"]["difference"] == 0
    assert sim.trace("small.yaml")[0].time_h >= 0
    with pytest.raises(sim.ScenarioError):
        sim.run("absent.yaml")
    assert set(dir(sim)) == set(sim.__all__)


DRAWING = {
    "run": [], "compare": ["other.yaml"], "sweep": ["--vary", "missions.alpha.cohorts.core=10,20"],
    "sensitivity": ["--set", "missions.beta.cohorts.core.ready={value: 6 h, low: 3 h, high: 9 h}"],
    "deadline": ["--dates", "2", "--resolution", "2 d", "--from", "0 h", "--to", "4 d"],
    "plan": ["--finish-by", "3 d", "--vary", "missions.alpha.cohorts.core=10,20"],
    "bottleneck": ["--measure", "total.left_behind"], "validate": ["seen.csv"],
    "decide": ["--vary", "missions.alpha.cohorts.core=10,20"], "schedule": [],
}  # fmt: skip
"""What each command that draws needs after its first scenario."""


@pytest.mark.parametrize("name", [*DRAWING, "plot"])
def test_every_command_that_draws_has_svg(evacsim: Command, name: str) -> None:
    assert "--svg" in evacsim(name, "--help").out


def _touched(figure: object, paths: list[Path]) -> list[Path]:
    for path in paths:
        path.touch()
    return paths


@pytest.mark.first(3)
@pytest.mark.parametrize("name", DRAWING)
def test_svg_only_where_it_is_asked_for(evacsim: Command, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one command really drawn; of the others which files are asked for."""
    if name != "run":
        monkeypatch.setattr("sim.present.style.save", _touched)
    (tmp_path / "seen.csv").write_text(
        "window_id,start_utc,end_utc,measure,scope,place,value,low,high,use\n"
        "a,2021-08-01T00:00Z,2021-08-01T23:00Z,people,all,,50,40,60,check\n"
    )
    words = [name, "small.yaml", *DRAWING[name], "-n", "2", "--jobs", "1", "--quiet"]
    said = evacsim(*words)
    assert said.status == 0, said.err
    assert list(tmp_path.rglob("*.png"))
    assert not list(tmp_path.rglob("*.svg"))
    assert evacsim(*words, "--svg").status == 0
    assert {p.with_suffix("") for p in tmp_path.rglob("*.svg")} == {p.with_suffix("") for p in tmp_path.rglob("*.png")}

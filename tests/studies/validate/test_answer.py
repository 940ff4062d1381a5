"""``evacsim validate``: both files checked before anything is simulated, the answer beside the run, with the shipped pair."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from sim.analysis.observations import COLUMNS, MEASURES, OPTIONAL, PLACES, USES, Observations, parse_observations
from sim.api import run
from sim.cli import main
from sim.scenario import ScenarioError, load
from sim.studies.validate import answer as studies
from sim.studies.validate.answer import checked, known_names, validated
from sim.studies.validate.query import ValidateQuery
from tests.analysis.test_windows import seen

PAIR = "evacsim:minimal", "evacsim:observations/minimal.csv"
ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "how-to" / "validating.md").read_text("utf-8")


def command(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["validate", *words])
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return run("evacsim:minimal", n=25, jobs=1, out=tmp_path_factory.mktemp("results"), plots=False)


@pytest.mark.parametrize("name", ["evacsim:minimal", "evacsim:reference", "evacsim:turkish-collapse"])
def test_the_names_are_the_columns_of_the_timeline(name):
    from sim.model import compile_scenario, simulate

    loaded = load(name)
    columns = simulate(compile_scenario(loaded.scenario), 1, 0).timeline
    known = known_names(loaded)
    for kind in ("flights", "flown"):
        assert {f"{kind}_{operator}" for operator in known.operators} == {c for c in columns if c.startswith(f"{kind}_")}
    assert {f"hub_{hub}" for hub in known.hubs} == {c for c in columns if c.startswith("hub_")}


def test_everybody_out_was_flown_by_somebody(study):
    """In every replication the people flown by all operators are those evacuated, and so is the longest window of all."""
    operators = sorted(known_names(study.loaded).operators)
    rows = (seen("people", 0, 1, window="A"), seen("people", 0, 1, operators, window="B"))
    found = validated(study.result, Observations("o.csv", "0" * 12, _whole(study, rows)), plots=False).validation
    evacuated = study.replications.sort("replication")["evacuated"].to_list()
    assert found.rows[0].values.tolist() == found.rows[1].values.tolist() == evacuated


def _whole(study, rows):
    """The same observations over the whole clock of the study."""
    from datetime import timedelta

    from sim.analysis.windows import Timeline

    timeline = Timeline(study.result)
    end = timeline.start + timedelta(hours=timeline.horizon_h)
    return tuple(replace(row, start=timeline.start, end=end) for row in rows)


def test_what_is_kept(study):
    observations = checked(ValidateQuery.of(*PAIR))[1]
    answer = validated(study.result, observations)
    names = [path.name for path in answer.files]
    assert names == [f"validation-{observations.digest}.{kind}" for kind in ("json", "csv", "png")]
    kept = json.loads(answer.files[0].read_text("utf-8"))
    assert kept == answer.summary | {"folder": f"minimal/{study.result.folder.name}"}
    assert Path(answer.summary["folder"]) == study.result.folder
    with answer.files[1].open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["window_id"] for row in rows] == [told["window_id"] for told in kept["windows"]]
    assert [float(row["observed_value"]) for row in rows] == [told["observed"]["value"] for told in kept["windows"]]
    assert rows[-1]["why_not"] == "outside"
    assert rows[0]["inside_90"] in ("true", "false")
    before = [path.read_bytes() for path in answer.files[:2]]
    assert [path.read_bytes() for path in validated(study.result, observations, plots=False).files] == before


def test_all_replications_failed(study):
    from types import SimpleNamespace

    import polars as pl

    empty = {"replication": pl.Int32}
    broken = SimpleNamespace(
        name="minimal", title="", seed=1, n=3, folder=study.result.folder, scenario_text=study.result.scenario_text,
        failed=[(k, "simulate", "boom") for k in range(3)], table=lambda name: pl.DataFrame(schema=empty),
    )  # fmt: skip
    told = validated(broken, checked(ValidateQuery.of(*PAIR))[1]).summary
    assert (told["final"], told["failed"], told["observations"]["compared"]) == (False, 3, 0)


def test_faults_of_both_files_at_once(tmp_path):
    (tmp_path / "bad.yaml").write_text("extends: evacsim:minimal\nclockk: 3\n")
    (tmp_path / "bad.csv").write_text((ROOT / "scenarios/observations/minimal.csv").read_text().replace(",blind,", ",blnd,", 1))
    with pytest.raises(ScenarioError) as caught:
        checked(ValidateQuery.of(str(tmp_path / "bad.yaml"), str(tmp_path / "bad.csv")))
    assert [fault.path for fault in caught.value.faults] == ["clockk", "use"]


def test_nothing_is_simulated_where_a_name_is_wrong(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "obs.csv").write_text((ROOT / "scenarios/observations/minimal.csv").read_text().replace(",relief,", ",releif,"))
    assert command("evacsim:minimal", "obs.csv", "-n", "2") == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert re.fullmatch(r'obs\.csv:3:\d+: scope: the scenario has no operator "releif"; nearest: "relief"', said[0])
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_command(columns, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", columns)
    assert command(*PAIR, "-n", "20", "--jobs", "1", "--no-plots") == 0
    said = capsys.readouterr().out
    assert said.startswith("A minimal example: the simulated 90 % bands hold")
    assert max(map(len, said.splitlines())) <= int(columns)
    assert "validation-" in str(list((tmp_path / "results").rglob("validation-*.json")))
    assert command(*PAIR, "-n", "20", "--jobs", "1", "--no-plots", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["observations"]["compared"] == 7
    assert set(told["uses"]) == set(USES)
    assert command(*PAIR, "-n", "20", "--jobs", "1", "--no-plots", "--quiet") == 0
    assert capsys.readouterr().out == ""


def test_the_page_names_every_column_and_word():
    for word in (*COLUMNS, *OPTIONAL, *MEASURES, *USES, *PLACES):
        assert f"`{word}`" in PAGE, word


def test_the_examples_of_the_page_are_read():
    (example,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    assert len(parse_observations(example, "example.csv").rows) >= 4
    commands = re.findall(r"^evacsim validate (\S+) (\S+)", PAGE, re.MULTILINE)
    assert commands
    for _, observations in commands:
        assert observations.startswith("evacsim:") or observations == "mine.csv" or (ROOT / observations).exists()


DESIGN = """
title: Over lanes
scenario: evacsim:minimal
n: 4
design: {points: [{airport.gates.main.lanes: 1}, {airport.gates.main.lanes: 2}, {airport.gates.main.lanes: 3}]}
"""


def test_a_design_puts_its_points_together(tmp_path, monkeypatch, capsys):
    """The values are those of the three runs one after the other, whatever the number of processes, and stay the same bytes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "design.yaml").write_text(DESIGN)
    assert command("design.yaml", PAIR[1], "--jobs", "1", "--no-plots", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["points"], told["replications"], told["title"]) == (3, 12, "Over lanes")
    observations = checked(ValidateQuery.of(*PAIR))[1]
    out = []
    for lanes in (1, 2, 3):
        one = run(PAIR[0], n=4, jobs=1, overrides=[f"airport.gates.main.lanes={lanes}"], plots=False)
        out += validated(one.result, observations, plots=False).validation.rows[0].values.tolist()
    assert told["windows"][0]["simulated"]["median"] == sorted(out)[12 // 2 - 1]
    (kept,) = (tmp_path / "results" / "validate").rglob("validation-*.json")
    before = kept.read_bytes()
    assert command("design.yaml", PAIR[1], "--jobs", "2", "--no-plots", "--quiet") == 0
    assert kept.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("evacsim:minimal", "[evacsim:minimal, evacsim:reference]"), "expected a design of one scenario"),
        (("airport.gates.main.lanes: 3", "clock.horizon: 3 d"), "design.yaml:5:82: expected points with one clock"),
        (
            ("airport.gates.main.lanes: 3", "airport.gates.main.lanes: -3"),
            "design.yaml:5:20: airport.gates.main.lanes: expected a whole",
        ),
        (("lanes: 3", "lane: 3"), 'nearest: "lanes"'),
    ],
)
def test_designs_that_cannot_be_compared(change, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = DESIGN.replace(*change)
    (tmp_path / "design.yaml").write_text(text.replace("scenario: [", "scenarios: ["))
    assert command("design.yaml", PAIR[1], "--jobs", "1", "--no-plots") == 2
    (said,) = capsys.readouterr().err.strip().splitlines()
    assert message in said
    assert not (tmp_path / "results").exists(), "nothing is simulated"


def test_a_point_without_a_result_leaves_the_others_and_nothing_final(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "design.yaml").write_text(DESIGN)
    simulated = studies._simulated

    def without_the_second(*words):
        first, second, third = simulated(*words)
        return [first, replace(second, result=None, error="all 4 replications failed (simulate): boom"), third]

    monkeypatch.setattr(studies, "_simulated", without_the_second)
    assert command("design.yaml", PAIR[1], "--jobs", "1", "--no-plots", "--json") == 3
    told = capsys.readouterr()
    assert json.loads(told.out)["points"] == 2
    assert "point 1: all 4 replications failed (simulate): boom" in told.err
    assert "nothing above is final" in told.err
    monkeypatch.setattr(studies, "_simulated", lambda *words: [replace(o, result=None, error="boom") for o in simulated(*words)])
    assert command("design.yaml", PAIR[1], "--jobs", "1", "--no-plots", "--quiet") == 3
    assert "no point gave a result; point 0: boom" in capsys.readouterr().err


@pytest.mark.parametrize(("points", "said"), [(9, True), (10, False)])
def test_few_points_are_rough_however_many_replications(points, said, study):
    observations = checked(ValidateQuery.of(*PAIR))[1]
    told = validated(study.result, observations, plots=False, points=points).summary["warnings"]
    assert any("points that share their draws are few" in line for line in told) == said

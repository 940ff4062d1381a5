"""``evacsim bottleneck``: closed forms of one more lane and of hours of warning, what is kept, what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

import sim
from sim.cli import main
from sim.studies.bottleneck.answer import cases_of, cost
from sim.studies.bottleneck.capacities import KINDS, RULES, warning_of
from sim.studies.bottleneck.marginal import Case
from sim.studies.bottleneck.query import BottleneckQuery
from sim.studies.bottleneck.table import bottleneck_tables
from sim.studies.engine import session_of

GATE = """
title: "[bold]One gate[/bold] $x^2$"
clock: {{horizon: {horizon}}}
airport: {{gates: {{main: {{lanes: {{value: 1, kind: lever}}, per_person: 10 min/person}}, free: {{per_person: 1 h/person}}}}}}
missions: {{embassy: {{order: {{at: 0 h}}, gates: main, cohorts: {{staff: {{people: 60, group: 4}}}}}}}}
"""
"""15 groups of 40 min each: 10 h in one lane, 8 × 40 min = 5 h 20 in two."""
FALL = """
clock: {horizon: 2 d}
threat: {levels: [calm, fallen], start: calm, fallen: fallen, timeline: [{at: 8 h 30 min, level: fallen}]}
security: {unsecured_hold: 0 h, phases: [{begins: start, provider: none}], host: {lanes: 1, services: [tower]}}
airport: {gates: {main: {lanes: 1, per_person: 10 min/person}}}
missions: {embassy: {order: {at: 0 h}, cohorts: {staff: {people: 60, group: 4}}}}
""".replace("8 h 30 min", "8.5 h")


def asked(tmp_path: Path, text: str, **kwargs) -> sim.Bottleneck:
    path = tmp_path / "case.yaml"
    path.write_text(text)
    return sim.bottleneck(path, n=12, jobs=1, out=tmp_path / "results", **{"plots": False, **kwargs})


def row(found: sim.Bottleneck, path: str, scenario: int = 0) -> dict:
    return next(r for r in found.summary["results"][scenario]["capacities"] if r["path"] == path)


def test_one_more_lane_in_hours(tmp_path):
    found = asked(tmp_path, GATE.format(horizon="2 d"))
    one = row(found, "airport.gates.main.lanes")
    assert one["effects"]["total.hours_within_horizon"]["difference"] == pytest.approx(8 * 2 / 3 - 10)
    assert one["effects"]["total.half_within_horizon"]["difference"] == pytest.approx(4 * 2 / 3 - 8 * 2 / 3)
    assert one["verdict"] == "better"
    assert one["effects"]["total.left_behind"]["difference"] == 0
    assert len(found.summary["results"][0]["capacities"]) == 1, "the other gate has no limit on lanes"


def test_a_step_goes_on_from_what_was_set(tmp_path):
    """A lane more than the two of the command line; until now each point failed where --set named its path."""
    found = asked(tmp_path, GATE.format(horizon="2 d"), overrides=["airport.gates.main.lanes=2"])
    one = row(found, "airport.gates.main.lanes")
    assert one["effects"]["total.hours_within_horizon"]["difference"] == pytest.approx(5 * 2 / 3 - 8 * 2 / 3)


def test_one_more_lane_in_people(tmp_path):
    """By 6 h nine groups have passed one lane, and all of them two: 60 − 36 = 24 fewer left behind."""
    found = asked(tmp_path, GATE.format(horizon="6 h"))
    told = row(found, "airport.gates.main.lanes")["effects"]["total.left_behind"]
    assert (told["difference"], told["low"], told["high"], told["distinct"]) == (-24, -24, -24, True)
    assert row(found, "airport.gates.main.lanes")["missions"]["better"][0]["mission"] == "embassy"
    assert "One more search lane at Main gate leaves 24 (24 to 24) fewer people behind" in found.headlines[0]


def test_those_whom_nobody_orders_out_stand_beside_as_it_is(tmp_path):
    text = GATE.format(horizon="2 d").replace("missions: {", "missions: {quiet: {cohorts: {staff: 38}}, ")
    found = asked(tmp_path, text)
    assert found.summary["results"][0]["never_ordered"] == {"people": 38, "share": 1, "missions": ["quiet"]}
    out = io.StringIO()
    Console(file=out, width=400).print(bottleneck_tables(found.found, 80))
    assert "not among all that are out, since nobody orders them out, 38 people (quiet)." in out.getvalue()
    assert asked(tmp_path, GATE.format(horizon="2 d")).summary["results"][0]["never_ordered"]["people"] == 0


def test_a_step_and_what_chooses(tmp_path):
    found = asked(
        tmp_path, GATE.format(horizon="2 d"), steps=["airport.gates.*.lanes=+2", "airport.gates.main.per_person=-5 min/person"]
    )
    lanes = row(found, "airport.gates.main.lanes")
    assert lanes["step_text"] == "+2"
    assert lanes["effects"]["total.hours_within_horizon"]["difference"] == pytest.approx(5 * 2 / 3 - 10)
    assert row(found, "airport.gates.main.per_person")["effects"]["total.hours_within_horizon"]["difference"] == pytest.approx(-5)


def test_hours_of_warning(tmp_path):
    """The airport is lost with the capital after 8.5 h, when 12 of 15 groups are through; two hours later all are."""
    found = asked(tmp_path, FALL, steps=["warning=+2 h"], only=["warning"])
    told = row(found, "warning")["effects"]
    assert told["total.left_behind"]["difference"] == -12
    assert told["total.p_all_out"]["difference"] == 1
    assert "2 h of warning leaves 12 (12 to 12) fewer people behind" in found.headlines[0]


def test_without_a_fall_there_is_no_warning(tmp_path):
    found = asked(tmp_path, GATE.format(horizon="2 d"))
    assert any("no day of warning: the capital never falls in case" in line for line in found.summary["warnings"])


def test_tables_and_files(tmp_path):
    found = asked(tmp_path, GATE.format(horizon="6 h"), plots=True, csv=True)
    names = {path.name for path in found.folder.iterdir() if not path.name.startswith(".")}
    assert {"summary.json", "manifest.json", "values.parquet", "values.csv", "waiting.parquet", "hours.parquet"} <= names
    assert {"marginal.png", "bottleneck.png"} <= names
    stored = json.loads((found.folder / "summary.json").read_text())
    assert stored["results"][0]["capacities"] == found.summary["results"][0]["capacities"]
    assert (
        json.loads((found.folder / "manifest.json").read_text())["command"] == "evacsim bottleneck case.yaml -n 12 --seed 1 --csv"
    )
    assert found.values.filter(pl.col("measure") == "total.left_behind")["difference"].to_list() == [-24.0]
    waited = found.waiting
    whole = waited.filter(pl.col("mission") == "total")["person_hours"].sum()
    assert waited.filter(pl.col("mission") != "total")["person_hours"].sum() == pytest.approx(whole)
    assert found.hours["person_hours"].sum() == pytest.approx(whole)


def test_points_are_shared_with_runs_and_the_folder_does_not_depend_on_n(tmp_path):
    first = asked(tmp_path, GATE.format(horizon="6 h"))
    again = sim.bottleneck(tmp_path / "case.yaml", n=5, jobs=1, out=tmp_path / "results", plots=False)
    assert again.folder == first.folder
    ran = sim.run(tmp_path / "case.yaml", n=12, jobs=1, out=tmp_path / "results", plots=False)
    assert f"{ran.result.folder.parent.name}/{ran.result.folder.name}" == first.summary["results"][0]["folder"]


def test_two_scenarios_side_by_side(tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(GATE.format(horizon="6 h"))
    two.write_text(GATE.format(horizon="6 h").replace("value: 1", "value: 30"))
    found = sim.bottleneck(one, two, n=12, jobs=1, out=tmp_path / "results")
    assert row(found, "airport.gates.main.lanes", 1)["unchanged"]
    assert found.summary["contrasts"] == [
        "One more search lane at Main gate leaves 24 (24 to 24) fewer people behind, gets half out 2.7 h (2.7 h to 2.7 h) sooner "
        "on average, gets all out 40 min (40 min to 40 min) sooner on average and raises the chance that all are out by 100 (47 "
        "to 100) points in “one”; it changes nothing that can be told in “two”."
    ]
    assert len(found.plots) == 2


def case(number: int, capacities: int) -> Case:
    return Case(number, f"case-{number}", f"Case {number}", (warning_of(()),) * capacities)


def test_the_cost_says_how_many_capacities_each_scenario_has():
    """Each is a point beside the scenario as it is; the number is said once where all have as many."""
    one = cost([case(0, 1200)], 10)
    assert one.startswith("bottleneck: the scenario as it is, then with one step more of 1,200 capacities: ")
    assert one.endswith(": 1,201 points × 10 = 12,010 replications, less what is stored already")
    alike, apart = cost([case(0, 3), case(1, 3)], 10), cost([case(0, 3), case(1, 5)], 10)
    assert alike.startswith("bottleneck: 2 scenarios ")
    assert " of 3 capacities each: 8 points × 10 = 80 replications" in alike
    assert " of 3, 5 capacities each: 10 points × 10 = 100 replications" in apart


def test_a_failing_setting_is_named_and_the_rest_is_kept(tmp_path, monkeypatch):
    from sim.studies.bottleneck import answer as module

    original = module.capacities

    def broken(scenario, steps=(), faults=None):
        from dataclasses import replace

        found = original(scenario, steps, faults)
        return [*found, replace(found[0], path="x", label="x", settings=("airport.gates.main.lanes=many",))]

    monkeypatch.setattr(module, "capacities", broken)
    found = asked(tmp_path, GATE.format(horizon="6 h"))
    assert not found.summary["final"]
    assert [f["capacity"] for f in found.failed] == ["x"]
    assert row(found, "airport.gates.main.lanes")["verdict"] == "better"
    assert row(found, "x")["verdict"] == "failed"


def command(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["bottleneck", *words])
    return int(left.value.code or 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--step", "airport.gates.main.lane=+1"], "got airport.gates.main.lane; nearest: airport.gates.main.lanes"),
        (["--step", "airport.gates.free.lanes=+1"], "expected the path of a number that is finite"),
        (["--step", "warning=+1 d"], "the capital never falls"),
        (["--step", "airport.gates.main.lanes=1"], "expected PATH=+N"),
        (["--only", "lance"], "--only 1:1:1: expected a path or kind"),
        (["--measure", "total.p90"], "may be infinite"),
        (["--measure", "total.nonsense"], "no measure"),
    ],
)  # fmt: skip
def test_bad_input_is_said_before_anything_runs(tmp_path, capsys, words, said):
    path = tmp_path / "case.yaml"
    path.write_text(GATE.format(horizon="6 h"))
    assert command(str(path), *words, "--out", str(tmp_path / "results"), "-n", "4", "--jobs", "1") == 2
    told = capsys.readouterr().err
    assert said in told
    assert not (tmp_path / "results").exists()


def test_the_command_prints_tables_of_80_columns_and_the_text_as_it_is(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    path = tmp_path / "case.yaml"
    path.write_text(GATE.format(horizon="6 h"))
    assert command(str(path), "--out", str(tmp_path / "results"), "-n", "12", "--jobs", "1", "--no-plots") == 0
    out, err = capsys.readouterr()
    assert max(map(len, out.splitlines())) <= 80
    assert "[bold]One gate[/bold] $x^2$" in out
    assert "+1 search lane at Main gate" in out
    assert "2 points × 12 = 24 replications" in err


def test_json_alone_on_standard_output(tmp_path, capsys):
    path = tmp_path / "case.yaml"
    path.write_text(GATE.format(horizon="6 h"))
    assert command(str(path), "--json", "--out", str(tmp_path / "results"), "-n", "12", "--jobs", "1", "--no-plots") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["results"][0]["capacities"][0]["effects"]["total.left_behind"]["difference"] == -24
    assert found["final"]


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("name", "every"),
    [
        *((name, 17) for name in ("turkish-collapse", "kabul-2021")),
        *(
            pytest.param(name, 1, marks=pytest.mark.slow)
            for name in ("turkish-collapse", "none-collapse", "coalition-advancing", "kabul-2021")
        ),
    ],
)
def test_every_step_of_a_shipped_scenario_is_accepted(name, every, tmp_path):
    """Each is a scenario to be loaded: every seventeenth of two of them, and all in the thorough run."""
    query = BottleneckQuery.of(sim.load(f"evacsim:{name}"), out=tmp_path, jobs=1)
    with session_of(query) as session:
        runner = session.check(query.scenarios)
        ((case,), _) = cases_of(runner, query)
        from sim.analysis.study import Proposal

        assert len(case.capacities) > 40
        for capacity in case.capacities[::every]:
            runner.source(Proposal(capacity.settings))
        assert {"lane", "officer", "stand", "aircraft", "bed", "onward travel"} <= {c.kind for c in case.capacities}


def test_the_page_lists_every_kind_with_its_step():
    page = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "bottleneck.md").read_text("utf-8")
    rows = {line.split("|")[1].strip(" `"): line for line in page.splitlines() if line.startswith("| `")}
    assert list(rows) == list(KINDS)
    for rule in RULES:
        place = rule.pattern.replace(r"\.", ".").replace("([^.]+)", "*")
        assert f"`{place}`" in rows[rule.kind], place
        assert rule.kind == "officer" or rows[rule.kind].split("|")[3].strip() == f"{rule.step:g}"


@pytest.mark.parametrize("amount", ["+0", "-5", "+abc"])
def test_a_bad_amount_has_one_line(tmp_path, capsys, amount):
    path = tmp_path / "case.yaml"
    path.write_text(GATE.format(horizon="6 h"))
    step = f"airport.gates.main.lanes={amount}"
    assert command(str(path), "--step", step, "--out", str(tmp_path / "results"), "-n", "4", "--jobs", "1") == 2
    told = capsys.readouterr().err
    assert told.count("--step 1") == 1
    assert "expected the path" not in told

"""``inputs:`` of a scenario: the sets that are drawn unless something else is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.authoring import check, describe
from sim.experiment.identity import run_id
from sim.scenario import Layers, Loaded, ScenarioError, load, loads
from sim.scenario import files as shipping
from sim.scenario.sets_file import read_sets
from sim.studies.inputs_option import Drawing, notices

TOWN = """
road: {delay: {value: 1 h, low: 30 min, high: 2 h}, checkpoints: {value: 3, low: 1, high: 9}}
missions: {a: {order: {at: 1 h}, cohorts: {core: 2}}}
"""
SETS = "set,factor,position,weight\n0,road.delay,0.25,1\n1,road.delay,0.5,3\n"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "learnt").mkdir()
    (tmp_path / "learnt" / "sets.csv").write_text(SETS)
    return written(tmp_path / "town.yaml", "inputs: learnt/sets.csv\n" + TOWN)


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def drawn(path: Path, mode: str | None = None) -> Loaded:
    return Drawing.of(mode, 2).of_scenario(load(path))


def mode_of(loaded: Loaded) -> str:
    return "values" if loaded.inputs is None else loaded.inputs.mode


def test_the_sets_are_drawn_unless_something_else_is_asked_for(town: Path) -> None:
    assert mode_of(drawn(town)) == "sets"
    assert mode_of(drawn(town, "ranges")) == "ranges"
    assert mode_of(drawn(town, "values")) == "values"
    other = written(town.with_name("other.csv"), SETS.replace("0.25", "0.75"))
    inputs = drawn(town, str(other)).inputs
    assert inputs is not None
    assert inputs.sets == read_sets(str(other))


def test_without_it_the_ranges_are(tmp_path: Path) -> None:
    assert mode_of(drawn(written(tmp_path / "town.yaml", TOWN))) == "ranges"


def test_an_overlay_has_it_undoes_it_or_says_another(town: Path) -> None:
    assert mode_of(drawn(written(town.with_name("over.yaml"), "extends: town.yaml\n"))) == "sets"
    assert mode_of(drawn(written(town.with_name("undone.yaml"), "extends: town.yaml\ninputs: null\n"))) == "ranges"
    written(town.with_name("nearer.csv"), SETS.replace("0.25", "0.3"))
    nearer = drawn(written(town.with_name("nearer.yaml"), "extends: town.yaml\ninputs: nearer.csv\n"))
    assert nearer.inputs is not None
    assert nearer.inputs.sets is not None
    assert nearer.inputs.sets.positions == ((0.3,), (0.5,))


def test_a_path_is_that_from_the_file_that_says_it(town: Path) -> None:
    """The base lies in a folder below the overlay, and its sets beside the base."""
    base = written(town.parent / "learnt" / "base.yaml", "inputs: sets.csv\n" + TOWN)
    assert mode_of(drawn(base)) == "sets"
    assert mode_of(drawn(written(town.with_name("up.yaml"), "extends: learnt/base.yaml\n"))) == "sets"


def test_the_run_is_another_one_with_other_sets_and_the_same_without(town: Path) -> None:
    def identity(loaded: Loaded) -> str:
        return run_id(loaded.digest_text, 1)

    plain = written(town.with_name("plain.yaml"), TOWN)
    ids = {identity(drawn(town)), identity(drawn(town, "ranges")), identity(drawn(town, "values"))}
    assert len(ids) == 3
    assert identity(drawn(town, "ranges")) == identity(drawn(plain, "ranges"))
    assert identity(drawn(town, "values")) == identity(drawn(plain, "values"))
    before = identity(drawn(town))
    written(town.parent / "learnt" / "sets.csv", SETS.replace(",3\n", ",2\n"))
    assert identity(drawn(town)) != before


def test_the_text_of_a_result_stands_alone(town: Path) -> None:
    """What is kept as scenario.yaml names no file that isn't beside it."""
    loaded = load(town)
    assert "sets.csv" not in loaded.canonical
    assert loads(loaded.canonical).digest_text == loaded.digest_text


def test_every_point_of_a_study_has_them(town: Path) -> None:
    """Also where the scenario is given loaded, as from Python, and read again from its text."""
    layers = Layers.of(town)
    assert layers.load(["road.checkpoints=4"]).sets == load(town).sets


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("nosuch.csv", "no such file: "),
        ("../outside.csv", "expected inputs: a file inside the folder of the scenario, got ../outside.csv"),
        ("/etc/passwd", "expected inputs: a relative path or a shipped evacsim: name, got /etc/passwd"),
        ("evacsim:nosuch.csv", "no shipped sets of inputs evacsim:nosuch.csv"),
        ("evacsim:sets/kabul-2012", "no shipped sets of inputs evacsim:sets/kabul-2012; nearest: evacsim:sets/kabul-2021"),
        ("evacsim:kabul-2021", "no shipped sets of inputs evacsim:kabul-2021"),
        ("evacsim:../town.csv", "no shipped sets of inputs evacsim:../town.csv"),
        ("broken.csv", "broken.csv: row 1: position: expected a number from 0 to 1, got 7"),
        ("town.yaml", "town.yaml: expected a table, Parquet or CSV"),
        ("learnt", "learnt: expected a file of at most 50 MB"),
        ("''", "expected inputs: a relative path"),
        ("[a]", "expected text, got a list"),
    ],
)
def test_faults_have_a_place(town: Path, said: str, message: str) -> None:
    written(town.with_name("broken.csv"), "set,factor,position\n0,road.delay,7\n")
    written(town.parent.parent / "outside.csv", SETS)
    written(town, f"title: A town\ninputs: {said}\n{TOWN}")
    with pytest.raises(ScenarioError) as wrong:
        load(town)
    (fault,) = wrong.value.faults
    assert (fault.file, fault.line, fault.column, fault.path.partition(".")[0]) == (str(town), 2, 9, "inputs")
    assert message in fault.message


def test_a_link_leads_nowhere_else(town: Path) -> None:
    written(town.parent.parent / "outside-2.csv", SETS)
    town.with_name("link.csv").symlink_to(town.parent.parent / "outside-2.csv")
    written(town, "inputs: link.csv\n" + TOWN)
    with pytest.raises(ScenarioError, match="inside the folder of the scenario"):
        load(town)


def test_it_is_no_setting(town: Path) -> None:
    with pytest.raises(ScenarioError, match="inputs can only be written in a file; --inputs says where they are drawn from"):
        load(town, ["inputs=learnt/sets.csv"])


def test_a_shipped_file_has_a_name(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "shipped_folder", lambda: town.parent)
    written(town, "inputs: evacsim:learnt/sets.csv\n" + TOWN)
    assert mode_of(drawn(town)) == "sets"


def test_what_the_sets_are_worth_and_lack_is_told_once(town: Path) -> None:
    line = "inputs: 2 sets of learnt/sets.csv, worth 1.6 of equal weight; not in it, drawn from the range: road.checkpoints"
    (told,) = notices([drawn(town), drawn(town)])
    assert told.replace(f"{town.parent}/", "") == line
    assert notices([drawn(town, "ranges"), drawn(town, "values")]) == []


def test_describe_and_check_name_the_file(town: Path) -> None:
    laws = {row["path"]: row["law"] for row in describe(str(town))}
    assert laws["road.delay"].replace(f"{town.parent}/", "") == "sets of learnt/sets.csv"
    assert laws["road.checkpoints"] == "log-uniform"
    assert "2 inputs (2 numbers) are drawn anew for each set, 1 of them from 2 sets of " in check(str(town))[0].lines()[0]


def test_a_file_of_few_inputs_is_told_by_these(town: Path) -> None:
    """Many that it lacks are the rule, not worth a name each."""
    written(
        town, "inputs: learnt/sets.csv\n" + TOWN.replace("road: {", "road: {drive: {value: 30 min, low: 20 min, high: 1 h}, ")
    )
    (line,) = notices([drawn(town)])
    assert line.replace(f"{town.parent}/", "") == (
        "inputs: road.delay from 2 sets of learnt/sets.csv, worth 1.6 of equal weight; every other from its range"
    )

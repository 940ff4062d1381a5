"""A design file: every design, and every fault with file, line and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sim
from sim.scenario import ScenarioError, shipped_names
from sim.scenario.errors import Faults
from sim.scenario.nodes import compose
from sim.studies.axis import as_text
from sim.studies.design.file import is_design, read_design

SCENARIO = """\
clock: {horizon: 3 d}
missions: {embassy: {order: {at: 0 h}, cohorts: {staff: {people: 8, group: 4, ready: {uniform: [0 h, 2 h]}}}}}
airport:
  gates: {main: {lanes: {value: 2, low: 1, high: 4}, per_person: {value: 10 min/person, evidence: assumed}}}
road: {drive: {triangular: [20 min, 45 min, 2 h]}}
"""
LANES, PER = "airport.gates.main.lanes", "airport.gates.main.per_person"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.yaml").write_text(SCENARIO)
    (tmp_path / "two.yaml").write_text("extends: one.yaml\nroad: {drive: 3 h}\n")
    return tmp_path


def design_file(design: str, more: str = "scenario: one.yaml\n") -> str:
    Path("design.yaml").write_text(f"{more}n: 4\nmeasures: [total.p50]\ndesign:\n{design}")
    return "design.yaml"


def table(design: str, more: str = "scenario: one.yaml\n") -> pl.DataFrame:
    return sim.sweep(design_file(design, more), jobs=1, plots=False).table


def test_a_grid() -> None:
    found = table(f"  grid:\n    {LANES}: [1, 2]\n    {PER}: 5 min/person:15 min/person:5 min/person\n")
    assert found[LANES].to_list() == [1, 1, 1, 2, 2, 2]
    assert found[PER].to_list() == pytest.approx([5 / 60, 10 / 60, 15 / 60] * 2)
    assert found["n"].unique().to_list() == [4]


def test_an_axis_of_scenarios() -> None:
    found = table("  grid:\n    scenario: [one.yaml, two.yaml]\n    road.drive: [1 h, 2 h]\n", "")
    assert found["scenario"].to_list() == ["one", "one", "two", "two"]
    values = found["value"].to_list()
    assert values[:2] == values[2:]  # road.drive is all that differs
    both = table(f"  grid: {{{LANES}: [1]}}\n", "scenarios: [one.yaml, two.yaml]\n")
    assert both["scenario"].to_list() == ["one", "two"]


def test_a_list_of_points() -> None:
    found = table(
        f"  points:\n    - {{{LANES}: 1, scenario: two.yaml}}\n    - {{road.drive: {{uniform: [1 h, 2 h]}}}}\n    - {{}}\n"
    )
    assert found["scenario"].to_list() == ["two", "one", "one"]
    assert found[LANES].to_list() == [1, None, None]
    assert found["road.drive"].to_list() == [None, "{uniform: [1 h, 2 h]}", None]


def test_sampled_designs_from_the_scenarios_own_ranges() -> None:
    found = table(f"  sobol:\n    points: 16\n    over: [{LANES}, {PER}]\n")
    expected = np.diff(np.log(np.clip([0.5, 1.5, 2.5, 3.5, 4.5], 1, 4))) / np.log(4) * 16  # 1 to 4 about 2: log-uniform, in steps
    counts = [found.filter(pl.col(LANES) == lanes).height for lanes in (1, 2, 3, 4)]
    assert np.abs(np.array(counts) - expected).max() <= 1
    assert 5 / 60 <= found[PER].min() <= 7 / 60  # assumed without low and high: half to twice the value
    assert 17 / 60 <= found[PER].max() <= 20 / 60


@pytest.mark.costly
def test_sampled_designs_between_what_the_design_says() -> None:
    over = f"      {LANES}: 2:5\n      road.drive: {{low: 30 min, high: 8 h, scale: log}}\n      scenario: [one.yaml, two.yaml]\n"
    found = table(f"  latin:\n    points: 20\n    seed: 4\n    over:\n{over}", "")
    assert set(found[LANES].to_list()) == {2, 3, 4, 5}
    assert found.filter(pl.col("road.drive") < 2).height == 10  # two hours are the middle of the logarithms
    assert found["scenario"].value_counts()["count"].to_list() == [10, 10]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("scenario: one.yaml\ndesing: {}\ndesign: {grid: {a.b: [1]}}\n", '2:1: desing: unknown key "desing"; nearest: "design"'),
        ("design: {grid: {a.b: [1]}}\nscenario: [3]\n", "2:12: scenario: expected text, got 3"),
        (
            "scenario: one.yaml\ndesign: {gird: {a: [1]}}\n",
            '2:9: design: expected one of grid, points, latin or sobol; nearest: "grid"',
        ),
        ("scenario: one.yaml\nn: 0\ndesign: {grid: {a: [1]}}\n", "2:4: n: expected a whole number from 1 to 1,000,000, got 0"),
        ("scenario: one.yaml\ndesign: {sobol: {points: 10, over: [a]}}\n", "2:26: design.sobol.points: expected a power of two"),
        ("scenario: one.yaml\ndesign: {latin: {points: 4, over: {a: 3}}}\n", "2:39: design.latin.over.a: expected lo:hi"),
        ("scenario: one.yaml\ndesign:\n  grid:\n    a.b: [1, 1]\n", "4:10: design.grid.a.b: 1 is there twice"),
        ("scenario: one.yaml\ndesign:\n  grid:\n    a.b: 1:9:0\n", "4:10: design.grid.a.b: expected a step other than 0"),
        ("scenario: ../../x.yaml\ndesign: {grid: {a: [1]}}\n", "1:11: scenario: expected a file in the folder of the design"),
        ("scenario: one.yaml\nby: cohort\ndesign: {grid: {a: [1]}}\n", "2:5: by: expected total or mission"),
        (
            f"scenario: one.yaml\ndesign:\n  grid:\n    {LANES}: [1, 2]\n    airport.gates.mian.rank: [1]\n",
            '5:5: airport.gates.mian: nothing named "mian"; nearest: "main"',
        ),
        (
            "scenario: one.yaml\nmeasures:\n  - total.p91\ndesign: {grid: {road.drive: [1 h]}}\n",
            "3:5: total.p91: no measure 'p91'",
        ),
        (
            "scenario: one.yaml\ndesign: {latin: {points: 4, over: [road.drive]}}\n",
            "2:36: road.drive: has neither low and high nor a grade",
        ),
        (
            "scenario: one.yaml\ndesign: {latin: {points: 4, over: {road.drive: 2 h:1 h}}}\n",
            "2:48: road.drive: expected low < high",
        ),
        ("design: {grid: {road.drive: [1 h]}}\n", "expected scenario"),
        ("scenario: one.yaml\ndesign: {grid: {a: !!python/object:os.system [1]}}\n", "expected no YAML tag"),
    ],
)
def test_faults_have_their_place(text: str, fault: str, here: Path) -> None:
    Path("design.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        sim.sweep("design.yaml", jobs=1, plots=False, n=2)
    said = str(caught.value.faults[0])
    assert said.startswith("design.yaml:")
    assert fault in said
    assert not (here / "results").exists()


@pytest.mark.parametrize("where", ["seed", "design.latin.seed"])
def test_a_seed_may_be_any_whole_number_of_63_bits(where: str) -> None:
    """As on the command line; the next one is refused in its place."""

    def read(seed: int) -> tuple[int | None, int | None]:
        alone, inside = (f"seed: {seed}\n", "") if where == "seed" else ("", f"seed: {seed}, ")
        name = design_file(f"  latin: {{points: 4, {inside}over: [{LANES}]}}\n", f"scenario: one.yaml\n{alone}")
        spec = read_design(name)
        return spec.seed, spec.design_seed

    most = 2**63 - 1
    assert most in read(most)
    assert 0 in read(0)
    for wrong in (most + 1, -1):
        with pytest.raises(ScenarioError, match=rf": {where}: expected a whole number from 0 to 9,223,372,036,854,775,807, got"):
            read(wrong)


def test_a_design_comes_alone(here: Path) -> None:
    name = design_file(f"  grid: {{{LANES}: [1]}}\n")
    for others, vary in ((["one.yaml"], []), ([], [f"{LANES}=1"])):
        with pytest.raises(ScenarioError, match="expected a design alone"):
            sim.sweep(name, *others, vary=vary)


def test_what_is_a_design() -> None:
    assert is_design(design_file("  grid: {a: [1]}\n"))
    assert not is_design("one.yaml")
    assert not is_design("missing.yaml")


@pytest.mark.parametrize(
    "value",
    ["24 h", "1e3", "no", "a: b", "- x", "{", "06:00", "2021-08-15 06:00", "50%", "ü, #", "", " x", 'say "x"', 3, 2.5, True, None,
     {"triangular": ["20 min", "45 min", "2 h"]}, [{"begins": "start", "provider": "none"}], {"a": {"b": [1, "1", "true"]}}],
)  # fmt: skip
def test_values_are_read_back_as_they_were(value: object) -> None:
    node = compose(as_text(value), "x", Faults())
    assert node is not None
    assert node.plain() == value


def test_the_shipped_design_is_a_design_and_no_scenario() -> None:
    name = "evacsim:plans/lanes-and-warning"
    assert is_design(name)
    assert name not in shipped_names()
    spec = read_design(name)
    assert [len(axis.values) for axis in spec.axes] == [4, 5]
    assert set(spec.scenarios) <= set(shipped_names())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "x.yaml:1:1: "),
        (b"a: [1\nb: 2\n", "x.yaml:2:"),
        (b"title: \xff\n", "x.yaml:1:8: expected UTF-8 text"),
        (b"scenario: one.yaml\n", "x.yaml:1:1: design: expected one of grid"),
        (b"clok: {}\n", 'x.yaml:1:1: clok: unknown key "clok"'),
    ],
)
def test_a_file_alone_is_told_what_is_wrong_with_it(data: bytes, said: str, here: Path) -> None:
    Path("x.yaml").write_bytes(data)
    with pytest.raises(ScenarioError) as caught:
        sim.sweep("x.yaml", vary=[])
    assert said in str(caught.value)
    assert "--vary" not in str(caught.value)


def test_a_folder_and_a_scenario_without_vary_are_named(here: Path) -> None:
    Path("folder").mkdir()
    with pytest.raises(ScenarioError, match="expected a file, got the folder folder"):
        sim.sweep("folder", vary=[])
    with pytest.raises(ScenarioError, match=r"^one\.yaml:1:1: expected --vary"):
        sim.sweep("one.yaml", vary=[])


def test_an_absolute_path_is_refused_as_one(here: Path) -> None:
    Path("design.yaml").write_text(f"scenario: {here / 'one.yaml'}\ndesign: {{grid: {{a: [1]}}}}\n")
    with pytest.raises(ScenarioError, match=r"1:11: scenario: expected a relative path"):
        read_design("design.yaml")


@pytest.mark.parametrize("key", ["scenario: ", "scenarios: [one.yaml, "])
def test_a_path_that_no_system_has_is_refused_as_one(key: str, here: Path) -> None:
    more = key + '"a\\0.yaml"' + ("]\n" if "[" in key else "\n")
    with pytest.raises(ScenarioError) as wrong:
        read_design(design_file("  grid: {road.drive: [1 h]}\n", more))
    assert str(wrong.value).startswith("design.yaml:1:")

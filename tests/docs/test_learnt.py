"""The sets that August 2021 teaches are shipped whole and fit the scenario they were learnt in; pages print what is stored."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from making import learnt
from making.block import found

from sim.cli import main
from sim.scenario import load as loading
from sim.scenario.inputs import drawn_factors, inputs_of, missing_from
from sim.scenario.sets_file import read_sets

ROOT = Path(__file__).parents[2]
SETS = read_sets(learnt.SETS)
load = cache(loading)
TOWN = "road: {delay: {value: 1 h, low: 30 min, high: 2 h}}\nmissions: {a: {order: {at: 1 h}, cohorts: {core: 2}}}\n"


def factors(name: str, *settings: str) -> set[str]:
    return {factor.name for factor in drawn_factors(load(f"evacsim:{name}", *([settings] if settings else [])).scenario)}


def test_the_sets_are_those_of_all_inputs_of_the_back_cast() -> None:
    """Also of the one that ends with the last fitted window, from which they were learnt."""
    assert set(SETS.factors) == factors("kabul-2021") == factors("kabul-2021", "clock.horizon=10 d")


def test_they_are_small_and_worth_what_the_page_says() -> None:
    assert learnt.FILE.stat().st_size < 400_000
    assert f"| sets of equal weight that they are worth | {SETS.effective:.3g} |" in found(learnt.PAGE)["learnt-held"][1]
    assert f"| sets that count, in the file | {len(SETS.weights):,} |" in found(learnt.PAGE)["learnt-held"][1]


def test_the_file_of_what_was_learnt_is_that_part_of_the_sets() -> None:
    """As ``calibrate --only-learnt`` writes it: the inputs that the page calls learnt, with weights and places as they are."""
    some = read_sets(learnt.LEARNT)
    marked = re.findall(r"\| `([^`]+)` \|[^\n]*\| \*\*learnt\*\* \|", found(learnt.PAGE)["learnt-inputs"][1])
    assert some.factors == tuple(sorted(marked))
    columns = [SETS.factors.index(name) for name in some.factors]
    assert some.positions == tuple(tuple(row[k] for k in columns) for row in SETS.positions)
    assert some.weights == SETS.weights


@pytest.mark.costly
def test_september_draws_what_was_learnt_and_the_back_cast_nothing_of_it() -> None:
    some = read_sets(learnt.LEARNT)
    assert [load(f"evacsim:{name}").sets for name in learnt.NINE] == [some] * 9
    assert [load(f"evacsim:{name}").sets for name in ("kabul-2021", "khartoum-2023", "saigon-1975")] == [None] * 3
    for name in learnt.NINE:  # a name that no scenario had would teach nothing
        assert set(some.factors) <= factors(name)


def test_every_september_scenario_can_draw_from_the_whole_sets() -> None:
    for name in learnt.NINE:
        one = load(f"evacsim:{name}")
        inputs = inputs_of(one.scenario, sets=SETS)
        assert inputs is not None
        assert len(missing_from(SETS, inputs.factors)) < len(inputs.factors) / 2


@pytest.mark.parametrize("name", ["evacsim:sets/kabul-2021", "evacsim:sets/kabul-2021.parquet"])
def test_a_command_takes_them_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    town = tmp_path / "town.yaml"
    town.write_text(TOWN)
    words = ["run", str(town), "-n", "2", "--jobs", "1", "--no-plots", "--out", str(tmp_path), "--inputs", name]
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    told = " ".join(capsys.readouterr().err.split())
    assert f"{len(SETS.weights):,} sets of {name}, worth {SETS.effective:.3g} of equal weight" in told


def test_the_stored_forecast_is_that_of_the_page() -> None:
    assert found(learnt.PAGE)["learnt-ahead"][1].strip() == learnt.ahead_text(learnt.stored(), learnt.N)


def test_nothing_after_the_last_fitted_window_was_simulated() -> None:
    """The command that the page names ends the clock there."""
    text = (ROOT / "docs" / learnt.PAGE).read_text("utf-8")
    (horizon,) = re.findall(r'--set clock\.horizon="(\d+) d"', text)
    clock = load("evacsim:kabul-2021", (f"clock.horizon={horizon} d",)).scenario.clock
    end = clock.start.when + timedelta(hours=clock.horizon.mean - float(clock.utc_offset))
    assert end.replace(tzinfo=None) == datetime(2021, 8, 24, 7)

"""What a whole command takes is counted before its first replication: points × replications of every study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario import load
from sim.studies import cost as module
from sim.studies.cost import MOST_EVENTS, Cost
from sim.studies.deadline.lead_time import Downfall
from sim.studies.preparing import TooLarge

LANES = "airport.gates.main.lanes"
MINIMAL = "evacsim:minimal"
RANGES = """\
extends: evacsim:minimal
airport: {gates: {main: {per_person: {value: 90 s/person, low: 60 s/person, high: 2 min/person}}}}
"""


def ranged(folder: Path) -> Path:
    (folder / "ranges.yaml").write_text(RANGES)
    return folder / "ranges.yaml"


OPTIONS: dict[str, Any] = {"n": 20, "jobs": 1, "plots": False}
STUDIES: dict[str, Callable[[Path, dict[str, Any]], object]] = {
    "run": lambda out, how: sim.run(MINIMAL, out=out, **how),
    "compare": lambda out, how: sim.compare(MINIMAL, MINIMAL, out=out, **how),
    "sweep": lambda out, how: sim.sweep(MINIMAL, vary=[f"{LANES}=1:9:1"], out=out, **how),
    "plan": lambda out, how: sim.plan(MINIMAL, "3 d", [f"{LANES}=1:9:1"], out=out, **how),
    "decide": lambda out, how: sim.decide(MINIMAL, vary=[f"{LANES}=1:9:1"], out=out, **how),
    "deadline": lambda out, how: sim.deadline(MINIMAL, last="3 d", out=out, **how),
    "bottleneck": lambda out, how: sim.bottleneck(MINIMAL, out=out, **how),
    "sensitivity": lambda out, how: sim.sensitivity(ranged(out), out=out, **how),
    "validate": lambda out, how: sim.validate(MINIMAL, "evacsim:observations/minimal.csv", out=out, **how),
}


def test_the_cost_is_events_of_all_replications_with_a_floor_for_each_and_for_each_point() -> None:
    scenario = load(MINIMAL).scenario
    each = sim.scenario.estimate(scenario).events
    assert Cost.of(3, 600, [scenario]).events == 3 * 10_000 + 600 * max(each, 1_000)
    assert Cost.of(10**8, 10**8, []).excess is not None
    assert Cost.of(1, 1, []).excess is None


@pytest.mark.parametrize(
    ("points", "said"),
    [(0, "0 points and 20 "), (1, "1 point and 20 "), (2, "2 points and 20 "), (1_000, "1,000 points and 20 ")],
)
def test_points_are_counted_in_words(points: int, said: str) -> None:
    beyond = Cost(points, 20, 2.0 * MOST_EVENTS).excess
    assert beyond is not None
    assert beyond.startswith(said)
    assert Cost(points, 20, float(MOST_EVENTS)).excess is None  # that much is within it


def test_a_grid_of_billions_of_points_is_refused_at_once_and_allowed_only_in_so_many_words(tmp_path: Path) -> None:
    grid = [f"{LANES}=0:50000:1", "airport.gates.main.rank=0:50000:1"]
    with pytest.raises(TooLarge) as refused:
        sim.sweep(MINIMAL, vary=grid, n=200, out=tmp_path)
    (line,) = str(refused.value).splitlines()
    assert line.startswith("sweep: 2,500,100,001 points and 500,020,000,200 replications in all take about ")
    assert line.endswith(f"the budget of a command is {MOST_EVENTS:,} (--allow-large lifts it)")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_counts_what_it_will_simulate(study: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 100_000)  # 20 replications of one point, and no more
    with pytest.raises(TooLarge, match=rf"^{'run' if study == 'validate' else study}: .* the budget of a command is 100,000"):
        STUDIES[study](tmp_path, {**OPTIONS, "n": 2_000})
    assert not list(tmp_path.rglob("*.block"))  # nothing was simulated before it was said


@pytest.mark.parametrize("study", ["sweep", "plan", "decide", "deadline", "bottleneck", "sensitivity"])
def test_points_are_counted_and_not_the_scenario_alone(study: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Cost.of(1, 20, [load(MINIMAL).scenario])
    monkeypatch.setattr(module, "MOST_EVENTS", int(1.5 * one.events))
    monkeypatch.setattr("sim.studies.deadline.answer._watch", lambda *_: [Downfall({}, {})])  # which is a run of its own
    with pytest.raises(TooLarge, match=rf"^{study}: [0-9,]+ points and [0-9,]+ replications in all"):
        STUDIES[study](tmp_path, OPTIONS)
    assert not list(tmp_path.rglob("*.block"))


def test_what_is_allowed_is_simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 1)
    assert sim.run(MINIMAL, out=tmp_path, allow_large=True, **OPTIONS).result.n == 20

"""What a replication will take: nothing that a file can ask for is left out of the estimate."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.model import compile_scenario, kernel, run, simulate
from sim.model.draws import inverse
from sim.model.limit import LimitError
from sim.model.mission import Cohort
from sim.scenario import ScenarioError, estimate, load, loads, shipped_names, size
from sim.scenario import rules as module
from sim.scenario.inputs import UncertainScenario, inputs_of
from sim.scenario.parsing import parse_quantity
from sim.scenario.size import rarely_below

LIFT = "lift: {types: {c: {seats: 100, load: 1 h}}, fleets: {f: {aircraft: c, number: 2, outbound: 2 h, inbound: 2 h}}"
PEOPLE = "missions: {a: {order: {at: 1 h}, cohorts: {core: 40}}}"


@pytest.mark.parametrize(
    "text",
    [
        f"{LIFT}, retrograde: {{t: {{people: 1e9, begins: 0 h, group: 1}}}}}}\n{PEOPLE}",
        "lift: {types: {c: {seats: 100}}, fleets: {f: {aircraft: c, number: 2, outbound: 0.01 s, patience: 0}}}\n" + PEOPLE,
        "road: {drive: 0.1 s, turn_back: 1}\nclock: {horizon: 10 d}\n" + PEOPLE.replace("40", "4000"),
        "airport: {gates: {main: {lanes: 1}}, crowd: {start: 10, news: {every: {lognormal: {mean: 6 h, cv: 1e6}}}}}"
        f"\n{LIFT}}}\n{PEOPLE}",
        "threat: {start: threatened, fallen: fallen, stay: {threatened: 1 d, contested: 1 d}}\n"
        "security: {providers: {p: {operator: {headcount: 1e10, withdrawal: {begins: {fallen: 1 h}, takes: 10 h, lift: true}}}},"
        f" phases: [{{begins: start, provider: p}}]}}\n{LIFT}}}\n{PEOPLE}",
    ],
    ids=["troops one by one", "sorties of seconds", "turned back for ever", "news every instant", "an operator of millions"],
)
def test_what_would_never_end_is_beyond_the_budget(text: str) -> None:
    excess = estimate(loads(text).scenario).excess
    assert excess is not None
    assert "the budget is" in excess


@pytest.mark.parametrize("name", [name for name in shipped_names() if "/" not in name.partition(":")[2]])
def test_shipped_scenarios_are_well_within_it(name: str) -> None:
    size = estimate(load(name).scenario)
    assert size.excess is None
    assert size.events < 1_000_000


@pytest.mark.parametrize(
    "raw",
    [
        {"lognormal": {"mean": "6 h", "cv": 3}},
        {"weibull": {"shape": 0.4, "scale": "1 h"}},
        {"exponential": {"mean": "6 h"}},
        {"gamma": {"mean": "6 h", "cv": 2}},
        {"gamma": {"mean": "6 h", "cv": 0.5}},
        {"uniform": ["1 h", "3 h"]},
    ],
    ids=str,
)
def test_few_draws_are_smaller(raw: dict[str, object]) -> None:
    quantity = parse_quantity(raw, "time")
    below = float(np.mean(inverse(quantity, (np.arange(20_000) + 0.5) / 20_000) < rarely_below(quantity)))
    assert below <= 0.06


@pytest.mark.parametrize(
    "raw",
    ["{weibull: {shape: 0.001, scale: 1 h}}", "{weibull: {shape: 0.005, scale: 1 h}}", "{lognormal: {median: 1 h, p90: 1e9 h}}"],
)
def test_a_mean_beyond_all_numbers_is_refused(raw: str) -> None:
    with pytest.raises(ScenarioError, match="expected a distribution with a mean of at most 1e"):
        loads(f"road: {{drive: {raw}}}\n{PEOPLE}")


def ring(n: int, closed: bool) -> str:
    orders = [
        f"  m{k}: {{order: {{when: gone m{k + 1 if k + 1 < n or not closed else 0}}}, cohorts: {{core: 1}}}}" for k in range(n)
    ]
    end = [] if closed else [f"  m{n}: {{order: {{at: 1 h}}, cohorts: {{core: 1}}}}"]
    return "\n".join(["missions:", *orders, *end])


def test_a_ring_is_said_once_and_shortly() -> None:
    with pytest.raises(ScenarioError) as error:
        loads(ring(600, closed=True))
    (fault,) = error.value.faults
    assert "m0 waits for m1 waits for" in fault.message
    assert "… (592 more) waits for m0" in fault.message


def test_who_waits_for_whom_is_asked_once_a_mission(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was asked anew for all that are left whenever one was started: 2,000 in a row took as many rounds."""
    asked = []
    own = module._alternatives
    monkeypatch.setattr(module, "_alternatives", lambda scenario, mission: [asked.append(1), own(scenario, mission)][1])
    assert module.cycles(loads(ring(300, closed=False)).scenario) == []
    assert len(asked) == 2 * 301  # once when it is loaded, once here


def test_a_replication_that_takes_far_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "MOST_AT_ONCE", 20)
    monkeypatch.setattr(kernel, "MOST_EVENTS", 40)
    with pytest.raises(RuntimeError, match=r"stopped at .* after 40 events, the limit of a replication"):
        simulate(compile_scenario(load("evacsim:minimal").scenario), 1, 0)


def test_a_replication_of_too_many_groups_is_stopped_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """A range that is drawn may reach what the number as it is written does not."""
    text = PEOPLE.replace("core: 40", "core: {people: {value: 40, low: 1, high: 4000}, group: 1}")
    scenario = loads(text).scenario
    assert estimate(scenario).excess is None
    plan = compile_scenario(UncertainScenario(scenario, inputs_of(scenario, 1)))
    made, own = [0], Cohort._draw
    monkeypatch.setattr(Cohort, "_draw", lambda self, groups: [made.append(groups), own(self, groups)])
    monkeypatch.setattr(run, "MOST_MEMORY_MB", 1)
    said = r"^stopped at 1.0 h with [0-9,]+ groups and [0-9,]+ entries, about [1-5] MB; the limit of a replication is 1 MB$"
    many = next(k for k in range(200) if plan.whole(1, k).scenario.missions["a"].cohorts["core"].people.value > 900)
    with pytest.raises(LimitError, match=said):
        simulate(plan, 1, many)
    assert made == [0]
    simulate(plan, 1, next(k for k in range(200) if plan.whole(1, k).scenario.missions["a"].cohorts["core"].people.value < 700))
    assert max(made) * size.BYTES_PER_LOAD < 1e6


def test_what_is_written_down_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "MOST_AT_ONCE", 20)
    monkeypatch.setattr(run, "BYTES_PER_ENTRY", 1e9)
    with pytest.raises(LimitError, match=r"entries, about [0-9,]+ MB; the limit of a replication"):
        simulate(compile_scenario(load("evacsim:minimal").scenario), 1, 0)


def test_a_replication_that_comes_to_a_limit_is_a_row_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    people = "missions.north.cohorts.core.people={choice: {values: [40, 100000], weights: [1, 1]}}"
    monkeypatch.setattr(run, "MOST_MEMORY_MB", 2)
    with pytest.raises(SystemExit) as left:
        main(["run", "evacsim:minimal", "--set", people, "-n", "20", "--jobs", "1", "--no-plots", "--json"])
    shown = capsys.readouterr()
    (result,) = json.loads(shown.out)["results"]
    assert left.value.code == 3
    assert 0 < result["failed"] < 20
    assert "the limit of a replication is 2 MB" in shown.err
    (failures,) = tmp_path.glob("results/minimal/*/failures.csv")
    assert failures.read_text("utf-8").count("LimitError: stopped at ") == result["failed"]

"""What a replication will take: nothing that a file can ask for is left out of the estimate."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import compile_scenario, kernel, simulate
from sim.model.draws import inverse
from sim.scenario import ScenarioError, estimate, load, loads, shipped_names
from sim.scenario import rules as module
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

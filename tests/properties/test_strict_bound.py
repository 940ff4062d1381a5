"""No run beats the strict bound of its own draws; and the bound is close enough to a run to mean something."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.bounds.strict import StrictBounds, strict_bound_h
from sim.model import compile_scenario, simulate
from sim.model import compile_scenario as compile_any
from sim.model.compiled.dispatch import FleetTimes
from sim.model.compiled.lift import CompiledFleet
from sim.model.compiled.scenario import CompiledScenario
from sim.model.gate_lines import Gate
from sim.model.mission import Cohort
from sim.model.records import Records
from sim.model.road import Road
from sim.scenario import load
from sim.scenario.inputs import UncertainScenario, inputs_of
from tests.digests.digests import is_whole
from tests.model.helpers import plan
from tests.strategies import lively, often, scenarios

FOLDER = Path(__file__).parents[2] / "scenarios"
SHIPPED = tuple(sorted(p.name for p in FOLDER.glob("*.yaml")))
PARTS = tuple(sorted(f"base/{p.name}" for p in (FOLDER / "base").glob("*.yaml") if is_whole(p)))
"""What others extend: no provider, so no lanes to man and nobody to keep the crowd away."""
COLUMNS = ("t50_h", "t90_h", "t100_h")
LEAST_SHARE = 0.3


@dataclass
class Pair:
    """A time of a run and its bound, hours from the start."""

    whose: str
    column: str
    run: float
    bound: float
    ordered: float

    @property
    def share(self) -> float:
        """The bound's part of the time from the order."""
        return (self.bound - self.ordered) / (self.run - self.ordered)


def pairs(bounds: StrictBounds, records: Records) -> list[Pair]:
    """Every time of a run beside its bound: in total and of each mission."""
    total, missions = records.replication, records.missions
    found = [Pair("all", c, float(total[c]), bounds.total.hours(c), float(total["ordered_h"])) for c in COLUMNS]
    for k, name in enumerate(missions["mission"]):
        ordered = float(missions["ordered_h"][k])
        found += [Pair(name, c, float(missions[c][k]), bounds.missions[name].hours(c), ordered) for c in COLUMNS]
    return found


def beaten(made: CompiledScenario, seed: int, replication: int) -> list[Pair]:
    """The times of a run that are below their bound: none, if model and bound are right."""
    bounds = strict_bound_h(made, seed, replication)
    return [p for p in pairs(bounds, simulate(made, seed, replication)) if p.run < p.bound]


@given(lively(), st.integers(0, 2**32), st.integers(0, 10_000))
@settings(deadline=None, derandomize=True, max_examples=15)
def test_no_run_beats_it_where_much_happens(data: dict[str, Any], seed: int, replication: int) -> None:
    """Any valid scenario, any draws: 50, 90 and 100 % of each mission and of all are out no sooner."""
    assert beaten(plan(data), seed, replication) == []


@given(scenarios())
@settings(deadline=None, derandomize=True, max_examples=10)
def test_no_run_beats_it(data: dict[str, Any]) -> None:
    """The same for scenarios in which not much happens: nobody ordered, nobody to move, no way out."""
    assert beaten(plan(data), 1, 0) == []


test_no_run_beats_it_often = often(test_no_run_beats_it, 20, scenarios())
test_no_run_beats_it_where_much_happens_often = often(
    test_no_run_beats_it_where_much_happens, 40, lively(), st.integers(0, 2**32), st.integers(0, 10_000)
)


@pytest.mark.parametrize("name", PARTS)
def test_parts_of_shipped_scenarios(name: str) -> None:
    """No replication beats it.  How close it is says nothing there: the crowd, which it leaves out, makes most of the time."""
    assert beaten(compile_scenario(load(FOLDER / name).scenario), 1, 0) == []


@pytest.mark.first(5)
@pytest.mark.parametrize("replications", [1, pytest.param(5, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios(name: str, replications: int) -> None:
    """No replication beats it, and in the middle it is at least 30 % of the time that a run takes from the order.

    Only finite times have a share: each of t50, t90 and t100, in total and by mission, is compared over the replications and
    missions in which it is finite.  Where the last never get out, as in the collapses, t100 in total has none; then t50 in total
    and the missions that do get out are what is left to compare.
    """
    made = compile_scenario(load(FOLDER / name).scenario)
    found: list[Pair] = []
    for k in range(replications):
        found += pairs(strict_bound_h(made, 1, k), simulate(made, 1, k))
    assert [p for p in found if p.run < p.bound] == []
    timed = [p for p in found if math.isfinite(p.run) and p.run > p.ordered]
    kinds = {(column, p.whose == "all") for column in COLUMNS for p in timed if p.column == column}
    for column, whole in sorted(kinds):
        shares = [p.share for p in timed if p.column == column and (p.whose == "all") == whole]
        assert np.median(shares) >= LEAST_SHARE, (column, "in total" if whole else "by mission", sorted(shares))


@pytest.mark.first(1)
@pytest.mark.parametrize("name", ["turkish-collapse.yaml", "saigon-1975.yaml"])
def test_no_replication_with_drawn_inputs_beats_the_bound_of_its_own_set(name: str) -> None:
    loaded = load(FOLDER / name)
    inputs = inputs_of(loaded.scenario)
    assert inputs is not None
    drawn = compile_any(UncertainScenario(loaded.scenario, inputs))
    bounds = []
    for k in (0, 1, 6):
        assert [p for p in pairs(strict_bound_h(drawn, 1, k), simulate(drawn, 1, k)) if p.run < p.bound] == []
        bounds.append(strict_bound_h(drawn, 1, k).total.hours("t50_h"))
    assert len(set(bounds)) == 3  # each with its own draws, the last with inputs of its own
    as_written = compile_scenario(loaded.scenario)
    assert strict_bound_h(as_written, 1, 0).total.hours("t50_h") != bounds[0]


def test_shares_rest_on_finite_times() -> None:
    """Half of all get out in the reference system and in the minimal example, so that times in total are among the shares."""
    for name in ("reference.yaml", "minimal.yaml"):
        made = compile_scenario(load(FOLDER / name).scenario)
        assert all(math.isfinite(float(simulate(made, 1, k).replication["t100_h"])) for k in range(2))


# -- it can fail -----------------------------------------------------------------------------------------------------


def busy(**sections: Any) -> dict[str, Any]:
    """120 people of one mission, ordered at the start."""
    cohort = {"people": 120, "group": 10, **sections.pop("cohort", {})}
    return {
        "clock": {"horizon": "20 d"},
        "missions": {"alpha": {"order": {"at": "start"}, "cohorts": {"staff": cohort}}},
        **sections,
    }


def more_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Gate.__init__

    def doubled(self: Gate, *args: Any) -> None:
        made(self, *args[:3], 2 * args[3], *args[4:])

    monkeypatch.setattr(Gate, "__init__", doubled)


def more_seats(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.model import aircraft

    made = aircraft.Fleet.__init__

    def roomier(self: Any, run: Any, plan: CompiledFleet, times: FleetTimes) -> None:
        made(self, run, plan, times)
        self.seats, self.surge = 2 * self.seats, 2 * self.surge

    monkeypatch.setattr(aircraft.Fleet, "__init__", roomier)


def vehicles_do_not_return(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(self: Road, groups: list[Any], name: str, drive: float) -> None:
        pool = self.pools[name]
        pool.free += len(groups)
        self._assign(pool)

    monkeypatch.setattr(Road, "_release_vehicles", at_once)


def nobody_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(self: Cohort, n: int) -> None:
        self.size, self.main = 10, n
        self._draw(-(-n // 10))
        for i in range(-(-n // 10)):
            self._ready(i)

    monkeypatch.setattr(Cohort, "_form", at_once)


def stands_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.model.airfield import Airfield

    made = Airfield.__init__

    def empty(self: Any, *args: Any) -> None:
        made(self, *args)
        self.order = []

    monkeypatch.setattr(Airfield, "__init__", empty)
    monkeypatch.setattr(Airfield, "used", lambda self, end: (0.0, 0.0))


def officers_work_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.model.officers import Officers

    monkeypatch.setattr(Officers, "_teams", lambda self: math.inf)


JET = {
    "types": {"jet": {"seats": 10, "load": "1 h"}},
    "fleets": {"air": {"aircraft": "jet", "outbound": "3 h", "inbound": "3 h"}},
}
PARKED = {
    "types": {"jet": {"seats": 10, "load": "1 h", "stand": "apron"}},
    "fleets": {"air": {"aircraft": "jet", "number": 12, "outbound": "3 h", "inbound": "3 h"}},
}
Breaks = Callable[[pytest.MonkeyPatch], None]
BROKEN: list[tuple[Breaks, dict[str, Any]]] = [
    (more_lanes, busy(airport={"gates": {"main": {"lanes": 1, "per_person": {"uniform": ["1 min/person", "2 min/person"]}}}})),
    (more_seats, busy(lift=JET)),
    (
        vehicles_do_not_return,
        busy(cohort={"vehicles": "cars"}, vehicles={"cars": {"seats": 10, "number": 2}}, road={"drive": "1 h"}),
    ),
    (nobody_packs, busy(cohort={"ready": {"lognormal": {"median": "12 h", "p90": "30 h"}}})),
    (stands_without_end, busy(lift=PARKED, airport={"airfield": {"stands": {"apron": {"number": 1}}}})),
    (officers_work_alone, busy(airport={"consular": {"officers": 2, "per_group": {"gamma": {"mean": "30 min", "cv": 0.5}}}})),
]


@pytest.mark.parametrize(("breaks", "data"), BROKEN, ids=lambda x: getattr(x, "__name__", ""))
def test_a_model_that_is_too_fast_beats_it(breaks: Breaks, data: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests above can fail: each of these faults makes a run quicker than the bound of its draws."""
    made = plan(data)
    assert beaten(made, 1, 0) == []
    breaks(monkeypatch)
    assert any(p.whose == "all" and p.column == "t100_h" for p in beaten(made, 1, 0))

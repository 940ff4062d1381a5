"""Orders of one scenario in the world of another: the same moments, never where never, and nothing of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.model.columns import Coded
from sim.model.compiled.scenario import CompiledScenario
from sim.model.given import GivenOrders, OrderedAs, compile_pair, orders_in, simulate_as
from sim.model.records import Records, make_records
from sim.model.world import World
from sim.scenario import loads
from tests.model.helpers import INF, check_census, check_records, plan, shipped
from tests.strategies import lively, often, scenarios

FOLDER = Path(__file__).parents[2] / "scenarios"
TABLES = ("cohorts", "missions", "replication", "timeline", "stages")


def finished(made: CompiledScenario, seed: int = 1, replication: int = 0, orders: GivenOrders | None = None) -> World:
    world = World(made, seed, replication, orders)
    world.simulate()
    return world


def _array(column: Any) -> NDArray[Any]:
    return np.asarray(list(column) if isinstance(column, Coded) else column)


def same(a: Records, b: Records) -> list[str]:
    """Columns in which two replications differ."""
    found = []
    for table in TABLES:
        one, other = getattr(a, table), getattr(b, table)
        assert list(one) == list(other)
        found += [f"{table}.{name}" for name in one if not np.array_equal(_array(one[name]), _array(other[name]))]
    return found


def against_itself(made: CompiledScenario, seed: int = 1, replication: int = 0) -> list[str]:
    """What differs in a scenario whose orders are given as it gives them."""
    base = finished(made, seed, replication)
    other = finished(made, seed, replication, orders_in(base))
    check_census(other)
    records = make_records(other)
    check_records(other, records)
    return same(make_records(base), records)


MORE = {f"{who}-{threat}" for who in ("turkish", "none", "coalition") for threat in ("holding", "advancing", "collapse")}
MORE -= {"turkish-collapse", "coalition-advancing", "none-holding"}
"""Of the nine of September those that are left to the thorough run."""


@pytest.mark.first(3)
@pytest.mark.parametrize(
    "name", [pytest.param(p.stem, marks=pytest.mark.slow if p.stem in MORE else ()) for p in sorted(FOLDER.glob("*.yaml"))]
)
def test_a_shipped_scenario_under_its_own_orders_is_itself(name: str) -> None:
    """Every number of every table."""
    assert against_itself(plan(shipped(name).scenario), 1, 3) == []


@given(st.one_of(lively(), scenarios()), st.integers(0, 2**32))
@settings(deadline=None, derandomize=True, max_examples=15)
def test_any_scenario_under_its_own_orders_is_itself(data: dict[str, Any], seed: int) -> None:
    assert against_itself(plan(data), seed) == []


test_any_scenario_under_its_own_orders_is_itself_often = often(
    test_any_scenario_under_its_own_orders_is_itself, 40, st.one_of(lively(), scenarios()), st.integers(0, 2**32)
)


TWO = """
clock: {{horizon: 20 d}}
threat: {{start: threatened, fallen: fallen, timeline: [{{at: 30 h, level: contested}}]}}
road: {{drive: {drive}}}
security:
  absence_known: 10 d
  reactions: {{share: {share}, decides: 4 d, goes: 1 d}}
  phases: [{{begins: start, provider: none}}]
missions:
  a:
    reaction: {{tier: 1}}
    order: {{at: {at}}}
    cohorts: {{core: 10, local: {{people: 20, order: {{when: threat >= {level}}}}}}}
  b: {{order: {{when: gone a, delay: 3 h}}, cohorts: {{core: 10}}}}
"""


def two(drive: str = "1 h", share: float = 0, at: str = "5 h", level: str = "contested") -> Any:
    return loads(TWO.format(drive=drive, share=share, at=at, level=level)).scenario


def ordered(records: Records) -> dict[str, float]:
    table = records.cohorts
    names = [f"{m}/{c}" for m, c in zip(table["mission"], table["cohort"], strict=True)]
    return {n: float(h) for n, h in zip(names, table["ordered_h"], strict=True)}


def test_the_orders_of_the_base_and_the_way_of_the_other() -> None:
    """In the other b would follow at 5 + 6 + 3 h, and a's local staff never go: under the base's orders 9 and 30 h."""
    base, other = two(), two(drive="6 h", at="7 h", level="fallen")
    pair = compile_pair(OrderedAs(other, base))
    records = simulate_as(pair, 1, 0)
    assert ordered(records) == {"a/core": 5, "a/local": 30, "b/core": 5 + 3}
    assert records.replication["t100_h"] == 36
    alone = make_records(finished(plan(other)))
    assert ordered(alone) == {"a/core": 7, "a/local": INF, "b/core": 7 + 3}


def test_never_where_the_base_never_did() -> None:
    records = simulate_as(compile_pair(OrderedAs(two(), two(level="fallen"))), 1, 0)
    assert ordered(records) == {"a/core": 5, "a/local": INF, "b/core": 8}
    assert records.replication["never_ordered"] == 20


def test_out_before_where_the_base_was_and_not_where_it_was_not() -> None:
    """Reactions of the base count, those of the other don't."""
    left = simulate_as(compile_pair(OrderedAs(two(), two(share=1))), 1, 0)
    assert ordered(left) == {"a/core": 0, "a/local": 0, "b/core": 3}
    assert (left.replication["out_before"], left.replication["evacuated"]) == (30, 40)
    stayed = simulate_as(compile_pair(OrderedAs(two(share=1), two())), 1, 0)
    assert ordered(stayed) == {"a/core": 5, "a/local": 30, "b/core": 8}
    assert stayed.replication["out_before"] == 0


def test_it_is_a_function_of_the_pair_the_seed_and_the_replication() -> None:
    pair = OrderedAs(shipped("turkish-collapse").scenario, shipped("none-collapse").scenario)
    one, other = compile_pair(pair), compile_pair(pair)
    late = simulate_as(one, 1, 2)
    assert same(late, simulate_as(other, 1, 2)) == []
    simulate_as(one, 1, 0)
    assert same(late, simulate_as(one, 1, 2)) == []
    base = make_records(finished(one.base, 1, 2))
    assert ordered(base) == ordered(late), "whoever was ordered in the base was when it was"


LEFT_BEFORE = """
clock: {{horizon: 10 d}}
road: {{drive: 1 h}}
security:
  absence_known: 100 h
  reactions: {{share: 50%, decides: 1 h, goes: 1 h}}
  phases: [{{begins: start, provider: none}}]
missions:
  a: {{{a} cohorts: {{c: 60}}}}
  b: {{reaction: {{tier: never}}, order: {{at: 5 h}}, cohorts: {{c: 60}}}}
"""


def with_a(a: str) -> Any:
    return loads(LEFT_BEFORE.format(a=a)).scenario


def test_who_was_out_before_without_an_order_of_its_own_ends_no_run() -> None:
    """a was gone before the start: b is ordered at 5 h and out at 6 h."""
    scenario = with_a("reaction: {tier: 1},")
    r = simulate_as(compile_pair(OrderedAs(scenario, scenario)), 1, 0).replication
    assert (r["end_h"], r["out_before"], r["evacuated"]) == (6, 60, 120)


def test_who_has_an_order_in_the_base_alone_ends_no_run() -> None:
    """The scenario itself would not wait for a, which is out at 1 h; b is out at 6 h."""
    r = simulate_as(compile_pair(OrderedAs(with_a(""), with_a("order: {at: start},"))), 1, 0).replication
    assert (r["end_h"], r["evacuated"]) == (6, 120)

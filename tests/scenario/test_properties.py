"""Any valid scenario loads and means the same however it is written; any damaged one is refused with a position."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import ScenarioError, describe, estimate, from_data, impossible, loads
from sim.scenario.canonical import emit
from tests.strategies import damage, in_rounds, scenarios


def reordered(data: Any) -> Any:
    """Plain data with the keys of every mapping in the opposite order."""
    if isinstance(data, dict):
        return {key: reordered(data[key]) for key in reversed(data)}
    return [reordered(item) for item in data] if isinstance(data, list) else data


def in_order(data: Any, indent: str = "") -> str:
    """Plain data as YAML in flow style, its keys in their own order."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key}: {in_order(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(in_order, data)) + "]"
    return emit({"x": data}).removeprefix("x: ").strip()


@in_rounds
@given(scenarios())
@settings(deadline=None, max_examples=30)
def test_valid_scenarios_load(number: int, data: Any) -> None:
    loaded = from_data(data)
    assert set(loaded.scenario.missions) == set(data["missions"])
    assert estimate(loaded.scenario).excess is None
    assert all(row.path for row in describe(loaded.scenario, defaults=True))
    assert all(isinstance(reason, str) for reason in impossible(loaded.scenario))


@in_rounds
@given(scenarios())
@settings(deadline=None, max_examples=15)
def test_canonical_text_is_the_same_scenario(number: int, data: Any) -> None:
    loaded = from_data(data)
    again = loads(loaded.canonical, "scenario.yaml")
    assert again.scenario == loaded.scenario
    assert (again.canonical, again.digest_text) == (loaded.canonical, loaded.digest_text)


@in_rounds
@given(scenarios())
@settings(deadline=None, max_examples=15)
def test_order_of_keys_and_style_change_nothing(number: int, data: Any) -> None:
    loaded, other = from_data(data), loads(in_order(reordered(data)), "scenario.yaml")
    assert other.scenario == loaded.scenario
    assert (other.canonical, other.digest_text) == (loaded.canonical, loaded.digest_text)


@in_rounds
@given(st.data())
@settings(deadline=None, max_examples=50)
def test_damage_is_refused_with_a_position(number: int, pick: st.DataObject) -> None:
    what, path, data = pick.draw(scenarios().flatmap(damage))
    text = emit(data)
    with pytest.raises(ScenarioError) as refused:
        loads(text, "mine.yaml")
    lines = text.splitlines()
    assert refused.value.faults
    for fault in refused.value.faults:
        assert fault.file == "mine.yaml"
        assert 1 <= fault.line <= len(lines)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1
        assert str(fault).startswith(f"mine.yaml:{fault.line}:{fault.column}: ")
    places = [fault.path for fault in refused.value.faults]
    spot = ".".join(map(str, path[:2]))
    assert any(place.startswith(spot) for place in places), (what, path, places)

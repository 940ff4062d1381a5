"""Places beside Kabul: made from inputs alone on the shared file, and their story holds in structure, whatever comes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim.model import compile_scenario, simulate
from sim.scenario import Scenario, load
from tests.docs.test_shipped_scenarios import PLACES, quantities

FOLDER = Path(__file__).parents[2] / "scenarios"
SEEDS = range(3)


@cache
def scenario(name: str) -> Scenario:
    return load(FOLDER / f"{name}.yaml").scenario


def with_settings(name: str, *settings: str) -> Scenario:
    return load(FOLDER / f"{name}.yaml", settings).scenario


def hour(name: str, local: str) -> float:
    """Hours from the start of the clock to a local date and time."""
    return (datetime.fromisoformat(local) - scenario(name).clock.start.when) / timedelta(hours=1)


@cache
def timeline(name: str, k: int) -> dict[str, Any]:
    return {column: np.asarray(values) for column, values in simulate(compile_scenario(scenario(name)), 1, k).timeline.items()}


# -- inputs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLACES)
def test_every_number_has_a_source_and_a_grade_and_lies_in_its_range(name: str) -> None:
    written = [(path, q) for path, q in quantities(scenario(name)) if q.text is not None]
    assert len(written) > 80
    assert [path for path, q in written if q.evidence is None or not q.source] == []
    ranged = [(p, q) for p, q in written if q.is_constant and q.low is not None and q.high is not None]
    assert [p for p, q in ranged if not q.low <= q.value <= q.high] == []


def leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every value of a file that isn't about where a number comes from, with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("source", "evidence", "note", "title"):
                yield from leaves(inner, (*path, str(key)))
    else:
        yield path, value


@pytest.mark.parametrize("name", PLACES)
def test_it_extends_the_shared_file_and_changes_nothing_of_it(name: str) -> None:
    own, shared = (yaml.safe_load((FOLDER / f"{file}.yaml").read_text("utf-8")) for file in (name, "base/shared"))
    assert own["extends"] == "base/shared.yaml"
    there = dict(leaves(shared))
    assert len(there) > 50
    written = [path for path, value in leaves(own) if value is not None]  # null leaves out what there is no place for
    changed = [path for path in written if any(path[: len(s)] == s or s[: len(path)] == path for s in there)]
    assert changed == []


# -- Khartoum ----------------------------------------------------------------------------------------------------------

KHARTOUM = "khartoum-2023"
OPEN, SHUT = "2023-04-22 23:00", "2023-04-29 22:00"


def test_khartoum_has_no_scheduled_flight_and_no_second_field() -> None:
    """The main airport is closed from the first day: nothing of it is in the scenario."""
    lift = scenario(KHARTOUM).lift
    assert lift is not None
    assert not lift.commercial
    assert all(fleet.serves and fleet.hubs for fleet in lift.fleets.values())


@pytest.mark.parametrize("k", SEEDS)
def test_nobody_leaves_khartoum_but_while_the_field_is_open(k: int) -> None:
    out = timeline(KHARTOUM, k)["stage_out"]
    opened, shut = (int(hour(KHARTOUM, moment)) for moment in (OPEN, SHUT))
    assert out[opened] == 0
    assert out[-1] > 0
    assert out[-1] == out[min(shut + 2, len(out) - 1)]  # what stood on the field may take off


def test_nobody_leaves_khartoum_by_a_field_that_nobody_runs() -> None:
    """But the American embassy, which is fetched by helicopter."""
    assert set(evacuated(with_settings(KHARTOUM, "security.phases=[{begins: start, provider: none}]"))) == {"united-states"}


def test_nobody_sets_out_in_khartoum_without_a_truce() -> None:
    windows = [f"road.windows.{name}.lasts=0 h" for name in scenario(KHARTOUM).road.windows]
    assert set(evacuated(with_settings(KHARTOUM, *windows))) == {"united-states"}


def evacuated(s: Scenario) -> dict[str, int]:
    """Missions of which anybody is out, with how many."""
    rows = simulate(compile_scenario(s), 1, 0).missions
    return {str(m): int(n) for m, n in zip(rows["mission"], rows["evacuated"], strict=True) if n}


def test_who_comes_alone_waits_for_the_call() -> None:
    rows = simulate(compile_scenario(scenario(KHARTOUM)), 1, 0).cohorts
    ordered = {(m, c): float(h) for m, c, h in zip(rows["mission"], rows["cohort"], rows["ordered_h"], strict=True)}
    assert ordered["united-kingdom", "embassy"] < ordered["germany", "nationals"] < ordered["united-kingdom", "nationals"]
    assert ordered["united-kingdom", "nationals"] >= hour(KHARTOUM, "2023-04-25 00:00")


def test_the_field_changes_hands_without_a_gap() -> None:
    phases = [(str(p.begins.date.when if p.begins.date else ""), p.provider) for p in scenario(KHARTOUM).security.phases]
    assert [who for _, who in phases] == ["none", "french", "german", "british", "none"]
    assert phases[1][0].startswith(OPEN)
    assert phases[-1][0].startswith(SHUT)


# -- Saigon ------------------------------------------------------------------------------------------------------------

SAIGON = "saigon-1975"
FIRST, DARK = "1975-04-29 15:06", "1975-04-29 18:30"


def test_saigon_has_no_aircraft_but_helicopters() -> None:
    s = scenario(SAIGON)
    assert s.lift is None or not (s.lift.fleets or s.lift.commercial)
    assert s.airport.airfield is None
    assert not s.airport.gates
    assert all(h.enters == "out" for h in s.shuttles.values())


@pytest.mark.parametrize("k", SEEDS)
def test_helicopters_fly_to_both_places_by_day_and_by_night_and_not_before_the_first_wave(k: int) -> None:
    table = timeline(SAIGON, k)
    first, dark = hour(SAIGON, FIRST), hour(SAIGON, DARK)
    for place in ("dao", "embassy"):
        landed = np.flatnonzero(table[f"flights_{place}"])  # the hour that ends at the mark
        assert landed[0] >= first
        assert landed[0] < dark < landed[-1]
    both = (table["flights_dao"] > 0) & (table["flights_embassy"] > 0)
    assert both.sum() > 3


@pytest.mark.parametrize("k", SEEDS)
def test_marines_are_first_in_and_last_out(k: int) -> None:
    assert scenario(SAIGON).places["dao"].guards is not None
    rows = simulate(compile_scenario(scenario(SAIGON)), 1, k).missions
    last = {str(m): float(h) for m, h in zip(rows["mission"], rows["t100_h"], strict=True)}
    assert last["defense-attache-office"] < last["marines"]
    table = timeline(SAIGON, k)
    assert np.flatnonzero(table["flown_marines"])[0] >= np.flatnonzero(table["flown_dao"])[-1]


def test_after_the_end_that_was_ordered_only_americans_and_marines_are_fetched() -> None:
    """With the end put so early that people wait: who is no American is left, all others get out."""
    ended = [n for n, h in scenario(SAIGON).shuttles.items() if h.until is not None]
    assert ended == ["dao-ch-53", "dao-ch-46", "courtyard-ch-53", "roof-ch-46"]
    early = with_settings(
        SAIGON, *(f"shuttles.{n}.until=1975-04-29 17:00" for n in ended), "missions.marines.order.at=1975-04-29 23:00"
    )
    rows = simulate(compile_scenario(early), 1, 0).cohorts
    left = {
        f"{m}/{c}": int(rows["staff"][i] - rows["evacuated"][i])
        for i, (m, c) in enumerate(zip(rows["mission"], rows["cohort"], strict=True))
    }
    assert {who for who, many in left.items() if many} == {"defense-attache-office/city", "embassy/others"}

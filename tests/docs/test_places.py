"""Places beside Kabul: made from inputs alone on the shared file, and their story holds in structure; no number that comes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim.model import compile_plan, simulate
from sim.scenario import Scenario, load
from tests.docs.test_shipped_scenarios import quantities

FOLDER = Path(__file__).parents[2] / "scenarios"
PLACES = ("khartoum-2023",)
SEEDS = range(3)
DONE_BY = {"khartoum-2023": "2023-04-29 22:00"}


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
    return {column: np.asarray(values) for column, values in simulate(compile_plan(scenario(name)), 1, k).timeline.items()}


# -- inputs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLACES)
def test_every_number_has_a_source_and_a_grade_and_lies_in_its_range(name: str) -> None:
    written = [(path, q) for path, q in quantities(scenario(name)) if q.text is not None]
    assert len(written) > 100
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
    changed = [path for path, _ in leaves(own) if any(path[: len(s)] == s or s[: len(path)] == path for s in there)]
    assert changed == []


@pytest.mark.parametrize("name", PLACES)
def test_one_replication_conserves_people(name: str) -> None:
    rows = simulate(compile_plan(scenario(name)), 1, 0).missions
    for i, mission in enumerate(rows["mission"]):
        assert sum(int(rows[end][i]) for end in ("evacuated", "staying", "stranded", "unfinished")) == int(rows["staff"][i]), mission


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
    never = with_settings(KHARTOUM, "security.phases=[{begins: start, provider: none}]")
    assert simulate(compile_plan(never), 1, 0).replication["evacuated"] == 0


def test_who_comes_alone_waits_for_the_call() -> None:
    rows = simulate(compile_plan(scenario(KHARTOUM)), 1, 0).cohorts
    ordered = {(m, c): float(h) for m, c, h in zip(rows["mission"], rows["cohort"], rows["ordered_h"], strict=True)}
    assert ordered["united-kingdom", "embassy"] < ordered["germany", "nationals"] < ordered["united-kingdom", "nationals"]
    assert ordered["united-kingdom", "nationals"] >= hour(KHARTOUM, "2023-04-25 00:00")


def test_the_field_changes_hands_without_a_gap() -> None:
    phases = [(str(p.begins.date.when if p.begins.date else ""), p.provider) for p in scenario(KHARTOUM).security.phases]
    assert [who for _, who in phases] == ["none", "french", "german", "british", "none"]
    assert phases[1][0].startswith(OPEN)
    assert phases[-1][0].startswith(SHUT)

"""Which input comes first is said only where it can be told from the second, over sets of inputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.analysis.measure import Samples, parse
from sim.studies.sensitivity.leading import mark, swings

LEFT, P50 = (parse(f"total.{name}", []) for name in ("left_behind", "p50"))
RNG = np.random.default_rng(3)
BASE = RNG.gamma(2, 20, 120)


def of(values: Any, per_set: int = 1, first: int = 0) -> Samples:
    k = np.arange(first, first + len(values))
    return Samples(k, k // per_set, np.asarray(values, dtype=np.float64), 1000.0)


def row(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "distinct": True, "turns": False} | more


@pytest.mark.parametrize("measure", [LEFT, P50])
def test_a_swing_of_constant_shifts_is_their_sum_in_every_draw(measure: Any) -> None:
    """3 less at one end, 4 more at the other; both on one side: from the base to the farther."""
    assert swings(measure, of(BASE), of(BASE - 3), of(BASE + 4)) == pytest.approx(7)
    assert swings(measure, of(BASE), of(BASE + 3), of(BASE + 4)) == pytest.approx(4)


def test_draws_are_of_whole_sets() -> None:
    """Half of the sets differ by 10: as 60 pairs of 120, or 6 of 12 sets of ten, whose mean varies more."""
    change = np.where(np.arange(120) // 10 % 2, 10.0, 0.0)
    single, sets = (swings(LEFT, of(BASE, m), of(BASE, m), of(BASE + change, m)) for m in (1, 10))
    assert single.mean() == pytest.approx(5, abs=0.1)
    assert single.std() == pytest.approx(5 / math.sqrt(121), rel=0.1)
    assert sets.std() == pytest.approx(5 / math.sqrt(13), rel=0.1)


def test_an_infinite_time_has_no_swing_and_a_missing_replication_no_say() -> None:
    never = np.where(np.arange(120) < 100, math.inf, BASE)
    assert np.isnan(swings(P50, of(BASE), of(BASE), of(never))).all()
    assert swings(LEFT, of(BASE), of(BASE), of(BASE[5:] + 4, first=5)) == pytest.approx(4)


def test_the_first_leads_where_it_is_larger_in_nearly_every_draw() -> None:
    a, b = np.full(1000, 3.0), np.full(1000, 2.0)
    close = np.where(np.arange(1000) < 30, 4.0, 2.0)  # larger in 3 % of the draws
    for drawn, leads in ((b, True), (close, False), (a, False), (None, False), (np.full(1000, np.nan), False)):
        rows = [row("x", distinct=False), row("a"), row("b")]
        mark(rows, {"a": a, "b": drawn})
        assert [r["leads"] for r in rows] == [None, leads, None]
    alone = [row("a"), row("x", distinct=False)]
    mark(alone, {})
    assert alone[0]["leads"]


def test_between_a_time_and_never_nothing_is_measured() -> None:
    for first, second, leads in ((True, False, True), (True, True, False)):
        rows = [row("a", turns=first), row("b", turns=second)]
        mark(rows, {"b": np.ones(10)})
        assert rows[0]["leads"] is leads
    unsure = [row("a", turns=True, distinct=False), row("b")]
    mark(unsure, {"b": np.ones(10)})
    assert unsure[0]["leads"] is False


def test_of_inputs_alike_one_leads_in_few_studies() -> None:
    """Two inputs with the same effect on average, 200 studies of 40 sets: 5 % lead; more than 20 have a chance under 1 %."""
    rng, leading = np.random.default_rng(4), 0
    for _ in range(200):
        base = rng.gamma(2, 20, 40)
        drawn = {name: swings(LEFT, of(base), of(base), of(base + rng.gamma(2, 5, 40))) for name in "ab"}
        rows = sorted((row(name) for name in "ab"), key=lambda r: -float(np.median(drawn[r["name"]])))
        mark(rows, drawn)
        leading += bool(rows[0]["leads"])
    assert leading <= 20

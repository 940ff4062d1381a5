"""One mission's row at every width: nothing is cut, an interval stands below its number."""

from __future__ import annotations

import io
from math import inf
from typing import Any

import pytest
from rich.console import Console

from sim.analysis.compare import differences
from sim.analysis.mission import narrowed, narrowed_difference
from sim.analysis.summary import summarise
from sim.present.mission_table import difference_rows, rests_on, run_rows, scenario_rows
from tests.analysis.synthetic import Fake, result, row

LONG = "united-nations-unama-and-agencies-abroad"
"""As long as a name may be."""
ROWS = [row(staff=4200, ordered=130.0 + k, t50=300 + k, t100=700 + k) for k in range(60)]
ROWS += [row(staff=4200, ordered=190.0, t50=310, t100=inf, stranded=1204)] * 60
"""Every other one is never out, so that the median's interval reaches to never."""


def made(name: str = "turkish-collapse", mission: str = LONG, rows: list[dict[str, Any]] = ROWS, **more: Any) -> Fake:
    fake: Fake = result({mission: rows}, name=name, **more)  # type: ignore[no-untyped-call]
    return fake


def summary(fake: Fake, mission: str = LONG) -> dict[str, Any]:
    return narrowed(summarise(fake, by="cohort"), mission, fake)


def lines(table: Any, width: int) -> list[str]:
    page = io.StringIO()
    Console(file=page, width=width, markup=False, highlight=False).print(table)
    return page.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 100, 160])
def test_nothing_is_cut(width: int) -> None:
    one, other = made(), made("a-provider-with-a-long-name-under-threat")
    difference = narrowed_difference(differences(one, other), LONG)
    for table in (
        run_rows(summary(one), width),
        scenario_rows([summary(one), summary(other)], width),
        difference_rows([difference], width),
    ):
        shown = lines(table, width)
        assert all(len(line) <= width for line in shown)
        text = "".join(shown)
        assert "…" not in text
    names = "".join(line[:13].strip() for line in lines(run_rows(summary(one), 80), 80))
    assert LONG in names


@pytest.mark.parametrize("width", [80, 160])
def test_the_interval_stands_below_its_number(width: int) -> None:
    shown = lines(run_rows(summary(made(mission="a"), "a"), width), width)
    at = next(k for k, line in enumerate(shown) if line.startswith("a "))
    assert "50 %" in shown[at]
    assert "41\u201359 %" in shown[at + 1]
    assert "never" in "".join(shown[at + 1 : at + 3])


def test_who_has_nobody_to_move_has_no_row() -> None:
    stays = made(mission="a", rows=[row(staying=10, ordered=inf, t100=0.5)] * 3)
    assert run_rows(summary(stays, "a")) is None
    assert run_rows(summary(stays, "b")) is None
    assert difference_rows([narrowed_difference(differences(stays, stays), "b")]) is None


def test_a_failure_is_named_below() -> None:
    failed = summary(made(mission="a", rows=[row()] * 3, n=4, failed=[(3, "gate", "x")]), "a")
    assert rests_on([failed]) == "3 replications, seed 1. NOT FINAL: 1 replication failed."

"""People out before the start: counted as out, left out of the times from the order, and named wherever an answer is."""

# ruff: noqa: E501 - sentences as they are shown

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from sim import api
from sim.analysis.as_json import as_json
from sim.analysis.found import Entry
from sim.analysis.outcomes import of_all, of_cohorts, of_missions
from sim.analysis.statistics import order_statistic
from sim.analysis.summary import _with_before
from sim.analysis.words import out_before
from sim.present import cells
from sim.present.terminal import compare_table, matrix_table, run_table
from sim.scenario import Loaded, loads
from tests.analysis.filled import filled

SOURCE = """
title: Two of three
clock: {start: 2021-09-12 06:00, horizon: 10 d}
road: {drive: 2 h}
security:
  absence_known: 30 d
  reactions: {share: %s, decides: {uniform: [0 d, 60 d]}, goes: 0 d}
  phases: [{begins: start, provider: none}]
missions:
  big: {reaction: {tier: 1}, order: {at: 4 h}, cohorts: {core: 100, local: {people: 60, order: {at: 8 h}}}}
  small: {reaction: {tier: never}, order: {at: 6 h}, cohorts: {core: 40}}
"""


def text_of(part: Any, width: int = 100) -> str:
    """What a terminal shows, its lines joined."""
    out = io.StringIO()
    Console(file=out, width=width, markup=False, emoji=False, highlight=False).print(part)
    return " ".join(out.getvalue().split())


def loaded(share: float, name: str = "x") -> Loaded:
    return loads(SOURCE % share, f"{name}.yaml")


def ran(folder: Path, share: float, n: int = 40, name: str = "x") -> api.Study:
    return api.run(loaded(share, name), n=n, out=folder, jobs=1, plots=False)


def test_outcomes(tmp_path: Path) -> None:
    """About half of the replications have the big mission out before: there it has no time from the order, and is out at 0."""
    study = ran(tmp_path, 0.5)
    big, total = of_missions(study.result)["big"], of_all(study.result)
    gone = big.out_before > 0
    assert 10 < gone.sum() < 30
    assert set(big.out_before[gone]) == {160}
    assert np.isnan(big.time_h[gone]).all()
    assert set(big.out_h[gone]) == {0}
    assert np.array_equal(big.timed, ~gone)
    assert big.dated.all()
    assert set(big.time_h[~gone]) <= {6.0, 2.0}  # by its orders at 4 and 8 h, or as a whole when it decides before
    assert np.array_equal(total.out_before, np.where(gone, 160, 0))
    assert set(total.time_h[gone]) == {2.0}, "the small one from its own order"
    assert set(total.out_h[gone]) == {8.0}
    assert [set(c.out_before[gone]) for c in of_cohorts(study.result)["big"].values()] == [{100}, {60}]
    assert study.missions["out_before"].dtype == study.cohorts["out_before"].dtype == pl.Boolean


def test_summary_headline_and_table_name_them(tmp_path: Path) -> None:
    study = ran(tmp_path, 0.5)
    said = study.found.total.out_before
    share = float((of_all(study.result).out_before > 0).mean())
    assert as_json(said) == {"people": pytest.approx(160 * share), "share": pytest.approx(share), "missions": ["big"]}
    assert study.found.missions["big"].timed == round(40 * (1 - share))
    assert f"On average {160 * share:.0f} of 200 people to be moved had gone before the start: big." in study.headline
    text = text_of(run_table(study.found, 100))
    assert (
        f"Out before the start, so in no time from the order: {160 * share:.0f} of 200 people to be moved, on average (big {160 * share:.0f})."
        in text
    )


def test_nobody_out_before_is_not_named(tmp_path: Path) -> None:
    study = ran(tmp_path, 0)
    assert as_json(study.found.total.out_before) == {"people": 0, "share": 0, "missions": []}
    assert "before the start" not in study.headline + text_of(run_table(study.found, 100))


def test_everybody_out_before(tmp_path: Path) -> None:
    text = SOURCE % 1 + "  third: {reaction: {tier: 2}, cohorts: {core: 5}}\n"
    alone = loads(text, "x.yaml", ("missions.small=null", "security.reactions.decides=1 d"))
    study = api.run(alone, n=8, out=tmp_path, jobs=1, plots=True)
    total = study.found.total
    assert (total.timed, total.p_all_out.estimate, total.p50_h, total.out_p50_h) == (0, 1, None, 0)
    assert (
        "after the start no mission is ordered out; nobody is left behind. 165 of 165 people to be moved had gone before the start"
        in study.headline
    )
    assert study.found.ends["out"] == 8
    assert "165 of 165 people" in text_of(run_table(study.found, 80))


def test_differences(tmp_path: Path) -> None:
    """The same missions with and without reactions: out earlier by the calendar where the big one was out before."""
    found = api.compare(loaded(0, "held"), loaded(0.5, "open"), n=40, out=tmp_path, jobs=1, plots=False)
    (difference,) = found.found.differences
    mean = difference.total.out_before.other
    assert difference.total.out_before.base == 0
    assert difference.total.out_before.difference == mean > 0
    assert as_json(difference.out_before_missions) == {"base": [], "other": ["big"]}
    assert difference.missions["big"].hours_within_horizon.pairs == 40
    assert difference.missions["big"].earlier >= mean / 160
    assert difference.missions["small"].equal == 1
    text = text_of(compare_table(difference, 100))
    assert f"Out before the start (people, on average): 0 in base; {mean:.0f} in other (big)." in text


def test_a_cell_of_the_matrix_says_it(tmp_path: Path) -> None:
    names = ("a-x", "a-y", "b-x", "b-y")
    found = api.compare(*(loaded(0.5 if n > "b" else 0, n) for n in names), n=20, out=tmp_path, jobs=1, plots=False)
    text = text_of(matrix_table(found.found.matrix, 100))
    assert text.count("out before") == 2


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"to_move": 460, "out_before": {"people": 380.0, "share": 1.0, "missions": ["a"]}}, "380 of 460 people to be moved had gone before the start: a"),
        ({"to_move": 460, "out_before": {"people": 38.04, "share": 0.1, "missions": []}}, "on average 38 of 460 people to be moved had gone before the start"),
        ({"staff": 460, "out_before": {"people": 0.0, "share": 0.0, "missions": []}}, ""),
        ({"staff": 460}, ""),
    ],
)  # fmt: skip
def test_words(entry: dict[str, Any], text: str) -> None:
    assert out_before(filled(Entry, **entry)) == text


@pytest.mark.parametrize(
    ("gone", "p50", "p90"),
    [(9, "before", "before"), (6, "before", "20 h"), (4, "20 h", "20 h"), (0, "20 h", "never")],
)
def test_quantiles_of_a_mission_are_over_those_too_in_which_it_was_out_before(gone: int, p50: str, p90: str) -> None:
    """Ten replications: out before the start in some, in the others 20 h after the order, stranded in two if nobody was gone."""
    stranded = 0 if gone else 2
    of_all = (
        {}
        if not gone
        else {
            name: _with_before(order_statistic(np.array([-np.inf] * gone + [20.0] * (10 - gone)), p))
            for name, p in (("p50", 0.5), ("p90", 0.9))
        }
    )
    never = {"p50_h": None, "p90_h": "stranded"}
    late = None if stranded else 20.0
    entry = filled(Entry, timed=10 - gone, p50_h=20.0, p90_h=late, never=never, of_all=of_all or None)
    assert [cells.time(entry, key, 100.0) for key in ("p50", "p90")] == [p50, p90]


def test_whoever_was_out_before_the_start_has_no_hour_in_a_comparison(tmp_path: Path) -> None:
    long_known = loads(SOURCE % 1, "open.yaml", ["security.absence_known=90 d"])
    found = api.compare(loaded(0, "held"), long_known, n=20, out=tmp_path, jobs=1, plots=False)
    text = text_of(compare_table(found.found.differences[0], 100))
    assert " big 10 h before " in text, text
    assert "before: out before the start." in text

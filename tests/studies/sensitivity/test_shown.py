"""Tables and pictures of sensitivity studies: whole at every width, deterministic, names shown as they are."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from rich.console import Console

from sim.analysis.factors import Factor, Member
from sim.analysis.measure import parse
from sim.analysis.study import Outcome, Proposal
from sim.present.style import styled
from sim.scenario.quantity import Quantity
from sim.studies.sensitivity.found import FoundSensitivity, sensitivity_json, sensitivity_of
from sim.studies.sensitivity.plot import draw, sensitivity_figure
from sim.studies.sensitivity.points import SensitivityCase
from sim.studies.sensitivity.query import METHODS
from sim.studies.sensitivity.study import Ask, study
from sim.studies.sensitivity.table import sensitivity_tables
from sim.studies.tables import WIDE, folded
from tests.analysis.synthetic import result, row
from tests.present.drawing import made

SIZES = {"missions.*.cohorts.families.people": 40.0, "airport.gates.*.per_person": 15.0, "road.$x_2$[red]": 0.0}
MEASURES = [parse(f"total.{name}", []) for name in ("left_behind", "p90", "restricted_time")]


def factor(name: str) -> Factor:
    path = name.replace("*", "a").replace("$x_2$[red]", "retry")
    return Factor(name, (Member(path, Quantity("constant", (1.0,)), "factor", 0.5, 2.0, True),))


def answered(proposal: Proposal, n: int) -> Outcome:
    """A made-up model: people left behind and hours grow with the factors; many people means never."""
    x = {s.path: float(s.text) for s in proposal.settings}
    rng = np.random.default_rng(5)
    left = 60.0 + 30 * proposal.scenario
    for name, size in SIZES.items():
        left += size * (x.get(factor(name).members[0].path, 1.0) - 1)
    rows = []
    for _ in range(n):
        noise = rng.normal()
        stays = int(max(left + 5 * noise, 0))
        never = x.get("missions.a.cohorts.families.people", 1.0) > 1.9 and noise > 0.5
        rows.append(row(staff=1000, ordered=0.0, t100=inf if never else 40 + left / 10 + noise, stranded=stays if never else 0))
    return Outcome(proposal, result({"embassy": rows}, name="x"))


def answer(method: str, scenarios: int = 1, n: int = 50, failing: str = "") -> FoundSensitivity:
    cases = [SensitivityCase(k, f"case-{k}", f"Case {k} with $x_2$ [red]", tuple(map(factor, SIZES))) for k in range(scenarios)]
    asking = study(cases, MEASURES if method == "tornado" else MEASURES[::2], Ask(method, n=n, trajectories=4, base=8))
    batch = next(asking)
    while True:
        made = [answered(p, n) for p in batch.proposals]
        made = [
            Outcome(o.proposal, error="all failed", failed=n)
            if failing and any(failing in str(s) for s in o.proposal.settings)
            else o
            for o in made
        ]
        try:
            batch = asking.send([batch.read(o) for o in made])
        except StopIteration as stop:
            return replace(stop.value, horizons_h={c.name: 720.0 for c in cases}, final=not failing)


def printed(found: FoundSensitivity, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, markup=False, emoji=False, highlight=False).print(sensitivity_tables(found, width))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("width", [80, 160])
def test_tables_fit_and_show_every_factor(method: str, width: int) -> None:
    lines = printed(answer(method, 2, n=20), width)
    assert all(len(line.rstrip()) <= width for line in lines)
    text = "\n".join(lines)
    assert "≈ road.$x_2$[red]" in text
    assert "All missions, families: people" in text
    assert ("missions.*.cohorts.families.people" in text) is (width >= WIDE)  # what --set takes
    assert "case-0" in text
    assert "case-1" in text


def test_never_is_said_in_words() -> None:
    found = answer("tornado")
    measured = found.results[0].measures["total.p90"]
    assert measured.factors[0].name == "missions.*.cohorts.families.people"
    assert measured.factors[0].turns
    assert "decides between a time and never" in measured.headline
    assert any("never" in line and "∞" in line for line in printed(found, 80))


@pytest.mark.parametrize("method", METHODS)
def test_pictures_are_made_and_twice_the_same(method: str, tmp_path: Path) -> None:
    found = answer(method, 2, n=50 if method == "tornado" else 8)
    plain = replace(found, measures=found.measures[:1])
    first = {p.name: p.read_bytes() for p in made(tmp_path, draw, plain)}
    assert set(first) == {f"{method}-total-left_behind.png"}
    assert first == {p.name: p.read_bytes() for p in made(tmp_path, draw, plain)}


@pytest.mark.parametrize("method", METHODS)
def test_points_that_failed_are_shown_as_such(method: str) -> None:
    found = answer(method, n=12, failing="road.retry=")
    assert any("NOT FINAL" in line for line in printed(found, 80))
    with styled():
        figure = sensitivity_figure(found, "total.left_behind")
        figure.draw_without_rendering()
    words = [text.get_text() for axis in figure.axes for text in axis.texts]
    expected = {
        "tornado": "a point failed",
        "morris": "no point has a value",
        "sobol": "no index: nothing but noise, or no variation",
    }
    assert expected[method] in words


def test_a_factor_of_one_scenario_only_is_absent_from_the_other() -> None:
    found = answer("morris", 2, n=8)
    found.results[1].measures["total.left_behind"].factors.pop(0)
    with styled():
        figure = sensitivity_figure(found, "total.left_behind")
        figure.draw_without_rendering()
    assert "not in this scenario" in [text.get_text() for text in figure.axes[1].texts]
    assert any(line.rstrip().endswith("–") for line in printed(found, 100))


def test_paths_are_broken_before_a_dot_and_not_cut() -> None:
    assert folded("missions.*.cohorts.families.people", 16).split("\n") == ["missions.*", ".cohorts", ".families.people"]
    assert folded("road.speed", 16) == "road.speed"
    assert folded("a-part-that-is-long.b", 8) == "a-part-that-is-long\n.b"


def test_a_long_name_of_a_factor_is_whole_in_the_picture() -> None:
    found = answer("tornado")
    name = "United Nations and all of its agencies and programmes, families: time from the trigger to the order"
    found = replace(found, factors=[replace(found.factors[0], label=name), *found.factors[1:]])
    with styled():
        figure = sensitivity_figure(found, "total.left_behind")
    texts = [" ".join(text.get_text().split()).removeprefix("≈ ") for text in figure.axes[0].texts]
    assert name in texts
    assert not any("…" in text for text in texts)


def test_the_mark_of_the_noise_floor_is_called_what_it_looks_like() -> None:
    with styled():
        texts = [t.get_text() for t in sensitivity_figure(answer("morris"), "total.left_behind").findobj(Text)]
    assert any("orange mark" in " ".join(text.split()) for text in texts)
    assert not any("red mark" in " ".join(text.split()) for text in texts)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_stored_is_read_as_it_was(method: str) -> None:
    plain = sensitivity_json(answer(method, 2, n=8, failing="road.retry="))
    assert sensitivity_json(sensitivity_of(json.loads(json.dumps(plain)))) == plain

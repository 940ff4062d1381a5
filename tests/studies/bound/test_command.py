"""``evacsim bound``: the sentence, the tables at both widths, one JSON object, and 0 for a plan that can't work."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sim.analysis.bounds.planning import Bound, MissionBound, PaceSpan, planning_bound
from sim.cli import main
from sim.scenario import load
from sim.studies.bound.table import bound_tables, in_a_sentence

SMALL = """\
title: "[/red] one gate"
airport: {gates: {main: {lanes: 1, per_person: 2 min/person}}}
missions: {alpha: {cohorts: {core: {people: 60, group: 1}}, order: {at: 2 h}}}
"""
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def evacsim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)

    def command(*argv: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(list(argv))
        shown = capsys.readouterr()
        return int(str(left.value.code)), shown.out, shown.err

    return command


def test_it_says_the_bound_and_what_sets_it(evacsim: Command) -> None:
    status, out, _ = evacsim("bound", "small.yaml")
    assert status == 0
    assert "small: at the medians nobody can get all 60 people out in less than 2 h from the first order" in " ".join(out.split())
    assert "search at the gates" in out
    assert "[/red] one gate" in out
    assert "may beat it" in " ".join(out.split())


def test_json_and_overrides(evacsim: Command) -> None:
    status, out, _ = evacsim("bound", "small.yaml", "--set", "airport.gates.main.lanes=4", "--json")
    (answer,) = json.loads(out)["bounds"]
    assert (status, answer["scenario"], answer["people"]) == (0, "small", 60)
    assert answer["bound_h"] == pytest.approx(15 * 2 / 60)
    assert answer["missions"]["alpha"]["binding"] == {"stage": "search", "resource": "airport.gates"}


def test_a_plan_that_cannot_work_is_an_answer(evacsim: Command) -> None:
    status, out, _ = evacsim("bound", "small.yaml", "--set", "airport.gates.main.lanes=0")
    assert status == 0
    assert "not everybody can get out" in out
    assert "has no lanes" in out


def test_a_wrong_file_is_not(evacsim: Command) -> None:
    status, out, err = evacsim("bound", "small.yaml", "missing.yaml")
    assert (status, out) == (2, "")
    assert "missing.yaml" in err


def shown(title: str, bound: Bound, width: int) -> str:
    text = io.StringIO()
    Console(file=text, width=width, highlight=False).print(bound_tables(title, bound, width))
    return text.getvalue()


def made(**changes: Any) -> Bound:
    pieces = [PaceSpan(2, 5, "search", "airport.gates", 10), PaceSpan(5, 9, "none", "", 7_000)]
    missions = {
        "a" * 40: MissionBound(6_990, 2.0, 300.0, "consular", "airport.consular"),
        "b": MissionBound(10, 2.0, float("inf"), "closure", "airport"),
        "c": MissionBound(0, float("inf"), 0.0, "none", ""),
    }
    return Bound(7_000, 2.0, 300.0, "hub", "hubs.doha", 7_000.0, float("inf"), (), tuple(pieces), missions, **changes)


@pytest.mark.parametrize("width", [80, 160])
def test_tables_fit_and_say_it_all(width: int) -> None:
    text = shown("A title", made(), width)
    assert all(len(line) <= width for line in text.splitlines())
    for part in ("search at the gates", "nothing", "7,000", "6,990", "12.5 d", "never", "all together"):
        assert part in text, part
    assert ("airport.consular" in text) == (width == 160)


def test_words() -> None:
    assert in_a_sentence("x", made()).endswith("from the first order; what sets it: full hubs (hubs.doha).")
    nobody = Bound(0, 0.0, 0.0, "none", "", 0.0, float("inf"))
    assert "nobody is ordered out" in in_a_sentence("x", nobody)


def test_bound_of_a_shipped_scenario_names_the_loss() -> None:
    """Turkish troops, collapse: at the medians the last mission is ordered too late for the airport to be there."""
    b = planning_bound(load(Path(__file__).parents[3] / "scenarios" / "turkish-collapse.yaml").scenario)
    assert b.people > 10_000
    assert b.most_out < b.people
    assert "when the airport is lost" in b.reasons[-1]
    assert len(b.over_time) <= 24

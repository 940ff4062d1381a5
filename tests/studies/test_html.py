"""What a notebook shows: the terminal's table as HTML that says what heads what, everything escaped, nothing that runs."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.table import Table
from rich.text import Text

import evacsim
from sim.studies.html import shown_html

HOSTILE = '<script>alert(1)</script> & "quotes" <img src=x onerror=alert(1)>'
TOWN = f"""\
title: '{HOSTILE}'
missions:
  alpha:
    title: 'A <b>bold</b> mission'
    order: {{at: {{uniform: [0 h, 6 h]}}}}
    cohorts: {{core: 30, late: {{people: 20, ready: 3 d}}}}
"""
ALLOWED = {"div", "p", "br", "table", "caption", "thead", "tbody", "tr", "th", "td", "span"}


class Read(HTMLParser):
    """Elements with their attributes, and the text; fails where one is closed that isn't open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def having(self, tag: str, **attrs: str) -> list[dict[str, str | None]]:
        return [known for name, known in self.elements if name == tag and attrs.items() <= known.items()]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("town.yaml").write_text(TOWN)
    Path("other.yaml").write_text("extends: town.yaml\ntitle: '<i>other</i>'\nmissions: {alpha: {order: {at: 5 h}}}\n")
    return "town.yaml"


FAST: dict[str, Any] = {"n": 8, "jobs": 1, "plots": False}


def harmless(html: str) -> Read:
    read = Read(html)
    assert {tag for tag, _ in read.elements} <= ALLOWED
    assert {name for _, attrs in read.elements for name in attrs} <= {"style", "scope"}
    return read


def test_a_run_shows_its_sentence_and_its_table(town: str) -> None:
    study = evacsim.run(town, **FAST)
    read = harmless(study._repr_html_())
    text = " ".join(read.texts)
    assert study.headline in "".join(read.texts)
    assert "A <b>bold</b> mission" in text
    assert len(read.having("th", scope="row")) == 2  # the mission, and all together
    heads = len(read.having("th", scope="col"))
    assert heads > 5
    assert len(read.having("td")) == 2 * (heads - 1)
    assert len(read.having("caption")) == 1


@pytest.mark.costly
def test_every_answer_shows_itself(town: str) -> None:
    both = evacsim.compare(town, "other.yaml", **FAST)
    answers = [
        both,
        evacsim.deadline(town, dates=2, **FAST),
        evacsim.schedule(town, **FAST),
        evacsim.sweep(town, vary=["missions.alpha.cohorts.core=10,20"], **FAST),
        evacsim.bound(town),
        evacsim.open_result(both.studies[0].result.folder),
    ]
    for answer in answers:
        read = harmless(answer._repr_html_())  # type: ignore[attr-defined]
        assert read.having("th", scope="row"), type(answer)
    assert HOSTILE in "".join(Read(answers[-1]._repr_html_()).texts)  # type: ignore[attr-defined]


def test_one_mission_is_shown_alone(town: str) -> None:
    Path("two.yaml").write_text(
        "missions: {alpha: {order: {at: 0 h}, cohorts: {core: 3}}, beta: {order: {at: 0 h}, cohorts: {core: 4}}}"
    )
    shown = " ".join(Read(evacsim.run("two.yaml", mission="beta", **FAST)._repr_html_()).texts)
    assert "beta" in shown
    assert "alpha" not in shown


def test_a_result_whose_replications_all_failed_says_so(town: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr("sim.model.simulate", broken)
    study = evacsim.run(town, **FAST)
    shown = "".join(Read(evacsim.open_result(study.result.folder)._repr_html_()).texts)  # type: ignore[attr-defined]
    assert shown == f"{HOSTILE}: no answer, all 8 replications failed."
    assert "no answer" in "".join(Read(study._repr_html_()).texts)


def test_the_log_of_events_shows_its_data_frame(town: str) -> None:
    log = evacsim.trace(town)
    assert log._repr_html_() == log.frame()._repr_html_()


def test_what_stands_right_above_a_table_is_its_caption_and_an_interval_stands_below_its_number() -> None:
    table = Table("Mission", "P50", "")
    table.columns[1].justify = "right"
    table.add_row("north", "3 d", "2–4 d")
    table.add_row("south", "1 d", "", style="bold")
    html = shown_html(["A sentence.", Text("The caption\nbelow"), table, Text("a note", style="dim")])
    read = harmless(html)
    assert html.index("<p>A sentence.</p>") < html.index("<caption") < html.index("The caption<br>below") < html.index("north")
    assert [text for text in read.texts if text.strip()] == [
        "A sentence.", "The caption", "below", "Mission", "P50", "north", "3 d", "2–4 d", "south", "1 d", "a note",
    ]  # fmt: skip
    assert "font-weight:bold" in html[html.index("south") - 60 : html.index("south")]

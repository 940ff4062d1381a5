"""The page beside a result: what it was made of is in its last line, and depends on everything that it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sim.studies.report import keep
from sim.studies.report.content import NOTHING, Compared
from sim.studies.report.keep import kept_of, marked

MADE = {"evacsim": "1.0", "packages": {"numpy": "2.0"}, "command": "evacsim run one.yaml"}


@dataclass
class Kept:
    """As much of a result as its page is told from another by."""

    tables: str = "a"
    summary: dict[str, Any] = field(default_factory=lambda: {"left": 1.5})

    def digest(self) -> str:
        return self.tables


def of(**changed: Any) -> str:
    about = {"results": [Kept()], "command": "evacsim run one.yaml", "manifests": [MADE], "compared": NOTHING, "mission": None}
    return keep._of(**(about | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"results": [Kept("b")]},
        {"results": [Kept(summary={"left": 1.6})]},
        {"results": [Kept(), Kept()]},
        {"results": []},
        {"command": "evacsim run two.yaml"},
        {"manifests": [MADE | {"evacsim": "1.1"}]},
        {"manifests": [MADE | {"command": "evacsim run one.yaml -n 3"}]},
        {"manifests": []},
        {"compared": Compared(same_orders=())},
        {"mission": "embassy"},
    ],
    ids=lambda changed: "-".join(changed),
)
def test_a_page_depends_on_results_how_they_were_made_and_what_it_opens_with(changed: dict[str, Any]) -> None:
    assert of(**changed) != of() == of()


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("__version__", "0.0"),
        ("source_digest", lambda parts: "0"),
        ("packaged", lambda name: "0"),
        ("blocks", lambda kind: [(f"another {kind}", "")]),
        ("asset", lambda name: "{}"),
    ],
)
def test_a_page_depends_on_what_makes_it(name: str, other: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of()
    monkeypatch.setattr(keep, name, other)
    assert of() != before


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Missions with which a page was made, in place of pages."""
    made: list[str] = []

    def page_of(data: Any, some: Any) -> str:
        made.append(str(data["mission"]))
        return f"<html>{data['mission']}</html>\n"

    monkeypatch.setattr(keep, "shown", lambda *given: [])
    monkeypatch.setattr(keep, "quick", lambda *given: None)
    monkeypatch.setattr(keep, "content", lambda some, compared, **about: about)
    monkeypatch.setattr(keep, "page_of", page_of)
    return made


def kept(folder: Path, mission: str | None = None, told: list[str] | None = None) -> Path:
    announce = (lambda: None) if told is None else (lambda: told.append("made"))
    return keep.keep_page(folder, [Kept()], [], [], "evacsim run one.yaml", [MADE], NOTHING, announce, (), mission)  # type: ignore[list-item]


def test_a_page_is_made_and_announced_only_where_it_would_be_another(tmp_path: Path, pages: list[str]) -> None:
    told: list[str] = []
    path = kept(tmp_path, told=told)
    first = path.read_bytes()
    assert first.startswith(b"<html>None</html>\n<!-- evacsim page of ")
    assert kept(tmp_path, told=told) == path
    assert (pages, told) == (["None"], ["made"])
    kept(tmp_path, "embassy", told)
    assert path.read_bytes().startswith(b"<html>embassy</html>\n")
    kept(tmp_path, told=told)
    assert path.read_bytes() == first
    assert (pages, len(told)) == (["None", "embassy", "None"], 3)


def test_a_page_that_was_changed_by_hand_is_made_again(tmp_path: Path, pages: list[str]) -> None:
    path = kept(tmp_path)
    first = path.read_bytes()
    path.write_bytes(first.replace(b"None", b"Nine", 1))
    kept(tmp_path)
    assert path.read_bytes() == first
    assert len(pages) == 2


def test_the_last_line_says_what_a_page_is_of(tmp_path: Path) -> None:
    digest, path = "ab" * 32, tmp_path / "report.html"
    for text in ("<html></html>\n", "", "ü \ud800"):  # half of a pair, which UTF-8 hasn't
        path.write_bytes(marked(text, digest))
        assert kept_of(path) == digest
    whole = path.read_bytes()
    for wrong in (whole + b"\n", b"x" + whole, whole[:-1], whole.replace(b"ab", b"AB"), b"<html></html>\n"):
        path.write_bytes(wrong)
        assert kept_of(path) is None
    path.write_bytes(marked("of nobody's"))
    assert kept_of(path) == "0" * 64
    assert kept_of(tmp_path / "missing.html") is None
    assert kept_of(tmp_path) is None

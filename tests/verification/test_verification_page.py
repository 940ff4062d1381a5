"""The page has a section for every test file of the folder, and the other way round; its numbers: see tests/conftest.py."""

from __future__ import annotations

from pathlib import Path

from tests.verification.page import PAGE, SECTIONS


def test_every_section_has_a_case_and_every_test_file_a_section() -> None:
    here = Path(__file__).parent
    assert set(SECTIONS) == {p.name for p in here.glob("test_*.py")} - {Path(__file__).name}
    text = PAGE.read_text("utf-8")
    for file in SECTIONS:
        assert f"`{file}::" in text


def test_every_case_is_of_every_run() -> None:
    """What only some runs find could not stand in the page that every run must agree with."""
    texts = {p.name: p.read_text("utf-8") for p in set(Path(__file__).parent.glob("*.py")) - {Path(__file__)}}
    assert [name for name, text in texts.items() for mark in ("slow", "costly", "first") if f"mark.{mark}" in text] == []

"""Links between the pages of the project lead to a file that is there, and to a heading that is in it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.docs.test_prose_width import CODE, PAGES, ROOT

LINK = re.compile(r"\]\(([^)#:\s]*)(?:#([^)\s]+))?\)")


@cache
def anchors(page: Path) -> frozenset[str]:
    """What a link may name in a page: its headings as both GitHub and the built site write them."""
    seen: Counter[str] = Counter()
    names = []
    for heading in re.findall(r"^#{1,6} (.*)$", CODE.sub("", page.read_text("utf-8")), re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        names.append(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return frozenset(names)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = CODE.sub("", (ROOT / page).read_text("utf-8"))
    for target, anchor in LINK.findall(text):
        file = (ROOT / page).parent / target if target else ROOT / page
        assert file.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{page}: {target}#{anchor}"


FILE = re.compile(r"`((?:sim|tests|docs|scenarios|benchmarks)/[\w./-]+?)(?:::\w+)?`")


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_files_that_are_named_are_there(page: str) -> None:
    """A changelog names what was there at its time; the other pages name what is."""
    named = FILE.findall((ROOT / page).read_text("utf-8"))
    assert [name for name in named if "NAME" not in name and not (ROOT / name).exists()] == []


def test_headings_become_anchors_as_on_github() -> None:
    assert {"differences-differences", "one-replication"} <= anchors(ROOT / "docs" / "reference" / "measures.md")

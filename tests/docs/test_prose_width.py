"""Prose of the pages keeps to 100 columns; tables, code, targets of links and computed text keep their own width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from making.block import MARKED

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 100
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "scenarios/*.md", "results/*.md", "benchmarks/*.md")
    for page in ROOT.glob(pattern)
)
COMPUTED = (
    MARKED,
    re.compile(r"<!-- fields: .*?<!-- end of fields -->", re.DOTALL),
    re.compile(r"<!-- cases -->.*?<!-- end of cases -->", re.DOTALL),
)
CODE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


def prose(page: str) -> list[str]:
    """The lines of a page that are prose, without the targets of their links."""
    for computed in COMPUTED:
        page = computed.sub("", page)
    lines = CODE.sub("", page).splitlines()
    return [re.sub(r"\]\([^)]*\)", "]", line) for line in lines if not line.startswith(("|", "    ", "!["))]


@pytest.mark.parametrize("page", PAGES)
def test_no_line_of_prose_is_too_long(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert [line for line in prose(text) if len(line) > WIDTH] == []


def test_what_counts_as_prose() -> None:
    computed = "<!-- made: x 0 --> computed <!-- end -->."
    text = f"words [link](a/long/target.md)\n\n| a | table |\n\n    code\n\n```sh\ncode\n```\n\n{computed}"
    assert [line for line in prose(text) if line] == ["words [link]", "."]

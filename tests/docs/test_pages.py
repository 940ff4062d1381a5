"""The pages stay true: each generated block has its place, the quick ones are made again, the others are not out of date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from making.block import DOCS, MARKED, Block, found, pages, wrapped
from making.blocks import BLOCKS
from making.desk import Desk
from making.figures import printed
from making.stamp import stamp

NAMES = {block.name: block for block in BLOCKS}
QUICK = [block for block in BLOCKS if block.quick]


def test_every_name_is_one_block_in_its_page() -> None:
    assert len(NAMES) == len(BLOCKS)
    there = [(name, page) for page in pages() for name in found(page)]
    assert sorted(there) == sorted((block.name, block.page) for block in BLOCKS)


def test_every_block_is_quick_or_has_a_stamp_or_needs_a_file() -> None:
    assert [b.name for b in BLOCKS if b.quick + bool(b.asks) + bool(b.needs) != 1] == []


@pytest.mark.parametrize("page", pages())
def test_marks_come_in_pairs_and_begin_no_line_within_text(page: str) -> None:
    """A comment at the beginning of a line would end the paragraph; there the block has lines of its own."""
    text = (DOCS / page).read_text("utf-8")
    assert text.count("<!-- made:") == text.count("<!-- end -->") == len(MARKED.findall(text))
    for m in MARKED.finditer(text):
        alone = m.start() == 0 or text[m.start() - 1] == "\n"
        assert alone == ("\n" in m["text"] or not m["text"]), f"docs/{page}: {m['name']}"


@pytest.mark.costly
@pytest.mark.parametrize("block", QUICK, ids=lambda b: b.name)
def test_quick_blocks_are_as_they_would_be_made(block: Block, tmp_path: Path) -> None:
    _, text = found(block.page)[block.name]
    assert text == wrapped(block.make(Desk(tmp_path))), f"docs/{block.page} is out of date: {block.command}"


@pytest.mark.costly
def test_what_is_simulated_is_not_out_of_date() -> None:
    """Scenarios, settings, numbers of replications and the first answers of the model are those on which the texts rest."""
    stale = [block.name for block in BLOCKS if block.asks and found(block.page)[block.name][0] != stamp(block)]
    assert not stale, f"out of date in docs/: python docs/make.py --only {' '.join(stale)}"


def test_no_block_is_empty() -> None:
    assert [block.name for block in BLOCKS if not found(block.page)[block.name][1].strip()] == []


def test_pictures_of_the_figures_are_there() -> None:
    for page in pages():
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", (DOCS / page).read_text("utf-8")):
            assert ((DOCS / page).parent / picture).is_file(), f"docs/{page}: {picture}"


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in pages():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (DOCS / page).read_text("utf-8")):
            assert ((DOCS / page).parent / target).exists(), f"docs/{page}: {target}"


def test_what_a_figure_shows_does_not_depend_on_where_results_are_kept() -> None:
    """The paragraph about files, which is wrapped at the length of their folder, is left out wherever it stands."""
    assert printed("answer\n\nkept in /a/very/long/folder: a.png,\nb.png\nkept in c: d\n\nnote\n", 60) == "answer\n\n\nnote"
    assert printed("1\n2\n3\nkept in a:\nb\n", 2) == "1\n2\n… 1 more lines"

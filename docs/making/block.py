"""Blocks of generated text in the pages, and the marks around them.

A block stands in its page as ``<!-- made: NAME STAMP -->`` … ``<!-- end -->``.  What is between the marks is made anew by
``python docs/make.py --only NAME``; everything around them is written by hand.  The stamp says what the text rests on
(:mod:`making.stamp`), so that a test can tell a block that is out of date without running it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from making.desk import Desk

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
MARKED = re.compile(r"<!-- made: (?P<name>[a-z0-9-]+)(?: (?P<stamp>[0-9a-z]+))? -->(?P<text>.*?)<!-- end -->", re.DOTALL)
UNMADE = "unmade"
"""In place of the stamp of a block that was tried with fewer replications than it says."""


def scenario_file(name: str) -> Path:
    """The file of a shipped scenario."""
    return ROOT / "scenarios" / f"{name}.yaml"


class Asked(NamedTuple):
    """What a block simulates."""

    scenario: str
    settings: tuple[str, ...] = ()
    """``PATH=VALUE``; or whatever else in words makes another answer of the same scenario."""
    n: int = 0


@dataclass(frozen=True)
class Block:
    """A piece of a page that is made."""

    name: str
    page: str
    """File below ``docs/``."""
    make: Callable[[Desk], str] = field(repr=False)
    asks: tuple[Asked, ...] = ()
    """The runs it rests on; none for a block that is made from the scenario files alone."""
    quick: bool = False
    """Whether the tests make it again and compare: a few seconds at most."""
    needs: str = ""
    """A file that has to be given for it to be made; without it the block stays as it is."""

    @property
    def command(self) -> str:
        """What makes it again."""
        return f"python docs/make.py --only {self.name}" + (f" --{self.needs} FILE.json" if self.needs else "")


def found(page: str) -> dict[str, tuple[str, str]]:
    """Name -> (stamp, text) of the blocks that stand in a page."""
    text = (DOCS / page).read_text("utf-8")
    return {m["name"]: (m["stamp"] or "", m["text"]) for m in MARKED.finditer(text)}


def pages() -> list[str]:
    """Every page below ``docs/``."""
    return sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


def wrapped(text: str) -> str:
    """The text as it stands between the marks: on lines of its own if it has several, else within its line."""
    return f"\n\n{text.strip()}\n\n" if "\n" in text else f" {text.strip()} "


def put(block: Block, text: str, stamp: str) -> None:
    """Writes a block into its page; SystemExit where the page has no place for it."""
    path = DOCS / block.page
    page = path.read_text("utf-8")
    many = sum(m["name"] == block.name for m in MARKED.finditer(page))
    if many != 1:
        raise SystemExit(
            f"docs/{block.page}: {many} places for {block.name}, expected <!-- made: {block.name} --><!-- end --> once"
        )
    made = MARKED.sub(lambda m: _one(m, block.name, text, stamp), page)
    if made != page:
        path.write_text(made, "utf-8")


def _one(m: re.Match[str], name: str, text: str, stamp: str) -> str:
    return m[0] if m["name"] != name else f"<!-- made: {f'{name} {stamp}'.strip()} -->{wrapped(text)}<!-- end -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A Markdown table; columns in *right* are set to the right."""
    numbers = set(right)
    rule = ["---:" if k in numbers else "---" for k in range(len(head))]
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "|".join(rule) + "|", *lines[1:]])

"""What the page is made of beside its data: style, scripts and the drawing library, read from beside this module."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

STYLES = ("page.css", "replay.css")
"""In the order in which they apply; those that are there."""
SCRIPTS = (
    "echarts.js",
    "packed.js",
    "core.js",
    "tables.js",
    "charts.js",
    "studies.js",
    "answer.js",
    "comparison.js",
    "out.js",
    "missions.js",
    "bottleneck.js",
    "left.js",
    "matters.js",
    "replay-data.js",
    "replay-city.js",
    "replay-map.js",
    "replay.js",
    "schedule.js",
    "inputs.js",
    "making.js",
    "start.js",
)
"""In the order in which they run, those that are there: what is vendored, what defines ``evacsim``, sections, what draws them."""

LIVE_STYLES, LIVE_SCRIPTS = ("live.css",), ("live.js",)
"""What a page has beside these that talks to the server that it comes from."""


def folder() -> Traversable:
    """Where they lie."""
    return files("sim.present.page") / "assets"


@cache
def asset(name: str) -> str | None:
    """The text of one; None where there is none of that name."""
    path = folder() / name
    return path.read_text("utf-8") if path.is_file() else None


@cache
def blocks(kind: str, live: bool = False) -> tuple[tuple[str, str], ...]:
    """The ``style`` or ``script`` blocks of a page: the text of each and its hash as a Content-Security-Policy names it."""
    names = STYLES if kind == "style" else SCRIPTS
    if live:
        names = (*names, *LIVE_STYLES) if kind == "style" else (*names[:-1], *LIVE_SCRIPTS, names[-1])  # what draws is last
    texts = [text for name in names if (text := asset(name)) is not None]
    for text in texts:
        if f"</{kind}" in text.lower() or "<!--" in text:
            raise ValueError(f"a {kind} that would end the block that it stands in")
    return tuple((text, hashed(text)) for text in texts)


def hashed(text: str) -> str:
    """``'sha256-…'`` of a block's text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

"""The page as one text: a policy that lets nothing else run or load, the data as JSON, and the sections that scripts fill.

Everything that comes from files is in the JSON block, in which ``<`` is written as an escape, or goes through
:func:`html.escape`; scripts put it into the page as text, never as markup.
"""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from sim.present.page.assets import blocks

Json = Mapping[str, Any]
MOST = 700_000
"""Characters of data that stand in a page as they are; a page of more would be too large to send."""


def page(data: Json, title: str, summary: Sequence[str] = (), *, live: bool = False) -> str:
    """The whole page.

    *data*: what the scripts show, JSON without infinities; its ``sections`` ([{"id", "title"}, …]) are the page's, in that order.
    *summary*: paragraphs for whoever lets no script run.  *live*: whether it may talk to the server that it comes from.

    Raises:
        ValueError: if *data* holds what JSON can't.
    """
    styles, scripts = blocks("style", live), blocks("script", live)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy(styles, scripts, live)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="generator" content="evacsim">',
            f"<title>{html.escape(title)}</title>",
            '<link rel="icon" href="data:,">',
            *(f"<style>{style}</style>" for style, _ in styles),
            "</head>",
            "<body>",
            '<a class="skip" href="#_answer">To the answer</a>',
            _header(title, data),
            "<main>",
            "<noscript>",
            *(f"<p>{html.escape(line)}</p>" for line in summary),
            "<p>Pictures and tables need JavaScript, which this file brings along; nothing is loaded over the network.</p>",
            "</noscript>",
            *(_section(section) for section in data["sections"]),
            "</main>",
            '<footer id="_foot"></footer>',
            f'<script type="application/json" id="data">{embedded(data)}</script>',
            *(f"<script>{script}</script>" for script, _ in scripts),
            "</body>",
            "</html>",
            "",
        ]
    )


def policy_of(*, live: bool = False) -> str:
    """The Content-Security-Policy of a page."""
    return policy(blocks("style", live), blocks("script", live), live)


def policy(styles: Sequence[tuple[str, str]], scripts: Sequence[tuple[str, str]], live: bool = False) -> str:
    """The Content-Security-Policy: these blocks alone, pictures within the page, and the own server where the page is *live*."""
    parts = [
        "default-src 'none'",
        f"script-src {' '.join(hashed for _, hashed in scripts)}",
        f"style-src {' '.join(hashed for _, hashed in styles)}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join([*parts, "connect-src 'self'"] if live else parts)


def embedded(data: Json) -> str:
    """JSON that no browser takes for markup: ``<``, ``>`` and ``&`` as escapes, and line ends that scripts once stumbled over.

    Where that is more than :data:`MOST` it is packed, which makes a quarter of it.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(text) > MOST:
        text = json.dumps(_packed(text.encode("utf-8", "backslashreplace")), separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _packed(data: bytes) -> Json:
    """Deflated, in base64: what ``packed.js`` unpacks."""
    made = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return {"packed": base64.b64encode(made.compress(data) + made.flush()).decode(), "bytes": len(data)}


def _header(title: str, data: Json) -> str:
    links = "".join(
        f'<li><a href="#_{html.escape(section["id"])}">{html.escape(section["title"])}</a></li>' for section in data["sections"]
    )
    return (
        f'<header class="top"><h1>{html.escape(title)}</h1><p class="subject">{html.escape(data.get("subject", ""))}</p>'
        f'<div id="_tools"></div>'
        f'<nav aria-label="Contents"><ul>{links}</ul></nav></header>'
    )


def _section(section: Json) -> str:
    name, title = html.escape(section["id"]), html.escape(section["title"])
    return f'<section id="_{name}" aria-labelledby="_{name}-title"><h2 id="_{name}-title" tabindex="-1">{title}</h2></section>'

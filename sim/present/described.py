"""What a picture shows, in words: its title, which is the answer, and what its lines and bars are; every file carries it.

The words are made of the numbers when the picture is drawn (:func:`sim.present.style.heading`), kept in the PNG (``Title`` and
``Description``) and in the SVG (``title`` and ``desc``), and read from the PNG by whoever shows it: a page, ``pictures.json``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from html import escape

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TITLE, DESCRIPTION = "Title", "Description"
MOST = 20_000
"""Characters of a description that is read."""


def sentences(title: str, under: str) -> str:
    """The words of a picture: its title and what stands below it, without what keeps them from being broken."""
    parts = (" ".join(part.split()) for part in (title.replace("\u00a0", " "), under.replace("\u00a0", " ")))
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def description_of(data: bytes) -> str:
    """What the PNG *data* shows, in words; empty of anything else, or of one that says nothing."""
    for kind, body in _chunks(data):
        keyword, _, rest = body.partition(b"\0")
        if keyword != DESCRIPTION.encode():
            continue
        if kind == b"tEXt":
            return rest.decode("latin-1")[:MOST]
        if kind == b"iTXt" and rest[:1] == b"\0":  # not compressed; a language and a translated keyword follow
            text = rest[2:].split(b"\0", 2)
            return text[2].decode("utf-8", "replace")[:MOST] if len(text) == 3 else ""
    return ""


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of the parts of a PNG up to its pixels, as far as they are whole."""
    at = len(SIGNATURE)
    while data.startswith(SIGNATURE) and at + 12 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body, sum_ = data[at + 8 : at + 8 + size], data[at + 8 + size : at + 12 + size]
        if kind == b"IEND" or len(sum_) < 4 or int.from_bytes(sum_, "big") != zlib.crc32(kind + body):
            return
        yield kind, body
        at += 12 + size


def with_description(svg: str, text: str) -> str:
    """An SVG that has a title with what it shows beside that, for those who hear it."""
    before, title, after = svg.partition("</title>")
    return f"{before}{title}\n <desc>{escape(text, quote=False)}</desc>{after}" if title else svg

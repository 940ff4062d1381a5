"""The page as a text: what its policy lets run, and that nothing from a file becomes markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib

from sim.present.page.assets import asset, folder
from sim.present.page.html import MOST, embedded, page

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)"> & \u2028'


def data(**more: object) -> dict[str, object]:
    return {"version": "0", "scenarios": [], "titles": {}, "sections": [], **more}


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)


def test_the_vendored_library_is_the_one_that_was_built() -> None:
    """Its checksum and size are those that its build noted, and its licences lie beside it."""
    text, note = asset("echarts.js"), json.loads(asset("echarts.json") or "")
    assert text is not None
    assert hashlib.sha256(text.encode()).hexdigest() == note["sha256"]
    assert len(text.encode()) == note["bytes"] <= 800_000
    assert note["versions"]["echarts"] in text[:200]
    names = {path.name for path in (folder() / "licences").iterdir()}
    assert {"echarts-LICENSE.txt", "echarts-NOTICE.txt", "zrender-LICENSE.txt"} <= names


def test_the_policy_names_every_block_and_nothing_else() -> None:
    text = page(data(), "A title")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    parts = {part.split()[0]: part.split()[1:] for part in policy.group(1).split("; ")}
    for kind in ("script", "style"):
        hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(b.encode()).digest()).decode()}'" for b in blocks(text, kind)]
        assert parts[f"{kind}-src"] == hashes
        assert hashes
    assert parts["default-src"] == ["'none'"]
    assert parts["img-src"] == ["data:"]
    assert "connect-src" not in parts
    assert "connect-src 'self'" in page(data(), "A title", live=True)


def test_nothing_in_the_page_needs_what_the_policy_forbids() -> None:
    """No handler or style as an attribute, and no address of another place but names of formats."""
    text = re.sub(r"<(script|style)\b[^>]*>.*?</\1>", "", page(data(), "A title"), flags=re.DOTALL)
    assert not re.search(r"\s(on\w+|style)=", text)
    assert not re.search(r'(src|href)="(?!#|data:)', text)


def test_what_comes_from_files_is_no_markup() -> None:
    text = page(data(sections=[{"id": "answer", "title": HOSTILE}], title=HOSTILE), HOSTILE, [HOSTILE])
    harmless = page(data(sections=[{"id": "answer", "title": "x"}], title="x"), "x", ["x"])
    for tag in ("<script", "</script", "<img"):
        assert text.count(tag) == harmless.count(tag)


def test_the_data_are_what_was_given() -> None:
    assert json.loads(embedded({"title": HOSTILE})) == {"title": HOSTILE}
    assert not set("<>&\u2028\u2029") & set(embedded({"title": HOSTILE}))


def test_data_that_would_be_too_large_are_packed() -> None:
    """As RFC 1951 and 4648 have it; the rest stand as they are."""
    large = {"texts": [f"{HOSTILE} {k} ünd \ud800" for k in range(20_000)]}
    text = embedded(large)
    assert len(text) < 200_000 < len(json.dumps(large))
    found = json.loads(text)
    data = zlib.decompress(base64.b64decode(found["packed"]), wbits=-15)
    assert len(data) == found["bytes"]
    assert json.loads(data) == large
    assert "packed" not in json.loads(embedded({"text": "x" * (MOST - 100)}))

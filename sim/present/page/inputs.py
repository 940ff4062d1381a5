"""The inputs of the page, by grade of their evidence, with their sources; what scenarios share is there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from sim.analysis.naming import about
from sim.present.page.shown import Json, Shown
from sim.scenario.number import rounded

T = TypeVar("T")
GRADES = {
    "measured": "seen and counted",
    "reported": "published by somebody who would know",
    "estimated": "derived from what is published",
    "assumed": "general knowledge or judgement; nobody knows",
    "": "without a grade",
}


def inputs(shown: Sequence[Shown]) -> Json | None:
    """Rows ``[path, what it is, value, range, kind, grade, source, scenarios]``; what it is, source and scenarios are numbers of
    what the lists ``abouts``, ``sources`` and ``groups`` hold.  None without any input.
    """
    at: dict[tuple[Any, ...], list[int]] = {}
    for k, one in enumerate(shown):
        for row in one.inputs:
            at.setdefault((row.path, row.value, _range(row), row.kind, row.grade or "", row.source or ""), []).append(k)
    if not at:
        return None
    abouts: dict[str, int] = {}
    sources: dict[str, int] = {}
    groups: dict[tuple[int, ...], int] = {}
    rows = [
        [path, _number(about(path), abouts), value, between, kind, grade, _number(source, sources), _number(tuple(which), groups)]
        for (path, value, between, kind, grade, source), which in at.items()
    ]
    counts = Counter(row[5] for row in rows)
    return {
        "grades": [[grade or "none", text, counts[grade]] for grade, text in GRADES.items() if counts[grade]],
        "abouts": list(abouts),
        "sources": list(sources),
        "groups": [list(group) for group in groups],
        "rows": rows,
    }


def _range(row: Any) -> str:
    if row.low is None or row.high is None or row.low == row.high:
        return ""
    return f"{rounded(row.low, 4)} to {rounded(row.high, 4)} {row.unit}".rstrip()


def _number(what: T, known: dict[T, int]) -> int:
    """Its place among what is *known*, to which it is added."""
    return known.setdefault(what, len(known))

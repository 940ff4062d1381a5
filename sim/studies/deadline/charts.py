"""Chart of deadlines on the page: the latest order of each mission by scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.words import duration, share
from sim.studies.as_json import of_json
from sim.studies.charts import Json, rows_chart
from sim.studies.deadline.found import FoundDeadlines, ScopeDeadline
from sim.studies.deadline.summary import called


def charts(summary: Mapping[str, Any]) -> dict[str, Json]:
    """The latest order of each mission, a mark for each scenario."""
    found = of_json(FoundDeadlines, summary)
    scenarios = [one.scenario for one in found.scenarios]
    labels = [one.label for one in found.scenarios]
    by_scope: dict[str, Json] = {}
    for entry in found.deadlines:
        label = called(found, entry.scope)
        row = by_scope.setdefault(entry.scope, {"label": label, "bold": False, "marks": [None] * len(scenarios)})
        row["marks"][scenarios.index(entry.scenario)] = _latest(entry, found.last_h or 0.0)
    rows = list(by_scope.values())
    if not any(mark and mark[0] is not None for row in rows for mark in row["marks"]):
        return {}
    note = f"The last date tried on which the order still gets all out in {share(found.confidence)} of the cases, after "
    note += "the start; line: its 95 % interval."
    return {"deadlines": rows_chart(summary, "h", labels if len(labels) > 1 else [], rows, note, last=found.last_h)}


def _latest(entry: ScopeDeadline, last: float) -> list[Any]:
    words = {"any": "any time tried", "failed": "no answer"}
    if entry.order_h is None:
        return [None, None, None, None, None, words.get(entry.status, "never early enough")]
    edge = {"never": 0.0, "any": last}
    few = "few" in entry.interval_status
    ends = zip(entry.interval_h, entry.interval_status, strict=True)
    low, high = (None, None) if few else (edge.get(status) if h is None else h for h, status in ends)
    return [entry.order_h, low, high, None, None, duration(entry.order_h)]

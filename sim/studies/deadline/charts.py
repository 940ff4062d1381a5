"""Chart of deadlines on the page: the latest order of each mission by scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.words import duration, share
from sim.studies.charts import Json, rows_chart
from sim.studies.deadline.summary import called


def charts(summary: Mapping[str, Any]) -> dict[str, Json]:
    """The latest order of each mission, a mark for each scenario."""
    scenarios = [one["scenario"] for one in summary["scenarios"]]
    labels = [one.get("label") or one["scenario"] for one in summary["scenarios"]]
    by_scope: dict[str, Json] = {}
    for entry in summary["deadlines"]:
        label = called(summary, entry["scope"])
        row = by_scope.setdefault(entry["scope"], {"label": label, "bold": False, "marks": [None] * len(scenarios)})
        row["marks"][scenarios.index(entry["scenario"])] = _latest(entry, summary["last_h"])
    rows = list(by_scope.values())
    if not any(mark and mark[0] is not None for row in rows for mark in row["marks"]):
        return {}
    note = f"The last date tried on which the order still gets all out in {share(summary['confidence'])} of the cases, after "
    note += "the start; line: its 95 % interval."
    return {"deadlines": rows_chart(summary, "h", labels if len(labels) > 1 else [], rows, note, last=summary["last_h"])}


def _latest(entry: Mapping[str, Any], last: float) -> list[Any]:
    words = {"any": "any time tried", "failed": "no answer"}
    if entry["order_h"] is None:
        return [None, None, None, None, None, words.get(entry["status"], "never early enough")]
    edge = {"never": 0.0, "any": last}
    few = "few" in entry["interval_status"]
    ends = zip(entry["interval_h"], entry["interval_status"], strict=True)
    low, high = (None, None) if few else (edge.get(status) if h is None else h for h, status in ends)
    return [entry["order_h"], low, high, None, None, duration(entry["order_h"])]

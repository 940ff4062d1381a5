"""Chart of a decision on the page: how each option may end, and how often it is best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim.analysis.words import duration, share
from sim.studies.charts import Json, dots, figure

ROWS = 14
"""Options at most."""


def charts(summary: Mapping[str, Any]) -> dict[str, Json]:
    """How each option may end, the best on top."""
    unit, options = summary["unit"], [one for one in summary["options"] if one["expected"]["estimate"] is not None]
    if summary["best"] is None or not options:
        return {}
    write: Callable[[float], str] = {"people": lambda x: f"{x:,.0f}", "h": duration, "": share}[unit]
    options.sort(key=lambda one: (1 if summary["less_is_better"] else -1) * one["expected"]["estimate"])
    rows = []
    for one in options[:ROWS]:
        best, mean, outcome = one["best_in"], one["expected"], one["outcome"]
        often = f"best{' or as good' if best['shared'] else ''} in {best['alone'] + best['shared']:,} of {summary['sets']:,}"
        ends = [mean["estimate"], mean["low"], mean["high"], outcome["p05"], outcome["p95"]]
        rows.append({"label": one["title"], "bold": one["option"] == summary["best"],
                     "marks": [[*ends, f"{write(mean['estimate'])}, {often}"]]})  # fmt: skip
    left = f" {len(options) - ROWS} more options are in the table." if len(options) > ROWS else ""
    note = f"Dot: average; line: its 95 % interval; bar: nine of ten outcomes.{left}"
    return {"decision": figure("", note, [dots(summary["headline"], unit, [], rows)])}

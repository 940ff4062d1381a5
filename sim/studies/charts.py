"""Charts of studies that the page draws itself, from the numbers of their summaries: a row for each option or mission.

A study that has some gives them in ``charts.py``: ``charts(summary)``, by the names of the pictures in whose place they are.  A
mark is ``[value, low, high, least, most, text]``: a value with its 95 % interval and nine of ten outcomes, null where there is
none, and what stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def rows_chart(
    summary: Mapping[str, Any], unit: str, series: list[str], rows: list[Json], note: str, last: float | None = None
) -> Json:
    """With what it shows in words, for whoever can't see it."""
    told = []
    for row in rows:
        marks = [mark for mark in row["marks"] if mark is not None]
        names = series or [""] * len(row["marks"])
        each = [f"{name} {mark[5]}".strip() for name, mark in zip(names, row["marks"], strict=True) if mark is not None]
        told += [f"{row['label']}: {', '.join(each)}"] if marks else []
    words = f"{summary['headline']} {'. '.join(told)}."
    return {"unit": unit, "series": series, "rows": rows, "note": note, "last": last, "words": words}

"""The table of a plan: a row per combination of the levers, the least that is enough marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.words import duration, share
from sim.present import cells
from sim.present.fitting import broken
from sim.scenario.causes import zone
from sim.studies.applying import applying
from sim.studies.engine import Answer
from sim.studies.plan.words import goal_words
from sim.studies.tables import WIDE, add_numbers, lean_table, notes, sentences, title

Json = Mapping[str, Any]
SAID = {"met": "met", "not": "not met", "open": "open", "failed": "failed"}
MOST = 60
"""Rows on the terminal; all of them are in the files."""


def shown(answer: Answer, width: int) -> list[RenderableType]:
    """The sentence, then the table."""
    return [*sentences(answer), plan_table(answer.summary, width)]


def plan_table(summary: Json, width: int = 80) -> RenderableType:
    """Combinations, least first; what decides each; below it what the words mean."""
    wide = width >= WIDE
    table = lean_table()
    room = max((width - (62 if wide else 48)) // max(len(summary["levers"]), 1), 10)
    for lever in summary["levers"]:
        table.add_column(broken(lever["label"], room), justify="right", no_wrap=True)
    late = f"Time in\n{share(summary['confidence'])}"
    add_numbers(table, "In time", "95 %\ninterval", "", late, *(("95 %\ninterval",) if wide else ()), "To\ndecide")
    for row in summary["points"][:MOST]:
        least = row["values"] in summary["least"]
        table.add_row(*(Text(cell) for cell in _cells(row, wide, least)), style="bold" if least else "")
    of_sets = f" of {summary['sets']:,} sets of inputs" if summary["sets"] < summary["replications"] else ""
    rests = f"{summary['replications']:,} replications{of_sets} each · seed {summary['seed']}"
    about = f"\n{summary['scenario']} · {rests} · {goal_words(summary)}"
    about += (
        "" if summary["utc_offset_h"] is None or not summary["finish_by"] else f" · local time: {zone(summary['utc_offset_h'])}"
    )
    heading = title(summary["title"], about, "" if summary["final"] else "\nNOT FINAL: a point or replication failed")
    return Group(heading, table, *_notes(summary))


def _cells(row: Json, wide: bool, least: bool) -> list[str]:
    chance = row["chance"]
    made = [str(v) for v in row["values"].values()]
    if row["verdict"] == "failed":
        return [*made, cells.NOTHING, "", "failed", "", *([""] if wide else []), ""]
    made += [share(chance["estimate"]), cells.between(share(chance["low"]), share(chance["high"]))]
    made.append("least" if least else SAID[row["verdict"]])
    made.append(_time(row["time_h"], row["never"]))
    if wide:
        limits = row["time_interval_h"]
        texts = [] if limits is None else [_time(h, w) for h, w in zip(limits, row["interval_never"], strict=True)]
        made.append(cells.between(*texts) if texts else cells.NOTHING)
    needed = row["replications_needed"]
    return [*made, "" if row["verdict"] != "open" else f"{needed:,}" if needed else "∞"]


def _time(hours: float | None, why: str | None) -> str:
    late = {"stranded": "never", "unfinished": "> horizon"}.get(why or "", cells.NOTHING)
    return late if hours is None else duration(hours)


def _notes(summary: Json) -> list[Text]:
    whence = "start" if summary["counted_from"] == "start" else "first order"
    often = share(summary["confidence"])
    met = (
        f"In time: share of the replications. met: its 95 % interval reaches {often}; not met: stays below; open: with about "
        f"so many replications it is decided in 8 of 10 cases, if the share stays. "
        f"Time in {often}: {whence} to all out, that often. Intervals: 95 % each."
    )
    paths = ", ".join(lever["path"] for lever in summary["levers"])
    warned = any(lever["path"] == "warning" for lever in summary["levers"])
    lines = applying(
        (True, met),
        (len(summary["points"]) > MOST, f"{len(summary['points']) - MOST:,} more combinations in the files."),
        (True, f"As --vary takes them: {paths}."),
        (
            warned,
            "Warning before the fall: the capital falls so much later than it would, everything before the fall at its time.",
        ),
    )
    return notes(lines, summary["warnings"])

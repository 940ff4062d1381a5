"""The table of a plan: a row per combination of the levers, the least that is enough marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.words import duration, share
from sim.present import cells
from sim.present.columns import WIDE
from sim.present.terminal import warning_lines
from sim.studies.engine import Answer
from sim.studies.plan.verdicts import goal_words

Json = Mapping[str, Any]
SAID = {"met": "met", "not": "not met", "open": "open", "failed": "failed"}
MOST = 60
"""Rows on the terminal; all of them are in the files."""


def shown(answer: Answer, width: int) -> list[RenderableType]:
    """The sentence, then the table."""
    return [answer.headlines[0], "", plan_table(answer.summary, width)]


def plan_table(said: Json, width: int = 80) -> RenderableType:
    """Combinations, least first; what decides each; below it what the words mean."""
    wide = width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    room = (width - (62 if wide else 48)) // max(len(said["levers"]), 1)
    for lever in said["levers"]:
        table.add_column(
            _short(lever["path"], max(room, 10)), justify="right", no_wrap=True, overflow="ellipsis", max_width=max(room, 10)
        )
    late = f"Time in\n{share(said['confidence'])}"
    for name in ("In time", "95 %\ninterval", "", late, *(("95 %\ninterval",) if wide else ()), "To\ndecide"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in said["points"][:MOST]:
        least = row["values"] in said["least"]
        table.add_row(*(Text(cell) for cell in _cells(row, wide, least)), style="bold" if least else "")
    heading = Text(said["title"], style="bold")
    about = f"\n{said['scenario']} · {said['replications']:,} replications each · seed {said['seed']} · {goal_words(said)}"
    heading.append(about, style="not bold")
    if not said["final"]:
        heading.append("\nNOT FINAL: a point or replication failed", style="bold")
    return Group(heading, table, *_notes(said))


def _short(path: str, room: int) -> str:
    """The end of a dotted path in lines that fit."""
    parts, lines = path.split("."), [""]
    for part in parts[-3:]:
        if lines[-1] and len(lines[-1]) + len(part) + 1 > room:
            lines.append("")
        lines[-1] += f".{part}" if lines[-1] else part
    return "\n".join(lines)


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
    if hours is not None:
        return duration(hours)
    return {"stranded": "never", "unfinished": "> horizon"}.get(why or "", cells.NOTHING)


def _notes(said: Json) -> list[Text]:
    whence = "start" if said["counted_from"] == "start" else "first order"
    often = share(said["confidence"])
    lines = [
        f"In time: share of the replications. met: its 95 % interval reaches {often}; not met: stays below; open: takes "
        f"about so many replications to decide. Time in {often}: {whence} to all out, that often. Intervals: 95 % each."
    ]
    if len(said["points"]) > MOST:
        lines.append(f"{len(said['points']) - MOST:,} more combinations in the files.")
    if any(lever["path"] == "warning" for lever in said["levers"]):
        lines.append("warning: the capital falls so much later than it would, everything before the fall at its time.")
    return [*(Text(line, style="dim") for line in lines), *warning_lines(said)]

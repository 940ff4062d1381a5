"""Tables of deadlines: for each mission the latest order by scenario, and what one scenario buys over another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.words import count, duration, scope_name, share
from sim.present import cells
from sim.present.columns import WIDE
from sim.present.terminal import warning_lines
from sim.studies.deadline.summary import date_of, signed
from sim.studies.engine import Answer

Json = Mapping[str, Any]
ENDS = {"any": "any", "never": "never", "few": cells.NOTHING}


def shown(answer: Answer, width: int) -> list[RenderableType]:
    """The sentence, then the tables."""
    return [answer.headlines[0], "", deadline_table(answer.summary, width)]


def deadline_table(said: Json, width: int = 80) -> RenderableType:
    """A table per scenario with a row per mission, then one of differences; everything that an answer rests on below it."""
    parts: list[RenderableType] = []
    for scenario in said["scenarios"]:
        entries = [e for e in said["deadlines"] if e["scenario"] == scenario["scenario"]]
        if entries:
            parts += [_heading(scenario, said), _table(entries, width), Text("")]
    if said["differences"]:
        parts += [Text("What one scenario buys over another", style="bold"), *map(_difference, said["differences"]), Text("")]
    return Group(*parts, *_notes(said))


def _heading(scenario: Json, said: Json) -> Text:
    text = Text(scenario["title"], style="bold")
    about = f"\n{scenario['scenario']} · {said['replications']:,} replications a date · seed {said['seed']}"
    text.append(f"{about} · latest order with all out in {share(said['confidence'])} of the cases", style="not bold")
    if not said["final"]:
        text.append("\nNOT FINAL: a point or replication failed", style="bold")
    return text


def _table(entries: list[Json], width: int) -> Table:
    wide = width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("Mission", no_wrap=True, overflow="ellipsis", max_width=28 if wide else 20)
    for name in ("People", "Latest\norder", *(("Local\ntime",) if wide else ()), "95 %\ninterval"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("Warning\nneeded", *(("95 %\ninterval",) if wide else ()), "Left in\n9 of 10", "Out if\nat once"):
        table.add_column(name, justify="right", no_wrap=True)
    if wide:
        table.add_column("Unde-\ncided", justify="right", no_wrap=True)
    for entry in entries:
        style = "bold" if entry["scope"] == "total" else ""
        table.add_row(*(Text(cell) for cell in _cells(entry, wide)), style=style)
    return table


def _cells(entry: Json, wide: bool) -> list[str]:
    if entry["status"] == "failed":
        return [scope_name(entry["scope"]), cells.NOTHING, "failed"]
    lead = entry["warning"]
    made = [scope_name(entry["scope"]), count(round(entry["people"])), _hours(entry["order_h"], entry["status"])]
    if wide:
        made.append(cells.NOTHING if entry["order_at"] is None else date_of(entry["order_at"]))
    made.append(_interval(entry["interval_h"], entry["interval_status"]))
    made.append(cells.NOTHING if lead is None else _needed(lead["needed_h"], lead["status"]))
    if wide:
        made.append(cells.NOTHING if lead is None else _interval(lead["interval_h"], lead["interval_status"]))
    made.append(cells.NOTHING if lead is None or lead["left_p10_h"] is None else signed(lead["left_p10_h"]))
    made.append(share(entry["chance_at_first"]))
    return [*made, share(entry["undecided_most"])] if wide else made


def _hours(hours: float | None, status: str) -> str:
    return duration(hours) if hours is not None else {"any": "any time", "never": "never"}.get(status, cells.NOTHING)


def _needed(hours: float | None, status: str) -> str:
    return signed(hours) if hours is not None else {"more": "> tried", "none": "none"}.get(status, cells.NOTHING)


def _interval(ends: list[float | None], status: list[str]) -> str:
    if status[0] == status[1] == "few":
        return cells.NOTHING
    words = ENDS | {"more": "more", "none": "none"}
    texts = [signed(h) if h is not None else words.get(s, cells.NOTHING) for h, s in zip(ends, status, strict=True)]
    if None not in ends and not any(h is not None and h < 0 for h in ends):
        return cells.between(*texts)
    return texts[0] if texts[0] == texts[1] else f"{texts[0]} to {texts[1]}"


def _difference(found: Json) -> Text:
    text: str = found["in_words"]
    return Text(f"  {text[0].upper()}{text[1:]}.")


def _notes(said: Json) -> list[Text]:
    chance, step = share(said["confidence"]), duration(said["resolution_h"])
    lines = [
        f"Latest order: the last date tried before the chance first falls below {chance}, to {step}, after the start. The "
        "order replaces the mission's triggers and delay; other missions keep theirs. never: not even at the first date; any: at "
        f"every date tried, up to {duration(said['last_h'] or 0.0)}."
    ]
    if any(e.get("warning") for e in said["deadlines"]):
        lines.append(
            "Warning needed: an order so long before the fall of the capital (negative: after it) is enough; > tried: "
            "more than was tried. Left in 9 of 10: the capital falls no sooner than this after an order at the deadline."
        )
    if said["not_tried"]:
        lines.append(f"Not tried: {', '.join(said['not_tried'])}; --mission all tries every one.")
    return [*(Text(line, style="dim") for line in lines), *warning_lines(said)]

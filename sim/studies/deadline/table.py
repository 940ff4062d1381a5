"""Tables of deadlines: for each mission the latest order by scenario, and what one scenario buys over another."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.words import count, duration, share
from sim.present import cells
from sim.present.fitting import broken
from sim.scenario.causes import zone
from sim.studies.applying import applying
from sim.studies.deadline.answer import Deadlines
from sim.studies.deadline.found import FoundDeadlines, ScopeDeadline, TriedScenario, WarningNeeded
from sim.studies.deadline.summary import called, date_of, only_mission, signed
from sim.studies.tables import WIDE, notes, plain_table, sentences, title

ENDS = {"any": "any", "never": "never", "few": cells.NOTHING}


def shown(answer: Deadlines, width: int) -> list[RenderableType]:
    """The sentence, then the tables."""
    return [*sentences(answer), deadline_table(answer.found, width)]


def deadline_table(found: FoundDeadlines, width: int = 80) -> RenderableType:
    """A table per scenario with a row per mission, then one of differences; everything that an answer rests on below it."""
    parts: list[RenderableType] = []
    for scenario in found.scenarios:
        entries = [e for e in found.deadlines if e.scenario == scenario.scenario]
        if entries:
            parts += [_heading(scenario, found), _table(entries, found, width), Text("")]
    if found.differences:
        gains = [Text(f"  {d.in_words[0].upper()}{d.in_words[1:]}.") for d in found.differences]
        parts += [Text("What one scenario buys over another", style="bold"), *gains, Text("")]
    return Group(*parts, *_notes(found))


def _heading(scenario: TriedScenario, found: FoundDeadlines) -> Text:
    many, sets = found.replications, found.sets
    of_sets = f" of {sets:,} sets of inputs" if sets < many else ""
    about = f"\n{scenario.scenario} · {many:,} replications{of_sets} a date · seed {found.seed}"
    about += f" · latest order with all out in {share(found.confidence)} of the cases"
    about += "" if scenario.utc_offset_h is None else f" · local time: {zone(scenario.utc_offset_h)}"
    return title(scenario.title, about, "" if found.final else "\nNOT FINAL: a point or replication failed")


HEADS = (
    "Mission", "People", "Latest\norder", "Local\ntime", "95 %\ninterval", "Warning\nneeded", "95 %\ninterval",
    "Left in\n9 of 10", "Out if\nat once", "Unde-\ncided",
)  # fmt: skip
BROAD = (3, 6, 9)
"""Columns for which a narrow table has no room."""
NO_DATE = {"any": "any time", "never": "never", "more": "> tried", "none": "none"}
"""What is said of a deadline, or of the warning needed, that has no time, by its status."""


def _table(entries: list[ScopeDeadline], found: FoundDeadlines, width: int) -> Table:
    left_out = () if width >= WIDE else BROAD
    first, *numbers = (head for k, head in enumerate(HEADS) if k not in left_out)
    table = plain_table(first, *numbers)
    for entry in entries:
        row = [
            Text(cell)
            for k, cell in enumerate(_cells(entry, broken(called(found, entry.scope), 20 if left_out else 28)))
            if k not in left_out or entry.status == "failed"
        ]
        table.add_row(*row, style="bold" if entry.scope == "total" else "")
    return table


def _cells(entry: ScopeDeadline, name: str) -> list[str]:
    """A cell of each of :data:`HEADS`."""
    if entry.status == "failed":
        return [name, cells.NOTHING, "failed"]
    lead = entry.warning
    return [
        name,
        count(round(entry.people)),
        duration(entry.order_h) if entry.order_h is not None else NO_DATE.get(entry.status, cells.NOTHING),
        cells.NOTHING if entry.order_at is None else date_of(entry.order_at),
        _interval(entry.interval_h, entry.interval_status),
        _needed(lead),
        cells.NOTHING if lead is None else _interval(lead.interval_h, lead.interval_status),
        cells.NOTHING if lead is None or lead.left_p10_h is None else signed(lead.left_p10_h),
        share(entry.chance_at_first),
        share(entry.undecided_most),
    ]


def _needed(lead: WarningNeeded | None) -> str:
    if lead is None or lead.needed_h is None:
        return cells.NOTHING if lead is None else NO_DATE.get(lead.status, cells.NOTHING)
    return signed(lead.needed_h)


def _interval(ends: Sequence[float | None], status: Sequence[str]) -> str:
    if "few" in status:  # an end alone is no interval
        return cells.NOTHING
    words = ENDS | {"more": "more", "none": "none"}
    texts = [signed(h) if h is not None else words.get(s, cells.NOTHING) for h, s in zip(ends, status, strict=True)]
    if None not in ends and not any(h is not None and h < 0 for h in ends):
        return cells.between(*texts)
    return texts[0] if texts[0] == texts[1] else f"{texts[0]} to {texts[1]}"


def _notes(found: FoundDeadlines) -> list[Text]:
    chance, step = share(found.confidence), duration(found.resolution_h)
    latest = (
        f"Latest order: the last among the dates tried before the chance first falls below {chance}, to {step}, after the start; "
        "a dip between two dates is not seen. The "
        "order replaces the mission's triggers and delay; other missions keep theirs. never: not even at the first date; any: at "
        f"every date tried, up to {duration(found.last_h or 0.0)}."
    )
    lines = applying(
        (True, latest),
        (found.sets < found.replications, "Intervals count sets of inputs; in how many a date works is in the files."),
        (any(e.warning for e in found.deadlines), LEAD),
        (
            found.not_tried and only_mission(found) is None,
            f"Not tried: {', '.join(called(found, name) for name in found.not_tried)}; --mission all tries every one.",
        ),
    )
    return notes(lines, found.warnings)


LEAD = (
    "Warning needed: an order so long before the fall of the capital (negative: after it) is enough; > tried: "
    "more than was tried. Left in 9 of 10: the capital falls no sooner than this after an order at the deadline."
)
